// SPDX-License-Identifier: EUPL-1.2
//! Calls that leave the centre: to a client's own switchboard first, and to the partner.

use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::log::Log;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use stdx::ContactId;

pub(crate) const CASES: &[Case] = &[
    ("the_switchboard_goes_first", the_switchboard_goes_first),
    ("who_reaches_no_switchboard_comes_to_the_centre", who_reaches_no_switchboard),
    ("our_own_call_comes_back_and_is_one_contact", our_own_call_comes_back),
    ("the_partner_answers", the_partner_answers),
    ("the_partner_says_no_and_the_place_is_kept", the_partner_says_no),
    ("the_trunk_s_next_peer_is_called", the_next_peer_is_called),
    ("a_call_is_sent_on", a_call_is_sent_on),
    ("a_caller_who_was_answered_is_sent_on", a_caller_who_was_answered_is_sent_on),
];

const LOCAL_FIRST: &str = "local_first = { switchboard = \"rathaus\", ring = \"2s\" }";
const TO_THE_PARTNER: &str = "overflow = { partner = \"oldenburg\", nobody_signed_on = true }";

fn local_first() -> Server {
    Server::start(County::new().outside(1).way("116", LOCAL_FIRST))
}

fn to_the_partner(peers: usize) -> Server {
    Server::start(County::new().outside(peers).way("117", TO_THE_PARTNER))
}

/// The caller hears it ring there, and talks there. The telephone there shows who calls; the carrier learns
/// whose call it is, and what was dialled.
fn the_switchboard_goes_first() {
    let server = local_first();
    let outside = server.county.outside[0];
    let mut there = Sipp::at(outside, "agent_talks").with("ring", 300).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    let caller = call.with("talk", 300).run(&server);
    there.succeeds();
    assert!(caller.received("SIP/2.0 180 Ringing"), "{}", caller.messages());
    for said in [
        "INVITE sip:+494066969900@127.0.0.1:",
        "From: \"Kreis: Leitung 116\" <sip:+49417180001@127.0.0.1;user=phone>",
        "P-Asserted-Identity: <sip:116@127.0.0.1;user=phone>",
        "Diversion: <sip:116@127.0.0.1;user=phone>;reason=unconditional",
        "History-Info: <sip:116@127.0.0.1;user=phone>;index=1",
    ] {
        assert!(there.received(said), "{said}\n{}", there.messages());
    }
    assert_eq!(server.is_as_new().fate("116", "local"), 1);

    // There they hang up first.
    let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 200).start(&server);
    Sipp::from(server.county.caller(0), server.sip(), "116", "caller_listens").run(&server);
    there.succeeds();
    assert_eq!(server.is_as_new().fate("116", "local"), 2);
}

/// Busy there, silent there, nothing there at all: the centre's agent answers, and it is one contact.
fn who_reaches_no_switchboard() {
    let mut server = local_first();
    let (outside, phone) = (server.county.outside[0], server.county.bench_phone(1));
    let talks = |server: &Server| {
        let mut agent = Sipp::at(phone, "agent_talks").with("ring", 50).start(server);
        let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
        call.with("talk", 200).run(server);
        agent.succeeds();
    };
    let mut busy = Sipp::at(outside, "agent_refuses").with("code", 486).start(&server);
    talks(&server);
    busy.succeeds();
    let mut silent = Sipp::at(outside, "agent_is_cancelled").start(&server);
    talks(&server);
    silent.succeeds();
    talks(&server);
    assert_eq!(server.is_as_new().fate("116", "accepted"), 3);
    server.process.signal("TERM");
    server.process.wait(SOON);
    assert_eq!(Log::read(&server.data()).last_contact, ContactId(3));
}

/// The switchboard is forwarded to us: our own call comes back, is refused there as a loop, and goes on here.
fn our_own_call_comes_back() {
    let mut server = local_first();
    let (outside, phone) = (server.county.outside[0], server.county.bench_phone(1));
    let mut agent = Sipp::at(phone, "agent_talks").with("ring", 50).start(&server);
    let mut there = Sipp::at(outside, "agent_is_cancelled").start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_talks");
    let mut caller = call.with("talk", 300).start(&server);
    wait_for("it rings there", SOON, || there.received("INVITE").then_some(()));
    let forwarded = "Diversion: <sip:+494066969900@pbx;user=phone>;reason=unconditional\n      \
                     Diversion: <sip:116@127.0.0.1;user=phone>;reason=unconditional\n";
    let back = Sipp::from(server.county.caller(1), server.sip(), "116", "caller_refused");
    back.with("hops", 60)
        .with("code", 482)
        .with("extra", format!("      {forwarded}"))
        .run(&server);
    for peer in [&mut there, &mut agent, &mut caller] {
        peer.succeeds();
    }
    assert_eq!(server.is_as_new().fate("116", "accepted"), 1);
    server.process.signal("TERM");
    server.process.wait(SOON);
    assert_eq!(Log::read(&server.data()).last_contact, ContactId(1), "no second contact");
}

