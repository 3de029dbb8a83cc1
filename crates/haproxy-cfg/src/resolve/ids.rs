//! Numbers of proxies and servers that the file does not give.

use std::collections::{BTreeMap, BTreeSet};

use syntax::{Context, Diagnostic};

use crate::parse::Reading;

/// Numbers of all proxies in their order. The statistics socket takes the first number.
pub(super) fn proxies(reading: &mut Reading<'_>) -> Vec<u32> {
    let mut used: BTreeMap<u32, usize> = BTreeMap::new();
    let mut told = Vec::new();
    for (index, proxy) in reading.written.proxies.iter().enumerate() {
        let Some(id) = &proxy.id else { continue };
        match used.get(&id.value) {
            None => {
                used.insert(id.value, index);
            }
            Some(first) => {
                let first = &reading.written.proxies[*first];
                let (file, at) = reading.sources.locate(first.span);
                let message = format!(
                    "{} {} reuses same custom id as {} {} (declared at {file}:{}).",
                    Reading::proxy_words(proxy.kind),
                    proxy.name,
                    Reading::proxy_words(first.kind),
                    first.name,
                    at.line
                );
                told.push(
                    Diagnostic::alert("duplicate-id", message)
                        .at(id.span)
                        .context(Context::ParsingTight)
                        .label(first.span, "declared here")
                        .help("write another number"),
                );
            }
        }
    }
    reading.diagnostics.extend(told);
    let taken: BTreeSet<u32> = used.into_keys().collect();
    let first = if reading.written.global.stats_sockets.is_empty() {
        1
    } else {
        2
    };
    let given = reading
        .written
        .proxies
        .iter()
        .map(|proxy| proxy.id.as_ref().map(|id| id.value));
    number(given, &taken, first)
}

/// Numbers in order: given ones stay, the others take the next free one; each item moves the count on.
pub(super) fn number(
    given: impl Iterator<Item = Option<u32>>,
    taken: &BTreeSet<u32>,
    first: u32,
) -> Vec<u32> {
    let mut next = first;
    given
        .map(|given| {
            let id = given.unwrap_or_else(|| {
                while taken.contains(&next) {
                    next += 1;
                }
                next
            });
            next += 1;
            id
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_numbers_are_found_as_the_statistics_of_the_original_show_them() {
        let taken = BTreeSet::from([2]);
        assert_eq!(number([None, Some(2), None].into_iter(), &taken, 2), [3, 2, 5]);
    }
}
