//! `http-errors`, `cache`, `fcgi-app` and `program`.

use syntax::Span;

use crate::model::{Acl, Cond, Format, LogTarget, Word};

/// A named set of error files.
#[derive(Clone, Debug)]
pub struct HttpErrors {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// The files; of a status that stands twice the last counts.
    pub files: Vec<ErrorFile>,
}

/// The answer for a status.
#[derive(Clone, Debug)]
pub struct ErrorFile {
    /// The status.
    pub status: u16,
    /// The path as it is written.
    pub path: Word,
    /// The whole answer.
    pub content: Word,
}

impl HttpErrors {
    /// The answer for `status`.
    #[must_use]
    pub fn file(&self, status: u16) -> Option<&ErrorFile> {
        self.files.iter().rev().find(|file| file.status == status)
    }
}

/// A cache (manual, section 6.2.1).
#[derive(Clone, Debug)]
pub struct Cache {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// `total-max-size`, megabytes; none when it is not given or 0.
    pub total_max_size: Option<u32>,
    /// `max-object-size`, bytes.
    pub max_object_size: Option<u32>,
    /// `max-age`, seconds.
    pub max_age: Option<u32>,
    /// `process-vary`.
    pub process_vary: bool,
    /// `max-secondary-entries`.
    pub max_secondary_entries: Option<u32>,
}

/// A FastCGI application (manual, section 10.1.1).
#[derive(Clone, Debug)]
pub struct FcgiApp {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// `docroot`.
    pub docroot: Option<Word>,
    /// `index`.
    pub index: Option<Word>,
    /// `path-info`: a regular expression.
    pub path_info: Option<Word>,
    /// `option get-values`.
    pub get_values: bool,
    /// `option keep-conn`.
    pub keep_conn: bool,
    /// `option mpxs-conns`.
    pub mpxs_conns: bool,
    /// `option max-reqs`.
    pub max_reqs: Option<u32>,
    /// `log-stderr global`.
    pub global_logs: bool,
    /// `log-stderr`.
    pub logs: Vec<LogTarget>,
    /// Its ACLs, which its conditions name by number.
    pub acls: Vec<Acl>,
    /// `set-param`, in the order of the lines.
    pub params: Vec<FcgiParam>,
    /// `pass-header`.
    pub headers: Vec<FcgiHeader>,
}

/// A parameter of a FastCGI application.
#[derive(Clone, Debug)]
pub struct FcgiParam {
    /// Its name.
    pub name: Word,
    /// Its value; none for one that no version can evaluate, which is left out.
    pub value: Option<Format>,
    /// When it is sent.
    pub cond: Option<Cond>,
}

/// A header that is passed to a FastCGI application.
#[derive(Clone, Debug)]
pub struct FcgiHeader {
    /// Its name.
    pub name: Word,
    /// When it is sent.
    pub cond: Option<Cond>,
}

/// A process beside the workers (manual, section 3.7).
#[derive(Clone, Debug)]
pub struct Program {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// The program and its arguments.
    pub command: Vec<Word>,
    /// `user`: its number.
    pub uid: Option<u32>,
    /// `group`: its number.
    pub gid: Option<u32>,
    /// `option start-on-reload`.
    pub start_on_reload: bool,
}
