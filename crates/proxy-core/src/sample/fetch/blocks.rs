//! Fetches of a message as the original keeps it: a start line, headers, their end, data, trailers, each a block. Messages are
//! not kept so here; what such a message would hold is told from the head and the body.

use bstr::ByteSlice as _;
use haproxy_cfg::model::Sample as Written;

use super::{Fetch, Row, row, single};
use crate::http1::{Headers, Version, chunks};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["internal.htx.data"], |_, _| {
        figure(|message, _| message.bytes())
    }),
    row(&["internal.htx.used"], |_, _| {
        figure(|message, _| message.bytes() + message.count() * ENTRY)
    }),
    row(&["internal.htx.size"], |_, _| figure(|_, size| size)),
    row(&["internal.htx.free"], |_, _| {
        figure(|message, size| size - message.bytes() - message.count() * ENTRY)
    }),
    row(&["internal.htx.free_data"], |_, _| {
        figure(|message, size| (size - message.bytes() - (message.count() + 1) * ENTRY).max(0))
    }),
    row(&["internal.htx.nbblks"], |_, _| {
        figure(|message, _| message.count())
    }),
    row(&["internal.htx.has_eom"], |_, _| {
        single(|context| Some(Sample::Bool(Message::of(context)?.is_whole)))
    }),
    row(&["internal.htx_blk.type"], |_, sample| {
        of_block(sample, |_, block| {
            Sample::Str(block.map_or("HTX_BLK_UNUSED", Block::name).as_bytes())
        })
    }),
    row(&["internal.htx_blk.size"], |_, sample| {
        of_block(sample, |_, block| Sample::Int(block.map_or(0, Block::bytes)))
    }),
    row(&["internal.htx_blk.start_line"], |_, sample| {
        of_block(sample, |context, block| match block {
            Some(Block::StartLine { words, .. }) => {
                Sample::Str(context.arena.join(&[words[0], b" ", words[1], b" ", words[2]]))
            }
            _ => Sample::Str(b""),
        })
    }),
    row(&["internal.htx_blk.hdrname"], |_, sample| {
        of_block(sample, |context, block| match block {
            Some(Block::Header(name, _)) => Sample::Str(context.arena.lower(name)),
            _ => Sample::Str(b""),
        })
    }),
    row(&["internal.htx_blk.hdrval"], |_, sample| {
        of_block(sample, |_, block| match block {
            Some(Block::Header(_, value)) => Sample::Str(value),
            _ => Sample::Str(b""),
        })
    }),
    row(&["internal.htx_blk.data"], |_, sample| {
        of_block(sample, |_, block| match block {
            Some(Block::Data(bytes)) => Sample::Bin(bytes),
            _ => Sample::Bin(b""),
        })
    }),
];

/// Bytes of a buffer that are the message's own.
const FIXED: i64 = 48;
/// Bytes that a block costs beside its contents.
const ENTRY: i64 = 8;
/// Bytes that a start line has beside its words.
const START_LINE: i64 = 20;

/// One block.
#[derive(Clone, Copy)]
enum Block<'a> {
    StartLine { words: [&'a [u8]; 3], response: bool },
    Header(&'a [u8], &'a [u8]),
    EndOfHeaders,
    Data(&'a [u8]),
    Trailer(&'a [u8], &'a [u8]),
    EndOfTrailers,
}

impl Block<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::StartLine { response: false, .. } => "HTX_BLK_REQ_SL",
            Self::StartLine { response: true, .. } => "HTX_BLK_RES_SL",
            Self::Header(..) => "HTX_BLK_HDR",
            Self::EndOfHeaders => "HTX_BLK_EOH",
            Self::Data(_) => "HTX_BLK_DATA",
            Self::Trailer(..) => "HTX_BLK_TLR",
            Self::EndOfTrailers => "HTX_BLK_EOT",
        }
    }

    fn bytes(self) -> i64 {
        match self {
            Self::StartLine { words, .. } => START_LINE + words.iter().map(|word| len(word)).sum::<i64>(),
            Self::Header(name, value) | Self::Trailer(name, value) => len(name) + len(value),
            Self::EndOfHeaders | Self::EndOfTrailers => 1,
            Self::Data(data) => len(data),
        }
    }
}

