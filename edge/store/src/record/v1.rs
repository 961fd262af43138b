// SPDX-License-Identifier: EUPL-1.2
//! The first version of the log. Nothing in here is ever changed: neither order, nor fields, nor types. What
//! an event of a new kind is called is put at the end: whatever was written before is read as it was.

use super::{Recorded, choice, structure};
use crate::fact::{Begun, Caller, CaseActed, Configured, Fact, Gap, Seated, WrappedUp};
use crate::seal::Sealed;
use acd::agent::Pause;
use acd::contact::Parting;
use acd::{
    AgentRules, CallbackRules, CentreRules, CrisisPlan, First, LineRules, LocalFirst, Overflow,
    PartnerRules, QueueRules, Reach, SkillNeed, Stage, SwitchboardRules,
};
use calendar::{Interval, Timetable};
use case::{
    Act, Acted, Attempt as Tried, By, Completion, Matter, Opening, PauseReason, Proof,
    Reach as ReachedBy, Source,
};
use centre::{
    Event, NotReached, OfficeEnd, PartnerEnd, RefusedBy, Setup, SteeringReason, SwitchboardEnd,
    TransferTo, Via,
};
use promise::Resolution;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use stdx::limits::CALLBACK_ATTEMPTS_MAX;
use stdx::{
    AgentId, CallerToken, CaseId, ContactId, Day, LineId, Micros, PartnerId, PlanId, QueueId,
    SkillId, SwitchboardId, TeamId, Timestamp, TimetableId, TrunkId,
};

choice!(FactV1 = Fact {
    Begun(it: Begun),
    Configured(it: Box<Configured>),
    Happened(it: Event),
    Lost(it: Gap),
    Poisoned(sequence: u64),
    Caller(it: Caller),
    Seated(it: Seated),
    WrappedUp(it: WrappedUp),
    CaseActed(it: Box<CaseActed>),
});

structure!(BegunV1 = Begun { program: String });
structure!(ConfiguredV1 = Configured { text: String, ids: BTreeMap<String, Vec<String>>, setup: Setup });
structure!(GapV1 = Gap { refused_calls: u64, others: u64 });
structure!(CallerV1 = Caller { contact: ContactId, day: Day, number: Sealed });
structure!(SeatedV1 = Seated { seat: AgentId, day: Day, person: Sealed });
structure!(WrappedUpV1 = WrappedUp {
    contact: ContactId,
    seat: AgentId,
    resolution: Option<Resolution>,
    day: Day,
    words: Sealed,
});
choice!(ResolutionV1 = Resolution { Settled, Transferred, ToBeAnswered, Misdial, Abusive });

// --- Cases -----------------------------------------------------------------------------------

structure!(CaseActedV1 = CaseActed {
    case: CaseId,
    by: By,
    acted: Acted,
    matter: Option<Matter>,
    day: Day,
    words: Sealed,
});
choice!(ByV1 = By { Seat(seat: AgentId), Staff, Unit, Centre });
structure!(MatterV1 = Matter {
    client: String,
    line: Option<LineId>,
    place: Option<String>,
    service: Option<String>,
});
choice!(ActedV1 = Acted { Opened(opening: Opening), Done(act: Act) });
structure!(OpeningV1 = Opening { source: Source, reach: ReachedBy });
choice!(SourceV1 = Source {
    Call(contact: ContactId),
    Message(contact: ContactId),
    LostCallback(contact: ContactId),
    Relay,
    Form,
    Partner(partner: PartnerId),
    Elsewhere,
});
choice!(ReachedByV1 = ReachedBy { None, Telephone, Mail, Letter });
choice!(ActV1 = Act {
    Note,
    Forward { unit: String },
    TakeOver,
    Return,
    Pause(reason: PauseReason),
    Resume,
    Tell(by: Timestamp),
    Try(attempt: Tried),
    GiveFeedback(proof: Proof),
    Complete(how: Completion),
    Reopen,
    Merge { into: CaseId },
    NoticeAccepted,
    NoticeRefused,
});
choice!(PauseReasonV1 = PauseReason { CitizenWishes, PapersMissing, OtherAuthority });
choice!(TriedV1 = Tried { NoAnswer, Engaged, Mailbox, MailReturned });
choice!(ProofV1 = Proof { SpokenCall(contact: ContactId), MailAccepted, StatedByStaff });
choice!(CompletionV1 = Completion { Done, Withdrawn, NotReached });

// --- What happens ----------------------------------------------------------------------------

