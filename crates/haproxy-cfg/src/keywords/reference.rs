//! The tables as a page for readers: which keyword may stand where, since when, and whether Holdfast acts on it.

use std::fmt::Write as _;

use syntax::{KeywordRow, Status, Version};

use super::{ACTION, BIND, CONVERTERS, DERIVED, FETCHES, GLOBAL, OPTION, PROXY, SERVER, TIMEOUT};
use super::{Keyword, place, rule_set};

/// What a set of places is called on the page.
type PlaceNames = &'static [(u32, &'static str)];

const SECTIONS: PlaceNames = &[
    (place::DEFAULTS, "defaults"),
    (place::FRONTEND, "frontend"),
    (place::LISTEN, "listen"),
    (place::BACKEND, "backend"),
];
const RULE_SETS: PlaceNames = &[
    (rule_set::TCP_CONN, "tcp-request connection"),
    (rule_set::TCP_SESS, "tcp-request session"),
    (rule_set::TCP_REQ, "tcp-request content"),
    (rule_set::TCP_RES, "tcp-response content"),
    (rule_set::HTTP_REQ, "http-request"),
    (rule_set::HTTP_RES, "http-response"),
    (rule_set::HTTP_AFTER, "http-after-response"),
];
/// For tables whose rows all stand in the same place.
const ONE_PLACE: PlaceNames = &[];

/// The reference of all keywords in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut page = String::from(
        "# Keywords of haproxy.cfg\n\n\
         Made from the tables that the parser reads by; do not edit. *Works* says whether Holdfast acts on a keyword. One that it \
         does not act on is read and checked, and a file that uses it is warned of it.\n",
    );
    table(&mut page, "The global section", "", GLOBAL, ONE_PLACE);
    table(&mut page, "Proxies", "", PROXY, SECTIONS);
    table(&mut page, "Options", "option ", OPTION, SECTIONS);
    table(&mut page, "Timeouts", "timeout ", TIMEOUT, SECTIONS);
    table(&mut page, "Lines of bind", "", BIND, ONE_PLACE);
    table(
        &mut page,
        "Lines of server and default-server",
        "",
        SERVER,
        ONE_PLACE,
    );
    table(&mut page, "Actions of rules", "", ACTION, RULE_SETS);
    samples(&mut page);
    page
}

/// A section of the page with a line for each row. `before` stands in front of each name.
fn table<P: Copy>(
    page: &mut String,
    title: &str,
    before: &str,
    tables: &[&[Keyword<P>]],
    places: PlaceNames,
) {
    let mut rows: Vec<KeywordRow> = tables
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|keyword| keyword.row)
        .collect();
    rows.sort_by_key(|row| row.name);
    let has_places = !places.is_empty();
    let head = if has_places {
        "| keyword | stands in | works | since | removed in | write instead |\n| --- | --- | --- | --- | --- | --- |"
    } else {
        "| keyword | works | since | removed in | write instead |\n| --- | --- | --- | --- | --- |"
    };
    line(page, &format!("\n## {title}\n\n{head}"));
    for row in rows {
        let stands = if has_places {
            format!(" {} |", names(row.places, places))
        } else {
            String::new()
        };
        line(
            page,
            &format!(
                "| `{before}{}` |{stands} {} | {} | {} | {} |",
                row.name,
                works(row.status),
                since(row.since),
                version(row.removed_in),
                cell(row.replacement)
            ),
        );
    }
}

fn samples(page: &mut String) {
    line(
        page,
        "\n## Sample fetches\n\n| fetch | works | since |\n| --- | --- | --- |",
    );
    let mut fetches: Vec<_> = FETCHES.iter().collect();
    fetches.sort_by_key(|row| row.name);
    for row in fetches {
        line(
            page,
            &format!(
                "| `{}` | {} | {} |",
                row.name,
                works(row.status()),
                since(row.since)
            ),
        );
    }

    line(
        page,
        "\n## Keywords of ACLs that stand for a fetch with a match\n\n| keyword | fetch | works |\n| --- | --- | --- |",
    );
    let mut derived: Vec<_> = DERIVED.iter().collect();
    derived.sort_by_key(|row| row.name);
    for row in derived {
        let fetch_works = FETCHES
            .iter()
            .any(|fetch| fetch.name == row.fetch && fetch.status() == Status::Implemented);
        let status = if fetch_works && row.matcher.is_some() {
            Status::Implemented
        } else {
            Status::ReadOnly
        };
        line(
            page,
            &format!("| `{}` | `{}` | {} |", row.name, row.fetch, works(status)),
        );
    }

    line(
        page,
        "\n## Converters\n\nNone is acted on yet.\n\n| converter | since |\n| --- | --- |",
    );
    let mut converters: Vec<_> = CONVERTERS.iter().collect();
    converters.sort_by_key(|row| row.name);
    for row in converters {
        line(page, &format!("| `{}` | {} |", row.name, since(row.since)));
    }
}

fn line(page: &mut String, text: &str) {
    // A string takes everything that is written to it.
    let _ = writeln!(page, "{text}");
}

fn names(places: u32, known: PlaceNames) -> String {
    let named: Vec<_> = known
        .iter()
        .filter(|(bits, _)| places & bits != 0)
        .map(|(_, name)| *name)
        .collect();
    named.join(", ")
}

fn works(status: Status) -> &'static str {
    match status {
        Status::Implemented => "yes",
        Status::ReadOnly => "read only",
    }
}

fn version(version: Option<Version>) -> String {
    version.map_or_else(String::new, |version| version.to_string())
}

/// The tables know of what came after 2.6 that it did, not always when.
fn since(version: Option<Version>) -> String {
    version.map_or_else(String::new, |version| {
        if version == Version::new(2, 7) {
            "2.7 or later".to_owned()
        } else {
            version.to_string()
        }
    })
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
