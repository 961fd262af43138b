// SPDX-License-Identifier: EUPL-1.2
//! Every verdict on an answer, and that the right one is always "accepted".

use proptest::prelude::*;
use sip::Status;
use sip::digest::{
    Answer, Challenge, Challenger, Credentials, Fault, NONCES_MAX, Offers, PARAMS_MAX, Param,
    Request, Secret, Session, Source, Staleness, Verdict, choose, params, scheme,
};
use stdx::{Micros, Redacted, Tick};

const LIFE: Micros = Micros::from_secs(300);
const START: Tick = Tick(3_600_000_000);
const URI: &[u8] = b"sip:amt.example";
const REGISTER: Request<'_> = Request { method: b"REGISTER", uri: URI };

fn at(secs: u64) -> Tick {
    START + Micros::from_secs(secs)
}

fn phone() -> Option<Source> {
    Some(Source::v4([192, 0, 2, 7]))
}

fn challenger(offers: Offers) -> Challenger {
    Challenger::new(b"amt", [7; 32], offers, LIFE).expect("the realm is writable")
}

fn secret() -> Secret {
    Secret::of(b"1001", b"amt", &Redacted::new("pw1001"))
}

fn credentials(username: &[u8], password: &[u8]) -> Credentials {
    Credentials {
        username: Redacted::new(username.to_vec()),
        password: Redacted::new(password.to_vec()),
    }
}

fn sessions(values: &[Vec<u8>]) -> Session {
    let read = values.iter().map(|value| {
        let (name, params) = scheme(value);
        Challenge::read(name, params).expect("we understand ourselves")
    });
    Session::new(choose(read).remove(0), b"abc")
}

fn begin(challenger: &Challenger, now: Tick, salt: u64) -> Session {
    sessions(&challenger.challenges(now, salt, phone(), false))
}

/// One of our own answers, as text to be spoilt.
fn right(session: &mut Session) -> String {
    let value = session.answer(&credentials(b"1001", b"pw1001"), b"REGISTER", URI);
    String::from_utf8(value.expect("writable")).expect("ASCII")
}

fn judge(challenger: &mut Challenger, now: Tick, value: &[u8], known: Option<&Secret>) -> Verdict {
    let (name, params) = scheme(value);
    match Answer::read(name, params) {
        Ok(answer) => challenger.verify(now, phone(), REGISTER, &answer, known),
        Err(fault) => Verdict::from(fault),
    }
}

#[test]
fn challenges_are_written_strongest_first() {
    let both = challenger(Offers::Both).challenges(at(0), 7, None, true);
    let text: Vec<_> = both.iter().map(|it| String::from_utf8_lossy(it).into_owned()).collect();
    let nonce = &text[0][27..91];
    assert!(nonce.starts_with("00000000d693a4000000000000000007"), "time and salt: {nonce}");
    assert_eq!(
        text,
        ["SHA-256", "MD5"].map(|algorithm| format!(
            "Digest realm=\"amt\", nonce=\"{nonce}\", algorithm={algorithm}, qop=\"auth\", stale=true"
        ))
    );
    assert_eq!(challenger(Offers::Md5).challenges(at(0), 7, None, false).len(), 1);
}

#[test]
fn a_realm_that_no_header_can_carry_is_refused() {
    assert!(Challenger::new(b"a\r\nb", [0; 32], Offers::Md5, LIFE).is_none());
    assert!(Challenger::new("Bürgeramt \"1\"".as_bytes(), [0; 32], Offers::Md5, LIFE).is_some());
}

#[test]
fn the_right_answer_is_accepted_once_for_each_count() {
    for offers in [Offers::Md5, Offers::Sha256, Offers::Both] {
        let mut server = challenger(offers);
        let mut session = begin(&server, at(0), 1);
        let first = right(&mut session);
        let second = right(&mut session);
        let mut judge = |value: &str| judge(&mut server, at(1), value.as_bytes(), Some(&secret()));
        assert_eq!(judge(&second), Verdict::Accepted);
        assert_eq!(judge(&first), Verdict::Accepted, "overtaken on the way");
        assert_eq!(judge(&first), Verdict::Stale(Staleness::Replayed));
        assert_eq!(judge(&second), Verdict::Stale(Staleness::Replayed));
    }
}

