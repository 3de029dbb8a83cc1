//! `show tls-keys` and `set ssl tls-key`: keys of session tickets.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::{Call, Reply, number_after_hash};
use super::{TicketKeys, text};

/// The file that a word names, or its number behind a `#`.
fn find(known: &[TicketKeys], word: &[u8]) -> Option<usize> {
    let number = number_after_hash(word);
    known.iter().position(|keys| match number {
        Some(number) => keys.id == number,
        None => keys.file == text(word),
    })
}

pub(in crate::cli) fn show(call: &mut Call<'_, '_>) -> Reply {
    let known = call.tls.ticket_keys();
    let word = call.argument(0);
    if word.is_empty() {
        let mut out = "# id (file)\n".to_owned();
        for keys in &known {
            out.push_str(&format!("{} ({})\n", keys.id, keys.file));
        }
        return Reply::Info(out);
    }
    let shown = match word {
        b"*" => &known[..],
        word => match find(&known, word) {
            Some(at) => &known[at..=at],
            None => return Reply::error("'show tls-keys' unable to locate referenced filename"),
        },
    };
    let mut out = "# id secret\n".to_owned();
    for keys in shown {
        out.push_str(&format!("# {} ({})\n", keys.id, keys.file));
        for (at, key) in keys.keys.iter().enumerate() {
            out.push_str(&format!("{}.{at} {}\n", keys.id, STANDARD.encode(key)));
        }
    }
    Reply::Info(out)
}

pub(in crate::cli) fn set(call: &mut Call<'_, '_>) -> Reply {
    if call.argument(0).is_empty() || call.argument(1).is_empty() {
        return Reply::error("'set ssl tls-key' expects a filename and the new TLS key in base64 encoding.");
    }
    let known = call.tls.ticket_keys();
    let Some(at) = find(&known, call.argument(0)) else {
        return Reply::error("'set ssl tls-key' unable to locate referenced filename");
    };
    let Ok(key) = STANDARD.decode(call.argument(1)) else {
        return Reply::error("'set ssl tls-key' received invalid base64 encoded TLS key.");
    };
    match call.tls.set_ticket_key(known[at].id, &key) {
        Ok(()) => Reply::Info("TLS ticket key updated!\n".to_owned()),
        Err(why) => Reply::Error(format!("{why}\n")),
    }
}
