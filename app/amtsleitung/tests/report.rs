// SPDX-License-Identifier: EUPL-1.2
//! Reports from the log: the same figures as those of the rehearsal that wrote it, cut by months, lines,
//! clients and definitions.

mod ground;

use amtsleitung::data::{Continued, Data};
use amtsleitung::entropy::Entropy;
use amtsleitung::erasure::KeyRing;
use amtsleitung::service::Sealing;
use amtsleitung::{Lang, config, rehearsal};
use centre::{Event, Via};
use ground::{Ended, Ground, csv, harburg, json, number, run};
use hours::{LocalDates, parse_date};
use privacy::Retention;
use serde_json::Value;
use sip::number::{Digits, Number};
use std::collections::BTreeSet;
use std::fs;
use stdx::{AgentId, ContactId, LineId, Micros, Tick};
use store::{Configured, Fact, Writer};

/// Every definition, and those that cannot be promised.
const DEFINITIONS: [&str; 6] = [
    "115-published",
    "centre-abandons-count",
    "centre-abandons-ignored",
    "asterisk-1",
    "asterisk-2",
    "answered-of-offered",
];

/// The counts of a line.
const COUNTS: [&str; 10] = [
    "offered",
    "accepted",
    "abandoned",
    "short_abandoned",
    "overflowed",
    "called_back",
    "closed",
    "refused",
    "local",
    "accepted_in_time",
];

fn total(report: &Value, key: &str) -> f64 {
    number(report, &format!("total.{key}"))
}

fn lines(report: &Value) -> &Vec<Value> {
    report["lines"].as_array().expect("a list of lines")
}

fn hours(report: &Value) -> f64 {
    let groups = report["occupancy"].as_object().expect("groups by name");
    groups.values().map(|it| number(it, "signed_on_hours")).sum()
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-6 * one.abs().max(1.0)
}

/// What a rehearsal alone can say, and how agents are grouped, aside.
fn comparable(figures: &Value) -> Value {
    let mut figures = figures.clone();
    for key in ["seed", "calls", "load", "occupancy", "feedback"] {
        figures[key] = Value::Null;
    }
    figures["total"]["first_contact"] = Value::Null;
    let lines = figures["lines"].as_array_mut().expect("a list of lines");
    lines.iter_mut().for_each(|line| line["first_contact"] = Value::Null);
    figures
}

/// The model county with fewer calls: its year takes a few seconds.
const CALLS: [&str; 4] = ["--calls", "12000", "--seed", "115"];

#[test]
fn a_year_is_the_sum_of_its_months() {
    for ground in Ground::both() {
        let rehearsed = ground.simulate(&harburg(), "2014-01-01", "2014-12-31", &CALLS);
        let year = ground.report("2014-01-01", "2014-12-31", &[]);
        assert_eq!(comparable(&year), comparable(&rehearsed));
        for key in ["seed", "calls", "load"] {
            assert!(year[key].is_null() && !rehearsed[key].is_null(), "{key}");
        }
        assert!(close(hours(&year), hours(&rehearsed)), "{} {}", year, rehearsed);
        // Six, two and one: nobody may stand alone.
        let groups: Vec<&String> = year["occupancy"].as_object().expect("groups").keys().collect();
        assert_eq!(groups, ["kreishaus+rathaus-neu-wulmstorf+rathaus-buchholz"]);

        let months: Vec<Value> =
            (1..=12).map(|it| ground.month(&format!("2014-{it:02}"), &[])).collect();
        adds_up(&year, &months);
        let working: f64 = months.iter().map(hours).sum();
        assert!(close(working, hours(&year)), "{working} {}", hours(&year));

        clients_add_up(&ground, &months[2]);
        every_definition(&ground);
        forms_agree(&ground, &months[2]);
        workbooks_agree(&ground, &months[2]);
        months_without_calls(&ground);
        no_agent_is_named(&ground, &harburg());
        explanations(&ground);
    }
}

#[track_caller]
fn adds_up(whole: &Value, parts: &[Value]) {
    let sum = |of: &dyn Fn(&Value) -> f64| parts.iter().map(of).sum::<f64>();
    for key in COUNTS {
        assert_eq!(total(whole, key), sum(&|it| total(it, key)), "{key}");
        for (index, line) in lines(whole).iter().enumerate() {
            let sum = sum(&|it| number(&lines(it)[index], key));
            assert_eq!(number(line, key), sum, "{key} of {}", line["id"]);
        }
    }
    for key in ["tasks", "untold"] {
        assert_eq!(number(whole, key), sum(&|it| number(it, key)), "{key}");
    }
    for key in ["reachability", "told_wait", "service_level.115-published"] {
        for part in ["numerator", "denominator", "right", "sooner", "later"] {
            let path = format!("{key}.{part}");
            if path.split('.').try_fold(&whole["total"], |it, key| it.get(key)).is_some() {
                assert_eq!(total(whole, &path), sum(&|it| total(it, &path)), "{path}");
            }
        }
    }
    let longest = parts.iter().map(|it| number(it, "longest_queue")).fold(0.0, f64::max);
    assert_eq!(number(whole, "longest_queue"), longest);
}

