// SPDX-License-Identifier: EUPL-1.2
//! Messages of our own, as text that can be read, with what the parser makes of each.
//!
//! `message_table.txt` says how a case is written. The answers are compared, or written anew with
//! `AMTSLEITUNG_BLESS=1`; then every changed one is read.

use std::path::PathBuf;

use sip::message::{
    Address, Auth, Headers, History, Host, Malformed, MediaType, Message, Name, Param, Reason,
    Refusal, SipUri, Uri, UriParams, UserToUser, Via, decode_text, parse_datagram, percent_decode,
};

/// What stands in place of `...`, unless the case has the field itself.
const REST: [(&str, &str); 6] = [
    ("Via", "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKrest"),
    ("Max-Forwards", "70"),
    ("From", "<sip:+4941711234@carrier.example>;tag=rest"),
    ("To", "<sip:115@centre.example>"),
    ("Call-ID", "rest@carrier.example"),
    ("CSeq", "1 "),
];

struct Case {
    title: String,
    input: Vec<String>,
    expected: String,
    /// A heading for the cases that follow.
    heading: String,
}

#[test]
fn every_message_gets_what_the_table_says() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/message_table.txt");
    let table = std::fs::read_to_string(&path).expect("the table is beside this file");
    let (preface, cases) = cases(&table);
    assert!(100 <= cases.len(), "{} cases", cases.len());
    let mut blessed = preface;
    let mut wrong = String::new();
    for case in &cases {
        let (bytes, filled) = message(&case.input);
        let found = answer(&bytes, &filled);
        if found != case.expected {
            wrong += &format!("{}\n{found}instead of\n{}\n", case.title, case.expected);
        }
        let heading = &case.heading;
        blessed += &format!("\n{}\n{}\n{found}{heading}", case.title, case.input.join("\n"));
    }
    if std::env::var_os("AMTSLEITUNG_BLESS").is_some() {
        std::fs::write(&path, blessed).expect("the folder of the tests can be written");
    } else {
        assert!(wrong.is_empty(), "{wrong}AMTSLEITUNG_BLESS=1, if every answer is meant.");
    }
}

#[test]
fn what_is_accepted_survives_being_written_and_what_is_answered_can_be_sent() {
    let table = include_str!("message_table.txt");
    for case in cases(table).1 {
        let (bytes, _) = message(&case.input);
        let mut out = Vec::new();
        match parse_datagram(&bytes) {
            Ok(message) => {
                message.write(&mut out).unwrap_or_else(|why| panic!("{}: {why:?}", case.title));
                let again = parse_datagram(&out).expect("what is written is read before");
                assert_eq!(names(&again), names(&message), "{}", case.title);
                assert_eq!(again.body(), message.body(), "{}", case.title);
            }
            Err(Refusal::Answer(answer)) => {
                answer.write(&mut out, b"ours", "192.0.2.1:5060".parse().unwrap());
                let parts = bytes.len() + 200;
                assert!(out.len() < parts, "{}: an answer amplifies nothing", case.title);
            }
            Err(Refusal::Drop(_)) => {}
        }
    }
}

/// The fields' names as written, without Content-Length, which moves to the end.
fn names(message: &Message<'_>) -> Vec<String> {
    let fields = message.headers().fields().iter();
    let kept = fields.filter(|field| field.name != Name::ContentLength);
    kept.map(|field| field.raw_name.escape_ascii().to_string()).collect()
}

/// The table's preface and its cases.
fn cases(table: &str) -> (String, Vec<Case>) {
    let mut blocks = table.split("\n## ");
    let preface = blocks.next().unwrap_or_default().to_owned() + "\n";
    let preface = preface.trim_end().to_owned() + "\n";
    let cases = blocks.map(|block| {
        let mut lines = block.trim_end().lines();
        let title = format!("## {}", lines.next().expect("a block has a line"));
        let lines: Vec<&str> = lines.collect();
        let end = lines.iter().position(|line| line.starts_with("=>")).unwrap_or(lines.len());
        let input = lines[..end].iter().map(|&line| line.to_owned()).collect();
        let is_heading = |line: &&str| line.starts_with("# ") || line.is_empty();
        let (headings, answers): (Vec<&str>, Vec<&str>) =
            lines[end..].iter().copied().partition(is_heading);
        let expected = answers.iter().map(|line| format!("{line}\n")).collect();
        let heading = headings.iter().map(|line| format!("{line}\n")).collect();
        Case { title, input, expected, heading }
    });
    (preface, cases.collect())
}

