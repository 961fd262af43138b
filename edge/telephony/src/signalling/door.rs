// SPDX-License-Identifier: EUPL-1.2
//! Who may come in: trunks by their address, telephones by their password, everybody else for a few
//! challenges and then not at all.
//!
//! ```text
//!   from a trunk ───────────────────────────────────────────────▶ in
//!   an answer, an ACK, or within a dialog of ours ──────────────▶ in (the dialog knows its peer)
//!   REGISTER, INVITE, SUBSCRIBE of others ── password right ───────────────▶ in
//!                              └─ none, stale, wrong ─ throttle ─▶ 401, or silence
//!   anything else of others ────── telephone known ─────────────▶ in
//!     (also what cannot be read) └──────────────────── throttle ─▶ in, or silence
//! ```
//!
//! The rule to keep: what is not let in costs no memory beyond the throttle's own, and is answered
//! with at most one message that is no longer than what a challenge takes.

use super::incoming::user_of;
use super::trunk::contact_user;
use super::words::{Listen, Phone, Refused, Registration, Setup};
use sip::agent::Flow;
use sip::digest::{Answer, Challenger, Request as Signed, Secret, Source, Verdict};
use sip::message::{Headers, Message, Name, Request};
use sip::registrar::{
    self, AddressOfRecord, Ask, Binding, Registrar, Rules, Throttle, ThrottleRules, Transport,
};
use sip::{Method, Status};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use stdx::{Micros, Rng, Tick};

/// How long a nonce is good: a phone that registers once in five minutes need not be told it is
/// stale every time.
const NONCE_LIFE: Micros = Micros::from_mins(10);

/// Seconds for which a telephone stays registered: at least, unasked, at most.
const EXPIRES: (u32, u32, u32) = (60, 300, 3_600);

/// What becomes of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It goes to the user agent; with the telephone that proved who it is.
    In(Option<usize>),
    /// It is answered without state.
    Away(Refused, Status, Vec<(Name, Vec<u8>)>),
    /// It is not answered.
    Silence(Refused),
}

/// A telephone at a fixed address.
struct Fixed {
    /// Its position in the setup.
    phone: usize,
    id: String,
    port: u16,
}

/// Who is known.
pub(super) struct Door {
    realm: String,
    /// Each trunk's id and where its peers are.
    trunks: Vec<(String, Vec<Listen>)>,
    /// By user name, the position in the setup.
    accounts: BTreeMap<Vec<u8>, (usize, Option<Secret>)>,
    /// Telephones at fixed addresses, by host.
    fixed: BTreeMap<(Transport, IpAddr), Vec<Fixed>>,
    pub(super) registrar: Registrar,
    challenger: Challenger,
    throttle: Throttle,
    /// By which socket of ours a registered telephone came.
    locals: BTreeMap<registrar::Flow, SocketAddr>,
}

impl Door {
    /// A door for these trunks and telephones. None if the domain cannot be a realm.
    pub(super) fn new(setup: &Setup) -> Option<Door> {
        let records = setup.phones.iter().map(|phone| record_of(&phone.id, &setup.domain));
        let realm = setup.domain.as_bytes();
        Some(Door {
            registrar: Registrar::new(rules(), records),
            challenger: Challenger::new(realm, setup.nonce_key, setup.offers, NONCE_LIFE)?,
            throttle: Throttle::new(ThrottleRules::USUAL),
            realm: setup.domain.clone(),
            trunks: Vec::new(),
            accounts: accounts(&setup.phones),
            fixed: fixed(&setup.phones),
            locals: BTreeMap::new(),
        })
    }

    /// Knows others from now on. Who registered and is still known stays registered.
    pub(super) fn adopt(&mut self, setup: &Setup) {
        let records = setup.phones.iter().map(|phone| record_of(&phone.id, &self.realm));
        // Whose telephone was taken out is not reached any more.
        let _gone = self.registrar.set_known(records);
        self.accounts = accounts(&setup.phones);
        self.fixed = fixed(&setup.phones);
    }

