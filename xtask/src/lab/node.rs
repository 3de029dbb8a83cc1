//! One machine of a lab network: a network, process, mount and host name namespace with its own /etc, /var, /run, /dev
//! and /tmp.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, bail};
use nix::sched::{CloneFlags, setns};
use nix::unistd::Pid;

/// What a new node does before it is ready; `$1` is its name and `$2` its folder. It lasts until its input ends.
///
/// This shell is the node's first process, to which orphans fall: it must not become `cat` but wait for it, since the
/// shell buries the dead and `cat` would not. A dead haproxy that nobody buried would still be seen by `killall -0`.
///
/// /etc is a copy, so that a scenario may write certificates and host names into it. The users that the documents' files
/// name are added where the host has not got them.
const BOOT: &str = r#"
hostname "$1"
mkdir -p "$2/etc" "$2/var" "$2/run" "$2/dev"
cp -a /etc/. "$2/etc"
grep -q '^haproxy:' "$2/etc/group" || echo 'haproxy:x:789:' >> "$2/etc/group"
grep -q '^haproxy:' "$2/etc/passwd" || echo 'haproxy:x:789:789::/var/lib/haproxy:/usr/sbin/nologin' >> "$2/etc/passwd"
printf '127.0.0.1 localhost %s\n' "$1" > "$2/etc/hosts"
printf '%s\n' "$1" > "$2/etc/hostname"
: > "$2/etc/resolv.conf"

mkdir -p "$2/var/lib/haproxy" "$2/var/lib/nginx" "$2/var/lib/postfix" "$2/var/lib/rsyslog" \
         "$2/var/spool/postfix" "$2/var/log" "$2/var/cache" "$2/var/tmp"
chmod 1777 "$2/var/tmp"
ln -s /run "$2/var/run"

mkdir "$2/dev/pts" "$2/dev/shm"
for device in null zero full random urandom tty ptmx; do
    : > "$2/dev/$device"
    mount --bind "/dev/$device" "$2/dev/$device"
done
mount -t tmpfs -o mode=1777 shm "$2/dev/shm"
if [ -d /dev/pts ]; then mount --bind /dev/pts "$2/dev/pts"; fi
ln -s /proc/self/fd "$2/dev/fd"

mkdir -p "$2/run/lab" "$2/run/lock"
mount --bind "$2/run" "$2/run"
mount --bind /run/lab "$2/run/lab"
mount --bind "$2/etc" /etc
mount --bind "$2/var" /var
mount --rbind "$2/dev" /dev
mount --rbind "$2/run" /run
mount -t proc proc /proc
mount -t tmpfs -o mode=1777 tmp /tmp
ip link set lo up
echo ready
cat > /dev/null
exit 0
"#;

/// A running node. Dropping it ends its first process, and with that the kernel ends all others.
#[derive(Debug)]
pub(super) struct Node {
    name: String,
    folder: PathBuf,
    holder: Child,
}

impl Node {
    /// Boots a node whose own folders lie below `folder`.
    pub(super) fn boot(name: &str, folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&folder)?;
        let mut holder = Command::new("unshare")
            .args([
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount",
                "--uts",
                "--propagation",
                "private",
                "--",
                "sh",
                "-euc",
                BOOT,
                "boot",
                name,
            ])
            .arg(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start node {name}"))?;
        let mut said = String::new();
        if let Some(stdout) = holder.stdout.take() {
            BufReader::new(stdout).read_line(&mut said)?;
        }
        if said.trim() != "ready" {
            bail!("node {name} did not come up ({})", holder.wait()?);
        }
        Ok(Self {
            name: name.to_owned(),
            folder,
            holder,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The node's folder, seen under the same path by the lab and by every node.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a path such as `/etc/hosts` of the node lies for the lab.
    pub(super) fn path(&self, absolute: &str) -> PathBuf {
        self.folder.join(absolute.trim_start_matches('/'))
    }

    /// The node's process namespace. Its holder stands outside, as the parent of the first process inside.
    fn processes(&self) -> String {
        format!("/proc/{}/ns/pid_for_children", self.pid())
    }

    /// The process that the node's own programs know as number `inside`, by the lab's number; none when there is none.
    pub(super) fn process(&self, inside: u32) -> Result<Option<Pid>> {
        let here = std::fs::read_link(self.processes())?;
        for entry in std::fs::read_dir("/proc")? {
            let path = entry?.path();
            // Other things than processes stand there too, and any process may end at any time.
            let (Ok(namespace), Ok(status)) = (
                std::fs::read_link(path.join("ns/pid")),
                std::fs::read_to_string(path.join("status")),
            ) else {
                continue;
            };
            let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
            let numbers: Vec<u32> = numbers
                .unwrap_or_default()
                .split_whitespace()
                .filter_map(|number| number.parse().ok())
                .collect();
            // From the outermost namespace that this one sees to the process's own.
            if namespace == here
                && numbers.last() == Some(&inside)
                && let Some(outside) = numbers.first().and_then(|number| i32::try_from(*number).ok())
            {
                return Ok(Some(Pid::from_raw(outside)));
            }
        }
        Ok(None)
    }

    /// The running process that a pid file of the node names.
    pub(super) fn process_of(&self, pid_file: &str) -> Result<Option<Pid>> {
        let Ok(text) = std::fs::read_to_string(self.path(pid_file)) else {
            return Ok(None);
        };
        // It may be there before its number is.
        match text.strip_suffix('\n').map(|number| number.trim().parse()) {
            Some(Ok(number)) => self.process(number),
            _ => Ok(None),
        }
    }

    /// The process that holds the node's namespaces.
    pub(super) fn pid(&self) -> u32 {
        self.holder.id()
    }

    /// A command that will run on this node, without input.
    pub(super) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new("nsenter");
        command.arg("--target").arg(self.pid().to_string());
        command
            .args(["--net", "--mount", "--uts"])
            .arg(format!("--pid={}", self.processes()))
            // nsenter stays as the program's parent; killed, it takes the program along.
            .args(["--", "setpriv", "--pdeathsig", "KILL"])
            .arg(program)
            .stdin(Stdio::null());
        command
    }

    /// Runs a program on the node to its end.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(super) fn output(&self, argv: &[&str]) -> Result<Output> {
        let (program, args) = argv.split_first().context("no program given")?;
        self.command(program)
            .args(args)
            .output()
            .with_context(|| format!("cannot run {program} on {}", self.name))
    }

    /// Runs a program that has to succeed and gives its standard output.
    pub(super) fn run(&self, argv: &[&str]) -> Result<String> {
        let output = self.output(argv)?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!(
                "on {}: `{}` failed ({}): {}",
                self.name,
                argv.join(" "),
                output.status,
                stderr.trim()
            );
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs `work` on a thread whose sockets belong to this node's network. Threads that it starts belong there too.
    pub(super) fn inside<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T> {
        let namespace = File::open(format!("/proc/{}/ns/net", self.pid()))?;
        std::thread::scope(|scope| {
            scope
                .spawn(|| {
                    setns(namespace, CloneFlags::CLONE_NEWNET)
                        .with_context(|| format!("cannot enter the network of {}", self.name))?;
                    Ok(work())
                })
                .join()
                .unwrap_or_else(|_| bail!("the work inside {} panicked", self.name))
        })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Its input ends with the pipe, so this waits for no more than `cat` noticing.
        drop(self.holder.stdin.take());
        if let Err(error) = self.holder.wait() {
            eprintln!("lab: node {} could not be ended: {error}", self.name);
        }
    }
}
