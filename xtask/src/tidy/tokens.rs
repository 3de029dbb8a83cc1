//! Rules about what stands in the code itself: unsafe code, unfinished places, tests that are switched off.
//!
//! They look at Rust's tokens, so that a comment or a string which speaks of such a thing is not one.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::Violation;
use super::config::Config;
use super::source::{File, Tree};

/// Files with unsafe code that tidy.toml does not list, and listed files without any.
pub(super) fn unsafe_code(tree: &Tree, config: &Config) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut with_unsafe = Vec::new();
    for file in tree.rust() {
        let lines = found(
            file,
            |window| matches!(window, [TokenTree::Ident(ident), ..] if ident == "unsafe"),
        );
        if lines.is_empty() {
            continue;
        }
        with_unsafe.push(&file.path);
        if config.unsafe_file.iter().all(|listed| listed.path != file.path) {
            violations.extend(lines.into_iter().map(|line| {
                Violation::in_file(
                    &file.path,
                    line,
                    "unsafe code in a file that tidy.toml does not list",
                )
            }));
        }
    }
    violations.extend(
        config
            .unsafe_file
            .iter()
            .filter(|listed| !with_unsafe.contains(&&listed.path))
            .map(|listed| {
                Violation::in_file(
                    &listed.path,
                    0,
                    "stale [[unsafe-file]] in tidy.toml: no unsafe code in it",
                )
            }),
    );
    violations
}

/// Places left for later.
pub(super) fn leftovers(tree: &Tree) -> Vec<Violation> {
    in_sources(tree, "left unfinished", |window| {
        matches!(window, [TokenTree::Ident(name), TokenTree::Punct(bang), ..]
            if (name == "todo" || name == "unimplemented") && bang.as_char() == '!')
    })
}

/// Tests with `#[ignore]`, with or without a reason.
pub(super) fn ignored_tests(tree: &Tree) -> Vec<Violation> {
    in_sources(
        tree,
        "a test that is switched off: mend it, or take it out",
        |window| {
            let [TokenTree::Punct(hash), TokenTree::Group(group), ..] = window else {
                return false;
            };
            hash.as_char() == '#'
                && group.delimiter() == Delimiter::Bracket
                && group
                    .stream()
                    .into_iter()
                    .next()
                    .is_some_and(|token| matches!(token, TokenTree::Ident(name) if name == "ignore"))
        },
    )
}

/// The modules that a file has with their bodies: line and name.
pub(super) fn inline_modules(file: &File) -> Vec<(usize, String)> {
    let mut modules = Vec::new();
    visit(file, &mut |window| {
        if let [
            TokenTree::Ident(keyword),
            TokenTree::Ident(name),
            TokenTree::Group(body),
            ..,
        ] = window
            && keyword == "mod"
            && body.delimiter() == Delimiter::Brace
        {
            modules.push((name.span().start().line, name.to_string()));
        }
    });
    modules
}

fn in_sources(tree: &Tree, message: &str, wanted: impl Fn(&[TokenTree]) -> bool) -> Vec<Violation> {
    tree.rust()
        .flat_map(|file| {
            found(file, &wanted)
                .into_iter()
                .map(|line| Violation::in_file(&file.path, line, message))
        })
        .collect()
}

/// The lines at which `wanted` says yes to the tokens from there on.
fn found(file: &File, wanted: impl Fn(&[TokenTree]) -> bool) -> Vec<usize> {
    let mut lines = Vec::new();
    visit(file, &mut |window| {
        if wanted(window) {
            lines.extend(window.first().map(|token| token.span().start().line));
        }
    });
    lines
}

/// Shows `look` every token of the file, each with the ones that follow it in its group. A file that is no Rust is the
/// compiler's to report.
fn visit(file: &File, look: &mut impl FnMut(&[TokenTree])) {
    if let Ok(stream) = file.text.parse::<TokenStream>() {
        visit_stream(stream, look);
    }
}

fn visit_stream(stream: TokenStream, look: &mut impl FnMut(&[TokenTree])) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for index in 0..tokens.len() {
        look(&tokens[index..]);
        if let TokenTree::Group(group) = &tokens[index] {
            visit_stream(group.stream(), look);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::config::FileException;
    use super::super::source::tree_of;
    use super::*;

    fn lines(violations: Vec<Violation>) -> Vec<String> {
        violations
            .into_iter()
            .map(|violation| format!("{}:{}", violation.path.expect("a path").display(), violation.line))
            .collect()
    }

    #[test]
    fn unsafe_code_is_found_outside_the_listed_files_and_a_stale_listing_too() {
        let tree = tree_of(&[
            (
                "a.rs",
                "//! unsafe {}\nfn a() {\n    unsafe { b() }\n}\nconst A: &str = \"unsafe\";\n",
            ),
            ("b.rs", "//! b\n// unsafe\nfn b() {}\n"),
        ]);
        assert_eq!(lines(unsafe_code(&tree, &Config::default())), ["a.rs:3"]);
        let listed = |path: &str| Config {
            unsafe_file: vec![FileException {
                path: path.into(),
                reason: "passes descriptors".to_owned(),
            }],
            ..Config::default()
        };
        assert_eq!(lines(unsafe_code(&tree, &listed("a.rs"))), Vec::<String>::new());
        assert_eq!(lines(unsafe_code(&tree, &listed("b.rs"))), ["a.rs:3", "b.rs:0"]);
    }

    #[test]
    fn unfinished_places_are_found_and_words_about_them_are_not() {
        let source = "//! todo!()\nfn a() {\n    todo!(\"later\")\n}\nfn b() { if true { unimplemented!() } }\nfn todo() {}\n";
        assert_eq!(
            lines(leftovers(&tree_of(&[("a.rs", source)]))),
            ["a.rs:3", "a.rs:5"]
        );
    }

    #[test]
    fn switched_off_tests_are_found() {
        let source = "//! #[ignore]\nmod tests {\n    #[test]\n    #[ignore = \"slow\"]\n    fn a() {}\n    #[ignore]\n    fn b() {}\n    #[allow(ignored)]\n    fn c() {}\n}\n";
        assert_eq!(
            lines(ignored_tests(&tree_of(&[("a.rs", source)]))),
            ["a.rs:4", "a.rs:6"]
        );
    }
}
