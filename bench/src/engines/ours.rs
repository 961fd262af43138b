// SPDX-License-Identifier: EUPL-1.2
//! Our own search.

use catalogue::search::{Document, Index, Query, Synonyms};

use super::Engine;
use crate::score::LIMIT;

pub(super) struct Ours {
    index: Index,
}

impl Ours {
    pub(super) fn new(documents: &[Document], synonyms: &Synonyms) -> Ours {
        Ours { index: Index::new(documents, synonyms.clone()) }
    }
}

impl Engine for Ours {
    fn search(&self, text: &str) -> Vec<usize> {
        let query = Query { text, is_typing: false, place: None };
        self.index.search(&query, LIMIT).into_iter().map(|hit| hit.document).collect()
    }
}
