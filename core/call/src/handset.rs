// SPDX-License-Identifier: EUPL-1.2
//! A telephone without a case: the one that a person has in the browser.
//!
//! ```text
//!                page connected                     away too long
//!   Gone ────────────────────────▶ Connected ──away──▶ Away ──────────▶ Gone
//!    ▲ not registered                   ▲                │ registered, calls held
//!    └── held too long: hung up         └── connected ───┘ resumed
//!
//!   Ringing ──answer──▶ Up ◀──resume── Held(by the person, or because the page is away)
//!   Dialling ─answered──▶ └────hold─────▶
//! ```
//!
//! The page hears one call at a time: the one that is up. Whom the person asks is a second call, and the first one
//! waits on hold meanwhile. A page that reloads, or loses its network, ends no call: what was up is held, and taken
//! back when the page is there again.
//!
//! The rules to keep: at most one call is up or dialled; nothing is up that no page hears; only what was held because
//! the page went away is taken back by itself; and a person who hears can always call 110 or 112.

use alloc::vec;
use alloc::vec::Vec;
use stdx::{Micros, Tick};

/// Calls of one handset at once: the caller, and whom the person asks. At the bound a call that comes is refused as
/// busy, and one that is wanted is refused to the person.
pub const CALLS_MAX: usize = 2;

/// Room beyond [`CALLS_MAX`] that only an emergency call takes: it waits for nobody to be hung up.
pub const EMERGENCY_ROOM: usize = 1;

/// How long a page may be away until the telephone is reached no longer: a page that is loaded anew takes a few
/// seconds, a change of network up to twenty. Longer, and callers ring at an empty desk.
pub const AWAY_MAX: Micros = Micros::from_secs(30);

/// How long a call is held for a page that is away: a computer that has to be started anew takes less. Longer, and a
/// caller hears music from a desk to which nobody comes back; then it is hung up.
pub const HELD_AWAY_MAX: Micros = Micros::from_mins(3);

/// How long bringing together may take, which the exchange does within milliseconds; it answers a failure by a tone.
pub const CONFER_MAX: Micros = Micros::from_secs(3);

/// One call of a handset; never used twice for the same telephone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallNr(pub u64);

/// Who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The call came to us.
    In,
    /// The person dialled.
    Out,
}

/// Why a call is on hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// The person wants it.
    Person,
    /// The page is away; it is taken back by itself.
    Page,
}

/// What a call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallState {
    /// It came, and was not answered yet.
    Ringing,
    /// It rings at the other side.
    Dialling,
    /// Both hear each other.
    Up,
    /// The other side hears music.
    Held(Holder),
}

/// Whether somebody sits before the handset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Page {
    /// Sound flows.
    Connected,
    /// Not for a moment: the telephone is still reached.
    Away(Tick),
    /// Not since then: the telephone is not reached.
    Gone(Tick),
}

/// One call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// Which.
    pub nr: CallNr,
    /// Who called.
    pub direction: Direction,
    /// What it is doing.
    pub state: CallState,
    /// Whether whom the person asked was brought in: three talk.
    pub three: bool,
}

/// What the exchange was asked for and has not done yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pending {
    /// Nothing.
    Nothing,
    /// To hand this call on.
    Transfer(CallNr),
    /// To bring together, until then.
    Confer(Tick),
}