    /// Where trunks are from now on.
    pub(super) fn set_trunks(&mut self, trunks: Vec<(String, Vec<Listen>)>) {
        self.trunks = trunks;
    }

    /// Which trunk sends by this flow. On a connection its port is any.
    pub(super) fn trunk_of(&self, flow: &Flow) -> Option<usize> {
        self.trunks.iter().position(|(_, peers)| has_peer(peers, flow))
    }

    /// The same for a call to this address: of several accounts at one carrier the one that is called.
    pub(super) fn trunk_called(&self, flow: &Flow, request_uri: &[u8]) -> Option<usize> {
        let user = user_of(request_uri);
        let is_called = |(id, peers): &(String, Vec<Listen>)| {
            has_peer(peers, flow) && user.as_deref() == Some(contact_user(id).as_bytes())
        };
        self.trunks.iter().position(is_called).or_else(|| self.trunk_of(flow))
    }

    /// Which telephone has this fixed address; on a connection its port is any. Several may share one,
    /// as handsets of one base do; then the name in From tells, or nothing does.
    fn fixed_of(&self, flow: &Flow, headers: &Headers<'_>) -> Option<usize> {
        let any_port = flow.transport != Transport::Udp;
        let here = self.fixed.get(&(flow.transport, flow.remote.ip()))?.iter();
        let here = here.filter(|fixed| any_port || fixed.port == flow.remote.port());
        let mut here: Vec<&Fixed> = here.collect();
        if here.len() > 1 {
            let name = user_of(headers.from.uri.raw());
            here.retain(|fixed| name.as_deref() == Some(fixed.id.as_bytes()));
        }
        here.first().map(|fixed| fixed.phone)
    }

    /// Whether a trunk or a registered telephone is at the other end of this connection.
    pub(super) fn knows(&self, flow: &Flow) -> bool {
        self.locals.contains_key(&way(flow)) || self.trunk_of(flow).is_some()
    }

