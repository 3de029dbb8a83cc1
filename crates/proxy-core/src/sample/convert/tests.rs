//! Expressions that haproxy evaluated, evaluated here.

use std::cell::Cell;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, ProxyId};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use serde_json::Value;

use crate::fixture::{StillWorld, recorded, request};
use crate::http1::RequestRef;
use crate::sample::{Arena, Body, Expression, Sample, SampleContext, cast};
use crate::state::Runtime;
use crate::stream::{Client, Stored, Stream};

/// A configuration whose first proxy looks at `expressions`, each in an ACL line, in their order.
pub(super) fn looking_at(expressions: &[&str], backends: &str) -> Config {
    let mut text = String::from("defaults\n mode http\nfrontend fe\n bind 127.0.0.1:80\n");
    for (number, expression) in expressions.iter().enumerate() {
        text += &format!(" acl a{number} {expression} -m found\n");
    }
    text += backends;
    let input = Input::Text {
        name: "test.cfg".into(),
        bytes: latin1(&text),
    };
    let loaded = load(
        &[input],
        Dialect::default(),
        &FakeHost::new(),
        LoadOptions::default(),
    );
    let refused = loaded.diagnostics.iter().filter(|told| told.refuses);
    let refused: Vec<_> = refused.map(|told| &told.message).collect();
    assert!(refused.is_empty(), "{refused:#?}");
    loaded.config
}

/// The expression of ACL line `number`.
pub(super) fn expression(config: &Config, number: usize) -> Expression {
    let sample = &config.proxies[0].acls[number].sample;
    Expression::compile(config, ProxyId(0), sample, Output::Any)
        .unwrap_or_else(|error| panic!("{sample:?}: {error}"))
}

/// One byte for each character.
fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
        .collect()
}

/// Shows `look` a request with `headers` on a fresh connection.
pub(super) fn asked<T>(config: &Config, headers: &[&str], look: impl FnOnce(&SampleContext<'_>) -> T) -> T {
    let mut text = String::from("GET / HTTP/1.1\r\nhost: h.example\r\n");
    for header in headers {
        text += &format!("{header}\r\n");
    }
    text += "\r\n";
    let buf = latin1(&text);
    let head = request(&buf);
    let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 1000));
    let client = Client {
        src: Some(here),
        dst: Some(here),
        ..Client::default()
    };
    look(&SampleContext {
        arena: &Arena::default(),
        config,
        runtime: &Runtime::new(config, 1, 0),
        world: &StillWorld,
        proxy: ProxyId(0),
        client: &client,
        stream: Some(&Stream::default()),
        request: Some(RequestRef {
            buf: &buf,
            head: &head,
        }),
        response: None,
        body: Body::default(),
        payload: Body {
            complete: true,
            ..Body::default()
        },
        from_server: false,
        undecided: &Cell::new(false),
    })
}

/// Sets a variable by its name with its scope.
fn set(context: &SampleContext<'_>, name: &str, sample: Sample<'_>) {
    let (scope, name) = name.split_once('.').expect("a scope");
    let (name, value) = (Arc::from(name.as_bytes()), Stored::of(sample));
    let stream = context.stream.expect("a stream");
    match scope {
        "proc" => context.runtime.variables.set(&name, value),
        "sess" => context.client.variables.set(&name, value),
        "txn" => stream.txn_variables.set(&name, value),
        "req" => stream.side_variables.set(&name, value),
        other => panic!("{other}"),
    }
}

fn hexadecimal(sample: Option<Sample<'_>>) -> Option<String> {
    match sample? {
        Sample::Bin(bytes) | Sample::Str(bytes) => Some(bytes.iter().map(|b| format!("{b:02X}")).collect()),
        other => panic!("{other:?}"),
    }
}

