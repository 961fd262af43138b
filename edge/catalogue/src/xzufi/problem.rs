// SPDX-License-Identifier: EUPL-1.2
//! Why a file cannot be taken, and where in it.

use super::read::{DEPTH_MAX, EVENT_MAX, NODES_MAX, OBJECT_MAX};

/// What is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// In which line, counted from 1.
    pub line: u64,
    /// What.
    pub why: Why,
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// It cannot be read to its end; the system's words.
    Unreadable(String),
    /// It is not well-formed; the parser's words.
    NotWellFormed(String),
    /// It is not UTF-8; which encoding it says it has, if any.
    NotUtf8(String),
    /// It has a document type: entities of others are never read.
    DocumentType,
    /// It uses an entity that XML does not know by itself.
    Entity(String),
    /// It holds a character that XML forbids.
    Character,
    /// Elements stand deeper in each other than [`DEPTH_MAX`].
    TooDeep,
    /// A tag or a text is longer than [`EVENT_MAX`] bytes, or an object than [`OBJECT_MAX`] or has more than
    /// [`NODES_MAX`] parts.
    TooLarge,
    /// An element has more attributes than [`super::ATTRIBUTES_MAX`].
    Attributes,
    /// It ends inside an element.
    Incomplete,
    /// It is no message of XZuFi 2.1 or 2.2; the namespace or version that it has.
    NoMessage(String),
    /// An object has no id.
    NoId(String),
    /// A deletion says nothing that we know about what it deletes; its class.
    UnknownClass(String),
    /// A responsibility names no service.
    NoService,
    /// A responsibility names an area by what is no key of 2 to 12 digits.
    Area(String),
    /// Whoever takes the objects cannot go on; in his words.
    Taker(String),
}

impl Why {
    /// In plain German.
    #[must_use]
    pub fn de(&self) -> String {
        match self {
            Why::Unreadable(why) => format!("Die Datei lässt sich nicht zu Ende lesen ({why})"),
            Why::NotWellFormed(why) => format!("Das ist kein wohlgeformtes XML ({why})"),
            Why::NotUtf8(found) => format!("Erwartet wird UTF-8, nicht {found}"),
            Why::DocumentType => "Ein Dokumenttyp (DOCTYPE) ist nicht erlaubt".to_owned(),
            Why::Entity(name) => format!("Diese Entität gibt es nicht: &{name};"),
            Why::Character => "Ein Zeichen, das XML verbietet".to_owned(),
            Why::TooDeep => format!("Mehr als {DEPTH_MAX} Elemente ineinander"),
            Why::TooLarge => format!(
                "Ein Text über {EVENT_MAX} Bytes oder ein Objekt über {OBJECT_MAX} Bytes oder {NODES_MAX} Teile"
            ),
            Why::Attributes => "Zu viele Attribute an einem Element".to_owned(),
            Why::Incomplete => "Die Datei endet mitten in einem Element".to_owned(),
            Why::NoMessage(found) => {
                format!("Das ist keine Nachricht in XZuFi 2.1 oder 2.2, sondern: {found}")
            }
            Why::NoId(name) => format!("Diesem Objekt fehlt die Kennung (id): {name}"),
            Why::UnknownClass(class) => format!("Was ist zu löschen? Klasse {class:?}"),
            Why::NoService => "Einer Zuständigkeit fehlt die Leistung (leistungID)".to_owned(),
            Why::Area(area) => {
                format!("Das ist kein Gebietsschlüssel aus 2 bis 12 Ziffern: {area:?}")
            }
            Why::Taker(why) => why.clone(),
        }
    }

    /// In plain English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Why::Unreadable(why) => format!("The file cannot be read to its end ({why})"),
            Why::NotWellFormed(why) => format!("This is no well-formed XML ({why})"),
            Why::NotUtf8(found) => format!("UTF-8 is expected, not {found}"),
            Why::DocumentType => "A document type (DOCTYPE) is not allowed".to_owned(),
            Why::Entity(name) => format!("There is no such entity: &{name};"),
            Why::Character => "A character that XML forbids".to_owned(),
            Why::TooDeep => format!("More than {DEPTH_MAX} elements in each other"),
            Why::TooLarge => format!(
                "A text of more than {EVENT_MAX} bytes, or an object of more than {OBJECT_MAX} bytes or {NODES_MAX} parts"
            ),
            Why::Attributes => "Too many attributes of one element".to_owned(),
            Why::Incomplete => "The file ends inside an element".to_owned(),
            Why::NoMessage(found) => {
                format!("This is no message of XZuFi 2.1 or 2.2, but: {found}")
            }
            Why::NoId(name) => format!("This object lacks its id: {name}"),
            Why::UnknownClass(class) => format!("What is to be deleted? Class {class:?}"),
            Why::NoService => "A responsibility lacks its service (leistungID)".to_owned(),
            Why::Area(area) => format!("This is no key of an area, of 2 to 12 digits: {area:?}"),
            Why::Taker(why) => why.clone(),
        }
    }
}
