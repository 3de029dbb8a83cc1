//! What files mean that no document has: every form of address and resource, media with their ports, lists.

use heartbeat_conf::model::{Family, LogFacility, MediumKind, PingKind, ResourceKind};
use heartbeat_conf::testing::read;

const HA_CF: &str = "bcast eth1\nnode lb1 lb2\nauto_failback on\n";
const KEYS: &str = "auth 1\n1 crc\n";

#[test]
fn addresses_have_a_mask_an_interface_and_a_broadcast_address() {
    let resources = "lb1 10.0.0.1 10.0.0.2/24 10.0.0.3/24/eth0 10.0.0.4/24/eth0/10.0.0.255 10.0.0.5/24/10.0.0.255 \\\n \
                     IPaddr::10.0.0.6/255.255.255.0/eth0:3 IPaddr2::10.0.0.7/24/eth1 IPv6addr::fd00:1::9/64/eth0 fd00:1::8\n";
    let loaded = read("lb1", HA_CF, resources, KEYS);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let found: Vec<String> = loaded.configuration.groups[0]
        .resources
        .iter()
        .map(|resource| match &resource.kind {
            ResourceKind::Address(address) => format!(
                "{} {} {:?} {:?} {:?} {:?}",
                match address.family {
                    Family::IpAddr => "IPaddr",
                    Family::IpAddr2 => "IPaddr2",
                    Family::Ipv6Addr => "IPv6addr",
                },
                address.address,
                address.prefix,
                address.interface,
                address.alias,
                address.broadcast
            ),
            ResourceKind::Script => resource.full(),
        })
        .collect();
    assert_eq!(
        found,
        [
            "IPaddr 10.0.0.1 None None None None",
            "IPaddr 10.0.0.2 Some(24) None None None",
            "IPaddr 10.0.0.3 Some(24) Some(\"eth0\") None None",
            "IPaddr 10.0.0.4 Some(24) Some(\"eth0\") None Some(10.0.0.255)",
            "IPaddr 10.0.0.5 Some(24) None None Some(10.0.0.255)",
            "IPaddr 10.0.0.6 Some(24) Some(\"eth0\") Some(\"3\") None",
            "IPaddr2 10.0.0.7 Some(24) Some(\"eth1\") None None",
            "IPv6addr fd00:1::9 Some(64) Some(\"eth0\") None None",
            "IPv6addr fd00:1::8 None None None None",
        ]
    );
}

#[test]
fn groups_keep_their_order_and_scripts_their_arguments() {
    let resources = "lb1 10.0.0.1 drbddisk::r0 Filesystem::/dev/drbd0::/data::ext4 httpd # all\nlb2 10.0.0.2\nLB1 10.0.0.3\n";
    let loaded = read("lb1", HA_CF, resources, KEYS);
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    let groups: Vec<(String, Vec<String>)> = loaded
        .configuration
        .groups
        .iter()
        .map(|group| {
            (
                group.owner.clone(),
                group.resources.iter().map(|one| one.full()).collect(),
            )
        })
        .collect();
    let strings = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        groups,
        [
            (
                "lb1".to_owned(),
                strings(&[
                    "IPaddr::10.0.0.1",
                    "drbddisk::r0",
                    "Filesystem::/dev/drbd0::/data::ext4",
                    "httpd"
                ])
            ),
            ("lb2".to_owned(), strings(&["IPaddr::10.0.0.2"])),
            ("LB1".to_owned(), strings(&["IPaddr::10.0.0.3"])),
        ]
    );
}

#[test]
fn a_port_holds_for_the_paths_behind_it() {
    let text = "bcast eth0\nudpport 700\nucast eth0 192.168.0.101\nmcast eth0 225.0.0.1 694 1 0\nbaud 9600\nserial /dev/null\n\
                ucast6 eth0 fe80::2%eth0\nnode lb1\nauto_failback off\n";
    let loaded = read("lb1", text, "lb1 10.0.0.1\n", KEYS);
    assert!(!loaded.has_errors());
    let media = &loaded.configuration.settings.media;
    let ports: Vec<Option<u16>> = media.iter().map(|medium| medium.kind.port()).collect();
    assert_eq!(ports, [Some(694), Some(700), Some(694), None, Some(700)]);
    assert!(
        matches!(&media[3].kind, MediumKind::Serial { device, baud } if device == "/dev/null" && baud.0 == 9600),
        "{media:?}"
    );
    let late = loaded
        .diagnostics
        .iter()
        .find(|found| found.code == "late-setting")
        .expect("it is told");
    assert_eq!(late.labels.len(), 1);
    assert_eq!(loaded.sources.locate(late.span.expect("a place")).1.line, 2);
}

#[test]
fn lists_are_kept_with_their_words() {
    let text = format!(
        "logfacility local3\nping 192.168.0.1 192.168.0.2\nping_group g 10.0.0.1 10.0.0.2\n\
         respawn hacluster /usr/libexec/heartbeat/ipfail\nrespawn root /bin/sleep 100\napiauth ipfail uid=hacluster,root gid=haclient\n{HA_CF}"
    );
    let loaded = read("lb1", &text, "lb1 10.0.0.1\n", KEYS);
    let mut found = loaded.diagnostics.iter();
    // What nothing acts on yet is told.
    assert!(
        found.all(|found| found.code == "read-only"),
        "{:?}",
        loaded.diagnostics
    );
    let settings = &loaded.configuration.settings;
    let names: Vec<&str> = settings.pings.iter().map(|ping| ping.name.as_str()).collect();
    assert_eq!(names, ["192.168.0.1", "192.168.0.2", "g"]);
    assert!(matches!(&settings.pings[2].kind, PingKind::Group(members) if members.len() == 2));
    assert!(settings.respawn[0].is_ipfail() && !settings.respawn[1].is_ipfail());
    assert_eq!(settings.respawn[1].arguments, ["100"]);
    assert_eq!(settings.apiauth[0].users, ["hacluster", "root"]);
    let facility = settings.log.facility.map(|facility| facility.value);
    assert_eq!(facility, Some(LogFacility::Syslog(19)));
}

#[test]
fn all_faults_are_told_in_one_pass_with_their_places() {
    let loaded = read(
        "lb1",
        "keepalive 2s\n bogus 1\nbcast eth9\n",
        "lb7 10.0.0.1\n",
        "auth 4\n1 foo\n2 md5 secretkey more\n",
    );
    let told: Vec<(String, u32, u32, &str)> = loaded
        .diagnostics
        .iter()
        .filter_map(|found| found.span.map(|span| (found, span)))
        .map(|(found, span)| {
            let (file, at) = loaded.sources.locate(span);
            let name = file.rsplit('/').next().unwrap_or_default().to_owned();
            (name, at.line, at.column, found.code)
        })
        .collect();
    let expected = [
        ("ha.cf", 1, 11, "bad-time"),
        ("ha.cf", 2, 2, "unknown-directive"),
        ("ha.cf", 3, 7, "unknown-interface"),
        ("authkeys", 2, 3, "bad-key"),
        ("authkeys", 3, 17, "extra-argument"),
        ("authkeys", 1, 1, "no-signing-key"),
        ("haresources", 1, 1, "unknown-node"),
    ]
    .map(|(file, line, column, code)| (file.to_owned(), line, column, code));
    assert_eq!(told, expected);
    let texts: String = loaded
        .diagnostics
        .iter()
        .map(|found| format!("{found:?}"))
        .collect();
    assert!(!texts.contains("secretkey"), "a key is shown");
    assert!(
        !format!("{:?}", loaded.configuration).contains("secretkey"),
        "a key is shown"
    );
}
