// SPDX-License-Identifier: EUPL-1.2
//! What theory says about a queue with exponential times: the yardstick for the simulator.

/// Erlang's loss formula B: the share of calls that find all `agents` busy, if none waits.
/// `load` is the offered traffic in erlang (calls per time × mean talk time), at least 0.
#[must_use]
pub fn erlang_b(agents: u32, load: f64) -> f64 {
    (1..=agents).fold(1.0, |b, n| load * b / (f64::from(n) + load * b))
}

/// Erlang's delay formula C: the share of callers who wait, if all wait until they are answered.
/// 1 if the load is not below the number of agents: then the queue grows for ever.
#[must_use]
pub fn erlang_c(agents: u32, load: f64) -> f64 {
    let servers = f64::from(agents);
    if load >= servers {
        return 1.0;
    }
    let b = erlang_b(agents, load);
    servers * b / (servers - load * (1.0 - b))
}

/// Mean wait of all callers, in units of the mean talk time; infinite if the load is not below the
/// number of agents.
#[must_use]
pub fn mean_wait(agents: u32, load: f64) -> f64 {
    let servers = f64::from(agents);
    if load >= servers {
        return f64::INFINITY;
    }
    erlang_c(agents, load) / (servers - load)
}

/// The share of callers who wait at most `time`, in units of the mean talk time.
#[must_use]
pub fn answered_within(agents: u32, load: f64, time: f64) -> f64 {
    let servers = f64::from(agents);
    if load >= servers {
        return 0.0;
    }
    1.0 - erlang_c(agents, load) * (-(servers - load) * time).exp()
}

/// Erlang A (M/M/n+M): callers who wait hang up when their patience ends, which is exponential too.
/// No load is too much for it.
///
/// The model is Palm's (Research on telephone traffic carried by full availability groups, Tele 1957);
/// the formulas are those of Mandelbaum and Zeltyn (Service engineering in action: the Palm/Erlang-A
/// queue, 2007, and Zeltyn's dissertation, 2004), there for any patience, here for the exponential one.
/// All times are in units of the mean talk time.
#[derive(Clone, Copy, Debug)]
pub struct ErlangA {
    agents: f64,
    load: f64,
    patience: f64,
    /// The sum by which unnormed parts of callers become shares.
    whole: f64,
}

impl ErlangA {
    /// `agents` is at least 1; `load`, in erlang, and `patience`, its mean, are more than 0.
    ///
    /// # Panics
    /// If they are not.
    #[must_use]
    pub fn new(agents: u32, load: f64, patience: f64) -> ErlangA {
        assert!(agents > 0 && load > 0.0 && patience > 0.0, "{agents}, {load}, {patience}");
        let unnormed = ErlangA { agents: f64::from(agents), load, patience, whole: 1.0 };
        let at_once = 1.0 / erlang_b(agents - 1, load);
        ErlangA { whole: at_once + load * unnormed.kept_waiting_beyond(0.0), ..unnormed }
    }

    /// The share of callers who wait, whether they are answered or hang up.
    #[must_use]
    pub fn wait(&self) -> f64 {
        self.load * self.kept_waiting_beyond(0.0) / self.whole
    }

    /// The share of callers who hang up before they are answered.
    #[must_use]
    pub fn abandoned(&self) -> f64 {
        self.wait() - self.answered_after(0.0)
    }

    /// Mean wait of all callers, of those who hang up until they do so. By Little's law: a mean queue
    /// of `load × mean wait` loses `queue ÷ patience` callers in a unit of time.
    #[must_use]
    pub fn mean_wait(&self) -> f64 {
        self.abandoned() * self.patience
    }

    /// The share of callers who are answered and wait at most `time`.
    #[must_use]
    pub fn answered_within(&self, time: f64) -> f64 {
        1.0 - self.abandoned() - self.answered_after(time)
    }

    /// The share of callers who are answered and wait more than `time`: the integral from `time` on of
    /// the density of the offered wait times the share that is patient enough for it.
    fn answered_after(&self, time: f64) -> f64 {
        (self.agents * self.kept_waiting_beyond(time) - self.density(time)) / self.whole
    }

    /// The density of the offered wait, which is how long somebody of endless patience would wait;
    /// unnormed, and per unit of load: `exp(load × ∫ patience beyond x dx − agents × time)`.
    fn density(&self, time: f64) -> f64 {
        let patience_spent = self.patience * (1.0 - self.patient_beyond(time));
        (self.load * patience_spent - self.agents * time).exp()
    }

