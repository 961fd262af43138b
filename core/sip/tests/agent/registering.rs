// SPDX-License-Identifier: EUPL-1.2
//! Our own registrations at somebody else's registrar (RFC 3261, 10.2; RFC 3608; RFC 6140).

use super::*;
use sip::agent::{Account, Flow, RegistrantId};

const REGISTRAR: &str = "192.0.2.99:5060";
const SECOND: &str = "192.0.2.98:5060";

fn account() -> Account {
    Account {
        registrar: b"tel.example".to_vec(),
        user: Redacted::new(b"+494171693000".to_vec()),
        credentials: Credentials {
            username: Redacted::new(b"harburg".to_vec()),
            password: Redacted::new(b"Rathaus-2026!".to_vec()),
        },
        expires: 600,
        contact_user: b"amt-telekom".to_vec(),
        bulk: false,
    }
}

fn way(remote: &str) -> Flow {
    Flow { remote: remote.parse().expect("an address"), ..flow() }
}

fn enrolled(title: &str, account: Account, ways: &[&str]) -> (Ladder, RegistrantId) {
    enrolled_by(Ladder::new(title), account, ways)
}

fn enrolled_by(mut ladder: Ladder, account: Account, ways: &[&str]) -> (Ladder, RegistrantId) {
    let ways = ways.iter().map(|remote| way(remote)).collect();
    let id = ladder.agent.enrol(ladder.now, account, ways);
    ladder.user("enrol", |_, _| Ok(()));
    (ladder, id)
}

fn withdraw(ladder: &mut Ladder, id: RegistrantId) {
    ladder.user("withdraw", |agent, now| {
        agent.withdraw(now, id);
        Ok(())
    });
}

fn answered(ladder: &mut Ladder, line: &str, more: &str) {
    ladder.peer(&response("our", line, "registrar", &format!("{more}Content-Length: 0\n\n")));
}

fn asks(ladder: &mut Ladder, nonce: &str, more: &str) {
    let challenge =
        format!("WWW-Authenticate: Digest realm=\"tel.example\", nonce=\"{nonce}\"{more}\n");
    answered(ladder, "401 Unauthorized", &challenge);
}

fn granted(ladder: &mut Ladder, more: &str) {
    let contact = "Contact: <sip:amt-telekom@192.0.2.1:5060>;expires=300\n";
    answered(ladder, "200 OK", &format!("{contact}{more}"));
}

/// Waits until a registration is refreshed.
fn until_refreshed(ladder: &mut Ladder) {
    let sent = ladder.last_sent();
    while ladder.last_sent() == sent {
        let (at, _) = ladder.agent.deadline().expect("it has to be refreshed");
        ladder.wait(at.since(ladder.now).0.div_ceil(1_000));
    }
}

fn lose(ladder: &mut Ladder) {
    ladder.user("connection lost", |agent, now| {
        agent.connection_lost(now, &way(REGISTRAR));
        Ok(())
    });
}

fn leaves(mut ladder: Ladder, id: RegistrantId) -> String {
    withdraw(&mut ladder, id);
    answered(&mut ladder, "200 OK", "");
    assert!(ladder.agent.has_withdrawn());
    ladder.end()
}

