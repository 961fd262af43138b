// SPDX-License-Identifier: EUPL-1.2
//! Writes the messages of callers and telephones; the least that RFC 3261 asks for.
//!
//! Rule: into a buffer that is used again, so that a message costs no memory.

use crate::text::Seen;
use std::io::Write;
use std::net::SocketAddr;

/// What all calls of one run have in common.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    /// Tells runs apart, so that none repeats the calls of one before.
    pub(crate) run: u32,
    /// Where the callers are.
    pub(crate) trunk: SocketAddr,
    /// Who is called.
    pub(crate) server: SocketAddr,
    /// The number that is dialled.
    pub(crate) number: String,
}

/// What a caller has learned from the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answered {
    /// The whole To field.
    pub(crate) to: Vec<u8>,
    /// Where requests of this call go.
    pub(crate) target: Vec<u8>,
    /// Route fields, ready to be sent.
    pub(crate) routes: Vec<u8>,
}

impl Answered {
    /// Takes what the answer says; the memory of an earlier call is used again.
    pub(crate) fn learn(&mut self, seen: &Seen<'_>) {
        for part in [&mut self.to, &mut self.target, &mut self.routes] {
            part.clear();
        }
        self.to.extend_from_slice(seen.to);
        self.target.extend_from_slice(seen.target());
        // RFC 3261, 12.1.2: the caller's route set is in reverse order.
        for route in seen.routes.iter().rev().filter(|route| !route.is_empty()) {
            put(&mut self.routes, &[b"Route: ", route, b"\r\n"]);
        }
    }
}

impl Names {
    /// A call begins.
    pub(crate) fn invite(&self, out: &mut Vec<u8>, call: u64, sound: u16) {
        let Names { server, number, .. } = self;
        self.head(out, call, format_args!("INVITE sip:{number}@{server}"), "i");
        write(out, format_args!("To: <sip:{number}@{server}>\r\nCSeq: 1 INVITE\r\n"));
        let at = self.trunk;
        write(out, format_args!("Contact: <sip:load@{at}>\r\n"));
        with_sound(out, sound);
    }

    /// The answer has come.
    pub(crate) fn ack(&self, out: &mut Vec<u8>, call: u64, answered: &Answered) {
        self.within(out, call, answered, "ACK", "a", 1);
    }

    /// The caller hangs up.
    pub(crate) fn bye(&self, out: &mut Vec<u8>, call: u64, answered: &Answered) {
        self.within(out, call, answered, "BYE", "b", 2);
    }

    /// A refusal has come; it is acknowledged within the transaction of the INVITE.
    pub(crate) fn ack_of_refusal(&self, out: &mut Vec<u8>, call: u64, to: &[u8]) {
        let Names { server, number, .. } = self;
        self.head(out, call, format_args!("ACK sip:{number}@{server}"), "i");
        put(out, &[b"To: ", to, b"\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n"]);
    }

    fn within(
        &self,
        out: &mut Vec<u8>,
        call: u64,
        answered: &Answered,
        method: &str,
        branch: &str,
        cseq: u32,
    ) {
        // What the server wrote is text; if it is not, it answers to what we make of it.
        let target = std::str::from_utf8(&answered.target).unwrap_or("sip:invalid");
        self.head(out, call, format_args!("{method} {target}"), branch);
        put(out, &[&answered.routes, b"To: ", &answered.to]);
        write(out, format_args!("\r\nCSeq: {cseq} {method}\r\nContent-Length: 0\r\n\r\n"));
    }

    fn head(&self, out: &mut Vec<u8>, call: u64, begin: std::fmt::Arguments<'_>, branch: &str) {
        let Names { run, trunk, .. } = self;
        out.clear();
        write(
            out,
            format_args!(
                "{begin} SIP/2.0\r\n\
                 Via: SIP/2.0/UDP {trunk};rport;branch=z9hG4bK{branch}{run}-{call}\r\n\
                 From: <sip:+4941{call:09}@{trunk}>;tag=c{run}-{call}\r\n\
                 Call-ID: {run}-{call}@load\r\nMax-Forwards: 70\r\n"
            ),
        );
    }
}

