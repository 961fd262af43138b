// SPDX-License-Identifier: EUPL-1.2
//! Every sound that a county's callers may hear, with the words that it has to say.

use crate::config::county::{
    Announcement, Answering, County, EmergencyRoute, GreetingAt, Line, Service, Site, Treatment,
};
use crate::config::ways::Plan;
use call::{PHRASES, Phrase};
use std::collections::BTreeMap;
use stdx::Micros;
use telephony::prompts::{Kind, Occasion, PromptName, phrase_name};

/// One sound and what it is for.
#[derive(Clone, Debug)]
pub struct Piece<'c> {
    /// What it is called.
    pub name: PromptName,
    /// What it is for.
    pub what: What<'c>,
}

/// What a sound is for.
#[derive(Clone, Copy, Debug)]
pub enum What<'c> {
    /// A line says it.
    OfLine(&'c Line, Occasion),
    /// A line says it instead of its greeting while some hours are open.
    OfGreeting(&'c Line, &'c GreetingAt),
    /// A crisis plan says it.
    OfPlan(&'c Plan, PlanText),
    /// A telephone of a site says it to who dials 110 or 112 where no such call leaves.
    OfSite(&'c Site),
    /// A piece of what is told to those who wait.
    OfSentence(Phrase),
    /// Those hear it who wait.
    Music,
}

/// The texts of a crisis plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PlanText {
    /// Heard before the greeting.
    Announcement,
    /// Heard by key while waiting.
    Information,
}

impl PlanText {
    /// As in the key of `[[plan]]`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            PlanText::Announcement => "announcement",
            PlanText::Information => "information",
        }
    }
}

impl<'c> Piece<'c> {
    /// The words that the configuration has for it; none for music.
    #[must_use]
    pub fn words(&self) -> Option<&'c str> {
        match self.what {
            What::OfSite(site) => no_route(site),
            What::OfSentence(phrase) => Some(phrase.words()),
            What::OfLine(..) | What::OfGreeting(..) | What::OfPlan(..) | What::Music => {
                self.announcement().map(|it| it.text.as_str())
            }
        }
    }

    /// How long the configuration takes it to be; none where nothing depends on it.
    #[must_use]
    pub fn length(&self) -> Option<Micros> {
        self.announcement().map(|it| it.length)
    }

    fn announcement(&self) -> Option<&'c Announcement> {
        match self.what {
            What::OfLine(line, occasion) => of_line(line, occasion),
            What::OfGreeting(_, at) => Some(&at.greeting),
            What::OfPlan(plan, text) => said_by(plan, text),
            What::OfSite(_) | What::OfSentence(_) | What::Music => None,
        }
    }

    /// How loud it has to be.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self.what {
            What::OfLine(..)
            | What::OfGreeting(..)
            | What::OfPlan(..)
            | What::OfSite(_)
            | What::OfSentence(_) => Kind::Speech,
            What::Music => Kind::Music,
        }
    }
}

const OCCASIONS: [Occasion; 7] = [
    Occasion::Greeting,
    Occasion::Closed,
    Occasion::Busy,
    Occasion::Callback,
    Occasion::CallbackGreeting,
    Occasion::CallbackOffer,
    Occasion::TownHallClosed,
];

const PLAN_TEXTS: [PlanText; 2] = [PlanText::Announcement, PlanText::Information];

/// Every sound, line by line in the file's order, then sites, music and crisis plans.
#[must_use]
pub fn pieces<'c>(county: &'c County) -> Vec<Piece<'c>> {
    let of_line = |line| {
        OCCASIONS.into_iter().filter_map(move |occasion| {
            of_line(line, occasion)?;
            let name = PromptName::of_line(&line.id, occasion)?;
            Some(Piece { name, what: What::OfLine(line, occasion) })
        })
    };
    let of_plan = |plan| {
        PLAN_TEXTS.into_iter().filter_map(move |text| {
            let name = of_plan(plan, text)?;
            Some(Piece { name, what: What::OfPlan(plan, text) })
        })
    };
    // Where no telephone stands, nobody can dial.
    let has_telephone = |at: usize| county.phones.iter().any(|phone| phone.site == at);
    let sites = county.sites.iter().enumerate().filter(|(at, _)| has_telephone(*at));
    let of_site = |(_, site): (usize, &'c Site)| {
        no_route(site)?;
        Some(Piece { name: no_emergency(&site.id)?, what: What::OfSite(site) })
    };
    let music = Piece { name: PromptName::music(), what: What::Music };
    let of_greetings = |line: &'c Line| {
        let greetings = line.service().into_iter().flat_map(|service| &service.greetings);
        greetings.filter_map(move |at| {
            let name = of_greeting(county, line, at)?;
            Some(Piece { name, what: What::OfGreeting(line, at) })
        })
    };
    let lines = county.lines.iter().flat_map(|line| of_line(line).chain(of_greetings(line)));
    lines
        .chain(sites.filter_map(of_site))
        .chain([music])
        .chain(county.plans.iter().flat_map(of_plan))
        .chain(of_sentences(county))
        .collect()
}

/// The pieces of sentences, if some line tells who waits anything.
fn of_sentences<'c>(county: &County) -> impl Iterator<Item = Piece<'c>> + use<'c> {
    let phrases = if tells(county) { PHRASES.as_slice() } else { &[] };
    phrases
        .iter()
        .map(|&(phrase, ..)| Piece { name: phrase_name(phrase), what: What::OfSentence(phrase) })
}

