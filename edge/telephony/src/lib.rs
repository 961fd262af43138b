// SPDX-License-Identifier: EUPL-1.2
//! SIP and RTP on real sockets.
#![forbid(unsafe_code)]

pub mod clip;
pub mod media;
mod names;
pub mod prompts;
pub mod signalling;
pub mod softphone;
pub mod tls;
