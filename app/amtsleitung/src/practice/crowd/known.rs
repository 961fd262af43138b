// SPDX-License-Identifier: EUPL-1.2
//! What people know of a line before a telephone tells them anything: its number, and for those who
//! work there how long it rings and how long wrap-up is.

use crate::config::County;
use crate::config::county::Line;
use crate::config::number::{Numbers, Plan};
use stdx::Micros;

/// What somebody who works in the centre or calls it knows of a line.
#[derive(Clone, Debug)]
pub(super) struct Known {
    number: Option<Numbers>,
    pub(super) ring: Micros,
    pub(super) wrap_up: Micros,
    pub(super) short_abandon: Micros,
}

impl Known {
    pub(super) fn of(county: &County, line: &Line) -> Known {
        let service = line.service();
        let queue = service.and_then(|service| county.queues.get(service.queue.index()));
        Known {
            number: line.numbers.first().copied(),
            ring: queue.map_or(Micros::ZERO, |queue| queue.ring),
            wrap_up: service.map_or(Micros::ZERO, |service| service.wrap_up),
            short_abandon: service.map_or(Micros::ZERO, |service| service.short_abandon),
        }
    }

    /// One of its numbers as a person dials it.
    pub(super) fn dialled(&self, person: u64) -> Option<String> {
        let Numbers { plan, digits, first, last } = self.number?;
        let (number, width) = (first + person % (last - first + 1), usize::from(digits));
        let plus = match plan {
            Plan::E164 => "+",
            Plan::Short => "",
        };
        Some(format!("{plus}{number:0width$}"))
    }
}
