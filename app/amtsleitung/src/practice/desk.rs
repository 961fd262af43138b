// SPDX-License-Identifier: EUPL-1.2
//! Puts a practice together, and lets a newcomer – or nobody – sit at its desk.

use super::callers::Callers;
use super::crowd::{self, Account, Crowd, EXCHANGE, Left, Press, Sockets};
use super::folder::Folder;
use super::screen::{Screen, Seat, plain_line, press_for};
use super::town::{demo, is_for_the_crowd, open_pages, town};
use super::view::View;
use crate::clock::{Clock, wall_now};
use crate::config::County;
use crate::pages::Pages;
use crate::service::control::{Control, reply};
use crate::service::{Ask, Decided, Inbox, Log, NotTaken, Service, Snapshot, listener};
use crate::shelf::import::{Order, import, put_aside};
use crate::start::{Keeps, Started, start};
use crate::{Lang, output, rehearsal, shelf};
use acd::agent::State;
use centre::Command;
use crossterm::event::{self, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::{cursor, execute, terminal};
use sim::{Outcome, People, Spec};
use sip::digest::Credentials;
use std::io::{self, IsTerminal as _, Write as _, stdin, stdout};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::time::Duration;
use stdx::{AgentId, Micros, Redacted, Tick};
use telephony::signalling::{Carrier, Listen};

/// How long the page waits for a key before it is drawn again.
const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// How soon a wish to stop is seen while nothing happens.
const STOP_SEEN: Duration = Duration::from_millis(250);

/// How often a centre is started: a port that was free may be taken by somebody else a moment later.
const STARTS_MAX: usize = 3;

/// Which part of the time of its beginning tells a practice's folder from others.
const FOLDER_NUMBERS: u64 = 0xffff;

/// How a practice is to be.
#[derive(Debug)]
pub struct Options<'a> {
    /// The checked county.
    pub county: &'a County,
    /// Where the shipped sounds are, if there are any.
    pub prompts: Option<PathBuf>,
    /// The files of the catalogue that the pages answer from.
    pub catalogue: Vec<PathBuf>,
    /// Whose seat is the newcomer's.
    pub seat: AgentId,
    /// Whether a newcomer sits there; otherwise somebody made up does.
    pub newcomer: bool,
    /// Calls a minute.
    pub pace: f64,
    /// Where the pages are; none for a practice without them.
    pub web: Option<SocketAddr>,
    /// In which language.
    pub lang: Lang,
}

/// A practice that runs.
#[derive(Debug)]
pub struct Practice {
    clock: Clock,
    newcomer: Option<AgentId>,
    seat: Seat,
    inbox: Inbox,
    heard: Receiver<Decided>,
    view: View,
    callers: Callers,
    service: Service,
    control: Control,
    /// The pages, while they are kept.
    pages: Option<Pages>,
    crowd: Crowd,
    /// Removed at the very end.
    folder: Folder,
}

/// What came of a practice.
#[derive(Debug)]
pub struct Ended {
    /// Every contact that ended, and every team's time.
    pub outcome: Outcome,
    /// Callers who were still inside.
    pub inside: usize,
    /// What the crowd left behind: nothing, if all went well.
    pub left: Left,
}

