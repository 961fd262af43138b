// SPDX-License-Identifier: EUPL-1.2
//! Trunks at the edge of a carrier, which is Kamailio: we register there, and calls go both ways through it.

use crate::agents::{dial, register};
use e2e::baresip::{Baresip, PORTS, Phone};
use e2e::certificates::Authority;
use e2e::clock::{SOON, wait_for};
use e2e::county::{County, Help};
use e2e::database::Database;
use e2e::dns::{Dns, Service};
use e2e::folder::Folder;
use e2e::kamailio::{Carrier, Kamailio, PASSWORD, USER};
use e2e::runner::Case;
use e2e::server::Server;
use e2e::sipp::Sipp;

pub(crate) const LONG: &[Case] = &[("a_registrar_comes_back", a_registrar_comes_back)];

pub(crate) const CASES: &[Case] = &[
    ("a_trunk_registers_and_calls_go_both_ways", calls_go_both_ways),
    ("a_trunk_registers_by_tls_and_calls_go_both_ways", calls_go_both_ways_by_tls),
    ("help_is_called_over_a_trunk_that_registers", help_is_called),
    ("help_leaves_though_nothing_is_registered", help_leaves_unregistered),
    ("a_trunk_that_is_not_registered_is_said_and_not_used", not_registered),
    ("all_numbers_are_registered_at_once", all_numbers_at_once),
    ("the_next_registrar_is_asked", the_next_registrar_is_asked),
    ("a_trunk_is_found_by_its_name", found_by_name),
    ("a_telephone_behind_a_proxy_is_called_through_it", behind_a_proxy),
    ("a_carrier_takes_the_centre_out_and_in_again", taken_out_and_in),
];

/// Where the trunk registers, and what stands beside it in its table.
const ACCOUNT: &str =
    "registrar = \"tel.example\"\nuser = \"+494171693000\"\nlogin = \"harburg\"\n";

/// A centre with one telephone and a trunk that registers at this carrier.
struct Ground {
    county: County,
    folder: Folder,
    carrier: Carrier,
    /// The telephone of the one agent: so many ports in a row.
    desk: u16,
}

impl Ground {
    fn new() -> Ground {
        let mut county = County::new().agent("k1").phone("k1", "k1").outside(1);
        county.bench = 0;
        county.outside_trunk = ACCOUNT.to_owned();
        let (desk, telephones) = (county.ports.row(PORTS), county.ports.row(PORTS));
        let carrier = Carrier::new(county.outside[0], county.sip, telephones);
        let folder = Folder::new();
        folder.write("data/trunk-passwords.toml", format!("aussen = \"{PASSWORD}\"\n"));
        Ground { county, folder, carrier, desk }
    }

    fn start(self) -> (Server, Kamailio, Carrier, u16) {
        let Ground { county, folder, carrier, desk } = self;
        let kamailio = carrier.start(&folder);
        (Server::start_in(folder, county), kamailio, carrier, desk)
    }
}

fn is_registered(server: &Server) {
    server.wait_until("the trunk is registered", SOON, |it| {
        it.of("trunk_registered{trunk=\"aussen\"}") == 1
    });
}

/// The one agent, signed on.
fn ready(server: &Server, desk: u16) -> Baresip {
    let mut phone = Phone::new("k1", desk, 620).registering(server.password("k1")).start(server);
    phone.is_registered();
    server.wait_until("registered", SOON, |it| it.of("telephones_registered") == 1);
    phone.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    phone
}

/// Somebody calls the centre through the carrier, and is called through it.
fn both_ways(server: &Server, kamailio: &Kamailio, carrier: &Carrier, desk: u16) {
    is_registered(server);
    let status = server.ask(&["status"]);
    assert!(status.contains("trunk aussen: not asked, registered, 0/2"), "{status}");
    let agent = ready(server, desk);
    let citizen = Phone::new("+4940123456", carrier.telephones, 440);
    let mut citizen = Phone { proxy: Some(kamailio.at), ..citizen }.start(server);
    citizen.dial("115");
    citizen.hears(600.0);
    citizen.hears(620.0);
    agent.hears(440.0);
    server.wait_until("the call came over the trunk", SOON, |it| {
        it.of("trunk_calls{trunk=\"aussen\"}") == 1
    });
    citizen.hang_up();
    assert_eq!(server.is_empty().fate("115", "accepted"), 1);

    // And back: the agent calls out, with a proof and by the Service-Route.
    citizen.forget();
    agent.forget();
    agent.dial("040123456");
    citizen.hears(620.0);
    agent.hears(440.0);
    kamailio.says("calls +4940123456 from +494171693100");
    citizen.wait_for_words("Call established");
    agent.hang_up();
    server.wait_until("the call is over", SOON, |it| it.of("trunk_calls{trunk=\"aussen\"}") == 0);
}

