// SPDX-License-Identifier: EUPL-1.2
//! Trunks: by which way a call leaves over one, whether we are registered there, and how it is.
//!
//! ```text
//!   peers of the setup ──▶ flows ──▶ registration (of the user agent) ──▶ where calls leave first
//!                             └────▶ OPTIONS now and then ──────────────▶ how it is
//! ```
//!
//! The rule to keep: over a trunk that has to be registered and is not, no call leaves but one for help; that one
//! is tried wherever there is a way.

use super::exchange::Exchange;
use super::network::Network;
use super::words::{
    Identity, Listen, Outside, Shows, Trunk, TrunkHealth, TrunkRegistration, TrunkTrouble,
};
use sip::Status;
use sip::agent::{Account, Flow, Invite, ProbeId, RegistrantId, Standing, Way};
use sip::digest::Credentials;
use sip::message::Name;
use sip::number::Number;
use sip::registrar::Transport;
use stdx::{LineId, Micros, Redacted, Tick};

/// How a trunk is at this moment.
#[derive(Clone, Debug, Default)]
pub(super) struct TrunkState {
    /// Where its peers are, as far as that is known.
    pub(super) peers: Vec<Listen>,
    pub(super) calls: u32,
    pub(super) answers: Option<bool>,
    pub(super) probe: Option<ProbeId>,
    pub(super) probe_at: Tick,
    /// Since when calls that left over it are counted, and how many did.
    pub(super) day_began: Tick,
    pub(super) left_today: u32,
    /// Its registration, and as whom.
    registration: Option<(RegistrantId, Account)>,
}

/// A way by which a call leaves us.
#[derive(Clone)]
pub(super) struct Outward {
    /// The Request-URI.
    pub(super) target: Vec<u8>,
    pub(super) flow: Flow,
    pub(super) way: Way,
    /// What is proved there to whoever asks.
    credentials: Option<Credentials>,
    /// What it has to pass first.
    routes: Vec<Vec<u8>>,
    contact_user: Option<Vec<u8>>,
}

impl Outward {
    /// To a telephone of ours, which asks for nothing.
    pub(super) fn to_phone(target: Vec<u8>, flow: Flow, way: Way) -> Outward {
        Outward { target, flow, way, credentials: None, routes: Vec::new(), contact_user: None }
    }

    /// By these proxies first.
    pub(super) fn by(self, routes: Vec<Vec<u8>>) -> Outward {
        Outward { routes, ..self }
    }

    /// The call that leaves by it.
    pub(super) fn invite(self, from: Vec<u8>, offer: Vec<u8>, ring_for: Micros) -> Invite {
        let Outward { target, flow, way, credentials, routes, contact_user } = self;
        Invite {
            target: Redacted::new(target),
            from: Redacted::new(from),
            flow,
            way,
            headers: Vec::new(),
            offer,
            max_forwards: sip::agent::limits::MAX_FORWARDS,
            ring_for,
            credentials,
            routes,
            contact_user,
        }
    }
}

/// The user part of our Contact at the registrar of this trunk.
pub(super) fn contact_user(trunk: &str) -> String {
    format!("amtsleitung-{trunk}")
}

impl Exchange {
    // ---- by which way ----

    /// How a call to this number leaves by the nth peer of its trunk. Nothing but the emergency route of a site
    /// leads to 110 and 112.
    pub(super) fn outward(&self, outside: Outside, nth: usize) -> Option<Outward> {
        let trunk = self.setup.trunks.get(outside.trunk)?;
        if super::incoming::is_emergency(&trunk.plan, outside.number) {
            return None;
        }
        let state = self.trunks.get(outside.trunk)?;
        if trunk.account.is_some() && self.registered_by(state).is_none() {
            return None;
        }
        let host = |peer: &str| super::elsewhere::uri(outside.number, peer);
        self.outward_to(trunk, state, nth, host)
    }

    /// The same for a call for help: whether we are registered or not, and with the number as it is.
    pub(super) fn outward_for_help(
        &self,
        trunk: usize,
        number: &str,
        nth: usize,
    ) -> Option<Outward> {
        let (trunk, state) = (self.setup.trunks.get(trunk)?, self.trunks.get(trunk)?);
        let host = |peer: &str| Some(format!("sip:{number}@{peer}").into_bytes());
        self.outward_to(trunk, state, nth, host)
    }

