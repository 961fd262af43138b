// SPDX-License-Identifier: EUPL-1.2
//! SIP on real sockets, one thread: calls come in, agents' telephones ring, both hear each other.
//!
//! ```text
//!             wait ◀──────────────── sockets, media threads, the app's waker
//!               │
//!   read ──▶ door ──▶ user agent ──▶ calls ──▶ poll_event ──▶ centre (of the app)
//!                          ▲           │                          │
//!   flush ◀── messages ────┴───────────┴───────── carry_out ◀─────┘
//! ```
//!
//! The app owns the loop, the clock and the centre: it waits, reads, lets the centre decide every event
//! and hands every command back. The rule to keep: between an event and its commands nothing else
//! happens, so the centre and the calls never see two different orders.

mod callback;
mod codes;
mod conference;
mod conversation;
mod counts;
mod dialled;
mod door;
mod elsewhere;
mod emergency;
mod exchange;
mod incoming;
mod lamps;
mod leg;
pub mod limits;
mod network;
#[cfg(test)]
mod network_tls_tests;
mod passing;
mod places;
mod record;
mod registration;
mod replaced;
mod sending_on;
mod stream;
mod telling;
mod trace;
mod transfer;
mod trunk;
mod words;

pub use counts::Counters;
pub use leg::{nowhere, remote};
pub use network::NetworkCounts;
pub use places::NameFound;
pub use record::{LegChange, LegRecord};
pub use telling::ToTell;
pub use trace::{Ladder, Party, Rung, What};
use transfer::Waits;
pub use words::{
    Answering, CallView, Carrier, Doing, EmergencyRoute, Identity, Line, Listen, Moment,
    NumberBlock, Outside, Phone, Place, PlanSounds, Promised, Refused, Registration, Setup,
    ShortNumbers, Shows, SrtpUse, Trunk, TrunkAccount, TrunkHealth, TrunkRegistration,
    TrunkTrouble,
};

use crate::media::{self, Media};
use crate::tls::Certificates;
use door::Door;
use exchange::Exchange;
use mio::Waker;
use network::Network;
use record::Records;
use sip::number::Number;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use stdx::{AgentId, ContactId, Redacted, Tick};

/// Why signalling cannot start.
#[derive(Debug)]
pub enum CannotStart {
    /// This address cannot be listened on.
    Listen(SocketAddr, io::Error),
    /// The system gives no media threads.
    Media(io::Error),
    /// The domain cannot stand in a header.
    Domain,
}

impl fmt::Display for CannotStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CannotStart::Listen(at, error) => write!(f, "{at}: {error}"),
            CannotStart::Media(error) => write!(f, "media threads: {error}"),
            CannotStart::Domain => f.write_str("the domain cannot be written in a header"),
        }
    }
}

impl std::error::Error for CannotStart {}

/// The telephone side of a centre.
pub struct Signalling {
    network: Network,
    exchange: Exchange,
}

/// What the centre has to decide, and who waits for the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What happened.
    pub event: centre::Event,
    /// Whoever waits for the decision.
    waits: Option<Waits>,
}

impl From<centre::Event> for Asked {
    fn from(event: centre::Event) -> Asked {
        Asked { event, waits: None }
    }
}

impl Signalling {
    /// Binds every address and starts the media threads. `first_contact` is the number of the first
    /// contact: greater than every one before.
    ///
    /// # Errors
    /// If an address cannot be bound, or the system gives no threads.
    pub fn start(setup: Setup, first_contact: u64) -> Result<Signalling, CannotStart> {
        let mut network = Network::open(&setup.listen, &setup.addresses)
            .map_err(|(at, error)| CannotStart::Listen(at, error))?;
        let door = Door::new(&setup).ok_or(CannotStart::Domain)?;
        let config =
            media::Config { threads: setup.media_threads, ports: setup.media_ports.clone() };
        let waker = network.waker();
        // A waker that fails has no loop to wake any more.
        let wake = move || drop(waker.wake());
        let (media, events) = Media::start(&config, wake).map_err(CannotStart::Media)?;
        let mut exchange = Exchange::new(setup, door, media, events, first_contact);
        exchange.find_fixed_flows(&network);
        network.certify(&exchange.setup.certificates, &exchange.peers());
        Ok(Signalling { network, exchange })
    }

