// SPDX-License-Identifier: EUPL-1.2
//! The telephone side of one contact: its legs, what the caller hears, and who hears whom.
//!
//! ```text
//!              announce, wait                  the agent's telephone
//!   Arrived ────────────────▶ Alone ──ring──▶ Ringing ──answers──▶ PickedUp ──connect──▶ Joined
//!      │                       ▲  ▲              │                    │                    │
//!      │                       │  └─stop ringing─┘                    │                    │
//!      │                       └────────────stop ringing──────────────┘                    │
//!      │ dismiss                                                                           │
//!      └────────▶ Leaving ──text played──▶ Over ◀───────── somebody hangs up ──────────────┘
//! ```
//!
//! Beside all this a telephone elsewhere – a client's switchboard, a partner's centre – may be rung, whose
//! answer leads to `JoinedElsewhere` in the same way:
//!
//! ```text
//!   no leg ──ring──▶ rings ──answers──▶ picked up ──connect──▶ JoinedElsewhere
//! ```
//!
//! An agent may hand the caller on: the agent's leg goes, the caller is alone again and hears music, until the
//! next one answers. Whoever was asked before is on a leg already, which takes the agent's place:
//!
//! ```text
//!   Joined(one) ──let go──▶ Alone          Joined(one) ──put through──▶ Joined(other), JoinedElsewhere
//! ```
//!
//! An agent may also bring whoever was asked before into the talk, so that all three hear each other:
//!
//! ```text
//!                   confer                   agent leaves
//!   Joined(agent) ──────────▶ Conference(agent) ──────────▶ JoinedElsewhere ──put through──▶ …
//!        ▲                       │        │ caller leaves
//!        └───── third leaves ────┘        └───────────────▶ Over; the other two go on without us
//! ```
//!
//! Who is called back begins elsewhere ([`Callback`]), and comes here when both are up; or alone, if the caller was
//! called first.
//!
//! A line may leave the caller's leg unanswered until an agent answers: then nothing is played and
//! the caller hears the ordinary ringing tone.
//!
//! The centre orders, the legs report; this machine says what the legs have to do. The rules to
//! keep: a telephone that was made to ring is always made to stop; whatever the caller hears ends
//! the moment somebody answers; and a call that is over has no leg left.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod between;
mod callback;
pub mod handset;
mod leg;
mod phrase;
pub mod spoken;

pub use callback::{Callback, CallbackAction, CallbackEvent, CallbackState};
pub use leg::{Flow, Leg, LegEvent, LegState};
pub use phrase::{NUMBERS, PHRASES, Phrase};

use alloc::vec::Vec;
use stdx::{AgentId, PlanId};

/// What the caller hears when nobody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sound {
    /// What a crisis plan says before the line's greeting, which follows.
    Notice(PlanId),
    /// The line's greeting.
    Greeting,
    /// What a crisis plan tells by key; the music follows.
    Information(PlanId),
    /// What a crisis plan says to those who wait already when it begins; the music follows.
    News(PlanId),
    /// Place, time and offers, told between the music, which follows.
    Message,
    /// Hold music.
    Music,
    /// The text of a line that is closed.
    Closed,
    /// The text of a line that has no room left.
    Busy,
    /// The text that promises a call-back.
    Callback,
    /// Who calls, said to one whom a call-back reaches before an agent is there; the music follows.
    CallbackGreeting,
}

/// How a leg ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ending {
    /// Its user hung up, or cancelled before there was an answer.
    HungUp,
    /// Its user turned the call down: busy, or declined.
    TurnedDown,
    /// It could not be reached.
    Unreachable,
    /// The connection was lost.
    Lost,
}

/// Where the call is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// The caller's telephone sends the call; nothing was decided yet.
    Arrived,
    /// The caller alone, hearing something.
    Alone,
    /// An agent's telephone rings for the caller.
    Ringing(AgentId),
    /// The agent answered; the centre has not said yet whether the caller is still there.
    PickedUp(AgentId),
    /// Both hear each other.
    Joined(AgentId),
    /// The caller and somebody who is no agent of ours hear each other; also whoever an agent left behind in a
    /// conference, until the centre has said whose talk it is.
    JoinedElsewhere,
    /// The caller, the agent, and whom the agent brought in hear each other.
    Conference(AgentId),
    /// The caller hears a last text.
    Leaving,
    /// No leg is left.
    Over,
}

