// SPDX-License-Identifier: EUPL-1.2
//! What we understand of a service: its names, its texts, where it is offered, how old it is.

use crate::search::{Document, Field};
use crate::xzufi::{Ident, Object};
use crate::{Element, html, moment};
use knowledge::{AreaKey, ServiceKey};
use stdx::Timestamp;

/// Which part of a description a text is, by its code in the list of text modules
/// (`urn:de:xzufi:codeliste:leistungstextmodulleika`), or by its own element.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextCode {
    /// 05: a few sentences.
    Summary,
    /// 06: everything.
    Full,
    /// 07: laws.
    LegalBasis,
    /// 08: which papers are needed.
    Papers,
    /// 09: what has to be so.
    Conditions,
    /// 11: how it goes.
    Procedure,
    /// 14: forms.
    Forms,
    /// `modulKosten`: what it costs.
    Costs,
    /// `modulFrist`: by when.
    Deadline,
    /// `modulBearbeitungsdauer`: how long it takes.
    Duration,
    /// 16: hints.
    Hints,
    /// 22, 23: who is responsible, as a text.
    Office,
    /// 24: a sentence that makes curious.
    Teaser,
    /// Any other.
    Other(u16),
}

const CODES: [(u16, TextCode); 11] = [
    (5, TextCode::Summary),
    (6, TextCode::Full),
    (7, TextCode::LegalBasis),
    (8, TextCode::Papers),
    (9, TextCode::Conditions),
    (11, TextCode::Procedure),
    (14, TextCode::Forms),
    (16, TextCode::Hints),
    (22, TextCode::Office),
    (23, TextCode::Office),
    (24, TextCode::Teaser),
];

/// The codes of names: the citizen's first.
const NAMES: [u16; 2] = [3, 2];

/// Elements that hold a text of their own.
const MODULES: [(&str, TextCode); 3] = [
    ("modulKosten", TextCode::Costs),
    ("modulFrist", TextCode::Deadline),
    ("modulBearbeitungsdauer", TextCode::Duration),
];

/// A part of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Which part.
    pub code: TextCode,
    /// HTML as it came: show it only through [`crate::safe`] or [`crate::plain`].
    pub html: String,
}

/// A service, as far as we understand it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Which.
    pub ident: Ident,
    /// Its keys in the catalogue of all administrations.
    pub keys: Vec<ServiceKey>,
    /// The name to show: the citizen's, else the official one.
    pub title: String,
    /// Other names: the official one, colloquial ones.
    pub names: Vec<String>,
    /// Its description, in the order of the source.
    pub texts: Vec<Text>,
    /// Where it is offered; none for everywhere.
    pub areas: Vec<AreaKey>,
    /// When the source was changed last.
    pub changed: Option<Timestamp>,
}

impl Service {
    /// What we understand of it, in German.
    #[must_use]
    pub fn of(object: &Object) -> Service {
        let element = &object.element;
        let mut names: Vec<String> =
            NAMES.iter().flat_map(|code| modules(element, *code)).collect();
        names.extend(element.text_at(&["struktur", "leistungsobjekt", "name"]));
        names.extend(terms(element));
        let mut seen = Vec::new();
        names.retain(|name| {
            let is_new = !seen.contains(name);
            seen.push(name.clone());
            is_new
        });
        let title = if names.is_empty() { object.ident.to_string() } else { names.remove(0) };
        let keys = element.all("referenzLeiKa").filter_map(|it| it.text_at(&["code"]));
        let areas = element.all("gueltigkeitGebietID").map(|it| it.content());
        Service {
            ident: object.ident.clone(),
            keys: keys.filter_map(|key| ServiceKey::parse(&key).ok()).collect(),
            title,
            names,
            texts: texts(element),
            areas: areas.filter_map(|area| AreaKey::parse(area.trim()).ok()).collect(),
            changed: changed(element),
        }
    }

    /// The first text of this part, as plain text.
    #[must_use]
    pub fn plain(&self, code: TextCode) -> Option<String> {
        let text = self.texts.iter().find(|text| text.code == code)?;
        Some(html::plain(&text.html)).filter(|text| !text.is_empty())
    }

