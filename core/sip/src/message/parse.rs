// SPDX-License-Identifier: EUPL-1.2
//! From bytes to an accepted message, or to the reason why not.
//!
//! The rule to keep: what decides where a call goes or which call is meant (start line, Via, From,
//! To, Call-ID, CSeq, Contact, Route, Record-Route, Content-Length) is read before a message is
//! accepted; everything else when somebody asks.

use alloc::vec::Vec;

use super::address::Address;
use super::fault::{DropReason, Fault, Refusal};
use super::fields::{Field, Headers};
use super::limits::{
    FIELDS_MAX, HEAD_MAX, IDENTIFIER_MAX, MESSAGE_MAX, REQUEST_URI_MAX, VALUES_MAX,
};
use super::lines::{Line, Lines, first_line};
use super::name::{Name, Rule};
use super::scan::{List, all, around, is_token, number, position, position_or_end, trim};
use super::uri::Uri;
use super::values::{CSeq, is_call_id};
use super::via::Via;
use crate::{Method, Status};

/// An accepted message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message<'a> {
    /// A request.
    Request(Request<'a>),
    /// A response.
    Response(Response<'a>),
}

/// An accepted request.
#[derive(Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method.
    pub method: Method,
    /// The method as written.
    pub method_name: &'a [u8],
    /// The Request-URI; one of an unknown scheme is answered with 416.
    pub uri: Uri<'a>,
    /// The header.
    pub headers: Headers<'a>,
    /// The body.
    pub body: &'a [u8],
}

/// An accepted response.
#[derive(Clone, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status.
    pub status: Status,
    /// The reason phrase as written.
    pub reason: &'a [u8],
    /// The header.
    pub headers: Headers<'a>,
    /// The body.
    pub body: &'a [u8],
}

super::sealed_debug!(Request, Response);

impl<'a> Message<'a> {
    /// The header.
    #[must_use]
    pub fn headers(&self) -> &Headers<'a> {
        match self {
            Message::Request(request) => &request.headers,
            Message::Response(response) => &response.headers,
        }
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &'a [u8] {
        match self {
            Message::Request(request) => request.body,
            Message::Response(response) => response.body,
        }
    }
}

/// How the end of a body is known (RFC 3261, 18.3).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// By Content-Length, or else by the end of the datagram.
    Datagram,
    /// By Content-Length only.
    Stream,
}

/// Reads the message in a datagram. What follows the body is ignored (RFC 3261, 18.3).
pub fn parse_datagram(bytes: &[u8]) -> Result<Message<'_>, Refusal<'_>> {
    let message = &bytes[position_or_end(bytes, |byte| !matches!(byte, b'\r' | b'\n' | 0))..];
    if message.is_empty() {
        return Err(Refusal::Drop(DropReason::KeepAlive));
    }
    parse(message, Framing::Datagram)
}

pub(super) fn parse(bytes: &[u8], framing: Framing) -> Result<Message<'_>, Refusal<'_>> {
    let not_sip = Refusal::Drop(DropReason::NotSip);
    let Some((line, at, line_fault)) = first_line(bytes) else { return Err(not_sip) };
    let Some(start) = Start::read(line) else { return Err(not_sip) };
    let draft = Draft::read(bytes, at);
    let checked = match line_fault {
        Some(fault) => Err(fault),
        None => start.check().and_then(|kind| Ok((kind, draft.check(bytes, framing)?))),
    };
    let fault = match checked {
        Err(fault) => fault,
        Ok((Kind::Request { uri }, parts)) => match parts.of_request(&start) {
            Err(fault) => fault,
            Ok(method) => {
                let method_name = parts.needed.cseq.method_name;
                let (headers, body) = parts.into_headers(draft.fields);
                let request = Request { method, method_name, uri, headers, body };
                return Ok(Message::Request(request));
            }
        },
        Ok((Kind::Response { status, reason }, parts)) => {
            let (headers, body) = parts.into_headers(draft.fields);
            return Ok(Message::Response(Response { status, reason, headers, body }));
        }
    };
    Err(start.refused(fault, draft.fields))
}

