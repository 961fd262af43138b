// SPDX-License-Identifier: EUPL-1.2
//! The built pages. Names of files carry a hash, so that only the first page is asked for again.

use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};

use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use rust_embed::RustEmbed;
use std::fmt::Write as _;

/// What `cargo xtask ui` has built, if it has.
#[derive(RustEmbed)]
#[folder = "../../ui/dist"]
#[allow_missing = true]
struct Built;

/// What is shown where nothing was built.
const NOT_BUILT: &str =
    "Die Seiten sind nicht gebaut: cargo xtask ui\nThe pages are not built: cargo xtask ui\n";

/// A file of the pages; every other path is one of their own, which the first page knows.
pub(crate) async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    match Built::get(path).filter(|_| !path.is_empty()) {
        Some(file) => answer(path, &file, &headers),
        // A file that is not there any more is none of the pages' own paths.
        None if path.starts_with("assets/") => StatusCode::NOT_FOUND.into_response(),
        None => match Built::get("index.html") {
            Some(file) => answer("index.html", &file, &headers),
            None => (StatusCode::SERVICE_UNAVAILABLE, NOT_BUILT).into_response(),
        },
    }
}

fn answer(path: &str, file: &rust_embed::EmbeddedFile, headers: &HeaderMap) -> Response {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..16] {
        let _infallible = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    let caching = match path.starts_with("assets/") {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    let fields = [(CACHE_CONTROL, caching), (ETAG, &tag), (CONTENT_TYPE, kind(path))];
    let asked = headers.get(IF_NONE_MATCH).and_then(|it| it.to_str().ok());
    if asked.is_some_and(|asked| asked.contains(&tag)) {
        return (StatusCode::NOT_MODIFIED, fields).into_response();
    }
    (fields, file.data.clone().into_owned()).into_response()
}

/// What a file is, by the end of its name.
fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, end)| end) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("json" | "webmanifest") => "application/json",
        Some("txt") => "text/plain; charset=utf-8",
        Some(_) | None => "application/octet-stream",
    }
}