#[test]
fn registrations_that_come_about() {
    let mut text = String::from("# We register elsewhere. Written by tests/agent.\n");
    let whole = Ladder::new("password, Service-Route, refresh, farewell").whole();
    let (mut basic, id) = enrolled_by(whole, account(), &[REGISTRAR]);
    asks(&mut basic, "n1", ", algorithm=SHA-256, qop=\"auth\", opaque=\"o\"");
    let tolerated = "Path: <sip:edge.tel.example;lr>\n\
        P-Associated-URI: <sip:+494171693000@tel.example>, <tel:+494171693001>\n\
        Service-Route: <sip:192.0.2.97;lr>, <sip:core.tel.example;lr>\n";
    granted(&mut basic, tolerated);
    let (by, routes) = basic.agent.registered_by(id).expect("it is registered");
    assert_eq!((by, routes.len()), (way(REGISTRAR), 2));
    // The nonce is used on, and counted.
    until_refreshed(&mut basic);
    granted(&mut basic, tolerated);
    text += &leaves(basic, id);

    let (mut stale, id) = enrolled("stale nonces are no wrong password", account(), &[REGISTRAR]);
    asks(&mut stale, "n1", ", qop=\"auth\"");
    granted(&mut stale, "");
    until_refreshed(&mut stale);
    asks(&mut stale, "n2", ", qop=\"auth\", stale=true");
    granted(&mut stale, "");
    until_refreshed(&mut stale);
    // Many do not say stale.
    asks(&mut stale, "n3", ", qop=\"auth\"");
    granted(&mut stale, "");
    text += &leaves(stale, id);

    let (mut brief, id) = enrolled("a longer time is wanted", account(), &[REGISTRAR]);
    answered(&mut brief, "423 Interval Too Brief", "Min-Expires: 3600\n");
    granted(&mut brief, "Expires: 3600\n");
    text += &leaves(brief, id);

    let (mut other, id) = enrolled("others are registered there too", account(), &[REGISTRAR]);
    let others = "Contact: <sip:amt-telekom@192.0.2.7:5060>;expires=20, \
        <sip:amt-telekom@192.0.2.1:5060;ob>;expires=120\n";
    answered(&mut other, "200 OK", others);
    text += &leaves(other, id);

    let (mut own, id) = enrolled("ours comes back in another shape", account(), &[REGISTRAR]);
    let shape = "Contact: <sip:amt-telekom@192.0.2.7:5060>;expires=200, \
        <sip:+494171693000@192.0.2.1>;expires=120\n";
    answered(&mut own, "200 OK", shape);
    text += &leaves(own, id);

    let bulk = Account { bulk: true, ..account() };
    let whole = Ladder::new("all numbers at once").whole();
    let (mut all, id) = enrolled_by(whole, bulk, &[REGISTRAR]);
    answered(&mut all, "200 OK", "Contact: <sip:192.0.2.1:5060;bnc>;expires=300\n");
    text += &leaves(all, id);
    golden::compare("agent/registering.txt", &text);
}

#[test]
fn registrations_that_do_not_come_about() {
    let mut text = String::from("# We register elsewhere, in vain. Written by tests/agent.\n");
    let (mut wrong, id) = enrolled("a wrong password is not tried twice", account(), &[REGISTRAR]);
    asks(&mut wrong, "n1", ", qop=\"auth\"");
    asks(&mut wrong, "n2", ", qop=\"auth\"");
    wrong.wait(1_700_000);
    withdraw(&mut wrong, id);
    text += &wrong.end();

    let (mut no, id) = enrolled("403 after the proof", account(), &[REGISTRAR]);
    asks(&mut no, "n1", ", qop=\"auth\"");
    answered(&mut no, "403 Forbidden", "");
    withdraw(&mut no, id);
    text += &no.end();

    let (mut gin, id) =
        enrolled("not all numbers at once", Account { bulk: true, ..account() }, &[REGISTRAR]);
    answered(&mut gin, "420 Bad Extension", "Unsupported: gin\n");
    withdraw(&mut gin, id);
    text += &gin.end();

    let (mut next, id) =
        enrolled("the next one is asked, then a pause", account(), &[REGISTRAR, SECOND]);
    next.wait(10_000);
    answered(&mut next, "503 Service Unavailable", "Retry-After: 40\n");
    next.wait(60_000);
    granted(&mut next, "");
    text += &leaves(next, id);

    let (mut lost, id) = enrolled("its connection is lost", account(), &[REGISTRAR]);
    granted(&mut lost, "");
    lost.wait(30_000);
    lose(&mut lost);
    granted(&mut lost, "");
    text += &leaves(lost, id);

    let (mut early, id) = enrolled("its connection is lost at once", account(), &[REGISTRAR]);
    granted(&mut early, "");
    lose(&mut early);
    early.wait(30_000);
    granted(&mut early, "");
    text += &leaves(early, id);

    let (mut late, id) = enrolled("an answer that comes too late", account(), &[REGISTRAR]);
    late.wait(11_000);
    granted(&mut late, "");
    text += &leaves(late, id);
    golden::compare("agent/registering_in_vain.txt", &text);
}

