// SPDX-License-Identifier: EUPL-1.2
//! What happens at each limit, and what other people's descriptions look like to us.

use sip::sdp::{Fault, Line, Rule, Session, limits};
use std::fs;
use std::path::PathBuf;

const HEAD: &str = "v=0\r\no=- 7 1 IN IP4 192.0.2.10\r\ns=-\r\nt=0 0\r\n";
const HEAD_LINES: usize = 4;

fn rule(body: &str) -> Option<Rule> {
    Session::parse(format!("{HEAD}{body}").as_bytes()).err().map(|fault| fault.rule)
}

fn times(line: &str, count: usize) -> String {
    format!("{line}\r\n").repeat(count)
}

#[test]
fn streams_are_bounded() {
    assert_eq!(rule(&times("m=audio 2 RTP/AVP 8", limits::MEDIA_MAX)), None);
    assert_eq!(
        rule(&times("m=audio 2 RTP/AVP 8", limits::MEDIA_MAX + 1)),
        Some(Rule::TooManyMedia)
    );
}

#[test]
fn attributes_and_unknown_lines_are_bounded_in_each_place() {
    for line in ["a=x", "x=1"] {
        let most = times(line, limits::ATTRIBUTES_MAX);
        assert_eq!(rule(&most), None);
        assert_eq!(rule(&format!("{most}a=x")), Some(Rule::TooManyAttributes));
        let stream = format!("m=audio 2 RTP/AVP 8\r\n{most}");
        assert_eq!(rule(&stream), None);
        assert_eq!(rule(&format!("{stream}a=x")), Some(Rule::TooManyAttributes));
    }
}

#[test]
fn lines_are_bounded() {
    let most = limits::LINES_MAX - HEAD_LINES;
    assert_eq!(rule(&times("b=AS:1", most)), None);
    assert_eq!(rule(&times("b=AS:1", most + 1)), Some(Rule::TooManyLines));
    // The lines that are filled in count too.
    let bare = |count| {
        let text = format!("v=0\no=- 7 1 IN IP4 192.0.2.10\n{}", times("b=AS:1", count));
        Session::parse(text.as_bytes()).err().map(|fault| fault.rule)
    };
    assert_eq!(bare(most), None);
    assert_eq!(bare(most + 1), Some(Rule::TooManyLines));
}

#[test]
fn formats_are_bounded() {
    let most = format!("m=audio 2 RTP/AVP{}", " 8".repeat(limits::FORMATS_MAX));
    assert_eq!(rule(&most), None);
    assert_eq!(rule(&format!("{most} 8")), Some(Rule::TooManyFormats));
}

#[test]
fn bytes_are_bounded_as_received_and_as_written() {
    let frame = HEAD.len() + "a=\r\n".len();
    let most = format!("a={}\r\n", "x".repeat(limits::BYTES_MAX - frame));
    assert_eq!(rule(&most), None);
    assert_eq!(rule(&format!("{most}\n")), Some(Rule::TooLong));
    // With LF only it fits, with CRLF it would not.
    let bare = format!("{HEAD}{most}").replace('\r', "");
    let bare = bare.replace("a=x", "a=xx");
    assert!(bare.len() < limits::BYTES_MAX);
    let fault = Fault { line: 0, rule: Rule::TooLong };
    assert_eq!(Session::parse(bare.as_bytes()), Err(fault));
}

#[test]
fn what_is_not_known_is_kept_byte_for_byte_and_in_order() {
    let body = "x=first \u{e9}  \r\na=one:  two \r\nZ=\r\na=\r\na=three\r\nm=audio 2 RTP/AVP 8\r\n\
                i=title\r\nb=X-\u{fc}:1\r\nk=prompt\r\na=four\r\ny=five\r\na=six:\r\n";
    let text = format!("{HEAD}{body}").into_bytes();
    assert_eq!(Session::parse(&text).expect("readable").to_bytes(), text);
}

#[test]
fn no_line_can_be_smuggled_into_another() {
    for value in ["1\r\nm=audio 1 RTP/AVP 0", "1\nx=1", "1\r", "1\0"] {
        assert_eq!(Line::attribute("crypto", Some(value.as_bytes())), None);
        assert_eq!(Line::attribute(value, None), None);
    }
}

/// Samples of other projects; the folder's SOURCE.md says where they come from.
#[test]
fn samples_of_others_are_read_and_written() {
    let Some(shared) = std::env::var_os("AMTSLEITUNG_SHARED").map(PathBuf::from) else {
        println!("AMTSLEITUNG_SHARED is not set: no samples were read");
        return;
    };
    let folder = ["data/sdp-samples", "sdp-samples"].map(|it| shared.join(it));
    let Some(folder) = folder.into_iter().find(|folder| folder.is_dir()) else {
        println!("there are no sdp-samples in AMTSLEITUNG_SHARED: none were read");
        return;
    };
    let mut seen = Vec::new();
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_some_and(|ending| ending == "sdp") {
            seen.push(summary(&fs::read(&path).expect("a readable sample"), &path));
        }
    }
    seen.sort();
    let expected = [
        "alac: audio 0",
        "bfcp: audio 3230, video 3232, application 3238, video 3234",
        "hacky: audio 1, video 1, application 9",
        "invalid: audio 1",
        "jsep: audio 56500, video 0",
        "normal: audio 54400, video 55400",
        "tcp-active: image 9",
        "tcp-passive: image 54111",
    ];
    assert_eq!(seen, expected);
}

/// The streams of a sample, after it was written and read again.
fn summary(bytes: &[u8], path: &std::path::Path) -> String {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let session = Session::parse(bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    assert_eq!(Session::parse(&session.to_bytes()).as_ref(), Ok(&session), "{name}");
    let has_line = |bytes: &[u8], start: &[u8]| {
        bytes.split(|&byte| byte == b'\n').any(|line| line.starts_with(start))
    };
    let written = session.to_bytes();
    let kept =
        bytes.split(|&byte| byte == b'\n').all(|line| has_line(&written, line.trim_ascii_end()));
    assert!(kept, "{name}: a line got lost");
    let streams = session.media().iter().map(|media| {
        let kind = String::from_utf8_lossy(media.kind_name()).into_owned();
        format!("{kind} {}", media.port())
    });
    format!("{name}: {}", streams.collect::<Vec<_>>().join(", "))
}
