// SPDX-License-Identifier: EUPL-1.2
//! An expression in the `opening_hours` syntax, read once, with everything refused that would not
//! mean what it seems to.
//!
//! The text is looked at before the parser sees it: some traps are lost in the parsed form (`PH Mo`,
//! `[3-1]`, lone comments), and two inputs are not safe there. `10:00-12:00/24:00` breaks a debug
//! assertion of opening-hours-syntax 2.1.4, and each date such as `Jan Mo[1],` triples its work
//! (twelve of them take half a second), hence [`OCCURRENCES_MAX`].

use crate::days::weekday;
use crate::refusal::{Expected, Refusal, RuleError};
use jiff::civil::Weekday;
use opening_hours_syntax::rules::day::{Date, DateOffset, DaySelector, MonthdayRange};
use opening_hours_syntax::rules::day::{HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{RuleKind, RuleOperator, RuleSequence};
use opening_hours_syntax::{Error as SyntaxError, parse};
use pest::error::{ErrorVariant, InputLocation};
use std::fmt;

/// The longest expression, in characters. A page of rules; the longest in OpenStreetMap have 255.
pub const EXPRESSION_CHARS_MAX: usize = 1_000;

/// The most brackets as in `Mo[1]`: the parser's work triples with each of them; with eight
/// it stays below a tenth of a second in debug.
pub const OCCURRENCES_MAX: usize = 8;

/// The furthest `+ N days`, in days: a year. Keeps every look at neighbouring years short.
pub const DAY_OFFSET_MAX: u16 = 366;

/// Opening-hours rules as an authority writes them, accepted.
///
/// What they mean, where the standard leaves a choice:
/// - An opening belongs to the day on which it begins, also after midnight.
/// - A rule after `;` replaces what earlier rules let begin on the days that it matches; after `, ` it
///   adds to it.
/// - `off` without times closes the calendar day, and what would have begun on it; with times it
///   closes those times, also after midnight.
/// - `PH` are the holidays of the Land that is given when the rules are expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    text: String,
    rules: Vec<Rule>,
}

/// One rule: on which days it does what with which times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) days: DaySelector,
    pub(crate) spans: Vec<Span>,
    pub(crate) effect: Effect,
}

/// Minutes from the midnight that a day begins with, up to 48 hours; `from` included, `until` not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Span {
    pub(crate) from: u16,
    pub(crate) until: u16,
}

/// The minutes of a day.
pub(crate) const DAY: u16 = 24 * 60;

/// What a rule does with the openings of a day that it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Replace,
    Add,
    Close,
    /// Closes the whole day and all that begins on it.
    CloseDay,
}

impl Rules {
    /// Reads an expression.
    ///
    /// # Errors
    /// If it is empty, longer than [`EXPRESSION_CHARS_MAX`], not of the syntax, or of a kind that is
    /// refused (see [`Refusal`]); the error says where, why and what was expected.
    pub fn parse(expression: &str) -> Result<Rules, RuleError> {
        let chars = expression.chars().count();
        if chars > EXPRESSION_CHARS_MAX {
            return Err(RuleError { offset: 0, refusal: Refusal::TooLong(chars) });
        }
        if expression.trim().is_empty() {
            return Err(RuleError { offset: 0, refusal: Refusal::Empty });
        }
        let start = expression.len() - expression.trim_start().len();
        let plain = expression.trim();
        let plain = plain.strip_suffix(';').map_or(plain, str::trim_end);
        match read(plain) {
            Ok(rules) => Ok(Rules { text: expression.to_owned(), rules }),
            Err(RuleError { offset, refusal }) => {
                let refusal = match (refusal, respelled(plain)) {
                    (Refusal::Syntax { .. }, Some(instead)) => Refusal::Respelled(instead),
                    (refusal, _) => refusal,
                };
                Err(RuleError { offset: offset + start, refusal })
            }
        }
    }

