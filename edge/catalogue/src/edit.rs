// SPDX-License-Identifier: EUPL-1.2
//! Changes to an object that leave everything else in it as it came.
//!
//! The rule to keep: what is set is what [`Service`](crate::Service) and [`Unit`](crate::Unit) read afterwards, and what
//! nobody here understands stays where it is.

use crate::html::marked;
use crate::service::{german_at, is_name, is_title};
use crate::unit::kind_of_channel;
use crate::xzufi::{Ident, Kind, Object};
use crate::{Channel, Element, Node, TextCode};

/// The list of text modules, and its version that we write.
const MODULES: [(&str, &str); 2] =
    [("listURI", "urn:de:xzufi:codeliste:leistungstextmodulleika"), ("listVersionID", "20240216")];

/// Where opening hours stand, in the syntax `opening_hours`.
const HOURS: &str = "urn:amtsleitung:xzufi:oeffnungszeiten:1";

/// A unit of which nothing is known but its id and its name.
#[must_use]
pub fn new_unit(ident: Ident, name: &str) -> Object {
    let id = Element::new("id").text(&ident.id);
    let id = match ident.agency.as_str() {
        "" => id,
        agency => id.with("schemeAgencyID", agency),
    };
    let mut element = Element::new("organisationseinheit").child(id);
    set_unit_name(&mut element, name);
    Object { kind: Kind::Unit, ident, element }
}

/// A text in German.
fn german_text(local: &str, text: &str) -> Element {
    Element::new(local).with("languageCode", "de").text(text)
}

/// Replaces the German text of this name, or adds one.
fn set_german(element: &mut Element, local: &str, text: &str) {
    match german_at(element, local) {
        Some(at) => set_text(element.child_mut(at), text),
        None => element.nodes.push(Node::Element(german_text(local, text))),
    }
}

fn set_text(element: &mut Element, text: &str) {
    element.nodes = if text.is_empty() { Vec::new() } else { vec![Node::Text(text.to_owned())] };
}

/// The name that is shown of a service.
pub fn set_title(element: &mut Element, title: &str) {
    let html = marked(title);
    if let Some(at) = element.position(is_title) {
        return set_german(element.child_mut(at), "inhalt", &html);
    }
    let list = Element::new("leikaTextmodul").child(
        Element::named(crate::Name { space: crate::Space::Plain, local: "code".to_owned() })
            .text("03"),
    );
    let list = MODULES.iter().fold(list, |list, (name, value)| list.with(name, value));
    let module = Element::new("modulText").child(german_text("inhalt", &html)).child(list);
    let at = element.position(is_name).or_else(|| element.position(|it| it.name.local == "id"));
    element.nodes.insert(at.map_or(0, |at| at + 1), Node::Element(module));
}

/// The words that people use for a service.
pub fn set_terms(element: &mut Element, terms: &[String]) {
    let mut there: Vec<Element> = Vec::new();
    for module in element.children_mut().filter(|it| it.name.local == "modulBegriffImKontext") {
        let (terms, others) = module.nodes.drain(..).partition(
            |node| matches!(node, Node::Element(it) if it.name.local == "begriffImKontext"),
        );
        module.nodes = others;
        there.extend(nodes_as_elements(terms));
    }
    let wanted = terms.iter().map(|term| {
        let known = there.iter().position(|it| it.text_at(&["begriff"]).as_ref() == Some(term));
        let new = || Element::new("begriffImKontext").child(german_text("begriff", term));
        Node::Element(known.map_or_else(new, |at| there.swap_remove(at)))
    });
    let wanted: Vec<Node> = wanted.collect();
    let at = element.position(|it| it.name.local == "modulBegriffImKontext");
    match at {
        Some(at) => element.child_mut(at).nodes.splice(0..0, wanted).for_each(drop),
        None => {
            let mut module = Element::new("modulBegriffImKontext");
            module.nodes = wanted;
            element.nodes.push(Node::Element(module));
        }
    }
    drop_empty(element, "modulBegriffImKontext");
}

