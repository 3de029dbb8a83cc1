//! `balance random(N)`: servers drawn by weight, the least loaded of them chosen.

/// Weights in force as running sums.
#[derive(Debug, Default)]
pub(super) struct Draws {
    sums: Vec<u64>,
    /// The server that every draw comes to, where a single one has a weight.
    only: Option<usize>,
}

impl Draws {
    /// For servers with these weights in force.
    pub(super) fn new(weights: &[u32]) -> Self {
        let mut sum = 0;
        let sums = weights.iter().map(|weight| {
            sum += u64::from(*weight);
            sum
        });
        let mut drawn = weights.iter().enumerate().filter(|(_, weight)| **weight > 0);
        let only = drawn
            .next()
            .map(|(server, _)| server)
            .filter(|_| drawn.next().is_none());
        Self {
            sums: sums.collect(),
            only,
        }
    }

    /// Draws `draws` times from `seed`; of those that `load` gives a load for, the one with the least.
    pub(super) fn choose(
        &self,
        draws: u32,
        mut seed: u64,
        load: impl Fn(usize) -> Option<u64>,
    ) -> Option<usize> {
        if let Some(server) = self.only {
            return load(server).map(|_| server);
        }
        let total = *self.sums.last().filter(|total| **total > 0)?;
        let drawn = (0..draws.max(1)).filter_map(|_| {
            seed = mixed(seed);
            // As far into the sum as the seed is into its range: a multiplication where a remainder would be a division.
            let at = ((u128::from(seed) * u128::from(total)) >> 64) as u64;
            let server = self.sums.partition_point(|sum| *sum <= at);
            load(server).map(|load| (load, server))
        });
        drawn.min_by_key(|(load, _)| *load).map(|(_, server)| server)
    }
}

/// SplitMix64's next number.
fn mixed(seed: u64) -> u64 {
    let mut z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
