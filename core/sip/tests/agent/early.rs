// SPDX-License-Identifier: EUPL-1.2
//! UPDATE before a call is up (RFC 3311), and changes that our user never answers.

use super::*;
use proptest::prelude::*;
use sip::Method;

fn body(sdp: &str, more: &str) -> String {
    let length = sdp.len();
    format!("{more}Content-Type: application/sdp\nContent-Length: {length}\n\n{sdp}")
}

/// An UPDATE of the caller.
fn update(cseq: u32, sdp: &str) -> String {
    let contact = "Contact: <sip:trunk@192.0.2.97>\n";
    let rest =
        if sdp.is_empty() { format!("{contact}Content-Length: 0\n\n") } else { body(sdp, contact) };
    caller("UPDATE", cseq, &format!("u{cseq}"), "{to}", &rest)
}

/// A request of the called side, in the dialog with this tag.
fn callee(method: &str, cseq: u32, tag: &str, sdp: &str) -> String {
    let rest = if sdp.is_empty() { "Content-Length: 0\n\n".to_owned() } else { body(sdp, "") };
    format!(
        "{method} sip:amtsleitung@192.0.2.1:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.99:5060;branch=z9hG4bK{method}{cseq}{tag}
Max-Forwards: 69
From: {{inv.to}};tag={tag}
To: {{inv.from}}
Call-ID: {{inv.call}}
CSeq: {cseq} {method}
{rest}"
    )
}

fn accept(ladder: &mut Ladder, sdp: &str) {
    let (call, sdp) = (ladder.call(), Some(sdp.as_bytes().to_vec()));
    ladder.user("accept", |agent, now| agent.accept_change(now, call, Carrier::Update, sdp));
}

fn refuse(ladder: &mut Ladder) {
    let call = ladder.call();
    ladder
        .user("refuse", |agent, now| agent.refuse_change(now, call, Carrier::Update, status(488)));
}

/// We were called, and our answer has arrived in a reliable 183.
fn answered_early(title: &str) -> Ladder {
    let mut ladder = Ladder::new(title);
    ladder.peer(&invite_with("1", "Require: 100rel\n"));
    let call = ladder.call();
    let early = Some(b"early".to_vec());
    ladder.user("183", |agent, now| agent.progress(now, call, status(183), early));
    let rack = format!("RAck: {} 7 INVITE\nContent-Length: 0\n\n", ladder.last_rseq());
    ladder.peer(&caller("PRACK", 8, "p", "{to}", &rack));
    ladder
}

/// We called, and the answer has come in a reliable 183.
fn heard_early(title: &str) -> Ladder {
    let mut ladder = calling(title);
    let rest = "Require: 100rel\nRSeq: 17\n".to_owned() + ANSWER;
    ladder.peer(&response("inv", "183 Session Progress", "callee", &rest));
    ladder.peer(&response("our", "200 OK", "", ""));
    ladder
}

