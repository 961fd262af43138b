// SPDX-License-Identifier: EUPL-1.2
//! The torture messages of RFC 4475, each with what becomes of it and why.
//!
//! The messages are not ours to copy: they are read from the folder that `AMTSLEITUNG_SHARED`
//! names.

use std::collections::BTreeSet;
use std::path::PathBuf;

use sip::message::{DropReason, Fault, Message, Name, Refusal, Rport, Uri, parse_datagram};
use sip::{Method, Status};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Accepted,
    Answered(u16, Fault),
    Dropped(DropReason),
}

use Verdict::{Accepted, Answered, Dropped};

/// File, section of RFC 4475, verdict, reason.
const EXPECTED: [(&str, &str, Verdict, &str); 49] = [
    ("wsinv", "3.1.1.1", Accepted, "legal, with every kind of white space"),
    ("intmeth", "3.1.1.2", Accepted, "legal, with every kind of character; NUL as a quoted pair"),
    ("esc01", "3.1.1.3", Accepted, "legal escapes"),
    ("escnull", "3.1.1.4", Accepted, "legal escapes of NUL"),
    ("esc02", "3.1.1.5", Accepted, "percent signs that are no escapes"),
    ("lwsdisp", "3.1.1.6", Accepted, "no space before < is legal"),
    ("longreq", "3.1.1.7", Accepted, "long values are legal; ours are bounded far above"),
    ("dblreq", "3.1.1.8", Accepted, "what follows the body in a datagram is ignored"),
    ("semiuri", "3.1.1.9", Accepted, "semicolons belong to the user part"),
    ("transports", "3.1.1.10", Accepted, "unknown transports in Via are legal"),
    ("mpart01", "3.1.1.11", Accepted, "a binary body is legal"),
    ("unreason", "3.1.1.12", Accepted, "a reason phrase in UTF-8 is legal"),
    ("noreason", "3.1.1.13", Accepted, "an empty reason phrase is legal"),
    (
        "badinv01",
        "3.1.2.1",
        Answered(400, Fault::Malformed(Name::Via)),
        "empty parameters; the answer follows the part of the Via that can be read",
    ),
    ("clerr", "3.1.2.2", Answered(400, Fault::BodyCut), "the body is cut"),
    ("ncl", "3.1.2.3", Answered(400, Fault::Malformed(Name::ContentLength)), "negative length"),
    (
        "scalar02",
        "3.1.2.4",
        Answered(400, Fault::Malformed(Name::CSeq)),
        "CSeq beyond 32 bits; the rest alone would not be refused for its expiry",
    ),
    (
        "scalarlg",
        "3.1.2.5",
        Dropped(DropReason::Response(Fault::Malformed(Name::CSeq))),
        "a bad response is dropped",
    ),
    ("quotbal", "3.1.2.6", Answered(400, Fault::Malformed(Name::To)), "the quote never ends"),
    ("ltgtruri", "3.1.2.7", Answered(400, Fault::RequestUri), "no <> around a Request-URI"),
    (
        "lwsruri",
        "3.1.2.8",
        Answered(400, Fault::RequestLine),
        "leniency is allowed; which part is the URI would be a guess",
    ),
    (
        "lwsstart",
        "3.1.2.9",
        Answered(400, Fault::RequestLine),
        "leniency is allowed; only scanners were seen to need it",
    ),
    ("trws", "3.1.2.10", Accepted, "leniency is allowed; blanks at the end leave nothing to guess"),
    (
        "escruri",
        "3.1.2.11",
        Answered(400, Fault::RequestUriHeaders),
        "leniency is allowed; the headers would have to be obeyed or lost",
    ),
    ("baddate", "3.1.2.12", Accepted, "leniency is allowed; nothing here depends on Date"),
    (
        "regbadct",
        "3.1.2.13",
        Answered(400, Fault::Malformed(Name::Contact)),
        "whose part ?Route is cannot be known without <>",
    ),
    ("badaspec", "3.1.2.14", Accepted, "leniency is allowed; blanks inside <> are passed over"),
    (
        "baddn",
        "3.1.2.15",
        Answered(400, Fault::HeadCut),
        "a comma outside of quotes; the file also lacks the empty line, which is found first",
    ),
    ("badvers", "3.1.2.16", Answered(505, Fault::Version), "SIP/7.0"),
    ("mismatch01", "3.1.2.17", Answered(400, Fault::MethodMismatch), "CSeq names another method"),
    (
        "mismatch02",
        "3.1.2.18",
        Answered(400, Fault::MethodMismatch),
        "501 is allowed too; one rule for all methods is simpler",
    ),
    ("bigcode", "3.1.2.19", Dropped(DropReason::Response(Fault::StatusLine)), "no such status"),
    ("badbranch", "3.2.1", Accepted, "the transaction layer treats the branch as not unique"),
    (
        "insuf",
        "3.3.1",
        Answered(400, Fault::Missing(Name::From)),
        "Call-ID, From and To are missing; the answer has what there is",
    ),
    ("unkscm", "3.3.2", Accepted, "the application answers 416"),
    ("novelsc", "3.3.3", Accepted, "the application answers 416"),
    (
        "unksm2",
        "3.3.4",
        Accepted,
        "unknown schemes in To, From, Contact are the registrar's matter",
    ),
    ("bext01", "3.3.5", Accepted, "the application answers 420"),
    ("invut", "3.3.6", Accepted, "the application answers 415"),
    ("regaut01", "3.3.7", Accepted, "the registrar challenges anew"),
    ("multi01", "3.3.8", Answered(400, Fault::Repeated(Name::CSeq)), "two of what must be one"),
    ("mcl01", "3.3.9", Answered(400, Fault::LengthsDiffer), "two different lengths"),
    ("bcast", "3.3.10", Accepted, "the transaction layer drops a response with a second Via"),
    ("zeromf", "3.3.11", Accepted, "a call that ends here may go on; one that leaves gets 483"),
    ("cparam01", "3.3.12", Accepted, "the parameter is the header field's"),
    ("cparam02", "3.3.13", Accepted, "the parameter is the URI's"),
    ("regescrt", "3.3.14", Accepted, "headers in a Contact within <> are legal"),
    ("sdp01", "3.3.15", Accepted, "the application answers 406"),
    ("inv2543", "3.4.1", Accepted, "no branch, no tag, no Max-Forwards, no Content-Length"),
];

