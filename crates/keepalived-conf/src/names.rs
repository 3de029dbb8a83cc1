//! The names that iproute has for numbers: tables, protocols, scopes, realms, types of service and groups of interfaces, as the
//! machine's files give them (`/etc/iproute2`, `/usr/share/iproute2`).

use std::collections::HashMap;

use crate::host::Host;

/// A kind of name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Names {
    /// `rt_tables`.
    Table,
    /// `rt_protos`.
    Protocol,
    /// `rt_scopes`.
    Scope,
    /// `rt_realms`.
    Realm,
    /// `rt_dsfield`.
    Tos,
    /// `group`.
    Group,
    /// Protocols within IP, of `/etc/protocols`.
    IpProtocol,
}

/// Names that hold where no file says otherwise.
fn built_in(kind: Names) -> &'static [(&'static str, u32)] {
    match kind {
        Names::Table => &[("default", 253), ("main", 254), ("local", 255)],
        Names::Protocol => &[
            ("redirect", 1),
            ("kernel", 2),
            ("boot", 3),
            ("static", 4),
            ("gated", 8),
            ("ra", 9),
            ("mrt", 10),
            ("zebra", 11),
            ("bird", 12),
            ("dnrouted", 13),
            ("xorp", 14),
            ("ntk", 15),
            ("dhcp", 16),
            ("keepalived", 18),
            ("babel", 42),
            ("bgp", 186),
            ("isis", 187),
            ("ospf", 188),
            ("rip", 189),
            ("eigrp", 192),
        ],
        Names::Scope => &[
            ("global", 0),
            ("site", 200),
            ("link", 253),
            ("host", 254),
            ("nowhere", 255),
        ],
        Names::Realm => &[("cosmos", 0)],
        Names::Tos => &[],
        Names::Group => &[("default", 0)],
        Names::IpProtocol => &[
            ("icmp", 1),
            ("igmp", 2),
            ("tcp", 6),
            ("udp", 17),
            ("dccp", 33),
            ("gre", 47),
            ("esp", 50),
            ("ah", 51),
            ("ipv6-icmp", 58),
            ("ospf", 89),
            ("vrrp", 112),
            ("sctp", 132),
        ],
    }
}

impl Names {
    fn file(self) -> &'static str {
        match self {
            Self::Table => "rt_tables",
            Self::Protocol => "rt_protos",
            Self::Scope => "rt_scopes",
            Self::Realm => "rt_realms",
            Self::Tos => "rt_dsfield",
            Self::Group => "group",
            Self::IpProtocol => "/etc/protocols",
        }
    }
}

/// The tables as far as they have been asked for, and where they stand.
#[derive(Debug)]
pub(crate) struct NameTables {
    /// `iproute_usr_dir`.
    pub(crate) usr: String,
    /// `iproute_etc_dir`, whose files go before those.
    pub(crate) etc: String,
    read: HashMap<Names, HashMap<String, u32>>,
}

impl Default for NameTables {
    fn default() -> Self {
        Self {
            usr: "/usr/share/iproute2".to_owned(),
            etc: "/etc/iproute2".to_owned(),
            read: HashMap::new(),
        }
    }
}

impl NameTables {
    /// Looks elsewhere from now on.
    pub(crate) fn moved(&mut self) {
        self.read.clear();
    }

    /// The number of a name.
    pub(crate) fn number(&mut self, host: &dyn Host, kind: Names, name: &str) -> Option<u32> {
        let (usr, etc) = (&self.usr, &self.etc);
        let table = self
            .read
            .entry(kind)
            .or_insert_with(|| read_all(host, kind, usr, etc));
        // Users know these in both spellings.
        let folded = name.to_ascii_lowercase();
        let folds = kind == Names::IpProtocol;
        table.get(if folds { &*folded } else { name }).copied()
    }
}

