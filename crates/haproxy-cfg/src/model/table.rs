//! Stick tables (manual, `stick-table`, and `table` of `peers`) and the rules that keep clients at servers by them (`stick`).

use syntax::Span;

use super::{Cond, Millis, Sample, Word};

/// What entries of a table are known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// `ip`: an IPv4 address.
    Ipv4,
    /// `ipv6`.
    Ipv6,
    /// `integer`: 32 bits.
    Integer,
    /// `string`: at most that many bytes; what is longer is cut.
    Str(u32),
    /// `binary`: that many bytes; what is shorter is filled with zeros.
    Bin(u32),
}

impl KeyType {
    /// What a table's line calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "ip",
            Self::Ipv6 => "ipv6",
            Self::Integer => "integer",
            Self::Str(_) => "string",
            Self::Bin(_) => "binary",
        }
    }
}

/// Something that entries of a table keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredData {
    /// Its name, such as `http_req_rate`.
    pub name: &'static str,
    /// How many there are of it; 1 but for arrays.
    pub count: u32,
    /// The period of a rate.
    pub period: Option<Millis>,
}

/// What a table remembers servers by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ServerKey {
    /// `srvkey name`.
    #[default]
    Name,
    /// `srvkey addr`.
    Address,
}

/// A stick table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StickTable {
    /// The name of its section, or `PEERS/TABLE`.
    pub name: Word,
    /// What its entries are known by.
    pub key: KeyType,
    /// The most entries.
    pub size: u32,
    /// How long an entry lives that nothing touches; for ever when none.
    pub expire: Option<Millis>,
    /// `nopurge`: nothing is taken in while it is full.
    pub nopurge: bool,
    /// What its entries keep, in the order of its line.
    pub store: Vec<StoredData>,
    /// `srvkey`.
    pub server_key: ServerKey,
    /// `peers`: the section that it is shared by.
    pub peers: Option<Word>,
    /// `write-to`: the table that peers' updates go to.
    pub write_to: Option<Word>,
    /// `recv-only`: peers are told nothing of it.
    pub recv_only: bool,
    /// `brates-factor`: what bytes are divided by for their rates.
    pub brates_factor: u32,
}

impl StickTable {
    /// One that says nothing but its name, key and size.
    #[must_use]
    pub fn new(name: Word, key: KeyType, size: u32) -> Self {
        Self {
            name,
            key,
            size,
            expire: None,
            nopurge: false,
            store: Vec::new(),
            server_key: ServerKey::Name,
            peers: None,
            write_to: None,
            recv_only: false,
            brates_factor: 1,
        }
    }

    /// Makes its entries keep that data, unless they do.
    pub fn keep(&mut self, name: &'static str) {
        if self.store.iter().all(|stored| stored.name != name) {
            self.store.push(StoredData {
                name,
                count: 1,
                period: None,
            });
        }
    }
}

/// What a `stick` line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StickWhat {
    /// `match`: a server that is remembered is used.
    Match,
    /// `store-request`: the server is remembered for what the request has.
    StoreRequest,
    /// `on`: both.
    On,
    /// `store-response`: the server is remembered for what its response has.
    StoreResponse,
}

impl StickWhat {
    /// A server that is remembered is used.
    #[must_use]
    pub fn matches(self) -> bool {
        matches!(self, Self::Match | Self::On)
    }

    /// The server is remembered for what the request has.
    #[must_use]
    pub fn stores_request(self) -> bool {
        matches!(self, Self::StoreRequest | Self::On)
    }
}

/// `stick …`.
#[derive(Clone, Debug)]
pub struct StickRule {
    /// What it does.
    pub what: StickWhat,
    /// What gives the key.
    pub sample: Box<Sample>,
    /// The table's name.
    pub table: Word,
    /// When; always when none.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub span: Span,
}