fn folder() -> Option<PathBuf> {
    let shared = PathBuf::from(std::env::var_os("AMTSLEITUNG_SHARED")?);
    let places =
        ["sip-torture-rfc4475", "data/sip-torture-rfc4475"].map(|place| shared.join(place));
    places.into_iter().find(|place| place.is_dir())
}

/// All messages by name; none, with a word about it, where they are not at hand.
fn messages() -> Option<Vec<(String, Vec<u8>)>> {
    let Some(folder) = folder() else {
        println!("Skipped for lack of data: AMTSLEITUNG_SHARED names no sip-torture-rfc4475.");
        return None;
    };
    let files = std::fs::read_dir(folder).expect("the folder was there").flatten();
    let dat = files.filter(|file| file.path().extension().is_some_and(|it| it == "dat"));
    let read = dat.map(|file| {
        let name = file.path().file_stem().expect("it has a name").to_string_lossy().into_owned();
        (name, std::fs::read(file.path()).expect("a file that was listed can be read"))
    });
    Some(read.collect())
}

fn verdict(bytes: &[u8]) -> Verdict {
    match parse_datagram(bytes) {
        Ok(_) => Accepted,
        Err(Refusal::Answer(answer)) => Answered(answer.status.code(), answer.fault),
        Err(Refusal::Drop(reason)) => Dropped(reason),
    }
}

