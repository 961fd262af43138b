// SPDX-License-Identifier: EUPL-1.2
//! What relayed calls and hold music cost: processor time of this process, added delay.
//!
//! ```text
//!  media-bench [SECONDS]                      the rows of the table, and the kernel alone
//!  media-bench relay|secure|conference|direct|music|floor LEGS SECONDS [THREADS [busy]]
//!  media-bench setup CALLS [RATE]             opening, joining and closing the two legs of a call
//! ```
//!
//! Senders and receivers run in a process of their own, which is this program again. `direct` sends
//! past the relay: its delay is that of the kernel and the measuring, to be taken off the others.
//! `floor` is what the kernel alone takes for as many packets, read and written by one thread that
//! wakes 2,000 times a second by its timer and does nothing else. With `busy` the load never sleeps:
//! then waking it is not part of what this process pays, as if it were on another machine.
//! `secure` is `relay` with both legs protected by SRTP: each packet is checked, decrypted and encrypted anew.
//! `conference` mixes three legs each. What was decoded has no stamp, so one of the three says nothing but, once a
//! second, 20 ms of noise, and what is measured is how long it takes to the others.
//! The last line of a run is `result` and `key=value`, for whoever reads it by program.
//! The rule to keep: it prints and judges nothing; the goals stand in the table of figures.
#![forbid(unsafe_code)]

use mio::net::UdpSocket;
use mio::{Events, Interest, Poll, Token};
use rtp::g711::ALAW_TO_LINEAR;
use rtp::limits::SRTP_EXTRA_MAX;
use rtp::srtp::{MASTER_BYTES, Receiver, Sender, Suite};
use rtp::{Header, Outgoing};
use std::error::Error;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use stdx::Redacted;
use telephony::clip::{Clip, ClipCodec, FRAME_BYTES};
use telephony::media::{
    Clips, Clock, Config, Drawn, Event, LegId, Media, Opening, PayloadMap, PlayId, Refused, Remote,
    Repeat, Srtp, SrtpKey,
};

type Outcome<T> = Result<T, Box<dyn Error>>;

const LOOPBACK: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Between two packets of one stream.
const FRAME_NANOS: u64 = 20_000_000;

/// Bytes of a packet: header and 20 ms of sound.
const PACKET: usize = 12 + FRAME_BYTES;

/// How long the thread of `floor` sleeps; with what a timer adds, half a millisecond passes.
const REST: Duration = Duration::from_micros(380);

/// Calls that are up at once while calls are set up.
const CALLS_UP: u64 = 200;

/// Before measuring begins: both sides have latched and the caches are warm.
const WARM_UP_NANOS: u64 = 1_000_000_000;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Task {
    /// Pairs of legs, 50 packets a second each way.
    Relay,
    /// The same with both legs of each pair protected by SRTP.
    Secure,
    /// Three legs each, mixed.
    Conference,
    /// The same packets from socket to socket.
    Direct,
    /// Legs that only listen.
    Music,
    /// System calls without a relay.
    Floor,
}

#[derive(Clone, Copy, Debug)]
struct Load {
    task: Task,
    legs: usize,
    seconds: u64,
    threads: usize,
    /// Whether the load's process never sleeps.
    busy: bool,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["load", task, legs, seconds, rest @ ..] => {
            generate(&load(task, legs, seconds, "1", *rest == ["busy"])?)
        }
        ["setup", calls] => measure_setup(calls.parse()?, None),
        ["setup", calls, rate] => measure_setup(calls.parse()?, Some(rate.parse()?)),
        [task, legs, seconds] => measure(&load(task, legs, seconds, "1", false)?),
        [task, legs, seconds, threads] => measure(&load(task, legs, seconds, threads, false)?),
        [task, legs, seconds, threads, "busy"] => {
            measure(&load(task, legs, seconds, threads, true)?)
        }
        [] => measure_all("10"),
        [seconds] => measure_all(seconds),
        [_, ..] => Err("see the first lines of this program".into()),
    }
}

