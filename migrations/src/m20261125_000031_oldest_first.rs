//! Old rows are found without looking at the others.

use crate::index;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("strikes_by_age", "strikes", "updated_at")).await?;
        manager.create_index(index("password_attempts_by_age", "password_attempts", "last_at")).await?;
        manager.create_index(index("notices_by_age", "notices", "created_at")).await
    }
}
