// SPDX-License-Identifier: EUPL-1.2
//! What callers and agents live through, event by event, with all that the centre asks for.

use crate::story::*;
use acd::agent::Pause;
use acd::{
    CallbackRules, CrisisPlan, First, LocalFirst, Overflow, PartnerRules, Reach, Stage,
    SwitchboardRules,
};
use centre::{Event, PartnerEnd, Setup, SteeringReason, SwitchboardEnd, Via};
use stdx::limits::{CONTACTS_MAX, SHIFT_MAX};
use stdx::{
    CallerToken, ContactId, LineId, Micros, Now, PartnerId, PlanId, SkillId, SwitchboardId, TeamId,
    Timestamp, TimetableId, TrunkId,
};

#[test]
fn a_call_is_answered_and_wrapped_up() {
    let mut s = Story::new();
    s.at(0, Event::SignOn { agent: ANNA }, &["anna not ready: signed on"]);
    s.at(1, Event::MakeReady { agent: ANNA }, &["anna ready since 1"]);
    let rings = ["1 waits, position 1", "anna offered 1", "ring anna for 1 until 30"];
    s.at(10, call(1, CITIZENS), &rings);
    s.at(14, answers(ANNA, 1), &["anna talks to 1", "connect 1 to anna"]);
    let ended = "1: accepted, TalkEnded, queued 0, answered 4 by team 0, ended 90";
    s.at(100, hangs_up(1), &["anna wraps up until 140", ended]);
    s.deadline(140, "wrap-up is over", &["anna ready since 140"]);
}

#[test]
fn who_is_let_ring_out_is_asked_no_more_and_the_next_agent_is() {
    let mut s = Story::with_ready(&[ANNA, BEA]);
    s.play(tick(10), call(1, CITIZENS));
    s.deadline(
        30,
        "the telephone rang out",
        &[
            "anna not ready: no answer until 120",
            "stop ringing anna for 1",
            "1 returned by anna: no answer",
            "bea offered 1",
            "ring bea for 1 until 50",
        ],
    );
    s.at(30, answers(ANNA, 1), &["refused: NotOffered"]);
    s.at(35, answers(BEA, 1), &["bea talks to 1", "connect 1 to bea"]);
    s.deadline(120, "out of reach is over", &["anna ready since 120"]);
}

#[test]
fn an_answer_at_the_very_moment_of_ringing_out_is_too_late() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    let commands = s.play(tick(30), answers(ANNA, 1));
    assert_eq!(commands.first().map(String::as_str), Some("anna not ready: no answer until 120"));
    assert_eq!(commands.last().map(String::as_str), Some("refused: NotOffered"));
    assert_eq!(s.waiting(DESK), [1]);
}

#[test]
fn who_does_not_answer_may_be_ready_again_at_once() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(30), Event::Deadline);
    let again = ["anna ready since 31", "anna offered 1", "ring anna for 1 until 51"];
    s.at(31, Event::MakeReady { agent: ANNA }, &again);
}

#[test]
fn a_declined_call_goes_to_the_next_and_comes_back_when_the_pause_is_over() {
    let mut s = Story::with_ready(&[ANNA, BEA]);
    s.play(tick(10), call(1, CITIZENS));
    let to_bea = [
        "anna not ready: declined until 57",
        "stop ringing anna for 1",
        "1 returned by anna: declined",
        "bea offered 1",
        "ring bea for 1 until 32",
    ];
    s.at(12, declines(ANNA, 1), &to_bea);
    let nobody = [
        "bea not ready: declined until 58",
        "stop ringing bea for 1",
        "1 returned by bea: declined",
    ];
    s.at(13, declines(BEA, 1), &nobody);
    let again = ["anna ready since 57", "anna offered 1", "ring anna for 1 until 77"];
    s.deadline(57, "out of reach is over", &again);
}

#[test]
fn a_dead_telephone_takes_one_offer_only_and_the_caller_goes_to_the_next_at_once() {
    let mut s = Story::with_ready(&[ANNA, BEA]);
    s.play(tick(10), call(1, CITIZENS));
    let to_bea = [
        "anna not ready: unreachable until 100",
        "stop ringing anna for 1",
        "1 returned by anna: unreachable",
        "bea offered 1",
        "ring bea for 1 until 30",
    ];
    s.at(10, is_unreachable(ANNA, 1), &to_bea);
    s.at(11, is_unreachable(ANNA, 1), &["refused: NotOffered"]);
    s.at(12, answers(BEA, 1), &["bea talks to 1", "connect 1 to bea"]);
    s.at(13, is_unreachable(BEA, 1), &["refused: NotOffered"]);
    s.at(20, call(2, CITIZENS), &["2 waits, position 1"]);
    let again = ["anna ready since 100", "anna offered 2", "ring anna for 2 until 120"];
    s.deadline(100, "out of reach is over", &again);
}

#[test]
fn a_caller_whom_no_telephone_reaches_keeps_the_place() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(11), call(2, CITIZENS));
    let nobody = [
        "anna not ready: unreachable until 101",
        "stop ringing anna for 1",
        "1 returned by anna: unreachable",
    ];
    s.at(11, is_unreachable(ANNA, 1), &nobody);
    assert_eq!(s.waiting(DESK), [1, 2]);
    let again = ["anna ready since 60", "anna offered 1", "ring anna for 1 until 80"];
    s.at(60, Event::MakeReady { agent: ANNA }, &again);
}

#[test]
fn a_plan_made_while_it_should_have_rung_goes_before_being_unreachable() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(11), Event::MakeNotReady { agent: ANNA, pause: Pause::Break });
    let nobody =
        ["anna not ready: break", "stop ringing anna for 1", "1 returned by anna: unreachable"];
    s.at(12, is_unreachable(ANNA, 1), &nobody);
}

#[test]
fn an_old_offer_takes_no_new_caller() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(12), hangs_up(1));
    s.play(tick(12), call(2, CITIZENS));
    s.at(13, answers(ANNA, 1), &["refused: NotOffered"]);
    s.at(13, declines(ANNA, 1), &["refused: NotOffered"]);
    s.at(13, is_unreachable(ANNA, 1), &["refused: NotOffered"]);
    s.at(13, answers(BEA, 2), &["refused: NotSignedOn"]);
    s.at(14, answers(ANNA, 2), &["anna talks to 2", "connect 2 to anna"]);
    s.at(15, answers(ANNA, 2), &["refused: NotOffered"]);
}

#[test]
fn who_loses_a_caller_while_it_rings_keeps_the_place_among_the_idle() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(5), Event::SignOn { agent: BEA });
    s.play(tick(5), Event::MakeReady { agent: BEA });
    s.play(tick(10), call(1, CITIZENS));
    let gone = [
        "stop ringing anna for 1",
        "anna ready since 0",
        "1: abandoned, HungUp, queued 0, ended 5",
    ];
    s.at(15, hangs_up(1), &gone);
    let rings = ["2 waits, position 1", "anna offered 2", "ring anna for 2 until 40"];
    s.at(20, call(2, CITIZENS), &rings);
}

