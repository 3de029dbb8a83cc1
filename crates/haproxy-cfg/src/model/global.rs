//! The `global` section (manual, section 3).

use syntax::Span;

use super::{Bind, CpuMap, Format, LogTarget, Millis, Sample, StoredCertificate, TlsVersion, Variable, Word};

/// Process-wide settings; none where the file says nothing.
#[derive(Clone, Debug, Default)]
pub struct Global {
    /// A format names the addresses of connections to servers: they cost a question to the system for each connection.
    pub names_server_addresses: bool,
    /// A sample is of the TLS handshake with a server, or of the server's certificate.
    pub names_server_handshakes: bool,
    /// A sample is how the way to a server is (`bc_rtt`, `bc_rttvar`): the system is asked for it with each request.
    pub measures_servers: bool,
    /// A sample is how many connections a bind line has (`dst_conn`).
    pub counts_binds: bool,
    /// A sample is how often a session was at work, and for how long (`cpu_calls` and its kin).
    pub counts_calls: bool,
    /// `profiling.tasks on`: the times of such work are taken as well.
    pub measures_tasks: bool,
    /// `log` targets, which proxies take over with `log global`.
    pub logs: Vec<LogTarget>,
    /// `log-tag`, `haproxy` when none.
    pub log_tag: Option<Word>,
    /// `log-send-hostname`: the outer option is the keyword, the inner one its argument.
    pub log_send_hostname: Option<Option<Word>>,
    /// `chroot`.
    pub chroot: Option<Word>,
    /// `pidfile`.
    pub pidfile: Option<Word>,
    /// `maxconn`.
    pub maxconn: Option<u32>,
    /// `user`.
    pub user: Option<Word>,
    /// `group`.
    pub group: Option<Word>,
    /// `uid`, or that of `user`.
    pub uid: Option<u32>,
    /// `gid`, or that of `group`.
    pub gid: Option<u32>,
    /// `daemon`.
    pub daemon: bool,
    /// `quiet`.
    pub quiet: bool,
    /// `zero-warning`: a file with warnings is refused.
    pub zero_warning: bool,
    /// `debug` (dialects before 2.3).
    pub debug: bool,
    /// `master-worker`.
    pub master_worker: bool,
    /// `anonkey`: the key by which names are hidden; 0 is none.
    pub anonymous_key: u32,
    /// `cpu-map`, in order.
    pub cpu_maps: Vec<CpuMap>,
    /// `fd-hard-limit`: descriptors that are used at most where nothing else says how many.
    pub descriptors_at_most: Option<u64>,
    /// `nbthread`.
    pub nbthread: Option<u32>,
    /// `nbproc` (dialects before 2.5), run as that many threads.
    pub nbproc: Option<u32>,
    /// `ulimit-n`.
    pub ulimit_n: Option<u64>,
    /// `stats socket` lines.
    pub stats_sockets: Vec<Bind>,
    /// `stats timeout`, 10 s when none.
    pub stats_timeout: Option<Millis>,
    /// `stats maxconn`, 10 when none.
    pub stats_maxconn: Option<u32>,
    /// `hard-stop-after`.
    pub hard_stop_after: Option<Millis>,
    /// `close-spread-time`.
    pub close_spread: Option<CloseSpread>,
    /// `grace`: how long connections are still taken after the order to stop.
    pub grace: Option<Millis>,
    /// `node`.
    pub node: Option<Word>,
    /// `description`.
    pub description: Option<Word>,
    /// `spread-checks`, percent.
    pub spread_checks: u32,
    /// `max-spread-checks`.
    pub max_spread_checks: Option<Millis>,
    /// `ssl-default-bind-*`.
    pub ssl_default_bind: SslDefaults,
    /// `ssl-default-server-*`.
    pub ssl_default_server: SslDefaults,
    /// `ssl-server-verify none`: certificates of servers are not verified, where their lines do not ask for it.
    pub ssl_server_verify_none: bool,
    /// Certificates of `crt-store`, and others with parts in files of their own.
    pub stored_certificates: Vec<StoredCertificate>,
    /// `ssl-load-extra-files` and `ssl-load-extra-del-ext`.
    pub ssl_extra: ExtraFiles,
    /// `issuers-chain-path`: a folder of certificates that complete chains.
    pub issuers: Option<Word>,
    /// `crt-base`.
    pub crt_base: Option<Word>,
    /// `key-base`: where relative paths of keys begin.
    pub key_base: Option<Word>,
    /// `ca-base`.
    pub ca_base: Option<Word>,
    /// `strict-limits` (on since 2.3).
    pub strict_limits: Option<bool>,
    /// `h1-case-adjust`: names in lower case, and as they are sent to bogus clients and servers.
    pub header_cases: Vec<(Word, Word)>,
    /// Those of the last `h1-case-adjust-file`.
    pub file_header_cases: Vec<(Word, Word)>,
    /// `h1-accept-payload-with-any-method`.
    pub any_payload: bool,
    /// `h2-workaround-bogus-websocket-clients`: clients are not told that WebSockets may come over HTTP/2.
    pub no_websocket_in_http2: bool,
    /// `nosplice`, or `-dS`: no data is forwarded by the kernel alone.
    pub nosplice: bool,
    /// `noreuseport`: each address is listened on with one socket.
    pub noreuseport: bool,
    /// `set-dumpable`: a process that gave up root may leave a core file.
    pub dumpable: bool,
    /// `mworker-max-reloads`: a worker that outlived more of them is ended; none lets it live.
    pub max_reloads: Option<u32>,
    /// `maxpipes`: pipes for that, of all threads; a quarter of `maxconn` when none.
    pub maxpipes: Option<u32>,
    /// `maxconnrate` and its kin.
    pub rates: RateLimits,
    /// `maxsslconn`: TLS connections of clients at once.
    pub maxsslconn: Option<u32>,
    /// `set-var` and `set-var-fmt`, in their order.
    pub variables: Vec<Preset>,
    /// `tune.*`.
    pub tune: Tune,
}

