// SPDX-License-Identifier: EUPL-1.2
//! Where telephones are reached, in a file of the data folder: a telephone registers once in some minutes,
//! and nobody at it notices that the service was started anew.
//!
//! The rule to keep: this is for the next start alone. What cannot be written or read costs nothing but
//! the time until the telephones register by themselves.

use serde::{Deserialize, Serialize};
use sip::registrar::{AddressOfRecord, Binding, Flow, Quality, Source, Transport};
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use stdx::{Micros, Now, Redacted, Tick, Timestamp};
use telephony::signalling::Registration;

/// The file's name in the data folder.
const FILE: &str = "registrations.json";

/// The longest that a telephone is registered; who is said to be for longer was so by another clock.
const LASTS_MAX: Micros = Micros::from_secs(3_600);

/// How often the file is written at most.
const WRITTEN_EVERY: Micros = Micros::from_secs(1);

/// One telephone's, as it stands in the file.
#[derive(Serialize, Deserialize)]
struct Kept {
    record: String,
    contact: String,
    quality: u16,
    instance: Option<String>,
    reg_id: Option<u32>,
    #[serde(default)]
    path: Vec<String>,
    source: [u8; 16],
    port: u16,
    local: SocketAddr,
    call_id: String,
    cseq: u32,
    /// When it ends, by the calendar: the log's time is the log's alone.
    until: i64,
}

/// Without what belongs to a person.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a registration")
    }
}

impl Kept {
    /// None if it holds what is no text: such a telephone registers by itself.
    fn of(it: &Registration, now: Now) -> Option<Kept> {
        let Registration { binding, local } = it;
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
        let instance = binding.instance.as_ref().map(|it| text(it.expose()));
        Some(Kept {
            record: text(binding.record.as_bytes())?,
            contact: text(binding.contact.expose())?,
            quality: binding.quality.thousandths(),
            instance: instance.flatten(),
            reg_id: binding.reg_id,
            path: binding.path.iter().map(|it| text(it.expose())).collect::<Option<_>>()?,
            source: binding.flow.source.0,
            port: binding.flow.port,
            local: *local,
            call_id: text(binding.call_id.expose())?,
            cseq: binding.cseq,
            until: (now.wall + binding.expires_at.since(now.mono)).0,
        })
    }

    /// None if it is over.
    fn again(self, now: Now) -> Option<Registration> {
        let left = Timestamp(self.until).since(now.wall).min(LASTS_MAX);
        let binding = Binding {
            record: AddressOfRecord::new(self.record.as_bytes()),
            contact: Redacted::new(self.contact.into_bytes()),
            quality: Quality::from_thousandths(self.quality)?,
            instance: self.instance.map(|it| Redacted::new(it.into_bytes())),
            reg_id: self.reg_id,
            path: self.path.into_iter().map(|it| Redacted::new(it.into_bytes())).collect(),
            flow: Flow {
                transport: Transport::Udp,
                source: Source(self.source),
                port: self.port,
                connection: None,
            },
            call_id: Redacted::new(self.call_id.into_bytes()),
            cseq: self.cseq,
            refreshed_at: now.mono,
            expires_at: now.mono + left,
        };
        (left > Micros::ZERO).then_some(Registration { binding, local: self.local })
    }
}

/// Who was registered when the service ended, as far as that still lasts.
pub(crate) fn load(folder: &Path, now: Now) -> Vec<Registration> {
    let read = fs::read(folder.join(FILE)).ok();
    let kept: Option<Vec<Kept>> = read.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    kept.unwrap_or_default().into_iter().filter_map(|it| it.again(now)).collect()
}

/// Keeps the file, on a thread of its own. Dropping it waits until the last is written.
#[derive(Debug)]
pub struct Registrations {
    to: Option<SyncSender<Vec<Kept>>>,
    thread: Option<JoinHandle<()>>,
    /// What is to be written, if that was not possible yet.
    waiting: Option<Vec<Kept>>,
    /// When that was handed over last.
    kept: Option<Tick>,
}

impl Registrations {
    /// Starts the thread.
    ///
    /// # Errors
    /// If the system gives none.
    pub fn start(folder: &Path) -> io::Result<Registrations> {
        // Who registers while the disk is slow waits in the last of them all.
        let (to, kept) = sync_channel(1);
        let path = folder.join(FILE);
        let thread = thread::Builder::new().name("registrations".to_owned());
        let thread = thread.spawn(move || write_all(&path, &kept))?;
        Ok(Registrations { to: Some(to), thread: Some(thread), waiting: None, kept: None })
    }

    /// Has written what has changed, but not all the time.
    pub(super) fn keep(&mut self, now: Now, changed: impl FnOnce() -> Option<Vec<Registration>>) {
        let is_time = self.kept.is_none_or(|at| now.mono.since(at) >= WRITTEN_EVERY);
        if !is_time {
            return;
        }
        let changed = changed();
        if changed.is_some() || self.waiting.is_some() {
            self.kept = Some(now.mono);
            self.keep_last(now, changed);
        }
    }

