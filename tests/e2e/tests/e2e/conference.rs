// SPDX-License-Identifier: EUPL-1.2
//! Three in one talk: an agent brings the caller and whom the agent has asked together by pressing `*3`.

use e2e::baresip::{Baresip, EVERY_CODEC, PORTS, Phone};
use e2e::certificates::Authority;
use e2e::clock::SOON;
use e2e::county::County;
use e2e::figures::Figures;
use e2e::linphone::{self, Linphone};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;
use std::time::Duration;

pub(crate) const CASES: &[Case] = &[
    ("three_talk_until_who_was_asked_leaves", third_leaves),
    ("three_talk_until_the_agent_leaves", agent_leaves),
    ("three_talk_until_the_caller_leaves", caller_leaves),
    ("who_was_asked_is_taken_out_again", taken_out),
    ("on_hold_the_others_go_on", on_hold),
    ("protected_and_in_clear_wide_and_narrow", mixed_lines),
    ("linphone_brings_an_office_in", an_office),
    ("a_telephone_mixes_by_itself", mixes_by_itself),
];

/// Begun first: a minute of silence has to pass.
pub(crate) const LONG: &[Case] = &[("three_talk_until_the_agent_s_telephone_dies", agent_dies)];

/// A minute of silence, and 32 s without an answer (RFC 3261, timer B).
const NOTICED: Duration = Duration::from_secs(120);

const CALLER: u32 = 440;
const AGENT: u32 = 620;
const ASKED: u32 = 800;
const MUSIC: f64 = 300.0;

struct Three {
    server: Server,
    caller: Baresip,
    agent: Baresip,
    asked: Baresip,
}

fn county() -> County {
    let county = County::new().agent("k1").phone("k1", "k1").agent("k2").phone("k2", "k2");
    let mut county = county.outside(1);
    county.bench = 0;
    county
}

fn registered(server: &Server, phone: Phone) -> Baresip {
    let password = server.password(&phone.user);
    let mut phone = phone.registering(password).start(server);
    phone.is_registered();
    phone
}

/// The agent signs on, talks to a caller, and asks a colleague while the caller hears music.
fn asking(server: Server, agent: Phone, asked: Phone) -> Three {
    let (agent, asked) = (registered(&server, agent), registered(&server, asked));
    server.wait_until("both registered", SOON, |it| it.of("telephones_registered") == 2);
    agent.dial("*10");
    server.wait_until("one is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial("116");
    caller.hears_just(&[AGENT]);
    agent.press("/hold\n");
    caller.hears(MUSIC);
    agent.dial("k2");
    asked.hears_just(&[AGENT]);
    agent.hears_just(&[ASKED]);
    Three { server, caller, agent, asked }
}

/// All of them on UDP, in clear, with A-law.
fn three() -> Three {
    let mut county = county();
    let ports = [county.ports.row(PORTS), county.ports.row(PORTS)];
    let phone = |user, port, hertz| Phone::new(user, port, hertz);
    let (agent, asked) = (phone("k1", ports[0], AGENT), phone("k2", ports[1], ASKED));
    let three = asking(Server::start(county), agent, asked);
    three.come_together();
    three
}

fn brings_in(phone: &Baresip) {
    phone.press("*");
    phone.press("3");
}

impl Three {
    /// `*3`: each hears the two others and not itself; the telephone has one call left.
    fn come_together(&self) {
        brings_in(&self.agent);
        self.all_hear_all();
        let three = |it: &Figures| it.of("media_legs") == 3 && it.agents("talking") == 1;
        self.server.wait_until("one leg for each", SOON, three);
        self.server.wait_for_call("three are talking");
    }

    fn all_hear_all(&self) {
        self.caller.hears_just(&[AGENT, ASKED]);
        self.agent.hears_just(&[CALLER, ASKED]);
        self.asked.hears_just(&[CALLER, AGENT]);
    }

    /// One contact, accepted, and nothing is left behind.
    fn was_one_contact(&self) {
        let figures = self.server.is_empty();
        assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
        self.server.is_as_new();
    }
}

/// The caller and the agent are by themselves again, in the one call that the telephone has.
fn third_leaves() {
    let it = three();
    it.asked.hang_up();
    it.caller.hears_just(&[AGENT]);
    it.agent.hears_just(&[CALLER]);
    let two = |it: &Figures| it.of("media_legs") == 2 && it.agents("talking") == 1;
    it.server.wait_until("two are left", SOON, two);
    it.caller.hang_up();
    it.was_one_contact();
}

/// Hanging up hands over: the two others go on, and the agent is free.
fn agent_leaves() {
    let it = three();
    it.agent.hang_up();
    it.caller.hears_just(&[ASKED]);
    it.asked.hears_just(&[CALLER]);
    let free = |it: &Figures| it.of("media_legs") == 2 && it.agents("ready") == 1;
    it.server.wait_until("the agent is free", SOON, free);
    // Whoever was asked says goodbye.
    it.asked.hang_up();
    it.was_one_contact();

    // The same with a colleague who is at work, in a pause: talking afterwards, and free in the end.
    it.asked.dial("*10");
    it.server.wait_until("both are ready", SOON, |it| it.agents("ready") == 2);
    it.server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    it.asked.dial("*12");
    it.server.wait_until("one has a pause", SOON, |it| it.agents("ready") == 1);
    it.server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    it.caller.dial("116");
    it.server.wait_until("the agent talks", SOON, |it| it.agents("talking") == 1);
    it.agent.hears_just(&[CALLER]);
    it.agent.press("/hold\n");
    it.agent.dial("k2");
    it.asked.hears_just(&[AGENT]);
    it.come_together();
    it.agent.hang_up();
    it.caller.hears_just(&[ASKED]);
    let both = |it: &Figures| it.agents("talking") == 1 && it.agents("ready") == 1;
    it.server.wait_until("the colleague talks, the agent is free", SOON, both);
    it.caller.hang_up();
    let figures = it.server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (2, 2));
    it.server.is_as_new();
}

