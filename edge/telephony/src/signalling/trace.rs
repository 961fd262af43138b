// SPDX-License-Identifier: EUPL-1.2
//! The ladder of a call: which messages went where, and when.
//!
//! The rule to keep: a ladder holds methods, statuses and times, and nothing that leads to a person.

use super::limits::{TRACE_DIALOGS, TRACE_LINES, TRACES_KEPT};
use sip::Method;
use sip::message::Message;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use stdx::{ContactId, Tick};

/// Whose leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// The caller's.
    Caller,
    /// An agent's.
    Agent,
    /// That of a client's switchboard, or of a partner.
    Elsewhere,
}

/// What went over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A request came.
    RequestIn(Method),
    /// We sent one.
    RequestOut(Method),
    /// A response to this came.
    ResponseIn(u16, Method),
    /// We sent one.
    ResponseOut(u16, Method),
    /// The first sound came.
    SoundBegan,
    /// No sound any more.
    SoundStopped,
    /// A key was pressed; not which.
    Key,
}

/// One line of a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rung {
    /// When.
    pub at: Tick,
    /// On which leg.
    pub party: Party,
    /// What.
    pub what: What,
}

/// The ladder of one call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    /// In order.
    pub rungs: Vec<Rung>,
    /// How many were left out before the last one.
    pub left_out: u64,
    /// Whether the call is over.
    pub over: bool,
}

/// The ladders of calls, bounded.
#[derive(Debug, Default)]
pub(super) struct Traces {
    ladders: BTreeMap<ContactId, Ladder>,
    over: VecDeque<ContactId>,
    /// Which call a Call-ID belongs to.
    dialogs: BTreeMap<u64, (ContactId, Party)>,
    of_contact: BTreeMap<ContactId, Vec<u64>>,
}

impl Traces {
    /// A dialog belongs to a call from now on. Of a call that waits long, for which telephone after
    /// telephone rings, the caller's and the last ones are known.
    pub(super) fn learn(&mut self, call_id: &[u8], contact: ContactId, party: Party) {
        let key = key(call_id);
        self.dialogs.insert(key, (contact, party));
        let known = self.of_contact.entry(contact).or_default();
        if known.len() == TRACE_DIALOGS {
            self.dialogs.remove(&known.remove(1));
        }
        known.push(key);
    }

    /// Whose message this is.
    pub(super) fn owner(&self, call_id: &[u8]) -> Option<(ContactId, Party)> {
        self.dialogs.get(&key(call_id)).copied()
    }

    pub(super) fn add(&mut self, at: Tick, contact: ContactId, party: Party, what: What) {
        let ladder = self.ladders.entry(contact).or_default();
        if ladder.rungs.len() == TRACE_LINES {
            ladder.rungs.pop();
            ladder.left_out += 1;
        }
        ladder.rungs.push(Rung { at, party, what });
    }

    /// The call is over: its ladder is kept for a while, and still takes farewells.
    pub(super) fn end(&mut self, contact: ContactId) {
        let Some(ladder) = self.ladders.get_mut(&contact) else { return };
        ladder.over = true;
        self.over.push_back(contact);
        if self.over.len() > TRACES_KEPT
            && let Some(oldest) = self.over.pop_front()
        {
            self.ladders.remove(&oldest);
            for call_id in self.of_contact.remove(&oldest).unwrap_or_default() {
                self.dialogs.remove(&call_id);
            }
        }
    }

    /// A call that was over begins anew: who was promised a call-back is called.
    pub(super) fn begin_again(&mut self, contact: ContactId) {
        if let Some(ladder) = self.ladders.get_mut(&contact) {
            ladder.over = false;
            self.over.retain(|&it| it != contact);
        }
    }

    pub(super) fn ladder(&self, contact: ContactId) -> Option<&Ladder> {
        self.ladders.get(&contact)
    }
}

