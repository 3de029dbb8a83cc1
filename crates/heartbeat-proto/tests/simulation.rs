//! Pairs through faults, on virtual time. `HOLDFAST_SEED=N` runs one seed and prints what happened; `HOLDFAST_SEEDS=N` tries more.

#![allow(clippy::print_stdout, reason = "a course is printed when it is asked for")]

use std::time::Duration;

use heartbeat_proto::sim::{Cluster, Network, Plan};
use heartbeat_proto::{Failback, Share};

const SECOND: Duration = Duration::from_secs(1);

fn plan(failback: Failback) -> Plan {
    Plan {
        nodes: vec!["lb1.example.com".to_owned(), "lb2.example.com".to_owned()],
        owners: vec![0],
        failback,
        keepalive: SECOND,
        deadtime: SECOND * 5,
        initdead: SECOND * 8,
        network: Network::PERFECT,
        work: Duration::from_millis(300),
    }
}

/// Both started, one second apart, and enough time to settle.
fn pair(failback: Failback) -> Cluster {
    let mut cluster = Cluster::new(plan(failback), 1);
    cluster.start(0);
    cluster.run(SECOND);
    cluster.start(1);
    cluster.run(SECOND * 20);
    assert_eq!(cluster.holders(0), [0], "{:#?}", cluster.log());
    cluster
}

/// How long it takes until `group` runs on `index` alone.
fn until(cluster: &mut Cluster, group: usize, index: usize) -> Duration {
    let begin = cluster.now();
    while cluster.holders(group) != [index] {
        cluster.run(Duration::from_millis(10));
        assert!(cluster.now() < begin + SECOND * 60, "never: {:#?}", cluster.log());
    }
    cluster.now() - begin
}

const ALL: [Failback; 3] = [Failback::Legacy, Failback::On, Failback::Off];

#[test]
fn a_node_alone_takes_everything_within_initdead() {
    for failback in ALL {
        for index in [0, 1] {
            let mut cluster = Cluster::new(plan(failback), 1);
            cluster.start(index);
            let took = until(&mut cluster, 0, index);
            assert!(took <= SECOND * 9 && took >= SECOND * 8, "{failback:?}: {took:?}");
        }
    }
}

#[test]
fn a_dead_nodes_resources_are_taken_within_deadtime() {
    for failback in ALL {
        let mut cluster = pair(failback);
        cluster.kill(0);
        let took = until(&mut cluster, 0, 1);
        assert!(took <= SECOND * 6, "{failback:?}: {took:?}");
    }
}

#[test]
fn a_clean_stop_hands_over_at_once() {
    for failback in ALL {
        let mut cluster = pair(failback);
        cluster.stop(0);
        let took = until(&mut cluster, 0, 1);
        assert!(took <= SECOND, "{failback:?}: {took:?}");
        assert_eq!(cluster.breach(), None);
    }
}

#[test]
fn resources_go_home_as_asked_for() {
    for failback in ALL {
        let mut cluster = pair(failback);
        cluster.stop(0);
        until(&mut cluster, 0, 1);
        cluster.run(SECOND * 10);
        cluster.start(0);
        cluster.run(SECOND * 30);
        let home = usize::from(failback == Failback::Off);
        assert_eq!(cluster.holders(0), [home], "{failback:?}: {:#?}", cluster.log());
        assert_eq!(cluster.breach(), None);
    }
}

#[test]
fn standby_moves_everything_and_back() {
    let mut cluster = pair(Failback::Off);
    cluster.give(0, Share::All);
    assert!(until(&mut cluster, 0, 1) <= SECOND);
    cluster.run(SECOND);
    cluster.give(1, Share::All);
    assert!(until(&mut cluster, 0, 0) <= SECOND);
}

#[test]
fn a_partition_ends_with_one_holder() {
    for failback in ALL {
        let mut cluster = pair(failback);
        cluster.cut(0, 1, true);
        cluster.run(SECOND * 10);
        assert_eq!(cluster.holders(0), [0, 1], "{failback:?}");
        cluster.cut(0, 1, false);
        cluster.run(SECOND * 40);
        assert_eq!(cluster.holders(0), [0], "{failback:?}: {:#?}", cluster.log());
        assert_eq!(cluster.breach(), None);
    }
}

#[test]
fn a_program_that_stood_still_gives_way() {
    for failback in ALL {
        let mut cluster = pair(failback);
        cluster.freeze(0, true);
        cluster.run(SECOND * 10);
        cluster.freeze(0, false);
        cluster.run(SECOND * 40);
        assert_eq!(cluster.holders(0).len(), 1, "{failback:?}: {:#?}", cluster.log());
        assert_eq!(cluster.breach(), None, "{:#?}", cluster.log());
    }
}

/// A course of faults, then rest.
fn course(seed: u64) -> Result<(), String> {
    let failback = ALL[(seed % 3) as usize];
    let mut settings = plan(failback);
    settings.owners = if seed.is_multiple_of(2) {
        vec![0]
    } else {
        vec![0, 1, 0]
    };
    let mut cluster = Cluster::new(settings, seed);
    let bad = Network {
        loss: cluster.chance(200),
        doubled: cluster.chance(100),
        delay: Duration::from_millis(1 + cluster.chance(400)),
    };
    cluster.set_network(bad);
    cluster.start(0);
    cluster.start(1);
    for _ in 0..30 {
        let index = usize::try_from(cluster.chance(2)).expect("small");
        match cluster.chance(9) {
            0 => cluster.kill(index),
            1 => cluster.stop(index),
            2 | 3 => cluster.start(index),
            4 => cluster.cut(0, 1, true),
            5 => cluster.cut(0, 1, false),
            6 => cluster.give(index, [Share::All, Share::Local, Share::Foreign][index]),
            7 => {
                cluster.kill(index);
                cluster.start(index);
            }
            _ => {
                cluster.freeze(index, true);
                let pause = Duration::from_millis(cluster.chance(9000));
                cluster.run(pause);
                cluster.freeze(index, false);
            }
        }
        let pause = Duration::from_millis(cluster.chance(15_000));
        cluster.run(pause);
    }
    cluster.set_network(Network::PERFECT);
    cluster.cut(0, 1, false);
    cluster.run(SECOND * 10);
    cluster.start(0);
    cluster.start(1);
    cluster.run(SECOND * 90);
    let shown = |cluster: &Cluster, what: &str| {
        format!("seed {seed}, {failback:?}: {what}\n{}", cluster.log().join("\n"))
    };
    if let Some(breach) = cluster.breach() {
        return Err(shown(&cluster, breach));
    }
    let groups = if seed.is_multiple_of(2) { 1 } else { 3 };
    for group in 0..groups {
        let holders = cluster.holders(group);
        if holders.len() != 1 {
            return Err(shown(&cluster, &format!("group {group} runs on {holders:?}")));
        }
    }
    if std::env::var_os("HOLDFAST_SEED").is_some() {
        println!("{}", shown(&cluster, "well"));
    }
    Ok(())
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn no_course_of_faults_ends_with_two_holders_or_none() {
    if let Some(seed) = number("HOLDFAST_SEED") {
        return course(seed).unwrap_or_else(|text| panic!("{text}"));
    }
    let failed: Vec<String> = (0..number("HOLDFAST_SEEDS").unwrap_or(300))
        .filter_map(|seed| course(seed).err())
        .collect();
    assert!(
        failed.is_empty(),
        "{} seeds failed; the first:\n{}",
        failed.len(),
        failed[0]
    );
}
