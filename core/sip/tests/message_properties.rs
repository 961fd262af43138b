// SPDX-License-Identifier: EUPL-1.2
//! What holds for every message, however it was made: nothing panics, what is accepted can be
//! written and read again, what is built can be read, and how a stream is cut changes nothing.

use std::ops::Range;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use sip::message::{
    Address, Auth, Field, Frame, Framer, Message, MessageWriter, Name, Refusal, Replaces, Reply,
    Request, Unwritable, Uri, Via, parse_datagram, push_quoted, unfold,
};
use sip::{Method, Status};

/// Good messages to start from.
const SEEDS: [&str; 4] = [
    "INVITE sip:+494171690@192.0.2.20:5060;user=phone SIP/2.0\r\n\
     Via: SIP/2.0/UDP 198.51.100.7:5060;branch=z9hG4bK3a8f;rport, SIP/2.0/TCP [2001:db8::1]\r\n\
     v: SIP/2.0/UDP 198.51.100.9;received=198.51.100.9\r\n\
     From: \"M\\\"ller, Anna\" <sip:+4941711234@c.example;user=phone>;tag=as58f\r\n\
     To: <sip:+494171690@c.example>\r\ni: 5a3b-9@198.51.100.9\r\nCSeq: 102 INVITE\r\n\
     Contact: <sip:a@198.51.100.7:5060;transport=udp?X=y%20z>;q=0.5, sip:b@h;p=\"1,2\"\r\n\
     Record-Route: <sip:198.51.100.7;lr>,\r\n <sip:[::1];lr>\r\nP-Asserted-Identity: <tel:+49>\r\n\
     Privacy: id;user\r\nX-Ticket : 4711\r\n\t4712\r\nSupported: timer,,100rel\r\n\
     Max-Forwards: 70\r\nSession-Expires: 1800;refresher=uac\r\nContent-Type: application/sdp\r\n\
     l: 5\r\n\r\nv=0\r\nrest",
    "SIP/2.0 401 Nicht da\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: a <sip:a@h>;tag=1\r\n\
     To: sip:b@h;tag=2\r\nCall-ID: 1\r\nCSeq: 2 REGISTER\r\nContact: *\r\n\
     Retry-After: 5 (x);duration=1\r\n\
     WWW-Authenticate: Digest realm=\"a,b\", nonce=\"c\\\"d\", qop=\"auth\"\r\n\
     Reason: Q.850;cause=16;text=\"x\"\r\nUser-to-User: ab;encoding=hex\r\n\r\n",
    "REFER tel:115;phone-context=+49 SIP/2.0\r\nVia: SIP/2.0/TLS h;branch=z9hG4bK1\r\n\
     f: <sips:a:b@h>;tag=1\r\nt: <sip:b@h>;tag=2\r\nCall-ID: 1@h\r\nCSeq: 3 REFER\r\n\
     r: <sip:c@h?Replaces=1%3Bto-tag%3Da>\r\nReplaces: 1;to-tag=a;from-tag=b\r\n\
     b: <sip:d@h>;cid=\"x\"\r\n\
     Diversion: \"x\" <sip:e@h>;reason=no-answer\r\nHistory-Info: <sip:f@h>;index=1.1\r\n\
     RAck: 1 2 INVITE\r\n\
     Event: dialog;id=1\r\nContent-Length: 0\r\n\r\n",
    "OPTIONS urn:x SIP/2.0\r\nVia: SIP / 2.0 / UDP h : 1 ;ttl=3;maddr=h\r\nFrom: <http://x>\r\n\
     To: <sip:%00@h>\r\nCall-ID: 1\r\nCSeq: 4 OPTIONS\r\n\r\n",
];

/// Bytes that mean something to a parser, and some that should not.
const SHARP: &[u8] = b" \t\r\n,;:\"\\<>()[]@?=&%/.*+-09aZ\0\x7f\x80\xfc";

fn sharp_bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
    vec(prop_oneof![4 => proptest::sample::select(SHARP), 1 => any::<u8>()], 0..most)
}

