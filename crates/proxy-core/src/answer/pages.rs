//! What a proxy answers errors with: `errorfile`, `errorfiles`, `errorloc…` and `http-error`.

use haproxy_cfg::model::{Config, ErrorAnswer, ProxyId};

use super::{Answer, Described, ErrorFile, Reply};
use crate::http1::Version;
use crate::sample::SampleContext;

/// The answers of one proxy, by status.
#[derive(Debug, Default)]
pub struct Pages {
    pages: Box<[(u16, Page)]>,
}

#[derive(Debug)]
enum Page {
    File(ErrorFile),
    Location(u16, Box<[u8]>),
    Reply(Reply),
}

impl Pages {
    /// The answers of a proxy.
    ///
    /// # Errors
    /// What is wrong with a format, as only the whole configuration can show.
    pub fn compile(config: &Config, proxy: ProxyId) -> Result<Self, String> {
        let page = |(status, answer): &(u16, ErrorAnswer)| {
            let page = match answer {
                ErrorAnswer::File(text) => Page::File(ErrorFile::new(text)),
                ErrorAnswer::Location { code, to } => Page::Location(*code, to.as_slice().into()),
                ErrorAnswer::Reply(arguments) => Page::Reply(Reply::compile(Described {
                    config,
                    proxy,
                    arguments,
                    status: *status,
                    may_be_page: false,
                })?),
            };
            Ok((*status, page))
        };
        let pages = config.proxy(proxy).error_answers.iter().map(page);
        Ok(Self {
            pages: pages.collect::<Result<_, String>>()?,
        })
    }

    /// Makes `out` the answer for a status; false when there is none.
    pub fn put(&self, status: u16, context: &SampleContext<'_>, out: &mut Answer) -> bool {
        let Some((_, page)) = self.pages.iter().find(|(known, _)| *known == status) else {
            return false;
        };
        match page {
            Page::File(file) => file.put(out),
            Page::Location(code, to) => {
                let reason: &[u8] = if *code == 303 { b"See Other" } else { b"Found" };
                out.begin(Version::Http11, *code, reason);
                out.header(b"cache-control", &[b"no-cache"]);
                out.length();
                out.header(b"location", &[to]);
            }
            Page::Reply(reply) => return reply.put(context, out),
        }
        true
    }
}
