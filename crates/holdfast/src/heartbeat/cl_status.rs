//! `cl_status`: what the heartbeat of this machine knows, in the words and with the exit statuses of the original.

use std::ffi::OsString;
use std::io;
use std::time::{Duration, Instant};

use heartbeat_proto::wire::Message;
use jiff::Zoned;

use super::client::Client;
use super::{node_name, put, say};

/// Exit status when heartbeat does not run, or knows no such setting.
const STOPPED: u8 = 1;

/// Exit status of a wrong command line, and of a node that is not known.
const WRONG: u8 = 11;

/// Exit status of a question that has no answer.
const UNANSWERED: u8 = 13;

/// How long the answer of another node is waited for, unless the command line says otherwise.
const TIMEOUT: Duration = Duration::from_millis(100);

const USAGE: &str = "Usage: cl_status <sub-command> [<options>] [<parameters>]\n\n\
    Sub-commands: clientstatus NODE CLIENT [MILLISECONDS], hblinkstatus NODE LINK, hbstatus [-v],\n\
    listnodes [-p | -n] [-v], listhblinks [-v] NODE, nodestatus NODE, nodeweight NODE, nodesite NODE,\n\
    nodetype NODE, rscstatus, hbparameter -p NAME\n\
    With -m answers are sentences.\n";

/// How a question went that gives no answer.
enum Failure {
    /// What is to be said, and the exit status.
    Said(String, u8),
    /// Lines as the log has them.
    Logged(Vec<String>, u8),
}

type Answer = Result<String, Failure>;

/// The options of a command line, and its words.
#[derive(Debug, Default)]
struct Line {
    human: bool,
    verbose: bool,
    pings: bool,
    normal: bool,
    words: Vec<String>,
}

impl Line {
    fn read(arguments: &[OsString]) -> Option<Self> {
        let mut line = Self::default();
        for word in arguments {
            let word = word.to_string_lossy();
            let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
                line.words.push(word.into_owned());
                continue;
            };
            for letter in letters.chars() {
                match letter {
                    'm' => line.human = true,
                    'v' => line.verbose = true,
                    'p' => line.pings = true,
                    'n' => line.normal = true,
                    _ => return None,
                }
            }
        }
        Some(line)
    }

    fn word(&self, place: usize) -> Option<&str> {
        self.words.get(place).map(String::as_str)
    }
}

/// Runs it; gives the exit status.
pub(crate) fn run(arguments: &[OsString]) -> u8 {
    let Some((command, rest)) = arguments.split_first() else {
        put(USAGE);
        return 0;
    };
    let command = command.to_string_lossy();
    if command == "-h" {
        put(USAGE);
        return 0;
    }
    let Some(line) = Line::read(rest) else {
        put(USAGE);
        return WRONG;
    };
    let answer = match command.as_ref() {
        "hbstatus" => return is_running(&line),
        "listnodes" => list_nodes(&line),
        "nodestatus" | "nodetype" | "nodeweight" | "nodesite" => of_node(&command, &line),
        "listhblinks" => list_links(&line),
        "hblinkstatus" => link_status(&line),
        "clientstatus" => client_status(&line),
        "rscstatus" => holding(&line),
        "hbparameter" => parameter(&line),
        other => Err(Failure::Logged(
            vec![format!("{other}: invalid sub-command.")],
            WRONG,
        )),
    };
    match answer {
        Ok(text) => {
            put(&text);
            0
        }
        Err(Failure::Said(text, status)) => {
            say(&text);
            status
        }
        Err(Failure::Logged(lines, status)) => {
            let now = Zoned::now().strftime("%b %d %H:%M:%S").to_string();
            let (node, pid) = (node_name(), std::process::id());
            for line in lines {
                say(&format!("{now} {node} cl_status: [{pid}]: ERROR: {line}\n"));
            }
            status
        }
    }
}

/// Signs on, or says why that is not possible.
fn client() -> Result<Client, Failure> {
    Client::sign_on(None).map_err(|why| {
        Failure::Logged(
            vec![
                "Cannot signon with heartbeat".to_owned(),
                format!("REASON: {why}"),
            ],
            STOPPED,
        )
    })
}

