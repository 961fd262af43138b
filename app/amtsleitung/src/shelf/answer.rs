// SPDX-License-Identifier: EUPL-1.2
//! The answer for the place: what is meant, what there is to say about it, and who is responsible there.

use super::{every, responsibility, synonyms, unreadable};
use crate::Lang;
use catalogue::search::{Document, Hit, Index, Query};
use catalogue::xzufi::{Ident, object_from_xml};
use catalogue::{Service, Unit};
use knowledge::{AreaKey, Responsible, WhyNone, responsible};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use stdx::Timestamp;
use store::{Catalogue, ObjectKey};

/// All services in memory, ready to be asked for; what they say at length stays in the tables.
#[derive(Debug)]
pub struct Services {
    /// In the order of their ids; behind them those that are new since.
    pub all: Vec<Arc<Service>>,
    /// The place of each.
    places: BTreeMap<Ident, usize>,
    index: Index,
    /// The operator's synonyms, as they are kept.
    synonyms: String,
}

/// The kind of a service.
const SERVICE: &str = "leistung";

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
        every(catalogue, SERVICE, cannot, &mut |object| {
            all.push(Arc::new(Service::of(&object)));
            Ok(())
        })?;
        let documents: Vec<Document> = all.iter().map(|service| service.document()).collect();
        let synonyms = synonyms::kept(catalogue).map_err(cannot)?;
        let index = Index::new(&documents, synonyms::with_own(&synonyms));
        let places = all.iter().enumerate().map(|(place, service)| (service.ident.clone(), place));
        Ok(Services { places: places.collect(), all, index, synonyms })
    }

    /// With what is new: `news` are the objects that are others, or none if that is not known.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn renewed(
        &self,
        catalogue: &mut Catalogue,
        news: Option<&BTreeSet<ObjectKey>>,
        lang: Lang,
    ) -> Result<Services, String> {
        let cannot = |error| unreadable(lang, &error);
        let Some(news) = news else { return Services::read(catalogue, lang) };
        let (mut all, mut places) = (self.all.clone(), self.places.clone());
        let mut changed: Vec<(usize, Option<Document>)> = Vec::new();
        for key in news.iter().filter(|key| key.kind == SERVICE) {
            let ident = Ident { agency: key.agency.clone(), id: key.id.clone() };
            let object = catalogue.object(key).map_err(cannot)?;
            let service = object.and_then(|xml| object_from_xml(&xml).ok());
            let service = service.map(|object| Arc::new(Service::of(&object)));
            match (service, places.get(&ident)) {
                (Some(service), Some(place)) => {
                    changed.push((*place, Some(service.document())));
                    all[*place] = service;
                }
                (Some(service), None) => {
                    changed.push((all.len(), Some(service.document())));
                    places.insert(ident, all.len());
                    all.push(service);
                }
                // It is not found any more; what it was stays where others count on its place.
                (None, Some(place)) => {
                    changed.push((*place, None));
                    places.remove(&ident);
                }
                (None, None) => {}
            }
        }
        let others: Vec<_> = changed.iter().map(|(place, it)| (*place, it.as_ref())).collect();
        let Some(index) = self.index.renewed(&others) else {
            return Services::read(catalogue, lang);
        };
        let kept = synonyms::kept(catalogue).map_err(cannot)?;
        let index = match kept == self.synonyms {
            true => index,
            false => index.with(synonyms::with_own(&kept)),
        };
        Ok(Services { all, places, index, synonyms: kept })
    }

    /// The service of this office with this id.
    #[must_use]
    pub fn of(&self, ident: &Ident) -> Option<&Service> {
        self.places.get(ident).and_then(|place| self.all.get(*place)).map(Arc::as_ref)
    }

    /// Those that fit best.
    pub fn search(&self, query: &Query<'_>, limit: usize) -> Vec<(&Service, Hit)> {
        let hits = self.index.search(query, limit).into_iter();
        hits.filter_map(|hit| Some((self.all.get(hit.document)?.as_ref(), hit))).collect()
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
