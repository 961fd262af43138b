// SPDX-License-Identifier: EUPL-1.2
//! The catalogue's tables on both engines.

use crate::place::Ground;
use store::{
    Catalogue, OBJECTS_AT_ONCE, ObjectKey, ResponsibilityRow, StoredObject, Task, Written,
};

crate::on_both!(
    what_is_written_is_there_and_what_is_the_same_is_not_written,
    a_place_is_told_who_answers_there_and_above_and_inside,
    what_a_run_has_not_seen_goes,
    a_run_that_was_broken_off_goes_on,
    what_was_not_committed_never_was,
    whoever_looks_sees_that_something_else_is_in_it,
    tasks_stay_until_they_are_done,
    whoever_looks_is_told_which_objects_are_others,
    a_text_is_replaced_whole_and_counts_as_a_change,
    what_editors_change_stays_whose_it_was,
);

fn open(ground: &Ground) -> Catalogue {
    Catalogue::open(&ground.place).expect("a catalogue")
}

fn key(kind: &str, id: &str) -> ObjectKey {
    ObjectKey { kind: kind.to_owned(), agency: "L1".to_owned(), id: id.to_owned() }
}

fn object(id: &str, xml: &str) -> StoredObject {
    StoredObject { key: key("leistung", id), xml: xml.to_owned(), rows: Vec::new() }
}

fn row(area: &str, unit: &str) -> ResponsibilityRow {
    let ident = |id: &str| ("L1".to_owned(), id.to_owned());
    let (from, until) = (i64::MIN, i64::MAX);
    ResponsibilityRow {
        service: ident("5"),
        area: area.to_owned(),
        role: 1,
        unit: ident(unit),
        from,
        until,
    }
}

