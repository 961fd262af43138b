// SPDX-License-Identifier: EUPL-1.2
//! A bar on the error output that says how far a long piece of work is; silent without a terminal.

use crate::Lang;
use std::io::{IsTerminal, Write, stderr};

/// How many characters the bar has.
const WIDTH: usize = 40;

/// A bar that is drawn over itself.
#[derive(Debug)]
pub(super) struct Progress {
    what: &'static str,
    visible: bool,
}

impl Progress {
    /// A bar of a rehearsal, if somebody is there to see it.
    #[must_use]
    pub(super) fn new(lang: Lang) -> Self {
        Progress::of(lang.pick("Probe", "Rehearsal"))
    }

    /// A bar of this piece of work.
    #[must_use]
    pub(super) fn of(what: &'static str) -> Self {
        Progress { what, visible: stderr().is_terminal() }
    }

    /// Shows how much is done, from 0 to 1.
    pub(super) fn show(&mut self, share: f64) {
        if self.visible {
            let _unseen = stderr().write_all(bar(self.what, share).as_bytes());
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(self) {
        if self.visible {
            let _unseen = stderr().write_all(b"\r\x1b[K");
        }
    }
}

fn bar(what: &str, share: f64) -> String {
    let full = ((share.clamp(0.0, 1.0) * WIDTH as f64) as usize).min(WIDTH);
    let (done, left) = ("█".repeat(full), "░".repeat(WIDTH - full));
    format!("\r{what} {done}{left} {:3.0} %", share.clamp(0.0, 1.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_always_as_wide() {
        for share in [0.0, 0.5, 1.0, 1.5, -1.0] {
            assert_eq!(bar("Probe", share).chars().count(), bar("Probe", 0.0).chars().count());
        }
        assert!(bar("Rehearsal", 0.5).ends_with(" 50 %"));
    }
}
