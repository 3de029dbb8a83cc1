//! Programs that run along, who may use the API, and devices that shut off nodes.

use syntax::Diagnostic;

use super::{Reader, Words};
use crate::model::{ApiAuth, Respawn, Stonith};

pub(crate) fn respawn(reader: &mut Reader<'_>, words: &Words) {
    if let Some(found) = program(reader, words) {
        reader.settings.respawn.push(found);
    }
}

pub(crate) fn failfast(reader: &mut Reader<'_>, words: &Words) {
    if let Some(found) = program(reader, words) {
        reader.settings.failfast.push(found);
    }
}

fn program(reader: &mut Reader<'_>, words: &Words) -> Option<Respawn> {
    let help = "a user's name, the program with its whole path, and what it is given";
    let user = words.args.first();
    let name = user.map_or("", |word| word.text.as_str());
    if name.is_empty() || reader.host.has_user(name) == Some(false) {
        let message = format!("Invalid uid [{name}] specified for client child");
        reader.refuse(
            "unknown-user",
            user.map_or(words.span, |word| word.span),
            message,
            help,
        );
        return None;
    }
    let path = words.args.get(1);
    let text = path.map_or("", |word| word.text.as_str());
    let span = path.map_or(words.span, |word| word.span);
    if !text.starts_with('/') {
        let message = format!("Client child command [{text}] is not full pathname");
        reader.refuse("bad-program", span, message, help);
        return None;
    }
    if reader.host.is_executable(text) == Some(false) {
        let message = format!("Client child command [{text}] is not executable");
        reader.refuse("bad-program", span, message, help);
        return None;
    }
    Some(Respawn {
        user: name.to_owned(),
        program: text.to_owned(),
        arguments: words.args.iter().skip(2).map(|word| word.text.clone()).collect(),
        span: words.span,
    })
}

pub(crate) fn apiauth(reader: &mut Reader<'_>, words: &Words) {
    let (mut users, mut groups): (Option<Vec<String>>, Option<Vec<String>>) = (None, None);
    let mut fault = None;
    for word in words.args.iter().skip(1) {
        let (list, what) = match word.text.split_once('=') {
            Some(("uid", _)) => (&mut users, "uid"),
            Some(("gid", _)) => (&mut groups, "gid"),
            _ => {
                fault = Some("Missing uid or gid in apiauth".to_owned());
                break;
            }
        };
        if list.is_some() {
            fault = Some(format!("Duplicate {what} list in apiauth"));
            break;
        }
        let names: Vec<String> = word.text[4..]
            .split(',')
            .filter(|name| !name.is_empty())
            .map(ToOwned::to_owned)
            .collect();
        let is_unknown = |name: &&String| {
            let known = if what == "uid" {
                reader.host.has_user(name)
            } else {
                reader.host.has_group(name)
            };
            !name.bytes().all(|byte| byte.is_ascii_digit()) && known == Some(false)
        };
        if let Some(unknown) = names.iter().find(is_unknown) {
            let kind = if what == "uid" { "user id" } else { "group" };
            fault = Some(format!(
                "Invalid {kind} name [{unknown}]\nBad {what} list [{}]",
                &word.text[4..]
            ));
            break;
        }
        *list = Some(names);
    }
    let incomplete = words.args.len() < 2;
    if fault.is_some() || incomplete {
        let mut message = fault.map(|fault| fault + "\n").unwrap_or_default();
        message += &format!("Invalid apiauth directive [{}]", words.rest());
        let help = "the name of a client, then `uid=USERS` or `gid=GROUPS` or both, each a list with commas";
        reader.refuse("bad-apiauth", words.span, message, help);
        return;
    }
    reader.settings.apiauth.push(ApiAuth {
        client: words.args[0].text.clone(),
        users: users.unwrap_or_default(),
        groups: groups.unwrap_or_default(),
        span: words.span,
    });
}

/// What is asked for and not done, as it guards data.
fn unguarded(reader: &mut Reader<'_>, words: &Words) {
    reader.tell(
        Diagnostic::warning(
            "no-fencing",
            "no device shuts off a node that is taken for dead before its resources are taken",
        )
        .at(words.span)
        .help("do not share disks between nodes that nothing shuts off"),
    );
}

pub(crate) fn stonith(reader: &mut Reader<'_>, words: &Words) {
    let Some((device, parameters)) = words.args.split_first() else {
        let help = "`stonith TYPE FILE`";
        reader.refuse("missing-argument", words.span, "No Stonith type given", help);
        return;
    };
    unguarded(reader, words);
    reader.settings.stonith.push(Stonith {
        host: None,
        device: device.text.clone(),
        parameters: parameters.iter().map(|word| word.text.clone()).collect(),
        span: words.span,
    });
}

pub(crate) fn stonith_host(reader: &mut Reader<'_>, words: &Words) {
    let help = "`stonith_host NODE TYPE PARAMETERS`, with `*` for all nodes";
    let Some((host, device)) = words.args.split_first() else {
        reader.refuse(
            "missing-argument",
            words.span,
            "No Stonith hostname argument given",
            help,
        );
        return;
    };
    let Some((device, parameters)) = device.split_first() else {
        reader.refuse("missing-argument", words.span, "No Stonith type given", help);
        return;
    };
    unguarded(reader, words);
    reader.settings.stonith.push(Stonith {
        host: Some(host.text.clone()),
        device: device.text.clone(),
        parameters: parameters.iter().map(|word| word.text.clone()).collect(),
        span: words.span,
    });
}
