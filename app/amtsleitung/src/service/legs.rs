// SPDX-License-Identifier: EUPL-1.2
//! What each leg needs to go on after a restart, in a file of the data folder: whoever starts after a crash
//! knows which telephones still hold a call that nobody hears any more.
//!
//! ```text
//!   the file:  a change of a leg, another, …    appended as they come; sealed under the key of the day
//!              written anew with those that are up, before it grows beyond its bound
//! ```
//!
//! The rule to keep: this is for the next start alone. A change that is torn or missing costs one leg its
//! farewell, never a start.

use super::hiding::Hiding;
use serde::{Deserialize, Serialize};
use sip::agent::{Flow, Raw, SavedAnswer, SavedCall, SavedRequest, SavedTimer, Way};
use sip::dialog::{Carrier, Dialog, DialogId, Proposal, Role, Stage};
use sip::registrar::Transport;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use stdx::{ContactId, Day, Micros, Now, Redacted, Tick, Timestamp};
use store::Sealed;
use telephony::media::LocalPorts;
use telephony::signalling::{LegChange, LegRecord, Party};

/// The file's name in the data folder.
const FILE: &str = "legs";

/// How often changes are handed over at most: they come in bursts, and a thread that is woken for each costs
/// more than the writing.
const WRITTEN_EVERY: Micros = Micros::from_millis(100);

/// Bytes that may stand in the file beside those of the legs that are up: some thousand changes.
const STALE_MAX: usize = 4 << 20;

/// Bytes of a file that is read: five thousand legs with the largest descriptions, and what is stale.
const FILE_MAX: u64 = 64 << 20;

/// Handings-over that wait for a slow disk.
const WAITING_MAX: usize = 8;

/// A change of a leg, as it stands in the file.
#[derive(Serialize, Deserialize)]
enum Change {
    Up { leg: u64, day: i32, sealed: Vec<u8> },
    Gone { leg: u64 },
}

impl Change {
    const fn leg(&self) -> u64 {
        match self {
            Change::Up { leg, .. } | Change::Gone { leg } => *leg,
        }
    }
}

/// A leg that is up, as it is sealed.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// When, by the calendar: its timers have gone on since.
    at: i64,
    contact: u64,
    party: u8,
    sound: Option<(IpAddr, u16, u16)>,
    dialog: KeptDialog,
    flow: KeptFlow,
    always_by_flow: bool,
    timer: Option<(Option<u64>, u64)>,
    refresh_by_update: bool,
    proposal: (u32, Option<u32>),
    local_sdp: Option<Vec<u8>>,
    remote_sdp: Option<Vec<u8>>,
    our_cseq: u32,
    unacknowledged: Option<KeptAnswer>,
    wanted: Option<Vec<u8>>,
    asked: Vec<(KeptFlow, Vec<u8>)>,
}

