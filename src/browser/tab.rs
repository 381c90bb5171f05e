//! What this tab is busy with.

use std::cell::{Cell, RefCell};

use leptos::prelude::*;

use super::autofill::Waiting;
use super::ceremony::Open;
use super::later::Later;
use super::post::Request;
use crate::page::BrowserFacts;
use crate::ui::Stage;

/// One per document, and it lives as long as the document does: so it is leaked, and can be handed to every listener.
#[derive(Clone, Copy)]
pub struct Tab(&'static Inner);

/// The parts that change.
pub struct Inner {
    /// What is shown.
    pub stage: ArcRwSignal<Stage>,
    /// What is known about the browser; more of it when the browser has answered.
    pub facts: RefCell<BrowserFacts>,
    /// A request is on its way, and no other one is sent.
    pub busy: Cell<bool>,
    /// Counts requests, so that an answer nobody waits for any more is known as such.
    pub request: Cell<u32>,
    /// What was asked for while an answer is awaited.
    pub later: RefCell<Option<Later>>,
    /// What the server could not be asked.
    pub unanswered: RefCell<Option<Request>>,
    /// The ceremony whose dialog is open.
    pub open: RefCell<Option<Open>>,
    /// The request that waits behind the sign-in field.
    pub waiting: RefCell<Option<Waiting>>,
    /// The server was asked which doors are open to this browser.
    pub asked: Cell<bool>,
    /// What the page holds for the field is too old, and nobody is looking.
    pub outdated: Cell<bool>,
    /// The sealed state of the ceremony that started by itself last; it never does so again.
    pub started: RefCell<String>,
    /// When the present page came, by the clock of the document.
    pub received: Cell<f64>,
}

impl Tab {
    /// Begins with nothing under way.
    #[must_use]
    pub fn new(stage: ArcRwSignal<Stage>) -> Self {
        Self(Box::leak(Box::new(Inner {
            stage,
            facts: RefCell::default(),
            busy: Cell::new(false),
            request: Cell::new(0),
            later: RefCell::default(),
            unanswered: RefCell::default(),
            open: RefCell::default(),
            waiting: RefCell::default(),
            asked: Cell::new(false),
            outdated: Cell::new(false),
            started: RefCell::default(),
            // The clock starts when the document is asked for.
            received: Cell::new(0.0),
        })))
    }
}

impl std::ops::Deref for Tab {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        self.0
    }
}