#[test]
fn ready_again_is_no_news_and_costs_no_place_among_the_idle() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(5), Event::SignOn { agent: BEA });
    s.play(tick(5), Event::MakeReady { agent: BEA });
    s.at(9, Event::MakeReady { agent: ANNA }, &[]);
    assert_eq!(s.play(tick(10), call(1, CITIZENS))[1], "anna offered 1");
}

#[test]
fn hanging_up_just_before_five_seconds_is_short_and_at_five_seconds_is_not() {
    let mut s = Story::new();
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(10), call(2, CITIZENS));
    let just_before = tick(15).saturating_sub(Micros(1));
    let short = ["1: short_abandoned, HungUp, queued 0, ended 4"];
    s.at_tick(just_before, hangs_up(1), &short);
    s.at(15, hangs_up(2), &["2: abandoned, HungUp, queued 0, ended 5"]);
}

#[test]
fn a_connection_that_is_lost_early_is_our_fault_and_no_short_abandon() {
    let mut s = Story::new();
    s.play(tick(10), call(1, CITIZENS));
    s.at(11, is_cut_off(1), &["1: abandoned, CutOff, queued 0, ended 1"]);
    s.at(12, is_cut_off(1), &["refused: UnknownContact"]);
}

#[test]
fn a_line_without_wrap_up_gives_the_next_call_at_once() {
    let mut s = Story::with_ready(&[BEA]);
    s.at(10, call(1, FEDERATION), &["1: greeting of line 1"]);
    let over = Event::AnnouncementOver { contact: ContactId(1) };
    s.at(15, over, &["1 waits, position 1", "bea offered 1", "ring bea for 1 until 35"]);
    s.play(tick(20), answers(BEA, 1));
    s.play(tick(30), call(2, CITIZENS));
    let next = [
        "bea ready since 40",
        "release 1",
        "1: accepted, TalkEnded, queued 5, answered 10 by team 1, ended 30",
        "bea offered 2",
        "ring bea for 2 until 60",
    ];
    s.at(40, Event::HangUp { agent: BEA }, &next);
}

#[test]
fn a_greeting_ends_by_itself_if_nobody_says_so() {
    let mut s = Story::new();
    s.play(tick(10), call(1, FEDERATION));
    s.deadline(20, "the announcement is over", &["1 waits, position 1"]);
    let over = Event::AnnouncementOver { contact: ContactId(1) };
    s.at(21, over, &["refused: NotEntering"]);
}

#[test]
fn wrap_up_is_as_the_line_of_the_call_grants() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, TOWN_HALL));
    s.play(tick(12), answers(ANNA, 1));
    assert_eq!(s.play(tick(50), hangs_up(1))[0], "anna wraps up until 70");
}

#[test]
fn wrap_up_can_be_extended_three_times_and_ended() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(1), answers(BEA, 1));
    s.at(2, Event::ExtendWrapUp { agent: BEA }, &["refused: NotInWrapUp"]);
    s.play(tick(10), hangs_up(1));
    for until in [90, 130, 170] {
        let extended = format!("bea wraps up until {until}");
        s.at(20, Event::ExtendWrapUp { agent: BEA }, &[&extended]);
    }
    s.at(20, Event::ExtendWrapUp { agent: BEA }, &["refused: ExtendedEnough"]);
    s.at(25, Event::EndWrapUp { agent: BEA }, &["bea ready since 25"]);
    s.at(26, Event::EndWrapUp { agent: BEA }, &["refused: NotInWrapUp"]);
}

#[test]
fn a_pause_asked_for_in_the_talk_comes_after_the_wrap_up() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(1), answers(BEA, 1));
    s.play(tick(2), call(2, CITIZENS));
    s.at(5, Event::MakeNotReady { agent: BEA, pause: Pause::Break }, &["bea plans Pause(Break)"]);
    s.play(tick(10), hangs_up(1));
    s.deadline(50, "wrap-up is over", &["bea not ready: break"]);
    assert_eq!(s.waiting(DESK), [2], "nobody is asked in the pause");
}

#[test]
fn a_pause_that_is_taken_back_in_the_talk_does_not_come() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(1), answers(BEA, 1));
    s.play(tick(5), Event::MakeNotReady { agent: BEA, pause: Pause::Break });
    s.play(tick(6), Event::MakeReady { agent: BEA });
    s.play(tick(10), hangs_up(1));
    s.deadline(50, "wrap-up is over", &["bea ready since 50"]);
}

#[test]
fn signing_off_in_a_talk_waits_for_its_end_and_the_wrap_up() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(1), answers(BEA, 1));
    s.at(5, Event::SignOff { agent: BEA }, &["bea plans SignOff"]);
    s.play(tick(10), hangs_up(1));
    s.deadline(50, "wrap-up is over", &["bea signed off"]);
    assert_eq!(s.centre.deadline(), None, "nobody is there, nothing will happen");
}

#[test]
fn signing_off_while_it_rings_gives_the_caller_to_the_next() {
    let mut s = Story::with_ready(&[ANNA, BEA]);
    s.play(tick(10), call(1, CITIZENS));
    let to_bea = [
        "anna signed off",
        "stop ringing anna for 1",
        "1 returned by anna: signed off",
        "bea offered 1",
        "ring bea for 1 until 32",
    ];
    s.at(12, Event::SignOff { agent: ANNA }, &to_bea);
}

#[test]
fn who_waits_at_closing_time_is_served_and_who_comes_then_is_not() {
    let mut s = Story::new();
    let closing = CLOSING;
    s.play(tick(closing - 6), Event::SignOn { agent: BEA });
    s.play(tick(closing - 5), call(1, FEDERATION));
    s.at_tick(tick(closing).saturating_sub(Micros(1)), call(2, CITIZENS), &["2 waits, position 1"]);
    let closed = ["dismiss 3: OutsideHours", "3: closed, OutsideHours, ended 0"];
    s.at(closing, call(3, CITIZENS), &closed);
    s.deadline(closing + 5, "the announcement is over", &["1 waits, position 1"]);
    let served = ["bea ready since 10011", "bea offered 1", "ring bea for 1 until 10031"];
    s.at(closing + 11, Event::MakeReady { agent: BEA }, &served);
    s.play(tick(closing + 12), answers(BEA, 1));
    s.play(tick(closing + 20), hangs_up(1));
    assert_eq!(s.play(tick(closing + 21), answers(BEA, 2)), ["bea talks to 2", "connect 2 to bea"]);
}

#[test]
fn a_timetable_that_has_ended_closes_the_line_and_says_so() {
    let mut s = Story::with_ready(&[ANNA]);
    let ended = ["dismiss 1: TimetableEnded", "1: closed, TimetableEnded, ended 0"];
    s.at(10, call(1, FORGOTTEN), &ended);
}

