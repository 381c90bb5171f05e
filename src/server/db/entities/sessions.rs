use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub user_id: Uuid,
    pub browser_id: Uuid,
    pub flow_id: Uuid,
    pub healing: String,
    pub password_at: Option<i64>,
    pub passkey_at: Option<i64>,
    pub created_at: i64,
    pub seen_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
    pub code_at: Option<i64>,
    pub previous_token_hash: Option<Vec<u8>>,
    pub previous_password_at: Option<i64>,
    pub previous_passkey_at: Option<i64>,
    pub previous_code_at: Option<i64>,
    pub renewed_at: Option<i64>,
    pub taken_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
