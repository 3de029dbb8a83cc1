//! Names of headers in the letter case that bogus clients and servers look for (`h1-case-adjust`).

use std::collections::HashMap;

use haproxy_cfg::model::Global;

/// Which names are written otherwise than in lower case.
#[derive(Debug, Default)]
pub struct HeaderCases {
    /// By their lower case; both are of one length.
    names: HashMap<Box<[u8]>, Box<[u8]>>,
}

impl HeaderCases {
    /// Those that a configuration names, one by one or in a file.
    #[must_use]
    pub fn new(global: &Global) -> Self {
        let names = global.file_header_cases.iter().chain(&global.header_cases);
        Self {
            names: names
                .filter(|(from, to)| from.eq_ignore_ascii_case(to))
                .map(|(from, to)| (from.as_slice().into(), to.as_slice().into()))
                .collect(),
        }
    }

    /// Rewrites one name.
    pub fn adjust_name(&self, name: &mut [u8]) {
        if let Some(adjusted) = self.names.get(&*name) {
            name.copy_from_slice(adjusted);
        }
    }

    /// Rewrites the names of a head, from its first line to its empty line; what stands behind stays as it is.
    pub fn adjust(&self, head: &mut [u8]) {
        if self.names.is_empty() {
            return;
        }
        // Behind the first line.
        let mut at = line_end(head, 0);
        while let Some(colon) = memchr::memchr3(b':', b'\r', b'\n', head.get(at..).unwrap_or_default()) {
            let name = &mut head[at..at + colon];
            // An empty line ends the head.
            if name.is_empty() {
                return;
            }
            self.adjust_name(name);
            at = line_end(head, at);
        }
    }
}

/// The beginning of the line behind the one at `at`.
fn line_end(head: &[u8], at: usize) -> usize {
    let rest = head.get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(head.len(), |end| at + end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adjusted(head: &[u8]) -> String {
        let global = Global {
            header_cases: vec![("host".into(), "HoSt".into()), ("a".into(), "A".into())],
            file_header_cases: vec![("host".into(), "HOST".into()), ("x-y".into(), "X-Y".into())],
            ..Global::default()
        };
        let mut head = head.to_vec();
        HeaderCases::new(&global).adjust(&mut head);
        String::from_utf8(head).unwrap()
    }

    #[test]
    fn names_alone_are_adjusted() {
        assert_eq!(
            adjusted(b"GET host HTTP/1.1\r\nhost: a\r\nx-y: host\r\nx-yz: 1\r\na: b\r\n\r\nhost: body\r\n"),
            "GET host HTTP/1.1\r\nHoSt: a\r\nX-Y: host\r\nx-yz: 1\r\nA: b\r\n\r\nhost: body\r\n"
        );
    }

    #[test]
    fn only_names_in_lower_case_are() {
        assert_eq!(
            adjusted(b"GET / HTTP/1.1\r\nhOST: a\r\n\r\n"),
            "GET / HTTP/1.1\r\nhOST: a\r\n\r\n"
        );
    }

    #[test]
    fn what_is_no_whole_head_stays() {
        assert_eq!(adjusted(b""), "");
        assert_eq!(adjusted(b"GET"), "GET");
        assert_eq!(adjusted(b"GET / HTTP/1.1\r\nhost"), "GET / HTTP/1.1\r\nhost");
    }
}
