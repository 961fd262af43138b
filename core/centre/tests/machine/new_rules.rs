// SPDX-License-Identifier: EUPL-1.2
//! What callers and agents notice when a new configuration is taken up while they are inside.

use crate::stories::{given_to_a_full_partner, over_trunk, with_stages_and_callbacks};
use crate::story::*;
use acd::{AgentRules, Overflow, QueueRules, SkillNeed, Stage};
use centre::{Event, PartnerEnd, Setup};
use stdx::{AgentId, ContactId, Micros, PartnerId, QueueId, SkillId, TeamId, TimetableId};

/// The small county in which Bea has learned what the town hall asks for.
fn bea_has_learned() -> Setup {
    let mut setup = small_county();
    setup.agents[1].skills = setup.agents[0].skills.clone();
    setup
}

#[test]
fn a_telephone_rings_at_once_for_whom_its_agent_has_learned_to_answer() {
    let mut s = Story::with_ready(&[BEA]);
    s.at(10, call(1, TOWN_HALL), &["1 waits, position 1"]);
    s.adopts(12, bea_has_learned(), &["bea offered 1", "ring bea for 1 until 32"]);
    s.at(15, answers(BEA, 1), &["bea talks to 1", "connect 1 to bea"]);
}

#[test]
fn a_line_that_moves_to_another_queue_takes_its_callers_there_at_their_places() {
    let mut s = Story::new();
    s.play(tick(10), call(1, CITIZENS));
    s.play(tick(11), call(2, TOWN_HALL));
    s.play(tick(12), call(3, CITIZENS));
    let mut setup = small_county();
    setup.lines[2].queue = Some(DESK);
    s.adopts(13, setup, &[]);
    assert_eq!(s.waiting(DESK), [1, 2, 3]);
    assert_eq!(s.waiting(QueueId(1)), [0_u64; 0]);
    s.at(14, call(4, TOWN_HALL), &["4 waits, position 4"]);
    s.at(15, call(5, CITIZENS), &["dismiss 5: QueueFull", "5: refused, QueueFull, ended 0"]);
}

#[test]
fn who_waits_on_a_line_that_loses_its_queue_is_answered_all_the_same() {
    let mut s = Story::new();
    s.play(tick(10), call(1, CITIZENS));
    let mut setup = small_county();
    setup.lines[0].queue = None;
    s.adopts(11, setup, &[]);
    assert_eq!(s.waiting(DESK), [1]);
    let only = ["dismiss 2: AnnouncementOnly", "2: closed, AnnouncementOnly, ended 0"];
    s.at(12, call(2, CITIZENS), &only);
    s.play(tick(13), Event::SignOn { agent: CARL });
    let rings = ["carl ready since 13", "carl offered 1", "ring carl for 1 until 33"];
    s.at(13, Event::MakeReady { agent: CARL }, &rings);
}

#[test]
fn talks_and_ringing_telephones_go_on_although_the_skill_is_gone_and_limits_stay() {
    let mut s = Story::with_ready(&[ANNA]);
    s.play(tick(10), call(1, TOWN_HALL));
    s.play(tick(11), call(2, TOWN_HALL));
    let mut setup = small_county();
    setup.agents[0].skills.clear();
    let short = Micros::from_secs(1);
    let rules = QueueRules { ring: short, waiting_max: short, length_max: 0 };
    setup.queues = vec![rules; 2];
    s.adopts(12, setup, &[]);
    s.at(20, answers(ANNA, 1), &["anna talks to 1", "connect 1 to anna"]);
    let ended = ["dismiss 2: WaitedTooLong", "2: refused, WaitedTooLong, queued 0, ended 100"];
    s.deadline(111, "waited too long", &ended);
    let wraps_up = [
        "anna wraps up until 140",
        "1: accepted, TalkEnded, queued 0, answered 10 by team 0, ended 110",
    ];
    s.at(120, hangs_up(1), &wraps_up);
}

