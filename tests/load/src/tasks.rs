// SPDX-License-Identifier: EUPL-1.2
//! What can be measured; every task prints one line of `key=value`.

use crate::compose::Names;
use crate::day::{Counts, Scene, Seats};
use crate::ng::Control;
use crate::options::Options;
use crate::player::{PLACES, Plan, Player, here};
use crate::sound::{self, Ends, Heard, Sound};
use load::bare::Bare;
use load::clock::{Clock, MILLISECOND, SECOND};
use load::process::Family;
use load::stats::Spread;

type Outcome = Result<(), String>;

/// How fast calls go up and down where that is not what is measured.
const GENTLY: f64 = 100.0;

/// Calls before measuring begins: caches and memory are warm then.
const WARM_UP_CALLS: u64 = 50;

/// For what a call leaves behind: the server is at rest when memory is read.
const REST: u64 = SECOND;

/// Lines about memory in a soak.
const SAMPLES: u64 = 20;

/// Runs a task.
pub(crate) fn run(task: &str, options: &Options) -> Outcome {
    match task {
        "rate" => rate(options),
        "hold" => hold(options),
        "relay" => with_calls(options, Sound::Talk),
        "direct" => direct(options),
        "ng" => ng(options),
        "music" => with_calls(options, Sound::Music),
        "hum" => with_calls(options, Sound::MusicAndSpeech),
        "soak" => soak(options),
        "day" => day(options),
        "bare" => bare(options),
        other => Err(format!("there is no task {other}")),
    }
}

fn player(options: &Options, sound: Option<u16>) -> Result<Player, String> {
    let names = Names {
        run: std::process::id(),
        trunk: here(options.trunk),
        server: here(options.to),
        number: options.number.clone(),
    };
    let phones: Vec<_> = (0..options.spread).map(|nth| here(options.phones + nth)).collect();
    Player::open(Clock::start(), names, &phones, sound)
}

fn server(options: &Options) -> Result<Family, String> {
    Family::of(options.pid.ok_or("--pid is missing")?)
}

/// Processor time of the server; none if there is none, as between our own two ends.
fn cpu_so_far(server: Option<&Family>) -> Result<u64, String> {
    server.map_or(Ok(0), Family::cpu_nanos)
}

// ---- calls ----

fn rate(options: &Options) -> Outcome {
    let server = options.pid.map(Family::of).transpose()?;
    let mut player = player(options, None)?;
    let per_second = options.rate as f64;
    let talk = Some(options.talk_ms * MILLISECOND);
    let warm = Plan { calls: WARM_UP_CALLS, per_second: per_second.min(GENTLY), talk };
    player.place(&warm, |_| {});
    player.forget();
    let (clock, before) = (Clock::start(), cpu_so_far(server.as_ref())?);
    let plan = Plan { calls: options.rate * options.seconds, per_second, talk };
    player.place(&plan, |_| {});
    let wall = clock.nanos();
    // What the server still has to do for these calls: its transactions live on for half a minute.
    player.linger(options.drain * SECOND);
    let cpu = cpu_so_far(server.as_ref())? - before;
    println!("result {} {}", told(&mut player, wall, options.talk_ms), cpu_of(cpu, &plan, wall));
    Ok(())
}

fn cpu_of(cpu: u64, plan: &Plan, wall: u64) -> String {
    let per_call = cpu as f64 / plan.calls as f64 / MILLISECOND as f64;
    let share = cpu as f64 / wall as f64 * 100.0;
    format!("cpu_ms_per_call={per_call:.4} cpu_percent={share:.2}")
}

