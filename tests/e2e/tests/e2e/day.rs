// SPDX-License-Identifier: EUPL-1.2
//! A day as it is, played fast: talks, holds, transfers, the partner, people who give up or refuse, and nonsense.
//! Every call comes to its end, each is counted once, and nothing is left behind.

use crate::killed::number;
use e2e::clock::SOON;
use e2e::county::{County, SPREAD};
use e2e::process::Process;
use e2e::runner::Case;
use e2e::server::{Server, built, run_program_within};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

pub(crate) const LONG: &[Case] = &[("a_day_played_fast", a_day_played_fast)];

/// How long callers come, unless the environment says otherwise.
const SECONDS: u64 = 20;
const SECONDS_WANTED: &str = "E2E_DAY_SECONDS";

/// Callers a second: three hundred times the model county's.
const RATE: u64 = 20;

/// From here on memory has to stay what it was after a quarter.
const LONG_ENOUGH: u64 = 600;

/// What it may grow by behind that: the kernel counts in pages, and views of the log grow with it.
const GROWTH_KIB: u64 = 4 * 1_024;

/// What nobody may have met. Who asks where a hold is agreed is not among it: both may do so at once.
const FAULTS: [&str; 6] =
    ["callers_refused", "unanswered", "forgotten", "holds_refused", "unreadable", "left"];

/// The centre of `tests/load`, with the ports of this test.
fn county() -> County {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../load/day.toml");
    let text = std::fs::read_to_string(path).expect("it lies beside the load");
    let mut county = County::new().outside(1);
    let ports = [(5_160, county.sip), (5_180, county.callers), (5_170, county.phones)];
    let ports = ports.into_iter().chain([(5_190, county.outside[0])]);
    // Sound keeps the ports of load tools: a block of a test is too small.
    county.file = Some(ports.fold(text, |text, (from, to)| {
        text.replace(&format!("127.0.0.1:{from}\""), &format!("127.0.0.1:{to}\""))
    }));
    county.spread = SPREAD;
    county
}

fn a_day_played_fast() {
    let seconds = number(SECONDS_WANTED).unwrap_or(SECONDS);
    let mut server = Server::start(county());
    let seen = play(&server, seconds);
    println!("a day of {seconds} s: {seen:?}");
    let of = |name: &str| seen.get(name).copied().unwrap_or(0);
    for fault in FAULTS {
        assert_eq!(of(fault), 0, "{fault}: {seen:?}");
    }
    // A disk that stands still for a second is not the centre's fault; nobody is refused otherwise.
    let stalled = server.process.stderr().contains("log=stalled");
    assert!(of("not_now") == 0 || stalled, "{seen:?}");
    for what in [
        "holds",
        "handed_on",
        "not_handed_on",
        "consultations",
        "gave_up",
        "rang_outside",
        "nonsense",
    ] {
        assert!(of(what) > 0, "{what}: {seen:?}");
    }
    if seconds >= LONG_ENOUGH {
        assert!(of("after_kib") <= of("quarter_kib") + GROWTH_KIB, "{seen:?}");
    }
    let figures = server.is_as_new();
    for trunk in ["load", "outside"] {
        assert_eq!(figures.of(&format!("trunk_calls{{trunk=\"{trunk}\"}}")), 0);
    }
    assert_eq!(figures.contacts(), of("callers"), "each is counted once");
    assert_eq!(figures.agents("ready"), 60, "everybody is free again");
    server.process.stop("TERM", Duration::from_secs(15));
    let data = server.data().display().to_string();
    // An unoptimised program reads an hour's log in less than a tenth of it.
    let time = SOON + Duration::from_secs(seconds / 10);
    let args = ["--lang", "en", "replay", "--data", &data];
    let replayed = run_program_within(&server.folder, &args, time);
    assert!(replayed.status.success(), "{}{}", replayed.stdout, replayed.stderr);
}

/// Lets everybody call, and says what they met.
fn play(server: &Server, seconds: u64) -> BTreeMap<String, u64> {
    let county = &server.county;
    let mut command = Command::new(built("call-load"));
    command.arg("day");
    let numbers = [
        ("--to", county.sip.into()),
        ("--trunk", county.callers.into()),
        ("--phones", county.phones.into()),
        ("--outside", county.outside[0].into()),
        ("--spread", u64::from(SPREAD)),
        ("--pid", server.process.id().into()),
        ("--rate", RATE),
        ("--seconds", seconds),
    ];
    for (name, value) in numbers {
        command.args([name, &value.to_string()]);
    }
    let mut load = Process::start(server.folder.path(), "day", &mut command);
    let ended = load.wait(Duration::from_secs(seconds + 180));
    assert!(ended.status.success(), "{}", ended.stderr);
    let result = ended.stdout.lines().find_map(|it| it.strip_prefix("result ")).expect("a result");
    let pairs = result.split(' ').filter_map(|it| it.split_once('='));
    let read = |(name, value): (&str, &str)| Some((name.to_owned(), value.parse().ok()?));
    eprint!("{}", ended.stderr);
    pairs.filter_map(read).collect()
}