/// FNV-1a: a Call-ID as a number that is compared at once. Who makes two that are alike by intent finds
/// the messages of both of his calls on one ladder.
fn key(call_id: &[u8]) -> u64 {
    call_id.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// What a message is on a ladder.
pub(super) fn label(message: &Message<'_>, comes: bool) -> What {
    match (message, comes) {
        (Message::Request(request), true) => What::RequestIn(request.method),
        (Message::Request(request), false) => What::RequestOut(request.method),
        (Message::Response(response), comes) => {
            let (code, method) = (response.status.code(), response.headers.cseq.method);
            if comes { What::ResponseIn(code, method) } else { What::ResponseOut(code, method) }
        }
    }
}

/// What bytes that we wrote ourselves are on a ladder, without reading the rest.
pub(super) fn sent(bytes: &[u8]) -> Option<What> {
    let word = |bytes: &[u8]| {
        let name = bytes.split(|byte| b" \r".contains(byte)).next();
        name.map(Method::of)
    };
    let Some(rest) = bytes.strip_prefix(b"SIP/2.0 ") else {
        return Some(What::RequestOut(word(bytes)?));
    };
    let code = std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok()?;
    let cseq = value_of(bytes, b"\r\nCSeq: ")?;
    let method = cseq.split(|&byte| byte == b' ').nth(1)?;
    Some(What::ResponseOut(code, word(method)?))
}

/// The Call-ID of bytes that we wrote ourselves, without reading the rest.
pub(super) fn call_id_of(bytes: &[u8]) -> Option<&[u8]> {
    value_of(bytes, b"\r\nCall-ID: ")
}

fn value_of<'a>(bytes: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let at = memchr::memmem::find(bytes, name)? + name.len();
    let rest = &bytes[at..];
    let end = rest.iter().position(|&byte| byte == b'\r')?;
    Some(&rest[..end])
}

impl Ladder {
    /// Draws it: caller left, centre in the middle, agent right. `origin` is the time of the first
    /// line, and `words` are the three headings.
    #[must_use]
    pub fn drawn(&self, words: [&str; 3]) -> String {
        let [caller, centre, agent] = words;
        let mut text = format!("{:>12}  {caller:<28}{centre:<28}{agent}\n", "s");
        let began = self.rungs.first().map_or(Tick(0), |rung| rung.at);
        for (nth, rung) in self.rungs.iter().enumerate() {
            if self.left_out > 0 && nth + 1 == self.rungs.len() {
                let _ = writeln!(text, "{:>12}  … {} …", "", self.left_out);
            }
            let time = rung.at.since(began).as_secs_f64();
            let _ = writeln!(text, "{time:>12.3}  {}", rung.drawn());
        }
        text
    }
}

impl Rung {
    fn drawn(&self) -> String {
        let (word, inward) = self.word();
        let gap = " ".repeat(25);
        let right = match (self.party, inward) {
            (Party::Caller, Some(true)) | (Party::Agent | Party::Elsewhere, Some(false)) => true,
            (Party::Caller, Some(false)) | (Party::Agent | Party::Elsewhere, Some(true)) => false,
            (Party::Caller | Party::Agent | Party::Elsewhere, None) => return self.beside(&word),
        };
        let arrow = if right {
            format!("{:─<22}▶", format!("── {word} "))
        } else {
            format!("◀{:─<22}", format!("─ {word} "))
        };
        let (left, middle) = match self.party {
            Party::Caller => (format!("│ {arrow} │"), format!("{gap}  │")),
            Party::Agent => (format!("│{gap}│"), format!(" {arrow} │")),
            Party::Elsewhere => (format!("│{gap}│"), format!(" {arrow} ┊")),
        };
        format!("{left}{middle}")
    }

    fn beside(&self, word: &str) -> String {
        let gap = " ".repeat(25);
        match self.party {
            Party::Caller => format!("│ {word:<23} │{gap}  │"),
            Party::Agent => format!("│{gap}│ {word:<24} │"),
            Party::Elsewhere => format!("│{gap}│ {word:<24} ┊"),
        }
    }