/// A registrar that was away and knows its nonce no longer says 401 without `stale`: that is no wrong password.
#[test]
fn a_registrar_that_comes_back_finds_the_password_right() {
    let mut text = String::from("# A registrar that was away. Written by tests/agent.\n");
    for (title, unavailable) in [
        ("silent after the proof", None),
        ("503 after the proof", Some("503 Service Unavailable")),
        ("408 after the proof", Some("408 Request Timeout")),
    ] {
        let (mut away, id) = enrolled(title, account(), &[REGISTRAR]);
        asks(&mut away, "n1", ", qop=\"auth\"");
        match unavailable {
            Some(line) => answered(&mut away, line, ""),
            None => away.wait(10_000),
        }
        until_refreshed(&mut away);
        asks(&mut away, "n2", ", qop=\"auth\"");
        granted(&mut away, "");
        let standing = away.agent.standing(id).expect("it registers");
        assert_eq!((standing.until.is_some(), standing.trouble), (true, None), "{title}");
        text += &leaves(away, id);
    }
    golden::compare("agent/registering_again.txt", &text);
}

/// What a registrar has given out is where calls come to, and what calls of ours have to pass.
#[test]
fn calls_of_a_registration_take_its_route_and_its_contact() {
    let (mut ladder, id) = enrolled("calls", account(), &[REGISTRAR]);
    granted(&mut ladder, "Service-Route: <sip:192.0.2.97;lr>, <sip:core.tel.example;lr>\n");
    let (by, routes) = ladder.agent.registered_by(id).expect("it is registered");
    let invite = Invite {
        target: Redacted::new(b"sip:+49401@tel.example".to_vec()),
        from: Redacted::new(b"<sip:+494171693100@tel.example>".to_vec()),
        flow: by,
        way: Way::Routes,
        headers: Vec::new(),
        offer: b"offer".to_vec(),
        max_forwards: 70,
        ring_for: Micros::from_secs(20),
        credentials: None,
        routes: routes.to_vec(),
        contact_user: Some(b"amt-telekom".to_vec()),
    };
    let call = ladder.agent.invite(ladder.now, invite).expect("there is room");
    ladder.call = Some(call);
    ladder.user("invite", |_, _| Ok(()));
    let sent = String::from_utf8(ladder.last_sent().bytes).expect("ASCII");
    let routes: Vec<&str> = sent.lines().filter(|line| line.starts_with("Route:")).collect();
    assert_eq!(routes, ["Route: <sip:192.0.2.97;lr>", "Route: <sip:core.tel.example;lr>"]);
    assert!(sent.contains("Contact: <sip:amt-telekom@192.0.2.1:5060>\r\n"), "{sent}");
    ladder.peer(&response("inv", "486 Busy Here", "callee", ""));
    let ack = String::from_utf8(ladder.last_sent().bytes).expect("ASCII");
    assert!(ack.starts_with("ACK ") && ack.contains("Route: <sip:192.0.2.97;lr>"), "{ack}");

    let called = super::invite("in").replacen("sip:115@centre.example", "sip:amt-telekom@h", 1);
    ladder.peer(&called);
    super::answer(&mut ladder);
    let sent = String::from_utf8(ladder.last_sent().bytes).expect("ASCII");
    assert!(sent.contains("Contact: <sip:amt-telekom@192.0.2.1:5060>\r\n"), "{sent}");
    ladder.peer(&super::ack(7));
    super::hang_up(&mut ladder);
    ladder.peer(&response("our", "200 OK", "", ""));
    leaves(ladder, id);
}