#[test]
fn a_wrong_password_and_an_unknown_user_are_the_same() {
    let mut server = challenger(Offers::Both);
    let value = right(&mut begin(&server, at(0), 1));
    let other = Secret::of(b"1001", b"amt", &Redacted::new("pw1002"));
    let without_sha = Secret::from_hashes(Some([0; 16]), None);
    for known in [None, Some(&other), Some(&without_sha)] {
        let verdict = judge(&mut server, at(1), value.as_bytes(), known);
        assert_eq!(verdict, Verdict::Denied);
    }
    assert_eq!(server.remembered(), 0, "only right answers are remembered");
    assert_eq!(judge(&mut server, at(1), value.as_bytes(), Some(&secret())), Verdict::Accepted);
}

#[test]
fn a_nonce_is_judged_before_the_password() {
    let mut server = challenger(Offers::Both);
    let value = right(&mut begin(&server, at(0), 1));
    let wrong = Secret::of(b"1001", b"amt", &Redacted::new("wrong"));
    for known in [Some(&secret()), Some(&wrong), None] {
        let judge = |server: &mut Challenger, now| judge(server, now, value.as_bytes(), known);
        assert_eq!(judge(&mut server, at(301)), Verdict::Stale(Staleness::Expired));
        let before = Tick(at(0).0 - 1);
        assert_eq!(judge(&mut server, before), Verdict::Stale(Staleness::NotOurs));
        let mut other = Challenger::new(b"amt", [8; 32], Offers::Both, LIFE).unwrap();
        assert_eq!(judge(&mut other, at(1)), Verdict::Stale(Staleness::NotOurs));
    }
    assert_eq!(judge(&mut server, at(300), value.as_bytes(), Some(&secret())), Verdict::Accepted);
}

#[test]
fn a_nonce_is_good_for_its_source_only() {
    let mut server = challenger(Offers::Both);
    let value = right(&mut begin(&server, at(0), 1));
    let (name, params) = scheme(value.as_bytes());
    let answer = Answer::read(name, params).expect("readable");
    let elsewhere = Some(Source::v4([192, 0, 2, 8]));
    for source in [elsewhere, None] {
        let verdict = server.verify(at(1), source, REGISTER, &answer, Some(&secret()));
        assert_eq!(verdict, Verdict::Stale(Staleness::NotOurs));
        assert!(!verdict.shows_our_nonce());
    }
}

