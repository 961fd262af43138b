// SPDX-License-Identifier: EUPL-1.2
//! Calls that leave us: to a client's switchboard, to a partner's centre.
//!
//! ```text
//!   the trunk's first peer ── out of order, or silent ──▶ its next peer ──▶ … ──▶ the centre is told
//!          └── busy, declined, rung out: somebody is there ────────────────────────▲
//! ```
//!
//! The rule to keep: who is called learns who calls and what was dialled, as the caller allows; and no call
//! leaves for 110 or 112.

use super::conversation::Conversation;
use super::exchange::Exchange;
use super::leg::{Leg, Peer};
use super::limits::{FIRST_SIGN, RING_MARGIN};
use super::trace::Party;
use super::words::{NumberBlock, Outside};
use acd::contact::Parting;
use call::{Elsewhere as Event, Ending, LegState};
use centre::{OfficeEnd, PartnerEnd, SwitchboardEnd};
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Invite};
use sip::message::{Name, push_quoted};
use sip::number::Number;
use stdx::{ContactId, PartnerId, Redacted, SwitchboardId, Tick};

/// Header fields of a call that leaves us.
pub(super) type Fields = Vec<(Name, Redacted<Vec<u8>>)>;

/// Whom the centre lets ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    Switchboard(SwitchboardId),
    Partner(PartnerId),
    /// An office to which an agent handed the caller; none if somebody took over who had been asked before.
    Office(Option<Outside>),
}

/// The telephone elsewhere that rings for a caller, or talks.
pub(super) struct Elsewhere {
    pub(super) whom: Whom,
    pub(super) until: Tick,
    /// None before it was called, and when it is gone.
    pub(super) leg: Option<Leg>,
    pub(super) up: bool,
    /// How many of the trunk's peers were asked.
    asked: usize,
    /// What it said in the end.
    end: Said,
}

/// What the one elsewhere said when it did not take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// Nothing yet, or nothing at all.
    Nothing,
    /// A final response.
    Status(u16),
    /// Its forwarding sent our own call back to us.
    CameBack,
}

impl Elsewhere {
    fn new(whom: Whom, until: Tick) -> Elsewhere {
        Elsewhere { whom, until, leg: None, up: false, asked: 0, end: Said::Nothing }
    }

    /// One who answered before, and takes over.
    pub(super) fn taken(leg: Leg) -> Elsewhere {
        let it = Elsewhere::new(Whom::Office(None), Tick::default());
        Elsewhere { leg: Some(leg), up: true, ..it }
    }
}