fn nodes_as_elements(nodes: Vec<Node>) -> impl Iterator<Item = Element> {
    nodes.into_iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

fn drop_empty(element: &mut Element, local: &str) {
    element.nodes.retain(|node| match node {
        Node::Element(it) => it.name.local != local || !it.nodes.is_empty(),
        Node::Text(_) => true,
    });
}

/// What a service costs, how long it takes or by when: the text that [`crate::Service::plain`] gives. An empty one is
/// taken away.
///
/// # Panics
/// If the part has no element of its own.
pub fn set_part(element: &mut Element, code: TextCode, text: &str) {
    let local = crate::service::module_of(code).expect("a part with an element of its own");
    let is_it = |it: &Element| it.name.local == local;
    let is_told = |it: &Element| is_it(it) && crate::service::described(it).is_some();
    let html = marked(text);
    if let Some(at) = element.position(is_told) {
        let module = element.child_mut(at);
        let inner = |it: &Element| german_at(it, "beschreibung").is_some();
        let holder = match german_at(module, "beschreibung") {
            Some(_) => module,
            None => {
                let at = module.position(inner).expect("one of them has it");
                module.child_mut(at)
            }
        };
        if text.is_empty() {
            holder.nodes.retain(
                |node| !matches!(node, Node::Element(it) if it.name.local == "beschreibung"),
            );
            drop_empty(element, local);
        } else {
            set_german(holder, "beschreibung", &html);
        }
    } else if !text.is_empty() {
        match element.position(is_it) {
            Some(at) => set_german(element.child_mut(at), "beschreibung", &html),
            None => {
                let module = Element::new(local).child(german_text("beschreibung", &html));
                element.nodes.push(Node::Element(module));
            }
        }
    }
}

/// The name of a unit.
pub fn set_unit_name(element: &mut Element, name: &str) {
    match element.position(|it| it.name.local == "name") {
        // The name stands in an element of its own, or is the text itself.
        Some(at) if german_at(element.child_mut(at), "name").is_some() => {
            set_german(element.child_mut(at), "name", name);
        }
        Some(_) => set_german(element, "name", name),
        None => {
            let name = Element::new("name").child(german_text("name", name));
            let at = element.position(|it| it.name.local == "id");
            element.nodes.insert(at.map_or(0, |at| at + 1), Node::Element(name));
        }
    }
}

/// A part of a unit's address: `strasse`, `hausnummer`, `postleitzahl`, `ort`. An empty one is taken away.
pub fn set_address(element: &mut Element, local: &str, text: &str) {
    let at = element.position(|it| it.name.local == "anschrift");
    let at = at.unwrap_or_else(|| {
        element.nodes.push(Node::Element(Element::new("anschrift")));
        element.nodes.len() - 1
    });
    set_plain(element.child_mut(at), local, text);
    drop_empty(element, "anschrift");
}

/// A part of a unit's address as it stands; empty if there is none.
#[must_use]
pub fn address_part(element: &Element, local: &str) -> String {
    element.text_at(&["anschrift", local]).unwrap_or_default()
}

/// A text that has no language.
fn set_plain(element: &mut Element, local: &str, text: &str) {
    match element.position(|it| it.name.local == local) {
        Some(at) if text.is_empty() => drop(element.nodes.remove(at)),
        Some(at) => set_text(element.child_mut(at), text),
        None if text.is_empty() => {}
        None => element.nodes.push(Node::Element(Element::new(local).text(text))),
    }
}

/// The first way of this kind to reach a unit; an empty one is taken away, and the others stay.
///
/// # Panics
/// If the channel has no name of its own.
pub fn set_channel(element: &mut Element, channel: Channel, text: &str) {
    let is_it =
        |it: &Element| it.name.local == "kommunikation" && kind_of_channel(it) == Some(channel);
    match element.position(is_it) {
        Some(at) if text.is_empty() => drop(element.nodes.remove(at)),
        Some(at) => set_plain(element.child_mut(at), "kennung", text),
        None if text.is_empty() => {}
        None => {
            let code = channel.code().expect("a channel with a name");
            let code = Element::new("code").text(code);
            let way = Element::new("kommunikation")
                .child(Element::new("kanal").child(code))
                .child(Element::new("kennung").text(text));
            element.nodes.push(Node::Element(way));
        }
    }
}

/// When a unit is open; an empty text is taken away.
pub fn set_hours(element: &mut Element, text: &str) {
    match element.position(|it| it.name.local == "oeffnungszeiten") {
        Some(at) if text.is_empty() => drop(element.nodes.remove(at)),
        Some(at) => set_text(element.child_mut(at), text),
        None if text.is_empty() => {}
        None => {
            let space = crate::Space::Other(HOURS.to_owned());
            let name = crate::Name { space, local: "oeffnungszeiten".to_owned() };
            element.nodes.push(Node::Element(Element::named(name).text(text)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xzufi::object_from_xml;
    use crate::{Service, Unit};

    fn space() -> &'static str {
        "xmlns:xzufi=\"http://xoev.de/schemata/xzufi/2_2_0\""
    }

    fn service(inner: &str) -> Object {
        let space = space();
        let xml = format!(
            "<xzufi:leistung {space}><xzufi:id schemeAgencyID=\"L\">7</xzufi:id>{inner}</xzufi:leistung>"
        );
        object_from_xml(&xml).expect("a service")
    }

    /// What it is when it was written and read again.
    fn read(object: &Object) -> Object {
        object_from_xml(&object.to_xml()).expect("it is still one")
    }

    #[test]
    fn what_is_set_is_what_is_read_and_the_rest_stays() {
        let official = "<xzufi:modulText><xzufi:inhalt languageCode=\"en\">Dog</xzufi:inhalt>\
            <xzufi:inhalt languageCode=\"de\">Hund</xzufi:inhalt><xzufi:leikaTextmodul><code>02</code></xzufi:leikaTextmodul></xzufi:modulText>";
        let fee = "<xzufi:modulKosten><xzufi:kosten><xzufi:beschreibung>5 Euro</xzufi:beschreibung><xzufi:betrag>5</xzufi:betrag></xzufi:kosten></xzufi:modulKosten>";
        let terms = "<xzufi:modulBegriffImKontext><xzufi:begriffImKontext><xzufi:begriff>Köter</xzufi:begriff><xzufi:typ>9</xzufi:typ></xzufi:begriffImKontext></xzufi:modulBegriffImKontext>";
        let mut object =
            service(&format!("{official}{fee}{terms}<xzufi:fremd>bleibt</xzufi:fremd>"));
        let element = &mut object.element;
        set_title(element, "Hund & Katze <anmelden>");
        set_terms(element, &["Wauwau".to_owned(), "Köter".to_owned()]);
        set_part(element, TextCode::Costs, "6 Euro\n- ermäßigt 3 Euro\n- Blindenhund frei");
        set_part(element, TextCode::Duration, "sofort");
        let object = read(&object);
        let it = Service::of(&object);
        assert_eq!(it.title, "Hund & Katze <anmelden>");
        assert_eq!(it.names, ["Hund", "Wauwau", "Köter"]);
        let costs = "6 Euro\n- ermäßigt 3 Euro\n- Blindenhund frei";
        assert_eq!(it.plain(TextCode::Costs).as_deref(), Some(costs));
        assert_eq!(it.plain(TextCode::Duration).as_deref(), Some("sofort"));
        let xml = object.to_xml();
        for stays in ["fremd>bleibt", "betrag>5", "typ>9", ">Dog<"] {
            assert!(xml.contains(stays), "{stays}: {xml}");
        }
        // A second title replaces the first; what is emptied goes, and what it stood in too.
        let mut object = object;
        set_title(&mut object.element, "Hund anmelden");
        set_terms(&mut object.element, &[]);
        set_part(&mut object.element, TextCode::Costs, "");
        set_part(&mut object.element, TextCode::Duration, "");
        let it = Service::of(&read(&object));
        assert_eq!(
            (it.title.as_str(), it.names.as_slice()),
            ("Hund anmelden", &["Hund".to_owned()][..])
        );
        assert_eq!(it.plain(TextCode::Costs), None);
        assert!(object.to_xml().contains("betrag>5"));
        assert!(!object.to_xml().contains("modulBegriffImKontext"));
        assert!(!object.to_xml().contains("modulBearbeitungsdauer"));
    }

    #[test]
    fn a_unit_is_made_and_changed() {
        let ident = Ident { agency: "L".to_owned(), id: "bauamt".to_owned() };
        let mut object = new_unit(ident, "Bauamt");
        let element = &mut object.element;
        set_address(element, "strasse", "Markt");
        set_address(element, "hausnummer", "1");
        set_address(element, "ort", "Winsen");
        set_channel(element, Channel::Telephone, "04171 5");
        set_channel(element, Channel::Email, "bau@winsen.example");
        set_hours(element, "Mo-Fr 08:00-12:00");
        let it = Unit::of(&read(&object));
        assert_eq!((it.name.as_str(), it.address.as_deref()), ("Bauamt", Some("Markt 1, Winsen")));
        assert_eq!(it.channel(Channel::Telephone), Some("04171 5"));
        assert_eq!(it.hours.as_deref(), Some("Mo-Fr 08:00-12:00"));
        let mut object = read(&object);
        let element = &mut object.element;
        set_unit_name(element, "Bauamt & Planung");
        for part in ["strasse", "hausnummer", "ort"] {
            set_address(element, part, "");
        }
        set_channel(element, Channel::Telephone, "");
        set_channel(element, Channel::Email, "neu@winsen.example");
        set_hours(element, "");
        let it = Unit::of(&read(&object));
        assert_eq!((it.name.as_str(), it.address, it.hours), ("Bauamt & Planung", None, None));
        assert_eq!(it.channels, [(Channel::Email, "neu@winsen.example".to_owned())]);
    }
}