fn len(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// What a message would hold.
struct Message<'a> {
    words: [&'a [u8]; 3],
    response: bool,
    headers: Headers<'a>,
    data: &'a [u8],
    /// The lines behind the last chunk, once that has come.
    trailers: Option<&'a [u8]>,
    /// Its end has come.
    is_whole: bool,
}

impl<'a> Message<'a> {
    /// The message at hand.
    fn of(context: &SampleContext<'a>) -> Option<Self> {
        let version = |version: Version| -> &'static [u8] {
            match version {
                Version::Http10 => b"HTTP/1.0",
                Version::Http11 => b"HTTP/1.1",
                Version::Http2 => b"HTTP/2.0",
            }
        };
        let (words, headers) = if context.from_server {
            let response = context.response?;
            let status = context.arena.integer(response.status().into());
            (
                [version(response.version()), status, response.reason()],
                response.headers(),
            )
        } else {
            let request = context.request?;
            (
                [request.method(), request.uri(), version(request.version())],
                request.headers(),
            )
        };
        let body = context.body;
        let trailers = body.chunked.then(|| behind_chunks(body.bytes)).flatten();
        Some(Self {
            words,
            response: context.from_server,
            headers,
            data: body.data(context.arena),
            trailers,
            is_whole: match body.length {
                _ if body.chunked => trailers.is_some(),
                Some(length) => body.bytes.len() as u64 >= length,
                None => true,
            },
        })
    }

    fn blocks(&self) -> impl Iterator<Item = Block<'a>> {
        let start = Block::StartLine {
            words: self.words,
            response: self.response,
        };
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| Block::Header(name, value));
        let data = (!self.data.is_empty()).then_some(Block::Data(self.data));
        let trailers = self.trailers.unwrap_or_default().split_str("\r\n");
        let trailers = trailers.filter_map(|line| {
            let (name, value) = line.split_once_str(":")?;
            Some(Block::Trailer(name, value.trim_ascii()))
        });
        let end = self.trailers.map(|_| Block::EndOfTrailers);
        std::iter::once(start)
            .chain(headers)
            .chain([Block::EndOfHeaders])
            .chain(data)
            .chain(trailers)
            .chain(end)
    }

    fn count(&self) -> i64 {
        i64::try_from(self.blocks().count()).unwrap_or(i64::MAX)
    }

    fn bytes(&self) -> i64 {
        self.blocks().map(Block::bytes).sum()
    }
}

/// What stands between the last chunk's line and the empty line that ends a body of chunks; none before that has come.
fn behind_chunks(kept: &[u8]) -> Option<&[u8]> {
    let data = chunks(kept).last();
    // The data stand in the bytes themselves, and a line end behind them.
    let behind = data.map_or(0, |data| {
        data.as_ptr() as usize - kept.as_ptr() as usize + data.len() + 2
    });
    let lines = kept.get(behind..)?.strip_prefix(b"0\r\n")?;
    if lines.starts_with(b"\r\n") {
        return Some(b"");
    }
    Some(&lines[..lines.find("\r\n\r\n")?])
}

/// A figure of the message at hand, which is also told how many bytes it could have.
fn figure(read: fn(&Message<'_>, i64) -> i64) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let size = i64::from(context.config.global.tune.bufsize) - FIXED;
        Some(Sample::Int(read(&Message::of(context)?, size)))
    })
}

/// Something of the block that the argument names: `head` and `first`, `tail`, or one by its place from 0.
fn of_block(
    sample: &Written,
    read: for<'a> fn(&SampleContext<'a>, Option<Block<'a>>) -> Sample<'a>,
) -> Result<Box<dyn Fetch>, String> {
    let place = match sample.text(0).map(|text| text.as_slice()) {
        Some(b"head" | b"first") => Some(0),
        Some(b"tail") => None,
        Some(number) => {
            let number = std::str::from_utf8(number).map_err(|error| error.to_string())?;
            Some(number.parse().map_err(|_| "not the place of a block")?)
        }
        None => Some(0),
    };
    single(move |context| {
        let message = Message::of(context)?;
        let mut blocks = message.blocks();
        let block = match place {
            Some(place) => blocks.nth(place),
            None => blocks.last(),
        };
        Some(read(context, block))
    })
}

#[cfg(test)]
mod tests {
    use super::behind_chunks;

    #[test]
    fn a_body_of_chunks_ends_behind_its_trailers() {
        let cases: [(&[u8], Option<&[u8]>); 7] = [
            (b"", None),
            (b"3\r\nabc\r\n", None),
            (b"3\r\nabc\r\n0\r\n", None),
            (b"3\r\nabc\r\n0\r\n\r\n", Some(b"")),
            (b"0\r\n\r\n", Some(b"")),
            (b"3\r\nabc\r\n0\r\na: b\r\n", None),
            (b"3\r\nabc\r\n0\r\na: b\r\nc: d\r\n\r\n", Some(b"a: b\r\nc: d")),
        ];
        for (kept, wanted) in cases {
            assert_eq!(behind_chunks(kept), wanted, "{}", String::from_utf8_lossy(kept));
        }
    }
}
