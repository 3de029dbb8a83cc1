//! keepalived's command line, parsed as the original was seen to parse it: letters may be joined, long options shortened as far
//! as they stay clear, values stand behind `=` or in the next word; a value that is wrong is told of and left out.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt as _;

use keepalived_conf::Dialect;
use keepalived_conf::model::HttpPlace;

/// Where keepalived's configuration stands when the command line names no other.
pub(crate) const DEFAULT_FILE: &str = "/etc/keepalived/keepalived.conf";

/// The real-time signal, as Debian numbers it, that asks for statistics and begins to count anew.
pub(crate) const STATS_CLEAR: i32 = 63;

/// The one that asks for data as JSON.
pub(crate) const JSON: i32 = 36;

/// What a command line asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Read the configuration, and test or run it.
    Run(Box<Arguments>),
    /// `-v`
    Version,
    /// `-h`
    Help,
    /// `--signum`: the number of that signal.
    SignalNumber(i32),
}

/// Where log lines go in syslog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Facility {
    /// `daemon`
    #[default]
    Daemon,
    /// `user`
    User,
    /// `local0` to `local7`
    Local(u8),
}

/// What a run is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    /// `-f`
    pub(crate) file: String,
    /// `-P`: VRRP alone.
    pub(crate) vrrp_only: bool,
    /// `-C`: checks alone.
    pub(crate) check_only: bool,
    /// `-B`
    pub(crate) no_bfd: bool,
    /// `--all`
    pub(crate) all: bool,
    /// `-l`: log to standard output.
    pub(crate) log_console: bool,
    /// `-D`: log more.
    pub(crate) log_detail: bool,
    /// `-S`
    pub(crate) log_facility: Facility,
    /// `-g`: log to a file.
    pub(crate) log_file: Option<OsString>,
    /// `--flush-log-file`
    pub(crate) flush_log_file: bool,
    /// `-G`: not to syslog.
    pub(crate) no_syslog: bool,
    /// `-u`: umask of files.
    pub(crate) umask: Option<u32>,
    /// `-X`: addresses go at every change that a signal asks for.
    pub(crate) release_vips: bool,
    /// `-V`: addresses stay when the program ends.
    pub(crate) keep_vips: bool,
    /// `-I`: the LVS tables stay when the program ends.
    pub(crate) keep_ipvs: bool,
    /// `-R`: children that die stay dead.
    pub(crate) no_respawn: bool,
    /// `-n`: stay in the foreground.
    pub(crate) foreground: bool,
    /// `-d`: log the configuration.
    pub(crate) dump_conf: bool,
    /// `-p`: pid file of the parent.
    pub(crate) pid_file: Option<OsString>,
    /// `-r`: pid file of the VRRP process.
    pub(crate) vrrp_pid_file: Option<OsString>,
    /// `-c`: pid file of the process that checks.
    pub(crate) checkers_pid_file: Option<OsString>,
    /// `-b`: pid file of the BFD process.
    pub(crate) bfd_pid_file: Option<OsString>,
    /// `-a`: log every change of addresses.
    pub(crate) log_addresses: bool,
    /// `-s`: the network namespace to run in.
    pub(crate) namespace: Option<String>,
    /// `-e`: a file that is missing is an error.
    pub(crate) all_config: bool,
    /// `-i`: the configuration's id.
    pub(crate) config_id: Option<String>,
    /// `-x`
    pub(crate) snmp: bool,
    /// `-A`
    pub(crate) snmp_socket: Option<String>,
    /// `-m`
    pub(crate) core_dump: bool,
    /// `-M`: the pattern, when one is given.
    pub(crate) core_dump_pattern: Option<String>,
    /// `-t`: test the configuration only.
    pub(crate) config_test: bool,
    /// The file that the test's messages go to, instead of standard error.
    pub(crate) config_test_log: Option<OsString>,
    /// `--http`, ours: where metrics and state can be asked for.
    pub(crate) http: Option<HttpPlace>,
    /// `--dialect`, ours.
    pub(crate) dialect: Option<Dialect>,
    /// What is to be said about the command line, though it is run: each without a newline at its end.
    pub(crate) remarks: Vec<String>,
    /// Words that belong to no option.
    pub(crate) unexpected: Vec<String>,
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            file: DEFAULT_FILE.to_owned(),
            vrrp_only: false,
            check_only: false,
            no_bfd: false,
            all: false,
            log_console: false,
            log_detail: false,
            log_facility: Facility::default(),
            log_file: None,
            flush_log_file: false,
            no_syslog: false,
            umask: None,
            release_vips: false,
            keep_vips: false,
            keep_ipvs: false,
            no_respawn: false,
            foreground: false,
            dump_conf: false,
            pid_file: None,
            vrrp_pid_file: None,
            checkers_pid_file: None,
            bfd_pid_file: None,
            log_addresses: false,
            namespace: None,
            all_config: false,
            config_id: None,
            snmp: false,
            snmp_socket: None,
            core_dump: false,
            core_dump_pattern: None,
            config_test: false,
            config_test_log: None,
            http: None,
            dialect: None,
            remarks: Vec::new(),
            unexpected: Vec::new(),
        }
    }
}