fn load(task: &str, legs: &str, seconds: &str, threads: &str, busy: bool) -> Outcome<Load> {
    let task = match task {
        "relay" => Task::Relay,
        "secure" => Task::Secure,
        "conference" => Task::Conference,
        "direct" => Task::Direct,
        "music" => Task::Music,
        "floor" => Task::Floor,
        other => return Err(format!("{other} is nothing that can be measured").into()),
    };
    let (legs, seconds, threads) = (legs.parse()?, seconds.parse()?, threads.parse()?);
    Ok(Load { task, legs, seconds, threads, busy })
}

fn measure_all(seconds: &str) -> Outcome<()> {
    for (task, legs) in [
        ("floor", "200"),
        ("direct", "200"),
        ("relay", "200"),
        ("direct", "600"),
        ("relay", "600"),
        ("secure", "200"),
        ("secure", "600"),
        ("conference", "99"),
        ("music", "100"),
    ] {
        for busy in [false, true] {
            measure(&load(task, legs, seconds, "1", busy)?)?;
        }
    }
    Ok(())
}

// ---- the process that is measured ----

/// The load's process and the way to talk to it.
struct Far {
    child: Child,
    to: ChildStdin,
    from: Lines<BufReader<ChildStdout>>,
}

impl Far {
    fn start(load: &Load) -> Outcome<Far> {
        let task = format!("{:?}", load.task).to_lowercase();
        let busy = if load.busy { "busy" } else { "waits" };
        let mut child = Command::new(std::env::current_exe()?)
            .args(["load", &task, &load.legs.to_string(), &load.seconds.to_string(), busy])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = child.stdin.take().ok_or("no way to the load")?;
        let from = BufReader::new(child.stdout.take().ok_or("no way from the load")?).lines();
        Ok(Far { child, to, from })
    }

    fn line(&mut self) -> Outcome<String> {
        Ok(self.from.next().ok_or("the load ended early")??)
    }
}

fn measure(load: &Load) -> Outcome<()> {
    if load.task == Task::Floor {
        return measure_floor(load);
    }
    let mut far = Far::start(load)?;
    let mut theirs = Vec::new();
    for _ in 0..load.legs {
        theirs.push(far.line()?.parse::<u16>()?);
    }
    let (mut media, events) =
        Media::start(&Config { threads: load.threads, ports: 20_000..=39_999 }, || {})?;
    let targets = match load.task {
        Task::Direct | Task::Floor => {
            theirs.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect()
        }
        Task::Relay | Task::Secure | Task::Conference | Task::Music => {
            open_all(&mut media, &theirs, load.task == Task::Secure)?
        }
    };
    match load.task {
        Task::Relay | Task::Secure => join_all(&mut media, load.legs)?,
        Task::Conference => mix_all(&mut media, load.legs)?,
        Task::Music => play_to_all(&media, load.legs)?,
        Task::Direct | Task::Floor => {}
    }
    for port in targets {
        writeln!(far.to, "{port}")?;
    }
    far.to.flush()?;
    far.line()?;
    let clock = Clock::start();
    let before = Used::now()?;
    far.line()?;
    let (used, wall) = (Used::now()?.since(&before), clock.nanos());
    let (told, figures) = (far.line()?, far.line()?);
    far.child.wait()?;
    print(load, &used, wall, &told);
    println!("    {:?}, events {}", media.counts(), events.try_iter().count());
    let percent = used.nanos as f64 / wall as f64 * 100.0;
    let of_100 = percent * 100.0 / calls(load) as f64;
    println!("result cpu_percent={percent:.3} cpu_percent_of_100={of_100:.3} {figures}");
    Ok(())
}

/// Sends to itself as many packets as the relay would pass on, with the same rests.
fn measure_floor(load: &Load) -> Outcome<()> {
    let bind = |_| std::net::UdpSocket::bind(SocketAddr::new(LOOPBACK, 0));
    let from: Vec<_> = (0..load.legs).map(bind).collect::<io::Result<_>>()?;
    let to: Vec<_> = (0..load.legs).map(bind).collect::<io::Result<_>>()?;
    let addresses: Vec<_> = to.iter().map(|it| it.local_addr()).collect::<io::Result<_>>()?;
    let (clock, before, mut number) = (Clock::start(), Used::now()?, 0_u64);
    let (packet, mut buffer) = ([0; PACKET], [0; 1_500]);
    while clock.nanos() < load.seconds * 1_000_000_000 {
        std::thread::park_timeout(REST);
        let due = clock.nanos() * load.legs as u64 / FRAME_NANOS;
        while number < due {
            let place = (number % load.legs as u64) as usize;
            from[place].send_to(&packet, addresses[place])?;
            to[place].recv_from(&mut buffer)?;
            number += 1;
        }
    }
    print(load, &Used::now()?.since(&before), clock.nanos(), "one send and one receive a packet");
    Ok(())
}

