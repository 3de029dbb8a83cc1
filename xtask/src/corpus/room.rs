//! Where a program judges a file: an empty folder, or a private copy of the machine's file tree in which what the file
//! asks for exists as a stub. Both end with a time limit. What a stub is stands in `stubs`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use super::stubs::Stubs;
use crate::wait;

/// The exit status of a program that the time limit ended, as `timeout` gives it.
pub(super) const TIMED_OUT: i32 = 124;

/// The folder in the private tree in which the program runs.
pub(super) const RUN_FOLDER: &str = "corpus-run";

/// Lays the stubs `$2` over the machine's tree at `$1` and runs the program `$3`, named `$4` there, with the other
/// arguments. All of it is in namespaces of its own, so nothing of it is left behind.
const OVERLAY: &str = r#"
set -e
tree=$1; stubs=$2; program=$3; name=$4; shift 4
mount -t tmpfs tmpfs "$tree"
mkdir "$tree/upper" "$tree/work" "$tree/root"
cp -a "$stubs/." "$tree/upper/"
: > "$tree/upper/corpus-run/$name"
mount -t overlay overlay -o "lowerdir=/,upperdir=$tree/upper,workdir=$tree/work" "$tree/root"
mount --bind "$program" "$tree/root/corpus-run/$name"
mount --rbind /dev "$tree/root/dev"
mount --rbind /proc "$tree/root/proc"
cd "$tree/root"
exec chroot . /bin/sh -c 'cd /corpus-run && exec "./$@"' sh "$name" "$@"
"#;

/// A program that judges configuration files.
#[derive(Clone, Debug)]
pub(super) struct Judge {
    /// Its file.
    pub(super) program: PathBuf,
    /// The arguments before `-c -f FILE`.
    pub(super) args: Vec<OsString>,
    /// How long it may take for one file.
    pub(super) limit: Duration,
}

/// What a program said of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// The exit status; negative: the number of the signal that killed it; [`TIMED_OUT`] when it took too long.
    pub(super) exit: i32,
    /// Both outputs.
    pub(super) output: String,
}

impl Judge {
    /// Its verdict in an empty folder.
    pub(super) fn in_empty_folder(&self, file: &Path) -> anyhow::Result<Said> {
        let room = tempfile::tempdir().context("cannot make a temporary folder")?;
        let folder = room.path().join("run");
        fs::create_dir(&folder)?;
        let name = copy_into(&folder, file)?;
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .args(["-c", "-f"])
            .arg(name)
            .current_dir(&folder);
        self.run(command, &room.path().join("output"))
    }

    /// Its verdict in a tree of its own that holds the stubs. Root is needed.
    pub(super) fn among(&self, stubs: &Stubs, file: &Path) -> anyhow::Result<Said> {
        let room = tempfile::tempdir().context("cannot make a temporary folder")?;
        let (tree, upper) = (room.path().join("tree"), room.path().join("stubs"));
        fs::create_dir(&tree)?;
        fs::create_dir_all(upper.join(RUN_FOLDER))?;
        let name = copy_into(&upper.join(RUN_FOLDER), file)?;
        stubs.write(&upper)?;
        let own_name = self.program.file_name().context("a program without a name")?;
        let mut command = Command::new("unshare");
        command
            .args(["--mount", "--net", "sh", "-c", OVERLAY, "sh"])
            .args([&tree, &upper, &self.program])
            .arg(own_name)
            .args(&self.args)
            .args(["-c", "-f"])
            .arg(name);
        for (variable, value) in stubs.environment() {
            command.env(variable, value);
        }
        self.run(command, &room.path().join("output"))
    }

    fn run(&self, mut command: Command, output: &Path) -> anyhow::Result<Said> {
        let file = File::create(output)?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let given: Vec<_> = command
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        command
            .env_clear()
            .envs(given)
            .env("PATH", path)
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            .process_group(0);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let ended = wait::until(self.limit, || child.try_wait().transpose());
        let exit = match ended {
            Some(status) => {
                let status = status.context("cannot wait for the program")?;
                status.code().or(status.signal().map(|signal| -signal))
            }
            None => {
                let group = Pid::from_raw(i32::try_from(child.id()).context("a process id beyond 31 bits")?);
                killpg(group, Signal::SIGKILL).context("cannot end the program")?;
                child.wait().context("cannot wait for the program")?;
                Some(TIMED_OUT)
            }
        };
        let Some(exit) = exit else {
            bail!("{} ended without a status", self.program.display());
        };
        let output = String::from_utf8_lossy(&fs::read(output)?).into_owned();
        Ok(Said { exit, output })
    }
}

/// Copies a file into a folder; gives back its name there.
fn copy_into(folder: &Path, file: &Path) -> anyhow::Result<OsString> {
    let name = file.file_name().context("a file without a name")?.to_owned();
    // Its bytes alone: a copy of its rights might not be readable.
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    fs::write(folder.join(&name), bytes)?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A program of a shell script, and a file for it to judge.
    fn judge(script: &str, limit: Duration) -> (tempfile::TempDir, Judge, PathBuf) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("judge");
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("may be run");
        let file = folder.path().join("some.cfg");
        fs::write(&file, "global\n").expect("written");
        let judge = Judge {
            program,
            args: vec!["first".into()],
            limit,
        };
        (folder, judge, file)
    }

    #[test]
    fn a_program_sees_the_file_alone_and_both_of_its_outputs_are_kept() {
        let (_folder, judge, file) = judge("echo \"$@\" >&2; ls; exit 3", Duration::from_secs(20));
        let said = judge.in_empty_folder(&file).expect("it runs");
        assert_eq!(said.exit, 3);
        assert_eq!(said.output, "first -c -f some.cfg\nsome.cfg\n");
    }

    #[test]
    fn a_program_that_crashes_or_hangs_is_told_apart() {
        let (_folder, crashing, file) = judge("kill -SEGV $$", Duration::from_secs(20));
        assert_eq!(crashing.in_empty_folder(&file).expect("it runs").exit, -11);
        let (_folder, hanging, file) = judge("sleep 600", Duration::from_millis(200));
        assert_eq!(hanging.in_empty_folder(&file).expect("it runs").exit, TIMED_OUT);
    }

    #[test]
    fn stubs_are_there_for_the_program_and_gone_after_it() {
        if !nix::unistd::geteuid().is_root() {
            return;
        }
        let (_folder, judge, file) = judge(
            "cat /corpus-stub/a.lua; ls /corpus-run; grep -c corpus-host /etc/hosts; echo $CORPUS_PORT",
            Duration::from_secs(20),
        );
        let mut stubs = Stubs::default();
        let text = "global\n lua-load /corpus-stub/a.lua\n bind :$CORPUS_PORT\n server a corpus-host\n";
        for message in [
            "[ALERT] (1) : config : parsing [some.cfg:2] : error in Lua file '/corpus-stub/a.lua': cannot open it",
            "[ALERT] (1) : config : parsing [some.cfg:3] : 'bind' : missing port specification in ':$CORPUS_PORT'",
            "[ALERT] (1) : config : [some.cfg:4] : 'server b/a' : could not resolve address 'corpus-host'.",
        ] {
            assert!(stubs.learn(message, text), "{message}");
        }
        let said = judge.among(&stubs, &file).expect("it runs");
        assert_eq!(said.output, "judge\nsome.cfg\n1\n8080\n", "{said:?}");
        assert!(!Path::new("/corpus-stub").exists());
    }
}
