// SPDX-License-Identifier: EUPL-1.2
//! Opening hours as an authority would check them.

mod any_text;
mod common;
mod expansion;
mod explanation;
mod holidays;
mod local;
mod rules;
mod wall_clock;
