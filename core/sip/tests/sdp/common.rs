// SPDX-License-Identifier: EUPL-1.2
//! Cases as text: what is written above the line, and below it what the code makes of it.

use sip::sdp::{
    Capabilities, Codec, Direction, Host, KeyPresses, Local, Negotiated, Origin, OwnKey, Payload,
    Protection, Rtcp, SrtpKeys, Suite, Terms,
};
use std::fmt::Write;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;
use std::path::PathBuf;
use stdx::Redacted;

/// Where we are in every case.
pub(crate) const OURS: IpAddr = IpAddr::V4(Ipv4Addr::new(198, 51, 100, 5));

/// What stands for `@` in a case: the lines that nobody looks at.
const HEAD: &str = "v=0\no=- 7 1 IN IP4 192.0.2.10\ns=-\nc=IN IP4 192.0.2.10\nt=0 0";

pub(crate) fn origin() -> Origin {
    Origin::ours(4711, 1, OURS)
}

pub(crate) fn terms(codecs: &[Codec]) -> Terms {
    let port = |port| NonZeroU16::new(port).expect("not zero");
    let local = Local { ip: OURS, rtp: port(40_000), rtcp: port(40_001), attributes: vec![] };
    Terms { local, capabilities: Capabilities::new(codecs), direction: Direction::SendRecv }
}

/// A desk phone's codecs with PCMU.
pub(crate) fn usual() -> Terms {
    terms(&[Codec::G722, Codec::Pcma, Codec::Pcmu])
}

/// A key of ours: always the same byte, so that it is recognised. In base64 `AAAA`, `AQEB`, `AgIC` …
pub(crate) fn own(suite: Suite, byte: u8) -> OwnKey {
    OwnKey { suite, master: Redacted::new([byte; 30]) }
}

/// One case: its title, what was written, what came out when it was last blessed.
struct Case<'a> {
    title: &'a str,
    given: &'a str,
}

/// Plays every case of a file and compares it with what stands there; with `AMTSLEITUNG_BLESS=1` it
/// is written anew. Returns how many cases there are.
pub(crate) fn play(file: &str, run: impl Fn(&str) -> String) -> usize {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/sdp").join(file);
    let told = std::fs::read_to_string(&path).expect("the cases lie beside the tests");
    let (intro, _) = told.split_once("## ").expect("a case");
    let mut played = intro.to_owned();
    let cases = cases(&told);
    for case in &cases {
        let (title, given, result) = (case.title, case.given, run(case.given));
        write!(played, "## {title}\n{given}---\n{result}\n").expect("memory");
    }
    let played = played.trim_end().to_owned() + "\n";
    if std::env::var_os("AMTSLEITUNG_BLESS").is_some() {
        std::fs::write(&path, &played).expect("the folder of the tests can be written");
    } else if let Some(at) = first_difference(&told, &played) {
        let line = |text: &str| text.lines().nth(at).unwrap_or("(end)").to_owned();
        panic!(
            "tests/sdp/{file}, line {}:\n  in the file: {}\n  decided now: {}\n\
             If every changed row is meant: AMTSLEITUNG_BLESS=1, and read the difference.",
            at + 1,
            line(&told),
            line(&played),
        );
    }
    cases.len()
}

fn cases(told: &str) -> Vec<Case<'_>> {
    let cases = told.split("\n## ").skip(1).map(|case| {
        let (title, rest) = case.split_once('\n').expect("a title");
        let given = rest.find("---\n").map_or(rest, |end| &rest[..end]);
        Case { title, given }
    });
    cases.collect()
}

fn first_difference(told: &str, played: &str) -> Option<usize> {
    let lines = told.lines().count().max(played.lines().count());
    (0..lines).find(|&at| told.lines().nth(at) != played.lines().nth(at))
}

/// The bytes of a case: `@` is the usual head, `\xNN` a byte, lines that begin with `>` are not part
/// of it.
pub(crate) fn bytes(given: &str) -> Vec<u8> {
    let lines = given.lines().filter(|line| !line.starts_with('>'));
    let text: String = lines
        .map(|line| if line == "@" { HEAD } else { line })
        .flat_map(|it| [it, "\r\n"])
        .collect();
    let mut bytes = Vec::new();
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("\\x") {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).expect("two digits"));
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

