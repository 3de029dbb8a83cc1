//! Commands about certificates and what belongs to them (management guide, `show ssl cert` and its kin). What is in memory is
//! the shell's, behind [`TlsStore`]; here are the words: what may be said in which order, and how it is shown.

mod authorities;
mod certificate;
mod list;
mod served;
mod staple;
mod ticket;
mod transaction;

pub(super) use authorities::{show_authorities, show_revoked};
pub use certificate::in_pem;
pub(super) use certificate::{dump as dump_certificate, show as show_certificate};
pub(super) use list::{add as add_to_list, delete as delete_from_list, show as show_list};
pub(super) use served::show as show_names;
pub(super) use staple::{set as set_staple, show as show_staples};
pub(super) use ticket::{set as set_ticket_key, show as show_ticket_keys};
pub(super) use transaction::{
    abort_authorities, abort_certificate, abort_revoked, add_authorities, commit_authorities,
    commit_certificate, commit_revoked, delete_authorities, delete_certificate, delete_revoked,
    new_authorities, new_certificate, new_revoked, set_authorities, set_certificate, set_revoked,
};

use haproxy_cfg::model::{BindCertificate, Word};

/// Files that are prepared first and then put in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A certificate with what belongs to it.
    Certificate,
    /// `ca-file`.
    Authorities,
    /// `crl-file`.
    Revoked,
}

/// What of a certificate is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The certificate, with its key and its chain where they are there.
    Whole,
    /// `.key`.
    Key,
    /// `.issuer`.
    Issuer,
    /// `.ocsp`, in base64.
    Staple,
    /// `.sctl`, in base64.
    Timestamps,
}

/// What is in memory of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsFile {
    /// How many settings of listeners and servers use it.
    pub users: usize,
    /// What it holds in DER: a certificate with its chain, authorities, or lists of revoked certificates.
    pub content: Vec<Vec<u8>>,
    /// Of a certificate: who signed it, where a file beside it says so.
    pub issuer: Option<Vec<u8>>,
    /// Of a certificate: the OCSP response that is shown with it.
    pub staple: Option<Vec<u8>>,
    /// Of a certificate: its key in PKCS #8, PKCS #1 or SEC 1, as PEM.
    pub key: Option<String>,
    /// Of a certificate: the files that its parts were looked for in, each behind its name; empty once it was replaced.
    pub files: Vec<(&'static str, String)>,
}

/// A name that clients may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedName {
    /// The frontend.
    pub frontend: Word,
    /// The line of the file that says so: `FILE:LINE`.
    pub place: String,
    /// In lower case; a wildcard's begins with `*.`; `*` is for whoever asks for none of the others.
    pub name: String,
    /// Names that it is not for.
    pub not_for: Vec<Word>,
    /// The kind of key: `rsa`, `ecdsa`.
    pub kind: &'static str,
    /// The certificate's name.
    pub certificate: String,
    /// The certificate, in DER.
    pub der: Vec<u8>,
}

/// Keys of session tickets that a file gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicketKeys {
    /// Its number, by which it is shown.
    pub id: u32,
    /// The file.
    pub file: String,
    /// The last three, the newest at the end.
    pub keys: Vec<Vec<u8>>,
}

/// Why something was not done; the text is the answer's.
pub type Refusal = String;

