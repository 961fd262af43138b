// SPDX-License-Identifier: EUPL-1.2
//! Where two SIP parsers both understand a message, they must understand the same.
//!
//! Which messages each accepts is its own rule (ours are in core/sip/tests); what is compared is what
//! they read: method, sequence, identity, the way back, the body.

use bytes::Bytes;
use ezk_sip_types::header::typed::{CSeq, CallID, FromTo, Via};
use ezk_sip_types::msg::{Line, MessageLine, PullParser};
use ezk_sip_types::{Headers, Name};
use sip::message::{Message, parse_datagram};
use stdx::Rng;

const MESSAGES: u32 = 20_000;
const MUTATED: u32 = 60_000;
const SEED: u64 = 115;

/// What both are asked for.
#[derive(Debug, PartialEq, Eq)]
struct Understood {
    method: Option<String>,
    status: Option<u16>,
    cseq: u32,
    call_id: Vec<u8>,
    from_tag: Option<Vec<u8>>,
    to_tag: Option<Vec<u8>>,
    back: Back,
}

/// The way back.
#[derive(Debug, PartialEq, Eq)]
struct Back {
    branch: Option<Vec<u8>>,
    port: Option<u16>,
    vias: usize,
}

fn ours(bytes: &[u8]) -> Option<Understood> {
    let message = parse_datagram(bytes).ok()?;
    let headers = message.headers();
    let (method, status) = match &message {
        Message::Request(request) => {
            (Some(String::from_utf8_lossy(request.method_name).into_owned()), None)
        }
        Message::Response(response) => (None, Some(response.status.code())),
    };
    Some(Understood {
        method,
        status,
        cseq: headers.cseq.number,
        call_id: headers.call_id.to_vec(),
        from_tag: headers.from.tag().map(<[u8]>::to_vec),
        to_tag: headers.to.tag().map(<[u8]>::to_vec),
        back: Back {
            branch: headers.via.branch().map(<[u8]>::to_vec),
            port: headers.via.port,
            vias: headers.vias().count(),
        },
    })
}

fn theirs(bytes: &[u8]) -> Option<Understood> {
    let shared = Bytes::copy_from_slice(bytes);
    let mut lines = PullParser::new(&shared, 0);
    let text = |line: &[u8]| std::str::from_utf8(line).ok().map(str::to_owned);
    let first: MessageLine = text(lines.next()?.ok()?)?.parse().ok()?;
    let mut headers = Headers::new();
    for line in lines.by_ref() {
        let line = std::str::from_utf8(line.ok()?).ok()?;
        let (_, Line { name, value }) = Line::parse(&shared, line).ok()?;
        headers.insert(name, value);
    }
    let cseq: CSeq = headers.get_named().ok()?;
    let call_id: CallID = headers.get_named().ok()?;
    let from: FromTo = headers.get(Name::FROM).ok()?;
    let to: FromTo = headers.get(Name::TO).ok()?;
    let vias: Vec<Via> = headers.get_named().ok()?;
    let top = vias.first()?;
    let (method, status) = match &first {
        MessageLine::Request(line) => (Some(line.method.to_string()), None),
        MessageLine::Response(line) => (None, Some(line.code.into_u16())),
    };
    Some(Understood {
        method,
        status,
        cseq: cseq.cseq,
        call_id: call_id.0.as_bytes().to_vec(),
        from_tag: from.tag.map(|tag| tag.as_bytes().to_vec()),
        to_tag: to.tag.map(|tag| tag.as_bytes().to_vec()),
        back: Back {
            branch: top.params.get_val("branch").map(|branch| branch.as_bytes().to_vec()),
            port: top.sent_by.port,
            vias: vias.len(),
        },
    })
}

// --- Messages --------------------------------------------------------------------------------

fn pick<'a>(rng: &mut Rng, choices: &[&'a str]) -> &'a str {
    choices[rng.below(choices.len() as u64) as usize]
}

