//! On which CPUs threads run: `cpu-map`.

use std::collections::BTreeSet;

/// Numbers from 1: of groups, or of threads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Numbers {
    /// All of them.
    All,
    /// 1, 3, …
    Odd,
    /// 2, 4, …
    Even,
    /// From one to another, both included.
    Range(u32, u32),
}

impl Numbers {
    fn has(self, number: u32) -> bool {
        match self {
            Self::All => true,
            Self::Odd => number % 2 == 1,
            Self::Even => number.is_multiple_of(2),
            Self::Range(low, high) => (low..=high).contains(&number),
        }
    }

    /// How many of them stand before one of them.
    fn before(self, number: u32) -> usize {
        (1..number).filter(|other| self.has(*other)).count()
    }
}

/// One `cpu-map`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CpuMap {
    /// `auto:`: each thread has one CPU, in order.
    pub automatic: bool,
    /// The groups of threads that are meant. There is one, with the number 1.
    pub groups: Numbers,
    /// The threads of these groups that are meant; none where the group as a whole is.
    pub threads: Option<Numbers>,
    /// The CPUs, counted from 0.
    pub cpus: BTreeSet<u32>,
}

impl CpuMap {
    /// The CPUs of a thread, counted from 0, by all maps of a file: of those that name it the last one counts, within what the
    /// last one of the whole group says. None where nothing binds it, or nothing is left.
    #[must_use]
    pub fn of_thread(maps: &[Self], thread: u32) -> Option<BTreeSet<u32>> {
        let number = thread + 1;
        let of_group = |map: &&Self| map.groups.has(1);
        let whole = maps
            .iter()
            .rev()
            .filter(of_group)
            .find(|map| map.threads.is_none());
        let own = maps.iter().rev().filter(of_group).find_map(|map| {
            let threads = map.threads.filter(|threads| threads.has(number))?;
            if !map.automatic {
                return Some(map.cpus.clone());
            }
            map.cpus
                .iter()
                .nth(threads.before(number))
                .map(|cpu| BTreeSet::from([*cpu]))
        });
        let bound = match (own, whole) {
            (None, whole) => whole?.cpus.clone(),
            (Some(own), None) => own,
            (Some(own), Some(whole)) => own.intersection(&whole.cpus).copied().collect(),
        };
        (!bound.is_empty()).then_some(bound)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The CPUs of the first four threads.
    fn bound(lines: &str) -> Vec<Vec<u32>> {
        let loaded = crate::testing::load_str(&format!("global\n{lines}"));
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let maps = &loaded.config.global.cpu_maps;
        let of = |thread| CpuMap::of_thread(maps, thread).unwrap_or_default();
        (0..4).map(|thread| of(thread).into_iter().collect()).collect()
    }

    #[test]
    fn threads_have_the_cpus_of_the_last_line_that_names_them_within_those_of_the_group() {
        assert_eq!(bound(" cpu-map auto:1/1-4 3 2 1 0\n"), [[0], [1], [2], [3]]);
        assert_eq!(
            bound(" cpu-map auto:1/2-3 4-5\n"),
            [vec![], vec![4], vec![5], vec![]]
        );
        assert_eq!(
            bound(" cpu-map 1/odd 0\n cpu-map 1/even 1\n"),
            [[0], [1], [0], [1]]
        );
        assert_eq!(bound(" cpu-map 1 0,2-3\n"), [[0, 2, 3]; 4]);
        assert_eq!(
            bound(" cpu-map 1/1 0\n cpu-map 1/1 1\n cpu-map 2/2 1\n"),
            [vec![1], vec![], vec![], vec![]]
        );
        assert_eq!(
            bound(" cpu-map 1 0-1\n cpu-map 1/2 1-2\n cpu-map 1/3 7\n"),
            [vec![0, 1], vec![1], vec![], vec![0, 1]]
        );
    }
}
