// SPDX-License-Identifier: EUPL-1.2
//! What pages and server say to each other. The page is a function of what stands here.

use crate::knowledge::words::ProposedPlaces;
use promise::Resolution;
use serde::{Deserialize, Serialize};
use stdx::Timestamp;
use utoipa::ToSchema;

/// A moment as JSON has it: RFC 3339, UTC, with milliseconds.
pub type Moment = String;

/// A moment in those words.
#[must_use]
pub fn moment(at: Timestamp) -> Moment {
    hours::rfc3339(at)
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Both {
    /// German.
    pub de: String,
    /// English.
    pub en: String,
}

/// Something with an id and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Its id in the county's file.
    pub id: String,
    /// Its name.
    pub name: String,
}

// ---- signing in ----

/// What somebody signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// The account's name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Session {
    /// The account's name.
    pub name: String,
    /// How colleagues call them.
    pub shown_name: String,
    /// What they may do.
    pub roles: Vec<String>,
    /// The clients that they may look at; null for all.
    pub clients: Option<Vec<String>>,
    /// Whose desk they work at.
    pub agent: Option<String>,
    /// Whether they came by single sign-on.
    pub oidc: bool,
}

/// How one signs in here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignIn {
    /// Single sign-on, if it is offered.
    pub oidc: Option<SingleSignOn>,
    /// The account of a practice.
    pub demo: Option<DemoAccount>,
    /// The centre.
    pub centre: Named,
    /// The program's version.
    pub version: String,
}

/// Single sign-on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SingleSignOn {
    /// Who vouches, for the button.
    pub name: String,
    /// Where it leads.
    pub start: String,
    /// Whether only administrators sign in with an account of this centre.
    pub only_administrators: bool,
}

/// Somebody has signed out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SignedOut {
    /// Where the browser goes to sign out at whoever vouched as well; null if there is nothing to do.
    pub leads_to: Option<String>,
}

/// The account of a practice, which is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DemoAccount {
    /// Its name.
    pub name: String,
    /// Its password.
    pub password: String,
}

// ---- the desk ----

/// What the server says to a desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToDesk {
    /// The whole state.
    Desk {
        /// It.
        desk: Box<Desk>,
    },
    /// A request was carried out.
    Done {
        /// Which.
        of: u64,
    },
    /// A request was refused.
    Refused {
        /// Which.
        of: u64,
        /// Why.
        problem: Why,
    },
    /// The answer to an offer.
    Sdp {
        /// It (RFC 8866).
        sdp: String,
    },
    /// This desk is open in another window.
    Elsewhere {
        /// Since when.
        since: Moment,
    },
    /// Another window took the desk.
    TakenOver,
    /// The session is over.
    Bye,
}

/// Why a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Why {
    /// In a few words.
    pub title: String,
    /// What to do about it.
    pub detail: String,
}

/// A request of a desk.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct FromDesk {
    /// Its number; what the answer names.
    #[serde(default)]
    pub of: u64,
    /// What is wanted.
    #[serde(flatten)]
    pub wants: Wants,
}

/// What a desk can want.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum Wants {
    SignOn { device: Device },
    SignOff,
    Ready,
    NotReady { pause: PauseWord },
    Answer { contact: u64 },
    Decline { contact: u64 },
    ExtendWrapUp,
    EndWrapUp,
    HangUp { call: u64 },
    Hold { call: u64 },
    Resume { call: u64 },
    Keys { call: u64, keys: String },
    Dial { number: String },
    Transfer { to: Target },
    Complete,
    Confer,
    TakeOut,
    WrapUp { wrap_up: WrapUp },
    AfterAbuse,
    Offer { sdp: String },
    Quality(Quality),
    TakeOver,
    Ping,
}

/// With what somebody works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// The browser's own telephone.
    Browser,
    /// The telephone beside it.
    DeskPhone,
}

/// What one may do instead of taking calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PauseWord {
    /// A break.
    Break,
    /// Other work at the desk.
    DeskWork,
}

/// Whom a caller is handed on to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum Target {
    Agent { id: String },
    Line { id: String },
    Partner { id: String },
    Number { id: String },
}

/// How the sound of a call is, as the browser measures it.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
pub struct Quality {
    /// The share of packets that were lost, 0 to 1.
    pub loss: f64,
    /// How unevenly they come, in milliseconds.
    pub jitter_ms: f64,
    /// There and back, in milliseconds.
    #[serde(default)]
    pub rtt_ms: f64,
}

