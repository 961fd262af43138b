// SPDX-License-Identifier: EUPL-1.2
//! What pages share: the centre, what things are called, and each agent's desk.
//!
//! The rule to keep: a lock is held for a look or a change, never while something is awaited.

use crate::cases::Feedback;
use crate::centre::{Centre, NotAsked, Question, Reply, answered};
use crate::directory::Directory;
use crate::knowledge::{Asked, Shelf};
use crate::lang::Lang;
use crate::limits::WRAP_UPS_KEPT;
use crate::problem::Problem;
use crate::words::{
    Device, Quality, QualityWord, ResultWord, ToDesk, Why, WrapUp, Written, moment,
};
use ::centre::{Command, Event, Note, TransferTo};
use acd::agent::State;
use promise::Resolution;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use stdx::{AgentId, ContactId, LineId, Redacted, Timestamp};
use telephony::softphone::{self, News, Order, Softphones};
use tokio::sync::{mpsc, watch};

/// Messages for a page that it has not read yet: answers to everything it may ask at once.
const FOR_PAGE_MAX: usize = 128;

/// The password of a telephone, by its id.
pub type PasswordOf = Box<dyn Fn(&str) -> Redacted<String> + Send + Sync>;

/// The browsers' telephones.
pub struct Telephones {
    /// The thread that has them.
    pub softphones: Softphones,
    /// The password of each.
    pub password: PasswordOf,
}

/// What pages share.
pub struct Hub {
    centre: Arc<dyn Centre>,
    shelf: Arc<dyn Shelf>,
    telephones: Option<Telephones>,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    directory: Mutex<Arc<Directory>>,
    desks: Mutex<BTreeMap<AgentId, DeskState>>,
    /// Changes that a wallboard shows.
    board: watch::Sender<()>,
}

/// An agent's desk, as far as the centre does not know it.
#[derive(Debug)]
struct DeskState {
    /// Told when anything changed that the desk shows.
    changed: watch::Sender<()>,
    open: Option<Open>,
    /// Counts windows, so that one that closes late does not close the next one's.
    windows: u64,
    device: Option<Device>,
    phone: PhoneState,
    /// The request with which the page's last offer came.
    offer: u64,
    /// The last request that was an order to the telephone.
    ordered: u64,
    /// To whom the caller is being handed on.
    handing_to: String,
    /// The calls of this shift, the last one last.
    seen: VecDeque<Seen>,
    /// Whether the agent has talked to the last one.
    has_talked: bool,
    wrap_ups: VecDeque<WrapUp>,
}

/// A call that the agent had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) contact: ContactId,
    pub(crate) line: LineId,
    pub(crate) began: Timestamp,
    pub(crate) ended: Option<Timestamp>,
}

/// What an agent said of a call before this start.
#[derive(Clone, Debug)]
pub struct Recalled {
    /// Of which contact.
    pub contact: ContactId,
    /// On which line.
    pub line: LineId,
    /// When its call was set up.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// What came of it.
    pub result: Option<Resolution>,
    /// What was written of it.
    pub written: Written,
}

impl Default for DeskState {
    fn default() -> DeskState {
        DeskState {
            changed: watch::Sender::new(()),
            open: None,
            windows: 0,
            device: None,
            phone: PhoneState::default(),
            offer: 0,
            ordered: 0,
            handing_to: String::new(),
            seen: VecDeque::new(),
            has_talked: false,
            wrap_ups: VecDeque::new(),
        }
    }
}

/// The window in which a desk is open.
#[derive(Debug)]
struct Open {
    window: u64,
    since: Timestamp,
    lang: Lang,
    to_page: mpsc::Sender<ToDesk>,
}

/// What is known of a browser's telephone.
#[derive(Clone, Debug, Default)]
pub(crate) struct PhoneState {
    pub(crate) connected: bool,
    pub(crate) registered: bool,
    pub(crate) calls: Vec<(softphone::CallView, Timestamp)>,
    pub(crate) transfer: Option<softphone::TransferState>,
    pub(crate) quality: Option<QualityWord>,
}

/// A window that has the desk.
#[derive(Debug)]
pub(crate) struct Window {
    pub(crate) number: u64,
    pub(crate) to_page: mpsc::Receiver<ToDesk>,
    pub(crate) changed: watch::Receiver<()>,
}

/// What a desk shows beside what the centre says.
#[derive(Clone, Debug, Default)]
pub(crate) struct DeskOwn {
    pub(crate) device: Option<Device>,
    pub(crate) phone: PhoneState,
    pub(crate) handing_to: String,
    pub(crate) seen: Option<Seen>,
    pub(crate) wrap_up: Option<WrapUp>,
}

