// SPDX-License-Identifier: EUPL-1.2
//! Telephones register, and are found again when their agent is called.

use super::conversation::Target;
use super::door::{record_of, status, way};
use super::exchange::Exchange;
use super::trunk::Outward;
use super::words::{Refused, Setup};
use sip::agent::{RegisterContact, RegisterId, RegisterInfo, Way};
use sip::message::{Address, Name, Uri};
use sip::registrar::{
    AddressOfRecord, Binding, ContactAddress, Contacts, Quality, Refusal, Register,
};
use std::borrow::Cow;
use stdx::{AgentId, Redacted, Tick};

impl Exchange {
    /// A REGISTER whose sender the door knows.
    pub(super) fn register(&mut self, now: Tick, id: RegisterId, info: &RegisterInfo) {
        let Some(phone) = self.verified.and_then(|at| self.setup.phones.get(at)) else {
            return self.reply(now, id, 403, Vec::new());
        };
        let account = self.door.record(phone);
        let record = self.canonical(info.record.expose());
        let contacts: Vec<ContactAddress<'_>> = info.contacts.iter().map(contact).collect();
        let register = Register {
            record: record.as_ref().unwrap_or(&account),
            account: &account,
            call_id: info.sip_call_id.expose(),
            cseq: info.cseq,
            expires: info.expires,
            contacts: match (info.all, contacts.is_empty()) {
                (true, _) => Contacts::All,
                (false, true) => Contacts::Fetch,
                (false, false) => Contacts::These(&contacts),
            },
            path: &info.path,
            flow: way(&info.flow),
        };
        let outcome = match record {
            Some(_) => self.door.registrar.register(now, &register).map(|_| ()),
            None => Err(Refusal::UnknownRecord),
        };
        match outcome {
            Ok(()) => {
                self.has_registered = true;
                self.door.note_flow(&info.flow);
                let bindings = self.door.registrar.targets(now, &account);
                let fields = bindings.into_iter().map(|it| (Name::Contact, described(it, now)));
                let known = info.path.iter().filter(|_| info.knows_path);
                let path = known.map(|value| (Name::Path, value.expose().clone()));
                let fields = fields.chain(path).collect();
                self.reply(now, id, 200, fields);
            }
            Err(why) => {
                self.counters.refuse(Refused::Registration);
                let fields = match why {
                    Refusal::IntervalTooBrief { min_expires } => {
                        vec![(Name::MinExpires, min_expires.to_string().into_bytes())]
                    }
                    Refusal::NotYours
                    | Refusal::UnknownRecord
                    | Refusal::OutOfOrder
                    | Refusal::AllButNotZero
                    | Refusal::ContactTwice
                    | Refusal::TooManyContacts
                    | Refusal::TooLong => Vec::new(),
                };
                self.reply(now, id, why.status().code(), fields);
            }
        }
    }

    fn reply(&mut self, now: Tick, id: RegisterId, code: u16, fields: Vec<(Name, Vec<u8>)>) {
        // A transaction that is over was answered before.
        let _ = self.ua.reply_register(now, id, status(code), fields);
    }

    /// The address-of-record of a To, if its host is ours: the domain, or an address at which we
    /// listen, because many telephones know nothing else.
    pub(super) fn canonical(&self, uri: &[u8]) -> Option<AddressOfRecord> {
        let parsed = Uri::parse(uri)?;
        let sip = parsed.sip()?;
        let user = sip.decoded_user()?;
        let id = std::str::from_utf8(&user).ok()?;
        let ours = match sip.host.address() {
            Some(ip) => {
                let domain = self.setup.domain.trim_matches(['[', ']']).parse();
                domain == Ok(ip) || is_own_address(&self.setup, ip)
            }
            None => is_domain(uri, &self.setup.domain),
        };
        ours.then(|| record_of(id, &self.setup.domain))
    }

