// SPDX-License-Identifier: EUPL-1.2
//! Seats: the agents as the centre and the log know them. Persons take them anew on each day, by chance.
//!
//! Seats of one class – the same team, skills and shifts, named by the same crisis plans – are as good as
//! each other for everything that is decided. So a person who begins on a new day gets any free seat of the
//! own class, and whoever reads the log without the key of the day cannot tell who did what, nor who
//! did the same on two days. A person who is alone in the class has one seat only: there it is the rules
//! themselves that tell who it is.
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
    /// Of a person, and of the seat of the same number.
    class_of: Vec<usize>,
    free: Vec<Vec<AgentId>>,
    by_person: Vec<Option<Taken>>,
    by_seat: Vec<Option<AgentId>>,
    /// By plan.
    helpers: Vec<Vec<AgentId>>,
}

impl Seats {
    /// Nobody has a seat yet but those who are made up: they are nobody, and each has the seat of the own
    /// number.
    #[must_use]
    pub fn new(setup: &Setup, made_up: &[AgentId], today: Day) -> Seats {
        let class_of = classes(setup, made_up);
        let mut free = vec![Vec::new(); class_of.iter().max().map_or(0, |last| last + 1)];
        for (seat, &class) in (0..).map(AgentId).zip(&class_of) {
            free[class].push(seat);
        }
        let count = setup.agents.len();
        let helpers = setup.plans.iter().map(|plan| plan.helpers.clone()).collect();
        let (by_person, by_seat) = (vec![None; count], vec![None; count]);
        let mut seats = Seats { today, class_of, free, by_person, by_seat, helpers };
        for &agent in made_up {
            seats.restore(agent, agent, today);
        }
        seats
    }

    /// Gives a person the seat that the log says, taken on that day. What does not fit any more is left
    /// out: then the person takes one anew.
    pub fn restore(&mut self, person: AgentId, seat: AgentId, on: Day) {
        let class = |agent: AgentId| self.class_of.get(agent.index()).copied();
        let Some(class) = class(person).filter(|_| class(person) == class(seat)) else { return };
        // The log's later word holds.
        self.release(person);
        if self.by_seat[seat.index()].is_some() {
            return;
        }
        self.free[class].retain(|&it| it != seat);
        self.have(person, Taken { seat, on });
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
        self.have(person, Taken { seat, on: self.today });
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

    fn have(&mut self, person: AgentId, taken: Taken) {
        self.by_person[person.index()] = Some(taken);
        self.by_seat[taken.seat.index()] = Some(person);
    }

    fn release(&mut self, person: AgentId) {
        if let Some(Taken { seat, .. }) = self.by_person[person.index()].take() {
            self.by_seat[seat.index()] = None;
            self.free[self.class_of[seat.index()]].push(seat);
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
fn classes(setup: &Setup, made_up: &[AgentId]) -> Vec<usize> {
    let mut numbers = BTreeMap::new();
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
        assert_eq!(classes(&setup, &[]), [0, 0, 1, 2, 0]);
        assert_eq!(classes(&setup, &[AgentId(4)]), [0, 0, 1, 2, 3], "who is made up stays apart");
        setup.plans = vec![CrisisPlan {
            lines: vec![],
            announcement: None,
            information: false,
            length_max: None,
            waiting_max: None,
            helpers: vec![AgentId(1)],
            lasts: Micros::from_mins(1),
        }];
        assert_eq!(classes(&setup, &[]), [0, 1, 2, 3, 0], "a plan's helper has a helper's seat");
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

    #[test]
    fn what_the_log_says_fits_or_is_left_out() {
        let agents = vec![agent(0, 0), agent(0, 1), agent(1, 0)];
        let mut seats = Seats::new(&setup(agents), &[], TODAY);
        seats.restore(AgentId(0), AgentId(2), TODAY);
        assert_eq!(seats.seat(AgentId(0)), None, "another team's by now");
        seats.restore(AgentId(7), AgentId(0), TODAY);
        seats.restore(AgentId(0), AgentId(7), TODAY);
        assert_eq!(seats.person(AgentId(0)), None, "nobody of ours");
        seats.restore(AgentId(0), AgentId(1), TODAY);
        seats.restore(AgentId(1), AgentId(1), TODAY);
        assert_eq!(seats.person(AgentId(1)), Some(AgentId(0)), "it was taken");
        seats.restore(AgentId(0), AgentId(0), TODAY);
        assert_eq!(seats.take(AgentId(1), |_| 0), Some(AgentId(1)), "the later word holds");
    }

    /// Persons come and go, days begin, and some work through the night.
    #[test]
    fn two_persons_never_have_one_seat() {
        for seed in 0..200 {
            let mut rng = Rng::new(seed);
            let agents = (0..12).map(|number| agent(number % 3, number % 2)).collect();
            let setup = setup(agents);
            let class_of = classes(&setup, &[]);
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
