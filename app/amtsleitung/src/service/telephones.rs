// SPDX-License-Identifier: EUPL-1.2
//! A checked county becomes what the telephones are made of.

use super::passwords::{Passwords, TrunkPasswords};
use crate::Lang;
use crate::config::County;
use crate::config::county::{
    self, Account, Answering, Line, PasswordDigest, Peer, SipAddress, Trunk,
};
use crate::config::number::{Numbers, Plan as Written};
use crate::config::ways::{Plan, Ways};
use crate::directory::Entry;
use crate::prompts::script::{self, PlanText};
use crate::rehearsal::timetable_id;
use call::between::Rules;
use sip::digest::{Credentials, Offers, Secret};
use sip::number::{self, Digits, Number};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use stdx::limits::LINES_MAX;
use stdx::{Redacted, TimetableId};
use telephony::media::Clips;
use telephony::prompts::{
    DONE, Missing, NOT_DONE, Occasion, Phrases, PromptName, Prompts, RINGING, TonePattern, tone,
};
use telephony::signalling::{
    self, Carrier, EmergencyRoute, Identity, Listen, NumberBlock, Outside, Phone, Place,
    PlanSounds, Setup, ShortNumbers, Shows, SrtpUse, TrunkAccount,
};
use telephony::tls::Certificates;

/// Media threads: signalling and media share small machines.
const MEDIA_THREADS_MAX: usize = 8;

/// Where sounds are looked for: the operator's folder stands before the shipped one.
#[derive(Clone, Debug, Default)]
pub struct Folders(pub Vec<PathBuf>);

/// The sounds that are missing.
#[derive(Clone, Debug, Default)]
pub struct Lacking {
    /// Those that a tone takes the place of.
    pub sounds: Vec<Missing>,
    /// Pieces of sentences, without which nothing is said.
    pub phrases: Vec<Missing>,
}

impl Lacking {
    /// Sentences for the operator.
    #[must_use]
    pub fn said(&self, lang: Lang) -> Vec<String> {
        let sounds = self.sounds.iter().map(|it| lang.pick(it.german(), it.english()));
        let first = self.phrases.first().map(|first| {
            let (count, name) = (self.phrases.len(), &first.name);
            lang.pick(
                format!("Platz, Wartezeit oder Öffnung werden nicht oder nur zum Teil angesagt: {count} Stücke fehlen oder sind defekt, zum Beispiel {name}.wav. „amtsleitung prompts list“ zeigt sie."),
                format!("Place, wait or opening are not told, or only in part: {count} pieces are missing or broken, {name}.wav for one. `amtsleitung prompts list` shows them."),
            )
        });
        sounds.chain(first).collect()
    }
}

/// What the telephones are made of, and the sounds that are missing. None if the county has no
/// telephones.
///
/// `entropy` are random bytes, drawn anew at every start; so is the key of callers' tokens, unless another
/// one is put in its place.
#[must_use]
pub fn telephones(
    county: &County,
    (passwords, of_trunks): (&Passwords, &TrunkPasswords),
    folders: &Folders,
    (certificates, directories): (Certificates, &[Vec<Entry>]),
    entropy: [u8; 72],
) -> Option<(Setup, Lacking)> {
    let telephony = county.telephony.as_ref()?;
    let (prompts, sounds) = Prompts::load(&folders.0, &script::played(county));
    let (phrases, lacking) = match script::tells(county) {
        true => Phrases::load(&folders.0),
        false => (Phrases::default(), Vec::new()),
    };
    let domain = &telephony.domain;
    let (seed, keys) = entropy.split_first_chunk::<8>().expect("72 bytes have a first 8");
    let (keys, _) = keys.as_chunks::<32>();
    let &[nonce_key, token_key] = keys else { unreachable!("64 bytes are two keys") };
    let lines = county.lines.iter().map(|line| self::line(county, line, &prompts));
    assert!(county.lines.len() <= LINES_MAX, "the check bounds the lines");
    let phones = county.phones.iter().map(|phone| {
        let emergency = emergency(county, phone.site, &prompts);
        let short = Arc::new(short_numbers(county, phone.site, directories));
        self::phone(phone, domain, passwords, (emergency, short))
    });
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    Some((
        Setup {
            domain: domain.clone(),
            listen: telephony.listen.iter().copied().map(listen).collect(),
            certificates,
            addresses: telephony.media_addresses.clone(),
            name_servers: telephony.name_servers.clone(),
            media_ports: telephony.media_ports.clone(),
            media_threads: cores.div_ceil(2).min(MEDIA_THREADS_MAX),
            trunks: county.trunks.iter().map(|it| trunk(it, of_trunks)).collect(),
            phones: phones.collect(),
            switchboards: county
                .switchboards
                .iter()
                .map(|it| outside(it.number, it.trunk))
                .collect(),
            partners: county.partners.iter().map(|it| outside(it.number, it.trunk)).collect(),
            lines: lines.collect(),
            plans: county.plans.iter().map(|plan| plan_sounds(plan, &prompts)).collect(),
            phrases,
            music: sound(&prompts, Some(PromptName::music())),
            ringing: pattern(RINGING),
            done: pattern(DONE),
            refused: pattern(NOT_DONE),
            seed: u64::from_be_bytes(*seed),
            offers: offers(telephony.digest),
            nonce_key,
            token_key: Redacted::new(token_key),
        },
        Lacking { sounds, phrases: lacking },
    ))
}