/// One change to a message.
#[derive(Clone, Debug)]
enum Change {
    Replace(usize, Vec<u8>),
    Insert(usize, Vec<u8>),
    Delete(usize, usize),
    Repeat(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0..2_000_usize;
    prop_oneof![
        (at(), sharp_bytes(4)).prop_map(|(at, bytes)| Change::Replace(at, bytes)),
        (at(), sharp_bytes(8)).prop_map(|(at, bytes)| Change::Insert(at, bytes)),
        (at(), 0..40_usize).prop_map(|(at, length)| Change::Delete(at, length)),
        (at(), 0..80_usize, 1..4_usize).prop_map(|(at, length, n)| Change::Repeat(at, length, n)),
    ]
}

fn changed(seed: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for change in changes {
        let length = bytes.len();
        let within = |at: usize| if length == 0 { 0 } else { at % length };
        match change {
            Change::Replace(at, new) => {
                let at = within(*at);
                let end = length.min(at + new.len());
                bytes.splice(at..end, new.iter().copied());
            }
            Change::Insert(at, new) => drop(bytes.splice(within(*at)..within(*at), new.clone())),
            Change::Delete(at, gone) => {
                let at = within(*at);
                bytes.drain(at..length.min(at + gone));
            }
            Change::Repeat(at, part, times) => {
                let at = within(*at);
                let part = bytes[at..length.min(at + part)].repeat(*times);
                bytes.splice(at..at, part);
            }
        }
    }
    bytes
}

fn mutated() -> impl Strategy<Value = Vec<u8>> {
    (proptest::sample::select(&SEEDS[..]), vec(change(), 0..4))
        .prop_map(|(seed, changes)| changed(seed.as_bytes(), &changes))
}

/// Reads everything that can be read; none of it may panic.
fn touch(message: &Message<'_>) {
    let headers = message.headers();
    for address in headers.contacts().chain(headers.routes()).chain(headers.record_routes()) {
        let _ = (address.display_text(), address.uri.equivalent(&headers.from.uri));
    }
    for field in headers.fields() {
        let _ = (field.value(), headers.address(field.name), headers.addresses(field.name).count());
        let _ = headers.tokens(field.name).count();
        for auth in headers.auth(field.name) {
            let _ = auth.params().count();
        }
    }
    for via in headers.vias() {
        let _ = (
            via.branch(),
            via.unique_branch(),
            via.received(),
            via.rport(),
            via.ttl(),
            via.maddr(),
        );
    }
    let _ = (headers.history().count(), headers.user_to_user().count(), headers.privacy().count());
    headers.reasons().for_each(|it| drop((it.cause(), it.text())));
    let _ = (headers.content_type(), headers.expires(), headers.min_expires(), headers.min_se());
    let _ = (headers.session_expires(), headers.rseq(), headers.rack(), headers.replaces());
    let _ = (headers.retry_after(), headers.event(), headers.is_contact_star());
    if let Message::Request(request) = message {
        let _ = request.uri.subscriber().map(|it| it.digits().count());
    }
}

/// The fields as they are after writing: in their order, on one line, without Content-Length.
fn lines(message: &Message<'_>) -> Vec<(Name, Vec<u8>, Vec<u8>)> {
    let kept = message.headers().fields().iter().filter(|field| field.name != Name::ContentLength);
    let line =
        |field: &Field<'_>| (field.name, field.raw_name.to_vec(), field.value().into_owned());
    kept.map(line).collect()
}

fn first_line(message: &Message<'_>) -> (Vec<u8>, Vec<u8>) {
    match message {
        Message::Request(request) => (request.method_name.to_vec(), request.uri.raw().to_vec()),
        Message::Response(response) => {
            (response.status.code().to_string().into_bytes(), response.reason.to_vec())
        }
    }
}

/// Without the white space of SIP at both ends; other control characters are content.
fn trimmed(value: &[u8]) -> &[u8] {
    let content = |byte: &u8| !b" \t\r\n".contains(byte);
    let first = value.iter().position(content).unwrap_or(value.len());
    let last = value.iter().rposition(content).map_or(first, |last| last + 1);
    &value[first..last]
}

fn survives_being_written(message: &Message<'_>) -> Result<(), TestCaseError> {
    let mut out = Vec::new();
    prop_assert_eq!(message.write(&mut out), Ok(()));
    let again = parse_datagram(&out).map_err(|why| TestCaseError::fail(format!("{why:?}")))?;
    prop_assert_eq!(first_line(&again), first_line(message));
    prop_assert_eq!(lines(&again), lines(message));
    prop_assert_eq!(again.body(), message.body());
    let (one, two) = (again.headers(), message.headers());
    prop_assert_eq!(one.call_id, two.call_id);
    prop_assert_eq!(one.cseq, two.cseq);
    prop_assert_eq!(one.from.tag(), two.from.tag());
    prop_assert_eq!(one.vias().count(), two.vias().count());
    Ok(())
}

fn can_be_answered(request: &Request<'_>) -> Result<(), TestCaseError> {
    let mut out = Vec::new();
    let status = Status::new(180).unwrap();
    let source = "[2001:db8::77]:5062".parse().unwrap();
    let reply = Reply {
        to_tag: Some(b"ours"),
        record_route: true,
        source: Some(source),
        ..Reply::new(status)
    };
    prop_assert_eq!(request.reply(&mut out, &reply).finish(b""), Ok(()));
    let Ok(Message::Response(response)) = parse_datagram(&out) else {
        return Err(TestCaseError::fail(out.escape_ascii().to_string()));
    };
    let (ours, theirs) = (&response.headers, &request.headers);
    prop_assert_eq!(response.status, status);
    prop_assert_eq!(ours.call_id, theirs.call_id);
    prop_assert_eq!(ours.cseq, theirs.cseq);
    prop_assert_eq!(ours.from.tag(), theirs.from.tag());
    prop_assert_eq!(ours.to.tag(), theirs.to.tag().or(Some(b"ours")));
    prop_assert_eq!(ours.vias().count(), theirs.vias().count());
    prop_assert_eq!(ours.via.branch(), theirs.via.branch());
    prop_assert_eq!(ours.record_routes().count(), theirs.record_routes().count());
    prop_assert_eq!(ours.via.rport().is_some(), theirs.via.params.has("rport"));
    Ok(())
}

fn holds_for(bytes: &[u8]) -> Result<(), TestCaseError> {
    match parse_datagram(bytes) {
        Ok(message) => {
            touch(&message);
            survives_being_written(&message)?;
            if let Message::Request(request) = &message {
                can_be_answered(request)?;
            }
        }
        Err(Refusal::Answer(answer)) => {
            let mut out = Vec::new();
            answer.write(&mut out, b"ours", "192.0.2.1:5060".parse().unwrap());
            prop_assert!(out.len() < bytes.len() + 200, "an answer amplifies nothing");
            prop_assert!(out.starts_with(b"SIP/2.0 "));
            prop_assert!(out.ends_with(b"\r\nContent-Length: 0\r\n\r\n"));
            match parse_datagram(&out) {
                Ok(Message::Response(response)) => prop_assert_eq!(response.status, answer.status),
                Ok(Message::Request(_)) => prop_assert!(false, "an answer is a response"),
                Err(refusal) => {
                    let fault = refusal.fault().map(|fault| fault.to_string()).unwrap_or_default();
                    prop_assert!(
                        fault.starts_with("Missing "),
                        "{}: {}",
                        fault,
                        out.escape_ascii()
                    );
                }
            }
        }
        Err(Refusal::Drop(_)) => {}
    }
    Ok(())
}

/// What comes out of a stream that arrives in these pieces.
fn frames(bytes: &[u8], mut pieces: impl Iterator<Item = usize>) -> Vec<String> {
    let mut framer = Framer::accepted();
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (piece, after) =
            rest.split_at(pieces.next().unwrap_or(rest.len()).clamp(1, rest.len()));
        rest = after;
        let mut piece = piece;
        while !piece.is_empty() {
            piece = &piece[framer.feed(piece)..];
            while let Some(frame) = framer.poll() {
                out.push(match frame {
                    Frame::Message(message) => {
                        format!("{:?} {:?}", first_line(&message), lines(&message))
                    }
                    Frame::Refused { refusal, close } => format!("{:?} {close}", refusal.fault()),
                    Frame::Ping => "ping".to_owned(),
                    Frame::Pong => "pong".to_owned(),
                });
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(bytes in vec(any::<u8>(), 0..600)) {
        holds_for(&bytes)?;
    }

    #[test]
    fn sharp_bytes_behind_a_request_line_never_panic(bytes in sharp_bytes(400)) {
        let start = b"INVITE sip:115@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n";
        holds_for(&[start, &bytes[..]].concat())?;
    }

    #[test]
    fn mutated_messages_never_panic_and_what_is_accepted_survives(bytes in mutated()) {
        holds_for(&bytes)?;
    }

    #[test]
    fn single_values_never_panic(bytes in sharp_bytes(60)) {
        let _ = (Address::parse(&bytes).map(|it| it.display_text().is_some()), Via::parse(&bytes));
        let _ = (Replaces::parse(&bytes), Auth::parse(&bytes).map(|it| it.params().count()));
        if let Some(uri) = Uri::parse(&bytes) {
            prop_assert!(uri.equivalent(&uri));
        }
    }

    #[test]
    fn equivalence_of_uris_is_symmetric(
        one in "(sip|tel):[aA%41]{1,3}@?[hH]?(;(lr|user|x)(=[aA%41]{1,2})?){0,2}(\\?[xX]=1)?",
        two in "(sip|tel):[aA%41]{1,3}@?[hH]?(;(lr|user|x)(=[aA%41]{1,2})?){0,2}(\\?[xX]=1)?",
    ) {
        if let (Some(one), Some(two)) = (Uri::parse(one.as_bytes()), Uri::parse(two.as_bytes())) {
            prop_assert_eq!(one.equivalent(&two), two.equivalent(&one));
        }
    }

    #[test]
    fn what_the_writer_writes_is_what_was_meant(
        name in "[A-Za-z!%-]{1,8}",
        values in vec(sharp_bytes(20), 0..4),
        display in any::<String>(),
        body in vec(any::<u8>(), 0..40),
    ) {
        let name = format!("X-{name}");
        let mut out = Vec::new();
        let mut writer = MessageWriter::request(&mut out, b"OPTIONS", b"sip:115@h");
        writer
            .field(Name::Via, b"SIP/2.0/UDP h;branch=z9hG4bK1")
            .built(Name::From, |out| {
                push_quoted(out, &display);
                out.extend_from_slice(b" <sip:a@h>;tag=1");
            })
            .field(Name::To, b"<sip:115@h>")
            .field(Name::CallId, b"1")
            .field(Name::CSeq, b"1 OPTIONS");
        for value in &values {
            writer.other(name.as_bytes(), value);
        }
        match writer.finish(&body) {
            Ok(()) => {
                let Ok(Message::Request(request)) = parse_datagram(&out) else {
                    return Err(TestCaseError::fail("what is built can be read"));
                };
                prop_assert_eq!(request.method, Method::Options);
                prop_assert_eq!(request.body, body);
                prop_assert_eq!(request.headers.fields().len(), 6 + values.len());
                let shown: String = display.chars().filter(|it| !it.is_ascii_control()).collect();
                prop_assert_eq!(request.headers.from.display_text().unwrap(), shown);
                for (field, value) in request.headers.other(&name).zip(&values) {
                    prop_assert_eq!(field.value(), unfold(trimmed(value)));
                }
            }
            Err(why) => {
                prop_assert!(out.is_empty());
                prop_assert_eq!(why, Unwritable::LineBreak);
                let breaks = |value: &Vec<u8>| value.iter().any(|byte| b"\r\n\0".contains(byte));
                prop_assert!(values.iter().any(breaks));
            }
        }
    }

    #[test]
    fn how_a_stream_is_cut_changes_nothing(
        parts in vec(prop_oneof![mutated(), Just(b"\r\n\r\n".to_vec()), sharp_bytes(9)], 1..5),
        pieces in vec(1..200_usize, 0..60),
    ) {
        let stream = parts.concat();
        prop_assert_eq!(frames(&stream, pieces.into_iter()), frames(&stream, std::iter::empty()));
    }
}

#[test]
fn the_seeds_are_good() {
    for seed in SEEDS {
        assert!(parse_datagram(seed.as_bytes()).is_ok(), "{seed}");
    }
}

/// Makes a message of some size.
type Maker<'m> = &'m dyn Fn(usize) -> String;

/// What is accepted at a limit can be written, and one more is refused: no message is in between.
#[test]
fn messages_at_the_limits_survive_or_are_refused() {
    let head = "OPTIONS sip:h SIP/2.0\r\nVia:SIP/2.0/UDP h\r\nf:<sip:a@h>\r\nt:<sip:h>\r\ni:1\r\n\
                CSeq:1 OPTIONS\r\n";
    let fields = |n: usize| format!("{head}{}\r\n", "W:\r\n".repeat(n));
    let line = |n: usize| format!("{head}W:{}\r\n\r\n", "y".repeat(n));
    let lines = |n: usize| format!("{head}{}Z:{}\r\n\r\n", "W:y\r\n".repeat(200), line_of(n));
    let body = |n: usize| format!("{head}\r\n{}", "b".repeat(n));
    let makers: [(Maker<'_>, Range<usize>); 4] = [
        (&fields, 240..260),
        (&line, 8_170..8_200),
        (&lines, 31_000..32_700),
        (&body, 65_300..65_530),
    ];
    for (make, sizes) in makers {
        let mut verdicts: Vec<bool> = Vec::new();
        for size in sizes {
            let text = make(size);
            let message = parse_datagram(text.as_bytes());
            verdicts.push(message.is_ok());
            if let Ok(message) = message {
                survives_being_written(&message).unwrap_or_else(|why| panic!("{size}: {why}"));
            }
        }
        let accepted = verdicts.iter().filter(|&&accepted| accepted).count();
        assert!(0 < accepted && accepted < verdicts.len(), "{accepted} of {}", verdicts.len());
        assert!(verdicts.is_sorted_by(|one, two| one >= two), "one limit, not two");
    }
}

/// So many bytes of a value, over several lines.
fn line_of(length: usize) -> String {
    let full = format!("{}\r\nY:", "y".repeat(7_997));
    format!("{}{}", full.repeat(length / 8_001), "y".repeat(length % 8_001))
}
