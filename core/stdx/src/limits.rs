// SPDX-License-Identifier: EUPL-1.2
//! Every bound of the core, with its calculation. What happens at a bound stands where it is used.

use crate::Micros;

/// Contacts in the centre at once. A county has about 60 channels and the largest centre that we
/// plan for 2,000 agents; twice as many again may wait. At the bound a call is refused.
pub const CONTACTS_MAX: usize = 8_192;

/// Agents in one configuration: 2,000 planned for, doubled.
pub const AGENTS_MAX: usize = 4_096;

/// Lines: 12 administrations with 20 numbers each, doubled.
pub const LINES_MAX: usize = 512;

/// Queues: never more than lines make sense; a county has one to five.
pub const QUEUES_MAX: usize = 128;

/// Skills in one configuration.
pub const SKILLS_MAX: usize = 256;

/// Teams in one configuration.
pub const TEAMS_MAX: usize = 256;

/// The smallest group of agents that may ever be agreed on: of two, each knows the other's figure.
pub const SMALLEST_GROUP_MIN: u16 = 3;

/// Skills that one line may ask for, required and preferred together.
pub const SKILLS_PER_LINE_MAX: usize = 16;

/// The highest skill level.
pub const SKILL_LEVEL_MAX: u8 = 9;

/// The highest priority class; 0 is the ordinary one.
pub const PRIORITY_MAX: u8 = 2;

/// Timetables in one configuration: one for each line and one for each agent's shift, rounded up.
pub const TIMETABLES_MAX: usize = 8_192;

/// Open intervals in one timetable: six a day for ten years.
pub const INTERVALS_MAX: usize = 22_000;

/// Changes of a clock on the wall: two a year in Europe, four where a fast interrupts summer time, for a horizon of
/// ten years and the beginning.
pub const OFFSETS_MAX: usize = 64;

/// Callers whose place is remembered after they were cut off. In the one minute that counts a
/// centre at five times a county's load loses fewer than 100; at the bound the oldest is forgotten.
pub const REMEMBERED_CALLERS_MAX: usize = 1_024;

/// The shortest time for which an agent whose telephone cannot be reached is offered nothing, also if
/// the rules grant no pause: a telephone that fails at once is then tried at most twelve times a
/// minute, and the caller is offered to others in between.
pub const UNREACHABLE_PAUSE_MIN: Micros = Micros::from_secs(5);

/// The shortest pause after a decline, whatever the rules say: a telephone that refuses by itself (do not
/// disturb) would otherwise be rung a thousand times a second for one caller.
pub const DECLINE_PAUSE_MIN: Micros = Micros::from_secs(1);

/// How often one wrap-up may be extended; then the agent chooses a pause, which is visible.
pub const WRAP_UP_EXTENSIONS_MAX: u8 = 3;

/// The longest shift: a sign-on older than this was forgotten. Ten hours are lawful (§ 3 ArbZG), plus breaks
/// and a margin.
pub const SHIFT_MAX: Micros = Micros::from_mins(14 * 60);

/// How often the edge is asked whether both legs of a talk are alive.
pub const TALK_CHECK_EVERY: Micros = Micros::from_mins(15);

/// How long the edge may take to answer that question before the talk counts as lost.
pub const TALK_CHECK_GRACE: Micros = Micros::from_secs(30);

/// How long an office rings to which an agent handed a caller on: what somebody needs who comes from the
/// next room, and no longer than a caller on hold believes that something happens.
pub const OFFICE_RING: Micros = Micros::from_secs(45);

/// Any duration in a configuration: a day. Keeps every sum of times far from overflow.
pub const RULE_DURATION_MAX: Micros = Micros::from_mins(24 * 60);

/// The latest moment of a log, and the longest that anything in it can have taken: 35 years. Keeps sums of
/// such times over all contacts or agents from overflow.
pub const TIME_MAX: Micros = Micros(1 << 50);

/// Stages of one line: own town hall, neighbours, whole centre, and one to spare.
pub const STAGES_MAX: usize = 4;

/// Partner centres: Oldenburg, a neighbour, the state, doubled and rounded up.
pub const PARTNERS_MAX: usize = 16;

/// Switchboards of clients: 12 administrations with two each, doubled.
pub const SWITCHBOARDS_MAX: usize = 64;

/// Trunks whose channels are counted.
pub const TRUNKS_MAX: usize = 64;

/// Prepared crisis plans.
pub const PLANS_MAX: usize = 32;

/// The shortest time for which a partner is left alone after an attempt that failed: one that refuses at
/// once would otherwise be rung a thousand times a second for one caller.
pub const PARTNER_PAUSE_MIN: Micros = Micros::from_secs(1);

/// The longest closure or crisis by one act: a week, then somebody has to decide again.
pub const ACT_MAX: Micros = Micros::from_mins(7 * 24 * 60);

/// How often one call-back may be tried.
pub const CALLBACK_ATTEMPTS_MAX: u8 = 5;

/// Talks of a line from which the next one's length is guessed: enough for a spread, few enough to
/// follow a day that differs from others.
pub const LEARNED_TALKS: usize = 64;

/// How often one wait is played forward for an estimate. Between the second and the last but one of 19 lie
/// eight of ten further ones, as between the fourth and the last but three of 39.
pub const ESTIMATE_RUNS: usize = 19;

/// Steps (a caller ahead who is given to an agent) over all runs of one estimate: what half a millisecond
/// holds. With more callers ahead there are fewer runs, at least [`ESTIMATE_RUNS_MIN`].
pub const ESTIMATE_STEPS_MAX: usize = 4_000;

/// The fewest runs of an estimate that still give a range.
pub const ESTIMATE_RUNS_MIN: usize = 10;

/// Callers ahead that an estimate plays; who stands further back is told no range.
pub const ESTIMATE_AHEAD_MAX: usize = 400;

/// Steps of one contact's story that are kept: a long wait with a dozen telephones that ring in vain, a
/// partner asked every second for a minute, and a call-back.
pub const STORY_STEPS_MAX: usize = 96;

/// Cases that are known at once: a county has some 5,000 a year, the largest centre that we plan for ten times as many.
/// At the bound no new one is taken.
pub const CASES_MAX: usize = 500_000;
