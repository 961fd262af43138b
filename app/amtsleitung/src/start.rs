// SPDX-License-Identifier: EUPL-1.2
//! Puts a county, its telephones and its data folder together into a running centre.

use crate::Lang;
use crate::clock::{Clock, wall_now};
use crate::config::county::{Phone, Web};
use crate::config::{self, County, Order, Telephony};
use crate::data::{Continued, Data};
use crate::directory;
use crate::earlier::Earlier;
use crate::entropy::Entropy;
use crate::erasure::{self, DayKeys, Erasing, KeyRing};
use crate::keeper::Keeper;
use crate::output;
use crate::pages::{self, BrowserKey, Pages};
use crate::post::{self, Post};
use crate::recall::Recalled;
use crate::rehearsal;
use crate::service::certificates;
use crate::service::control::Control;
use crate::service::log::Level;
use crate::service::sealing::leg_of;
use crate::service::steer::Names;
use crate::service::{
    Agreement, Ask, CaseRecalled, Decided, Folders, Hiding, Inbox, Kept, Legs, Log, Parts,
    Passwords, Registrations, Sealing, Seats, Service, TRUNK_PASSWORDS_FILE, Taken, TrunkPasswords,
    control, http, legs, opened, person_of, registrations, telephones,
};
use crate::shelf::{places, unreadable};
use crate::views::Views;
use centre::Centre;
use hours::{LocalDate, LocalDates};
use promise::ContactRecord;
use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::system::uname;
use sip::number::Number;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use std::sync::{Arc, Mutex, PoisonError};
use stdx::{AgentId, ContactId, Day, Now, Redacted, Tick, Timestamp};
use store::{Caller, Configured, Heard, Keys, Seated, Sequence, Writer};
use telephony::signalling::{CannotStart, Listen, Promised, Setup, Signalling};
use telephony::tls::Certificates;
use web::Demo;

/// For how many years timetables are expanded, this one included; a start renews them.
const YEARS: i16 = 3;

/// What is started, and how.
pub struct Options<'a> {
    /// The checked county.
    pub county: &'a County,
    /// The data folder.
    pub data: &'a Path,
    /// Where what happens is kept.
    pub keeps: Keeps<'a>,
    /// The folder with the shipped sounds, if there is one.
    pub prompts: Option<PathBuf>,
    /// Where the machines that watch the centre ask; none for nowhere.
    pub http: Option<SocketAddr>,
    /// So many made-up agents instead of the file's number, and over so many ports.
    pub bench: (Option<u16>, u16),
    /// Who hears every command.
    pub listeners: Vec<SyncSender<Decided>>,
    /// The account of a practice; a centre that serves has none.
    pub demo: Option<Demo>,
    /// Where lines for the operator go.
    pub log: Log,
    /// In which language.
    pub lang: Lang,
}

/// Who calls, by contact.
type Numbers = BTreeMap<ContactId, Redacted<Number>>;

/// Where what happens is kept.
pub enum Keeps<'a> {
    /// Nowhere: a practice leaves nothing behind.
    Nothing,
    /// In the log of the data folder, which is this.
    Log {
        /// The log, as it was read.
        data: Box<Data>,
        /// The county's file.
        text: &'a str,
    },
}

/// A running centre.
pub struct Started {
    /// Where it is asked.
    pub inbox: Inbox,
    /// It.
    pub service: Service,
    /// The one clock.
    pub clock: Clock,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// Where the machines that watch it ask.
    pub http: Option<SocketAddr>,
    /// The passwords of its telephones.
    pub passwords: Passwords,
    /// Who calls, of those who were inside before the start.
    pub numbers: Numbers,
    /// Answers the command line while it is kept.
    pub control: Control,
    /// Keeps the views while it is kept; none if nothing is kept.
    pub keeper: Option<Keeper>,
    /// The pages while they are kept; none if there are none.
    pub pages: Option<Pages>,
}

