//! The Debian packages: made of the program as it is, installed in a copy of this machine's files that nobody else sees, where the
//! commands answer as Holdfast, and removed again, after which the originals are back. Left out where there is no Debian, no root or
//! no overlay.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::{Arguments, Failed, Trial};

/// Mounts a copy of all files at `$1/root`, into which changes go alone, and runs `$2` there.
const IN_A_COPY: &str = "set -e\n\
    mount -t tmpfs -o size=1g tmpfs \"$1\"\n\
    mkdir \"$1/changed\" \"$1/work\" \"$1/root\"\n\
    mount -t overlay overlay -o lowerdir=/,upperdir=\"$1/changed\",workdir=\"$1/work\" \"$1/root\"\n\
    mount --rbind /dev \"$1/root/dev\"\n\
    mount -t proc proc \"$1/root/proc\"\n\
    mount --rbind \"$3\" \"$1/root/mnt\"\n\
    exec chroot \"$1/root\" /bin/sh -c \"$2\"\n";

fn main() {
    let is_root = nix::unistd::geteuid().is_root();
    let debian = ["/usr/bin/dpkg-deb", "/usr/bin/dpkg-divert", "/usr/bin/unshare"];
    let can = is_root && debian.iter().all(|path| Path::new(path).exists()) && copies();
    let name = "packages_take_the_places_of_the_originals_and_give_them_back";
    let trial = Trial::test(name, || {
        packages_take_the_places_of_the_originals_and_give_them_back();
        Ok::<(), Failed>(())
    });
    libtest_mimic::run(&Arguments::from_args(), vec![trial.with_ignored_flag(!can)]).exit()
}

/// Whether copies can be made here.
fn copies() -> bool {
    let folder = tempfile::tempdir().unwrap();
    in_a_copy(folder.path(), "true").status.success()
}

/// Runs a script in a copy of all files, with `packages` at `/mnt`.
fn in_a_copy(packages: &Path, script: &str) -> Output {
    let place = tempfile::tempdir().unwrap();
    // In a mount namespace of its own, so that nothing is left when it ends. No service is to be started.
    let output = Command::new("unshare")
        .args(["--mount", "--pid", "--fork", "sh", "-c", IN_A_COPY, "sh"])
        .arg(place.path())
        .arg(script)
        .arg(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .output();
    output.unwrap()
}

fn packages_take_the_places_of_the_originals_and_give_them_back() {
    let packages = tempfile::tempdir().unwrap();
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packaging/debian/build");
    let built = Command::new(build)
        .arg(env!("CARGO_BIN_EXE_holdfast"))
        .arg(packages.path())
        .env("COMPRESSION", "none")
        .output()
        .unwrap();
    assert!(
        built.status.success(),
        "{}",
        String::from_utf8_lossy(&built.stderr)
    );
    assert_eq!(fs::read_dir(packages.path()).unwrap().count(), 4);

    // What `-v` and its kin say of each program, before, while the packages are there, and after.
    let says = "for path in /usr/sbin/haproxy /usr/sbin/keepalived /usr/libexec/heartbeat/heartbeat; do\n\
        echo \"$path $(test -e $path || echo none; readlink $path)\"; done\n\
        haproxy -v 2>&1 | head -n 1; keepalived -v 2>&1 | head -n 1\n";
    let script = format!(
        "set -e\n\
         says() {{ {says} }}\n\
         says >/tmp/before 2>&1\n\
         rm -f /etc/default/holdfast; userdel haproxy 2>/dev/null || true\n\
         dpkg --install /mnt/*.deb >/tmp/log 2>&1 || {{ cat /tmp/log; exit 1; }}\n\
         echo '== installed'; says; holdfast --version\n\
         /usr/libexec/heartbeat/heartbeat -V; dpkg --verify holdfast-haproxy; getent passwd haproxy\n\
         printf 'listen l\\n bind 127.0.0.1:1\\n mode http\\n timeout client 1s\\n timeout server 1s\\n timeout connect 1s\\n' \
           >/tmp/a.cfg\n\
         haproxy -c -V -f /tmp/a.cfg\n\
         dpkg-query --show --showformat '${{Provides}}\\n' holdfast-haproxy holdfast-keepalived holdfast-heartbeat\n\
         cat /usr/lib/systemd/system/holdfast-*.service | grep -c ExecStart=/usr/bin/holdfast\n\
         echo 'EXTRAOPTS=mine' >/etc/default/holdfast\n\
         echo '== again'; dpkg --install /mnt/*.deb >/tmp/log 2>&1 || {{ cat /tmp/log; exit 1; }}\n\
         cat /etc/default/holdfast; readlink /usr/sbin/haproxy\n\
         dpkg --remove holdfast-haproxy holdfast-keepalived holdfast-heartbeat holdfast >/tmp/log 2>&1 || {{ cat /tmp/log; exit 1; }}\n\
         says >/tmp/after 2>&1\n\
         echo '== removed'; cmp /tmp/before /tmp/after && echo same\n\
         cat /etc/default/holdfast; dpkg-divert --list 'holdfast*' | wc -l; ls /usr/sbin/*.distrib 2>/dev/null | wc -l\n\
         dpkg --purge holdfast >/tmp/log 2>&1; test ! -e /etc/default/holdfast && echo purged\n"
    );
    let ran = in_a_copy(packages.path(), &script);
    let said = String::from_utf8_lossy(&ran.stdout);
    assert!(
        ran.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&ran.stderr)
    );
    let part = |name: &str| {
        let behind = said.split_once(&format!("== {name}\n")).map(|(_, behind)| behind);
        behind
            .unwrap_or_else(|| panic!("no {name} in {said}"))
            .split("== ")
            .next()
            .unwrap()
    };
    let installed = part("installed");
    for expected in [
        "/usr/sbin/haproxy /usr/bin/holdfast\n",
        "/usr/sbin/keepalived /usr/bin/holdfast\n",
        "/usr/libexec/heartbeat/heartbeat /usr/bin/holdfast\n",
        "holdfast, which speaks like it",
        "Configuration file is valid\n",
        "haproxy:x:",
        "\nhaproxy\nheartbeat\nkeepalived\n3\n",
    ] {
        let expected = expected.replace(
            "holdfast, which",
            &format!("holdfast {}, which", env!("CARGO_PKG_VERSION")),
        );
        assert!(installed.contains(&expected), "no {expected:?} in {installed}");
    }
    assert!(installed.contains("HAProxy version 3.5"), "{installed}");
    // What the administrator wrote stays with a new version, and until the package is purged.
    assert_eq!(part("again"), "EXTRAOPTS=mine\n/usr/bin/holdfast\n");
    assert_eq!(part("removed"), "same\nEXTRAOPTS=mine\n0\n0\npurged\n");
}
