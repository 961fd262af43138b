// SPDX-License-Identifier: EUPL-1.2
//! What is wrong with a message, and what becomes of it: an answer or silence.
//!
//! The rule to keep: a response and an ACK are never answered, and nothing is sent back that our
//! own parser would not take.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

use super::fields::Field;
use super::name::{Name, Rule};
use super::parse::{identifier, party};
use super::reply::push_to_header;
use super::scan::List;
use super::values::{CSeq, Malformed, is_call_id};
use super::via::Via;
use super::write::{Checked, MessageWriter};
use crate::{Method, Status};

/// What is wrong with a message. The text is the answer's reason phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Another version of SIP.
    Version,
    /// The request line has not exactly three parts, or no method.
    RequestLine,
    /// The Request-URI cannot be read.
    RequestUri,
    /// The Request-URI has headers behind a `?` (RFC 3261, 19.1.1).
    RequestUriHeaders,
    /// The Request-URI is longer than we read.
    RequestUriTooLong,
    /// The status line cannot be read, or its number is no status.
    StatusLine,
    /// The message is longer than we read.
    TooLarge,
    /// The header is longer than we read.
    HeadTooLong,
    /// A line is longer than we read.
    LineTooLong,
    /// There are more header fields than we read.
    TooManyFields,
    /// There are more values of this name than we read.
    TooManyValues(Name),
    /// There is no empty line after the header.
    HeadCut,
    /// A CR or LF that ends no line.
    LineBreak,
    /// A NUL outside of a quoted pair.
    Nul,
    /// A line without a colon.
    NoColon,
    /// A name that is no token.
    FieldName,
    /// This field has to be there.
    Missing(Name),
    /// This field may not be there twice.
    Repeated(Name),
    /// This field cannot be read, or its number is out of range.
    Malformed(Name),
    /// The identifier in this field is longer than we keep.
    IdentifierTooLong(Name),
    /// CSeq names another method than the request line (RFC 3261, 8.1.1.5).
    MethodMismatch,
    /// The body is shorter than Content-Length says.
    BodyCut,
    /// Two Content-Lengths that differ.
    LengthsDiffer,
    /// No Content-Length on a stream (RFC 3261, 18.3).
    LengthMissing,
}

impl Fault {
    /// The status that says so.
    #[must_use]
    pub fn status(self) -> Status {
        const VERSION_NOT_SUPPORTED: Status = Status::new(505).expect("505 is a status");
        const MESSAGE_TOO_LARGE: Status = Status::new(513).expect("513 is a status");
        const URI_TOO_LONG: Status = Status::new(414).expect("414 is a status");
        const BAD_REQUEST: Status = Status::new(400).expect("400 is a status");
        match self {
            Fault::Version => VERSION_NOT_SUPPORTED,
            Fault::TooLarge => MESSAGE_TOO_LARGE,
            Fault::RequestUriTooLong => URI_TOO_LONG,
            Fault::RequestLine
            | Fault::RequestUri
            | Fault::RequestUriHeaders
            | Fault::StatusLine
            | Fault::HeadTooLong
            | Fault::LineTooLong
            | Fault::TooManyFields
            | Fault::TooManyValues(_)
            | Fault::HeadCut
            | Fault::LineBreak
            | Fault::Nul
            | Fault::NoColon
            | Fault::FieldName
            | Fault::Missing(_)
            | Fault::Repeated(_)
            | Fault::Malformed(_)
            | Fault::IdentifierTooLong(_)
            | Fault::MethodMismatch
            | Fault::BodyCut
            | Fault::LengthsDiffer
            | Fault::LengthMissing => BAD_REQUEST,
        }
    }

