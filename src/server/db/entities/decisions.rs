use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "decisions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    pub user_id: Uuid,
    pub browser_id: Uuid,
    pub kind: String,
    pub given: String,
    pub evidence: String,
    pub decision: String,
    pub rules_version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
