//! A body on its way through the encoder: taken out of its chunks, packed, and put into chunks of our own.

use std::io::Write as _;

use haproxy_cfg::model::CompressionAlgorithm;

use super::encoder::Encoder;

/// Bytes of a chunk's size line at most: sixteen digits and the line's end.
const SIZE_LINE: usize = 18;

/// One response's body.
#[derive(Debug)]
pub struct Squeeze {
    algorithm: CompressionAlgorithm,
    encoder: Encoder,
    /// Where in the chunks that come the next byte stands; none where the body has a length.
    chunks: Option<Place>,
    /// Packed bytes that are not in a chunk yet.
    packed: Vec<u8>,
    /// The last chunk is written.
    ended: bool,
    finished: bool,
    /// What was counted and not asked for yet.
    counts: Counts,
}

/// Bytes of data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// That came.
    pub taken: u64,
    /// That went.
    pub given: u64,
}

/// A place in the chunks of a body as [`crate::http1::ChunkReader`] keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a size of which this much is read.
    Size(u64),
    /// Behind the carriage return of its line.
    SizeEnd(u64),
    /// In data, of which this much is left.
    Data(u64),
    /// In the line's end behind it, so many bytes before its end.
    DataEnd(u8),
    /// Behind the last chunk: what comes goes on as it is.
    Trailers,
}

impl Squeeze {
    /// One for a body that comes in chunks, or not.
    #[must_use]
    pub fn new(algorithm: CompressionAlgorithm, chunked: bool) -> Self {
        Self {
            algorithm,
            encoder: Encoder::new(algorithm),
            chunks: chunked.then_some(Place::Size(0)),
            packed: Vec::new(),
            ended: false,
            finished: false,
            counts: Counts::default(),
        }
    }

    /// How it is packed.
    #[must_use]
    pub fn algorithm(&self) -> CompressionAlgorithm {
        self.algorithm
    }

    /// Whether the end is put behind it.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// What was counted since this was asked last.
    pub fn take_counts(&mut self) -> Counts {
        std::mem::take(&mut self.counts)
    }

    /// Takes the next bytes of the body and puts chunks for the client to the end of `out`; `last` says that no more come.
    pub fn push(&mut self, bytes: &[u8], last: bool, out: &mut Vec<u8>) {
        if self.finished {
            return;
        }
        let before = self.counts.taken;
        let trailers = self.unpack(bytes);
        let at_end = last || self.chunks == Some(Place::Trailers);
        if at_end && !self.ended {
            self.ended = true;
            self.encoder.finish(&mut self.packed);
            self.chunk(out);
            out.extend_from_slice(b"0\r\n");
            if self.chunks.is_none() {
                out.extend_from_slice(b"\r\n");
            }
        } else if self.counts.taken > before {
            self.encoder.flush(&mut self.packed);
            self.chunk(out);
        }
        out.extend_from_slice(trailers);
        self.finished = last;
    }

