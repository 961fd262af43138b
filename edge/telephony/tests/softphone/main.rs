// SPDX-License-Identifier: EUPL-1.2
//! Browsers' telephones beside the real telephone side of a centre: pages with full ICE on real sockets, a caller by
//! SIP, and every packet looked at.

mod any_order;
mod bench;
mod browser;
mod caller;
mod calls;
mod offers;
