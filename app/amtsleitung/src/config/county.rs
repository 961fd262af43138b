// SPDX-License-Identifier: EUPL-1.2
//! A checked configuration: every reference is an index that exists, every value within its range.

use super::number::Numbers;
use super::ways::{InForce, Partner, Plan, Switchboard, Ways};
use ::mail::Protection;
use hours::{ExpandError, Expansion, LocalDateTime, LocalDates, Rules, State, Zone, expand};
use privacy::Retention;
use promise::FeedbackDefinition;
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use stdx::limits::AGENTS_MAX;
use stdx::{AgentId, LineId, Micros, QueueId, SkillId, TeamId};
use web::accounts::Role;
use web::cases::Feedback;

/// A whole configuration. Ids of `core` are the positions in these lists.
#[derive(Clone, Debug)]
pub struct County {
    /// The centre's own rules.
    pub centre: Centre,
    /// Opening hours; lines refer to them.
    pub hours: Vec<Hours>,
    /// One-off closures.
    pub closures: Vec<Closure>,
    /// Who takes part.
    pub clients: Vec<Client>,
    /// Where callers live.
    pub places: Vec<Place>,
    /// Where agents sit.
    pub sites: Vec<Site>,
    /// What agents can do.
    pub skills: Vec<Skill>,
    /// Groups of agents, the smallest unit that anybody is shown.
    pub teams: Vec<Team>,
    /// Who answers.
    pub agents: Vec<Agent>,
    /// Where callers wait.
    pub queues: Vec<Queue>,
    /// The numbers that callers dial.
    pub lines: Vec<Line>,
    /// What is promised.
    pub targets: Vec<Target>,
    /// How callers and agents behave when the county is rehearsed.
    pub rehearsal: Rehearsal,
    /// Where the centre is reached by telephone; a county without it can be rehearsed, not served.
    pub telephony: Option<Telephony>,
    /// Where the pages are; without them people work with telephones alone.
    pub web: Option<Web>,
    /// The exchanges that hand calls to the centre.
    pub trunks: Vec<Trunk>,
    /// The telephones of the agents.
    pub phones: Vec<Phone>,
    /// Made-up agents for load tests.
    pub bench: Option<Bench>,
    /// Partner centres that help.
    pub partners: Vec<Partner>,
    /// The clients' own switchboards.
    pub switchboards: Vec<Switchboard>,
    /// Prepared crisis plans.
    pub plans: Vec<Plan>,
    /// How long what is known of persons can be read.
    pub retention: Retention,
    /// By when somebody comes back to citizens; none if no cases are kept.
    pub cases: Option<CaseRules>,
    /// How mail reaches offices; none if none is sent.
    pub mail: Option<Mail>,
}

/// How mail reaches offices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The server's name.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way there is protected.
    pub protection: Protection,
    /// The file with who signs its certificate; none for those whom the machine trusts.
    pub authority: Option<PathBuf>,
    /// As whom the centre signs in; none if the server asks for nobody.
    pub user: Option<String>,
    /// From whom letters are.
    pub from: String,
    /// The addresses of units, before those of the catalogue.
    pub offices: BTreeMap<String, String>,
}

/// How protections are called in the file, in the order of [`PROTECTIONS`].
pub const PROTECTION_WORDS: [&str; 3] = ["starttls", "tls", "off"];

/// The protections of mail.
pub const PROTECTIONS: [Protection; 3] =
    [Protection::StartTls, Protection::Implicit, Protection::Off];

/// By when somebody comes back to citizens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CaseRules {
    /// By which hours, by position in the file.
    pub hours: usize,
    /// By which definition.
    pub definition: FeedbackDefinition,
}

impl CaseRules {
    /// How the definitions are called in the file, in the order of [`promise::FEEDBACK_DEFINITIONS`].
    pub const CLOCKS: [&'static str; 3] = ["next-service-day", "24-hours", "24-service-hours"];
}

/// The centre's own rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Centre {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whose public holidays hold.
    pub holidays: State,
    /// How much earlier a caller of a higher priority class counts as arrived, per class.
    pub head_start: Micros,
    /// How long somebody who did not answer, or whose telephone could not be reached, is offered
    /// nothing.
    pub no_answer_pause: Micros,
    /// How long somebody who declined is offered nothing.
    pub decline_pause: Micros,
    /// How long the place of a caller who was cut off is kept.
    pub place_kept: Micros,
}

