// SPDX-License-Identifier: EUPL-1.2
//! The whole centre: stories, every event in every situation, and a second opinion on random days.

mod estimates;
mod every_event;
mod random_days;
mod random_setup;
mod reference;
mod stories;
mod story;
mod unlawful_setups;
