//! Fetches of the process, of chance, and of how the stream has fared so far.

use std::sync::OnceLock;

use haproxy_cfg::model::Mode;

use super::{Fetch, Row, nothing, row, single};
use crate::sample::{Sample, Workers};
use crate::stream::{RulePlace, Stream};

pub(super) const ROWS: &[Row] = &[
    row(&["hostname"], |_, _| {
        single(|context| Some(Sample::Str(context.arena.copy(context.world.hostname()))))
    }),
    row(&["pid"], |_, _| {
        single(|context| Some(Sample::Int(context.world.pid().into())))
    }),
    row(&["proc", "nbproc"], |_, _| single(|_| Some(Sample::Int(1)))),
    // There is one group of threads.
    row(&["tgroup"], |_, _| single(|_| Some(Sample::Int(0)))),
    row(&["thread"], |_, _| {
        single(|context| i64::try_from(context.world.thread()).ok().map(Sample::Int))
    }),
    row(&["cpu_usage_thr"], |_, _| {
        single(|context| Some(Sample::Int(context.world.cpu_usage(Workers::This).into())))
    }),
    row(&["cpu_usage_grp", "cpu_usage_proc"], |_, _| {
        single(|context| Some(Sample::Int(context.world.cpu_usage(Workers::All).into())))
    }),
    row(&["stopping"], |_, _| {
        single(|context| Some(Sample::Bool(context.world.is_stopping())))
    }),
    row(&["quic_enabled"], |_, _| single(|_| Some(Sample::Bool(false)))),
    row(&["env"], |at, sample| {
        let Some(name) = sample.text(0).cloned() else {
            return nothing();
        };
        if let Some(value) = at.config.environment.differs(&name) {
            let Some(value) = value.cloned() else {
                return nothing();
            };
            return single(move |context| Some(Sample::Str(context.arena.copy(&value))));
        }
        // It is that of the process's start.
        let value: OnceLock<Option<Box<[u8]>>> = OnceLock::new();
        single(move |context| {
            let value = value.get_or_init(|| context.world.variable(&name));
            Some(Sample::Str(context.arena.copy(value.as_deref()?)))
        })
    }),
    row(&["rand"], |_, sample| {
        let range = sample.integer(0).and_then(|range| u32::try_from(range).ok());
        single(move |context| {
            // The upper bits are the better ones.
            let drawn = context.world.random() >> 32;
            Some(Sample::Int(match range {
                Some(range) => ((drawn * u64::from(range)) >> 32) as i64,
                None => drawn as i64,
            }))
        })
    }),
    row(&["uuid"], |_, sample| {
        let by_time = sample.integer(0) == Some(7);
        single(move |context| {
            let (high, low) = (context.world.random(), context.world.random());
            let mut bits = u128::from(high) << 64 | u128::from(low);
            if by_time {
                let ms = u128::from(context.world.epoch_us() / 1000);
                bits = ms << 80 | bits & (!0 >> 48);
            }
            let version = if by_time { 7 } else { 4 };
            Some(Sample::Str(context.arena.text(Uuid::new(bits, version))))
        })
    }),
    row(&["txn.conn_retries"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.route.retries.into())))
    }),
    row(&["txn.redispatched"], |_, _| {
        single(|context| Some(Sample::Bool(context.stream?.route.redispatched)))
    }),
    row(&["txn.status"], |_, _| {
        single(|context| {
            let status = context.stream?.log.status;
            if context.config.proxy(context.client.frontend).mode != Mode::Http {
                return None;
            }
            // While rules look at a response, it is that one's.
            let response = context.response.filter(|_| status < 0);
            Some(Sample::Int(
                response.map_or(status.into(), |response| response.status().into()),
            ))
        })
    }),
    row(&["txn.sess_term_state"], |_, _| {
        single(|context| {
            let state = &context.stream?.log.termination;
            Some(Sample::Str(&state[..2]))
        })
    }),
    row(&["txn.id32"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.number.into())))
    }),
    row(&["prio_class"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.settings.priority.class.into())))
    }),
    row(&["prio_offset"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.settings.priority.offset.into())))
    }),
    row(&["last_rule_file"], |_, _| {
        single(|context| {
            let place = context.stream?.ended_by?;
            Some(Sample::Str(context.config.files.get(place.file as usize)?))
        })
    }),
    row(&["last_rule_line"], |_, _| {
        single(|context| Some(Sample::Int(context.stream?.ended_by?.line.into())))
    }),
    row(&["last_entity"], |_, _| entity(|stream| stream.ended_by)),
    row(&["waiting_entity"], |_, _| entity(|stream| stream.waits_for)),
    row(&["bytes_in", "req.bytes_in"], |_, _| {
        bytes(|stream| stream.log.received)
    }),
    row(&["bytes_out", "res.bytes_out"], |_, _| {
        bytes(|stream| stream.log.bytes)
    }),
    // Without a server nothing goes on, and nothing comes from one.
    row(&["req.bytes_out"], |_, _| {
        bytes(|stream| match stream.route.connected_ms {
            0 => 0,
            _ => stream.log.received,
        })
    }),
    row(&["res.bytes_in"], |_, _| {
        bytes(|stream| stream.log.bytes.saturating_sub(stream.log.own_bytes))
    }),
    row(&["internal.strm.is_htx"], |at, _| {
        let is_http = at.config.proxy(at.proxy).mode == Mode::Http;
        single(move |context| context.stream.map(|_| Sample::Bool(is_http)))
    }),
];

/// A count of a stream's bytes.
fn bytes(count: fn(&Stream) -> u64) -> Result<Box<dyn Fetch>, String> {
    single(move |context| i64::try_from(count(context.stream?)).ok().map(Sample::Int))
}

/// A rule, as its file and line.
fn entity(rule: fn(&Stream) -> Option<RulePlace>) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let place = rule(context.stream?)?;
        let file = context.config.files.get(place.file as usize)?;
        let line = context.arena.text(place.line);
        Some(Sample::Str(context.arena.join(&[file, b":", line])))
    })
}

/// A UUID, written as RFC 9562 has it.
struct Uuid(u128);

impl Uuid {
    /// One of these bits, those of the version and the variant set.
    fn new(bits: u128, version: u8) -> Self {
        let bits = bits & !(0xf << 76) | u128::from(version) << 76;
        Self(bits & !(3 << 62) | 2 << 62)
    }
}

impl std::fmt::Display for Uuid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            self.0 >> 96,
            self.0 >> 80 & 0xffff,
            self.0 >> 64 & 0xffff,
            self.0 >> 48 & 0xffff,
            self.0 & 0xffff_ffff_ffff
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Uuid;

    #[test]
    fn a_uuid_names_its_version_and_variant() {
        assert_eq!(
            Uuid::new(u128::MAX, 4).to_string(),
            "ffffffff-ffff-4fff-bfff-ffffffffffff"
        );
        assert_eq!(
            Uuid::new(0, 7).to_string(),
            "00000000-0000-7000-8000-000000000000"
        );
    }
}
