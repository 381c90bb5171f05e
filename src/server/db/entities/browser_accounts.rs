use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "browser_accounts")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub browser_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    pub first_seen_at: i64,
    pub mark_hash: Option<Vec<u8>>,
    pub verified_at: Option<i64>,
    pub offers_declined: i32,
    pub offers_paused_until: Option<i64>,
    pub present_at: Option<i64>,
    pub failures_since_present: i32,
}

impl ActiveModelBehavior for ActiveModel {}