/// What the callers and telephones saw.
fn told(player: &mut Player, wall: u64, talk_ms: u64) -> String {
    let Spread { median, p99, most } = Spread::of(&mut player.delays);
    let counts = &player.counts;
    let seconds = (wall as f64 / SECOND as f64 - talk_ms as f64 / 1_000.0).max(0.001);
    let refusals: Vec<String> =
        counts.refusals.iter().map(|(code, times)| format!("{code}:{times}")).collect();
    format!(
        "begun={} over={} failed={} timeouts={} unexpected={} refusals={} repeats_out={} \
         repeats_in={} messages={} per_second={:.1} invite_median_ms={median:.3} \
         invite_p99_ms={p99:.3} invite_most_ms={most:.3}",
        counts.begun,
        counts.over,
        counts.failed,
        counts.timeouts,
        counts.unexpected,
        if refusals.is_empty() { "none".to_owned() } else { refusals.join(",") },
        counts.repeats_out,
        counts.repeats_in,
        counts.messages,
        counts.begun as f64 / seconds,
    )
}

fn up(player: &mut Player, calls: u64) -> Outcome {
    player.place(&Plan { calls, per_second: GENTLY * 2.0, talk: None }, |_| {});
    let counts = &player.counts;
    if counts.failed + counts.unexpected > 0 {
        return Err(format!("calls did not come up: {counts:?}"));
    }
    Ok(())
}

fn hold(options: &Options) -> Outcome {
    let server = server(options)?;
    let mut player = player(options, None)?;
    if options.calls * 2 > PLACES as u64 {
        return Err(format!("at most {} calls", PLACES / 2));
    }
    let idle = server.resident_kib()?;
    let mut sizes = Vec::new();
    for _ in 0..2 {
        up(&mut player, options.calls)?;
        player.linger(REST);
        sizes.push(server.resident_kib()?);
    }
    player.hang_up_all(GENTLY * 3.0);
    player.linger(options.drain.max(1) * SECOND);
    let per_call = (sizes[1] as f64 - sizes[0] as f64) / options.calls as f64;
    println!(
        "result idle_kib={idle} first_kib={} second_kib={} after_kib={} kib_per_call={per_call:.2}",
        sizes[0],
        sizes[1],
        server.resident_kib()?
    );
    Ok(())
}

fn soak(options: &Options) -> Outcome {
    let server = server(options)?;
    let mut player = player(options, None)?;
    let talk = Some(options.talk_ms * MILLISECOND);
    let every = (options.calls / SAMPLES).max(1);
    let (clock, mut next, mut samples) = (Clock::start(), every, Vec::new());
    let plan = Plan { calls: options.calls, per_second: options.rate as f64, talk };
    player.place(&plan, |player| {
        if player.counts.gone >= next {
            let kib = server.resident_kib().unwrap_or(0);
            let counts = &player.counts;
            println!("calls={} rss_kib={kib} failed={}", counts.gone, counts.failed);
            samples.push(kib);
            next += every;
        }
    });
    let wall = clock.nanos();
    player.linger(options.drain * SECOND);
    let quarter = samples.get(samples.len() / 4).copied().unwrap_or(0);
    let last = samples.last().copied().unwrap_or(0);
    println!(
        "result {} quarter_kib={quarter} last_kib={last} after_kib={}",
        told(&mut player, wall, options.talk_ms),
        server.resident_kib()?
    );
    Ok(())
}

/// Agents of the day's bench.
const AGENTS: u64 = 60;

/// How often memory is looked at in a day.
const LOOKS: u64 = 20;

fn day(options: &Options) -> Outcome {
    let server = server(options)?;
    let seats = Seats {
        server: options.to,
        callers: options.trunk,
        outside: options.outside,
        phones: options.phones,
        spread: options.spread,
        agents: AGENTS,
    };
    let mut scene = Scene::open(seats, std::process::id(), options.seed)?;
    let all = options.rate * options.seconds;
    let mut samples = Vec::new();
    scene.play(options.rate, options.seconds, |scene, nth| {
        if nth % (all / LOOKS).max(1) == 0 {
            let kib = server.resident_kib().unwrap_or(0);
            println!("calls={nth} rss_kib={kib} {}", counted(&scene.counts));
            samples.push(kib);
        }
    });
    let quarter = samples.get(samples.len() / 4).copied().unwrap_or(0);
    let after = server.resident_kib()?;
    println!(
        "result seed={} {} quarter_kib={quarter} after_kib={after}",
        options.seed,
        counted(&scene.counts)
    );
    Ok(())
}

