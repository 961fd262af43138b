// SPDX-License-Identifier: EUPL-1.2
//! What happens to a message that comes: to its transaction, to its dialog, to the user, or refused.
//!
//! The order is RFC 3261's, 8.2 and 12.2.2: retransmission, method, scheme, extensions, dialog, room,
//! merged. The rule to keep: a refusal is made from the request alone and keeps no state, so its
//! sender gets exactly as many answers as it sends requests.

use super::calls::{Stage, UserAgent, status};
use super::compose::{self, ALLOW, ALLOW_EVENTS, Draft, SUPPORTED};
use super::transport::{Purpose, Sent};
use super::words::{Flow, Transmit};
use crate::dialog::{DialogId, EstablishedEvent, IncomingEvent, RequestRefused};
use crate::message::{Message, Name, Refusal, Request, Uri, parse_datagram};
use crate::transaction::{
    Arrival, Arrived, Fields, MergeKey, TopVia, TransactionId, TransactionKey,
};
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

impl UserAgent {
    /// A datagram came.
    pub fn receive(&mut self, now: Tick, flow: Flow, bytes: &[u8]) {
        match parse_datagram(bytes) {
            Ok(message) => self.receive_message(now, flow, &message),
            Err(refusal) => self.receive_refusal(flow, &refusal),
        }
    }

    /// A message came on a stream.
    pub fn receive_message(&mut self, now: Tick, flow: Flow, message: &Message<'_>) {
        match message {
            Message::Request(request) => self.requested(now, flow, request),
            Message::Response(response) => self.responded(now, response),
        }
    }

    /// Something came that cannot be accepted; it is answered if it can be.
    pub fn receive_refusal(&mut self, flow: Flow, refusal: &Refusal<'_>) {
        match refusal {
            Refusal::Answer(answer) => {
                let tag = self.stateless_tag(answer.via.branch().unwrap_or_default());
                let mut bytes = Vec::new();
                answer.write(&mut bytes, &tag, flow.remote);
                if !bytes.is_empty() {
                    self.send(Transmit { flow: compose::way_back(flow, &answer.via), bytes });
                }
            }
            Refusal::Drop(_) => {}
        }
    }

    pub(super) fn requested(&mut self, now: Tick, flow: Flow, request: &Request<'_>) {
        let key = key_of(request);
        let known = self.transactions.find(&key).is_some();
        match request.method {
            Method::Ack => self.acknowledged(now, flow, request, key),
            _ if known => {
                let _ = self.arrive(now, flow, request, key);
            }
            Method::Cancel => self.cancelled(now, flow, request, key),
            Method::Invite
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
            | Method::Unknown => self.admit(now, flow, request, key),
        }
    }

    fn admit(&mut self, now: Tick, flow: Flow, request: &Request<'_>, key: TransactionKey) {
        if let Some((code, draft)) = self.objection(request) {
            return self.refuse(flow, request, code, &draft);
        }
        match request.headers.to.tag() {
            Some(tag) => self.admit_in_dialog(now, flow, request, key, tag),
            None => self.admit_outside(now, flow, request, key),
        }
    }

    /// What is wrong with a request that could be read, wherever it belongs.
    fn objection(&self, request: &Request<'_>) -> Option<(Status, Draft)> {
        if !is_understood(request.method) {
            return Some((status(405), Draft::default().with(Name::Allow, ALLOW)));
        }
        if matches!(request.uri, Uri::Other(_)) {
            return Some((status(416), Draft::default()));
        }
        let unsupported = unsupported(request);
        (!unsupported.is_empty())
            .then(|| (status(420), Draft::default().with(Name::Unsupported, unsupported)))
    }

    fn admit_in_dialog(
        &mut self,
        now: Tick,
        flow: Flow,
        request: &Request<'_>,
        key: TransactionKey,
        to_tag: &[u8],
    ) {
        let headers = &request.headers;
        let from_tag = headers.from.tag().unwrap_or_default();
        let id = DialogId::of_request(headers.call_id, from_tag, to_tag);
        if self.subscriptions.has_dialog(&id) {
            return self.in_subscription(now, flow, (request, key), &id);
        }
        match self.dialogs.admit(&id, request.method, headers.cseq.number) {
            Ok(&mut (_, call)) => {
                if let Some(transaction) = self.arrive(now, flow, request, key) {
                    self.follow_flow(call, flow);
                    self.in_call(now, call, transaction, &id, request);
                }
            }
            Err(why @ (RequestRefused::NoSuchDialog | RequestRefused::OutOfOrder)) => {
                self.refuse(flow, request, status(why.code()), &Draft::default());
            }
        }
    }