    fn outward_to(
        &self,
        trunk: &Trunk,
        state: &TrunkState,
        nth: usize,
        uri: impl Fn(&str) -> Option<Vec<u8>>,
    ) -> Option<Outward> {
        let registered = self.registered_by(state);
        let flows = self.flows_to(state);
        let first = registered.and_then(|(held, _)| flows.iter().position(|it| *it == Some(held)));
        let count = flows.len();
        let at = (nth < count).then(|| (first.unwrap_or(0) + nth) % count)?;
        let flow = flows[at]?;
        let Some(account) = &trunk.account else {
            let target = uri(&flow.remote.to_string())?;
            return Some(Outward::to_phone(target, flow, Way::Routes));
        };
        // Who registers is reached by what it has registered; nobody there calls back otherwise.
        let way = match flow.transport {
            Transport::Udp => Way::Routes,
            Transport::Tcp | Transport::Tls | Transport::WebSocket => Way::Flow,
        };
        Some(Outward {
            target: uri(&account.registrar)?,
            flow,
            way,
            credentials: account.credentials.clone(),
            routes: registered.map_or_else(Vec::new, |(_, routes)| routes.to_vec()),
            contact_user: Some(contact_user(&trunk.id).into_bytes()),
        })
    }

    /// How many peers a trunk has.
    pub(super) fn peer_count(&self, trunk: usize) -> usize {
        self.trunks.get(trunk).map_or(0, |it| it.peers.len())
    }

    fn flows_to(&self, state: &TrunkState) -> Vec<Option<Flow>> {
        let flow = |peer: &Listen| self.fixed_flows.get(&(peer.carrier, peer.address)).copied();
        state.peers.iter().map(flow).collect()
    }

    fn registered_by(&self, state: &TrunkState) -> Option<(Flow, &[Vec<u8>])> {
        let (id, _) = state.registration.as_ref()?;
        self.ua.registered_by(*id)
    }

    // ---- who calls ----

    /// Whether we register over a trunk.
    pub(super) fn has_account(&self, trunk: usize) -> bool {
        self.setup.trunks.get(trunk).is_some_and(|it| it.account.is_some())
    }

    /// In whose domain numbers of ours are shown there.
    pub(super) fn domain_at(&self, trunk: usize) -> &str {
        let account = self.setup.trunks.get(trunk).and_then(|it| it.account.as_ref());
        account.map_or(&self.setup.domain, |account| &account.registrar)
    }

    /// Which number of ours answers for a call over a trunk (RFC 3325): the line's, if the carrier knows it as
    /// ours; else the one of the account.
    pub(super) fn asserted(&self, trunk: usize, line: Option<LineId>) -> Option<Number> {
        let shown = line.and_then(|line| Some(self.line(line).numbers.first()?.first));
        let trunk = self.setup.trunks.get(trunk)?;
        let of_trunk = trunk.account.as_ref().and_then(|it| trunk.plan.read(it.user.as_bytes()));
        let of_trunk = of_trunk.filter(|number| matches!(number, Number::E164(_)));
        let known = |number: &Number| trunk.knows_as_ours(*number);
        let candidates = [shown, trunk.caller_id].into_iter().flatten();
        candidates.filter(known).chain(of_trunk).next()
    }

    /// The field that says which number answers for a call.
    pub(super) fn asserted_in(&self, trunk: usize) -> Name {
        match self.setup.trunks.get(trunk).map(|it| it.identity) {
            Some(Identity::Preferred) => Name::PPreferredIdentity,
            Some(Identity::Asserted) | None => Name::PAssertedIdentity,
        }
    }

    /// Whether a call that is handed on shows who calls, or a number of ours.
    pub(super) fn shows_callers(&self, trunk: usize) -> bool {
        self.setup.trunks.get(trunk).is_some_and(|it| it.shows == Shows::Caller)
    }

    // ---- registrations ----

    /// Registers where the setup says, and nowhere else.
    pub(super) fn enrol(&mut self, now: Tick) {
        if !std::mem::take(&mut self.enrolment_is_due) {
            return;
        }
        // A trunk may stand at another place than before: its registration goes with it.
        let before = self.trunks.iter_mut().filter_map(|state| state.registration.take());
        let mut before: Vec<(RegistrantId, Account)> = before.collect();
        for at in 0..self.trunks.len() {
            let Some(wanted) = self.setup.trunks.get(at).and_then(account) else { continue };
            let flows = self.flows_to(&self.trunks[at]).into_iter().flatten().collect();
            let is_its = |(_, it): &(RegistrantId, Account)| is_of_one_trunk(it, &wanted);
            let its = before.iter().position(is_its).map(|found| before.swap_remove(found));
            let id = match its {
                Some((id, now_as)) if now_as == wanted => {
                    self.ua.reach_registrar_by(now, id, flows);
                    id
                }
                Some((id, _)) => self.ua.enrol_instead(now, id, wanted.clone(), flows),
                None => self.ua.enrol(now, wanted.clone(), flows),
            };
            self.trunks[at].registration = Some((id, wanted));
        }
        for (id, _) in before {
            self.ua.withdraw(now, id);
        }
        self.collect(now, None);
    }

