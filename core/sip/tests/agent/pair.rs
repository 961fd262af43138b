// SPDX-License-Identifier: EUPL-1.2
//! Two user agents on a network that loses, doubles, delays and reorders; each plays both parts of a
//! telephone service with a user that answers, refuses, holds and hangs up as the dice fall.
//!
//! The rule to keep: every call has exactly one last event on each side that knew it, and when all
//! timers are over both tables are empty.

use sip::agent::{CallId, CommandRefused, Config, Event, Flow, Invite, Transmit, UserAgent, Way};
use sip::dialog::Carrier;
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Micros, Redacted, Rng, Tick};

const MESSAGES: u64 = 60_000;
const LOSS: f64 = 0.15;
const DOUBLED: f64 = 0.10;
const DELAY_MAX_MILLIS: u64 = 300;
/// Now and then nothing arrives for longer than 64·T1.
const OUTAGE_EVERY: Micros = Micros::from_secs(400);
const OUTAGE: Micros = Micros::from_secs(40);

struct Side {
    agent: UserAgent,
    flow: Flow,
    open: BTreeSet<CallId>,
    ended: u64,
    answered: u64,
    /// What the user wants to do later.
    plans: BTreeMap<(Tick, u64), (CallId, Plan)>,
}

#[derive(Clone, Copy, Debug)]
enum Plan {
    Ring,
    Answer,
    Refuse,
    HangUp,
    Hold,
    Accept(Carrier),
    Reject(Carrier),
    Refer,
    AcceptRefer,
    RefuseRefer,
    Report { code: u16, is_final: bool },
}

/// Whom the users refer each other to.
const PARTNER: &[u8] = b"sip:partner@example.org";

struct World {
    now: Tick,
    rng: Rng,
    sides: [Side; 2],
    network: BTreeMap<(Tick, u64), (usize, Vec<u8>)>,
    seed: u64,
    sequence: u64,
    sent: u64,
    made: u64,
    heard: BTreeMap<String, u64>,
    /// How often an agent is replaced: every so many messages; never for 0.
    replaced_every: u64,
    restored: u64,
    lost: u64,
}

fn side(own: &str, other: &str, seed: u64) -> Side {
    let flow = Flow::udp(own.parse().expect("address"), other.parse().expect("address"));
    Side {
        agent: UserAgent::new(Config::default(), Rng::new(seed)),
        flow,
        open: BTreeSet::new(),
        ended: 0,
        answered: 0,
        plans: BTreeMap::new(),
    }
}

impl World {
    fn new(seed: u64) -> World {
        let rng = Rng::new(seed);
        let (left, right) = ("192.0.2.1:5060", "192.0.2.2:5060");
        World {
            now: Tick(1_000_000),
            sides: [
                side(left, right, rng.split(1).next_u64()),
                side(right, left, rng.split(2).next_u64()),
            ],
            rng,
            network: BTreeMap::new(),
            seed,
            sequence: 0,
            sent: 0,
            made: 0,
            heard: BTreeMap::new(),
            replaced_every: 0,
            restored: 0,
            lost: 0,
        }
    }

    fn call(&mut self, who: usize) {
        let ring_for = Micros::from_secs(1 + self.rng.below(20));
        let side = &mut self.sides[who];
        let invite = Invite {
            target: Redacted::new(format!("sip:115@{}", side.flow.remote).into_bytes()),
            from: Redacted::new(b"<sip:someone@example.org>".to_vec()),
            flow: side.flow,
            way: Way::Routes,
            headers: Vec::new(),
            offer: b"offer".to_vec(),
            max_forwards: 70,
            ring_for,
            credentials: None,
            routes: Vec::new(),
            contact_user: None,
        };
        let call = side.agent.invite(self.now, invite).expect("there is room");
        side.open.insert(call);
        self.made += 1;
        if self.rng.chance(0.3) {
            self.plan(who, call, Plan::HangUp, 8_000);
        }
    }

