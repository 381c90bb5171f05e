//! The one state that the browser owns: it cannot reach the server. The step waits underneath with all that was typed.

use leptos::prelude::*;

use super::action::PRIMARY;
use crate::page::Unreachable;

/// Draws it.
#[must_use]
pub fn view(unreachable: &Unreachable) -> AnyView {
    view! {
        <div class="card" role="alert">
            <div class="step">
                <div class="top">
                    <h1 tabindex="-1">{unreachable.heading.clone()}</h1>
                    <p class="lead">{unreachable.lead.clone()}</p>
                    <div class="actions">
                        <div class="action">
                            <button type="button" class=PRIMARY data-retry="true">
                                <span>{unreachable.retry.clone()}</span>
                            </button>
                        </div>
                    </div>
                </div>
            </div>
        </div>
    }
    .into_any()
}
