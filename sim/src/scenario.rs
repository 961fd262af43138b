// SPDX-License-Identifier: EUPL-1.2
//! Stories that a supervisor can read: what happens stands left of the bar, what the centre makes
//! of it right of the bar and below the line.
//!
//! ```text
//! # A caller who hangs up at once is not counted as lost.
//! hours   08:00-18:00
//! queue   desk   ring 20s
//! line    115    queue desk   short abandon 5s
//! agent   anna
//!
//! 09:00:00  call a on 115   | a waits, position 1
//! 09:00:03  a hangs up      | a short-abandoned after 3s (hung up)
//! -----------------------------------------------------------------
//! 115: short-abandoned 1
//! ```
//!
//! Left stays as it was written; right is replayed. A line without anything on the left is
//! something that came by itself, by a deadline. A story that begins with `sprache deutsch` speaks
//! German throughout.

mod deeds;
mod line;
mod read;
mod values;
mod words;
mod write;

pub use write::write;

use acd::contact::{self, Parting};
use acd::{Refusal, agent};
use centre::{Centre, Command, Event, Note, TransferTo, Via};
use deeds::{Deed, Meets, Moment};
use promise::{ContactRecord, DEFINITIONS, Fate, Tally, assess};
use read::Story;
use std::collections::BTreeMap;
use std::fmt::Write;
use stdx::{AgentId, CallerToken, ContactId, LineId, Now, Tick};
use words::Words;

/// Where the right-hand column begins, if the left one is not longer.
const BAR: usize = 44;

/// What a fate is called in reports and stories, in German or English.
#[must_use]
pub fn fate_word(german: bool, fate: Fate) -> &'static str {
    Words::of(german).fate(fate)
}

/// Why an event was refused, in German or English.
#[must_use]
pub fn refusal_words(german: bool, why: Refusal) -> &'static str {
    Words::of(german).refusal(why)
}

/// Plays a story and returns it with its right-hand side as it came out.
///
/// # Errors
/// The number of the line that cannot be understood, and why.
pub fn play(text: &str) -> Result<String, String> {
    let story = Story::read(text)?;
    let centre = Centre::new(story.setup.clone())
        .map_err(|problem| format!("the story's setup makes no centre: {problem:?}"))?;
    let stage = Stage {
        words: story.words,
        centre,
        story: &story,
        contacts: BTreeMap::new(),
        callers: BTreeMap::new(),
        records: Vec::new(),
        out: String::new(),
        now: Tick(0),
    };
    stage.perform()
}

/// Whether a contact talks to an office.
fn is_at_office(state: Option<contact::State>) -> bool {
    matches!(state, Some(contact::State::AtOffice { .. }))
}

fn happens_to(contact: ContactId, meets: Meets) -> Event {
    match meets {
        Meets::AnnouncementOver => Event::AnnouncementOver { contact },
        Meets::Leaves(parting) => Event::CallerLeft { contact, parting },
        Meets::Alive => Event::TalkAlive { contact },
        Meets::SwitchboardAnswers => Event::SwitchboardAnswered { contact },
        Meets::SwitchboardFails(why) => Event::SwitchboardFailed { contact, why },
        Meets::PartnerAnswers => Event::PartnerAnswered { contact },
        Meets::PartnerFails(why) => Event::PartnerFailed { contact, why },
        Meets::Deflected => Event::Deflected { contact },
        Meets::OfficeAnswers => Event::OfficeAnswered { contact },
        Meets::OfficeFails(why) => Event::OfficeFailed { contact, why },
        Meets::OtherLeaves => Event::OtherLeft { contact, parting: Parting::HungUp },
        Meets::WantsCallback => Event::CallbackWanted { contact },
        Meets::Reached => Event::CallbackReached { contact },
        Meets::NotReached(why) => Event::CallbackNotReached { contact, why },
        Meets::WantsInformation => Event::InformationWanted { contact },
        Meets::PulledForward(reason) => Event::PullForward { contact, reason },
        Meets::MovedTo(line, reason) => Event::MoveToLine { contact, line, reason },
        Meets::Undone => Event::UndoSteering { contact },
    }
}

struct Stage<'a> {
    words: Words,
    centre: Centre,
    story: &'a Story,
    /// The story's names of contacts, by id.
    contacts: BTreeMap<ContactId, String>,
    callers: BTreeMap<String, u64>,
    records: Vec<ContactRecord>,
    out: String,
    now: Tick,
}

