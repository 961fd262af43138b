// SPDX-License-Identifier: EUPL-1.2
//! The HTML in texts of catalogues: reduced to what XZuFi allows, or to plain text to be read aloud.
//!
//! Whatever is not on the list is taken away: a tag goes and its text stays, but for scripts and styles,
//! whose text goes too. Every attribute goes but the address of a link, and that only if it leads to the web,
//! to mail or to a telephone.

/// The tags that stay.
const ALLOWED: [&str; 17] = [
    "p", "br", "h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "i", "em", "sup", "sub", "ul",
    "ol", "li",
];

/// Tags whose text is no text for people.
const SILENT: [&str; 4] = ["script", "style", "iframe", "object"];

/// What a link may lead to.
const SCHEMES: [&str; 4] = ["https://", "http://", "mailto:", "tel:"];

/// A piece of HTML.
enum Piece<'a> {
    Text(&'a str),
    /// A tag: its name in small letters, whether it closes, and what stands behind the name.
    Tag(String, bool, &'a str),
}

/// HTML with nothing but what is allowed; tags that were left open are closed.
#[must_use]
pub fn safe(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut open: Vec<String> = Vec::new();
    for piece in heard(html) {
        match piece {
            Piece::Text(text) => out.push_str(&escaped(&decoded(text))),
            Piece::Tag(name, false, rest) => {
                let Some(tag) = opened(&name, rest) else { continue };
                out.push_str(&tag);
                if name != "br" {
                    open.push(name);
                }
            }
            Piece::Tag(name, true, _) => {
                if let Some(at) = open.iter().rposition(|it| *it == name) {
                    close(&mut out, open.drain(at..));
                }
            }
        }
    }
    close(&mut out, open.drain(..));
    out
}

fn close(out: &mut String, tags: impl DoubleEndedIterator<Item = String>) {
    tags.rev().for_each(|tag| out.push_str(&format!("</{tag}>")));
}

/// Text alone: paragraphs and items of lists as lines.
#[must_use]
pub fn plain(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    for piece in heard(html) {
        match piece {
            Piece::Text(text) => out.push_str(&decoded(text)),
            Piece::Tag(name, closes, _) => match (name.as_str(), closes) {
                ("li", false) => out.push_str("\n- "),
                ("p" | "br" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol", _) => {
                    out.push('\n');
                }
                _ => {}
            },
        }
    }
    let lines = out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty() && line != "-").collect::<Vec<_>>().join("\n")
}

/// Plain text as HTML that [`plain`] gives back: lines that begin with a hyphen are items of a list.
#[must_use]
pub(crate) fn marked(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    if let [line] = lines.as_slice()
        && !line.starts_with("- ")
    {
        return escaped(line);
    }
    let mut out = String::with_capacity(text.len() + 8 * lines.len());
    let is_item = |line: &&str| line.starts_with("- ");
    for some in lines.chunk_by(|a, b| is_item(a) == is_item(b)) {
        if !is_item(&some[0]) {
            some.iter().for_each(|line| out.push_str(&format!("<p>{}</p>", escaped(line))));
            continue;
        }
        let items = some.iter().map(|line| format!("<li>{}</li>", escaped(&line[2..])));
        out.push_str(&format!("<ul>{}</ul>", items.collect::<String>()));
    }
    out
}

/// The pieces that are for people.
fn heard(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut silent: Option<String> = None;
    pieces(html).filter(move |piece| match (&silent, piece) {
        (Some(name), Piece::Tag(closed, true, _)) if name == closed => {
            silent = None;
            false
        }
        (Some(_), _) => false,
        (None, Piece::Tag(name, false, _)) if SILENT.contains(&name.as_str()) => {
            silent = Some(name.clone());
            false
        }
        (None, _) => true,
    })
}

fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        loop {
            if rest.is_empty() {
                return None;
            }
            if let Some(comment) = rest.strip_prefix("<!--") {
                rest = comment.split_once("-->").map_or("", |(_, after)| after);
                continue;
            }
            let Some(inner) = rest.strip_prefix('<').filter(|inner| begins_tag(inner)) else {
                let from = usize::from(rest.starts_with('<'));
                let end = rest[from..].find('<').map_or(rest.len(), |at| at + from);
                let (text, after) = rest.split_at(end);
                rest = after;
                return Some(Piece::Text(text));
            };
            let (tag, after) = inner.split_once('>').unwrap_or((inner, ""));
            rest = after;
            return Some(tag_of(tag));
        }
    })
}