fn broken(error: &io::Error) -> Failure {
    Failure::Logged(vec![error.to_string()], UNANSWERED)
}

fn missing(what: &str) -> Failure {
    Failure::Said(format!("{what}\n"), WRONG)
}

fn text<'m>(message: &'m Message, name: &str) -> &'m str {
    message.text(name).unwrap_or_default()
}

fn is_running(line: &Line) -> u8 {
    match Client::sign_on(None) {
        Ok(mut client) if line.verbose => {
            let version = client.version().to_owned();
            put(&format!("version:\t{version}\nmanaged by:\t\"haresources\"\n"));
            match all_nodes(&mut client, line) {
                Ok(text) => put(&text),
                Err(_) => return UNANSWERED,
            }
            0
        }
        Ok(_) => {
            put("Heartbeat is running on this machine.\n");
            0
        }
        // The socket is there: it runs, and only does not answer us.
        Err(why) if why == "client failed authorization" && !line.verbose => {
            put("Heartbeat is running on this machine.\n");
            0
        }
        Err(why) => {
            put("Heartbeat is stopped on this machine.\n");
            if line.verbose {
                put(&format!("({why})\n"));
            }
            STOPPED
        }
    }
}

fn list_nodes(line: &Line) -> Answer {
    let mut client = client()?;
    if line.verbose {
        return all_nodes(&mut client, line);
    }
    let mut out = String::new();
    if line.human {
        out += "The nodes are as follow:\n";
    }
    for node in nodes(&mut client, line)? {
        out += &format!("{}\n", text(&node, "node"));
    }
    Ok(out)
}

/// The last node that is told of comes first, as in the original.
fn nodes(client: &mut Client, line: &Line) -> Result<Vec<Message>, Failure> {
    let request = client.request("nodelist");
    let mut all = client.ask_for_all(&request).map_err(|error| broken(&error))?;
    all.retain(|node| match text(node, "nodetype") {
        "ping" => !line.normal,
        _ => !line.pings,
    });
    all.reverse();
    Ok(all)
}

fn all_nodes(client: &mut Client, line: &Line) -> Answer {
    let mut out = String::new();
    for node in nodes(client, line)? {
        let name = text(&node, "node");
        out += &format!(
            "\n{name}\t{}\t(nodetype: {})\n",
            text(&node, "st"),
            text(&node, "nodetype")
        );
        for (link, state) in links(client, name)?.unwrap_or_default() {
            out += &format!("\t{link}\t{state}\n");
        }
    }
    Ok(out)
}

/// The ways of a node; none when there is no such node.
fn links(client: &mut Client, node: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
    let request = client.request("iflist").with("node", node);
    let all = client.ask_for_all(&request).map_err(|error| broken(&error))?;
    if all.iter().any(|one| text(one, "result") == "badreq") {
        return Ok(None);
    }
    Ok(Some(
        all.iter()
            .map(|one| (text(one, "ifname").to_owned(), text(one, "st").to_owned()))
            .collect(),
    ))
}

fn of_node(command: &str, line: &Line) -> Answer {
    let node = line.word(0).ok_or_else(|| missing("Not enough parameters."))?;
    let mut client = client()?;
    let request = client.request(command).with("node", node);
    let answer = client.ask_with(&request).map_err(|error| broken(&error))?;
    if text(&answer, "result") != "OK" {
        return Err(missing("Error. May be due to incorrect node name"));
    }
    let (value, sentence) = match command {
        "nodestatus" => (text(&answer, "st"), format!("The cluster node {node} is ")),
        "nodetype" => (text(&answer, "nodetype"), format!("The node {node}'s type: ")),
        "nodeweight" => (
            text(&answer, "weight"),
            format!("The weight of the cluster node {node} is "),
        ),
        _ => (
            text(&answer, "site"),
            format!("The site of the cluster node {node} is "),
        ),
    };
    Ok(told(line, &sentence, value))
}

