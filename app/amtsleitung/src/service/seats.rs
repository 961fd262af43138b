// SPDX-License-Identifier: EUPL-1.2
//! Seats: the agents as the centre and the log know them. Persons take them anew on each day, by chance.
//!
//! Seats of one class – the same team, skills and shifts, named by the same crisis plans – are as good as
//! each other for everything that is decided. So a person who begins on a new day gets any free seat of the
//! own class, and whoever reads the log without the key of the day cannot tell who did what, nor who
//! did the same on two days. A person who is alone in the class has one seat only: there it is the rules
//! themselves that tell who it is.
//!
//! What was agreed names persons; the centre is given it by seats: each with the rules of the person who has
//! it, and the free ones with those of the persons who have none. So a change of somebody's skills follows
//! them to the seat where they sit.
//!
//! The rule to keep: a seat belongs to one person at most, and to the same one as long as the person is
//! signed on; and a class has as many free seats as persons without one.

use acd::AgentRules;
use calendar::{Interval, Timetable};
use centre::Setup;
use std::collections::BTreeMap;
use stdx::{AgentId, Day, PlanId};

/// A seat that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// By whom: as the configuration lists agents.
    pub person: AgentId,
    /// Which.
    pub seat: AgentId,
    /// On which day it was taken.
    pub on: Day,
}

/// Who has which seat. There are as many seats as persons; which number a person has says nothing about the
/// seat of that number.
#[derive(Clone, Debug)]
pub struct Seats {
    today: Day,
    /// Of each person.
    class_of: Vec<usize>,
    /// Of each seat.
    class_at: Vec<usize>,
    free: Vec<Vec<AgentId>>,
    by_person: Vec<Option<Taken>>,
    by_seat: Vec<Option<AgentId>>,
    /// Whom each plan names.
    helpers: Vec<Vec<AgentId>>,
}

impl Seats {
    /// Arranges what was agreed for persons by seats; says it as the centre takes it.
    ///
    /// `taken` are the seats that are kept, of each person the last word. Those who are made up are nobody, and
    /// each has the seat of the own number. A free seat goes on as it was `before`, as far as it can: what
    /// nobody changed stays the same.
    #[must_use]
    pub fn arrange(
        setup: &Setup,
        made_up: &[AgentId],
        before: &Setup,
        taken: &[Taken],
        today: Day,
    ) -> (Seats, Setup) {
        let classes = Classes::of(setup, made_up);
        let count = setup.agents.len();
        let helpers = setup.plans.iter().map(|plan| plan.helpers.clone()).collect();
        let (by_person, by_seat) = (vec![None; count], vec![None; count]);
        let (class_of, class_at) = (classes.numbers.clone(), vec![0; count]);
        let free = vec![Vec::new(); classes.first.len()];
        let mut seats = Seats { today, class_of, class_at, free, by_person, by_seat, helpers };
        let own = made_up.iter().map(|&it| Taken { person: it, seat: it, on: today });
        own.chain(taken.iter().copied()).for_each(|taken| seats.restore(taken));
        seats.give_classes(&classes, before);
        let arranged = seats.arranged(setup, &classes);
        (seats, arranged)
    }

    /// The same after something else was agreed: whoever has a seat keeps it.
    #[must_use]
    pub fn rearrange(&self, setup: &Setup, made_up: &[AgentId], before: &Setup) -> (Seats, Setup) {
        let taken: Vec<Taken> = self.by_person.iter().flatten().copied().collect();
        Seats::arrange(setup, made_up, before, &taken, self.today)
    }

    /// Gives a person a seat back; what does not fit any more is left out: then one is taken anew.
    fn restore(&mut self, taken: Taken) {
        let Taken { person, seat, .. } = taken;
        let count = self.by_seat.len();
        if count <= person.index() || count <= seat.index() || self.by_seat[seat.index()].is_some()
        {
            return;
        }
        if let Some(earlier) = self.by_person[person.index()] {
            self.by_seat[earlier.seat.index()] = None;
        }
        self.have(taken);
    }

