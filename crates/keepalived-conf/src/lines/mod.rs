//! Files to the lines that the grammar sees: included files opened, conditions looked at, definitions put in, comments taken
//! off, and what is left cut at braces and blanks.

mod define;
mod include;
mod source;
mod text;
mod words;

pub(crate) use source::{Item, Line, read};
pub(crate) use words::Word;