/// A value, in a sentence where that was asked for.
fn told(line: &Line, sentence: &str, value: &str) -> String {
    let sentence = if line.human { sentence } else { "" };
    format!("{sentence}{value}\n")
}

fn list_links(line: &Line) -> Answer {
    let node = line.word(0).ok_or_else(|| missing("No enough parameter."))?;
    let mut client = client()?;
    let Some(all) = links(&mut client, node)? else {
        return Err(Failure::Logged(
            vec![
                "Cannot start heartbeat link interface walk.".to_owned(),
                "REASON: EINVAL".to_owned(),
            ],
            UNANSWERED,
        ));
    };
    let mut out = String::new();
    if line.human {
        out += "\tthis node has the following heartbeat links:\n";
    }
    for (link, state) in all {
        out += &if line.verbose {
            format!("\t{link}\t{state}\n")
        } else {
            format!("\t{link}\n")
        };
    }
    Ok(out)
}

fn link_status(line: &Line) -> Answer {
    let (Some(node), Some(link)) = (line.word(0), line.word(1)) else {
        return Err(missing("No enough parameter."));
    };
    let mut client = client()?;
    let request = client.request("ifstatus").with("node", node).with("ifname", link);
    let answer = client.ask_with(&request).map_err(|error| broken(&error))?;
    if text(&answer, "result") != "OK" {
        return Err(Failure::Logged(
            vec![
                "Cannot get heartbeat link status".to_owned(),
                "REASON: ".to_owned(),
            ],
            UNANSWERED,
        ));
    }
    let sentence = format!("The node {node}'s heartbeat link {link} is ");
    Ok(told(line, &sentence, text(&answer, "st")))
}

fn client_status(line: &Line) -> Answer {
    let (Some(node), Some(name)) = (line.word(0), line.word(1)) else {
        return Err(missing("No enough parameter."));
    };
    let timeout = line
        .word(2)
        .and_then(|word| word.parse().ok())
        .map_or(TIMEOUT, Duration::from_millis);
    let mut client = client()?;
    let request = client.request("clientstatus").with("node", node).with("cn", name);
    client.say(&request).map_err(|error| broken(&error))?;
    let end = Instant::now() + timeout;
    while let Some(message) = client.told(end).map_err(|error| broken(&error))? {
        // It is this machine's that answers, or another's.
        let is_answer = message.kind() == "respond-cstatus" || text(&message, "reqtype") == "clientstatus";
        if let (true, Some(state)) = (is_answer, message.text("cs")) {
            return if state == "online" {
                Ok(format!("{state}\n"))
            } else {
                put(&format!("{state}\n"));
                Err(Failure::Logged(Vec::new(), STOPPED))
            };
        }
    }
    Err(Failure::Logged(
        vec![
            format!("Cannot get heartbeat client {name}'s status"),
            "REASON: No timely response.".to_owned(),
        ],
        UNANSWERED,
    ))
}

fn holding(line: &Line) -> Answer {
    let mut client = client()?;
    let request = client.request("getrsc");
    let answer = client.ask_with(&request).map_err(|error| broken(&error))?;
    let hold = text(&answer, "rsc_hold");
    Ok(if line.human {
        format!("This node is holding {hold} resources.\n")
    } else {
        format!("{hold}\n")
    })
}

fn parameter(line: &Line) -> Answer {
    let name = line.word(0).filter(|_| line.pings);
    let Some(name) = name else {
        return Err(Failure::Logged(vec!["parameter name required".to_owned()], WRONG));
    };
    let mut client = client()?;
    let request = client.request("getparm").with("pname", name);
    let answer = client.ask_with(&request).map_err(|error| broken(&error))?;
    match answer.text("pvalue") {
        Some(value) => Ok(told(
            line,
            &format!("Heartbeat parameter {name}'s value: "),
            value,
        )),
        None => Err(Failure::Logged(
            vec![
                format!("Cannot get parameter {name}'s value"),
                "REASON: ".to_owned(),
            ],
            STOPPED,
        )),
    }
}
