// SPDX-License-Identifier: EUPL-1.2
//! Calls that are up: changes of the session, refreshes, and the end.
//!
//! The rule to keep: a request of theirs that only refreshes – the same description again, or none –
//! is answered here with ours, and the user hears nothing.

use super::answers::{asked, session_agreed, session_answer};
use super::calls::{Stage, UserAgent, status};
use super::compose::{self, ALLOW, Draft};
use super::limits::CHANGE_ANSWER_MAX;
use super::outgoing::towards;
use super::transport::Purpose;
use super::words::{CallId, CommandRefused, Event, Transmit};
use crate::dialog::{
    Agreed, Carrier, Dialog, Established, EstablishedEffect, EstablishedEvent, Phase, SessionTimer,
};
use crate::message::{Message, Name, Request, Response, parse_datagram};
use crate::transaction::{ClientEvent, TransactionId};
use crate::{Method, Status};
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

/// What a step has in hand besides its event.
#[derive(Default)]
struct Hand {
    /// The request that came.
    current: Option<TransactionId>,
    /// The description in what came.
    sdp: Option<Vec<u8>>,
    /// What our answer says.
    draft: Draft,
}

impl UserAgent {
    /// Wants another session, by re-INVITE.
    ///
    /// # Errors
    /// If the call is not up, or another change is under way.
    pub fn reinvite(
        &mut self,
        now: Tick,
        id: CallId,
        offer: Vec<u8>,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let before = call.wanted.replace(offer);
        let event = EstablishedEvent::Modify { carrier: Carrier::Invite, with_offer: true };
        let step = self.step_established(now, id, event, None);
        if let (Err(_), Some(call)) = (step, self.calls.get_mut(&id)) {
            call.wanted = before;
        }
        step
    }

    /// Takes the session that the peer wants. [`super::limits::CHANGE_ANSWER_MAX`] after it was told
    /// nobody waits for that any more, which [`Event::Withdrawn`] says.
    ///
    /// # Errors
    /// If the peer waits for nothing.
    pub fn accept_change(
        &mut self,
        now: Tick,
        id: CallId,
        carrier: Carrier,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), CommandRefused> {
        let policy = self.config.session;
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        if !call.is_up() {
            return self.answer_early(now, id, carrier, status(200), sdp);
        }
        let contact = call.contact(&self.config.contact_user);
        let theirs = call.theirs(carrier).and_then(|theirs| self.transactions.payload(theirs));
        let sent = theirs.ok_or(CommandRefused::NoSuchCall)?;
        let Ok(Message::Request(request)) = parse_datagram(&sent.request) else {
            return Err(CommandRefused::NoSuchCall);
        };
        let (session, agreed) = session_answer(policy, asked(&request.headers));
        let mut draft = session.with(Name::Contact, contact).with(Name::Allow, ALLOW);
        if sdp.is_some() {
            call.local_sdp.clone_from(&sdp);
            let theirs = compose::sdp(&request.headers, request.body).0;
            call.remote_sdp = theirs.or(call.remote_sdp.take());
        }
        draft.sdp = sdp;
        let event = EstablishedEvent::Answer { carrier, status: status(200), agreed };
        self.step(now, id, event, Hand { draft, ..Hand::default() })
    }

    /// Leaves the session as it is.
    ///
    /// # Errors
    /// If the peer waits for nothing.
    pub fn refuse_change(
        &mut self,
        now: Tick,
        id: CallId,
        carrier: Carrier,
        status: Status,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get(&id).ok_or(CommandRefused::NoSuchCall)?;
        if !call.is_up() {
            return self.answer_early(now, id, carrier, status, None);
        }
        let event = EstablishedEvent::Answer { carrier, status, agreed: None };
        self.step_established(now, id, event, None)
    }

