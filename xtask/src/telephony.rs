// SPDX-License-Identifier: EUPL-1.2
//! What real calls cost, on this machine's loopback, beside Kamailio and rtpengine in the same run.
//!
//! Rule: it prints figures beside goals and fails for neither; machines differ, and so does what else
//! they are doing. Only what cannot be measured is an error.

mod load;
mod servers;

use std::fs;
use std::path::PathBuf;

use crate::Outcome;
use crate::cargo::{build, build_product};
use crate::figures::Figures;
use crate::table::{self, Beside, Row};
use load::Load;
use servers::{Folder, KAMAILIO, RTPENGINE, Server};

/// How long each measurement lasts unless something else is said.
pub(crate) const SECONDS: u64 = 60;

/// The longest that is a measurement and not a mistake.
const SECONDS_MAX: u64 = 600;

/// Calls of a soak unless something else is said, and the most.
pub(crate) const SOAK_CALLS: u64 = 1_000_000;
const SOAK_CALLS_MAX: u64 = 10_000_000;

/// New calls a second by sipp unless something else is said, and the most.
pub(crate) const SIPP_RATE: u64 = 300;
const SIPP_RATE_MAX: u64 = 2_000;

/// The rate that the goal is about, one that a large county may see, and a quiet one.
const FULL: u64 = 1_000;
const BUSY: u64 = 300;
const QUIET: u64 = 20;

/// How long transactions live on behind their call (RFC 3261, 17: 64·T1), and one second more.
const BEHIND: u64 = 33;

/// Sound is measured for at most so long: more packets than that tell nothing new.
const SOUND_SECONDS: u64 = 20;

/// Who is measured beside us.
const PROXY: &str = "Kamailio";
const RELAY: &str = "rtpengine";

/// Reads a figure from what a run told.
type Figure<'a> = &'a dyn Fn(&Figures) -> Result<f64, String>;

/// What our centre showed, and what stood beside it, if it is installed.
type Both = (Figures, Option<Figures>);

/// All that the measurements need.
struct Bench {
    program: PathBuf,
    load: Load,
    folder: Folder,
    seconds: u64,
}

/// Measures every row and prints the table.
pub(crate) fn bench(seconds: u64) -> Outcome {
    let bench = Bench::prepare(seconds)?;
    println!("load average before: {}", load_average());
    let mut rows = Vec::new();
    bench.calls(&mut rows)?;
    bench.delay(&mut rows)?;
    bench.relay(&mut rows)?;
    bench.music(&mut rows)?;
    bench.mixed(&mut rows)?;
    bench.memory(&mut rows)?;
    bench.by_sipp(SIPP_RATE)?;
    println!("load average after: {}\n", load_average());
    print!("{}", table::table(&rows));
    println!(
        "\nProcessor time is user and system of the whole server, from /proc. Kamailio is a mere proxy there:\n\
         it keeps transactions and stays in the path, but has no queue, no second leg and no sound."
    );
    if seconds < BEHIND {
        println!("A run of less than {BEHIND} s leaves out what transactions cost at their end.");
    }
    Ok(())
}

/// A long run, after which memory must be what it was near its beginning.
pub(crate) fn soak(calls: u64) -> Outcome {
    if calls > SOAK_CALLS_MAX {
        return Err(format!("at most {SOAK_CALLS_MAX} calls"));
    }
    let bench = Bench::prepare(1)?;
    let centre = bench.centre()?;
    // At the full rate, so that a million takes a quarter of an hour.
    let line = format!("soak --calls {calls} --rate {FULL} --talk 500 --drain {BEHIND}");
    let figures = bench.load.run(&line, Some(&centre))?;
    let (early, late) = (figures.get("quarter_kib")?, figures.get("last_kib")?);
    println!(
        "\n{calls} calls: memory {:.1} MiB after a quarter, {:.1} MiB at the end ({:+.1} %), {} faults",
        early / 1024.0,
        late / 1024.0,
        (late / early - 1.0) * 100.0,
        figures.faults()?
    );
    Ok(())
}

