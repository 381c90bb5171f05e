//! Addresses that pages point at: pages, and the named endpoints of the server functions.

pub const SIGN_IN: &str = "/sign-in";
pub const SIGN_UP: &str = "/sign-up";
pub const DASHBOARD: &str = "/dashboard";
pub const FORGOT_PASSWORD: &str = "/forgot-password";
pub const NOT_ME: &str = "/not-me";

pub const IDENTIFY: &str = "/api/sign-in/identify";
pub const ONE_TAP: &str = "/api/sign-in/one-tap";
pub const START_OVER: &str = "/api/sign-in/start-over";
pub const USE_PASSWORD: &str = "/api/sign-in/use-password";
pub const PASSWORD: &str = "/api/sign-in/password";
pub const REPORT: &str = "/api/sign-in/report";
pub const REPORT_ANYONE: &str = "/api/sign-in/report-anyone";
pub const CREATE_ACCOUNT: &str = "/api/sign-up";

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
