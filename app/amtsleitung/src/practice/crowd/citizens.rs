// SPDX-License-Identifier: EUPL-1.2
//! Citizens call, wait, talk and hang up.

use super::desks::status;
use super::living::{Living, Whose};
use super::numbers::number_of;
use super::sockets::EXCHANGE;
use super::sound::{Sound, Voice};
use centre::{Command, Note};
use promise::{ContactRecord, Fate, FateReason};
use sip::agent::limits::MAX_FORWARDS;
use sip::agent::{CallId, Flow, Invite, Way};
use stdx::{AgentId, ContactId, LineId, Micros, Redacted, Tick, Timestamp};

/// Citizens who call at once: a queue that is full, and a talk for every agent of a county.
pub(in crate::practice) const CITIZENS_MAX: u16 = 400;

/// How long a telephone lets it ring; patience ends before.
const RINGS_FOR: Micros = Micros::from_mins(60);

/// Where citizens have their telephones.
const DOMAIN: &str = "citizens.invalid";

/// A citizen with a receiver in the hand.
#[derive(Debug)]
pub(super) struct Citizen {
    pub(super) sound: Sound,
    call: CallId,
    number: u64,
    line: LineId,
    since: Tick,
    /// The so manieth call of the crowd, from 1.
    nth: u64,
    /// Somebody speaks with them.
    talks: bool,
    /// They hung up themselves.
    leaves: bool,
}

impl Citizen {
    pub(super) fn line(&self) -> LineId {
        self.line
    }
}

impl Living {
    /// Somebody calls.
    pub(super) fn call(&mut self, now: Tick, contact: ContactId, line: LineId, person: u64) {
        if self.invite(now, contact, line, person).is_none() {
            // No line out of the town: they hear the busy tone.
            self.tell_end(
                now,
                contact,
                line,
                Micros::ZERO,
                (Fate::Refused, FateReason::CentreFull),
            );
        }
    }

    fn invite(&mut self, now: Tick, contact: ContactId, line: LineId, person: u64) -> Option<()> {
        let number = number_of(person);
        if self.citizens.len() >= usize::from(CITIZENS_MAX) || self.by_number.contains_key(&number)
        {
            return None;
        }
        let dialled = self.lines.get(line.index())?.dialled(person)?;
        let (sound, offer) = self.sounds.offer(Voice::Citizen)?;
        let invite = Invite {
            target: Redacted::new(format!("sip:{dialled}@{}", self.server).into_bytes()),
            from: Redacted::new(format!("<sip:+{number}@{DOMAIN}>").into_bytes()),
            flow: Flow::udp(self.sockets.address(EXCHANGE), self.server),
            way: Way::Flow,
            headers: Vec::new(),
            offer,
            max_forwards: MAX_FORWARDS,
            ring_for: RINGS_FOR,
            credentials: None,
            routes: Vec::new(),
            contact_user: None,
        };
        let Ok(call) = self.ua.invite(now, invite) else {
            self.sounds.close(sound);
            return None;
        };
        self.made += 1;
        let (since, nth) = (now, self.made);
        let citizen =
            Citizen { sound, call, number, line, since, nth, talks: false, leaves: false };
        self.citizens.insert(contact, citizen);
        self.by_number.insert(number, contact);
        self.calls.insert(call, Whose::Citizen(contact));
        Some(())
    }

    /// Who was the so manieth to call, if they still do.
    pub(super) fn nth_caller(&self, nth: u64) -> Option<ContactId> {
        let citizen = self.citizens.iter().find(|(_, citizen)| citizen.nth == nth);
        citizen.map(|(contact, _)| *contact)
    }

    /// Somebody hangs up.
    pub(super) fn hang_up_citizen(&mut self, now: Tick, contact: ContactId) {
        if let Some(citizen) = self.citizens.get_mut(&contact) {
            citizen.leaves = true;
            // Gone already is as good.
            let _ = self.ua.hang_up(now, citizen.call, None);
        }
    }

    /// A citizen hears somebody.
    pub(super) fn begin_talk(&mut self, now: Tick, contact: ContactId, agent: AgentId) {
        if let Some(citizen) = self.citizens.get_mut(&contact) {
            if citizen.talks {
                return;
            }
            citizen.talks = true;
        }
        self.people.observe(now, &Command::Connect { contact, agent });
    }

    /// The call is over: what it was, as somebody who held the receiver tells it.
    pub(super) fn citizen_over(&mut self, now: Tick, contact: ContactId) {
        let Some(citizen) = self.citizens.remove(&contact) else { return };
        let Citizen { sound, number, line, since, talks, leaves, .. } = citizen;
        self.sounds.close(sound);
        self.by_number.remove(&number);
        let lasted = now.since(since);
        let short = self.lines.get(line.index()).is_some_and(|it| lasted < it.short_abandon);
        let end = match (talks, leaves) {
            (true, _) => (Fate::Accepted, FateReason::TalkEnded),
            (false, true) if short => (Fate::ShortAbandoned, FateReason::HungUp),
            (false, true) => (Fate::Abandoned, FateReason::HungUp),
            (false, false) => (Fate::Refused, FateReason::CentreFull),
        };
        self.tell_end(now, contact, line, lasted, end);
    }

    fn tell_end(
        &mut self,
        now: Tick,
        contact: ContactId,
        line: LineId,
        lasted: Micros,
        (fate, reason): (Fate, FateReason),
    ) {
        let record = ContactRecord {
            contact,
            line,
            follows: None,
            set_up_at: Timestamp(0),
            queued_after: None,
            answered_after: None,
            ended_after: lasted,
            team: None,
            told: None,
            fate,
            reason,
        };
        self.people.observe(now, &Command::Note(Note::Ended(record)));
    }

    /// Nobody can be called here but at a desk.
    pub(super) fn not_here(&mut self, now: Tick, call: CallId) {
        // It was cancelled meanwhile: that is its answer.
        let _ = self.ua.refuse_call(now, call, status(404), None, None);
    }
}
