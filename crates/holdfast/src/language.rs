//! Which program a file is for.

/// Whether a text is a keepalived.conf: blocks with names of keepalived begin in it.
pub(crate) fn is_keepalived(text: &[u8]) -> bool {
    text.split(|byte| *byte == b'\n').any(begins_block)
}

/// The same of a file. What cannot be read is told with the findings.
pub(crate) fn is_keepalived_file(name: &str) -> bool {
    is_keepalived(&std::fs::read(name).unwrap_or_default())
}

const BLOCKS: &[&[u8]] = &[
    b"vrrp_instance",
    b"vrrp_sync_group",
    b"vrrp_script",
    b"vrrp_track_process",
    b"vrrp_track_file",
    b"track_file",
    b"track_group",
    b"global_defs",
    b"virtual_server",
    b"virtual_server_group",
    b"bfd_instance",
    b"static_ipaddress",
    b"static_routes",
    b"static_rules",
    b"garp_group",
];

fn begins_block(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    let end = line
        .iter()
        .position(|byte| matches!(byte, b' ' | b'\t' | b'{' | b'\r'));
    BLOCKS.contains(&&line[..end.unwrap_or(line.len())])
}

#[cfg(test)]
mod tests {
    use super::begins_block;

    #[test]
    fn blocks_tell_the_language() {
        assert!(begins_block(b"  vrrp_instance A {"));
        assert!(begins_block(b"global_defs{"));
        assert!(!begins_block(b"global"));
        assert!(!begins_block(b"vrrp_instances A"));
    }
}
