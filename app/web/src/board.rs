// SPDX-License-Identifier: EUPL-1.2
//! How everything stands, as a wallboard shows it to who looks.
//!
//! The rule to keep: agents are shown as groups, and no group is smaller than what was agreed; whoever may look at some
//! clients only sees their lines.

use crate::accounts::{Account, Role};
use crate::centre::{BoardFacts, LineFacts, Waiter};
use crate::directory::{Directory, OfAgent, titled};
use crate::words::{
    Board, Both, DefinitionView, GroupView, HalfHourView, LineView, Named, PartnerView, PlanView,
    Predicted, TodayView, TrunkView, WaiterView, moment,
};
use acd::agent::State;
use privacy::{Group, SmallestGroup};
use promise::Fate;
use std::collections::BTreeMap;
use stdx::{LineId, PartnerId, PlanId, TeamId, Timestamp};

/// The wallboard of somebody.
pub(crate) fn board(directory: &Directory, account: &Account, facts: &BoardFacts) -> Board {
    let is_seen =
        |line: LineId| directory.client_of(line).is_some_and(|client| account.reaches(&client.id));
    let lines = (0..).map(LineId).zip(&facts.lines).filter(|(line, _)| is_seen(*line));
    let seen: Vec<&Waiter> = facts.waiting.iter().filter(|it| is_seen(it.line)).collect();
    let (id, name) = directory.centre.clone();
    Board {
        now: moment(facts.now),
        centre: Named { id, name },
        log_stalled: facts.log_stalled,
        definition: definition(directory),
        lines: lines.filter_map(|(id, line)| self::line(directory, &seen, id, line)).collect(),
        agents: groups(directory, &facts.agents),
        trunks: trunks(directory, facts),
        partners: partners(directory, facts),
        plans: plans(directory, facts),
        waiting: match account.is(Role::Supervisor) {
            true => seen.iter().filter_map(|it| waiter(directory, it)).collect(),
            false => Vec::new(),
        },
        half_hours: half_hours(facts, is_seen),
    }
}

pub(crate) fn definition(directory: &Directory) -> DefinitionView {
    match &directory.definition {
        Some(it) => DefinitionView {
            id: it.id.to_owned(),
            version: it.version,
            title: titled(it),
            threshold_seconds: it.within.as_secs(),
        },
        None => DefinitionView {
            id: String::new(),
            version: 0,
            title: Both { de: String::new(), en: String::new() },
            threshold_seconds: 0,
        },
    }
}

fn line(
    directory: &Directory,
    waiting: &[&Waiter],
    id: LineId,
    facts: &LineFacts,
) -> Option<LineView> {
    let of = directory.line(id)?;
    let here = waiting.iter().filter(|it| it.line == id);
    Some(LineView {
        id: of.id.clone(),
        name: of.name.clone(),
        client: directory.client_of(id)?,
        open: facts.open,
        opens: facts.opens.map(moment),
        closed_until: facts.closed_until.map(moment),
        waiting: here.clone().count(),
        longest_since: here.map(|it| it.since).min().map(moment),
        predicted: facts
            .predicted
            .map(|it| Predicted { from_s: it.from.as_secs(), to_s: it.until.as_secs() }),
        today: TodayView {
            offered: facts.today.offered(),
            answered: facts.today.of(Fate::Accepted) + facts.today.of(Fate::CalledBack),
            in_time: facts.kept,
            abandoned: facts.today.of(Fate::Abandoned) + facts.today.of(Fate::ShortAbandoned),
            overflowed: facts.today.of(Fate::Overflowed),
            refused: facts.today.of(Fate::Refused),
            counted: facts.counted,
            service_level: promise::share(facts.kept, facts.counted),
        },
    })
}

/// What agents are doing, by teams; teams that are too small to be shown alone are shown together. Which ones depends
/// on who belongs to them and not on who is there, so that nobody is found by comparing two moments.
fn groups(directory: &Directory, states: &[Option<State>]) -> Vec<GroupView> {
    let groups = merged(directory);
    groups.iter().map(|group| group_view(directory, &group.teams, states)).collect()
}

/// The teams that may be shown, alone or together.
fn merged(directory: &Directory) -> Vec<Group> {
    let mut members = vec![0; directory.teams.len()];
    for agent in &directory.agents {
        members[agent.team] += 1;
    }
    privacy::merged(&members, SmallestGroup::USUAL)
}

/// What a team is shown as: itself or the teams with which it is shown; none if not even those are enough.
pub(crate) fn shown_as(directory: &Directory) -> impl Fn(TeamId) -> Option<String> + use<> {
    let named = |group: Group| (names(directory, &group.teams), group.teams);
    let groups: Vec<(String, Vec<TeamId>)> = merged(directory).into_iter().map(named).collect();
    move |team| groups.iter().find(|(_, teams)| teams.contains(&team)).map(|(name, _)| name.clone())
}

