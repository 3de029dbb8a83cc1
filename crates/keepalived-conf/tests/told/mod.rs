//! Messages of the original and of ours, each with its place.

use keepalived_conf::Loaded;

/// Where a message stands: a file and a line, or nowhere.
pub(crate) type Place = Option<(String, u32)>;

/// File, line and text of `(FILE: Line N) TEXT` or `(Line N) TEXT`.
pub(crate) fn place(line: &str) -> Option<(String, u32, String)> {
    let (place, message) = line.strip_prefix('(')?.split_once(") ")?;
    let (file, number) = match place.split_once(": Line ") {
        Some(found) => found,
        None => ("k.conf", place.strip_prefix("Line ")?),
    };
    Some((file.to_owned(), number.parse().ok()?, message.to_owned()))
}

/// Everything that is told, notes included, each with its place.
pub(crate) fn told(loaded: &Loaded) -> Vec<(Place, String)> {
    let mut out = Vec::new();
    for diagnostic in &loaded.diagnostics {
        let place = diagnostic.span.map(|span| {
            let (file, at) = loaded.sources.locate(span);
            let name = file.rsplit('/').next().unwrap_or(file);
            let name = if name == "test.conf" { "k.conf" } else { name };
            (name.to_owned(), at.line)
        });
        let texts = std::iter::once(&diagnostic.message).chain(&diagnostic.notes);
        out.extend(texts.map(|text| (place.clone(), text.clone())));
    }
    out
}
