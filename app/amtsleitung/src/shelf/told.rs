// SPDX-License-Identifier: EUPL-1.2
//! What is told about a service at a place: one answer, for the command line and for the desk.

use super::answer::{Answer, answer};
use super::opening::opening;
use catalogue::{Channel, Service, TextCode, Unit};
use knowledge::{AreaKey, Closure, Match, Part, Reached, Responsible, Told, ToldUnit, Who};
use stdx::Timestamp;
use store::Catalogue;

/// Parts of a description, in the order in which they are told.
const PARTS: [(TextCode, Part); 5] = [
    (TextCode::Papers, Part::Papers),
    (TextCode::Costs, Part::Costs),
    (TextCode::Duration, Part::Duration),
    (TextCode::Deadline, Part::Deadline),
    (TextCode::Conditions, Part::Conditions),
];

/// Where the sentences are that are read aloud, the first that there is.
const ALOUD: [TextCode; 4] =
    [TextCode::Teaser, TextCode::Summary, TextCode::Full, TextCode::Procedure];

/// What is told at this moment, at which offices may be closed beside their hours; without a place nobody is
/// responsible.
///
/// # Errors
/// If the tables cannot be read.
pub fn told(
    catalogue: &mut Catalogue,
    service: &Service,
    place: Option<AreaKey>,
    (at, closures): (Timestamp, &[Closure]),
) -> Result<Told, store::Error> {
    let answered = match place {
        Some(place) => Some((place, answer(catalogue, service, place, at)?)),
        None => None,
    };
    let text = ALOUD.into_iter().find_map(|code| service.plain(code));
    let parts = PARTS.into_iter().filter_map(|(code, part)| Some((part, service.plain(code)?)));
    Ok(Told {
        agency: service.ident.agency.clone(),
        id: service.ident.id.clone(),
        title: service.title.clone(),
        text: text.and_then(|text| text.lines().next().map(str::to_owned)),
        parts: parts.collect(),
        who: answered.map(|(place, answer)| match &answer.responsible {
            Ok(found) => Ok(who(found, &answer, (place, at, closures))),
            Err(why) => Err(why.clone()),
        }),
        changed: service.changed,
    })
}

/// Where, when, and when offices are closed beside their hours.
type Here<'c> = (AreaKey, Timestamp, &'c [Closure]);

fn who(found: &Responsible, answer: &Answer, here: Here<'_>) -> Who {
    let unit = |it: &Match| ToldUnit {
        role: it.role,
        area: it.area,
        reached: answer.units.get(&it.unit.0).map(|unit| reached(unit, it.area, here)),
    };
    Who { units: found.units.iter().map(unit).collect(), exceptions: found.exceptions.clone() }
}

fn reached(unit: &Unit, answers_for: AreaKey, (place, at, closures): Here<'_>) -> Reached {
    let own = closures.iter().filter(|closure| closure.closes(answers_for));
    let own: Vec<Closure> = own.copied().collect();
    let channel = |channel| unit.channel(channel).map(str::to_owned);
    Reached {
        id: unit.ident.id.clone(),
        name: unit.name.clone(),
        address: unit.address.clone(),
        telephone: channel(Channel::Telephone),
        mobile: channel(Channel::Mobile),
        email: channel(Channel::Email),
        hours: unit.hours.clone(),
        opening: unit.hours.as_deref().map(|rules| opening(rules, place, at, &own)),
    }
}
