// SPDX-License-Identifier: EUPL-1.2
//! Calls between software that we did not write, through the built program.

mod agents;
mod answers;
mod apply;
mod broken;
mod callbacks;
mod cases;
mod conference;
mod day;
mod desks;
mod elsewhere;
mod emergency;
mod endings;
mod harburg;
mod hostile;
mod identity;
mod killed;
mod lamps;
mod networks;
mod openid;
mod passing;
mod peers;
mod privacy;
mod process;
mod secure;
mod sessions;
mod sound;
mod stalls;
mod steering;
mod takeover;
mod told;
mod transfers;
mod trunks;

use e2e::{browser, programs, runner};
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Some(sentence) = programs::missing() {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    if let Some(sentence) = browser::missing() {
        eprintln!("{sentence}");
        return ExitCode::FAILURE;
    }
    let side_by_side = [
        sound::LONG,
        sessions::LONG,
        networks::LONG,
        agents::LONG,
        conference::LONG,
        killed::LONG,
        takeover::LONG,
        day::LONG,
        trunks::LONG,
        answers::CASES,
        desks::CASES,
        hostile::CASES,
        killed::CASES,
        lamps::CASES,
        broken::CASES,
        callbacks::CASES,
        cases::CASES,
        conference::CASES,
        networks::CASES,
        openid::CASES,
        passing::CASES,
        peers::CASES,
        privacy::CASES,
        apply::CASES,
        elsewhere::CASES,
        emergency::CASES,
        endings::CASES,
        harburg::CASES,
        identity::CASES,
        agents::CASES,
        sessions::CASES,
        process::CASES,
        secure::CASES,
        sound::CASES,
        steering::CASES,
        told::CASES,
        transfers::CASES,
        trunks::CASES,
    ];
    let few_at_once = [answers::BUSY, desks::BUSY, openid::BUSY, stalls::BUSY];
    runner::run(&side_by_side.concat(), &few_at_once.concat())
}
