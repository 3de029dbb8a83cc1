//! Converters: a family a file, each with the table of its rows, as with fetches. What a converter is given has the type that
//! its row of the language takes already.

mod address;
mod argument;
mod base64;
mod certificate;
mod checksum;
mod cipher;
mod condition;
mod date;
mod debug;
mod digest;
mod fix;
mod forwarded;
mod json;
mod jwe;
mod jwt;
mod map;
mod mqtt;
mod number;
mod packet;
mod protobuf;
#[cfg(test)]
mod recorded;
mod regsub;
mod state;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod url;
mod variable;
mod word;

use std::sync::LazyLock;

use haproxy_cfg::model;
use rustc_hash::FxHashMap;

use super::expression::Compile;
use super::{Sample, SampleContext};

/// A converter made ready.
pub(crate) trait Convert: Send + Sync {
    /// What becomes of a sample; none when there is no result, and then the expression as a whole has none.
    fn convert<'a>(&self, context: &SampleContext<'a>, sample: Sample<'a>) -> Option<Sample<'a>>;
}

/// Makes a converter ready.
///
/// # Errors
/// What is wrong with an argument.
pub(crate) type Make = fn(Compile<'_>, &model::Converter) -> Result<Box<dyn Convert>, String>;

/// One converter.
pub(crate) struct Row {
    /// Its name, and others for the same.
    pub(crate) names: &'static [&'static str],
    /// Makes it ready.
    pub(crate) make: Make,
}

/// All families.
#[rustfmt::skip] // One table a line.
const TABLES: &[&[Row]] = &[
    address::ROWS,
    base64::ROWS,
    certificate::ROWS,
    checksum::ROWS,
    cipher::ROWS,
    condition::ROWS,
    date::ROWS,
    debug::ROWS,
    digest::ROWS,
    forwarded::ROWS,
    fix::ROWS,
    json::ROWS,
    map::ROWS,
    jwe::ROWS,
    jwt::ROWS,
    number::ROWS,
    packet::ETHERNET,
    packet::IP,
    packet::TCP,
    regsub::ROWS,
    state::ROWS,
    table::ROWS,
    mqtt::ROWS,
    protobuf::ROWS,
    text::ROWS,
    url::ROWS,
    variable::ROWS,
    word::ROWS,
];

/// By name.
static BY_NAME: LazyLock<FxHashMap<&'static str, Make>> = LazyLock::new(|| {
    let rows = TABLES.iter().flat_map(|rows| rows.iter());
    rows.flat_map(|row| row.names.iter().map(|name| (*name, row.make)))
        .collect()
});

/// The converter, made ready.
pub(super) fn make(at: Compile<'_>, converter: &model::Converter) -> Result<Box<dyn Convert>, String> {
    match BY_NAME.get(converter.row.name) {
        Some(make) => make(at, converter),
        // A test holds the rows of the language to these tables.
        None => Err(format!("the converter '{}' is not known", converter.row.name)),
    }
}

/// A row.
pub(crate) const fn row(names: &'static [&'static str], make: Make) -> Row {
    Row { names, make }
}

/// A converter that is a function.
pub(crate) fn with<F>(convert: F) -> Result<Box<dyn Convert>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, Sample<'a>) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    struct With<F>(F);
    impl<F> Convert for With<F>
    where
        F: for<'a> Fn(&SampleContext<'a>, Sample<'a>) -> Option<Sample<'a>> + Send + Sync,
    {
        fn convert<'a>(&self, context: &SampleContext<'a>, sample: Sample<'a>) -> Option<Sample<'a>> {
            (self.0)(context, sample)
        }
    }
    Ok(Box::new(With(convert)))
}

/// A converter of text (or bytes, which it gives as text): none for samples that are neither.
pub(crate) fn of_text<F>(convert: F) -> Result<Box<dyn Convert>, String>
where
    F: for<'a> Fn(&SampleContext<'a>, &'a [u8]) -> Option<Sample<'a>> + Send + Sync + 'static,
{
    with(move |context, sample| match sample {
        Sample::Str(bytes) | Sample::Bin(bytes) => convert(context, bytes),
        _ => None,
    })
}

/// Bytes that a result may have at most: those of a buffer.
pub(crate) fn room(context: &SampleContext<'_>) -> usize {
    context.config.global.tune.bufsize as usize
}

#[cfg(test)]
mod rows {
    use haproxy_cfg::keywords::CONVERTERS;

    use super::BY_NAME;

    #[test]
    fn what_the_language_says_is_applied_is_applied() {
        for row in CONVERTERS {
            assert_eq!(BY_NAME.contains_key(row.name), row.acts, "{}", row.name);
        }
        for name in BY_NAME.keys() {
            assert!(CONVERTERS.iter().any(|row| row.name == *name), "{name}");
        }
    }
}
