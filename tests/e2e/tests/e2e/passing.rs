// SPDX-License-Identifier: EUPL-1.2
//! A town hall's exchange whose numbers move to the centre one by one: who calls one that has not moved is put
//! through to it, and nobody notices when one moves, or moves back.

use e2e::baresip::{PORTS, Phone};
use e2e::clock::SOON;
use e2e::county::County;
use e2e::folder::Folder;
use e2e::runner::Case;
use e2e::server::{Server, run_program};
use e2e::sipp::{Running, Sipp};

pub(crate) const CASES: &[Case] = &[
    ("a_number_moves_and_moves_back", a_number_moves_and_moves_back),
    ("who_is_put_through_meets_what_is_there", who_is_put_through_meets_what_is_there),
    ("nobody_is_put_through_in_a_circle", nobody_is_put_through_in_a_circle),
    ("extensions_are_dialled_as_in_the_house", extensions_are_dialled_as_in_the_house),
];

/// A desk behind the exchange.
const DESK: &str = "+494171693312";

/// Its exchange is the second trunk.
fn county() -> County {
    let mut county = County::new().outside(1);
    county.outside_trunk = "extensions = [\"+494171693\"]".to_owned();
    county
}

fn calls(server: &Server, talk: u32) -> Sipp {
    Sipp::from(server.county.caller(0), server.sip(), DESK, "caller_talks").with("talk", talk)
}

fn desk(server: &Server) -> Running {
    let desk = Sipp::at(server.county.outside[0], "agent_talks").with("ring", 100);
    desk.start(server)
}

fn both_trunks_are_free(server: &Server) {
    server.wait_until("no call is on either trunk", SOON, |it| {
        ["amt", "aussen"].iter().all(|id| it.of(&format!("trunk_calls{{trunk=\"{id}\"}}")) == 0)
    });
}

fn a_number_moves_and_moves_back() {
    let server = Server::start(county());
    let mut there = desk(&server);
    calls(&server, 400).run(&server);
    there.succeeds();
    for said in [
        "INVITE sip:+494171693312@",
        "From: <sip:+4941718000",
        "P-Asserted-Identity: <sip:+4941718000",
    ] {
        assert!(there.received(said), "{said}\n{}", there.messages());
    }
    assert!(!there.received("Privacy:"), "{}", there.messages());
    both_trunks_are_free(&server);
    let figures = server.figures();
    assert_eq!((figures.contacts(), figures.of("passed_on_total")), (0, 1), "no contact of ours");

    // The number moves while the service runs; a call that is up stays at the exchange.
    let mut there = desk(&server);
    let mut long = calls(&server, 2_500).start(&server);
    server.wait_until("it is put through", SOON, |it| it.of("passed_on_total") == 2);
    applies(&server, &format!("numbers = [\"116\", \"{DESK}\"]"));
    let mut agent =
        Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 100).start(&server);
    let call = Sipp::from(server.county.caller(1), server.sip(), DESK, "caller_talks");
    call.with("talk", 400).run(&server);
    agent.succeeds();
    long.succeeds();
    there.succeeds();
    let figures = server.is_empty();
    assert_eq!((figures.fate("116", "accepted"), figures.of("passed_on_total")), (1, 2));

    // And back.
    applies(&server, "numbers = [\"116\"]");
    let mut there = desk(&server);
    calls(&server, 400).run(&server);
    there.succeeds();
    both_trunks_are_free(&server);
    assert_eq!(server.figures().of("passed_on_total"), 3);
    server.is_as_new();
}

/// Takes up the file with other numbers of line 116.
fn applies(server: &Server, numbers: &str) {
    let text = server.county.text().replace("numbers = [\"116\"]", numbers);
    server.folder.write("county.toml", text);
    let file = server.folder.join("county.toml").display().to_string();
    server.ask(&["apply", &file]);
}

