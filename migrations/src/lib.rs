//! The schema of Keymend, one file per change.
//!
//! The same statements make the same tables on SQLite and PostgreSQL. Times are milliseconds since 1970 (`big_integer`),
//! ids are UUIDs, JSON is text. A file that was released never changes again; SQLite can neither change a column nor add a
//! foreign key to a table that exists, so a table is made right at once or made anew and copied.

use sea_orm_migration::prelude::{
    ForeignKey, ForeignKeyAction, ForeignKeyCreateStatement, Index, IndexCreateStatement, MigrationTrait,
};
pub use sea_orm_migration::prelude::{MigrationName, MigratorTrait};

mod m20261122_000001_accounts;
mod m20261122_000002_browsers;
mod m20261122_000003_sessions;
mod m20261122_000004_limits;
mod m20261122_000005_healing;
mod m20261122_000006_across;
mod m20261122_000007_decisions;
mod m20261125_000010_outbox;
mod m20261125_000011_codes;
mod m20261125_000020_audit;
mod m20261125_000021_reset;
mod m20261125_000030_installation;
mod m20261125_000031_oldest_first;
mod m20261126_000040_pending;
mod m20261126_000050_renewed_sessions;
mod m20261126_000060_browsers_by_age;
mod m20261130_000070_ghost_share;
mod m20261130_000080_stand_ins;
mod m20261130_000090_root_key_check;
mod m20261201_000095_void_passwords;
mod m20261201_000100_stand_in_references;

/// Every change, oldest first.
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_accounts::Migration),
            Box::new(m20261122_000002_browsers::Migration),
            Box::new(m20261122_000003_sessions::Migration),
            Box::new(m20261122_000004_limits::Migration),
            Box::new(m20261122_000005_healing::Migration),
            Box::new(m20261122_000006_across::Migration),
            Box::new(m20261122_000007_decisions::Migration),
            Box::new(m20261125_000010_outbox::Migration),
            Box::new(m20261125_000011_codes::Migration),
            Box::new(m20261125_000020_audit::Migration),
            Box::new(m20261125_000021_reset::Migration),
            Box::new(m20261125_000030_installation::Migration),
            Box::new(m20261125_000031_oldest_first::Migration),
            Box::new(m20261126_000040_pending::Migration),
            Box::new(m20261126_000050_renewed_sessions::Migration),
            Box::new(m20261126_000060_browsers_by_age::Migration),
            Box::new(m20261130_000070_ghost_share::Migration),
            Box::new(m20261130_000080_stand_ins::Migration),
            Box::new(m20261130_000090_root_key_check::Migration),
            // Before the next: everybody locks an account first, and then the rows that belong to it.
            Box::new(m20261201_000095_void_passwords::Migration),
            Box::new(m20261201_000100_stand_in_references::Migration),
        ]
    }
}

/// A reference that goes when the row it points to goes: deleting an account leaves nothing of it behind.
fn owned_by(table: &'static str, column: &'static str, owner: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(owner, "id").on_delete(ForeignKeyAction::Cascade).take()
}

fn index(name: &'static str, table: &'static str, column: &'static str) -> IndexCreateStatement {
    Index::create().name(name).table(table).col(column).take()
}