impl Hub {
    /// A hub where nobody is yet.
    #[must_use]
    pub fn new(
        (centre, shelf): (Arc<dyn Centre>, Arc<dyn Shelf>),
        directory: Directory,
        telephones: Option<Telephones>,
        now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Hub {
        Hub {
            centre,
            shelf,
            telephones,
            now,
            directory: Mutex::new(Arc::new(directory)),
            desks: Mutex::default(),
            board: watch::Sender::new(()),
        }
    }

    fn desks(&self) -> MutexGuard<'_, BTreeMap<AgentId, DeskState>> {
        self.desks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What time it is.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// What things are called at this moment.
    pub(crate) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Another configuration holds from now on.
    pub fn agree(&self, directory: Directory) {
        *self.directory.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        for desk in self.desks().values() {
            desk.changed.send_replace(());
        }
        self.board.send_replace(());
    }

    /// Asks the centre.
    pub(crate) async fn ask<T>(
        &self,
        question: impl FnOnce(Reply<T>) -> Question,
    ) -> Result<T, NotAsked> {
        answered(|reply| self.centre.ask(question(reply))).await
    }

    /// Asks the catalogue.
    pub(crate) async fn look_up<T>(
        &self,
        asked: impl FnOnce(Reply<T>) -> Asked,
    ) -> Result<T, NotAsked> {
        answered(|reply| self.shelf.ask(asked(reply))).await
    }

    /// By when somebody comes back to citizens, as it is agreed now; none if no cases are kept.
    #[must_use]
    pub fn feedback(&self) -> Option<Arc<Feedback>> {
        self.directory().feedback.clone()
    }

    // ---- what is heard ----

    /// The centre has decided something, which happened at this time.
    pub fn heard(&self, now: Timestamp, cause: &Event, command: &Command) {
        self.tell_desks(now, cause, command);
        // Who has signed off needs no telephone any more, after a call too.
        if let Command::Note(Note::AgentChanged { agent, state: State::SignedOff }) = *command
            && self.device(agent).is_some()
        {
            self.choose(agent, None);
        }
    }

    fn tell_desks(&self, now: Timestamp, cause: &Event, command: &Command) {
        self.board.send_replace(());
        let mut desks = self.desks();
        if let Command::Ring { agent, contact, line, .. } = *command {
            desks.entry(agent).or_default().see(now, contact, line);
        } else if let Command::Note(Note::AgentChanged { agent, state }) = *command {
            // Who is handed a caller by a colleague hears nothing ring: the colleague knows the line.
            if let State::Talking { contact, .. } = state
                && desks.get(&agent).is_none_or(|it| it.line_of(contact).is_none())
                && let Some(line) = desks.values().find_map(|it| it.line_of(contact))
            {
                desks.entry(agent).or_default().see(now, contact, line);
            }
            desks.entry(agent).or_default().change(now, state);
        }
        let touch = |agent: AgentId| {
            if let Some(desk) = desks.get(&agent) {
                desk.changed.send_replace(());
            }
        };
        cause.agent().into_iter().for_each(touch);
        agents_of(command).into_iter().flatten().for_each(touch);
        if let Command::Wait { .. } | Command::WaitAgain { .. } | Command::Note(Note::Ended(_)) =
            command
        {
            desks.values().for_each(|desk| desk.changed.send_replace(()));
        }
    }

    /// A browser's telephone tells something.
    pub fn telephone_tells(&self, phone: &str, news: News) {
        let Some(agent) = self.directory().agent_of_browser(phone) else { return };
        let now = self.now();
        let mut desks = self.desks();
        let desk = desks.entry(agent).or_default();
        desk.learn(now, news);
        desk.changed.send_replace(());
    }

    /// Changes that a wallboard shows.
    pub(crate) fn board_changes(&self) -> watch::Receiver<()> {
        self.board.subscribe()
    }

    // ---- desks ----

    /// Opens a desk in a window; or says since when it is open in another.
    pub(crate) fn open(
        &self,
        agent: AgentId,
        lang: Lang,
        take_over: bool,
    ) -> Result<Window, Timestamp> {
        let now = self.now();
        let mut desks = self.desks();
        let desk = desks.entry(agent).or_default();
        if let Some(open) = &desk.open {
            if !take_over {
                return Err(open.since);
            }
            // A window that does not read is closed all the same: nobody sends to it any more.
            let _ = open.to_page.try_send(ToDesk::TakenOver);
        }
        let (sender, to_page) = mpsc::channel(FOR_PAGE_MAX);
        desk.windows += 1;
        let window = desk.windows;
        desk.open = Some(Open { window, since: now, lang, to_page: sender });
        let changed = desk.changed.subscribe();
        Ok(Window { number: window, to_page, changed })
    }

    /// A window closes. Its calls are held, if it still had the desk.
    pub(crate) fn close(&self, agent: AgentId, window: u64) {
        let was_open = {
            let mut desks = self.desks();
            let desk = desks.entry(agent).or_default();
            desk.open.take_if(|open| open.window == window).is_some()
        };
        if was_open {
            // Without a telephone there is nothing to hold.
            let _ = self.order(agent, Order::PageGone);
        }
    }

    /// What a desk shows beside what the centre says.
    /// Of wrap-ups only that of this contact.
    pub(crate) fn own(&self, agent: AgentId, contact: Option<ContactId>) -> DeskOwn {
        let desks = self.desks();
        let Some(desk) = desks.get(&agent) else { return DeskOwn::default() };
        DeskOwn {
            device: desk.device,
            phone: desk.phone.clone(),
            handing_to: desk.handing_to.clone(),
            seen: desk.seen.back().cloned(),
            wrap_up: contact.and_then(|it| desk.wrap_up(it)).cloned(),
        }
    }

    /// What an agent said of the calls of this shift, the last first.
    pub(crate) fn wrap_ups(&self, agent: AgentId) -> Vec<WrapUp> {
        let desks = self.desks();
        desks.get(&agent).into_iter().flat_map(|it| it.wrap_ups.iter().rev().cloned()).collect()
    }

    /// The calls of the browser's telephone.
    pub(crate) fn calls(&self, agent: AgentId) -> Vec<softphone::CallView> {
        let desks = self.desks();
        let calls = desks.get(&agent).map(|it| it.phone.calls.iter());
        calls.into_iter().flatten().map(|(call, _)| call.clone()).collect()
    }

    /// With what the agent works from now on; the browser's telephone can be called only if it is that.
    pub(crate) fn choose(&self, agent: AgentId, device: Option<Device>) {
        self.desks().entry(agent).or_default().device = device;
        let order = match device {
            Some(Device::Browser) => self.browser_of(agent).and_then(|phone| {
                let telephones = self.telephones.as_ref()?;
                Some(Order::Open { password: (telephones.password)(&phone) })
            }),
            Some(Device::DeskPhone) | None => Some(Order::Close),
        };
        if let Some(order) = order {
            // Who has none has nothing to open or close.
            let _ = self.order(agent, order);
        }
        self.touch(agent);
    }

    /// With what the agent works.
    pub(crate) fn device(&self, agent: AgentId) -> Option<Device> {
        self.desks().get(&agent).and_then(|desk| desk.device)
    }

    /// The id of the agent's telephone in the browser.
    pub(crate) fn browser_of(&self, agent: AgentId) -> Option<String> {
        self.telephones.as_ref()?;
        self.directory().agents.get(agent.index())?.browser.clone()
    }

    /// Tells the browser's telephone what to do; says whether there is one that heard it.
    pub(crate) fn order(&self, agent: AgentId, order: Order) -> bool {
        let (Some(phone), Some(telephones)) = (self.browser_of(agent), &self.telephones) else {
            return false;
        };
        telephones.softphones.tell(&phone, order).is_ok()
    }

    fn touch(&self, agent: AgentId) {
        if let Some(desk) = self.desks().get(&agent) {
            desk.changed.send_replace(());
        }
    }

    /// The page's offer came with this request.
    pub(crate) fn offer(&self, agent: AgentId, of: u64) {
        self.desks().entry(agent).or_default().offer = of;
    }

    /// The last order came with this request.
    pub(crate) fn ordered(&self, agent: AgentId, of: u64) {
        self.desks().entry(agent).or_default().ordered = of;
    }

    /// How the browser measures the sound.
    pub(crate) fn measure(&self, agent: AgentId, quality: Quality) {
        self.desks().entry(agent).or_default().phone.quality = Some(rated(quality));
        self.touch(agent);
    }

    /// What an agent says of a call, with what the server knows of it; none if the call was not theirs, or is too
    /// long ago.
    pub(crate) fn named(&self, agent: AgentId, said: WrapUp) -> Option<WrapUp> {
        let desks = self.desks();
        let seen = desks.get(&agent)?.seen.iter().find(|it| it.contact.0 == said.contact)?.clone();
        drop(desks);
        Some(named(&self.directory(), &seen, said))
    }

    /// A call that this agent had in this shift, or has; none if it was not theirs, or only rang.
    pub(crate) fn had(&self, agent: AgentId, contact: ContactId) -> Option<Seen> {
        let desks = self.desks();
        let desk = desks.get(&agent)?;
        let seen = desk.seen.iter().rev().find(|it| it.contact == contact)?;
        // Who is not talked to yet, or never was, is the last.
        let was_talked_to = seen.ended.is_some() || desk.has_talked;
        was_talked_to.then(|| seen.clone())
    }

    /// Keeps what an agent says of a call for as long as they are signed on; of one call the last word holds.
    pub(crate) fn keep(&self, agent: AgentId, said: WrapUp) {
        self.desks().entry(agent).or_default().keep(said);
        self.touch(agent);
    }

    /// An agent who was signed on before this start said so of a call that ended.
    pub fn recall(&self, agent: AgentId, recalled: Recalled) {
        let Recalled { contact, line, began, ended, result, written } = recalled;
        let seen = Seen { contact, line, began, ended: Some(ended) };
        let Written { concerns, place, note } = written;
        let result = result.map(ResultWord::from);
        let (line, client) = (String::new(), String::new());
        let said =
            WrapUp { contact: contact.0, line, client, ended: None, concerns, place, result, note };
        let said = named(&self.directory(), &seen, said);
        let mut desks = self.desks();
        let desk = desks.entry(agent).or_default();
        desk.remember(seen);
        desk.keep(said);
    }

    /// The caller is to be handed on to whom this names.
    pub(crate) fn handing_to(&self, agent: AgentId, to: &str) {
        self.desks().entry(agent).or_default().handing_to = to.to_owned();
    }
}

fn named(directory: &Directory, seen: &Seen, said: WrapUp) -> WrapUp {
    WrapUp {
        line: directory.named_line(seen.line).map_or_else(String::new, |it| it.name),
        client: directory.client_of(seen.line).map_or_else(String::new, |it| it.name),
        ended: seen.ended.map(moment),
        ..said
    }
}

impl DeskState {
    fn keep(&mut self, said: WrapUp) {
        self.wrap_ups.retain(|it| it.contact != said.contact);
        self.wrap_ups.push_back(said);
        if self.wrap_ups.len() > WRAP_UPS_KEPT {
            self.wrap_ups.pop_front();
        }
    }

