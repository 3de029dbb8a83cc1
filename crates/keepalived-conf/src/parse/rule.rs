//! Entries of `virtual_rules` and `static_rules`.

use std::net::IpAddr;

use syntax::Diagnostic;

use super::address::network;
use super::instance::current;
use super::number::unsigned;
use super::route_value::{Words, no_address, realms, table, tos, wrong};
use super::statics::{Home, track_group};
use super::track::missing_interface;
use crate::lines::{Line, Word};
use crate::model::{Network, PROTOCOL_KEEPALIVED, Rule, RuleAction};
use crate::names::{Names, number};
use crate::reading::Reading;
use crate::written::{Spanned, WrittenStatic};

/// The preference of the first rule that has none; those after it go before it.
const FIRST_PREFERENCE: u32 = 16_384;

/// What a rule takes, for help.
const WORDS: &str = "a rule takes: not, from, to, iif, oif, tos, fwmark, preference, table, l3mdev, goto, nop, blackhole, unreachable, \
    prohibit, suppress_prefixlength, suppress_ifgroup, realms, uidrange, ipproto, sport, dport, protocol, no_track";

/// A rule of an instance.
pub(crate) fn of_instance(reading: &mut Reading<'_>, line: &Line) {
    if let Some((rule, _)) = rule(reading, line, Home::Instance)
        && let Some(instance) = current(reading)
    {
        instance.rules.push(Spanned::new(rule, line.span()));
    }
}

/// A rule of the machine.
pub(crate) fn of_machine(reading: &mut Reading<'_>, line: &Line) {
    if let Some((what, group)) = rule(reading, line, Home::Machine) {
        reading.written.static_rules.push(WrittenStatic { what, group });
    }
}

/// What is read of a rule before it is whole.
struct Draft {
    rule: Rule,
    action: Option<RuleAction>,
    preference: Option<u32>,
    family: Option<bool>,
    forced: Option<bool>,
    group: Option<String>,
}

fn rule(reading: &mut Reading<'_>, line: &Line, home: Home) -> Option<(Rule, Option<String>)> {
    let mut draft = Draft {
        rule: Rule {
            ipv6: false,
            invert: false,
            from: None,
            to: None,
            iif: None,
            oif: None,
            tos: 0,
            mark: None,
            preference: 0,
            action: RuleAction::Nop,
            suppress_prefix: None,
            suppress_group: None,
            realms: None,
            users: None,
            ip_protocol: None,
            source_ports: None,
            destination_ports: None,
            tunnel: None,
            protocol: PROTOCOL_KEEPALIVED,
            tracked: true,
        },
        action: None,
        preference: None,
        family: None,
        forced: None,
        group: None,
    };
    let mut words = Words::new(line);
    while let Some(word) = words.next() {
        draft.word(reading, &mut words, word, home)?;
    }
    draft.finish(reading, line, home)
}

const NOT_SET: &str = "as it stands the rule is not set";