#[derive(Serialize, Deserialize)]
struct KeptDialog {
    call_id: Box<[u8]>,
    local_tag: Box<[u8]>,
    remote_tag: Box<[u8]>,
    is_client: bool,
    is_confirmed: bool,
    local_cseq: u32,
    remote_cseq: Option<u32>,
    local_uri: Box<[u8]>,
    remote_uri: Box<[u8]>,
    remote_target: Box<[u8]>,
    route_set: Vec<Box<[u8]>>,
    secure: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptFlow {
    transport: u8,
    local: SocketAddr,
    remote: SocketAddr,
    connection: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct KeptAnswer {
    invite_cseq: u32,
    is_first: bool,
    give_up_in: u64,
    with_offer: bool,
    flow: KeptFlow,
    bytes: Vec<u8>,
}

const PARTIES: [Party; 3] = [Party::Caller, Party::Agent, Party::Elsewhere];

const TRANSPORTS: [Transport; 4] =
    [Transport::Udp, Transport::Tcp, Transport::Tls, Transport::WebSocket];

impl KeptFlow {
    fn of(it: &Flow) -> KeptFlow {
        let Flow { transport, local, remote, connection } = *it;
        KeptFlow { transport: transport as u8, local, remote, connection }
    }

    fn again(self) -> Option<Flow> {
        let KeptFlow { transport, local, remote, connection } = self;
        let transport = TRANSPORTS.into_iter().find(|&it| it as u8 == transport)?;
        Some(Flow { transport, local, remote, connection })
    }
}

impl KeptDialog {
    fn of(it: &Dialog) -> KeptDialog {
        let Dialog { id: DialogId { call_id, local_tag, remote_tag }, .. } = it;
        KeptDialog {
            call_id: call_id.clone(),
            local_tag: local_tag.clone(),
            remote_tag: remote_tag.clone(),
            is_client: it.role == Role::UserAgentClient,
            is_confirmed: it.stage == Stage::Confirmed,
            local_cseq: it.local_cseq,
            remote_cseq: it.remote_cseq,
            local_uri: it.local_uri.expose().clone(),
            remote_uri: it.remote_uri.expose().clone(),
            remote_target: it.remote_target.expose().clone(),
            route_set: it.route_set.clone(),
            secure: it.secure,
        }
    }

    fn again(self) -> Dialog {
        let KeptDialog { call_id, local_tag, remote_tag, .. } = self;
        Dialog {
            id: DialogId { call_id, local_tag, remote_tag },
            role: if self.is_client { Role::UserAgentClient } else { Role::UserAgentServer },
            stage: if self.is_confirmed { Stage::Confirmed } else { Stage::Early },
            local_cseq: self.local_cseq,
            remote_cseq: self.remote_cseq,
            local_uri: Redacted::new(self.local_uri),
            remote_uri: Redacted::new(self.remote_uri),
            remote_target: Redacted::new(self.remote_target),
            route_set: self.route_set,
            secure: self.secure,
        }
    }
}

impl KeptAnswer {
    fn of(it: &SavedAnswer) -> KeptAnswer {
        KeptAnswer {
            invite_cseq: it.invite_cseq,
            is_first: it.is_first,
            give_up_in: it.give_up_in.0,
            with_offer: it.with_offer,
            flow: KeptFlow::of(&it.flow),
            bytes: it.bytes.expose().clone(),
        }
    }

    fn again(self) -> Option<SavedAnswer> {
        Some(SavedAnswer {
            invite_cseq: self.invite_cseq,
            is_first: self.is_first,
            give_up_in: Micros(self.give_up_in),
            with_offer: self.with_offer,
            flow: self.flow.again()?,
            bytes: Redacted::new(self.bytes),
        })
    }
}

impl Kept {
    fn of(record: &LegRecord, wall: Timestamp) -> Kept {
        let LegRecord { contact, party, call, sound } = record;
        let bytes = |raw: &Option<Raw>| raw.as_ref().map(|it| it.expose().clone());
        let asked = |it: &SavedRequest| (KeptFlow::of(&it.flow), it.bytes.expose().clone());
        Kept {
            at: wall.0,
            contact: contact.0,
            party: *party as u8,
            sound: sound.map(|(ip, ports)| (ip, ports.rtp, ports.rtcp)),
            dialog: KeptDialog::of(&call.dialog),
            flow: KeptFlow::of(&call.flow),
            always_by_flow: call.way == Way::Flow,
            timer: call.timer.map(|it| (it.refresh_in.map(|it| it.0), it.end_in.0)),
            refresh_by_update: call.refresh_by == Carrier::Update,
            proposal: (call.proposal.interval, call.proposal.min_se),
            local_sdp: bytes(&call.local_sdp),
            remote_sdp: bytes(&call.remote_sdp),
            our_cseq: call.our_cseq,
            unacknowledged: call.unacknowledged.as_ref().map(KeptAnswer::of),
            wanted: bytes(&call.wanted),
            asked: call.asked.iter().map(asked).collect(),
        }
    }

    /// None if it says what no version of ours says.
    fn again(self, wall: Timestamp) -> Option<LegRecord> {
        let timer = |(refresh, end): (Option<u64>, u64)| SavedTimer {
            refresh_in: refresh.map(Micros),
            end_in: Micros(end),
        };
        let asked = |(flow, bytes): (KeptFlow, Vec<u8>)| {
            Some(SavedRequest { flow: flow.again()?, bytes: Redacted::new(bytes) })
        };
        let unacknowledged = match self.unacknowledged {
            Some(sent) => Some(sent.again()?),
            None => None,
        };
        let call = SavedCall {
            dialog: self.dialog.again(),
            flow: self.flow.again()?,
            way: if self.always_by_flow { Way::Flow } else { Way::Routes },
            timer: self.timer.map(timer),
            refresh_by: if self.refresh_by_update { Carrier::Update } else { Carrier::Invite },
            proposal: Proposal { interval: self.proposal.0, min_se: self.proposal.1 },
            local_sdp: self.local_sdp.map(Redacted::new),
            remote_sdp: self.remote_sdp.map(Redacted::new),
            our_cseq: self.our_cseq,
            unacknowledged,
            wanted: self.wanted.map(Redacted::new),
            asked: self.asked.into_iter().map(asked).collect::<Option<_>>()?,
        };
        // The calendar may have been set back meanwhile.
        let lay_for = wall.since(Timestamp(self.at));
        Some(LegRecord {
            contact: ContactId(self.contact),
            party: PARTIES.into_iter().find(|&it| it as u8 == self.party)?,
            call: call.aged(lay_for),
            sound: self.sound.map(|(ip, rtp, rtcp)| (ip, LocalPorts { rtp, rtcp })),
        })
    }
}

/// The legs that were up when the process before ended; `open` is who can read what was sealed on a day about
/// a leg.
pub(crate) fn load(
    folder: &Path,
    wall: Timestamp,
    open: impl Fn(Day, u64, &Sealed) -> Option<Vec<u8>>,
) -> Vec<LegRecord> {
    let path = folder.join(FILE);
    let is_read = fs::metadata(&path).is_ok_and(|it| it.len() <= FILE_MAX);
    let bytes = if is_read { fs::read(&path).unwrap_or_default() } else { Vec::new() };
    let (mut rest, mut up) = (&bytes[..], BTreeMap::new());
    while let Ok((change, behind)) = postcard::take_from_bytes::<Change>(rest) {
        let leg = change.leg();
        match change {
            Change::Up { day, sealed, .. } => drop(up.insert(leg, (Day(day), sealed))),
            Change::Gone { .. } => drop(up.remove(&leg)),
        }
        rest = behind;
    }
    let record = |(leg, (day, sealed))| {
        let bytes = open(day, leg, &Sealed::from_bytes(sealed))?;
        postcard::from_bytes::<Kept>(&bytes).ok()?.again(wall)
    };
    up.into_iter().filter_map(record).collect()
}

/// A change on its way into the file.
struct Written {
    leg: u64,
    is_up: bool,
    bytes: Vec<u8>,
}

/// Keeps the file, on a thread of its own. Dropping it waits until the last is written.
#[derive(Debug)]
pub struct Legs {
    to: Option<SyncSender<Vec<Written>>>,
    thread: Option<JoinHandle<()>>,
    /// What finds no room yet.
    waiting: Vec<Written>,
    /// When something was handed over last.
    kept: Option<Tick>,
}

impl std::fmt::Debug for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a change of a leg")
    }
}