/// Opening hours.
#[derive(Clone, Debug)]
pub struct Hours {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The rules.
    pub rules: Rules,
}

/// A time at which some hours do not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Closure {
    /// The hours, as indexes into [`County::hours`].
    pub hours: Vec<usize>,
    /// The places whose offices are closed, as indexes into [`County::places`].
    pub places: Vec<usize>,
    /// The first closed moment, local time.
    pub from: LocalDateTime,
    /// The first moment after it, local time.
    pub until: LocalDateTime,
    /// Why, in a sentence.
    pub reason: String,
}

impl Closure {
    /// The same in the words of `edge/hours`.
    #[must_use]
    pub fn plain(&self) -> hours::Closure {
        hours::Closure { from: self.from, until: self.until, reason: self.reason.clone() }
    }
}

/// Who takes part and pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it is, as an index into [`County::places`]; none for a county and everybody else who is not one place.
    pub place: Option<usize>,
}

/// The kind of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlaceKind {
    /// A town that belongs to no Samtgemeinde.
    Stadt,
    /// A municipality that belongs to no Samtgemeinde.
    Einheitsgemeinde,
    /// A union of municipalities with one town hall.
    Samtgemeinde,
    /// A municipality of a Samtgemeinde.
    Mitgliedsgemeinde,
    /// A county, or a town that is none.
    Landkreis,
}

impl PlaceKind {
    /// Every kind, in the order of [`PlaceKind::WORDS`].
    pub const ALL: [PlaceKind; 5] = [
        PlaceKind::Stadt,
        PlaceKind::Einheitsgemeinde,
        PlaceKind::Samtgemeinde,
        PlaceKind::Mitgliedsgemeinde,
        PlaceKind::Landkreis,
    ];

    /// The words of the file.
    pub const WORDS: [&str; 5] =
        ["stadt", "einheitsgemeinde", "samtgemeinde", "mitgliedsgemeinde", "landkreis"];

    /// The digits of its regional key, and the sixth of them where the kind decides it.
    #[must_use]
    pub const fn regional_key_form(self) -> (usize, Option<char>) {
        match self {
            PlaceKind::Stadt | PlaceKind::Einheitsgemeinde => (12, Some('0')),
            PlaceKind::Samtgemeinde => (9, Some('5')),
            PlaceKind::Mitgliedsgemeinde => (12, Some('5')),
            PlaceKind::Landkreis => (5, None),
        }
    }
}

/// Where callers live; neither a line nor a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: PlaceKind,
    /// Its regional key (ARS), 5 to 12 digits.
    pub ars: String,
    /// Its postcodes.
    pub postcodes: Vec<String>,
    /// The area codes that its people have.
    pub area_codes: Vec<String>,
    /// The service centre that its people reach under 115, if it is another one.
    pub federation_115: Option<String>,
}

/// How emergency calls leave a site; they never pass through the centre's decisions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmergencyRoute {
    /// They leave at once.
    Through {
        /// The way, for people.
        way: String,
        /// The trunk over which those of the centre's own telephones leave, as an index into
        /// [`County::trunks`]; none if each telephone has to know its way.
        trunk: Option<usize>,
    },
    /// They cannot be dialled here; this sentence says where instead.
    None(String),
}

/// Where agents sit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its way for emergency calls.
    pub emergency_route: EmergencyRoute,
}

/// What an agent can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A group of agents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it sits, as an index into [`County::sites`].
    pub site: usize,
}

/// A skill at a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SkillLevel {
    /// The skill.
    pub skill: SkillId,
    /// The level, 1 to [`SKILL_LEVEL_MAX`](stdx::limits::SKILL_LEVEL_MAX).
    pub level: u8,
}

