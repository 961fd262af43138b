// SPDX-License-Identifier: EUPL-1.2
//! The running centre: one thread that owns the decisions and every call; everything else talks to it
//! through bounded channels.
//!
//! ```text
//!  sockets, media ──▶ Signalling::read ──▶ poll_event ─┐
//!  desk, control ───▶ inbox (bounded, wakes) ──────────┤ Now, stamped once
//!  deadlines ──────────────────────────────────────────┤
//!                                                      ▼
//!                         log ◀──────────────────── Facts::tell
//!                          └─durable──▶ Facts::next ──▶ Centre::handle ──▶ poll ──▶ Signalling::carry_out
//!                                                                            └────▶ every listener (bounded)
//! ```
//!
//! The rule to keep: the thread waits for its sockets and for nothing else. A full inbox is told to the
//! sender, who decides; a listener that does not keep up is let go.

mod always_ready;
mod cases;
pub mod certificates;
mod facts;
mod figures;
mod hiding;
pub(crate) mod legs;
pub mod log;
mod pages;
mod passwords;
pub(crate) mod registrations;
pub(crate) mod sealing;
mod seats;
mod telephones;
#[cfg(test)]
mod tests;
mod today;
mod trunks;

pub mod control;
pub(crate) mod http;
pub mod steer;

pub use cases::CaseRecalled;
pub use facts::{Agreement, Kept, STALLS_AFTER};
pub use figures::{LineFigures, Snapshot};
pub use hiding::{Hiding, Rearranged};
pub use legs::Legs;
pub use log::Log;
pub use passwords::{
    FILE as PASSWORDS_FILE, Passwords, PasswordsError, TRUNKS_FILE as TRUNK_PASSWORDS_FILE,
    TrunkPasswords, drawn_password,
};
pub use registrations::Registrations;
pub use sealing::{Sealing, case_words_of, opened, person_of, words_of};
pub use seats::{Seats, Taken};
pub use telephones::{Folders, telephones};
pub use today::DEFINITION;

use crate::clock::Clock;
use crate::config::Order;
use crate::erasure::DayKeys;
use acd::agent::State;
use always_ready::AlwaysReady;
use cases::Dossiers;
use centre::{Centre, Command, Event, Note};
use facts::{Facts, Waiter, Waiting, What};
use figures::{Figures, LogFigures};
use hours::Zone;
use log::Level;
use mio::Waker;
use promise::{ContactRecord, ToldWait};
use sip::number::Number;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::{AgentId, ContactId, Day, LineId, Micros, Now, PlanId, Redacted, Tick};
use steer::{Names, Outcome, Steering};
use store::{Gap, Trouble};
use telephony::signalling::limits::FAREWELL;
use telephony::signalling::{Asked, CallView, Ladder, Moment, Signalling};
use telephony::tls::Certificates;
use today::Today;
use web::centre::Question;
use web::hub::Hub;

/// What may lie in the inbox: half a second of the most that people and programs ask for.
pub const INBOX_MAX: usize = 5_000;

/// Commands that a listener may be behind.
pub const BEHIND_MAX: usize = 50_000;

/// How often the whole centre is audited: every so many events.
const AUDIT_EVERY: u64 = 1_024;

/// The longest wait without a deadline, so that the inbox is seen though a waker failed.
const IDLE: Duration = Duration::from_secs(1);

/// How long the lease of the log holds, and how often it is kept.
pub const LEASE: Micros = Micros::from_secs(10);
const LEASE_KEPT_EVERY: Micros = Micros::from_secs(3);

/// A command and when it was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The log's time.
    pub at: Tick,
    /// The event that led to it.
    pub cause: Event,
    /// What is to be done.
    pub command: Command,
}