/// Whether some line tells its callers place, time, or when it opens.
#[must_use]
pub fn tells(county: &County) -> bool {
    county.lines.iter().any(tells_of)
}

/// Whether this one does.
#[must_use]
pub fn tells_of(line: &Line) -> bool {
    line.service().is_some_and(|Service { ways, .. }| {
        ways.tells_wait || ways.tells_position || ways.tells_opening
    })
}

/// The names of the sounds that the service plays whole.
#[must_use]
pub fn played(county: &County) -> Vec<PromptName> {
    let whole = |piece: Piece<'_>| match piece.what {
        What::OfSentence(_) => None,
        What::OfLine(..)
        | What::OfGreeting(..)
        | What::OfPlan(..)
        | What::OfSite(_)
        | What::Music => Some(piece.name),
    };
    pieces(county).into_iter().filter_map(whole).collect()
}

/// The names that a file may have, and how loud each has to be.
#[must_use]
pub fn names(county: &County) -> BTreeMap<String, Kind> {
    let pieces = pieces(county);
    let of = |piece: &Piece<'_>| {
        let kind = piece.kind();
        piece.name.names().map(|name| (name.to_owned(), kind)).collect::<Vec<_>>()
    };
    pieces.iter().flat_map(of).collect()
}

/// What a greeting for some hours is called: `115-greeting-abends`.
#[must_use]
pub fn of_greeting(county: &County, line: &Line, at: &GreetingAt) -> Option<PromptName> {
    let hours = &county.hours.get(at.hours)?.id;
    PromptName::new(&format!("{}-greeting-{hours}", line.id))
}

/// What a site without an emergency route says: `rathaus-no-emergency`.
#[must_use]
pub fn no_emergency(site: &str) -> Option<PromptName> {
    PromptName::new(&format!("{site}-no-emergency"))
}

/// The words of a site from which no emergency call leaves.
fn no_route(site: &Site) -> Option<&str> {
    match &site.emergency_route {
        EmergencyRoute::None(text) => Some(text),
        EmergencyRoute::Through { .. } => None,
    }
}

/// Whether those who wait on this line hear music.
#[must_use]
pub fn has_music(line: &Line) -> bool {
    line.service().is_some_and(|service| match service.answering {
        Answering::AtOnce => true,
        Answering::WithAgent => false,
    })
}

fn of_line(line: &Line, occasion: Occasion) -> Option<&Announcement> {
    match (&line.treatment, occasion) {
        (_, Occasion::Closed) => Some(&line.closed),
        (Treatment::Queue(service), Occasion::Greeting) => service.greeting.as_ref(),
        (Treatment::Queue(service), Occasion::Busy) => Some(&service.busy),
        (Treatment::Announce(text), Occasion::Greeting) => Some(text),
        (Treatment::Queue(service), Occasion::Callback) => service.callback.as_ref(),
        (Treatment::Queue(service), Occasion::CallbackGreeting) => {
            service.callback_greeting.as_ref()
        }
        (Treatment::Queue(service), Occasion::CallbackOffer) => service.callback_offer.as_ref(),
        (Treatment::Queue(service), Occasion::TownHallClosed) => service.town_hall_closed.as_ref(),
        (
            Treatment::Announce(_),
            Occasion::Busy
            | Occasion::Callback
            | Occasion::CallbackGreeting
            | Occasion::CallbackOffer
            | Occasion::TownHallClosed,
        ) => None,
    }
}

/// What a crisis plan's text is called: `unwetter-announcement`; none if it has no such text.
#[must_use]
pub fn of_plan(plan: &Plan, text: PlanText) -> Option<PromptName> {
    said_by(plan, text)?;
    PromptName::new(&format!("{}-{}", plan.id, text.word()))
}

fn said_by(plan: &Plan, text: PlanText) -> Option<&Announcement> {
    match text {
        PlanText::Announcement => plan.announcement.as_ref(),
        PlanText::Information => plan.information.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::check;
    use std::collections::BTreeSet;

    fn harburg() -> County {
        check(include_str!("../../../../examples/harburg.toml")).county.expect("it is good")
    }

    #[test]
    fn the_script_has_every_text_once() {
        let county = harburg();
        let pieces = pieces(&county);
        // Seven lines, of which one has no greeting, two offer a call-back and promise it, and two say that the town
        // hall is closed; one site without a route; music; one plan with both texts; and what sentences are made of.
        assert_eq!(pieces.len(), 7 * 3 - 1 + 2 * 2 + 2 + 1 + 1 + 2 + PHRASES.len());
        let named: BTreeSet<String> = pieces.iter().map(|it| it.name.to_string()).collect();
        assert_eq!(named.len(), pieces.len());
        assert!(!named.contains("hilfe-fuer-oldenburg-greeting"));
        let said = pieces.iter().find(|it| it.name.to_string() == "unwetter-information");
        let said = said.and_then(Piece::words).expect("the plan has it");
        assert!(said.starts_with("Die Schulen im Landkreis"), "{said}");
        assert_eq!(played(&county).len() + PHRASES.len(), pieces.len());
    }

    #[test]
    fn a_file_may_have_the_name_of_a_line_or_of_all() {
        let names = names(&harburg());
        for name in ["115-busy", "busy", "closed", "music", "unwetter-announcement"] {
            assert!(names.contains_key(name), "{name}");
        }
        assert!(!names.contains_key("116-busy") && !names.contains_key("unwetter"));
        assert_eq!((names["music"], names["busy"]), (Kind::Music, Kind::Speech));
    }
}
