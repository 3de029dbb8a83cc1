//! FIFOs that changes are written to, a line each and in order, and the programs that read them. Nobody waits for a reader: what does not
//! fit a full pipe is left out, and said.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _, chown};

use keepalived_conf::model::Fifo;
use nix::sys::stat::Mode;
use nix::unistd::mkfifo;

use crate::log::Log;
use crate::process::Running;
use crate::snapshot::FifoView;

/// A FIFO that is open.
#[derive(Debug)]
struct Open {
    fifo: Fifo,
    pipe: File,
    /// It was not there before.
    made: bool,
    reader: Option<Running>,
    /// Its reader does not keep up, which was told.
    full: bool,
    /// Lines that were written, and lines that were not.
    written: u64,
    left_out: u64,
}

/// All FIFOs.
#[derive(Debug)]
pub(crate) struct Fifos {
    open: Vec<Open>,
    log: Log,
}

impl Fifos {
    /// Opens those of the configuration, made where they are not there; one that cannot be opened is told and left out.
    pub(crate) fn open(fifos: &[Fifo], log: Log) -> Self {
        let mut open = Vec::new();
        for fifo in fifos {
            match open_one(fifo) {
                Ok(one) => open.push(one),
                Err(error) => log.info(format!("Unable to open notify fifo {}: {error}", fifo.path)),
            }
        }
        Self { open, log }
    }

    /// Starts the programs that read them. To be called within a local task set.
    pub(crate) fn start_readers(&mut self) {
        for one in &mut self.open {
            let Some(script) = one.fifo.script.as_ref().filter(|_| one.reader.is_none()) else {
                continue;
            };
            match Running::start(script, &[&one.fifo.path]) {
                Ok(running) => one.reader = Some(running),
                Err(error) => self
                    .log
                    .info(format!("The reader of {} cannot be run: {error}", one.fifo.path)),
            }
        }
    }

    /// Takes those of another configuration: what is in both stays as it is. Gives the readers of those that are gone.
    pub(crate) fn renew(&mut self, fifos: &[Fifo]) -> Vec<Running> {
        let (kept, gone): (Vec<Open>, Vec<Open>) = std::mem::take(&mut self.open)
            .into_iter()
            .partition(|one| fifos.contains(&one.fifo));
        let ended = gone.into_iter().filter_map(|one| self.close_one(one)).collect();
        let fresh: Vec<Fifo> = fifos
            .iter()
            .filter(|fifo| !kept.iter().any(|one| one.fifo == **fifo))
            .cloned()
            .collect();
        self.open = kept;
        self.open.extend(Self::open(&fresh, self.log.clone()).open);
        self.start_readers();
        ended
    }

    /// Writes a line to all.
    pub(crate) fn write(&mut self, kind: &str, name: &str, what: &str, priority: u8) {
        let line = format!("{kind} \"{name}\" {what} {priority}\n");
        for one in &mut self.open {
            match one.pipe.write_all(line.as_bytes()) {
                Ok(()) => {
                    one.full = false;
                    one.written += 1;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    one.left_out += 1;
                    // Once for as long as it lasts.
                    if !std::mem::replace(&mut one.full, true) {
                        self.log.info(format!(
                            "notify fifo {} is full: its reader does not keep up, lines are left out",
                            one.fifo.path
                        ));
                    }
                }
                Err(error) => self.log.info(format!(
                    "notify fifo {} cannot be written to: {error}",
                    one.fifo.path
                )),
            }
        }
    }

    /// What became of the lines so far.
    pub(crate) fn views(&self) -> Vec<FifoView> {
        let view = |one: &Open| FifoView {
            path: one.fifo.path.clone(),
            written: one.written,
            left_out: one.left_out,
        };
        self.open.iter().map(view).collect()
    }