/// Busy there is busy; who withholds the number stays unknown; a number of nobody is nobody's.
fn who_is_put_through_meets_what_is_there() {
    let server = Server::start(county());
    let mut there =
        Sipp::at(server.county.outside[0], "agent_refuses").with("code", 486).start(&server);
    let refused = Sipp::from(server.county.caller(0), server.sip(), DESK, "caller_refused");
    refused.with("hops", 70).with("code", 486).run(&server);
    there.succeeds();
    let nobody = Sipp::from(server.county.caller(1), server.sip(), "+4940999", "caller_refused");
    nobody.with("hops", 70).with("code", 404).run(&server);

    let mut there = desk(&server);
    calls(&server, 400).with("extra", "      Privacy: id\n").run(&server);
    there.succeeds();
    assert!(there.received("From: <sip:anonymous@anonymous.invalid>"), "{}", there.messages());
    assert!(there.received("Privacy: id") && !there.received("4941718000"), "{}", there.messages());
    both_trunks_are_free(&server);

    // A hold is between the two.
    let mut holds = Sipp::at(server.county.outside[0], "agent_holds")
        .with("talk", 100)
        .with("hold", 100)
        .start(&server);
    calls(&server, 1_500).run(&server);
    holds.succeeds();
    server.is_as_new();
}

/// The exchange sends a call for a number of its own: it is not sent back, and 112 goes nowhere.
fn nobody_is_put_through_in_a_circle() {
    let server = Server::start(county());
    for number in [DESK, "112", "110", "+49112"] {
        let call = Sipp::from(server.county.outside[0], server.sip(), number, "caller_refused");
        call.with("hops", 70).with("code", 404).run(&server);
    }
    let figures = server.is_empty();
    assert_eq!((figures.of("passed_on_total"), figures.refused("no_such_number")), (0, 4));
    // What the exchange sends for one of our lines is a call like any other.
    let mut agent =
        Sipp::at(server.county.bench_phone(1), "agent_talks").with("ring", 50).start(&server);
    let call = Sipp::from(server.county.outside[0], server.sip(), "116", "caller_talks");
    call.with("talk", 200).run(&server);
    agent.succeeds();
    assert_eq!(server.is_empty().contacts(), 1);
}

/// An agent's telephone dials an extension as in the house, and hands a caller on to one.
fn extensions_are_dialled_as_in_the_house() {
    let mut county = County::new().agent("k1").phone("k1", "k1").outside(1);
    county.bench = 0;
    county.outside_trunk = "stem = \"+494171693\"\ndirectory = \"rathaus.csv\"".to_owned();
    let port = county.ports.row(PORTS);
    let folder = Folder::new();
    folder.write("data/rathaus.csv", "Nebenstelle;Name;Stelle\r\n312;Anna Beispiel;Bauamt\r\n");
    let server = Server::start_in(folder, county);
    let listed = server.ask(&["directory", "bauamt"]);
    assert!(
        listed.contains("312  +494171693312  ") && listed.contains("Anna Beispiel"),
        "{listed}"
    );
    assert!(!server.ask(&["directory", "tiefbau"]).contains("312"));

    let mut there = desk(&server);
    let mut phone = Phone::new("k1", port, 620).registering(server.password("k1")).start(&server);
    phone.is_registered();
    phone.dial("312");
    server.wait_until("both talk", SOON, |it| it.of("trunk_calls{trunk=\"aussen\"}") == 1);
    phone.wait_for_count("Call established", 1);
    phone.hang_up();
    there.succeeds();
    assert!(there.received("INVITE sip:+494171693312@"), "{}", there.messages());
    both_trunks_are_free(&server);
    // Another extension is nobody's.
    phone.dial("313");
    phone.wait_for_count("404", 1);

    // A directory that is wrong is not taken up, and says where.
    server.folder.write("data/rathaus.csv", "Nebenstelle;Name\r\n312;A\r\n312;B\r\n");
    let data = server.data().display().to_string();
    let refused = run_program(&server.folder, &["--lang", "en", "directory", "--data", &data]);
    assert!(!refused.status.success());
    assert!(
        refused.stderr.contains("[[trunk]] aussen (rathaus.csv): line 3: "),
        "{}",
        refused.stderr
    );
}
