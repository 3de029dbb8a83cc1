//! `cargo xtask fuzz`: builds the targets of fuzz/ with coverage for libFuzzer and runs each for a while, starting from the
//! tree's own files. The compiler that builds the product is enough: `fuzz/.cargo/config.toml` has what it is told.
//!
//! What was found to be interesting is kept below the target folder and goes on from there the next time. An input that fails
//! is kept in fuzz/artifacts; `cargo xtask fuzz --only TARGET --input FILE` runs it again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

use crate::at_once;
use crate::outcome::{Outcome, Tally};
use crate::test::packages;
use crate::workspace;

/// Arguments of `cargo xtask fuzz`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {
    /// Only this target.
    #[arg(long, value_name = "TARGET")]
    only: Option<String>,
    /// How long each target runs.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    seconds: u32,
    /// How many targets run at once.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u16).range(1..=64))]
    jobs: u16,
    /// Run this input alone, as after a failure.
    #[arg(long, value_name = "FILE", requires = "only")]
    input: Option<PathBuf>,
}

/// A target and the files that it begins with.
struct Target {
    name: &'static str,
    /// Folders below the workspace's top, and how the names of the files end that are wanted from them.
    seeds: &'static [&'static str],
    ending: &'static str,
    /// Bytes of the largest input.
    largest: u32,
}

const TARGETS: &[Target] = &[
    Target {
        name: "vrrp_packet",
        seeds: &[],
        ending: "",
        largest: 600,
    },
    Target {
        name: "agentx_packet",
        seeds: &[],
        ending: "",
        largest: 1000,
    },
    Target {
        name: "bfd_packet",
        seeds: &[],
        ending: "",
        largest: 600,
    },
    Target {
        name: "heartbeat_conf",
        seeds: &[
            "compat-fixtures/documents/heartbeat",
            "compat-fixtures/heartbeat-verdicts",
        ],
        ending: "",
        largest: 4096,
    },
    Target {
        name: "heartbeat_client",
        seeds: &["fuzz/seeds/heartbeat_client"],
        ending: "",
        largest: 1200,
    },
    Target {
        name: "heartbeat_message",
        seeds: &["fuzz/seeds/heartbeat_message"],
        ending: "",
        largest: 1200,
    },
    Target {
        name: "keepalived_conf",
        seeds: &[
            "compat-fixtures/documents/keepalived",
            "compat-fixtures/verdicts/keepalived",
            "crates/keepalived-conf/tests",
        ],
        ending: ".conf",
        largest: 4096,
    },
    Target {
        name: "haproxy_cfg",
        seeds: &[
            "compat-fixtures/documents/haproxy",
            "compat-fixtures/verdicts/haproxy",
            "crates/haproxy-cfg/tests",
        ],
        ending: ".cfg",
        largest: 4096,
    },
    Target {
        name: "proxy_protocol",
        seeds: &[],
        ending: "",
        largest: 600,
    },
    Target {
        name: "peers_message",
        seeds: &[],
        ending: "",
        largest: 600,
    },
    Target {
        name: "http1_request",
        seeds: &["fuzz/seeds/http1_request"],
        ending: "",
        largest: 1200,
    },
    Target {
        name: "http1_response",
        seeds: &["fuzz/seeds/http1_response"],
        ending: "",
        largest: 1200,
    },
    Target {
        name: "http1_chunks",
        seeds: &["fuzz/seeds/http1_chunks"],
        ending: "",
        largest: 400,
    },
];

/// Builds and runs the targets.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let lacking = packages::lacking(packages::FUZZ);
    if !lacking.is_empty() {
        return Ok(Outcome::LeftOut(format!("needs {}", lacking.join(", "))));
    }
    if let Some(name) = &args.only
        && TARGETS.iter().all(|target| target.name != name)
    {
        let known: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
        bail!("no fuzz target '{name}'; there are: {}", known.join(", "));
    }
    let built = build()?;
    let chosen: Vec<&Target> = TARGETS
        .iter()
        .filter(|target| args.only.as_deref().is_none_or(|only| only == target.name))
        .collect();
    let mut tally = Tally::default();
    let passed = at_once::all(&chosen, usize::from(args.jobs), |target| {
        run_one(target, &built, args)
    })?;
    passed.into_iter().for_each(|passed| tally.count(passed));
    Ok(Outcome::Ran(tally))
}