    /// Every seat that somebody has is of that person's class; the others share the classes of those who
    /// have none, first as they were before.
    fn give_classes<'a>(&mut self, classes: &Classes<'a>, before: &'a Setup) {
        let mut wanted = vec![0_usize; classes.first.len()];
        for (person, &class) in self.class_of.iter().enumerate() {
            wanted[class] += usize::from(self.by_person[person].is_none());
        }
        let mut others = Vec::new();
        for index in 0..self.by_seat.len() {
            let seat = AgentId(u16::try_from(index).expect("agents are bounded"));
            if let Some(person) = self.by_seat[index] {
                self.class_at[index] = self.class_of[person.index()];
                continue;
            }
            match classes.as_before(seat, before).filter(|&class| wanted[class] > 0) {
                Some(class) => self.set_free(seat, class, &mut wanted),
                None => others.push(seat),
            }
        }
        for seat in others {
            let class = wanted.iter().position(|&persons| persons > 0);
            self.set_free(seat, class.expect("as many seats as persons"), &mut wanted);
        }
    }

    fn set_free(&mut self, seat: AgentId, class: usize, wanted: &mut [usize]) {
        wanted[class] -= 1;
        self.class_at[seat.index()] = class;
        self.free[class].push(seat);
    }

    /// What was agreed, by seats.
    fn arranged(&self, setup: &Setup, classes: &Classes<'_>) -> Setup {
        let rules = |&class: &usize| classes.rules(class, setup);
        let mut arranged =
            Setup { agents: self.class_at.iter().map(rules).collect(), ..setup.clone() };
        for (index, plan) in arranged.plans.iter_mut().enumerate() {
            let is_named = |&(_, class): &(AgentId, &usize)| classes.is_named(*class, index);
            let seats = (0..).map(AgentId).zip(&self.class_at);
            plan.helpers = seats.filter(is_named).map(|(seat, _)| seat).collect();
        }
        arranged
    }

    /// Who has this seat.
    #[must_use]
    pub fn person(&self, seat: AgentId) -> Option<AgentId> {
        self.by_seat.get(seat.index()).copied().flatten()
    }

    /// The seat that this person has.
    #[must_use]
    pub fn seat(&self, person: AgentId) -> Option<AgentId> {
        Some(self.by_person.get(person.index())?.as_ref()?.seat)
    }

    /// Gives a person who has none a free seat of the own class; `draw` says which of so many. None if there
    /// is no such person.
    ///
    /// # Panics
    /// Never: a class has as many free seats as persons without one.
    pub fn take(&mut self, person: AgentId, draw: impl FnOnce(usize) -> usize) -> Option<AgentId> {
        let class = *self.class_of.get(person.index())?;
        assert!(self.seat(person).is_none(), "nobody has two seats");
        let free = &mut self.free[class];
        assert!(!free.is_empty(), "a class has as many free seats as persons without one");
        let seat = free.swap_remove(draw(free.len()));
        self.have(Taken { person, seat, on: self.today });
        Some(seat)
    }

    /// Whoever is named by this plan and has no seat: the plan signs them all on.
    #[must_use]
    pub fn helpers_without(&self, plan: PlanId) -> Vec<AgentId> {
        let helpers = self.helpers.get(plan.index()).into_iter().flatten().copied();
        let mut without: Vec<AgentId> = helpers.filter(|&it| self.seat(it).is_none()).collect();
        // A plan may name somebody twice.
        without.sort_unstable();
        without.dedup();
        without
    }

    /// Nobody is signed on at this seat any more: one that was taken on an earlier day is free again.
    pub fn left(&mut self, seat: AgentId) {
        let Some(person) = self.person(seat) else { return };
        let is_old = |taken: &Taken| taken.on != self.today;
        if self.by_person[person.index()].as_ref().is_some_and(is_old) {
            self.by_person[person.index()] = None;
            self.by_seat[seat.index()] = None;
            self.free[self.class_at[seat.index()]].push(seat);
        }
    }

    /// A day begins: every seat is free at which nobody is signed on.
    pub fn new_day(&mut self, today: Day, is_away: impl Fn(AgentId) -> bool) {
        self.today = today;
        for seat in (0..).map(AgentId).take(self.by_seat.len()) {
            if is_away(seat) {
                self.left(seat);
            }
        }
    }

    fn have(&mut self, taken: Taken) {
        self.by_person[taken.person.index()] = Some(taken);
        self.by_seat[taken.seat.index()] = Some(taken.person);
    }
}