impl Stage<'_> {
    fn perform(mut self) -> Result<String, String> {
        self.out.push_str(&self.story.head);
        for moment in &self.story.moments {
            self.let_time_pass(moment.at);
            self.now = moment.at;
            let mut seen = Vec::new();
            for deed in &moment.deeds {
                let event =
                    self.event(deed).map_err(|why| format!("line {}: {why}", moment.line))?;
                seen.extend(self.tell(moment.at, event));
            }
            self.write_line(moment, &seen);
        }
        self.write_sums();
        Ok(self.out)
    }

    /// Deadlines that come before the next moment, each on a line of its own if anything comes of it.
    fn let_time_pass(&mut self, until: Tick) {
        while let Some((at, _)) = self.centre.deadline()
            && at < until
        {
            self.now = at;
            let seen = self.tell(at, Event::Deadline);
            if !seen.is_empty() {
                self.write_line(&Moment::nothing_done(at), &seen);
            }
        }
    }

    fn tell(&mut self, at: Tick, event: Event) -> Vec<String> {
        self.centre.handle(Now { mono: at, wall: self.story.wall(at) }, event);
        self.centre.audit();
        let mut seen = Vec::new();
        while let Some(command) = self.centre.poll() {
            seen.extend(self.describe(at, &command));
        }
        seen
    }

    fn write_line(&mut self, moment: &Moment, seen: &[String]) {
        let left = format!("{}  {}", values::clock(moment.at), moment.text);
        let pad = BAR.saturating_sub(left.chars().count());
        let line = format!("{left}{:pad$} | {}", "", seen.join("; "));
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    // --- From left to right ------------------------------------------------------------------

    fn event(&mut self, deed: &Deed) -> Result<Event, String> {
        Ok(match deed {
            Deed::TimePasses => Event::Deadline,
            Deed::Call { name, line, person, trunk, forwarded } => {
                let via = Via { trunk: *trunk, forwarded: *forwarded };
                self.call(name, *line, person.as_deref(), via)
            }
            Deed::CallRefused { name, line, by } => {
                let contact = self.new_contact(name);
                Event::CallRefused { contact, line: *line, by: *by }
            }
            Deed::Contact(name, meets) => happens_to(self.contact(name)?, *meets),
            Deed::Answers(agent, name) => {
                Event::Answer { agent: *agent, contact: self.offered(*agent, name.as_deref())? }
            }
            Deed::Declines(agent, name) => {
                Event::Decline { agent: *agent, contact: self.offered(*agent, name.as_deref())? }
            }
            Deed::CannotBeReached(agent, name) => {
                let contact = self.offered(*agent, name.as_deref())?;
                Event::Unreachable { agent: *agent, contact }
            }
            Deed::Plain(event) => *event,
        })
    }

    fn new_contact(&mut self, name: &str) -> ContactId {
        let contact = ContactId(self.contacts.len() as u64 + 1);
        self.contacts.insert(contact, name.to_owned());
        contact
    }

    fn call(&mut self, name: &str, line: LineId, person: Option<&str>, via: Via) -> Event {
        let contact = self.new_contact(name);
        let known = self.callers.len() as u64;
        let caller = person.map(|person| {
            CallerToken::new(*self.callers.entry(person.to_owned()).or_insert(known))
        });
        Event::CallArrived { contact, line, caller, via }
    }

    /// The latest contact of this name.
    fn contact(&self, name: &str) -> Result<ContactId, String> {
        let found = self.contacts.iter().rev().find(|(_, known)| known.as_str() == name);
        found.map(|(&id, _)| id).ok_or_else(|| format!("nobody is called {name}"))
    }

    fn offered(&self, agent: AgentId, name: Option<&str>) -> Result<ContactId, String> {
        if let Some(name) = name {
            return self.contact(name);
        }
        match self.centre.agent(agent).map(|agent| agent.state) {
            Some(agent::State::Offered { contact, .. }) => Ok(contact),
            Some(
                agent::State::SignedOff
                | agent::State::NotReady { .. }
                | agent::State::Ready { .. }
                | agent::State::Talking { .. }
                | agent::State::WrapUp { .. },
            )
            | None => Err("nothing is offered; name the contact".to_owned()),
        }
    }

    // --- From the centre to the right --------------------------------------------------------

    fn describe(&mut self, at: Tick, command: &Command) -> Option<String> {
        let words = self.words;
        Some(match *command {
            Command::Announce { contact, plan, .. } => {
                let plan = plan.map(|plan| self.story.names.plans[plan.index()].as_str());
                words.hears_greeting(self.name(contact), plan)
            }
            Command::Wait { contact, position, told } => {
                let told =
                    told.map(|told| (values::duration(told.from), values::duration(told.until)));
                words.waits(self.name(contact), position, told)
            }
            Command::WaitAgain { contact, position } => {
                words.waits_again(self.name(contact), position)
            }
            Command::RingOffice { contact, .. } => {
                words.offered(self.name(contact), words.office())
            }
            Command::PutThrough { contact, to, .. } => {
                let (_, arrived) = self.centre.arrival(contact)?;
                let after = values::duration(at.since(arrived));
                let to = to.map_or(words.office(), |agent| self.agent_name(agent));
                words.talking(self.name(contact), to, &after)
            }
            Command::Ring { agent, contact, .. } => {
                words.offered(self.name(contact), self.agent_name(agent))
            }
            // Said by what follows: the offer comes back, or the caller is somewhere else.
            Command::StopRinging { .. }
            | Command::LetGo { .. }
            | Command::StopOffice { .. }
            | Command::StopSwitchboard { .. }
            | Command::StopPartner { .. }
            | Command::StopCallback { .. } => return None,
            Command::RingSwitchboard { contact, switchboard, .. } => {
                let name = &self.story.names.switchboards[switchboard.index()];
                words.offered(self.name(contact), name)
            }
            Command::TryPartner { contact, partner, reach, cause, .. } => {
                let name = &self.story.names.partners[partner.index()];
                words.tries_partner(self.name(contact), name, reach, cause)
            }
            Command::ConnectElsewhere { contact } => {
                let (_, arrived) = self.centre.arrival(contact)?;
                let after = values::duration(at.since(arrived));
                words.talking(self.name(contact), self.elsewhere(contact), &after)
            }
            Command::Deflect { contact, partner } => {
                words.sent_on(self.name(contact), &self.story.names.partners[partner.index()])
            }
            Command::PromiseCallback { contact, .. } => {
                let position = self.centre.position(contact)?;
                words.promised(self.name(contact), position)
            }
            Command::CallBack { contact, agent, first, .. } => {
                words.called_back(self.name(contact), self.agent_name(agent), first)
            }
            Command::Inform { contact, .. } => words.informed(self.name(contact)),
            Command::Notify { contact, plan } => {
                words.notified(self.name(contact), &self.story.names.plans[plan.index()])
            }
            Command::OpenTask { contact, reason, .. } => words.task(self.name(contact), reason),
            Command::Connect { contact, agent } => {
                let (_, arrived) = self.centre.arrival(contact)?;
                let after = values::duration(at.since(arrived));
                words.talking(self.name(contact), self.agent_name(agent), &after)
            }
            // Said by the record that follows.
            Command::Dismiss { .. } | Command::Release { .. } => return None,
            Command::AskAlive { contact } => words.asks_alive(self.name(contact)),
            Command::Refuse(why) => words.refused(why),
            Command::Note(Note::AgentChanged { agent, state }) => {
                return self.describe_agent(agent, state);
            }
            Command::Note(Note::AgentPlans { agent, after_call }) => {
                words.plans(self.agent_name(agent), after_call)
            }
            Command::Note(Note::Returned { contact, agent, why }) => {
                words.returned(self.name(contact), self.agent_name(agent), why)
            }
            Command::Note(Note::Ended(record)) => {
                self.records.push(record);
                let follows = record.follows.map(|old| self.name(old).to_owned());
                let after = values::duration(record.ended_after);
                let name = self.name(record.contact);
                words.ended(name, record.fate, record.reason, &after, follows.as_deref())
            }
            Command::Note(note) => self.describe_act(note),
        })
    }

    /// What supervisors, partners and switchboards did to a contact or a line.
    fn describe_act(&self, note: Note) -> String {
        let words = self.words;
        let names = &self.story.names;
        match note {
            Note::Widened { contact, stage } => words.widened(self.name(contact), stage),
            Note::Overflows { contact, cause } => words.overflows(self.name(contact), cause),
            Note::PartnerReturned { contact, partner, why } => {
                let partner = &names.partners[partner.index()];
                words.partner_returned(self.name(contact), partner, why)
            }
            Note::SwitchboardReturned { contact, switchboard, why } => {
                let switchboard = &names.switchboards[switchboard.index()];
                words.switchboard_returned(self.name(contact), switchboard, why)
            }
            Note::Transferred { contact, to, attended } => {
                words.transferred(self.name(contact), &self.destination(to), attended)
            }
            Note::OfficeReturned { contact, why } => words.office_returned(self.name(contact), why),
            Note::CallbackReturned { contact, again_at, why } => {
                words.not_reached(self.name(contact), &values::clock(again_at), why)
            }
            Note::PulledForward { contact, reason, position } => {
                words.pulled_forward(self.name(contact), reason, position)
            }
            Note::Moved { contact, line, reason, position } => {
                words.moved(self.name(contact), &names.lines[line.index()], reason, position)
            }
            Note::SteeringUndone { contact, position } => {
                words.put_back(self.name(contact), position)
            }
            Note::SkillSet { agent, skill, level } => {
                words.skill_set(self.agent_name(agent), &names.skills[skill.index()], level)
            }
            Note::LineClosed { line, until } => {
                words.line_closed(&names.lines[line.index()], &values::clock(until))
            }
            Note::LineOpened { line } => words.line_opened(&names.lines[line.index()]),
            Note::PlanStarted { plan, until } => {
                words.plan_started(&names.plans[plan.index()], &values::clock(until))
            }
            Note::PlanEnded { plan } => words.plan_ended(&names.plans[plan.index()]),
            Note::AgentChanged { .. }
            | Note::AgentPlans { .. }
            | Note::Returned { .. }
            | Note::Ended(_) => unreachable!("described before"),
        }
    }

    fn destination(&self, to: TransferTo) -> String {
        let names = &self.story.names;
        match to {
            TransferTo::Agent(agent) => self.agent_name(agent).to_owned(),
            TransferTo::Line(line) => self.words.line(&names.lines[line.index()]),
            TransferTo::Partner(partner) => names.partners[partner.index()].clone(),
            TransferTo::Office => self.words.office().to_owned(),
        }
    }

    /// With whom a contact talks that is not with an agent of ours.
    fn elsewhere(&self, contact: ContactId) -> &str {
        let names = &self.story.names;
        match self.centre.at_partner(contact) {
            Some(partner) => &names.partners[partner.index()],
            None if is_at_office(self.centre.contact(contact)) => self.words.office(),
            None => self.words.switchboard(),
        }
    }

    fn describe_agent(&self, agent: AgentId, state: agent::State) -> Option<String> {
        let name = self.agent_name(agent);
        match state {
            agent::State::SignedOff => Some(self.words.signed_off(name)),
            agent::State::NotReady { reason, until } => {
                let until = until.map(values::clock);
                Some(self.words.not_ready(name, reason, until.as_deref()))
            }
            agent::State::Ready { .. } => Some(self.words.ready(name)),
            agent::State::WrapUp { until, .. } => {
                Some(self.words.wraps_up(name, &values::clock(until)))
            }
            // Said by the offer and by the talk.
            agent::State::Offered { .. } | agent::State::Talking { .. } => None,
        }
    }

    fn name(&self, contact: ContactId) -> &str {
        self.contacts.get(&contact).map_or("?", String::as_str)
    }

    fn agent_name(&self, agent: AgentId) -> &str {
        self.story.names.agents.get(agent.index()).map_or("?", String::as_str)
    }

    // --- Below the line ----------------------------------------------------------------------

    fn write_sums(&mut self) {
        self.out.push_str(&"-".repeat(BAR + 20));
        self.out.push('\n');
        let lines = (0..).map(LineId).zip(&self.story.names.lines);
        let mut sums = String::new();
        for (id, name) in lines {
            let records: Vec<_> =
                self.records.iter().filter(|record| record.line == id).copied().collect();
            if !records.is_empty() {
                self.write_line_sums(&mut sums, name, &records);
            }
        }
        let inside = self.centre.contacts_inside();
        if inside > 0 {
            let _ = writeln!(sums, "{}", self.words.still_inside(inside));
        }
        self.out.push_str(&sums);
    }

    fn write_line_sums(&self, sums: &mut String, name: &str, records: &[ContactRecord]) {
        let tally: Tally = records.iter().collect();
        let counts: Vec<String> = Fate::ALL
            .into_iter()
            .filter(|&fate| tally.of(fate) > 0)
            .map(|fate| format!("{} {}", self.words.fate(fate), tally.of(fate)))
            .collect();
        let levels: Vec<String> = DEFINITIONS
            .into_iter()
            .map(|definition| {
                let level = assess(definition, records);
                self.words.level(definition.id, definition.version, level.kept, level.counted)
            })
            .collect();
        let _ = writeln!(sums, "{name}: {}", counts.join("   "));
        let _ = writeln!(sums, "    {}", levels.join("   "));
    }
}