/// The terms that a case asks for in its lines with `>`: `> G722 opus sendonly mux sdes key1 v6`.
/// Protection is `sdes` or `prefer`, with keys `key1` to `key9` for the long tag and `short1`
/// to `short9` for the short one.
pub(crate) fn terms_of(given: &str) -> Terms {
    let mut terms = usual();
    let asked = given.lines().filter_map(|line| line.strip_prefix('>'));
    let words: Vec<&str> = asked.flat_map(str::split_whitespace).collect();
    let codecs: Vec<Codec> = words.iter().filter_map(|word| codec(word)).collect();
    if !codecs.is_empty() {
        terms.capabilities.codecs = codecs;
    }
    let own_keys: Vec<OwnKey> = words.iter().filter_map(|word| own_key(word)).collect();
    for word in words {
        match word {
            "mux" => terms.capabilities.rtcp_mux = true,
            "sdes" => terms.capabilities.protection = Protection::Required(own_keys.clone()),
            "prefer" => terms.capabilities.protection = Protection::Preferred(own_keys.clone()),
            _ if own_key(word).is_some() => {}
            "v6" => terms.local.ip = IpAddr::V6(Ipv6Addr::LOCALHOST),
            "nokeys" => terms.capabilities.keys = false,
            _ if codec(word).is_some() => {}
            _ => terms.direction = Direction::of(word.as_bytes()).expect("a word of the terms"),
        }
    }
    terms
}

fn own_key(word: &str) -> Option<OwnKey> {
    let (suite, number) = match word.strip_prefix("key") {
        Some(number) => (Suite::Tag80, number),
        None => (Suite::Tag32, word.strip_prefix("short")?),
    };
    number.parse().ok().map(|byte| own(suite, byte))
}

fn codec(word: &str) -> Option<Codec> {
    Codec::ALL.into_iter().find(|codec| codec.encoding().split('/').next() == Some(word))
}

pub(crate) fn host(host: &Host) -> String {
    match host {
        Host::Ip(ip) => ip.to_string(),
        Host::Name(name) => shown(name.as_bytes()),
    }
}

pub(crate) fn rtcp(rtcp: &Rtcp) -> String {
    match rtcp {
        Rtcp::Muxed => "mux".to_owned(),
        Rtcp::At(at, port) => format!("{}:{port}", host(at)),
        Rtcp::Nowhere => "nowhere".to_owned(),
    }
}

pub(crate) fn shown(bytes: &[u8]) -> String {
    bytes.escape_ascii().to_string()
}

/// An agreement as one row.
pub(crate) fn agreed(negotiated: &Negotiated) -> String {
    let Negotiated {
        at,
        codec,
        payload,
        others,
        keys,
        remote,
        direction,
        ptime_ms,
        security,
        srtp,
        text_at,
    } = negotiated;
    let mut text = format!("agreed: #{at} {codec:?} {}", numbers(*payload));
    for (codec, payload) in others {
        write!(text, ", perhaps {codec:?} {}", numbers(*payload)).expect("memory");
    }
    match keys {
        Some(KeyPresses { payload, keys }) => {
            write!(text, " | keys {} {keys}", numbers(*payload)).expect("memory");
        }
        None => text.push_str(" | no keys"),
    }
    write!(text, " | we {} ", format!("{direction:?}").to_lowercase()).expect("memory");
    write!(text, "{}:{} rtcp {}", host(&remote.host), remote.rtp, rtcp(&remote.rtcp))
        .expect("memory");
    write!(text, " | {ptime_ms} ms {security:?}").expect("memory");
    if let Some(SrtpKeys { send, receive }) = srtp {
        assert_eq!((send.tag, send.suite), (receive.tag, receive.suite));
        let (tag, suite) = (send.tag, send.suite);
        let [send, receive] = [send, receive].map(|it| it.master.expose()[0]);
        write!(text, " {tag} {suite:?} out {send} in {receive}").expect("memory");
    }
    if let Some(at) = text_at {
        write!(text, " | text at #{at}").expect("memory");
    }
    text.push('\n');
    text
}

fn numbers(payload: Payload) -> String {
    let Payload { send, receive } = payload;
    if send == receive { send.to_string() } else { format!("{send} out {receive} in") }
}
