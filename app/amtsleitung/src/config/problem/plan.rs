// SPDX-License-Identifier: EUPL-1.2
//! Lines, queues, skills and teams that do not fit together.

use super::{Context, Said, Severity, quoted, say};
use crate::Lang;

/// What does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanProblem {
    /// A line that neither names a queue nor says that it has none.
    NoQueue,
    /// A line that names a queue and says that it has none.
    QueueAndNone,
    /// A field that means nothing for a line without a queue.
    NeedsQueue {
        /// The field.
        key: &'static str,
    },
    /// Two numbers that cannot be told apart while they are dialled.
    Ambiguous {
        /// The number here.
        number: String,
        /// The other one.
        other: String,
        /// Where the other one stands.
        first: usize,
        /// The id of the other one's line.
        line: String,
    },
    /// A required skill that no agent has.
    SkillNobodyHas {
        /// The skill.
        skill: String,
    },
    /// A required level that no agent has.
    LevelNobodyHas {
        /// The skill.
        skill: String,
        /// The level that the line wants.
        level: u8,
        /// The highest level that somebody has.
        best: u8,
    },
    /// Each skill is there, but nobody has all of them at the level.
    CombinationNobodyHas,
    /// A preferred skill that no agent has.
    PreferredNobodyHas {
        /// The skill.
        skill: String,
    },
    /// A skill that is required and preferred.
    RequiredAndPreferred {
        /// The skill.
        skill: String,
    },
    /// A queue that no line uses.
    QueueUnused {
        /// The queue.
        queue: String,
    },
    /// A skill that no agent has and no line asks for.
    SkillUnused {
        /// The skill.
        skill: String,
    },
    /// A greeting that takes as long as anybody may wait, or longer.
    GreetingOutlastsWait {
        /// How long the greeting takes.
        greeting: String,
        /// The queue.
        queue: String,
        /// The longest wait there.
        longest: String,
    },
    /// A greeting on a line whose callers are not answered before an agent is there.
    GreetingUnheard,
    /// A team without agents.
    TeamEmpty {
        /// The team.
        team: String,
    },
    /// The line is open but nobody who can serve it is on shift.
    NobodyOnShift {
        /// The line.
        line: String,
        /// The first such moment, in German.
        de: String,
        /// The first such moment, in English.
        en: String,
    },
    /// A call from a partner that would be passed on to one.
    PassedOn,
    /// An interval of which nothing is told.
    NothingToRepeat,
    /// Words about the town hall without its hours, or hours without words.
    TownHall,
    /// An offer of a call-back of which nobody says when it is made.
    OfferNever,
    /// What is said to whom a call-back reaches before the agent, who is called first.
    CallbackGreetingNever,
    /// A stage that does not come after the one before; or the first one, which must begin at once.
    StageOrder {
        /// Whether it is the first one.
        first: bool,
    },
    /// An overflow without any cause.
    OverflowNever,
    /// A second leg needs a channel itself.
    ChannelForSecondLeg,
    /// A time for a target whose definition has none.
    TargetWithoutTime,
    /// The target's lines are counted under one definition twice.
    TargetTwice {
        /// The line.
        line: String,
        /// Where the first target stands.
        first: usize,
    },
}

impl PlanProblem {
    pub(super) fn severity(&self) -> Severity {
        match self {
            PlanProblem::PreferredNobodyHas { .. }
            | PlanProblem::QueueUnused { .. }
            | PlanProblem::TeamEmpty { .. }
            | PlanProblem::SkillUnused { .. }
            | PlanProblem::NobodyOnShift { .. } => Severity::Warning,
            PlanProblem::NoQueue
            | PlanProblem::QueueAndNone
            | PlanProblem::NeedsQueue { .. }
            | PlanProblem::Ambiguous { .. }
            | PlanProblem::SkillNobodyHas { .. }
            | PlanProblem::LevelNobodyHas { .. }
            | PlanProblem::CombinationNobodyHas
            | PlanProblem::RequiredAndPreferred { .. }
            | PlanProblem::GreetingOutlastsWait { .. }
            | PlanProblem::GreetingUnheard
            | PlanProblem::PassedOn
            | PlanProblem::NothingToRepeat
            | PlanProblem::OfferNever
            | PlanProblem::CallbackGreetingNever
            | PlanProblem::TownHall
            | PlanProblem::StageOrder { .. }
            | PlanProblem::OverflowNever
            | PlanProblem::ChannelForSecondLeg
            | PlanProblem::TargetWithoutTime
            | PlanProblem::TargetTwice { .. } => Severity::Error,
        }
    }

