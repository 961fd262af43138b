// SPDX-License-Identifier: EUPL-1.2
//! Whatever a file holds, the check comes back, in time, with places inside the file, or with a county
//! whose every promise is kept.

use amtsleitung::config::county::{
    Answering, BENCH_MAX, CHANNELS_MAX, County, EmergencyRoute, LISTEN_MAX, PEERS_MAX, PHONES_MAX,
    Peer, SPREAD_MAX, SipAddress, TRUNKS_MAX,
};
use amtsleitung::config::ways::{
    InForce, PARTNERS_IN_FILE_MAX, PLANS_IN_FILE_MAX, Reach, STAGES_OF_LINE_MAX,
    SWITCHBOARDS_IN_FILE_MAX, Ways,
};
use amtsleitung::{Lang, config};
use hours::YEARS;
use std::time::{Duration, Instant};
use stdx::limits::{
    ACT_MAX, AGENTS_MAX, CALLBACK_ATTEMPTS_MAX, CONTACTS_MAX, PARTNER_PAUSE_MIN, PRIORITY_MAX,
    RULE_DURATION_MAX, SKILL_LEVEL_MAX, TALK_CHECK_EVERY,
};
use stdx::{LineId, Micros, Rng};

const EXAMPLE: &str = include_str!("../../../examples/harburg.toml");
const BENCH: &str = include_str!("../../../examples/loopback.toml");
const WAYS: &str =
    concat!(include_str!("county.toml"), include_str!("telephone.toml"), include_str!("ways.toml"));

/// Far more than any file needs, so that a busy machine fails no test, and far less than a hang.
const PATIENCE: Duration = Duration::from_secs(20);

#[expect(clippy::disallowed_methods, reason = "a test of how long something takes")]
fn timed<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = run();
    let took = start.elapsed();
    assert!(took < PATIENCE, "{what} took {took:?}");
    if took > Duration::from_millis(500) {
        eprintln!("{what}: {took:?}");
    }
    result
}

/// Checks any bytes and everything that must hold of the answer; true if they were accepted.
fn survives(what: &str, bytes: &[u8]) -> bool {
    timed(what, || {
        let Ok(text) = config::text_of(bytes) else { return false };
        let checked = config::check(text);
        let lines: Vec<&str> = text.split('\n').collect();
        for found in checked.report().found().iter().take(1_000) {
            assert!(found.at <= text.len(), "{what}: place outside the file");
            let place = checked.place(found.at);
            let line = lines.get(place.line - 1).expect("the line is there");
            assert!(place.column <= line.chars().count() + 1, "{what}: column outside the line");
        }
        for lang in [Lang::De, Lang::En] {
            let printed = checked.printed("x", lang);
            assert!(printed.chars().all(|c| c == '\n' || !c.is_control()), "{what}: {printed:?}");
        }
        assert_eq!(checked.county.is_some(), !checked.report().has_errors(), "{what}");
        if let Some(county) = &checked.county {
            keeps_its_promises(county);
            keeps_its_telephones(county);
            keeps_its_ways(county);
            makes_a_centre(county);
        }
        checked.county.is_some()
    })
}

