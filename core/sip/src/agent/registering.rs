// SPDX-License-Identifier: EUPL-1.2
//! We register at somebody else's registrar (RFC 3261, 10.2; all numbers at once: RFC 6140).
//!
//! ```text
//!   REGISTER ──▶ 401, 407 ──▶ REGISTER with a proof ──▶ 200: Contact;expires, Service-Route
//!           └──▶ 423 ──▶ REGISTER with Min-Expires
//! ```
//!
//! When to ask whom is decided by [`crate::registrant`]; here are the messages. Path and P-Associated-URI of an
//! answer concern others, and are passed over.
//!
//! The rule to keep: one Call-ID, and a CSeq that goes up, for as long as we register (RFC 3261, 10.2); what
//! answers an older REGISTER than the last one is not heard.

use super::calls::UserAgent;
use super::challenged::Authentication;
use super::compose::{self, ALLOW};
use super::limits::{MAX_FORWARDS, SERVICE_ROUTES_MAX};
use super::transport::{Purpose, Sent};
use super::words::{Account, Event, Flow, RegistrantId};
use crate::message::limits::REQUEST_URI_MAX;
use crate::message::{Address, Headers, MessageWriter, Name, Response, Uri};
use crate::registrant::{Action, Event as Happened, Registrant, Said, Trouble};
use crate::registrar::Transport;
use crate::{Method, Status};
use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;
use stdx::Tick;

/// How it is with a registration of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Until when we are registered, if it is not refreshed; none if we are not.
    pub until: Option<Tick>,
    /// Why we are not, or why it could not be refreshed.
    pub trouble: Option<Trouble>,
}

/// A registration of ours, and what its messages are made of.
pub(super) struct Registering {
    account: Account,
    machine: Registrant,
    authentication: Authentication,
    call_id: Vec<u8>,
    tag: Box<[u8]>,
    cseq: u32,
    /// The ways to the registrar, in the order in which they are tried.
    flows: Vec<Flow>,
    /// By which one the last REGISTER went.
    asked: Option<Flow>,
    /// By which one we are registered.
    held: Option<Flow>,
    /// What calls have to pass first (RFC 3608).
    routes: Vec<Vec<u8>>,
}

impl UserAgent {
    /// Registers there from now on, by the first of these ways that works.
    pub fn enrol(&mut self, now: Tick, account: Account, flows: Vec<Flow>) -> RegistrantId {
        let id = RegistrantId(self.next);
        self.next += 1;
        let registering = Registering {
            machine: Registrant::new(account.expires),
            authentication: Authentication::with(account.credentials.clone()),
            account,
            call_id: [self.draw(), self.draw()].concat(),
            tag: self.draw(),
            cseq: 0,
            flows: Vec::new(),
            asked: None,
            held: None,
            routes: Vec::new(),
        };
        self.registrants.insert(id, registering);
        self.reach_registrar_by(now, id, flows);
        id
    }

    /// Registers in place of a registration of which something has changed. It takes its leave only if the new one
    /// has another address-of-record or another Contact: else the registrar, which may hear the farewell last
    /// because both go on their own, would end the new one with it (RFC 3261, 10.2.2).
    pub fn enrol_instead(
        &mut self,
        now: Tick,
        before: RegistrantId,
        account: Account,
        flows: Vec<Flow>,
    ) -> RegistrantId {
        let is_same = |it: &Registering| it.stands_where(&account, &flows);
        if self.registrants.get(&before).is_some_and(is_same) {
            self.registrants.remove(&before);
        } else {
            self.withdraw(now, before);
        }
        self.enrol(now, account, flows)
    }

    /// The ways to the registrar are these from now on.
    pub fn reach_registrar_by(&mut self, now: Tick, id: RegistrantId, flows: Vec<Flow>) {
        let Some(it) = self.registrants.get_mut(&id) else { return };
        if it.flows == flows && !flows.is_empty() {
            return;
        }
        let holder = it.held.and_then(|held| flows.iter().position(|flow| *flow == held));
        it.flows = flows;
        let count = it.flows.len();
        self.step_registrant(now, id, Happened::Peers { count, holder });
    }

    /// A connection is gone: whoever is registered by it has to make a new one.
    pub fn connection_lost(&mut self, now: Tick, flow: &Flow) {
        let is_lost = |it: &Registering| {
            it.held
                .is_some_and(|held| held.transport == flow.transport && held.remote == flow.remote)
        };
        let lost: Vec<RegistrantId> =
            self.registrants.iter().filter(|(_, it)| is_lost(it)).map(|(&id, _)| id).collect();
        for id in lost {
            self.step_registrant(now, id, Happened::Lost);
        }
    }

    /// Takes its leave of the registrar; of the registration nothing is left when it has answered.
    pub fn withdraw(&mut self, now: Tick, id: RegistrantId) {
        self.step_registrant(now, id, Happened::Leave);
    }

