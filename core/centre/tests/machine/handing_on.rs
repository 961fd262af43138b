// SPDX-License-Identifier: EUPL-1.2
//! What callers and agents notice when somebody is handed on: what the scenarios cannot show.

use crate::stories::{overflow, partner, with_stages_and_callbacks};
use crate::story::*;
use acd::Reach;
use acd::agent::Pause;
use acd::contact::Parting;
use centre::{Event, OfficeEnd, PartnerEnd, Setup, SteeringReason, TransferTo};
use stdx::{AgentId, ContactId, LineId, Micros, PartnerId, QueueId};

const ONE: ContactId = ContactId(1);

fn hands_on(agent: AgentId, to: TransferTo) -> Event {
    Event::BlindTransfer { agent, to }
}

fn to_partner() -> Event {
    hands_on(BEA, TransferTo::Partner(PartnerId(0)))
}

fn signs_on(s: &mut Story, second: u64, agents: &[AgentId]) {
    for &agent in agents {
        s.play(tick(second), Event::SignOn { agent });
        s.play(tick(second), Event::MakeReady { agent });
    }
}

/// One whom Bea answered at second 2.
fn talks_to_bea(setup: Setup, line: LineId) -> Story {
    let mut s = Story::of(setup);
    signs_on(&mut s, 0, &[BEA]);
    s.play(tick(1), call(1, line));
    s.play(tick(2), answers(BEA, 1));
    s
}

#[test]
fn whoever_comes_back_in_the_wrap_up_of_the_talk_rings_there_and_the_plan_comes_after() {
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.at(3, Event::MakeNotReady { agent: BEA, pause: Pause::Break }, &["bea plans Pause(Break)"]);
    let handed = [
        "let bea go from 1",
        "1 handed on to an office",
        "ring an office for 1 until 49",
        "bea wraps up until 44",
    ];
    s.at(4, hands_on(BEA, TransferTo::Office), &handed);
    let back = [
        "1 returned by the office: Busy",
        "1 waits again, position 1",
        "bea offered 1",
        "ring bea for 1 until 25",
    ];
    s.at(5, Event::OfficeFailed { contact: ONE, why: OfficeEnd::Busy }, &back);
    let left = [
        "stop ringing bea for 1",
        "bea not ready: break",
        "1: accepted, LeftInTransfer, queued 0, answered 1 by team 1, ended 6",
    ];
    s.at(7, hangs_up(1), &left);
}

#[test]
fn whoever_wraps_up_another_talk_or_has_a_break_is_not_rung_for_one_who_comes_back() {
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.play(tick(3), hands_on(BEA, TransferTo::Office));
    s.play(tick(4), Event::EndWrapUp { agent: BEA });
    s.play(tick(5), call(2, CITIZENS));
    s.play(tick(6), answers(BEA, 2));
    s.play(tick(7), hangs_up(2));
    let waits = [
        "stop ringing an office for 1",
        "1 returned by the office: NoAnswer",
        "1 waits again, position 1",
    ];
    s.deadline(47, "wrap-up is over", &["bea ready since 47"]);
    s.play(tick(47), call(3, CITIZENS));
    s.play(tick(47), declines(BEA, 3));
    s.deadline(48, "the office does not answer", &waits);
    s.deadline(
        92,
        "out of reach is over",
        &["bea ready since 92", "bea offered 1", "ring bea for 1 until 112"],
    );
}

#[test]
fn an_office_rings_no_longer_for_one_who_has_left_and_is_not_asked_twice() {
    let mut s = talks_to_bea(small_county(), FEDERATION);
    s.play(tick(11), Event::Deadline);
    s.play(tick(12), answers(BEA, 1));
    s.play(tick(13), hands_on(BEA, TransferTo::Office));
    let gone = [
        "stop ringing an office for 1",
        "1: accepted, LeftInTransfer, queued 10, answered 11 by team 1, ended 13",
    ];
    s.at(14, hangs_up(1), &gone);
    s.at(15, Event::OfficeAnswered { contact: ONE }, &["refused: UnknownContact"]);
}

#[test]
fn a_talk_with_an_office_is_asked_about_and_lost_as_others_elsewhere() {
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.play(tick(3), hands_on(BEA, TransferTo::Office));
    s.at(5, Event::OfficeAnswered { contact: ONE }, &["connect 1 elsewhere"]);
    s.at(6, Event::OfficeAnswered { contact: ONE }, &["refused: NotAtOffice"]);
    s.deadline(43, "wrap-up is over", &["bea ready since 43"]);
    s.deadline(905, "is the talk alive?", &["is 1 alive?"]);
    let lost = ["release 1", "1: accepted, TalkEnded, queued 0, answered 1 by team 1, ended 934"];
    s.deadline(935, "the talk is lost", &lost);
}

