//! What the pages tell of a keyword, gathered from its row.

use syntax::reference::PlaceNames;
use syntax::table::Describe as _;
use syntax::{KeywordRow, Status, Version};

use super::super::command::{MASTER, WORKER};
use super::super::{
    ACTION, ALIASES, BIND, COMMANDS, CONVERTERS, ConverterRow, DERIVED, FETCHES, FetchRow, GLOBAL, Keyword,
    Need, OPTION, PROXY, SECTION, SERVER, Source, TIMEOUT, place, rule_set, sections,
};
use crate::parse::CONTEXTS;
use crate::signature::Arg;

/// Keywords of one kind.
pub(super) struct Family {
    /// What they are.
    pub(super) title: String,
    /// Sorted by name.
    pub(super) entries: Vec<Entry>,
}

/// One keyword in one kind of place.
pub(super) struct Entry {
    /// As it is written, with the word in front of it that belongs to it (`option`, `timeout`).
    pub(super) name: String,
    /// What is written behind it.
    pub(super) arguments: String,
    /// Sections or rule sets that it may stand in; empty where the family says it.
    pub(super) stands_in: Vec<&'static str>,
    /// What it is for.
    pub(super) help: String,
    /// Whether it is acted on.
    pub(super) status: Status,
    /// First version that has it.
    pub(super) since: Option<Version>,
    /// First version that warns of it.
    pub(super) warned: Option<Version>,
    /// First version that refuses it.
    pub(super) removed: Option<Version>,
    /// What to write instead.
    pub(super) instead: &'static str,
    /// What else is to be known, a sentence each.
    pub(super) facts: Vec<String>,
}

const SECTIONS: PlaceNames<'static> = &[
    (place::DEFAULTS, "defaults"),
    (place::FRONTEND, "frontend"),
    (place::LISTEN, "listen"),
    (place::BACKEND, "backend"),
];
/// For tables whose rows all stand in the same place.
const ONE_PLACE: PlaceNames<'static> = &[];

/// All keywords.
pub(super) fn families() -> Vec<Family> {
    let mut out = vec![
        family("Sections", "", SECTION, ONE_PLACE),
        family("The global section", "", GLOBAL, ONE_PLACE),
        family("Proxies", "", PROXY, SECTIONS),
        family("Options", "option ", OPTION, SECTIONS),
        family("Timeouts", "timeout ", TIMEOUT, SECTIONS),
        family("Lines of bind", "", BIND, ONE_PLACE),
        family("Lines of server and default-server", "", SERVER, ONE_PLACE),
        family("Actions of rules", "", ACTION, rule_set::NAMES),
    ];
    for (section, rows) in sections::ROWS {
        out.push(family(&format!("The section {section}"), "", &[rows], ONE_PLACE));
    }
    out.push(sorted("Sample fetches", FETCHES.iter().map(fetch).collect()));
    out.push(sorted("Converters", CONVERTERS.iter().map(converter).collect()));
    out.push(sorted(
        "Keywords of ACLs that stand for a fetch with a match",
        derived(),
    ));
    out.push(sorted("Aliases of log-format strings", aliases()));
    out
}

fn sorted(title: &str, mut entries: Vec<Entry>) -> Family {
    entries.sort_by(|one, other| one.name.cmp(&other.name));
    Family {
        title: title.to_owned(),
        entries,
    }
}

fn family<P: Copy>(
    title: &str,
    before: &str,
    tables: &[&[Keyword<P>]],
    places: PlaceNames<'static>,
) -> Family {
    let entries = tables.iter().flat_map(|rows| rows.iter()).map(|keyword| {
        let arguments = keyword.signature.map(Arg::describe).unwrap_or_default();
        row(&keyword.row, before, arguments, places)
    });
    sorted(title, entries.collect())
}

