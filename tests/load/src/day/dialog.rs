// SPDX-License-Identifier: EUPL-1.2
//! One call as one of its ends sees it, and the messages that this end writes.

use super::plan::{Called, Caller, Then, To};
use crate::compose::{response, with_sound_as, without_body};
use crate::text::Seen;
use std::fmt::Write as _;
use std::net::SocketAddr;

/// Who has this end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A caller.
    Caller(Caller),
    /// Somebody who was called.
    Called(Called),
    /// An agent who asks somebody before handing on the caller of another call.
    Asks(To),
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// We called.
    Calling,
    /// We gave up, and the other side has not said so.
    GivingUp,
    /// It rings at ours.
    Ringing,
    /// We answered, and wait for the ACK.
    Answered,
    /// Both talk.
    Up,
    /// We hung up, and wait for the answer.
    HangingUp,
    /// It is over; what is repeated is answered.
    Over,
}

/// Where a request of ours within the call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Within {
    /// None is on its way.
    Nothing,
    /// A re-INVITE that holds.
    Holding,
    /// One that ends the hold.
    Resuming,
    /// A REFER, until its last report.
    Referring,
}

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Dialog {
    pub(crate) id: String,
    pub(crate) role: Role,
    pub(crate) state: State,
    pub(crate) within: Within,
    /// At which socket.
    pub(crate) socket: usize,
    /// The name of this end.
    pub(crate) user: String,
    /// The other call of an agent who asks.
    pub(crate) beside: Option<String>,
    /// From, as requests of ours have it, and To.
    local: Vec<u8>,
    remote: Vec<u8>,
    target: Vec<u8>,
    cseq: u32,
    /// The INVITE that came, to be answered later.
    invite: Vec<u8>,
    /// The last request of ours, its method, and when it is repeated next.
    pub(crate) sent: Vec<u8>,
    pub(crate) awaits: Option<&'static str>,
    /// Whether an INVITE has come through: it is not repeated any more.
    pub(crate) is_there: bool,
    pub(crate) repeat: u64,
    pub(crate) attempts: u32,
    /// The last answer to an INVITE, repeated until it is acknowledged.
    pub(crate) answer: Vec<u8>,
    /// Tells timers of the present state from those of one before.
    pub(crate) round: u64,
}

impl Dialog {
    fn new(id: String, role: Role, state: State, (socket, user): (usize, String)) -> Dialog {
        Dialog {
            id,
            role,
            state,
            within: Within::Nothing,
            socket,
            user,
            beside: None,
            local: Vec::new(),
            remote: Vec::new(),
            target: Vec::new(),
            cseq: 0,
            invite: Vec::new(),
            sent: Vec::new(),
            awaits: None,
            is_there: false,
            repeat: 0,
            attempts: 0,
            answer: Vec::new(),
            round: 0,
        }
    }

    /// We call.
    pub(crate) fn call(
        id: String,
        role: Role,
        from: (usize, String, SocketAddr),
        (number, server): (&str, SocketAddr),
    ) -> Dialog {
        let (socket, user, at) = from;
        let mut it = Dialog::new(id, role, State::Calling, (socket, user));
        it.local = format!("<sip:{}@{at}>;tag=o{}", it.user, it.id).into_bytes();
        it.remote = format!("<sip:{number}@{server}>").into_bytes();
        it.target = format!("sip:{number}@{server}").into_bytes();
        it.request(at, "INVITE", Body::Sound("sendrecv"));
        it
    }

    /// We are called.
    pub(crate) fn called(role: Role, seen: &Seen<'_>, bytes: &[u8], socket: usize) -> Dialog {
        let id = String::from_utf8_lossy(seen.call_id).into_owned();
        let mut it = Dialog::new(id, role, State::Ringing, (socket, seen.user()));
        it.local = seen.to.to_vec();
        it.local.extend_from_slice(format!(";tag={}", it.tag()).as_bytes());
        it.remote = seen.from.to_vec();
        it.target = seen.target().to_vec();
        it.invite = bytes.to_vec();
        it
    }

    fn tag(&self) -> String {
        format!("p{}", self.socket)
    }

