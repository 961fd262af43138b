// SPDX-License-Identifier: EUPL-1.2
//! The catalogue beside the running pages: in memory, renewed when it changes, asked by channel.
//!
//! ```text
//!   reader: looks for changes ─▶ Services ─▶ Known
//!   pages ── Asked ─▶ answerer ◀── looks ──────┘        a thread each, so that no page waits for the other
//! ```
//!
//! The rule to keep: while a new index is made the old one answers.

use super::answer::Services;
use super::told::told;
use super::{counted, open};
use crate::Lang;
use catalogue::Service;
use catalogue::search::Query;
use catalogue::xzufi::Ident;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TrySendError, channel, sync_channel,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;
use store::{Catalogue, Task, catalogue_place};
use web::centre::NotAsked;
use web::knowledge::{Asked, Hit, Missed, Noted, Searched, Shelf, State};

/// How often it is looked whether the catalogue has changed: an edit is found within a second.
const LOOKS_EVERY: Duration = Duration::from_millis(300);

/// How long nobody looks after the catalogue could not be read.
const RESTS: Duration = Duration::from_secs(3);

/// Questions that wait: every desk of a large centre at once. Further ones are refused, and asked again with the
/// next letter.
const WAITING_MAX: usize = 256;

/// What is known of the catalogue.
#[derive(Clone, Debug)]
enum Known {
    Reading,
    Empty,
    Broken,
    Ready(Arc<Services>),
}

type Shared = Arc<Mutex<Known>>;

fn locked(known: &Shared) -> MutexGuard<'_, Known> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whoever has this can ask; without it the threads end.
#[derive(Debug)]
pub struct AtHand {
    asked: SyncSender<Asked>,
    _ends: Sender<()>,
}

impl Shelf for AtHand {
    fn ask(&self, asked: Asked) -> Result<(), NotAsked> {
        self.asked.try_send(asked).map_err(|why| match why {
            TrySendError::Full(_) => NotAsked::Full,
            TrySendError::Disconnected(_) => NotAsked::Ended,
        })
    }
}

impl AtHand {
    /// Takes the catalogue of a data folder in hand, whether there is one already or not.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(folder: &Path, lang: Lang) -> io::Result<AtHand> {
        let known = Arc::new(Mutex::new(Known::Reading));
        let (ends, ended) = channel();
        let mut reader = Reader {
            folder: folder.to_owned(),
            lang,
            catalogue: None,
            read: None,
            known: Arc::clone(&known),
        };
        thread::Builder::new().name("catalogue".to_owned()).spawn(move || reader.run(&ended))?;
        let (asked, questions) = sync_channel(WAITING_MAX);
        let mut answerer = Answerer { folder: folder.to_owned(), lang, catalogue: None, known };
        let answers = move || {
            while let Ok(question) = questions.recv() {
                answerer.answer(question);
            }
        };
        thread::Builder::new().name("answers".to_owned()).spawn(answers)?;
        Ok(AtHand { asked, _ends: ends })
    }
}

/// Keeps what is known new.
struct Reader {
    folder: PathBuf,
    lang: Lang,
    catalogue: Option<Catalogue>,
    /// The count of changes that was read last.
    read: Option<i64>,
    known: Shared,
}