    /// The same with the rules for holidays at the end, where nothing overrides them; none if they
    /// stand there already.
    #[must_use]
    pub fn with_holidays_last(&self) -> Option<Rules> {
        let of_holidays = |rule: &Rule| {
            let weekday = &rule.days.weekday;
            let is_holiday = |range: &WeekDayRange| matches!(range, WeekDayRange::Holiday { .. });
            !weekday.is_empty() && weekday.iter().all(is_holiday)
        };
        let (last, first): (Vec<Rule>, Vec<Rule>) =
            self.rules.iter().cloned().partition(of_holidays);
        let rules: Vec<Rule> = first.into_iter().chain(last).collect();
        (rules != self.rules).then(|| Rules { text: self.text.clone(), rules })
    }

    /// A time such as `08:00-08:00` that lasts 24 hours because its end is on the next day: the minute
    /// of the day at which it begins.
    #[must_use]
    pub fn full_circle(&self) -> Option<u16> {
        let open = self.rules.iter().filter(|rule| !matches!(rule.effect, Effect::CloseDay));
        let mut spans = open.flat_map(|rule| &rule.spans);
        spans.find(|span| span.from > 0 && span.until == span.from + DAY).map(|span| span.from)
    }

    /// A weekday whose hours a later rule replaces by others that do not even meet them, as in
    /// `Mo-Fr 08:00-12:00; Th 14:00-18:00`: probably a comma was meant.
    #[must_use]
    pub fn replaced_weekday(&self) -> Option<Weekday> {
        const WEEK: [Weekday; 7] = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
            Weekday::Sunday,
        ];
        let ordinary: Vec<&Rule> = self.rules.iter().filter(|rule| is_ordinary(rule)).collect();
        WEEK.into_iter().find(|&weekday| {
            let mut before: &[Span] = &[];
            let mut matching = ordinary.iter().filter(|rule| falls_on(rule, weekday));
            matching.any(|rule| match rule.effect {
                Effect::Replace => {
                    let apart = !before.is_empty()
                        && before
                            .iter()
                            .all(|old| rule.spans.iter().all(|new| is_apart(*old, *new)));
                    before = &rule.spans;
                    apart
                }
                Effect::Add => {
                    before = if before.is_empty() { &rule.spans } else { before };
                    false
                }
                Effect::Close | Effect::CloseDay => {
                    before = &[];
                    false
                }
            })
        })
    }

    /// Whether the expression says anything about public holidays. If not, holidays are ordinary days.
    #[must_use]
    pub fn mentions_holidays(&self) -> bool {
        self.holiday_offsets().next().is_some()
    }

    /// The expression as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// By how many days each `PH` in the rules is moved.
    pub(crate) fn holiday_offsets(&self) -> impl Iterator<Item = i16> {
        self.rules.iter().flat_map(|rule| &rule.days.weekday).filter_map(
            |selector| match selector {
                WeekDayRange::Holiday { offset, .. } => Some(*offset),
                WeekDayRange::Fixed { .. } => None,
            },
        )
    }
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads an expression without blanks around it.
fn read(expression: &str) -> Result<Vec<Rule>, RuleError> {
    let text = Unquoted::new(expression);
    text.check()?;
    let parsed = parse(expression).map_err(|error| text.syntax(expression, error))?;
    parsed.rules.into_iter().map(|rule| text.accept(rule)).collect()
}

/// Whether a rule speaks of weekdays of every week and of nothing else.
fn is_ordinary(rule: &Rule) -> bool {
    let DaySelector { year, monthday, week, weekday } = &rule.days;
    year.is_empty()
        && monthday.is_empty()
        && week.is_empty()
        && weekday.iter().all(|range| match range {
            WeekDayRange::Fixed { offset, nth_from_start, nth_from_end, .. } => {
                *offset == 0 && nth_from_start.iter().chain(nth_from_end).all(|nth| *nth)
            }
            WeekDayRange::Holiday { .. } => false,
        })
}

fn falls_on(rule: &Rule, day: Weekday) -> bool {
    let weekdays = &rule.days.weekday;
    weekdays.is_empty()
        || weekdays.iter().any(|range| match range {
            WeekDayRange::Fixed { range, .. } => {
                let (first, last) = (weekday(*range.start()), weekday(*range.end()));
                day.since(first) <= last.since(first)
            }
            WeekDayRange::Holiday { .. } => false,
        })
}