#[test]
fn a_line_without_a_queue_only_plays_its_announcement() {
    let mut s = Story::with_ready(&[ANNA]);
    let announced = ["dismiss 1: AnnouncementOnly", "1: closed, AnnouncementOnly, ended 0"];
    s.at(10, call(1, ANNOUNCEMENT), &announced);
    let closed = ["dismiss 2: OutsideHours", "2: closed, OutsideHours, ended 0"];
    s.at(CLOSING, call(2, ANNOUNCEMENT), &closed);
}

#[test]
fn the_queue_is_full_with_those_who_hear_the_greeting_and_those_for_whom_it_rings() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(10), call(2, FEDERATION));
    s.play(tick(10), call(3, FEDERATION));
    s.play(tick(10), call(4, CITIZENS));
    let full = ["dismiss 5: QueueFull", "5: refused, QueueFull, ended 0"];
    s.at(11, call(5, CITIZENS), &full);
    s.at(11, call(6, TOWN_HALL), &["6 waits, position 1"]);
    s.play(tick(12), answers(BEA, 1));
    assert_eq!(s.play(tick(12), call(7, CITIZENS)), ["7 waits, position 2"], "one place is free");
    assert_eq!(s.play(tick(13), hangs_up(2)), ["2: short_abandoned, HungUp, ended 3"]);
    assert_eq!(s.play(tick(13), call(8, FEDERATION)), ["8: greeting of line 1"], "one more");
    let full = ["dismiss 9: QueueFull", "9: refused, QueueFull, ended 0"];
    s.at(13, call(9, FEDERATION), &full);
}

#[test]
fn who_has_waited_as_long_as_allowed_is_sent_away() {
    let mut s = Story::new();
    s.play(tick(10), call(1, FEDERATION));
    s.play(tick(20), Event::Deadline);
    let sent_away = ["dismiss 1: WaitedTooLong", "1: refused, WaitedTooLong, queued 10, ended 100"];
    s.deadline(110, "waited too long", &sent_away);
}

#[test]
fn nobody_is_sent_away_while_a_telephone_rings() {
    let mut s = Story::new();
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(90), Event::SignOn { agent: BEA });
    s.play(tick(90), Event::MakeReady { agent: BEA });
    assert_eq!(s.centre.deadline(), Some((tick(110), "the telephone rang out")));
    s.at(105, answers(BEA, 1), &["bea talks to 1", "connect 1 to bea"]);
}

#[test]
fn who_was_not_answered_after_the_limit_is_sent_away_when_it_stops_ringing() {
    let mut s = Story::new();
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(90), Event::SignOn { agent: BEA });
    s.play(tick(90), Event::MakeReady { agent: BEA });
    s.deadline(
        110,
        "the telephone rang out",
        &[
            "bea not ready: no answer until 200",
            "stop ringing bea for 1",
            "1 returned by bea: no answer",
            "dismiss 1: WaitedTooLong",
            "1: refused, WaitedTooLong, queued 0, ended 110",
        ],
    );
}

#[test]
fn nobody_is_sent_away_while_somebody_is_ready() {
    let mut s = Story::new();
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(90), Event::SignOn { agent: BEA });
    s.play(tick(90), Event::MakeReady { agent: BEA });
    s.play(tick(95), Event::SignOn { agent: CARL });
    s.play(tick(95), Event::MakeReady { agent: CARL });
    let to_carl = [
        "bea not ready: no answer until 200",
        "stop ringing bea for 1",
        "1 returned by bea: no answer",
        "carl offered 1",
        "ring carl for 1 until 130",
    ];
    s.deadline(110, "the telephone rang out", &to_carl);
}

#[test]
fn who_becomes_free_at_the_very_limit_is_asked_first_even_if_the_deadline_comes_late() {
    for late in [0, 3] {
        let mut s = Story::with_ready(&[BEA]);
        s.play(tick(0), call(1, CITIZENS));
        s.play(tick(1), answers(BEA, 1));
        s.play(tick(20), call(2, CITIZENS));
        s.play(tick(80), hangs_up(1));
        let heard = s.play(tick(120 + late), Event::Deadline);
        let until = 140 + late;
        let rings = [
            format!("bea ready since {}", 120 + late),
            "bea offered 2".to_owned(),
            format!("ring bea for 2 until {until}"),
        ];
        assert_eq!(heard, rings, "{late} s late");
    }
}

#[test]
fn positions_count_everybody_of_the_queue_with_the_head_start_of_their_line() {
    let mut s = Story::new();
    s.at(10, call(1, CITIZENS), &["1 waits, position 1"]);
    s.at(20, call(2, CITIZENS), &["2 waits, position 2"]);
    s.play(tick(30), call(3, FEDERATION));
    // Class 1 at 30 s stands where an ordinary caller of second 0 would.
    let over = Event::AnnouncementOver { contact: ContactId(3) };
    s.at(32, over, &["3 waits, position 1"]);
    s.at(33, call(4, CITIZENS), &["4 waits, position 4"]);
    assert_eq!(s.waiting(DESK), [3, 1, 2, 4]);
    assert_eq!(s.centre.position(ContactId(4)), Some(4));
    assert_eq!(s.centre.position(ContactId(5)), None);
}

#[test]
fn an_agent_of_two_queues_takes_whose_turn_it_is() {
    for (first, second) in [(CITIZENS, TOWN_HALL), (TOWN_HALL, CITIZENS)] {
        let mut s = Story::new();
        s.play(tick(10), call(1, first));
        s.play(tick(11), call(2, second));
        s.play(tick(20), Event::SignOn { agent: ANNA });
        let rings = ["anna ready since 20", "anna offered 1", "ring anna for 1 until 40"];
        s.at(20, Event::MakeReady { agent: ANNA }, &rings);
    }
}

#[test]
fn whose_turn_it_is_does_not_hold_up_those_whom_another_agent_can_serve() {
    let mut s = Story::new();
    s.play(tick(10), call(1, TOWN_HALL));
    s.play(tick(11), call(2, CITIZENS));
    s.play(tick(20), Event::SignOn { agent: BEA });
    let rings = ["bea ready since 20", "bea offered 2", "ring bea for 2 until 40"];
    s.at(20, Event::MakeReady { agent: BEA }, &rings);
}

#[test]
fn who_was_cut_off_and_calls_again_gets_the_old_place() {
    let mut s = Story::new();
    s.play(tick(10), call_from(1, CITIZENS, 77));
    s.play(tick(20), call(2, CITIZENS));
    s.play(tick(30), is_cut_off(1));
    s.at(90, call_from(3, CITIZENS, 77), &["3 waits, position 1"]);
    assert_eq!(s.waiting(DESK), [3, 2]);
    s.at(91, hangs_up(3), &["3: short_abandoned, HungUp, queued 0, ended 1, follows 1"]);
    s.at(92, call_from(4, CITIZENS, 77), &["4 waits, position 1"]);
    s.at(93, is_cut_off(4), &["4: abandoned, CutOff, queued 0, ended 1, follows 3"]);
}

