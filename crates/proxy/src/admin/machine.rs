//! What the process runs on, as `/proc` tells it. What is not at hand, such as in a `chroot`, is left out.

use std::fs;

use proxy_core::cli::Machine;

/// Files of `/proc` with one line each, and what they say.
const PLATFORM: [(&str, &str); 5] = [
    ("OS name", "sys/kernel/ostype"),
    ("OS release", "sys/kernel/osrelease"),
    ("OS version", "sys/kernel/version"),
    ("OS architecture", "sys/kernel/arch"),
    ("node name", "sys/kernel/hostname"),
];

/// What is known.
pub(super) fn describe() -> Machine {
    let read = |name: &str| fs::read_to_string(format!("/proc/{name}")).unwrap_or_default();
    let mut platform: Vec<_> = PLATFORM
        .iter()
        .map(|(name, file)| (*name, read(file).trim().to_owned()))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    let processors = read("cpuinfo");
    if let Some(model) = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
    {
        platform.push(("cpu model", model.trim_start_matches([' ', '\t', ':']).to_owned()));
    }
    let count = processors
        .lines()
        .filter(|line| line.starts_with("processor"))
        .count();
    if count > 0 {
        platform.push(("cpus", count.to_string()));
    }
    let process = vec![
        ("pid", std::process::id().to_string()),
        (
            "cmdline",
            read("self/cmdline").replace('\0', " ").trim().to_owned(),
        ),
    ];
    let status = read("self/status");
    let wanted = [
        "Uid:",
        "Gid:",
        "CapEff:",
        "CapPrm:",
        "CapInh:",
        "Cpus_allowed_list:",
    ];
    let of_status = status
        .lines()
        .filter(|line| wanted.iter().any(|name| line.starts_with(name)));
    let limits = read("self/limits");
    let of_limits = limits.lines().filter(|line| {
        [
            "Max open files",
            "Max address space",
            "Max core file size",
            "Max locked memory",
        ]
        .iter()
        .any(|name| line.starts_with(name))
    });
    let lines = of_status
        .chain(of_limits)
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    Machine {
        platform,
        process,
        limits: lines.collect(),
    }
}
