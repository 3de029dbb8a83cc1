//! What becomes of clusters of all kinds. Whole files with their reports stand in compat-fixtures/migrate-heartbeat.

use heartbeat_conf::testing::read;
use heartbeat_conf::{Elsewhere, Input, Inputs, Loaded, Source, load};

use super::{Fate, Migration, MigrationError, Node, migrate};

const KEYS: &str = "auth 1\n1 sha1 a-long-secret\n";

fn files(ha_cf: &str, haresources: &str) -> Loaded {
    let source = |name: &str, text: &str| Source::File(Input::new(name, text));
    let inputs = Inputs {
        ha_cf: source("ha.cf", ha_cf),
        haresources: source("haresources", haresources),
        authkeys: source("authkeys", KEYS),
    };
    let loaded = load(&inputs, &Elsewhere);
    assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
    loaded
}

fn both(ha_cf: &str, haresources: &str) -> Migration {
    let loaded = files(ha_cf, haresources);
    let node = |place| Node {
        place,
        name: None,
        configuration: &loaded.configuration,
    };
    migrate(&[node("lb1"), node("lb2")]).expect("it can be made")
}

fn fate(migration: &Migration, before: &str) -> Fate {
    let row = migration.table.iter().find(|row| row.before.starts_with(before));
    row.unwrap_or_else(|| panic!("no row of {before}: {:?}", migration.table))
        .fate
}

#[test]
fn the_owner_has_the_higher_priority_and_a_second_line_the_mirrored_ones() {
    let made = both(
        "bcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.1\nLB2 10.0.0.2\n",
    );
    let priorities = |text: &str| -> Vec<String> {
        let lines = text.lines().map(str::trim);
        lines
            .filter(|line| line.starts_with("priority") || line.starts_with("state"))
            .map(ToOwned::to_owned)
            .collect()
    };
    assert_eq!(
        priorities(&made.files[0].text),
        ["state MASTER", "priority 200", "state BACKUP", "priority 190"]
    );
    assert_eq!(
        priorities(&made.files[1].text),
        ["state BACKUP", "priority 190", "state MASTER", "priority 200"]
    );
}

#[test]
fn without_failback_nobody_preempts() {
    let made = both("bcast eth0\nauto_failback off\nnode lb1 lb2\n", "lb1 10.0.0.1\n");
    for file in &made.files {
        assert!(
            file.text.contains("state BACKUP\n    nopreempt\n"),
            "{}",
            file.text
        );
        assert!(!file.text.contains("MASTER"), "{}", file.text);
    }
}

#[test]
fn what_guards_data_is_blocking() {
    let made = both(
        "serial /dev/ttyS0\nstonith meatware /etc/x\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.1 drbddisk::r0 Filesystem::/dev/drbd0::/d::ext4 LVM::vg OCF::pgsql httpd\n",
    );
    for before in ["serial", "stonith", "drbddisk", "Filesystem", "LVM", "OCF"] {
        assert_eq!(fate(&made, before), Fate::Blocking, "{before}");
    }
    assert_eq!(fate(&made, "httpd"), Fate::Same);
    assert!(made.steps[0].contains("stands in the way"), "{:?}", made.steps);
    let made = both(
        "serial /dev/ttyS0\nbcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.1\n",
    );
    assert_eq!(fate(&made, "serial"), Fate::Different);
    assert_eq!(made.blocking().count(), 0);
}

#[test]
fn router_ids_are_the_last_numbers_and_differ() {
    let made = both(
        "bcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.7\nlb2 10.0.1.7\nlb1 10.0.2.0\n",
    );
    let text = &made.files[0].text;
    let ids: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("virtual_router_id "))
        .collect();
    assert_eq!(ids, ["7", "8", "1"]);
}

#[test]
fn unicast_addresses_are_those_that_the_other_node_sends_to() {
    let one = files(
        "ucast eth0 10.0.0.2\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.9\n",
    );
    let two = files(
        "ucast eth0 10.0.0.1\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.9\n",
    );
    let node = |place, name, loaded: &'static Loaded| Node {
        place,
        name,
        configuration: &loaded.configuration,
    };
    let (one, two): (&'static Loaded, &'static Loaded) = (Box::leak(Box::new(one)), Box::leak(Box::new(two)));
    // The place says nothing here, so the order does; then the user does.
    for nodes in [
        [node("a", None, one), node("b", None, two)],
        [node("b", Some("LB2"), two), node("a", None, one)],
    ] {
        let made = migrate(&nodes).expect("it can be made");
        assert!(
            made.files[0].text.contains("unicast_src_ip 10.0.0.1\n"),
            "{}",
            made.files[0].text
        );
        assert!(
            made.files[1].text.contains("unicast_src_ip 10.0.0.2\n"),
            "{}",
            made.files[1].text
        );
        assert!(
            made.files[0].text.contains("unicast_peer {\n        10.0.0.2\n"),
            "{}",
            made.files[0].text
        );
    }
    // Of one node's files alone it cannot be told.
    let made = migrate(&[node("lb1", None, one)]).expect("it can be made");
    assert_eq!(fate(&made, "ucast"), Fate::ByHand);
    assert!(
        made.files[1].text.contains("# unicast_src_ip THE ADDRESS OF lb2")
            || made.files[0].text.contains("# unicast_src_ip")
    );
}

