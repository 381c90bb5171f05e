//! The server functions, one per form. Each is thin: read the request, call the service, answer.
//!
//! A form without JavaScript is answered by a redirect to the page; the browser's own code gets the page as JSON, whatever
//! the status. So an `Err` here is a page as well: the one that says what is wrong.

pub mod account;
pub mod address;
pub mod answer;
pub mod browser;
pub mod codes;
pub mod confirm;
pub mod forgot;
pub mod healing;
pub mod new_address;
pub mod not_me;
pub mod page;
pub mod passkeys;
pub mod session;
pub mod sign_in;
pub mod sign_up;

pub use answer::Refused;

use leptos::server_fn::axum::register_explicit;

/// Makes the server functions known. Said explicitly, as a linker may drop what only registers itself.
pub fn register() {
    register_explicit::<page::PresentPage>();
    register_explicit::<sign_in::Identify>();
    register_explicit::<sign_in::OneTap>();
    register_explicit::<sign_in::StartOver>();
    register_explicit::<sign_in::UsePassword>();
    register_explicit::<sign_in::CheckPassword>();
    register_explicit::<sign_in::EmailCode>();
    register_explicit::<sign_in::CheckEmailedCode>();
    register_explicit::<sign_in::ReportPasskey>();
    register_explicit::<sign_in::ReportAnyone>();
    register_explicit::<sign_up::CreateAccount>();
    register_explicit::<sign_up::CheckSignUpCode>();
    register_explicit::<sign_up::SendSignUpCode>();
    register_explicit::<sign_up::SignUpStartOver>();
    register_explicit::<confirm::CheckCode>();
    register_explicit::<confirm::SendCode>();
    register_explicit::<address::CheckAddressCode>();
    register_explicit::<address::SendAddressCode>();
    register_explicit::<new_address::CheckNewAddressCode>();
    register_explicit::<new_address::SendNewAddressCode>();
    register_explicit::<codes::RenewCodes>();
    register_explicit::<codes::CodesKept>();
    register_explicit::<forgot::SendResetCode>();
    register_explicit::<forgot::ChoosePassword>();
    register_explicit::<not_me::Disown>();
    register_explicit::<healing::ReportCreation>();
    register_explicit::<healing::NotNow>();
    register_explicit::<healing::Proceed>();
    register_explicit::<session::VerifyPasskey>();
    register_explicit::<session::ConfirmPassword>();
    register_explicit::<session::SignOut>();
    register_explicit::<passkeys::AddPasskey>();
    register_explicit::<passkeys::RenamePasskey>();
    register_explicit::<passkeys::RemovePasskey>();
    register_explicit::<browser::ForgetBrowser>();
    register_explicit::<account::ChangePassword>();
    register_explicit::<account::ChangeIdentifier>();
    register_explicit::<account::DeleteAccount>();
    register_explicit::<account::EndSession>();
    register_explicit::<account::EndSessions>();
    register_explicit::<account::ForgetKnownBrowser>();
    register_explicit::<account::ForgetKnownBrowsers>();
}
