// SPDX-License-Identifier: EUPL-1.2
//! Reads a message as a stream, one object after the other, and says where it stops being one.
//!
//! The rule to keep: nothing in a file decides how much memory it costs. No entity is resolved but XML's own
//! five, no document type is read, and every piece has a limit.

use super::bounded::Bounded;
use super::object::{Act, Kind, Object, deletion};
use super::problem::{Problem, Why};
use crate::element::{Element, Name, Node, Space};
use quick_xml::XmlVersion;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{QName, ResolveResult};
use quick_xml::reader::NsReader;
use std::collections::BTreeMap;
use std::io::BufRead;

/// Elements in each other: the deepest known has 9, and text in HTML has as many again.
pub const DEPTH_MAX: usize = 40;

/// Bytes of one tag or text: the longest text of a real catalogue has 60 kB.
pub const EVENT_MAX: usize = 1 << 20;

/// Bytes of one object: a service in ten languages with long texts has 500 kB.
pub const OBJECT_MAX: usize = 4 << 20;

/// Elements and texts in one object: a unit that is responsible for 1,000 services in 40 municipalities has
/// 90,000.
pub const NODES_MAX: usize = 200_000;

/// Attributes of one element; the most known are 7.
pub const ATTRIBUTES_MAX: usize = 32;

/// Names of elements that are remembered because we passed them by.
const PASSED_MAX: usize = 50;

/// The namespace of version 2.1.
const XZUFI_2_1: &str = "http://xoev.de/schemata/xzufi/2_1_0";

/// Containers in a message, besides those that begin with `schreibe`, `loesche` or `ergebnis`.
const CONTAINERS: [&str; 5] = ["antwort", "leistungsbericht", "transaktion", "inhalt", "ergebnis"];

/// Elements of a message that say nothing about a catalogue.
const ABOUT_THE_MESSAGE: [&str; 5] =
    ["transaktionID", "transaktionPosition", "antwortnummer", "antwortrueckgabecode", "anfrageID"];

/// What was read, besides the objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The version that the message says it has.
    pub version: String,
    /// Who has sent it, as far as that is said.
    pub sender: Option<String>,
    /// How many objects it writes.
    pub written: u64,
    /// How many it deletes.
    pub deleted: u64,
    /// Elements that stand where nobody looks for them, with their number.
    pub passed: BTreeMap<String, u64>,
}

/// Reads a message, and hands over what it wants done, in order.
///
/// # Errors
/// With the line and the reason; what was handed over before is not to be trusted either.
pub fn read(
    input: impl BufRead,
    each: &mut dyn FnMut(Act) -> Result<(), String>,
) -> Result<Read, Problem> {
    let mut stream = Stream::new(input);
    let read = message(&mut stream, each);
    read.map_err(|why| Problem { line: stream.line(), why })
}

/// An element that stands alone.
pub(super) fn element_from_xml(xml: &str) -> Result<Element, Why> {
    let mut stream = Stream::new(xml.as_bytes());
    loop {
        match stream.next()? {
            Token::Open(element) => return stream.collect(element),
            Token::Text(text) if text.trim().is_empty() => {}
            Token::Text(_) | Token::Close | Token::End => return Err(Why::Incomplete),
        }
    }
}

fn message(
    stream: &mut Stream<impl BufRead>,
    each: &mut dyn FnMut(Act) -> Result<(), String>,
) -> Result<Read, Why> {
    let mut read = Read { version: version(&root(stream)?)?, ..Read::default() };
    // What we are in: for each open element, whether its children are objects.
    let mut holds_objects = vec![false];
    loop {
        match stream.next()? {
            Token::Open(element) => {
                let is_object = holds_objects.last() == Some(&true);
                match place(&element.name.local, is_object) {
                    Place::Container(objects) => holds_objects.push(objects),
                    Place::Unknown => {
                        pass(&mut read.passed, &element.name.local);
                        holds_objects.push(false);
                    }
                    Place::Whole(what) => {
                        let element = stream.collect(element)?;
                        whole(what, element, &mut read, each)?;
                    }
                }
            }
            Token::Close => {
                holds_objects.pop();
            }
            Token::Text(_) => {}
            Token::End if holds_objects.is_empty() => return Ok(read),
            Token::End => return Err(Why::Incomplete),
        }
    }
}

/// What stands at a place in a message.
enum Place {
    /// More elements; whether each is an object.
    Container(bool),
    /// Something that is read whole.
    Whole(What),
    /// Something that the message should not have here.
    Unknown,
}

/// What is read whole.
enum What {
    Object,
    /// An object in an answer, whose element has another name.
    Result,
    Deletion,
    Head,
    /// Nothing that concerns a catalogue.
    Nothing,
}