fn is_apart(one: Span, other: Span) -> bool {
    one.until <= other.from || other.until <= one.from
}

/// The expression as the syntax wants it, if it only differs in ways in which people write hours:
/// `Mo – Fr 8 - 12 Uhr` is `Mo-Fr 08:00-12:00`.
fn respelled(expression: &str) -> Option<String> {
    if expression.contains('"') {
        return None;
    }
    let is_dash = |c: char| matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}');
    let sides: Vec<&str> = expression.split(is_dash).map(str::trim).collect();
    let mut words: Vec<String> = Vec::new();
    for word in sides.join("-").split_whitespace() {
        if !matches!(word.trim_end_matches([';', ',']).to_lowercase().as_str(), "uhr" | "h") {
            words.push(word.split_inclusive(['-', ',', ';']).map(respelled_part).collect());
        } else if let (Some(last), Some(sign @ (';' | ','))) =
            (words.last_mut(), word.chars().last())
        {
            last.push(sign);
        }
    }
    // A number behind a month is its day, no hour; then this is no expression, or another one.
    let text = words.join(" ");
    (text != expression && read(&text).is_ok()).then_some(text)
}

/// One side of a range: an hour with two digits and its minutes, or a weekday.
fn respelled_part(part: &str) -> String {
    let word = part.trim_end_matches(['-', ',', ';']);
    let sign = part.get(word.len()..).unwrap_or("");
    let german = word.to_lowercase();
    if let Some((_, instead)) = SPELLINGS.iter().find(|(found, _)| *found == german) {
        return format!("{instead}{sign}");
    }
    let (hour, minute) = word.split_once([':', '.']).unwrap_or((word, "00"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_time =
        matches!(hour.len(), 1 | 2) && minute.len() == 2 && digits(hour) && digits(minute);
    if is_time { format!("{hour:0>2}:{minute}{sign}") } else { part.to_owned() }
}

/// The bytes of an expression with comments blanked, so that searching finds syntax only.
struct Unquoted {
    bytes: Vec<u8>,
    quotes: Vec<usize>,
}

const BLANK: u8 = 0;
const WEEKDAYS: [&[u8]; 7] = [b"mo", b"tu", b"we", b"th", b"fr", b"sa", b"su"];

/// What people who think in German write, and what the syntax wants.
const SPELLINGS: &[(&str, &str)] = &[
    ("di", "Tu"),
    ("mi", "We"),
    ("do", "Th"),
    ("so", "Su"),
    ("mär", "Mar"),
    ("mrz", "Mar"),
    ("mai", "May"),
    ("okt", "Oct"),
    ("dez", "Dec"),
    ("ph", "PH"),
    ("ft", "PH"),
    ("feiertag", "PH"),
    ("feiertage", "PH"),
    ("geschlossen", "off"),
    ("zu", "off"),
    ("offen", "open"),
    ("geöffnet", "open"),
    ("bis", "-"),
];

impl Unquoted {
    fn new(expression: &str) -> Self {
        let mut bytes = expression.as_bytes().to_vec();
        let mut quotes = Vec::new();
        let mut inside = false;
        for (offset, byte) in bytes.iter_mut().enumerate() {
            let quote = *byte == b'"';
            if quote && !inside {
                quotes.push(offset);
            }
            if quote || inside {
                *byte = BLANK;
            }
            inside ^= quote;
        }
        Unquoted { bytes, quotes }
    }

    /// Refuses what the parser would accept with another meaning, or must not see.
    fn check(&self) -> Result<(), RuleError> {
        let traps: [(&[u8], Refusal); 7] = [
            (b"sh", Refusal::SchoolHolidays),
            (b"sunrise", Refusal::VariableTime),
            (b"sunset", Refusal::VariableTime),
            (b"dawn", Refusal::VariableTime),
            (b"dusk", Refusal::VariableTime),
            (b"unknown", Refusal::UnknownState),
            (b"||", Refusal::Fallback),
        ];
        for (word, refusal) in traps {
            if let Some(offset) = self.find(word) {
                return Err(RuleError { offset, refusal });
            }
        }
        self.check_comments()?;
        self.check_times()?;
        self.check_holidays()?;
        self.check_occurrences()
    }

    /// The first place of a word in lower case, whatever the case there.
    fn find(&self, word: &[u8]) -> Option<usize> {
        self.bytes.windows(word.len()).position(|window| window.eq_ignore_ascii_case(word))
    }

    /// A comment may only explain an `open` or `off`.
    fn check_comments(&self) -> Result<(), RuleError> {
        for &offset in &self.quotes {
            let before = self.bytes[..offset].trim_ascii_end().to_ascii_lowercase();
            let stated =
                [&b"open"[..], b"off", b"closed"].iter().any(|state| before.ends_with(state));
            if !stated {
                return Err(RuleError { offset, refusal: Refusal::LoneComment });
            }
        }
        Ok(())
    }

    /// `/` or `+` behind a time of day.
    fn check_times(&self) -> Result<(), RuleError> {
        for (offset, byte) in self.bytes.iter().enumerate() {
            let refusal = match byte {
                b'/' => Refusal::TimeStep,
                b'+' => Refusal::OpenEnd,
                _ => continue,
            };
            let before = self.bytes[..offset].trim_ascii_end();
            if let [.., b':', tens, ones] = before
                && tens.is_ascii_digit()
                && ones.is_ascii_digit()
            {
                return Err(RuleError { offset, refusal });
            }
        }
        Ok(())
    }

    /// `PH` and a weekday with only a space between.
    fn check_holidays(&self) -> Result<(), RuleError> {
        let refused = |offset| Err(RuleError { offset, refusal: Refusal::HolidayBesideWeekday });
        for offset in (0..self.bytes.len()).filter(|&at| self.bytes[at..].starts_with(b"PH")) {
            let before = &self.bytes[..offset];
            if let Some(weekday) = before.strip_suffix(b" ") {
                let lower = weekday.to_ascii_lowercase();
                let ends = |word: &[u8]| lower.ends_with(word);
                if ends(b"]") || ends(b"day") || ends(b"days") || WEEKDAYS.iter().any(|w| ends(w)) {
                    return refused(offset);
                }
            }
            let after = skip_day_offset(&self.bytes[offset + 2..]);
            if let [b' ', first, second, ..] = after {
                let next = [first.to_ascii_lowercase(), second.to_ascii_lowercase()];
                if WEEKDAYS.contains(&&next[..]) {
                    return refused(offset);
                }
            }
        }
        Ok(())
    }

    /// Brackets: not too many, none backwards.
    fn check_occurrences(&self) -> Result<(), RuleError> {
        for (count, offset) in
            (0..self.bytes.len()).filter(|&at| self.bytes[at] == b'[').enumerate()
        {
            if count >= OCCURRENCES_MAX {
                return Err(RuleError { offset, refusal: Refusal::TooManyOccurrences });
            }
            let inside = self.bytes[offset + 1..].split(|&byte| byte == b']').next().unwrap_or(&[]);
            for entry in inside.split(|&byte| byte == b',') {
                if let [first, b'-', last] = entry
                    && first.is_ascii_digit()
                    && last < first
                {
                    return Err(RuleError { offset, refusal: Refusal::ReversedOccurrences });
                }
            }
        }
        Ok(())
    }

    /// Looks a parsed rule over and keeps what is needed of it.
    fn accept(&self, rule: RuleSequence) -> Result<Rule, RuleError> {
        let RuleSequence { day_selector: days, time_selector, kind, operator, comment: _ } = rule;
        for range in &days.monthday {
            self.check_dates(range)?;
        }
        for selector in &days.weekday {
            let offset = match selector {
                WeekDayRange::Holiday { kind: HolidayKind::School, .. } => {
                    return Err(self.refused_at(b"sh", Refusal::SchoolHolidays));
                }
                WeekDayRange::Holiday { kind: HolidayKind::Public, offset }
                | WeekDayRange::Fixed { offset, .. } => *offset,
            };
            self.check_day_offset(offset)?;
        }
        let spans =
            time_selector.spans.iter().map(|span| self.span(span)).collect::<Result<_, _>>()?;
        let spans = united(spans);
        let effect = match (kind, operator) {
            (RuleKind::Unknown, _) => {
                return Err(self.refused_at(b"unknown", Refusal::UnknownState));
            }
            (_, RuleOperator::Fallback) => return Err(self.refused_at(b"||", Refusal::Fallback)),
            (RuleKind::Closed, _) if spans == [Span { from: 0, until: DAY }] => Effect::CloseDay,
            (RuleKind::Closed, _) => Effect::Close,
            (RuleKind::Open, RuleOperator::Normal) => Effect::Replace,
            (RuleKind::Open, RuleOperator::Additional) => Effect::Add,
        };
        Ok(Rule { days, spans, effect })
    }

    /// A span of times of day; an end that is not after the beginning is on the next day.
    fn span(&self, span: &TimeSpan) -> Result<Span, RuleError> {
        if span.repeats.is_some() {
            return Err(self.refused_at(b"/", Refusal::TimeStep));
        }
        if span.open_end {
            return Err(self.refused_at(b"+", Refusal::OpenEnd));
        }
        let (Time::Fixed(from), Time::Fixed(until)) = (span.range.start, span.range.end) else {
            return Err(self.refused_at(b"(", Refusal::VariableTime));
        };
        let (from, until) = (from.mins_from_midnight(), until.mins_from_midnight());
        Ok(Span { from, until: if until <= from { until + DAY } else { until } })
    }

    fn check_dates(&self, range: &MonthdayRange) -> Result<(), RuleError> {
        match range {
            MonthdayRange::Month { .. } => Ok(()),
            MonthdayRange::Date { start, end } => {
                self.check_date(*start)?;
                self.check_date(*end)
            }
        }
    }

    fn check_date(&self, (date, moved): (Date, DateOffset)) -> Result<(), RuleError> {
        self.check_day_offset(moved.day_offset)?;
        let Date::Fixed { month, day, .. } = date else { return Ok(()) };
        // 2000 was a leap year: 29 February exists.
        let exists = jiff::civil::Date::new(2000, month as i8, day as i8).is_ok();
        if exists {
            return Ok(());
        }
        let month = &month.as_str()[..3];
        Err(self
            .refused_at(month.to_ascii_lowercase().as_bytes(), Refusal::NoSuchDay { month, day }))
    }

    fn check_day_offset(&self, days: i16) -> Result<(), RuleError> {
        if days.unsigned_abs() <= DAY_OFFSET_MAX {
            return Ok(());
        }
        let offset = days.unsigned_abs().to_string();
        Err(self.refused_at(offset.as_bytes(), Refusal::DayOffsetTooLarge))
    }

    /// The parsed form has lost its places: the first of the word is as near as one can say.
    fn refused_at(&self, word: &[u8], refusal: Refusal) -> RuleError {
        RuleError { offset: self.find(word).unwrap_or(0), refusal }
    }

    /// Says in the words of opening hours what the parser says in those of its grammar.
    fn syntax(&self, expression: &str, error: SyntaxError) -> RuleError {
        match error {
            SyntaxError::Syntax(error) => {
                if let Some(error) = self.spelling(expression) {
                    return error;
                }
                let offset = match error.location {
                    InputLocation::Pos(offset) | InputLocation::Span((offset, _)) => offset,
                };
                let found = expression.get(offset..).map_or("", first_word).to_owned();
                let expected = match error.variant {
                    ErrorVariant::ParsingError { positives, .. } => {
                        expected(positives.iter().map(|rule| format!("{rule:?}")))
                    }
                    ErrorVariant::CustomError { .. } => Vec::new(),
                };
                RuleError { offset, refusal: Refusal::Syntax { found, expected } }
            }
            SyntaxError::InvertedYearRange { start, end, .. } => {
                self.refused_at(format!("{}-{}", *start, *end).as_bytes(), Refusal::ReversedYears)
            }
            SyntaxError::InvertedWeekRange { .. } => {
                self.refused_at(b"week", Refusal::ReversedWeeks)
            }
            SyntaxError::Unsupported(_)
            | SyntaxError::Overflow { .. }
            | SyntaxError::InvalidExtendedTime { .. }
            | SyntaxError::GrammarUnexpectedToken { .. }
            | SyntaxError::GrammarLogic { .. } => {
                RuleError { offset: 0, refusal: Refusal::Unsupported }
            }
        }
    }

    /// The first word that is German.
    fn spelling(&self, expression: &str) -> Option<RuleError> {
        let mut offset = 0;
        for word in expression.split_inclusive(|c: char| !c.is_alphabetic()) {
            let letters = word.trim_end_matches(|c: char| !c.is_alphabetic());
            let quoted = self.bytes.get(offset) == Some(&BLANK);
            let german = letters.to_lowercase();
            let spelling =
                SPELLINGS.iter().find(|(found, instead)| *found == german && letters != *instead);
            if let (false, Some((_, instead))) = (quoted, spelling) {
                let refusal = Refusal::Spelling { found: letters.to_owned(), instead };
                return Some(RuleError { offset, refusal });
            }
            offset += word.len();
        }
        None
    }
}

/// What follows a ` +1 day` at the beginning, if there is one.
fn skip_day_offset(text: &[u8]) -> &[u8] {
    let skip = || {
        let rest = text.strip_prefix(b" ")?;
        let rest = rest.strip_prefix(b"+").or_else(|| rest.strip_prefix(b"-"))?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let rest = rest[digits..].strip_prefix(b" day")?;
        Some(rest.strip_prefix(b"s").unwrap_or(rest))
    };
    skip().unwrap_or(text)
}

/// The word, number or sign that a text begins with, at most 20 characters of it.
fn first_word(text: &str) -> &str {
    let mut chars = text.char_indices();
    let Some((_, first)) = chars.next() else { return "" };
    let end = chars
        .take(20)
        .find(|(at, c)| !first.is_alphanumeric() || !c.is_alphanumeric() || *at >= 40)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end.min(80)).unwrap_or(text)
}

/// The grammar's rules by name, as what a person would write; each once, most likely first.
fn expected(rules: impl Iterator<Item = String>) -> Vec<Expected> {
    let mut expected: Vec<Expected> = rules.filter_map(|rule| expected_for(&rule)).collect();
    expected.sort_unstable();
    expected.dedup();
    expected
}

/// The names are those of the grammar of opening-hours-syntax, whose type is not public; a name that
/// a later version adds is left out of the message, nothing worse.
fn expected_for(rule: &str) -> Option<Expected> {
    Some(match rule {
        "weekday_selector" | "weekday_sequence" | "weekday_range" | "wday" | "monday"
        | "tuesday" | "wednesday" | "thursday" | "friday" | "saturday" | "sunday" => {
            Expected::Weekday
        }
        "time_selector"
        | "timespan"
        | "time"
        | "extended_time"
        | "hour_minutes"
        | "hour"
        | "minute"
        | "extended_hour_minutes"
        | "extended_hour" => Expected::Times,
        "holiday_sequence" | "holiday" | "public_holiday" => Expected::Holiday,
        "rules_modifier"
        | "rules_modifier_enum"
        | "rules_modifier_enum_closed"
        | "rules_modifier_enum_open" => Expected::State,
        "month" | "monthday_selector" | "monthday_range" => Expected::Month,
        "daynum" | "date_from" | "date_to" => Expected::Day,
        "year_selector" | "year_range" | "year" => Expected::Year,
        "week_selector" | "week" | "weeknum" => Expected::Week,
        "nth_entry" | "nth" | "nth_minus" => Expected::Occurrence,
        "day_offset" | "date_offset" | "plus_or_minus" | "positive_number" => Expected::DayOffset,
        "any_rule_separator"
        | "normal_rule_separator"
        | "additional_rule_separator"
        | "rule_sequence" => Expected::NextRule,
        "EOI" => Expected::End,
        _ => return None,
    })
}

/// Sorted, apart, and joined where they touch.
pub(crate) fn united(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut united: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match united.last_mut() {
            Some(last) if span.from <= last.until => last.until = last.until.max(span.until),
            Some(_) | None => united.push(span),
        }
    }
    united
}