#[test]
fn a_minute_and_a_microsecond_later_the_place_is_lost() {
    let mut s = Story::new();
    s.play(tick(10), call_from(1, CITIZENS, 77));
    s.play(tick(20), call(2, CITIZENS));
    s.play(tick(30), is_cut_off(1));
    let late = tick(90) + Micros(1);
    s.at_tick(late, call_from(3, CITIZENS, 77), &["3 waits, position 2"]);
    s.at(91, hangs_up(3), &["3: short_abandoned, HungUp, queued 0, ended 0"]);
}

#[test]
fn the_old_place_is_for_the_same_caller_on_the_same_line_only() {
    let mut s = Story::new();
    s.play(tick(10), call_from(1, CITIZENS, 77));
    s.play(tick(11), call_from(2, CITIZENS, 88));
    s.play(tick(20), is_cut_off(1));
    s.at(21, call_from(3, CITIZENS, 99), &["3 waits, position 2"]);
    s.play(tick(21), call_from(4, FEDERATION, 77));
    s.at(22, hangs_up(4), &["4: short_abandoned, HungUp, ended 1"]);
    s.at(23, call_from(5, CITIZENS, 77), &["5 waits, position 1"]);
    s.at(23, call_from(6, CITIZENS, 77), &["6 waits, position 4"]);
}

#[test]
fn a_withheld_number_gets_no_old_place() {
    let mut s = Story::new();
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(11), call(2, CITIZENS));
    s.play(tick(20), is_cut_off(1));
    s.at(21, call(3, CITIZENS), &["3 waits, position 2"]);
    s.at(22, hangs_up(3), &["3: short_abandoned, HungUp, queued 0, ended 1"]);
}

#[test]
fn a_talk_that_was_cut_off_goes_on_before_the_others_and_one_that_ended_does_not() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call_from(1, CITIZENS, 77));
    s.play(tick(1), answers(BEA, 1));
    s.play(tick(2), call(2, CITIZENS));
    let lost = "1: accepted, TalkCutOff, queued 0, answered 1 by team 1, ended 30";
    s.at(30, is_cut_off(1), &["bea wraps up until 70", lost]);
    s.at(35, call_from(3, CITIZENS, 77), &["3 waits, position 1"]);
    let next = ["bea ready since 40", "bea offered 3", "ring bea for 3 until 60"];
    s.at(40, Event::EndWrapUp { agent: BEA }, &next);
    s.play(tick(41), answers(BEA, 3));
    let done = "3: accepted, TalkEnded, queued 0, answered 6 by team 1, ended 15, follows 1";
    s.at(50, hangs_up(3), &["bea wraps up until 90", done]);
    s.at(51, call_from(4, CITIZENS, 77), &["4 waits, position 2"]);
}

#[test]
fn who_was_sent_away_gets_no_old_place() {
    let mut s = Story::new();
    s.play(tick(0), call_from(1, CITIZENS, 77));
    s.play(tick(50), call(2, CITIZENS));
    s.play(tick(100), Event::Deadline);
    s.at(101, call_from(3, CITIZENS, 77), &["3 waits, position 2"]);
}

#[test]
fn who_comes_back_gets_the_old_place_though_the_queue_has_filled_meanwhile() {
    let mut s = Story::new();
    s.play(tick(0), call_from(1, CITIZENS, 77));
    for contact in 2..5 {
        s.play(tick(1), call(contact, CITIZENS));
    }
    s.play(tick(10), is_cut_off(1));
    s.play(tick(11), call(5, CITIZENS));
    let full = ["dismiss 6: QueueFull", "6: refused, QueueFull, ended 0"];
    s.at(12, call_from(6, CITIZENS, 78), &full);
    s.at(13, call_from(7, CITIZENS, 77), &["7 waits, position 1"]);
    s.at(14, hangs_up(7), &["7: short_abandoned, HungUp, queued 0, ended 1, follows 1"]);
}

#[test]
fn a_talk_is_asked_about_and_goes_on_when_it_is_alive() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call(1, CITIZENS));
    s.play(tick(10), answers(BEA, 1));
    s.deadline(910, "is the talk alive?", &["is 1 alive?"]);
    s.at(911, Event::TalkAlive { contact: ContactId(1) }, &[]);
    s.deadline(1811, "is the talk alive?", &["is 1 alive?"]);
}

#[test]
fn a_talk_of_which_nobody_knows_any_more_frees_the_agent() {
    let mut s = Story::with_ready(&[BEA]);
    s.play(tick(0), call_from(1, CITIZENS, 77));
    s.play(tick(10), answers(BEA, 1));
    s.play(tick(910), Event::Deadline);
    s.deadline(
        940,
        "the talk is lost",
        &[
            "bea wraps up until 980",
            "release 1",
            "1: accepted, TalkCutOff, queued 0, answered 10 by team 1, ended 940",
        ],
    );
    s.at(941, Event::TalkAlive { contact: ContactId(1) }, &["refused: UnknownContact"]);
    s.at(950, call(2, CITIZENS), &["2 waits, position 1"]);
    s.at(951, call_from(3, CITIZENS, 77), &["3 waits, position 1"]);
}

#[test]
fn a_forgotten_sign_on_ends_with_the_longest_shift() {
    let mut s = Story::with_ready(&[ANNA]);
    let end = SHIFT_MAX.as_secs();
    s.deadline(end, "the shift is over", &["anna signed off"]);
    assert_eq!(s.centre.deadline(), None);
}

/// Bea answered a call just before her shift was as long as it may be, and it has just ended.
fn wrap_up_after_the_shift() -> (Story, u64) {
    let mut setup = small_county();
    let horizon = setup.timetables[0].horizon();
    setup.timetables[0] = calendar::Timetable::always(horizon).expect("the same horizon");
    let mut s = Story::of(setup);
    let end = SHIFT_MAX.as_secs();
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.play(tick(end - 20), call(1, CITIZENS));
    s.play(tick(end - 10), answers(BEA, 1));
    s.play(tick(end + 50), call(2, CITIZENS));
    s.play(tick(end + 60), hangs_up(1));
    (s, end + 61)
}

#[test]
fn a_talk_outlives_the_shift_and_then_the_shift_is_over() {
    let (mut s, now) = wrap_up_after_the_shift();
    s.deadline(now + 39, "wrap-up is over", &["bea signed off"]);
}

#[test]
fn whose_shift_ended_in_the_call_is_not_made_ready_for_another() {
    let (mut s, now) = wrap_up_after_the_shift();
    s.at(now, Event::MakeReady { agent: BEA }, &["bea signed off"]);
    assert_eq!(s.waiting(DESK), [2], "the caller waits for somebody whose shift goes on");
}

#[test]
fn whose_shift_ended_while_it_rang_is_signed_off_after_declining() {
    let mut setup = small_county();
    let horizon = setup.timetables[0].horizon();
    setup.timetables[0] = calendar::Timetable::always(horizon).expect("the same horizon");
    let mut s = Story::of(setup);
    let end = SHIFT_MAX.as_secs();
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.play(tick(end - 10), call(1, CITIZENS));
    let returned = ["bea signed off", "stop ringing bea for 1", "1 returned by bea: declined"];
    s.at(end + 1, declines(BEA, 1), &returned);
}

