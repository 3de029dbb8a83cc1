//! Listings of the tables for tools (`-dK`), in the shape of the original's: a class has a heading and a line for each keyword.
//! Keywords that the original removed and lists no more are left out, and those that a strict dialect does not know yet.

use std::fmt::Write as _;

use syntax::{Arity, KeywordRow};

use super::{ACTION, BIND, COMMANDS, CONVERTERS, DERIVED, FETCHES, GLOBAL, OPTION, PROXY, SECTION, SERVER};
use super::{
    ArgType, Keyword, SERVICES, action_since, filters, option_places, place, rule_set, section_rows,
};
use crate::dialect::Dialect;
use crate::parse::CONTEXTS;

/// The lines of a class in the language of `dialect`, its heading first; none for a class that has no table here.
#[must_use]
pub fn listing(class: &str, dialect: Dialect) -> Option<String> {
    let mut out = String::new();
    match class {
        "acl" => acls(&mut out),
        "cfg" => configuration(&mut out, dialect),
        "cli" => {
            line(&mut out, "# List of registered CLI keywords:");
            out.extend(COMMANDS.iter().filter_map(|row| row.listed(dialect)));
        }
        "cnv" => converters(&mut out, dialect),
        "flt" => {
            line(&mut out, "# List of registered filter names:");
            for filter in filters(dialect) {
                line(&mut out, &format!("{} [{}]", filter.name, filter.kind));
            }
        }
        "svc" => {
            line(&mut out, "# List of registered service names:");
            for name in SERVICES {
                line(&mut out, name);
            }
        }
        "smp" => fetches(&mut out, dialect),
        _ => return None,
    }
    Some(out)
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

fn acls(out: &mut String) {
    line(out, "# List of registered ACL keywords:");
    for row in DERIVED {
        line(
            out,
            &format!("{} = {} -m {}", row.name, row.fetch, row.matcher.name()),
        );
    }
}

fn configuration(out: &mut String, dialect: Dialect) {
    line(out, "# List of registered configuration keywords:");
    line(out, "global");
    for row in rows(GLOBAL, dialect) {
        line(out, &format!("\t{}", row.name));
    }
    line(out, "listen");
    for row in rows(PROXY, dialect) {
        line(out, &format!("\t{}", row.name));
    }
    for (group, tls) in [("", false), ("ssl ", true)] {
        for row in rows(BIND, dialect)
            .iter()
            .filter(|row| (row.places & place::TLS != 0) == tls)
        {
            line(
                out,
                &format!("\tbind <addr> {group}{}{}", row.name, arguments(row.arity)),
            );
        }
    }
    for row in rows(SERVER, dialect) {
        line(
            out,
            &format!("\tserver <name> <addr> {}{}", row.name, server_arguments(&row)),
        );
    }
    // The listing that ours is held to is of a program without QUIC.
    for &(set, name) in rule_set::NAMES
        .iter()
        .filter(|(set, _)| *set != rule_set::QUIC_INI)
    {
        let mut actions: Vec<&str> = ACTION
            .iter()
            .flat_map(|rows| rows.iter())
            .filter(|action| action.row.places & set != 0)
            .filter(|action| {
                let since = action_since(action, set);
                is_there(&KeywordRow { since, ..action.row }, dialect)
            })
            .map(|action| action.row.name)
            .collect();
        actions.sort_unstable();
        for action in actions {
            line(out, &format!("\t{name} {action}"));
        }
    }
    for row in rows(OPTION, dialect) {
        let marks: String = [
            (place::FRONTEND, "FE "),
            (place::BACKEND, "BE "),
            (place::HTTP, "HTTP "),
        ]
        .into_iter()
        .filter(|(bit, _)| !is_gone(&row, dialect) && option_places(&row, dialect) & bit != 0)
        .map(|(_, mark)| mark)
        .collect();
        line(out, &format!("\toption {} [ {marks}]", row.name));
    }
    line(out, "crt-list");
    for row in rows(BIND, dialect)
        .iter()
        .filter(|row| row.places & place::CRT_LIST != 0)
    {
        line(out, &format!("\t{}{}", row.name, arguments(row.arity)));
    }
    for section in rows(SECTION, dialect) {
        let inside = section_rows(section.name);
        if !inside.is_empty() {
            line(out, section.name);
            for keyword in inside.iter().filter(|keyword| is_there(&keyword.row, dialect)) {
                line(out, &format!("\t{}", keyword.row.name));
            }
        }
    }
}

/// The rows of some tables by name, without those that were removed or are too new.
fn rows<P: Copy>(tables: &[&[Keyword<P>]], dialect: Dialect) -> Vec<KeywordRow> {
    let mut rows: Vec<KeywordRow> = tables
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|keyword| keyword.row)
        .filter(|row| is_there(row, dialect))
        .collect();
    rows.sort_by_key(|row| row.name);
    rows
}

/// Removed keywords that the original goes on listing: it knows them to say what became of them.
const KNOWN_STILL: [&str; 8] = [
    "clitimeout",
    "contimeout",
    "master-worker",
    "nbproc",
    "process",
    "srvtimeout",
    "transparent",
    "tune.chksize",
];

