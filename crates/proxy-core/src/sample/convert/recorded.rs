//! Expressions that haproxy evaluated, evaluated here: `compat-fixtures/converters`, with the scripts that record them.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, ProxyId, Scope};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Loaded, testing::load_on};
use serde_json::Value;

use crate::fixture::{looking, recorded, request};
use crate::http1::RequestRef;
use crate::sample::{Expression, Sample, SampleContext, cast};
use crate::state::Runtime;
use crate::stream::{Client, Stored, Stream};

/// Files that expressions name, which stand beside the recordings.
const FILES: &[&str] = &[
    "keys/ec256.crt",
    "keys/ec256.pub",
    "keys/ec384.pub",
    "keys/ec521.pub",
    "keys/rsa.both",
    "keys/rsa.crt",
    "keys/rsa.key",
    "keys/rsa.pkcs1",
    "keys/rsa.pub",
    "keys/small.pub",
];

/// Asserts that each case of the family gives what it gave.
pub(crate) fn hold_to(family: &str) {
    let recording = recorded(&format!("converters/{family}.json"));
    let cases = recording["cases"].as_array().expect("cases");
    assert!(cases.len() >= 15, "{family} has {} cases", cases.len());
    let mut wrong = Vec::new();
    let mut expressions = Vec::new();
    for case in cases {
        if case["refused"].is_string() {
            if !read(&[text(&case["expression"])]).has_errors() {
                wrong.push(format!("{case}\n  is accepted"));
            }
            continue;
        }
        expressions.push(text(&case["expression"]));
        let variables = case["variables"].as_object().into_iter().flatten();
        expressions.extend(variables.map(|(_, value)| text(value)));
    }
    let loaded = read(&expressions);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let acls = &loaded.config.proxies[0].acls;
    let mut compiled = acls.iter().map(|acl| {
        Expression::compile(&loaded.config, ProxyId(0), &acl.sample, Output::Any)
            .unwrap_or_else(|error| panic!("{error}: {:?}", acl.sample))
    });
    for case in cases.iter().filter(|case| !case["refused"].is_string()) {
        let expression = compiled.next().expect("one for each case");
        let variables: Vec<_> = case["variables"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| (name.clone(), compiled.next().expect("one for each variable")))
            .collect();
        let gives = evaluate(&loaded.config, case, &expression, &variables);
        // Where later versions give something else, as their manuals say.
        let wanted = case.get("later").unwrap_or(&case["gives"]);
        if gives != *wanted {
            wrong.push(format!("{case}\n  gives {gives}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// What an expression gives where these variables are set to what their expressions give, in the recording's form.
pub(crate) fn gives(expression: &str, variables: &[(&str, &str)]) -> Value {
    let values = variables.iter().map(|(_, value)| (*value).to_owned());
    let loaded = read(
        &std::iter::once(expression.to_owned())
            .chain(values)
            .collect::<Vec<_>>(),
    );
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let acls = &loaded.config.proxies[0].acls;
    let mut compiled = acls.iter().map(|acl| {
        Expression::compile(&loaded.config, ProxyId(0), &acl.sample, Output::Any)
            .unwrap_or_else(|error| panic!("{error}: {:?}", acl.sample))
    });
    let expression = compiled.next().expect("one is there");
    let names = variables.iter().map(|(name, _)| (*name).to_owned());
    let variables: Vec<_> = names.zip(compiled).collect();
    evaluate(&loaded.config, &Value::Null, &expression, &variables)
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// A frontend with an ACL for each expression.
fn read(expressions: &[String]) -> Loaded {
    let mut config = String::from("defaults\n mode http\nfrontend fe\n bind 127.0.0.1:80\n");
    for (number, expression) in expressions.iter().enumerate() {
        config += &format!(" acl case{number} {expression} -m found\n");
    }
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../compat-fixtures/converters");
    let host = FILES.iter().fold(FakeHost::new(), |host, name| {
        let content = std::fs::read(format!("{folder}/{name}")).expect("a file of the recording");
        host.with_file(name, content)
    });
    load_on(&config, Dialect::default(), &host)
}

/// What an expression gives, in the recording's form.
fn evaluate(
    config: &Config,
    case: &Value,
    expression: &Expression,
    variables: &[(String, Expression)],
) -> Value {
    let mut head = String::from("GET / HTTP/1.1\r\nhost: h\r\n");
    for (name, value) in case["headers"].as_object().into_iter().flatten() {
        head += &format!("{name}: {}\r\n", value.as_str().expect("a value"));
    }
    head += "\r\n";
    let head: Vec<u8> = head
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
        .collect();
    let index = request(&head);
    let request = RequestRef {
        buf: &head,
        head: &index,
    };
    let client = Client::default();
    let runtime = Runtime::new(config, 1, 0);
    let stream = Stream::default();
    looking(config, &runtime, &client, Some(request), |context| {
        let context = SampleContext {
            stream: Some(&stream),
            ..*context
        };
        for (name, value) in variables {
            let value = value.sample(&context).expect("a variable's value");
            set(&context, name, value);
        }
        match expression.sample(&context) {
            None => Value::Null,
            Some(sample) => shown(&context, sample),
        }
    })
}

fn set(context: &SampleContext<'_>, name: &str, value: Sample<'_>) {
    let (scope, name) = name.split_once('.').expect("a scope");
    let name = std::sync::Arc::from(name.as_bytes());
    let scope = Scope::ALL.iter().find(|known| known.name() == scope);
    let variables = context.variables(*scope.expect("a scope")).expect("variables");
    variables.set(&name, Stored::of(value));
}

fn shown(context: &SampleContext<'_>, sample: Sample<'_>) -> Value {
    let hexadecimal = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>();
    match sample {
        Sample::Bool(value) => serde_json::json!({ "type": "int", "value": i64::from(value) }),
        Sample::Int(value) => serde_json::json!({ "type": "int", "value": value }),
        // Nothing looks the same in text and in digits.
        Sample::Bin(bytes) if !bytes.is_empty() => {
            serde_json::json!({ "type": "bin", "value": hexadecimal(bytes) })
        }
        other => match cast(other, Output::Bin, context.arena) {
            Some(Sample::Bin(bytes)) => serde_json::json!({ "type": "str", "value": hexadecimal(bytes) }),
            _ => Value::Null,
        },
    }
}