/// Starts a centre.
///
/// # Errors
/// With a sentence for people.
pub fn start(options: Options<'_>) -> Result<Started, String> {
    let Options { county, data, keeps, prompts, http, bench, listeners, demo, log, lang } = options;
    let county = &county.clone().with_bench(bench.0, bench.1);
    let order = Arc::new(Mutex::new(county.order()));
    let mut entropy = Entropy::open().map_err(|error| error.to_string())?;
    let browsers = BrowserKey::drawn(&mut entropy);
    let preparing = Preparing {
        data: data.to_owned(),
        prompts: prompts.clone(),
        bench,
        order: Arc::clone(&order),
        telephony: county.telephony.clone(),
        web: county.web.clone(),
        browsers: browsers.clone(),
    };
    let text = |error: io::Error| format!("{}: {}", data.display(), output::why(lang, &error));
    fs::create_dir_all(data).map_err(text)?;
    telephony::tls::install();
    let Made { setup, passwords, warnings, extensions } =
        made(county, data, (prompts, &browsers), lang)?;
    for said in warnings {
        log.say(Level::Warning, &said);
    }
    raise_file_limit(county, &log, lang);
    let setup_of_centre = setup_now(county, wall_now(), lang)?;
    if let Some(ways) = unconnected(county, lang) {
        log.say(Level::Warning, &ways);
    }
    let place = match &keeps {
        Keeps::Nothing => None,
        Keeps::Log { data, .. } => Some(data.store.place().clone()),
    };
    // Ports first: what cannot run writes nothing into the log.
    let mut signalling = Signalling::start(setup, 1).map_err(|why| cannot_start(lang, &why))?;
    let kept = match keeps {
        Keeps::Nothing => nowhere(setup_of_centre)?,
        Keeps::Log { data: log_of, text } => {
            let (text, ids) = (text.to_owned(), county.order());
            let agreed = Configured { text, ids, setup: setup_of_centre };
            in_log((county, data), *log_of, &agreed, (&mut signalling, &log), lang)?
        }
    };
    let Keeping {
        centre,
        at,
        kept,
        private,
        numbers,
        registrations,
        legs,
        ended_today,
        said_today,
        cases,
    } = kept;
    if let Some(Private { today, .. }) = &private {
        signalling.make_tokens_with(Redacted::new(*today.token.expose()));
    }
    let (ring, hiding) = private.map(Private::parted).unzip();
    let clock = Clock::starting_at(at);
    let listens = signalling.listens();
    let names = Names::of(county);
    let parts = Parts {
        centre,
        signalling,
        clock,
        kept,
        hiding,
        registrations,
        legs,
        always_ready: always_ready(county),
        log: log.clone(),
        names: names.clone(),
        order,
        listeners,
        ended_today,
        cases,
    };
    let (inbox, service) = Service::start(parts).map_err(|error| error.to_string())?;
    let erasing =
        ring.map(|(ring, given)| Erasing::start(ring, given, inbox.clone(), log.clone(), lang));
    let erasing = erasing.transpose().map_err(|error| error.to_string())?;
    let control = answer(data, &inbox, (names, preparing, erasing), lang)?;
    let keeper = place.map(Keeper::start).transpose().map_err(|error| error.to_string())?;
    let http = http.and_then(|at| watch(at, &inbox, &log, lang));
    let register = register(data, lang).unwrap_or_else(|why| {
        log.say(Level::Error, &why);
        Vec::new()
    });
    let directory = pages::directory(county, &extensions, (register, wall_now()));
    let open = |web| {
        let (hub, telephones) =
            pages::hub((county, web, data), (inbox.clone(), browsers, &listens), directory, lang)?;
        said_today.into_iter().for_each(|(agent, said)| hub.recall(agent, said));
        inbox.ask(Ask::Hear(Arc::clone(&hub))).map_err(|why| format!("{why:?}"))?;
        let carry = |mail| {
            let address = web.address.clone().unwrap_or_else(|| format!("http://{}", web.listen));
            let (centre, hub) = (Arc::new(inbox.clone()), Arc::clone(&hub));
            let (zone, log) = (county.zone(), log.clone());
            Post::start(post::Parts { mail, folder: data, address, zone, centre, hub, log, lang })
        };
        let post = county.mail.as_ref().map(carry).transpose()?;
        pages::serve(web, data, (hub, telephones), post, demo, (&log, lang))
    };
    let pages = match county.web.as_ref().map(open).transpose() {
        Ok(pages) => pages,
        Err(why) => {
            // It runs already, and nobody would end it.
            let _ = inbox.ask(Ask::Stop);
            let _ = service.join();
            return Err(why);
        }
    };
    if passwords.drawn > 0 {
        log.say(Level::Notice, &drawn(lang, data, passwords.drawn));
    }
    Ok(Started { inbox, service, clock, listens, http, passwords, numbers, control, keeper, pages })
}

