//! Telling the providers of passkeys what the server says. Where a browser does not know how, nothing is lost; whether a
//! provider follows is never learnt.

use js_sys::{Function, JSON, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::dom;
use super::tab::Tab;
use crate::page::{Signal, SignalMethod};

/// Tells all that the present page holds. Not while a dialog is open: what it may be making is not on any list yet.
pub fn tell(tab: Tab) {
    if tab.open.borrow().is_none() {
        tab.stage.with_untracked(|stage| stage.page.signals.iter().for_each(send));
    }
}

fn send(signal: &Signal) {
    let method = match signal.method {
        SignalMethod::Unknown => "signalUnknownCredential",
        SignalMethod::AllAccepted => "signalAllAcceptedCredentials",
        SignalMethod::UserDetails => "signalCurrentUserDetails",
    };
    let credentials = dom::get(&dom::window(), "PublicKeyCredential");
    let (Ok(method), Ok(options)) =
        (dom::get(&credentials, method).dyn_into::<Function>(), JSON::parse(&signal.options))
    else {
        return;
    };
    if let Ok(told) = method.call1(&credentials, &options).and_then(JsCast::dyn_into::<Promise>) {
        // Somebody has to look at how it ended, or the browser complains of it in its log.
        spawn_local(async move {
            let _ = JsFuture::from(told).await;
        });
    }
}
