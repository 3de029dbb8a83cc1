//! Long answers of the stats socket come in parts, so that a thread's sessions have their turn in between, and the parts are the
//! whole.
#![allow(clippy::unwrap_used, reason = "a file that does not read is a failed test")]

use std::sync::Arc;

use haproxy_cfg::model::{Config, Level};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proxy_core::check::Origin;
use proxy_core::cli::{CliContext, Live, NoShell, NoSinks, Session, Wants, execute, go_on};
use proxy_core::pattern::References;
use proxy_core::sample::{Arena, Sample};
use proxy_core::state::Runtime;
use proxy_core::stats::{Filter, Process, StatsView, csv, json, typed};
use proxy_core::table::{Data, Key};

/// Entries of the map, and of the table once [`fill`] was called.
const MANY: u32 = 1_000_000;

fn config(mapped: u32) -> Config {
    let text = "defaults\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n\
                frontend fe\n mode http\n bind :80\n\
                backend small\n server a 127.0.0.1:1\n\
                backend large\n server-template s 3000 127.0.0.1:2\n\
                backend maintained\n server-template m 100 127.0.0.1:2 disabled\n\
                listen both\n bind :81\n server b 127.0.0.1:3\n\
                backend clients\n stick-table type integer size 2m expire 10m store gpc0\n\
                frontend mapped\n mode http\n bind :82\n http-request deny if { path,map(names) -m found }\n";
    let map: String = (0..mapped).map(|n| format!("/a/{n} {n}\n")).collect();
    let input = Input::Text {
        name: "haproxy.cfg".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = load(
        &[input],
        Dialect::default(),
        &FakeHost::new().with_file("names", map),
        LoadOptions::default(),
    );
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.config
}

/// A process that runs that file on `threads` threads, as the socket sees it.
fn with_view<T>(threads: usize, ask: impl FnOnce(StatsView<'_>) -> T) -> T {
    ask_of(&config(3), threads, ask)
}

fn ask_of<T>(config: &Config, threads: usize, ask: impl FnOnce(StatsView<'_>) -> T) -> T {
    let references = References::load(&config.patterns).unwrap();
    ask(StatsView {
        config,
        runtime: &Runtime::new(config, threads, 0).with_references(Arc::new(references)),
        now_ms: 1000,
        process: &Process::default(),
    })
}

/// The parts of what is said to a line.
fn parts(view: StatsView<'_>, line: &str) -> Vec<Vec<u8>> {
    let mut session = Session::new(Level::Admin);
    let mut hooks = NoShell;
    let mut control = Live {
        config: view.config,
        runtime: view.runtime,
        origin: Origin::Cli,
        now_ms: view.now_ms,
        hooks: &mut hooks,
    };
    let mut context = CliContext {
        view,
        control: &mut control,
        sinks: &NoSinks,
        tls: &proxy_core::cli::NoTls,
    };
    let mut parts = vec![Vec::new()];
    execute(&mut session, line.as_bytes(), &mut context, &mut parts[0]);
    while session.wants() == Some(Wants::Turn) {
        let mut part = Vec::new();
        go_on(&mut session, None, &mut context, &mut part);
        parts.push(part);
    }
    assert_eq!(session.wants(), None);
    parts
}

#[test]
fn show_stat_comes_in_small_parts_which_are_the_whole() {
    with_view(2, |view| {
        let filter = Filter::default();
        let no_maint = Filter {
            no_maint: true,
            ..filter
        };
        type Write<'a> = &'a dyn Fn(&mut Vec<u8>);
        let cases: [(&str, Write<'_>); 5] = [
            ("show stat", &|out| csv::write(&view, &filter, out)),
            ("show stat no-maint", &|out| csv::write(&view, &no_maint, out)),
            ("show stat typed", &|out| typed::write(&view, &filter, false, out)),
            ("show stat typed desc", &|out| {
                typed::write(&view, &filter, true, out);
            }),
            ("show stat json", &|out| json::write(&view, &filter, out)),
        ];
        for (line, write) in cases {
            let mut whole = Vec::new();
            write(&mut whole);
            whole.push(b'\n');
            let parts = parts(view, line);
            assert!(parts.len() > 20, "{line}: {} parts", parts.len());
            assert!(parts.iter().all(|part| part.len() < 64 * 1024), "{line}");
            assert!(parts.concat() == whole, "{line}");
        }
    });
}

#[test]
fn servers_are_listed_in_small_parts_each_of_them_once() {
    with_view(2, |view| {
        for (line, of_large) in [
            ("show servers state", 3000),
            ("show servers conn", 3000),
            ("show servers conn small", 0),
        ] {
            let parts = parts(view, line);
            assert!(of_large == 0 || parts.len() > 5, "{line}: {} parts", parts.len());
            assert!(parts.iter().all(|part| part.len() < 32 * 1024), "{line}");
            let text = String::from_utf8(parts.concat()).unwrap();
            let shown = text
                .lines()
                .filter(|line| line.contains("large"))
                .collect::<std::collections::HashSet<_>>();
            assert_eq!(shown.len(), of_large, "{line}");
            assert_eq!(
                text.lines().filter(|line| line.contains("large")).count(),
                of_large,
                "{line}"
            );
            assert_eq!(
                text.lines().filter(|line| line.contains("small")).count(),
                1,
                "{line}"
            );
        }
    });
}

#[test]
fn what_stands_behind_a_long_answer_in_its_line_comes_behind_it() {
    with_view(1, |view| {
        let said = parts(view, "show stat;show cli level").concat();
        assert!(said.ends_with(b"\n\nadmin\n\n"));
    });
}

/// Gives the table of the file many entries, whose keys come in no order.
fn fill(view: &StatsView<'_>) {
    let table = view.runtime.tables.named(b"clients").unwrap();
    let arena = Arena::default();
    for number in 0..MANY {
        let key = Key::of(table.key_type(), Sample::Int((number ^ 0x2a51).into()), &arena).unwrap();
        let made = table.touch(&key, 1000, |entry| {
            let field = entry.field(Data::Gpc, 0).or_else(|| entry.field(Data::Gpc0, 0));
            entry.set(field.unwrap(), (number % 2).into());
        });
        assert!(made.is_some());
    }
}

#[test]
fn a_table_of_a_million_entries_is_shown_and_cleared_in_small_parts() {
    with_view(1, |view| {
        fill(&view);
        let table = view.runtime.tables.named(b"clients").unwrap();
        let key = |line: &str| -> Option<u32> { line.split_once("key=")?.1.split(' ').next()?.parse().ok() };
        let small = |parts: &[Vec<u8>]| parts.iter().all(|part| part.len() < 32 * 1024);

        let all = parts(view, "show table clients");
        assert!(all.len() > 1000 && small(&all), "{} parts", all.len());
        let text = String::from_utf8(all.concat()).unwrap();
        assert!(text.starts_with("# table: clients, type: integer, size:2097152, used:1000000\n"));
        let keys: Vec<u32> = text.lines().filter_map(key).collect();
        assert_eq!(keys.len(), MANY as usize);
        // The order is that of the bytes, so as the original shows them.
        assert!(keys.is_sorted_by_key(|key| key.swap_bytes()));

        let some = parts(view, "show table clients data.gpc0 eq 1 data.gpc0 lt 1");
        assert!(some.len() > 400 && some.concat().split(|b| *b == b'\n').count() == 3);

        let cleared = parts(view, "clear table clients data.gpc0 eq 1");
        assert!(cleared.len() > 400, "{} parts", cleared.len());
        assert_eq!(table.used(1000), MANY / 2);
        // What has expired goes in parts too.
        let later = StatsView {
            now_ms: 1000 + 600_000,
            ..view
        };
        let none = parts(later, "show table clients");
        assert!(none.len() > 200, "{} parts", none.len());
        assert_eq!(table.used(601_000), 0);
    });
}

#[test]
fn a_map_of_a_million_entries_is_shown_in_small_parts_as_it_was_when_that_began() {
    let config = config(MANY);
    ask_of(&config, 1, |view| {
        let mut session = Session::new(Level::Admin);
        let mut parts = 0;
        let mut all = Vec::new();
        let mut hooks = NoShell;
        let mut control = Live {
            config: view.config,
            runtime: view.runtime,
            origin: Origin::Cli,
            now_ms: view.now_ms,
            hooks: &mut hooks,
        };
        let mut context = CliContext {
            view,
            control: &mut control,
            sinks: &NoSinks,
            tls: &proxy_core::cli::NoTls,
        };
        execute(&mut session, b"show map names", &mut context, &mut all);
        while session.wants() == Some(Wants::Turn) {
            if parts == 1 {
                // Another connection empties it meanwhile.
                let mut other = Session::new(Level::Admin);
                execute(&mut other, b"clear map names", &mut context, &mut Vec::new());
            }
            let before = all.len();
            go_on(&mut session, None, &mut context, &mut all);
            assert!(all.len() - before < 32 * 1024);
            parts += 1;
        }
        assert!(parts > 1000, "{parts} parts");
        let mut numbers = 0..MANY;
        for line in String::from_utf8(all)
            .unwrap()
            .lines()
            .filter(|line| !line.is_empty())
        {
            let number = numbers.next().unwrap();
            assert!(line.ends_with(&format!(" /a/{number} {number}")), "{line}");
        }
        assert_eq!(numbers.next(), None);
    });
}
