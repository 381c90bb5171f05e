//! A new password is new to its account: it is neither the present one nor one that was taken away. Asked only of whoever has
//! shown a right code or proof, as hashing is, so that nobody else learns anything by the answer or its time.

use crate::server::db::users::User;
use crate::server::passwords::{Busy, Hashed, Hasher, is_same};

/// The passwords that an account has and had, as they were when a new one was compared.
#[derive(PartialEq, Eq)]
pub struct Former {
    present: Option<String>,
    void: Vec<String>,
}

/// What came of comparing.
pub enum Compared {
    /// It is new, and this is its hash.
    New(String),
    Present,
    Void,
}

impl Former {
    /// Of this account. What they are is asked again under its lock: a password that is taken away meanwhile must not come back.
    #[must_use]
    pub fn of(user: &User) -> Self {
        Self { present: user.password_hash.clone(), void: user.void_passwords.clone() }
    }

    /// Hashes a password, unless it is one of these. `typed` is the present one, where it was typed and found right a moment
    /// ago: then the two texts tell.
    ///
    /// # Errors
    /// [`Busy`] when the queue is full.
    pub async fn hash_new(&self, hasher: &Hasher, new: &str, typed: Option<&str>) -> Result<Compared, Busy> {
        if typed.is_some_and(|typed| is_same(new, typed)) {
            return Ok(Compared::Present);
        }
        let present = self.present.as_ref().filter(|_| typed.is_none());
        let stored: Vec<_> = present.into_iter().chain(&self.void).cloned().collect();
        Ok(match hasher.hash_unless(new, stored).await? {
            Hashed::As(hash) => Compared::New(hash),
            Hashed::IsOf(0) if present.is_some() => Compared::Present,
            Hashed::IsOf(_) => Compared::Void,
        })
    }
}
