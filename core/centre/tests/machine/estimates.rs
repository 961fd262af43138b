// SPDX-License-Identifier: EUPL-1.2
//! The estimate has no second opinion; it has properties.

use crate::random_setup::{BEGIN, any_centre};
use crate::story::*;
use acd::agent::{Pause, State as Doing};
use acd::contact::State as Place;
use acd::{AgentRules, CallbackRules, First, LineRules, Overflow, PartnerRules, Reach};
use centre::{Centre, Command, Event, Note, OverflowCause, Setup, Via};
use promise::ToldWait;
use std::collections::BTreeSet;
use stdx::limits::ESTIMATE_AHEAD_MAX;
use stdx::{
    AgentId, CallerToken, ContactId, LineId, Micros, Now, PartnerId, QueueId, Rng, TeamId, Tick,
    TimetableId,
};

/// A county with one line and so many agents, who all can answer.
fn county_of(agents: usize) -> Setup {
    let mut setup = small_county();
    setup.agents = vec![AgentRules { team: TeamId(0), skills: vec![], shift: None }; agents];
    setup.queues[0].length_max = 10_000;
    setup.queues[0].waiting_max = Micros::from_mins(600);
    setup
}

/// A centre, and the contacts that were let in so far.
struct Busy {
    centre: Centre,
    now: Tick,
    last: u64,
}

impl Busy {
    /// All agents are in talks that began one second after the other.
    fn with(setup: Setup, begin: u64) -> Busy {
        let agents = setup.agents.len() as u16;
        let centre = Centre::new(setup).expect("these counties are lawful");
        let mut it = Busy { centre, now: tick(begin), last: 0 };
        for agent in (0..agents).map(AgentId) {
            it.tell(Event::SignOn { agent });
            it.tell(Event::MakeReady { agent });
        }
        for _ in 0..agents {
            it.call();
            it.answer();
            it.now = it.now + Micros::from_secs(1);
        }
        it
    }

    fn tell(&mut self, event: Event) -> Vec<Command> {
        self.centre.handle(now_at(self.now), event);
        std::iter::from_fn(|| self.centre.poll()).collect()
    }

    fn call(&mut self) -> ContactId {
        self.last += 1;
        self.tell(call(self.last, CITIZENS));
        ContactId(self.last)
    }

    /// Whoever rings for the last caller answers.
    fn answer(&mut self) {
        let contact = ContactId(self.last);
        if let Some(Place::Waiting { offered_to: Some(agent), .. }) = self.centre.contact(contact) {
            self.tell(Event::Answer { agent, contact });
        }
    }

    fn estimate_of_the_last(&self) -> Option<ToldWait> {
        self.centre.estimate(ContactId(self.last))
    }
}

#[test]
fn the_same_question_has_the_same_answer() {
    let mut it = Busy::with(county_of(7), 0);
    for _ in 0..30 {
        it.call();
        let told = it.estimate_of_the_last();
        assert!(told.is_some());
        assert_eq!(told, it.estimate_of_the_last());
        assert_eq!(told, it.centre.clone().estimate(ContactId(it.last)));
    }
}

#[test]
fn nothing_is_estimated_for_whom_nobody_is_there() {
    let mut s = Story::new();
    s.play(tick(0), call(1, TOWN_HALL));
    let one = ContactId(1);
    assert_eq!(s.centre.estimate(one), None, "nobody is signed on");
    s.play(tick(1), Event::SignOn { agent: BEA });
    s.play(tick(1), Event::MakeReady { agent: BEA });
    assert_eq!(s.centre.estimate(one), None, "who is there cannot answer");
    s.play(tick(2), Event::SignOn { agent: ANNA });
    assert_eq!(s.centre.estimate(one), None, "nobody knows when anna will be ready");
    s.play(tick(3), Event::MakeReady { agent: ANNA });
    s.play(tick(3), call(2, TOWN_HALL));
    assert!(s.centre.estimate(ContactId(2)).is_some(), "it rings at anna's for another");
    s.play(tick(4), declines(ANNA, 1));
    assert!(s.centre.estimate(one).is_some(), "anna will be ready again");
}

