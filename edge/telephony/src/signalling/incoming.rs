// SPDX-License-Identifier: EUPL-1.2
//! A call comes in: who calls, which number was dialled, and whether it can be taken.
//!
//! The rule to keep: everything that can be refused is refused before the centre hears of it; what the
//! centre heard of is a contact, and has one fate.

use super::conversation::Conversation;
use super::door::status;
use super::exchange::Exchange;
use super::leg::{Leg, Peer, Wanted, preview, remote};
use super::trace::{Party, What};
use super::words::{Refused, SrtpUse};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use sip::agent::limits::{MAX_FORWARDS, RETRY_AFTER};
use sip::agent::{CallId, InviteInfo};
use sip::message::{Address, History, Name, Uri, percent_decode};
use sip::number::{Digits, Number, Plan};
use sip::sdp::{Refusal, Session};
use sip::{Method, Status};
use std::borrow::Cow;
use stdx::{CallerToken, ContactId, LineId, Tick};

/// Numbers that never pass through the centre.
const EMERGENCY: [&[u8]; 2] = [b"110", b"112"];

/// What a caller is told whom nobody can take in at this moment.
const NOT_NOW: &str = "Not now";

/// What a caller is told whose sound would have to be encrypted, or not to be.
const OTHER_PROTECTION: &str = "Other media encryption wanted";

