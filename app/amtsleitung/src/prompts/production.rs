// SPDX-License-Identifier: EUPL-1.2
//! What must not go public: a machine's voice, a missing sound, and what is left of an example.

use super::import::name_of;
use super::list::name_to_record;
use super::look::{Looked, State};
use super::script::{self, What, has_music};
use crate::config::county::{Line, SipAddress};
use crate::config::number::Plan;
use crate::config::places::Places;
use crate::config::problem::{Problem, ProductionProblem};
use crate::config::report::Found;
use crate::config::{County, Telephony};
use hours::LocalDate;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use telephony::prompts::{Missing, Occasion};

/// Blocks of a thousand numbers that nobody gets, by their first digits: the Federal Network Agency keeps
/// them for films (Berlin, Frankfurt, Hamburg, Köln, München).
const EXAMPLE_NUMBERS: [&str; 5] =
    ["493023125", "496990009", "494066969", "492214710", "498999998"];

/// Digits of a number in these blocks.
const EXAMPLE_DIGITS: usize = 12;

/// Names that are kept for examples and tests (RFC 2606, RFC 6761).
const EXAMPLE_DOMAINS: [&str; 7] =
    ["example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"];

/// What keeps a good file from going public, on this day. `own` is the operator's folder of sounds, if there
/// is one.
#[must_use]
pub fn problems(
    text: &str,
    county: &County,
    (looked, own): (&[Looked<'_>], Option<&Path>),
    today: LocalDate,
) -> Vec<Found> {
    let places = Places::of(text);
    let mut found = Vec::new();
    let mut note = |at, problem| found.push(Found { at, problem: Problem::Production(problem) });
    let public = |line: &&Line| is_public(line, today);
    let heard = in_public(&places, county, looked, &public);
    let (pieces, whole): (Vec<_>, Vec<_>) =
        heard.iter().copied().partition(|(_, it)| matches!(it.piece.what, What::OfSentence(_)));
    for (at, one) in whole {
        unheard_of(one, looked).into_iter().for_each(|problem| note(at, problem));
    }
    if let Some((at, problem)) = unfit_pieces(&pieces) {
        note(at, problem);
    }
    if let Some((at, problem)) = own.and_then(|own| only_beside(&heard, own)) {
        note(at, problem);
    }
    for line in county.lines.iter().filter(public) {
        for (at, problem) in example_numbers(&places, line) {
            note(at, problem);
        }
    }
    if county.bench.is_some() {
        note(places.table("bench").at(), ProductionProblem::Bench);
    }
    match &county.telephony {
        Some(telephony) => {
            telephones(&places, county, telephony).into_iter().for_each(|(at, it)| note(at, it));
        }
        None => note(0, ProductionProblem::NoTelephony),
    }
    found
}

/// Whether citizens can dial it now or later. A line that has ended stays in the file for ever, and nobody
/// hears it any more.
fn is_public(line: &Line, today: LocalDate) -> bool {
    !line.numbers.is_empty() && line.in_force.until.is_none_or(|until| today <= until)
}

/// The sounds of public lines and of sites without an emergency route, each with its place in the file.
fn in_public<'l, 'c>(
    places: &Places<'_>,
    county: &County,
    looked: &'l [Looked<'c>],
    is_public: &dyn Fn(&&Line) -> bool,
) -> Vec<(usize, &'l Looked<'c>)> {
    let musical = county.lines.iter().filter(is_public).find(|line| has_music(line));
    let telling = county.lines.iter().filter(is_public).find(|line| script::tells_of(line));
    let place = |what: What<'_>| match what {
        What::OfLine(line, occasion) => is_public(&line).then(|| said_at(places, line, occasion)),
        What::OfGreeting(line, _) => is_public(&line)
            .then(|| places.entry("line", &line.id).table("announcements").key("greetings")),
        What::Music => musical.map(|line| places.entry("line", &line.id).key("queue")),
        // Nothing else says where the next telephone for help is.
        What::OfSite(site) => Some(places.entry("site", &site.id).key("no_emergency_route")),
        What::OfSentence(_) => telling.map(|line| {
            let entry = places.entry("line", &line.id);
            let tells_wait = line.service().is_some_and(|it| it.ways.tells_wait);
            entry.key(if tells_wait { "tells_wait" } else { "tells_position" })
        }),
        What::OfPlan(plan, text) => Some(places.entry("plan", &plan.id).key(text.word())),
    };
    looked.iter().filter_map(|it| Some((place(it.piece.what)?, it))).collect()
}

