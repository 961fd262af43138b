// SPDX-License-Identifier: EUPL-1.2
//! Responses made from the request that they answer (RFC 3261, 8.2.6).

use alloc::vec::Vec;
use core::net::SocketAddr;

use super::address::Address;
use super::fault::behind;
use super::name::Name;
use super::parse::Request;
use super::scan::{List, trim};
use super::text::push_unfolded;
use super::write::MessageWriter;
use crate::Status;

/// What a response says beyond what it repeats of the request.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'t> {
    /// The status.
    pub status: Status,
    /// The reason phrase, if it is not the usual one.
    pub reason: Option<&'t str>,
    /// Our tag for To, if the request's To has none; a 100 goes without (RFC 3261, 8.2.6.2).
    pub to_tag: Option<&'t [u8]>,
    /// Whether Record-Route is repeated: in what establishes a dialog (RFC 3261, 12.1.1).
    pub record_route: bool,
    /// Where the request came from, if the topmost Via does not say so yet (RFC 3581, 4).
    pub source: Option<SocketAddr>,
}

impl<'t> Reply<'t> {
    /// A response with the usual reason phrase and nothing else.
    #[must_use]
    pub const fn new(status: Status) -> Reply<'t> {
        Reply { status, reason: None, to_tag: None, record_route: false, source: None }
    }
}

impl Request<'_> {
    /// Begins a response to this request at the end of `out`, with Via, From, To, Call-ID, CSeq
    /// and, if asked for, Record-Route; a 100 repeats Timestamp (RFC 3261, 8.2.6.1). The caller adds
    /// the rest and finishes it; a request that is at a limit itself may leave no room for a tag.
    pub fn reply<'b>(&self, out: &'b mut Vec<u8>, reply: &Reply<'_>) -> MessageWriter<'b> {
        let reason = reply.reason.unwrap_or_else(|| usual_reason(reply.status));
        let mut writer = MessageWriter::response(out, reply.status, format_args!("{reason}"));
        let headers = &self.headers;
        let mut source = reply.source;
        for field in headers.all(Name::Via) {
            let Some(address) = source.take() else {
                writer.field(Name::Via, field.raw);
                continue;
            };
            writer.built(Name::Via, |out| headers.via.push_to(out, Some(address)));
            let rest = behind(field.raw, List::new(field.raw).next().unwrap_or_default());
            if !rest.is_empty() {
                writer.field(Name::Via, rest);
            }
        }
        for field in headers.all(Name::From) {
            writer.field(Name::From, field.raw);
        }
        for field in headers.all(Name::To) {
            writer.built(Name::To, |out| match reply.to_tag {
                Some(tag) => push_to_header(out, field.raw, tag),
                None => push_unfolded(out, field.raw),
            });
        }
        writer.field(Name::CallId, headers.call_id);
        for field in headers.all(Name::CSeq) {
            writer.field(Name::CSeq, field.raw);
        }
        if reply.record_route {
            for field in headers.all(Name::RecordRoute) {
                writer.field(Name::RecordRoute, field.raw);
            }
        }
        if reply.status.code() == 100 {
            for field in headers.all(Name::Timestamp) {
                writer.field(Name::Timestamp, field.raw);
            }
        }
        writer
    }
}

/// A To with our tag, if it has none yet.
pub(super) fn push_to_header(out: &mut Vec<u8>, raw: &[u8], tag: &[u8]) {
    let raw = trim(raw);
    push_unfolded(out, raw);
    if Address::parse(raw).is_some_and(|to| to.tag().is_none()) {
        if !raw.ends_with(b";") {
            out.push(b';');
        }
        out.extend_from_slice(b"tag=");
        out.extend_from_slice(tag);
    }
}

