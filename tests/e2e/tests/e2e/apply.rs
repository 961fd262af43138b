// SPDX-License-Identifier: EUPL-1.2
//! Another configuration, taken up beside real calls; and what is read from the log while it is written.

use crate::agents::{dial, register};
use e2e::clock::{SOON, yesterday_and_tomorrow};
use e2e::county::County;
use e2e::database::Database;
use e2e::folder::Folder;
use e2e::process::{Ended, Process};
use e2e::runner::Case;
use e2e::server::{Server, run_program, serve};
use e2e::sipp::Sipp;
use std::process::Command;

pub(crate) const CASES: &[Case] = &[
    ("a_configuration_is_taken_up_beside_a_call_sqlite", beside_a_call_sqlite),
    ("a_configuration_is_taken_up_beside_a_call_postgres", beside_a_call_postgres),
    ("what_cannot_be_taken_up_is_said", what_cannot_be_taken_up),
    ("a_folder_knows_its_configuration", a_folder_knows_its_configuration),
    ("a_bench_keeps_its_numbers", a_bench_keeps_its_numbers),
];

fn beside_a_call_sqlite() {
    beside_a_call(Folder::new());
}

fn beside_a_call_postgres() {
    let folder = Folder::new();
    if let Some(_database) = Database::postgres(&folder) {
        beside_a_call(folder);
    }
}

/// A line as the file has it.
#[track_caller]
fn line_of<'t>(text: &'t str, id: &str) -> &'t str {
    let begins = text.find(&format!("[[line]]\nid = \"{id}\"")).expect("the line is there");
    let length = text[begins + 1..].find("[[line]]").map_or(text.len() - begins, |it| it + 1);
    &text[begins..begins + length]
}

/// The same county with another wrap-up for 116, a new line 129 before all others, and a new colleague.
fn changed(text: &str) -> String {
    let old = line_of(text, "116");
    let new = old.replace("116", "129");
    let longer = old.replace("wrap_up = \"0s\"", "wrap_up = \"1h\"");
    let first = text.find("[[line]]").expect("it has lines");
    let text = text.replace(old, &longer);
    let (head, lines) = text.split_at(first);
    let colleague = "[[agent]]\nid = \"k9\"\nteam = \"bench\"\nskills = { auskunft = 9 }\n\
        shift = \"Mo-Su,PH 00:00-12:00\"\n\n\
        [[phone]]\nid = \"k9\"\nsite = \"rechner\"\nagent = \"k9\"\n\n";
    format!("{head}{colleague}{new}{lines}")
}

fn apply(server: &Server, name: &str, text: &str) -> Ended {
    let (file, data) = (server.folder.write(name, text), server.data());
    let (file, data) = (file.to_string_lossy(), data.to_string_lossy());
    run_program(&server.folder, &["--lang", "en", "apply", &file, "--data", &data, "--seeds", "2"])
}

#[track_caller]
fn is_taken_up(ended: &Ended) {
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.ends_with("Taken up.\n"), "{ended:?}");
}

#[track_caller]
fn is_refused(ended: &Ended, said: &str) {
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains(said), "{said}: {ended:?}");
}

