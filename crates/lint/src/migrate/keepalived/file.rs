//! A keepalived.conf as blocks and lines with their places, for those who change it, and how they do. It is no reading: what a
//! line means is for the grammar, and here is only where things stand.

use keepalived_conf::tree::{Node, Tree};
use syntax::SourceFile;

use super::{Edit, Found, PinAt, Rewrite, replace};

/// A file.
pub(in super::super) struct Text<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) tree: Tree,
    lines: SourceFile,
}

/// A file on its way from one version to another.
pub(in super::super) struct Task<'t> {
    /// The file.
    pub(super) text: Text<'t>,
}

impl<'t> Text<'t> {
    /// Cuts a text.
    pub(super) fn new(bytes: &'t [u8]) -> Self {
        Self {
            bytes,
            tree: Tree::new(bytes),
            lines: SourceFile::new("", bytes),
        }
    }

    fn node(&self, at: usize) -> &Node {
        // Indexes come from the tree itself.
        &self.tree.nodes[at]
    }

    /// The keyword of a node.
    pub(super) fn keyword(&self, at: usize) -> String {
        let node = self.node(at);
        if node.definition {
            return String::new();
        }
        self.tree.word(self.bytes, at, node.keyword_at(self.bytes))
    }

    /// Argument `index` of a node, counted from 0; empty when there is none.
    pub(super) fn arg(&self, at: usize, index: usize) -> String {
        self.tree
            .word(self.bytes, at, self.node(at).keyword_at(self.bytes) + 1 + index)
    }

    /// The words behind the keyword as they are written.
    pub(super) fn written_args(&self, at: usize) -> Vec<String> {
        let node = self.node(at);
        let words = node.words.iter().skip(node.keyword_at(self.bytes) + 1);
        let raw = |start: u32, end: u32| self.bytes.get(start as usize..end as usize).unwrap_or_default();
        words
            .map(|word| String::from_utf8_lossy(raw(word.start, word.end)).into_owned())
            .collect()
    }

    /// The keyword of the block that a node stands in; empty outside of all.
    pub(super) fn block_of(&self, at: usize) -> String {
        self.node(at)
            .parent
            .map_or_else(String::new, |parent| self.keyword(parent))
    }

    /// The line that a node begins in, counted from 1.
    pub(super) fn line(&self, at: usize) -> u32 {
        self.lines.position(self.node(at).range().start).line
    }

