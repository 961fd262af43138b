// SPDX-License-Identifier: EUPL-1.2
//! The branches of one INVITE that we sent: each tag that answers is a dialog (RFC 3261, 13.2.2.4).
//!
//! The rule to keep: the first 2xx is the call. Every other gets its ACK and at once a BYE, and every
//! repetition its ACK again, for 64·T1 after the first.

use super::ReliableReceiver;
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Branches that are remembered: more telephones than one person has. At the bound further early
/// dialogs are not made, and a further 2xx takes the place of one.
pub const FORKS_MAX: usize = 16;

/// One branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The tag in To.
    pub tag: Box<[u8]>,
    /// Its reliable provisional responses.
    pub reliable: ReliableReceiver,
    /// Whether its 2xx has come.
    pub accepted: bool,
}

/// All branches of one INVITE.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forks {
    /// In the order of their first response.
    pub branches: Vec<Branch>,
    /// The tag of the call.
    pub winner: Option<Box<[u8]>>,
}

/// What a response means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForkEffect {
    /// Make an early dialog; PRACK if it says so.
    NewEarly {
        /// Send PRACK.
        prack: bool,
    },
    /// News of a known early dialog; PRACK if it says so.
    KnownEarly {
        /// Send PRACK.
        prack: bool,
    },
    /// Without a tag, repeated, out of order, or one too many.
    Absorbed,
    /// Confirm the dialog and send its ACK: this is the call.
    Won,
    /// Confirm the dialog, send its ACK, then BYE.
    AckAndBye,
    /// Send its ACK again.
    AckAgain,
}

impl Forks {
    /// A provisional response above 100 came, with its RSeq if it is reliable.
    pub fn provisional(&mut self, tag: &[u8], rseq: Option<u32>) -> ForkEffect {
        if tag.is_empty() {
            return ForkEffect::Absorbed;
        }
        if let Some(branch) = self.branches.iter_mut().find(|branch| *branch.tag == *tag) {
            return branch.news(rseq);
        }
        if self.branches.len() >= FORKS_MAX {
            return ForkEffect::Absorbed;
        }
        let reliable = ReliableReceiver { last: rseq };
        self.branches.push(Branch { tag: tag.into(), reliable, accepted: false });
        ForkEffect::NewEarly { prack: rseq.is_some() }
    }

    /// A 2xx came. A tag may be missing from a peer older than RFC 3261; that is one branch too.
    pub fn success(&mut self, tag: &[u8]) -> ForkEffect {
        match self.branches.iter_mut().find(|branch| *branch.tag == *tag) {
            Some(branch) if branch.accepted => return ForkEffect::AckAgain,
            Some(branch) => branch.accepted = true,
            None => self.accept_unheard(tag),
        }
        if self.winner.is_some() {
            return ForkEffect::AckAndBye;
        }
        self.winner = Some(tag.into());
        ForkEffect::Won
    }

    /// The tags of early dialogs that never became more: they end with the first other final
    /// response, or 64·T1 after the 2xx.
    pub fn never_accepted(&self) -> impl Iterator<Item = &[u8]> {
        self.branches.iter().filter(|branch| !branch.accepted).map(|branch| &*branch.tag)
    }

    fn accept_unheard(&mut self, tag: &[u8]) {
        if self.branches.len() >= FORKS_MAX {
            let early = self.branches.iter().position(|branch| !branch.accepted);
            let lost = || {
                let winner = self.winner.as_deref();
                self.branches.iter().position(|branch| Some(&*branch.tag) != winner)
            };
            self.branches.remove(early.or_else(lost).unwrap_or(0));
        }
        let reliable = ReliableReceiver::default();
        self.branches.push(Branch { tag: tag.into(), reliable, accepted: true });
    }
}

impl Branch {
    fn news(&mut self, rseq: Option<u32>) -> ForkEffect {
        if self.accepted {
            return ForkEffect::Absorbed;
        }
        let Some(rseq) = rseq else { return ForkEffect::KnownEarly { prack: false } };
        let (reliable, taken) = self.reliable.take(rseq);
        self.reliable = reliable;
        if taken { ForkEffect::KnownEarly { prack: true } } else { ForkEffect::Absorbed }
    }
}