    /// A re-INVITE or UPDATE came.
    pub(super) fn change_asked(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        carrier: Carrier,
        request: &Request<'_>,
    ) {
        let sent = self.transactions.payload_mut(transaction);
        if let (Carrier::Invite, Some(sent)) = (carrier, sent) {
            sent.purpose = Purpose::TheirChange(call);
        }
        let (sdp, _) = compose::sdp(&request.headers, request.body);
        let (cseq, draw) = (request.headers.cseq.number, self.rng.next_u64());
        let with_offer = sdp.is_some();
        let event = EstablishedEvent::Request { carrier, cseq, with_offer, draw };
        let hand = Hand { current: Some(transaction), sdp, draft: Draft::default() };
        let _ = self.step(now, call, event, hand);
    }

    /// The final response to a change of ours came, or 408 for none.
    pub(super) fn change_answered(
        &mut self,
        now: Tick,
        id: CallId,
        (carrier, cseq): (Carrier, u32),
        status: Status,
        response: Option<&Response<'_>>,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let draw = self.rng.next_u64();
        let agreed = response.map(|response| session_agreed(call.proposal, &response.headers));
        let dialog = call.dialog.as_ref().and_then(|id| self.dialogs.get_mut(id));
        if let (true, Some((dialog, _)), Some(response)) = (status.is_success(), dialog, response) {
            dialog.refresh_target(compose::contact_uri(&response.headers));
        }
        let sdp = response.and_then(compose::answer_sdp);
        let agreed: Option<Agreed> = agreed;
        let event = EstablishedEvent::Answered { carrier, cseq, status, agreed, draw };
        let _ = self.step(now, id, event, Hand { sdp, ..Hand::default() });
    }

    /// An ACK came that belongs to this call's dialog.
    pub(super) fn acknowledged_with(
        &mut self,
        now: Tick,
        call: CallId,
        event: EstablishedEvent,
        sdp: Option<Vec<u8>>,
    ) {
        let _ = self.step(now, call, event, Hand { sdp, ..Hand::default() });
    }

    pub(super) fn step_established(
        &mut self,
        now: Tick,
        id: CallId,
        event: EstablishedEvent,
        current: Option<TransactionId>,
    ) -> Result<(), CommandRefused> {
        self.step(now, id, event, Hand { current, ..Hand::default() })
    }

    fn step(
        &mut self,
        now: Tick,
        id: CallId,
        event: EstablishedEvent,
        mut hand: Hand,
    ) -> Result<(), CommandRefused> {
        let timing = self.config.timing;
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let Stage::Up(machine) = call.stage else {
            return Err(CommandRefused::NotNow(crate::dialog::Refusal::NothingUnderWay));
        };
        let (machine, effects) = machine.next(now, event, timing);
        call.stage = Stage::Up(machine);
        if machine.phase != Phase::Up {
            self.end_refers(now, id);
        }
        let is_request = matches!(event, EstablishedEvent::Request { .. });
        let (mut result, mut follows) = (Ok(()), Vec::new());
        for effect in effects {
            if let EstablishedEffect::Refused(why) = effect {
                result = Err(CommandRefused::NotNow(why));
            }
            follows.extend(self.act(now, id, effect, &mut hand, is_request));
        }
        for follow in follows {
            let _ = self.step_established(now, id, follow, None);
        }
        self.settle(id);
        result
    }

    /// Forgets a call that is over, or keeps its timer.
    fn settle(&mut self, id: CallId) {
        let stage = self.calls.get(&id).map(|call| call.stage);
        match stage {
            Some(Stage::Up(Established { phase: Phase::Ended, .. })) => self.forget_call(id),
            Some(_) => self.reschedule(id),
            None => {}
        }
    }

