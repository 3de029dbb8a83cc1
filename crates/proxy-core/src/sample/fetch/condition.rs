//! `acl`: whether ACLs of the proxy hold, as a sample. How ACLs are evaluated stands in [`crate::rules`].

use std::cell::Cell;
use std::sync::{Arc, OnceLock};

use haproxy_cfg::model::{ProxyId, Sample as Written, Word};

use super::{Fetch, Row, row, single};
use crate::rules::{Acls, Cache, Named, Truth};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[row(&["acl"], all_hold)];

/// ACLs that look at ACLs that look at ACLs: beyond that many they do not hold, as they may never end.
const DEEPEST: u8 = 16;

thread_local! {
    /// How many are being looked at, each for the one before.
    static DEPTH: Cell<u8> = const { Cell::new(0) };
}

/// The ACLs that the arguments name must all hold; those with `!` in front must not.
fn all_hold(at: Compile<'_>, sample: &Written) -> Result<Box<dyn Fetch>, String> {
    let all = named_acls(at, (0..sample.args.len()).filter_map(|index| sample.text(index)))?;
    single(move |context| all(context).map(Sample::Bool))
}

/// Whether all of the ACLs with these names hold, those with `!` in front not; none where that cannot be told yet.
///
/// # Errors
/// A name that no ACL has.
pub(in crate::sample) fn named_acls<'w>(
    at: Compile<'_>,
    words: impl Iterator<Item = &'w Word>,
) -> Result<impl Fn(&SampleContext<'_>) -> Option<bool> + Send + Sync + 'static, String> {
    let mut names = Vec::new();
    for word in words {
        let name = word.strip_prefix(b"!").unwrap_or(word);
        let named = Named::find(&at.config.proxy(at.proxy).acls, name)
            .ok_or_else(|| format!("ACL '{}' not found", String::from_utf8_lossy(name)))?;
        names.push((named, name.len() < word.len()));
    }
    let proxy: ProxyId = at.proxy;
    // One of them may use this very fetch: they are made ready when they are asked for first.
    let acls: OnceLock<Option<Acls>> = OnceLock::new();
    let names: Arc<[(Named, bool)]> = names.into();
    Ok(move |context: &SampleContext<'_>| {
        let depth = DEPTH.get();
        if depth >= DEEPEST {
            return None;
        }
        DEPTH.set(depth + 1);
        let truth = evaluate(context, &acls, proxy, &names);
        DEPTH.set(depth);
        match truth? {
            Truth::Maybe => {
                context.wait();
                None
            }
            truth => Some(truth == Truth::Yes),
        }
    })
}

fn evaluate(
    context: &SampleContext<'_>,
    acls: &OnceLock<Option<Acls>>,
    proxy: ProxyId,
    names: &[(Named, bool)],
) -> Option<Truth> {
    let wanted = |line: usize| names.iter().any(|(named, _)| named.has(line));
    let acls = acls
        .get_or_init(|| Acls::compile_some(context.config, proxy, &wanted).ok())
        .as_ref()?;
    let context = context.of_proxy(proxy);
    let mut cache = Cache::default();
    let mut all = Truth::Yes;
    for (named, negated) in names {
        all = all.min(named.truth(acls, &context, &mut cache, *negated));
    }
    Some(all)
}
