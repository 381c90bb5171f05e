//! Opens what is recorded, for the commands that ask about it.

use keymend::server::config::{self, Loaded};
use keymend::server::db::{self, Db};
use keymend::server::state::App;

/// Opens the database of the configuration. In a data folder that no server has used nothing is recorded, and nothing is made; nor is a
/// root key where it is missing, as the server that makes one warns of what that means.
///
/// # Errors
/// One line for the operator.
pub async fn open() -> Result<App, String> {
    let loaded = config::load()?;
    there_is_a_database(&loaded)?;
    if loaded.settings.root_key()?.is_none() {
        let (folder, source) = (loaded.settings.server.data.display(), &loaded.source);
        return Err(format!("root.key is missing in the data folder {folder} (server.data in {source}): put it back"));
    }
    App::start(loaded).await
}

/// As [`open`], the database alone: what needs no root key.
///
/// # Errors
/// One line for the operator.
pub async fn database() -> Result<Db, String> {
    let loaded = config::load()?;
    there_is_a_database(&loaded)?;
    Db::open(&loaded.settings.database_url()).await.map_err(|error| db::reason(&error))
}

fn there_is_a_database(loaded: &Loaded) -> Result<(), String> {
    // Whether something is recorded on a server for databases is known when it is asked.
    let Some(file) = db::file_of(&loaded.settings.database_url()) else { return Ok(()) };
    db::has_its_file(&file).map_err(|error| db::reason(&error))?;
    if file.exists() {
        return Ok(());
    }
    let source = &loaded.source;
    if loaded.settings.root_key()?.is_none() {
        let folder = loaded.settings.server.data.display();
        return Err(format!("no server has used the data folder {folder} yet (server.data in {source})"));
    }
    Err(format!("there is no database {} (database.url in {source})", file.display()))
}
