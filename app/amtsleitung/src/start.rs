// SPDX-License-Identifier: EUPL-1.2
//! Puts a county, its telephones and its data folder together into a running centre.

use crate::Lang;
use crate::clock::{Clock, wall_now};
use crate::config::County;
use crate::data::{Continued, Data};
use crate::output;
use crate::rehearsal;
use crate::service::control::Control;
use crate::service::log::Level;
use crate::service::steer::Names;
use crate::service::{
    Decided, Folders, Inbox, Kept, Log, Parts, Passwords, Registrations, Service, control, http,
    telephones,
};
use crate::service::{caller_key, registrations};
use centre::Centre;
use hours::{LocalDate, LocalDates};
use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::system::uname;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;
use stdx::{AgentId, Now, Tick, Timestamp};
use store::{Configured, Writer};
use telephony::signalling::{CannotStart, Listen, Signalling};

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
    /// Who hears every command.
    pub listeners: Vec<SyncSender<Decided>>,
    /// Where lines for the operator go.
    pub log: Log,
    /// In which language.
    pub lang: Lang,
}

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
    /// Answers the command line while it is kept.
    pub control: Control,
}

/// Starts a centre.
///
/// # Errors
/// With a sentence for people.
pub fn start(options: Options<'_>) -> Result<Started, String> {
    let Options { county, data, keeps, prompts, http, listeners, log, lang } = options;
    let text = |error: io::Error| format!("{}: {}", data.display(), output::why(lang, &error));
    fs::create_dir_all(data).map_err(text)?;
    let registering: Vec<&str> =
        county.phones.iter().filter(|it| it.at.is_none()).map(|it| it.id.as_str()).collect();
    let passwords = Passwords::load(data, &registering).map_err(|why| why.to_string())?;
    let folders = Folders([Some(data.join("prompts")), prompts].into_iter().flatten().collect());
    let entropy = entropy().map_err(|error| error.to_string())?;
    let caller_key = caller_key::load(data).map_err(text)?;
    let made = telephones(county, &passwords, &folders, entropy, caller_key);
    let (setup, missing) = made.ok_or_else(|| no_telephones(lang))?;
    for missing in missing {
        log.say(Level::Warning, &lang.pick(missing.german(), missing.english()));
    }
    raise_file_limit(county, &log, lang);
    let setup_of_centre = setup_now(county, wall_now(), lang)?;
    if let Some(ways) = unconnected(county, lang) {
        log.say(Level::Warning, &ways);
    }
    // Ports first: what cannot run writes nothing into the log.
    let mut signalling = Signalling::start(setup, 1).map_err(|why| cannot_start(lang, &why))?;
    let (centre, at, kept, registrations) = match keeps {
        Keeps::Nothing => {
            let centre = Centre::new(setup_of_centre).map_err(|why| format!("{why:?}"))?;
            (centre, Tick(0), Kept::InMemory, None)
        }
        Keeps::Log { data: log_of, text } => {
            let agreed = Configured { text: text.to_owned(), setup: setup_of_centre };
            let continued = log_of.go_on(&holder(data), wall_now(), &agreed, lang)?;
            for warning in &continued.warnings {
                log.say(Level::Error, warning);
            }
            let Continued { store, link, epoch, centre, at, last_contact, .. } = continued;
            signalling.number_contacts_after(last_contact);
            let waker = signalling.waker();
            // A waker that fails has no loop to wake any more.
            let wake = move || drop(waker.wake());
            let writer = Writer::start(store, link, epoch, wake);
            let kept = Kept::InLog(writer.map_err(|error| error.to_string())?);
            signalling
                .register_again(registrations::load(data, Now { mono: at, wall: wall_now() }));
            let registrations = Registrations::start(data).map_err(|error| error.to_string())?;
            (centre, at, kept, Some(registrations))
        }
    };
    let clock = Clock::starting_at(at);
    let listens = signalling.listens();
    let names = Names::of(county);
    let parts = Parts {
        centre,
        signalling,
        clock,
        kept,
        registrations,
        always_ready: always_ready(county),
        log: log.clone(),
        lines: names.lines.clone(),
        listeners,
    };
    let (inbox, service) = Service::start(parts).map_err(|error| error.to_string())?;
    let control = control::serve(data, inbox.clone(), names).map_err(|error| {
        if error.kind() == ErrorKind::AddrInUse { in_use(lang, data) } else { text(error) }
    })?;
    let http = http.and_then(|at| watch(at, &inbox, &log, lang));
    if passwords.drawn > 0 {
        log.say(Level::Notice, &drawn(lang, data, passwords.drawn));
    }
    Ok(Started { inbox, service, clock, listens, http, passwords, control })
}

/// The centre's rules as of now.
///
/// # Errors
/// With a sentence for people.
pub fn setup_now(county: &County, wall: Timestamp, lang: Lang) -> Result<centre::Setup, String> {
    let dates = horizon(county, wall).ok_or_else(|| no_calendar(lang))?;
    let whole = rehearsal::setup(county, dates);
    whole.map(rehearsal::connected).map_err(|why| format!("{why:?}"))
}

/// By which name this folder's service holds the lease of its log: after a crash the same one gets it back
/// at once.
fn holder(data: &Path) -> String {
    let folder = data.canonicalize().unwrap_or_else(|_| data.to_owned());
    let machine = uname().nodename().to_string_lossy().into_owned();
    format!("{machine}:{}", folder.display())
}

/// What the file plans and the telephone side cannot do yet.
fn unconnected(county: &County, lang: Lang) -> Option<String> {
    let plans = |line: &crate::config::Line| {
        line.service().is_some_and(|service| {
            let ways = &service.ways;
            ways.local_first.is_some() || ways.overflow.is_some() || ways.callback.is_some()
        })
    };
    let lines: Vec<&str> =
        county.lines.iter().filter(|it| plans(it)).map(|it| it.id.as_str()).collect();
    (!lines.is_empty()).then(|| {
        let lines = lines.join(", ");
        lang.pick(
            format!("Eigene Vermittlung, Überlauf und Rückruf werden bisher nur geprobt, nicht geschaltet; wer auf diesen Leitungen anruft, wartet auf die eigenen Beraterinnen: {lines}"),
            format!("Own switchboards, overflow and call-backs are rehearsed so far, not connected; callers of these lines wait for the centre's own agents: {lines}"),
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

fn entropy() -> io::Result<[u8; 40]> {
    let mut bytes = [0; 40];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
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
