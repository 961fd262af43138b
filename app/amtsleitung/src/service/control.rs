// SPDX-License-Identifier: EUPL-1.2
//! Asking a running centre from the command line, through a socket in its data folder.
//!
//! One line asks, the rest of the connection is the answer. Whoever may open the socket may ask: it
//! belongs to the owner of the folder alone.

use super::steer::{self, Names};
use super::{Ask, Inbox, Snapshot, trunks};
use crate::Lang;
use crate::config::{FILE_MAX, duration};
use crate::erasure::{self, Erasing};
use crate::service::figures::{Act, ActKind, AgentFigures, LogFigures};
use crate::start::{Prepared, Preparing};
use call::CallbackState;
use promise::Fate;
use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use stdx::{ContactId, Micros};
use store::Gap;
use telephony::signalling::{CallView, Doing, Ladder, Refused};

/// The socket's name in the data folder.
pub const SOCKET: &str = "control";

/// Bytes of a question.
const QUESTION_MAX: u64 = 256;

/// How long somebody who asks may take, and the centre to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long nobody is let in after the system gave no file.
const NO_FILES: Duration = Duration::from_millis(100);

/// Calls that are listed; the rest is counted.
const CALLS_SHOWN_MAX: usize = 500;

/// A question, as it goes through the socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// How is everything?
    Status,
    /// Which calls are there?
    Calls,
    /// The ladder of a call.
    Trace(u64),
    /// Destroy the keys of the days before this date, which is as [`hours::parse_date`] takes it.
    Erase(String),
    /// Do this; the words as [`steer::read`] takes them, with one space between.
    Steer(String),
    /// From now on this is agreed: so many bytes follow, a line with the name of a county's file and the file.
    Apply(usize),
}

impl Question {
    fn line(&self, lang: Lang) -> String {
        let lang = lang.pick("de", "en");
        match self {
            Question::Status => format!("{lang} status\n"),
            Question::Calls => format!("{lang} calls\n"),
            Question::Trace(contact) => format!("{lang} trace {contact}\n"),
            Question::Erase(before) => format!("{lang} erase {before}\n"),
            Question::Steer(words) => format!("{lang} steer {words}\n"),
            Question::Apply(length) => format!("{lang} apply {length}\n"),
        }
    }

    fn of(line: &str) -> Option<(Lang, Question)> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (lang, rest) = words.split_first()?;
        let lang = match *lang {
            "de" => Lang::De,
            "en" => Lang::En,
            _ => return None,
        };
        let question = match *rest {
            ["status"] => Question::Status,
            ["calls"] => Question::Calls,
            ["trace", contact] => Question::Trace(contact.parse().ok()?),
            ["apply", length] => Question::Apply(length.parse().ok()?),
            ["erase", before] => Question::Erase(before.to_owned()),
            ["steer", ref words @ ..] => Question::Steer(words.join(" ")),
            _ => return None,
        };
        Some((lang, question))
    }
}

/// What is said to a question: the answer, or why there is none.
pub type Answer = Result<String, String>;

/// The first line of an answer, and of a sentence that says why there is none.
const YES_NO: [&str; 2] = ["yes\n", "no\n"];

/// Asks the centre of this data folder.
///
/// # Errors
/// If no centre runs there, it does not answer in time, or the question is longer than a question may
/// be ([`io::ErrorKind::InvalidInput`]).
pub fn ask(folder: &Path, lang: Lang, question: &Question) -> io::Result<Answer> {
    ask_with(folder, lang, question, "")
}

/// Bytes of a file's name, as far as it is sent.
const NAME_MAX: usize = 4_096;

/// Asks the centre of this data folder to take up this county's file, which has this name.
///
/// # Errors
/// As [`ask`].
pub fn apply(folder: &Path, lang: Lang, (name, text): (&str, &str)) -> io::Result<Answer> {
    let end = name.floor_char_boundary(NAME_MAX);
    let name: String = name[..end].chars().filter(|it| !it.is_control()).collect();
    let sent = format!("{name}\n{text}");
    ask_with(folder, lang, &Question::Apply(sent.len()), &sent)
}

