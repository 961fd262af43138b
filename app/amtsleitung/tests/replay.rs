// SPDX-License-Identifier: EUPL-1.2
//! `amtsleitung replay`: whatever was altered behind the program's back is found, and what can be made anew is.

mod ground;

use ground::{Ended, Ground, harburg, run};
use std::fs;
use store::{Place, Store};

fn three_days(ground: &Ground) {
    ground.simulate(
        &harburg(),
        "2014-03-03",
        "2014-03-05",
        &["--calls", "1500", "--plan", "unwetter"],
    );
}

#[track_caller]
fn is_good(ground: &Ground) {
    let said = ground.said(&["replay"]);
    assert!(said.contains("State: the same\nViews: the same\n"), "{said}");
    assert!(!said.contains("--mend"), "{said}");
}

#[track_caller]
fn is_bad(ground: &Ground, words: &str) -> String {
    let Ended { code, out, err } = ground.run(&["replay"]);
    assert_eq!((code, err.as_str()), (1, ""), "{out}");
    assert!(out.contains(words), "{words}: {out}");
    out
}

#[track_caller]
fn is_mended(ground: &Ground, before: &str) {
    assert_eq!(ground.said(&["replay", "--mend"]), "The views were made anew.\n");
    is_good(ground);
    assert_eq!(ground.said(&["report", "--month", "2014-03", "--format", "json"]), before);
}

#[test]
fn a_good_log_comes_to_the_same() {
    for ground in Ground::both() {
        three_days(&ground);
        is_good(&ground);
        let said = ground.said(&["replay"]);
        let ended = ground.execute("SELECT COUNT(*) FROM contact");
        let words = format!(" entries, {} calls ended, 0 inside.", ended.trim());
        assert!(said.contains(&words), "{words}: {said}");
        // Who was killed before there was any view finds them made, and the same.
        for table in ["contact", "day", "snapshot"] {
            ground.execute(&format!("DELETE FROM {table}"));
        }
        is_good(&ground);
        nobody_is_left(&ground);
        let german = run(&["replay", "--data", &ground.data()]);
        assert!(german.out.ends_with("Zustand: gleich\nAuswertungen: gleich\n"), "{}", german.out);
    }
}

/// Nobody is inside, so no story is open.
fn nobody_is_left(ground: &Ground) {
    let place = Place::of_folder(&ground.path("data")).expect("a place");
    let mut store = Store::open_any(&place).expect("readable").expect("a log");
    let (_, snapshot) = store.snapshot().expect("readable").expect("there is one");
    assert!(snapshot.stories.open.is_empty(), "{:?}", snapshot.stories.open);
}

#[test]
fn altered_views_are_found_and_mended() {
    for ground in Ground::both() {
        three_days(&ground);
        let before = ground.said(&["report", "--month", "2014-03", "--format", "json"]);
        ground.spoil("contact", "told", "number = 7", 6);
        let said = is_bad(&ground, "State: the same\nViews: DIFFERENT\n");
        assert!(said.ends_with("To make them anew: amtsleitung replay --mend\n"), "{said}");
        is_bad(&ground, "Views: DIFFERENT");
        is_mended(&ground, &before);

        // A contact that is filed under another month, and one that is gone.
        ground.execute("UPDATE contact SET set_up_at = set_up_at + 4000000000000 WHERE number = 7");
        is_bad(&ground, "Views: DIFFERENT");
        is_mended(&ground, &before);
        ground.execute("DELETE FROM contact WHERE number = 7");
        is_bad(&ground, "Views: DIFFERENT");
        is_mended(&ground, &before);

        ground.spoil("day", "brought", "number = (SELECT MIN(number) FROM day)", 0);
        is_bad(&ground, "Views: DIFFERENT");
        let Ended { code, out, err } = ground.run(&["report", "--month", "2014-03"]);
        assert_eq!((code, out.as_str()), (1, ""));
        assert!(err.contains("`amtsleitung replay --mend` makes it anew"), "{err}");
        is_mended(&ground, &before);
    }
}

