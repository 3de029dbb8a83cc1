//! haproxy's command line, parsed as the original was seen to parse it: an option is known by its first letter or letters, what
//! follows them is mostly ignored, letters are not combined, and `--` begins a list of files.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt as _;

use haproxy_cfg::{Dialect, DumpOptions};

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Read files, and check or run them.
    Run(Box<Options>),
    /// `-v`, `-vv`, `-vq`: print that.
    Version(VersionForm),
    /// `-cc CONDITION`: exit 0 when it holds, 1 when it does not.
    Condition {
        /// The condition.
        text: String,
        /// The other options.
        options: Box<Options>,
    },
    /// `-dMhelp`.
    MemoryHelp,
}

/// Which form of the version is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VersionForm {
    /// `-v`
    Short,
    /// `-vv`
    Long,
    /// `-vq`: the version alone.
    Bare,
    /// `-vqs`: the version without what distinguishes builds.
    BareShort,
    /// `-vqb`: the branch alone.
    BareBranch,
}

/// How old processes are ended once the new one listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// `-sf`: they finish what they are doing.
    Finish,
    /// `-st`: at once.
    Terminate,
}

/// What a run is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `-f` and what follows `--`, in order.
    pub(crate) files: Vec<String>,
    /// `-c`
    pub(crate) check: bool,
    /// `-V`
    pub(crate) verbose: bool,
    /// `-q`
    pub(crate) quiet: bool,
    /// `-D`
    pub(crate) daemon: bool,
    /// `-d`
    pub(crate) debug: bool,
    /// `-db`
    pub(crate) foreground: bool,
    /// `-W`
    pub(crate) master_worker: bool,
    /// `-Ws`
    pub(crate) notify_systemd: bool,
    /// `-S`
    pub(crate) master_socket: Option<String>,
    /// `-dW`
    pub(crate) zero_warning: bool,
    /// `-dD`
    pub(crate) diagnose: bool,
    /// `-dR`
    pub(crate) no_reuse_port: bool,
    /// `-dS`
    pub(crate) no_splice: bool,
    /// `-dr`
    pub(crate) ignore_unresolved: bool,
    /// `-dC`
    pub(crate) dump: Option<DumpOptions>,
    /// `-dL`
    pub(crate) list_objects: bool,
    /// `-dK…`: its classes.
    pub(crate) list_keywords: Option<String>,
    /// `-n`
    pub(crate) maxconn: Option<u32>,
    /// `-N`
    pub(crate) proxy_maxconn: Option<u32>,
    /// `-m`, MiB.
    pub(crate) memory_mib: Option<u64>,
    /// `-C`
    pub(crate) folder: Option<OsString>,
    /// `-L`
    pub(crate) local_peer: Option<String>,
    /// `-p`
    pub(crate) pidfile: Option<OsString>,
    /// `-x`
    pub(crate) take_sockets_from: Option<OsString>,
    /// `-sf` or `-st`.
    pub(crate) farewell: Option<Farewell>,
    /// The processes that it is for.
    pub(crate) old_pids: Vec<i32>,
    /// `--dialect`, ours.
    pub(crate) dialect: Option<Dialect>,
}

/// A command line that cannot be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misuse {
    /// The usage is printed.
    Usage,
    /// An alert, then the usage.
    AlertAndUsage(String),
    /// An alert alone.
    Alert(String),
}

