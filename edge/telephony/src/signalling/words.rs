// SPDX-License-Identifier: EUPL-1.2
//! What signalling is made of, and what it can say about itself.

use crate::media::Clips;
use crate::prompts::Phrases;
use crate::tls::{Certificates, Fault};
use sip::digest::{Credentials, Offers, Secret};
use sip::location::Wanted;
use sip::number::{Digits, Number, Plan};
use sip::registrant::Trouble;
use sip::registrar::{Binding, Transport};
use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use stdx::{AgentId, ContactId, LineId, Micros, Redacted, TimetableId};

/// Where a telephone is reached, to be kept over a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// What it said.
    pub binding: Binding,
    /// By which address of ours it came.
    pub local: SocketAddr,
}

/// What carries SIP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carrier {
    /// Datagrams.
    Udp,
    /// Connections.
    Tcp,
    /// Connections that nobody on the way can read.
    Tls,
}

impl Carrier {
    pub(super) const fn transport(self) -> Transport {
        match self {
            Carrier::Udp => Transport::Udp,
            Carrier::Tcp => Transport::Tcp,
            Carrier::Tls => Transport::Tls,
        }
    }
}

/// An address and what carries SIP there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listen {
    /// By what.
    pub carrier: Carrier,
    /// Where.
    pub address: SocketAddr,
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let carrier = match self.carrier {
            Carrier::Udp => "udp",
            Carrier::Tcp => "tcp",
            Carrier::Tls => "tls",
        };
        write!(f, "{carrier}:{}", self.address)
    }
}

/// Whether sound is encrypted (SRTP, RFC 3711) under keys that the descriptions carry (RFC 4568).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum SrtpUse {
    /// Never: who asks for it is refused.
    Off,
    /// Over TLS if the other side can; otherwise never, for the keys would go in clear.
    #[default]
    Offered,
    /// Always: who cannot is refused.
    Required,
}

/// Where a peer of a trunk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At this address.
    At(Listen),
    /// Where name servers say (RFC 3263).
    Named {
        /// By what.
        carrier: Carrier,
        /// The name, in lower case.
        domain: String,
        /// The port, if it is said; then no services (SRV) are looked for.
        port: Option<u16>,
    },
}

impl Place {
    pub(super) fn wanted(&self) -> Option<Wanted> {
        match self {
            Place::At(_) => None,
            Place::Named { carrier, domain, port } => Some(Wanted {
                domain: domain.clone().into_bytes(),
                transport: carrier.transport(),
                port: *port,
            }),
        }
    }

    pub(super) fn domain(&self) -> Option<&str> {
        match self {
            Place::At(_) => None,
            Place::Named { domain, .. } => Some(domain),
        }
    }
}

/// A peer that is known by its address.
#[derive(Clone, Debug)]
pub struct Trunk {
    /// Its id, for log and metrics.
    pub id: String,
    /// Who sends from one of these is this trunk; the first is asked after its health.
    pub peers: Vec<Place>,
    /// Calls at once.
    pub channels: u32,
    /// How it writes numbers.
    pub plan: Plan,
    /// How often it is asked after its health; none for never.
    pub probe: Option<Micros>,
    /// How numbers begin that telephones of ours may call over it.
    pub outbound: Vec<Number>,
    /// How many such calls may leave in a day.
    pub outbound_daily: u32,
    /// Which number of ours they show; none to show the telephone.
    pub caller_id: Option<Number>,
    /// How numbers begin that lie behind it: who calls one that is no line's is put through to it.
    pub extensions: Vec<Number>,
    /// Whether its sound is encrypted.
    pub srtp: SrtpUse,
    /// As whom we register there; none if it knows us by our address.
    pub account: Option<TrunkAccount>,
    /// Where it wants to read which number answers for a call.
    pub identity: Identity,
    /// Whose number calls show that are handed on.
    pub shows: Shows,
    /// Numbers that it knows as ours; none for every one of our lines.
    pub numbers: Vec<NumberBlock>,
}

/// As whom we register at the registrar of a trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkAccount {
    /// The registrar's domain.
    pub registrar: String,
    /// The user part of the address-of-record.
    pub user: String,
    /// Name and password; none as long as nobody has put the password into its file.
    pub credentials: Option<Credentials>,
    /// Seconds to ask for.
    pub expires: u32,
    /// Whether all numbers are registered at once (RFC 6140).
    pub bulk: bool,
}

/// In which field a trunk wants to read which number answers for a call (RFC 3325).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Identity {
    /// P-Asserted-Identity: it trusts us.
    #[default]
    Asserted,
    /// P-Preferred-Identity: it looks itself whether the number is ours.
    Preferred,
}

/// Whose number calls show that are handed on over a trunk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shows {
    /// The caller's.
    #[default]
    Caller,
    /// One of ours: the caller's number does not leave.
    Own,
}

