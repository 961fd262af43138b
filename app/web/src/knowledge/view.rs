// SPDX-License-Identifier: EUPL-1.2
//! What the catalogue tells, in the words of pages.

use super::words::{Answer, FoundServices, PlaceWord, RoleWord, ServiceHit, StateWord, UnitWord};
use super::{Hit, Searched, State, places};
use crate::lang::Lang;
use crate::words::moment;
use ::knowledge::{AreaKey, Gazetteer, Opening, Part, Reached, Role, Told, ToldUnit, WhyNone};
use hours::Zone;

/// Areas that are named one by one.
const AREAS_SHOWN: usize = 8;

/// What was found, at most so many; `searched` may have one more.
pub(super) fn found((state, mut hits): Searched, limit: usize) -> FoundServices {
    let more = hits.len() > limit;
    hits.truncate(limit);
    let hit = |Hit { agency, id, title, also }| ServiceHit { agency, id, title, also };
    let state = match state {
        State::Ready => StateWord::Ready,
        State::Reading => StateWord::Reading,
        State::Empty => StateWord::Empty,
        State::Broken => StateWord::Broken,
    };
    FoundServices { state, hits: hits.into_iter().map(hit).collect(), more }
}

/// The answer.
pub(super) fn answer(
    told: Told,
    place: Option<AreaKey>,
    gazetteer: &Gazetteer,
    lang: Lang,
) -> Answer {
    let part = |part| told.part(part).map(str::to_owned);
    let named = |area: AreaKey| places::named(gazetteer, area);
    let who = told.who.as_ref().and_then(|who| who.as_ref().ok());
    let why_none = told.who.as_ref().and_then(|who| who.as_ref().err());
    Answer {
        place: place.map(named),
        aloud: told.aloud(),
        papers: told.papers().map(str::to_owned).collect(),
        costs: part(Part::Costs),
        duration: part(Part::Duration),
        deadline: part(Part::Deadline),
        conditions: part(Part::Conditions),
        units: who.into_iter().flat_map(|who| who.units.iter().filter_map(unit)).collect(),
        different_in: who.map_or_else(Vec::new, |who| different_in(&who.exceptions, gazetteer)),
        why_none: why_none.map(|why| self::why_none(lang, why, |area| named(area).name)),
        changed: told.changed.map(moment),
        agency: told.agency,
        id: told.id,
        title: told.title,
    }
}

fn different_in(areas: &[AreaKey], gazetteer: &Gazetteer) -> Vec<PlaceWord> {
    areas.iter().take(AREAS_SHOWN).map(|area| places::named(gazetteer, *area)).collect()
}

/// A unit that the catalogue has.
fn unit(it: &ToldUnit) -> Option<UnitWord> {
    let Reached { id, name, address, telephone, mobile, email, hours, opening } =
        it.reached.clone()?;
    let (open, changes, in_words) = match opening {
        Some(Opening::Open(until)) => (Some(true), until, None),
        Some(Opening::Closed(opens)) => (Some(false), opens, None),
        Some(Opening::InWords) => (None, None, hours),
        None => (None, None, None),
    };
    Some(UnitWord {
        id,
        name,
        role: match it.role {
            Role::ContactPoint => RoleWord::ContactPoint,
            Role::Responsible => RoleWord::Responsible,
            Role::Other(_) => RoleWord::Other,
        },
        address,
        telephone: telephone.or(mobile),
        email,
        hours: in_words,
        open,
        changes: changes.map(moment),
    })
}

/// Why nobody is responsible, in plain words; `name` says what an area is called.
#[must_use]
pub fn why_none(lang: Lang, why: &WhyNone, name: impl Fn(AreaKey) -> String) -> String {
    let moment = |at| Zone::berlin().format(at);
    match why {
        WhyNone::NotOfferedHere => lang
            .pick("Diese Leistung gibt es an diesem Ort nicht.", "There is no such service here.")
            .to_owned(),
        WhyNone::NothingRecorded => lang
            .pick(
                "Zu dieser Leistung ist keine Zuständigkeit eingetragen.",
                "Nobody is recorded as responsible for this service.",
            )
            .to_owned(),
        WhyNone::DependsOnPart(parts) => {
            let parts = areas(parts, name);
            lang.pick(
                format!("Das hängt vom genauen Ort ab. Zuständigkeiten gibt es für: {parts}"),
                format!("This depends on where exactly. There are responsibilities for: {parts}"),
            )
        }
        WhyNone::Over(until) => {
            let until = moment(*until);
            lang.pick(
                format!("Die Zuständigkeit endete am {until}."),
                format!("The responsibility ended on {until}."),
            )
        }
        WhyNone::Ahead(from) => {
            let from = moment(*from);
            lang.pick(
                format!("Die Zuständigkeit beginnt erst am {from}."),
                format!("The responsibility begins on {from}."),
            )
        }
        WhyNone::OtherRole => lang
            .pick(
                "Hier ist nur jemand in anderer Rolle zuständig.",
                "Only another role is filled here.",
            )
            .to_owned(),
        WhyNone::Elsewhere => lang
            .pick(
                "Zuständigkeiten gibt es nur für andere Orte.",
                "Only other places have a unit for this.",
            )
            .to_owned(),
    }
}

