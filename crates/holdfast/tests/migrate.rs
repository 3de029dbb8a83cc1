//! `holdfast migrate` and `holdfast fmt` from their command lines: files, exit statuses, and Debian's haproxy as the judge of what
//! was written.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const OLD: &str = "# of 1.4\ndefaults\n  mode http\n  contimeout 5s\n  clitimeout 5s\n  srvtimeout 5s\n\nlisten web 127.0.0.1:8080 # here\n  \
                   reqadd X:\\ 1\n  server s 127.0.0.1:8081\n";

fn holdfast(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .args(arguments)
        .output()
        .expect("it runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_file_is_written_when_asked_for_and_keeps_its_mode() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("haproxy.cfg");
    let name = path.to_str().expect("a name");
    fs::write(&path, OLD).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let shown = holdfast(&["migrate", name, "--to", "2.6"]);
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    assert!(
        text(&shown.stdout).contains("+  timeout connect 5s"),
        "{}",
        text(&shown.stdout)
    );
    assert!(
        text(&shown.stdout).contains("guessed: line 8"),
        "{}",
        text(&shown.stdout)
    );
    assert_eq!(
        fs::read_to_string(&path).expect("read"),
        OLD,
        "without --write nothing is written"
    );
    let written = holdfast(&["migrate", name, "--to", "2.6", "--write", "--format", "json"]);
    assert_eq!(written.status.code(), Some(0));
    let value: serde_json::Value = serde_json::from_slice(&written.stdout).expect("it is JSON");
    assert_eq!(value["changed"], true);
    let new = fs::read_to_string(&path).expect("read");
    assert!(
        new.contains("listen web # here\n  bind 127.0.0.1:8080\n  http-request add-header X 1\n"),
        "{new}"
    );
    assert_eq!(
        fs::metadata(&path).expect("there").permissions().mode() & 0o777,
        0o640
    );
    let again = holdfast(&["migrate", name, "--to", "2.6", "--write"]);
    assert!(
        text(&again.stdout).contains("The file stays as it is."),
        "{}",
        text(&again.stdout)
    );
    assert_eq!(fs::read_to_string(&path).expect("read"), new);
}

#[test]
fn what_is_left_to_decide_and_what_cannot_be_read_have_their_statuses() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.cfg");
    fs::write(
        &path,
        "frontend f\n    mode http\n    bind 127.0.0.1:8080\n    timeout client 5s\n    reqdeny \\.exe\n",
    )
    .expect("written");
    let open = holdfast(&[
        "migrate",
        folder.path().to_str().expect("a name"),
        "--to",
        "2.6",
        "--format",
        "markdown",
    ]);
    assert_eq!(open.status.code(), Some(1), "{}", text(&open.stderr));
    assert!(
        text(&open.stdout).contains("## What the target would still refuse"),
        "{}",
        text(&open.stdout)
    );
    let none = holdfast(&[
        "migrate",
        folder.path().join("none.cfg").to_str().expect("a name"),
    ]);
    assert_eq!(none.status.code(), Some(2));
    let back = holdfast(&[
        "migrate",
        path.to_str().expect("a name"),
        "--from",
        "2.6",
        "--to",
        "2.0",
    ]);
    assert_eq!(back.status.code(), Some(2));
    assert!(
        text(&back.stderr).contains("later than --to"),
        "{}",
        text(&back.stderr)
    );
    fs::write(&path, "vrrp_instance V {\n}\n").expect("written");
    let other = holdfast(&["migrate", path.to_str().expect("a name"), "--to", "2.6"]);
    assert_eq!(other.status.code(), Some(2));
    assert!(
        text(&other.stderr).contains("no version 2.6 of keepalived"),
        "{}",
        text(&other.stderr)
    );
}

#[test]
fn a_file_of_keepalived_is_migrated_between_its_own_versions_and_formatted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keepalived.conf");
    let name = path.to_str().expect("a name");
    let old = "global_defs {\n  enable_snmp_keepalived # c\n}\nvrrp_instance A {\n  interface eth0\n  virtual_router_id 5\n  \
               virtual_ipaddress {\n    192.0.2.1/24\n  }\n}\n";
    fs::write(&path, old).expect("written");
    let written = holdfast(&["migrate", name, "--from", "1.2", "--write"]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stderr));
    assert!(
        text(&written.stdout).contains("from 1.2 to 2.4"),
        "{}",
        text(&written.stdout)
    );
    let new = fs::read_to_string(&path).expect("read");
    assert_eq!(new, old.replace("enable_snmp_keepalived", "enable_snmp_vrrp"));
    assert_eq!(holdfast(&["fmt", name]).status.code(), Some(0));
    let set = fs::read_to_string(&path).expect("read");
    assert!(
        set.contains("\n    enable_snmp_vrrp # c\n") && set.contains("\n        192.0.2.1/24\n"),
        "{set}"
    );
    assert_eq!(holdfast(&["fmt", "--check", name]).status.code(), Some(0));
}

