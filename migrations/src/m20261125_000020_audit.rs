//! The audit log: who was let in, who was not, and what was changed.

use crate::index;
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob_null, pk_uuid, text, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(audit()).await?;
        manager.create_index(index("audit_by_time", "audit", "at")).await?;
        let by_user = Index::create().name("audit_by_user").table("audit").col("user_id").col("at").take();
        manager.create_index(by_user).await
    }
}

fn audit() -> TableCreateStatement {
    Table::create()
        .table("audit")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(text("event"))
        // No foreign keys: who deletes an account, ends a session or forgets a browser does not delete the traces of it.
        .col(uuid_null("user_id"))
        .col(uuid_null("browser_id"))
        .col(uuid_null("session_id"))
        .col(uuid_null("subject"))
        // Where there is no account: a keyed hash of what was typed.
        .col(blob_null("identifier_hash"))
        .take()
}