/// What can be asked of the running centre.
pub enum Ask {
    /// Decide this.
    Event(Event),
    /// How is everything? The answer goes here.
    Snapshot(SyncSender<Snapshot>),
    /// Which calls are there?
    Calls(SyncSender<Vec<CallView>>),
    /// The ladder of this call.
    Trace(ContactId, SyncSender<Option<Ladder>>),
    /// Decide this, which a supervisor wants, and say what has become of it.
    Steer(Steering, SyncSender<Outcome>),
    /// From now on these pages hear of everything that is decided.
    Hear(Arc<Hub>),
    /// What a page asks.
    Page(Question),
    /// From now on this is agreed; say when it holds, or why it cannot.
    Agree(Box<Agreement>, SyncSender<Result<(), String>>),
    /// From now on this day holds.
    NewDay(Box<DayKeys>),
    /// What was written of cases on these days can be read by nobody any more.
    Forget(BTreeSet<Day>),
    /// Which certificates hold? Whoever asks reads their files anew.
    Certificates(SyncSender<Certificates>),
    /// From now on these certificates hold, for the connections to come.
    Certify(Box<Certificates>),
    /// Say goodbye to every leg and end.
    Stop,
}

/// Why something was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The inbox is full.
    Full,
    /// The centre has ended.
    Ended,
}

/// Where the running centre is asked. Clones lead to the same one.
#[derive(Clone, Debug)]
pub struct Inbox {
    sender: SyncSender<Ask>,
    waker: Arc<Waker>,
}

impl Inbox {
    /// Hands an event in, without waiting.
    ///
    /// # Errors
    /// If the inbox is full or the centre has ended.
    pub fn tell(&self, event: Event) -> Result<(), NotTaken> {
        self.ask(Ask::Event(event))
    }

    /// Asks something, without waiting for the answer.
    ///
    /// # Errors
    /// If the inbox is full or the centre has ended.
    pub fn ask(&self, ask: Ask) -> Result<(), NotTaken> {
        self.sender.try_send(ask).map_err(|error| match error {
            TrySendError::Full(_) => NotTaken::Full,
            TrySendError::Disconnected(_) => NotTaken::Ended,
        })?;
        self.waker.wake().map_err(|_| NotTaken::Ended)
    }
}

/// A running centre.
#[derive(Debug)]
pub struct Service {
    thread: JoinHandle<Ended>,
}

/// A centre that has ended.
#[derive(Debug)]
pub struct Ended {
    /// As it was at the end.
    pub centre: Centre,
    /// Whether another process has taken the log over: then it had to end.
    pub was_fenced: bool,
}

/// What a service is made of.
pub struct Parts {
    /// The decisions.
    pub centre: Centre,
    /// The telephones.
    pub signalling: Signalling,
    /// The one clock.
    pub clock: Clock,
    /// Where facts are kept.
    pub kept: Kept,
    /// Hides persons from the log; none if nothing is kept.
    pub hiding: Option<Hiding>,
    /// Keeps where telephones are reached; none for a practice.
    pub registrations: Option<Registrations>,
    /// Keeps what legs need to go on after a restart; none for a practice.
    pub legs: Option<Legs>,
    /// Agents who are always there, for load tests.
    pub always_ready: Vec<AgentId>,
    /// Where lines for the operator go.
    pub log: Log,
    /// What people call things, for log and figures.
    pub names: Names,
    /// Which number each id has; whoever prepares something new to be agreed goes on from there.
    pub order: Arc<Mutex<Order>>,
    /// Each is sent every command, in order.
    pub listeners: Vec<SyncSender<Decided>>,
    /// Contacts that ended today before the start.
    pub ended_today: Vec<ContactRecord>,
    /// What was done to cases before the start.
    pub cases: Vec<CaseRecalled>,
}

impl Service {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(parts: Parts) -> io::Result<(Inbox, Service)> {
        let (sender, inbox) = sync_channel(INBOX_MAX);
        let waker = parts.signalling.waker();
        let running = Running::new(parts, inbox);
        let thread =
            thread::Builder::new().name("decisions".to_owned()).spawn(move || running.run())?;
        Ok((Inbox { sender, waker }, Service { thread }))
    }