    /// The integral of [`Self::density`] from `time` on: an incomplete gamma function, by its series,
    /// whose terms are those of the birth-and-death chain of the queue.
    fn kept_waiting_beyond(&self, time: f64) -> f64 {
        let arrivals = self.load * self.patient_beyond(time);
        let mut term = 1.0 / self.agents;
        let mut sum = term;
        let mut waiting = 0.0;
        while term > sum * f64::EPSILON / 16.0 {
            waiting += 1.0;
            term *= arrivals / (self.agents + waiting / self.patience);
            sum += term;
        }
        self.density(time) * sum
    }

    /// The share of callers whose patience lasts longer than `time`.
    fn patient_beyond(&self, time: f64) -> f64 {
        (-time / self.patience).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, published: f64, precision: f64) {
        assert!((value - published).abs() <= precision, "{value} instead of {published}");
    }

    #[test]
    fn loss_is_as_in_the_traffic_tables() {
        // Standard Erlang B tables: the traffic at which n lines lose 1 % (5 %) of the calls.
        close(erlang_b(5, 1.361), 0.01, 5e-5);
        close(erlang_b(10, 4.461), 0.01, 5e-5);
        close(erlang_b(20, 12.03), 0.01, 5e-5);
        close(erlang_b(10, 6.216), 0.05, 5e-5);
    }

    #[test]
    fn delay_is_as_worked_out_by_hand() {
        // M/M/1: the share that waits is the load; M/M/2 at load 1: 1/3; M/M/3 at load 2: 4/9.
        close(erlang_c(1, 0.7), 0.7, 1e-12);
        close(erlang_c(2, 1.0), 1.0 / 3.0, 1e-12);
        close(erlang_c(3, 2.0), 4.0 / 9.0, 1e-12);
        close(mean_wait(1, 0.5), 1.0, 1e-12);
    }

    #[test]
    fn delay_is_as_in_the_staffing_textbook_s_example() {
        // 100 calls in half an hour of 180 s each are 10 erlang; with 14 agents 17.4 % wait, 88.8 %
        // are answered within 20 s and the mean wait is 7.8 s: the widely published example.
        close(erlang_c(14, 10.0), 0.174, 5e-4);
        close(answered_within(14, 10.0, 20.0 / 180.0), 0.888, 5e-4);
        close(mean_wait(14, 10.0) * 180.0, 7.8, 0.05);
    }

    /// Erlang A from its birth-and-death chain, without the formulas: the shares of time with so many
    /// callers inside, and what becomes of one who finds them, step by step.
    struct Chain {
        agents: usize,
        load: f64,
        patience: f64,
        /// The share of time with 0, 1, 2 … callers inside.
        inside: Vec<f64>,
    }

    impl Chain {
        /// Beyond so many waiting there is nobody, as good as always, in the cases below.
        const WAITING_MAX: usize = 400;

        fn new(agents: usize, load: f64, patience: f64) -> Chain {
            let leave = |inside: usize| {
                inside.min(agents) as f64 + inside.saturating_sub(agents) as f64 / patience
            };
            let mut inside = vec![1.0];
            for state in 1..=agents + Self::WAITING_MAX {
                inside.push(inside[state - 1] * load / leave(state));
            }
            let sum: f64 = inside.iter().sum();
            inside.iter_mut().for_each(|it| *it /= sum);
            Chain { agents, load, patience, inside }
        }

        fn wait(&self) -> f64 {
            self.inside[self.agents..].iter().sum()
        }

        fn mean_wait(&self) -> f64 {
            let numbered = self.inside[self.agents..].iter().enumerate();
            numbered.map(|(waiting, share)| waiting as f64 * share).sum::<f64>() / self.load
        }

        fn abandoned(&self) -> f64 {
            let busy: f64 =
                self.inside.iter().enumerate().map(|(n, it)| n.min(self.agents) as f64 * it).sum();
            1.0 - busy / self.load
        }

        /// The chance of being answered by `time` for who has 0, 1, 2 … others before, by the
        /// differential equations of the position, with the method of Runge and Kutta.
        fn answered_within(&self, time: f64) -> f64 {
            const STEPS: usize = 4_000;
            let step = time / STEPS as f64;
            let mut chance = vec![0.0; Self::WAITING_MAX + 1];
            for _ in 0..STEPS {
                let k1 = self.slope(&chance, &chance, 0.0);
                let k2 = self.slope(&chance, &k1, step / 2.0);
                let k3 = self.slope(&chance, &k2, step / 2.0);
                let k4 = self.slope(&chance, &k3, step);
                for (i, it) in chance.iter_mut().enumerate() {
                    *it += step / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
                }
            }
            let waited = self.inside[self.agents..].iter().zip(&chance);
            self.inside[..self.agents].iter().sum::<f64>()
                + waited.map(|(share, chance)| share * chance).sum::<f64>()
        }

