// SPDX-License-Identifier: EUPL-1.2
//! What is known of a contact at its end, and how many ended how.

use stdx::{ContactId, LineId, Micros, TeamId, Timestamp};

/// The one end of every contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// An agent answered.
    Accepted,
    /// The caller was lost before anybody answered.
    Abandoned,
    /// The caller hung up before the line's threshold.
    ShortAbandoned,
    /// The partner centre answered.
    Overflowed,
    /// Reached by our call-back.
    CalledBack,
    /// Nobody was to be there: outside the hours, or an announcement only.
    Closed,
    /// Sent away at a limit.
    Refused,
    /// Answered by the client's own switchboard; reported apart, never part of `offered`.
    Local,
}

impl Fate {
    /// All fates, in the order of reports.
    pub const ALL: [Fate; 8] = [
        Fate::Accepted,
        Fate::Abandoned,
        Fate::ShortAbandoned,
        Fate::Overflowed,
        Fate::CalledBack,
        Fate::Closed,
        Fate::Refused,
        Fate::Local,
    ];

    /// The name in reports and interfaces.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Fate::Accepted => "accepted",
            Fate::Abandoned => "abandoned",
            Fate::ShortAbandoned => "short_abandoned",
            Fate::Overflowed => "overflowed",
            Fate::CalledBack => "called_back",
            Fate::Closed => "closed",
            Fate::Refused => "refused",
            Fate::Local => "local",
        }
    }

    /// Whether such a contact is part of `offered`.
    #[must_use]
    pub const fn is_offered(self) -> bool {
        match self {
            Fate::Accepted
            | Fate::Abandoned
            | Fate::ShortAbandoned
            | Fate::Overflowed
            | Fate::CalledBack
            | Fate::Closed
            | Fate::Refused => true,
            Fate::Local => false,
        }
    }
}

/// Why a contact had its fate; finer than the fate, never in contradiction to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FateReason {
    /// Accepted: the talk ended by hanging up.
    TalkEnded,
    /// Accepted: the connection was lost during the talk.
    TalkCutOff,
    /// Accepted: handed on by the agent who answered, and gone before anybody else did.
    LeftInTransfer,
    /// Abandoned: the caller hung up.
    HungUp,
    /// Abandoned: the connection was lost by a fault of ours or of the network.
    CutOff,
    /// Abandoned: the call-back was not possible in time.
    CallbackExpired,
    /// Overflowed: the partner's agent spoke.
    PartnerAnswered,
    /// Overflowed: the call was deflected; whether anybody answered is not proved.
    DeflectedUnproved,
    /// Called back: the caller was reached.
    CallbackReached,
    /// Abandoned: heard the information of a crisis plan, then hung up.
    LeftInformed,
    /// Abandoned: did not wait for the promised call-back and called again.
    CalledAgain,
    /// Closed: outside the hours.
    OutsideHours,
    /// Closed: the timetable does not reach to this day.
    TimetableEnded,
    /// Closed: the line only plays an announcement.
    AnnouncementOnly,
    /// Closed: by an act.
    ClosedByAct,
    /// Closed: open only while its crisis plan runs.
    PlanRunsNot,
    /// Refused: the queue was full.
    QueueFull,
    /// Refused: the centre was full.
    CentreFull,
    /// Refused: waited as long as the queue allows.
    WaitedTooLong,
    /// Refused: the line is closed by now, and everybody who could have answered has gone.
    NobodyLeft,
    /// Refused: no channel of the trunk was free.
    NoChannel,
    /// Refused: by the carrier, before we saw the call.
    RefusedByCarrier,
    /// Refused: at our own door, before the centre was asked.
    RefusedAtDoor,
    /// Local: the client's switchboard answered.
    SwitchboardAnswered,
    /// Local: left while the client's switchboard was rung.
    LeftSwitchboard,
}