fn begins_tag(inner: &str) -> bool {
    inner.starts_with(|letter: char| letter.is_ascii_alphabetic() || "/!?".contains(letter))
}

fn tag_of(tag: &str) -> Piece<'_> {
    let (closes, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
    let end = tag.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(tag.len());
    let (name, rest) = tag.split_at(end);
    Piece::Tag(name.to_ascii_lowercase(), closes, rest)
}

fn opened(name: &str, rest: &str) -> Option<String> {
    if name == "a" {
        let to = address(rest)?;
        return Some(format!("<a href=\"{}\">", escaped(&to)));
    }
    ALLOWED.contains(&name).then(|| format!("<{name}>"))
}

/// Where a link leads, if it may.
fn address(rest: &str) -> Option<String> {
    let at = rest.to_ascii_lowercase().find("href")?;
    let value = rest[at + 4..].trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value[1..].split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    let value = decoded(value).trim().to_owned();
    let small = value.to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| small.starts_with(scheme)).then_some(value)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The entities that occur in German texts, and numbers.
const ENTITIES: [(&str, &str); 17] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("auml", "ä"),
    ("ouml", "ö"),
    ("uuml", "ü"),
    ("Auml", "Ä"),
    ("Ouml", "Ö"),
    ("Uuml", "Ü"),
    ("szlig", "ß"),
    ("euro", "€"),
    ("ndash", "–"),
    ("sect", "§"),
    ("shy", ""),
];

/// Text as it is meant; characters that nobody sees are left out.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.find(';').filter(|end| *end <= 9);
        match end.and_then(|end| Some((end, entity(&from[1..end])?))) {
            Some((end, letter)) => {
                out.push_str(&letter);
                rest = &from[end + 1..];
            }
            None => {
                out.push('&');
                rest = &from[1..];
            }
        }
    }
    out.push_str(rest);
    out.retain(|letter| !matches!(letter, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{feff}'));
    out
}

fn entity(name: &str) -> Option<String> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']).map(|hex| u32::from_str_radix(hex, 16));
        let code = hex.unwrap_or_else(|| number.parse()).ok()?;
        return char::from_u32(code).filter(|letter| !letter.is_control()).map(String::from);
    }
    let known = ENTITIES.iter().find(|(known, _)| *known == name);
    known.map(|(_, letter)| (*letter).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(safe(html), expected);
        assert_eq!(safe(expected), expected, "what is safe stays as it is");
    }

    #[test]
    fn what_is_allowed_stays() {
        check("<p>Ein <strong>Pass</strong></p>", "<p>Ein <strong>Pass</strong></p>");
        check("<ul><li>Foto</li></ul>", "<ul><li>Foto</li></ul>");
        check("a<br/>b", "a<br>b");
        let link = "<a href=\"https://example.org/?a=1&amp;b=2\">hier</a>";
        check(link, link);
    }

    #[test]
    fn everything_else_goes_and_its_text_stays() {
        check("<p class=\"x\" onclick='y()'>Text</p>", "<p>Text</p>");
        check("<div>Text<script>alert(1)</script></div>", "Text");
        check("<a href=\"javascript:alert(1)\">hier</a>", "hier");
        check("<a href=' JaVaScript:x'>hier</a>", "hier");
        check("<img src=x onerror=alert(1)>", "");
        check("<!-- <p> --><style>p{}</style>gut", "gut");
        check("<p>offen <b>und fett", "<p>offen <b>und fett</b></p>");
        check("1 < 2 &lt;script&gt;", "1 &lt; 2 &lt;script&gt;");
        check("<p <script>x</script>", "<p>x</p>");
        check("<SCRIPT>x</sCript>y", "y");
    }

    #[test]
    fn plain_text_is_for_reading_aloud() {
        assert_eq!(
            plain("<p>Sie brauchen:</p><ul><li>Foto</li><li>Geb&uuml;hr</li></ul>"),
            "Sie brauchen:\n- Foto\n- Gebühr"
        );
        assert_eq!(plain("Meldebe\u{ad}hörde &amp; Amt"), "Meldebehörde & Amt");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn plain_text_comes_back_from_its_html(
            lines in vec("(- )?[a-zA-ZäöüÄÖÜß0-9&<>\"'€;#/!-]{1,9}( [a-zé&<>;]{1,9}){0,3}", 0..6),
        ) {
            let text = lines.join("\n");
            // What plain text itself makes of it: a hyphen alone is no line.
            let lines = text.lines().filter(|line| *line != "-" && *line != "- -");
            let text = lines.collect::<Vec<_>>().join("\n");
            prop_assert_eq!(plain(&marked(&text)), text);
        }
    }
}
