// SPDX-License-Identifier: EUPL-1.2
//! The one order of all who wait, against a list that is sorted and counted by hand.

use acd::{LaneId, Queues, Turn};
use proptest::prelude::*;
use stdx::limits::{PRIORITY_MAX, RULE_DURATION_MAX};
use stdx::{ContactId, Micros, QueueId, Tick};

const HEAD_START: Micros = Micros::from_secs(30);
const DESK: QueueId = QueueId(0);
const TOWN_HALL: QueueId = QueueId(1);

fn second(secs: u64) -> Tick {
    Tick(0) + Micros::from_secs(secs)
}

fn turn(arrived: u64, priority: u8, contact: u64) -> Turn {
    Turn::new(second(arrived), priority, HEAD_START, ContactId(contact))
}

/// Begins to wait, and agents may be asked.
fn join(queues: &mut Queues, queue: QueueId, lane: LaneId, turn: Turn) {
    queues.join(queue, turn);
    queues.come_back(lane, turn);
}

/// Who waits at the desk, as ids.
fn order(queues: &Queues, queue: QueueId) -> Vec<u64> {
    queues.waiting(queue).map(|contact| contact.0).collect()
}

#[test]
fn within_a_class_the_longest_waiting_comes_first() {
    let mut queues = Queues::new(1, 2);
    for (contact, arrived) in [(3, 100), (1, 90), (2, 95)] {
        join(&mut queues, DESK, LaneId(contact as u16 % 2), turn(arrived, 0, contact));
    }
    assert_eq!(order(&queues, DESK), [1, 2, 3]);
}

#[test]
fn who_comes_at_the_same_moment_stands_in_the_order_of_the_ids() {
    let mut queues = Queues::new(1, 1);
    for contact in [7, 5, 6] {
        join(&mut queues, DESK, LaneId(0), turn(100, 0, contact));
    }
    assert_eq!(order(&queues, DESK), [5, 6, 7]);
}

#[test]
fn a_class_is_worth_exactly_its_head_start() {
    // Head start 30 s: class 1 at 130 s stands like class 0 at 100 s; then the smaller id decides.
    assert!(turn(129, 1, 9) < turn(100, 0, 1), "29 s later with one class: ahead");
    assert!(turn(130, 1, 9) > turn(100, 0, 1), "30 s later: equal, the earlier id first");
    assert!(turn(131, 1, 9) > turn(100, 0, 1), "31 s later: behind");
    assert!(turn(159, 2, 9) < turn(100, 0, 1), "59 s later with two classes: ahead");
    assert!(turn(161, 2, 9) > turn(100, 0, 1), "61 s later with two classes: behind");
    assert!(turn(129, 2, 9) < turn(100, 1, 1), "between classes 1 and 2 the same 30 s");
}

#[test]
fn the_head_start_holds_at_the_very_beginning_of_the_log() {
    assert!(turn(0, 2, 2) < turn(0, 1, 1));
    assert!(turn(0, 1, 2) < turn(0, 0, 1));
    assert!(turn(29, 1, 2) < turn(0, 0, 1));
}

#[test]
fn a_ringing_telephone_takes_nobody_from_the_place() {
    let mut queues = Queues::new(1, 1);
    let (anna, bert) = (turn(10, 0, 1), turn(20, 0, 2));
    join(&mut queues, DESK, LaneId(0), anna);
    join(&mut queues, DESK, LaneId(0), bert);
    queues.take(LaneId(0), anna);
    assert_eq!(queues.position(DESK, anna), Some(1));
    assert_eq!(queues.position(DESK, bert), Some(2));
    assert_eq!(queues.length(DESK), 2);
    assert_eq!(queues.first(LaneId(0)), Some(bert), "the next to be offered");
    queues.come_back(LaneId(0), anna);
    assert_eq!(queues.first(LaneId(0)), Some(anna), "the place was kept");
}

#[test]
fn who_leaves_while_it_rings_is_forgotten_everywhere() {
    let mut queues = Queues::new(1, 1);
    let anna = turn(10, 0, 1);
    join(&mut queues, DESK, LaneId(0), anna);
    queues.take(LaneId(0), anna);
    queues.leave(DESK, anna);
    assert_eq!((queues.length(DESK), queues.total()), (0, 0));
    assert_eq!(queues.position(DESK, anna), None);
    assert_eq!(queues.first(LaneId(0)), None);
    assert!(!queues.holds(DESK, anna) && !queues.is_unoffered(LaneId(0), anna));
}

