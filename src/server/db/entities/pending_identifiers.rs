use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pending_identifiers")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub user_id: Option<Uuid>,
    pub identifier: String,
    pub password_hash: Option<String>,
    pub expires_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