impl Draft {
    /// Takes a word with its values; none when the rule is left out.
    fn word(
        &mut self,
        reading: &mut Reading<'_>,
        words: &mut Words<'_>,
        word: &Word,
        home: Home,
    ) -> Option<()> {
        match &*word.bytes {
            b"inet" => self.forced = Some(false),
            b"inet6" => self.forced = Some(true),
            b"not" => self.rule.invert = true,
            // What follows says it.
            b"type" => {
                let known = words
                    .line
                    .words
                    .iter()
                    .any(|word| plain_action(&word.bytes).is_some());
                if !known {
                    let value = words.value(reading, "an action")?;
                    return unknown(reading, value);
                }
            }
            b"from" | b"to" => {
                let value = words.value(reading, "a network")?;
                let which = word.text().into_owned();
                let network = self.network(reading, value, &which)?;
                if word.bytes == b"from" {
                    self.rule.from = network;
                } else {
                    self.rule.to = network;
                }
            }
            b"iif" | b"dev" => self.rule.iif = Some(self.interface(reading, words)?),
            b"oif" => self.rule.oif = Some(self.interface(reading, words)?),
            b"tos" | b"dsfield" => {
                let value = words.value(reading, "a type of service")?;
                self.rule.tos = tos(reading, value)?;
            }
            b"fwmark" => {
                let value = words.value(reading, "a mark")?;
                self.rule.mark = Some(mark(reading, value)?);
            }
            b"preference" | b"priority" | b"order" | b"pref" if is_preference(reading, word) => {
                let value = words.value(reading, "a number")?;
                match preference(value) {
                    Ok(number) => self.preference = Some(number),
                    Err(why) => {
                        let message = "Invalid rule preference preference specified".to_owned();
                        wrong(reading, value, message, Some(why), NOT_SET);
                        return None;
                    }
                }
            }
            b"table" | b"lookup" => {
                let value = words.value(reading, "a routing table")?;
                let table = table(reading, value, "rule")?;
                if table == 0 {
                    wrong(reading, value, "Table 0 is not valid".to_owned(), None, NOT_SET);
                    return None;
                }
                self.act(reading, word, RuleAction::Table(table))?;
            }
            b"goto" => {
                let value = words.value(reading, "a preference")?;
                match unsigned(value, 0, u32::MAX) {
                    Ok(target) => self.act(reading, word, RuleAction::Goto(target))?,
                    Err(why) => {
                        let message = "Invalid target goto specified".to_owned();
                        wrong(reading, value, message, Some(why), NOT_SET);
                        return None;
                    }
                }
            }
            b"suppress_prefixlength" | b"sup_pl" => {
                let value = words.value(reading, "a number of bits")?;
                match unsigned(value, 0, u32::MAX) {
                    Ok(bits) => self.rule.suppress_prefix = Some(bits),
                    Err(why) => {
                        let message =
                            "Invalid suppress_prefixlength suppress_prefixlength specified".to_owned();
                        wrong(reading, value, message, Some(why), NOT_SET);
                        return None;
                    }
                }
            }
            b"suppress_ifgroup" | b"sup_group" => {
                let value = words.value(reading, "a group of interfaces")?;
                let host = reading.host;
                let text = value.text();
                let group = reading
                    .names
                    .number(host, Names::Group, &text)
                    .or_else(|| number(&text));
                if group.is_none() {
                    wrong(
                        reading,
                        value,
                        format!("suppress_group {text} is invalid"),
                        None,
                        NOT_SET,
                    );
                    return None;
                }
                self.rule.suppress_group = group;
            }
            b"realms" => {
                let value = words.value(reading, "realms")?;
                if self.family == Some(true) {
                    wrong(
                        reading,
                        value,
                        "realms is only valid for IPv4".to_owned(),
                        None,
                        NOT_SET,
                    );
                    return None;
                }
                let Some(realms) = realms(reading, value) else {
                    let message = format!("invalid realms {} for rule", value.text());
                    wrong(reading, value, message, None, NOT_SET);
                    return None;
                };
                self.family = Some(false);
                self.rule.realms = Some(realms);
            }
            b"uidrange" => {
                let value = words.value(reading, "FIRST-LAST")?;
                let text = value.text();
                let range = text
                    .split_once('-')
                    .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
                if range.is_none() {
                    let message = "Invalid uidrange uidrange specified".to_owned();
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "write two numbers of users with - between them",
                    );
                    return None;
                }
                self.rule.users = range;
            }
            b"protocol" => {
                let value = words.value(reading, "a number")?;
                match unsigned(value, 0, 255) {
                    Ok(number) => self.rule.protocol = u8::try_from(number).unwrap_or(PROTOCOL_KEEPALIVED),
                    Err(why) => {
                        let message = format!("Invalid protocol {}", value.text());
                        wrong(
                            reading,
                            value,
                            message,
                            Some(why),
                            "write a number up to 255; it is left out",
                        );
                    }
                }
            }
            // The manual of version 2.4 spells it in the second way.
            b"ipproto" | b"ip_proto" if is_ip_protocol(reading, word) => {
                let value = words.value(reading, "a protocol")?;
                let host = reading.host;
                let text = value.text();
                let found = reading
                    .names
                    .number(host, Names::IpProtocol, &text)
                    .or_else(|| number(&text))
                    .and_then(|number| u8::try_from(number).ok());
                if found.is_none() {
                    let message = format!("Invalid ipproto {text}");
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "write a number, or a name of /etc/protocols; it is left out",
                    );
                }
                self.rule.ip_protocol = found;
            }
            b"sport" | b"dport" => {
                let which = word.text().into_owned();
                let value = words.value(reading, "FIRST-LAST")?;
                let range = ports(&value.text());
                if range.is_none() {
                    let message = format!("invalid {which} range {}", value.text());
                    wrong(
                        reading,
                        value,
                        message,
                        None,
                        "write two ports with - between them; it is left out",
                    );
                }
                if word.bytes == b"sport" {
                    self.rule.source_ports = range;
                } else {
                    self.rule.destination_ports = range;
                }
            }
            b"no_track" => self.rule.tracked = false,
            b"track_group" if home == Home::Machine => {
                let value = words.value(reading, "a group")?;
                self.group = track_group(reading, value);
            }
            bytes => match plain_action(bytes) {
                Some(action) => self.act(reading, word, action)?,
                None if is_route_type(bytes) => {
                    let message = format!("Invalid rule action {}", word.text());
                    wrong(
                        reading,
                        word,
                        message,
                        None,
                        "write table, goto, nop, blackhole, unreachable, prohibit or l3mdev",
                    );
                    return None;
                }
                None => return unknown(reading, word),
            },
        }
        Some(())
    }

    /// A network; the inner none stands for all.
    #[allow(clippy::option_option, reason = "left out, everything, or a network")]
    fn network(&mut self, reading: &mut Reading<'_>, word: &Word, which: &str) -> Option<Option<Network>> {
        let text = word.text();
        if matches!(&*text, "all" | "any" | "default") {
            return Some(None);
        }
        let host = text.split('/').next().unwrap_or_default();
        if host.parse::<IpAddr>().is_err() {
            let message = format!("Invalid rule {which} address {text}");
            wrong(
                reading,
                word,
                message,
                Some(no_address(&text)),
                "write ADDRESS/BITS, or all",
            );
            return None;
        }
        let (address, prefix) = network(reading, word)?;
        let ipv6 = address.is_ipv6();
        if self.family.is_some_and(|family| family != ipv6) {
            let message = "rule specification has mixed IPv4 and IPv6".to_owned();
            wrong(
                reading,
                word,
                message,
                None,
                "write two rules, one for each family; as it stands none is set",
            );
            return None;
        }
        self.family = Some(ipv6);
        Some(Some(Network { address, prefix }))
    }

    fn interface(&self, reading: &mut Reading<'_>, words: &mut Words<'_>) -> Option<String> {
        let value = words.value(reading, "an interface")?;
        let name = value.text().into_owned();
        if !reading.host.has_interface(&name) {
            let message = format!("WARNING - interface {name} for rule doesn't exist");
            missing_interface(reading, message, value.span);
        }
        Some(name)
    }

    /// A rule does one thing.
    fn act(&mut self, reading: &mut Reading<'_>, word: &Word, action: RuleAction) -> Option<()> {
        if self.action.is_some() {
            let message = match action {
                RuleAction::L3mdev => "Cannot specify l3mdev with other action",
                RuleAction::Table(_) => {
                    "Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable for rule"
                }
                _ => {
                    "Cannot specify more than one of table/nop/goto/blackhole/prohibit/unreachable/l3mdev for rule"
                }
            };
            wrong(reading, word, message.to_owned(), None, NOT_SET);
            return None;
        }
        self.action = Some(action);
        Some(())
    }

    /// What only the whole line shows.
    fn finish(
        mut self,
        reading: &mut Reading<'_>,
        line: &Line,
        home: Home,
    ) -> Option<(Rule, Option<String>)> {
        let span = line.span();
        let told = |message: String, help: &str| {
            Diagnostic::warning("bad-value", message)
                .at(span)
                .help(help.to_owned())
        };
        let Some(action) = self.action else {
            reading.fault(told(
                "No action specified for rule - ignoring".to_owned(),
                "write `table NUMBER` into it, or goto, blackhole, unreachable, prohibit, nop or l3mdev",
            ));
            return None;
        };
        if let (Some(forced), Some(family)) = (self.forced, self.family)
            && forced != family
        {
            let (word, shown) = if forced {
                ("inet6", "IPv4")
            } else {
                ("inet", "IPv6")
            };
            reading.fault(told(format!("{word} specified for {shown} rule"), NOT_SET));
            return None;
        }
        if let RuleAction::Goto(target) = action {
            let message = match self.preference {
                None => Some(format!(
                    "Invalid rule - goto target {target} specified without preference"
                )),
                Some(preference) if preference >= target => Some(format!(
                    "Invalid rule - preference {preference} >= goto target {target}"
                )),
                Some(_) => None,
            };
            if let Some(message) = message {
                reading.fault(told(message, "rules go forwards: write a smaller preference"));
                return None;
            }
        }
        let shapes = self.rule.suppress_prefix.is_some()
            || self.rule.suppress_group.is_some()
            || self.rule.realms.is_some();
        if shapes && !matches!(action, RuleAction::Table(_) | RuleAction::L3mdev) {
            let message = "suppressor/realm specified for non table action - skipping".to_owned();
            reading.fault(told(message, "remove it, or look into a table"));
            return None;
        }
        if self.rule.tracked && self.rule.protocol != PROTOCOL_KEEPALIVED {
            let message =
                "Rule cannot be tracked if protocol is not RTPROT_KEEPALIVED(18), resetting protocol";
            reading.fault(told(message.to_owned(), "write no_track beside protocol"));
            self.rule.protocol = PROTOCOL_KEEPALIVED;
        }
        if self.group.is_some() && self.rule.iif.is_none() {
            let message = "Static rule cannot have track_group if dev/iif not specified";
            reading.fault(told(
                message.to_owned(),
                "write `iif INTERFACE` into it; as it stands no instance tracks it",
            ));
            self.group = None;
        }
        if !self.rule.tracked && home == Home::Machine {
            self.group = None;
        }
        self.rule.preference = self.preference.unwrap_or_else(|| {
            let given = reading.written.rules_without_preference;
            reading.written.rules_without_preference += 1;
            let preference = FIRST_PREFERENCE.saturating_sub(given);
            reading.fault(told(
                format!("Rule has no preference specified - setting to {preference}. This is probably not what you want."),
                "write `preference NUMBER` into it",
            ));
            preference
        });
        self.rule.action = action;
        self.rule.ipv6 = self.family.or(self.forced).unwrap_or(false);
        Some((self.rule, self.group))
    }
}

