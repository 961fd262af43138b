// SPDX-License-Identifier: EUPL-1.2
//! 110 and 112, dialled at a telephone of ours, against a trunk of sipp.

use crate::agents::{dial, register};
use e2e::clock::SOON;
use e2e::county::{County, Help, Phone};
use e2e::folder::Folder;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;

pub(crate) const CASES: &[Case] = &[
    ("telephones_reach_help_before_every_limit", telephones_reach_help),
    ("help_is_reached_by_the_next_peer", help_is_reached_by_the_next_peer),
    ("where_no_emergency_call_leaves_it_is_said", where_no_emergency_call_leaves),
];

fn county(peers: usize) -> (County, u16) {
    let mut county = County::new().agent("k1").phone("k1", "k1").outside(peers);
    (county.bench, county.help) = (0, Help::ByTrunk);
    let phone = county.ports.one();
    (county, phone)
}

/// With the trunk's channels all in use; and with a prefix that no network wants there.
fn telephones_reach_help() {
    let (mut county, phone) = county(1);
    let desk = county.ports.one();
    let at = Some(format!("udp:127.0.0.1:{desk}"));
    county.own_phones.push(Phone { id: "desk", agent: "k1", at, browser: false });
    let way = "overflow = { partner = \"oldenburg\", nobody_signed_on = true }";
    let server = Server::start(county.way("117", way));
    register(&server, phone, "k1");
    let outside = server.county.outside[0];

    let mut carrier = Sipp::at(outside, "agent_talks").with("ring", 50).calls(3).start(&server);
    let callers = Sipp::from(server.county.caller(0), server.sip(), "117", "caller_talks");
    let mut callers = callers.with("talk", 4_000).calls(2).start(&server);
    server.wait_until("both channels are in use", SOON, |it| {
        it.of("trunk_calls{trunk=\"aussen\"}") == 2
    });
    Sipp::from(desk, server.sip(), "112", "caller_talks").with("talk", 300).run(&server);
    callers.succeeds();
    carrier.succeeds();

    for (dialled, called) in [("112", "112"), ("110", "110"), ("0112", "112")] {
        let mut there = Sipp::at(outside, "agent_hangs_up").with("talk", 200).start(&server);
        dial(&server, phone, "k1", dialled);
        there.succeeds();
        let said = format!("INVITE sip:{called}@127.0.0.1:{outside} SIP/2.0");
        assert!(there.received(&said), "{}", there.messages());
    }
    let figures = server.is_as_new();
    assert_eq!(figures.of("emergency_calls_total"), 4);
    assert_eq!(figures.contacts(), 2, "the centre hears nothing of it");
}

/// The first peer is out of order, or nobody is there at all.
fn help_is_reached_by_the_next_peer() {
    let (county, phone) = county(2);
    let server = Server::start(county);
    register(&server, phone, "k1");
    let [first, second] = server.county.outside[..] else { panic!("two peers") };
    let mut broken = Sipp::at(first, "agent_refuses").with("code", 503).start(&server);
    let mut there = Sipp::at(second, "agent_hangs_up").with("talk", 200).start(&server);
    dial(&server, phone, "k1", "112");
    broken.succeeds();
    there.succeeds();

    let mut there = Sipp::at(second, "agent_hangs_up").with("talk", 200).start(&server);
    dial(&server, phone, "k1", "112");
    there.succeeds();

    // Nobody at all: the telephone is told so, and nothing is left behind.
    let dials = Sipp::from(phone, server.sip(), "112", "phone_is_refused").with("user", "k1");
    dials.with("password", server.password("k1")).with("code", 503).run(&server);
    assert_eq!(server.is_as_new().of("emergency_calls_total"), 3);
}

/// A site says in words where its next telephone for such calls is. Where that cannot be heard, or nothing is known,
/// the telephone has to help itself.
fn where_no_emergency_call_leaves() {
    let sound = include_bytes!("../../../../examples/prompts/busy.wav");
    for (help, is_said) in [(Help::Nowhere, true), (Help::Nowhere, false), (Help::Unknown, false)] {
        let mut county = County::new().agent("k1").phone("k1", "k1");
        (county.bench, county.help) = (0, help);
        let phone = county.ports.one();
        let folder = Folder::new();
        if is_said {
            folder.write("data/prompts/rechner-no-emergency.wav", sound);
        }
        let server = Server::start_in(folder, county);
        register(&server, phone, "k1");
        if is_said {
            dial(&server, phone, "k1", "112");
        } else {
            let dials = Sipp::from(phone, server.sip(), "112", "phone_is_refused");
            let dials = dials.with("user", "k1").with("password", server.password("k1"));
            dials.with("code", 380).run(&server);
        }
        assert_eq!(server.is_empty().of("emergency_calls_total"), 0);
    }
}
