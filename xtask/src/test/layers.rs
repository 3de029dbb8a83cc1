//! The table of layers: what each runs, what it needs, how long it may take and how its tests are counted.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::counts::Count;
use super::packages::{self, Needed};
use super::running;
use crate::outcome::{Outcome, Tally};
use crate::workspace;

/// One layer.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    pub(super) name: &'static str,
    /// What it shows.
    pub(super) about: &'static str,
    pub(super) command: Run,
    /// How its tests are counted.
    pub(super) count: Count,
    /// Programs without which it cannot run.
    pub(super) programs: &'static [Needed],
    /// Minutes after which it is ended and has failed.
    pub(super) minutes: u64,
    /// How many of its last lines are shown when all went well: the figures of those that measure.
    pub(super) figures: usize,
    /// Whether a run that asks for every layer may still go without it.
    pub(super) may_be_left_out: bool,
}

/// What a layer runs.
#[derive(Clone, Copy)]
pub(super) enum Run {
    /// Cargo with these arguments and environment variables.
    Cargo(&'static [&'static str], &'static [(&'static str, &'static str)]),
    /// This program with these arguments.
    Xtask(&'static [&'static str]),
}

const PLAIN: Layer = Layer {
    name: "",
    about: "",
    command: Run::Xtask(&[]),
    count: Count::Status,
    programs: &[],
    minutes: 25,
    figures: 0,
    may_be_left_out: false,
};

/// All layers in the order in which they run: the quick ones that find most first.
pub(super) const LAYERS: &[Layer] = &[
    Layer {
        name: "fmt",
        about: "the sources are formatted",
        command: Run::Cargo(&["fmt", "--all", "--check"], &[]),
        ..PLAIN
    },
    Layer {
        name: "tidy",
        about: "the crates' borders and the rules for files",
        command: Run::Xtask(&["tidy"]),
        count: Count::Xtask,
        ..PLAIN
    },
    Layer {
        name: "clippy",
        about: "no warning in any target",
        command: Run::Cargo(
            &[
                "clippy",
                "--workspace",
                "--all-targets",
                "--quiet",
                "--",
                "-D",
                "warnings",
            ],
            &[],
        ),
        ..PLAIN
    },
    Layer {
        name: "doc",
        about: "the documentation builds without a warning",
        command: Run::Cargo(
            &["doc", "--workspace", "--no-deps", "--quiet"],
            &[("RUSTDOCFLAGS", "-D warnings")],
        ),
        ..PLAIN
    },
    Layer {
        name: "unit",
        about: "the crates' own tests: unit, property, integration and documentation tests",
        command: Run::Xtask(&["unit"]),
        count: Count::Xtask,
        ..PLAIN
    },
    Layer {
        // Part of the layer above as well, which leaves out what is not there.
        name: "programs",
        about: "hatop, exporter, log analysis and socat scripts from Debian work with Holdfast as with haproxy",
        command: Run::Xtask(&["unit", "holdfast::programs"]),
        count: Count::Xtask,
        programs: packages::PROGRAMS,
        ..PLAIN
    },
    Layer {
        name: "verdicts",
        about: "haproxy still says what is recorded in compat-fixtures (of single lines each fourth is asked for)",
        command: Run::Xtask(&["fixtures", "--check", "--each", "4"]),
        count: Count::Xtask,
        programs: packages::ORIGINALS,
        minutes: 15,
        ..PLAIN
    },
    Layer {
        name: "vtc-original",
        about: "tests/vtc on Debian's haproxy: the tests themselves are right",
        command: Run::Xtask(&["vtc", "--subject", "original"]),
        count: Count::Xtask,
        programs: packages::VTC,
        ..PLAIN
    },
    Layer {
        name: "build",
        about: "the product builds for release",
        command: Run::Cargo(&["build", "--release", "--package", "holdfast", "--quiet"], &[]),
        ..PLAIN
    },
    Layer {
        name: "vtc-holdfast",
        about: "tests/vtc on Holdfast",
        command: Run::Xtask(&["vtc", "--subject", "holdfast"]),
        count: Count::Xtask,
        programs: packages::VTC,
        ..PLAIN
    },
    Layer {
        name: "lab",
        about: "the documents' networks in namespaces, with their files unchanged",
        command: Run::Xtask(&["lab"]),
        count: Count::Xtask,
        programs: packages::LAB,
        figures: 200,
        ..PLAIN
    },
    Layer {
        // How fast is for the reader; that every scenario is answered rightly by both programs is tested.
        name: "bench",
        about: "every scenario of the bench runs; a short look, no measurement",
        command: Run::Xtask(&["bench", "--quick", "--rounds", "1"]),
        count: Count::Xtask,
        programs: packages::BENCH,
        figures: 24,
        minutes: 5,
        ..PLAIN
    },
    Layer {
        name: "fuzz",
        about: "the fuzz targets build and find nothing in a short run",
        command: Run::Xtask(&["fuzz", "--seconds", "15"]),
        count: Count::Xtask,
        programs: packages::FUZZ,
        ..PLAIN
    },
    Layer {
        name: "deny",
        about: "licences, sources and bans of the dependencies",
        command: Run::Cargo(&["deny", "check", "bans", "licenses", "sources"], &[]),
        programs: packages::DENY,
        may_be_left_out: true,
        ..PLAIN
    },
];

