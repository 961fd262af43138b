// SPDX-License-Identifier: EUPL-1.2
//! What a change does to callers: the same callers are played through both configurations, several times,
//! and the differences of each pair give a mean with a margin.

use crate::figures::{Figures, LineFigures};
use serde::Serialize;
use std::collections::BTreeSet;

/// Two-sided 95 % quantiles of Student's t for 1 to 29 degrees of freedom.
const STUDENT_T: [f64; 29] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160,
    2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056,
    2.052, 2.048, 2.045,
];

/// The most seeds: as many as the table of quantiles reaches.
pub const SEEDS_MAX: usize = STUDENT_T.len() + 1;

/// The fewest: with one there is no margin.
pub const SEEDS_MIN: usize = 2;

/// A figure before and after. A line that one side does not have has no figure there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Compared {
    /// Mean before.
    pub old: Option<f64>,
    /// Mean after.
    pub new: Option<f64>,
    /// What lies between both, if there are both.
    #[serde(flatten)]
    pub between: Option<Between>,
}

/// The difference of two figures, with what chance can do.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Between {
    /// Mean of the differences of the pairs.
    pub difference: f64,
    /// Half the width of the 95 % confidence interval of the difference.
    pub margin: f64,
}

impl Between {
    /// Whether the difference is surely not chance.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.difference.abs() > self.margin && self.difference != 0.0
    }
}

/// What one line's callers notice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LineEffect {
    /// The line's id, or `total`.
    pub id: String,
    /// The line's name; not in the JSON.
    #[serde(skip)]
    pub name: String,
    /// Calls that reach the centre.
    pub offered: Option<Compared>,
    /// Share answered in time, by `centre-abandons-count`, in per cent.
    pub in_time: Option<Compared>,
    /// Reachability, in per cent.
    pub reached: Option<Compared>,
    /// Share of those offered who gave up, in per cent.
    pub abandoned: Option<Compared>,
    /// Share of those offered whom the partner answered, in per cent.
    pub overflowed: Option<Compared>,
    /// Share of those offered who were called back, in per cent.
    pub called_back: Option<Compared>,
    /// Share of those offered who heard that it is closed, in per cent.
    pub closed: Option<Compared>,
    /// Share of those offered who were sent away or refused, in per cent.
    pub refused: Option<Compared>,
    /// Ninety of a hundred of those answered waited no longer, in seconds.
    pub wait_p90: Option<Compared>,
}

/// The effect on each line that one of both has, and on all together. `old` and `new` are pairs: the same
/// seed at the same place.
#[must_use]
pub fn effects(old: &[Figures], new: &[Figures]) -> Vec<LineEffect> {
    let ids: BTreeSet<&str> = new
        .iter()
        .chain(old)
        .flat_map(|figures| figures.lines.iter().map(|line| line.id.as_str()))
        .collect();
    let in_order = new.iter().chain(old).flat_map(|figures| figures.lines.iter());
    let mut seen = BTreeSet::new();
    let order: Vec<&LineFigures> =
        in_order.filter(|line| ids.contains(line.id.as_str()) && seen.insert(&line.id)).collect();
    let lines = order.into_iter().map(|line| {
        let of = |figures: &'_ Figures| figures.lines.iter().find(|it| it.id == line.id).cloned();
        effect(&line.id, &line.name, &pairs(old, new, of))
    });
    let total = effect("total", "", &pairs(old, new, |figures| Some(figures.total.clone())));
    lines.chain([total]).collect()
}

type Pair = (Option<LineFigures>, Option<LineFigures>);

fn pairs(
    old: &[Figures],
    new: &[Figures],
    of: impl Fn(&Figures) -> Option<LineFigures>,
) -> Vec<Pair> {
    assert_eq!(old.len(), new.len(), "each seed is played with both");
    old.iter().zip(new).map(|(old, new)| (of(old), of(new))).collect()
}

fn effect(id: &str, name: &str, pairs: &[Pair]) -> LineEffect {
    let part = |of: fn(&LineFigures) -> u64| {
        move |line: &LineFigures| {
            (line.offered > 0).then(|| of(line) as f64 / line.offered as f64 * 100.0)
        }
    };
    LineEffect {
        id: id.to_owned(),
        name: name.to_owned(),
        offered: counted(pairs),
        in_time: compared(pairs, |line| {
            Some(line.service_level.get("centre-abandons-count")?.share? * 100.0)
        }),
        reached: compared(pairs, |line| Some(line.reachability.share? * 100.0)),
        abandoned: compared(pairs, part(|line| line.abandoned)),
        overflowed: compared(pairs, part(|line| line.overflowed)),
        called_back: compared(pairs, part(|line| line.called_back)),
        closed: compared(pairs, part(|line| line.closed)),
        refused: compared(pairs, part(|line| line.refused)),
        wait_p90: compared(pairs, |line| Some(line.waits?.p90)),
    }
}

/// Calls: a line that is not there has none.
fn counted(pairs: &[Pair]) -> Option<Compared> {
    let count = |line: &Option<LineFigures>| line.as_ref().map_or(0.0, |line| line.offered as f64);
    let (old, new): (Vec<f64>, Vec<f64>) =
        pairs.iter().map(|(old, new)| (count(old), count(new))).unzip();
    Some(Compared { old: mean(&old), new: mean(&new), between: between(&old, &new) })
}

/// None if neither side has the figure in every pair.
fn compared(pairs: &[Pair], of: impl Fn(&LineFigures) -> Option<f64>) -> Option<Compared> {
    let side = |side: fn(&Pair) -> &Option<LineFigures>| -> Option<Vec<f64>> {
        pairs.iter().map(|pair| side(pair).as_ref().and_then(&of)).collect()
    };
    let (old, new) = (side(|pair| &pair.0), side(|pair| &pair.1));
    if old.is_none() && new.is_none() {
        return None;
    }
    Some(Compared {
        old: old.as_deref().and_then(mean),
        new: new.as_deref().and_then(mean),
        between: old.zip(new).and_then(|(old, new)| between(&old, &new)),
    })
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn between(old: &[f64], new: &[f64]) -> Option<Between> {
    let t = old.len().checked_sub(SEEDS_MIN).and_then(|index| STUDENT_T.get(index))?;
    let differences: Vec<f64> = old.iter().zip(new).map(|(old, new)| new - old).collect();
    let (difference, count) = (mean(&differences)?, differences.len() as f64);
    let squares = differences.iter().map(|it| (it - difference).powi(2)).sum::<f64>();
    let margin = t * (squares / (count - 1.0) / count).sqrt();
    Some(Between { difference, margin })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_margin_is_student_s() {
        // Differences 1, 2, 3: mean 2, standard deviation 1, t(2) = 4.303.
        let it = between(&[0.0; 3], &[1.0, 2.0, 3.0]).unwrap();
        assert!((it.difference - 2.0).abs() < 1e-12);
        assert!((it.margin - 4.303 / 3f64.sqrt()).abs() < 1e-9);
        assert!(!it.is_clear());
        assert!(between(&[1.0], &[2.0]).is_none(), "one pair has no margin");
        assert!(!between(&[5.0; 4], &[5.0; 4]).unwrap().is_clear());
        assert!(between(&[5.0; 4], &[6.0; 4]).unwrap().is_clear());
    }
}