/// All that can happen to a handset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Sound flows between the page and us.
    PageConnected,
    /// It flows no longer.
    PageAway,
    /// The desk was closed.
    Closed,
    /// Time has passed: [`Handset::deadline`].
    Due,
    /// A call came.
    Called(CallNr),
    /// Whom we called has answered.
    Answered(CallNr),
    /// A call is over, whoever ended it.
    Ended(CallNr),
    /// How handing on ended: whether the exchange agreed.
    Referred(bool),
    /// The person answers.
    Answer(CallNr),
    /// The person declines.
    Decline(CallNr),
    /// The person hangs up.
    HangUp(CallNr),
    /// The person puts on hold.
    Hold(CallNr),
    /// The person takes back.
    Resume(CallNr),
    /// The person dials; the new call has this number.
    Dial(CallNr),
    /// The person dials 110 or 112; the new call has this number.
    DialEmergency(CallNr),
    /// The person presses keys.
    Keys(CallNr),
    /// The person hands the caller on, unasked.
    Transfer,
    /// The person hands the caller to whom was asked.
    Complete,
    /// The person brings whom was asked into the talk.
    Confer,
    /// The person takes out again who was brought in.
    TakeOut,
}

/// How a call that came is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Turned {
    /// There is no room for it.
    Busy,
    /// The person declined.
    Declined,
    /// Nobody sits there.
    Unreachable,
}

/// Why nothing was done; nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// There is no such call any more.
    NoSuchCall,
    /// Not in this state of the calls.
    NotNow,
    /// The page is not connected: nobody would hear.
    NoPage,
    /// [`CALLS_MAX`] calls are there.
    NoRoom,
    /// The exchange did not bring together.
    NotTogether,
    /// What is to be dialled or pressed cannot be.
    NotDialled,
    /// The exchange does not take it at this moment.
    Exchange,
}

/// What has to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Let the telephone be reached.
    Register,
    /// Let it be reached no longer.
    Unregister,
    /// Tell the caller that it rings.
    Ring(CallNr),
    /// Answer.
    Answer(CallNr),
    /// Turn a call away that was not answered.
    TurnAway(CallNr, Turned),
    /// Call whom the person dialled.
    Call(CallNr),
    /// Hang up, or give up.
    HangUp(CallNr),
    /// Put on hold.
    Hold(CallNr),
    /// Take back from hold.
    Resume(CallNr),
    /// From now on the page hears this call, or none.
    Hear(Option<CallNr>),
    /// Send the keys that were pressed.
    SendKeys(CallNr),
    /// Ask the exchange to send the caller on.
    Transfer(CallNr),
    /// Ask it to send the caller to whom this other call was to reach, which is given up.
    TransferTo(CallNr, CallNr),
    /// Ask it to let whom we talk to by the other call take our place in the first.
    Replace(CallNr, CallNr),
    /// Press `*3`: bring together, or take out again.
    PressConference(CallNr),
    /// Tell the person why nothing was done.
    Refuse(Refusal),
}

/// The telephone of one desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handset {
    page: Page,
    calls: Vec<Call>,
    pending: Pending,
}

type Decided = Result<Vec<Action>, Refusal>;

impl Handset {
    /// A desk that was opened; its page is not there yet.
    #[must_use]
    pub const fn opened(now: Tick) -> Handset {
        Handset { page: Page::Gone(now), calls: Vec::new(), pending: Pending::Nothing }
    }

    /// Whether somebody sits there.
    #[must_use]
    pub const fn page(&self) -> Page {
        self.page
    }

    /// Every call, the oldest first.
    #[must_use]
    pub fn calls(&self) -> &[Call] {
        &self.calls
    }

    /// The call that the page hears and speaks in.
    #[must_use]
    pub fn heard(&self) -> Option<CallNr> {
        self.calls.iter().find(|call| call.state == CallState::Up).map(|call| call.nr)
    }

    /// The call whose sound the page gets: the one that it speaks in, or the one that was dialled, whose far end may
    /// play something before it answers (RFC 3960).
    #[must_use]
    pub fn listened(&self) -> Option<CallNr> {
        let sounds = |call: &&Call| matches!(call.state, CallState::Up | CallState::Dialling);
        self.calls.iter().find(sounds).map(|call| call.nr)
    }

    /// Whether the telephone is to be reached.
    #[must_use]
    pub const fn is_reached(&self) -> bool {
        match self.page {
            Page::Connected | Page::Away(_) => true,
            Page::Gone(_) => false,
        }
    }

