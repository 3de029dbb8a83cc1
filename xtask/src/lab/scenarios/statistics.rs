//! The statistics page, read and used with curl.

use anyhow::{Context, Result};

use crate::lab::node::Node;
use crate::lab::sheet::Sheet;

/// Reads the page as HTML, CSV and JSON and finds the proxies and servers in it; without the password it is refused.
pub(super) fn read(sheet: &mut Sheet, client: &Node, url: &str, user: &str, names: &[&str]) -> Result<()> {
    let (status, _) = curl(client, url, &[])?;
    sheet.equal("statistics page without the password", status, 401);
    for (kind, suffix, mark) in [
        ("HTML", "", "<table"),
        ("CSV", ";csv", "# pxname,svname,"),
        ("JSON", ";json", "["),
    ] {
        let (status, body) = curl(client, &format!("{url}{suffix}"), &["-u", user])?;
        let missing: Vec<&str> = names
            .iter()
            .copied()
            .filter(|name| !body.contains(name))
            .collect();
        let right = status == 200 && missing.is_empty() && body.contains(mark);
        let lacks = if missing.is_empty() {
            String::new()
        } else {
            format!(", without {}", missing.join(", "))
        };
        let figure = format!("{status}, {} bytes{lacks}", body.len());
        sheet.check(
            &format!("statistics as {kind}"),
            figure,
            format!("200, with {}", names.join(", ")),
            right,
        );
    }
    Ok(())
}

/// A server's state in the CSV page.
pub(super) fn state(client: &Node, url: &str, user: &str, backend: &str, server: &str) -> Result<String> {
    let (_, body) = curl(client, &format!("{url};csv"), &["-u", user])?;
    let column = |line: &str, name: &str| {
        line.trim_start_matches("# ")
            .split(',')
            .position(|title| title == name)
    };
    let status = body
        .lines()
        .next()
        .and_then(|head| column(head, "status"))
        .context("the CSV page has no status")?;
    let row = body
        .lines()
        .find(|line| line.starts_with(&format!("{backend},{server},")));
    let row = row.with_context(|| format!("the CSV page has no {backend}/{server}"))?;
    Ok(row.split(',').nth(status).unwrap_or_default().to_owned())
}

/// Sends the admin form and gives the status and the place that it leads to.
pub(super) fn submit(client: &Node, url: &str, user: &str, form: &str) -> Result<(u16, String)> {
    let (status, head) = curl(client, url, &["-u", user, "-i", "-d", form])?;
    let location = head
        .lines()
        .find_map(|line| line.strip_prefix("location: "))
        .unwrap_or("nowhere");
    Ok((status, location.trim().to_owned()))
}

/// Fetches a page and gives status and body. The lab's certificates are its own.
fn curl(client: &Node, url: &str, extra: &[&str]) -> Result<(u16, String)> {
    let mut argv = vec!["curl", "-sk", "--max-time", "10", "-w", "\n%{http_code}"];
    argv.extend_from_slice(extra);
    argv.push(url);
    let said = client.run(&argv)?;
    let (body, status) = said.rsplit_once('\n').context("curl said nothing")?;
    Ok((status.trim().parse()?, body.to_owned()))
}
