// SPDX-License-Identifier: EUPL-1.2
//! The whole centre: stories, every event in every situation, and a second opinion on random days.

mod adopting;
mod any_day;
mod damage;
mod estimates;
mod every_event;
mod handing_on;
mod new_rules;
mod random_days;
mod random_setup;
mod reference;
mod saved_days;
mod stories;
mod story;
mod unlawful_setups;
