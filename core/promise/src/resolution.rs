// SPDX-License-Identifier: EUPL-1.2
//! What came of the talks, as those say who talked, and how many matters were settled in the first talk.

use crate::record::Fate;

/// What came of a talk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Resolution {
    /// Nothing is left to do.
    Settled,
    /// Somebody else goes on with it.
    Transferred,
    /// Somebody will come back to the citizen.
    ToBeAnswered,
    /// Nobody had a matter for us.
    Misdial,
    /// No talk could be had.
    Abusive,
}

/// What came of a contact: what was said of it last, and whether the first who talked to the citizen did it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// The last word.
    pub last: Resolution,
    /// It was not handed on, and nobody else said anything of it.
    pub by_one: bool,
}

impl Resolved {
    /// From the words of all who talked, each one's last, in the order in which they were said, and from whether the
    /// contact was handed on; none without a word.
    #[must_use]
    pub fn of(words: &[Resolution], was_handed_on: bool) -> Option<Resolved> {
        let by_one = words.len() == 1 && !was_handed_on;
        words.last().map(|&last| Resolved { last, by_one })
    }
}

/// What came of the contacts that somebody of ours answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resolutions {
    /// How many were settled, by whomever.
    pub settled: u64,
    /// How many were handed on, and nobody said more.
    pub transferred: u64,
    /// To how many somebody comes back.
    pub to_be_answered: u64,
    /// How many had no matter for us.
    pub misdial: u64,
    /// With how many no talk could be had.
    pub abusive: u64,
    /// Of how many nobody said anything.
    pub unsaid: u64,
    /// Of those settled, how many by the first who talked to the citizen.
    pub at_first_contact: u64,
}

impl Resolutions {
    /// Adds a contact of this fate. Whom nobody of ours answered has nothing to be said of.
    pub fn add(&mut self, fate: Fate, resolved: Option<Resolved>) {
        match fate {
            Fate::Accepted | Fate::CalledBack => {}
            Fate::Abandoned
            | Fate::ShortAbandoned
            | Fate::Overflowed
            | Fate::Closed
            | Fate::Refused
            | Fate::Local => return,
        }
        let Some(Resolved { last, by_one }) = resolved else {
            self.unsaid += 1;
            return;
        };
        let count = match last {
            Resolution::Settled => &mut self.settled,
            Resolution::Transferred => &mut self.transferred,
            Resolution::ToBeAnswered => &mut self.to_be_answered,
            Resolution::Misdial => &mut self.misdial,
            Resolution::Abusive => &mut self.abusive,
        };
        *count += 1;
        self.at_first_contact += u64::from(FirstContact::kept(last, by_one) == Some(true));
    }
}

/// First-contact resolution (*Erstkontaktquote*), definition "first-contact-resolution" version 1: settled by the
/// first who talked ÷ all of whom somebody said what came of them, less misdials and abuse. A matter that was handed
/// on counts as not settled at first contact, whoever settles it: so counts Trier (2011), and no rule of the 115 for
/// warm transfers is published. Of whom nobody said anything is outside, and shown beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstContact {
    /// Settled by the first who talked to the citizen.
    pub settled: u64,
    /// All matters of which something was said.
    pub matters: u64,
}

impl FirstContact {
    /// The definition's name.
    pub const ID: &'static str = "first-contact-resolution";
    /// The definition's version.
    pub const VERSION: u16 = 1;

    /// Of these contacts.
    ///
    /// # Panics
    /// If more were settled at first contact than were settled.
    #[must_use]
    pub fn of(it: &Resolutions) -> FirstContact {
        assert!(it.at_first_contact <= it.settled, "settled at first contact: {it:?}");
        let matters = it.settled + it.transferred + it.to_be_answered;
        FirstContact { settled: it.at_first_contact, matters }
    }

    /// Whether this was settled at first contact; none if it does not count.
    #[must_use]
    pub const fn kept(last: Resolution, by_one: bool) -> Option<bool> {
        match last {
            Resolution::Settled => Some(by_one),
            Resolution::Transferred | Resolution::ToBeAnswered => Some(false),
            Resolution::Misdial | Resolution::Abusive => None,
        }
    }

    /// Between 0 and 1; none if there was no matter.
    #[must_use]
    pub fn share(&self) -> Option<f64> {
        (self.matters > 0).then(|| self.settled as f64 / self.matters as f64)
    }

    /// Whether a target in parts of a thousand was met, decided on whole numbers; none if there was no matter.
    #[must_use]
    pub fn meets(&self, target_permille: u16) -> Option<bool> {
        let target = u128::from(target_permille) * u128::from(self.matters);
        (self.matters > 0).then(|| u128::from(self.settled) * 1000 >= target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_hands_on_has_not_settled_it_at_first_contact() {
        let mut it = Resolutions::default();
        let mut say = |fate, words: &[Resolution]| it.add(fate, Resolved::of(words, false));
        say(Fate::Accepted, &[Resolution::Settled]);
        say(Fate::CalledBack, &[Resolution::Settled]);
        say(Fate::Accepted, &[Resolution::Transferred, Resolution::Settled]);
        say(Fate::Accepted, &[Resolution::Transferred]);
        say(Fate::Accepted, &[Resolution::ToBeAnswered]);
        say(Fate::Accepted, &[Resolution::Misdial]);
        say(Fate::Accepted, &[Resolution::Abusive]);
        say(Fate::Accepted, &[]);
        // The partner's talks and those who spoke to nobody are not ours to judge.
        say(Fate::Overflowed, &[Resolution::Settled]);
        say(Fate::Abandoned, &[]);
        // Who took it over said so alone.
        it.add(Fate::Accepted, Resolved::of(&[Resolution::Settled], true));
        let expected = Resolutions {
            settled: 4,
            transferred: 1,
            to_be_answered: 1,
            misdial: 1,
            abusive: 1,
            unsaid: 1,
            at_first_contact: 2,
        };
        assert_eq!(it, expected);
        let first = FirstContact::of(&it);
        assert_eq!(first, FirstContact { settled: 2, matters: 6 });
        assert_eq!(first.share(), Some(1.0 / 3.0));
        assert_eq!((first.meets(333), first.meets(334)), (Some(true), Some(false)));
        assert_eq!(FirstContact::of(&Resolutions::default()).share(), None);
    }
}
