// SPDX-License-Identifier: EUPL-1.2
//! A piece of XML in memory, in one form: two that say the same are equal.
//!
//! White space between elements, comments, the prefixes of namespaces and the order of attributes say
//! nothing, and are not kept. Everything else is.

use std::fmt::Write as _;

/// The namespace that we write; that of 2.1 is read as this one.
pub(crate) const XZUFI: &str = "http://xoev.de/schemata/xzufi/2_2_0";

/// The namespace of `xsi:type`.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// To whom a name belongs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Space {
    /// Nobody.
    Plain,
    /// XZuFi.
    Xzufi,
    /// XML Schema's instances: `xsi:type`.
    Xsi,
    /// Somebody else, by the namespace's address.
    Other(String),
}

impl Space {
    pub(crate) fn of(address: &str) -> Space {
        match address {
            XZUFI => Space::Xzufi,
            XSI => Space::Xsi,
            other => Space::Other(other.to_owned()),
        }
    }
}

/// A name with its namespace.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// To whom it belongs.
    pub space: Space,
    /// What stands behind the prefix.
    pub local: String,
}

/// What stands in an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Another element.
    Element(Element),
    /// Text, as it is meant: without escapes.
    Text(String),
}

/// An element with everything in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// What it is.
    pub name: Name,
    /// Its attributes in the order of names.
    pub attributes: Vec<(Name, String)>,
    /// What stands in it, in order.
    pub nodes: Vec<Node>,
}

impl Element {
    /// An empty element of XZuFi.
    #[must_use]
    pub fn new(local: &str) -> Element {
        Element::named(Name { space: Space::Xzufi, local: local.to_owned() })
    }

    /// An empty element.
    #[must_use]
    pub fn named(name: Name) -> Element {
        Element { name, attributes: Vec::new(), nodes: Vec::new() }
    }

    /// With an attribute that belongs to nobody, as almost all do.
    #[must_use]
    pub fn with(mut self, attribute: &str, value: &str) -> Element {
        let name = Name { space: Space::Plain, local: attribute.to_owned() };
        self.attributes.push((name, value.to_owned()));
        self.attributes.sort();
        self
    }

    /// With one more element in it.
    #[must_use]
    pub fn child(mut self, child: Element) -> Element {
        self.nodes.push(Node::Element(child));
        self
    }

    /// With text in it.
    #[must_use]
    pub fn text(mut self, text: &str) -> Element {
        if !text.is_empty() {
            self.nodes.push(Node::Text(text.to_owned()));
        }
        self
    }

