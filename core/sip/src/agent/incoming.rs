// SPDX-License-Identifier: EUPL-1.2
//! Calls that came in, until our final response.
//!
//! The rule to keep: a provisional response is sent reliably exactly when the caller requires it
//! (RFC 3262, 3), because a caller who merely can would only pay for it.

use super::answers::{asked, refresh_carrier, session_answer};
use super::calls::{Stage, UserAgent, Wanted, status};
use super::compose::{self, ALLOW, Draft, SUPPORTED};
use super::early::Early;
use super::limits::{COPIES_MAX, COPY_MAX};
use super::transport::Purpose;
use super::words::{CallId, CommandRefused, Event, Flow, InviteInfo, Raw, Way};
use crate::Status;
use crate::dialog::{
    Dialog, Established, IncomingEffect, IncomingEvent, IncomingInvite, IncomingState,
    InviteReceived, Modification, Party, SessionTimer,
};
use crate::message::{Headers, Name, Request, unfold};
use crate::transaction::TransactionId;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;
use stdx::{Redacted, Tick};

/// What an INVITE says about who calls whom.
const COPIED: [Name; 9] = [
    Name::PAssertedIdentity,
    Name::PPreferredIdentity,
    Name::PCalledPartyId,
    Name::Privacy,
    Name::Diversion,
    Name::HistoryInfo,
    Name::UserToUser,
    Name::Replaces,
    Name::PEarlyMedia,
];

impl UserAgent {
    /// The telephone rings: 180.
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn ring(&mut self, now: Tick, call: CallId) -> Result<(), CommandRefused> {
        self.progress(now, call, status(180), None)
    }

    /// How it goes on: 101 to 199, perhaps with a description for early media.
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn progress(
        &mut self,
        now: Tick,
        call: CallId,
        status: Status,
        sdp: Option<Vec<u8>>,
    ) -> Result<(), CommandRefused> {
        let reliably = self.needs_prack(call);
        let event = IncomingEvent::Progress { status, reliably, carries_sdp: sdp.is_some() };
        self.step_incoming_with(now, call, event, None, Draft::sdp(sdp))
    }

    /// What the far end plays before it answers is handed on (183): with the answer to the INVITE's offer, and where
    /// the caller knows P-Early-Media with the word that only we send (RFC 5009, 8).
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn early_media(
        &mut self,
        now: Tick,
        call: CallId,
        sdp: Vec<u8>,
        is_authorised: bool,
    ) -> Result<(), CommandRefused> {
        let reliably = self.needs_prack(call);
        let event = IncomingEvent::Progress { status: status(183), reliably, carries_sdp: true };
        let draft = Draft::sdp(Some(sdp));
        let draft = if is_authorised { draft.with(Name::PEarlyMedia, *b"sendonly") } else { draft };
        self.step_incoming_with(now, call, event, None, draft)
    }

    /// Takes the call: 200 with the answer, or with an offer if the INVITE had none.
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn answer(&mut self, now: Tick, call: CallId, sdp: Vec<u8>) -> Result<(), CommandRefused> {
        let event = IncomingEvent::Answer(status(200));
        self.step_incoming_with(now, call, event, None, Draft::sdp(Some(sdp)))
    }

    /// Refuses the call: 300 to 699.
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn refuse_call(
        &mut self,
        now: Tick,
        call: CallId,
        status: Status,
        reason: Option<&str>,
        retry_after: Option<u32>,
    ) -> Result<(), CommandRefused> {
        let mut draft = Draft { reason: reason.map(ToString::to_string), ..Draft::default() };
        if let Some(seconds) = retry_after {
            draft = draft.with(Name::RetryAfter, format!("{seconds}"));
        }
        self.step_incoming_with(now, call, IncomingEvent::Reject(status), None, draft)
    }

    /// Sends a call on that was not answered yet (302): `to` is the Contact, `<sip:…>`.
    ///
    /// # Errors
    /// If there is no such call, or it was answered.
    pub fn redirect(&mut self, now: Tick, call: CallId, to: Vec<u8>) -> Result<(), CommandRefused> {
        let draft = Draft::default().with(Name::Contact, to);
        self.step_incoming_with(now, call, IncomingEvent::Reject(status(302)), None, draft)
    }