fn message(rng: &mut Rng) -> Vec<u8> {
    let method =
        pick(rng, &["INVITE", "ACK", "BYE", "OPTIONS", "REGISTER", "INFO", "UPDATE", "NEWONE"]);
    let start = if rng.chance(0.3) {
        format!("SIP/2.0 {} {}", 100 + rng.below(600), pick(rng, &["OK", "Nicht da", ""]))
    } else {
        let uri = pick(
            rng,
            &[
                "sip:115@127.0.0.1",
                "sips:a@b.example;x=y",
                "sip:[::1]:5070",
                "sip:+49@c.example:5060;user=phone",
            ],
        );
        format!("{method} {uri} SIP/2.0")
    };
    let mut lines = vec![start];
    for hop in 0..=rng.below(3) {
        let host =
            pick(rng, &["127.0.0.1", "127.0.0.1:5070", "pbx.example.org:5061", "[::1]:5062"]);
        let name = pick(rng, &["Via", "v", "VIA"]);
        let rport = pick(rng, &["", ";rport", ";received=127.0.0.9;rport=5099"]);
        lines.push(format!(
            "{name}: SIP/2.0/UDP {host};branch=z9hG4bK{hop}x{}{rport}",
            rng.below(1000)
        ));
    }
    let party = |rng: &mut Rng, tag: bool| {
        let name = pick(
            rng,
            &[
                "<sip:a@b.example>",
                "\"A, B\" <sip:a@b.example>",
                "Anna <sip:c@d.example;p=q>",
                "\"x;y\" <sips:a@[::1]>",
            ],
        );
        if tag { format!("{name};tag=t{}", rng.below(100)) } else { name.to_owned() }
    };
    let from = party(rng, true);
    lines.push(format!("{}: {from}", pick(rng, &["From", "f", "FROM"])));
    let tagged = rng.chance(0.5);
    let to = party(rng, tagged);
    lines.push(format!("{}: {to}", pick(rng, &["To", "t"])));
    lines.push(format!("{}: {}@host.example", pick(rng, &["Call-ID", "i"]), rng.next_u64()));
    let number = rng.below(1 << 31);
    lines.push(format!("CSeq: {number} {method}"));
    if rng.chance(0.5) {
        lines.push("Max-Forwards: 70".to_owned());
    }
    if rng.chance(0.3) {
        lines.push("X-Unknown: anything, at \"all\"".to_owned());
    }
    lines.push("Content-Length: 0".to_owned());
    (lines.join("\r\n") + "\r\n\r\n").into_bytes()
}

fn mutated(rng: &mut Rng) -> Vec<u8> {
    let mut bytes = message(rng);
    for _ in 0..=rng.below(3) {
        let at = rng.below(bytes.len() as u64) as usize;
        match rng.below(3) {
            0 => bytes[at] = b" ;,<>@:=\"\\abcz019"[rng.below(17) as usize],
            1 => {
                bytes.remove(at);
            }
            _ => {
                let copied = bytes[at];
                bytes.insert(at, copied);
            }
        }
    }
    bytes
}

struct Count {
    both: u32,
    /// Of both: those of which a tag, an identity or the way back was read differently.
    apart: u32,
    only_ours: u32,
    only_theirs: u32,
    neither: u32,
}

fn compare(times: u32, mut make: impl FnMut() -> Vec<u8>) -> Count {
    let mut count = Count { both: 0, apart: 0, only_ours: 0, only_theirs: 0, neither: 0 };
    for _ in 0..times {
        let bytes = make();
        match (ours(&bytes), theirs(&bytes)) {
            (Some(ours), Some(theirs)) => {
                let shown = String::from_utf8_lossy(&bytes);
                let essence = |it: &Understood| (it.method.clone(), it.status, it.cseq);
                assert_eq!(essence(&ours), essence(&theirs), "left is ours; of:\n{shown}");
                count.both += 1;
                count.apart += u32::from(ours != theirs);
            }
            (Some(_), None) => count.only_ours += 1,
            (None, Some(_)) => count.only_theirs += 1,
            (None, None) => count.neither += 1,
        }
    }
    let Count { both, apart, only_ours, only_theirs, neither } = count;
    println!(
        "both {both} (apart {apart}), only ours {only_ours}, only theirs {only_theirs}, \
         neither {neither}"
    );
    count
}

#[test]
fn good_messages_are_understood_alike() {
    let mut rng = Rng::new(SEED);
    let count = compare(MESSAGES, || message(&mut rng));
    assert_eq!(count.only_theirs + count.neither, 0, "we refuse a good message");
    assert_eq!(count.apart, 0, "a good message is read differently");
    assert!(count.both > MESSAGES / 2, "too few are compared");
}

#[test]
fn broken_messages_that_both_accept_are_the_same_request_or_response() {
    let mut rng = Rng::new(SEED);
    let count = compare(MUTATED, || mutated(&mut rng));
    assert!(count.both > MUTATED / 4, "too few are compared");
    // The other parser ends a value at the first odd character and leaves out a Via that it cannot
    // read; ours keeps the bytes as they came. More than a few such cases would be something else.
    assert!(count.apart < count.both / 8, "too much is read differently");
}
