// SPDX-License-Identifier: EUPL-1.2
//! How a talk sounded: the E-model of ITU-T G.107 from loss and delay to R, and from R to MOS.
//!
//! ```text
//!  R = 93.2 − Id(delay) − Ie,eff(codec, loss)      MOS = 1 + 0.035 R + R (R − 60)(100 − R) · 7·10⁻⁶
//! ```
//!
//! All other inputs of the model stand at their defaults, so echo is taken as cancelled. It is an
//! estimate for planning networks, not a verdict on one talk: compare legs of one codec with each
//! other. G.722 is rated on the scale of G.107.1, whose listeners expect wideband; its best MOS is
//! therefore below that of G.711, though it sounds better.

use crate::reception::Counts;
use stdx::Micros;

/// R of a clean narrowband call at the defaults of G.107.
const CLEAN_NARROWBAND: f64 = 93.2;

/// R of a clean wideband call (G.107.1), and what leads from there to the scale of 100.
const CLEAN_WIDEBAND: f64 = 129.0;
const WIDEBAND_SCALE: f64 = 1.29;

/// A codec, as the model tells them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Codec {
    /// G.711, either law; the far end conceals losses, as telephones do.
    G711,
    /// G.711 whose losses are heard as gaps.
    G711WithoutConcealment,
    /// G.722 at 64 kbit/s.
    G722,
}

struct Impairment {
    clean: f64,
    scale: f64,
    /// Ie: how much worse than the clean call without any loss.
    equipment: f64,
    /// Bpl: how well it stands losses; the more, the better.
    robustness: f64,
}

impl Codec {
    const fn impairment(self) -> Impairment {
        let (clean, scale, equipment, robustness) = match self {
            // G.113 appendix I: with the concealment of G.711 appendix I, and without.
            Codec::G711 => (CLEAN_NARROWBAND, 1.0, 0.0, 25.1),
            Codec::G711WithoutConcealment => (CLEAN_NARROWBAND, 1.0, 0.0, 4.3),
            // G.113 appendix IV for Ie. Bpl is an assumption between the two above: an error of
            // its predictor outlives the lost packet.
            Codec::G722 => (CLEAN_WIDEBAND, WIDEBAND_SCALE, 13.0, 10.0),
        };
        Impairment { clean, scale, equipment, robustness }
    }
}

/// What the model is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Path {
    /// Packets lost, 0 to 100 %.
    pub loss_percent: f64,
    /// Mean run of losses over that of random loss (BurstR): 1 is random. The model holds up to 2.
    pub burst_ratio: f64,
    /// From mouth to ear in ms, at least 0.
    pub one_way_ms: f64,
}

/// R, 0 to 100: above 90 all are very satisfied, below 60 many are not (ITU-T G.109).
#[must_use]
pub fn rating(codec: Codec, path: &Path) -> f64 {
    let Impairment { clean, scale, .. } = codec.impairment();
    let r = clean
        - delay_impairment(path.one_way_ms)
        - loss_impairment(codec, path.loss_percent, path.burst_ratio);
    (r / scale).clamp(0.0, 100.0)
}

/// Ie,eff (G.107 §7.5): what codec and loss take from R.
#[must_use]
pub fn loss_impairment(codec: Codec, loss_percent: f64, burst_ratio: f64) -> f64 {
    let Impairment { equipment, robustness, .. } = codec.impairment();
    let loss = loss_percent.clamp(0.0, 100.0);
    let burst = burst_ratio.clamp(1.0, BURST_RATIO_MAX);
    equipment + (95.0 - equipment) * loss / (loss / burst + robustness)
}

/// What the model was made for (G.107 §7.5).
const BURST_RATIO_MAX: f64 = 2.0;

/// Delay in ms and Idd of G.107 §7.4 (sT = 1, mT = 100 ms). Straight lines between these points
/// stay within 0.2 of the formula, whose logarithm and sixth root core would have to compute.
const DELAY: [(f64, f64); 23] = [
    (100.0, 0.0),
    (120.0, 0.0),
    (140.0, 0.05),
    (160.0, 0.39),
    (180.0, 1.35),
    (200.0, 3.04),
    (225.0, 5.85),
    (250.0, 8.92),
    (275.0, 11.92),
    (300.0, 14.76),
    (350.0, 19.81),
    (400.0, 24.07),
    (450.0, 27.64),
    (500.0, 30.64),
    (550.0, 33.14),
    (600.0, 35.25),
    (650.0, 37.01),
    (700.0, 38.50),
    (800.0, 40.83),
    (900.0, 42.53),
    (1000.0, 43.79),
    (1200.0, 45.49),
    (1600.0, 47.24),
];

