//! The second hash that `hash-type … avalanche` and the converters' argument ask for.

/// Spreads a hash over all bits, so that keys that are alike fall far from each other: Bob Jenkins's integer hash of full
/// avalanche (burtleburtle.net/bob/hash/integer.html), times a number near three quarters of the range.
#[must_use]
pub fn avalanche(hash: u32) -> u32 {
    let mut a = hash;
    a = a.wrapping_add(0x7ed5_5d16).wrapping_add(a << 12);
    a = a ^ 0xc761_c23c ^ (a >> 19);
    a = a.wrapping_add(0x1656_67b1).wrapping_add(a << 5);
    a = a.wrapping_add(0xd3a2_646c) ^ (a << 9);
    a = a.wrapping_add(0xfd70_46c5).wrapping_add(a << 3);
    a = a ^ 0xb55a_4f09 ^ (a >> 16);
    a.wrapping_mul(0xc000_0001)
}