#[test]
fn one_more_lost_ping_node_decides() {
    let text = "bcast eth0\nauto_failback on\nnode lb1 lb2\nping 10.0.0.1\nping 10.0.0.2\nrespawn hacluster /usr/lib/heartbeat/ipfail\n";
    let made = both(text, "lb1 10.0.0.9\n");
    let number = |text: &str, word: &str| -> i32 {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(word));
        line.and_then(|value| value.trim().parse().ok())
            .expect("a number")
    };
    let (first, second) = (&made.files[0].text, &made.files[1].text);
    let (high, low) = (number(first, "priority"), number(second, "priority"));
    let weight = number(first, "weight");
    // One lost by the owner alone moves it; one lost by each does not.
    assert!(high + weight < low && high + weight > low + weight);
    // Without ipfail nothing reacts.
    let without = both(&text.replace("respawn", "#respawn"), "lb1 10.0.0.9\n");
    assert_eq!(fate(&without, "ping"), Fate::Gone);
    assert!(!without.files[0].text.contains("vrrp_script"));
    // Where nobody preempts, a lower priority moves nothing.
    let off = both(&text.replace("failback on", "failback off"), "lb1 10.0.0.9\n");
    assert_eq!(fate(&off, "ping"), Fate::ByHand);
}

#[test]
fn times_are_told_before_and_after() {
    let made = both(
        "keepalive 2\ndeadtime 10\nbcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.9\n",
    );
    let dies = &made.timings[0];
    // Three adverts and (256 - 190) / 256 s, and the advert that was just sent.
    assert_eq!((dies.before, dies.after), (Some(13_000), Some(6257 + 2000)));
    assert_eq!(dies.verdict(), "shorter");
    assert!(dies.note.contains("down_timer_adverts 5"), "{}", dies.note);
    let slow = both(
        "keepalive 2\ndeadtime 5\nbcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.9\n",
    );
    assert_eq!(slow.timings[0].verdict(), "longer");
}

#[test]
fn a_password_has_no_letter_that_the_file_would_read_otherwise() {
    let loaded = read(
        "lb1",
        "bcast eth0\nauto_failback on\nnode lb1 lb2\n",
        "lb1 10.0.0.9\n",
        "auth 1\n1 md5 \"a!#{$b}c\n",
    );
    let node = Node {
        place: "x",
        name: None,
        configuration: &loaded.configuration,
    };
    let made = migrate(&[node]).expect("it can be made");
    assert!(
        made.files[0].text.contains("auth_pass abc\n"),
        "{}",
        made.files[0].text
    );
}

#[test]
fn what_cannot_be_made_has_its_reason() {
    let none = files("bcast eth0\nauto_failback on\nnode lb1 lb2\n", "lb1 httpd\n");
    let good = files("bcast eth0\nauto_failback on\nnode lb1 lb2\n", "lb1 10.0.0.9\n");
    let node = |place, name| Node {
        place,
        name,
        configuration: &good.configuration,
    };
    let nothing = Node {
        configuration: &none.configuration,
        ..node("a", None)
    };
    assert_eq!(migrate(&[]), Err(MigrationError::NoFiles));
    assert_eq!(migrate(&[nothing]), Err(MigrationError::NoAddress));
    let three = [node("a", None), node("b", None), node("c", None)];
    assert_eq!(migrate(&three), Err(MigrationError::TooMany(3, 2)));
    let unknown = migrate(&[node("a", Some("lb9"))]);
    assert_eq!(
        unknown,
        Err(MigrationError::UnknownNode("a".into(), "lb9".into()))
    );
    let same = migrate(&[node("lb1", None), node("old-lb1", None)]);
    assert_eq!(
        same,
        Err(MigrationError::SameNode(
            "lb1".into(),
            "old-lb1".into(),
            "lb1".into()
        ))
    );
}