fn ids(report: &Value) -> Vec<String> {
    let id = |line: &Value| line["id"].as_str().expect("an id").to_owned();
    lines(report).iter().map(id).collect()
}

fn clients_add_up(ground: &Ground, march: &Value) {
    // Those who have a line.
    let clients = ["landkreis-harburg", "neu-wulmstorf", "salzhausen", "jesteburg", "buchholz"];
    let mut seen = Vec::new();
    let mut reports = Vec::new();
    for client in clients {
        let report = ground.month("2014-03", &["--client", client]);
        assert_eq!(report["occupancy"], json("{}"), "a report by client shows no working times");
        seen.extend(ids(&report));
        reports.push(report);
    }
    let sum = |key: &str| reports.iter().map(|it| number(it, key)).sum::<f64>();
    let (mut all, mut of_clients) = (ids(march), seen.clone());
    all.sort();
    of_clients.sort();
    // Lines that are shared out among other clients are in none of these.
    assert!(of_clients.iter().all(|id| all.contains(id)), "{of_clients:?}");
    let rest: Vec<&String> = all.iter().filter(|id| !of_clients.contains(id)).collect();
    let rest = rest.into_iter().map(|id| ground.month("2014-03", &["--line", id]));
    let rest: Vec<Value> = rest.collect();
    let rest_sum = |key: &str| rest.iter().map(|it| number(it, key)).sum::<f64>();
    for key in COUNTS.map(|key| format!("total.{key}")).iter().map(String::as_str) {
        assert_eq!(sum(key) + rest_sum(key), number(march, key), "{key}");
    }
    for key in ["tasks", "untold"] {
        assert_eq!(sum(key) + rest_sum(key), number(march, key), "{key}");
    }
    for line in lines(march) {
        let id = line["id"].as_str().expect("an id");
        let alone = ground.month("2014-03", &["--line", id]);
        assert_eq!(&lines(&alone)[0], line);
        assert_eq!(total(&alone, "offered"), number(line, "offered"));
        assert_eq!(alone["occupancy"], json("{}"));
    }
}

/// The same calls, and six figures: nobody may take one for another.
fn every_definition(ground: &Ground) {
    let year = |definition: &str| {
        let report = ground.report("2014-01-01", "2014-12-31", &["--definition", definition]);
        let levels = report["total"]["service_level"].as_object().expect("levels").clone();
        assert_eq!(levels.keys().collect::<Vec<_>>(), [definition]);
        let level = &levels[definition];
        let parts = [number(level, "numerator"), number(level, "denominator")];
        assert!(close(number(level, "share"), parts[0] / parts[1]), "{level}");
        parts.map(|it| it as u64)
    };
    let figures: BTreeSet<[u64; 2]> = DEFINITIONS.into_iter().map(year).collect();
    assert_eq!(figures.len(), DEFINITIONS.len(), "all differ: {figures:?}");
    let shares: BTreeSet<u64> =
        figures.iter().map(|[kept, all]| kept * 1_000_000_000 / all).collect();
    assert_eq!(shares.len(), DEFINITIONS.len(), "all shares differ: {figures:?}");
}

/// Text, JSON and CSV say the same.
/// The rows of a sheet of a workbook, each cell as text.
fn sheet(bytes: &[u8], number: usize) -> Vec<Vec<String>> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).expect("a workbook");
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut file = archive.by_name(name).expect("a part of a workbook");
        std::io::Read::read_to_string(&mut file, &mut text).expect("UTF-8");
        text
    };
    let within = |text: &str, begins: &str, ends: &str| {
        let from = text.split_once(begins).map(|(_, rest)| rest.to_owned());
        from.and_then(|rest| rest.split_once(ends).map(|(it, _)| it.to_owned()))
    };
    let shared = part("xl/sharedStrings.xml");
    let shared: Vec<String> = shared
        .split("<si>")
        .skip(1)
        .map(|it| within(it.split_once("<t").expect("text").1, ">", "</t>").unwrap_or_default())
        .collect();
    let text = part(&format!("xl/worksheets/sheet{number}.xml"));
    assert!(!text.contains("<f>"), "a workbook has no formula");
    let cell = |it: &str| {
        let value = within(it, "<v>", "</v>").unwrap_or_default();
        let is_shared = it.split('>').next().is_some_and(|head| head.contains("t=\"s\""));
        if is_shared { shared[value.parse::<usize>().expect("a place")].clone() } else { value }
    };
    let row = |it: &str| it.split("<c ").skip(1).map(cell).collect();
    text.split("<row ").skip(1).map(row).collect()
}

