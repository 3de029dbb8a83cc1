//! What runs: defaults and what follows from what, as keepalived 2.2.7 dumps it (`-d`).

use std::time::Duration;

use keepalived_conf::model::{InitialState, Scope, Version, VrrpInstance};
use keepalived_conf::testing::{FakeHost, load_on, load_str};
use keepalived_conf::{Dialect, Loaded};

fn read(global: &str, instance: &str) -> Loaded {
    load_str(&format!(
        "global_defs {{\n{global}\n}}\n\
         vrrp_instance A {{\ninterface eth0\nvirtual_router_id 5\nvirtual_ipaddress {{\n10.0.0.1\n}}\n{instance}\n}}\n"
    ))
}

fn only(loaded: &Loaded) -> &VrrpInstance {
    assert_eq!(loaded.config.instances.len(), 1, "{}", loaded.report());
    &loaded.config.instances[0]
}

/// Delay, repeat, refresh repeat, delay and repeat after a lower priority.
fn garp(global: &str, instance: &str) -> [u32; 5] {
    let loaded = read(global, instance);
    let garp = only(&loaded).garp;
    let seconds = |time: Duration| u32::try_from(time.as_secs()).expect("a short time");
    [
        seconds(garp.master_delay),
        garp.master_repeat,
        garp.master_refresh_repeat,
        seconds(garp.lower_prio_delay),
        garp.lower_prio_repeat,
    ]
}

#[test]
fn gratuitous_arp_follows_the_global_settings_and_these_each_other() {
    for (global, instance, expected) in [
        ("", "", [5, 5, 1, 5, 5]),
        ("vrrp_garp_master_delay 10", "", [10, 5, 1, 10, 5]),
        ("vrrp_garp_master_repeat 3", "", [5, 3, 1, 5, 3]),
        (
            "vrrp_garp_lower_prio_delay 2\nvrrp_garp_lower_prio_repeat 1",
            "",
            [5, 5, 1, 2, 1],
        ),
        ("vrrp_min_garp", "", [0, 1, 0, 0, 1]),
        ("vrrp_min_garp", "garp_master_repeat 3", [0, 3, 0, 0, 1]),
        ("vrrp_min_garp\nvrrp_garp_master_delay 4", "", [4, 1, 0, 4, 1]),
        ("", "garp_master_delay 10\ngarp_master_repeat 2", [10, 2, 1, 5, 5]),
        ("vrrp_garp_master_delay 7", "garp_master_delay 9", [9, 5, 1, 7, 5]),
        (
            "vrrp_garp_lower_prio_delay 3",
            "garp_master_delay 9",
            [9, 5, 1, 3, 5],
        ),
        // A delay that is no number is none.
        ("", "garp_master_delay x", [0, 5, 1, 5, 5]),
    ] {
        assert_eq!(garp(global, instance), expected, "{global} / {instance}");
    }
}

#[test]
fn an_instance_has_the_originals_defaults() {
    let loaded = read("", "");
    let instance = only(&loaded);
    assert_eq!(instance.initial_state, InitialState::Backup);
    assert_eq!(instance.priority, 100);
    assert_eq!(instance.advert_int, Duration::from_secs(1));
    assert_eq!(instance.version, Version::V2);
    assert!(instance.preempt && instance.preempt_delay.is_zero());
    assert_eq!(instance.garp.down_timer_adverts, 3);
    assert!(!instance.garp.lower_prio_no_advert && !instance.garp.higher_prio_send_advert);
    assert!(!instance.smtp_alert && instance.held.is_none());
    let address = &instance.addresses[0];
    assert_eq!(
        (address.prefix, address.scope, &*address.interface),
        (32, Scope::Global, "eth0")
    );
    let global = &loaded.config.global;
    assert_eq!(global.router_id, "lb1.example.net");
    assert_eq!(global.smtp.from, "keepalived@lb1.example.net");
    assert_eq!(global.smtp.connect_timeout, Duration::from_secs(30));
    assert_eq!(global.mcast_group4.to_string(), "224.0.0.18");
    assert_eq!(global.default_interface, "eth0");
}