    /// The numbers of contacts go on behind this one; for before the first call.
    pub fn number_contacts_after(&mut self, last: ContactId) {
        self.exchange.next_contact = last.0 + 1;
    }

    /// Telephones that registered before a restart are reached as if there had been none, where we still
    /// listen. Those on connections have noticed it, and register by themselves.
    pub fn register_again(&mut self, kept: Vec<Registration>) {
        let locals: Vec<SocketAddr> = self.network.locals().map(|(_, at)| at).collect();
        let kept = kept.into_iter().filter(|it| locals.contains(&it.local));
        self.exchange.door.register_again(&self.exchange.setup.phones, kept.collect());
    }

    /// Every telephone that is registered and not on a connection, if that has changed since the last time
    /// that this was asked.
    pub fn changed_registrations(&mut self) -> Option<Vec<Registration>> {
        std::mem::take(&mut self.exchange.has_registered)
            .then(|| self.exchange.door.registrations())
    }

    /// Wakes [`Signalling::wait`] from another thread.
    #[must_use]
    pub fn waker(&self) -> Arc<Waker> {
        self.network.waker()
    }

    /// Where we listen, as peers can reach us.
    #[must_use]
    pub fn listens(&self) -> Vec<Listen> {
        self.network.listens().collect()
    }

    /// Waits until something comes, or the time is over.
    pub fn wait(&mut self, timeout: Option<Duration>) {
        self.network.wait(timeout);
    }

    /// Reads what has come, and lets timers fire.
    pub fn read(&mut self, now: Tick) {
        let Signalling { network, exchange, .. } = self;
        let behind = network.is_behind();
        network.counts.behind += u64::from(behind);
        network.read(now, &mut |flow, input| exchange.take_in(now, behind, flow, input));
        for transmit in std::mem::take(&mut network.failed) {
            exchange.not_sent(now, &transmit);
        }
        for flow in std::mem::take(&mut network.lost) {
            exchange.connection_lost(now, &flow);
        }
        exchange.hear_media(now);
        if exchange.hear_names(now) {
            exchange.find_fixed_flows(network);
            network.certify(&exchange.setup.certificates, &exchange.peers());
        }
        if exchange.deadline().is_some_and(|at| at <= now) {
            exchange.elapse(now, network);
        }
    }

    /// What the centre has to decide next; ask until there is none.
    pub fn poll_event(&mut self) -> Option<Asked> {
        if let Some((event, waits)) = self.exchange.asked_for.pop_front() {
            return Some(Asked { event, waits });
        }
        self.exchange.told.pop_front().map(Asked::from)
    }

    /// A line as the telephones know it.
    #[must_use]
    pub fn line(&self, line: stdx::LineId) -> Option<&Line> {
        self.exchange.setup.lines.get(line.index())
    }

    /// What the calendar says of the line whose caller the next command is about, or who is told something next.
    pub fn learn_moment(&mut self, moment: Moment) {
        self.exchange.moment = moment;
    }

    /// Who is to be told something between the music; ask until there is none, and answer with
    /// [`Signalling::tell`] what the centre says.
    pub fn poll_telling(&mut self) -> Option<ToTell> {
        self.exchange.to_tell.pop_front()
    }

    /// Tells a caller who waits what is true now.
    pub fn tell(&mut self, now: Tick, to_tell: ToTell, telling: centre::Telling) {
        self.exchange.tell(now, to_tell, telling);
        self.exchange.collect(now, None);
    }

    /// Carries out what the centre orders because of what was asked.
    pub fn carry_out(&mut self, now: Tick, because: &Asked, command: centre::Command) {
        match (command, because.waits) {
            (centre::Command::Refuse(_), Some(Waits::Code(call))) => {
                self.exchange.code_refused(call);
            }
            (centre::Command::Refuse(_), Some(Waits::Refer(call))) => {
                self.exchange.refer_refused(now, call);
            }
            (centre::Command::Refuse(_), Some(Waits::Promise(contact))) => {
                self.exchange.not_promised(contact);
            }
            (centre::Command::Refuse(_), Some(Waits::Gone(agent))) => {
                self.exchange.told.push_back(centre::Event::HangUp { agent });
            }
            (centre::Command::Note(centre::Note::AgentChanged { agent, state }), _) => {
                self.learn_state(agent, state);
            }
            (command, _) => self.exchange.carry_out(now, command),
        }
        self.exchange.collect(now, None);
    }

