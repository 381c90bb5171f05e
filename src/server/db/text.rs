//! Statements that are written out once. A statement of sea-query is a tree, which is built and written out anew each time it is used;
//! those of one sign-in took a twentieth of its processor time.

use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue, DbBackend, EntityTrait, Insert, Iterable as _, QueryTrait as _, Statement, Update,
    UpdateMany, Value,
};
use std::sync::OnceLock;

/// The text of one statement, of which only the values differ from one time to the next.
pub(super) struct Text {
    sqlite: OnceLock<String>,
    postgres: OnceLock<String>,
}

impl Text {
    pub const fn new() -> Self {
        Self { sqlite: OnceLock::new(), postgres: OnceLock::new() }
    }

    /// The statement with these values, in their order. `built` is the same, by the means of sea-query.
    pub fn with(
        &self,
        backend: DbBackend,
        values: impl IntoIterator<Item = Value>,
        built: impl Fn() -> Statement,
    ) -> Statement {
        let text = if backend == DbBackend::Postgres { &self.postgres } else { &self.sqlite };
        let text = text.get_or_init(|| built().sql);
        let statement = Statement::from_sql_and_values(backend, text, values);
        // One that differs in more than its values is a mistake, which the first test that comes by finds.
        debug_assert_eq!(statement, built(), "the same statement, built anew");
        statement
    }

    /// A new row; each time the same columns are set.
    pub fn insert<A: ActiveModelTrait>(
        &self,
        backend: DbBackend,
        row: A,
        conflict: Option<fn() -> OnConflict>,
    ) -> Statement {
        self.with(backend, set_in(row.clone()), || {
            let insert = Insert::one(row.clone());
            match conflict {
                Some(conflict) => insert.on_conflict(conflict()).build(backend),
                None => insert.build(backend),
            }
        })
    }

    /// A change of the rows that `which` says, whose values these are; each time the same columns are set.
    pub fn update<A: ActiveModelTrait>(
        &self,
        backend: DbBackend,
        change: A,
        of: impl IntoIterator<Item = Value>,
        which: impl Fn(UpdateMany<A::Entity>) -> UpdateMany<A::Entity>,
    ) -> Statement {
        let values = set_in(change.clone()).into_iter().chain(of);
        self.with(backend, values, || which(Update::many(A::Entity::default()).set(change.clone())).build(backend))
    }
}

/// The values that are set, in the order of the columns.
fn set_in<A: ActiveModelTrait>(mut row: A) -> Vec<Value> {
    let columns = <A::Entity as EntityTrait>::Column::iter();
    columns
        .filter_map(|column| match row.take(column) {
            ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
            ActiveValue::NotSet => None,
        })
        .collect()
}
