//! What migrations of haproxy.cfg look at, and how they change it.

use std::collections::BTreeSet;

use haproxy_cfg::keywords::{Table, row};
use syntax::{Edit, Version};

use super::file::{File, Line};
use super::found::replace;
pub(super) use super::found::{Found, PinAt, Rewrite, behind};

/// A file on its way from one version to another.
pub(super) struct Task<'f> {
    /// The file.
    pub(super) file: &'f File<'f>,
    /// The version that is to read it.
    pub(super) to: Version,
}

impl Task<'_> {
    /// A change that all proxies of HTTP with clients have to live with: they are named behind the message. None where there are none.
    pub(super) fn of_http_frontends(&self, message: &str) -> Option<Found> {
        let proxies: Vec<usize> = (self.file.proxies())
            .filter(|(at, section)| self.file.is_http(*at) && section.is_frontend())
            .map(|(at, _)| at)
            .collect();
        let message = format!("{message}: {}", self.names(&proxies));
        (!proxies.is_empty()).then(|| Found::new(self.headers(&proxies), message))
    }

    /// The lines of proxies whose keyword is one of `names` and old in the target.
    pub(super) fn old_proxy_lines(&self, names: &'static [&'static str]) -> impl Iterator<Item = &Line> {
        self.file.proxy_lines().filter(move |line| {
            let (keyword, _) = line.keyword();
            names.contains(&keyword) && self.is_old(Table::Proxy, keyword)
        })
    }

    /// The `option` lines of that name, when it is old in the target.
    pub(super) fn old_options(&self, name: &'static str) -> impl Iterator<Item = &Line> {
        self.file.proxy_lines().filter(move |line| {
            let (keyword, at) = line.keyword();
            keyword == "option" && line.word(at) == name && self.is_old(Table::Option, name)
        })
    }

    /// The lines of `global` with that keyword, when it is old in the target.
    pub(super) fn old_global_lines(&self, name: &'static str) -> impl Iterator<Item = &Line> {
        self.file
            .global()
            .filter(move |line| line.keyword().0 == name && self.is_old(Table::Global, name))
    }

    /// Whether the target warns of a keyword or refuses it.
    pub(super) fn is_old(&self, table: Table<'_>, name: &str) -> bool {
        let since = |version: Option<Version>| version.is_some_and(|version| version <= self.to);
        row(table, name).is_some_and(|row| since(row.deprecated_since) || since(row.removed_in))
    }

    /// What is said of a keyword that is old: since when it is warned of or refused.
    pub(super) fn age(&self, table: Table<'_>, name: &str) -> String {
        let shown = match table {
            Table::Option => format!("option {name}"),
            Table::Timeout => format!("timeout {name}"),
            _ => name.to_owned(),
        };
        let Some(row) = row(table, name) else {
            return format!("'{shown}' is an old keyword");
        };
        match (row.removed_in, row.deprecated_since) {
            (Some(removed), _) if removed <= self.to => format!("'{shown}' is refused since {removed}"),
            (Some(removed), Some(warned)) => {
                format!("'{shown}' is warned of since {warned} and refused since {removed}")
            }
            (_, Some(warned)) => format!("'{shown}' is warned of since {warned}"),
            (Some(removed), None) => format!("'{shown}' is refused since {removed}"),
            (None, None) => format!("'{shown}' is an old keyword"),
        }
    }

    /// Whether the target has what came with `major.minor`.
    pub(super) fn has(&self, major: u16, minor: u16) -> bool {
        self.to >= Version::new(major, minor)
    }

    /// Writes `lines` in place of the words of a line; its comment stays behind the first. No lines take it away, and leave
    /// its comment.
    pub(super) fn rewrite(&self, line: &Line, lines: &[String]) -> Rewrite {
        let shown = if lines.is_empty() {
            vec![format!("(deleted) {}", self.file.raw_from(line, 0))]
        } else {
            lines.to_vec()
        };
        let (Some(first), Some(last)) = (line.words.first(), line.words.last()) else {
            return (Vec::new(), Vec::new());
        };
        let Some((head, more)) = lines.split_first() else {
            let whole = if line.comment {
                // The comment takes the place of the words.
                let text = self.file.text.get(last.end as usize..).unwrap_or_default();
                let blanks = text
                    .iter()
                    .take_while(|byte| matches!(byte, b' ' | b'\t'))
                    .count();
                replace(first.start, last.end + u32::try_from(blanks).unwrap_or(0), "")
            } else {
                replace(line.start, line.end, "")
            };
            return (vec![whole], shown);
        };
        let mut edits = vec![replace(first.start, last.end, head.as_str())];
        edits.extend(self.insert_behind(line, &line.indent, more));
        (edits, shown)
    }

    /// Takes a line out of use without losing it.
    pub(super) fn comment_out(&self, line: &Line) -> Rewrite {
        let edits = line
            .words
            .first()
            .map(|first| replace(first.start, first.start, "# "));
        let shown = format!("# {}", self.file.raw_from(line, 0));
        (edits.into_iter().collect(), vec![shown])
    }

    /// Replaces the words `from..=to` of a line.
    pub(super) fn replace_words(&self, line: &Line, from: usize, to: usize, text: &str) -> Rewrite {
        let edit = line.words.get(from).zip(line.words.get(to));
        let edit = edit.map(|(first, last)| replace(first.start, last.end, text));
        (edit.into_iter().collect(), vec![text.to_owned()])
    }

    /// Takes the words `from..=to` of a line away, with the blanks in front of them.
    pub(super) fn remove_words(&self, line: &Line, from: usize, to: usize) -> Rewrite {
        let before = from.checked_sub(1).and_then(|at| line.words.get(at));
        let edit = before.zip(line.words.get(to));
        let edit = edit.map(|(before, last)| replace(before.end, last.end, ""));
        let shown = format!("(deleted) {}", self.file.raw(line, from, to));
        (edit.into_iter().collect(), vec![shown])
    }

    /// Puts lines behind a line.
    pub(super) fn insert_behind(&self, line: &Line, indent: &str, lines: &[String]) -> Option<Edit> {
        if lines.is_empty() {
            return None;
        }
        let newline = self.file.newline();
        let text: String = if line.newline.is_empty() {
            lines
                .iter()
                .map(|more| format!("{newline}{indent}{more}"))
                .collect()
        } else {
            lines
                .iter()
                .map(|more| format!("{indent}{more}{newline}"))
                .collect()
        };
        Some(replace(line.end, line.end, text))
    }

    /// The edit that writes lines at a place.
    pub(super) fn pin(&self, at: PinAt, lines: &[String]) -> Edit {
        let newline = self.file.newline();
        let sections = &self.file.sections;
        let (section, top) = match at {
            PinAt::Top(section) => (Some(section), true),
            PinAt::End(section) => (Some(section), false),
            PinAt::Global => (
                sections.iter().position(|section| section.kind == "global"),
                false,
            ),
        };
        let found = section.and_then(|at| Some((at, sections.get(at)?)));
        let Some((section, header)) = found else {
            // In front of the first section, behind what the file says of itself.
            let first = sections
                .first()
                .and_then(|section| self.file.lines.get(section.header));
            let place = first.map_or(0, |line| line.start);
            let indent = (!sections.is_empty()).then(|| self.file.indent(0));
            let indent = indent.unwrap_or_else(|| "    ".to_owned());
            let body: String = lines
                .iter()
                .map(|line| format!("{indent}{line}{newline}"))
                .collect();
            return replace(place, place, format!("global{newline}{body}{newline}"));
        };
        let last = if top { None } else { self.file.body(section).last() };
        let behind = last.or_else(|| self.file.lines.get(header.header));
        let indent = self.file.indent(section);
        behind
            .and_then(|line| self.insert_behind(line, &indent, lines))
            .unwrap_or_else(|| replace(0, 0, ""))
    }

    /// Where a line is to be written so that it counts for those proxies: in their `defaults` when all that inherit from it
    /// want it, otherwise in each.
    pub(super) fn pin_places(&self, proxies: &[usize], may: impl Fn(usize) -> bool) -> Vec<PinAt> {
        let wanted: BTreeSet<usize> = proxies.iter().copied().collect();
        let mut unshared = BTreeSet::new();
        for (at, section) in self.file.proxies() {
            if !wanted.contains(&at) && may(at) {
                unshared.extend(section.defaults);
            }
        }
        let place = |at: usize| {
            let defaults = self.file.sections.get(at).and_then(|section| section.defaults);
            defaults
                .filter(|defaults| !unshared.contains(defaults))
                .map_or(PinAt::End(at), PinAt::End)
        };
        let out: BTreeSet<PinAt> = wanted.iter().map(|at| place(*at)).collect();
        out.into_iter().collect()
    }

    /// The header lines of those sections.
    pub(super) fn headers(&self, sections: &[usize]) -> Vec<&Line> {
        let of = |at: &usize| self.file.lines.get(self.file.sections.get(*at)?.header);
        sections.iter().filter_map(of).collect()
    }

    /// The names of those sections in one text, the first few of many.
    pub(super) fn names(&self, sections: &[usize]) -> String {
        let names: Vec<String> = sections
            .iter()
            .filter_map(|at| self.file.sections.get(*at))
            .map(|section| format!("'{}'", section.title()))
            .collect();
        match names.get(..4) {
            Some(first) if names.len() > 4 => format!("{} and {} more", first.join(", "), names.len() - 4),
            _ => names.join(", "),
        }
    }
}
