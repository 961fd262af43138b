// SPDX-License-Identifier: EUPL-1.2
//! What the pages ask of the running centre, answered from what it knows at this moment.

use super::facts::{Waiter, What};
use super::{Ask, Inbox, NotTaken, Running};
use acd::agent::State;
use acd::contact;
use promise::ToldWait;
use sip::number::Number;
use std::collections::BTreeMap;
use stdx::{
    AgentId, ContactId, LineId, Micros, Now, PartnerId, PlanId, QueueId, Redacted, Tick, Timestamp,
};
use telephony::signalling::TrunkHealth;
use web::centre::{
    BoardFacts, Centre, ContactFacts, DeskFacts, LineFacts, NotAsked, Question, Reply, Said,
    TrunkFacts, Waiter as Waits, WaitingFacts,
};

/// How long an estimate holds for those who look at a wallboard.
const ESTIMATED_EVERY: Micros = Micros::from_secs(2);

impl Centre for Inbox {
    fn ask(&self, question: Question) -> Result<(), NotAsked> {
        self.ask(Ask::Page(question)).map_err(|why| match why {
            NotTaken::Full => NotAsked::Full,
            NotTaken::Ended => NotAsked::Ended,
        })
    }
}

impl Running {
    /// Answers, or has it decided. Who does not wait for the answer any more gets none.
    pub(super) fn answer_page(&mut self, now: Now, question: Question) {
        match question {
            Question::Act(event, to) => {
                self.tell(now, What::Asked(event.into(), Some(Waiter::Desk(to))));
            }
            Question::Steer(steering, reason, to) => {
                let waiter = Waiter::Supervisor(steering, reason, to);
                self.tell(now, What::Asked(steering.event().into(), Some(waiter)));
            }
            Question::WrapUp(agent, contact, said, to) => {
                self.wrap_up(now, (agent, contact), said, to)
            }
            Question::Case(wanted, to) => self.want_case(now, *wanted, Some(to)),
            Question::Cases(to) => drop(to.send(self.dossiers.all())),
            Question::Desk(agent, to) => drop(to.send(self.desk(now, agent))),
            Question::Board(to) => drop(to.send(self.board(now))),
            Question::Contacts(to) => {
                self.today.look(now);
                drop(to.send(self.today.records()));
            }
        }
    }

    /// Nobody keeps it where there is no log. Who has no seat has had no talk.
    fn wrap_up(
        &mut self,
        now: Now,
        (agent, contact): (AgentId, ContactId),
        said: Said,
        to: Reply<bool>,
    ) {
        let Some(hiding) = &mut self.hiding else {
            // Who does not wait for the answer any more gets none.
            let _ = to.send(true);
            return;
        };
        let Said { resolution, words } = said;
        match hiding.wrapped_up(agent, contact, (resolution, words.expose())) {
            Some(it) => self.tell(now, What::WrappedUp(Box::new(it), to)),
            None => {
                let _ = to.send(false);
            }
        }
    }

    /// The seat of an agent; none before the first shift of the day.
    pub(super) fn seat_of(&self, agent: AgentId) -> Option<AgentId> {
        match &self.hiding {
            Some(hiding) => hiding.seat_of(agent),
            None => Some(agent),
        }
    }

    fn desk(&self, now: Now, agent: AgentId) -> DeskFacts {
        let seat = self.seat_of(agent);
        let state = seat.and_then(|seat| self.centre.agent(seat)).copied();
        let state = state.unwrap_or(acd::agent::Agent::SIGNED_OFF);
        let wall = |at: Tick| wall_of(now, at);
        let contact = match state.state {
            State::Offered { contact, .. }
            | State::Talking { contact, .. }
            | State::WrapUp { contact, .. } => Some(self.contact(now, contact)),
            State::SignedOff | State::NotReady { .. } | State::Ready { .. } => None,
        };
        let until = match state.state {
            State::NotReady { until, .. } => until,
            State::Offered { ring_until, .. } => Some(ring_until),
            State::WrapUp { until, .. } => Some(until),
            State::SignedOff | State::Ready { .. } | State::Talking { .. } => None,
        };
        DeskFacts {
            now: now.wall,
            agent: state,
            since: wall(
                seat.and_then(|seat| self.since.get(&seat))
                    .copied()
                    .unwrap_or(self.figures.began().mono),
            ),
            until: until.map(wall),
            contact,
            waiting: seat.map_or_else(Vec::new, |seat| self.waiting_for(now, seat)),
            desk_phone: self.signalling.has_desk_phone(now.mono, agent),
        }
    }

    fn contact(&self, now: Now, contact: ContactId) -> ContactFacts {
        let arrival = self.centre.arrival(contact);
        let number = self.signalling.number(contact);
        ContactFacts {
            contact,
            line: arrival.map(|(line, _)| line),
            arrived: arrival.map(|(_, at)| wall_of(now, at)),
            number: number.and_then(|number| shown(number.expose())).map(Redacted::new),
            is_callback: self.centre.is_callback(contact),
        }
    }

    /// Everybody who waits, by queue and place.
    fn waiters(&self, now: Now) -> Vec<Waits> {
        let queues = (0..self.centre.setup().queues.len()).filter_map(|it| u16::try_from(it).ok());
        let waiting = queues.flat_map(|queue| self.centre.waiting(QueueId(queue)));
        let waits = waiting.filter_map(|contact| {
            let (line, at) = self.centre.arrival(contact)?;
            let moved = self.centre.is_steered(contact);
            Some(Waits { contact, line, since: wall_of(now, at), moved })
        });
        waits.collect()
    }

