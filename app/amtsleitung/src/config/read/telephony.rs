// SPDX-License-Identifier: EUPL-1.2
//! Where the centre listens, its trunks and its telephones.
//!
//! Rule: an address belongs to one: by it the centre knows who sends.

use super::account;
use super::people::short;
use super::tls;
use crate::config::address::{
    self, AddressError, Family, Use, is_domain, media_address, name_server, nearest_address,
    nearest_domain,
};
use crate::config::county::{
    CHANNELS_MAX, Carrier, LISTEN_MAX, NAME_SERVERS_MAX, PEERS_MAX, PasswordDigest, Peer, Phone,
    SipAddress, Telephony, Trunk,
};
use crate::config::duration;
use crate::config::emergency::{self, AreaCodes, Look};
use crate::config::problem::{Emergency, Problem, Shape, TelephonyProblem};
use crate::config::reader::{At, Fields, NOWHERE, Reader, Value, start};
use crate::config::schema::{Kind, Table};
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use stdx::{AgentId, Micros};
use toml::de::DeValue;

/// The ports for sound if the file names none: 10,000 legs.
const MEDIA_PORTS: RangeInclusive<u16> = 20_000..=39_999;

/// How often a trunk is asked after its health if the file does not say.
const PROBE: Micros = Micros::from_secs(30);

/// Less than five seconds disturb, more than ten minutes find a fault too late.
const PROBES: RangeInclusive<Micros> = Micros::from_secs(5)..=Micros::from_mins(10);

/// Digits of an area code without its 0.
const AREA_DIGITS: RangeInclusive<usize> = 1..=5;

/// Digits of the beginning of a number: one behind an exchange, or up to the longest number (E.164).
const OUTBOUND_DIGITS: RangeInclusive<usize> = 1..=15;

/// Calls that may leave over a trunk in a day.
const OUTBOUND_DAILY: RangeInclusive<i64> = 1..=100_000;

/// So many unless something else is said: what twenty people at a service centre call in a day, and not what a stolen
/// password calls.
const OUTBOUND: i64 = 200;

/// Digits of a stem: a country code and three more, and one less than the longest number (E.164).
const STEM_DIGITS: RangeInclusive<usize> = 4..=14;

/// By what a sender is known: on a connection the port does not count, for connections come from any.
type Sender = (Carrier, IpAddr, Option<u16>);

fn sender(address: SipAddress) -> Sender {
    let port = match address.carrier {
        Carrier::Udp => Some(address.address.port()),
        Carrier::Tcp | Carrier::Tls => None,
    };
    (address.carrier, address.address.ip(), port)
}

/// Whose address it is.
#[derive(Clone, Debug)]
struct Owner {
    trunk: String,
    at: usize,
    /// Whether other trunks may be there too: several accounts at one carrier are told apart by what was registered.
    shared: bool,
}

/// The addresses that are known so far, for checking others against them.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    listen: Vec<SipAddress>,
    peers: BTreeMap<Sender, Owner>,
    /// Some address to listen on could not be read, or none is there: then nobody can say what it lacks.
    incomplete: bool,
}

impl Addresses {
    /// Notes that an address and the `ports - 1` behind it cannot be reached or belong to somebody else.
    pub(super) fn check_reach(&self, reader: &mut Reader<'_>, to: At<SipAddress>, ports: u16) {
        self.check_carried(reader, to);
        let taken =
            (0..ports).filter_map(|further| to.value.further(further)).find_map(|address| {
                if self.listen.contains(&address) {
                    let address = address.to_string();
                    return Some(TelephonyProblem::OwnAddress { address });
                }
                let Owner { trunk, at, .. } = self.peers.get(&sender(address))?.clone();
                let (carrier, address) = (address.carrier, address.to_string());
                Some(TelephonyProblem::AddressOfTrunk { address, carrier, trunk, first: at })
            });
        if let Some(problem) = taken {
            reader.note(to.at, Problem::Telephony(problem));
        }
    }

    /// A name may be found at any address: only the carrier has to be there.
    fn check_name(&self, reader: &mut Reader<'_>, to: &At<Peer>) {
        let carrier = to.value.carrier();
        if !self.incomplete && !self.listen.iter().any(|own| own.carrier == carrier) {
            let address = to.value.to_string();
            let problem = TelephonyProblem::NotCarried { address, carrier };
            reader.note(to.at, Problem::Telephony(problem));
        }
    }