#[test]
fn queues_do_not_count_each_other_s_callers() {
    let mut queues = Queues::new(2, 2);
    join(&mut queues, DESK, LaneId(0), turn(10, 0, 1));
    join(&mut queues, TOWN_HALL, LaneId(1), turn(20, 0, 2));
    assert_eq!(queues.position(TOWN_HALL, turn(20, 0, 2)), Some(1));
    assert_eq!(queues.position(DESK, turn(20, 0, 2)), None);
    assert_eq!(queues.total(), 2);
}

#[test]
fn a_place_handed_on_stands_where_the_old_one_stood_to_the_microsecond() {
    let mut queues = Queues::new(1, 1);
    let turn_at = |tick, contact| Turn::new(Tick(tick), 0, HEAD_START, ContactId(contact));
    join(&mut queues, DESK, LaneId(0), turn_at(999, 1));
    join(&mut queues, DESK, LaneId(0), turn_at(1_001, 3));
    let again = turn_at(1_000, 2).handed_to(ContactId(9));
    join(&mut queues, DESK, LaneId(0), again);
    assert_eq!(again.contact(), ContactId(9));
    assert_eq!(order(&queues, DESK), [1, 9, 3]);
}

#[test]
#[should_panic(expected = "waits twice")]
fn nobody_waits_twice() {
    let mut queues = Queues::new(1, 1);
    join(&mut queues, DESK, LaneId(0), turn(1, 0, 1));
    join(&mut queues, DESK, LaneId(0), turn(1, 0, 1));
}

#[test]
#[should_panic(expected = "is offered twice")]
fn nobody_is_offered_twice() {
    let mut queues = Queues::new(1, 1);
    join(&mut queues, DESK, LaneId(0), turn(1, 0, 1));
    queues.take(LaneId(0), turn(1, 0, 1));
    queues.take(LaneId(0), turn(1, 0, 1));
}

#[test]
#[should_panic(expected = "does not wait")]
fn nobody_leaves_who_does_not_wait() {
    Queues::new(1, 1).leave(DESK, turn(1, 0, 1));
}

#[derive(Clone, Copy, Debug)]
struct Caller {
    arrived: u64,
    priority: u8,
}

fn any_caller() -> impl Strategy<Value = Caller> {
    // Few distinct seconds, so that equal moments are frequent.
    (0..200u64, 0..=PRIORITY_MAX).prop_map(|(arrived, priority)| Caller { arrived, priority })
}

fn any_head_start() -> impl Strategy<Value = Micros> {
    prop_oneof![Just(Micros::ZERO), (1..90u64).prop_map(Micros::from_secs), Just(RULE_DURATION_MAX),]
}

/// Somebody joins, a telephone rings or falls silent, somebody leaves.
#[derive(Clone, Copy, Debug)]
enum Step {
    Join(Caller, u16, u16),
    Take(usize),
    ComeBack(usize),
    Leave(usize),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (any_caller(), 0..2u16, 0..3u16).prop_map(|(it, queue, line)| Step::Join(it, queue, line)),
        2 => any::<usize>().prop_map(Step::Take),
        2 => any::<usize>().prop_map(Step::ComeBack),
        1 => any::<usize>().prop_map(Step::Leave),
    ]
}

/// One who waits, as a person would note it down.
#[derive(Clone, Copy, Debug)]
struct Noted {
    turn: Turn,
    queue: QueueId,
    line: LaneId,
    counted_from: i64,
    contact: u64,
    rings: bool,
}

impl Noted {
    fn is_before(&self, other: &Noted) -> bool {
        (self.counted_from, self.contact) < (other.counted_from, other.contact)
    }
}

fn pick(list: &[Noted], wanted: usize, rings: Option<bool>) -> Option<usize> {
    let fitting: Vec<usize> =
        (0..list.len()).filter(|&at| rings.is_none_or(|rings| list[at].rings == rings)).collect();
    (!fitting.is_empty()).then(|| fitting[wanted % fitting.len()])
}

