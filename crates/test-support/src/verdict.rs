//! Recorded verdicts: a case is a folder of compat-fixtures with input files, how to run the original program on them,
//! and what it said. The recorder (`cargo xtask fixtures`) and the tests that compare Holdfast with the record both run a
//! case through this module, so that both programs meet the same folder, environment and ports.

pub mod comparison;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

/// The file that says how to run a case.
pub const CASE_FILE: &str = "case.toml";
/// The file beside it with what the original said.
pub const VERDICT_FILE: &str = "verdict.toml";
/// How long a run may take. Every recorded run ends by itself within a second.
const RUN_LIMIT: Duration = Duration::from_secs(20);

/// How to run a case: the contents of `case.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What the case shows, for the reader of a failure.
    pub about: String,
    /// The argument lists to run the program with, one run for each. Left out: [`default_runs`].
    #[serde(default = "default_runs")]
    pub runs: Vec<Vec<String>>,
    /// Files to bring into the run's folder from elsewhere: name there, path from the top of compat-fixtures.
    #[serde(default)]
    pub files: BTreeMap<String, PathBuf>,
    /// Empty folders to make in the run's folder, which git cannot keep.
    #[serde(default)]
    pub folders: Vec<String>,
    /// Environment variables; the run has no others but PATH, TZ=UTC and LC_ALL=C.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Environment variables to fill with the number of a TCP port on which nobody listens.
    #[serde(default)]
    pub free_ports: Vec<String>,
    /// Environment variables to fill with the number of a TCP port on which somebody listens on 127.0.0.1.
    #[serde(default)]
    pub taken_ports: Vec<String>,
    /// Users and groups of that name that must exist, as the original's package makes them.
    #[serde(default)]
    pub users: Vec<String>,
    /// Whether the exit status alone is recorded: for output that says more about the program's build than about the
    /// case.
    #[serde(default)]
    pub exit_only: bool,
    /// Whether the verdict can only be had as root.
    #[serde(default)]
    pub root: bool,
    /// Where Holdfast is meant to differ from the original.
    #[serde(default)]
    pub holdfast: Option<Difference>,
}

/// A verdict of Holdfast that differs from the original's on purpose.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    /// Holdfast's exit status in every run of the case.
    pub exit: i32,
    /// `file:line` of each message that Holdfast must give, in place of the original's.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Why.
    pub why: String,
}