        /// The slope of the chances at `chance + by × along`: the one before in the queue goes, or an
        /// agent is free; or this one hangs up, and has no chance any more.
        fn slope(&self, chance: &[f64], along: &[f64], by: f64) -> Vec<f64> {
            let at = |i: usize| chance[i] + by * along[i];
            let moves_up = |i: usize| self.agents as f64 + i as f64 / self.patience;
            let slope = |i: usize| {
                let next = if i == 0 { 1.0 } else { at(i - 1) };
                moves_up(i) * (next - at(i)) - at(i) / self.patience
            };
            (0..chance.len()).map(slope).collect()
        }
    }

    #[test]
    fn impatience_is_as_the_chain_of_its_states_says() {
        let cases = [
            (1, 0.5, 1.0),
            (1, 3.0, 0.2),
            (2, 1.9, 4.0),
            (7, 7.0, 0.5),
            (12, 20.0, 1.5),
            (50, 48.0, 2.0),
            (60, 66.0, 0.1),
        ];
        for (agents, load, patience) in cases {
            let chain = Chain::new(agents as usize, load, patience);
            let formula = ErlangA::new(agents, load, patience);
            close(formula.wait(), chain.wait(), 1e-12);
            close(formula.abandoned(), chain.abandoned(), 1e-12);
            close(formula.mean_wait(), chain.mean_wait(), 1e-12);
            for time in [0.02, 0.1, 0.5] {
                close(formula.answered_within(time), chain.answered_within(time), 1e-8);
            }
        }
    }

    #[test]
    fn impatience_is_as_worked_out_by_hand() {
        // Patience as long as talks: who is inside stays as long in the queue as with an agent, so the
        // number inside is Poisson's, as with endless agents (M/M/∞). One agent at load 1: 1 − 1/e
        // wait, 1/e are lost; two agents: 1 − 2/e and 3/e − 1.
        let e = std::f64::consts::E;
        let one = ErlangA::new(1, 1.0, 1.0);
        close(one.wait(), 1.0 - 1.0 / e, 1e-12);
        close(one.abandoned(), 1.0 / e, 1e-12);
        close(one.mean_wait(), 1.0 / e, 1e-12);
        let two = ErlangA::new(2, 1.0, 1.0);
        close(two.wait(), 1.0 - 2.0 / e, 1e-12);
        close(two.abandoned(), 3.0 / e - 1.0, 1e-12);
    }

    #[test]
    fn impatience_is_as_in_the_article_s_example() {
        // Garnett, Mandelbaum and Reiman, Designing a call center with impatient customers, 2002: 50
        // agents, 48 calls a minute of 1 minute, patience 2 minutes: 3.1 % are lost, the mean wait is
        // 3.7 s; with endless patience 20.8 s.
        let article = ErlangA::new(50, 48.0, 2.0);
        close(article.abandoned(), 0.031, 5e-4);
        close(article.mean_wait() * 60.0, 3.7, 0.05);
        close(mean_wait(50, 48.0) * 60.0, 20.8, 0.05);
    }

    #[test]
    fn endless_patience_is_erlang_c_and_none_is_erlang_b() {
        for (agents, load) in [(1, 0.7), (3, 1.5), (14, 10.0), (60, 57.0)] {
            let endless = ErlangA::new(agents, load, 1e9);
            close(endless.wait(), erlang_c(agents, load), 1e-6);
            close(endless.abandoned(), 0.0, 1e-8);
            close(endless.mean_wait(), mean_wait(agents, load), 1e-5);
            let in_time = answered_within(agents, load, 0.1);
            close(endless.answered_within(0.1), in_time, 1e-6);
        }
        for (agents, load) in [(1, 0.7), (14, 10.0), (14, 20.0)] {
            let none = ErlangA::new(agents, load, 1e-9);
            let lost = erlang_b(agents, load);
            close(none.wait(), lost, 1e-6);
            close(none.abandoned(), lost, 1e-6);
            close(none.mean_wait(), 0.0, 1e-8);
            close(none.answered_within(0.1), 1.0 - lost, 1e-6);
        }
    }

    #[test]
    fn who_is_answered_at_all_is_answered_some_time() {
        let queue = ErlangA::new(12, 20.0, 1.5);
        close(queue.answered_within(0.0), 1.0 - queue.wait(), 1e-12);
        close(queue.answered_within(100.0), 1.0 - queue.abandoned(), 1e-12);
        // Far above the agents' number all are busy, and just the rest is lost.
        close(ErlangA::new(10, 40.0, 1.0).abandoned(), 0.75, 1e-6);
    }

    #[test]
    fn an_overloaded_queue_never_ends() {
        close(erlang_c(3, 3.0), 1.0, 0.0);
        assert!(mean_wait(3, 3.5).is_infinite());
        close(answered_within(3, 3.5, 10.0), 0.0, 0.0);
    }
}
