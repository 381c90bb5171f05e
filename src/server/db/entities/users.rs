use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub handle: Uuid,
    pub identifier: String,
    #[sea_orm(unique)]
    pub identifier_key: String,
    pub password_hash: Option<String>,
    pub ever_had_passkey: bool,
    pub created_at: i64,
    pub password_changed_at: i64,
    pub verified_at: Option<i64>,
    pub password_by: Option<String>,
    pub reset_at: Option<i64>,
    pub void_passwords: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
