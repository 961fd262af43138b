// SPDX-License-Identifier: EUPL-1.2
//! What an agent says of a talk: first it is durable, then the desk shows it. What is shown as kept is kept.

use crate::centre::{Question, Said};
use crate::fields;
use crate::hub::Hub;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::words::{WrapUp, Written};
use promise::Resolution;
use stdx::{AgentId, ContactId, Redacted};

/// Keeps it, if the talk was this agent's; of one talk the last word holds. As it is kept.
pub(crate) async fn keep(
    hub: &Hub,
    (agent, lang): (AgentId, Lang),
    wrap_up: WrapUp,
) -> Result<WrapUp, Problem> {
    let wrap_up = fields::wrap_up(lang, wrap_up)?;
    let contact = ContactId(wrap_up.contact);
    let wrap_up = hub.named(agent, wrap_up).ok_or_else(|| Problem::not_found(lang))?;
    let words = Redacted::new(Written::of(&wrap_up).to_bytes());
    let said = Said { resolution: wrap_up.result.map(Resolution::from), words };
    let durable = hub.ask(|to| Question::WrapUp(agent, contact, said, to)).await;
    let is_durable = durable.map_err(|why| Problem::not_asked(lang, why))?;
    if !is_durable {
        return Err(Problem::not_found(lang));
    }
    hub.keep(agent, wrap_up.clone());
    Ok(wrap_up)
}