/// Whether what was recorded is not what is to be given, since the original was wrong, or later versions say otherwise.
fn differs(expression: &str, bytes: Option<&str>) -> bool {
    let is = |name: &str| expression.contains(name);
    // The sum of two negative numbers is the greatest one, which helps nobody.
    let negative = |text: &str| {
        text.starts_with("int(-") || text.starts_with("var(txn.minus") || text.starts_with("str(-")
    };
    let sum = negative(expression)
        && (is(",add(-") || is(",add(txn.minus") || is(",add(txn.smallest") || is(",add(txn.signed"));
    let difference = negative(expression)
        && is(",sub(")
        && !is(",sub(-")
        && !is("sub(txn.minus")
        && !is("sub(txn.smallest")
        && !is("sub(txn.signed");
    // What becomes of a yes in arithmetic is shown as a number, but kept as a yes.
    let of_yes = expression.starts_with("bool(true),");
    // The newer manual: a word that is not there is not found.
    let no_word = is(",word(") && bytes == Some("");
    // The newer manual: a negative length is not valid.
    let negative_length = is("bytes(0,-1)");
    // Each match after the first was looked for as if nothing stood in front of it.
    let context = is("regsub(\"(?<=") || is("regsub(\"\\\\b");
    // Newer versions write zeros in front of parts of seconds.
    let part_of_second = is("http_date(0,");
    // Since 3.2 a NUL is nothing that can be decoded.
    let decoded_nul = is("%00") && is(",url_dec");
    decoded_nul || part_of_second || sum || difference || of_yes || no_word || negative_length || context
}