/// A case's message as bytes, and the names of the fields that stand in place of `...`.
fn message(input: &[String]) -> (Vec<u8>, Vec<&'static str>) {
    let (head, body) = match input.iter().position(String::is_empty) {
        Some(at) => (&input[..at], Some(&input[at + 1..])),
        None => (input, None),
    };
    let body: Vec<u8> =
        body.unwrap_or_default().iter().flat_map(|line| bytes(line, true)).collect();
    let mut out = Vec::new();
    let mut filled = Vec::new();
    let mut cut = false;
    for line in head {
        match line.as_str() {
            "..." => filled = fill(&mut out, head),
            "@cut" => cut = true,
            _ => match line
                .strip_prefix("@repeat ")
                .map(|rest| rest.split_once(' ').unwrap_or((rest, "")))
            {
                Some((times, text)) => {
                    let times: usize = times.parse().expect("a number of times");
                    let lines = (0..times).map(|n| text.replace('#', &n.to_string()));
                    out.extend(lines.flat_map(|line| bytes(&line, true)));
                }
                None => {
                    let line = line.replace("{length}", &body.len().to_string());
                    out.extend(bytes(&line, true));
                }
            },
        }
    }
    if !cut {
        out.extend(b"\r\n");
    }
    out.extend(body);
    (out, filled)
}

fn fill(out: &mut Vec<u8>, head: &[String]) -> Vec<&'static str> {
    let first = head.iter().position(|line| !line.starts_with('@')).expect("there is a first line");
    let method = head[first].split([' ', '\t']).next().unwrap_or_default();
    let has = |name: &str| {
        let mut names = head[first + 1..].iter().filter_map(|line| line.split_once(':'));
        // In front of a name may stand "@repeat 9 ".
        names.any(|(there, _)| {
            let repeated = there.strip_prefix("@repeat ").and_then(|rest| rest.split_once(' '));
            repeated.map_or(there, |(_, there)| there).trim().eq_ignore_ascii_case(name)
        })
    };
    let mut filled = Vec::new();
    for (name, value) in REST.into_iter().filter(|(name, _)| !has(name)) {
        // The CSeq of a response has to be guessed; those of the table answer an INVITE.
        let method = if method.starts_with("SIP/") { "INVITE" } else { method };
        let method = if name == "CSeq" { method } else { "" };
        out.extend(bytes(&format!("{name}: {value}{method}"), true));
        filled.push(name);
    }
    filled
}

/// A line's bytes: `\x00` to `\xFF` are bytes, `{9*a}` is nine times a.
fn bytes(line: &str, ended: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some(character) = rest.chars().next() {
        let hex =
            rest.strip_prefix("\\x").and_then(|hex| u8::from_str_radix(hex.get(..2)?, 16).ok());
        let times = rest.strip_prefix('{').and_then(|inside| {
            let (times, text) = inside.split_once('}')?.0.split_once('*')?;
            Some((times.parse::<usize>().ok()?, text))
        });
        if let Some(byte) = hex {
            out.push(byte);
            rest = &rest[4..];
        } else if let Some((times, text)) = times {
            out.extend(text.repeat(times).bytes());
            rest = rest.split_once('}').expect("it was found").1;
        } else {
            out.extend(character.to_string().bytes());
            rest = &rest[character.len_utf8()..];
        }
    }
    if ended {
        out.extend(b"\r\n");
    }
    out
}

/// What the parser makes of a message, as the table says it.
fn answer(bytes: &[u8], filled: &[&str]) -> String {
    match parse_datagram(bytes) {
        Ok(message) => {
            let first = match &message {
                Message::Request(request) => {
                    format!("{} {}", text(request.method_name), uri(&request.uri))
                }
                Message::Response(response) => {
                    format!("{} \"{}\"", response.status.code(), text(response.reason))
                }
            };
            let mut out = format!("=> {first}\n");
            for line in fields(message.headers(), filled) {
                out += &format!("   {line}\n");
            }
            if !message.body().is_empty() {
                out += &format!("   body of {} bytes\n", message.body().len());
            }
            out
        }
        Err(Refusal::Answer(answer)) => {
            let mut out = Vec::new();
            answer.write(&mut out, b"ours", "192.0.2.1:5060".parse().unwrap());
            let head = String::from_utf8_lossy(&out);
            let names = head.lines().skip(1).filter_map(|line| line.split_once(':'));
            let mut names: Vec<&str> = names.map(|(name, _)| name).collect();
            names.dedup();
            let names = names.join(", ").replace(", Content-Length", "");
            let whole = if names == "Via, From, To, Call-ID, CSeq" { String::new() } else { names };
            let only = if whole.is_empty() { whole } else { format!("   with {whole} only\n") };
            format!("=> {} {}\n{only}", answer.status.code(), answer.fault)
        }
        Err(Refusal::Drop(reason)) => format!("=> drop {reason}\n"),
    }
}