    pub(super) fn said(&self, lang: Lang, context: &Context<'_>) -> Said {
        match self {
            PlanProblem::NoQueue => no_queue(lang),
            PlanProblem::QueueAndNone => queue_and_none(lang),
            PlanProblem::NeedsQueue { key } => needs_queue(lang, key),
            PlanProblem::Ambiguous { number, other, first, line } => {
                let (number, other) = (quoted(lang, number), quoted(lang, other));
                let place = context.lines.place(*first).line;
                say!(
                    lang,
                    "{number} und {other} („{line}“, Zeile {place}) sind beim Wählen nicht zu \
                     unterscheiden.",
                    "Jede Nummer darf nur einmal vorkommen, und keine darf der Anfang einer \
                     anderen sein.",
                    "{number} and {other} (“{line}”, line {place}) cannot be told apart while \
                     dialling.",
                    "Each number may stand here once, and none may be the beginning of another.",
                )
            }
            PlanProblem::SkillNobodyHas { skill } => skill_nobody_has(lang, skill),
            PlanProblem::LevelNobodyHas { skill, level, best } => {
                level_nobody_has(lang, skill, *level, *best)
            }
            PlanProblem::CombinationNobodyHas => combination_nobody_has(lang),
            PlanProblem::PreferredNobodyHas { skill } => preferred_nobody_has(lang, skill),
            PlanProblem::RequiredAndPreferred { skill } => required_and_preferred(lang, skill),
            PlanProblem::QueueUnused { queue } => say!(
                lang,
                "Die Warteschlange „{queue}“ wird von keiner Leitung benutzt.",
                "Streichen, oder bei einer Leitung als queue eintragen.",
                "No line uses the queue “{queue}”.",
                "Delete it, or enter it as queue of a line.",
            ),
            PlanProblem::SkillUnused { skill } => say!(
                lang,
                "Die Fertigkeit „{skill}“ hat niemand.",
                "Streichen, oder bei jemandem unter skills eintragen.",
                "Nobody has the skill “{skill}”.",
                "Delete it, or enter it under somebody's skills.",
            ),
            PlanProblem::GreetingOutlastsWait { greeting, queue, longest } => {
                greeting_outlasts_wait(lang, greeting, queue, longest)
            }
            PlanProblem::GreetingUnheard => greeting_unheard(lang),
            PlanProblem::TeamEmpty { team } => team_empty(lang, team),
            PlanProblem::NobodyOnShift { line, de, en } => say!(
                lang,
                "Die Leitung „{line}“ ist offen, aber niemand, der sie bedienen kann, hat \
                 Schicht: zuerst am {de}.",
                "Schichten und Öffnungszeiten aufeinander abstimmen.",
                "The line “{line}” is open, but nobody who can serve it is on shift: first on \
                 {en}.",
                "Make shifts and opening hours agree.",
            ),
            PlanProblem::PassedOn => passed_on(lang),
            PlanProblem::NothingToRepeat => say!(
                lang,
                "tells_every wiederholt nichts: die Leitung sagt weder Platz noch Wartezeit.",
                "tells_wait = true oder tells_position = true eintragen, oder tells_every streichen.",
                "tells_every repeats nothing: the line tells neither place nor wait.",
                "Enter tells_wait = true or tells_position = true, or delete tells_every.",
            ),
            PlanProblem::TownHall => say!(
                lang,
                "Diese Ansage hört niemand: es steht nicht da, wann das Rathaus geöffnet hat.",
                "town_hall_hours eintragen, oder den Text streichen.",
                "Nobody hears this announcement: when the town hall is open is not said.",
                "Enter town_hall_hours, or delete the text.",
            ),
            PlanProblem::OfferNever => say!(
                lang,
                "Diese Ansage hört niemand: es steht nicht da, wann der Rückruf angeboten wird.",
                "In [line.callback] offer_after eintragen, zum Beispiel \"60s\", oder den Text streichen.",
                "Nobody hears this announcement: when the call-back is offered is not said.",
                "Enter offer_after in [line.callback], \"60s\" for example, or delete the text.",
            ),
            PlanProblem::CallbackGreetingNever => say!(
                lang,
                "Diese Ansage hört niemand: beim Rückruf klingelt zuerst die Beraterin.",
                "In [line.callback] first = \"caller\" eintragen, oder den Text streichen.",
                "Nobody hears this announcement: a call-back rings at the agent's first.",
                "Enter first = \"caller\" in [line.callback], or delete the text.",
            ),
            PlanProblem::StageOrder { first } => stage_order(lang, *first),
            PlanProblem::OverflowNever => overflow_never(lang),
            PlanProblem::ChannelForSecondLeg => channel_for_second_leg(lang),
            PlanProblem::TargetWithoutTime => say!(
                lang,
                "Zu dieser Formel gehört keine Zeit.",
                "within streichen.",
                "No time belongs to this definition.",
                "Delete within.",
            ),
            PlanProblem::TargetTwice { line, first } => {
                target_twice(lang, line, context.lines.place(*first).line)
            }
        }
    }
}

