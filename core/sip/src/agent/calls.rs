// SPDX-License-Identifier: EUPL-1.2
//! The user agent's tables: calls, their timers, what waits to be sent and to be told.

use super::challenged::Authentication;
use super::compose;
use super::early::Early;
use super::limits::{ELAPSE_MAX, RETRY_AFTER};
use super::referral::Referral;
use super::referring::OurRefer;
use super::registering::Registering;
use super::subscribing::Subscriptions;
use super::transport::Sent;
use super::words::{CallId, Config, Event, Flow, RegistrantId, Transmit, Way};
use crate::Status;
use crate::dialog::{
    Asked, Carrier, DIALOGS_MAX, DialogId, Dialogs, Established, EstablishedEvent, IncomingEvent,
    IncomingInvite, OutgoingEvent, OutgoingInvite,
};
use crate::message::Headers;
use crate::registrant;
use crate::transaction::{Room, TransactionId, Transactions};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::format;
use alloc::vec::Vec;
use stdx::{Rng, Tick};

/// Joins messages, transactions and dialogs into calls.
pub struct UserAgent {
    pub(super) config: Config,
    pub(super) rng: Rng,
    /// Makes the tags of stateless answers, equal for equal requests (RFC 3261, 8.2.7).
    pub(super) secret: u64,
    pub(super) next: u64,
    pub(super) transactions: Transactions<Sent>,
    pub(super) dialogs: Dialogs<CallId>,
    pub(super) calls: BTreeMap<CallId, Call>,
    timers: BTreeSet<(Tick, CallId)>,
    pub(super) subscriptions: Subscriptions,
    pub(super) draining: bool,
    /// Whether OPTIONS is answered as if we were draining.
    pub(super) declines_probes: bool,
    /// Our own registrations; bounded by who makes them.
    pub(super) registrants: BTreeMap<RegistrantId, Registering>,
    out: VecDeque<Transmit>,
    events: VecDeque<Event>,
}

/// One leg.
pub(super) struct Call {
    pub(super) flow: Flow,
    pub(super) way: Way,
    pub(super) stage: Stage,
    pub(super) dialog: Option<DialogId>,
    /// The dialogs of a call that is not up yet; several if we called and it was forked.
    pub(super) early: Vec<Early>,
    due: Option<Tick>,
    /// The last description that we sent, and that came.
    pub(super) local_sdp: Option<Vec<u8>>,
    pub(super) remote_sdp: Option<Vec<u8>>,
    /// What their first INVITE wants beside the call itself.
    pub(super) their_wish: Option<Wanted>,
    /// Our offer in a change that is under way, if the user wanted it.
    pub(super) wanted: Option<Vec<u8>>,
    pub(super) their_invite: Option<TransactionId>,
    pub(super) their_update: Option<TransactionId>,
    /// When our user's time to answer these is over.
    pub(super) answer_by: Option<Tick>,
    pub(super) our_invite: Option<TransactionId>,
    /// What is sent again until it is acknowledged: a 2xx, or a reliable provisional response.
    pub(super) repeated: Option<Transmit>,
    /// The Reason for CANCEL and BYE.
    pub(super) reason: Option<Vec<u8>>,
    /// The Session-Expires that we asked for last.
    pub(super) proposal: crate::dialog::Proposal,
    /// What the peer has referred us to.
    pub(super) referral: Referral,
    /// Whether it has ever done so in this dialog.
    pub(super) was_referred: bool,
    /// Whom we have referred the peer to.
    pub(super) our_refer: Option<OurRefer>,
    /// What is proved to whom asks, until the call is up.
    pub(super) authentication: Option<Box<Authentication>>,
    /// The user part of our Contact, if it is not the usual one.
    pub(super) contact_user: Option<Box<[u8]>>,
}

/// What an INVITE wants beside the call itself.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) cseq: u32,
    pub(super) asked: Asked,
    /// By what the peer can refresh the session.
    pub(super) refresh_by: Carrier,
}

#[derive(Clone, Copy)]
pub(super) enum Stage {
    Incoming { machine: IncomingInvite, transaction: TransactionId, needs_prack: bool },
    Outgoing { machine: OutgoingInvite, transaction: TransactionId },
    Up(Established),
}