/// Who answers.
#[derive(Clone, Debug)]
pub struct Agent {
    /// The pseudonym.
    pub id: String,
    /// The team.
    pub team: TeamId,
    /// The skills, sorted.
    pub skills: Vec<SkillLevel>,
    /// When the agent is there.
    pub shift: Rules,
    /// On which days the agent belongs to the centre.
    pub in_force: InForce,
}

impl Agent {
    /// The level of a skill; 0 without it.
    #[must_use]
    pub fn level(&self, skill: SkillId) -> u8 {
        self.skills.iter().find(|has| has.skill == skill).map_or(0, |has| has.level)
    }

    /// Whether the agent has everything that is required.
    #[must_use]
    pub fn has_all(&self, required: &[SkillLevel]) -> bool {
        has_all(&self.skills, required)
    }
}

/// Whether these skills are all that is required.
#[must_use]
pub fn has_all(skills: &[SkillLevel], required: &[SkillLevel]) -> bool {
    let has = |needs: &SkillLevel| {
        skills.iter().any(|has| has.skill == needs.skill && has.level >= needs.level)
    };
    required.iter().all(has)
}

/// Where callers wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How long an offer rings at one agent.
    pub ring: Micros,
    /// How many may wait.
    pub length_max: u16,
    /// How long anybody waits at most.
    pub waiting_max: Micros,
}

/// A text that a caller hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The words.
    pub text: String,
    /// How long it takes.
    pub length: Micros,
}

/// What happens while a line is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Callers hear the greeting, if there is one, and wait for an agent.
    Queue(Box<Service>),
    /// Callers hear this and nothing more.
    Announce(Announcement),
}

/// How callers of a line with a queue are served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The queue.
    pub queue: QueueId,
    /// The priority class, 0 is the ordinary one.
    pub priority: u8,
    /// What an agent must be able to do, sorted.
    pub required: Vec<SkillLevel>,
    /// What an agent should be able to do, most wanted first.
    pub preferred: Vec<SkillId>,
    /// How long an agent has after a talk.
    pub wrap_up: Micros,
    /// Callers who give up faster than this are not counted as abandoned.
    pub short_abandon: Micros,
    /// When the caller's call is answered.
    pub answering: Answering,
    /// Heard before waiting; never with [`Answering::WithAgent`].
    pub greeting: Option<Announcement>,
    /// Heard when the queue is full or the longest waiting time is over.
    pub busy: Announcement,
    /// Heard when a call-back is promised; there for lines that offer one.
    pub callback: Option<Announcement>,
    /// Heard by whom a call-back reaches before an agent is there; there for lines that call the caller first.
    pub callback_greeting: Option<Announcement>,
    /// Heard between the music when a call-back is offered.
    pub callback_offer: Option<Announcement>,
    /// Heard instead of the greeting while their hours are open; the first whose are.
    pub greetings: Vec<GreetingAt>,
    /// Heard by who waits while the client's own town hall is closed.
    pub town_hall_closed: Option<Announcement>,
    /// The ways beside the queue.
    pub ways: Ways,
}

/// Greetings of one line beside the ordinary one: mornings, evenings, feast days, and some more.
pub const GREETINGS_MAX: usize = 8;

/// A greeting for some hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GreetingAt {
    /// Which, by their position in the file.
    pub hours: usize,
    /// What is said.
    pub greeting: Announcement,
}

/// When a caller's call is answered in the sense of the telephone network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answering {
    /// When it arrives: the caller hears the greeting and music while waiting.
    AtOnce,
    /// When an agent answers: until then the caller hears the ringing tone.
    WithAgent,
}

impl Answering {
    /// Every way, in the order of [`Answering::WORDS`].
    pub const ALL: [Answering; 2] = [Answering::AtOnce, Answering::WithAgent];

    /// The words of the file.
    pub const WORDS: [&str; 2] = ["at-once", "with-agent"];
}

