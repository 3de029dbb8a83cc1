//! What holds for every input: no byte is lost, nothing panics, every place is inside its file.

use haproxy_cfg::keywords::{CONVERTERS, DERIVED, FETCHES};
use haproxy_cfg::testing::{FakeHost, load_on};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use haproxy_cfg::tree::Tree;
use haproxy_cfg::{Dialect, DumpOptions, Input, LoadOptions, Loaded, TokenKind, condition_holds, load};
use proptest::prelude::*;
use syntax::render::{HaproxyShape, concise, full, json};

/// Lines that reach most parsers; mutations of them reach the rest.
const SEED: &str = include_str!("seed.cfg");

fn read(bytes: &[u8], dialect: Dialect) -> Loaded {
    read_and_dump(bytes, dialect, DumpOptions::default())
}

fn read_and_dump(bytes: &[u8], dialect: Dialect, dump: DumpOptions) -> Loaded {
    let host = FakeHost::new().with_file("/certs/a.pem", "").with_env("X", "a b");
    let input = Input::Text {
        name: "fuzz.cfg".to_owned(),
        bytes: bytes.to_vec(),
    };
    load(
        &[input],
        dialect,
        &host,
        LoadOptions {
            diagnostics: true,
            dump: Some(dump),
            ..LoadOptions::default()
        },
    )
}

/// Everything that is told has its place inside the file, and every renderer can show it.
fn check(loaded: &Loaded) {
    for diagnostic in &loaded.diagnostics {
        for span in diagnostic
            .span
            .iter()
            .chain(diagnostic.labels.iter().map(|label| &label.span))
        {
            let file = loaded.sources.file(span.file).expect("the file is known");
            assert!(
                span.start <= span.end && span.end as usize <= file.bytes().len(),
                "{diagnostic:?}"
            );
        }
        assert!(!diagnostic.message.is_empty());
        assert!(concise(diagnostic, &loaded.sources).ends_with('\n'));
        assert!(json(diagnostic, &loaded.sources).ends_with("}\n"));
        assert!(full(diagnostic, &loaded.sources, false).ends_with('\n'));
    }
    let report = loaded.report(HaproxyShape { pid: 1, hints: true });
    assert_eq!(report.contains("Fatal errors found"), loaded.has_errors());
}

/// Files that people wrote, and the inputs of all recorded verdicts.
fn corpus() -> &'static [Vec<u8>] {
    static FILES: OnceLock<Vec<Vec<u8>>> = OnceLock::new();
    FILES.get_or_init(|| {
        let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures");
        let mut folders: Vec<PathBuf> = vec![
            fixtures.join("documents/haproxy"),
            fixtures.join("verdicts/haproxy"),
        ];
        let mut files = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("the fixtures are part of the repository") {
                let path = entry.expect("it can be listed").path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "cfg") {
                    files.push(path);
                }
            }
        }
        files.sort();
        let read = |path: &PathBuf| std::fs::read(path).expect("it can be read");
        let files: Vec<Vec<u8>> = files.iter().map(read).collect();
        assert!(files.len() > 300, "{} files", files.len());
        files
    })
}

/// Bytes that mean something to the lexer, some expression, or some message.
const STRANGE: &[&[u8]] = &[
    b"\"",
    b"'",
    b"\\",
    b"\\x",
    b"\\x00",
    b"$",
    b"${",
    b"\"${X[*]}\"",
    b"\"${NX-",
    b"}",
    b"#",
    b"\r",
    b"\r\n",
    b"\0",
    b"\n",
    b"\t",
    b" ",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xc3",
    b"%[",
    b"]",
    b"(",
    b")",
    b",",
    b"{",
    b"!",
    b".if ",
    b"\n.endif\n",
    b"\n.if 0\n",
    b"\n.else\n",
    b"no ",
    b"default ",
    b"*",
    b":",
    b"-1",
    b"99999999999999999999",
    b"@",
    b"/",
    b"..",
    b"\x7f",
];

/// A file of the corpus with bytes put in, taken out, or its end cut off.
fn spoiled() -> impl Strategy<Value = Vec<u8>> {
    let change = (any::<prop::sample::Index>(), 0..STRANGE.len(), 0_usize..12);
    (
        any::<prop::sample::Index>(),
        proptest::collection::vec(change, 1..10),
        any::<bool>(),
    )
        .prop_map(|(file, changes, cut)| {
            let mut bytes = file.get(corpus()).clone();
            for (place, strange, removed) in changes {
                let at = place.index(bytes.len() + 1);
                let end = bytes.len().min(at + removed.saturating_sub(4));
                bytes.splice(at..end, STRANGE[strange].iter().copied());
                if cut {
                    bytes.truncate(place.index(bytes.len() + 1).max(bytes.len() / 2));
                }
            }
            bytes
        })
}

fn joined(bytes: &[u8]) -> Vec<u8> {
    let tree = Tree::new(bytes);
    tree.tokens()
        .flat_map(|token| bytes[token.start as usize..token.end as usize].to_vec())
        .collect()
}

