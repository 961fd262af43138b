// SPDX-License-Identifier: EUPL-1.2
//! Requests within a call, registrations, and what is agreed about session timers.

use super::calls::{Stage, UserAgent, status};
use super::compose::{self, Draft};
use super::limits::{CONTACTS_MAX, COPIES_MAX, COPY_MAX, INFO_MAX};
use super::outgoing::Hand;
use super::words::{
    CallId, CommandRefused, Event, Flow, RegisterContact, RegisterId, RegisterInfo,
};
use crate::dialog::{
    Agreed, Asked, Carrier, DialogId, EstablishedEvent, IncomingEvent, OutgoingEvent, Phase,
    Policy, Proposal, RAck, Refresher, TimerAnswer,
};
use crate::message::{self, Address, Headers, Name, Request};
use crate::registrar::PATH_MAX;
use crate::transaction::{TransactionId, TransactionKey};
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use stdx::{Redacted, Tick};

impl UserAgent {
    /// A request came that its dialog has admitted.
    pub(super) fn in_call(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        dialog: &DialogId,
        request: &Request<'_>,
    ) {
        match request.method {
            Method::Bye => self.bye_came(now, call, transaction, request),
            Method::Prack => self.prack_came(now, call, transaction, request),
            Method::Invite => {
                self.change_came(now, call, transaction, (Carrier::Invite, dialog), request)
            }
            Method::Update => {
                self.change_came(now, call, transaction, (Carrier::Update, dialog), request)
            }
            Method::Info => self.info_came(now, call, transaction, request),
            Method::Refer => self.refer_came(now, call, transaction, dialog, request),
            Method::Notify => self.notify_came(now, call, transaction, dialog, request),
            Method::Options => {
                self.respond(now, transaction, status(200), &super::admission::capabilities());
            }
            Method::Ack
            | Method::Cancel
            | Method::Register
            | Method::Subscribe
            | Method::Message
            | Method::Publish
            | Method::Unknown => {
                self.respond(now, transaction, status(501), &Draft::default());
            }
        }
    }

    fn stage(&self, call: CallId) -> Option<Stage> {
        self.calls.get(&call).map(|call| call.stage)
    }

    /// Whether its last event was told, and only our BYE has no answer yet.
    fn is_ending(&self, call: CallId) -> bool {
        match self.stage(call) {
            Some(Stage::Up(up)) => matches!(up.phase, Phase::Ending | Phase::Ended),
            Some(Stage::Incoming { .. } | Stage::Outgoing { .. }) => false,
            None => true,
        }
    }

    fn bye_came(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        request: &Request<'_>,
    ) {
        let reason = request.headers.first(Name::Reason).map(|field| field.value().into_owned());
        if let Some(call) = self.calls.get_mut(&call) {
            call.reason = reason;
        }
        let current = Some(transaction);
        let done = match self.stage(call) {
            Some(Stage::Incoming { .. }) => {
                self.step_incoming(now, call, IncomingEvent::Bye, current)
            }
            Some(Stage::Outgoing { .. }) => {
                let hand = Some(Hand::Request(transaction));
                self.step_outgoing(now, call, OutgoingEvent::Bye, hand)
            }
            Some(Stage::Up(_)) => self.step_established(now, call, EstablishedEvent::Bye, current),
            None => Err(CommandRefused::NoSuchCall),
        };
        if done.is_err() {
            self.respond(now, transaction, status(481), &Draft::default());
        }
    }

    fn prack_came(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        request: &Request<'_>,
    ) {
        let Ok(Some(rack)) = request.headers.rack() else {
            self.respond(now, transaction, status(400), &Draft::default());
            return;
        };
        let (rseq, cseq, method) = (rack.response, rack.cseq.number, rack.cseq.method);
        let event = IncomingEvent::Prack(RAck { rseq, cseq, method });
        if self.step_incoming(now, call, event, Some(transaction)).is_err() {
            self.respond(now, transaction, status(481), &Draft::default());
        }
    }

    fn info_came(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        request: &Request<'_>,
    ) {
        let kind = request.headers.content_type().ok().flatten();
        let is_dtmf = kind
            .is_some_and(|it| it.is("application", "dtmf-relay") || it.is("application", "dtmf"));
        let fits = request.body.len() <= INFO_MAX;
        let code = match self.is_ending(call) {
            true => 481,
            false if request.body.is_empty() || (is_dtmf && fits) => 200,
            false => 415,
        };
        self.respond(now, transaction, status(code), &Draft::default());
        if code == 200 && !request.body.is_empty() {
            self.tell(Event::Info(call, request.body.to_vec()));
        }
    }

    fn change_came(
        &mut self,
        now: Tick,
        call: CallId,
        transaction: TransactionId,
        (carrier, dialog): (Carrier, &DialogId),
        request: &Request<'_>,
    ) {
        let headers = &request.headers;
        if let Some(min_se) = self.too_small(headers) {
            self.respond(now, transaction, status(422), &min_se);
            return;
        }
        let Some(Stage::Up(_)) = self.stage(call) else {
            return self.change_asked_early(now, call, transaction, (carrier, dialog), request);
        };
        if let Some((dialog, _)) = self.dialogs.get_mut(dialog) {
            dialog.refresh_target(compose::contact_uri(headers));
        }
        self.change_asked(now, call, transaction, carrier, request);
    }

