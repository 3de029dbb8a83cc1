//! How strong a backend is: its usable servers and their weights.

use haproxy_cfg::model::{Places, Proxy};

use super::{ServerState, WEIGHT_PARTS};

/// The usable servers of a backend.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Strength {
    /// Active ones.
    pub(crate) active: u32,
    /// Backup ones.
    pub(crate) backup: u32,
    /// Weights of those that balancing uses now, as far as they have warmed up.
    pub(crate) weight: u32,
    /// Those weights as they were given.
    pub(crate) given_weight: u32,
}

impl Strength {
    /// Counts them.
    pub(crate) fn of(proxy: &Proxy, servers: &Places<ServerState>) -> Self {
        let mut sum = Self::default();
        let (mut active, mut backup) = ((0, 0), (0, 0));
        let add = |(parts, given): &mut (u32, u32), state: &ServerState| {
            *parts += state.weight_parts();
            *given += state.weight();
        };
        for (at, server) in proxy.listed_servers() {
            let state = &servers[at];
            if !state.is_balanced() {
                continue;
            }
            if server.backup {
                sum.backup += 1;
                if proxy.options.allbackups || sum.backup == 1 {
                    add(&mut backup, state);
                }
            } else {
                sum.active += 1;
                add(&mut active, state);
            }
        }
        let (parts, given) = if sum.active > 0 { active } else { backup };
        sum.weight = parts.div_ceil(WEIGHT_PARTS);
        sum.given_weight = given;
        sum
    }
}