    fn wrap_up(&self, contact: ContactId) -> Option<&WrapUp> {
        self.wrap_ups.iter().find(|it| it.contact == contact.0)
    }

    /// The line of a call that this agent had, or that rings here.
    fn line_of(&self, contact: ContactId) -> Option<LineId> {
        self.seen.iter().rev().find(|it| it.contact == contact).map(|it| it.line)
    }

    /// A call rings here.
    fn see(&mut self, now: Timestamp, contact: ContactId, line: LineId) {
        self.remember(Seen { contact, line, began: now, ended: None });
    }

    fn remember(&mut self, seen: Seen) {
        self.seen.retain(|it| it.contact != seen.contact);
        self.seen.push_back(seen);
        if self.seen.len() > WRAP_UPS_KEPT {
            self.seen.pop_front();
        }
    }

    /// The agent does something else: a call that was not answered was not theirs, and one that was is over.
    fn change(&mut self, now: Timestamp, state: State) {
        let with = match state {
            State::Offered { contact, .. } | State::Talking { contact, .. } => Some(contact),
            State::WrapUp { .. }
            | State::SignedOff
            | State::NotReady { .. }
            | State::Ready { .. } => None,
        };
        let talks = matches!(state, State::Talking { .. });
        if let Some(last) = self.seen.back_mut() {
            if talks && with == Some(last.contact) {
                last.began = now;
                self.has_talked = true;
            } else if with != Some(last.contact) && last.ended.is_none() {
                if self.has_talked {
                    last.ended = Some(now);
                } else {
                    self.seen.pop_back();
                }
                self.has_talked = false;
            }
        }
        if state == State::SignedOff {
            // The next shift is somebody else's, or another day's.
            self.seen.clear();
            self.wrap_ups.clear();
        }
    }

