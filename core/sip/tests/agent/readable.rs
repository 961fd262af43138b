// SPDX-License-Identifier: EUPL-1.2
//! Whatever a caller's INVITE says, what we send in the call can be read, or the call is refused.

use sip::agent::{Config, Event, Flow, UserAgent};
use sip::message::parse_datagram;
use stdx::{Rng, Tick};

const INVITE: &str = "INVITE sip:115@centre.example SIP/2.0\r\n\
    Via: SIP/2.0/UDP 192.0.2.99;branch=z9hG4bKabc\r\nMax-Forwards: 70\r\n\
    From: \"x\" <sip:+4940123456@h>;tag=abcd\r\nTo: <sip:115@centre.example>\r\nCall-ID: qwe@x\r\n\
    CSeq: 1 INVITE\r\nContact: <sip:x@192.0.2.99:5060>\r\nRecord-Route: <sip:192.0.2.98;lr>\r\n\
    Session-Expires: 90;refresher=uas\r\nSupported: timer\r\nContent-Length: 0\r\n\r\n";

/// What a byte may be replaced by.
const ODD: [&str; 24] = [
    " ", "\t", "<", ">", "\"", ";", ",", "=", "\\", "%", "%00", "?", "?a=b", ":", "@", "[", "]",
    "*", "\r\n ", "(", "/", "{", ";lr", "99999",
];

/// Answers the call and hangs up. None if the call was not let in, otherwise our BYE.
fn bye(invite: &[u8]) -> Option<Vec<u8>> {
    let mut agent = UserAgent::new(Config::default(), Rng::new(1));
    let (ours, theirs) = ("192.0.2.1:5060".parse().unwrap(), "192.0.2.99:5060".parse().unwrap());
    agent.receive(Tick(0), Flow::udp(ours, theirs), invite);
    let Some(Event::Incoming(call, _)) = agent.poll_event() else { return None };
    agent.answer(Tick(0), call, b"v=0\r\n".to_vec()).unwrap();
    agent.hang_up(Tick(0), call, None).unwrap();
    // Nobody acknowledges: 64 T1 later we leave all the same (RFC 3261, 13.3.1.4).
    for second in 1..40 {
        agent.elapse(Tick(second * 1_000_000));
    }
    let sent = std::iter::from_fn(|| agent.poll_transmit());
    let mut byes = sent.filter(|it| it.bytes.starts_with(b"BYE ")).map(|it| it.bytes);
    Some(byes.next().unwrap_or_default())
}

fn must_be_readable(invite: &str) {
    if let Some(bye) = bye(invite.as_bytes()) {
        assert!(parse_datagram(&bye).is_ok(), "{invite}\n{}", String::from_utf8_lossy(&bye));
    }
}

#[test]
fn whatever_stands_in_an_invite_our_bye_can_be_read() {
    assert!(bye(INVITE.as_bytes()).is_some_and(|bye| !bye.is_empty()));
    for at in 0..INVITE.len() {
        for odd in ODD {
            must_be_readable(&format!("{}{odd}{}", &INVITE[..at], &INVITE[at..]));
            must_be_readable(&format!("{}{odd}{}", &INVITE[..at], &INVITE[at + 1..]));
        }
    }
}

#[test]
fn who_names_an_address_that_is_too_long_to_be_called_is_refused() {
    for length in [10, 1_000, 2_000, 2_040, 2_048, 2_100, 4_000] {
        let long = "x".repeat(length);
        for (part, longer) in [
            ("Contact: <sip:x@", format!("Contact: <sip:{long}@")),
            (":5060>", format!(":5060;a={long}>")),
            ("192.0.2.98;lr", format!("{long}@192.0.2.98;lr")),
            ("192.0.2.98;lr", format!("{long}@192.0.2.98")),
        ] {
            must_be_readable(&INVITE.replacen(part, &longer, 1));
        }
    }
}

#[test]
fn headers_in_a_contact_are_not_called() {
    let bye = bye(INVITE.replace(":5060>", ":5060?Replaces=a>").as_bytes()).expect("it is let in");
    assert!(bye.starts_with(b"BYE sip:x@192.0.2.99:5060 SIP/2.0\r\n"));
}