impl Practice {
    /// Starts the centre and lets the crowd call it.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn start(options: &Options<'_>) -> Result<Practice, String> {
        let Options { county, seat, lang, .. } = *options;
        let text = |error: io::Error| error.to_string();
        let began = wall_now();
        let seed = began.0.unsigned_abs();
        let desks = rehearsal::practised(county, seat);
        let sockets = Sockets::open(desks.len()).map_err(text)?;
        let exchange = sockets.address(EXCHANGE);
        let spec = rehearsal::practice_spec(&town(county, exchange), seat, began, options.pace)
            .ok_or_else(|| nobody(lang))?;
        let folder = Folder::new(seed & FOLDER_NUMBERS).map_err(text)?;
        let (to_desk, heard) = listener();
        bring_in(&options.catalogue, folder.path(), lang)?;
        let (town, started) = serve(options, exchange, &folder, &to_desk)?;
        let view = View::new(&spec.setup);
        let newcomer = options.newcomer.then_some(seat);
        let telephones = Telephones { sockets, desks, newcomer, seed };
        let crowd = telephones.start(spec, &town, &started);
        let seat = seat_words(&town, seat, &started, &folder);
        let Started { inbox, service, clock, control, pages, .. } = started;
        match crowd {
            Ok(crowd) => Ok(Practice {
                clock,
                newcomer,
                seat,
                inbox,
                heard,
                view,
                callers: Callers::default(),
                service,
                control,
                pages,
                crowd,
                folder,
            }),
            Err(why) => {
                // It has just begun and is asked nothing else; its own word would be no better.
                let _ = inbox.ask(Ask::Stop);
                let _ = service.join();
                Err(why)
            }
        }
    }

    /// Where the pages are, if there are any.
    #[must_use]
    pub fn pages_at(&self) -> Option<SocketAddr> {
        self.pages.as_ref().map(|pages| pages.at)
    }

    /// Ends it: the centre hangs up every call, everybody goes home, and nothing is left.
    ///
    /// # Errors
    /// If a thread broke an invariant.
    pub fn end(mut self) -> io::Result<Ended> {
        self.crowd.rest();
        // A full inbox is empty a moment later; the thread that reads it waits for nothing else.
        while self.inbox.ask(Ask::Stop) == Err(NotTaken::Full) {
            std::thread::yield_now();
        }
        let broken = |_| io::Error::other("an invariant of the centre was broken");
        let ended = self.service.join().map_err(broken)?;
        let left = self.crowd.end().map_err(|_| io::Error::other("the crowd has fallen ill"))?;
        for decided in self.heard.try_iter() {
            self.view.hear(&decided);
        }
        // The folder goes when the socket in it is closed.
        drop((self.control, self.folder));
        Ok(Ended { outcome: self.view.outcome, inside: ended.centre.contacts_inside(), left })
    }

    /// How the centre stands; none if it does not answer.
    #[must_use]
    pub fn snapshot(&self) -> Option<Snapshot> {
        reply(&self.inbox, Ask::Snapshot)
    }

    /// Plays on for so long, and hands every command of the centre to `see`; ends early if that says
    /// so, or if `stop` is set.
    pub fn watch(
        &mut self,
        length: Micros,
        stop: &AtomicBool,
        see: &mut dyn FnMut(&Decided) -> bool,
    ) {
        let until = self.clock.now().mono + length;
        while !stop.load(Ordering::Relaxed) && self.clock.now().mono < until {
            match self.heard.recv_timeout(self.clock.until(until).min(STOP_SEEN)) {
                Ok(decided) => {
                    self.hear(&decided);
                    if !see(&decided) {
                        return;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Does what a key stands for, as far as a telephone can.
    pub(super) fn press(&self, press: Press) {
        self.crowd.press(press);
    }

    /// Whether the newcomer has registered a telephone of their own.
    pub(super) fn own_telephone(&self) -> bool {
        self.crowd.own_telephone()
    }

    #[cfg(test)]
    pub(super) fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Takes in everything heard.
    ///
    /// # Errors
    /// If the centre has ended.
    fn hear_all(&mut self) -> Result<(), TryRecvError> {
        loop {
            match self.heard.try_recv() {
                Ok(decided) => self.hear(&decided),
                Err(TryRecvError::Empty) => return Ok(()),
                Err(TryRecvError::Disconnected) => return Err(TryRecvError::Disconnected),
            }
        }
    }

    fn hear(&mut self, decided: &Decided) {
        self.view.hear(decided);
        self.callers.hear(decided);
        self.tell_who_speaks(decided);
    }

    /// A citizen who is answered by the newcomer's own telephone would hear it; the crowd does not
    /// understand sound, so it is told.
    fn tell_who_speaks(&self, decided: &Decided) {
        if let Command::Connect { contact, agent } = decided.command
            && Some(agent) == self.newcomer
            && self.own_telephone()
            && let Some(nth) = self.callers.nth(contact)
        {
            self.crowd.speaks(nth);
        }
    }
}

/// Starts the centre with the county that is practised with.
/// Brings the catalogue in that is practised with; a file that is not good is said, and nothing is practised.
fn bring_in(files: &[PathBuf], folder: &Path, lang: Lang) -> Result<(), String> {
    if files.is_empty() {
        return Ok(());
    }
    let mut catalogue = shelf::open(folder, lang)?;
    let order = Order {
        files: files.to_vec(),
        feed: "practice".to_owned(),
        is_snapshot: false,
        is_dry: false,
        may_delete: false,
    };
    let outcome = import(&mut catalogue, &order, &mut |_| {}).map_err(|why| why.text(lang))?;
    let bad = outcome.quarantined.iter().map(|(path, problem)| put_aside(lang, path, problem));
    let bad: String = bad.collect();
    if bad.is_empty() { Ok(()) } else { Err(bad.trim_end().to_owned()) }
}

fn serve(
    options: &Options<'_>,
    exchange: SocketAddr,
    folder: &Folder,
    to_desk: &SyncSender<Decided>,
) -> Result<(County, Started), String> {
    let mut why = String::new();
    for _ in 0..STARTS_MAX {
        let mut town = town(options.county, exchange);
        if let Some(at) = options.web {
            open_pages(&mut town, options.seat, at);
        }
        let started = start(crate::start::Options {
            county: &town,
            data: folder.path(),
            keeps: Keeps::Nothing,
            prompts: options.prompts.clone(),
            http: None,
            bench: (None, 1),
            listeners: vec![to_desk.clone()],
            demo: Some(demo(&town, options.seat)),
            log: Log::silent(),
            lang: options.lang,
        });
        match started {
            Ok(started) => return Ok((town, started)),
            Err(reason) => why = reason,
        }
    }
    Err(why)
}

/// What the crowd's telephones are made of.
struct Telephones {
    sockets: Sockets,
    desks: Vec<AgentId>,
    newcomer: Option<AgentId>,
    seed: u64,
}

impl Telephones {
    fn start(self, spec: Spec, town: &County, started: &Started) -> Result<Crowd, String> {
        let domain = town.telephony.as_ref().map_or("", |it| &it.domain);
        let accounts = self.desks.into_iter().filter_map(|agent| {
            let phone = town.phones.iter().find(|phone| phone.agent == Some(agent))?;
            let password = started.passwords.of(&phone.id)?.expose().clone().into_bytes();
            let credentials = Credentials {
                username: Redacted::new(phone.id.clone().into_bytes()),
                password: Redacted::new(password),
            };
            let (id, domain) = (phone.id.clone(), domain.to_owned());
            Some((agent, Account { id, domain, credentials }))
        });
        let media_ports =
            town.telephony.as_ref().map(|it| it.media_ports.clone()).ok_or_else(String::new)?;
        let reached = |at: &&Listen| at.carrier == Carrier::Udp && is_for_the_crowd(at.address);
        let server = started.listens.iter().find(reached).map(|at| at.address);
        let server = server.ok_or_else(String::new)?;
        let mut people = People::new(spec, self.seed);
        if let Some(agent) = self.newcomer {
            people.leave_to_newcomer(agent);
        }
        let clock = Clock::starting_at(people.begin());
        let parts = crowd::Parts {
            people,
            clock,
            sockets: self.sockets,
            server,
            county: town,
            desks: accounts.collect(),
            newcomer: self.newcomer,
            media_ports,
            seed: self.seed,
        };
        Crowd::start(parts).map_err(|error| error.to_string())
    }
}

fn seat_words(town: &County, seat: AgentId, started: &Started, folder: &Folder) -> Seat {
    let phone = town.phones.iter().find(|phone| phone.agent == Some(seat));
    Seat {
        agent: seat,
        server: started.listens.first().map(|at| at.address),
        user: phone.map_or_else(String::new, |phone| phone.id.clone()),
        data: folder.path().to_owned(),
    }
}

fn nobody(lang: Lang) -> String {
    lang.pick(
        "In dieser Konfiguration gibt es niemanden, der abnehmen könnte, oder keine Leitung mit Anrufen.",
        "In this configuration there is nobody who could answer, or no line with calls.",
    )
    .to_owned()
}

/// Plays for a while without anybody at the desk, and prints what happens line by line.
pub fn without_terminal(
    practice: &mut Practice,
    lang: Lang,
    county: &County,
    length: Micros,
    stop: &AtomicBool,
) {
    practice.watch(length, stop, &mut |decided| {
        let line = plain_line(lang, county, decided, Tick(0));
        line.is_none_or(|line| output::heard(&line))
    });
}

/// Lets the newcomer work until the key that ends it, or until `stop` is set.
///
/// # Errors
/// If the terminal fails.
pub fn at_terminal(
    practice: &mut Practice,
    lang: Lang,
    county: &County,
    stop: &Arc<AtomicBool>,
) -> io::Result<()> {
    let mut screen = Screen::new(lang, county, practice.seat.clone());
    let _restored = Terminal::take()?;
    while practice.hear_all().is_ok() && !stop.load(Ordering::Relaxed) {
        let (columns, rows) = terminal::size()?;
        let now = practice.clock.now().mono;
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        screen.own_telephone = practice.own_telephone();
        draw(&screen.page(&practice.view, now, columns, rows), columns)?;
        match pressed()? {
            Pressed::Nothing => {}
            Pressed::Quit => return Ok(()),
            Pressed::Key(key) => {
                let (state, _) = practice.view.agent(practice.seat.agent);
                work(practice, &mut screen, now, key, state);
            }
        }
    }
    Ok(())
}

/// A key is pressed; what the telephone at hand cannot do is said.
fn work(practice: &Practice, screen: &mut Screen<'_>, now: Tick, key: char, state: State) {
    let Some(press) = press_for(key, state) else { return };
    match screen.objection(press, state) {
        Some(words) => screen.notice = Some((words, now)),
        None => practice.press(press),
    }
}

enum Pressed {
    Nothing,
    Key(char),
    Quit,
}

fn pressed() -> io::Result<Pressed> {
    if !event::poll(REDRAWN_EVERY)? {
        return Ok(Pressed::Nothing);
    }
    // A terminal that was closed has something to read for ever, and never a key.
    if !stdin().is_terminal() {
        return Ok(Pressed::Quit);
    }
    let Some(key) = event::read()?.as_key_event() else { return Ok(Pressed::Nothing) };
    if key.kind == KeyEventKind::Release {
        return Ok(Pressed::Nothing);
    }
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    let letter = if key.code == KeyCode::Enter { Some('\n') } else { key.code.as_char() };
    Ok(match letter {
        Some('c' | 'd') if control => Pressed::Quit,
        Some('q' | 'Q') => Pressed::Quit,
        Some(letter) => Pressed::Key(letter),
        None if key.code == KeyCode::Esc => Pressed::Quit,
        None => Pressed::Nothing,
    })
}

fn draw(lines: &[String], columns: usize) -> io::Result<()> {
    let mut page = String::from("\x1b[H");
    for line in lines {
        page.extend(line.chars().take(columns));
        page.push_str("\x1b[K\r\n");
    }
    page.truncate(page.len() - "\r\n".len());
    page.push_str("\x1b[J");
    let mut out = stdout().lock();
    out.write_all(page.as_bytes())?;
    out.flush()
}

/// The terminal as the page needs it; given back as it was when dropped, even after a panic.
struct Terminal;

impl Terminal {
    fn take() -> io::Result<Terminal> {
        terminal::enable_raw_mode()?;
        execute!(stdout(), terminal::EnterAlternateScreen, cursor::Hide)?;
        Ok(Terminal)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Nothing is left to do if the terminal is gone.
        let _gone = execute!(stdout(), cursor::Show, terminal::LeaveAlternateScreen);
        let _gone = terminal::disable_raw_mode();
    }
}