/// Every field that the case itself has, read, in its order.
fn fields(headers: &Headers<'_>, filled: &[&str]) -> Vec<String> {
    let mut out = Vec::new();
    let mut seen = Vec::new();
    for field in headers.fields() {
        let name = field.name;
        if filled.contains(&name.as_str()) {
            continue;
        }
        if name == Name::Other {
            out.push(format!("{}? \"{}\"", text(field.raw_name), text(&field.value())));
        } else if !seen.contains(&name) {
            seen.push(name);
            let values = values(headers, name);
            let more = values.len().saturating_sub(4);
            let shown = values.into_iter().take(if more <= 1 { 5 } else { 2 });
            out.extend(
                shown.map(|value| format!("{} {value}", name.as_str()).trim_end().to_owned()),
            );
            if 1 < more {
                out.push(format!("{} and {} more", name.as_str(), more + 2));
            }
        }
    }
    out
}

/// The values of a name, each by the reader that is meant for it.
fn values(headers: &Headers<'_>, name: Name) -> Vec<String> {
    use Name as N;
    if headers.is_contact_star() && name == N::Contact {
        return vec!["*".to_owned()];
    }
    if name == N::Via {
        return headers.vias().map(|via| describe_via(&via)).collect();
    }
    if name == N::From || name == N::To {
        return vec![address(if name == N::From { &headers.from } else { &headers.to })];
    }
    let lists = [
        N::Contact,
        N::Route,
        N::RecordRoute,
        N::PAssertedIdentity,
        N::PPreferredIdentity,
        N::Diversion,
        N::RemotePartyId,
        N::Path,
        N::ServiceRoute,
    ];
    if lists.contains(&name) {
        let all = headers.addresses(name);
        return all.map(|it| it.map_or("malformed".to_owned(), |it| address(&it))).collect();
    }
    if [N::Require, N::ProxyRequire, N::Supported, N::Unsupported, N::Allow].contains(&name) {
        return vec![headers.tokens(name).map(text).collect::<Vec<_>>().join(" | ")];
    }
    if [N::Authorization, N::WwwAuthenticate, N::ProxyAuthorization, N::ProxyAuthenticate]
        .contains(&name)
    {
        return headers.auth(name).map(|auth| describe_auth(&auth)).collect();
    }
    if name == N::HistoryInfo {
        let read = |it: History<'_>| format!("{:?} {}", it.index.map(text), address(&it.target));
        return headers.history().map(|it| it.map_or("malformed".to_owned(), read)).collect();
    }
    if name == N::Reason {
        return headers.reasons().map(|it| describe_reason(&it)).collect();
    }
    if name == N::UserToUser {
        let read = |it: UserToUser<'_>| format!("{}{}", text(it.content), params(it.params.iter()));
        return headers.user_to_user().map(read).collect();
    }
    vec![one_value(headers, name)]
}

fn describe_reason(reason: &Reason<'_>) -> String {
    let words = reason.text().map(|words| text(&words));
    format!("{} cause {:?} text {words:?}", text(reason.protocol), reason.cause())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "fields without a reader are shown as text")]
fn one_value(headers: &Headers<'_>, name: Name) -> String {
    use Name as N;
    let malformed = || "malformed".to_owned();
    let read = |value: Result<Option<String>, Malformed>| {
        value.map_or(malformed(), |value| value.expect("the field is there"))
    };
    match name {
        N::CallId => text(headers.call_id),
        N::CSeq => format!("{} {}", headers.cseq.number, headers.cseq.method),
        N::MaxForwards => format!("{:?}", headers.max_forwards.expect("the field is there")),
        N::Expires => headers.expires().expect("the field is there").to_string(),
        N::MinExpires => read(headers.min_expires().map(|it| it.map(|it| it.to_string()))),
        N::MinSe => read(headers.min_se().map(|it| it.map(|it| it.to_string()))),
        N::RSeq => read(headers.rseq().map(|it| it.map(|it| it.to_string()))),
        N::RAck => read(headers.rack().map(|it| {
            it.map(|it| format!("{} of {} {}", it.response, it.cseq.number, it.cseq.method))
        })),
        N::SessionExpires => read(
            headers
                .session_expires()
                .map(|it| it.map(|it| format!("{} refresher {:?}", it.seconds, it.refresher))),
        ),
        N::ReferTo | N::ReferredBy | N::PCalledPartyId => {
            read(headers.address(name).map(|it| it.map(|it| address(&it))))
        }
        N::Replaces => read(headers.replaces().map(|it| {
            it.map(|it| {
                let tags = format!("to {} from {}", text(it.to_tag), text(it.from_tag));
                format!("{} {tags} early only {}", text(it.call_id), it.early_only)
            })
        })),
        N::ContentType => read(headers.content_type().map(|it| {
            let whole = |it: MediaType<'_>| {
                format!("{}/{}{}", text(it.kind), text(it.subtype), params(it.params.iter()))
            };
            it.map(whole)
        })),
        N::RetryAfter => headers.retry_after().map_or(malformed(), |it| format!("{it:?}")),
        N::Privacy => headers.privacy().map(text).collect::<Vec<_>>().join(" | "),
        N::Event => headers.event().map(text).expect("the field is there"),
        _ => format!("\"{}\"", text(&headers.first(name).expect("the field is there").value())),
    }
}

