//! What stands above the card on every page.

use leptos::prelude::*;

use super::picture::MARK;
use crate::page::Frame;

/// The name of the installation, and the switch between light and dark.
#[must_use]
pub fn header(frame: &Frame) -> AnyView {
    let logo = if frame.logo.is_empty() {
        view! { <span class="mark" aria-hidden="true" inner_html=MARK></span> }.into_any()
    } else {
        view! { <img class="mark" src=frame.logo.clone() alt="" /> }.into_any()
    };
    view! {
        <header>
            <p class="brand">{logo} <span>{frame.brand.clone()}</span></p>
            <button
                type="button"
                class="theme needs-script"
                data-switch-theme="true"
                title=frame.theme.clone()
            >
                <span>{frame.theme.clone()}</span>
            </button>
        </header>
    }
    .into_any()
}
