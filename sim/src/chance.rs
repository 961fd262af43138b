// SPDX-License-Identifier: EUPL-1.2
//! The distributions of the field, drawn from the one seeded generator.

use stdx::{Micros, Rng};

/// A time from an exponential distribution.
pub fn exponential(rng: &mut Rng, mean: Micros) -> Micros {
    scaled(mean, -rng.unit().ln())
}

/// A time from a log-normal distribution with this mean; `sigma` is the standard deviation of its
/// logarithm. Talk times of telephone service centres follow it closely (Brown et al., Statistical
/// Analysis of a Telephone Call Center, JASA 2005).
pub fn log_normal(rng: &mut Rng, mean: Micros, sigma: f64) -> Micros {
    scaled(mean, (sigma * normal(rng) - sigma * sigma / 2.0).exp())
}

/// A standard normal number (Box and Muller 1958).
pub fn normal(rng: &mut Rng) -> f64 {
    (-2.0 * rng.unit().ln()).sqrt() * (std::f64::consts::TAU * rng.unit()).cos()
}

/// How many independent happenings, if `mean` are expected. Exact below 30; above, the sum of
/// smaller ones, which is exact too.
pub fn poisson(rng: &mut Rng, mean: f64) -> u64 {
    let mut left = mean;
    let mut count = 0;
    while left > 30.0 {
        count += poisson_small(rng, 30.0);
        left -= 30.0;
    }
    count + poisson_small(rng, left)
}

/// Knuth's product of uniforms.
fn poisson_small(rng: &mut Rng, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    let limit = (-mean).exp();
    let mut product = rng.unit();
    let mut count = 0;
    while product > limit {
        product *= rng.unit();
        count += 1;
    }
    count
}

/// A gamma-distributed factor with mean 1 and this coefficient of variation (Marsaglia and Tsang
/// 2000): how much busier than usual a day is. `spread` 0 gives 1; at most 1.
pub fn factor(rng: &mut Rng, spread: f64) -> f64 {
    if spread <= 0.0 {
        return 1.0;
    }
    let shape = 1.0 / (spread * spread);
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        if v > 0.0 && rng.unit().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v / shape;
        }
    }
}

/// A moment in the first `length`, all alike.
pub fn within(rng: &mut Rng, length: Micros) -> Micros {
    Micros(rng.below(length.0.max(1)))
}

fn scaled(length: Micros, by: f64) -> Micros {
    Micros((length.0 as f64 * by) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_of(n: u32, mut draw: impl FnMut() -> f64) -> f64 {
        (0..n).map(|_| draw()).sum::<f64>() / f64::from(n)
    }

    #[test]
    fn means_are_what_was_asked_for() {
        let rng = &mut Rng::new(115);
        let mean = Micros::from_secs(100);
        let exp = mean_of(200_000, || exponential(rng, mean).as_secs_f64());
        assert!((exp - 100.0).abs() < 1.0, "exponential {exp}");
        let log = mean_of(200_000, || log_normal(rng, mean, 0.8).as_secs_f64());
        assert!((log - 100.0).abs() < 1.5, "log-normal {log}");
        let small = mean_of(100_000, || poisson(rng, 2.5) as f64);
        assert!((small - 2.5).abs() < 0.03, "Poisson {small}");
        let large = mean_of(20_000, || poisson(rng, 75.0) as f64);
        assert!((large - 75.0).abs() < 0.4, "Poisson {large}");
        let day = mean_of(100_000, || factor(rng, 0.1));
        assert!((day - 1.0).abs() < 0.002, "day factor {day}");
    }

    #[test]
    fn spreads_are_what_was_asked_for() {
        let rng = &mut Rng::new(7);
        let variance = mean_of(100_000, || (factor(rng, 0.2) - 1.0).powi(2));
        assert!((variance.sqrt() - 0.2).abs() < 0.005);
        let variance = mean_of(100_000, || (poisson(rng, 50.0) as f64 - 50.0).powi(2));
        assert!((variance - 50.0).abs() < 1.5, "{variance}");
    }
}
