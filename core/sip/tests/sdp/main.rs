// SPDX-License-Identifier: EUPL-1.2
//! Session descriptions: cases and stories as text, limits, and what holds for every description.

mod cases;
mod common;
mod limits;
mod properties;
mod states;