/// The whole state of a desk.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Desk {
    /// This moment.
    pub now: Moment,
    /// The centre.
    pub centre: Named,
    /// Whose desk it is.
    pub person: Person,
    /// What the agent is doing.
    pub agent: AgentView,
    /// What can be chosen instead of taking calls.
    pub pauses: Vec<PauseView>,
    /// With what the agent works.
    pub devices: Devices,
    /// The browser's telephone.
    pub softphone: SoftphoneView,
    /// The calls of the browser's telephone.
    pub calls: Vec<CallView>,
    /// Whom the agent is offered, or talks to.
    pub contact: Option<ContactView>,
    /// Who waits on the agent's lines.
    pub waiting: Vec<WaitingView>,
    /// What is stored of the call that is being finished.
    pub wrap_up: Option<WrapUp>,
    /// What becomes of a caller who is being handed on.
    pub transfer: Option<TransferView>,
}

/// Whose desk it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Person {
    /// The account's name.
    pub name: String,
    /// How colleagues call them.
    pub shown_name: String,
    /// The agent's id.
    pub agent: String,
    /// The team's name.
    pub team: String,
}

/// What an agent is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AgentView {
    /// The state.
    pub state: StateWord,
    /// Since when.
    pub since: Moment,
    /// When it ends by itself.
    pub until: Option<Moment>,
    /// What the agent chose to do instead of taking calls.
    pub pause: Option<PauseWord>,
    /// Why no calls come, if none come.
    pub reason: Option<ReasonWord>,
    /// How often the wrap-up can still be extended.
    pub extensions_left: Option<u8>,
    /// What comes after the present call, if not the next one.
    pub after_call: Option<AfterWord>,
}

/// States of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of acd::agent::State")]
pub enum StateWord {
    SignedOff,
    NotReady,
    Ready,
    Offered,
    Talking,
    WrapUp,
}

/// Why an agent who is signed on takes no calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of acd::agent::NotReadyReason")]
pub enum ReasonWord {
    SignedOn,
    Break,
    DeskWork,
    NoAnswer,
    Declined,
    Unreachable,
}

/// What comes after the present call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterWord {
    /// A pause.
    NotReady,
    /// The end of the shift.
    SignOff,
}

/// A pause and what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PauseView {
    /// Its id.
    pub id: PauseWord,
    /// Its name.
    pub name: Both,
}

/// With what an agent works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Devices {
    /// What was chosen; null before the agent signs on here.
    pub chosen: Option<Device>,
    /// Whether the agent has a telephone in the browser.
    pub browser: bool,
    /// Whether a telephone stands on the desk and can be reached.
    pub desk_phone: bool,
}

/// The browser's telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize)]
pub struct SoftphoneView {
    /// Whether sound can pass between browser and server.
    pub connected: bool,
    /// Whether calls can reach it.
    pub registered: bool,
    /// What the page is to send now.
    pub codec: Option<CodecWord>,
    /// How it sounds.
    pub quality: Option<QualityWord>,
}

/// Codecs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum CodecWord {
    /// Wideband, 7 kHz.
    G722,
    /// As telephones speak in Europe.
    #[serde(rename = "PCMA")]
    Pcma,
    /// As they speak in America.
    #[serde(rename = "PCMU")]
    Pcmu,
    /// For poor lines.
    #[serde(rename = "opus")]
    Opus,
}

/// How it sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum QualityWord {
    /// Nothing is to be heard of it.
    Good,
    /// Some words may be lost.
    Fair,
    /// Hard to understand.
    Poor,
}

/// A call of the browser's telephone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallView {
    /// Its number.
    pub call: u64,
    /// Whose call it is.
    pub kind: CallKind,
    /// Where it is.
    pub state: CallState,
    /// Who is at the other end.
    pub with: String,
    /// Since when it is in that state.
    pub since: Moment,
}

/// Whose call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// With a caller of the centre.
    Caller,
    /// With somebody who is asked meanwhile.
    Consult,
    /// One of the agent's own.
    Own,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum CallState {
    Ringing,
    Dialling,
    Up,
    Held,
    Conference,
}

/// Whom the agent is offered, or talks to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContactView {
    /// Its number.
    pub id: u64,
    /// The line that was dialled.
    pub line: Named,
    /// For whom the agent answers.
    pub client: Named,
    /// What the agent says first.
    pub greeting: String,
    /// The client's number, for a tone that marks it.
    pub tone: u32,
    /// When the call was set up.
    pub arrived: Moment,
    /// Who calls, if the number is shown.
    pub number: Option<String>,
    /// How it came here.
    pub came_by: CameBy,
    /// Where the caller may live.
    pub places: ProposedPlaces,
}

/// How a contact came to the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CameBy {
    /// Somebody called.
    Direct,
    /// The centre calls back.
    CallBack,
}

/// Who waits on a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaitingView {
    /// Which line.
    pub line: Named,
    /// How many.
    pub count: usize,
    /// Since when the one waits who has waited longest.
    pub longest_since: Option<Moment>,
}