/// A line: numbers with their own greeting, hours and rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What an agent who answers says first, if the file has words of its own for it.
    pub welcome: Option<String>,
    /// Who pays, as an index into [`County::clients`].
    pub client: usize,
    /// Its numbers and blocks.
    pub numbers: Vec<Numbers>,
    /// Its hours, as an index into [`County::hours`].
    pub hours: usize,
    /// What happens while it is open.
    pub treatment: Treatment,
    /// Heard while it is closed.
    pub closed: Announcement,
    /// What a rehearsal assumes; `None` leaves the line out.
    pub rehearsal: Option<LineRehearsal>,
    /// On which days the line is in service.
    pub in_force: InForce,
}

impl Line {
    /// How its callers are served, if it has a queue.
    #[must_use]
    pub fn service(&self) -> Option<&Service> {
        match &self.treatment {
            Treatment::Queue(service) => Some(service),
            Treatment::Announce(_) => None,
        }
    }
}

/// What a rehearsal assumes about a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineRehearsal {
    /// Calls that reach the centre in a year in which the line is in service throughout.
    pub calls_per_year: u32,
    /// Calls on its number in such a year: more, if the client's own switchboard goes first.
    pub dialled_per_year: u32,
    /// The trunk over which they come, as an index into [`County::trunks`].
    pub trunk: Option<usize>,
    /// Share that the client's own switchboard sends on by itself.
    pub forwarded: f64,
    /// The mean length of a talk.
    pub talk: Micros,
}

/// The formula by which a promise is counted; its text is in `core/promise`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Definition {
    /// The published promise of 115.
    Published115,
    /// The centre's own, callers who give up count.
    CentreAbandonsCount,
    /// The centre's own, callers who give up are left out.
    CentreAbandonsIgnored,
    /// Accepted by us or the partner, of all who called while open.
    Reachability,
    /// Settled at first contact.
    FirstContact,
    /// Feedback within the time of service.
    Feedback,
}

impl Definition {
    /// Every definition, in the order of [`Definition::WORDS`].
    pub const ALL: [Definition; 6] = [
        Definition::Published115,
        Definition::CentreAbandonsCount,
        Definition::CentreAbandonsIgnored,
        Definition::Reachability,
        Definition::FirstContact,
        Definition::Feedback,
    ];

    /// The words of the file.
    pub const WORDS: [&str; 6] = [
        "115-published",
        "centre-abandons-count",
        "centre-abandons-ignored",
        "reachability",
        "first-contact",
        "feedback",
    ];

    /// Whether a time belongs to it.
    #[must_use]
    pub const fn has_time(self) -> bool {
        match self {
            Definition::Published115
            | Definition::CentreAbandonsCount
            | Definition::CentreAbandonsIgnored
            | Definition::Feedback => true,
            Definition::Reachability | Definition::FirstContact => false,
        }
    }

    /// The word of the file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Definition::Published115 => "115-published",
            Definition::CentreAbandonsCount => "centre-abandons-count",
            Definition::CentreAbandonsIgnored => "centre-abandons-ignored",
            Definition::Reachability => "reachability",
            Definition::FirstContact => "first-contact",
            Definition::Feedback => "feedback",
        }
    }
}

/// What is promised.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The formula.
    pub definition: Definition,
    /// For which lines.
    pub lines: Vec<LineId>,
    /// Within which time a call counts as accepted in time, or feedback as given in time; without meaning
    /// for definitions that have no time.
    pub within: Micros,
    /// The share that is promised, 0 to 1.
    pub share: f64,
}

/// How callers and agents behave when the county is rehearsed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rehearsal {
    /// Sigma of the log-normal length of a talk.
    pub talk_spread: f64,
    /// Mean patience of a waiting caller.
    pub patience: Micros,
    /// Share of those turned away or giving up who try again.
    pub redial: f64,
    /// Mean time until an agent picks up.
    pub pick_up: Micros,
    /// Share of offers that nobody answers.
    pub no_answer: f64,
    /// Share of offers that are declined.
    pub decline: f64,
    /// Share of those told how long it takes who ask for a call-back.
    pub call_back: f64,
    /// Share of call-backs that find the caller.
    pub reached: f64,
    /// Share of those waiting in a crisis who ask for the information.
    pub asks_information: f64,
    /// Share of accepted calls that are settled at first contact: an assumption, which a rehearsal
    /// cannot find out.
    pub first_contact: Option<f64>,
}

