//! Lines and braces to statements: a keyword with its arguments, and what stands in its block.

use syntax::{Diagnostic, FileId, Span};

use crate::lex::{Token, TokenKind, tokens};

/// Blocks deeper than this are not looked into; nothing of the language comes near.
const MAX_DEPTH: usize = 32;

/// A keyword with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The words as written, the keyword first.
    pub words: Vec<Span>,
    /// The statements between its braces, when it has any.
    pub block: Option<Vec<Statement>>,
}

/// The statements of a file, and what is wrong with its braces.
#[must_use]
pub fn blocks(text: &[u8], file: FileId) -> (Vec<Statement>, Vec<Diagnostic>) {
    let mut reader = Reader {
        tokens: tokens(text),
        at: 0,
        file,
        diagnostics: Vec::new(),
    };
    let mut statements = reader.statements(0);
    // A brace too many ends nothing: what follows it is read on.
    while reader.at < reader.tokens.len() {
        let span = reader.span(reader.tokens[reader.at]);
        reader.diagnostics.push(
            Diagnostic::alert("unmatched-brace", "'}' without a '{'")
                .at(span)
                .help("remove it, or open its block"),
        );
        reader.at += 1;
        statements.extend(reader.statements(0));
    }
    (statements, reader.diagnostics)
}

struct Reader {
    tokens: Vec<Token>,
    at: usize,
    file: FileId,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn span(&self, token: Token) -> Span {
        Span::new(self.file, token.start, token.end)
    }

    /// Reads up to a brace that closes, which is left, or to the end.
    fn statements(&mut self, depth: usize) -> Vec<Statement> {
        let mut out: Vec<Statement> = Vec::new();
        let mut words: Vec<Span> = Vec::new();
        let finish = |words: &mut Vec<Span>, out: &mut Vec<Statement>| {
            if !words.is_empty() {
                out.push(Statement {
                    words: std::mem::take(words),
                    block: None,
                });
            }
        };
        while let Some(token) = self.tokens.get(self.at).copied() {
            match token.kind {
                TokenKind::Blank | TokenKind::Comment => {}
                TokenKind::EndOfLine => finish(&mut words, &mut out),
                TokenKind::Word => words.push(self.span(token)),
                TokenKind::Close => {
                    finish(&mut words, &mut out);
                    return out;
                }
                TokenKind::Open => {
                    let opened = self.span(token);
                    self.at += 1;
                    let block = if depth < MAX_DEPTH {
                        self.statements(depth + 1)
                    } else {
                        Vec::new()
                    };
                    if self
                        .tokens
                        .get(self.at)
                        .is_none_or(|token| token.kind != TokenKind::Close)
                    {
                        self.diagnostics.push(
                            Diagnostic::alert("unmatched-brace", "'{' without a '}'")
                                .at(opened)
                                .help("close the block"),
                        );
                        // The token at hand is not its end: it is read by whoever comes next.
                        self.at = self.at.saturating_sub(1);
                    }
                    self.attach(&mut words, &mut out, block, opened);
                }
            }
            self.at += 1;
        }
        finish(&mut words, &mut out);
        out
    }

    /// Gives a block to the words before it, or, when the brace stands on a line of its own, to the statement above.
    fn attach(
        &mut self,
        words: &mut Vec<Span>,
        out: &mut Vec<Statement>,
        block: Vec<Statement>,
        opened: Span,
    ) {
        if !words.is_empty() {
            return out.push(Statement {
                words: std::mem::take(words),
                block: Some(block),
            });
        }
        match out.last_mut().filter(|statement| statement.block.is_none()) {
            Some(statement) => statement.block = Some(block),
            None => {
                let told = Diagnostic::alert("nameless-block", "'{' without a keyword").at(opened);
                self.diagnostics
                    .push(told.help("write the keyword in front of it"));
                out.extend(block);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> (Vec<String>, usize) {
        fn show(text: &str, statements: &[Statement], out: &mut Vec<String>, depth: usize) {
            for statement in statements {
                let words: Vec<&str> = statement
                    .words
                    .iter()
                    .map(|span| &text[span.start as usize..span.end as usize])
                    .collect();
                out.push(format!("{}{}", ".".repeat(depth), words.join(" ")));
                show(text, statement.block.as_deref().unwrap_or(&[]), out, depth + 1);
            }
        }
        let (statements, diagnostics) = blocks(text.as_bytes(), FileId(0));
        let mut out = Vec::new();
        show(text, &statements, &mut out, 0);
        (out, diagnostics.len())
    }

    #[test]
    fn blocks_nest_wherever_their_brace_stands() {
        let text = "vrrp_instance VI_1 {\n  state MASTER # first\n  virtual_ipaddress\n  {\n    10.0.0.1\n  }\n}\nglobal_defs { a b }\n";
        let shown = [
            "vrrp_instance VI_1",
            ".state MASTER",
            ".virtual_ipaddress",
            "..10.0.0.1",
            "global_defs",
            ".a b",
        ];
        assert_eq!(read(text), (shown.map(str::to_owned).to_vec(), 0));
    }

    #[test]
    fn braces_that_do_not_match_are_told_and_read_over() {
        assert_eq!(read("a {\n b\n"), (vec!["a".into(), ".b".into()], 1));
        assert_eq!(read("a\n}\nb\n"), (vec!["a".into(), "b".into()], 1));
        assert_eq!(read("{\n a\n}\n"), (vec!["a".into()], 1));
    }

    proptest! {
        #[test]
        fn any_nesting_is_read(text in "[a-z{} \n]{0,120}") {
            let opened = text.matches('{').count();
            let closed = text.matches('}').count();
            let (_, faults) = read(&text);
            prop_assert!(opened == closed || faults > 0);
        }
    }
}