choice!(EventV1 = Event {
    CallArrived { contact: ContactId, line: LineId, caller: Option<CallerToken>, via: Via },
    CallRefused { contact: ContactId, line: LineId, by: RefusedBy },
    AnnouncementOver { contact: ContactId },
    CallerLeft { contact: ContactId, parting: Parting },
    SwitchboardAnswered { contact: ContactId },
    SwitchboardFailed { contact: ContactId, why: SwitchboardEnd },
    SwitchboardStaffed { switchboard: SwitchboardId, staffed: bool },
    PartnerAnswered { contact: ContactId },
    PartnerFailed { contact: ContactId, why: PartnerEnd },
    Deflected { contact: ContactId },
    OtherLeft { contact: ContactId, parting: Parting },
    CallbackWanted { contact: ContactId },
    CallbackReached { contact: ContactId },
    CallbackFailed { contact: ContactId },
    InformationWanted { contact: ContactId },
    PullForward { contact: ContactId, reason: SteeringReason },
    MoveToLine { contact: ContactId, line: LineId, reason: SteeringReason },
    UndoSteering { contact: ContactId },
    SendHome { agent: AgentId },
    SetSkill { agent: AgentId, skill: SkillId, level: u8 },
    CloseLine { line: LineId, lasts: Micros },
    OpenLine { line: LineId },
    StartPlan { plan: PlanId },
    EndPlan { plan: PlanId },
    TalkAlive { contact: ContactId },
    SignOn { agent: AgentId },
    SignOff { agent: AgentId },
    MakeReady { agent: AgentId },
    MakeNotReady { agent: AgentId, pause: Pause },
    Answer { agent: AgentId, contact: ContactId },
    Decline { agent: AgentId, contact: ContactId },
    Unreachable { agent: AgentId, contact: ContactId },
    HangUp { agent: AgentId },
    ExtendWrapUp { agent: AgentId },
    EndWrapUp { agent: AgentId },
    Deadline,
    BlindTransfer { agent: AgentId, to: TransferTo },
    AttendedTransfer { agent: AgentId, to: Option<AgentId> },
    OfficeAnswered { contact: ContactId },
    OfficeFailed { contact: ContactId, why: OfficeEnd },
    CallbackNotReached { contact: ContactId, why: NotReached },
});

choice!(TransferToV1 = TransferTo {
    Agent(agent: AgentId),
    Line(line: LineId),
    Partner(partner: PartnerId),
    Office,
});
choice!(OfficeEndV1 = OfficeEnd { Busy, NoAnswer, Unreachable });
choice!(NotReachedV1 = NotReached { Busy, NoAnswer, Unreachable });

structure!(ViaV1 = Via { trunk: Option<TrunkId>, forwarded: bool });
choice!(RefusedByV1 = RefusedBy { Carrier, Door, NoChannel });
choice!(PartingV1 = Parting { HungUp, CutOff });
choice!(SwitchboardEndV1 = SwitchboardEnd { Busy, NoAnswer, Unreachable, CameBack, NobodyThere });
choice!(PartnerEndV1 = PartnerEnd { Busy, Closed, NoAnswer, Unreachable });
choice!(SteeringReasonV1 = SteeringReason { Distress, WaitedLong, WrongLine, Load });
choice!(PauseV1 = Pause { Break, DeskWork });

// --- What was agreed -------------------------------------------------------------------------

structure!(SetupV1 = Setup {
    rules: CentreRules,
    lines: Vec<LineRules>,
    queues: Vec<QueueRules>,
    agents: Vec<AgentRules>,
    timetables: Vec<Timetable>,
    partners: Vec<PartnerRules>,
    switchboards: Vec<SwitchboardRules>,
    trunks: Vec<u32>,
    plans: Vec<CrisisPlan>,
});

structure!(
    CentreRulesV1 = CentreRules {
        head_start: Micros,
        no_answer_pause: Micros,
        decline_pause: Micros,
        place_kept: Micros,
    }
);

structure!(LineRulesV1 = LineRules {
    queue: Option<QueueId>,
    timetable: TimetableId,
    priority: u8,
    required: Vec<SkillNeed>,
    preferred: Vec<SkillId>,
    greeting: Option<Micros>,
    wrap_up: Micros,
    short_abandon: Micros,
    stages: Vec<Stage>,
    local: Option<LocalFirst>,
    overflow: Option<Overflow>,
    from_partner: bool,
    callback: Option<CallbackRules>,
    expected_talk: Micros,
    tells_wait: bool,
    only_in: Option<PlanId>,
});

structure!(SkillNeedV1 = SkillNeed { skill: SkillId, level: u8 });
structure!(StageV1 = Stage { after: Micros, teams: Vec<TeamId> });
structure!(LocalFirstV1 = LocalFirst { switchboard: SwitchboardId, ring: Micros });
choice!(ReachV1 = Reach { SecondLeg, Deflect });