/// Calls begin one after the other, so many a second or as fast as the media thread takes them.
fn measure_setup(calls: u64, rate: Option<u64>) -> Outcome<()> {
    let (mut media, events) = Media::start(&Config { threads: 1, ports: 20_000..=39_999 }, || {})?;
    // Nobody has this port open for us: what is sent there is dropped.
    let nobody = UdpSocket::bind(SocketAddr::new(LOOPBACK, 0))?;
    let port = nobody.local_addr()?.port();
    let (clock, before, mut closed) = (Clock::start(), Used::now()?, 0);
    for call in 0..calls + CALLS_UP {
        if let Some(rate) = rate {
            wait_until(clock, call * 1_000_000_000 / rate);
        }
        if call < calls {
            let [a, b] = [call * 2, call * 2 + 1];
            for leg in [a, b] {
                patiently(|| media.open(LegId(leg), &opening(leg, port)).map(|_| ()))?;
            }
            patiently(|| media.join(LegId(a), LegId(b)))?;
        }
        if let Some(ended) = call.checked_sub(CALLS_UP) {
            for leg in [ended * 2, ended * 2 + 1] {
                patiently(|| media.close(LegId(leg)))?;
            }
        }
        closed += events.try_iter().filter(is_closed).count() as u64;
    }
    while closed < calls * 2 {
        closed += u64::from(is_closed(&events.recv()?));
    }
    let (used, wall) = (Used::now()?.since(&before), clock.nanos());
    println!(
        "Setup of {calls}: {:.1} µs of processor time a call, {:.0} calls/s, {:?}",
        used.nanos as f64 / 1e3 / calls as f64,
        calls as f64 * 1e9 / wall as f64,
        media.counts(),
    );
    Ok(())
}

fn wait_until(clock: Clock, due: u64) {
    while let Some(wait @ 1..) = due.checked_sub(clock.nanos()) {
        std::thread::park_timeout(Duration::from_nanos(wait));
    }
}

const fn is_closed(event: &Event) -> bool {
    matches!(event, Event::Closed { .. })
}

/// Again while the thread is behind.
fn patiently(mut order: impl FnMut() -> Result<(), Refused>) -> Result<(), Refused> {
    loop {
        match order() {
            Err(Refused::Busy) => std::thread::yield_now(),
            done => return done,
        }
    }
}

/// A leg whose peer is at this port; two with consecutive numbers belong together.
fn opening(number: u64, port: u16) -> Opening {
    let map = PayloadMap { sound: 8, event: Some(101) };
    let remote = Remote {
        address: SocketAddr::new(LOOPBACK, port),
        rtcp: None,
        mux: false,
        codec: ClipCodec::Pcma,
        incoming: map,
        outgoing: map,
        we_send: true,
        we_receive: true,
        srtp: None,
        other_address: None,
        silent_after: None,
    };
    let drawn = Drawn { ssrc: number as u32, sequence: 1, timestamp: 1, seed: number };
    let beside = number.checked_sub(1).filter(|_| number % 2 == 1).map(LegId);
    Opening { local: LOOPBACK, remote, drawn, beside }
}

/// The keys of one leg: every leg has its own, and both sides know them by its number.
fn keys(number: u64) -> Srtp {
    let key = |side: u8| {
        let mut master = [side; MASTER_BYTES];
        master[..8].copy_from_slice(&number.to_be_bytes());
        SrtpKey { suite: Suite::Tag80, master: Redacted::new(master), mki: None }
    };
    Srtp { send: key(1), receive: key(2) }
}