/// A centre, and where what happens to it is kept.
struct Keeping {
    centre: Centre,
    at: Tick,
    kept: Kept,
    private: Option<Private>,
    numbers: Numbers,
    registrations: Option<Registrations>,
    legs: Option<Legs>,
    /// Contacts that ended lately, today's among them.
    ended_today: Vec<ContactRecord>,
    /// What those who are signed on said of them.
    said_today: Vec<(AgentId, web::hub::Recalled)>,
    /// What was done to cases.
    cases: Vec<CaseRecalled>,
}

/// What hides persons from the log.
struct Private {
    ring: KeyRing,
    today: DayKeys,
    hiding: Hiding,
}

impl Private {
    /// For those who erase, and for those who seal.
    fn parted(self) -> ((KeyRing, Day), Hiding) {
        ((self.ring, self.today.day), self.hiding)
    }
}

fn nowhere(setup: centre::Setup) -> Result<Keeping, String> {
    let centre = Centre::new(setup).map_err(|why| format!("{why:?}"))?;
    let numbers = BTreeMap::new();
    let (kept, registrations, legs) = (Kept::InMemory, None, None);
    let (ended_today, said_today) = (Vec::new(), Vec::new());
    Ok(Keeping {
        centre,
        at: Tick(0),
        kept,
        private: None,
        numbers,
        registrations,
        legs,
        ended_today,
        said_today,
        cases: Vec::new(),
    })
}

fn in_log(
    (county, folder): (&County, &Path),
    mut data: Data,
    agreed: &Configured,
    (signalling, log): (&mut Signalling, &Log),
    lang: Lang,
) -> Result<Keeping, String> {
    let mut ring = KeyRing::take(folder, county.retention, county.zone(), lang)?;
    if data.recalled.chronicle.is_sealed && !ring.keys().was_there() {
        log.say(Level::Warning, &erasure::are_missing(folder, lang));
    }
    let wall = wall_now();
    let looked = ring.look(wall);
    let (today, gone) = looked.map_err(|error| erasure::cannot_write(&error, lang))?;
    if !gone.is_empty() {
        log.say(Level::Notice, &erasure::destroyed(&gone, lang));
    }
    let earlier = Earlier::read(&mut data, county.zone(), wall, lang)?;
    let id = data.store.centre().to_owned();
    let number = |caller: &Caller| Some((caller.contact, opened(ring.keys(), &id, caller)?));
    let numbers: Numbers = data.recalled.chronicle.callers.values().filter_map(number).collect();
    let open = |day, leg, sealed: &_| leg_of(ring.keys(), &id, (day, leg), sealed);
    let hung_up = signalling.take_over(data.now(wall).mono, legs::load(folder, wall, open));
    if hung_up > 0 {
        log.say(Level::Notice, &left_over(hung_up, lang));
    }
    let (seats, agreed) = seated(county, &data.recalled, (ring.keys(), &id), today.day, agreed);
    let continued = {
        let is_alive = |contact| signalling.is_alive(contact);
        data.go_on(&holder(folder), wall, &agreed, &is_alive, lang)?
    };
    for warning in &continued.warnings {
        log.say(Level::Error, warning);
    }
    let Continued { store, recalled, epoch, at, .. } = continued;
    let Recalled { centre, link, mut chronicle, .. } = recalled;
    // What the views do not know yet: what came after them, and whom the start itself cut off.
    let since = chronicle.views.as_mut().map_or_else(Heard::default, Views::take);
    let earlier = earlier.and(since);
    let centre = centre.ok_or_else(|| no_calendar(lang))?;
    let cases = earlier.cases((ring.keys(), &id));
    let said_today = earlier.said((&chronicle, &centre), county, (ring.keys(), &id));
    signalling.number_contacts_after(chronicle.last_contact);
    let promised = promised(&centre, &numbers);
    let unknown = promised.iter().filter(|it| it.number.is_none()).count();
    if unknown > 0 {
        log.say(Level::Warning, &not_to_be_called(unknown, lang));
    }
    signalling.recall_promises(promised);
    let waker = signalling.waker();
    // A waker that fails has no loop to wake any more.
    let wake = move || drop(waker.wake());
    let text = |error: io::Error| error.to_string();
    let writer = Writer::start(store, link, epoch, wake).map_err(text)?;
    let sealing = Sealing::new(id, today, Entropy::open().map_err(text)?);
    let agents = county.agents.iter().map(|agent| agent.id.clone()).collect();
    let private = Some(Private {
        ring,
        today,
        hiding: Hiding::new(sealing, seats, always_ready(county), agents),
    });
    signalling.register_again(registrations::load(folder, Now { mono: at, wall }));
    let registrations = Some(Registrations::start(folder).map_err(text)?);
    let legs = Some(Legs::start(folder).map_err(text)?);
    Ok(Keeping {
        centre,
        at,
        kept: Kept::InLog(writer),
        private,
        numbers,
        registrations,
        legs,
        ended_today: earlier.into_records(),
        said_today,
        cases,
    })
}

