//! Rows that are locked in place of an account where nobody has one, so that the time does not tell. Nothing is ever
//! stored in them, and SQLite, which locks no rows, has no use for them.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::blob;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create().table("stand_ins").col(blob("key").primary_key()).take();
        manager.create_table(table).await?;
        // One for each first byte of a keyed hash: two who type names that nobody has seldom want the same one.
        let mut rows = Query::insert().into_table("stand_ins").columns(["key"]).take();
        for key in 0..=u8::MAX {
            rows.values_panic([vec![key].into()]);
        }
        manager.execute(rows).await
    }
}