#[test]
fn every_torture_message_gets_what_the_table_says() {
    let Some(messages) = messages() else { return };
    let names: BTreeSet<&str> = messages.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, EXPECTED.iter().map(|row| row.0).collect());
    let mut wrong = String::new();
    for (name, bytes) in &messages {
        let row = EXPECTED.iter().find(|row| row.0 == name).expect("the names are the same");
        let found = verdict(bytes);
        if found != row.2 {
            let (_, section, expected, why) = row;
            wrong += &format!("{name} ({section}): {found:?}, expected {expected:?}: {why}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn every_answer_to_a_torture_message_is_one_that_we_could_read() {
    let Some(messages) = messages() else { return };
    for (name, bytes) in &messages {
        let Err(Refusal::Answer(answer)) = parse_datagram(bytes) else { continue };
        let mut out = Vec::new();
        answer.write(&mut out, b"ours", "192.0.2.77:5062".parse().unwrap());
        let text = out.escape_ascii().to_string();
        match parse_datagram(&out) {
            Ok(Message::Response(response)) => {
                assert_eq!(response.status, answer.status, "{name}");
                assert_eq!(response.headers.vias().count(), 1, "{name}");
                assert!(response.headers.to.tag().is_some(), "{name}");
            }
            Ok(Message::Request(_)) => panic!("{name}: {text}"),
            // What was missing or could not be read is not made up.
            Err(refusal) => {
                assert!(
                    ["baddn", "insuf", "quotbal", "scalar02"].contains(&name.as_str()),
                    "{name}: {text}"
                );
                let Some(Fault::Missing(_)) = refusal.fault() else { panic!("{name}: {text}") };
            }
        }
    }
}

#[test]
fn accepted_torture_messages_survive_being_written() {
    let Some(messages) = messages() else { return };
    for (name, bytes) in &messages {
        let Ok(message) = parse_datagram(bytes) else { continue };
        let mut out = Vec::new();
        message.write(&mut out).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        let again = parse_datagram(&out).unwrap_or_else(|why| panic!("{name}: {why:?}"));
        assert_eq!(again.body(), message.body(), "{name}");
        let mut twice = Vec::new();
        again.write(&mut twice).expect("it was written before");
        assert_eq!(out, twice, "{name}");
    }
}

#[test]
fn the_hard_ones_mean_what_the_rfc_says() {
    let Some(messages) = messages() else { return };
    let bytes = |name: &str| &messages.iter().find(|there| there.0 == name).expect("listed").1;
    let request = |name| match parse_datagram(bytes(name)) {
        Ok(Message::Request(request)) => request,
        _ => panic!("{name} is a request"),
    };
    let wsinv = request("wsinv");
    assert_eq!(wsinv.headers.from.display_text().unwrap(), "J Rosenberg \\\"");
    assert_eq!(wsinv.headers.from.tag(), Some(&b"98asjd8"[..]));
    assert_eq!((wsinv.headers.cseq.number, wsinv.headers.max_forwards), (9, Some(68)));
    let transports: Vec<_> = wsinv.headers.vias().map(|via| via.transport).collect();
    assert_eq!(transports, [&b"UDP"[..], b"TCP", b"UDP"]);
    assert_eq!(wsinv.headers.vias().last().unwrap().branch(), Some(&b"z9hG4bK30239"[..]));
    assert_eq!(wsinv.headers.contacts().next().unwrap().params.get("q"), Some(&b"0.33"[..]));
    let folded = wsinv.headers.other("newfangledheader").next().unwrap();
    assert_eq!(folded.value().as_ref(), b"newfangled value continued newfangled value");

    let intmeth = request("intmeth");
    assert_eq!(intmeth.method, Method::Unknown);
    assert_eq!(intmeth.headers.to.display().unwrap().as_ref(), b"BEL:\x07 NUL:\0 DEL:\x7f");
    let sip = intmeth.uri.sip().unwrap();
    assert!(sip.user.unwrap().ends_with(b"?,/;;*"));
    assert_eq!(sip.password, Some(&b"&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"[..]));

    let esc01 = request("esc01");
    let decoded = esc01.uri.sip().unwrap().decoded_user().unwrap();
    assert_eq!(decoded.as_ref(), b"sips:user@example.com");
    assert_eq!(request("longreq").headers.vias().count(), 34);
    assert!(request("dblreq").body.is_empty());
    assert_eq!(request("mpart01").headers.via.rport(), Some(Rport::Asked));
    assert_eq!(request("mpart01").body.len(), 553);
    assert_eq!(request("badbranch").headers.via.unique_branch(), None);
    assert!(matches!(request("novelsc").uri, Uri::Other(_)));
    assert!(request("cparam01").headers.contacts().next().unwrap().params.has("unknownparam"));
    assert!(!request("cparam02").headers.contacts().next().unwrap().params.has("unknownparam"));
    assert_eq!(request("inv2543").headers.from.tag(), None);
    let esc02 = request("esc02");
    assert_eq!(esc02.headers.contacts().count(), 2);
    assert_eq!(esc02.method_name, b"RE%47IST%45R");
    let Ok(Message::Response(unreason)) = parse_datagram(bytes("unreason")) else { panic!() };
    assert_eq!(unreason.status, Status::new(200).unwrap());
    assert_eq!(unreason.body.len(), 154);
}