    /// Waits until it has ended, after [`Ask::Stop`] or when nobody can ask any more.
    ///
    /// # Errors
    /// With the thread's panic, if an invariant was broken.
    pub fn join(self) -> thread::Result<Ended> {
        self.thread.join()
    }
}

/// A channel for a listener.
#[must_use]
pub fn listener() -> (SyncSender<Decided>, Receiver<Decided>) {
    sync_channel(BEHIND_MAX)
}

struct Running {
    centre: Centre,
    signalling: Signalling,
    clock: Clock,
    facts: Facts,
    hiding: Option<Hiding>,
    registrations: Option<Registrations>,
    legs: Option<Legs>,
    inbox: Receiver<Ask>,
    always_ready: AlwaysReady,
    figures: Figures,
    log: Log,
    listeners: Vec<SyncSender<Decided>>,
    /// The pages, if there are any.
    hub: Option<Arc<Hub>>,
    /// Contacts that ended today.
    today: Today,
    /// Matters to which somebody comes back.
    dossiers: Dossiers,
    /// Estimates that a wallboard shows: when and of whom they were made; one for each line.
    predicted: BTreeMap<LineId, (Tick, ContactId, Option<ToldWait>)>,
    /// Since when each agent is in the present state, as far as that was seen.
    since: BTreeMap<AgentId, Tick>,
    order: Arc<Mutex<Order>>,
    events: u64,
    /// Whether new calls are refused because nothing is decided.
    is_stalled: bool,
    /// What had found no room in the log before it stalled.
    lost_before: Gap,
    lease_kept_at: Tick,
}

impl Running {
    fn new(parts: Parts, inbox: Receiver<Ask>) -> Running {
        let Parts { centre, mut signalling, clock, kept, hiding, .. } = parts;
        let Parts { registrations, legs, always_ready, log, names, order, listeners, .. } = parts;
        let Parts { ended_today, cases, .. } = parts;
        if legs.is_some() {
            signalling.record_legs();
        }
        let always_ready = AlwaysReady::new(always_ready);
        for agent in (0..=u16::MAX).map(AgentId) {
            let Some(state) = centre.agent(agent).map(|agent| agent.state) else { break };
            let agent = hiding.as_ref().map_or(Some(agent), |hiding| hiding.person(agent));
            if let Some(agent) = agent {
                signalling.learn_state(agent, state);
            }
        }
        let began = clock.now();
        Running {
            centre,
            signalling,
            clock,
            facts: Facts::new(kept),
            hiding,
            registrations,
            legs,
            inbox,
            always_ready,
            figures: Figures::new(names, began),
            log,
            listeners,
            hub: None,
            today: Today::new(ended_today),
            dossiers: Dossiers::recalled(cases),
            predicted: BTreeMap::new(),
            since: BTreeMap::new(),
            order,
            events: 0,
            is_stalled: false,
            lost_before: Gap::default(),
            lease_kept_at: began.mono,
        }
    }

    fn run(mut self) -> Ended {
        self.send_nobody_home();
        self.ring_again();
        loop {
            self.signalling.wait(Some(self.timeout()));
            let now = self.clock.now();
            self.signalling.read(now.mono);
            self.take_in(now);
            let is_asked_to_stop = self.answer_inbox(now);
            self.decide(now);
            self.tell_who_waits(now);
            if let Some(registrations) = &mut self.registrations {
                registrations.keep(now, || self.signalling.changed_registrations());
            }
            self.keep_legs(now);
            self.watch_trunks();
            if self.watch_log(now) || is_asked_to_stop {
                break;
            }
            self.signalling.flush(now.mono);
        }
        let now = self.clock.now();
        if let Some(registrations) = &mut self.registrations {
            registrations.keep_last(now, self.signalling.changed_registrations());
        }
        self.leave();
        if let (Some(legs), Some(hiding)) = (&mut self.legs, &mut self.hiding) {
            let now = self.clock.now();
            legs.keep_last(now, hiding, || self.signalling.changed_legs(now.mono));
        }
        self.end_contacts();
        let was_fenced = self.facts.trouble() == Some(Trouble::Fenced);
        let unwritten = self.facts.close();
        if unwritten > 0 {
            self.log.say(Level::Error, &format!("log=ended facts_not_written={unwritten}"));
        }
        Ended { centre: self.centre, was_fenced }
    }

