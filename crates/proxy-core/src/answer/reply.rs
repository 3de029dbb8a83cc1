//! Answers that a line describes: the arguments of `return`, `deny`, `tarpit` and `http-error`.

use haproxy_cfg::model::{Config, ProxyId};
use haproxy_cfg::signature::{Argument, Value};

use super::reason::reason;
use super::{Answer, ErrorFile};
use crate::format::FormatPlan;
use crate::http1::Version;
use crate::sample::SampleContext;

/// Headers that an answer gets by itself.
const OWN_HEADERS: [&[u8]; 3] = [b"content-length", b"content-type", b"transfer-encoding"];

/// What a client is answered.
#[derive(Debug)]
pub struct Reply {
    /// The status that statistics and log lines have for it; an error file may have another.
    pub status: u16,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// What the proxy answers errors of this status with.
    Page,
    File(ErrorFile),
    Own(Box<Own>),
}

/// A header's name, and what gives its value.
type Field = (Box<[u8]>, FormatPlan);

/// An answer that is put together.
#[derive(Debug)]
struct Own {
    headers: Box<[Field]>,
    content_type: Box<[u8]>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Fixed(Box<[u8]>),
    Computed(FormatPlan),
}

/// What a line says of an answer, and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    pub(crate) config: &'a Config,
    pub(crate) proxy: ProxyId,
    pub(crate) arguments: &'a [Argument],
    /// The status where the line names none.
    pub(crate) status: u16,
    /// A line that says no more than a status means the page that the proxy has for it.
    pub(crate) may_be_page: bool,
}

impl<'a> Described<'a> {
    fn options(self) -> impl Iterator<Item = (&'static str, &'a [Argument])> {
        self.arguments
            .iter()
            .filter_map(|argument| match &argument.value {
                Value::Option(name, values) => Some((*name, &**values)),
                _ => None,
            })
    }

    /// What followed an option; `content` is what its file, or its format, was read to.
    fn value(values: &'a [Argument], name: &str) -> Option<&'a Value> {
        let found = values.iter().find(|argument| argument.name == name);
        found.map(|argument| &argument.value)
    }

    fn given_status(self) -> Option<u16> {
        let status = |(name, values): (&str, &[Argument])| match name {
            "status" | "deny_status" => u16::try_from(values.first()?.value.number()?).ok(),
            _ => None,
        };
        self.options().filter_map(status).last()
    }

    fn content(self, status: u16) -> Result<Content, String> {
        let mut own = Own {
            headers: self.headers()?,
            content_type: Box::default(),
            body: Body::Fixed(Box::default()),
        };
        let mut is_own = !self.may_be_page || !own.headers.is_empty();
        for (name, values) in self.options() {
            let text = || values.first().map_or(&[][..], |value| value.value.bytes());
            let content = Self::value(values, "content");
            match name {
                "default-errorfiles" => return Ok(Content::Page),
                "errorfile" => {
                    return Ok(Content::File(ErrorFile::new(
                        content.map_or(&[][..], Value::bytes),
                    )));
                }
                "errorfiles" => {
                    let sections = &self.config.sections.http_errors;
                    let section = sections.iter().find(|section| *section.name == *text());
                    let file = section.and_then(|section| section.file(status));
                    return Ok(
                        file.map_or(Content::Page, |file| Content::File(ErrorFile::new(&file.content)))
                    );
                }
                "content-type" => own.content_type = text().into(),
                "string" => own.body = Body::Fixed(text().into()),
                "file" => own.body = Body::Fixed(content.map_or(&[][..], Value::bytes).into()),
                "lf-string" | "lf-file" => {
                    if let Some(Value::Format(format)) = content {
                        own.body = Body::Computed(FormatPlan::compile(self.config, self.proxy, format)?);
                    }
                }
                _ => {}
            }
            is_own |= !matches!(name, "deny_status" | "content-type");
        }
        Ok(if is_own {
            Content::Own(Box::new(own))
        } else {
            Content::Page
        })
    }

    fn headers(self) -> Result<Box<[Field]>, String> {
        let mut headers = Vec::new();
        for (_, values) in self.options().filter(|(name, _)| *name == "hdr") {
            let (Some(name), Some(Value::Format(value))) =
                (Self::value(values, "name"), Self::value(values, "value"))
            else {
                continue;
            };
            let name = name.bytes();
            if !OWN_HEADERS.iter().any(|own| own.eq_ignore_ascii_case(name)) {
                let value = FormatPlan::compile(self.config, self.proxy, value)?.in_head();
                headers.push((name.into(), value));
            }
        }
        Ok(headers.into())
    }
}

impl Reply {
    /// The answer that a line describes.
    ///
    /// # Errors
    /// What is wrong with a format, as only the whole configuration can show.
    pub(crate) fn compile(described: Described<'_>) -> Result<Self, String> {
        let status = described.given_status().unwrap_or(described.status);
        Ok(Self {
            status,
            content: described.content(status)?,
        })
    }

    /// Makes `out` this answer; false when it is to be what the proxy answers errors of the status with.
    pub fn put(&self, context: &SampleContext<'_>, out: &mut Answer) -> bool {
        match &self.content {
            Content::Page => return false,
            Content::File(file) => file.put(out),
            Content::Own(own) => own.put(self.status, context, out),
        }
        true
    }
}

impl Own {
    fn put(&self, status: u16, context: &SampleContext<'_>, out: &mut Answer) {
        out.begin(Version::Http11, status, reason(status).as_bytes());
        for (name, value) in &self.headers {
            let value = value.text(context);
            if !value.is_empty() {
                out.header(name, &[value]);
            }
        }
        match &self.body {
            Body::Fixed(body) => out.body.extend_from_slice(body),
            Body::Computed(format) => out.body.extend_from_slice(format.text(context)),
        }
        out.length();
        if !out.body.is_empty() && !self.content_type.is_empty() {
            out.header(b"content-type", &[&self.content_type]);
        }
    }
}
