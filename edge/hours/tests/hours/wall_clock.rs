// SPDX-License-Identifier: EUPL-1.2
//! The clock on the wall as it is written out for core, beside the zone itself.

use hours::{LocalDates, Zone, parse_date};
use stdx::{Micros, Timestamp};

#[test]
fn it_shows_what_the_zone_shows_at_every_quarter_of_an_hour_of_ten_years() {
    let date = |text| parse_date(text).expect("a date");
    let dates = LocalDates::new(date("2014-01-01"), date("2023-12-31")).expect("ten years");
    for name in ["Europe/Berlin", "Africa/Casablanca", "Australia/Lord_Howe"] {
        let zone = Zone::parse(name).expect("a zone");
        let clock = zone.wall_clock(&dates);
        let mut at = clock.horizon().from;
        while at < clock.horizon().until {
            let shown = clock.shows(at).expect("within the horizon");
            let local = zone.local(at);
            let epoch = date("1970-01-01").at(0, 0, 0, 0);
            let expected = local.duration_since(epoch).as_micros();
            assert_eq!(i128::from(shown.0), expected, "{name} at {}", zone.format(at));
            let again = clock.moment(shown).expect("within the horizon");
            assert_eq!(again, zone.timestamp(local), "{name} at {}", zone.format(at));
            at = at + Micros::from_mins(15);
        }
        assert_eq!(clock.shows(Timestamp(clock.horizon().from.0 - 1)), None);
    }
}
