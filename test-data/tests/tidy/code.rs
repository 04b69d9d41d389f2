//! Rust as a row of words, so that no comment and no string is taken for code, and macros are read like the rest.

use proc_macro2::{Delimiter, Group, LexError, TokenStream, TokenTree};

/// One identifier, literal, sign or bracket.
#[derive(Debug, Clone)]
pub struct Word {
    pub text: String,
    /// Counted from 1.
    pub line: usize,
}

/// All words of a file, and those that do not stand under a `cfg` that speaks of tests.
pub fn words(text: &str) -> Result<(Vec<Word>, Vec<Word>), LexError> {
    let stream: TokenStream = text.parse()?;
    let (mut all, mut product) = (Vec::new(), Vec::new());
    flatten(stream.clone(), &mut all);
    flatten(without_tests(stream), &mut product);
    Ok((all, product))
}

/// The full paths that are named, each with its line; `use a::{b, c::d}` names `a::b` and `a::c::d`.
pub fn paths(words: &[Word]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut prefixes: Vec<String> = Vec::new();
    let mut i = 0;
    while i < words.len() {
        match words[i].text.as_str() {
            "{" => prefixes.push(String::new()),
            "}" => drop(prefixes.pop()),
            text if is_identifier(text) => {
                let mut path = format!("{}{text}", prefixes.last().map_or("", String::as_str));
                while follows(words, i + 1, &[":", ":"]) && words.get(i + 3).is_some_and(|w| is_identifier(&w.text)) {
                    path = format!("{path}::{}", words[i + 3].text);
                    i += 3;
                }
                if follows(words, i + 1, &[":", ":", "{"]) {
                    prefixes.push(format!("{path}::"));
                    i += 3;
                }
                found.push((path, words[i].line));
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// Lines on which this row of words begins.
pub fn lines_with(words: &[Word], row: &[&str]) -> Vec<usize> {
    (0..words.len()).filter(|i| follows(words, *i, row)).map(|i| words[i].line).collect()
}

/// Whether these words stand at `at`.
pub fn follows(words: &[Word], at: usize, row: &[&str]) -> bool {
    words.get(at..at + row.len()).is_some_and(|part| part.iter().zip(row).all(|(word, text)| word.text == *text))
}

pub fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The position of the bracket that closes the one at `open`.
pub fn closing(words: &[Word], open: usize) -> usize {
    let mut depth = 0;
    for (i, word) in words.iter().enumerate().skip(open) {
        match word.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i;
        }
    }
    words.len() - 1
}

fn flatten(stream: TokenStream, words: &mut Vec<Word>) {
    for tree in stream {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Brace => ("{", "}"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Parenthesis | Delimiter::None => ("(", ")"),
                };
                words.push(Word { text: open.into(), line });
                flatten(group.stream(), words);
                words.push(Word { text: close.into(), line: group.span_close().end().line });
            }
            tree => words.push(Word { text: tree.to_string(), line }),
        }
    }
}

/// Leaves out each item under a `cfg` that speaks of tests: from the attribute to its braces or its semicolon.
fn without_tests(stream: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut trees = stream.into_iter().peekable();
    while let Some(tree) = trees.next() {
        let attribute = matches!(&tree, TokenTree::Punct(sign) if sign.as_char() == '#');
        if attribute && trees.peek().is_some_and(speaks_of_tests) {
            trees.find(|tree| match tree {
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                TokenTree::Punct(sign) => sign.as_char() == ';',
                _ => false,
            });
            continue;
        }
        kept.push(match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), without_tests(group.stream()));
                inner.set_span(group.span());
                TokenTree::Group(inner)
            }
            tree => tree,
        });
    }
    kept.into_iter().collect()
}

fn speaks_of_tests(tree: &TokenTree) -> bool {
    let TokenTree::Group(group) = tree else { return false };
    let mut words = Vec::new();
    flatten(group.stream(), &mut words);
    let about_tests = words.iter().any(|word| word.text == "test") && !words.iter().any(|word| word.text == "not");
    words.first().is_some_and(|word| word.text == "cfg") && about_tests
}