fn keeps_its_promises(county: &County) {
    for (index, line) in county.lines.iter().enumerate() {
        assert!(line.client < county.clients.len() && line.hours < county.hours.len());
        assert!(!line.numbers.is_empty());
        is_some_time(line.in_force);
        assert_eq!(county.line(&line.id), Some(LineId(index as u16)));
        if let Some(service) = line.service() {
            assert!(service.queue.index() < county.queues.len());
            assert!(service.priority <= PRIORITY_MAX);
            assert!(service.wrap_up <= RULE_DURATION_MAX);
            assert!(service.required.iter().all(|needs| needs.skill.index() < county.skills.len()));
            assert!(service.preferred.iter().all(|skill| skill.index() < county.skills.len()));
            let bench = county.bench.as_ref();
            let of_bench = bench.is_some_and(|bench| bench.has_all(&service.required));
            assert!(of_bench || county.agents_for(LineId(index as u16)).next().is_some());
            assert!(service.answering == Answering::AtOnce || service.greeting.is_none());
            assert!(service.answering == Answering::AtOnce || !service.ways.tells_wait);
            assert!(service.answering == Answering::AtOnce || service.ways.callback.is_none());
            leads_somewhere(county, &service.ways);
        }
    }
    let mut reach: Vec<_> =
        county.lines.iter().flat_map(|l| &l.numbers).map(|n| n.reach()).collect();
    reach.sort_unstable();
    assert!(reach.windows(2).all(|two| two[0].0 != two[1].0 || two[0].2 < two[1].1));
    for agent in &county.agents {
        assert!(agent.team.index() < county.teams.len());
        assert!(agent.skills.iter().all(|has| (1..=SKILL_LEVEL_MAX).contains(&has.level)));
        is_some_time(agent.in_force);
    }
    assert!(county.teams.iter().all(|team| team.site < county.sites.len()));
    for closure in &county.closures {
        assert!(closure.from < closure.until);
        assert!(closure.hours.iter().all(|&hours| hours < county.hours.len()));
    }
    for target in &county.targets {
        assert!((0.0..=1.0).contains(&target.share));
        assert!(target.lines.iter().all(|line| line.index() < county.lines.len()));
        assert_eq!(target.within != Micros::ZERO, target.definition.has_time());
    }
    for site in &county.sites {
        match &site.emergency_route {
            EmergencyRoute::Through { way: text, .. } | EmergencyRoute::None(text) => {
                assert!(!text.is_empty())
            }
        }
    }
}

fn is_some_time(in_force: InForce) {
    let days = || in_force.from.into_iter().chain(in_force.until);
    assert!(days().all(|day| YEARS.contains(&day.year())));
    assert!(days().is_sorted(), "the last day is not before the first");
}

fn is_short(duration: Option<Micros>) -> bool {
    duration.is_none_or(|duration| duration <= RULE_DURATION_MAX)
}

/// A line's ways beside the queue.
fn leads_somewhere(county: &County, ways: &Ways) {
    assert!(ways.stages.len() <= STAGES_OF_LINE_MAX);
    assert!(ways.stages.first().is_none_or(|stage| stage.after == Micros::ZERO));
    assert!(ways.stages.windows(2).all(|two| two[0].after < two[1].after));
    for stage in &ways.stages {
        assert!(is_short(Some(stage.after)));
        assert!(stage.teams.iter().all(|team| team.index() < county.teams.len()));
    }
    if let Some(local) = ways.local_first {
        assert!(local.switchboard.index() < county.switchboards.len());
        assert!(Micros::ZERO < local.ring && is_short(Some(local.ring)));
    }
    if let Some(overflow) = ways.overflow {
        assert!(ways.received_from.is_none(), "nothing is passed on");
        assert!(overflow.partner.index() < county.partners.len());
        assert!(overflow.hours.is_none_or(|hours| hours < county.hours.len()));
        assert!(is_short(overflow.waited) && is_short(overflow.predicted));
        assert!(!overflow.no_channel || overflow.reach == Reach::Deflect);
        let by_time = overflow.waited.is_some() || overflow.predicted.is_some();
        let by_state = overflow.nobody_signed_on || overflow.closed || overflow.no_channel;
        assert!(by_time || by_state || overflow.hours.is_some(), "an overflow has a cause");
    }
    if let Some(callback) = ways.callback {
        assert!((1..=CALLBACK_ATTEMPTS_MAX).contains(&callback.attempts));
        assert!(Micros::ZERO < callback.ring && callback.ring < TALK_CHECK_EVERY);
        assert!(is_short(Some(callback.retry_after)) && is_short(Some(callback.expires_after)));
    }
    assert!(ways.received_from.is_none_or(|partner| partner.index() < county.partners.len()));
    assert!(ways.only_in.is_none_or(|plan| plan.index() < county.plans.len()));
}

