// SPDX-License-Identifier: EUPL-1.2
//! All that can ever happen to the centre, and all that it can ever ask for.

use acd::agent::{self, AfterCall, Pause, ReturnReason};
use acd::contact::Parting;
use acd::{First, Reach, Refusal};
use promise::{ContactRecord, Fate, FateReason, ToldWait};
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, PartnerId, PlanId, SkillId, SwitchboardId,
    Tick, TrunkId,
};

/// All that can ever happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A call is set up on a line. The id is greater than every one before.
    CallArrived {
        /// The new contact's id, drawn by the app.
        contact: ContactId,
        /// The line that was dialled.
        line: LineId,
        /// Who calls, unless the number is withheld.
        caller: Option<CallerToken>,
        /// On which way it came.
        via: Via,
    },
    /// A call was refused before the centre was asked; it counts all the same. The id is greater than
    /// every one before.
    CallRefused {
        /// The new contact's id, drawn by the app.
        contact: ContactId,
        /// The line that was dialled.
        line: LineId,
        /// Who refused it.
        by: RefusedBy,
    },
    /// The greeting has been played to its end.
    AnnouncementOver {
        /// To whom.
        contact: ContactId,
    },
    /// The caller's leg is gone.
    CallerLeft {
        /// Whose.
        contact: ContactId,
        /// Hung up, or lost.
        parting: Parting,
    },
    /// The client's switchboard answered the call.
    SwitchboardAnswered {
        /// Whose call.
        contact: ContactId,
    },
    /// The client's switchboard did not take the call.
    SwitchboardFailed {
        /// Whose call.
        contact: ContactId,
        /// How.
        why: SwitchboardEnd,
    },
    /// Somebody signed on at a client's switchboard, or nobody is there any more.
    SwitchboardStaffed {
        /// Which.
        switchboard: SwitchboardId,
        /// Whether somebody is there.
        staffed: bool,
    },
    /// The partner's agent answered, on a second leg.
    PartnerAnswered {
        /// Whose call.
        contact: ContactId,
    },
    /// The partner did not take the call.
    PartnerFailed {
        /// Whose call.
        contact: ContactId,
        /// How.
        why: PartnerEnd,
    },
    /// The partner took a call that was sent on.
    Deflected {
        /// Whose call.
        contact: ContactId,
    },
    /// In a talk that is not with an agent of ours the other side is gone.
    OtherLeft {
        /// Whose talk.
        contact: ContactId,
        /// Hung up, or lost.
        parting: Parting,
    },
    /// A waiting caller wants to be called back.
    CallbackWanted {
        /// Who.
        contact: ContactId,
    },
    /// The caller answered the call-back.
    CallbackReached {
        /// Who.
        contact: ContactId,
    },
    /// The attempt to call the caller back ended by a fault of ours, and nobody knows how it would have gone.
    CallbackFailed {
        /// Who.
        contact: ContactId,
    },
    /// The caller was not reached by the call-back.
    CallbackNotReached {
        /// Who.
        contact: ContactId,
        /// How.
        why: NotReached,
    },
    /// A waiting caller wants to hear the information of a crisis plan.
    InformationWanted {
        /// Who.
        contact: ContactId,
    },
    /// A supervisor puts a waiting contact at the front of its queue.
    PullForward {
        /// Whom.
        contact: ContactId,
        /// Why.
        reason: SteeringReason,
    },
    /// A supervisor lets the agents of another line answer a waiting contact, at its place by time.
    MoveToLine {
        /// Whom.
        contact: ContactId,
        /// To which line.
        line: LineId,
        /// Why.
        reason: SteeringReason,
    },
    /// A supervisor takes back what was done to a waiting contact.
    UndoSteering {
        /// Whom.
        contact: ContactId,
    },
    /// A supervisor signs an agent off, after the call if there is one.
    SendHome {
        /// Whom.
        agent: AgentId,
    },
    /// A supervisor changes an agent's skill until the agent signs off.
    SetSkill {
        /// Whose.
        agent: AgentId,
        /// Which.
        skill: SkillId,
        /// To which level; 0 takes it away.
        level: u8,
    },
    /// A line is closed by an act.
    CloseLine {
        /// Which.
        line: LineId,
        /// For how long, at most [`stdx::limits::ACT_MAX`].
        lasts: Micros,
    },
    /// The act is taken back.
    OpenLine {
        /// Which line is open again as its hours say.
        line: LineId,
    },
    /// A prepared crisis plan is started.
    StartPlan {
        /// Which.
        plan: PlanId,
    },
    /// It is ended before its time.
    EndPlan {
        /// Which.
        plan: PlanId,
    },
    /// Both legs of a talk are alive; the answer to [`Command::AskAlive`].
    TalkAlive {
        /// Whose talk.
        contact: ContactId,
    },
    /// An agent begins a shift.
    SignOn {
        /// Who.
        agent: AgentId,
    },
    /// An agent ends the shift, after the call if there is one.
    SignOff {
        /// Who.
        agent: AgentId,
    },
    /// An agent wants calls.
    MakeReady {
        /// Who.
        agent: AgentId,
    },
    /// An agent wants a pause, after the call if there is one.
    MakeNotReady {
        /// Who.
        agent: AgentId,
        /// What for.
        pause: Pause,
    },
    /// An agent takes an offer.
    Answer {
        /// Who.
        agent: AgentId,
        /// Which offer: a late click on an old one must not take a new one.
        contact: ContactId,
    },
    /// An agent turns an offer down.
    Decline {
        /// Who.
        agent: AgentId,
        /// Which offer.
        contact: ContactId,
    },
    /// An agent's telephone cannot be reached with an offer: not registered, silent, or out of
    /// order. The agent did nothing, and perhaps knows nothing of it.
    Unreachable {
        /// Whose telephone.
        agent: AgentId,
        /// Which offer.
        contact: ContactId,
    },
    /// An agent hangs up.
    HangUp {
        /// Who.
        agent: AgentId,
    },
    /// An agent hands on whom they talk to, without waiting for who answers (RFC 5589, 6: blind).
    BlindTransfer {
        /// Who.
        agent: AgentId,
        /// Where to.
        to: TransferTo,
    },
    /// An agent hands on whom they talk to, to somebody whom they asked before (RFC 5589, 7: attended).
    AttendedTransfer {
        /// Who.
        agent: AgentId,
        /// To which agent; none if an office was asked.
        to: Option<AgentId>,
    },
    /// The office that is rung answered.
    OfficeAnswered {
        /// For whom it rang.
        contact: ContactId,
    },
    /// The office that is rung did not take the call.
    OfficeFailed {
        /// For whom it rang.
        contact: ContactId,
        /// How.
        why: OfficeEnd,
    },
    /// An agent needs more time for wrap-up.
    ExtendWrapUp {
        /// Who.
        agent: AgentId,
    },
    /// An agent is done with wrap-up.
    EndWrapUp {
        /// Who.
        agent: AgentId,
    },
    /// The moment that [`crate::Centre::deadline`] named has come.
    Deadline,
}

