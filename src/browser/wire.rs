//! Pages come in and reports go out as JSON, translated by the browser itself: a decoder in this program would be
//! a quarter of what every visitor downloads. Field for field it is what `serde` makes of the same types on the server;
//! a field that is forgotten here does not compile.

use domain::ceremony::{ErrorName, Observation, Purpose};
use js_sys::{Array, JSON, Object, Reflect};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use wasm_bindgen::{JsCast, JsValue};

use super::dom::get;
use crate::page::{
    Account, Action, AlreadyHere, Ask, Asking, BrowserFacts, Cause, Ceremony, Change, Changing, CreatePasskey,
    Dashboard, EnterPassword, Field, Frame, Identify, Item, Link, Mediation, NeedsProof, Notice, NoticeKind, Page,
    PasskeyCreated, PasskeyRow, Person, Picture, RecoveryCodes, Report, RowMode, Screen, Section, SignUp, Signal,
    SignalMethod, Start, Told, Unreachable, UsePasskey,
};

/// Made of a value of JSON; none where the value is another one.
pub trait Read: Sized {
    /// Reads it.
    fn read(value: &JsValue) -> Option<Self>;
}

/// Makes a value of JSON.
pub trait Write {
    /// Writes it.
    fn write(&self) -> JsValue;
}

/// Reads JSON text.
#[must_use]
pub fn from_json<T: Read>(text: &str) -> Option<T> {
    T::read(&JSON::parse(text).ok()?)
}

/// Writes JSON text.
#[must_use]
pub fn to_json(value: &impl Write) -> String {
    JSON::stringify(&value.write()).map(String::from).unwrap_or_default()
}

macro_rules! read {
    ($($kind:ident { $($field:ident),* })*) => {$(
        impl Read for $kind {
            fn read(value: &JsValue) -> Option<Self> {
                Some(Self { $($field: Read::read(&get(value, stringify!($field)))?),* })
            }
        }
    )*};
}

macro_rules! write {
    ($($kind:ident { $($field:ident),* })*) => {$(
        impl Write for $kind {
            fn write(&self) -> JsValue {
                let Self { $($field),* } = self;
                object(&[$((stringify!($field), $field.write())),*])
            }
        }
    )*};
}

/// A variant is an object with one field, which has its name.
macro_rules! read_variants {
    ($kind:ident { $($variant:ident),* }) => {
        impl Read for $kind {
            fn read(value: &JsValue) -> Option<Self> {
                $(
                    let inside = get(value, stringify!($variant));
                    if inside.is_object() {
                        return Read::read(&inside).map(Self::$variant);
                    }
                )*
                None
            }
        }
    };
}

/// Plain names, as `serde` spells them.
macro_rules! read_names {
    ($($kind:ident)*) => {$(
        impl Read for $kind {
            fn read(value: &JsValue) -> Option<Self> {
                named(&value.as_string()?)
            }
        }
    )*};
}

read! {
    Start { frame, page }
    Frame { brand, logo, unreachable, slow, theme, no_script, show_password, hide_password }
    Unreachable { heading, lead, retry }
    Page { address, title, status, screen, signals }
    Signal { method, options }
    Action { path, get, hidden, label }
    Link { path, label }
    Field { name, label, value, kind, autocomplete, hint, problem }
    Person { identifier, not_you }
    Cause { when, fix }
    Ceremony { purpose, mediation, auto, options, state, report, flow, good_for, watchdog, watchdog_away, waiting }
    Identify { heading, lead, form, one_tap, immediate, room, autofill, sign_up }
    SignUp { heading, lead, identifier, password, create, sign_in }
    UsePasskey { person, picture, heading, lead, causes_lead, causes, ceremony, open, password }
    EnterPassword { person, heading, lead, field, sign_in, ceremony, open, forgot, code }
    Ask { what, person, picture, heading, lead, fields, submit, ceremony, open, more, links, quiet }
    NeedsProof { person, picture, heading, lead, ways, password, ceremony, open, later }
    CreatePasskey { person, picture, heading, lead, said, causes_lead, causes, ceremony, open, not_now }
    PasskeyCreated { person, heading, lead, proceed }
    RecoveryCodes { person, heading, lead, list, codes, copy, copied, not_copied, print, download, proceed }
    AlreadyHere { person, picture, heading, lead, ceremony, open, proceed }
    Dashboard { heading, identifier, notices, news, hints, list, passkeys, empty, add, forget, forget_hint, account, sign_out }
    Account { heading, identifier, notices, prove, sections, back }
    Section { id, heading, hint, items, all, links }
    Item { name, facts, state, end, change }
    Change { what, identifier, heading, lead, ways, notices, form, prove, back }
    Notice { kind, text }
    PasskeyRow { name, facts, state, good, causes_lead, causes, mode }
    Told { heading, lead, links }
}

