//! A real web server: nginx, whose answers name the server, show what it was sent, and may be cached.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::{Foreground, Mortal};
use crate::lab::http;
use crate::lab::node::Node;
use crate::lab::pacing::until;

/// Response header that names the server.
pub(in crate::lab) const SERVED_BY: &str = "x-served-by";
/// Response headers that repeat what the server saw in the request.
pub(in crate::lab) const SEEN_COOKIE: &str = "x-seen-cookie";
pub(in crate::lab) const SEEN_FORWARDED_FOR: &str = "x-seen-forwarded-for";

/// The path of an answer that takes about eight seconds.
pub(in crate::lab) const SLOW: &str = "/slow";
/// The path that starts an application session, with a `JSESSIONID` cookie.
pub(in crate::lab) const LOGIN: &str = "/login";
/// The application session's id.
pub(in crate::lab) const SESSION: &str = "s3ss10n";

/// An nginx of one process on a node.
pub(in crate::lab) struct Nginx<'a> {
    node: &'a Node,
    name: String,
    address: SocketAddr,
    folder: PathBuf,
    running: Option<Foreground>,
}

impl<'a> Nginx<'a> {
    /// Starts a server called `name` on `address` of the node and waits until it answers.
    pub(in crate::lab) fn start(node: &'a Node, name: &str, address: &str) -> Result<Self> {
        let address: SocketAddr = address.parse()?;
        let folder = node.folder().join(format!("nginx-{name}"));
        fs::create_dir_all(folder.join("www"))?;
        fs::write(folder.join("www/check.txt"), "ok\n")?;
        fs::write(folder.join("www/slow"), vec![b'.'; 64 * 1024])?;
        fs::write(
            folder.join("nginx.conf"),
            configuration(name, address, &folder.display().to_string()),
        )?;
        let mut nginx = Self {
            node,
            name: name.to_owned(),
            address,
            folder,
            running: None,
        };
        nginx.revive()?;
        Ok(nginx)
    }

    /// Makes the application behind the server look unwell to a check of `/check.txt`, or well again.
    pub(in crate::lab) fn set_well(&self, well: bool) -> Result<()> {
        let (here, away) = (self.folder.join("www/check.txt"), self.folder.join("check.away"));
        if well {
            fs::rename(away, here)?;
        } else {
            fs::rename(here, away)?;
        }
        Ok(())
    }
}

impl Mortal for Nginx<'_> {
    fn kill(&mut self) -> Result<()> {
        self.running = None;
        Ok(())
    }

    fn revive(&mut self) -> Result<()> {
        let log = File::create(self.folder.join("error.log"))?;
        let mut command = self.node.command("nginx");
        command.arg("-c").arg(self.folder.join("nginx.conf"));
        let running = self
            .running
            .insert(Foreground::start(command.stdout(log.try_clone()?).stderr(log))?);
        let (node, address) = (self.node, self.address);
        let what = format!("nginx {} on {address}", self.name);
        until(Duration::from_secs(10), &what, || {
            if running.ended()?.is_some() {
                anyhow::bail!(
                    "{what} ended: {}",
                    fs::read_to_string(self.folder.join("error.log"))?.trim()
                );
            }
            Ok(node.inside(|| http::get(address, "/check.txt", &[]))?.ok())
        })?;
        Ok(())
    }
}

fn configuration(name: &str, address: SocketAddr, folder: &str) -> String {
    let shown = format!(
        "add_header X-Served-By {name} always; add_header X-Seen-Cookie $http_cookie always; \
         add_header X-Seen-Forwarded-For $http_x_forwarded_for always; add_header Cache-Control max-age=60;"
    );
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("    {kind}_temp_path {folder}/{kind};\n"))
        .collect();
    format!(
        "daemon off;\nmaster_process off;\npid {folder}/nginx.pid;\nerror_log stderr;\nevents {{}}\n\
         http {{\n{temporary}    access_log {folder}/access.log;\n    default_type text/plain;\n\
         server {{\n    listen {address};\n    root {folder}/www;\n    {shown}\n\
         location = /check.txt {{}}\n\
         location = {SLOW} {{ limit_rate 8k; }}\n\
         location = {LOGIN} {{ {shown} add_header Set-Cookie \"JSESSIONID={SESSION}; path=/\"; return 200 \"{name}\\n\"; }}\n\
         location / {{ return 200 \"{name}\\n\"; }}\n}}\n}}\n"
    )
}