/// What carries SIP messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Carrier {
    /// Datagrams.
    Udp,
    /// Connections.
    Tcp,
    /// Connections that nobody on the way can read.
    Tls,
}

/// Where SIP is spoken, written `udp:192.0.2.1:5060`, `tcp:[2001:db8::1]:5060` or `tls:192.0.2.1:5061`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SipAddress {
    /// What carries the messages.
    pub carrier: Carrier,
    /// Address and port; never port 0, never an IPv4 address written as an IPv6 one.
    pub address: SocketAddr,
}

/// Where a peer of a trunk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// At an address.
    At(SipAddress),
    /// Where name servers say: `tls:tel.example.net`, or with a port that they are not asked for.
    Named {
        /// What carries the messages.
        carrier: Carrier,
        /// The name, in lower case.
        domain: String,
        /// The port, if it is written.
        port: Option<u16>,
    },
}

impl Peer {
    /// What carries the messages.
    #[must_use]
    pub const fn carrier(&self) -> Carrier {
        match self {
            Peer::At(at) => at.carrier,
            Peer::Named { carrier, .. } => *carrier,
        }
    }

    /// Its address, if it is one.
    #[must_use]
    pub const fn address(&self) -> Option<SipAddress> {
        match self {
            Peer::At(at) => Some(*at),
            Peer::Named { .. } => None,
        }
    }
}

/// By which digests telephones may prove their passwords (RFC 7616, RFC 8760).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PasswordDigest {
    /// MD5 alone: many telephones stumble over a challenge that they do not know.
    Md5,
    /// SHA-256 alone.
    Sha256,
    /// Both, SHA-256 first.
    Both,
}

impl PasswordDigest {
    /// Every choice, in the order of [`PasswordDigest::WORDS`].
    pub const ALL: [PasswordDigest; 3] =
        [PasswordDigest::Md5, PasswordDigest::Sha256, PasswordDigest::Both];

    /// The words of the file.
    pub const WORDS: [&str; 3] = ["md5", "sha-256", "both"];
}

/// Where the centre is reached by telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telephony {
    /// The host part of addresses-of-record and the realm of passwords; an IPv6 address stands in
    /// brackets.
    pub domain: String,
    /// Where it listens, 1 to [`LISTEN_MAX`], none twice.
    pub listen: Vec<SipAddress>,
    /// Who it is to those who connect by TLS; always there if it listens by TLS.
    pub certificate: Option<CertificateFiles>,
    /// The ports for sound: at least four, the first one even.
    pub media_ports: RangeInclusive<u16>,
    /// The addresses that are named as the place for sound, at most one of each family; there is one
    /// for every family that is listened to on all addresses.
    pub media_addresses: Vec<IpAddr>,
    /// By which digests telephones may prove their passwords.
    pub digest: PasswordDigest,
    /// Which name servers are asked; those of the machine, without one.
    pub name_servers: Vec<SocketAddr>,
}

/// Where the pages are, and where browsers send their sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Web {
    /// Where the pages are listened for.
    pub listen: SocketAddr,
    /// Where browsers reach them, as they show it; none if only this machine does.
    pub address: Option<String>,
    /// Who the pages are; none if a proxy before them says so, or nobody but this machine comes.
    pub certificate: Option<CertificateFiles>,
    /// Where the browsers' sound is listened for, by UDP.
    pub sound: SocketAddr,
    /// By which addresses browsers reach it, if not by that one.
    pub sound_addresses: Vec<IpAddr>,
    /// Somebody who vouches for people, beside the accounts of the centre.
    pub openid: Option<OpenId>,
}

