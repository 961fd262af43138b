// SPDX-License-Identifier: EUPL-1.2
//! Challenges as carriers and telephone systems send them, and what we answer.
//!
//! Responses that no RFC prints were calculated with Python's hashlib.

use sip::digest::{
    Algorithm, CHALLENGE_TEXT_MAX, Challenge, Credentials, Fault, Param, Rejected, Session,
    TRIES_MAX, Unanswerable, choose, scheme,
};
use stdx::Redacted;

const CNONCE: &[u8] = b"0a4f113b";

fn read(value: &str) -> Result<Challenge, Fault> {
    let (name, params) = scheme(value.as_bytes());
    Challenge::read(name, params)
}

fn credentials(username: &str, password: &str) -> Credentials {
    Credentials {
        username: Redacted::new(username.as_bytes().to_vec()),
        password: Redacted::new(password.as_bytes().to_vec()),
    }
}

fn trunk() -> Credentials {
    credentials("+494171693000", "Rathaus-2026!")
}

fn answer(session: &mut Session, with: &Credentials, method: &str, uri: &str) -> String {
    let value = session.answer(with, method.as_bytes(), uri.as_bytes());
    String::from_utf8(value.expect("nothing here is unwritable")).expect("all is UTF-8 here")
}

/// The answer to a REGISTER that was challenged by these values.
fn check(challenges: &[&str], expected: &str) {
    let chosen = choose(challenges.iter().filter_map(|value| read(value).ok()));
    let mut session = Session::new(chosen[0].clone(), CNONCE);
    let value = answer(&mut session, &trunk(), "REGISTER", "sip:tel.example.de");
    assert_eq!(value, expected, "{challenges:?}");
}

const PLAIN: &str = "Digest username=\"+494171693000\", realm=\"tel.example.de\", \
    nonce=\"ecb5f1b2a9d04c3b\", uri=\"sip:tel.example.de\", \
    response=\"341d6e5a3e4a67244f17568a6ecc5dd6\"";
const MD5: &str = "Digest username=\"+494171693000\", realm=\"tel.example.de\", \
    nonce=\"ecb5f1b2a9d04c3b\", uri=\"sip:tel.example.de\", \
    response=\"d33fcf46af1d483bccb56c704c367e30\", algorithm=MD5, cnonce=\"0a4f113b\", \
    qop=auth, nc=00000001";
const SHA256: &str = "Digest username=\"+494171693000\", realm=\"tel.example.de\", \
    nonce=\"ecb5f1b2a9d04c3b\", uri=\"sip:tel.example.de\", \
    response=\"c4b1008449543f3fc76f89aa59fa7e609d28a743a418d98ef49e80d212ec2775\", \
    algorithm=SHA-256, cnonce=\"0a4f113b\", qop=auth, nc=00000001";