    /// Looks at a message before anything is kept of it.
    pub(super) fn look(
        &mut self,
        now: Tick,
        rng: &mut Rng,
        flow: &Flow,
        message: &Message<'_>,
        ours: impl FnOnce(&Headers<'_>) -> bool,
    ) -> Entry {
        let Message::Request(request) = message else { return Entry::In(None) };
        let is_ack = request.method == Method::Ack;
        if is_ack || self.trunk_of(flow).is_some() || ours(&request.headers) {
            return Entry::In(None);
        }
        if let Some(phone) = self.fixed_of(flow, &request.headers) {
            return Entry::In(Some(phone));
        }
        // It begins nothing and belongs to nothing of ours: the answer is 481.
        if request.headers.to.tag().is_some() {
            return self.tolerate(now, flow);
        }
        match request.method {
            Method::Register | Method::Invite | Method::Subscribe => {
                self.identify(now, rng, flow, request)
            }
            Method::Ack
            | Method::Bye
            | Method::Cancel
            | Method::Options
            | Method::Prack
            | Method::Update
            | Method::Info
            | Method::Refer
            | Method::Notify
            | Method::Message
            | Method::Publish
            | Method::Unknown => self.tolerate(now, flow),
        }
    }

    /// A question of a telephone that is registered, or of somebody who may ask now and then.
    pub(super) fn tolerate(&mut self, now: Tick, flow: &Flow) -> Entry {
        if self.knows(flow) {
            return Entry::In(None);
        }
        match self.throttle.admit(now, source(flow.remote.ip()), Ask::Challenge) {
            Ok(()) => Entry::In(None),
            Err(_) => Entry::Silence(Refused::Throttled),
        }
    }

    fn identify(&mut self, now: Tick, rng: &mut Rng, flow: &Flow, request: &Request<'_>) -> Entry {
        let from = source(flow.remote.ip());
        let realm = self.realm.clone();
        let answer = our_answer(&request.headers, realm.as_bytes());
        let Some(answer) = answer else {
            return self.challenge(now, rng, from, Refused::Challenged, false);
        };
        if self.throttle.admit(now, from, Ask::Verify(answer.username())).is_err() {
            return Entry::Silence(Refused::Throttled);
        }
        let account = self.accounts.get(answer.username()).cloned();
        let secret = account.as_ref().and_then(|(_, secret)| secret.as_ref());
        let method = request.method_name;
        let signed = Signed { method, uri: request.uri.raw() };
        let verdict = self.challenger.verify(now, Some(from), signed, &answer, secret);
        match (verdict, account) {
            (Verdict::Accepted, Some((phone, _))) => Entry::In(Some(phone)),
            (Verdict::WrongUri | Verdict::Malformed(_), _) => {
                Entry::Away(Refused::WrongPassword, status(400), Vec::new())
            }
            (Verdict::Denied, _) => {
                self.throttle.failed(now, from, answer.username());
                self.answer_challenge(now, rng, from, Refused::WrongPassword, false)
            }
            (verdict, _) if verdict.shows_our_nonce() => {
                self.answer_challenge(now, rng, from, Refused::Challenged, verdict.is_stale())
            }
            (verdict, _) => self.challenge(now, rng, from, Refused::Challenged, verdict.is_stale()),
        }
    }

    /// A 401 to who has not shown yet that the address is its own.
    fn challenge(
        &mut self,
        now: Tick,
        rng: &mut Rng,
        from: Source,
        why: Refused,
        stale: bool,
    ) -> Entry {
        match self.throttle.admit(now, from, Ask::Challenge) {
            Ok(()) => self.answer_challenge(now, rng, from, why, stale),
            Err(_) => Entry::Silence(Refused::Throttled),
        }
    }

    fn answer_challenge(
        &self,
        now: Tick,
        rng: &mut Rng,
        from: Source,
        why: Refused,
        stale: bool,
    ) -> Entry {
        // Where nobody can register there is no password to ask for.
        if self.accounts.values().all(|(_, secret)| secret.is_none()) {
            return Entry::Away(Refused::UnknownPeer, status(403), Vec::new());
        }
        let values = self.challenger.challenges(now, rng.next_u64(), Some(from), stale);
        let fields = values.into_iter().map(|value| (Name::WwwAuthenticate, value)).collect();
        Entry::Away(why, status(401), fields)
    }

    /// The address-of-record of a telephone.
    pub(super) fn record(&self, phone: &Phone) -> AddressOfRecord {
        record_of(&phone.id, &self.realm)
    }

    /// Remembers by which of our sockets registered telephones are reached.
    pub(super) fn note_flow(&mut self, flow: &Flow) {
        self.locals.insert(way(flow), flow.local);
        let registrar = &self.registrar;
        if self.locals.len() > 2 * registrar.save().count() + 1 {
            let used: Vec<registrar::Flow> = registrar.save().map(|it| it.flow).collect();
            self.locals.retain(|way, _| used.contains(way));
        }
    }

    /// Every registered telephone that is not on a connection.
    pub(super) fn registrations(&self) -> Vec<Registration> {
        let kept = self.registrar.save().filter(|it| it.flow.connection.is_none());
        let with_local = |it: &Binding| {
            let local = *self.locals.get(&it.flow)?;
            Some(Registration { binding: it.clone(), local })
        };
        kept.filter_map(with_local).collect()
    }

    /// Goes on with telephones that registered before a restart; what does not fit is left out.
    pub(super) fn register_again(&mut self, phones: &[Phone], kept: Vec<Registration>) {
        let records: Vec<AddressOfRecord> = phones.iter().map(|it| self.record(it)).collect();
        self.locals.extend(kept.iter().map(|it| (it.binding.flow, it.local)));
        let bindings = kept.into_iter().map(|it| it.binding);
        let (registrar, _unfit) = Registrar::restore(rules(), records, bindings);
        self.registrar = registrar;
    }

    /// The flow to a registered telephone.
    pub(super) fn flow_to(&self, binding: &Binding) -> Option<Flow> {
        let local = *self.locals.get(&binding.flow)?;
        let registrar::Flow { transport, source, port, connection } = binding.flow;
        let remote = SocketAddr::new(IpAddr::from(source.0).to_canonical(), port);
        Some(Flow { transport, local, remote, connection })
    }
}

fn has_peer(peers: &[Listen], flow: &Flow) -> bool {
    peers.iter().any(|peer| {
        let same_port = flow.transport != Transport::Udp || peer.address == flow.remote;
        let same_host = peer.address.ip() == flow.remote.ip();
        peer.carrier.transport() == flow.transport && same_port && same_host
    })
}

fn rules() -> Rules {
    let (min, default, max) = EXPIRES;
    Rules::new(min, default, max).expect("they are in order")
}

/// A flow in the words of the registrar.
pub(super) fn way(flow: &Flow) -> registrar::Flow {
    let Flow { transport, remote, connection, .. } = *flow;
    registrar::Flow { transport, source: source(remote.ip()), port: remote.port(), connection }
}

fn source(ip: IpAddr) -> Source {
    match ip {
        IpAddr::V4(v4) => Source::v4(v4.octets()),
        IpAddr::V6(v6) => Source(v6.octets()),
    }
}

/// The canonical address-of-record.
pub(super) fn record_of(id: &str, domain: &str) -> AddressOfRecord {
    AddressOfRecord::new(format!("sip:{id}@{domain}").as_bytes())
}

/// The answer that is for our realm; with several the strongest is the first.
fn our_answer<'a>(headers: &Headers<'a>, realm: &[u8]) -> Option<Answer<'a>> {
    let auths = headers.auth(Name::Authorization);
    let answers = auths.filter_map(|auth| Answer::read(auth.scheme, auth.params()).ok());
    answers.into_iter().find(|answer| answer.realm() == realm)
}