structure!(OverflowV1 = Overflow {
    partner: PartnerId,
    reach: Reach,
    waited: Option<Micros>,
    predicted: Option<Micros>,
    calendar: Option<TimetableId>,
    nobody_signed_on: bool,
    closed: bool,
    no_channel: bool,
});

/// As it was before callers could be called first: whose telephone rings first stands in the highest bit of the
/// attempts, of which there were never so many.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CallbackRulesV1 {
    attempts: u8,
    retry_after: u64,
    expires_after: u64,
    ring: u64,
}

const CALLER_FIRST: u8 = 0x80;
const _: () = assert!(CALLBACK_ATTEMPTS_MAX < CALLER_FIRST);

impl Recorded for CallbackRules {
    type Record = CallbackRulesV1;

    fn record(&self) -> CallbackRulesV1 {
        let first = match self.first {
            First::Agent => 0,
            First::Caller => CALLER_FIRST,
        };
        CallbackRulesV1 {
            attempts: self.attempts | first,
            retry_after: self.retry_after.0,
            expires_after: self.expires_after.0,
            ring: self.ring.0,
        }
    }

    fn recall(record: CallbackRulesV1) -> Option<CallbackRules> {
        let is_caller = record.attempts & CALLER_FIRST != 0;
        Some(CallbackRules {
            attempts: record.attempts & !CALLER_FIRST,
            retry_after: Micros(record.retry_after),
            expires_after: Micros(record.expires_after),
            ring: Micros(record.ring),
            first: if is_caller { First::Caller } else { First::Agent },
        })
    }
}

structure!(QueueRulesV1 = QueueRules { ring: Micros, length_max: u32, waiting_max: Micros });
structure!(AgentRulesV1 = AgentRules {
    team: TeamId,
    skills: Vec<SkillNeed>,
    shift: Option<TimetableId>,
});

structure!(PartnerRulesV1 = PartnerRules {
    timetable: TimetableId,
    capacity: u32,
    ring: Micros,
    pause: Micros,
    trunk: Option<TrunkId>,
});

structure!(SwitchboardRulesV1 = SwitchboardRules {
    timetable: TimetableId,
    trunk: Option<TrunkId>,
});

structure!(CrisisPlanV1 = CrisisPlan {
    lines: Vec<LineId>,
    announcement: Option<Micros>,
    information: bool,
    length_max: Option<u32>,
    waiting_max: Option<Micros>,
    helpers: Vec<AgentId>,
    lasts: Micros,
});

/// The boundaries one after the other, each as seconds since the one before: a year of opening hours
/// takes a fifth of the room that moments would. Where a boundary is no whole second it is written in
/// microseconds.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TimetableV1 {
    from: i64,
    in_seconds: bool,
    /// Horizon's end first, then each interval's beginning and end.
    lasts: u64,
    steps: Vec<u64>,
}

const SECOND: i64 = 1_000_000;

impl Recorded for Timetable {
    type Record = TimetableV1;

    fn record(&self) -> TimetableV1 {
        let horizon = self.horizon();
        let ends = self.intervals().iter().flat_map(|it| [it.from.0, it.until.0]);
        let moments: Vec<i64> = ends.collect();
        let whole = |at: &i64| at % SECOND == 0;
        let in_seconds = moments.iter().chain([&horizon.from.0, &horizon.until.0]).all(whole);
        let unit = if in_seconds { SECOND } else { 1 };
        let mut last = horizon.from.0;
        let step = |at: i64| {
            let step = (at - last) / unit;
            last = at;
            u64::try_from(step).expect("a timetable is sorted")
        };
        TimetableV1 {
            from: horizon.from.0 / unit,
            in_seconds,
            lasts: u64::try_from((horizon.until.0 - horizon.from.0) / unit)
                .expect("a horizon has an end after its beginning"),
            steps: moments.into_iter().map(step).collect(),
        }
    }

    fn recall(record: TimetableV1) -> Option<Timetable> {
        let TimetableV1 { from, in_seconds, lasts, steps } = record;
        let unit = if in_seconds { SECOND } else { 1 };
        let later = |at: i64, step: u64| at.checked_add(i64::try_from(step).ok()?);
        let moment = |at: i64| Some(stdx::Timestamp(at.checked_mul(unit)?));
        let horizon = Interval { from: moment(from)?, until: moment(later(from, lasts)?)? };
        let mut at = from;
        let mut open = Vec::with_capacity(steps.len() / 2);
        let (pairs, rest) = steps.as_chunks::<2>();
        for &[begins, ends] in pairs {
            let opens = later(at, begins)?;
            at = later(opens, ends)?;
            open.push(Interval { from: moment(opens)?, until: moment(at)? });
        }
        rest.is_empty().then(|| Timetable::new(horizon, open).ok()).flatten()
    }
}