fn workbooks_agree(ground: &Ground, march: &Value) {
    let path = ground.path("march.xlsx");
    let args = ["report", "--month", "2014-03", "--format", "xlsx", "--output"];
    let with_file = [&args[..], &[path.to_str().expect("UTF-8")]].concat();
    assert_eq!(ground.said(&with_file), "");
    let bytes = fs::read(&path).expect("it was written");
    let counts = sheet(&bytes, 1);
    let total = counts.last().expect("a total");
    assert_eq!(total[0], "Total");
    for (cell, key) in total[1..].iter().zip(["offered", "accepted", "accepted_in_time"]) {
        assert_eq!(number(&march["total"], key).to_string(), *cell, "{key}");
    }
    assert_eq!(counts.len(), 4 - 1 + lines(march).len() + 1, "rows without a cell are left out");
    let promises = sheet(&bytes, 2);
    let level = &march["total"]["service_level"]["115-published"];
    let row = promises.iter().find(|row| row[0] == "Total" && row[1] == "115-published");
    let row = row.expect("the promise");
    assert_eq!(number(level, "numerator").to_string(), row[4]);
    assert_eq!(number(level, "denominator").to_string(), row[5]);
    let halves = sheet(&bytes, 3);
    let offered: u64 = halves[1..].iter().map(|row| row[2].parse::<u64>().expect("a count")).sum();
    assert_eq!(offered as f64, number(&march["total"], "offered"));
    let calls = sheet(&bytes, 5);
    let all = number(&march["total"], "offered") + number(&march["total"], "local");
    assert_eq!((calls.len() - 1) as f64, all, "every call is there");
    // A month later, at another moment, the same figures are the same bytes.
    let again = ground.path("again.xlsx");
    let with_file = [&args[..], &[again.to_str().expect("UTF-8")]].concat();
    ground.said(&with_file);
    assert_eq!(fs::read(&again).expect("it was written"), bytes);
    for wrong in [&["--format", "xlsx"][..], &["--format", "xlsy"]] {
        let ended = ground.run(&[&["report", "--month", "2014-03"], wrong].concat());
        assert_eq!(ended.code, 2, "{}", ended.err);
    }
    for file in [path, again] {
        fs::remove_file(file).expect("ours");
    }
}

fn forms_agree(ground: &Ground, march: &Value) {
    let text = ground.said(&["report", "--month", "2014-03", "--format", "csv"]);
    let rows = csv(&text);
    let (head, rows) = rows.split_first().expect("a heading");
    assert_eq!(rows.len(), lines(march).len() + 1);
    for (row, line) in rows.iter().zip(lines(march).iter().chain([&march["total"]])) {
        assert_eq!(row.len(), head.len());
        for (key, cell) in head.iter().zip(row) {
            match key.split_once(' ') {
                None if key == "id" => assert_eq!(line["id"], cell.as_str()),
                None => assert_eq!(number(line, key).to_string(), *cell, "{key}"),
                Some((level, part)) => {
                    let (id, version) = level.split_once('/').expect("an id and its version");
                    let level = match id {
                        "reachability" => &line[id],
                        id => &line["service_level"][id],
                    };
                    assert_eq!(number(level, "version").to_string(), version);
                    assert_eq!(number(level, part).to_string(), *cell, "{key}");
                }
            }
        }
    }
    for key in COUNTS {
        assert!(head.iter().any(|it| it == key), "{key}");
    }
    let text = ground.said(&["report", "--month", "2014-03"]);
    let level = &march["total"]["service_level"]["115-published"];
    let said = format!("{} of {} = ", number(level, "numerator"), number(level, "denominator"));
    assert!(text.replace(',', "").contains(&said), "{said}: {text}");
    let percent = |line: &str| line.contains(" %") && !line.contains(" of ");
    let alone: Vec<&str> = text.lines().filter(|line| percent(line)).collect();
    // Hours stand beside the occupancy.
    assert!(alone.iter().all(|line| line.matches(" h").count() == 3), "{alone:?}");
}

fn months_without_calls(ground: &Ground) {
    for month in ["2013-12", "2015-01", "2099-07", "2199-12"] {
        let report = ground.month(month, &[]);
        assert_eq!(total(&report, "offered"), 0.0, "{month}");
        assert!(report["total"]["reachability"]["share"].is_null());
        assert_eq!(report["occupancy"], json("{}"), "{month}");
        let text = ground.said(&["report", "--month", month]);
        assert!(!text.contains("NaN"), "{text}");
        let explained = ground.month(month, &["--explain", "reachability"]);
        assert_eq!(explained["contacts"], json("[]"));
    }
    let said = ground.said(&["report", "--month", "2099-07"]);
    assert!(said.contains("when the month is over"), "{said}");
    let part = ground.said(&["report", "--from", "2014-03-02", "--to", "2014-03-31"]);
    assert!(part.contains("for whole months only"), "{part}");
    let line = ground.said(&["report", "--month", "2014-03", "--line", "115"]);
    assert!(line.contains("a report by line or client shows none"), "{line}");
}

