//! Conditions that haproxy evaluated, evaluated here.

use std::net::{IpAddr, SocketAddr};

use haproxy_cfg::model::{Config, ProxyId, SwitchRule, SwitchTarget};
use haproxy_cfg::testing::FakeHost;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proptest::prelude::*;
use serde_json::Value;

use super::{Acls, Cache, CondPlan, SwitchPlan};
use crate::fixture::{looking, recorded, request};
use crate::http1::RequestRef;
use crate::sample::SampleContext;
use crate::state::Runtime;
use crate::stream::Client;

fn config(text: &str) -> Config {
    let bytes = text
        .chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
        .collect();
    let input = Input::Text {
        name: "test.cfg".into(),
        bytes,
    };
    let loaded = load(
        &[input],
        Dialect::default(),
        &FakeHost::new(),
        LoadOptions::default(),
    );
    assert!(!loaded.has_errors(), "{:#?}\n{text}", loaded.diagnostics);
    loaded.config
}

/// A frontend that switches to a backend of its own for each condition, in order.
fn switching(acls: &[String], conditions: &[String], backends: &str) -> Config {
    let mut text = String::from("defaults\n mode http\nfrontend fe\n bind 127.0.0.1:80\n");
    for line in acls {
        text += &format!(" {line}\n");
    }
    for (number, condition) in conditions.iter().enumerate() {
        text += &format!(" use_backend to{number} {condition}\n");
    }
    text += backends;
    for number in 0..conditions.len() {
        text += &format!("backend to{number}\n");
    }
    config(&text)
}

struct Asked {
    head: Vec<u8>,
    src: SocketAddr,
    dst: SocketAddr,
}

impl Asked {
    fn of(recorded: &Value) -> Self {
        let mut text = format!("{}\r\n", recorded["line"].as_str().expect("a line"));
        for header in recorded["headers"].as_array().expect("headers") {
            text += &format!("{}\r\n", header.as_str().expect("a header"));
        }
        text += "\r\n";
        let address = |ip: &str, port: &str| {
            let ip: IpAddr = recorded[ip]
                .as_str()
                .and_then(|ip| ip.parse().ok())
                .expect("an address");
            let port = recorded[port]
                .as_u64()
                .and_then(|port| port.try_into().ok())
                .expect("a port");
            SocketAddr::new(ip, port)
        };
        Self {
            head: text
                .chars()
                .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
                .collect(),
            src: address("src", "src_port"),
            dst: address("dst", "dst_port"),
        }
    }