    /// Takes our leave of every registrar.
    pub(super) fn withdraw_registrations(&mut self, now: Tick) {
        for state in &self.trunks {
            if let Some((id, _)) = state.registration {
                self.ua.withdraw(now, id);
            }
        }
    }

    /// It goes on with a registration: whoever watches wants to know.
    pub(super) fn registration_changed(&mut self, id: RegistrantId) {
        let of = |state: &TrunkState| state.registration.as_ref().is_some_and(|(it, _)| *it == id);
        self.trunks_changed.extend(self.trunks.iter().position(of));
    }

    fn registration_of(&self, at: usize) -> Option<TrunkRegistration> {
        let trunk = self.setup.trunks.get(at)?;
        let account = trunk.account.as_ref()?;
        if account.credentials.is_none() {
            let trouble = Some(TrunkTrouble::NoPassword);
            return Some(TrunkRegistration { is_registered: false, trouble });
        }
        let standing = self.trunks[at].registration.as_ref();
        let standing = standing.and_then(|(id, _)| self.ua.standing(*id));
        let Standing { until, trouble } = standing.unwrap_or(NOT_YET);
        let trouble = trouble.map(TrunkTrouble::Registrar);
        Some(TrunkRegistration { is_registered: until.is_some(), trouble })
    }

    // ---- health ----

    /// Asks trunks after their health.
    pub(super) fn probe(&mut self, now: Tick, network: &Network) {
        for (state, trunk) in self.trunks.iter_mut().zip(&self.setup.trunks) {
            let Some(every) = trunk.probe.filter(|_| state.probe_at <= now) else { continue };
            state.probe_at = now + every;
            // Nobody answers for 32 s before that is known (timer F); asking anew would forget the question.
            if state.probe.is_some() {
                continue;
            }
            let Some(peer) = state.peers.first() else { continue };
            let Some(flow) = network.flow_to(peer.carrier, peer.address) else { continue };
            let target = format!("sip:{}", peer.address);
            state.probe = self.ua.options(now, flow, target.as_bytes()).ok();
        }
    }

    pub(super) fn probed(&mut self, probe: ProbeId, status: Status) {
        for state in &mut self.trunks {
            if state.probe == Some(probe) {
                state.probe = None;
                // 503 says: not now. Everything else was said by somebody who is there.
                state.answers = Some(!matches!(status.code(), 408 | 503));
            }
        }
    }

    /// How the trunks are.
    pub(super) fn health(&self, network: &Network) -> Vec<TrunkHealth> {
        (0..self.setup.trunks.len()).map(|at| self.health_of(at, network)).collect()
    }

    pub(super) fn health_of(&self, at: usize, network: &Network) -> TrunkHealth {
        let (trunk, state) = (&self.setup.trunks[at], &self.trunks[at]);
        TrunkHealth {
            id: trunk.id.clone(),
            answers: state.answers,
            fault: state.peers.iter().find_map(|peer| network.fault_of(&peer.address)),
            unknown_name: self.places.unknown(trunk),
            registration: self.registration_of(at),
            calls: state.calls,
            channels: trunk.channels,
        }
    }
}

const NOT_YET: Standing = Standing { until: None, trouble: Some(sip::registrant::Trouble::NotYet) };

/// Whether two accounts are of one trunk; in bulk its id does not stand in the Contact, so it may have another one.
fn is_of_one_trunk(one: &Account, two: &Account) -> bool {
    let record = |it: &Account| (it.registrar.clone(), it.user.clone());
    one.contact_user == two.contact_user || one.bulk && two.bulk && record(one) == record(two)
}

/// As whom we register over a trunk; nobody without a password.
fn account(trunk: &Trunk) -> Option<Account> {
    let account = trunk.account.as_ref()?;
    Some(Account {
        registrar: account.registrar.clone().into_bytes(),
        user: Redacted::new(account.user.clone().into_bytes()),
        credentials: account.credentials.clone()?,
        expires: account.expires,
        contact_user: contact_user(&trunk.id).into_bytes(),
        bulk: account.bulk,
    })
}