/// What becomes of a right answer when one part of it is replaced.
#[test]
fn spoilt_answers_have_a_verdict_each() {
    use Verdict::{Accepted, Denied, Malformed, UnknownAlgorithm, WrongRealm, WrongUri};
    let uri = "uri=\"sip:amt.example\"";
    let table: &[(&str, &str, Verdict)] = &[
        ("", "", Accepted),
        ("algorithm=SHA-256", "algorithm=\"sha-256\"", Accepted),
        ("qop=auth", "qop=\"auth\"", Accepted),
        ("nc=00000001", "nc=\"00000001\"", Accepted),
        ("username=\"1001\"", "username=1001", Accepted),
        (", ", " ,, ", Accepted),
        ("Digest ", "digest x=1, ", Accepted),
        ("qop=auth", "qop=auth, opaque=\"whatever\", userhash=false", Accepted),
        ("realm=\"amt\"", "realm=\"rat\"", WrongRealm),
        ("algorithm=SHA-256", "algorithm=SHA-256-sess", UnknownAlgorithm),
        ("algorithm=SHA-256", "algorithm=SHA-512-256", UnknownAlgorithm),
        ("algorithm=SHA-256", "algorithm=MD5", Denied),
        (uri, "uri=\"sip:amt.example:5060;x=y\"", Denied),
        (uri, "uri=\"sip:115@amt.example\"", WrongUri),
        (uri, "uri=\"\"", WrongUri),
        ("nc=00000001", "nc=00000002", Denied),
        ("nc=00000001", "nc=1", Denied),
        ("cnonce=\"abc\"", "cnonce=\"abd\"", Denied),
        ("qop=auth", "qop=AUTH", Denied),
        ("response=\"", "response=\"00", Denied),
        ("nc=00000001", "nc=00000000", Malformed(Fault::Bad(Param::Nc))),
        ("nc=00000001", "nc=xyz", Malformed(Fault::Bad(Param::Nc))),
        ("nc=00000001", "x=1", Malformed(Fault::Missing(Param::Nc))),
        ("cnonce=\"abc\"", "x=1", Malformed(Fault::Missing(Param::Cnonce))),
        ("qop=auth", "qop=auth-int", Malformed(Fault::NotAccepted(Param::Qop))),
        ("qop=auth", "x=1", Malformed(Fault::Missing(Param::Qop))),
        ("username=", "username*=", Malformed(Fault::NotAccepted(Param::UsernameExtended))),
        ("qop=auth", "qop=auth, userhash=true", Malformed(Fault::NotAccepted(Param::Userhash))),
        ("username=", "user=", Malformed(Fault::Missing(Param::Username))),
        ("realm=", "x=", Malformed(Fault::Missing(Param::Realm))),
        ("nonce=", "x=", Malformed(Fault::Missing(Param::Nonce))),
        (uri, "x=1", Malformed(Fault::Missing(Param::Uri))),
        ("response=", "x=", Malformed(Fault::Missing(Param::Response))),
        ("qop=auth", "qop=auth, NC=00000001", Malformed(Fault::Twice(Param::Nc))),
        ("realm=\"amt\"", "realm=\"amt\r\"", Malformed(Fault::Control(Param::Realm))),
        ("nc=00000001", "nc=\"00000001", Malformed(Fault::Quotes(Param::Nc))),
        ("Digest", "Basic", Malformed(Fault::NotDigest)),
        ("Digest", "", Malformed(Fault::NotDigest)),
    ];
    for &(from, to, expected) in table {
        let mut server = challenger(Offers::Both);
        let value = right(&mut begin(&server, at(0), 1));
        // `cnonce=` ends in `nonce=`, so the first of its name is replaced only.
        let spoilt = value.replacen(&format!(" {from}"), &format!(" {to}"), 1);
        let spoilt = if from.starts_with("Digest") || from.is_empty() || from == ", " {
            value.replace(from, to)
        } else {
            spoilt
        };
        assert_eq!(from == to, spoilt == value, "{from} is there");
        let verdict = judge(&mut server, at(1), spoilt.as_bytes(), Some(&secret()));
        assert_eq!(verdict, expected, "{from} -> {to}");
    }
}

#[test]
fn parameters_are_bounded() {
    let mut server = challenger(Offers::Both);
    let value = right(&mut begin(&server, at(0), 1));
    let nine = params(&value.as_bytes()[7..]).count();
    let more = |count: usize| format!("{value}{}", ", x=1".repeat(count));
    let mut judge = |value: String| judge(&mut server, at(1), value.as_bytes(), Some(&secret()));
    assert_eq!(judge(more(PARAMS_MAX - nine)), Verdict::Accepted);
    assert_eq!(judge(more(PARAMS_MAX - nine + 1)), Verdict::Malformed(Fault::TooManyParams));
}