/// Id: what delay alone takes from R; nothing up to 100 ms, 47.24 from 1.6 s on.
#[must_use]
pub fn delay_impairment(one_way_ms: f64) -> f64 {
    let mut before = DELAY[0];
    for point in DELAY {
        if one_way_ms < point.0 {
            let along = (one_way_ms - before.0).max(0.0) / (point.0 - before.0).max(1.0);
            return before.1 + (point.1 - before.1) * along;
        }
        before = point;
    }
    before.1
}

/// The mean opinion score of a rating, 1 to 4.5 (G.107 annex B).
#[must_use]
pub fn mos(r: f64) -> f64 {
    let r = r.clamp(0.0, 100.0);
    // Below R = 6.5 the cubic dips under 1, the worst score that there is.
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
}

/// One leg's reception in figures, for records and metrics.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Packets that came, each once.
    pub received: u64,
    /// Packets that did not come.
    pub lost: u64,
    /// Packets that came again.
    pub duplicate: u64,
    /// Packets that came after later ones.
    pub out_of_order: u64,
    /// Interarrival jitter in ms.
    pub jitter_ms: f64,
    /// Round trip in ms, if the peer's reports told it.
    pub round_trip_ms: Option<f64>,
    /// Lost of those expected, 0 to 100 %.
    pub loss_percent: f64,
    /// Mean run of losses over that of random loss; 1 if nothing was lost. From 1.5 on the losses
    /// came in bursts.
    pub burst_ratio: f64,
    /// R, 0 to 100; none if nothing was received: silence is not a quality.
    pub r: Option<f64>,
    /// MOS, 1 to 4.5; none as above.
    pub mos: Option<f64>,
}

/// Sums a leg up.
///
/// Mouth to ear is reckoned as half the round trip, a packet's length, and twice the jitter for the
/// far end's buffer; without a round trip the network's part counts as nothing.
#[must_use]
pub fn summary(
    codec: Codec,
    counts: &Counts,
    jitter_ms: f64,
    round_trip: Option<Micros>,
    packet_length: Micros,
) -> Summary {
    let expected = counts.received + counts.lost;
    let loss_percent = share(counts.lost, expected) * 100.0;
    let burst_ratio = burst_ratio(counts);
    let round_trip_ms = round_trip.map(|it| it.as_secs_f64() * 1e3);
    let network_ms = round_trip_ms.unwrap_or(0.0) / 2.0;
    let one_way_ms = network_ms + packet_length.as_secs_f64() * 1e3 + 2.0 * jitter_ms;
    let path = Path { loss_percent, burst_ratio, one_way_ms };
    let r = (counts.received > 0).then(|| rating(codec, &path));
    Summary {
        received: counts.received,
        lost: counts.lost,
        duplicate: counts.duplicate,
        out_of_order: counts.out_of_order,
        jitter_ms,
        round_trip_ms,
        loss_percent,
        burst_ratio,
        r,
        mos: r.map(mos),
    }
}

