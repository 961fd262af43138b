// SPDX-License-Identifier: EUPL-1.2
//! Between transactions and the socket: what is kept to be sent again, and for whom.

use super::calls::{UserAgent, status};
use super::compose::{self, Draft, Echo};
use super::outgoing::OurInvite;
use super::words::{CallId, Event, Flow, ProbeId, RegistrantId, SubscriptionId, Transmit};
use crate::dialog::{Carrier, Dialog, EstablishedEvent, Forks, OutgoingEvent};
use crate::message::{Message, Name, Request, Response, parse_datagram};
use crate::transaction::{
    ClientEvent, Effect, Effects, Elapsed, Notice, ServerEvent, TransactionId, TransactionKey,
};
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::SocketAddr;
use stdx::Tick;

/// What a transaction keeps.
pub(super) struct Sent {
    /// Where its messages go.
    pub(super) flow: Flow,
    /// Where its request came from.
    pub(super) source: SocketAddr,
    /// What is sent again: our request, or our last response.
    pub(super) bytes: Vec<u8>,
    /// Their request, until it is answered.
    pub(super) request: Vec<u8>,
    /// What every response to it repeats; none if it has to be read anew for that.
    echo: Option<Echo>,
    /// What a dialog of our INVITE takes from it.
    pub(super) invite: Option<Box<OurInvite>>,
    /// Our tag in its responses.
    pub(super) to_tag: Box<[u8]>,
    pub(super) purpose: Purpose,
    /// The branches of our INVITE, with the ACKs to their 2xx.
    pub(super) forks: Forks,
    pub(super) acks: Vec<(Box<[u8]>, Transmit)>,
}

/// For whom a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Their first INVITE.
    TheirCall(CallId),
    /// Their re-INVITE or UPDATE.
    TheirChange(CallId),
    /// Any other request of theirs: nobody waits for what becomes of it.
    Theirs,
    OurCall(CallId),
    OurChange(CallId, Carrier, u32),
    OurBye(CallId),
    /// PRACK: its answer says whether the dialog is known.
    OurOther(CallId),
    /// REFER, by its number.
    OurRefer(CallId, u32),
    /// NOTIFY, by the number of the REFER that it is about.
    OurReport(CallId, u32),
    /// NOTIFY to one who watches.
    OurNotify(SubscriptionId),
    Probe(ProbeId),
    /// A REGISTER of ours, by its CSeq.
    OurRegister(RegistrantId, u32),
    /// CANCEL, and the BYE of a branch that lost.
    Unattended,
}

impl Sent {
    pub(super) fn ours(flow: Flow, bytes: Vec<u8>, purpose: Purpose) -> Sent {
        Sent {
            flow,
            source: flow.remote,
            bytes,
            request: Vec::new(),
            echo: None,
            invite: None,
            to_tag: Box::default(),
            purpose,
            forks: Forks::default(),
            acks: Vec::new(),
        }
    }

    /// An INVITE of ours.
    pub(super) fn invite(
        flow: Flow,
        bytes: Vec<u8>,
        purpose: Purpose,
        invite: Option<OurInvite>,
    ) -> Sent {
        Sent { invite: invite.map(Box::new), ..Sent::ours(flow, bytes, purpose) }
    }

    pub(super) fn theirs(way: (Flow, SocketAddr), request: &Request<'_>, tag: Box<[u8]>) -> Sent {
        let (flow, source) = way;
        let ours = Sent::ours(flow, Vec::new(), Purpose::Theirs);
        let echo = Echo::of(request, source, &tag);
        Sent { source, request: compose::copy(request), echo, to_tag: tag, ..ours }
    }

    /// Another tag of ours in the responses.
    pub(super) fn retag(&mut self, tag: Box<[u8]>) {
        (self.to_tag, self.echo) = (tag, None);
    }

    fn reply(&self, status: Status, draft: &Draft) -> Option<Vec<u8>> {
        if let Some(echo) = self.echo.as_ref().filter(|_| status.code() != 100) {
            return echo.reply(status, draft);
        }
        let Ok(Message::Request(request)) = parse_datagram(&self.request) else { return None };
        compose::reply(&request, self.source, status, &self.to_tag, draft)
    }

    fn transmit(&self) -> Transmit {
        Transmit { flow: self.flow, bytes: self.bytes.clone() }
    }
}

impl UserAgent {
    /// Sends a request in a transaction of its own; none without room.
    pub(super) fn request(
        &mut self,
        now: Tick,
        method: Method,
        branch: &[u8],
        sent: Sent,
    ) -> Option<TransactionId> {
        let key = TransactionKey::client(branch, method);
        let transport = sent.flow.reliability();
        let (id, effects) = self.transactions.begin(now, method, key, transport, sent).ok()?;
        self.perform(now, id, effects, None, None);
        Some(id)
    }

