use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "heals")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    pub browser_id: Uuid,
    pub passkey_id: Uuid,
    pub why: String,
    pub failed_at: Option<i64>,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
    pub confirmed_session: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