/// A line of the seed with words dropped, doubled, swapped or replaced by noise.
fn mutated() -> impl Strategy<Value = Vec<u8>> {
    let lines = SEED.lines().count();
    let change = (
        0..lines,
        0_usize..8,
        0_u8..6,
        proptest::collection::vec(any::<u8>(), 0..6),
    );
    proptest::collection::vec(change, 1..8).prop_map(|changes| {
        let mut text: Vec<Vec<Vec<u8>>> = SEED
            .lines()
            .map(|line| line.split(' ').map(|word| word.as_bytes().to_vec()).collect())
            .collect();
        for (line, word, kind, noise) in changes {
            let words = &mut text[line];
            let at = word.min(words.len().saturating_sub(1));
            match kind {
                0 => drop(words.remove(at)),
                1 => words.insert(at, noise),
                2 => words[at] = noise,
                3 => {
                    let copy = words[at].clone();
                    words.push(copy);
                }
                4 => words[at].extend(noise),
                _ => words[at].truncate(1),
            }
            if words.is_empty() {
                words.push(Vec::new());
            }
        }
        let lines: Vec<Vec<u8>> = text.into_iter().map(|words| words.join(&b' ')).collect();
        lines.join(&b'\n')
    })
}

/// A condition, mostly wrong.
fn condition() -> impl Strategy<Value = String> {
    let part = prop::sample::select(vec![
        "1",
        "0",
        "!",
        "(",
        ")",
        "&&",
        "||",
        " ",
        "defined",
        "(X)",
        "streq(",
        ",",
        "\"",
        "'",
        "\\",
        "version_atleast(2.6)",
        "ä",
        "openssl_version_before(1.1.1a)",
        "feature(OPENSSL)",
        "-",
        "0x",
        "enabled(",
        "strstr(a,",
        "$",
        "#",
        "\u{301}",
    ]);
    proptest::collection::vec(part, 0..24).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn the_tokens_of_a_tree_joined_are_the_input(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert_eq!(joined(&bytes), bytes);
    }

    #[test]
    fn the_tokens_of_lines_joined_are_the_input(text in "([a-z \t\"'\\\\#$\r\n{}]{0,40}\n?){0,8}") {
        prop_assert_eq!(joined(text.as_bytes()), text.as_bytes());
    }

    #[test]
    fn spoiled_files_are_judged(bytes in spoiled()) {
        check(&read(&bytes, Dialect::default()));
        check(&read(&bytes, Dialect::exactly(2, 6)));
        check(&read(&bytes, Dialect::exactly(1, 5)));
        prop_assert_eq!(joined(&bytes), bytes);
    }

    #[test]
    fn what_is_dumped_is_read_as_what_it_was_dumped_from(bytes in spoiled()) {
        let first = read(&bytes, Dialect::default());
        let again = read(&first.dump, Dialect::default());
        prop_assert_eq!(&again.dump, &first.dump);
        // Of a faulty line the words are known, but not what they were to mean.
        if !first.has_errors() {
            prop_assert!(!again.has_errors(), "{}", String::from_utf8_lossy(&first.dump));
            prop_assert_eq!(again.config.proxies.len(), first.config.proxies.len());
        }
    }

    #[test]
    fn an_anonymous_dump_holds_no_name(key in 1_u32.., name in "[a-z]{3}x[a-z]{5}q[a-z]") {
        let text = format!(
            "global\n setenv A {name}\nuserlist {name}\n user {name} password {name}\nbackend {name}\n \
             acl {name} hdr(host),lower -i www.{name}.org\n server {name} 192.0.2.77:80 check cookie {name}\n \
             http-request set-header x-{name} \"%[path,regsub('/{name}/','-',g)] {name}\" if {name}\n \
             stats auth {name}:{name}\n errorfile 503 /etc/{name}/503.http\n"
        );
        let dump = read_and_dump(text.as_bytes(), Dialect::default(), DumpOptions { key, numbered: false }).dump;
        let dump = String::from_utf8(dump).expect("it is text");
        prop_assert!(!dump.contains(&name) && !dump.contains("192.0.2.77"), "{dump}");
        prop_assert!(dump.contains("\n\tserver ") && dump.contains(" check cookie "), "{dump}");
        prop_assert_eq!(dump.lines().filter(|line| !line.is_empty()).count(), text.lines().count());
    }

    #[test]
    fn conditions_are_judged(text in condition()) {
        let host = FakeHost::new().with_env("X", "a b");
        let alone = condition_holds(&text, Dialect::default(), &host, &[]);
        // On a line of its own it means the same, but for comments.
        let line = format!(".if {text}\n.notice held\n.endif\n");
        let loaded = read(line.as_bytes(), Dialect::default());
        check(&loaded);
        if !text.contains('#') && !text.trim().is_empty() {
            let held = loaded.diagnostics.iter().any(|told| told.message == "'held'.");
            prop_assert_eq!(loaded.has_errors(), alone.is_err(), "{:?}", alone);
            prop_assert_eq!(held && !loaded.has_errors(), alone == Ok(true));
        }
    }

    #[test]
    fn what_the_lines_of_a_tree_hold_is_in_order(text in "([a-z# \t\"'\\\\$\r\n{}]{0,40}\n?){0,8}") {
        for line in Tree::new(text.as_bytes()).lines {
            let ends = line.tokens.iter().filter(|token| token.kind == TokenKind::EndOfLine).count();
            let last = line.tokens.last().map(|token| token.kind);
            prop_assert!(ends <= 1 && (ends == 0 || last == Some(TokenKind::EndOfLine)));
            let ignored = line.tokens.iter().position(|token| token.kind == TokenKind::Ignored);
            // What is ignored is not followed by anything but the end of the line.
            prop_assert!(ignored.is_none_or(|at| line.tokens.len() - at <= 2));
        }
    }

    #[test]
    fn random_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        check(&read(&bytes, Dialect::default()));
    }

    #[test]
    fn mutated_files_are_judged(bytes in mutated()) {
        check(&read(&bytes, Dialect::default()));
        check(&read(&bytes, Dialect::exactly(2, 6)));
        prop_assert_eq!(joined(&bytes), bytes);
    }
}