/// What an agent says of a call when it is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WrapUp {
    /// Which call.
    pub contact: u64,
    /// On which line, by its name; the server knows it.
    #[serde(default)]
    pub line: String,
    /// For whom, by its name; the server knows it.
    #[serde(default)]
    pub client: String,
    /// When it ended; null while it lasts.
    #[serde(default)]
    pub ended: Option<Moment>,
    /// What it was about.
    #[serde(default)]
    pub concerns: Vec<String>,
    /// Which place it was about.
    #[serde(default)]
    pub place: Option<String>,
    /// What came of it.
    #[serde(default)]
    pub result: Option<ResultWord>,
    /// Anything else.
    #[serde(default)]
    pub note: String,
}

/// What of a wrap-up may be of persons: it is kept sealed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// What it was about.
    pub concerns: Vec<String>,
    /// Which place it was about.
    pub place: Option<String>,
    /// Anything else.
    pub note: String,
}

impl Written {
    /// What was written in this wrap-up.
    #[must_use]
    pub fn of(it: &WrapUp) -> Written {
        let WrapUp { concerns, place, note, .. } = it.clone();
        Written { concerns, place, note }
    }

    /// As bytes.
    ///
    /// # Panics
    /// Never: it is text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("text can be written")
    }

    /// From its bytes; none if they are none of ours.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Written> {
        serde_json::from_slice(bytes).ok()
    }
}

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each says what it is called")]
pub enum ResultWord {
    Settled,
    Transferred,
    ToBeAnswered,
    Misdial,
    Abusive,
}

impl From<ResultWord> for Resolution {
    fn from(word: ResultWord) -> Resolution {
        match word {
            ResultWord::Settled => Resolution::Settled,
            ResultWord::Transferred => Resolution::Transferred,
            ResultWord::ToBeAnswered => Resolution::ToBeAnswered,
            ResultWord::Misdial => Resolution::Misdial,
            ResultWord::Abusive => Resolution::Abusive,
        }
    }
}

impl From<Resolution> for ResultWord {
    fn from(it: Resolution) -> ResultWord {
        match it {
            Resolution::Settled => ResultWord::Settled,
            Resolution::Transferred => ResultWord::Transferred,
            Resolution::ToBeAnswered => ResultWord::ToBeAnswered,
            Resolution::Misdial => ResultWord::Misdial,
            Resolution::Abusive => ResultWord::Abusive,
        }
    }
}

/// What becomes of a caller who is being handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TransferView {
    /// How far it is.
    pub state: TransferWord,
    /// To whom.
    pub to: String,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferWord {
    /// It rings there.
    Trying,
    /// Nobody took the caller.
    Failed,
}

// ---- the directory ----

/// What a search of the directory found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Found {
    /// The nearest first.
    pub entries: Vec<FoundEntry>,
}

/// Somebody who can be asked, or to whom a caller can be handed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FoundEntry {
    /// agent, line, partner, office or extension.
    pub kind: String,
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Team, or site.
    pub detail: Option<String>,
    /// What is dialled.
    pub number: Option<String>,
    /// ready, busy or away; null if that is not known.
    pub state: Option<String>,
    /// Whether a caller can be handed on there without asking.
    pub transfer: bool,
    /// Whether somebody there can be asked first.
    pub consult: bool,
}

// ---- the wallboard ----

/// What the server says to a wallboard.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToBoard {
    /// How everything stands.
    Board {
        /// It.
        board: Box<Board>,
    },
    /// The session is over.
    Bye,
}

/// How everything stands.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// This moment.
    pub now: Moment,
    /// The centre.
    pub centre: Named,
    /// Whether nothing is decided, and no new call let in, because the log does not keep up.
    pub log_stalled: bool,
    /// By which definition the service level is computed.
    pub definition: DefinitionView,
    /// The lines within reach.
    pub lines: Vec<LineView>,
    /// What agents are doing, by groups.
    pub agents: Vec<GroupView>,
    /// The trunks.
    pub trunks: Vec<TrunkView>,
    /// The partners.
    pub partners: Vec<PartnerView>,
    /// The crisis plans.
    pub plans: Vec<PlanView>,
    /// Who waits; for supervisors.
    pub waiting: Vec<WaiterView>,
    /// Today by half-hours, over the lines within reach.
    pub half_hours: Vec<HalfHourView>,
}

/// Contacts that came in one half-hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HalfHourView {
    /// Its beginning.
    pub at: Moment,
    /// All of them.
    pub offered: u64,
    /// Those whom somebody answered.
    pub answered: u64,
    /// Those for which the service level was kept.
    pub in_time: u64,
    /// Those that count for it.
    pub counted: u64,
}

