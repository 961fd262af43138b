// SPDX-License-Identifier: EUPL-1.2
//! What becomes of contacts whose legs did not live through a restart.

use crate::{Centre, Event};
use acd::contact::{Parting, State};
use alloc::vec::Vec;
use stdx::ContactId;

impl Centre {
    /// What has to be told to the centre when only these contacts' legs are still alive: the others were
    /// cut off, and their place is kept for whom calls again. Who is promised a call-back has no leg to
    /// lose, and waits on.
    #[must_use]
    pub fn without_legs(&self, is_alive: &dyn Fn(ContactId) -> bool) -> Vec<Event> {
        let lost = self.contacts.iter().filter(|&(&contact, _)| !is_alive(contact));
        let event = |contact: ContactId, state: State| match state {
            State::AtSwitchboard { .. }
            | State::Local { .. }
            | State::Entering { .. }
            | State::Waiting { .. }
            | State::Talking { .. }
            | State::AtPartner { .. }
            | State::ToOffice { .. }
            | State::AtOffice { .. } => {
                Some(Event::CallerLeft { contact, parting: Parting::CutOff })
            }
            State::CallingBack { .. } => Some(Event::CallbackFailed { contact }),
            State::Promised { .. } | State::Gone(_) => None,
        };
        lost.filter_map(|(&contact, it)| event(contact, it.state)).collect()
    }
}
