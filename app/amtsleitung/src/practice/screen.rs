// SPDX-License-Identifier: EUPL-1.2
//! What the newcomer sees: one page of text, drawn anew from the desk's picture.

use super::crowd::{Code, Press};
use super::view::{View, Waiting};
use crate::Lang;
use crate::config::County;
use crate::report::percent;
use crate::service::{Decided, PASSWORDS_FILE};
use acd::agent::{self, AfterCall, NotReadyReason, Pause, State};
use centre::{Command, Note};
use promise::{DEFINITIONS, Fate, Tally, assess};
use std::net::SocketAddr;
use std::path::PathBuf;
use stdx::{AgentId, ContactId, LineId, Micros, Tick};

/// How many of the waiting are listed, and at least, if so many wait: what stands below makes way.
const LISTED: usize = 8;
const LISTED_AT_LEAST: usize = 3;
/// How long a refusal stays on the page.
const REFUSAL_SHOWN: Micros = Micros::from_secs(4);

/// The newcomer's seat, and how a telephone of their own gets there.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    /// Whose seat.
    pub(super) agent: AgentId,
    /// Where the centre listens for telephones.
    pub(super) server: Option<SocketAddr>,
    /// The telephone's user name.
    pub(super) user: String,
    /// The data folder: there stands its password, and there the centre can be asked.
    pub(super) data: PathBuf,
}

/// The newcomer's page.
#[derive(Debug)]
pub(super) struct Screen<'a> {
    lang: Lang,
    county: &'a County,
    newcomer: AgentId,
    seat: Seat,
    /// Whether a telephone of the newcomer's own is registered.
    pub(super) own_telephone: bool,
    /// What could not be done just now, and since when it is shown.
    pub(super) notice: Option<(&'static str, Tick)>,
}

impl<'a> Screen<'a> {
    /// A page for this seat.
    #[must_use]
    pub(super) fn new(lang: Lang, county: &'a County, seat: Seat) -> Self {
        let newcomer = seat.agent;
        Screen { lang, county, newcomer, seat, own_telephone: false, notice: None }
    }

    /// The page for a terminal of this size: the keys always stand below; what is needed while working
    /// stands above what is read once, and goes last where there is little room.
    #[must_use]
    pub(super) fn page(&self, view: &View, now: Tick, columns: usize, rows: usize) -> Vec<String> {
        let keys = wrapped(keys_help(self.lang), columns);
        let room = rows.saturating_sub(keys.len());
        let (above, below) = (self.above(view, now), self.below(view));
        let left = room.saturating_sub(above.len() + below.len() + 1);
        let listed = left.clamp(LISTED_AT_LEAST, LISTED);
        let mut page = above;
        page.extend(self.queue(view, now, listed));
        page.extend(below);
        page.truncate(room);
        page.extend(keys.into_iter().take(rows));
        page
    }

    fn above(&self, view: &View, now: Tick) -> Vec<String> {
        let mut lines = vec![self.title(), String::new()];
        lines.extend(self.own_state(view, now));
        lines.push(self.refusal(view, now));
        lines.push(self.colleagues(view));
        lines.push(String::new());
        lines
    }

    fn below(&self, view: &View) -> Vec<String> {
        let data = self.seat.data.display();
        let look = self.lang.pick("Nachsehen", "Look inside");
        let mut lines = vec![String::new()];
        lines.extend(self.figures(view));
        lines.push(String::new());
        lines.extend(self.telephone());
        lines.push(format!("{look}: amtsleitung calls --data {data}"));
        lines.push(String::new());
        lines
    }

    /// Which telephone rings for the newcomer, and how another one gets there.
    fn telephone(&self) -> Vec<String> {
        let Seat { user, data, server, .. } = &self.seat;
        if self.own_telephone {
            let line = self.lang.pick(
                format!(
                    "Telefon: Ihr eigenes ({user}); das eingebaute ruht, bis es sich abmeldet."
                ),
                format!("Telephone: your own ({user}); the built-in one rests until it signs off."),
            );
            return vec![line];
        }
        let server = server.map_or_else(String::new, |at| at.to_string());
        let passwords = data.join(PASSWORDS_FILE);
        let passwords = passwords.display();
        self.lang.pick(
            vec![
                "Telefon: das eingebaute, mit den Tasten unten. Oder ein eigenes anmelden:"
                    .to_owned(),
                format!("    Server {server} (UDP), Benutzer {user}, Passwort in der Datei"),
                format!("    {passwords}"),
            ],
            vec![
                "Telephone: the built-in one, by the keys below. Or register your own:".to_owned(),
                format!("    server {server} (UDP), user {user}, password in the file"),
                format!("    {passwords}"),
            ],
        )
    }

