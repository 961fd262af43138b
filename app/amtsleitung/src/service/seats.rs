// SPDX-License-Identifier: EUPL-1.2
//! Seats: the agents as the centre and the log know them. Persons take them anew on each day, by chance.
//!
//! Seats of one class – the same team, skills and shifts, named by the same crisis plans – are as good as
//! each other for everything that is decided. So a person who begins on a new day gets any free seat of the
//! own class, and whoever reads the log without the key of the day cannot tell who did what, nor who
//! did the same on two days. A person who is alone in the class has one seat only: there it is the rules
//! themselves that tell who it is.
//!
//! What is agreed is written down seat by seat: the rules of a seat that is taken are those of its person
//! ([`Seats::arranged`]), so that a new skill reaches whom it was given to, wherever that person sits.
//!
//! The rule to keep: a seat belongs to one person at most, and to the same one as long as the person is
//! signed on.

use acd::AgentRules;
use calendar::Interval;
use centre::Setup;
use std::collections::BTreeMap;
use stdx::{AgentId, Day, PlanId};

/// A seat that a person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Taken {
    seat: AgentId,
    /// On which day it was taken.
    on: Day,
}

/// Who has which seat. Persons and seats are both numbered as the configuration lists agents.
#[derive(Clone, Debug)]
pub struct Seats {
    today: Day,
    /// Of a person.
    class_of: Vec<usize>,
    /// Of a seat.
    class_of_seat: Vec<usize>,
    made_up: Vec<AgentId>,
    free: Vec<Vec<AgentId>>,
    by_person: Vec<Option<Taken>>,
    by_seat: Vec<Option<AgentId>>,
    /// By plan.
    helpers: Vec<Vec<AgentId>>,
}

impl Seats {
    /// Nobody has a seat yet but those who are made up: they are nobody, and each has the seat of the own
    /// number. Persons have these rules, and so has the seat of the same number.
    #[must_use]
    pub fn new(setup: &Setup, made_up: &[AgentId], today: Day) -> Seats {
        let nobody = Seats {
            today,
            class_of: Vec::new(),
            class_of_seat: Vec::new(),
            made_up: made_up.to_vec(),
            free: Vec::new(),
            by_person: Vec::new(),
            by_seat: Vec::new(),
            helpers: Vec::new(),
        };
        let mut seats = nobody.with_classes(setup, setup);
        for &agent in made_up {
            seats.have(agent, agent, today);
        }
        seats.find_free();
        seats
    }

    /// The seats as they were: each person where the log says, the latest last. Their rules are arranged for
    /// it, and are returned.
    #[must_use]
    pub fn restored(
        persons: &Setup,
        made_up: &[AgentId],
        today: Day,
        sat: &[(AgentId, AgentId, Day)],
    ) -> (Seats, Setup) {
        let mut seats = Seats::new(persons, made_up, today);
        let count = persons.agents.len();
        let is_real = |agent: &AgentId| agent.index() < count && !made_up.contains(agent);
        for &(person, seat, on) in sat.iter().filter(|it| is_real(&it.0) && is_real(&it.1)) {
            seats.stand_up(person);
            if let Some(other) = seats.person(seat) {
                seats.stand_up(other);
            }
            seats.have(person, seat, on);
        }
        let arranged = seats.adopt(persons);
        (seats, arranged)
    }

    /// Other rules hold for persons from now on; there are never fewer. Whoever sits keeps the seat. The rules
    /// are returned as seats have them.
    pub fn adopt(&mut self, persons: &Setup) -> Setup {
        let arranged = self.arranged(persons);
        *self = self.clone().with_classes(persons, &arranged);
        self.find_free();
        arranged
    }

    /// The rules of persons as rules of seats: a seat that is taken has those of its person, the others those
    /// of who has none, as far as possible of the own number.
    #[must_use]
    pub fn arranged(&self, persons: &Setup) -> Setup {
        let count = persons.agents.len();
        let mut person_at: Vec<Option<AgentId>> =
            (0..).map(AgentId).take(count).map(|seat| self.person(seat)).collect();
        let mut without: Vec<AgentId> =
            (0..).map(AgentId).take(count).filter(|&person| self.seat(person).is_none()).collect();
        without.retain(|person| {
            let own = &mut person_at[person.index()];
            let is_free = own.is_none();
            if is_free {
                *own = Some(*person);
            }
            !is_free
        });
        let mut rest = without.into_iter();
        let person_at: Vec<AgentId> = person_at
            .into_iter()
            .map(|person| person.or_else(|| rest.next()).expect("as many persons as seats"))
            .collect();
        let mut arranged = persons.clone();
        arranged.agents =
            person_at.iter().map(|person| persons.agents[person.index()].clone()).collect();
        let seat_of = |person: &AgentId| person_at.iter().position(|at| at == person);
        for plan in &mut arranged.plans {
            let seats = plan.helpers.iter().filter_map(seat_of);
            plan.helpers = seats.filter_map(|it| u16::try_from(it).ok()).map(AgentId).collect();
            plan.helpers.sort_unstable();
        }
        arranged
    }