#[test]
fn whoever_is_sent_away_after_a_transfer_hears_why_as_all_others_do() {
    let mut s = Story::new();
    signs_on(&mut s, CLOSING - 10, &[ANNA, BEA]);
    s.play(tick(CLOSING - 5), call(1, TOWN_HALL));
    s.play(tick(CLOSING - 4), answers(ANNA, 1));
    s.play(tick(CLOSING - 3), Event::SignOff { agent: ANNA });
    s.play(tick(CLOSING + 1), hands_on(ANNA, TransferTo::Agent(BEA)));
    s.play(tick(CLOSING + 2), Event::SignOff { agent: ANNA });
    let home = [
        "bea signed off",
        "stop ringing bea for 1",
        "1 returned by bea: signed off",
        "dismiss 1: NobodyLeft",
        "1: accepted, LeftInTransfer, queued 0, answered 1 by team 0, ended 8",
    ];
    s.at(CLOSING + 3, Event::SignOff { agent: BEA }, &home);
}

#[test]
fn on_a_closed_line_somebody_else_has_to_stay_who_may_answer() {
    let mut s = Story::new();
    signs_on(&mut s, CLOSING - 10, &[BEA, CARL]);
    s.play(tick(CLOSING - 5), call(1, CITIZENS));
    s.play(tick(CLOSING - 5), call(2, CITIZENS));
    s.play(tick(CLOSING - 4), answers(BEA, 1));
    s.play(tick(CLOSING - 4), answers(CARL, 2));
    let to_line = hands_on(BEA, TransferTo::Line(FEDERATION));
    s.play(tick(CLOSING), Event::SignOff { agent: CARL });
    s.at(CLOSING + 1, to_line, &["refused: NotReachable"]);
    s.play(tick(CLOSING + 2), Event::MakeReady { agent: CARL });
    assert_eq!(
        s.play(tick(CLOSING + 3), to_line)[..2],
        ["let bea go from 1", "1 handed on to line 1"]
    );
}

#[test]
fn a_full_queue_takes_nobody_whom_an_agent_hands_on_to_its_line() {
    let mut s = talks_to_bea(small_county(), CITIZENS);
    for other in 2..=5 {
        s.play(tick(3), call(other, TOWN_HALL));
    }
    s.at(4, hands_on(BEA, TransferTo::Line(TOWN_HALL)), &["refused: NotReachable"]);
    s.play(tick(5), hangs_up(5));
    let handed = [
        "let bea go from 1",
        "1 handed on to line 2",
        "1 waits again, position 1",
        "bea wraps up until 46",
    ];
    s.at(6, hands_on(BEA, TransferTo::Line(TOWN_HALL)), &handed);
}

#[test]
fn while_the_partner_rings_for_one_handed_on_no_act_and_no_hours_let_others_be_asked() {
    let mut s = talks_to_bea(large_county(), HELPED);
    let lasts = Micros::from_mins(1);
    s.play(tick(3), Event::CloseLine { line: HELPED, lasts });
    s.play(tick(4), to_partner());
    signs_on(&mut s, 5, &[CARL]);
    s.at(6, Event::OpenLine { line: HELPED }, &["line 6 open"]);
    let mut setup = large_county();
    setup.timetables.push(setup.timetables[0].clone());
    setup.lines[6].timetable = stdx::TimetableId(1);
    s.adopts(7, setup.clone(), &[]);
    setup.lines[6].timetable = stdx::TimetableId(0);
    s.adopts(8, setup, &[]);
    let back = ["1 returned by the partner: Busy", "bea offered 1", "ring bea for 1 until 29"];
    s.at(9, Event::PartnerFailed { contact: ONE, why: PartnerEnd::Busy }, &back);
}

#[test]
fn others_are_asked_for_whom_the_partner_refused_when_nobody_of_the_stage_is_left() {
    let mut setup = with_stages_and_callbacks();
    setup.partners = vec![partner()];
    setup.lines[0].overflow = Some(overflow(Reach::SecondLeg));
    let mut s = Story::of(setup);
    signs_on(&mut s, 0, &[ANNA, BEA]);
    s.play(tick(1), call(1, CITIZENS));
    s.play(tick(2), answers(ANNA, 1));
    s.play(tick(3), hands_on(ANNA, TransferTo::Partner(PartnerId(0))));
    s.at(4, Event::SignOff { agent: ANNA }, &["anna signed off"]);
    let back = [
        "1 returned by the partner: Busy",
        "1 widened to stage 1",
        "bea offered 1",
        "ring bea for 1 until 25",
    ];
    s.at(5, Event::PartnerFailed { contact: ONE, why: PartnerEnd::Busy }, &back);
}