fn row(row: &KeywordRow, before: &str, arguments: String, places: PlaceNames<'static>) -> Entry {
    Entry {
        name: format!("{before}{}", row.name),
        arguments,
        stands_in: places
            .iter()
            .filter(|(bits, _)| row.places & bits != 0)
            .map(|(_, name)| *name)
            .collect(),
        help: row.help.to_owned(),
        status: row.status,
        since: row.since,
        warned: row.deprecated_since,
        removed: row.removed_in,
        instead: row.replacement,
        facts: Vec::new(),
    }
}

/// An entry of which nothing but this is to be told.
fn plain(name: &str, arguments: String, status: Status, since: Option<Version>) -> Entry {
    Entry {
        name: name.to_owned(),
        arguments,
        stands_in: Vec::new(),
        help: String::new(),
        status,
        since,
        warned: None,
        removed: None,
        instead: "",
        facts: Vec::new(),
    }
}

fn fetch(row: &FetchRow) -> Entry {
    let mut entry = plain(
        row.name,
        in_parentheses(row.args, row.arity.min),
        row.status(),
        row.since,
    );
    entry.facts.push(format!("It gives: {}.", row.output.name()));
    if row.source != Source::Constant {
        entry.facts.push(format!("It looks at: {}.", row.source.name()));
    }
    let contexts: Vec<_> = CONTEXTS
        .iter()
        .enumerate()
        .filter(|(bit, _)| row.contexts() >> bit & 1 == 1)
        .map(|(_, name)| *name)
        .collect();
    entry.facts.push(if contexts.len() == CONTEXTS.len() {
        "It may be used everywhere.".to_owned()
    } else {
        format!("It may be used in: {}.", contexts.join(", "))
    });
    entry
}

fn converter(row: &ConverterRow) -> Entry {
    let mut entry = plain(
        row.name,
        in_parentheses(row.args, row.arity.min),
        row.status(),
        row.since,
    );
    let sentence = format!("It takes: {}; it gives: {}.", row.input.name(), row.output.name());
    entry.facts.push(sentence);
    entry
}

fn derived() -> Vec<Entry> {
    let entries = DERIVED.iter().map(|row| {
        let fetch_works = FETCHES
            .iter()
            .any(|fetch| fetch.name == row.fetch && fetch.status() == Status::Implemented);
        let status = if fetch_works {
            Status::Implemented
        } else {
            Status::ReadOnly
        };
        let mut entry = plain(row.name, String::new(), status, None);
        entry.facts.push(format!(
            "It stands for `{} -m {}`.",
            row.fetch,
            row.matcher.name()
        ));
        entry
    });
    entries.collect()
}

fn aliases() -> Vec<Entry> {
    let entries = ALIASES.iter().map(|row| {
        let mut entry = plain(&format!("%{}", row.name), String::new(), row.status(), row.since);
        row.help.clone_into(&mut entry.help);
        entry.facts.push(format!("It gives: {}.", row.output.name()));
        let needs = match row.need {
            Need::Nothing => None,
            Need::Http => Some("It needs `mode http`."),
            Need::Tls => Some("It needs TLS."),
        };
        entry.facts.extend(needs.map(str::to_owned));
        entry
    });
    entries.collect()
}

/// The commands of sockets. One that both the master and its workers have is acted on when both act.
pub(super) fn commands() -> Family {
    let entries = COMMANDS.iter().map(|row| {
        let lacks = [WORKER, MASTER]
            .into_iter()
            .any(|socket| row.sockets & socket != 0 && !row.acts_on(socket));
        let status = if lacks {
            Status::ReadOnly
        } else {
            Status::Implemented
        };
        plain(row.name, String::new(), status, row.since)
    });
    sorted("Commands of sockets", entries.collect())
}

/// Arguments as they stand behind a fetch or a converter.
fn in_parentheses(args: &[super::super::ArgType], min: u8) -> String {
    if args.is_empty() {
        return String::new();
    }
    let mut out = String::from("(");
    for (at, arg) in args.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        if at >= usize::from(min) {
            out += &format!("[{comma}{}]", arg.describe().replace("\\|", "|"));
        } else {
            out += &format!("{comma}{}", arg.describe().replace("\\|", "|"));
        }
    }
    out + ")"
}
