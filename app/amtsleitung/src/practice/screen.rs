// SPDX-License-Identifier: EUPL-1.2
//! What the newcomer sees: one page of text, drawn anew from the desk's picture.

use super::view::{View, Waiting};
use crate::Lang;
use crate::config::County;
use crate::live::Decided;
use crate::report::percent;
use acd::agent::{self, AfterCall, NotReadyReason, Pause, State};
use centre::{Command, Note};
use promise::{DEFINITIONS, Fate, Tally, assess};
use stdx::{AgentId, ContactId, LineId, Micros, Tick};

/// How many of the waiting are listed.
const LISTED: usize = 8;
/// How long a refusal stays on the page.
const REFUSAL_SHOWN: Micros = Micros::from_secs(4);

/// The newcomer's page.
#[derive(Debug)]
pub(super) struct Screen<'a> {
    lang: Lang,
    county: &'a County,
    newcomer: AgentId,
}

impl<'a> Screen<'a> {
    /// A page for this agent.
    #[must_use]
    pub(super) fn new(lang: Lang, county: &'a County, newcomer: AgentId) -> Self {
        Screen { lang, county, newcomer }
    }

    /// The page for a terminal of this size: the keys always stand below, however little room is
    /// left for the rest.
    #[must_use]
    pub(super) fn page(&self, view: &View, now: Tick, columns: usize, rows: usize) -> Vec<String> {
        let keys = wrapped(keys_help(self.lang), columns);
        let room = rows.saturating_sub(keys.len());
        let mut page: Vec<String> = self.lines(view, now).into_iter().take(room).collect();
        page.extend(keys.into_iter().take(rows));
        page
    }

    fn lines(&self, view: &View, now: Tick) -> Vec<String> {
        let mut lines = vec![self.title(), String::new()];
        lines.extend(self.own_state(view, now));
        lines.push(String::new());
        lines.push(self.colleagues(view));
        lines.push(String::new());
        lines.extend(self.queue(view, now));
        lines.push(String::new());
        lines.extend(self.figures(view));
        lines.push(String::new());
        lines.push(self.refusal(view, now));
        lines
    }

    fn title(&self) -> String {
        let name = &self.county.centre.name;
        self.lang.pick(
            format!("{name} – Übung. Erdachte Anrufe, kurze Gespräche, alle Leitungen offen."),
            format!("{name} – practice. Made-up calls, short talks, all lines open."),
        )
    }

    fn own_state(&self, view: &View, now: Tick) -> Vec<String> {
        let (state, since) = view.agent(self.newcomer);
        let id = self.county.agents.get(self.newcomer.index()).map_or("?", |it| it.id.as_str());
        let line = |contact: ContactId| self.line_name(view.line_of(contact));
        let lang = self.lang;
        let what = match state {
            State::SignedOff => lang.pick("abgemeldet", "signed off").to_owned(),
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
            format!("Kolleginnen und Kollegen: bereit {ready}, es klingelt {offered}, im Gespräch {talking}, Nachbearbeitung {wrap_up}, nicht bereit {not_ready}"),
            format!("Colleagues: ready {ready}, ringing {offered}, talking {talking}, wrap-up {wrap_up}, not ready {not_ready}"),
        )
    }

    fn queue(&self, view: &View, now: Tick) -> Vec<String> {
        let waiting = view.waiting.len();
        let head = self.lang.pick("In der Ansage oder wartend", "Hearing the greeting or waiting");
        let mut lines = vec![format!("{head}: {waiting}")];
        let mut order: Vec<(&ContactId, &Waiting)> = view.waiting.iter().collect();
        order.sort_by_key(|(contact, it)| (it.since, **contact));
        for (_, it) in order.iter().take(LISTED) {
            let rings = if it.rings { self.lang.pick("  es klingelt", "  ringing") } else { "" };
            let since = clock(now.since(it.since));
            lines.push(format!("  {since}  {}{rings}", self.line_name(it.line)));
        }
        if waiting > LISTED {
            lines.push(format!("  … {}", waiting - LISTED));
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
        Command::Announce { contact, line: of } => {
            let arrives = lang.pick("ruft an", "calls");
            format!("{} {arrives}: {}", contact.0, line(of))
        }
        Command::Wait { contact, position } => {
            format!("{} {} {position}", contact.0, lang.pick("wartet auf Platz", "waits, position"))
        }
        Command::Ring { contact, agent, .. } => {
            let rings = lang.pick("klingelt bei", "rings at");
            format!("{} {rings} {}", contact.0, team(agent)?)
        }
        Command::Connect { contact, .. } => {
            format!("{} {}", contact.0, lang.pick("spricht", "talks"))
        }
        Command::Note(Note::Ended(record)) => {
            let fate = sim::scenario::fate_word(lang == Lang::De, record.fate);
            let after = clock(record.ended_after);
            format!("{} {fate}, {after}", record.contact.0)
        }
        Command::StopRinging { .. }
        | Command::Dismiss { .. }
        | Command::Release { .. }
        | Command::AskAlive { .. }
        | Command::Refuse(_)
        | Command::Note(
            Note::AgentChanged { .. } | Note::AgentPlans { .. } | Note::Returned { .. },
        ) => return None,
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

/// Whether a key of the terminal means something in this state is the centre's matter; this only
/// says which event it stands for.
pub(super) fn event_for(
    key: char,
    newcomer: AgentId,
    state: agent::State,
) -> Option<centre::Event> {
    use centre::Event;
    let agent = newcomer;
    let offered = match state {
        State::Offered { contact, .. } => contact,
        State::SignedOff
        | State::NotReady { .. }
        | State::Ready { .. }
        | State::Talking { .. }
        | State::WrapUp { .. } => ContactId(0),
    };
    Some(match key.to_ascii_lowercase() {
        'b' | 'r' => Event::MakeReady { agent },
        'a' | '\n' => Event::Answer { agent, contact: offered },
        'x' => Event::Decline { agent, contact: offered },
        'l' | 'h' => Event::HangUp { agent },
        'f' => Event::EndWrapUp { agent },
        'v' | 'm' => Event::ExtendWrapUp { agent },
        'p' => Event::MakeNotReady { agent, pause: Pause::Break },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
