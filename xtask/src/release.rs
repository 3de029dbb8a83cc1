//! `cargo xtask release`: the program for those who want all of its speed. It is built twice: a first one counts what it does under
//! the bench's loads, and the compiler arranges the second by that. The same sources, the same behaviour.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

use crate::outcome::Outcome;
use crate::test::packages;
use crate::{bench, workspace};

/// Arguments of `cargo xtask release`.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {
    /// LLVM's tool that joins profiles; it must be of a version that reads those of the compiler.
    #[arg(long, value_name = "PATH")]
    llvm_profdata: Option<PathBuf>,
}

/// Builds it and says where it is.
pub(crate) fn run(args: &Args) -> anyhow::Result<Outcome> {
    let without = packages::lacking(packages::BENCH);
    if !without.is_empty() {
        return Ok(Outcome::LeftOut(format!("needs {}", without.join(", "))));
    }
    let tools = match &args.llvm_profdata {
        Some(path) => vec![path.clone()],
        None => profdata_tools()?,
    };
    if tools.is_empty() {
        return Ok(Outcome::LeftOut(
            "needs llvm-profdata: rustup component add llvm-tools, or Debian's package llvm-19".to_owned(),
        ));
    }
    let folder = workspace::target_folder().join("pgo");
    let raw = folder.join("raw");
    if raw.exists() {
        std::fs::remove_dir_all(&raw).with_context(|| format!("cannot empty {}", raw.display()))?;
    }
    std::fs::create_dir_all(&raw).with_context(|| format!("cannot make {}", raw.display()))?;
    let counting = build(&folder.join("counting"), &flag("-Cprofile-generate=", &raw))?;
    let tally = bench::train(&counting)?;
    let profile = folder.join("holdfast.profdata");
    join(&tools, &raw, &profile)?;
    let program = build(&folder.join("arranged"), &flag("-Cprofile-use=", &profile))?;
    println!("{}", program.display());
    Ok(Outcome::Ran(tally))
}

fn flag(name: &str, path: &Path) -> OsString {
    let mut flag = OsString::from(name);
    flag.push(path);
    flag
}

/// Builds the program with a flag of the compiler; that it is for this machine is said, so that the flag is not for what only runs
/// while building.
fn build(folder: &Path, flag: &OsString) -> anyhow::Result<PathBuf> {
    let host = host()?;
    let mut flags = std::env::var_os("RUSTFLAGS").unwrap_or_default();
    flags.push(" ");
    flags.push(flag);
    let status = workspace::cargo()
        .args([
            "build",
            "--release",
            "--quiet",
            "--package",
            "holdfast",
            "--target",
            &host,
            "--target-dir",
        ])
        .arg(folder)
        .env("RUSTFLAGS", flags)
        .status()
        .context("cannot start cargo")?;
    if !status.success() {
        bail!("cargo build --release failed ({status})");
    }
    let program = folder.join(&host).join("release").join("holdfast");
    if !program.is_file() {
        bail!("cargo built no {}", program.display());
    }
    Ok(program)
}

/// Joins what the runs wrote down, with the first of the tools that can read it.
fn join(tools: &[PathBuf], raw: &Path, profile: &Path) -> anyhow::Result<()> {
    let entries = std::fs::read_dir(raw).with_context(|| format!("cannot read {}", raw.display()))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry
            .with_context(|| format!("cannot read {}", raw.display()))?
            .path();
        if path.extension().is_some_and(|extension| extension == "profraw") {
            files.push(path);
        }
    }
    if files.is_empty() {
        bail!("the loads left no profile in {}", raw.display());
    }
    let mut said = String::new();
    for tool in tools {
        let output = Command::new(tool)
            .arg("merge")
            .arg("-o")
            .arg(profile)
            .args(&files)
            .output()
            .with_context(|| format!("cannot start {}", tool.display()))?;
        if output.status.success() {
            return Ok(());
        }
        said = format!(
            "{}: {}",
            tool.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    bail!("no tool reads the profiles of this compiler; the last said: {said}")
}

/// What the compiler says after a word on its own account.
fn compiler_says(word: &[&str]) -> anyhow::Result<String> {
    let output = Command::new("rustc")
        .args(word)
        .output()
        .context("cannot start rustc")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The name of this kind of machine.
fn host() -> anyhow::Result<String> {
    let said = compiler_says(&["-vV"])?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(ToOwned::to_owned).context("rustc names no host")
}

/// Tools that may join profiles, those of the newest LLVM first: the compiler's own, then the system's.
fn profdata_tools() -> anyhow::Result<Vec<PathBuf>> {
    let sysroot = compiler_says(&["--print", "sysroot"])?;
    let own = Path::new(sysroot.trim())
        .join("lib/rustlib")
        .join(host()?)
        .join("bin/llvm-profdata");
    let mut versions: Vec<u32> = std::fs::read_dir("/usr/lib")
        .context("cannot read /usr/lib")?
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .strip_prefix("llvm-")?
                .parse()
                .ok()
        })
        .collect();
    versions.sort_unstable_by(|a, b| b.cmp(a));
    let of_system = versions
        .into_iter()
        .map(|version| PathBuf::from(format!("/usr/lib/llvm-{version}/bin/llvm-profdata")));
    let of_path = workspace::program("llvm-profdata");
    Ok(std::iter::once(own)
        .chain(of_system)
        .chain(of_path)
        .filter(|path| path.is_file())
        .collect())
}
