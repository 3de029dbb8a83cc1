//! How long things take before and after.

use heartbeat_conf::model::Times;

use super::cluster::Cluster;
use super::path::Path;
use super::pings::Pings;
use super::resources::{Instance, priority};

/// A time before and after, in milliseconds; none where there is no such time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// What is waited for.
    pub what: String,
    /// Under heartbeat, at most.
    pub before: Option<u64>,
    /// Under keepalived, at most.
    pub after: Option<u64>,
    /// What is to be known of it; may be empty.
    pub note: String,
}

impl Timing {
    /// `shorter`, `longer` or `the same`.
    #[must_use]
    pub fn verdict(&self) -> &'static str {
        match (self.before, self.after) {
            (Some(before), Some(after)) if after < before => "shorter",
            (Some(before), Some(after)) if after > before => "longer",
            (Some(_), Some(_)) => "the same",
            _ => "-",
        }
    }
}

/// The time after which a backup of that priority takes a silent master for dead: three adverts and the skew time (RFC 3768,
/// section 6.1; RFC 9568, section 6.1), in milliseconds.
pub(super) fn master_down(path: &Path, priority: u8) -> u64 {
    let skew = |unit: u64| (256 - u64::from(priority)) * unit / 256;
    3 * path.advert + skew(if path.version == 2 { 1000 } else { path.advert })
}

/// A number of seconds without its unit: `2`, `0.5`.
pub(super) fn number(milliseconds: u64) -> String {
    let (whole, part) = (milliseconds / 1000, milliseconds % 1000);
    if part == 0 {
        whole.to_string()
    } else {
        format!("{whole}.{part:03}").trim_end_matches('0').to_owned()
    }
}

/// A number of seconds with its unit.
pub(super) fn seconds(milliseconds: u64) -> String {
    format!("{} s", number(milliseconds))
}

pub(super) fn timings(
    cluster: &Cluster<'_>,
    path: &Path,
    pings: &Pings,
    instances: &[Instance],
) -> Vec<Timing> {
    let Times {
        keepalive,
        deadtime,
        initdead,
        deadping,
        ..
    } = cluster.common.settings.times;
    let second = priority(1.min(cluster.members.len() - 1));
    let down = master_down(path, second);
    // The smallest number of adverts that is not sooner than before.
    let adverts = deadtime.value.div_ceil(path.advert.max(1)).max(1);
    let mut out = Vec::new();
    out.push(Timing {
        what: "a node dies: the address is with the other one after".to_owned(),
        before: Some(deadtime.value + keepalive.value + 1000),
        after: Some(down + path.advert),
        note: if down < deadtime.value && adverts > 3 {
            format!(
                "an overloaded node that is silent for {} now loses its addresses, where heartbeat waited for {}; `down_timer_adverts \
                 {adverts}` in each instance waits as long as before",
                seconds(down),
                seconds(deadtime.value)
            )
        } else if down > deadtime.value {
            "a smaller advert_int makes it shorter".to_owned()
        } else {
            String::new()
        },
    });
    out.push(Timing {
        what: "a node is stopped in order: the address is with the other one after".to_owned(),
        before: None,
        after: Some(down - 3 * path.advert),
        note: "heartbeat: at once when all resources are stopped; keepalived says that it goes, and stops them meanwhile".to_owned(),
    });
    let delay = if initdead.is_written() {
        path.startup_delay(cluster) * 1000
    } else {
        0
    };
    let first = instances.first().map_or(second, |_| priority(0));
    out.push(Timing {
        what: "a node starts alone: it has the address after".to_owned(),
        before: Some(initdead.value + keepalive.value),
        after: Some(delay + master_down(path, first)),
        note: if delay == 0 {
            "where links take long to come up after a boot, `vrrp_startup_delay` waits for them".to_owned()
        } else {
            String::new()
        },
    });
    if cluster.goes_home() {
        out.push(Timing {
            what: "the owner is back: it has its address after".to_owned(),
            before: None,
            after: Some(delay + master_down(path, first)),
            note:
                "heartbeat: once both have said that they are active, and the other has stopped its resources"
                    .to_owned(),
        });
    }
    if let Some(check) = pings.checks.first() {
        out.push(Timing {
            what: "what is pinged is silent: noticed after".to_owned(),
            before: Some(deadping.value + keepalive.value),
            after: Some((u64::from(check.fall) + 1) * check.interval),
            note: String::new(),
        });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn seconds_have_as_many_digits_as_they_need() {
        assert_eq!(number(2000), "2");
        assert_eq!(number(500), "0.5");
        assert_eq!(number(1250), "1.25");
    }
}