fn counted(counts: &Counts) -> String {
    counts.iter().map(|(name, count)| format!("{name}={count}")).collect::<Vec<_>>().join(" ")
}

// ---- the disk ----

/// As often as calls come, because a disk that was left alone takes longer.
fn bare(options: &Options) -> Outcome {
    let mut bare = Bare::open(&options.data)?;
    let clock = Clock::start();
    for nth in 0..options.rate * options.seconds {
        clock.rest_until(nth * SECOND / options.rate);
        bare.write()?;
    }
    let Spread { median, p99, most } = Spread::of(&mut bare.nanos);
    println!("result bare_median_ms={median:.3} bare_p99_ms={p99:.3} bare_most_ms={most:.3}");
    Ok(())
}

// ---- sound ----

/// Takes the processor time between two calls of it.
fn between(family: Option<&Family>) -> impl FnMut() -> u64 {
    let mut before = 0;
    move || {
        // A server that has ended meanwhile has failed its calls as well.
        let now = family.and_then(|it| it.cpu_nanos().ok()).unwrap_or(0);
        now - std::mem::replace(&mut before, now)
    }
}

fn calls_with_sound(options: &Options) -> Result<u16, String> {
    u16::try_from(options.calls)
        .ok()
        .filter(|calls| *calls <= sound::CALLS_MAX)
        .ok_or_else(|| format!("at most {} calls", sound::CALLS_MAX))
}

/// Sends and listens, and prints what it took.
fn listen(
    options: &Options,
    family: Option<&Family>,
    ends: &Ends,
    paths: &[(u16, u16)],
    sound: Sound,
) -> Result<String, String> {
    let (mut take, mut cpu) = (between(family), 0);
    let nanos = options.seconds * SECOND;
    let heard = sound::run(ends, paths, sound, nanos, &mut || cpu = take())?;
    Ok(sound_line(options, heard, cpu))
}

fn sound_line(options: &Options, mut heard: Heard, cpu: u64) -> String {
    let Spread { median, p99, most } = Spread::of(&mut heard.delays);
    let percent = cpu as f64 / (options.seconds * SECOND) as f64 * 100.0;
    format!(
        "result calls={} cpu_percent={percent:.2} cpu_percent_of_100={:.2} sent={} received={} \
         delay_median_ms={median:.3} delay_p99_ms={p99:.3} delay_most_ms={most:.3}",
        options.calls,
        percent * 100.0 / options.calls as f64,
        heard.sent,
        heard.received,
    )
}

fn with_calls(options: &Options, sound: Sound) -> Outcome {
    let server = server(options)?;
    let ends = Ends::bind(calls_with_sound(options)?)?;
    let mut player = player(options, Some(ends.first))?;
    up(&mut player, options.calls)?;
    let line = listen(options, Some(&server), &ends, &player.sound_paths(), sound)?;
    player.hang_up_all(GENTLY * 2.0);
    println!("{line}");
    Ok(())
}

fn direct(options: &Options) -> Outcome {
    let calls = calls_with_sound(options)?;
    let ends = Ends::bind(calls)?;
    let paths: Vec<_> =
        (0..calls).map(|call| ends.of(call)).flat_map(|(a, b)| [(a, b), (b, a)]).collect();
    println!("{}", listen(options, None, &ends, &paths, Sound::Talk)?);
    Ok(())
}

fn ng(options: &Options) -> Outcome {
    let calls = calls_with_sound(options)?;
    let family = server(options)?;
    let ends = Ends::bind(calls)?;
    let mut control = Control::connect(here(options.to))?;
    let mut paths = Vec::new();
    for call in 0..calls {
        let (a, b) = ends.of(call);
        let (to_a, to_b) = control.relay(call, a, b)?;
        // `to_a` is the port that the answer names to the caller: where the caller sends.
        paths.extend([(a, to_a), (b, to_b)]);
    }
    println!("{}", listen(options, Some(&family), &ends, &paths, Sound::Talk)?);
    Ok(())
}
