//! Something that a page says once.

use crate::page::{Notice, NoticeKind};
use crate::ui::Stage;
use crate::ui::element::{Element, el};

/// Draws it. What was not done is an alert, and heard again each time.
#[must_use]
pub fn view(notice: &Notice, stage: &Stage) -> Element {
    let (class, role, heal) = match notice.kind {
        NoticeKind::HealConfirmed => ("notice", None, Some("confirmed")),
        NoticeKind::Info => ("notice", None, None),
        NoticeKind::Problem => ("notice problem", Some("alert"), None),
    };
    let key = if role.is_some() { stage.answer + 1 } else { 0 };
    el("p").class(class).maybe("role", role).maybe("data-heal", heal).words(&notice.text).key(key)
}