    /// Hands the data in `bytes` to the encoder; gives what stands behind the last chunk.
    fn unpack<'b>(&mut self, mut bytes: &'b [u8]) -> &'b [u8] {
        let Some(mut place) = self.chunks else {
            self.data(bytes);
            return &[];
        };
        while let Some(&byte) = bytes.first() {
            place = match place {
                Place::Trailers => break,
                Place::Data(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    self.data(&bytes[..here]);
                    bytes = &bytes[here..];
                    match left - here as u64 {
                        0 => Place::DataEnd(2),
                        left => Place::Data(left),
                    }
                }
                Place::Size(size) => {
                    bytes = &bytes[1..];
                    match (byte as char).to_digit(16) {
                        Some(digit) => Place::Size(size << 4 | u64::from(digit)),
                        None => Place::SizeEnd(size),
                    }
                }
                Place::SizeEnd(size) => {
                    bytes = &bytes[1..];
                    if size == 0 {
                        Place::Trailers
                    } else {
                        Place::Data(size)
                    }
                }
                Place::DataEnd(left) => {
                    bytes = &bytes[1..];
                    if left == 1 {
                        Place::Size(0)
                    } else {
                        Place::DataEnd(left - 1)
                    }
                }
            };
        }
        self.chunks = Some(place);
        bytes
    }

    fn data(&mut self, data: &[u8]) {
        if !data.is_empty() {
            self.counts.taken += data.len() as u64;
            self.encoder.push(data, &mut self.packed);
        }
    }

    /// Puts what is packed into a chunk; an empty one would be the last.
    fn chunk(&mut self, out: &mut Vec<u8>) {
        if self.packed.is_empty() {
            return;
        }
        self.counts.given += self.packed.len() as u64;
        out.reserve(self.packed.len() + SIZE_LINE + 2);
        // Writing into memory cannot fail.
        let _ = write!(out, "{:x}\r\n", self.packed.len());
        out.extend_from_slice(&self.packed);
        out.extend_from_slice(b"\r\n");
        self.packed.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use super::*;
    use crate::http1::{ChunkReader, HeadRules, chunk_data};

    /// Packs the pieces and gives what went out, the last piece with the end.
    fn squeezed(algorithm: CompressionAlgorithm, chunked: bool, pieces: &[&[u8]]) -> Vec<u8> {
        let mut squeeze = Squeeze::new(algorithm, chunked);
        let mut out = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            squeeze.push(piece, number + 1 == pieces.len(), &mut out);
        }
        assert!(squeeze.is_finished());
        out
    }

    fn unpacked(algorithm: CompressionAlgorithm, packed: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        let mut reader: Box<dyn std::io::Read> = match algorithm {
            CompressionAlgorithm::Identity => Box::new(packed),
            CompressionAlgorithm::Gzip => Box::new(flate2::read::GzDecoder::new(packed)),
            CompressionAlgorithm::Deflate => Box::new(flate2::read::ZlibDecoder::new(packed)),
            CompressionAlgorithm::RawDeflate => Box::new(flate2::read::DeflateDecoder::new(packed)),
        };
        reader.read_to_end(&mut out).unwrap();
        out
    }

    const ALL: [CompressionAlgorithm; 4] = [
        CompressionAlgorithm::Identity,
        CompressionAlgorithm::Gzip,
        CompressionAlgorithm::Deflate,
        CompressionAlgorithm::RawDeflate,
    ];

    #[test]
    fn trailers_stay_behind_the_last_chunk() {
        let out = squeezed(
            CompressionAlgorithm::Identity,
            true,
            &[b"5\r\nhel", b"lo\r\n0\r", b"\na: b\r", b"\n\r\n"],
        );
        assert_eq!(out, b"3\r\nhel\r\n2\r\nlo\r\n0\r\na: b\r\n\r\n");
    }

    proptest! {
        #[test]
        fn what_is_packed_is_what_came_wherever_it_was_cut(
            data in proptest::collection::vec(any::<u8>(), 1..3000),
            sizes in proptest::collection::vec(1usize..500, 1..20),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..20),
            chunked in any::<bool>(),
        ) {
            let mut body = Vec::new();
            if chunked {
                let mut rest = &data[..];
                for size in sizes.iter().cycle() {
                    if rest.is_empty() { break; }
                    let (now, behind) = rest.split_at((*size).min(rest.len()));
                    write!(body, "{:x}\r\n", now.len()).unwrap();
                    body.extend_from_slice(now);
                    body.extend_from_slice(b"\r\n");
                    rest = behind;
                }
                body.extend_from_slice(b"0\r\n\r\n");
            } else {
                body.clone_from(&data);
            }
            let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(body.len())).collect();
            at.push(0);
            at.push(body.len());
            at.sort_unstable();
            let pieces: Vec<&[u8]> = at.windows(2).map(|pair| &body[pair[0]..pair[1]]).collect();
            for algorithm in ALL {
                let mut out = squeezed(algorithm, chunked, &pieces);
                let mut reader = ChunkReader::new(&HeadRules::strict(100));
                let followed = reader.follow(&mut out, None).unwrap();
                prop_assert!(reader.is_done());
                prop_assert_eq!(followed.consumed, out.len());
                prop_assert_eq!(unpacked(algorithm, &chunk_data(&out[..followed.kept])), &data[..]);
            }
        }
    }
}
