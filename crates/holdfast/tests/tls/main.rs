//! TLS as clients of others' making see it: openssl's above all. What they must see was found with haproxy 3.0 and 3.2 on the same
//! files. A test whose programs are not there is left out, and listed so.

mod bench;
mod hello;
mod settings;
mod stores;

use bench::Bench;
use libtest_mimic::{Arguments, Failed, Trial};

/// Its name, what it does, and the programs that it needs beside openssl.
type Test = (
    &'static str,
    fn(&Bench) -> anyhow::Result<()>,
    &'static [&'static str],
);

const TESTS: &[Test] = &[
    (
        "certificates_are_chosen_by_name_and_by_signature",
        settings::certificates_and_signatures,
        &[],
    ),
    (
        "clients_are_told_of_some_authorities_and_verified_with_all",
        settings::authorities,
        &[],
    ),
    (
        "stores_and_lines_of_frontends_give_certificates",
        stores::stores,
        &[],
    ),
    ("sessions_live_as_long_as_the_file_says", settings::lifetime, &[]),
    (
        "handshakes_that_agree_on_keys_are_counted",
        settings::key_rates,
        &[],
    ),
    (
        "what_clients_offer_is_kept_as_far_as_there_is_room",
        hello::offered,
        &[],
    ),
    ("secrets_are_those_of_the_clients_own_log", hello::secrets, &[]),
];

fn main() {
    let is_there = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let trials = TESTS
        .iter()
        .map(|(name, test, needs)| {
            let trial = Trial::test(*name, move || {
                let done = Bench::new().and_then(|bench| test(&bench));
                done.map_err(|error| Failed::from(format!("{error:#}")))
            });
            trial.with_ignored_flag(!is_there("openssl") || !needs.iter().all(|program| is_there(program)))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}
