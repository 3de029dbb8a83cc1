//! `show cache` (management guide, section 9.3): what caches hold.

use std::fmt::Write as _;

use super::{Call, Reply};

/// `show cache`.
pub(super) fn show(call: &mut Call<'_, '_>) -> Reply {
    let now = call.view.runtime.started_at + call.view.uptime();
    let mut out = String::new();
    for (at, store) in call.view.runtime.caches.stores().iter().enumerate() {
        let shown = store.shown();
        // Numbers that only look like pointers; writing into memory cannot fail.
        let pointer = (at as u64 + 1) << 32;
        let name = String::from_utf8_lossy(store.name());
        let free = shown.free_blocks;
        let _always = writeln!(
            out,
            "{pointer:#x}: {name} (shctx:{pointer:#x}, available blocks:{free})"
        );
        for entry in shown.entries {
            let variant: String = entry.variant.iter().map(|octet| format!("{octet:02x}")).collect();
            let left =
                i64::try_from(entry.expires).unwrap_or(i64::MAX) - i64::try_from(now).unwrap_or(i64::MAX);
            let _always = writeln!(
                out,
                "{:#x} hash:{} vary:0x{variant} size:{} ({} blocks), refcount:{}, expire:{left}",
                pointer + entry.number,
                entry.hash,
                entry.size,
                entry.blocks,
                entry.users,
            );
        }
    }
    call.out.extend_from_slice(out.as_bytes());
    Reply::Done
}
