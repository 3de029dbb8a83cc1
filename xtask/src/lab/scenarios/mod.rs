//! The scenarios, a file each, and the run of all of them, act by act.

mod acl_two_backends;
mod bad_packets;
mod failover;
mod failover_heartbeat;
mod failover_mail;
mod failover_web;
mod flood;
mod forms;
mod http_log;
mod minimal_rspadd;
mod outage;
mod packets;
mod same_frames;
mod served;
mod smtp_pair;
mod statistics;
mod sync_group;
mod tcp_roundrobin;
mod web;
mod webapp_cookie;
mod webapp_leastconn;
mod webfarm;

use std::panic::AssertUnwindSafe;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use super::Args;
use super::isolation::WORK;
use super::sheet::Sheet;
use super::stage::{Keepaliveds, Stage, Whose};
use super::subject::Subject;
use super::summary::{self, Summary};
use super::{capture, heartbeat, keepalived};
use crate::outcome::Tally;
use crate::workspace;

/// A scenario. Its name begins with the document's number.
struct Scenario {
    name: &'static str,
    act: Act,
    play: fn(&mut Stage<'_>) -> Result<()>,
}

/// The acts of the lab follow one another; the scenarios of one act are played side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    /// One balancer each, with limits of whole seconds.
    Balancers,
    /// Pairs with keepalived, whose limits are 50 ms: they do not bear the others' browsers beside them.
    Pairs,
    /// The one that keeps the machine busy.
    Flood,
}

const SCENARIOS: &[Scenario] = &[
    balancer("000-webapp-leastconn", webapp_leastconn::play),
    balancer("000-webapp-sticky-cookie", webapp_cookie::play),
    balancer("001-tcp-roundrobin", tcp_roundrobin::play),
    balancer("002-acl-two-backends", acl_two_backends::play),
    balancer("002-minimal-rspadd", minimal_rspadd::play),
    balancer("002-smtp", smtp_pair::play),
    balancer("004-webfarm", webfarm::play),
    pair("001-keepalived", |stage| {
        failover_web::play(stage, [Whose::Subject, Whose::Subject])
    }),
    pair("001-keepalived-original-as-lb2", |stage| {
        failover_web::play(stage, [Whose::Subject, Whose::Original])
    }),
    pair("001-keepalived-original-as-lb1", |stage| {
        failover_web::play(stage, [Whose::Original, Whose::Subject])
    }),
    pair("002-keepalived", |stage| {
        failover_mail::play(stage, &failover_mail::FIRST, [Whose::Subject, Whose::Subject])
    }),
    pair("002-keepalived-second-centre", |stage| {
        failover_mail::play(stage, &failover_mail::SECOND, [Whose::Subject, Whose::Subject])
    }),
    pair("002-keepalived-original-as-lb2", |stage| {
        failover_mail::play(stage, &failover_mail::FIRST, [Whose::Subject, Whose::Original])
    }),
    pair("002-keepalived-original-as-lb1", |stage| {
        failover_mail::play(stage, &failover_mail::FIRST, [Whose::Original, Whose::Subject])
    }),
    pair("004-heartbeat", |stage| {
        failover_heartbeat::play(stage, [Whose::Subject, Whose::Subject])
    }),
    pair("004-heartbeat-original-as-lb2", |stage| {
        failover_heartbeat::play(stage, [Whose::Subject, Whose::Original])
    }),
    pair("004-heartbeat-original-as-lb1", |stage| {
        failover_heartbeat::play(stage, [Whose::Original, Whose::Subject])
    }),
    pair("001-frames-lb1", |stage| {
        same_frames::play(stage, "001-lb1-master.conf", "192.168.0.100/24")
    }),
    pair("001-frames-lb2", |stage| {
        same_frames::play(stage, "001-lb2-backup.conf", "192.168.0.101/24")
    }),
    pair("002-frames-dc1", |stage| {
        same_frames::play(stage, "002-dc1.conf", "10.0.10.10/24")
    }),
    pair("002-frames-dc2", |stage| {
        same_frames::play(stage, "002-dc2.conf", "10.0.20.10/24")
    }),
    pair("forms-version-3", |stage| forms::play(stage, "version-3")),
    pair("forms-group", |stage| forms::play(stage, "group")),
    pair("forms-ipv6", |stage| forms::play(stage, "ipv6")),
    pair("forms-unicast", |stage| forms::play(stage, "unicast")),
    pair("forms-unicast-version-3", |stage| {
        forms::play(stage, "unicast-version-3")
    }),
    pair("forms-unicast-ipv6", |stage| forms::play(stage, "unicast-ipv6")),
    pair("forms-sync-group", sync_group::play),
    pair("001-bad-packets", bad_packets::play),
    Scenario {
        name: "001-flood",
        act: Act::Flood,
        play: flood::play,
    },
];

const fn balancer(name: &'static str, play: fn(&mut Stage<'_>) -> Result<()>) -> Scenario {
    Scenario {
        name,
        act: Act::Balancers,
        play,
    }
}

const fn pair(name: &'static str, play: fn(&mut Stage<'_>) -> Result<()>) -> Scenario {
    Scenario {
        name,
        act: Act::Pairs,
        play,
    }
}