/// Whether the language has it: not removed, and not too new where one version's language is asked for.
fn is_there(row: &KeywordRow, dialect: Dialect) -> bool {
    let removed = is_gone(row, dialect) && !KNOWN_STILL.contains(&row.name);
    let too_new = dialect.strict && row.since.is_some_and(|since| since > dialect.version);
    !removed && !too_new
}

/// Whether the language had it and has it no more.
fn is_gone(row: &KeywordRow, dialect: Dialect) -> bool {
    row.removed_in.is_some_and(|removed| removed <= dialect.version)
}

/// How many words follow an option of a server, some of which the original lists otherwise than they are.
fn server_arguments(row: &KeywordRow) -> String {
    match row.name {
        "source" => " +-1".to_owned(),
        "usesrc" | "set-proxy-v2-tlv-fmt" => String::new(),
        _ => arguments(row.arity),
    }
}

/// How many words follow.
fn arguments(arity: Arity) -> String {
    match arity.min {
        0 => String::new(),
        min => format!(" +{min}"),
    }
}

fn converters(out: &mut String, dialect: Dialect) {
    line(out, "# List of registered sample converter functions:");
    for row in CONVERTERS.iter().filter(|row| !row.too_new(dialect)) {
        line(
            out,
            &format!(
                "{}{}: {} => {}",
                row.name,
                parentheses(row.args_in(dialect), row.arity.min),
                row.output_in(dialect, row.output).name(),
                row.input.name()
            ),
        );
    }
}

fn fetches(out: &mut String, dialect: Dialect) {
    line(out, "# List of registered sample fetch functions:");
    let columns = CONTEXTS.len();
    for (at, context) in CONTEXTS.iter().enumerate() {
        let mut text = format!("#{}", " ".repeat(columns + 1 - at));
        text.push_str(&"/ ".repeat(at));
        // A string takes everything that is written to it.
        let _ = write!(text, "_.{} {context}", "-".repeat(columns - at));
        line(out, &text);
    }
    // The blanks at their ends are the original's.
    let _ = writeln!(out, "# {} ", "/ ".repeat(columns));
    let _ = writeln!(out, "# {}", "| ".repeat(columns));
    for row in FETCHES.iter().filter(|row| !row.too_new(dialect)) {
        let marks: String = (0..columns)
            .map(|at| {
                if row.source_in(dialect).contexts() & (1 << at) != 0 {
                    "Y "
                } else {
                    ". "
                }
            })
            .collect();
        line(
            out,
            &format!(
                "[ {marks}] {}{}: {}",
                row.name,
                parentheses(row.args_in(dialect), row.arity.min),
                row.output_in(dialect).name()
            ),
        );
    }
}

/// Arguments in parentheses by type: `(integer,string[,string])`.
fn parentheses(args: &[ArgType], min: u8) -> String {
    if args.is_empty() {
        return String::new();
    }
    let (needed, optional) = args.split_at(usize::from(min).min(args.len()));
    let names = |args: &[ArgType]| args.iter().map(|arg| arg.name()).collect::<Vec<_>>().join(",");
    match (needed.is_empty(), optional.is_empty()) {
        (true, _) => format!("([{}])", names(optional)),
        (false, true) => format!("({})", names(needed)),
        (false, false) => format!("({}[,{}])", names(needed), names(optional)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_listed_in_the_originals_shape() {
        let lines = |class: &str| -> Vec<String> {
            let text = listing(class, Dialect::default()).unwrap();
            text.lines().map(str::to_owned).collect()
        };
        let has = |class: &str, wanted: &str| {
            let lines = lines(class);
            assert!(
                lines.iter().any(|line| line == wanted),
                "{wanted} is not in {class}"
            );
        };
        has("acl", "path_beg = path -m beg");
        has("cfg", "\tbind <addr> expose-fd +1");
        has("cfg", "\tbind <addr> defer-accept");
        has("cfg", "\tserver <name> <addr> maxconn +1");
        has("cfg", "\thttp-request add-header");
        has("cfg", "\toption allbackups [ BE ]");
        has("cnv", "add(string): sint => sint");
        has("cnv", "add_item(string,string[,string]): str => str");
        has("cnv", "b64dec: bin => str");
        has(
            "smp",
            "[ Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y Y ] date([integer,string]): sint",
        );
        has("smp", "[ . . Y Y Y Y Y Y Y Y Y . . . . . . . . . . . ] base: str");
        assert!(!lines("cfg").iter().any(|line| line == "\trspadd"));
        assert_eq!(listing("nonsense", Dialect::default()), None);
    }

    #[test]
    fn the_legend_points_at_the_columns() {
        let text = listing("smp", Dialect::default()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1],
            "#                       _.---------------------- frontend tcp-request connection rule"
        );
        assert_eq!(
            lines[22],
            "#  / / / / / / / / / / / / / / / / / / / / / _.- CLI parser"
        );
    }
}