    /// Does one thing; what follows from it at once comes back.
    fn act(
        &mut self,
        now: Tick,
        id: CallId,
        effect: EstablishedEffect,
        hand: &mut Hand,
        is_request: bool,
    ) -> Option<EstablishedEvent> {
        match effect {
            EstablishedEffect::Refused(_) => {}
            EstablishedEffect::Send { carrier, with_offer } => {
                return self.send_change(now, id, carrier, with_offer);
            }
            EstablishedEffect::CancelOurs => {
                if let Some(ours) = self.calls.get(&id).and_then(|call| call.our_invite) {
                    self.send_cancel(now, ours, None);
                }
            }
            EstablishedEffect::AbandonOurs => self.abandon(now, id),
            EstablishedEffect::SendBye => return self.send_bye(now, id),
            EstablishedEffect::SendAck { cseq } => self.send_ack(id, cseq),
            EstablishedEffect::Repeat2xx => self.repeat(id),
            EstablishedEffect::Answer { carrier, status, retry_after } => {
                let mut draft = core::mem::take(&mut hand.draft);
                if let Some(seconds) = retry_after {
                    draft = draft.with(Name::RetryAfter, format!("{seconds}"));
                }
                self.answer_theirs(
                    now,
                    id,
                    carrier,
                    status,
                    &draft,
                    hand.current.filter(|_| is_request),
                );
            }
            EstablishedEffect::AnswerBye(status) => {
                if let Some(current) = hand.current {
                    self.respond(now, current, status, &Draft::default());
                }
            }
            EstablishedEffect::Confirmed => {
                let sdp = hand.sdp.take_if(|_| !is_request);
                if let (true, Some(call)) = (sdp.is_some(), self.calls.get_mut(&id)) {
                    call.remote_sdp.clone_from(&sdp);
                }
                self.tell(Event::Acked(id, sdp));
            }
            EstablishedEffect::Asked { carrier, .. } => self.ask(now, id, carrier, hand),
            EstablishedEffect::Withdrawn => self.tell(Event::Withdrawn(id)),
            EstablishedEffect::Changed(_) => self.changed(id, hand.sdp.take()),
            EstablishedEffect::NotChanged(_, status) => {
                let wanted = self.calls.get_mut(&id).and_then(|call| call.wanted.take());
                if wanted.is_some() {
                    self.tell(Event::NotChanged(id, status));
                }
            }
            EstablishedEffect::Ended(end) => self.tell(Event::Ended(id, end)),
        }
        None
    }