read_variants!(Screen {
    Identify,
    SignUp,
    UsePasskey,
    EnterPassword,
    Ask,
    NeedsProof,
    CreatePasskey,
    PasskeyCreated,
    AlreadyHere,
    RecoveryCodes,
    Dashboard,
    Account,
    Change,
    Told,
    Leave,
    Stale
});

read_names! { Purpose Mediation SignalMethod Picture NoticeKind Changing Asking }

write! {
    BrowserFacts {
        webauthn, platform_authenticator, hybrid, conditional_get, conditional_create, immediate_get, signals,
        platform_version, navigator_platform, touch_points
    }
    Observation { name, elapsed, focused, visible, activated, blurred, aborted, settled }
}

impl Read for RowMode {
    fn read(value: &JsValue) -> Option<Self> {
        let (shown, renaming, removing) = (get(value, "Shown"), get(value, "Renaming"), get(value, "Removing"));
        let part = |name| get(if renaming.is_object() { &renaming } else { &removing }, name);
        Some(if shown.is_object() {
            Self::Shown { rename: Read::read(&get(&shown, "rename"))?, remove: Read::read(&get(&shown, "remove"))? }
        } else if renaming.is_object() {
            Self::Renaming {
                field: Read::read(&part("field"))?,
                save: Read::read(&part("save"))?,
                keep: Read::read(&part("keep"))?,
            }
        } else {
            Self::Removing {
                question: Read::read(&part("question"))?,
                remove: Read::read(&part("remove"))?,
                keep: Read::read(&part("keep"))?,
            }
        })
    }
}

impl Write for Report {
    fn write(&self) -> JsValue {
        match self {
            Self::Credential(json) => object(&[("Credential", json.into())]),
            Self::Failed(seen) => object(&[("Failed", seen.write())]),
        }
    }
}

impl Read for String {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_string()
    }
}

impl Read for bool {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_bool()
    }
}

impl Read for u32 {
    fn read(value: &JsValue) -> Option<Self> {
        value.as_f64().map(|number| number as Self)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &JsValue) -> Option<Self> {
        if value.is_null() || value.is_undefined() { Some(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &JsValue) -> Option<Self> {
        value.dyn_ref::<Array>()?.iter().map(|each| T::read(&each)).collect()
    }
}

impl<A: Read, B: Read> Read for (A, B) {
    fn read(value: &JsValue) -> Option<Self> {
        let pair = value.dyn_ref::<Array>()?;
        Some((A::read(&pair.get(0))?, B::read(&pair.get(1))?))
    }
}

impl Write for bool {
    fn write(&self) -> JsValue {
        (*self).into()
    }
}

impl Write for u32 {
    fn write(&self) -> JsValue {
        (*self).into()
    }
}

impl Write for u8 {
    fn write(&self) -> JsValue {
        (*self).into()
    }
}

impl Write for String {
    fn write(&self) -> JsValue {
        self.into()
    }
}

impl Write for ErrorName {
    fn write(&self) -> JsValue {
        /// `serde` writes the name of a plain variant into any formatter.
        struct Name<'a>(&'a ErrorName);
        impl std::fmt::Display for Name<'_> {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                serde::Serialize::serialize(self.0, formatter)
            }
        }
        Name(self).to_string().into()
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self) -> JsValue {
        self.as_ref().map_or(JsValue::NULL, Write::write)
    }
}

/// The variant with this name.
#[must_use]
pub fn named<T: for<'de> Deserialize<'de>>(name: &str) -> Option<T> {
    let name: StrDeserializer<'_, Error> = name.into_deserializer();
    T::deserialize(name).ok()
}

fn object(fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in fields {
        // A fresh object takes every field.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object.into()
}
