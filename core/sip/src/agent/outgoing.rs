// SPDX-License-Identifier: EUPL-1.2
//! Calls that we make, until they are up or not.
//!
//! The rule to keep: every 2xx gets its ACK, whatever has become of the call; what remembers that is
//! the INVITE's transaction, which lives as long as a 2xx can come.

use super::answers::{refresh_carrier, session_agreed};
use super::calls::{Stage, UserAgent, status};
use super::challenged::{Authentication, credentials_of};
use super::compose::{self, ALLOW, Draft};
use super::early::Early;
use super::transport::{Purpose, Sent};
use super::words::{CallId, CommandRefused, Event, Flow, Invite, ProbeId, Transmit, Way};
use crate::dialog::{
    Dialog, DialogId, Established, EstablishedEvent, ForkEffect, InviteSent, Modification,
    OutgoingEffect, OutgoingEvent, OutgoingInvite, Party, PeerSaid, SessionTimer,
    Stage as DialogStage,
};
use crate::message::{Address, Message, MessageWriter, Name, Response, Uri, parse_datagram};
use crate::transaction::{ClientEvent, TransactionId};
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

/// What a step of an outgoing call has in hand.
#[derive(Clone, Copy)]
pub(super) enum Hand<'a> {
    Response(TransactionId, &'a Response<'a>),
    /// A BYE in an early dialog.
    Request(TransactionId),
}

impl UserAgent {
    /// Makes a call; while draining too, because who waits already shall still reach somebody.
    ///
    /// # Errors
    /// Without room, or if a value cannot be written.
    pub fn invite(&mut self, now: Tick, invite: Invite) -> Result<CallId, CommandRefused> {
        if self.calls.len() >= self.config.calls.all {
            return Err(CommandRefused::NoRoom);
        }
        let branch = self.draw_branch();
        let composed = self.compose_invite(&invite, &branch);
        let (bytes, ours) = composed.ok_or(CommandRefused::Unwritable)?;
        let sent = Sent::invite(invite.flow, bytes, Purpose::Unattended, Some(ours));
        let transaction = self.request(now, Method::Invite, &branch, sent);
        let transaction = transaction.ok_or(CommandRefused::NoRoom)?;
        let machine = OutgoingInvite::begin(now + invite.ring_for);
        let stage = Stage::Outgoing { machine, transaction };
        let id = self.begin_call(invite.flow, invite.way, stage);
        if let Some(sent) = self.transactions.payload_mut(transaction) {
            sent.purpose = Purpose::OurCall(id);
        }
        if let Some(call) = self.calls.get_mut(&id) {
            call.local_sdp = Some(invite.offer);
            call.authentication = invite.credentials.map(Authentication::with).map(Box::new);
            call.contact_user = invite.contact_user.map(Vec::into_boxed_slice);
        }
        self.reschedule(id);
        Ok(id)
    }

    /// Takes a call back that was not answered; one that was answered meanwhile is hung up.
    ///
    /// # Errors
    /// If there is no such call.
    pub fn cancel(
        &mut self,
        now: Tick,
        call: CallId,
        reason: Option<&[u8]>,
    ) -> Result<(), CommandRefused> {
        self.hang_up(now, call, reason)
    }

    /// Hangs up, whatever state the call is in: CANCEL, BYE, or 480 to an incoming call that was not
    /// answered.
    ///
    /// # Errors
    /// If there is no such call.
    pub fn hang_up(
        &mut self,
        now: Tick,
        id: CallId,
        reason: Option<&[u8]>,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        call.reason = reason.map(<[u8]>::to_vec);
        match call.stage {
            Stage::Incoming { .. } => self.refuse_call(now, id, status(480), None, None),
            Stage::Outgoing { .. } => self.step_outgoing(now, id, OutgoingEvent::HangUp, None),
            Stage::Up(_) => self.step_established(now, id, EstablishedEvent::HangUp, None),
        }
    }