    /// Whoever runs the centre learns when it is registered somewhere and when not any more, and why.
    fn watch_trunks(&mut self) {
        while let Some(name) = self.signalling.poll_name() {
            let (level, said) = trunks::logged_name(&name);
            self.log.say(level, &said);
        }
        while let Some(trunk) = self.signalling.poll_trunk() {
            let Some(registration) = trunk.registration else { continue };
            let (level, said) = trunks::logged(&trunk.id, registration);
            self.log.say(level, &said);
        }
    }

    /// Has written what the next start has to know of the legs.
    fn keep_legs(&mut self, now: Now) {
        if let (Some(legs), Some(hiding)) = (&mut self.legs, &mut self.hiding) {
            legs.keep(now, hiding, || self.signalling.changed_legs(now.mono));
        }
    }

    /// A seat that is signed on and that nobody is known to have could not be signed off by anybody: after a
    /// restart, if the keys that say who has it are gone.
    fn send_nobody_home(&mut self) {
        let Some(hiding) = &self.hiding else { return };
        let now = self.clock.now();
        for seat in (0..).map(AgentId).take(self.centre.setup().agents.len()) {
            if !is_signed_off(&self.centre, seat) && !hiding.is_taken(seat) {
                let event = Event::SignOff { agent: seat };
                self.facts.tell(now, Vec::new(), What::Asked(event.into(), None));
            }
        }
    }

    /// Agents to whom the centre offered a call-back before this process could ring: in the one before, or when
    /// it heard at the start whose talks had ended. Everybody else's caller is gone.
    fn ring_again(&mut self) {
        let now = self.clock.now();
        let lines: Vec<(ContactId, LineId)> = self.centre.promised().collect();
        for agent in (0..).map(AgentId).take(self.centre.setup().agents.len()) {
            let state = self.centre.agent(agent).map(|agent| agent.state);
            let Some(State::Offered { contact, ring_until: until, .. }) = state else { continue };
            let line = lines.iter().find(|(promised, _)| *promised == contact);
            if let Some(&(_, line)) = line {
                let ring = Command::Ring { agent, contact, line, until };
                self.hand_over(now, now, &Event::Deadline.into(), ring);
            }
        }
    }

    fn timeout(&self) -> Duration {
        if self.always_ready.has_news() {
            return Duration::ZERO;
        }
        let now = self.clock.now();
        let centre = self.centre.deadline().filter(|_| self.facts.takes_deadlines(now));
        let stalls_at = self.facts.stalls_at().filter(|_| !self.is_stalled);
        let legs = self.legs.as_ref().filter(|_| self.signalling.legs_have_changed());
        let legs = legs.map(Legs::next);
        let next = [centre.map(|(at, _)| at), self.signalling.deadline(), stalls_at, legs];
        next.into_iter().flatten().min().map_or(IDLE, |at| self.clock.until(at)).min(IDLE)
    }

    /// Tells who waits what is true now. Nothing is decided by it.
    fn tell_who_waits(&mut self, now: Now) {
        while let Some(to_tell) = self.signalling.poll_telling() {
            let told = self.centre.telling(now.mono, to_tell.contact, to_tell.due.first);
            if let Some(told) = told {
                if let Some((line, _)) = self.centre.arrival(to_tell.contact) {
                    let moment = self.moment(now, line);
                    self.signalling.learn_moment(moment);
                }
                self.signalling.tell(now.mono, to_tell, told);
            }
        }
    }