/// Reads a command line (without the program's name).
pub(crate) fn parse(arguments: &[OsString]) -> Result<Asked, Misuse> {
    let mut options = Options::default();
    let mut condition = None;
    let mut words = arguments.iter().map(OsString::as_os_str).peekable();
    while let Some(word) = words.next() {
        let bytes = word.as_bytes();
        if bytes == b"--" {
            options.files.extend(words.by_ref().map(text));
            break;
        }
        if let Some(dialect) = long_value(bytes, b"--dialect", &mut words)? {
            options.dialect = Some(
                dialect
                    .parse()
                    .map_err(|error: haproxy_cfg::UnknownDialect| Misuse::Alert(error.to_string()))?,
            );
            continue;
        }
        let [b'-', flag, rest @ ..] = bytes else {
            return Err(Misuse::Usage);
        };
        let mut value = || -> Result<&OsStr, Misuse> {
            words
                .next()
                .ok_or_else(|| Misuse::Alert(format!("option -{} needs a value.", char::from(*flag))))
        };
        match (flag, rest) {
            (b'v', [b'v', ..]) => return Ok(Asked::Version(VersionForm::Long)),
            (b'v', [b'q', b's', ..]) => return Ok(Asked::Version(VersionForm::BareShort)),
            (b'v', [b'q', b'b', ..]) => return Ok(Asked::Version(VersionForm::BareBranch)),
            (b'v', [b'q', ..]) => return Ok(Asked::Version(VersionForm::Bare)),
            (b'v', _) => return Ok(Asked::Version(VersionForm::Short)),
            (b'c', [b'c', ..]) => {
                condition = Some(text(words.next().ok_or(Misuse::Usage)?));
            }
            (b'c', _) => options.check = true,
            (b'd', rest) => {
                if debug_option(rest, &mut options)? {
                    return Ok(Asked::MemoryHelp);
                }
            }
            (b'V', _) => options.verbose = true,
            (b'q', _) => options.quiet = true,
            (b'D', _) => options.daemon = true,
            (b'W', rest) => {
                options.master_worker = true;
                options.notify_systemd |= rest.first() == Some(&b's');
            }
            (b's', [kind @ (b'f' | b't'), ..]) => {
                let farewell = if *kind == b'f' {
                    Farewell::Finish
                } else {
                    Farewell::Terminate
                };
                options.farewell = Some(farewell);
                while let Some(pid) = words.next_if(|word| !word.as_bytes().starts_with(b"-")) {
                    options.old_pids.push(old_pid(char::from(*kind), &text(pid))?);
                }
            }
            (b'x', _) => match words.next_if(|word| !word.as_bytes().starts_with(b"-")) {
                Some(path) => options.take_sockets_from = Some(path.to_owned()),
                None => {
                    return Err(Misuse::AlertAndUsage(
                        "Unix socket path expected with the -x flag\n".to_owned(),
                    ));
                }
            },
            (b'f', _) => options.files.push(text(value()?)),
            (b'S', _) => options.master_socket = Some(text(value()?)),
            (b'n', _) => options.maxconn = Some(number(value()?)),
            (b'N', _) => options.proxy_maxconn = Some(number(value()?)),
            (b'm', _) => options.memory_mib = Some(u64::from(number(value()?))),
            (b'C', _) => options.folder = Some(value()?.to_owned()),
            (b'L', _) => options.local_peer = Some(text(value()?)),
            (b'p', _) => options.pidfile = Some(value()?.to_owned()),
            _ => return Err(Misuse::Usage),
        }
    }
    if let Some(text) = condition {
        let options = Box::new(options);
        return Ok(Asked::Condition { text, options });
    }
    if options.files.is_empty() {
        return Err(Misuse::Usage);
    }
    Ok(Asked::Run(Box::new(options)))
}

/// Takes in what follows `-d`. True when help on `-dM` is asked for.
fn debug_option(rest: &[u8], options: &mut Options) -> Result<bool, Misuse> {
    match rest {
        [] => options.debug = true,
        [b'b', ..] => options.foreground = true,
        [b'W', ..] => options.zero_warning = true,
        [b'D', ..] => options.diagnose = true,
        [b'R', ..] => options.no_reuse_port = true,
        [b'S', ..] => options.no_splice = true,
        [b'r', ..] => options.ignore_unresolved = true,
        [b'C', settings @ ..] => options.dump = Some(dump_options(&String::from_utf8_lossy(settings))),
        [b'L', ..] => options.list_objects = true,
        [b'K', classes @ ..] => options.list_keywords = Some(String::from_utf8_lossy(classes).into_owned()),
        [b'M', settings @ ..] => return memory_option(&String::from_utf8_lossy(settings)),
        // These choose between pollers, resolvers and copies that are not there to be chosen, or verify servers'
        // certificates, which no server line asks for yet: nothing changes.
        [
            b'e' | b'p' | b'G' | b'V' | b'k' | b's' | b'v' | b'F' | b'A' | b'i' | b't',
            ..,
        ] => {}
        // As the original: the letter behind is ignored.
        _ => options.debug = true,
    }
    Ok(false)
}

/// What follows `-dC`: a key, and `,line` for lines with their numbers.
fn dump_options(settings: &str) -> DumpOptions {
    let (key, rest) = settings.split_once(',').unwrap_or((settings, ""));
    DumpOptions {
        key: number(OsStr::new(key)),
        numbered: rest.split(',').any(|word| word == "line"),
    }
}

/// The memory debugging of the original has nothing to act on here; what it refuses is refused.
fn memory_option(settings: &str) -> Result<bool, Misuse> {
    const KNOWN: [&str; 17] = [
        "fail",
        "no-fail",
        "merge",
        "no-merge",
        "cold-first",
        "hot-first",
        "integrity",
        "no-integrity",
        "global",
        "no-global",
        "cache",
        "no-cache",
        "caller",
        "no-caller",
        "tag",
        "no-tag",
        "poison",
    ];
    for setting in settings.split(',').filter(|setting| !setting.is_empty()) {
        let byte = setting.strip_prefix("0x").unwrap_or(setting);
        if setting == "help" {
            return Ok(true);
        }
        let known = KNOWN.contains(&setting)
            || setting == "no-poison"
            || setting == "backup"
            || setting == "no-backup";
        if !known && u64::from_str_radix(byte, 16).is_err() {
            return Err(Misuse::Alert(format!(
                "-dM: unknown pool debugging feature <{setting}>"
            )));
        }
    }
    Ok(false)
}

