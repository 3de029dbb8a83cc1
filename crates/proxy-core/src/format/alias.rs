//! The aliases of format strings, `%ci` and its kin.

use std::sync::LazyLock;

use haproxy_cfg::keywords::AliasRow;
use haproxy_cfg::model::Flags;
use rustc_hash::FxHashMap;

use crate::sample::SampleContext;
use crate::sample::context::Text;

/// Appends what an alias stands for; false when there is nothing to tell.
pub(super) type Write = for<'a> fn(&SampleContext<'a>, Flags, &mut Text<'a>) -> bool;

/// By name.
static BY_NAME: LazyLock<FxHashMap<&'static str, Write>> =
    LazyLock::new(|| ROWS.iter().map(|(name, write)| (*name, *write)).collect());

/// The alias's function.
pub(super) fn make(row: &AliasRow) -> Result<Write, String> {
    match BY_NAME.get(row.name) {
        Some(write) => Ok(*write),
        // A test holds the rows of the language to this table.
        None => Err(format!("the alias '%{}' is not known", row.name)),
    }
}

const ROWS: &[(&str, Write)] = &[
    ("ci", |context, _, out| {
        let Some(src) = context.client.src else {
            return false;
        };
        out.extend_from_slice(context.arena.text(src.ip()));
        true
    }),
    ("cp", |context, _, out| {
        let Some(src) = context.client.src else {
            return false;
        };
        out.extend_from_slice(context.arena.text(src.port()));
        true
    }),
];