/// `-c -f haproxy.cfg`, by itself and with each of `-V` and `-q`.
#[must_use]
pub fn default_runs() -> Vec<Vec<String>> {
    [&["-c", "-f"][..], &["-c", "-V", "-f"], &["-c", "-q", "-f"]]
        .iter()
        .map(|args| {
            args.iter()
                .copied()
                .chain(["haproxy.cfg"])
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// What the original said of a case: the contents of `verdict.toml`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Verdict {
    /// The program's name.
    pub program: String,
    /// Its version as it states it.
    pub version: String,
    /// One for each of the case's runs, in their order.
    #[serde(rename = "run")]
    pub runs: Vec<Run>,
}

/// What one run gave.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The arguments.
    pub args: Vec<String>,
    /// The exit status; negative: the number of the signal that killed it.
    pub exit: i32,
    /// What it wrote, with what differs from run to run replaced, see [`Case::run`].
    pub stdout: String,
    /// The same for standard error.
    pub stderr: String,
}

impl Verdict {
    /// Reads the record in a case's folder.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(VERDICT_FILE);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }
}

impl Case {
    /// Why this case cannot be run by this user on this machine; `None` when it can.
    #[must_use]
    pub fn cannot_run_here(&self) -> Option<String> {
        if self.root && !nix::unistd::geteuid().is_root() {
            return Some("its verdict can only be had as root".to_owned());
        }
        let missing = self
            .users
            .iter()
            .find(|user| !matches!(nix::unistd::User::from_name(user), Ok(Some(_))));
        missing.map(|user| format!("there is no user '{user}' here"))
    }

    /// Reads the case in `folder`.
    pub fn load(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join(CASE_FILE);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("in {}", path.display()))
    }

    /// Runs `program` (a path and arguments that come before the case's) in a fresh copy of `folder` once for each
    /// argument list. In the output, `{PID}` stands for the process id in messages, `{DIR}` for the run's folder,
    /// `{PROGRAM}` for the program's path, `{NAME}` in braces for the value of the port variable of that name.
    ///
    /// `fixtures` is the top of compat-fixtures.
    pub fn run(&self, folder: &Path, fixtures: &Path, program: &[&str]) -> anyhow::Result<Vec<Run>> {
        self.runs
            .iter()
            .map(|args| self.run_once(folder, fixtures, program, args))
            .collect()
    }

    fn run_once(
        &self,
        folder: &Path,
        fixtures: &Path,
        program: &[&str],
        args: &[String],
    ) -> anyhow::Result<Run> {
        let [path, before @ ..] = program else {
            bail!("no program to run")
        };
        let place = tempfile::tempdir().context("cannot make a temporary folder")?;
        // The folder as the program sees it, without symbolic links on the way.
        let place_path = place
            .path()
            .canonicalize()
            .context("cannot find the temporary folder")?;
        copy_inputs(folder, &place_path)?;
        for (name, source) in &self.files {
            let source = fixtures.join(source);
            fs::copy(&source, place_path.join(name))
                .with_context(|| format!("cannot copy {}", source.display()))?;
        }
        for name in &self.folders {
            fs::create_dir_all(place_path.join(name))
                .with_context(|| format!("cannot make folder {name}"))?;
        }

        let mut env = self.env.clone();
        let mut replacements = vec![
            (place_path.display().to_string(), "{DIR}".to_owned()),
            (
                fs::canonicalize(path).map_or_else(|_| (*path).to_owned(), |path| path.display().to_string()),
                "{PROGRAM}".to_owned(),
            ),
        ];
        let mut listeners = Vec::new();
        for name in self.free_ports.iter().chain(&self.taken_ports) {
            let listener = TcpListener::bind(("127.0.0.1", 0)).context("no port to be had")?;
            let port = listener
                .local_addr()
                .context("a listener without an address")?
                .port()
                .to_string();
            replacements.push((port.clone(), format!("{{{name}}}")));
            env.insert(name.clone(), port);
            listeners.push((name, listener));
        }
        // Held until here, so that no two of them are the same; the taken ones are held while the program runs.
        listeners.retain(|(name, _)| self.taken_ports.contains(name));

        let mut command = Command::new(path);
        command
            .args(before)
            .args(args)
            .current_dir(&place_path)
            .env_clear();
        command
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .envs(&env);
        let (exit, pid, stdout, stderr) = finish(&mut command)?;
        drop(listeners);

        replacements.insert(0, (format!("({pid})"), "({PID})".to_owned()));
        let tidy = |bytes: &[u8]| {
            if self.exit_only {
                return String::new();
            }
            let text = String::from_utf8_lossy(bytes).into_owned();
            replacements
                .iter()
                .fold(text, |text, (from, to)| text.replace(from, to))
        };
        Ok(Run {
            args: args.to_vec(),
            exit,
            stdout: tidy(&stdout),
            stderr: tidy(&stderr),
        })
    }
}