    /// Only where we listen by the same carrier and family can we send from an address of ours.
    fn check_carried(&self, reader: &mut Reader<'_>, to: At<SipAddress>) {
        let carries =
            |own: &SipAddress| own.carrier == to.value.carrier && own.family() == to.value.family();
        if !self.incomplete && !self.listen.iter().any(carries) {
            let problem = TelephonyProblem::NotListened {
                address: to.value.to_string(),
                carrier: to.value.carrier,
                family: to.value.family(),
            };
            reader.note(to.at, Problem::Telephony(problem));
        }
    }
}

/// The address for SIP in a value.
pub(super) fn address(
    reader: &mut Reader<'_>,
    key: &'static str,
    value: &Value<'_>,
    purpose: Use,
) -> Option<At<SipAddress>> {
    let text = reader.string(key, value)?;
    let parse = |text: &str| SipAddress::parse(text, purpose);
    parsed(reader, At { at: start(value), value: text }, purpose, parse)
}

fn parsed<T>(
    reader: &mut Reader<'_>,
    text: At<&str>,
    purpose: Use,
    parse: impl Fn(&str) -> Result<T, AddressError>,
) -> Option<At<T>> {
    let error = match parse(text.value) {
        Ok(value) => return Some(At { at: text.at, value }),
        Err(error) => error,
    };
    let meant = nearest_address(text.value, purpose);
    let problem = TelephonyProblem::BadAddress { given: text.value.to_owned(), error, meant };
    reader.note(text.at, Problem::Telephony(problem));
    None
}

