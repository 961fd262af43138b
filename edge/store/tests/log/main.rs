// SPDX-License-Identifier: EUPL-1.2
//! The log on both engines. `cargo xtask check` starts a PostgreSQL server and names it in
//! `AMTSLEITUNG_POSTGRES`; without one the cases for it say so and pass.

mod append;
mod cases;
mod catalogue;
mod chain;
mod golden;
mod keys;
mod place;
mod samples;
mod seal;
mod wrap_ups;
mod writer;

/// The same cases on either engine.
macro_rules! on_both {
    ($($case:ident),* $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $case() {
                super::$case(crate::place::Ground::sqlite());
            })*
        }
        mod postgres {
            $(#[test]
            fn $case() {
                if let Some(ground) = crate::place::Ground::postgres() {
                    super::$case(ground);
                }
            })*
        }
    };
}
use on_both;
