//! Certificates, programs that are started with them, and openssl's client.

use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::Context as _;
use test_support::process::{Program, free_address, wait_for};

/// A folder with certificates, each `NAME.pem` with its key, signed by itself.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
}

/// Certificates: the name of the file, the kind of key, the host.
const CERTIFICATES: &[(&str, &[&str], &str)] = &[
    (
        "ec",
        &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
        "ec.test",
    ),
    (
        "first",
        &["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"],
        "first.test",
    ),
    ("rsa", &["rsa:2048"], "rsa.test"),
];

impl Bench {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let bench = Self { folder };
        for (name, key, host) in CERTIFICATES {
            let mut command = bench.openssl(&["req", "-x509", "-nodes", "-days", "9", "-newkey"]);
            command.args(*key).args(["-subj", &format!("/CN={host}")]);
            command.args(["-addext", &format!("subjectAltName=DNS:{host}")]);
            command.args(["-keyout", &format!("{name}.key"), "-out", &format!("{name}.crt")]);
            let done = command.output()?;
            anyhow::ensure!(done.status.success(), "{done:?}");
            let both = [
                bench.read(&format!("{name}.crt"))?,
                bench.read(&format!("{name}.key"))?,
            ]
            .concat();
            std::fs::write(bench.path(&format!("{name}.pem")), both)?;
        }
        Ok(bench)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> anyhow::Result<String> {
        std::fs::read_to_string(self.path(name)).with_context(|| name.to_owned())
    }

    /// openssl, in the folder.
    pub(crate) fn openssl(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("openssl");
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts Holdfast with a file in which `@N` stands for the address of the listener with that number, and `DIR` for the folder.
    pub(crate) fn start(&self, text: &str) -> anyhow::Result<Started> {
        let mut addresses = Vec::new();
        let mut text = text.replace("DIR", &self.folder.path().display().to_string());
        while text.contains(&format!("@{}", addresses.len())) {
            let address = free_address()?;
            text = text.replace(&format!("@{}", addresses.len()), &address.to_string());
            addresses.push(address);
        }
        let file = self.path(&format!("haproxy-{}.cfg", addresses[0].port()));
        let defaults =
            "defaults\n mode http\n timeout connect 5s\n timeout client 10s\n timeout server 10s\n";
        std::fs::write(&file, text.replacen("defaults\n", defaults, 1))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command
            .args(["haproxy", "-db", "-f"])
            .arg(&file)
            .current_dir(self.folder.path());
        let program = Program::start(&mut command)?;
        for address in &addresses {
            wait_for(|| TcpStream::connect(address).ok())
                .with_context(|| format!("it said: {:?}", program.output()))?;
        }
        Ok(Started { program, addresses })
    }

    /// What Holdfast says of a file that it only checks.
    pub(crate) fn check(&self, text: &str) -> anyhow::Result<String> {
        let file = self.path("checked.cfg");
        std::fs::write(
            &file,
            text.replace("DIR", &self.folder.path().display().to_string()),
        )?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        let done = command.args(["haproxy", "-c", "-f"]).arg(&file).output()?;
        Ok(String::from_utf8_lossy(&done.stderr).into_owned())
    }

    /// What openssl's client says of a connection; it goes as soon as the handshake is done, or says what `speaks` has.
    pub(crate) fn client(&self, to: SocketAddr, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command = self.openssl(&["s_client", "-connect", &to.to_string()]);
        let done = command.args(arguments).output()?;
        let both = [done.stdout, done.stderr].concat();
        Ok(String::from_utf8_lossy(&both).into_owned())
    }
}

/// A running Holdfast.
pub(crate) struct Started {
    pub(crate) program: Program,
    pub(crate) addresses: Vec<SocketAddr>,
}
