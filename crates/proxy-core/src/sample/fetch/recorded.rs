//! Samples that haproxy took of messages, taken here.

use std::cell::Cell;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, ProxyId, Rule, RuleSet};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use serde_json::Value;

use crate::fixture::{StillWorld, recorded, request, response};
use crate::format::FormatPlan;
use crate::http1::{RequestRef, ResponseRef, Version};
use crate::rules::{Acls, Cache, CondPlan};
use crate::sample::{Arena, Body, Expression, Sample, SampleContext};
use crate::state::Runtime;
use crate::stream::{Client, Stream};

/// Names of headers that rules of the test set.
const VALUE: &str = "value";

fn latin1(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
        .collect()
}

fn config(set: &str, expressions: &[&String], conditions: &[&String]) -> Config {
    let mut text = String::from("global\n stats socket /run/x\ndefaults\n mode http\n");
    text += "listen fe\n bind 127.0.0.1:80\n server s 127.0.0.1:81\n";
    for expression in expressions {
        text += &format!(" {set} set-header {VALUE} \"%[{expression}]\"\n");
    }
    for condition in conditions {
        text += &format!(" {set} set-header held yes if {{ {condition} }}\n");
    }
    read(latin1(&text))
}

fn read(bytes: Vec<u8>) -> Config {
    let input = Input::Text {
        name: "test.cfg".into(),
        bytes,
    };
    let loaded = load(
        &[input],
        "2.6".parse::<Dialect>().expect("a version"),
        &FakeHost::new(),
        LoadOptions::default(),
    );
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.config
}

/// Whether the headers say that the body stands in chunks.
fn is_chunked(headers: &Value) -> bool {
    let headers = headers.as_array().expect("headers");
    headers
        .iter()
        .any(|h| h.as_str().is_some_and(|h| h.contains("chunked")))
}

/// What is asked of one recorded message.
fn judge(case: &Value, wrong: &mut Vec<String>) -> usize {
    let on_request = case["side"] == "request";
    let (name, set) = if on_request {
        ("http-request", RuleSet::HttpRequest)
    } else {
        ("http-response", RuleSet::HttpResponse)
    };
    let values = case["values"].as_object().expect("values");
    let holds = case["holds"].as_object().expect("holds");
    let expressions: Vec<_> = values.keys().collect();
    let conditions: Vec<_> = holds.keys().collect();
    let config = config(name, &expressions, &conditions);
    let own = ProxyId(0);
    let runtime = Runtime::new(&config, 1, 0);

    let mut head = format!("{}\r\n", case["line"].as_str().expect("a line"));
    for header in case["headers"].as_array().expect("headers") {
        head += &format!("{}\r\n", header.as_str().expect("a header"));
    }
    head += "\r\n";
    let head = latin1(&head);
    let body = latin1(case["body"].as_str().expect("a body"));
    let client = Client {
        src: Some("1.2.3.4:1000".parse().expect("an address")),
        dst: Some("5.6.7.8:80".parse().expect("an address")),
        ..Client::default()
    };
    let mut stream = Stream::default();
    stream.log.backend = Some(own);
    stream.route.server = Some(0);
    stream.route.connected_ms = 1;
    let req_head = on_request.then(|| request(&head));
    let res_head = (!on_request).then(|| {
        stream.log.line = b"GET /p HTTP/1.1".to_vec();
        let mut index = response(&head);
        if head.starts_with(b"HTTP/1.0") {
            index.version = Version::Http10;
        }
        index
    });
    let arena = Arena::default();
    let context = SampleContext {
        arena: &arena,
        config: &config,
        runtime: &runtime,
        world: &StillWorld,
        proxy: own,
        client: &client,
        stream: Some(&stream),
        request: req_head.as_ref().map(|index| RequestRef {
            buf: &head,
            head: index,
        }),
        response: res_head.as_ref().map(|index| ResponseRef {
            buf: &head,
            head: index,
        }),
        body: Body {
            bytes: &body,
            chunked: is_chunked(&case["headers"]),
            length: None,
            complete: true,
        },
        payload: Body {
            complete: true,
            ..Body::default()
        },
        from_server: !on_request,
        undecided: &Cell::new(false),
    };
    let proxy = config.proxy(own);
    let rules: Vec<&Rule> = proxy.rules_of(set).collect();
    let about = format!("{} {}", case["line"], case["headers"]);
    for (expression, rule) in expressions.iter().zip(&rules) {
        let format = rule.format("value").or_else(|| rule.format("fmt"));
        let plan = FormatPlan::compile(&config, own, format.expect("a format")).expect("it compiles");
        let found = plan.text(&context);
        let expected = values[*expression].as_str().unwrap_or_default();
        if found != latin1(expected) {
            let found = String::from_utf8_lossy(found);
            wrong.push(format!("{about}: {expression}: {found:?}, not {expected:?}"));
        }
    }
    let acls = Acls::compile(&config, own).expect("the ACLs compile");
    let mut cache = Cache::default();
    for (condition, rule) in conditions.iter().zip(&rules[expressions.len()..]) {
        let plan = CondPlan::new(rule.cond.as_ref().expect("a condition"));
        let held = plan.holds(&acls, &context, &mut cache);
        if Value::Bool(held) != holds[*condition] {
            wrong.push(format!("{about}: {{ {condition} }}: {held}"));
        }
    }
    values.len() + holds.len()
}