/// All that can happen to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The centre: let the caller hear something.
    Play(Sound),
    /// Let the caller hear this between the music: at once, or as soon as what is said now is over.
    Tell(Sound),
    /// The centre: let an agent's telephone ring.
    Ring(AgentId),
    /// The centre: let it ring no longer.
    StopRinging(AgentId),
    /// The centre: let both hear each other.
    Connect(AgentId),
    /// The centre: the agent handed the caller on, and leaves.
    LetGo(AgentId),
    /// The centre: whoever the agent asked before, on a leg that is up, takes the agent's place: another agent, or
    /// somebody elsewhere.
    PutThrough(Option<AgentId>),
    /// The agent: let whoever was asked before, on a leg that is up, come into the talk.
    Confer,
    /// The agent: let whoever was brought in leave it again.
    TakeOut,
    /// The centre: play this last text, then hang up.
    Dismiss(Sound),
    /// The centre: hang up.
    Release,
    /// What was played has come to its end.
    SoundOver,
    /// The agent's telephone was answered.
    AgentAnswered(AgentId),
    /// The agent's leg is gone.
    AgentGone(AgentId, Ending),
    /// The caller's leg is gone.
    CallerGone(Ending),
    /// The caller's telephone put the talk on hold, or took it back.
    CallerHolds(bool),
    /// The agent's telephone put the talk on hold, or took it back.
    AgentHolds(bool),
    /// Of the telephone elsewhere.
    Elsewhere(Elsewhere),
}

/// What can happen to the telephone elsewhere. There is one at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Elsewhere {
    /// The centre: let it ring.
    Ring,
    /// The centre: let it ring no longer.
    Stop,
    /// The centre: let both hear each other.
    Connect,
    /// It was answered.
    Answered,
    /// Its leg is gone.
    Gone(Ending),
    /// It put the talk on hold, or took it back.
    Holds(bool),
}

/// What the legs have to do, and what the centre has to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Answer the caller's leg.
    Answer,
    /// Play this to the caller, from its beginning; whatever played before ends.
    Play(Sound),
    /// Play nothing any more.
    Silence,
    /// Send the call to an agent's telephone.
    Invite(AgentId),
    /// Take it back from there.
    Cancel(AgentId),
    /// Take over the leg of whom the agent asked before: it is this agent's now, or the one elsewhere.
    TakeLeg(Option<AgentId>),
    /// Let both legs hear each other.
    Join(AgentId),
    /// Let all three legs hear each other.
    Confer(AgentId),
    /// The caller is gone: the agent and whom the agent brought in go on by themselves, on legs that are no
    /// longer this call's.
    Separate(AgentId),
    /// Hang up the agent's leg.
    HangUpAgent(AgentId),
    /// Hang up the caller's leg.
    HangUpCaller,
    /// Tell the centre that the greeting has been heard.
    TellAnnouncementOver,
    /// Tell the centre that the caller is gone.
    TellCallerLeft(Ending),
    /// Tell the centre that the agent answered.
    TellAnswered(AgentId),
    /// Tell the centre that the agent's telephone turned the call down or cannot be reached.
    TellNotTaken(AgentId, Ending),
    /// Tell the centre that the agent hung up.
    TellAgentHungUp(AgentId, Ending),
    /// Tell the centre that the agent, who had answered, hung up before both heard each other.
    TellUnheard(AgentId),
    /// Tell the centre that the agent left a conference: whoever stays takes over.
    TellHandedOn(AgentId),
    /// Send the call to the telephone elsewhere.
    InviteElsewhere,
    /// Take it back from there, or hang up.
    HangUpElsewhere,
    /// Let the caller and the telephone elsewhere hear each other.
    JoinElsewhere,
    /// Tell the centre that it was answered there.
    TellAnsweredElsewhere,
    /// Tell the centre that nobody took it there.
    TellNotTakenElsewhere(Ending),
    /// Tell the centre that the one elsewhere hung up.
    TellOtherLeft(Ending),
}

/// One call with its legs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    state: State,
    /// The caller's leg.
    pub caller: Leg,
    /// The agent's leg, while there is one.
    pub agent: Option<Leg>,
    /// The leg of the telephone elsewhere, or of whom the agent brought in, while there is one.
    pub elsewhere: Option<Leg>,
    sound: Option<Sound>,
    /// What is to be said before the music goes on.
    next: Option<Sound>,
}