fn greeting_outlasts_wait(lang: Lang, greeting: &str, queue: &str, longest: &str) -> Said {
    say!(
        lang,
        "Die Begrüßung dauert {greeting}; in „{queue}“ wartet niemand länger als {longest}.",
        "Die Begrüßung kürzen oder waiting_max erhöhen; so hieße es gleich nach ihr, alle Plätze \
         seien belegt.",
        "The greeting takes {greeting}; in “{queue}” nobody waits longer than {longest}.",
        "Shorten the greeting or raise waiting_max; as it is, callers are sent away right after it.",
    )
}

fn team_empty(lang: Lang, team: &str) -> Said {
    say!(
        lang,
        "Im Team „{team}“ ist niemand.",
        "Streichen, oder bei jemandem als team eintragen.",
        "Nobody is in the team “{team}”.",
        "Delete it, or enter it as team of somebody.",
    )
}

fn greeting_unheard(lang: Lang) -> Said {
    say!(
        lang,
        "Diese Begrüßung würde nie gehört: mit answer = \"with-agent\" hört man den Freiton, bis \
         jemand abnimmt.",
        "greeting streichen, oder answer = \"at-once\".",
        "This greeting would never be heard: with answer = \"with-agent\" callers hear the ringing \
         tone until somebody answers.",
        "Delete greeting, or write answer = \"at-once\".",
    )
}

fn queue_and_none(lang: Lang) -> Said {
    say!(
        lang,
        "Diese Leitung hat queue und zugleich no_queue = true.",
        "Nur eines kann stimmen; das andere streichen.",
        "This line has queue and no_queue = true at once.",
        "Only one can be true; delete the other.",
    )
}

fn needs_queue(lang: Lang, key: &str) -> Said {
    say!(
        lang,
        "„{key}“ hat bei einer Leitung ohne Warteschlange keine Wirkung.",
        "Streichen, oder eine queue angeben; mit no_queue = true wird nur greeting (offen) oder \
         closed (geschlossen) abgespielt.",
        "“{key}” has no effect on a line without a queue.",
        "Delete it, or name a queue; with no_queue = true only greeting (open) or closed (closed) \
         is played.",
    )
}

fn no_queue(lang: Lang) -> Said {
    say!(
        lang,
        "Diese Leitung hat keine Warteschlange.",
        "Erwartet: queue mit der Kennung einer [[queue]], oder no_queue = true, wenn sie nur ihre \
         Ansage abspielt.",
        "This line has no queue.",
        "Expected: queue with the id of a [[queue]], or no_queue = true if it only plays its \
         announcement.",
    )
}