#[test]
fn a_used_contact_id_is_refused_and_so_is_an_older_one() {
    let mut s = Story::new();
    s.play(tick(0), call(5, CITIZENS));
    s.at(1, call(5, CITIZENS), &["refused: UsedContactId"]);
    s.at(1, call(4, CITIZENS), &["refused: UsedContactId"]);
    s.play(tick(2), hangs_up(5));
    s.at(3, call(5, CITIZENS), &["refused: UsedContactId"]);
    s.at(4, call(6, CITIZENS), &["6 waits, position 1"]);
}

#[test]
fn the_reason_of_the_nearest_deadline_is_named() {
    let mut s = Story::new();
    assert_eq!(s.centre.deadline(), None);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    assert_eq!(s.centre.deadline(), Some((tick(SHIFT_MAX.as_secs()), "the shift is over")));
    s.play(tick(10), call(1, FEDERATION));
    assert_eq!(s.centre.deadline(), Some((tick(20), "the announcement is over")));
    s.play(tick(20), Event::Deadline);
    assert_eq!(s.centre.deadline(), Some((tick(110), "waited too long")));
    s.play(tick(30), Event::MakeReady { agent: ANNA });
    assert_eq!(s.centre.deadline(), Some((tick(50), "the telephone rang out")));
    s.play(tick(40), answers(ANNA, 1));
    assert_eq!(s.centre.deadline(), Some((tick(940), "is the talk alive?")));
}

#[test]
#[should_panic(expected = "time runs backwards")]
fn time_does_not_run_backwards() {
    let mut s = Story::new();
    s.play(tick(10), Event::Deadline);
    s.play(tick(9), Event::Deadline);
}

/// The machine's calendar is set, by an hour back and a day ahead: whoever waits or talks goes on by the
/// clock that only goes forward; only who calls anew is asked whether the line is open.
#[test]
fn a_calendar_that_jumps_moves_nobody_who_is_there() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(14), answers(ANNA, 1));
    s.play(tick(20), call(2, CITIZENS));
    let play = |s: &mut Story, second: u64, wall: i64, event: Event| {
        let wall = Timestamp(now_at(tick(second)).wall.0 + wall * 1_000_000);
        s.centre.handle(Now { mono: tick(second), wall }, event);
        let commands = std::iter::from_fn(|| s.centre.poll()).map(in_words).collect::<Vec<_>>();
        s.centre.audit();
        commands
    };
    let hour_back = play(&mut s, 30, -3_600, hangs_up(1));
    let ended = "1: accepted, TalkEnded, queued 0, answered 4 by team 0, ended 20";
    assert_eq!(hour_back, ["anna wraps up until 70", ended]);
    let day_ahead = play(&mut s, 70, 86_400, Event::Deadline);
    let served = ["anna ready since 70", "anna offered 2", "ring anna for 2 until 90"];
    assert_eq!(day_ahead, served);
    let late = play(&mut s, 71, 86_400, call(3, CITIZENS));
    assert!(late.iter().any(|said| said.contains("OutsideHours")), "{late:?}");
    assert_eq!(s.waiting(DESK), [2]);
}

/// A plan of ten minutes for nobody's callers in particular.
fn a_plan() -> CrisisPlan {
    CrisisPlan {
        lines: vec![],
        announcement: None,
        information: false,
        length_max: None,
        waiting_max: None,
        helpers: vec![],
        lasts: Micros::from_mins(10),
    }
}

#[test]
fn a_plan_that_names_somebody_twice_signs_on_and_off_once() {
    let mut setup = small_county();
    setup.plans = vec![CrisisPlan { helpers: vec![BEA, BEA], ..a_plan() }];
    let mut s = Story::of(setup);
    let begun = ["plan 0 runs until 601", "bea not ready: signed on", "bea ready since 1"];
    s.at(1, Event::StartPlan { plan: PlanId(0) }, &begun);
    s.deadline(601, "the crisis plan is over", &["plan 0 ended", "bea signed off"]);
}

/// The town hall's own telephones ring first, for 15 s, at any time.
fn with_switchboard() -> Setup {
    let mut setup = small_county();
    setup.switchboards = vec![SwitchboardRules { timetable: TimetableId(0), trunk: None }];
    let (switchboard, ring) = (SwitchboardId(0), Micros::from_secs(15));
    setup.lines[0].local = Some(LocalFirst { switchboard, ring });
    setup
}

#[test]
fn a_switchboard_that_answers_twice_connects_once() {
    let mut s = Story::of(with_switchboard());
    s.at(1, call(1, CITIZENS), &["ring switchboard 0 for 1 until 16"]);
    let answers = Event::SwitchboardAnswered { contact: ContactId(1) };
    s.at(2, answers, &["connect 1 elsewhere"]);
    s.at(3, answers, &["refused: NotAtSwitchboard"]);
}

#[test]
fn a_switchboard_rings_no_longer_for_one_who_has_left() {
    let mut s = Story::of(with_switchboard());
    s.at(1, call(1, CITIZENS), &["ring switchboard 0 for 1 until 16"]);
    let left = ["stop ringing switchboard 0 for 1", "1: local, LeftSwitchboard, ended 3"];
    s.at(4, hangs_up(1), &left);
}

#[test]
fn who_comes_back_to_an_old_place_goes_past_the_switchboard_into_a_full_queue() {
    let mut setup = with_switchboard();
    setup.queues[0].length_max = 2;
    let mut s = Story::of(setup);
    let busy = |contact| Event::SwitchboardFailed {
        contact: ContactId(contact),
        why: SwitchboardEnd::Busy,
    };
    s.play(tick(1), call_from(1, CITIZENS, 77));
    let waits = ["1 returned by the switchboard: Busy", "1 waits, position 1"];
    s.at(2, busy(1), &waits);
    s.play(tick(3), call(2, CITIZENS));
    s.play(tick(4), busy(2));
    s.play(tick(5), is_cut_off(1));
    s.play(tick(6), call(3, CITIZENS));
    s.play(tick(7), busy(3));
    s.at(8, call_from(4, CITIZENS, 77), &["4 waits, position 1"]);
    s.at(9, call_from(5, CITIZENS, 88), &["ring switchboard 0 for 5 until 24"]);
}

#[test]
fn a_full_centre_lets_in_whom_it_holds_already() {
    let mut setup = with_switchboard();
    setup.queues[0].length_max = u32::MAX;
    let mut s = Story::of(setup);
    s.centre.handle(now_at(tick(1)), call(1, CITIZENS));
    for contact in 2..=CONTACTS_MAX as u64 {
        while s.centre.poll().is_some() {}
        s.centre.handle(now_at(tick(1)), call(contact, FEDERATION));
    }
    while s.centre.poll().is_some() {}
    let busy = Event::SwitchboardFailed { contact: ContactId(1), why: SwitchboardEnd::Busy };
    s.at(2, busy, &["1 returned by the switchboard: Busy", "1 waits, position 1"]);
}

