// SPDX-License-Identifier: EUPL-1.2
//! What makes no centre, each fault by its name.

use crate::story::small_county;
use acd::SkillNeed;
use centre::{Centre, Setup, SetupError};
use stdx::limits::{
    AGENTS_MAX, LINES_MAX, PRIORITY_MAX, QUEUES_MAX, RULE_DURATION_MAX, SKILL_LEVEL_MAX,
    SKILLS_PER_LINE_MAX, TIMETABLES_MAX,
};
use stdx::{AgentId, LineId, Micros, QueueId, SkillId, TimetableId};

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
}

#[test]
fn no_duration_is_longer_than_a_day() {
    let long = RULE_DURATION_MAX + Micros(1);
    let spoilers: [fn(&mut Setup, Micros); 9] = [
        |it, long| it.rules.head_start = long,
        |it, long| it.rules.no_answer_pause = long,
        |it, long| it.rules.decline_pause = long,
        |it, long| it.rules.place_kept = long,
        |it, long| it.lines[0].greeting = Some(long),
        |it, long| it.lines[0].wrap_up = long,
        |it, long| it.lines[0].short_abandon = long,
        |it, long| it.queues[0].ring = long,
        |it, long| it.queues[0].waiting_max = long,
    ];
    for (number, spoil) in spoilers.into_iter().enumerate() {
        assert_eq!(fault(|it| spoil(it, long)), Some(SetupError::TooLong(long)), "{number}");
    }
}