    fn plan(&mut self, who: usize, call: CallId, plan: Plan, within: u64) {
        let at = self.now + Micros::from_millis(self.rng.below(within));
        self.sequence += 1;
        self.sides[who].plans.insert((at, self.sequence), (call, plan));
    }

    fn carry_out(&mut self, who: usize, call: CallId, plan: Plan) {
        let now = self.now;
        let agent = &mut self.sides[who].agent;
        let change = Some(b"changed".to_vec());
        let done = match plan {
            Plan::Ring => agent.ring(now, call),
            Plan::Answer => agent.answer(now, call, b"answer".to_vec()),
            Plan::Refuse => {
                let busy = sip::Status::new(486).expect("a status");
                agent.refuse_call(now, call, busy, None, None)
            }
            Plan::HangUp => agent.hang_up(now, call, None),
            Plan::Hold => agent.reinvite(now, call, b"hold".to_vec()),
            Plan::Accept(carrier) => agent.accept_change(now, call, carrier, change),
            Plan::Reject(carrier) => {
                let no = sip::Status::new(488).expect("a status");
                agent.refuse_change(now, call, carrier, no)
            }
            Plan::Refer => agent.refer(now, call, &Redacted::new(PARTNER.to_vec()), None),
            Plan::RefuseRefer => {
                agent.refuse_refer(now, call, sip::Status::new(603).expect("a status"))
            }
            Plan::AcceptRefer => {
                let done = agent.accept_refer(now, call);
                self.plan(who, call, Plan::Report { code: 180, is_final: false }, 3_000);
                self.plan(who, call, Plan::Report { code: 200, is_final: true }, 9_000);
                done
            }
            Plan::Report { code, is_final } => {
                let status = sip::Status::new(code).expect("a status");
                agent.report_refer(now, call, status, is_final)
            }
        };
        // A call that ended meanwhile, or a change that crossed another.
        if let Err(why) = done {
            assert_ne!(why, CommandRefused::Unwritable);
        }
    }

    fn drain(&mut self) {
        for who in 0..2 {
            while let Some(sent) = self.sides[who].agent.poll_transmit() {
                self.carry(who, &sent);
            }
            while let Some(event) = self.sides[who].agent.poll_event() {
                self.heard(who, event);
            }
        }
        if self
            .sides
            .iter_mut()
            .any(|side| side.agent.deadline().is_some_and(|(at, _)| at <= self.now))
        {
            for side in &mut self.sides {
                side.agent.elapse(self.now);
            }
        }
    }

    fn carry(&mut self, from: usize, sent: &Transmit) {
        assert_eq!(sent.flow.remote, self.sides[from].flow.remote, "sent to a stranger");
        self.sent += 1;
        let copies = if self.rng.chance(DOUBLED) { 2 } else { 1 };
        for _ in 0..copies {
            if self.rng.chance(LOSS) || self.now.0 % OUTAGE_EVERY.0 < OUTAGE.0 {
                continue;
            }
            let delay = Micros::from_millis(self.rng.below(DELAY_MAX_MILLIS));
            self.sequence += 1;
            let place = (self.now + delay, self.sequence);
            self.network.insert(place, (1 - from, sent.bytes.clone()));
        }
    }

