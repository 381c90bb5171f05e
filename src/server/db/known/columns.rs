//! The columns of what is known, which are read by their places: by its name, each would be a text made and looked up, fifty in
//! a row and twice or more in a sign-in.

/// The columns of a table in a statement, and its row as that finds it: from one list, so that the two cannot come apart.
macro_rules! in_order {
    ($module:ident, $table:ident, from $from:expr, $first:ident $first_field:ident $(, $column:ident $field:ident)+) => {
        pub mod $module {
            use crate::server::db::entities::$table::{Column, Model};
            use sea_orm::{DbErr, IdenStatic as _, QueryResult};

            const COLUMNS: &[Column] = &[Column::$first $(, Column::$column)+];
            /// Where they begin in a row.
            const FROM: usize = $from;
            /// Where the next ones begin.
            pub const TO: usize = FROM + COLUMNS.len();

            pub fn columns(table: &str) -> String {
                COLUMNS.iter().map(|column| format!("{table}.{}", column.as_str())).collect::<Vec<_>>().join(", ")
            }

            /// `None`: nothing was joined. The first column is of the primary key, and never null in a row that is there.
            pub fn read(row: &QueryResult) -> Result<Option<Model>, DbErr> {
                let Some($first_field) = row.try_get_by_index(FROM)? else { return Ok(None) };
                let mut at = FROM;
                $(
                    at += 1;
                    let $field = row.try_get_by_index(at)?;
                )+
                Ok(Some(Model { $first_field $(, $field)+ }))
            }
        }
    };
}

in_order!(
    of_user, users, from 0,
    Id id, Handle handle, Identifier identifier, IdentifierKey identifier_key, PasswordHash password_hash,
    EverHadPasskey ever_had_passkey, CreatedAt created_at, PasswordChangedAt password_changed_at, VerifiedAt verified_at,
    PasswordBy password_by, ResetAt reset_at, VoidPasswords void_passwords
);
in_order!(
    of_passkey, passkeys, from super::of_user::TO,
    Id id, UserId user_id, CredentialId credential_id, Passkey passkey, Name name, Aaguid aaguid, Transports transports,
    Attachment attachment, BackupEligible backup_eligible, BackedUp backed_up, CreatedAt created_at, CreatedOn created_on,
    CreatedBrowser created_browser, LastUsedAt last_used_at, LastUsedOn last_used_on, RemovedAt removed_at
);
in_order!(
    of_memory, browser_passkeys, from super::of_passkey::TO,
    BrowserId browser_id, PasskeyId passkey_id, CreatedAt created_at, WorkedAt worked_at, FailedAt failed_at,
    Failures failures, AbsentAt absent_at, AcrossAt across_at
);
in_order!(
    of_here, browser_accounts, from super::of_memory::TO,
    BrowserId browser_id, UserId user_id, FirstSeenAt first_seen_at, MarkHash mark_hash, VerifiedAt verified_at,
    OffersDeclined offers_declined, OffersPausedUntil offers_paused_until, PresentAt present_at,
    FailuresSincePresent failures_since_present
);
in_order!(of_strikes, strikes, from super::of_here::TO, Key key, Points points, UpdatedAt updated_at);

/// Where what is no table's begins.
pub const TO: usize = of_strikes::TO;
