//! Tracked files: the number in each, and word of each change of it (inotify). Files may come and go, be replaced, be reached by
//! links, and their folders may be missing for a while. What a number means for an instance is not known here.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

use keepalived_conf::model::TrackFile;
use nix::errno::Errno;
use nix::libc::O_NONBLOCK;
use nix::sys::inotify::{AddWatchFlags, InitFlags, Inotify, WatchDescriptor};
use tokio::io::unix::AsyncFd;

use crate::kernel::watch_descriptor;
use crate::log::Log;

/// So much of a file is looked at.
const LONGEST_NUMBER: u64 = 127;

/// The numbers that count: as large as the weight of a real server may be.
const NUMBERS: std::ops::RangeInclusive<i64> = -2_147_483_648..=2_147_483_648;

/// Links that are followed on the way to a file. Linux follows as many.
const MOST_LINKS: usize = 40;

/// How often the way to a file is looked for anew while it changes under our eyes.
const MOST_ROUNDS: usize = 4;

/// A file, and what is known of it.
#[derive(Debug)]
struct Watched {
    file: TrackFile,
    level: i64,
    /// The names whose coming and going can change what the path leads to, each with its folder's watch.
    places: Vec<(WatchDescriptor, OsString)>,
}

/// All tracked files.
#[derive(Debug)]
pub(crate) struct Files {
    inotify: Inotify,
    readable: AsyncFd<OwnedFd>,
    files: Vec<Watched>,
    log: Log,
}

impl Files {
    /// Begins to watch, and reads each file. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(files: &[TrackFile], log: Log) -> io::Result<Self> {
        let inotify = Inotify::init(InitFlags::IN_NONBLOCK | InitFlags::IN_CLOEXEC)?;
        let readable = watch_descriptor(inotify.as_fd().try_clone_to_owned()?)?;
        let mut all = Self {
            inotify,
            readable,
            files: Vec::new(),
            log,
        };
        for file in files {
            let path = Path::new(&file.path);
            if path.parent().is_some_and(|folder| !folder.is_dir()) {
                all.log.info(format!(
                    "Track file directory for {} does not exist - waiting for it",
                    file.name
                ));
            }
            all.files.push(Watched {
                file: file.clone(),
                level: 0,
                places: Vec::new(),
            });
            all.look_at(all.files.len() - 1);
        }
        Ok(all)
    }

    /// Takes numbers over that were known of the same files before. One that cannot be read leaves the number as it was.
    pub(crate) fn take_over(&mut self, old: &Self) {
        for watched in &mut self.files {
            let same = |other: &&Watched| {
                (&other.file.name, &other.file.path) == (&watched.file.name, &watched.file.path)
            };
            if let Some(other) = old.files.iter().find(same)
                && let Some(Err(_)) = read(Path::new(&watched.file.path))
            {
                watched.level = other.level;
            }
        }
    }

    /// The files, each with its number.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&TrackFile, i64)> {
        self.files.iter().map(|watched| (&watched.file, watched.level))
    }

    /// Waits until something may have changed. What has is to be taken then.
    pub(crate) async fn changed(&self) {
        match self.readable.readable().await {
            // All is read before the next wait, so what comes from now on makes it readable again.
            Ok(mut ready) => ready.clear_ready(),
            // The runtime ends.
            Err(_) => std::future::pending().await,
        }
    }

    /// Takes what has changed: the names of the files that have another number now.
    pub(crate) fn take_changes(&mut self) -> Vec<(String, i64)> {
        let mut touched = vec![false; self.files.len()];
        let mut lost = false;
        loop {
            match self.inotify.read_events() {
                Ok(events) => {
                    for event in events {
                        lost |= event.mask.contains(AddWatchFlags::IN_Q_OVERFLOW);
                        for (watched, touched) in self.files.iter().zip(&mut touched) {
                            *touched |= watched.is_touched(event.wd, event.name.as_deref());
                        }
                    }
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                Err(error) => {
                    self.log
                        .info(format!("Track files: changes cannot be read: {error}"));
                    lost = true;
                    break;
                }
            }
        }
        let mut changes = Vec::new();
        for (at, touched) in touched.into_iter().enumerate() {
            if touched || lost {
                let before = self.files[at].level;
                self.look_at(at);
                let watched = &self.files[at];
                if watched.level != before {
                    changes.push((watched.file.name.clone(), watched.level));
                }
            }
        }
        changes
    }

    /// Looks for the way to a file, watches it, and reads the file.
    fn look_at(&mut self, at: usize) {
        let path = PathBuf::from(&self.files[at].file.path);
        let mut given_up = std::mem::take(&mut self.files[at].places);
        for _ in 0..MOST_ROUNDS {
            let way = way(&path);
            let mut places = Vec::new();
            for (folder, name) in &way {
                match self.watch(folder) {
                    Ok(descriptor) => places.push((descriptor, name.clone())),
                    // It went away meanwhile, which the next round sees.
                    Err(Errno::ENOENT | Errno::ENOTDIR) => {}
                    Err(error) => self.log.info(format!(
                        "Track file {}: {} cannot be watched: {error}",
                        self.files[at].file.name,
                        folder.display()
                    )),
                }
            }
            given_up.append(&mut std::mem::replace(&mut self.files[at].places, places));
            // What changed before there was a watch is seen by looking again.
            if self::way(&path) == way {
                break;
            }
        }
        for (descriptor, _) in given_up {
            if !self.files.iter().any(|watched| watched.has(descriptor)) {
                // The folder may be gone, and its watch with it.
                let _ = self.inotify.rm_watch(descriptor);
            }
        }
        match read(&path) {
            None => self.files[at].level = 0,
            Some(Ok(level)) => self.files[at].level = level,
            Some(Err(text)) => self.log.info(format!(
                "Invalid number {text} read from {} - ignoring",
                path.display()
            )),
        }
    }

    fn watch(&self, folder: &Path) -> Result<WatchDescriptor, Errno> {
        let flags = AddWatchFlags::IN_CLOSE_WRITE
            | AddWatchFlags::IN_CREATE
            | AddWatchFlags::IN_DELETE
            | AddWatchFlags::IN_MOVE
            | AddWatchFlags::IN_DELETE_SELF
            | AddWatchFlags::IN_MOVE_SELF
            | AddWatchFlags::IN_ONLYDIR;
        self.inotify.add_watch(folder, flags)
    }
}