const fn offers(digest: PasswordDigest) -> Offers {
    match digest {
        PasswordDigest::Md5 => Offers::Md5,
        PasswordDigest::Sha256 => Offers::Sha256,
        PasswordDigest::Both => Offers::Both,
    }
}

fn sound(prompts: &Prompts, name: Option<PromptName>) -> Clips {
    name.map_or_else(Clips::default, |name| prompts.sound(&name).clips())
}

fn pattern(pattern: TonePattern) -> Clips {
    tone(pattern).map_or_else(Clips::default, |sound| sound.clips())
}

fn line(county: &County, line: &Line, prompts: &Prompts) -> signalling::Line {
    let client = county.clients.get(line.client).map_or("", |client| client.name.as_str());
    let heard = |occasion| sound(prompts, PromptName::of_line(&line.id, occasion));
    let answering = match line.service().map(|service| service.answering) {
        Some(Answering::WithAgent) => signalling::Answering::WithAgent,
        Some(Answering::AtOnce) | None => signalling::Answering::AtOnce,
    };
    signalling::Line {
        id: line.id.clone(),
        shown: format!("{client}: {}", line.name),
        numbers: line.numbers.iter().copied().filter_map(block).collect(),
        answering,
        greeting: heard(Occasion::Greeting),
        closed: heard(Occasion::Closed),
        busy: heard(Occasion::Busy),
        callback: heard(Occasion::Callback),
        callback_greeting: heard(Occasion::CallbackGreeting),
        // A tone would offer nothing.
        offer: PromptName::of_line(&line.id, Occasion::CallbackOffer)
            .and_then(|name| Some(prompts.spoken(&name)?.clips()))
            .unwrap_or_default(),
        greetings: greetings(county, line, prompts),
        town_hall: town_hall(line, prompts),
        tells_opening: line.service().is_some_and(|it| it.ways.tells_opening),
        between: line.service().map_or_else(Rules::default, |it| between(&it.ways)),
    }
}

/// Greetings with the hours at which each is heard.
fn greetings(county: &County, line: &Line, prompts: &Prompts) -> Vec<(TimetableId, Clips)> {
    let all = line.service().into_iter().flat_map(|service| &service.greetings);
    let heard = all.map(|at| {
        let clips = sound(prompts, script::of_greeting(county, line, at));
        (timetable_id(at.hours), clips)
    });
    heard.collect()
}

/// What is said while the town hall is closed. A tone would say nothing.
fn town_hall(line: &Line, prompts: &Prompts) -> Option<(TimetableId, Clips)> {
    let hours = line.service()?.ways.town_hall_hours?;
    let name = PromptName::of_line(&line.id, Occasion::TownHallClosed)?;
    Some((timetable_id(hours), prompts.spoken(&name)?.clips()))
}

/// What the line tells between the music, and when.
fn between(ways: &Ways) -> Rules {
    Rules {
        position: ways.tells_position,
        wait: ways.tells_wait,
        once: ways.town_hall_hours.is_some(),
        every: ways.tells_every,
        offer_after: ways.callback.and_then(|it| it.offer_after),
    }
}

fn plan_sounds(plan: &Plan, prompts: &Prompts) -> PlanSounds {
    let said = |text| sound(prompts, script::of_plan(plan, text));
    PlanSounds {
        announcement: said(PlanText::Announcement),
        information: said(PlanText::Information),
    }
}

/// Somebody whom the centre calls; none who is only rehearsed.
fn outside(number: Option<Numbers>, trunk: Option<usize>) -> Option<Outside> {
    Some(Outside { trunk: trunk?, number: block(number?)?.first })
}

/// How numbers begin: those of the world with `+`, extensions without.
fn beginning(text: &String) -> Option<Number> {
    match text.strip_prefix('+') {
        Some(digits) => Digits::new(digits.as_bytes()).map(Number::E164),
        None => Digits::new(text.as_bytes()).map(Number::Extension),
    }
}

fn block(numbers: Numbers) -> Option<NumberBlock> {
    let width = usize::from(numbers.digits);
    let number = |value: u64| {
        let digits = Digits::new(format!("{value:0width$}").as_bytes())?;
        Some(match numbers.plan {
            Written::Short => Number::Short(digits),
            Written::E164 => Number::E164(digits),
        })
    };
    Some(NumberBlock { first: number(numbers.first)?, last: number(numbers.last)? })
}

fn listen(address: SipAddress) -> Listen {
    Listen { carrier: carrier(address.carrier), address: address.address }
}

const fn carrier(carrier: county::Carrier) -> Carrier {
    match carrier {
        county::Carrier::Udp => Carrier::Udp,
        county::Carrier::Tcp => Carrier::Tcp,
        county::Carrier::Tls => Carrier::Tls,
    }
}

