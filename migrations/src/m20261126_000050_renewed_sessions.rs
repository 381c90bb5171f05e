//! A proof inside a session gives it a new token. What the one before was worth is kept for a moment.

use crate::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer_null, blob_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let times = [
            "previous_password_at",
            "previous_passkey_at",
            "previous_code_at",
            // When the present token was handed out, and when somebody first came with it.
            "renewed_at",
            "taken_at",
        ];
        manager.alter_table(add(blob_null("previous_token_hash"))).await?;
        for time in times {
            manager.alter_table(add(big_integer_null(time))).await?;
        }
        manager.create_index(index("sessions_by_previous_token", "sessions", "previous_token_hash")).await
    }
}

fn add(mut column: ColumnDef) -> TableAlterStatement {
    Table::alter().table("sessions").add_column(&mut column).take()
}
