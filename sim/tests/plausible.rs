// SPDX-License-Identifier: EUPL-1.2
//! Is the shape of our days plausible? Compared with the counted calls of a real telephone centre,
//! a bank's, if they are at hand; shape and spread only, never the level.

use sim::{Slot, TrafficShape, Weekday};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};
use stdx::Timestamp;

/// Half-hours from 07:00 to 18:00, in which both are open.
const FROM: u8 = 14;
const HALF_HOURS: usize = 22;
/// Five-minute slots in a half-hour of the counted calls.
const COUNTED_SLOTS: usize = 6;

fn counted() -> Option<String> {
    let folder = env::var_os("AMTSLEITUNG_SHARED").map(PathBuf::from)?;
    fs::read_to_string(folder.join("data/bank-calls-5min/calls_5min.csv"))
        .or_else(|_| fs::read_to_string(folder.join("bank-calls-5min/calls_5min.csv")))
        .ok()
}

fn ours() -> Vec<f64> {
    let slot = |half_hour: u8| Slot {
        start: Timestamp(0),
        month: 3,
        weekday: Weekday::Tuesday,
        half_hour,
        holiday: false,
        day: 0,
    };
    (FROM..).take(HALF_HOURS).map(|it| TrafficShape::Authority.weight(&slot(it))).collect()
}

fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let mean = |it: &[f64]| it.iter().sum::<f64>() / it.len() as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let products = a.iter().zip(b).map(|(x, y)| (x - mean_a) * (y - mean_b));
    let square = |it: &[f64], mean: f64| it.iter().map(|x| (x - mean).powi(2)).sum::<f64>();
    products.sum::<f64>() / (square(a, mean_a) * square(b, mean_b)).sqrt()
}

#[test]
fn our_days_have_the_shape_of_counted_ones() {
    let Some(text) = counted() else {
        println!("AMTSLEITUNG_SHARED leads to no counted calls: not compared");
        return;
    };
    let mut by_half_hour = vec![0.0; HALF_HOURS];
    let mut by_day: BTreeMap<u32, f64> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let (day, slot): (u32, usize) = (fields[0].parse().unwrap(), fields[1].parse().unwrap());
        let calls: f64 = fields[3].parse().unwrap();
        if let Some(sum) = by_half_hour.get_mut(slot / COUNTED_SLOTS) {
            *sum += calls;
        }
        *by_day.entry(day).or_default() += calls;
    }
    let alike = correlation(&ours(), &by_half_hour);
    println!("half-hours of a day: correlation {alike:.2}");
    assert!(alike > 0.65, "our days have another shape: {alike:.2}");

    // Days of the same kind spread more than chance alone allows, by 5 to 11 % there; we assume
    // 6 %.
    let days: Vec<f64> = by_day.values().copied().collect();
    let mean = days.iter().sum::<f64>() / days.len() as f64;
    let spread =
        (days.iter().map(|it| (it - mean).powi(2)).sum::<f64>() / days.len() as f64).sqrt() / mean;
    println!(
        "days: coefficient of variation {spread:.3}, by chance alone {:.3}",
        mean.sqrt() / mean
    );
    assert!((0.05..0.15).contains(&spread), "{spread}");
}

#[test]
fn an_authority_s_day_peaks_in_the_morning_and_its_week_on_monday() {
    let ours = ours();
    let peak = ours.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0;
    assert!((4..=10).contains(&peak), "the peak lies {peak} half-hours after 07:00");
    let weight = |weekday, holiday| {
        let slot = Slot { start: Timestamp(0), month: 3, weekday, half_hour: 20, holiday, day: 0 };
        TrafficShape::Authority.weight(&slot)
    };
    assert!(weight(Weekday::Monday, false) > weight(Weekday::Wednesday, false));
    assert!(weight(Weekday::Friday, false) < weight(Weekday::Wednesday, false));
    assert!(weight(Weekday::Monday, true) < 0.1 * weight(Weekday::Monday, false));
    assert!(weight(Weekday::Sunday, false) < 0.1 * weight(Weekday::Monday, false));
}