fn ends_well(mut server: Server, kamailio: &Kamailio) {
    server.process.signal("TERM");
    server.process.wait(SOON);
    kamailio.says(&format!("registers {USER} for 0"));
}

/// Refreshed before it ends, with a nonce that has become too old meanwhile.
fn calls_go_both_ways() {
    let mut ground = Ground::new();
    (ground.carrier.expires, ground.carrier.nonce) = (10, 4);
    let (server, kamailio, carrier, desk) = ground.start();
    both_ways(&server, &kamailio, &carrier, desk);
    kamailio.says_times(&format!("registers {USER} for 600"), 3);
    is_registered(&server);
    ends_well(server, &kamailio);
}

/// MD5, as most carriers still have it; the number that answers for a call goes where the carrier looks for it.
fn calls_go_both_ways_by_tls() {
    let (server, kamailio, carrier, desk) = by_tls().start();
    both_ways(&server, &kamailio, &carrier, desk);
    kamailio.says("preferred <sip:+494171693100@tel.example;user=phone>");
    assert_eq!(kamailio.process.stderr().matches("registers").count(), 1);
    ends_well(server, &kamailio);
}

/// The carrier's edge is started anew: the connection is gone with it, and we register again.
fn a_registrar_comes_back() {
    let (server, kamailio, carrier, _) = by_tls().start();
    is_registered(&server);
    drop(kamailio);
    server.wait_until("the connection is gone", SOON, |it| {
        it.of("trunk_registered{trunk=\"aussen\"}") == 0
    });
    let kamailio = carrier.start(&server.folder);
    // After a pause of at most a minute.
    server.wait_until("the trunk is registered again", SOON * 8, |it| {
        it.of("trunk_registered{trunk=\"aussen\"}") == 1
    });
    ends_well(server, &kamailio);
}

fn by_tls() -> Ground {
    let authority = Authority::new("Amt fuer Zertifikate");
    let mut ground = Ground::new();
    let Ground { county, folder, carrier, .. } = &mut ground;
    let (secure, own) = (county.ports.one(), county.ports.one());
    for (name, file) in [("127.0.0.1", "data/tls/centre"), ("tel.example", "edge")] {
        authority.sign(name, 2_100).write(folder, file);
    }
    authority.write(folder, "data/tls/authority.pem");
    carrier.tls = Some((secure, folder.join("edge.pem"), folder.join("edge.key")));
    carrier.algorithm = "MD5";
    county.listens.push(format!("tls:127.0.0.1:{own}"));
    county.telephony = "certificate = \"tls/centre.pem\"\nkey = \"tls/centre.key\"\n".to_owned();
    county.outside = vec![secure];
    county.outside_carrier = "tls";
    county.outside_trunk = format!(
        "{ACCOUNT}tls_name = \"tel.example\"\nauthority = \"tls/authority.pem\"\n\
         identity = \"preferred\"\nsrtp = \"off\"\n"
    );
    ground
}

/// With a proof, before the limits of the trunk, and with the number as it is.
fn help_is_called() {
    let mut ground = Ground::new();
    ground.county.help = Help::ByTrunk;
    let (server, kamailio, carrier, desk) = ground.start();
    is_registered(&server);
    register(&server, desk, "k1");
    for number in ["112", "110"] {
        let there = Sipp::at(carrier.telephones, "agent_hangs_up").with("talk", 200);
        let mut there = there.start(&server);
        dial(&server, desk, "k1", number);
        there.succeeds();
        let said = format!("INVITE sip:{number}@tel.example SIP/2.0");
        assert!(there.received(&said), "{}", there.messages());
        kamailio.says(&format!("calls {number} from +494171693100"));
    }
    assert_eq!(server.is_empty().of("emergency_calls_total"), 2);
}

