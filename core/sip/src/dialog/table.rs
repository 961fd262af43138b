// SPDX-License-Identifier: EUPL-1.2
//! Every dialog of one process, found by its id.
//!
//! The rule to keep: bounded; at the bound the INVITE that would make one more is answered 503.

use super::{Dialog, DialogId, RequestRefused};
use crate::Method;
use alloc::collections::BTreeMap;

/// Dialogs at once: every contact of the core (8,192) has two legs, an agent may be rung on a few
/// telephones, and a leg that ended is kept for 64·T1; four times the contacts.
pub const DIALOGS_MAX: usize = 32_768;

/// Why a dialog was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InsertRefused {
    /// No room: 503.
    Full,
    /// There is one with this id.
    Known,
}

/// All dialogs, each with what belongs to it.
#[derive(Clone, Debug)]
pub struct Dialogs<P> {
    bound: usize,
    entries: BTreeMap<DialogId, (Dialog, P)>,
}

impl<P> Dialogs<P> {
    /// An empty table.
    #[must_use]
    pub fn new(bound: usize) -> Dialogs<P> {
        Dialogs { bound, entries: BTreeMap::new() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keeps a dialog.
    ///
    /// # Errors
    /// At the bound, or with an id that is known.
    pub fn insert(&mut self, dialog: Dialog, payload: P) -> Result<(), InsertRefused> {
        if self.entries.contains_key(&dialog.id) {
            return Err(InsertRefused::Known);
        }
        if self.entries.len() >= self.bound {
            return Err(InsertRefused::Full);
        }
        self.entries.insert(dialog.id.clone(), (dialog, payload));
        Ok(())
    }

    /// A dialog and what belongs to it, to look at.
    #[must_use]
    pub fn get(&self, id: &DialogId) -> Option<&(Dialog, P)> {
        self.entries.get(id)
    }

    /// A dialog and what belongs to it.
    pub fn get_mut(&mut self, id: &DialogId) -> Option<&mut (Dialog, P)> {
        self.entries.get_mut(id)
    }

    /// Takes a request with a To tag: to its dialog, or refused with 481 or 500 (RFC 3261, 12.2.2).
    /// An ACK that is refused is dropped.
    ///
    /// # Errors
    /// When no dialog knows it, or its CSeq is too low.
    pub fn admit(
        &mut self,
        id: &DialogId,
        method: Method,
        cseq: u32,
    ) -> Result<&mut (Dialog, P), RequestRefused> {
        let found = self.entries.get_mut(id).ok_or(RequestRefused::NoSuchDialog)?;
        found.0.admit(method, cseq)?;
        Ok(found)
    }

    /// Forgets a dialog.
    pub fn remove(&mut self, id: &DialogId) -> Option<(Dialog, P)> {
        self.entries.remove(id)
    }
}