impl Legs {
    /// Starts the thread, with a file that nothing stands in yet.
    ///
    /// # Errors
    /// If the system gives none.
    pub fn start(folder: &Path) -> io::Result<Legs> {
        let (to, changes) = sync_channel(WAITING_MAX);
        let path = folder.join(FILE);
        let thread = thread::Builder::new().name("legs".to_owned());
        let thread = thread.spawn(move || Journal::new(path).write_all(&changes))?;
        Ok(Legs { to: Some(to), thread: Some(thread), waiting: Vec::new(), kept: None })
    }

    /// When changes are handed over again.
    pub(super) fn next(&self) -> Tick {
        self.kept.map_or(Tick(0), |at| at + WRITTEN_EVERY)
    }

    /// Has written what has changed, but not all the time.
    pub(super) fn keep(
        &mut self,
        now: Now,
        hiding: &mut Hiding,
        changed: impl FnOnce() -> Vec<LegChange>,
    ) {
        if now.mono >= self.next() {
            self.keep_last(now, hiding, changed);
        }
    }

    /// The same at once, for the end.
    pub(super) fn keep_last(
        &mut self,
        now: Now,
        hiding: &mut Hiding,
        changed: impl FnOnce() -> Vec<LegChange>,
    ) {
        // Behind a disk that stands still nothing more is asked for: who asks later hears of all.
        if self.waiting.is_empty() {
            let written = changed().into_iter().filter_map(|it| written(it, now.wall, hiding));
            self.waiting = written.collect();
        }
        if !self.waiting.is_empty() {
            self.kept = Some(now.mono);
            self.hand_over();
        }
    }

