//! Draws what is on the stage. It decides nothing and reacts to nothing: what a press of a button does is said by the
//! attributes of the button, and done by [`crate::browser`], which listens to the whole document.

use crate::page::{Frame, Page, Screen, Start};

pub mod components;
pub mod element;
pub mod screens;

use components::{frame, unreachable};
use element::{Element, el};

/// All that can be seen, in one value.
#[derive(Clone, Debug)]
pub struct Stage {
    pub frame: Frame,
    pub page: Page,
    /// How many steps there were before. A new step is built afresh, while a step that only says something new keeps its
    /// elements, and with them the focus and what was typed.
    pub turn: u32,
    /// How many answers there were before. What an answer refuses comes with it, as new: the same words once more are heard
    /// once more.
    pub answer: u32,
    /// The system's dialog is open.
    pub waiting: bool,
    /// The server did not answer; the step is kept underneath.
    pub unreachable: bool,
    /// The server takes its time.
    pub slow: bool,
    /// What the status region says.
    pub said: String,
    /// It is to be seen as well: nothing else on the page tells.
    pub seen: bool,
}

impl Stage {
    /// How a document begins.
    #[must_use]
    pub fn new(start: Start) -> Self {
        let Start { frame, page } = start;
        let (turn, answer, said) = (0, 0, String::new());
        Self { frame, page, turn, answer, waiting: false, unreachable: false, slow: false, said, seen: false }
    }

    /// Puts another page on the stage.
    pub fn show(&mut self, page: Page) {
        if page.screen.name() != self.page.screen.name() {
            self.turn += 1;
        }
        self.answer += 1;
        self.said.clone_from(&page.status);
        self.seen = false;
        self.page = page;
        self.waiting = false;
        self.unreachable = false;
        self.slow = false;
    }

    /// Takes over from the same step what nobody sees change: the form keeps what was typed and what was said about it. False
    /// where it is another step, or another form, by now.
    pub fn freshen(&mut self, mut page: Page) -> bool {
        let (Screen::Identify(now), Screen::Identify(fresh)) = (&mut self.page.screen, &mut page.screen) else {
            return false;
        };
        let (Some((kept, _)), Some((field, _))) = (&mut now.form, &mut fresh.form) else { return false };
        std::mem::swap(field, kept);
        self.page = page;
        true
    }
}

/// The whole of it.
#[must_use]
pub fn view(stage: &Stage) -> Element {
    let name = if stage.unreachable { "unreachable" } else { stage.page.screen.name() };
    let card = el("div").class("card").flag("hidden", stage.unreachable);
    let seen = stage.slow || stage.seen;
    let said = if stage.slow { &stage.frame.slow } else { &stage.said };
    let said = (!said.is_empty()).then(|| el("span").words(said).key(stage.answer));
    let main = el("main")
        .set("data-step", name)
        .flag("data-moved", stage.turn > 0)
        .flag("data-waiting", stage.waiting)
        .with(card.with(screen(&stage.page.screen, stage).key(stage.turn)))
        .with(el("p").class("status").set("role", "status").flag("data-seen", seen).with(said))
        .with(stage.unreachable.then(|| unreachable::view(&stage.frame.unreachable)));
    el("div").class("column").with(frame::header(&stage.frame)).with(main)
}

fn screen(screen: &Screen, stage: &Stage) -> Element {
    match screen {
        Screen::Identify(step) => screens::identify::view(step, stage),
        Screen::SignUp(step) => screens::sign_up::view(step, stage),
        Screen::UsePasskey(step) => screens::use_passkey::view(step, stage),
        Screen::EnterPassword(step) => screens::enter_password::view(step, stage),
        Screen::Ask(step) => screens::ask::view(step, stage),
        Screen::NeedsProof(step) => screens::needs_proof::view(step, stage),
        Screen::CreatePasskey(step) => screens::create_passkey::view(step, stage),
        Screen::PasskeyCreated(step) => screens::passkey_created::view(step),
        Screen::AlreadyHere(step) => screens::already_here::view(step, stage),
        Screen::RecoveryCodes(step) => screens::recovery_codes::view(step),
        Screen::Dashboard(step) => screens::dashboard::view(step, stage),
        Screen::Account(step) => screens::account::view(step, stage),
        Screen::Change(step) => screens::change::view(step, stage),
        Screen::Told(step) | Screen::Leave(step) | Screen::Stale(step) => screens::told::view(step),
    }
}