    fn learn(&mut self, now: Timestamp, news: News) {
        match news {
            News::Registered(registered) => self.phone.registered = registered,
            News::PageConnected(connected) => self.phone.connected = connected,
            News::Calls(calls) => {
                let since = |call: &softphone::CallView| {
                    let before = self.phone.calls.iter().find(|(it, _)| it.nr == call.nr);
                    before.filter(|(it, _)| it.state == call.state).map_or(now, |(_, since)| *since)
                };
                let calls = calls.into_iter().map(|call| {
                    let since = since(&call);
                    (call, since)
                });
                self.phone.calls = calls.collect();
                if self.phone.calls.is_empty() {
                    self.phone.transfer = None;
                    self.phone.quality = None;
                }
            }
            News::Transfer(state) => self.phone.transfer = Some(state),
            News::Answer(Ok(sdp)) => self.say(|_| ToDesk::Sdp { sdp }),
            News::Answer(Err(why)) => {
                let of = self.offer;
                self.say(|lang| refused(of, Problem::no_sound(lang, why)));
            }
            News::Refused(why) => {
                let of = self.ordered;
                self.say(|lang| refused(of, Problem::telephone_refused(lang, why)));
            }
            News::Ended { why: softphone::Why::Refused(status), .. } => {
                let of = self.ordered;
                self.say(|lang| refused(of, Problem::not_reached(lang, status)));
            }
            // Who hung up knows it; what is heard there is measured there.
            News::Ended { .. } | News::Quality(_) => {}
        }
    }

