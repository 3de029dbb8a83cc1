//! Variables of the process: `get var` and `set var` (management guide, section 9.3).

use haproxy_cfg::read_variable;

use super::{Call, Reply};
use crate::presets::Preset;
use crate::sample::{self, Arena, Sample};

const NAME_MISSING: &str = "Missing process-wide variable identifier.";

/// `get var NAME`.
pub(super) fn get(call: &mut Call<'_, '_>) -> Reply {
    let name = call.argument(0);
    if name.is_empty() {
        return Reply::error(NAME_MISSING);
    }
    let arena = Arena::default();
    let variables = &call.view.runtime.variables;
    let value = name
        .strip_prefix(b"proc.")
        .and_then(|name| variables.get(name, &arena));
    let Some(value) = value else {
        return Reply::error("Variable not found.");
    };
    let (kind, shown) = match value {
        Sample::Bool(_) => ("bool", sample::text(value, &arena)),
        Sample::Int(_) => ("sint", sample::text(value, &arena)),
        Sample::Ip(address) if address.is_ipv4() => ("ipv4", sample::text(value, &arena)),
        Sample::Ip(_) => ("ipv6", sample::text(value, &arena)),
        Sample::Str(text) => ("str", text),
        Sample::Bin(bytes) => ("bin", bytes),
        Sample::Method(text) => ("meth", text),
    };
    call.out.extend_from_slice(name);
    call.out
        .extend_from_slice(format!(": type={kind} value=<").as_bytes());
    let plain = |byte: &u8| if matches!(byte, b' '..=b'~') { *byte } else { b'.' };
    call.out.extend(shown.iter().map(plain));
    call.out.extend_from_slice(b">\n");
    Reply::Done
}

/// `set var NAME [expr|fmt] VALUE`.
pub(super) fn set(call: &mut Call<'_, '_>) -> Reply {
    let (name, config) = (call.argument(0), call.view.config);
    if name.is_empty() {
        return Reply::error(NAME_MISSING);
    }
    let (kind, value) = match call.arguments.len() {
        0 | 1 => return Reply::error("Missing either 'expr', 'fmt' or expression."),
        2 => (b"expr".as_slice(), call.argument(1)),
        _ => (call.argument(1), call.argument(2)),
    };
    if kind != b"expr" && kind != b"fmt" {
        let kind = String::from_utf8_lossy(kind);
        return Reply::Error(format!(
            "'set var': arg type must be either 'expr' or 'fmt' but got '{kind}'.\n"
        ));
    }
    let preset = read_variable(name, value, kind == b"fmt", config.dialect)
        .and_then(|preset| Preset::new(config, &preset).map_err(|error| error.reason));
    match preset {
        Ok(preset) => {
            call.control.set_variable(&preset);
            Reply::Done
        }
        Err(wrong) => Reply::Error(format!("{wrong}\n")),
    }
}
