//! Long answers of the stats socket come in parts, so that a thread's sessions have their turn in between, and the parts are the
//! whole.
#![allow(clippy::unwrap_used, reason = "a file that does not read is a failed test")]

use haproxy_cfg::model::{Config, Level};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proxy_core::check::Origin;
use proxy_core::cli::{CliContext, Live, NoShell, NoSinks, Session, Wants, execute, go_on};
use proxy_core::state::Runtime;
use proxy_core::stats::{Filter, Process, StatsView, csv, json, typed};

fn config() -> Config {
    let text = "defaults\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n\
                frontend fe\n mode http\n bind :80\n\
                backend small\n server a 127.0.0.1:1\n\
                backend large\n server-template s 3000 127.0.0.1:2\n\
                backend maintained\n server-template m 100 127.0.0.1:2 disabled\n\
                listen both\n bind :81\n server b 127.0.0.1:3\n";
    let input = Input::Text {
        name: "haproxy.cfg".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let loaded = load(
        &[input],
        Dialect::default(),
        &FakeHost::new(),
        LoadOptions::default(),
    );
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded.config
}

/// A process that runs that file on `threads` threads, as the socket sees it.
fn with_view<T>(threads: usize, ask: impl FnOnce(StatsView<'_>) -> T) -> T {
    let config = config();
    ask(StatsView {
        config: &config,
        runtime: &Runtime::new(&config, threads, 0),
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