fn names(directory: &Directory, teams: &[TeamId]) -> String {
    let names = teams.iter().filter_map(|team| directory.teams.get(team.index()));
    names.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn group_view(directory: &Directory, teams: &[TeamId], states: &[Option<State>]) -> GroupView {
    let mut view = GroupView {
        group: names(directory, teams),
        signed_on: 0,
        ready: 0,
        offered: 0,
        talking: 0,
        wrap_up: 0,
        not_ready: 0,
    };
    let is_here = |agent: &OfAgent| teams.iter().any(|team| team.index() == agent.team);
    let here = directory.agents.iter().zip(states).filter(|(agent, _)| is_here(agent));
    for state in here.filter_map(|(_, state)| *state) {
        *match state {
            State::SignedOff => continue,
            State::NotReady { .. } => &mut view.not_ready,
            State::Ready { .. } => &mut view.ready,
            State::Offered { .. } => &mut view.offered,
            State::Talking { .. } => &mut view.talking,
            State::WrapUp { .. } => &mut view.wrap_up,
        } += 1;
        view.signed_on += 1;
    }
    view
}

fn trunks(directory: &Directory, facts: &BoardFacts) -> Vec<TrunkView> {
    let name = |id: &str| {
        let named = directory.trunks.iter().find(|(it, _)| it == id);
        named.map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    };
    let view = |it: &crate::centre::TrunkFacts| TrunkView {
        name: name(&it.id),
        id: it.id.clone(),
        up: it.up,
        registered: it.registered,
        calls: it.calls,
        channels: it.channels,
    };
    facts.trunks.iter().map(view).collect()
}

fn partners(directory: &Directory, facts: &BoardFacts) -> Vec<PartnerView> {
    let all = (0..).map(PartnerId).zip(&directory.partners);
    let view = |(partner, of): (PartnerId, &crate::directory::OfPartner)| PartnerView {
        id: of.id.clone(),
        name: of.name.clone(),
        calls: facts.partners.iter().find(|(it, _)| *it == partner).map_or(0, |(_, calls)| *calls),
    };
    all.map(view).collect()
}

fn plans(directory: &Directory, facts: &BoardFacts) -> Vec<PlanView> {
    let until =
        |plan: PlanId| facts.plans.iter().find(|(it, _)| *it == plan).map(|(_, until)| *until);
    let view = |(plan, of): (PlanId, &crate::directory::OfPlan)| PlanView {
        id: of.id.clone(),
        name: of.name.clone(),
        running_until: until(plan).map(moment),
    };
    (0..).map(PlanId).zip(&directory.plans).map(view).collect()
}

fn waiter(directory: &Directory, it: &Waiter) -> Option<WaiterView> {
    let line = directory.line(it.line)?.id.clone();
    Some(WaiterView { contact: it.contact.0, line, since: moment(it.since), moved: it.moved })
}

/// Today by half-hours, over the lines that are seen.
fn half_hours(facts: &BoardFacts, is_seen: impl Fn(LineId) -> bool) -> Vec<HalfHourView> {
    let mut by_time: BTreeMap<Timestamp, HalfHourView> = BTreeMap::new();
    for it in facts.half_hours.iter().filter(|it| is_seen(it.line)) {
        let view = by_time.entry(it.at).or_insert_with(|| HalfHourView {
            at: moment(it.at),
            offered: 0,
            answered: 0,
            in_time: 0,
            counted: 0,
        });
        view.offered += it.offered;
        view.answered += it.answered;
        view.in_time += it.kept;
        view.counted += it.counted;
    }
    by_time.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::Tick;

    fn directory(sizes: &[usize]) -> Directory {
        let members = |(team, size): (usize, &usize)| vec![team; *size];
        let agent = |team| OfAgent { id: String::new(), team, browser: None, desk_phone: None };
        Directory {
            teams: ["Winsen", "Buchholz", "Jesteburg"].map(str::to_owned).to_vec(),
            agents: sizes.iter().enumerate().flat_map(members).map(agent).collect(),
            ..Directory::default()
        }
    }

    #[test]
    fn small_teams_are_shown_together_whoever_is_there() {
        let directory = directory(&[6, 3, 2]);
        let ready = Some(State::Ready { idle_since: Tick(0) });
        let mut states = vec![None; 11];
        for there in [0, 6, 9] {
            states[there] = ready;
            let groups = groups(&directory, &states);
            let names: Vec<&str> = groups.iter().map(|it| it.group.as_str()).collect();
            assert_eq!(names, ["Winsen", "Buchholz, Jesteburg"]);
        }
        states[1] = Some(State::SignedOff);
        let counts: Vec<(u64, u64)> =
            groups(&directory, &states).iter().map(|it| (it.signed_on, it.ready)).collect();
        assert_eq!(counts, [(1, 1), (2, 2)]);
    }

    #[test]
    fn contacts_name_no_small_team() {
        let shown = shown_as(&directory(&[6, 3, 2]));
        assert_eq!(shown(TeamId(0)).as_deref(), Some("Winsen"));
        assert_eq!(shown(TeamId(2)).as_deref(), Some("Buchholz, Jesteburg"));
        assert_eq!(shown_as(&directory(&[1, 1, 1]))(TeamId(0)), None);
    }

    #[test]
    fn of_too_few_nothing_is_shown() {
        let states = vec![Some(State::Ready { idle_since: Tick(0) }); 3];
        assert_eq!(groups(&directory(&[1, 1, 1]), &states), []);
    }
}
