//! A real mail server: postfix, which delivers everything for [`DOMAIN`] into one mailbox folder of its node.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use super::Mortal;
use crate::lab::node::Node;
use crate::lab::pacing::until;

/// The domain whose mail is taken.
pub(in crate::lab) const DOMAIN: &str = "example.com";

/// Where mail is delivered to, in the node's own /var.
const MAILBOXES: &str = "/var/mailboxes";
/// The owner of delivered mail: any unprivileged number.
const OWNER: u32 = 5000;

/// A postfix on a node of its own.
pub(in crate::lab) struct Postfix<'a> {
    node: &'a Node,
    address: SocketAddr,
}

impl<'a> Postfix<'a> {
    /// Configures and starts the mail server of the node and waits until it takes connections.
    pub(in crate::lab) fn start(node: &'a Node, address: &str) -> Result<Self> {
        let mailboxes = node.path(MAILBOXES);
        fs::create_dir_all(&mailboxes)?;
        std::os::unix::fs::chown(&mailboxes, Some(OWNER), Some(OWNER))?;
        fs::copy(
            "/usr/share/postfix/master.cf.dist",
            node.path("/etc/postfix/master.cf"),
        )?;
        fs::write(node.path("/etc/postfix/main.cf"), configuration(node.name()))?;
        node.run(&["chown", "postfix", "/var/lib/postfix"])?;
        // Debian's services run in a chroot that its start script would have to fill first.
        node.run(&["postconf", "-F", "*/*/chroot = n"])?;
        let mut postfix = Self {
            node,
            address: address.parse()?,
        };
        postfix.revive()?;
        Ok(postfix)
    }

    /// Every delivered mail that has this text in it, by file.
    pub(in crate::lab) fn delivered(&self, text: &str) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        // postfix makes the mailbox with the first mail.
        for file in fs::read_dir(self.node.path(MAILBOXES).join("box/new"))
            .into_iter()
            .flatten()
        {
            let path = file?.path();
            if String::from_utf8_lossy(&fs::read(&path)?).contains(text) {
                found.push(path);
            }
        }
        Ok(found)
    }

    fn accepts(&self) -> Result<bool> {
        let address = self.address;
        self.node
            .inside(|| TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok())
    }
}

impl Mortal for Postfix<'_> {
    fn kill(&mut self) -> Result<()> {
        self.node.run(&["postfix", "abort"])?;
        until(
            Duration::from_secs(10),
            &format!("{} to stop", self.node.name()),
            || Ok((!self.accepts()?).then_some(())),
        )?;
        Ok(())
    }

    fn revive(&mut self) -> Result<()> {
        self.node.run(&["postfix", "start"])?;
        until(
            Duration::from_secs(20),
            &format!("{} to start", self.node.name()),
            || Ok(self.accepts()?.then_some(())),
        )?;
        Ok(())
    }
}

fn configuration(name: &str) -> String {
    format!(
        "compatibility_level = 3.6\nmyhostname = {name}.{DOMAIN}\nmydestination =\nmynetworks = 127.0.0.0/8\n\
         inet_interfaces = all\ninet_protocols = ipv4\nmaillog_file = /var/log/postfix.log\n\
         alias_maps =\nalias_database =\nlocal_recipient_maps =\nsmtpd_peername_lookup = no\n\
         virtual_mailbox_domains = {DOMAIN}\nvirtual_mailbox_base = {MAILBOXES}\nvirtual_mailbox_maps = static:box/\n\
         virtual_uid_maps = static:{OWNER}\nvirtual_gid_maps = static:{OWNER}\n\
         smtpd_recipient_restrictions = permit_mynetworks, reject_unauth_destination\n"
    )
}
