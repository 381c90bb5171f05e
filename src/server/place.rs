//! Which page of a session a request stands on: where a step that is done leads back to.

use super::present::paths;

/// One of the pages inside a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    #[default]
    Dashboard,
    Account,
    ChangePassword,
    ChangeIdentifier,
    DeleteAccount,
}

impl Place {
    const ALL: [Self; 5] =
        [Self::Dashboard, Self::Account, Self::ChangePassword, Self::ChangeIdentifier, Self::DeleteAccount];

    /// Its address.
    #[must_use]
    pub fn path(self) -> &'static str {
        match self {
            Self::Dashboard => paths::DASHBOARD,
            Self::Account => paths::ACCOUNT,
            Self::ChangePassword => paths::ACCOUNT_PASSWORD,
            Self::ChangeIdentifier => paths::ACCOUNT_IDENTIFIER,
            Self::DeleteAccount => paths::ACCOUNT_DELETE,
        }
    }

    /// The page at an address.
    #[must_use]
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.path() == path)
    }

    /// The page that a report comes from: `at` in the query of the function's address, as a ceremony is the same on all of them.
    #[must_use]
    pub fn of_query(query: Option<&str>) -> Self {
        let at = query.and_then(|query| query.strip_prefix("at="));
        at.and_then(Self::at).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_its_address_and_anything_else_is_the_dashboard() {
        for place in Place::ALL {
            assert_eq!(Place::at(place.path()), Some(place));
            assert_eq!(Place::of_query(Some(&format!("at={}", place.path()))), place);
        }
        for query in [None, Some(""), Some("at="), Some("at=//evil.example"), Some("x=1&at=/account")] {
            assert_eq!(Place::of_query(query), Place::Dashboard);
        }
    }
}