    /// When [`Event::Due`] is wanted, and why.
    #[must_use]
    pub fn deadline(&self) -> Option<(Tick, &'static str)> {
        let page = match self.page {
            Page::Connected => None,
            Page::Away(since) => Some((since + AWAY_MAX, "page away")),
            Page::Gone(_) if self.calls.is_empty() => None,
            Page::Gone(since) => Some((since + HELD_AWAY_MAX, "held for nobody")),
        };
        let pending = match self.pending {
            Pending::Nothing | Pending::Transfer(_) => None,
            Pending::Confer(until) => Some((until, "bringing together")),
        };
        page.into_iter().chain(pending).min_by_key(|(at, _)| *at)
    }

    /// What has to be done, in this order. An event that makes no sense – it crossed another one on its way – is
    /// refused if a person wanted it, and leads to nothing otherwise.
    pub fn handle(&mut self, now: Tick, event: Event) -> Vec<Action> {
        let heard = self.heard();
        let mut actions = self.decide(now, event).unwrap_or_else(|why| vec![Action::Refuse(why)]);
        if self.heard() != heard {
            actions.push(Action::Hear(self.heard()));
        }
        self.check();
        actions
    }

    fn decide(&mut self, now: Tick, event: Event) -> Decided {
        match event {
            Event::PageConnected => Ok(self.page_connected()),
            Event::PageAway => Ok(self.page_away(now)),
            Event::Closed => Ok(self.closed(now)),
            Event::Due => Ok(self.due(now)),
            Event::Called(nr) => Ok(self.called(nr)),
            Event::Answered(nr) => Ok(self.answered(nr)),
            Event::Ended(nr) => Ok(self.ended(nr)),
            Event::Referred(_) => {
                if let Pending::Transfer(_) = self.pending {
                    self.pending = Pending::Nothing;
                }
                Ok(Vec::new())
            }
            Event::Answer(nr) => self.answer(nr),
            Event::Decline(nr) => self.decline(nr),
            Event::HangUp(nr) => self.hang_up(nr),
            Event::Hold(nr) => self.hold(nr),
            Event::Resume(nr) => self.resume(nr),
            Event::Dial(nr) => self.dial(nr),
            Event::DialEmergency(nr) => self.dial_emergency(nr),
            Event::Keys(nr) => match self.call(nr)?.state {
                CallState::Up => Ok(vec![Action::SendKeys(nr)]),
                CallState::Ringing | CallState::Dialling | CallState::Held(_) => {
                    Err(Refusal::NotNow)
                }
            },
            Event::Transfer => {
                let of = self.handed()?;
                self.pending = Pending::Transfer(of);
                Ok(vec![Action::Transfer(of)])
            }
            Event::Complete => self.complete(),
            Event::Confer => self.confer(now),
            Event::TakeOut => self.take_out(),
        }
    }

    // ---- the page ----

    fn page_connected(&mut self) -> Vec<Action> {
        let mut actions = match self.page {
            Page::Connected => return Vec::new(),
            Page::Away(_) => Vec::new(),
            Page::Gone(_) => vec![Action::Register],
        };
        self.page = Page::Connected;
        for call in &mut self.calls {
            if call.state == CallState::Held(Holder::Page) {
                call.state = CallState::Up;
                actions.push(Action::Resume(call.nr));
            }
        }
        actions
    }

    fn page_away(&mut self, now: Tick) -> Vec<Action> {
        match self.page {
            Page::Connected => self.page = Page::Away(now),
            Page::Away(_) | Page::Gone(_) => return Vec::new(),
        }
        // Nobody would hear who answers there.
        let mut actions = self.give_up_dialled();
        for call in &mut self.calls {
            if call.state == CallState::Up {
                call.state = CallState::Held(Holder::Page);
                actions.push(Action::Hold(call.nr));
            }
        }
        actions
    }

