//! `holdfast lint` as a program: outputs, exit statuses, fixes in files, levels and exceptions.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

const FRAME: &str = "global\n    user root\n    log /dev/log local0\ndefaults\n    mode http\n    log global\n    timeout client 30s\n    \
                     timeout connect 5s\n    timeout server 30s\n    timeout http-request 10s\n";

const UNUSED: &str = "frontend web\n    bind 127.0.0.1:80\n    acl old path_beg /old\n    default_backend app\nbackend app\n    server a \
                      192.0.2.1:80 check\n";

fn lint(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("lint")
        .args(["--level", "runs-as-root=off", "--level", "interface-not-here=off"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("it can be started")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn folder(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("a.cfg"), format!("{FRAME}{file}")).expect("written");
    folder
}

#[test]
fn a_clean_file_gives_0_findings_give_1_and_what_cannot_be_read_2() {
    let used = UNUSED.replace("default_backend", "use_backend app if old\n    default_backend");
    let clean = folder(&used.replace("use_backend app if old", "http-request deny if old"));
    let output = lint(clean.path(), &["a.cfg"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "nothing found\n");

    let found = folder(UNUSED);
    let output = lint(found.path(), &["a.cfg"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    for part in [
        "unused-acl",
        "acl old path_beg /old",
        "^^^",
        "It decides nothing",
        "remove it",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert_eq!(lint(found.path(), &["nosuch.cfg"]).status.code(), Some(2));
    assert_eq!(
        lint(found.path(), &["a.cfg", "--format", "loud"]).status.code(),
        Some(2)
    );
    assert_eq!(
        lint(found.path(), &["a.cfg", "--level", "nosuch=off"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn a_line_that_is_not_understood_is_named_and_the_rest_is_judged() {
    let folder = folder(&format!("{UNUSED}    blance roundrobin\n"));
    let output = lint(folder.path(), &["a.cfg", "--format", "concise"]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.contains("a.cfg:17:5: error[unknown-keyword]"), "{told}");
    assert!(told.contains("a.cfg:13:9: warning[unused-acl]"), "{told}");
    assert!(text(&output.stderr).contains("not understood, and left out by the rules: a.cfg:17"));
}

#[test]
fn programs_read_json_sarif_github_and_haproxys_form() {
    let folder = folder(UNUSED);
    let said = |format| text(&lint(folder.path(), &["a.cfg", "--format", format]).stdout);
    let line: serde_json::Value = serde_json::from_str(&said("json")).expect("one object");
    assert_eq!(line["code"], "unused-acl");
    assert_eq!(line["at"]["line"], 13);
    let log: serde_json::Value = serde_json::from_str(&said("sarif")).expect("it is JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unused-acl");
    assert_eq!(
        result["locations"][0]["physicalLocation"]["region"]["startLine"],
        13
    );
    assert!(said("github").starts_with("::warning file=a.cfg,line=13,"));
    assert!(said("haproxy").contains(" : config : parsing [a.cfg:13] : ACL 'old' is not used\n"));
}

#[test]
fn fixes_are_shown_or_put_into_the_file_which_keeps_its_mode() {
    let folder = folder(UNUSED);
    let path = folder.path().join("a.cfg");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).expect("set");
    let before = fs::read_to_string(&path).expect("read");
    let output = lint(folder.path(), &["a.cfg", "--diff"]);
    assert_eq!(output.status.code(), Some(1));
    let diff = text(&output.stdout);
    assert!(diff.starts_with("--- a/a.cfg\n+++ b/a.cfg\n"), "{diff}");
    assert!(diff.contains("\n-    acl old path_beg /old\n"), "{diff}");
    assert_eq!(fs::read_to_string(&path).expect("read"), before);

    let output = lint(folder.path(), &["a.cfg", "--fix"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(text(&output.stderr), "1 fixed\nnothing found\n");
    assert_eq!(
        fs::read_to_string(&path).expect("read"),
        before.replace("    acl old path_beg /old\n", "")
    );
    assert_eq!(
        fs::metadata(&path).expect("there").permissions().mode() & 0o777,
        0o640
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
}

#[test]
fn comments_and_levels_silence_findings() {
    for comment in [
        "    acl old path_beg /old # holdfast: allow(unused-acl)",
        "    # holdfast: allow(unused-acl)\n    acl old path_beg /old",
    ] {
        let folder = folder(&UNUSED.replace("    acl old path_beg /old", comment));
        assert_eq!(
            lint(folder.path(), &["a.cfg"]).status.code(),
            Some(0),
            "{comment}"
        );
    }
    let whole = folder(&format!("{UNUSED}# holdfast: allow-file(unused-acl)\n"));
    assert_eq!(lint(whole.path(), &["a.cfg"]).status.code(), Some(0));
    let other = folder(&format!("{UNUSED}# holdfast: allow-file(unused-alc)\n"));
    let told = text(&lint(other.path(), &["a.cfg", "--format", "concise"]).stdout);
    assert!(
        told.contains("unknown-code") && told.contains("'unused-acl'?"),
        "{told}"
    );

    let folder = folder(UNUSED);
    assert_eq!(
        lint(folder.path(), &["a.cfg", "--level", "unused-acl=off"])
            .status
            .code(),
        Some(0)
    );
    fs::write(
        folder.path().join("holdfast-lint.toml"),
        "[levels]\nunused-acl = \"error\"\n",
    )
    .expect("written");
    let told = text(&lint(folder.path(), &["a.cfg", "--format", "concise"]).stdout);
    assert!(told.contains("error[unused-acl]"), "{told}");
    fs::write(
        folder.path().join("holdfast-lint.toml"),
        "[levels]\nunused-acl = \"of\"\n",
    )
    .expect("written");
    assert_eq!(lint(folder.path(), &["a.cfg"]).status.code(), Some(2));
}

#[test]
fn files_are_judged_one_by_one_or_together() {
    let folder = tempfile::tempdir().expect("a folder");
    let (front, back) = UNUSED.split_at(UNUSED.find("\nbackend app\n").expect("it is there") + 1);
    let front = front.replace("    acl old path_beg /old\n", "");
    fs::write(folder.path().join("1.cfg"), format!("{FRAME}{front}")).expect("written");
    fs::write(folder.path().join("2.cfg"), back).expect("written");
    assert_eq!(lint(folder.path(), &["1.cfg", "2.cfg"]).status.code(), Some(1));
    let output = lint(folder.path(), &["--together", "1.cfg", "2.cfg"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
    assert_eq!(lint(folder.path(), &["."]).status.code(), Some(0));
}

#[test]
fn a_code_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = lint(folder.path(), &["--explain", "shadowed-rule"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(
        text(&output.stdout).starts_with("shadowed-rule: A rule that earlier ones leave nothing to do\n")
    );
    assert_eq!(
        lint(folder.path(), &["--explain", "shadow-rule"]).status.code(),
        Some(2)
    );
    assert_eq!(lint(folder.path(), &[]).status.code(), Some(2));
}

const NODE: &str = "global_defs {\n    router_id lb1\n}\nvrrp_instance web {\n    interface eth0\n    virtual_router_id 51\n    \
                    priority 100\n    virtual_ipaddress {\n        192.0.2.10/24\n    }\n}\n";

#[test]
fn files_of_keepalived_are_judged_together_unless_they_are_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("lb1.conf", NODE);
    write("lb2.conf", &NODE.replace("lb1", "lb2"));
    let one = lint(folder.path(), &["lb1.conf"]);
    assert_eq!(one.status.code(), Some(0), "{}", text(&one.stdout));
    let both = lint(folder.path(), &["lb1.conf", "lb2.conf", "--format", "concise"]);
    assert_eq!(both.status.code(), Some(1));
    let told = text(&both.stdout);
    assert!(told.contains("lb2.conf:7:5: warning[priority-tie]"), "{told}");
    let alone = lint(folder.path(), &["--alone", "lb1.conf", "lb2.conf"]);
    assert_eq!(alone.status.code(), Some(0), "{}", text(&alone.stdout));

    write(
        "haproxy.cfg",
        &format!(
            "{FRAME}frontend web\n    bind 192.0.2.99:80 transparent\n    default_backend a\nbackend a\n    server a 192.0.2.1:80 check\n"
        ),
    );
    let together = lint(folder.path(), &["lb1.conf", "haproxy.cfg", "--format", "concise"]);
    let told = text(&together.stdout);
    assert!(
        told.contains("lb1.conf:9:9: warning[address-nothing-binds]"),
        "{told}"
    );
}

#[test]
fn fixes_go_into_the_file_of_the_node_that_they_are_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("written");
    write("lb1.conf", NODE);
    let second = NODE
        .replace("lb1", "lb2")
        .replace("100", "90")
        .replace("10/24", "10");
    write("lb2.conf", &second);
    let output = lint(
        folder.path(),
        &["lb1.conf", "lb2.conf", "--fix", "--format", "concise"],
    );
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stdout).contains("prefix-differs"),
        "{}",
        text(&output.stdout)
    );
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect("read");
    assert_eq!(read("lb1.conf"), NODE);
    assert_eq!(read("lb2.conf"), second.replace("192.0.2.10", "192.0.2.10/32"));
}

#[test]
fn folders_of_heartbeat_are_judged_together_unless_they_are_alone() {
    let documents = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/documents/heartbeat");
    let folder = tempfile::tempdir().expect("it works");
    for node in ["004-lb1", "004-lb2"] {
        fs::create_dir(folder.path().join(node)).expect("it works");
        for name in ["ha.cf", "haresources", "authkeys"] {
            let path = folder.path().join(node).join(name);
            fs::copy(documents.join(node).join(name), &path).expect("it works");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("it works");
        }
    }
    let alone = lint(
        folder.path(),
        &["--format", "concise", "--alone", "004-lb1", "004-lb2"],
    );
    assert!(!text(&alone.stdout).contains("differ"), "{}", text(&alone.stdout));
    fs::write(
        folder.path().join("004-lb2/haresources"),
        "lb2.example.com 192.168.0.99\n",
    )
    .expect("it works");
    let together = lint(folder.path(), &["--format", "concise", "004-lb1", "004-lb2"]);
    let said = text(&together.stdout);
    assert_eq!(together.status.code(), Some(1), "{said}");
    assert!(said.contains("hb-resources-differ"), "{said}");
    let explained = lint(folder.path(), &["--explain", "hb-resources-differ"]);
    assert!(
        text(&explained.stdout).contains("the same haresources"),
        "{}",
        text(&explained.stdout)
    );
    fs::set_permissions(
        folder.path().join("004-lb1/authkeys"),
        fs::Permissions::from_mode(0o644),
    )
    .expect("it works");
    let open = lint(folder.path(), &["--format", "concise", "004-lb1"]);
    assert!(text(&open.stdout).contains("authkeys"), "{}", text(&open.stdout));
}