impl Watched {
    fn has(&self, descriptor: WatchDescriptor) -> bool {
        self.places.iter().any(|(one, _)| *one == descriptor)
    }

    /// Whether an event is about this file. One without a name is about the folder itself.
    fn is_touched(&self, descriptor: WatchDescriptor, name: Option<&OsStr>) -> bool {
        self.places
            .iter()
            .any(|(one, its)| *one == descriptor && name.is_none_or(|name| name == its))
    }
}

/// The names that decide what a path leads to, each with its folder: links, the first one that is not there, and the last.
fn way(path: &Path) -> Vec<(PathBuf, OsString)> {
    let parts = |path: &Path| -> Vec<OsString> {
        let names = path.components().filter_map(|part| match part {
            Component::Normal(name) => Some(name.to_owned()),
            Component::ParentDir => Some(OsString::from("..")),
            _ => None,
        });
        names.collect()
    };
    let mut out = Vec::new();
    let mut folder = PathBuf::from("/");
    let mut left: VecDeque<OsString> = parts(path).into();
    let mut links = 0;
    while let Some(name) = left.pop_front() {
        if name == ".." {
            folder.pop();
            continue;
        }
        let here = folder.join(&name);
        let last = left.is_empty();
        let Ok(status) = fs::symlink_metadata(&here) else {
            out.push((folder, name));
            return out;
        };
        if status.is_symlink() {
            out.push((folder.clone(), name));
            links += 1;
            let Some(target) = fs::read_link(&here).ok().filter(|_| links <= MOST_LINKS) else {
                return out;
            };
            if target.is_absolute() {
                folder = PathBuf::from("/");
            }
            for part in parts(&target).into_iter().rev() {
                left.push_front(part);
            }
            continue;
        }
        if last {
            out.push((folder, name));
            return out;
        }
        folder = here;
    }
    out
}

