// SPDX-License-Identifier: EUPL-1.2
//! One endpoint: transactions, dialogs and calls put together, as a driver has to.
//!
//! The rule to keep: it decides nothing that the machines decide; it only carries.

use crate::message::{Message, bytes, status, tag};
use crate::network::Network;
use crate::take_apart;
use sip::dialog::{
    Agreed, Asked, Carrier, Dialog, DialogId, Dialogs, Established, EstablishedEffect,
    EstablishedEvent, ForkEffect, Forks, IncomingEffect, IncomingEvent, IncomingInvite,
    IncomingState, InviteReceived, InviteSent, OutgoingEffect, OutgoingEvent, OutgoingInvite,
    PeerSaid, Phase, Policy, RAck, SessionTimer, Stage, TimerAnswer,
};
use sip::transaction::{
    Arrival, Arrived, ClientEvent, Effect, Effects, MergeKey, Notice, Room, ServerEvent, Timing,
    TransactionId, Transactions, Transport,
};
use sip::{Method, Status};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{Micros, Rng, Tick};

const TIMING: Timing = Timing::DEFAULT;
/// Short, and long enough that a refresh has all its repetitions before the session expires.
const POLICY: Policy = Policy { interval: 180, least: 90 };

/// What a user does, some time.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    Progress { reliably: bool, carries_sdp: bool },
    Answer,
    Reject,
    HangUp,
    Modify(Carrier, bool),
    AnswerTheirs { remote_tag: u32, carrier: Carrier, code: u16 },
    Probe(Method),
}

/// What an endpoint needs from outside.
pub(crate) struct World {
    pub(crate) now: Tick,
    pub(crate) network: Network,
    pub(crate) agenda: BTreeMap<(Tick, u64), (usize, u32, Act)>,
    pub(crate) rng: Rng,
    pub(crate) drawn: u64,
    /// What happened, to see that the test tests it.
    pub(crate) tally: BTreeMap<String, u64>,
    /// How each call ended at each endpoint, until it ended at both.
    pub(crate) fates: BTreeMap<u32, Vec<(usize, String)>>,
}

impl World {
    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        self.drawn
    }

    pub(crate) fn plan(&mut self, millis: u64, endpoint: usize, call: u32, act: Act) {
        let at = (self.now + Micros::from_millis(millis), self.draw());
        self.agenda.insert(at, (endpoint, call, act));
    }

    pub(crate) fn count(&mut self, what: impl Into<String>) {
        *self.tally.entry(what.into()).or_default() += 1;
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    call: u32,
    /// 0 for the first INVITE and its CANCEL.
    remote_tag: u32,
    request: Message,
    last: Option<Message>,
}

struct Leg {
    dialog: DialogId,
    established: Option<Established>,
    is_call: bool,
    reinvite: Option<TransactionId>,
    acks: BTreeMap<u32, Message>,
    arriving: Option<(Carrier, TransactionId, Message)>,
    theirs: BTreeMap<Carrier, (TransactionId, Message)>,
    bye: Option<(TransactionId, Message)>,
    accepted: Option<(TransactionId, Message)>,
}

enum Kind {
    Outgoing(OutgoingInvite, Forks),
    Incoming(IncomingInvite),
}

struct Call {
    invite: Message,
    transaction: Option<TransactionId>,
    kind: Kind,
    legs: BTreeMap<u32, Leg>,
    fates: Vec<String>,
}

pub(crate) struct Endpoint {
    number: usize,
    pub(crate) transactions: Transactions<Exchange>,
    pub(crate) dialogs: Dialogs<u32>,
    calls: BTreeMap<u32, Call>,
    timers: BTreeSet<(Tick, u32)>,
    armed: BTreeMap<u32, Tick>,
    seen: BTreeSet<TransactionId>,
    pub(crate) begun: u64,
    pub(crate) ended: u64,
}

impl Endpoint {
    pub(crate) fn new(number: usize) -> Endpoint {
        Endpoint {
            number,
            transactions: Transactions::new(TIMING, Room::DEFAULT),
            dialogs: Dialogs::new(10_000),
            calls: BTreeMap::new(),
            timers: BTreeSet::new(),
            armed: BTreeMap::new(),
            seen: BTreeSet::new(),
            begun: 0,
            ended: 0,
        }
    }