/// Whether an option has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    None,
    Needed,
    /// Only joined to it.
    Optional,
}

/// An option: its letter, its long name, its value. Options without a letter have one beyond the alphabet.
type Row = (char, &'static str, Value);

const OPTIONS: &[Row] = &[
    ('f', "use-file", Value::Needed),
    ('P', "vrrp", Value::None),
    ('C', "check", Value::None),
    ('B', "no_bfd", Value::None),
    ('1', "all", Value::None),
    ('l', "log-console", Value::None),
    ('D', "log-detail", Value::None),
    ('S', "log-facility", Value::Needed),
    ('g', "log-file", Value::Needed),
    ('2', "flush-log-file", Value::None),
    ('G', "no-syslog", Value::None),
    ('u', "umask", Value::Needed),
    ('X', "release-vips", Value::None),
    ('V', "dont-release-vrrp", Value::None),
    ('I', "dont-release-ipvs", Value::None),
    ('R', "dont-respawn", Value::None),
    ('n', "dont-fork", Value::None),
    ('d', "dump-conf", Value::None),
    ('p', "pid", Value::Needed),
    ('r', "vrrp_pid", Value::Needed),
    ('T', "genhash", Value::None),
    ('c', "checkers_pid", Value::Needed),
    ('a', "address-monitoring", Value::None),
    ('b', "bfd_pid", Value::Needed),
    ('x', "snmp", Value::None),
    ('A', "snmp-agent-socket", Value::Needed),
    ('s', "namespace", Value::Needed),
    ('e', "all-config", Value::None),
    ('i', "config-id", Value::Needed),
    ('m', "core-dump", Value::None),
    ('M', "core-dump-pattern", Value::Optional),
    ('3', "signum", Value::Needed),
    ('t', "config-test", Value::Optional),
    ('4', "perf", Value::Optional),
    ('5', "debug", Value::Optional),
    ('6', "no-mem-check", Value::None),
    ('v', "version", Value::None),
    ('h', "help", Value::None),
    ('7', "dialect", Value::Needed),
    ('8', "http", Value::Needed),
];

/// Reads a command line (without the program's name). The text is for standard error when it cannot be run.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Asked, String> {
    let mut out = Arguments::default();
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let shown = word.to_string_lossy().into_owned();
        if shown == "--" {
            out.unexpected
                .extend(words.map(|word| word.to_string_lossy().into_owned()));
            break;
        }
        if let Some(long) = shown.strip_prefix("--") {
            let (name, joined) = match long.split_once('=') {
                Some((name, _)) => (name, Some(tail(word, 2 + name.len() + 1))),
                None => (long, None),
            };
            let Some((letter, _, value)) = long_option(name) else {
                return Err(format!("Unknown option {shown}"));
            };
            let value = match (value, joined) {
                (Value::None, Some(_)) => return Err(format!("Unknown option {shown}")),
                (Value::None | Value::Optional, None) => None,
                (Value::Needed, None) => match words.next() {
                    Some(value) => Some(value.clone()),
                    None => return Err(format!("Missing parameter for option --{name}")),
                },
                (_, joined) => joined,
            };
            if let Some(asked) = option(letter, value, &mut out)? {
                return Ok(asked);
            }
            continue;
        }
        if shown.len() < 2 || !shown.starts_with('-') {
            out.unexpected.push(shown);
            continue;
        }
        let bytes = word.as_bytes();
        let mut at = 1;
        while let Some(byte) = bytes.get(at) {
            let letter = char::from(*byte);
            at += 1;
            let row = OPTIONS
                .iter()
                .find(|(known, _, _)| *known == letter && letter.is_ascii_alphabetic());
            let Some((_, _, value)) = row else {
                return Err(format!("Unknown option -{letter}"));
            };
            let joined = at < bytes.len();
            let value = match value {
                Value::None => None,
                Value::Needed if !joined => match words.next() {
                    Some(value) => Some(value.clone()),
                    None => return Err(format!("Missing parameter for option -{letter}")),
                },
                Value::Needed | Value::Optional => {
                    let rest = joined.then(|| tail(word, at));
                    at = bytes.len();
                    rest
                }
            };
            if let Some(asked) = option(letter, value, &mut out)? {
                return Ok(asked);
            }
        }
    }
    Ok(Asked::Run(Box::new(out)))
}

