// SPDX-License-Identifier: EUPL-1.2
//! What makes no centre, each fault by its name.

use crate::story::{large_county, small_county};
use acd::{CallbackRules, Overflow, Reach, SkillNeed, Stage};
use centre::{Centre, Setup, SetupError};
use stdx::limits::{
    ACT_MAX, AGENTS_MAX, CALLBACK_ATTEMPTS_MAX, LINES_MAX, PARTNERS_MAX, PLANS_MAX, PRIORITY_MAX,
    QUEUES_MAX, RULE_DURATION_MAX, SKILL_LEVEL_MAX, SKILLS_MAX, SKILLS_PER_LINE_MAX, STAGES_MAX,
    SWITCHBOARDS_MAX, TALK_CHECK_EVERY, TEAMS_MAX, TIMETABLES_MAX, TRUNKS_MAX,
};
use stdx::{
    AgentId, LineId, Micros, PartnerId, PlanId, QueueId, SkillId, SwitchboardId, TeamId,
    TimetableId, TrunkId,
};

/// The large county's line with the client's own switchboard, that with a partner by a second leg, and
/// that with call-backs.
const LOCAL: usize = 5;
const HELPED: usize = 6;
const CALLED_BACK: usize = 8;

fn fault_of_large(spoil: impl FnOnce(&mut Setup)) -> Option<SetupError> {
    let mut setup = large_county();
    spoil(&mut setup);
    Centre::new(setup).err()
}

fn with_overflow(it: &mut Setup, change: impl FnOnce(Overflow) -> Overflow) {
    it.lines[HELPED].overflow = it.lines[HELPED].overflow.map(change);
}

fn with_callback(it: &mut Setup, change: impl FnOnce(CallbackRules) -> CallbackRules) {
    it.lines[CALLED_BACK].callback = it.lines[CALLED_BACK].callback.map(change);
}

#[test]
fn the_large_county_is_lawful_and_so_is_every_limit_of_it() {
    assert_eq!(fault_of_large(|_| {}), None);
    assert_eq!(fault_of_large(|it| it.plans[0].lasts = ACT_MAX), None);
    let often = |it: CallbackRules| CallbackRules { attempts: CALLBACK_ATTEMPTS_MAX, ..it };
    assert_eq!(fault_of_large(|it| with_callback(it, often)), None);
    assert_eq!(fault_of_large(|it| it.partners[0].capacity = 0), None);
    assert_eq!(fault_of_large(|it| it.trunks[0] = 0), None);
    let stages = |count: u64| (0..count).map(|at| stage(10 * at)).collect::<Vec<_>>();
    assert_eq!(fault_of_large(|it| it.lines[0].stages = stages(STAGES_MAX as u64)), None);
    assert_eq!(fault(|it| it.agents[0].team = TeamId(TEAMS_MAX as u16 - 1)), None);
}

fn stage(after: u64) -> Stage {
    Stage { after: Micros::from_secs(after), teams: vec![TeamId(0)] }
}

#[test]
fn stages_begin_at_once_and_come_one_after_the_other() {
    let many: Vec<Stage> = (0..=STAGES_MAX as u64).map(stage).collect();
    for stages in [vec![stage(1)], vec![stage(0), stage(5), stage(5)], many] {
        let fault = fault(|it| it.lines[1].stages = stages.clone());
        assert_eq!(fault, Some(SetupError::Stages(LineId(1))), "{stages:?}");
    }
}

#[test]
fn every_way_leads_somewhere() {
    let way = |line: usize| Some(SetupError::Way(LineId(line as u16)));
    let nowhere: [fn(&mut Setup); 9] = [
        |it| it.switchboards.clear(),
        |it| it.lines[LOCAL].queue = None,
        |it| with_overflow(it, |way| Overflow { partner: PartnerId(1), ..way }),
        |it| with_overflow(it, |way| Overflow { calendar: Some(TimetableId(2)), ..way }),
        // Only who is sent on needs no channel.
        |it| with_overflow(it, |way| Overflow { no_channel: true, ..way }),
        |it| it.lines[HELPED].queue = None,
        |it| it.lines[HELPED].only_in = Some(PlanId(1)),
        |it| it.lines[CALLED_BACK].queue = None,
        |it| it.partners.clear(),
    ];
    let lines = [LOCAL, LOCAL, HELPED, HELPED, HELPED, HELPED, HELPED, CALLED_BACK, HELPED];
    for (spoil, line) in nowhere.into_iter().zip(lines) {
        assert_eq!(fault_of_large(spoil), way(line));
    }
    let sent_on = |way| Overflow { reach: Reach::Deflect, no_channel: true, ..way };
    assert_eq!(fault_of_large(|it| with_overflow(it, sent_on)), None);
}

