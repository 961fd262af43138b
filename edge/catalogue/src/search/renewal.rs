// SPDX-License-Identifier: EUPL-1.2
//! An index with some other documents: an edit is found at once, and not after all others were read anew.

use super::index::{DOCUMENTS_MAX, Document, Index};
use std::collections::BTreeSet;

/// One in so many documents may change before the index has to be made anew: the lengths and the words by which all are
/// measured are still those that it was made with.
const SHARE_MAX: usize = 10;

impl Index {
    /// The same with these documents changed, added or gone. A number behind the last one is a new document; they come
    /// one after the other. None if so many have changed that the index has to be made anew.
    #[must_use]
    pub fn renewed(&self, changed: &[(usize, Option<&Document>)]) -> Option<Index> {
        let last = changed.iter().map(|(number, _)| number + 1).max().unwrap_or_default();
        let renewed = self.renewals() + changed.len();
        let few = self.documents().max(1).div_ceil(SHARE_MAX);
        if renewed > few || last.max(self.documents()) > DOCUMENTS_MAX {
            return None;
        }
        let mut index = self.clone();
        index.note_renewals(renewed);
        let gone: BTreeSet<u32> = changed.iter().map(|(number, _)| *number as u32).collect();
        index.forget(&gone);
        let there = changed.iter().filter_map(|(number, it)| Some((*number, (*it)?)));
        index.add_some(&there.collect::<Vec<_>>());
        Some(index)
    }

    fn forget(&mut self, gone: &BTreeSet<u32>) {
        for posted in &mut self.postings {
            posted.retain(|posting| !gone.contains(&posting.document));
        }
        self.names.retain(|_, called| {
            called.retain(|document| !gone.contains(document));
            !called.is_empty()
        });
        for document in gone {
            if let Some(areas) = self.areas.get_mut(*document as usize) {
                areas.clear();
            }
        }
    }

    /// Makes room for terms, which are in order; says which number each of them has.
    pub(super) fn make_room(&mut self, terms: &[String]) -> Vec<u32> {
        let new: Vec<&String> = terms.iter().filter(|term| self.term(term).is_none()).collect();
        if !new.is_empty() {
            let before = std::mem::take(&mut self.terms);
            let mut numbers = Vec::with_capacity(before.len());
            let mut postings = Vec::with_capacity(before.len() + new.len());
            let mut letters = Vec::with_capacity(before.len() + new.len());
            let mut coming = new.into_iter().peekable();
            let old = before.into_iter().zip(std::mem::take(&mut self.postings));
            for ((term, posted), bits) in old.zip(std::mem::take(&mut self.letters)) {
                while let Some(first) = coming.next_if(|first| **first < term) {
                    self.terms.push(first.clone());
                    postings.push(Vec::new());
                    letters.push(super::distance::letters(first));
                }
                numbers.push(self.terms.len() as u32);
                self.terms.push(term);
                postings.push(posted);
                letters.push(bits);
            }
            for first in coming {
                self.terms.push(first.clone());
                postings.push(Vec::new());
                letters.push(super::distance::letters(first));
            }
            (self.postings, self.letters) = (postings, letters);
            self.alike.renumber(&numbers, &self.terms);
        }
        let number = |term: &String| self.term(term).expect("it is there now") as u32;
        terms.iter().map(number).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::index::name_of;
    use crate::search::{Field, Query, Synonyms};
    use proptest::collection::vec;
    use proptest::prelude::*;

    fn document(title: &str) -> Document {
        Document { fields: vec![(Field::Title, title.to_owned())], areas: Vec::new() }
    }

    fn found(index: &Index, text: &str) -> Vec<usize> {
        let query = Query { text, is_typing: false, place: None };
        index.search(&query, 10).into_iter().map(|hit| hit.document).collect()
    }

    #[test]
    fn an_edit_is_found_and_what_was_there_before_is_not() {
        let documents: Vec<Document> =
            (0..40).map(|n| document(&format!("Dienst{n} Amt"))).collect();
        let index = Index::new(&documents, Synonyms::own());
        let (edited, new) = (document("Ballonfahrtgenehmigung"), document("Zauberschein"));
        let renewed = index.renewed(&[(7, Some(&edited)), (40, Some(&new)), (3, None)]);
        let renewed = renewed.expect("few have changed");
        assert_eq!(found(&renewed, "Ballonfahrtgenehmigung")[0], 7);
        assert_eq!(found(&renewed, "Zauberschein")[0], 40);
        assert!(!found(&renewed, "Dienst7").contains(&7));
        assert!(!found(&renewed, "Dienst3 Amt").contains(&3));
        assert_eq!(found(&renewed, "Dienst8")[0], 8);
        // The old one answers as before.
        assert_eq!(found(&index, "Dienst7")[0], 7);
        let many: Vec<(usize, Option<&Document>)> = (0..5).map(|n| (n, Some(&edited))).collect();
        assert!(index.renewed(&many).is_none());
        assert!(renewed.renewed(&many[..3]).is_none(), "those before count too");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_renewed_index_finds_each_document_by_its_title(
            titles in vec("[a-zäöü]{3,9}( [a-zäöü]{3,9}){0,2}", 30..40),
            edited in "[a-zäöü]{4,12}( [a-zäöü]{4,12}){0,2}",
            at in 0_usize..30,
        ) {
            let mut documents: Vec<Document> = titles.iter().map(|it| document(it)).collect();
            let index = Index::new(&documents, Synonyms::own());
            documents[at] = document(&edited);
            let renewed = index.renewed(&[(at, Some(&documents[at]))]).expect("one in thirty");
            prop_assert!(found(&renewed, &edited).contains(&at), "{}", edited);
            for (place, document) in documents.iter().enumerate() {
                let title = &document.fields[0].1;
                prop_assert!(found(&renewed, title).first().is_some_and(|first| {
                    name_of(title) == name_of(&documents[*first].fields[0].1) || *first == place
                }), "{}", title);
            }
            prop_assert!(renewed.terms.is_sorted());
        }
    }
}