#[test]
fn nothing_is_estimated_for_one_who_does_not_wait() {
    let mut s = Story::with_ready(&[ANNA]);
    let one = ContactId(1);
    assert_eq!(s.centre.estimate(one), None, "nobody is there");
    s.play(tick(1), call(1, FEDERATION));
    assert_eq!(s.centre.estimate(one), None, "hears the greeting");
    s.play(tick(2), Event::AnnouncementOver { contact: one });
    assert!(s.centre.estimate(one).is_some(), "it rings");
    s.play(tick(3), answers(ANNA, 1));
    assert_eq!(s.centre.estimate(one), None, "talks");
    s.play(tick(4), hangs_up(1));
    assert_eq!(s.centre.estimate(one), None, "is gone");
}

/// Mean beginning and end of what is told with so many ahead, over many moments.
fn mean_told(agents: usize, ahead: usize) -> (f64, f64) {
    let moments = 30;
    let (mut from, mut until) = (0.0, 0.0);
    for begin in 0..moments {
        let mut it = Busy::with(county_of(agents), 7 * begin);
        for _ in 0..=ahead {
            it.call();
        }
        let told = it.estimate_of_the_last().expect("agents are there");
        assert!(told.from <= told.until);
        from += told.from.as_secs_f64();
        until += told.until.as_secs_f64();
    }
    (from / moments as f64, until / moments as f64)
}

#[test]
fn the_more_stand_ahead_the_longer_it_takes() {
    for agents in [1, 4, 20] {
        let told: Vec<(f64, f64)> =
            [0, 4, 8, 16, 32, 64].into_iter().map(|ahead| mean_told(agents, ahead)).collect();
        let grows = told.windows(2).all(|two| two[0].0 < two[1].0 && two[0].1 < two[1].1);
        // With many agents the first few places hardly differ.
        let never_falls = told.windows(2).all(|two| two[0].0 <= two[1].0 + 5.0);
        let much = told[5].0 > told[0].0 + 30.0 && told[5].1 > told[0].1 + 30.0;
        assert!((grows || agents == 20) && never_falls && much, "{agents}: {told:?}");
    }
}

#[test]
fn the_more_agents_there_are_the_shorter_it_takes() {
    let told: Vec<(f64, f64)> = [2, 4, 8, 16].into_iter().map(|it| mean_told(it, 20)).collect();
    assert!(told.windows(2).all(|two| two[0].0 > two[1].0 && two[0].1 > two[1].1), "{told:?}");
}

#[test]
fn a_large_centre_is_estimated_and_who_stands_too_far_back_is_not() {
    let mut it = Busy::with(county_of(2_000), 0);
    for _ in 0..=ESTIMATE_AHEAD_MAX {
        it.call();
    }
    // 2,000 talks of three minutes and a wrap-up of 40 s: nine end each second.
    let told = it.estimate_of_the_last().expect("as many are ahead as may be");
    assert!(told.until < Micros::from_mins(2), "{told:?}");
    it.call();
    assert_eq!(it.estimate_of_the_last(), None);
}

fn partner_with_room_for(capacity: u32) -> PartnerRules {
    PartnerRules {
        timetable: TimetableId(0),
        capacity,
        ring: Micros::from_secs(30),
        pause: Micros::ZERO,
        trunk: None,
    }
}

#[test]
fn the_partner_s_help_bounds_what_is_told() {
    let told_behind_thirty = |overflow| {
        let mut setup = county_of(1);
        setup.partners = vec![partner_with_room_for(30)];
        setup.lines[0].overflow = overflow;
        let mut it = Busy::with(setup, 0);
        for _ in 0..30 {
            it.call();
        }
        it.estimate_of_the_last().expect("an agent is there")
    };
    let helped = told_behind_thirty(Some(overflow_after(Some(60), None)));
    let alone = told_behind_thirty(None);
    // After a minute, and soon: 15 s on average until the partner has taught otherwise.
    let soon = Micros::from_secs(80)..=Micros::from_secs(140);
    assert!(helped.from >= Micros::from_secs(60) && soon.contains(&helped.until), "{helped:?}");
    assert!(alone.until > helped.until.times(4), "{alone:?}");
}

