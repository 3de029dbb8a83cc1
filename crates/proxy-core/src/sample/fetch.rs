//! The fetches themselves, with their arguments read ahead of time.

use std::ops::ControlFlow;

use haproxy_cfg::model::{Config, FetchKind, Mode, ProxyId, Sample as Expression, Word};

use super::header::{Parts, values};
use super::{Sample, SampleContext};
use crate::http1::{RequestRef, Version};
use crate::persist::crumbs::Crumbs;

/// A buffer for samples that stand nowhere in one piece; kept from one request to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scratch {
    /// A sample put together from several places.
    pub(crate) joined: Vec<u8>,
    /// A sample in lower case.
    pub(crate) folded: Vec<u8>,
}

/// A fetch whose arguments are resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FetchPlan {
    /// A constant.
    Const(bool),
    /// `path`.
    Path,
    /// `query`.
    Query,
    /// `url`.
    Url,
    /// `base`.
    Base,
    /// `method`.
    Method,
    /// `req.ver`.
    Version,
    /// `req.hdr`, `req.fhdr`.
    Header {
        name: Word,
        occurrence: i32,
        whole: bool,
    },
    /// `req.hdr_val`.
    HeaderInteger { name: Word, occurrence: i32 },
    /// `req.hdr_cnt`; without a name the values of all headers are counted.
    HeaderCount { name: Option<Word> },
    /// `req.cook`; an empty value counts only when no name is given, and then all cookies are seen.
    Cookie { name: Option<Word> },
    /// `src`.
    Src,
    /// `src_port`.
    SrcPort,
    /// `dst`.
    Dst,
    /// `dst_port`.
    DstPort,
    /// `ssl_fc`.
    Ssl,
    /// `nbsrv` of the proxy with that index.
    UsableServers {
        proxy: usize,
        /// By server: it is a backup.
        backup: Box<[bool]>,
        /// `option allbackups`.
        all_backups: bool,
    },
    /// `fe_conn` of the proxy with that index.
    FrontendSessions(usize),
    /// `be_conn` of the proxy with that index.
    BackendSessions(usize),
    /// Names a proxy or an occurrence that does not exist: gives no sample.
    Nothing,
}

impl FetchPlan {
    /// Reads the arguments of `expression`, which stands in the proxy `own`; one that cannot be evaluated gives no sample.
    pub(crate) fn compile(config: &Config, own: ProxyId, expression: &Expression) -> Self {
        let Some(kind) = expression.kind() else {
            return Self::Nothing;
        };
        let arg = |at: usize| expression.text(at);
        let proxy = || match expression.proxy(0) {
            None => Some(own.0 as usize),
            Some(name) => config.proxies.iter().position(|p| &p.name == name),
        };
        let name_and_occurrence = || {
            let occurrence = match expression.integer(1) {
                None => 0,
                Some(occurrence) => i32::try_from(occurrence).ok()?,
            };
            Some((lower(arg(0)?), occurrence))
        };
        let header = |whole| match name_and_occurrence() {
            None => Self::Nothing,
            Some((name, occurrence)) => Self::Header {
                name,
                occurrence,
                whole,
            },
        };
        match kind {
            FetchKind::AlwaysTrue => Self::Const(true),
            FetchKind::AlwaysFalse => Self::Const(false),
            FetchKind::Path => Self::Path,
            FetchKind::Query => Self::Query,
            FetchKind::Url => Self::Url,
            FetchKind::Base => Self::Base,
            FetchKind::Method => Self::Method,
            FetchKind::ReqVer => Self::Version,
            FetchKind::ReqHdr => header(false),
            FetchKind::ReqFhdr => header(true),
            FetchKind::ReqHdrVal => match name_and_occurrence() {
                None => Self::Nothing,
                Some((name, occurrence)) => Self::HeaderInteger { name, occurrence },
            },
            // Rules of a TCP proxy are decided before the first byte is looked at.
            FetchKind::ProtoHttp => Self::Const(config.proxy(own).mode == Mode::Http),
            // Rules are decided once all that they may see is there.
            FetchKind::WaitEnd => Self::Const(true),
            FetchKind::ReqHdrCnt => Self::HeaderCount {
                name: arg(0).map(lower),
            },
            FetchKind::ReqCook => Self::Cookie {
                name: arg(0).cloned(),
            },
            FetchKind::Src => Self::Src,
            FetchKind::SrcPort => Self::SrcPort,
            FetchKind::Dst => Self::Dst,
            FetchKind::DstPort => Self::DstPort,
            FetchKind::SslFc => Self::Ssl,
            FetchKind::NbSrv => proxy().map_or(Self::Nothing, |index| {
                let proxy = &config.proxies[index];
                Self::UsableServers {
                    proxy: index,
                    backup: proxy.servers.iter().map(|s| s.backup).collect(),
                    all_backups: proxy.options.allbackups,
                }
            }),
            FetchKind::FeConn => proxy().map_or(Self::Nothing, Self::FrontendSessions),
            FetchKind::BeConn => proxy().map_or(Self::Nothing, Self::BackendSessions),
        }
    }