fn place(local: &str, is_object: bool) -> Place {
    if is_object || !matches!(Kind::of_element(local), Kind::Other(_)) {
        Place::Whole(What::Object)
    } else if local.starts_with("schreibe") {
        Place::Container(true)
    } else if local.starts_with("loesche") {
        Place::Whole(What::Deletion)
    } else if local == "nachrichtenkopf" {
        Place::Whole(What::Head)
    } else if CONTAINERS.contains(&local) {
        Place::Container(false)
    } else if local.starts_with("ergebnis") {
        Place::Whole(What::Result)
    } else if ABOUT_THE_MESSAGE.contains(&local) {
        Place::Whole(What::Nothing)
    } else {
        Place::Unknown
    }
}

fn pass(passed: &mut BTreeMap<String, u64>, local: &str) {
    if passed.len() < PASSED_MAX || passed.contains_key(local) {
        *passed.entry(local.to_owned()).or_default() += 1;
    }
}

fn whole(
    what: What,
    element: Element,
    read: &mut Read,
    each: &mut dyn FnMut(Act) -> Result<(), String>,
) -> Result<(), Why> {
    let act = match what {
        What::Head => {
            read.sender = sender(&element);
            return Ok(());
        }
        What::Nothing => return Ok(()),
        What::Object => Act::Write(Object::of(element)?),
        What::Result => Act::Write(Object::of(of_answer(element))?),
        What::Deletion => deletion(&element)?,
    };
    match act {
        Act::Write(_) => read.written += 1,
        Act::Delete(..) => read.deleted += 1,
    }
    each(act).map_err(Why::Taker)
}

/// The object of an answer: in the element, or the element itself under another name.
fn of_answer(mut element: Element) -> Element {
    let known = |child: &&Element| !matches!(Kind::of_element(&child.name.local), Kind::Other(_));
    if element.first("id").is_none()
        && let Some(inner) = element.children().find(known)
    {
        return inner.clone();
    }
    let kind = element.name.local.trim_start_matches("ergebnis");
    let mut letters = kind.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    element.name.local = first.into_iter().chain(letters).collect();
    element
}

fn sender(head: &Element) -> Option<String> {
    let sender = head.first("sender").or_else(|| head.first("autor"))?;
    let name = sender.text_at(&["name"]).or_else(|| sender.text_at(&["behoerdenname"]));
    name.or_else(|| Some(sender.content().trim().to_owned())).filter(|name| !name.is_empty())
}

/// The first element: whatever its name, it has to say that it is XZuFi.
fn root(stream: &mut Stream<impl BufRead>) -> Result<Element, Why> {
    loop {
        match stream.next()? {
            Token::Open(element) => return Ok(element),
            Token::Text(text) if text.trim().is_empty() => {}
            Token::Text(_) | Token::Close => {
                return Err(Why::NoMessage("Text".to_owned()));
            }
            Token::End => return Err(Why::Incomplete),
        }
    }
}

/// The version of a message; the namespace says it too, but some say only one of both.
fn version(root: &Element) -> Result<String, Why> {
    let said = root.attributes.iter().find(|(name, _)| name.local == "xzufiVersion");
    match said.map(|(_, version)| version.trim()) {
        Some(version) => {
            let is_known = ["2.1", "2.2"].iter().any(|known| {
                version
                    .strip_prefix(known)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            });
            let version = version.to_owned();
            if is_known { Ok(version) } else { Err(Why::NoMessage(version)) }
        }
        None => match &root.name.space {
            Space::Xzufi => Ok("2.2".to_owned()),
            Space::Other(address) => Err(Why::NoMessage(address.clone())),
            Space::Plain | Space::Xsi => Err(Why::NoMessage(root.name.local.clone())),
        },
    }
}

/// A piece of the stream.
enum Token {
    /// An element begins; with its attributes, and nothing in it yet.
    Open(Element),
    Close,
    Text(String),
    End,
}

/// The pieces of a file, each with its limits kept.
struct Stream<R: BufRead> {
    reader: NsReader<Bounded<R>>,
    buffer: Vec<u8>,
    depth: usize,
    /// Bytes read of the object that is collected.
    bytes: usize,
}

impl<R: BufRead> Stream<R> {
    fn new(input: R) -> Stream<R> {
        let mut reader = NsReader::from_reader(Bounded::new(input));
        reader.config_mut().expand_empty_elements = true;
        Stream { reader, buffer: Vec::new(), depth: 0, bytes: 0 }
    }

    fn line(&mut self) -> u64 {
        self.reader.get_mut().line
    }

    /// The next piece that means something.
    fn next(&mut self) -> Result<Token, Why> {
        loop {
            if let Some(token) = self.piece()? {
                return Ok(token);
            }
        }
    }

