//! What stays while pages change.

use super::Presenter;
use crate::page::{Frame, Unreachable};

impl Presenter {
    /// The frame around every page.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let say = |id| self.words.say(id);
        Frame {
            brand: self.brand.clone(),
            logo: self.logo.clone(),
            unreachable: Unreachable {
                heading: self.words.say_with("frame-unreachable-heading", &[("brand", &self.brand)]),
                lead: say("frame-unreachable-lead"),
                retry: say("frame-unreachable-retry"),
            },
            slow: say("frame-slow"),
            theme: say("frame-theme"),
            no_script: say("frame-no-script"),
            show_password: say("frame-show-password"),
            hide_password: say("frame-hide-password"),
        }
    }
}
