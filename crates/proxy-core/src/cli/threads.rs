//! What the threads are at: `show activity`, `show threads`, `show pools`, `show profiling`, `show libs` (management guide,
//! section 9.3). What the original counts and there is nothing of here, such as locks and lists of its scheduler, has no line.

use super::ongoing::{Answer, Question};
use super::{Call, Reply};

/// What a thread tells about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThreadReport {
    /// Nanoseconds that it was on a processor.
    pub cpu_ns: u64,
    /// Times that it waited for something to do.
    pub loops: u64,
    /// Microseconds that it had something to do.
    pub busy_us: u64,
    /// Its tasks.
    pub tasks: usize,
    /// Its tasks that wait for a time.
    pub waiting: usize,
    /// The requests and TCP sessions that are under way.
    pub streams: usize,
    /// What it keeps in pools.
    pub pools: Vec<PoolReport>,
}

/// Things of one size that are used again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PoolReport {
    /// What they are.
    pub name: &'static str,
    /// Bytes of each.
    pub size: usize,
    /// In use.
    pub used: usize,
    /// Kept for the next user.
    pub kept: usize,
}

/// `show activity [-1|0|THREAD]`.
pub(super) fn activity(call: &mut Call<'_, '_>) -> Reply {
    match which(call) {
        Some(_) => Reply::ask(Question::Threads, write_activity),
        None => Reply::error("Thread ID number must be between -1 and nbthread"),
    }
}

/// Which values `show activity` shows.
enum Which {
    Both,
    Sum,
    Thread(usize),
}

fn which(call: &Call<'_, '_>) -> Option<Which> {
    let word = std::str::from_utf8(call.argument(0)).ok()?;
    match word.parse() {
        _ if word.is_empty() => Some(Which::Both),
        Ok(-1) => Some(Which::Both),
        Ok(0) => Some(Which::Sum),
        Ok(number) => {
            let at = usize::try_from(number).ok()?;
            (at <= call.view.runtime.counters.len()).then_some(Which::Thread(at - 1))
        }
        Err(_) => None,
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write_activity(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Threads {
        epoch_us,
        asked,
        reports,
    } = answer
    else {
        return Reply::Done;
    };
    let which = which(call).unwrap_or(Which::Both);
    let counters = &call.view.runtime.counters;
    let (seconds, micros) = (epoch_us / 1_000_000, epoch_us % 1_000_000);
    let uptime = call.view.now_ms;
    let head = format!(
        "thread_id: {} (1..{})\ndate_now: {seconds}.{micros:06}\nuptime_now: {}.{:03}000\n",
        asked + 1,
        counters.len(),
        uptime / 1000,
        uptime % 1000,
    );
    call.out.extend_from_slice(head.as_bytes());
    let of = |value: fn(&ThreadReport) -> u64| reports.iter().map(value).collect::<Vec<u64>>();
    let counted = |at: fn(&crate::state::ProcessCounters) -> u64| {
        counters
            .iter()
            .map(|thread| at(&thread.process))
            .collect::<Vec<u64>>()
    };
    let none = || vec![0; counters.len()];
    let rows: [(&str, Vec<u64>, bool); 10] = [
        ("loops", of(|thread| thread.loops), false),
        // Never fails: without memory the process ends, and nobody waits for buffers.
        ("pool_fail", none(), false),
        ("buf_wait", none(), false),
        (
            "avg_loop_us",
            of(|thread| thread.busy_us / thread.loops.max(1)),
            true,
        ),
        ("accepted", counted(|process| process.conn_tot.get()), false),
        // A connection stays with the thread that took it.
        ("accq_pushed", none(), false),
        ("accq_full", none(), false),
        ("accq_ring", none(), false),
        ("fd_takeover", none(), false),
        ("streams", of(|thread| thread.streams as u64), false),
    ];
    for (name, values, is_mean) in &rows {
        let sum: u64 = values.iter().sum();
        let whole = if *is_mean {
            sum / (values.len().max(1) as u64)
        } else {
            sum
        };
        let shown = match which {
            Which::Sum => whole.to_string(),
            Which::Thread(at) => values.get(at).copied().unwrap_or(0).to_string(),
            Which::Both => {
                let each: Vec<String> = values.iter().map(u64::to_string).collect();
                format!("{whole} [ {} ]", each.join(" "))
            }
        };
        call.out
            .extend_from_slice(format!("{name}: {shown}\n").as_bytes());
    }
    Reply::Done
}

/// `show threads`.
pub(super) fn show(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Threads, write_threads)
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write_threads(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Threads { asked, reports, .. } = answer else {
        return Reply::Done;
    };
    for (at, thread) in reports.iter().enumerate() {
        let mark = if at == asked { '*' } else { ' ' };
        let text = format!(
            "{mark} Thread {number:<2}: act={act} wq={wq}\n      1/{number:<4} loops={loops} tasks={tasks} \
             streams={streams}\n             cpu_ns: now={cpu} busy_us={busy}\n",
            number = at + 1,
            act = u8::from(at == asked),
            wq = thread.waiting,
            loops = thread.loops,
            tasks = thread.tasks,
            streams = thread.streams,
            cpu = thread.cpu_ns,
            busy = thread.busy_us,
        );
        call.out.extend_from_slice(text.as_bytes());
    }
    Reply::Done
}

/// `show tasks`.
pub(super) fn tasks(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Threads, write_tasks)
}

/// What is known of a task is whether it is one of a request or session, or waits for a time.
#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write_tasks(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Threads { reports, .. } = answer else {
        return Reply::Done;
    };
    let sum = |of: fn(&ThreadReport) -> usize| reports.iter().map(of).sum::<usize>();
    let (all, streams) = (sum(|thread| thread.tasks), sum(|thread| thread.streams));
    let head = format!(
        "Running tasks: {all} ({} threads)\n  function                     places     %    lat_tot   lat_avg\n",
        reports.len()
    );
    call.out.extend_from_slice(head.as_bytes());
    for (name, places) in [
        ("process_stream", streams),
        ("other", all.saturating_sub(streams)),
    ] {
        if places > 0 {
            let percent = places as f64 * 100.0 / all.max(places) as f64;
            let line = format!("  {name:<28} {places:>6}  {percent:>5.1}      -         -\n");
            call.out.extend_from_slice(line.as_bytes());
        }
    }
    Reply::Done
}

