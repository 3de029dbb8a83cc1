//! Rows of the commands of stats sockets and of the master's socket: words, arguments, who may give them and since when. What
//! runs them is bound to them by `proxy-core` and by the master; a row that nothing is bound to is known, and says so on the
//! socket.

use syntax::Version;

use crate::dialect::Dialect;
use crate::model::Level;

/// The socket of a process that works.
pub const WORKER: u8 = 1;
/// The master's socket.
pub const MASTER: u8 = 2;

/// What a session must have been given before a command is run for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// Nothing.
    None,
    /// `expert-mode on`.
    Expert,
    /// `experimental-mode on`.
    Experimental,
}

/// A command.
#[derive(Clone, Copy, Debug)]
pub struct CommandRow {
    /// The words it begins with, a blank between them.
    pub name: &'static str,
    /// Its arguments, as `help` shows them.
    pub arguments: &'static str,
    /// What it does, as `help` shows it.
    pub about: &'static str,
    /// The level it needs.
    pub level: Level,
    /// What else it needs.
    pub leave: Leave,
    /// First version that has it.
    pub since: Option<Version>,
    /// [`WORKER`], [`MASTER`] or both.
    pub sockets: u8,
    /// First version whose master has it, where that came later.
    of_master_since: Option<Version>,
    /// The sockets on which something is bound to it.
    acts: u8,
}

impl CommandRow {
    /// Words and arguments.
    #[must_use]
    pub fn usage(&self) -> String {
        let Self { name, arguments, .. } = self;
        let blank = if arguments.is_empty() { "" } else { " " };
        format!("{name}{blank}{arguments}")
    }

    /// Whether something runs it on that socket.
    #[must_use]
    pub fn acts_on(&self, socket: u8) -> bool {
        self.acts & socket != 0
    }

    /// The line of a listing; none when the language does not have the command.
    pub(super) fn listed(&self, dialect: Dialect) -> Option<String> {
        let knows = |since: Option<Version>| !dialect.strict || since.is_none_or(|v| v <= dialect.version);
        let of_master = self.sockets & MASTER != 0 && knows(self.of_master_since);
        let marks = [
            (of_master, "[MASTER] "),
            (self.sockets & WORKER != 0, "[WORKER] "),
            (self.leave == Leave::Expert, "[EXPERT] "),
            (self.leave == Leave::Experimental, "[EXPERIM] "),
        ];
        let marks: String = marks
            .iter()
            .filter(|(has, _)| *has)
            .map(|(_, mark)| *mark)
            .collect();
        // The blank at its end is the original's.
        knows(self.since).then(|| format!("{} {marks}\n", self.name))
    }

    const fn of_master(mut self) -> Self {
        self.sockets = MASTER;
        self
    }

    const fn of_both(mut self) -> Self {
        self.sockets = WORKER | MASTER;
        self
    }

    const fn of_master_since(mut self, major: u16, minor: u16) -> Self {
        self.of_master_since = Some(Version::new(major, minor));
        self.of_both()
    }

    const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }

    const fn for_experts(mut self) -> Self {
        self.leave = Leave::Expert;
        self
    }

    const fn experimental(mut self) -> Self {
        self.leave = Leave::Experimental;
        self
    }

    const fn acts(self) -> Self {
        let sockets = self.sockets;
        self.acts_in(sockets)
    }

    const fn acts_in(mut self, sockets: u8) -> Self {
        self.acts = sockets;
        self
    }
}

const fn row(name: &'static str, level: Level, arguments: &'static str, about: &'static str) -> CommandRow {
    CommandRow {
        name,
        arguments,
        about,
        level,
        leave: Leave::None,
        since: None,
        sockets: WORKER,
        of_master_since: None,
        acts: 0,
    }
}

use Level::{Admin, Operator, User};