/// What a county's file calls its agents, and nothing else in it.
fn agents(config: &str) -> Vec<String> {
    let parts = config.split("[[agent]]").skip(1);
    parts.filter_map(|part| part.split('"').nth(1)).map(str::to_owned).collect()
}

/// The words of a text.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|it: char| !it.is_alphanumeric() && it != '-').collect()
}

fn no_agent_is_named(ground: &Ground, config: &str) {
    let agents = agents(config);
    assert!(agents.len() >= 9, "{agents:?}");
    let lists: [&[&str]; 3] =
        [&[], &["--explain", "service_level"], &["--explain", "reachability"]];
    for lang in ["de", "en"] {
        for form in ["text", "json", "csv"] {
            for list in lists {
                let month = ["report", "--month", "2014-03", "--format", form, "--lang", lang];
                let ended = ground.run(&[&month[..], list].concat());
                assert_eq!(ended.code, 0, "{}", ended.err);
                let words = words(&ended.out);
                let named: Vec<&String> =
                    agents.iter().filter(|id| words.contains(id.as_str())).collect();
                assert!(named.is_empty(), "{named:?} {form} {list:?}");
            }
        }
    }
}

/// Every figure opens into its contacts, and they add up to it.
fn explanations(ground: &Ground) {
    let month = ["report", "--month", "2014-03"];
    let explained =
        |more: &[&str]| json(&ground.said(&[&month[..], &["--format", "json"], more].concat()));
    let reported = ground.month("2014-03", &[]);
    for definition in DEFINITIONS {
        let of = ["--definition", definition];
        let whole = explained(&[&["--explain", "service_level"][..], &of].concat());
        let level = &ground.month("2014-03", &of)["total"]["service_level"][definition];
        counts_are(&whole, level);
        let line = explained(&[&["--explain", "service_level", "--line", "115"][..], &of].concat());
        let report = ground.month("2014-03", &[&["--line", "115"][..], &of].concat());
        counts_are(&line, &report["total"]["service_level"][definition]);
        by_line(&ground.month("2014-03", &of), &whole, definition);
    }
    let own = explained(&["--explain", "service_level"]);
    assert_eq!(own["definition"], "centre-abandons-count");
    counts_are(&own, &reported["total"]["service_level"]["centre-abandons-count"]);
    let reach = explained(&["--explain", "reachability"]);
    counts_are(&reach, &reported["total"]["reachability"]);
    by_line(&reported, &reach, "reachability");
    stories_are_whole(&reach);
    csv_is_the_same(ground, &own);
    text_is_the_same(ground, &own);
}

/// Numerator and denominator, counted from the contacts.
#[track_caller]
fn counts_are(explained: &Value, level: &Value) {
    let contacts = explained["contacts"].as_array().expect("a list of contacts");
    let count = |key: &str| contacts.iter().filter(|it| it[key] == true).count() as f64;
    let listed = [count("kept"), count("counts")];
    assert!(contacts.iter().all(|it| it["counts"] == true || it["kept"] == false));
    assert_eq!(listed, [number(explained, "numerator"), number(explained, "denominator")]);
    assert_eq!(listed, [number(level, "numerator"), number(level, "denominator")]);
}

/// The same for each line.
#[track_caller]
fn by_line(report: &Value, explained: &Value, definition: &str) {
    let contacts = explained["contacts"].as_array().expect("a list of contacts");
    for line in lines(report) {
        let of = |key: &str| {
            contacts.iter().filter(|it| it["line"] == line["id"] && it[key] == true).count() as f64
        };
        let level = match definition {
            "reachability" => &line["reachability"],
            id => &line["service_level"][id],
        };
        let counted = [number(level, "numerator"), number(level, "denominator")];
        assert_eq!([of("kept"), of("counts")], counted, "{} {definition}", line["id"]);
    }
}

/// Each story tells how it began and how it ended, in order.
fn stories_are_whole(explained: &Value) {
    let contacts = explained["contacts"].as_array().expect("a list of contacts");
    let mut fates = BTreeSet::new();
    for contact in contacts {
        let steps = contact["story"].as_array().expect("a story");
        let at: Vec<f64> = steps.iter().map(|it| number(it, "after")).collect();
        assert!(at.is_sorted(), "{contact}");
        let what: Vec<&str> = steps.iter().filter_map(|it| it["what"].as_str()).collect();
        let has = |word: &str| what.iter().any(|it| it.contains(word));
        let fate = contact["fate"].as_str().expect("a fate");
        let is_told = match fate {
            // Who is answered by an agent heard the greeting or a ring, and a ring before that.
            "accepted" => has("rings: ") && has("answered: "),
            "abandoned" | "short_abandoned" => {
                has("hung up") || has("connection lost") || has("call-back") || has("called again")
            }
            "overflowed" => has("partner asked") || has("sent on"),
            "called_back" => has("call-back promised") && has("called back: "),
            "closed" => has("outside the opening hours") || has("announcement"),
            "refused" => !what.is_empty(),
            "local" => has("switchboard rings"),
            other => panic!("{other}"),
        };
        assert!(is_told, "{contact}");
        if let Some(answered) = contact["answered_after"].as_f64() {
            let told = steps
                .iter()
                .find(|it| it["what"].as_str().is_some_and(|it| it.starts_with("answered")));
            let told = told.unwrap_or_else(|| panic!("{contact}"));
            assert!((number(told, "after") - answered).abs() < 0.001, "{contact}");
        }
        fates.insert(fate.to_owned());
    }
    assert!(fates.len() >= 6, "a month has many fates: {fates:?}");
}

