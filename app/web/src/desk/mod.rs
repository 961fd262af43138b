// SPDX-License-Identifier: EUPL-1.2
//! One desk in one window: a socket on which the page hears its whole state after every change, and says what is
//! wanted.
//!
//! The rule to keep: requests are carried out one after the other, and while one waits for the centre the state is
//! still told.

mod acts;
mod view;

use crate::accounts::Account;
use crate::centre::{NotAsked, Question};
use crate::hub::{Hub, Window, refused};
use crate::lang::Lang;
use crate::limits::{
    DESK_AT_LEAST, DESK_EVERY, MESSAGE_MAX, MESSAGES_A_SECOND, MESSAGES_AT_ONCE, PAGE_SILENT,
    SEND_WITHIN,
};
use crate::sessions::{SignedIn, over};
use crate::words::{Desk, FromDesk, ToDesk, Wants, moment};
use axum::extract::ws::{Message, WebSocket};
use std::sync::Arc;
use stdx::AgentId;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until, timeout};

/// How soon the state is asked again of a centre that did not answer.
const ASKED_AGAIN: std::time::Duration = std::time::Duration::from_millis(500);

/// Requests of a page that wait for the one before.
const REQUESTS_MAX: usize = MESSAGES_AT_ONCE as usize;

/// Whose desk it is.
#[derive(Clone)]
pub(crate) struct Seat {
    pub(crate) hub: Arc<Hub>,
    pub(crate) account: Arc<Account>,
    pub(crate) agent: AgentId,
    pub(crate) lang: Lang,
}

/// Why a socket is closed.
enum Closed {
    /// The page is gone, does not read, or says nothing.
    Gone,
    /// Another window took the desk.
    TakenOver,
    /// The session is over.
    SignedOut,
    /// It does not keep to the rules.
    Unruly,
}

/// Serves a desk until its socket or its session ends.
pub(crate) async fn serve(mut socket: WebSocket, seat: Seat, session: SignedIn) {
    let (mut pace, ended) = (Pace::new(), session.ended.clone());
    let window = match open(&mut socket, &seat, &ended, &mut pace).await {
        Ok(window) => window,
        Err(closed) => return say_goodbye(socket, closed).await,
    };
    let number = window.number;
    let closed = converse(&mut socket, &seat, window, session, pace).await;
    seat.hub.close(seat.agent, number);
    say_goodbye(socket, closed).await;
}

async fn say_goodbye(mut socket: WebSocket, closed: Closed) {
    let last = match closed {
        Closed::TakenOver => Some(ToDesk::TakenOver),
        Closed::SignedOut => Some(ToDesk::Bye),
        Closed::Gone | Closed::Unruly => None,
    };
    if let Some(last) = last {
        // Who does not read needs no goodbye.
        let _ = send(&mut socket, &last).await;
    }
    let _ = timeout(SEND_WITHIN, socket.send(Message::Close(None))).await;
}

/// Opens the desk here, or waits until it is taken over from another window.
async fn open(
    socket: &mut WebSocket,
    seat: &Seat,
    ended: &watch::Receiver<bool>,
    pace: &mut Pace,
) -> Result<Window, Closed> {
    let since = match seat.hub.open(seat.agent, seat.lang, false) {
        Ok(window) => return Ok(window),
        Err(since) => since,
    };
    send(socket, &ToDesk::Elsewhere { since: moment(since) }).await?;
    let mut ended = ended.clone();
    loop {
        tokio::select! {
            () = over(&mut ended) => return Err(Closed::SignedOut),
            () = sleep_until(pace.silent_at()) => return Err(Closed::Gone),
            message = socket.recv() => {
                let Some(request) = pace.read(message)? else { continue };
                if request.wants == Wants::TakeOver { break; }
            }
        }
    }
    seat.hub.open(seat.agent, seat.lang, true).map_err(|_| Closed::Gone)
}