    fn due(&mut self, now: Tick) -> Vec<Action> {
        let mut actions = Vec::new();
        if let Pending::Confer(until) = self.pending
            && until <= now
        {
            self.pending = Pending::Nothing;
            actions.push(Action::Refuse(Refusal::NotTogether));
        }
        match self.page {
            Page::Connected => {}
            Page::Away(since) if since + AWAY_MAX <= now => {
                self.page = Page::Gone(since);
                actions.push(Action::Unregister);
                let rings = |call: &Call| call.state == CallState::Ringing;
                for call in self.calls.extract_if(.., |call| rings(call)) {
                    actions.push(Action::TurnAway(call.nr, Turned::Unreachable));
                }
            }
            Page::Gone(since) if since + HELD_AWAY_MAX <= now => actions.extend(self.end_all()),
            Page::Away(_) | Page::Gone(_) => {}
        }
        actions
    }

    fn closed(&mut self, now: Tick) -> Vec<Action> {
        let mut actions = self.end_all();
        if self.is_reached() {
            actions.push(Action::Unregister);
        }
        self.page = Page::Gone(now);
        actions
    }

    fn end_all(&mut self) -> Vec<Action> {
        self.pending = Pending::Nothing;
        self.calls.drain(..).map(|call| end(call, Turned::Unreachable)).collect()
    }

    // ---- what the exchange tells ----

    fn called(&mut self, nr: CallNr) -> Vec<Action> {
        if !self.is_reached() {
            return vec![Action::TurnAway(nr, Turned::Unreachable)];
        }
        if self.calls.len() >= CALLS_MAX {
            return vec![Action::TurnAway(nr, Turned::Busy)];
        }
        self.begin(nr, Direction::In, CallState::Ringing);
        vec![Action::Ring(nr)]
    }

    fn answered(&mut self, nr: CallNr) -> Vec<Action> {
        match self.calls.iter_mut().find(|call| call.nr == nr) {
            Some(call) if call.state == CallState::Dialling => {
                call.state = CallState::Up;
                Vec::new()
            }
            Some(_) => Vec::new(),
            // It answers although it was given up: the two crossed.
            None => vec![Action::HangUp(nr)],
        }
    }

    fn ended(&mut self, nr: CallNr) -> Vec<Action> {
        let ended = self.calls.iter().position(|call| call.nr == nr);
        let Some(at) = ended else { return Vec::new() };
        let call = self.calls.remove(at);
        match self.pending {
            Pending::Nothing => {}
            Pending::Transfer(of) if of == nr => self.pending = Pending::Nothing,
            Pending::Transfer(_) => {}
            Pending::Confer(_) => {
                self.pending = Pending::Nothing;
                // The exchange keeps the call in which the keys were pressed.
                if let Some(kept) = self.calls.first_mut() {
                    kept.three = kept.state == CallState::Up && call.state != CallState::Up;
                }
            }
        }
        Vec::new()
    }

    // ---- what the person wants ----

    fn answer(&mut self, nr: CallNr) -> Decided {
        if self.call(nr)?.state != CallState::Ringing {
            return Err(Refusal::NotNow);
        }
        self.somebody_hears()?;
        let mut actions = self.give_way();
        self.set(nr, CallState::Up);
        actions.push(Action::Answer(nr));
        Ok(actions)
    }

    fn decline(&mut self, nr: CallNr) -> Decided {
        match self.call(nr)?.state {
            CallState::Ringing => self.hang_up(nr),
            CallState::Dialling | CallState::Up | CallState::Held(_) => Err(Refusal::NotNow),
        }
    }

    fn hang_up(&mut self, nr: CallNr) -> Decided {
        let call = self.call(nr)?;
        // Whoever hangs up now wants nobody brought together.
        if let Pending::Confer(_) = self.pending {
            self.pending = Pending::Nothing;
        }
        self.ended(nr);
        Ok(vec![end(call, Turned::Declined)])
    }

