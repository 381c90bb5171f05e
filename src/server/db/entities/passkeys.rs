use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkeys")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: Uuid,
    #[sea_orm(unique)]
    pub credential_id: Vec<u8>,
    pub passkey: String,
    pub name: String,
    pub aaguid: Vec<u8>,
    pub transports: String,
    pub attachment: Option<String>,
    pub backup_eligible: bool,
    pub backed_up: bool,
    pub created_at: i64,
    pub created_on: String,
    pub created_browser: Option<Uuid>,
    pub last_used_at: Option<i64>,
    pub last_used_on: Option<String>,
    pub removed_at: Option<i64>,
}

impl ActiveModelBehavior for ActiveModel {}
