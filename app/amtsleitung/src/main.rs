// SPDX-License-Identifier: EUPL-1.2
//! The program `amtsleitung`: hands its arguments to the command they name.

use std::process::ExitCode;

/// A call takes and gives back some hundred pieces of memory, which cost a sixth of its processor time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Whoever is the first to touch a huge page waits until all its 2 MiB are blank, and every call
    // with it: 2 ms; and an idle process takes twice the memory. A system without them refuses.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
    let code = amtsleitung::commands::run(std::env::args_os().skip(1).collect());
    if amtsleitung::output::is_lost() { ExitCode::FAILURE } else { code }
}
