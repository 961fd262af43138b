// SPDX-License-Identifier: EUPL-1.2
//! How long will it take? The present state is played forward many times, and the answer is a range.
//!
//! Who talks now frees up as talks of that line have ended so far, given how long this one has lasted;
//! who stands ahead is answered in order by whoever is free first and can, or loses patience as callers
//! of the line have. What is drawn by chance comes from a generator that the moment and the contact seed,
//! so that the same log gives the same answer. Nothing is computed before somebody asks.

use crate::Centre;
use crate::place::{Contact, WayOut};
use acd::agent::AfterCall;
use acd::contact::State;
use acd::{LaneId, LineRules, agent};
use alloc::collections::{BinaryHeap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use promise::ToldWait;
use stdx::limits::{
    ESTIMATE_AHEAD_MAX, ESTIMATE_RUNS, ESTIMATE_RUNS_MIN, ESTIMATE_STEPS_MAX, LEARNED_TALKS,
    TIME_MAX,
};
use stdx::{AgentId, ContactId, LineId, Micros, PartnerId, Rng, Tick};

/// Quantiles of the exponential distribution with mean 1, in thousandths: at (i + 1/2) / 64.
const EXPONENTIAL: [u64; 64] = [
    8, 24, 40, 56, 73, 90, 107, 125, 143, 161, 179, 198, 217, 237, 257, 277, 298, 319, 341, 363,
    386, 409, 433, 458, 483, 508, 535, 562, 589, 618, 647, 678, 709, 741, 774, 809, 845, 882, 920,
    960, 1002, 1045, 1091, 1138, 1188, 1241, 1297, 1356, 1418, 1485, 1556, 1633, 1717, 1808, 1908,
    2019, 2144, 2287, 2454, 2655, 2906, 3243, 3753, 4852,
];

/// Every how many quantiles one stands for a talk until the line has learned real ones: eight talks.
const FIRST_TALKS_STEP: usize = 8;

/// Before anybody has left, callers are thought to be this patient.
const FIRST_PATIENCE: Micros = Micros::from_mins(5);

/// What a guess weighs, in real ones.
const FIRST_WEIGHT: u64 = 4;

/// When so much has been learned, the older half is forgotten: people change over the year.
const LEARNED_MAX: u64 = 512;

/// Before a partner has helped anybody, it is thought to help so soon.
const FIRST_HELP: Micros = Micros::from_secs(15);

/// Before anybody has answered, agents are thought to answer in this time.
const FIRST_PICK_UP: Micros = Micros::from_secs(4);

/// Told waits begin and end on such a mark, the range widened outwards: people hear no seconds.
const MARK: Micros = Micros::from_secs(10);

/// One of so many further runs is expected below the range, and one above it.
const OUTSIDE: usize = 10;

/// All that was learned, as plain data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lessons {
    /// By [`LineId`].
    pub lines: Vec<LineLessons>,
    /// How soon each partner helps who is to go there, by [`PartnerId`].
    pub partners: Vec<Rate>,
    /// How soon agents answer.
    pub picked_up: Rate,
}

/// What was learned of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineLessons {
    /// The latest talks with their wrap-up, in the order of their ends; at least one, at most
    /// [`LEARNED_TALKS`].
    pub talks: Vec<Micros>,
    /// How soon waiting callers give up.
    pub leaves: Rate,
}

/// What one line has taught.
#[derive(Clone, Debug)]
struct OfLine {
    /// The latest talks with their wrap-up, in the order of their ends.
    talks: VecDeque<Micros>,
    /// The same, sorted.
    sorted: Vec<Micros>,
    sum: u64,
    /// How soon waiting callers give up.
    leaves: Rate,
}

impl OfLine {
    fn new(rules: &LineRules) -> OfLine {
        let expected = rules.expected_talk + rules.wrap_up;
        let first = EXPONENTIAL.iter().skip(FIRST_TALKS_STEP / 2).step_by(FIRST_TALKS_STEP);
        let talks = first.map(|&thousandths| part(expected, thousandths)).collect();
        OfLine::restored(LineLessons { talks, leaves: Rate::guessed(FIRST_PATIENCE) })
    }