#[test]
fn whoever_was_given_to_the_partner_comes_back_though_the_line_has_none_any_more() {
    let mut s = talks_to_bea(large_county(), HELPED);
    s.play(tick(3), to_partner());
    let mut setup = large_county();
    setup.lines[6].overflow = None;
    s.adopts(4, setup, &[]);
    let back = ["1 returned by the partner: Busy", "bea offered 1", "ring bea for 1 until 25"];
    s.at(5, Event::PartnerFailed { contact: ONE, why: PartnerEnd::Busy }, &back);
}

#[test]
fn whoever_waits_on_a_line_that_loses_its_queue_after_a_transfer_is_answered_all_the_same() {
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.play(tick(3), hands_on(BEA, TransferTo::Line(TOWN_HALL)));
    let mut setup = small_county();
    setup.lines[2].queue = None;
    s.adopts(4, setup, &[]);
    assert_eq!(s.waiting(QueueId(1)), [1]);
    signs_on(&mut s, 5, &[ANNA]);
    s.at(6, answers(ANNA, 1), &["anna talks to 1", "connect 1 to anna"]);
}

#[test]
fn what_a_supervisor_did_while_the_partner_rang_is_undone_for_those_whom_it_refused() {
    let mut s = talks_to_bea(large_county(), HELPED);
    s.play(tick(3), to_partner());
    let reason = SteeringReason::WrongLine;
    s.play(tick(4), Event::SignOff { agent: BEA });
    s.play(tick(5), Event::MoveToLine { contact: ONE, line: TOWN_HALL, reason });
    let lasts = Micros::from_mins(10);
    s.play(tick(6), Event::CloseLine { line: HELPED, lasts });
    s.at(
        7,
        Event::PartnerFailed { contact: ONE, why: PartnerEnd::Busy },
        &["1 returned by the partner: Busy"],
    );
    s.at(8, Event::UndoSteering { contact: ONE }, &["1 stands at 1 again"]);
    signs_on(&mut s, 9, &[CARL]);
    s.at(10, answers(CARL, 1), &["carl talks to 1", "connect 1 to carl"]);
}

#[test]
fn whoever_was_called_back_and_handed_on_stays_called_back_and_may_call_again() {
    let mut s = Story::of(large_county());
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(1), call_from(1, CALLED_BACK, 77));
    s.play(tick(2), Event::CallbackWanted { contact: ONE });
    s.play(tick(3), Event::MakeReady { agent: BEA });
    s.play(tick(4), answers(BEA, 1));
    s.at(5, hands_on(BEA, TransferTo::Office), &["refused: NotTalking"]);
    s.play(tick(6), Event::CallbackReached { contact: ONE });
    s.play(tick(7), hands_on(BEA, TransferTo::Line(TOWN_HALL)));
    s.at(8, Event::CallbackWanted { contact: ONE }, &["refused: NoCallback"]);
    s.at(9, call_from(2, CALLED_BACK, 77), &["2 waits, position 1"]);
    assert_eq!(s.centre.callbacks_promised(), 1);
    s.at(
        10,
        hangs_up(1),
        &["1: called_back, CallbackReached, queued 0, answered 5 by team 1, ended 9"],
    );
    assert_eq!(s.centre.callbacks_promised(), 0);
}

#[test]
fn whose_legs_are_gone_after_a_restart_has_left() {
    let lost = |s: &Story| s.centre.without_legs(&|_| false);
    let cut_off = Event::CallerLeft { contact: ONE, parting: Parting::CutOff };
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.play(tick(3), hands_on(BEA, TransferTo::Office));
    assert_eq!(lost(&s), [cut_off]);
    let stopped = [
        "stop ringing an office for 1",
        "1: accepted, LeftInTransfer, queued 0, answered 1 by team 1, ended 3",
    ];
    s.at(4, cut_off, &stopped);
    let mut s = talks_to_bea(small_county(), CITIZENS);
    s.play(tick(3), Event::AttendedTransfer { agent: BEA, to: None });
    assert_eq!(lost(&s), [cut_off]);
}

#[test]
fn whoever_was_handed_on_teaches_nothing_about_patience_talks_or_the_partner() {
    let ends: [&[Event]; 4] = [
        &[hands_on(BEA, TransferTo::Line(TOWN_HALL)), hangs_up(1)],
        &[Event::AttendedTransfer { agent: BEA, to: Some(CARL) }, hangs_up(1)],
        &[to_partner(), hangs_up(1)],
        &[to_partner(), Event::PartnerAnswered { contact: ONE }, hangs_up(1)],
    ];
    for events in ends {
        let mut s = talks_to_bea(large_county(), HELPED);
        s.play(tick(2), Event::SignOn { agent: CARL });
        let before = s.centre.save().learned;
        for (&event, second) in events.iter().zip(5..) {
            s.play(tick(second), event);
        }
        assert_eq!(s.centre.contacts_inside(), 0, "{events:?}");
        assert_eq!(s.centre.save().learned, before, "{events:?}");
    }
}