#[test]
fn an_altered_snapshot_is_found_and_puts_nothing_aside() {
    for ground in Ground::both() {
        three_days(&ground);
        let before = ground.said(&["report", "--month", "2014-03", "--format", "json"]);
        let length = ground.execute("SELECT LENGTH(state) FROM snapshot");
        let length: usize = length.trim().parse().expect("a number");
        for at in [length - 1, length - 8] {
            ground.spoil("snapshot", "state", "number = 1", at);
            is_bad(&ground, "State: ");
            is_mended(&ground, &before);
        }
        // Of another version.
        ground.spoil("snapshot", "state", "number = 1", 0);
        is_bad(&ground, "State: UNREADABLE");
        is_mended(&ground, &before);
        // Its place in the chain is wrong: the log is not, and goes on where it ended.
        let entries = ground.execute("SELECT COUNT(*) FROM log");
        ground.spoil("snapshot", "link", "number = 1", 20);
        is_bad(&ground, "State: DIFFERENT");
        assert_eq!(ground.said(&["report", "--month", "2014-03", "--format", "json"]), before);
        is_mended(&ground, &before);
        assert_eq!(ground.execute("SELECT COUNT(*) FROM log"), entries);
        assert_eq!(ground.execute("SELECT COUNT(*) FROM aside").trim(), "0");
    }
}

#[test]
fn a_damaged_log_is_found_and_its_place_is_named() {
    for ground in Ground::both() {
        three_days(&ground);
        let rows = ground.execute("SELECT seq FROM log ORDER BY seq");
        let rows: Vec<u64> = rows.lines().map(|it| it.parse().expect("a number")).collect();
        let [second, third] = [rows[1], rows[2]];
        let length =
            ground.execute(&format!("SELECT LENGTH(entries) FROM log WHERE seq = {second}"));
        let length: usize = length.trim().parse().expect("a number");
        let row = format!("seq = {second}");
        ground.spoil("log", "entries", &row, length - 1);
        let said = is_bad(&ground, ": altered. What stands before holds.\n");
        let (_, behind) = said.split_once("Damaged from entry ").expect("its place");
        let digits: String = behind.chars().take_while(char::is_ascii_digit).collect();
        let place: u64 = digits.parse().expect("a number");
        assert!((second..third).contains(&place), "{second} {place} {third}");
        ground.spoil("log", "entries", &row, length - 1);
        is_good(&ground);

        let move_away = |from: u64, to: u64| {
            ground.execute(&format!("UPDATE log SET seq = {to} WHERE seq = {from}"));
        };
        move_away(second, 10_000_000);
        let words = format!("Damaged from entry {third} on: something before it is missing.");
        let said = is_bad(&ground, "something before it is missing");
        assert!(said.contains(&words) || said.contains(&format!("entry {second} ")), "{said}");
        move_away(10_000_000, second);
        is_good(&ground);
    }
}

#[test]
fn what_cannot_be_replayed() {
    let ground = Ground::sqlite();
    let Ended { code, err, .. } = ground.run(&["replay"]);
    assert_eq!(code, 1);
    assert!(err.ends_with(": There is no log in this folder.\n"), "{err}");
    assert!(fs::metadata(ground.path("data")).is_err(), "who asks makes no folder");
    let Ended { code, err, .. } = ground.run(&["replay", "--mendd"]);
    assert!(code == 2 && err.contains("Did you mean “--mend”?"), "{err}");
    let Ended { code, err, .. } = ground.run(&["replay", "extra"]);
    assert!(code == 2 && err.contains("This is one argument too many: “extra”"), "{err}");
    fs::create_dir_all(ground.path("data")).expect("ours");
    ground.file("data/log.sqlite", "this is no database");
    let Ended { code, err, .. } = ground.run(&["replay"]);
    assert_eq!(code, 1);
    assert!(err.contains("log.sqlite is damaged or no database"), "{err}");
}