    fn hold(&mut self, nr: CallNr) -> Decided {
        let actions = match self.call(nr)?.state {
            CallState::Up => vec![Action::Hold(nr)],
            // From now on it is the person's wish.
            CallState::Held(_) => Vec::new(),
            CallState::Ringing | CallState::Dialling => return Err(Refusal::NotNow),
        };
        self.set(nr, CallState::Held(Holder::Person));
        Ok(actions)
    }

    fn resume(&mut self, nr: CallNr) -> Decided {
        match self.call(nr)?.state {
            CallState::Held(_) => {}
            CallState::Up => return Ok(Vec::new()),
            CallState::Ringing | CallState::Dialling => return Err(Refusal::NotNow),
        }
        self.somebody_hears()?;
        let mut actions = self.give_way();
        self.set(nr, CallState::Up);
        actions.push(Action::Resume(nr));
        Ok(actions)
    }

    fn dial(&mut self, nr: CallNr) -> Decided {
        self.somebody_hears()?;
        if self.calls.len() >= CALLS_MAX {
            return Err(Refusal::NoRoom);
        }
        let is_in_the_way = |call: &Call| {
            call.three || matches!(call.state, CallState::Ringing | CallState::Dialling)
        };
        if self.calls.iter().any(is_in_the_way) {
            return Err(Refusal::NotNow);
        }
        let mut actions = self.give_way();
        self.begin(nr, Direction::Out, CallState::Dialling);
        actions.push(Action::Call(nr));
        Ok(actions)
    }

    /// Whoever rings is turned away, who is up is put on hold, and nobody is hung up: it leaves before every limit.
    fn dial_emergency(&mut self, nr: CallNr) -> Decided {
        self.somebody_hears()?;
        let stays = |call: &&Call| matches!(call.state, CallState::Up | CallState::Held(_));
        if self.calls.iter().filter(stays).count() >= CALLS_MAX + EMERGENCY_ROOM {
            return Err(Refusal::NoRoom);
        }
        if let Pending::Confer(_) = self.pending {
            self.pending = Pending::Nothing;
        }
        let ringing = self.calls.extract_if(.., |call| call.state == CallState::Ringing);
        let mut actions: Vec<Action> = ringing.map(|call| end(call, Turned::Busy)).collect();
        actions.extend(self.give_way());
        self.begin(nr, Direction::Out, CallState::Dialling);
        actions.push(Action::Call(nr));
        Ok(actions)
    }

    fn complete(&mut self) -> Decided {
        self.two_at_most()?;
        let of = self.handed()?;
        let asked = self.calls.iter().find(|call| call.nr != of).copied();
        let asked = asked.ok_or(Refusal::NotNow)?;
        self.pending = match asked.state {
            CallState::Ringing => return Err(Refusal::NotNow),
            CallState::Dialling | CallState::Up | CallState::Held(_) => Pending::Transfer(of),
        };
        if asked.state != CallState::Dialling {
            return Ok(vec![Action::Replace(of, asked.nr)]);
        }
        self.calls.retain(|call| call.nr != asked.nr);
        Ok(vec![Action::TransferTo(of, asked.nr), Action::HangUp(asked.nr)])
    }

    fn confer(&mut self, now: Tick) -> Decided {
        let is_held = |call: &Call| matches!(call.state, CallState::Held(_));
        self.two_at_most()?;
        let here = self.heard().ok_or(Refusal::NotNow)?;
        if self.pending != Pending::Nothing || !self.calls.iter().any(is_held) {
            return Err(Refusal::NotNow);
        }
        self.pending = Pending::Confer(now + CONFER_MAX);
        Ok(vec![Action::PressConference(here)])
    }

    fn take_out(&mut self) -> Decided {
        let of_three = |call: &&mut Call| call.three && call.state == CallState::Up;
        let call = self.calls.iter_mut().find(of_three).ok_or(Refusal::NotNow)?;
        call.three = false;
        Ok(vec![Action::PressConference(call.nr)])
    }

