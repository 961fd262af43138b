// SPDX-License-Identifier: EUPL-1.2
//! Messages as others write them, good and bad; and what goes out comes in again as the same.

use catalogue::xzufi::{
    Act, DEPTH_MAX, EVENT_MAX, Ident, Kind, OBJECT_MAX, Object, Problem, Read, Why, Writer,
    object_from_xml, read, rows,
};
use catalogue::{Channel, Element, Name, Service, Space, TextCode, Unit};
use knowledge::Role;
use proptest::prelude::*;

const TRANSFER: &str = include_str!("samples/transfer-2.2.xml");
const ANSWER: &str = include_str!("samples/answer-2.1.xml");

fn all(xml: &[u8]) -> Result<(Read, Vec<Act>), Problem> {
    let mut acts = Vec::new();
    let read = read(xml, &mut |act| {
        acts.push(act);
        Ok(())
    })?;
    Ok((read, acts))
}

fn objects(acts: &[Act]) -> Vec<&Object> {
    acts.iter().filter_map(object_of).collect()
}

fn object_of(act: &Act) -> Option<&Object> {
    match act {
        Act::Write(object) => Some(object),
        Act::Delete(..) => None,
    }
}

fn written(acts: &[Act]) -> String {
    let id = "4f0c9a52-0000-4000-8000-000000000002";
    let mut writer =
        Writer::new(Vec::new(), id, "2014-05-02T10:00:00Z", "Test & <Probe>").expect("memory");
    acts.iter().for_each(|act| writer.act(act).expect("memory"));
    String::from_utf8(writer.end().expect("memory")).expect("text")
}

#[test]
fn a_transfer_is_read_with_all_that_it_says() {
    let (read, acts) = all(TRANSFER.as_bytes()).expect("a message");
    assert_eq!((read.version.as_str(), read.written, read.deleted), ("2.2.0", 4, 1));
    assert_eq!(read.sender.as_deref(), Some("Redaktion Beispiel"));
    assert_eq!(read.passed.into_iter().collect::<Vec<_>>(), [("seltsam".to_owned(), 1)]);
    let ident = |id: &str| Ident { agency: "L100001".to_owned(), id: id.to_owned() };
    assert_eq!(acts.last(), Some(&Act::Delete(Kind::Unit, ident("8"))));
    let objects = objects(&acts);
    assert_eq!(objects[3].kind, Kind::Other("kontaktperson".to_owned()));

    let service = Service::of(objects[0]);
    assert_eq!(service.title, "Hund anmelden");
    assert_eq!(service.names, ["Hundesteuer Anmeldung", "Hundemarke"]);
    assert_eq!(service.keys[0].to_string(), "99107018012000");
    assert_eq!(service.areas[0].to_string(), "03353");
    let full = service.plain(TextCode::Full);
    assert_eq!(full.as_deref(), Some("Wer einen Hund hält, meldet ihn an & zahlt Steuer."));
    assert_eq!(service.plain(TextCode::Costs).as_deref(), Some("60 Euro im Jahr"));
    assert!(service.has_text() && service.changed.is_some());

    let unit = Unit::of(objects[1]);
    assert_eq!(
        (unit.name.as_str(), unit.channel(Channel::Telephone)),
        ("Steueramt", Some("04172 90990"))
    );
    assert_eq!(unit.address.as_deref(), Some("Am Markt 1, 21376 Salzhausen"));
    let areas: Vec<_> =
        rows(objects[1]).expect("rows").iter().map(|row| row.area.to_string()).collect();
    assert_eq!(areas, ["033535405", "033535406"]);

    let row = &rows(objects[2]).expect("a row")[0];
    assert_eq!(
        (&row.service, &row.unit, row.role),
        (&ident("102"), &ident("7"), Role::ContactPoint)
    );
    assert!(row.validity.from.is_some() && row.validity.until.is_none());
}

#[test]
fn what_nobody_knows_is_kept() {
    let (_, acts) = all(TRANSFER.as_bytes()).expect("a message");
    let xml = objects(&acts)[0].to_xml();
    for kept in
        ["unbekannt", "art=\"x\"", "urn:example:neu", "Das kennt <", "> niemand", "stand=\"7\""]
    {
        assert!(xml.contains(kept), "{kept} in {xml}");
    }
    assert!(xml.contains("xsi:type=\"xzufi:LeistungsstrukturObjektMitVerrichtung\""));
}