/// The same calls by sipp alone.
pub(crate) fn sipp(rate: u64) -> Outcome {
    if rate > SIPP_RATE_MAX {
        return Err(format!("at most {SIPP_RATE_MAX} calls a second"));
    }
    Bench::prepare(SOUND_SECONDS)?.by_sipp(rate)
}

impl Bench {
    fn prepare(seconds: u64) -> Result<Bench, String> {
        if seconds > SECONDS_MAX {
            return Err(format!("at most {SECONDS_MAX} seconds"));
        }
        let (program, load) = (build_product()?, Load(build("load", "call-load")?));
        servers::ports_are_free()?;
        Ok(Bench { program, load, folder: Folder::make()?, seconds })
    }

    fn centre(&self) -> Result<Server, String> {
        println!("\namtsleitung, {} telephones", servers::AGENTS);
        Server::centre(&self.program, &self.folder)
    }

    fn kamailio(&self) -> Result<Option<Server>, String> {
        println!("\nKamailio");
        said(Server::kamailio(&self.folder)?)
    }

    fn rtpengine(&self) -> Result<Option<Server>, String> {
        println!("\nrtpengine, without its kernel module");
        said(Server::rtpengine(&self.folder)?)
    }

    /// Calls at a rate through our centre and through Kamailio.
    fn both(&self, rate: u64, drain: u64) -> Result<Both, String> {
        let line = format!("rate --rate {rate} --seconds {} --drain {drain}", self.seconds);
        let ours = self.load.run(&line, Some(&self.centre()?))?;
        let theirs = self
            .kamailio()?
            .map(|proxy| self.load.run(&format!("{line} --to {KAMAILIO}"), Some(&proxy)));
        Ok((ours, theirs.transpose()?))
    }