/// Somebody who vouches for people by OpenID Connect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenId {
    /// How people call it.
    pub name: String,
    /// Its address, as it writes it itself.
    pub issuer: String,
    /// Who the centre is there.
    pub client_id: String,
    /// The file with what proves it; none for a client without a secret.
    pub client_secret: Option<String>,
    /// The file with the authority that signed its certificate; none for those of the machine.
    pub authority: Option<String>,
    /// What is asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim with a person's groups.
    pub groups_claim: String,
    /// The claim with the id of the agent whose desk is theirs.
    pub agent_claim: Option<String>,
    /// What groups give; at least one.
    pub groups: Vec<OpenIdGroup>,
    /// Whether only administrators sign in with an account of the centre.
    pub only_administrators: bool,
}

/// What a group of whoever vouches gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenIdGroup {
    /// As it is written there.
    pub group: String,
    /// What its people may do; at least one.
    pub roles: Vec<Role>,
    /// The ids of the clients that they may look at; none if it says nothing of that.
    pub clients: Option<Vec<String>>,
}

/// Whether sound is encrypted (SRTP) under keys that SIP carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SrtpUse {
    /// Never.
    Off,
    /// Over TLS, if the other side can.
    #[default]
    Offered,
    /// Always.
    Required,
}

impl SrtpUse {
    /// Every choice, in the order of [`SrtpUse::WORDS`].
    pub const ALL: [SrtpUse; 3] = [SrtpUse::Off, SrtpUse::Offered, SrtpUse::Required];

    /// The words of the file.
    pub const WORDS: [&str; 3] = ["off", "offered", "required"];
}

/// The files of a certificate, as the county's file names them: below the data folder, unless they begin at the
/// root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The certificate and those between it and its authority.
    pub certificate: String,
    /// Its private key.
    pub key: String,
}

/// What a trunk's peers have to prove before anything is said to them by TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The name in their certificate.
    pub name: String,
    /// The file of the authority that has to have signed it; those that the machine trusts, without one.
    pub authority: Option<String>,
}

/// An exchange that hands calls to the centre, known by its addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trunk {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands, as an index into [`County::sites`].
    pub site: usize,
    /// Who sends from one of these is this trunk; each belongs to one trunk only.
    pub peers: Vec<Peer>,
    /// What they have to prove by TLS; always there if one of them is reached by TLS.
    pub proof: Option<Proof>,
    /// How many calls it carries at once, 1 to [`CHANNELS_MAX`].
    pub channels: u16,
    /// The country code of its numbers: 1 to 3 digits, not beginning with 0.
    pub country_code: String,
    /// Its area code without the leading 0; a number without prefix is local to it.
    pub area_code: Option<String>,
    /// What extensions that come alone are completed with, as `+494066969`.
    pub stem: Option<String>,
    /// How often it is asked whether it is well; `None` if never.
    pub probe: Option<Micros>,
    /// How numbers begin that telephones of the centre may call over it: `+4941716930`, or `12` behind it.
    pub outbound: Vec<String>,
    /// How many such calls may leave in a day.
    pub outbound_daily: u32,
    /// How numbers begin that lie behind it.
    pub extensions: Vec<String>,
    /// The file that says who has which extension behind it.
    pub directory: Option<String>,
    /// Which number of the centre's they show.
    pub caller_id: Option<Numbers>,
    /// Whether its sound is encrypted; required only where nobody on the way reads the keys.
    pub srtp: SrtpUse,
    /// As whom the centre registers there; `None` if it is known by its address.
    pub account: Option<Account>,
    /// In which field it wants to read which number answers for a call.
    pub identity: Identity,
    /// Whose number calls show that are handed on.
    pub shows: Shows,
    /// Numbers that the carrier knows as the centre's; none for all of its lines.
    pub numbers: Vec<Numbers>,
}

/// As whom the centre registers over a trunk. The password stands in a file of the data folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The registrar's domain.
    pub registrar: String,
    /// The user part of the address-of-record.
    pub user: String,
    /// The name that belongs to the password.
    pub login: String,
    /// For how long a registration is asked.
    pub registered_for: Micros,
    /// Whether all numbers are registered at once (RFC 6140).
    pub bulk: bool,
}