fn ask_with(folder: &Path, lang: Lang, question: &Question, text: &str) -> io::Result<Answer> {
    let line = question.line(lang);
    if line.len() as u64 > QUESTION_MAX {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut stream = UnixStream::connect(folder.join(SOCKET))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(line.as_bytes())?;
    stream.write_all(text.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let [yes, no] = YES_NO.map(|first| answer.strip_prefix(first));
    match (yes, no) {
        (Some(text), _) => Ok(Ok(text.to_owned())),
        (None, Some(why)) => Ok(Err(why.to_owned())),
        (None, None) => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// The thread that answers. Dropping it ends it and removes the socket.
#[derive(Debug)]
pub struct Control {
    path: PathBuf,
    ended: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Control {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Release);
        // The thread waits for somebody who asks. A socket that another has removed wakes nobody: then
        // the thread ends with the process.
        let woken = UnixStream::connect(&self.path).is_ok();
        if let Some(thread) = self.thread.take().filter(|_| woken) {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Whether a centre of this data folder runs.
#[must_use]
pub fn is_answered(folder: &Path) -> bool {
    UnixStream::connect(folder.join(SOCKET)).is_ok()
}

/// Answers questions until the result is dropped. The socket of a centre that has ended is replaced.
///
/// # Errors
/// If another centre runs with this folder ([`io::ErrorKind::AddrInUse`]), or the socket cannot be made.
pub fn serve(
    folder: &Path,
    inbox: Inbox,
    names: Names,
    preparing: Preparing,
    erasing: Option<Erasing>,
) -> io::Result<Control> {
    let path = folder.join(SOCKET);
    if UnixStream::connect(&path).is_ok() {
        return Err(io::ErrorKind::AddrInUse.into());
    }
    match std::fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(&path)?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    let mut asked = Asked { inbox, names, preparing, erasing };
    let ended = Arc::<AtomicBool>::default();
    let seen = Arc::clone(&ended);
    let thread = thread::Builder::new().name("control".to_owned()).spawn(move || {
        while !seen.load(Ordering::Acquire) {
            match listener.accept() {
                // Who hangs up before the answer needs none.
                Ok((stream, _)) => drop(answer(&stream, &mut asked)),
                // Without files there is nobody to answer until one is given back.
                Err(_) => thread::park_timeout(NO_FILES),
            }
        }
    })?;
    Ok(Control { path, ended, thread: Some(thread) })
}

/// Who is asked.
struct Asked {
    inbox: Inbox,
    names: Names,
    preparing: Preparing,
    /// Erases; none if nothing is kept.
    erasing: Option<Erasing>,
}

fn answer(stream: &UnixStream, asked: &mut Asked) -> io::Result<()> {
    let Asked { inbox, names, preparing, erasing } = asked;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    let mut reader = BufReader::new(stream);
    reader.by_ref().take(QUESTION_MAX).read_line(&mut line)?;
    let Some((lang, question)) = Question::of(&line) else { return Ok(()) };
    let answer = match question {
        Question::Status => reply(inbox, Ask::Snapshot).map(|it| Ok(status(lang, &it))),
        Question::Calls => reply(inbox, Ask::Calls).map(|it| Ok(calls(lang, &it, &names.lines))),
        Question::Trace(contact) => {
            let ask = |to| Ask::Trace(ContactId(contact), to);
            reply(inbox, ask).map(|it| trace(lang, contact, it.as_ref()))
        }
        Question::Erase(before) => erased(erasing.as_ref(), lang, &before),
        Question::Steer(words) => steered(inbox, names, lang, &words),
        Question::Apply(length) => {
            let (mut text, most) = (String::new(), NAME_MAX + 1 + FILE_MAX);
            reader.take(length.min(most) as u64).read_to_string(&mut text)?;
            let file = text.split_once('\n').unwrap_or(("", &text));
            applied(inbox, names, preparing, lang, file)
        }
    };
    let busy = lang.pick("Der Dienst antwortet nicht.\n", "The service does not answer.\n");
    let (first, text) = match answer {
        Some(Ok(text)) => (YES_NO[0], text),
        Some(Err(why)) => (YES_NO[1], why),
        None => (YES_NO[1], busy.to_owned()),
    };
    let mut to = stream;
    to.write_all(format!("{first}{text}").as_bytes())
}

/// Does what the words say; `None` if the centre does not answer.
fn steered(inbox: &Inbox, names: &Names, lang: Lang, words: &str) -> Option<Answer> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let steering = match steer::read(&words, names, lang) {
        Ok(steering) => steering,
        Err(why) => return Some(Err(why + "\n")),
    };
    let outcome = reply(inbox, |to| Ask::Steer(steering, to))?;
    Some(match outcome {
        Ok(place) => Ok(steer::done(steering, place, names, lang) + "\n"),
        Err(why) => Err(format!("{}\n", web::refusal(lang, why))),
    })
}

/// Lets the running centre take up what the file says; `None` if it does not answer.
fn applied(
    inbox: &Inbox,
    names: &mut Names,
    preparing: &Preparing,
    lang: Lang,
    file: (&str, &str),
) -> Option<Answer> {
    let prepared = match preparing.prepare(file, lang) {
        Ok(prepared) => prepared,
        Err(why) => return Some(Err(why + "\n")),
    };
    let Prepared { agreement, names: new, later } = prepared;
    Some(match reply(inbox, |to| Ask::Agree(Box::new(agreement), to))? {
        Ok(()) => {
            *names = new;
            let taken_up = lang.pick("Übernommen.\n", "Taken up.\n");
            Ok(format!("{taken_up}{later}"))
        }
        Err(why) => Err(lang.pick(
            format!("Das lässt sich nicht übernehmen: {why}\n"),
            format!("This cannot be taken up: {why}\n"),
        )),
    })
}

/// Destroys the keys of the days before this date; `None` if that takes too long.
fn erased(erasing: Option<&Erasing>, lang: Lang, before: &str) -> Option<Answer> {
    let (Some(erasing), Ok(before)) = (erasing, hours::parse_date(before)) else {
        return Some(Err(lang
            .pick("Hier wird nichts aufbewahrt.\n", "Nothing is kept here.\n")
            .to_owned()));
    };
    Some(match erasing.erase(erasure::day_of(before))? {
        Ok(gone) => Ok(erasure::destroyed(&gone, lang) + "\n"),
        Err(error) => Err(erasure::cannot_write(&error, lang) + "\n"),
    })
}

/// Asks the decision thread and waits for its answer.
pub(crate) fn reply<T>(
    inbox: &Inbox,
    ask: impl FnOnce(std::sync::mpsc::SyncSender<T>) -> Ask,
) -> Option<T> {
    let (to, answer) = sync_channel(1);
    inbox.ask(ask(to)).ok()?;
    answer.recv_timeout(PATIENCE).ok()
}

fn status(lang: Lang, it: &Snapshot) -> String {
    let mut text = String::new();
    let uptime = it.uptime.as_secs();
    let (hours, minutes) = (uptime / 3_600, uptime / 60 % 60);
    let say = |text: &mut String, german: String, english: String| {
        text.push_str(lang.pick(&german, &english));
        text.push('\n');
    };
    say(
        &mut text,
        format!(
            "läuft seit {hours} h {minutes} min; Anrufe im Haus: {}, davon wartend: {}",
            it.contacts, it.waiting
        ),
        format!(
            "running for {hours} h {minutes} min; calls inside: {}, of them waiting: {}",
            it.contacts, it.waiting
        ),
    );
    text.push_str(&log(lang, it.log));
    text.push_str(&acts(lang, &it.acts));
    text.push_str(&agents(lang, it.agents));
    for trunk in &it.trunks {
        let health = match trunk.answers {
            Some(true) => lang.pick("antwortet", "answers"),
            Some(false) => lang.pick("ANTWORTET NICHT", "DOES NOT ANSWER"),
            None => lang.pick("nicht gefragt", "not asked"),
        };
        let word = lang.pick("Amtsleitung", "trunk");
        let fault = trunk.fault.map(|fault| lang.pick(fault.german(), fault.english()));
        let fault = fault.map_or_else(String::new, |fault| format!(" ({fault})"));
        let (id, calls, channels) = (&trunk.id, trunk.calls, trunk.channels);
        let unknown = trunks::unknown(lang, trunk.unknown_name.as_deref());
        let registered = trunks::said(lang, trunk.registration);
        let _ =
            writeln!(text, "{word} {id}: {health}{unknown}{registered}, {calls}/{channels}{fault}");
    }
    say(
        &mut text,
        format!("Telefone angemeldet: {}", it.registered),
        format!("telephones registered: {}", it.registered),
    );
    text.push_str(&since_start(lang, it));
    let refused: Vec<String> = it
        .counters
        .refusals()
        .filter(|(_, count)| *count > 0)
        .map(|(why, count)| format!("{} {count}", refusal(lang, why)))
        .collect();
    if !refused.is_empty() {
        let word = lang.pick("Abgewiesen", "refused");
        let _ = writeln!(text, "{word}: {}", refused.join(", "));
    }
    text
}

/// Nothing while all is well.
fn log(lang: Lang, it: LogFigures) -> String {
    let LogFigures { is_stalled, waiting, lost } = it;
    let mut text = String::new();
    if is_stalled {
        text.push_str(&lang.pick(
            format!("DIE AUFZEICHNUNG STOCKT: nichts wird entschieden, neue Anrufe werden abgewiesen; {waiting} Ereignisse warten\n"),
            format!("THE LOG STALLS: nothing is decided, new calls are refused; {waiting} events wait\n"),
        ));
    }
    if !lost.is_none() {
        let Gap { refused_calls, others } = lost;
        text.push_str(&lang.pick(
            format!("Seit dem Start nicht aufgezeichnet: {refused_calls} abgewiesene Anrufe, {others} andere Ereignisse\n"),
            format!("not in the log since the start: {refused_calls} refused calls, {others} other events\n"),
        ));
    }
    text
}

/// What a supervisor has ordered, as long as it holds.
fn acts(lang: Lang, acts: &[Act]) -> String {
    let said = |act: &Act| {
        let left = duration::written(Micros(act.left.0.next_multiple_of(1_000_000)));
        let name = &act.name;
        match act.kind {
            ActKind::Closure => lang.pick(
                format!("VON HAND GESCHLOSSEN: {name}, noch {left}\n"),
                format!("CLOSED BY ORDER: {name}, for {left} more\n"),
            ),
            ActKind::Plan => lang.pick(
                format!("KRISENPLAN LÄUFT: {name}, noch {left}\n"),
                format!("CRISIS PLAN RUNS: {name}, for {left} more\n"),
            ),
        }
    };
    acts.iter().map(said).collect()
}

fn agents(lang: Lang, it: AgentFigures) -> String {
    lang.pick(
        format!(
            "Plätze: {} bereit, {} klingeln, {} im Gespräch, {} in Nachbearbeitung, {} nicht bereit, {} abgemeldet\n",
            it.ready, it.offered, it.talking, it.wrap_up, it.not_ready, it.signed_off
        ),
        format!(
            "agents: {} ready, {} ringing, {} talking, {} in wrap-up, {} not ready, {} signed off\n",
            it.ready, it.offered, it.talking, it.wrap_up, it.not_ready, it.signed_off
        ),
    )
}

fn since_start(lang: Lang, it: &Snapshot) -> String {
    let mut text = String::from(lang.pick(
        "\nSeit dem Start     angeboten  angenommen  in 30 s  aufgelegt  kurz  geschlossen  abgewiesen\n",
        "\nsince the start      offered    accepted  in 30 s  abandoned  short       closed     refused\n",
    ));
    for line in &it.lines {
        let of = |fate| line.tally.of(fate);
        let _ = writeln!(
            text,
            "{:<18} {:>9}  {:>10}  {:>7}  {:>9}  {:>4}  {:>11}  {:>10}",
            line.name,
            line.tally.offered(),
            of(Fate::Accepted),
            line.tally.accepted_in_time(),
            of(Fate::Abandoned),
            of(Fate::ShortAbandoned),
            of(Fate::Closed),
            of(Fate::Refused),
        );
    }
    text.push('\n');
    text
}

/// Why messages and calls were not taken, in people's words.
fn refusal(lang: Lang, why: Refused) -> &'static str {
    match why {
        Refused::UnknownPeer => lang.pick("unbekannte Gegenstelle", "unknown peer"),
        Refused::Throttled => lang.pick("gebremst", "throttled"),
        Refused::Challenged => lang.pick("nach dem Passwort gefragt", "asked for a password"),
        Refused::WrongPassword => lang.pick("falsches Passwort", "wrong password"),
        Refused::Registration => lang.pick("Anmeldung", "registration"),
        Refused::NoSuchNumber => lang.pick("Nummer unbekannt", "no such number"),
        Refused::Emergency => lang.pick("Notruf am falschen Ort", "emergency number"),
        Refused::NoChannel => lang.pick("kein Kanal frei", "no channel left"),
        Refused::NoSession => lang.pick("keine gemeinsame Tonart", "no session"),
        Refused::Encryption => lang.pick("Verschlüsselung passt nicht", "other encryption"),
        Refused::Busy => lang.pick("überlastet", "overloaded"),
        Refused::CameBack => {
            lang.pick("eigener Anruf, zurück von der Vermittlung", "own call, come back")
        }
        Refused::Malformed => lang.pick("unlesbar", "malformed"),
    }
}

fn calls(lang: Lang, calls: &[CallView], lines: &[String]) -> String {
    if calls.is_empty() {
        return lang.pick("Kein Anruf im Haus.\n", "No call inside.\n").to_owned();
    }
    let mut text = String::from(lang.pick(
        "   Anruf  Linie               was geschieht\n",
        "    call  line                what happens\n",
    ));
    for call in calls.iter().take(CALLS_SHOWN_MAX) {
        let line = lines.get(call.line.index()).map_or("", String::as_str);
        let _ = writeln!(text, "{:>8}  {line:<18}  {}", call.contact, happens(lang, call.doing));
    }
    if let Some(more) = calls.len().checked_sub(CALLS_SHOWN_MAX).filter(|&more| more > 0) {
        let _ = writeln!(
            text,
            "{}",
            lang.pick(format!("… und {more} weitere"), format!("… and {more} more"))
        );
    }
    text
}

fn happens(lang: Lang, doing: Doing) -> &'static str {
    match doing {
        Doing::Call(state) => call_state(lang, state),
        Doing::Callback(state) => callback_state(lang, state),
    }
}

fn callback_state(lang: Lang, state: CallbackState) -> &'static str {
    match state {
        CallbackState::Ringing => {
            lang.pick("Rückruf: ein Telefon klingelt dafür", "call-back: a telephone rings for it")
        }
        CallbackState::PickedUp => lang.pick("Rückruf: jemand hebt ab", "call-back: picked up"),
        CallbackState::Calling => {
            lang.pick("Rückruf: klingelt beim Bürger", "call-back: rings at the citizen's")
        }
        CallbackState::CallingFirst => lang.pick(
            "Rückruf: klingelt zuerst beim Anrufer",
            "call-back: rings at the caller's first",
        ),
        CallbackState::Reached => lang.pick("Rückruf: erreicht", "call-back: reached"),
        CallbackState::Over => lang.pick("zu Ende", "over"),
    }
}

fn call_state(lang: Lang, state: call::State) -> &'static str {
    match state {
        call::State::Arrived => lang.pick("klingelt bei uns", "rings here"),
        call::State::Alone => lang.pick("hört Ansage oder Musik", "hears announcement or music"),
        call::State::Ringing(_) => {
            lang.pick("ein Telefon klingelt dafür", "a telephone rings for it")
        }
        call::State::PickedUp(_) => lang.pick("jemand hebt ab", "somebody picks up"),
        call::State::Joined(_) => lang.pick("im Gespräch", "talking"),
        call::State::JoinedElsewhere => lang.pick("im Gespräch außer Haus", "talking elsewhere"),
        call::State::Conference(_) => lang.pick("im Gespräch zu dritt", "three are talking"),
        call::State::Leaving => lang.pick("hört die letzte Ansage", "hears a last text"),
        call::State::Over => lang.pick("zu Ende", "over"),
    }
}

fn trace(lang: Lang, contact: u64, ladder: Option<&Ladder>) -> Answer {
    let Some(ladder) = ladder else {
        return Err(lang.pick(
            format!("Den Anruf {contact} gibt es nicht, oder er ist zu lange her.\n"),
            format!("There is no call {contact}, or it was too long ago.\n"),
        ));
    };
    let words = lang.pick(["Anrufende", "Zentrale", "Beratung"], ["caller", "centre", "agent"]);
    let mut text = lang.pick(format!("Anruf {contact}\n"), format!("call {contact}\n"));
    text.push_str(&ladder.drawn(words));
    if ladder.over {
        text.push_str(lang.pick("Der Anruf ist zu Ende.\n", "The call is over.\n"));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_that_stalls_is_said_and_one_that_does_not_is_not() {
        let lost = Gap { refused_calls: 2, others: 1 };
        assert_eq!(log(Lang::En, LogFigures::default()), "");
        let it = LogFigures { is_stalled: true, waiting: 7, lost };
        assert_eq!(
            log(Lang::En, it),
            "THE LOG STALLS: nothing is decided, new calls are refused; 7 events wait\n\
             not in the log since the start: 2 refused calls, 1 other events\n"
        );
        assert_eq!(
            log(Lang::De, it),
            "DIE AUFZEICHNUNG STOCKT: nichts wird entschieden, neue Anrufe werden abgewiesen; 7 Ereignisse warten\n\
             Seit dem Start nicht aufgezeichnet: 2 abgewiesene Anrufe, 1 andere Ereignisse\n"
        );
    }

    #[test]
    fn questions_survive_the_socket() {
        let steer = Question::Steer("pull 17 distress".to_owned());
        let erase = Question::Erase("2014-05-02".to_owned());
        for question in [Question::Status, Question::Calls, Question::Trace(17), erase, steer] {
            for lang in [Lang::De, Lang::En] {
                assert_eq!(Question::of(&question.line(lang)), Some((lang, question.clone())));
            }
        }
        for other in ["", "de", "de trace", "de trace x", "fr status", "de status now"] {
            assert_eq!(Question::of(other), None);
        }
    }
}
