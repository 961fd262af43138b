// SPDX-License-Identifier: EUPL-1.2
//! The pages of a county: what they call things, and their server with the browsers' telephones.

use crate::Lang;
use crate::clock::wall_now;
use crate::config::County;
use crate::config::county::{Client, Line, Web};
use crate::config::number::Numbers;
use crate::directory::Entry as Extension;
use crate::entropy::Entropy;
use crate::output;
use crate::post::Post;
use crate::service::{DEFINITION, Inbox, Log};
use crate::shelf::at_hand::AtHand;
use crate::shelf::places::{closures, gazetteer};
use crate::vouching;
use hmac::{Hmac, KeyInit as _, Mac as _};
use hours::{LocalDate, LocalDates};
use knowledge::{AreaKey, Place};
use sha2::Sha256;
use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use stdx::{Redacted, Timestamp};
use telephony::signalling::{Carrier, Listen};
use telephony::softphone::limits::FAREWELL;
use telephony::softphone::{self, Softphones};
use telephony::tls::Identity;
use web::accounts::Accounts;
use web::hub::{Hub, Telephones};
use web::{Demo, Directory, Entry, EntryKind, OfAgent, OfLine, OfPartner, OfPlan};

/// What the passwords of the telephones in browsers are made of: drawn at every start, and known to nobody.
#[derive(Clone, Debug)]
pub struct BrowserKey(Redacted<[u8; 32]>);

impl BrowserKey {
    /// A fresh one.
    #[must_use]
    pub fn drawn(entropy: &mut Entropy) -> BrowserKey {
        BrowserKey(Redacted::new(entropy.bytes()))
    }

    /// The password of a telephone.
    ///
    /// # Panics
    /// Never: a key may have any length.
    #[must_use]
    pub fn password(&self, phone: &str) -> Redacted<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.expose()).expect("any length will do");
        mac.update(phone.as_bytes());
        let mut text = String::new();
        for byte in mac.finalize().into_bytes() {
            let _infallible = write!(text, "{byte:02x}");
        }
        Redacted::new(text)
    }
}

/// The running pages; they end when this is dropped.
pub struct Pages {
    /// Where they are.
    pub at: SocketAddr,
    // In this order: nobody orders a telephone that has ended.
    _server: web::Started,
    telephones: Option<softphone::Running>,
    /// Letters to offices, while they are sent.
    _post: Option<Post>,
}

impl Pages {
    /// Lets the telephones in browsers say goodbye while the exchange still answers.
    pub fn leave(&self) {
        let Some(telephones) = &self.telephones else { return };
        telephones.say_goodbye();
        let looks = FAREWELL.0 / LOOKS_EVERY.as_micros() as u64;
        for _ in 0..looks {
            if telephones.has_ended() {
                return;
            }
            thread::park_timeout(LOOKS_EVERY);
        }
    }
}

/// How often it is looked whether the telephones have ended.
const LOOKS_EVERY: Duration = Duration::from_millis(20);

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("at", &self.at).finish_non_exhaustive()
    }
}

/// Years before this one whose cases may still be open.
const YEARS_BEFORE: i16 = 2;

/// Years after this one, so that a service that is never started anew knows when something is due.
const YEARS_AFTER: i16 = 2;

/// The days in whose calendar the pages reckon by when somebody comes back.
fn feedback_dates(county: &County, wall: Timestamp) -> Option<LocalDates> {
    let year = county.zone().local(wall).date().year();
    let first = LocalDate::new(year - YEARS_BEFORE, 1, 1).ok()?;
    LocalDates::new(first, LocalDate::new(year + YEARS_AFTER, 12, 31).ok()?).ok()
}

/// What the pages call things; `register` are places beside those of the county's file.
#[must_use]
pub fn directory(
    county: &County,
    extensions: &[Vec<Extension>],
    (register, wall): (Vec<Place>, Timestamp),
) -> Directory {
    let line = |line: &Line| {
        let client = county.clients.get(line.client).map_or("", |client| client.name.as_str());
        OfLine {
            id: line.id.clone(),
            name: line.name.clone(),
            client: line.client,
            greeting: line.welcome.clone().unwrap_or_else(|| welcome(client, &line.name)),
            has_queue: line.service().is_some(),
            number: line.numbers.first().copied().map(first),
            place: county.clients.get(line.client).and_then(|client| area(county, client)),
        }
    };
    let phone_of = |agent: usize, browser: bool| {
        let is_its = |it: &&crate::config::county::Phone| {
            it.browser == browser && it.agent.is_some_and(|of| of.index() == agent)
        };
        county.phones.iter().find(is_its).map(|it| it.id.clone())
    };
    let agents = county.agents.iter().enumerate().map(|(at, agent)| OfAgent {
        id: agent.id.clone(),
        team: agent.team.index(),
        browser: phone_of(at, true),
        desk_phone: phone_of(at, false),
    });
    let partners = county.partners.iter().map(|it| OfPartner {
        id: it.id.clone(),
        name: it.name.clone(),
        number: it.number.map(first),
    });
    Directory {
        centre: (county.centre.id.clone(), county.centre.name.clone()),
        lines: county.lines.iter().map(line).collect(),
        clients: county.clients.iter().map(|it| (it.id.clone(), it.name.clone())).collect(),
        agents: agents.collect(),
        teams: county.teams.iter().map(|it| it.name.clone()).collect(),
        partners: partners.collect(),
        plans: county
            .plans
            .iter()
            .map(|it| OfPlan { id: it.id.clone(), name: it.name.clone() })
            .collect(),
        trunks: county.trunks.iter().map(|it| (it.id.clone(), it.name.clone())).collect(),
        definition: promise::definition(DEFINITION),
        others: others(county, extensions),
        places: gazetteer(Some(county), register),
        closures: closures(county),
        feedback: feedback_dates(county, wall).and_then(|it| county.feedback(it)).map(Arc::new),
        country_code: county.trunks.first().map_or("49", |it| &it.country_code).to_owned(),
    }
}