fn overflow_after(waited: Option<u64>, predicted: Option<u64>) -> Overflow {
    Overflow {
        partner: PartnerId(0),
        reach: Reach::SecondLeg,
        waited: waited.map(Micros::from_secs),
        predicted: predicted.map(Micros::from_secs),
        calendar: None,
        nobody_signed_on: false,
        closed: false,
        no_channel: false,
    }
}

#[test]
fn who_begins_to_wait_is_told_and_the_record_says_what() {
    let mut setup = county_of(1);
    setup.lines[0].tells_wait = true;
    let mut it = Busy::with(setup, 0);
    it.last += 1;
    let contact = ContactId(it.last);
    let said = it.tell(call(it.last, CITIZENS));
    let [Command::Wait { position: 1, told: Some(told), .. }] = said[..] else {
        panic!("{said:?}")
    };
    assert_eq!(it.centre.estimate(contact), Some(told));
    it.now = it.now + Micros::from_secs(5);
    let ended = it.tell(hangs_up(contact.0));
    let [Command::Note(Note::Ended(record))] = ended[..] else { panic!("{ended:?}") };
    assert_eq!(record.told, Some(told));
}

#[test]
fn nobody_is_told_a_wait_while_somebody_is_ready() {
    let mut setup = county_of(2);
    setup.lines[0].tells_wait = true;
    let mut it = Busy::with(setup, 0);
    it.tell(Event::HangUp { agent: AgentId(0) });
    it.tell(Event::EndWrapUp { agent: AgentId(0) });
    it.last += 1;
    let said = it.tell(call(it.last, CITIZENS));
    assert!(matches!(said[0], Command::Wait { told: None, .. }), "{said:?}");
}

#[test]
fn who_would_wait_too_long_goes_to_the_partner_and_who_would_not_waits() {
    let mut setup = county_of(1);
    setup.partners = vec![partner_with_room_for(1)];
    setup.lines[0].overflow = Some(overflow_after(None, Some(900)));
    let mut it = Busy::with(setup, 0);
    let mut overflowed = Vec::new();
    for number in 0..40 {
        it.last += 1;
        let said = it.tell(call(it.last, CITIZENS));
        let cause = OverflowCause::Predicted;
        let note = Command::Note(Note::Overflows { contact: ContactId(it.last), cause });
        if said.contains(&note) {
            overflowed.push(number);
        }
    }
    assert!(overflowed.first().is_some_and(|&first| first > 1), "{overflowed:?}");
}

/// Mean of what is told behind fifteen others after a call-back that was reached so long after its
/// promise.
fn mean_told_after_a_call_back(minutes: u64) -> f64 {
    let moments = 20;
    let mut sum = 0.0;
    for begin in 0..moments {
        let mut setup = county_of(1);
        setup.lines[0].callback = Some(CallbackRules {
            attempts: 1,
            retry_after: Micros::ZERO,
            expires_after: Micros::from_mins(600),
            ring: Micros::from_secs(30),
            first: First::Agent,
        });
        let mut it = Busy::with(setup, 7 * begin);
        let agent = AgentId(0);
        it.last += 1;
        let contact = ContactId(it.last);
        it.tell(call_from(contact.0, CITIZENS, 77));
        it.tell(Event::CallbackWanted { contact });
        it.now = it.now + Micros::from_mins(3);
        it.tell(Event::MakeNotReady { agent, pause: Pause::Break });
        it.tell(Event::HangUp { agent });
        it.tell(Event::EndWrapUp { agent });
        it.now = it.now + Micros::from_mins(minutes);
        it.tell(Event::MakeReady { agent });
        it.tell(Event::Answer { agent, contact });
        it.tell(Event::CallbackReached { contact });
        for _ in 0..=15 {
            it.call();
        }
        sum += it.estimate_of_the_last().expect("an agent is there").until.as_secs_f64();
    }
    sum / moments as f64
}

