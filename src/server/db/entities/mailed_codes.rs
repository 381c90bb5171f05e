use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mailed_codes")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    pub user_id: Option<Uuid>,
    pub code_hash: Vec<u8>,
    pub attempts: i32,
    pub expires_at: i64,
    pub stand_in: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
