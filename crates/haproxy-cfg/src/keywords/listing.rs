//! Listings of the tables for tools (`-dK`), in the shape of the original's: a class has a heading and a line for each keyword.
//! Keywords that the original removed are left out.

use std::fmt::Write as _;

use syntax::{Arity, KeywordRow};

use super::{ACTION, BIND, CONVERTERS, DERIVED, FETCHES, GLOBAL, OPTION, PROXY, SECTION, SERVER};
use super::{Keyword, Output, other_rows, place, rule_set};
use crate::model::MatchKind;

/// The fetch contexts, as the legend of the listing names them: bit N of a row is column N.
const CONTEXTS: [&str; 22] = [
    "frontend tcp-request connection rule",
    "frontend tcp-request session rule",
    "frontend tcp-request content rule",
    "frontend http-request header rule",
    "frontend http-request body rule",
    "frontend use-backend rule",
    "backend tcp-request content rule",
    "backend http-request header rule",
    "backend http-request body rule",
    "backend use-server, balance or stick-match rule",
    "server source selection",
    "backend tcp-response content rule",
    "backend http-response header rule",
    "backend http-response body rule",
    "backend stick-store rule",
    "frontend tcp-response content rule",
    "frontend http-response header rule",
    "frontend http-response body rule",
    "logs",
    "backend tcp-check rule",
    "configuration parser",
    "CLI parser",
];

/// The lines of a class, its heading first; none for a class that has no table here.
#[must_use]
pub fn listing(class: &str) -> Option<String> {
    let mut out = String::new();
    match class {
        "acl" => acls(&mut out),
        "cfg" => configuration(&mut out),
        "cnv" => converters(&mut out),
        "smp" => fetches(&mut out),
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
        match row.matcher {
            Some(matcher) => line(
                out,
                &format!("{} = {} -m {}", row.name, row.fetch, method(matcher)),
            ),
            None => line(out, &format!("{} = {}", row.name, row.fetch)),
        }
    }
}

/// A match method as `-m` takes it.
fn method(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Bool => "bool",
        MatchKind::Found => "found",
        MatchKind::Int => "int",
        MatchKind::Ip => "ip",
        MatchKind::Str => "str",
        MatchKind::Beg => "beg",
        MatchKind::End => "end",
        MatchKind::Sub => "sub",
        MatchKind::Dir => "dir",
        MatchKind::Dom => "dom",
        MatchKind::Reg => "reg",
        MatchKind::Len => "len",
    }
}

fn configuration(out: &mut String) {
    line(out, "# List of registered configuration keywords:");
    line(out, "global");
    for row in rows(GLOBAL) {
        line(out, &format!("\t{}", row.name));
    }
    line(out, "listen");
    for row in rows(PROXY) {
        line(out, &format!("\t{}", row.name));
    }
    for row in rows(BIND) {
        line(
            out,
            &format!("\tbind <addr> {}{}", row.name, arguments(row.arity)),
        );
    }
    for row in rows(SERVER) {
        line(
            out,
            &format!("\tserver <name> <addr> {}{}", row.name, arguments(row.arity)),
        );
    }
    for (set, name) in [
        (rule_set::TCP_CONN, "tcp-request connection"),
        (rule_set::TCP_SESS, "tcp-request session"),
        (rule_set::TCP_REQ, "tcp-request content"),
        (rule_set::TCP_RES, "tcp-response content"),
        (rule_set::HTTP_REQ, "http-request"),
        (rule_set::HTTP_RES, "http-response"),
        (rule_set::HTTP_AFTER, "http-after-response"),
    ] {
        for row in rows(ACTION).iter().filter(|row| row.places & set != 0) {
            line(out, &format!("\t{name} {}", row.name));
        }
    }
    for row in rows(OPTION) {
        let sides = match (
            row.places & place::FRONTEND != 0,
            row.places & place::BACKEND != 0,
        ) {
            (true, true) => " [ FE BE ]",
            (true, false) => " [ FE ]",
            (false, true) => " [ BE ]",
            (false, false) => "",
        };
        line(out, &format!("\toption {}{sides}", row.name));
    }
    for section in rows(SECTION) {
        let inside = other_rows(section.name);
        if !inside.is_empty() {
            line(out, section.name);
            for keyword in inside {
                line(out, &format!("\t{}", keyword.row.name));
            }
        }
    }
}

/// The rows of some tables by name, without those that were removed.
fn rows<P: Copy>(tables: &[&[Keyword<P>]]) -> Vec<KeywordRow> {
    let mut rows: Vec<KeywordRow> = tables
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|keyword| keyword.row)
        .filter(|row| row.removed_in.is_none())
        .collect();
    rows.sort_by_key(|row| row.name);
    rows
}

/// How many words follow.
fn arguments(arity: Arity) -> String {
    match arity.min {
        0 => String::new(),
        min => format!(" +{min}"),
    }
}

fn converters(out: &mut String) {
    line(out, "# List of registered sample converter functions:");
    for row in CONVERTERS {
        line(
            out,
            &format!(
                "{}{}: {} => {}",
                row.name,
                parentheses(row.arity),
                output(row.input),
                output(row.output)
            ),
        );
    }
}

fn fetches(out: &mut String) {
    line(out, "# List of registered sample fetch functions:");
    let columns = CONTEXTS.len();
    for (at, context) in CONTEXTS.iter().enumerate() {
        let mut text = format!("#{}", " ".repeat(columns + 1 - at));
        text.push_str(&"/ ".repeat(at));
        // A string takes everything that is written to it.
        let _ = write!(text, "_.{} {context}", "-".repeat(columns - at));
        line(out, &text);
    }
    line(out, &format!("# {}", "/ ".repeat(columns)));
    line(out, &format!("# {}", "| ".repeat(columns)));
    for row in FETCHES {
        let marks: String = (0..columns)
            .map(|at| if row.contexts & (1 << at) != 0 { "Y " } else { ". " })
            .collect();
        line(
            out,
            &format!(
                "[ {marks}] {}{}: {}",
                row.name,
                parentheses(row.arity),
                output(row.output)
            ),
        );
    }
}

fn output(output: Output) -> &'static str {
    match output {
        Output::Bool => "bool",
        Output::Sint => "sint",
        Output::Addr => "addr",
        Output::Str => "str",
        Output::Bin => "bin",
        Output::Meth => "meth",
        Output::Any => "any",
    }
}

/// Arguments in parentheses: `(arg,arg[,arg])`. Their types stand in no table.
fn parentheses(arity: Arity) -> String {
    if arity.max == 0 {
        return String::new();
    }
    let needed = vec!["arg"; usize::from(arity.min)].join(",");
    let optional = usize::from(arity.max.saturating_sub(arity.min)).min(8);
    let optional = match optional {
        0 => String::new(),
        some if arity.min == 0 => format!("[{}]", vec!["arg"; some].join(",")),
        some => format!("[{}]", ",arg".repeat(some)),
    };
    format!("({needed}{optional})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_listed_in_the_originals_shape() {
        let lines = |class: &str| -> Vec<String> {
            let text = listing(class).unwrap();
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
        has("cnv", "add(arg): sint => sint");
        has("cnv", "add_item(arg,arg[,arg]): str => str");
        has("smp", "[ . . Y Y Y Y Y Y Y Y Y . . . . . . . . . . . ] base: str");
        assert!(!lines("cfg").iter().any(|line| line == "\trspadd"));
        assert_eq!(listing("nonsense"), None);
    }

    #[test]
    fn the_legend_points_at_the_columns() {
        let text = listing("smp").unwrap();
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