/// Why a call is not taken.
pub(super) struct No(pub(super) Refused, pub(super) Status, pub(super) Option<&'static str>);

/// What a caller dialled.
struct Dialled {
    line: LineId,
    /// Whether an exchange sent the call on to us.
    forwarded: bool,
}

impl Exchange {
    /// An INVITE came that the door let in.
    pub(super) fn incoming(&mut self, now: Tick, call: CallId, info: &InviteInfo) {
        let peer = self.peer_of(info);
        let taken = peer.and_then(|peer| self.take(now, call, peer, info));
        if let Err(No(why, status, reason)) = taken {
            self.counters.refuse(why);
            let after = (status.code() == 503).then_some(RETRY_AFTER);
            // It was cancelled meanwhile: that is its answer.
            let _ = self.ua.refuse_call(now, call, status, reason, after);
        }
    }

    /// A call for help goes before everything; then one that takes another one's place, codes, whom our telephones
    /// call, and callers.
    fn take(&mut self, now: Tick, call: CallId, peer: Peer, info: &InviteInfo) -> Result<(), No> {
        let dialled = info.request_uri.expose();
        if let (Peer::Phone(phone), Some(number)) = (peer, self.help_wanted(dialled)) {
            return self.call_for_help(now, call, phone, (number, info));
        }
        if let Some(replaced) = self.replace(now, call, peer, info) {
            return replaced;
        }
        match peer {
            Peer::Phone(phone) if self.is_code(info) => self.code_dialled(now, call, phone, info),
            Peer::Phone(phone) if let Some(whither) = self.whither(phone, dialled) => {
                self.dial(now, call, phone, (whither, info))
            }
            Peer::Trunk(from) if let Some(behind) = self.passes(from, info) => {
                self.pass_on(now, call, (from, behind), info)
            }
            Peer::Phone(_) | Peer::Trunk(_) => self.take_call(now, call, peer, info),
        }
    }

    /// A call that came when nothing was decided any more is refused after all; the centre hears, in its
    /// time, that the caller was cut off.
    pub(super) fn send_away(&mut self, now: Tick, contact: ContactId) {
        let Some(call) = self.conversations.get(&contact).map(|it| it.caller.call) else { return };
        let (why, reason) = (status(503), Some(NOT_NOW));
        // Cancelled meanwhile, which tells so itself.
        if self.ua.refuse_call(now, call, why, reason, Some(RETRY_AFTER)).is_ok() {
            self.counters.refuse(Refused::Busy);
            self.apply(now, contact, call::Event::CallerGone(call::Ending::Lost));
        }
    }

    fn peer_of(&self, info: &InviteInfo) -> Result<Peer, No> {
        let trunk = self.door.trunk_called(&info.flow, info.request_uri.expose());
        let trunk = trunk.map(Peer::Trunk);
        let known = trunk.or(self.verified.map(Peer::Phone));
        known.ok_or(No(Refused::UnknownPeer, status(403), None))
    }

    fn take_call(
        &mut self,
        now: Tick,
        call: CallId,
        peer: Peer,
        info: &InviteInfo,
    ) -> Result<(), No> {
        let plan = self.plan_of(peer);
        if self.comes_back(now, caller(&plan, info), &sent_on_by(&plan, info)) {
            return Err(No(Refused::CameBack, status(482), None));
        }
        let Dialled { line, forwarded } = self.dialled(&plan, peer, info)?;
        let taken = self.take_call_on(now, call, (peer, line, forwarded), info);
        taken.inspect_err(|No(why, ..)| {
            let full = *why == Refused::NoChannel;
            let by = if full { centre::RefusedBy::NoChannel } else { centre::RefusedBy::Door };
            self.tell_refused(line, by);
        })
    }

    /// A caller who dialled one of our lines and was refused all the same counts as offered.
    fn tell_refused(&mut self, line: LineId, by: centre::RefusedBy) {
        let contact = ContactId(self.next_contact);
        self.next_contact += 1;
        self.told.push_back(centre::Event::CallRefused { contact, line, by });
    }

    fn take_call_on(
        &mut self,
        now: Tick,
        call: CallId,
        (peer, line, forwarded): (Peer, LineId, bool),
        info: &InviteInfo,
    ) -> Result<(), No> {
        let plan = self.plan_of(peer);
        if !self.lets_in {
            return Err(No(Refused::Busy, status(503), Some(NOT_NOW)));
        }
        if !self.has_channel(peer) {
            return Err(No(Refused::NoChannel, status(503), Some("No channel left")));
        }
        if info.other_body {
            return Err(No(Refused::NoSession, status(415), None));
        }
        let hops = info.max_forwards.unwrap_or(MAX_FORWARDS);
        // RFC 3261, 16.3: the call would leave us again on the agent's leg.
        if hops == 0 {
            return Err(No(Refused::NoSession, status(483), None));
        }
        let number = caller(&plan, info);
        let (leg, offered) = self.caller_leg(call, peer, info)?;
        let contact = ContactId(self.next_contact);
        self.next_contact += 1;
        self.by_call.insert(call, contact);
        if let Peer::Trunk(at) = peer {
            self.trunks[at].calls += 1;
        }
        let conversation = Conversation::new(now, line, leg, number, hops, offered);
        self.conversations.insert(contact, conversation);
        self.traces.learn(info.sip_call_id.expose(), contact, Party::Caller);
        self.note(now, contact, Party::Caller, What::RequestIn(Method::Invite));
        self.counters.calls += 1;
        let caller = self.token(number);
        // The trunk's channels are counted here, where its other legs are known too.
        let via = centre::Via { trunk: None, forwarded };
        self.told.push_back(centre::Event::CallArrived { contact, line, caller, via });
        Ok(())
    }

    /// Whether sound is encrypted with this peer.
    pub(super) fn srtp_with(&self, peer: Peer) -> SrtpUse {
        match peer {
            Peer::Trunk(at) => self.setup.trunks[at].srtp,
            Peer::Phone(at) => self.setup.phones[at].srtp,
        }
    }

    pub(super) fn plan_of(&self, peer: Peer) -> Plan {
        let none = Plan { country: GERMANY, area: None, stem: None };
        match peer {
            Peer::Trunk(at) => self.setup.trunks[at].plan,
            // Telephones of ours write numbers as the first trunk does.
            Peer::Phone(_) => self.setup.trunks.first().map_or(none, |trunk| trunk.plan),
        }
    }

    /// The line that was dialled: the first one of a call that an exchange sent on to us, so that it is
    /// greeted and counted as that client's; else that of the number that was called.
    fn dialled(&self, plan: &Plan, peer: Peer, info: &InviteInfo) -> Result<Dialled, No> {
        let sent_on = first_dialled(plan, info).filter(|_| matches!(peer, Peer::Trunk(_)));
        if let Some(line) = sent_on.and_then(|number| self.setup.line_of(number)) {
            return Ok(Dialled { line, forwarded: true });
        }
        let mut numbers = numbers_called(plan, info);
        let line = numbers.find_map(|number| self.setup.line_of(number));
        let line = line.ok_or(No(Refused::NoSuchNumber, status(404), None))?;
        Ok(Dialled { line, forwarded: false })
    }

    /// Whether a call from there is for one of our lines.
    pub(super) fn is_for_a_line(&self, from: Peer, info: &InviteInfo) -> bool {
        self.dialled(&self.plan_of(from), from, info).is_ok()
    }

    pub(super) fn caller_leg(
        &mut self,
        call: CallId,
        peer: Peer,
        info: &InviteInfo,
    ) -> Result<(Leg, Option<crate::media::Remote>), No> {
        let ip = info.flow.local.ip();
        let mut leg = self.new_leg(call, peer, &info.flow);
        if self.help_wanted(info.request_uri.expose()).is_some() {
            leg.sound.wanted = Wanted::OF_HELP;
        }
        let mut offered = None;
        if let Some(offer) = &info.offer {
            let no = No(Refused::NoSession, status(488), None);
            let Ok(session) = Session::parse(offer) else { return Err(no) };
            let negotiated = preview(&session, &leg.sound).map_err(|why| match why {
                Refusal::Security => No(Refused::Encryption, why.status(), Some(OTHER_PROTECTION)),
                Refusal::NoAudio
                | Refusal::Transport
                | Refusal::NoCommonCodec
                | Refusal::Address
                | Refusal::TooLarge
                | Refusal::AnswerShape
                | Refusal::AudioDeclined
                | Refusal::OurOfferPending
                | Refusal::TheirOfferPending
                | Refusal::NoOffer => No(Refused::NoSession, status(488), None),
            })?;
            offered = remote(&negotiated, ip);
            if leg.negotiation.take_offer(session).is_err() {
                return Err(no);
            }
        }
        Ok((leg, offered))
    }

    /// Who calls, as a keyed hash: the core never sees a number.
    fn token(&self, number: Number) -> Option<CallerToken> {
        Some(token(self.setup.token_key.expose(), number.digits()?))
    }
}

fn token(key: &[u8; 32], digits: Digits) -> CallerToken {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    let hash = mac.chain_update(digits.as_bytes()).finalize().into_bytes();
    let first = hash.first_chunk::<8>().expect("SHA-256 is longer");
    CallerToken::new(u64::from_be_bytes(*first))
}

/// Whether somebody means 110 or 112, be it with the country code that no network wants there.
pub(super) fn is_emergency(plan: &Plan, number: Number) -> bool {
    let Some(digits) = number.digits() else { return false };
    let dialled = digits.as_bytes();
    let bare = dialled.strip_prefix(plan.country.as_bytes()).unwrap_or(dialled);
    EMERGENCY.contains(&dialled) || EMERGENCY.contains(&bare)
}

/// `49`, for telephones of a centre without a trunk.
const GERMANY: Digits = match Digits::of_two(b'4', b'9') {
    Some(digits) => digits,
    None => unreachable!(),
};

/// The numbers that may be meant: the Request-URI's, or where the carrier puts it elsewhere, that of
/// P-Called-Party-ID or To (RFC 7315, 4.2).
pub(super) fn numbers_called(plan: &Plan, info: &InviteInfo) -> impl Iterator<Item = Number> {
    let request_uri = user_of(info.request_uri.expose());
    let called = info.all(Name::PCalledPartyId).next().and_then(user_of_address);
    let to = user_of_address(info.to.expose());
    [request_uri, called, to].into_iter().flatten().filter_map(|user| plan.read(&user))
}

/// The number that was dialled first, of a call that somebody sent on: who diverted first stands last
/// (Diversion, RFC 5806, 4), or has the first of several entries (History-Info, RFC 7044, 10.3).
fn first_dialled(plan: &Plan, info: &InviteInfo) -> Option<Number> {
    let diverted = info.all(Name::Diversion).last().and_then(user_of_address);
    let history = || {
        let mut entries = info.all(Name::HistoryInfo).filter_map(History::parse);
        let first = entries.next()?;
        // One entry alone is this call itself.
        entries.next()?;
        user_of(first.target.uri.raw())
    };
    plan.read(&diverted.or_else(history)?)
}

/// The numbers that sent a call on.
fn sent_on_by(plan: &Plan, info: &InviteInfo) -> Vec<Number> {
    let diverted = info.all(Name::Diversion).filter_map(user_of_address);
    let history = info.all(Name::HistoryInfo).filter_map(History::parse);
    let history = history.filter_map(|it| user_of(it.target.uri.raw()).map(Cow::into_owned));
    let users = diverted.map(Cow::into_owned).chain(history);
    users.filter_map(|user| plan.read(&user)).collect()
}

/// Who calls: the network's word (RFC 3325) before the caller's own; withheld if either says so.
pub(super) fn caller(plan: &Plan, info: &InviteInfo) -> Number {
    let privacy = info.all(Name::Privacy).any(|value| {
        let mut words = value.split(|byte| b";, ".contains(byte));
        words.any(|word| {
            [&b"id"[..], b"user", b"full"].contains(&word.to_ascii_lowercase().as_slice())
        })
    });
    let from = info.from.expose();
    let anonymous = is_anonymous(from);
    if privacy || anonymous {
        return Number::Withheld;
    }
    let asserted = info.all(Name::PAssertedIdentity).filter_map(user_of_address);
    let users = asserted.chain(user_of_address(from));
    let mut numbers = users.filter_map(|user| plan.read(&user));
    numbers.next().unwrap_or(Number::Withheld)
}

/// `sip:anonymous@anonymous.invalid` (RFC 3323, 4.1.1.3).
fn is_anonymous(from: &[u8]) -> bool {
    user_of_address(from).is_some_and(|user| user.eq_ignore_ascii_case(b"anonymous"))
}

fn user_of_address(value: &[u8]) -> Option<Cow<'_, [u8]>> {
    user_of(Address::parse(value)?.uri.raw())
}