/// A number, which may be hexadecimal here.
fn preference(word: &Word) -> Result<u32, String> {
    match number(&word.text()) {
        Some(number) => Ok(number),
        None => unsigned(word, 0, u32::MAX),
    }
}

/// Short ones are ours: the original spells it out.
fn is_preference(reading: &Reading<'_>, word: &Word) -> bool {
    word.bytes != b"pref" || !reading.dialect.strict
}

fn is_ip_protocol(reading: &Reading<'_>, word: &Word) -> bool {
    word.bytes == b"ipproto" || !reading.dialect.strict
}

fn unknown(reading: &mut Reading<'_>, word: &Word) -> Option<()> {
    let told = Diagnostic::warning("unknown-keyword", format!("Unknown rule option {}", word.text()))
        .at(word.span)
        .help(WORDS)
        .note("the rule is not set");
    reading.fault(told);
    None
}

fn plain_action(word: &[u8]) -> Option<RuleAction> {
    Some(match word {
        b"l3mdev" => RuleAction::L3mdev,
        b"nop" => RuleAction::Nop,
        b"blackhole" => RuleAction::Blackhole,
        b"unreachable" => RuleAction::Unreachable,
        b"prohibit" => RuleAction::Prohibit,
        _ => return None,
    })
}

/// Words that ip-rule knows as types, and no rule here takes.
fn is_route_type(word: &[u8]) -> bool {
    matches!(
        word,
        b"unicast" | b"local" | b"broadcast" | b"anycast" | b"multicast" | b"throw" | b"nat" | b"xresolve"
    ) || word.iter().all(u8::is_ascii_digit)
}

/// `MARK[/MASK]`.
fn mark(reading: &mut Reading<'_>, word: &Word) -> Option<(u32, Option<u32>)> {
    let text = word.text();
    let read = match text.split_once('/') {
        None => number(&text).map(|mark| (mark, None)),
        // Nothing behind the slash is a mask of nothing.
        Some((mark, "")) => number(mark).map(|mark| (mark, Some(0))),
        Some((mark, mask)) => number(mark).and_then(|mark| Some((mark, Some(number(mask)?)))),
    };
    if read.is_none() {
        let message = format!("Invalid rule fwmark {text} specified");
        wrong(reading, word, message, None, "write MARK or MARK/MASK");
    }
    read
}

/// `FIRST-LAST`.
fn ports(text: &str) -> Option<(u16, u16)> {
    let (first, last) = text.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}