/// Runs the scenarios asked for, prints their sheets and leaves the summary.
pub(super) fn run(args: &Args) -> Result<()> {
    let (program, out) = args
        .program
        .as_deref()
        .zip(args.out.as_deref())
        .context("the stage was given no program")?;
    let chosen: Vec<&Scenario> = SCENARIOS
        .iter()
        .filter(|scenario| {
            args.only.is_empty()
                || args
                    .only
                    .iter()
                    .any(|only| scenario.name.starts_with(only.as_str()))
        })
        .collect();
    if chosen.is_empty() {
        bail!("no scenario begins with {}", args.only.join(" or "));
    }
    let work = Path::new(WORK);
    let subject = Subject::install(program, &work.join("program"))?;
    let keepalived = keepaliveds(args, program, &subject, &work.join("program"))?;
    println!("lab: {}; {}", subject.version(), keepalived.subject.version());

    let start = Instant::now();
    let stage = |scenario: &Scenario, work: &Path, out: &Path| Stage {
        subject: &subject,
        keepalived: &keepalived,
        sheet: Sheet::new(scenario.name),
        work: work.join(scenario.name),
        out: out.join(scenario.name),
    };
    let mut played: Vec<(&Scenario, Sheet)> = Vec::new();
    for act in [Act::Balancers, Act::Pairs, Act::Flood] {
        std::thread::scope(|scope| {
            let plays: Vec<_> = chosen
                .iter()
                .filter(|scenario| scenario.act == act)
                .map(|scenario| {
                    let stage = stage(scenario, work, out);
                    (*scenario, scope.spawn(|| play(scenario, stage)))
                })
                .collect();
            for (scenario, play) in plays {
                played.push((scenario, play.join().unwrap_or_else(|_| panicked(scenario))));
            }
        });
    }
    let mut sheets = Vec::new();
    for (scenario, sheet) in played {
        if sheet.tally().failed == 0 {
            sheets.push(sheet);
            continue;
        }
        // A busy machine can upset a scenario that is about time. Alone it has no such excuse.
        println!("again, alone: {}{}", scenario.name, sheet.table());
        let (work, out) = (work.join("again"), out.join("again"));
        let stage = stage(scenario, &work, &out);
        let again = std::panic::catch_unwind(AssertUnwindSafe(|| play(scenario, stage)));
        sheets.push(again.unwrap_or_else(|_| panicked(scenario)));
    }
    let seconds = start.elapsed().as_secs_f64();

    let mut tally = Tally::default();
    for sheet in &sheets {
        print!("{}", sheet.table());
        tally += sheet.tally();
    }
    println!(
        "\nlab: {} scenarios in {seconds:.0} s, results in {}",
        sheets.len(),
        out.display()
    );
    let summary = Summary {
        program: subject.version(),
        keepalived: keepalived.subject.version(),
        seconds,
        passed: tally.passed,
        failed: tally.failed,
        scenarios: &sheets,
    };
    summary::write(out, &summary)
}

/// Installs both keepalived programs.
fn keepaliveds(args: &Args, program: &Path, subject: &Subject, folder: &Path) -> Result<Keepaliveds> {
    let original = workspace::program("keepalived").context("there is no keepalived")?;
    let ours = match &args.keepalived {
        Some(given) => given,
        None if subject.takes_every_dialect() => program,
        None => &original,
    };
    Ok(Keepaliveds {
        subject: keepalived::Program::install(ours, folder)?,
        original: keepalived::Program::install(&original, &folder.join("original"))?,
    })
}

/// What is found of a scenario that came to an end as none should.
fn panicked(scenario: &Scenario) -> Sheet {
    let mut sheet = Sheet::new(scenario.name);
    sheet.check("the scenario is played to its end", "it panicked", "yes", false);
    sheet
}

/// Plays one scenario in folders of its own. A scenario that cannot go on is a finding as well.
fn play(scenario: &Scenario, mut stage: Stage<'_>) -> Sheet {
    let played = std::fs::create_dir_all(&stage.out)
        .map_err(Into::into)
        .and_then(|()| (scenario.play)(&mut stage));
    if let Err(error) = played {
        stage.sheet.check(
            "the scenario is played to its end",
            format!("{error:#}"),
            "yes",
            false,
        );
    }
    if let Err(error) = keep_records(&stage) {
        stage
            .sheet
            .check("the records are kept", format!("{error:#}"), "yes", false);
    }
    stage.sheet
}

/// Leaves what was logged and recorded on the scenario's nodes in its output folder, however it ended.
fn keep_records(stage: &Stage<'_>) -> Result<()> {
    for (record, kept) in [
        (keepalived::LOG, "keepalived.txt"),
        (heartbeat::SAID, "heartbeat.txt"),
        (capture::FILE, "capture.pcap"),
        ("var/log/postfix.log", "postfix.txt"),
    ] {
        for node in std::fs::read_dir(&stage.work)? {
            let node = node?;
            let file = node.path().join(record);
            if file.is_file() {
                let name = format!("{}-{kept}", node.file_name().to_string_lossy());
                stage.keep(&file, &name)?;
            }
        }
    }
    Ok(())
}