/// In which field a trunk wants to read which number answers for a call (RFC 3325).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Identity {
    /// P-Asserted-Identity.
    #[default]
    Asserted,
    /// P-Preferred-Identity.
    Preferred,
}

impl Identity {
    /// Each way, in the order of [`Identity::WORDS`].
    pub const ALL: [Identity; 2] = [Identity::Asserted, Identity::Preferred];
    /// What the file calls them.
    pub const WORDS: [&'static str; 2] = ["asserted", "preferred"];
}

/// Whose number calls show that are handed on over a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shows {
    /// The caller's.
    #[default]
    Caller,
    /// One of the centre's own.
    Own,
}

impl Shows {
    /// Each way, in the order of [`Shows::WORDS`].
    pub const ALL: [Shows; 2] = [Shows::Caller, Shows::Own];
    /// What the file calls them.
    pub const WORDS: [&'static str; 2] = ["caller", "own"];
}

/// A telephone: one that registers, or one at a fixed address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// The user part of its address-of-record, and the user name of its password.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it stands, as an index into [`County::sites`].
    pub site: usize,
    /// Whose it is.
    pub agent: Option<AgentId>,
    /// Its fixed address; without one it registers.
    pub at: Option<SipAddress>,
    /// Whether its sound is encrypted; required only where nobody on the way reads the keys.
    pub srtp: SrtpUse,
    /// Whether it is in the browser of its agent, who is always there then.
    pub browser: bool,
}

/// Made-up agents who are always ready, for load tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bench {
    /// Their ids are this and a number from 1 on.
    pub prefix: String,
    /// How many they are, 1 to [`BENCH_MAX`].
    pub count: u16,
    /// Their team.
    pub team: TeamId,
    /// Their skills, sorted.
    pub skills: Vec<SkillLevel>,
    /// The first address of their telephones; [`SPREAD_MAX`] ports from there on belong to the bench.
    pub phones_at: SipAddress,
}

impl Bench {
    /// Whether its agents have everything that is required.
    #[must_use]
    pub fn has_all(&self, required: &[SkillLevel]) -> bool {
        has_all(&self.skills, required)
    }
}

/// Addresses to listen on: three carriers, two families, twice.
pub const LISTEN_MAX: usize = 12;

/// Name servers: as many as the resolver of the C library asks.
pub const NAME_SERVERS_MAX: usize = 3;

/// Addresses of one trunk: four gateways with two carriers each.
pub const PEERS_MAX: usize = 8;

/// Trunks: 12 administrations with 2 exchanges each, doubled, and some to spare.
pub const TRUNKS_MAX: usize = 64;

/// Telephones: two for each of the 4,096 agents.
pub const PHONES_MAX: usize = 2 * AGENTS_MAX;

/// Calls at once over one trunk: a county has about 60 channels; 2,000 agents and as many callers who
/// wait are the most that is planned for, on one trunk.
pub const CHANNELS_MAX: u16 = 4_000;

/// Made-up agents: twice the 2,000 that are planned for, so that a load test reaches beyond.
pub const BENCH_MAX: u16 = 4_000;

/// Ports in a row behind which the bench's telephones may be spread: ten load tools with 400 each.
pub const SPREAD_MAX: u16 = 10;

impl County {
    /// The opening hours with their closures, expanded for some days; `None` without such hours.
    ///
    /// # Errors
    /// If they open too often for a timetable.
    pub fn opening(
        &self,
        hours: usize,
        dates: LocalDates,
    ) -> Result<Option<Expansion>, ExpandError> {
        let Some(rules) = self.hours.get(hours).map(|hours| &hours.rules) else { return Ok(None) };
        let own = self.closures.iter().filter(|closure| closure.hours.contains(&hours));
        let closures: Vec<hours::Closure> = own.map(Closure::plain).collect();
        expand(rules, self.centre.holidays, &closures, dates, &self.zone()).map(Some)
    }

