// SPDX-License-Identifier: EUPL-1.2
//! What a message writes and deletes: objects with an id that holds together with its office alone.

use super::problem::Why;
use super::read::element_from_xml;
use crate::Element;
use std::fmt;

/// What an object is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A service (`leistung`).
    Service,
    /// A regional refinement of a service (`spezialisierung`).
    Specialisation,
    /// A unit of an administration (`organisationseinheit`).
    Unit,
    /// An online service (`onlinedienst`).
    OnlineService,
    /// Who is responsible (`zustaendigkeitTransferObjekt`).
    Responsibility,
    /// Something that we only keep, by its element's name.
    Other(String),
}

/// For each kind: the element that holds it, and the class by which it is deleted.
const KINDS: [(&str, &str, Kind); 5] = [
    ("leistung", "Leistung", Kind::Service),
    ("spezialisierung", "LeistungSpezialisierung", Kind::Specialisation),
    ("organisationseinheit", "Organisationseinheit", Kind::Unit),
    ("onlinedienst", "Onlinedienst", Kind::OnlineService),
    ("zustaendigkeitTransferObjekt", "Zustaendigkeit", Kind::Responsibility),
];

impl Kind {
    /// By the name of its element; any other name is a kind that is only kept.
    #[must_use]
    pub fn of_element(local: &str) -> Kind {
        let known = KINDS.into_iter().find(|(element, ..)| *element == local);
        known.map_or_else(|| Kind::Other(local.to_owned()), |(.., kind)| kind)
    }

    /// By the class that a deletion names: of a known kind, or another one with a capital.
    #[must_use]
    pub fn of_class(class: &str) -> Option<Kind> {
        let known = KINDS.into_iter().find(|(_, name, _)| *name == class).map(|(.., kind)| kind);
        let mut letters = class.chars();
        let first = letters.next()?;
        let other = || {
            let is_name = class.chars().all(|letter| letter.is_ascii_alphanumeric());
            let element = format!("{}{}", first.to_ascii_lowercase(), letters.as_str());
            is_name.then_some(Kind::Other(element))
        };
        known.or_else(other)
    }

    /// The name of its element.
    #[must_use]
    pub fn element(&self) -> &str {
        match self {
            Kind::Other(local) => local,
            Kind::Service
            | Kind::Specialisation
            | Kind::Unit
            | Kind::OnlineService
            | Kind::Responsibility => {
                let known = KINDS.iter().find(|(.., kind)| kind == self);
                known.map_or("", |(element, ..)| element)
            }
        }
    }
}

/// An id. Two offices may have given the same one, so it holds only together with the office that did.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ident {
    /// The office (`schemeAgencyID`); empty if it is not said.
    pub agency: String,
    /// What it has given.
    pub id: String,
}

impl Ident {
    /// From an element whose text is the id.
    #[must_use]
    pub fn of(element: &Element) -> Option<Ident> {
        let id = element.content().trim().to_owned();
        let agency = element.attribute("schemeAgencyID").unwrap_or_default().trim().to_owned();
        (!id.is_empty()).then_some(Ident { agency, id })
    }
}

/// The office, if there is one, and the id.
impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.agency.as_str() {
            "" => f.write_str(&self.id),
            agency => write!(f, "{agency}:{}", self.id),
        }
    }
}

/// An object, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// What it is.
    pub kind: Kind,
    /// Which.
    pub ident: Ident,
    /// Everything that was said about it.
    pub element: Element,
}

/// What a message wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// From now on it is like this.
    Write(Object),
    /// It is no more.
    Delete(Kind, Ident),
}

impl Object {
    /// The object in this element.
    ///
    /// # Errors
    /// If it has no id, or is a responsibility that nobody could look up.
    pub fn of(element: Element) -> Result<Object, Why> {
        let kind = Kind::of_element(&element.name.local);
        let inner = match kind {
            Kind::Responsibility => element.first("zustaendigkeit").unwrap_or(&element),
            Kind::Service
            | Kind::Specialisation
            | Kind::Unit
            | Kind::OnlineService
            | Kind::Other(_) => &element,
        };
        let ident = inner.first("id").and_then(Ident::of);
        let ident = ident.ok_or_else(|| Why::NoId(element.name.local.clone()))?;
        let object = Object { kind, ident, element };
        super::rows(&object)?;
        Ok(object)
    }

    /// As XML of its own, which [`object_from_xml`] reads.
    #[must_use]
    pub fn to_xml(&self) -> String {
        self.element.to_xml()
    }
}

/// The object that [`Object::to_xml`] wrote.
///
/// # Errors
/// If it is none.
pub fn object_from_xml(xml: &str) -> Result<Object, Why> {
    Object::of(element_from_xml(xml)?)
}

/// What a deletion wants: `klasse` and the id in it.
pub(super) fn deletion(element: &Element) -> Result<Act, Why> {
    let class = element.attribute("klasse").map(str::to_owned);
    let class = class.or_else(|| element.text_at(&["klasse"])).unwrap_or_default();
    let kind = Kind::of_class(class.trim()).ok_or_else(|| Why::UnknownClass(class.clone()))?;
    let ident = element.first("id").and_then(Ident::of);
    let ident = ident.ok_or_else(|| Why::NoId(element.name.local.clone()))?;
    Ok(Act::Delete(kind, ident))
}

/// The class by which a kind is deleted.
pub(super) fn class(kind: &Kind) -> String {
    let known = KINDS.iter().find(|(.., known)| known == kind);
    known.map_or_else(
        || {
            let mut letters = kind.element().chars();
            let first = letters.next().map(|it| it.to_ascii_uppercase());
            first.into_iter().chain(letters).collect()
        },
        |(_, class, _)| (*class).to_owned(),
    )
}
