//! Rows that are nobody's refer to a stand-in, as those of somebody refer to an account: to check a reference takes time.

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
        for table in ["mailed_codes", "failure_events"] {
            // With its column, as SQLite adds no reference to one that exists.
            let stand_in = blob_null("stand_in").extra("REFERENCES stand_ins (key) ON DELETE CASCADE").take();
            manager.alter_table(Table::alter().table(table).add_column(stand_in).take()).await?;
        }
        Ok(())
    }
}