/// Nobody is signed on who could answer: the caller hears music until the partner answers, who learns which
/// contact it is.
fn the_partner_answers() {
    let server = to_the_partner(1);
    let outside = server.county.outside[0];
    let mut there = Sipp::at(outside, "agent_talks").with("ring", 500).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
    call.with("talk", 1_500).run(&server);
    there.succeeds();
    let told: String = "contact=1;line=117;".bytes().map(|it| format!("{it:02x}")).collect();
    assert!(there.received(&format!("User-to-User: {told}")), "{}", there.messages());
    assert_eq!(server.is_as_new().fate("117", "overflowed"), 1);

    // The caller gives up while it rings there.
    let mut there = Sipp::at(outside, "agent_is_cancelled").start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
    call.with("talk", 500).run(&server);
    there.succeeds();
    assert_eq!(server.is_as_new().fate("117", "abandoned"), 1);
}

/// Full, then closed, then silent: the caller waits on each time, and the fourth attempt is answered.
fn the_partner_says_no() {
    let server = to_the_partner(1);
    let outside = server.county.outside[0];
    let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_listens");
    let mut caller = call.start(&server);
    for code in [486, 480] {
        Sipp::at(outside, "agent_refuses").with("code", code).run(&server);
    }
    Sipp::at(outside, "agent_is_cancelled").run(&server);
    Sipp::at(outside, "agent_hangs_up").with("talk", 200).run(&server);
    caller.succeeds();
    assert_eq!(server.is_as_new().fate("117", "overflowed"), 1);
}

/// The first peer is out of order; the second one takes the call.
fn the_next_peer_is_called() {
    let server = to_the_partner(2);
    let [first, second] = server.county.outside[..] else { panic!("two peers") };
    let mut broken = Sipp::at(first, "agent_refuses").with("code", 503).start(&server);
    let mut there = Sipp::at(second, "agent_talks").with("ring", 50).start(&server);
    let call = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
    call.with("talk", 800).run(&server);
    broken.succeeds();
    there.succeeds();
    assert_eq!(server.is_as_new().fate("117", "overflowed"), 1);
}

/// The same on a line that answers at once: the carrier is asked to call there, and says how that went. Whom
/// the partner does not take is answered by us.
fn a_caller_who_was_answered_is_sent_on() {
    let way = "overflow = { partner = \"oldenburg\", reach = \"deflect\", hours = \"immer\" }";
    let server = Server::start(County::new().outside(1).way("115", way));
    let calls = |scenario| Sipp::from(server.county.caller(0), server.sip(), "115", scenario);
    let caller = calls("caller_is_sent_on").with("report", "200 OK").run(&server);
    assert!(caller.received("Referred-By: <sip:115@"), "{}", caller.messages());
    assert_eq!(server.is_empty().fate("115", "overflowed"), 1);

    let mut agent =
        Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 50).start(&server);
    let call = calls("caller_is_not_sent_on").with("report", "486 Busy Here").with("talk", 1_500);
    call.run(&server);
    agent.succeeds();
    assert_eq!(server.is_as_new().fate("115", "accepted"), 1);
}

/// A line whose calls go to the partner as a whole: the carrier gets the other number, and the call is gone.
fn a_call_is_sent_on() {
    let way = "overflow = { partner = \"oldenburg\", reach = \"deflect\", hours = \"immer\" }";
    let server = Server::start(County::new().outside(1).way("116", way));
    let call = Sipp::from(server.county.caller(0), server.sip(), "116", "caller_refused");
    let caller = call.with("hops", 70).with("code", 302).run(&server);
    assert!(caller.received("Contact: <sip:+492214710900@127.0.0.1:"), "{}", caller.messages());
    assert_eq!(server.is_as_new().fate("116", "overflowed"), 1);
}
