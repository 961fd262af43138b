// SPDX-License-Identifier: EUPL-1.2
//! Calls of ours for which a proxy or a server wants a password (RFC 3261, 22).

use super::*;
use sip::agent::limits::REALMS_MAX;
use sip::digest::{
    Answer, Challenger, Credentials, Offers, Request, Secret, TRIES_MAX, Verdict, scheme,
};
use sip::message::{Message, parse_datagram};

fn trunk() -> Option<Credentials> {
    Some(Credentials {
        username: Redacted::new(b"+494171693000".to_vec()),
        password: Redacted::new(b"Rathaus-2026!".to_vec()),
    })
}

fn with_password(title: &str) -> Ladder {
    calling_with(Ladder::new(title), trunk())
}

fn challenge(field: &str, realm: &str, nonce: &str, more: &str) -> String {
    format!("{field}: Digest realm=\"{realm}\", nonce=\"{nonce}\", qop=\"auth\"{more}\n")
}

fn server_asks(ladder: &mut Ladder, challenges: &str) {
    let rest = format!("{challenges}Content-Length: 0\n\n");
    ladder.peer(&response("inv", "401 Unauthorized", "asks", &rest));
}

fn proxy_asks(ladder: &mut Ladder, challenges: &str) {
    let rest = format!("{challenges}Content-Length: 0\n\n");
    ladder.peer(&response("inv", "407 Proxy Authentication Required", "asks", &rest));
}

fn www(nonce: &str, more: &str) -> String {
    challenge("WWW-Authenticate", "tel.example", nonce, more)
}

fn proxy(nonce: &str, more: &str) -> String {
    challenge("Proxy-Authenticate", "trunk.example", nonce, more)
}

fn is_up_and_ends(mut ladder: Ladder) -> String {
    ladder.peer(&response("inv", "200 OK", "callee", ANSWER));
    hang_up(&mut ladder);
    ladder.peer(&response("our", "200 OK", "", ""));
    ladder.end()
}

#[test]
fn calls_that_want_a_password() {
    let mut text = String::from("# Calls that want a password. Written by tests/agent.\n");
    let mut basic = calling_with(Ladder::new("a proxy asks, MD5").whole(), trunk());
    basic.peer(&response("inv", "100 Trying", "", ""));
    proxy_asks(&mut basic, &proxy("n1", ", algorithm=MD5, opaque=\"o\""));
    basic.peer(&response("inv", "180 Ringing", "callee", ""));
    text += &is_up_and_ends(basic);

    let mut both = with_password("the server asks; SHA-256 is stronger");
    let weak = www("n1", ", algorithm=MD5");
    server_asks(&mut both, &(weak + &www("n2", ", algorithm=SHA-256")));
    both.peer(&response("inv", "486 Busy Here", "callee", ""));
    text += &both.end();

    let mut wrong = with_password("a wrong password is not tried twice");
    server_asks(&mut wrong, &www("n1", ""));
    server_asks(&mut wrong, &www("n2", ""));
    text += &wrong.end();

    let mut stale = with_password("a stale nonce gets one more try");
    server_asks(&mut stale, &www("n1", ", algorithm=SHA-256"));
    server_asks(&mut stale, &www("n2", ", algorithm=SHA-256, stale=true"));
    text += &is_up_and_ends(stale);

    let mut tired = with_password("but not for ever");
    for nonce in 0..=TRIES_MAX {
        server_asks(&mut tired, &www(&format!("n{nonce}"), ", stale=TRUE"));
    }
    text += &tired.end();

    let mut chain = with_password("a proxy asks, then the server, then the proxy once more");
    proxy_asks(&mut chain, &proxy("p1", ""));
    server_asks(&mut chain, &www("s1", ""));
    proxy_asks(&mut chain, &proxy("p2", ""));
    text += &is_up_and_ends(chain);

    let mut fork = with_password("a fork asks for two at once");
    server_asks(&mut fork, &(www("s1", "") + &proxy("p1", "")));
    text += &is_up_and_ends(fork);

    let mut realms = with_password("a new realm every time");
    for realm in 0..=REALMS_MAX {
        let asked = challenge("Proxy-Authenticate", &format!("realm {realm}"), "n", "");
        proxy_asks(&mut realms, &asked);
    }
    text += &realms.end();
    golden::compare("agent/challenged.txt", &text);
}