/// What of TLS is in memory and can be changed while the process runs.
pub trait TlsStore {
    /// Seconds since 1970, for what ends.
    fn now_seconds(&self) -> i64;
    /// The file of the transaction that is under way.
    fn pending(&self, kind: FileKind) -> Option<String>;
    /// The names of all files, in order.
    fn names(&self, kind: FileKind) -> Vec<String>;
    /// A file; with `pending` what is prepared for it.
    fn file(&self, kind: FileKind, name: &str, pending: bool) -> Option<TlsFile>;
    /// Prepares new content for a file that is there, over what is prepared already or, where that is nothing or `part` is not all
    /// of it or it is added to, over what is there.
    ///
    /// # Errors
    /// What is wrong with the content.
    fn prepare(
        &self,
        kind: FileKind,
        name: &str,
        part: Part,
        adds: bool,
        payload: &[u8],
    ) -> Result<(), Refusal>;
    /// Puts what is prepared in place. Gives how many settings of listeners and servers use it.
    ///
    /// # Errors
    /// Why that cannot be; the old content stays in place, and the transaction under way.
    fn commit(&self, kind: FileKind) -> Result<usize, Refusal>;
    /// Drops what is prepared.
    fn abort(&self, kind: FileKind);
    /// Makes an empty file.
    fn create(&self, kind: FileKind, name: &str);
    /// Forgets a file, which nobody uses.
    fn delete(&self, kind: FileKind, name: &str);
    /// The lists of certificates, in order; folders are lists too.
    fn lists(&self) -> Vec<String>;
    /// The lines of a list.
    fn list(&self, name: &str) -> Option<Vec<BindCertificate>>;
    /// Whether a list is a folder.
    fn is_folder(&self, list: &str) -> bool;
    /// Adds a line to a list that is there, for all listeners that have it.
    ///
    /// # Errors
    /// Why its settings cannot be.
    fn add_line(&self, list: &str, line: BindCertificate) -> Result<usize, Refusal>;
    /// Takes the line at that index away.
    ///
    /// # Errors
    /// Why the listeners cannot do without it.
    fn delete_line(&self, list: &str, at: usize) -> Result<(), Refusal>;
    /// The names that clients may ask for, by listener.
    fn served(&self) -> Vec<ServedName>;
    /// Puts an OCSP response (DER) in the place of the one of the same certificate. Gives how many certificates are shown with it.
    ///
    /// # Errors
    /// Why it is not taken.
    fn set_staple(&self, response: &[u8]) -> Result<usize, Refusal>;
    /// Files of ticket keys, by number.
    fn ticket_keys(&self) -> Vec<TicketKeys>;
    /// Makes a key the one that comes next.
    ///
    /// # Errors
    /// Why it is not taken.
    fn set_ticket_key(&self, id: u32, key: &[u8]) -> Result<(), Refusal>;
}

/// That of who has no TLS.
#[derive(Clone, Copy, Debug)]
pub struct NoTls;

impl TlsStore for NoTls {
    fn now_seconds(&self) -> i64 {
        0
    }

    fn pending(&self, _: FileKind) -> Option<String> {
        None
    }

    fn names(&self, _: FileKind) -> Vec<String> {
        Vec::new()
    }

    fn file(&self, _: FileKind, _: &str, _: bool) -> Option<TlsFile> {
        None
    }

    fn prepare(&self, _: FileKind, _: &str, _: Part, _: bool, _: &[u8]) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn commit(&self, _: FileKind) -> Result<usize, Refusal> {
        Err(nothing())
    }

    fn abort(&self, _: FileKind) {}

    fn create(&self, _: FileKind, _: &str) {}

    fn delete(&self, _: FileKind, _: &str) {}

    fn lists(&self) -> Vec<String> {
        Vec::new()
    }

    fn list(&self, _: &str) -> Option<Vec<BindCertificate>> {
        None
    }

    fn is_folder(&self, _: &str) -> bool {
        false
    }

    fn add_line(&self, _: &str, _: BindCertificate) -> Result<usize, Refusal> {
        Err(nothing())
    }

    fn delete_line(&self, _: &str, _: usize) -> Result<(), Refusal> {
        Err(nothing())
    }

    fn served(&self) -> Vec<ServedName> {
        Vec::new()
    }

    fn set_staple(&self, _: &[u8]) -> Result<usize, Refusal> {
        Err(nothing())
    }

    fn ticket_keys(&self) -> Vec<TicketKeys> {
        Vec::new()
    }

    fn set_ticket_key(&self, _: u32, _: &[u8]) -> Result<(), Refusal> {
        Err(nothing())
    }
}

fn nothing() -> Refusal {
    "There is no TLS here.\n".to_owned()
}

/// A word of the command line as text; names of files that are none are found by nobody.
fn text(word: &[u8]) -> String {
    String::from_utf8_lossy(word).into_owned()
}