/// Who is promised a call-back, with the numbers that the keys still open.
fn promised(centre: &Centre, numbers: &Numbers) -> Vec<Promised> {
    let number = |contact| numbers.get(&contact).copied();
    let promise = |(contact, line)| Promised { contact, line, number: number(contact) };
    centre.promised().map(promise).collect()
}

/// Whose numbers are gone cannot be called back: each attempt fails, and a task is left to people.
fn not_to_be_called(count: usize, lang: Lang) -> String {
    lang.pick(
        format!("Zugesagte Rückrufe ohne lesbare Rufnummer: {count}. Die Versuche scheitern; was bleibt, wird eine Aufgabe."),
        format!("Promised call-backs without a readable number: {count}. The attempts fail; what remains becomes a task."),
    )
}

/// The seats as the log says, as far as the keys still say whose they were; and what was agreed, by seats.
fn seated(
    county: &County,
    recalled: &Recalled,
    (keys, centre): (&Keys, &str),
    today: Day,
    agreed: &Configured,
) -> (Seats, Configured) {
    let mut entries: Vec<&(Sequence, Seated)> = recalled.chronicle.seated.values().collect();
    entries.sort_unstable_by_key(|(sequence, _)| *sequence);
    // Of this day, and of those before who are signed on since then.
    let holds = |it: &Seated| {
        let agent = recalled.centre.as_ref().and_then(|centre| centre.agent(it.seat));
        it.day == today || agent.is_some_and(|it| it.state != acd::agent::State::SignedOff)
    };
    let taken = |(_, it): &(Sequence, Seated)| {
        let id = person_of(keys, centre, it).filter(|_| holds(it))?;
        let mut agents = (0..).map(AgentId).zip(&county.agents);
        let (person, _) = agents.find(|(_, agent)| agent.id == id)?;
        Some(Taken { person, seat: it.seat, on: it.day })
    };
    let taken: Vec<Taken> = entries.into_iter().filter_map(taken).collect();
    let before = recalled.chronicle.configured.as_ref().map_or(&agreed.setup, |it| &it.setup);
    let (seats, setup) =
        Seats::arrange(&agreed.setup, &always_ready(county), before, &taken, today);
    (seats, Configured { setup, ..agreed.clone() })
}

/// What is agreed, by seats, while no service runs.
#[must_use]
pub fn agreed_by_seats(
    county: &County,
    keys: &Keys,
    data: &Data,
    agreed: &Configured,
) -> Configured {
    let today = erasure::day(&county.zone(), wall_now());
    seated(county, &data.recalled, (keys, data.store.centre()), today, agreed).1
}

/// Answers the command line.
fn answer(
    data: &Path,
    inbox: &Inbox,
    (names, preparing, erasing): (Names, Preparing, Option<Erasing>),
    lang: Lang,
) -> Result<Control, String> {
    control::serve(data, inbox.clone(), names, preparing, erasing).map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse {
            in_use(lang, data)
        } else {
            format!("{}: {}", data.display(), output::why(lang, &error))
        }
    })
}

/// What it takes to take up another configuration while the centre runs.
pub struct Preparing {
    data: PathBuf,
    prompts: Option<PathBuf>,
    bench: (Option<u16>, u16),
    /// What is agreed by now, or on its way to be.
    order: Arc<Mutex<Order>>,
    telephony: Option<Telephony>,
    web: Option<Web>,
    browsers: BrowserKey,
}

/// A configuration that can be taken up.
pub struct Prepared {
    /// What is agreed from then on.
    pub agreement: Agreement,
    /// What people call things.
    pub names: Names,
    /// What holds only after the next start: sentences, each with its line's end.
    pub later: String,
}

