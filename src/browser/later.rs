//! What a person asks for while an answer is awaited: a form that is submitted, or the dialog of the present ceremony. Two requests
//! at once would be two truths about the flow, so it waits, and what was asked for last is all that waits.

use web_sys::HtmlFormElement;

use super::tab::Tab;
use super::{ceremony, dom, post};

/// What waits.
pub enum Later {
    /// A form, and all that it asks.
    Form(HtmlFormElement, String),
    /// A dialog, and the flow of its ceremony.
    Dialog(String),
}

/// Lets a form wait for the answer, unless it is the one that the answer is for.
pub fn keep(tab: Tab, form: HtmlFormElement) {
    forget(tab);
    let by_itself = form.has_attribute("aria-busy");
    if let Some(asks) = asks(&form).filter(|_| !by_itself) {
        post::mark(Some(&form), true);
        tab.later.replace(Some(Later::Form(form, asks)));
    }
}

/// Lets the dialog of the present ceremony wait for the answer.
pub fn keep_dialog(tab: Tab) {
    forget(tab);
    tab.later.replace(ceremony::flow(tab).map(Later::Dialog));
}

/// Does what waits, if the page that has come still holds it as it was: the answer may have been about another flow or another
/// account, and then it is nobody's. False where nothing is done.
pub fn go_on(tab: Tab) -> bool {
    match forget(tab) {
        None => false,
        Some(Later::Form(form, asked)) => {
            let same = form.is_connected() && asks(&form).as_ref() == Some(&asked);
            same && form.request_submit().is_ok()
        }
        Some(Later::Dialog(flow)) => {
            let same = ceremony::flow(tab).as_ref() == Some(&flow);
            if same {
                ceremony::open(tab);
            }
            same
        }
    }
}

/// Nothing waits any more.
pub fn forget(tab: Tab) -> Option<Later> {
    tab.later.take().inspect(|later| {
        if let Later::Form(form, _) = later {
            post::mark(Some(form), false);
        }
    })
}

fn asks(form: &HtmlFormElement) -> Option<String> {
    let path = form.get_attribute("action").unwrap_or_default();
    Some([path, "?".to_owned(), dom::fields(form)?.to_string().into()].concat())
}