/// Which files beside a certificate are loaded with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExtraFiles {
    /// `.rsa`, `.ecdsa` and `.dsa` in the place of a file that is not there.
    pub bundle: bool,
    /// `.key`.
    pub key: bool,
    /// `.ocsp`.
    pub ocsp: bool,
    /// `.issuer`.
    pub issuer: bool,
    /// They stand beside the name without its `.crt`.
    pub without_extension: bool,
}

impl Default for ExtraFiles {
    fn default() -> Self {
        Self {
            bundle: true,
            key: true,
            ocsp: true,
            issuer: true,
            without_extension: false,
        }
    }
}

/// A variable of the process that is set at start.
#[derive(Clone, Debug)]
pub struct Preset {
    /// Which.
    pub variable: Variable,
    /// To what.
    pub value: PresetValue,
    /// The line.
    pub span: Span,
}

/// What a variable is set to.
#[derive(Clone, Debug)]
pub enum PresetValue {
    /// What an expression gives (`set-var`); where that is nothing, the variable is not set.
    Sample(Box<Sample>),
    /// A text (`set-var-fmt`).
    Format(Box<Format>),
}

/// How much may begin in a second, of the whole process; any number when none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RateLimits {
    /// `maxconnrate`: connections that are accepted.
    pub connections: Option<u32>,
    /// `maxsessrate`: sessions.
    pub sessions: Option<u32>,
    /// `maxsslrate`: TLS handshakes of clients.
    pub tls: Option<u32>,
}

/// `ssl-default-bind-*` or `ssl-default-server-*`.
#[derive(Clone, Debug, Default)]
pub struct SslDefaults {
    /// `…-ciphers`.
    pub ciphers: Option<Word>,
    /// `…-ciphersuites`.
    pub ciphersuites: Option<Word>,
    /// `…-curves`.
    pub curves: Option<Word>,
    /// From `…-options`.
    pub min_ver: Option<TlsVersion>,
    /// From `…-options`.
    pub max_ver: Option<TlsVersion>,
    /// From `…-options`: `no-tls-tickets` (false) or `tls-tickets` (true).
    pub tickets: Option<bool>,
    /// `…-sigalgs`.
    pub sigalgs: Option<Word>,
    /// `…-client-sigalgs`.
    pub client_sigalgs: Option<Word>,
    /// From `…-options`: `prefer-client-ciphers`.
    pub prefer_client_ciphers: bool,
    /// From `…-options`: `strict-sni` or `no-strict-sni`.
    pub strict_sni: Option<bool>,
    /// From `…-options`: `ssl-reuse` or `no-ssl-reuse`.
    pub reuse: Option<bool>,
}

/// `tune.ssl.*` values that are acted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TlsTune {
    /// `lifetime`: seconds for which a session may be resumed.
    pub lifetime: u32,
    /// `cachesize`: sessions of clients without tickets that are remembered; 0 remembers none.
    pub cache_size: u32,
    /// `hard-maxrecord`: bytes of a record at most; 0 is what the protocol allows.
    pub hard_max_record: u32,
    /// `capture-buffer-size`: bytes of a ClientHello that are kept for samples; 0 keeps none.
    pub capture: u32,
    /// `keylog`: the secrets of connections are kept for samples.
    pub keylog: bool,
    /// `ssl-ctx-cache-size`: certificates that were made and are remembered.
    pub made_certificates: u32,
}

impl Default for TlsTune {
    fn default() -> Self {
        Self {
            lifetime: 300,
            cache_size: 20_000,
            hard_max_record: 0,
            capture: 0,
            keylog: false,
            made_certificates: 1000,
        }
    }
}

