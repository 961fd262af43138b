// SPDX-License-Identifier: EUPL-1.2
//! Snapshots and stories: what the log can always make anew. Another version of these records needs no
//! golden file; what it cannot read is thrown away.

use super::{Recorded, choice, structure};
use crate::fact::{Caller, CaseActed, Configured, Gap, Seated, WrappedUp};
use crate::view::{CaseEntry, Day, Said, Snapshot, Told};
use account::{HandedTo, Outcome, Since, Step, Stories};
use acd::agent::{AfterCall, Agent, Lease, NotReadyReason, Pause, ReturnReason, State as Doing};
use acd::contact::{ClosedBecause, Departure, Parting, SentAway, State as Place};
use acd::{CallbackRules, KeptPlace, Reach, Remembered, SkillNeed, Turn};
use centre::{
    Attempt, Contact, Lessons, LineLessons, NotReached, OfficeEnd, OverflowCause, PartnerEnd, Rate,
    RunningPlan, Saved, SteeringReason, Stood, SwitchboardEnd, Transferred, WayOut,
};
use promise::{ContactRecord, Fate, FateReason, ToldWait, WorkTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, PlanId, QueueId,
    SwitchboardId, TeamId, Tick, Timestamp, TrunkId,
};

structure!(
    SnapshotRecord = Snapshot {
        configured: Configured,
        saved: Saved,
        outcome: Outcome,
        stories: Stories,
        last: (Tick, Timestamp),
        last_contact: ContactId,
        gap: Gap,
        lost: Gap,
        entries: u64,
        callers: Vec<Caller>, seated: Vec<(u64, Seated)>,
        is_sealed: bool,
    }
);

structure!(ToldRecord = Told { record: ContactRecord, story: Vec<(Micros, Step)> });
structure!(SaidRecord = Said { entry: u64, wrapped_up: WrappedUp });
structure!(CaseEntryRecord = CaseEntry { entry: u64, at: Timestamp, acted: CaseActed });
structure!(DayRecord = Day {
    day: i64,
    teams: Vec<(WorkTime, u16)>,
    tasks: u64,
    untold: u64,
    longest_queue: u64,
    lost: Gap,
});

// --- The centre ------------------------------------------------------------------------------

structure!(NowRecord = Now { mono: Tick, wall: Timestamp });

structure!(SavedRecord = Saved {
    now: Now,
    last_contact: Option<ContactId>,
    gone: u64,
    agents: Vec<Agent>,
    changed_skills: BTreeMap<AgentId, Vec<SkillNeed>>,
    contacts: BTreeMap<ContactId, Contact>,
    remembered: Vec<Remembered>,
    partners_rest_until: Vec<Tick>,
    staffed: Vec<bool>,
    closed: BTreeMap<LineId, Tick>,
    running: BTreeMap<PlanId, RunningPlan>,
    learned: Lessons,
});

structure!(AgentRecord = Agent { state: Doing, shift_until: Tick, after_call: AfterCall });
choice!(AfterCallRecord = AfterCall { Ready, Pause(pause: Pause), SignOff });
choice!(NotReadyReasonRecord = NotReadyReason {
    SignedOn,
    Pause(pause: Pause),
    NoAnswer,
    Declined,
    Unreachable,
});
choice!(LeaseRecord = Lease { Held { check_at: Tick }, Questioned { lost_at: Tick } });
choice!(DoingRecord = Doing {
    SignedOff,
    NotReady { reason: NotReadyReason, until: Option<Tick> },
    Ready { idle_since: Tick },
    Offered { contact: ContactId, idle_since: Tick, ring_until: Tick },
    Talking { contact: ContactId, lease: Lease },
    WrapUp { contact: ContactId, until: Tick, length: Micros, extensions: u8 },
});

structure!(ContactInsideRecord = Contact {
    state: Place,
    line: LineId,
    asked_as: LineId,
    queue: QueueId,
    caller: Option<CallerToken>,
    follows: Option<ContactId>,
    turn: Turn,
    stood: Option<Stood>,
    arrived: Tick,
    set_up_at: Timestamp,
    queued_at: Option<Tick>,
    answered: Option<(Tick, Option<AgentId>)>,
    trunk: Option<TrunkId>,
    switchboard: Option<SwitchboardId>,
    stage: u8,
    widen_at: Option<Tick>,
    overflow: WayOut,
    wanted_since: Option<Tick>,
    partner_only: Option<OverflowCause>,
    ours_at: Option<Tick>,
    told: Option<ToldWait>,
    callback: Option<CallbackRules>,
    no_channel: bool,
    transfer: Option<Transferred>,
    informed: bool,
    owed: bool,
});

choice!(PlaceRecord = Place {
    AtSwitchboard { ring_until: Tick },
    Local { lease: Lease },
    Entering { until: Tick, limit_at: Tick },
    Waiting { offered_to: Option<AgentId>, limit_at: Tick },
    Talking { agent: AgentId },
    AtPartner { lease: Lease },
    ToOffice { ring_until: Tick },
    AtOffice { lease: Lease },
    Promised {
        offered_to: Option<AgentId>,
        rests_until: Option<Tick>,
        expires_at: Tick,
        attempts: u8,
    },
    CallingBack { agent: AgentId, ring_until: Tick, expires_at: Tick, attempts: u8 },
    Gone(departure: Departure),
});

choice!(DepartureRecord = Departure {
    Closed(because: ClosedBecause),
    SentAway(why: SentAway),
    Unanswered(parting: Parting),
    Answered(parting: Parting),
    Local,
    LeftSwitchboard,
    Overflowed,
    Deflected,
    CallbackExpired,
    CalledAgain,
});
choice!(
    ClosedBecauseRecord =
        ClosedBecause { Hours, TimetableEnded, AnnouncementOnly, Act, PlanRunsNot }
);
choice!(
    SentAwayRecord =
        SentAway { QueueFull, CentreFull, WaitedTooLong, NoChannel, Carrier, Door, NobodyLeft }
);

