// SPDX-License-Identifier: EUPL-1.2
//! What pages are told of the catalogue, and what they tell the editors.

use crate::words::Moment;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was found.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FoundServices {
    /// How the catalogue is.
    pub state: StateWord,
    /// The services that fit, the best first.
    pub hits: Vec<ServiceHit>,
    /// Whether there are more than these.
    pub more: bool,
}

/// How the catalogue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateWord {
    /// It can be asked.
    Ready,
    /// It is being read.
    Reading,
    /// There is none.
    Empty,
    /// It cannot be read.
    Broken,
}

/// A service that fits.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ServiceHit {
    /// The office that has given the id; may be empty.
    pub agency: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Another name that people know it by.
    pub also: Option<String>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PlaceWord {
    /// Its regional key.
    pub area: String,
    /// Its name.
    pub name: String,
}

/// The places that fit.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct FoundPlaces {
    /// The likeliest first.
    pub places: Vec<PlaceWord>,
    /// How many more there are.
    pub more: usize,
}

/// Where the caller may live: hints, to be confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProposedPlaces {
    /// The likeliest first.
    pub places: Vec<PlaceWord>,
    /// Whether the first is the line's own, or all that is known hints at it.
    pub likely: bool,
    /// The area code of the caller's number, if a place has it.
    pub area_code: Option<String>,
}

/// The answer for a place.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Answer {
    /// The office that has given the id; may be empty.
    pub agency: String,
    /// The service's id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// For where; none if no place was asked for.
    pub place: Option<PlaceWord>,
    /// What is read aloud.
    pub aloud: Option<String>,
    /// The papers, one by one.
    pub papers: Vec<String>,
    /// What it costs.
    pub costs: Option<String>,
    /// How long it takes.
    pub duration: Option<String>,
    /// By when.
    pub deadline: Option<String>,
    /// What has to be so.
    pub conditions: Option<String>,
    /// Who is responsible there.
    pub units: Vec<UnitWord>,
    /// Parts of the place where somebody else is.
    pub different_in: Vec<PlaceWord>,
    /// Why nobody is responsible, in a sentence.
    pub why_none: Option<String>,
    /// When the source was changed last.
    pub changed: Option<Moment>,
}

/// A unit that is responsible.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UnitWord {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// As what.
    pub role: RoleWord,
    /// Street and town.
    pub address: Option<String>,
    /// Its telephone, or the mobile one.
    pub telephone: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// Its opening hours, where they are words and no rule.
    pub hours: Option<String>,
    /// Whether it is open; none if nobody knows.
    pub open: Option<bool>,
    /// When that changes, if that is known.
    pub changes: Option<Moment>,
}

/// As what a unit is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleWord {
    /// Where people turn to.
    ContactPoint,
    /// Who decides.
    Responsible,
    /// Another role.
    Other,
}

/// What was asked for and is not in the catalogue, or wrong in it.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTask {
    /// Which of both.
    pub kind: TaskKind,
    /// In the caller's words.
    pub words: String,
    /// The service that it is about.
    pub service: Option<ServiceRef>,
    /// The regional key of the place that it is about.
    pub place: Option<String>,
}

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TaskKind {
    /// Nothing was found.
    NotFound,
    /// Something is wrong or out of date.
    Wrong,
}

/// A service by its id.
#[derive(Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ServiceRef {
    /// The office that has given the id; may be empty.
    pub agency: String,
    /// The id.
    pub id: String,
}

/// A task that the editors have.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct TaskKept {
    /// Its number on their list.
    pub number: i64,
}
