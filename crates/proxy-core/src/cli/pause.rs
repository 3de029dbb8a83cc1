//! `echo` and `wait`: for scripts that say several things to a socket.

use haproxy_cfg::model::ProxyKind;

use super::ongoing::{Next, Part};
use super::{Call, Reply, ServerId, newcomer, server, session};

/// How often a condition is looked at, ms.
const LOOK_MS: u64 = 10;

const HELP: &str = "\
Usage: wait {-h|<duration>} [condition [args...]]
  - '-h' shows this text
  - <duration> is how long is waited at most, with a unit behind it: 'us', 'ms',
    's', 'm', 'h' or 'd'; milliseconds without one.
  - <condition> is what is waited for, no longer than that:
    - <none> : nothing, the time is waited for.
    - srv-removable <px>/<sv> : until this server can be deleted.
";

/// `echo TEXT`.
pub(super) fn echo(call: &mut Call<'_, '_>) -> Reply {
    call.out.extend_from_slice(&call.arguments.join(&b' '));
    call.out.push(b'\n');
    Reply::Done
}

/// The condition will not hold.
fn failed(why: Reply) -> Reply {
    match why {
        Reply::Error(words) => Reply::Error(format!("Failed. {words}")),
        other => other,
    }
}

/// What is waited for.
#[derive(Debug)]
enum Until {
    Time,
    Removable(ServerId),
}

#[derive(Debug)]
struct Wait {
    until: Until,
    end_ms: u64,
}

/// `wait DURATION [CONDITION]`.
pub(super) fn wait(call: &mut Call<'_, '_>) -> Reply {
    let word = call.argument(0);
    if word == b"-h" {
        return Reply::Info(HELP.to_owned());
    }
    // Milliseconds, unless it says otherwise.
    let ms = match word.iter().all(u8::is_ascii_digit) {
        true => std::str::from_utf8(word)
            .ok()
            .and_then(|digits| digits.parse().ok()),
        false => session::milliseconds(word),
    };
    if word.is_empty() {
        return Reply::error("Expects a duration in milliseconds.");
    }
    let Some(ms) = ms else {
        return Reply::error("Invalid duration.");
    };
    let until = match call.argument(1) {
        b"" => Until::Time,
        b"srv-removable" => {
            let word = call.argument(2);
            if word.is_empty() {
                return Reply::error("Missing server name (<backend>/<server>).");
            }
            match server::find(call, word) {
                Ok(server) => Until::Removable(server),
                Err(reply) => return failed(reply),
            }
        }
        b"be-removable" => {
            return if call.find_proxy(call.argument(2), ProxyKind::is_backend).is_some() {
                failed(Reply::error("Backends cannot be deleted by this program yet."))
            } else {
                failed(Reply::error("No such backend."))
            };
        }
        _ => return Reply::Error(HELP.to_owned()),
    };
    let wait = Wait {
        until,
        end_ms: call.view.now_ms.saturating_add(ms),
    };
    Box::new(wait).write(call)
}

impl Part for Wait {
    fn write(self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let left = self.end_ms.saturating_sub(call.view.now_ms);
        let pause = match &self.until {
            Until::Time if left == 0 => return Reply::Info("Done.\n".to_owned()),
            Until::Time => left,
            Until::Removable(server) => match newcomer::obstacle(call, *server) {
                None => return Reply::Info("Done.\n".to_owned()),
                Some(obstacle) if left == 0 || !obstacle.passes => {
                    return failed(Reply::error(obstacle.words));
                }
                Some(_) => left.min(LOOK_MS),
            },
        };
        Reply::Later(Next::After(pause, self))
    }
}
