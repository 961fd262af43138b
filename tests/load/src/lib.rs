// SPDX-License-Identifier: EUPL-1.2
//! What both programs measure with.
#![forbid(unsafe_code)]

pub mod bare;
pub mod clock;
pub mod process;
pub mod stats;