    /// The same at once, for the end.
    pub(super) fn keep_last(&mut self, now: Now, changed: Option<Vec<Registration>>) {
        if let Some(all) = changed {
            self.waiting = Some(all.iter().filter_map(|it| Kept::of(it, now)).collect());
        }
        self.hand_over();
    }

    fn hand_over(&mut self) {
        let (Some(to), Some(kept)) = (&self.to, self.waiting.take()) else { return };
        if let Err(TrySendError::Full(kept)) = to.try_send(kept) {
            self.waiting = Some(kept);
        }
    }
}

impl Drop for Registrations {
    fn drop(&mut self) {
        // The last one waits for the one before.
        if let (Some(to), Some(kept)) = (self.to.take(), self.waiting.take()) {
            let _ = to.send(kept);
        }
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

fn write_all(path: &Path, kept: &Receiver<Vec<Kept>>) {
    for kept in kept {
        // The next change tries again; until then the old file holds.
        let _ = write(path, &kept);
    }
}

/// Beside it first, so that a half-written one never stands in its place.
fn write(path: &Path, kept: &[Kept]) -> io::Result<()> {
    let beside: PathBuf = path.with_extension("new");
    let mut file =
        OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
    file.write_all(&serde_json::to_vec(kept).map_err(io::Error::other)?)?;
    file.sync_all()?;
    fs::rename(beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registration(contact: &[u8], expires_at: Tick) -> Registration {
        let flow = Flow {
            transport: Transport::Udp,
            source: Source::v4([192, 0, 2, 7]),
            port: 5_060,
            connection: None,
        };
        Registration {
            binding: Binding {
                record: AddressOfRecord::new(b"sip:k1@centre.example"),
                contact: Redacted::new(contact.to_vec()),
                quality: Quality::BEST,
                instance: None,
                reg_id: Some(1),
                path: vec![Redacted::new(b"<sip:edge.example;lr>".to_vec())],
                flow,
                call_id: Redacted::new(b"a@b".to_vec()),
                cseq: 7,
                refreshed_at: Tick(0),
                expires_at,
            },
            local: "192.0.2.1:5060".parse().unwrap(),
        }
    }

    #[test]
    fn who_is_registered_is_so_for_the_rest_of_the_time_after_a_start() {
        let folder = std::env::temp_dir().join(format!("registrations-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let seconds = |it| Micros::from_secs(it);
        let now = Now { mono: Tick(0) + seconds(100), wall: Timestamp::from_secs(5_000) };
        assert_eq!(load(&folder, now), []);
        let all = vec![
            registration(b"sip:k1@192.0.2.7", now.mono + seconds(300)),
            registration(b"sip:brief@192.0.2.7", now.mono + seconds(20)),
            registration(b"sip:\xFF@192.0.2.7", now.mono + seconds(300)),
        ];
        let mut registrations = Registrations::start(&folder).unwrap();
        registrations.keep(now, || Some(all));
        drop(registrations);
        // Half a minute later, and by another log's time.
        let later = Now { mono: Tick(5), wall: Timestamp::from_secs(5_030) };
        let again = load(&folder, later);
        assert_eq!(again.len(), 1, "the brief one is over, the third is no text");
        let binding = &again[0].binding;
        assert_eq!(binding.expires_at, later.mono + seconds(270));
        assert_eq!((binding.refreshed_at, binding.cseq), (later.mono, 7));
        assert_eq!(binding.contact.expose(), b"sip:k1@192.0.2.7");
        fs::write(folder.join(FILE), "[{").unwrap();
        assert_eq!(load(&folder, later), [], "what cannot be read costs nothing");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn many_who_register_at_once_are_asked_for_once_and_those_of_the_end_are_written() {
        let folder = std::env::temp_dir().join(format!("registrations-2-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let now = Now { mono: Tick(0), wall: Timestamp::from_secs(5_000) };
        let expires_at = now.mono + Micros::from_secs(300);
        let all = |count: u32| {
            let contacts = (0..count).map(|it| format!("sip:{it}@192.0.2.7"));
            Some(contacts.map(|it| registration(it.as_bytes(), expires_at)).collect())
        };
        let mut registrations = Registrations::start(&folder).unwrap();
        let mut asked = 0;
        for count in 1..=50 {
            registrations.keep(now, || {
                asked += 1;
                all(count)
            });
        }
        assert_eq!(asked, 1);
        registrations.keep_last(now, all(50));
        drop(registrations);
        assert_eq!(load(&folder, now).len(), 50);
        fs::remove_dir_all(&folder).unwrap();
    }
}
