// SPDX-License-Identifier: EUPL-1.2
//! Calls that the peer wants to have transferred: REFER within a call that is up, and what it reads
//! about how that goes (RFC 3515, RFC 5589; Refer-Sub of RFC 4488; Referred-By of RFC 3892).
//!
//! A subscription ends with its call, though RFC 5057 would let it go on: whoever hangs up behind its
//! REFER has given the call away and wants nothing more, and no dialog stays here for its sake.
//!
//! The rule to keep: who refers names whom to call, and not what we say to them. Of the header fields
//! in a Refer-To only Replaces is taken (RFC 3261, 19.1.5), and only if no byte of it can end a line.

use super::calls::{Stage, UserAgent, status};
use super::compose::{self, Draft};
use super::limits::COPY_MAX;
use super::referral::{Last, ReferReceived, ReferralEffect, ReferralEvent, Report};
use super::transport::Purpose;
use super::words::{
    CallId, CommandRefused, DialogFound, Event, Flow, Raw, ReferInfo, ReplacesInfo,
};
use crate::dialog::{DialogId, Phase, Role};
use crate::message::limits::{IDENTIFIER_MAX, REQUEST_URI_MAX};
use crate::message::{
    Headers, Name, Replaces, Request, SipUri, Uri, percent_decode, push_percent_encoded,
};
use crate::transaction::TransactionId;
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::format;
use stdx::{Micros, Redacted, Tick};

impl UserAgent {
    /// Takes a REFER: 202, and NOTIFY with 100 Trying unless nothing is to be reported. From then on
    /// [`UserAgent::report_refer`] says how it goes.
    ///
    /// # Errors
    /// If the peer waits for nothing; so after [`super::limits::REFER_ANSWER_MAX`].
    pub fn accept_refer(&mut self, now: Tick, call: CallId) -> Result<(), CommandRefused> {
        self.step_referral(now, call, ReferralEvent::Accept, None)
    }

    /// Refuses a REFER: 300 to 699, but 408.
    ///
    /// # Errors
    /// If the peer waits for nothing.
    pub fn refuse_refer(
        &mut self,
        now: Tick,
        call: CallId,
        status: Status,
    ) -> Result<(), CommandRefused> {
        self.step_referral(now, call, ReferralEvent::Refuse(status), None)
    }

    /// Tells the transferor how far it is with the call that it referred us to. While a report before
    /// has no answer the latest one waits; behind the final one nothing is told.
    ///
    /// # Errors
    /// If nobody wants to hear it: no REFER was taken, it wanted no reports, the peer takes none, or
    /// it is too late ([`super::limits::REFER_REPORTS_MAX`]).
    pub fn report_refer(
        &mut self,
        now: Tick,
        call: CallId,
        status: Status,
        is_final: bool,
    ) -> Result<(), CommandRefused> {
        let event = ReferralEvent::Report(status, is_final.then_some(Last::Told));
        self.step_referral(now, call, event, None)
    }

    /// The dialog that a Replaces means (RFC 3891, 3), whether in an INVITE or in a Refer-To: it is
    /// written for the reader, whose own tag is the to-tag, whichever side has called. None for a call
    /// that is over or ending.
    #[must_use]
    pub fn find_dialog(
        &self,
        call_id: &[u8],
        to_tag: &[u8],
        from_tag: &[u8],
    ) -> Option<DialogFound> {
        let get = |tag| self.dialogs.get(&DialogId::of_request(call_id, tag, to_tag));
        // RFC 3891, 3: the tag "0" stands for none too, with a peer older than RFC 3261.
        let older = || if from_tag == b"0" { get(b"") } else { None };
        let (dialog, call) = get(from_tag).or_else(older)?;
        let is_up = match self.calls.get(call)?.stage {
            stage @ (Stage::Incoming { .. } | Stage::Outgoing { .. }) if stage.is_hopeful() => {
                false
            }
            Stage::Incoming { .. } | Stage::Outgoing { .. } => return None,
            Stage::Up(up) if up.phase == Phase::Up => true,
            Stage::Up(_) => return None,
        };
        let is_ours = dialog.role == Role::UserAgentClient;
        Some(DialogFound { call: *call, is_up, is_ours })
    }

