use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub mail: String,
    pub attempts: i32,
    pub created_at: i64,
    pub next_at: i64,
    pub expires_at: i64,
}

impl ActiveModelBehavior for ActiveModel {}
