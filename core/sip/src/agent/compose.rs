// SPDX-License-Identifier: EUPL-1.2
//! Messages made from what is remembered: replies from the request, requests from the dialog.
//!
//! The rule to keep: nothing is sent that the writer refuses; whoever asked hears that it failed.

use super::lamp;
use super::limits::MAX_FORWARDS;
use super::words::Flow;
use crate::dialog::Dialog;
use crate::message::limits::REQUEST_URI_MAX;
use crate::message::{
    Address, Checked, Host, Message, MessageWriter, Name, Reply, Request, Response, Rport, SipUri,
    Uri, Via, method_bytes, parse_datagram, usual_reason,
};
use crate::registrar::Transport;
use crate::{Method, Status};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// The methods that are understood (RFC 3261, 20.5).
pub(super) const ALLOW: &[u8] =
    b"INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, UPDATE, PRACK, REFER, NOTIFY, SUBSCRIBE, REGISTER";

/// The event packages that are understood (RFC 6665, 8.2.2).
pub(super) const ALLOW_EVENTS: &[u8] = b"dialog, refer";

/// The one in the subscription of a REFER (RFC 3515).
pub(super) const REFER_PACKAGE: &[u8] = b"refer";

/// The one of who watches a telephone (RFC 4235).
pub(super) const DIALOG_PACKAGE: &[u8] = b"dialog";

/// The extensions that are understood.
pub(super) const SUPPORTED: [&str; 4] = ["timer", "100rel", "norefersub", "replaces"];

/// Bytes of most messages without a body: so much is taken at once, and given back where it is kept.
pub(super) const ROOM_FOR_HEAD: usize = 640;

/// What a message says beyond what follows from the request or the dialog.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) reason: Option<String>,
    pub(super) fields: Vec<(Name, Vec<u8>)>,
    pub(super) sdp: Option<Vec<u8>>,
    /// What a NOTIFY reports in place of a description (RFC 3515, 2.4.5).
    pub(super) report: Option<Status>,
    /// What a NOTIFY tells of a telephone in place of both (RFC 4235).
    pub(super) lamp: Option<Vec<u8>>,
}

impl Draft {
    pub(super) fn with(mut self, name: Name, value: impl Into<Vec<u8>>) -> Draft {
        self.fields.push((name, value.into()));
        self
    }

    pub(super) fn sdp(sdp: Option<Vec<u8>>) -> Draft {
        Draft { sdp, ..Draft::default() }
    }

    fn finish(&self, mut writer: MessageWriter<'_>, checked: Checked) -> bool {
        for (name, value) in &self.fields {
            writer.field(*name, value);
        }
        if let Some(document) = &self.lamp {
            writer.field(Name::ContentType, lamp::MEDIA_TYPE);
            return writer.finish_as(document, checked).is_ok();
        }
        let Some(status) = self.report else {
            if self.sdp.is_some() {
                writer.field(Name::ContentType, b"application/sdp");
            }
            return writer.finish_as(self.sdp.as_deref().unwrap_or_default(), checked).is_ok();
        };
        writer.field(Name::ContentType, b"message/sipfrag;version=2.0");
        let line = format!("SIP/2.0 {} {}\r\n", status.code(), usual_reason(status));
        writer.finish_as(line.as_bytes(), checked).is_ok()
    }
}

/// A response to a request.
pub(super) fn reply(
    request: &Request<'_>,
    source: SocketAddr,
    status: Status,
    to_tag: &[u8],
    draft: &Draft,
) -> Option<Vec<u8>> {
    let mut bytes = room(draft);
    let to_tag = (status.code() != 100).then_some(to_tag);
    let reason = draft.reason.as_deref();
    let establishes = request.method == Method::Invite && status.code() > 100;
    let record_route = establishes && (status.is_provisional() || status.is_success());
    let source = Some(source);
    let parts = Reply { reason, to_tag, record_route, source, ..Reply::new(status) };
    let writer = request.reply(&mut bytes, &parts);
    draft.finish(writer, Checked::Parts).then_some(bytes)
}

/// Room for a message with what the draft says.
fn room(draft: &Draft) -> Vec<u8> {
    Vec::with_capacity(ROOM_FOR_HEAD + draft.sdp.as_deref().map_or(0, <[u8]>::len))
}

/// What every response to a request repeats but 100: Via, From, To with our tag, Call-ID, CSeq; written
/// once when the request comes, so that it need not be read again for each response.
pub(super) struct Echo(Vec<u8>);

impl Echo {
    /// None for a request with Record-Route, which some responses repeat and others do not.
    pub(super) fn of(request: &Request<'_>, source: SocketAddr, to_tag: &[u8]) -> Option<Echo> {
        if request.headers.first(Name::RecordRoute).is_some() {
            return None;
        }
        let mut bytes = Vec::with_capacity(ROOM_FOR_HEAD);
        let ok = Status::new(200)?;
        let parts = Reply { to_tag: Some(to_tag), source: Some(source), ..Reply::new(ok) };
        let lines = request.reply(&mut bytes, &parts).into_lines()?;
        Some(Echo(lines.to_vec()))
    }