/// Nobody has entered a password: every other call stays, and help is tried all the same.
fn help_leaves_unregistered() {
    let Ground { mut county, carrier, desk, .. } = Ground::new();
    county.help = Help::ByTrunk;
    let server = Server::start(county);
    register(&server, desk, "k1");
    let mut there = Sipp::at(carrier.port, "agent_hangs_up").with("talk", 200).start(&server);
    dial(&server, desk, "k1", "112");
    there.succeeds();
    assert!(there.received("INVITE sip:112@tel.example SIP/2.0"), "{}", there.messages());
    assert_eq!(server.is_empty().of("emergency_calls_total"), 1);
}

/// A wrong password, and none at all: it is said why, and nothing leaves but a call for help.
fn not_registered() {
    for (password, why) in [
        ("aussen = \"falsch\"\n", "name or password is wrong"),
        ("amt = \"egal\"\n", "no password in trunk-passwords.toml"),
    ] {
        let ground = Ground::new();
        ground.folder.write("data/trunk-passwords.toml", password);
        let (server, kamailio, _, desk) = ground.start();
        let says = format!("trunk aussen: not asked, NOT REGISTERED ({why}), 0/2");
        wait_for(&says, SOON, || server.ask(&["status"]).contains(&says).then_some(()));
        let unwell = server.health().expect_err("no trunk can be used");
        assert!(unwell.contains("trunk=aussen registered=no why="), "{unwell}");
        register(&server, desk, "k1");
        let dials = Sipp::from(desk, server.sip(), "040123456", "phone_is_refused");
        let dials = dials.with("user", "k1").with("password", server.password("k1"));
        dials.with("code", 480).run(&server);
        assert!(!kamailio.process.stderr().contains("calls"), "nothing leaves");
        let log = server.process.stderr();
        let logged = log.contains("trunk=aussen registered=no why=wrong_password");
        assert_eq!(logged, why.contains("wrong"), "{log}");
    }
}

/// RFC 6140: no number stands in our Contact, and the registrar is told that it has to know what that means.
fn all_numbers_at_once() {
    let Ground { mut county, folder, carrier, .. } = Ground::new();
    county.outside_trunk = format!("{ACCOUNT}bulk = true\n");
    let mut server = Server::start_in(folder, county);
    let mut registrar = Sipp::at(carrier.port, "registrar_of_all").start(&server);
    is_registered(&server);
    server.process.signal("TERM");
    server.process.wait(SOON);
    registrar.succeeds();
}

/// At the first address nobody is; calls leave by the one where we are registered.
fn the_next_registrar_is_asked() {
    let mut ground = Ground::new();
    let nobody = ground.county.ports.one();
    ground.county.outside.insert(0, nobody);
    let (server, kamailio, carrier, desk) = ground.start();
    server.wait_until("the trunk is registered", SOON * 2, |it| {
        it.of("trunk_registered{trunk=\"aussen\"}") == 1
    });
    register(&server, desk, "k1");
    let there = Sipp::at(carrier.telephones, "agent_hangs_up").with("talk", 200);
    let mut there = there.start(&server);
    dial(&server, desk, "k1", "040123456");
    there.succeeds();
    ends_well(server, &kamailio);
}

/// Its services are looked for, the first of which is out of order; what was known survives the name server; and
/// when the carrier moves, we follow.
fn found_by_name() {
    let mut ground = Ground::new();
    let (dns, dead, second) =
        (ground.county.ports.one(), ground.county.ports.one(), ground.county.ports.one());
    ground.county.outside_name = Some("tel.example");
    ground.county.telephony = format!("name_servers = [\"127.0.0.1:{dns}\"]\n");
    let service =
        |host, port, priority| Service { name: "_sip._udp.tel.example", host, port, priority };
    let first = ground.carrier.port;
    let services = [service("dead.example", dead, 10), service("edge.example", first, 20)];
    let name_server = Dns::start(&ground.folder, dns, &services);
    let (server, kamailio, carrier, desk) = ground.start();
    server.wait_until("the trunk is registered", SOON * 2, |it| {
        it.of("trunk_registered{trunk=\"aussen\"}") == 1
    });
    register(&server, desk, "k1");
    let calls_out = || {
        let there = Sipp::at(carrier.telephones, "agent_hangs_up").with("talk", 200);
        let mut there = there.start(&server);
        dial(&server, desk, "k1", "040123456");
        there.succeeds();
    };
    calls_out();
    says(&server, "name=tel.example found=yes addresses=2");

    drop(name_server);
    says(&server, "name=tel.example found=no addresses=2");
    is_registered(&server);
    calls_out();

    // The carrier goes to another edge.
    let moved = Carrier { port: second, ..carrier.clone() }.start(&server.folder);
    let _name_server = Dns::start(&server.folder, dns, &[service("b.example", second, 10)]);
    says(&server, "name=tel.example found=yes addresses=1");
    moved.says(&format!("registers {USER} for 600"));
    is_registered(&server);
    drop(kamailio);
    calls_out();
    ends_well(server, &moved);
}

