//! A field with its label, its help and what is wrong with it.

use leptos::prelude::*;

use crate::page::{Field, Frame};

/// Draws a field. `first` is where a person expects to type at once. What may be typed is the server's to say, in its
/// own words beside the field: the browser's own checks would say it in other words, and elsewhere.
#[must_use]
pub fn view(field: &Field, first: bool, frame: &Frame) -> AnyView {
    let password = field.kind == "password";
    let wrong = !field.problem.is_empty();
    let about = if wrong {
        said(field, "problem")
    } else if field.hint.is_empty() {
        String::new()
    } else {
        said(field, "hint")
    };
    view! {
        <div class="field">
            <label for=field.name.clone()>{field.label.clone()}</label>
            <div class="input">
                <input
                    id=field.name.clone()
                    name=field.name.clone()
                    type=field.kind.clone()
                    value=field.value.clone()
                    autocomplete=field.autocomplete.clone()
                    autofocus=first || wrong
                    aria-required="true"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-invalid=wrong.then_some("true")
                    aria-describedby=(!about.is_empty()).then_some(about)
                />
                {password.then(|| reveal(field, frame))}
            </div>
            {wrong.then(|| line(field, "problem", Some("alert"), &field.problem))}
            {(!wrong && !field.hint.is_empty()).then(|| line(field, "hint", None, &field.hint))}
        </div>
    }
    .into_any()
}

fn line(field: &Field, class: &'static str, role: Option<&'static str>, words: &str) -> AnyView {
    view! {
        <p class=class id=said(field, class) role=role>
            {words.to_owned()}
        </p>
    }
    .into_any()
}

fn said(field: &Field, what: &str) -> String {
    [&field.name, "-", what].concat()
}

/// Shows the password, and hides it again. Both names are there; the style shows the one that counts.
fn reveal(field: &Field, frame: &Frame) -> AnyView {
    view! {
        <button type="button" class="reveal needs-script" data-reveal=field.name.clone()>
            <span class="when-hidden">{frame.show_password.clone()}</span>
            <span class="when-shown">{frame.hide_password.clone()}</span>
        </button>
    }
    .into_any()
}