    /// What the calendar says of a line.
    fn moment(&self, now: Now, line: LineId) -> Moment {
        let hours = self.signalling.line(line).into_iter().flat_map(|line| line.hours());
        let open = hours.filter(|&hours| self.centre.is_in_hours(hours)).collect();
        let zone = Zone::berlin();
        let (today, opens) = (zone.local(now.wall).date(), self.centre.opens(line));
        let opening = opens.map(|opens| {
            let opens = zone.local(opens);
            let days = today
                .until(opens.date())
                .map_or(u32::MAX, |days| u32::try_from(days.get_days()).unwrap_or(u32::MAX));
            let weekday = opens.weekday().to_monday_zero_offset();
            let small = |number: i8| u8::try_from(number).unwrap_or(u8::MAX);
            let time = (small(opens.hour()), small(opens.minute()));
            call::spoken::opening(days, small(weekday), time)
        });
        Moment { open, opening: opening.unwrap_or_default() }
    }

    /// Tells what has happened by now.
    fn take_in(&mut self, now: Now) {
        while let Some(asked) = self.signalling.poll_event() {
            self.tell(now, What::Asked(asked, None));
        }
        let is_due = self.centre.deadline().is_some_and(|(at, _)| at <= now.mono);
        if is_due && self.facts.takes_deadlines(now) {
            self.tell(now, What::Asked(Event::Deadline.into(), None));
        }
        while let Some(event) = self.always_ready.next() {
            self.tell(now, What::Asked(event.into(), None));
        }
    }

    /// The one place where an event becomes a fact, and agents become seats.
    fn tell(&mut self, now: Now, mut what: What) {
        self.figures.events += 1;
        let mut before = Vec::new();
        if let What::Asked(asked, _) = &mut what {
            if let Some(hiding) = &mut self.hiding {
                let number = caller(&self.signalling, &asked.event);
                (asked.event, before) = hiding.event(asked.event, number);
            }
            if self.is_stalled {
                let asked = *asked;
                self.let_go(now, &asked);
            }
        }
        self.facts.tell(now, before, what);
    }

    /// From now on this day holds.
    fn begin_day(&mut self, keys: DayKeys) {
        self.signalling.make_tokens_with(Redacted::new(*keys.token.expose()));
        let Running { hiding, centre, facts, .. } = self;
        if let Some(hiding) = hiding {
            hiding.new_day(keys, |seat| is_signed_off(centre, seat) && !facts.name(seat));
        }
    }

    /// What does not wait for a decision while none comes: a leg whose other side is gone ends, because
    /// nobody is left to listen to silence, and who came in before the stall was known is refused.
    fn let_go(&mut self, now: Now, asked: &Asked) {
        if let Event::CallArrived { contact, .. } = asked.event {
            self.signalling.send_away(now.mono, contact);
        }
        let Event::HangUp { agent } = asked.event else { return };
        let state = self.centre.agent(agent).map(|agent| agent.state);
        if let Some(State::Talking { contact, .. }) = state {
            self.signalling.carry_out(now.mono, asked, Command::Release { contact });
        }
    }

    /// Decides what is durable, and what that leads to.
    fn decide(&mut self, now: Now) {
        while let Some(Waiting { at, what, .. }) = self.facts.next() {
            match what {
                What::Asked(asked, waiter) => self.decide_asked(now, at, &asked, waiter),
                What::Agreed(agreement, to) => {
                    let agreed = self.take_up(now, at, *agreement);
                    // Who does not wait for the answer any more gets none.
                    let _ = to.try_send(agreed);
                }
                What::WrappedUp(_, to) => {
                    let _ = to.send(true);
                }
                What::Case(told, to) => self.decide_case(at, *told, to),
            }
            self.take_in(now);
        }
    }