    /// How it is with a registration; none if it is over.
    #[must_use]
    pub fn standing(&self, id: RegistrantId) -> Option<Standing> {
        let machine = &self.registrants.get(&id)?.machine;
        let until = machine.held().map(|held| held.until);
        Some(Standing { until, trouble: machine.trouble() })
    }

    /// By which way we are registered, and what calls have to pass first; none if we are not.
    #[must_use]
    pub fn registered_by(&self, id: RegistrantId) -> Option<(Flow, &[Vec<u8>])> {
        let it = self.registrants.get(&id)?;
        Some((it.held?, &it.routes))
    }

    /// Whether every registration is over.
    #[must_use]
    pub fn has_withdrawn(&self) -> bool {
        self.registrants.is_empty()
    }

    /// Our Contact's user part in a call to this address, if a registration has given it out.
    pub(super) fn contact_user_of(&self, request_uri: &Uri<'_>) -> Option<Box<[u8]>> {
        let user = request_uri.sip()?.user?;
        let known = |it: &&Registering| !it.account.bulk && it.account.contact_user == user;
        self.registrants.values().find(known).map(|_| user.into())
    }

    /// When the next registration has to go on.
    pub(super) fn registrant_due(&self) -> Option<(Tick, RegistrantId)> {
        let due =
            self.registrants.iter().filter_map(|(&id, it)| Some((it.machine.deadline()?, id)));
        due.min()
    }

    pub(super) fn step_registrant(&mut self, now: Tick, id: RegistrantId, event: Happened) {
        let before = self.standing(id);
        let Some(it) = self.registrants.get_mut(&id) else { return };
        let was_waiting = it.machine.is_waiting();
        let action = it.machine.next(now, event, &mut self.rng);
        // A registrar that was away may not know its nonce any more, and refuse an answer to it as a wrong password.
        if was_waiting && action != Action::Wait {
            it.authentication.forget();
        }
        if it.machine.held().is_none() {
            (it.held, it.routes) = (None, Vec::new());
        }
        match action {
            Action::Ask { peer, expires } => self.ask_registrar(now, id, peer, expires),
            Action::Wait => {}
        }
        if self.registrants.get(&id).is_some_and(|it| it.machine.has_left()) {
            self.registrants.remove(&id);
        }
        let after = self.standing(id);
        let is_same = |one: Option<Standing>, two: Option<Standing>| {
            let seen = |it: Standing| (it.until.is_some(), it.trouble);
            one.map(seen) == two.map(seen)
        };
        if !is_same(before, after) {
            self.tell(Event::Registration(id));
        }
    }

    /// Sends a REGISTER. One that cannot be sent is one that is not answered: the time for that runs.
    fn ask_registrar(&mut self, now: Tick, id: RegistrantId, peer: usize, expires: u32) {
        let branch = self.draw_branch();
        let Some(it) = self.registrants.get_mut(&id) else { return };
        let Some(&flow) = it.flows.get(peer) else { return };
        // What one server has asked, another one knows nothing of.
        if it.asked.is_some_and(|asked| asked != flow) {
            it.authentication.forget();
        }
        it.asked = Some(flow);
        it.cseq += 1;
        let cseq = it.cseq;
        let Some(bytes) = it.compose(&flow, &branch, expires) else { return };
        let sent = Sent::ours(flow, bytes, Purpose::OurRegister(id, cseq));
        self.request(now, Method::Register, &branch, sent);
    }

    /// A REGISTER of ours was answered, or nobody answers.
    pub(super) fn register_answered(
        &mut self,
        now: Tick,
        (id, cseq): (RegistrantId, u32),
        code: Status,
        response: Option<&Response<'_>>,
    ) {
        let Some(mut it) = self.registrants.remove(&id) else { return };
        let said = (it.cseq == cseq).then(|| match response {
            Some(response) => it.read(code, &response.headers, || self.draw()),
            None => Said::Silent,
        });
        self.registrants.insert(id, it);
        let Some(said) = said else { return };
        self.step_registrant(now, id, Happened::Said(said));
        let Some(it) = self.registrants.get_mut(&id).filter(|it| it.machine.is_resting()) else {
            return;
        };
        it.held = it.asked;
        it.routes = response.map_or_else(Vec::new, |response| service_route(&response.headers));
    }
}

/// Our Contact at the registrar of an account.
fn contact_of(account: &Account, flow: &Flow) -> Vec<u8> {
    if !account.bulk {
        return compose::contact(&account.contact_user, flow);
    }
    let transport = match flow.transport {
        Transport::Udp => "",
        Transport::Tcp => ";transport=tcp",
        Transport::Tls => ";transport=tls",
        Transport::WebSocket => ";transport=ws",
    };
    // RFC 6140, 5.1: the user part comes with each call.
    format!("<sip:{}{transport};bnc>", flow.local).into_bytes()
}

impl Registering {
    fn contact(&self, flow: &Flow) -> Vec<u8> {
        contact_of(&self.account, flow)
    }

