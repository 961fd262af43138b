// SPDX-License-Identifier: EUPL-1.2
//! Calls that we send on when they are up: REFER to the peer, and what it reports (RFC 3515).
//!
//! ```text
//!   refer ──REFER──▶ Sent ──2xx──▶ Taken ◀─┐ NOTIFY, not the last: 200, Referred
//!                      │             │  └──┘
//!                      └── refused   └── the last NOTIFY, or none for long: Referred, over
//! ```
//!
//! The rule to keep: while the call is up every REFER of ours ends with one final status for the user;
//! when the call ends, its end is that word.

use super::calls::{Stage, UserAgent, status};
use super::compose::{self, ALLOW_EVENTS, Draft, REFER_PACKAGE};
use super::limits::REFER_SILENCE_MAX;
use super::transport::Purpose;
use super::words::{CallId, CommandRefused, Event, Raw};
use crate::dialog::{DialogId, EstablishedEvent, Phase, Refusal};
use crate::message::limits::{LINE_MAX, REQUEST_URI_MAX};
use crate::message::{Address, Headers, Name, Request, Uri};
use crate::transaction::TransactionId;
use crate::{Method, Status};
use alloc::vec::Vec;
use stdx::Tick;

/// A REFER of ours, by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OurRefer {
    /// It has no final response, which timer F bounds; a report may overtake that.
    Sent { cseq: u32 },
    /// The peer has taken it, and reports.
    Taken { cseq: u32, silent_until: Tick },
}

impl OurRefer {
    pub(super) fn deadline(self) -> Option<(Tick, &'static str)> {
        match self {
            OurRefer::Sent { .. } => None,
            OurRefer::Taken { silent_until, .. } => Some((silent_until, "no report of a REFER")),
        }
    }

    fn cseq(self) -> u32 {
        match self {
            OurRefer::Sent { cseq } | OurRefer::Taken { cseq, .. } => cseq,
        }
    }

    /// A report came.
    fn heard(self, now: Tick) -> OurRefer {
        match self {
            OurRefer::Sent { .. } => self,
            OurRefer::Taken { cseq, .. } => {
                OurRefer::Taken { cseq, silent_until: now + REFER_SILENCE_MAX }
            }
        }
    }
}

impl UserAgent {
    /// Asks the peer to call somebody else in place of us: `refer_to` is a `sip`, `sips` or `tel` URI,
    /// perhaps with header fields; `referred_by` is the value of Referred-By. [`Event::Referred`] says
    /// how that goes. The call stays up until somebody hangs up.
    ///
    /// # Errors
    /// If the call is not up, or the peer may not know that yet; while another REFER of ours is open;
    /// if a value cannot be written; without room.
    pub fn refer(
        &mut self,
        now: Tick,
        id: CallId,
        refer_to: &Raw,
        referred_by: Option<&Raw>,
    ) -> Result<(), CommandRefused> {
        let call = self.calls.get(&id).ok_or(CommandRefused::NoSuchCall)?;
        let why = match call.stage {
            Stage::Incoming { .. } | Stage::Outgoing { .. } => Some(Refusal::NothingUnderWay),
            Stage::Up(up) if up.phase != Phase::Up => Some(Refusal::Over),
            Stage::Up(up) => {
                (!up.peer_knows() || call.our_refer.is_some()).then_some(Refusal::ChangeUnderWay)
            }
        };
        if let Some(why) = why {
            return Err(CommandRefused::NotNow(why));
        }
        let contact = call.contact(&self.config.contact_user);
        let refer_to = refer_to_value(refer_to.expose()).ok_or(CommandRefused::Unwritable)?;
        let mut draft = Draft::default().with(Name::Contact, contact).with(Name::ReferTo, refer_to);
        if let Some(by) = referred_by {
            let by = referred_by_value(by.expose()).ok_or(CommandRefused::Unwritable)?;
            draft = draft.with(Name::ReferredBy, by);
        }
        let purpose = |cseq| Purpose::OurRefer(id, cseq);
        let sent = self.request_of(now, id, Method::Refer, purpose, &draft);
        sent.ok_or(CommandRefused::NoRoom)?;
        let cseq = self.dialog_of(id).map_or(0, |dialog| dialog.local_cseq);
        if let Some(call) = self.calls.get_mut(&id) {
            call.our_refer = Some(OurRefer::Sent { cseq });
        }
        Ok(())
    }

