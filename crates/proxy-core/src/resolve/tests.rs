//! Questions at their times, as the original was seen to ask them, and what answers do.

use std::net::IpAddr;

use haproxy_cfg::model::Word;
use haproxy_cfg::model::sections::{Hold, Resolvers};
use simple_dns::rdata::{A, AAAA, CNAME, RData, SRV};
use simple_dns::{CLASS, Name, Packet, PacketFlag, RCODE, ResourceRecord};
use syntax::Span;

use super::message::{self, Data, Failure, Kind};
use super::section::{Ended, Key, Section, Status};
use super::settings::Settings;
use crate::state::{NameserverCounter as Counter, NameserverCounters};

const NAME: &str = "app.test";

/// What a name server says.
#[derive(Clone, Copy)]
enum Says<'a> {
    Code(RCODE),
    /// Records, each with the name that it is about.
    Records(&'a [(&'a str, &'a str)]),
}

fn rdata(text: &str) -> RData<'static> {
    if let Some((target, port)) = text.split_once(' ') {
        let target = Name::new(target).unwrap().into_owned();
        return RData::SRV(SRV {
            priority: 1,
            weight: 256,
            port: port.parse().unwrap(),
            target,
        });
    }
    match text.parse() {
        Ok(IpAddr::V4(ip)) => RData::A(A { address: ip.into() }),
        Ok(IpAddr::V6(ip)) => RData::AAAA(AAAA { address: ip.into() }),
        Err(_) => RData::CNAME(CNAME(Name::new(text).unwrap().into_owned())),
    }
}

fn answer(question: &[u8], says: Says<'_>) -> Vec<u8> {
    let question = Packet::parse(question).unwrap();
    let mut packet = Packet::new_reply(question.id());
    packet.set_flags(PacketFlag::RESPONSE);
    packet.questions = question.questions;
    match says {
        Says::Code(code) => *packet.rcode_mut() = code,
        Says::Records(records) => {
            packet.answers = records
                .iter()
                .map(|(name, data)| ResourceRecord::new(Name::new(name).unwrap(), CLASS::IN, 60, rdata(data)))
                .collect();
        }
    }
    packet.build_bytes_vec().unwrap()
}

fn settings(hold_obsolete: u32) -> Settings {
    let mut section = Resolvers::new(Word::from("d"), Span::default());
    section.timeout_resolve = Some(1000);
    section.timeout_retry = Some(300);
    section.hold = Hold {
        valid: Some(2000),
        nx: Some(5000),
        obsolete: Some(hold_obsolete),
        ..Hold::default()
    };
    Settings::new(&section)
}

/// A section with name servers that answer as they are told.
struct Bench {
    section: Section,
    key: Key,
    counters: Vec<NameserverCounters>,
    ids: u16,
}

impl Bench {
    fn new(kind: Kind, nameservers: usize, hold_obsolete: u32) -> Self {
        let mut section = Section::new(settings(hold_obsolete), nameservers);
        let key = Key::new("APP.test.", kind);
        section.want(&key, 0);
        Self {
            section,
            key,
            counters: (0..nameservers).map(|_| NameserverCounters::default()).collect(),
            ids: 0,
        }
    }

    /// Lets time pass to `now`; gives the question that is asked then.
    fn at(&mut self, now: u64) -> (Option<Vec<u8>>, Vec<Ended>) {
        let ids = &mut self.ids;
        let mut chance = || {
            *ids += 1;
            *ids
        };
        let ended = self.section.handle_timeout(now, &mut chance, &self.counters);
        (self.section.to_send.pop(), ended)
    }

    fn hears(&mut self, from: usize, now: u64, question: &[u8], says: Says<'_>) -> Option<Ended> {
        let bytes = answer(question, says);
        self.section
            .handle_answer(from, &bytes, now, &self.counters[from])
    }

    /// The times and kinds of all questions until the first run ends, answered as `says` has it, and how it ends.
    fn run(&mut self, says: Option<Says<'_>>) -> (Vec<(u64, Kind)>, u64, Status) {
        let mut asked = Vec::new();
        let mut now = 0;
        for _ in 0..20 {
            let (question, ended) = self.at(now);
            if let Some(end) = ended.first() {
                return (asked, now, end.status);
            }
            let mut next = question;
            while let Some(question) = next.take() {
                asked.push((now, kind_of(&question)));
                let Some(says) = says else { break };
                for from in 0..self.counters.len() {
                    if let Some(end) = self.hears(from, now, &question, says) {
                        return (asked, now, end.status);
                    }
                }
                next = self.section.to_send.pop();
            }
            now = self.section.poll_timeout().unwrap();
        }
        panic!("it goes on for ever: {asked:?}");
    }