    /// Asks a peer how it is; the answer is [`Event::Probed`].
    ///
    /// # Errors
    /// Without room, or if the address cannot be written.
    pub fn options(
        &mut self,
        now: Tick,
        flow: Flow,
        target: &[u8],
    ) -> Result<ProbeId, CommandRefused> {
        let probe = ProbeId(self.next);
        self.next += 1;
        let branch = self.draw_branch();
        let (tag, call_id) = (self.draw(), self.draw());
        let contact = compose::contact(&self.config.contact_user, &flow);
        let from = contact.strip_prefix(b"<").and_then(|inner| inner.strip_suffix(b">"));
        let mut bytes = Vec::new();
        let mut writer = MessageWriter::request(&mut bytes, b"OPTIONS", target);
        writer
            .field(Name::Via, &compose::via(&flow, &branch))
            .text(Name::MaxForwards, format_args!("{}", super::limits::MAX_FORWARDS))
            .field(Name::From, &compose::party(from.unwrap_or_default(), &tag))
            .field(Name::To, &compose::party(target, &[]))
            .field(Name::CallId, &call_id)
            .field(Name::CSeq, b"1 OPTIONS")
            .field(Name::Contact, &contact)
            .field(Name::Accept, b"application/sdp");
        writer.finish(&[]).map_err(|_| CommandRefused::Unwritable)?;
        let sent = Sent::ours(flow, bytes, Purpose::Probe(probe));
        self.request(now, Method::Options, &branch, sent).ok_or(CommandRefused::NoRoom)?;
        Ok(probe)
    }

    fn compose_invite(&mut self, invite: &Invite, branch: &[u8]) -> Option<(Vec<u8>, OurInvite)> {
        let (tag, call_id) = (self.draw(), [self.draw(), self.draw()].concat());
        let cseq = 1 + (self.rng.next_u64() % 1_000_000) as u32;
        let target = compose::request_uri(invite.target.expose());
        let mut from = invite.from.expose().clone();
        compose::push_tag(&mut from, &tag);
        let proposal = self.config.session.propose();
        let mut bytes = Vec::with_capacity(compose::ROOM_FOR_HEAD + invite.offer.len());
        let mut writer = MessageWriter::request(&mut bytes, b"INVITE", target);
        writer.field(Name::Via, &compose::via(&invite.flow, branch));
        for route in &invite.routes {
            writer.field(Name::Route, &compose::bracketed(route));
        }
        let contact_user = invite.contact_user.as_ref().unwrap_or(&self.config.contact_user);
        writer
            .text(Name::MaxForwards, format_args!("{}", invite.max_forwards))
            .field(Name::From, &from)
            .field(Name::To, &compose::party(target, &[]))
            .field(Name::CallId, &call_id)
            .text(Name::CSeq, format_args!("{cseq} INVITE"))
            .field(Name::Contact, &compose::contact(contact_user, &invite.flow))
            .field(Name::Allow, ALLOW)
            .field(Name::Supported, b"timer")
            .text(Name::SessionExpires, format_args!("{}", proposal.interval));
        if let Some(min_se) = proposal.min_se {
            writer.text(Name::MinSe, format_args!("{min_se}"));
        }
        for (name, value) in &invite.headers {
            writer.field(*name, value.expose());
        }
        writer.field(Name::ContentType, b"application/sdp");
        writer.finish(&invite.offer).ok()?;
        let from_uri = Address::parse(invite.from.expose())?.uri.raw().to_vec();
        let secure = Uri::parse(target)?.sip().is_some_and(|uri| uri.secure);
        let target = target.to_vec();
        let ours = OurInvite { call_id, from_tag: tag, from_uri, target, cseq, secure };
        Some((bytes, ours))
    }