#[test]
fn who_is_called_back_teaches_no_patience() {
    // It was not the caller who waited all the time.
    let (soon, late) = (mean_told_after_a_call_back(1), mean_told_after_a_call_back(120));
    assert!((soon - late).abs() < 0.15 * soon, "{soon} s, and {late} s after a late call-back");
}

#[test]
fn who_waits_until_sent_away_teaches_patience() {
    let mean_told = |sent_away: u64| {
        let moments = 20;
        let mut sum = 0.0;
        for begin in 0..moments {
            let mut setup = county_of(1);
            setup.queues[0].waiting_max = Micros::from_mins(60);
            let mut it = Busy::with(setup, 7 * begin);
            for _ in 0..sent_away {
                it.call();
            }
            it.now = it.now + Micros::from_mins(60);
            it.tell(Event::TalkAlive { contact: ContactId(1) });
            for _ in 0..=5 {
                it.call();
            }
            sum += it.estimate_of_the_last().expect("an agent is there").until.as_secs_f64();
        }
        sum / moments as f64
    };
    let (nobody, many) = (mean_told(0), mean_told(40));
    assert!(many > 1.3 * nobody, "{nobody} s, and {many} s behind patient callers");
}

#[test]
fn nobody_is_told_of_a_wait_beyond_the_limit() {
    let mut setup = county_of(1);
    setup.queues[0].waiting_max = Micros::from_mins(10);
    let mut it = Busy::with(setup, 7);
    for _ in 0..40 {
        it.call();
    }
    let told = it.estimate_of_the_last().expect("an agent is there");
    assert_eq!((told.from, told.until), (Micros::from_secs(590), Micros::from_mins(10)));
}

/// What is estimated on random days, in whatever state: sane for everybody, and the same events give the
/// same commands although waits are told and calls overflow by the estimate.
#[test]
fn on_random_days_every_estimate_is_sane_and_every_day_the_same_again() {
    let (mut estimates, mut causes) = (0, BTreeSet::new());
    for seed in 0..60 {
        let mut setup = any_centre(seed);
        for line in &mut setup.lines {
            line.tells_wait = line.queue.is_some();
            if let Some(overflow) = &mut line.overflow {
                overflow.predicted = Some(Micros::from_secs(30));
            }
        }
        let mut day = Day::new(setup, seed);
        for _ in 0..1_500 {
            for command in day.step() {
                if let Command::TryPartner { cause, .. } = command {
                    causes.insert(cause);
                }
            }
            estimates += day.check_estimates();
        }
    }
    assert!(estimates > 10_000, "{estimates}");
    assert!(causes.contains(&OverflowCause::Predicted), "{causes:?}");
}

struct Day {
    centre: Centre,
    twin: Centre,
    rng: Rng,
    now: Tick,
    last: u64,
}

impl Day {
    fn new(setup: Setup, seed: u64) -> Day {
        let centre = Centre::new(setup).expect("the drawn rules are lawful");
        let rng = Rng::new(seed).split(3);
        Day { twin: centre.clone(), centre, rng, now: Tick(0), last: 0 }
    }

    fn step(&mut self) -> Vec<Command> {
        self.now = self.now + Micros::from_secs(self.rng.below(6));
        let now = Now { mono: self.now, wall: BEGIN + self.now.since(Tick(0)) };
        let event = self.event();
        let handle = |centre: &mut Centre| {
            centre.handle(now, event);
            std::iter::from_fn(|| centre.poll()).collect::<Vec<_>>()
        };
        let said = handle(&mut self.centre);
        assert_eq!(said, handle(&mut self.twin), "{event:?}");
        self.centre.audit();
        said
    }

