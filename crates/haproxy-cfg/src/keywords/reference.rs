//! The tables as a page for readers: which keyword may stand where, since when, and whether Holdfast acts on it.

use syntax::reference::{Page, PlaceNames, works};
use syntax::{Status, Version};

use super::{ACTION, BIND, CONVERTERS, DERIVED, FETCHES, GLOBAL, OPTION, PROXY, SERVER, TIMEOUT};
use super::{Keyword, place, rule_set};
use crate::model::MatchKind;

/// How the page words its cells.
const PAGE: Page = Page {
    sometime_since: SOMETIME_SINCE,
};

const SECTIONS: PlaceNames<'_> = &[
    (place::DEFAULTS, "defaults"),
    (place::FRONTEND, "frontend"),
    (place::LISTEN, "listen"),
    (place::BACKEND, "backend"),
];
const RULE_SETS: PlaceNames<'_> = &[
    (rule_set::TCP_CONN, "tcp-request connection"),
    (rule_set::TCP_SESS, "tcp-request session"),
    (rule_set::TCP_REQ, "tcp-request content"),
    (rule_set::TCP_RES, "tcp-response content"),
    (rule_set::HTTP_REQ, "http-request"),
    (rule_set::HTTP_RES, "http-response"),
    (rule_set::HTTP_AFTER, "http-after-response"),
];
/// For tables whose rows all stand in the same place.
const ONE_PLACE: PlaceNames<'_> = &[];

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
        let status = if fetch_works && row.matcher != MatchKind::Bin {
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
    page.push_str(text);
    page.push('\n');
}

/// The tables know of what came after 2.6 that it did, not always when.
const SOMETIME_SINCE: Option<Version> = Some(Version::new(2, 7));

fn since(version: Option<Version>) -> String {
    PAGE.since(version)
}

fn table<P: Copy>(
    page: &mut String,
    title: &str,
    before: &str,
    tables: &[&[Keyword<P>]],
    places: PlaceNames<'_>,
) {
    page.push_str(&PAGE.table(title, before, tables, places));
}