fn open_all(media: &mut Media, theirs: &[u16], secure: bool) -> Outcome<Vec<u16>> {
    let mut ours = Vec::new();
    for (number, port) in (0..).zip(theirs) {
        let mut opening = opening(number, *port);
        opening.remote.srtp = secure.then(|| keys(number));
        ours.push(media.open(LegId(number), &opening)?.rtp);
    }
    Ok(ours)
}

fn join_all(media: &mut Media, legs: usize) -> Outcome<()> {
    for number in (0..legs as u64).step_by(2) {
        media.join(LegId(number), LegId(number + 1))?;
    }
    Ok(())
}

fn mix_all(media: &mut Media, legs: usize) -> Outcome<()> {
    for number in (0..legs as u64 / 3 * 3).step_by(3) {
        media.mix(LegId(number), LegId(number + 1), Some(LegId(number + 2)))?;
    }
    Ok(())
}

fn play_to_all(media: &Media, legs: usize) -> Outcome<()> {
    // Ten seconds of silence cost what music costs.
    let music = Clips { pcma: Clip::new(vec![0xd5; FRAME_BYTES * 500]), ..Clips::default() };
    for number in 0..legs as u64 {
        media.play(LegId(number), PlayId(number), &music, Repeat::Forever)?;
    }
    Ok(())
}

/// Processor time of this process in nanoseconds, and how often one of its threads was given a
/// processor.
#[derive(Clone, Copy, Debug, Default)]
struct Used {
    nanos: u64,
    slices: u64,
}

impl Used {
    fn now() -> Outcome<Used> {
        let mut used = Used::default();
        for task in std::fs::read_dir("/proc/self/task")? {
            let text = std::fs::read_to_string(task?.path().join("schedstat"))?;
            let mut fields = text.split_whitespace();
            let mut next = || fields.next().unwrap_or("0").parse::<u64>();
            used.nanos += next()?;
            next()?;
            used.slices += next()?;
        }
        Ok(used)
    }

    const fn since(&self, before: &Used) -> Used {
        Used { nanos: self.nanos - before.nanos, slices: self.slices - before.slices }
    }
}

/// How many calls, conferences or listeners the legs make.
const fn calls(load: &Load) -> usize {
    match load.task {
        Task::Relay | Task::Secure | Task::Direct | Task::Floor => load.legs / 2,
        Task::Conference => load.legs / 3,
        Task::Music => load.legs,
    }
}

fn print(load: &Load, used: &Used, wall: u64, told: &str) {
    let seconds = wall as f64 / 1e9;
    let percent = used.nanos as f64 / wall as f64 * 100.0;
    let calls = calls(load);
    println!(
        "{:?} of {calls} ({}): {percent:.2} % of a core, {:.2} % for 100, {:.0} wake-ups/s, {} thread(s), {seconds:.1} s\n    {told}",
        load.task,
        if load.busy { "busy load" } else { "load waits" },
        percent * 100.0 / calls as f64,
        used.slices as f64 / seconds,
        load.threads,
    );
}

// ---- the process that makes the load ----

fn generate(load: &Load) -> Outcome<()> {
    let Load { legs, seconds, busy, .. } = *load;
    let sockets: Vec<std::net::UdpSocket> = (0..legs)
        .map(|_| std::net::UdpSocket::bind(SocketAddr::new(LOOPBACK, 0)))
        .collect::<io::Result<_>>()?;
    for socket in &sockets {
        socket.set_nonblocking(true)?;
        println!("{}", socket.local_addr()?.port());
    }
    let mut targets = Vec::new();
    for line in io::stdin().lines().take(legs) {
        targets.push(SocketAddr::new(LOOPBACK, line?.parse()?));
    }
    let clock = Clock::start();
    let end = WARM_UP_NANOS + seconds * 1_000_000_000;
    let received = sockets.iter().map(std::net::UdpSocket::try_clone).collect::<io::Result<_>>()?;
    let sent = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&sent);
    let task = load.task;
    let noises: Noises = (0..legs).map(|_| AtomicU64::new(0)).collect();
    let is_secure = load.task == Task::Secure;
    let protect = |number: u64| {
        let key = keys(number).receive;
        is_secure.then(|| Sender::new(key.suite, &key.master))
    };
    let open = |number: u64| {
        let key = keys(number).send;
        is_secure.then(|| Receiver::new(key.suite, &key.master, None))
    };
    let receivers: Vec<_> = (0..legs as u64).map(open).collect();
    let sending = Sending {
        clock,
        senders: (0..legs as u64).map(protect).collect(),
        sockets,
        targets,
        end: if task == Task::Music { 0 } else { end },
        noises: (task == Task::Conference).then(|| Arc::clone(&noises)),
        counted,
        number: 0,
    };
    let (mut here, there) = if busy { (Some(sending), None) } else { (None, Some(sending)) };
    let sender = std::thread::spawn(move || there.map(Sending::run));
    let heard = Heard { task, before: vec![0; legs], noises };
    let mut delays = receive_all(clock, (received, receivers), end, heard, here.as_mut())?;
    sender.join().map_err(|_| "the sender failed")?;
    println!("{}", summary(&mut delays, sent.load(Ordering::Relaxed), task));
    Ok(())
}

