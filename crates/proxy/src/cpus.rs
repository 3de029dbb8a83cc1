//! On which CPUs threads run, as `cpu-map` says. Which those are, the model decides; here the system is told.

use haproxy_cfg::model::{Config, CpuMap};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::unistd::Pid;

/// Binds the calling thread, the one with that index, to its CPUs. CPUs that the machine does not have are left to the system to
/// pass over; where it has none of them, the thread stays where it was, which is told.
pub(crate) fn bind(config: &Config, thread: usize) {
    let maps = &config.global.cpu_maps;
    if maps.is_empty() {
        return;
    }
    let number = u32::try_from(thread).unwrap_or(u32::MAX);
    let Some(cpus) = CpuMap::of_thread(maps, number) else {
        return;
    };
    let mut set = CpuSet::new();
    for cpu in cpus {
        // More than the system's set has room for are more than there are.
        let _no_such_cpu = set.set(cpu as usize);
    }
    if let Err(error) = sched_setaffinity(Pid::from_raw(0), &set) {
        crate::run::alert(&format!(
            "thread {} cannot be bound to its CPUs: {}",
            thread + 1,
            error.desc()
        ));
    }
}