impl Trunk {
    /// Whether the carrier knows this number as one of ours.
    #[must_use]
    pub fn knows_as_ours(&self, number: Number) -> bool {
        let is_told = !self.numbers.is_empty();
        let worldwide = matches!(number, Number::E164(_)) || self.account.is_none();
        worldwide && (!is_told || self.numbers.iter().any(|block| block.contains(number)))
    }

    /// Whether telephones of ours may call this number over it.
    #[must_use]
    pub fn lets_out(&self, number: Number) -> bool {
        self.outbound.iter().any(|rule| begins(*rule, number))
    }

    /// Whether this number lies behind it.
    #[must_use]
    pub fn leads_to(&self, number: Number) -> bool {
        self.extensions.iter().any(|rule| begins(*rule, number))
    }
}

/// Whether a number begins so.
fn begins(rule: Number, number: Number) -> bool {
    match (rule, number) {
        (Number::E164(rule), Number::E164(dialled))
        | (Number::Extension(rule), Number::Extension(dialled) | Number::Short(dialled)) => {
            dialled.as_bytes().starts_with(rule.as_bytes())
        }
        (
            Number::E164(_) | Number::Short(_) | Number::Extension(_) | Number::Withheld,
            Number::E164(_) | Number::Short(_) | Number::Extension(_) | Number::Withheld,
        ) => false,
    }
}

/// A telephone of ours.
#[derive(Clone, Debug)]
pub struct Phone {
    /// The user part of its address-of-record, and its user name.
    pub id: String,
    /// Whose it is.
    pub agent: Option<AgentId>,
    /// Where it is, if it does not register.
    pub at: Option<Listen>,
    /// What its password is checked with; none if it may not register.
    pub secret: Option<Secret>,
    /// How 110 and 112 leave from there.
    pub emergency: EmergencyRoute,
    /// Whether its sound is encrypted.
    pub srtp: SrtpUse,
    /// What is dialled there as within the house.
    pub short: Arc<ShortNumbers>,
    /// Whether it is in a browser.
    pub browser: bool,
}

/// Extensions of exchanges, and where they lead.
pub type ShortNumbers = BTreeMap<Digits, Outside>;

/// How emergency calls leave a site.
#[derive(Clone, Debug)]
pub enum EmergencyRoute {
    /// Over this trunk, by its position in the setup.
    Trunk(usize),
    /// Not at all; this is said to who tries.
    Nowhere(Clips),
    /// By a way of the site's own that we do not know: the telephone has to take it.
    Unknown,
}

/// When the caller's call is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answering {
    /// When it arrives; greeting and music are heard.
    AtOnce,
    /// When an agent answers; until then the caller hears the ringing tone.
    WithAgent,
}

/// Neighbouring numbers of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberBlock {
    /// The first; short or worldwide.
    pub first: Number,
    /// The last, of the same kind and length.
    pub last: Number,
}

impl NumberBlock {
    /// Whether this number was meant: one of these, or a worldwide one with extension digits behind.
    #[must_use]
    pub fn contains(&self, number: Number) -> bool {
        match (self.first, self.last, number) {
            (Number::E164(first), Number::E164(last), Number::E164(dialled)) => {
                let length = first.as_bytes().len();
                let head = dialled.as_bytes().get(..length).and_then(Digits::new);
                head.is_some_and(|head| (first.value()..=last.value()).contains(&head.value()))
            }
            (Number::Short(first), Number::Short(last), Number::Short(dialled)) => {
                first.as_bytes().len() == dialled.as_bytes().len()
                    && (first.value()..=last.value()).contains(&dialled.value())
            }
            (
                Number::E164(_) | Number::Short(_) | Number::Extension(_) | Number::Withheld,
                _,
                Number::E164(_) | Number::Short(_) | Number::Extension(_) | Number::Withheld,
            ) => false,
        }
    }
}

/// Somebody outside whom the centre calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outside {
    /// Over which trunk, by its position in the setup.
    pub trunk: usize,
    /// By which number.
    pub number: Number,
}

/// A line as the telephones see it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id, for partners.
    pub id: String,
    /// What an agent's telephone shows: client and line.
    pub shown: String,
    /// Its numbers.
    pub numbers: Vec<NumberBlock>,
    /// When its callers are answered.
    pub answering: Answering,
    /// Heard before waiting, or instead of it.
    pub greeting: Clips,
    /// Heard while it is closed.
    pub closed: Clips,
    /// Heard when there is no room.
    pub busy: Clips,
    /// Heard when a call-back is promised.
    pub callback: Clips,
    /// Heard by whom a call-back reaches before an agent is there.
    pub callback_greeting: Clips,
    /// Heard between the music when one is offered.
    pub offer: Clips,
    /// What else is said between the music, and when.
    pub between: call::between::Rules,
    /// Heard instead of the greeting while these hours are open; the first of them that are.
    pub greetings: Vec<(TimetableId, Clips)>,
    /// Heard by who waits while these hours are closed.
    pub town_hall: Option<(TimetableId, Clips)>,
    /// Whether who hears that it is closed also hears when it opens.
    pub tells_opening: bool,
}

