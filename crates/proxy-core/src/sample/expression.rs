//! An expression made ready: its fetch, and the casts and converters behind it.

use std::ops::ControlFlow;

use haproxy_cfg::keywords::{Output, Source};
use haproxy_cfg::model::{self, ArgValue, Config, ProxyId, Word};

use super::convert::{self, Convert};
use super::fetch::{self, Fetch};
use super::{Sample, SampleContext, cast};

/// What is known while expressions are made ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compile<'a> {
    /// The configuration.
    pub(crate) config: &'a Config,
    /// The proxy that the expression stands in.
    pub(crate) proxy: ProxyId,
}

impl Compile<'_> {
    /// The proxy that argument `index` names, or the one that the expression stands in; none for a name that there is not.
    pub(crate) fn proxy_named(self, name: Option<&Word>) -> Option<usize> {
        match name {
            None => Some(self.proxy.0 as usize),
            Some(name) => self.config.proxies.iter().position(|p| &p.name == name),
        }
    }
}

impl Compile<'_> {
    /// The number of the stick table of that name, or of the one of the proxy that the expression stands in.
    pub(crate) fn table_named(self, name: Option<&Word>) -> Option<usize> {
        match name {
            Some(name) => self.config.table(name),
            None => self.config.table(&self.config.proxy(self.proxy).name),
        }
    }
}

/// How long a sample stays what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stability {
    /// As long as the stream, unless a rule changes addresses.
    Stream,
    /// As long as no rule edits the message.
    Message,
    /// It may be another one the next time.
    Moment,
}

/// A sample expression made ready.
pub struct Expression {
    fetch: Box<dyn Fetch>,
    steps: Box<[Step]>,
    stability: Stability,
    output: Output,
    written: Box<str>,
}

enum Step {
    Cast(Output),
    Convert(Box<dyn Convert>),
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.written)
    }
}

impl Expression {
    /// Makes `sample`, which stands in the proxy `own`, ready; `wanted` is the type that it is to give.
    ///
    /// # Errors
    /// What is wrong with an argument, as only the whole configuration can show.
    pub fn compile(
        config: &Config,
        own: ProxyId,
        sample: &model::Sample,
        wanted: Output,
    ) -> Result<Self, String> {
        if !sample.is_evaluated() {
            return Ok(Self::without(sample));
        }
        let at = Compile { config, proxy: own };
        let mut steps = Vec::new();
        let mut stability = stability_of(sample);
        let mut have = sample.fetch.output;
        let to = |have: Output, want: Output, steps: &mut Vec<Step>| {
            if want != Output::Any && want != Output::Same && (have != want || have == Output::Addr) {
                steps.push(Step::Cast(want));
            }
        };
        for converter in &sample.converters {
            to(have, converter.row.input, &mut steps);
            steps.push(Step::Convert(convert::make(at, converter)?));
            have = match converter.row.output {
                Output::Same => have,
                output => output,
            };
            if is_of_the_moment(converter) {
                stability = Stability::Moment;
            }
        }
        to(have, wanted, &mut steps);
        Ok(Self {
            fetch: fetch::make(at, sample)?,
            steps: steps.into(),
            stability,
            output: if wanted == Output::Any { have } else { wanted },
            written: key(sample).into(),
        })
    }

    /// One that never gives a sample: it uses what is only read, of which the file is told.
    fn without(sample: &model::Sample) -> Self {
        Self {
            fetch: fetch::without(),
            steps: Box::default(),
            stability: Stability::Stream,
            output: sample.output,
            written: key(sample).into(),
        }
    }

    /// The sample; of several the one that the original takes outside of ACLs, as a rule the last.
    pub fn sample<'a>(&self, context: &SampleContext<'a>) -> Option<Sample<'a>> {
        self.convert(context, self.fetch.one(context)?)
    }

    /// Shows each sample to `see` until that breaks off.
    pub(crate) fn each<'a>(
        &self,
        context: &SampleContext<'a>,
        see: &mut dyn FnMut(Sample<'a>) -> ControlFlow<()>,
    ) {
        if self.steps.is_empty() {
            return self.fetch.each(context, see);
        }
        self.fetch
            .each(context, &mut |sample| match self.convert(context, sample) {
                Some(sample) => see(sample),
                None => ControlFlow::Continue(()),
            });
    }

    /// What its converters make of a sample that is not of its fetch.
    pub(crate) fn converted<'a>(
        &self,
        context: &SampleContext<'a>,
        sample: Sample<'a>,
    ) -> Option<Sample<'a>> {
        self.convert(context, sample)
    }

    fn convert<'a>(&self, context: &SampleContext<'a>, sample: Sample<'a>) -> Option<Sample<'a>> {
        self.steps.iter().try_fold(sample, |sample, step| match step {
            Step::Cast(to) => cast(sample, *to, context.arena),
            Step::Convert(converter) => converter.convert(context, sample),
        })
    }

    /// How long what it gives stays the same.
    pub(crate) fn stability(&self) -> Stability {
        self.stability
    }

    /// The type of its samples; any when that is known at run time only.
    pub fn output(&self) -> Output {
        self.output
    }
}

/// What two expressions that look at the same thing in the same way have in common.
pub(crate) fn key(sample: &model::Sample) -> String {
    use std::fmt::Write as _;
    let mut out = String::from(sample.fetch.name);
    let arguments = |out: &mut String, args: &[model::Arg]| {
        for arg in args {
            // Writing to memory does not fail.
            let _infallible = write!(out, "\0{:?}", arg.value);
        }
    };
    arguments(&mut out, &sample.args);
    for converter in &sample.converters {
        out.push('\u{1}');
        out.push_str(converter.row.name);
        arguments(&mut out, &converter.args);
    }
    out
}

/// Fetches that look at the message at hand, or at the connection, and at nothing that moves.
fn stability_of(sample: &model::Sample) -> Stability {
    match sample.fetch.source {
        Source::RequestHeaders | Source::EitherHeaders | Source::ResponseHeaders => {
            if sample.fetch.name.contains("body") {
                Stability::Moment
            } else {
                Stability::Message
            }
        }
        _ => match sample.fetch.name {
            "always_true" | "always_false" | "bool" | "str" | "int" | "bin" | "ipv4" | "ipv6" | "src"
            | "src_port" | "dst" | "dst_port" | "ssl_fc" | "fe_id" | "fe_name" | "so_id" | "so_name" => {
                Stability::Stream
            }
            "method" | "req.ver" | "req_ver" | "url" => Stability::Message,
            _ => Stability::Moment,
        },
    }
}

/// Converters whose result depends on more than what they are given, or that do more than give one.
fn is_of_the_moment(converter: &model::Converter) -> bool {
    let name = converter.row.name;
    let variable = |arg: &model::Arg| matches!(arg.value, ArgValue::Variable(_));
    converter.args.iter().any(variable)
        || [
            "map",
            "table_",
            "in_table",
            "capture-",
            "set-var",
            "unset-var",
            "srv_",
            "lua.",
        ]
        .iter()
        .any(|beginning| name.starts_with(beginning))
        || matches!(name, "debug" | "nbsrv" | "when")
}