impl Layer {
    /// Runs it; `own` is this program, `log` the file for its output. What cannot even be started has failed. Gives
    /// what it came to, and the lines that name what was wrong.
    pub(super) fn run(&self, own: &Path, log: &Path) -> (Outcome, Vec<String>) {
        let mut command = match self.command {
            Run::Cargo(arguments, env) => {
                let mut command = workspace::cargo();
                command.args(arguments).envs(env.iter().copied());
                command
            }
            Run::Xtask(arguments) => {
                let mut command = Command::new(own);
                command.args(arguments).current_dir(workspace::root());
                command
            }
        };
        let failed = Outcome::Ran(Tally {
            failed: 1,
            ..Tally::default()
        });
        let ended = match running::to_the_end(&mut command, log, Duration::from_secs(self.minutes * 60)) {
            Ok(ended) => ended,
            Err(error) => {
                println!("   {error:#}");
                return (failed, vec![format!("{error:#}")]);
            }
        };
        let outcome = self.count.of(&ended.output, ended.success);
        let mut wrong = Vec::new();
        if outcome.is_failure() {
            wrong = running::wrong_lines(&ended.output, 20);
            println!(
                "{}   (all of it: {})",
                running::telling_lines(&ended.output, 400),
                log.display()
            );
            if let Some(reason) = ended.stopped {
                println!("   {reason}");
                wrong.push(reason);
            }
        } else {
            print!("{}", running::telling_lines(&ended.output, self.figures));
        }
        (outcome, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layers_have_different_names() {
        for (index, layer) in LAYERS.iter().enumerate() {
            assert!(
                LAYERS[..index].iter().all(|other| other.name != layer.name),
                "{} is there twice",
                layer.name
            );
        }
    }

    #[test]
    fn a_command_that_fails_is_a_failed_layer_and_its_output_is_kept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log");
        let layer = Layer {
            command: Run::Xtask(&["-c", "echo seen; echo WRONG sum; exit 1"]),
            ..PLAIN
        };
        let (outcome, wrong) = layer.run(Path::new("/bin/sh"), &log);
        assert!(outcome.is_failure());
        assert_eq!(wrong, ["WRONG sum"]);
        assert_eq!(std::fs::read_to_string(&log).expect("a log"), "seen\nWRONG sum\n");

        let layer = Layer {
            command: Run::Xtask(&["-c", "exit 0"]),
            ..PLAIN
        };
        assert_eq!(
            layer.run(Path::new("/bin/sh"), &log),
            (
                Outcome::Ran(Tally {
                    passed: 1,
                    failed: 0,
                    skipped: 0
                }),
                Vec::new()
            )
        );
        let (outcome, wrong) = layer.run(Path::new("/no/such/program"), &log);
        assert!(outcome.is_failure());
        assert!(wrong[0].starts_with("cannot start "), "{wrong:?}");
    }
}
