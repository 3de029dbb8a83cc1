//! `userlist` and `mailers`.

use syntax::Span;

use super::Endpoint;
use crate::model::{Millis, Word};

/// Users and groups for authentication.
#[derive(Clone, Debug)]
pub struct Userlist {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// Its users, each name once.
    pub users: Vec<User>,
    /// Its groups, each name once.
    pub groups: Vec<Group>,
}

/// How a user proves to be that user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    /// `password`: what `crypt` made of it.
    Hashed(Word),
    /// `insecure-password`: as it is typed.
    Plain(Word),
}

/// A user of a [`Userlist`].
#[derive(Clone, Debug)]
pub struct User {
    /// The name.
    pub name: Word,
    /// The last password of the line; none when it has none, and nobody is that user.
    pub password: Option<Password>,
    /// Groups that the line names.
    pub groups: Vec<Word>,
    /// The line.
    pub span: Span,
}

/// A group of a [`Userlist`].
#[derive(Clone, Debug)]
pub struct Group {
    /// The name.
    pub name: Word,
    /// Users that the line names.
    pub users: Vec<Word>,
    /// The line.
    pub span: Span,
}

impl Userlist {
    /// Whether `user` is in `group`, by either line.
    #[must_use]
    pub fn is_member(&self, user: &[u8], group: &[u8]) -> bool {
        let by_user = self
            .users
            .iter()
            .any(|entry| *entry.name == *user && entry.groups.iter().any(|name| **name == *group));
        let by_group = self
            .groups
            .iter()
            .any(|entry| *entry.name == *group && entry.users.iter().any(|name| **name == *user));
        by_user || by_group
    }
}

/// Mail servers for alerts.
#[derive(Clone, Debug)]
pub struct Mailers {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// The servers.
    pub mailers: Vec<Mailer>,
    /// `timeout mail`.
    pub timeout: Option<Millis>,
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Mailer {
    /// Its name.
    pub name: Word,
    /// Where it is.
    pub endpoint: Endpoint,
    /// Its line.
    pub span: Span,
}