fn beside_a_call(folder: Folder) {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let (desk, phone) = (county.ports.one(), county.ports.one());
    let mut server = Server::start_in(folder, county);
    let (to, caller) = (server.sip(), server.county.caller(0));
    register(&server, desk, "k1");
    dial(&server, desk, "k1", "*10");
    let mut agent = Sipp::at(desk, "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(caller, to, "116", "caller_talks").with("talk", 6_000);
    let mut call = call.start(&server);
    server.wait_until("they talk", SOON, |it| it.agents("talking") == 1);
    let unknown = Sipp::from(server.county.caller(1), to, "129", "caller_refused");
    unknown.with("hops", 70).with("code", 404).run(&server);

    let new = changed(&server.county.text());
    is_taken_up(&apply(&server, "new.toml", &new));
    assert_eq!(server.figures().agents("talking"), 1, "the talk goes on");
    // The new number, the new colleague and her telephone are there at once.
    register(&server, phone, "k9");
    dial(&server, phone, "k9", "*10");
    server.wait_until("k9 is ready", SOON, |it| it.agents("ready") == 1);
    let mut colleague = Sipp::at(phone, "agent_talks").with("ring", 100).start(&server);
    let called = Sipp::from(server.county.caller(1), to, "129", "caller_talks");
    called.with("talk", 200).run(&server);
    colleague.succeeds();
    server.wait_until("the talk still goes on", SOON, |it| it.agents("talking") == 1);
    call.succeeds();
    agent.succeeds();
    // So does the new wrap-up, which the call meets at its end.
    server.wait_until("it is wrapped up", SOON, |it| it.agents("wrap_up") == 1);
    server.is_empty();

    let moved = apply(&server, "new.toml", &new);
    assert!(moved.status.success() && moved.stdout == "No difference.\n", "{moved:?}");
    reports_name_lines(&server);
    server.start_again_without_file();
    server.wait_until("k9 is still there", SOON, |it| it.agents("ready") >= 1);
    reports_name_lines(&server);
}

/// The new line stands first in the file, and no call has another name for it.
fn reports_name_lines(server: &Server) {
    let (from, to) = yesterday_and_tomorrow();
    let report = server.ask(&["report", "--from", &from, "--to", &to, "--format", "csv"]);
    for (line, offered) in [("129", 1), ("116", 1), ("115", 0), ("total", 2)] {
        let row = format!("\r\n{line},{offered},{offered},");
        assert!(report.contains(&row), "{row}: {report}");
    }
    let explained =
        server.ask(&["report", "--from", &from, "--to", &to, "--explain", "reachability"]);
    for line in ["116", "129"] {
        assert!(explained.contains(&format!("  {line}: somebody answered\n")), "{explained}");
    }
    assert!(explained.contains("answered: the centre"), "{explained}");
    assert!(!explained.contains("k9") && !explained.contains("k1"), "{explained}");
    let replayed = server.ask(&["replay"]);
    assert!(replayed.contains("State: the same\nViews: the same\n"), "{replayed}");
}

fn what_cannot_be_taken_up() {
    let mut county = County::new().agent("k1").phone("k1", "k1").agent("k2").phone("k2", "k2");
    county.bench = 0;
    let mut server = Server::start(county);
    let text = server.county.text();
    let wrong = text.replacen("queue = \"main\"", "queue = \"musik\"", 1);
    let ended = apply(&server, "wrong.toml", &wrong);
    is_refused(&ended, "wrong.toml:");
    assert!(ended.stderr.contains("Did you mean “music”?"), "{ended:?}");

    let agent = "[[agent]]\nid = \"k2\"";
    let phone = "[[phone]]\nid = \"k2\"";
    let without = |text: &str, begins: &str| {
        let at = text.find(begins).expect("it is there");
        let end = text[at..].find("\n\n").expect("it has an end");
        format!("{}{}", &text[..at], &text[at + end + 2..])
    };
    let no_phone = without(&text, phone);
    let no_agent = without(&no_phone, agent);
    let no_line = text.replace(line_of(&text, "121"), "");
    for (name, text, missing) in [
        ("line.toml", &no_line, "Missing: [[line]] 121. What held once stays in the file"),
        ("agent.toml", &no_agent, "Missing: [[agent]] k2, [[phone]] k2."),
        ("phone.toml", &no_phone, "Telephones can be taken out while the service does not run."),
    ] {
        is_refused(&apply(&server, name, text), missing);
    }
    let status = server.ask(&["status"]);
    assert!(status.starts_with("running for"), "{status}");
    let same = apply(&server, "same.toml", &text);
    assert!(same.status.success() && same.stdout == "No difference.\n", "{same:?}");

    server.process.signal("TERM");
    server.process.wait(SOON);
    let ended = apply(&server, "phone.toml", &no_phone);
    assert!(ended.status.success(), "{ended:?}");
    let said = "Taken up; the service begins with it when it starts.\n";
    assert!(ended.stdout.ends_with(said), "{ended:?}");
    is_refused(&apply(&server, "line.toml", &no_line), "Missing: [[line]] 121");
}

/// The file is for an empty folder; afterwards the folder's own configuration holds.
fn a_folder_knows_its_configuration() {
    let mut server = Server::start(County::new());
    server.process.signal("TERM");
    server.process.wait(SOON);
    let text = server.county.text();
    server.folder.write("county.toml", changed(&text));
    let ended = ends(&server.folder, &mut serve(&server.folder, "off", 1));
    is_refused(&ended, "county.toml says something else than the configuration in");
    for said in
        ["[[line]] 129", "wrap_up: 0s → 1h", "[[agent]] k9", "To take it up: amtsleitung apply"]
    {
        assert!(ended.stderr.contains(said), "{said}: {}", ended.stderr);
    }
    server.start_again_without_file();
    server.process.signal("TERM");
    assert!(server.process.wait(SOON).status.success());
    // What is only written otherwise is no difference.
    server.folder.write("county.toml", format!("# Ours.\n{text}"));
    server.start_again();

    let new = server.folder.join("new");
    let new = new.to_string_lossy();
    let ended = run_program(&server.folder, &["--lang", "en", "serve", "--data", &new]);
    is_refused(&ended, "This data folder is new: --config FILE is missing.");
    let ended = run_program(&server.folder, &["serve", "--data", &new]);
    is_refused(&ended, "Dieser Datenordner ist neu: Es fehlt --config DATEI.");
}

#[track_caller]
fn ends(folder: &Folder, command: &mut Command) -> Ended {
    Process::start(folder.path(), "ends", command).wait(SOON)
}

/// Its agents are in no file, and come behind those of the file.
fn a_bench_keeps_its_numbers() {
    let mut server = Server::start(County::new().bench(2));
    let text = server.county.text();
    is_refused(&apply(&server, "more.toml", &changed(&text)), "Nobody is added on a bench");
    let longer = text.replace("wrap_up = \"0s\"", "wrap_up = \"5s\"");
    is_taken_up(&apply(&server, "longer.toml", &longer));
    assert_eq!(server.figures().agents("ready"), 2);
    server.process.signal("TERM");
    server.process.wait(SOON);
    is_refused(&apply(&server, "more.toml", &changed(&text)), "Nobody is added on a bench");
    let ended = apply(&server, "shorter.toml", &text);
    assert!(ended.status.success(), "{ended:?}");
    server.start_again();
    assert_eq!(server.figures().agents("ready"), 2);
}
