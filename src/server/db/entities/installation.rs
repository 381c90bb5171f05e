use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "installation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    pub epoch: i32,
    pub signals_withheld_at: Option<i64>,
    pub oldest_generation: i32,
    pub ghost_percent: i32,
    pub ghost_percent_from: i64,
    pub root_key_check: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
