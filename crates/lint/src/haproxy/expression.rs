//! What ACL lines compare: expressions by a key under which equal ones meet, patterns as tests, and which tests follow from or
//! exclude each other.

use std::fmt::Write as _;

use haproxy_cfg::model::{Acl, ArgValue, MatchKind, Pattern, Sample};

/// What a sample expression is known by: two with one key give the same at one moment.
pub(super) fn key(sample: &Sample) -> String {
    let mut out = name(sample.fetch.name).to_owned();
    let arguments = |out: &mut String, args: &[haproxy_cfg::model::Arg]| {
        for arg in args {
            // A string takes everything that is written to it.
            let _ = match &arg.value {
                // Names of headers know no case.
                ArgValue::Text(text) => write!(out, "({})", text.to_string().to_lowercase()),
                other => write!(out, "({other:?})"),
            };
        }
    };
    arguments(&mut out, &sample.args);
    for converter in &sample.converters {
        out.push(',');
        out.push_str(converter.row.name);
        arguments(&mut out, &converter.args);
    }
    out
}

/// The name of a fetch, the same for its short forms.
pub(super) fn name(fetch: &str) -> &str {
    match fetch {
        "hdr" => "req.hdr",
        "cook" => "req.cook",
        "urlp" => "url_param",
        "shdr" => "res.hdr",
        "req_ssl_sni" => "req.ssl_sni",
        other => other,
    }
}

/// Whether an expression gives something else each time that it is looked at, or changes what it looks at.
pub(super) fn is_volatile(sample: &Sample) -> bool {
    let name = sample.fetch.name;
    let moves = |part: &str| name.contains(part);
    moves("rand") || moves("uuid") || moves("_inc_") || moves("_clr_") || moves("lua.") || name == "date_us"
}

/// Whether an expression gives one value at most. Of headers in lists, cookies and parameters there may be several, each of which
/// is compared; a request has one host.
pub(super) fn is_single(sample: &Sample) -> bool {
    let name = name(sample.fetch.name);
    match name {
        "req.hdr" => sample
            .text(0)
            .is_some_and(|header| header.eq_ignore_ascii_case(b"host")),
        "path" | "url" | "base" | "query" | "method" | "src" | "dst" | "src_port" | "dst_port" | "status"
        | "req.ssl_sni" | "ssl_fc_sni" | "pathq" | "fe_id" | "be_id" | "so_id" | "ssl_fc" | "var" | "env"
        | "ssl_fc_alpn" | "req.ver" | "nbsrv" => true,
        _ => false,
    }
}

/// One pattern of an ACL line, or the line as a whole where it is not known what its patterns are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Test {
    /// The expression's key.
    pub(super) expression: u32,
    /// One value at most.
    pub(super) single: bool,
    /// How it is compared.
    pub(super) what: What,
}

/// How values are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// There is a value.
    Found,
    /// It is a number that is not 0, or yes.
    True,
    /// A number of these.
    Range(i64, i64),
    /// An address of this network.
    Net(std::net::IpAddr, u8),
    /// A text.
    Text {
        /// How.
        matcher: MatchKind,
        /// Letters' case does not count; the text is in lower case then.
        ignore_case: bool,
        /// Which.
        text: Vec<u8>,
    },
    /// Something that is equal to itself alone.
    Opaque(String),
}

/// More patterns than this are not looked into one by one.
const MANY: usize = 64;

/// The tests of an ACL line, one of which must hold; `expression` is the number of its key.
pub(super) fn tests(acl: &Acl, expression: u32) -> Vec<Test> {
    let single = is_single(&acl.sample);
    let test = |what| Test {
        expression,
        single,
        what,
    };
    let with_patterns = !matches!(acl.matcher, MatchKind::Found | MatchKind::Bool);
    let unknown = with_patterns && acl.patterns.is_empty();
    if unknown || !acl.files.is_empty() || acl.patterns.len() > MANY {
        // Files change while the process runs, and may not be at hand here.
        let files: Vec<String> = acl.files.iter().map(ToString::to_string).collect();
        let id = format!(
            "{:?} {} {files:?} {:?}",
            acl.matcher, acl.ignore_case, acl.patterns
        );
        return vec![test(What::Opaque(id))];
    }
    match acl.matcher {
        MatchKind::Found => return vec![test(What::Found)],
        MatchKind::Bool => return vec![test(What::True)],
        _ => {}
    }
    acl.patterns
        .iter()
        .map(|pattern| {
            test(match pattern {
                Pattern::Range(low, high) if acl.matcher == MatchKind::Int => What::Range(*low, *high),
                Pattern::Net(address, bits) => What::Net(*address, *bits),
                Pattern::Text(text) => What::Text {
                    matcher: acl.matcher,
                    ignore_case: acl.ignore_case,
                    text: if acl.ignore_case && acl.matcher != MatchKind::Reg {
                        text.to_ascii_lowercase()
                    } else {
                        text.to_vec()
                    },
                },
                other => What::Opaque(format!("{:?} {other:?}", acl.matcher)),
            })
        })
        .collect()
}