fn csv_is_the_same(ground: &Ground, explained: &Value) {
    let month = ["report", "--month", "2014-03", "--explain", "service_level"];
    let rows = csv(&ground.said(&[&month[..], &["--format", "csv"]].concat()));
    let contacts = explained["contacts"].as_array().expect("a list of contacts");
    let (head, rows) = rows.split_first().expect("a heading");
    assert_eq!(rows.len(), contacts.len());
    for (row, contact) in rows.iter().zip(contacts) {
        assert_eq!(row.len(), head.len());
        let cell = |key: &str| {
            let index = head.iter().position(|it| it == key);
            row[index.unwrap_or_else(|| panic!("{key}"))].as_str()
        };
        for key in ["line", "set_up_at", "fate", "verdict", "because"] {
            assert_eq!(contact[key], cell(key));
        }
        assert_eq!(contact["contact"].to_string(), cell("contact"));
        for key in ["counts", "kept"] {
            assert_eq!(contact[key] == true, cell(key) == "1", "{contact}");
        }
        let steps = contact["story"].as_array().expect("a story").len();
        let told = cell("story").split("; ").filter(|it| !it.is_empty()).count();
        assert_eq!(told, steps, "{contact}");
    }
}

fn text_is_the_same(ground: &Ground, explained: &Value) {
    let month = ["report", "--month", "2014-03", "--explain", "service_level"];
    let text = ground.said(&month);
    let (numerator, denominator) =
        (number(explained, "numerator"), number(explained, "denominator"));
    let first = text.lines().next().expect("a first line");
    let said = "centre-abandons-count/1, 2014-03-01 to 2014-03-31: ";
    let said = format!("{said}{numerator} of {denominator} = ");
    assert!(first.starts_with(&said) && first.ends_with(" %"), "{first}");
    let starts = |mark: &str| text.lines().filter(|it| it.starts_with(mark)).count() as f64;
    assert_eq!([starts("+ "), starts("+ ") + starts("- ")], [numerator, denominator]);
}

// --- Days and nights ---------------------------------------------------------------------------

/// A centre that is always open, with five agents by day and five by night.
const ALWAYS: &str = include_str!("always.toml");

#[test]
fn midnights_and_clock_changes() {
    for ground in Ground::both() {
        let calls = ["--calls", "20000", "--seed", "7"];
        let rehearsed = ground.simulate(ALWAYS, "2014-02-01", "2014-11-30", &calls);
        let whole = ground.report("2014-02-01", "2014-11-30", &[]);
        assert_eq!(comparable(&whole), comparable(&rehearsed));
        let months: Vec<Value> =
            (2..=11).map(|it| ground.month(&format!("2014-{it:02}"), &[])).collect();
        adds_up(&whole, &months);
        let working: Vec<f64> = months.iter().map(hours).collect();
        assert!(close(working.iter().sum(), hours(&whole)), "{working:?}");
        assert!(close(hours(&rehearsed), hours(&whole)), "{working:?}");
        over_midnight(&ground);
    }
}

/// Five are always there: the hours of the month, one fewer in March, one more in October; nights are cut at
/// midnight.
#[test]
fn hours_of_months() {
    let ground = Ground::sqlite();
    // So few calls that nobody stays longer.
    ground.simulate(ALWAYS, "2014-02-01", "2014-11-30", &["--calls", "10"]);
    for (month, hours_of_month) in [(3, 743.0), (4, 720.0), (5, 744.0), (10, 745.0)] {
        let report = ground.month(&format!("2014-{month:02}"), &[]);
        assert!(close(hours(&report), 5.0 * hours_of_month), "{month}: {}", hours(&report));
    }
}

