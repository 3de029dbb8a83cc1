//! Checks that speak a service's own protocol: LDAP, MySQL, PostgreSQL, Redis, and the first words of TLS. Each says at most one
//! thing and judges what comes back. How much of an answer is waited for differs from one to the other, as in the original.

use haproxy_cfg::model::{MySqlUser, ServiceCheck};

use super::{ANSWER_MAX, ConnectTo, Next, Scene, Verdict};
use crate::check::CheckStatus;

/// An anonymous bind (RFC 4511, section 4.2).
const LDAP_BIND: [u8; 14] = [
    0x30, 0x0c, 0x02, 0x01, 0x01, 0x60, 0x07, 0x02, 0x01, 0x03, 0x04, 0x00, 0x80, 0x00,
];

/// Bytes of the shortest answer to it.
const LDAP_ANSWER: usize = 14;

/// The tag of a result code, which is an enumerated number.
const LDAP_ENUMERATED: [u8; 2] = [0x0a, 0x01];

const REDIS_PING: &[u8] = b"*1\r\n$4\r\nPING\r\n";
const REDIS_PONG: &[u8] = b"+PONG\r\n";

/// Bytes of the header of a MySQL packet: its length in three, and its number.
const MYSQL_HEADER: usize = 4;

/// What the body of a MySQL packet begins with that tells an error.
const MYSQL_ERROR: u8 = 0xff;

/// Bytes of a PostgreSQL answer before it is judged.
const POSTGRES_ANSWER: usize = 9;

/// Bytes after which a PostgreSQL error is told.
const POSTGRES_ERROR: usize = 5;

/// Where the text of a PostgreSQL error begins, behind its type, its length and the type of its first field.
const POSTGRES_TEXT: usize = 6;

/// Bytes of a TLS record's header.
const TLS_HEADER: usize = 5;

/// One such check.
#[derive(Debug)]
pub(super) struct ServiceProbe<'a> {
    check: &'a ServiceCheck,
    /// Seconds since the epoch, for the greeting of TLS.
    epoch: u32,
    answer: Vec<u8>,
    /// MySQL: the greeting of the server was read, and ends here.
    greeting: Option<usize>,
}

/// What there is of an LDAP answer.
enum Bound {
    /// Not enough to tell.
    Partial,
    /// It is no answer to a bind.
    Other,
    /// The result code.
    Code(u8),
}

impl<'a> ServiceProbe<'a> {
    pub(super) fn new(check: &'a ServiceCheck, scene: Scene<'_>) -> Self {
        Self {
            check,
            epoch: (scene.world.epoch_us() / 1_000_000) as u32,
            answer: Vec::new(),
            greeting: None,
        }
    }

