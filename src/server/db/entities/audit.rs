use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    pub event: String,
    pub user_id: Option<Uuid>,
    pub browser_id: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub subject: Option<Uuid>,
    pub identifier_hash: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
