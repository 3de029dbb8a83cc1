//! Rules are kept with what their arguments say, not with their words.

use haproxy_cfg::model::FormatItem;
use haproxy_cfg::signature::{Given, Value};
use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::{Dialect, Loaded};

fn read(rules: &str) -> Loaded {
    let host = FakeHost::new().with_file("m.map", "a b\n");
    let text = format!(
        "frontend f\n    mode http\n    timeout client 1s\n    bind 127.0.0.1:8080\n{rules}\n\
         backend b\n    mode http\n    timeout server 1s\n    timeout connect 1s\n    stick-table type ip size 1k\n"
    );
    let loaded = load_on(&text, Dialect::default(), &host);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded
}

/// The action of the first rule of a set, and what it was given.
fn action(loaded: &Loaded, set: &str) -> (&'static str, Vec<Value>) {
    let lines = loaded.sections.iter().flat_map(|section| &section.lines);
    let rule: &Given = lines
        .clone()
        .find(|line| line.name == set)
        .expect("the rule is kept");
    match rule.get("action") {
        Some(Value::Option(name, arguments)) => (
            name,
            arguments.iter().map(|argument| argument.value.clone()).collect(),
        ),
        other => panic!("no action: {other:?}"),
    }
}

#[test]
fn a_variable_and_its_expression_are_typed() {
    let loaded = read("    http-request set-var(txn.a,ifnotset) src,ipmask(24) if TRUE");
    let (name, values) = action(&loaded, "http-request");
    assert_eq!(name, "set-var*");
    let Value::List(parts) = &values[0] else {
        panic!("{values:?}")
    };
    assert!(matches!(&parts[0], Value::Variable(variable) if *variable.name == *b"a"));
    assert_eq!(parts[1], Value::Word("ifnotset"));
    assert!(matches!(&values[1], Value::Sample(sample) if sample.converters.len() == 1));
    let lines = loaded.sections.iter().flat_map(|section| &section.lines);
    let rule = lines
        .clone()
        .find(|line| line.name == "http-request")
        .expect("it is kept");
    assert!(matches!(rule.get("condition"), Some(Value::Condition(cond)) if cond.span().is_some()));
}

#[test]
fn formats_times_numbers_and_files_are_typed() {
    let loaded = read("    http-request set-map(m.map) %[src] a%%b");
    let (_, values) = action(&loaded, "http-request");
    assert_eq!(values[0], Value::Text(b"m.map".to_vec().into()));
    assert!(matches!(
        &values[1],
        Value::Format(format) if matches!(format.parts[0].item, FormatItem::Sample(_))
    ));
    assert!(matches!(&values[2], Value::Format(format) if format.literal() == Some(b"a%b".to_vec().into())));

    let loaded = read("    http-request wait-for-body time 5s at-least 10k");
    let (_, values) = action(&loaded, "http-request");
    let numbers: Vec<_> = values
        .iter()
        .filter_map(|value| match value {
            Value::Option(_, given) => given[0].value.number(),
            _ => None,
        })
        .collect();
    assert_eq!(numbers, [5_000, 10_240]);

    let loaded = read("    tcp-request content set-mark 0x10");
    assert_eq!(action(&loaded, "tcp-request content").1, [Value::Int(16)]);

    let loaded = read("    http-response sc-set-gpt(3,1) 7");
    let expected = [Value::List(vec![Value::Int(3), Value::Int(1)]), Value::Int(7)];
    assert_eq!(action(&loaded, "http-response").1, expected);

    let loaded = read("    http-request track-sc1 src table b");
    let (_, values) = action(&loaded, "http-request");
    assert_eq!(values[0], Value::Int(1));
}

#[test]
fn steps_of_checks_are_typed() {
    let text = "backend b\n    option httpchk\n    http-check send meth GET uri-lf /%[srv_name]\n    \
                http-check expect !status 200-299\n";
    let loaded = load_on(text, Dialect::default(), &FakeHost::new());
    let lines: Vec<&Given> = loaded
        .sections
        .iter()
        .flat_map(|section| &section.lines)
        .filter(|line| line.name == "http-check")
        .collect();
    let options: Vec<&'static str> = lines
        .iter()
        .flat_map(|line| line.option("send").or(line.option("expect")).unwrap_or_default())
        .map(|argument| argument.name)
        .collect();
    assert_eq!(options, ["meth", "uri-lf", "!", "status"]);
}

#[test]
fn what_no_script_registers_and_what_came_later_is_unknown_to_a_strict_dialect() {
    let text = "frontend f\n    mode http\n    bind :80\n    http-request lua.foo\n    http-request pause 5s\n    \
                http-after-response sc-inc-gpc0(0)\n";
    let loaded = load_on(text, Dialect::exactly(2, 6), &FakeHost::new());
    let unknown = loaded
        .diagnostics
        .iter()
        .filter(|told| told.code == "unknown-action");
    assert_eq!(unknown.count(), 3);
    assert!(!load_on(text, Dialect::default(), &FakeHost::new()).has_errors());
}

#[test]
fn old_rules_are_kept_with_what_they_look_for() {
    let loaded = read("    reqirep ^Host:\\ a Host:\\ b if TRUE\n    rspidel ^Server:");
    let lines: Vec<&Given> = loaded
        .sections
        .iter()
        .flat_map(|section| &section.lines)
        .collect();
    let old = |name: &str| lines.iter().find(|line| line.name == name).expect("it is kept");
    assert_eq!(
        old("reqirep").get("search"),
        Some(&Value::Regex(b"^Host: a".to_vec().into()))
    );
    assert_eq!(
        old("reqirep").get("text"),
        Some(&Value::Text(b"Host: b".to_vec().into()))
    );
    assert!(matches!(old("reqirep").get("condition"), Some(Value::Condition(cond)) if cond.span().is_some()));
    assert!(matches!(old("rspidel").get("condition"), Some(Value::Condition(cond)) if cond.span().is_none()));
}
