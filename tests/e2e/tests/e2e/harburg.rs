// SPDX-License-Identifier: EUPL-1.2
//! The model county of `examples/harburg.toml` on real calls: its lines, its town halls, its partner. Only addresses
//! and hours are others than in the file: the tests run at any time of the day.

use crate::agents::{dial, register};
use e2e::clock::{SOON, wait_for};
use e2e::county::County;
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;

pub(crate) const CASES: &[Case] = &[
    ("many_lines_and_a_town_answered_by_one_centre", many_lines),
    ("a_town_s_own_switchboard_goes_first", own_switchboard_first),
    ("oldenburg_helps_and_is_helped", oldenburg_helps),
];

/// What the file says, and what it is on this machine.
const EXAMPLE: &str = include_str!("../../../../examples/harburg.toml");
const SWITCHBOARDS: [&str; 2] = ["+494066969450", "+494066969550"];
const OLDENBURG: &str = "+492214710900";

/// One exchange: where it is called, and from where it calls.
#[derive(Clone, Copy)]
struct Exchange {
    called: u16,
    calls: u16,
}

struct Harburg {
    server: Server,
    /// In the file's order: Kreishaus, Neu Wulmstorf, Salzhausen, Jesteburg.
    exchanges: [Exchange; 4],
    k1: u16,
    n1: u16,
}

impl Harburg {
    fn start() -> Harburg {
        let mut county = County::new();
        let exchanges = [(); 4].map(|()| {
            let (called, calls) = (county.ports.one(), county.ports.one());
            Exchange { called, calls }
        });
        let (k1, n1) = (county.ports.one(), county.ports.one());
        county.file = Some(here(&county, &exchanges));
        let server = Server::start(county);
        register(&server, k1, "k1");
        register(&server, n1, "n1");
        Harburg { server, exchanges, k1, n1 }
    }

    fn signs_on(&self, port: u16, id: &str, ready: u64) {
        dial(&self.server, port, id, "*10");
        self.server.wait_until("is ready", SOON, |it| it.agents("ready") == ready);
    }

    /// A caller of an exchange is answered at this telephone.
    fn is_answered(&self, exchange: usize, number: &str, (port, id): (u16, &str), extra: &str) {
        let mut agent = Sipp::at(port, "agent_talks").with("ring", 50).start(&self.server);
        self.calls(exchange, number, extra).run(&self.server);
        agent.succeeds();
        // The wrap-up is over when the agent says so.
        dial(&self.server, port, id, "*11");
    }

    fn calls(&self, exchange: usize, number: &str, extra: &str) -> Sipp {
        let call =
            Sipp::from(self.exchanges[exchange].calls, self.server.sip(), number, "caller_talks");
        call.with("talk", 3_000).with("extra", extra)
    }

    fn of(&self, line: &str, fate: &str) -> u64 {
        self.server.is_empty().fate(line, fate)
    }
}

/// The file with the addresses of this test, and open round the clock.
fn here(county: &County, exchanges: &[Exchange; 4]) -> String {
    let mut text = EXAMPLE.replace("servicecenter.landkreis-harburg.example", "127.0.0.1");
    let sound = county.ports.sound();
    let ports = format!("\"{}-{}\"", sound.start(), sound.end());
    text = text.replace("\"20000-39999\"", &ports);
    let listen = format!("[\"udp:127.0.0.1:{}\"]", county.sip);
    text = text.replace("[\"udp:127.0.0.1:5060\", \"tcp:127.0.0.1:5060\"]", &listen);
    let peers = [
        "[\"udp:192.0.2.21:5060\", \"udp:192.0.2.22:5060\"]",
        "[\"tcp:192.0.2.31:5060\"]",
        "[\"tcp:192.0.2.41:5060\"]",
        "[\"tcp:192.0.2.51:5060\"]",
    ];
    for (peers, Exchange { called, calls }) in peers.iter().zip(exchanges) {
        assert!(text.contains(peers), "the example has other exchanges by now");
        let ours = format!("[\"udp:127.0.0.1:{called}\", \"udp:127.0.0.1:{calls}\"]");
        text = text.replace(peers, &ours);
    }
    // Nobody is asked after its health who is not there.
    text =
        text.replace("area_code =", "probe = \"off\"\narea_code =").replace("probe = \"30s\"", "");
    // On Friday afternoons everything goes to Oldenburg; here it never is one.
    text =
        text.replace("open = \"Fr 15:00-18:00; PH off\"", "open = \"Feb 01 04:00-04:01; PH off\"");
    let mut open = String::new();
    for line in text.lines() {
        let is_rule = line.starts_with("open = \"Mo");
        open.push_str(if is_rule { "open = \"24/7\"" } else { line });
        open.push('\n');
    }
    open
}