    fn restored(lessons: LineLessons) -> OfLine {
        let LineLessons { talks, leaves } = lessons;
        let mut sorted = talks.clone();
        sorted.sort_unstable();
        let sum = talks.iter().map(|talk| talk.0).sum();
        OfLine { talks: talks.into(), sorted, sum, leaves }
    }

    fn save(&self) -> LineLessons {
        LineLessons { talks: self.talks.iter().copied().collect(), leaves: self.leaves }
    }

    fn talked(&mut self, talk: Micros) {
        if self.talks.len() == LEARNED_TALKS
            && let Some(oldest) = self.talks.pop_front()
        {
            self.sum -= oldest.0;
            let at = self.sorted.partition_point(|&it| it < oldest);
            self.sorted.remove(at);
        }
        self.sum += talk.0;
        self.talks.push_back(talk);
        self.sorted.insert(self.sorted.partition_point(|&it| it < talk), talk);
    }

    /// The talks that were longer than this, in order.
    fn longer_than(&self, lasted: Micros) -> &[Micros] {
        &self.sorted[self.sorted.partition_point(|&it| it <= lasted)..]
    }

    /// The rest of a talk that has lasted so long, of which these were longer; a new one's length if that
    /// is no time.
    fn rest(&self, lasted: Micros, longer: &[Micros], rng: &mut Rng) -> u64 {
        if longer.is_empty() {
            // Longer than all that are known: as if it had just begun to be long.
            return part(self.mean(), drawn(rng)).0;
        }
        let drawn = longer[rng.below(longer.len() as u64) as usize];
        drawn.0 - lasted.0
    }

    fn mean(&self) -> Micros {
        Micros(self.sum / self.talks.len().max(1) as u64)
    }
}

fn drawn(rng: &mut Rng) -> u64 {
    EXPONENTIAL[rng.below(EXPONENTIAL.len() as u64) as usize]
}

fn part(whole: Micros, thousandths: u64) -> Micros {
    Micros(whole.0 / 1_000 * thousandths)
}

/// What all lines have taught.
#[derive(Clone, Debug)]
pub(crate) struct Learned {
    lines: Vec<OfLine>,
    /// For each partner how soon it helps who is to go there: [`Rate::mean`].
    partners: Vec<Rate>,
    picked_up: Rate,
}

/// How often something happened in how much time at risk of it: an exponential rate, the maximum
/// likelihood estimate under right-censoring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How often.
    pub happened: u64,
    /// In how much time altogether.
    pub time: Micros,
}

impl Rate {
    /// A guess, which weighs as much as [`FIRST_WEIGHT`] real ones.
    const fn guessed(mean: Micros) -> Rate {
        Rate { happened: FIRST_WEIGHT, time: mean.times(FIRST_WEIGHT) }
    }

    fn learn(&mut self, time: Micros, happened: bool) {
        self.happened += u64::from(happened);
        self.time += time;
        if self.happened >= LEARNED_MAX {
            self.happened /= 2;
            self.time = Micros(self.time.0 / 2);
        }
    }

    fn mean(&self) -> Micros {
        Micros(self.time.0 / self.happened.max(1))
    }

    /// Whether it can have been learned, and no sum of such times overflows.
    fn is_sound(&self) -> bool {
        (1..LEARNED_MAX).contains(&self.happened)
            && self.time <= TIME_MAX.times(LEARNED_MAX)
            && self.mean() <= TIME_MAX
    }

    fn draw(&self, rng: &mut Rng) -> u64 {
        part(self.mean(), drawn(rng)).0
    }
}

impl Lessons {
    /// Whether all of this can have been learned.
    pub(crate) fn are_sound(&self) -> bool {
        let fit = |it: &LineLessons| {
            (1..=LEARNED_TALKS).contains(&it.talks.len())
                && it.talks.iter().all(|&talk| talk <= TIME_MAX)
                && it.leaves.is_sound()
        };
        self.lines.iter().all(fit)
            && self.partners.iter().all(Rate::is_sound)
            && self.picked_up.is_sound()
    }
}

