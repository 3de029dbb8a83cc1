//! Sample fetches: a family a file, each with the table of its rows. A row has the fetch's names and the function that makes it
//! ready with its arguments.

mod auth;
mod blocks;
mod capture;
mod certificates;
pub(in crate::sample) mod client;
mod clock;
mod condition;
mod constant;
mod cookies;
mod handshakes;
pub(in crate::sample) mod header;
mod headers;
mod hello;
pub(in crate::sample) mod http;
mod message;
mod offered;
mod parameter;
mod payload;
mod process;
pub(in crate::sample) mod protocol;
mod proxies;
#[cfg(test)]
mod recorded;
mod servers;
mod streams;
mod table;
mod variable;
mod variables;

pub(super) use condition::named_acls;
pub(super) use hello::ClientHello;

use std::ops::ControlFlow;
use std::sync::LazyLock;

use haproxy_cfg::model;
use rustc_hash::FxHashMap;

use super::expression::Compile;
use super::{Sample, SampleContext};

/// A fetch made ready.
pub(crate) trait Fetch: Send + Sync {
    /// The sample; where a message has several, the one that the original takes outside of ACLs.
    fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>>;

    /// Shows each sample to `see` until that breaks off.
    fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
        if let Some(sample) = self.one(context) {
            let _seen = see(sample);
        }
    }
}

/// Makes a fetch ready.
///
/// # Errors
/// What is wrong with an argument.
pub(crate) type Make = fn(Compile<'_>, &model::Sample) -> Result<Box<dyn Fetch>, String>;

/// One fetch.
pub(crate) struct Row {
    /// Its name, and others for the same.
    pub(crate) names: &'static [&'static str],
    /// Makes it ready.
    pub(crate) make: Make,
}

/// All families.
const TABLES: &[&[Row]] = &[
    auth::ROWS,
    blocks::ROWS,
    capture::ROWS,
    certificates::ROWS,
    client::ROWS,
    clock::ROWS,
    condition::ROWS,
    constant::ROWS,
    cookies::ROWS,
    handshakes::ROWS,
    headers::ROWS,
    hello::ROWS,
    http::ROWS,
    offered::ROWS,
    parameter::ROWS,
    payload::ROWS,
    process::ROWS,
    protocol::ROWS,
    proxies::ROWS,
    servers::ROWS,
    streams::ROWS,
    table::ROWS,
    variable::ROWS,
    variables::ROWS,
];

/// By name.
static BY_NAME: LazyLock<FxHashMap<&'static str, Make>> = LazyLock::new(|| {
    let rows = TABLES.iter().flat_map(|rows| rows.iter());
    rows.flat_map(|row| row.names.iter().map(|name| (*name, row.make)))
        .collect()
});

/// The fetch of `sample`, made ready.
pub(super) fn make(at: Compile<'_>, sample: &model::Sample) -> Result<Box<dyn Fetch>, String> {
    match BY_NAME.get(sample.fetch.name) {
        Some(make) => make(at, sample),
        // A test holds the rows of the language to these tables.
        None => Err(format!("the sample fetch '{}' is not known", sample.fetch.name)),
    }
}

/// A row whose fetch has no arguments, or needs none.
pub(crate) const fn row(names: &'static [&'static str], make: Make) -> Row {
    Row { names, make }
}

/// A fetch that gives at most one sample.
pub(crate) fn single<F>(fetch: F) -> Result<Box<dyn Fetch>, String>
where
    F: for<'a> Fn(&SampleContext<'a>) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    struct Single<F>(F);
    impl<F> Fetch for Single<F>
    where
        F: for<'a> Fn(&SampleContext<'a>) -> Option<Sample<'a>> + Send + Sync,
    {
        fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
            (self.0)(context)
        }
    }
    Ok(Box::new(Single(fetch)))
}

/// A fetch that may give several samples, in the order in which `fetch` shows them; outside of ACLs the last one counts.
pub(crate) fn several<F>(fetch: F) -> Result<Box<dyn Fetch>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) + Send + Sync + 'static,
{
    struct Several<F>(F);
    impl<F> Fetch for Several<F>
    where
        F: for<'a> Fn(&SampleContext<'a>, &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) + Send + Sync,
    {
        fn one<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
            let mut last = None;
            (self.0)(context, &mut |sample| {
                last = Some(sample);
                ControlFlow::Continue(())
            });
            last
        }

        fn each<'a>(&self, context: &SampleContext<'a>, see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>) {
            (self.0)(context, see);
        }
    }
    Ok(Box::new(Several(fetch)))
}

/// A fetch that never gives a sample.
pub(super) fn without() -> Box<dyn Fetch> {
    struct Without;
    impl Fetch for Without {
        fn one<'a>(&self, _context: &SampleContext<'a>) -> Option<Sample<'a>> {
            None
        }
    }
    Box::new(Without)
}

/// A fetch that never gives a sample: it names something that there is not.
pub(crate) fn nothing() -> Result<Box<dyn Fetch>, String> {
    Ok(without())
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::keywords::FETCHES;

    use super::BY_NAME;

    #[test]
    fn what_the_language_says_is_taken_is_taken() {
        for row in FETCHES {
            assert_eq!(BY_NAME.contains_key(row.name), row.acts, "{}", row.name);
        }
        for name in BY_NAME.keys() {
            assert!(FETCHES.iter().any(|row| row.name == *name), "{name}");
        }
    }
}
