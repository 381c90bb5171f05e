use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "browser_passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub browser_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub passkey_id: Uuid,
    pub created_at: Option<i64>,
    pub worked_at: Option<i64>,
    pub failed_at: Option<i64>,
    pub failures: i32,
    pub absent_at: Option<i64>,
    pub across_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