    /// Closes all, and removes those that were made. Gives their readers.
    pub(crate) fn close(&mut self) -> Vec<Running> {
        let all = std::mem::take(&mut self.open);
        all.into_iter().filter_map(|one| self.close_one(one)).collect()
    }

    fn close_one(&self, one: Open) -> Option<Running> {
        if one.made
            && let Err(error) = std::fs::remove_file(&one.fifo.path)
        {
            self.log.info(format!(
                "notify fifo {} cannot be removed: {error}",
                one.fifo.path
            ));
        }
        one.reader
    }
}

fn open_one(fifo: &Fifo) -> io::Result<Open> {
    let made = match mkfifo(fifo.path.as_str(), Mode::S_IRUSR | Mode::S_IWUSR) {
        Ok(()) => true,
        Err(nix::errno::Errno::EEXIST) => false,
        Err(error) => return Err(error.into()),
    };
    // Both ways, so that it is open without a reader.
    let pipe = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOFOLLOW)
        .open(&fifo.path)?;
    if !pipe.metadata()?.file_type().is_fifo() {
        return Err(io::Error::other("it is no FIFO"));
    }
    if let Some((user, group)) = fifo.owner.filter(|_| made) {
        chown(&fifo.path, Some(user), Some(group))?;
    }
    Ok(Open {
        fifo: fifo.clone(),
        pipe,
        made,
        reader: None,
        full: false,
        written: 0,
        left_out: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader};

    use super::*;
    use crate::log::{Level, Sink};

    #[derive(Debug)]
    struct Nobody;

    impl Sink for Nobody {
        fn line(&self, _: Level, _: &str) {}
    }

    fn log() -> Log {
        Log::new(std::rc::Rc::new(Nobody), false)
    }

    fn fifo(path: &std::path::Path) -> Fifo {
        Fifo {
            path: path.to_string_lossy().into_owned(),
            owner: None,
            script: None,
        }
    }

    #[test]
    fn lines_come_in_order_and_the_fifo_goes_with_the_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fifo");
        let mut fifos = Fifos::open(&[fifo(&path)], log());
        let reader = File::open(&path).expect("it is there");
        fifos.write("INSTANCE", "A", "MASTER", 150);
        fifos.write("GROUP", "G", "MASTER", 0);
        let lines: Vec<String> = BufReader::new(reader)
            .lines()
            .take(2)
            .map_while(Result::ok)
            .collect();
        assert_eq!(lines, ["INSTANCE \"A\" MASTER 150", "GROUP \"G\" MASTER 0"]);
        assert!(fifos.close().is_empty());
        assert!(!path.exists());
    }

    #[test]
    fn a_reader_that_does_not_read_holds_nobody_up() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("fifo");
        let mut fifos = Fifos::open(&[fifo(&path)], log());
        for _ in 0..10_000 {
            fifos.write("INSTANCE", "A", "BACKUP", 100);
        }
        assert!(fifos.open[0].full);
    }

    #[test]
    fn what_is_no_fifo_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("file");
        std::fs::write(&path, "mine").expect("a file");
        let mut fifos = Fifos::open(&[fifo(&path)], log());
        fifos.write("INSTANCE", "A", "BACKUP", 100);
        fifos.close();
        assert_eq!(std::fs::read_to_string(&path).expect("the file"), "mine");
    }

    #[test]
    fn a_reload_keeps_what_is_in_both_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let [one, two] = ["one", "two"].map(|name| folder.path().join(name));
        let mut fifos = Fifos::open(&[fifo(&one)], log());
        fifos.write("INSTANCE", "A", "BACKUP", 100);
        fifos.renew(&[fifo(&one), fifo(&two)]);
        let reader = File::open(&one).expect("it is there");
        let line = BufReader::new(reader).lines().next().and_then(Result::ok);
        assert_eq!(line.as_deref(), Some("INSTANCE \"A\" BACKUP 100"));
        fifos.renew(&[fifo(&two)]);
        assert!(!one.exists() && two.exists());
    }
}
