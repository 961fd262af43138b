// SPDX-License-Identifier: EUPL-1.2
//! Letters to offices: a case was forwarded, and its unit is told so by electronic mail.
//!
//! ```text
//!   cases whose notice is due ──▶ Post (a thread) ──▶ the mail server
//!        ▲                            │ accepted, or refused for good
//!        └──── an act of the case ◀───┘ not now: tried again, later and later
//! ```
//!
//! The log is the outbox: what has to be sent is a case whose notice is due, and it stays due until an act says that
//! it is not. So nothing is lost by a crash; and a letter that was accepted a moment before one goes out again with the
//! same Message-ID, by which a mail server and a reader tell that it is the same.
//!
//! The rule to keep: a letter says that there is a case, by when somebody wants to hear of it, and where it can be read. What
//! the citizen said does not leave the centre by mail.

use crate::Lang;
use crate::clock::wall_now;
use crate::config::county::Mail;
use crate::service::Log;
use crate::service::log::Level;
use crate::shelf::mail_of_unit;
use case::{Act, Acted, Case, Holder, Notice};
use hours::Zone;
use mail::{Letter, Outcome, Sender, Server};
use promise::Due;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;
use stdx::{CaseId, Micros, Redacted, Timestamp};
use web::cases::words::CaseText;
use web::cases::{Dossier, Wanted, Whose};
use web::centre::{Centre, Question, waited};
use web::hub::Hub;

/// The file with the password for the mail server, in the data folder.
pub const PASSWORD_FILE: &str = "mail-password";

/// How often it is looked whether something has to be sent: nobody in an office waits for it by the second.
const LOOKS_EVERY: Duration = Duration::from_secs(5);

/// How long a letter rests after the first attempt that did not succeed; each time twice as long.
const RESTS: Micros = Micros::from_secs(10);

/// How long it rests at the most: a server that is back after a weekend has everything within the hour.
const RESTS_MAX: Micros = Micros::from_mins(60);

/// The thread. Dropping it ends it behind the letter that it sends; nobody waits for a mail server that does not answer,
/// because what was not noted is due once more.
#[derive(Debug)]
pub struct Post {
    is_ending: Arc<AtomicBool>,
    thread: Thread,
}

/// What the thread needs.
pub struct Parts<'a> {
    /// How mail leaves.
    pub mail: &'a Mail,
    /// The data folder.
    pub folder: &'a Path,
    /// Where the pages are, as people reach them.
    pub address: String,
    /// By which clock a moment is written.
    pub zone: Zone,
    /// The running centre.
    pub centre: Arc<dyn Centre>,
    /// Knows by when feedback is due.
    pub hub: Arc<Hub>,
    /// Where lines for the operator go.
    pub log: Log,
    /// In which language.
    pub lang: Lang,
}

impl Post {
    /// Starts it.
    ///
    /// # Errors
    /// With a sentence for people, if password or authority cannot be read.
    pub fn start(parts: Parts<'_>) -> Result<Post, String> {
        let Parts { mail, folder, address, zone, centre, hub, log, lang } = parts;
        let sender = Sender::new(&server(mail, folder, lang)?).map_err(|why| {
            let file = mail.authority.as_ref().map_or(Path::new(""), |it| it).display();
            lang.pick(
                format!("{file}: Dieser Aussteller der Post ist nicht zu gebrauchen: {}.", why.0),
                format!("{file}: This authority of the mail server cannot be used: {}.", why.0),
            )
        })?;
        let (mail, folder) = (mail.clone(), folder.to_owned());
        let resting = BTreeMap::new();
        let mut carrier =
            Carrier { sender, mail, folder, address, zone, centre, hub, log, lang, resting };
        let is_ending = Arc::<AtomicBool>::default();
        let seen = Arc::clone(&is_ending);
        let thread = thread::Builder::new().name("post".to_owned()).spawn(move || {
            while !seen.load(Ordering::Acquire) {
                carrier.look();
                thread::park_timeout(LOOKS_EVERY);
            }
        });
        let thread = thread.map_err(|error: io::Error| error.to_string())?;
        Ok(Post { is_ending, thread: thread.thread().clone() })
    }
}

impl Drop for Post {
    fn drop(&mut self) {
        self.is_ending.store(true, Ordering::Release);
        self.thread.unpark();
    }
}

fn server(mail: &Mail, folder: &Path, lang: Lang) -> Result<Server, String> {
    let read = |path: &Path| {
        fs::read(path)
            .map_err(|error| format!("{}: {}", path.display(), crate::output::why(lang, &error)))
    };
    let authority = mail.authority.as_ref().map(|it| read(&folder.join(it))).transpose()?;
    let login = match &mail.user {
        None => None,
        Some(user) => {
            let password = read(&folder.join(PASSWORD_FILE))?;
            let password = String::from_utf8_lossy(&password).trim().to_owned();
            Some((user.clone(), Redacted::new(password)))
        }
    };
    let (name, port, protection) = (mail.server.clone(), mail.port, mail.protection);
    Ok(Server { name, port, protection, authority, login })
}

/// A letter that could not be sent.
struct Resting {
    until: Timestamp,
    tries: u32,
}

struct Carrier {
    sender: Sender,
    mail: Mail,
    folder: PathBuf,
    address: String,
    zone: Zone,
    centre: Arc<dyn Centre>,
    hub: Arc<Hub>,
    log: Log,
    lang: Lang,
    /// By case, and by which of its acts it was forwarded.
    resting: BTreeMap<(CaseId, usize), Resting>,
}