    /// Writes an answer to the INVITE that came.
    pub(crate) fn answers(&mut self, at: SocketAddr, first: &str) {
        let Dialog { answer, invite, socket, .. } = self;
        let Some(seen) = Seen::of(invite) else { return };
        response(answer, &seen, first, Some((*socket as u64, at)));
        if first.starts_with("200") {
            with_sound_as(answer, 9, "sendrecv");
        } else {
            without_body(answer);
        }
    }

    /// Takes what an answer to our INVITE says.
    pub(crate) fn learn(&mut self, seen: &Seen<'_>) {
        self.remote = seen.to.to_vec();
        if !seen.target().is_empty() {
            self.target = seen.target().to_vec();
        }
    }

    /// Writes a request of ours within the call, which waits for its answer.
    pub(crate) fn request(&mut self, at: SocketAddr, method: &'static str, body: Body<'_>) {
        self.cseq += 1;
        self.sent = self.message(at, method, body);
        (self.awaits, self.is_there, self.attempts) = (Some(method), false, 0);
    }

    /// Writes a request that nobody answers, or that belongs to the last one.
    pub(crate) fn message(&self, at: SocketAddr, method: &str, body: Body<'_>) -> Vec<u8> {
        let (id, cseq, user) = (&self.id, self.cseq, &self.user);
        let own = if matches!(method, "ACK") { "a" } else { "r" };
        let mut text = format!("{method} {} SIP/2.0\r\n", String::from_utf8_lossy(&self.target));
        let _infallible = write!(
            text,
            "Via: SIP/2.0/UDP {at};rport;branch=z9hG4bK{own}{cseq}-{id}\r\nFrom: {}\r\nTo: {}\r\n\
             Call-ID: {id}\r\nCSeq: {cseq} {method}\r\nMax-Forwards: 70\r\nContact: <sip:{user}@{at}>\r\n",
            String::from_utf8_lossy(&self.local),
            String::from_utf8_lossy(&self.remote),
        );
        if let Body::Refers(to) = body {
            let _infallible = write!(text, "Refer-To: {to}\r\n");
        }
        let mut bytes = text.into_bytes();
        match body {
            Body::Sound(direction) => with_sound_as(&mut bytes, 9, direction),
            Body::None | Body::Refers(_) => without_body(&mut bytes),
        }
        bytes
    }

    /// CANCEL of our INVITE, or the ACK to its refusal: within its transaction (RFC 3261, 9.1 and 17.1.1.3).
    pub(crate) fn of_invite(&self, method: &str, to: Option<&[u8]>) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.sent);
        let mut out = Vec::new();
        for (nth, line) in text.lines().enumerate() {
            let line = match (nth, line) {
                (_, "") => break,
                (0, line) => line.replacen("INVITE", method, 1),
                (_, line) if line.starts_with("CSeq:") => line.replace("INVITE", method),
                (_, line) if line.starts_with("To:") => match to {
                    Some(to) => format!("To: {}", String::from_utf8_lossy(to)),
                    None => line.to_owned(),
                },
                (_, line) if line.starts_with("Content-") => continue,
                (_, line) => line.to_owned(),
            };
            out.extend_from_slice(line.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        without_body(&mut out);
        out
    }

    /// Refer-To with the Replaces of this call, as the agent's telephone names it (RFC 3891, 3).
    pub(crate) fn replaced(&self, server: SocketAddr, user: &str) -> String {
        let tag = |of: &[u8]| {
            let text = String::from_utf8_lossy(of).into_owned();
            text.split(";tag=").nth(1).unwrap_or("none").split(';').next().unwrap_or("").to_owned()
        };
        let (to, from) = (tag(&self.remote), tag(&self.local));
        format!("<sip:{user}@{server}?Replaces={}%3Bto-tag%3D{to}%3Bfrom-tag%3D{from}>", self.id)
    }

    /// What an agent does after answering, if this is one.
    pub(crate) fn then(&self) -> Option<Then> {
        match self.role {
            Role::Called(Called::Answers(_, then)) => Some(then),
            Role::Called(Called::Refuses | Called::IsAway) | Role::Caller(_) | Role::Asks(_) => {
                None
            }
        }
    }
}

/// What stands in a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Body<'a> {
    None,
    Sound(&'a str),
    Refers(&'a str),
}
