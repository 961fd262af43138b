// SPDX-License-Identifier: EUPL-1.2
//! Queues, lines with their numbers and announcements, and targets.

use super::bench::ReadBench;
use super::people::{short, skill_levels};
use super::ways;
use crate::config::county::{
    Agent, Announcement, Answering, Definition, GREETINGS_MAX, GreetingAt, Line, LineRehearsal,
    Queue, Service, SkillLevel, Target, Treatment, has_all,
};
use crate::config::duration;
use crate::config::emergency::{self, AreaCodes, Look};
use crate::config::number::Numbers;
use crate::config::problem::{Emergency, PlanProblem, Problem, Shape, ValueProblem};
use crate::config::reader::{At, DurationRule, Fields, Reader, start};
use crate::config::schema::{Kind, Table};
use crate::config::ways::First;
use std::collections::{BTreeMap, BTreeSet};
use stdx::limits::{CONTACTS_MAX, PRIORITY_MAX, RULE_DURATION_MAX, SKILLS_PER_LINE_MAX};
use stdx::{LineId, Micros, QueueId, SkillId};
use toml::de::{DeTable, DeValue};

/// Characters of an announcement: more than a minute nobody listens to.
const ANNOUNCEMENT_MAX: usize = 1_000;

/// How fast an announcement is spoken, for estimating its length.
const CHARACTERS_PER_SECOND: u64 = 14;

/// The longest announcement: what 1,000 characters take, spoken very slowly.
const ANNOUNCEMENT_LENGTH_MAX: Micros = Micros::from_mins(5);

/// What reports call all lines together.
const TOTAL: &str = "total";

/// Calls a year on one line that a rehearsal can be asked for.
const CALLS_PER_YEAR_MAX: i64 = 100_000_000;

pub(super) fn queues(reader: &mut Reader<'_>, tables: &[Fields<'_, '_>]) -> Vec<Queue> {
    let mut queues = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let ring = DurationRule {
            min: Micros::from_secs(1),
            max: Micros::from_mins(5),
            default: Some(Micros::from_secs(20)),
        };
        let waiting =
            DurationRule { min: Micros::from_secs(1), max: RULE_DURATION_MAX, default: None };
        let queue = Queue {
            id: reader.id_of(Kind::Queue, index),
            name: reader.name(fields),
            ring: reader.duration(fields, "ring", ring),
            length_max: short(
                reader.whole(fields, "length_max", 1..=CONTACTS_MAX as i64, None) as usize
            ),
            waiting_max: reader.duration(fields, "waiting_max", waiting),
        };
        queues.push(queue);
    }
    queues
}

/// Characters of what an agent says first: two sentences.
const WELCOME_MAX: usize = 300;

/// Numbers with the line that they belong to.
#[derive(Clone, Copy, Debug)]
struct Dialled {
    numbers: At<Numbers>,
    line: usize,
}

pub(super) fn lines(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    (agents, bench): (&[Option<Agent>], &ReadBench),
    codes: &AreaCodes,
) -> Vec<Option<Line>> {
    let mut dialled = Vec::new();
    let mut lines = Vec::new();
    let mut abilities = Abilities::of(agents, bench);
    abilities.incomplete |= reader.is_broken(Kind::Agent);
    for (index, fields) in tables.iter().enumerate() {
        let numbers = numbers(reader, fields, codes);
        dialled.extend(numbers.iter().map(|&numbers| Dialled { numbers, line: index }));
        let numbers = numbers.into_iter().map(|numbers| numbers.value).collect();
        lines.push(line(reader, fields, index, numbers, &abilities));
    }
    check_ambiguous(reader, dialled);
    lines
}

