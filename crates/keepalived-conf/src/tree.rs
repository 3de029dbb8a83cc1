//! A file as it stands, for who changes or shows it: lines with their blocks, as tokens with places. Nothing is included, decided
//! or put in; a file that is broken half-way has the tree of what stands there.

use std::ops::Range;

use crate::lex::{Token, TokenKind, tokens};

/// Words up to a brace or the end of the line, with the block behind them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Node {
    /// Its words as written, quotes included; none for a brace that belongs to nothing.
    pub words: Vec<Token>,
    /// The node in whose block it stands, as an index.
    pub parent: Option<usize>,
    /// The brace that opens its block.
    pub open: Option<Token>,
    /// The brace that closes it; none where the file ends before.
    pub close: Option<Token>,
    /// Whether it gives a parameter its value (`$NAME=…`), whose words mean nothing here.
    pub definition: bool,
}

/// A file as nodes, each before those of its block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// All of them.
    pub nodes: Vec<Node>,
}

impl Node {
    /// The index of its keyword: a condition (`@HOST`) may stand before it.
    #[must_use]
    pub fn keyword_at(&self, text: &[u8]) -> usize {
        let first = self.words.first().map_or(&b""[..], |word| bytes(text, *word));
        usize::from(first.first() == Some(&b'@') && self.words.len() > 1)
    }

    /// From its first byte to the last of its block, or of its words.
    #[must_use]
    pub fn range(&self) -> Range<u32> {
        let start = self.words.first().or(self.open.as_ref());
        let end = self.close.or(self.open).or(self.words.last().copied());
        start.map_or(0, |token| token.start)..end.map_or(0, |token| token.end)
    }
}

impl Tree {
    /// The tree of a text.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        let tokens = tokens(text);
        let mut tree = Self::default();
        let (mut parent, mut last): (Option<usize>, Option<usize>) = (None, None);
        let (mut at, mut fresh) = (0, true);
        // Whether the words of the line go on with the node of those before.
        let mut going = false;
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token.kind {
                TokenKind::Blank | TokenKind::Comment => continue,
                TokenKind::EndOfLine => {
                    (fresh, going) = (true, false);
                    continue;
                }
                TokenKind::Word if fresh && is_definition(bytes(text, *token)) => {
                    let words = definition(text, &tokens, &mut at, *token);
                    last = Some(tree.add(Node {
                        words,
                        parent,
                        definition: true,
                        ..Node::default()
                    }));
                    going = false;
                    continue;
                }
                TokenKind::Word => match last.filter(|_| going).and_then(|last| tree.nodes.get_mut(last)) {
                    Some(node) => node.words.push(*token),
                    None => {
                        last = Some(tree.add(Node {
                            words: vec![*token],
                            parent,
                            ..Node::default()
                        }));
                        going = true;
                    }
                },
                TokenKind::Open => {
                    // The brace may stand on a line of its own.
                    let free = last.filter(|last| {
                        tree.nodes.get(*last).is_some_and(|node| {
                            node.open.is_none() && !node.definition && node.parent == parent
                        })
                    });
                    let owner = free.unwrap_or_else(|| {
                        tree.add(Node {
                            parent,
                            ..Node::default()
                        })
                    });
                    if let Some(node) = tree.nodes.get_mut(owner) {
                        node.open = Some(*token);
                    }
                    (parent, last, going) = (Some(owner), None, false);
                }
                TokenKind::Close => {
                    (last, going) = (parent, false);
                    if let Some(node) = parent.and_then(|owner| tree.nodes.get_mut(owner)) {
                        node.close = Some(*token);
                        parent = node.parent;
                    }
                }
            }
            fresh = false;
        }
        tree
    }

    fn add(&mut self, node: Node) -> usize {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    /// The nodes in a block, or outside of all, with their indexes.
    pub fn block(&self, parent: Option<usize>) -> impl Iterator<Item = (usize, &Node)> {
        self.nodes
            .iter()
            .enumerate()
            .filter(move |(_, node)| node.parent == parent)
    }

    /// The block that a byte stands in; none outside of all. What is left open reaches to the end.
    #[must_use]
    pub fn block_at(&self, at: u32) -> Option<usize> {
        let inside = |node: &Node| {
            node.open.is_some_and(|open| open.end <= at) && node.close.is_none_or(|close| at <= close.start)
        };
        // The innermost is the last that begins before.
        (0..self.nodes.len())
            .rev()
            .find(|index| self.nodes.get(*index).is_some_and(&inside))
    }

    /// What the word at `word` of node `node` says, without the quotes around it.
    #[must_use]
    pub fn word(&self, text: &[u8], node: usize, word: usize) -> String {
        let token = self.nodes.get(node).and_then(|node| node.words.get(word));
        token.map_or_else(String::new, |token| meaning(bytes(text, *token)))
    }
}