#[test]
fn who_is_new_in_the_configuration_can_begin_at_once_and_new_lines_can_be_called() {
    let mut s = Story::new();
    let mut setup = small_county();
    setup.agents.push(AgentRules { team: TeamId(2), skills: vec![], shift: None });
    setup.lines.push(setup.lines[0].clone());
    s.adopts(5, setup, &[]);
    let (agent, line) = (AgentId(3), stdx::LineId(5));
    s.at(6, Event::SignOn { agent }, &["agent 3 not ready: signed on"]);
    s.at(6, call(1, line), &["1 waits, position 1"]);
    let rings = ["agent 3 ready since 7", "agent 3 offered 1", "ring agent 3 for 1 until 27"];
    s.at(7, Event::MakeReady { agent }, &rings);
}

#[test]
fn a_skill_for_today_stays_until_the_agent_signs_off() {
    let mut s = Story::with_ready(&[BEA]);
    let (skill, level) = (SkillId(0), 2);
    s.at(1, Event::SetSkill { agent: BEA, skill, level }, &["bea: skill 0 = 2"]);
    let mut setup = small_county();
    setup.agents[1].skills = vec![SkillNeed { skill: SkillId(1), level: 1 }];
    s.adopts(2, setup, &[]);
    let rings = ["1 waits, position 1", "bea offered 1", "ring bea for 1 until 23"];
    s.at(3, call(1, TOWN_HALL), &rings);
    s.play(tick(4), Event::SignOff { agent: BEA });
    s.play(tick(5), Event::SignOn { agent: BEA });
    s.at(6, Event::MakeReady { agent: BEA }, &["bea ready since 6"]);
}

fn stages(of: &[(u64, Option<u16>)]) -> Vec<Stage> {
    of.iter()
        .map(|&(after, team)| Stage {
            after: Micros::from_secs(after),
            teams: team.map(TeamId).into_iter().collect(),
        })
        .collect()
}

#[test]
fn the_time_decides_by_the_new_stages_and_who_was_asked_before_stays_asked() {
    let mut s = Story::of(with_stages_and_callbacks());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.at(1, call(1, CITIZENS), &["1 waits, position 1"]);
    let mut sooner = with_stages_and_callbacks();
    sooner.lines[0].stages = stages(&[(0, Some(0)), (10, None)]);
    let asked = ["1 widened to stage 1", "bea offered 1", "ring bea for 1 until 40"];
    s.adopts(20, sooner, &asked);
    s.play(tick(21), declines(BEA, 1));
    let mut later = with_stages_and_callbacks();
    later.lines[0].stages = stages(&[(0, Some(0)), (600, None)]);
    s.adopts(22, later, &[]);
    let again = ["bea ready since 23", "bea offered 1", "ring bea for 1 until 43"];
    s.at(23, Event::MakeReady { agent: BEA }, &again);
}

#[test]
fn a_stage_that_is_gone_is_the_last_one_and_the_next_one_comes_by_the_new_rules() {
    let mut setup = with_stages_and_callbacks();
    setup.lines[0].stages = stages(&[(0, Some(0)), (10, Some(1))]);
    let mut s = Story::of(setup);
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(1), call(1, CITIZENS));
    s.deadline(11, "more people are asked", &["1 widened to stage 1"]);
    let mut one = with_stages_and_callbacks();
    one.lines[0].stages = stages(&[(0, Some(0))]);
    s.adopts(12, one, &[]);
    assert_eq!(s.centre.deadline().map(|(_, why)| why), Some("waited too long"));
    let mut two = with_stages_and_callbacks();
    two.lines[0].stages = stages(&[(0, Some(0)), (30, None)]);
    s.adopts(13, two, &[]);
    s.deadline(31, "more people are asked", &["1 widened to stage 1"]);
}

#[test]
fn others_are_asked_at_once_when_new_rules_leave_nobody_who_could_answer() {
    let mut s = Story::of(with_stages_and_callbacks());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(0), Event::MakeReady { agent: BEA });
    s.at(1, call(1, CITIZENS), &["1 waits, position 1"]);
    let mut setup = with_stages_and_callbacks();
    setup.agents[0].team = TeamId(5);
    s.adopts(2, setup, &["1 widened to stage 1", "bea offered 1", "ring bea for 1 until 22"]);
}

