// SPDX-License-Identifier: EUPL-1.2
//! Two agents talk, and in the middle one of them is replaced by another that knows the call only from
//! what was written down; on a clock of its own.
//!
//! The rule to keep: nothing is lost on this network, so whatever is replaced whenever, the call goes
//! on until somebody hangs up.

use super::*;
use proptest::prelude::*;
use sip::agent::{
    CallId, Event, Flow, SavedAnswer, SavedCall, SavedRequest, SavedTimer, UserAgent,
};
use sip::dialog::{Dialog, DialogId, End, Party, Proposal};
use std::collections::BTreeMap;
use stdx::{Rng, Tick};

const DELAY_MAX_MILLIS: u64 = 150;

struct Side {
    agent: UserAgent,
    flow: Flow,
    /// How much further its clock is.
    clock: Micros,
    call: Option<CallId>,
    heard: Vec<String>,
    end: Option<End>,
}

struct Line {
    now: Tick,
    sides: [Side; 2],
    wire: BTreeMap<(Tick, u64), (usize, Vec<u8>)>,
    /// When our users answer a change, and with what.
    answers: BTreeMap<(Tick, u64), (usize, Carrier, bool)>,
    /// Whose messages get lost from now on.
    silent: Option<usize>,
    rng: Rng,
    drawn: u64,
    changes: u64,
}

fn side(own: &str, other: &str, seed: u64) -> Side {
    let flow = Flow::udp(own.parse().expect("address"), other.parse().expect("address"));
    let agent = UserAgent::new(Config::default(), Rng::new(seed));
    Side { agent, flow, clock: Micros::ZERO, call: None, heard: Vec::new(), end: None }
}

impl Line {
    fn new(seed: u64) -> Line {
        let (left, right) = ("192.0.2.1:5060", "192.0.2.2:5060");
        Line {
            now: Tick(1_000_000),
            sides: [side(left, right, seed), side(right, left, seed + 1)],
            wire: BTreeMap::new(),
            answers: BTreeMap::new(),
            silent: None,
            rng: Rng::new(seed),
            drawn: 0,
            changes: 0,
        }
    }

    /// The first calls the second, which answers at once.
    fn up(seed: u64) -> Line {
        let mut line = Line::new(seed);
        let now = line.time(0);
        let caller = &mut line.sides[0];
        let invite = Invite {
            target: Redacted::new(format!("sip:115@{}", caller.flow.remote).into_bytes()),
            from: Redacted::new(b"<sip:someone@example.org>".to_vec()),
            flow: caller.flow,
            way: Way::Routes,
            headers: Vec::new(),
            offer: b"offer".to_vec(),
            max_forwards: 70,
            ring_for: Micros::from_secs(20),
            credentials: None,
            routes: Vec::new(),
            contact_user: None,
        };
        caller.call = Some(caller.agent.invite(now, invite).expect("there is room"));
        line.drain();
        line
    }