    /// Where an agent's telephones are reached, the preferred ones first.
    pub(super) fn targets(&self, now: Tick, agent: AgentId) -> Vec<Target> {
        let phones = self.phones_of.get(&agent).map_or(&[][..], Vec::as_slice);
        phones.iter().flat_map(|&phone| self.targets_of(now, phone)).collect()
    }

    /// Where one telephone is reached.
    pub(super) fn targets_of(&self, now: Tick, at: usize) -> Vec<Target> {
        let phone = &self.setup.phones[at];
        if let Some(place) = phone.at {
            let flow = self.fixed_flows.get(&(place.carrier, place.address)).copied();
            let target = format!("sip:{}@{}", phone.id, place.address).into_bytes();
            return flow
                .map(|flow| Outward::to_phone(target, flow, Way::Routes))
                .map(|outward| Target { phone: at, outward })
                .into_iter()
                .collect();
        }
        let record = self.door.record(phone);
        let bindings = self.door.registrar.targets(now, &record);
        let target = |binding: &Binding| {
            let flow = self.door.flow_to(binding)?;
            let contact = binding.contact.expose().clone();
            let outward = Outward::to_phone(contact, flow, Way::Flow).by(routes(&binding.path));
            Some(Target { phone: at, outward })
        };
        bindings.into_iter().filter_map(target).collect()
    }

    /// How many telephones are registered at this moment.
    pub(super) fn registered(&self) -> usize {
        self.door.registrar.save().count()
    }
}

/// The addresses of proxies. One that cannot be read would end the call as surely as none.
fn routes(path: &[Redacted<Vec<u8>>]) -> Vec<Vec<u8>> {
    let read = |value: &Redacted<Vec<u8>>| Some(Address::parse(value.expose())?.uri.raw().to_vec());
    path.iter().filter_map(read).collect()
}

fn contact(it: &RegisterContact) -> ContactAddress<'_> {
    ContactAddress {
        uri: it.uri.expose(),
        expires: it.expires,
        quality: it.quality.as_deref().and_then(quality),
        instance: it.instance.as_ref().map(|raw| &raw.expose()[..]),
        reg_id: it.reg_id,
    }
}

/// Reads `0.7` (RFC 3261, 25.1: at most three digits behind the point).
fn quality(text: &[u8]) -> Option<Quality> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let whole: u16 = whole.parse().ok().filter(|&whole| whole <= 1 && digits)?;
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    Quality::from_thousandths(whole * 1_000 + part)
}

fn described(binding: &Binding, now: Tick) -> Vec<u8> {
    let mut value = b"<".to_vec();
    value.extend_from_slice(binding.contact.expose());
    value.extend_from_slice(format!(">;expires={}", binding.expires_in(now)).as_bytes());
    value
}

fn is_own_address(setup: &Setup, ip: std::net::IpAddr) -> bool {
    let listens = setup.listen.iter().map(|listen| listen.address.ip());
    listens.chain(setup.addresses.iter().copied()).any(|own| own == ip)
}

fn is_domain(uri: &[u8], domain: &str) -> bool {
    let text: Cow<'_, str> = String::from_utf8_lossy(uri);
    let host = text.split_once('@').map_or("", |(_, host)| host);
    let host = host.split([':', ';', '?', '>']).next().unwrap_or_default();
    host.eq_ignore_ascii_case(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preferences_have_at_most_three_digits_behind_the_point() {
        let read = |text: &str| quality(text.as_bytes()).map(Quality::thousandths);
        assert_eq!(read("1"), Some(1_000));
        assert_eq!(read("0.7"), Some(700));
        assert_eq!(read("0.25"), Some(250));
        assert_eq!(read("1.000"), Some(1_000));
        for bad in ["", "2", "1.1", "0.1234", "0.-1", "-0", "x", "0.x"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_domain_is_ours_in_any_case_and_with_a_port() {
        assert!(is_domain(b"sip:k1@Centre.Example:5060;transport=tcp", "centre.example"));
        assert!(!is_domain(b"sip:k1@other.example", "centre.example"));
        assert!(!is_domain(b"sip:centre.example", "centre.example"));
    }
}
