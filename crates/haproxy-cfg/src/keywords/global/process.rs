//! Rows of `global`: the process, its user, its environment, and what holds for all of it.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{
    FLAG, FOLDER, HARDEN, LOG_TARGET, NODE_NAME, PATH_MODES, STATS, STATUS_RANGES, UNIX_OPTIONS, VARIABLE,
    WANTS_INT, WANTS_TIME,
};
use crate::parse::environment::environment;
use crate::parse::{global as g, log};
use crate::signature::{
    IGNORED, Kind, MILLIS, arg, choice, ignored_before, int, list, loose, millis, one_of, opt, options, path,
    text,
};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("anonkey", GLOBAL, ANY, "key by which names are hidden").takes(&[int("key", 0, 4294967295)])
    .since(2, 7)
    .acts(g::anonymous_key),
    kw("busy-polling", GLOBAL, ANY, "poll without a pause").takes(FLAG),
    kw("ca-base", GLOBAL, ANY, "folder of relative authority paths").takes(FOLDER)
    .acts(g::base),
    kw("chroot", GLOBAL, ANY, "folder that becomes the root").takes(&[path("path").missing("'{kw}' expects a directory as an argument.")])
    .acts(g::chroot),
    kw("close-spread-time", GLOBAL, ANY, "time over which idle connections are closed in a soft stop").takes(&[arg("time", Kind::OrWord(&["infinite"], &MILLIS)).missing(WANTS_TIME), IGNORED])
    .acts(g::close_spread_time),
    kw("cluster-secret", GLOBAL, ANY, "secret that all nodes share").takes(&[text("secret").missing("expects an ASCII string argument.")])
    .keeps(g::cluster_secret),
    kw("crt-base", GLOBAL, ANY, "folder of relative certificate paths").takes(FOLDER)
    .acts(g::base),
    kw("daemon", GLOBAL, ANY, "go to the background").takes(FLAG)
    .acts(g::daemon),
    kw("default-path", GLOBAL, ANY, "what relative paths start from").takes(&[choice("mode", PATH_MODES).missing("missing default-path mode '' for '{kw}', supported modes include 'current', 'config', 'parent', and 'origin'.").wrong("unsupported default-path mode '{got}' for '{kw}', supported modes include 'current', 'config', 'parent', and 'origin'."), IGNORED]),
    kw("description", GLOBAL, ANY, "free text for statistics").takes(&[text("text").many().missing("'{kw}' expects a string argument.").tight()])
    .acts(g::description),
    kw("dns-accept-family", GLOBAL, ANY, "address families that are looked up").takes(&[list("families", &["ipv4", "ipv6", "auto"]).words("'{kw}' expects a comma-delimited list of 'ipv4' and 'ipv6' but got '{got}'.")])
    .since(3, 2),
    kw("expose-deprecated-directives", GLOBAL, ANY, "allow what will be dropped").takes(&[ignored_before(3, 1)])
    .since(3, 0)
    .keeps(g::expose_deprecated),
    kw("expose-experimental-directives", GLOBAL, ANY, "allow what is an experiment").takes(&[ignored_before(3, 1)])
    .keeps(g::expose_experimental),
    kw("external-check", GLOBAL, ANY, "allow checks by programs").takes(&[one_of("environment", &["preserve-env"]).optional().wrong("'{kw}' only supports 'preserve-env' as an argument, found '{got}'.")])
    .acts(g::allow_external_check),
    kw("force-cfg-parser-pause", GLOBAL, ANY, "pause while the file is read, for tests").takes(&[arg("time", Kind::Custom(g::IDLE_TIME)).missing("'{kw}' expects a timer value between 0 and 65535 ms.")])
    .since(3, 2)
    .keeps(g::experimental),
    kw("gid", GLOBAL, ANY, "group number to become").takes(&[arg("number", Kind::Custom(g::ID)).missing(WANTS_INT)])
    .acts(g::numeric_id),
    kw("grace", GLOBAL, ANY, "time between the order to stop and stopping").takes(&[millis("time").missing(WANTS_TIME), IGNORED])
    .acts(g::grace),
    kw("group", GLOBAL, ANY, "group to become").takes(&[arg("name", Kind::Rest(g::GROUP_NAME))])
    .acts(g::group),
    kw("h1-accept-payload-with-any-method", GLOBAL, ANY, "allow a body with any method").takes(FLAG)
    .acts(g::any_payload),
    kw("h1-case-adjust", GLOBAL, ANY, "letter case of a header").takes(&[text("from").missing("'{kw}' expects <from> and <to> as argument."), text("to").missing("'{kw}' expects <from> and <to> as argument.")])
    .acts(g::case_adjust),
    kw("h1-case-adjust-file", GLOBAL, ANY, "file with the letter case of headers").takes(&[path("path").missing("'{kw}' expects <file> as argument.")])
    .acts(g::case_adjust_file),
    kw("h1-do-not-close-on-insecure-transfer-encoding", GLOBAL, ANY, "go on after a dubious transfer encoding").takes(FLAG)
    .since(3, 0),
    kw("h2-workaround-bogus-websocket-clients", GLOBAL, ANY, "no websockets over HTTP/2").takes(FLAG)
    .acts(g::no_websocket_in_http2),
    kw("hard-stop-after", GLOBAL, ANY, "longest time that a soft stop may take").takes(&[millis("time").missing(WANTS_TIME), IGNORED])
    .acts(g::hard_stop_after),
    kw("harden.reject-privileged-ports.quic", GLOBAL, ANY, "ignore clients with low ports, QUIC").takes(HARDEN)
    .since(2, 9),
    kw("harden.reject-privileged-ports.tcp", GLOBAL, ANY, "ignore clients with low ports, TCP").takes(HARDEN)
    .since(2, 9),
    kw("http-err-codes", GLOBAL, ANY, "status codes that count as errors").takes(STATUS_RANGES)
    .since(3, 0),
    kw("http-fail-codes", GLOBAL, ANY, "status codes that count as failures").takes(STATUS_RANGES)
    .since(3, 0),
    kw("insecure-fork-wanted", GLOBAL, ANY, "allow new processes").takes(FLAG)
    .acts(g::allow_forks),
    kw("insecure-setuid-wanted", GLOBAL, ANY, "allow programs that change their user").takes(FLAG),
    kw("localpeer", GLOBAL, ANY, "name of this node among peers").takes(&[text("name").missing("'{kw}' expects a name as an argument.")])
    .acts(g::local_peer),
    kw("log", GLOBAL, ANY, "where logs go").takes(LOG_TARGET)
    .acts(log::global_log),
    kw("log-send-hostname", GLOBAL, ANY, "host name in log headers").takes(&[text("name").optional(), IGNORED])
    .acts(g::log_send_hostname),
    kw("log-tag", GLOBAL, ANY, "tag of log lines").takes(&[text("tag").missing("'{kw}' expects a tag for use in syslog.")])
    .acts(log::log_tag),
    kw("node", GLOBAL, ANY, "name of this node").takes(&[arg("name", Kind::Custom(g::NODE)).missing(NODE_NAME).tight()])
    .acts(g::node),
    kw("noepoll", GLOBAL, ANY, "no epoll").takes(FLAG),
    kw("noevports", GLOBAL, ANY, "no event ports").takes(FLAG),
    kw("nogetaddrinfo", GLOBAL, ANY, "names without getaddrinfo").takes(FLAG),
    kw("nokqueue", GLOBAL, ANY, "no kqueue").takes(FLAG),
    kw("nopoll", GLOBAL, ANY, "no poll").takes(FLAG),
    kw("noreuseport", GLOBAL, ANY, "no SO_REUSEPORT").takes(FLAG)
    .acts(g::noreuseport),
    kw("nosplice", GLOBAL, ANY, "no splicing").takes(FLAG)
    .acts(g::nosplice),
    kw("pidfile", GLOBAL, ANY, "file for the process id").takes(&[path("path").missing("'{kw}' expects a file name as an argument.")])
    .acts(g::pidfile),
    kw("pp2-never-send-local", GLOBAL, ANY, "no LOCAL in PROXY headers of checks").takes(FLAG),
    kw("presetenv", GLOBAL, ANY, "set an environment variable unless it is set").takes(VARIABLE)
    .acts(environment),
    kw("profiling.tasks", GLOBAL, ANY, "measure tasks").takes(&[one_of("switch", &["on", "auto", "off"]).words("'{kw}' expects either 'on', 'auto', or 'off' but got '{got}'.")])
    .acts(g::measure_tasks),
    kw("quiet", GLOBAL, ANY, "no messages at start").takes(FLAG)
    .acts(g::quiet),
    kw("resetenv", GLOBAL, ANY, "unset all other environment variables").takes(&[text("names").any()])
    .acts(environment),
    kw("server-state-base", GLOBAL, ANY, "folder of state files").takes(&[path("path").missing("'{kw}' expects one argument: a directory path."), IGNORED])
    .acts(g::state_base),
    kw("server-state-file", GLOBAL, ANY, "file of server states").takes(&[path("path").missing("'{kw}' expect one argument: a file path."), IGNORED])
    .acts(g::state_file),
    kw("set-dumpable", GLOBAL, ANY, "core dumps are allowed").takes(&[options(&[opt("on", &[]).since(3, 3), opt("off", &[]).since(3, 3), opt("libs", &[]).since(3, 3)])])
    .acts(g::dumpable),
    kw("set-var", GLOBAL, ANY, "value of a variable of the process").takes(&[arg("assignment", Kind::Rest(g::SET_VAR))])
    .acts(g::set_variable),
    kw("set-var-fmt", GLOBAL, ANY, "value of a variable of the process, as a format").takes(&[arg("assignment", Kind::Rest(g::SET_VAR_FMT))])
    .acts(g::set_variable),
    kw("setcap", GLOBAL, ANY, "capabilities that are kept").takes(&[arg("names", Kind::Custom(g::CAPABILITIES)).missing("'{kw}' : missing capability name(s).  Supported ones are: cap_net_raw, cap_net_admin, cap_net_bind_service and cap_sys_admin."), IGNORED])
    .since(2, 9),
    kw("setenv", GLOBAL, ANY, "set an environment variable").takes(VARIABLE)
    .acts(environment),
    kw("shm-stats-file", GLOBAL, ANY, "file of counters that processes share").takes(&[path("path").missing("'{kw}' expect one argument: a file path."), IGNORED])
    .since(3, 3),
    kw("shm-stats-file-max-objects", GLOBAL, ANY, "objects in the file of counters").takes(&[loose("number", i64::MIN, i64::MAX).missing("'{kw}' expect one argument: max objects number."), IGNORED])
    .since(3, 3),
    kw("stats", GLOBAL, ANY, "the admin socket").takes(STATS)
    .acts(g::stats),
    kw("stats-file", GLOBAL, ANY, "counters that are taken over at start").takes(&[path("path")])
    .since(3, 0)
    .acts(g::stats_file),
    kw("stress-level", GLOBAL, ANY, "artificial load, for tests").takes(&[int("level", 0, 9).missing("'{kw}' expects a level as an argument.").wrong("'{kw}' level must be between 0 and 9 inclusive.")])
    .since(3, 2),
    kw("uid", GLOBAL, ANY, "user number to become").takes(&[arg("number", Kind::Custom(g::ID)).missing(WANTS_INT)])
    .acts(g::numeric_id),
    kw("unix-bind", GLOBAL, ANY, "defaults of unix sockets").takes(&[choice("option", UNIX_OPTIONS).any().wrong("'{kw}' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.")]),
    kw("unsetenv", GLOBAL, ANY, "unset environment variables").takes(&[text("names").many().missing("'{kw}' expects at least one variable name.").tight()])
    .acts(environment),
    kw("user", GLOBAL, ANY, "user to become").takes(&[arg("name", Kind::Rest(g::USER_NAME))])
    .acts(g::user),
    kw("warn-blocked-traffic-after", GLOBAL, ANY, "time after which a thread that does not go on is told").takes(&[arg("time", Kind::Custom(g::BLOCKED_TIME)).missing("'{kw}' expects <time> as argument between 1 and 1000 ms."), IGNORED])
    .since(3, 0),
    kw("zero-warning", GLOBAL, ANY, "refuse a file with warnings").takes(FLAG)
    .acts(g::zero_warning),
];
