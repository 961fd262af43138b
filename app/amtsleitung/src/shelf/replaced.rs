// SPDX-License-Identifier: EUPL-1.2
//! What changes when a text of many lines takes the place of another: the operator's synonyms, the register of places.

use super::import::{LISTED_MAX, is_mass};
use crate::Lang;
use crate::config::problem::visible;
use std::collections::BTreeSet;

/// What another text changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// Lines that are new.
    pub new: u64,
    /// Lines that are there already.
    pub same: u64,
    /// Lines that are no more.
    pub gone: u64,
    /// Some of the differences: sign and line.
    pub listed: Vec<(char, String)>,
    /// Whether so much would go that it is hardly meant, and nothing was done.
    pub is_kept: bool,
}

impl Replaced {
    /// If the new lines take the place of the old ones; many that would go by mistake keep the old ones in force.
    #[must_use]
    pub fn of(old: &BTreeSet<&str>, new: &BTreeSet<&str>, may_delete: bool) -> Replaced {
        let gone = old.difference(new).map(|line| ('-', *line));
        let come = new.difference(old).map(|line| ('+', *line));
        let listed = gone.chain(come).take(LISTED_MAX).map(|(sign, line)| (sign, line.to_owned()));
        let same = old.intersection(new).count();
        let gone = (old.len() - same) as u64;
        Replaced {
            new: (new.len() - same) as u64,
            same: same as u64,
            gone,
            listed: listed.collect(),
            is_kept: !may_delete && is_mass(gone, old.len() as u64),
        }
    }

    /// Some of the differences, a line for each, and how many more there are.
    #[must_use]
    pub fn list(&self, lang: Lang) -> String {
        let mut text = String::new();
        for (sign, line) in &self.listed {
            text.push_str(&format!("{sign} {}\n", visible(line)));
        }
        let more = (self.new + self.gone).saturating_sub(self.listed.len() as u64);
        if more > 0 {
            text.push_str(
                &lang.pick(format!("… und {more} weitere\n"), format!("… and {more} more\n")),
            );
        }
        text
    }
}