/// The conversation with the page that has the desk.
async fn converse(
    socket: &mut WebSocket,
    seat: &Seat,
    window: Window,
    session: SignedIn,
    mut pace: Pace,
) -> Closed {
    let Window { mut to_page, mut changed, .. } = window;
    let mut ended = session.ended.clone();
    let (requests, answers) = begin_acting(seat);
    let mut answers = answers;
    let (mut tell_at, mut told) = (Instant::now(), None::<Desk>);
    let mut next_told = Instant::now() + DESK_AT_LEAST;
    let mut is_stale = true;
    loop {
        tokio::select! {
            () = over(&mut ended) => return Closed::SignedOut,
            () = sleep_until(pace.silent_at()) => return Closed::Gone,
            message = socket.recv() => {
                let request = match pace.read(message) {
                    Ok(Some(request)) => request,
                    Ok(None) => continue,
                    Err(closed) => return closed,
                };
                session.touch(seat.hub.now());
                // A page that asks faster than the centre answers is not ours.
                if requests.try_send(request).is_err() { return Closed::Unruly; }
            }
            answer = answers.recv() => {
                let Some(answer) = answer else { return Closed::Gone };
                if send(socket, &answer).await.is_err() { return Closed::Gone; }
            }
            said = to_page.recv() => match said {
                None | Some(ToDesk::TakenOver) => return Closed::TakenOver,
                Some(said) => if send(socket, &said).await.is_err() { return Closed::Gone; },
            },
            _ = changed.changed() => is_stale = true,
            () = sleep_until(if is_stale { tell_at } else { next_told }) => {
                is_stale = false;
                tell_at = Instant::now() + DESK_EVERY;
                next_told = Instant::now() + DESK_AT_LEAST;
                // A centre that does not answer now is asked again a little later.
                let Ok(desk) = state(seat).await else {
                    (is_stale, tell_at) = (true, Instant::now() + ASKED_AGAIN);
                    continue;
                };
                if told.as_ref() != Some(&desk) {
                    let says = ToDesk::Desk { desk: Box::new(desk.clone()) };
                    if send(socket, &says).await.is_err() { return Closed::Gone; }
                    told = Some(desk);
                }
            }
        }
    }
}

/// The state of the desk at this moment.
pub(crate) async fn state(seat: &Seat) -> Result<Desk, NotAsked> {
    let facts = seat.hub.ask(|reply| Question::Desk(seat.agent, reply)).await?;
    let contact = facts.contact.as_ref().map(|it| it.contact);
    let (own, directory) = (seat.hub.own(seat.agent, contact), seat.hub.directory());
    let has_browser = seat.hub.browser_of(seat.agent).is_some();
    Ok(view::desk(&directory, &seat.account, (seat.agent, has_browser), &facts, &own))
}

/// Carries out requests in their order, beside the conversation; ends with it.
fn begin_acting(seat: &Seat) -> (mpsc::Sender<FromDesk>, mpsc::Receiver<ToDesk>) {
    let (requests, mut received) = mpsc::channel::<FromDesk>(REQUESTS_MAX);
    let (sender, answers) = mpsc::channel(REQUESTS_MAX);
    let seat = seat.clone();
    tokio::spawn(async move {
        while let Some(request) = received.recv().await {
            let of = request.of;
            let answer = match acts::act(&seat, request).await {
                Ok(()) => ToDesk::Done { of },
                Err(problem) => refused(of, problem),
            };
            if sender.send(answer).await.is_err() {
                return;
            }
        }
    });
    (requests, answers)
}

async fn send(socket: &mut WebSocket, what: &ToDesk) -> Result<(), Closed> {
    let text = serde_json::to_string(what).expect("plain data");
    match timeout(SEND_WITHIN, socket.send(Message::Text(text.into()))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) | Err(_) => Err(Closed::Gone),
    }
}

/// How often a page speaks.
struct Pace {
    /// When it may say the next thing on average (a leaky bucket).
    due: Instant,
    heard: Instant,
}

impl Pace {
    fn new() -> Pace {
        let now = Instant::now();
        Pace { due: now, heard: now }
    }

    fn silent_at(&self) -> Instant {
        self.heard + PAGE_SILENT
    }

    /// A message of the page; none if there is nothing to do about it.
    fn read(
        &mut self,
        message: Option<Result<Message, axum::Error>>,
    ) -> Result<Option<FromDesk>, Closed> {
        let Some(Ok(message)) = message else { return Err(Closed::Gone) };
        let now = Instant::now();
        self.heard = now;
        self.due = self.due.max(now) + std::time::Duration::from_secs(1) / MESSAGES_A_SECOND;
        if self.due > now + std::time::Duration::from_secs(1) * MESSAGES_AT_ONCE / MESSAGES_A_SECOND
        {
            return Err(Closed::Unruly);
        }
        match message {
            Message::Text(text) if text.len() <= MESSAGE_MAX => {
                serde_json::from_str(&text).map(Some).map_err(|_| Closed::Unruly)
            }
            Message::Text(_) | Message::Binary(_) => Err(Closed::Unruly),
            Message::Ping(_) | Message::Pong(_) => Ok(None),
            Message::Close(_) => Err(Closed::Gone),
        }
    }
}