/// The contact is over; the two others have something to say to each other still.
fn caller_leaves() {
    let it = three();
    it.caller.hang_up();
    it.agent.hears_just(&[ASKED]);
    it.asked.hears_just(&[AGENT]);
    let over = |it: &Figures| it.fate("116", "accepted") == 1 && it.of("media_legs") == 2;
    it.server.wait_until("the contact is over", SOON, over);
    it.agent.hang_up();
    it.was_one_contact();
}

/// A telephone without power says nothing more: the two others notice nothing, and the centre learns of it.
fn agent_dies() {
    let Three { server, caller, agent, asked } = three();
    drop(agent);
    caller.hears_just(&[ASKED]);
    asked.hears_just(&[CALLER]);
    let free = |it: &Figures| it.agents("talking") == 0 && it.of("media_legs") == 2;
    server.wait_until("the agent is known to be gone", NOTICED, free);
    caller.hears_just(&[ASKED]);
    asked.hears_just(&[CALLER]);
    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
}

/// `*3` again: whoever was asked is out, say an office's answering machine, and can be asked anew.
fn taken_out() {
    let it = three();
    brings_in(&it.agent);
    it.caller.hears_just(&[AGENT]);
    it.agent.hears_just(&[CALLER]);
    it.server.wait_until("two are left", SOON, |it| it.of("media_legs") == 2);
    it.agent.press("/hold\n");
    it.agent.dial("k2");
    it.asked.hears_just(&[AGENT]);
    it.come_together();
    // Handed on once more, to somebody else: then all three legs are free for it.
    it.agent.press("/transfer 117\n");
    it.caller.hears(MUSIC);
    it.server.wait_until("the caller waits", SOON, |it| it.of("contacts_waiting") == 1);
    it.caller.hang_up();
    it.was_one_contact();
}

/// Who holds hears nothing and is not heard; no music comes between the others.
fn on_hold() {
    let it = three();
    it.agent.press("/hold\n");
    it.caller.hears_just(&[ASKED]);
    it.asked.hears_just(&[CALLER]);
    it.agent.press("/resume\n");
    // baresip records nothing after a hold.
    it.caller.hears_just(&[AGENT, ASKED]);
    it.asked.hears_just(&[CALLER, AGENT]);
    // Held when whoever was asked leaves: now there is nobody but the music.
    it.agent.press("/hold\n");
    it.caller.hears_just(&[ASKED]);
    it.asked.hang_up();
    it.caller.hears_just(&[300]);
    it.agent.press("/resume\n");
    it.caller.hears_just(&[AGENT]);
    it.caller.hang_up();
    it.was_one_contact();
}