/// Only Anna's team is asked for citizens at first, everybody after five minutes; who waits may be called
/// back.
pub(crate) fn with_stages_and_callbacks() -> Setup {
    let mut setup = small_county();
    let stage = |after, teams| Stage { after: Micros::from_secs(after), teams };
    setup.lines[0].stages = vec![stage(0, vec![TeamId(0)]), stage(300, vec![])];
    setup.lines[0].callback = Some(CallbackRules {
        attempts: 2,
        retry_after: Micros::from_secs(60),
        expires_after: Micros::from_secs(3_600),
        ring: Micros::from_secs(30),
        first: First::Agent,
    });
    setup.queues[0].waiting_max = Micros::from_secs(1_000);
    setup
}

pub(crate) fn partner() -> PartnerRules {
    PartnerRules {
        timetable: TimetableId(0),
        capacity: 10,
        ring: Micros::from_secs(30),
        pause: Micros::from_secs(20),
        trunk: None,
    }
}

pub(crate) fn overflow(reach: Reach) -> Overflow {
    Overflow {
        partner: PartnerId(0),
        reach,
        waited: None,
        predicted: None,
        calendar: None,
        nobody_signed_on: false,
        closed: false,
        no_channel: false,
    }
}

/// Anna has a break, Bea is ready, and caller 1 of the citizens' line waits for Anna's team alone.
fn promised_while_anna_has_a_break() -> Story {
    let mut s = Story::of(with_stages_and_callbacks());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.at(1, call_from(1, CITIZENS, 77), &["1 waits, position 1"]);
    let wanted = Event::CallbackWanted { contact: ContactId(1) };
    s.at(5, wanted, &["promise 1 a call-back"]);
    s
}

#[test]
fn more_people_are_asked_for_a_call_back_when_more_would_be_for_its_caller() {
    let mut s = promised_while_anna_has_a_break();
    let widened = ["1 widened to stage 1", "bea offered 1", "ring bea for 1 until 321"];
    s.deadline(301, "more people are asked", &widened);
    let called = ["bea talks to 1", "call 1 back for bea until 335"];
    s.at(305, answers(BEA, 1), &called);
}

#[test]
fn others_are_asked_for_a_call_back_when_nobody_of_its_stage_is_left() {
    let mut s = promised_while_anna_has_a_break();
    let widened =
        ["anna signed off", "1 widened to stage 1", "bea offered 1", "ring bea for 1 until 30"];
    s.at(10, Event::SignOff { agent: ANNA }, &widened);
}

#[test]
fn others_try_again_when_nobody_of_the_first_ones_is_left() {
    let mut s = promised_while_anna_has_a_break();
    s.play(tick(10), Event::MakeReady { agent: ANNA });
    s.play(tick(12), answers(ANNA, 1));
    let failed = ["1 not reached, again at 80", "anna ready since 20"];
    s.at(20, Event::CallbackFailed { contact: ContactId(1) }, &failed);
    s.at(21, Event::SignOff { agent: ANNA }, &["anna signed off"]);
    let widened = ["1 widened to stage 1", "bea offered 1", "ring bea for 1 until 100"];
    s.deadline(80, "the next attempt is due", &widened);
}

#[test]
fn who_is_sent_on_does_not_stand_behind_who_needs_a_channel() {
    let mut setup = small_county();
    setup.trunks = vec![0];
    setup.partners = vec![PartnerRules { trunk: Some(TrunkId(0)), ..partner() }];
    let at_once = Some(Micros::ZERO);
    setup.lines[0].overflow = Some(Overflow { waited: at_once, ..overflow(Reach::SecondLeg) });
    setup.lines[2].overflow = Some(Overflow { waited: at_once, ..overflow(Reach::Deflect) });
    let mut s = Story::of(setup);
    s.at(1, call(1, CITIZENS), &["1 waits, position 1", "1 overflows: Waited"]);
    let tried = [
        "2 waits, position 1",
        "2 overflows: Waited",
        "try partner 0 for 2 by Deflect until 32: Waited",
    ];
    s.at(2, call(2, TOWN_HALL), &tried);
}

