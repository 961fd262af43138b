// SPDX-License-Identifier: EUPL-1.2
//! Callers and telephones for load tests: places calls, sends their sound, and reads from `/proc` what
//! the server pays for it. Everything stays on this machine's loopback.
//!
//! ```text
//!  call-load rate   [OPTIONS]   calls at --rate for --seconds, each of --talk ms, then --drain seconds of rest
//!  call-load hold   [OPTIONS]   memory with none, --calls and twice as many calls up
//!  call-load relay  [OPTIONS]   --calls up, with sound both ways for --seconds
//!  call-load direct [OPTIONS]   the same sound past the server: what kernel and measuring add
//!  call-load ng     [OPTIONS]   the same sound through the rtpengine at --to
//!  call-load music  [OPTIONS]   --calls up that only listen
//!  call-load hum    [OPTIONS]   the same, but they also speak, as telephones do
//!  call-load soak   [OPTIONS]   --calls at --rate, with the server's memory along the way
//!  call-load day    [OPTIONS]   --rate for --seconds: holds, transfers, overflow, refusals, 1 % nonsense; --seed
//!  call-load bare   [OPTIONS]   no calls: --rate times a second for --seconds a small row on the disk of --data
//! ```
//!
//! Options: `--to PORT` (5160), `--trunk PORT` (5180), `--phones PORT` (5170), `--spread N` (1),
//! `--number 116`, `--pid PID` of the server, `--rate N`, `--calls N`, `--seconds N`, `--talk MS`,
//! `--drain N`, `--data FOLDER`, `--outside PORT` (5190), `--seed N`. Each task ends with one line of `key=value` that begins with `result`.
//!
//! Rule: it counts what is wrong, and leaves the judgement to who started it.
#![forbid(unsafe_code)]

mod compose;
mod day;
mod ng;
mod options;
mod player;
mod sound;
mod tasks;
mod text;

use options::Options;
use std::process::ExitCode;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = Options::read(&words).and_then(|(task, options)| tasks::run(&task, &options));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("call-load: {message}");
            ExitCode::FAILURE
        }
    }
}