    /// A response to our INVITE came.
    pub(super) fn call_answered(
        &mut self,
        now: Tick,
        call: CallId,
        id: TransactionId,
        code: Status,
        response: &Response<'_>,
    ) {
        if code.is_success() {
            self.call_succeeded(now, call, id, code, response);
        } else if code.is_provisional() {
            self.call_progressed(now, call, id, code, response);
        } else if !self.repeated_better(now, call, id, code, response) {
            let event = OutgoingEvent::Failure(code);
            self.call_failed(now, call, id, event, Some(response));
        }
    }

    /// The call did not come about, or its transaction is over without an answer.
    pub(super) fn call_failed(
        &mut self,
        now: Tick,
        call: CallId,
        id: TransactionId,
        event: OutgoingEvent,
        response: Option<&Response<'_>>,
    ) {
        let hand = response.map(|response| Hand::Response(id, response));
        // A call that is over already has told its end.
        let _ = self.step_outgoing(now, call, event, hand);
    }

    fn call_progressed(
        &mut self,
        now: Tick,
        call: CallId,
        id: TransactionId,
        code: Status,
        response: &Response<'_>,
    ) {
        let headers = &response.headers;
        let tag = headers.to.tag().unwrap_or_default();
        let rseq = headers.rseq().ok().flatten().filter(|_| headers.lists(Name::Require, "100rel"));
        if code.code() > 100 && self.calls.contains_key(&call) {
            let Some(sent) = self.transactions.payload_mut(id) else { return };
            match sent.forks.provisional(tag, rseq) {
                ForkEffect::NewEarly { prack } => {
                    self.begin_early(call, id, response);
                    self.prack(now, call, response, rseq.filter(|_| prack));
                }
                ForkEffect::KnownEarly { prack } => {
                    self.prack(now, call, response, rseq.filter(|_| prack));
                }
                ForkEffect::Absorbed if rseq.is_some() => return,
                ForkEffect::Absorbed
                | ForkEffect::Won
                | ForkEffect::AckAndBye
                | ForkEffect::AckAgain => {}
            }
        }
        let hand = Some(Hand::Response(id, response));
        let _ = self.step_outgoing(now, call, OutgoingEvent::Provisional(code), hand);
    }

    fn begin_early(&mut self, call: CallId, id: TransactionId, response: &Response<'_>) {
        let sent = self.transactions.payload(id);
        let Some(invite) = sent.and_then(|sent| sent.invite.as_ref()) else { return };
        let dialog = dialog_of(invite, response, DialogStage::Early);
        let early = dialog.id.clone();
        // Without room the branch goes on without a dialog, and gets one with its 2xx.
        let kept = self.dialogs.insert(dialog, call).is_ok();
        if let (true, Some(call)) = (kept, self.calls.get_mut(&call)) {
            let change = Modification::of_initial_invite(Party::Us, true);
            call.early.push(Early::begin(early, change));
        }
    }

    fn prack(&mut self, now: Tick, id: CallId, response: &Response<'_>, rseq: Option<u32>) {
        let (Some(rseq), Some(call)) = (rseq, self.calls.get_mut(&id)) else { return };
        let headers = &response.headers;
        let (from, to) = (headers.from.tag(), headers.to.tag());
        let dialog = DialogId::of_response(
            headers.call_id,
            from.unwrap_or_default(),
            to.unwrap_or_default(),
        );
        let (flow, way) = (call.flow, call.way);
        if let (Some(early), Some(_)) = (call.early(&dialog), compose::answer_sdp(response)) {
            early.described();
        }
        let Some((dialog, _)) = self.dialogs.get_mut(&dialog) else { return };
        dialog.next_cseq();
        let dialog = dialog.clone();
        let rack = format!("{rseq} {} INVITE", headers.cseq.number);
        let draft = Draft::default().with(Name::RAck, rack);
        let flow = towards(way, flow, &dialog);
        let purpose = |_| Purpose::OurOther(id);
        self.request_in_dialog(now, &dialog, flow, Method::Prack, purpose, &draft);
    }

