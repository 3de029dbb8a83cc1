//! Comparisons of small corpora that are made here, between programs that are shell scripts.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

/// Refuses a file that holds `bad`, hangs on none.
const ORIGINAL: &str = "if grep -q bad \"$3\"; then echo \"[ALERT] (1) : parsing [$3:1] : bad.\"; exit 1; fi";
/// The same with `--dialect 2.6`, and lenient otherwise.
const SAME: &str = "shift; strict=; case \"$1\" in --dialect) shift 2; strict=1;; -V) shift;; esac\n\
     if grep -q worst \"$3\" || { grep -q bad \"$3\" && [ $strict ]; }; then echo \"[ALERT] (1) : parsing [$3:1] : bad.\"; exit 1; fi";

struct Small {
    folder: tempfile::TempDir,
}

impl Small {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::create_dir(folder.path().join("corpus")).expect("made");
        for (name, text) in files {
            fs::write(folder.path().join("corpus").join(name), text).expect("written");
        }
        Self { folder }
    }

    fn script(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\nexit 0\n")).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("may be run");
        path
    }

    fn compared(&self, original: &str, ours: &str, expectations: &str) -> anyhow::Result<Tally> {
        let path = self.folder.path().join("expectations.toml");
        fs::write(&path, expectations).expect("written");
        let outcome = run(&Args {
            folder: self.folder.path().join("corpus"),
            original: self.script("original", original),
            program: Some(self.script("ours", ours)),
            expectations: Some(path),
            only: None,
            messages: true,
            seconds: 20,
        })?;
        match outcome {
            Outcome::Ran(tally) => Ok(tally),
            Outcome::LeftOut(reason) => bail!("{reason}"),
        }
    }
}

#[test]
fn verdicts_that_agree_pass() {
    let small = Small::new(&[
        ("a.cfg", "good\n"),
        ("b.cfg", "bad\n"),
        ("no-config.txt", "bad\n"),
    ]);
    let tally = small.compared(ORIGINAL, SAME, "").expect("compared");
    assert_eq!(tally.failed, 0, "{tally}");
    assert!(tally.passed >= 4, "{tally}");
}

#[test]
fn a_disagreement_fails_unless_it_is_expected() {
    let small = Small::new(&[("a.cfg", "good\n"), ("b.cfg", "bad\n")]);
    let never = "true";
    let tally = small.compared(ORIGINAL, never, "").expect("compared");
    assert!(tally.failed > 0, "{tally}");
    let entry =
        |room| format!("[[differs]]\nfile = \"b.cfg\"\nroom = \"{room}\"\nreason = \"it is lenient\"\n");
    let both = entry("empty") + &entry("stubs");
    // Without root nothing is judged among stubs, and nothing is stale there.
    let tally = small.compared(ORIGINAL, never, &both).expect("compared");
    assert_eq!(tally.failed, 0, "{tally}");
}

#[test]
fn a_stale_expectation_fails() {
    let small = Small::new(&[("a.cfg", "good\n")]);
    let stale = "[[differs]]\nfile = \"a.cfg\"\nroom = \"empty\"\nreason = \"it was so\"\n";
    assert_eq!(small.compared(ORIGINAL, SAME, stale).expect("compared").failed, 1);
    let gone = stale.replace("a.cfg", "gone.cfg");
    assert_eq!(small.compared(ORIGINAL, SAME, &gone).expect("compared").failed, 1);
}

#[test]
fn a_refusal_in_the_default_dialect_is_listed_or_fails() {
    if !nix::unistd::geteuid().is_root() {
        return;
    }
    let small = Small::new(&[("a.cfg", "good\n"), ("b.cfg", "bad and worst\n")]);
    assert_eq!(small.compared(ORIGINAL, SAME, "").expect("compared").failed, 1);
    let entry = "[[refused]]\nfile = \"b.cfg\"\nsays = \": bad.\"\nreason = \"it is bad\"\n";
    assert_eq!(small.compared(ORIGINAL, SAME, entry).expect("compared").failed, 0);
    let other = entry.replace(": bad.", "another thing");
    assert_eq!(
        small.compared(ORIGINAL, SAME, &other).expect("compared").failed,
        1
    );
    // What a version has accepted is never to be refused, listed or not.
    fs::write(
        small.folder.path().join("corpus/VERDICTS.tsv"),
        "file\toracle\texit\nhaproxy/b.cfg\thaproxy35+stub\t0\n",
    )
    .expect("written");
    assert_eq!(small.compared(ORIGINAL, SAME, entry).expect("compared").failed, 1);
}

#[test]
fn a_crash_of_both_is_no_agreement_of_verdicts_alone() {
    let small = Small::new(&[("a.cfg", "good\n")]);
    let crash = "kill -SEGV $$";
    let tally = small.compared(crash, crash, "").expect("compared");
    assert!(tally.failed > 0, "{tally}");
}

#[test]
fn percentages_are_cut_and_not_rounded_up() {
    assert_eq!(percent(145, 145), "100.0 %");
    assert_eq!(percent(1999, 2000), "99.9 %");
    assert_eq!(percent(0, 0), "0.0 %");
}