    /// The final response to a REFER of ours came, or 408 or 503 for none. Silence alone does not end
    /// the call: somebody talks in it, and the peer may merely not know the method.
    pub(super) fn refer_answered(&mut self, now: Tick, id: CallId, cseq: u32, code: Status) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        // The last report was quicker, or the call ends.
        if call.our_refer != Some(OurRefer::Sent { cseq }) {
            return;
        }
        if code.is_success() {
            let silent_until = now + REFER_SILENCE_MAX;
            call.our_refer = Some(OurRefer::Taken { cseq, silent_until });
            return self.reschedule(id);
        }
        call.our_refer = None;
        self.tell(Event::Referred(id, code));
        // RFC 3261, 12.2.1.2: the peer does not know the dialog any more.
        if code.code() == 481 {
            let _ = self.step_established(now, id, EstablishedEvent::OtherAnswered(code), None);
        }
    }

    /// A NOTIFY came in a dialog.
    pub(super) fn notify_came(
        &mut self,
        now: Tick,
        id: CallId,
        transaction: TransactionId,
        dialog: &DialogId,
        request: &Request<'_>,
    ) {
        let headers = &request.headers;
        if headers.event() != Some(REFER_PACKAGE) {
            let draft = Draft::default().with(Name::AllowEvents, ALLOW_EVENTS);
            self.respond(now, transaction, status(489), &draft);
            return;
        }
        let ours = self.calls.get(&id).and_then(|call| call.our_refer);
        let (code, draft, report) = match ours.filter(|ours| is_about(headers, ours.cseq())) {
            None => (481, Draft::default(), None),
            Some(_) => match reported(request) {
                Ok(report) => (200, Draft::default(), Some(report)),
                Err(415) => (415, Draft::default().with(Name::Accept, *b"message/sipfrag"), None),
                Err(code) => (code, Draft::default(), None),
            },
        };
        self.respond(now, transaction, status(code), &draft);
        if let Some(report) = report {
            // RFC 5057: NOTIFY is a target refresh request too.
            if let Some((dialog, _)) = self.dialogs.get_mut(dialog) {
                dialog.refresh_target(compose::contact_uri(headers));
            }
            self.take_report(now, id, report, is_terminated(headers));
        }
    }

    fn take_report(&mut self, now: Tick, id: CallId, report: Option<Status>, is_last: bool) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let is_final = report.is_some_and(Status::is_final);
        let over = is_final || is_last;
        call.our_refer = call.our_refer.filter(|_| !over).map(|ours| ours.heard(now));
        if let Some(report) = report {
            self.tell(Event::Referred(id, report));
        }
        // Nothing more is told, so nobody knows what became of it.
        if is_last && !is_final {
            self.tell(Event::Referred(id, status(408)));
        }
        self.reschedule(id);
    }

    /// Nobody reports on our REFER any more.
    pub(super) fn no_report(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.our_refer = None;
        self.reschedule(id);
        self.tell(Event::Referred(id, status(408)));
    }
}

/// The value of Refer-To, if the URI can be one.
fn refer_to_value(uri: &[u8]) -> Option<Vec<u8>> {
    let read = match Uri::parse(uri)? {
        Uri::Sip(uri) => uri.raw(),
        Uri::Tel(_) => uri,
        Uri::Other(_) => return None,
    };
    (read.len() <= REQUEST_URI_MAX).then(|| compose::bracketed(read))
}

/// The value of Referred-By, if it is an address on one line.
fn referred_by_value(value: &[u8]) -> Option<Vec<u8>> {
    Address::parse(value)?;
    let fits = value.len() < LINE_MAX / 2 && !value.iter().any(u8::is_ascii_control);
    fits.then(|| value.to_vec())
}

/// Whether a NOTIFY is about the REFER of this number: it may leave the number out (RFC 3515, 2.4.6),
/// and only one is open at a time.
fn is_about(headers: &Headers<'_>, cseq: u32) -> bool {
    let Some(event) = headers.first(Name::Event) else { return false };
    let mut params = event.raw.split(|&byte| byte == b';').skip(1).map(<[u8]>::trim_ascii);
    let id = params.find_map(|param| param.strip_prefix(b"id="));
    id.is_none_or(|id| core::str::from_utf8(id).ok().and_then(|id| id.parse().ok()) == Some(cseq))
}

/// Whether a NOTIFY says that it is the last one (RFC 6665, 4.1.3).
fn is_terminated(headers: &Headers<'_>) -> bool {
    let field = headers.first(Name::SubscriptionState);
    let state = field.and_then(|field| field.raw.split(|&byte| byte == b';').next());
    state.is_some_and(|state| state.trim_ascii().eq_ignore_ascii_case(b"terminated"))
}

/// What a NOTIFY reports; none if it has no body. Or the answer to one that cannot be read.
fn reported(request: &Request<'_>) -> Result<Option<Status>, u16> {
    if request.body.is_empty() {
        return Ok(None);
    }
    match request.headers.content_type() {
        Ok(Some(kind)) if kind.is("message", "sipfrag") => {
            status_of(request.body).map(Some).ok_or(400)
        }
        Ok(Some(_) | None) | Err(_) => Err(415),
    }
}

/// The status in a `message/sipfrag` that begins with a status line (RFC 3515, 2.4.5).
fn status_of(body: &[u8]) -> Option<Status> {
    let (version, rest) = body.trim_ascii_start().split_at_checked(b"SIP/2.0 ".len())?;
    if !version.eq_ignore_ascii_case(b"SIP/2.0 ") {
        return None;
    }
    let digits = rest.split(u8::is_ascii_whitespace).next()?;
    let code = core::str::from_utf8(digits).ok().filter(|digits| digits.len() == 3)?;
    code.parse().ok().and_then(Status::new)
}