    fn time(&self, who: usize) -> Tick {
        self.now + self.sides[who].clock
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    fn drain(&mut self) {
        for who in 0..2 {
            while let Some(sent) = self.sides[who].agent.poll_transmit() {
                let delay = Micros::from_millis(self.rng.below(DELAY_MAX_MILLIS));
                let place = (self.now + delay, self.draw());
                if self.silent != Some(who) {
                    self.wire.insert(place, (1 - who, sent.bytes));
                }
            }
            while let Some(event) = self.sides[who].agent.poll_event() {
                self.heard(who, &event);
            }
        }
    }

    fn heard(&mut self, who: usize, event: &Event) {
        let now = self.time(who);
        let side = &mut self.sides[who];
        assert_eq!(side.end, None, "news of a call that is over: {event:?}");
        side.heard.push(format!("{event:?}"));
        match event {
            Event::Incoming(call, _) => {
                side.call = Some(*call);
                side.agent.answer(now, *call, b"answer".to_vec()).expect("it can be answered");
                self.drain();
            }
            Event::Reinvite(_, carrier, _) => {
                let at = self.now + Micros::from_millis(self.rng.below(1_500));
                let place = (at, self.draw());
                let takes = self.rng.chance(0.8);
                self.answers.insert(place, (who, *carrier, takes));
            }
            Event::Ended(_, end) => side.end = Some(*end),
            Event::Changed(..) => self.changes += 1,
            Event::Acked(..)
            | Event::Provisional(..)
            | Event::Answered(..)
            | Event::Withdrawn(_)
            | Event::NotChanged(..) => {}
            Event::Cancelled(..)
            | Event::Refused { .. }
            | Event::Info(..)
            | Event::Refer(..)
            | Event::Referred(..)
            | Event::Register(..)
            | Event::Subscribe(..)
            | Event::Unsubscribed(_)
            | Event::Probed(..)
            | Event::Registration(_) => panic!("nobody did that: {event:?}"),
        }
    }

    fn answer_change(&mut self, who: usize, carrier: Carrier, takes: bool) {
        let now = self.time(who);
        let side = &mut self.sides[who];
        let Some(call) = side.call else { return };
        // It may have been asked anew meanwhile, and answered then.
        let _ = if takes {
            side.agent.accept_change(now, call, carrier, Some(b"taken".to_vec()))
        } else {
            let no = sip::Status::new(488).expect("a status");
            side.agent.refuse_change(now, call, carrier, no)
        };
        self.drain();
    }

    /// The next moment at which anything happens.
    fn next_at(&self) -> Option<Tick> {
        let due = |side: &Side| side.agent.deadline().map(|(at, _)| at.saturating_sub(side.clock));
        let timers = self.sides.iter().filter_map(due);
        let wire = self.wire.keys().next().map(|(at, _)| *at);
        let answers = self.answers.keys().next().map(|(at, _)| *at);
        timers.chain(wire).chain(answers).min()
    }

    fn pass(&mut self, length: Micros) {
        let until = self.now + length;
        while let Some(at) = self.next_at().filter(|at| *at <= until) {
            self.now = self.now.max(at);
            while let Some(entry) = self.wire.first_entry().filter(|it| it.key().0 <= self.now) {
                let (to, bytes) = entry.remove();
                let (now, flow) = (self.time(to), self.sides[to].flow);
                self.sides[to].agent.receive(now, flow, &bytes);
                self.drain();
            }
            while let Some(entry) = self.answers.first_entry().filter(|it| it.key().0 <= self.now) {
                let (who, carrier, takes) = entry.remove();
                self.answer_change(who, carrier, takes);
            }
            for who in 0..2 {
                let now = self.time(who);
                self.sides[who].agent.elapse(now);
            }
            self.drain();
        }
        self.now = until;
    }

    /// Another agent takes over; on a clock that is ahead or behind. Whether there was a call to save.
    fn replace(&mut self, who: usize) -> bool {
        let now = self.time(who);
        let side = &mut self.sides[who];
        let Some(saved) = side.call.and_then(|call| side.agent.save(now, call)) else {
            return false;
        };
        let fresh = self.rng.next_u64();
        side.clock = Micros::from_millis(self.rng.below(1_000_000_000));
        let now = self.now + side.clock;
        side.agent = UserAgent::new(Config::default(), Rng::new(fresh));
        let call = side.agent.restore(now, written_and_read(saved)).expect("it is empty");
        side.call = Some(call);
        self.drain();
        true
    }

    fn reinvite(&mut self, who: usize) -> bool {
        let now = self.time(who);
        let side = &mut self.sides[who];
        let Some(call) = side.call else { return false };
        let offer = format!("offer {}", now.0).into_bytes();
        let done = side.agent.reinvite(now, call, offer).is_ok();
        self.drain();
        done
    }

    fn hang_up(&mut self, who: usize) {
        let now = self.time(who);
        let side = &mut self.sides[who];
        if let Some(call) = side.call {
            // The other one may have hung up a moment before.
            let _ = side.agent.hang_up(now, call, None);
        }
        self.drain();
    }

    fn heard_by(&self, who: usize, what: &str) -> usize {
        self.sides[who].heard.iter().filter(|event| event.starts_with(what)).count()
    }

    /// Nothing happens any more, and nothing is left.
    fn run_out(&mut self) {
        self.pass(Micros::from_mins(120));
        for side in &self.sides {
            assert!(side.end.is_some(), "no end: {:?}", side.heard);
            assert!(side.agent.is_idle(), "left: {:?}", side.agent.sizes());
        }
    }
}

/// As a file would keep it: numbers and bytes, nothing else. A field that is added is missing here.
fn written_and_read(saved: SavedCall) -> SavedCall {
    let SavedCall { dialog, flow, way, timer, refresh_by, proposal, .. } = saved;
    let SavedCall { local_sdp, remote_sdp, our_cseq, unacknowledged, wanted, asked, .. } = saved;
    let raw = |raw: Redacted<Vec<u8>>| Redacted::new(raw.expose().to_vec());
    let answer = |sent: SavedAnswer| {
        let SavedAnswer { invite_cseq, is_first, give_up_in, with_offer, flow, bytes } = sent;
        let (flow, bytes, give_up_in) = (flow_read(flow), raw(bytes), Micros(give_up_in.0));
        SavedAnswer { invite_cseq, is_first, give_up_in, with_offer, flow, bytes }
    };
    let request =
        |SavedRequest { flow, bytes }| SavedRequest { flow: flow_read(flow), bytes: raw(bytes) };
    let timer = timer.map(|SavedTimer { refresh_in, end_in }| SavedTimer {
        refresh_in: refresh_in.map(|it| Micros(it.0)),
        end_in: Micros(end_in.0),
    });
    let Proposal { interval, min_se } = proposal;
    SavedCall {
        dialog: dialog_read(dialog),
        flow: flow_read(flow),
        way: if way == Way::Flow { Way::Flow } else { Way::Routes },
        timer,
        refresh_by: match refresh_by {
            Carrier::Invite => Carrier::Invite,
            Carrier::Update => Carrier::Update,
        },
        proposal: Proposal { interval, min_se },
        local_sdp: local_sdp.map(raw),
        remote_sdp: remote_sdp.map(raw),
        our_cseq,
        unacknowledged: unacknowledged.map(answer),
        wanted: wanted.map(raw),
        asked: asked.into_iter().map(request).collect(),
    }
}

fn flow_read(flow: Flow) -> Flow {
    let Flow { transport, local, remote, connection } = flow;
    let address = |text: String| text.parse().expect("an address");
    Flow {
        transport,
        local: address(local.to_string()),
        remote: address(remote.to_string()),
        connection,
    }
}

fn dialog_read(dialog: Dialog) -> Dialog {
    let Dialog { id, role, stage, local_cseq, remote_cseq, .. } = dialog;
    let Dialog { local_uri, remote_uri, remote_target, route_set, secure, .. } = dialog;
    let DialogId { call_id, local_tag, remote_tag } = id;
    let bytes = |bytes: Box<[u8]>| -> Box<[u8]> { bytes.to_vec().into() };
    let uri = |uri: Redacted<Box<[u8]>>| Redacted::new(bytes(uri.expose().clone()));
    Dialog {
        id: DialogId {
            call_id: bytes(call_id),
            local_tag: bytes(local_tag),
            remote_tag: bytes(remote_tag),
        },
        role,
        stage,
        local_cseq,
        remote_cseq,
        local_uri: uri(local_uri),
        remote_uri: uri(remote_uri),
        remote_target: uri(remote_target),
        route_set: route_set.into_iter().map(bytes).collect(),
        secure,
    }
}

#[test]
fn a_restored_call_is_changed_and_ended_from_either_side() {
    for [replaced, changes, ends] in [0, 1].into_iter().flat_map(|replaced| {
        [[replaced, 0, 0], [replaced, 0, 1], [replaced, 1, 0], [replaced, 1, 1]]
    }) {
        let mut line = Line::up(7);
        line.pass(Micros::from_secs(2));
        assert!(line.replace(replaced));
        line.pass(Micros::from_secs(2));
        for who in [changes, 1 - changes] {
            let before = (line.heard_by(who, "Changed"), line.heard_by(1 - who, "Reinvite"));
            while line.heard_by(who, "Changed") == before.0 {
                assert!(line.reinvite(who), "nothing is under way");
                line.pass(Micros::from_secs(5));
            }
            assert!(line.heard_by(1 - who, "Reinvite") > before.1, "{:?}", line.sides[who].heard);
        }
        line.hang_up(ends);
        line.run_out();
        assert_eq!(line.sides[ends].end, Some(End::HungUp(Party::Us)));
        assert_eq!(line.sides[1 - ends].end, Some(End::HungUp(Party::Peer)));
    }
}

#[test]
fn the_session_timer_of_a_restored_call_goes_on() {
    for replaced in [0, 1] {
        let mut line = Line::up(8);
        line.pass(Micros::from_secs(600));
        let due = |line: &Line| {
            let side = &line.sides[replaced];
            side.agent.deadline().map(|(at, why)| (at.saturating_sub(side.clock), why))
        };
        let before = due(&line);
        assert!(line.replace(replaced));
        assert_eq!(due(&line), before, "the moment is the same on another clock");
        // Refreshed again and again, by whoever did so before.
        line.pass(Micros::from_mins(90));
        assert!(line.sides.iter().all(|side| side.end.is_none()), "it was refreshed");
        // And when nobody hears the other one any more, it ends.
        line.silent = Some(1 - replaced);
        line.pass(Micros::from_mins(31));
        let end = line.sides[replaced].end;
        assert!(matches!(end, Some(End::Expired | End::PeerGone)), "{end:?}");
    }
}

#[test]
fn a_saved_call_that_lay_there_for_a_while_has_less_time() {
    let mut line = Line::up(9);
    line.pass(Micros::from_secs(2));
    let mut saved = line.sides[0].agent.save(line.time(0), line.sides[0].call.expect("a call"));
    let fresh = saved.take().expect("it is up");
    let timer = fresh.timer.expect("a timer was agreed on");
    let aged = fresh.clone().aged(Micros::from_secs(60)).timer.expect("it is kept");
    assert_eq!(aged.end_in + Micros::from_secs(60), timer.end_in);
    let over = fresh.aged(Micros::from_mins(600)).timer.expect("it is kept");
    assert_eq!(over.end_in, Micros::ZERO);
}

#[test]
fn only_what_is_up_is_saved_and_only_once_restored() {
    let mut line = Line::up(10);
    let calling = line.sides[0].call.expect("it calls");
    assert_eq!(line.sides[0].agent.save(line.time(0), calling), None, "it rings");
    line.pass(Micros::from_secs(2));
    let now = line.time(0);
    let saved = line.sides[0].agent.save(now, calling).expect("it is up");
    assert_eq!(format!("{saved:?}"), "SavedCall(…)");
    let again = line.sides[0].agent.restore(now, saved.clone());
    assert!(again.is_err(), "it is there already");
    assert_eq!(written_and_read(saved.clone()), saved);
    line.hang_up(0);
    assert_eq!(line.sides[0].agent.save(line.time(0), calling), None, "it ends");
    line.run_out();
}

#[test]
fn what_was_under_way_when_an_agent_was_replaced() {
    let mut text =
        String::from("# Calls that another agent goes on with. Written by tests/agent.\n");
    let hold = "Content-Type: application/sdp\nContent-Length: 4\n\nhold";

    let mut answered_just_now = Ladder::new("our 200 was lost: it is repeated until its ACK");
    answered_just_now.peer(&invite("1"));
    answer(&mut answered_just_now);
    answered_just_now.replace();
    answered_just_now.wait(1_600);
    answered_just_now.peer(&ack(7));
    answered_just_now.peer(&caller("BYE", 8, "b", "{to}", ""));
    text += &answered_just_now.end();

    let mut never = Ladder::new("and if there is none, the call ends");
    never.peer(&invite("1"));
    answer(&mut never);
    never.replace();
    never.wait(32_000);
    never.peer(&response("our", "200 OK", "", ""));
    text += &never.end();

    let mut repeated = calling("our ACK was lost: their 200 gets another one");
    repeated.peer(&response("inv", "200 OK", "callee", ANSWER));
    repeated.replace();
    repeated.peer(&response("inv", "200 OK", "callee", ANSWER));
    hang_up(&mut repeated);
    repeated.peer(&response("our", "200 OK", "", ""));
    text += &repeated.end();

    let mut ours = answered("our re-INVITE was lost: it is tried again");
    let call = ours.call();
    ours.user("reinvite", |agent, now| agent.reinvite(now, call, b"wanted".to_vec()));
    ours.replace();
    ours = ours.whole();
    ours.wait(4_000);
    ours.peer(&response("inv", "200 OK", "", ANSWER));
    ours.peer(&caller("BYE", 8, "b", "{to}", "").replace("{to}", &ours.answered_to()));
    text += &ours.end();

    let mut taken = answered("our re-INVITE was taken: it is not tried again");
    let call = taken.call();
    taken.user("reinvite", |agent, now| agent.reinvite(now, call, b"wanted".to_vec()));
    taken.replace();
    taken.peer(&response("inv", "200 OK", "", ANSWER));
    taken.wait(10_000);
    taken.peer(&caller("BYE", 8, "b", "{to}", "").replace("{to}", &taken.answered_to()));
    text += &taken.end();

    let mut theirs = answered("their re-INVITE is told anew, and recognised when it comes again");
    theirs.peer(&caller("INVITE", 8, "h", "{to}", hold));
    theirs.replace();
    theirs.peer(&caller("INVITE", 8, "h", &theirs.answered_to(), hold));
    theirs.peer(&caller("UPDATE", 8, "u", &theirs.answered_to(), ""));
    let call = theirs.call();
    theirs.user("accept", |agent, now| {
        agent.accept_change(now, call, Carrier::Invite, Some(b"held".to_vec()))
    });
    theirs.peer(&ack(8));
    theirs.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &theirs.end();

    let mut refresh = answered("a refresh is under way: the next agent refreshes at once");
    refresh.wait(900_000);
    refresh.replace();
    refresh.wait(0);
    refresh.peer(&response("our", "200 OK", "", ANSWER));
    refresh.wait(60_000);
    refresh.peer(&caller("BYE", 8, "b", "{to}", "").replace("{to}", &refresh.answered_to()));
    text += &refresh.end();
    golden::compare("agent/saved.txt", &text);
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Replace(usize),
    Change(usize),
}

fn any_deed() -> impl Strategy<Value = (u64, Deed)> {
    let who = || 0..2_usize;
    // Mostly while a message is on its way; sometimes after a session was refreshed.
    let wait = prop_oneof![
        6 => 0..400_u64,
        3 => 400..6_000_u64,
        1 => 890_000..910_000_u64,
    ];
    let deed = prop_oneof![who().prop_map(Deed::Replace), who().prop_map(Deed::Change)];
    (wait, deed)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn whoever_is_replaced_whenever_the_call_goes_on(
        seed in 0..1_000_000_u64,
        deeds in prop::collection::vec(any_deed(), 1..14),
        ends in 0..2_usize,
    ) {
        let mut line = Line::up(seed);
        for (wait, deed) in deeds {
            line.pass(Micros::from_millis(wait));
            match deed {
                Deed::Replace(who) => { line.replace(who); }
                Deed::Change(who) => { line.reinvite(who); }
            }
        }
        line.pass(Micros::from_secs(60));
        prop_assert!(line.sides.iter().all(|side| side.end.is_none()), "{:?} {:?}",
            line.sides[0].heard, line.sides[1].heard);
        line.hang_up(ends);
        line.run_out();
        for side in &line.sides {
            prop_assert!(matches!(side.end, Some(End::HungUp(_))), "{:?}", side.heard);
        }
    }
}
