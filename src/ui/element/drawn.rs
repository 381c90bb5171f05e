//! An element on the screen, and how it follows the data.

use leptos::tachys::renderer::{CastFrom, Rndr, types};
use leptos::tachys::view::Mountable;

use super::{Element, Inside};

/// An element of the document together with the data it shows.
pub struct Drawn {
    node: types::Element,
    /// What it shows; what is in it stands beside, where it is elements.
    shows: Element,
    inside: Vec<Drawn>,
}

impl Drawn {
    /// Draws it anew, standing nowhere yet.
    pub fn new(mut element: Element) -> Self {
        let node = Rndr::create_element(element.tag, None);
        for (name, value) in &element.attributes {
            Rndr::set_attribute(&node, name, value);
        }
        let mut inside = Vec::new();
        match &mut element.inside {
            Inside::Elements(elements) => {
                for element in elements.drain(..) {
                    let drawn = Self::new(element);
                    Rndr::insert_node(&node, &drawn.node, None);
                    inside.push(drawn);
                }
            }
            Inside::Words(words) => node.set_text_content(Some(words)),
            Inside::Drawing(markup) => node.set_inner_html(markup),
        }
        Self { node, shows: element, inside }
    }

    /// Finds it where the server has drawn it, at this node or after. What is not there is drawn, and what others have put
    /// in between, as browser extensions do, is passed over: a page never dies of that.
    pub fn found(element: Element, at: types::Node) -> Self {
        let parent = at.parent_node().and_then(types::Element::cast_from);
        let found = look_for(&element, Some(at));
        match (found, parent) {
            (Some(node), _) => Self::adopted(element, node),
            (None, parent) => {
                let drawn = Self::new(element);
                if let Some(parent) = parent {
                    Rndr::insert_node(&parent, &drawn.node, None);
                }
                drawn
            }
        }
    }

    fn adopted(mut element: Element, node: types::Element) -> Self {
        let mut inside = Vec::new();
        if let Inside::Elements(elements) = &mut element.inside {
            let mut next = node.first_child();
            for element in elements.drain(..) {
                let drawn = match look_for(&element, next.clone()) {
                    Some(node) => Self::adopted(element, node),
                    None => {
                        let drawn = Self::new(element);
                        Rndr::insert_node(&node, &drawn.node, next.as_ref());
                        drawn
                    }
                };
                next = drawn.node.next_sibling();
                inside.push(drawn);
            }
        }
        Self { node, shows: element, inside }
    }

    /// The node in the document.
    pub fn node(&self) -> types::Node {
        self.node.clone().into()
    }

    /// Shows the new data. Elements that are still the same ones stay, and with them the focus and what was typed.
    pub fn follow(&mut self, mut element: Element) {
        if !self.is(&element) {
            let drawn = Self::new(element);
            let _ = self.node.replace_with_with_node_1(&drawn.node);
            *self = drawn;
            return;
        }
        for (name, _) in &self.shows.attributes {
            if !element.attributes.iter().any(|(other, _)| other == name) {
                Rndr::remove_attribute(&self.node, name);
            }
        }
        for attribute in &element.attributes {
            if !self.shows.attributes.contains(attribute) {
                Rndr::set_attribute(&self.node, attribute.0, &attribute.1);
            }
        }
        let changed = self.shows.inside != element.inside;
        match &mut element.inside {
            Inside::Elements(elements) => self.follow_inside(elements),
            Inside::Words(words) if changed => self.node.set_text_content(Some(words)),
            Inside::Drawing(markup) if changed => self.node.set_inner_html(markup),
            _ => {}
        }
        self.shows = element;
    }

    fn follow_inside(&mut self, elements: &mut Vec<Element>) {
        for gone in self.inside.drain(elements.len().min(self.inside.len())..) {
            gone.node.remove();
        }
        for (at, element) in elements.drain(..).enumerate() {
            if let Some(drawn) = self.inside.get_mut(at) {
                drawn.follow(element);
            } else {
                let drawn = Self::new(element);
                Rndr::insert_node(&self.node, &drawn.node, None);
                self.inside.push(drawn);
            }
        }
    }

    /// Whether it can come to show that: the same tag and key, and the same kind of thing inside.
    fn is(&self, element: &Element) -> bool {
        let kind = std::mem::discriminant(&self.shows.inside) == std::mem::discriminant(&element.inside);
        kind && self.shows.tag == element.tag && self.shows.key == element.key
    }
}

/// The first node from there on that could be it.
fn look_for(element: &Element, mut from: Option<types::Node>) -> Option<types::Element> {
    while let Some(node) = from {
        if node.node_name().eq_ignore_ascii_case(element.tag) {
            return types::Element::cast_from(node);
        }
        from = node.next_sibling();
    }
    None
}

impl Mountable for Drawn {
    fn unmount(&mut self) {
        self.node.remove();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        Rndr::insert_node(parent, &self.node, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        let parent = self.node.parent_node().and_then(types::Element::cast_from);
        parent.is_some_and(|parent| {
            child.mount(&parent, Some(&self.node));
            true
        })
    }

    fn elements(&self) -> Vec<types::Element> {
        vec![self.node.clone()]
    }
}
