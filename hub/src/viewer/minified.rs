//! Scripts in fewer bytes that do the same: no space, short names for what is local. OHIF is published as its bundler wrote it,
//! with 15 MB in one script, and more than a second of its start is a browser's reading of it.

use oxc::{
    allocator::Allocator,
    codegen::{Codegen, CodegenOptions, CommentOptions, LegalComment},
    minifier::{Minifier, MinifierOptions},
    parser::Parser,
    span::SourceType,
};

/// A script (ECMA-262) in fewer bytes. What its pages share, the names at its top, stays; so do the notices of licences. What
/// cannot be read as a script is given back as it is.
pub(super) fn minified(script: &str) -> String {
    let memory = Allocator::default();
    let read = Parser::new(&memory, script, SourceType::script()).parse();
    if !read.diagnostics.is_empty() {
        return script.to_owned();
    }
    let mut program = read.program;
    let names = Minifier::new(MinifierOptions::default()).minify(&memory, &mut program).scoping;
    let comments = CommentOptions { legal: LegalComment::Inline, ..CommentOptions::disabled() };
    let options = CodegenOptions { comments, ..CodegenOptions::minify() };
    Codegen::new().with_options(options).with_scoping(names).build(&program).code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_becomes_shorter_and_keeps_what_others_know_of_it() {
        let script = "/*! (c) somebody */\nvar shared = 1;\nfunction alsoShared(first, second) {\n  // a thought\n  \
                      const inside = first + second;\n  return inside * inside;\n}\n";
        let short = minified(script);
        assert!(short.len() < script.len() * 3 / 4, "{short}");
        for kept in ["/*! (c) somebody */", "shared", "alsoShared"] {
            assert!(short.contains(kept), "{short}");
        }
        for gone in ["thought", "inside", "first"] {
            assert!(!short.contains(gone), "{short}");
        }
    }

    #[test]
    fn what_is_no_script_stays_as_it_is() {
        for other in ["let  = ;", "no script", ""] {
            assert_eq!(minified(other), other);
        }
    }
}