/// What the calendar says at this moment, of one line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Which of the hours that the line asks for are open.
    pub open: Vec<TimetableId>,
    /// When the line opens, as a sentence; empty if that cannot be said.
    pub opening: Vec<call::Phrase>,
}

impl Line {
    /// The hours on which it depends what is said.
    pub fn hours(&self) -> impl Iterator<Item = TimetableId> {
        let town_hall = self.town_hall.iter().map(|(hours, _)| *hours);
        self.greetings.iter().map(|(hours, _)| *hours).chain(town_hall)
    }

    /// The greeting at this moment.
    pub(super) fn greeting_at(&self, moment: &Moment) -> &Clips {
        let fits = |(hours, _): &&(TimetableId, Clips)| moment.open.contains(hours);
        self.greetings.iter().find(fits).map_or(&self.greeting, |(_, clips)| clips)
    }

    /// What is said of the client's own town hall at this moment.
    pub(super) fn town_hall_at(&self, moment: &Moment) -> Option<&Clips> {
        let closed = self.town_hall.as_ref().filter(|(hours, _)| !moment.open.contains(hours));
        closed.map(|(_, clips)| clips)
    }

    /// The text of a line that is closed, and when it opens.
    pub(super) fn closed_at(&self, moment: &Moment, phrases: &Phrases) -> Clips {
        let opening = phrases.joined(&moment.opening).filter(|_| self.tells_opening);
        let parts: Vec<Clips> = [self.closed.clone()].into_iter().chain(opening).collect();
        Clips::joined(&parts).unwrap_or_else(|| self.closed.clone())
    }
}

/// What a crisis plan says.
#[derive(Clone, Debug, Default)]
pub struct PlanSounds {
    /// Before the greeting.
    pub announcement: Clips,
    /// By key.
    pub information: Clips,
}

/// What signalling is made of. Lines are in the order of [`LineId`].
#[derive(Clone, Debug)]
pub struct Setup {
    /// The host part of our addresses, and the realm of passwords.
    pub domain: String,
    /// Where we listen.
    pub listen: Vec<Listen>,
    /// Our addresses as peers reach them: for media, and for sockets that listen on all addresses.
    pub addresses: Vec<IpAddr>,
    /// Who we are to those who connect by TLS, and by the positions of the trunks what their peers have to
    /// prove to us.
    pub certificates: Certificates,
    /// Which name servers are asked where peers are that are known by name; those of the machine, without one.
    pub name_servers: Vec<SocketAddr>,
    /// UDP ports for sound.
    pub media_ports: RangeInclusive<u16>,
    /// Media threads.
    pub media_threads: usize,
    /// Peers with many callers.
    pub trunks: Vec<Trunk>,
    /// Telephones.
    pub phones: Vec<Phone>,
    /// Clients' own switchboards, in the order of [`stdx::SwitchboardId`]; none that cannot be called.
    pub switchboards: Vec<Option<Outside>>,
    /// Partners, in the order of [`stdx::PartnerId`]; none that cannot be called.
    pub partners: Vec<Option<Outside>>,
    /// Lines.
    pub lines: Vec<Line>,
    /// What crisis plans say, in the order of [`stdx::PlanId`].
    pub plans: Vec<PlanSounds>,
    /// The pieces of what is told between the music.
    pub phrases: Phrases,
    /// Heard by who waits.
    pub music: Clips,
    /// Heard by an agent while it rings at a citizen's who is called back.
    pub ringing: Clips,
    /// Heard after a feature code that was carried out.
    pub done: Clips,
    /// Heard after one that was not.
    pub refused: Clips,
    /// Where everything random begins; drawn anew at every start.
    pub seed: u64,
    /// By which digests passwords may be proved.
    pub offers: Offers,
    /// The key of nonces; drawn anew at every start.
    pub nonce_key: [u8; 32],
    /// The key of callers' tokens: a caller has the same token as long as it is the same.
    pub token_key: Redacted<[u8; 32]>,
}

impl Setup {
    /// The line with this number.
    pub(super) fn line_of(&self, number: Number) -> Option<LineId> {
        let meant = |line: &Line| line.numbers.iter().any(|block| block.contains(number));
        let position = self.lines.iter().position(meant)?;
        u16::try_from(position).ok().map(LineId)
    }
}