impl Exchange {
    /// The centre lets somebody elsewhere ring.
    pub(super) fn ring_elsewhere(
        &mut self,
        now: Tick,
        contact: ContactId,
        whom: Whom,
        until: Tick,
    ) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        // The one before is taken back by what follows.
        let before = it.elsewhere.replace(Elsewhere::new(whom, until));
        let unanswered = it.call.caller.state() == LegState::Ringing;
        let caller = it.caller.call;
        if let Some(leg) = before.and_then(|it| it.leg) {
            self.end_elsewhere(now, &leg);
        }
        if unanswered {
            // The caller hears it ring; a call that was cancelled meanwhile tells so itself.
            let _ = self.ua.ring(now, caller);
        }
        self.apply_elsewhere(now, contact, Event::Ring);
    }

    pub(super) fn apply_elsewhere(&mut self, now: Tick, contact: ContactId, event: Event) {
        self.apply(now, contact, call::Event::Elsewhere(event));
    }

    pub(super) fn outside(&self, whom: Whom) -> Option<Outside> {
        match whom {
            Whom::Switchboard(id) => *self.setup.switchboards.get(id.index())?,
            Whom::Partner(id) => *self.setup.partners.get(id.index())?,
            Whom::Office(outside) => outside,
        }
    }

    // ---- what the call orders ----

    pub(super) fn invite_elsewhere(&mut self, now: Tick, contact: ContactId) {
        if !self.invite_next(now, contact) {
            self.gone_elsewhere(contact, Ending::Unreachable);
        }
    }

    fn gone_elsewhere(&mut self, contact: ContactId, ending: Ending) {
        let gone = call::Event::Elsewhere(Event::Gone(ending));
        self.pending.push_back((contact, gone));
    }

    /// Calls by the next peer of the trunk that can be called at all.
    fn invite_next(&mut self, now: Tick, contact: ContactId) -> bool {
        loop {
            let Some(it) = self.conversations.get_mut(&contact) else { return false };
            let Some(elsewhere) = &mut it.elsewhere else { return false };
            let (whom, nth) = (elsewhere.whom, elsewhere.asked);
            elsewhere.asked += 1;
            let Some(outside) = self.outside(whom) else { return false };
            let peers = self.peer_count(outside.trunk);
            if nth >= peers || !self.has_channel(Peer::Trunk(outside.trunk)) {
                return false;
            }
            if self.invite_peer(now, contact, outside, nth) {
                return true;
            }
        }
    }

    fn invite_peer(&mut self, now: Tick, contact: ContactId, outside: Outside, nth: usize) -> bool {
        let Some((leg, invite)) = self.elsewhere_leg(now, contact, outside, nth) else {
            return false;
        };
        let id = leg.sound.id;
        let Ok(call) = self.ua.invite(now, invite) else {
            self.close_sound(id);
            return false;
        };
        self.by_call.insert(call, contact);
        self.by_leg.insert(id, contact);
        self.trunks[outside.trunk].calls += 1;
        self.first_signs.insert((now + FIRST_SIGN, call));
        if let Some(it) = self.conversations.get_mut(&contact).and_then(|it| it.elsewhere.as_mut())
        {
            it.leg = Some(Leg { call, ..leg });
        }
        self.collect(now, Some((contact, Party::Elsewhere)));
        true
    }

    fn elsewhere_leg(
        &mut self,
        now: Tick,
        contact: ContactId,
        outside: Outside,
        nth: usize,
    ) -> Option<(Leg, Invite)> {
        let outward = self.outward(outside, nth)?;
        let it = self.conversations.get(&contact)?;
        let max_forwards = it.hops.checked_sub(1)?.min(MAX_FORWARDS);
        let until = it.elsewhere.as_ref()?.until;
        let from = self.caller_shown(it, outside.trunk);
        let headers = self.identity((contact, it), outside.trunk, now);
        let beside = it.caller.sound.ports.map(|_| it.caller.sound.id);
        let (placeholder, codecs) = (it.caller.call, super::conversation::codecs_beside(it));
        let mut leg = self.new_leg(placeholder, Peer::Trunk(outside.trunk), &outward.flow);
        leg.sound.codecs = codecs;
        let (media, rng) = (&mut self.media, &mut self.rng);
        leg.sound.open(media, rng, None, beside, &mut self.counters).ok()?;
        let Some(offer) = leg.offer(leg.sound.capabilities()) else {
            self.close_sound(leg.sound.id);
            return None;
        };
        let ring_for = until.since(now) + RING_MARGIN;
        let invite = Invite { headers, max_forwards, ..outward.invite(from, offer, ring_for) };
        Some((leg, invite))
    }

    // ---- who calls, and what was dialled ----

    /// From: the caller, with client and line as a name, or nobody (RFC 3323); or a number of ours, where the
    /// carrier takes no other.
    fn caller_shown(&self, it: &Conversation, trunk: usize) -> Vec<u8> {
        let mut from = Vec::new();
        push_quoted(&mut from, &self.line(it.line).shown);
        let own = || self.asserted(trunk, Some(it.line));
        let number = Some(*it.number.expose()).filter(|_| self.shows_callers(trunk)).or_else(own);
        let uri = number.and_then(|number| uri(number, self.domain_at(trunk)));
        let uri = uri.unwrap_or_else(|| b"sip:anonymous@anonymous.invalid".to_vec());
        from.extend_from_slice(b" <");
        from.extend_from_slice(&uri);
        from.push(b'>');
        from
    }

    /// What a carrier and the one called have to know: our own number, which answers for the call (RFC 3325),
    /// what was dialled (RFC 5806, RFC 7044), and which contact it is (RFC 7433).
    fn identity(
        &self,
        (contact, it): (ContactId, &Conversation),
        trunk: usize,
        now: Tick,
    ) -> Fields {
        let mut headers: Vec<(Name, Vec<u8>)> = Vec::new();
        let (line, domain) = (self.line(it.line), self.domain_at(trunk));
        if let Some(own) = self.asserted(trunk, Some(it.line)).and_then(|own| uri(own, domain)) {
            headers.push((self.asserted_in(trunk), [b"<", &own[..], b">"].concat()));
        }
        if let Some(own) = line.numbers.first().and_then(|it| own_uri(it, domain)) {
            let why = b">;reason=unconditional;counter=1";
            headers.push((Name::Diversion, [b"<", &own[..], why].concat()));
            let first = [b"<", &own[..], b">;index=1"].concat();
            headers.push((Name::HistoryInfo, first));
        }
        if it.number.expose().digits().is_none() && self.shows_callers(trunk) {
            headers.push((Name::Privacy, b"id".to_vec()));
        }
        let waited = now.since(it.came).as_secs();
        let told = format!("contact={};line={};waited={waited}", contact.0, line.id);
        let hex: String = told.bytes().map(|byte| format!("{byte:02x}")).collect();
        headers.push((Name::UserToUser, format!("{hex};encoding=hex").into_bytes()));
        headers.into_iter().map(|(name, value)| (name, Redacted::new(value))).collect()
    }

    // ---- what the leg reports ----

    /// Whose leg elsewhere this is, if it is one.
    pub(super) fn contact_elsewhere(&self, call: CallId) -> Option<ContactId> {
        let contact = *self.by_call.get(&call)?;
        let it = self.conversations.get(&contact)?.elsewhere.as_ref()?;
        it.leg.as_ref().filter(|leg| leg.call == call).map(|_| contact)
    }

    pub(super) fn answered_elsewhere(
        &mut self,
        now: Tick,
        contact: ContactId,
        answer: Option<&[u8]>,
    ) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let Some(elsewhere) = &mut it.elsewhere else { return };
        let Some(leg) = &mut elsewhere.leg else { return };
        let (call, id) = (leg.call, leg.sound.id);
        let remote = answer.and_then(|sdp| leg.accept(sdp));
        elsewhere.up = remote.is_some();
        match remote {
            Some(remote) => {
                let updated = self.media.update(id, &remote);
                self.counters.media_refused += u64::from(updated.is_err());
                self.apply_elsewhere(now, contact, Event::Answered);
            }
            None => {
                self.hang_up(now, call, None);
                self.elsewhere_gone(now, contact, Ending::Unreachable);
            }
        }
    }

    /// What a final response said, before its leg is gone.
    pub(super) fn refused_elsewhere(&mut self, contact: ContactId, status: u16) {
        if let Some(it) = self.conversations.get_mut(&contact).and_then(|it| it.elsewhere.as_mut())
        {
            it.end = Said::Status(status);
        }
    }

    /// The leg elsewhere is gone. Of a trunk that is out of order the next peer is asked.
    pub(super) fn elsewhere_gone(&mut self, now: Tick, contact: ContactId, ending: Ending) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let Some(elsewhere) = &mut it.elsewhere else { return };
        let Some(leg) = elsewhere.leg.take() else { return };
        let was_up = std::mem::take(&mut elsewhere.up);
        self.no_longer_asked(contact, leg.call);
        self.close_elsewhere(&leg);
        let is_out_of_order = !was_up && ending == Ending::Unreachable;
        if is_out_of_order && self.invite_next(now, contact) {
            return;
        }
        self.apply_elsewhere(now, contact, Event::Gone(ending));
    }

    /// Takes the call back from there, or hangs up.
    pub(super) fn drop_elsewhere(&mut self, now: Tick, contact: ContactId) {
        let Some(it) = self.conversations.get_mut(&contact) else { return };
        let leg = it.elsewhere.as_mut().and_then(|it| it.leg.take());
        if let Some(leg) = leg {
            self.no_longer_asked(contact, leg.call);
            self.end_elsewhere(now, &leg);
        }
    }

    pub(super) fn end_elsewhere(&mut self, now: Tick, leg: &Leg) {
        self.close_elsewhere(leg);
        self.hang_up(now, leg.call, None);
    }

    pub(super) fn close_elsewhere(&mut self, leg: &Leg) {
        self.by_call.remove(&leg.call);
        self.close_sound(leg.sound.id);
        if let Peer::Trunk(at) = leg.peer {
            self.trunks[at].calls -= 1;
        }
    }

    // ---- what the centre is told ----

    pub(super) fn tell_answered_elsewhere(&mut self, contact: ContactId) {
        let Some(whom) = self.whom(contact) else { return };
        self.told.push_back(match whom {
            Whom::Switchboard(_) => centre::Event::SwitchboardAnswered { contact },
            Whom::Partner(_) => centre::Event::PartnerAnswered { contact },
            Whom::Office(_) => centre::Event::OfficeAnswered { contact },
        });
    }

    pub(super) fn tell_not_taken_elsewhere(&mut self, contact: ContactId, ending: Ending) {
        let Some(it) = self.conversations.get(&contact).and_then(|it| it.elsewhere.as_ref()) else {
            return;
        };
        self.told.push_back(match it.whom {
            Whom::Switchboard(_) => {
                let why = switchboard_end(it.end, ending);
                centre::Event::SwitchboardFailed { contact, why }
            }
            Whom::Partner(_) => {
                centre::Event::PartnerFailed { contact, why: partner_end(it.end, ending) }
            }
            Whom::Office(_) => {
                centre::Event::OfficeFailed { contact, why: office_end(it.end, ending) }
            }
        });
    }

    pub(super) fn tell_other_left(&mut self, contact: ContactId, ending: Ending) {
        let parting = match ending {
            Ending::HungUp | Ending::TurnedDown => Parting::HungUp,
            Ending::Unreachable | Ending::Lost => Parting::CutOff,
        };
        self.told.push_back(centre::Event::OtherLeft { contact, parting });
    }

    fn whom(&self, contact: ContactId) -> Option<Whom> {
        Some(self.conversations.get(&contact)?.elsewhere.as_ref()?.whom)
    }

    // ---- our own call comes back ----

    /// A call that was sent on to us by the very switchboard that rings for it is our own: it is the same contact,
    /// which comes back to the centre. `sent_on_by` are the numbers that sent it on.
    pub(super) fn comes_back(&mut self, now: Tick, caller: Number, sent_on_by: &[Number]) -> bool {
        let is_ours = |it: &Conversation| {
            let Some(elsewhere) = it.elsewhere.as_ref().filter(|it| it.leg.is_some() && !it.up)
            else {
                return false;
            };
            let Whom::Switchboard(_) = elsewhere.whom else { return false };
            let outside = self.outside(elsewhere.whom);
            *it.number.expose() == caller
                && outside.is_some_and(|outside| sent_on_by.contains(&outside.number))
        };
        let mut ours = self.conversations.iter().filter(|(_, it)| is_ours(it));
        let Some((&contact, _)) = ours.next() else { return false };
        if let Some(it) = self.conversations.get_mut(&contact).and_then(|it| it.elsewhere.as_mut())
        {
            it.end = Said::CameBack;
        }
        self.drop_elsewhere(now, contact);
        self.apply_elsewhere(now, contact, Event::Gone(Ending::TurnedDown));
        true
    }
}

