// SPDX-License-Identifier: EUPL-1.2
//! How long functions are, by matching braces. A report, not a rule: a table of cases may be long.

use super::files::File;
use super::source::{blank, in_name};

/// A function that grows past this many lines is listed, so that somebody looks for a better cut.
const LINES_MAX: usize = 60;

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
struct Function {
    name: String,
    line: usize,
    lines: usize,
}

/// The functions past the line, the longest first; test modules are left out.
pub(crate) fn report(files: &[File]) -> Vec<String> {
    let mut long = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".rs")) {
        let functions = functions(&file.text).into_iter().filter(|it| it.lines > LINES_MAX);
        long.extend(functions.map(|function| (&file.path, function)));
    }
    long.sort_by(|(path_a, a), (path_b, b)| {
        (b.lines, path_a, a.line).cmp(&(a.lines, path_b, b.line))
    });
    let line = |(path, it): &(&String, Function)| {
        format!("long function: {path}:{} {} {} lines", it.line, it.name, it.lines)
    };
    long.iter().map(line).collect()
}

fn functions(text: &str) -> Vec<Function> {
    let code = without_test_modules(blank(text).chars().collect());
    let mut found = Vec::new();
    for at in 0..code.len() {
        if let Some((name, after)) = name_of_function(&code, at)
            && let Some(open) = start_of_body(&code, after)
        {
            let close = closing_brace(&code, open);
            let lines = line_breaks(&code[at..close]) + 1;
            found.push(Function { name, line: line_breaks(&code[..at]) + 1, lines });
        }
    }
    found
}

/// The name of the function whose `fn` stands at `at`, and where the name ends.
fn name_of_function(code: &[char], at: usize) -> Option<(String, usize)> {
    let begins = code[at..].starts_with(&['f', 'n']) && (at == 0 || !in_name(code[at - 1]));
    if !begins || !code.get(at + 2).is_some_and(|c| c.is_whitespace()) {
        return None;
    }
    let start = at + 2 + code[at + 2..].iter().take_while(|c| c.is_whitespace()).count();
    let length = code[start..].iter().take_while(|&&c| in_name(c) || "#$".contains(c)).count();
    (length > 0).then(|| (code[start..start + length].iter().collect(), start + length))
}

/// The brace that opens the body; `None` for a declaration without one.
fn start_of_body(code: &[char], from: usize) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in code.iter().enumerate().skip(from) {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The brace that closes the one at `open`; the end of the text if none does.
fn closing_brace(code: &[char], open: usize) -> usize {
    let mut depth = 0;
    for (at, c) in code.iter().enumerate().skip(open) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    code.len()
}

fn line_breaks(code: &[char]) -> usize {
    code.iter().filter(|&&c| c == '\n').count()
}

fn without_test_modules(mut code: Vec<char>) -> Vec<char> {
    let mark: Vec<char> = "#[cfg(test)]".chars().collect();
    let starts: Vec<usize> = (0..code.len()).filter(|&at| code[at..].starts_with(&mark)).collect();
    for start in starts {
        let Some(open) = start_of_body(&code, start + mark.len()) else { continue };
        let is_module =
            code[start..open].split(|&c| !in_name(c)).any(|word| word == ['m', 'o', 'd']);
        if is_module {
            let close = closing_brace(&code, open);
            code[start..close].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = ' ');
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[(&str, usize, usize)]) {
        let found = functions(text);
        let found: Vec<_> = found.iter().map(|it| (it.name.as_str(), it.line, it.lines)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn lengths_reach_from_fn_to_the_closing_brace() {
        check("fn a() {}\n\nfn b()\n{\n}\n", &[("a", 1, 1), ("b", 3, 3)]);
        check("impl X {\n    pub fn a(&self) {\n        if x { y }\n    }\n}\n", &[("a", 2, 3)]);
    }

    #[test]
    fn braces_in_text_do_not_count() {
        check("fn a() {\n  f(\"}\"); // }\n  g('}');\n}\n", &[("a", 1, 4)]);
    }

    #[test]
    fn declarations_types_and_other_words_are_no_functions() {
        check("trait T { fn a(&self, x: [u8; 4]); fn b() {} }", &[("b", 1, 1)]);
        check("type F = fn (u8); let x: fn(u8) = y; defn z {}", &[]);
        check("fn a(x: [u8; 4]) -> [u8; 2] where X: Y {\n}", &[("a", 1, 2)]);
        check("fn r#loop() {}", &[("r#loop", 1, 1)]);
    }

    #[test]
    fn test_modules_are_left_out() {
        check(
            "fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() {}\n}\nfn c() {}",
            &[("a", 1, 1), ("c", 6, 1)],
        );
    }

    #[test]
    fn the_report_is_sorted_and_counts_inner_lines() {
        let body = |lines: usize| format!("fn f() {{\n{}}}\n", "x;\n".repeat(lines - 2));
        let file = |path: &str, lines| File { path: path.to_owned(), text: body(lines) };
        let files = [file("b.rs", 61), file("a.rs", 60), file("c.rs", 200), file("d.txt", 99)];
        assert_eq!(
            report(&files),
            ["long function: c.rs:1 f 200 lines", "long function: b.rs:1 f 61 lines"]
        );
    }

    #[test]
    fn torn_text_is_survived() {
        for text in
            ["fn", "fn ", "fn a", "fn a(", "fn a() {", "#[cfg(test)]", "#[cfg(test)] mod t {"]
        {
            functions(text);
        }
    }
}