/// The addresses of a list, at most `max`, none twice however it is written; and whether all of them
/// could be read.
fn addresses<T: PartialEq>(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    (key, max): (&'static str, usize),
    purpose: Use,
    parse: impl Fn(&str) -> Result<T, AddressError>,
) -> (Vec<At<T>>, bool) {
    let texts = reader.texts(fields, key);
    if let Some(beyond) = texts.get(max) {
        let problem = Shape::TooMany { key: key.to_owned(), max };
        reader.note(beyond.at, Problem::Shape(problem));
    }
    let mut all: Vec<At<T>> = Vec::new();
    let mut complete = !texts.is_empty();
    for text in texts.into_iter().take(max) {
        let Some(next) = parsed(reader, text, purpose, &parse) else {
            complete = false;
            continue;
        };
        if let Some(same) = all.iter().find(|earlier| earlier.value == next.value) {
            let problem = Shape::Repeated { entry: text.value.to_owned(), first: same.at };
            reader.note(next.at, Problem::Shape(problem));
        } else {
            all.push(next);
        }
    }
    (all, complete)
}

/// Where the centre is reached, if the file says so; what else the file says needs it.
pub(super) fn telephony(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
) -> (Option<Telephony>, Addresses) {
    let nowhere = Addresses { incomplete: true, ..Addresses::default() };
    let Some(fields) = reader.table(root, "telephony", Table::Telephony) else {
        if root.get("telephony").is_none() && !reader.may_be_meant(root, "telephony") {
            check_needed(reader, root);
        }
        return (None, nowhere);
    };
    let domain = domain(reader, &fields);
    let own = |text: &str| SipAddress::parse(text, Use::Listen);
    let (listen, complete) = addresses(reader, &fields, ("listen", LISTEN_MAX), Use::Listen, own);
    check_overlap(reader, &listen);
    let media_ports = media_ports(reader, &fields);
    let media_addresses = media_addresses(reader, &fields, &listen);
    for own in &listen {
        let is_datagram = own.value.carrier == Carrier::Udp;
        let port = own.value.address.port();
        if is_datagram && media_ports.contains(&port) {
            reader.note(own.at, Problem::Telephony(TelephonyProblem::ListenInMedia { port }));
        }
    }
    let listen: Vec<SipAddress> = listen.into_iter().map(|own| own.value).collect();
    let known = Addresses { listen: listen.clone(), incomplete: !complete, ..Addresses::default() };
    let digest = digest(reader, &fields);
    let name_servers = name_servers(reader, &fields);
    let certificate = tls::certificate(reader, &fields, &listen);
    let telephony = Telephony {
        domain,
        listen,
        certificate,
        media_ports,
        media_addresses,
        digest,
        name_servers,
    };
    (Some(telephony), known)
}

/// Which name servers are asked where trunks are that are known by name.
fn name_servers(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Vec<SocketAddr> {
    let texts = reader.optional_texts(fields, "name_servers");
    if let Some(beyond) = texts.get(NAME_SERVERS_MAX) {
        let problem = Shape::TooMany { key: "name_servers".to_owned(), max: NAME_SERVERS_MAX };
        reader.note(beyond.at, Problem::Shape(problem));
    }
    let mut servers = Vec::new();
    for text in texts.into_iter().take(NAME_SERVERS_MAX) {
        match name_server(text.value) {
            Some(server) => servers.push(server),
            None => {
                let problem = TelephonyProblem::BadNameServer { given: text.value.to_owned() };
                reader.note(text.at, Problem::Telephony(problem));
            }
        }
    }
    servers
}

/// How passwords are proved; by MD5, if the file does not say.
fn digest(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> PasswordDigest {
    let words = &PasswordDigest::WORDS;
    let index = fields.get("digest").and_then(|_| reader.word(fields, "digest", words));
    index.and_then(|index| PasswordDigest::ALL.get(index)).copied().unwrap_or(PasswordDigest::Md5)
}

/// Trunks, telephones and a bench mean nothing if the centre is nowhere.
fn check_needed(reader: &mut Reader<'_>, root: &Fields<'_, '_>) {
    for (key, table) in [("trunk", Table::Trunk), ("phone", Table::Phone), ("bench", Table::Bench)]
    {
        let Some(value) = root.get(key) else { continue };
        let at = match value.get_ref() {
            DeValue::Array(entries) => entries.first().map_or(start(value), start),
            DeValue::Table(_) => start(value),
            // Of another type; that is said already.
            DeValue::String(_)
            | DeValue::Integer(_)
            | DeValue::Float(_)
            | DeValue::Boolean(_)
            | DeValue::Datetime(_) => continue,
        };
        reader.note(at, Problem::Telephony(TelephonyProblem::NeedsTelephony { table }));
    }
}

fn domain(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> String {
    let Some(value) = reader.required(fields, "domain") else { return String::new() };
    let Some(text) = reader.string("domain", value) else { return String::new() };
    if !is_domain(text) {
        let meant = nearest_domain(text);
        let problem = TelephonyProblem::BadDomain { given: text.to_owned(), meant };
        reader.note(start(value), Problem::Telephony(problem));
    }
    text.to_owned()
}

/// An address for all takes the port from every other one.
fn check_overlap(reader: &mut Reader<'_>, listen: &[At<SipAddress>]) {
    for (index, own) in listen.iter().enumerate() {
        let before = listen.get(..index).unwrap_or(&[]);
        let overlaps = |other: &&At<SipAddress>| {
            let (one, two) = (own.value, other.value);
            let same_port = one.address.port() == two.address.port();
            let all = one.address.ip().is_unspecified() || two.address.ip().is_unspecified();
            one.carrier == two.carrier && one.family() == two.family() && same_port && all
        };
        if let Some(other) = before.iter().find(overlaps) {
            let (address, other_address) = (own.value.to_string(), other.value.to_string());
            let problem =
                TelephonyProblem::ListenTwice { address, other: other_address, first: other.at };
            reader.note(own.at, Problem::Telephony(problem));
        }
    }
}

fn media_ports(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> RangeInclusive<u16> {
    let Some(value) = fields.get("media_ports") else { return MEDIA_PORTS };
    let Some(text) = reader.string("media_ports", value) else { return MEDIA_PORTS };
    match address::media_ports(text) {
        Ok(ports) => ports,
        Err(error) => {
            let problem = TelephonyProblem::BadPorts { given: text.to_owned(), error };
            reader.note(start(value), Problem::Telephony(problem));
            MEDIA_PORTS
        }
    }
}

/// The addresses for sound, one of each family; each family that is listened to everywhere needs one.
fn media_addresses(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    listen: &[At<SipAddress>],
) -> Vec<IpAddr> {
    let texts = reader.optional_texts(fields, "media_addresses");
    let mut found: BTreeMap<Family, usize> = BTreeMap::new();
    let mut addresses = Vec::new();
    let mut complete = true;
    for text in texts {
        let Some(ip) = media_address(text.value) else {
            let problem = TelephonyProblem::BadMediaAddress(text.value.to_owned());
            reader.note(text.at, Problem::Telephony(problem));
            complete = false;
            continue;
        };
        let family = Family::of(ip);
        if let Some(&first) = found.get(&family) {
            let problem = TelephonyProblem::SecondOfFamily { family, first };
            reader.note(text.at, Problem::Telephony(problem));
        } else {
            found.insert(family, text.at);
            addresses.push(ip);
        }
    }
    for own in listen.iter().filter(|own| own.value.address.ip().is_unspecified()) {
        let family = own.value.family();
        if complete && !found.contains_key(&family) && !fields.mistypes("media_addresses") {
            let address = own.value.to_string();
            let problem = TelephonyProblem::MediaAddressMissing { address, family };
            reader.note(own.at, Problem::Telephony(problem));
        }
    }
    addresses
}

/// The area codes of trunks, before anything is looked at for emergency numbers.
pub(super) fn learn_area_codes(tables: &[Fields<'_, '_>], codes: &mut AreaCodes) {
    for fields in tables {
        if let Some(DeValue::String(code)) = fields.get("area_code").map(|value| value.get_ref())
            && is_area_code(code)
            && !leads_to_emergency(code)
        {
            codes.learn(&format!("0{code}"));
        }
    }
}

pub(super) fn trunks(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    codes: &AreaCodes,
    known: &mut Addresses,
) -> Vec<Trunk> {
    let mut trunks = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let id = reader.id_of(Kind::Trunk, index);
        let name = reader.name(fields);
        let site = reader.reference(fields, "site", Kind::Site);
        let peers = peers(reader, fields, &id, known);
        let proof = tls::proof(reader, fields, &peers);
        let channels = reader.whole(fields, "channels", 1..=i64::from(CHANNELS_MAX), None);
        let country_code = country_code(reader, fields);
        let area_code = area_code(reader, fields, country_code.as_deref());
        let stem = stem(reader, fields, country_code.as_deref(), codes);
        let probe = probe(reader, fields);
        let outbound = beginnings(reader, fields, "outbound");
        let extensions = beginnings(reader, fields, "extensions");
        let directory = tls::file(reader, fields, "directory");
        let daily = reader.whole(fields, "outbound_daily", OUTBOUND_DAILY, Some(OUTBOUND));
        let caller_id = account::caller_id(reader, fields);
        let srtp = tls::srtp(reader, fields, &peers);
        let account = account::account(reader, fields);
        let identity = account::identity(reader, fields);
        let shows = account::shows(reader, fields, account.as_ref());
        let numbers = account::numbers(reader, fields);
        let channels = u16::try_from(channels).unwrap_or(1);
        let country_code = country_code.unwrap_or_default();
        trunks.push(Trunk {
            id,
            name,
            site,
            peers,
            proof,
            channels,
            country_code,
            area_code,
            stem,
            probe,
            outbound,
            outbound_daily: u32::try_from(daily).unwrap_or(0),
            extensions,
            directory,
            caller_id,
            srtp,
            account,
            identity,
            shows,
            numbers,
        });
    }
    trunks
}

fn peers(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    trunk: &str,
    known: &mut Addresses,
) -> Vec<Peer> {
    let (peers, _) = addresses(reader, fields, ("peers", PEERS_MAX), Use::Reach, Peer::parse);
    let shared = fields.get("registrar").is_some() && fields.get("bulk").is_none();
    for peer in &peers {
        let Some(address) = peer.value.address() else {
            known.check_name(reader, peer);
            continue;
        };
        let before = known.peers.get(&sender(address));
        if !(shared && before.is_some_and(|before| before.shared)) {
            known.check_reach(reader, At { at: peer.at, value: address }, 1);
        }
    }
    for peer in &peers {
        let here = Owner { trunk: trunk.to_owned(), at: peer.at, shared };
        if let Some(address) = peer.value.address() {
            known.peers.entry(sender(address)).or_insert(here);
        }
    }
    peers.into_iter().map(|peer| peer.value).collect()
}

fn country_code(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<String> {
    let value = reader.required(fields, "country_code")?;
    let text = reader.string("country_code", value)?;
    let is_code = |text: &str| is_digits(text, 1..=3) && !text.starts_with('0');
    if is_code(text) {
        return Some(text.to_owned());
    }
    let meant = Some(text.trim().trim_start_matches(['+', '0'])).filter(|meant| is_code(meant));
    let (given, meant) = (text.to_owned(), meant.map(str::to_owned));
    let problem = TelephonyProblem::BadCountryCode { given, meant };
    reader.note(start(value), Problem::Telephony(problem));
    None
}

fn is_digits(text: &str, count: RangeInclusive<usize>) -> bool {
    count.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_area_code(text: &str) -> bool {
    is_digits(text, AREA_DIGITS) && !text.starts_with('0')
}

/// No German area code begins like this: what is dialled behind it could become an emergency number.
fn leads_to_emergency(area_code: &str) -> bool {
    let leads = |number: &str| number.starts_with(area_code) || area_code.starts_with(number);
    emergency::NUMBERS.into_iter().any(leads)
}

fn area_code(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    country_code: Option<&str>,
) -> Option<String> {
    let value = fields.get("area_code")?;
    let text = reader.string("area_code", value)?;
    if !is_area_code(text) {
        let meant = Some(text.trim().trim_start_matches('0')).filter(|meant| is_area_code(meant));
        let (given, meant) = (text.to_owned(), meant.map(str::to_owned));
        let problem = TelephonyProblem::BadAreaCode { given, meant };
        reader.note(start(value), Problem::Telephony(problem));
        return None;
    }
    // The very number is noted already, wherever it stands.
    let is_noted = emergency::NUMBERS.contains(&text);
    if country_code == Some("49") && !is_noted && leads_to_emergency(text) {
        let problem = Emergency::Completed { key: "area_code", value: text.to_owned() };
        reader.note(start(value), Problem::Emergency(problem));
    }
    Some(text.to_owned())
}

fn stem(
    reader: &mut Reader<'_>,
    fields: &Fields<'_, '_>,
    country_code: Option<&str>,
    codes: &AreaCodes,
) -> Option<String> {
    let value = fields.get("stem")?;
    let text = reader.string("stem", value)?;
    let is_stem = |text: &str| {
        text.strip_prefix('+').is_some_and(|digits| {
            is_digits(digits, STEM_DIGITS)
                && !digits.starts_with('0')
                && country_code.is_none_or(|code| digits.starts_with(code))
        })
    };
    if !is_stem(text) {
        let code = country_code.unwrap_or("49").to_owned();
        let meant = nearest_stem(text, &code)
            .filter(|meant| is_stem(meant) && emergency::find_behind(meant, codes).is_none());
        let problem = TelephonyProblem::BadStem { given: text.to_owned(), code, meant };
        reader.note(start(value), Problem::Telephony(problem));
        return None;
    }
    // One that is, or begins as, an emergency number is noted already, like every such number.
    let is_noted = emergency::find(text, Look::Number, codes).is_some();
    if !is_noted && emergency::find_behind(text, codes).is_some() {
        let problem = Emergency::Completed { key: "stem", value: text.to_owned() };
        reader.note(start(value), Problem::Emergency(problem));
    }
    Some(text.to_owned())
}

/// The stem in the form that it should have: `04066969`, `0049 40 66969` and `+49 40 66969-` are the
/// same.
fn nearest_stem(given: &str, country_code: &str) -> Option<String> {
    let plain: String =
        given.chars().filter(|&c| c == '+' || c.is_ascii_digit()).take(32).collect();
    if let Some(rest) = plain.strip_prefix("00") {
        return Some(format!("+{rest}"));
    }
    match plain.strip_prefix('0') {
        Some(rest) => Some(format!("+{country_code}{rest}")),
        None => Some(format!("+{}", plain.trim_start_matches('+'))),
    }
}

/// How numbers begin that may be called, or that lie behind an exchange.
fn beginnings(reader: &mut Reader<'_>, fields: &Fields<'_, '_>, key: &'static str) -> Vec<String> {
    let mut beginnings = Vec::new();
    for At { at, value } in reader.optional_texts(fields, key) {
        let digits = value.strip_prefix('+').unwrap_or(value);
        if is_digits(digits, OUTBOUND_DIGITS)
            && !(value.starts_with('+') && digits.starts_with('0'))
        {
            beginnings.push(value.to_owned());
        } else {
            let problem = TelephonyProblem::BadBeginning { given: value.to_owned() };
            reader.note(at, Problem::Telephony(problem));
        }
    }
    beginnings
}

fn probe(reader: &mut Reader<'_>, fields: &Fields<'_, '_>) -> Option<Micros> {
    let Some(value) = fields.get("probe") else { return Some(PROBE) };
    let text = reader.string("probe", value)?;
    if text == "off" {
        return None;
    }
    let probe = duration::parse(text).filter(|length| PROBES.contains(length));
    if probe.is_none() {
        let problem = TelephonyProblem::BadProbe {
            given: text.to_owned(),
            min: duration::written(*PROBES.start()),
            max: duration::written(*PROBES.end()),
        };
        reader.note(start(value), Problem::Telephony(problem));
    }
    probe
}

pub(super) fn phones(
    reader: &mut Reader<'_>,
    tables: &[Fields<'_, '_>],
    codes: &AreaCodes,
    known: &Addresses,
) -> Vec<Phone> {
    let mut phones = Vec::new();
    for (index, fields) in tables.iter().enumerate() {
        let id = reader.id_of(Kind::Phone, index);
        check_dialled(reader, reader.place_of(Kind::Phone, index), &id, codes);
        let name = reader.name_or(fields, &id);
        let site = reader.reference(fields, "site", Kind::Site);
        let agent = fields.get("agent").map(|_| reader.reference(fields, "agent", Kind::Agent));
        let agent = agent.map(|agent| AgentId(short(agent)));
        let at = fields.get("at").and_then(|value| address(reader, "at", value, Use::Reach));
        if let Some(at) = at {
            tls::check_phone(reader, at);
            known.check_reach(reader, at, 1);
        }
        let at = at.map(|at| at.value);
        // One that registers comes by any address on which we listen.
        let srtp = match at {
            Some(at) => tls::srtp(reader, fields, &[Peer::At(at)]),
            None => tls::srtp_of_registering(reader, fields, &known.listen),
        };
        let browser = fields.get("browser").is_some() && reader.flag(fields, "browser");
        phones.push(Phone { id, name, site, agent, at, srtp, browser });
    }
    phones
}

/// An id of digits is dialled: whoever begins it must not be on the way to an emergency number.
fn check_dialled(reader: &mut Reader<'_>, at: usize, id: &str, codes: &AreaCodes) {
    let is_dialled = id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    // The very number is refused as every id is.
    let is_noted = emergency::find(id, Look::Key, codes).is_some();
    if is_dialled
        && !is_noted
        && let Some(number) = emergency::find(id, Look::Number, codes)
    {
        let problem = Emergency::Dialled { number, value: id.to_owned() };
        reader.note(at, Problem::Emergency(problem));
    }
}

/// Who is there to call, and who has something to answer with.
pub(super) fn check_use(
    reader: &mut Reader<'_>,
    root: &Fields<'_, '_>,
    tables: &[Fields<'_, '_>],
    lists: (&[Trunk], &[Phone]),
) {
    let Some(telephony) = root.get("telephony") else { return };
    let lists_meant = ["trunk", "phone", "bench", "agent"];
    let is_incomplete = lists_meant.into_iter().any(|key| reader.may_be_meant(root, key));
    // A bench is there to be tested: its own agents have telephones, others may well have none.
    if is_incomplete || root.get("bench").is_some() {
        return;
    }
    let (trunks, phones) = lists;
    if trunks.is_empty() && phones.is_empty() {
        reader.note(start(telephony), Problem::Telephony(TelephonyProblem::NobodyCanCall));
    }
    if !tables.iter().any(|fields| fields.mistypes("agent")) {
        check_equipped(reader, phones);
    }
}

fn check_equipped(reader: &mut Reader<'_>, phones: &[Phone]) {
    let equipped: BTreeSet<AgentId> = phones.iter().filter_map(|phone| phone.agent).collect();
    // A telephone of somebody unknown: then nobody can say who has none.
    if equipped.contains(&AgentId(short(NOWHERE))) {
        return;
    }
    let agents = reader.ids.get(&Kind::Agent).map_or(0, |ids| ids.names.len());
    let without = |agent: &usize| !equipped.contains(&AgentId(short(*agent)));
    let without: Vec<usize> = (0..agents).filter(without).collect();
    if let Some(&first) = without.first() {
        let (count, id) = (without.len(), reader.id_of(Kind::Agent, first));
        let problem = TelephonyProblem::AgentsWithoutPhone { count, first: id };
        reader.note(reader.place_of(Kind::Agent, first), Problem::Telephony(problem));
    }
}
