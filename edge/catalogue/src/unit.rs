// SPDX-License-Identifier: EUPL-1.2
//! What we understand of a unit: its name, where it is, how to reach it, when it is open.

use crate::Element;
use crate::service::{changed, german};
use crate::xzufi::{Ident, Object};
use stdx::Timestamp;

/// A way to reach a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Telephone.
    Telephone,
    /// Mobile telephone.
    Mobile,
    /// E-mail.
    Email,
    /// Fax.
    Fax,
    /// Another one.
    Other,
}

/// A unit, as far as we understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Which.
    pub ident: Ident,
    /// Its name.
    pub name: String,
    /// The unit that it belongs to.
    pub parent: Option<Ident>,
    /// Street and town of its first address that has both or one.
    pub address: Option<String>,
    /// How to reach it, in the order of the source.
    pub channels: Vec<(Channel, String)>,
    /// When it is open, in the syntax `opening_hours`, or as the source says it.
    pub hours: Option<String>,
    /// When the source was changed last.
    pub changed: Option<Timestamp>,
}

impl Unit {
    /// What we understand of it.
    #[must_use]
    pub fn of(object: &Object) -> Unit {
        let element = &object.element;
        let name = element.first("name");
        let name = name.and_then(|name| german(name, "name")).or_else(|| german(element, "name"));
        let parent = ["uebergeordneteOrganisationseinheitID", "uebergeordnetesObjektID"];
        let parent = parent.iter().find_map(|local| element.first(local));
        Unit {
            ident: object.ident.clone(),
            name: name.map_or_else(|| object.ident.to_string(), |name| name.trim().to_owned()),
            parent: parent.and_then(Ident::of),
            address: element.all("anschrift").find_map(address),
            channels: element.all("kommunikation").filter_map(channel).collect(),
            hours: element.first("oeffnungszeiten").map(Element::content).and_then(not_empty),
            changed: changed(element),
        }
    }

    /// The first of this way to reach it.
    #[must_use]
    pub fn channel(&self, wanted: Channel) -> Option<&str> {
        let found = self.channels.iter().find(|(channel, _)| *channel == wanted);
        found.map(|(_, value)| value.as_str())
    }
}

fn channel(element: &Element) -> Option<(Channel, String)> {
    Some((kind_of_channel(element)?, element.text_at(&["kennung"])?))
}

/// Which way to reach a unit it is.
pub(crate) fn kind_of_channel(element: &Element) -> Option<Channel> {
    let code =
        element.text_at(&["kanal", "code"]).or_else(|| element.text_at(&["kanal", "name"]))?;
    Some(match code.to_lowercase().as_str() {
        "telefon" => Channel::Telephone,
        "handy" | "mobil" => Channel::Mobile,
        "email" | "e-mail" => Channel::Email,
        "fax" => Channel::Fax,
        _ => Channel::Other,
    })
}

impl Channel {
    /// The code that it has in a message; none for one that is not known.
    pub(crate) fn code(self) -> Option<&'static str> {
        match self {
            Channel::Telephone => Some("telefon"),
            Channel::Mobile => Some("mobil"),
            Channel::Email => Some("email"),
            Channel::Fax => Some("fax"),
            Channel::Other => None,
        }
    }
}

fn address(element: &Element) -> Option<String> {
    let joined = |parts: [&str; 2]| {
        let parts = parts.iter().filter_map(|local| element.text_at(&[local]));
        not_empty(parts.collect::<Vec<_>>().join(" "))
    };
    let lines = [joined(["strasse", "hausnummer"]), joined(["postleitzahl", "ort"])];
    not_empty(lines.into_iter().flatten().collect::<Vec<_>>().join(", "))
}

fn not_empty(text: String) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
