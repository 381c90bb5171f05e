use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "failure_events")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: i64,
    pub user_id: Option<Uuid>,
    pub browser_id: Option<Uuid>,
    pub identifier_hash: Vec<u8>,
    pub purpose: String,
    pub outcome: String,
    pub observation: String,
    pub evidence: String,
    pub decision: String,
    pub diagnosis: String,
    pub rules_version: i32,
    pub stand_in: Option<Vec<u8>>,
}

impl ActiveModelBehavior for ActiveModel {}