/// A call that goes on over midnight is one of the day of its call set-up, and days add up to months.
fn over_midnight(ground: &Ground) {
    let days = |from: &str, to: &str| ground.report(from, to, &[]);
    let two = days("2014-03-31", "2014-04-01");
    let one_by_one = [days("2014-03-31", "2014-03-31"), days("2014-04-01", "2014-04-01")];
    adds_up(&two, &one_by_one);
    // The night in which an hour is missing, and the one that has an hour twice.
    for (from, night, to) in
        [("2014-03-29", "2014-03-30", "2014-03-31"), ("2014-10-25", "2014-10-26", "2014-10-27")]
    {
        let three = days(from, to);
        let parts = [from, night, to].map(|day| days(day, day));
        adds_up(&three, &parts);
        let explained = ground.report(night, night, &["--explain", "reachability"]);
        let contacts = explained["contacts"].as_array().expect("a list of contacts");
        let is_of = |it: &Value| it["set_up_at"].as_str().is_some_and(|at| at.starts_with(night));
        assert!(contacts.iter().all(is_of), "{contacts:?}");
    }
}

// --- Who may be shown --------------------------------------------------------------------------

/// The model county with six in Neu Wulmstorf and six in Buchholz.
fn larger() -> String {
    let mut county = harburg();
    let more =
        [("n3", 1), ("n4", 1), ("n5", 1), ("n6", 1)].map(|it| (it.0, "rathaus-neu-wulmstorf"));
    let others = ["b2", "b3", "b4", "b5", "b6"].map(|it| (it, "rathaus-buchholz"));
    for (id, team) in more.into_iter().chain(others) {
        county.push_str(&format!(
            "\n[[agent]]\nid = \"{id}\"\nteam = \"{team}\"\nskills = {{ auskunft = 3 }}\n\
             shift = \"Mo-Fr 08:00-12:00; PH off\"\n\n[[phone]]\nid = \"{id}\"\nname = \"{id}\"\n\
             site = \"{team}\"\nagent = \"{id}\"\n"
        ));
    }
    county
}

#[test]
fn large_teams_stand_alone_and_no_two_reports_give_anybody_away() {
    let ground = Ground::sqlite();
    let calls = ["--calls", "3000"];
    ground.simulate(&larger(), "2014-02-01", "2014-04-30", &calls);
    let groups = |report: &Value| -> Vec<String> {
        report["occupancy"].as_object().expect("groups").keys().cloned().collect()
    };
    let apart = ["kreishaus", "rathaus-buchholz", "rathaus-neu-wulmstorf"];
    assert_eq!(groups(&ground.month("2014-03", &[])), apart);
    // Every other span that overlaps with it shows nothing, or whole months of whole groups.
    for (from, to) in [
        ("2014-03-01", "2014-03-30"),
        ("2014-03-02", "2014-03-31"),
        ("2014-03-31", "2014-03-31"),
        ("2014-02-28", "2014-03-31"),
        ("2014-03-01", "2014-04-01"),
    ] {
        assert!(groups(&ground.report(from, to, &[])).is_empty(), "{from} {to}");
    }
    let both = ground.report("2014-03-01", "2014-04-30", &[]);
    assert_eq!(groups(&both), apart);
    let april = ground.month("2014-04", &[]);
    let march = ground.month("2014-03", &[]);
    for group in apart {
        let hours = |of: &Value| number(of, &format!("occupancy.{group}.signed_on_hours"));
        assert!(close(hours(&both), hours(&march) + hours(&april)), "{group}");
    }
    // By line and client, and by the running month, nothing.
    for more in [["--line", "115"], ["--client", "neu-wulmstorf"]] {
        assert!(groups(&ground.month("2014-03", &more)).is_empty(), "{more:?}");
    }
    no_agent_is_named(&ground, &larger());
}

#[test]
fn the_running_month_shows_no_group() {
    let ground = Ground::sqlite();
    let today = ground.file("today", "");
    let today = std::process::Command::new("date").args(["+%Y-%m", "-r", &today]).output();
    let month = String::from_utf8(today.expect("date is there").stdout).expect("digits");
    let month = month.trim();
    let (from, to) = (format!("{month}-01"), format!("{month}-28"));
    ground.simulate(&larger(), &from, &to, &["--calls", "1000"]);
    let report = ground.month(month, &[]);
    assert!(total(&report, "offered") > 0.0, "what has come is reported");
    assert_eq!(report["occupancy"], json("{}"));
    let said = ground.said(&["report", "--month", month]);
    assert!(said.contains("when the month is over"), "{said}");
    let explained = ground.said(&["report", "--month", month, "--explain", "reachability"]);
    assert!(explained.contains("answered: the centre"), "nor is a group named");
    assert!(!explained.contains("Rathaus Buchholz"), "{explained}");
}

// --- What is asked wrongly ---------------------------------------------------------------------

#[track_caller]
fn refused(ended: &Ended, code: i32, said: &str) {
    assert_eq!((ended.code, ended.out.as_str()), (code, ""), "{}", ended.err);
    assert!(ended.err.contains(said), "{said}: {}", ended.err);
}