    fn hand_over(&mut self) {
        let Some(to) = &self.to else { return };
        match to.try_send(std::mem::take(&mut self.waiting)) {
            Ok(()) => {}
            Err(TrySendError::Full(waiting) | TrySendError::Disconnected(waiting)) => {
                self.waiting = waiting;
            }
        }
    }
}

fn written(change: LegChange, wall: Timestamp, hiding: &mut Hiding) -> Option<Written> {
    let (leg, change) = match change {
        LegChange::Up(call, record) => {
            let leg = call.number();
            let value = postcard::to_stdvec(&Kept::of(&record, wall)).ok()?;
            let (day, sealed) = hiding.seal_leg(leg, &value);
            (leg, Change::Up { leg, day: day.0, sealed: sealed.as_bytes().to_vec() })
        }
        LegChange::Gone(call) => (call.number(), Change::Gone { leg: call.number() }),
    };
    let is_up = matches!(change, Change::Up { .. });
    Some(Written { leg, is_up, bytes: postcard::to_stdvec(&change).ok()? })
}

impl Drop for Legs {
    fn drop(&mut self) {
        if let Some(to) = self.to.take() {
            let _ = to.send(std::mem::take(&mut self.waiting));
        }
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so.
            let _ = thread.join();
        }
    }
}

/// The file as it is written.
struct Journal {
    path: PathBuf,
    /// None if the last attempt failed: it is made anew with the next change.
    file: Option<File>,
    up: BTreeMap<u64, Vec<u8>>,
    /// Bytes in the file that say nothing any more.
    stale: usize,
}

impl Journal {
    fn new(path: PathBuf) -> Journal {
        Journal { path, file: None, up: BTreeMap::new(), stale: 0 }
    }

    fn write_all(mut self, changes: &Receiver<Vec<Written>>) {
        // What the process before has left was read; a failure is tried again with the first change.
        let _ = self.write_anew();
        for changes in changes {
            let bytes = self.take(changes);
            if self.append(&bytes).is_err() {
                self.file = None;
            }
        }
    }