#[test]
fn an_owner_starts_as_master_unless_the_file_says_otherwise() {
    let state = |lines: &str| only(&read("", lines)).initial_state;
    assert_eq!(state("priority 255"), InitialState::Master);
    assert_eq!(state("priority 255\nstate BACKUP"), InitialState::Backup);
    assert_eq!(state("priority 254"), InitialState::Backup);
    assert_eq!(state("state MASTER\nstate BACKUP"), InitialState::Master);
}

#[test]
fn mail_is_sent_where_the_nearest_word_says_so() {
    for (global, instance, expected) in [
        ("", "", false),
        ("smtp_alert", "", true),
        ("smtp_alert\nsmtp_alert_vrrp off", "", false),
        ("smtp_alert_vrrp on", "", true),
        ("smtp_alert", "smtp_alert off", false),
        ("", "smtp_alert", true),
    ] {
        assert_eq!(
            only(&read(global, instance)).smtp_alert,
            expected,
            "{global} / {instance}"
        );
    }
}

#[test]
fn broadcast_addresses_are_worked_out() {
    let broadcast = |entry: &str| {
        let text = format!("virtual_ipaddress {{\n{entry}\n}}");
        let loaded = read("", &text);
        only(&loaded).addresses[1]
            .broadcast
            .map(|address| address.to_string())
    };
    assert_eq!(broadcast("10.0.0.6/24 brd +").as_deref(), Some("10.0.0.255"));
    assert_eq!(broadcast("10.0.0.6/24 brd -").as_deref(), Some("10.0.0.0"));
    assert_eq!(broadcast("10.0.0.6/0 brd +").as_deref(), Some("255.255.255.255"));
    // One address alone is no network.
    assert_eq!(broadcast("10.0.0.6 brd +"), None);
    assert_eq!(broadcast("10.0.0.6/24 brd 10.0.0.9").as_deref(), Some("10.0.0.9"));
    assert_eq!(broadcast("10.0.0.6/24"), None);
}

#[test]
fn partners_have_what_their_lines_say() {
    let loaded = read(
        "",
        "unicast_ttl 7\nunicast_peer {\n10.0.0.9\n10.0.0.8 min_ttl 3 max_ttl 9\n}",
    );
    let instance = only(&loaded);
    let peers: Vec<_> = instance
        .peers
        .iter()
        .map(|peer| (peer.address.to_string(), peer.min_ttl, peer.max_ttl))
        .collect();
    assert_eq!(
        peers,
        [("10.0.0.9".to_owned(), 0, 255), ("10.0.0.8".to_owned(), 3, 9)]
    );
    assert_eq!((instance.unicast_ttl, instance.ipv6), (7, false));
    // Who says what TTL may come wants to know from whom.
    assert!(instance.check_unicast_src);
    assert!(only(&read("", "unicast_fault_no_peer")).lacks_peers);
    let group = only(&read("", "mcast_dst_ip 224.0.0.99")).group;
    assert_eq!(
        group.map(|group| group.to_string()).as_deref(),
        Some("224.0.0.99")
    );
}

#[test]
fn strict_mode_takes_back_what_the_rfc_does_not_allow() {
    let strict = |lines: &str| only(&read("vrrp_strict", lines)).clone();
    let plain = strict("");
    assert!(plain.strict && !plain.accept);
    assert!(plain.garp.lower_prio_no_advert && plain.garp.lower_prio_repeat == 0);
    let owner = strict("priority 255\nno_accept");
    assert!(owner.accept);
    assert_eq!(owner.initial_state, InitialState::Master);
    assert_eq!(strict("state MASTER").initial_state, InitialState::Backup);
    assert_eq!(
        strict("authentication {\nauth_type AH\nauth_pass x\n}").authentication,
        None
    );
    assert!(strict("preempt_delay 5").preempt_delay.is_zero());
    assert!(!strict("accept").accept && strict("accept\nversion 3").accept);
    assert_eq!(strict("down_timer_adverts 7").garp.down_timer_adverts, 3);
    let without = strict("strict_mode off\npreempt_delay 5");
    assert!(!without.strict && without.accept && !without.preempt_delay.is_zero());
    assert!(!only(&read("", "no_accept")).accept);
}