/// Runs a target, shows what it said, and gives whether it found nothing.
fn run_one(target: &Target, built: &Path, args: &Args) -> anyhow::Result<bool> {
    let mut command = Command::new(built.join(target.name));
    command.current_dir(workspace::root()).stdin(Stdio::null());
    match &args.input {
        Some(input) => {
            command.arg(input);
        }
        None => {
            let corpus = corpus(target)?;
            let artifacts = workspace::root().join("fuzz/artifacts");
            fs::create_dir_all(&artifacts).with_context(|| format!("cannot make {}", artifacts.display()))?;
            command
                .arg(corpus)
                .arg(format!("-max_total_time={}", args.seconds))
                .arg(format!("-max_len={}", target.largest))
                .arg(format!(
                    "-artifact_prefix={}/{}-",
                    artifacts.display(),
                    target.name
                ))
                .args(["-timeout=20", "-print_final_stats=1", "-verbosity=0"]);
        }
    }
    let output = command
        .output()
        .with_context(|| format!("cannot start {}", target.name))?;
    // In one piece: two of them run at a time.
    println!(
        "fuzz: {}: {}\n{}{}",
        target.name,
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.status.success())
}

/// Builds all targets and gives back the folder that holds them.
fn build() -> anyhow::Result<PathBuf> {
    let target_folder = workspace::target_folder().join("fuzz");
    // From its own folder, whose .cargo/config.toml says how.
    let status = workspace::cargo()
        .args(["build", "--release", "--quiet", "--bins"])
        .current_dir(workspace::root().join("fuzz"))
        .env("CARGO_TARGET_DIR", &target_folder)
        .env_remove("RUSTFLAGS")
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo build in fuzz/ failed ({status})");
    }
    // The one folder besides `release` itself is named after the platform.
    let folders =
        fs::read_dir(&target_folder).with_context(|| format!("cannot read {}", target_folder.display()))?;
    for folder in folders {
        let release = folder?.path().join("release");
        if TARGETS.iter().all(|target| release.join(target.name).is_file()) {
            return Ok(release);
        }
    }
    bail!("cargo built no targets below {}", target_folder.display())
}

/// The folder with a target's inputs, the tree's files among them.
fn corpus(target: &Target) -> anyhow::Result<PathBuf> {
    let corpus = workspace::target_folder().join("fuzz-corpus").join(target.name);
    fs::create_dir_all(&corpus).with_context(|| format!("cannot make {}", corpus.display()))?;
    for folder in target.seeds {
        let mut files = Vec::new();
        find(&workspace::root().join(folder), target.ending, &mut files)?;
        for (number, file) in files.iter().enumerate() {
            let name = format!("{}-{number}", folder.replace('/', "-"));
            fs::copy(file, corpus.join(name)).with_context(|| format!("cannot copy {}", file.display()))?;
        }
    }
    Ok(corpus)
}

fn find(folder: &Path, ending: &str, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !folder.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, ending, files)?;
        } else if path.to_string_lossy().ends_with(ending) {
            files.push(path);
        }
    }
    files.sort();
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_target_has_its_file_and_its_place_in_the_manifest() {
        let fuzz = workspace::root().join("fuzz");
        let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).expect("a manifest");
        for target in TARGETS {
            assert!(fuzz.join(format!("fuzz_targets/{}.rs", target.name)).is_file());
            assert!(manifest.contains(&format!("name = \"{}\"", target.name)));
        }
        let files = fs::read_dir(fuzz.join("fuzz_targets")).expect("a folder").count();
        assert_eq!(files, TARGETS.len(), "a target that nobody runs");
    }

    #[test]
    fn targets_of_files_begin_with_some() {
        for target in TARGETS.iter().filter(|target| !target.seeds.is_empty()) {
            let mut files = Vec::new();
            for folder in target.seeds {
                find(&workspace::root().join(folder), target.ending, &mut files)
                    .expect("folders can be read");
            }
            assert!(files.len() > 3, "{}: {files:?}", target.name);
        }
    }
}
