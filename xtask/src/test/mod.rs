//! `cargo xtask test`: every test there is, layer by layer.
//!
//! A layer is a command and a way to count what it says ([`layers`]). Its output goes to a file and is shown when it
//! fails. What cannot run on this machine is left out, and the last lines say which and why: nothing is passed over in
//! silence.

mod counts;
mod layers;
pub(crate) mod packages;
mod running;

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::outcome::{Outcome, Tally};
use crate::workspace;
use layers::{LAYERS, Layer};

/// Arguments of `cargo xtask test`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// Only these layers.
    #[arg(long, value_name = "LAYER", value_delimiter = ',')]
    only: Vec<String>,
    /// Count a layer that was left out as a failure (but `deny`, whose tool is no Debian package).
    #[arg(long)]
    fail_on_left_out: bool,
    /// Install no Debian packages, even where that is possible.
    #[arg(long)]
    no_install: bool,
    /// Name the layers and run nothing.
    #[arg(long)]
    list: bool,
}

/// What became of one layer.
struct Finished {
    layer: &'static Layer,
    outcome: Outcome,
    /// The lines of its output that name what was wrong.
    wrong: Vec<String>,
    took: Duration,
}

/// Runs the layers in their order; a failed one does not stop the others.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let chosen = chosen(&args.only)?;
    if args.list {
        for layer in &chosen {
            println!("{:16} {}", layer.name, layer.about);
        }
        return Ok(Outcome::Ran(Tally {
            skipped: chosen.len(),
            ..Tally::default()
        }));
    }

    let not_installed =
        packages::make_available(chosen.iter().flat_map(|layer| layer.programs), !args.no_install);
    let logs = workspace::target_folder().join("xtask-test");
    fs::create_dir_all(&logs).with_context(|| format!("cannot make {}", logs.display()))?;
    // Asked once: cargo may put a new file in this one's place while the layers run.
    let own = std::env::current_exe().context("cannot find this program")?;

    let mut finished = Vec::new();
    for layer in chosen {
        println!("== {}: {}", layer.name, layer.about);
        let start = Instant::now();
        let (outcome, wrong) = match missing(layer, &not_installed) {
            Some(reason) => (Outcome::LeftOut(reason), Vec::new()),
            None => layer.run(&own, &logs.join(format!("{}.log", layer.name))),
        };
        println!("   {}: {outcome} ({})", layer.name, seconds(start.elapsed()));
        finished.push(Finished {
            layer,
            outcome,
            wrong,
            took: start.elapsed(),
        });
    }
    Ok(Outcome::Ran(summary(&finished, args.fail_on_left_out)))
}

/// The layers of these names, or all.
fn chosen(names: &[String]) -> anyhow::Result<Vec<&'static Layer>> {
    if let Some(unknown) = names
        .iter()
        .find(|name| LAYERS.iter().all(|layer| layer.name != name.as_str()))
    {
        let known: Vec<_> = LAYERS.iter().map(|layer| layer.name).collect();
        bail!("no layer '{unknown}'; there are: {}", known.join(", "));
    }
    Ok(LAYERS
        .iter()
        .filter(|layer| names.is_empty() || names.iter().any(|name| name == layer.name))
        .collect())
}

/// What the layer needs and this machine lacks, with the reason why it was not installed.
fn missing(layer: &Layer, not_installed: &str) -> Option<String> {
    let lacking = packages::lacking(layer.programs);
    (!lacking.is_empty()).then(|| format!("needs {}{not_installed}", lacking.join(", ")))
}

/// Prints a line for each layer and then what was wrong and left out, and adds up: who sees the end alone sees that.
fn summary(finished: &[Finished], fail_on_left_out: bool) -> Tally {
    let mut total = Tally::default();
    println!(
        "\n{:16} {:>8} {:>8} {:>8} {:>9}",
        "layer", "passed", "failed", "skipped", "time"
    );
    for Finished {
        layer, outcome, took, ..
    } in finished
    {
        let time = seconds(*took);
        match outcome {
            Outcome::Ran(tally) => {
                let Tally {
                    passed,
                    failed,
                    skipped,
                } = *tally;
                println!("{:16} {passed:>8} {failed:>8} {skipped:>8} {time:>9}", layer.name);
                total += *tally;
            }
            Outcome::LeftOut(_) => println!("{:16} {:>26} {time:>9}", layer.name, "left out"),
        }
    }
    println!();
    for Finished { layer, wrong, .. } in finished {
        for line in wrong {
            println!("wrong: {}: {line}", layer.name);
        }
    }
    let mut complete = true;
    for Finished { layer, outcome, .. } in finished {
        if let Outcome::LeftOut(reason) = outcome {
            complete = false;
            println!("left out: {}: {reason}", layer.name);
            if fail_on_left_out && !layer.may_be_left_out {
                println!("          which counts as a failure here");
                total.failed += 1;
            }
        }
    }
    if complete {
        println!("left out: nothing");
    }
    total
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finished(name: &str, outcome: Outcome) -> Finished {
        let layer = LAYERS
            .iter()
            .find(|layer| layer.name == name)
            .expect("a layer of that name");
        Finished {
            layer,
            outcome,
            wrong: Vec::new(),
            took: Duration::ZERO,
        }
    }

    #[test]
    fn a_layer_left_out_fails_the_run_only_where_that_is_asked_for() {
        let layers = [
            finished(
                "tidy",
                Outcome::Ran(Tally {
                    passed: 9,
                    failed: 0,
                    skipped: 1,
                }),
            ),
            finished("lab", Outcome::LeftOut("needs root".to_owned())),
        ];
        assert_eq!(
            summary(&layers, false),
            Tally {
                passed: 9,
                failed: 0,
                skipped: 1
            }
        );
        assert_eq!(
            summary(&layers, true),
            Tally {
                passed: 9,
                failed: 1,
                skipped: 1
            }
        );
    }

    #[test]
    fn deny_alone_may_be_left_out() {
        let optional: Vec<_> = LAYERS
            .iter()
            .filter(|layer| layer.may_be_left_out)
            .map(|layer| layer.name)
            .collect();
        assert_eq!(optional, ["deny"]);
        let layers = [finished("deny", Outcome::LeftOut("needs cargo-deny".to_owned()))];
        assert_eq!(summary(&layers, true), Tally::default());
    }

    #[test]
    fn layers_are_chosen_by_name_and_a_wrong_name_is_an_error() {
        let names = |only: &[&str]| -> anyhow::Result<Vec<&str>> {
            let only: Vec<_> = only.iter().map(ToString::to_string).collect();
            Ok(chosen(&only)?.into_iter().map(|layer| layer.name).collect())
        };
        assert_eq!(names(&["tidy", "fmt"]).expect("known"), ["fmt", "tidy"]);
        assert_eq!(names(&[]).expect("all").len(), LAYERS.len());
        let error = names(&["tidi"]).expect_err("unknown").to_string();
        assert!(error.starts_with("no layer 'tidi'; there are: fmt, "), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named_with_its_package() {
        let layer = Layer {
            programs: &[packages::Needed {
                name: "no-such-program",
                package: Some("its-package"),
            }],
            ..LAYERS[0]
        };
        assert_eq!(
            missing(&layer, "; not root").as_deref(),
            Some("needs no-such-program (Debian package its-package); not root")
        );
        assert_eq!(
            missing(
                &Layer {
                    programs: &[],
                    ..layer
                },
                "; not root"
            ),
            None
        );
    }
}