fn accounts(phones: &[Phone]) -> BTreeMap<Vec<u8>, (usize, Option<Secret>)> {
    let registering = phones.iter().enumerate().filter(|(_, phone)| phone.at.is_none());
    let account =
        |(at, phone): (usize, &Phone)| (phone.id.clone().into_bytes(), (at, phone.secret.clone()));
    registering.map(account).collect()
}

fn fixed(phones: &[Phone]) -> BTreeMap<(Transport, IpAddr), Vec<Fixed>> {
    let mut fixed: BTreeMap<(Transport, IpAddr), Vec<Fixed>> = BTreeMap::new();
    for (phone, it) in phones.iter().enumerate() {
        if let Some(at) = it.at {
            let host = (at.carrier.transport(), at.address.ip());
            let here = Fixed { phone, id: it.id.clone(), port: at.address.port() };
            fixed.entry(host).or_default().push(here);
        }
    }
    fixed
}

/// A status that is written down in the code.
pub(super) const fn status(code: u16) -> Status {
    match Status::new(code) {
        Some(status) => status,
        None => unreachable!(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::{Carrier, EmergencyRoute};
    use super::*;
    use crate::media::Clips;
    use crate::signalling::words::SrtpUse;
    use crate::tls::Certificates;
    use sip::digest::{Credentials, Offers, Session, choose};
    use sip::message::{Auth, parse_datagram};
    use std::sync::Arc;
    use stdx::Redacted;

    const HERE: &str = "192.0.2.1:5060";
    const TRUNK: &str = "192.0.2.21:5060";
    const FIXED: &str = "192.0.2.30:5062";
    const BASE: &str = "192.0.2.31:5062";
    const PHONE: &str = "198.51.100.7:40000";

    fn at(text: &str) -> Listen {
        Listen { carrier: Carrier::Udp, address: text.parse().expect("an address") }
    }

    fn door() -> Door {
        let secret = Secret::of(b"k1", b"centre", &Redacted::new("pa55"));
        let emergency = EmergencyRoute::Unknown;
        let phone = |id: &str, at, secret| {
            let (id, emergency) = (id.to_owned(), emergency.clone());
            Phone {
                id,
                agent: None,
                at,
                secret,
                emergency,
                srtp: SrtpUse::Off,
                short: Arc::default(),
                browser: false,
            }
        };
        let setup = Setup {
            domain: "centre".to_owned(),
            listen: vec![at(HERE)],
            certificates: Certificates::default(),
            addresses: Vec::new(),
            media_ports: 20_000..=20_003,
            media_threads: 1,
            name_servers: Vec::new(),
            trunks: Vec::new(),
            phones: vec![
                phone("k1", None, Some(secret)),
                phone("door", Some(at(FIXED)), None),
                phone("hand1", Some(at(BASE)), None),
                phone("hand2", Some(at(BASE)), None),
                phone("stream", Some(Listen { carrier: Carrier::Tcp, ..at(FIXED) }), None),
            ],
            switchboards: Vec::new(),
            partners: Vec::new(),
            lines: Vec::new(),
            plans: Vec::new(),
            phrases: crate::prompts::Phrases::default(),
            music: Clips::default(),
            ringing: Clips::default(),
            done: Clips::default(),
            refused: Clips::default(),
            seed: 1,
            offers: Offers::Both,
            nonce_key: [7; 32],
            token_key: stdx::Redacted::new([7; 32]),
        };
        let mut door = Door::new(&setup).expect("a domain that can be written");
        door.set_trunks(vec![("t".to_owned(), vec![at(TRUNK)])]);
        door
    }

    fn flow(from: &str) -> Flow {
        Flow::udp(HERE.parse().expect("ours"), from.parse().expect("theirs"))
    }

    fn request(method: &str, to: &str, more: &str) -> String {
        format!(
            "{method} sip:centre SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nMax-Forwards: 70\r\n\
             From: <sip:k1@centre>;tag=a\r\nTo: {to}\r\nCall-ID: c\r\nCSeq: 1 {method}\r\n{more}\
             Content-Length: 0\r\n\r\n"
        )
    }

    fn look(door: &mut Door, now: Tick, from: &str, text: &str) -> Entry {
        let message = parse_datagram(text.as_bytes()).expect("a message");
        let ours = |headers: &Headers<'_>| headers.to.tag() == Some(b"ours");
        door.look(now, &mut Rng::new(3), &flow(from), &message, ours)
    }

    /// The Authorization that answers these challenges.
    fn proof(entry: &Entry, password: &str, method: &str) -> String {
        let Entry::Away(_, _, fields) = entry else { panic!("no challenge: {entry:?}") };
        let challenges = fields.iter().filter_map(|(_, value)| {
            let auth = Auth::parse(value)?;
            sip::digest::Challenge::read(auth.scheme, auth.params()).ok()
        });
        let challenge = choose(challenges).remove(0);
        let credentials = Credentials {
            username: Redacted::new(b"k1".to_vec()),
            password: Redacted::new(password.as_bytes().to_vec()),
        };
        let mut session = Session::new(challenge, b"cnonce");
        let value = session.answer(&credentials, method.as_bytes(), b"sip:centre");
        let value = value.expect("an answer");
        format!("Authorization: {}\r\n", String::from_utf8_lossy(&value))
    }

    #[test]
    fn trunks_fixed_telephones_and_dialogs_come_in() {
        let mut door = door();
        let invite = request("INVITE", "<sip:115@centre>", "");
        assert_eq!(look(&mut door, Tick(0), TRUNK, &invite), Entry::In(None));
        assert_eq!(look(&mut door, Tick(0), FIXED, &invite), Entry::In(Some(1)));
        let bye = request("BYE", "<sip:115@centre>;tag=ours", "");
        assert_eq!(look(&mut door, Tick(0), PHONE, &bye), Entry::In(None));
        // The same host at another port is somebody else.
        let other = look(&mut door, Tick(0), "192.0.2.21:5061", &invite);
        assert!(matches!(other, Entry::Away(Refused::Challenged, ..)));
    }

    #[test]
    fn telephones_that_share_an_address_are_told_apart_by_name() {
        let mut door = door();
        let by = |name: &str| {
            let invite = request("INVITE", "<sip:*10@centre>", "");
            invite.replace("From: <sip:k1@", &format!("From: <sip:{name}@"))
        };
        assert_eq!(look(&mut door, Tick(0), BASE, &by("hand1")), Entry::In(Some(2)));
        assert_eq!(look(&mut door, Tick(0), BASE, &by("hand2")), Entry::In(Some(3)));
        let nobody = look(&mut door, Tick(0), BASE, &by("k1"));
        assert!(matches!(nobody, Entry::Away(Refused::Challenged, ..)));
    }

    #[test]
    fn a_telephone_on_a_connection_comes_from_any_port() {
        let mut door = door();
        let text = request("INVITE", "<sip:*10@centre>", "");
        let message = parse_datagram(text.as_bytes()).expect("a message");
        let flow = Flow { transport: Transport::Tcp, ..flow("192.0.2.30:40001") };
        let entry = door.look(Tick(0), &mut Rng::new(3), &flow, &message, |_| false);
        assert_eq!(entry, Entry::In(Some(4)));
        let other = look(&mut door, Tick(0), "192.0.2.30:40001", &text);
        assert!(matches!(other, Entry::Away(Refused::Challenged, ..)));
    }

    #[test]
    fn whoever_guesses_names_is_soon_not_answered() {
        let mut door = door();
        let mut silent = 0;
        for guess in 0..2_000 {
            let register = request("REGISTER", &format!("<sip:{guess}@centre>"), "");
            let entry = look(&mut door, Tick(guess), PHONE, &register);
            silent += u32::from(entry == Entry::Silence(Refused::Throttled));
        }
        assert!(silent > 1_500, "{silent}");
        // Others are not hurt by it.
        let register = request("REGISTER", "<sip:k1@centre>", "");
        let entry = look(&mut door, Tick(2_000), "198.51.100.8:5060", &register);
        assert!(matches!(entry, Entry::Away(Refused::Challenged, ..)));
    }

    #[test]
    fn questions_of_strangers_are_answered_now_and_then() {
        let mut door = door();
        for (method, to) in
            [("OPTIONS", "<sip:centre>"), ("OPTIONS", "<sip:c>;tag=x"), ("CANCEL", "<sip:c>")]
        {
            let question = request(method, to, "");
            let asked = (0..2_000).map(|n| look(&mut door, Tick(n), PHONE, &question));
            let answered = asked.filter(|entry| *entry == Entry::In(None)).count();
            assert!(answered < 1_000, "{method} {to}: {answered}");
        }
        let options = request("OPTIONS", "<sip:centre>", "");
        assert_eq!(look(&mut door, Tick(2_000), "198.51.100.8:5060", &options), Entry::In(None));
    }

    #[test]
    fn a_telephone_comes_in_with_its_password_only() {
        let mut door = door();
        let register = request("REGISTER", "<sip:k1@centre>", "");
        let challenge = look(&mut door, Tick(0), PHONE, &register);
        let right = request("REGISTER", "<sip:k1@centre>", &proof(&challenge, "pa55", "REGISTER"));
        let wrong = request("REGISTER", "<sip:k1@centre>", &proof(&challenge, "pass", "REGISTER"));
        let denied = look(&mut door, Tick(1), PHONE, &wrong);
        assert!(
            matches!(denied, Entry::Away(Refused::WrongPassword, status, _) if status.code() == 401)
        );
        assert_eq!(look(&mut door, Tick(2), PHONE, &right), Entry::In(Some(0)));
        // What was heard on the way cannot be used again, nor from elsewhere.
        assert!(matches!(look(&mut door, Tick(3), PHONE, &right), Entry::Away(..)));
        assert!(matches!(look(&mut door, Tick(3), "198.51.100.9:5060", &right), Entry::Away(..)));
    }
}
