// SPDX-License-Identifier: EUPL-1.2
//! What callers of each administration would be told about each service today.

use super::answer::{Answer, answer};
use catalogue::{Channel, Service, Unit};
use knowledge::{AreaKey, Coverage, Described, Reachable, coverage};
use std::sync::Arc;
use stdx::Timestamp;
use store::Catalogue;

/// One service at one administration.
#[derive(Clone, Debug)]
pub struct Covered<'s> {
    /// Which service.
    pub service: &'s Service,
    /// What callers are told.
    pub coverage: Coverage,
    /// The unit that they are told.
    pub unit: Option<Unit>,
}

/// Looks at every service at this place.
///
/// # Errors
/// If the tables cannot be read.
pub fn covered<'s>(
    catalogue: &mut Catalogue,
    services: &'s [Arc<Service>],
    place: AreaKey,
    at: Timestamp,
) -> Result<Vec<Covered<'s>>, store::Error> {
    let mut all = Vec::with_capacity(services.len());
    for service in services {
        let Answer { responsible, units, .. } = answer(catalogue, service, place, at)?;
        let described = Described { has_text: service.has_text(), changed: service.changed };
        let told = coverage(described, responsible, |unit| units.get(&unit.0).map(reachable));
        let unit = match &told {
            Coverage::Answered { unit, .. } => units.get(&unit.0).cloned(),
            Coverage::Unanswered(_) => None,
        };
        all.push(Covered { service, coverage: told, unit });
    }
    Ok(all)
}

fn reachable(unit: &Unit) -> Reachable {
    let telephone = unit.channel(Channel::Telephone).or_else(|| unit.channel(Channel::Mobile));
    Reachable { telephone: telephone.is_some(), hours: unit.hours.is_some() }
}