impl FateReason {
    /// Whether a contact of this fate may have this reason.
    #[must_use]
    pub const fn belongs_to(self, fate: Fate) -> bool {
        match self {
            FateReason::TalkEnded | FateReason::TalkCutOff | FateReason::LeftInTransfer => {
                matches!(fate, Fate::Accepted)
            }
            FateReason::HungUp => matches!(fate, Fate::Abandoned | Fate::ShortAbandoned),
            FateReason::CutOff
            | FateReason::CallbackExpired
            | FateReason::LeftInformed
            | FateReason::CalledAgain => matches!(fate, Fate::Abandoned),
            FateReason::PartnerAnswered | FateReason::DeflectedUnproved => {
                matches!(fate, Fate::Overflowed)
            }
            FateReason::CallbackReached => matches!(fate, Fate::CalledBack),
            FateReason::OutsideHours
            | FateReason::TimetableEnded
            | FateReason::AnnouncementOnly
            | FateReason::ClosedByAct
            | FateReason::PlanRunsNot => matches!(fate, Fate::Closed),
            FateReason::QueueFull
            | FateReason::CentreFull
            | FateReason::WaitedTooLong
            | FateReason::NobodyLeft
            | FateReason::NoChannel
            | FateReason::RefusedByCarrier
            | FateReason::RefusedAtDoor => matches!(fate, Fate::Refused),
            FateReason::SwitchboardAnswered | FateReason::LeftSwitchboard => {
                matches!(fate, Fate::Local)
            }
        }
    }
}

/// A wait as it was told to a caller: a range, counted from call set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldWait {
    /// At least.
    pub from: Micros,
    /// At most.
    pub until: Micros,
}

/// One contact at its end: written once, never edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ContactRecord {
    /// Which contact.
    pub contact: ContactId,
    /// The line that was dialled.
    pub line: LineId,
    /// The contact that this one continues: a caller who was cut off and called again.
    pub follows: Option<ContactId>,
    /// Call set-up.
    pub set_up_at: Timestamp,
    /// From call set-up until the wait began; none if it never did.
    pub queued_after: Option<Micros>,
    /// From call set-up until somebody answered; none if nobody did.
    pub answered_after: Option<Micros>,
    /// From call set-up until the contact was gone.
    pub ended_after: Micros,
    /// The team that answered.
    pub team: Option<TeamId>,
    /// The wait that the caller was told when it began.
    pub told: Option<ToldWait>,
    /// The end.
    pub fate: Fate,
    /// Why.
    pub reason: FateReason,
}

/// How many contacts ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    by_fate: [u64; Fate::ALL.len()],
    accepted_in_time: u64,
}

impl Tally {
    /// Within which time from call set-up a contact is `accepted_in_time`; the field's plain
    /// measure, whatever a promise says.
    pub const IN_TIME: Micros = Micros::from_secs(30);

    /// Counts one more.
    pub fn add(&mut self, record: &ContactRecord) {
        self.by_fate[record.fate as usize] += 1;
        if record.fate == Fate::Accepted
            && record.answered_after.is_some_and(|after| after <= Self::IN_TIME)
        {
            self.accepted_in_time += 1;
        }
    }

    /// Counts all of another tally.
    pub fn merge(&mut self, other: &Tally) {
        for (mine, theirs) in self.by_fate.iter_mut().zip(other.by_fate) {
            *mine += theirs;
        }
        self.accepted_in_time += other.accepted_in_time;
    }

    /// How many had this fate.
    #[must_use]
    pub fn of(&self, fate: Fate) -> u64 {
        self.by_fate[fate as usize]
    }

    /// All that reached the centre: every fate but [`Fate::Local`].
    #[must_use]
    pub fn offered(&self) -> u64 {
        Fate::ALL.into_iter().filter(|fate| fate.is_offered()).map(|fate| self.of(fate)).sum()
    }

    /// Those of `accepted` within [`Tally::IN_TIME`] of call set-up.
    #[must_use]
    pub fn accepted_in_time(&self) -> u64 {
        self.accepted_in_time
    }
}

impl<'a> FromIterator<&'a ContactRecord> for Tally {
    fn from_iter<I: IntoIterator<Item = &'a ContactRecord>>(records: I) -> Self {
        let mut tally = Tally::default();
        for record in records {
            tally.add(record);
        }
        tally
    }
}