    /// Why the telephone at hand cannot do that, if it cannot.
    #[must_use]
    pub(super) fn objection(&self, press: Press, state: State) -> Option<&'static str> {
        let rings = matches!(state, State::Offered { .. });
        let talks = matches!(state, State::Talking { .. });
        let possible = match press {
            Press::Dial(_) => return None,
            Press::PickUp | Press::Decline => rings,
            Press::HangUp => talks,
        };
        match (possible, self.own_telephone) {
            (true, false) => None,
            (_, true) => Some(self.lang.pick(
                "Das geht jetzt an Ihrem eigenen Telefon.",
                "Do that at your own telephone now.",
            )),
            (false, false) if press == Press::HangUp => {
                Some(self.lang.pick("Sie sind in keinem Gespräch.", "You are not in a talk."))
            }
            (false, false) => {
                Some(self.lang.pick("Ihr Telefon klingelt nicht.", "Your telephone does not ring."))
            }
        }
    }

    fn title(&self) -> String {
        let name = &self.county.centre.name;
        self.lang.pick(
            format!("{name} – Übung. Erdachte Anrufe, alle Leitungen offen."),
            format!("{name} – practice. Made-up calls, all lines open."),
        )
    }

    fn own_state(&self, view: &View, now: Tick) -> Vec<String> {
        let (state, since) = view.agent(self.newcomer);
        let id = self.county.agents.get(self.newcomer.index()).map_or("?", |it| it.id.as_str());
        let line = |contact: ContactId| self.line_name(view.line_of(contact));
        let lang = self.lang;
        let what = match state {
            State::SignedOff => lang
                .pick("abgemeldet; [b] meldet Sie an", "signed off; [r] signs you on")
                .to_owned(),
            State::NotReady { reason, .. } => {
                let not_ready = lang.pick("nicht bereit", "not ready");
                format!("{not_ready} ({})", reason_word(lang, reason))
            }
            State::Ready { .. } => lang.pick("bereit", "ready").to_owned(),
            State::Offered { contact, ring_until, .. } => {
                let left = ring_until.since(now).as_secs();
                let rings = lang.pick("ES KLINGELT", "IT RINGS");
                let more = lang.pick("noch", "for another");
                format!(">>> {rings}: {} ({more} {left} s) <<<", line(contact))
            }
            State::Talking { contact, .. } => {
                format!("{}: {}", lang.pick("im Gespräch", "talking"), line(contact))
            }
            State::WrapUp { until, .. } => {
                let left = until.since(now).as_secs();
                format!("{} ({left} s)", lang.pick("Nachbearbeitung", "wrap-up"))
            }
        };
        let me = lang.pick("Sie", "You");
        let clock = clock(now.since(since));
        let plan = self.plan(view, state);
        let mut lines = vec![format!("{me} ({id}): {what}   {clock}{plan}")];
        if let State::Offered { contact, .. } | State::Talking { contact, .. } = state {
            lines.extend(self.greeting(view.line_of(contact)));
        }
        lines
    }

    /// What comes after the present call, if it is not the next one.
    fn plan(&self, view: &View, state: State) -> &'static str {
        if let State::SignedOff | State::NotReady { .. } | State::Ready { .. } = state {
            return "";
        }
        match view.plans.get(self.newcomer.index()) {
            Some(AfterCall::Pause(_)) => self.lang.pick("   danach: Pause", "   then: break"),
            Some(AfterCall::SignOff) => self.lang.pick("   danach: abmelden", "   then: sign off"),
            Some(AfterCall::Ready) | None => "",
        }
    }

    /// What the agent says to this line's callers.
    fn greeting(&self, line: Option<LineId>) -> Option<String> {
        let line = self.county.lines.get(line?.index())?;
        let client = self.county.clients.get(line.client)?;
        Some(self.lang.pick(
            format!("    Bitte melden mit: „{}, guten Tag!“", client.name),
            format!("    Please answer with: “{}, guten Tag!”", client.name),
        ))
    }

    fn line_name(&self, line: Option<LineId>) -> &str {
        line.and_then(|line| self.county.lines.get(line.index())).map_or("–", |it| &it.name)
    }

    fn colleagues(&self, view: &View) -> String {
        let others = view.agents.iter().enumerate();
        let others = others.filter(|(index, _)| *index != self.newcomer.index());
        let states: Vec<State> = others.map(|(_, &(state, _))| state).collect();
        let count =
            |wanted: fn(&State) -> bool| states.iter().filter(|state| wanted(state)).count();
        let ready = count(|state| matches!(state, State::Ready { .. }));
        let offered = count(|state| matches!(state, State::Offered { .. }));
        let talking = count(|state| matches!(state, State::Talking { .. }));
        let wrap_up = count(|state| matches!(state, State::WrapUp { .. }));
        let not_ready = count(|state| matches!(state, State::NotReady { .. }));
        self.lang.pick(
            format!("Andere: bereit {ready}, klingelt {offered}, im Gespräch {talking}, Nachbearbeitung {wrap_up}, nicht bereit {not_ready}"),
            format!("Others: ready {ready}, ringing {offered}, talking {talking}, wrap-up {wrap_up}, not ready {not_ready}"),
        )
    }

    fn queue(&self, view: &View, now: Tick, listed: usize) -> Vec<String> {
        let waiting = view.waiting.len();
        let head = self.lang.pick("In der Ansage oder wartend", "Hearing the greeting or waiting");
        let mut lines = vec![format!("{head}: {waiting}")];
        let mut order: Vec<(&ContactId, &Waiting)> = view.waiting.iter().collect();
        order.sort_by_key(|(contact, it)| (it.since, **contact));
        // What is not listed is counted in the last row of the list.
        let listed = if waiting > listed { listed.saturating_sub(1) } else { listed };
        for (_, it) in order.iter().take(listed) {
            let rings = if it.rings { self.lang.pick("  es klingelt", "  ringing") } else { "" };
            let since = clock(now.since(it.since));
            lines.push(format!("  {since}  {}{rings}", self.line_name(it.line)));
        }
        if waiting > listed {
            lines.push(format!("  … {}", waiting - listed));
        }
        lines
    }

    fn figures(&self, view: &View) -> Vec<String> {
        let records = &view.outcome.records;
        let tally: Tally = records.iter().collect();
        let accepted = tally.of(Fate::Accepted);
        let (offered, in_time) = (tally.offered(), tally.accepted_in_time());
        let lost = tally.of(Fate::Abandoned);
        let mut lines = vec![self.lang.pick(
            format!("Beendete Anrufe {offered}: angenommen {accepted}, davon in 30 s {in_time}, verloren {lost}"),
            format!("Ended calls {offered}: accepted {accepted}, of them in 30 s {in_time}, abandoned {lost}"),
        )];
        for definition in DEFINITIONS {
            let level = assess(definition, records);
            let share = level.share().map_or("–".to_owned(), |share| percent(self.lang, share));
            let of = self.lang.pick("von", "of");
            let (id, version) = (definition.id, definition.version);
            lines
                .push(format!("  {id}/{version}: {} {of} {} = {share}", level.kept, level.counted));
        }
        lines
    }

    fn refusal(&self, view: &View, now: Tick) -> String {
        if let Some((words, _)) = self.notice.filter(|(_, at)| now.since(*at) <= REFUSAL_SHOWN) {
            return words.to_owned();
        }
        let Some((agent, why, at)) = view.refused else { return String::new() };
        if agent != self.newcomer || now.since(at) > REFUSAL_SHOWN {
            return String::new();
        }
        let why = sim::scenario::refusal_words(self.lang == Lang::De, why);
        format!("{}: {why}", self.lang.pick("Das geht gerade nicht", "Not possible now"))
    }
}