    fn decide_asked(&mut self, now: Now, at: Now, asked: &Asked, waiter: Option<Waiter>) {
        let mut outcome = Ok(None);
        self.decide_one(now, at, asked, |command| outcome = steer::outcome(outcome, command));
        if let Some(Waiter::Command(steering, _) | Waiter::Supervisor(steering, ..)) = &waiter {
            let mut said = steer::logged(*steering, &outcome, self.figures.names());
            if let Some(Waiter::Supervisor(_, Some(reason), _)) = &waiter {
                said.push_str(&format!(" reason={reason:?}"));
            }
            self.log.say(Level::Notice, &said);
        }
        // Who does not wait for the answer any more gets none.
        match waiter {
            Some(Waiter::Command(_, to)) => drop(to.try_send(outcome)),
            Some(Waiter::Supervisor(_, _, to) | Waiter::Desk(to)) => drop(to.send(outcome)),
            None => {}
        }
    }

    /// What cannot be taken up is refused before it is in the log. What is told after it is told of the seats
    /// as they are from then on.
    fn agree(
        &mut self,
        now: Now,
        mut agreement: Box<Agreement>,
        to: SyncSender<Result<(), String>>,
    ) {
        let setup = &agreement.configured.setup;
        let rearranged =
            self.hiding.as_ref().map(|hiding| hiding.rearranged(setup, self.centre.setup()));
        if let Some(rearranged) = &rearranged {
            agreement.configured.setup = rearranged.setup.clone();
        }
        if let Err(why) = self.centre.clone().adopt(now, agreement.configured.setup.clone()) {
            return drop(to.try_send(Err(format!("{why:?}"))));
        }
        if let (Some(hiding), Some(rearranged)) = (&mut self.hiding, rearranged) {
            hiding.agree(rearranged, agreement.names.agents.clone());
        }
        let ids = agreement.configured.ids.clone();
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = ids;
        self.tell(now, What::Agreed(agreement, to));
    }

    /// Takes up what was agreed; calls that are up go on.
    fn take_up(&mut self, now: Now, at: Now, agreement: Agreement) -> Result<(), String> {
        let Agreement { configured, telephones, names, directory } = agreement;
        self.centre.adopt(at, configured.setup).map_err(|why| format!("{why:?}"))?;
        self.signalling.adopt(telephones);
        self.figures.rename(names);
        if let Some(hub) = &self.hub {
            hub.agree(directory);
        }
        self.log.say(Level::Notice, "configuration=taken_up");
        self.carry_out(now, at, &Event::Deadline.into(), |_| ());
        Ok(())
    }

    /// Decides what happened at `at`; who wants to know hears every command.
    fn decide_one(&mut self, now: Now, at: Now, asked: &Asked, mut hear: impl FnMut(&Command)) {
        self.centre.handle(at, asked.event);
        self.carry_out(now, at, asked, &mut hear);
        self.signalling.decided(now.mono, asked);
        self.events += 1;
        if self.events.is_multiple_of(AUDIT_EVERY) {
            self.centre.audit();
        }
    }

    /// Carries out what the centre orders because of this.
    fn carry_out(&mut self, now: Now, at: Now, asked: &Asked, mut hear: impl FnMut(&Command)) {
        while let Some(command) = self.centre.poll() {
            hear(&command);
            self.hand_over(now, at, asked, command);
            self.figures.hear(at, &command);
            if let Command::Note(note) = command {
                self.log_note(note);
            }
        }
    }

    /// What the operator finds in the log afterwards: every contact that is gone, and every crisis plan, which also
    /// ends when nobody asks for it.
    fn log_note(&mut self, note: Note) {
        if let Note::Ended(record) = note {
            self.today.add(record);
            self.log.contact(&record, self.figures.line(record.line));
        } else if let Note::PlanStarted { plan, .. } = note {
            self.log_plan(plan, "started");
        } else if let Note::PlanEnded { plan } = note {
            self.log_plan(plan, "ended");
        }
    }

    fn log_plan(&self, plan: PlanId, what: &str) {
        let name = self.figures.plan(plan);
        self.log.say(Level::Notice, &format!("crisis_plan={name} {what}"));
    }

