// SPDX-License-Identifier: EUPL-1.2
//! One leg: the connection to one telephone, with its sound and room for its text.
//!
//! ```text
//!   Ringing ──answered──▶ Answered ◀──resumed── Held
//!      │                     │  └────held───────▶ │
//!      └───────────ended─────┴────────────────────┴──▶ Ended
//! ```

/// Whether something flows, and which way; seen from us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Flow {
    /// Not yet, or no longer.
    None,
    /// Both ways.
    Both,
    /// The far end is on hold or has put us on hold: we may send music, nothing is heard of it.
    SendOnly,
}

/// Where a leg is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LegState {
    /// The telephone rings, or sends a call that was not answered yet.
    Ringing,
    /// Connected.
    Answered,
    /// Connected; its user put us on hold.
    Held,
    /// Gone.
    Ended,
}

/// What can happen to a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LegEvent {
    /// It was answered.
    Answered,
    /// Its user put us on hold.
    Held,
    /// Its user came back.
    Resumed,
    /// It is gone.
    Ended,
}

impl LegEvent {
    /// Hold, or its end.
    #[must_use]
    pub fn hold(holds: bool) -> LegEvent {
        if holds { LegEvent::Held } else { LegEvent::Resumed }
    }
}

/// One leg as plain data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leg {
    state: LegState,
    /// Real-time text (RFC 4103) beside the sound, if the telephone offers it.
    pub text: Option<Flow>,
}

impl Leg {
    /// A leg that rings.
    #[must_use]
    pub fn ringing() -> Leg {
        Leg { state: LegState::Ringing, text: None }
    }

    /// Where it is.
    #[must_use]
    pub fn state(&self) -> LegState {
        self.state
    }

    /// Which way sound flows.
    #[must_use]
    pub fn sound(&self) -> Flow {
        match self.state {
            LegState::Ringing | LegState::Ended => Flow::None,
            LegState::Answered => Flow::Both,
            LegState::Held => Flow::SendOnly,
        }
    }

    /// What becomes of it; an event that makes no sense changes nothing.
    pub fn handle(&mut self, event: LegEvent) {
        self.state = match self.state {
            LegState::Ringing => match event {
                LegEvent::Answered => LegState::Answered,
                LegEvent::Ended => LegState::Ended,
                LegEvent::Held | LegEvent::Resumed => LegState::Ringing,
            },
            LegState::Answered => match event {
                LegEvent::Held => LegState::Held,
                LegEvent::Ended => LegState::Ended,
                LegEvent::Answered | LegEvent::Resumed => LegState::Answered,
            },
            LegState::Held => match event {
                LegEvent::Resumed => LegState::Answered,
                LegEvent::Ended => LegState::Ended,
                LegEvent::Answered | LegEvent::Held => LegState::Held,
            },
            LegState::Ended => LegState::Ended,
        };
        if self.state == LegState::Ended {
            self.text = None;
        }
    }
}