    /// The transactions that are left, to find out why.
    pub(crate) fn left(&self) -> Vec<String> {
        let ids = self.seen.iter();
        ids.filter_map(|&id| self.transactions.machine(id).map(|machine| (id, machine)))
            .map(|(id, machine)| format!("{machine:?} {:?}", self.transactions.payload(id)))
            .collect()
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn next_at(&self) -> Option<Tick> {
        let transactions = self.transactions.deadline().map(|(at, _)| at);
        let calls = self.timers.first().map(|&(at, _)| at);
        [transactions, calls].into_iter().flatten().min()
    }

    // ── a call begins ──────────────────────────────────────────────────────────────────────────

    pub(crate) fn place(&mut self, world: &mut World, call: u32) {
        let ring_until = world.now + Micros::from_millis(12_000 + world.rng.below(25_000));
        let invite = Message {
            from: self.number,
            call,
            branch: world.draw(),
            method: Method::Invite,
            cseq: 1,
            status: None,
            from_tag: tag(call, self.number),
            to_tag: 0,
            offer: world.rng.chance(0.8),
            refresh: false,
            rseq: None,
            rack: None,
            session_expires: Some((POLICY.interval, None)),
            min_se: None,
        };
        let kind = Kind::Outgoing(OutgoingInvite::begin(ring_until), Forks::default());
        let fates = Vec::new();
        let legs = BTreeMap::new();
        let entry = Call { invite: invite.clone(), transaction: None, kind, legs, fates };
        self.calls.insert(call, entry);
        self.begun += 1;
        let id = self.begin(
            world,
            Method::Invite,
            Exchange { call, remote_tag: 0, request: invite, last: None },
        );
        self.call(call).transaction = Some(id);
        self.settle(world, call);
    }

    fn begin(&mut self, world: &mut World, method: Method, exchange: Exchange) -> TransactionId {
        let key = exchange.request.client_key();
        let begun =
            self.transactions.begin(world.now, method, key, Transport::Unreliable, exchange);
        let (id, effects) = begun.expect("there is room and the branch is new");
        self.seen.insert(id);
        self.carry_out(world, id, effects, None);
        id
    }

    fn call(&mut self, call: u32) -> &mut Call {
        self.calls.get_mut(&call).expect("the call is known here")
    }

    // ── what arrives ───────────────────────────────────────────────────────────────────────────

    pub(crate) fn receive(&mut self, world: &mut World, message: Message) {
        let call = message.call;
        match message.status {
            Some(status) => {
                let id = self.transactions.find(&message.client_key());
                if let Some(id) = id {
                    let event = ClientEvent::Response(status);
                    self.client(world, id, event, Some(message));
                }
            }
            None => self.receive_request(world, message),
        }
        self.settle(world, call);
    }

    fn receive_request(&mut self, world: &mut World, message: Message) {
        let Message { method, call, cseq, .. } = message;
        let to_tag = bytes(message.to_tag);
        let to_tag = Some(&to_tag[..]).filter(|tag| !tag.is_empty());
        let merge = MergeKey::of(method, &bytes(call), &bytes(message.from_tag), to_tag, cseq);
        let key = message.server_key();
        let arrival = Arrival { method, key, merge, transport: Transport::Unreliable };
        let remote_tag = message.from_tag;
        let exchange = || Exchange { call, remote_tag, request: message.clone(), last: None };
        match self.transactions.arrive(world.now, arrival, exchange) {
            Arrived::New(id) => {
                self.seen.insert(id);
                self.take_request(world, id, message);
            }
            Arrived::Known(id, effects) => {
                world.count("repeated requests absorbed");
                self.carry_out(world, id, effects, Some(message));
            }
            Arrived::StrayAck => self.acknowledge(world, &message),
            Arrived::Merged | Arrived::Full => panic!("neither merged nor full: {message:?}"),
        }
    }

    fn take_request(&mut self, world: &mut World, id: TransactionId, message: Message) {
        match message.method {
            Method::Cancel => return self.take_cancel(world, id, &message),
            Method::Invite if message.to_tag == 0 => return self.take_invite(world, id, message),
            Method::Invite
            | Method::Ack
            | Method::Bye
            | Method::Options
            | Method::Register
            | Method::Prack
            | Method::Update
            | Method::Info
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Unknown => {}
        }
        let dialog = DialogId::of_request(
            &bytes(message.call),
            &bytes(message.from_tag),
            &bytes(message.to_tag),
        );
        match self.dialogs.admit(&dialog, message.method, message.cseq) {
            Ok(entry) => entry.0 = take_apart::dialog(entry.0.clone()),
            Err(why) => {
                world.count(format!("in a dialog: {}", why.code()));
                return self.respond(world, id, message.response(self.number, why.code(), 0));
            }
        }
        self.take_in_dialog(world, id, message);
    }

    fn take_in_dialog(&mut self, world: &mut World, id: TransactionId, message: Message) {
        let (call, remote_tag) = (message.call, message.from_tag);
        let leg = self.call(call).legs.get_mut(&remote_tag).expect("a dialog has its leg");
        let up = leg.established.is_some();
        let carrier = match message.method {
            Method::Bye if up => {
                leg.bye = Some((id, message));
                return self.step(world, call, remote_tag, EstablishedEvent::Bye);
            }
            Method::Bye => {
                leg.bye = Some((id, message));
                return self.bye_in_early(world, call, remote_tag);
            }
            Method::Prack => {
                let rack = message.rack.expect("a PRACK says what it acknowledges");
                leg.bye = Some((id, message));
                return self.incoming(world, call, IncomingEvent::Prack(rack));
            }
            Method::Invite if up => Carrier::Invite,
            Method::Update if up => Carrier::Update,
            Method::Invite | Method::Update => {
                return self.respond(world, id, message.response(self.number, 500, 0));
            }
            Method::Options | Method::Info => {
                return self.respond(world, id, message.response(self.number, 200, 0));
            }
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Unknown => panic!("nobody sends {message:?}"),
        };
        let (cseq, with_offer, draw) = (message.cseq, message.offer, world.rng.next_u64());
        leg.arriving = Some((carrier, id, message));
        let request = EstablishedEvent::Request { carrier, cseq, with_offer, draw };
        self.step(world, call, remote_tag, request);
    }

    fn take_cancel(&mut self, world: &mut World, id: TransactionId, message: &Message) {
        let means = self.transactions.cancelled_by(&message.server_key());
        if means.is_none() || !self.calls.contains_key(&message.call) {
            return self.respond(world, id, message.response(self.number, 481, 0));
        }
        self.respond(world, id, message.response(self.number, 200, tag(message.call, self.number)));
        if message.to_tag != 0 {
            world.count("re-INVITE cancelled by the peer");
            let remote_tag = message.from_tag;
            return self.step(world, message.call, remote_tag, EstablishedEvent::Cancel);
        }
        self.incoming(world, message.call, IncomingEvent::Cancel);
    }

    fn take_invite(&mut self, world: &mut World, id: TransactionId, message: Message) {
        let Message { call, cseq, from_tag, .. } = message;
        let local_tag = tag(call, self.number);
        let (call_id, tag_of_caller) = (bytes(call), bytes(from_tag));
        let received = InviteReceived {
            call_id: &call_id,
            from_tag: &tag_of_caller,
            from_uri: b"sip:citizen@example.de",
            to_uri: b"sip:115@example.de",
            contact: b"sip:citizen@192.0.2.1",
            cseq,
            record_route: &[b"<sip:p1.example.de;lr>", b"<sip:p2.example.de;lr>"],
            secure: false,
        };
        let dialog = Dialog::incoming(&received, &bytes(local_tag), 100);
        let mut legs = BTreeMap::new();
        legs.insert(from_tag, leg(&dialog));
        self.dialogs.insert(dialog, call).expect("a new dialog has room");
        let ring_until = world.now + Micros::from_millis(20_000);
        let rseq = 1 + u32::try_from(world.rng.below(1_000_000)).expect("it is small");
        let kind = Kind::Incoming(IncomingInvite::begin(ring_until, cseq, rseq));
        let transaction = Some(id);
        self.calls.insert(call, Call { invite: message, transaction, kind, legs, fates: vec![] });
        self.begun += 1;
        self.plan_called_user(world, call);
    }

    fn plan_called_user(&self, world: &mut World, call: u32) {
        let me = self.number;
        let mut at = world.rng.below(800);
        for _ in 0..world.rng.below(4) {
            let (reliably, carries_sdp) = (world.rng.chance(0.6), world.rng.chance(0.5));
            world.plan(at, me, call, Act::Progress { reliably, carries_sdp });
            at += world.rng.below(2_000);
        }
        match world.rng.below(10) {
            0 => {}
            1 => world.plan(at, me, call, Act::Reject),
            _ => world.plan(at, me, call, Act::Answer),
        }
    }

    fn acknowledge(&mut self, world: &mut World, ack: &Message) {
        let event = EstablishedEvent::Ack { cseq: ack.cseq };
        self.step(world, ack.call, ack.from_tag, event);
    }

    // ── transactions ───────────────────────────────────────────────────────────────────────────

    fn client(
        &mut self,
        world: &mut World,
        id: TransactionId,
        event: ClientEvent,
        message: Option<Message>,
    ) {
        let exchange = self.transactions.payload(id).cloned().expect("it was just found");
        let handled = self.transactions.client(world.now, id, event).expect("it is a client's");
        self.carry_out_for(world, &exchange, handled.effects, message);
        self.gone(&exchange, handled.ended.is_some(), id);
    }

    fn respond(&mut self, world: &mut World, id: TransactionId, message: Message) {
        let code = message.status.expect("a response has a status");
        let Some(exchange) = self.transactions.payload_mut(id) else { return };
        exchange.last = Some(message);
        let event = ServerEvent::FromUser(code);
        let handled = self.transactions.server(world.now, id, event).expect("it is there");
        assert_eq!(handled.effects.refusal(), None, "{code:?} to {:?}", self.transactions.key(id));
        self.carry_out(world, id, handled.effects, None);
    }

    fn carry_out(
        &mut self,
        world: &mut World,
        id: TransactionId,
        effects: Effects,
        message: Option<Message>,
    ) {
        let exchange = self.transactions.payload(id).cloned().expect("it is not over");
        self.carry_out_for(world, &exchange, effects, message);
    }

    fn carry_out_for(
        &mut self,
        world: &mut World,
        exchange: &Exchange,
        effects: Effects,
        message: Option<Message>,
    ) {
        for effect in effects {
            match effect {
                Effect::Refused(why) => panic!("refused: {why:?} for {exchange:?}"),
                Effect::SendRequest | Effect::RetransmitRequest => {
                    world.network.send(world.now, &exchange.request);
                }
                Effect::SendAck => {
                    let to_tag = message.as_ref().expect("an ACK follows a response").to_tag;
                    let request = exchange.request.clone();
                    let ack = Message { method: Method::Ack, to_tag, offer: false, ..request };
                    world.network.send(world.now, &ack);
                }
                Effect::SendResponse(status) | Effect::RetransmitResponse(status) => {
                    let last = exchange.last.clone().filter(|last| last.status == Some(status));
                    let trying = || exchange.request.response(self.number, status.code(), 0);
                    world.network.send(world.now, &last.unwrap_or_else(trying));
                }
                Effect::ToUser(notice) => self.told(world, exchange, notice, message.clone()),
            }
        }
    }

    fn told(
        &mut self,
        world: &mut World,
        exchange: &Exchange,
        notice: Notice,
        message: Option<Message>,
    ) {
        let ours = exchange.request.from == self.number;
        match notice {
            Notice::Ack => self.acknowledge(world, &message.expect("an ACK is a message")),
            Notice::TransportFailed => panic!("no transport fails here"),
            Notice::TimedOut if ours => self.answered(world, exchange, status(408), message),
            Notice::TimedOut => {
                world.count(format!("server {:?} timed out", exchange.request.method))
            }
            Notice::Response(status) => self.answered(world, exchange, status, message),
        }
    }

    fn gone(&mut self, exchange: &Exchange, over: bool, id: TransactionId) {
        if let Some(call) = self.calls.get_mut(&exchange.call).filter(|_| over)
            && call.transaction == Some(id)
        {
            call.transaction = None;
        }
    }

    pub(crate) fn elapse(&mut self, world: &mut World) {
        while let Some(elapsed) = self.transactions.elapse(world.now) {
            let over = elapsed.ended.is_some();
            let exchange = elapsed.ended.or_else(|| self.transactions.payload(elapsed.id).cloned());
            let exchange = exchange.expect("over or still there");
            self.carry_out_for(world, &exchange, elapsed.effects, None);
            self.gone(&exchange, over, elapsed.id);
            self.settle(world, exchange.call);
        }
        while let Some(&(at, call)) = self.timers.first().filter(|(at, _)| *at <= world.now) {
            self.timers.remove(&(at, call));
            self.armed.remove(&call);
            self.elapse_call(world, call);
            self.settle(world, call);
        }
    }

    // ── responses ──────────────────────────────────────────────────────────────────────────────

    fn answered(
        &mut self,
        world: &mut World,
        exchange: &Exchange,
        status: Status,
        message: Option<Message>,
    ) {
        let Exchange { call, remote_tag, ref request, .. } = *exchange;
        if request.method == Method::Invite && remote_tag == 0 {
            return self.invite_answered(world, call, status, message);
        }
        if status.is_provisional() {
            return;
        }
        let draw = world.rng.next_u64();
        let agreed = message.as_ref().filter(|_| status.is_success());
        let agreed = agreed.map(|message| POLICY.propose().agreed(message.session_expires));
        let cseq = request.cseq;
        let event = match request.method {
            Method::Invite => {
                EstablishedEvent::Answered { carrier: Carrier::Invite, cseq, status, agreed, draw }
            }
            Method::Update => {
                EstablishedEvent::Answered { carrier: Carrier::Update, cseq, status, agreed, draw }
            }
            Method::Bye => EstablishedEvent::ByeAnswered,
            Method::Info | Method::Options => EstablishedEvent::OtherAnswered(status),
            Method::Prack | Method::Cancel => return,
            Method::Ack
            | Method::Register
            | Method::Refer
            | Method::Subscribe
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Unknown => panic!("nobody sends {request:?}"),
        };
        self.step(world, call, remote_tag, event);
    }

    fn invite_answered(
        &mut self,
        world: &mut World,
        call: u32,
        status: Status,
        message: Option<Message>,
    ) {
        let Some(message) = message else {
            return self.outgoing(world, call, OutgoingEvent::TimedOut, 0);
        };
        let (tag, rseq) = (message.to_tag, message.rseq);
        if !self.calls.contains_key(&call) {
            return;
        }
        if status.is_final() && !status.is_success() {
            return self.outgoing(world, call, OutgoingEvent::Failure(status), 0);
        }
        let Kind::Outgoing(_, forks) = &mut self.call(call).kind else { panic!("we called") };
        let effect = if status.is_success() {
            forks.success(&bytes(tag))
        } else {
            forks.provisional(&bytes(tag), rseq)
        };
        *forks = take_apart::forks(forks.clone());
        match effect {
            ForkEffect::NewEarly { prack } => {
                self.open(call, tag, Stage::Early);
                self.progressed(world, call, &message, prack);
            }
            ForkEffect::KnownEarly { prack } => self.progressed(world, call, &message, prack),
            ForkEffect::Absorbed if status.code() == 100 => {
                self.outgoing(world, call, OutgoingEvent::Provisional(status), 0);
            }
            ForkEffect::Absorbed => world.count("1xx absorbed"),
            ForkEffect::Won | ForkEffect::AckAndBye => {
                self.open(call, tag, Stage::Confirmed);
                let agreed = POLICY.propose().agreed(message.session_expires);
                let now = world.now;
                let leg = self.call(call).legs.get_mut(&tag).expect("it was just opened");
                let timer = SessionTimer::agreed(now, agreed);
                let refresh_by =
                    if call.is_multiple_of(2) { Carrier::Invite } else { Carrier::Update };
                leg.established = Some(Established::as_client(message.cseq, timer, refresh_by));
                self.outgoing(world, call, OutgoingEvent::Success(status), tag);
            }
            ForkEffect::AckAgain => {
                world.count("2xx acknowledged again");
                self.send_ack(world, call, tag, 1);
            }
        }
    }

    fn progressed(&mut self, world: &mut World, call: u32, message: &Message, prack: bool) {
        if prack {
            let rseq = message.rseq.expect("only a reliable one is acknowledged");
            let rack = RAck { rseq, cseq: message.cseq, method: Method::Invite };
            self.request(world, call, message.to_tag, Method::Prack, |prack| {
                prack.rack = Some(rack)
            });
        }
        let status = message.status.expect("it is a response");
        self.outgoing(world, call, OutgoingEvent::Provisional(status), 0);
    }

    fn open(&mut self, call: u32, remote_tag: u32, stage: Stage) {
        let invite = self.call(call).invite.clone();
        let (call_id, local, remote) = (bytes(call), bytes(invite.from_tag), bytes(remote_tag));
        let sent = InviteSent {
            call_id: &call_id,
            from_tag: &local,
            from_uri: b"sip:citizen@example.de",
            to_uri: b"sip:115@example.de",
            request_uri: b"sip:115@example.de",
            cseq: invite.cseq,
            secure: false,
        };
        let said = PeerSaid {
            to_tag: &remote,
            contact: Some(b"sip:115@192.0.2.2"),
            record_route: &[b"<sip:p1.example.de;lr>", b"<sip:p2.example.de;lr>"],
        };
        let id = DialogId::of_response(&call_id, &local, &remote);
        if let Some((dialog, _)) = self.dialogs.get_mut(&id) {
            return dialog.confirm_by(&said);
        }
        let dialog = Dialog::outgoing(&sent, &said, stage);
        self.call(call).legs.insert(remote_tag, leg(&dialog));
        self.dialogs.insert(dialog, call).expect("a new dialog has room");
    }

    // ── requests of ours ───────────────────────────────────────────────────────────────────────

    fn request(
        &mut self,
        world: &mut World,
        call: u32,
        remote_tag: u32,
        method: Method,
        fill: impl FnOnce(&mut Message),
    ) -> (u32, TransactionId) {
        let leg = &self.call(call).legs[&remote_tag];
        let dialog = leg.dialog.clone();
        let (dialog, _) = self.dialogs.get_mut(&dialog).expect("a leg has its dialog");
        let cseq = dialog.next_cseq();
        let mut message = Message {
            from: self.number,
            call,
            branch: world.draw(),
            method,
            cseq,
            status: None,
            from_tag: tag(call, self.number),
            to_tag: remote_tag,
            offer: false,
            refresh: false,
            rseq: None,
            rack: None,
            session_expires: None,
            min_se: None,
        };
        fill(&mut message);
        let exchange = Exchange { call, remote_tag, request: message, last: None };
        (cseq, self.begin(world, method, exchange))
    }

    fn send_ack(&mut self, world: &mut World, call: u32, remote_tag: u32, cseq: u32) {
        let (number, branch) = (self.number, world.draw());
        let Some(entry) = self.calls.get_mut(&call) else { return };
        let base = Message { from: number, branch, status: None, ..entry.invite.clone() };
        let leg = entry.legs.get_mut(&remote_tag).expect("an ACK has its leg");
        let ack = leg.acks.entry(cseq).or_insert(Message {
            method: Method::Ack,
            cseq,
            from_tag: tag(call, number),
            to_tag: remote_tag,
            offer: false,
            rseq: None,
            session_expires: None,
            ..base
        });
        world.network.send(world.now, ack);
    }

    // ── the caller's INVITE ────────────────────────────────────────────────────────────────────

    fn outgoing(&mut self, world: &mut World, call: u32, event: OutgoingEvent, tag: u32) {
        let Some(entry) = self.calls.get_mut(&call) else { return };
        let Kind::Outgoing(machine, _) = &mut entry.kind else { panic!("we called") };
        let (next, effects) = machine.next(world.now, event);
        *machine = take_apart::outgoing(next);
        for effect in effects {
            match effect {
                OutgoingEffect::Refused(_) => world.count("outgoing: refused"),
                OutgoingEffect::SendCancel => self.send_cancel(world, call),
                OutgoingEffect::SendAck => self.send_ack(world, call, tag, 1),
                OutgoingEffect::AckThenBye => {
                    world.count("200 after CANCEL, or of a fork: ACK and BYE");
                    self.send_ack(world, call, tag, 1);
                    self.step(world, call, tag, EstablishedEvent::HangUp);
                }
                OutgoingEffect::AnswerBye(status) => self.answer_stored(world, call, tag, status),
                OutgoingEffect::Progress(_) => {}
                OutgoingEffect::Connected => {
                    self.call(call).legs.get_mut(&tag).expect("it is open").is_call = true;
                    self.plan_talk(world, call);
                }
                OutgoingEffect::Ended { status, by } => {
                    let fate = format!("no call, {} by {by:?}", status.code());
                    self.call(call).fates.push(fate);
                }
            }
        }
    }

    fn send_cancel(&mut self, world: &mut World, call: u32) {
        let entry = self.call(call);
        let invite = entry.transaction;
        let request = entry.invite.clone();
        let cancel = Message { method: Method::Cancel, offer: false, ..request };
        if let Some(id) = invite {
            world.count("CANCEL sent");
            self.client(world, id, ClientEvent::Cancelled, None);
            let exchange = Exchange { call, remote_tag: 0, request: cancel, last: None };
            self.begin(world, Method::Cancel, exchange);
        }
    }

    fn bye_in_early(&mut self, world: &mut World, call: u32, remote_tag: u32) {
        match self.call(call).kind {
            Kind::Outgoing(..) => {
                world.count("BYE in an early dialog");
                self.outgoing(world, call, OutgoingEvent::Bye, remote_tag);
            }
            Kind::Incoming(_) => self.incoming(world, call, IncomingEvent::Bye),
        }
    }

    fn plan_talk(&self, world: &mut World, call: u32) {
        let me = self.number;
        for _ in 0..world.rng.below(4) {
            let carrier = if world.rng.chance(0.6) { Carrier::Invite } else { Carrier::Update };
            let act = Act::Modify(carrier, world.rng.chance(0.8));
            let at = world.rng.below(12_000);
            world.plan(at, me, call, act);
        }
        if world.rng.chance(0.3) {
            let method = if world.rng.chance(0.5) { Method::Info } else { Method::Options };
            let at = world.rng.below(12_000);
            world.plan(at, me, call, Act::Probe(method));
        }
        // Both hang up at about the same time, now and then.
        let until = match world.rng.below(10) {
            0 => 300_000 + world.rng.below(200_000),
            1 => 3_000,
            _ => 1 + world.rng.below(25_000),
        };
        world.plan(until, me, call, Act::HangUp);
    }

    // ── the called side's INVITE ───────────────────────────────────────────────────────────────

    fn incoming(&mut self, world: &mut World, call: u32, event: IncomingEvent) {
        let Some(entry) = self.calls.get_mut(&call) else { return };
        let Kind::Incoming(machine) = &mut entry.kind else { panic!("we were called") };
        let (next, effects) = machine.next(world.now, event, TIMING);
        *machine = take_apart::incoming(next);
        let remote_tag = entry.invite.from_tag;
        for effect in effects {
            match effect {
                IncomingEffect::Refused(why) => world.count(format!("incoming: {why:?}")),
                IncomingEffect::SendProvisional { status, rseq } => {
                    self.respond_to_invite(world, call, status, rseq);
                }
                IncomingEffect::RepeatProvisional { status, rseq } => {
                    world.count("reliable 1xx repeated");
                    self.respond_to_invite(world, call, status, Some(rseq));
                }
                IncomingEffect::SendFinal(status) if status.is_success() => {
                    self.accept(world, call, remote_tag);
                }
                IncomingEffect::SendFinal(status) => {
                    self.respond_to_invite(world, call, status, None);
                }
                IncomingEffect::AnswerPrack(status) => {
                    world.count(format!("PRACK: {}", status.code()));
                    self.answer_stored(world, call, remote_tag, status);
                }
                IncomingEffect::AnswerBye(status) => {
                    self.answer_stored(world, call, remote_tag, status);
                }
                // Answered already, also when there was nothing to cancel.
                IncomingEffect::AnswerCancel(_) | IncomingEffect::Arrived => {}
                IncomingEffect::Ended { status, by } => {
                    let fate = format!("no call, {} by {by:?}", status.code());
                    self.call(call).fates.push(fate);
                }
            }
        }
    }

    fn respond_to_invite(
        &mut self,
        world: &mut World,
        call: u32,
        status: Status,
        rseq: Option<u32>,
    ) {
        let number = self.number;
        let entry = self.call(call);
        let response = entry.invite.response(number, status.code(), tag(call, number));
        if let Some(id) = entry.transaction {
            self.respond(world, id, Message { rseq, ..response });
        }
    }

    fn accept(&mut self, world: &mut World, call: u32, remote_tag: u32) {
        let (number, now) = (self.number, world.now);
        let entry = self.call(call);
        let id = entry.transaction.expect("without a final response it is there");
        let invite = entry.invite.clone();
        let (session_expires, agreed) = timer_answer(&invite);
        let offer = !invite.offer;
        let response = invite.response(number, 200, tag(call, number));
        let response = Message { offer, session_expires, ..response };
        let leg = entry.legs.get_mut(&remote_tag).expect("it is open");
        let timer = SessionTimer::agreed(now, agreed);
        leg.established =
            Some(Established::as_server(now, invite.cseq, offer, timer, Carrier::Update, TIMING));
        leg.is_call = true;
        leg.accepted = Some((id, response.clone()));
        let dialog = leg.dialog.clone();
        self.dialogs.get_mut(&dialog).expect("a leg has its dialog").0.confirm();
        self.respond(world, id, response);
        self.plan_talk(world, call);
    }

    fn answer_stored(&mut self, world: &mut World, call: u32, remote_tag: u32, status: Status) {
        let number = self.number;
        let leg = self.call(call).legs.get_mut(&remote_tag).expect("it is open");
        if let Some((id, request)) = leg.bye.take() {
            self.respond(world, id, request.response(number, status.code(), 0));
        }
    }

    // ── a call that is up ──────────────────────────────────────────────────────────────────────

    fn step(&mut self, world: &mut World, call: u32, remote_tag: u32, event: EstablishedEvent) {
        let leg = self.calls.get_mut(&call).and_then(|call| call.legs.get_mut(&remote_tag));
        let Some(leg) = leg else { return };
        let Some(established) = leg.established else { return };
        let (next, effects) = established.next(world.now, event, TIMING);
        if is_refreshing(next) && !is_refreshing(established) {
            world.count("session refreshed");
        }
        leg.established = Some(take_apart::established(next));
        for effect in effects {
            self.carry_out_step(world, call, remote_tag, effect);
        }
    }

    fn carry_out_step(
        &mut self,
        world: &mut World,
        call: u32,
        remote_tag: u32,
        effect: EstablishedEffect,
    ) {
        match effect {
            EstablishedEffect::Refused(why) => world.count(format!("established: {why:?}")),
            EstablishedEffect::Send { carrier, with_offer } => {
                self.send_change(world, call, remote_tag, carrier, with_offer);
            }
            EstablishedEffect::AbandonOurs => self.abandon_invite(world, call, remote_tag),
            EstablishedEffect::CancelOurs => self.cancel_change(world, call, remote_tag),
            EstablishedEffect::SendBye => {
                self.request(world, call, remote_tag, Method::Bye, |_| {});
            }
            EstablishedEffect::SendAck { cseq } => self.send_ack(world, call, remote_tag, cseq),
            EstablishedEffect::Repeat2xx => {
                world.count("2xx repeated");
                let leg = &self.call(call).legs[&remote_tag];
                let (id, response) = leg.accepted.clone().expect("a 2xx was sent");
                self.respond(world, id, response);
            }
            EstablishedEffect::Answer { carrier, status, .. } => {
                self.answer_change(world, call, remote_tag, carrier, status);
            }
            EstablishedEffect::AnswerBye(status) => {
                self.answer_stored(world, call, remote_tag, status);
            }
            EstablishedEffect::Confirmed | EstablishedEffect::Withdrawn => {}
            EstablishedEffect::Asked { carrier, .. } => {
                let leg = self.call(call).legs.get_mut(&remote_tag).expect("it is open");
                let (_, id, request) = leg.arriving.take().expect("a request has arrived");
                let is_answered = request.refresh || carrier == Carrier::Update;
                let code = if request.refresh || world.rng.chance(0.8) { 200 } else { 488 };
                leg.theirs.insert(carrier, (id, request));
                // Some users never answer a re-INVITE; the peer cancels it.
                if is_answered || world.rng.chance(0.9) {
                    let act = Act::AnswerTheirs { remote_tag, carrier, code };
                    let at = world.rng.below(1_500);
                    world.plan(at, self.number, call, act);
                }
            }
            EstablishedEffect::Changed(carrier) => world.count(format!("changed by {carrier:?}")),
            EstablishedEffect::NotChanged(carrier, status) => {
                world.count(format!("not changed by {carrier:?}: {}", status.code()));
            }
            EstablishedEffect::Ended(end) => {
                let entry = self.call(call);
                if entry.legs[&remote_tag].is_call {
                    entry.fates.push(format!("{end:?}"));
                }
            }
        }
    }

    fn send_change(
        &mut self,
        world: &mut World,
        call: u32,
        remote_tag: u32,
        carrier: Carrier,
        with_offer: bool,
    ) {
        let method = match carrier {
            Carrier::Invite => Method::Invite,
            Carrier::Update => Method::Update,
        };
        let refresh = self.call(call).legs[&remote_tag].established.is_some_and(is_refreshing);
        let (_, id) = self.request(world, call, remote_tag, method, |request| {
            request.refresh = refresh;
            request.offer = with_offer;
            request.session_expires = Some((POLICY.interval, None));
        });
        if carrier == Carrier::Invite {
            let leg = self.call(call).legs.get_mut(&remote_tag).expect("it is open");
            leg.reinvite = Some(id);
        }
    }

    fn abandon_invite(&mut self, world: &mut World, call: u32, remote_tag: u32) {
        let id = self.call(call).legs[&remote_tag].reinvite;
        if let Some(id) = id.filter(|&id| self.transactions.machine(id).is_some()) {
            world.count("re-INVITE abandoned");
            self.client(world, id, ClientEvent::Abandoned, None);
        }
    }

    fn cancel_change(&mut self, world: &mut World, call: u32, remote_tag: u32) {
        let id = self.call(call).legs[&remote_tag].reinvite;
        if let Some(id) = id.filter(|&id| self.transactions.machine(id).is_some()) {
            world.count("re-INVITE cancelled");
            let request = self.transactions.payload(id).expect("it is there").request.clone();
            self.client(world, id, ClientEvent::Cancelled, None);
            let cancel = Message { method: Method::Cancel, offer: false, ..request };
            self.begin(
                world,
                Method::Cancel,
                Exchange { call, remote_tag, request: cancel, last: None },
            );
        }
    }

    fn answer_change(
        &mut self,
        world: &mut World,
        call: u32,
        remote_tag: u32,
        carrier: Carrier,
        status: Status,
    ) {
        world.count(format!("answered {carrier:?}: {}", status.code()));
        let number = self.number;
        let leg = self.call(call).legs.get_mut(&remote_tag).expect("it is open");
        let arriving = leg.arriving.take_if(|(of, ..)| *of == carrier);
        let asked = arriving.map(|(_, id, request)| (id, request));
        let (id, request) = asked.or_else(|| leg.theirs.remove(&carrier)).expect("it was asked");
        let response = request.response(number, status.code(), 0);
        let session_expires = status.is_success().then(|| timer_answer(&request).0).flatten();
        let response = Message { offer: !request.offer, session_expires, ..response };
        if status.is_success() && carrier == Carrier::Invite {
            leg.accepted = Some((id, response.clone()));
        }
        self.respond(world, id, response);
    }

    // ── users and clocks ───────────────────────────────────────────────────────────────────────

    pub(crate) fn act(&mut self, world: &mut World, call: u32, act: Act) {
        let Some(entry) = self.calls.get(&call) else { return };
        let up = entry.legs.iter().find(|(_, leg)| leg.is_call).map(|(&tag, _)| tag);
        match act {
            Act::Progress { reliably, carries_sdp } => {
                let status = status(if carries_sdp { 183 } else { 180 });
                self.incoming(
                    world,
                    call,
                    IncomingEvent::Progress { status, reliably, carries_sdp },
                );
            }
            Act::Answer => self.incoming(world, call, IncomingEvent::Answer(status(200))),
            Act::Reject => self.incoming(world, call, IncomingEvent::Reject(status(486))),
            Act::HangUp => match (up, &entry.kind) {
                (Some(tag), _) => self.step(world, call, tag, EstablishedEvent::HangUp),
                (None, Kind::Outgoing(..)) => {
                    self.outgoing(world, call, OutgoingEvent::HangUp, 0);
                }
                (None, Kind::Incoming(_)) => {}
            },
            Act::Modify(carrier, with_offer) => {
                if let Some(tag) = up {
                    let event = EstablishedEvent::Modify { carrier, with_offer };
                    self.step(world, call, tag, event);
                }
            }
            Act::AnswerTheirs { remote_tag, carrier, code } => {
                let theirs = entry.legs.get(&remote_tag).and_then(|leg| leg.theirs.get(&carrier));
                let agreed = theirs.map(|(_, request)| timer_answer(request).1);
                let event = EstablishedEvent::Answer { carrier, status: status(code), agreed };
                self.step(world, call, remote_tag, event);
            }
            Act::Probe(method) => {
                let alive = up.filter(|tag| {
                    let up = entry.legs[tag].established;
                    up.is_some_and(|up| up.phase == Phase::Up && up.peer_knows())
                });
                if let Some(tag) = alive {
                    self.request(world, call, tag, method, |_| {});
                }
            }
        }
        self.settle(world, call);
    }

    fn elapse_call(&mut self, world: &mut World, call: u32) {
        let now = world.now;
        let due = |deadline: Option<(Tick, &str)>| deadline.is_some_and(|(at, _)| at <= now);
        let Some(entry) = self.calls.get(&call) else { return };
        match &entry.kind {
            Kind::Outgoing(machine, _) if due(machine.deadline()) => {
                self.outgoing(world, call, OutgoingEvent::Timeout, 0);
            }
            Kind::Incoming(machine) if due(machine.deadline()) => {
                self.incoming(world, call, IncomingEvent::Timeout);
            }
            Kind::Outgoing(..) | Kind::Incoming(_) => {}
        }
        let legs = &self.call(call).legs;
        let is_due = |leg: &Leg| leg.established.is_some_and(|up| due(up.deadline()));
        let tags: Vec<u32> =
            legs.iter().filter(|(_, leg)| is_due(leg)).map(|(&tag, _)| tag).collect();
        for tag in tags {
            self.step(world, call, tag, EstablishedEvent::Timeout);
        }
    }

    /// Sets the call's timer, or forgets the call when it is over.
    fn settle(&mut self, world: &mut World, call: u32) {
        if let Some(at) = self.armed.remove(&call) {
            self.timers.remove(&(at, call));
        }
        let Some(entry) = self.calls.get(&call) else { return };
        if entry.is_over() {
            let entry = self.calls.remove(&call).expect("it was just there");
            return self.forget(world, call, &entry);
        }
        let first = match &entry.kind {
            Kind::Outgoing(machine, _) => machine.deadline(),
            Kind::Incoming(machine) => machine.deadline(),
        };
        let legs = entry.legs.values().filter_map(|leg| leg.established?.deadline());
        if let Some(at) = legs.chain(first).map(|(at, _)| at).min() {
            self.timers.insert((at, call));
            self.armed.insert(call, at);
        }
    }

    fn forget(&mut self, world: &mut World, call: u32, entry: &Call) {
        for leg in entry.legs.values() {
            self.dialogs.remove(&leg.dialog).expect("a leg has its dialog");
        }
        assert_eq!(entry.fates.len(), 1, "call {call} at {}: {:?}", self.number, entry.fates);
        let fate = (self.number, entry.fates[0].clone());
        world.fates.entry(call).or_default().push(fate);
        self.ended += 1;
    }
}

impl Call {
    fn is_over(&self) -> bool {
        let decided = match &self.kind {
            Kind::Outgoing(machine, _) => match machine {
                OutgoingInvite::Calling { .. }
                | OutgoingInvite::Proceeding { .. }
                | OutgoingInvite::Cancelling { .. } => false,
                OutgoingInvite::Accepted | OutgoingInvite::Ended { .. } => true,
            },
            Kind::Incoming(machine) => match machine.state {
                IncomingState::Proceeding { .. } => false,
                IncomingState::Accepted | IncomingState::Refused { .. } => true,
            },
        };
        let quiet = |leg: &Leg| leg.established.is_none_or(|up| up.phase == Phase::Ended);
        decided && self.transaction.is_none() && self.legs.values().all(quiet)
    }
}

fn leg(dialog: &Dialog) -> Leg {
    Leg {
        dialog: dialog.id.clone(),
        established: None,
        is_call: false,
        reinvite: None,
        acks: BTreeMap::new(),
        arriving: None,
        theirs: BTreeMap::new(),
        bye: None,
        accepted: None,
    }
}

fn is_refreshing(established: Established) -> bool {
    match established.timer {
        SessionTimer::Refreshing { .. } => true,
        SessionTimer::Off | SessionTimer::Ours { .. } | SessionTimer::Peers { .. } => false,
    }
}

type SessionExpires = Option<(u32, Option<sip::dialog::Refresher>)>;

fn timer_answer(request: &Message) -> (SessionExpires, Agreed) {
    let interval = request.session_expires.map(|(interval, _)| interval);
    let refresher = request.session_expires.and_then(|(_, refresher)| refresher);
    let asked = Asked { interval, refresher, min_se: request.min_se, supported: true };
    let answer = POLICY.answer(asked);
    match answer {
        TimerAnswer::Take { interval, refresher, .. } => {
            let agreed = answer.agreed().expect("a 2xx agrees");
            (Some((interval, Some(refresher))), agreed)
        }
        TimerAnswer::TooSmall { .. } => panic!("our own interval is enough"),
    }
}