#[test]
fn an_algorithm_that_was_not_offered_is_not_taken() {
    let mut md5 = challenger(Offers::Md5);
    let mut sha256 = challenger(Offers::Sha256);
    let weak = right(&mut begin(&md5, at(0), 1));
    let strong = right(&mut begin(&sha256, at(0), 1));
    let known = Some(&secret());
    assert_eq!(judge(&mut sha256, at(1), weak.as_bytes(), known), Verdict::UnknownAlgorithm);
    assert_eq!(judge(&mut md5, at(1), strong.as_bytes(), known), Verdict::UnknownAlgorithm);
}

#[test]
fn an_answer_after_rfc_2069_serves_once() {
    let mut server = challenger(Offers::Both);
    let offer = server.challenges(at(0), 1, phone(), false).remove(1);
    let offer = String::from_utf8(offer).unwrap().replace(", qop=\"auth\"", "");
    let value = right(&mut sessions(&[offer.into_bytes()]));
    assert!(!value.contains("cnonce"), "{value}");
    let mut judge = || judge(&mut server, at(1), value.as_bytes(), Some(&secret()));
    assert_eq!(judge(), Verdict::Accepted);
    assert_eq!(judge(), Verdict::Stale(Staleness::Replayed));
}

#[test]
fn at_the_bound_the_device_with_the_oldest_nonce_is_challenged_once_more() {
    let mut server = challenger(Offers::Md5);
    let mut oldest = begin(&server, at(0), 0);
    let known = secret();
    let value = right(&mut oldest);
    assert_eq!(judge(&mut server, at(1), value.as_bytes(), Some(&known)), Verdict::Accepted);
    for salt in 1..=NONCES_MAX as u64 {
        let value = right(&mut begin(&server, at(1), salt));
        assert_eq!(judge(&mut server, at(1), value.as_bytes(), Some(&known)), Verdict::Accepted);
    }
    assert_eq!(server.remembered(), NONCES_MAX);
    let value = right(&mut oldest);
    let verdict = judge(&mut server, at(2), value.as_bytes(), Some(&known));
    assert_eq!(verdict, Verdict::Stale(Staleness::Forgotten));
    // Those that are too old leave by themselves.
    let value = right(&mut begin(&server, at(302), 0));
    assert_eq!(judge(&mut server, at(302), value.as_bytes(), Some(&known)), Verdict::Accepted);
    assert_eq!(server.remembered(), 1);
}

#[test]
fn each_verdict_has_its_response() {
    let status = |code| Status::new(code);
    let fault = Fault::NotDigest;
    for (verdict, expected, stale, ours) in [
        (Verdict::Accepted, None, false, true),
        (Verdict::Denied, status(401), false, true),
        (Verdict::Stale(Staleness::NotOurs), status(401), true, false),
        (Verdict::Stale(Staleness::Expired), status(401), true, true),
        (Verdict::Stale(Staleness::Replayed), status(401), true, true),
        (Verdict::Stale(Staleness::Forgotten), status(401), true, true),
        (Verdict::WrongRealm, status(401), false, false),
        (Verdict::UnknownAlgorithm, status(401), false, false),
        (Verdict::WrongUri, status(400), false, false),
        (Verdict::Malformed(fault), status(400), false, false),
    ] {
        assert_eq!(verdict.status(), expected, "{verdict:?}");
        assert_eq!(verdict.is_stale(), stale, "{verdict:?}");
        assert_eq!(verdict.shows_our_nonce(), ours, "{verdict:?}");
    }
}

#[test]
fn a_secret_never_prints() {
    assert_eq!(format!("{:?}", secret()), "Secret { md5: Some(…), sha256: Some(…) }");
    assert!(!format!("{:?}", challenger(Offers::Both)).contains("7, 7"));
}

/// Bytes that a header can carry: everything but control characters.
fn writable() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![
        4 => any::<u8>(),
        1 => Just(b'"'),
        1 => Just(b'\\'),
        1 => Just(b','),
        1 => Just(b':'),
        1 => Just(b' '),
    ];
    let byte = byte.prop_filter("no control characters", |byte| !byte.is_ascii_control());
    prop_oneof![
        3 => prop::collection::vec(byte, 0..24),
        1 => "[a-zäöüß€😀\" ]{0,12}".prop_map(String::into_bytes),
    ]
}