/// The long option of that name, or the only one that begins with it.
fn long_option(name: &str) -> Option<Row> {
    if let Some(row) = OPTIONS.iter().find(|(_, long, _)| *long == name) {
        return Some(*row);
    }
    let mut matching = OPTIONS.iter().filter(|(_, long, _)| long.starts_with(name));
    match (matching.next(), matching.next()) {
        (Some(row), None) => Some(*row),
        _ => None,
    }
}

fn tail(word: &OsString, from: usize) -> OsString {
    std::ffi::OsStr::from_bytes(&word.as_bytes()[from..]).to_owned()
}

/// Takes an option in. What it asks for, when nothing behind it matters.
fn option(letter: char, value: Option<OsString>, out: &mut Arguments) -> Result<Option<Asked>, String> {
    let text = value.as_ref().map(|value| value.to_string_lossy().into_owned());
    match letter {
        'v' => return Ok(Some(Asked::Version)),
        'h' => return Ok(Some(Asked::Help)),
        '3' => {
            let name = text.unwrap_or_default();
            let number = signal_number(&name).ok_or_else(|| format!("Unknown sigfunc {name}"))?;
            return Ok(Some(Asked::SignalNumber(number)));
        }
        'T' => {
            return Err("-T: genhash is not built yet; run the original's keepalived --genhash".to_owned());
        }
        '7' => {
            let text = text.unwrap_or_default();
            let dialect = text
                .parse()
                .map_err(|error: keepalived_conf::UnknownDialect| format!("--dialect: {error}"))?;
            out.dialect = Some(dialect);
        }
        '8' => {
            let text = text.unwrap_or_default();
            out.http = Some(text.parse().map_err(|why| format!("--http: {why}"))?);
        }
        'f' => out.file = text.unwrap_or_default(),
        'P' => out.vrrp_only = true,
        'C' => out.check_only = true,
        'B' => out.no_bfd = true,
        '1' => out.all = true,
        'l' => out.log_console = true,
        'D' => out.log_detail = true,
        'S' => {
            let text = text.unwrap_or_default();
            match facility(&text) {
                Some(facility) => out.log_facility = facility,
                None => out.remarks.push(format!("Invalid log facility '{text}'")),
            }
        }
        'g' => out.log_file = value,
        '2' => out.flush_log_file = true,
        'G' => out.no_syslog = true,
        'u' => {
            let text = text.unwrap_or_default();
            match umask(&text) {
                Some(umask) => out.umask = Some(umask),
                None => out.remarks.push(format!("Invalid --umask option {text}")),
            }
        }
        'X' => out.release_vips = true,
        'V' => out.keep_vips = true,
        'I' => out.keep_ipvs = true,
        'R' => out.no_respawn = true,
        'n' => out.foreground = true,
        'd' => out.dump_conf = true,
        'p' => out.pid_file = value,
        'r' => out.vrrp_pid_file = value,
        'c' => out.checkers_pid_file = value,
        'b' => out.bfd_pid_file = value,
        'a' => out.log_addresses = true,
        'x' => out.snmp = true,
        'A' => out.snmp_socket = text,
        's' => out.namespace = text,
        'e' => out.all_config = true,
        'i' => out.config_id = text,
        'm' => out.core_dump = true,
        'M' => {
            out.core_dump = true;
            out.core_dump_pattern = text;
        }
        't' => {
            out.config_test = true;
            out.config_test_log = value;
        }
        '4' | '5' | '6' => out
            .remarks
            .push("an option for debugging was given that this program has nothing to do for".to_owned()),
        _ => {}
    }
    Ok(None)
}

/// The signal that asks a running process for something.
fn signal_number(name: &str) -> Option<i32> {
    // The real-time signals are the original's in Debian.
    Some(match name {
        "STOP" => 15,
        "RELOAD" => 1,
        "DATA" => 10,
        "STATS" => 12,
        "STATS_CLEAR" => STATS_CLEAR,
        "JSON" => JSON,
        _ => return None,
    })
}