    /// Whether nobody knows where the next message on the stream begins, or two readers could think
    /// differently about it: the stream has to be closed (RFC 3261, 18.3).
    #[must_use]
    pub fn breaks_stream(self) -> bool {
        match self {
            Fault::TooLarge
            | Fault::HeadTooLong
            | Fault::HeadCut
            | Fault::LineBreak
            | Fault::Nul
            | Fault::NoColon
            | Fault::FieldName
            | Fault::BodyCut
            | Fault::LengthsDiffer
            | Fault::LengthMissing
            | Fault::Malformed(Name::ContentLength) => true,
            Fault::Version
            | Fault::RequestLine
            | Fault::RequestUri
            | Fault::RequestUriHeaders
            | Fault::RequestUriTooLong
            | Fault::StatusLine
            | Fault::LineTooLong
            | Fault::TooManyFields
            | Fault::TooManyValues(_)
            | Fault::Missing(_)
            | Fault::Repeated(_)
            | Fault::Malformed(_)
            | Fault::IdentifierTooLong(_)
            | Fault::MethodMismatch => false,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Fault::Version => "Version Not Supported",
            Fault::RequestLine => "Malformed Request Line",
            Fault::RequestUri => "Malformed Request-URI",
            Fault::RequestUriHeaders => "Headers in Request-URI",
            Fault::RequestUriTooLong => "Request-URI Too Long",
            Fault::StatusLine => "Malformed Status Line",
            Fault::TooLarge => "Message Too Large",
            Fault::HeadTooLong => "Header Too Long",
            Fault::LineTooLong => "Line Too Long",
            Fault::TooManyFields => "Too Many Header Fields",
            Fault::HeadCut => "No Empty Line After Header",
            Fault::LineBreak => "CR or LF Outside of CRLF",
            Fault::Nul => "NUL in Header",
            Fault::NoColon => "Header Line Without Colon",
            Fault::FieldName => "Malformed Header Name",
            Fault::MethodMismatch => "CSeq Names Another Method",
            Fault::BodyCut => "Body Shorter Than Content-Length",
            Fault::LengthsDiffer => "Two Different Content-Lengths",
            Fault::LengthMissing => "Missing Content-Length",
            Fault::TooManyValues(name) => return write!(f, "Too Many {} Values", name.as_str()),
            Fault::Missing(name) => return write!(f, "Missing {}", name.as_str()),
            Fault::Repeated(name) => return write!(f, "Repeated {}", name.as_str()),
            Fault::Malformed(name) => return write!(f, "Malformed {}", name.as_str()),
            Fault::IdentifierTooLong(name) => {
                return write!(f, "Identifier in {} Too Long", name.as_str());
            }
        })
    }
}

impl From<Malformed> for Fault {
    fn from(malformed: Malformed) -> Fault {
        Fault::Malformed(malformed.0)
    }
}

/// A message that is not accepted.
#[derive(Debug)]
pub enum Refusal<'a> {
    /// A request that is answered, without any state.
    Answer(Box<Answer<'a>>),
    /// What is thrown away in silence.
    Drop(DropReason),
}

/// Why something is thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DropReason {
    /// Nothing but line breaks or NULs, to keep a way through a NAT open (RFC 5626, 4.4.1).
    KeepAlive,
    /// Neither a request nor a response of SIP.
    NotSip,
    /// A bad response.
    Response(Fault),
    /// A bad ACK.
    Ack(Fault),
    /// A bad request without a Via that says where an answer should go.
    NoVia(Fault),
}

impl fmt::Display for DropReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DropReason::KeepAlive => f.write_str("keep-alive"),
            DropReason::NotSip => f.write_str("not SIP"),
            DropReason::Response(fault) => write!(f, "response: {fault}"),
            DropReason::Ack(fault) => write!(f, "ACK: {fault}"),
            DropReason::NoVia(fault) => write!(f, "no Via: {fault}"),
        }
    }
}

/// The answer to a request that cannot be accepted, with what could be read of it.
#[derive(Clone)]
pub struct Answer<'a> {
    /// The status.
    pub status: Status,
    /// What is wrong; the reason phrase.
    pub fault: Fault,
    /// The topmost Via: where the answer goes (RFC 3261, 18.2.2).
    pub via: Via<'a>,
    /// The other Vias, From, To, Call-ID and CSeq, each if it can be read.
    fields: Vec<Field<'a>>,
}

