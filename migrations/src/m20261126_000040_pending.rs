//! Identifiers that somebody wants to have, and that are nobody's before a code comes back that was mailed there.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, blob, text, text_null, uuid_null};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(pending_identifiers()).await?;
        manager.create_index(index("pending_identifiers_by_user", "pending_identifiers", "user_id")).await?;
        manager.create_index(index("pending_identifiers_by_expiry", "pending_identifiers", "expires_at")).await
    }
}

fn pending_identifiers() -> TableCreateStatement {
    Table::create()
        .table("pending_identifiers")
        // As in `mailed_codes`: a keyed hash of what it is for, of the flow or session and of the browser.
        .col(blob("key").primary_key())
        // The account that wants it; none for one that is yet to be made.
        .col(uuid_null("user_id"))
        .col(text("identifier"))
        // Of the account that is yet to be made.
        .col(text_null("password_hash"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut owned_by("pending_identifiers", "user_id", "users"))
        .take()
}