    /// Whether a registration as this account, by one of these ways, takes the place of this one.
    fn stands_where(&self, account: &Account, flows: &[Flow]) -> bool {
        let record = |it: &Account| (it.registrar.clone(), it.user.clone());
        let ours = self.asked.map(|flow| self.contact(&flow));
        let has_ours = |flow: &Flow| Some(contact_of(account, flow)) == ours;
        record(&self.account) == record(account) && flows.iter().any(has_ours)
    }

    fn compose(&mut self, flow: &Flow, branch: &[u8], expires: u32) -> Option<Vec<u8>> {
        let registrar = [b"sip:", &self.account.registrar[..]].concat();
        let user = self.account.user.expose();
        let record = [b"sip:", &user[..], b"@", &self.account.registrar].concat();
        let proofs = self.authentication.answers(b"REGISTER", &registrar)?;
        let contact = self.contact(flow);
        let mut bytes = Vec::with_capacity(compose::ROOM_FOR_HEAD);
        let mut writer = MessageWriter::request(&mut bytes, b"REGISTER", &registrar);
        writer
            .field(Name::Via, &compose::via(flow, branch))
            .text(Name::MaxForwards, format_args!("{MAX_FORWARDS}"))
            .field(Name::From, &compose::party(&record, &self.tag))
            .field(Name::To, &compose::party(&record, &[]))
            .field(Name::CallId, &self.call_id)
            .text(Name::CSeq, format_args!("{} REGISTER", self.cseq))
            .field(Name::Contact, &contact)
            .text(Name::Expires, format_args!("{expires}"))
            .field(Name::Allow, ALLOW);
        if self.account.bulk {
            writer
                .field(Name::Supported, b"path, gin")
                .field(Name::Require, b"gin")
                .field(Name::ProxyRequire, b"gin");
        } else {
            writer.field(Name::Supported, b"path");
        }
        for (name, value) in &proofs {
            writer.field(*name, value);
        }
        writer.finish(&[]).ok()?;
        Some(bytes)
    }

    /// What an answer says.
    fn read(
        &mut self,
        code: Status,
        headers: &Headers<'_>,
        mut draw: impl FnMut() -> Box<[u8]>,
    ) -> Said {
        let has_answered = self.authentication.has_answered();
        match code.code() {
            200..300 => {
                self.authentication.accepted();
                Said::Granted(self.granted(headers))
            }
            401 | 407 if self.authentication.challenged(headers, &mut draw) => Said::Asks,
            401 | 403 | 407 => {
                // Whoever has mended the password is asked anew.
                self.authentication.forget();
                match (has_answered, code.code()) {
                    (true, _) => Said::WrongPassword,
                    (false, 403) => Said::Refused(code),
                    (false, _) => Said::NoProof,
                }
            }
            423 => match headers.min_expires() {
                Ok(Some(least)) => Said::TooBrief(least),
                Ok(None) | Err(_) => Said::Refused(code),
            },
            // A busy network, a server in trouble, or one on the way that nobody answers.
            408 | 480 | 500..600 => {
                let after = headers.retry_after().map(|it| it.seconds);
                Said::Unavailable(code, after)
            }
            _ => Said::Refused(code),
        }
    }

    /// For how many seconds: ours among the contacts that the registrar knows, or what holds for all.
    fn granted(&self, headers: &Headers<'_>) -> u32 {
        let number = |text: &[u8]| core::str::from_utf8(text).ok()?.parse().ok();
        let ours = self.asked.map(|flow| self.contact(&flow)).unwrap_or_default();
        let ours = ours.strip_prefix(b"<").and_then(|it| it.strip_suffix(b">"));
        let ours = ours.and_then(Uri::parse);
        let is_ours = |uri: &Uri<'_>| ours.as_ref().is_some_and(|ours| ours.equivalent(uri));
        let expires = |contact: &Address<'_>| contact.params.get("expires").and_then(number);
        let of_ours = headers.contacts().find(|it| is_ours(&it.uri)).and_then(|it| expires(&it));
        // Some write our Contact in a way of their own: then the shortest is the safest.
        let shortest = || headers.contacts().filter_map(|it| expires(&it)).min();
        of_ours.or_else(shortest).or(headers.expires()).unwrap_or(self.account.expires)
    }
}

/// The proxies that calls have to pass first, in the order of the message. A list that is too long, or that we
/// cannot follow, is none.
fn service_route(headers: &Headers<'_>) -> Vec<Vec<u8>> {
    let mut routes = Vec::new();
    for address in headers.addresses(Name::ServiceRoute) {
        let Ok(address) = address else { return Vec::new() };
        let raw = address.uri.raw();
        let is_loose = address.uri.sip().is_some_and(|uri| uri.is_loose());
        if !is_loose || raw.len() > REQUEST_URI_MAX || routes.len() == SERVICE_ROUTES_MAX {
            return Vec::new();
        }
        routes.push(raw.to_vec());
    }
    routes
}
