//! What the `compression` lines of a proxy and of its defaults come to.

use super::inherit::Inherited;
use crate::model::{Compression, CompressionAlgorithm, Mode};
use crate::parse::Reading;
use crate::signature::{Given, Value};
use crate::written::ProxySection;

/// What is compressed of what goes through a proxy; none where no line speaks of it.
pub(super) fn compression(
    reading: &Reading<'_>,
    section: &ProxySection,
    mode: Mode,
) -> Option<Box<Compression>> {
    let inherited = Inherited::new(reading, section);
    let farthest_first: Vec<_> = {
        let sections = &reading.written.sections;
        let mut indices: Vec<_> = inherited.defaults().map(|defaults| defaults.lines).collect();
        indices.reverse();
        indices.push(section.lines);
        indices
            .into_iter()
            .filter_map(|index| Some((index == section.lines, sections.get(index)?)))
            .flat_map(|(own, kept)| kept.lines.iter().map(move |given| (own, given)))
            .filter(|(_, given)| given.name == "compression")
            .collect()
    };
    if farthest_first.is_empty() || mode != Mode::Http {
        return None;
    }
    let mut settings = Compression::default();
    let mut responses = true;
    for (own, given) in farthest_first {
        let Some((what, words)) = what(given) else {
            continue;
        };
        match what {
            "algo" | "algo-res" => {
                let named = words
                    .filter_map(Value::word)
                    .filter_map(CompressionAlgorithm::named);
                settings.algorithms.extend(named);
            }
            "type" | "type-res" => settings
                .types
                .extend(words.map(|word| word.bytes().to_ascii_lowercase().into())),
            "offload" => settings.offload |= own,
            "minsize-res" => {
                let size = words.filter_map(Value::number).next();
                settings.min_size = size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
            }
            "direction" => {
                let direction = words.filter_map(Value::word).next().unwrap_or("response");
                responses = direction != "request";
                settings.requests = direction != "response";
            }
            "algo-req" => {
                let mut named = words
                    .filter_map(Value::word)
                    .filter_map(CompressionAlgorithm::named);
                settings.of_requests.algorithm = named.next();
            }
            "type-req" => {
                let types = words.map(|word| word.bytes().to_ascii_lowercase().into());
                settings.of_requests.types.extend(types);
            }
            "minsize-req" => {
                let size = words.filter_map(Value::number).next();
                settings.of_requests.min_size = size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
            }
            _ => {}
        }
    }
    if !responses {
        settings = Compression {
            requests: settings.requests,
            of_requests: settings.of_requests,
            ..Compression::default()
        };
    }
    Some(Box::new(settings))
}

/// What a line is about, and its words.
fn what(given: &Given) -> Option<(&'static str, impl Iterator<Item = &Value>)> {
    let Some(Value::Option(what, values)) = given.get("what") else {
        return None;
    };
    let words = values.iter().flat_map(|argument| match &argument.value {
        Value::List(list) => list.iter(),
        value => std::slice::from_ref(value).iter(),
    });
    Some((what, words))
}
