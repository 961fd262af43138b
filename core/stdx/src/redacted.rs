// SPDX-License-Identifier: EUPL-1.2
//! Personal data that cannot slip into a log line.

use core::fmt;

/// A value that prints as `…`; who needs the value says so with [`Redacted::expose`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redacted<T>(T);

impl<T> Redacted<T> {
    /// Wraps a personal value.
    pub const fn new(value: T) -> Self {
        Redacted(value)
    }

    /// The value itself, for the place that is allowed to use it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Redacted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// A caller's number as a keyed hash, made at the edge; the core never sees a number.
///
/// Equal tokens mean the same number within one key's life. A caller who withholds the number has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallerToken(pub Redacted<u64>);

impl CallerToken {
    /// Wraps the hash.
    #[must_use]
    pub const fn new(hash: u64) -> Self {
        CallerToken(Redacted::new(hash))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::format;

    #[test]
    fn a_token_never_prints_its_value() {
        let printed = format!("{:?}", CallerToken::new(491_715_551));
        assert_eq!(printed, "CallerToken(…)");
    }
}