    fn admit_outside(&mut self, now: Tick, flow: Flow, request: &Request<'_>, key: TransactionKey) {
        match request.method {
            Method::Invite => self.admit_call(now, flow, request, key),
            Method::Options => self.answer_options(flow, request),
            Method::Register => self.admit_register(now, flow, request, key),
            Method::Subscribe => self.admit_subscription(now, flow, request, key),
            Method::Bye
            | Method::Prack
            | Method::Update
            | Method::Info
            | Method::Ack
            | Method::Cancel
            | Method::Refer
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Unknown => self.refuse(flow, request, status(481), &Draft::default()),
        }
    }

    fn admit_call(&mut self, now: Tick, flow: Flow, request: &Request<'_>, key: TransactionKey) {
        if self.is_full() {
            return self.refuse_for_now(flow, request);
        }
        if compose::contact_uri(&request.headers).is_none() {
            return self.refuse(flow, request, status(400), &because("Missing Contact"));
        }
        if !compose::can_be_routed(&request.headers) {
            return self.refuse(flow, request, status(400), &because("Record-Route Too Long"));
        }
        if let Some(min_se) = self.too_small(&request.headers) {
            return self.refuse(flow, request, status(422), &min_se);
        }
        if let Some(transaction) = self.arrive(now, flow, request, key) {
            self.begin_incoming(now, flow, request, transaction);
        }
    }

    /// Hands a request to its transaction; some if it is a new one.
    pub(super) fn arrive(
        &mut self,
        now: Tick,
        flow: Flow,
        request: &Request<'_>,
        key: TransactionKey,
    ) -> Option<TransactionId> {
        let headers = &request.headers;
        let from_tag = headers.from.tag().unwrap_or_default();
        let (method, cseq) = (request.method, headers.cseq.number);
        let merge = MergeKey::of(method, headers.call_id, from_tag, headers.to.tag(), cseq);
        let arrival = Arrival { method, key, merge, transport: flow.reliability() };
        let tag = self.draw();
        let payload = || {
            let way = (compose::way_back(flow, &headers.via), flow.remote);
            Sent::theirs(way, request, tag)
        };
        match self.transactions.arrive(now, arrival, payload) {
            Arrived::New(id) => return Some(id),
            Arrived::Known(id, effects) => self.perform(now, id, effects, None, None),
            Arrived::StrayAck => {}
            Arrived::Merged => self.refuse(flow, request, status(482), &Draft::default()),
            Arrived::Full => self.refuse_for_now(flow, request),
        }
        None
    }

    /// An ACK: to a refusal it is the transaction's, to a 2xx the dialog's. Never answered.
    fn acknowledged(&mut self, now: Tick, flow: Flow, request: &Request<'_>, key: TransactionKey) {
        let _ = self.arrive(now, flow, request, key);
        let headers = &request.headers;
        let (from, to) = (headers.from.tag(), headers.to.tag());
        let id =
            DialogId::of_request(headers.call_id, from.unwrap_or_default(), to.unwrap_or_default());
        let Some(&mut (_, call)) = self.dialogs.get_mut(&id) else { return };
        let (sdp, _) = compose::sdp(headers, request.body);
        let event = EstablishedEvent::Ack { cseq: headers.cseq.number };
        self.acknowledged_with(now, call, event, sdp);
    }

    fn cancelled(&mut self, now: Tick, flow: Flow, request: &Request<'_>, key: TransactionKey) {
        let Some(meant) = self.transactions.cancelled_by(&key) else {
            return self.refuse(flow, request, status(481), &Draft::default());
        };
        let meant =
            self.transactions.payload(meant).map(|sent| (sent.purpose, sent.to_tag.clone()));
        let (Some((purpose, tag)), Some(cancel)) = (meant, self.arrive(now, flow, request, key))
        else {
            return;
        };
        // RFC 3261, 9.2: the same tag as in the answer to the INVITE.
        if let Some(sent) = self.transactions.payload_mut(cancel) {
            sent.retag(tag);
        }
        let reason = request.headers.first(Name::Reason).map(|field| field.value().into_owned());
        match purpose {
            Purpose::TheirCall(call) => self.call_cancelled(now, call, cancel, reason),
            Purpose::TheirChange(call) => {
                self.respond(now, cancel, status(200), &Draft::default());
                let _ = self.step_established(now, call, EstablishedEvent::Cancel, None);
            }
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
            | Purpose::Unattended => {
                self.respond(now, cancel, status(200), &Draft::default());
            }
        }
    }