#[test]
fn what_cannot_be_reported() {
    let ground = Ground::sqlite();
    ground.simulate(&harburg(), "2014-03-03", "2014-03-05", &["--calls", "200"]);
    let month = |more: &[&str]| ground.run(&[&["report", "--month", "2014-03"], more].concat());
    for (more, said) in [
        (["--line", "116"], "Did you mean “115”?"),
        (["--client", "neu-wulmsdorf"], "Did you mean “neu-wulmstorf”?"),
        (["--definition", "asterisk1"], "Did you mean “asterisk-1”?"),
        (["--definition", "reachability"], "There is no such definition (possible: 115-published"),
        (["--explain", "servicelevel"], "Did you mean “service_level”?"),
        (["--format", "cvs"], "Did you mean “csv”?"),
        (["--from", "2014-03-01"], "This does not go with --month"),
        (["--mont", "2014-03"], "Did you mean “--month”?"),
    ] {
        refused(&month(&more), 2, said);
    }
    refused(&month(&["--line", "115", "--client", "buchholz"]), 2, "does not go with --line");
    let reach = month(&["--explain", "reachability", "--definition", "asterisk-1"]);
    refused(&reach, 2, "This does not go with reachability: “--definition asterisk-1”.");
    refused(&month(&["extra"]), 2, "This is one argument too many: “extra”.");
    for wrong in ["2014-13", "2014-3", "2014", "14-03", "2014-03-01", "2014-0x", "+014-03", ""] {
        refused(&ground.run(&["report", "--month", wrong]), 2, "A month is expected here");
    }
    for year in ["1800-01", "9999-12", "0000-01"] {
        let ended = ground.run(&["report", "--month", year]);
        refused(&ended, 2, "The program knows no holidays for this year");
    }
    refused(&ground.run(&["report"]), 2, "This option is missing: “--month”");
    refused(&ground.run(&["report", "--from", "2014-03-01"]), 2, "missing: “--to”");
    let empty = ground.path("empty");
    let empty = empty.to_string_lossy();
    let ended = run(&["report", "--data", &empty, "--month", "2014-03"]);
    refused(&ended, 1, "In diesem Ordner gibt es keine Aufzeichnung.");
    assert!(fs::metadata(&*empty).is_err(), "who asks makes no folder");
}

#[test]
fn a_report_into_a_file() {
    let ground = Ground::sqlite();
    ground.simulate(&harburg(), "2014-03-03", "2014-03-05", &["--calls", "200"]);
    let into = |path: &str| ground.run(&["report", "--month", "2014-03", "--output", path]);
    let new = ground.path("new.txt").to_string_lossy().into_owned();
    let ended = into(&new);
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (0, "", ""));
    let printed = ground.said(&["report", "--month", "2014-03"]);
    assert_eq!(fs::read_to_string(&new).expect("it was made"), printed);
    refused(&into(&new), 1, "This file exists already; it stays as it is.");
    assert_eq!(fs::read_to_string(&new).expect("it stays"), printed);
    refused(&into("/nowhere/report.txt"), 1, "The file cannot be written");
    refused(&into("/dev/full"), 1, "This file exists already");
    // What was wrong with the question leaves no file behind.
    let other = ground.path("other.txt").to_string_lossy().into_owned();
    let args = ["report", "--month", "2014-03", "--line", "116", "--output", &other];
    refused(&ground.run(&args), 2, "This line does not exist");
    assert!(fs::metadata(&other).is_err());
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else { return };
    let data = ground.data();
    let args = ["--lang", "en", "report", "--month", "2014-03", "--data", &data];
    let output = ground::program(&args).stdout(full).output().expect("the program starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("der Datenträger ist voll"), "{said}");
}

#[test]
fn a_rehearsal_writes_into_an_empty_folder_alone() {
    for ground in Ground::both() {
        ground.simulate(&harburg(), "2014-03-03", "2014-03-03", &["--calls", "50"]);
        let before = ground.month("2014-03", &[]);
        let (config, data) = (ground.path("county.toml"), ground.data());
        let config = config.to_string_lossy();
        let days = ["simulate", "--config", &config, "--from", "2014-03-04", "--to", "2014-03-04"];
        let ended = run(&[&days[..], &["--log", &data, "--lang", "en"]].concat());
        assert_eq!((ended.code, ended.out.as_str()), (1, ""));
        assert!(ended.err.contains("There is a log here already; it stays as it is."));
        assert_eq!(ground.month("2014-03", &[]), before);
    }
}

// --- One call over midnight --------------------------------------------------------------------