    fn heard(&mut self, who: usize, event: Event) {
        *self.heard.entry(kind(&event)).or_default() += 1;
        match event {
            Event::Incoming(call, info) => {
                assert_eq!(info.offer.as_deref(), Some(&b"offer"[..]));
                assert!(self.sides[who].open.insert(call), "twice: {call:?}");
                self.plan(who, call, Plan::Ring, 1_000);
                let plan = if self.rng.chance(0.8) { Plan::Answer } else { Plan::Refuse };
                self.plan(who, call, plan, 10_000);
            }
            Event::Answered(call, _) => {
                self.up(who, call);
                self.sides[who].answered += 1;
            }
            Event::Acked(call, _) => self.up(who, call),
            Event::Reinvite(call, carrier, _) => {
                self.alive(who, call);
                // A user that never answers holds nothing up.
                if self.rng.chance(0.9) {
                    let take = self.rng.chance(0.8);
                    let plan = if take { Plan::Accept(carrier) } else { Plan::Reject(carrier) };
                    self.plan(who, call, plan, 2_000);
                }
            }
            Event::Provisional(call, ..)
            | Event::Withdrawn(call)
            | Event::Changed(call, _)
            | Event::NotChanged(call, _)
            | Event::Referred(call, _)
            | Event::Info(call, _) => self.alive(who, call),
            Event::Refer(call, info) => {
                self.alive(who, call);
                assert_eq!(info.refer_to.expose(), PARTNER);
                // A user that never answers holds nothing up here either.
                match self.rng.below(10) {
                    0 => {}
                    1 => self.plan(who, call, Plan::RefuseRefer, 2_000),
                    _ => self.plan(who, call, Plan::AcceptRefer, 2_000),
                }
            }
            Event::Cancelled(call, _) | Event::Refused { call, .. } | Event::Ended(call, _) => {
                assert!(self.sides[who].open.remove(&call), "ended twice: {call:?}");
                self.sides[who].ended += 1;
            }
            Event::Register(..)
            | Event::Subscribe(..)
            | Event::Unsubscribed(_)
            | Event::Probed(..)
            | Event::Registration(_) => panic!("nobody asked"),
        }
    }

    fn alive(&self, who: usize, call: CallId) {
        assert!(self.sides[who].open.contains(&call), "news of a call that is over");
    }

    fn up(&mut self, who: usize, call: CallId) {
        self.alive(who, call);
        self.plan(who, call, Plan::HangUp, 60_000);
        if self.rng.chance(0.5) {
            self.plan(who, call, Plan::Hold, 10_000);
        }
        if self.rng.chance(0.2) {
            self.plan(who, call, Plan::Refer, 10_000);
        }
    }

    /// The next thing happens; false if there is nothing any more.
    fn step(&mut self) -> bool {
        let timers = self.sides.iter().filter_map(|side| side.agent.deadline()).map(|(at, _)| at);
        let plans =
            self.sides.iter().filter_map(|side| side.plans.keys().next()).map(|(at, _)| *at);
        let network = self.network.keys().next().map(|(at, _)| *at);
        let Some(next) = timers.chain(plans).chain(network).min() else { return false };
        self.now = self.now.max(next);
        while let Some(entry) = self.network.first_entry().filter(|it| it.key().0 <= self.now) {
            let (to, bytes) = entry.remove();
            let side = &mut self.sides[to];
            side.agent.receive(self.now, side.flow, &bytes);
        }
        for who in 0..2 {
            let due = |it: &std::collections::btree_map::OccupiedEntry<'_, (Tick, u64), _>| {
                it.key().0 <= self.now
            };
            let plan = self.sides[who].plans.first_entry().filter(due).map(|it| it.remove());
            if let Some((call, plan)) = plan {
                self.carry_out(who, call, plan);
            }
            self.sides[who].agent.elapse(self.now);
        }
        self.drain();
        true
    }

    /// A process dies, and the next one goes on with the calls that were up. All others are lost.
    fn replace(&mut self, who: usize) {
        let side = &mut self.sides[who];
        let fresh = UserAgent::new(Config::default(), Rng::new(self.rng.next_u64()));
        let old = std::mem::replace(&mut side.agent, fresh);
        let mut known = BTreeMap::new();
        for call in std::mem::take(&mut side.open) {
            let Some(saved) = old.save(self.now, call) else {
                self.lost += 1;
                continue;
            };
            let restored = side.agent.restore(self.now, saved).expect("there is room");
            known.insert(call, restored);
            self.restored += 1;
        }
        side.open.extend(known.values());
        let plans = std::mem::take(&mut side.plans).into_iter();
        let plans = plans.filter_map(|(at, (call, plan))| Some((at, (*known.get(&call)?, plan))));
        side.plans = plans.collect();
    }

    fn run(&mut self, messages: u64) {
        let mut next_call = self.now;
        let mut next_replaced = self.replaced_every;
        while self.sent < messages {
            if self.replaced_every > 0 && next_replaced <= self.sent {
                next_replaced = self.sent + 1 + self.rng.below(2 * self.replaced_every);
                let who = self.rng.below(2) as usize;
                self.replace(who);
            }
            if next_call <= self.now {
                let who = self.rng.below(2) as usize;
                self.call(who);
                next_call = self.now + Micros::from_millis(self.rng.below(400));
            }
            self.drain();
            self.step();
        }
        while self.step() {}
    }
}