/// On which way a call came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Via {
    /// The trunk whose channel it uses; none if channels are not counted.
    pub trunk: Option<TrunkId>,
    /// Whether the client's own switchboard sent it on: then it is not rung again.
    pub forwarded: bool,
}

/// Who refused a call before the centre was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefusedBy {
    /// The carrier, which told us so.
    Carrier,
    /// Our own door: overload, draining, no port for sound.
    Door,
    /// The telephone side, which found no channel of the trunk free.
    NoChannel,
}

/// How a client's switchboard did not take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SwitchboardEnd {
    /// All its telephones were busy.
    Busy,
    /// It rang in vain.
    NoAnswer,
    /// It could not be reached.
    Unreachable,
    /// Its forwarding sent our own call back to us.
    CameBack,
    /// The last one there signed off meanwhile.
    NobodyThere,
}

/// How a partner did not take a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartnerEnd {
    /// It said that it was full.
    Busy,
    /// It said that it was closed.
    Closed,
    /// It rang in vain.
    NoAnswer,
    /// It could not be reached.
    Unreachable,
}

/// Where an agent hands on a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TransferTo {
    /// To this agent, if ready.
    Agent(AgentId),
    /// To the people of this line, at the place that the caller's arrival gives.
    Line(LineId),
    /// To the partner that helps the caller's line.
    Partner(PartnerId),
    /// To an office: a number that the centre need not know.
    Office,
}