/// The unit to which a case was forwarded, and by which of its acts, if its notice is due.
fn due(dossier: &Dossier) -> Option<(usize, &str)> {
    let case: &Case = &dossier.case;
    let Holder::Unit { unit, notice: Notice::Due, .. } = &case.holder else { return None };
    let forwarded =
        |acted: &Acted| matches!(acted, Acted::Done(Act::Forward { unit: to }) if to == unit);
    let by = dossier.entries.iter().rposition(|it| forwarded(&it.acted))?;
    case.is_going_on().then_some((by, unit))
}

impl Carrier {
    /// Sends what is due.
    fn look(&mut self) {
        let cases = waited(|to| self.centre.ask(Question::Cases(to)));
        // A centre that does not answer is asked again.
        let Ok(cases) = cases else { return };
        let now = wall_now();
        let all_due: Vec<_> = cases.iter().filter(|it| due(it).is_some()).collect();
        let still = |key: &(CaseId, usize)| {
            all_due.iter().any(|it| due(it).is_some_and(|(by, _)| (it.case.id, by) == *key))
        };
        self.resting.retain(|key, _| still(key));
        for dossier in all_due {
            let Some((by, unit)) = due(dossier) else { continue };
            let key = (dossier.case.id, by);
            if self.resting.get(&key).is_none_or(|it| it.until <= now) {
                self.carry(dossier, key, unit, now);
            }
        }
    }

    fn carry(&mut self, dossier: &Dossier, key: (CaseId, usize), unit: &str, now: Timestamp) {
        let outcome = match self.address_of(unit) {
            Ok(Some(to)) => self.sender.send(&self.letter(dossier, key, to, now), now),
            Ok(None) => Outcome::Refused(self.lang.pick("ohne Adresse", "no address").to_owned()),
            Err(why) => Outcome::Later(why),
        };
        match outcome {
            Outcome::Accepted => self.note(key.0, Act::NoticeAccepted, ""),
            Outcome::Refused(why) => {
                self.say(Level::Warning, key.0, "refused", &why);
                self.note(key.0, Act::NoticeRefused, &why);
            }
            Outcome::Later(why) => {
                let tries = self.resting.get(&key).map_or(0, |it| it.tries) + 1;
                let rest = RESTS.times(1 << (tries - 1).min(9)).min(RESTS_MAX);
                self.resting.insert(key, Resting { until: now + rest, tries });
                self.say(Level::Warning, key.0, "later", &why);
            }
        }
    }

    fn say(&self, level: Level, case: CaseId, what: &str, why: &str) {
        self.log.say(level, &format!("mail case={} {what} why={why:?}", case.0));
    }

    /// The address in the configuration, or that of the catalogue.
    fn address_of(&self, unit: &str) -> Result<Option<String>, String> {
        match self.mail.offices.get(unit) {
            Some(address) => Ok(Some(address.clone())),
            None => mail_of_unit(&self.folder, unit, self.lang),
        }
    }

    fn letter(
        &self,
        dossier: &Dossier,
        (id, by): (CaseId, usize),
        to: String,
        now: Timestamp,
    ) -> Letter {
        let due = self.hub.feedback().map(|it| it.judge(&dossier.case, now).1);
        let due = match due {
            Some(Due::At(at)) if dossier.case.owes_feedback() => Some(self.zone.format(at)),
            Some(Due::At(_) | Due::Stopped | Due::BeyondHorizon) | None => None,
        };
        let domain = self.mail.from.rsplit_once('@').map_or("localhost", |(_, domain)| domain);
        let number = id.0;
        let until = due.as_ref().map_or(String::new(), |due| format!(" – Rückmeldung bis {due}"));
        let asked = match &due {
            Some(due) => format!(
                "Die Person wartet auf eine Rückmeldung bis {due}. Bitte tragen Sie ein, wenn sie\n\
                 erreicht ist, oder geben Sie den Vorgang zurück, wenn Sie nicht zuständig sind.\n"
            ),
            None => "Eine Rückmeldung ist nicht nötig oder nicht möglich.\n".to_owned(),
        };
        Letter {
            message_id: format!("case.{number}.{by}.{}@{domain}", dossier.case.opened_at.0),
            from: self.mail.from.clone(),
            to,
            subject: format!("Vorgang {number}{until}"),
            text: format!(
                "Guten Tag,\n\nder Vorgang {number} liegt jetzt bei Ihnen.\n{asked}\n\
                 Was die Person gesagt hat, lesen Sie hier (mit Anmeldung):\n{}/vorgaenge/{number}\n\n\
                 Diese Nachricht wurde automatisch verschickt.\n",
                self.address
            ),
        }
    }

    /// Waits until it is durable, so that it is not sent again meanwhile.
    fn note(&self, case: CaseId, act: Act, why: &str) {
        let words = CaseText { text: why.to_owned(), ..CaseText::default() };
        let wanted = Wanted {
            case: Some(case),
            by: Whose::Centre,
            acted: Acted::Done(act),
            matter: None,
            words: Redacted::new(words.to_bytes()),
        };
        let done = waited(|to| self.centre.ask(Question::Case(Box::new(wanted), to)));
        if let Ok(Err(why)) = done {
            // Somebody took it back, or ended it, while the letter was on its way.
            self.say(Level::Notice, case, "not_noted", &format!("{why:?}"));
        }
    }
}
