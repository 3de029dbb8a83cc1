//! `map` and its kin: what a map gives for a sample, or the default. How maps are kept stands in [`crate::pattern`].

use std::net::IpAddr;
use std::sync::OnceLock;

use haproxy_cfg::model::{ArgValue, Converter, MapOutput};

use super::{Row, row, with};
use crate::pattern::{Key, Lookup, Value};
use crate::sample::{Sample, SampleContext};

#[rustfmt::skip] // A way of matching a line.
const NAMES: &[&str] = &[
    "map",
    "map_beg", "map_beg_int", "map_beg_ip", "map_beg_key",
    "map_dir", "map_dir_int", "map_dir_ip", "map_dir_key",
    "map_dom", "map_dom_int", "map_dom_ip", "map_dom_key",
    "map_end", "map_end_int", "map_end_ip", "map_end_key",
    "map_int", "map_int_int", "map_int_ip", "map_int_key",
    "map_ip", "map_ip_int", "map_ip_ip", "map_ip_key",
    "map_reg", "map_reg_int", "map_reg_ip", "map_reg_key",
    "map_regm",
    "map_str", "map_str_int", "map_str_ip", "map_str_key",
    "map_sub", "map_sub_int", "map_sub_ip", "map_sub_key",
];

pub(super) const ROWS: &[Row] = &[row(NAMES, |_, converter| {
    let name = converter.row.name;
    let Some(ArgValue::File(file)) = converter.args.first().map(|arg| &arg.value) else {
        return Err(format!("'{name}' names no file"));
    };
    let file = file.clone();
    let default = Default::of(converter)?;
    let key_wanted = name.ends_with("_key");
    // The maps are there once the process runs; one of them belongs to this expression for good.
    let lookup: OnceLock<Option<Lookup>> = OnceLock::new();
    with(move |context, sample| {
        let lookup = lookup
            .get_or_init(|| context.runtime.references.map(name, &file))
            .as_ref()?;
        look(context, lookup, sample, key_wanted).or_else(|| default.sample(context))
    })
})];

/// What is given where nothing is found.
enum Default {
    None,
    Text(Vec<u8>),
    Int(i64),
    Ip(IpAddr),
}

impl Default {
    fn of(converter: &Converter) -> Result<Self, String> {
        let gives = haproxy_cfg::pattern::map_expression(converter.row.name).gives;
        Ok(match converter.args.get(1).map(|arg| &arg.value) {
            None => Self::None,
            Some(ArgValue::Integer(number)) => Self::Int(*number),
            Some(ArgValue::Text(text)) if gives == Some(MapOutput::Ip) => {
                let address = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
                Self::Ip(address.ok_or_else(|| format!("map: cannot parse default ip <{text}>."))?)
            }
            Some(ArgValue::Text(text)) => Self::Text(text.to_vec()),
            Some(_) => {
                return Err(format!(
                    "the default of '{}' is of no known type",
                    converter.row.name
                ));
            }
        })
    }

    fn sample<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
        match self {
            Self::None => None,
            Self::Text(text) => Some(Sample::Str(context.arena.copy(text))),
            Self::Int(number) => Some(Sample::Int(*number)),
            Self::Ip(address) => Some(Sample::Ip(*address)),
        }
    }
}

fn look<'a>(
    context: &SampleContext<'a>,
    lookup: &Lookup,
    sample: Sample<'_>,
    key_wanted: bool,
) -> Option<Sample<'a>> {
    let key = match sample {
        Sample::Bool(value) => Key::Int(i64::from(value)),
        Sample::Int(value) => Key::Int(value),
        Sample::Ip(address) => Key::Ip(address),
        Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) => Key::Text(bytes),
    };
    lookup.look(key, |found| {
        let found = found?;
        if key_wanted {
            return Some(Sample::Str(context.arena.copy(found.pattern()?)));
        }
        if let (true, Key::Text(text)) = (lookup.expression().substitutes, key) {
            return Some(Sample::Str(context.arena.copy(&found.substituted(text)?)));
        }
        Some(match found.typed(lookup.gives()?)? {
            Value::Text(text) => Sample::Str(context.arena.copy(text)),
            Value::Int(number) => Sample::Int(number),
            Value::Ip(address) => Sample::Ip(address),
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use haproxy_cfg::Dialect;
    use haproxy_cfg::keywords::Output;
    use haproxy_cfg::model::ProxyId;
    use haproxy_cfg::testing::{FakeHost, load_on};

    use crate::fixture::{looking, recorded, request};
    use crate::http1::RequestRef;
    use crate::pattern::References;
    use crate::sample::Expression;
    use crate::state::Runtime;
    use crate::stream::Client;

    fn bytes(text: &str) -> Vec<u8> {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
            .collect()
    }

    /// What `header k,CONVERTER` gives as text for each key; none where there is nothing.
    fn gives(converter: &str, lines: &str, keys: &[&str]) -> Vec<Option<String>> {
        let host = FakeHost::new().with_file("m", bytes(lines));
        let text = format!(
            "frontend fe\n mode http\n bind :80\n timeout client 1s\n acl a req.hdr(k),url_dec,{converter} -m found\n"
        );
        let loaded = load_on(&text, Dialect::default(), &host);
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let config = &loaded.config;
        let references = References::load(&config.patterns).expect("references");
        let runtime = Runtime::new(config, 1, 0).with_references(Arc::new(references));
        let sample = &config.proxies[0].acls[0].sample;
        let expression = Expression::compile(config, ProxyId(0), sample, Output::Str).expect("an expression");
        let look = |key: &&str| {
            let coded: String = bytes(key).iter().map(|byte| format!("%{byte:02x}")).collect();
            let head = format!("GET / HTTP/1.1\r\nhost: h\r\nk: {coded}\r\n\r\n").into_bytes();
            let index = request(&head);
            let request = RequestRef {
                buf: &head,
                head: &index,
            };
            looking(config, &runtime, &Client::default(), Some(request), |context| {
                let sample = expression.sample(context)?;
                let text = crate::sample::text(sample, context.arena);
                Some(text.iter().map(|byte| char::from(*byte)).collect())
            })
        };
        keys.iter().map(look).collect()
    }

    #[test]
    fn maps_give_what_haproxys_give() {
        for map in recorded("maps/lookups.json")["maps"].as_array().expect("maps") {
            let converter = format!("{}(m)", map["converter"].as_str().expect("a name"));
            let looked = map["keys"].as_array().expect("keys");
            let keys: Vec<&str> = looked
                .iter()
                .map(|key| key["key"].as_str().expect("a key"))
                .collect();
            let found = gives(&converter, map["lines"].as_str().expect("lines"), &keys);
            for (looked, found) in looked.iter().zip(found) {
                let wanted = looked["found"].as_str().expect("what is found");
                assert_eq!(found.unwrap_or_default(), wanted, "{converter} {}", looked["key"]);
            }
        }
    }

    #[test]
    fn a_default_is_given_where_nothing_is_found() {
        let found = |text: &str| Some(text.to_owned());
        assert_eq!(
            gives("map(m,other)", "a 1\n", &["a", "b"]),
            [found("1"), found("other")]
        );
        assert_eq!(
            gives("map_str_int(m,7)", "a 1\n", &["a", "b"]),
            [found("1"), found("7")]
        );
        assert_eq!(
            gives("map_beg_ip(m,192.0.2.1)", "a ::1\n", &["ab", "b"]),
            [found("::1"), found("192.0.2.1")]
        );
        assert_eq!(
            gives("map_beg_key(m)", "a 1\nab 2\n", &["abc", "b"]),
            [found("ab"), None]
        );
    }
}