/// BurstR (G.107 §7.5): random loss with probability p has runs of 1/(1 − p) on average.
fn burst_ratio(counts: &Counts) -> f64 {
    if counts.loss_runs == 0 {
        return 1.0;
    }
    let mean_run = counts.lost as f64 / counts.loss_runs as f64;
    let came = share(counts.received, counts.received + counts.lost);
    (mean_run * came).max(1.0)
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;

    const GOOD: Path = Path { loss_percent: 0.0, burst_ratio: 1.0, one_way_ms: 0.0 };

    #[track_caller]
    fn near(value: f64, expected: f64, within: f64) {
        assert!((value - expected).abs() <= within, "{value} is not {expected} ± {within}");
    }

    /// G.107 table B.1: the lower limits of the categories of user satisfaction.
    #[test]
    fn mos_of_r_is_as_published() {
        for (r, expected) in
            [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58), (93.2, 4.41)]
        {
            near(mos(r), expected, 0.0061);
        }
        assert_eq!((mos(0.0), mos(-5.0), mos(100.0), mos(120.0)), (1.0, 1.0, 4.5, 4.5));
        near(mos(6.0), 1.0, 0.0);
    }

    #[test]
    fn mos_never_falls_when_r_rises() {
        for tenth in 0..1_000_u32 {
            let (low, high) = (mos(f64::from(tenth) / 10.0), mos(f64::from(tenth + 1) / 10.0));
            assert!(low <= high, "at R {}", f64::from(tenth) / 10.0);
        }
    }

    #[test]
    fn a_clean_call_has_the_best_rating_of_its_codec() {
        near(rating(Codec::G711, &GOOD), 93.2, 1e-9);
        near(mos(rating(Codec::G711, &GOOD)), 4.41, 0.001);
        near(rating(Codec::G722, &GOOD), 116.0 / 1.29, 1e-9);
    }

    /// By hand from Ie,eff = Ie + (95 − Ie) Ppl / (Ppl/BurstR + Bpl).
    #[test]
    fn loss_takes_what_g_107_says() {
        near(loss_impairment(Codec::G711, 1.0, 1.0), 95.0 / 26.1, 1e-9);
        near(loss_impairment(Codec::G711WithoutConcealment, 1.0, 1.0), 95.0 / 5.3, 1e-9);
        near(loss_impairment(Codec::G711, 5.0, 2.0), 475.0 / 27.6, 1e-9);
        near(loss_impairment(Codec::G722, 2.0, 1.0), 13.0 + 164.0 / 12.0, 1e-9);
    }

    #[test]
    fn more_loss_is_never_better() {
        for codec in [Codec::G711, Codec::G711WithoutConcealment, Codec::G722] {
            for burst_ratio in [1.0, 1.5, 2.0] {
                let at = |percent: u32| {
                    rating(codec, &Path { loss_percent: percent.into(), burst_ratio, ..GOOD })
                };
                for percent in 0..100 {
                    assert!(at(percent + 1) <= at(percent), "{codec:?} at {percent} %");
                }
            }
        }
    }

    #[test]
    fn bursts_are_worse_than_scattered_losses() {
        let at =
            |burst_ratio| rating(Codec::G711, &Path { loss_percent: 5.0, burst_ratio, ..GOOD });
        assert!(at(2.0) < at(1.5) && at(1.5) < at(1.0));
        near(at(9.0), at(2.0), 0.0);
    }

    #[test]
    fn delay_takes_what_g_107_says_and_never_less_when_it_grows() {
        let formula = |ms: f64| {
            let x = (ms / 100.0).log2();
            let root = |it: f64| (1.0 + it.powi(6)).powf(1.0 / 6.0);
            25.0 * (root(x) - 3.0 * root(x / 3.0) + 2.0)
        };
        for ms in 100..=1_600_u32 {
            near(delay_impairment(ms.into()), formula(ms.into()), 0.2);
        }
        for ms in 0..3_000_u32 {
            assert!(delay_impairment(ms.into()) <= delay_impairment((ms + 1).into()));
        }
        assert_eq!((delay_impairment(0.0), delay_impairment(99.0)), (0.0, 0.0));
        near(delay_impairment(1e9), 47.24, 0.0);
    }

    #[test]
    fn a_leg_is_summed_up() {
        let counts = Counts {
            received: 990,
            lost: 10,
            duplicate: 1,
            out_of_order: 2,
            loss_runs: 2,
            jumps: 0,
        };
        let packet = Micros::from_millis(20);
        let round_trip = Some(Micros::from_millis(60));
        let summary = summary(Codec::G711, &counts, 5.0, round_trip, packet);
        near(summary.loss_percent, 1.0, 1e-9);
        near(summary.burst_ratio, 5.0 * 0.99, 1e-9);
        assert_eq!(summary.round_trip_ms, Some(60.0));
        // One way 60 ms costs nothing; 1 % in bursts costs 95 / (0.5 + 25.1).
        near(summary.r.unwrap(), 93.2 - 95.0 / 25.6, 1e-9);
        near(summary.mos.unwrap(), mos(summary.r.unwrap()), 0.0);
    }

    #[test]
    fn a_leg_that_heard_nothing_has_no_quality() {
        let summary = summary(Codec::G711, &Counts::default(), 0.0, None, Micros::from_millis(20));
        assert_eq!((summary.r, summary.mos, summary.loss_percent), (None, None, 0.0));
    }
}