impl Learned {
    pub(crate) fn new(lines: &[LineRules], partners: usize) -> Learned {
        Learned {
            lines: lines.iter().map(OfLine::new).collect(),
            partners: vec![Rate::guessed(FIRST_HELP); partners],
            picked_up: Rate::guessed(FIRST_PICK_UP),
        }
    }

    pub(crate) fn restored(lessons: Lessons) -> Learned {
        let Lessons { lines, partners, picked_up } = lessons;
        let lines = lines.into_iter().map(OfLine::restored).collect();
        Learned { lines, partners, picked_up }
    }

    pub(crate) fn save(&self) -> Lessons {
        let lines = self.lines.iter().map(OfLine::save).collect();
        Lessons { lines, partners: self.partners.clone(), picked_up: self.picked_up }
    }

    /// A caller was to go to a partner for so long, and came there or not.
    pub(crate) fn tried_partner(&mut self, partner: PartnerId, tried: Micros, helped: bool) {
        self.partners[partner.index()].learn(tried, helped);
    }

    /// A talk and its wrap-up took so long.
    pub(crate) fn talked(&mut self, line: LineId, talk: Micros) {
        self.lines[line.index()].talked(talk);
    }

    /// A caller left after waiting so long.
    pub(crate) fn left(&mut self, line: LineId, waited: Micros) {
        self.lines[line.index()].leaves.learn(waited, true);
    }

    /// A caller did not leave by itself in so long: was answered, promised a call-back, sent away.
    pub(crate) fn stayed(&mut self, line: LineId, waited: Micros) {
        self.lines[line.index()].leaves.learn(waited, false);
    }

    /// An agent's telephone rang so long before it was answered.
    pub(crate) fn picked_up(&mut self, rang: Micros) {
        self.picked_up.learn(rang, true);
    }

    /// How long a talk of this line takes on average, with its wrap-up.
    pub(crate) fn handling(&self, line: LineId) -> Micros {
        self.lines[line.index()].mean()
    }
}

/// Agents of one kind.
struct Kind<'a> {
    /// The index of the kind in the centre's list.
    id: usize,
    /// The first agent who is of it, there or not.
    first: Option<AgentId>,
    agents: Vec<Busy<'a>>,
}

/// Until when an agent is busy.
#[derive(Clone, Copy)]
enum Busy<'a> {
    /// Free now, or at a known time.
    For(u64),
    /// In a talk that has lasted so long.
    Talks {
        of_line: &'a OfLine,
        lasted: Micros,
        /// Looked up once for all runs.
        longer: &'a [Micros],
    },
}

/// When the agents of one kind are free, in one run. Only the earliest is ever asked for.
struct Free {
    kind: usize,
    times: BinaryHeap<Reverse<u64>>,
}

impl Free {
    fn nobody_yet(kind: &Kind<'_>) -> Free {
        Free { kind: kind.id, times: BinaryHeap::with_capacity(kind.agents.len()) }
    }

    /// A new run begins: until when everybody is busy this time. The memory is the last run's.
    fn draw(&mut self, kind: &Kind<'_>, rng: &mut Rng) {
        let mut times = core::mem::take(&mut self.times).into_vec();
        times.clear();
        times.extend(kind.agents.iter().map(|busy| {
            Reverse(match *busy {
                Busy::For(time) => time,
                Busy::Talks { of_line, lasted, longer } => of_line.rest(lasted, longer, rng),
            })
        }));
        self.times = BinaryHeap::from(times);
    }
}

/// The one who asks.
struct Own<'a> {
    kinds: &'a [Option<u64>],
    way_out: Option<(u64, PartnerId)>,
}

/// From when on each kind of agents is asked for callers of a line; none if never.
struct Serving {
    line: LineId,
    from: Vec<Option<u64>>,
}

