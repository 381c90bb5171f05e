//! Decisions that followed a failure, each with what it looked at; and failures found by who it was about.

use crate::{index, owned_by};
use sea_orm_migration::prelude::*;
use sea_orm_migration::schema::{big_integer, integer, pk_uuid, text, uuid};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(decisions()).await?;
        manager.create_index(index("decisions_by_time", "decisions", "at")).await?;
        manager.create_index(index("decisions_by_user", "decisions", "user_id")).await?;
        manager.create_index(index("failure_events_by_identifier", "failure_events", "identifier_hash")).await
    }
}

fn decisions() -> TableCreateStatement {
    Table::create()
        .table("decisions")
        .col(pk_uuid("id"))
        .col(big_integer("at"))
        .col(uuid("user_id"))
        // No foreign key: a browser that is forgotten does not take with it what was decided.
        .col(uuid("browser_id"))
        .col(text("kind"))
        .col(text("given"))
        .col(text("evidence"))
        .col(text("decision"))
        .col(integer("rules_version"))
        .foreign_key(&mut owned_by("decisions", "user_id", "users"))
        .take()
}