#[test]
fn folders_of_a_machine_are_one_report() {
    let folder = tempfile::tempdir().expect("a folder");
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    };
    put("haproxy/haproxy.cfg", OLD);
    put(
        "haproxy/conf.d/old.cfg",
        "frontend f\n    mode http\n    bind :80\n    timeout client 5s\n    reqideny \\.exe\n",
    );
    put("haproxy/errors/503.http", "HTTP/1.0 503 no\r\n\r\n");
    put("haproxy/other.conf", "[agent]\nscope: x\n");
    put(
        "keepalived/keepalived.conf",
        "vrrp_instance A {\n  interface eth0\n  virtual_router_id 5\n  virtual_ipaddress {\n    192.0.2.1/24\n  }\n}\n",
    );
    put(
        "ha.d/ha.cf",
        "keepalive 1\ndeadtime 5\nbcast eth0\nnode lb1 lb2\nstonith_host * external foo\n",
    );
    put("ha.d/haresources", "lb1 IPaddr::192.0.2.9/24/eth0\n");
    let names: Vec<String> = ["haproxy", "keepalived", "ha.d"]
        .iter()
        .map(|name| folder.path().join(name).to_str().expect("a name").to_owned())
        .collect();
    let run = |format: &str| {
        let mut arguments = vec!["migrate", "--format", format];
        arguments.extend(names.iter().map(String::as_str));
        holdfast(&arguments)
    };
    let said = run("json");
    assert_eq!(said.status.code(), Some(1), "{}", text(&said.stderr));
    let value: serde_json::Value = serde_json::from_slice(&said.stdout).expect("it is JSON");
    let verdict = |ending: &str| {
        let rows = value["machine"].as_array().expect("rows");
        let row = rows
            .iter()
            .find(|row| row["file"].as_str().is_some_and(|file| file.ends_with(ending)));
        row.unwrap_or_else(|| panic!("{ending}: {value:#}"))["verdict"]
            .as_str()
            .expect("a verdict")
            .to_owned()
    };
    assert_eq!(verdict("conf.d/old.cfg"), "first");
    assert!(verdict("haproxy/haproxy.cfg").starts_with("now"));
    assert!(verdict("keepalived.conf").starts_with("now"));
    assert_eq!(verdict("ha.d"), "never", "its fencing has nothing in its place");
    let left = value["left"].to_string();
    assert!(left.contains("503.http") && left.contains("other.conf"), "{left}");
    let page = text(&run("html").stdout);
    assert!(
        page.contains("What never, as it stands") && page.contains("<details>"),
        "{page}"
    );
    let shown = text(&run("text").stdout);
    assert!(
        shown.contains("\nWhat first\n") && shown.contains("--write"),
        "{shown}"
    );
}

#[test]
fn files_are_formatted_in_place_and_standard_input_to_standard_output() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.cfg");
    let name = path.to_str().expect("a name");
    fs::write(&path, " global\nlog   127.0.0.1 local0\n").expect("written");
    let check = holdfast(&["fmt", "--check", name]);
    assert_eq!(
        (check.status.code(), text(&check.stdout)),
        (Some(1), format!("{name}\n"))
    );
    let diff = holdfast(&["fmt", "--diff", name]);
    assert!(
        text(&diff.stdout).contains("+    log 127.0.0.1 local0"),
        "{}",
        text(&diff.stdout)
    );
    assert_eq!(
        fs::read_to_string(&path).expect("read"),
        " global\nlog   127.0.0.1 local0\n"
    );
    assert_eq!(holdfast(&["fmt", name]).status.code(), Some(0));
    assert_eq!(
        fs::read_to_string(&path).expect("read"),
        "global\n    log 127.0.0.1 local0\n"
    );
    assert_eq!(holdfast(&["fmt", "--check", name]).status.code(), Some(0));
    let mut child = Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .args(["fmt", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it runs");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(b"global\n  maxconn  9\n")
        .expect("written");
    let said = child.wait_with_output().expect("it ends");
    assert_eq!(text(&said.stdout), "global\n    maxconn 9\n");
    assert_eq!(holdfast(&["fmt", "/nonexistent.cfg"]).status.code(), Some(2));
}

/// What is recorded holds wherever Debian's haproxy is not; where it is, it judges what this program writes now.
#[test]
fn debians_haproxy_takes_what_was_written() {
    let haproxy = Path::new("/usr/sbin/haproxy");
    let version = Command::new(haproxy).arg("-v").output();
    let is_debians = version.is_ok_and(|said| text(&said.stdout).contains("version 2.6"));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("haproxy.cfg");
    fs::write(&path, OLD).expect("written");
    let written = holdfast(&[
        "migrate",
        path.to_str().expect("a name"),
        "--from",
        "1.4",
        "--to",
        "2.6",
        "--write",
        "--pin",
    ]);
    assert_eq!(written.status.code(), Some(0), "{}", text(&written.stdout));
    if is_debians {
        let said = Command::new(haproxy)
            .arg("-c")
            .arg("-f")
            .arg(&path)
            .output()
            .expect("it runs");
        assert_eq!(said.status.code(), Some(0), "{}", text(&said.stderr));
    }
}
