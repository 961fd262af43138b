// SPDX-License-Identifier: EUPL-1.2
//! What the log costs on each engine, beside a small row on the bare disk in the same run.
//!
//! Rule: every place lies on the file system of the folder for temporary files, so that all wait for the
//! same disk.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;
use crate::cargo::{build, build_product, root};
use crate::clock::Stopwatch;
use crate::figures::{self, Figures};
use crate::postgres::Postgres;
use crate::table::{self, Beside, Row};

/// The year whose facts are told.
const YEAR: &str = "--from 2014-01-01 --to 2014-12-31 --calls 100000 --seed 115";

/// Ten years, of which a report reads one month.
const TEN_YEARS: &str = "--from 2014-01-01 --to 2023-12-31 --calls 1000000 --seed 115";
const MONTH: &str = "2023-06";

/// How often a report is made; the median counts.
const REPORTS: usize = 5;

/// Facts that are told one at a time.
const ONE_BY_ONE: u32 = 500;

/// Less than that is no disk.
const NO_DISK: f64 = 0.02;

/// A folder for everything; gone with it.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Folder, String> {
        let path = env::temp_dir().join(format!("amtsleitung-log-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Folder(path))
    }

    /// A data folder in it, on this server if there is one.
    fn data(&self, name: &str, engine: &Engine) -> Result<PathBuf, String> {
        let folder = self.0.join(format!("{name}-{}", engine.name()));
        let made = fs::create_dir_all(&folder).and_then(|()| match engine {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(_) => fs::write(folder.join("database"), engine.database(name)),
        });
        made.map(|()| folder).map_err(|error| error.to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind is in the system's own folder for that.
        let _ = fs::remove_dir_all(&self.0);
    }
}

enum Engine {
    Sqlite,
    Postgres(Postgres),
}

impl Engine {
    fn name(&self) -> &'static str {
        match self {
            Engine::Sqlite => "SQLite",
            Engine::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address of a database of this name.
    fn database(&self, name: &str) -> String {
        match self {
            Engine::Sqlite => String::new(),
            Engine::Postgres(server) => {
                server.address().replace("/postgres?", &format!("/{name}?"))
            }
        }
    }

    /// Makes an empty database of this name, if it takes a server.
    fn prepare(&self, name: &str) -> Outcome {
        match self {
            Engine::Sqlite => Ok(()),
            Engine::Postgres(server) => server.make(name),
        }
    }

    /// Whose processor time counts as well.
    fn pid(&self) -> Option<u32> {
        match self {
            Engine::Sqlite => None,
            Engine::Postgres(server) => Some(server.pid()),
        }
    }
}

/// All that the measurements need.
struct Bench {
    program: PathBuf,
    load: PathBuf,
    folder: Folder,
}

/// Measures both engines and prints the table.
pub(crate) fn bench() -> Outcome {
    let (program, load) = (build_product()?, build("load", "log-load")?);
    let bench = Bench { program, load, folder: Folder::make()? };
    println!("\nThe log, in {}", bench.folder.0.display());
    let year = bench.folder.data("source", &Engine::Sqlite)?;
    bench.simulate(YEAR, &year)?;
    let mut rows = Vec::new();
    bench.measure(&Engine::Sqlite, &year, &mut rows)?;
    if Postgres::is_installed() {
        bench.measure(&Engine::Postgres(Postgres::start()?), &year, &mut rows)?;
    } else {
        println!("PostgreSQL is not installed; its figures are left out.");
    }
    print!("\n{}", table::table(&rows));
    println!(
        "\nBare: a row of 128 bytes and fdatasync, in turn with the log's. Processor time is user and system of all\n\
         threads, and of the server; what the bare rows cost is in it."
    );
    Ok(())
}

impl Bench {
    fn measure(&self, engine: &Engine, year: &Path, rows: &mut Vec<Row>) -> Outcome {
        println!("\n{}", engine.name());
        engine.prepare("single")?;
        let single =
            self.load("append", engine, "single", &["--times", &ONE_BY_ONE.to_string()])?;
        if single.get("bare_median_ms")? < NO_DISK {
            println!("  This folder is no disk: nothing here waits for one.");
        }
        engine.prepare("year")?;
        let from = year.display().to_string();
        let year = self.load("year", engine, "year", &["--from", &from])?;
        let replay = self.load("replay", engine, "year", &[])?;
        let size = self.load("size", engine, "year", &[])?;
        engine.prepare("decade")?;
        let decade = self.folder.data("decade", engine)?;
        println!("  ten years with a million calls, which takes a minute or two");
        self.simulate(TEN_YEARS, &decade)?;
        let report = self.report(&decade)?;
        let name = engine.name();
        single_rows(rows, name, &single)?;
        year_rows(rows, name, &single, &year)?;
        past_rows(rows, &replay, &size)?;
        rows.push(row("  report of a month over ten years", "s", Some(1.0), report));
        Ok(())
    }

    /// A log of made-up calls.
    fn simulate(&self, line: &str, folder: &Path) -> Outcome {
        let mut command = Command::new(&self.program);
        command.args(["simulate", "--config", "examples/harburg.toml"]);
        command.args(line.split_whitespace()).arg("--log").arg(folder);
        let watch = Stopwatch::start();
        quiet(&mut command)?;
        println!("  simulate {line} --log: {:.1} s", watch.read().as_secs_f64());
        Ok(())
    }

    /// The median time by the clock, in seconds.
    fn report(&self, folder: &Path) -> Result<f64, String> {
        let mut seconds = Vec::new();
        for _ in 0..REPORTS {
            let mut command = Command::new(&self.program);
            command.args(["report", "--month", MONTH, "--format", "json", "--data"]).arg(folder);
            let watch = Stopwatch::start();
            quiet(&mut command)?;
            seconds.push(watch.read().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        Ok(seconds[REPORTS / 2])
    }

    fn load(
        &self,
        task: &str,
        engine: &Engine,
        name: &str,
        more: &[&str],
    ) -> Result<Figures, String> {
        let mut command = Command::new(&self.load);
        command.arg(task).arg("--data").arg(self.folder.data(name, engine)?).args(more);
        if let Some(pid) = engine.pid() {
            command.args(["--pid", &pid.to_string()]);
        }
        figures::run(command.current_dir(root()))
    }
}

fn quiet(command: &mut Command) -> Outcome {
    command.current_dir(root()).stdin(Stdio::null());
    let what = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{what}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{what}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn single_rows(rows: &mut Vec<Row>, name: &str, single: &Figures) -> Outcome {
    for (what, key) in [("median", "median_ms"), ("99 %", "p99_ms")] {
        let bare = single.get(&format!("bare_{key}"))?;
        let ours = single.get(&format!("append_{key}"))?;
        let beside = Beside::Measured("bare", bare);
        let measure = format!("{name}: one fact until it is durable, {what}");
        rows.push(Row { measure, unit: "ms", goal: None, ours, beside });
    }
    let beside = Beside::Measured("bare", single.get("bare_cpu_ms")?);
    let measure = "  CPU for it".to_owned();
    rows.push(Row { measure, unit: "ms", goal: None, ours: cpu_of_one(single)?, beside });
    Ok(())
}

fn cpu_of_one(single: &Figures) -> Result<f64, String> {
    Ok(single.get("append_cpu_ms")? + single.get("server_cpu_ms")?)
}

fn year_rows(rows: &mut Vec<Row>, name: &str, single: &Figures, year: &Figures) -> Outcome {
    let per_call = year.get("events_per_call")?;
    let alone = cpu_of_one(single)? * per_call;
    let measure = format!("  CPU for a call of {per_call:.1} events, each in a row of its own");
    let beside = Beside::Measured("bare", single.get("bare_cpu_ms")? * per_call);
    rows.push(Row { measure, unit: "ms", goal: None, ours: alone, beside });
    let cpu = year.get("cpu_ms_per_call")? + year.get("server_cpu_ms_per_call")?;
    rows.push(row("  the same as fast as they are taken, with all decisions", "ms", None, cpu));
    let measure = format!("{name}: events a second, log and centre");
    rows.push(row(&measure, "", None, year.get("events_per_second")?));
    Ok(())
}

fn past_rows(rows: &mut Vec<Row>, replay: &Figures, size: &Figures) -> Outcome {
    if replay.get("is_same")? < 1.0 {
        return Err("the replay came to another state".to_owned());
    }
    rows.push(row("  replay of the year", "s", None, replay.get("seconds")?));
    rows.push(row("  entries a second of it", "", None, replay.get("entries_per_second")?));
    let with_views = replay.get("seconds_with_views")?;
    rows.push(row("  replay with its views made anew", "s", None, with_views));
    for part in ["log", "views", "indexes"] {
        let bytes = size.get(&format!("{part}_bytes_per_call"))?;
        rows.push(row(&format!("  disk for a call: {part}"), "bytes", None, bytes));
    }
    Ok(())
}

fn row(measure: &str, unit: &'static str, goal: Option<f64>, ours: f64) -> Row {
    Row { measure: measure.to_owned(), unit, goal, ours, beside: Beside::Nothing }
}
