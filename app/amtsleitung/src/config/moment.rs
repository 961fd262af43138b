// SPDX-License-Identifier: EUPL-1.2
//! Local moments as people write them, and in words.

use crate::Lang;
use hours::{LocalDate, LocalDateTime, Zone, parse_date, parse_datetime, weekday_de, weekday_en};
use stdx::Timestamp;

/// Why a text is no local moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentError {
    /// It is not written like `2014-12-24T12:05`.
    Form,
    /// The calendar has no such day.
    NoSuchDay,
    /// The clocks skip this time in spring.
    NoSuchTime,
}

/// Reads `2014-12-24T12:05`; `T24:00` is the end of the day.
///
/// # Errors
/// If it is written otherwise, or does not exist.
pub fn read(text: &str, zone: &Zone) -> Result<LocalDateTime, MomentError> {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    if !shape.eq("0000-00-00T00:00".bytes()) {
        return Err(MomentError::Form);
    }
    let (day, time) = text.split_once('T').ok_or(MomentError::Form)?;
    if parse_date(day).is_err() {
        return Err(MomentError::NoSuchDay);
    }
    if (day, time) == ("9999-12-31", "24:00") {
        // "Until further notice": the last moment that the calendar has.
        return Ok(LocalDateTime::MAX);
    }
    let moment = if time == "24:00" {
        parse_datetime(&format!("{day}T00:00")).ok().and_then(|midnight| midnight.tomorrow().ok())
    } else {
        parse_datetime(text).ok()
    };
    let moment = moment.ok_or(MomentError::Form)?;
    // The zone's calendar ends a day before the other one, and no clock goes forward in winter.
    if zone.local(zone.timestamp(moment)) == moment || moment.year() == LocalDateTime::MAX.year() {
        Ok(moment)
    } else {
        Err(MomentError::NoSuchTime)
    }
}

/// A day, if the calendar has it.
pub(crate) fn date(year: i16, month: i8, day: i8) -> Option<LocalDate> {
    LocalDate::new(year, month, day).ok()
}

/// `Mittwoch, 24.12.2014, 12:05 Uhr` or `Wednesday, 24 December 2014, 12:05`.
#[must_use]
pub fn spoken(lang: Lang, at: Timestamp, zone: &Zone) -> String {
    let local = zone.local(at);
    let (day, time) = (spoken_day(lang, local.date()), (local.hour(), local.minute()));
    match lang {
        Lang::De => format!("{day}, {:02}:{:02} Uhr", time.0, time.1),
        Lang::En => format!("{day}, {:02}:{:02}", time.0, time.1),
    }
}

/// `Mittwoch, 24.12.2014` or `Wednesday, 24 December 2014`.
#[must_use]
pub fn spoken_day(lang: Lang, day: LocalDate) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    match lang {
        Lang::De => {
            let weekday = weekday_de(day.weekday());
            format!("{weekday}, {:02}.{:02}.{}", day.day(), day.month(), day.year())
        }
        Lang::En => {
            let month = usize::from(day.month().unsigned_abs()).wrapping_sub(1);
            let month = MONTHS.get(month).copied().unwrap_or("");
            format!("{}, {} {month} {}", weekday_en(day.weekday()), day.day(), day.year())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read() {
        let zone = Zone::berlin();
        let read = |text| read(text, &zone).map(|moment| moment.to_string());
        assert_eq!(read("2014-12-24T12:05").unwrap(), "2014-12-24T12:05:00");
        assert_eq!(read("2014-12-31T24:00").unwrap(), "2015-01-01T00:00:00");
        assert_eq!(read("2014-10-26T02:30").unwrap(), "2014-10-26T02:30:00");
        assert!(read("9999-12-31T24:00").is_ok() && read("9999-12-31T23:00").is_ok());
        assert_eq!(read("2014-03-30T02:30"), Err(MomentError::NoSuchTime));
        assert_eq!(read("2014-02-30T12:00"), Err(MomentError::NoSuchDay));
        for form in [
            "2014-12-24",
            "2014-12-24 12:05",
            "24.12.2014",
            "2014-12-24T25:00",
            "2014-12-24T24:01",
            "",
        ] {
            assert_eq!(read(form), Err(MomentError::Form), "{form}");
        }
    }

    #[test]
    fn moments_are_spoken() {
        let zone = Zone::berlin();
        let at = zone.timestamp(read("2014-12-24T12:05", &zone).unwrap());
        assert_eq!(spoken(Lang::De, at, &zone), "Mittwoch, 24.12.2014, 12:05 Uhr");
        assert_eq!(spoken(Lang::En, at, &zone), "Wednesday, 24 December 2014, 12:05");
    }
}