/// A response to a request; with a tag of the telephone's, and where it is, if it begins a call.
pub(crate) fn response(
    out: &mut Vec<u8>,
    request: &Seen<'_>,
    first: &str,
    begins: Option<(u64, SocketAddr)>,
) {
    out.clear();
    put(out, &[b"SIP/2.0 ", first.as_bytes(), b"\r\n"]);
    let fields = [(&b"Via: "[..], &request.vias), (b"Record-Route: ", &request.routes)];
    for (name, values) in fields {
        for value in values.iter().filter(|value| !value.is_empty()) {
            put(out, &[name, value, b"\r\n"]);
        }
    }
    put(out, &[b"From: ", request.from, b"\r\nTo: ", request.to]);
    if let Some((call, at)) = begins {
        write(out, format_args!(";tag=p{call}\r\nContact: <sip:phone@{at}>"));
    }
    put(out, &[b"\r\nCall-ID: ", request.call_id, b"\r\nCSeq: ", request.cseq, b"\r\n"]);
}

/// Ends a message without a body.
pub(crate) fn without_body(out: &mut Vec<u8>) {
    out.extend_from_slice(b"Content-Length: 0\r\n\r\n");
}

/// Ends a message with the offer or answer of sound at a port.
pub(crate) fn with_sound(out: &mut Vec<u8>, port: u16) {
    with_sound_as(out, port, "sendrecv");
}

/// The same, with the direction in which it goes.
pub(crate) fn with_sound_as(out: &mut Vec<u8>, port: u16, direction: &str) {
    const BEGIN: &str =
        "v=0\r\no=load 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio ";
    const END: &str = " RTP/AVP 8 101\r\na=rtpmap:8 PCMA/8000\r\n\
                       a=rtpmap:101 telephone-event/8000\r\na=ptime:20\r\na=";
    let digits = port.checked_ilog10().unwrap_or(0) as usize + 1;
    let length = BEGIN.len() + digits + END.len() + direction.len() + 2;
    write(
        out,
        format_args!(
            "Content-Type: application/sdp\r\nContent-Length: {length}\r\n\r\n{BEGIN}{port}{END}{direction}\r\n"
        ),
    );
}

fn put(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}

fn write(out: &mut Vec<u8>, what: std::fmt::Arguments<'_>) {
    out.write_fmt(what).expect("memory takes everything");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Kind;

    fn names() -> Names {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        Names { run: 7, trunk: at(5180), server: at(5160), number: "116".to_owned() }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let mut out = Vec::new();
        names().invite(&mut out, 17, 40_000);
        let invite = Seen::of(&out).expect("a message");
        assert_eq!((invite.kind, invite.call()), (Kind::Request(b"INVITE"), Some(17)));
        assert_eq!(invite.sound_port(), Some(40_000));
        let text = String::from_utf8_lossy(&out);
        let length = format!("Content-Length: {}\r\n", invite.body.len());
        assert!(text.contains(&length), "{text}");
        let mut answer = Vec::new();
        response(&mut answer, &invite, "200 OK", Some((17, names().trunk)));
        with_sound(&mut answer, 9);
        let seen = Seen::of(&answer).expect("a message");
        assert_eq!((seen.kind, seen.method()), (Kind::Response(200), &b"INVITE"[..]));
        assert!(seen.to.ends_with(b";tag=p17"));
        assert_eq!((seen.sound_port(), seen.target()), (Some(9), &b"sip:phone@127.0.0.1:5180"[..]));
    }

    #[test]
    fn routes_are_turned_round() {
        let text = b"SIP/2.0 200 OK\r\nRecord-Route: <sip:a;lr>\r\nRecord-Route: <sip:b;lr>\r\n\
            To: <sip:116@x>;tag=t\r\nContact: <sip:c@y>\r\n\r\n";
        let mut answered = Answered::default();
        answered.learn(&Seen::of(text).expect("a message"));
        let mut out = Vec::new();
        names().bye(&mut out, 3, &answered);
        let text = String::from_utf8_lossy(&out);
        assert!(text.starts_with("BYE sip:c@y SIP/2.0\r\n"), "{text}");
        assert!(
            text.contains("Route: <sip:b;lr>\r\nRoute: <sip:a;lr>\r\nTo: <sip:116@x>;tag=t\r\n")
        );
    }
}
