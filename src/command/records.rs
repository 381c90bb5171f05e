//! Opens what is recorded, for the commands that ask about it.

use keymend::server::config::{self, Loaded};
use keymend::server::db;
use keymend::server::state::App;

/// Opens the database of the configuration. In a data folder that no server has used nothing is recorded, and nothing is made.
///
/// # Errors
/// One line for the operator.
pub async fn open() -> Result<App, String> {
    let loaded: Loaded = config::load()?;
    let folder = &loaded.settings.server.data;
    if loaded.settings.server.root_key.is_empty() && !folder.join("root.key").exists() {
        let (folder, source) = (folder.display(), &loaded.source);
        return Err(format!("no server has used the data folder {folder} yet (server.data in {source})"));
    }
    if let Some(file) = db::file_of(&loaded.settings.database_url())
        && !file.exists()
    {
        return Err(format!("there is no database {} yet (database.url in {})", file.display(), loaded.source));
    }
    App::start(loaded).await
}
