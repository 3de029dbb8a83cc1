//! Lines of `ring` (manual, section 3.9).

use syntax::{Diagnostic, Severity, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::super::server::server_flags;
use super::endpoint::{Rules, endpoint};
use super::peers::host;
use super::{given, whole};
use crate::model::Word;
use crate::model::sections::{Ring, RingFormat};
use crate::signature::{ReadArgument, TimeWords, Value};
use crate::values::{is_multipath, loose_integer, size};
use crate::written::{RingLine, ServerLine};

/// Bytes of a ring whose size is not given: those of a buffer.
const DEFAULT_SIZE: u64 = 16384;

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.beside.rings.push(Ring {
        name,
        span,
        description: None,
        format: RingFormat::Default,
        max_len: None,
        size: None,
        backing_file: None,
        servers: Vec::new(),
        timeout_connect: None,
        timeout_server: None,
    });
}

/// Bytes, which no version refuses for what stands behind the number.
pub(crate) const BYTES: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let with_unit = word
        .and_then(|word| size(&word.text))
        .filter(|_| !reading.dialect.strict || reading.dialect.at_least(3, 0))
        .and_then(|size| i64::try_from(size).ok());
    let value = with_unit.or_else(|| word.map(|word| loose_integer(&word.text).value));
    let Some(value) = value.filter(|value| *value != 0) else {
        let message = format!("invalid size '{text}' for new sink buffer.");
        let told = Diagnostic::alert("bad-size", message).at(word.map_or(subject.behind, |word| word.span));
        reading.tell(told.help(format!("write: {} 32768, for example", subject.name)));
        return None;
    };
    Some(Value::Int(value))
});

/// `size BYTES`, `maxlen BYTES`.
pub(crate) fn bytes(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let value = given.get("bytes").and_then(Value::number).unwrap_or(0);
    let before = reading.spoken_before(3, 0);
    let silent = reading.dialect.strict && !before;
    let Some(ring) = reading.written.beside.rings.last_mut() else {
        return;
    };
    if given.name == "maxlen" {
        // Negative ones are taken for numbers of 32 bits.
        ring.max_len = Some(u32::try_from(value.rem_euclid(1 << 32)).unwrap_or(u32::MAX));
        return;
    }
    let name = ring.name.to_string();
    let current = ring.size.unwrap_or(DEFAULT_SIZE);
    if ring.backing_file.is_some() {
        let message = "cannot resize an already mapped file, please specify 'size' before 'backing-file'.";
        let span = line.keyword().span;
        let told = Diagnostic::alert("bad-size", message).at(span);
        return reading.tell(told.help("move it above 'backing-file'"));
    }
    let told = match u64::try_from(value) {
        Ok(size) if size >= current => {
            ring.size = Some(size);
            return;
        }
        Ok(_) if silent => return,
        Ok(size) => Diagnostic::new(
            Severity::Warning,
            "bad-size",
            format!(
                "ignoring new size '{size}' that is smaller than current size '{current}' for ring '{name}'."
            ),
        )
        // Since 3.0 this is accepted without a word.
        .refusing(before),
        Err(_) => Diagnostic::alert(
            "bad-size",
            format!("fail to set sink buffer size '{current}' for ring '{name}'."),
        ),
    };
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    reading.tell(told.at(span).help(format!("write {current} or more")));
}

/// `description TEXT`.
pub(crate) fn description(reading: &mut Reading<'_>, line: &Line<'_>) {
    let text = given(reading, line).and_then(|given| given.get("text").and_then(Value::text).cloned());
    if let Some(ring) = reading.written.beside.rings.last_mut() {
        ring.description = text.or(ring.description.take());
    }
}

/// `format NAME`.
pub(crate) fn format(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = given(reading, line).and_then(|given| given.get("format").and_then(Value::word));
    if let (Some(name), Some(ring)) = (name, reading.written.beside.rings.last_mut()) {
        ring.format = RingFormat::Named(name);
    }
}

/// A file that can be made.
pub(crate) const BACKING: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let path = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let folder = path.rsplit_once('/').map_or(".", |(folder, _)| folder);
    let of = reading
        .written
        .beside
        .rings
        .last()
        .map(|ring| ring.name.to_string())
        .unwrap_or_default();
    if path.is_empty() || (folder != "." && !folder.is_empty() && reading.host.path_kind(folder).is_err()) {
        let message =
            format!("cannot open backing-file '{path}' for ring '{of}': No such file or directory.");
        let told =
            Diagnostic::alert("missing-file", message).at(word.map_or(subject.behind, |word| word.span));
        reading.tell(told.help("name a file in a folder that exists"));
        return None;
    }
    Some(Value::Text(path.into()))
});

/// `backing-file PATH`.
pub(crate) fn backing_file(reading: &mut Reading<'_>, line: &Line<'_>) {
    let path = given(reading, line).and_then(|given| given.get("path").and_then(Value::text).cloned());
    if let Some(ring) = reading.written.beside.rings.last_mut() {
        ring.backing_file = path;
    }
}