    /// The elements in it.
    pub fn children(&self) -> impl DoubleEndedIterator<Item = &Element> {
        self.nodes.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The elements of this name in it; the namespace is not asked, because codes have none.
    pub fn all(&self, local: &str) -> impl DoubleEndedIterator<Item = &Element> {
        self.children().filter(move |child| child.name.local == local)
    }

    /// The first element of this name in it.
    #[must_use]
    pub fn first(&self, local: &str) -> Option<&Element> {
        self.all(local).next()
    }

    /// The first element at the end of this way in.
    #[must_use]
    pub fn at(&self, way: &[&str]) -> Option<&Element> {
        way.iter().try_fold(self, |element, local| element.first(local))
    }

    /// The place among its nodes of the first element in it that is so.
    pub(crate) fn position(&self, is_so: impl Fn(&Element) -> bool) -> Option<usize> {
        self.nodes.iter().position(|node| match node {
            Node::Element(element) => is_so(element),
            Node::Text(_) => false,
        })
    }

    /// The element at this place among its nodes.
    pub(crate) fn child_at(&self, at: usize) -> Option<&Element> {
        match self.nodes.get(at) {
            Some(Node::Element(element)) => Some(element),
            Some(Node::Text(_)) | None => None,
        }
    }

    /// The element at this place, which [`Element::position`] gave.
    pub(crate) fn child_mut(&mut self, at: usize) -> &mut Element {
        match &mut self.nodes[at] {
            Node::Element(element) => element,
            Node::Text(_) => unreachable!("an element stood there"),
        }
    }

    /// The elements in it, to be changed.
    pub(crate) fn children_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.nodes.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The value of an attribute that belongs to nobody.
    #[must_use]
    pub fn attribute(&self, local: &str) -> Option<&str> {
        let plain = |name: &Name| name.space == Space::Plain && name.local == local;
        self.attributes.iter().find(|(name, _)| plain(name)).map(|(_, value)| value.as_str())
    }

    /// All text in it, in order.
    #[must_use]
    pub fn content(&self) -> String {
        let mut text = String::new();
        self.gather(&mut text);
        text
    }

    fn gather(&self, text: &mut String) {
        for node in &self.nodes {
            match node {
                Node::Element(element) => element.gather(text),
                Node::Text(more) => text.push_str(more),
            }
        }
    }

    /// The text of the first element at the end of this way in, without the space around it; none if it is
    /// empty.
    #[must_use]
    pub fn text_at(&self, way: &[&str]) -> Option<String> {
        let text = self.at(way)?.content();
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Whether white space may be put between what stands in it, because there is no text to be changed.
    pub(crate) fn holds_elements_only(&self) -> bool {
        !self.nodes.is_empty() && self.nodes.iter().all(|node| matches!(node, Node::Element(_)))
    }

    /// Brings it into the one form: neighbouring texts become one, white space between elements goes.
    pub(crate) fn settle(&mut self) {
        let mut settled: Vec<Node> = Vec::with_capacity(self.nodes.len());
        for node in self.nodes.drain(..) {
            match (settled.last_mut(), node) {
                (_, Node::Text(text)) if text.is_empty() => {}
                (Some(Node::Text(before)), Node::Text(text)) => before.push_str(&text),
                (_, node) => settled.push(node),
            }
        }
        let blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
        let is_text = |node: &Node| matches!(node, Node::Text(_)) && !blank(node);
        let has_elements = settled.iter().any(|node| matches!(node, Node::Element(_)));
        if has_elements && !settled.iter().any(is_text) {
            settled.retain(|node| !blank(node));
        }
        self.nodes = settled;
        self.attributes.sort();
    }

    /// As XML, with its namespaces, as one line.
    #[must_use]
    pub fn to_xml(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, None, true);
        text
    }

    /// Writes it; `indent` is how deep it stands, none for one line. The outermost names the namespaces.
    pub(crate) fn write(&self, to: &mut String, indent: Option<usize>, names_spaces: bool) {
        let tag = tag(&self.name);
        to.push('<');
        to.push_str(&tag);
        if names_spaces {
            to.push_str(&spaces());
        }
        if let Space::Other(address) = &self.name.space {
            let _ = write!(to, " xmlns:o=\"{}\"", escaped(address, true));
        }
        for (number, (name, value)) in self.attributes.iter().enumerate() {
            let _ = match &name.space {
                Space::Plain => write!(to, " {}", name.local),
                Space::Xzufi => write!(to, " xzufi:{}", name.local),
                Space::Xsi => write!(to, " xsi:{}", name.local),
                Space::Other(address) => {
                    let address = escaped(address, true);
                    write!(to, " xmlns:a{number}=\"{address}\" a{number}:{}", name.local)
                }
            };
            let _ = write!(to, "=\"{}\"", escaped(value, true));
        }
        if self.nodes.is_empty() {
            to.push_str("/>");
            return;
        }
        to.push('>');
        self.write_nodes(to, indent);
        let _ = write!(to, "</{tag}>");
    }

    fn write_nodes(&self, to: &mut String, indent: Option<usize>) {
        let inner = indent.filter(|_| self.holds_elements_only()).map(|depth| depth + 1);
        for node in &self.nodes {
            match node {
                Node::Element(element) => {
                    inner.inspect(|depth| line(to, *depth));
                    element.write(to, inner, false);
                }
                Node::Text(text) => to.push_str(&escaped(text, false)),
            }
        }
        inner.inspect(|depth| line(to, *depth - 1));
    }
}

/// The declarations that the outermost element carries.
pub(crate) fn spaces() -> String {
    format!(" xmlns:xzufi=\"{XZUFI}\" xmlns:xsi=\"{XSI}\"")
}

fn tag(name: &Name) -> String {
    match &name.space {
        Space::Plain => name.local.clone(),
        Space::Xzufi => format!("xzufi:{}", name.local),
        Space::Xsi => format!("xsi:{}", name.local),
        Space::Other(_) => format!("o:{}", name.local),
    }
}

pub(crate) fn line(to: &mut String, depth: usize) {
    to.push('\n');
    to.extend(std::iter::repeat_n("  ", depth));
}

/// Text as XML writes it; what a reader would change otherwise is written as a number.
pub(crate) fn escaped(text: &str, is_attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\r' => out.push_str("&#13;"),
            '"' if is_attribute => out.push_str("&quot;"),
            '\n' if is_attribute => out.push_str("&#10;"),
            '\t' if is_attribute => out.push_str("&#9;"),
            letter => out.push(letter),
        }
    }
    out
}
