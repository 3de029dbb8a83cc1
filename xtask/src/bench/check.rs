//! Scenario: large configurations are checked with `-c` and not started.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::Context;

use super::child::{Cost, cost};
use super::farm::farm;
use super::scenario::{Figures, Setting};
use super::subject::Subject;

/// Milliseconds for the servers' file.
pub(super) const SERVERS_TIME: &str = "servers ms";
/// The most memory that its check needs.
pub(super) const SERVERS_MEMORY: &str = "servers MiB";
/// CPU time of a line of the larger ACL file, as a multiple of that of a line of the smaller one: 1 is linear.
pub(super) const ACLS_GROWTH: &str = "cost of an ACL, 5000 / 500";

const BACKENDS: usize = 10_000;
const SERVERS_EACH: usize = 2;
const FEW_ACLS: usize = 500;
const MANY_ACLS: usize = 5000;
/// How often a small file is checked in a round; the cheapest counts.
const TIMES: usize = 5;

const DEFAULTS: &str =
    "defaults\n    mode http\n    timeout connect 10s\n    timeout client 1m\n    timeout server 1m\n";

/// Measures the checks.
pub(super) fn measure(setting: &Setting, subject: &Subject) -> anyhow::Result<Figures> {
    let check = |name: &str, text: &str, times: usize| -> anyhow::Result<Cost> {
        let path = setting.place.join(name);
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        let mut command = subject.command();
        command.args(["-c", "-q", "-f"]).arg(&path);
        let mut best: Option<Cost> = None;
        for _ in 0..times {
            let run = cost(&command)?;
            if best.is_none_or(|best| run.cpu < best.cpu) {
                best = Some(run);
            }
        }
        best.context("nothing was measured")
    };
    let servers = check("servers.cfg", &servers()?, 1)?;
    let bare = check("bare.cfg", &acls(0)?, TIMES)?;
    let few = check("few-acls.cfg", &acls(FEW_ACLS)?, TIMES)?;
    let many = check("many-acls.cfg", &acls(MANY_ACLS)?, TIMES)?;
    // Microseconds for an ACL and the rule that uses it, without what the program needs for any file.
    let each = |run: Cost, number: usize| {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
        let number = number as f64;
        (run.cpu - bare.cpu).max(0.0) * 1e3 / number
    };
    let (few_each, many_each) = (each(few, FEW_ACLS), each(many, MANY_ACLS));
    Ok(Figures(BTreeMap::from([
        (SERVERS_TIME, servers.wall),
        ("servers cpu ms", servers.cpu),
        (SERVERS_MEMORY, servers.memory),
        ("cpu us/ACL of 500", few_each),
        ("cpu us/ACL of 5000", many_each),
        (ACLS_GROWTH, many_each / few_each.max(0.1)),
    ])))
}

/// Backends with two servers each, and a rule for each backend.
fn servers() -> anyhow::Result<String> {
    let servers = farm(BACKENDS, SERVERS_EACH, |backend, server| {
        let (high, low) = (backend / 250, backend % 250);
        format!("10.{high}.{low}.{}:8080 check weight 10", server + 1)
    })?;
    Ok(format!(
        "{DEFAULTS}\nfrontend web\n    bind 127.0.0.1:8080\n{servers}"
    ))
}

/// ACLs, and a rule for each.
fn acls(number: usize) -> anyhow::Result<String> {
    let mut text = format!("{DEFAULTS}\nfrontend web\n    bind 127.0.0.1:8080\n");
    for acl in 0..number {
        writeln!(text, "    acl a{acl} path_beg /app{acl}/").context("no memory")?;
    }
    for acl in 0..number {
        writeln!(text, "    http-request deny if a{acl}").context("no memory")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_have_what_they_are_named_for() {
        let text = servers().expect("text");
        assert_eq!(text.matches("\nbackend ").count(), BACKENDS);
        assert_eq!(text.matches("\n    server ").count(), BACKENDS * SERVERS_EACH);
        assert_eq!(acls(7).expect("text").matches("    acl ").count(), 7);
    }
}