/// Holds a family to what was recorded of it.
fn holds(family: &str) {
    let recording = recorded(&format!("converters/{family}.json"));
    let variables = recording["variables"].as_object().expect("variables");
    let cases = recording["cases"].as_array().expect("cases");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let presets: Vec<_> = variables
        .iter()
        .map(|(name, sample)| (name, text(sample)))
        .collect();
    let expressions: Vec<_> = cases.iter().map(|case| text(&case["expression"])).collect();
    let all = presets.iter().map(|(_, sample)| &**sample);
    let all: Vec<&str> = all.chain(expressions.iter().map(String::as_str)).collect();
    let backends = text(&recording["backends"]).replace("{port:five}", "81");
    let config = looking_at(&all, &backends);
    let presets: Vec<_> = presets
        .iter()
        .enumerate()
        .map(|(number, (name, _))| (*name, expression(&config, number)))
        .collect();
    let mut wrong = Vec::new();
    for (number, case) in cases.iter().enumerate() {
        let headers: Vec<_> = case["headers"]
            .as_array()
            .into_iter()
            .flatten()
            .map(text)
            .collect();
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let expression = expression(&config, presets.len() + number);
        let (bytes, text) = asked(&config, &headers, |context| {
            for (name, sample) in &presets {
                set(context, name, sample.sample(context).expect("a value"));
            }
            let sample = expression.sample(context);
            let shown = |to| hexadecimal(sample.and_then(|sample| cast(sample, to, context.arena)));
            (shown(Output::Bin), shown(Output::Str))
        });
        let expected = |shown: &str| case[shown].as_str().map(str::to_owned);
        let agrees = (&bytes, &text) == (&expected("bytes"), &expected("text"));
        if !agrees && !differs(&expressions[number], case["bytes"].as_str()) {
            wrong.push(format!("{case} but bytes {bytes:?}, text {text:?}"));
        }
    }
    assert!(cases.len() > 30, "{family}: only {} cases", cases.len());
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

macro_rules! recorded_families {
    ($($family:ident)*) => {
        $(
            #[test]
            fn $family() {
                holds(stringify!($family));
            }
        )*
    };
}

mod gives_what_haproxy_gives {
    use super::holds;

    recorded_families! { casts number text word regsub url json_text variable date header address state }
}

#[test]
fn variables_hold_what_there_is_room_for() {
    let recording = recorded("converters/limits.json");
    let cases = recording.as_array().expect("cases");
    assert!(cases.len() > 20);
    for case in cases {
        let sets = case["sets"].as_array().expect("sets");
        let expressions: Vec<String> = sets
            .iter()
            .map(|set| {
                let (name, sample) = (
                    set[0].as_str().expect("a name"),
                    set[1].as_str().expect("a sample"),
                );
                format!("{sample},set-var({name})")
            })
            .collect();
        let values = case["values"].as_object().expect("values");
        let shown: Vec<String> = values.keys().map(|name| format!("var({name})")).collect();
        let all: Vec<&str> = expressions.iter().chain(&shown).map(String::as_str).collect();
        let (scope, size) = (case["scope"].as_str().expect("a scope"), &case["size"]);
        let config = looking_at(&all, &format!("global\n tune.vars.{scope}-max-size {size}\n"));
        asked(&config, &[], |context| {
            for number in 0..expressions.len() {
                let _what_is_passed_on = expression(&config, number).sample(context);
            }
            for (number, value) in values.values().enumerate() {
                let sample = expression(&config, expressions.len() + number).sample(context);
                let text = sample.map(|sample| crate::sample::text(sample, context.arena));
                let value = value.as_str().expect("a value").as_bytes();
                assert_eq!(text.unwrap_or_default(), value, "{case}");
            }
        });
    }
}

/// Asserts what each expression gives, as text; nothing where that is none.
fn give(cases: &[(&str, Option<&str>)]) {
    let expressions: Vec<&str> = cases.iter().map(|(expression, _)| *expression).collect();
    let config = looking_at(&expressions, "");
    for (number, (written, expected)) in cases.iter().enumerate() {
        let expression = expression(&config, number);
        let given = asked(&config, &[], |context| {
            let sample = expression.sample(context)?;
            let text = crate::sample::text(sample, context.arena);
            Some(String::from_utf8_lossy(text).into_owned())
        });
        assert_eq!(given.as_deref(), *expected, "{written}");
    }
}

/// 2.6 has none of these; what they give is as the newer manual says.
#[test]
fn forwarded_headers_are_taken_apart_and_put_together() {
    give(&[
        (r#"str('for=127.0.0.1;proto=http'),rfc7239_is_valid"#, Some("1")),
        (r#"str('proto=custom'),rfc7239_is_valid"#, Some("0")),
        (r#"str('for=127.0.0.1:80'),rfc7239_is_valid"#, Some("0")),
        (r#"str(),rfc7239_is_valid"#, Some("0")),
        (r#"str('for=_a;for=_b'),rfc7239_is_valid"#, Some("0")),
        (r#"str('for=unknown;ext=1'),rfc7239_is_valid"#, Some("1")),
        (r#"str('for=1.2.3'),rfc7239_is_valid"#, Some("0")),
        (r#"str('by=_'),rfc7239_is_valid"#, Some("0")),
        (r#"str('for=_a;'),rfc7239_is_valid"#, Some("0")),
        (
            r#""str('for=\"[::1]:80\";host=\"a:80\"'),rfc7239_is_valid""#,
            Some("1"),
        ),
        (
            r#""str('proto=https;host=\"haproxy.org:80\"'),rfc7239_field(host)""#,
            Some("haproxy.org:80"),
        ),
        (
            r#""str('Proto=https;For=\"127.0.0.1:9999\"'),rfc7239_field(for)""#,
            Some("127.0.0.1:9999"),
        ),
        (r#""str('proto=https'),rfc7239_field(by)""#, None),
        (r#""str('proto=x;by=_a'),rfc7239_field(by)""#, None),
        ("str('127.0.0.1:9999'),rfc7239_n2nn", Some("127.0.0.1")),
        ("str('127.0.0.1:9999'),rfc7239_n2nn,ipmask(8)", Some("127.0.0.0")),
        (
            "str('[ab:cd:ff:ff:ff:ff:ff:ff]:9998'),rfc7239_n2nn",
            Some("ab:cd:ff:ff:ff:ff:ff:ff"),
        ),
        ("str('_name:_port'),rfc7239_n2nn", Some("_name")),
        ("str('unknown'),rfc7239_n2nn", Some("unknown")),
        ("str('name'),rfc7239_n2nn", None),
        ("str('127.0.0.1:9999'),rfc7239_n2np,add(1)", Some("10000")),
        ("str('[ab::1]:9998'),rfc7239_n2np", Some("9998")),
        ("str('_name:_port'),rfc7239_n2np", Some("_port")),
        ("str('_name'),rfc7239_n2np", None),
        ("str('_name:99999'),rfc7239_n2np", None),
        (
            "ipv6(ab:cd:ff:ff:ff:ff:ff:ff),rfc7239_nn",
            Some("[ab:cd:ff:ff:ff:ff:ff:ff]"),
        ),
        ("ipv4(1.2.3.4),rfc7239_nn", Some("1.2.3.4")),
        ("str(test),rfc7239_nn", Some("_test")),
        ("str(),rfc7239_nn", Some("unknown")),
        ("str('a b'),rfc7239_nn", None),
        ("int(12),rfc7239_np", Some("12")),
        ("int(-1),rfc7239_np", Some("4294967295")),
        ("int(65536),rfc7239_np", Some("65536")),
        ("int(5),rfc7239_nn", Some("_5")),
        ("bool(true),rfc7239_nn", Some("_1")),
        ("bin(00ff),rfc7239_nn", Some("unknown")),
        ("str(test),rfc7239_np", Some("_test")),
        ("str(),rfc7239_np", None),
    ]);
}

/// As the newer manual has it, a condition of `when` may have an exclamation mark in front.
#[test]
fn conditions_of_when_may_be_turned_round() {
    let config = looking_at(
        &["str(a),when(!normal)", "str(a),when(error)", "str(a),when(acl,x)"],
        "",
    );
    assert_eq!(config.proxies[0].acls.len(), 3);
}

/// 2.6 has none of these, or gives something else; what they give is as the newer manual says.
#[test]
fn what_came_after_2_6_is_as_the_newer_manual_says() {
    give(&[
        // The manual's example has other bytes behind the first two than it says.
        ("bin(01020304050607),le2dec(:,2)", Some("513:1027:1541:7")),
        ("bin(01020304050607),le2dec(-,2,1)", Some("513-1027-1541")),
        ("bin(01020304050607),le2dec(,2,1)", Some("51310271541")),
        ("bin(7f000001),le2dec(.,1)", Some("127.0.0.1")),
        ("str(a=b&c=d&a=r),param(a)", Some("b")),
        ("str(a&b=c),param(a)", Some("")),
        ("str(a=&b&c=a),param(b)", Some("")),
        ("str(a=1;b=2;c=4),param(b,;)", Some("2")),
        ("str(aa=1),param(a)", None),
        ("str(),param(a)", None),
        ("str(f1_f2_f3__f5),word(5,_)", None),
        ("str(f1_f2_f3__f5),field(4,_)", Some("")),
        ("str(012345),bytes(1,-1)", Some("")),
        ("str(012345),bytes(-1,1)", Some("")),
        ("int(-1),add(-1)", Some("-2")),
        ("int(-7),sub(2)", Some("-9")),
        ("int(-9223372036854775808),add(-1)", Some("-9223372036854775808")),
        (
            "int(1690192382196),ms_utime('%Y/%m/%d/%H:%M:%S.%3N %z')",
            Some("2023/07/24/09:53:02.196 +0000"),
        ),
        (
            "int(1690192382196234),us_utime('%S.%6N %N')",
            Some("02.196234 196234000"),
        ),
        ("int(1690192382196),ms_ltime('%T.%1N',-200)", Some("09:53:01.9")),
        (
            r#""str('Sun, 06 Nov 1994 08:49:37 GMT'),date""#,
            Some("784111777"),
        ),
        (
            r#""str('Sunday, 06-Nov-94 08:49:37 GMT'),date""#,
            Some("784111777"),
        ),
        (r#""str('Sun Nov  6 08:49:37 1994'),date""#, Some("784111777")),
        (r#""str('Sun, 06 Nov 1994 08:49:37 CET'),date""#, None),
        (r#""str('Sun, 06 Nov 1994'),date""#, None),
        ("str(1994),date", None),
        ("str(),date", None),
        ("str(fe),fe_exists", Some("1")),
        ("str(nothing),fe_exists", Some("0")),
        ("str(abc),reverse", Some("cba")),
        ("str(www.example.com),reverse_dom", Some("com.example.www")),
    ]);
}
