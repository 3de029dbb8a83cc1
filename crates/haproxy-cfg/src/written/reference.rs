//! What can only be judged once all is read: names of other sections, and what depends on the mode of a proxy.

use syntax::{Diagnostic, Span};

use crate::model::{ArgValue, Mode, Word};

/// What a line names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReferenceKind {
    /// A `peers` section, of a stick table.
    Peers,
    /// A `resolvers` section, of the HTTP client.
    ClientResolvers,
    /// An `http-errors` section, of `errorfiles`.
    HttpErrors,
}

impl ReferenceKind {
    /// The keyword of the section that must be there.
    pub(crate) fn section(self) -> &'static str {
        match self {
            Self::Peers => "peers",
            Self::ClientResolvers => "resolvers",
            Self::HttpErrors => "http-errors",
        }
    }
}

/// A name that must be declared somewhere.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) kind: ReferenceKind,
    pub(crate) name: Word,
    pub(crate) span: Span,
    /// The proxy that names it.
    pub(crate) proxy: Word,
}

/// How messages name the place of an argument that refers to something.
#[derive(Clone, Debug)]
pub(crate) struct ReferencePlace {
    /// The fetch of the expression.
    pub(crate) fetch: String,
    /// The converter whose argument it is; none for one of the fetch.
    pub(crate) converter: Option<&'static str>,
    /// What stands behind `in`; none for ACLs and what the original takes for them.
    pub(crate) place: Option<&'static str>,
}

/// An argument of a fetch or a converter that names something, or is a regular expression.
#[derive(Clone, Debug)]
pub(crate) struct ArgumentReference {
    pub(crate) value: ArgValue,
    pub(crate) span: Span,
    /// Which argument, counted from 1.
    pub(crate) number: usize,
    pub(crate) place: ReferencePlace,
    /// Index of the proxy that it stands in; none in other sections.
    pub(crate) proxy: Option<usize>,
    /// Index of the `defaults` that it stands in.
    pub(crate) defaults: Option<usize>,
}

/// What is told of a proxy when it turns out to have that mode.
#[derive(Clone, Debug)]
pub(crate) struct ModeNote {
    /// Index of the proxy.
    pub(crate) proxy: usize,
    pub(crate) mode: Mode,
    pub(crate) told: Diagnostic,
}
