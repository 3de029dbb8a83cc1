//! Files that are prepared and then put in place: `new`, `set`, `add`, `commit`, `abort` and `del` of certificates, authorities and
//! lists of revoked certificates. There is one transaction of each kind at a time.

use super::super::{Call, Reply};
use super::{FileKind, Part, text};

/// The words that differ between the kinds.
struct Words {
    /// In commands.
    command: &'static str,
    /// In front of the name of a file.
    title: &'static str,
    /// Where a transaction begins: `Transaction`, `transaction`.
    transaction: &'static str,
    /// What it is for.
    of: &'static str,
    /// What a payload holds.
    payload: &'static str,
}

fn words(kind: FileKind) -> &'static Words {
    match kind {
        FileKind::Certificate => &Words {
            command: "cert",
            title: "certificate",
            transaction: "Transaction",
            of: "certificate",
            payload: "a filename and a certificate",
        },
        FileKind::Authorities => &Words {
            command: "ca-file",
            title: "CA file",
            transaction: "transaction",
            of: "CA",
            payload: "a filename and CAs",
        },
        FileKind::Revoked => &Words {
            command: "crl-file",
            title: "CRL file",
            transaction: "transaction",
            of: "CRL",
            payload: "a filename and CRLs",
        },
    }
}

pub(in crate::cli) fn set_certificate(call: &mut Call<'_, '_>) -> Reply {
    set(call, FileKind::Certificate, false)
}

pub(in crate::cli) fn set_authorities(call: &mut Call<'_, '_>) -> Reply {
    set(call, FileKind::Authorities, false)
}

pub(in crate::cli) fn add_authorities(call: &mut Call<'_, '_>) -> Reply {
    set(call, FileKind::Authorities, true)
}

pub(in crate::cli) fn set_revoked(call: &mut Call<'_, '_>) -> Reply {
    set(call, FileKind::Revoked, false)
}

pub(in crate::cli) fn commit_certificate(call: &mut Call<'_, '_>) -> Reply {
    commit(call, FileKind::Certificate)
}

pub(in crate::cli) fn commit_authorities(call: &mut Call<'_, '_>) -> Reply {
    commit(call, FileKind::Authorities)
}

pub(in crate::cli) fn commit_revoked(call: &mut Call<'_, '_>) -> Reply {
    commit(call, FileKind::Revoked)
}

pub(in crate::cli) fn abort_certificate(call: &mut Call<'_, '_>) -> Reply {
    abort(call, FileKind::Certificate)
}

pub(in crate::cli) fn abort_authorities(call: &mut Call<'_, '_>) -> Reply {
    abort(call, FileKind::Authorities)
}

pub(in crate::cli) fn abort_revoked(call: &mut Call<'_, '_>) -> Reply {
    abort(call, FileKind::Revoked)
}

pub(in crate::cli) fn new_certificate(call: &mut Call<'_, '_>) -> Reply {
    new(call, FileKind::Certificate)
}

pub(in crate::cli) fn new_authorities(call: &mut Call<'_, '_>) -> Reply {
    new(call, FileKind::Authorities)
}

pub(in crate::cli) fn new_revoked(call: &mut Call<'_, '_>) -> Reply {
    new(call, FileKind::Revoked)
}

pub(in crate::cli) fn delete_certificate(call: &mut Call<'_, '_>) -> Reply {
    delete(call, FileKind::Certificate)
}

pub(in crate::cli) fn delete_authorities(call: &mut Call<'_, '_>) -> Reply {
    delete(call, FileKind::Authorities)
}

pub(in crate::cli) fn delete_revoked(call: &mut Call<'_, '_>) -> Reply {
    delete(call, FileKind::Revoked)
}

/// The quote that versions before 3.0 leave out behind the name of a command.
fn quote(call: &Call<'_, '_>) -> &'static str {
    if call.view.config.dialect.does_as(3, 1) {
        "'"
    } else {
        ""
    }
}

/// The parts of a certificate that have a name of their own.
const PARTS: &[(&str, Part)] = &[
    (".key", Part::Key),
    (".issuer", Part::Issuer),
    (".ocsp", Part::Staple),
    (".sctl", Part::Timestamps),
];

/// The file that a word means, and the part of it: one of that name, or one whose part has it.
fn part_of(call: &Call<'_, '_>, kind: FileKind, word: &str) -> Option<(String, Part)> {
    if call.tls.file(kind, word, false).is_some() {
        return Some((word.to_owned(), Part::Whole));
    }
    if kind != FileKind::Certificate {
        return None;
    }
    let (ending, part) = PARTS.iter().find(|(ending, _)| word.ends_with(ending))?;
    let name = word.strip_suffix(ending)?;
    call.tls.file(kind, name, false).map(|_| (name.to_owned(), *part))
}