/// Partners, switchboards and plans, and what a rehearsal assumes.
fn keeps_its_ways(county: &County) {
    let share = |share: f64| (0.0..=1.0).contains(&share);
    let is_trunk = |trunk: Option<usize>| trunk.is_none_or(|trunk| trunk < county.trunks.len());
    assert!(county.partners.len() <= PARTNERS_IN_FILE_MAX);
    assert!(county.switchboards.len() <= SWITCHBOARDS_IN_FILE_MAX);
    assert!(county.plans.len() <= PLANS_IN_FILE_MAX);
    for partner in &county.partners {
        assert!(partner.hours < county.hours.len() && is_trunk(partner.trunk));
        assert!((1..=CONTACTS_MAX as u32).contains(&partner.capacity));
        assert!(Micros::from_secs(1) <= partner.ring && PARTNER_PAUSE_MIN <= partner.pause);
        assert!(share(partner.rehearsal.refuses) && share(partner.rehearsal.silent));
    }
    for switchboard in &county.switchboards {
        assert!(switchboard.hours < county.hours.len() && is_trunk(switchboard.trunk));
        assert!(share(switchboard.rehearsal.silent) && share(switchboard.rehearsal.comes_back));
    }
    for plan in &county.plans {
        assert!(!plan.lines.is_empty());
        assert!(plan.lines.iter().all(|line| line.index() < county.lines.len()));
        assert!(plan.helpers.iter().all(|agent| agent.index() < county.agents.len()));
        assert!(Micros::ZERO < plan.lasts && plan.lasts <= ACT_MAX);
        assert!(is_short(plan.waiting_max) && plan.length_max != Some(0));
        let texts = plan.announcement.iter().chain(&plan.information);
        assert!(texts.into_iter().all(|it| !it.text.is_empty() && is_short(Some(it.length))));
    }
    for rehearsal in county.lines.iter().filter_map(|line| line.rehearsal) {
        assert!(rehearsal.calls_per_year <= rehearsal.dialled_per_year);
        assert!(share(rehearsal.forwarded) && is_trunk(rehearsal.trunk));
    }
    let people = county.rehearsal;
    let assumed = [people.call_back, people.reached, people.asks_information];
    assert!(assumed.into_iter().chain(people.first_contact).all(share));
    let kept = county.retention;
    assert!(kept.numbers <= 366 && kept.tokens <= 31 && (1..=31).contains(&kept.seats));
}

/// What the check lets pass, the core takes: its own guard never speaks.
fn makes_a_centre(county: &County) {
    let day = hours::parse_date("2014-05-02").expect("a day");
    let dates = hours::LocalDates::new(day, day).expect("one day");
    if let Ok(setup) = amtsleitung::rehearsal::setup(county, dates) {
        assert_eq!(setup.check(), Ok(()));
    }
}