/// `show pools [byname|bysize|byusage] [match PREFIX] [NUMBER]`.
pub(super) fn pools(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Threads, write_pools)
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write_pools(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Threads { reports, .. } = answer else {
        return Reply::Done;
    };
    let mut pools: Vec<PoolReport> = Vec::new();
    for pool in reports.iter().flat_map(|thread| &thread.pools) {
        match pools.iter_mut().find(|known| known.name == pool.name) {
            Some(known) => {
                known.used += pool.used;
                known.kept += pool.kept;
            }
            None => pools.push(pool.clone()),
        }
    }
    let bytes = |pool: &PoolReport| (pool.used + pool.kept) * pool.size;
    let mut words = call.arguments.iter().map(Vec::as_slice);
    let mut most = usize::MAX;
    while let Some(word) = words.next() {
        match word {
            b"byname" => pools.sort_by_key(|pool| pool.name),
            b"bysize" => pools.sort_by_key(|pool| std::cmp::Reverse(pool.size)),
            b"byusage" => {
                pools.retain(|pool| bytes(pool) > 0);
                pools.sort_by_key(|pool| std::cmp::Reverse(bytes(pool)));
            }
            b"match" => {
                let prefix = words.next().unwrap_or_default();
                pools.retain(|pool| pool.name.as_bytes().starts_with(prefix));
            }
            number => {
                let number = std::str::from_utf8(number).ok();
                most = number.and_then(|digits| digits.parse().ok()).unwrap_or(most);
            }
        }
    }
    pools.truncate(most);
    call.out
        .extend_from_slice(b"Dumping pools usage. Use SIGQUIT to flush them.\n");
    for pool in &pools {
        let text = format!(
            "  - Pool {} ({} bytes) : {} allocated ({} bytes), {} used (~{} by thread caches), needed_avg {}, 0 failures, \
             1 users\n",
            pool.name,
            pool.size,
            pool.used + pool.kept,
            bytes(pool),
            pool.used,
            pool.kept,
            pool.used,
        );
        call.out.extend_from_slice(text.as_bytes());
    }
    let (all, used): (usize, usize) = (
        pools.iter().map(bytes).sum(),
        pools.iter().map(|p| p.used * p.size).sum(),
    );
    let text = format!(
        "Total: {} pools, {all} bytes allocated, {used} used (~{} by thread caches).\n",
        pools.len(),
        all - used
    );
    call.out.extend_from_slice(text.as_bytes());
    Reply::Done
}

/// `show profiling`.
pub(super) fn profiling(call: &mut Call<'_, '_>) -> Reply {
    let tasks = if call.view.config.global.measures_tasks {
        "on"
    } else {
        "off"
    };
    let text = format!(
        "Per-task CPU profiling              : {tasks:<13} # set profiling tasks {{on|auto|off}}\n\
         Memory usage profiling              : {:<13} # set profiling memory {{on|off}}\n",
        "off"
    );
    call.out.extend_from_slice(text.as_bytes());
    Reply::Done
}

/// `set profiling tasks|memory ON`.
pub(super) fn set_profiling(call: &mut Call<'_, '_>) -> Reply {
    let is_on = call.view.config.global.measures_tasks;
    match (call.argument(0), call.argument(1)) {
        (b"tasks", b"on") if is_on => Reply::Done,
        (b"tasks", b"off" | b"auto") if !is_on => Reply::Done,
        (b"tasks", b"on" | b"off" | b"auto") => Reply::error(
            "Only 'profiling.tasks' of the configuration file switches the profiling of tasks in this program.",
        ),
        (b"tasks", _) => Reply::error("Expects 'on', 'auto', or 'off'."),
        (b"memory", b"off") => Reply::Done,
        (b"memory", b"on") => Reply::error("The use of memory is not profiled by this program."),
        (b"memory", _) => Reply::error("Expects either 'on' or 'off'."),
        _ => Reply::error("Expects either 'tasks' or 'memory'."),
    }
}

/// `show libs`.
pub(super) fn libs(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Libraries, write_libs)
}

#[allow(clippy::needless_pass_by_value, reason = "as all that go on with an answer")]
fn write_libs(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Libraries(files) = answer else {
        return Reply::Done;
    };
    for (from, to, path) in files {
        let text = format!("{from:#014x}-{:#014x} ({:#09x}) {path}\n", to - 1, to - from);
        call.out.extend_from_slice(text.as_bytes());
    }
    Reply::Done
}