    /// An INVITE passed every check.
    pub(super) fn begin_incoming(
        &mut self,
        now: Tick,
        flow: Flow,
        request: &Request<'_>,
        transaction: TransactionId,
    ) {
        let headers = &request.headers;
        let direct = compose::is_direct(&headers.via, flow.remote);
        let way = if direct { Way::Routes } else { Way::Flow };
        let first_rseq = 1 + (self.rng.next_u64() % 0x7fff_fffe) as u32;
        let ring_until = now + self.config.ring_max;
        let machine = IncomingInvite::begin(ring_until, headers.cseq.number, first_rseq);
        let needs_prack = headers.lists(Name::Require, "100rel");
        let call =
            self.begin_call(flow, way, Stage::Incoming { machine, transaction, needs_prack });
        let contact_user = self.contact_user_of(&request.uri);
        if let Some(call) = self.calls.get_mut(&call) {
            call.contact_user = contact_user;
        }
        if !self.begin_dialog(call, flow, request, transaction) {
            let draft = Draft::default().with(Name::RetryAfter, self.retry_after());
            self.respond(now, transaction, status(503), &draft);
            return self.forget_call(call);
        }
        let info = invite_info(flow, request);
        if let Some(call) = self.calls.get_mut(&call) {
            call.remote_sdp.clone_from(&info.offer);
            let (asked, refresh_by) = (asked(headers), refresh_carrier(headers));
            call.their_wish = Some(Wanted { cseq: headers.cseq.number, asked, refresh_by });
        }
        self.reschedule(call);
        self.tell(Event::Incoming(call, Box::new(info)));
    }

    fn begin_dialog(
        &mut self,
        call: CallId,
        flow: Flow,
        request: &Request<'_>,
        transaction: TransactionId,
    ) -> bool {
        let Some(sent) = self.transactions.payload_mut(transaction) else { return false };
        sent.purpose = Purpose::TheirCall(call);
        let tag = sent.to_tag.clone();
        let first_cseq = (self.rng.next_u64() % 1_000_000) as u32;
        let dialog = Dialog::incoming_of(request, flow, &tag, first_cseq);
        let id = dialog.id.clone();
        let (offer, _) = compose::sdp(&request.headers, request.body);
        let change = Modification::of_initial_invite(Party::Peer, offer.is_some());
        if self.dialogs.insert(dialog, call).is_err() {
            return false;
        }
        if let Some(call) = self.calls.get_mut(&call) {
            call.early.push(Early::begin(id.clone(), change));
            call.dialog = Some(id);
        }
        true
    }

    pub(super) fn step_incoming(
        &mut self,
        now: Tick,
        id: CallId,
        event: IncomingEvent,
        current: Option<TransactionId>,
    ) -> Result<(), CommandRefused> {
        self.step_incoming_with(now, id, event, current, Draft::default())
    }

    fn step_incoming_with(
        &mut self,
        now: Tick,
        id: CallId,
        event: IncomingEvent,
        current: Option<TransactionId>,
        draft: Draft,
    ) -> Result<(), CommandRefused> {
        let timing = self.config.timing;
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let Stage::Incoming { machine, transaction, needs_prack } = call.stage else {
            return Err(CommandRefused::NotNow(crate::dialog::Refusal::AlreadyFinal));
        };
        let (machine, effects) = machine.next(now, event, timing);
        call.stage = Stage::Incoming { machine, transaction, needs_prack };
        // What an UPDATE has agreed on since the first answer goes before it.
        if let (IncomingEvent::Answer(_), false, Some(sdp)) =
            (event, call.is_changed_early(), &draft.sdp)
        {
            call.local_sdp = Some(sdp.clone());
        }
        let mut result = Ok(());
        for effect in effects {
            if let IncomingEffect::Refused(why) = effect {
                result = Err(CommandRefused::NotNow(why));
            }
            self.do_incoming(now, id, (transaction, current), effect, &draft);
        }
        self.reschedule(id);
        result
    }

    fn do_incoming(
        &mut self,
        now: Tick,
        id: CallId,
        (invite, current): (TransactionId, Option<TransactionId>),
        effect: IncomingEffect,
        draft: &Draft,
    ) {
        match effect {
            IncomingEffect::Refused(_) | IncomingEffect::Arrived => {}
            IncomingEffect::SendProvisional { status, rseq } => {
                self.send_provisional(now, id, invite, status, rseq, draft);
            }
            IncomingEffect::RepeatProvisional { .. } => self.repeat(id),
            IncomingEffect::SendFinal(code) if code.is_success() => {
                self.take_call(now, id, invite, code);
            }
            IncomingEffect::SendFinal(code) => {
                self.respond(now, invite, code, draft);
            }
            IncomingEffect::AnswerPrack(code)
            | IncomingEffect::AnswerCancel(code)
            | IncomingEffect::AnswerBye(code) => {
                if let Some(current) = current {
                    self.respond(now, current, code, &Draft::default());
                }
            }
            IncomingEffect::Ended { status, by } => {
                let reason = self.calls.get_mut(&id).and_then(|call| call.reason.take());
                self.end_early_change(now, id);
                self.forget_call(id);
                self.tell(match by {
                    Party::Peer => Event::Cancelled(id, reason),
                    Party::Us => Event::Refused { call: id, status, by, retry_after: None },
                });
            }
        }
    }