#[test]
fn what_a_partner_sends_is_not_passed_on() {
    let passed_on = fault_of_large(|it| it.lines[HELPED].from_partner = true);
    assert_eq!(passed_on, Some(SetupError::PassedOn(LineId(HELPED as u16))));
    assert_eq!(fault_of_large(|it| it.lines[LOCAL].from_partner = true), None);
}

#[test]
fn a_call_back_is_tried_at_least_once_and_rings_no_longer_than_a_talk_may_go_unasked() {
    let spoilers: [fn(CallbackRules) -> CallbackRules; 4] = [
        |it| CallbackRules { attempts: 0, ..it },
        |it| CallbackRules { attempts: CALLBACK_ATTEMPTS_MAX + 1, ..it },
        |it| CallbackRules { ring: Micros::ZERO, ..it },
        |it| CallbackRules { ring: TALK_CHECK_EVERY, ..it },
    ];
    for (number, spoil) in spoilers.into_iter().enumerate() {
        let fault = fault_of_large(|it| with_callback(it, spoil));
        assert_eq!(fault, Some(SetupError::Callback(LineId(CALLED_BACK as u16))), "{number}");
    }
}

#[test]
fn partners_switchboards_shifts_and_plans_refer_to_what_is_there() {
    let partner = Some(SetupError::Partner(PartnerId(0)));
    assert_eq!(fault_of_large(|it| it.partners[0].timetable = TimetableId(2)), partner);
    assert_eq!(fault_of_large(|it| it.partners[0].trunk = Some(TrunkId(1))), partner);
    assert_eq!(fault_of_large(|it| it.partners[0].ring = Micros(999_999)), partner);
    let switchboard = Some(SetupError::Switchboard(SwitchboardId(0)));
    assert_eq!(fault_of_large(|it| it.switchboards[0].timetable = TimetableId(2)), switchboard);
    assert_eq!(fault_of_large(|it| it.switchboards[0].trunk = Some(TrunkId(1))), switchboard);
    let shift = Some(SetupError::Shift(AgentId(2)));
    assert_eq!(fault(|it| it.agents[2].shift = Some(TimetableId(2))), shift);
    let plan = Some(SetupError::Plan(PlanId(0)));
    assert_eq!(fault_of_large(|it| it.plans[0].lines = vec![LineId(9)]), plan);
    assert_eq!(fault_of_large(|it| it.plans[0].helpers = vec![AgentId(3)]), plan);
    assert_eq!(fault_of_large(|it| it.plans[0].lasts = Micros::ZERO), plan);
    assert_eq!(fault_of_large(|it| it.plans[0].lasts = ACT_MAX + Micros(1)), plan);
}

#[test]
fn needs_and_teams_are_within_their_limits() {
    let needs = Some(SetupError::Needs(LineId(0)));
    let skill = |skill, level| SkillNeed { skill: SkillId(skill), level };
    for need in [skill(0, 0), skill(0, SKILL_LEVEL_MAX + 1), skill(SKILLS_MAX as u16, 1)] {
        assert_eq!(fault(|it| it.lines[0].required = vec![need]), needs, "{need:?}");
    }
    assert_eq!(fault(|it| it.lines[0].preferred = vec![SkillId(SKILLS_MAX as u16)]), needs);
    let team = fault(|it| it.agents[1].team = TeamId(TEAMS_MAX as u16));
    assert_eq!(team, Some(SetupError::Team(AgentId(1))));
}

fn fault(spoil: impl FnOnce(&mut Setup)) -> Option<SetupError> {
    let mut setup = small_county();
    spoil(&mut setup);
    Centre::new(setup).err()
}

#[test]
fn the_small_county_is_lawful_and_so_is_every_limit_itself() {
    assert_eq!(fault(|_| {}), None);
    assert_eq!(fault(|it| it.lines[0].priority = PRIORITY_MAX), None);
    assert_eq!(fault(|it| it.rules.head_start = RULE_DURATION_MAX), None);
    assert_eq!(fault(|it| it.queues[0].ring = Micros::from_secs(1)), None);
    assert_eq!(fault(|it| it.lines = vec![it.lines[0].clone(); LINES_MAX]), None);
}

#[test]
fn every_reference_has_to_lead_somewhere() {
    let no_queue = fault(|it| it.lines[1].queue = Some(QueueId(2)));
    assert_eq!(no_queue, Some(SetupError::NoSuchQueue(LineId(1))));
    let no_timetable = fault(|it| it.lines[2].timetable = TimetableId(2));
    assert_eq!(no_timetable, Some(SetupError::NoSuchTimetable(LineId(2))));
}