fn line(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    index: usize,
    numbers: Vec<Numbers>,
    abilities: &Abilities<'_>,
) -> Option<Line> {
    let id = reader.id_of(Kind::Line, index);
    if id == TOTAL {
        let at = reader.place_of(Kind::Line, index);
        reader.note(at, Problem::Value(ValueProblem::ReservedId(TOTAL)));
    }
    let name = reader.name(fields);
    let welcome = fields.get("welcome");
    let welcome = welcome.map(|value| reader.text_in("welcome", value, WELCOME_MAX));
    let client = reader.reference(fields, "client", Kind::Client);
    let hours = reader.reference(fields, "hours", Kind::Hours);
    let empty = DeTable::new();
    reader.required(fields, "announcements");
    let texts = reader
        .table(fields, "announcements", Table::Announcements)
        .unwrap_or_else(|| reader.open(fields.at, &empty, Table::Announcements));
    let has_texts = fields.get("announcements").is_some();
    if has_texts {
        reader.required(&texts, "closed");
    }
    let closed = announcement(reader, &texts, "closed");
    let rehearsal = rehearsal(reader, fields);
    let in_force = ways::in_force(reader, fields);
    let treatment = treatment(reader, fields, &texts, has_texts, abilities);
    let (treatment, closed) = (treatment?, closed?);
    Some(Line { id, name, welcome, client, numbers, hours, treatment, closed, rehearsal, in_force })
}