    /// Shows each sample to `see` until that breaks off.
    pub(crate) fn each(
        &self,
        context: &SampleContext<'_>,
        joined: &mut Vec<u8>,
        mut see: impl FnMut(Sample<'_>) -> ControlFlow<()>,
    ) {
        let proxies = &context.runtime.proxies;
        let one = match self {
            Self::Const(value) => Some(Sample::Bool(*value)),
            Self::Ssl => Some(Sample::Bool(context.ssl)),
            Self::Src => context.src.map(|a| Sample::Ip(a.ip())),
            Self::Dst => context.dst.map(|a| Sample::Ip(a.ip())),
            Self::SrcPort => context.src.map(|a| Sample::Int(a.port().into())),
            Self::DstPort => context.dst.map(|a| Sample::Int(a.port().into())),
            Self::UsableServers {
                proxy,
                backup,
                all_backups,
            } => proxies
                .get(*proxy)
                .map(|p| Sample::Int(crate::balance::servers_in_use(p, backup, *all_backups))),
            Self::FrontendSessions(index) => proxies
                .get(*index)
                .map(|p| Sample::Int(p.fe_sessions.get().into())),
            Self::BackendSessions(index) => proxies
                .get(*index)
                .map(|p| Sample::Int(p.be_sessions.get().into())),
            Self::Nothing => None,
            _ => {
                if let Some(request) = context.request {
                    self.each_of_request(request, joined, see);
                }
                return;
            }
        };
        if let Some(sample) = one {
            let _seen = see(sample);
        }
    }

    fn each_of_request(
        &self,
        request: RequestRef<'_>,
        joined: &mut Vec<u8>,
        mut see: impl FnMut(Sample<'_>) -> ControlFlow<()>,
    ) {
        let one = match self {
            Self::Path => path(request.uri()).map(Sample::Bytes),
            Self::Query => query(request.uri()).map(Sample::Bytes),
            Self::Url => Some(Sample::Bytes(request.uri())),
            Self::Base => {
                joined.clear();
                if let Some(host) = values(request.headers(), b"host", false).next() {
                    joined.extend_from_slice(host);
                }
                joined.extend_from_slice(path(request.uri()).unwrap_or_default());
                (!joined.is_empty()).then_some(Sample::Bytes(joined))
            }
            Self::Method => Some(Sample::Bytes(request.method())),
            Self::Version => Some(Sample::Bytes(match request.version() {
                Version::Http10 => b"1.0",
                Version::Http11 => b"1.1",
            })),
            Self::Header {
                name,
                occurrence: 0,
                whole,
            } => {
                for value in values(request.headers(), name, *whole) {
                    if see(Sample::Bytes(value)).is_break() {
                        return;
                    }
                }
                None
            }
            Self::Header {
                name,
                occurrence,
                whole,
            } => occurrence_of(request, name, *occurrence, *whole).map(Sample::Bytes),
            Self::HeaderInteger { name, occurrence: 0 } => {
                for value in values(request.headers(), name, false) {
                    if see(Sample::Int(integer(value))).is_break() {
                        return;
                    }
                }
                None
            }
            Self::HeaderInteger { name, occurrence } => {
                occurrence_of(request, name, *occurrence, false).map(|value| Sample::Int(integer(value)))
            }
            Self::HeaderCount { name: Some(name) } => {
                let count = values(request.headers(), name, false).count();
                Some(Sample::Int(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Self::HeaderCount { name: None } => {
                let lines = request.headers().iter();
                let count: usize = lines.map(|(_, value)| Parts::of(value).count()).sum();
                Some(Sample::Int(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Self::Cookie { name } => {
                for line in request.headers().get(b"cookie") {
                    for crumb in Crumbs::of(line) {
                        let Some(value) = crumb.value else { continue };
                        let found = &line[crumb.name];
                        let wanted = match name {
                            Some(name) => name == found && !value.is_empty(),
                            None => true,
                        };
                        if wanted && !found.starts_with(b"$") && see(Sample::Bytes(&line[value])).is_break() {
                            return;
                        }
                    }
                }
                None
            }
            _ => None,
        };
        if let Some(sample) = one {
            let _seen = see(sample);
        }
    }
}

/// The value at that place, counted from the first (1, 2 …) or from the last (-1, -2 …).
fn occurrence_of<'a>(
    request: RequestRef<'a>,
    name: &'a [u8],
    occurrence: i32,
    whole: bool,
) -> Option<&'a [u8]> {
    let at = if occurrence > 0 {
        occurrence as usize - 1
    } else {
        values(request.headers(), name, whole)
            .count()
            .checked_sub(occurrence.unsigned_abs() as usize)?
    };
    values(request.headers(), name, whole).nth(at)
}

/// The integer that a value begins with, 0 for none; one that is too large is the largest there is.
fn integer(value: &[u8]) -> i64 {
    let sign = usize::from(value.starts_with(b"-") || value.starts_with(b"+"));
    let digits = value[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let magnitude = digits.fold(0_i64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    if value.starts_with(b"-") {
        -magnitude
    } else {
        magnitude
    }
}

fn lower(name: &Word) -> Word {
    name.to_ascii_lowercase().into()
}

/// From the first slash behind the authority to the question mark; none for `*` and for an authority alone.
pub(crate) fn path(uri: &[u8]) -> Option<&[u8]> {
    let from = path_start(uri)?;
    let path = &uri[from..];
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    Some(&path[..end])
}

/// Behind the first question mark.
pub(crate) fn query(uri: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'?', uri).map(|at| &uri[at + 1..])
}

/// Where the path begins.
fn path_start(uri: &[u8]) -> Option<usize> {
    match uri.first()? {
        b'/' => Some(0),
        b'*' => None,
        _ => {
            let authority = memchr::memmem::find(uri, b"://")? + 3;
            Some(authority + memchr::memchr(b'/', &uri[authority..])?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::integer;

    #[test]
    fn a_value_is_the_integer_that_it_begins_with() {
        for (text, number) in [
            ("12", 12),
            ("12abc", 12),
            ("abc", 0),
            ("", 0),
            ("-12", -12),
            ("0x12", 0),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(integer(text.as_bytes()), number, "{text}");
        }
    }
}
