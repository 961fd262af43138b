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

    #[test]
    fn an_overloaded_queue_never_ends() {
        close(erlang_c(3, 3.0), 1.0, 0.0);
        assert!(mean_wait(3, 3.5).is_infinite());
        close(answered_within(3, 3.5, 10.0), 0.0, 0.0);
    }
}