/// What kind of event it is, with its cause if it is a last word.
fn kind(event: &Event) -> String {
    match event {
        Event::Refused { status, by, .. } => format!("Refused {} {by:?}", status.code()),
        Event::Ended(_, end) => format!("Ended {end:?}"),
        Event::Incoming(..)
        | Event::Cancelled(..)
        | Event::Acked(..)
        | Event::Provisional(..)
        | Event::Answered(..)
        | Event::Reinvite(..)
        | Event::Withdrawn(..)
        | Event::Changed(..)
        | Event::NotChanged(..)
        | Event::Info(..)
        | Event::Refer(..)
        | Event::Referred(..)
        | Event::Register(..)
        | Event::Subscribe(..)
        | Event::Unsubscribed(_)
        | Event::Probed(..)
        | Event::Registration(_) => {
            let text = format!("{event:?}");
            text.split('(').next().unwrap_or_default().to_owned()
        }
    }
}

/// What has to happen at least once, or the network was too kind.
const EXPECTED: [&str; 16] = [
    "Acked",
    "Answered",
    "Cancelled",
    "Changed",
    "Ended HungUp(Peer)",
    "Ended HungUp(Us)",
    "Ended NotAcknowledged",
    "Ended PeerGone",
    "NotChanged",
    "Refer",
    "Referred",
    "Refused 408 Us",
    "Refused 486 Peer",
    "Refused 487 Us",
    "Reinvite",
    "Withdrawn",
];

/// Plays it to its end; nothing may be left.
fn play(mut world: World) -> World {
    let (seed, messages) = (world.seed, from_environment("AMTSLEITUNG_SIP_MESSAGES", MESSAGES));
    println!("to repeat: AMTSLEITUNG_SIP_SEED={seed} AMTSLEITUNG_SIP_MESSAGES={messages}");
    world.run(messages);
    println!("seed {seed}: {} messages, {} calls", world.sent, world.made);
    for side in &world.sides {
        println!(
            "  {} ended, {} answered, left {:?}",
            side.ended,
            side.answered,
            side.agent.sizes()
        );
        assert!(side.open.is_empty(), "seed {seed}: calls without an end: {:?}", side.open);
        assert!(side.agent.is_idle(), "seed {seed}: left behind: {:?}", side.agent.sizes());
    }
    println!("  {:?}", world.heard);
    for kind in EXPECTED {
        assert!(world.heard.contains_key(kind), "seed {seed}: {kind} never happened");
    }
    world
}

/// The soak has more messages, and another seed each time.
fn from_environment(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

fn seed() -> u64 {
    from_environment("AMTSLEITUNG_SIP_SEED", 115)
}

fn answered(world: &World) -> u64 {
    world.sides.iter().map(|side| side.answered).sum()
}

#[test]
fn two_agents_on_a_bad_network_end_every_call_cleanly() {
    let world = play(World::new(seed()));
    assert!(answered(&world) > world.made / 4, "hardly a call came about: {}", answered(&world));
}

#[test]
fn agents_that_are_replaced_on_a_bad_network_go_on_with_what_was_up() {
    let world = play(World { replaced_every: 600, ..World::new(seed()) });
    println!("  {} restored, {} lost", world.restored, world.lost);
    // Whoever is replaced while it rings loses the call, so fewer come about.
    assert!(answered(&world) > world.made / 8, "hardly a call came about: {}", answered(&world));
    assert!(world.restored > world.made / 20, "hardly a call was up: {}", world.restored);
}