    fn piece(&mut self) -> Result<Option<Token>, Why> {
        self.buffer.clear();
        self.reader.get_mut().allow(EVENT_MAX);
        let mut buffer = std::mem::take(&mut self.buffer);
        let event = self.reader.read_event_into(&mut buffer).map(Event::into_owned);
        self.buffer = buffer;
        self.bytes += EVENT_MAX - self.reader.get_mut().left();
        let event = match event {
            Ok(event) => event,
            Err(_) if self.reader.get_mut().is_over => return Err(Why::TooLarge),
            Err(error) => return Err(broken(&error)),
        };
        match event {
            Event::Start(start) => self.open(&start).map(Some),
            Event::End(_) => {
                self.depth -= 1;
                Ok(Some(Token::Close))
            }
            Event::Text(text) => self.text(text.xml10_content().into_owned()),
            Event::CData(text) => self.text(text.xml10_content().into_owned()),
            Event::GeneralRef(name) => {
                let letter = match name.resolve_char_ref().map_err(|error| broken(&error))? {
                    Some(letter) => letter,
                    None => entity(&name.into_inner())?,
                };
                self.text(letter.to_string())
            }
            Event::DocType(_) => Err(Why::DocumentType),
            Event::Decl(declaration) => match declaration.encoding() {
                Some(Ok(name)) if !name.eq_ignore_ascii_case("utf-8") => {
                    Err(Why::NotUtf8(name.into_owned()))
                }
                Some(_) | None => Ok(None),
            },
            Event::Comment(_) | Event::PI(_) | Event::Empty(_) => Ok(None),
            Event::Eof if self.depth > 0 => Err(Why::Incomplete),
            Event::Eof => Ok(Some(Token::End)),
        }
    }

    fn text(&self, text: String) -> Result<Option<Token>, Why> {
        if text.chars().any(is_forbidden) {
            return Err(Why::Character);
        }
        Ok(Some(Token::Text(text)))
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<Token, Why> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(Why::TooDeep);
        }
        let mut element = Element::named(self.name(start.name(), true)?);
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| Why::NotWellFormed(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            if element.attributes.len() == ATTRIBUTES_MAX {
                return Err(Why::Attributes);
            }
            let name = self.name(attribute.key, false)?;
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value = value.map_err(|error| broken(&error))?;
            if value.chars().any(is_forbidden) {
                return Err(Why::Character);
            }
            let value = match name.space {
                Space::Xsi => self.type_name(&value),
                Space::Plain | Space::Xzufi | Space::Other(_) => value.into_owned(),
            };
            element.attributes.push((name, value));
        }
        Ok(Token::Open(element))
    }

    fn name(&self, name: QName<'_>, is_element: bool) -> Result<Name, Why> {
        let (space, local) = self.reader.resolver().resolve(name, is_element);
        let local = local.into_inner().to_owned();
        let space = match space {
            ResolveResult::Unbound => Space::Plain,
            ResolveResult::Bound(space) if space.0 == XZUFI_2_1 => Space::Xzufi,
            ResolveResult::Bound(space) => {
                // The parser hands the address over as it is written.
                let address = unescape(space.0).map_err(|error| broken(&error.into()))?;
                if address.chars().any(is_forbidden) {
                    return Err(Why::Character);
                }
                Space::of(&address)
            }
            ResolveResult::Unknown(prefix) => {
                return Err(Why::NotWellFormed(format!("{prefix}: ?")));
            }
        };
        Ok(Name { space, local })
    }

    /// The value of `xsi:type` is a name with a prefix, which is ours from now on.
    fn type_name(&self, value: &str) -> String {
        let name = QName(value.trim());
        let (space, local) = self.reader.resolver().resolve(name, true);
        match space {
            ResolveResult::Bound(space)
                if [XZUFI_2_1, crate::element::XZUFI].contains(&space.0) =>
            {
                format!("xzufi:{}", local.into_inner())
            }
            ResolveResult::Bound(_) | ResolveResult::Unbound | ResolveResult::Unknown(_) => {
                value.to_owned()
            }
        }
    }

    /// Everything up to the end of this element.
    fn collect(&mut self, element: Element) -> Result<Element, Why> {
        self.bytes = 0;
        let mut nodes = 0;
        let mut open = vec![element];
        loop {
            nodes += 1;
            if self.bytes > OBJECT_MAX || nodes > NODES_MAX {
                return Err(Why::TooLarge);
            }
            match self.next()? {
                Token::Open(element) => open.push(element),
                Token::Text(text) => {
                    let within = open.last_mut().ok_or(Why::Incomplete)?;
                    within.nodes.push(Node::Text(text));
                }
                Token::Close => {
                    let mut done = open.pop().ok_or(Why::Incomplete)?;
                    done.settle();
                    match open.last_mut() {
                        Some(around) => around.nodes.push(Node::Element(done)),
                        None => return Ok(done),
                    }
                }
                Token::End => return Err(Why::Incomplete),
            }
        }
    }
}

/// XML's own five; anything else would have to come from a document type.
fn entity(name: &str) -> Result<char, Why> {
    match name {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        other => Err(Why::Entity(other.to_owned())),
    }
}

/// Whether XML 1.0 forbids the character.
fn is_forbidden(letter: char) -> bool {
    matches!(letter, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

fn broken(error: &quick_xml::Error) -> Why {
    if let quick_xml::Error::Io(error) = error {
        return Why::Unreadable(error.to_string());
    }
    if let quick_xml::Error::Encoding(error) = error {
        return Why::NotUtf8(error.to_string());
    }
    Why::NotWellFormed(error.to_string())
}
