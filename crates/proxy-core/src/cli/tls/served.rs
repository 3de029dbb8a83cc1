//! `show ssl sni`: the names that clients may ask for, and the certificates that they get.

use haproxy_cfg::model::ProxyKind;

use super::super::{Call, Reply};
use crate::certificate::Certificate;

const USAGE: &str = "'show ssl sni' takes -f FRONTEND and -A";

pub(in crate::cli) fn show(call: &mut Call<'_, '_>) -> Reply {
    let mut frontend = None;
    let mut only_ended = false;
    let mut at = 0;
    loop {
        match call.argument(at) {
            b"" => break,
            b"-A" => only_ended = true,
            b"-f" => {
                at += 1;
                let Some(id) = call.find_proxy(call.argument(at), ProxyKind::is_frontend) else {
                    return Reply::error("Couldn't find the specified frontend!");
                };
                frontend = Some(call.view.config.proxy(id).name.clone());
            }
            _ => return Reply::error(USAGE),
        }
        at += 1;
    }
    let mut out = "# Frontend/Bind\tSNI\tNegative Filter\tType\tFilename\tNotAfter\tNotBefore\n".to_owned();
    let now = call.tls.now_seconds();
    for served in call.tls.served() {
        if frontend
            .as_ref()
            .is_some_and(|frontend| *frontend != served.frontend)
        {
            continue;
        }
        let Some(certificate) = Certificate::parse(&served.der) else {
            continue;
        };
        if only_ended && !certificate.has_ended(now) {
            continue;
        }
        let mut not_for: String = served.not_for.iter().map(|name| format!("!{name} ")).collect();
        if not_for.is_empty() {
            not_for.push('-');
        }
        let row = [
            format!("{}/{}", served.frontend, served.place),
            served.name,
            not_for,
            served.kind.to_owned(),
            served.certificate,
            certificate.ends(),
            certificate.begins(),
        ];
        out.push_str(&row.join("\t"));
        out.push('\n');
    }
    Reply::Info(out)
}
