//! Browsers, and what each knows of accounts and passkeys.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, big_integer_null, blob_null, blob_uniq, integer, pk_uuid, text, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(browsers()).await?;
        manager.create_table(browser_accounts()).await?;
        manager.create_table(browser_passkeys()).await?;
        // The primary keys begin with the browser; deleting an account or a passkey comes from the other side.
        manager.create_index(index("browser_accounts_by_user", "browser_accounts", "user_id")).await?;
        manager.create_index(index("browser_passkeys_by_passkey", "browser_passkeys", "passkey_id")).await
    }
}

fn browsers() -> TableCreateStatement {
    Table::create()
        .table("browsers")
        .col(pk_uuid("id"))
        .col(blob_uniq("token_hash"))
        .col(text("platform"))
        .col(text("browser"))
        .col(big_integer("created_at"))
        .col(big_integer("seen_at"))
        .take()
}

fn browser_accounts() -> TableCreateStatement {
    Table::create()
        .table("browser_accounts")
        .col(uuid("browser_id"))
        .col(uuid("user_id"))
        .col(big_integer("first_seen_at"))
        .col(blob_null("mark_hash"))
        .col(big_integer_null("verified_at"))
        .col(integer("offers_declined"))
        .col(big_integer_null("offers_paused_until"))
        .col(big_integer_null("present_at"))
        .col(integer("failures_since_present"))
        .primary_key(Index::create().col("browser_id").col("user_id"))
        .foreign_key(&mut owned_by("browser_accounts", "browser_id", "browsers"))
        .foreign_key(&mut owned_by("browser_accounts", "user_id", "users"))
        .take()
}

fn browser_passkeys() -> TableCreateStatement {
    Table::create()
        .table("browser_passkeys")
        .col(uuid("browser_id"))
        .col(uuid("passkey_id"))
        .col(big_integer_null("created_at"))
        .col(big_integer_null("worked_at"))
        .col(big_integer_null("failed_at"))
        .col(integer("failures"))
        .col(big_integer_null("absent_at"))
        .primary_key(Index::create().col("browser_id").col("passkey_id"))
        .foreign_key(&mut owned_by("browser_passkeys", "browser_id", "browsers"))
        .foreign_key(&mut owned_by("browser_passkeys", "passkey_id", "passkeys"))
        .take()
}
