//! What surrounds every request. One function around everything and one further in, as each that axum calls makes a copy of all that
//! is further in, and a place for its answer.

use super::state::App;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use watch::Watched;

pub mod address;
pub mod body;
pub mod headers;
pub mod origin;
pub mod steady;
pub mod watch;

/// Around everything, so that even the answer to a panic gets its name, its line in the log and its headers.
pub async fn around(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let watched = Watched::begin(&app.names, &request);
    let is_file = headers::is_file(request.uri().path());
    address::note(&app, &mut request);
    let mut response = next.run(request).instrument(watched.span()).await;
    headers::add(&app, is_file, &mut response);
    watched.end(&app, &mut response);
    response
}
