// SPDX-License-Identifier: EUPL-1.2
//! Rust text with everything blanked that is not code.

/// The text with comments, strings and character literals as spaces; every line keeps its number.
pub(crate) fn blank(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_text(&chars, at).min(chars.len());
        if end > at {
            code.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            code.push(chars[at]);
            at += 1;
        }
    }
    code
}

/// Whether a character can stand inside a name.
pub(crate) fn in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the comment or literal that begins at `at` ends; `at` itself if none begins there.
fn end_of_text(chars: &[char], at: usize) -> usize {
    match (chars[at], chars.get(at + 1)) {
        ('/', Some('/')) => find(chars, at, |c| c == '\n'),
        ('/', Some('*')) => end_of_block(chars, at),
        ('"', _) => end_of_string(chars, at),
        ('\'', _) => end_of_char(chars, at),
        ('r' | 'b' | 'c', _) if at == 0 || !in_name(chars[at - 1]) => end_of_raw(chars, at),
        _ => at,
    }
}

fn find(chars: &[char], from: usize, stop: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|&c| stop(c)).map_or(chars.len(), |offset| from + offset)
}

/// Block comments nest.
fn end_of_block(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => (depth, at) = (depth + 1, at + 2),
            ('*', Some('/')) => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(chars: &[char], start: usize) -> usize {
    let mut at = start + 1;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    at
}

/// `'a'` and `'\n'` are literals, `'a` is a lifetime.
fn end_of_char(chars: &[char], start: usize) -> usize {
    match (chars.get(start + 1), chars.get(start + 2)) {
        (Some('\\'), Some(_)) if start + 3 < chars.len() => {
            find(chars, start + 3, |c| c == '\'') + 1
        }
        (Some(_), Some('\'')) => start + 3,
        _ => start,
    }
}

/// `r"…"`, `r#"…"#`, `br"…"`, `cr"…"`; a raw name such as `r#fn` is none.
fn end_of_raw(chars: &[char], start: usize) -> usize {
    let r = if chars[start] == 'r' { start } else { start + 1 };
    if chars.get(r) != Some(&'r') {
        return start;
    }
    let quote = find(chars, r + 1, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        return start;
    }
    let hashes = quote - r - 1;
    let closes = |at: usize| {
        chars[at] == '"' && chars[at + 1..].iter().take_while(|&&c| c == '#').count() >= hashes
    };
    let close = (quote + 1..chars.len()).find(|&at| closes(at));
    close.map_or(chars.len(), |at| at + 1 + hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &str) {
        let code = blank(source);
        assert_eq!(code.split_whitespace().collect::<Vec<_>>().join(" "), expected);
        assert_eq!(code.lines().count(), source.lines().count());
    }

    #[test]
    fn comments_are_no_code() {
        check("a // { \" \nb", "a b");
        check("a /* { /* nested */ } */ b", "a b");
        check("a /* never closed", "a");
    }

    #[test]
    fn strings_are_no_code() {
        check(r#"f("{ \" }", b"{") ;"#, "f( , b ) ;");
        check("f(r\"\\\") ;", "f( ) ;");
        check("f(br#\"a \" { \"#) ;", "f( ) ;");
        check("f(\"two\nlines {\") ;", "f( ) ;");
        check("let r#fn = 1; for\"x\"", "let r#fn = 1; for");
    }

    #[test]
    fn characters_are_no_code_but_lifetimes_are() {
        check("x == '{' || '\\'' == '\\u{7d}' }", "x == || == }");
        check("fn f<'a>(x: &'a str) {}", "fn f<'a>(x: &'a str) {}");
        check("'outer: loop { '\"' }", "'outer: loop { }");
    }

    #[test]
    fn any_end_of_text_is_survived() {
        for text in ["'", "'\\", "'\\n", "\"", "\"\\", "r#\"x\"", "r#", "b", "/*", "/", ""] {
            assert_eq!(blank(text).chars().count(), text.chars().count(), "{text}");
        }
    }
}
