//! The lab's arguments, and the program that it is run on.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// What `cargo xtask lab` was asked for.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// The balancer program; none for the workspace's own, built by the lab.
    pub(super) program: Option<PathBuf>,
    /// Beginnings of scenario names to run; empty for all.
    pub(super) only: Vec<String>,
    /// Where summary, screenshot and logs are left.
    pub(super) out: PathBuf,
}

impl Options {
    /// Reads `--program PATH`, `--only NAME[,NAME…]` and `--out FOLDER`, each also with `=`.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let mut options = Self { program: None, only: Vec::new(), out: workspace().join("lab-out") };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let (name, inline) = arg.split_once('=').map_or((arg.as_str(), None), |(n, v)| (n, Some(v)));
            let mut value =
                || inline.or_else(|| args.next().map(String::as_str)).with_context(|| format!("{name} needs a value"));
            match name {
                "--program" => options.program = Some(absolute(value()?)?),
                "--only" => options.only.extend(value()?.split(',').map(str::to_owned)),
                "--out" => options.out = absolute(value()?)?,
                _ => bail!("unknown argument `{arg}`; usage: lab [--program PATH] [--only 000,001,…] [--out FOLDER]"),
            }
        }
        Ok(options)
    }

    /// The same options with a program: the one given, or the workspace's `holdfast`, built now.
    pub(super) fn with_program_built(&self) -> Result<Self> {
        let program = match &self.program {
            Some(given) if given.is_file() => given.clone(),
            Some(given) => bail!("--program {}: there is no such file", given.display()),
            None => build()?,
        };
        Ok(Self { program: Some(program), ..self.clone() })
    }

    /// The options as arguments, for the next stage.
    pub(super) fn to_args(&self) -> Vec<String> {
        let mut args = vec![format!("--out={}", self.out.display())];
        args.extend(self.program.iter().map(|p| format!("--program={}", p.display())));
        if !self.only.is_empty() {
            args.push(format!("--only={}", self.only.join(",")));
        }
        args
    }
}

/// The workspace's folder.
pub(super) fn workspace() -> &'static Path {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest)
}

fn absolute(path: &str) -> Result<PathBuf> {
    std::path::absolute(path).with_context(|| format!("cannot make `{path}` absolute"))
}

/// Builds the workspace's program for release and gives its path, as cargo itself reports it.
fn build() -> Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["build", "--release", "-p", "holdfast", "--message-format=json-render-diagnostics"])
        .current_dir(workspace())
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("cannot run cargo")?;
    if !output.status.success() {
        bail!("`cargo build --release -p holdfast` failed ({})", output.status);
    }
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["target"]["name"] == "holdfast")
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from))
        .next_back()
        .context("cargo built no executable named holdfast")
}