impl Preparing {
    /// Makes of a county's file, which has this name, what a running centre takes up.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn prepare(&self, (name, text): (&str, &str), lang: Lang) -> Result<Prepared, String> {
        let order = self.order.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut checked = config::check_in_order(text, &order);
        let Some(county) = checked.county.take() else {
            return Err(checked.printed(name, lang).trim_end().to_owned());
        };
        let county = county.with_bench(self.bench.0, self.bench.1);
        let gone = config::gone(&order, &county);
        if !gone.is_empty() {
            return Err(cannot_go(&gone, lang));
        }
        if !config::keeps_positions(&order, &county) {
            return Err(no_room_before_bench(lang).to_owned());
        }
        let Made { setup: telephones, warnings: mut later, extensions, .. } =
            made(&county, &self.data, (self.prompts.clone(), &self.browsers), lang)?;
        if county.web != self.web {
            later.push(pages_after_a_start(lang).to_owned());
        }
        if county.telephony != self.telephony {
            later.push(after_a_start(lang).to_owned());
        }
        let names = Names::of(&county);
        let (text, ids) = (text.to_owned(), county.order());
        let configured = Configured { text, ids, setup: setup_now(&county, wall_now(), lang)? };
        let register = register(&self.data, lang).unwrap_or_else(|why| {
            later.push(why);
            Vec::new()
        });
        let directory = pages::directory(&county, &extensions, (register, wall_now()));
        let agreement = Agreement { configured, telephones, names: names.clone(), directory };
        let later = later.into_iter().map(|line| line + "\n").collect();
        Ok(Prepared { agreement, names, later })
    }
}

/// The operator's register of places, if there is one; calls do not wait for one that cannot be read.
fn register(data: &Path, lang: Lang) -> Result<Vec<knowledge::Place>, String> {
    places::of_folder(data).map_err(|error| unreadable(lang, &error))
}

/// What is in the log by a number keeps its entry in the file.
#[must_use]
pub fn cannot_go(gone: &[(&str, &str)], lang: Lang) -> String {
    let list: Vec<String> = gone.iter().map(|(key, id)| format!("[[{key}]] {id}")).collect();
    let list = list.join(", ");
    lang.pick(
        format!("Es fehlt: {list}. Was einmal galt, bleibt in der Datei stehen, damit frühere Anrufe ihren Namen behalten; es endet mit until = \"JJJJ-MM-TT\". Telefone lassen sich entfernen, solange der Dienst nicht läuft."),
        format!("Missing: {list}. What held once stays in the file, so that earlier calls keep their names; it ends with until = \"YYYY-MM-DD\". Telephones can be taken out while the service does not run."),
    )
}

/// The agents of the bench have the numbers behind all others.
#[must_use]
pub fn no_room_before_bench(lang: Lang) -> &'static str {
    lang.pick(
        "Auf einem Prüfstand ([bench]) kommt niemand dazu, auch kein Telefon: Die erdachten Beraterinnen und Berater stehen hinter allen anderen und behalten ihre Nummern. Ein neuer Datenordner hilft.",
        "Nobody is added on a bench ([bench]), nor a telephone: the made-up agents stand behind all others and keep their numbers. A new data folder helps.",
    )
}

/// The telephone part of a county, made of its files.
struct Made {
    setup: Setup,
    passwords: Passwords,
    /// What somebody should look at.
    warnings: Vec<String>,
    /// The directories of exchanges, trunk by trunk.
    extensions: Vec<Vec<directory::Entry>>,
}

/// Reads every file that the telephones need: passwords, certificates, directories and sounds.
fn made(
    county: &County,
    data: &Path,
    (prompts, browsers): (Option<PathBuf>, &BrowserKey),
    lang: Lang,
) -> Result<Made, String> {
    let registering = county.phones.iter().filter(|it| it.at.is_none());
    let (in_browsers, registering): (Vec<&Phone>, Vec<&Phone>) =
        registering.partition(|it| it.browser);
    let registering: Vec<&str> = registering.into_iter().map(|it| it.id.as_str()).collect();
    let mut passwords = Passwords::load(data, &registering).map_err(|why| why.to_string())?;
    for phone in in_browsers {
        passwords.add(&phone.id, browsers.password(&phone.id));
    }
    let of_trunks = TrunkPasswords::load(data).map_err(|why| why.to_string())?;
    let folders = Folders([Some(data.join("prompts")), prompts].into_iter().flatten().collect());
    let entropy = Entropy::open().map_err(|error| error.to_string())?.bytes();
    let certificates = certificates(county, data, lang)?;
    let expires = certificates::expires_soon(&certificates, lang);
    let extensions = directory::load(county, data, lang)?;
    let files = (certificates, &extensions[..]);
    let (setup, missing) = telephones(county, (&passwords, &of_trunks), &folders, files, entropy)
        .ok_or_else(|| no_telephones(lang))?;
    let mut warnings: Vec<String> =
        open_to_others(&of_trunks, data, lang).into_iter().chain(expires).collect();
    warnings.extend(missing.said(lang));
    Ok(Made { setup, passwords, warnings, extensions })
}

