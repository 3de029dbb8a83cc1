//! The report for people: tables and steps in Markdown, which reads well as plain text too.

use std::fmt::Write as _;

use super::Migration;
use super::cluster::Cluster;
use super::resources::Instance;
use super::table::{Fate, Row};
use super::timing::{Timing, seconds};

/// The report. `written` names the file of each node where it was written; without it the files stand in the report.
#[must_use]
pub fn page(migration: &Migration, written: Option<&[String]>) -> String {
    let mut out = String::from("# From heartbeat to keepalived\n\n");
    let blocking: Vec<&Row> = migration.blocking().collect();
    if blocking.is_empty() {
        out += "Nothing stands in the way.\n";
    } else {
        out += "What stands in the way; do not run what was made before each of these is settled:\n\n";
        for row in &blocking {
            out += &format!("- {}: {}\n", row.before, row.note);
        }
    }
    out += "\n## What becomes of what\n\n";
    let rows: Vec<[String; 4]> = migration
        .table
        .iter()
        .map(|row| {
            let words = row.fate.words().to_owned();
            [row.before.clone(), row.after.clone(), words, row.note.clone()]
        })
        .collect();
    out += &table(["heartbeat", "keepalived", "", "note"], &rows);
    out += "\n## Times\n\n";
    let shown = |time: Option<u64>| time.map_or_else(|| "-".to_owned(), seconds);
    let rows: Vec<[String; 5]> = migration
        .timings
        .iter()
        .map(|timing: &Timing| {
            [
                timing.what.clone(),
                shown(timing.before),
                shown(timing.after),
                timing.verdict().to_owned(),
                timing.note.clone(),
            ]
        })
        .collect();
    out += &table(["at most", "heartbeat", "keepalived", "", "note"], &rows);
    out += "\n## Firewall\n\n";
    for line in &migration.firewall {
        out += &format!("- {line}\n");
    }
    out += "\n## Steps\n\n";
    for (index, step) in migration.steps.iter().enumerate() {
        out += &format!("{}. {step}\n", index + 1);
    }
    out += "\n## Files\n";
    for (index, file) in migration.files.iter().enumerate() {
        let from = file.place.as_ref().map_or_else(
            || " (its own files of heartbeat were not given)".to_owned(),
            |place| format!(" (from {place})"),
        );
        match written.and_then(|names| names.get(index)) {
            Some(name) => {
                let _ = write!(out, "\n- {}{from}: {name}", file.node);
            }
            None => {
                let _ = write!(out, "\n### {}{from}\n\n```text\n{}```\n", file.node, file.text);
            }
        }
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let cell = |text: &str| {
        let text = text.replace('|', "\\|");
        if text.is_empty() {
            " ".to_owned()
        } else {
            format!(" {text} ")
        }
    };
    let mut out = format!("|{}|\n", head.map(cell).join("|"));
    out += &format!("|{}|\n", [" --- "; N].join("|"));
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        out += &format!("|{}|\n", cells.join("|"));
    }
    out
}

/// The order in which the addresses stay served: the owner runs both programs for a moment, and no other node runs keepalived
/// before the owner sends adverts.
pub(super) fn steps(cluster: &Cluster<'_>, instances: &[Instance], table: &[Row]) -> Vec<String> {
    let mut out = Vec::new();
    if table.iter().any(|row| row.fate == Fate::Blocking) {
        out.push("Settle what stands in the way (above). Go no further before.".to_owned());
    }
    let mut owners: Vec<&str> = Vec::new();
    for instance in instances {
        if !owners
            .iter()
            .any(|owner| owner.eq_ignore_ascii_case(&instance.owner))
        {
            owners.push(&instance.owner);
        }
    }
    let names: Vec<&str> = cluster
        .members
        .iter()
        .map(|member| member.name.as_str())
        .collect();
    let first = names
        .iter()
        .find(|name| {
            owners
                .first()
                .is_some_and(|owner| owner.eq_ignore_ascii_case(name))
        })
        .or(names.first())
        .copied()
        .unwrap_or_default();
    let others: Vec<&str> = names.iter().copied().filter(|name| *name != first).collect();
    out.push(
        "On every node: install keepalived, do not let it start yet (`systemctl disable --now keepalived`), put its file in place as \
         /etc/keepalived/keepalived.conf with mode 600, and try it: `keepalived -t`."
            .to_owned(),
    );
    out.push(
        "On every node: let VRRP through the firewall (above). Leave heartbeat's rules for now.".to_owned(),
    );
    if owners.len() > 1 {
        out.push(format!(
            "Bring all addresses to {first}: run `/usr/share/heartbeat/hb_standby all` on the others, one after the other."
        ));
    } else {
        out.push(format!("See that {first} has the addresses: `ip addr show`."));
    }
    if !others.is_empty() {
        out.push(format!(
            "On {}: stop heartbeat (`service heartbeat stop`) and keep it from starting (`systemctl disable heartbeat`). {first} keeps \
             the addresses. Do not start keepalived there yet: it would take the addresses as well.",
            others.join(", ")
        ));
    }
    out.push(format!(
        "On {first}: start keepalived (`systemctl start keepalived`) and wait until its log says that each instance is MASTER. The \
         addresses are on {first} before and after."
    ));
    out.push(format!(
        "On {first}: stop heartbeat. It takes away the addresses that it set; keepalived puts back within a second what it shares with \
         heartbeat. See that the addresses are there and no alias of heartbeat's is left: `ip addr show`.{}",
        if instances.iter().any(|instance| !instance.services.is_empty()) {
            " heartbeat stops the services too: start them again by hand, and do this at a quiet hour, as keepalived also stopped them \
             for the time that it was BACKUP at its start."
        } else {
            ""
        }
    ));
    if !others.is_empty() {
        out.push(format!(
            "On {}: start keepalived. It hears {first} and becomes BACKUP.",
            others.join(", ")
        ));
    }
    out.push("On every node: `systemctl enable keepalived`, remove heartbeat, and take its rules out of the firewall.".to_owned());
    out.push(
        "The way back: stop keepalived on every node but the one that has the addresses, stop it there last, and start heartbeat on all."
            .to_owned(),
    );
    out
}
