//! Which versions of TLS are left of those that a line, or the global section, allows and takes away.

use crate::model::TlsVersion;

const ALL: [TlsVersion; 4] = [
    TlsVersion::Tls10,
    TlsVersion::Tls11,
    TlsVersion::Tls12,
    TlsVersion::Tls13,
];

/// What options ask for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    /// `ssl-min-ver`, `force-…`.
    pub(crate) min: Option<TlsVersion>,
    /// `ssl-max-ver`, `force-…`.
    pub(crate) max: Option<TlsVersion>,
    /// Versions that `no-…` takes away, as bits by their order.
    pub(crate) without: u8,
}

impl Asked {
    /// `no-…`.
    pub(crate) fn take_away(&mut self, version: TlsVersion) {
        self.without |= 1 << version as u8;
    }

    /// `force-…`.
    pub(crate) fn force(&mut self, version: TlsVersion) {
        self.min = Some(version);
        self.max = Some(version);
    }

    /// These, with what they lack taken from `below`.
    pub(crate) fn over(self, below: Self) -> Self {
        Self {
            min: self.min.or(below.min),
            max: self.max.or(below.max),
            without: self.without | below.without,
        }
    }

    /// What it comes to, where `lowest` is the least version that is spoken without being asked for.
    pub(crate) fn settle(self, lowest: TlsVersion) -> Settled {
        let ignored = self.without != 0 && (self.min.is_some() || self.max.is_some());
        let raised = self.max.filter(|max| self.min.is_none() && *max < lowest);
        let min = self.min.or(raised).unwrap_or(lowest);
        let allowed = |version: &TlsVersion| {
            let taken = !ignored && self.without & (1 << *version as u8) != 0;
            *version >= min && self.max.is_none_or(|max| *version <= max) && !taken
        };
        let first = ALL.iter().position(allowed);
        let last = ALL.iter().rposition(allowed);
        let (range, hole) = match (first, last) {
            (Some(first), Some(last)) => (
                Some((ALL[first], ALL[last])),
                ALL[first..last]
                    .iter()
                    .rev()
                    .find(|version| !allowed(version))
                    .copied(),
            ),
            _ => (None, None),
        };
        Settled {
            ignored,
            raised,
            hole,
            range,
        }
    }
}

/// What the options of a line come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// `no-…` stands beside bounds, which alone count then.
    pub(crate) ignored: bool,
    /// The upper bound is below the least version, and is taken for the lower one too.
    pub(crate) raised: Option<TlsVersion>,
    /// A version between others that is taken away.
    pub(crate) hole: Option<TlsVersion>,
    /// The least and the greatest version; none when none is left.
    pub(crate) range: Option<(TlsVersion, TlsVersion)>,
}

/// The version of a word such as `TLSv1.2`.
pub(crate) fn tls_version(word: &[u8]) -> Option<TlsVersion> {
    match word {
        b"SSLv3" => Some(TlsVersion::Ssl3),
        b"TLSv1.0" => Some(TlsVersion::Tls10),
        b"TLSv1.1" => Some(TlsVersion::Tls11),
        b"TLSv1.2" => Some(TlsVersion::Tls12),
        b"TLSv1.3" => Some(TlsVersion::Tls13),
        _ => None,
    }
}

/// The word for a version.
pub(crate) fn version_name(version: TlsVersion) -> &'static str {
    match version {
        TlsVersion::Ssl3 => "SSLv3",
        TlsVersion::Tls10 => "TLSv1.0",
        TlsVersion::Tls11 => "TLSv1.1",
        TlsVersion::Tls12 => "TLSv1.2",
        TlsVersion::Tls13 => "TLSv1.3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_away_counts_only_without_bounds() {
        let mut asked = Asked::default();
        asked.take_away(TlsVersion::Tls12);
        let settled = asked.settle(TlsVersion::Tls10);
        assert_eq!(settled.range, Some((TlsVersion::Tls10, TlsVersion::Tls13)));
        assert_eq!(settled.hole, Some(TlsVersion::Tls12));
        let settled = asked.settle(TlsVersion::Tls12);
        assert_eq!(settled.range, Some((TlsVersion::Tls13, TlsVersion::Tls13)));
        asked.force(TlsVersion::Tls12);
        let settled = asked.settle(TlsVersion::Tls12);
        assert!(settled.ignored && settled.hole.is_none());
        assert_eq!(settled.range, Some((TlsVersion::Tls12, TlsVersion::Tls12)));
    }

    #[test]
    fn an_upper_bound_below_the_least_version_lowers_it() {
        let asked = Asked {
            max: Some(TlsVersion::Tls11),
            ..Asked::default()
        };
        let settled = asked.settle(TlsVersion::Tls12);
        assert_eq!(settled.raised, Some(TlsVersion::Tls11));
        assert_eq!(settled.range, Some((TlsVersion::Tls11, TlsVersion::Tls11)));
        assert_eq!(asked.settle(TlsVersion::Tls10).raised, None);
    }
}
