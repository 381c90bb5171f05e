//! What is true of the database as a whole, in its one row.

use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, integer, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(installation()).await?;
        let columns = ["name", "epoch", "oldest_generation"];
        let row = Query::insert()
            .into_table("installation")
            .columns(columns)
            .values_panic(["keymend".into(), 0.into(), 1.into()])
            .take();
        manager.execute(row).await
    }
}

fn installation() -> TableCreateStatement {
    Table::create()
        .table("installation")
        .col(text("name").primary_key())
        // Raised by a restore: what was sealed before does not open after.
        .col(integer("epoch"))
        // Since when providers of passkeys are told nothing.
        .col(big_integer_null("signals_withheld_at"))
        // The oldest programs that may use this schema. A change that they cannot live with raises it.
        .col(integer("oldest_generation"))
        .take()
}