/// What a word says, without the quotes around it.
fn meaning(raw: &[u8]) -> String {
    let inner = match raw.strip_prefix(b"\"") {
        Some(rest) => rest.strip_suffix(b"\"").unwrap_or(rest),
        None => raw,
    };
    String::from_utf8_lossy(inner).into_owned()
}

fn bytes(text: &[u8], token: Token) -> &[u8] {
    text.get(token.start as usize..token.end as usize)
        .unwrap_or_default()
}

/// `$NAME=…`.
fn is_definition(word: &[u8]) -> bool {
    let Some(rest) = word.strip_prefix(b"$") else {
        return false;
    };
    let name = rest
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    name > 0 && rest.get(name) == Some(&b'=')
}

/// The tokens of a definition, which goes on behind lines that end in a backslash; `at` is moved behind them.
fn definition(text: &[u8], tokens: &[Token], at: &mut usize, first: Token) -> Vec<Token> {
    let mut words = vec![first];
    let mut continues = bytes(text, first).ends_with(b"\\");
    while let Some(token) = tokens.get(*at) {
        match token.kind {
            TokenKind::EndOfLine if !continues => break,
            TokenKind::EndOfLine => continues = false,
            TokenKind::Blank | TokenKind::Comment => {}
            TokenKind::Word | TokenKind::Open | TokenKind::Close => {
                continues = bytes(text, *token).ends_with(b"\\");
                words.push(*token);
            }
        }
        *at += 1;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<(String, Option<usize>, bool)> {
        let tree = Tree::new(text.as_bytes());
        let words = |node: &Node| -> Vec<String> {
            node.words
                .iter()
                .map(|word| meaning(bytes(text.as_bytes(), *word)))
                .collect()
        };
        tree.nodes
            .iter()
            .map(|node| (words(node).join(" "), node.parent, node.close.is_some()))
            .collect()
    }

    #[test]
    fn blocks_are_nodes_with_parents_wherever_their_braces_stand() {
        let text = "global_defs\n{\n router_id \"a b\" # c\n}\n$X=1 { \\\n }\nvrrp_instance A { interface eth0\n track_interface { eth1 weight 2 } }\nlast";
        let of = |text: &str, parent, closed| (text.to_owned(), parent, closed);
        let wanted = [
            of("global_defs", None, true),
            of("router_id a b", Some(0), false),
            of("$X=1 { \\ }", None, false),
            of("vrrp_instance A", None, true),
            of("interface eth0", Some(3), false),
            of("track_interface", Some(3), true),
            of("eth1 weight 2", Some(5), false),
            of("last", None, false),
        ];
        assert_eq!(shown(text), wanted);
    }

    #[test]
    fn a_file_that_is_broken_has_the_tree_of_what_is_there() {
        let text = "}\nvrrp_instance A {\n interface eth0\n virtual_ipaddress {\n 10.0.0.1\n";
        let tree = Tree::new(text.as_bytes());
        assert_eq!(tree.nodes.len(), 4);
        let end = u32::try_from(text.len()).expect("short");
        assert_eq!(tree.block_at(end), Some(2));
        assert_eq!(tree.block_at(20), Some(0));
        assert_eq!(tree.block_at(0), None);
        assert_eq!(tree.word(text.as_bytes(), 3, 0), "10.0.0.1");
        assert_eq!(tree.nodes[1].range(), 21..35);
    }
}
