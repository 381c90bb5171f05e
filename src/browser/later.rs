//! A form that is submitted while an answer is awaited. Two requests at once would be two truths about the flow, so it waits,
//! and what was submitted last is all that waits.

use web_sys::HtmlFormElement;

use super::tab::Tab;
use super::{dom, post};

/// A form that waits, and all that it asks.
pub struct Later {
    form: HtmlFormElement,
    asks: String,
}

/// Lets a form wait for the answer, unless it is the one that the answer is for.
pub fn keep(tab: Tab, form: HtmlFormElement) {
    forget(tab);
    let by_itself = form.has_attribute("aria-busy");
    if let Some(asks) = asks(&form).filter(|_| !by_itself) {
        post::mark(Some(&form), true);
        tab.later.replace(Some(Later { form, asks }));
    }
}

/// Submits the form that waits, if the page that has come still holds it as it was: the answer may have been about another
/// flow or another account, and then it is nobody's. False where none is submitted.
pub fn submit(tab: Tab) -> bool {
    let Some(later) = forget(tab) else { return false };
    let same = later.form.is_connected() && asks(&later.form).as_ref() == Some(&later.asks);
    same && later.form.request_submit().is_ok()
}

/// No form waits any more.
pub fn forget(tab: Tab) -> Option<Later> {
    tab.later.take().inspect(|later| post::mark(Some(&later.form), false))
}

fn asks(form: &HtmlFormElement) -> Option<String> {
    let path = form.get_attribute("action").unwrap_or_default();
    Some([path, "?".to_owned(), dom::fields(form)?.to_string().into()].concat())
}
