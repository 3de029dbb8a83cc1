//! How the runs of a script are timed and counted.

use std::time::Duration;

use vrrp_proto::Time;
use vrrp_proto::track::{Health, ScriptAction, ScriptEnd, ScriptMachine, ScriptTiming};

const START: Time = Duration::from_secs(100);
const OK: ScriptEnd = ScriptEnd::Exited(0);
const BAD: ScriptEnd = ScriptEnd::Exited(1);

fn timing(rise: u32, fall: u32) -> ScriptTiming {
    ScriptTiming {
        rise,
        fall,
        ..ScriptTiming::default()
    }
}

fn actions(machine: &mut ScriptMachine) -> Vec<ScriptAction> {
    std::iter::from_fn(|| machine.poll_action()).collect()
}

/// Runs the script once at each of its times with these ends, and gives the health after each.
fn healths(timing: ScriptTiming, ends: &[ScriptEnd]) -> Vec<Health> {
    let mut machine = ScriptMachine::new(START, timing);
    ends.iter()
        .map(|end| {
            machine.handle_timeout(machine.poll_timeout());
            assert!(actions(&mut machine).contains(&ScriptAction::Run));
            machine.handle_end(*end);
            machine.health()
        })
        .collect()
}

#[test]
fn it_runs_at_once_and_then_at_each_interval_however_long_a_run_takes() {
    let mut machine = ScriptMachine::new(START, timing(1, 1));
    for n in 0..5 {
        assert_eq!(machine.poll_timeout(), START + Duration::from_secs(n));
        machine.handle_timeout(machine.poll_timeout() + Duration::from_millis(30));
        assert_eq!(actions(&mut machine)[0], ScriptAction::Run);
        machine.handle_end(OK);
        actions(&mut machine);
    }
}

#[test]
fn the_first_result_decides_at_once() {
    assert_eq!(healths(timing(3, 3), &[OK]), [Health::Up]);
    assert_eq!(healths(timing(3, 3), &[BAD]), [Health::Down]);
}

#[test]
fn it_takes_fall_failures_in_a_row_to_go_down_and_rise_successes_to_come_up() {
    use Health::{Down, Up};
    assert_eq!(
        healths(timing(2, 3), &[OK, BAD, BAD, OK, BAD, BAD, BAD, OK, BAD, OK, OK]),
        [Up, Up, Up, Up, Up, Up, Down, Down, Down, Down, Up]
    );
}

#[test]
fn a_change_is_told_once_with_what_brought_it() {
    let mut machine = ScriptMachine::new(START, timing(1, 2));
    let mut told = Vec::new();
    for end in [OK, OK, BAD, ScriptEnd::Killed(9), BAD] {
        machine.handle_timeout(machine.poll_timeout());
        machine.handle_end(end);
        told.push(
            actions(&mut machine)
                .into_iter()
                .filter(|action| *action != ScriptAction::Run)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(
        told,
        [
            vec![ScriptAction::Became(Health::Up, OK)],
            vec![],
            vec![ScriptAction::ReturningNow(1)],
            vec![ScriptAction::Became(Health::Down, ScriptEnd::Killed(9))],
            vec![],
        ]
    );
}

#[test]
fn another_status_is_told_even_where_it_changes_nothing() {
    let mut machine = ScriptMachine::new(START, timing(1, 1));
    let mut told = Vec::new();
    for status in [0, 1, 2, 2, 0] {
        machine.handle_timeout(machine.poll_timeout());
        machine.handle_end(ScriptEnd::Exited(status));
        told.extend(
            actions(&mut machine)
                .into_iter()
                .filter(|action| matches!(action, ScriptAction::ReturningNow(_))),
        );
    }
    assert_eq!(
        told,
        [
            ScriptAction::ReturningNow(1),
            ScriptAction::ReturningNow(2),
            ScriptAction::ReturningNow(0)
        ]
    );
}

#[test]
fn a_script_that_hangs_is_ended_and_counts_as_failed_once() {
    let timing = ScriptTiming {
        timeout: Duration::from_millis(2500),
        ..timing(1, 1)
    };
    let mut machine = ScriptMachine::new(START, timing);
    machine.handle_timeout(START);
    assert_eq!(actions(&mut machine), [ScriptAction::Run]);
    for second in [1, 2] {
        machine.handle_timeout(START + Duration::from_secs(second));
        assert_eq!(actions(&mut machine), [ScriptAction::SkippedStillRunning]);
        assert!(machine.is_running());
    }
    assert_eq!(machine.poll_timeout(), START + Duration::from_millis(2500));
    machine.handle_timeout(machine.poll_timeout());
    assert_eq!(
        actions(&mut machine),
        [
            ScriptAction::Terminate,
            ScriptAction::Became(Health::Down, ScriptEnd::TimedOut)
        ]
    );
    machine.handle_end(ScriptEnd::Killed(15));
    assert_eq!(actions(&mut machine), []);
    machine.handle_timeout(machine.poll_timeout());
    assert_eq!(actions(&mut machine), [ScriptAction::Run]);
}

#[test]
fn an_end_that_nobody_waits_for_is_nothing() {
    let mut machine = ScriptMachine::new(START, timing(1, 1));
    machine.handle_end(BAD);
    assert_eq!(
        (machine.health(), actions(&mut machine)),
        (Health::Unknown, vec![])
    );
}

#[test]
fn a_machine_that_slept_starts_once_and_not_for_each_missed_time() {
    let mut machine = ScriptMachine::new(START, timing(1, 1));
    machine.handle_timeout(START);
    machine.handle_end(OK);
    actions(&mut machine);
    let late = START + Duration::from_secs(3600);
    machine.handle_timeout(late);
    assert_eq!(actions(&mut machine), [ScriptAction::Run]);
    machine.handle_end(OK);
    assert_eq!(machine.poll_timeout(), late + Duration::from_secs(1));
}

#[test]
fn counts_and_state_outlive_a_reload() {
    let mut machine = ScriptMachine::new(START, timing(1, 3));
    for end in [OK, BAD, BAD] {
        machine.handle_timeout(machine.poll_timeout());
        machine.handle_end(end);
    }
    machine.reload(timing(1, 3));
    assert_eq!(machine.health(), Health::Up);
    machine.handle_timeout(machine.poll_timeout());
    machine.handle_end(BAD);
    assert_eq!(machine.health(), Health::Down);
}