#[test]
fn calls_that_want_a_password_and_something_else() {
    let mut text = String::from("# Passwords and what crosses them. Written by tests/agent.\n");
    let mut none = calling("without a password");
    server_asks(&mut none, &www("n1", ""));
    text += &none.end();

    let mut basic = with_password("asked for something that we cannot give");
    let other = "WWW-Authenticate: Basic realm=\"tel.example\"\n";
    server_asks(&mut basic, &(www("n", ", algorithm=SHA-512-256") + other));
    text += &basic.end();

    let mut nothing = with_password("asked for nothing at all");
    server_asks(&mut nothing, "");
    text += &nothing.end();

    let mut early = with_password("hung up before it was asked");
    hang_up(&mut early);
    server_asks(&mut early, &www("n1", ""));
    text += &early.end();

    let mut waits = with_password("hung up after it was asked: CANCEL waits for the second INVITE");
    waits.peer(&response("inv", "100 Trying", "", ""));
    server_asks(&mut waits, &www("n1", ""));
    hang_up(&mut waits);
    waits.peer(&response("inv", "100 Trying", "", ""));
    waits.peer(&response("our", "200 OK", "callee", ""));
    waits.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &waits.end();

    let mut session = with_password("422 in between: the proof is counted on");
    proxy_asks(&mut session, &proxy("p1", ""));
    let min = "Min-SE: 3600\nContent-Length: 0\n\n";
    session.peer(&response("inv", "422 Session Interval Too Small", "x", min));
    text += &is_up_and_ends(session);

    let mut rings = with_password("the time to ring goes on");
    rings.peer(&response("inv", "183 Session Progress", "early", ANSWER));
    rings.wait(15_000);
    server_asks(&mut rings, &www("n1", ""));
    rings.peer(&response("inv", "180 Ringing", "callee", ""));
    rings.wait(5_000);
    rings.peer(&response("our", "200 OK", "callee", ""));
    rings.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &rings.end();
    golden::compare("agent/challenged_crossing.txt", &text);
}

/// The proof in what we sent last, judged by the server of this crate.
fn judged(challenger: &mut Challenger, ladder: &Ladder, password: &str) -> Verdict {
    let sent = ladder.last_sent();
    let Ok(Message::Request(request)) = parse_datagram(&sent.bytes) else {
        panic!("an INVITE was sent");
    };
    let value = request.headers.first(Name::Authorization).expect("it has a proof").value();
    let (scheme, params) = scheme(&value);
    let answer = Answer::read(scheme, params).expect("it can be read");
    let secret = Secret::of(b"+494171693000", b"centre", &Redacted::new(password));
    let request = Request { method: b"INVITE", uri: request.uri.raw() };
    challenger.verify(ladder.now, None, request, &answer, Some(&secret))
}

#[test]
fn our_own_server_takes_the_proof_with_either_algorithm() {
    for offers in [Offers::Md5, Offers::Sha256, Offers::Both] {
        let life = Micros::from_secs(60);
        let mut server = Challenger::new(b"centre", [7; 32], offers, life).expect("a realm");
        let asks = |server: &Challenger, ladder: &mut Ladder, salt, stale| {
            let values = server.challenges(ladder.now, salt, None, stale);
            let lines = values.iter().map(|value| String::from_utf8_lossy(value));
            let lines: String = lines.map(|value| format!("WWW-Authenticate: {value}\n")).collect();
            server_asks(ladder, &lines);
        };
        let mut ladder = with_password("our own server");
        asks(&server, &mut ladder, 1, false);
        assert_eq!(judged(&mut server, &ladder, "another"), Verdict::Denied, "{offers:?}");
        assert_eq!(judged(&mut server, &ladder, "Rathaus-2026!"), Verdict::Accepted, "{offers:?}");
        // The very same proof once more is a replay, and the next one is fresh.
        assert!(judged(&mut server, &ladder, "Rathaus-2026!").is_stale(), "{offers:?}");
        asks(&server, &mut ladder, 2, true);
        assert_eq!(judged(&mut server, &ladder, "Rathaus-2026!"), Verdict::Accepted, "{offers:?}");
        ladder.peer(&response("inv", "486 Busy Here", "callee", ""));
        ladder.end();
    }
}