/// What is said of times of `timeout connect`.
pub(crate) const CONNECT_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <timeout connect>.",
    overflow: "timer overflow in argument <{got}> to <timeout connect>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// What is said of times of `timeout server`.
pub(crate) const SERVER_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in argument to <timeout server>.",
    overflow: "timer overflow in argument <{got}> to <timeout server>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// `timeout connect TIME`, `timeout server TIME`. Other names are read over.
pub(crate) fn timeout(reading: &mut Reading<'_>, line: &Line<'_>) {
    let known = line
        .arg(0)
        .is_some_and(|word| matches!(&*word.text, b"connect" | b"server"));
    if !known {
        let message = "'timeout' of a ring is read over but for 'connect' and 'server'.";
        let span = line.arg(0).map_or(line.behind(), |word| word.span);
        let told = Diagnostic::warning("extra-argument", message).at(span);
        return reading.tell(told.help("write: timeout connect 5s"));
    }
    let Some(given) = given(reading, line) else { return };
    let Some(Value::Option(which, arguments)) = given.get("which") else {
        return;
    };
    let time = arguments
        .first()
        .and_then(|argument| argument.value.number())
        .and_then(|time| u32::try_from(time).ok());
    if let Some(ring) = reading.written.beside.rings.last_mut() {
        match *which {
            "connect" => ring.timeout_connect = time,
            _ => ring.timeout_server = time,
        }
    }
}

/// `server NAME ADDRESS [OPTIONS]`.
pub(crate) fn server(reading: &mut Reading<'_>, line: &Line<'_>) {
    let (Some(name), Some(address)) = (line.arg(0), line.arg(1)) else {
        let message = "'server' expects <name> and <addr>[:<port>] as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        return reading.tell(told.help("write: server NAME ADDRESS:PORT"));
    };
    let text = shown(name).into_owned();
    let Some(ring) = reading.written.beside.rings.last() else {
        return;
    };
    let ring = ring.name.clone();
    let of = ring.to_string();
    let before = lines_of(reading, &ring)
        .find(|server| *server.name == *name.text)
        .map(|server| server.span);
    let prefix = format!("'server {of}/{text}'");
    let rules = Rules {
        datagrams: false,
        streams: true,
        needs_port: false,
        any_port: true,
    };
    let found = endpoint(reading, address, rules);
    if let Err(fault) = &found {
        let told = Diagnostic::alert("bad-address", format!("{prefix} : {fault}")).at(address.span);
        reading.tell(told.help("write: server NAME ADDRESS:PORT"));
    }
    let flags = server_flags(
        reading,
        line.args().get(2..).unwrap_or(&[]),
        &prefix,
        &text,
        false,
    );
    let (Ok(found), Some((mut params, _))) = (found, flags) else {
        return;
    };
    if is_multipath(&shown(address)) {
        params.more.multipath = true;
    }
    if let Some(before) = before {
        let (_, place) = reading.sources.locate(before);
        let message = format!(
            "backend '{of}', another server named '{text}' was already defined at line {}, please use distinct names.",
            place.line
        );
        let told = Diagnostic::alert("duplicate-name", message).at(line.span());
        reading.tell(told.label(before, "defined here").help("rename one of them"));
    }
    let written = ServerLine {
        name: name.text.to_vec().into(),
        host: host(&found.endpoint),
        datagrams: false,
        params,
        span: line.span(),
        name_span: name.span,
        addr_span: address.span,
    };
    reading.written.ring_lines.push(RingLine { of: ring, written });
}

/// The servers of a ring.
fn lines_of<'r>(reading: &'r Reading<'_>, ring: &'r Word) -> impl Iterator<Item = &'r ServerLine> {
    let lines = reading.written.ring_lines.iter();
    lines
        .filter(move |line| line.of == *ring)
        .map(|line| &line.written)
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    for ring in &reading.written.beside.rings {
        let name = &ring.name;
        let size = ring.size.unwrap_or(DEFAULT_SIZE);
        if let Some(length) = ring.max_len.filter(|length| u64::from(*length) > size) {
            let message =
                format!("ring '{name}' event max length '{length}' exceeds size, forced to size '{size}'.");
            let one = Diagnostic::warning("bad-size", message).at(ring.span);
            told.push(whole(one).help(format!("write: maxlen {size}, or a larger size")));
        }
        let unset = |time: Option<u32>| time.is_none_or(|time| time == 0);
        let judged = reading.spoken_before(3, 3);
        if judged
            && lines_of(reading, name).next().is_some()
            && (unset(ring.timeout_connect) || unset(ring.timeout_server))
        {
            let message = format!(
                "missing timeouts for backend '{name}'.\n   | While not properly invalid, you will certainly encounter \
                 various problems\n   | with such a configuration. To fix this, please ensure that all following\n   | \
                 timeouts are set to a non-zero value: 'client', 'connect', 'server'."
            );
            let one = Diagnostic::warning("missing-timeouts", message).at(ring.span);
            told.push(whole(one).help("add: timeout connect 5s, and timeout server 10s"));
        }
    }
    reading.diagnostics.extend(told);
}