/// `tune.*` values that are acted on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tune {
    /// `tune.bufsize`, bytes.
    pub bufsize: u32,
    /// `tune.maxrewrite`, bytes that a head may not use so that it can be edited.
    pub maxrewrite: u32,
    /// `tune.http.maxhdr`.
    pub http_maxhdr: u32,
    /// `tune.http.cookielen`, bytes of a cookie that are captured at most; 63 unless given.
    pub http_cookielen: u32,
    /// `tune.http.logurilen`, bytes of the request line that are logged; 1023 unless given.
    pub http_logurilen: u32,
    /// `tune.peers.max-updates-at-once`.
    pub peers_updates: u32,
    /// `tune.maxaccept`.
    pub maxaccept: Option<i32>,
    /// `tune.rcvbuf.client`, `tune.sndbuf.client`.
    pub clients: SocketBuffers,
    /// `tune.rcvbuf.server`, `tune.sndbuf.server`.
    pub servers: SocketBuffers,
    /// `tune.pipesize`, bytes.
    pub pipesize: Option<u32>,
    /// `tune.stick-counters`: how many entries a stream may track.
    pub stick_counters: u32,
    /// `tune.vars.*-max-size`.
    pub vars: VariableSizes,
    /// `tune.h2.*`.
    pub h2: Http2Tune,
    /// `tune.ssl.*`.
    pub tls: TlsTune,
}

/// What the system keeps for a connection at most; none leaves that to the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SocketBuffers {
    /// Of what came and is not read, bytes.
    pub receive: Option<u32>,
    /// Of what was sent and has not arrived, bytes.
    pub send: Option<u32>,
}

/// What is said of connections of HTTP/2 (`tune.h2.*`); those to clients have words of their own since 2.8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Http2Tune {
    /// `header-table-size`, bytes of fields that a peer may refer back to.
    pub header_table_size: u32,
    /// `initial-window-size`, bytes that a stream may send before it waits.
    pub initial_window_size: u32,
    /// `fe.initial-window-size`.
    pub fe_initial_window_size: Option<u32>,
    /// `max-concurrent-streams`.
    pub max_concurrent_streams: u32,
    /// `be.initial-window-size`.
    pub be_initial_window_size: Option<u32>,
    /// `be.max-concurrent-streams`.
    pub be_max_concurrent_streams: Option<u32>,
    /// `fe.max-concurrent-streams`.
    pub fe_max_concurrent_streams: Option<u32>,
    /// `fe.max-total-streams`: streams after which a client is asked to connect anew; 0 is any number.
    pub fe_max_total_streams: u32,
    /// `max-frame-size`, bytes.
    pub max_frame_size: u32,
    /// `fe.glitches-threshold`: how much may be odd about a client before its connection is cut; 0 is anything.
    pub fe_glitches_threshold: u32,
    /// `be.glitches-threshold`: the same of a server.
    pub be_glitches_threshold: u32,
    /// `fe.rxbuf`: bytes that a client may send that nobody has read yet, over all streams.
    pub fe_rxbuf: Option<u32>,
    /// `be.rxbuf`: the same of a server.
    pub be_rxbuf: Option<u32>,
}

impl Default for Http2Tune {
    fn default() -> Self {
        Self {
            header_table_size: 4096,
            initial_window_size: 65536,
            fe_initial_window_size: None,
            be_initial_window_size: None,
            be_max_concurrent_streams: None,
            max_concurrent_streams: 100,
            fe_max_concurrent_streams: None,
            fe_max_total_streams: 0,
            max_frame_size: 16384,
            fe_glitches_threshold: 0,
            be_glitches_threshold: 0,
            fe_rxbuf: None,
            be_rxbuf: None,
        }
    }
}

/// Bytes that variables may take; 0 is any number. What is counted in one scope is counted in those around it as well.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VariableSizes {
    /// `tune.vars.global-max-size`: all.
    pub global: u64,
    /// `tune.vars.proc-max-size`: scope `proc`.
    pub process: u64,
    /// `tune.vars.sess-max-size`: scope `sess`.
    pub session: u64,
    /// `tune.vars.txn-max-size`: scope `txn`.
    pub transaction: u64,
    /// `tune.vars.reqres-max-size`: scopes `req` and `res`.
    pub request: u64,
}

impl Default for Tune {
    fn default() -> Self {
        Self {
            bufsize: 16384,
            maxrewrite: 1024,
            http_maxhdr: 101,
            http_cookielen: 63,
            http_logurilen: 1023,
            peers_updates: 200,
            maxaccept: None,
            clients: SocketBuffers::default(),
            servers: SocketBuffers::default(),
            pipesize: None,
            stick_counters: 3,
            vars: VariableSizes::default(),
            h2: Http2Tune::default(),
            tls: TlsTune::default(),
        }
    }
}

/// Over how long clients' connections are ended in a soft stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseSpread {
    /// Over that time.
    Over(Millis),
    /// They are left alone: clients or timeouts end them.
    Never,
}