fn place(peer: &Peer) -> Place {
    match peer {
        Peer::At(address) => Place::At(listen(*address)),
        Peer::Named { carrier: by, domain, port } => {
            Place::Named { carrier: carrier(*by), domain: domain.clone(), port: *port }
        }
    }
}

fn trunk(trunk: &Trunk, passwords: &TrunkPasswords) -> signalling::Trunk {
    let digits = |text: &String| Digits::new(text.trim_start_matches('+').as_bytes());
    signalling::Trunk {
        id: trunk.id.clone(),
        peers: trunk.peers.iter().map(place).collect(),
        channels: u32::from(trunk.channels),
        plan: number::Plan {
            country: digits(&trunk.country_code).expect("the check wants 1 to 3 digits"),
            area: trunk.area_code.as_ref().and_then(digits),
            stem: trunk.stem.as_ref().and_then(digits),
        },
        probe: trunk.probe,
        outbound: trunk.outbound.iter().filter_map(beginning).collect(),
        outbound_daily: trunk.outbound_daily,
        extensions: trunk.extensions.iter().filter_map(beginning).collect(),
        caller_id: trunk.caller_id.and_then(block).map(|it| it.first),
        srtp: srtp(trunk.srtp),
        account: trunk.account.as_ref().map(|it| account(it, passwords.of(&trunk.id))),
        identity: match trunk.identity {
            county::Identity::Asserted => Identity::Asserted,
            county::Identity::Preferred => Identity::Preferred,
        },
        shows: match trunk.shows {
            county::Shows::Caller => Shows::Caller,
            county::Shows::Own => Shows::Own,
        },
        numbers: trunk.numbers.iter().copied().filter_map(block).collect(),
    }
}

fn account(account: &Account, password: Option<&Redacted<String>>) -> TrunkAccount {
    let credentials = password.map(|password| Credentials {
        username: Redacted::new(account.login.clone().into_bytes()),
        password: Redacted::new(password.expose().clone().into_bytes()),
    });
    TrunkAccount {
        registrar: account.registrar.clone(),
        user: account.user.clone(),
        credentials,
        expires: u32::try_from(account.registered_for.as_secs()).unwrap_or(u32::MAX),
        bulk: account.bulk,
    }
}

const fn srtp(srtp: county::SrtpUse) -> SrtpUse {
    match srtp {
        county::SrtpUse::Off => SrtpUse::Off,
        county::SrtpUse::Offered => SrtpUse::Offered,
        county::SrtpUse::Required => SrtpUse::Required,
    }
}

/// How 110 and 112 leave from a site.
fn emergency(county: &County, site: usize, prompts: &Prompts) -> EmergencyRoute {
    let site = &county.sites[site];
    match &site.emergency_route {
        county::EmergencyRoute::Through { trunk: Some(trunk), .. } => EmergencyRoute::Trunk(*trunk),
        county::EmergencyRoute::Through { trunk: None, .. } => EmergencyRoute::Unknown,
        county::EmergencyRoute::None(_) => {
            // A tone instead would leave somebody in need with nothing: then the telephone has to help itself.
            let name = script::no_emergency(&site.id);
            let text = name.and_then(|name| Some(prompts.spoken(&name)?.clips()));
            EmergencyRoute::Nowhere(text.unwrap_or_default())
        }
    }
}

fn phone(
    phone: &county::Phone,
    domain: &str,
    passwords: &Passwords,
    (emergency, short): (EmergencyRoute, Arc<ShortNumbers>),
) -> Phone {
    let password = passwords.of(&phone.id).filter(|_| phone.at.is_none());
    let secret =
        password.map(|password| Secret::of(phone.id.as_bytes(), domain.as_bytes(), password));
    Phone {
        id: phone.id.clone(),
        agent: phone.agent,
        at: phone.at.map(listen),
        secret,
        emergency,
        srtp: srtp(phone.srtp),
        short,
        browser: phone.browser,
    }
}

/// What a telephone of this site dials within the house: the extensions of the site's own exchanges, and of others
/// those that nobody else has.
fn short_numbers(county: &County, site: usize, directories: &[Vec<Entry>]) -> ShortNumbers {
    let mut own = ShortNumbers::new();
    let mut others: BTreeMap<Digits, Vec<Outside>> = BTreeMap::new();
    for (trunk, (of, entries)) in county.trunks.iter().zip(directories).enumerate() {
        for entry in entries {
            let number = Digits::new(entry.number.trim_start_matches('+').as_bytes());
            let extension = Digits::new(entry.extension.as_bytes());
            let (Some(number), Some(extension)) = (number, extension) else { continue };
            let outside = Outside { trunk, number: Number::E164(number) };
            if of.site == site {
                own.entry(extension).or_insert(outside);
            } else {
                others.entry(extension).or_default().push(outside);
            }
        }
    }
    for (extension, all) in others {
        if let [one] = all[..] {
            own.entry(extension).or_insert(one);
        }
    }
    own
}