    fn look<T>(&self, config: &Config, runtime: &Runtime, look: impl FnOnce(&SampleContext<'_>) -> T) -> T {
        let head = request(&self.head);
        let client = Client {
            src: Some(self.src),
            dst: Some(self.dst),
            ..Client::default()
        };
        let request = RequestRef {
            buf: &self.head,
            head: &head,
        };
        looking(config, runtime, &client, Some(request), look)
    }
}

fn to(rule: &SwitchRule) -> ProxyId {
    match rule.backend {
        SwitchTarget::Backend(backend) => backend,
        SwitchTarget::Named(_) => panic!("{rule:?}"),
    }
}

fn words(value: &Value) -> Vec<String> {
    let all = value.as_array().expect("texts").iter();
    all.map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

#[test]
fn conditions_hold_as_with_the_original() {
    let recording = recorded("rules/conditions.json");
    let backends = recording["backends"].as_str().expect("backends");
    let mut wrong = Vec::new();
    let mut checked = 0;
    for table in recording["tables"].as_array().expect("tables") {
        let conditions = words(&table["conditions"]);
        let config = switching(&words(&table["acls"]), &conditions, backends);
        let fe = ProxyId(0);
        let acls = Acls::compile(&config, fe).unwrap_or_else(|errors| panic!("{errors:?}"));
        let runtime = Runtime::new(&config, 1, 0);
        runtime.proxies[0].fe_sessions.inc();
        let rules = &config.proxy(fe).use_backend;
        let switch = SwitchPlan::compile(&config, ProxyId(0), &acls).expect("rules");
        for recorded in table["requests"].as_array().expect("requests") {
            let asked = Asked::of(recorded);
            let holds = recorded["holds"].as_str().expect("digits").as_bytes();
            assert_eq!(holds.len(), conditions.len());
            let mut cache = Cache::default();
            asked.look(&config, &runtime, |context| {
                for (number, rule) in rules.iter().enumerate() {
                    let cond = CondPlan::new(rule.cond.as_ref().expect("a condition"));
                    let ours = cond.holds(&acls, context, &mut cache);
                    checked += 1;
                    if ours != (holds[number] == b'1') {
                        wrong.push(format!("{} is {ours}: {recorded}", conditions[number]));
                    }
                }
                cache.reset();
                let first = holds.iter().position(|&holds| holds == b'1');
                let chosen = switch.choose(&acls, context, &mut cache);
                assert_eq!(chosen, first.map(|at| to(&rules[at])), "{recorded}");
            });
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {checked}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(checked > 3000);
}

#[test]
fn a_run_of_rules_chooses_what_the_rules_one_by_one_choose() {
    let acls: Vec<String> = (0..300)
        .map(|n| format!("acl p{n} path_beg /{:x}", (n * 7919) % 4096))
        .chain(["acl late path_end .png".into()])
        .collect();
    let mut conditions: Vec<String> = (0..300).map(|n| format!("if p{n}")).collect();
    conditions.insert(150, "if p3 late".into());
    conditions.insert(20, "if p250 or p251".into());
    conditions.push("if TRUE".into());
    let config = switching(&acls, &conditions, "");
    let acls = Acls::compile(&config, ProxyId(0)).expect("ACLs");
    let rules = &config.proxy(ProxyId(0)).use_backend;
    let switch = SwitchPlan::compile(&config, ProxyId(0), &acls).expect("rules");
    let plans: Vec<_> = rules.iter().map(|r| r.cond.as_ref().map(CondPlan::new)).collect();
    let runtime = Runtime::new(&config, 1, 0);
    for number in 0..4096 {
        let asked = Asked {
            head: format!("GET /{number:x}.png HTTP/1.1\r\n\r\n").into_bytes(),
            src: SocketAddr::from(([1, 2, 3, 4], 5)),
            dst: SocketAddr::from(([1, 2, 3, 4], 5)),
        };
        asked.look(&config, &runtime, |context| {
            let mut cache = Cache::default();
            let one_by_one = plans.iter().position(|plan| {
                plan.as_ref()
                    .is_none_or(|plan| plan.holds(&acls, context, &mut cache))
            });
            cache.reset();
            let chosen = switch.choose(&acls, context, &mut cache);
            assert_eq!(chosen, one_by_one.map(|at| to(&rules[at])));
        });
    }
}

#[test]
fn a_faulty_expression_is_told_with_its_place() {
    let mut config = switching(&["acl a path_reg x".into(), "acl b path_reg y".into()], &[], "");
    config.proxies[0].acls[1].patterns = [haproxy_cfg::model::Pattern::Text("(".into())].into();
    let errors = Acls::compile(&config, ProxyId(0)).expect_err("an error");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].span, config.proxies[0].acls[1].span);
}

#[test]
fn without_a_request_nothing_of_one_holds() {
    let config = switching(
        &[],
        &["if { path -m found }".into(), "if { src 1.2.3.4 }".into()],
        "",
    );
    let acls = Acls::compile(&config, ProxyId(0)).expect("ACLs");
    let rules = &config.proxy(ProxyId(0)).use_backend;
    let runtime = Runtime::new(&config, 1, 0);
    let client = Client {
        src: Some(SocketAddr::from(([1, 2, 3, 4], 5))),
        ..Client::default()
    };
    let switch = SwitchPlan::compile(&config, ProxyId(0), &acls).expect("rules");
    let chosen = looking(&config, &runtime, &client, None, |context| {
        switch.choose(&acls, context, &mut Cache::default())
    });
    assert_eq!(chosen, Some(to(&rules[1])));
}

proptest! {
    #[test]
    fn string_matches_are_what_their_names_say(
        patterns in proptest::collection::vec("[abAB/.]{1,4}", 1..8),
        value in "[abAB/.]{0,8}",
        fold in any::<bool>(),
    ) {
        let flag = if fold { "-i" } else { "" };
        let conditions: Vec<String> = ["str", "beg", "end", "sub"]
            .iter()
            .flat_map(|kind| patterns.iter().map(move |p| format!("if {{ hdr(x) -m {kind} {flag} -- {p} }}")))
            .collect();
        let config = switching(&[], &conditions, "");
        let acls = Acls::compile(&config, ProxyId(0)).expect("ACLs");
        let runtime = Runtime::new(&config, 1, 0);
        let asked = Asked {
            head: format!("GET / HTTP/1.1\r\nx: {value}\r\n\r\n").into_bytes(),
            src: SocketAddr::from(([1, 2, 3, 4], 5)),
            dst: SocketAddr::from(([1, 2, 3, 4], 5)),
        };
        let lowered = |text: &str| if fold { text.to_lowercase() } else { text.to_owned() };
        let value = lowered(&value);
        let rules = &config.proxy(ProxyId(0)).use_backend;
        asked.look(&config, &runtime, |context| {
            let mut cache = Cache::default();
            for (number, rule) in rules.iter().enumerate() {
                let pattern = lowered(&patterns[number % patterns.len()]);
                let expected = match number / patterns.len() {
                    0 => value == pattern,
                    1 => value.starts_with(&pattern),
                    2 => value.ends_with(&pattern),
                    _ => value.contains(&pattern),
                };
                let cond = CondPlan::new(rule.cond.as_ref().expect("a condition"));
                assert_eq!(cond.holds(&acls, context, &mut cache), expected, "{}", conditions[number]);
            }
        });
    }
}
