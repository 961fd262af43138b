// SPDX-License-Identifier: EUPL-1.2
//! A handful of effects in order, without allocation.
//!
//! The rule to keep: no event leads to more than four effects.

/// At most four effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Few<E>([Option<E>; 4]);

impl<E: Copy> Few<E> {
    /// Nothing to do.
    pub const NONE: Few<E> = Few([None; 4]);

    /// One thing to do.
    pub const fn one(effect: E) -> Few<E> {
        Few([Some(effect), None, None, None])
    }

    /// Two things to do.
    pub const fn two(first: E, second: E) -> Few<E> {
        Few([Some(first), Some(second), None, None])
    }

    /// These and one more behind them.
    ///
    /// # Panics
    /// If there are four already.
    #[must_use]
    pub fn and(mut self, effect: E) -> Few<E> {
        let free = self.0.iter_mut().find(|place| place.is_none());
        *free.expect("no event leads to more than four effects") = Some(effect);
        self
    }

    /// These and, if there is one, one more behind them.
    #[must_use]
    pub fn and_maybe(self, effect: Option<E>) -> Few<E> {
        match effect {
            Some(effect) => self.and(effect),
            None => self,
        }
    }

    /// These and others behind them.
    #[must_use]
    pub fn and_all(self, others: Few<E>) -> Few<E> {
        others.into_iter().fold(self, Few::and)
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

impl<E> IntoIterator for Few<E> {
    type Item = E;
    type IntoIter = core::iter::Flatten<core::array::IntoIter<Option<E>, 4>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter().flatten()
    }
}