    fn call_cancelled(
        &mut self,
        now: Tick,
        call: super::CallId,
        cancel: TransactionId,
        reason: Option<Vec<u8>>,
    ) {
        match self.calls.get_mut(&call) {
            Some(call) if matches!(call.stage, Stage::Incoming { .. }) => call.reason = reason,
            Some(_) | None => {}
        }
        let step = self.step_incoming(now, call, IncomingEvent::Cancel, Some(cancel));
        // The call is up or gone: the CANCEL came too late, and is answered all the same.
        if step.is_err() {
            self.respond(now, cancel, status(200), &Draft::default());
        }
    }

    /// RFC 3261, 11.2: as an INVITE would be answered.
    fn answer_options(&mut self, flow: Flow, request: &Request<'_>) {
        if self.is_full() || self.declines_probes {
            return self.refuse_for_now(flow, request);
        }
        self.refuse(flow, request, status(200), &capabilities());
    }

    pub(super) fn refuse_for_now(&mut self, flow: Flow, request: &Request<'_>) {
        let draft = Draft::default().with(Name::RetryAfter, self.retry_after());
        self.refuse(flow, request, status(503), &draft);
    }

    /// Answers a request that never got here, because its sender is not known: once, without state, so
    /// that nothing is amplified. An ACK is not answered.
    pub fn turn_away(
        &mut self,
        flow: Flow,
        request: &Request<'_>,
        status: Status,
        fields: Vec<(Name, Vec<u8>)>,
    ) {
        if request.method != Method::Ack {
            self.refuse(flow, request, status, &Draft { fields, ..Draft::default() });
        }
    }

    /// Answers without state (RFC 3261, 8.2.7).
    pub(super) fn refuse(
        &mut self,
        flow: Flow,
        request: &Request<'_>,
        status: Status,
        draft: &Draft,
    ) {
        let via = &request.headers.via;
        let tag = self.stateless_tag(via.branch().unwrap_or(request.headers.call_id));
        if let Some(bytes) = compose::reply(request, flow.remote, status, &tag, draft) {
            self.send(Transmit { flow: compose::way_back(flow, via), bytes });
        }
    }

    /// FNV-1a over a secret and what all copies of a request share.
    fn stateless_tag(&self, shared: &[u8]) -> Box<[u8]> {
        let hash = shared.iter().fold(self.secret, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        format!("{hash:016x}").into_bytes().into()
    }
}

fn because(reason: &str) -> Draft {
    Draft { reason: Some(reason.into()), ..Draft::default() }
}

pub(super) fn capabilities() -> Draft {
    Draft::default()
        .with(Name::Allow, ALLOW)
        .with(Name::AllowEvents, ALLOW_EVENTS)
        .with(Name::Accept, *b"application/sdp")
        .with(Name::Supported, SUPPORTED.join(", ").into_bytes())
}

fn is_understood(method: Method) -> bool {
    match method {
        Method::Invite
        | Method::Ack
        | Method::Bye
        | Method::Cancel
        | Method::Options
        | Method::Register
        | Method::Prack
        | Method::Update
        | Method::Info
        | Method::Refer
        | Method::Subscribe
        | Method::Notify => true,
        Method::Message | Method::Publish | Method::Unknown => false,
    }
}

/// What Require asks for and we do not have, as the value of Unsupported.
fn unsupported(request: &Request<'_>) -> Vec<u8> {
    let required = request.headers.tokens(Name::Require);
    let foreign = required.filter(|token| {
        !SUPPORTED.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(token))
    });
    foreign.collect::<Vec<_>>().join(&b", "[..])
}

fn key_of(request: &Request<'_>) -> TransactionKey {
    let headers = &request.headers;
    let sent_by = compose::sent_by(&headers.via);
    let via = TopVia {
        branch: headers.via.branch(),
        sent_by: &sent_by,
        whole: headers.first(Name::Via).map(|field| field.raw).unwrap_or_default(),
    };
    let fields = Fields {
        call_id: headers.call_id,
        cseq: headers.cseq.number,
        from_tag: headers.from.tag().unwrap_or_default(),
        to_tag: headers.to.tag().unwrap_or_default(),
        request_uri: request.uri.raw(),
    };
    TransactionKey::server(request.method, via, fields)
}