/// What makes two agents as good as each other for every decision.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Class<'a> {
    team: u16,
    skills: Vec<(u16, u8)>,
    shifts: Option<&'a [Interval]>,
    plans: Vec<usize>,
    /// Of who is made up: the own number.
    made_up: Option<u16>,
}

impl<'a> Class<'a> {
    fn of(agent: AgentId, rules: &AgentRules, setup: &'a Setup, made_up: &[AgentId]) -> Class<'a> {
        let mut skills: Vec<(u16, u8)> =
            rules.skills.iter().map(|need| (need.skill.0, need.level)).collect();
        skills.sort_unstable();
        let shifts = rules.shift.and_then(|shift| setup.timetables.get(shift.index()));
        let plans = setup.plans.iter().enumerate();
        let plans = plans.filter(|(_, plan)| plan.helpers.contains(&agent));
        Class {
            team: rules.team.0,
            skills,
            shifts: shifts.map(Timetable::intervals),
            plans: plans.map(|(plan, _)| plan).collect(),
            made_up: made_up.contains(&agent).then_some(agent.0),
        }
    }
}

/// The classes of persons.
struct Classes<'a> {
    by_class: BTreeMap<Class<'a>, usize>,
    /// Of each person.
    numbers: Vec<usize>,
    /// The first person of each, whose rules stand for all of them.
    first: Vec<AgentId>,
    /// Which plans name each.
    plans: Vec<Vec<usize>>,
}