    // ---- what all of them need ----

    fn call(&self, nr: CallNr) -> Result<Call, Refusal> {
        self.calls.iter().find(|call| call.nr == nr).copied().ok_or(Refusal::NoSuchCall)
    }

    fn set(&mut self, nr: CallNr, state: CallState) {
        for call in self.calls.iter_mut().filter(|call| call.nr == nr) {
            call.state = state;
        }
    }

    fn begin(&mut self, nr: CallNr, direction: Direction, state: CallState) {
        self.calls.push(Call { nr, direction, state, three: false });
    }

    const fn somebody_hears(&self) -> Result<(), Refusal> {
        match self.page {
            Page::Connected => Ok(()),
            Page::Away(_) | Page::Gone(_) => Err(Refusal::NoPage),
        }
    }

    /// With a third call nobody could tell which two are meant.
    const fn two_at_most(&self) -> Result<(), Refusal> {
        if self.calls.len() > CALLS_MAX { Err(Refusal::NotNow) } else { Ok(()) }
    }

    /// Whoever is heard now is put on hold, and whoever is dialled is given up.
    fn give_way(&mut self) -> Vec<Action> {
        let mut actions = self.give_up_dialled();
        for call in self.calls.iter_mut().filter(|call| call.state == CallState::Up) {
            call.state = CallState::Held(Holder::Person);
            actions.push(Action::Hold(call.nr));
        }
        actions
    }

    fn give_up_dialled(&mut self) -> Vec<Action> {
        let dialled = self.calls.extract_if(.., |call| call.state == CallState::Dialling);
        dialled.map(|call| Action::HangUp(call.nr)).collect()
    }

    /// The call that is handed on: the one that came, or else the older one.
    fn handed(&self) -> Result<CallNr, Refusal> {
        if self.pending != Pending::Nothing {
            return Err(Refusal::NotNow);
        }
        let is_up = |call: &&Call| matches!(call.state, CallState::Up | CallState::Held(_));
        let came = self.calls.iter().filter(is_up).find(|call| call.direction == Direction::In);
        let one = came.or_else(|| self.calls.iter().find(is_up));
        one.map(|call| call.nr).ok_or(Refusal::NotNow)
    }

    /// The laws of a handset, asserted after every event.
    fn check(&self) {
        let room = CALLS_MAX + EMERGENCY_ROOM;
        assert!(self.calls.len() <= room, "too many calls: {self:?}");
        let speaks = |call: &&Call| matches!(call.state, CallState::Up | CallState::Dialling);
        let speaking = self.calls.iter().filter(speaks).count();
        assert!(speaking <= 1, "one mouth, two calls: {self:?}");
        let heard = self.page == Page::Connected;
        assert!(heard || speaking == 0, "nobody hears: {self:?}");
        for call in &self.calls {
            let rings = call.state == CallState::Ringing;
            assert!(!rings || self.is_reached(), "it rings where nobody is: {self:?}");
            let is_up = matches!(call.state, CallState::Up | CallState::Held(_));
            assert!(!call.three || is_up, "three in no talk: {self:?}");
            let same = self.calls.iter().filter(|other| other.nr == call.nr).count();
            assert_eq!(same, 1, "one number, two calls: {self:?}");
        }
        if let Pending::Transfer(of) = self.pending {
            assert!(self.call(of).is_ok(), "nobody to hand on: {self:?}");
        }
    }
}

/// Whether this is dialled for help: 110 or 112, or the same behind the 0 with which one dials out of a house.
#[must_use]
pub fn is_emergency(dialled: &str) -> bool {
    matches!(dialled, "110" | "112" | "0110" | "0112")
}

fn end(call: Call, turned: Turned) -> Action {
    match call.state {
        CallState::Ringing => Action::TurnAway(call.nr, turned),
        CallState::Dialling | CallState::Up | CallState::Held(_) => Action::HangUp(call.nr),
    }
}
