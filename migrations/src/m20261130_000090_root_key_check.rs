//! Which root key the database was used with last, so that another one is noticed.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::blob_null;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let check = Table::alter().table("installation").add_column(blob_null("root_key_check")).take();
        manager.alter_table(check).await
    }
}