impl<'a> Classes<'a> {
    fn of(setup: &'a Setup, made_up: &[AgentId]) -> Classes<'a> {
        let mut classes = Classes {
            by_class: BTreeMap::new(),
            numbers: Vec::new(),
            first: Vec::new(),
            plans: Vec::new(),
        };
        for (agent, rules) in (0..).map(AgentId).zip(&setup.agents) {
            let class = Class::of(agent, rules, setup, made_up);
            let plans = class.plans.clone();
            let next = classes.first.len();
            let number = *classes.by_class.entry(class).or_insert(next);
            if number == next {
                classes.first.push(agent);
                classes.plans.push(plans);
            }
            classes.numbers.push(number);
        }
        classes
    }

    /// The class that a seat is of still, if there is one of what it was before.
    fn as_before(&self, seat: AgentId, before: &'a Setup) -> Option<usize> {
        let rules = before.agents.get(seat.index())?;
        self.by_class.get(&Class::of(seat, rules, before, &[])).copied()
    }

    fn rules(&self, class: usize, setup: &Setup) -> AgentRules {
        setup.agents[self.first[class].index()].clone()
    }

    fn is_named(&self, class: usize, plan: usize) -> bool {
        self.plans[class].contains(&plan)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd::{CentreRules, CrisisPlan, SkillNeed};
    use calendar::Timetable;
    use std::collections::BTreeSet;
    use stdx::{Micros, Rng, SkillId, TeamId, Timestamp, TimetableId};

    const TODAY: Day = Day(16_191);

    fn setup(agents: Vec<AgentRules>) -> Setup {
        let table = |from: i64| {
            let at = |hour: i64| Timestamp::from_secs(hour * 3_600);
            let horizon = Interval { from: at(0), until: at(24) };
            let open = Interval { from: at(from), until: at(20) };
            Timetable::new(horizon, vec![open]).expect("sorted")
        };
        let rules = CentreRules {
            head_start: Micros::ZERO,
            no_answer_pause: Micros::ZERO,
            decline_pause: Micros::ZERO,
            place_kept: Micros::ZERO,
        };
        // The first two are the same, each written down for itself.
        let timetables = vec![table(8), table(8), table(10)];
        Setup { agents, timetables, ..Setup::empty(rules) }
    }

    fn plan(helpers: Vec<AgentId>) -> CrisisPlan {
        CrisisPlan {
            lines: vec![],
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers,
            lasts: Micros::from_mins(1),
        }
    }

    fn agent(team: u16, shift: u16) -> AgentRules {
        let skills = vec![SkillNeed { skill: SkillId(0), level: 5 }];
        AgentRules { team: TeamId(team), skills, shift: Some(TimetableId(shift)) }
    }

    /// Nobody has a seat yet.
    fn fresh(setup: &Setup) -> Seats {
        Seats::arrange(setup, &[], setup, &[], TODAY).0
    }

    fn taken(person: u16, seat: u16) -> Taken {
        Taken { person: AgentId(person), seat: AgentId(seat), on: TODAY }
    }

    fn team_of(count: usize) -> Setup {
        setup(vec![agent(0, 0); count])
    }

    #[test]
    fn who_is_as_good_as_another_is_of_one_class() {
        let agents = vec![agent(0, 0), agent(0, 1), agent(0, 2), agent(1, 0), agent(0, 0)];
        let mut setup = setup(agents);
        let classes = |setup: &Setup, made_up: &[AgentId]| Classes::of(setup, made_up).numbers;
        assert_eq!(classes(&setup, &[]), [0, 0, 1, 2, 0]);
        assert_eq!(classes(&setup, &[AgentId(4)]), [0, 0, 1, 2, 3], "who is made up stays apart");
        setup.plans = vec![plan(vec![AgentId(1), AgentId(1)])];
        assert_eq!(classes(&setup, &[]), [0, 1, 2, 3, 0], "a plan's helper has a helper's seat");
        let seats = fresh(&setup);
        assert_eq!(seats.helpers_without(PlanId(0)), [AgentId(1)]);
        assert_eq!(seats.helpers_without(PlanId(9)), []);
    }

    #[test]
    fn on_three_days_a_person_has_different_seats() {
        let mut rng = Rng::new(115);
        let mut seats = fresh(&team_of(30));
        let mut had = vec![BTreeSet::new(); 30];
        for day in 0..3 {
            seats.new_day(Day(TODAY.0 + day), |_| true);
            for person in (0..30).map(AgentId) {
                let seat = seats.take(person, |of| rng.below(of as u64) as usize);
                had[person.index()].insert(seat);
            }
        }
        let same = had.iter().filter(|seats| seats.len() == 1).count();
        assert_eq!(same, 0, "of thirty nobody has sat three days at one place");
    }

    #[test]
    fn who_goes_home_and_comes_back_on_the_same_day_has_the_same_seat() {
        let mut seats = fresh(&team_of(3));
        let seat = seats.take(AgentId(0), |_| 2).expect("there");
        seats.left(seat);
        assert_eq!(seats.seat(AgentId(0)), Some(seat));
    }

    #[test]
    fn who_works_past_midnight_keeps_the_seat_until_the_end() {
        let mut seats = fresh(&team_of(3));
        let [works, sleeps] = [0, 1].map(AgentId);
        let seat = seats.take(works, |_| 0).expect("there");
        let other = seats.take(sleeps, |_| 0).expect("there");
        seats.new_day(TODAY.tomorrow(), |it| it == other);
        assert_eq!((seats.seat(works), seats.seat(sleeps)), (Some(seat), None));
        assert_eq!(seats.person(seat), Some(works));
        seats.left(seat);
        assert_eq!((seats.seat(works), seats.person(seat)), (None, None));
    }

    #[test]
    fn what_the_log_says_fits_or_is_left_out() {
        let setup = team_of(3);
        let seats = |log: &[Taken]| Seats::arrange(&setup, &[], &setup, log, TODAY).0;
        assert_eq!(seats(&[taken(7, 0), taken(0, 7)]).person(AgentId(0)), None, "nobody of ours");
        let mut seats = seats(&[taken(0, 1), taken(1, 1), taken(0, 2)]);
        assert_eq!(seats.seat(AgentId(0)), Some(AgentId(2)), "the later word holds");
        assert_eq!(seats.person(AgentId(1)), None, "what was taken then is free");
        let both = [1, 2].map(|it| seats.take(AgentId(it), |_| 0).expect("there"));
        assert!(both.contains(&AgentId(0)) && both.contains(&AgentId(1)));
    }

    #[test]
    fn a_change_follows_a_person_to_the_seat() {
        let setup = setup(vec![agent(0, 0), agent(0, 1), agent(0, 0), agent(1, 0)]);
        let log = [taken(0, 2), taken(3, 3)];
        let (seats, before) = Seats::arrange(&setup, &[], &setup, &log, TODAY);
        let mut changed = setup.clone();
        changed.agents[0] = agent(5, 2);
        changed.agents.push(agent(1, 0));
        let (mut seats, arranged) = seats.rearrange(&changed, &[], &before);
        assert_eq!(seats.seat(AgentId(0)), Some(AgentId(2)), "who sits keeps sitting");
        let teams: Vec<u16> = arranged.agents.iter().map(|rules| rules.team.0).collect();
        assert_eq!(teams, [0, 0, 5, 1, 1]);
        for person in [1, 2, 4].map(AgentId) {
            let seat = seats.take(person, |_| 0).expect("there");
            assert_eq!(arranged.agents[seat.index()].team, changed.agents[person.index()].team);
        }
    }

    #[test]
    fn what_nobody_changed_stays_the_same_whoever_sits_where() {
        let agents = (0..12).map(|number| agent(number % 3, number % 2)).collect();
        let mut setup = setup(agents);
        setup.plans = vec![plan(vec![AgentId(0), AgentId(3), AgentId(4)])];
        let (mut seats, before) = Seats::arrange(&setup, &[], &setup, &[], TODAY);
        let mut rng = Rng::new(7);
        for person in (0..12).map(AgentId).filter(|it| it.0 % 4 != 1) {
            seats.take(person, |of| rng.below(of as u64) as usize);
        }
        let (again, arranged) = seats.rearrange(&setup, &[], &before);
        assert_eq!(arranged, before);
        assert_eq!(arranged.plans[0].helpers.len(), 3);
        for person in (0..12).map(AgentId) {
            assert_eq!(again.seat(person), seats.seat(person));
        }
        for person in setup.plans[0].helpers.iter().filter_map(|&it| seats.seat(it)) {
            assert!(arranged.plans[0].helpers.contains(&person), "a helper has a helper's seat");
        }
    }

    /// Persons come and go, days begin, and some work through the night.
    #[test]
    fn two_persons_never_have_one_seat() {
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let agents = (0..12).map(|number| agent(number % 3, number % 2)).collect();
            let setup = setup(agents);
            let class_of = Classes::of(&setup, &[]).numbers;
            let (mut seats, mut present) = (fresh(&setup), BTreeSet::new());
            for step in 0..300 {
                let person = AgentId(rng.below(12) as u16);
                match rng.below(20) {
                    0 => {
                        let day = Day(TODAY.0 + step);
                        let here = present.clone();
                        let before = seats.clone();
                        let person = |seat| before.person(seat);
                        seats.new_day(day, |seat| {
                            person(seat).is_none_or(|person| !here.contains(&person))
                        });
                    }
                    1..=8 => {
                        if let Some(seat) = seats.seat(person).filter(|_| present.remove(&person)) {
                            seats.left(seat);
                        }
                    }
                    _ => {
                        if seats.seat(person).is_none() {
                            seats.take(person, |of| rng.below(of as u64) as usize);
                        }
                        present.insert(person);
                    }
                }
                check(&seats, &class_of, &present);
            }
        }
    }

    fn check(seats: &Seats, class_of: &[usize], present: &BTreeSet<AgentId>) {
        let mut taken = BTreeSet::new();
        for person in (0..12).map(AgentId) {
            let Some(seat) = seats.seat(person) else {
                assert!(!present.contains(&person), "who is signed on has a seat");
                continue;
            };
            assert!(taken.insert(seat), "{seat:?} belongs to two");
            assert_eq!(seats.person(seat), Some(person));
            assert_eq!(seats.class_at[seat.index()], class_of[person.index()]);
        }
        let free: usize = seats.free.iter().map(Vec::len).sum();
        assert_eq!(free + taken.len(), 12, "every seat is free or somebody's");
    }
}
