//! What a service answers.

use crate::page::Page;
use crate::server::passwords::Busy;
use http::StatusCode;

/// A page and the status that a program should see. People see the page.
#[derive(Clone, Debug)]
pub struct Reply {
    pub page: Page,
    pub status: StatusCode,
}

impl From<Page> for Reply {
    fn from(page: Page) -> Self {
        Self { page, status: StatusCode::OK }
    }
}

impl Reply {
    /// The page, with a status that says something was refused.
    #[must_use]
    pub fn refused(page: Page, status: StatusCode) -> Self {
        Self { page, status }
    }
}

/// Why there is no page: the causes go to the log, people read "busy, try again shortly".
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The database did not answer, or refused.
    #[error("the database: {0}")]
    Database(#[from] sea_orm::DbErr),
    /// Too many passwords are waiting.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// A value of our own could not be written or read.
    #[error("{0}")]
    Internal(String),
}

/// What services return.
pub type Answer = Result<Reply, Failure>;