fn offers() -> impl Strategy<Value = Offers> {
    prop_oneof![Just(Offers::Md5), Just(Offers::Sha256), Just(Offers::Both)]
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("Digest ".to_owned()),
        Just(",".to_owned()),
        Just("=".to_owned()),
        Just("\"".to_owned()),
        Just("\\".to_owned()),
        Just("username=\"1001\",".to_owned()),
        Just("realm=\"amt\",".to_owned()),
        Just("nonce=\"x\",".to_owned()),
        Just("uri=\"sip:amt.example\",".to_owned()),
        Just("response=\"x\",".to_owned()),
        Just("algorithm=".to_owned()),
        Just("qop=auth,".to_owned()),
        Just("nc=00000001,".to_owned()),
        Just("cnonce=x,".to_owned()),
        "\\PC{0,8}",
        "[ -~]{0,8}",
    ];
    prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..Default::default() })]

    /// Whatever name, realm and password are made of.
    #[test]
    fn a_right_answer_is_always_accepted(
        username in writable(),
        realm in writable(),
        password in prop::collection::vec(any::<u8>(), 0..24),
        offers in offers(),
        salt in any::<u64>(),
    ) {
        let mut server = Challenger::new(&realm, [7; 32], offers, LIFE).expect("writable");
        let mut session = begin(&server, at(0), salt);
        let user = credentials(&username, &password);
        let known = Secret::of(&username, &realm, &Redacted::new(password));
        for _ in 0..3 {
            let value = session.answer(&user, b"REGISTER", URI).expect("writable");
            let (name, params) = scheme(&value);
            let answer = Answer::read(name, params).expect("readable");
            prop_assert_eq!(answer.username(), &*username);
            prop_assert_eq!(answer.realm(), &*realm);
            let verdict = server.verify(at(1), phone(), REGISTER, &answer, Some(&known));
            prop_assert_eq!(verdict, Verdict::Accepted);
        }
    }

    #[test]
    fn another_password_is_never_accepted(
        one in prop::collection::vec(any::<u8>(), 0..12),
        other in prop::collection::vec(any::<u8>(), 0..12),
        offers in offers(),
    ) {
        prop_assume!(one != other);
        let mut server = challenger(offers);
        let mut session = begin(&server, at(0), 0);
        let value = session.answer(&credentials(b"1001", &one), b"REGISTER", URI).unwrap();
        let known = Secret::of(b"1001", b"amt", &Redacted::new(other));
        prop_assert_eq!(judge(&mut server, at(1), &value, Some(&known)), Verdict::Denied);
    }

    /// Reading and judging never panics, and nothing random is ever accepted.
    #[test]
    fn nothing_random_is_accepted(value in pieces(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut server = challenger(Offers::Both);
        for value in [value.as_bytes(), &bytes] {
            let verdict = judge(&mut server, at(1), value, Some(&secret()));
            prop_assert_ne!(verdict, Verdict::Accepted);
            let (name, params) = scheme(value);
            if let Ok(challenge) = Challenge::read(name, params) {
                let mut session = Session::new(challenge, b"abc");
                let written = session.answer(&credentials(b"a", b"b"), b"BYE", b"sip:a").expect("writable");
                prop_assert!(written.iter().all(|byte| !byte.is_ascii_control() || *byte == b'\t'));
            }
        }
    }

    /// One changed byte in a right answer never panics.
    #[test]
    fn a_changed_byte_does_no_harm(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut server = challenger(Offers::Both);
        let mut value = right(&mut begin(&server, at(0), 1)).into_bytes();
        let place = place.index(value.len());
        let changed = value[place] != byte;
        value[place] = byte;
        let verdict = judge(&mut server, at(1), &value, Some(&secret()));
        prop_assert!(changed || verdict == Verdict::Accepted);
    }
}