    /// The nodes with that keyword directly in a block of that keyword; the empty block is outside of all.
    pub(super) fn all<'s>(&'s self, block: &'s str, keyword: &'s str) -> impl Iterator<Item = usize> + 's {
        (0..self.tree.nodes.len())
            .filter(move |at| self.keyword(*at) == keyword && self.block_of(*at) == block)
    }

    /// The nodes in the block of a node.
    pub(super) fn inside(&self, at: usize) -> impl Iterator<Item = usize> + '_ {
        self.tree.block(Some(at)).map(|(index, _)| index)
    }

    /// Those of them with that keyword.
    pub(super) fn inside_with<'s>(&'s self, at: usize, keyword: &'s str) -> impl Iterator<Item = usize> + 's {
        self.inside(at)
            .filter(move |index| self.keyword(*index) == keyword)
    }

    /// Whether `global_defs` has a keyword.
    pub(super) fn has_global(&self, keyword: &str) -> bool {
        self.all("global_defs", keyword).next().is_some()
    }

    fn newline(&self) -> &'static str {
        let first = self.bytes.iter().position(|byte| *byte == b'\n');
        let windows = first.is_some_and(|at| self.bytes.get(..at).is_some_and(|line| line.ends_with(b"\r")));
        if windows { "\r\n" } else { "\n" }
    }

    /// Offset of the first byte of the line of `at`, and what stands between it and `at`.
    fn line_start(&self, at: u32) -> (u32, &[u8]) {
        let place = self.lines.position(at);
        let start = at - (place.column - 1);
        (
            start,
            self.bytes.get(start as usize..at as usize).unwrap_or_default(),
        )
    }

    /// Blanks that a line begins with; none when more than blanks stand before `at`.
    fn indent(&self, at: u32) -> Option<String> {
        let (_, before) = self.line_start(at);
        before
            .trim_ascii()
            .is_empty()
            .then(|| String::from_utf8_lossy(before).into_owned())
    }

    /// Puts words in the place of the words `from..=to` of a node, counted from its keyword.
    pub(super) fn replace_words(&self, at: usize, from: usize, to: usize, text: &str) -> Rewrite {
        let node = self.node(at);
        let first = node.keyword_at(self.bytes);
        let words = node.words.get(first + from).zip(node.words.get(first + to));
        let edit = words.map(|(from, to)| replace(from.start, to.end, text));
        (edit.into_iter().collect(), vec![text.to_owned()])
    }

    /// Takes words away, with the blanks in front of them.
    pub(super) fn remove_words(&self, at: usize, from: usize, to: usize) -> Rewrite {
        let node = self.node(at);
        let first = node.keyword_at(self.bytes);
        let before = (first + from)
            .checked_sub(1)
            .and_then(|before| node.words.get(before));
        let words = before.zip(node.words.get(first + to));
        let edit = words.map(|(before, to)| replace(before.end, to.end, ""));
        let gone: Vec<String> = self
            .written_args(at)
            .get(from - 1..to)
            .unwrap_or_default()
            .to_vec();
        (
            edit.into_iter().collect(),
            vec![format!("(deleted) {}", gone.join(" "))],
        )
    }

    /// Takes a node away with its block: whole lines where nothing else stands on them; a comment behind it stays.
    pub(super) fn delete(&self, at: usize) -> Rewrite {
        let range = self.node(at).range();
        let shown = self
            .bytes
            .get(range.start as usize..range.end as usize)
            .unwrap_or_default();
        let shown = String::from_utf8_lossy(shown);
        let shown: Vec<&str> = shown.split_ascii_whitespace().collect();
        let shown = vec![format!("(deleted) {}", shown.join(" "))];
        let (start, before) = self.line_start(range.start);
        let rest = self.bytes.get(range.end as usize..).unwrap_or_default();
        let blanks = rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
            .count();
        let behind = range.end + u32::try_from(blanks).unwrap_or(0);
        let alone = before.trim_ascii().is_empty();
        let edit = match rest.get(blanks) {
            Some(b'\n') if alone => replace(start, behind + 1, ""),
            None if alone => replace(start, behind, ""),
            // A comment or another line goes on there.
            _ => replace(range.start, if alone { behind } else { range.end }, ""),
        };
        (vec![edit], shown)
    }

    /// The edit that writes lines at a place.
    pub(super) fn write(&self, at: PinAt, lines: &[String]) -> Edit {
        let newline = self.newline();
        let block = match at {
            PinAt::Top(block) | PinAt::End(block) => Some(block),
            PinAt::Global => self.all("", "global_defs").next(),
        };
        let Some((block, node)) = block.and_then(|block| Some((block, self.tree.nodes.get(block)?))) else {
            let first = self.tree.nodes.first().map_or(0, |node| node.range().start);
            let (start, _) = self.line_start(first);
            let body: String = lines.iter().map(|line| format!("    {line}{newline}")).collect();
            return replace(
                start,
                start,
                format!("global_defs {{{newline}{body}}}{newline}{newline}"),
            );
        };
        let own = self.indent(node.range().start).unwrap_or_default();
        let of_first = self.inside(block).find_map(|inner| {
            let indent = self.indent(self.node(inner).range().start)?;
            (self.line(inner) > self.line(block)).then_some(indent)
        });
        let indent = of_first.unwrap_or_else(|| format!("{own}    "));
        let body: String = lines
            .iter()
            .map(|line| format!("{indent}{line}{newline}"))
            .collect();
        match node.close {
            Some(close) => match self.indent(close.start) {
                Some(before) => {
                    let start = close.start - u32::try_from(before.len()).unwrap_or(0);
                    replace(start, start, body)
                }
                None => replace(close.start, close.start, format!("{newline}{body}{own}")),
            },
            None => {
                let end = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
                let gap = if self.bytes.ends_with(b"\n") { "" } else { newline };
                replace(end, end, format!("{gap}{body}"))
            }
        }
    }

    /// Writes lines at a place in any case, as part of a rewrite.
    pub(super) fn insert(&self, at: PinAt, lines: &[String]) -> Rewrite {
        (vec![self.write(at, lines)], lines.to_vec())
    }

    /// Puts a block with these lines outside of all blocks, in front of the outermost block around a node.
    pub(super) fn insert_block(&self, before: usize, head: &str, lines: &[String]) -> Rewrite {
        let mut at = before;
        while let Some(parent) = self.tree.nodes.get(at).and_then(|node| node.parent) {
            at = parent;
        }
        let (start, _) = self.line_start(self.node(at).range().start);
        let newline = self.newline();
        let body: String = lines.iter().map(|line| format!("    {line}{newline}")).collect();
        let shown = vec![format!("{head} {{ {} }}", lines.join(" "))];
        (
            vec![replace(
                start,
                start,
                format!("{head} {{{newline}{body}}}{newline}{newline}"),
            )],
            shown,
        )
    }

    /// Something about these nodes.
    pub(super) fn found(&self, nodes: &[usize], message: impl Into<String>) -> Found {
        Found::at(nodes.iter().map(|at| self.line(*at)).collect(), message)
    }
}

impl Task<'_> {
    /// Gives a keyword of a block another name.
    pub(super) fn rename(&self, block: &str, old: &str, new: &str, why: &str, found: &mut Vec<Found>) {
        for at in self.text.all(block, old) {
            let told = self.text.found(&[at], format!("'{old}' {why}"));
            found.push(told.edits(self.text.replace_words(at, 0, 0, new)));
        }
    }
}
