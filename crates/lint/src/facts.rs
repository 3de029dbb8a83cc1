//! What rules ask of the machine beside what a reading asks of it: time, permissions and limits. All of it is handed in.

/// The machine as rules see it.
pub trait Facts {
    /// The time, in seconds since 1970.
    fn now(&self) -> i64;

    /// The permission bits of a file (`0o644`); none where it cannot be looked at.
    fn mode(&self, path: &str) -> Option<u32>;

    /// How many descriptors a process that root starts may have at most; none where this is not known.
    fn descriptor_limit(&self) -> Option<u64>;
}

/// A machine of which nothing is known, at a time when all certificates are valid.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFacts;

impl Facts for NoFacts {
    fn now(&self) -> i64 {
        0
    }

    fn mode(&self, _path: &str) -> Option<u32> {
        None
    }

    fn descriptor_limit(&self) -> Option<u64> {
        None
    }
}

#[cfg(any(test, feature = "testing"))]
pub use fake::FakeFacts;

#[cfg(any(test, feature = "testing"))]
mod fake {
    use std::collections::BTreeMap;

    use super::Facts;

    /// Facts that are what they are told to be.
    #[derive(Clone, Debug, Default)]
    pub struct FakeFacts {
        /// Seconds since 1970.
        pub now: i64,
        /// By path.
        pub modes: BTreeMap<String, u32>,
        /// The most descriptors.
        pub descriptors: Option<u64>,
    }

    impl Facts for FakeFacts {
        fn now(&self) -> i64 {
            self.now
        }

        fn mode(&self, path: &str) -> Option<u32> {
            self.modes.get(path).copied()
        }

        fn descriptor_limit(&self) -> Option<u64> {
            self.descriptors
        }
    }
}