#[test]
fn challenges_of_the_field_are_answered() {
    // Neither algorithm nor qop, as old proxies and home routers send it.
    check(&[r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b""#], PLAIN);
    // An empty qop and an empty algorithm are none.
    check(&[r#"Digest realm="tel.example.de",nonce="ecb5f1b2a9d04c3b",qop="",algorithm="#], PLAIN);
    // The algorithm first, without qop.
    let value = r#"Digest algorithm=MD5, realm="tel.example.de", nonce="ecb5f1b2a9d04c3b""#;
    check(&[value], &format!("{PLAIN}, algorithm=MD5"));
    let tidy = r#"realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop="auth""#;
    check(&[&format!("Digest {tidy}")], MD5);
    for untidy in [
        // No space after commas, stale and an unknown parameter.
        r#"Digest realm="tel.example.de",nonce="ecb5f1b2a9d04c3b",stale=FALSE,qop="auth",algorithm=MD5,domain="sip:x""#,
        // Scheme and names in capitals, the algorithm in quotes and in small letters.
        r#"DIGEST REALM="tel.example.de", NONCE="ecb5f1b2a9d04c3b", ALGORITHM="md5", QOP="auth""#,
        // qop without quotes; with two values; with spaces; in capitals.
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop=auth"#,
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop="auth,auth-int""#,
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop=" auth-int , auth ""#,
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop=auth,auth-int"#,
        // Extra commas, spaces around the equals sign, a folded line, a missing comma.
        r#"Digest ,realm = "tel.example.de",, nonce= "ecb5f1b2a9d04c3b" , algorithm =MD5,qop="auth" ,"#,
        "Digest realm=\"tel.example.de\",\r\n nonce=\"ecb5f1b2a9d04c3b\",\r\n\talgorithm=MD5, qop=\"auth\"",
        r#"Digest realm="tel.example.de" nonce="ecb5f1b2a9d04c3b" algorithm=MD5 qop="auth""#,
        // Nothing in quotes.
        "Digest realm=tel.example.de, nonce=ecb5f1b2a9d04c3b, algorithm=MD5, qop=auth",
        // userhash is an offer that we do not take.
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop="auth", userhash=true, charset=UTF-8"#,
    ] {
        check(&[untidy], MD5);
    }
    // An opaque comes back as it came, the empty one too.
    for opaque in ["", "5ccc069c403ebaf9f0171e9517f40e41", "a\\\"b\\\\c"] {
        let value = format!("Digest {tidy}, opaque=\"{opaque}\"");
        check(&[&value], &format!("{MD5}, opaque=\"{opaque}\""));
    }
}

#[test]
fn the_strongest_challenge_that_we_speak_is_answered() {
    let with = |algorithm: &str| {
        format!(
            "Digest realm=\"tel.example.de\", nonce=\"ecb5f1b2a9d04c3b\", \
             algorithm={algorithm}, qop=\"auth\""
        )
    };
    let (md5, sha256, sha512) = (with("MD5"), with("SHA-256"), with("SHA-512-256"));
    check(&[&sha256], SHA256);
    check(&[&sha256, &md5], SHA256);
    check(&[&md5, &sha256], SHA256);
    check(&[&sha512, &md5, "Basic realm=\"tel.example.de\"", "Digest nonsense"], MD5);
    check(&["", "NTLM", &with("AKAv1-MD5"), &sha512, &sha256, &md5], SHA256);
    // A protected one before an unprotected one.
    check(&[r#"Digest realm="tel.example.de", nonce="x""#, &md5], MD5);
    // Among equals the first.
    check(&[&md5, &md5.replace("ecb5", "0000")], MD5);
    let sess = MD5.replace("=MD5", "=MD5-sess");
    let sess = sess.replace("d33fcf46af1d483bccb56c704c367e30", "e3cd878ff621d9fc08cb4ea416632ce0");
    check(&[&with("MD5-sess")], &sess);
    let sess = SHA256.replace("=SHA-256", "=SHA-256-sess").replace(
        "c4b1008449543f3fc76f89aa59fa7e609d28a743a418d98ef49e80d212ec2775",
        "aaeed11bcceef43e825f4745b7512c808ff7709b8a81609dd953ddb228049762",
    );
    check(&[&with("sha-256-SESS")], &sess);
}

#[test]
fn each_realm_is_answered_on_its_own() {
    let values = [
        r#"Digest realm="edge", nonce="1", algorithm=MD5, qop="auth""#,
        r#"Digest realm="core", nonce="2", algorithm=SHA-256, qop="auth""#,
        r#"Digest realm="edge", nonce="3", algorithm=SHA-256, qop="auth""#,
    ];
    let chosen = choose(values.iter().map(|value| read(value).expect("readable")));
    let chosen: Vec<_> = chosen.iter().map(|it| (it.realm(), it.algorithm())).collect();
    let edge: (&[u8], _) = (b"edge", Algorithm::Sha256);
    assert_eq!(chosen, [edge, (b"core", Algorithm::Sha256)]);
    let many = (0..100).map(|nth| read(&format!("Digest realm=\"{nth}\", nonce=\"x\"")).unwrap());
    assert_eq!(choose(many).len(), sip::digest::CHALLENGES_MAX);
}

#[test]
fn what_cannot_be_answered_says_why() {
    let long = format!("Digest realm=\"a\", nonce=\"{}\"", "x".repeat(CHALLENGE_TEXT_MAX));
    for (value, fault) in [
        ("", Fault::NotDigest),
        ("Basic realm=\"a\"", Fault::NotDigest),
        ("Digest", Fault::Missing(Param::Realm)),
        ("Digest nonce=\"a\"", Fault::Missing(Param::Realm)),
        ("Digest realm=\"a\"", Fault::Missing(Param::Nonce)),
        ("Digest realm=\"a\", nonce=\"b", Fault::Quotes(Param::Nonce)),
        ("Digest realm=\"a\", realm=\"b\", nonce=\"c\"", Fault::Twice(Param::Realm)),
        ("Digest realm=\"a\r\nVia: b\", nonce=\"c\"", Fault::Control(Param::Realm)),
        (
            "Digest realm=\"a\", nonce=\"b\", algorithm=SHA-512-256, qop=\"auth\"",
            Fault::NotAccepted(Param::Algorithm),
        ),
        ("Digest realm=\"a\", nonce=\"b\", qop=\"auth-int\"", Fault::NotAccepted(Param::Qop)),
        ("Digest realm=\"a\", nonce=\"b\", algorithm=MD5-sess", Fault::Missing(Param::Qop)),
        (&long, Fault::TooLong(Param::Nonce)),
    ] {
        assert_eq!(read(value).err(), Some(fault), "{value}");
    }
}

#[test]
fn example_of_rfc_7616_with_its_whole_header() {
    let challenge = "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", \
        algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
        opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    let cnonce = b"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    let mut session = Session::new(read(challenge).expect("readable"), cnonce);
    let mufasa = credentials("Mufasa", "Circle of Life");
    assert_eq!(
        answer(&mut session, &mufasa, "GET", "/dir/index.html"),
        "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
         nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", \
         response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\", \
         algorithm=SHA-256, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
         nc=00000001, opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""
    );
}

#[test]
fn example_of_rfc_2617() {
    let challenge = "Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", \
        nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";
    let mut session = Session::new(read(challenge).expect("readable"), CNONCE);
    let mufasa = credentials("Mufasa", "Circle Of Life");
    let value = answer(&mut session, &mufasa, "GET", "/dir/index.html");
    assert!(value.contains("response=\"6629fae49393a05397450978507c4ef1\""), "{value}");
    assert!(!value.contains("algorithm"), "none was named, so none is answered: {value}");
}

#[test]
fn the_count_rises_with_each_request_of_a_nonce() {
    let challenge =
        r#"Digest realm="tel.example.de", nonce="ecb5f1b2a9d04c3b", algorithm=MD5, qop="auth""#;
    let mut session = Session::new(read(challenge).expect("readable"), CNONCE);
    assert_eq!(answer(&mut session, &trunk(), "REGISTER", "sip:tel.example.de"), MD5);
    let uri = "sip:115@tel.example.de;user=phone";
    let second = answer(&mut session, &trunk(), "INVITE", uri);
    assert!(second.contains("nc=00000002"), "{second}");
    assert!(second.contains("response=\"eb37867b16c57650c7c09f9a1e66dc1a\""), "{second}");
}

#[test]
fn quotes_backslashes_and_umlauts_are_escaped_once_and_hashed_as_they_are() {
    let challenge = "Digest realm=\"Büro\", nonce=\"ecb5f1b2a9d04c3b\", \
        algorithm=SHA-256, qop=\"auth\"";
    let mut session = Session::new(read(challenge).expect("readable"), CNONCE);
    let user = credentials("jürgen \"j\" \\amt", "schön:geheim");
    let value = answer(&mut session, &user, "REGISTER", "sip:tel.example.de");
    assert!(value.starts_with("Digest username=\"jürgen \\\"j\\\" \\\\amt\", realm=\"Büro\","));
    let response = "eb80eed15992a0940a5dd8eabcffaad63c8a2620e49daf9d3f0d29c58b2b0a70";
    assert!(value.contains(response), "{value}");
}

#[test]
fn nothing_that_would_be_a_second_header_line_is_written() {
    let challenge = read(r#"Digest realm="a", nonce="b""#).expect("readable");
    let mut session = Session::new(challenge.clone(), CNONCE);
    let bad = credentials("anna\r\nVia: x", "y");
    assert_eq!(session.answer(&bad, b"REGISTER", b"sip:a"), Err(Unanswerable::Unwritable));
    let good = credentials("anna", "any\r\nbytes\0");
    assert_eq!(session.answer(&good, b"REGISTER", b"sip:a\r\n"), Err(Unanswerable::Unwritable));
    assert!(session.answer(&good, b"REGISTER", b"sip:a").is_ok());
    let mut session = Session::new(challenge, b"c\r\n");
    assert_eq!(session.answer(&good, b"REGISTER", b"sip:a"), Err(Unanswerable::Unwritable));
}

#[test]
fn a_wrong_password_is_not_tried_twice_but_a_stale_nonce_is_renewed() {
    let fresh = || read(r#"Digest realm="a", nonce="b""#).expect("readable");
    let stale = || read(r#"Digest realm="a", nonce="c", stale="TRUE""#).expect("readable");
    assert!(stale().is_stale() && !fresh().is_stale());

    let mut session = Session::new(fresh(), CNONCE);
    assert_eq!(session.challenged_again(fresh(), CNONCE), Err(Rejected::Password));

    // An accepted nonce grew old, and the server does not call it stale.
    session.accepted();
    assert_eq!(session.challenged_again(fresh(), CNONCE), Ok(()));
    assert_eq!(session.challenged_again(fresh(), CNONCE), Err(Rejected::Password));

    let mut session = Session::new(fresh(), CNONCE);
    for _ in 1..TRIES_MAX {
        assert_eq!(session.challenged_again(stale(), CNONCE), Ok(()));
    }
    assert_eq!(session.challenged_again(stale(), CNONCE), Err(Rejected::AlwaysStale));
}

#[test]
fn nothing_secret_is_printed() {
    let user = credentials("anna", "geheim");
    let printed = format!("{user:?}");
    assert!(!printed.contains("anna") && !printed.contains("103"), "{printed}");
    let session = Session::new(read(r#"Digest realm="a", nonce="b""#).unwrap(), CNONCE);
    assert_eq!(format!("{session:?}"), "Session { algorithm: Md5, count: 0, tries: 1, .. }");
}