/// The telephone part: every address whose, every number within its bounds, room for the bench.
fn keeps_its_telephones(county: &County) {
    assert!(county.telephony.is_some() || county.trunks.is_empty() && county.phones.is_empty());
    assert!(county.trunks.len() <= TRUNKS_MAX && county.phones.len() <= PHONES_MAX);
    let listen = county.telephony.iter().flat_map(|telephony| &telephony.listen);
    let mut taken: Vec<SipAddress> = listen.copied().collect();
    let own = taken.clone();
    let is_carried = |to: SipAddress| {
        own.iter().any(|own| own.carrier == to.carrier && own.family() == to.family())
    };
    if let Some(telephony) = &county.telephony {
        assert!((1..=LISTEN_MAX).contains(&telephony.listen.len()));
        let ports = &telephony.media_ports;
        assert!(ports.start() % 2 == 0 && *ports.start() >= 1_024 && ports.len() >= 4);
        for all in own.iter().filter(|own| own.address.ip().is_unspecified()) {
            let is_v4 = all.address.is_ipv4();
            assert!(telephony.media_addresses.iter().any(|ip| ip.is_ipv4() == is_v4));
        }
    }
    for trunk in &county.trunks {
        assert!(trunk.site < county.sites.len() && (1..=CHANNELS_MAX).contains(&trunk.channels));
        assert!((1..=PEERS_MAX).contains(&trunk.peers.len()));
        let addresses = || trunk.peers.iter().filter_map(Peer::address);
        assert!(addresses().all(is_carried));
        let code = format!("+{}", trunk.country_code);
        assert!(trunk.stem.as_ref().is_none_or(|stem| stem.starts_with(&code)));
        taken.extend(addresses());
    }
    let count = taken.len();
    taken.sort_unstable();
    taken.dedup();
    assert_eq!(taken.len(), count, "an address belongs to one");
    for phone in &county.phones {
        assert!(phone.site < county.sites.len() && phone.id != "110" && phone.id != "112");
        assert!(phone.agent.is_none_or(|agent| agent.index() < county.agents.len()));
        assert!(phone.at.is_none_or(|at| is_carried(at) && !taken.contains(&at)));
    }
    if county.bench.is_some() {
        let county = county.clone().with_bench(Some(BENCH_MAX), SPREAD_MAX);
        assert!(county.agents.len() <= AGENTS_MAX && county.phones.len() <= PHONES_MAX);
        let mut ids: Vec<&str> = county.phones.iter().map(|phone| phone.id.as_str()).collect();
        ids.sort_unstable();
        assert!(ids.windows(2).all(|two| two[0] != two[1]), "an id is one telephone");
        assert!(county.phones.iter().filter_map(|phone| phone.at).all(|at| !taken.contains(&at)));
    }
}

/// What is put in where nobody expects it.
const ODD: &[&str] = &[
    "\0",
    "\u{feff}",
    "[[",
    "]]",
    "{",
    "}",
    "\"",
    "'''",
    "\"\"\"",
    "\r\n",
    "nan",
    "inf",
    "-1",
    "1e400",
    "0x10",
    "2014-02-30",
    "..",
    "112",
    "= ",
    "#",
    "\\u0000",
    "\u{202e}",
    "é",
    "[[line]]\n",
    "99999999999999999999",
    "true",
    "a.b.c=1\n",
    "[line]\n",
    "PH off",
    "24/7",
    "Jan-Mar Mo-Su[1,-1]",
    "udp:",
    "tcp:[::1]:5060",
    "0.0.0.0",
    ":65535",
    "+49",
    "[bench]\n",
    "[[phone]]\n",
    "[[partner]]\n",
    "[[switchboard]]\n",
    "[[plan]]\n",
    "2014-05-01",
    "[{}]",
    "0s",
];

/// One random change: a byte, a piece left out, a block twice, two values swapped.
fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let below = |rng: &mut Rng, bound: usize| rng.below(bound.max(1) as u64) as usize;
    let at = below(rng, bytes.len());
    match rng.below(7) {
        0 => bytes[at] = rng.below(256) as u8,
        1 => {
            let until = (at + below(rng, 40)).min(bytes.len());
            bytes.drain(at..until);
        }
        2 => {
            let until = (at + below(rng, 600)).min(bytes.len());
            let piece = bytes[at..until].to_vec();
            let to = below(rng, bytes.len());
            bytes.splice(to..to, piece);
        }
        3 => {
            let word = ODD[below(rng, ODD.len())];
            bytes.splice(at..at, word.bytes());
        }
        _ => swap_values(rng, bytes),
    }
}