/// The most actions that one event leads to: somebody else takes over while two telephones ring.
pub const ACTIONS_MAX: usize = 6;

impl Call {
    /// A call whose INVITE has come in.
    #[must_use]
    pub fn arrived() -> Call {
        let (caller, agent, elsewhere) = (Leg::ringing(), None, None);
        Call { state: State::Arrived, caller, agent, elsewhere, sound: None, next: None }
    }

    /// A call that we made: caller and agent have answered, and hear each other from now on.
    #[must_use]
    pub fn called_back(agent: AgentId) -> Call {
        let (state, caller, agents) = (State::Joined(agent), answered(), Some(answered()));
        Call { state, caller, agent: agents, elsewhere: None, sound: None, next: None }
    }

    /// A call that we made: the caller has answered, and waits for an agent.
    #[must_use]
    pub fn called_first() -> Call {
        let (state, caller) = (State::Alone, answered());
        Call { state, caller, agent: None, elsewhere: None, sound: None, next: None }
    }

    /// Where the call is.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// What the caller hears when nobody speaks.
    #[must_use]
    pub fn sound(&self) -> Option<Sound> {
        self.sound
    }

    /// What has to be done. An event that makes no sense in this state – it crossed another one on
    /// its way – leads to nothing, but never leaves a telephone ringing or a leg behind.
    ///
    /// # Panics
    /// If a law of the call is broken.
    pub fn handle(&mut self, event: Event) -> Vec<Action> {
        let mut actions = Vec::new();
        match self.state {
            State::Arrived | State::Alone => self.alone(event, &mut actions),
            State::Ringing(agent) => self.ringing(agent, event, &mut actions),
            State::PickedUp(agent) => self.picked_up(agent, event, &mut actions),
            State::Joined(agent) => self.joined(agent, event, &mut actions),
            State::JoinedElsewhere => self.joined_elsewhere(event, &mut actions),
            State::Conference(agent) => self.conference(agent, event, &mut actions),
            State::Leaving => self.leaving(event, &mut actions),
            State::Over => over(event, &mut actions),
        }
        self.check();
        assert!(actions.len() <= ACTIONS_MAX, "{event:?} leads to too much: {actions:?}");
        actions
    }