#[test]
fn the_partner_helps_when_nobody_has_the_skill_any_more_for_which_it_rang() {
    let mut setup = small_county();
    setup.partners = vec![partner()];
    setup.lines[2].overflow =
        Some(Overflow { nobody_signed_on: true, ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    s.play(tick(1), call(1, TOWN_HALL));
    let forgets = Event::SetSkill { agent: ANNA, skill: SkillId(0), level: 0 };
    s.at(2, forgets, &["anna: skill 0 = 0"]);
    let returned = [
        "anna not ready: declined until 48",
        "stop ringing anna for 1",
        "1 returned by anna: declined",
        "1 overflows: NobodySignedOn",
        "try partner 0 for 1 by SecondLeg until 33: NobodySignedOn",
    ];
    s.at(3, declines(ANNA, 1), &returned);
}

#[test]
fn whom_the_partner_does_not_take_is_asked_for_wider_if_nobody_of_the_stage_is_left() {
    let mut setup = with_stages_and_callbacks();
    setup.partners = vec![partner()];
    setup.lines[0].overflow =
        Some(Overflow { calendar: Some(TimetableId(0)), ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    for agent in [ANNA, BEA] {
        s.play(tick(0), Event::SignOn { agent });
        s.play(tick(0), Event::MakeReady { agent });
    }
    let tried = [
        "1 waits, position 1",
        "1 overflows: Calendar",
        "try partner 0 for 1 by SecondLeg until 31: Calendar",
    ];
    s.at(1, call(1, CITIZENS), &tried);
    s.at(2, Event::SignOff { agent: ANNA }, &["anna signed off"]);
    let failed = Event::PartnerFailed { contact: ContactId(1), why: PartnerEnd::Busy };
    let widened = [
        "1 returned by the partner: Busy",
        "1 widened to stage 1",
        "bea offered 1",
        "ring bea for 1 until 23",
    ];
    s.at(3, failed, &widened);
}

#[test]
fn who_went_home_from_a_plan_and_came_back_for_a_shift_is_not_sent_home_by_it() {
    let mut s = Story::of(large_county());
    let begun = ["plan 0 runs until 601", "carl not ready: signed on", "carl ready since 1"];
    s.at(1, Event::StartPlan { plan: PlanId(0) }, &begun);
    s.at(100, Event::SignOff { agent: CARL }, &["carl signed off"]);
    s.at(200, Event::SignOn { agent: CARL }, &["carl not ready: signed on"]);
    s.deadline(601, "the crisis plan is over", &["plan 0 ended"]);
}

#[test]
fn the_calendar_sends_nobody_to_a_partner_that_is_closed() {
    let mut setup = small_county();
    setup.partners = vec![PartnerRules { timetable: TimetableId(1), ..partner() }];
    setup.lines[0].overflow =
        Some(Overflow { calendar: Some(TimetableId(0)), ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    let rings = ["1 waits, position 1", "bea offered 1", "ring bea for 1 until 21"];
    s.at(1, call(1, CITIZENS), &rings);
}

#[test]
fn a_closed_line_lets_nobody_wait_for_a_partner_that_is_closed() {
    let mut setup = small_county();
    setup.partners = vec![PartnerRules { timetable: TimetableId(1), ..partner() }];
    setup.lines[0].overflow = Some(Overflow { closed: true, ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    let lasts = Micros::from_mins(10);
    s.at(1, Event::CloseLine { line: CITIZENS, lasts }, &["line 0 closed until 601"]);
    let closed = ["dismiss 1: ClosedByAct", "1: closed, ClosedByAct, ended 0"];
    s.at(2, call(1, CITIZENS), &closed);
}

#[test]
fn the_partner_helps_who_was_moved_to_a_line_of_which_nobody_is_signed_on() {
    let mut setup = small_county();
    setup.partners = vec![partner()];
    setup.lines[0].overflow =
        Some(Overflow { nobody_signed_on: true, ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.at(1, call(1, CITIZENS), &["1 waits, position 1"]);
    let (contact, reason) = (ContactId(1), SteeringReason::WrongLine);
    let moved = [
        "1 overflows: NobodySignedOn",
        "1 moved to line 2, position 1: WrongLine",
        "try partner 0 for 1 by SecondLeg until 32: NobodySignedOn",
    ];
    s.at(2, Event::MoveToLine { contact, line: TOWN_HALL, reason }, &moved);
}

#[test]
fn the_estimate_sends_nobody_to_the_partner_who_waits_already() {
    let mut setup = with_stages_and_callbacks();
    setup.partners = vec![partner()];
    let predicted = Some(Micros::from_secs(60));
    setup.lines[0].overflow = Some(Overflow { predicted, ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    for agent in [ANNA, BEA] {
        s.play(tick(0), Event::SignOn { agent });
        s.play(tick(0), Event::MakeReady { agent });
    }
    s.play(tick(1), call(1, CITIZENS));
    s.play(tick(2), answers(ANNA, 1));
    s.play(tick(3), call(2, FEDERATION));
    s.play(tick(4), Event::AnnouncementOver { contact: ContactId(2) });
    s.play(tick(5), answers(BEA, 2));
    s.at(
        10,
        hangs_up(1),
        &[
            "anna wraps up until 50",
            "1: accepted, TalkEnded, queued 0, answered 1 by team 0, ended 9",
        ],
    );
    // Anna will be free in 40 s; then only Bea is left, whose talk has just begun.
    s.at(11, call(3, CITIZENS), &["3 waits, position 1"]);
    let left = ["anna signed off", "3 widened to stage 1"];
    s.at(12, Event::SignOff { agent: ANNA }, &left);
}

#[test]
fn who_calls_while_being_called_back_gets_the_old_place_and_the_agent_who_waits() {
    let mut s = Story::of(large_county());
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(1), call_from(1, CALLED_BACK, 77));
    s.play(tick(2), Event::CallbackWanted { contact: ContactId(1) });
    s.play(tick(3), call(2, CALLED_BACK));
    s.play(tick(4), Event::MakeReady { agent: BEA });
    s.at(5, answers(BEA, 1), &["bea talks to 1", "call 1 back for bea until 35"]);
    let both_dial = [
        "stop calling 1 back",
        "bea ready since 6",
        "1: abandoned, CalledAgain, queued 0, ended 5",
        "3 waits, position 1",
        "bea offered 3",
        "ring bea for 3 until 26",
    ];
    s.at(6, call_from(3, CALLED_BACK, 77), &both_dial);
}

/// The citizens' line opens at second 60; until closing time the calendar gives its callers to a partner
/// that is full.
pub(crate) fn given_to_a_full_partner() -> Setup {
    let mut setup = small_county();
    let (table, second) = (&setup.timetables[0], Micros::from_secs(60));
    let hours = table.intervals()[0];
    let later = calendar::Interval { from: hours.from + second, until: hours.until };
    let later = calendar::Timetable::new(table.horizon(), vec![later]).expect("within the days");
    setup.timetables.push(later);
    setup.lines[0].timetable = TimetableId(2);
    setup.partners = vec![PartnerRules { capacity: 0, ..partner() }];
    setup.lines[0].overflow =
        Some(Overflow { calendar: Some(TimetableId(0)), ..overflow(Reach::SecondLeg) });
    setup
}

#[test]
fn whom_the_calendar_gave_to_a_partner_agents_answer_after_a_move_and_not_after_its_undoing() {
    let mut s = Story::of(given_to_a_full_partner());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    s.at(1, call(1, CITIZENS), &["1 waits, position 1", "1 overflows: Calendar"]);
    let (contact, reason) = (ContactId(1), SteeringReason::WrongLine);
    let moved =
        ["1 moved to line 2, position 1: WrongLine", "anna offered 1", "ring anna for 1 until 22"];
    s.at(2, Event::MoveToLine { contact, line: TOWN_HALL, reason }, &moved);
    s.play(tick(3), declines(ANNA, 1));
    s.at(4, Event::UndoSteering { contact }, &["1 stands at 1 again"]);
    s.at(5, Event::MakeReady { agent: ANNA }, &["anna ready since 5"]);
    let ours = ["anna offered 1", "ring anna for 1 until 80"];
    s.deadline(60, "our own hours begin", &ours);
}

#[test]
fn who_may_wait_until_our_hours_begin_is_answered_then_and_only_sent_away_if_we_are_not_there() {
    for (is_open, late) in [(true, 0), (true, 9), (false, 0), (false, 9)] {
        let mut setup = given_to_a_full_partner();
        setup.queues[0].waiting_max = Micros::from_secs(59);
        let mut s = Story::of(setup);
        s.play(tick(1), call(1, CITIZENS));
        s.play(tick(2), Event::SignOn { agent: ANNA });
        s.play(tick(2), Event::MakeReady { agent: ANNA });
        if !is_open {
            let lasts = Micros::from_mins(10);
            s.play(tick(3), Event::CloseLine { line: CITIZENS, lasts });
        }
        let (now, until) = (60 + late, 80 + late);
        let rings = ["anna offered 1".to_owned(), format!("ring anna for 1 until {until}")];
        let ended = format!("1: refused, WaitedTooLong, queued 0, ended {}", now - 1);
        let sent_away = ["dismiss 1: WaitedTooLong".to_owned(), ended];
        let expected = if is_open { rings } else { sent_away };
        assert_eq!(s.play(tick(now), Event::Deadline), expected, "{late} s late");
    }
}

#[test]
fn stage_hours_and_limit_of_one_caller_may_all_be_late() {
    let mut setup = given_to_a_full_partner();
    setup.queues[0].waiting_max = Micros::from_secs(40);
    let stage = |after, teams| Stage { after: Micros::from_secs(after), teams };
    setup.lines[0].stages = vec![stage(0, vec![TeamId(0)]), stage(30, vec![])];
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    s.play(tick(1), call(1, CITIZENS));
    s.play(tick(2), Event::CloseLine { line: CITIZENS, lasts: Micros::from_mins(10) });
    let all = [
        "1 widened to stage 1",
        "dismiss 1: WaitedTooLong",
        "1: refused, WaitedTooLong, queued 0, ended 69",
    ];
    assert_eq!(s.play(tick(70), Event::Deadline), all);
}

#[test]
fn our_own_hours_begin_later_if_the_calendar_is_set_back() {
    let mut s = Story::of(given_to_a_full_partner());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    s.play(tick(1), call(1, CITIZENS));
    assert_eq!(s.centre.deadline(), Some((tick(60), "our own hours begin")));
    let late = |second: u64| now_at(tick(second - 5)).wall;
    s.centre.handle(Now { mono: tick(60), wall: late(60) }, Event::Deadline);
    assert_eq!(s.centre.poll(), None);
    assert_eq!(s.centre.deadline(), Some((tick(65), "our own hours begin")));
    s.centre.handle(Now { mono: tick(65), wall: late(65) }, Event::Deadline);
    let commands: Vec<_> = std::iter::from_fn(|| s.centre.poll()).map(in_words).collect();
    assert_eq!(commands, ["anna offered 1", "ring anna for 1 until 85"]);
}

#[test]
fn whoever_finds_the_partner_full_in_our_own_hours_is_answered_by_us() {
    let mut s = Story::of(given_to_a_full_partner());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    let ours = [
        "1 waits, position 1",
        "1 overflows: Calendar",
        "anna offered 1",
        "ring anna for 1 until 81",
    ];
    s.at(61, call(1, CITIZENS), &ours);
}

#[test]
fn a_partner_is_not_woken_for_who_is_being_offered_to_an_agent() {
    let mut setup = given_to_a_full_partner();
    setup.partners[0].capacity = 2;
    setup.partners[0].pause = Micros::from_secs(10);
    let mut s = Story::of(setup);
    s.play(tick(61), call(1, CITIZENS));
    s.play(tick(62), Event::SignOn { agent: ANNA });
    s.play(tick(62), Event::MakeReady { agent: ANNA });
    let busy = Event::PartnerFailed { contact: ContactId(1), why: PartnerEnd::Busy };
    s.play(tick(63), busy);
    s.play(tick(64), answers(ANNA, 1));
    s.play(tick(65), hangs_up(1));
    s.play(tick(66), Event::EndWrapUp { agent: ANNA });
    let ours = [
        "2 waits, position 1",
        "2 overflows: Calendar",
        "anna offered 2",
        "ring anna for 2 until 87",
    ];
    s.at(67, call(2, CITIZENS), &ours);
    assert_eq!(s.centre.deadline(), Some((tick(87), "the telephone rang out")));
}

#[test]
fn who_talks_to_the_partner_when_the_line_opens_is_not_asked_for_more_widely() {
    let mut setup = with_stages_and_callbacks();
    setup.partners = vec![partner()];
    setup.lines[0].overflow = Some(Overflow { closed: true, ..overflow(Reach::SecondLeg) });
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(1), Event::CloseLine { line: CITIZENS, lasts: Micros::from_mins(10) });
    s.play(tick(2), call(1, CITIZENS));
    s.play(tick(3), Event::PartnerAnswered { contact: ContactId(1) });
    s.play(tick(4), Event::SignOff { agent: ANNA });
    s.at(5, Event::OpenLine { line: CITIZENS }, &["line 0 open"]);
}

#[test]
fn no_call_back_is_promised_in_the_time_that_another_queue_of_the_agents_needs() {
    let mut setup = large_county();
    for line in [TOWN_HALL, CALLED_BACK] {
        setup.lines[line.index()].expected_talk = Micros::from_mins(50);
    }
    let mut s = Story::of(setup);
    let wants = |contact| Event::CallbackWanted { contact: ContactId(contact) };
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.at(1, call(1, TOWN_HALL), &["1 waits, position 1"]);
    s.at(2, call_from(2, CALLED_BACK, 77), &["2 waits, position 1"]);
    s.at(3, wants(2), &["promise 2 a call-back"]);
    s.at(4, call(3, TOWN_HALL), &["3 waits, position 2"]);
    s.at(5, call_from(4, CALLED_BACK, 88), &["4 waits, position 2"]);
    // Anna has 166 minutes until the lines close, and four callers with 50 each.
    s.at(6, wants(4), &["refused: CallbackTooMany"]);
    s.play(tick(7), Event::SignOn { agent: BEA });
    s.at(8, wants(4), &["promise 4 a call-back"]);
}

/// A trunk of one channel.
pub(crate) fn over_trunk(contact: u64, line: LineId) -> Event {
    Event::CallArrived {
        contact: ContactId(contact),
        line,
        caller: Some(CallerToken::new(contact)),
        via: Via { trunk: Some(TrunkId(0)), forwarded: false },
    }
}

#[test]
fn nobody_is_asked_for_a_call_back_while_no_channel_is_free() {
    let mut setup = large_county();
    setup.trunks = vec![1];
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(1), over_trunk(1, CALLED_BACK));
    s.at(2, Event::CallbackWanted { contact: ContactId(1) }, &["promise 1 a call-back"]);
    s.at(3, over_trunk(2, TOWN_HALL), &["2 waits, position 1"]);
    s.at(4, Event::MakeReady { agent: BEA }, &["bea ready since 4"]);
    let free =
        ["2: abandoned, HungUp, queued 0, ended 6", "bea offered 1", "ring bea for 1 until 29"];
    s.at(9, hangs_up(2), &free);
    s.at(10, answers(BEA, 1), &["bea talks to 1", "call 1 back for bea until 40"]);
}

#[test]
fn others_are_asked_when_a_channel_is_free_and_nobody_of_the_stage_is_left() {
    let mut setup = with_stages_and_callbacks();
    setup.trunks = vec![1];
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.at(1, over_trunk(1, CITIZENS), &["1 waits, position 1"]);
    s.at(2, Event::CallbackWanted { contact: ContactId(1) }, &["promise 1 a call-back"]);
    s.at(3, over_trunk(2, TOWN_HALL), &["2 waits, position 1"]);
    s.at(4, Event::SignOff { agent: ANNA }, &["anna signed off"]);
    let free = [
        "2: abandoned, HungUp, queued 0, ended 6",
        "1 widened to stage 1",
        "bea offered 1",
        "ring bea for 1 until 29",
    ];
    s.at(9, hangs_up(2), &free);
}

#[test]
fn who_takes_a_call_back_for_which_no_channel_is_free_is_told_when_it_is_tried_again() {
    let mut setup = large_county();
    setup.trunks = vec![1];
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(1), over_trunk(1, CALLED_BACK));
    s.at(2, Event::CallbackWanted { contact: ContactId(1) }, &["promise 1 a call-back"]);
    let rings = ["bea ready since 3", "bea offered 1", "ring bea for 1 until 23"];
    s.at(3, Event::MakeReady { agent: BEA }, &rings);
    s.at(4, over_trunk(2, TOWN_HALL), &["2 waits, position 1"]);
    let no_channel = ["bea talks to 1", "1 not reached, again at 65", "bea ready since 5"];
    s.at(5, answers(BEA, 1), &no_channel);
}