fn says(server: &Server, words: &str) {
    wait_for(words, SOON * 3, || server.process.stderr().contains(words).then_some(()));
}

/// The proxy of a site stands in Path: without it in their Route our calls would not reach the telephone. After a
/// restart the way there is still known.
fn behind_a_proxy() {
    let mut county = County::new().agent("k1").phone("k1", "k1");
    county.bench = 0;
    let (desk, port) = (county.ports.row(PORTS), county.ports.one());
    let values = [("port", port.to_string()), ("centre", county.sip.to_string())];
    let mut server = Server::start(county);
    let proxy = Kamailio::start(&server.folder, "site", &values, port);
    let phone = Phone::new("k1", desk, 620).registering(server.password("k1"));
    let mut agent = Phone { proxy: Some(proxy.at), ..phone }.start(&server);
    agent.is_registered();
    proxy.says("registers k1");
    agent.dial("*10");
    server.wait_until("the agent is ready", SOON, |it| it.agents("ready") == 1);
    server.wait_until("the code's call is over", SOON, |it| it.of("media_legs") == 0);
    proxy.says("dials *10");
    for _ in 0..2 {
        let caller = Phone::new("+4941718001", server.county.callers, 440).start(&server);
        caller.dial("115");
        caller.hears(620.0);
        agent.hears(440.0);
        proxy.says("rings k1");
        agent.hang_up();
        server.wait_until("the call is over", SOON, |it| it.of("media_legs") == 0);
        agent.forget();
        drop(caller);
        server.process.signal("TERM");
        server.process.wait(SOON);
        server.start_again();
        server.wait_until("the agent is still there", SOON, |it| it.agents("ready") == 1);
    }
    assert!(proxy.process.stderr().matches("rings k1").count() >= 2);
}

/// While nothing is decided, and when the centre stops, a carrier that asks by OPTIONS hands it no calls; and hands
/// it calls again when all is well.
fn taken_out_and_in() {
    let folder = Folder::new();
    let database = Database::sqlite(&folder);
    let mut county = County::new();
    let port = county.ports.one();
    county.peers.push(format!("udp:127.0.0.1:{port}"));
    let list = folder.write("dispatcher.list", format!("1 sip:127.0.0.1:{}\n", county.sip));
    let mut server = Server::start_in(folder, county);
    let values = [("port", port.to_string()), ("list", list.display().to_string())];
    let carrier = Kamailio::start(&server.folder, "dispatcher", &values, port);
    let call = |number: u16, line, scenario| {
        Sipp::from(server.county.caller(number), carrier.at, line, scenario)
    };
    let refused = |number| call(number, "119", "caller_refused").with("hops", 70).with("code", 480);
    call(0, "119", "caller_listens").run(&server);
    assert!(!carrier.process.stderr().contains("taken out"));

    let held = database.hold(&server.folder);
    // Somebody has to call before anybody knows. Kamailio makes 500 of our 503 (RFC 3261, 16.7).
    let early = call(1, "119", "caller_refused").with("hops", 70).with("code", 500);
    let mut early = early.start(&server);
    carrier.says("taken out");
    early.succeeds();
    refused(2).run(&server);
    drop(held);
    carrier.says("taken in");
    call(3, "119", "caller_listens").run(&server);
    server.is_empty();

    server.process.signal("TERM");
    server.process.wait(SOON);
    carrier.says_times("taken out", 2);
    refused(4).run(&server);
}