    /// Who waits on the lines that this seat may answer.
    fn waiting_for(&self, now: Now, seat: AgentId) -> Vec<WaitingFacts> {
        let setup = self.centre.setup();
        let Some(rules) = setup.agents.get(seat.index()) else { return Vec::new() };
        let can = |line: LineId| {
            let required = setup.lines.get(line.index()).map_or(&[][..], |it| &it.required);
            required.iter().all(|need| {
                rules.skills.iter().any(|has| has.skill == need.skill && has.level >= need.level)
            })
        };
        let mut lines: BTreeMap<LineId, WaitingFacts> = BTreeMap::new();
        for it in self.waiters(now).into_iter().filter(|it| can(it.line)) {
            let empty = WaitingFacts { line: it.line, count: 0, longest_since: None };
            let line = lines.entry(it.line).or_insert(empty);
            line.count += 1;
            line.longest_since =
                Some(line.longest_since.map_or(it.since, |since| since.min(it.since)));
        }
        lines.into_values().collect()
    }

    fn board(&mut self, now: Now) -> BoardFacts {
        self.today.look(now);
        let waiting = self.waiters(now);
        let lines = (0..self.centre.setup().lines.len()).filter_map(|it| u16::try_from(it).ok());
        let lines: Vec<LineFacts> =
            lines.map(|line| self.line_facts(now, LineId(line), &waiting)).collect();
        let agents = self.figures.names().agents.len();
        let state = |agent: u16| {
            let seat = self.seat_of(AgentId(agent))?;
            self.centre.agent(seat).map(|it| it.state)
        };
        let plans = (0..self.figures.names().plans.len()).filter_map(|it| u16::try_from(it).ok());
        BoardFacts {
            now: now.wall,
            log_stalled: self.is_stalled,
            lines,
            agents: (0..).take(agents).map(state).collect(),
            trunks: self.signalling.trunks().iter().map(trunk).collect(),
            partners: self.at_partners(),
            plans: plans
                .filter_map(|plan| {
                    Some((PlanId(plan), wall_of(now, self.centre.runs_until(PlanId(plan))?)))
                })
                .collect(),
            half_hours: self.today.half_hours(),
            waiting,
        }
    }

    fn line_facts(&mut self, now: Now, line: LineId, waiting: &[Waits]) -> LineFacts {
        let setup = self.centre.setup();
        let timetable = setup.timetables.get(setup.lines[line.index()].timetable.index());
        let closed_until = self.centre.closed_until(line);
        let in_hours = timetable.is_some_and(|it| it.is_open(now.wall));
        let opens = timetable.and_then(|it| match it.at(now.wall) {
            calendar::Opening::Closed { opens } => opens,
            calendar::Opening::Open { .. } | calendar::Opening::BeyondHorizon => None,
        });
        let last = waiting.iter().filter(|it| it.line == line).max_by_key(|it| it.since);
        // What who came last would be told now: whoever comes next waits about as long.
        let predicted = last.and_then(|it| self.predicted(now, it));
        let today = self.today.line(line);
        LineFacts {
            open: in_hours && closed_until.is_none(),
            opens,
            closed_until: closed_until.map(|at| wall_of(now, at)),
            predicted,
            today: today.tally,
            counted: today.counted,
            kept: today.kept,
        }
    }

    /// What who waits there would be told; an estimate takes its time, so that one holds for a moment for all who look.
    fn predicted(&mut self, now: Now, last: &Waits) -> Option<ToldWait> {
        if let Some((at, contact, told)) = self.predicted.get(&last.line)
            && *contact == last.contact
            && now.mono.since(*at) < ESTIMATED_EVERY
        {
            return *told;
        }
        let told = self.centre.estimate(last.contact);
        self.predicted.insert(last.line, (now.mono, last.contact, told));
        told
    }

    /// Calls at each partner at this moment.
    fn at_partners(&self) -> Vec<(PartnerId, usize)> {
        let mut calls: BTreeMap<PartnerId, usize> = BTreeMap::new();
        for it in self.signalling.calls() {
            let contact = ContactId(it.contact);
            let is_there =
                matches!(self.centre.contact(contact), Some(contact::State::AtPartner { .. }));
            if let Some(partner) = self.centre.at_partner(contact).filter(|_| is_there) {
                *calls.entry(partner).or_default() += 1;
            }
        }
        calls.into_iter().collect()
    }
}

/// The calendar's time of a moment of the log's.
fn wall_of(now: Now, at: Tick) -> Timestamp {
    if at <= now.mono { now.wall - now.mono.since(at) } else { now.wall + at.since(now.mono) }
}

/// A number as people read it.
pub(super) fn shown(number: &Number) -> Option<String> {
    let digits = number.digits()?;
    let digits = String::from_utf8_lossy(digits.as_bytes()).into_owned();
    Some(match number {
        Number::E164(_) => format!("+{digits}"),
        Number::Short(_) | Number::Extension(_) | Number::Withheld => digits,
    })
}

fn trunk(it: &TrunkHealth) -> TrunkFacts {
    TrunkFacts {
        id: it.id.clone(),
        up: it.answers,
        registered: it.registration.map(|it| it.is_registered),
        calls: it.calls,
        channels: it.channels,
    }
}
