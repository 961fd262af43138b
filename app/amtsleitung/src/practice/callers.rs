// SPDX-License-Identifier: EUPL-1.2
//! Which contact of the centre is which call of the crowd.
//!
//! All calls of the crowd show a number and come from one exchange, so both sides count them in the same
//! order; who calls from a telephone of the centre shows none.

use crate::service::Decided;
use centre::{Command, Event, Note};
use std::collections::BTreeMap;
use stdx::ContactId;

/// The crowd's calls, as the centre counts them.
#[derive(Debug, Default)]
pub(super) struct Callers {
    last: Option<ContactId>,
    count: u64,
    inside: BTreeMap<ContactId, u64>,
}

impl Callers {
    /// Takes one command in.
    pub(super) fn hear(&mut self, decided: &Decided) {
        if let Event::CallArrived { contact, caller: Some(_), .. } = decided.cause
            && Some(contact) > self.last
        {
            self.last = Some(contact);
            self.count += 1;
            self.inside.insert(contact, self.count);
        }
        if let Command::Note(Note::Ended(record)) = decided.command {
            self.inside.remove(&record.contact);
        }
    }

    /// The so manieth call of the crowd, from 1; none if it is over or was another's.
    pub(super) fn nth(&self, contact: ContactId) -> Option<u64> {
        self.inside.get(&contact).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stdx::{CallerToken, LineId, Tick};

    #[test]
    fn both_sides_count_the_same_calls() {
        let mut callers = Callers::default();
        let mut arrives = |contact, caller| {
            let contact = ContactId(contact);
            let cause = Event::CallArrived {
                contact,
                line: LineId(0),
                caller,
                via: centre::Via::default(),
            };
            let command = Command::Wait { contact, position: 1, told: None };
            // An event has several commands.
            for _ in 0..2 {
                callers.hear(&Decided { at: Tick(0), cause, command });
            }
        };
        let number = Some(CallerToken::new(7));
        arrives(1, number);
        arrives(2, None);
        arrives(3, number);
        let nth = [1, 2, 3].map(|contact| callers.nth(ContactId(contact)));
        assert_eq!(nth, [Some(1), None, Some(2)]);
    }
}