    fn call_succeeded(
        &mut self,
        now: Tick,
        call: CallId,
        id: TransactionId,
        code: Status,
        response: &Response<'_>,
    ) {
        let tag = response.headers.to.tag().unwrap_or_default();
        let Some(sent) = self.transactions.payload_mut(id) else { return };
        match sent.forks.success(tag) {
            ForkEffect::Won | ForkEffect::AckAndBye => {
                let hand = Some(Hand::Response(id, response));
                let step = self.step_outgoing(now, call, OutgoingEvent::Success(code), hand);
                // Another branch is the call, or it is over.
                if step.is_err() {
                    self.acknowledge_and_leave(now, call, id, response);
                }
            }
            ForkEffect::AckAgain => {
                let acks = self.transactions.payload(id).map(|sent| &sent.acks);
                let again = acks.and_then(|acks| acks.iter().find(|(of, _)| **of == *tag));
                if let Some((_, again)) = again {
                    let again = again.clone();
                    self.send(again);
                }
            }
            ForkEffect::NewEarly { .. } | ForkEffect::KnownEarly { .. } | ForkEffect::Absorbed => {}
        }
    }

    pub(super) fn step_outgoing(
        &mut self,
        now: Tick,
        id: CallId,
        event: OutgoingEvent,
        hand: Option<Hand<'_>>,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let Stage::Outgoing { machine, transaction } = call.stage else {
            return Err(CommandRefused::NotNow(crate::dialog::Refusal::AlreadyFinal));
        };
        let (machine, effects) = machine.next(now, event);
        call.stage = Stage::Outgoing { machine, transaction };
        let mut result = Ok(());
        for effect in effects {
            if let OutgoingEffect::Refused(why) = effect {
                result = Err(CommandRefused::NotNow(why));
            }
            self.do_outgoing(now, id, transaction, effect, hand);
        }
        self.reschedule(id);
        result
    }

    fn do_outgoing(
        &mut self,
        now: Tick,
        id: CallId,
        invite: TransactionId,
        effect: OutgoingEffect,
        hand: Option<Hand<'_>>,
    ) {
        match (effect, hand) {
            (OutgoingEffect::SendCancel, _) => {
                let reason = self.calls.get(&id).and_then(|call| call.reason.clone());
                self.send_cancel(now, invite, reason);
            }
            (OutgoingEffect::AckThenBye, Some(Hand::Response(transaction, response))) => {
                self.acknowledge_and_leave(now, id, transaction, response);
            }
            (OutgoingEffect::AnswerBye(code), Some(Hand::Request(current))) => {
                self.respond(now, current, code, &Draft::default());
            }
            (OutgoingEffect::Progress(code), Some(Hand::Response(_, response))) => {
                if code.code() > 100 {
                    let heard = compose::answer_sdp(response).filter(|_| plays_early(response));
                    self.tell(Event::Provisional(id, code, heard));
                }
            }
            (OutgoingEffect::Connected, Some(Hand::Response(transaction, response))) => {
                self.connected(now, id, transaction, response);
            }
            (OutgoingEffect::Ended { status, by }, _) => {
                let retry_after = match hand {
                    Some(Hand::Response(_, response)) => response.headers.retry_after(),
                    Some(Hand::Request(_)) | None => None,
                };
                let retry_after = retry_after.map(|after| after.seconds);
                self.end_early_change(now, id);
                self.forget_call(id);
                self.tell(Event::Refused { call: id, status, by, retry_after });
            }
            // SendAck is done by Connected; what else has nothing in hand cannot be.
            (
                OutgoingEffect::Refused(_)
                | OutgoingEffect::SendAck
                | OutgoingEffect::AckThenBye
                | OutgoingEffect::AnswerBye(_)
                | OutgoingEffect::Progress(_)
                | OutgoingEffect::Connected,
                _,
            ) => {}
        }
    }

    fn connected(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        response: &Response<'_>,
    ) {
        let headers = &response.headers;
        let Some((dialog, flow)) = self.acknowledge(id, transaction, response) else { return };
        let early = self.end_early(now, id, &dialog.id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let cseq = headers.cseq.number;
        let timer = SessionTimer::agreed(now, session_agreed(call.proposal, headers));
        let up = Established::as_client(cseq, timer, refresh_carrier(headers));
        let up = if call.their_update.is_some() { up.with_their_update() } else { up };
        let mut sdp = compose::answer_sdp(response);
        call.stage = Stage::Up(up);
        call.authentication = None;
        call.dialog = Some(dialog.id.clone());
        call.remote_sdp.clone_from(&sdp);
        // What an UPDATE has agreed on since is newer than what the 2xx repeats.
        if let Some((ours, theirs)) = early.and_then(|early| early.changed) {
            (call.local_sdp, call.remote_sdp, sdp) = (Some(ours), Some(theirs), None);
        }
        if self.dialogs.insert(dialog.clone(), id).is_ok() {
            return self.tell(Event::Answered(id, sdp));
        }
        self.leave(now, dialog, flow);
        self.end_early_change(now, id);
        self.forget_call(id);
        let (status, by) = (status(503), Party::Us);
        self.tell(Event::Refused { call: id, status, by, retry_after: None });
    }

    /// One branch has won, and all others end with what was asked in them.
    fn end_early(&mut self, now: Tick, id: CallId, winner: &DialogId) -> Option<Early> {
        let call = self.calls.get_mut(&id)?;
        let mut won = None;
        for early in core::mem::take(&mut call.early) {
            if early.dialog == *winner {
                won = Some(early);
            } else {
                self.dialogs.remove(&early.dialog);
            }
        }
        let asked_there = won.as_ref().is_some_and(|early| early.change.their_update);
        if !asked_there && self.end_early_change(now, id) {
            self.tell(Event::Withdrawn(id));
        }
        won
    }

    /// Sends the ACK to a 2xx and remembers it for its repetitions.
    fn acknowledge(
        &mut self,
        call: CallId,
        id: TransactionId,
        response: &Response<'_>,
    ) -> Option<(Dialog, Flow)> {
        let headers = &response.headers;
        let (from, to) = (headers.from.tag(), headers.to.tag().unwrap_or_default());
        let early = DialogId::of_response(headers.call_id, from.unwrap_or_default(), to);
        let sent = self.transactions.payload(id)?;
        let mut dialog = dialog_of(sent.invite.as_ref()?, response, DialogStage::Confirmed);
        let mut flow = sent.flow;
        if let Some((known, _)) = self.dialogs.remove(&early) {
            let counted = (known.local_cseq, known.remote_cseq);
            (dialog.local_cseq, dialog.remote_cseq) = counted;
        }
        let mut proven = true;
        if let Some(call) = self.calls.get(&call) {
            flow = towards(call.way, call.flow, &dialog);
            proven = call.authentication.is_some();
        }
        let fields = if proven { credentials_of(&sent.bytes) } else { Vec::new() };
        let draft = Draft { fields, ..Draft::default() };
        let (cseq, branch) = (headers.cseq.number, self.draw_branch());
        let bytes = compose::in_dialog(&dialog, &flow, Method::Ack, cseq, &branch, &draft);
        // An address that cannot be written: the peer repeats its 2xx, and gives up.
        if let Some(bytes) = bytes {
            let ack = Transmit { flow, bytes };
            if let Some(sent) = self.transactions.payload_mut(id) {
                sent.acks.truncate(crate::dialog::FORKS_MAX - 1);
                sent.acks.push((to.into(), ack.clone()));
            }
            self.send(ack);
        }
        Some((dialog, flow))
    }

    fn acknowledge_and_leave(
        &mut self,
        now: Tick,
        call: CallId,
        id: TransactionId,
        response: &Response<'_>,
    ) {
        if let Some((dialog, flow)) = self.acknowledge(call, id, response) {
            self.leave(now, dialog, flow);
        }
    }

    /// BYE in a dialog that is no call.
    fn leave(&mut self, now: Tick, mut dialog: Dialog, flow: Flow) {
        dialog.next_cseq();
        let purpose = |_| Purpose::Unattended;
        self.request_in_dialog(now, &dialog, flow, Method::Bye, purpose, &Draft::default());
    }

    pub(super) fn send_cancel(
        &mut self,
        now: Tick,
        invite: TransactionId,
        reason: Option<Vec<u8>>,
    ) {
        let Some(sent) = self.transactions.payload(invite) else { return };
        let mut draft = Draft::default();
        if let Some(reason) = reason {
            draft = draft.with(Name::Reason, reason);
        }
        let Ok(Message::Request(request)) = parse_datagram(&sent.bytes) else { return };
        let branch = request.headers.via.branch().unwrap_or_default().to_vec();
        let Some(bytes) = compose::from_invite(&sent.bytes, Method::Cancel, None, &draft) else {
            return;
        };
        let cancel = Sent::ours(sent.flow, bytes, Purpose::Unattended);
        self.request(now, Method::Cancel, &branch, cancel);
        let handled = self.transactions.client(now, invite, ClientEvent::Cancelled);
        if let Some(handled) = handled {
            self.perform(now, invite, handled.effects, handled.ended, None);
        }
    }
}