/// Streams begin one after the other, so that packets are spread evenly over the 20 ms.
struct Sending {
    clock: Clock,
    sockets: Vec<std::net::UdpSocket>,
    targets: Vec<SocketAddr>,
    /// What protects each stream, if it is protected.
    senders: Vec<Option<Sender>>,
    end: u64,
    counted: Arc<AtomicU64>,
    /// Of a conference, when each leg last said something.
    noises: Option<Noises>,
    number: u64,
}

/// A time for each leg, in nanoseconds.
type Noises = Arc<[AtomicU64]>;

/// Who of three says something, and in which of how many packets.
const SPEAKS: usize = 0;
const NOISE_EVERY: u64 = 50;

/// A-law that is loud.
const LOUD: [u8; 2] = [0x2a, 0xaa];

impl Sending {
    /// When the next packet is due; none behind the end.
    fn due(&self) -> Option<u64> {
        let due = self.number * FRAME_NANOS / self.sockets.len() as u64;
        (due < self.end).then_some(due)
    }

    /// Sends what is due.
    fn step(&mut self) {
        while let Some(due) = self.due().filter(|&it| it <= self.clock.nanos()) {
            let streams = self.sockets.len() as u64;
            let (stream, round) = ((self.number % streams) as usize, self.number / streams);
            let payload = self.payload(stream, round);
            let (mut packet, mut length) = (packet(&payload, round, stream as u32), PACKET);
            if let Some(sender) = &mut self.senders[stream] {
                length = sender.protect_rtp(&mut packet, PACKET).unwrap_or(PACKET);
            }
            let done = self.sockets[stream].send_to(&packet[..length], self.targets[stream]);
            if done.is_ok() && due >= WARM_UP_NANOS {
                self.counted.fetch_add(1, Ordering::Relaxed);
            }
            self.number += 1;
        }
    }

    /// 20 ms of sound whose first bytes say when it left; in a conference silence, or noise.
    fn payload(&self, stream: usize, round: u64) -> [u8; FRAME_BYTES] {
        let mut payload = [0xd5; FRAME_BYTES];
        let now = self.clock.nanos();
        match &self.noises {
            None => payload[..8].copy_from_slice(&now.to_be_bytes()),
            Some(noises) if stream % 3 == SPEAKS && round.is_multiple_of(NOISE_EVERY) => {
                noises[stream].store(now, Ordering::Relaxed);
                payload.chunks_exact_mut(2).for_each(|pair| pair.copy_from_slice(&LOUD));
            }
            Some(_) => {}
        }
        payload
    }

    fn run(mut self) {
        while let Some(due) = self.due() {
            match due.checked_sub(self.clock.nanos()) {
                None | Some(0) => self.step(),
                Some(wait) => std::thread::park_timeout(Duration::from_nanos(wait)),
            }
        }
    }
}

fn packet(payload: &[u8], round: u64, ssrc: u32) -> [u8; PACKET + SRTP_EXTRA_MAX] {
    let header = Header {
        marker: false,
        payload_type: 8,
        sequence: round as u16,
        timestamp: (round * 160) as u32,
        ssrc,
    };
    let mut packet = [0; PACKET + SRTP_EXTRA_MAX];
    // The sizes fit by construction.
    let _ = Outgoing::new(header, payload).write(&mut packet);
    packet
}

