//! Debian's Chromium, driven by chromedriver over its own HTTP interface (the W3C's WebDriver).

use std::fs::{self, File};
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Foreground;
use crate::lab::http;
use crate::lab::node::Node;
use crate::lab::pacing::until;

/// The key by which WebDriver names an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser window on a node. The network that it sees is the lab's alone.
pub(in crate::lab) struct Browser<'a> {
    node: &'a Node,
    address: SocketAddr,
    session: String,
    _driver: Foreground,
}

impl<'a> Browser<'a> {
    /// Starts the driver and opens a window without a screen. Certificates of the lab's own are accepted.
    pub(in crate::lab) fn start(node: &'a Node) -> Result<Self> {
        let folder = node.folder().join("browser");
        fs::create_dir_all(&folder)?;
        let log = File::create(folder.join("said"))?;
        let address: SocketAddr = "127.0.0.1:9515".parse()?;
        let mut command = node.command("chromedriver");
        command
            .arg(format!("--port={}", address.port()))
            .env("HOME", &folder)
            .env("TMPDIR", &folder);
        let mut driver = Foreground::start(command.stdout(log.try_clone()?).stderr(log))?;
        until(Duration::from_secs(20), "chromedriver", || {
            if driver.ended()?.is_some() {
                bail!(
                    "chromedriver ended: {}",
                    fs::read_to_string(folder.join("said"))?.trim()
                );
            }
            let status = node.inside(|| http::get(address, "/status", &[]))?;
            Ok(status.is_ok_and(|answer| answer.status == 200).then_some(()))
        })
        .with_context(|| fs::read_to_string(folder.join("said")).unwrap_or_default())?;
        let mut browser = Self {
            node,
            address,
            session: String::new(),
            _driver: driver,
        };
        let profile = format!("--user-data-dir={}", folder.join("profile").display());
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1600,1000",
            &profile,
        ];
        let wanted = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "acceptInsecureCerts": true,
            "goog:chromeOptions": {"args": args},
        }}});
        let opened = browser.call("POST", "/session", Some(&wanted))?;
        let session = opened["sessionId"]
            .as_str()
            .context("the browser opened no session")?;
        browser.session = format!("/session/{session}");
        Ok(browser)
    }

    /// Goes to a page and waits until it is loaded.
    pub(in crate::lab) fn go(&self, url: &str) -> Result<()> {
        self.post("/url", &json!({"url": url})).map(|_| ())
    }

    /// The address of the page shown.
    pub(in crate::lab) fn place(&self) -> Result<String> {
        let value = self.call("GET", &format!("{}/url", self.session), None)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// Clicks on the element that an XPath names.
    pub(in crate::lab) fn click(&self, xpath: &str) -> Result<()> {
        let element = self.find(xpath)?;
        self.post(&format!("/element/{element}/click"), &json!({}))
            .map(|_| ())
    }

    /// The text shown by the element that an XPath names.
    pub(in crate::lab) fn text(&self, xpath: &str) -> Result<String> {
        let element = self.find(xpath)?;
        let value = self.call("GET", &format!("{}/element/{element}/text", self.session), None)?;
        Ok(value.as_str().unwrap_or_default().to_owned())
    }

    /// A picture of the window, as PNG.
    pub(in crate::lab) fn picture(&self) -> Result<Vec<u8>> {
        let value = self.call("GET", &format!("{}/screenshot", self.session), None)?;
        Ok(STANDARD.decode(value.as_str().unwrap_or_default())?)
    }

    fn find(&self, xpath: &str) -> Result<String> {
        let found = self.post("/element", &json!({"using": "xpath", "value": xpath}))?;
        Ok(found[ELEMENT]
            .as_str()
            .with_context(|| format!("the page has no {xpath}"))?
            .to_owned())
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.call("POST", &format!("{}{path}", self.session), Some(body))
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let headers = ["Content-Type: application/json".to_owned()];
        let exchange = || http::exchange(self.address, method, path, &headers, body.as_bytes());
        let answer = self
            .node
            .inside(exchange)?
            .with_context(|| format!("chromedriver, {path}"))?;
        let mut said: Value = serde_json::from_slice(&answer.body)?;
        if answer.status != 200 {
            bail!(
                "the browser says to {path}: {}",
                said["value"]["message"].as_str().unwrap_or_default()
            );
        }
        Ok(said["value"].take())
    }
}

impl Drop for Browser<'_> {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            // Whatever of the browser does not end by this ends with the lab.
            let _ = self.call("DELETE", &self.session, None);
        }
    }
}