fn describe_via(via: &Via<'_>) -> String {
    let (name, version) = via.protocol;
    let port = via.port.map_or(String::new(), |port| format!(" port {port}"));
    let mut out = format!(
        "{}/{} {} {}{port}{}",
        text(name),
        text(version),
        text(via.transport),
        host(&via.host),
        params(via.params.iter())
    );
    for (what, value) in [
        ("received", via.received().map(|it| it.to_string())),
        ("rport", via.rport().map(|it| format!("{it:?}"))),
        ("unique", via.unique_branch().map(text)),
    ] {
        out += &value.map_or(String::new(), |value| format!(" {what}: {value}"));
    }
    out
}

fn describe_auth(auth: &Auth<'_>) -> String {
    let params = auth.params().map(|(name, value)| format!(" {}={}", text(name), text(value)));
    text(auth.scheme) + &params.collect::<String>()
}

fn address(address: &Address<'_>) -> String {
    let display = address.display().map_or(String::new(), |name| format!("\"{}\" ", text(&name)));
    format!("{display}{}{}", uri(&address.uri), params(address.params.iter()))
}

fn uri(uri: &Uri<'_>) -> String {
    let number = uri.subscriber().map_or(String::new(), |subscriber| {
        let digits: String = subscriber.digits().map(char::from).collect();
        format!(" number {digits}")
    });
    match uri {
        Uri::Sip(sip) => format!("<{}{number}>", describe_sip(sip)),
        Uri::Tel(tel) => format!("<tel{number}{}>", uri_params(tel.subscriber.params)),
        Uri::Other(_) => format!("<other {}>", text(uri.raw())),
    }
}

fn describe_sip(sip: &SipUri<'_>) -> String {
    let mut out = if sip.secure { "sips".to_owned() } else { "sip".to_owned() };
    for (what, value) in [
        ("user", sip.user.map(|user| text(&percent_decode(user)))),
        ("password", sip.password.map(text)),
        ("host", Some(host(&sip.host))),
        ("port", sip.port.map(|port| port.to_string())),
    ] {
        out += &value.map_or(String::new(), |value| format!(" {what} {value}"));
    }
    out += &uri_params(sip.params);
    for (name, value) in sip.headers() {
        out += &format!(" ?{}={}", text(name), text(&percent_decode(value)));
    }
    out
}

fn host(host: &Host<'_>) -> String {
    match host {
        Host::Name(name) => text(name),
        Host::V4(address) => format!("v4 {address}"),
        Host::V6(address) => format!("v6 {address}"),
    }
}

fn uri_params(params: UriParams<'_>) -> String {
    params.iter().map(|(name, value)| format!(" ;{}={}", text(name), text(value))).collect()
}

fn params<'a>(params: impl Iterator<Item = Param<'a>>) -> String {
    let one = |param: Param<'_>| match param.value {
        Some(_) => format!(" ;{}={}", text(param.name), text(&param.text())),
        None => format!(" ;{}", text(param.name)),
    };
    params.map(one).collect()
}

/// Text of one line; a long one is cut short.
fn text(bytes: &[u8]) -> String {
    let whole: String = decode_text(bytes)
        .chars()
        .flat_map(|it| {
            let control = it.is_control();
            if control { it.escape_default().collect::<Vec<_>>() } else { vec![it] }
        })
        .collect();
    match whole.char_indices().nth(60) {
        Some((at, _)) => format!("{}… ({} characters)", &whole[..at], whole.chars().count()),
        None => whole,
    }
}