/// How an office did not take a call that was handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfficeEnd {
    /// It was busy, or turned the call down.
    Busy,
    /// It rang in vain.
    NoAnswer,
    /// It could not be reached.
    Unreachable,
}

/// How somebody whom we called back was not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotReached {
    /// Was busy, or turned the call down.
    Busy,
    /// Did not answer.
    NoAnswer,
    /// Could not be reached, or not be called from here.
    Unreachable,
}

/// Why a call is to be taken to a partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OverflowCause {
    /// All agents were busy for so long.
    Waited,
    /// The wait would be too long by the estimate.
    Predicted,
    /// The calendar says so.
    Calendar,
    /// Nobody who could answer is signed on.
    NobodySignedOn,
    /// The line was closed by an act.
    Closed,
    /// No channel of the trunk was free.
    NoChannel,
    /// An agent handed the caller on to it.
    Transferred,
}

/// Why a supervisor changed a caller's place. A closed list: free text would hold what is nobody's
/// business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SteeringReason {
    /// The caller is in distress.
    Distress,
    /// The caller has waited long, or was cut off before.
    WaitedLong,
    /// The caller dialled the wrong line.
    WrongLine,
    /// The centre's load is to be spread.
    Load,
}

/// What a task is about that a call left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskReason {
    /// The call-back expired before anybody was free.
    CallbackExpired,
    /// The caller was not reached as often as the plan says.
    NotReached,
    /// The caller called again instead of waiting for the call-back, and was not answered.
    CalledAgain,
    /// The caller answered the call-back, and was gone before an agent was there.
    ReachedInVain,
}

impl Event {
    /// The agent who did this, if one did.
    #[must_use]
    pub fn agent(&self) -> Option<AgentId> {
        match *self {
            Event::SignOn { agent }
            | Event::SignOff { agent }
            | Event::MakeReady { agent }
            | Event::MakeNotReady { agent, .. }
            | Event::Answer { agent, .. }
            | Event::Decline { agent, .. }
            | Event::HangUp { agent }
            | Event::BlindTransfer { agent, .. }
            | Event::AttendedTransfer { agent, .. }
            | Event::ExtendWrapUp { agent }
            | Event::EndWrapUp { agent } => Some(agent),
            Event::CallArrived { .. }
            | Event::CallRefused { .. }
            | Event::SwitchboardAnswered { .. }
            | Event::SwitchboardFailed { .. }
            | Event::SwitchboardStaffed { .. }
            | Event::PartnerAnswered { .. }
            | Event::PartnerFailed { .. }
            | Event::Deflected { .. }
            | Event::OtherLeft { .. }
            | Event::OfficeAnswered { .. }
            | Event::OfficeFailed { .. }
            | Event::CallbackWanted { .. }
            | Event::CallbackReached { .. }
            | Event::CallbackFailed { .. }
            | Event::CallbackNotReached { .. }
            | Event::InformationWanted { .. }
            | Event::PullForward { .. }
            | Event::MoveToLine { .. }
            | Event::UndoSteering { .. }
            | Event::SendHome { .. }
            | Event::SetSkill { .. }
            | Event::CloseLine { .. }
            | Event::OpenLine { .. }
            | Event::StartPlan { .. }
            | Event::EndPlan { .. }
            | Event::AnnouncementOver { .. }
            | Event::CallerLeft { .. }
            | Event::TalkAlive { .. }
            | Event::Unreachable { .. }
            | Event::Deadline => None,
        }
    }
}