/// Refuses what stands at the beginning of a stream, whatever else may be wrong with it.
pub(super) fn refuse(bytes: &[u8], fault: Fault) -> Refusal<'_> {
    let read = first_line(bytes).and_then(|(line, at, _)| Some((Start::read(line)?, at)));
    match read {
        Some((start, at)) => start.refused(fault, Draft::read(bytes, at).fields),
        None => Refusal::Drop(DropReason::NotSip),
    }
}

/// The first line, cut into its parts but not yet read.
enum Start<'a> {
    Request { method: &'a [u8], uri: &'a [u8], version: &'a [u8] },
    Response { version: &'a [u8], status: &'a [u8], reason: &'a [u8] },
}

/// The first line, read.
enum Kind<'a> {
    Request { uri: Uri<'a> },
    Response { status: Status, reason: &'a [u8] },
}

impl<'a> Start<'a> {
    /// Tells requests from responses and from what is not SIP, as tolerantly as possible: who
    /// speaks some kind of SIP is told what is wrong.
    fn read(line: &'a [u8]) -> Option<Start<'a>> {
        let is_space = |byte| byte == b' ';
        let (first, rest) = around(line, position_or_end(line, is_space));
        if names_sip(first) {
            let (status, reason) = around(rest, position_or_end(rest, is_space));
            return Some(Start::Response { version: first, status, reason });
        }
        // Blanks at the end leave nothing to guess (RFC 4475, 3.1.2.10).
        let line = trim_end(line);
        let (before, version) = around(line, line.iter().rposition(|&byte| is_space(byte))?);
        let (method, uri) = around(before, position_or_end(before, is_space));
        names_sip(version).then_some(Start::Request { method, uri, version })
    }

    fn refused(&self, fault: Fault, fields: Vec<Field<'a>>) -> Refusal<'a> {
        match *self {
            Start::Request { method, .. } => Refusal::of_request(fault, Method::of(method), fields),
            Start::Response { .. } => Refusal::Drop(DropReason::Response(fault)),
        }
    }

    fn check(&self) -> Result<Kind<'a>, Fault> {
        let is_ours = |version: &[u8]| version.eq_ignore_ascii_case(b"SIP/2.0");
        match *self {
            Start::Request { version, .. } | Start::Response { version, .. }
                if !is_ours(version) =>
            {
                Err(Fault::Version)
            }
            Start::Request { method, uri, .. } => {
                if !all(method, is_token) || position(uri, |byte| byte == b' ').is_some() {
                    return Err(Fault::RequestLine);
                }
                if REQUEST_URI_MAX < uri.len() {
                    return Err(Fault::RequestUriTooLong);
                }
                let uri = Uri::parse(uri).ok_or(Fault::RequestUri)?;
                // They would have to become header fields of the request, which it already is.
                if uri.sip().is_some_and(|uri| uri.has_headers()) {
                    return Err(Fault::RequestUriHeaders);
                }
                Ok(Kind::Request { uri })
            }
            Start::Response { status, reason, .. } => {
                let code = if status.len() == 3 { number(status) } else { None };
                let status = code.and_then(Status::new).ok_or(Fault::StatusLine)?;
                Ok(Kind::Response { status, reason })
            }
        }
    }
}

fn names_sip(version: &[u8]) -> bool {
    version.get(..4).is_some_and(|name| name.eq_ignore_ascii_case(b"SIP/"))
}

fn trim_end(bytes: &[u8]) -> &[u8] {
    let kept = bytes.iter().rposition(|&byte| byte != b' ' && byte != b'\t');
    &bytes[..kept.map_or(0, |last| last + 1)]
}

/// The header's fields as far as they could be found, and the first thing that is wrong.
struct Draft<'a> {
    fields: Vec<Field<'a>>,
    fault: Option<Fault>,
    body_at: usize,
    /// How long the header would be if we wrote it: whoever leaves out blanks may come in below a
    /// limit that the message passes on its way out.
    written: usize,
}

impl<'a> Draft<'a> {
    fn read(bytes: &'a [u8], at: usize) -> Draft<'a> {
        // Whatever stands behind the longest header cannot be a part of it.
        let head = bytes.get(..HEAD_MAX).unwrap_or(bytes);
        let too_long = if head.len() < bytes.len() { Fault::HeadTooLong } else { Fault::HeadCut };
        let too_large = (MESSAGE_MAX < bytes.len()).then_some(Fault::TooLarge);
        let written = at + "\r\nContent-Length: 65535\r\n ".len();
        let fields = Vec::with_capacity(24);
        let mut draft = Draft { fields, fault: too_large, body_at: at, written };
        let mut lines = Lines::new(head, at);
        loop {
            match lines.next() {
                Line::Field(_) if draft.fields.len() == FIELDS_MAX => {
                    draft.note(Fault::TooManyFields);
                    return draft;
                }
                Line::Field(field) => draft.add(field),
                Line::Bad(fault) => draft.note(fault),
                Line::End(body_at) => {
                    draft.body_at = body_at;
                    return draft;
                }
                Line::Cut => {
                    draft.note(too_long);
                    return draft;
                }
            }
        }
    }

    fn add(&mut self, field: Field<'a>) {
        if field.name != Name::ContentLength {
            self.written += field.raw_name.len() + field.raw.len() + ": \r\n".len();
        }
        self.fields.push(field);
    }

    fn note(&mut self, fault: Fault) {
        self.fault = self.fault.or(Some(fault));
    }

    fn check(&self, bytes: &'a [u8], framing: Framing) -> Result<Parts<'a>, Fault> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        let found = Found::read(&self.fields)?;
        let rest = bytes.get(self.body_at..).unwrap_or_default();
        let body = match (found.length, framing) {
            (Some(length), _) => rest.get(..length).ok_or(Fault::BodyCut)?,
            (None, Framing::Datagram) => rest,
            (None, Framing::Stream) => return Err(Fault::LengthMissing),
        };
        let with_length = self.fields.len() + usize::from(found.length.is_none());
        if FIELDS_MAX < with_length {
            return Err(Fault::TooManyFields);
        }
        if HEAD_MAX < self.written {
            return Err(Fault::HeadTooLong);
        }
        if MESSAGE_MAX < self.written + body.len() {
            return Err(Fault::TooLarge);
        }
        Ok(Parts { needed: found.needed()?, body })
    }
}

/// All that is read before a message is accepted.
struct Parts<'a> {
    needed: Needed<'a>,
    body: &'a [u8],
}

struct Needed<'a> {
    via: Via<'a>,
    from: Address<'a>,
    to: Address<'a>,
    call_id: &'a [u8],
    cseq: CSeq<'a>,
    max_forwards: Option<u8>,
}

impl<'a> Parts<'a> {
    fn of_request(&self, start: &Start<'a>) -> Result<Method, Fault> {
        let cseq = &self.needed.cseq;
        match start {
            Start::Request { method, .. } if *method == cseq.method_name => Ok(cseq.method),
            Start::Request { .. } | Start::Response { .. } => Err(Fault::MethodMismatch),
        }
    }

    fn into_headers(self, fields: Vec<Field<'a>>) -> (Headers<'a>, &'a [u8]) {
        let Needed { via, from, to, call_id, cseq, max_forwards } = self.needed;
        (Headers { fields, via, from, to, call_id, cseq, max_forwards }, self.body)
    }
}

/// What the fields held so far.
#[derive(Default)]
struct Found<'a> {
    via: Option<Via<'a>>,
    from: Option<Address<'a>>,
    to: Option<Address<'a>>,
    call_id: Option<&'a [u8]>,
    cseq: Option<CSeq<'a>>,
    max_forwards: Option<u8>,
    length: Option<usize>,
    vias: usize,
    contacts: usize,
    star: bool,
    routes: usize,
    record_routes: usize,
    once: u128,
}

