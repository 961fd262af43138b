// SPDX-License-Identifier: EUPL-1.2
//! Puts a practice together, and lets a newcomer – or nobody – sit at its desk.

use super::citizens::Citizens;
use super::screen::{Screen, event_for, plain_line};
use super::view::View;
use crate::clock::Clock;
use crate::config::County;
use crate::live::{Decided, Inbox, Live, NotTaken, listener};
use crate::{Lang, output};
use crossterm::event::{self, KeyCode, KeyEventKind, KeyModifiers};
use crossterm::{cursor, execute, terminal};
use sim::{Outcome, People, Spec};
use std::io::{self, Write as _, stdout};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use stdx::{AgentId, Micros, Tick};

/// How long the page waits for a key before it is drawn again.
const REDRAWN_EVERY: Duration = Duration::from_millis(100);

/// A practice that runs.
#[derive(Debug)]
pub struct Practice {
    clock: Clock,
    began: Tick,
    newcomer: Option<AgentId>,
    inbox: Inbox,
    heard: Receiver<Decided>,
    view: View,
    live: Live,
    citizens: JoinHandle<()>,
    /// Dropped to send the citizens home.
    stop: Sender<()>,
}

impl Practice {
    /// Starts the loop and the people around it. Without a newcomer all agents are simulated.
    ///
    /// # Errors
    /// If the setup makes no centre or the system gives no threads.
    pub fn start(spec: Spec, seed: u64, newcomer: Option<AgentId>) -> io::Result<Practice> {
        let centre = centre::Centre::new(spec.setup.clone())
            .map_err(|problem| io::Error::other(format!("{problem:?}")))?;
        let view = View::new(&spec.setup);
        let mut people = People::new(spec, seed);
        if let Some(agent) = newcomer {
            people.leave_to_newcomer(agent);
        }
        let began = people.begin();
        let clock = Clock::starting_at(began);
        let ((to_people, people_hear), (to_desk, heard)) = (listener(), listener());
        let (inbox, live) = Live::start(centre, clock, vec![to_people, to_desk])?;
        let (stop, stopped) = channel();
        let citizens = Citizens::start(people, clock, inbox.clone(), people_hear, stopped)?;
        Ok(Practice { clock, began, newcomer, inbox, heard, view, live, citizens, stop })
    }

    /// Ends it: everybody goes home, the loop ends. Gives back what happened, and how many callers
    /// were still there.
    ///
    /// # Errors
    /// If a thread broke an invariant.
    pub fn end(mut self) -> io::Result<(Outcome, usize)> {
        drop(self.stop);
        drop(self.inbox);
        let broken = |_| io::Error::other("an invariant of the centre was broken");
        self.citizens.join().map_err(broken)?;
        let centre = self.live.join().map_err(broken)?;
        for decided in self.heard.try_iter() {
            self.view.hear(&decided);
        }
        Ok((self.view.outcome, centre.contacts_inside()))
    }

    fn hear_all(&mut self) -> Result<bool, TryRecvError> {
        let mut news = false;
        loop {
            match self.heard.try_recv() {
                Ok(decided) => {
                    self.view.hear(&decided);
                    news = true;
                }
                Err(TryRecvError::Empty) => return Ok(news),
                Err(TryRecvError::Disconnected) => return Err(TryRecvError::Disconnected),
            }
        }
    }
}

/// Plays for a while without anybody at the desk, and prints what happens line by line.
pub fn without_terminal(practice: &mut Practice, lang: Lang, county: &County, length: Micros) {
    let until = practice.began + length;
    loop {
        match practice.heard.recv_timeout(practice.clock.until(until)) {
            Ok(decided) => {
                practice.view.hear(&decided);
                let line = plain_line(lang, county, &decided, practice.began);
                if line.is_some_and(|line| !output::heard(&line)) {
                    return;
                }
            }
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
        }
        if practice.clock.now().mono >= until {
            return;
        }
    }
}

/// Lets the newcomer work until the key that ends it.
///
/// # Errors
/// If the terminal fails.
pub fn at_terminal(practice: &mut Practice, lang: Lang, county: &County) -> io::Result<()> {
    let Some(newcomer) = practice.newcomer else { return Ok(()) };
    let screen = Screen::new(lang, county, newcomer);
    let _restored = Terminal::take()?;
    while practice.hear_all().is_ok() {
        let (columns, rows) = terminal::size()?;
        let now = practice.clock.now().mono;
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        draw(&screen.page(&practice.view, now, columns, rows), columns)?;
        match pressed()? {
            Pressed::Nothing => {}
            Pressed::Quit => return Ok(()),
            Pressed::Key(key) => {
                let (state, _) = practice.view.agent(newcomer);
                let event = event_for(key, newcomer, state);
                if event.is_some_and(|event| practice.inbox.tell(event) == Err(NotTaken::Ended)) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
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