fn facility(text: &str) -> Option<Facility> {
    match text {
        "daemon" => Some(Facility::Daemon),
        "user" => Some(Facility::User),
        _ => {
            let number: u8 = text.strip_prefix("local").unwrap_or(text).parse().ok()?;
            (number <= 7).then_some(Facility::Local(number))
        }
    }
}

/// A number as C writes them: octal behind `0`, hexadecimal behind `0x`; nine bits.
fn umask(text: &str) -> Option<u32> {
    let value = if let Some(digits) = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        u32::from_str_radix(digits, 16)
    } else if text.len() > 1 && text.starts_with('0') {
        u32::from_str_radix(&text[1..], 8)
    } else {
        text.parse()
    };
    value.ok().filter(|value| *value <= 0o777)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Asked, String> {
        parse(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    fn run(line: &str) -> Arguments {
        match parsed(line) {
            Ok(Asked::Run(arguments)) => *arguments,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn letters_may_be_joined_and_the_last_takes_what_follows() {
        let arguments = run("-nlDdf /tmp/k.conf -p/run/x.pid");
        assert!(arguments.foreground && arguments.log_console && arguments.log_detail && arguments.dump_conf);
        assert_eq!(arguments.file, "/tmp/k.conf");
        assert_eq!(arguments.pid_file, Some(OsString::from("/run/x.pid")));
        assert_eq!(run("").file, DEFAULT_FILE);
    }

    #[test]
    fn long_options_may_be_shortened_while_they_are_clear() {
        assert!(run("--log-c").log_console);
        assert_eq!(run("--use-file=a").file, "a");
        assert_eq!(run("--use-file b").file, "b");
        assert!(run("--vrrp").vrrp_only);
        assert_eq!(parsed("--log"), Err("Unknown option --log".to_owned()));
        assert_eq!(parsed("--bogus"), Err("Unknown option --bogus".to_owned()));
        assert_eq!(
            parsed("--dump-conf=3"),
            Err("Unknown option --dump-conf=3".to_owned())
        );
        assert_eq!(parsed("-Z"), Err("Unknown option -Z".to_owned()));
        // The letters that stand for options without one are none.
        assert_eq!(parsed("-1"), Err("Unknown option -1".to_owned()));
    }

    #[test]
    fn a_missing_value_ends_it() {
        assert_eq!(parsed("-f"), Err("Missing parameter for option -f".to_owned()));
        assert_eq!(
            parsed("--use-file"),
            Err("Missing parameter for option --use-file".to_owned())
        );
    }

    #[test]
    fn a_test_may_write_to_a_file_that_is_joined_to_it() {
        let plain = run("-t -f a");
        assert!(plain.config_test && plain.config_test_log.is_none());
        assert_eq!(run("-tlog -f a").config_test_log, Some(OsString::from("log")));
        assert_eq!(
            run("--config-test=log").config_test_log,
            Some(OsString::from("log"))
        );
        // What follows -t is its value.
        let joined = run("-tf a");
        assert_eq!(joined.config_test_log, Some(OsString::from("f")));
        assert_eq!(
            (&*joined.file, joined.unexpected),
            (DEFAULT_FILE, vec!["a".to_owned()])
        );
    }

    #[test]
    fn wrong_values_are_told_of_and_left_out() {
        let arguments = run("-S 8 -u 999 -S local3");
        assert_eq!(
            arguments.remarks,
            ["Invalid log facility '8'", "Invalid --umask option 999"]
        );
        assert_eq!(arguments.log_facility, Facility::Local(3));
        assert_eq!(run("-u 0x1f").umask, Some(0o37));
        assert_eq!(run("-u 022").umask, Some(0o22));
        assert_eq!(run("-S user").log_facility, Facility::User);
    }

    #[test]
    fn signals_have_the_originals_numbers() {
        assert_eq!(parsed("--signum=STOP"), Ok(Asked::SignalNumber(15)));
        assert_eq!(parsed("--signum RELOAD"), Ok(Asked::SignalNumber(1)));
        assert_eq!(parsed("--signum=foo"), Err("Unknown sigfunc foo".to_owned()));
    }

    #[test]
    fn the_dialect_is_an_option_of_ours() {
        assert_eq!(run("--dialect 2.2").dialect, Some(Dialect::strict(2, 2)));
        assert!(parsed("--dialect=9.9").is_err());
    }

    #[test]
    fn every_letter_and_name_is_there_once() {
        for (index, (letter, name, _)) in OPTIONS.iter().enumerate() {
            let twice = OPTIONS[..index]
                .iter()
                .any(|(other, long, _)| other == letter || long == name);
            assert!(!twice, "{letter} {name}");
        }
    }
}
