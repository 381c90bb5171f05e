//! Draws what is on the stage. It decides nothing and reacts to nothing: what a press of a button does is said by the
//! attributes of the button, and done by [`crate::browser`], which listens to the whole document.
//!
//! Everything is an [`AnyView`] and most of it comes from few components, because each new type of view is code that
//! every visitor downloads.

use leptos::either::Either;
use leptos::prelude::*;

use crate::page::{Frame, Page, Screen, Start};

pub mod components;
pub mod screens;

use components::{frame, unreachable};

/// All that can be seen, in one value.
#[derive(Clone, Debug)]
pub struct Stage {
    pub frame: Frame,
    pub page: Page,
    /// Which of two places the step stands in. Changes with the step, so that a new step is built afresh, while
    /// a step that only says something new keeps its elements, and with them the focus and what was typed.
    pub other_place: bool,
    /// There was another step before: this one comes in gently.
    pub moved: bool,
    /// The system's dialog is open.
    pub waiting: bool,
    /// The server did not answer; the step is kept underneath.
    pub unreachable: bool,
    /// The server takes its time.
    pub slow: bool,
    /// What the status region says.
    pub said: String,
}

impl Stage {
    /// How a document begins.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let Start { frame, page } = start;
        Self { frame, page, other_place: false, moved: false, waiting: false, unreachable: false, slow: false, said: String::new() }
    }

    /// Puts another page on the stage.
    pub fn show(&mut self, page: Page) {
        if page.screen.name() != self.page.screen.name() {
            self.other_place = !self.other_place;
            self.moved = true;
        }
        self.said.clone_from(&page.status);
        self.page = page;
        self.waiting = false;
        self.unreachable = false;
        self.slow = false;
    }
}

/// The whole of it.
#[must_use]
pub fn view(stage: &Stage) -> AnyView {
    let step = screen(&stage.page.screen, stage);
    let step = if stage.other_place { Either::Right(step) } else { Either::Left(step) };
    let name = if stage.unreachable { "unreachable" } else { stage.page.screen.name() };
    view! {
        {frame::header(&stage.frame)}
        <main data-step=name data-moved=stage.moved data-waiting=stage.waiting>
            <div class="card" hidden=stage.unreachable>
                {step}
            </div>
            {stage.unreachable.then(|| unreachable::view(&stage.frame.unreachable))}
            <p class="status" role="status" data-seen=stage.slow>
                {if stage.slow { stage.frame.slow.clone() } else { stage.said.clone() }}
            </p>
        </main>
    }
    .into_any()
}

fn screen(screen: &Screen, stage: &Stage) -> AnyView {
    match screen {
        Screen::Identify(step) => screens::identify::view(step, stage),
        Screen::SignUp(step) => screens::sign_up::view(step, stage),
        Screen::UsePasskey(step) => screens::use_passkey::view(step, stage),
        Screen::EnterPassword(step) => screens::enter_password::view(step, stage),
        Screen::NeedsProof(step) => screens::needs_proof::view(step, stage),
        Screen::CreatePasskey(step) => screens::create_passkey::view(step, stage),
        Screen::PasskeyCreated(step) => screens::passkey_created::view(step),
        Screen::AlreadyHere(step) => screens::already_here::view(step, stage),
        Screen::Dashboard(step) => screens::dashboard::view(step, stage),
        Screen::Told(step) | Screen::Stale(step) => screens::told::view(step),
    }
}