/// All cases below `folder`, in the order of their paths.
pub fn case_folders(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        if folder.join(CASE_FILE).is_file() {
            found.push(folder);
            continue;
        }
        let entries = fs::read_dir(&folder).with_context(|| format!("cannot list {}", folder.display()))?;
        for entry in entries {
            let path = entry
                .with_context(|| format!("cannot list {}", folder.display()))?
                .path();
            if path.is_dir() {
                open.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Copies what a case's folder holds, but not the two files that speak of it.
fn copy_inputs(from: &Path, to: &Path) -> anyhow::Result<()> {
    let entries = fs::read_dir(from).with_context(|| format!("cannot list {}", from.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot list {}", from.display()))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            fs::create_dir(&target).with_context(|| format!("cannot make {}", target.display()))?;
            copy_inputs(&source, &target)?;
        } else if entry.file_name() != CASE_FILE && entry.file_name() != VERDICT_FILE {
            fs::copy(&source, &target).with_context(|| format!("cannot copy {}", source.display()))?;
        }
    }
    Ok(())
}

/// Runs the command to its end and gives back exit status (negative for a signal), process id and both outputs.
/// Killed, with all that it started, when it does not end within [`RUN_LIMIT`].
fn finish(command: &mut Command) -> anyhow::Result<(i32, u32, Vec<u8>, Vec<u8>)> {
    use std::os::unix::process::ExitStatusExt;

    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    let pid = child.id();
    let stdout = child.stdout.take().map(read_in_background);
    let stderr = child.stderr.take().map(read_in_background);

    let deadline = Instant::now() + RUN_LIMIT;
    let status = loop {
        if let Some(status) = child.try_wait().context("cannot wait for the program")? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill().context("cannot kill the program")?;
            child.wait().context("cannot wait for the program")?;
            bail!("{command:?} did not end within {RUN_LIMIT:?}");
        }
        wait_a_little();
    };
    let exit = status.code().unwrap_or_else(|| -status.signal().unwrap_or(0));
    Ok((exit, pid, collected(stdout)?, collected(stderr)?))
}

type Reader = std::thread::JoinHandle<io::Result<Vec<u8>>>;

fn read_in_background(mut from: impl io::Read + Send + 'static) -> Reader {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes)?;
        Ok(bytes)
    })
}

fn collected(reader: Option<Reader>) -> anyhow::Result<Vec<u8>> {
    let Some(reader) = reader else {
        return Ok(Vec::new());
    };
    match reader.join() {
        Ok(bytes) => bytes.context("cannot read what the program wrote"),
        Err(_) => bail!("the thread that read the program's output died"),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the poll interval of a loop with a deadline"
)]
fn wait_a_little() {
    std::thread::sleep(Duration::from_millis(2));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A case in a folder of its own.
    fn case(toml: &str, files: &[(&str, &str)]) -> (tempfile::TempDir, Case) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        fs::write(folder.path().join(CASE_FILE), toml).expect("a case file");
        for (name, text) in files {
            fs::write(folder.path().join(name), text).expect("an input file");
        }
        let case = Case::load(folder.path()).expect("a case");
        (folder, case)
    }

    #[test]
    fn a_run_sees_the_inputs_and_what_varies_is_replaced() {
        let toml = r#"
            about = "a shell in place of the program"
            runs = [["-c", 'echo "($$) $PWD $A $PORT"; cat haproxy.cfg; ls; echo bad >&2; exit 3']]
            folders = ["empty"]
            env = { A = "value" }
            taken_ports = ["PORT"]
        "#;
        let (folder, case) = case(toml, &[("haproxy.cfg", "global\n")]);
        let runs = case
            .run(folder.path(), folder.path(), &["/bin/sh"])
            .expect("a run");
        assert_eq!(runs.len(), 1);
        assert_eq!(runs[0].exit, 3);
        assert_eq!(
            runs[0].stdout,
            "({PID}) {DIR} value {PORT}\nglobal\nempty\nhaproxy.cfg\n"
        );
        assert_eq!(runs[0].stderr, "bad\n");
    }

    #[test]
    fn a_program_killed_by_a_signal_has_its_negative_number() {
        let (folder, case) = case("about = \"dies\"\nruns = [[\"-c\", \"kill -9 $$\"]]\n", &[]);
        assert_eq!(
            case.run(folder.path(), folder.path(), &["/bin/sh"])
                .expect("a run")[0]
                .exit,
            -9
        );
    }

    #[test]
    fn the_default_runs_check_the_file_at_three_loudnesses() {
        let (_folder, case) = case("about = \"nothing more\"\n", &[]);
        assert_eq!(
            case.runs.iter().map(|args| args.join(" ")).collect::<Vec<_>>(),
            [
                "-c -f haproxy.cfg",
                "-c -V -f haproxy.cfg",
                "-c -q -f haproxy.cfg"
            ]
        );
    }
}