/// What a packet that came says of when it left.
struct Heard {
    task: Task,
    /// Of music, when the packet before came; of a conference, which noise was heard last.
    before: Vec<u64>,
    noises: Noises,
}

impl Heard {
    /// From when on its delay counts; none if it says nothing of that.
    fn left(&mut self, number: usize, now: u64, packet: &[u8]) -> Option<u64> {
        match self.task {
            Task::Music => Some(std::mem::replace(&mut self.before[number], now)),
            Task::Conference => {
                let loud = |&byte: &u8| ALAW_TO_LINEAR[usize::from(byte)].unsigned_abs() > 1_000;
                let noise = self.noises[number / 3 * 3 + SPEAKS].load(Ordering::Relaxed);
                let is_new = number % 3 != SPEAKS && self.before[number] != noise;
                let is_heard = is_new && packet.get(12..).is_some_and(|it| it.iter().any(loud));
                is_heard.then(|| {
                    self.before[number] = noise;
                    noise
                })
            }
            Task::Relay | Task::Secure | Task::Direct | Task::Floor => Some(stamp(packet)),
        }
    }
}

/// Delays of packets that left after the warm-up, in nanoseconds; for music, the distance of each
/// packet from the one before it; for a conference, of each noise.
fn receive_all(
    clock: Clock,
    (sockets, mut receivers): (Vec<std::net::UdpSocket>, Vec<Option<Receiver>>),
    end: u64,
    mut heard: Heard,
    mut sending: Option<&mut Sending>,
) -> io::Result<Vec<u64>> {
    let mut poll = Poll::new()?;
    let mut sockets: Vec<UdpSocket> = sockets.into_iter().map(UdpSocket::from_std).collect();
    for (number, socket) in sockets.iter_mut().enumerate() {
        poll.registry().register(socket, Token(number), Interest::READABLE)?;
    }
    let mut delays = Vec::with_capacity((end / FRAME_NANOS + 50) as usize * sockets.len());
    let mut events = Events::with_capacity(1_024);
    let (mut buffer, mut told, mut ended) = ([0; 1_500], false, false);
    // Half a second more for what is still under way.
    while clock.nanos() < end + 500_000_000 {
        let wait = if sending.is_some() { 0 } else { 100 };
        poll.poll(&mut events, Some(Duration::from_millis(wait)))?;
        if let Some(sending) = &mut sending {
            sending.step();
        }
        if !told && clock.nanos() >= WARM_UP_NANOS {
            println!("go");
            told = true;
        } else if told && !ended && clock.nanos() >= end {
            println!("end");
            ended = true;
        }
        for event in &events {
            let Token(number) = event.token();
            while let Ok(length) = sockets[number].recv(&mut buffer) {
                let now = clock.nanos();
                if let Some(receiver) = &mut receivers[number] {
                    // One that does not open has no stamp, and is not counted.
                    let _ = receiver.unprotect_rtp(&mut buffer[..length]);
                }
                let left = heard.left(number, now, &buffer[..length]);
                let counts = left.filter(|it| (WARM_UP_NANOS..end).contains(it));
                delays.extend(counts.map(|left| now - left));
            }
        }
    }
    Ok(delays)
}

fn stamp(packet: &[u8]) -> u64 {
    packet.get(12..20).and_then(|it| it.try_into().ok()).map_or(0, u64::from_be_bytes)
}

fn summary(delays: &mut [u64], sent: u64, task: Task) -> String {
    delays.sort_unstable();
    let at = |share: f64| {
        let place = (delays.len() as f64 * share) as usize;
        delays.get(place.min(delays.len().saturating_sub(1))).map_or(0.0, |&it| it as f64 / 1e6)
    };
    let what = match task {
        Task::Music => "packet spacing",
        Task::Conference => "delay of a noise",
        Task::Relay | Task::Secure | Task::Direct | Task::Floor => "delay",
    };
    format!(
        "{what} ms: median {:.3}, p1 {:.3}, p99 {:.3}, most {:.3}; sent {sent}, received {}",
        at(0.5),
        at(0.01),
        at(0.99),
        at(1.0),
        delays.len()
    ) + &format!("\ndelay_median_ms={:.3} delay_p99_ms={:.3}", at(0.5), at(0.99))
}