    fn addresses(&self) -> Vec<String> {
        self.section
            .addresses(&self.key)
            .map(|ip| ip.to_string())
            .collect()
    }
}

fn kind_of(question: &[u8]) -> Kind {
    let packet = Packet::parse(question).unwrap();
    let kinds = [Kind::V4, Kind::V6, Kind::Service];
    let is = |kind: &Kind| {
        let other = message::question(0, NAME, *kind, 512).unwrap();
        Packet::parse(&other).unwrap().questions[0].qtype == packet.questions[0].qtype
    };
    kinds.into_iter().find(is).unwrap()
}

#[test]
fn a_question_is_what_the_original_sends() {
    let question = message::question(0xedb8, NAME, Kind::V6, 512).unwrap();
    let hex: String = question.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(
        hex,
        "edb80100000100000000000103617070047465737400001c00010000290200000000000000"
    );
}

#[test]
fn a_name_that_cannot_be_is_not_asked_for() {
    assert_eq!(message::question(1, &"a".repeat(64), Kind::V4, 512), None);
}

#[test]
fn silence_is_asked_again_until_the_retries_are_over() {
    let mut bench = Bench::new(Kind::V4, 2, 0);
    let (asked, end, status) = bench.run(None);
    assert_eq!(asked, [(0, Kind::V4), (300, Kind::V4), (600, Kind::V4)]);
    assert_eq!((end, status), (900, Status::Timeout));
    assert_eq!(bench.counters[1].get(Counter::Timeout), 3);
    // The next time comes after `timeout resolve`.
    assert_eq!(bench.section.poll_timeout(), Some(1900));
}

#[test]
fn a_failure_is_asked_for_the_other_family_at_once_and_again_later() {
    let mut bench = Bench::new(Kind::V4, 2, 0);
    let (asked, end, status) = bench.run(Some(Says::Code(RCODE::NameError)));
    let both = |at| [(at, Kind::V4), (at, Kind::V6)];
    assert_eq!(asked, [both(0), both(300), both(600)].concat());
    assert_eq!((end, status), (600, Status::Nx));
}

#[test]
fn a_service_has_no_other_family() {
    let mut bench = Bench::new(Kind::Service, 1, 0);
    let (asked, end, status) = bench.run(Some(Says::Code(RCODE::Refused)));
    assert_eq!(asked.iter().map(|(at, _)| *at).collect::<Vec<_>>(), [0, 300, 600]);
    assert_eq!((end, status), (900, Status::Refused));
}

#[test]
fn the_first_good_answer_counts_and_a_later_one_is_outdated() {
    let mut bench = Bench::new(Kind::V4, 2, 0);
    let question = bench.at(0).0.unwrap();
    assert_eq!(
        bench.hears(0, 1, &question, Says::Code(RCODE::ServerFailure)),
        None
    );
    let good = Says::Records(&[("App.Test", "192.0.2.1")]);
    let ended = bench.hears(1, 2, &question, good).unwrap();
    assert_eq!((ended.status, ended.nameserver), (Status::Valid, Some(1)));
    assert_eq!(bench.addresses(), ["192.0.2.1"]);
    assert_eq!(bench.hears(0, 3, &question, good), None);
    assert_eq!(bench.counters[0].get(Counter::Outdated), 1);
    assert!(bench.section.is_fresh(&bench.key, 2001) && !bench.section.is_fresh(&bench.key, 2002));
}

#[test]
fn an_answer_to_another_question_is_not_taken() {
    let mut bench = Bench::new(Kind::V4, 1, 0);
    let question = bench.at(0).0.unwrap();
    let id = message::number(&question).unwrap();
    for (name, kind) in [("other.test", Kind::V4), (NAME, Kind::V6)] {
        let other = message::question(id, name, kind, 512).unwrap();
        assert_eq!(
            bench.hears(0, 1, &other, Says::Records(&[(name, "192.0.2.1")])),
            None
        );
    }
    // Nor is the question itself, sent back.
    assert_eq!(
        bench.section.handle_answer(0, &question, 1, &bench.counters[0]),
        None
    );
    assert_eq!(bench.counters[0].get(Counter::Invalid), 3);
    assert!(bench.addresses().is_empty());
}