    /// Hands a command to those who know agents; of a seat that nobody has nobody hears.
    fn hand_over(&mut self, now: Now, at: Now, asked: &Asked, command: Command) {
        // While the telephones still know whose number it is.
        if let Command::OpenTask { contact, line, reason } = command {
            self.open_owed(now, contact, line, reason);
        }
        let shown = match &self.hiding {
            Some(hiding) => hiding.command(command),
            None => Some(command),
        };
        if let Some(command) = shown {
            if let Command::Announce { line, .. } | Command::Dismiss { line, .. } = command {
                let moment = self.moment(now, line);
                self.signalling.learn_moment(moment);
            }
            self.signalling.carry_out(now.mono, asked, command);
            self.always_ready.hear(&command);
            self.tell_listeners(at, asked.event, command);
        } else if let Command::Ring { agent, contact, .. } = command {
            let event = Event::Unreachable { agent, contact };
            self.facts.tell(now, Vec::new(), What::Asked(event.into(), None));
        }
        if let Command::Note(Note::AgentChanged { agent: seat, .. }) = command {
            self.since.insert(seat, at.mono);
        }
        if let Command::Note(Note::AgentChanged { agent: seat, state: State::SignedOff }) = command
            && let Some(hiding) = &mut self.hiding
            && !self.facts.name(seat)
        {
            hiding.left(seat);
        }
    }

    fn tell_listeners(&mut self, at: Now, cause: Event, command: Command) {
        let cause = match &self.hiding {
            Some(hiding) => hiding.event_of(cause),
            None => Some(cause),
        };
        if let Some(cause) = cause {
            if let Some(hub) = &self.hub {
                hub.heard(at.wall, &cause, &command);
            }
            let decided = Decided { at: at.mono, cause, command };
            self.listeners.retain(|listener| listener.try_send(decided).is_ok());
        }
    }

    /// Looks after the log: refuses new calls while it does not keep up, and keeps its lease. Says whether
    /// another process has taken it over.
    fn watch_log(&mut self, now: Now) -> bool {
        if now.mono.since(self.lease_kept_at) >= LEASE_KEPT_EVERY {
            self.lease_kept_at = now.mono;
            self.facts.keep_lease(now.wall + LEASE);
        }
        self.facts.tell_gap(now);
        let trouble = self.facts.trouble();
        let is_stalled = self.facts.is_stalled(now);
        if is_stalled != self.is_stalled {
            self.is_stalled = is_stalled;
            self.signalling.let_in(!is_stalled);
            if is_stalled {
                let told: Vec<Asked> = self.facts.undecided().collect();
                told.iter().for_each(|asked| self.let_go(now, asked));
                self.take_in(now);
            }
            self.say_stalled(trouble.as_ref());
        }
        trouble == Some(Trouble::Fenced)
    }

    fn say_stalled(&mut self, trouble: Option<&Trouble>) {
        let why = match trouble {
            Some(Trouble::Fails(why)) => why.as_str(),
            Some(Trouble::Fenced) => "taken over by another process",
            None => "slow",
        };
        let lost = self.facts.lost();
        let (level, text) = if self.is_stalled {
            let waiting = self.facts.waiting_for_disk();
            self.lost_before = lost;
            (
                Level::Error,
                format!("log=stalled facts_waiting={waiting} new_calls=refused why={why:?}"),
            )
        } else {
            let refused_calls = lost.refused_calls - self.lost_before.refused_calls;
            let others = lost.others - self.lost_before.others;
            let text = format!(
                "log=good new_calls=taken lost_refused_calls={refused_calls} lost_others={others}"
            );
            (Level::Notice, text)
        };
        self.log.say(level, &text);
    }