fn old_pid(kind: char, text: &str) -> Result<i32, Misuse> {
    let digits = text.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    if end < digits.len() || digits.is_empty() {
        return Err(Misuse::Alert(format!(
            "-s{kind} option: some bytes unconsumed in PID list {{{text}}}"
        )));
    }
    match digits.parse() {
        // 0 would be the process's own group.
        Ok(pid) if pid > 0 => Ok(pid),
        _ => Err(Misuse::Alert(format!(
            "-s{kind} option: pid out of range in PID list {{{text}}}"
        ))),
    }
}

/// The value of an option of ours: `NAME VALUE` or `NAME=VALUE`.
fn long_value<'a>(
    word: &[u8],
    name: &[u8],
    words: &mut impl Iterator<Item = &'a OsStr>,
) -> Result<Option<String>, Misuse> {
    match word.strip_prefix(name) {
        Some([]) => {
            let name = String::from_utf8_lossy(name);
            let value = words
                .next()
                .ok_or_else(|| Misuse::Alert(format!("option {name} needs a value.")))?;
            Ok(Some(text(value)))
        }
        Some([b'=', value @ ..]) => Ok(Some(String::from_utf8_lossy(value).into_owned())),
        _ => Ok(None),
    }
}

fn text(word: &OsStr) -> String {
    word.to_string_lossy().into_owned()
}

/// The digits that a value begins with, as the original reads numbers here; 0 when there are none.
fn number(word: &OsStr) -> u32 {
    let text = text(word);
    let digits = text.trim_start();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    digits[..end].parse().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Asked, Misuse> {
        parse(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    fn run(line: &str) -> Options {
        match parsed(line) {
            Ok(Asked::Run(options)) => *options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn letters_behind_an_option_are_not_options() {
        let options = run("-cV -qq -f a.cfg");
        assert!(options.check && options.quiet && !options.verbose);
    }

    #[test]
    fn files_come_from_f_and_from_behind_two_dashes() {
        assert_eq!(run("-f a -f b -- -c d").files, ["a", "b", "-c", "d"]);
        assert!(!run("-f a -- -c").check);
    }

    #[test]
    fn a_command_line_without_files_or_with_a_bare_word_gets_the_usage() {
        assert_eq!(parsed("-c"), Err(Misuse::Usage));
        assert_eq!(parsed("-c -f a b"), Err(Misuse::Usage));
        assert_eq!(parsed("-zz -f a"), Err(Misuse::Usage));
        assert_eq!(parsed("-f a --help"), Err(Misuse::Usage));
    }

    #[test]
    fn old_processes_are_listed_until_the_next_option() {
        let options = run("-f a -sf 12 13 -db");
        assert_eq!(options.farewell, Some(Farewell::Finish));
        assert_eq!(options.old_pids, [12, 13]);
        assert!(options.foreground);
        assert_eq!(run("-f a -st").farewell, Some(Farewell::Terminate));
        assert!(matches!(parsed("-f a -sf 1x"), Err(Misuse::Alert(_))));
        assert!(matches!(parsed("-f a -sf 0"), Err(Misuse::Alert(_))));
    }

    #[test]
    fn a_number_that_is_none_is_zero() {
        assert_eq!(run("-f a -n abc").maxconn, Some(0));
        assert_eq!(run("-f a -n 12k").maxconn, Some(12));
    }

    #[test]
    fn the_version_is_told_before_anything_else_is_looked_at() {
        assert_eq!(parsed("-vv -f"), Ok(Asked::Version(VersionForm::Long)));
        assert_eq!(parsed("-vx"), Ok(Asked::Version(VersionForm::Short)));
        assert_eq!(parsed("-vqb"), Ok(Asked::Version(VersionForm::BareBranch)));
    }

    #[test]
    fn a_dump_may_have_a_key_and_numbers() {
        let of = |line: &str| run(line).dump;
        let plain = DumpOptions::default();
        assert_eq!(of("-c -f a"), None);
        assert_eq!(of("-dC -c -f a"), Some(plain));
        assert_eq!(of("-dC42 -c -f a"), Some(DumpOptions { key: 42, ..plain }));
        let numbered = DumpOptions {
            key: 42,
            numbered: true,
        };
        assert_eq!(of("-dC42,line -c -f a"), Some(numbered));
    }

    #[test]
    fn the_dialect_is_an_option_of_ours() {
        assert_eq!(run("--dialect 2.6 -f a").dialect, Some(Dialect::exactly(2, 6)));
        assert_eq!(run("--dialect=1.4 -f a").dialect, Some(Dialect::exactly(1, 4)));
        assert!(matches!(parsed("--dialect 9.9 -f a"), Err(Misuse::Alert(_))));
    }
}