#[test]
fn other_names_are_followed_and_chains_that_break_are_not() {
    let answered = |records: &[(&str, &str)]| {
        let question = message::question(7, NAME, Kind::V4, 512).unwrap();
        message::answer(&answer(&question, Says::Records(records)), NAME, Kind::V4, 512)
    };
    let whole = answered(&[(NAME, "web.test"), ("web.test", "192.0.2.1")]).unwrap();
    assert!(whole.has_alias);
    assert_eq!(whole.records, [Data::Address("192.0.2.1".parse().unwrap())]);
    assert_eq!(
        answered(&[(NAME, "web.test"), ("x.test", "192.0.2.1")]),
        Err(Failure::Names)
    );
    assert_eq!(answered(&[(NAME, "web.test")]), Err(Failure::Names));
    assert_eq!(answered(&[]), Err(Failure::Empty));
    assert_eq!(answered(&[(NAME, "2001:db8::1")]), Err(Failure::Empty));
}

#[test]
fn an_answer_that_is_too_long_or_cut_is_a_failure() {
    let question = message::question(7, NAME, Kind::V4, 512).unwrap();
    let mut bytes = answer(&question, Says::Records(&[(NAME, "192.0.2.1")]));
    let read = |bytes: &[u8], payload| message::answer(bytes, NAME, Kind::V4, payload);
    assert_eq!(read(&bytes, 40), Err(Failure::TooBig));
    bytes[2] |= 0x02;
    assert_eq!(read(&bytes, 512), Err(Failure::Truncated));
    assert_eq!(read(&bytes[..20], 512), Err(Failure::Invalid));
}

#[test]
fn records_that_an_answer_lacks_count_until_they_are_obsolete() {
    let mut bench = Bench::new(Kind::V4, 1, 2500);
    let mut now = 0;
    let mut seen = Vec::new();
    for records in [
        &[(NAME, "192.0.2.1")][..],
        &[(NAME, "192.0.2.2")],
        &[(NAME, "192.0.2.2")],
    ]
    .into_iter()
    .chain([&[(NAME, "192.0.2.2")][..]])
    {
        let question = bench.at(now).0.unwrap();
        bench.hears(0, now, &question, Says::Records(records)).unwrap();
        seen.push((now, bench.addresses().len()));
        now = bench.section.poll_timeout().unwrap();
    }
    assert_eq!(seen, [(0, 1), (1000, 2), (2000, 2), (3000, 1)]);
}

#[test]
fn what_was_found_is_lost_when_nothing_good_was_heard_for_the_time_of_hold() {
    let mut bench = Bench::new(Kind::V4, 1, 0);
    let question = bench.at(0).0.unwrap();
    bench
        .hears(0, 100, &question, Says::Records(&[(NAME, "192.0.2.1")]))
        .unwrap();
    assert!(!bench.section.is_lost(&bench.key, Status::Nx, 5099));
    assert!(bench.section.is_lost(&bench.key, Status::Nx, 5100));
    assert!(!bench.section.is_lost(&bench.key, Status::Timeout, 30_099));
}

#[test]
fn records_of_services_have_names_ports_and_weights() {
    let question = message::question(7, "_http._tcp.test", Kind::Service, 512).unwrap();
    let bytes = answer(&question, Says::Records(&[("_http._tcp.test", "Web.test 81")]));
    let found = message::answer(&bytes, "_http._tcp.test", Kind::Service, 512).unwrap();
    let expected = Data::Service {
        target: "web.test".into(),
        port: 81,
        weight: 256,
        ip: None,
    };
    assert_eq!(found.records, [expected]);
}

#[test]
fn a_name_that_nobody_wants_is_forgotten() {
    let mut bench = Bench::new(Kind::V4, 1, 0);
    let question = bench.at(0).0.unwrap();
    let key = bench.key.clone();
    bench.section.leave(&key);
    assert_eq!(bench.section.poll_timeout(), None);
    assert_eq!(
        bench.hears(0, 1, &question, Says::Records(&[(NAME, "192.0.2.1")])),
        None
    );
}
