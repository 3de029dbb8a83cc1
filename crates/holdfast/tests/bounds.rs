//! What bounds a process and its threads: CPUs (`cpu-map`) and descriptors (`fd-hard-limit`), beside the original where it is
//! installed. The CPUs are read from the system and not from what the process says of itself.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::Pid;
use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

/// Runs each program with those lines of `global`, four threads, and gives what is asked of the process once it has come to
/// what is expected; otherwise it ends with what it was and what the process said.
fn each<T: PartialEq + std::fmt::Debug>(global: &str, look: impl Fn(i32, &Path) -> Option<T>, expected: &T) {
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let text = format!(
            "global\n nbthread 4\n stats socket {}/stats level admin\n{global}\n\
             defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n\
             frontend site\n bind {}\n",
            folder.path().display(),
            free_address().unwrap()
        );
        fs::write(&file, text).unwrap();
        let program = Program::start(command.arg("-db").arg("-f").arg(file)).unwrap();
        let socket = folder.path().join("stats");
        let up = wait_for(|| admin::ask(&socket, "show info").ok());
        assert!(up.is_some(), "{}", program.output().unwrap());
        let mut last = None;
        let reached = wait_for(|| {
            last = look(program.pid(), &socket);
            (last.as_ref() == Some(expected)).then_some(())
        });
        assert!(
            reached.is_some(),
            "{command:?} {global}: {last:?}\n{}",
            program.output().unwrap()
        );
    }
}

/// The CPUs of each thread of a process that serves, which are the first four by their number.
fn cpus_of_threads(pid: i32, _: &Path) -> Option<Vec<BTreeSet<usize>>> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let mut threads: Vec<i32> = tasks
        .filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    threads.sort_unstable();
    let cpus = |thread: &i32| Some(set(&sched_getaffinity(Pid::from_raw(*thread)).ok()?));
    threads.iter().take(4).map(cpus).collect()
}

fn set(cpus: &CpuSet) -> BTreeSet<usize> {
    (0..CpuSet::count())
        .filter(|cpu| cpus.is_set(*cpu).unwrap_or(false))
        .collect()
}

#[test]
fn threads_run_on_the_cpus_that_cpu_map_gives_them() {
    let all = set(&sched_getaffinity(Pid::from_raw(0)).unwrap());
    let Some(first) = all.first().copied().filter(|first| *first == 0) else {
        eprintln!("left out: this process may not run on the first CPU");
        return;
    };
    let (last, one) = (*all.last().unwrap(), BTreeSet::from([first]));
    let other = BTreeSet::from([last]);
    let of = |threads: [&BTreeSet<usize>; 4]| threads.map(Clone::clone).to_vec();
    each(" cpu-map 1/all 0", cpus_of_threads, &of([&one; 4]));
    each(
        &format!(" cpu-map 1/odd 0\n cpu-map 1/even {last}"),
        cpus_of_threads,
        &of([&one, &other, &one, &other]),
    );
    each(
        &format!(" cpu-map 1/2 {last}\n cpu-map 1/4 0"),
        cpus_of_threads,
        &of([&all, &other, &all, &one]),
    );
    if last == 1 {
        each(
            " cpu-map auto:1/1-2 0-1",
            cpus_of_threads,
            &of([&one, &other, &all, &all]),
        );
    }
}

/// The descriptors that a process says it may have.
fn descriptors(_: i32, socket: &Path) -> Option<u64> {
    let info = admin::ask(socket, "show info").ok()?;
    let told = info.lines().find_map(|line| line.strip_prefix("Ulimit-n: "))?;
    told.parse().ok()
}

#[test]
fn no_more_descriptors_are_used_than_fd_hard_limit_says() {
    each(" fd-hard-limit 900", descriptors, &900);
    // What the system allows is less.
    let allowed = getrlimit(Resource::RLIMIT_NOFILE).unwrap().1;
    if allowed < 2_000_000_000 {
        let within = |pid: i32, socket: &Path| Some(descriptors(pid, socket)? <= allowed);
        each(" fd-hard-limit 2000000000\n maxconn 50", within, &true);
    }
}

#[test]
fn a_process_that_needs_more_descriptors_than_fd_hard_limit_says_does_not_start() {
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let text = format!(
            "global\n fd-hard-limit 500\n ulimit-n 3000\n\
             defaults\n mode http\n timeout connect 1s\n timeout client 1s\n timeout server 1s\n\
             frontend site\n bind {}\n",
            free_address().unwrap()
        );
        fs::write(&file, text).unwrap();
        let mut program = Program::start(command.arg("-db").arg("-f").arg(file)).unwrap();
        assert_eq!(program.wait_code(), Some(1));
        let said = program.output().unwrap();
        assert!(
            said.contains("Cannot raise FD limit to 3000, limit is 500."),
            "{said}"
        );
    }
}