impl Reader {
    fn run(&mut self, ended: &Receiver<()>) {
        loop {
            let rest = match self.look() {
                Ok(()) => LOOKS_EVERY,
                Err(_) => {
                    self.cannot_read();
                    RESTS
                }
            };
            match ended.recv_timeout(rest) {
                Err(RecvTimeoutError::Timeout) => {}
                Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// What was read before is better than nothing.
    fn cannot_read(&mut self) {
        (self.catalogue, self.read) = (None, None);
        let mut known = locked(&self.known);
        match *known {
            Known::Ready(_) => {}
            Known::Reading | Known::Empty | Known::Broken => *known = Known::Broken,
        }
    }

    fn look(&mut self) -> Result<(), String> {
        if self.catalogue.is_none() {
            let is_there = catalogue_place(&self.folder).is_ok_and(|place| place.may_exist());
            if !is_there {
                *locked(&self.known) = Known::Empty;
                return Ok(());
            }
            self.catalogue = Some(open(&self.folder, self.lang)?);
        }
        let Some(catalogue) = &mut self.catalogue else { return Ok(()) };
        let changes = catalogue.changes().map_err(|error| error.to_string())?;
        if self.read == Some(changes) {
            return Ok(());
        }
        let before = locked(&self.known).clone();
        let known = match (counted(catalogue, self.lang)?, before, self.read) {
            (0, _, _) => Known::Empty,
            (_, Known::Ready(services), Some(read)) => {
                let news = catalogue.news(read).map_err(|error| error.to_string())?;
                Known::Ready(Arc::new(services.renewed(catalogue, news.as_ref(), self.lang)?))
            }
            (_, Known::Reading | Known::Empty | Known::Broken | Known::Ready(_), _) => {
                Known::Ready(Arc::new(Services::read(catalogue, self.lang)?))
            }
        };
        self.read = Some(changes);
        *locked(&self.known) = known;
        Ok(())
    }
}

/// Answers, one after the other: a search takes milliseconds.
struct Answerer {
    folder: PathBuf,
    lang: Lang,
    catalogue: Option<Catalogue>,
    known: Shared,
}

impl Answerer {
    /// Who does not wait any more gets no answer; where the tables cannot be read, nobody does.
    fn answer(&mut self, asked: Asked) {
        let known = locked(&self.known).clone();
        match asked {
            Asked::Search { words, place, limit, to } => {
                let query = Query { text: &words, is_typing: true, place };
                drop(to.send(searched(&known, &query, limit)));
            }
            Asked::Tell { service, place, at, closures, to } => {
                let Known::Ready(services) = known else { return drop(to.send(None)) };
                let ident = Ident { agency: service.0, id: service.1 };
                let Some(service) = services.of(&ident) else { return drop(to.send(None)) };
                let answer =
                    self.with(|catalogue| told(catalogue, service, place, (at, &closures)));
                if let Some(answer) = answer {
                    drop(to.send(Some(answer)));
                }
            }
            Asked::Note(missed, to) => {
                let task = task(missed);
                let noted = self.with(|catalogue| catalogue.add_task(&task));
                let noted = match noted {
                    Some(Some(number)) => Noted::Kept(number),
                    Some(None) => Noted::Full,
                    None => Noted::Failed,
                };
                // Nobody may wait for it any more.
                let _ = to.send(noted);
            }
        }
    }

    /// Does something with the tables; a connection that failed is not used again.
    fn with<T>(
        &mut self,
        what: impl FnOnce(&mut Catalogue) -> Result<T, store::Error>,
    ) -> Option<T> {
        let mut catalogue = match self.catalogue.take() {
            Some(catalogue) => catalogue,
            None => open(&self.folder, self.lang).ok()?,
        };
        let done = what(&mut catalogue).ok()?;
        self.catalogue = Some(catalogue);
        Some(done)
    }
}

fn searched(known: &Known, query: &Query<'_>, limit: usize) -> Searched {
    match known {
        Known::Reading => (State::Reading, Vec::new()),
        Known::Empty => (State::Empty, Vec::new()),
        Known::Broken => (State::Broken, Vec::new()),
        Known::Ready(services) => {
            let found = services.search(query, limit).into_iter();
            (State::Ready, found.map(|(service, _)| hit(service, query.text)).collect())
        }
    }
}

fn hit(service: &Service, words: &str) -> Hit {
    let words = words.trim().to_lowercase();
    let has_it = |name: &&String| name.to_lowercase().contains(&words);
    let is_shown = has_it(&&service.title);
    let also = service.names.iter().find(has_it).filter(|_| !is_shown);
    Hit {
        agency: service.ident.agency.clone(),
        id: service.ident.id.clone(),
        title: service.title.clone(),
        also: also.cloned(),
    }
}

fn task(missed: Missed) -> Task {
    Task {
        number: 0,
        at: missed.at.0,
        kind: missed.kind.word().to_owned(),
        words: missed.words,
        service: missed.service.unwrap_or_default(),
        area: missed.place.map_or_else(String::new, |place| place.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shelf::import::{Order, import};
    use crate::shelf::synonyms;
    use knowledge::AreaKey;
    use stdx::Timestamp;
    use web::centre::Reply;
    use web::knowledge::{Answered, MissedKind};

    const JESTEBURG: &str = "033535404";

    /// A folder that is there and empty.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        // One that an earlier run left behind, if there is any.
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("the temporary folder can be written");
        folder
    }

    fn example() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/katalog/harburg.xml")
    }

    fn bring_in(folder: &Path, file: PathBuf) {
        let mut catalogue = open(folder, Lang::De).expect("a catalogue");
        let order = Order {
            files: vec![file],
            feed: "example".to_owned(),
            is_snapshot: false,
            is_dry: false,
            may_delete: false,
        };
        let outcome = import(&mut catalogue, &order, &mut |_| {}).expect("it is good");
        assert_eq!(outcome.quarantined, []);
    }

    fn asked<T>(shelf: &AtHand, asked: impl FnOnce(Reply<T>) -> Asked) -> T {
        let (reply, answer) = tokio::sync::oneshot::channel();
        shelf.ask(asked(reply)).expect("it runs");
        answer.blocking_recv().expect("an answer")
    }

    fn search(shelf: &AtHand, words: &str) -> Searched {
        let (words, limit) = (words.to_owned(), 20);
        asked(shelf, |to| Asked::Search { words, place: None, limit, to })
    }

    fn tell(shelf: &AtHand, id: &str) -> Answered {
        let service = ("X900001".to_owned(), id.to_owned());
        let place = Some(AreaKey::parse(JESTEBURG).expect("a key"));
        let (at, closures) = (Timestamp(0), Vec::new());
        asked(shelf, |to| Asked::Tell { service, place, at, closures, to })
    }

    /// Asks again and again, for ten seconds at most.
    #[track_caller]
    fn soon(what: &str, is_so: impl Fn() -> bool) {
        for _ in 0..2_000 {
            if is_so() {
                return;
            }
            thread::park_timeout(Duration::from_millis(5));
        }
        panic!("never: {what}");
    }

    #[test]
    fn what_is_brought_in_is_found_while_the_pages_run() {
        let folder = folder("at-hand");
        let shelf = AtHand::start(&folder, Lang::De).expect("threads");
        soon("it is empty", || search(&shelf, "perso").0 == State::Empty);
        assert_eq!(tell(&shelf, "1001"), None);

        bring_in(&folder, example());
        soon("it is read", || search(&shelf, "perso").0 == State::Ready);
        let (_, hits) = search(&shelf, "perso verlo");
        assert_eq!(hits[0].title, "Personalausweis verloren melden");
        let (_, hits) = search(&shelf, "perso");
        let also: Vec<_> = hits.iter().filter_map(|hit| hit.also.as_deref()).collect();
        assert!(also.iter().any(|it| it.contains("Perso")), "{hits:?}");
        let told = tell(&shelf, "1001").expect("an answer");
        let who = told.who.expect("a place was asked for").expect("somebody is responsible");
        let unit = who.units[0].reached.as_ref().expect("it is in the catalogue");
        assert!(unit.name.contains("Jesteburg"), "{unit:?}");
    }

    #[test]
    fn own_words_are_taken_up_while_the_pages_run() {
        let folder = folder("own-words");
        bring_in(&folder, example());
        let shelf = AtHand::start(&folder, Lang::De).expect("threads");
        soon("it is read", || search(&shelf, "perso").0 == State::Ready);
        let is_found = || {
            let (_, hits) = search(&shelf, "wauwaumarke");
            hits.first().is_some_and(|hit| hit.title.starts_with("Hund"))
        };
        assert!(!is_found());
        let mut catalogue = open(&folder, Lang::De).expect("a catalogue");
        let text = "Wauwaumarke;Hundesteuer";
        let groups = catalogue::search::Groups::read(text).expect("it is good");
        synonyms::replace(&mut catalogue, (text, &groups), false, false).expect("written");
        soon("it is known", is_found);
        let told = tell(&shelf, "1001").expect("an answer");
        assert_eq!(told.title, "Personalausweis beantragen");
    }

    #[test]
    fn what_was_missed_is_kept() {
        let folder = folder("missed");
        let missed = |words: &str| Missed {
            at: Timestamp(9),
            kind: MissedKind::NotFound,
            words: words.to_owned(),
            service: None,
            place: AreaKey::parse(JESTEBURG).ok(),
        };
        let shelf = AtHand::start(&folder, Lang::De).expect("threads");
        let noted = |words: &str| asked(&shelf, |to| Asked::Note(missed(words), to));
        assert_eq!(noted("Wanderschein"), Noted::Kept(1));
        assert_eq!(noted("Böllern im Garten"), Noted::Kept(2));
        let tasks = open(&folder, Lang::De)
            .and_then(|mut it| it.tasks().map_err(|error| error.to_string()));
        let tasks = tasks.expect("they can be read");
        assert_eq!((tasks.len(), tasks[0].area.as_str()), (2, JESTEBURG));
        assert_eq!((tasks[1].words.as_str(), tasks[1].at), ("Böllern im Garten", 9));
    }
}
