//! Fetches of a TLS handshake's first message, from bytes that only pass through (RFC 8446, section 4.1.2).

use super::payload::{bytes, missing};
use super::{Fetch, Row, row, single};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["req.ssl_hello_type", "req_ssl_hello_type"], |_, _| {
        single(|context| Some(Sample::Int(hello(context, false)?.kind.into())))
    }),
    row(&["res.ssl_hello_type", "rep_ssl_hello_type"], |_, _| {
        single(|context| Some(Sample::Int(hello(context, true)?.kind.into())))
    }),
    row(&["req.ssl_ver", "req_ssl_ver"], |_, _| {
        single(|context| {
            let bytes = bytes(context, Some(false))?;
            let [major, minor] = match old_version(bytes) {
                Some(version) => version,
                None => hello(context, false)?.version,
            };
            Some(Sample::Int(i64::from(major) << 16 | i64::from(minor)))
        })
    }),
    row(&["req.ssl_sni", "req_ssl_sni"], |_, _| {
        single(|context| Some(Sample::Str(server_name(client_hello(context)?.extension(0)?)?)))
    }),
    row(&["req.ssl_alpn"], |_, _| {
        single(|context| {
            let mut list = Reader(client_hello(context)?.extension(16)?);
            let mut names = Reader(list.vector(2)?);
            Some(Sample::Str(names.vector(1).filter(|name| !name.is_empty())?))
        })
    }),
    row(&["req.ssl_ec_ext"], |_, _| {
        single(|context| {
            client_hello(context)?.extension(10)?;
            Some(Sample::Bool(true))
        })
    }),
    row(&["req.ssl_st_ext"], |_, _| {
        single(|context| {
            let hello = client_hello(context)?;
            hello.extensions?;
            Some(Sample::Int(match hello.extension(35) {
                None => 0,
                Some([]) => 1,
                Some(_) => 2,
            }))
        })
    }),
    row(&["req.ssl_cipherlist"], |_, _| {
        single(|context| Some(Sample::Bin(client_hello(context)?.ciphers)))
    }),
    row(&["req.ssl_sigalgs"], |_, _| listed(13)),
    row(&["req.ssl_supported_groups"], |_, _| listed(10)),
    row(&["req.ssl_keyshare_groups"], |_, _| {
        single(|context| {
            let mut list = Reader(client_hello(context)?.extension(51)?);
            let mut shares = Reader(list.vector(2)?);
            let mut out = context.arena.bytes(16);
            while let Some(group) = shares.take(2) {
                shares.vector(2)?;
                out.extend_from_slice(group);
            }
            Some(Sample::Bin(out.into_bump_slice()))
        })
    }),
];

/// An extension that is one list of numbers.
fn listed(kind: u16) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let mut list = Reader(client_hello(context)?.extension(kind)?);
        Some(Sample::Bin(list.vector(2)?))
    })
}

/// Takes bytes from the front.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of `size` bytes.
    fn number(&mut self, size: usize) -> Option<usize> {
        let digits = self.take(size)?.iter();
        Some(digits.fold(0, |number, digit| number << 8 | usize::from(*digit)))
    }

    /// Bytes with their number in front, in `size` bytes.
    fn vector(&mut self, size: usize) -> Option<&'a [u8]> {
        let len = self.number(size)?;
        self.take(len)
    }
}

/// A whole first message of a client.
pub(in crate::sample) struct ClientHello<'a>(Hello<'a>);

impl<'a> ClientHello<'a> {
    /// None where it is none.
    pub(in crate::sample) fn read(message: &'a [u8]) -> Option<Self> {
        parse(message).filter(|hello| hello.kind == 1).map(Self)
    }

    pub(in crate::sample) fn version(&self) -> [u8; 2] {
        self.0.version
    }

    pub(in crate::sample) fn random(&self) -> &'a [u8] {
        self.0.random
    }

    pub(in crate::sample) fn ciphers(&self) -> &'a [u8] {
        self.0.ciphers
    }

    /// The numbers of all extensions, two bytes each.
    pub(in crate::sample) fn extension_numbers(&self) -> Vec<u8> {
        let mut rest = Reader(self.0.extensions.unwrap_or_default());
        let mut found = Vec::new();
        while let Some(number) = rest.take(2)
            && rest.vector(2).is_some()
        {
            found.extend_from_slice(number);
        }
        found
    }

    /// What the list holds that an extension is, its length standing in `size` bytes.
    pub(in crate::sample) fn listed(&self, kind: u16, size: usize) -> Option<&'a [u8]> {
        Reader(self.0.extension(kind)?).vector(size)
    }
}

/// A hello message.
struct Hello<'a> {
    /// 1 is the client's, 2 the server's.
    kind: u8,
    version: [u8; 2],
    random: &'a [u8],
    ciphers: &'a [u8],
    /// What stands behind the compression methods, if anything does.
    extensions: Option<&'a [u8]>,
}

impl<'a> Hello<'a> {
    /// The contents of the first extension of that kind.
    fn extension(&self, kind: u16) -> Option<&'a [u8]> {
        let mut rest = Reader(self.extensions?);
        loop {
            let found = rest.number(2)?;
            let contents = rest.vector(2)?;
            if found == usize::from(kind) {
                return Some(contents);
            }
        }
    }
}

/// The client's hello.
fn client_hello<'a>(context: &SampleContext<'a>) -> Option<Hello<'a>> {
    hello(context, false).filter(|hello| hello.kind == 1)
}

/// The hello message that the bytes of a side begin with, once its record is complete.
fn hello<'a>(context: &SampleContext<'a>, from_server: bool) -> Option<Hello<'a>> {
    const HANDSHAKE: u8 = 0x16;
    let bytes = bytes(context, Some(from_server))?;
    match bytes {
        [] | [HANDSHAKE] | [HANDSHAKE, 3, ..] => {}
        _ => return None,
    }
    let mut rest = Reader(bytes);
    let record = rest.take(3).and_then(|_| rest.vector(2));
    let Some(record) = record else {
        return missing(context);
    };
    parse(record)
}

fn parse(record: &[u8]) -> Option<Hello<'_>> {
    let mut message = Reader(record);
    let kind = *message.take(1)?.first()?;
    let mut body = Reader(message.vector(3)?);
    let version = body.take(2)?;
    if !matches!(kind, 1 | 2) || version[0] < 3 {
        return None;
    }
    let mut hello = Hello {
        kind,
        version: [version[0], version[1]],
        random: body.take(32)?,
        ciphers: &[],
        extensions: None,
    };
    body.vector(1)?;
    if kind == 1 {
        hello.ciphers = body.vector(2)?;
        body.vector(1)?;
        hello.extensions = body.vector(2);
    }
    Some(hello)
}

/// The version that a hello of SSL 2 asks for, once all of that is there.
fn old_version(bytes: &[u8]) -> Option<[u8; 2]> {
    let [first, second, 1, major, minor, ..] = *bytes else {
        return None;
    };
    let len = usize::from(first & 0x7f) << 8 | usize::from(second);
    (first & 0x80 != 0 && len >= 9 && bytes.len() >= len + 2).then_some([major, minor])
}

/// The first name of a list of server names, if it is one of a host.
fn server_name(extension: &[u8]) -> Option<&[u8]> {
    let mut list = Reader(extension);
    let mut names = Reader(list.vector(2)?);
    let kind = names.number(1)?;
    names.vector(2).filter(|_| kind == 0)
}
