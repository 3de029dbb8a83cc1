//! What instances look at besides adverts.

/// What a tracked thing does to the priority.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// From -253 to 253. 0: when it is down the instance is in FAULT. Above 0: added while it is up. Below 0: taken off while
    /// it is down.
    pub value: i16,
    /// The other way round.
    pub reverse: bool,
}

/// An entry of `track_script`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackScript {
    /// Index in [`super::Config::scripts`].
    pub script: usize,
    /// The entry's weight, or else the script's.
    pub weight: Weight,
}

/// An entry of `track_interface`, never the instance's own interface without a weight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrackInterface {
    /// The interface's name.
    pub interface: String,
    /// What it does.
    pub weight: Weight,
}
