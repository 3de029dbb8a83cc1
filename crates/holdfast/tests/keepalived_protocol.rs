//! What options of the protocol do on the wire and to a machine, with Debian's keepalived as the partner where there is one to
//! compare with. Root is needed; without it the tests are left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use libtest_mimic::{Arguments, Failed, Trial};
use nix::sys::signal::Signal;
use test_support::namespace::is_possible;

mod node;

use node::{VIRTUAL, count, has_original, instance, pair, wait_until_said};

fn main() {
    let possible = is_possible();
    let with_original = possible && has_original();
    let tests: &[(&str, fn(), bool)] = &[
        (
            "adverts_with_a_header_are_proven_to_the_original_and_by_it",
            adverts_with_a_header_are_proven_to_the_original_and_by_it,
            with_original,
        ),
        (
            "adverts_with_another_key_prove_nothing",
            adverts_with_another_key_prove_nothing,
            with_original,
        ),
    ];
    let trials = tests
        .iter()
        .map(|(name, test, possible)| {
            let test = *test;
            Trial::test(*name, move || {
                test();
                Ok::<(), Failed>(())
            })
            .with_ignored_flag(!possible)
        })
        .collect();
    let mut arguments = Arguments::from_args();
    // They wait for the protocol's seconds most of the time.
    arguments.test_threads.get_or_insert(8);
    libtest_mimic::run(&arguments, trials).exit();
}

/// `authentication` with a header.
fn header(key: &str) -> String {
    format!(" authentication {{\n auth_type AH\n auth_pass {key}\n }}")
}

fn adverts_with_a_header_are_proven_to_the_original_and_by_it() {
    let (ours, theirs) = pair();
    ours.write(&instance(101, &header("SOMEPASSWORD")));
    theirs.write(&instance(100, &header("SOMEPASS")));
    let second = theirs.start_original();
    theirs.wait_for_address(VIRTUAL, &second);
    // The greater priority is heard, and makes the original give way.
    let mut first = ours.start();
    ours.wait_for_address(VIRTUAL, &first);
    theirs.wait_for_no_address(VIRTUAL, &second);
    // Its goodbye is taken too: no master-down interval is waited for.
    first.signal(Signal::SIGTERM).unwrap();
    assert_eq!(first.wait_code(), Some(0), "{}", first.output().unwrap());
    wait_until_said(&second, "(VI_1) Backup received priority 0 advertisement");
    theirs.wait_for_address(VIRTUAL, &second);
    // And adverts of the original count here.
    ours.write(&instance(99, &header("SOMEPASS")));
    let third = ours.start();
    wait_until_said(&third, "(VI_1) Entering BACKUP STATE (init)");
    second.signal(Signal::SIGTERM).unwrap();
    wait_until_said(&third, "(VI_1) Backup received priority 0 advertisement");
    ours.wait_for_address(VIRTUAL, &third);
    for program in [&first, &second, &third] {
        assert_eq!(count(program, "invalid"), 0, "{}", program.output().unwrap());
    }
}

fn adverts_with_another_key_prove_nothing() {
    let (ours, theirs) = pair();
    ours.write(&instance(101, &header("ONE")));
    theirs.write(&instance(100, &header("OTHER")));
    let (first, second) = (ours.start(), theirs.start_original());
    ours.wait_for_address(VIRTUAL, &first);
    theirs.wait_for_address(VIRTUAL, &second);
    let line = "(VI_1) IPSEC-AH : invalid IPSEC HMAC-MD5 value. Due to fields mutation or bad password !";
    wait_until_said(&first, line);
    wait_until_said(&second, line);
}