#[test]
fn updates_of_a_caller_before_we_answer() {
    let mut text = String::from("# UPDATE before we answer a call. Written by tests/agent.\n");
    let mut rings = Ladder::new("their offer has no answer yet");
    rings.peer(&invite("1"));
    let (call, early) = (rings.call(), Some(b"early".to_vec()));
    rings.user("183", |agent, now| agent.progress(now, call, status(183), early));
    rings.peer(&update(8, ""));
    rings.peer(&update(9, "hold"));
    rings.peer(&caller("INVITE", 10, "i", "{to}", &body("hold", "")));
    rings.peer(&caller("ACK", 10, "i", "{to}", ""));
    answer(&mut rings);
    rings.peer(&ack(7));
    hang_up(&mut rings);
    rings.peer(&response("our", "200 OK", "", ""));
    text += &rings.end();

    let mut changed = answered_early("accepted, refused, and what is new is kept");
    changed.peer(&update(9, "hold"));
    changed.peer(&update(10, "more"));
    accept(&mut changed, "held");
    changed.peer(&update(11, "hold"));
    changed.peer(&update(12, "more"));
    refuse(&mut changed);
    refuse(&mut changed);
    let call = changed.call();
    changed = changed.whole();
    changed.user("answer late", |agent, now| agent.answer(now, call, b"early".to_vec()));
    changed.peer(&ack(7));
    changed.peer(&caller("BYE", 13, "b", "{to}", ""));
    text += &changed.end();

    let mut crossing = answered_early("answered while the UPDATE waits for our user");
    crossing.peer(&update(9, "hold"));
    answer(&mut crossing);
    crossing.peer(&ack(7));
    crossing.peer(&update(10, "more"));
    accept(&mut crossing, "held");
    crossing.peer(&caller("BYE", 11, "b", "{to}", ""));
    text += &crossing.end();

    let mut gone = answered_early("the caller is gone meanwhile");
    gone.peer(&update(9, "hold"));
    gone.peer(&cancel("1"));
    gone.peer(&refusal_ack("1"));
    accept(&mut gone, "held");
    text += &gone.end();

    let mut owed = Ladder::new("an INVITE without an offer: we owe one, and nobody else may");
    let without = invite_with("1", "Require: 100rel\n").replace(
        "Content-Type: application/sdp\nContent-Length: 5\n\noffer",
        "Content-Length: 0\n\n",
    );
    owed.peer(&without);
    let call = owed.call();
    owed.user("ring", |agent, now| agent.ring(now, call));
    owed.peer(&update(8, "hold"));
    owed.user("refuse", |agent, now| agent.refuse_call(now, call, status(486), None, None));
    owed.peer(&refusal_ack("1"));
    text += &owed.end();
    golden::compare("agent/early_incoming.txt", &text);
}

/// RFC 5009: said to who knows it, and what the network says is not to be heard is not.
#[test]
fn what_is_played_before_the_answer() {
    let mut text = String::from("# Early media, and P-Early-Media. Written by tests/agent.\n");
    for (title, knows) in [("whom we call for does not know it", false), ("knows it", true)] {
        let mut rings = Ladder::new(title).whole();
        rings.peer(&invite("1"));
        let (call, early) = (rings.call(), b"early".to_vec());
        rings.user("early media", |agent, now| agent.early_media(now, call, early, knows));
        rings.peer(&cancel("1"));
        rings.peer(&refusal_ack("1"));
        text += &rings.end();
    }
    for says in [
        "",
        "P-Early-Media: sendrecv\n",
        "P-Early-Media: sendonly,gated\n",
        "P-Early-Media: inactive\n",
    ] {
        let mut heard = calling(&format!("the far end says {says:?}"));
        let rest = says.to_owned() + ANSWER;
        heard.peer(&response("inv", "183 Session Progress", "callee", &rest));
        heard.peer(&response("inv", "486 Busy Here", "callee", "Content-Length: 0\n\n"));
        text += &heard.end();
    }
    golden::compare("agent/early_media.txt", &text);
}

#[test]
fn updates_of_the_called_side_before_it_answers() {
    let mut text = String::from("# UPDATE before we are answered. Written by tests/agent.\n");
    let mut rings = calling("our offer has no answer yet");
    rings.peer(&response("inv", "180 Ringing", "callee", ""));
    rings.peer(&callee("UPDATE", 1, "callee", ""));
    rings.peer(&callee("UPDATE", 2, "callee", "hold"));
    rings.peer(&callee("INVITE", 3, "callee", "hold"));
    rings.peer(&callee("ACK", 3, "callee", "").replace("bKACK", "bKINVITE"));
    rings.peer(&response("inv", "486 Busy Here", "callee", ""));
    text += &rings.end();

    let mut changed = heard_early("the session is another one when it is answered");
    changed.peer(&callee("UPDATE", 1, "callee", "moved"));
    accept(&mut changed, "taken");
    changed.peer(&response("inv", "200 OK", "callee", ANSWER));
    changed.wait(900_000);
    changed.peer(&response("inv", "200 OK", "", &body("moved", "Contact: <sip:a1@192.0.2.99>\n")));
    hang_up(&mut changed);
    changed.peer(&response("our", "200 OK", "", ""));
    text += &changed.end();

    let mut crossing = heard_early("answered while the UPDATE waits for our user");
    crossing.peer(&callee("UPDATE", 1, "callee", "moved"));
    crossing.peer(&response("inv", "200 OK", "callee", ANSWER));
    accept(&mut crossing, "taken");
    crossing.peer(&callee("BYE", 2, "callee", ""));
    text += &crossing.end();

    let mut branch = heard_early("another branch answers");
    branch.peer(&callee("UPDATE", 1, "callee", "moved"));
    branch.peer(&response("inv", "180 Ringing", "other", ""));
    branch.peer(&callee("UPDATE", 1, "other", "moved"));
    branch.peer(&response("inv", "200 OK", "other", ANSWER));
    accept(&mut branch, "taken");
    branch.peer(&callee("BYE", 2, "other", ""));
    text += &branch.end();

    let mut refused = heard_early("refused while the UPDATE waits for our user");
    refused.peer(&callee("UPDATE", 1, "callee", "moved"));
    refused.peer(&response("inv", "486 Busy Here", "callee", ""));
    text += &refused.end();

    let mut over = heard_early("after our CANCEL");
    hang_up(&mut over);
    over.peer(&callee("UPDATE", 1, "callee", "moved"));
    over.peer(&response("our", "200 OK", "callee", ""));
    over.peer(&response("inv", "487 Request Terminated", "callee", ""));
    text += &over.end();
    golden::compare("agent/early_outgoing.txt", &text);
}

