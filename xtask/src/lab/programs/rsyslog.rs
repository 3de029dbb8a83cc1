//! A real syslog receiver: rsyslog on UDP port 514 and `/dev/log` of a node.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::Foreground;
use crate::lab::node::Node;
use crate::lab::pacing::until;

/// A message as the receiver took it apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::lab) struct LogLine {
    pub(in crate::lab) facility: String,
    pub(in crate::lab) severity: String,
    /// The program's name and process id, as in `haproxy[12]`.
    pub(in crate::lab) tag: String,
    pub(in crate::lab) text: String,
}

/// A running rsyslog.
pub(in crate::lab) struct Rsyslog {
    file: PathBuf,
    _running: Foreground,
}

impl Rsyslog {
    /// Starts the receiver and waits until it takes messages.
    pub(in crate::lab) fn start(node: &Node) -> Result<Self> {
        let folder = node.folder().join("rsyslog");
        fs::create_dir_all(&folder)?;
        let file = folder.join("messages");
        fs::write(
            folder.join("rsyslog.conf"),
            configuration(&folder.display().to_string()),
        )?;
        let said = folder.join("said");
        let log = File::create(&said)?;
        let mut command = node.command("rsyslogd");
        command
            .arg("-n")
            .arg("-f")
            .arg(folder.join("rsyslog.conf"))
            .arg("-i")
            .arg(folder.join("pid"));
        let mut running = Foreground::start(command.stdout(log.try_clone()?).stderr(log))?;
        until(Duration::from_secs(10), "rsyslogd", || {
            if running.ended()?.is_some() {
                bail!("rsyslogd ended: {}", fs::read_to_string(&said)?.trim());
            }
            let bound = node.run(&["cat", "/proc/net/udp"])?;
            // Port 514 in the table's hexadecimal.
            Ok(bound.contains(":0202 ").then_some(()))
        })?;
        Ok(Self {
            file,
            _running: running,
        })
    }

    /// Everything received so far.
    pub(in crate::lab) fn lines(&self) -> Result<Vec<LogLine>> {
        let Ok(bytes) = fs::read(&self.file) else {
            // rsyslog makes the file with the first message.
            return Ok(Vec::new());
        };
        let text = String::from_utf8_lossy(&bytes);
        // A line that is still being written has no end yet.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        whole
            .lines()
            .map(|line| parse(line).with_context(|| format!("strange log line `{line}`")))
            .collect()
    }

    /// Waits for a message that has all of the words, past the first `after` messages; gives its place and the wait.
    pub(in crate::lab) fn wait_for(
        &self,
        words: &[&str],
        after: usize,
        limit: Duration,
    ) -> Result<(usize, Duration)> {
        until(limit, &format!("the log line `{}`", words.join(" … ")), || {
            let lines = self.lines()?;
            Ok(lines
                .iter()
                .skip(after)
                .position(|l| words.iter().all(|w| l.text.contains(w)))
                .map(|at| at + after))
        })
    }

    /// The file that the receiver writes.
    pub(in crate::lab) fn file(&self) -> &std::path::Path {
        &self.file
    }
}

fn parse(line: &str) -> Option<LogLine> {
    let mut parts = line.splitn(4, '\t').map(str::to_owned);
    let (facility, severity, tag) = (parts.next()?, parts.next()?, parts.next()?);
    // The blank behind the tag belongs to the message for rsyslog.
    Some(LogLine {
        facility,
        severity,
        tag,
        text: parts.next()?.trim_start().to_owned(),
    })
}

fn configuration(folder: &str) -> String {
    format!(
        "global(workDirectory=\"{folder}\" parser.escapeControlCharactersOnReceive=\"on\")\n\
         module(load=\"imudp\")\nmodule(load=\"imuxsock\" SysSock.RateLimit.Interval=\"0\")\n\
         input(type=\"imudp\" port=\"514\")\n\
         template(name=\"fields\" type=\"string\" \
         string=\"%syslogfacility-text%\\t%syslogseverity-text%\\t%syslogtag%\\t%msg:::drop-last-lf%\\n\")\n\
         *.* action(type=\"omfile\" file=\"{folder}/messages\" template=\"fields\" flushOnTXEnd=\"on\" asyncWriting=\"off\")\n"
    )
}