    pub(super) fn begin(&self) -> Next<'a> {
        let database = matches!(self.check, ServiceCheck::MySql(_) | ServiceCheck::Postgres(_));
        Next::Connect(ConnectTo {
            resets: !database,
            server_speaks_first: matches!(self.check, ServiceCheck::MySql(None)),
            ..ConnectTo::default()
        })
    }

    pub(super) fn connected(&self) -> Next<'a> {
        match self.check {
            ServiceCheck::Ldap => Next::Write(LDAP_BIND[..].into()),
            ServiceCheck::Redis => Next::Write(REDIS_PING.into()),
            ServiceCheck::Postgres(user) => Next::Write(postgres_startup(user).into()),
            ServiceCheck::TlsHello => Next::Write(client_hello(self.epoch).into()),
            ServiceCheck::MySql(None) => Next::Read,
            // It does not wait for the greeting.
            ServiceCheck::MySql(Some(user)) => Next::Write(mysql_login(user).into()),
        }
    }

    pub(super) fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        self.answer.extend_from_slice(bytes);
        let next = self.judge(false);
        match next {
            Next::Read if self.answer.len() >= ANSWER_MAX => self.judge(true),
            next => next,
        }
    }

    pub(super) fn closed(&mut self) -> Verdict {
        match self.judge(true) {
            Next::Done(verdict) => verdict,
            _ => Verdict::plain(CheckStatus::L7Response),
        }
    }

    pub(super) fn timed_out(&self) -> Verdict {
        Verdict::plain(match self.check {
            ServiceCheck::TlsHello => CheckStatus::L6Timeout,
            _ => CheckStatus::L7Timeout,
        })
    }

    /// What the answer says; `whole` where no more comes.
    fn judge(&mut self, whole: bool) -> Next<'a> {
        let answer = self.answer.as_slice();
        match self.check {
            ServiceCheck::Ldap if answer.len() < LDAP_ANSWER && !whole => Next::Read,
            ServiceCheck::Ldap => match ldap(answer) {
                Bound::Partial if !whole => Next::Read,
                Bound::Partial => Next::Done(Verdict::plain(CheckStatus::L7Response)),
                Bound::Other => Next::Done(Verdict::said(CheckStatus::L7Response, "Not LDAPv3 protocol")),
                Bound::Code(0) => Next::Done(good("")),
                Bound::Code(code) => Next::Done(Verdict {
                    status: CheckStatus::L7Status,
                    code: Some(code.into()),
                    description: b"See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9".to_vec(),
                }),
            },
            ServiceCheck::Redis if answer.starts_with(REDIS_PONG) => Next::Done(good("Redis server is ok")),
            ServiceCheck::Redis if !whole => Next::Read,
            ServiceCheck::Redis => Next::Done(bad(before(answer, b"\r\n"))),
            ServiceCheck::Postgres(_) => postgres(answer, whole),
            ServiceCheck::TlsHello if answer.len() < TLS_HEADER && !whole => Next::Read,
            ServiceCheck::TlsHello => Next::Done(match answer.first() {
                None => Verdict::said(CheckStatus::L6Response, "TCPCHK got an empty response at step 2"),
                // A handshake, or an alert of a server that wants a later version.
                Some(0x15 | 0x16) => Verdict::plain(CheckStatus::L6Ok),
                Some(_) => Verdict::plain(CheckStatus::L6Response),
            }),
            ServiceCheck::MySql(user) => match (user, self.greeting) {
                (_, None) if answer.is_empty() && whole => Next::Done(Verdict::said(
                    CheckStatus::L7Response,
                    "TCPCHK got an empty response at step 2",
                )),
                (None, None) => mysql(answer, whole).unwrap_or_else(|_| Next::Done(good(""))),
                (Some(_), None) => match mysql(answer, whole) {
                    Ok(next) => next,
                    Err(end) => {
                        self.greeting = Some(end);
                        self.judge(whole)
                    }
                },
                // What stands behind the greeting is the beginning of the answer to the login.
                (_, Some(end)) => mysql(&answer[end..], whole).unwrap_or_else(|_| Next::Done(good(""))),
            },
        }
    }
}

fn good(words: &str) -> Verdict {
    Verdict {
        status: CheckStatus::L7Ok,
        code: Some(0),
        description: words.into(),
    }
}

fn bad(words: &[u8]) -> Verdict {
    Verdict {
        status: CheckStatus::L7Status,
        code: Some(0),
        description: words.to_vec(),
    }
}

/// What stands before the first of some bytes.
fn before<'b>(text: &'b [u8], ends: &[u8]) -> &'b [u8] {
    let end = text.iter().position(|byte| ends.contains(byte));
    &text[..end.unwrap_or(text.len())]
}

/// Reads the answer to a bind: a message with the number 1, and in it a result code. Of its own length the message may have two or
/// four more bytes, the answer inside as many as it says.
fn ldap(answer: &[u8]) -> Bound {
    let Some((first, rest)) = answer.split_first() else {
        return Bound::Other;
    };
    if *first != 0x30 {
        return Bound::Other;
    }
    let Some((length, rest)) = rest.split_first() else {
        return Bound::Partial;
    };
    let more = match length {
        0x82 => 2,
        0x84 => 4,
        _ => 0,
    };
    let Some(rest) = rest.get(more..) else {
        return Bound::Partial;
    };
    const NUMBER_AND_TAG: [u8; 4] = [0x02, 0x01, 0x01, 0x61];
    let shared = rest.len().min(NUMBER_AND_TAG.len());
    if rest[..shared] != NUMBER_AND_TAG[..shared] {
        return Bound::Other;
    }
    let Some((length, rest)) = rest.get(shared..).and_then(<[u8]>::split_first) else {
        return Bound::Partial;
    };
    let more = if length & 0x80 == 0 { 0 } else { length & 0x7f };
    match rest.get(usize::from(more)..) {
        Some([a, b, code, ..]) if [*a, *b] == LDAP_ENUMERATED => Bound::Code(*code),
        Some([_, _, _, ..]) => Bound::Other,
        _ => Bound::Partial,
    }
}

