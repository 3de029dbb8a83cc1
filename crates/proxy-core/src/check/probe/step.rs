//! The steps of scripted checks made ready.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{
    CheckConnect, CheckPort, CheckRequest, CheckScript, CheckSend, CheckStep, CheckText, CheckValue, Config,
    HttpCheck, ProxyId, Word,
};

use super::expect::Expectation;
use crate::format::FormatPlan;
use crate::sample::{Expression, Named, VariableCondition};

/// A script made ready.
#[derive(Debug)]
pub struct Script {
    pub(super) http: bool,
    pub(super) disable_on_404: bool,
    pub(super) send_state: bool,
    pub(super) steps: Box<[Step]>,
}

/// One step.
#[derive(Debug)]
pub(super) enum Step {
    Connect(Box<Connect>),
    Send(Vec<u8>),
    SendText(FormatPlan),
    /// Hexadecimal digits, and the step's number.
    SendDigits(FormatPlan, u32),
    Request(Box<Request>),
    Expect(Box<Expectation>),
    Set(Box<Set>),
    Unset(Named),
}

/// A connection.
#[derive(Debug)]
pub(super) struct Connect {
    pub(super) model: CheckConnect,
    pub(super) computed_port: Option<Expression>,
}

/// A text, or how it is computed.
#[derive(Debug)]
pub(super) enum Text {
    Literal(Word),
    Computed(FormatPlan),
}

/// A request.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) line: HttpCheck,
    pub(super) computed_uri: Option<FormatPlan>,
    pub(super) headers: Vec<(Word, Text)>,
    pub(super) body: Option<Text>,
}

/// A variable that is set.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) variable: Named,
    pub(super) conditions: Vec<VariableCondition>,
    pub(super) value: Computed,
}

/// What it is set to.
#[derive(Debug)]
pub(super) enum Computed {
    Sample(Expression),
    Text(FormatPlan),
    Empty,
}

impl Script {
    pub(super) fn compile(config: &Config, own: ProxyId, script: &CheckScript) -> Result<Self, String> {
        let steps = script.steps.iter().map(|step| Step::compile(config, own, step));
        Ok(Self {
            http: script.http,
            disable_on_404: script.disable_on_404,
            send_state: script.send_state,
            steps: steps.collect::<Result<_, _>>()?,
        })
    }
}

impl Step {
    fn compile(config: &Config, own: ProxyId, step: &CheckStep) -> Result<Self, String> {
        let format = |format| FormatPlan::compile(config, own, format);
        Ok(match step {
            CheckStep::Connect(connect) => Self::Connect(Box::new(Connect {
                model: (**connect).clone(),
                computed_port: match &connect.port {
                    Some(CheckPort::Computed(sample)) => {
                        Some(Expression::compile(config, own, sample, Output::Sint)?)
                    }
                    Some(CheckPort::Fixed(_)) | None => None,
                },
            })),
            CheckStep::Send(CheckSend::Bytes(bytes)) => Self::Send(bytes.clone()),
            CheckStep::Send(CheckSend::Text(text)) => Self::SendText(format(text)?),
            CheckStep::Send(CheckSend::Digits(text, number)) => Self::SendDigits(format(text)?, *number),
            CheckStep::Request(request) => Self::Request(Box::new(Request::compile(config, own, request)?)),
            CheckStep::Expect(expect) => Self::Expect(Box::new(Expectation::compile(config, own, expect)?)),
            CheckStep::SetVariable(set) => {
                let conditions = set.conditions.iter();
                let conditions = conditions.map(|word| VariableCondition::new(word.as_bytes()));
                Self::Set(Box::new(Set {
                    variable: Named::new(&set.variable),
                    conditions: conditions.collect::<Result<_, _>>()?,
                    value: match &set.value {
                        CheckValue::Sample(sample) => {
                            Computed::Sample(Expression::compile(config, own, sample, Output::Any)?)
                        }
                        CheckValue::Text(Some(text)) => Computed::Text(format(text)?),
                        CheckValue::Text(None) => Computed::Empty,
                    },
                }))
            }
            CheckStep::UnsetVariable(variable) => Self::Unset(Named::new(variable)),
        })
    }
}

impl Text {
    pub(super) fn compile(config: &Config, own: ProxyId, text: &CheckText) -> Result<Self, String> {
        Ok(match text {
            CheckText::Literal(text) => Self::Literal(text.clone()),
            CheckText::Computed(format) => Self::Computed(FormatPlan::compile(config, own, format)?),
        })
    }
}

impl Request {
    fn compile(config: &Config, own: ProxyId, request: &CheckRequest) -> Result<Self, String> {
        let text = |text| Text::compile(config, own, text);
        let headers = request.headers.iter();
        Ok(Self {
            line: request.line.clone(),
            computed_uri: match &request.computed_uri {
                Some(uri) => Some(FormatPlan::compile(config, own, uri)?),
                None => None,
            },
            headers: headers
                .map(|(name, value)| Ok((name.clone(), text(value)?)))
                .collect::<Result<_, String>>()?,
            body: request.body.as_ref().map(text).transpose()?,
        })
    }
}
