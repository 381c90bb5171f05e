//! What a code of a flow or a session means to each page.

use crate::server::present::{
    CodeProblem, ConfirmNotice, CreateNotice, DashboardSaid, IdentifyNotice, IdentifyProblem, PasskeyNotice,
    PasswordProblem, ProofProblem,
};
use crate::server::services::sessions::Say as Inner;
use crate::server::visit::Say;

pub fn identify_problem(say: Say) -> Option<IdentifyProblem> {
    match say {
        Say::IdentifierEmpty => Some(IdentifyProblem::Empty),
        Say::IdentifierTooLong => Some(IdentifyProblem::TooLong),
        Say::IdentifierUnreadable => Some(IdentifyProblem::Unreadable),
        Say::Expired => Some(IdentifyProblem::Expired),
        Say::Busy => Some(IdentifyProblem::Busy),
        _ => None,
    }
}

pub fn identify_notice(say: Say) -> Option<IdentifyNotice> {
    match say {
        Say::NotAccepted => Some(IdentifyNotice::NotAccepted),
        Say::Unreadable => Some(IdentifyNotice::NotUsable),
        Say::SessionOver => Some(IdentifyNotice::SessionOver),
        _ => None,
    }
}

pub fn password_problem(say: Say) -> Option<PasswordProblem> {
    match say {
        Say::PasswordEmpty => Some(PasswordProblem::Empty),
        Say::PasswordWrong => Some(PasswordProblem::Wrong),
        Say::Blocked { seconds } => Some(PasswordProblem::Blocked { seconds: seconds.into() }),
        Say::Busy => Some(PasswordProblem::Busy),
        _ => None,
    }
}

pub fn code_refused(say: Say) -> Option<CodeProblem> {
    match say {
        Say::Code(problem) => Some(problem),
        _ => None,
    }
}

/// Beside the code a passkey that gave nothing leaves the page as it is; what was wrong with an answer is said.
pub fn code_notice(say: Say) -> Option<ConfirmNotice> {
    match say {
        Say::CodeSent => Some(ConfirmNotice::Sent),
        say => passkey_notice(say).map(ConfirmNotice::Passkey),
    }
}

pub fn passkey_notice(say: Say) -> Option<PasskeyNotice> {
    match say {
        Say::OtherAccount => Some(PasskeyNotice::AnotherAccount),
        Say::SessionOver => Some(PasskeyNotice::SessionOver),
        Say::NotAccepted => Some(PasskeyNotice::NoLongerAccepted),
        Say::Unreadable => Some(PasskeyNotice::NotUsable),
        Say::Expired => Some(PasskeyNotice::Expired),
        _ => None,
    }
}

pub fn create_notice(say: Inner) -> Option<CreateNotice> {
    match say {
        Inner::Expired => Some(CreateNotice::Expired),
        Inner::Unreadable | Inner::Taken | Inner::TooMany => Some(CreateNotice::NotUsable),
        Inner::Busy => Some(CreateNotice::Busy),
        Inner::Technical => Some(CreateNotice::Technical),
        _ => None,
    }
}

pub fn code_problem(say: Inner) -> Option<CodeProblem> {
    match say {
        Inner::CodeEmpty => Some(CodeProblem::Empty),
        Inner::CodeWrong => Some(CodeProblem::Wrong),
        Inner::CodeVoid => Some(CodeProblem::Void),
        Inner::Blocked { seconds } => Some(CodeProblem::Blocked { seconds: seconds.into() }),
        Inner::Busy => Some(CodeProblem::Busy),
        _ => None,
    }
}

pub fn proof_notice(say: Inner) -> Option<ConfirmNotice> {
    match say {
        Inner::CodeSent => Some(ConfirmNotice::Sent),
        say => verify_notice(say).map(ConfirmNotice::Passkey),
    }
}

/// What went wrong with a proof inside a session.
pub fn proof_problem(say: Inner) -> Option<ProofProblem> {
    password_problem_inside(say).map(ProofProblem::Password).or_else(|| verify_notice(say).map(ProofProblem::Passkey))
}

pub fn password_problem_inside(say: Inner) -> Option<PasswordProblem> {
    match say {
        Inner::PasswordEmpty => Some(PasswordProblem::Empty),
        Inner::PasswordWrong => Some(PasswordProblem::Wrong),
        Inner::PasswordNone => Some(PasswordProblem::None),
        Inner::Blocked { seconds } => Some(PasswordProblem::Blocked { seconds: seconds.into() }),
        Inner::Busy => Some(PasswordProblem::Busy),
        _ => None,
    }
}

/// What went wrong with a `get()` inside a session.
pub fn verify_notice(say: Inner) -> Option<PasskeyNotice> {
    match say {
        Inner::Expired => Some(PasskeyNotice::Expired),
        Inner::OtherPasskey => Some(PasskeyNotice::AnotherAccount),
        Inner::Unreadable => Some(PasskeyNotice::NotUsable),
        Inner::Ended(outcome) => Some(PasskeyNotice::Ended(outcome)),
        _ => None,
    }
}

pub fn dashboard_said(say: Inner) -> Option<DashboardSaid> {
    match say {
        Inner::Renamed => Some(DashboardSaid::Renamed),
        Inner::Removed { aaguid } => Some(DashboardSaid::Removed { aaguid }),
        Inner::BrowserForgotten => Some(DashboardSaid::BrowserForgotten),
        Inner::AddressConfirmed => Some(DashboardSaid::AddressConfirmed),
        Inner::Confirmed => Some(DashboardSaid::Confirmed),
        Inner::Limited => Some(DashboardSaid::NeedsPasskey),
        Inner::Gone => Some(DashboardSaid::Gone),
        Inner::Expired => Some(DashboardSaid::Expired),
        Inner::Busy => Some(DashboardSaid::Busy),
        Inner::CannotCreate => Some(DashboardSaid::NoPasskeysHere),
        _ => None,
    }
}