/// All that the centre can ever ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Play the line's greeting; then [`Event::AnnouncementOver`].
    Announce {
        /// To whom.
        contact: ContactId,
        /// Whose greeting.
        line: LineId,
        /// Whose announcement goes before it.
        plan: Option<PlanId>,
    },
    /// Play music: the caller waits.
    Wait {
        /// Who.
        contact: ContactId,
        /// The exact position in the queue, from 1.
        position: usize,
        /// How long it will take, to be told to the caller; from call set-up.
        told: Option<ToldWait>,
    },
    /// Play music: the caller, whom an agent handed on, waits again.
    WaitAgain {
        /// Who.
        contact: ContactId,
        /// The exact position in the queue, from 1.
        position: usize,
    },
    /// Let a client's switchboard ring.
    RingSwitchboard {
        /// For whom.
        contact: ContactId,
        /// Whose.
        switchboard: SwitchboardId,
        /// On which line.
        line: LineId,
        /// When it will be taken back.
        until: Tick,
    },
    /// Let it ring no longer.
    StopSwitchboard {
        /// For whom it rang.
        contact: ContactId,
        /// Whose.
        switchboard: SwitchboardId,
    },
    /// Ask a partner to take the call, whose place is kept meanwhile.
    TryPartner {
        /// Whose call.
        contact: ContactId,
        /// Which partner.
        partner: PartnerId,
        /// On which line, for the greeting.
        line: LineId,
        /// By a second leg or by sending it on.
        reach: Reach,
        /// Why.
        cause: OverflowCause,
        /// When silence counts as no.
        until: Tick,
    },
    /// Ask it no longer.
    StopPartner {
        /// Whose call.
        contact: ContactId,
        /// Which partner.
        partner: PartnerId,
    },
    /// Let the caller and the one who answered elsewhere, switchboard or partner, hear each other.
    ConnectElsewhere {
        /// The caller.
        contact: ContactId,
    },
    /// Send the call on to a partner at once. The contact is gone already.
    Deflect {
        /// Whose call.
        contact: ContactId,
        /// Which partner.
        partner: PartnerId,
    },
    /// Tell the caller that a call-back is promised, then hang up.
    PromiseCallback {
        /// Whom.
        contact: ContactId,
        /// Whose words.
        line: LineId,
    },
    /// Let the caller's telephone ring; an agent waits, or is reserved.
    CallBack {
        /// Whose.
        contact: ContactId,
        /// Who waits, or whose telephone is to ring when the caller has answered.
        agent: AgentId,
        /// On which line, for the number to show.
        line: LineId,
        /// When it will be taken back.
        until: Tick,
        /// Whether the agent has answered already, or the caller is to answer first.
        first: First,
    },
    /// Let it ring no longer.
    StopCallback {
        /// Whose.
        contact: ContactId,
    },
    /// Play the information of a crisis plan, then go on with the music.
    Inform {
        /// To whom.
        contact: ContactId,
        /// Which plan's.
        plan: PlanId,
    },
    /// A crisis plan begins: play its announcement to one who is inside already, as soon as nothing else is said,
    /// then go on with the music.
    Notify {
        /// To whom.
        contact: ContactId,
        /// Whose announcement.
        plan: PlanId,
    },
    /// Open a task for the line's people: the caller is still owed something.
    OpenTask {
        /// Whom.
        contact: ContactId,
        /// Whose task.
        line: LineId,
        /// What about.
        reason: TaskReason,
    },
    /// Let an agent's telephone ring.
    Ring {
        /// Whose.
        agent: AgentId,
        /// For whom.
        contact: ContactId,
        /// On which line, for the greeting to read.
        line: LineId,
        /// When it will be taken back.
        until: Tick,
    },
    /// Let it ring no longer.
    StopRinging {
        /// Whose.
        agent: AgentId,
        /// For whom it rang.
        contact: ContactId,
    },
    /// The agent handed the caller on: let the agent's leg go, the caller's stays.
    LetGo {
        /// The caller.
        contact: ContactId,
        /// The agent.
        agent: AgentId,
    },
    /// Let the office ring to which the caller was handed on.
    RingOffice {
        /// For whom.
        contact: ContactId,
        /// When it will be taken back.
        until: Tick,
    },
    /// Let it ring no longer.
    StopOffice {
        /// For whom it rang.
        contact: ContactId,
    },
    /// The caller was handed on to somebody who had answered: let those two hear each other, and the agent's
    /// leg go.
    PutThrough {
        /// The caller.
        contact: ContactId,
        /// Who handed on.
        by: AgentId,
        /// Who took over; none for an office.
        to: Option<AgentId>,
    },
    /// Let both hear each other.
    Connect {
        /// The caller.
        contact: ContactId,
        /// The agent.
        agent: AgentId,
    },
    /// Play the text that belongs to this end, then hang up. The contact is gone already.
    Dismiss {
        /// To whom.
        contact: ContactId,
        /// Whose text.
        line: LineId,
        /// [`Fate::Closed`] or [`Fate::Refused`].
        fate: Fate,
        /// Why.
        reason: FateReason,
    },
    /// Hang up the caller's leg. The contact is gone already.
    Release {
        /// Whose.
        contact: ContactId,
    },
    /// Say whether both legs of this talk are alive, by [`Event::TalkAlive`]; silence means no.
    AskAlive {
        /// Whose talk.
        contact: ContactId,
    },
    /// The event made no sense; nothing changed. Whoever sent it is told.
    Refuse(Refusal),
    /// Something to be shown or counted.
    Note(Note),
}