    fn with_classes(self, persons: &Setup, seats: &Setup) -> Seats {
        let mut numbers = BTreeMap::new();
        let class_of = classes(persons, &self.made_up, &mut numbers);
        let class_of_seat = classes(seats, &self.made_up, &mut numbers);
        let Seats { mut by_person, mut by_seat, .. } = self;
        by_person.resize(class_of.len(), None);
        by_seat.resize(class_of.len(), None);
        let free = vec![Vec::new(); numbers.len()];
        let helpers = persons.plans.iter().map(|plan| plan.helpers.clone()).collect();
        Seats { class_of, class_of_seat, free, by_person, by_seat, helpers, ..self }
    }

    fn find_free(&mut self) {
        self.free.iter_mut().for_each(Vec::clear);
        for seat in (0..).map(AgentId).take(self.by_seat.len()) {
            if self.by_seat[seat.index()].is_none() {
                self.free[self.class_of_seat[seat.index()]].push(seat);
            }
        }
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
    /// Never: a class has a seat for each of its persons.
    pub fn take(&mut self, person: AgentId, draw: impl FnOnce(usize) -> usize) -> Option<AgentId> {
        let class = *self.class_of.get(person.index())?;
        assert!(self.seat(person).is_none(), "nobody has two seats");
        let free = &mut self.free[class];
        assert!(!free.is_empty(), "a class has a seat for each of its persons");
        let seat = free.swap_remove(draw(free.len()));
        self.have(person, seat, self.today);
        Some(seat)
    }

    /// Whoever is named by this plan and has no seat: the plan signs them all on.
    #[must_use]
    pub fn helpers_without(&self, plan: PlanId) -> Vec<AgentId> {
        let helpers = self.helpers.get(plan.index()).into_iter().flatten().copied();
        helpers.filter(|&person| self.seat(person).is_none()).collect()
    }

    /// Nobody is signed on at this seat any more: one that was taken on an earlier day is free again.
    pub fn left(&mut self, seat: AgentId) {
        let Some(person) = self.person(seat) else { return };
        let is_old = |taken: &Taken| taken.on != self.today;
        if self.by_person[person.index()].as_ref().is_some_and(is_old) {
            self.release(person);
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

    fn have(&mut self, person: AgentId, seat: AgentId, on: Day) {
        self.by_person[person.index()] = Some(Taken { seat, on });
        self.by_seat[seat.index()] = Some(person);
    }

    fn stand_up(&mut self, person: AgentId) -> Option<AgentId> {
        let Taken { seat, .. } = self.by_person[person.index()].take()?;
        self.by_seat[seat.index()] = None;
        Some(seat)
    }

    fn release(&mut self, person: AgentId) {
        if let Some(seat) = self.stand_up(person) {
            self.free[self.class_of_seat[seat.index()]].push(seat);
        }
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
    fn of(agent: AgentId, rules: &AgentRules, setup: &'a Setup) -> Class<'a> {
        let mut skills: Vec<(u16, u8)> =
            rules.skills.iter().map(|need| (need.skill.0, need.level)).collect();
        skills.sort_unstable();
        let shifts = rules.shift.and_then(|shift| setup.timetables.get(shift.index()));
        let plans = setup.plans.iter().enumerate();
        let plans = plans.filter(|(_, plan)| plan.helpers.contains(&agent));
        Class {
            team: rules.team.0,
            skills,
            shifts: shifts.map(calendar::Timetable::intervals),
            plans: plans.map(|(plan, _)| plan).collect(),
            made_up: None,
        }
    }
}

/// The class of each agent, numbered from 0.
fn classes<'a>(
    setup: &'a Setup,
    made_up: &[AgentId],
    numbers: &mut BTreeMap<Class<'a>, usize>,
) -> Vec<usize> {
    let class = |(agent, rules): (AgentId, &AgentRules)| {
        let mut class = Class::of(agent, rules, setup);
        class.made_up = made_up.contains(&agent).then_some(agent.0);
        let next = numbers.len();
        *numbers.entry(class).or_insert(next)
    };
    (0..).map(AgentId).zip(&setup.agents).map(class).collect()
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

    fn agent(team: u16, shift: u16) -> AgentRules {
        let skills = vec![SkillNeed { skill: SkillId(0), level: 5 }];
        AgentRules { team: TeamId(team), skills, shift: Some(TimetableId(shift)) }
    }

    fn team_of(count: usize) -> Setup {
        setup(vec![agent(0, 0); count])
    }

    #[test]
    fn who_is_as_good_as_another_is_of_one_class() {
        let agents = vec![agent(0, 0), agent(0, 1), agent(0, 2), agent(1, 0), agent(0, 0)];
        let mut setup = setup(agents);
        assert_eq!(classes(&setup, &[], &mut BTreeMap::new()), [0, 0, 1, 2, 0]);
        assert_eq!(
            classes(&setup, &[AgentId(4)], &mut BTreeMap::new()),
            [0, 0, 1, 2, 3],
            "who is made up stays apart"
        );
        setup.plans = vec![CrisisPlan {
            lines: vec![],
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers: vec![AgentId(1)],
            lasts: Micros::from_mins(1),
        }];
        assert_eq!(
            classes(&setup, &[], &mut BTreeMap::new()),
            [0, 1, 2, 3, 0],
            "a plan's helper has a helper's seat"
        );
        let seats = Seats::new(&setup, &[], TODAY);
        assert_eq!(seats.helpers_without(PlanId(0)), [AgentId(1)]);
        assert_eq!(seats.helpers_without(PlanId(9)), []);
    }

    #[test]
    fn on_three_days_a_person_has_different_seats() {
        let mut rng = Rng::new(115);
        let mut seats = Seats::new(&team_of(30), &[], TODAY);
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
        let mut seats = Seats::new(&team_of(3), &[], TODAY);
        let seat = seats.take(AgentId(0), |_| 2).expect("there");
        seats.left(seat);
        assert_eq!(seats.seat(AgentId(0)), Some(seat));
    }

    #[test]
    fn who_works_past_midnight_keeps_the_seat_until_the_end() {
        let mut seats = Seats::new(&team_of(3), &[], TODAY);
        let [works, sleeps] = [0, 1].map(AgentId);
        let seat = seats.take(works, |_| 0).expect("there");
        let other = seats.take(sleeps, |_| 0).expect("there");
        seats.new_day(TODAY.tomorrow(), |it| it == other);
        assert_eq!((seats.seat(works), seats.seat(sleeps)), (Some(seat), None));
        assert_eq!(seats.person(seat), Some(works));
        seats.left(seat);
        assert_eq!((seats.seat(works), seats.person(seat)), (None, None));
    }

    fn skilled(skill: u16) -> AgentRules {
        AgentRules { skills: vec![SkillNeed { skill: SkillId(skill), level: 5 }], ..agent(0, 0) }
    }

    #[test]
    fn who_sat_where_sits_there_again_with_the_own_rules() {
        let persons = setup(vec![skilled(0), skilled(1), skilled(2), skilled(3)]);
        let [a, b, c, d] = [0, 1, 2, 3].map(AgentId);
        let nowhere = AgentId(9);
        let sat = [(a, b, TODAY), (nowhere, d, TODAY), (d, nowhere, TODAY), (c, d, TODAY)];
        let (seats, arranged) = Seats::restored(&persons, &[], TODAY, &sat);
        assert_eq!([a, b, c, d].map(|seat| seats.person(seat)), [None, Some(a), None, Some(c)]);
        let rules: Vec<&AgentRules> =
            [b, a, d, c].iter().map(|it| &persons.agents[it.index()]).collect();
        assert_eq!(arranged.agents.iter().collect::<Vec<_>>(), rules);
        // The later word holds.
        let (seats, _) = Seats::restored(&persons, &[], TODAY, &[(a, b, TODAY), (c, b, TODAY)]);
        assert_eq!((seats.seat(a), seats.seat(c)), (None, Some(b)));
    }

    #[test]
    fn a_new_skill_reaches_whom_it_was_given_to() {
        let mut persons = team_of(3);
        let mut seats = Seats::new(&persons, &[], TODAY);
        let [a, b, _] = [0, 1, 2].map(AgentId);
        let seat = seats.take(a, |of| of - 1).expect("there");
        persons.agents[0] = skilled(7);
        persons.agents.push(skilled(8));
        let arranged = seats.adopt(&persons);
        assert_eq!(seats.seat(a), Some(seat));
        assert_eq!(arranged.agents[seat.index()], skilled(7));
        assert_eq!(arranged.agents[3], skilled(8));
        let other = seats.take(b, |_| 0).expect("there");
        assert_eq!(arranged.agents[other.index()], agent(0, 0));
        assert_eq!(seats.adopt(&persons), arranged, "nothing new, nothing changed");
    }

    #[test]
    fn a_plan_signs_on_its_helpers_wherever_they_sit() {
        let mut persons = team_of(4);
        let helpers = vec![AgentId(2), AgentId(3)];
        persons.plans = vec![CrisisPlan {
            lines: vec![],
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers,
            lasts: Micros::from_mins(1),
        }];
        let sat = [(AgentId(2), AgentId(0), TODAY)];
        let (mut seats, arranged) = Seats::restored(&persons, &[], TODAY, &sat);
        assert_eq!(arranged.plans[0].helpers, [AgentId(0), AgentId(3)]);
        assert_eq!(seats.helpers_without(PlanId(0)), [AgentId(3)]);
        assert_eq!(seats.take(AgentId(3), |_| 0), Some(AgentId(3)));
    }

    /// Persons come and go, days begin, and some work through the night.
    #[test]
    fn two_persons_never_have_one_seat() {
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let agents = (0..12).map(|number| agent(number % 3, number % 2)).collect();
            let setup = setup(agents);
            let class_of = classes(&setup, &[], &mut BTreeMap::new());
            let (mut seats, mut present) = (Seats::new(&setup, &[], TODAY), BTreeSet::new());
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
            assert_eq!(class_of[seat.index()], class_of[person.index()]);
        }
        let free: usize = seats.free.iter().map(Vec::len).sum();
        assert_eq!(free + taken.len(), 12, "every seat is free or somebody's");
    }
}