/// M2, M3, M11: the authority number, the county's switchboard and its citizen service at one desk; a town's central
/// number at the town's own people first, and at the county's when they have gone.
fn many_lines() {
    let county = Harburg::start();
    county.signs_on(county.k1, "k1", 1);
    let k1 = (county.k1, "k1");
    for (line, number) in
        [("115", "115"), ("kreis-zentrale", "+494066969100"), ("buergerservice", "04066969205")]
    {
        county.is_answered(0, number, k1, "");
        assert_eq!(county.of(line, "accepted"), 1, "{line}");
    }
    // An extension alone is completed as the exchange writes it.
    county.is_answered(0, "100", k1, "");
    assert_eq!(county.of("kreis-zentrale", "accepted"), 2);

    county.signs_on(county.n1, "n1", 2);
    let town = "+494066969300";
    county.is_answered(1, town, (county.n1, "n1"), "");
    dial(&county.server, county.n1, "n1", "*19");
    county.server.wait_until("gone", SOON, |it| it.agents("ready") == 1);
    county.is_answered(1, town, k1, "");
    assert_eq!(county.of("neu-wulmstorf", "accepted"), 2);
    assert_eq!(county.server.is_as_new().contacts(), 6);
}

/// M4, M5: Salzhausen and Jesteburg answer themselves as long as they can. What their exchanges send on is the call
/// of the number that was dialled first; our own call, sent back, is no second contact.
fn own_switchboard_first() {
    let county = Harburg::start();
    county.signs_on(county.k1, "k1", 1);
    let (server, k1) = (&county.server, (county.k1, "k1"));
    for (exchange, line, number, own) in [
        (2, "salzhausen", "+494066969400", SWITCHBOARDS[0]),
        (3, "jesteburg", "+494066969500", SWITCHBOARDS[1]),
    ] {
        let called = county.exchanges[exchange].called;
        let mut there = Sipp::at(called, "agent_talks").with("ring", 50).start(server);
        county.calls(exchange, number, "").run(server);
        there.succeeds();
        assert!(there.received(&format!("INVITE sip:{own}@")), "{}", there.messages());
        assert_eq!(county.of(line, "local"), 1, "{line}");

        let mut busy = Sipp::at(called, "agent_refuses").with("code", 486).start(server);
        county.is_answered(exchange, number, k1, "");
        busy.succeeds();
        assert_eq!(county.of(line, "accepted"), 1, "{line}");

        let forwarded =
            format!("      Diversion: <sip:{number}@pbx;user=phone>;reason=no-answer\n");
        county.is_answered(exchange, "+494066969100", k1, &forwarded);
        assert_eq!(county.of(line, "accepted"), 2, "{line}: not rung again");
    }
    comes_back(&county);
    assert_eq!(county.server.is_as_new().contacts(), 7);
}

fn comes_back(county: &Harburg) {
    let (server, number, own) = (&county.server, "+494066969500", SWITCHBOARDS[1]);
    let mut there = Sipp::at(county.exchanges[3].called, "agent_is_cancelled").start(server);
    let mut agent = Sipp::at(county.k1, "agent_talks").with("ring", 50).start(server);
    let mut caller = county.calls(3, number, "").start(server);
    wait_for("it rings there", SOON, || there.received("INVITE").then_some(()));
    let sent_on = format!(
        "      Diversion: <sip:{own}@pbx;user=phone>;reason=unconditional\n      \
         Diversion: <sip:{number}@127.0.0.1;user=phone>;reason=unconditional\n"
    );
    let back = Sipp::from(county.exchanges[2].calls, server.sip(), number, "caller_refused");
    back.with("hops", 60).with("code", 482).with("extra", sent_on).run(server);
    for peer in [&mut there, &mut agent, &mut caller] {
        peer.succeeds();
    }
    assert_eq!(county.of("jesteburg", "accepted"), 3, "one contact");
}

/// M8: nobody is there, and Oldenburg answers; Oldenburg's callers are answered here, and never sent back.
fn oldenburg_helps() {
    let county = Harburg::start();
    let (server, kreis) = (&county.server, county.exchanges[0]);
    let mut there = Sipp::at(kreis.called, "agent_hangs_up").with("talk", 300).start(server);
    let call = Sipp::from(kreis.calls, server.sip(), "115", "caller_listens");
    call.run(server);
    there.succeeds();
    for said in [format!("INVITE sip:{OLDENBURG}@"), "User-to-User: ".to_owned()] {
        assert!(there.received(&said), "{said}\n{}", there.messages());
    }
    assert_eq!(county.of("115", "overflowed"), 1);

    county.signs_on(county.k1, "k1", 1);
    county.is_answered(0, "+494066969600", (county.k1, "k1"), "");
    assert_eq!(county.of("hilfe-fuer-oldenburg", "accepted"), 1);
    assert_eq!(county.server.is_as_new().contacts(), 2);
}