    pub(super) fn admit_register(
        &mut self,
        now: Tick,
        flow: Flow,
        request: &Request<'_>,
        key: TransactionKey,
    ) {
        if let Some(transaction) = self.arrive(now, flow, request, key) {
            let info = register_info(flow, request);
            self.tell(Event::Register(RegisterId(transaction), Box::new(info)));
        }
    }

    /// Answers a REGISTER, with the fields that belong to the answer: Contact, `WWW-Authenticate`,
    /// Min-Expires, Retry-After.
    ///
    /// # Errors
    /// If the device has given up meanwhile.
    pub fn reply_register(
        &mut self,
        now: Tick,
        register: RegisterId,
        status: Status,
        fields: Vec<(Name, Vec<u8>)>,
    ) -> Result<(), CommandRefused> {
        let draft = Draft { fields, ..Draft::default() };
        let sent = self.respond(now, register.0, status, &draft);
        sent.map(|_| ()).ok_or(CommandRefused::NoSuchCall)
    }

    /// RFC 4028, 9: 422 with the least interval that we take.
    pub(super) fn too_small(&self, headers: &Headers<'_>) -> Option<Draft> {
        match self.config.session.answer(asked(headers)) {
            TimerAnswer::TooSmall { min_se } => {
                Some(Draft::default().with(Name::MinSe, format!("{min_se}")))
            }
            TimerAnswer::Take { .. } => None,
        }
    }
}

/// What a request asks for.
pub(super) fn asked(headers: &Headers<'_>) -> Asked {
    let expires = headers.session_expires().ok().flatten();
    Asked {
        interval: expires.map(|it| it.seconds),
        refresher: expires.and_then(|it| it.refresher).map(refresher),
        min_se: headers.min_se().ok().flatten(),
        supported: headers.lists(Name::Supported, "timer"),
    }
}

/// What a 2xx means for the session timer that we had proposed.
pub(super) fn session_agreed(proposal: Proposal, headers: &Headers<'_>) -> Agreed {
    let expires = headers.session_expires().ok().flatten();
    proposal.agreed(expires.map(|it| (it.seconds, it.refresher.map(refresher))))
}

/// The refresher as the dialog calls it.
fn refresher(read: message::Refresher) -> Refresher {
    match read {
        message::Refresher::Uac => Refresher::Uac,
        message::Refresher::Uas => Refresher::Uas,
    }
}

/// What refreshes the session: UPDATE, if the peer allows it (RFC 4028, 7.4).
pub(super) fn refresh_carrier(headers: &Headers<'_>) -> Carrier {
    if headers.lists(Name::Allow, "UPDATE") { Carrier::Update } else { Carrier::Invite }
}

/// What our 2xx says about the session timer, what that means, and what carries a refresh.
pub(super) fn session_answer(policy: Policy, asked: Asked) -> (Draft, Option<Agreed>) {
    let answer = policy.answer(asked);
    let mut draft = Draft::default();
    if let TimerAnswer::Take { interval, refresher, require } = answer {
        let who = match refresher {
            Refresher::Uac => "uac",
            Refresher::Uas => "uas",
        };
        draft = draft.with(Name::SessionExpires, format!("{interval};refresher={who}"));
        if require {
            draft = draft.with(Name::Require, *b"timer");
        }
    }
    (draft, answer.agreed())
}

fn register_info(flow: Flow, request: &Request<'_>) -> RegisterInfo {
    let headers = &request.headers;
    let raw = |bytes: &[u8]| Redacted::new(bytes.to_vec());
    let authorization = headers.all(Name::Authorization);
    let path = headers.all(Name::Path).flat_map(|field| field.values());
    let short = authorization.filter(|field| field.raw.len() <= COPY_MAX).take(COPIES_MAX);
    RegisterInfo {
        request_uri: raw(request.uri.raw()),
        record: raw(headers.to.uri.raw()),
        sip_call_id: raw(headers.call_id),
        cseq: headers.cseq.number,
        expires: headers.expires(),
        all: headers.is_contact_star(),
        contacts: headers.contacts().take(CONTACTS_MAX).map(|it| register_contact(&it)).collect(),
        authorization: short.map(|field| Redacted::new(field.value().into_owned())).collect(),
        // One more than is kept, so that a list which is too long is seen to be.
        path: path.take(PATH_MAX + 1).map(raw).collect(),
        knows_path: headers.lists(Name::Supported, "path"),
        flow,
    }
}

fn register_contact(contact: &Address<'_>) -> RegisterContact {
    let number = |name| {
        let digits = core::str::from_utf8(contact.params.get(name)?).ok()?;
        digits.parse().ok()
    };
    let instance = contact.params.get("+sip.instance");
    RegisterContact {
        uri: Redacted::new(contact.uri.raw().to_vec()),
        expires: number("expires"),
        quality: contact.params.get("q").map(<[u8]>::to_vec),
        instance: instance.map(|value| Redacted::new(value.to_vec())),
        reg_id: number("reg-id"),
    }
}
