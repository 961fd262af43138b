// SPDX-License-Identifier: EUPL-1.2
//! tantivy with what it brings for German: small letters, stop words, Snowball's stemmer.

use catalogue::search::Document;
use tantivy::collector::TopDocs;
use tantivy::query::QueryParser;
use tantivy::schema::{
    Field, IndexRecordOption, STORED, Schema, TextFieldIndexing, TextOptions, Value,
};
use tantivy::tokenizer::{
    Language, LowerCaser, RemoveLongFilter, SimpleTokenizer, Stemmer, StopWordFilter, TextAnalyzer,
};
use tantivy::{Index, IndexReader, TantivyDocument};

use super::{Engine, WEIGHTS, text, words};
use crate::score::LIMIT;

/// What its writer may take, in bytes: its least.
const MEMORY: usize = 15_000_000;

const ANALYSER: &str = "german";

pub(super) struct Stock {
    reader: IndexReader,
    parser: QueryParser,
    place: Field,
}

impl Stock {
    pub(super) fn new(documents: &[Document]) -> Stock {
        let mut schema = Schema::builder();
        let place = schema.add_u64_field("place", STORED);
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(ANALYSER)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let fields =
            WEIGHTS.map(|(field, _)| schema.add_text_field(&format!("{field:?}"), options.clone()));
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(ANALYSER, analyser());
        let mut writer = index.writer_with_num_threads(1, MEMORY).expect("memory is there");
        for (at, document) in documents.iter().enumerate() {
            let mut row = TantivyDocument::default();
            row.add_u64(place, at as u64);
            for (field, (kind, _)) in fields.iter().zip(WEIGHTS) {
                row.add_text(*field, text(document, kind));
            }
            writer.add_document(row).expect("the writer lives");
        }
        writer.commit().expect("memory takes them all");
        let mut parser = QueryParser::for_index(&index, fields.to_vec());
        for (field, (_, weight)) in fields.iter().zip(WEIGHTS) {
            parser.set_field_boost(*field, weight);
        }
        let reader = index.reader().expect("the index is there");
        Stock { reader, parser, place }
    }
}

fn analyser() -> TextAnalyzer {
    TextAnalyzer::builder(SimpleTokenizer::default())
        .filter(RemoveLongFilter::limit(60))
        .filter(LowerCaser)
        .filter(StopWordFilter::new(Language::German).expect("it has a list for German"))
        .filter(Stemmer::new(Language::German))
        .build()
}

impl Engine for Stock {
    fn search(&self, text: &str) -> Vec<usize> {
        let (query, _) = self.parser.parse_query_lenient(&words(text).join(" "));
        let searcher = self.reader.searcher();
        let best = TopDocs::with_limit(LIMIT).order_by_score();
        let found = searcher.search(&query, &best).expect("memory is read");
        let place = |(_, address)| {
            let document: TantivyDocument = searcher.doc(address).ok()?;
            usize::try_from(document.get_first(self.place)?.as_u64()?).ok()
        };
        found.into_iter().filter_map(place).collect()
    }
}