fn skill_nobody_has(lang: Lang, skill: &str) -> Said {
    say!(
        lang,
        "Die Leitung verlangt „{skill}“, aber niemand hat diese Fertigkeit.",
        "Bei jemandem unter skills eintragen oder hier streichen; so käme kein Anruf an.",
        "The line requires “{skill}”, but nobody has this skill.",
        "Enter it under somebody's skills or delete it here; as it is, no call would be answered.",
    )
}

fn level_nobody_has(lang: Lang, skill: &str, level: u8, best: u8) -> Said {
    say!(
        lang,
        "Die Leitung verlangt „{skill}“ auf Stufe {level}, aber niemand hat mehr als Stufe \
         {best}.",
        "Höchstens {best} verlangen, oder jemandem die Stufe geben.",
        "The line requires “{skill}” at level {level}, but nobody has more than level {best}.",
        "Require {best} at most, or give somebody the level.",
    )
}

fn preferred_nobody_has(lang: Lang, skill: &str) -> Said {
    say!(
        lang,
        "Die Leitung bevorzugt „{skill}“, aber niemand hat diese Fertigkeit.",
        "Bei jemandem unter skills eintragen oder hier streichen.",
        "The line prefers “{skill}”, but nobody has this skill.",
        "Enter it under somebody's skills or delete it here.",
    )
}

fn required_and_preferred(lang: Lang, skill: &str) -> Said {
    say!(
        lang,
        "„{skill}“ steht bei required und bei preferred.",
        "An einer Stelle streichen; was verlangt ist, braucht keinen Vorzug.",
        "“{skill}” stands under required and preferred.",
        "Delete one; what is required needs no preference.",
    )
}

fn combination_nobody_has(lang: Lang) -> Said {
    say!(
        lang,
        "Niemand hat alle Fertigkeiten zugleich, die diese Leitung verlangt.",
        "Weniger verlangen, oder jemandem alle geben; so käme kein Anruf an.",
        "Nobody has all the skills at once that this line requires.",
        "Require less, or give somebody all of them; as it is, no call would be answered.",
    )
}

fn target_twice(lang: Lang, line: &str, place: usize) -> Said {
    say!(
        lang,
        "Für die Leitung „{line}“ steht das Ziel nach dieser Formel schon in Zeile \
         {place}.",
        "Je Formel und Leitung gilt ein Ziel.",
        "The target by this definition for the line “{line}” stands already in line \
         {place}.",
        "One target holds for each definition and line.",
    )
}

fn passed_on(lang: Lang) -> Said {
    say!(
        lang,
        "Was ein Partner herüberreicht, wird an keinen weitergereicht.",
        "overflow oder received_from streichen; sonst könnten Anrufe zwischen zwei Servicecentern \
         kreisen.",
        "What a partner hands over is passed on to none.",
        "Delete overflow or received_from; otherwise calls could go round between two centres.",
    )
}

fn stage_order(lang: Lang, first: bool) -> Said {
    if first {
        return say!(
            lang,
            "Die erste Stufe muss gleich beginnen.",
            "after streichen oder \"0s\" schreiben.",
            "The first stage must begin at once.",
            "Delete after, or write \"0s\".",
        );
    }
    say!(
        lang,
        "Diese Stufe beginnt nicht nach der vorigen.",
        "Erwartet: Stufen in der Reihenfolge ihrer Zeiten, jede später als die vorige.",
        "This stage does not begin after the one before.",
        "Expected: stages in the order of their times, each later than the one before.",
    )
}

fn overflow_never(lang: Lang) -> Said {
    say!(
        lang,
        "Dieser Überlauf träte nie ein: er nennt keinen Anlass.",
        "Erwartet: waited, predicted, hours, nobody_signed_on, closed oder no_channel.",
        "This overflow would never happen: it names no cause.",
        "Expected: waited, predicted, hours, nobody_signed_on, closed or no_channel.",
    )
}

fn channel_for_second_leg(lang: Lang) -> Said {
    say!(
        lang,
        "Ohne freien Kanal gibt es auch keine zweite Verbindung zum Partner.",
        "no_channel nur zusammen mit reach = \"deflect\".",
        "Without a free channel there is no second leg to the partner either.",
        "no_channel only together with reach = \"deflect\".",
    )
}
