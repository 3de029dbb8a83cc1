//! `option forwardfor`.

use syntax::Diagnostic;

use super::option::OptionLine;
use super::reading::Reading;
use crate::model::ForwardFor;
use crate::values::network;
use crate::written::Set;

/// `option forwardfor [except NET] [header NAME] [if-none]`.
pub(crate) fn forwardfor(reading: &mut Reading<'_>, option: &OptionLine<'_>) {
    let line = option.line;
    let mut settings = ForwardFor {
        except: None,
        header: "X-Forwarded-For".into(),
        if_none: false,
    };
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        let value = line.arg(at + 1);
        match &*word.text {
            b"except" => {
                let Some(net) = value.and_then(|value| network(&value.text)) else {
                    let message = "'option forwardfor except' expects <address>[/mask] as argument.";
                    let span = value.map_or(line.behind(), |value| value.span);
                    let told = Diagnostic::alert("bad-network", message).at(span);
                    return reading.tell(told.help("write: except 127.0.0.0/8"));
                };
                settings.except = Some(net);
                at += 2;
            }
            b"header" => {
                let Some(value) = value else {
                    let message = "'option forwardfor header' expects <header_name> as argument.";
                    return reading.alert("missing-argument", line.behind(), message);
                };
                settings.header = value.text.to_vec().into();
                at += 2;
            }
            b"if-none" => {
                settings.if_none = true;
                at += 1;
            }
            _ => {
                let message =
                    "'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.";
                return reading.alert("unknown-option", word.span, message);
            }
        }
    }
    reading.settings().forwardfor = Some(Set::new(settings, line.span()));
}