/// `sip:+494171693100@host;user=phone`; none for a number that is withheld.
pub(super) fn uri(number: Number, host: &str) -> Option<Vec<u8>> {
    let plus = if matches!(number, Number::E164(_)) { "+" } else { "" };
    let digits = number.digits()?;
    let mut uri = format!("sip:{plus}").into_bytes();
    uri.extend_from_slice(digits.as_bytes());
    uri.extend_from_slice(format!("@{host};user=phone").as_bytes());
    Some(uri)
}

fn own_uri(block: &NumberBlock, domain: &str) -> Option<Vec<u8>> {
    uri(block.first, domain)
}

fn switchboard_end(said: Said, ending: Ending) -> SwitchboardEnd {
    match (said, ending) {
        // It sends the call elsewhere, or met itself: its forwarding leads to us (RFC 3261, 21.3 and 21.4.18).
        (Said::CameBack | Said::Status(300..400 | 482), _) => SwitchboardEnd::CameBack,
        (Said::Status(486 | 600 | 603), _) => SwitchboardEnd::Busy,
        (Said::Status(408 | 480 | 487), _) => SwitchboardEnd::NoAnswer,
        (_, Ending::Unreachable | Ending::Lost) => SwitchboardEnd::Unreachable,
        (_, Ending::HungUp | Ending::TurnedDown) => SwitchboardEnd::NoAnswer,
    }
}