fn certificates(county: &County, data: &Path, lang: Lang) -> Result<Certificates, String> {
    certificates::load(county, data).map_err(|defects| certificates::said(&defects, lang))
}

fn pages_after_a_start(lang: Lang) -> &'static str {
    lang.pick(
        "Was in [web] geändert wurde, gilt nach dem nächsten Start.",
        "What was changed in [web] holds after the next start.",
    )
}

fn after_a_start(lang: Lang) -> &'static str {
    lang.pick(
        "Was in [telephony] geändert wurde, gilt nach dem nächsten Start.",
        "What was changed in [telephony] holds after the next start.",
    )
}

/// The centre's rules as of now.
///
/// # Errors
/// With a sentence for people.
pub fn setup_now(county: &County, wall: Timestamp, lang: Lang) -> Result<centre::Setup, String> {
    let dates = horizon(county, wall).ok_or_else(|| no_calendar(lang))?;
    let whole = rehearsal::setup(county, dates);
    whole.map(|setup| rehearsal::connected(county, setup)).map_err(|why| format!("{why:?}"))
}

/// By which name this folder's service holds the lease of its log: after a crash the same one gets it back
/// at once.
#[must_use]
pub fn holder(data: &Path) -> String {
    let folder = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let machine = uname().nodename().to_string_lossy().into_owned();
    format!("{machine}:{}", folder.display())
}

/// What the file plans and the telephone side cannot do yet.
fn unconnected(county: &County, lang: Lang) -> Option<String> {
    let plans = |line: &crate::config::Line| {
        line.service().is_some_and(|service| {
            let ways = &service.ways;
            let local =
                ways.local_first.map(|it| county.switchboards[it.switchboard.index()].number);
            let overflow = ways.overflow.as_ref();
            let partner = overflow.map(|it| county.partners[it.partner.index()].number);
            local == Some(None) || partner == Some(None)
        })
    };
    let lines: Vec<&str> =
        county.lines.iter().filter(|it| plans(it)).map(|it| it.id.as_str()).collect();
    (!lines.is_empty()).then(|| {
        let lines = lines.join(", ");
        lang.pick(
            format!("Auf diesen Leitungen wird manches nur geprobt, nicht geschaltet: Vermittlungen und Partner, bei denen number fehlt. Wer dort anruft, wartet auf die eigenen Beraterinnen: {lines}"),
            format!("On these lines some things are rehearsed, not connected: switchboards and partners without number. Callers there wait for the centre's own agents: {lines}"),
        )
    })
}

/// Calls matter more than figures: without the port they go on, and it is said.
fn watch(at: SocketAddr, inbox: &Inbox, log: &Log, lang: Lang) -> Option<SocketAddr> {
    match http::serve(at, inbox.clone()) {
        Ok(bound) => Some(bound),
        Err(error) => {
            let error = output::why(lang, &error);
            let text = lang.pick(
                format!(
                    "/healthz und /metrics gibt es nicht: {at}: {error}. Andere Adresse: --http"
                ),
                format!(
                    "There is no /healthz and /metrics: {at}: {error}. Another address: --http"
                ),
            );
            log.say(Level::Warning, &text);
            None
        }
    }
}

/// Open files that a call takes: RTP and RTCP of two legs.
const FILES_PER_CALL: u64 = 4;

/// Open files beside the calls: sockets, connections of telephones, the log.
const FILES_BESIDE: u64 = 5_000;