/// Swaps what stands behind the equals signs of two lines.
fn swap_values(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let valued: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].contains(" = ")).collect();
    if valued.is_empty() {
        return;
    }
    let one = valued[rng.below(valued.len() as u64) as usize];
    let other = valued[rng.below(valued.len() as u64) as usize];
    let parts = |line: &str| line.split_once(" = ").map(|(k, v)| (k.to_owned(), v.to_owned()));
    if let (Some((one_key, one_value)), Some((other_key, other_value))) =
        (parts(&lines[one]), parts(&lines[other]))
    {
        lines[one] = format!("{one_key} = {other_value}");
        lines[other] = format!("{other_key} = {one_value}");
    }
    *bytes = lines.join("\n").into_bytes();
}

#[test]
fn a_mangled_example_never_breaks_the_check() {
    let rounds: u64 =
        std::env::var("AMTSLEITUNG_FUZZ").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let mut accepted = 0;
    for seed in 0..rounds {
        let mut rng = Rng::new(seed);
        let example = [BENCH, EXAMPLE, WAYS, EXAMPLE][(seed % 4) as usize];
        let mut bytes = example.as_bytes().to_vec();
        for _ in 0..=rng.below(4) {
            mutate(&mut rng, &mut bytes);
        }
        accepted += usize::from(survives(&format!("seed {seed}"), &bytes));
    }
    assert!(accepted > 0, "some changes are harmless, in comments for example");
}

/// What a TOML file is made of, whole and broken.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\n",
    "\n",
    " ",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "\\",
    "\\u12",
    "\r",
    "\t",
    "line",
    "centre",
    "hours",
    "id",
    "site",
    "emergency_route",
    "numbers",
    "closure",
    "agent",
    "skills",
    "1",
    "-",
    "+",
    "_",
    "0x",
    "1e5",
    "nan",
    "inf",
    "true",
    "1979-05-27",
    "T24:00",
    "112",
    "ä",
    "\u{feff}",
    "\0",
    "[[line]]\n",
    "[line.announcements]\n",
    "id = \"x\"\n",
    "closed = \"x\"\n",
    "[[agent]]\n",
    "shift = \"24/7\"\n",
    "a.b.c",
    "[centre]\n",
    "[[site]]\n",
    "[telephony]\n",
    "[[trunk]]\n",
    "[[phone]]\n",
    "[bench]\n",
    "listen = [\"udp:[::]:1\"]\n",
    "at = \"tcp:1.1.1.1:1\"\n",
    "[[partner]]\n",
    "[[switchboard]]\n",
    "[[plan]]\n",
    "[line.overflow]\n",
    "[line.callback]\n",
    "stages = [{}]\n",
    "local_first = {}\n",
    "from = \"2014-05-01\"\n",
    "lines = [\"x\"]\n",
];

#[test]
fn a_soup_of_pieces_never_breaks_the_check() {
    for seed in 0..20_000 {
        let mut rng = Rng::new(seed);
        let count = rng.below(60);
        let text: String =
            (0..count).map(|_| PIECES[rng.below(PIECES.len() as u64) as usize]).collect();
        assert!(!survives(&format!("soup {seed}"), text.as_bytes()));
    }
}