    /// Takes in everything that was asked; says whether to stop.
    fn answer_inbox(&mut self, now: Now) -> bool {
        for _ in 0..INBOX_MAX {
            match self.inbox.try_recv() {
                Ok(Ask::Event(event)) => self.tell(now, What::Asked(event.into(), None)),
                Ok(Ask::Steer(steering, to)) => {
                    let asked = steering.event().into();
                    self.tell(now, What::Asked(asked, Some(Waiter::Command(steering, to))));
                }
                Ok(Ask::Hear(hub)) => self.hub = Some(hub),
                Ok(Ask::Page(question)) => self.answer_page(now, question),
                Ok(Ask::Agree(agreement, to)) => self.agree(now, agreement, to),
                Ok(Ask::NewDay(keys)) => self.begin_day(*keys),
                Ok(Ask::Forget(days)) => self.dossiers.forget(&days),
                Ok(Ask::Certify(certificates)) => self.signalling.certify(*certificates),
                Ok(Ask::Stop) => return true,
                Ok(question) => self.answer(now, question),
                Err(TryRecvError::Empty) => return false,
                Err(TryRecvError::Disconnected) => return true,
            }
        }
        false
    }

    /// Who asked and does not wait for the answer any more gets none.
    fn answer(&self, now: Now, question: Ask) {
        match question {
            Ask::Snapshot(to) => {
                let log = LogFigures {
                    is_stalled: self.is_stalled,
                    waiting: self.facts.waiting_for_disk(),
                    lost: self.facts.lost(),
                };
                let snapshot = self.figures.snapshot(now, &self.centre, &self.signalling, log);
                let _ = to.try_send(snapshot);
            }
            Ask::Calls(to) => {
                let _ = to.try_send(self.signalling.calls());
            }
            Ask::Trace(contact, to) => {
                let _ = to.try_send(self.signalling.ladder(contact));
            }
            Ask::Certificates(to) => {
                let _ = to.try_send(self.signalling.certificates());
            }
            Ask::Event(_)
            | Ask::Steer(..)
            | Ask::Hear(_)
            | Ask::Page(_)
            | Ask::Agree(..)
            | Ask::NewDay(_)
            | Ask::Forget(_)
            | Ask::Certify(_)
            | Ask::Stop => unreachable!("answered where the inbox is read"),
        }
    }

    /// Hangs up every leg, and waits for a moment until the other ends have heard it.
    fn leave(&mut self) {
        let now = self.clock.now().mono;
        let until = now + FAREWELL;
        self.signalling.say_goodbye(now);
        while !self.signalling.has_left() {
            let now = self.clock.now().mono;
            if now >= until {
                return;
            }
            let next = self.signalling.deadline().map_or(until, |at| at.min(until));
            self.signalling.wait(Some(self.clock.until(next)));
            let now = self.clock.now().mono;
            self.signalling.read(now);
            // What the legs still tell is about calls that are over.
            while self.signalling.poll_event().is_some() {}
            self.signalling.flush(now);
        }
    }

    /// No leg is left: every contact is told so, so that its record stands in the log.
    fn end_contacts(&mut self) {
        let until = self.clock.now().mono + FAREWELL;
        let now = self.clock.now();
        for event in self.centre.without_legs(&|_| false) {
            self.facts.tell(now, Vec::new(), What::Asked(event.into(), None));
        }
        while !self.facts.is_empty() && self.facts.trouble().is_none() {
            let now = self.clock.now();
            if until <= now.mono {
                return;
            }
            while let Some(Waiting { at, what, .. }) = self.facts.next() {
                match what {
                    What::Asked(asked, _) => self.decide_one(now, at, &asked, |_| ()),
                    What::Agreed(agreement, _) => drop(self.take_up(now, at, *agreement)),
                    What::WrappedUp(_, to) => {
                        let _ = to.send(true);
                    }
                    What::Case(told, to) => self.decide_case(at, *told, to),
                }
                while self.signalling.poll_event().is_some() {}
            }
            if !self.facts.is_empty() {
                self.signalling.wait(Some(self.clock.until(until)));
            }
        }
    }
}

/// Who calls, if somebody does.
fn caller(signalling: &Signalling, event: &Event) -> Option<Redacted<Number>> {
    let Event::CallArrived { contact, .. } = *event else { return None };
    signalling.number(contact)
}

fn is_signed_off(centre: &Centre, seat: AgentId) -> bool {
    centre.agent(seat).is_none_or(|agent| agent.state == State::SignedOff)
}