/// The number in a file; none when there is no file that could be read, and its text when it is beyond all limits.
fn read(path: &Path) -> Option<Result<i64, String>> {
    // A FIFO is not waited for.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(O_NONBLOCK)
        .open(path)
        .ok()?;
    if !file.metadata().ok()?.is_file() {
        return None;
    }
    let mut text = Vec::new();
    file.take(LONGEST_NUMBER).read_to_end(&mut text).ok()?;
    Some(number(&text))
}

/// The number that a text begins with, as C reads it: blanks, a sign, and digits, which `0x` makes hexadecimal and `0` octal. A
/// text without one is 0.
fn number(text: &[u8]) -> Result<i64, String> {
    let text = text.trim_ascii_start();
    let (negative, digits) = match text.first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let is_hexadecimal = matches!(digits, [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit());
    let (base, digits) = match digits {
        [b'0', _, digits @ ..] if is_hexadecimal => (16, digits),
        [b'0', ..] => (8, digits),
        _ => (10, digits),
    };
    let mut value: i64 = 0;
    for digit in digits {
        let Some(digit) = char::from(*digit).to_digit(base) else {
            break;
        };
        value = value.saturating_mul(base.into()).saturating_add(digit.into());
    }
    let value = if negative { -value } else { value };
    if NUMBERS.contains(&value) {
        Ok(value)
    } else {
        Err(value.to_string())
    }
}

/// Writes what `init_file` asks for.
pub(crate) fn initialise(file: &TrackFile, log: &Log) {
    let Some(init) = file.init else { return };
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    if init.overwrite {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    let written = options
        .open(&file.path)
        .and_then(|mut opened: File| writeln!(opened, "{}", init.value));
    match written {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !init.overwrite => {}
        Err(error) => {
            let number = error.raw_os_error().unwrap_or_default();
            let words = Errno::from_raw(number).desc();
            log.info(format!(
                "Unable to open '{}' - errno {number} ({words})",
                file.path
            ));
            log.info(format!("Unable to initialise track file {}", file.name));
        }
        Ok(()) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_reads_them() {
        for (text, value) in [
            ("5\n", 5),
            ("-5", -5),
            ("+7", 7),
            ("  14\n", 14),
            ("12x", 12),
            ("12 13", 12),
            ("15\n16\n", 15),
            ("0x10", 16),
            ("0x", 0),
            ("010", 8),
            ("089", 0),
            ("hello", 0),
            ("", 0),
            ("-", 0),
            ("2147483648", 2_147_483_648),
            ("-2147483648", -2_147_483_648),
        ] {
            assert_eq!(number(text.as_bytes()), Ok(value), "{text:?}");
        }
        assert_eq!(number(b"99999999999999"), Err("99999999999999".into()));
        assert_eq!(number(&[b'9'; 100]), Err(i64::MAX.to_string()));
        assert!(number(format!("-{}", "9".repeat(100)).as_bytes()).is_err());
    }

    #[test]
    fn a_way_names_links_and_what_is_missing() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = fs::canonicalize(folder.path()).expect("its path");
        fs::create_dir(root.join("one")).expect("a folder");
        std::os::unix::fs::symlink("one", root.join("now")).expect("a link");
        let place = |folder: &str, name: &str| (root.join(folder), OsString::from(name));
        assert_eq!(
            way(&root.join("now/file")),
            [(root.clone(), OsString::from("now")), place("one", "file")]
        );
        assert_eq!(way(&root.join("one/../one/file")), [place("one", "file")]);
        assert_eq!(
            way(&root.join("none/below/file")),
            [(root.clone(), OsString::from("none"))]
        );
        std::os::unix::fs::symlink("loop", root.join("loop")).expect("a link");
        assert!(way(&root.join("loop/file")).len() <= MOST_LINKS + 1);
    }

    #[test]
    fn only_regular_files_are_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("pipe");
        nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
        assert_eq!(read(&path), None);
        assert_eq!(read(folder.path()), None);
    }
}