impl UserAgent {
    /// A user agent with empty tables. The seed has to be drawn anew at every start.
    #[must_use]
    pub fn new(config: Config, mut rng: Rng) -> UserAgent {
        let secret = rng.next_u64();
        UserAgent {
            transactions: Transactions::new(config.timing, config.room),
            dialogs: Dialogs::new(DIALOGS_MAX),
            config,
            rng,
            secret,
            next: 0,
            calls: BTreeMap::new(),
            timers: BTreeSet::new(),
            subscriptions: Subscriptions::default(),
            draining: false,
            declines_probes: false,
            registrants: BTreeMap::new(),
            out: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// What is to be sent next; ask until there is none.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.out.pop_front()
    }

    /// What the user has to hear next; ask until there is none.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// New calls are refused with 503 from now on, and OPTIONS too, so that nobody sends any.
    pub fn drain(&mut self, draining: bool) {
        self.draining = draining;
    }

    /// OPTIONS is answered with 503 from now on, so that nobody sends new calls; those that come all the same are the
    /// user's to refuse, because some of them it has to take.
    pub fn decline_probes(&mut self, declines: bool) {
        self.declines_probes = declines;
    }

    /// When [`UserAgent::elapse`] is wanted, and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let call = self.timers.first().map(|&(at, id)| (at, self.why(id)));
        let registrant = self.registrant_due().map(|(at, _)| (at, "registration"));
        let subscription = self.subscriptions.deadline();
        let all = [call, registrant, subscription, self.transactions.deadline()];
        all.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Lets the timers that are due fire, at most [`ELAPSE_MAX`] of them.
    pub fn elapse(&mut self, now: Tick) {
        for _ in 0..ELAPSE_MAX {
            if let Some(elapsed) = self.transactions.elapse(now) {
                self.fired(now, elapsed);
                continue;
            }
            if let Some((_, id)) = self.registrant_due().filter(|(at, _)| *at <= now) {
                self.step_registrant(now, id, registrant::Event::Due);
                continue;
            }
            if let Some(id) = self.subscriptions.due(now) {
                self.subscription_due(now, id);
                continue;
            }
            match self.timers.first() {
                Some(&(at, call)) if at <= now => self.call_due(now, call),
                Some(_) | None => return,
            }
        }
    }

    /// How many calls, dialogs and transactions there are.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        (self.calls.len(), self.dialogs.len(), self.transactions.len())
    }

    /// Whether a request that came belongs to a dialog of ours.
    #[must_use]
    pub fn has_dialog(&self, headers: &Headers<'_>) -> bool {
        let Some(to_tag) = headers.to.tag() else { return false };
        let from_tag = headers.from.tag().unwrap_or_default();
        let id = DialogId::of_request(headers.call_id, from_tag, to_tag);
        self.dialogs.get(&id).is_some() || self.subscriptions.has_dialog(&id)
    }

    /// Whether the called side of a call that we make has said anything yet, be it 100 Trying.
    #[must_use]
    pub fn is_heard(&self, call: CallId) -> bool {
        self.calls.get(&call).is_some_and(|call| match &call.stage {
            Stage::Outgoing { machine, .. } => match machine {
                OutgoingInvite::Calling { .. } => false,
                OutgoingInvite::Proceeding { .. }
                | OutgoingInvite::Cancelling { .. }
                | OutgoingInvite::Accepted
                | OutgoingInvite::Ended { .. } => true,
            },
            Stage::Incoming { .. } | Stage::Up(_) => true,
        })
    }