#[test]
fn changes_that_our_user_never_answers() {
    let mut text = String::from("# Changes without an answer. Written by tests/agent.\n");
    let mut invite = answered("a re-INVITE: the session stays, and so does the call");
    invite.peer(&caller("INVITE", 8, "h", "{to}", &body("hold", "")));
    invite.wait(20_000);
    invite.peer(&caller("ACK", 8, "h", "{to}", ""));
    let call = invite.call();
    invite.user("accept too late", |agent, now| {
        agent.accept_change(now, call, Carrier::Invite, Some(b"held".to_vec()))
    });
    invite.peer(&caller("INVITE", 9, "i", "{to}", &body("hold", "")));
    invite.user("accept", |agent, now| {
        agent.accept_change(now, call, Carrier::Invite, Some(b"held".to_vec()))
    });
    invite.peer(&ack(9));
    invite.wait(60_000);
    invite.peer(&caller("BYE", 10, "b", "{to}", ""));
    text += &invite.end();

    let mut update_up = answered("an UPDATE");
    update_up.peer(&update(8, "hold"));
    update_up.wait(21_000);
    refuse(&mut update_up);
    update_up.peer(&caller("BYE", 9, "b", "{to}", ""));
    text += &update_up.end();

    let mut early = answered_early("an UPDATE before the answer: it rings on");
    early.peer(&update(9, "hold"));
    early.wait(21_000);
    answer(&mut early);
    early.peer(&ack(7));
    early.peer(&caller("BYE", 10, "b", "{to}", ""));
    text += &early.end();

    let mut both = answered("without an offer, and then hung up");
    both.peer(&caller("INVITE", 8, "h", "{to}", ""));
    both.wait(19_000);
    hang_up(&mut both);
    both.peer(&caller("ACK", 8, "h", "{to}", ""));
    both.peer(&response("our", "200 OK", "", ""));
    text += &both.end();
    golden::compare("agent/unanswered.txt", &text);
}

/// What may happen to a call that rings, in any order.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Wait(u64),
    /// The peer's UPDATE; its offer is one of a few, or none.
    Update(Option<u8>),
    /// The last UPDATE comes once more.
    Again,
    Accept,
    Refuse,
    /// Ours: answer, or hang up.
    Answer,
    HangUp,
    /// Theirs: an answer to our INVITE in another branch, a refusal, CANCEL, ACK, BYE.
    OtherBranch,
    Refusal,
    Cancel,
    Ack,
    Bye,
}

fn any_deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => prop_oneof![0..300_u64, 10_000..25_000_u64].prop_map(Deed::Wait),
        8 => prop::option::of(0..3_u8).prop_map(Deed::Update),
        2 => Just(Deed::Again),
        4 => Just(Deed::Accept),
        2 => Just(Deed::Refuse),
        1 => Just(Deed::Answer),
        1 => Just(Deed::HangUp),
        1 => Just(Deed::OtherBranch),
        1 => Just(Deed::Refusal),
        1 => Just(Deed::Cancel),
        1 => Just(Deed::Ack),
        1 => Just(Deed::Bye),
    ]
}