#[test]
fn dumps_of_whole_files_are_the_same_configuration() {
    let mut sound = 0;
    for bytes in corpus() {
        let first = read(bytes, Dialect::default());
        if first.has_errors() {
            continue;
        }
        sound += 1;
        let again = read(&first.dump, Dialect::default());
        let dump = String::from_utf8_lossy(&first.dump);
        assert!(!again.has_errors(), "{dump}");
        let names = |loaded: &Loaded| -> Vec<String> {
            let proxies = loaded.config.proxies.iter();
            proxies
                .map(|proxy| format!("{} {} {}", proxy.name, proxy.binds.len(), proxy.servers.len()))
                .collect()
        };
        assert_eq!(names(&again), names(&first), "{dump}");
    }
    assert!(sound > 100, "{sound} files");
}

#[test]
fn the_seed_itself_is_accepted() {
    let loaded = load_on(SEED, Dialect::default(), &FakeHost::new());
    assert!(
        !loaded.has_errors(),
        "{}",
        loaded.report(HaproxyShape { pid: 1, hints: true })
    );
}

#[test]
fn a_line_that_breaks_off_inside_a_variable_is_told_at_its_end() {
    check(&read(b"\"$", Dialect::default()));
    check(&read(b"\"${", Dialect::default()));
    check(&read(b"a\\x", Dialect::default()));
}

/// An argument, right for some fetch or converter, wrong for most, or hardly one at all.
fn argument() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "",
        "1",
        "-1",
        "0x",
        "txn.a",
        "a",
        "s",
        "us",
        "24",
        "::1",
        "1.2.3.4",
        "host",
        "'a b'",
        "\"x,y\"",
        "a\\",
        "(",
        ")",
        "\"",
        "'",
        "[",
        "]",
        "%",
        "\\1",
        "(a|b)",
        "(a",
        "é",
        "99999999999999999999",
        "/certs/a.pem",
        "f/s",
        "YWJj",
        "sha256",
    ];
    prop_oneof![prop::sample::select(KNOWN).prop_map(str::to_owned), "[ -~]{0,6}"]
}

/// `name(arguments)`, whatever is missing of it.
fn call(names: Vec<&'static str>) -> impl Strategy<Value = String> {
    let arguments = prop::collection::vec(argument(), 0..4);
    (prop::sample::select(names), arguments, 0..4_u8).prop_map(|(name, arguments, form)| match form {
        0 => name.to_owned(),
        1 => format!("{name}({}", arguments.join(",")),
        _ => format!("{name}({})", arguments.join(",")),
    })
}

fn expression() -> impl Strategy<Value = String> {
    let fetches = FETCHES
        .iter()
        .map(|row| row.name)
        .chain(DERIVED.iter().map(|row| row.name))
        .collect();
    let converters = CONVERTERS.iter().map(|row| row.name).collect();
    (call(fetches), prop::collection::vec(call(converters), 0..3))
        .prop_map(|(fetch, converters)| [vec![fetch], converters].concat().join(","))
}

proptest! {
    #[test]
    fn expressions_of_any_form_are_judged_and_their_places_are_in_the_file(
        expression in expression(),
        flag in "(|-i|-m [a-z]{2,4}|-f|-u|-M|--|-n)",
        pattern in argument(),
        strict in any::<bool>(),
    ) {
        let dialect = if strict { Dialect::exactly(2, 6) } else { Dialect::default() };
        let quoted = expression.replace('\'', "\"");
        let text = format!(
            "frontend f\n bind :80\n mode http\n acl x '{quoted}' {flag} {pattern}\n acl y {expression} {flag} {pattern}\n \
             http-request set-var(txn.a) '{quoted}' if x\n http-request set-header a '%{{+Q}}[{quoted}] %(n:int)ci' if !y or x\n \
             tcp-request connection reject if {{ {expression} {pattern} }}\n log-format '{pattern}%[{quoted}'\n \
             use_backend %[{expression}] unless y\n"
        );
        check(&read(text.as_bytes(), dialect));
    }
}