    /// Whether nothing is kept any more.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.sizes() == (0, 0, 0) && self.timers.is_empty() && self.subscriptions.is_empty()
    }

    pub(super) fn send(&mut self, transmit: Transmit) {
        self.out.push_back(transmit);
    }

    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn begin_call(&mut self, flow: Flow, way: Way, stage: Stage) -> CallId {
        let id = CallId(self.next);
        self.next += 1;
        let call = Call {
            flow,
            way,
            stage,
            dialog: None,
            early: Vec::new(),
            due: None,
            local_sdp: None,
            remote_sdp: None,
            their_wish: None,
            wanted: None,
            their_invite: None,
            their_update: None,
            answer_by: None,
            our_invite: None,
            repeated: None,
            reason: None,
            proposal: self.config.session.propose(),
            referral: Referral::None,
            was_referred: false,
            our_refer: None,
            authentication: None,
            contact_user: None,
        };
        self.calls.insert(id, call);
        id
    }

    /// A device behind a NAT or on a connection may come by another flow after a while; requests go
    /// where its last one came from. Only who knows both tags gets here.
    pub(super) fn follow_flow(&mut self, id: CallId, flow: Flow) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        match (call.way, flow.connection) {
            (Way::Flow, _) | (Way::Routes, Some(_)) => call.flow = flow,
            (Way::Routes, None) => {}
        }
    }

    /// The call is over on our side: nothing of it is kept but its transactions.
    pub(super) fn forget_call(&mut self, id: CallId) {
        let Some(call) = self.calls.remove(&id) else { return };
        if let Some(at) = call.due {
            self.timers.remove(&(at, id));
        }
        let early = call.early.into_iter().map(|early| early.dialog);
        for dialog in call.dialog.into_iter().chain(early) {
            self.dialogs.remove(&dialog);
        }
    }

    /// Keeps the timer of a call after its machine has moved.
    pub(super) fn reschedule(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let due = call.deadline().map(|(at, _)| at);
        if due == call.due {
            return;
        }
        if let Some(at) = call.due {
            self.timers.remove(&(at, id));
        }
        call.due = due;
        self.timers.extend(due.map(|at| (at, id)));
    }

    /// A name that nobody else uses: 64 random bits.
    pub(super) fn draw(&mut self) -> Box<[u8]> {
        format!("{:016x}", self.rng.next_u64()).into_bytes().into()
    }

    pub(super) fn draw_branch(&mut self) -> Vec<u8> {
        format!("z9hG4bK{:016x}", self.rng.next_u64()).into_bytes()
    }

    /// Whether no call may come in.
    pub(super) fn is_full(&self) -> bool {
        let Room { fresh, all } = self.config.calls;
        self.draining || self.calls.len() >= fresh.min(all)
    }

    pub(super) fn retry_after(&self) -> Vec<u8> {
        format!("{RETRY_AFTER}").into_bytes()
    }

    fn why(&self, id: CallId) -> &'static str {
        self.calls.get(&id).and_then(Call::deadline).map_or("", |(_, why)| why)
    }

    fn call_due(&mut self, now: Tick, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.answer_due().is_some_and(|(at, _)| at <= now) {
            return self.change_unanswered(now, id);
        }
        if call.refer_due().is_some_and(|(at, _)| at <= now) {
            return self.refer_elapsed(now, id);
        }
        // What a machine refuses here is not due; the timer is set anew in any case.
        match call.stage {
            Stage::Incoming { .. } => {
                let _ = self.step_incoming(now, id, IncomingEvent::Timeout, None);
            }
            Stage::Outgoing { .. } => {
                let _ = self.step_outgoing(now, id, OutgoingEvent::Timeout, None);
            }
            Stage::Up(_) => {
                let _ = self.step_established(now, id, EstablishedEvent::Timeout, None);
            }
        }
    }
}

impl Stage {
    fn deadline(&self) -> Option<(Tick, &'static str)> {
        match self {
            Stage::Incoming { machine, .. } => machine.deadline(),
            Stage::Outgoing { machine, .. } => machine.deadline(),
            Stage::Up(machine) => machine.deadline(),
        }
    }
}

impl Call {
    fn deadline(&self) -> Option<(Tick, &'static str)> {
        let all = [self.stage.deadline(), self.answer_due(), self.refer_due()];
        all.into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    fn refer_due(&self) -> Option<(Tick, &'static str)> {
        let ours = self.our_refer.and_then(|ours| ours.deadline());
        [self.referral.deadline(), ours].into_iter().flatten().min_by_key(|(at, _)| *at)
    }

    /// Our Contact in this call; with the usual user part unless the call has one of its own.
    pub(super) fn contact(&self, usual: &[u8]) -> Vec<u8> {
        compose::contact(self.contact_user.as_deref().unwrap_or(usual), &self.flow)
    }

    pub(super) fn is_up(&self) -> bool {
        match self.stage {
            Stage::Up(_) => true,
            Stage::Incoming { .. } | Stage::Outgoing { .. } => false,
        }
    }

    /// Their request that waits for our answer.
    pub(super) fn theirs(&mut self, carrier: Carrier) -> &mut Option<TransactionId> {
        match carrier {
            Carrier::Invite => &mut self.their_invite,
            Carrier::Update => &mut self.their_update,
        }
    }
}

/// A status that is written down in the code.
pub(super) const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}
