//! Sections beside the proxies, once all is read.

use syntax::{Context, Diagnostic};

use super::inherit::Inherited;
use super::rules::{Groups, condition};
use crate::model::sections::{Endpoint, Sections};
use crate::model::{LogLevel, MailAlert, Millis, Word};
use crate::parse::Reading;
use crate::parse::global::finish_thread_groups;
use crate::parse::sections::{
    acme, cache, fcgi, log_forward, mailers, peers, program, resolvers, ring, userlist,
};
use crate::parse::threads;
use crate::written::{EmailAlert, Set};

/// For a mail, unless the file says otherwise, ms.
const MAIL_TIMEOUT: Millis = 10_000;

/// Tells what only the whole of each section shows.
pub(super) fn check(reading: &mut Reading<'_>) {
    finish_thread_groups(reading);
    threads::finish(reading);
    userlist::finish(reading);
    acme::finish(reading);
    peers::finish(reading);
    resolvers::finish(reading);
    let mailed = email_alerts(reading);
    mailers::finish(reading, &mailed);
    ring::finish(reading);
    log_forward::finish(reading);
    cache::finish(reading);
    fcgi::finish(reading);
    program::finish(reading);
    error_sets(reading);
}

fn whole(diagnostic: Diagnostic) -> Diagnostic {
    diagnostic.context(Context::Whole)
}

/// Mail alerts that lack something, and sections of mailers that are nowhere. Gives the sections that are used.
fn email_alerts(reading: &mut Reading<'_>) -> Vec<Word> {
    let mut told = Vec::new();
    let mut used = Vec::new();
    for proxy in &reading.written.proxies {
        let inherited = Inherited::new(reading, proxy);
        let Some(line) = inherited.find(|settings| settings.email.line) else {
            continue;
        };
        let from = inherited.find(|settings| settings.email.from.as_ref());
        let to = inherited.find(|settings| settings.email.to.as_ref());
        let mailers = inherited.find(|settings| settings.email.mailers.as_ref());
        let kind = Reading::proxy_words(proxy.kind);
        let (Some(_), Some(_), Some(mailers)) = (from, to, mailers) else {
            let message = format!(
                "'email-alert' will be ignored for {kind} '{}' (the presence any of 'email-alert from', 'email-alert level' \
                 'email-alert mailers', 'email-alert myhostname', or 'email-alert to' requires each of 'email-alert from', \
                 'email-alert mailers' and 'email-alert to' to be present).",
                proxy.name
            );
            let one = Diagnostic::warning("incomplete-email-alert", message).at(line);
            told.push(whole(one).help("write all three: email-alert mailers, from and to"));
            continue;
        };
        used.push(mailers.value.clone());
        let known = &reading.written.beside.mailers;
        if !known.iter().any(|section| section.name == mailers.value) {
            let name = &mailers.value;
            let message = format!("Proxy '{}': unable to find mailers '{name}'.", proxy.name);
            let one = Diagnostic::alert("unknown-name", message).at(mailers.span);
            told.push(whole(one).help(format!("add a section: mailers {name}")));
        }
    }
    reading.diagnostics.extend(told);
    used
}

/// What a proxy mails of its servers, where its lines say all that is needed for it.
pub(super) fn mail(reading: &Reading<'_>, inherited: &Inherited<'_>) -> Option<MailAlert> {
    let said = |pick: fn(&EmailAlert) -> &Option<Set<Word>>| {
        inherited.find(|settings| pick(&settings.email).as_ref().map(|set| set.value.clone()))
    };
    let (from, to, name) = (said(|e| &e.from)?, said(|e| &e.to)?, said(|e| &e.mailers)?);
    let section = reading
        .written
        .beside
        .mailers
        .iter()
        .find(|section| section.name == name)?;
    let servers = section.mailers.iter().filter_map(|mailer| match mailer.endpoint {
        Endpoint::Inet(address) => Some(address),
        Endpoint::Host(_) | Endpoint::Unix(_) | Endpoint::Abstract(_) => None,
    });
    Some(MailAlert {
        from,
        to,
        host: said(|e| &e.host),
        level: inherited
            .find(|settings| settings.email.level)
            .unwrap_or(LogLevel::Alert),
        servers: servers.collect(),
        timeout: section.timeout.unwrap_or(MAIL_TIMEOUT),
    })
}

/// Statuses that `errorfiles` wants and the section does not have.
fn error_sets(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for set in &reading.written.error_sets {
        let sections = &reading.written.beside.http_errors;
        let Some(section) = sections.iter().find(|section| section.name == set.name) else {
            continue;
        };
        for status in set
            .statuses
            .iter()
            .filter(|status| section.file(**status).is_none())
        {
            let (file, place) = reading.sources.locate(set.span);
            let message = format!(
                "config: proxy '{}' : status '{status}' not declared in http-errors section '{}' (at {file}:{}).",
                set.proxy, set.name, place.line
            );
            let one = Diagnostic::warning("unknown-status", message).at(set.span);
            told.push(whole(one).help(format!("add to the section: errorfile {status} PATH")));
        }
    }
    reading.diagnostics.extend(told);
}

/// The sections, the conditions of FastCGI applications resolved.
pub(super) fn build(reading: &mut Reading<'_>) -> Sections {
    let mut sections = std::mem::take(&mut reading.written.beside);
    super::server::of_peers(reading, &mut sections.peers);
    super::server::of_rings(reading, &mut sections.rings);
    if !sections
        .resolvers
        .iter()
        .any(|section| *section.name == *b"default")
    {
        sections
            .resolvers
            .extend(resolvers::default_section(reading.host));
    }
    for (app, written) in sections.fcgi_apps.iter_mut().zip(&reading.written.fcgi_apps) {
        let groups = Groups::new(&written.acls.groups, 0);
        for (param, cond) in app.params.iter_mut().zip(&written.param_conds) {
            param.cond = cond.as_ref().map(|cond| condition(cond, &groups));
        }
        for (header, cond) in app.headers.iter_mut().zip(&written.header_conds) {
            header.cond = cond.as_ref().map(|cond| condition(cond, &groups));
        }
        app.acls.clone_from(&written.acls.lines);
    }
    sections
}