    /// By when somebody comes back, with the calendar of these days; none if no cases are kept, or the hours open too
    /// often for a timetable, which a check has found.
    #[must_use]
    pub fn feedback(&self, dates: LocalDates) -> Option<Feedback> {
        let CaseRules { hours, definition } = self.cases?;
        let open = self.opening(hours, dates).ok()??.timetable;
        Some(Feedback { definition, open, wall: self.zone().wall_clock(&dates) })
    }

    /// An agent's shifts, expanded for some days.
    ///
    /// # Errors
    /// If there are too many for a timetable.
    pub fn shifts(&self, agent: &Agent, dates: LocalDates) -> Result<Expansion, ExpandError> {
        expand(&agent.shift, self.centre.holidays, &[], dates, &self.zone())
    }

    /// The time zone in which all local times of the file are meant.
    #[must_use]
    pub fn zone(&self) -> Zone {
        Zone::berlin()
    }

    /// What is promised by a definition for all of these lines, with the target's own time and
    /// share; none if there is no such promise.
    #[must_use]
    pub fn target(&self, definition: &str, lines: &[LineId]) -> Option<promise::Definition> {
        let of_all = |target: &&Target| {
            target.definition.word() == definition
                && lines.iter().all(|id| target.lines.contains(id))
        };
        let target = self.targets.iter().find(of_all)?;
        let plain = promise::definition(definition)?;
        let target_permille = (target.share * 1000.0).round() as u16;
        Some(promise::Definition { within: target.within, target_permille, ..plain })
    }

    /// The share that is promised by a definition, and its time, for all of these lines.
    #[must_use]
    pub fn promised(&self, definition: Definition, lines: &[LineId]) -> Option<&Target> {
        let of_all = |target: &&Target| {
            target.definition == definition && lines.iter().all(|id| target.lines.contains(id))
        };
        self.targets.iter().find(of_all)
    }

    /// Which position each id has, of everything that core knows by a number.
    #[must_use]
    pub fn order(&self) -> super::Order {
        fn ids<T>(list: &[T], id: impl Fn(&T) -> &String) -> Vec<String> {
            list.iter().map(|it| id(it).clone()).collect()
        }
        let lists = [
            ("line", ids(&self.lines, |it| &it.id)),
            ("queue", ids(&self.queues, |it| &it.id)),
            ("agent", ids(&self.agents, |it| &it.id)),
            ("team", ids(&self.teams, |it| &it.id)),
            ("skill", ids(&self.skills, |it| &it.id)),
            ("partner", ids(&self.partners, |it| &it.id)),
            ("switchboard", ids(&self.switchboards, |it| &it.id)),
            ("trunk", ids(&self.trunks, |it| &it.id)),
            ("phone", ids(&self.phones, |it| &it.id)),
            ("plan", ids(&self.plans, |it| &it.id)),
        ];
        lists.into_iter().map(|(key, ids)| (key.to_owned(), ids)).collect()
    }

    /// The line with this id.
    #[must_use]
    pub fn line(&self, id: &str) -> Option<LineId> {
        index(self.lines.iter().position(|line| line.id == id)).map(LineId)
    }

    /// The agents who can serve a line: none if it has no queue.
    pub fn agents_for(&self, line: LineId) -> impl Iterator<Item = (AgentId, &Agent)> {
        let service = self.lines.get(line.index()).and_then(Line::service);
        let able = move |agent: &Agent| service.is_some_and(|s| agent.has_all(&s.required));
        (0..).map(AgentId).zip(&self.agents).filter(move |(_, agent)| able(agent))
    }
}

fn index(position: Option<usize>) -> Option<u16> {
    position.and_then(|position| u16::try_from(position).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definitions_are_those_of_the_promise() {
        let known: Vec<&str> = promise::DEFINITIONS.iter().map(|known| known.id).collect();
        assert_eq!(known, Definition::WORDS[..known.len()]);
        for comparison in promise::COMPARISONS {
            assert!(!Definition::WORDS.contains(&comparison.id), "{} is promised", comparison.id);
        }
        for (definition, word) in Definition::ALL.into_iter().zip(Definition::WORDS) {
            assert_eq!(definition.word(), word);
        }
    }
}