#[test]
fn an_answer_of_2_1_is_read_as_2_2() {
    let (read, acts) = all(ANSWER.as_bytes()).expect("a message");
    assert_eq!((read.version.as_str(), read.written, read.passed.len()), ("2.1.0", 3, 0));
    let objects = objects(&acts);
    let kinds: Vec<&Kind> = objects.iter().map(|object| &object.kind).collect();
    assert_eq!(kinds, [&Kind::Service, &Kind::Service, &Kind::Unit]);
    assert!(objects[0].to_xml().contains("xsi:type=\"xzufi:LeistungsstrukturObjekt\""));
    assert_eq!(Service::of(objects[0]).title, "Personalausweis");
    assert!(!objects[0].to_xml().contains("2_1_0"));
}

#[test]
fn what_goes_out_comes_in_again() {
    for sample in [TRANSFER, ANSWER] {
        let (_, acts) = all(sample.as_bytes()).expect("a message");
        let out = written(&acts);
        let (read, again) = all(out.as_bytes()).expect("our own message");
        assert_eq!(again, acts);
        assert_eq!(written(&again), out, "and goes out the same");
        assert_eq!(
            (read.version.as_str(), read.sender.as_deref()),
            ("2.2", Some("Test & <Probe>"))
        );
    }
}

/// A message with this inside, in line 3.
fn message(inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<x:m xmlns:x=\"http://xoev.de/schemata/xzufi/2_2_0\" xzufiVersion=\"2.2\">\n{inner}\n</x:m>"
    )
}

#[track_caller]
fn refused(xml: &str, line: u64, why: &Why) {
    let problem = all(xml.as_bytes()).expect_err("no message");
    assert_eq!((problem.line, &problem.why), (line, why));
    assert!(!why.de().is_empty() && !why.en().is_empty());
}

#[test]
fn what_is_no_message_says_where_and_why() {
    refused("", 1, &Why::Incomplete);
    refused("Hallo", 1, &Why::NoMessage("Text".to_owned()));
    refused("<html/>", 1, &Why::NoMessage("html".to_owned()));
    refused("<m xzufiVersion='3.0'/>", 1, &Why::NoMessage("3.0".to_owned()));
    refused("<m xzufiVersion='2.23'/>", 1, &Why::NoMessage("2.23".to_owned()));
    refused(
        "<?xml version='1.0' encoding='iso-8859-1'?><m/>",
        1,
        &Why::NotUtf8("iso-8859-1".to_owned()),
    );
    refused(
        &message("<x:schreibe><x:leistung/></x:schreibe>"),
        3,
        &Why::NoId("leistung".to_owned()),
    );
    refused(
        &message("<x:loesche klasse='?'><x:id>1</x:id></x:loesche>"),
        3,
        &Why::UnknownClass("?".to_owned()),
    );
    refused(
        &message("<x:leistung><x:id>1</x:id>&otto;</x:leistung>"),
        3,
        &Why::Entity("otto".to_owned()),
    );
    refused(&message("<x:leistung><x:id>1&#1;</x:id></x:leistung>"), 3, &Why::Character);
    let responsibility = |inner: &str| {
        message(&format!(
            "<x:zustaendigkeitTransferObjekt><x:uebergeordnetesObjektID>7</x:uebergeordnetesObjektID>\n<x:zustaendigkeit><x:id>1</x:id>{inner}</x:zustaendigkeit></x:zustaendigkeitTransferObjekt>"
        ))
    };
    refused(&responsibility(""), 4, &Why::NoService);
    let area = "<x:leistungID>1</x:leistungID><x:gebietID>Harburg</x:gebietID>";
    refused(&responsibility(area), 4, &Why::Area("Harburg".to_owned()));
    let cut = message("<x:leistung><x:id>1</x:id></x:leistung>");
    let cut = cut.trim_end_matches("</x:m>");
    refused(cut, 4, &Why::Incomplete);
    let latin = all(b"<m xzufiVersion='2.2'>\n<a>\xe4</a></m>");
    assert!(matches!(latin, Err(Problem { line: 2, why: Why::NotUtf8(_) })), "{latin:?}");
    let crossed = all(message("<x:leistung><x:id>1</x:leistung></x:id>").as_bytes());
    assert!(matches!(crossed, Err(Problem { line: 3, why: Why::NotWellFormed(_) })));
}

