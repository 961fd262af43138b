// SPDX-License-Identifier: EUPL-1.2
//! What a desk wants becomes an event for the centre, or an order for the browser's telephone.

use super::Seat;
use crate::centre::Question;
use crate::lang::Lang;
use crate::limits::KEYS_MAX;
use crate::problem::Problem;
use crate::words::{Device, FromDesk, PauseWord, Target, Wants};
use acd::agent::{Pause, State};
use centre::Event;
use stdx::{ContactId, Redacted};
use telephony::softphone::{CallNr, CallState, Order, destination};

/// Carries out a request.
pub(super) async fn act(seat: &Seat, request: FromDesk) -> Result<(), Problem> {
    let (agent, of) = (seat.agent, request.of);
    match request.wants {
        Wants::Ping => Ok(()),
        Wants::SignOn { device } => sign_on(seat, device).await,
        Wants::SignOff => decide(seat, Event::SignOff { agent }).await,
        Wants::Ready => ready(seat).await,
        Wants::NotReady { pause } => {
            decide(seat, Event::MakeNotReady { agent, pause: pause_of(pause) }).await
        }
        // A break that nobody has to justify; after the call if there is one.
        Wants::AfterAbuse => decide(seat, Event::MakeNotReady { agent, pause: Pause::Break }).await,
        Wants::ExtendWrapUp => decide(seat, Event::ExtendWrapUp { agent }).await,
        Wants::EndWrapUp => decide(seat, Event::EndWrapUp { agent }).await,
        Wants::Answer { contact } => answer(seat, of, ContactId(contact)).await,
        Wants::Decline { contact } => {
            decide(seat, Event::Decline { agent, contact: ContactId(contact) }).await
        }
        Wants::HangUp { call } => hang_up(seat, of, call).await,
        Wants::Hold { call } => order(seat, of, Order::Hold(CallNr(call))),
        Wants::Resume { call } => order(seat, of, Order::Resume(CallNr(call))),
        Wants::Keys { call, keys } => {
            let is_key = |key: u8| key.is_ascii_digit() || matches!(key, b'*' | b'#' | b'A'..=b'D');
            if keys.is_empty() || keys.len() > KEYS_MAX || !keys.bytes().all(is_key) {
                return Err(Problem::unreadable(seat.lang, "keys"));
            }
            order(seat, of, Order::Keys(CallNr(call), Redacted::new(keys)))
        }
        Wants::Dial { number } => order(seat, of, Order::Dial(dialled(seat.lang, &number)?)),
        Wants::Transfer { to } => {
            let user = target(seat, &to)?;
            seat.hub.handing_to(agent, &user);
            order(seat, of, Order::Transfer { to: user })
        }
        Wants::Complete => order(seat, of, Order::Complete),
        Wants::Confer => order(seat, of, Order::Confer),
        Wants::TakeOut => order(seat, of, Order::TakeOut),
        Wants::WrapUp { wrap_up } => {
            crate::wrap_up::keep(&seat.hub, (agent, seat.lang), wrap_up).await.map(drop)
        }
        Wants::Offer { sdp } => {
            seat.hub.offer(agent, of);
            order(seat, of, Order::Offer(sdp))
        }
        Wants::Quality(quality) => {
            seat.hub.measure(agent, quality);
            Ok(())
        }
        // It has the desk already.
        Wants::TakeOver => Ok(()),
    }
}

async fn decide(seat: &Seat, event: Event) -> Result<(), Problem> {
    let asked = seat.hub.ask(|reply| Question::Act(event, reply)).await;
    let outcome = asked.map_err(|why| Problem::not_asked(seat.lang, why))?;
    outcome.map(|_| ()).map_err(|why| Problem::refused(seat.lang, why))
}

fn order(seat: &Seat, of: u64, order: Order) -> Result<(), Problem> {
    if seat.hub.device(seat.agent) != Some(Device::Browser) {
        return Err(Problem::out_of_place(
            seat.lang,
            "Das geht am Telefon auf Ihrem Tisch, oder wenn Sie sich mit dem Browser anmelden.",
            "Do this at the telephone on your desk, or sign on with the browser.",
        ));
    }
    seat.hub.ordered(seat.agent, of);
    if seat.hub.order(seat.agent, order) { Ok(()) } else { Err(Problem::too_busy(seat.lang)) }
}