/// Many systems start a process with 1,024 files and allow far more.
fn raise_file_limit(county: &County, log: &Log, lang: Lang) {
    let calls: u64 = county.trunks.iter().map(|trunk| u64::from(trunk.channels)).sum();
    let wanted = calls * FILES_PER_CALL + FILES_BESIDE;
    let mut limit = getrlimit(Resource::Nofile);
    let Some(now) = limit.current else { return };
    let allowed = limit.maximum.unwrap_or(wanted).min(wanted).max(now);
    limit.current = Some(allowed);
    let has = setrlimit(Resource::Nofile, limit).map_or(now, |()| allowed);
    if has < wanted {
        let text = lang.pick(
            format!("Das System erlaubt {has} offene Dateien; alle Kanäle zugleich brauchen {wanted}. Siehe LimitNOFILE bei systemd."),
            format!("The system allows {has} open files; all channels at once need {wanted}. See LimitNOFILE of systemd."),
        );
        log.say(Level::Warning, &text);
    }
}

/// The agents of the bench are the last ones.
fn always_ready(county: &County) -> Vec<AgentId> {
    let count = county.bench.as_ref().map_or(0, |bench| usize::from(bench.count));
    let first = county.agents.len().saturating_sub(count);
    (first..county.agents.len()).filter_map(|it| u16::try_from(it).ok()).map(AgentId).collect()
}

/// Whole years, so that a start on another day of the year changes nothing; and a day before, for who
/// starts on New Year's Day.
fn horizon(county: &County, wall: Timestamp) -> Option<LocalDates> {
    let year = county.zone().local(wall).date().year();
    let first = LocalDate::new(year, 1, 1).ok()?;
    let last = LocalDate::new(year + YEARS - 1, 12, 31).ok()?;
    LocalDates::new(first.yesterday().unwrap_or(first), last).ok()
}

/// A warning if passwords of trunks lie open.
fn open_to_others(passwords: &TrunkPasswords, data: &Path, lang: Lang) -> Option<String> {
    let path = data.join(TRUNK_PASSWORDS_FILE);
    let path = path.display();
    passwords.others_read.then(|| {
        lang.pick(
            format!(
                "{path}: andere als der Besitzer können die Passwörter lesen; chmod 600 hilft."
            ),
            format!("{path}: others than its owner can read the passwords; chmod 600 helps."),
        )
    })
}

fn no_telephones(lang: Lang) -> String {
    lang.pick(
        "In dieser Konfiguration fehlt [telephony]: wo soll der Dienst auf Anrufe warten? Siehe docs/configuration.md.",
        "This configuration lacks [telephony]: where shall the service wait for calls? See docs/configuration.md.",
    )
    .to_owned()
}

fn no_calendar(lang: Lang) -> String {
    lang.pick(
        "Für das heutige Datum gibt es keinen Kalender. Stimmt die Uhr dieses Rechners?",
        "There is no calendar for today's date. Is this machine's clock right?",
    )
    .to_owned()
}

fn left_over(count: usize, lang: Lang) -> String {
    lang.pick(
        format!("{count} Gesprächswege, die beim vorigen Lauf offen blieben, sind beendet."),
        format!("Hung up {count} call legs that the run before had left open."),
    )
}

/// Somebody else runs with this data folder.
#[must_use]
pub fn in_use(lang: Lang, data: &Path) -> String {
    let data = data.display();
    lang.pick(
        format!("{data}: Mit diesem Datenordner läuft schon ein Dienst."),
        format!("{data}: A service runs with this data folder already."),
    )
}

fn drawn(lang: Lang, data: &Path, count: usize) -> String {
    let file = data.join(crate::service::PASSWORDS_FILE);
    let file = file.display();
    lang.pick(
        format!("Für {count} Telefone neue Passwörter gezogen; sie stehen in {file}"),
        format!("New passwords were drawn for {count} telephones; they stand in {file}"),
    )
}

fn cannot_start(lang: Lang, why: &CannotStart) -> String {
    match why {
        CannotStart::Listen(at, error) if error.kind() == ErrorKind::AddrInUse => lang.pick(
            format!("{at}: Diesen Port benutzt schon ein anderes Programm."),
            format!("{at}: Another program uses this port already."),
        ),
        CannotStart::Listen(at, error) if error.kind() == ErrorKind::AddrNotAvailable => lang.pick(
            format!("{at}: Diese Adresse hat dieser Rechner nicht."),
            format!("{at}: This machine does not have this address."),
        ),
        CannotStart::Listen(..) | CannotStart::Media(_) | CannotStart::Domain => lang.pick(
            format!("Die Telefonie kann nicht beginnen: {why}"),
            format!("The telephones cannot be started: {why}"),
        ),
    }
}
