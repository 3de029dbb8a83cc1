//! Bytes packed by one of the algorithms: RFC 1950, 1951, 1952.

use flate2::{Compress, Compression as Level, Crc, FlushCompress};
use haproxy_cfg::model::CompressionAlgorithm;

/// A gzip file of no name, by no particular system (RFC 1952, section 2.3).
const GZIP_HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255];

/// Room that is made for what comes out, in bytes at a time.
const ROOM: usize = 4096;

/// One body on its way.
pub(super) enum Encoder {
    /// As it is.
    Identity,
    /// Packed; with its sum where the form is gzip's.
    Packed(Compress, Option<Gzip>),
}

/// What stands around the packed bytes in gzip's form.
pub(super) struct Gzip {
    sum: Crc,
    begun: bool,
}

impl Gzip {
    /// Puts the head in front of the first byte.
    fn begin(&mut self, out: &mut Vec<u8>) {
        if !std::mem::replace(&mut self.begun, true) {
            out.extend_from_slice(&GZIP_HEAD);
        }
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Identity => "Identity",
            Self::Packed(..) => "Packed",
        })
    }
}

impl Encoder {
    /// One that has still to put its beginning in front.
    pub(super) fn new(algorithm: CompressionAlgorithm) -> Self {
        // The original's level, where `tune.comp.maxlevel` does not say more.
        let packed = |zlib| Compress::new(Level::fast(), zlib);
        match algorithm {
            CompressionAlgorithm::Identity => Self::Identity,
            CompressionAlgorithm::Gzip => {
                let gzip = Gzip {
                    sum: Crc::new(),
                    begun: false,
                };
                Self::Packed(packed(false), Some(gzip))
            }
            CompressionAlgorithm::Deflate => Self::Packed(packed(true), None),
            CompressionAlgorithm::RawDeflate => Self::Packed(packed(false), None),
        }
    }

    /// Packs `data` to the end of `out`, so that whoever has that can unpack all of `data`.
    pub(super) fn push(&mut self, data: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::Identity => out.extend_from_slice(data),
            Self::Packed(packer, gzip) => {
                if let Some(gzip) = gzip {
                    gzip.begin(out);
                    gzip.sum.update(data);
                }
                pack(packer, data, FlushCompress::None, out);
            }
        }
    }

    /// Makes what was pushed readable without what follows.
    pub(super) fn flush(&mut self, out: &mut Vec<u8>) {
        if let Self::Packed(packer, _) = self {
            pack(packer, &[], FlushCompress::Sync, out);
        }
    }

    /// Puts the end behind it.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        if let Self::Packed(packer, gzip) = self {
            if let Some(gzip) = gzip {
                gzip.begin(out);
            }
            pack(packer, &[], FlushCompress::Finish, out);
            if let Some(gzip) = gzip {
                out.extend_from_slice(&gzip.sum.sum().to_le_bytes());
                out.extend_from_slice(&gzip.sum.amount().to_le_bytes());
            }
        }
    }
}

fn pack(packer: &mut Compress, mut data: &[u8], flush: FlushCompress, out: &mut Vec<u8>) {
    loop {
        out.reserve(ROOM);
        let (read, wrote) = (packer.total_in(), packer.total_out());
        // Compressing fails for parameters that are never given here alone.
        let _ = packer.compress_vec(data, out, flush);
        data = &data[(packer.total_in() - read) as usize..];
        let full = out.len() == out.capacity();
        if data.is_empty() && !full || packer.total_out() == wrote && packer.total_in() == read {
            return;
        }
    }
}
