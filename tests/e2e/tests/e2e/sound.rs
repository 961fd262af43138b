// SPDX-License-Identifier: EUPL-1.2
//! Telephones with real sound: what one says is what the other hears.

use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::clock::SOON;
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use std::net::Ipv4Addr;

pub(crate) const CASES: &[Case] = &[("sound_and_keys_both_ways", sound_and_keys_both_ways)];

/// A centre whose one agent has a telephone that registers, is signed on, and says 620 Hz.
fn with_agent(mut county: County, change: impl FnOnce(Phone) -> Phone) -> (Server, Baresip) {
    county.bench = 0;
    let county = county.agent("k1").phone("k1", "k1");
    let mut county = county;
    let port = county.ports.row(PORTS);
    let server = Server::start(county);
    let phone = Phone::new("k1", port, 620).registering(server.password("k1"));
    let mut phone = change(phone).start(&server);
    phone.is_registered();
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    phone.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    (server, phone)
}

fn sound_and_keys_both_ways() {
    let (server, agent) = with_agent(County::new(), |phone| phone);
    let caller = Phone::new("+4941718001", server.county.caller(0), 440);
    let caller = caller.start(&server);
    caller.dial("115");
    // The greeting, the music, then the agent.
    caller.hears(600.0);
    caller.hears(620.0);
    agent.hears(440.0);
    caller.press("7");
    agent.press("9");
    caller.hang_up();
    let figures = server.is_as_new();
    assert_eq!(figures.fate("115", "accepted"), 1);
    let _ = Ipv4Addr::LOCALHOST;
}