fn play(queues: &mut Queues, list: &mut Vec<Noted>, contact: u64, head_start: Micros, step: Step) {
    match step {
        Step::Join(caller, queue, line) => {
            let turn =
                Turn::new(second(caller.arrived), caller.priority, head_start, ContactId(contact));
            let seconds_ahead = head_start.as_secs() * u64::from(caller.priority);
            let counted_from = caller.arrived as i64 - seconds_ahead as i64;
            let (queue, line) = (QueueId(queue), LaneId(line));
            join(queues, queue, line, turn);
            list.push(Noted { turn, queue, line, counted_from, contact, rings: false });
        }
        Step::Take(wanted) => {
            if let Some(at) = pick(list, wanted, Some(false)) {
                queues.take(list[at].line, list[at].turn);
                list[at].rings = true;
            }
        }
        Step::ComeBack(wanted) => {
            if let Some(at) = pick(list, wanted, Some(true)) {
                queues.come_back(list[at].line, list[at].turn);
                list[at].rings = false;
            }
        }
        Step::Leave(wanted) => {
            if let Some(at) = pick(list, wanted, None) {
                let gone = list.swap_remove(at);
                if !gone.rings {
                    queues.take(gone.line, gone.turn);
                }
                queues.leave(gone.queue, gone.turn);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn nobody_is_overtaken_by_who_came_later_than_the_head_start_allows(
        head_start in any_head_start(),
        one in any_caller(),
        other in any_caller(),
    ) {
        let turn = |it: Caller, id| Turn::new(second(it.arrived), it.priority, head_start, ContactId(id));
        let (earlier, later) = if one.arrived <= other.arrived { (one, other) } else { (other, one) };
        let classes = later.priority.saturating_sub(earlier.priority);
        let allowed = head_start.times(u64::from(classes));
        let apart = Micros::from_secs(later.arrived - earlier.arrived);
        let overtakes = turn(later, 2) < turn(earlier, 1);
        if apart >= allowed {
            prop_assert!(!overtakes, "{apart:?} later, {allowed:?} allowed");
        } else {
            prop_assert!(overtakes, "{apart:?} later, within {allowed:?}");
        }
    }

    #[test]
    fn nobody_starves_however_many_come_with_priority(
        victim in any_caller(),
        served_every in 1..5u64,
    ) {
        let classes = u64::from(PRIORITY_MAX - victim.priority);
        let overtakers_at_most = HEAD_START.as_secs() * classes;
        let mut queues = Queues::new(1, 1);
        join(&mut queues, DESK, LaneId(0), turn(victim.arrived, victim.priority, 0));
        let mut served = Vec::new();
        // On the highest class somebody comes every second, more than can be served.
        for contact in 1..=1_000 {
            join(&mut queues, DESK, LaneId(0), turn(victim.arrived + contact, PRIORITY_MAX, contact));
            if contact % served_every == 0 {
                let first = queues.first(LaneId(0)).expect("more come than are served");
                queues.take(LaneId(0), first);
                queues.leave(DESK, first);
                served.push(first.contact().0);
            }
        }
        let before = served.iter().position(|&contact| contact == 0);
        prop_assert!(before.is_some(), "never served");
        prop_assert!(before <= Some(overtakers_at_most as usize), "overtaken {before:?} times");
    }

    #[test]
    fn every_position_equals_the_count_by_hand(
        head_start in any_head_start(),
        steps in prop::collection::vec(any_step(), 1..60),
    ) {
        let mut queues = Queues::new(2, 3);
        let mut list: Vec<Noted> = Vec::new();
        for (step, contact) in steps.into_iter().zip(1..) {
            play(&mut queues, &mut list, contact, head_start, step);
            prop_assert_eq!(queues.total(), list.len());
            for it in &list {
                let others = list.iter().filter(|other| other.queue == it.queue);
                let before = others.clone().filter(|other| other.is_before(it)).count();
                prop_assert_eq!(queues.position(it.queue, it.turn), Some(before + 1));
                prop_assert_eq!(queues.length(it.queue), others.count());
                prop_assert_eq!(queues.is_unoffered(it.line, it.turn), !it.rings);
            }
            for line in (0..3).map(LaneId) {
                let free = list.iter().filter(|it| it.line == line && !it.rings);
                let first = free.min_by_key(|it| (it.counted_from, it.contact));
                prop_assert_eq!(queues.first(line), first.map(|it| it.turn));
            }
        }
    }
}