fn what_is_written_is_there_and_what_is_the_same_is_not_written(ground: Ground) {
    let mut catalogue = open(&ground);
    let both = [object("1", "<a/>"), object("2", "<b/>")];
    let written = catalogue.put("feed", 1, &both).expect("written");
    assert_eq!(written, [Written::New, Written::New]);
    let again = [object("1", "<a/>"), object("2", "<c/>"), object("3", "Ä\u{1F600}'")];
    let written = catalogue.put("feed", 1, &again).expect("written");
    assert_eq!(written, [Written::Same, Written::Changed, Written::New]);
    assert_eq!(catalogue.object(&key("leistung", "2")).expect("read").as_deref(), Some("<c/>"));
    let first = catalogue.page("leistung", None, 2).expect("read");
    assert_eq!(first.iter().map(|(key, _)| key.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    let last = catalogue.page("leistung", Some(&first[1].0), 2).expect("read");
    assert_eq!(last, [(key("leistung", "3"), "Ä\u{1F600}'".to_owned())]);
    assert!(catalogue.delete(&key("leistung", "1")).expect("written"));
    assert!(!catalogue.delete(&key("leistung", "1")).expect("written"));
    drop(catalogue);
    assert_eq!(
        open(&ground).counts().expect("read").into_iter().collect::<Vec<_>>(),
        [("leistung".to_owned(), 2)]
    );
}

fn a_place_is_told_who_answers_there_and_above_and_inside(ground: Ground) {
    let mut catalogue = open(&ground);
    let areas = ["00", "03353", "033535401", "033535401007", "033535402", "02"];
    let mut unit = object("9", "<u/>");
    unit.rows = areas.iter().map(|area| row(area, area)).collect();
    catalogue.put("feed", 1, &[unit.clone()]).expect("written");
    let mut asked = |areas: &[&str]| {
        let areas: Vec<String> = areas.iter().map(|&area| area.to_owned()).collect();
        let rows = catalogue.responsible(("L1", "5"), &areas).expect("read");
        rows.into_iter().map(|row| row.area).collect::<Vec<_>>()
    };
    let elbmarsch = ["00", "03", "03353", "033535401"];
    assert_eq!(asked(&elbmarsch), ["00", "03353", "033535401", "033535401007"]);
    assert_eq!(asked(&["00", "02"]), ["00", "02"]);
    assert_eq!(asked(&["00"]).len(), areas.len());
    // Written anew, it says what it says now and nothing else.
    unit.xml = "<v/>".to_owned();
    unit.rows = vec![row("033535402", "7")];
    catalogue.put("feed", 1, &[unit]).expect("written");
    let elsewhere = |catalogue: &mut Catalogue| {
        catalogue.responsible(("L1", "5"), &["02".to_owned()]).expect("read")
    };
    assert_eq!(elsewhere(&mut catalogue), [row("033535402", "7")]);
    catalogue.delete(&key("leistung", "9")).expect("written");
    assert_eq!(elsewhere(&mut catalogue), []);
}

fn what_a_run_has_not_seen_goes(ground: Ground) {
    let mut catalogue = open(&ground);
    catalogue.put("ours", 1, &[object("0", "<o/>")]).expect("written");
    catalogue.put("land", 1, &[object("1", "<a/>"), object("2", "<b/>")]).expect("written");
    catalogue.put("land", 2, &[object("2", "<b/>"), object("3", "<c/>")]).expect("written");
    assert_eq!(catalogue.unseen("land", 2).expect("read"), (3, 1));
    assert_eq!(catalogue.unseen_keys("land", 2, 9).expect("read"), [key("leistung", "1")]);
    assert_eq!(catalogue.delete_unseen("land", 2).expect("written"), 1);
    let there = catalogue.page("leistung", None, 9).expect("read");
    assert_eq!(there.iter().map(|(key, _)| key.id.as_str()).collect::<Vec<_>>(), ["0", "2", "3"]);
}

fn a_run_that_was_broken_off_goes_on(ground: Ground) {
    let mut catalogue = open(&ground);
    let run = catalogue.run("land", "d1").expect("a run");
    catalogue.file_is_in(run.number, "a.xml", "f1").expect("written");
    drop(catalogue);
    let mut catalogue = open(&ground);
    let again = catalogue.run("land", "d1").expect("a run");
    assert_eq!(
        (again.number, again.files.get("a.xml").map(String::as_str)),
        (run.number, Some("f1"))
    );
    let other = catalogue.run("land", "d2").expect("a run");
    assert!(other.number > run.number && other.files.is_empty());
    catalogue.run_has_ended(again.number).expect("written");
    assert!(catalogue.run("land", "d1").expect("a run").number > other.number);
}

fn what_was_not_committed_never_was(ground: Ground) {
    let mut catalogue = open(&ground);
    catalogue.begin().expect("begun");
    catalogue.put("land", 1, &[object("1", "<a/>")]).expect("written");
    catalogue.roll_back().expect("rolled back");
    assert!(catalogue.counts().expect("read").is_empty());
    catalogue.begin().expect("begun");
    catalogue.put("land", 1, &[object("1", "<a/>")]).expect("written");
    catalogue.commit().expect("committed");
    assert_eq!(catalogue.counts().expect("read").len(), 1);
}

fn whoever_looks_sees_that_something_else_is_in_it(ground: Ground) {
    let (mut writes, mut looks) = (open(&ground), open(&ground));
    let mut put = |objects: &[StoredObject]| {
        writes.begin().expect("begun");
        writes.put("feed", 1, objects).expect("written");
        writes.commit().expect("committed");
        looks.changes().expect("read")
    };
    assert_eq!(put(&[]), 0);
    assert_eq!(put(&[object("1", "<a/>")]), 1);
    assert_eq!(put(&[object("1", "<a/>")]), 1, "it is the same");
    assert_eq!(put(&[object("1", "<b/>")]), 2);
    writes.begin().expect("begun");
    assert!(writes.delete(&key("leistung", "1")).expect("written"));
    writes.roll_back().expect("it never was");
    writes.begin().expect("begun");
    writes.commit().expect("committed");
    assert_eq!(looks.changes().expect("read"), 2);
}

fn tasks_stay_until_they_are_done(ground: Ground) {
    let mut catalogue = open(&ground);
    let task = |number, words: &str| Task {
        number,
        at: 7,
        kind: "not_found".to_owned(),
        words: words.to_owned(),
        service: (String::new(), String::new()),
        area: "033530026".to_owned(),
    };
    assert_eq!(catalogue.add_task(&task(0, "Wanderschein")).expect("written"), Some(1));
    assert_eq!(catalogue.add_task(&task(0, "Böller'n")).expect("written"), Some(2));
    drop(catalogue);
    let mut catalogue = open(&ground);
    assert_eq!(catalogue.tasks().expect("read"), [task(1, "Wanderschein"), task(2, "Böller'n")]);
    assert!(catalogue.task_is_done(1).expect("written"));
    assert!(!catalogue.task_is_done(1).expect("written"));
    assert_eq!(catalogue.tasks().expect("read"), [task(2, "Böller'n")]);
    assert_eq!(catalogue.changes().expect("read"), 0, "nothing of it is what callers are told");
}

fn whoever_looks_is_told_which_objects_are_others(ground: Ground) {
    let mut catalogue = open(&ground);
    let mut put = |objects: &[StoredObject]| {
        catalogue.begin().expect("begun");
        catalogue.put("feed", 1, objects).expect("written");
        catalogue.commit().expect("committed");
        catalogue.changes().expect("read")
    };
    let first = put(&[object("1", "<a/>"), object("2", "<b/>")]);
    let second = put(&[object("1", "<a/>"), object("2", "<c/>")]);
    let many: Vec<StoredObject> =
        (0..OBJECTS_AT_ONCE).map(|n| object(&format!("m{n}"), "<m/>")).collect();
    put(&many);
    let mut other = open(&ground);
    let keys = |ids: &[&str]| ids.iter().map(|id| key("leistung", id)).collect();
    assert_eq!(other.news(second).expect("read").map(|all| all.len()), Some(OBJECTS_AT_ONCE));
    other.begin().expect("begun");
    assert!(other.delete(&key("leistung", "1")).expect("deleted"));
    other.commit().expect("committed");
    let last = other.changes().expect("read");
    assert_eq!(other.news(last - 1).expect("read"), Some(keys(&["1"])));
    assert_eq!(other.news(last).expect("read"), Some(keys(&[])));
    // Nothing of what was taken back is news.
    other.begin().expect("begun");
    other.put("feed", 1, &[object("9", "<n/>")]).expect("written");
    other.roll_back().expect("taken back");
    assert_eq!(other.news(last).expect("read"), Some(keys(&[])));
    // Too many at once are everything, and so is what is long ago.
    other.begin().expect("begun");
    for number in 0..3 {
        let some: Vec<StoredObject> =
            (0..OBJECTS_AT_ONCE).map(|n| object(&format!("{number}-{n}"), "<m/>")).collect();
        other.put("feed", 1, &some).expect("written");
    }
    other.commit().expect("committed");
    assert_eq!(other.news(first).expect("read"), None);
    let all = other.changes().expect("read");
    for number in 0..200 {
        other.keep_text("words", &number.to_string()).expect("written");
    }
    assert_eq!(other.news(all).expect("read"), None);
    assert_eq!(other.news(all + 1).expect("read"), Some(keys(&[])));
}

fn a_text_is_replaced_whole_and_counts_as_a_change(ground: Ground) {
    let mut catalogue = open(&ground);
    assert_eq!(catalogue.text("words").expect("read"), "");
    let before = catalogue.changes().expect("read");
    catalogue.keep_text("words", "Perso;Ausweis\n").expect("written");
    catalogue.keep_text("places", "Ä").expect("written");
    catalogue.keep_text("words", "Lappen;Führerschein\n").expect("written");
    drop(catalogue);
    let mut catalogue = open(&ground);
    assert_eq!(catalogue.text("words").expect("read"), "Lappen;Führerschein\n");
    assert_eq!(catalogue.text("places").expect("read"), "Ä");
    assert_eq!(catalogue.changes().expect("read"), before + 3);
}

fn what_editors_change_stays_whose_it_was(ground: Ground) {
    let mut catalogue = open(&ground);
    let mut unit = object("9", "<u/>");
    unit.rows = vec![row("03353", "9")];
    catalogue.begin().expect("begun");
    catalogue.put("land", 4, &[unit.clone(), object("1", "<a/>")]).expect("written");
    catalogue.commit().expect("committed");
    let mut edited = object("9", "<v/>");
    edited.rows = vec![row("02", "9")];
    catalogue.begin().expect("begun");
    catalogue.edit(&[edited]).expect("written");
    catalogue.commit().expect("committed");
    assert_eq!(catalogue.object(&key("leistung", "9")).expect("read").as_deref(), Some("<v/>"));
    let areas = |catalogue: &mut Catalogue, area: &str| {
        let rows = catalogue.responsible(("L1", "5"), &[area.to_owned()]).expect("read");
        rows.iter().map(|row| row.area.clone()).collect::<Vec<_>>()
    };
    assert_eq!(areas(&mut catalogue, "02"), ["02"]);
    // The run that brought it in takes it for seen, and it is still the Land's.
    assert_eq!(catalogue.unseen("land", 4).expect("read"), (2, 0));
    let feeds = catalogue.feeds("leistung").expect("read");
    assert_eq!(feeds.get(&key("leistung", "9")).map(String::as_str), Some("land"));
    let changes = catalogue.changes().expect("read");
    let news = catalogue.news(changes - 1).expect("read").expect("known");
    assert_eq!(news.into_iter().collect::<Vec<_>>(), [key("leistung", "9")]);
    // When a service is to be looked at again.
    catalogue.set_review(("L1", "9"), Some("2014-05-02")).expect("written");
    catalogue.set_review(("L1", "9"), Some("2015-05-02")).expect("written");
    catalogue.set_review(("L1", "1"), Some("2014-06-01")).expect("written");
    catalogue.set_review(("L1", "1"), None).expect("written");
    let reviews = open(&ground).reviews().expect("read");
    let of = ("L1".to_owned(), "9".to_owned());
    assert_eq!(reviews.into_iter().collect::<Vec<_>>(), [(of, "2015-05-02".to_owned())]);
}
