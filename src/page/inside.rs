//! The dashboard and the account.

use super::{Action, Cause, Ceremony, Field, Link, Notice};
use serde::{Deserialize, Serialize};

/// Step `dashboard`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    pub heading: String,
    /// "Signed in as …"
    pub identifier: String,
    pub notices: Vec<Notice>,
    /// What happened elsewhere, each with *This was not me*.
    pub news: Vec<(String, Link)>,
    /// What is advised, most with a way to follow; and news that this session may only read.
    pub hints: Vec<(String, Option<Link>)>,
    /// Name of the list.
    pub list: String,
    pub passkeys: Vec<PasskeyRow>,
    /// Said in place of an empty list.
    pub empty: String,
    pub add: Action,
    pub forget: Action,
    pub forget_hint: String,
    /// *Account*.
    pub account: Link,
    pub sign_out: Action,
}

/// Step `account`: what the account is made of, list by list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub heading: String,
    /// "Signed in as …"
    pub identifier: String,
    pub notices: Vec<Notice>,
    /// *Use a passkey*, where the session knows the password only.
    pub prove: Option<(String, Ceremony)>,
    pub sections: Vec<Section>,
    /// *Back to the dashboard*.
    pub back: Link,
}

/// One list of the account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Unique on the page.
    pub id: String,
    pub heading: String,
    pub hint: String,
    pub items: Vec<Item>,
    /// Takes all others off the list.
    pub all: Option<Action>,
    pub links: Vec<Link>,
}

/// One line of such a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    pub name: String,
    pub facts: Vec<String>,
    /// What is special about it; may be empty.
    pub state: String,
    /// Takes it off the list.
    pub end: Option<Action>,
    pub change: Option<Link>,
}

/// Steps `change-password`, `change-identifier` and `delete-account`: one thing at a time, each on a page of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub what: Changing,
    /// Whose it is, for password managers.
    pub identifier: String,
    pub heading: String,
    pub lead: String,
    /// What comes with it, line by line.
    pub ways: Vec<String>,
    pub notices: Vec<Notice>,
    /// Not there where a passkey has to come first.
    pub form: Option<(Vec<Field>, Action)>,
    /// *Use a passkey*, where one is missing or can stand for the password.
    pub prove: Option<(String, Ceremony)>,
    /// Not there where a password has to be chosen first.
    pub back: Option<Link>,
}

/// Which of the three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Changing {
    Password,
    Identifier,
    /// The account as a whole, which ends it.
    Account,
}

impl Changing {
    /// The name of its step.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "change-password",
            Self::Identifier => "change-identifier",
            Self::Account => "delete-account",
        }
    }
}

/// One passkey on the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    pub name: String,
    /// Provider, made, last used; one line each.
    pub facts: Vec<String>,
    /// State on this browser, in words.
    pub state: String,
    /// Whether the state is good, for the colour of a mark beside the words.
    pub good: Option<bool>,
    /// Said above the causes, and where there are none empty.
    pub causes_lead: String,
    /// What can be behind it where the passkey is thought not to be here.
    pub causes: Vec<Cause>,
    pub mode: RowMode,
}

/// What a row is busy with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowMode {
    /// *Rename …* and *Remove …* ask for the page in another mode.
    Shown { rename: Action, remove: Action },
    /// A field with the name.
    Renaming { field: Field, save: Action, keep: Action },
    /// Asks once more before the server removes it.
    Removing { question: String, remove: Action, keep: Action },
}
