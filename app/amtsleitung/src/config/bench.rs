// SPDX-License-Identifier: EUPL-1.2
//! Turns the bench of a county into ordinary agents and telephones.
//!
//! Rule: they come behind those of the file, so that every index of the file stays what it was.

use super::Order;
use super::county::{Agent, BENCH_MAX, Bench, County, PHONES_MAX, Phone, SPREAD_MAX, SrtpUse};
use super::ways::InForce;
use hours::Rules;
use stdx::AgentId;
use stdx::limits::AGENTS_MAX;

impl Bench {
    /// The id of one of its agents and of the telephone that belongs to it; they count from 1.
    #[must_use]
    pub fn id(&self, number: u16) -> String {
        format!("{}{number}", self.prefix)
    }

    /// Whether an id looks like one of the bench, however many agents it has: their number may be
    /// another one when the centre starts.
    #[must_use]
    pub fn may_make_up(&self, id: &str) -> bool {
        let Some(digits) = id.strip_prefix(&self.prefix) else { return false };
        let is_number =
            digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0');
        is_number && digits.parse::<u16>().is_ok_and(|number| (1..=BENCH_MAX).contains(&number))
    }
}

impl County {
    /// The county with the agents and telephones of its bench behind its own; once, not again.
    ///
    /// `count` stands before the file's number and is at least 1; more than fit beside the file's own
    /// agents and telephones are left out. The telephones take turns at `port_spread` ports, 1 to
    /// [`SPREAD_MAX`], from the bench's address on. [`County::bench`] keeps the number that there are,
    /// and the last so many agents are the bench's. Without a bench nothing changes.
    #[must_use]
    pub fn with_bench(mut self, count: Option<u16>, port_spread: u16) -> County {
        let Some(mut bench) = self.bench.take() else { return self };
        let free = AGENTS_MAX
            .saturating_sub(self.agents.len())
            .min(PHONES_MAX.saturating_sub(self.phones.len()));
        let free = u16::try_from(free).unwrap_or(BENCH_MAX).min(BENCH_MAX);
        bench.count = count.unwrap_or(bench.count).max(1).min(free);
        let spread = port_spread.clamp(1, SPREAD_MAX);
        let shift = Rules::parse("24/7").expect("the shortest of all rules can be read");
        let site = self.teams.get(bench.team.index()).map_or(0, |team| team.site);
        for number in 1..=bench.count {
            let id = bench.id(number);
            let agent = u16::try_from(self.agents.len()).expect("agents are bounded by AGENTS_MAX");
            let at = bench
                .phones_at
                .further((number - 1) % spread)
                .expect("the file's check keeps SPREAD_MAX ports free behind the bench's");
            self.agents.push(Agent {
                in_force: InForce::default(),
                id: id.clone(),
                team: bench.team,
                skills: bench.skills.clone(),
                shift: shift.clone(),
            });
            let (name, agent) = (id.clone(), Some(AgentId(agent)));
            self.phones.push(Phone {
                id,
                name,
                site,
                agent,
                at: Some(at),
                srtp: SrtpUse::Off,
                browser: false,
            });
        }
        self.bench = Some(bench);
        self
    }

    /// With as many of the bench's agents as there were when these ids were agreed.
    #[must_use]
    pub fn with_bench_of(self, order: &Order) -> County {
        let Some(bench) = &self.bench else { return self };
        let agents = order.get("agent").into_iter().flatten();
        let count = agents.filter(|id| bench.may_make_up(id)).count();
        let count = u16::try_from(count).unwrap_or(BENCH_MAX);
        self.with_bench(Some(count), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;
    use crate::config::moment::date;
    use hours::LocalDates;
    use std::collections::BTreeSet;

    fn loopback() -> County {
        check(include_str!("../../../../examples/loopback.toml")).county.expect("it is good")
    }

    #[test]
    fn the_bench_comes_behind_the_others() {
        let own = loopback();
        let (agents, phones) = (own.agents.len(), own.phones.len());
        let county = own.with_bench(None, 1);
        let bench = county.bench.as_ref().expect("it is kept");
        assert_eq!(bench.count, 60);
        assert_eq!((county.agents.len(), county.phones.len()), (agents + 60, phones + 60));
        for (number, (agent, phone)) in
            (1..).zip(county.agents[agents..].iter().zip(&county.phones[phones..]))
        {
            assert_eq!((&agent.id, &phone.id), (&format!("a{number}"), &format!("a{number}")));
            let index = phone.agent.expect("each telephone has its agent").index();
            assert_eq!(county.agents[index].id, agent.id);
            assert_eq!(phone.at, Some(bench.phones_at));
            assert_eq!((agent.team, &agent.skills), (bench.team, &bench.skills));
            assert_eq!(phone.site, county.teams[bench.team.index()].site);
        }
    }

    #[test]
    fn another_number_and_more_ports() {
        let county = loopback().with_bench(Some(25), 10);
        let ports: Vec<u16> =
            county.phones.iter().filter_map(|phone| Some(phone.at?.address.port())).collect();
        assert_eq!(ports.len(), 25);
        assert_eq!((ports[0], ports[9], ports[10], ports[24]), (5170, 5179, 5170, 5174));
        assert_eq!(county.bench.map(|bench| bench.count), Some(25));
        for (count, spread, there) in [(0, 0, 1), (u16::MAX, u16::MAX, BENCH_MAX)] {
            let county = loopback().with_bench(Some(count), spread);
            assert_eq!(county.bench.map(|bench| bench.count), Some(there));
        }
    }

    #[test]
    fn the_largest_bench_is_a_lawful_centre() {
        let county = loopback().with_bench(Some(BENCH_MAX), SPREAD_MAX);
        let day = date(2026, 12, 24).expect("the calendar has it");
        let days = LocalDates::new(day, day).expect("one day");
        let setup = crate::rehearsal::setup(&county, days).expect("always open is one interval");
        assert_eq!(setup.check(), Ok(()));
        assert_eq!(setup.agents.len(), county.agents.len());
    }

    #[test]
    fn the_bench_never_bursts_the_county() {
        let mut county = loopback();
        let one = county.agents[0].clone();
        county.agents.resize(AGENTS_MAX - 3, one);
        let county = county.with_bench(Some(BENCH_MAX), 1);
        assert_eq!(county.agents.len(), AGENTS_MAX);
        assert_eq!(county.bench.map(|bench| bench.count), Some(3));
    }

    #[test]
    fn what_the_bench_may_make_up_is_known() {
        let county = loopback().with_bench(Some(BENCH_MAX), 3);
        let bench = county.bench.expect("it is kept");
        let ids: BTreeSet<&str> = county.agents.iter().map(|agent| agent.id.as_str()).collect();
        assert_eq!(ids.len(), county.agents.len(), "no id twice");
        assert!(county.agents.iter().rev().take(4_000).all(|agent| bench.may_make_up(&agent.id)));
        for other in ["a", "a0", "a01", "a4001", "a99999999", "b1", "aa1", "a1b", "1"] {
            assert!(!bench.may_make_up(other), "{other}");
        }
    }

    #[test]
    fn without_a_bench_nothing_changes() {
        let harburg = check(include_str!("../../../../examples/harburg.toml")).county;
        let harburg = harburg.expect("it is good");
        let before = format!("{harburg:?}");
        assert_eq!(format!("{:?}", harburg.with_bench(Some(60), 10)), before);
    }
}
