//! "This can happen when …", likeliest first, and what helps on this platform.

use leptos::prelude::*;

use crate::page::Cause;

/// Draws them, or nothing where there are none.
#[must_use]
pub fn view(lead: &str, causes: &[Cause]) -> Vec<AnyView> {
    if causes.is_empty() {
        return Vec::new();
    }
    let lead = lead.to_owned();
    let causes: Vec<AnyView> = causes.iter().map(cause).collect();
    vec![
        view! {
            <section class="causes">
                <h2>{lead}</h2>
                <ul>{causes}</ul>
            </section>
        }
        .into_any(),
    ]
}

fn cause(cause: &Cause) -> AnyView {
    view! {
        <li>
            <b>{cause.when.clone()}</b>
            <span>{cause.fix.clone()}</span>
        </li>
    }
    .into_any()
}
