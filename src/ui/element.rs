//! An element of the page as plain data, of one type whatever it is.
//!
//! Leptos' `view!` makes a type of every view, and each of them is code that every visitor downloads: measured on these
//! screens, 95 KB of compressed program in place of 62. To Leptos it is a view like any other: rendered on the server,
//! hydrated in the browser, and updated when a signal changes.

use leptos::tachys::html::attribute::any_attribute::AnyAttribute;
use leptos::tachys::hydration::Cursor;
use leptos::tachys::view::{Position, PositionState, Render, RenderHtml};

mod drawn;

use drawn::Drawn;

/// Elements that have no end in HTML.
const VOID: [&str; 3] = ["input", "img", "wbr"];

/// One element with all that is in it: words, or other elements, or a drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    tag: &'static str,
    key: u32,
    attributes: Vec<(&'static str, String)>,
    inside: Inside,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Inside {
    Elements(Vec<Element>),
    Words(String),
    /// Trusted markup: our own drawings, never anything that was typed.
    Drawing(&'static str),
}

/// An empty element.
#[must_use]
pub fn el(tag: &'static str) -> Element {
    Element { tag, key: 0, attributes: Vec::new(), inside: Inside::Elements(Vec::new()) }
}

impl Element {
    /// With this attribute.
    #[must_use]
    pub fn set(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.to_owned()));
        self
    }

    /// With this attribute, which counts by being there.
    #[must_use]
    pub fn flag(self, name: &'static str, on: bool) -> Self {
        if on { self.set(name, "") } else { self }
    }

    /// With this attribute if there is a value for it.
    #[must_use]
    pub fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.set(name, value),
            None => self,
        }
    }

    /// With these classes.
    #[must_use]
    pub fn class(self, names: &str) -> Self {
        self.set("class", names)
    }

    /// With these words in it, and nothing else.
    #[must_use]
    pub fn words(mut self, words: &str) -> Self {
        self.inside = Inside::Words(words.to_owned());
        self
    }

    /// With this drawing in it, and nothing else.
    #[must_use]
    pub fn drawing(mut self, markup: &'static str) -> Self {
        self.inside = Inside::Drawing(markup);
        self
    }

    /// With this at its end: an element, several, or perhaps one.
    #[must_use]
    pub fn with(mut self, more: impl IntoIterator<Item = Element>) -> Self {
        if let Inside::Elements(elements) = &mut self.inside {
            elements.extend(more);
        }
        self
    }

    /// Another key makes it another element: it is built afresh, and nothing of the one before is kept.
    #[must_use]
    pub fn key(mut self, key: u32) -> Self {
        self.key = key;
        self
    }

    fn html(&self, html: &mut String) {
        html.push('<');
        html.push_str(self.tag);
        for (name, value) in &self.attributes {
            html.push(' ');
            html.push_str(name);
            if !value.is_empty() {
                html.push_str("=\"");
                escape(value, html);
                html.push('"');
            }
        }
        html.push('>');
        if VOID.contains(&self.tag) {
            return;
        }
        match &self.inside {
            Inside::Elements(elements) => elements.iter().for_each(|element| element.html(html)),
            Inside::Words(words) => escape(words, html),
            Inside::Drawing(markup) => html.push_str(markup),
        }
        html.push_str("</");
        html.push_str(self.tag);
        html.push('>');
    }
}

/// So that one element goes wherever several do.
impl IntoIterator for Element {
    type Item = Self;
    type IntoIter = std::iter::Once<Self>;

    fn into_iter(self) -> Self::IntoIter {
        std::iter::once(self)
    }
}

fn escape(words: &str, html: &mut String) {
    for letter in words.chars() {
        match letter {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            letter => html.push(letter),
        }
    }
}

impl Render for Element {
    type State = Drawn;

    fn build(self) -> Drawn {
        Drawn::new(self)
    }

    fn rebuild(self, drawn: &mut Drawn) {
        drawn.follow(self);
    }
}

leptos::tachys::no_attrs!(Element);

impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 4096;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, html: &mut String, position: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {
        self.html(html);
        *position = Position::NextChild;
    }

    fn hydrate<const FROM_SERVER: bool>(self, cursor: &Cursor, position: &PositionState) -> Drawn {
        if position.get() == Position::FirstChild {
            cursor.child();
        } else {
            cursor.sibling();
        }
        let drawn = Drawn::found(self, cursor.current());
        cursor.set(drawn.node());
        position.set(Position::NextChild);
        drawn
    }

    fn into_owned(self) -> Self {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_words_stay_words() {
        let typed = "<script>\"&";
        let html = el("p").set("title", typed).words(typed).to_html();
        assert_eq!(html, r#"<p title="&lt;script&gt;&quot;&amp;">&lt;script&gt;&quot;&amp;</p>"#);
    }

    #[test]
    fn what_is_empty_has_no_end() {
        let html = el("div").with(el("input").flag("hidden", true)).with(None).with([el("b"), el("i")]).to_html();
        assert_eq!(html, "<div><input hidden><b></b><i></i></div>");
    }
}
