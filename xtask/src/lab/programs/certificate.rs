//! A self-signed certificate where the documents' files look for one.

use std::fs;

use anyhow::Result;

use crate::lab::node::Node;

/// The folder that the documents' `bind … ssl crt` names.
const FOLDER: &str = "/etc/pki/tls/private";

/// Makes a certificate and its key, in one file as the balancer reads them, in the node's own /etc.
pub(in crate::lab) fn install(node: &Node) -> Result<()> {
    fs::create_dir_all(node.path(FOLDER))?;
    let (key, certificate) = (
        node.folder().join("key.pem"),
        node.folder().join("certificate.pem"),
    );
    let subject = format!("/CN={}", node.name());
    let (key_path, certificate_path) = (key.display().to_string(), certificate.display().to_string());
    node.run(&[
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        &subject,
        "-keyout",
        &key_path,
        "-out",
        &certificate_path,
    ])?;
    let both = [fs::read(&certificate)?, fs::read(&key)?].concat();
    fs::write(node.path(FOLDER).join("balancer.pem"), both)?;
    Ok(())
}