    fn calls(&self, rows: &mut Vec<Row>) -> Outcome {
        let drain = BEHIND.min(self.seconds);
        let cpu: Figure<'_> = &|it| it.get("cpu_ms_per_call");
        let busy = self.both(BUSY, drain)?;
        let full = self.both(FULL, drain)?;
        let mut add = |measure: String, unit, goal, (ours, theirs): &Both, figure: Figure<'_>| {
            let beside = beside(PROXY, theirs.as_ref(), figure)?;
            rows.push(row(measure, unit, Some(goal), figure(ours)?, beside));
            Ok::<(), String>(())
        };
        let measure = format!("CPU per call through the queue and down again, at {BUSY}/s");
        add(measure, "ms", 0.25, &busy, cpu)?;
        add(format!("the same at {FULL}/s"), "ms", 0.25, &full, cpu)?;
        let begun = full.0.get("begun")?;
        let measure = format!("failures at {FULL}/s for {} s ({begun} calls)", self.seconds);
        add(measure, "", 0.0, &full, &Figures::faults)?;
        let repeats: Figure<'_> = &|it| Ok(it.repeats()? * 100.0);
        add("  retransmissions for each hundred calls".to_owned(), "", 0.1, &full, repeats)?;
        let late: Figure<'_> = &|it| Ok((FULL as f64 - it.get("per_second")?).max(0.0));
        add("  calls a second short of it".to_owned(), "", 1.0, &full, late)
    }

    fn delay(&self, rows: &mut Vec<Row>) -> Outcome {
        let mut disk = vec![self.disk()?];
        let (ours, theirs) = self.both(QUIET, 1)?;
        disk.push(self.disk()?);
        println!("\nFrom the callers to the telephones without anybody between");
        let line = format!("rate --rate {QUIET} --seconds {} --to 5170", self.seconds.min(20));
        let bare = self.load.run(&line, None)?;
        for (what, key, goal) in [("median", "median_ms", 0.4), ("p99", "p99_ms", 1.5)] {
            let of_disk = |it: &Figures| it.get(&format!("bare_{key}"));
            let fsync = mean(&disk, of_disk)?;
            let key = format!("invite_{key}");
            let measure =
                format!("INVITE -> INVITE at {QUIET}/s, {what} (bare: {:.3} ms)", bare.get(&key)?);
            let beside = beside(PROXY, theirs.as_ref(), &|it| it.get(&key))?;
            let delay = ours.get(&key)?;
            rows.push(row(measure, "ms", None, delay, beside));
            let measure = format!("  beyond a row on the bare disk ({fsync:.3} ms)");
            rows.push(row(measure, "ms", Some(goal), delay - fsync, Beside::Nothing));
        }
        Ok(())
    }

    /// What the disk alone takes, as often as calls come.
    fn disk(&self) -> Result<Figures, String> {
        println!("\nA row of 128 bytes on the disk of the log without anybody between");
        let seconds = self.seconds.min(SOUND_SECONDS);
        let folder = self.folder.file("").display().to_string();
        self.load.run(&format!("bare --rate {QUIET} --seconds {seconds} --data {folder}"), None)
    }

    fn relay(&self, rows: &mut Vec<Row>) -> Outcome {
        let seconds = self.seconds.min(SOUND_SECONDS);
        println!("\nThe same packets without anybody between");
        let bare = self.load.run(&format!("direct --calls 100 --seconds {seconds}"), None)?;
        for calls in [100, 300] {
            let line = format!("--calls {calls} --seconds {seconds}");
            let ours = self.load.run(&format!("relay {line}"), Some(&self.centre()?))?;
            let theirs = self
                .rtpengine()?
                .map(|relay| self.load.run(&format!("ng {line} --to {RTPENGINE}"), Some(&relay)));
            let theirs = theirs.transpose()?;
            sound_rows(rows, calls, &ours, theirs.as_ref(), &bare)?;
        }
        Ok(())
    }

    fn music(&self, rows: &mut Vec<Row>) -> Outcome {
        let seconds = self.seconds.min(SOUND_SECONDS);
        let line = format!("music --number 117 --calls 100 --seconds {seconds}");
        let ours = self.load.run(&line, Some(&self.centre()?))?;
        let heard = ours.get("received")? / (100.0 * 50.0 * seconds as f64) * 100.0;
        let measure =
            format!("CPU of 100 callers on hold music ({heard:.1} % of the packets heard)");
        rows.push(row(measure, "%", Some(3.0), ours.get("cpu_percent")?, Beside::Nothing));
        let line = format!("hum --number 117 --calls 100 --seconds {seconds}");
        let ours = self.load.run(&line, Some(&self.centre()?))?;
        let measure = "  the same while they speak, as telephones do".to_owned();
        rows.push(row(measure, "%", None, ours.get("cpu_percent")?, Beside::Nothing));
        Ok(())
    }

    /// Sound alone, without calls: packets that are protected, and talks of three that are mixed.
    fn mixed(&self, rows: &mut Vec<Row>) -> Outcome {
        let seconds = self.seconds.min(SOUND_SECONDS);
        println!("\nThe media threads alone");
        let threads = Load(build("telephony", "media-bench")?);
        for (task, measure, goal, key) in [
            ("relay 600", "CPU of 100 calls, sound alone, 300 up", 6.5, "cpu_percent_of_100"),
            (
                "secure 600",
                "CPU of 100 calls, both legs by SRTP, 300 up",
                10.0,
                "cpu_percent_of_100",
            ),
            ("conference 99", "CPU of 33 talks of three, mixed", 10.0, "cpu_percent"),
        ] {
            let ours = threads.run(&format!("{task} {seconds}"), None)?;
            let cpu = ours.get(key)?;
            rows.push(row(measure.to_owned(), "%", Some(goal), cpu, Beside::Nothing));
            let goals = if task.starts_with("conference") { [45.0, 60.0] } else { [0.3, 1.5] };
            for (what, key, goal) in
                [("median", "delay_median_ms", goals[0]), ("p99", "delay_p99_ms", goals[1])]
            {
                let delay = ours.get(key)?;
                let measure = format!("  added delay, {what}");
                rows.push(row(measure, "ms", Some(goal), delay, Beside::Nothing));
            }
        }
        Ok(())
    }

    fn memory(&self, rows: &mut Vec<Row>) -> Outcome {
        let ours = self.load.run("hold --calls 1000", Some(&self.centre()?))?;
        let measure = "memory per call up, from 1,000 to 2,000".to_owned();
        rows.push(row(measure, "KiB", Some(32.0), ours.get("kib_per_call")?, Beside::Nothing));
        let measure = format!("memory of the idle process, {} telephones", servers::AGENTS);
        let idle = ours.get("idle_kib")? / 1024.0;
        rows.push(row(measure, "MiB", Some(40.0), idle, Beside::Nothing));
        Ok(())
    }

    fn by_sipp(&self, rate: u64) -> Outcome {
        let seconds = self.seconds.min(SOUND_SECONDS);
        let _centre = self.centre()?;
        match load::sipp(rate, seconds, &self.folder)? {
            None => {
                println!("  sipp is not installed (Debian: sip-tester); nobody else was asked.")
            }
            Some(seen) => println!(
                "  sipp, {rate}/s for {seconds} s: {} good calls, {} failed, {} retransmissions",
                seen.good, seen.failed, seen.repeats
            ),
        }
        Ok(())
    }
}

