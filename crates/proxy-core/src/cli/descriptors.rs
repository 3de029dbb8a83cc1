//! `show fd`: the files that the process has open (management guide, section 9.3). The flags and functions of the original's event
//! loop have no counterpart here; what a socket is for, between which addresses, and whose stream it belongs to is shown in its words.

use super::ongoing::{Answer, Next, PART, Part, Question};
use super::{Call, LiveStream, Owner, Reply};

/// An open file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Descriptor {
    /// Its number.
    pub fd: i32,
    /// What it is.
    pub kind: DescriptorKind,
    /// The stream that it belongs to, and whether it is the client's side of it.
    pub stream: Option<(LiveStream, bool)>,
}

/// What an open file is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescriptorKind {
    /// A socket that takes connections: its family, and where it listens.
    Listener(&'static str, String),
    /// A connection: its family, our address, and the other side's.
    Connection(&'static str, String, String),
    /// A socket for datagrams: its family, and our address.
    Datagrams(&'static str, String),
    /// Anything else, as the system names it.
    Other(String),
}

impl DescriptorKind {
    /// The letter that `show fd -LETTER` leaves it out by: sockets of listeners, clients and servers, pipes, and what is left.
    fn letter(&self, of_server: bool) -> u8 {
        match self {
            Self::Listener(..) => b'l',
            Self::Connection(..) if of_server => b's',
            Self::Connection(..) => b'c',
            Self::Other(name) if name.starts_with("pipe:") => b'p',
            Self::Datagrams(..) | Self::Other(_) => b'd',
        }
    }
}

/// `show fd [-!plcfbsd]* [NUMBER]`.
pub(super) fn show(_: &mut Call<'_, '_>) -> Reply {
    Reply::ask(Question::Descriptors, begin)
}

fn begin(call: &mut Call<'_, '_>, answer: Answer) -> Reply {
    let Answer::Descriptors(mut all) = answer else {
        return Reply::Done;
    };
    if all.is_empty() {
        return Reply::error("The open files cannot be listed: /proc is not at hand for this process.");
    }
    for word in call.arguments {
        if let Some(letters) = word.strip_prefix(b"-") {
            // With `!` the letters say what is shown.
            let wanted = letters.first() == Some(&b'!');
            all.retain(|one| {
                let of_server = one.stream.as_ref().is_some_and(|(_, of_client)| !of_client);
                let letter = one.kind.letter(of_server);
                // Connections of frontends and backends go by either name.
                let named = letters
                    .iter()
                    .any(|&l| l == letter || (l == b'f' && letter == b'c') || (l == b'b' && letter == b's'));
                named == wanted
            });
        } else {
            let number = std::str::from_utf8(word)
                .ok()
                .and_then(|digits| digits.parse().ok());
            all.retain(|one| Some(one.fd) == number);
        }
    }
    all.reverse();
    Box::new(Rest(all)).write(call)
}

/// The files that were not written yet, the next one last.
#[derive(Debug)]
struct Rest(Vec<Descriptor>);

impl Part for Rest {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let until = call.out.len() + PART;
        while let Some(one) = self.0.pop() {
            line(call, &one);
            if call.out.len() >= until && !self.0.is_empty() {
                return Reply::Later(Next::Part(self));
            }
        }
        Reply::Done
    }
}

fn line(call: &mut Call<'_, '_>, one: &Descriptor) {
    let what = match &one.kind {
        DescriptorKind::Listener(family, at) => format!("l.st=RDY fam={family} src={at}"),
        DescriptorKind::Connection(family, from, to) => format!("fam={family} src={from} dst={to}"),
        DescriptorKind::Datagrams(family, at) => format!("fam={family} dgram src={at}"),
        DescriptorKind::Other(name) => format!("file={name}"),
    };
    call.out
        .extend_from_slice(format!("{:>7} : {what}", one.fd).as_bytes());
    if let Some((stream, of_client)) = &one.stream {
        let back = u8::from(!of_client);
        call.out.extend_from_slice(format!(" back={back} fe=").as_bytes());
        let config = call.view.config;
        match stream.owner {
            Owner::Bind(frontend, _) => call.out.extend_from_slice(&config.proxy(frontend).name),
            Owner::StatsSocket(_) => call.out.extend_from_slice(b"GLOBAL"),
        }
        if let Some(backend) = stream.backend {
            call.out.extend_from_slice(b" be=");
            call.out.extend_from_slice(&config.proxy(backend).name);
        }
        call.out
            .extend_from_slice(format!(" strm={:#x}", stream.number).as_bytes());
    }
    call.out.push(b'\n');
}