/// Half an hour before the end of March, all ten sign on; a call comes ten seconds before midnight, is answered ten
/// seconds after it, and ends half an hour later. Its number is sealed.
fn night(ground: &Ground) {
    let county = config::check(ALWAYS).county.expect("good");
    let march = parse_date("2014-03-31").expect("a date");
    let dates = LocalDates::new(march, march.tomorrow().expect("a date")).expect("in order");
    let setup = rehearsal::setup(&county, rehearsal::with_margin(dates)).expect("a centre");
    let agreed = Configured { text: ALWAYS.to_owned(), ids: county.order(), setup };
    let folder = ground.path("data");
    let begins = county.zone().timestamp(march.at(23, 30, 0, 0));
    let data = Data::make(&folder, "immer", Lang::En).expect("a new log");
    let gone_on = data.go_on("test", begins, &agreed, &|_| false, Lang::En).expect("a lease");
    let Continued { store, recalled, epoch, .. } = gone_on;
    let mut writer = Writer::start(store, recalled.link, epoch, || ()).expect("a thread");
    let (today, _) = KeyRing::take(&folder, Retention::USUAL, county.zone(), Lang::En)
        .and_then(|mut ring| ring.look(begins).map_err(|error| error.to_string()))
        .expect("keys");
    let random = Entropy::open().expect("random");
    let mut sealing = Sealing::new("immer".to_owned(), today, random);
    let mut tell = |at: u64, before: Vec<Fact>, event: Event| {
        let after = Micros::from_secs(at);
        writer.tell_with((Tick(0) + after, begins + after), before, Fact::Happened(event));
    };
    for agent in (0..10).map(AgentId) {
        tell(0, Vec::new(), Event::SignOn { agent });
        tell(0, Vec::new(), Event::MakeReady { agent });
    }
    let (contact, line) = (ContactId(1), LineId(0));
    let number = Number::E164(Digits::new(b"4941718000").expect("digits"));
    let caller = sealing.caller(contact, &number).into_iter().collect();
    let via = Via::default();
    tell(1_790, caller, Event::CallArrived { contact, line, caller: None, via });
    tell(1_793, Vec::new(), Event::AnnouncementOver { contact });
    let agent = AgentId(0);
    tell(1_810, Vec::new(), Event::Answer { agent, contact });
    tell(3_600, Vec::new(), Event::HangUp { agent });
    tell(3_620, Vec::new(), Event::Deadline);
    (0..10).map(AgentId).for_each(|agent| tell(3_660, Vec::new(), Event::SignOff { agent }));
    assert_eq!(writer.close(), 0, "all is written");
}

#[test]
fn a_call_over_midnight_belongs_to_the_month_in_which_it_came() {
    for ground in Ground::both() {
        night(&ground);
        let [march, april] = ["2014-03", "2014-04"].map(|month| ground.month(month, &[]));
        assert_eq!((total(&march, "accepted"), total(&march, "accepted_in_time")), (1.0, 1.0));
        assert_eq!((total(&march, "waits.max"), total(&april, "offered")), (20.0, 0.0));
        // Half an hour of each before midnight, and 31 minutes after it.
        let of = |report: &Value, key: &str| number(report, &format!("occupancy.wache.{key}"));
        assert!(close(of(&march, "signed_on_hours"), 5.0), "{march}");
        assert!(close(of(&april, "signed_on_hours"), 10.0 * 31.0 / 60.0), "{april}");
        assert!(close(of(&march, "busy_hours"), 7.0 / 3_600.0), "{march}");
        assert!(close(of(&april, "busy_hours"), (10.0 + 1_790.0 + 20.0) / 3_600.0), "{april}");
        let both = ground.report("2014-03-01", "2014-04-30", &[]);
        adds_up(&both, &[march, april]);
        let explained = ground.month("2014-03", &["--explain", "service_level"]);
        let story: Vec<String> = explained["contacts"][0]["story"]
            .as_array()
            .expect("a story")
            .iter()
            .map(|it| format!("{} {}", it["after"], it["what"].as_str().unwrap_or_default()))
            .collect();
        assert_eq!(
            story,
            ["0.0 greeting", "3.0 waits at position 1", "3.0 rings: Wache", "20.0 answered: Wache"]
        );
    }
}

#[test]
fn an_erasure_changes_no_report() {
    for ground in Ground::both() {
        night(&ground);
        let all = || {
            let lists: [&[&str]; 3] =
                [&[], &["--explain", "service_level"], &["--explain", "reachability"]];
            let forms = ["text", "json", "csv"];
            let said = |form: &&str, list: &&[&str]| {
                let month = ["report", "--month", "2014-03", "--format", form];
                ground.said(&[&month[..], list].concat())
            };
            forms.iter().flat_map(|form| lists.map(|list| said(form, &list))).collect::<Vec<_>>()
        };
        let before = all();
        let gone = ground.said(&["erase", "--before", "2014-04-01"]);
        assert!(
            gone.starts_with("Destroyed were keys from 2014-03-31 to 2014-03-31: 1 of numbers")
        );
        assert_eq!(all(), before);
        let again = ground.said(&["erase", "--before", "2014-04-01"]);
        assert_eq!(again, "There was nothing to destroy.\n");
        assert_eq!(ground.said(&["replay"]).matches("the same").count(), 2);
        assert!(before.iter().all(|it| !it.contains("4171")), "no number either");
    }
}