    /// What an agent is doing, which decides what a feature code means.
    pub fn learn_state(&mut self, agent: AgentId, state: acd::agent::State) {
        self.exchange.states.insert(agent, state);
    }

    /// What was asked has been decided, and every command that followed was handed over: whoever waits
    /// for it is told.
    pub fn decided(&mut self, now: Tick, asked: &Asked) {
        if let Some(Waits::Code(call)) = asked.waits {
            self.exchange.code_decided(now, call);
            self.exchange.collect(now, None);
        }
    }

    /// Takes up other lines, telephones and trunks; calls that are up go on. Each stands where it stood, new
    /// ones behind. Where we listen, our name, and how passwords are proved stay until the next start.
    pub fn adopt(&mut self, setup: Setup) {
        let Signalling { network, exchange } = self;
        exchange.adopt(setup);
        network.certify(&exchange.setup.certificates, &exchange.peers());
        exchange.find_fixed_flows(network);
    }

    /// Who we are, and what others have to prove, as it holds now.
    #[must_use]
    pub fn certificates(&self) -> Certificates {
        self.exchange.setup.certificates.clone()
    }

    /// Who we are, and what others have to prove, from the next connection on. Those that are open stay.
    pub fn certify(&mut self, certificates: Certificates) {
        let Signalling { network, exchange } = self;
        exchange.setup.certificates = certificates;
        network.certify(&exchange.setup.certificates, &exchange.peers());
    }

    /// From now on callers' tokens are made with this key: who calls is somebody new.
    pub fn make_tokens_with(&mut self, key: Redacted<[u8; 32]>) {
        self.exchange.setup.token_key = key;
    }

    /// From now on somebody keeps what each leg needs to go on after a restart.
    pub fn record_legs(&mut self) {
        self.exchange.records = Some(Records::default());
    }

    /// Which legs have changed since the last time that this was asked; none if nobody keeps them.
    pub fn changed_legs(&mut self, now: Tick) -> Vec<LegChange> {
        self.exchange.changed_legs(now)
    }

    /// Whether a leg may have changed since.
    #[must_use]
    pub fn legs_have_changed(&self) -> bool {
        self.exchange.records.as_ref().is_some_and(Records::has_news)
    }

    /// Takes the legs that the process before has left. None goes on yet, for its sound has ended with that
    /// process: each that can be reached is hung up; says how many. [`Signalling::is_alive`] tells the rest.
    pub fn take_over(&mut self, now: Tick, left: Vec<LegRecord>) -> usize {
        let locals: Vec<SocketAddr> = self.network.locals().map(|(_, at)| at).collect();
        let Signalling { exchange, .. } = self;
        let hung_up = |it| exchange.hang_up_left_over(now, &locals, it);
        let count = left.into_iter().map(hung_up).filter(|&it| it).count();
        self.exchange.collect(now, None);
        self.flush(now);
        count
    }

    /// Whether a leg of this contact is alive: what the centre is told of after a restart. None lives through
    /// one yet.
    #[must_use]
    pub fn is_alive(&self, contact: ContactId) -> bool {
        let Exchange { conversations, promises, .. } = &self.exchange;
        let is_called = promises.get(&contact).is_some_and(callback::Promise::is_under_way);
        is_called || conversations.contains_key(&contact)
    }

    /// Who was promised a call-back before the start is called back all the same.
    pub fn recall_promises(&mut self, promised: impl IntoIterator<Item = Promised>) {
        promised.into_iter().for_each(|it| self.exchange.recall_promise(it));
    }

    /// Who calls; none if the number is withheld, or the caller has gone already.
    #[must_use]
    pub fn number(&self, contact: ContactId) -> Option<Redacted<Number>> {
        let number = self.exchange.conversations.get(&contact)?.number;
        number.expose().digits().map(|_| number)
    }

