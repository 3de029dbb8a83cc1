//! The hash `wt6`, which no manual describes. What it gives was recorded from haproxy's converter for chosen keys; by how far its
//! lanes are turned was solved from those numbers.

/// Two lanes take each byte, one by exclusive or and one by addition, are turned and change places; by how far they are turned
/// the next time follows from what is in them.
#[must_use]
pub fn wt6(key: &[u8]) -> u32 {
    let (mut mixed, mut summed) = (0xa53c_965a_u32, 0x5ca6_953a_u32);
    let (mut turn_summed, mut turn_mixed) = (6, 18);
    for byte in key {
        let byte = u32::from(*byte);
        let was_mixed = !(mixed ^ byte);
        mixed = (!summed.wrapping_add(byte)).rotate_left(turn_summed);
        summed = was_mixed.rotate_left(turn_mixed);
        let turns = mixed >> 16 ^ summed & 0xffff;
        turn_summed = turns & 31;
        turn_mixed = turns >> 11;
    }
    mixed ^ summed
}
