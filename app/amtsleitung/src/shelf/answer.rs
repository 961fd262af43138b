// SPDX-License-Identifier: EUPL-1.2
//! The answer for the place: what is meant, what there is to say about it, and who is responsible there.

use super::{every, responsibility, unreadable};
use crate::Lang;
use catalogue::search::{Document, Hit, Index, Query, Synonyms};
use catalogue::xzufi::{Ident, object_from_xml};
use catalogue::{Service, Unit};
use knowledge::{AreaKey, Responsible, WhyNone, responsible};
use std::collections::BTreeMap;
use stdx::Timestamp;
use store::{Catalogue, ObjectKey};

/// All services in memory, ready to be asked for; what they say at length stays in the tables.
#[derive(Debug)]
pub struct Services {
    /// In the order of their ids.
    pub all: Vec<Service>,
    index: Index,
}

/// Who is responsible for a service at a place.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who, or why nobody.
    pub responsible: Result<Responsible, WhyNone>,
    /// The ids behind the numbers of units.
    pub idents: Vec<Ident>,
    /// The units that the catalogue has, by number.
    pub units: BTreeMap<u64, Unit>,
}

impl Services {
    /// Reads them, and makes the index.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn read(catalogue: &mut Catalogue, lang: Lang) -> Result<Services, String> {
        let mut all = Vec::new();
        let cannot = |error| unreadable(lang, &error);
        every(catalogue, "leistung", cannot, &mut |object| {
            all.push(Service::of(&object));
            Ok(())
        })?;
        let documents: Vec<Document> = all.iter().map(Service::document).collect();
        let index = Index::new(&documents, Synonyms::own());
        Ok(Services { all, index })
    }

    /// Those that fit best.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<(&Service, Hit)> {
        let hits = self.index.search(query, limit).into_iter();
        hits.filter_map(|hit| Some((self.all.get(hit.document)?, hit))).collect()
    }

    /// How many are not found, because there are too many.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.index.left_out()
    }
}

/// Who is responsible for a service at a place and moment.
///
/// # Errors
/// If the tables cannot be read.
pub fn answer(
    catalogue: &mut Catalogue,
    service: &Service,
    place: AreaKey,
    at: Timestamp,
) -> Result<Answer, store::Error> {
    let areas: Vec<String> = place.and_above().map(|area| area.to_string()).collect();
    let ident = (service.ident.agency.as_str(), service.ident.id.as_str());
    let rows = catalogue.responsible(ident, &areas)?;
    let mut idents = Vec::new();
    let rows: Vec<_> = rows.iter().filter_map(|row| responsibility(row, &mut idents)).collect();
    let responsible = responsible(&rows, &service.areas, place, None, at);
    let mut units = BTreeMap::new();
    for found in responsible.iter().flat_map(|it| &it.units) {
        let Some(ident) = usize::try_from(found.unit.0).ok().and_then(|at| idents.get(at)) else {
            continue;
        };
        if let Some(unit) = unit(catalogue, ident)? {
            units.insert(found.unit.0, unit);
        }
    }
    Ok(Answer { responsible, idents, units })
}

fn unit(catalogue: &mut Catalogue, ident: &Ident) -> Result<Option<Unit>, store::Error> {
    let key = ObjectKey {
        kind: "organisationseinheit".to_owned(),
        agency: ident.agency.clone(),
        id: ident.id.clone(),
    };
    let xml = catalogue.object(&key)?;
    let object = xml.and_then(|xml| object_from_xml(&xml).ok());
    Ok(object.as_ref().map(Unit::of))
}