#[test]
fn the_partner_is_asked_when_new_rules_leave_nobody_who_could_answer() {
    let mut setup = large_county();
    setup.lines[6].overflow.as_mut().expect("it is helped").waited = None;
    let mut s = Story::of(setup.clone());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.at(1, call(1, HELPED), &["1 waits, position 1"]);
    setup.lines[6].required = vec![SkillNeed { skill: SkillId(7), level: 1 }];
    let asked = [
        "1 overflows: NobodySignedOn",
        "try partner 0 for 1 by SecondLeg until 32: NobodySignedOn",
    ];
    s.adopts(2, setup, &asked);
}

#[test]
fn a_partner_that_is_asked_may_answer_though_the_line_has_none_any_more() {
    let mut s = Story::of(large_county());
    s.play(tick(1), call(1, HELPED));
    s.play(tick(1), call(2, HELPED));
    let mut setup = large_county();
    setup.lines[6].overflow = None;
    setup.partners[0].capacity = 0;
    s.adopts(2, setup, &[]);
    let contact = ContactId(1);
    s.at(3, Event::PartnerAnswered { contact }, &["connect 1 elsewhere"]);
    let (contact, why) = (ContactId(2), PartnerEnd::Busy);
    s.at(4, Event::PartnerFailed { contact, why }, &["2 returned by the partner: Busy"]);
    s.play(tick(5), Event::SignOn { agent: BEA });
    let rings = ["bea ready since 5", "bea offered 2", "ring bea for 2 until 25"];
    s.at(5, Event::MakeReady { agent: BEA }, &rings);
}

#[test]
fn whoever_was_to_go_to_a_partner_that_the_line_has_no_more_is_ours() {
    let mut s = Story::of(given_to_a_full_partner());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    s.at(1, call(1, CITIZENS), &["1 waits, position 1", "1 overflows: Calendar"]);
    let mut setup = given_to_a_full_partner();
    setup.lines[0].overflow = None;
    s.adopts(2, setup, &["anna offered 1", "ring anna for 1 until 22"]);
}

#[test]
fn whoever_was_to_go_to_one_partner_goes_to_the_one_that_the_line_has_now() {
    let mut s = Story::of(given_to_a_full_partner());
    s.at(1, call(1, CITIZENS), &["1 waits, position 1", "1 overflows: Calendar"]);
    let mut setup = given_to_a_full_partner();
    setup.partners.push(setup.partners[0]);
    setup.partners[1].capacity = 1;
    let overflow = setup.lines[0].overflow;
    setup.lines[0].overflow = overflow.map(|it| Overflow { partner: PartnerId(1), ..it });
    s.adopts(2, setup, &["try partner 1 for 1 by SecondLeg until 32: Calendar"]);
}

#[test]
fn whoever_the_calendar_gave_away_is_ours_when_new_hours_are_open_already_or_begin() {
    let begin = |s: &mut Story| {
        s.play(tick(0), Event::SignOn { agent: ANNA });
        s.play(tick(0), Event::MakeReady { agent: ANNA });
        s.play(tick(1), call(1, CITIZENS));
    };
    let mut s = Story::of(given_to_a_full_partner());
    begin(&mut s);
    let mut open = given_to_a_full_partner();
    open.lines[0].timetable = TimetableId(0);
    s.adopts(2, open, &["anna offered 1", "ring anna for 1 until 22"]);

    let mut s = Story::of(given_to_a_full_partner());
    begin(&mut s);
    let mut sooner = given_to_a_full_partner();
    let table = &sooner.timetables[2];
    let hours = table.intervals()[0];
    let from = hours.from - Micros::from_secs(30);
    let from_half = calendar::Interval { from, ..hours };
    sooner.timetables[2] =
        calendar::Timetable::new(table.horizon(), vec![from_half]).expect("within the days");
    s.adopts(2, sooner, &[]);
    let rings = ["anna offered 1", "ring anna for 1 until 50"];
    s.deadline(30, "our own hours begin", &rings);
}

