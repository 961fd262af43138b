// SPDX-License-Identifier: EUPL-1.2
//! Who is signed in. The browser holds a random token; here stands only its hash.
//!
//! The rule to keep: a session ends when its account changes or goes, when it was idle or lasted for too long, and when
//! its owner wants it.

use crate::accounts::Account;
use crate::limits::{SESSION_IDLE, SESSION_LASTS, SESSIONS_MAX};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use stdx::{Redacted, Timestamp};
use tokio::sync::watch;

/// Bytes of a token.
pub(crate) const TOKEN_BYTES: usize = 32;

type Key = [u8; 32];

/// Everybody who is signed in.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    by_key: BTreeMap<Key, Session>,
}

/// By what somebody proved who they are.
#[derive(Clone, Debug)]
pub(crate) enum Proof {
    /// By the password of a practice, which is no secret.
    Practice,
    /// By a password with this hash: with another one the session ends.
    Password(String),
    /// Somebody vouches for them; with what was said, if it may be shown again to sign out there.
    Voucher(Option<Redacted<String>>),
}

#[derive(Debug)]
struct Session {
    account: Arc<Account>,
    proof: Proof,
    began: Timestamp,
    /// When it was used last, in microseconds; its sockets use it as well.
    used: Arc<AtomicI64>,
    /// Told when it ends: sockets of it close.
    ended: watch::Sender<bool>,
}

/// Somebody who is signed in.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) account: Arc<Account>,
    /// Whether somebody else vouches for them.
    pub(crate) is_vouched_for: bool,
    used: Arc<AtomicI64>,
    /// Becomes true when the session ends.
    pub(crate) ended: watch::Receiver<bool>,
}

impl SignedIn {
    /// The session is used at this moment.
    pub(crate) fn touch(&self, now: Timestamp) {
        self.used.store(now.0, Ordering::Relaxed);
    }
}

/// Waits until a session ends.
pub(crate) async fn over(ended: &mut watch::Receiver<bool>) {
    // One that was dropped has said so before.
    let _ = ended.wait_for(|it| *it).await;
}

fn key(token: &Redacted<[u8; TOKEN_BYTES]>) -> Key {
    Sha256::digest(token.expose()).into()
}

impl Sessions {
    /// Somebody signed in with this token, fresh from the system's generator.
    pub(crate) fn begin(
        &mut self,
        now: Timestamp,
        token: &Redacted<[u8; TOKEN_BYTES]>,
        (account, proof): (Account, Proof),
    ) {
        self.expire(now);
        if self.by_key.len() >= SESSIONS_MAX
            && let Some((&idlest, _)) = self.by_key.iter().min_by_key(|(_, session)| session.used())
        {
            self.by_key.remove(&idlest);
        }
        let session = Session {
            account: Arc::new(account),
            proof,
            began: now,
            used: Arc::new(AtomicI64::new(now.0)),
            ended: watch::Sender::new(false),
        };
        self.by_key.insert(key(token), session);
    }

    /// Who has this token.
    pub(crate) fn of(
        &mut self,
        now: Timestamp,
        token: &Redacted<[u8; TOKEN_BYTES]>,
    ) -> Option<SignedIn> {
        self.expire(now);
        let session = self.by_key.get_mut(&key(token))?;
        session.used.store(now.0, Ordering::Relaxed);
        Some(SignedIn {
            account: Arc::clone(&session.account),
            is_vouched_for: matches!(session.proof, Proof::Voucher(_)),
            used: Arc::clone(&session.used),
            ended: session.ended.subscribe(),
        })
    }

    /// Whoever has this token signs out; by what they had signed in.
    pub(crate) fn end(&mut self, token: &Redacted<[u8; TOKEN_BYTES]>) -> Option<Proof> {
        self.by_key.remove(&key(token)).map(|session| session.proof.clone())
    }

    /// Sessions whose account is not as it was end.
    pub(crate) fn keep(&mut self, is_as_before: impl Fn(&Account, &Proof) -> bool) {
        self.by_key.retain(|_, it| is_as_before(&it.account, &it.proof));
    }

    fn expire(&mut self, now: Timestamp) {
        self.by_key.retain(|_, it| {
            now.since(it.used()) < SESSION_IDLE && now.since(it.began) < SESSION_LASTS
        });
    }
}

impl Session {
    fn used(&self) -> Timestamp {
        Timestamp(self.used.load(Ordering::Relaxed))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.ended.send_replace(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Role;
    use stdx::Micros;

    fn account(name: &str) -> Account {
        let (name, shown) = (name.to_owned(), name.to_owned());
        Account { name, shown, roles: vec![Role::Agent], agent: None, clients: None }
    }

    fn token(number: usize) -> Redacted<[u8; TOKEN_BYTES]> {
        let mut bytes = [0; TOKEN_BYTES];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Redacted::new(bytes)
    }

    #[test]
    fn it_ends_when_idle_and_when_it_is_old() {
        let mut sessions = Sessions::default();
        sessions.begin(Timestamp(0), &token(1), (account("anna"), Proof::Practice));
        let mut at = Timestamp(0);
        while at.since(Timestamp(0)) + SESSION_IDLE < SESSION_LASTS {
            at = at + Micros(SESSION_IDLE.0 - 1);
            assert!(sessions.of(at, &token(1)).is_some(), "used in time");
        }
        assert!(sessions.of(Timestamp(0) + SESSION_LASTS, &token(1)).is_none(), "old");
        sessions.begin(Timestamp(0), &token(2), (account("anna"), Proof::Practice));
        assert!(sessions.of(Timestamp(0) + SESSION_IDLE, &token(2)).is_none(), "idle");
        assert!(sessions.of(Timestamp(0), &token(3)).is_none(), "never begun");
    }

    #[test]
    fn a_socket_keeps_it() {
        let mut sessions = Sessions::default();
        sessions.begin(Timestamp(0), &token(1), (account("anna"), Proof::Practice));
        let anna = sessions.of(Timestamp(0), &token(1)).expect("signed in");
        anna.touch(Timestamp(0) + SESSION_IDLE);
        assert!(sessions.of(Timestamp(0) + SESSION_IDLE, &token(1)).is_some(), "the desk was used");
        assert!(!*anna.ended.borrow());
    }

    #[test]
    fn whoever_has_it_hears_of_its_end() {
        let mut sessions = Sessions::default();
        sessions.begin(Timestamp(0), &token(1), (account("anna"), Proof::Practice));
        sessions.begin(Timestamp(0), &token(2), (account("otto"), Proof::Practice));
        let anna = sessions.of(Timestamp(0), &token(1)).expect("signed in");
        let otto = sessions.of(Timestamp(0), &token(2)).expect("signed in");
        sessions.keep(|account, _| account.name != "otto");
        assert!(*otto.ended.borrow() && !*anna.ended.borrow());
        sessions.end(&token(1));
        assert!(*anna.ended.borrow());
    }

    #[test]
    fn at_the_limit_the_idlest_goes() {
        let mut sessions = Sessions::default();
        for number in 0..SESSIONS_MAX {
            sessions.begin(
                Timestamp(number as i64),
                &token(number),
                (account("anna"), Proof::Practice),
            );
        }
        let now = Timestamp(SESSIONS_MAX as i64);
        assert!(sessions.of(now, &token(0)).is_some(), "used just now");
        sessions.begin(now, &token(SESSIONS_MAX), (account("otto"), Proof::Practice));
        assert!(sessions.of(now, &token(1)).is_none());
        assert!(sessions.of(now, &token(0)).is_some());
        assert!(sessions.of(now, &token(SESSIONS_MAX)).is_some());
    }
}
