//! Old names of `tune.quic`.

use haproxy_cfg::keywords::{Table, row};

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "quic-names",
    about: "old names of `tune.quic.…` become those of one side",
    when: When::From(syntax::Version::new(3, 3)),
    docs: "Since 3.3 settings of QUIC are said for listeners (`fe`) and servers (`be`) apart; 3.5 refuses the old names. QUIC towards servers came with 3.3 as well, so old names meant listeners.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.file.global() {
        let name = line.word(0);
        let Some(row) = row(Table::Global, name)
            .filter(|row| name.starts_with("tune.quic.") && !row.replacement.is_empty())
        else {
            continue;
        };
        if !task.is_old(Table::Global, name) {
            continue;
        }
        let told = Found::new([line], task.age(Table::Global, name));
        if name == "tune.quic.socket-owner" {
            let value = if line.word(1) == "listener" {
                "force-off"
            } else {
                "default-on"
            };
            let modern = format!("tune.quic.fe.sock-per-conn {value}");
            found.push(told.edits(task.rewrite(line, &[modern])));
            continue;
        }
        let known = RENAMED.iter().find(|(old, _)| *old == name).map(|(_, new)| *new);
        let one = row.replacement.split(' ').count() == 1;
        let known = known.or_else(|| one.then_some(row.replacement));
        found.push(match known {
            Some(new) => told.edits(task.replace_words(line, 0, 0, new)),
            None => told
                .decide()
                .advice(format!("write instead: {}", row.replacement)),
        });
    }
}

/// Names that became another one, where the row of the old one does not say it in a word.
const RENAMED: &[(&str, &str)] = &[
    ("tune.quic.cc-hystart", "tune.quic.fe.cc.hystart"),
    (
        "tune.quic.cc.cubic.min-losses",
        "tune.quic.fe.cc.cubic-min-losses",
    ),
    ("tune.quic.disable-tx-pacing", "tune.quic.fe.tx.pacing off"),
    ("tune.quic.disable-udp-gso", "tune.quic.fe.tx.udp-gso off"),
    (
        "tune.quic.frontend.default-max-window-size",
        "tune.quic.fe.cc.max-win-size",
    ),
    (
        "tune.quic.frontend.glitches-threshold",
        "tune.quic.fe.sec.glitches-threshold",
    ),
    ("tune.quic.frontend.max-data-size", "tune.quic.fe.stream.rxbuf"),
    ("tune.quic.frontend.max-tx-mem", "tune.quic.mem.tx-max"),
    (
        "tune.quic.frontend.stream-data-ratio",
        "tune.quic.fe.stream.data-ratio",
    ),
    ("tune.quic.max-frame-loss", "tune.quic.fe.cc.max-frame-loss"),
    ("tune.quic.reorder-ratio", "tune.quic.fe.cc.reorder-ratio"),
];
