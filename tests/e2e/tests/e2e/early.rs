// SPDX-License-Identifier: EUPL-1.2
//! What is heard of the far end before it answers, and that it hears nobody until then.

use e2e::baresip::{Answers, Baresip, PORTS, Phone};
use e2e::clock::SOON;
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;

pub(crate) const CASES: &[Case] = &[
    ("an_office_is_heard_before_it_answers", an_office_is_heard_before_it_answers),
    ("who_was_heard_early_turns_the_call_down", who_was_heard_early_turns_the_call_down),
    ("a_caller_who_is_put_through_hears_the_exchange", a_caller_who_is_put_through),
];

const AGENT: u32 = 620;
const OFFICE: u32 = 740;
const CALLER: u32 = 440;
const NUMBER: &str = "+4940123456";
const BEHIND: &str = "+494171693555";

/// A centre whose one telephone is at the last port, and an office outside that says its tone until it answers.
fn centre(number: &str, more_of_trunk: &str) -> (Server, Baresip, u16) {
    let mut county = County::new().agent("k1").phone("k1", "k1").outside(1);
    let (port, own) = (county.ports.row(PORTS), county.ports.row(PORTS));
    (county.bench, county.outside) = (0, vec![port]);
    county.outside_trunk = more_of_trunk.to_owned();
    let server = Server::start(county);
    let office = Phone::new(number, port, OFFICE);
    let office = Phone { answers: Answers::WhenToldAndPlays, ..office }.start(&server);
    (server, office, own)
}

fn telephone(server: &Server, port: u16) -> Baresip {
    let phone = Phone::new("k1", port, AGENT).registering(server.password("k1"));
    let mut phone = phone.start(server);
    phone.is_registered();
    phone
}

/// Nobody is heard where nobody has answered: a call cannot be held without being paid for.
fn hears_nobody(office: &Baresip, tone: u32) {
    let heard = office.heard();
    let tenths: usize = heard.iter().map(|it| it.tenths_with(tone.into())).sum();
    assert_eq!(tenths, 0, "the office hears who calls before it has answered");
}

fn an_office_is_heard_before_it_answers() {
    let (server, office, own) = centre(NUMBER, "");
    let phone = telephone(&server, own);
    phone.dial(NUMBER);
    phone.hears(OFFICE.into());
    hears_nobody(&office, AGENT);
    office.answer();
    office.hears(AGENT.into());
    phone.hears_just(&[OFFICE]);
    phone.hang_up();
    server.wait_until("nothing is left", SOON, |it| it.of("media_legs") == 0);
    server.is_as_new();
}

/// Busy after an announcement: who dialled hears both, and is told.
fn who_was_heard_early_turns_the_call_down() {
    let (server, office, own) = centre(NUMBER, "");
    let mut phone = telephone(&server, own);
    phone.dial(NUMBER);
    phone.hears(OFFICE.into());
    office.hang_up();
    phone.wait_for_words("session closed");
    hears_nobody(&office, AGENT);
    server.wait_until("nothing is left", SOON, |it| it.of("media_legs") == 0);
    server.is_as_new();
}

/// A number behind an exchange: its announcement reaches who called over the other trunk.
fn a_caller_who_is_put_through() {
    let (server, office, _) = centre(BEHIND, "extensions = [\"+494171693\"]");
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial(BEHIND);
    caller.hears(OFFICE.into());
    hears_nobody(&office, CALLER);
    office.answer();
    office.hears(CALLER.into());
    caller.hang_up();
    server.wait_until("nothing is left", SOON, |it| it.of("media_legs") == 0);
    server.is_as_new();
}
