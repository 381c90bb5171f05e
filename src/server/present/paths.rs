//! Addresses that pages point at: pages, and the named endpoints of the server functions.

pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_UP: &str = "/sign-up";
pub const DASHBOARD: &str = "/dashboard";
pub const FORGOT_PASSWORD: &str = "/forgot-password";
pub const NOT_ME: &str = "/not-me";
/// Its query once it is done. Whoever only opens that address is told nothing.
pub const NOT_ME_DONE: &str = "done";
pub const ACCOUNT: &str = "/account";
pub const ACCOUNT_PASSWORD: &str = "/account/password";
pub const ACCOUNT_IDENTIFIER: &str = "/account/identifier";
pub const ACCOUNT_DELETE: &str = "/account/delete";
/// A file with all that is kept, not a page.
pub const ACCOUNT_EXPORT: &str = "/account/export";
pub const GOODBYE: &str = "/goodbye";
pub const CONFIRM_ADDRESS: &str = "/confirm-address";
/// The code to an address that the account is to have.
pub const NEW_ADDRESS: &str = "/account/new-address";
pub const RECOVERY_CODES: &str = "/recovery-codes";
pub const RECOVERY_CODES_FILE: &str = "/recovery-codes.txt";

pub const IDENTIFY: &str = "/api/sign-in/identify";
pub const ONE_TAP: &str = "/api/sign-in/one-tap";
pub const START_OVER: &str = "/api/sign-in/start-over";
pub const USE_PASSWORD: &str = "/api/sign-in/use-password";
pub const PASSWORD: &str = "/api/sign-in/password";
pub const EMAIL_CODE: &str = "/api/sign-in/email-code";
pub const CODE: &str = "/api/sign-in/code";
pub const REPORT: &str = "/api/sign-in/report";
pub const REPORT_ANYONE: &str = "/api/sign-in/report-anyone";
pub const CREATE_ACCOUNT: &str = "/api/sign-up";
pub const SIGN_UP_CODE: &str = "/api/sign-up/code";
pub const SIGN_UP_SEND: &str = "/api/sign-up/send";
pub const SIGN_UP_START_OVER: &str = "/api/sign-up/start-over";

pub const CONFIRM_CODE: &str = "/api/confirm/code";
pub const CONFIRM_SEND: &str = "/api/confirm/send";

pub const ADDRESS_CODE: &str = "/api/address/code";
pub const ADDRESS_SEND: &str = "/api/address/send";
pub const NEW_ADDRESS_CODE: &str = "/api/new-address/code";
pub const NEW_ADDRESS_SEND: &str = "/api/new-address/send";
pub const CODES_RENEW: &str = "/api/codes/renew";
pub const CODES_KEPT: &str = "/api/codes/kept";

pub const FORGOT_SEND: &str = "/api/forgot/send";
pub const FORGOT_PASSWORD_NEW: &str = "/api/forgot/password";
pub const DISOWN: &str = "/api/not-me";

pub const HEALING_REPORT: &str = "/api/healing/report";
pub const HEALING_NOT_NOW: &str = "/api/healing/not-now";
pub const HEALING_CONTINUE: &str = "/api/healing/continue";

pub const SESSION_VERIFY: &str = "/api/session/verify";
pub const SESSION_PASSWORD: &str = "/api/session/password";
pub const SIGN_OUT: &str = "/api/session/sign-out";

pub const PASSKEYS_ADD: &str = "/api/passkeys/add";
pub const PASSKEYS_RENAME: &str = "/api/passkeys/rename";
pub const PASSKEYS_REMOVE: &str = "/api/passkeys/remove";
pub const BROWSER_FORGET: &str = "/api/browser/forget";

pub const CHANGE_PASSWORD: &str = "/api/account/change-password";
pub const CHANGE_IDENTIFIER: &str = "/api/account/change-identifier";
pub const DELETE_ACCOUNT: &str = "/api/account/delete";
pub const END_SESSION: &str = "/api/account/end-session";
pub const END_SESSIONS: &str = "/api/account/end-sessions";
pub const FORGET_BROWSER: &str = "/api/account/forget-browser";
pub const FORGET_BROWSERS: &str = "/api/account/forget-browsers";
