//! `show ssl ca-file` and `show ssl crl-file`: authorities, and what they revoked.

use super::super::{Call, Reply};
use super::certificate::{describe, find};
use super::{FileKind, text};
use crate::certificate::{Certificate, RevocationList};

pub(in crate::cli) fn show_authorities(call: &mut Call<'_, '_>) -> Reply {
    show(call, FileKind::Authorities)
}

pub(in crate::cli) fn show_revoked(call: &mut Call<'_, '_>) -> Reply {
    show(call, FileKind::Revoked)
}

fn show(call: &mut Call<'_, '_>, kind: FileKind) -> Reply {
    let word = text(call.argument(0));
    if word.is_empty() {
        return list(call, kind);
    }
    let is_authorities = kind == FileKind::Authorities;
    let (name, index) = match word.split_once(':') {
        None => (word.as_str(), None),
        Some((name, index)) => match index.parse::<usize>() {
            Ok(index) if index > 0 => (name, Some(index)),
            _ => {
                let what = if is_authorities { "CA" } else { "CRL" };
                let end = if call.view.config.dialect.does_as(3, 0) {
                    "\n"
                } else {
                    ""
                };
                return Reply::Error(format!("wrong {what} index after colons in '{word}'!{end}"));
            }
        },
    };
    let Some((file, is_pending)) = find(call, kind, name) else {
        return Reply::error(if is_authorities {
            "Can't display the CA file : Not found!"
        } else {
            "Can't display the CRL file : Not found!"
        });
    };
    let wanted = |at: &usize| index.is_none_or(|index| index == *at + 1);
    if is_authorities && !(0..file.content.len()).any(|at| wanted(&at)) {
        return Reply::Done;
    }
    let status = if file.content.is_empty() {
        "Empty"
    } else if is_pending && call.view.config.dialect.does_as(3, 1) {
        "Uncommitted"
    } else if file.users > 0 && !is_pending {
        "Used"
    } else {
        "Unused"
    };
    let mut out = format!("Filename: {name}\nStatus: {status}\n");
    for (at, der) in file.content.iter().enumerate().filter(|(at, _)| wanted(at)) {
        let number = at + 1;
        if is_authorities {
            out.push_str(&format!(" \nCertificate #{number}:\n"));
            if let Some(certificate) = Certificate::parse(der) {
                describe(&certificate, &mut out);
            }
        } else {
            out.push_str(&format!(" \nCertificate Revocation List #{number}:\n"));
            if let Some(list) = RevocationList::parse(der) {
                out.push_str(&list.told());
            }
        }
    }
    Reply::Info(out)
}

fn list(call: &Call<'_, '_>, kind: FileKind) -> Reply {
    let mut out = String::new();
    let mut row = |mark: &str, name: &str, pending: bool| {
        out.push_str(mark);
        out.push_str(name);
        if kind == FileKind::Authorities {
            let file = call.tls.file(kind, name, pending).unwrap_or_default();
            out.push_str(&format!(" - {} certificate(s)", file.content.len()));
        }
        out.push('\n');
    };
    if let Some(pending) = call.tls.pending(kind) {
        row("# transaction\n*", &pending, true);
    }
    let mut head = "# filename\n";
    for name in call.tls.names(kind) {
        row(head, &name, false);
        head = "";
    }
    if !head.is_empty() {
        out.push_str(head);
    }
    Reply::Info(out)
}