fn set(call: &mut Call<'_, '_>, kind: FileKind, adds: bool) -> Reply {
    let words = words(kind);
    let given = text(call.argument(0));
    let (true, Some(payload)) = (!given.is_empty(), call.payload) else {
        return Reply::Error(format!(
            "'set ssl {}{} expects {} as a payload\n",
            words.command,
            quote(call),
            words.payload
        ));
    };
    let refused = |text: &str| Reply::Error(format!("{text}Can't update {given}!\n"));
    let Some((name, part)) = part_of(call, kind, &given) else {
        let title = words.title;
        return refused(&format!(
            "Can't replace a {title} which is not referenced by the configuration!\n"
        ));
    };
    let pending = call.tls.pending(kind);
    if let Some(other) = pending.as_ref().filter(|pending| **pending != name) {
        return refused(&format!(
            "The ongoing transaction is about '{other}' but you are trying to set '{name}'\n"
        ));
    }
    if let Err(text) = call.tls.prepare(kind, &name, part, adds, payload) {
        return refused(&text);
    }
    let done = if pending.is_some() { "updated" } else { "created" };
    Reply::Info(format!("{} {done} for {} {name}!\n", words.transaction, words.of))
}

fn commit(call: &mut Call<'_, '_>, kind: FileKind) -> Reply {
    let words = words(kind);
    let name = text(call.argument(0));
    if name.is_empty() {
        // The original speaks of the CA file in both.
        let command = match kind {
            FileKind::Certificate => words.command,
            FileKind::Authorities | FileKind::Revoked => "ca-file",
        };
        return Reply::Error(format!(
            "'commit ssl {command}{} expects a filename\n",
            quote(call)
        ));
    }
    let refused = |text: &str| Reply::Error(format!("{text}Can't commit {name}!\n"));
    match call.tls.pending(kind) {
        None => return refused("No ongoing transaction! !\n"),
        Some(pending) if pending != name => {
            return refused(&format!(
                "The ongoing transaction is about '{pending}' but you are trying to set '{name}'\n"
            ));
        }
        Some(_) => {}
    }
    if kind == FileKind::Certificate
        && let Some(file) = call.tls.file(kind, &name, true)
        && (file.content.is_empty() || file.key.is_none())
        && (file.users > 0 || !call.view.config.dialect.does_as(3, 0))
    {
        return refused("The transaction must contain at least a certificate and a private key!\n");
    }
    match call.tls.commit(kind) {
        Ok(users) => Reply::Info(format!("Committing {name}{}\nSuccess!\n", ".".repeat(users))),
        Err(text) => refused(&text),
    }
}

fn abort(call: &mut Call<'_, '_>, kind: FileKind) -> Reply {
    let name = text(call.argument(0));
    if name.is_empty() {
        return Reply::Error(format!(
            "'abort ssl {}' expects a filename\n",
            words(kind).command
        ));
    }
    match call.tls.pending(kind) {
        None => Reply::error("No ongoing transaction!"),
        Some(pending) if pending != name => Reply::Error(format!(
            "The ongoing transaction is about '{pending}' but you are trying to abort a transaction for '{name}'\n"
        )),
        Some(_) => {
            call.tls.abort(kind);
            Reply::Info(format!("Transaction aborted for certificate '{name}'!\n"))
        }
    }
}

fn new(call: &mut Call<'_, '_>, kind: FileKind) -> Reply {
    let words = words(kind);
    let name = text(call.argument(0));
    if name.is_empty() {
        return Reply::Error(format!("'new ssl {}' expects a filename\n", words.command));
    }
    let known = call.tls.file(kind, &name, false).is_some();
    if kind == FileKind::Certificate {
        if known {
            return Reply::Error(format!("Certificate '{name}' already exists!\n"));
        }
        call.tls.create(kind, &name);
        return Reply::Info(format!("New empty certificate store '{name}'!\n"));
    }
    let title = words.title;
    if known {
        return Reply::Error(format!("{title} '{name}' already exists!\n"));
    }
    call.tls.create(kind, &name);
    Reply::Info(format!("New {title} created '{name}'!\n"))
}

fn delete(call: &mut Call<'_, '_>, kind: FileKind) -> Reply {
    let words = words(kind);
    let name = text(call.argument(0));
    let title = words.title;
    if name.is_empty() {
        let what = match kind {
            FileKind::Certificate => "certificate name",
            FileKind::Authorities => "CA file name",
            FileKind::Revoked => "CRL file name",
        };
        return Reply::Error(format!("'del ssl {}' expects a {what}\n", words.command));
    }
    // Versions before 3.0 sent an empty line more.
    let end = if call.view.config.dialect.does_as(3, 0) {
        ""
    } else {
        "\n"
    };
    let refused = |why: &str| {
        Reply::Error(format!(
            "Can't remove the {title}: {title} '{name}' {why}!\n{end}"
        ))
    };
    match call.tls.file(kind, &name, false) {
        None => refused("doesn't exist"),
        Some(file) if file.users > 0 => refused("in use, can't be deleted"),
        Some(_) if call.tls.pending(kind).as_deref() == Some(name.as_str()) => {
            refused("has an ongoing transaction, can't be deleted")
        }
        Some(_) => {
            call.tls.delete(kind, &name);
            let title = if kind == FileKind::Certificate {
                "Certificate"
            } else {
                title
            };
            Reply::Info(format!("{title} '{name}' deleted!\n"))
        }
    }
}