    fn alone(&mut self, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::Play(sound) => {
                self.play(sound, actions);
                self.state = State::Alone;
            }
            Event::Tell(sound) => self.tell(sound, actions),
            Event::Ring(agent) => self.ring(agent, actions),
            Event::Dismiss(sound) => self.dismiss(sound, actions),
            Event::Release => self.hang_up_caller(actions),
            Event::CallerGone(ending) => self.caller_gone(ending, actions),
            Event::SoundOver => self.sound_over(actions),
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            // The agent's leg answers although it was taken back: the two crossed.
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::Elsewhere(event) => self.beside(event, actions),
            // The agent's telephone had hung up already.
            Event::PutThrough(to) => self.put_through(to, actions),
            Event::LetGo(_)
            | Event::Confer
            | Event::TakeOut
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::AgentGone(_, _)
            | Event::AgentHolds(_) => {}
        }
    }

    fn ringing(&mut self, rings: AgentId, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::AgentAnswered(agent) if agent == rings => {
                self.agent_leg(LegEvent::Answered);
                self.state = State::PickedUp(agent);
                actions.push(Action::TellAnswered(agent));
            }
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::AgentGone(agent, ending) if agent == rings => {
                self.without_agent();
                actions.push(Action::TellNotTaken(agent, ending));
            }
            Event::StopRinging(agent) if agent == rings => {
                self.without_agent();
                actions.push(Action::Cancel(agent));
            }
            Event::Ring(agent) => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.ring(agent, actions);
            }
            Event::Play(sound) => self.play(sound, actions),
            Event::Tell(sound) => self.tell(sound, actions),
            Event::SoundOver => self.sound_over(actions),
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            Event::CallerGone(ending) => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.caller_gone(ending, actions);
            }
            Event::Dismiss(sound) => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.dismiss(sound, actions);
            }
            Event::Release => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.hang_up_caller(actions);
            }
            Event::Elsewhere(Elsewhere::Connect) if self.is_picked_up_elsewhere() => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.join_elsewhere(actions);
            }
            Event::Elsewhere(event) => self.beside(event, actions),
            Event::PutThrough(to) => {
                actions.push(Action::Cancel(rings));
                self.without_agent();
                self.put_through(to, actions);
            }
            Event::LetGo(_)
            | Event::Confer
            | Event::TakeOut
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::AgentGone(_, _)
            | Event::AgentHolds(_) => {}
        }
    }

    fn picked_up(&mut self, has: AgentId, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::Connect(agent) if agent == has => {
                self.leave_elsewhere(actions);
                // Of a line that answers nobody before an agent does, this is the caller's answer.
                self.answer(actions);
                self.silence(actions);
                self.state = State::Joined(agent);
                actions.push(Action::Join(agent));
            }
            // The centre decided otherwise meanwhile: the caller had left, or it rang out.
            Event::StopRinging(agent) if agent == has => {
                self.without_agent();
                actions.push(Action::HangUpAgent(agent));
            }
            // The centre has been told of the answer, and takes it for a talk by now; the caller has heard nothing.
            Event::AgentGone(agent, _) if agent == has => {
                self.without_agent();
                actions.push(Action::TellUnheard(agent));
            }
            Event::AgentAnswered(agent) if agent == has => {}
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::Play(sound) => self.play(sound, actions),
            Event::Tell(sound) => self.tell(sound, actions),
            Event::SoundOver => self.sound_over(actions),
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            Event::AgentHolds(holds) => self.agent_leg(LegEvent::hold(holds)),
            Event::Elsewhere(Elsewhere::Connect) if self.is_picked_up_elsewhere() => {
                actions.push(Action::HangUpAgent(has));
                self.without_agent();
                self.join_elsewhere(actions);
            }
            Event::Elsewhere(event) => self.beside(event, actions),
            Event::Ring(_)
            | Event::Dismiss(_)
            | Event::Release
            | Event::CallerGone(_)
            | Event::PutThrough(_) => {
                actions.push(Action::HangUpAgent(has));
                self.without_agent();
                self.alone(event, actions);
            }
            Event::LetGo(_)
            | Event::Confer
            | Event::TakeOut
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::AgentGone(_, _) => {}
        }
    }

    fn joined(&mut self, with: AgentId, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::AgentGone(agent, ending) if agent == with => {
                self.without_agent();
                actions.push(Action::TellAgentHungUp(agent, ending));
            }
            Event::CallerGone(ending) => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.caller_gone(ending, actions);
            }
            Event::Release => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.hang_up_caller(actions);
            }
            Event::LetGo(agent) if agent == with => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
            }
            Event::PutThrough(to) => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.put_through(to, actions);
            }
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            Event::AgentHolds(holds) => {
                self.agent_leg(LegEvent::hold(holds));
                self.hear_hold(holds, actions);
            }
            Event::AgentAnswered(agent) if agent == with => {}
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::SoundOver => self.sound_over(actions),
            Event::Elsewhere(event) => too_late(event, actions),
            Event::Confer => {
                self.silence(actions);
                self.elsewhere = Some(answered());
                self.state = State::Conference(with);
                actions.extend([Action::TakeLeg(None), Action::Confer(with)]);
            }
            // A call that is up stays up: no order but Release touches it.
            Event::LetGo(_)
            | Event::TakeOut
            | Event::Play(_)
            | Event::Tell(_)
            | Event::Ring(_)
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::Dismiss(_)
            | Event::AgentGone(_, _) => {}
        }
    }

    fn joined_elsewhere(&mut self, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::Elsewhere(event) => match event {
                Elsewhere::Gone(ending) => {
                    self.elsewhere = None;
                    self.state = State::Alone;
                    actions.push(Action::TellOtherLeft(ending));
                }
                Elsewhere::Holds(holds) => {
                    self.elsewhere_leg(LegEvent::hold(holds));
                    self.hear_hold(holds, actions);
                }
                // A call that is up stays up.
                Elsewhere::Ring | Elsewhere::Stop | Elsewhere::Connect | Elsewhere::Answered => {}
            },
            Event::CallerGone(ending) => self.caller_gone(ending, actions),
            Event::Release => self.hang_up_caller(actions),
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            Event::SoundOver => self.sound_over(actions),
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            // Whoever stayed in a conference is one of ours. Both hear each other already.
            Event::PutThrough(Some(agent)) => {
                self.agent = self.elsewhere.take();
                self.state = State::Joined(agent);
                actions.push(Action::TakeLeg(Some(agent)));
            }
            Event::PutThrough(None)
            | Event::LetGo(_)
            | Event::Confer
            | Event::TakeOut
            | Event::Play(_)
            | Event::Tell(_)
            | Event::Ring(_)
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::Dismiss(_)
            | Event::AgentGone(_, _)
            | Event::AgentHolds(_) => {}
        }
    }

    fn conference(&mut self, with: AgentId, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::Elsewhere(event) => match event {
                Elsewhere::Gone(_) => self.two_are_left(with, actions),
                Elsewhere::Holds(holds) => self.elsewhere_leg(LegEvent::hold(holds)),
                // A call that is up stays up.
                Elsewhere::Ring | Elsewhere::Stop | Elsewhere::Connect | Elsewhere::Answered => {}
            },
            Event::TakeOut => {
                actions.push(Action::HangUpElsewhere);
                self.two_are_left(with, actions);
            }
            // Who leaves hands over: the other two go on.
            Event::AgentGone(agent, _) if agent == with => {
                self.agent = None;
                self.state = State::JoinedElsewhere;
                actions.extend([Action::JoinElsewhere, Action::TellHandedOn(agent)]);
            }
            Event::CallerGone(ending) => {
                actions.push(Action::Separate(with));
                (self.agent, self.elsewhere) = (None, None);
                self.caller_gone(ending, actions);
            }
            Event::Release => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.hang_up_caller(actions);
            }
            // The agent hands the caller on to somebody else again.
            Event::LetGo(agent) if agent == with => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.leave_elsewhere(actions);
            }
            Event::PutThrough(to) => {
                actions.push(Action::HangUpAgent(with));
                self.without_agent();
                self.put_through(to, actions);
            }
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            // The other two talk meanwhile, and hear no music.
            Event::AgentHolds(holds) => self.agent_leg(LegEvent::hold(holds)),
            Event::AgentAnswered(agent) if agent == with => {}
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::SoundOver => self.sound_over(actions),
            // A call that is up stays up, and has three parties at most.
            Event::LetGo(_)
            | Event::Confer
            | Event::Play(_)
            | Event::Tell(_)
            | Event::Ring(_)
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::Dismiss(_)
            | Event::AgentGone(_, _) => {}
        }
    }

    /// Caller and agent are by themselves again, as before the conference.
    fn two_are_left(&mut self, with: AgentId, actions: &mut Vec<Action>) {
        self.elsewhere = None;
        self.state = State::Joined(with);
        actions.push(Action::Join(with));
        if self.agent.is_some_and(|leg| leg.state() == LegState::Held) {
            self.play(Sound::Music, actions);
        }
    }

    /// Whoever the agent asked before has a leg that is up.
    fn put_through(&mut self, to: Option<AgentId>, actions: &mut Vec<Action>) {
        self.leave_elsewhere(actions);
        self.answer(actions);
        self.silence(actions);
        let leg = answered();
        actions.push(Action::TakeLeg(to));
        match to {
            Some(agent) => {
                self.agent = Some(leg);
                self.state = State::Joined(agent);
                actions.push(Action::Join(agent));
            }
            None => {
                self.elsewhere = Some(leg);
                self.state = State::JoinedElsewhere;
                actions.push(Action::JoinElsewhere);
            }
        }
    }

    /// A telephone elsewhere is rung while the caller waits.
    fn beside(&mut self, event: Elsewhere, actions: &mut Vec<Action>) {
        match event {
            Elsewhere::Ring => {
                self.leave_elsewhere(actions);
                self.elsewhere = Some(Leg::ringing());
                actions.push(Action::InviteElsewhere);
            }
            Elsewhere::Stop => self.leave_elsewhere(actions),
            Elsewhere::Connect if self.is_picked_up_elsewhere() => self.join_elsewhere(actions),
            Elsewhere::Connect => {}
            Elsewhere::Answered => match self.elsewhere.map(|leg| leg.state()) {
                Some(LegState::Ringing) => {
                    self.elsewhere_leg(LegEvent::Answered);
                    actions.push(Action::TellAnsweredElsewhere);
                }
                Some(LegState::Answered | LegState::Held) => {}
                // It answers although it was taken back: the two crossed.
                Some(LegState::Ended) | None => actions.push(Action::HangUpElsewhere),
            },
            Elsewhere::Gone(ending) => {
                if self.elsewhere.take().is_some() {
                    actions.push(Action::TellNotTakenElsewhere(ending));
                }
            }
            Elsewhere::Holds(holds) => self.elsewhere_leg(LegEvent::hold(holds)),
        }
    }

    fn is_picked_up_elsewhere(&self) -> bool {
        self.elsewhere.is_some_and(|leg| leg.state() != LegState::Ringing)
    }

    fn join_elsewhere(&mut self, actions: &mut Vec<Action>) {
        self.answer(actions);
        self.silence(actions);
        self.state = State::JoinedElsewhere;
        actions.push(Action::JoinElsewhere);
    }

    fn leave_elsewhere(&mut self, actions: &mut Vec<Action>) {
        if self.elsewhere.take().is_some() {
            actions.push(Action::HangUpElsewhere);
        }
    }

    fn elsewhere_leg(&mut self, event: LegEvent) {
        if let Some(leg) = &mut self.elsewhere {
            leg.handle(event);
        }
    }

    fn leaving(&mut self, event: Event, actions: &mut Vec<Action>) {
        match event {
            Event::SoundOver | Event::Release => self.hang_up_caller(actions),
            // The centre counted this contact already; it needs not be told again.
            Event::CallerGone(_) => self.end(actions),
            Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
            Event::CallerHolds(holds) => self.caller.handle(LegEvent::hold(holds)),
            Event::Elsewhere(event) => too_late(event, actions),
            Event::LetGo(_)
            | Event::PutThrough(_)
            | Event::Confer
            | Event::TakeOut
            | Event::Play(_)
            | Event::Tell(_)
            | Event::Ring(_)
            | Event::StopRinging(_)
            | Event::Connect(_)
            | Event::Dismiss(_)
            | Event::AgentGone(_, _)
            | Event::AgentHolds(_) => {}
        }
    }

    /// Who is put on hold hears music, not silence.
    fn hear_hold(&mut self, holds: bool, actions: &mut Vec<Action>) {
        if holds {
            self.play(Sound::Music, actions);
        } else {
            self.silence(actions);
        }
    }

    fn answer(&mut self, actions: &mut Vec<Action>) {
        if self.caller.state() == LegState::Ringing {
            self.caller.handle(LegEvent::Answered);
            actions.push(Action::Answer);
        }
    }

    fn play(&mut self, sound: Sound, actions: &mut Vec<Action>) {
        self.answer(actions);
        let sound = match sound {
            Sound::Music => self.next.take().unwrap_or(Sound::Music),
            Sound::Notice(_)
            | Sound::Greeting
            | Sound::Information(_)
            | Sound::News(_)
            | Sound::Message
            | Sound::Closed
            | Sound::Busy
            | Sound::Callback
            | Sound::CallbackGreeting => sound,
        };
        self.sound = Some(sound);
        actions.push(Action::Play(sound));
    }

    /// Something between the music. Nobody is interrupted by it, nor answered because of it: who still hears the
    /// ringing tone goes on hearing it.
    fn tell(&mut self, sound: Sound, actions: &mut Vec<Action>) {
        if self.caller.state() == LegState::Ringing {
            return;
        }
        match (self.sound, self.next) {
            (Some(Sound::Music), _) => self.play(sound, actions),
            // Of a crisis is spoken before places and times.
            (_, Some(Sound::News(_))) if sound == Sound::Message => {}
            (_, _) => self.next = Some(sound),
        }
    }

    fn silence(&mut self, actions: &mut Vec<Action>) {
        self.next = None;
        if self.sound.take().is_some() {
            actions.push(Action::Silence);
        }
    }

    /// Music goes round; a text has an end.
    fn sound_over(&mut self, actions: &mut Vec<Action>) {
        match self.sound {
            Some(Sound::Music) => actions.push(Action::Play(Sound::Music)),
            Some(Sound::Notice(_)) => self.play(Sound::Greeting, actions),
            Some(
                Sound::Information(_) | Sound::News(_) | Sound::Message | Sound::CallbackGreeting,
            ) => self.play(Sound::Music, actions),
            Some(Sound::Greeting) => {
                self.sound = None;
                actions.push(Action::TellAnnouncementOver);
            }
            Some(Sound::Closed | Sound::Busy | Sound::Callback) | None => self.sound = None,
        }
    }

    fn ring(&mut self, agent: AgentId, actions: &mut Vec<Action>) {
        self.agent = Some(Leg::ringing());
        self.state = State::Ringing(agent);
        actions.push(Action::Invite(agent));
    }

    fn dismiss(&mut self, sound: Sound, actions: &mut Vec<Action>) {
        self.leave_elsewhere(actions);
        self.next = None;
        self.play(sound, actions);
        self.state = State::Leaving;
    }

    fn caller_gone(&mut self, ending: Ending, actions: &mut Vec<Action>) {
        self.end(actions);
        actions.push(Action::TellCallerLeft(ending));
    }

    fn hang_up_caller(&mut self, actions: &mut Vec<Action>) {
        self.end(actions);
        actions.push(Action::HangUpCaller);
    }

    fn end(&mut self, actions: &mut Vec<Action>) {
        self.leave_elsewhere(actions);
        self.caller.handle(LegEvent::Ended);
        (self.sound, self.next) = (None, None);
        self.state = State::Over;
    }

    fn without_agent(&mut self) {
        self.agent = None;
        self.state = State::Alone;
    }

    fn agent_leg(&mut self, event: LegEvent) {
        if let Some(leg) = &mut self.agent {
            leg.handle(event);
        }
    }

    /// The laws of a call, asserted after every event: an agent's leg exists exactly while one is
    /// asked or talks, one elsewhere while the caller waits, talks there or with three; a call that is over has no leg and
    /// no sound; nobody hears anything before the caller's leg is answered.
    fn check(&self) {
        let with_agent = match self.state {
            State::Ringing(_) | State::PickedUp(_) | State::Joined(_) | State::Conference(_) => {
                true
            }
            State::Arrived
            | State::Alone
            | State::JoinedElsewhere
            | State::Leaving
            | State::Over => false,
        };
        assert_eq!(self.agent.is_some(), with_agent, "a leg too many or too few: {self:?}");
        let may_be_elsewhere = match self.state {
            State::Arrived | State::Alone | State::Ringing(_) | State::PickedUp(_) => true,
            State::JoinedElsewhere | State::Conference(_) => self.is_picked_up_elsewhere(),
            State::Joined(_) | State::Leaving | State::Over => self.elsewhere.is_none(),
        };
        assert!(may_be_elsewhere, "a leg elsewhere too many or too few: {self:?}");
        let over = self.state == State::Over;
        assert_eq!(self.caller.state() == LegState::Ended, over, "half over: {self:?}");
        let silent = self.sound.is_none() && self.next.is_none();
        assert!(!over || silent, "a sound outlives its call: {self:?}");
        let unanswered = self.caller.state() == LegState::Ringing;
        assert!(!unanswered || self.sound.is_none(), "a sound before the answer: {self:?}");
    }
}

