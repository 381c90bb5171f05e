//! Mails that wait to be sent, and what people were told of their accounts.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_uniq, integer, pk_uuid, text, uuid, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(outbox()).await?;
        manager.create_index(index("outbox_by_turn", "outbox", "next_at")).await?;
        manager.create_table(notices()).await?;
        manager.create_index(index("notices_by_user", "notices", "user_id")).await
    }
}

fn outbox() -> TableCreateStatement {
    Table::create()
        .table("outbox")
        .col(pk_uuid("id"))
        // The mail, sealed: it names a person, and it may hold a code.
        .col(text("mail"))
        .col(integer("attempts"))
        .col(big_integer("created_at"))
        .col(big_integer("next_at"))
        .col(big_integer("expires_at"))
        .take()
}

fn notices() -> TableCreateStatement {
    Table::create()
        .table("notices")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(text("news"))
        // No foreign keys: what was told outlives the session and the memory of the browser.
        .col(uuid_null("session_id"))
        .col(uuid_null("browser_id"))
        .col(blob_uniq("token_hash"))
        .col(big_integer("created_at"))
        .col(big_integer_null("disowned_at"))
        .foreign_key(&mut owned_by("notices", "user_id", "users"))
        .take()
}