/// The user part of a URI: of `tel:` the number.
pub(super) fn user_of(uri: &[u8]) -> Option<Cow<'_, [u8]>> {
    let uri = Uri::parse(uri)?;
    if let Some(subscriber) = uri.subscriber() {
        return Some(Cow::Owned(subscriber.digits().collect()));
    }
    let user = uri.sip()?.user?;
    let number = user.split(|&byte| byte == b';').next()?;
    Some(percent_decode(number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sip::agent::Flow;
    use stdx::Redacted;

    fn info(from: &str, copies: &[(Name, &str)]) -> InviteInfo {
        let raw = |text: &str| Redacted::new(text.as_bytes().to_vec());
        let here = "192.0.2.1:5060".parse().expect("ours");
        InviteInfo {
            request_uri: raw("sip:115@centre"),
            from: raw(from),
            to: raw("<sip:115@centre>"),
            sip_call_id: raw("c"),
            copies: copies.iter().map(|&(name, value)| (name, raw(value))).collect(),
            max_forwards: Some(70),
            offer: None,
            other_body: false,
            flow: Flow::udp(here, here),
        }
    }

    fn called(from: &str, copies: &[(Name, &str)]) -> Option<String> {
        let plan = Plan { country: GERMANY, area: Digits::new(b"4171"), stem: None };
        let digits = caller(&plan, &info(from, copies)).digits()?;
        Some(String::from_utf8_lossy(digits.as_bytes()).into_owned())
    }

    #[test]
    fn the_network_s_word_stands_before_the_caller_s_own() {
        let own = "\"M\u{fc}ller\" <sip:+4940123456@pbx;user=phone>;tag=1";
        assert_eq!(called(own, &[]).as_deref(), Some("4940123456"));
        let asserted = [(Name::PAssertedIdentity, "<tel:+494171693100>")];
        assert_eq!(called(own, &asserted).as_deref(), Some("494171693100"));
    }

    #[test]
    fn a_number_that_is_withheld_is_never_read() {
        let own = "<sip:+4940123456@pbx>;tag=1";
        for word in ["id", "user;id", "full", "ID", "header; user"] {
            let copies = [(Name::PAssertedIdentity, "<tel:+494171693100>"), (Name::Privacy, word)];
            assert_eq!(called(own, &copies), None, "{word}");
        }
        let asserted = [(Name::PAssertedIdentity, "<tel:+494171693100>")];
        let anonymous = "\"Anonymous\" <sip:Anonymous@anonymous.invalid>;tag=1";
        assert_eq!(called(anonymous, &asserted), None);
        assert_eq!(called("<sip:pbx.example>;tag=1", &[]), None);
        assert_eq!(called("<sip:pbx.example>;tag=1", &asserted).as_deref(), Some("494171693100"));
        assert_eq!(called(own, &[(Name::Privacy, "none")]).as_deref(), Some("4940123456"));
    }

    #[test]
    fn a_caller_is_the_same_under_one_key_and_another_under_the_next() {
        let digits = |text: &str| Digits::new(text.as_bytes()).expect("digits");
        let of = |key: u8, text| token(&[key; 32], digits(text));
        assert_eq!(of(1, "494171693100"), of(1, "494171693100"));
        assert_ne!(of(1, "494171693100"), of(1, "494171693101"));
        assert_ne!(of(1, "494171693100"), of(2, "494171693100"));
    }

    #[test]
    fn a_call_that_was_sent_on_says_what_was_dialled_first() {
        let plan = Plan { country: GERMANY, area: Digits::new(b"4171"), stem: None };
        let first = |copies: &[(Name, &str)]| {
            let number = first_dialled(&plan, &info("<sip:+4940123456@pbx>;tag=1", copies))?;
            Some(String::from_utf8_lossy(number.digits()?.as_bytes()).into_owned())
        };
        assert_eq!(first(&[]), None);
        // The latest diversion stands on top (RFC 5806).
        let diverted = [
            (Name::Diversion, "<sip:+494171693100@pbx>;reason=unconditional;counter=1"),
            (Name::Diversion, "\"Salzhausen\" <sip:04172909910@pbx>;reason=no-answer"),
        ];
        assert_eq!(first(&diverted).as_deref(), Some("494172909910"));
        let history = [
            (Name::HistoryInfo, "<sip:+494172909910@pbx?Reason=SIP%3Bcause%3D408>;index=1"),
            (Name::HistoryInfo, "<sip:115@centre;cause=408>;index=1.1;mp=1"),
        ];
        assert_eq!(first(&history).as_deref(), Some("494172909910"));
        assert_eq!(first(&history[..1]), None, "one entry is the call itself");
        let unreadable = [(Name::Diversion, "nonsense, \"")];
        assert_eq!(first(&unreadable), None);
    }

    #[test]
    fn emergency_numbers_are_known_however_they_are_dialled() {
        let plan = Plan { country: GERMANY, area: Digits::new(b"4171"), stem: None };
        let is = |user: &str| plan.read(user.as_bytes()).is_some_and(|it| is_emergency(&plan, it));
        for user in ["110", "112", "0112", "+49112", "0049110"] {
            assert!(is(user), "{user}");
        }
        for user in ["115", "116117", "1120", "+4940112", "+43112"] {
            assert!(!is(user), "{user}");
        }
    }

    #[test]
    fn the_user_is_read_from_every_kind_of_uri() {
        let user =
            |uri: &str| user_of(uri.as_bytes()).map(|it| String::from_utf8_lossy(&it).into_owned());
        assert_eq!(user("sip:*10@centre").as_deref(), Some("*10"));
        assert_eq!(user("sip:%2A10@centre").as_deref(), Some("*10"));
        assert_eq!(user("tel:+49-40-1").as_deref(), Some("+49401"));
        assert_eq!(user("sip:115;phone-context=+49@c;user=phone").as_deref(), Some("115"));
        assert_eq!(user("sip:centre"), None);
    }
}