structure!(TransferredRecord = Transferred { by: AgentId, returns: bool });
structure!(StoodRecord = Stood {
    turn: Turn,
    asked_as: LineId,
    partner_only: Option<OverflowCause>,
    ours_at: Option<Tick>,
});
choice!(WayOutRecord = WayOut {
    None,
    At(at: Tick, cause: OverflowCause),
    Wanted(partner: PartnerId, cause: OverflowCause),
    Tried(attempt: Attempt),
});
structure!(
    AttemptRecord = Attempt { partner: PartnerId, reach: Reach, until: Tick, cause: OverflowCause }
);
choice!(
    OverflowCauseRecord = OverflowCause {
        Waited,
        Predicted,
        Calendar,
        NobodySignedOn,
        Closed,
        NoChannel,
        Transferred
    }
);

impl Recorded for Turn {
    type Record = (i64, u64);
    fn record(&self) -> Self::Record {
        (self.counted_from(), self.contact().0)
    }
    fn recall((counted_from, contact): Self::Record) -> Option<Self> {
        Some(Turn::restored(counted_from, ContactId(contact)))
    }
}

structure!(
    RememberedRecord =
        Remembered { caller: CallerToken, line: LineId, gone_at: Tick, place: KeptPlace }
);
structure!(KeptPlaceRecord = KeptPlace { contact: ContactId, turn: Turn });
structure!(RunningPlanRecord = RunningPlan { until: Tick, helpers: Vec<AgentId> });
structure!(LessonsRecord = Lessons {
    lines: Vec<LineLessons>,
    partners: Vec<Rate>,
    picked_up: Rate,
});
structure!(LineLessonsRecord = LineLessons { talks: Vec<Micros>, leaves: Rate });
structure!(RateRecord = Rate { happened: u64, time: Micros });

// --- What was counted ------------------------------------------------------------------------

structure!(OutcomeRecord = Outcome {
    records: Vec<ContactRecord>,
    work: Vec<WorkTime>,
    there: BTreeSet<AgentId>,
    events: u64,
    refused_events: u64,
    tasks: u64,
    untold: u64,
    longest_queue: usize,
    untold_since: BTreeMap<ContactId, Tick>,
    told_by_plan: BTreeSet<ContactId>,
    agents: Vec<Since>,
    teams: Vec<TeamId>,
});
structure!(SinceRecord = Since { state: Doing, at: Tick });
structure!(
    WorkTimeRecord = WorkTime {
        ready: Micros,
        offered: Micros,
        talking: Micros,
        wrap_up: Micros,
        not_ready: Micros,
    }
);

structure!(ContactGoneRecord = ContactRecord {
    contact: ContactId,
    line: LineId,
    follows: Option<ContactId>,
    set_up_at: Timestamp,
    queued_after: Option<Micros>,
    answered_after: Option<Micros>,
    ended_after: Micros,
    team: Option<TeamId>,
    told: Option<ToldWait>,
    fate: Fate,
    reason: FateReason,
});
structure!(ToldWaitRecord = ToldWait { from: Micros, until: Micros });
choice!(
    FateRecord = Fate {
        Accepted,
        Abandoned,
        ShortAbandoned,
        Overflowed,
        CalledBack,
        Closed,
        Refused,
        Local,
    }
);
choice!(
    FateReasonRecord = FateReason {
        TalkEnded,
        TalkCutOff,
        LeftInTransfer,
        HungUp,
        CutOff,
        CallbackExpired,
        PartnerAnswered,
        DeflectedUnproved,
        CallbackReached,
        LeftInformed,
        CalledAgain,
        OutsideHours,
        TimetableEnded,
        AnnouncementOnly,
        ClosedByAct,
        PlanRunsNot,
        QueueFull,
        CentreFull,
        WaitedTooLong,
        NobodyLeft,
        NoChannel,
        RefusedByCarrier,
        RefusedAtDoor,
        SwitchboardAnswered,
        LeftSwitchboard,
    }
);

structure!(StoriesRecord = Stories {
    open: BTreeMap<ContactId, (Tick, Vec<(Micros, Step)>)>,
    teams: Vec<TeamId>,
});
choice!(ReturnReasonRecord = ReturnReason { NoAnswer, Declined, Unreachable, SignedOff });
choice!(HandedToRecord = HandedTo { Team(team: TeamId), Line(line: LineId), Partner(partner: PartnerId), Office });
choice!(StepRecord = Step {
    SwitchboardRang(switchboard: SwitchboardId),
    SwitchboardReturned(switchboard: SwitchboardId, why: SwitchboardEnd),
    Greeted(plan: Option<PlanId>),
    Waits(position: u32, told: Option<ToldWait>),
    Rang(team: TeamId),
    Returned(team: TeamId, why: ReturnReason),
    Widened(stage: u8),
    Overflows(cause: OverflowCause),
    PartnerAsked(partner: PartnerId),
    PartnerReturned(partner: PartnerId, why: PartnerEnd),
    SentOn(partner: PartnerId),
    Answered(team: TeamId),
    AnsweredElsewhere,
    HandedOn(to: HandedTo),
    PutThrough(to: HandedTo),
    OfficeReturned(why: OfficeEnd),
    WaitsAgain(position: u32),
    PulledForward(reason: SteeringReason),
    Moved(line: LineId, reason: SteeringReason),
    SteeringUndone,
    Informed(plan: PlanId),
    CallbackPromised,
    CalledBack(team: TeamId),
    CallbackReturned(why: Option<NotReached>),
    TaskOpened,
    AndSoOn,
});