    pub(super) fn reply(&self, status: Status, draft: &Draft) -> Option<Vec<u8>> {
        let body = draft.sdp.as_deref().map_or(0, <[u8]>::len);
        let mut bytes = Vec::with_capacity(self.0.len() + ROOM_FOR_FIELDS + body);
        let reason = draft.reason.as_deref().unwrap_or_else(|| usual_reason(status));
        let mut writer = MessageWriter::response(&mut bytes, status, format_args!("{reason}"));
        writer.lines(&self.0);
        draft.finish(writer, Checked::Parts).then_some(bytes)
    }
}

/// Bytes of the first line and of what a response says beyond what it repeats: Contact, Allow, Supported.
const ROOM_FOR_FIELDS: usize = 320;

/// A request as it came, to be answered later. Not for sending: it is not checked again.
pub(super) fn copy(request: &Request<'_>) -> Vec<u8> {
    let fields = request.headers.fields();
    let head: usize = fields.iter().map(|it| it.raw_name.len() + it.raw.len() + 4).sum();
    let uri = request.uri.raw();
    let line = request.method_name.len() + uri.len() + 14;
    let mut bytes = Vec::with_capacity(line + head + request.body.len());
    for part in [request.method_name, b" ", uri, b" SIP/2.0\r\n"] {
        bytes.extend_from_slice(part);
    }
    for field in fields {
        for part in [field.raw_name, b": ", field.raw, b"\r\n"] {
            bytes.extend_from_slice(part);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(request.body);
    bytes
}

/// Where the response to a request goes (RFC 3261, 18.2.2; RFC 3581, 4). `maddr` is not followed: it
/// would let a stranger direct our answers at others.
pub(super) fn way_back(flow: Flow, via: &Via<'_>) -> Flow {
    let port = match (flow.transport, via.rport()) {
        (Transport::Udp, None) => via.port.unwrap_or(5_060),
        (Transport::Udp, Some(Rport::Asked | Rport::Port(_)))
        | (Transport::Tcp | Transport::Tls | Transport::WebSocket, _) => flow.remote.port(),
    };
    Flow { remote: SocketAddr::new(flow.remote.ip(), port), ..flow }
}

/// Host and port of a Via, as the key of its transaction compares them.
pub(super) fn sent_by(via: &Via<'_>) -> Vec<u8> {
    let mut text = match via.host {
        Host::Name(name) => name.to_vec(),
        Host::V4(address) => address.to_string().into_bytes(),
        Host::V6(address) => address.to_string().into_bytes(),
    };
    if let Some(port) = via.port {
        text.extend_from_slice(format!(":{port}").as_bytes());
    }
    text
}

/// Our Contact on this flow.
pub(super) fn contact(user: &[u8], flow: &Flow) -> Vec<u8> {
    let end = match flow.transport {
        Transport::Udp => "",
        Transport::Tcp => ";transport=tcp",
        Transport::Tls => ";transport=tls",
        Transport::WebSocket => ";transport=ws",
    };
    let mut text = b"<sip:".to_vec();
    text.extend_from_slice(user);
    text.extend_from_slice(format!("@{}{end}>", flow.local).as_bytes());
    text
}

/// Our Via on this flow.
pub(super) fn via(flow: &Flow, branch: &[u8]) -> Vec<u8> {
    let transport = match flow.transport {
        Transport::Udp => "UDP",
        Transport::Tcp => "TCP",
        Transport::Tls => "TLS",
        Transport::WebSocket => "WS",
    };
    let mut text = format!("SIP/2.0/{transport} {};branch=", flow.local).into_bytes();
    text.extend_from_slice(branch);
    text.extend_from_slice(b";rport");
    text
}

/// `<uri>;tag=t`, or without a tag.
pub(super) fn party(uri: &[u8], tag: &[u8]) -> Vec<u8> {
    let mut text = bracketed(uri);
    push_tag(&mut text, tag);
    text
}

/// Adds a tag, if there is one.
pub(super) fn push_tag(text: &mut Vec<u8>, tag: &[u8]) {
    if !tag.is_empty() {
        text.extend_from_slice(b";tag=");
        text.extend_from_slice(tag);
    }
}

pub(super) fn bracketed(uri: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(uri.len() + 2);
    text.push(b'<');
    text.extend_from_slice(uri);
    text.push(b'>');
    text
}

/// The URI of a Contact or Route as a Request-URI, where no headers may stand (RFC 3261, 19.1.1).
pub(super) fn request_uri(uri: &[u8]) -> &[u8] {
    if !uri.contains(&b'?') {
        return uri;
    }
    Uri::parse(uri).and_then(|uri| uri.sip().map(SipUri::without_headers)).unwrap_or(uri)
}

/// A request in a dialog (RFC 3261, 12.2.1.1).
pub(super) fn in_dialog(
    dialog: &Dialog,
    flow: &Flow,
    method: Method,
    cseq: u32,
    branch: &[u8],
    draft: &Draft,
) -> Option<Vec<u8>> {
    let name = method_bytes(method)?;
    let targets = dialog.targets(first_is_loose(dialog));
    let mut bytes = room(draft);
    let target = request_uri(targets.request_uri);
    let mut writer = MessageWriter::request(&mut bytes, name, target);
    writer.field(Name::Via, &via(flow, branch));
    for route in &targets.routes {
        writer.field(Name::Route, &bracketed(route));
    }
    writer
        .text(Name::MaxForwards, format_args!("{MAX_FORWARDS}"))
        .field(Name::From, &party(dialog.local_uri.expose(), &dialog.id.local_tag))
        .field(Name::To, &party(dialog.remote_uri.expose(), &dialog.id.remote_tag))
        .field(Name::CallId, &dialog.id.call_id)
        .text(Name::CSeq, format_args!("{cseq} {method}"));
    draft.finish(writer, Checked::Parts).then_some(bytes)
}

/// The next hop of a request in a dialog, if it is an address.
pub(super) fn next_hop(dialog: &Dialog) -> Option<SocketAddr> {
    let first = dialog.route_set.first().unwrap_or(dialog.remote_target.expose());
    let uri = Uri::parse(first)?;
    let uri = uri.sip()?;
    Some(SocketAddr::new(uri.host.address()?, uri.port.unwrap_or(5_060)))
}

fn first_is_loose(dialog: &Dialog) -> bool {
    let first = dialog.route_set.first().and_then(|route| Uri::parse(route));
    first.is_none_or(|uri| uri.sip().is_some_and(|uri| uri.params.get("lr").is_some()))
}

/// CANCEL, or the ACK to a final response that is no 2xx: made from the INVITE (RFC 3261, 9.1 and
/// 17.1.1.3). The ACK has the response's To.
pub(super) fn from_invite(
    invite: &[u8],
    method: Method,
    to: Option<&[u8]>,
    draft: &Draft,
) -> Option<Vec<u8>> {
    let Ok(Message::Request(request)) = parse_datagram(invite) else { return None };
    let headers = &request.headers;
    let mut bytes = room(draft);
    let mut writer = MessageWriter::request(&mut bytes, method_bytes(method)?, request.uri.raw());
    for name in [Name::Via, Name::Route, Name::MaxForwards, Name::From] {
        for field in headers.all(name) {
            writer.field(name, field.raw);
        }
    }
    let to = to.or(headers.first(Name::To).map(|field| field.raw)).unwrap_or_default();
    writer
        .field(Name::To, to)
        .field(Name::CallId, headers.call_id)
        .text(Name::CSeq, format_args!("{} {method}", headers.cseq.number));
    draft.finish(writer, Checked::Whole).then_some(bytes)
}

/// The URIs of Record-Route in the order of the message.
pub(super) fn record_route(headers: &crate::message::Headers<'_>) -> Vec<Vec<u8>> {
    headers.record_routes().map(|route| route.uri.raw().to_vec()).collect()
}

/// Whether the body is a session description, and it.
pub(super) fn sdp(headers: &crate::message::Headers<'_>, body: &[u8]) -> (Option<Vec<u8>>, bool) {
    if body.is_empty() {
        return (None, false);
    }
    let is_sdp = match headers.content_type() {
        Ok(Some(kind)) => kind.is("application", "sdp"),
        Ok(None) | Err(_) => false,
    };
    if is_sdp { (Some(body.to_vec()), false) } else { (None, true) }
}

/// The body of a response, if it is a session description.
pub(super) fn answer_sdp(response: &Response<'_>) -> Option<Vec<u8>> {
    sdp(&response.headers, response.body).0
}

/// Whether the sender of a request sees its own address as we see it: no NAT between.
pub(super) fn is_direct(via: &Via<'_>, source: SocketAddr) -> bool {
    let address: Option<IpAddr> = via.host.address();
    address == Some(source.ip().to_canonical()) && via.port.unwrap_or(5_060) == source.port()
}

/// The first Contact, if it can be called: nobody reads a longer Request-URI.
pub(super) fn contact_uri<'a>(headers: &crate::message::Headers<'a>) -> Option<&'a [u8]> {
    let first = headers.contacts().next().map(|contact: Address<'a>| contact.uri.raw());
    first.filter(|uri| uri.len() <= REQUEST_URI_MAX)
}

/// Whether a request can take the way that Record-Route names; a strict router becomes its Request-URI.
pub(super) fn can_be_routed(headers: &crate::message::Headers<'_>) -> bool {
    headers.record_routes().all(|route| route.uri.raw().len() <= REQUEST_URI_MAX)
}