/// Where a client is, if that is one place.
fn area(county: &County, client: &Client) -> Option<AreaKey> {
    AreaKey::parse(&county.places.get(client.place?)?.ars).ok()
}

/// The first of neighbouring numbers, as it is dialled.
fn first(numbers: Numbers) -> String {
    Numbers { last: numbers.first, ..numbers }.to_string()
}

/// What an agent says first where the file has no words of its own: for whom, and which line.
fn welcome(client: &str, line: &str) -> String {
    format!("{client}, {line}, guten Tag. Was kann ich für Sie tun?")
}

/// Extensions of exchanges, as their directories name them.
fn others(county: &County, extensions: &[Vec<Extension>]) -> Vec<Entry> {
    let of_trunk = county.trunks.iter().zip(extensions);
    let entries = of_trunk.flat_map(|(trunk, entries)| {
        let site = county.sites.get(trunk.site).map(|site| site.name.clone());
        entries.iter().map(move |it| Entry {
            kind: EntryKind::Extension,
            id: it.extension.clone(),
            name: it.name.clone(),
            detail: site.clone(),
            number: Some(it.number.clone()),
        })
    });
    entries.collect()
}

/// The hub and its telephones, before the centre runs that they ask.
///
/// # Errors
/// With a sentence for people.
pub fn hub(
    (county, web, data): (&County, &Web, &Path),
    (inbox, key, listens): (Inbox, BrowserKey, &[Listen]),
    directory: Directory,
    lang: Lang,
) -> Result<(Arc<Hub>, Option<softphone::Running>), String> {
    let text = |error: std::io::Error| format!("{}: {}", web.sound, output::why(lang, &error));
    let mut entropy = Entropy::open().map_err(text)?;
    // The telephones tell the hub, and the hub orders the telephones: one of both comes first.
    let told: Arc<Mutex<Option<Arc<Hub>>>> = Arc::default();
    // Also if nobody has one yet: a configuration that is taken up later may bring one.
    let telephones = county.telephony.as_ref().and_then(|telephony| {
        let exchange = exchange(listens)?;
        let shown = web.sound_addresses.iter().map(|&ip| SocketAddr::new(ip, web.sound.port()));
        let config = softphone::Config {
            listen: web.sound,
            shown: shown.collect(),
            exchange,
            domain: telephony.domain.clone(),
            seed: entropy.bytes(),
        };
        let told = Arc::clone(&told);
        Some(Softphones::start(config, move |phone, news| {
            let hub = told.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let Some(hub) = hub {
                hub.telephone_tells(phone, news);
            }
        }))
    });
    let (softphones, running) = telephones.transpose().map_err(text)?.unzip();
    let telephones = softphones.map(|softphones| Telephones {
        softphones,
        password: Box::new(move |phone| key.password(phone)),
    });
    let shelf = AtHand::start(data, lang).map_err(text)?;
    let knows = (Arc::new(inbox) as Arc<_>, Arc::new(shelf) as Arc<_>);
    let hub = Arc::new(Hub::new(knows, directory, telephones, Box::new(wall_now)));
    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&hub));
    Ok((hub, running))
}

/// Where the telephones in browsers speak to our own signalling: where it listens by UDP, on this machine if that is
/// among all addresses.
fn exchange(listens: &[Listen]) -> Option<SocketAddr> {
    let own = listens.iter().find(|own| own.carrier == Carrier::Udp)?.address;
    let ip = match own.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V4(_) | IpAddr::V6(_) => own.ip(),
    };
    Some(SocketAddr::new(ip, own.port()))
}

/// Starts the server of the pages.
///
/// # Errors
/// With a sentence for people.
pub fn serve(
    web: &Web,
    data: &Path,
    (hub, telephones): (Arc<Hub>, Option<softphone::Running>),
    post: Option<Post>,
    demo: Option<Demo>,
    (log, lang): (&Log, Lang),
) -> Result<Pages, String> {
    let text = |error: std::io::Error| format!("{}: {}", web.listen, output::why(lang, &error));
    let files = web.certificate.as_ref();
    let identity = files.map(|it| Identity::load(&data.join(&it.certificate), &data.join(&it.key)));
    let identity = identity.transpose().map_err(|defect| {
        let said = lang.pick(defect.german(), defect.english());
        format!("[web] {said}")
    })?;
    // Whoever cannot sign in would not know why: better at once.
    Accounts::load(data).map_err(|why| why.said(lang == Lang::De))?;
    let openid =
        web.openid.as_ref().map(|it| vouching::voucher(it, data, log, lang)).transpose()?;
    let entropy = Mutex::new(Entropy::open().map_err(text)?);
    let folder = data.to_owned();
    let parts = web::Parts {
        hub,
        listen: web.listen,
        address: web.address.clone(),
        identity,
        accounts: Box::new(move || Accounts::load(&folder)),
        demo,
        openid,
        random: Box::new(move || entropy.lock().unwrap_or_else(PoisonError::into_inner).bytes()),
    };
    let server = web::serve(parts).map_err(text)?;
    Ok(Pages { at: server.at, _server: server, telephones, _post: post })
}
