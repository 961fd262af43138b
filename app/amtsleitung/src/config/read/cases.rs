// SPDX-License-Identifier: EUPL-1.2
//! By when somebody comes back to citizens.

use crate::config::county::CaseRules;
use crate::config::reader::{Fields, Reader};
use crate::config::schema::{Kind, Table};
use promise::FEEDBACK_DEFINITIONS;

/// The table; none if it is not there.
pub(super) fn cases(reader: &mut Reader<'_>, root: &Fields<'_, '_>) -> Option<CaseRules> {
    let fields = reader.table(root, "cases", Table::Cases)?;
    let hours = reader.reference(&fields, "hours", Kind::Hours);
    let definition = match fields.get("clock") {
        None => FEEDBACK_DEFINITIONS.first().copied(),
        Some(_) => {
            let clock = reader.word(&fields, "clock", &CaseRules::CLOCKS);
            clock.and_then(|clock| FEEDBACK_DEFINITIONS.get(clock)).copied()
        }
    };
    Some(CaseRules { hours, definition: definition? })
}
