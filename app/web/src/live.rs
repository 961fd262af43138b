// SPDX-License-Identifier: EUPL-1.2
//! A wallboard's socket: how everything stands, within half a second of every change.

use crate::board::board;
use crate::centre::Question;
use crate::hub::Hub;
use crate::limits::{BOARD_AT_LEAST, BOARD_EVERY, SEND_WITHIN};
use crate::sessions::{SignedIn, over};
use crate::words::ToBoard;
use axum::extract::ws::{Message, WebSocket};
use std::sync::Arc;
use tokio::time::{Instant, sleep_until, timeout};

/// Serves a wallboard until its socket or its session ends.
pub(crate) async fn serve(mut socket: WebSocket, hub: Arc<Hub>, session: SignedIn) {
    let (mut changes, mut ended) = (hub.board_changes(), session.ended.clone());
    let (mut soonest, mut latest) = (Instant::now(), Instant::now());
    loop {
        tokio::select! {
            () = over(&mut ended) => {
                // Who does not read needs no goodbye.
                let _ = send(&mut socket, &ToBoard::Bye).await;
                return;
            }
            message = socket.recv() => match message {
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                // A wallboard has nothing to say.
                Some(Ok(Message::Text(_) | Message::Binary(_) | Message::Close(_)) | Err(_)) | None => return,
            },
            changed = changes.changed() => {
                if changed.is_err() { return; }
                latest = latest.min(soonest.max(Instant::now()));
            }
            () = sleep_until(latest) => {
                soonest = Instant::now() + BOARD_EVERY;
                latest = Instant::now() + BOARD_AT_LEAST;
                // A centre that does not answer now is asked again a little later.
                let Ok(facts) = hub.ask(Question::Board).await else { continue };
                session.touch(hub.now());
                let board = Box::new(board(&hub.directory(), &session.account, &facts));
                if !send(&mut socket, &ToBoard::Board { board }).await { return; }
            }
        }
    }
}

async fn send(socket: &mut WebSocket, what: &ToBoard) -> bool {
    let text = serde_json::to_string(what).expect("plain data");
    matches!(timeout(SEND_WITHIN, socket.send(Message::Text(text.into()))).await, Ok(Ok(())))
}