fn mean(all: &[Figures], figure: impl Fn(&Figures) -> Result<f64, String>) -> Result<f64, String> {
    let figures: Vec<f64> = all.iter().map(figure).collect::<Result<_, _>>()?;
    Ok(figures.iter().sum::<f64>() / figures.len().max(1) as f64)
}

fn sound_rows(
    rows: &mut Vec<Row>,
    calls: u32,
    ours: &Figures,
    theirs: Option<&Figures>,
    bare: &Figures,
) -> Outcome {
    let cpu = "cpu_percent_of_100";
    let measure = format!("CPU of 100 relayed G.711 calls, {calls} up");
    rows.push(row(
        measure,
        "%",
        Some(6.5),
        ours.get(cpu)?,
        beside(RELAY, theirs, &|it| it.get(cpu))?,
    ));
    for (what, key, goal) in [("median", "delay_median_ms", 0.3), ("p99", "delay_p99_ms", 1.5)] {
        let measure = format!("  media delay, {what} (bare: {:.3} ms)", bare.get(key)?);
        rows.push(row(
            measure,
            "ms",
            Some(goal),
            ours.get(key)?,
            beside(RELAY, theirs, &|it| it.get(key))?,
        ));
    }
    let lost: Figure<'_> = &|it| Ok((1.0 - it.get("received")? / it.get("sent")?.max(1.0)) * 1e6);
    let theirs = beside(RELAY, theirs, lost)?;
    rows.push(row("  packets lost of a million".to_owned(), "", None, lost(ours)?, theirs));
    Ok(())
}

fn row(measure: String, unit: &'static str, goal: Option<f64>, ours: f64, beside: Beside) -> Row {
    Row { measure, unit, goal, ours, beside }
}

/// The same figure of somebody else.
fn beside(
    who: &'static str,
    theirs: Option<&Figures>,
    figure: Figure<'_>,
) -> Result<Beside, String> {
    Ok(match theirs {
        Some(theirs) => Beside::Measured(who, figure(theirs)?),
        None => Beside::NotInstalled(who),
    })
}

fn said(server: Option<Server>) -> Result<Option<Server>, String> {
    if server.is_none() {
        println!("  not installed; its figures are left out.");
    }
    Ok(server)
}

/// What else the machine is doing: with more than its cores, delays are those of waiting for a core.
fn load_average() -> String {
    fs::read_to_string("/proc/loadavg").unwrap_or_default().trim().to_owned()
}