/// What has happened, for wallboards, desks and records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// An agent does something else now.
    AgentChanged {
        /// Who.
        agent: AgentId,
        /// What.
        state: agent::State,
    },
    /// An agent wants something else after the present call.
    AgentPlans {
        /// Who.
        agent: AgentId,
        /// What.
        after_call: AfterCall,
    },
    /// An offer came back; the caller waits on at the old place.
    Returned {
        /// Who waits on.
        contact: ContactId,
        /// Who did not take the offer.
        agent: AgentId,
        /// Why.
        why: ReturnReason,
    },
    /// More people are asked for a waiting contact.
    Widened {
        /// Whom.
        contact: ContactId,
        /// The stage, from 0.
        stage: u8,
    },
    /// A waiting contact is to go to the partner as soon as that can take it.
    Overflows {
        /// Whom.
        contact: ContactId,
        /// Why.
        cause: OverflowCause,
    },
    /// The partner did not take a call; the caller waits on at the old place.
    PartnerReturned {
        /// Who waits on.
        contact: ContactId,
        /// Which partner.
        partner: PartnerId,
        /// Why.
        why: PartnerEnd,
    },
    /// The client's switchboard did not take a call; the centre does.
    SwitchboardReturned {
        /// Whose.
        contact: ContactId,
        /// Which.
        switchboard: SwitchboardId,
        /// Why.
        why: SwitchboardEnd,
    },
    /// A caller was not reached and will be tried again.
    CallbackReturned {
        /// Whom.
        contact: ContactId,
        /// When.
        again_at: Tick,
        /// How the caller was not reached; none if that was not the caller's doing.
        why: Option<NotReached>,
    },
    /// An agent handed a contact on.
    Transferred {
        /// Whom.
        contact: ContactId,
        /// Where to.
        to: TransferTo,
        /// Whether somebody there had been asked before and took over at once.
        attended: bool,
    },
    /// The office did not take a call; the caller waits at the old place.
    OfficeReturned {
        /// Who.
        contact: ContactId,
        /// Why.
        why: OfficeEnd,
    },
    /// A supervisor pulled a contact forward.
    PulledForward {
        /// Whom.
        contact: ContactId,
        /// Why.
        reason: SteeringReason,
        /// The exact position now, from 1.
        position: usize,
    },
    /// A supervisor moved a contact to another line's agents.
    Moved {
        /// Whom.
        contact: ContactId,
        /// Where to.
        line: LineId,
        /// Why.
        reason: SteeringReason,
        /// The exact position there, from 1.
        position: usize,
    },
    /// What a supervisor did to a contact was taken back.
    SteeringUndone {
        /// Whose.
        contact: ContactId,
        /// The exact position now, from 1.
        position: usize,
    },
    /// A supervisor changed an agent's skill until the agent signs off.
    SkillSet {
        /// Whose.
        agent: AgentId,
        /// Which.
        skill: SkillId,
        /// To which level; 0 for none.
        level: u8,
    },
    /// A line was closed by an act.
    LineClosed {
        /// Which.
        line: LineId,
        /// When it opens by itself.
        until: Tick,
    },
    /// A line is open again as its hours say.
    LineOpened {
        /// Which.
        line: LineId,
    },
    /// A crisis plan began.
    PlanStarted {
        /// Which.
        plan: PlanId,
        /// When it ends by itself.
        until: Tick,
    },
    /// A crisis plan ended.
    PlanEnded {
        /// Which.
        plan: PlanId,
    },
    /// A contact is gone; its one record.
    Ended(ContactRecord),
}