/// Reads a packet of the server: what follows from it, or where it ends if it tells no error.
fn mysql<'a>(answer: &[u8], whole: bool) -> Result<Next<'a>, usize> {
    let unfinished = || {
        Ok(if whole {
            Next::Done(Verdict::plain(CheckStatus::L7Response))
        } else {
            Next::Read
        })
    };
    let [a, b, c, _, rest @ ..] = answer else {
        return unfinished();
    };
    let length = u32::from_le_bytes([*a, *b, *c, 0]) as usize;
    let Some(body) = rest.get(..length) else {
        return unfinished();
    };
    if body.first() != Some(&MYSQL_ERROR) {
        return Err(MYSQL_HEADER + length);
    }
    let byte = |at: usize| body.get(at).copied().unwrap_or(0);
    let text = body.get(3..).unwrap_or_default();
    Ok(Next::Done(Verdict {
        status: CheckStatus::L7Status,
        code: Some(u16::from_le_bytes([byte(1), byte(2)]).into()),
        description: text.to_vec(),
    }))
}

/// The login of a user without a password, and a goodbye behind it.
fn mysql_login(user: &MySqlUser) -> Vec<u8> {
    const QUIT: [u8; 5] = [1, 0, 0, 0, 1];
    let mut body: Vec<u8> = match user {
        // Capabilities, and the longest packet.
        MySqlUser::Before41(_) => vec![0x00, 0x80, 0x00, 0x00, 0x01],
        MySqlUser::Since41(_) | MySqlUser::Since80(_) => {
            let plugin = if matches!(user, MySqlUser::Since80(_)) {
                0x08
            } else {
                0x00
            };
            let mut body = vec![0x00, 0x82, plugin, 0x00, 0x00, 0x80, 0x00, 0x01, 0x21];
            body.resize(body.len() + 23, 0);
            body
        }
    };
    match user {
        MySqlUser::Before41(name) => body.extend_from_slice(name),
        MySqlUser::Since41(name) | MySqlUser::Since80(name) => {
            body.extend_from_slice(name);
            // Its end, and a password of no bytes.
            body.extend_from_slice(&[0, 0]);
        }
    }
    match user {
        MySqlUser::Before41(_) => body.extend_from_slice(&[0, 0]),
        MySqlUser::Since41(_) => {}
        MySqlUser::Since80(_) => body.extend_from_slice(b"mysql_native_password\0"),
    }
    let length = (body.len() as u32).to_le_bytes();
    let mut packet = vec![length[0], length[1], length[2], 1];
    packet.append(&mut body);
    packet.extend_from_slice(&QUIT);
    packet
}

/// The beginning of a session of protocol 3.0.
fn postgres_startup(user: &[u8]) -> Vec<u8> {
    let body = [&[0, 3, 0, 0][..], b"user\0", user, b"\0\0"].concat();
    let length = (body.len() as u32 + 4).to_be_bytes();
    [&length[..], &body].concat()
}

/// What a PostgreSQL server answers: an error, or which password it wants, if any.
fn postgres<'a>(answer: &[u8], whole: bool) -> Next<'a> {
    let error = answer.first() == Some(&b'E');
    if error && (answer.len() >= POSTGRES_ERROR || whole) {
        let text = answer.get(POSTGRES_TEXT..).unwrap_or_default();
        return Next::Done(Verdict::said(CheckStatus::L7Response, before(text, &[0])));
    }
    if answer.len() < POSTGRES_ANSWER && !whole {
        return Next::Read;
    }
    let known = matches!(answer, [b'R', 0, 0, 0, _, 0, 0, 0, 0 | 2..=7 | 9 | 10, ..]);
    Next::Done(if known {
        good("PostgreSQL server is ok")
    } else {
        bad(b"PostgreSQL unknown error")
    })
}

/// The greeting of a client of SSL 3.0, which servers of all versions know to be one of TLS.
fn client_hello(epoch: u32) -> Vec<u8> {
    let ciphers = (0x01..=0x1b_u16).chain([0x2f]).chain(0x30..=0x3a);
    let ciphers: Vec<u8> = ciphers.flat_map(u16::to_be_bytes).collect();
    let mut hello = vec![0x03, 0x00];
    hello.extend_from_slice(&epoch.to_be_bytes());
    // What stands for chance, and no session.
    hello.extend_from_slice(b"HAPROXYSSLCHK\nHAPROXYSSLCHK\n\0");
    hello.extend_from_slice(&(ciphers.len() as u16).to_be_bytes());
    hello.extend_from_slice(&ciphers);
    // No compression.
    hello.extend_from_slice(&[1, 0]);
    let length = (hello.len() as u32).to_be_bytes();
    let message = [&[1][..], &length[1..], &hello].concat();
    let length = (message.len() as u16).to_be_bytes();
    [&[0x16, 0x03, 0x00][..], &length, &message].concat()
}