/// A leg that is up from its beginning.
fn answered() -> Leg {
    let mut leg = Leg::ringing();
    leg.handle(LegEvent::Answered);
    leg
}

/// After the end only a telephone that answers too late has to be hung up.
fn over(event: Event, actions: &mut Vec<Action>) {
    match event {
        Event::AgentAnswered(agent) => actions.push(Action::HangUpAgent(agent)),
        Event::Elsewhere(event) => too_late(event, actions),
        Event::LetGo(_)
        | Event::PutThrough(_)
        | Event::Confer
        | Event::TakeOut
        | Event::Play(_)
        | Event::Tell(_)
        | Event::Ring(_)
        | Event::StopRinging(_)
        | Event::Connect(_)
        | Event::Dismiss(_)
        | Event::Release
        | Event::SoundOver
        | Event::AgentGone(_, _)
        | Event::CallerGone(_)
        | Event::CallerHolds(_)
        | Event::AgentHolds(_) => {}
    }
}

/// Nobody is wanted elsewhere any more: who answers there is hung up.
fn too_late(event: Elsewhere, actions: &mut Vec<Action>) {
    match event {
        Elsewhere::Answered => actions.push(Action::HangUpElsewhere),
        Elsewhere::Ring
        | Elsewhere::Stop
        | Elsewhere::Connect
        | Elsewhere::Gone(_)
        | Elsewhere::Holds(_) => {}
    }
}