#[test]
fn agents_are_asked_too_when_new_hours_open_while_the_partner_is_asked() {
    let mut setup = given_to_a_full_partner();
    setup.partners[0].capacity = 1;
    let mut s = Story::of(setup.clone());
    s.play(tick(0), Event::SignOn { agent: ANNA });
    s.play(tick(0), Event::MakeReady { agent: ANNA });
    let asked = [
        "1 waits, position 1",
        "1 overflows: Calendar",
        "try partner 0 for 1 by SecondLeg until 31: Calendar",
    ];
    s.at(1, call(1, CITIZENS), &asked);
    setup.lines[0].timetable = TimetableId(0);
    s.adopts(2, setup, &["anna offered 1", "ring anna for 1 until 22"]);
}

#[test]
fn a_promise_of_a_call_back_is_kept_as_it_was_made() {
    let mut s = Story::of(large_county());
    s.play(tick(0), Event::SignOn { agent: BEA });
    s.play(tick(1), call_from(1, CALLED_BACK, 77));
    s.at(2, Event::CallbackWanted { contact: ContactId(1) }, &["promise 1 a call-back"]);
    let mut setup = large_county();
    setup.lines[8].callback = None;
    s.adopts(3, setup, &[]);
    s.play(tick(4), call_from(2, CALLED_BACK, 78));
    s.at(5, Event::CallbackWanted { contact: ContactId(2) }, &["refused: NoCallback"]);
    s.play(tick(6), Event::MakeReady { agent: BEA });
    s.at(8, answers(BEA, 1), &["bea talks to 1", "call 1 back for bea until 38"]);
    let failed = Event::CallbackFailed { contact: ContactId(1) };
    let again = ["1 not reached, again at 69", "bea ready since 9"];
    assert_eq!(s.play(tick(9), failed)[..2], again);
}

#[test]
fn fewer_channels_end_no_call_and_let_none_in_until_enough_are_over() {
    let mut s = Story::of(large_county());
    s.play(tick(1), over_trunk(1, CITIZENS));
    s.play(tick(1), over_trunk(2, CITIZENS));
    let mut setup = large_county();
    setup.trunks[0] = 1;
    s.adopts(2, setup, &[]);
    let none = ["dismiss 3: NoChannel", "3: refused, NoChannel, ended 0"];
    s.at(3, over_trunk(3, CITIZENS), &none);
    s.at(4, hangs_up(1), &["1: short_abandoned, HungUp, queued 0, ended 3"]);
    s.at(5, over_trunk(4, CITIZENS), &["dismiss 4: NoChannel", "4: refused, NoChannel, ended 0"]);
    s.play(tick(6), hangs_up(2));
    s.at(7, over_trunk(5, CITIZENS), &["5 waits, position 1"]);
}

#[test]
fn what_was_due_happens_first_by_the_old_rules() {
    let mut s = Story::new();
    s.play(tick(10), call(1, TOWN_HALL));
    s.play(tick(11), Event::SignOn { agent: BEA });
    s.play(tick(11), Event::MakeReady { agent: BEA });
    let too_late = ["dismiss 1: WaitedTooLong", "1: refused, WaitedTooLong, queued 0, ended 110"];
    s.adopts(120, bea_has_learned(), &too_late);
}

#[test]
fn a_supervisors_move_can_be_undone_though_the_first_line_has_no_queue_any_more() {
    let mut s = Story::new();
    s.play(tick(1), call(1, CITIZENS));
    let (contact, reason) = (ContactId(1), centre::SteeringReason::WrongLine);
    s.play(tick(2), Event::MoveToLine { contact, line: TOWN_HALL, reason });
    let mut setup = small_county();
    setup.lines[0].queue = None;
    s.adopts(3, setup, &[]);
    s.at(4, Event::UndoSteering { contact }, &["1 stands at 1 again"]);
    assert_eq!(s.waiting(QueueId(1)), [1]);
    s.play(tick(5), Event::SignOn { agent: BEA });
    let rings = ["bea ready since 5", "bea offered 1", "ring bea for 1 until 25"];
    s.at(5, Event::MakeReady { agent: BEA }, &rings);
}