/// Breaks a line of keys between them, so that each row fits.
fn wrapped(keys: &str, columns: usize) -> Vec<String> {
    let mut rows: Vec<String> = Vec::new();
    for key in keys.split("  ") {
        match rows.last_mut() {
            Some(row) if row.chars().count() + 2 + key.chars().count() <= columns => {
                row.push_str("  ");
                row.push_str(key);
            }
            Some(_) | None => rows.push(key.to_owned()),
        }
    }
    rows
}

/// Which keys do what.
#[must_use]
pub(super) fn keys_help(lang: Lang) -> &'static str {
    lang.pick(
        "[b] bereit  [a] annehmen  [x] ablehnen  [l] auflegen  [f] fertig  [v] verlängern  [p] Pause (nach dem Gespräch)  [q] Ende",
        "[r] ready  [a] answer  [x] decline  [h] hang up  [f] finish wrap-up  [m] more time  [p] pause (after this call)  [q] quit",
    )
}

/// One thing that happened, as a line for those without a screen; most commands are none.
#[must_use]
pub(super) fn plain_line(
    lang: Lang,
    county: &County,
    decided: &Decided,
    began: Tick,
) -> Option<String> {
    let line = |line: LineId| county.lines.get(line.index()).map_or("?", |it| it.name.as_str());
    let team = |agent: AgentId| {
        let agent = county.agents.get(agent.index())?;
        county.teams.get(agent.team.index()).map(|team| team.name.as_str())
    };
    let what = match decided.command {
        Command::Announce { contact, line: of, .. } => {
            let arrives = lang.pick("ruft an", "calls");
            format!("{} {arrives}: {}", contact.0, line(of))
        }
        Command::Wait { contact, position, .. } => {
            format!("{} {} {position}", contact.0, lang.pick("wartet auf Platz", "waits, position"))
        }
        Command::Ring { contact, agent, .. } => {
            let rings = lang.pick("klingelt bei", "rings at");
            format!("{} {rings} {}", contact.0, team(agent)?)
        }
        Command::Connect { contact, .. } => {
            format!("{} {}", contact.0, lang.pick("spricht", "talks"))
        }
        Command::WaitAgain { contact, position } => {
            let waits = lang.pick("wartet wieder auf Platz", "waits again, position");
            format!("{} {waits} {position}", contact.0)
        }
        Command::RingOffice { contact, .. } => {
            format!("{} {}", contact.0, lang.pick("klingelt bei einem Amt", "rings at an office"))
        }
        Command::Note(Note::Ended(record)) => {
            let fate = sim::scenario::fate_word(lang == Lang::De, record.fate);
            let after = clock(record.ended_after);
            format!("{} {fate}, {after}", record.contact.0)
        }
        Command::StopRinging { .. }
        | Command::LetGo { .. }
        | Command::StopOffice { .. }
        | Command::PutThrough { .. }
        | Command::Dismiss { .. }
        | Command::Release { .. }
        | Command::AskAlive { .. }
        | Command::RingSwitchboard { .. }
        | Command::StopSwitchboard { .. }
        | Command::TryPartner { .. }
        | Command::StopPartner { .. }
        | Command::ConnectElsewhere { .. }
        | Command::Deflect { .. }
        | Command::PromiseCallback { .. }
        | Command::CallBack { .. }
        | Command::StopCallback { .. }
        | Command::Inform { .. }
        | Command::Notify { .. }
        | Command::OpenTask { .. }
        | Command::Refuse(_)
        | Command::Note(_) => return None,
    };
    Some(format!("{}  {} {what}\n", clock(decided.at.since(began)), lang.pick("Anruf", "call")))
}

