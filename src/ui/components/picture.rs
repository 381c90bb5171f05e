//! Drawings of what the system will ask for. Files of their own, to be opened in any viewer; the colours come from the style.

use crate::page::Picture;
use crate::ui::element::{Element, el};

/// Keymend's own mark.
pub const MARK: &str = include_str!("../pictures/mark.svg");

/// Draws it. The words beside it say the same, so it has no name of its own.
#[must_use]
pub fn view(picture: Picture) -> Element {
    let drawing = match picture {
        Picture::Key => include_str!("../pictures/key.svg"),
        Picture::Fingerprint => include_str!("../pictures/fingerprint.svg"),
        Picture::Face => include_str!("../pictures/face.svg"),
        Picture::Lock => include_str!("../pictures/lock.svg"),
        Picture::PhoneWithCode => include_str!("../pictures/phone-with-code.svg"),
        Picture::Vault => include_str!("../pictures/vault.svg"),
        Picture::Laptop => include_str!("../pictures/laptop.svg"),
        Picture::MendedKey => include_str!("../pictures/mended-key.svg"),
    };
    el("div").class("picture").set("aria-hidden", "true").drawing(drawing)
}