super::sealed_debug!(Answer);

impl<'a> Refusal<'a> {
    /// What becomes of a bad request.
    pub(super) fn of_request(fault: Fault, method: Method, fields: Vec<Field<'a>>) -> Refusal<'a> {
        if method == Method::Ack {
            return Refusal::Drop(DropReason::Ack(fault));
        }
        match Answer::new(fault, fields) {
            Some(answer) => Refusal::Answer(Box::new(answer)),
            None => Refusal::Drop(DropReason::NoVia(fault)),
        }
    }

    /// What is wrong; nothing with a keep-alive and with what is not SIP.
    #[must_use]
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Refusal::Answer(answer) => Some(answer.fault),
            Refusal::Drop(
                DropReason::Response(fault) | DropReason::Ack(fault) | DropReason::NoVia(fault),
            ) => Some(*fault),
            Refusal::Drop(DropReason::KeepAlive | DropReason::NotSip) => None,
        }
    }
}

impl<'a> Answer<'a> {
    fn new(fault: Fault, mut fields: Vec<Field<'a>>) -> Option<Answer<'a>> {
        let top = fields.iter().find(|field| field.name == Name::Via)?;
        let first = List::new(top.raw).next()?;
        let (via, _) = Via::parse_prefix(first)?;
        identifier(Name::Via, via.branch().unwrap_or_default()).ok()?;
        let mut seen = Vec::new();
        fields.retain_mut(|field| {
            let rule = field.name.rule();
            if rule == Rule::Via {
                if !seen.contains(&rule) {
                    seen.push(rule);
                    field.raw = behind(field.raw, first);
                }
                return List::new(field.raw).all(|value| Via::parse(value).is_some());
            }
            let wanted = is_readable(field) && !seen.contains(&rule);
            if wanted {
                seen.push(rule);
            }
            wanted
        });
        Some(Answer { status: fault.status(), fault, via, fields })
    }

    /// Writes the answer. `to_tag` is one of ours, `source` is where the request came from.
    pub fn write(&self, out: &mut Vec<u8>, to_tag: &[u8], source: SocketAddr) {
        let mut writer = MessageWriter::response(out, self.status, format_args!("{}", self.fault));
        writer.built(Name::Via, |out| self.via.push_to(out, Some(source)));
        for field in &self.fields {
            match field.name.rule() {
                Rule::To => writer.built(Name::To, |out| push_to_header(out, field.raw, to_tag)),
                Rule::Via
                | Rule::From
                | Rule::CallId
                | Rule::CSeq
                | Rule::MaxForwards
                | Rule::ContentLength
                | Rule::Contact
                | Rule::Route
                | Rule::Once
                | Rule::Free => writer.field(field.name, field.raw),
            };
        }
        // A part that is missing is missing in the answer too, so our own parser may refuse it.
        let _ = writer.finish_as(&[], Checked::LinesOnly);
    }
}

/// What follows the first value of a list and its comma.
pub(super) fn behind<'a>(list: &'a [u8], first: &[u8]) -> &'a [u8] {
    let rest = list.get(first.len()..).unwrap_or_default();
    super::scan::trim(super::scan::trim_start(rest).strip_prefix(b",").unwrap_or_default())
}

/// Whether an answer repeats this field, and our own parser would take it.
fn is_readable(field: &Field<'_>) -> bool {
    let (name, value) = (field.name, field.raw);
    match name.rule() {
        Rule::From | Rule::To => party(name, value).is_ok(),
        Rule::CallId => is_call_id(value) && identifier(name, value).is_ok(),
        Rule::CSeq => CSeq::parse(value).is_some(),
        Rule::Via
        | Rule::MaxForwards
        | Rule::ContentLength
        | Rule::Contact
        | Rule::Route
        | Rule::Once
        | Rule::Free => false,
    }
}