fn read_all(host: &dyn Host, kind: Names, usr: &str, etc: &str) -> HashMap<String, u32> {
    let mut table: HashMap<String, u32> = built_in(kind)
        .iter()
        .map(|(name, number)| ((*name).to_owned(), *number))
        .collect();
    let file = kind.file();
    if kind == Names::IpProtocol {
        // A machine without the file has the usual names.
        for line in text_lines(host, file) {
            let mut words = line.split_whitespace();
            let (Some(name), Some(number)) = (words.next(), words.next().and_then(|word| word.parse().ok()))
            else {
                continue;
            };
            for name in [name].into_iter().chain(words) {
                table.insert(name.to_ascii_lowercase(), number);
            }
        }
        return table;
    }
    for folder in [usr, etc] {
        let mut files = vec![format!("{folder}/{file}")];
        let more = format!("{folder}/{file}.d");
        let mut names = host.list_folder(&more).unwrap_or_default();
        names.retain(|name| name.ends_with(".conf") && !name.starts_with('.'));
        names.sort();
        files.extend(names.into_iter().map(|name| format!("{more}/{name}")));
        for file in files {
            for line in text_lines(host, &file) {
                let mut words = line.split_whitespace();
                if let (Some(number), Some(name)) = (words.next().and_then(number), words.next()) {
                    table.insert(name.to_owned(), number);
                }
            }
        }
    }
    table
}

/// The lines of a file without their comments; none where there is no file, which is common.
fn text_lines(host: &dyn Host, path: &str) -> Vec<String> {
    let bytes = host.read_file(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes)
        .lines()
        .map(|line| line.split('#').next().unwrap_or_default().trim().to_owned())
        .filter(|line| !line.is_empty())
        .collect()
}

/// A number as C reads it: decimal, hexadecimal behind `0x`, octal behind `0`.
pub(crate) fn number(text: &str) -> Option<u32> {
    u32::try_from(wide_number(text)?).ok()
}

/// The same in 64 bits.
pub(crate) fn wide_number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None if text.len() > 1 && text.starts_with('0') => (&text[1..], 8),
        None => (text, 10),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u64::from_str_radix(digits, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;

    #[test]
    fn files_of_the_machine_go_before_those_of_the_package() {
        let host = FakeHost::new()
            .with_file(
                "/usr/share/iproute2/rt_tables",
                "# a comment\n255 local\n100 small\n",
            )
            .with_file("/etc/iproute2/rt_tables", "0x65 small # mine\n")
            .with_file("/etc/iproute2/rt_tables.d/more.conf", "102\tlarge\n")
            .with_file("/etc/iproute2/rt_tables.d/README", "103 none\n");
        let mut names = NameTables::default();
        let mut number = |name: &str| names.number(&host, Names::Table, name);
        assert_eq!(number("small"), Some(0x65));
        assert_eq!(number("large"), Some(102));
        assert_eq!(number("main"), Some(254));
        assert_eq!((number("none"), number("nothing")), (None, None));
        names.etc = "/elsewhere".to_owned();
        names.moved();
        assert_eq!(names.number(&host, Names::Table, "small"), Some(100));
    }

    #[test]
    fn protocols_within_ip_have_other_names() {
        let host = FakeHost::new().with_file("/etc/protocols", "ddp 37 DDP # Datagrams\n");
        let mut names = NameTables::default();
        for name in ["UDP", "udp"] {
            assert_eq!(names.number(&host, Names::IpProtocol, name), Some(17));
        }
        assert_eq!(names.number(&host, Names::IpProtocol, "ddp"), Some(37));
    }

    #[test]
    fn numbers_are_as_c_has_them() {
        assert_eq!(
            (number("10"), number("0x10"), number("010")),
            (Some(10), Some(16), Some(8))
        );
        assert_eq!(
            (number("0"), number("x"), number("-1"), number("")),
            (Some(0), None, None, None)
        );
        assert_eq!(number("4294967296"), None);
    }
}
