//! The whole server, asked through its router, with browsers that keep cookies and a software authenticator.
//!
//! Every answer of every test is looked at on its way: never a server error, always the headers, cookies with the right
//! attributes, no password sent back (`Browser::send`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly, and so may its helpers")]

#[path = "../common/app.rs"]
mod app;
#[path = "../common/authenticator.rs"]
mod authenticator;
#[path = "../common/database.rs"]
mod database;
#[path = "../common/dump.rs"]
mod dump;
#[path = "../common/functions.rs"]
mod functions;
#[path = "../common/mail_server.rs"]
mod mail_server;
#[path = "../common/person.rs"]
mod person;

mod account;
mod addresses;
mod answers;
mod attacks;
mod audit;
mod bad_input;
mod busy;
mod ceremonies;
mod clock;
mod confirm;
mod doors;
mod email_code;
mod environment;
mod explain;
mod forgotten;
mod ghosts;
mod ghosts_by_provider;
mod headers;
mod healing;
mod housekeeping;
mod let_in;
mod limits;
mod mail;
mod matrix;
mod memory;
mod needs;
mod none_left;
mod not_me;
mod operator;
mod renewed;
mod replay;
mod return_to;
mod session_over;
mod sessions;
mod sign_in;
mod sign_up;
mod signals;
mod switches;
mod tabs;
mod thief;
mod throttle;
mod timing;
mod verification;
mod watching;
mod without_script;
