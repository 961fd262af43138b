// SPDX-License-Identifier: EUPL-1.2
//! Joins the parts of a telephone service centre: its configuration and its command line.
#![forbid(unsafe_code)]

pub mod clock;
pub mod commands;
pub mod config;
pub mod contacts;
pub mod data;
pub mod difference;
pub mod directory;
pub mod earlier;
pub mod effect;
pub mod entropy;
pub mod erasure;
pub mod explain;
pub mod feedback;
pub mod figures;
pub mod keeper;
pub mod output;
pub mod pages;
pub mod post;
pub mod practice;
pub mod prompts;
pub mod recall;
pub mod rehearsal;
pub mod report;
pub mod service;
pub mod shelf;
pub mod start;
pub mod table;
pub mod views;
pub mod vouching;
pub mod workbook;

pub use web::lang::Lang;