/// Somebody ahead: who serves, which line, and what else can end the wait.
struct Ahead {
    kinds: usize,
    line: LineId,
    /// Whether patience can: not of who is promised a call-back.
    waits: bool,
    way_out: Option<(u64, PartnerId)>,
}

/// What the runs say about one contact.
pub(crate) struct Forecast {
    /// The waits from now on, sorted; at least one.
    runs: Vec<u64>,
    /// How long it has been here.
    since: Micros,
    /// When it is sent away, counted from call set-up.
    limit: Option<Micros>,
}

impl Forecast {
    /// The range to be told, from call set-up. Nobody is told of a wait beyond the limit, unless it has
    /// gone by while a telephone rings.
    pub(crate) fn range(&self) -> ToldWait {
        let runs = &self.runs;
        // Of n runs each gap between two neighbours holds one of n + 1 further ones.
        let outside = ((runs.len() + 1) / OUTSIDE).saturating_sub(1);
        let at = |index: usize| runs[index] + self.since.0;
        let (from, until) = (at(outside), at(runs.len() - 1 - outside));
        let last = self.limit.map(|limit| limit.max(self.since));
        let last = last.map_or(u64::MAX, |last| last.0.div_ceil(MARK.0));
        let from = (from / MARK.0).min(last.saturating_sub(1).max(self.since.0 / MARK.0));
        let until = until.div_ceil(MARK.0).min(last);
        ToldWait { from: MARK.times(from), until: MARK.times(until) }
    }

    /// The wait that is as likely to be exceeded as not, from call set-up.
    pub(crate) fn median(&self) -> Micros {
        Micros(self.runs[self.runs.len() / 2]) + self.since
    }
}

impl Centre {
    /// How long this waiting contact will have waited from call set-up until it is answered, as a range
    /// in which eight runs of ten end, one of ten sooner and one later, as far as the limit on waiting
    /// allows; none if it does not wait, nobody who could answer is there, or too many stand ahead.
    #[must_use]
    pub fn estimate(&self, contact: ContactId) -> Option<ToldWait> {
        self.forecast(contact).map(|it| it.range())
    }

    /// What the present state says about this contact's wait, as [`Centre::estimate`].
    pub(crate) fn forecast(&self, contact: ContactId) -> Option<Forecast> {
        let runs = self.play_forward(contact)?;
        let it = self.contacts.get(&contact)?;
        let limit = match it.state {
            State::Waiting { limit_at, .. } => Some(limit_at.since(it.arrived)),
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::Promised { .. }
            | State::CallingBack { .. }
            | State::Gone(_) => None,
        };
        Some(Forecast { runs, since: self.since_set_up(it), limit })
    }

    /// When a waiting contact is to go to its partner, from now, and which; none if it never is.
    fn way_out(&self, it: &Contact) -> Option<(u64, PartnerId)> {
        let rules = self.setup.lines[it.line.index()].overflow?;
        let timetable = self.setup.partners[rules.partner.index()].timetable;
        if !self.timetable(timetable).is_open(self.now.wall) {
            return None;
        }
        let nobody = self.ready.signed_on(self.lanes.widest(it.asked_as)) == 0;
        if it.partner_only.is_some() || rules.nobody_signed_on && nobody {
            return Some((0, rules.partner));
        }
        let waited = rules.waited.filter(|_| self.came_while_open(it))?;
        Some((waited.0.saturating_sub(self.since_set_up(it).0), rules.partner))
    }