/// Where a request in a dialog goes; on a connection it stays there, and never opens another.
pub(super) fn towards(way: Way, flow: Flow, dialog: &Dialog) -> Flow {
    match (way, flow.connection) {
        (Way::Flow, _) | (Way::Routes, Some(_)) => flow,
        (Way::Routes, None) => {
            let remote = compose::next_hop(dialog).unwrap_or(flow.remote);
            Flow { remote, ..flow }
        }
    }
}

/// What a dialog of our INVITE takes from it, so that the INVITE need not be read again.
pub(super) struct OurInvite {
    call_id: Vec<u8>,
    from_tag: Box<[u8]>,
    from_uri: Vec<u8>,
    /// The Request-URI and To.
    target: Vec<u8>,
    cseq: u32,
    secure: bool,
}

impl OurInvite {
    /// From an INVITE that was written in full.
    pub(super) fn of(invite: &[u8]) -> Option<OurInvite> {
        let Ok(Message::Request(request)) = parse_datagram(invite) else { return None };
        let headers = &request.headers;
        Some(OurInvite {
            call_id: headers.call_id.to_vec(),
            from_tag: headers.from.tag().unwrap_or_default().into(),
            from_uri: headers.from.uri.raw().to_vec(),
            target: request.uri.raw().to_vec(),
            cseq: headers.cseq.number,
            secure: request.uri.sip().is_some_and(|uri| uri.secure),
        })
    }
}

fn dialog_of(invite: &OurInvite, response: &Response<'_>, stage: DialogStage) -> Dialog {
    let theirs = &response.headers;
    let routes = compose::record_route(theirs);
    let routes: Vec<&[u8]> = routes.iter().map(|route| &route[..]).collect();
    let sent = InviteSent {
        call_id: &invite.call_id,
        from_tag: &invite.from_tag,
        from_uri: &invite.from_uri,
        to_uri: &invite.target,
        request_uri: &invite.target,
        cseq: invite.cseq,
        secure: invite.secure,
    };
    let peer = PeerSaid {
        to_tag: theirs.to.tag().unwrap_or_default(),
        contact: compose::contact_uri(theirs),
        record_route: &routes,
    };
    Dialog::outgoing(&sent, &peer, stage)
}

/// Whether what a provisional response describes may be heard. A network that knows P-Early-Media says when there
/// is nothing to be heard yet (RFC 5009, 8); who does not say plays (RFC 3960, 3.2).
fn plays_early(response: &Response<'_>) -> bool {
    let says = |word| response.headers.lists(Name::PEarlyMedia, word);
    !says("inactive") && !says("recvonly")
}
