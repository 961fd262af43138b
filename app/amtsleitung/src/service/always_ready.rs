// SPDX-License-Identifier: EUPL-1.2
//! Made-up agents of a bench: whatever takes them out of reach, they come back at once.

use acd::agent::State;
use centre::{Command, Event, Note};
use std::collections::{BTreeSet, VecDeque};
use stdx::AgentId;

/// Who is always ready, and what has to be done about it.
#[derive(Debug, Default)]
pub(super) struct AlwaysReady {
    agents: BTreeSet<AgentId>,
    next: VecDeque<Event>,
}

impl AlwaysReady {
    /// These agents sign on first.
    pub(super) fn new(agents: Vec<AgentId>) -> AlwaysReady {
        let next = agents.iter().flat_map(|&agent| back(agent, false)).collect();
        AlwaysReady { agents: agents.into_iter().collect(), next }
    }

    /// What has to be told to the centre.
    pub(super) fn next(&mut self) -> Option<Event> {
        self.next.pop_front()
    }

    /// Whether something has.
    pub(super) fn has_news(&self) -> bool {
        !self.next.is_empty()
    }

    /// What the centre did with them.
    pub(super) fn hear(&mut self, command: &Command) {
        let Command::Note(Note::AgentChanged { agent, state }) = *command else { return };
        if !self.agents.contains(&agent) {
            return;
        }
        match state {
            State::SignedOff => self.next.extend(back(agent, false)),
            State::NotReady { reason: acd::agent::NotReadyReason::SignedOn, .. } => {}
            // The rules bring them back, and keep a telephone that refuses at once from being rung a
            // thousand times a second.
            State::NotReady { until: Some(_), .. } => {}
            State::NotReady { until: None, .. } => self.next.extend(back(agent, true)),
            State::WrapUp { .. } => self.next.push_back(Event::EndWrapUp { agent }),
            State::Ready { .. } | State::Offered { .. } | State::Talking { .. } => {}
        }
    }
}

fn back(agent: AgentId, signed_on: bool) -> impl Iterator<Item = Event> {
    let sign_on = (!signed_on).then_some(Event::SignOn { agent });
    sign_on.into_iter().chain([Event::MakeReady { agent }])
}

#[cfg(test)]
mod tests {
    use super::*;
    use acd::agent::NotReadyReason;
    use stdx::Tick;

    const A: AgentId = AgentId(3);

    fn changed(state: State) -> Command {
        Command::Note(Note::AgentChanged { agent: A, state })
    }

    #[test]
    fn they_sign_on_and_come_back() {
        let mut always = AlwaysReady::new(vec![A]);
        assert_eq!(always.next(), Some(Event::SignOn { agent: A }));
        assert_eq!(always.next(), Some(Event::MakeReady { agent: A }));
        let until = Some(Tick(1));
        always.hear(&changed(State::NotReady { reason: NotReadyReason::NoAnswer, until }));
        assert!(!always.has_news(), "the rules bring it back");
        let reason = NotReadyReason::Pause(acd::agent::Pause::Break);
        always.hear(&changed(State::NotReady { reason, until: None }));
        assert_eq!(always.next(), Some(Event::MakeReady { agent: A }));
        always.hear(&changed(State::Ready { idle_since: Tick(0) }));
        assert!(!always.has_news());
        always.hear(&changed(State::SignedOff));
        assert_eq!(always.next(), Some(Event::SignOn { agent: A }));
    }

    #[test]
    fn others_are_left_alone() {
        let mut always = AlwaysReady::new(Vec::new());
        always.hear(&changed(State::SignedOff));
        assert!(!always.has_news());
    }
}
