//! Accounts and their passkeys.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_uniq, boolean, pk_uuid, text, text_null, text_uniq, uuid, uuid_null,
    uuid_uniq,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(users()).await?;
        manager.create_table(passkeys()).await?;
        manager.create_index(index("passkeys_by_user", "passkeys", "user_id")).await
    }
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(pk_uuid("id"))
        .col(uuid_uniq("handle"))
        .col(text("identifier"))
        // The comparable form of the identifier; no reliance on collations, which differ between databases.
        .col(text_uniq("identifier_key"))
        .col(text_null("password_hash"))
        .col(boolean("ever_had_passkey"))
        .col(big_integer("created_at"))
        .col(big_integer("password_changed_at"))
        .take()
}

fn passkeys() -> TableCreateStatement {
    Table::create()
        .table("passkeys")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(blob_uniq("credential_id"))
        .col(text("passkey"))
        .col(text("name"))
        .col(blob("aaguid"))
        .col(text("transports"))
        .col(text_null("attachment"))
        .col(boolean("backup_eligible"))
        .col(boolean("backed_up"))
        .col(big_integer("created_at"))
        .col(text("created_on"))
        // No foreign key: forgetting a browser must not forget the passkey that was made there.
        .col(uuid_null("created_browser"))
        .col(big_integer_null("last_used_at"))
        .col(text_null("last_used_on"))
        .col(big_integer_null("removed_at"))
        .foreign_key(&mut owned_by("passkeys", "user_id", "users"))
        .take()
}
