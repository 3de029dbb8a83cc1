//! The lossless tree: a file as lines of tokens. Their bytes joined in order are the file, whatever it holds.

use crate::lex::{Token, TokenKind, tokens};

/// A line with its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its tokens in order; the last one is the end of the line, except on a last line that has none.
    pub tokens: Vec<Token>,
}

impl Line {
    /// The words of the line as written.
    pub fn words(&self) -> impl Iterator<Item = Token> + '_ {
        self.tokens
            .iter()
            .copied()
            .filter(|token| token.kind == TokenKind::Word)
    }
}

/// A file as lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// All of its lines.
    pub lines: Vec<Line>,
}

impl Tree {
    /// The tree of `text`.
    #[must_use]
    pub fn new(text: &[u8]) -> Self {
        let mut lines = Vec::new();
        let mut line = Line { tokens: Vec::new() };
        for token in tokens(text) {
            line.tokens.push(token);
            if token.kind == TokenKind::EndOfLine {
                lines.push(std::mem::replace(&mut line, Line { tokens: Vec::new() }));
            }
        }
        if !line.tokens.is_empty() {
            lines.push(line);
        }
        Self { lines }
    }

    /// All tokens in order.
    pub fn tokens(&self) -> impl Iterator<Item = Token> + '_ {
        self.lines.iter().flat_map(|line| line.tokens.iter().copied())
    }
}
