//! `keymend restore` on PostgreSQL looks first.

use crate::database::TestDatabase;
use crate::program::Installation;
use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};
use url::Url;

/// As one of a version before, whose database is not brought up to date under it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restore_that_is_refused_for_a_server_has_done_nothing() {
    let database = TestDatabase::new().await;
    if !database.is_postgres() {
        return;
    }
    let installation = Installation::with_database(database.url());
    let mut url = Url::parse(database.url()).unwrap();
    url.query_pairs_mut().append_pair("application_name", "keymend 00000000");
    let server = Database::connect(url.as_str()).await.unwrap();
    let sql = "SELECT COUNT(*) AS tables FROM pg_tables WHERE schemaname = 'public'";
    let tables = || async {
        let row = server.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap().unwrap();
        row.try_get::<i64>("", "tables").unwrap()
    };
    assert_eq!(tables().await, 0);
    let (done, said) = installation.run(&["restore"]);
    assert!(!done && said.contains("stop all of them first"), "{said}");
    assert_eq!(tables().await, 0, "{said}");

    server.close().await.unwrap();
    let (done, said) = installation.run(&["restore"]);
    assert!(done && said.contains("This database begins anew"), "{said}");
    let db = database.open().await;
    assert!(keymend::server::db::installation::find(db.read()).await.unwrap().signals_withheld.is_some());
}