    pub(super) fn repeat(&mut self, id: CallId) {
        if let Some(again) = self.calls.get(&id).and_then(|call| call.repeated.clone()) {
            self.send(again);
        }
    }

    fn send_provisional(
        &mut self,
        now: Tick,
        id: CallId,
        invite: TransactionId,
        code: Status,
        rseq: Option<u32>,
        draft: &Draft,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let contact = call.contact(&self.config.contact_user);
        let mut draft = draft.clone().with(Name::Contact, contact);
        if let Some(rseq) = rseq {
            draft = draft.with(Name::Require, *b"100rel").with(Name::RSeq, format!("{rseq}"));
        }
        let sent = self.respond(now, invite, code, &draft);
        if let Some(call) = self.calls.get_mut(&id) {
            call.repeated = sent;
            if draft.sdp.is_some() {
                call.local_sdp = draft.sdp;
                call.early.iter_mut().filter(|_| rseq.is_some()).for_each(Early::described);
            }
        }
    }

    /// Our 2xx: the call is up.
    fn take_call(&mut self, now: Tick, id: CallId, invite: TransactionId, code: Status) {
        let policy = self.config.session;
        let Some(call) = self.calls.get(&id) else { return };
        let contact = call.contact(&self.config.contact_user);
        let Some(Wanted { cseq, asked, refresh_by }) = call.their_wish else { return };
        let (session, agreed) = session_answer(policy, asked);
        let mut draft = session
            .with(Name::Contact, contact)
            .with(Name::Allow, ALLOW)
            .with(Name::Supported, SUPPORTED.join(", ").into_bytes());
        draft.sdp.clone_from(&call.local_sdp);
        let we_offer = call.remote_sdp.is_none();
        let repeated = self.respond(now, invite, code, &draft);
        let timer = agreed.map_or(SessionTimer::Off, |agreed| SessionTimer::agreed(now, agreed));
        let timing = self.config.timing;
        let up = Established::as_server(now, cseq, we_offer, timer, refresh_by, timing);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let up = if call.their_update.is_some() { up.with_their_update() } else { up };
        (call.stage, call.repeated) = (Stage::Up(up), repeated);
        call.early.clear();
        if let Some((dialog, _)) = call.dialog.as_ref().and_then(|id| self.dialogs.get_mut(id)) {
            dialog.confirm();
        }
    }

    fn needs_prack(&self, id: CallId) -> bool {
        self.calls.get(&id).is_some_and(|call| match call.stage {
            Stage::Incoming { needs_prack, machine, .. } => {
                needs_prack && matches!(machine.state, IncomingState::Proceeding { .. })
            }
            Stage::Outgoing { .. } | Stage::Up(_) => false,
        })
    }
}

impl Dialog {
    pub(super) fn incoming_of(
        request: &Request<'_>,
        flow: Flow,
        tag: &[u8],
        first_cseq: u32,
    ) -> Dialog {
        let headers = &request.headers;
        let routes = compose::record_route(headers);
        let routes: Vec<&[u8]> = routes.iter().map(|route| &route[..]).collect();
        let secure = flow.transport == crate::registrar::Transport::Tls
            && request.uri.sip().is_some_and(|uri| uri.secure);
        let received = InviteReceived {
            call_id: headers.call_id,
            from_tag: headers.from.tag().unwrap_or_default(),
            from_uri: headers.from.uri.raw(),
            to_uri: headers.to.uri.raw(),
            contact: compose::contact_uri(headers).unwrap_or_default(),
            cseq: headers.cseq.number,
            record_route: &routes,
            secure,
        };
        Dialog::incoming(&received, tag, first_cseq)
    }
}

fn raw(bytes: &[u8]) -> Raw {
    Redacted::new(bytes.to_vec())
}

fn first(headers: &Headers<'_>, name: Name) -> Raw {
    Redacted::new(headers.first(name).map(|field| field.value().into_owned()).unwrap_or_default())
}

fn invite_info(flow: Flow, request: &Request<'_>) -> InviteInfo {
    let headers = &request.headers;
    let (offer, other_body) = compose::sdp(headers, request.body);
    let copied = headers.fields().iter().filter(|field| COPIED.contains(&field.name));
    let values = copied.flat_map(|field| field.values().map(|value| (field.name, value)));
    let short = values.filter(|(_, value)| value.len() <= COPY_MAX).take(COPIES_MAX);
    InviteInfo {
        request_uri: raw(request.uri.raw()),
        from: first(headers, Name::From),
        to: first(headers, Name::To),
        sip_call_id: raw(headers.call_id),
        copies: short.map(|(name, value)| (name, raw(&unfold(value)))).collect(),
        max_forwards: headers.max_forwards,
        offer,
        other_body,
        flow,
    }
}
