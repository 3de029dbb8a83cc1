//! Lines of `userlist` (manual, section 3.4).

use syntax::{Context, Diagnostic};

use super::super::line::Line;
use super::super::reading::Reading;
use super::{given, whole};
use crate::model::Word;
use crate::model::sections::{Group, Password, User, Userlist};
use crate::signature::{ReadArgument, Value};

/// The lines of a second list of a name count for the first one.
pub(super) fn open(reading: &mut Reading<'_>, name: Word, line: &Line<'_>) {
    let lists = &mut reading.written.beside.userlists;
    let Some(at) = lists.iter().position(|list| list.name == name) else {
        return lists.push(Userlist {
            name,
            span: line.span(),
            users: Vec::new(),
            groups: Vec::new(),
        });
    };
    let first = lists.remove(at);
    let before = first.span;
    lists.push(first);
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    let told = Diagnostic::warning(
        "duplicate-name",
        format!("ignoring duplicated userlist '{name}'."),
    )
    .at(span)
    .context(Context::ParsingTight);
    reading.tell(
        told.label(before, "declared here")
            .help("remove it, or rename it"),
    );
}

/// Names between commas.
pub(crate) const NAMES: ReadArgument = ReadArgument(|_, cursor, _| {
    let text = cursor.next().map(|word| word.text.to_vec()).unwrap_or_default();
    let names = text
        .split(|byte| *byte == b',')
        .filter(|name| !name.is_empty())
        .map(|name| Value::Text(name.to_vec().into()));
    Some(Value::List(names.collect()))
});

/// How hashes begin that passwords are proven by, as `crypt` makes them: MD5, bcrypt, SHA-256, SHA-512, yescrypt, SHA-1, and BSDi's
/// form of DES.
const METHODS: &[&[u8]] = &[
    b"$1$", b"$2a$", b"$2b$", b"$2y$", b"$5$", b"$6$", b"$y$", b"$sha1$", b"_",
];

/// Whether a password can be proven by that hash.
fn is_known(hash: &[u8]) -> bool {
    /// Of a hash by DES, which has no mark.
    const DES: usize = 13;
    METHODS.iter().any(|begin| hash.starts_with(begin)) || (hash.len() == DES && !hash.starts_with(b"$"))
}

/// A password; none is read as an empty one.
pub(crate) const PASSWORD: ReadArgument = ReadArgument(|_, cursor, _| {
    let text = cursor.next().map(|word| word.text.to_vec()).unwrap_or_default();
    Some(Value::Text(text.into()))
});

fn names(value: Option<&Value>) -> Vec<Word> {
    match value {
        Some(Value::List(values)) => values.iter().filter_map(Value::text).cloned().collect(),
        _ => Vec::new(),
    }
}

/// `user NAME [password HASH | insecure-password TEXT] [groups NAMES]`.
pub(crate) fn user(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(name) = given.get("name").and_then(Value::text).cloned() else {
        return;
    };
    let known = list(reading).and_then(|list| {
        list.users
            .iter()
            .find(|user| user.name == name)
            .map(|user| user.span)
    });
    if let Some(before) = known {
        return duplicate(reading, line, "user", &name, before);
    }
    let mut user = User {
        name,
        password: None,
        groups: Vec::new(),
        span: line.span(),
    };
    for argument in &given.arguments {
        let Value::Option(option, values) = &argument.value else {
            continue;
        };
        let value = values.first().map(|value| &value.value);
        let text = value.and_then(Value::text).cloned().unwrap_or_default();
        match *option {
            "password" => {
                if !is_known(&text) {
                    reading.tell_read_only("the method of this password's hash", argument.span);
                }
                user.password = Some(Password::Hashed(text));
            }
            "insecure-password" => user.password = Some(Password::Plain(text)),
            _ => user.groups.extend(names(value)),
        }
    }
    if let Some(list) = list(reading) {
        list.users.push(user);
    }
}

/// `group NAME [users NAMES]`.
pub(crate) fn group(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let Some(name) = given.get("name").and_then(Value::text).cloned() else {
        return;
    };
    let known = list(reading).and_then(|list| {
        list.groups
            .iter()
            .find(|group| group.name == name)
            .map(|group| group.span)
    });
    if let Some(before) = known {
        return duplicate(reading, line, "group", &name, before);
    }
    // The last `users` counts.
    let users = given
        .arguments
        .iter()
        .rev()
        .find_map(|argument| match &argument.value {
            Value::Option(_, values) => Some(names(values.first().map(|value| &value.value))),
            _ => None,
        });
    let group = Group {
        name,
        users: users.unwrap_or_default(),
        span: line.span(),
    };
    if let Some(list) = list(reading) {
        list.groups.push(group);
    }
}

fn list<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut Userlist> {
    reading.written.beside.userlists.last_mut()
}

fn duplicate(reading: &mut Reading<'_>, line: &Line<'_>, kind: &str, name: &Word, before: syntax::Span) {
    let of = list(reading)
        .map(|list| list.name.to_string())
        .unwrap_or_default();
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    let message = format!("ignoring duplicated {kind} '{name}' in userlist '{of}'.");
    let told = Diagnostic::warning("duplicate-name", message)
        .at(span)
        .context(Context::ParsingTight)
        .label(before, "declared here");
    reading.tell(told.help("remove it, or rename it"));
}

/// What can be said of all sections once they are read: members that nothing declares.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for list in &reading.written.beside.userlists {
        let unknown = |wanted: &[Word], known: Vec<&Word>, kind: &str, of: String| {
            let mut missing = wanted.iter().filter(|name| !known.contains(name));
            let first = missing.next()?;
            let mut message = Diagnostic::alert(
                "unknown-name",
                format!(
                    "userlist '{}': no such {kind} '{first}' specified in {of}",
                    list.name
                ),
            );
            for more in missing {
                message = message.note(format!("there is no {kind} '{more}' either"));
            }
            Some(whole(message).help(format!("add a line: {kind} {first}")))
        };
        for user in &list.users {
            let known = list.groups.iter().map(|group| &group.name).collect();
            let of = format!("user '{}'", user.name);
            told.extend(unknown(&user.groups, known, "group", of).map(|one| one.at(user.span)));
        }
        for group in &list.groups {
            let known = list.users.iter().map(|user| &user.name).collect();
            let of = format!("group '{}'", group.name);
            told.extend(unknown(&group.users, known, "user", of).map(|one| one.at(group.span)));
        }
    }
    reading.diagnostics.extend(told);
}
