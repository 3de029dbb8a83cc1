//! Lists of certificates: `show`, `add` and `del ssl crt-list`. Folders are lists too.

use haproxy_cfg::model::BindCertificate;
use haproxy_cfg::read_list_line;

use super::super::{Call, Reply};
use super::{FileKind, text};

pub(in crate::cli) fn show(call: &mut Call<'_, '_>) -> Reply {
    let numbers = call.argument(0) == b"-n";
    let name = text(call.argument(usize::from(numbers)));
    if name.is_empty() {
        let mut out = String::new();
        for list in call.tls.lists() {
            out.push_str(&list);
            out.push('\n');
        }
        return Reply::Info(out);
    }
    let Some(lines) = call.tls.list(&name) else {
        return Reply::error("didn't find the specified filename");
    };
    let mut out = format!("# {name}\n");
    for line in &lines {
        out.push_str(&line.path.to_string());
        let Some(listed) = &line.listed else { continue };
        if numbers {
            out.push_str(&format!(":{}", listed.line));
        }
        match listed.options.as_deref() {
            None | Some("") => {}
            Some(options) => out.push_str(&format!(" [{options}]")),
        }
        for filter in &listed.filters {
            out.push_str(&format!(" {filter}"));
        }
        out.push('\n');
    }
    Reply::Info(out)
}

const ADD_USAGE: &str = "'add ssl crtlist' expects a filename and a certificate name";

pub(in crate::cli) fn add(call: &mut Call<'_, '_>) -> Reply {
    let list = text(call.argument(0));
    let refused = |why: &str| Reply::Error(format!("Can't edit the crt-list: {why}\n"));
    if list.is_empty() || (call.payload.is_none() && call.argument(1).is_empty()) {
        return Reply::error(ADD_USAGE);
    }
    let line = match call.payload {
        None => call.argument(1).to_vec(),
        Some(payload) => {
            let payload = payload.strip_suffix(b"\n").unwrap_or(payload);
            if payload.contains(&b'\n') {
                return refused("only one line of payload is supported!");
            }
            payload.to_vec()
        }
    };
    // There are no comments here.
    if line.starts_with(b"#") {
        return refused("certificate '#' does not exist!");
    }
    // A slash behind a folder's name is not part of it.
    let known = [list.as_str(), list.trim_end_matches('/')];
    let lines = known.iter().find_map(|name| Some((*name, call.tls.list(name)?)));
    let mut read = match read_list_line(&line, call.view.config.dialect) {
        Ok(read) => read,
        Err(why) => return refused(&why),
    };
    let Some((list, lines)) = lines else {
        return refused(&format!("crt-list '{list}' does not exist!"));
    };
    let certificate = read.path.to_string();
    match call.tls.file(FileKind::Certificate, &certificate, false) {
        None => return refused(&format!("certificate '{certificate}' does not exist!")),
        Some(file) if file.content.is_empty() => {
            return refused(&format!("certificate '{certificate}' is empty!"));
        }
        Some(_) => {}
    }
    let is_folder = call.tls.is_folder(list);
    if is_folder {
        let below = certificate
            .strip_prefix(list)
            .is_some_and(|rest| rest.starts_with('/'));
        if !below {
            return refused("certificate and directory path are not the same!");
        }
        if lines.iter().any(|line| line.path == read.path) {
            return refused("file already exists in this directory!");
        }
    }
    let last = lines.iter().filter_map(|line| Some(line.listed.as_ref()?.line));
    let number = last.max().unwrap_or_default() + 1;
    if let Some(listed) = &mut read.listed {
        listed.list = list.into();
        listed.line = if is_folder { 0 } else { number };
    }
    match call.tls.add_line(list, read) {
        Ok(_) => Reply::Info(format!(
            "Inserting certificate '{certificate}' in crt-list '{list}'.\nSuccess!\n"
        )),
        Err(why) => refused(&why),
    }
}

pub(in crate::cli) fn delete(call: &mut Call<'_, '_>) -> Reply {
    let (list, word) = (text(call.argument(0)), text(call.argument(1)));
    let refused = |why: String| Reply::Error(format!("Can't delete the entry: {why}!\n"));
    if list.is_empty() || word.is_empty() {
        return Reply::error("'del ssl crtlist' expects a filename and a certificate name");
    }
    let Some(lines) = call.tls.list(&list) else {
        return refused(format!("crt-list '{list}' does not exist"));
    };
    let (name, number) = match word.rsplit_once(':') {
        Some((name, number)) if number.parse::<u32>().is_ok() => (name, number.parse::<u32>().ok()),
        _ => (word.as_str(), None),
    };
    if call.tls.file(FileKind::Certificate, name, false).is_none() {
        return refused(format!("certificate '{name}' does not exist"));
    }
    let number_of = |line: &BindCertificate| line.listed.as_ref().map_or(0, |listed| listed.line);
    let found: Vec<(usize, u32)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| *line.path == *name.as_bytes())
        .map(|(at, line)| (at, number_of(line)))
        .collect();
    let numbers = || {
        let numbers: Vec<String> = found.iter().map(|(_, number)| number.to_string()).collect();
        numbers.join(", ")
    };
    let at = match (found.as_slice(), number) {
        ([], _) => {
            return refused(format!(
                "certificate '{name}' can't be found in crt-list '{list}'"
            ));
        }
        ([(at, _)], None) => *at,
        (found, Some(number)) => match found.iter().find(|(_, of)| *of == number) {
            Some((at, _)) => *at,
            None => {
                return refused(format!(
                    "found a certificate '{name}' but the line number is incorrect, please specify a correct line number \
                     preceded by colons ({})",
                    numbers()
                ));
            }
        },
        (_, None) => {
            return refused(format!(
                "found the certificate '{name}' in several entries, please specify a line number preceded by colons ({})",
                numbers()
            ));
        }
    };
    match call.tls.delete_line(&list, at) {
        Ok(()) => Reply::Info(format!("Entry '{name}' deleted in crtlist '{list}'!\n")),
        Err(why) => refused(why),
    }
}
