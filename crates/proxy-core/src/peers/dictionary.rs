//! Texts that entries name by a number once they were told: each side of a connection remembers the last 128 of the other.

use super::Fault;

/// Texts that are remembered.
const MOST: u64 = 128;

/// Texts that the other side was told.
#[derive(Clone, Debug, Default)]
pub struct Told {
    texts: Vec<Box<[u8]>>,
    /// The next number to be given, from 0.
    next: usize,
}

impl Told {
    /// All of them, by number from 0.
    pub(super) fn texts(&self) -> &[Box<[u8]>] {
        &self.texts
    }

    /// The number of a text, from 1, and whether the text itself has to be told with it.
    pub(super) fn number(&mut self, text: &[u8]) -> (u64, bool) {
        if let Some(at) = self.texts.iter().position(|known| **known == *text) {
            return (at as u64 + 1, false);
        }
        let at = self.next;
        if at == self.texts.len() {
            self.texts.push(text.into());
        } else {
            self.texts[at] = text.into();
        }
        self.next = (at + 1) % MOST as usize;
        (at as u64 + 1, true)
    }
}

/// Texts that the other side told.
#[derive(Clone, Debug, Default)]
pub struct Known(Vec<Option<Box<[u8]>>>);

impl Known {
    /// The text of a number, counted from 0, where there is one.
    pub(super) fn peek(&self, number: usize) -> Option<&[u8]> {
        self.0.get(number)?.as_deref()
    }

    pub(super) fn learn(&mut self, number: u64, text: &[u8]) -> Result<(), Fault> {
        let at = place(number)?;
        if self.0.len() <= at {
            self.0.resize(at + 1, None);
        }
        self.0[at] = Some(text.into());
        Ok(())
    }

    pub(super) fn text(&self, number: u64) -> Result<&[u8], Fault> {
        let text = self.0.get(place(number)?).and_then(Option::as_deref);
        text.ok_or(Fault)
    }
}

fn place(number: u64) -> Result<usize, Fault> {
    let at = number.checked_sub(1).filter(|at| *at < MOST).ok_or(Fault)?;
    Ok(at as usize)
}