    /// The waits from now on in every run, sorted.
    fn play_forward(&self, id: ContactId) -> Option<Vec<u64>> {
        let it = self.contacts.get(&id)?;
        if !matches!(it.state, State::Waiting { .. } | State::Promised { .. }) {
            return None;
        }
        let serves = self.asked_from(it);
        let kinds = self.busy_kinds();
        let way_out = self.way_out(it);
        if way_out.is_none() && !kinds.iter().any(|kind| serves[kind.id].is_some()) {
            return None;
        }
        let own = Own { kinds: &serves, way_out };
        let mut serving: Vec<Serving> = Vec::new();
        let ahead = self.those_ahead(id, &mut serving)?;
        // Who is asked neither for this one nor for anybody ahead changes nothing.
        let mut kinds = kinds;
        kinds.retain(|kind| {
            serves[kind.id].is_some() || serving.iter().any(|it| it.from[kind.id].is_some())
        });
        let agents: usize = kinds.iter().map(|kind| kind.agents.len()).sum();
        let runs = (ESTIMATE_STEPS_MAX / (ahead.len() + agents).max(1))
            .clamp(ESTIMATE_RUNS_MIN, ESTIMATE_RUNS);
        let seed = Rng::new(self.now.mono.0).split(id.0);
        let mut free: Vec<Free> = kinds.iter().map(Free::nobody_yet).collect();
        let mut waits: Vec<u64> = (0..runs as u64)
            .map(|run| {
                let mut rng = seed.split(run);
                free.iter_mut().zip(&kinds).for_each(|(it, kind)| it.draw(kind, &mut rng));
                self.one_run(&mut free, &ahead, &serving, &own, &mut rng)
            })
            .collect();
        waits.sort_unstable();
        Some(waits)
    }

    /// From when on, counted from now, each kind of agents is asked for a contact; none if never.
    fn asked_from(&self, it: &Contact) -> Vec<Option<u64>> {
        let stages = &self.setup.lines[it.asked_as.index()].stages;
        let passed = self.since_set_up(it).0;
        let from = |stage: u8| match stages.get(usize::from(stage)) {
            Some(_) if stage <= it.stage => 0,
            Some(rules) => rules.after.0.saturating_sub(passed),
            None => 0,
        };
        let count = self.setup.lines[it.asked_as.index()].stage_count() as u8;
        let lanes = (0..count).map(|stage| (self.lanes.lane(it.asked_as, stage), from(stage)));
        let is_asked = it.partner_only.is_none();
        let lanes: Vec<(LaneId, u64)> = lanes.filter(|_| is_asked).collect();
        let of_kind = |kind: &Vec<LaneId>| {
            let asked = lanes.iter().filter(|(lane, _)| kind.binary_search(lane).is_ok());
            asked.map(|&(_, from)| from).min()
        };
        self.ready.kinds().iter().map(of_kind).collect()
    }

    /// Everybody ahead of this one in any queue; none if they are too many.
    fn those_ahead(&self, id: ContactId, serving: &mut Vec<Serving>) -> Option<Vec<Ahead>> {
        let own = self.contacts[&id].turn;
        let queues = (0..self.setup.queues.len() as u16).map(stdx::QueueId);
        let too_many = ESTIMATE_AHEAD_MAX + 1;
        let ahead_in = |queue| self.queues.ahead_of(queue, own).take(too_many);
        let mut turns: Vec<_> = queues.flat_map(ahead_in).take(too_many).collect();
        if turns.len() > ESTIMATE_AHEAD_MAX {
            return None;
        }
        turns.sort_unstable();
        let ahead = turns.iter().filter_map(|turn| {
            let it = &self.contacts[&turn.contact()];
            let waits = match it.state {
                State::Waiting { offered_to: None, .. } => true,
                State::Promised { offered_to: None, rests_until: None, .. } => false,
                State::Waiting { .. }
                | State::Promised { .. }
                | State::AtSwitchboard { .. }
                | State::Local { .. }
                | State::Entering { .. }
                | State::Talking { .. }
                | State::AtPartner { .. }
                | State::ToOffice { .. }
                | State::AtOffice { .. }
                | State::CallingBack { .. }
                | State::Gone(_) => return None,
            };
            let asked = it.partner_only.is_none() && !matches!(it.overflow, WayOut::Tried(_));
            asked.then(|| (it, waits, self.way_out(it).filter(|_| waits)))
        });
        let mut all = Vec::new();
        for (it, waits, way_out) in ahead {
            // Callers of a line with stages have come different ways; the others of a line are alike.
            let staged = self.setup.lines[it.asked_as.index()].stages.len() > 1;
            let alike = |known: &Serving| !staged && known.line == it.asked_as;
            let kinds = serving.iter().position(alike).unwrap_or_else(|| {
                serving.push(Serving { line: it.asked_as, from: self.asked_from(it) });
                serving.len() - 1
            });
            all.push(Ahead { kinds, line: it.line, waits, way_out });
        }
        Some(all)
    }