/// Whether `second` holds whenever `first` does.
pub(super) fn implies(first: &Test, second: &Test) -> bool {
    if first.expression != second.expression {
        return false;
    }
    if first.what == second.what || second.what == What::Found {
        return true;
    }
    match (&first.what, &second.what) {
        (What::Range(low, high), What::Range(from, to)) => from <= low && high <= to,
        (What::Net(inner, inner_bits), What::Net(outer, outer_bits)) => {
            inner_bits >= outer_bits && same_network(*inner, *outer, *outer_bits)
        }
        (
            What::Text {
                matcher,
                ignore_case,
                text,
            },
            What::Text {
                matcher: wanted,
                ignore_case: loosely,
                text: part,
            },
        ) => {
            if *ignore_case && !*loosely {
                return false;
            }
            let lowered;
            let text: &[u8] = if *loosely && !*ignore_case {
                lowered = text.to_ascii_lowercase();
                &lowered
            } else {
                text
            };
            match (matcher, wanted) {
                (MatchKind::Str, MatchKind::Str) => text == part.as_slice(),
                (MatchKind::Str | MatchKind::Beg, MatchKind::Beg) => text.starts_with(part),
                (MatchKind::Str | MatchKind::End, MatchKind::End) => text.ends_with(part),
                (
                    MatchKind::Str
                    | MatchKind::Beg
                    | MatchKind::End
                    | MatchKind::Sub
                    | MatchKind::Dir
                    | MatchKind::Dom,
                    MatchKind::Sub,
                ) => memchr::memmem::find(text, part).is_some(),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether both cannot hold at once.
pub(super) fn excludes(first: &Test, second: &Test) -> bool {
    if first.expression != second.expression || !first.single {
        return false;
    }
    match (&first.what, &second.what) {
        (What::Range(low, high), What::Range(from, to)) => high < from || to < low,
        (What::Net(one, one_bits), What::Net(other, other_bits)) => {
            one.is_ipv4() == other.is_ipv4() && !same_network(*one, *other, *one_bits.min(other_bits))
        }
        (
            What::Text { matcher, text, .. },
            What::Text {
                matcher: wanted,
                text: part,
                ..
            },
        ) => {
            // Without regard to case: what differs then differs always.
            let (text, part) = (text.to_ascii_lowercase(), part.to_ascii_lowercase());
            match (matcher, wanted) {
                (MatchKind::Str, MatchKind::Str) => text != part,
                (MatchKind::Str, MatchKind::Beg) => !text.starts_with(&part),
                (MatchKind::Beg, MatchKind::Str) => !part.starts_with(&text),
                (MatchKind::Str, MatchKind::End) => !text.ends_with(&part),
                (MatchKind::End, MatchKind::Str) => !part.ends_with(&text),
                (MatchKind::Str, MatchKind::Sub) => memchr::memmem::find(&text, &part).is_none(),
                (MatchKind::Sub, MatchKind::Str) => memchr::memmem::find(&part, &text).is_none(),
                (MatchKind::Beg, MatchKind::Beg) => !text.starts_with(&part) && !part.starts_with(&text),
                (MatchKind::End, MatchKind::End) => !text.ends_with(&part) && !part.ends_with(&text),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether the first bits of two addresses are the same.
fn same_network(one: std::net::IpAddr, other: std::net::IpAddr, bits: u8) -> bool {
    use std::net::IpAddr;
    let (one, other, width) = match (one, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => (u128::from(one.to_bits()), u128::from(other.to_bits()), 32),
        (IpAddr::V6(one), IpAddr::V6(other)) => (one.to_bits(), other.to_bits(), 128),
        _ => return false,
    };
    let rest = u32::saturating_sub(width, u32::from(bits));
    one.checked_shr(rest).unwrap_or(0) == other.checked_shr(rest).unwrap_or(0)
}