/// Why something was refused, for metrics: a name for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refused {
    /// From an address that is no trunk's and no telephone's.
    UnknownPeer,
    /// Throttled: silence.
    Throttled,
    /// Challenged for a password.
    Challenged,
    /// A wrong password, or an account that does not exist.
    WrongPassword,
    /// A registration that could not be carried out.
    Registration,
    /// No line has this number.
    NoSuchNumber,
    /// 110 or 112 dialled at one of our telephones: they leave by the site's own way.
    Emergency,
    /// The trunk's channels are all in use.
    NoChannel,
    /// No codec in common, or no usable description.
    NoSession,
    /// One side has to encrypt its sound, and the other does not.
    Encryption,
    /// We are behind, or stopping.
    Busy,
    /// Our own call, which came back by the forwarding of a switchboard that we rang.
    CameBack,
    /// Not to be read as SIP.
    Malformed,
}

impl Refused {
    /// Every reason.
    pub const ALL: [Refused; 13] = [
        Refused::UnknownPeer,
        Refused::Throttled,
        Refused::Challenged,
        Refused::WrongPassword,
        Refused::Registration,
        Refused::NoSuchNumber,
        Refused::Emergency,
        Refused::NoChannel,
        Refused::NoSession,
        Refused::Encryption,
        Refused::Busy,
        Refused::CameBack,
        Refused::Malformed,
    ];

    /// Its name in metrics.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Refused::UnknownPeer => "unknown_peer",
            Refused::Throttled => "throttled",
            Refused::Challenged => "challenged",
            Refused::WrongPassword => "wrong_password",
            Refused::Registration => "registration",
            Refused::NoSuchNumber => "no_such_number",
            Refused::Emergency => "emergency",
            Refused::NoChannel => "no_channel",
            Refused::NoSession => "no_session",
            Refused::Encryption => "encryption",
            Refused::Busy => "busy",
            Refused::CameBack => "came_back",
            Refused::Malformed => "malformed",
        }
    }
}

/// How it is with our registration over a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrunkRegistration {
    /// Whether we are registered: otherwise no call leaves over it but one for help.
    pub is_registered: bool,
    /// Why we are not, or why it could not be refreshed.
    pub trouble: Option<TrunkTrouble>,
}

/// Why we are not registered over a trunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrunkTrouble {
    /// There is no password for it.
    NoPassword,
    /// What came of asking the registrar.
    Registrar(Trouble),
}

impl TrunkTrouble {
    /// Its name in the log.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            TrunkTrouble::NoPassword => "no_password",
            TrunkTrouble::Registrar(trouble) => match trouble {
                Trouble::NotYet => "not_yet",
                Trouble::NoPeer => "no_address",
                Trouble::Silent => "no_answer",
                Trouble::Unavailable(_) => "unavailable",
                Trouble::WrongPassword => "wrong_password",
                Trouble::NoProof => "unknown_proof",
                Trouble::Refused(_) => "refused",
            },
        }
    }

    /// The last status that the registrar said, if that is what it is about.
    #[must_use]
    pub const fn status(self) -> Option<u16> {
        match self {
            TrunkTrouble::Registrar(Trouble::Unavailable(status) | Trouble::Refused(status)) => {
                Some(status.code())
            }
            TrunkTrouble::NoPassword
            | TrunkTrouble::Registrar(
                Trouble::NotYet
                | Trouble::NoPeer
                | Trouble::Silent
                | Trouble::WrongPassword
                | Trouble::NoProof,
            ) => None,
        }
    }
}

/// How a trunk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrunkHealth {
    /// Its id.
    pub id: String,
    /// Whether it answered when it was last asked; none if it is not asked, or was not yet.
    pub answers: Option<bool>,
    /// Why it has no connection by TLS, if the last one failed.
    pub fault: Option<Fault>,
    /// A name of a peer that has never been found.
    pub unknown_name: Option<String>,
    /// How it is with our registration there; none if there is to be none.
    pub registration: Option<TrunkRegistration>,
    /// Calls at this moment.
    pub calls: u32,
    /// Calls that it may have.
    pub channels: u32,
}

/// One call at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallView {
    /// The contact's number.
    pub contact: u64,
    /// The line.
    pub line: LineId,
    /// Where it is.
    pub doing: Doing,
    /// Since when.
    pub since: stdx::Tick,
}

/// Where a call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// One that came in, or has been connected.
    Call(call::State),
    /// Somebody is being called back.
    Callback(call::CallbackState),
}

/// Somebody who was promised a call-back before the start.
#[derive(Clone, Copy, Debug)]
pub struct Promised {
    /// Who.
    pub contact: ContactId,
    /// On which line.
    pub line: LineId,
    /// By which number; none if the key is gone under which it was sealed.
    pub number: Option<Redacted<Number>>,
}