/// Reason phrases by status, in its order.
const USUAL: [(u16, &str); 63] = [
    (100, "Trying"),
    (180, "Ringing"),
    (181, "Call Is Being Forwarded"),
    (182, "Queued"),
    (183, "Session Progress"),
    (199, "Early Dialog Terminated"),
    (200, "OK"),
    (202, "Accepted"),
    (204, "No Notification"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Moved Temporarily"),
    (305, "Use Proxy"),
    (380, "Alternative Service"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (410, "Gone"),
    (412, "Conditional Request Failed"),
    (413, "Request Entity Too Large"),
    (414, "Request-URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Unsupported URI Scheme"),
    (420, "Bad Extension"),
    (421, "Extension Required"),
    (422, "Session Interval Too Small"),
    (423, "Interval Too Brief"),
    (428, "Use Identity Header"),
    (429, "Provide Referrer Identity"),
    (433, "Anonymity Disallowed"),
    (438, "Invalid Identity Header"),
    (439, "First Hop Lacks Outbound Support"),
    (440, "Max-Breadth Exceeded"),
    (469, "Bad Info Package"),
    (480, "Temporarily Unavailable"),
    (481, "Call/Transaction Does Not Exist"),
    (482, "Loop Detected"),
    (483, "Too Many Hops"),
    (484, "Address Incomplete"),
    (485, "Ambiguous"),
    (486, "Busy Here"),
    (487, "Request Terminated"),
    (488, "Not Acceptable Here"),
    (489, "Bad Event"),
    (491, "Request Pending"),
    (493, "Undecipherable"),
    (494, "Security Agreement Required"),
    (500, "Server Internal Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Server Time-out"),
    (505, "Version Not Supported"),
    (513, "Message Too Large"),
    (600, "Busy Everywhere"),
    (603, "Decline"),
    (604, "Does Not Exist Anywhere"),
];

/// The reason phrase that a status usually has.
#[must_use]
pub fn usual_reason(status: Status) -> &'static str {
    let known = USUAL.binary_search_by_key(&status.code(), |&(code, _)| code);
    known.map_or("Status", |index| USUAL[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Message, parse_datagram};
    use alloc::string::String;

    const INVITE: &str = "INVITE sip:115@h SIP/2.0\r\n\
        v: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1 ,\r\n SIP/2.0/TCP b;branch=z9hG4bK2\r\n\
        Via: SIP/2.0/UDP c\r\nf: \"A, B\" <sip:a@h>;tag=1\r\nt: sip:115@h;x=y;\r\ni: 1@h\r\n\
        CSeq: 7 INVITE\r\nRecord-Route: <sip:p;lr>,\r\n <sip:q;lr>\r\nTimestamp: 54\r\n\
        Contact: <sip:a@10.0.0.1>\r\n\r\n";

    fn answered(reply: &Reply<'_>, add: impl FnOnce(&mut MessageWriter<'_>)) -> String {
        let Ok(Message::Request(request)) = parse_datagram(INVITE.as_bytes()) else { panic!() };
        let mut out = Vec::new();
        let mut writer = request.reply(&mut out, reply);
        add(&mut writer);
        writer.finish(b"").unwrap();
        String::from_utf8(out).unwrap()
    }

    fn status(code: u16) -> Status {
        Status::new(code).unwrap()
    }

    #[test]
    fn a_response_repeats_what_it_answers_and_adds_our_tag() {
        let source = Some("203.0.113.5:4444".parse().unwrap());
        let reply =
            Reply { to_tag: Some(b"ours"), record_route: true, source, ..Reply::new(status(180)) };
        assert_eq!(
            answered(&reply, |_| ()),
            "SIP/2.0 180 Ringing\r\n\
             Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=203.0.113.5;rport=4444\r\n\
             Via: SIP/2.0/TCP b;branch=z9hG4bK2\r\nVia: SIP/2.0/UDP c\r\n\
             From: \"A, B\" <sip:a@h>;tag=1\r\nTo: sip:115@h;x=y;tag=ours\r\nCall-ID: 1@h\r\n\
             CSeq: 7 INVITE\r\nRecord-Route: <sip:p;lr>, <sip:q;lr>\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn a_trying_has_no_tag_and_repeats_the_time() {
        assert_eq!(
            answered(&Reply::new(status(100)), |_| ()),
            "SIP/2.0 100 Trying\r\n\
             Via: SIP/2.0/UDP 10.0.0.1;rport;branch=z9hG4bK1 , SIP/2.0/TCP b;branch=z9hG4bK2\r\n\
             Via: SIP/2.0/UDP c\r\nFrom: \"A, B\" <sip:a@h>;tag=1\r\nTo: sip:115@h;x=y;\r\n\
             Call-ID: 1@h\r\nCSeq: 7 INVITE\r\nTimestamp: 54\r\nContent-Length: 0\r\n\r\n"
        );
    }

    #[test]
    fn a_refusal_says_what_would_be_taken() {
        let reply = Reply { to_tag: Some(b"ours"), ..Reply::new(status(405)) };
        let text = answered(&reply, |writer| {
            writer.field(Name::Allow, b"INVITE, ACK, BYE");
        });
        assert!(text.starts_with("SIP/2.0 405 Method Not Allowed\r\n"), "{text}");
        assert!(text.ends_with("\r\nAllow: INVITE, ACK, BYE\r\nContent-Length: 0\r\n\r\n"));
    }

    #[test]
    fn no_tag_and_no_phrase_of_ours_can_end_its_line() {
        let Ok(Message::Request(request)) = parse_datagram(INVITE.as_bytes()) else { panic!() };
        let mut out = Vec::new();
        let bad = [
            Reply { to_tag: Some(b"a\r\nX: y"), ..Reply::new(status(200)) },
            Reply { reason: Some("OK\nX: y"), ..Reply::new(status(200)) },
        ];
        for reply in bad {
            assert!(request.reply(&mut out, &reply).finish(b"").is_err());
        }
        assert!(out.is_empty());
    }

    #[test]
    fn usual_phrases_are_found() {
        assert_eq!(usual_reason(status(486)), "Busy Here");
        assert_eq!(usual_reason(status(699)), "Status");
    }
}
