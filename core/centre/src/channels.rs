// SPDX-License-Identifier: EUPL-1.2
//! The channels of the trunks: each leg uses one as long as it lives.

use crate::place::{Contact, WayOut};
use acd::contact::State;
use acd::{PartnerRules, Reach, SwitchboardRules};
use alloc::vec;
use alloc::vec::Vec;
use stdx::TrunkId;

/// How many channels of each trunk are in use, and how many there are.
#[derive(Clone, Debug)]
pub(crate) struct Channels {
    /// By [`TrunkId`].
    total: Vec<u32>,
    used: Vec<u32>,
    /// Whether a trunk became full or free since it was asked last: [`Channels::take_turn`].
    turned: bool,
    /// Over which trunk a second leg to each partner goes.
    to_partner: Vec<Option<TrunkId>>,
    to_switchboard: Vec<Option<TrunkId>>,
}

/// The trunks of which a contact uses a channel: for the caller's leg and for the second one.
pub(crate) type Used = [Option<TrunkId>; 2];

impl Channels {
    pub(crate) fn new(
        total: &[u32],
        partners: &[PartnerRules],
        switchboards: &[SwitchboardRules],
    ) -> Self {
        Channels {
            total: total.to_vec(),
            used: vec![0; total.len()],
            turned: false,
            to_partner: partners.iter().map(|partner| partner.trunk).collect(),
            to_switchboard: switchboards.iter().map(|it| it.trunk).collect(),
        }
    }

    /// Whether one more leg can be had on a trunk; always where channels are not counted.
    pub(crate) fn has_free(&self, trunk: Option<TrunkId>) -> bool {
        trunk.is_none_or(|trunk| self.used[trunk.index()] < self.total[trunk.index()])
    }

    pub(crate) fn in_use(&self, trunk: TrunkId) -> u32 {
        self.used[trunk.index()]
    }

    /// There may be more channels than before, or fewer.
    pub(crate) fn look_again(&mut self) {
        self.turned = true;
    }

    /// Whether a trunk became full or free since this was asked last.
    pub(crate) fn take_turn(&mut self) -> bool {
        core::mem::take(&mut self.turned)
    }

    /// What a contact uses.
    pub(crate) fn of(&self, it: &Contact) -> Used {
        let partner = match it.overflow {
            WayOut::Tried(attempt) if attempt.reach == Reach::SecondLeg => {
                self.to_partner[attempt.partner.index()]
            }
            WayOut::Tried(_) | WayOut::None | WayOut::At(..) | WayOut::Wanted(..) => None,
        };
        match it.state {
            State::AtSwitchboard { .. } | State::Local { .. } => {
                let second = it.switchboard.and_then(|it| self.to_switchboard[it.index()]);
                [it.trunk, second]
            }
            State::Waiting { .. } | State::AtPartner { .. } => [it.trunk, partner],
            // Which trunk leads to an office the telephone side knows, and counts there.
            State::Entering { .. }
            | State::Talking { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. }
            | State::CallingBack { .. } => [it.trunk, None],
            // No leg is left; the caller is called back over the same trunk.
            State::Promised { .. } | State::Gone(_) => [None; 2],
        }
    }

    /// A contact uses others now. A leg that stays uses its channel on, also where a new configuration
    /// has left fewer channels than there are legs; only a new one has to find a free channel.
    pub(crate) fn moved(&mut self, from: Used, to: Used) {
        for (from, to) in from.into_iter().zip(to) {
            if from != to {
                from.into_iter().for_each(|trunk| self.let_go(trunk));
                assert!(self.has_free(to), "{to:?} carries more calls than it has channels");
                self.carry(to);
            }
        }
    }

    fn let_go(&mut self, trunk: TrunkId) {
        self.turned |= self.used[trunk.index()] >= self.total[trunk.index()];
        self.used[trunk.index()] -= 1;
    }

    /// A leg uses a channel, whether there is one or not.
    pub(crate) fn carry(&mut self, trunk: Option<TrunkId>) {
        if let Some(trunk) = trunk {
            self.used[trunk.index()] += 1;
            self.turned |= self.used[trunk.index()] >= self.total[trunk.index()];
        }
    }
}