fn office_end(said: Said, ending: Ending) -> OfficeEnd {
    match (said, ending) {
        (Said::Status(486 | 600 | 603), _) => OfficeEnd::Busy,
        (Said::Status(408 | 480 | 487), _) => OfficeEnd::NoAnswer,
        (_, Ending::Unreachable | Ending::Lost) => OfficeEnd::Unreachable,
        (_, Ending::HungUp | Ending::TurnedDown) => OfficeEnd::NoAnswer,
    }
}

/// What the partner, or the carrier for it, means by a final response.
pub(super) const fn partner_said(status: u16) -> Option<PartnerEnd> {
    match status {
        486 | 503 | 600 | 603 => Some(PartnerEnd::Busy),
        480 => Some(PartnerEnd::Closed),
        408 | 487 => Some(PartnerEnd::NoAnswer),
        _ => None,
    }
}

fn partner_end(said: Said, ending: Ending) -> PartnerEnd {
    let of_status = match said {
        Said::Status(status) => partner_said(status),
        Said::Nothing | Said::CameBack => None,
    };
    match (of_status, ending) {
        (Some(end), _) => end,
        (_, Ending::Unreachable | Ending::Lost) => PartnerEnd::Unreachable,
        (_, Ending::HungUp | Ending::TurnedDown) => PartnerEnd::NoAnswer,
    }
}
