// SPDX-License-Identifier: EUPL-1.2
//! Finds the service that is meant, while somebody still speaks.
//!
//! ```text
//!   text ─▶ words ─▶ folded ─▶ whole word ─────────▶ stem ─┐
//!                        └───▶ parts of a compound ─▶ stem ┴▶ terms
//!   query: terms, and for each what else it may be: a beginning, a synonym, a slip of the keyboard
//! ```
//!
//! The rule to keep: a compound is found by its parts *and* as a whole, and the whole counts more. The words
//! that compounds are made of are the catalogue's own, and a short list of words of administration.

mod alike;
mod compound;
mod distance;
mod german;
mod groups;
mod index;
mod query;
mod renewal;
mod synonyms;

pub use groups::{BYTES_MAX, BadGroup, GROUPS_MAX, Groups, LINE_MAX, NAMES_MAX, WORDS_MAX};
pub use index::{DOCUMENTS_MAX, Document, Field, Index};
pub use query::{Hit, QUERY_CHARS_MAX, Query};
pub use synonyms::Synonyms;