    /// What stands on the line, and whether it comes in; none if it goes nowhere.
    fn word(&self) -> (String, Option<bool>) {
        match self.what {
            What::RequestIn(method) => (method.to_string(), Some(true)),
            What::RequestOut(method) => (method.to_string(), Some(false)),
            What::ResponseIn(code, method) => (format!("{code} ({method})"), Some(true)),
            What::ResponseOut(code, method) => (format!("{code} ({method})"), Some(false)),
            What::SoundBegan => ("♪".to_owned(), None),
            What::SoundStopped => ("♪ –".to_owned(), None),
            What::Key => ("DTMF".to_owned(), None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rung(at: u64, party: Party, what: What) -> Rung {
        Rung { at: Tick(at), party, what }
    }

    #[test]
    fn a_ladder_is_drawn_as_people_read_it() {
        let rungs = vec![
            rung(1_000_000, Party::Caller, What::RequestIn(Method::Invite)),
            rung(1_000_400, Party::Agent, What::RequestOut(Method::Invite)),
            rung(3_500_000, Party::Agent, What::ResponseIn(200, Method::Invite)),
            rung(3_500_100, Party::Caller, What::ResponseOut(200, Method::Invite)),
            rung(3_520_000, Party::Caller, What::SoundBegan),
        ];
        let drawn = Ladder { rungs, left_out: 0, over: false }.drawn(["caller", "centre", "agent"]);
        let expected = "\
s  caller                      centre                      agent
       0.000  │ ── INVITE ────────────▶ │                           │
       0.000  │                         │ ── INVITE ────────────▶ │
       2.500  │                         │ ◀─ 200 (INVITE) ─────── │
       2.500  │ ◀─ 200 (INVITE) ─────── │                           │
       2.520  │ ♪                       │                           │
";
        assert_eq!(drawn.trim_start(), expected);
    }

    #[test]
    fn ladders_and_their_dialogs_are_bounded() {
        let mut traces = Traces::default();
        let calls = TRACES_KEPT as u64 + 10;
        for n in 0..calls {
            let contact = ContactId(n);
            traces.learn(&n.to_be_bytes(), contact, Party::Caller);
            for at in 0..=TRACE_LINES as u64 {
                traces.add(Tick(at), contact, Party::Caller, What::Key);
            }
            traces.end(contact);
        }
        assert_eq!(traces.ladders.len(), TRACES_KEPT);
        assert_eq!((traces.dialogs.len(), traces.of_contact.len()), (TRACES_KEPT, TRACES_KEPT));
        assert!(
            traces.ladder(ContactId(0)).is_none() && traces.owner(&0_u64.to_be_bytes()).is_none()
        );
        let last = traces.ladder(ContactId(calls - 1)).expect("the newest is kept");
        assert_eq!((last.rungs.len(), last.left_out), (TRACE_LINES, 1));
        assert_eq!(last.rungs.last().map(|rung| rung.at), Some(Tick(TRACE_LINES as u64)));
    }

    #[test]
    fn a_call_for_which_telephones_ring_for_ever_knows_the_caller_and_the_last_ones() {
        let mut traces = Traces::default();
        let contact = ContactId(1);
        traces.learn(b"caller", contact, Party::Caller);
        for n in 0_u64..10_000 {
            traces.learn(&n.to_be_bytes(), contact, Party::Agent);
        }
        assert_eq!(traces.dialogs.len(), TRACE_DIALOGS);
        assert_eq!(traces.owner(b"caller"), Some((contact, Party::Caller)));
        assert_eq!(traces.owner(&9_999_u64.to_be_bytes()), Some((contact, Party::Agent)));
        assert_eq!(traces.owner(&0_u64.to_be_bytes()), None);
    }

    #[test]
    fn what_we_wrote_is_known_by_its_first_line() {
        let head = "\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nCall-ID: a@b\r\nCSeq: 7 BYE\r\n\r\n";
        let request = format!("BYE sip:a@h SIP/2.0{head}");
        assert_eq!(sent(request.as_bytes()), Some(What::RequestOut(Method::Bye)));
        let response = format!("SIP/2.0 200 OK{head}");
        assert_eq!(sent(response.as_bytes()), Some(What::ResponseOut(200, Method::Bye)));
        assert_eq!(call_id_of(response.as_bytes()), Some(&b"a@b"[..]));
        assert_eq!(sent(b"SIP/2.0 2"), None);
    }
}