struct Script {
    ladder: Ladder,
    we_called: bool,
    cseq: u32,
    /// Number, text, and how often it came.
    updates: Vec<(u32, String, u32)>,
    /// Our tag, as the caller has to repeat it.
    to: String,
}

impl Script {
    fn peer(&mut self, message: &str) {
        let message = message.replace("{to}", &self.to);
        self.ladder.peer(&message);
    }

    fn request(&mut self, method: &str, sdp: &str) -> String {
        self.cseq += 1;
        match (self.we_called, sdp) {
            (true, _) => callee(method, self.cseq, "callee", sdp),
            (false, "") => caller(method, self.cseq, &format!("{method}{}", self.cseq), "{to}", ""),
            (false, _) => {
                let branch = format!("{method}{}", self.cseq);
                caller(method, self.cseq, &branch, "{to}", &body(sdp, ""))
            }
        }
    }

    fn perform(&mut self, deed: Deed) {
        let call = self.ladder.call();
        match deed {
            Deed::Wait(millis) => self.ladder.wait(millis),
            Deed::Update(offer) => {
                let sdp = offer.map_or(String::new(), |offer| format!("offer {offer}"));
                let update = self.request("UPDATE", &sdp);
                self.updates.push((self.cseq, update.clone(), 1));
                self.peer(&update);
            }
            Deed::Again => {
                if let Some((_, update, times)) = self.updates.last_mut() {
                    *times += 1;
                    let update = update.clone();
                    self.peer(&update);
                }
            }
            Deed::Accept => accept(&mut self.ladder, "taken"),
            Deed::Refuse => refuse(&mut self.ladder),
            Deed::HangUp => hang_up(&mut self.ladder),
            Deed::Answer if self.we_called => {
                self.peer(&response("inv", "200 OK", "callee", ANSWER));
            }
            Deed::Answer => {
                self.ladder.user("answer", |agent, now| agent.answer(now, call, b"early".to_vec()));
            }
            Deed::OtherBranch if self.we_called => {
                self.peer(&response("inv", "200 OK", "other", ANSWER));
            }
            Deed::Refusal if self.we_called => {
                self.peer(&response("inv", "486 Busy Here", "callee", ""));
            }
            Deed::Cancel if !self.we_called => self.peer(&cancel("1")),
            Deed::Ack if !self.we_called => self.peer(&ack(7)),
            Deed::Bye => {
                let bye = self.request("BYE", "");
                self.peer(&bye);
            }
            Deed::OtherBranch | Deed::Refusal | Deed::Cancel | Deed::Ack => {}
        }
    }
}

fn is_last_word(line: &&str) -> bool {
    ["* Cancelled", "* Refused", "* Ended"].iter().any(|word| line.contains(word))
}

/// A call that rings, in one of four ways.
fn ringing(we_called: bool, reliable: bool) -> Ladder {
    if reliable {
        return if we_called { heard_early("") } else { answered_early("") };
    }
    if we_called {
        let mut ladder = calling("");
        ladder.peer(&response("inv", "180 Ringing", "callee", ""));
        return ladder;
    }
    let mut ladder = Ladder::new("");
    ladder.peer(&invite("1"));
    let call = ladder.call();
    ladder.user("ring", |agent, now| agent.ring(now, call));
    ladder
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn whatever_crosses_every_update_is_answered_and_nothing_is_left(
        we_called: bool,
        reliable: bool,
        deeds in prop::collection::vec(any_deed(), 1..16),
    ) {
        let ladder = ringing(we_called, reliable);
        let to = ladder.response_to();
        let mut script = Script { ladder, we_called, cseq: 20, updates: Vec::new(), to };
        for deed in deeds {
            script.perform(deed);
        }
        let mut ladder = script.ladder;
        ladder.run_out();
        prop_assert_eq!(ladder.text.lines().filter(is_last_word).count(), 1, "{}", ladder.text);
        for (cseq, _, times) in script.updates {
            let answers = ladder.finals(Method::Update, cseq);
            // Repeated after 64·T1 it is another one, and out of order or too late.
            let answered = (1..=times).contains(&u32::try_from(answers.len()).expect("few"));
            prop_assert!(answered, "{cseq}: {answers:?}\n{}", ladder.text);
        }
    }
}