fn rehearsal(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<LineRehearsal> {
    let fields = reader.table(fields, "rehearsal", Table::LineRehearsal)?;
    let talk = DurationRule { min: Micros::from_secs(1), max: RULE_DURATION_MAX, default: None };
    let calls = reader.whole(&fields, "calls_per_year", 0..=CALLS_PER_YEAR_MAX, None);
    let talk = reader.duration(&fields, "talk", talk);
    let dialled = calls..=CALLS_PER_YEAR_MAX;
    let dialled = reader.whole(&fields, "dialled_per_year", dialled, Some(calls));
    let trunk = fields.get("trunk").map(|_| reader.reference(&fields, "trunk", Kind::Trunk));
    let forwarded = reader.fraction(&fields, "forwarded", 0.0..=1.0, Some(0.0));
    Some(LineRehearsal {
        calls_per_year: u32::try_from(calls).unwrap_or(0),
        dialled_per_year: u32::try_from(dialled).unwrap_or(0),
        talk,
        trunk,
        forwarded,
    })
}

fn treatment(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    texts: &Fields<'_, '_>,
    has_texts: bool,
    abilities: &Abilities<'_>,
) -> Option<Treatment> {
    let without = reader.flag(fields, "no_queue");
    match (fields.get("queue"), without) {
        (Some(_), true) => {
            reader.note(fields.place("no_queue"), Problem::Plan(PlanProblem::QueueAndNone));
            None
        }
        (None, true) => {
            refuse_without_queue(reader, fields, texts);
            if has_texts {
                reader.required(texts, "greeting");
            }
            announcement(reader, texts, "greeting").map(Treatment::Announce)
        }
        (queue, false) => {
            if queue.is_none() {
                reader.note(fields.at, Problem::Plan(PlanProblem::NoQueue));
            } else if has_texts {
                reader.required(texts, "busy");
            }
            service(reader, fields, texts, abilities).map(Box::new).map(Treatment::Queue)
        }
    }
}

/// Fields that speak of waiting or of agents mean nothing without a queue.
fn refuse_without_queue(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, texts: &Fields<'_, '_>) {
    let of_line = ["priority", "required", "preferred", "wrap_up", "short_abandon", "answer"];
    let present =
        of_line.into_iter().chain(ways::KEYS).filter_map(|key| Some((key, fields.get(key)?)));
    let of_texts = [
        "busy",
        "callback",
        "callback_greeting",
        "callback_offer",
        "greetings",
        "town_hall_closed",
    ];
    let of_texts = of_texts.into_iter().filter_map(|key| Some((key, texts.get(key)?)));
    for (key, value) in present.chain(of_texts) {
        reader.note(start(value), Problem::Plan(PlanProblem::NeedsQueue { key }));
    }
}

fn service(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    texts: &Fields<'_, '_>,
    abilities: &Abilities<'_>,
) -> Option<Service> {
    let queue = fields.get("queue").map(|_| reader.reference(fields, "queue", Kind::Queue));
    let priority = reader.whole(fields, "priority", 0..=i64::from(PRIORITY_MAX), Some(0));
    let required = skill_levels(reader, fields, "required");
    let preferred = reader.optional_references(fields, "preferred", Kind::Skill);
    check_skills(reader, fields, &required, &preferred, abilities);
    let after = |default| DurationRule {
        min: Micros::ZERO,
        max: RULE_DURATION_MAX,
        default: Some(Micros::from_secs(default)),
    };
    let wrap_up = reader.duration(fields, "wrap_up", after(0));
    let short_abandon = reader.duration(fields, "short_abandon", after(5));
    let answering = answering(reader, fields);
    let greeting = announcement(reader, texts, "greeting");
    if let (Answering::WithAgent, Some(value)) = (answering, texts.get("greeting")) {
        reader.note(start(value), Problem::Plan(PlanProblem::GreetingUnheard));
    }
    let busy = announcement(reader, texts, "busy");
    // Who comes from a partner is promised nothing: that is said where it is tried.
    let offers = fields.get("callback").is_some() && fields.get("received_from").is_none();
    if offers && fields.get("announcements").is_some() {
        reader.required(texts, "callback");
    }
    let callback = announcement(reader, texts, "callback");
    let ways = ways::ways(reader, fields);
    let offers = ways.callback.is_some_and(|it| it.offer_after.is_some());
    let callback_offer = callback_offer(reader, fields, texts, offers);
    let calls_first = ways.callback.is_some_and(|it| it.first == First::Caller);
    let callback_greeting = callback_greeting(reader, fields, texts, calls_first);
    let greetings = greetings(reader, texts, answering);
    let town_hall_closed = town_hall_closed(reader, fields, texts, ways.town_hall_hours.is_some());
    Some(Service {
        queue: QueueId(short(queue?)),
        priority: u8::try_from(priority).unwrap_or(0),
        required: required.into_iter().map(|(_, level)| level).collect(),
        preferred: preferred.into_iter().map(|found| SkillId(short(found.value))).collect(),
        wrap_up,
        short_abandon,
        answering,
        greeting,
        busy: busy?,
        callback,
        callback_greeting,
        callback_offer,
        greetings,
        town_hall_closed,
        ways,
    })
}

/// Greetings for their own hours; nobody hears them where nobody hears a greeting.
fn greetings(
    reader: &mut Reader<'_>,
    texts: &Fields<'_, '_>,
    answering: Answering,
) -> Vec<GreetingAt> {
    let Some(value) = texts.get("greetings") else { return Vec::new() };
    if answering == Answering::WithAgent {
        reader.note(start(value), Problem::Plan(PlanProblem::GreetingUnheard));
    }
    let mut greetings = Vec::new();
    for fields in &reader.tables(texts, "greetings", Table::GreetingAt, GREETINGS_MAX) {
        let hours = reader.reference(fields, "hours", Kind::Hours);
        reader.required(fields, "greeting");
        let greeting = announcement(reader, fields, "greeting");
        greetings.extend(greeting.map(|greeting| GreetingAt { hours, greeting }));
    }
    greetings
}

/// What is said of the town hall needs its hours, and the hours need words.
fn town_hall_closed(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    texts: &Fields<'_, '_>,
    has_hours: bool,
) -> Option<Announcement> {
    match texts.get("town_hall_closed") {
        None if has_hours && fields.get("announcements").is_some() => {
            reader.required(texts, "town_hall_closed");
        }
        Some(value) if !has_hours => {
            reader.note(start(value), Problem::Plan(PlanProblem::TownHall));
        }
        None | Some(_) => {}
    }
    announcement(reader, texts, "town_hall_closed")
}

/// An offer of a call-back needs its words, and words need the time at which they are said.
fn callback_offer(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    texts: &Fields<'_, '_>,
    offers: bool,
) -> Option<Announcement> {
    match texts.get("callback_offer") {
        None if offers && fields.get("announcements").is_some() => {
            reader.required(texts, "callback_offer");
        }
        Some(value) if !offers => {
            reader.note(start(value), Problem::Plan(PlanProblem::OfferNever));
        }
        None | Some(_) => {}
    }
    announcement(reader, texts, "callback_offer")
}

/// Who is called first hears who calls; who is connected at once hears the agent.
fn callback_greeting(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    texts: &Fields<'_, '_>,
    calls_first: bool,
) -> Option<Announcement> {
    match texts.get("callback_greeting") {
        None if calls_first && fields.get("announcements").is_some() => {
            reader.required(texts, "callback_greeting");
        }
        Some(value) if !calls_first => {
            reader.note(start(value), Problem::Plan(PlanProblem::CallbackGreetingNever));
        }
        None | Some(_) => {}
    }
    announcement(reader, texts, "callback_greeting")
}

/// When a call is answered; at once, if the line does not say.
fn answering(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Answering {
    let index = fields.get("answer").and_then(|_| reader.word(fields, "answer", &Answering::WORDS));
    index.and_then(|index| Answering::ALL.get(index)).copied().unwrap_or(Answering::AtOnce)
}

/// An announcement: its text alone, or `{ text, length }`.
pub(super) fn announcement(
    reader: &mut Reader<'_>,
    texts: &Fields<'_, '_>,
    key: &'static str,
) -> Option<Announcement> {
    let value = texts.get(key)?;
    if !matches!(value.get_ref(), DeValue::Table(_)) {
        let text = reader.text_in(key, value, ANNOUNCEMENT_MAX);
        return Some(Announcement { length: spoken(&text), text });
    }
    let fields = reader.table(texts, key, Table::Announcement)?;
    let text = reader.text(&fields, "text", ANNOUNCEMENT_MAX);
    let rule = DurationRule {
        min: Micros::from_millis(100),
        max: ANNOUNCEMENT_LENGTH_MAX,
        default: Some(spoken(&text)),
    };
    let length = reader.duration(&fields, "length", rule);
    Some(Announcement { text, length })
}

/// How long a text takes to say, in whole seconds, at least one.
fn spoken(text: &str) -> Micros {
    let characters = text.chars().count() as u64;
    Micros::from_secs(characters.div_ceil(CHARACTERS_PER_SECOND).max(1))
}

fn numbers(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    codes: &AreaCodes,
) -> Vec<At<Numbers>> {
    let mut numbers = Vec::new();
    for value in reader.list(fields, "numbers") {
        let text = reader.string("numbers", value);
        let text = text.map(|text| At { at: start(value), value: text });
        numbers.extend(text.and_then(|text| reader.numbers(text)));
    }
    for number in &numbers {
        let value = number.value.to_string();
        if emergency::find(&value, Look::Number, codes).is_some() {
            // Noted already, like every text that is one.
        } else if let Some(emergency) = emergency::find_in_block(number.value, codes) {
            let problem = Emergency::InBlock { number: emergency, value };
            reader.note(number.at, Problem::Emergency(problem));
        }
    }
    numbers
}

/// Two numbers are ambiguous if one is the beginning of the other, or the same.
fn check_ambiguous(reader: &mut Reader<'_>, mut dialled: Vec<Dialled>) {
    dialled.sort_by_key(|d| (d.numbers.value.reach(), d.numbers.at));
    let mut furthest: Option<Dialled> = None;
    for next in dialled {
        let (plan, from, until) = next.numbers.value.reach();
        let before = furthest.filter(|before| {
            let (before_plan, _, reached) = before.numbers.value.reach();
            before_plan == plan && from <= reached
        });
        if let Some(before) = before {
            // The one further down in the file is the one to mend.
            let (first, second) =
                if before.numbers.at < next.numbers.at { (before, next) } else { (next, before) };
            let problem = PlanProblem::Ambiguous {
                number: second.numbers.value.to_string(),
                other: first.numbers.value.to_string(),
                first: first.numbers.at,
                line: reader.id_of(Kind::Line, first.line),
            };
            reader.note(second.numbers.at, Problem::Plan(problem));
        }
        let reaches_further = before.is_none_or(|before| before.numbers.value.reach().2 < until);
        if reaches_further {
            furthest = Some(next);
        }
    }
}

/// Who can do what, for checking what lines ask for.
#[derive(Debug)]
struct Abilities<'a> {
    /// The skills of each.
    each: Vec<&'a [SkillLevel]>,
    best: BTreeMap<SkillId, u8>,
    /// Some agent, or the bench, could not be read: then nobody can say what nobody can.
    incomplete: bool,
}

impl<'a> Abilities<'a> {
    fn of(agents: &'a [Option<Agent>], bench: &'a ReadBench) -> Self {
        let of_agents = agents.iter().flatten().map(|agent| agent.skills.as_slice());
        let of_bench = bench.bench.iter().map(|bench| bench.skills.as_slice());
        let each: Vec<&[SkillLevel]> = of_agents.chain(of_bench).collect();
        let mut best = BTreeMap::new();
        for has in each.iter().copied().flatten() {
            let level = best.entry(has.skill).or_insert(0);
            *level = has.level.max(*level);
        }
        let incomplete = bench.incomplete || agents.iter().any(Option::is_none);
        Abilities { each, best, incomplete }
    }
}

fn check_skills(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    required: &[(usize, SkillLevel)],
    preferred: &[At<usize>],
    abilities: &Abilities<'_>,
) {
    if required.len() + preferred.len() > SKILLS_PER_LINE_MAX {
        let key = "required + preferred".to_owned();
        let problem = Shape::TooMany { key, max: SKILLS_PER_LINE_MAX };
        reader.note(fields.place("preferred"), Problem::Shape(problem));
        return;
    }
    let id = |reader: &Reader<'_>, skill: SkillId| reader.id_of(Kind::Skill, skill.index());
    for wanted in preferred {
        let skill = SkillId(short(wanted.value));
        let problem = if required.iter().any(|(_, needs)| needs.skill == skill) {
            PlanProblem::RequiredAndPreferred { skill: id(reader, skill) }
        } else if !abilities.incomplete && !abilities.best.contains_key(&skill) {
            PlanProblem::PreferredNobodyHas { skill: id(reader, skill) }
        } else {
            continue;
        };
        reader.note(wanted.at, Problem::Plan(problem));
    }
    if !abilities.incomplete {
        check_required(reader, fields, required, abilities);
    }
}

fn check_required(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    required: &[(usize, SkillLevel)],
    abilities: &Abilities<'_>,
) {
    let mut each_is_there = true;
    for &(at, SkillLevel { skill, level }) in required {
        let best = abilities.best.get(&skill).copied().unwrap_or(0);
        if level <= best {
            continue;
        }
        each_is_there = false;
        let skill = reader.id_of(Kind::Skill, skill.index());
        let problem = match best {
            0 => PlanProblem::SkillNobodyHas { skill },
            best => PlanProblem::LevelNobodyHas { skill, level, best },
        };
        reader.note(at, Problem::Plan(problem));
    }
    let all: Vec<SkillLevel> = required.iter().map(|(_, level)| *level).collect();
    if each_is_there && !abilities.each.iter().any(|skills| has_all(skills, &all)) {
        let at = if all.is_empty() { fields.at } else { fields.place("required") };
        reader.note(at, Problem::Plan(PlanProblem::CombinationNobodyHas));
    }
}

/// A queue that no line uses is a slip, or left over.
pub(super) fn check_queues(reader: &mut Reader<'_>, lines: &[Option<Line>]) {
    if lines.iter().any(Option::is_none) || reader.is_broken(Kind::Line) {
        return;
    }
    let used: BTreeSet<usize> =
        lines.iter().flatten().filter_map(|line| Some(line.service()?.queue.index())).collect();
    let queues = reader.ids.get(&Kind::Queue).map_or(0, |ids| ids.names.len());
    for queue in (0..queues).filter(|queue| !used.contains(queue)) {
        let problem = PlanProblem::QueueUnused { queue: reader.id_of(Kind::Queue, queue) };
        reader.note(reader.place_of(Kind::Queue, queue), Problem::Plan(problem));
    }
}

/// The greeting is part of the wait: it must leave some of the longest wait over.
pub(super) fn check_waiting(
    reader: &mut Reader<'_>,
    lists: (&[Fields<'_, '_>], &[Fields<'_, '_>]),
    lines: &[Option<Line>],
    queues: &[Queue],
) {
    let (line_tables, queue_tables) = lists;
    for (fields, line) in line_tables.iter().zip(lines) {
        let Some(service) = line.as_ref().and_then(Line::service) else { continue };
        let Some(greeting) = &service.greeting else { continue };
        let queue = service.queue.index();
        let (Some(of_queue), Some(queue)) = (queue_tables.get(queue), queues.get(queue)) else {
            continue;
        };
        let written = of_queue.get("waiting_max").map(|value| value.get_ref());
        let is_good = matches!(written, Some(DeValue::String(text))
            if duration::parse(text) == Some(queue.waiting_max));
        if is_good && queue.waiting_max <= greeting.length {
            let problem = PlanProblem::GreetingOutlastsWait {
                greeting: duration::written(greeting.length),
                queue: queue.id.clone(),
                longest: duration::written(queue.waiting_max),
            };
            reader.note(place_of_greeting(fields), Problem::Plan(problem));
        }
    }
}

fn place_of_greeting(line: &Fields<'_, '_>) -> usize {
    match line.get("announcements").map(|value| value.get_ref()) {
        Some(DeValue::Table(texts)) => texts.get("greeting").map_or(line.at, start),
        Some(_) | None => line.at,
    }
}

pub(super) fn targets(reader: &mut Reader<'_>, root: &Fields<'_, '_>, max: usize) -> Vec<Target> {
    let tables = reader.tables(root, "target", Table::Target, max);
    let mut seen: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut targets = Vec::new();
    for fields in &tables {
        let definition = reader.word(fields, "definition", &Definition::WORDS);
        let lines = reader.references(fields, "lines", Kind::Line);
        let known = definition.and_then(|index| Definition::ALL.get(index)).copied();
        let within = target_time(reader, fields, known);
        let share = reader.fraction(fields, "share", 0.0..=1.0, None);
        let Some(definition) = definition else { continue };
        for line in &lines {
            if let Some(&first) = seen.get(&(definition, line.value)) {
                let line_id = reader.id_of(Kind::Line, line.value);
                let problem = PlanProblem::TargetTwice { line: line_id, first };
                reader.note(line.at, Problem::Plan(problem));
            } else {
                seen.insert((definition, line.value), line.at);
            }
        }
        let Some(&definition) = Definition::ALL.get(definition) else { continue };
        let lines = lines.into_iter().map(|line| LineId(short(line.value))).collect();
        targets.push(Target { definition, lines, within, share });
    }
    targets
}

/// The time of a target, where its definition has one; of a definition that nobody knows, nobody knows.
fn target_time(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    definition: Option<Definition>,
) -> Micros {
    let rule = DurationRule { min: Micros::from_secs(1), max: RULE_DURATION_MAX, default: None };
    let given = fields.get("within");
    match definition.map(Definition::has_time) {
        Some(true) => return reader.duration(fields, "within", rule),
        Some(false) => {
            if let Some(value) = given {
                reader.note(start(value), Problem::Plan(PlanProblem::TargetWithoutTime));
            }
        }
        None => {
            if given.is_some() {
                return reader.duration(fields, "within", rule);
            }
        }
    }
    Micros::ZERO
}
