//! How many of the imaginary accounts have passkeys: the same for every server, and after every start.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite adds one column at a time.
        let percent = Table::alter().table("installation").add_column(integer("ghost_percent").default(50)).take();
        manager.alter_table(percent).await?;
        let from = Table::alter().table("installation").add_column(big_integer("ghost_percent_from").default(0)).take();
        manager.alter_table(from).await
    }
}