impl<'a> Found<'a> {
    fn read(fields: &[Field<'a>]) -> Result<Found<'a>, Fault> {
        let mut found = Found::default();
        for field in fields {
            found.add(field)?;
        }
        if found.star && 1 < found.contacts {
            return Err(Fault::Malformed(Name::Contact));
        }
        Ok(found)
    }

    fn add(&mut self, field: &Field<'a>) -> Result<(), Fault> {
        let (name, raw) = (field.name, field.raw);
        let malformed = Fault::Malformed(name);
        match name.rule() {
            Rule::Free => Ok(()),
            Rule::Via => self.add_vias(raw),
            Rule::From => set(&mut self.from, party(name, raw)?, name),
            Rule::To => set(&mut self.to, party(name, raw)?, name),
            Rule::CallId if !is_call_id(raw) => Err(malformed),
            Rule::CallId => set(&mut self.call_id, identifier(name, raw)?, name),
            Rule::CSeq => set(&mut self.cseq, CSeq::parse(raw).ok_or(malformed)?, name),
            Rule::MaxForwards => set(&mut self.max_forwards, number(raw).ok_or(malformed)?, name),
            Rule::ContentLength => set_length(&mut self.length, raw),
            Rule::Contact if raw == b"*" => {
                self.star = true;
                count(&mut self.contacts, name)
            }
            Rule::Contact => add_addresses(&mut self.contacts, name, raw),
            Rule::Route if name == Name::Route => add_addresses(&mut self.routes, name, raw),
            Rule::Route => add_addresses(&mut self.record_routes, name, raw),
            Rule::Once => {
                let bit = 1 << (name as u32);
                let seen = self.once & bit != 0;
                self.once |= bit;
                if seen { Err(Fault::Repeated(name)) } else { Ok(()) }
            }
        }
    }

    fn add_vias(&mut self, raw: &'a [u8]) -> Result<(), Fault> {
        for value in List::new(raw) {
            let via = Via::parse(value).ok_or(Fault::Malformed(Name::Via))?;
            count(&mut self.vias, Name::Via)?;
            if self.via.is_none() {
                identifier(Name::Via, via.branch().unwrap_or_default())?;
                self.via = Some(via);
            }
        }
        Ok(())
    }

    fn needed(self) -> Result<Needed<'a>, Fault> {
        Ok(Needed {
            via: self.via.ok_or(Fault::Missing(Name::Via))?,
            from: self.from.ok_or(Fault::Missing(Name::From))?,
            to: self.to.ok_or(Fault::Missing(Name::To))?,
            call_id: self.call_id.ok_or(Fault::Missing(Name::CallId))?,
            cseq: self.cseq.ok_or(Fault::Missing(Name::CSeq))?,
            max_forwards: self.max_forwards,
        })
    }
}

fn set<T>(place: &mut Option<T>, value: T, name: Name) -> Result<(), Fault> {
    match place.replace(value) {
        Some(_) => Err(Fault::Repeated(name)),
        None => Ok(()),
    }
}

/// From or To: an address whose tag, if there is one, says something.
pub(super) fn party(name: Name, raw: &[u8]) -> Result<Address<'_>, Fault> {
    let address = Address::parse(raw).ok_or(Fault::Malformed(name))?;
    match address.tag() {
        Some(b"") => Err(Fault::Malformed(name)),
        Some(tag) => identifier(name, tag).map(|_| address),
        None => Ok(address),
    }
}

pub(super) fn identifier(name: Name, value: &[u8]) -> Result<&[u8], Fault> {
    if value.len() <= IDENTIFIER_MAX { Ok(value) } else { Err(Fault::IdentifierTooLong(name)) }
}

fn count(values: &mut usize, name: Name) -> Result<(), Fault> {
    *values += 1;
    if *values <= VALUES_MAX { Ok(()) } else { Err(Fault::TooManyValues(name)) }
}

fn add_addresses(values: &mut usize, name: Name, raw: &[u8]) -> Result<(), Fault> {
    for value in List::new(raw) {
        Address::parse(value).ok_or(Fault::Malformed(name))?;
        count(values, name)?;
    }
    Ok(())
}

/// One more Content-Length (RFC 3261, 20.14; RFC 4475, 3.3.9).
pub(super) fn set_length(place: &mut Option<usize>, raw: &[u8]) -> Result<(), Fault> {
    let length = number(trim(raw)).ok_or(Fault::Malformed(Name::ContentLength))?;
    match place.replace(length) {
        Some(before) if before != length => Err(Fault::LengthsDiffer),
        Some(_) | None => Ok(()),
    }
}