async fn sign_on(seat: &Seat, device: Device) -> Result<(), Problem> {
    if device == Device::Browser && seat.hub.browser_of(seat.agent).is_none() {
        return Err(Problem::out_of_place(
            seat.lang,
            "Für diesen Platz ist kein Telefon im Browser eingerichtet.",
            "There is no telephone in the browser for this desk.",
        ));
    }
    let is_other = seat.hub.device(seat.agent).is_some_and(|it| it != device);
    if is_other && !seat.hub.calls(seat.agent).is_empty() {
        return Err(Problem::out_of_place(
            seat.lang,
            "Während eines Gesprächs bleibt es bei diesem Gerät.",
            "During a call it stays with this device.",
        ));
    }
    if state(seat).await? == State::SignedOff {
        decide(seat, Event::SignOn { agent: seat.agent }).await?;
    }
    seat.hub.choose(seat.agent, Some(device));
    Ok(())
}

async fn state(seat: &Seat) -> Result<State, Problem> {
    let facts = seat.hub.ask(|reply| Question::Desk(seat.agent, reply)).await;
    facts.map(|facts| facts.agent.state).map_err(|why| Problem::not_asked(seat.lang, why))
}

/// Ready ends the wrap-up, if there is one.
async fn ready(seat: &Seat) -> Result<(), Problem> {
    let agent = seat.agent;
    match state(seat).await? {
        State::WrapUp { .. } => decide(seat, Event::EndWrapUp { agent }).await,
        State::SignedOff
        | State::NotReady { .. }
        | State::Ready { .. }
        | State::Offered { .. }
        | State::Talking { .. } => decide(seat, Event::MakeReady { agent }).await,
    }
}

/// The browser's telephone answers what rings; the centre hears of it as of every telephone.
async fn answer(seat: &Seat, of: u64, contact: ContactId) -> Result<(), Problem> {
    let offered = match state(seat).await? {
        State::Offered { contact, .. } => Some(contact),
        State::SignedOff
        | State::NotReady { .. }
        | State::Ready { .. }
        | State::Talking { .. }
        | State::WrapUp { .. } => None,
    };
    if offered != Some(contact) {
        return Err(Problem::refused(seat.lang, acd::Refusal::NotOffered));
    }
    let calls = seat.hub.calls(seat.agent);
    let ringing = calls.iter().find(|call| call.state == CallState::Ringing).map(|call| call.nr);
    let Some(call) = ringing else {
        return Err(Problem::out_of_place(
            seat.lang,
            "Im Browser klingelt es noch nicht. Am Telefon auf Ihrem Tisch nehmen Sie dort ab.",
            "The browser does not ring yet. The telephone on your desk is answered there.",
        ));
    };
    order(seat, of, Order::Answer(call))
}

/// One of the browser's calls; without such a telephone, the talk with the caller.
async fn hang_up(seat: &Seat, of: u64, call: u64) -> Result<(), Problem> {
    if seat.hub.device(seat.agent) == Some(Device::Browser) {
        return order(seat, of, Order::HangUp(CallNr(call)));
    }
    decide(seat, Event::HangUp { agent: seat.agent }).await
}

/// The user part of the address to which a caller is handed on.
fn target(seat: &Seat, to: &Target) -> Result<String, Problem> {
    let directory = seat.hub.directory();
    let unknown = || Problem::not_found(seat.lang);
    match to {
        Target::Agent { id } => {
            let (_, agent) = directory.agent(id).ok_or_else(unknown)?;
            agent.browser.clone().or_else(|| agent.desk_phone.clone()).ok_or_else(unknown)
        }
        Target::Line { id } => {
            let line = directory.lines.iter().find(|line| line.id == *id && line.has_queue);
            line.and_then(|line| line.number.clone()).ok_or_else(unknown)
        }
        Target::Partner { id } => {
            let partner = directory.partners.iter().find(|partner| partner.id == *id);
            partner.and_then(|partner| partner.number.clone()).ok_or_else(unknown)
        }
        Target::Number { id } => dialled(seat.lang, id),
    }
}

/// What is dialled: a number as people write it, or a colleague's telephone. Feature codes are not for a page that has
/// buttons.
fn dialled(lang: Lang, written: &str) -> Result<String, Problem> {
    let dialled = destination::number(written).or_else(|| destination::telephone(written));
    dialled.filter(|it| !it.contains(['*', '#'])).ok_or_else(|| {
        let (de, en) =
            ("Diese Nummer kann nicht gewählt werden.", "This number cannot be dialled.");
        Problem::out_of_place(lang, de, en)
    })
}

fn pause_of(word: PauseWord) -> Pause {
    match word {
        PauseWord::Break => Pause::Break,
        PauseWord::DeskWork => Pause::DeskWork,
    }
}