    /// A Refer-To for the peer of this call: whoever it calls there shall take the place that the other side of us has
    /// in it (RFC 3891, 6.1). `uri` is a `sip` or `sips` URI without header fields. None if the call is not up.
    #[must_use]
    pub fn refer_in_place(&self, call: CallId, uri: &[u8]) -> Option<Raw> {
        let call = self.calls.get(&call).filter(|call| call.is_up())?;
        let DialogId { call_id, local_tag, remote_tag } = call.dialog.as_ref()?;
        // The reader's own tag is the to-tag.
        let value = [call_id, &b";to-tag="[..], remote_tag, b";from-tag=", local_tag].concat();
        let mut refer_to = [uri, b"?Replaces="].concat();
        push_percent_encoded(&mut refer_to, &value);
        Some(Redacted::new(refer_to))
    }

    /// A REFER came in a dialog.
    pub(super) fn refer_came(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        dialog: &DialogId,
        request: &Request<'_>,
    ) {
        let objection = self.refer_objection(id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        let is_numbered = core::mem::replace(&mut call.was_referred, true);
        let info = match objection.map_or_else(|| refer_info(call.flow, request), Err) {
            Ok(info) => info,
            Err(code) => {
                self.respond(now, transaction, code, &Draft::default());
                return;
            }
        };
        // RFC 5057: REFER is a target refresh request too.
        if let Some((dialog, _)) = self.dialogs.get_mut(dialog) {
            dialog.refresh_target(compose::contact_uri(&request.headers));
        }
        let (cseq, wants_reports) = (request.headers.cseq.number, info.wants_reports);
        let refer = ReferReceived { transaction, cseq, is_numbered, wants_reports };
        let event = ReferralEvent::Asked(refer);
        // One that is open already leads to an answer, and to no refusal.
        let _ = self.step_referral(now, id, event, Some(Box::new(info)));
    }

    /// Why no REFER is taken at this moment: 403 before the call is up, because 491 would have it sent
    /// again and again, while who rings can redirect and who calls can give up and call another; 481
    /// when it is over.
    fn refer_objection(&self, id: CallId) -> Option<Status> {
        match self.calls.get(&id).map(|call| call.stage) {
            Some(Stage::Up(up)) => match up.phase {
                Phase::Up => None,
                Phase::Leaving | Phase::Ending | Phase::Ended => Some(status(481)),
            },
            Some(Stage::Incoming { .. } | Stage::Outgoing { .. }) => Some(status(403)),
            None => Some(status(481)),
        }
    }

    /// The final response to a report came, or 408 or 503 for none.
    pub(super) fn report_answered(&mut self, now: Tick, id: CallId, cseq: u32, status: Status) {
        // Of a call that is over nothing is left to be told.
        let _ = self.step_referral(now, id, ReferralEvent::Notified { cseq, status }, None);
    }

    /// The call ends, and with it what either side was referred to.
    pub(super) fn end_refers(&mut self, now: Tick, id: CallId) {
        let _ = self.step_referral(now, id, ReferralEvent::CallEnds, None);
        if let Some(call) = self.calls.get_mut(&id) {
            call.our_refer = None;
        }
    }

    /// A deadline of either side's REFER has come.
    pub(super) fn refer_elapsed(&mut self, now: Tick, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.referral.deadline().is_some_and(|(at, _)| at <= now) {
            let _ = self.step_referral(now, id, ReferralEvent::Timeout, None);
        } else {
            self.no_report(id);
        }
    }

    fn step_referral(
        &mut self,
        now: Tick,
        id: CallId,
        event: ReferralEvent,
        mut info: Option<Box<ReferInfo>>,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get_mut(&id).ok_or(CommandRefused::NoSuchCall)?;
        let (referral, effects) = call.referral.next(now, event);
        call.referral = referral;
        let mut result = Ok(());
        for effect in effects {
            match effect {
                ReferralEffect::Refused(why) => result = Err(CommandRefused::NotNow(why)),
                ReferralEffect::Ask => {
                    if let Some(info) = info.take() {
                        self.tell(Event::Refer(id, info));
                    }
                }
                ReferralEffect::Answer(refer, code) => {
                    self.answer_refer(now, id, refer, code);
                }
                ReferralEffect::Notify(refer, report, left) => {
                    self.send_report(now, id, refer, report, left);
                }
            }
        }
        self.reschedule(id);
        result
    }

    fn answer_refer(&mut self, now: Tick, id: CallId, refer: ReferReceived, code: Status) {
        let mut draft = Draft::default();
        if code.is_success() {
            if let Some(call) = self.calls.get(&id) {
                let contact = call.contact(&self.config.contact_user);
                draft = draft.with(Name::Contact, contact);
            }
            if !refer.wants_reports {
                draft = draft.with(Name::ReferSub, *b"false");
            }
        }
        self.respond(now, refer.transaction, code, &draft);
    }

    fn send_report(
        &mut self,
        now: Tick,
        id: CallId,
        refer: ReferReceived,
        report: Report,
        left: Micros,
    ) {
        let Some(call) = self.calls.get(&id) else { return };
        let contact = call.contact(&self.config.contact_user);
        let number = format!(";id={}", refer.cseq);
        let number = if refer.is_numbered { &number[..] } else { "" };
        let state = match report.last {
            None => format!("active;expires={}", left.as_secs().max(1)),
            Some(Last::Told) => "terminated;reason=noresource".into(),
            Some(Last::Expired) => "terminated;reason=timeout".into(),
        };
        let draft = Draft { report: Some(report.status), ..Draft::default() }
            .with(Name::Contact, contact)
            .with(Name::Event, format!("refer{number}"))
            .with(Name::SubscriptionState, state);
        let purpose = |_| Purpose::OurReport(id, refer.cseq);
        if self.request_of(now, id, Method::Notify, purpose, &draft).is_some() {
            return;
        }
        // Without room nobody hears of it: as if nobody had answered.
        let event = ReferralEvent::Notified { cseq: refer.cseq, status: status(503) };
        if let Some(call) = self.calls.get_mut(&id) {
            call.referral = call.referral.next(now, event).0;
        }
    }
}

/// What a REFER says, or the answer if it cannot be taken.
fn refer_info(flow: Flow, request: &Request<'_>) -> Result<ReferInfo, Status> {
    let headers = &request.headers;
    let unreadable = status(400);
    let address = headers.address(Name::ReferTo).map_err(|_| unreadable)?.ok_or(unreadable)?;
    let (refer_to, replaces) = match address.uri {
        Uri::Sip(uri) => (uri.without_headers(), replaces_of(&uri)?),
        Uri::Tel(_) => (address.uri.raw(), None),
        Uri::Other(_) => return Err(status(416)),
    };
    if REQUEST_URI_MAX < refer_to.len() {
        return Err(unreadable);
    }
    // RFC 3515, 2.1: it might ask for a BYE or a SUBSCRIBE.
    let method = address.uri.sip().and_then(|uri| uri.params.get("method"));
    if method.is_some_and(|method| Method::of(method) != Method::Invite) {
        return Err(status(501));
    }
    let referred_by = headers.first(Name::ReferredBy).map(|field| field.value().into_owned());
    Ok(ReferInfo {
        refer_to: Redacted::new(refer_to.to_vec()),
        replaces,
        referred_by: referred_by.filter(|by| by.len() <= COPY_MAX).map(Redacted::new),
        wants_reports: wants_reports(headers),
        flow,
    })
}

/// Whether Refer-Sub is anything but `false` (RFC 4488, 4).
fn wants_reports(headers: &Headers<'_>) -> bool {
    let field = headers.first(Name::ReferSub);
    let value = field.and_then(|field| field.raw.split(|&byte| byte == b';').next());
    !value.is_some_and(|value| value.trim_ascii().eq_ignore_ascii_case(b"false"))
}

/// The Replaces among the header fields of a URI; 400 if there are two, or one that nobody could have.
fn replaces_of(uri: &SipUri<'_>) -> Result<Option<ReplacesInfo>, Status> {
    let mut all = uri.headers().filter(|(name, _)| {
        percent_decode(name).eq_ignore_ascii_case(Name::Replaces.as_str().as_bytes())
    });
    let Some((_, value)) = all.next() else { return Ok(None) };
    if all.next().is_some() {
        return Err(status(400));
    }
    read_replaces(&percent_decode(value)).map(Some).ok_or(status(400))
}

fn read_replaces(value: &[u8]) -> Option<ReplacesInfo> {
    if value.iter().any(u8::is_ascii_control) {
        return None;
    }
    let Replaces { call_id, to_tag, from_tag, early_only } = Replaces::parse(value)?;
    let can_be = |name: &&[u8]| name.len() <= IDENTIFIER_MAX && !name.contains(&b'"');
    [to_tag, from_tag].iter().all(can_be).then_some(())?;
    (call_id.len() <= IDENTIFIER_MAX).then(|| ReplacesInfo {
        call_id: Redacted::new(call_id.to_vec()),
        to_tag: to_tag.to_vec(),
        from_tag: from_tag.to_vec(),
        early_only,
    })
}