/// Pieces of sentences, of which there are many: all in one finding.
fn unfit_pieces(pieces: &[(usize, &Looked<'_>)]) -> Option<(usize, ProductionProblem)> {
    let is_good = |state: &State| match state {
        State::There(_) => true,
        State::Synthetic(_) | State::Broken(_) | State::Missing(_) => false,
    };
    let unfit: Vec<_> = pieces.iter().filter(|(_, it)| !is_good(&it.state)).collect();
    let (at, first) = unfit.first()?;
    let first = first.piece.name.to_string();
    Some((*at, ProductionProblem::Pieces { count: unfit.len(), first }))
}

/// What a start without the configuration's file would not find any more, at the first of them.
fn only_beside(heard: &[(usize, &Looked<'_>)], own: &Path) -> Option<(usize, ProductionProblem)> {
    let beside = heard.iter().filter_map(|(at, it)| {
        let file = it.state.file()?;
        (file.parent() != Some(own)).then_some((*at, file))
    });
    let beside: Vec<(usize, &Path)> = beside.collect();
    let (at, file) = beside.first()?;
    let files: BTreeSet<&Path> = beside.iter().map(|(_, file)| *file).collect();
    let problem = ProductionProblem::OnlyBesideFile { count: files.len(), first: name_of(file) };
    Some((*at, problem))
}

fn said_at(places: &Places<'_>, line: &Line, occasion: Occasion) -> usize {
    places.entry("line", &line.id).table("announcements").key(occasion.key())
}

/// What is wrong with a sound; nothing, if callers may hear it. A file that several lines share is named
/// by itself, so that one recording mends it for all.
fn unheard_of(looked: &Looked<'_>, all: &[Looked<'_>]) -> Option<ProductionProblem> {
    let shown = |file: &Path| file.display().to_string();
    match &looked.state {
        State::There(_) => None,
        State::Synthetic(sound) => Some(ProductionProblem::Synthetic {
            name: name_of(&sound.file),
            file: shown(&sound.file),
        }),
        State::Broken(Missing { files, defect, .. }) => {
            let file = files.first()?;
            let (name, file, defect) = (name_of(file), shown(file), defect.clone());
            Some(ProductionProblem::BrokenSound { name, file, defect })
        }
        State::Missing(_) => {
            Some(ProductionProblem::MissingSound { name: name_to_record(looked, all) })
        }
    }
}

fn example_numbers(places: &Places<'_>, line: &Line) -> Vec<(usize, ProductionProblem)> {
    let entry = places.entry("line", &line.id);
    let mut found = Vec::new();
    for (index, numbers) in line.numbers.iter().enumerate() {
        let is_example = |number: u64| {
            let digits = number.to_string();
            let in_block = EXAMPLE_NUMBERS.iter().any(|block| digits.starts_with(block));
            in_block && digits.len() == EXAMPLE_DIGITS
        };
        if numbers.plan == Plan::E164 && (is_example(numbers.first) || is_example(numbers.last)) {
            let problem = ProductionProblem::ExampleNumber { number: numbers.to_string() };
            found.push((entry.item("numbers", index), problem));
        }
    }
    found
}

/// What is left of an example where the centre, its trunks and telephones are reached.
fn telephones(
    places: &Places<'_>,
    county: &County,
    telephony: &Telephony,
) -> Vec<(usize, ProductionProblem)> {
    let own = places.table("telephony");
    let mut found = Vec::new();
    if is_example_domain(&telephony.domain) {
        let domain = telephony.domain.clone();
        found.push((own.key("domain"), ProductionProblem::ExampleDomain { domain }));
    }
    if telephony.listen.iter().all(|it| it.address.ip().is_loopback()) {
        found.push((own.key("listen"), ProductionProblem::OnlyThisMachine));
    }
    let mut note = |at: usize, ip: IpAddr| {
        if is_example_address(ip) {
            found.push((at, ProductionProblem::ExampleAddress { address: ip.to_string() }));
        }
    };
    let ip = |it: &SipAddress| it.address.ip();
    for (index, listen) in telephony.listen.iter().enumerate() {
        note(own.item("listen", index), ip(listen));
    }
    for (index, address) in telephony.media_addresses.iter().enumerate() {
        note(own.item("media_addresses", index), *address);
    }
    for trunk in &county.trunks {
        for (index, peer) in trunk.peers.iter().enumerate() {
            if let Some(address) = peer.address() {
                note(places.entry("trunk", &trunk.id).item("peers", index), ip(&address));
            }
        }
    }
    for phone in &county.phones {
        if let Some(at) = &phone.at {
            note(places.entry("phone", &phone.id).key("at"), ip(at));
        }
    }
    found
}

fn is_example_domain(domain: &str) -> bool {
    let domain = domain.to_ascii_lowercase();
    EXAMPLE_DOMAINS.iter().any(|example| {
        domain.strip_suffix(example).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// Addresses for documentation (RFC 5737, RFC 3849).
fn is_example_address(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_documentation(),
        IpAddr::V6(ip) => ip.segments().starts_with(&[0x2001, 0xdb8]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_known_by_their_names_and_addresses() {
        for example in ["servicecenter.landkreis-harburg.example", "Example.org", "localhost"] {
            assert!(is_example_domain(example), "{example}");
        }
        for real in ["servicecenter.landkreis.de", "myexample.org", "example.de", "10.0.0.1"] {
            assert!(!is_example_domain(real), "{real}");
        }
        let is_example = |ip: &str| is_example_address(ip.parse().expect("an address"));
        assert!(is_example("192.0.2.21") && is_example("203.0.113.9") && is_example("2001:db8::1"));
        assert!(!is_example("10.0.0.1") && !is_example("192.0.3.1") && !is_example("2001:db9::1"));
    }
}