/// SRTP and 7 kHz at the agent's, 7 kHz in clear at the colleague's, a caller in clear with A-law.
fn mixed_lines() {
    let authority = Authority::new("Amt fuer Zertifikate");
    let mut county = county();
    let ports = [county.ports.row(PORTS), county.ports.row(PORTS)];
    let at = crate::secure::listen_by_tls(&mut county);
    let server = Server::start_in(crate::secure::folder_with(&authority), county);
    let tls = crate::secure::tls(&authority, &server.folder, "k1", at);
    let codec = EVERY_CODEC;
    let agent = Phone {
        tls: Some(tls),
        encrypts: Some("srtp"),
        codec,
        ..Phone::new("k1", ports[0], AGENT)
    };
    let asked = Phone { codec: "G722/16000", ..Phone::new("k2", ports[1], ASKED) };
    let it = asking(server, agent, asked);
    it.come_together();
    let refused =
        |reason| it.server.figures().of(&format!("srtp_refused_total{{reason=\"{reason}\"}}"));
    assert_eq!(["forged", "replayed"].map(refused), [0, 0]);
    // The two who stay speak nothing in common: they are mixed on.
    it.agent.hang_up();
    it.caller.hears_just(&[ASKED]);
    it.asked.hears_just(&[CALLER]);
    it.asked.hang_up();
    it.was_one_contact();
}

/// A desk telephone of another kind, and somebody outside.
fn an_office() {
    let mut county = county();
    let port = county.ports.row(linphone::PORTS);
    let server = Server::start(county);
    let agent = Linphone::start(&server, "k1", port, AGENT);
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    agent.call("*10");
    server.wait_until("one is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial("116");
    caller.hears_just(&[AGENT]);
    let held = agent.last_call();
    agent.talks(held);
    agent.press("pause");
    caller.hears(MUSIC);
    let outside = server.county.outside[0];
    let mut office = Sipp::at(outside, "agent_hangs_up").with("talk", 6_000).start(&server);
    agent.call("+4940123456");
    agent.press("*");
    agent.press("3");
    let three = |it: &Figures| it.of("media_legs") == 3 && it.agents("talking") == 1;
    server.wait_until("one leg for each", SOON, three);
    server.wait_for_call("three are talking");
    // This office says nothing.
    caller.hears_just(&[AGENT]);
    office.succeeds();
    server.wait_until("two are left", SOON, |it| it.of("media_legs") == 2);
    caller.hears_just(&[AGENT]);
    caller.hang_up();
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    server.is_as_new();
}

/// A telephone that mixes by itself has two calls, of which one is the contact; we relay both.
fn mixes_by_itself() {
    let mut county = county();
    let ports = [county.ports.row(linphone::PORTS), county.ports.row(PORTS)];
    let server = Server::start(county);
    let asked = registered(&server, Phone::new("k2", ports[1], ASKED));
    let agent = Linphone::start(&server, "k1", ports[0], AGENT);
    server.wait_until("both registered", SOON, |it| it.of("telephones_registered") == 2);
    agent.call("*10");
    server.wait_until("one is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    let caller = Phone::new("+4941718001", server.county.callers, CALLER).start(&server);
    caller.dial("116");
    caller.hears_just(&[AGENT]);
    let held = agent.last_call();
    agent.talks(held);
    agent.press("pause");
    caller.hears(MUSIC);
    let second = agent.call("k2");
    agent.press(&format!("conference add {held}"));
    agent.press(&format!("conference add {second}"));
    caller.hears(ASKED.into());
    asked.hears(CALLER.into());
    let both = |it: &Figures| it.of("media_legs") == 4 && it.agents("talking") == 1;
    server.wait_until("two calls", SOON, both);
    // The caller leaves: the contact is over, the other call is not.
    caller.hang_up();
    let over = |it: &Figures| it.fate("116", "accepted") == 1 && it.of("media_legs") == 2;
    server.wait_until("the contact is over", SOON, over);
    asked.hang_up();
    let figures = server.is_empty();
    assert_eq!((figures.contacts(), figures.fate("116", "accepted")), (1, 1));
    server.is_as_new();
}