#[test]
fn every_limit_is_guarded() {
    let priority = fault(|it| it.lines[3].priority = PRIORITY_MAX + 1);
    assert_eq!(priority, Some(SetupError::Priority(LineId(3))));
    let talk = fault(|it| it.lines[2].expected_talk = Micros(999_999));
    assert_eq!(talk, Some(SetupError::TalkTooShort(LineId(2))));
    let ring = fault(|it| it.queues[1].ring = Micros(999_999));
    assert_eq!(ring, Some(SetupError::RingTooShort(QueueId(1))));
    let skill = |level| SkillNeed { skill: SkillId(0), level };
    for skills in [vec![skill(0)], vec![skill(SKILL_LEVEL_MAX + 1)], vec![skill(1), skill(2)]] {
        let fault = fault(|it| it.agents[1].skills = skills.clone());
        assert_eq!(fault, Some(SetupError::Skills(AgentId(1))), "{skills:?}");
    }
    let many = SKILLS_PER_LINE_MAX + 1;
    let skills = fault(|it| it.lines[0].preferred = vec![SkillId(0); many]);
    assert_eq!(skills, Some(SetupError::TooMany("skills of a line", many)));
}

#[test]
fn there_are_never_too_many_of_anything() {
    let lines = fault(|it| it.lines = vec![it.lines[0].clone(); LINES_MAX + 1]);
    assert_eq!(lines, Some(SetupError::TooMany("lines", LINES_MAX + 1)));
    let queues = fault(|it| it.queues = vec![it.queues[0]; QUEUES_MAX + 1]);
    assert_eq!(queues, Some(SetupError::TooMany("queues", QUEUES_MAX + 1)));
    let agents = fault(|it| it.agents = vec![it.agents[0].clone(); AGENTS_MAX + 1]);
    assert_eq!(agents, Some(SetupError::TooMany("agents", AGENTS_MAX + 1)));
    let timetables = fault(|it| it.timetables = vec![it.timetables[0].clone(); TIMETABLES_MAX + 1]);
    assert_eq!(timetables, Some(SetupError::TooMany("timetables", TIMETABLES_MAX + 1)));
    let partners = fault_of_large(|it| it.partners = vec![it.partners[0]; PARTNERS_MAX + 1]);
    assert_eq!(partners, Some(SetupError::TooMany("partners", PARTNERS_MAX + 1)));
    let many = SWITCHBOARDS_MAX + 1;
    let switchboards = fault_of_large(|it| it.switchboards = vec![it.switchboards[0]; many]);
    assert_eq!(switchboards, Some(SetupError::TooMany("switchboards", many)));
    let trunks = fault(|it| it.trunks = vec![30; TRUNKS_MAX + 1]);
    assert_eq!(trunks, Some(SetupError::TooMany("trunks", TRUNKS_MAX + 1)));
    let plans = fault_of_large(|it| it.plans = vec![it.plans[0].clone(); PLANS_MAX + 1]);
    assert_eq!(plans, Some(SetupError::TooMany("plans", PLANS_MAX + 1)));
}

#[test]
fn no_duration_is_longer_than_a_day() {
    let long = RULE_DURATION_MAX + Micros(1);
    let spoilers: [fn(&mut Setup, Micros); 20] = [
        |it, long| it.rules.head_start = long,
        |it, long| it.rules.no_answer_pause = long,
        |it, long| it.rules.decline_pause = long,
        |it, long| it.rules.place_kept = long,
        |it, long| it.lines[0].greeting = Some(long),
        |it, long| it.lines[0].wrap_up = long,
        |it, long| it.lines[0].short_abandon = long,
        |it, long| it.queues[0].ring = long,
        |it, long| it.queues[0].waiting_max = long,
        |it, long| it.lines[0].expected_talk = long,
        |it, long| it.lines[0].stages = vec![stage(0), Stage { after: long, teams: vec![] }],
        |it, long| it.lines[LOCAL].local.as_mut().expect("it has one").ring = long,
        |it, long| with_overflow(it, |way| Overflow { waited: Some(long), ..way }),
        |it, long| with_overflow(it, |way| Overflow { predicted: Some(long), ..way }),
        |it, long| with_callback(it, |rules| CallbackRules { retry_after: long, ..rules }),
        |it, long| with_callback(it, |rules| CallbackRules { expires_after: long, ..rules }),
        |it, long| it.partners[0].ring = long,
        |it, long| it.partners[0].pause = long,
        |it, long| it.plans[0].announcement = Some(long),
        |it, long| it.plans[0].waiting_max = Some(long),
    ];
    for (number, spoil) in spoilers.into_iter().enumerate() {
        let fault = fault_of_large(|it| spoil(it, long));
        assert_eq!(fault, Some(SetupError::TooLong(long)), "{number}");
    }
}
