//! Cookie pairs on a header line.

/// One `name=value` of a `Cookie` line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crumb<'a> {
    pub(super) name: &'a [u8],
    pub(super) value: &'a [u8],
}

/// The pairs of a line.
pub(super) struct Crumbs<'a> {
    rest: &'a [u8],
}

impl<'a> Crumbs<'a> {
    pub(super) fn of(line: &'a [u8]) -> Self {
        Self { rest: line }
    }
}

impl<'a> Iterator for Crumbs<'a> {
    type Item = Crumb<'a>;

    fn next(&mut self) -> Option<Crumb<'a>> {
        while !self.rest.is_empty() {
            let end = memchr::memchr(b';', self.rest).unwrap_or(self.rest.len());
            let pair = &self.rest[..end];
            self.rest = self.rest.get(end + 1..).unwrap_or_default();
            if let Some(equals) = memchr::memchr(b'=', pair) {
                return Some(Crumb {
                    name: pair[..equals].trim_ascii(),
                    value: pair[equals + 1..].trim_ascii(),
                });
            }
        }
        None
    }
}
