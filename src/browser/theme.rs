//! Light or dark, against what the system says. The document's head applies the choice before anything is painted.

use super::dom;

/// Goes to the other one. Where that is what the system wants anyway, the choice is forgotten, and the system is followed again.
pub fn switch() {
    let Some(root) = dom::root() else { return };
    let system_dark = dom::prefers("color-scheme: dark");
    let dark = match root.get_attribute("data-theme").as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => system_dark,
    };
    let choice = match (!dark, system_dark) {
        (true, false) => "dark",
        (false, true) => "light",
        _ => "",
    };
    let _ = root.set_attribute("data-theme", choice);
    if let Ok(Some(storage)) = dom::window().local_storage() {
        let _ = storage.set_item("theme", choice);
    }
}