#[test]
fn nothing_in_a_file_decides_how_much_it_costs() {
    let bomb = "<!DOCTYPE m [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>\n<m/>";
    refused(bomb, 1, &Why::DocumentType);
    let outside = "<!DOCTYPE m SYSTEM \"file:///etc/passwd\"><m/>";
    refused(outside, 1, &Why::DocumentType);
    let deep = "<x:a>".repeat(DEPTH_MAX);
    refused(&message(&deep), 3, &Why::TooDeep);
    let long = "a".repeat(EVENT_MAX + 1);
    refused(&message(&format!("<x:leistung>{long}</x:leistung>")), 3, &Why::TooLarge);
    refused(&message(&format!("<x:{long}/>")), 3, &Why::TooLarge);
    let many = "<x:a>b</x:a>".repeat(OBJECT_MAX / 10);
    refused(&message(&format!("<x:leistung>{many}</x:leistung>")), 3, &Why::TooLarge);
    let attributes = (0..40).map(|n| format!(" a{n}='x'")).collect::<String>();
    refused(&message(&format!("<x:leistung{attributes}/>")), 3, &Why::Attributes);
}

#[test]
fn whoever_takes_the_objects_may_stop() {
    let stop = read(TRANSFER.as_bytes(), &mut |_| Err("voll".to_owned()));
    assert_eq!(stop.expect_err("stopped").why, Why::Taker("voll".to_owned()));
}

fn name() -> impl Strategy<Value = Name> {
    let space = prop_oneof![
        4 => Just(Space::Xzufi),
        2 => Just(Space::Plain),
        1 => "urn:[a-z&\"]{1,8}".prop_map(Space::Other),
    ];
    (space, "[a-zA-Zäß][a-zA-Z0-9äß._-]{0,8}").prop_map(|(space, local)| Name { space, local })
}

/// Any text that XML can say.
fn text() -> impl Strategy<Value = String> {
    "[ -~äöüß€\t\n\r\u{85}\u{2028}\u{1F600}]{0,20}"
}

fn element() -> impl Strategy<Value = Element> {
    let attributes = || prop::collection::btree_map(name(), text(), 0..3);
    let leaf = (name(), attributes(), text()).prop_map(|(name, attributes, text)| {
        let mut element = Element::named(name).text(&text);
        element.attributes = attributes.into_iter().collect();
        element
    });
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let nodes = prop::collection::vec((inner, text()), 0..4);
        (name(), attributes(), nodes).prop_map(|(name, attributes, nodes)| {
            let mut element = Element::named(name);
            element.attributes = attributes.into_iter().collect();
            for (child, text) in nodes {
                element = element.child(child).text(&text);
            }
            element
        })
    })
}

fn object() -> impl Strategy<Value = Object> {
    let kinds =
        prop::sample::select(&["leistung", "organisationseinheit", "onlinedienst", "neues"][..]);
    (kinds, "[A-Z0-9]{0,6}", "[a-zA-Z0-9 &<.]{1,9}", prop::collection::vec(element(), 0..4))
        .prop_filter_map("an id is not blank", |(kind, agency, id, more)| {
            let id = Element::new("id").with("schemeAgencyID", &agency).text(&id);
            let whole = Element::new(kind).child(id);
            Object::of(more.into_iter().fold(whole, Element::child)).ok()
        })
}

proptest! {
    /// What was read once is written and read as the same for ever: import(export(x)) = x.
    #[test]
    fn import_of_export_is_the_same(objects in prop::collection::vec(object(), 0..4)) {
        let acts: Vec<Act> = objects.into_iter().map(Act::Write).collect();
        // What was made up may hold white space that says nothing; what was read does not.
        let (_, once) = all(written(&acts).as_bytes()).expect("our own message");
        let (_, twice) = all(written(&once).as_bytes()).expect("our own message");
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(once.len(), acts.len());
        for act in &once {
            let Act::Write(object) = act else { panic!("only written") };
            let alone = object_from_xml(&object.to_xml());
            prop_assert_eq!(alone.as_ref(), Ok(object), "kept alone it is the same too");
        }
    }

    #[test]
    fn any_bytes_are_a_message_or_say_why(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Err(problem) = all(&bytes) {
            prop_assert!(problem.line >= 1 && !problem.why.de().is_empty());
        }
    }

    #[test]
    fn a_message_that_is_cut_anywhere_is_refused(at in 200..TRANSFER.len() - 2) {
        prop_assert!(all(&TRANSFER.as_bytes()[..at]).is_err());
    }
}