    /// Keeps what is up; returns what is to be appended.
    fn take(&mut self, changes: Vec<Written>) -> Vec<u8> {
        let mut all = Vec::new();
        for Written { leg, is_up, bytes } in changes {
            all.extend_from_slice(&bytes);
            if !is_up {
                self.stale += bytes.len();
            }
            let before = if is_up { self.up.insert(leg, bytes) } else { self.up.remove(&leg) };
            self.stale += before.map_or(0, |it| it.len());
        }
        all
    }

    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.file {
            Some(file) if self.stale <= STALE_MAX => file.write_all(bytes),
            Some(_) | None => self.write_anew(),
        }
    }

    /// Beside it first, so that a half-written one never stands in its place. Nothing here has to outlive the
    /// machine: after a loss of power no leg is up.
    fn write_anew(&mut self) -> io::Result<()> {
        let beside = self.path.with_extension("new");
        let mut file =
            OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&beside)?;
        file.write_all(&self.up.values().flatten().copied().collect::<Vec<u8>>())?;
        fs::rename(beside, &self.path)?;
        (self.file, self.stale) = (Some(file), 0);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(at: u64) -> LegRecord {
        let bytes = |text: &str| format!("{text}{at}").into_bytes();
        let boxed = |text: &str| Redacted::new(bytes(text).into_boxed_slice());
        let flow =
            |port| Flow::udp("192.0.2.1:5060".parse().unwrap(), ([192, 0, 2, 7], port).into());
        let id = DialogId {
            call_id: bytes("call").into(),
            local_tag: bytes("ours").into(),
            remote_tag: bytes("theirs").into(),
        };
        let raw = |text: &str| Some(Redacted::new(bytes(text)));
        LegRecord {
            contact: ContactId(at),
            party: PARTIES[at as usize % 3],
            call: SavedCall {
                dialog: Dialog {
                    id,
                    role: Role::UserAgentServer,
                    stage: Stage::Confirmed,
                    local_cseq: 7,
                    remote_cseq: Some(9),
                    local_uri: boxed("sip:we@"),
                    remote_uri: boxed("sip:they@"),
                    remote_target: boxed("sip:there@"),
                    route_set: vec![bytes("<sip:proxy>").into()],
                    secure: false,
                },
                flow: flow(5_061),
                way: Way::Routes,
                timer: Some(SavedTimer {
                    refresh_in: Some(Micros::from_secs(600)),
                    end_in: Micros::from_secs(1_200),
                }),
                refresh_by: Carrier::Update,
                proposal: Proposal { interval: 1_800, min_se: Some(90) },
                local_sdp: raw("v=0"),
                remote_sdp: raw("v=1"),
                our_cseq: 5,
                unacknowledged: Some(SavedAnswer {
                    invite_cseq: 9,
                    is_first: true,
                    give_up_in: Micros::from_secs(32),
                    with_offer: false,
                    flow: flow(5_062),
                    bytes: Redacted::new(bytes("SIP/2.0 200")),
                }),
                wanted: raw("v=2"),
                asked: vec![SavedRequest {
                    flow: flow(5_063),
                    bytes: Redacted::new(bytes("UPDATE")),
                }],
            },
            sound: Some(("192.0.2.1".parse().unwrap(), LocalPorts { rtp: 10_000, rtcp: 10_001 })),
        }
    }

    /// Sealed by nobody: what is sealed and how is tested where it is done.
    fn up(leg: u64, record: &LegRecord) -> Written {
        let sealed = postcard::to_stdvec(&Kept::of(record, Timestamp(0))).unwrap();
        let bytes = postcard::to_stdvec(&Change::Up { leg, day: 3, sealed }).unwrap();
        Written { leg, is_up: true, bytes }
    }

    fn gone(leg: u64) -> Written {
        let bytes = postcard::to_stdvec(&Change::Gone { leg }).unwrap();
        Written { leg, is_up: false, bytes }
    }

    fn read(folder: &Path, wall: Timestamp) -> Vec<LegRecord> {
        load(folder, wall, |day, _, sealed| (day == Day(3)).then(|| sealed.as_bytes().to_vec()))
    }

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("legs-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn legs_that_are_up_come_back_as_they_were_with_their_timers_gone_on() {
        let folder = folder("back");
        assert_eq!(read(&folder, Timestamp(0)), []);
        let legs = Legs::start(&folder).unwrap();
        let to = legs.to.clone().unwrap();
        to.send(vec![up(1, &record(1)), up(2, &record(2)), up(3, &record(3))]).unwrap();
        to.send(vec![gone(2), up(3, &record(4))]).unwrap();
        drop((to, legs));
        let all = read(&folder, Timestamp(0));
        assert!(all == [record(1), record(4)], "each field is kept");
        let later = read(&folder, Timestamp::from_secs(700));
        let timer = later[0].call.timer.unwrap();
        assert_eq!(timer.refresh_in, Some(Micros::ZERO));
        assert_eq!(timer.end_in, Micros::from_secs(500));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_torn_costs_one_leg_alone_and_what_is_no_file_nothing() {
        let folder = folder("torn");
        let path = folder.join(FILE);
        let all = [up(1, &record(1)).bytes, up(2, &record(2)).bytes].concat();
        let first = up(1, &record(1)).bytes.len();
        for length in 0..=all.len() {
            fs::write(&path, &all[..length]).unwrap();
            let whole = usize::from(length >= first) + usize::from(length == all.len());
            assert_eq!(read(&folder, Timestamp(0)).len(), whole, "{length} bytes");
        }
        fs::write(&path, "no file of ours".repeat(100)).unwrap();
        assert_eq!(read(&folder, Timestamp(0)), []);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_file_is_written_anew_before_it_grows_beyond_its_bound() {
        let folder = folder("anew");
        let mut journal = Journal::new(folder.join(FILE));
        journal.write_anew().unwrap();
        let (mut longest, one) = (0, up(1, &record(1)).bytes.len());
        for round in 0..=(2 * STALE_MAX / one) as u64 {
            let bytes = journal.take(vec![up(1, &record(round))]);
            journal.append(&bytes).unwrap();
            longest = longest.max(fs::metadata(&journal.path).unwrap().len());
        }
        assert!(longest as usize <= STALE_MAX + 2 * one, "{longest} bytes");
        assert_eq!(read(&folder, Timestamp(0)).len(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