    fn say(&self, what: impl FnOnce(Lang) -> ToDesk) {
        if let Some(open) = &self.open {
            // A page that reads nothing is closed by its silence.
            let _ = open.to_page.try_send(what(open.lang));
        }
    }
}

/// The refusal of a request.
pub(crate) fn refused(of: u64, problem: Problem) -> ToDesk {
    ToDesk::Refused { of, problem: Why { title: problem.title, detail: problem.detail } }
}

/// What can be heard of these losses: the packets of a call hide some per cent, and a jitter buffer some
/// unevenness (ITU-T G.107 and G.113, appendix I, for G.711 and G.722 with concealment).
fn rated(quality: Quality) -> QualityWord {
    if quality.loss > 0.05 || quality.jitter_ms > 80.0 || quality.rtt_ms > 600.0 {
        QualityWord::Poor
    } else if quality.loss > 0.01 || quality.jitter_ms > 30.0 || quality.rtt_ms > 300.0 {
        QualityWord::Fair
    } else {
        QualityWord::Good
    }
}

/// Whom a command is about.
fn agents_of(command: &Command) -> [Option<AgentId>; 2] {
    match *command {
        Command::CallBack { agent, .. }
        | Command::Ring { agent, .. }
        | Command::StopRinging { agent, .. }
        | Command::LetGo { agent, .. }
        | Command::Connect { agent, .. } => [Some(agent), None],
        Command::PutThrough { by, to, .. } => [Some(by), to],
        Command::Note(note) => match note {
            Note::AgentChanged { agent, .. }
            | Note::AgentPlans { agent, .. }
            | Note::Returned { agent, .. }
            | Note::SkillSet { agent, .. } => [Some(agent), None],
            Note::Transferred { to: TransferTo::Agent(agent), .. } => [Some(agent), None],
            Note::Transferred { .. }
            | Note::Widened { .. }
            | Note::Overflows { .. }
            | Note::PartnerReturned { .. }
            | Note::SwitchboardReturned { .. }
            | Note::CallbackReturned { .. }
            | Note::OfficeReturned { .. }
            | Note::PulledForward { .. }
            | Note::Moved { .. }
            | Note::SteeringUndone { .. }
            | Note::LineClosed { .. }
            | Note::LineOpened { .. }
            | Note::PlanStarted { .. }
            | Note::PlanEnded { .. }
            | Note::Ended(_) => [None, None],
        },
        Command::Announce { .. }
        | Command::Wait { .. }
        | Command::WaitAgain { .. }
        | Command::RingSwitchboard { .. }
        | Command::StopSwitchboard { .. }
        | Command::TryPartner { .. }
        | Command::StopPartner { .. }
        | Command::ConnectElsewhere { .. }
        | Command::Deflect { .. }
        | Command::PromiseCallback { .. }
        | Command::StopCallback { .. }
        | Command::Inform { .. }
        | Command::Notify { .. }
        | Command::OpenTask { .. }
        | Command::RingOffice { .. }
        | Command::StopOffice { .. }
        | Command::Dismiss { .. }
        | Command::Release { .. }
        | Command::AskAlive { .. }
        | Command::Refuse(_) => [None, None],
    }
}