    /// Sends a request in a dialog.
    pub(super) fn request_in_dialog(
        &mut self,
        now: Tick,
        dialog: &Dialog,
        flow: Flow,
        method: Method,
        purpose: impl FnOnce(u32) -> Purpose,
        draft: &Draft,
    ) -> Option<TransactionId> {
        let cseq = dialog.local_cseq;
        let branch = self.draw_branch();
        let bytes = compose::in_dialog(dialog, &flow, method, cseq, &branch, draft)?;
        self.request(now, method, &branch, Sent::ours(flow, bytes, purpose(cseq)))
    }

    /// Answers a request that came.
    pub(super) fn respond(
        &mut self,
        now: Tick,
        id: TransactionId,
        status: Status,
        draft: &Draft,
    ) -> Option<Transmit> {
        let sent = self.transactions.payload_mut(id)?;
        sent.bytes = sent.reply(status, draft).or_else(|| sent.reply(status, &Draft::default()))?;
        let transmit = sent.transmit();
        if status.is_final() {
            (sent.request, sent.echo) = (Vec::new(), None);
        }
        let handled = self.transactions.server(now, id, ServerEvent::FromUser(status))?;
        self.perform(now, id, handled.effects, handled.ended, None);
        // RFC 6026, 8.7: a 2xx to INVITE is repeated by its user, who keeps what was sent.
        if let Some(sent) = self.transactions.payload_mut(id).filter(|_| status.is_success()) {
            match sent.purpose {
                Purpose::TheirCall(_) | Purpose::TheirChange(_) => sent.bytes = Vec::new(),
                Purpose::Theirs
                | Purpose::OurCall(_)
                | Purpose::OurChange(..)
                | Purpose::OurBye(_)
                | Purpose::OurOther(_)
                | Purpose::OurRefer(..)
                | Purpose::OurReport(..)
                | Purpose::OurNotify(_)
                | Purpose::Probe(_)
                | Purpose::OurRegister(..)
                | Purpose::Unattended => {}
            }
        }
        Some(transmit)
    }

    /// A response came.
    pub(super) fn responded(&mut self, now: Tick, response: &Response<'_>) {
        let headers = &response.headers;
        let Some(branch) = headers.via.branch() else { return };
        let key = TransactionKey::client(branch, headers.cseq.method);
        let Some(id) = self.transactions.find(&key) else {
            return self.stray_success(now, response);
        };
        let event = ClientEvent::Response(response.status);
        let Some(handled) = self.transactions.client(now, id, event) else { return };
        self.perform(now, id, handled.effects, handled.ended, Some(response));
        self.let_go(id, response);
    }

    /// Gives back a request of ours that is never sent again, though its transaction lingers: at a
    /// thousand calls a second half a minute of them is what fills memory.
    fn let_go(&mut self, id: TransactionId, response: &Response<'_>) {
        if !response.status.is_final() {
            return;
        }
        let Some(purpose) = self.transactions.payload(id).map(|sent| sent.purpose) else { return };
        let done = match purpose {
            // Its proof is repeated in the ACK to the 2xx of another branch; and the ACK to a refusal is
            // made from it.
            Purpose::OurCall(call) => {
                let call = self.calls.get(&call);
                response.status.is_success() && call.is_some_and(|it| it.authentication.is_none())
            }
            Purpose::OurBye(_)
            | Purpose::OurOther(_)
            | Purpose::OurRefer(..)
            | Purpose::OurReport(..)
            | Purpose::OurNotify(_)
            | Purpose::Probe(_)
            | Purpose::OurRegister(..) => true,
            Purpose::OurChange(..)
            | Purpose::TheirCall(_)
            | Purpose::TheirChange(_)
            | Purpose::Theirs
            | Purpose::Unattended => false,
        };
        if let Some(sent) = self.transactions.payload_mut(id).filter(|_| done) {
            sent.bytes = Vec::new();
        }
    }

    /// A timer of a transaction fired.
    pub(super) fn fired(&mut self, now: Tick, elapsed: Elapsed<Sent>) {
        let Elapsed { id, effects, ended } = elapsed;
        self.perform(now, id, effects, ended, None);
    }

    /// The edge could not send on this flow's connection, or it is gone: what waits there ends.
    pub fn transport_failed(&mut self, now: Tick, sent: &Transmit) {
        let Ok(Message::Request(request)) = parse_datagram(&sent.bytes) else { return };
        let Some(branch) = request.headers.via.branch() else { return };
        let key = TransactionKey::client(branch, request.method);
        let Some(id) = self.transactions.find(&key) else { return };
        let Some(handled) = self.transactions.client(now, id, ClientEvent::TransportError) else {
            return;
        };
        self.perform(now, id, handled.effects, handled.ended, None);
    }

