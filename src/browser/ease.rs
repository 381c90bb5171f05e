//! Easing the height of the card from one step to the next. A style cannot do that between heights nobody has named.

use js_sys::JSON;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

use super::dom;

#[wasm_bindgen]
extern "C" {
    type Animated;

    #[wasm_bindgen(method, structural, catch)]
    fn animate(this: &Animated, frames: &JsValue, milliseconds: f64) -> Result<JsValue, JsValue>;
}

/// As long as the new step takes to come in.
const MILLISECONDS: f64 = 180.0;

/// The height of the card now.
#[must_use]
pub fn height() -> i32 {
    dom::find(".card").map_or(0, |card| card.offset_height())
}

/// Lets the card grow or shrink from that height to the one it has.
pub fn from(before: i32) {
    let Some(card) = dom::find(".card") else { return };
    let after = card.offset_height();
    // Hidden cards have no height; nor does anything move for those who asked for stillness.
    if before == after || before == 0 || after == 0 || dom::prefers("reduced-motion: reduce") {
        return;
    }
    let frame = |height: i32| [r#"{"overflow":"clip","height":""#, &height.to_string(), r#"px"}"#].concat();
    if let Ok(frames) = JSON::parse(&["[", &frame(before), ",", &frame(after), "]"].concat()) {
        let _ = card.unchecked_ref::<Animated>().animate(&frames, MILLISECONDS);
    }
}
