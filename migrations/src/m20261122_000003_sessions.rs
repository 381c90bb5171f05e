//! Sessions.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_uniq, pk_uuid, text, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(sessions()).await?;
        manager.create_index(index("sessions_by_user", "sessions", "user_id")).await?;
        manager.create_index(index("sessions_by_expiry", "sessions", "expires_at")).await
    }
}

fn sessions() -> TableCreateStatement {
    Table::create()
        .table("sessions")
        .col(pk_uuid("id"))
        .col(blob_uniq("token_hash"))
        .col(uuid("user_id"))
        // No foreign key: a session outlives the memory of its browser.
        .col(uuid("browser_id"))
        .col(uuid("flow_id"))
        .col(text("healing"))
        .col(big_integer_null("password_at"))
        .col(big_integer_null("passkey_at"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .col(big_integer("expires_at"))
        .col(big_integer_null("ended_at"))
        .foreign_key(&mut owned_by("sessions", "user_id", "users"))
        .take()
}