fn reason_word(lang: Lang, reason: NotReadyReason) -> &'static str {
    match reason {
        NotReadyReason::SignedOn => lang.pick("gerade angemeldet", "just signed on"),
        NotReadyReason::Pause(Pause::Break) => lang.pick("Pause", "break"),
        NotReadyReason::Pause(Pause::DeskWork) => lang.pick("Schreibarbeit", "desk work"),
        NotReadyReason::NoAnswer => lang.pick("nicht abgenommen", "did not answer"),
        NotReadyReason::Declined => lang.pick("abgelehnt", "declined"),
        NotReadyReason::Unreachable => {
            lang.pick("Telefon nicht erreichbar", "telephone out of reach")
        }
    }
}

/// Minutes and seconds.
fn clock(length: Micros) -> String {
    let secs = length.as_secs();
    format!("{}:{:02}", secs / 60, secs % 60)
}

/// What a key of the terminal does at the telephone. Whether that is possible now is the centre's
/// matter; only what is dialled depends on whether somebody has signed on.
pub(super) fn press_for(key: char, state: agent::State) -> Option<Press> {
    let ready = match state {
        State::SignedOff => Code::SignOn,
        State::NotReady { .. }
        | State::Ready { .. }
        | State::Offered { .. }
        | State::Talking { .. }
        | State::WrapUp { .. } => Code::Ready,
    };
    Some(match key.to_ascii_lowercase() {
        'b' | 'r' => Press::Dial(ready),
        'a' | '\n' => Press::PickUp,
        'x' => Press::Decline,
        'l' | 'h' => Press::HangUp,
        'f' => Press::Dial(Code::Ready),
        'v' | 'm' => Press::Dial(Code::MoreTime),
        'p' => Press::Dial(Code::NotReady(Pause::Break)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;
    use crate::config::moment::date;
    use hours::LocalDates;

    #[test]
    fn keys_are_what_a_telephone_does() {
        let ready = State::Ready { idle_since: Tick(0) };
        for (keys, press) in [
            ("bBrR", Press::Dial(Code::Ready)),
            ("aA\n", Press::PickUp),
            ("xX", Press::Decline),
            ("lLhH", Press::HangUp),
            ("fF", Press::Dial(Code::Ready)),
            ("vVmM", Press::Dial(Code::MoreTime)),
            ("pP", Press::Dial(Code::NotReady(Pause::Break))),
        ] {
            assert!(keys.chars().all(|key| press_for(key, ready) == Some(press)), "{keys:?}");
        }
        assert_eq!(press_for('b', State::SignedOff), Some(Press::Dial(Code::SignOn)));
        assert_eq!(press_for('z', ready), None);
    }

    #[test]
    fn what_is_needed_while_working_stands_on_a_low_screen_too() {
        let county = check(include_str!("../../../../examples/harburg.toml")).county;
        let county = county.expect("it is good");
        let day = date(2026, 12, 23).expect("the calendar has it");
        let days = LocalDates::new(day, day).expect("one day");
        let setup = crate::rehearsal::setup(&county, days).expect("a day is no horizon");
        let mut view = View::new(&setup);
        let (user, data) = ("k1".to_owned(), PathBuf::from("/tmp/x"));
        let seat = Seat { agent: AgentId(0), server: None, user, data };
        let screen = Screen::new(Lang::De, &county, seat);
        let page = |view: &View, rows| {
            let page = screen.page(view, Tick(0), 80, rows);
            assert!(page.len() <= rows, "{page:#?}");
            page.join("\n")
        };
        assert!(page(&view, 24).contains("telephone-passwords.toml"));
        for contact in (1..=20).map(ContactId) {
            let command = Command::Announce { contact, line: LineId(0), plan: None };
            let cause = centre::Event::CallArrived {
                contact,
                line: LineId(0),
                caller: None,
                via: centre::Via::default(),
            };
            view.hear(&Decided { at: Tick(0), cause, command });
        }
        for rows in [12, 24, 34] {
            let page = page(&view, rows);
            for needed in ["Sie (k1)", "wartend: 20", "  0:00  Behördennummer 115", "[q] Ende"] {
                assert!(page.contains(needed), "{needed}: {page}");
            }
        }
        assert!(page(&view, 34).contains("telephone-passwords.toml"));
    }

    #[test]
    fn every_key_stands_on_a_narrow_screen_too() {
        for lang in [Lang::De, Lang::En] {
            let keys = keys_help(lang);
            for columns in [130, 80, 44, 30] {
                let rows = wrapped(keys, columns);
                assert_eq!(rows.join("  "), keys, "nothing is lost");
                let longest_key = keys.split("  ").map(|key| key.chars().count()).max();
                let room = columns.max(longest_key.unwrap_or(0));
                assert!(rows.iter().all(|row| row.chars().count() <= room), "{columns}: {rows:?}");
            }
        }
    }
}
