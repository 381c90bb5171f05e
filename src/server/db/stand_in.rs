//! Rows that are there in place of an account, where nobody has the identifier: locked as an account would be, and referred to as an
//! account would be, so that the time does not tell.

use domain::ids::UserId;

/// One of them. A keyed hash of browser and identifier says which: nobody can reckon it, and so nobody can keep it taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn(Vec<u8>);

impl StandIn {
    /// Of the row of strikes with this key.
    #[must_use]
    pub fn of(strike_key: &[u8]) -> Self {
        Self(strike_key.iter().copied().take(1).collect())
    }

    pub(super) fn key(self) -> Vec<u8> {
        self.0
    }

    /// What a row refers to that is this account's, or nobody's.
    pub(super) fn unless(self, user: Option<UserId>) -> Option<Vec<u8>> {
        user.is_none().then_some(self.0)
    }
}
