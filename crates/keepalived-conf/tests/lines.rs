//! How files become lines: each text with the `router_id` that keepalived 2.2.7 made of it.

use keepalived_conf::testing::{FakeHost, load_on};
use keepalived_conf::{Dialect, Loaded};

fn read(text: &str) -> Loaded {
    load_on(text, Dialect::default(), &FakeHost::new())
}

fn router_id(lines: &str) -> String {
    read(&format!("global_defs {{\n{lines}\n}}\n"))
        .config
        .global
        .router_id
}

#[test]
fn words_are_cut_as_the_original_cuts_them() {
    for (line, expected) in [
        ("router_id abc", "abc"),
        ("router_id a!b", "a"),
        ("router_id a#b", "a"),
        ("router_id \"a#b\"", "a#b"),
        ("router_id 'a b'", "'a"),
        ("router_id \"a 'b' c\"", "a 'b' c"),
        ("router_id a\"b c\"d", "a"),
        ("router_id a\\ b", "a\\"),
        ("router_id \"a\\x41b\"", "a\\x41b"),
        ("router_id a{b", "a"),
        ("router_id \"a{b\"", "a{b"),
        ("router_id a;b", "a;b"),
        ("router_id\ta", "a"),
        ("router_id \"\"", ""),
        ("router_id x\\\n", "x\\"),
        ("router_id x # foo {", "x"),
        ("! router_id a", "lb1.example.net"),
    ] {
        assert_eq!(router_id(line), expected, "{line}");
    }
}

#[test]
fn definitions_are_put_in_where_they_are_used() {
    for (lines, expected) in [
        ("router_id $HOME", "$HOME"),
        ("router_id ${HOME}", "$"),
        ("$X=foo\nrouter_id $X", "foo"),
        ("$X=foo\nrouter_id ${X}bar", "foobar"),
        ("$X=foo\nrouter_id a$X", "afoo"),
        ("$X=foo\nrouter_id $Xa", "$Xa"),
        ("$X=foo bar\nrouter_id \"$X\"", "$X"),
        ("$X= \\\nrouter_id q \\\nsmtp_alert\n$X", "q"),
        ("$X=1\n$X=2\nrouter_id $X", "2"),
        ("$X=$Y\n$Y=3\nrouter_id $X", "3"),
        ("$X=\"a b\"\nrouter_id $X", "a b"),
        ("$X=\nrouter_id a${X}b", "ab"),
        ("$X=a#b\nrouter_id $X", "a"),
        ("router_id a${_HASH}b", "a"),
        ("router_id ${_INSTANCE}", "lb1"),
        ("router_id ${_PWD}", "/etc/keepalived"),
        ("router_id ${_RANDOM 3 3}", "3"),
        ("~SEQ(i,1,3) router_id x$i", "x3"),
        ("~SEQx(i,0x90,0x10,0xc0) router_id x$i", "xc0"),
        ("~LST(i,a,b) router_id x${i}", "xb"),
        ("~LST({i,j},{a,1},{b,2}) router_id ${i}${j}", "b2"),
    ] {
        assert_eq!(router_id(lines), expected, "{lines}");
    }
}

#[test]
fn conditions_are_about_the_configurations_id() {
    for (lines, expected) in [
        ("@other router_id a", "lb1.example.net"),
        ("@^other router_id a", "a"),
        ("@lb1 router_id a", "a"),
        ("@lb1\trouter_id a", "a"),
        ("@lb1@x router_id a", "lb1.example.net"),
        ("@ router_id a", "lb1.example.net"),
        ("$C=@lb1\n$C router_id a", "a"),
    ] {
        assert_eq!(router_id(lines), expected, "{lines}");
    }
}

#[test]
fn a_definition_without_end_is_refused() {
    for lines in [
        "$X=$X\nrouter_id $X",
        "$X=$Y\n$Y=$X\nrouter_id $X",
        "$X=a${X}${X}\nrouter_id $X",
        "$X=~SEQ(a,1,1000000) ~SEQ(b,1,1000000)\n$X",
    ] {
        let loaded = read(&format!("global_defs {{\n{lines}\n}}\n"));
        let codes: Vec<_> = loaded
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.code)
            .collect();
        assert_eq!(codes, ["endless-definition"], "{lines}");
    }
}

#[test]
fn included_files_are_read_where_they_are_named() {
    let host = FakeHost::new()
        .with_file("/etc/keepalived/conf.d/a.conf", "router_id a\n")
        .with_file(
            "/etc/keepalived/conf.d/b.conf",
            "router_id b\n$F=${_PWD}\ninclude more/c.part\n",
        )
        .with_file(
            "/etc/keepalived/conf.d/more/c.part",
            "smtp_helo_name ${F}:${_PWD}\n",
        );
    let text = "global_defs {\ninclude conf.d/*.conf\n}\n";
    let loaded = load_on(text, Dialect::default(), &host);
    assert!(loaded.diagnostics.is_empty(), "{}", loaded.report());
    let global = &loaded.config.global;
    assert_eq!(global.router_id, "b");
    // A parameter is put in when it is used, in the folder of the file that uses it.
    assert_eq!(
        global.smtp.helo_name,
        "/etc/keepalived/conf.d/more:/etc/keepalived/conf.d/more"
    );
    assert_eq!(loaded.sources.files().count(), 4);
}

#[test]
fn a_missing_included_file_is_told_and_counts_only_where_it_was_asked_for() {
    for (line, faults) in [
        ("include none.conf", false),
        ("include none*.conf", false),
        ("includem none.conf", true),
        ("includem none*.conf", false),
        ("includew none*.conf", true),
        ("includea none.conf", true),
    ] {
        let loaded = read(&format!("{line}\n"));
        assert_eq!(loaded.diagnostics.len(), 1, "{line}");
        assert_eq!(loaded.diagnostics[0].code, "cannot-open", "{line}");
        assert_eq!(loaded.outcome.faults, faults, "{line}");
    }
}

#[test]
fn files_that_include_each_other_end() {
    let host = FakeHost::new().with_file("/etc/keepalived/a.conf", "include a.conf\n");
    let loaded = load_on("include a.conf\n", Dialect::default(), &host);
    assert!(
        loaded
            .diagnostics
            .iter()
            .any(|diagnostic| diagnostic.code == "include-depth")
    );
}

#[test]
fn thousands_of_instances_come_of_a_few_lines() {
    let text = "$I= \\\nvrrp_instance v.${N}.${ID} { \\\n interface eth${N} \\\n virtual_router_id ${ID} \\\n \
                virtual_ipaddress { \\\n 10.${N}.0.${ID}/24 \\\n } \\\n}\n~SEQ(N,0,31) ~SEQ(ID,1,254) $I\n";
    let host = (2..32).fold(FakeHost::new(), |host, number| {
        host.with_interface(&format!("eth{number}"))
    });
    let loaded = load_on(text, Dialect::default(), &host);
    assert!(loaded.diagnostics.is_empty(), "{}", loaded.report());
    assert_eq!(loaded.config.instances.len(), 32 * 254);
    assert_eq!(loaded.config.instances[254].name, "v.1.1");
}