    /// Asks the user, unless it is a mere refresh.
    fn ask(&mut self, now: Tick, id: CallId, carrier: Carrier, hand: &mut Hand) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        *call.theirs(carrier) = hand.current;
        call.answer_by = Some(now + CHANGE_ANSWER_MAX);
        let sdp = hand.sdp.take();
        let nothing_new = match carrier {
            Carrier::Invite => sdp.is_some() && sdp == call.remote_sdp,
            Carrier::Update => sdp.is_none() || sdp == call.remote_sdp,
        };
        if nothing_new {
            let ours = call.local_sdp.clone().filter(|_| sdp.is_some());
            // It was asked just now, so it can be answered.
            let _ = self.accept_change(now, id, carrier, ours);
        } else {
            self.tell(Event::Reinvite(id, carrier, sdp));
        }
    }

    /// What we wanted is told; a refresh is told only if the peer changed its side.
    pub(super) fn changed(&mut self, id: CallId, sdp: Option<Vec<u8>>) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let wanted = call.wanted.take();
        let news = sdp.is_some() && sdp != call.remote_sdp;
        if sdp.is_some() {
            call.remote_sdp.clone_from(&sdp);
        }
        let by_user = wanted.is_some();
        if by_user {
            call.local_sdp = wanted;
        }
        if by_user || news {
            self.tell(Event::Changed(id, sdp));
        }
    }

    fn answer_theirs(
        &mut self,
        now: Tick,
        id: CallId,
        carrier: Carrier,
        status: Status,
        draft: &Draft,
        current: Option<TransactionId>,
    ) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(theirs) = current.or_else(|| call.theirs(carrier).take()) else { return };
        let sent = self.respond(now, theirs, status, draft);
        let awaits_ack = carrier == Carrier::Invite && status.is_success();
        if let (true, Some(call)) = (awaits_ack, self.calls.get_mut(&id)) {
            call.repeated = sent;
        }
    }

    fn send_change(
        &mut self,
        now: Tick,
        id: CallId,
        carrier: Carrier,
        with_offer: bool,
    ) -> Option<EstablishedEvent> {
        let call = self.calls.get(&id)?;
        let Stage::Up(up) = call.stage else { return None };
        let offer = call.wanted.clone().or_else(|| call.local_sdp.clone());
        let mut draft = Draft::sdp(offer.filter(|_| with_offer))
            .with(Name::Contact, call.contact(&self.config.contact_user))
            .with(Name::Supported, *b"timer")
            .with(Name::Allow, ALLOW)
            .with(Name::SessionExpires, session_expires(call.proposal.interval, up.timer));
        if let Some(min_se) = call.proposal.min_se {
            draft = draft.with(Name::MinSe, format!("{min_se}"));
        }
        let method = match carrier {
            Carrier::Invite => Method::Invite,
            Carrier::Update => Method::Update,
        };
        let purpose = |cseq| Purpose::OurChange(id, carrier, cseq);
        let sent = self.request_of(now, id, method, purpose, &draft);
        if let (Carrier::Invite, Some(call)) = (carrier, self.calls.get_mut(&id)) {
            call.our_invite = sent;
        }
        let cseq = self.dialog_of(id).map_or(0, |dialog| dialog.local_cseq);
        let (status, draw) = (status(503), self.rng.next_u64());
        let failed = EstablishedEvent::Answered { carrier, cseq, status, agreed: None, draw };
        sent.is_none().then_some(failed)
    }

    fn send_bye(&mut self, now: Tick, id: CallId) -> Option<EstablishedEvent> {
        let reason = self.calls.get(&id).and_then(|call| call.reason.clone());
        let mut draft = Draft::default();
        if let Some(reason) = reason {
            draft = draft.with(Name::Reason, reason);
        }
        let purpose = |_| Purpose::OurBye(id);
        let sent = self.request_of(now, id, Method::Bye, purpose, &draft);
        sent.is_none().then_some(EstablishedEvent::ByeAnswered)
    }

    pub(super) fn send_ack(&mut self, id: CallId, cseq: u32) {
        let Some(call) = self.calls.get(&id) else { return };
        let (way, flow) = (call.way, call.flow);
        let branch = self.draw_branch();
        let Some(dialog) = self.dialog_of(id) else { return };
        let flow = towards(way, flow, dialog);
        let draft = Draft::default();
        let bytes = compose::in_dialog(dialog, &flow, Method::Ack, cseq, &branch, &draft);
        if let Some(bytes) = bytes {
            self.send(Transmit { flow, bytes });
        }
    }

    fn abandon(&mut self, now: Tick, id: CallId) {
        let ours = self.calls.get_mut(&id).and_then(|call| call.our_invite.take());
        let Some(ours) = ours else { return };
        if let Some(handled) = self.transactions.client(now, ours, ClientEvent::Abandoned) {
            self.perform(now, ours, handled.effects, handled.ended, None);
        }
    }

    /// The next request in a call's dialog.
    pub(super) fn request_of(
        &mut self,
        now: Tick,
        id: CallId,
        method: Method,
        purpose: impl FnOnce(u32) -> Purpose,
        draft: &Draft,
    ) -> Option<TransactionId> {
        let call = self.calls.get(&id)?;
        let (way, flow) = (call.way, call.flow);
        let (dialog, _) = self.dialogs.get_mut(call.dialog.as_ref()?)?;
        dialog.next_cseq();
        let dialog = dialog.clone();
        let flow = towards(way, flow, &dialog);
        self.request_in_dialog(now, &dialog, flow, method, purpose, draft)
    }

    pub(super) fn dialog_of(&mut self, id: CallId) -> Option<&Dialog> {
        let call = self.calls.get(&id)?;
        self.dialogs.get_mut(call.dialog.as_ref()?).map(|(dialog, _)| &*dialog)
    }
}

/// RFC 4028, 7.4: who refreshes stays so.
fn session_expires(interval: u32, timer: SessionTimer) -> Vec<u8> {
    let who = match timer {
        SessionTimer::Off => "",
        SessionTimer::Ours { .. } | SessionTimer::Refreshing { .. } => ";refresher=uac",
        SessionTimer::Peers { .. } => ";refresher=uas",
    };
    format!("{interval}{who}").into_bytes()
}
