// SPDX-License-Identifier: EUPL-1.2
//! Callers' numbers, and who has which seat, on their way into the log and back: sealed under the key of the
//! day, and opened as long as it lives.

use crate::entropy::Entropy;
use crate::erasure::DayKeys;
use case::{Acted, By, Matter};
use privacy::Purpose;
use promise::Resolution;
use sip::number::{Digits, Number};
use stdx::{AgentId, CaseId, ContactId, Day, Redacted};
use store::{About, Caller, CaseActed, Fact, Keys, Sealed, Seated, WrappedUp};

/// Seals under the keys of the day that holds.
#[derive(Debug)]
pub struct Sealing {
    centre: String,
    today: DayKeys,
    entropy: Entropy,
}

impl Sealing {
    /// For the log of this centre.
    #[must_use]
    pub const fn new(centre: String, today: DayKeys, entropy: Entropy) -> Sealing {
        Sealing { centre, today, entropy }
    }

    /// From now on another day holds.
    pub const fn new_day(&mut self, today: DayKeys) {
        self.today = today;
    }

    /// Who calls, as the log may know it.
    #[must_use]
    pub fn caller(&mut self, contact: ContactId, number: &Number) -> Option<Fact> {
        let day = self.today.day;
        let subject = contact.0;
        let about = About { centre: &self.centre, day, purpose: Purpose::Number, subject };
        let value = written(number)?;
        let number = Sealed::new(&self.today.number, &about, self.entropy.bytes(), &value);
        Some(Fact::Caller(Caller { contact, day, number }))
    }

    /// Who has this seat from now on, as the log may know it.
    pub(super) fn seated(&mut self, seat: AgentId, person: &str) -> Fact {
        let day = self.today.day;
        let about = about_seat(&self.centre, day, seat);
        let (nonce, person) = (self.entropy.bytes(), person.as_bytes());
        let person = Sealed::new(&self.today.seat, &about, nonce, person);
        Fact::Seated(Seated { seat, day, person })
    }

    /// What was said of a talk at this seat, as the log may know it.
    pub(super) fn wrapped_up(
        &mut self,
        seat: AgentId,
        contact: ContactId,
        (resolution, words): (Option<Resolution>, &[u8]),
    ) -> WrappedUp {
        let day = self.today.day;
        let about = about_note(&self.centre, day, contact);
        let words = Sealed::new(&self.today.note, &about, self.entropy.bytes(), words);
        WrappedUp { contact, seat, resolution, day, words }
    }

    /// What was done to a case, as the log may know it.
    pub(super) fn case_acted(
        &mut self,
        (case, by): (CaseId, By),
        (acted, matter): (Acted, Option<Matter>),
        words: &[u8],
    ) -> CaseActed {
        let day = self.today.day;
        let about = about_case(&self.centre, day, case);
        let words = Sealed::new(&self.today.case, &about, self.entropy.bytes(), words);
        CaseActed { case, by, acted, matter, day, words }
    }

    /// What a leg needs to go on, as a file may know it.
    pub(super) fn leg(&mut self, leg: u64, value: &[u8]) -> (Day, Sealed) {
        let day = self.today.day;
        let about = about_leg(&self.centre, day, leg);
        (day, Sealed::new(&self.today.leg, &about, self.entropy.bytes(), value))
    }

    /// A number below this one, by chance.
    pub(super) fn draw(&mut self, end: usize) -> usize {
        self.entropy.below(end)
    }
}

fn about_seat(centre: &str, day: Day, seat: AgentId) -> About<'_> {
    About { centre, day, purpose: Purpose::Seat, subject: u64::from(seat.0) }
}

const fn about_note(centre: &str, day: Day, contact: ContactId) -> About<'_> {
    About { centre, day, purpose: Purpose::Note, subject: contact.0 }
}

const fn about_case(centre: &str, day: Day, case: CaseId) -> About<'_> {
    About { centre, day, purpose: Purpose::Case, subject: case.0 }
}

/// What was written of a case, if the key of that day still lives.
#[must_use]
pub fn case_words_of(keys: &Keys, centre: &str, it: &CaseActed) -> Option<Vec<u8>> {
    it.words.open(keys.get(it.day, Purpose::Case)?, &about_case(centre, it.day, it.case))
}

/// What was written of a talk, if the key of that day still lives.
#[must_use]
pub fn words_of(keys: &Keys, centre: &str, it: &WrappedUp) -> Option<Vec<u8>> {
    it.words.open(keys.get(it.day, Purpose::Note)?, &about_note(centre, it.day, it.contact))
}

const fn about_leg(centre: &str, day: Day, leg: u64) -> About<'_> {
    About { centre, day, purpose: Purpose::Leg, subject: leg }
}

/// What a leg needs to go on, if the key of that day still lives.
pub(crate) fn leg_of(
    keys: &Keys,
    centre: &str,
    (day, leg): (Day, u64),
    sealed: &Sealed,
) -> Option<Vec<u8>> {
    sealed.open(keys.get(day, Purpose::Leg)?, &about_leg(centre, day, leg))
}

/// Who had a seat, by the id of the configuration, if the key of that day still lives.
#[must_use]
pub fn person_of(keys: &Keys, centre: &str, seated: &Seated) -> Option<String> {
    let Seated { seat, day, ref person } = *seated;
    let id = person.open(keys.get(day, Purpose::Seat)?, &about_seat(centre, day, seat))?;
    String::from_utf8(id).ok()
}

/// Who called, if the key of that day still lives.
#[must_use]
pub fn opened(keys: &Keys, centre: &str, caller: &Caller) -> Option<Redacted<Number>> {
    let Caller { contact, day, ref number } = *caller;
    let about = About { centre, day, purpose: Purpose::Number, subject: contact.0 };
    let value = number.open(keys.get(day, Purpose::Number)?, &about)?;
    read(&value).map(Redacted::new)
}

/// The kind in one letter, then the digits.
fn written(number: &Number) -> Option<Vec<u8>> {
    let kind = match number {
        Number::E164(_) => b'e',
        Number::Short(_) => b's',
        Number::Extension(_) => b'x',
        Number::Withheld => return None,
    };
    let digits = number.digits()?;
    Some([&[kind][..], digits.as_bytes()].concat())
}

fn read(value: &[u8]) -> Option<Number> {
    let (kind, digits) = value.split_first()?;
    let digits = Digits::new(digits)?;
    match kind {
        b'e' => Some(Number::E164(digits)),
        b's' => Some(Number::Short(digits)),
        b'x' => Some(Number::Extension(digits)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_number_comes_back() {
        let digits = Digits::new(b"494171693100").expect("digits");
        for number in [Number::E164(digits), Number::Short(digits), Number::Extension(digits)] {
            assert_eq!(written(&number).as_deref().and_then(read), Some(number));
        }
        assert_eq!(written(&Number::Withheld), None, "who is not named leaves nothing");
    }
}
