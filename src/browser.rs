//! What only a browser can do: perform a ceremony, measure it, report, and move between steps without loading a page.
//!
//! Nothing here decides. One set of listeners on the document serves all screens, so the screens stay plain markup.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::app::{App, ROOT, START};
use crate::page::Start;
use crate::ui::Stage;

pub mod autofill;
pub mod ceremony;
pub mod credentials;
pub mod dom;
pub mod ease;
pub mod environment;
pub mod keep;
pub mod later;
pub mod listen;
pub mod post;
pub mod show;
pub mod signal;
pub mod tab;
pub mod theme;
pub mod wire;

use tab::Tab;

/// Makes the page react. Called by the document's own script when the program has arrived.
///
/// Listeners come last: should anything before them go wrong, the forms still work as plain forms.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();
    let Some((root, start)) = first_page() else {
        // The document is of another version than the program, after a deploy for example.
        show::reload_once(show::Reloaded::Document);
        return;
    };
    let stage = ArcRwSignal::new(Stage::new(start));
    let tab = Tab::new(stage.clone());
    leptos::mount::hydrate_from(root, move || App(stage)).forget();
    show::forget_reload(show::Reloaded::Document);
    environment::learn(tab);
    listen::attach(tab);
    if let Some(root) = dom::root() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
    // In its own turn, so that a prompt never opens in the middle of becoming alive.
    Timeout::new(0, move || {
        autofill::start(tab);
        ceremony::start_by_itself(tab);
        signal::tell(tab);
    })
    .forget();
}

fn first_page() -> Option<(web_sys::HtmlElement, Start)> {
    let root = dom::by_id(ROOT)?;
    let start = wire::from_json(&dom::by_id(START)?.text_content()?)?;
    Some((root, start))
}