    fn event(&mut self) -> Event {
        let setup = self.centre.setup();
        let (lines, agents) = (setup.lines.len() as u64, setup.agents.len() as u64);
        let agent = AgentId(self.rng.below(agents) as u16);
        let contact = ContactId(self.last.saturating_sub(self.rng.below(12)));
        match self.rng.below(16) {
            0..=4 => {
                self.last += 1;
                let line = LineId(self.rng.below(lines) as u16);
                let caller = Some(CallerToken::new(self.last));
                let contact = ContactId(self.last);
                Event::CallArrived { contact, line, caller, via: Via::default() }
            }
            5 => Event::CallerLeft { contact, parting: acd::contact::Parting::HungUp },
            6 => Event::AnnouncementOver { contact },
            7 => Event::PartnerAnswered { contact },
            8 => Event::CallbackWanted { contact },
            9 => Event::CallbackReached { contact },
            10 => Event::SignOn { agent },
            11..=12 => match self.centre.agent(agent).map(|it| it.state) {
                Some(Doing::Offered { contact, .. }) => Event::Answer { agent, contact },
                Some(_) | None => Event::MakeReady { agent },
            },
            13 => Event::MakeReady { agent },
            14 => Event::HangUp { agent },
            _ => Event::Deadline,
        }
    }

    /// How many there were.
    fn check_estimates(&self) -> usize {
        let setup = self.centre.setup();
        let queues = (0..setup.queues.len()).map(|at| QueueId(at as u16));
        let mut count = 0;
        for contact in queues.flat_map(|queue| self.centre.waiting(queue)) {
            let Some(ToldWait { from, until }) = self.centre.estimate(contact) else { continue };
            let (line, arrived) = self.centre.arrival(contact).expect("it waits");
            let rules: &LineRules = &setup.lines[line.index()];
            let waited = self.now.since(arrived);
            assert!(from <= until, "{from:?} to {until:?}");
            let on_marks = from.as_secs() % 10 == 0 && until.as_secs() % 10 == 0;
            assert!(on_marks && from.0 % 1_000_000 == 0 && until.0 % 1_000_000 == 0);
            assert!(waited <= until, "it has waited longer already");
            let helped = rules.overflow.is_some_and(|it| it.waited.is_some());
            assert!(helped || from.0 + 10_000_000 > waited.0, "the wait does not begin anew");
            count += 1;
        }
        count
    }
}

/// What a caller hears first is what the record holds, less the time that has passed since; nothing is said while a
/// telephone rings.
#[test]
fn what_is_told_is_what_is_left_of_what_was_recorded() {
    let mut setup = county_of(1);
    setup.lines[CITIZENS.index()].tells_wait = true;
    let mut it = Busy::with(setup, 0);
    it.last += 1;
    let contact = ContactId(it.last);
    let said = it.tell(call(it.last, CITIZENS));
    let told = said
        .iter()
        .find_map(|command| if let Command::Wait { told, .. } = command { *told } else { None });
    let told = told.expect("the agent talks, so that it can be said");
    let at_once = it.centre.telling(it.now, contact, true).expect("it waits");
    assert_eq!((at_once.position, at_once.wait), (1, Some((told.from, told.until))));
    assert!(!at_once.callback, "the line offers none");
    let passed = Micros::from_secs(30);
    let later = it.centre.telling(it.now + passed, contact, true).expect("it waits");
    let left = |of: Micros| Micros(of.0.saturating_sub(passed.0));
    assert_eq!(later.wait, Some((left(told.from), left(told.until))));
    assert!(it.centre.telling(it.now, contact, false).is_some_and(|it| it.wait.is_some()));
    assert_eq!(it.centre.telling(it.now, ContactId(99), true), None);
    it.tell(Event::HangUp { agent: AgentId(0) });
    it.now = it.now + Micros::from_mins(10);
    it.tell(Event::Deadline);
    let state = it.centre.contact(contact);
    assert!(matches!(state, Some(Place::Waiting { offered_to: Some(_), .. })), "{state:?}");
    assert_eq!(it.centre.telling(it.now, contact, true), None);
    // Handed on after a talk: what was told before it has passed long ago, and is not told again.
    it.tell(Event::Answer { agent: AgentId(0), contact });
    it.now = it.now + Micros::from_mins(10);
    let to = centre::TransferTo::Line(LineId(0));
    it.tell(Event::BlindTransfer { agent: AgentId(0), to });
    let again = it.centre.telling(it.now, contact, true).expect("it waits");
    assert_eq!(Some(again), it.centre.telling(it.now, contact, false), "estimated anew");
    assert_ne!(again.wait, Some((Micros(0), Micros(0))), "the wrap-up alone takes longer");
}