    /// Does what a transaction wants.
    pub(super) fn perform(
        &mut self,
        now: Tick,
        id: TransactionId,
        effects: Effects,
        ended: Option<Sent>,
        response: Option<&Response<'_>>,
    ) {
        for effect in effects {
            match effect {
                Effect::SendRequest | Effect::RetransmitRequest | Effect::RetransmitResponse(_) => {
                    self.transmit(id, ended.as_ref())
                }
                Effect::SendResponse(code) if code.code() == 100 => self.send_trying(id),
                Effect::SendResponse(_) => self.transmit(id, ended.as_ref()),
                Effect::SendAck => self.acknowledge_refusal(id, response),
                Effect::ToUser(notice) => self.noticed(now, id, notice, ended.as_ref(), response),
                // A machine that refuses what the network sent has absorbed it.
                Effect::Refused(_) => {}
            }
        }
    }

    fn transmit(&mut self, id: TransactionId, ended: Option<&Sent>) {
        if let Some(sent) = ended.or(self.transactions.payload(id)) {
            let transmit = sent.transmit();
            self.send(transmit);
        }
    }

    fn send_trying(&mut self, id: TransactionId) {
        let Some(sent) = self.transactions.payload_mut(id) else { return };
        let Some(bytes) = sent.reply(status(100), &Draft::default()) else { return };
        sent.bytes = bytes;
        let transmit = sent.transmit();
        self.send(transmit);
    }

    fn acknowledge_refusal(&mut self, id: TransactionId, response: Option<&Response<'_>>) {
        let to = response.and_then(|response| response.headers.first(Name::To));
        let Some(sent) = self.transactions.payload(id) else { return };
        let to = to.map(|field| field.raw);
        let draft = Draft::default();
        let Some(bytes) = compose::from_invite(&sent.bytes, Method::Ack, to, &draft) else {
            return;
        };
        let flow = sent.flow;
        self.send(Transmit { flow, bytes });
    }

    fn noticed(
        &mut self,
        now: Tick,
        id: TransactionId,
        notice: Notice,
        ended: Option<&Sent>,
        response: Option<&Response<'_>>,
    ) {
        let Some(purpose) = ended.or(self.transactions.payload(id)).map(|sent| sent.purpose) else {
            return;
        };
        let (code, event) = match notice {
            Notice::Response(code) => (code, None),
            Notice::TimedOut => (status(408), Some(OutgoingEvent::TimedOut)),
            Notice::TransportFailed => (status(503), Some(OutgoingEvent::TransportFailed)),
            // The dialog hears of it where the ACK is read.
            Notice::Ack => return,
        };
        match purpose {
            Purpose::OurCall(call) => match (event, response) {
                (Some(event), _) => self.call_failed(now, call, id, event, None),
                (None, Some(response)) => self.call_answered(now, call, id, code, response),
                (None, None) => {}
            },
            Purpose::OurChange(call, carrier, cseq) if code.is_final() => {
                self.change_answered(now, call, (carrier, cseq), code, response);
            }
            Purpose::OurBye(call) if code.is_final() => {
                let _ = self.step_established(now, call, EstablishedEvent::ByeAnswered, None);
            }
            Purpose::OurOther(call) if code.is_final() => {
                let event = EstablishedEvent::OtherAnswered(code);
                let _ = self.step_established(now, call, event, None);
            }
            Purpose::OurRefer(call, cseq) if code.is_final() => {
                self.refer_answered(now, call, cseq, code);
            }
            Purpose::OurReport(call, cseq) if code.is_final() => {
                self.report_answered(now, call, cseq, code);
            }
            Purpose::OurNotify(id) if code.is_final() => self.notify_answered(now, id, code),
            Purpose::Probe(probe) if code.is_final() => self.tell(Event::Probed(probe, code)),
            Purpose::OurRegister(id, cseq) if code.is_final() => {
                self.register_answered(now, (id, cseq), code, response);
            }
            Purpose::OurChange(..)
            | Purpose::OurBye(_)
            | Purpose::OurOther(_)
            | Purpose::OurRefer(..)
            | Purpose::OurReport(..)
            | Purpose::OurNotify(_)
            | Purpose::Probe(_)
            | Purpose::OurRegister(..)
            | Purpose::TheirCall(_)
            | Purpose::TheirChange(_)
            | Purpose::Theirs
            | Purpose::Unattended => {}
        }
    }
}
