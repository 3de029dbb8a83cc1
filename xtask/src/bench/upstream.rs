//! The web server behind the proxy: nginx with one process on the load's core, a small answer and a file of 1 MiB.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};
use test_support::process::free_address;

use super::cpu;
use crate::{wait, workspace};

/// A running nginx, ended when this is dropped.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    child: Child,
}

impl Upstream {
    /// Starts it with its files in `place` and waits until it answers.
    pub(super) fn start(place: &Path) -> anyhow::Result<Self> {
        let address = free_address()?;
        let files = place.join("files");
        fs::create_dir(&files).context("cannot make a folder for nginx")?;
        fs::write(files.join("1m"), vec![b'x'; 1 << 20]).context("cannot write the file of 1 MiB")?;
        let config = place.join("nginx.conf");
        fs::write(&config, config_text(place, address)).context("cannot write nginx's configuration")?;

        let program = workspace::program("nginx").context("no nginx")?;
        let mut command = Command::new(program);
        command
            .arg("-c")
            .arg(&config)
            .arg("-p")
            .arg(place)
            .arg("-e")
            .arg(place.join("nginx-error.log"));
        command.stdin(Stdio::null());
        let child = cpu::on_core(cpu::LOAD, || command.spawn())?.context("cannot start nginx")?;
        let upstream = Self { address, child };
        if wait::until(Duration::from_secs(10), || TcpStream::connect(address).ok()).is_none() {
            let said = fs::read_to_string(place.join("nginx-error.log")).unwrap_or_default();
            bail!("nginx does not listen at {address}; it said: {}", said.trim());
        }
        Ok(upstream)
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn config_text(place: &Path, address: SocketAddr) -> String {
    let place = place.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("    {kind}_temp_path {place}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\n\
         master_process off;\n\
         pid {place}/nginx.pid;\n\
         events {{\n    worker_connections 30000;\n}}\n\
         http {{\n\
         {temporary}    access_log off;\n    sendfile on;\n    tcp_nopush on;\n    default_type text/plain;\n    \
         keepalive_timeout 600s;\n    keepalive_requests 1000000000;\n    \
         server {{\n        listen {address} backlog=8192;\n        \
         location = /small {{\n            return 200 \"a small answer of thirty bytes.\";\n        }}\n        \
         location / {{\n            root {place}/files;\n        }}\n    }}\n}}\n"
    )
}