    /// What it is found by: its name, its other names, and all that it says.
    #[must_use]
    pub fn document(&self) -> Document {
        let mut fields =
            vec![(Field::Title, self.title.clone()), (Field::Name, self.names.join("\n"))];
        for text in &self.texts {
            let is_short = matches!(text.code, TextCode::Summary | TextCode::Teaser);
            let field = if is_short { Field::Summary } else { Field::Text };
            fields.push((field, html::plain(&text.html)));
        }
        Document { fields, areas: self.areas.clone() }
    }

    /// Whether there is something to read from: a name alone is no answer.
    #[must_use]
    pub fn has_text(&self) -> bool {
        let answers = [TextCode::Summary, TextCode::Full, TextCode::Procedure, TextCode::Teaser];
        answers.into_iter().any(|code| self.plain(code).is_some())
    }
}

/// When the source was changed last; 2.1 and 2.2 say it in different places.
pub(crate) fn changed(element: &Element) -> Option<Timestamp> {
    let text = element.text_at(&["versionsinformation", "geaendertDatumZeit"]);
    let text = text.or_else(|| element.text_at(&["versionsinformation", "erstelltDatumZeit"]));
    moment(&text?)
}

/// The texts of the modules with this code.
fn modules(element: &Element, code: u16) -> impl Iterator<Item = String> {
    let modules = element.all("modulText").filter(move |module| code_of(module) == Some(code));
    modules.filter_map(|module| german(module, "inhalt")).map(|text| html::plain(&text))
}

fn code_of(module: &Element) -> Option<u16> {
    module.text_at(&["leikaTextmodul", "code"])?.parse().ok()
}

/// The German text, else the first one.
pub(crate) fn german(element: &Element, local: &str) -> Option<String> {
    let found = element.child_at(german_at(element, local)?)?;
    Some(found.content()).filter(|text| !text.trim().is_empty())
}

/// Where the text stands that [`german`] gives; the German one also if it is empty.
pub(crate) fn german_at(element: &Element, local: &str) -> Option<usize> {
    let is_it = |it: &Element| it.name.local == local;
    element.position(|it| is_it(it) && is_german(it)).or_else(|| element.position(is_it))
}

fn is_german(element: &Element) -> bool {
    element.attribute("languageCode").is_none_or(|code| code.starts_with("de"))
}

/// Whether it is the module of the citizen's name, or of any name.
pub(crate) fn is_title(module: &Element) -> bool {
    module.name.local == "modulText" && code_of(module) == Some(NAMES[0])
}

pub(crate) fn is_name(module: &Element) -> bool {
    module.name.local == "modulText" && code_of(module).is_some_and(|code| NAMES.contains(&code))
}

/// The element of a part that has one of its own.
pub(crate) fn module_of(code: TextCode) -> Option<&'static str> {
    MODULES.iter().find(|(_, own)| *own == code).map(|(local, _)| *local)
}

/// The words that people use (`modulBegriffImKontext`).
fn terms(element: &Element) -> impl Iterator<Item = String> {
    let modules = element.all("modulBegriffImKontext");
    let terms = modules.flat_map(|module| module.all("begriffImKontext"));
    terms.filter_map(|term| term.text_at(&["begriff"]))
}

fn texts(element: &Element) -> Vec<Text> {
    let mut texts = Vec::new();
    for module in element.all("modulText") {
        let code = code_of(module).unwrap_or_default();
        if NAMES.contains(&code) {
            continue;
        }
        let known = CODES.iter().find(|(known, _)| *known == code);
        let code = known.map_or(TextCode::Other(code), |(_, code)| *code);
        texts.extend(german(module, "inhalt").map(|html| Text { code, html }));
    }
    for (local, code) in MODULES {
        for module in element.all(local) {
            texts.extend(described(module).map(|html| Text { code, html }));
        }
    }
    texts
}

/// The description of a fee, a deadline or a duration: of the module, or of what it lists.
pub(crate) fn described(module: &Element) -> Option<String> {
    let own = german(module, "beschreibung");
    own.or_else(|| module.children().find_map(|child| german(child, "beschreibung")))
}
