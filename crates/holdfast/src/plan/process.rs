//! Who the process would be, and what it would take of the machine.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use haproxy_cfg::model::Config;
use nix::sys::resource::{Resource, getrlimit};
use nix::unistd::geteuid;

use super::{Grade, Item, kernel};
use crate::haproxy::limits::Need;

/// Bytes that a connection takes beside its buffers, at most (docs/performance.md).
const CONNECTION_BYTES: u64 = 6 * 1024;

/// Bytes to a mebibyte.
const MIB: u64 = 1 << 20;

/// Identity, cage, descriptors, memory.
pub(super) fn look(config: &Config) -> Vec<Item> {
    let mut items = vec![identity(config)];
    items.extend(config.global.chroot.as_ref().map(|folder| cage(folder)));
    items.extend(pidfile(config));
    let threads = config.global.nbthread.map_or_else(
        || std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
        |threads| threads as usize,
    );
    items.push(Item::new(Grade::Fine, "threads", threads.to_string()));
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((0, 0));
    let need = Need::of(config, hard);
    items.push(descriptors(config, &need, hard));
    items.push(memory(config, &need));
    items
}

fn identity(config: &Config) -> Item {
    let global = &config.global;
    let is_root = geteuid().is_root();
    let name = |id: Option<u32>, name: Option<&haproxy_cfg::model::Word>| match (name, id) {
        (Some(name), Some(id)) => Some(format!("{name} ({id})")),
        (None, Some(id)) => Some(id.to_string()),
        _ => None,
    };
    let user = name(global.uid, global.user.as_ref());
    let group = name(global.gid, global.group.as_ref());
    match (user, group, is_root) {
        (None, _, true) => Item::new(Grade::Note, "identity", "stays root: the file names no user"),
        (None, _, false) => Item::new(Grade::Fine, "identity", "stays who starts it"),
        (Some(user), _, false) if global.uid != Some(geteuid().as_raw()) => Item::new(
            Grade::Wrong,
            "identity",
            format!("cannot become user {user}: only root can"),
        ),
        (Some(user), None, _) => Item::new(
            Grade::Note,
            "identity",
            format!("becomes user {user}, and keeps the group it was started with"),
        ),
        (Some(user), Some(group), _) => Item::new(
            Grade::Fine,
            "identity",
            format!("becomes user {user}, group {group}"),
        ),
    }
}

fn cage(folder: &[u8]) -> Item {
    let path = Path::new(OsStr::from_bytes(folder));
    let about = format!("chroot {}", path.display());
    if !geteuid().is_root() {
        return Item::new(Grade::Wrong, about, "only root can");
    }
    let found = match path.metadata() {
        Err(error) => return Item::new(Grade::Wrong, about, format!("cannot be entered: {error}")),
        Ok(found) => found,
    };
    if !found.is_dir() {
        return Item::new(Grade::Wrong, about, "is no folder");
    }
    let is_empty = std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none());
    let for_others = found.mode() & 0o022 != 0;
    match (is_empty, for_others) {
        (_, true) => Item::new(Grade::Note, about, "others may write there"),
        (false, _) => Item::new(Grade::Note, about, "is not empty"),
        (true, false) => Item::new(Grade::Fine, about, "empty, and nobody else's to write to"),
    }
}

fn pidfile(config: &Config) -> Option<Item> {
    let path = config.global.pidfile.as_ref()?;
    let path = Path::new(OsStr::from_bytes(path));
    let about = format!("pidfile {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        return Some(Item::new(
            Grade::Wrong,
            about,
            format!("there is no folder {}", folder.display()),
        ));
    }
    let known = std::fs::read_to_string(path).unwrap_or_default();
    let running: Vec<&str> = known
        .split_whitespace()
        .filter(|pid| Path::new("/proc").join(pid).is_dir())
        .collect();
    Some(if running.is_empty() {
        Item::new(Grade::Fine, about, "no process of it runs")
    } else {
        Item::new(
            Grade::Note,
            about,
            format!(
                "names processes that run: {}; a reload names them with -sf",
                running.join(" ")
            ),
        )
    })
}

fn descriptors(config: &Config, need: &Need, hard: u64) -> Item {
    let given = if config.global.maxconn.is_some() {
        ""
    } else {
        ", worked out, as the file gives none"
    };
    let text = format!(
        "{} for maxconn {}{given}; the system allows {hard}",
        need.descriptors.max(need.maxsock),
        need.maxconn
    );
    let most = if geteuid().is_root() {
        kernel::setting("fs.nr_open")
            .and_then(|text| text.parse().ok())
            .unwrap_or(hard)
    } else {
        hard
    };
    let wanted = need.descriptors;
    if wanted <= hard {
        return Item::new(Grade::Fine, "descriptors", text);
    }
    if wanted <= most {
        return Item::new(
            Grade::Fine,
            "descriptors",
            format!("{text}, and root may raise that"),
        );
    }
    let grade = if config.global.strict_limits.unwrap_or(true) {
        Grade::Wrong
    } else {
        Grade::Note
    };
    Item::new(grade, "descriptors", format!("{text}, {most} at most"))
}

fn memory(config: &Config, need: &Need) -> Item {
    let buffers = 2 * u64::from(config.global.tune.bufsize);
    let most = need.maxconn.saturating_mul(buffers + CONNECTION_BYTES) / MIB;
    let text = format!(
        "at most {most} MiB for {} connections with full buffers",
        need.maxconn
    );
    let known = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let available = known.lines().find_map(|line| {
        let kib: u64 = line
            .strip_prefix("MemAvailable:")?
            .split_whitespace()
            .next()?
            .parse()
            .ok()?;
        Some(kib / 1024)
    });
    match available {
        Some(available) if available < most => Item::new(
            Grade::Note,
            "memory",
            format!("{text}; {available} MiB are available now"),
        ),
        Some(available) => Item::new(
            Grade::Fine,
            "memory",
            format!("{text}; {available} MiB are available"),
        ),
        None => Item::new(Grade::Fine, "memory", text),
    }
}