#[test]
fn odd_files_are_answered() {
    let deep = |open: &str, count: usize| format!("a = {}", open.repeat(count));
    let cases = [
        ("empty", String::new()),
        ("blank", "\n\n  \n".to_owned()),
        ("only a comment", "# nichts".to_owned()),
        ("byte order mark", format!("\u{feff}{EXAMPLE}")),
        ("CR LF", EXAMPLE.replace('\n', "\r\n")),
        ("only CR", EXAMPLE.replace('\n', "\r")),
        ("NUL", "\0".repeat(1_000)),
        ("deep arrays", deep("[", 100_000)),
        ("deep tables", deep("{a=", 100_000)),
        ("dotted key", format!("{}=1", vec!["a"; 100_000].join("."))),
        ("dotted header", format!("[{}]", vec!["a"; 100_000].join("."))),
        ("quoted keys", "\"\" = 1\n\"a.b\" = 2\n'c\"d' = 3\n".to_owned()),
        ("huge number", format!("format = {}", "9".repeat(100_000))),
        ("scalars for tables", "centre = 1\nhours = 1\nclosure = nan\nclient = \"\"\nplace = true\nsite = [1]\nskill = [[]]\nteam = 1979-05-27\nagent = {}\nqueue = [{}]\nline = [[[]]]\ntarget = [true]\nrehearsal = []\ntelephony = 1\ntrunk = [1]\nphone = {}\nbench = []\npartner = 1\nswitchboard = [1]\nplan = {}\nretention = [{}]\n".to_owned()),
        ("scalars for ways", "[[line]]\nfrom = 1\nuntil = []\nstages = [[]]\nlocal_first = 1\noverflow = []\ncallback = nan\ntells_wait = 1\nreceived_from = {}\nonly_in = 1979-05-27\n[[plan]]\nlines = {}\nhelpers = [[]]\n[[partner]]\nrehearsal = 1\n[[switchboard]]\nrehearsal = []\n".to_owned()),
        ("tables for lists", "[hours]\n[closure]\n[client]\n[place]\n[site]\n[skill]\n[team]\n[agent]\n[queue]\n[line]\n[target]\n[trunk]\n[phone]\n[[centre]]\n[[rehearsal]]\n[[telephony]]\n[[bench]]\n".to_owned()),
    ];
    for (what, text) in cases {
        let accepted = survives(what, text.as_bytes());
        assert_eq!(accepted, matches!(what, "byte order mark" | "CR LF"), "{what}");
    }
    assert!(!survives("not UTF-8", b"format = 1\n\xff"));
}

/// A file of almost the largest size, made of one piece.
fn full_of(piece: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for index in 0.. {
        let next = piece(index);
        if text.len() + next.len() >= config::FILE_MAX {
            break;
        }
        text.push_str(&next);
    }
    text
}

