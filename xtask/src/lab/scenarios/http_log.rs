//! The log lines of `option httplog` at the syslog receiver, against what the clients saw.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context, Result};
use regex::Regex;

use crate::lab::load::Sample;
use crate::lab::pacing::until;
use crate::lab::programs::rsyslog::{LogLine, Rsyslog};
use crate::lab::sheet::Sheet;
use crate::lab::stage::Stage;
use crate::lab::subject::Balancer;

/// What the lines of one balancer have in common.
pub(super) struct HttpLog<'a> {
    pub(super) client: &'a str,
    pub(super) frontend: &'a str,
    pub(super) facility: &'a str,
    pub(super) tag: &'a str,
}

impl HttpLog<'_> {
    /// The end of a scenario: the lines are compared, `balancer` stops, and the log is kept.
    pub(super) fn close(
        &self,
        stage: &mut Stage<'_>,
        log: &Rsyslog,
        samples: &[Sample],
        balancer: Balancer,
    ) -> Result<()> {
        let sheet = &mut stage.sheet;
        self.compare(sheet, log, samples)?;
        sheet.within(
            "stopped softly within",
            balancer.stop_softly()?,
            Duration::from_secs(2),
        );
        stage.keep(log.file(), "lb1-syslog.txt")
    }

    /// Finds one line for each request, with the right fields.
    pub(super) fn compare(&self, sheet: &mut Sheet, log: &Rsyslog, samples: &[Sample]) -> Result<()> {
        let is_request = |line: &&LogLine| line.text.contains("HTTP/1.1\"");
        // The last lines may still be on their way; too few of them is a finding, not an error.
        let all_here = || Ok((log.lines()?.iter().filter(is_request).count() >= samples.len()).then_some(()));
        let _ = until(Duration::from_secs(5), "the last log lines", all_here);
        let lines: Vec<LogLine> = log
            .lines()?
            .into_iter()
            .filter(|line| is_request(&line))
            .collect();
        sheet.check(
            "log lines received for the requests made",
            format!("{} for {}", lines.len(), samples.len()),
            "one each",
            lines.len() == samples.len(),
        );

        let shape = self.shape()?;
        let mut by_path: HashMap<String, &LogLine> = HashMap::new();
        let mut strange = Vec::new();
        for line in &lines {
            match shape.captures(&line.text) {
                Some(fields) => {
                    by_path.insert(fields["path"].to_owned(), line);
                }
                None => strange.push(format!("not an httplog line: {}", line.text)),
            }
            if line.facility != self.facility || line.severity != "info" || line.tag != self.tag {
                strange.push(format!(
                    "sent as {}.{} by {}",
                    line.facility, line.severity, line.tag
                ));
            }
        }
        for sample in samples {
            let fields = by_path
                .get(&sample.path)
                .and_then(|line| shape.captures(&line.text));
            match fields {
                None => strange.push(format!("no line for {}", sample.path)),
                Some(fields) => strange.extend(differences(sample, &fields)),
            }
        }
        let figure = strange.first().map_or_else(
            || "all right".to_owned(),
            |first| format!("{} wrong, the first: {first}", strange.len()),
        );
        sheet.check(
            "fields of the log lines",
            figure,
            "shape, status, server, bytes",
            strange.is_empty(),
        );
        Ok(())
    }

    fn shape(&self) -> Result<Regex> {
        let (client, frontend) = (regex::escape(self.client), regex::escape(self.frontend));
        let text = format!(
            r#"^{client}:\d+ \[\d\d/[A-Z][a-z]{{2}}/\d{{4}}:\d\d:\d\d:\d\d\.\d{{3}}\] {frontend} [^/ ]+/(?<server>\S+) -?\d+/-?\d+/-?\d+/-?\d+/\+?\d+ (?<status>-1|\d{{3}}) \+?(?<bytes>\d+) - - [-A-Za-z]{{4}} \d+/\d+/\d+/\d+/\+?\d+ \d+/\d+ "GET (?<path>\S+) HTTP/1\.1"$"#
        );
        Regex::new(&text).context("the lab's own pattern is wrong")
    }
}

/// What the line says otherwise than the client saw.
///
/// The bytes are counted before the balancer changes the head, so they lie between the body and the whole answer.
fn differences(sample: &Sample, fields: &regex::Captures<'_>) -> Vec<String> {
    let Ok(reply) = &sample.outcome else {
        return Vec::new();
    };
    let differ = |name: &str, logged: &str, seen: String| {
        format!(
            "{}: {name} {logged} in the log, {seen} for the client",
            sample.path
        )
    };
    let mut differences = Vec::new();
    if fields["status"] != reply.status.to_string() {
        differences.push(differ("status", &fields["status"], reply.status.to_string()));
    }
    if reply
        .server
        .as_ref()
        .is_some_and(|server| fields["server"] != *server)
    {
        differences.push(differ("server", &fields["server"], format!("{:?}", reply.server)));
    }
    let bytes: usize = fields["bytes"].parse().unwrap_or_default();
    if bytes < reply.body || bytes > reply.size {
        differences.push(differ(
            "bytes",
            &fields["bytes"],
            format!("{} to {}", reply.body, reply.size),
        ));
    }
    differences
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::load::Reply;

    const LOG: HttpLog<'_> = HttpLog {
        client: "10.0.0.9",
        frontend: "www",
        facility: "local0",
        tag: "haproxy[7]:",
    };
    const LINE: &str = r#"10.0.0.9:4000 [21/Nov/2026:10:28:39.812] www app/web1 0/0/0/1/1 200 142 - - --NI 1/1/0/0/0 0/0 "GET /a HTTP/1.1""#;

    fn seen(status: u16, server: &str, body: usize, size: usize) -> Sample {
        let reply = Reply {
            server: Some(server.to_owned()),
            status,
            size,
            body,
        };
        Sample::take(0, "/a".to_owned(), |_| Ok(reply))
    }

    #[test]
    fn a_line_that_says_what_the_client_saw_has_no_difference() {
        let shape = LOG.shape().unwrap();
        let fields = shape.captures(LINE).unwrap();
        assert_eq!(
            differences(&seen(200, "web1", 5, 201), &fields),
            Vec::<String>::new()
        );
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let shape = LOG.shape().unwrap();
        let fields = shape.captures(LINE).unwrap();
        let differences = differences(&seen(503, "web2", 150, 201), &fields).join("\n");
        for name in ["status", "server", "bytes"] {
            assert!(differences.contains(&format!("/a: {name} ")), "{differences}");
        }
    }

    #[test]
    fn a_line_without_its_termination_state_is_none_of_httplog() {
        assert!(!LOG.shape().unwrap().is_match(&LINE.replace(" --NI", "")));
    }
}