#[test]
fn samples_of_messages_are_those_of_the_original() {
    let recording = recorded("fetches/http.json");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in recording["cases"].as_array().expect("cases") {
        checked += judge(case, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 3000, "{checked}");
}

/// A sample as the recording has it: bytes in hexadecimal digits, the rest as numbers.
fn as_recorded(sample: Sample<'_>) -> Value {
    match sample {
        Sample::Bool(value) => Value::from(i64::from(value)),
        Sample::Int(value) => Value::from(value),
        Sample::Str(bytes) | Sample::Bin(bytes) | Sample::Method(bytes) => {
            Value::from(bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>())
        }
        Sample::Ip(address) => Value::from(address.to_string()),
    }
}

/// Takes the samples of an expression for each condition of `config`'s first proxy, on bytes of which more may come or not.
fn on_bytes(config: &Config, bytes: &[u8], complete: bool, see: &mut dyn FnMut(usize, Value, bool)) {
    let runtime = Runtime::new(config, 1, 0);
    let arena = Arena::default();
    for (at, acl) in config.proxies[0].acls.iter().enumerate() {
        let undecided = Cell::new(false);
        let context = SampleContext {
            arena: &arena,
            config,
            runtime: &runtime,
            world: &StillWorld,
            proxy: ProxyId(0),
            client: &Client::default(),
            stream: None,
            request: None,
            response: None,
            body: Body::default(),
            payload: Body {
                bytes,
                chunked: false,
                length: None,
                complete,
            },
            from_server: false,
            undecided: &undecided,
        };
        let expression =
            Expression::compile(config, ProxyId(0), &acl.sample, Output::Any).expect("it compiles");
        let found = expression.sample(&context).map_or(Value::Null, as_recorded);
        see(at, found, undecided.get());
    }
}

/// A TCP proxy with a condition for each expression.
fn looking_at_bytes<'a>(expressions: impl Iterator<Item = &'a str>) -> Config {
    let mut text = String::from("defaults\n mode tcp\nfrontend fe\n bind 127.0.0.1:80\n");
    for expression in expressions {
        text += &format!(" tcp-request content accept if {{ {expression} -m found }}\n");
    }
    read(text.into_bytes())
}

#[test]
fn samples_of_bytes_are_those_of_the_original() {
    let recording = recorded("fetches/payload.json");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for case in recording["cases"].as_array().expect("cases") {
        let values = case["values"].as_object().expect("values");
        let config = looking_at_bytes(values.keys().map(String::as_str));
        let sent = case["sent"].as_str().expect("digits");
        let bytes: Vec<u8> = (0..sent.len() / 2)
            .map(|at| u8::from_str_radix(&sent[2 * at..2 * at + 2], 16).expect("digits"))
            .collect();
        let expected: Vec<_> = values.iter().collect();
        on_bytes(&config, &bytes, true, &mut |at, found, waits| {
            let (expression, expected) = expected[at];
            checked += 1;
            if found != *expected || waits {
                wrong.push(format!("{sent}: {expression}: {found}, not {expected}"));
            }
        });
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(checked > 400, "{checked}");
}

#[test]
fn what_is_not_there_yet_is_waited_for() {
    let cases: [(&str, &[u8], bool); 12] = [
        ("req.payload(0,4)", b"abc", true),
        ("req.payload(0,3)", b"abc", false),
        ("req.payload_lv(0,1)", b"\x03ab", true),
        ("req.ssl_hello_type", b"\x16\x03", true),
        ("req.ssl_hello_type", b"GET", false),
        ("req.ssl_sni", b"", true),
        ("req.rdp_cookie", b"\x03\0\0", true),
        ("req.rdp_cookie", b"\x04\0\0", false),
        ("distcc_param(DIST)", b"DIST0000", true),
        ("distcc_param(DIST)", b"HELO0000", false),
        ("req.proto_http", b"GET / HTTP/1.1\r\nhost", true),
        ("req.proto_http", b"\x16\x03\x01", false),
    ];
    for (expression, bytes, waited_for) in cases {
        let config = looking_at_bytes(std::iter::once(expression));
        on_bytes(&config, bytes, false, &mut |_, _, waits| {
            assert_eq!(waits, waited_for, "{expression} on {bytes:?}");
        });
    }
}
