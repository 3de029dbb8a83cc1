//! Names of sockets in Linux's abstract namespace (`abns@NAME` and `abnsz@NAME`; manual, section 11).

use super::Word;

/// Bytes of a name, the zero in front of it aside.
const FULL: usize = 107;

/// A name in the abstract namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbstractName {
    /// The name as written.
    pub name: Word,
    /// The socket's name ends where the written one does (`abnsz@`); otherwise zeros fill it up (`abns@`), and both ends of a
    /// connection have to agree on that.
    pub exact: bool,
}

impl AbstractName {
    /// The socket's path: a zero, the name, and the zeros that belong to it.
    #[must_use]
    pub fn path(&self) -> Vec<u8> {
        let mut path = vec![0];
        path.extend_from_slice(&self.name);
        if !self.exact {
            path.resize(path.len().max(1 + FULL), 0);
        }
        path
    }

    /// As an address of a file.
    #[must_use]
    pub fn prefix(&self) -> &'static str {
        if self.exact { "abnsz@" } else { "abns@" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_fill_a_name_up_unless_it_is_exact() {
        let mut name = AbstractName {
            name: "x".into(),
            exact: false,
        };
        assert_eq!(name.path().len(), 108);
        assert_eq!(&name.path()[..3], b"\0x\0");
        name.exact = true;
        assert_eq!(name.path(), b"\0x");
    }
}