fn areas(areas: &[AreaKey], name: impl Fn(AreaKey) -> String) -> String {
    let mut shown: Vec<String> = areas.iter().take(AREAS_SHOWN).map(|area| name(*area)).collect();
    if areas.len() > AREAS_SHOWN {
        shown.push("…".to_owned());
    }
    shown.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::knowledge::{Place, Who};
    use stdx::Timestamp;

    fn key(area: &str) -> AreaKey {
        AreaKey::parse(area).expect("a key")
    }

    fn gazetteer() -> Gazetteer {
        let drage = Place {
            area: key("033535401007"),
            name: "Drage".to_owned(),
            districts: vec![],
            postcodes: vec![],
            area_codes: vec![],
        };
        Gazetteer::new(vec![drage]).expect("a place")
    }

    fn told(who: Option<Result<Who, WhyNone>>) -> Told {
        Told {
            agency: "L".to_owned(),
            id: "1".to_owned(),
            title: "Hund anmelden".to_owned(),
            text: None,
            parts: vec![(Part::Papers, "- Ausweis\n- Rassenachweis".to_owned())],
            who,
            changed: Some(Timestamp(0)),
        }
    }

    fn reached(hours: &str, opening: Opening) -> ToldUnit {
        let reached = Reached {
            id: "7".to_owned(),
            name: "Steueramt".to_owned(),
            address: None,
            telephone: None,
            mobile: Some("0176 1".to_owned()),
            email: None,
            hours: Some(hours.to_owned()),
            opening: Some(opening),
        };
        ToldUnit { role: Role::Responsible, area: key("03"), reached: Some(reached) }
    }

    #[test]
    fn an_answer_names_places_and_says_when_somebody_is_there() {
        let unknown = ToldUnit { role: Role::Responsible, area: key("03"), reached: None };
        let units = vec![
            reached("Mo-Fr 08:00-12:00", Opening::Closed(Some(Timestamp(1_000_000)))),
            reached("nach Vereinbarung", Opening::InWords),
            unknown,
        ];
        let who = Who { units, exceptions: vec![key("033535401007")] };
        let told = told(Some(Ok(who)));
        let it = answer(told, Some(key("033535401")), &gazetteer(), Lang::De);
        assert_eq!(it.place.map(|it| it.name).as_deref(), Some("033535401"));
        assert_eq!(it.papers, ["Ausweis", "Rassenachweis"]);
        assert_eq!(it.different_in[0].name, "Drage");
        let units: Vec<_> = it.units.iter().map(|it| (it.open, it.hours.as_deref())).collect();
        assert_eq!(units, [(Some(false), None), (None, Some("nach Vereinbarung"))]);
        assert_eq!(it.units[0].telephone.as_deref(), Some("0176 1"));
        assert_eq!(it.units[0].changes.as_deref(), Some("1970-01-01T00:00:01.000Z"));
    }

    #[test]
    fn where_nobody_is_responsible_it_is_said_why() {
        let why = WhyNone::DependsOnPart(vec![key("033535401007")]);
        let it = answer(told(Some(Err(why))), None, &gazetteer(), Lang::De);
        assert_eq!(
            it.why_none.as_deref(),
            Some("Das hängt vom genauen Ort ab. Zuständigkeiten gibt es für: Drage")
        );
        let it = answer(told(None), None, &gazetteer(), Lang::En);
        assert_eq!((it.why_none, it.place, it.aloud), (None, None, None));
    }

    #[test]
    fn one_more_is_told_and_not_shown() {
        let hit = |id: u8| Hit {
            agency: String::new(),
            id: id.to_string(),
            title: String::new(),
            also: None,
        };
        let it = found((State::Ready, (0..4).map(hit).collect()), 3);
        assert_eq!((it.hits.len(), it.more), (3, true));
        let it = found((State::Ready, (0..3).map(hit).collect()), 3);
        assert_eq!((it.hits.len(), it.more), (3, false));
    }
}