    /// Who is there for callers, by kind. The order decides what is drawn for whom, so it follows from
    /// who can do what, and not from which kind was known first.
    fn busy_kinds(&self) -> Vec<Kind<'_>> {
        let count = self.ready.kinds().len();
        let mut kinds: Vec<Kind<'_>> =
            (0..count).map(|id| Kind { id, first: None, agents: Vec::new() }).collect();
        for id in (0..).map(AgentId).take(self.agents.len()) {
            let kind = &mut kinds[self.ready.kind(id)];
            kind.first.get_or_insert(id);
            kind.agents.extend(self.busy(id));
        }
        kinds.retain(|kind| !kind.agents.is_empty());
        kinds.sort_unstable_by_key(|kind| kind.first);
        kinds
    }

    fn busy(&self, id: AgentId) -> Option<Busy<'_>> {
        let now = self.now.mono;
        let talks = |line: LineId, lasted| {
            let of_line = &self.learned.lines[line.index()];
            Some(Busy::Talks { of_line, lasted, longer: of_line.longer_than(lasted) })
        };
        let until = |at: Tick| Busy::For(at.since(now).0);
        let it = &self.agents[id.index()];
        // Who wants a pause after this call is not there for the next one.
        if it.after_call != AfterCall::Ready {
            return None;
        }
        match it.state {
            agent::State::SignedOff | agent::State::NotReady { until: None, .. } => None,
            agent::State::NotReady { until: Some(at), .. } => Some(until(at)),
            agent::State::Ready { .. } => Some(Busy::For(0)),
            agent::State::WrapUp { until: at, .. } => Some(until(at)),
            agent::State::Offered { contact, .. } => {
                talks(self.contacts[&contact].line, Micros::ZERO)
            }
            agent::State::Talking { contact, .. } => {
                let it = &self.contacts[&contact];
                let lasted = it.answered.map_or(Micros::ZERO, |(at, _)| now.since(at));
                talks(it.line, lasted)
            }
        }
    }

    fn one_run(
        &self,
        free: &mut [Free],
        ahead: &[Ahead],
        serving: &[Serving],
        own: &Own<'_>,
        rng: &mut Rng,
    ) -> u64 {
        let pick_up = self.learned.picked_up.mean().0;
        let helped = |way_out: Option<(u64, PartnerId)>, rng: &mut Rng| {
            way_out.map(|(at, partner)| at + self.learned.partners[partner.index()].draw(rng))
        };
        for it in ahead {
            let Some((index, at)) = earliest(free, &serving[it.kinds].from) else { continue };
            let of_line = &self.learned.lines[it.line.index()];
            let leaves = it.waits && of_line.leaves.draw(rng) < at;
            if leaves || helped(it.way_out, rng).is_some_and(|helped| helped < at) {
                continue;
            }
            let talk = of_line.rest(Micros::ZERO, &of_line.sorted, rng);
            if let Some(mut first) = free[index].times.peek_mut() {
                *first = Reverse(at + pick_up + talk);
            }
        }
        let answered = earliest(free, own.kinds).map_or(u64::MAX / 4, |(_, at)| at + pick_up);
        helped(own.way_out, rng).map_or(answered, |helped| helped.min(answered))
    }
}

/// Which of the kinds that serve is first free and asked, and when.
fn earliest(free: &[Free], from: &[Option<u64>]) -> Option<(usize, u64)> {
    let firsts = free.iter().enumerate().filter_map(|(index, it)| {
        let asked = from[it.kind]?;
        Some((index, asked.max(it.times.peek()?.0)))
    });
    firsts.min_by_key(|&(_, at)| at)
}

/// So that a vector of runs is never empty.
const _: () = assert!(ESTIMATE_RUNS_MIN > 0);