/// By which definition a percentage is computed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DefinitionView {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: u16,
    /// Its title.
    pub title: Both,
    /// The threshold.
    pub threshold_seconds: u64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LineView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For whom it is answered.
    pub client: Named,
    /// Whether it is open.
    pub open: bool,
    /// When it opens.
    pub opens: Option<Moment>,
    /// When it opens by itself, if it was closed by an act.
    pub closed_until: Option<Moment>,
    /// How many wait.
    pub waiting: usize,
    /// Since when the one waits who has waited longest.
    pub longest_since: Option<Moment>,
    /// What somebody who calls now would be told.
    pub predicted: Option<Predicted>,
    /// Its contacts today.
    pub today: TodayView,
}

/// A waiting time as a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Predicted {
    /// At least, in seconds.
    pub from_s: u64,
    /// At the most.
    pub to_s: u64,
}

/// Contacts of a line today.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct TodayView {
    /// Which came.
    pub offered: u64,
    /// Which were answered.
    pub answered: u64,
    /// Which were answered in time.
    pub in_time: u64,
    /// Which gave up.
    pub abandoned: u64,
    /// Which a partner took.
    pub overflowed: u64,
    /// Which found no room.
    pub refused: u64,
    /// Which count for the service level.
    pub counted: u64,
    /// in_time ÷ counted; null if none counts.
    pub service_level: Option<f64>,
}

/// What the agents of a group are doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct GroupView {
    /// The team, or several.
    pub group: String,
    /// Who is there.
    pub signed_on: u64,
    /// Waiting for a call.
    pub ready: u64,
    /// A telephone rings.
    pub offered: u64,
    /// In a talk.
    pub talking: u64,
    /// Finishing one.
    pub wrap_up: u64,
    /// Not taking calls.
    pub not_ready: u64,
}

/// One trunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TrunkView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it answers; null if nobody knows.
    pub up: Option<bool>,
    /// Whether the centre is registered there; null if it need not be.
    pub registered: Option<bool>,
    /// Calls.
    pub calls: u32,
    /// Calls at the most.
    pub channels: u32,
}

/// One partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartnerView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Calls that are there.
    pub calls: usize,
}

/// One crisis plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlanView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Until when it runs; null if it does not.
    pub running_until: Option<Moment>,
}

/// Somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaiterView {
    /// The contact.
    pub contact: u64,
    /// The line's id.
    pub line: String,
    /// Since when.
    pub since: Moment,
    /// Whether a supervisor changed its place.
    pub moved: bool,
}

/// Contacts behind a figure.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Contacts {
    /// By which definition each was judged.
    pub definition: DefinitionView,
    /// The last first.
    pub contacts: Vec<ContactRow>,
}

/// A contact that ended today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ContactRow {
    /// Its number.
    pub id: u64,
    /// The line's name.
    pub line: String,
    /// The client's name.
    pub client: String,
    /// When its call was set up.
    pub arrived: Moment,
    /// How long it waited, in seconds.
    pub waited: u64,
    /// How long somebody talked to it.
    pub talked: Option<u64>,
    /// How it ended, as reports call it.
    pub fate: String,
    /// in_time, late, not_answered or left_out.
    pub verdict: String,
    /// Why it counts or does not, in a sentence.
    pub reason: String,
    /// The team that answered.
    pub team: Option<String>,
}

/// What an agent said of the calls of a shift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WrapUps {
    /// The last first.
    pub wrap_ups: Vec<WrapUp>,
}

// ---- steering ----

/// A line is closed for so long.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseLine {
    /// For how long.
    pub minutes: u64,
    /// Why; the operator's log knows it.
    pub reason: String,
}

/// A crisis plan is started.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartPlan {
    /// Why; the operator's log knows it.
    pub reason: String,
}

/// Why a caller's place is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the words of centre::SteeringReason")]
pub enum ReasonGiven {
    Distress,
    WaitedLong,
    WrongLine,
    Load,
}

/// A caller is put at the front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// Why.
    pub reason: ReasonGiven,
}

/// A caller is answered by the people of another line.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Of which.
    pub line: String,
    /// Why.
    pub reason: ReasonGiven,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Steered {
    /// The place in the queue, if a caller has one.
    pub position: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_read() {
        let read = |text: &str| serde_json::from_str::<FromDesk>(text);
        let on = read(r#"{"type":"sign_on","of":1,"device":"browser"}"#).expect("a request");
        assert_eq!(on, FromDesk { of: 1, wants: Wants::SignOn { device: Device::Browser } });
        let to = read(r#"{"type":"transfer","of":2,"to":{"kind":"line","id":"115"}}"#);
        let line = Target::Line { id: "115".into() };
        assert_eq!(to.expect("a request").wants, Wants::Transfer { to: line });
        for wrong in
            ["", "{}", "[]", "null", r#"{"type":"x"}"#, r#"{"type":"answer","contact":-1}"#]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn moments_have_milliseconds() {
        assert_eq!(moment(Timestamp(1_393_000_000_123_456)), "2014-02-21T16:26:40.123Z");
    }
}
