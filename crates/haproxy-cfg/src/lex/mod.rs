//! From bytes to words (manual, section 2.2). [`tokens`] keeps every byte of a line, [`words`] gives what the words mean.

mod fault;
mod tokens;
mod words;

pub(crate) use fault::{LexError, excerpt};
pub use tokens::{Token, TokenKind};
pub(crate) use tokens::{content, tokens};
pub(crate) use words::{EmptyParts, Environment, MAX_WORDS, Rules, Word, origins, words, words_in};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use syntax::FileId;

    use super::{Environment, Rules, TokenKind, content, tokens, words};

    struct Nothing;

    impl Environment for Nothing {
        fn variable(&self, _name: &str) -> Option<Vec<u8>> {
            None
        }

        fn pseudo(&self, _name: &str) -> Option<Vec<u8>> {
            None
        }
    }

    proptest! {
        /// Both sides of the lexer cut a line at the same places.
        #[test]
        fn words_stand_where_the_tokens_do(line in "[a-z# \\t\"'\\\\$\\r{}]{0,60}") {
            let line = line.as_bytes();
            if let Ok(words) = words(content(line), FileId(0), 0, &Nothing, Rules::FILE) {
                let meant: Vec<(u32, u32)> = words.iter().map(|word| (word.span.start, word.span.end)).collect();
                let written: Vec<(u32, u32)> = tokens(line)
                    .into_iter()
                    .filter(|token| token.kind == TokenKind::Word)
                    .map(|token| (token.start, token.end))
                    .collect();
                prop_assert_eq!(meant, written);
            }
        }
    }
}
