//! Codes: mailed ones, saved ones, and what they proved.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{
    big_integer, big_integer_null, blob, blob_uniq, integer, pk_uuid, text_null, uuid, uuid_null,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(mailed_codes()).await?;
        manager.create_index(index("mailed_codes_by_user", "mailed_codes", "user_id")).await?;
        manager.create_index(index("mailed_codes_by_expiry", "mailed_codes", "expires_at")).await?;
        manager.create_table(saved_codes()).await?;
        manager.create_index(index("saved_codes_by_user", "saved_codes", "user_id")).await?;
        // When a code that was mailed to the identifier came back.
        manager.alter_table(add("users", big_integer_null("verified_at"))).await?;
        // What the present password was set with, where that was a code: mailed or saved.
        manager.alter_table(add("users", text_null("password_by"))).await?;
        manager.alter_table(add("sessions", big_integer_null("code_at"))).await
    }
}

fn mailed_codes() -> TableCreateStatement {
    Table::create()
        .table("mailed_codes")
        // A keyed hash of what it is for, of the flow or session and of the browser: one code each.
        .col(blob("key").primary_key())
        // None where nobody has the identifier: the row is there all the same.
        .col(uuid_null("user_id"))
        .col(blob("code_hash"))
        .col(integer("attempts"))
        .col(big_integer("expires_at"))
        .foreign_key(&mut owned_by("mailed_codes", "user_id", "users"))
        .take()
}

fn saved_codes() -> TableCreateStatement {
    Table::create()
        .table("saved_codes")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(blob_uniq("code_hash"))
        .col(big_integer("created_at"))
        .col(big_integer_null("used_at"))
        .foreign_key(&mut owned_by("saved_codes", "user_id", "users"))
        .take()
}

fn add(table: &'static str, mut column: ColumnDef) -> TableAlterStatement {
    Table::alter().table(table).add_column(&mut column).take()
}