#[test]
fn large_files_are_answered_in_time() {
    let head = EXAMPLE.split("[[agent]]").next().expect("the example has agents");
    let (before_lines, lines) = EXAMPLE.split_once("[[line]]").expect("the example has lines");
    let cases: Vec<(&str, String)> = vec![
        ("tiny tables", full_of(|_| "[[line]]\n".to_owned())),
        ("unknown tables", full_of(|at| format!("[t{at}]\n"))),
        ("one unknown list", full_of(|_| "[[x]]\n".to_owned())),
        ("inline tables", format!("line = [{}]", full_of(|_| "{},".to_owned()).split_at(900_000).0)),
        ("unknown keys", full_of(|at| format!("k{at}=1\n"))),
        ("the same key", full_of(|_| "k=1\n".to_owned())),
        ("broken lines", full_of(|_| "=\n".to_owned())),
        ("broken words", full_of(|_| "x\n".to_owned())),
        ("quotes", full_of(|_| "\"".to_owned())),
        ("one long line", format!("x = [{}", full_of(|_| "1 ".to_owned()).split_at(1_000_000).0)),
        ("agents", format!("{head}{}", full_of(|at| format!("[[agent]]\nid=\"a{at}\"\nteam=\"kreishaus\"\nskills={{auskunft=1}}\nshift=\"Mo-Fr {:02}:{:02}-12:00; PH off\"\n", at / 60 % 12, at % 60)).split_at(1_000_000).0)),
        ("agents who never come", format!("{head}{}", full_of(|at| format!("[[agent]]\nid=\"a{at}\"\nteam=\"kreishaus\"\nskills={{auskunft=1}}\nshift=\"{} Mo-Fr 12:00-13:00; PH off\"\n", 1995 + at)).split_at(1_000_000).0)),
        ("hours that never open", format!("{head}{}", full_of(|at| format!("[[hours]]\nid=\"h{at}\"\nname=\"x\"\nopen=\"Feb 29 week 30 Mo; PH off\"\n")).split_at(1_000_000).0)),
        ("closures", format!("{}{EXAMPLE}", "").replacen("[[closure]]", &format!("{}[[closure]]", full_of(|at| format!("[[closure]]\nhours=[\"servicezeit\"]\nfrom=\"2014-01-{:02}T10:00\"\nuntil=\"2014-01-{:02}T11:00\"\nreason=\"x\"\n", at % 28 + 1, at % 28 + 1)).split_at(900_000).0), 1)),
        ("numbers", format!("{before_lines}[[line]]\nnumbers=[{}]\n[[line]]{lines}", full_of(|at| format!("\"+4940{:07}..+4940{:07}\",", at * 10_000 % 10_000_000, (at * 10_000 + 9_000) % 10_000_000)).split_at(900_000).0)),
        ("references", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[target]]\nlines=[\"x{at}\",\"kreis-zentrele\"]\n")).split_at(900_000).0)),
        ("area codes", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[place]]\narea_codes=[\"0{}\"]\n", 10_000 + at % 89_999)).split_at(900_000).0)),
        ("telephones", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[phone]]\nid=\"p{at}\"\nsite=\"x{at}\"\nagnt=\"k1\"\nat=\"udp:192.0.2.1:{}\"\n", at % 65_536)).split_at(900_000).0)),
        ("telephones without keys", format!("{EXAMPLE}\n{}", full_of(|_| "[[phone]]\n".to_owned()).split_at(900_000).0)),
        ("trunks", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[trunk]]\nid=\"t{at}\"\npeers=[\"udp:10.0.0.1:{at}\"]\n")).split_at(900_000).0)),
        ("addresses to listen on", EXAMPLE.replacen("listen = [", &format!("listen = [{}", full_of(|at| format!("\"udp:10.{}.{}.{}:5060\",", at >> 16 & 255, at >> 8 & 255, at & 255)).split_at(900_000).0), 1)),
        ("addresses for sound", EXAMPLE.replacen("listen = [", &format!("media_addresses = [{}]\nlisten = [", full_of(|at| format!("\"10.{}.{}.{}\",", at >> 16 & 255, at >> 8 & 255, at & 255)).split_at(900_000).0), 1)),
        ("peers of one trunk", EXAMPLE.replacen("peers = [", &format!("peers = [{}", full_of(|at| format!("\"tcp:[2001:db8::{at:x}]:1\",")).split_at(900_000).0), 1)),
        ("partners", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[partner]]\nid=\"p{at}\"\nhours=\"x{at}\"\n")).split_at(900_000).0)),
        ("plans", format!("{EXAMPLE}\n{}", full_of(|at| format!("[[plan]]\nid=\"p{at}\"\nlines=[\"x{at}\",\"115\"]\nhelpers=[\"k1\",\"x{at}\"]\n")).split_at(900_000).0)),
        ("stages", EXAMPLE.replacen("stages = [", &format!("stages = [{}", full_of(|at| format!("{{after=\"{at}s\"}},")).split_at(900_000).0), 1)),
        ("lines that overflow", format!("{EXAMPLE}\n{}", (0..500).map(|at| format!("[[hours]]\nid=\"h{at}\"\nname=\"x\"\nopen=\"Mo-Fr 08:00-08:30,09:00-09:30,10:00-10:30,11:00-11:{:02}; PH off\"\n[[line]]\nid=\"l{at}\"\nname=\"x\"\nclient=\"winsen\"\nnumbers=[\"+4941719{at:03}\"]\nhours=\"h{at}\"\nfrom=\"2014-02-01\"\nqueue=\"buergertelefon\"\nstages=[{{}},{{after=\"1s\"}}]\nannouncements={{closed=\"x\",busy=\"x\"}}\noverflow={{partner=\"oldenburg\",hours=\"h{at}\"}}\n", at % 60)).collect::<String>())),
        ("a large bench", BENCH.replacen("count = 60", "count = 4000", 1)),
    ];
    for (what, text) in cases {
        survives(what, text.as_bytes());
    }
}
