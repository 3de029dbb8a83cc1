//! What entries keep: the kinds of data, and where each stands in an entry's words. Only what a table asks for takes room.

use haproxy_cfg::model::{Millis, StoredData};

use super::rate;

/// What a kind of data is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// 32 bits.
    Number,
    /// 64 bits.
    Wide,
    /// Events over a sliding period.
    Rate,
    /// Number of a text that the table knows, and 0 for none.
    Text,
}

impl Class {
    fn words(self) -> usize {
        match self {
            Self::Number | Self::Text => 1,
            Self::Wide => 2,
            Self::Rate => rate::WORDS,
        }
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal $class:ident;)*) => {
        /// A kind of data, in the order in which `show table` has them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Data { $($(#[$doc])* $name,)* }

        impl Data {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The name that a table's line has for it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            pub(super) fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)* }
            }
        }
    };
}

kinds! {
    /// The server by its id.
    ServerId = "server_id" Number;
    /// A tag.
    Gpt0 = "gpt0" Number;
    /// A counter.
    Gpc0 = "gpc0" Number;
    /// How fast that grows.
    Gpc0Rate = "gpc0_rate" Rate;
    /// Connections.
    ConnCnt = "conn_cnt" Number;
    /// Connections over a period.
    ConnRate = "conn_rate" Rate;
    /// Connections now.
    ConnCur = "conn_cur" Number;
    /// Sessions.
    SessCnt = "sess_cnt" Number;
    /// Sessions over a period.
    SessRate = "sess_rate" Rate;
    /// Requests.
    HttpReqCnt = "http_req_cnt" Number;
    /// Requests over a period.
    HttpReqRate = "http_req_rate" Rate;
    /// Requests that failed by the client's doing.
    HttpErrCnt = "http_err_cnt" Number;
    /// Those over a period.
    HttpErrRate = "http_err_rate" Rate;
    /// Bytes from the client.
    BytesInCnt = "bytes_in_cnt" Wide;
    /// Those over a period.
    BytesInRate = "bytes_in_rate" Rate;
    /// Bytes to the client.
    BytesOutCnt = "bytes_out_cnt" Wide;
    /// Those over a period.
    BytesOutRate = "bytes_out_rate" Rate;
    /// A second counter.
    Gpc1 = "gpc1" Number;
    /// How fast that grows.
    Gpc1Rate = "gpc1_rate" Rate;
    /// The server by its name or address.
    ServerKey = "server_key" Text;
    /// Requests that failed by the server's doing.
    HttpFailCnt = "http_fail_cnt" Number;
    /// Those over a period.
    HttpFailRate = "http_fail_rate" Rate;
    /// Tags.
    Gpt = "gpt" Number;
    /// Counters.
    Gpc = "gpc" Number;
    /// How fast these grow.
    GpcRate = "gpc_rate" Rate;
    /// Oddities of protocol.
    GlitchCnt = "glitch_cnt" Number;
    /// Those over a period.
    GlitchRate = "glitch_rate" Rate;
}

impl Data {
    /// The kind of that name.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.name().as_bytes() == name)
    }

    /// What a status counts as, of a server's answer: the client's fault (4xx), the server's (5xx, but for those that speak of what
    /// the client asked for), or none.
    #[must_use]
    pub fn of_status(status: u16) -> Option<(Self, Self)> {
        match status {
            400..=499 => Some((Self::HttpErrCnt, Self::HttpErrRate)),
            501 | 505 => None,
            500..=599 => Some((Self::HttpFailCnt, Self::HttpFailRate)),
            _ => None,
        }
    }

    /// Whether it is how much there was over a period.
    #[must_use]
    pub fn is_rate(self) -> bool {
        self.class() == Class::Rate
    }

    /// Whether there may be several of it.
    #[must_use]
    pub fn is_array(self) -> bool {
        matches!(self, Self::Gpt | Self::Gpc | Self::GpcRate)
    }
}

/// One datum of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    pub(super) class: Class,
    pub(super) offset: u32,
    pub(super) period: Millis,
}

/// Where the data of a kind stand.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    offset: u32,
    count: u32,
    period: Millis,
}

/// Where data stand in an entry's words.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    stretches: [Stretch; Data::ALL.len()],
    /// Words of an entry.
    pub(super) words: usize,
}

impl Layout {
    /// The layout of what is stored, from word `begin` on.
    pub(super) fn new(stored: &[StoredData], begin: usize) -> Self {
        let mut stretches = [Stretch::default(); Data::ALL.len()];
        let mut words = begin;
        for kind in Data::ALL {
            let Some(data) = stored.iter().find(|data| data.name == kind.name()) else {
                continue;
            };
            let count = data.count.max(1);
            stretches[*kind as usize] = Stretch {
                offset: words as u32,
                count,
                period: data.period.unwrap_or(0).max(1),
            };
            words += kind.class().words() * count as usize;
        }
        Self { stretches, words }
    }

    /// How many data of a kind there are; 0 where they are not stored.
    pub(super) fn count(&self, kind: Data) -> u32 {
        self.stretches[kind as usize].count
    }

    /// The period of a rate, milliseconds.
    pub(super) fn period(&self, kind: Data) -> Millis {
        self.stretches[kind as usize].period
    }

    /// The datum of that kind and number; none where it is not stored.
    pub(super) fn field(&self, kind: Data, index: u32) -> Option<Field> {
        let stretch = self.stretches[kind as usize];
        (index < stretch.count).then(|| Field {
            class: kind.class(),
            offset: stretch.offset + index * kind.class().words() as u32,
            period: stretch.period,
        })
    }

    /// The datum that a name without a number stands for: the old counters and tags are the first of an array where a table has one.
    pub(super) fn plain(&self, kind: Data) -> Option<Field> {
        let of_array = |array, index| self.field(array, index);
        self.field(kind, 0).or_else(|| match kind {
            Data::Gpt0 => of_array(Data::Gpt, 0),
            Data::Gpc0 => of_array(Data::Gpc, 0),
            Data::Gpc1 => of_array(Data::Gpc, 1),
            Data::Gpc0Rate => of_array(Data::GpcRate, 0),
            Data::Gpc1Rate => of_array(Data::GpcRate, 1),
            _ => None,
        })
    }
}

impl Field {
    pub(super) fn len(self) -> usize {
        self.class.words()
    }
}