    /// Who calls, or was promised a call-back; none if the number is withheld, unreadable, or nobody's any more.
    #[must_use]
    pub fn number_of_owed(&self, contact: ContactId) -> Option<Redacted<Number>> {
        self.number(contact).or_else(|| self.exchange.promised_number(contact))
    }

    /// Whether new calls are let in, or refused with 503 until they are again; who asks by OPTIONS is told the same,
    /// and can send them elsewhere.
    pub fn let_in(&mut self, new_calls: bool) {
        self.exchange.lets_in = new_calls;
        self.exchange.ua.decline_probes(!new_calls);
    }

    /// Refuses a call that was told and is not decided yet; that it is gone is told behind it.
    pub fn send_away(&mut self, now: Tick, contact: ContactId) {
        self.exchange.send_away(now, contact);
        self.exchange.collect(now, None);
    }

    /// Sends what is to be sent.
    pub fn flush(&mut self, now: Tick) {
        // What cannot be sent may lead to more: a call that fails tells the others.
        while let Some(transmit) = self.exchange.out.pop_front() {
            if self.network.send(now, &transmit) {
                self.exchange.not_sent(now, &transmit);
            }
        }
        self.exchange.wake_media(now);
    }

    /// When [`Signalling::read`] is wanted at the latest.
    #[must_use]
    pub fn deadline(&self) -> Option<Tick> {
        self.exchange.deadline()
    }

    /// Lets no new call in and hangs up every leg. Waits and reads go on until
    /// [`Signalling::has_left`].
    pub fn say_goodbye(&mut self, now: Tick) {
        self.exchange.say_goodbye(now);
        self.flush(now);
    }

    /// Whether every farewell was answered.
    #[must_use]
    pub fn has_left(&self) -> bool {
        self.exchange.has_left()
    }

    // ---- what it says about itself ----

    /// Counters since the start.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.exchange.counters
    }

    /// What was lost between us and the network.
    #[must_use]
    pub fn network_counts(&self) -> NetworkCounts {
        self.network.counts
    }

    /// What went wrong with sound.
    #[must_use]
    pub fn media_counts(&self) -> media::Counts {
        self.exchange.media.counts()
    }

    /// Legs that hold media ports.
    #[must_use]
    pub fn media_legs(&self) -> usize {
        self.exchange.media.legs()
    }

    /// Legs, dialogs and transactions of the user agent.
    #[must_use]
    pub fn sizes(&self) -> (usize, usize, usize) {
        self.exchange.ua.sizes()
    }

    /// Telephones that are registered.
    #[must_use]
    pub fn registered(&self) -> usize {
        self.exchange.registered()
    }

    /// Whether a telephone on this agent's desk can be called at this moment; one in a browser stands on no desk.
    #[must_use]
    pub fn has_desk_phone(&self, now: Tick, agent: AgentId) -> bool {
        let targets = self.exchange.targets(now, agent);
        targets.iter().any(|target| !self.exchange.setup.phones[target.phone].browser)
    }

    /// Busy lamps: how many telephones are watched by others, each for itself.
    #[must_use]
    pub fn lamps(&self) -> usize {
        self.exchange.ua.subscriptions()
    }

    /// How the trunks are.
    #[must_use]
    pub fn trunks(&self) -> Vec<TrunkHealth> {
        self.exchange.health(&self.network)
    }

    /// A trunk whose registration has changed, as it is now; ask until there is none.
    pub fn poll_trunk(&mut self) -> Option<TrunkHealth> {
        let at = self.exchange.trunks_changed.pop_first()?;
        Some(self.exchange.health_of(at, &self.network))
    }

    /// A name of which something else is known than before; ask until there is none.
    pub fn poll_name(&mut self) -> Option<NameFound> {
        self.exchange.changed_name()
    }

    /// The calls at this moment.
    #[must_use]
    pub fn calls(&self) -> Vec<CallView> {
        self.exchange.views()
    }

    /// The ladder of a call, if it is still kept.
    #[must_use]
    pub fn ladder(&self, contact: ContactId) -> Option<Ladder> {
        self.exchange.traces.ladder(contact).cloned()
    }
}