/// All commands, by name.
#[rustfmt::skip] // A line for each row.
pub(super) const ROWS: &[CommandRow] = &[
    row("@!<pid>", User, "", "run a command in the process with that number").of_master().acts(),
    row("@<relative pid>", User, "", "run a command in a current worker, from 1").of_master().acts(),
    row("@master", User, "", "run a command in the master").of_master().acts(),
    row("_getsocks", Admin, "", "hand the listening sockets over").acts(),
    row("_loadstatus", Admin, "", "tell how the start went").since(2, 9).of_master(),
    row("_send_status", Admin, "", "tell the master that the worker is ready").since(3, 1).of_master(),
    row("abort ssl ca-file", Admin, "<cafile>", "drop what was prepared for a CA file").acts(),
    row("abort ssl cert", Admin, "<certfile>", "drop what was prepared for a certificate").acts(),
    row("abort ssl crl-file", Admin, "<crlfile>", "drop what was prepared for a CRL file").acts(),
    row("acme challenge_ready", Admin, "<crt> domain <dn>", "say that a challenge can be looked at").since(3, 2),
    row("acme renew", Admin, "<crt>", "ask for a new certificate now").since(3, 2),
    row("acme status", User, "", "show the certificates that ACME looks after").since(3, 2),
    row("add acl", User, "[@<ver>] <acl> <pattern>", "add a pattern").acts(),
    row("add backend", Admin, "<name> from <defproxy>", "make a backend").since(3, 4),
    row("add map", User, "[@<ver>] <map> <key> <val>", "add an entry (or those of a payload)").acts(),
    row("add server", Admin, "<bk>/<srv>", "make a server").acts(),
    row("add ssl ca-file", Admin, "<cafile> <payload>", "add certificates to a CA file").since(2, 8).acts(),
    row("add ssl crt-list", Admin, "<list> <cert> [opts]*", "add a line to a list of certificates").acts(),
    row("add ssl jwt", Admin, "<certfile>", "let JWTs be checked with a certificate").since(3, 3),
    row("clear acl", User, "[@<ver>] <acl>", "delete all patterns").acts(),
    row("clear counters", Operator, "[all]", "clear maxima of counters (or all counters)").acts(),
    row("clear map", User, "[@<ver>] <map>", "delete all entries").acts(),
    row("clear table", User, "<table> [<filter>]*", "delete entries of a stick table").acts(),
    row("commit acl", User, "@<ver> <acl>", "put a prepared version in place").acts(),
    row("commit map", User, "@<ver> <map>", "put a prepared version in place").acts(),
    row("commit ssl ca-file", Admin, "<cafile>", "put a prepared CA file in place").acts(),
    row("commit ssl cert", Admin, "<certfile>", "put a prepared certificate in place").acts(),
    row("commit ssl crl-file", Admin, "<crlfile>", "put a prepared CRL file in place").acts(),
    row("debug counters", Operator, "[<opts>]*", "show or reset counters of rare events").since(3, 0).acts(),
    row("debug dev abort", Admin, "", "end the process as a failed check would").since(3, 5).for_experts(),
    row("debug dev bug", Admin, "", "end the process as a fault would").for_experts(),
    row("debug dev check", Admin, "", "show what a failed check does").for_experts(),
    row("debug dev close", Admin, "<fd> [hard]", "close a file descriptor").for_experts(),
    row("debug dev deadlock", Admin, "[nbtask]", "make tasks that wait for each other").since(3, 0).for_experts(),
    row("debug dev delay", Admin, "[ms]", "sleep for some time").for_experts(),
    row("debug dev exit", Admin, "[code]", "end the process").for_experts(),
    row("debug dev fd", Admin, "", "show open file descriptors that are not used").for_experts(),
    row("debug dev hash", Operator, "[msg]", "hash a message with the cluster's secret").since(2, 7).acts(),
    row("debug dev hex", Admin, "<addr> [len]", "show memory").for_experts(),
    row("debug dev log", Admin, "[msg]", "send a message to the logs").for_experts(),
    row("debug dev loop", Admin, "<ms> [isolated|warn]", "keep a thread busy").for_experts(),
    row("debug dev panic", Admin, "", "end the process at once").for_experts(),
    row("debug dev sched", Admin, "<op> [k=v]*", "load the scheduler").for_experts(),
    row("debug dev stream", Admin, "[k=v]*", "change a stream").for_experts(),
    row("debug dev sym", Admin, "<addr>", "name the symbol at an address").for_experts(),
    row("debug dev task", Admin, "<ptr> [wake|expire|kill]", "show, wake or end a task").since(2, 7).for_experts(),
    row("debug dev tkill", Admin, "[thr] [sig]", "send a signal to a thread").for_experts(),
    row("debug dev warn", Admin, "", "count a warning").for_experts(),
    row("debug dev write", Admin, "[size]", "write that many bytes").for_experts(),
    row("del acl", User, "<acl> [<key>|#<ref>]", "delete a pattern").acts(),
    row("del backend", Admin, "<backend>", "delete a backend").since(3, 4),
    row("del map", User, "<map> [<key>|#<ref>]", "delete the entries of a key").acts(),
    row("del server", Admin, "<bk>/<srv>", "delete a server").acts(),
    row("del ssl ca-file", Admin, "<cafile>", "delete a CA file that is not in use").acts(),
    row("del ssl cert", Admin, "<certfile>", "delete a certificate that is not in use").acts(),
    row("del ssl crl-file", Admin, "<crlfile>", "delete a CRL file that is not in use").acts(),
    row("del ssl crt-list", Admin, "<list> <cert[:line]>", "delete a line of a list of certificates").acts(),
    row("del ssl jwt", Admin, "<certfile>", "let JWTs be checked with it no longer").since(3, 3),
    row("disable agent", Admin, "", "disable agent checks").acts(),
    row("disable dynamic-cookie backend", Admin, "<bk>", "give a backend no dynamic cookies").acts(),
    row("disable frontend", Admin, "<frontend>", "stop a frontend from accepting for now").acts(),
    row("disable health", Admin, "", "disable health checks").acts(),
    row("disable server", Admin, "(DEPRECATED)", "put a server in maintenance (use 'set server' instead)").acts(),
    row("dump ssl cert", Admin, "<certfile>", "show a certificate and its key in PEM").since(3, 2).acts(),
    row("dump stats-file", User, "", "show the counters as a file to start from").since(3, 0).acts(),
    row("echo", User, "[text]", "write a text back").since(3, 2).of_both().acts_in(WORKER),
    row("enable agent", Admin, "", "enable agent checks").acts(),
    row("enable dynamic-cookie backend", Admin, "<bk>", "give a backend dynamic cookies").acts(),
    row("enable frontend", Admin, "<frontend>", "let a disabled frontend accept again").acts(),
    row("enable health", Admin, "", "enable health checks").acts(),
    row("enable server", Admin, " (DEPRECATED)", "take a server out of maintenance (use 'set server' instead)").acts(),
    row("experimental-mode", Admin, "[on|off]", "show, give or end leave to use experimental commands").of_both().acts_in(WORKER),
    row("expert-mode", Admin, "[on|off]", "show, give or end leave to use commands for experts").of_both().acts_in(WORKER),
    row("get acl", User, "<acl> <value>", "show what a sample matches").acts(),
    row("get map", User, "<map> <value>", "show what a map gives for a sample").acts(),
    row("get var", Operator, "<name>", "show a variable of the process").acts(),
    row("get weight", User, "<bk>/<srv>", "show a server's weight and the file's").acts(),
    row("hard-reload", Admin, "", "read the files anew, and end old workers at once").since(2, 7).of_master(),
    row("help", User, "[<command>]", "list matching or all commands").of_both().acts(),
    row("httpclient", Admin, "<method> <URI>", "send a request").for_experts(),
    row("mcli-debug-mode", Admin, "[on|off]", "let the master take a worker's commands").of_master(),
    row("new ssl ca-file", Admin, "<cafile>", "make a new CA file").acts(),
    row("new ssl cert", Admin, "<certfile>", "make a new certificate").acts(),
    row("new ssl crl-file", Admin, "<crlfile>", "make a new CRL file").acts(),
    row("operator", Operator, "", "lower this session's level to operator").of_both().acts(),
    row("prepare acl", User, "<acl>", "make a new version to fill").acts(),
    row("prepare map", User, "<map>", "make a new version to fill").acts(),
    row("prompt", User, "", "toggle interactive mode with prompt").of_both().acts(),
    row("publish backend", Admin, "<bk>", "let rules choose a backend again").since(3, 4).acts(),
    row("quit", User, "", "disconnect").of_both().acts(),
    row("reload", Admin, "", "read the files anew and replace the worker").of_master().acts(),
    row("set anon global-key", Admin, "<value>", "set the key that hides names").since(2, 7).acts(),
    row("set anon off", User, "", "show names as they are").since(2, 7).acts(),
    row("set anon on", User, "[value]", "hide names in answers").since(2, 7).acts(),
    row("set dynamic-cookie-key backend", Admin, "<bk> <k>", "set a backend's key for dynamic cookies").acts(),
    row("set map", User, "<map> [<key>|#<ref>] <value>", "change the value of a key").acts(),
    row("set maxconn frontend", Admin, "<frontend> <value>", "change a frontend's maxconn").acts(),
    row("set maxconn global", Admin, "<value>", "change the process's maxconn").acts(),
    row("set maxconn server", Admin, "<bk>/<srv>", "change a server's maxconn").acts(),
    row("set profiling", Admin, "<what> {auto|on|off}", "switch profiling").acts(),
    row("set rate-limit", Admin, "<setting> <value>", "change a limit of a rate").acts(),
    row("set server", Admin, "<bk>/<srv> [opts]", "change a server's state, weight, health or address").acts(),
    row("set severity-output", User, "[none|number|string]", "put the severity in front of messages").acts(),
    row("set ssl ca-file", Admin, "<cafile> <payload>", "prepare a CA file").acts(),
    row("set ssl cert", Admin, "<certfile> <payload>", "prepare a certificate").acts(),
    row("set ssl crl-file", Admin, "<crlfile> <payload>", "prepare a CRL file").acts(),
    row("set ssl ocsp-response", User, "<resp|payload>", "set a certificate's OCSP response").acts(),
    row("set ssl tls-key", User, "[id|file] <key>", "set the next key of TLS tickets").acts(),
    row("set table", User, "<table> key <k> [data.* <v>]*", "set data of a stick table's entry").acts(),
    row("set timeout", User, "[cli] <delay>", "change this session's timeout").acts(),
    row("set var", Admin, "<name> [fmt|expr] {<fmt>|<expr>}", "set a variable of the process").experimental().acts(),
    row("set weight", Admin, "<bk>/<srv>  (DEPRECATED)", "change a server's weight (use 'set server' instead)").acts(),
    row("show acl", User, "[[@<ver>] <acl>]", "list ACLs, or the patterns of one").acts(),
    row("show activity", User, "[-1|0|thread_num]", "show what the threads do").acts(),
    row("show anon", User, "", "show whether names are hidden").since(2, 7).acts(),
    row("show backend", User, "", "list the backends").acts(),
    row("show cache", Operator, "", "show the caches and what is in them").acts(),
    row("show cli level", User, "", "show this session's level").of_both().acts(),
    row("show cli sockets", User, "", "list the stats sockets").of_both().acts(),
    row("show default-server", Operator, "[<backend>]", "show the defaults of servers").since(3, 5),
    row("show defaults", Operator, "", "list the defaults sections").since(3, 5),
    row("show dev", Operator, "", "show what developers ask for first").since(2, 8).acts(),
    row("show env", Operator, "[var]", "show the environment of the process").of_master_since(3, 2).acts_in(WORKER),
    row("show errors", Operator, "[<px>] [request|response]", "show the last bad messages").acts(),
    row("show events", Operator, "[<sink>] [-w] [-n] [-0]", "show event sink state").acts(),
    row("show fd", Operator, "[-!plcfbsd]* [num]", "show open file descriptors").acts(),
    row("show info", User, "[desc|json|typed]*", "show figures of the process").acts(),
    row("show libs", Operator, "", "show the libraries in use").acts(),
    row("show map", User, "[[@<ver>] <map>]", "list maps, or the entries of one").acts(),
    row("show peers", User, "[dict|-] [section]", "show the state of peers").acts(),
    row("show pools", User, "[by*] [match <pfx>] [nb]", "show what memory is used for").acts(),
    row("show proc", User, "", "show the processes").of_master().acts(),
    row("show profiling", Operator, "[<what>|<#lines>|<opts>]*", "show what profiling found").acts(),
    row("show resolvers", User, "[id]", "show counters of name servers").acts(),
    row("show schema json", User, "", "show the schema of the JSON answers").acts(),
    row("show servers conn", User, "[<backend>]", "show servers' connections").acts(),
    row("show servers state", User, "[<backend>]", "show the servers' states").acts(),
    row("show sess", Operator, "[<id>|help|<opts>]", "list streams, or show one").acts(),
    row("show ssl ca-file", User, "[<cafile>[:<index>]]", "show CA files").acts(),
    row("show ssl cert", User, "[<certfile>]", "show certificates").acts(),
    row("show ssl crl-file", User, "[<crlfile[:<index>>]]", "show CRL files").acts(),
    row("show ssl crt-list", Admin, "[-n] [<list>]", "show lists of certificates").acts(),
    row("show ssl jwt", User, "", "show what JWTs may be checked with").since(3, 3),
    row("show ssl ocsp-response", User, "[id]", "show OCSP responses").acts(),
    row("show ssl ocsp-updates", User, "", "show when OCSP responses are asked for").since(2, 8),
    row("show ssl providers", User, "", "show OpenSSL's providers"),
    row("show ssl sni", User, "[-f <frontend>] [-A]", "show names and their certificates").since(3, 2).acts(),
    row("show startup-logs", Operator, "", "show what was reported while starting").of_master_since(2, 7).acts_in(WORKER),
    row("show stat", User, "[desc|json|no-maint|typed|up]*", "show the counters of proxies and servers").acts(),
    row("show table", User, "<table> [<filter>]*", "show a stick table's entries").acts(),
    row("show tasks", User, "", "show the tasks that run").acts(),
    row("show threads", User, "", "show what each thread is at").acts(),
    row("show tls-keys", User, "[id|*]", "show keys of TLS tickets").acts(),
    row("show trace", Operator, "[<module>]", "show what is traced").acts(),
    row("show version", User, "", "show the version of the process").of_both().acts(),
    row("shutdown frontend", Admin, "<frontend>", "stop a frontend for good").acts(),
    row("shutdown session", Admin, "[id]", "end a session").acts(),
    row("shutdown sessions server", Admin, "<bk>/<srv>", "end a server's sessions").acts(),
    row("trace", Operator, "[<module>|0] [cmd [args...]]", "trace what goes on").acts(),
    row("unpublish backend", Admin, "<bk>", "let rules choose a backend no longer").since(3, 4).acts(),
    row("update ssl ocsp-response", User, "<certfile>", "ask for an OCSP response now").since(2, 8),
    row("user", User, "", "lower this session's level to user").of_both().acts(),
    row("wait", User, "{-h|<delay>} [cond [args...]]", "wait for a time or a condition").since(3, 0).acts(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_in_order_and_their_usage_fits_the_columns_of_help() {
        for pair in ROWS.windows(2) {
            assert!(pair[0].name < pair[1].name, "{}", pair[1].name);
        }
        for row in ROWS {
            assert!(row.usage().len() <= 40, "{}", row.usage());
            assert!(!row.about.is_empty(), "{}", row.name);
            assert!(row.acts & !row.sockets == 0, "{}", row.name);
        }
    }
}