#[test]
fn what_is_not_built_yet_is_held_back_and_not_run_half() {
    for (lines, held) in [
        ("use_vmac", None),
        ("use_ipvlan", Some("its ipvlan interface has no address")),
        ("use_ipvlan 192.168.0.31/24", None),
        ("auth_hmac {\n}", Some("auth_hmac")),
        ("authentication {\nauth_type AH\nauth_pass x\n}", None),
        ("strict_mode", None),
        ("accept", None),
    ] {
        assert_eq!(only(&read("", lines)).held, held, "{lines}");
    }
}

#[test]
fn a_script_that_others_may_change_runs_without_script_security_alone() {
    let text = |global: &str, script: &str| {
        format!(
            "global_defs {{\n{global}\n}}\nvrrp_script s {{\nscript {script}\n}}\n\
             vrrp_instance A {{\ninterface eth0\nvirtual_router_id 5\ntrack_script {{\ns\n}}\n}}\n"
        )
    };
    let host = FakeHost::new()
        .with_program("/usr/bin/open", 0o777, 0, 0)
        .with_program("/usr/bin/foreign", 0o755, 1000, 0)
        .with_program("/usr/bin/group", 0o775, 0, 100)
        .with_program("/usr/bin/roots", 0o775, 0, 0)
        .with_program("/usr/bin/closed", 0o644, 0, 0);
    let secured = "enable_script_security\nscript_user root";
    for (program, runs, runs_secured) in [
        ("/usr/bin/true", true, true),
        ("/usr/bin/roots", true, true),
        ("/usr/bin/open", true, false),
        ("/usr/bin/foreign", true, false),
        ("/usr/bin/group", true, false),
        ("/usr/bin/closed", false, false),
        ("/usr/bin/none", false, false),
        ("usr/bin/true", false, false),
        ("/usr/bin", false, false),
    ] {
        for (global, expected) in [("", runs), (secured, runs_secured)] {
            let loaded = load_on(&text(global, program), Dialect::default(), &host);
            let instance = only(&loaded);
            assert_eq!(
                loaded.config.scripts.len(),
                usize::from(expected),
                "{program} {global}"
            );
            assert_eq!(
                instance.track_scripts.len(),
                usize::from(expected),
                "{program} {global}"
            );
            assert_eq!(loaded.test_status(), 0, "{program} {global}");
        }
    }
}

#[test]
fn scripts_may_run_within_a_second() {
    let text = "vrrp_script s {\n script /bin/true\n interval 0.5\n timeout 2.25\n}\n";
    let loaded = load_str(text);
    assert!(!loaded.report().contains("interval"), "{}", loaded.report());
    let script = &loaded.config.scripts[0];
    assert_eq!(script.interval, Duration::from_millis(500));
    assert_eq!(script.timeout, Some(Duration::from_millis(2250)));
    // Version 2.2 knew whole seconds only.
    let old = load_on(text, Dialect::strict(2, 2), &FakeHost::new());
    assert_eq!(old.config.scripts[0].interval, Duration::from_secs(1));
    assert!(old.report().contains("interval '0.5' must be between 1 and 4294"));
}

#[test]
fn what_is_tracked_has_its_defaults() {
    let loaded = load_str(
        "track_file f {\n file /tmp/f\n}\nvrrp_track_process p {\n process a b\n}\n\
         vrrp_track_process q {\n process a\n quorum_max 0\n}\nbfd_instance b {\n neighbor_ip 2001:db8::1\n}\n",
    );
    let config = &loaded.config;
    assert_eq!(config.files[0].weight.value, 1);
    let [first, second] = &config.processes[..] else {
        panic!("two processes")
    };
    assert!(first.full_command && first.quorum == 1 && first.quorum_max.is_none());
    // One that must not run.
    assert!(!second.full_command && second.quorum == 0 && second.quorum_max == Some(0));
    let session = &config.sessions[0];
    assert_eq!(
        (session.ttl, session.max_hops, session.multiplier),
        (64, Some(0), 5)
    );
    assert_eq!(session.min_rx, Duration::from_millis(10));
    assert!(session.vrrp && !session.multihop && !session.passive);
}
