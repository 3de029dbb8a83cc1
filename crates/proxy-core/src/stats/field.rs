//! The columns of the statistics, in the order of `show stat` (management guide, section 9.1): names, tags of the typed formats
//! and what they mean.

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Its name in the CSV head.
    pub name: &'static str,
    /// Origin, nature and scope as the typed format writes them (management guide, section 9.2).
    pub tags: &'static str,
    /// What it holds.
    pub about: &'static str,
}

/// Declares the columns: an index constant and a row of [`COLUMNS`] each.
macro_rules! columns {
    ($($index:ident $name:literal $tags:literal $about:literal,)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(usize)]
        enum Index { $($index,)* COUNT }
        $(
            #[doc = $about]
            pub const $index: usize = Index::$index as usize;
        )*
        /// How many columns there are.
        pub const COUNT: usize = Index::COUNT as usize;
        /// The columns in order.
        pub static COLUMNS: [Column; COUNT] = [$(Column { name: $name, tags: $tags, about: $about },)*];
    };
}

columns! {
    PXNAME "pxname" "KNS" "name of the proxy",
    SVNAME "svname" "KNS" "name of the server or listener, or FRONTEND, BACKEND",
    QCUR "qcur" "MGP" "requests that wait in the queue now",
    QMAX "qmax" "MMP" "most requests that ever waited in the queue",
    SCUR "scur" "MGP" "sessions now",
    SMAX "smax" "MMP" "most sessions ever",
    SLIM "slim" "CLP" "limit of sessions: maxconn, of a backend fullconn",
    STOT "stot" "MCP" "sessions so far",
    BIN "bin" "MCP" "bytes of requests so far",
    BOUT "bout" "MCP" "bytes of responses so far",
    DREQ "dreq" "MCP" "requests denied so far",
    DRESP "dresp" "MCP" "responses denied so far",
    EREQ "ereq" "MCP" "invalid requests so far",
    ECON "econ" "MCP" "failed connections to servers so far",
    ERESP "eresp" "MCP" "invalid responses so far",
    WRETR "wretr" "MCP" "connections tried again so far",
    WREDIS "wredis" "MCP" "requests sent to another server so far",
    STATUS "status" "SGP" "state of the frontend, listener, server or backend",
    WEIGHT "weight" "MaP" "weight in force, of a backend the sum over its usable servers",
    ACT "act" "SGP" "usable active servers, of a server whether it is active",
    BCK "bck" "SGP" "usable backup servers, of a server whether it is a backup",
    CHKFAIL "chkfail" "MCP" "checks that failed while the server was up",
    CHKDOWN "chkdown" "MCP" "changes from up to down",
    LASTCHG "lastchg" "MAP" "seconds since the state changed last",
    DOWNTIME "downtime" "MCP" "seconds spent down in all",
    QLIMIT "qlimit" "CGS" "limit of the server's queue",
    PID "pid" "KGP" "relative number of the process, always 1",
    IID "iid" "KGS" "number of the proxy",
    SID "sid" "KGS" "number of the server or listener within its proxy",
    THROTTLE "throttle" "MaP" "percentage of its weight that a starting server has reached",
    LBTOT "lbtot" "MCP" "times that balancing chose it",
    TRACKED "tracked" "CNS" "the server whose state it follows",
    TYPE "type" "CGS" "kind of the row: 0 frontend, 1 backend, 2 server, 3 listener",
    RATE "rate" "MRP" "sessions in the last second",
    RATE_LIM "rate_lim" "CLP" "limit of sessions in a second",
    RATE_MAX "rate_max" "MMP" "most sessions in a second",
    CHECK_STATUS "check_status" "MOP" "how the last check ended",
    CHECK_CODE "check_code" "MOP" "code that the last check got",
    CHECK_DURATION "check_duration" "MDP" "milliseconds that the last check took",
    HRSP_1XX "hrsp_1xx" "MCP" "responses with a status of 100 to 199",
    HRSP_2XX "hrsp_2xx" "MCP" "responses with a status of 200 to 299",
    HRSP_3XX "hrsp_3xx" "MCP" "responses with a status of 300 to 399",
    HRSP_4XX "hrsp_4xx" "MCP" "responses with a status of 400 to 499",
    HRSP_5XX "hrsp_5xx" "MCP" "responses with a status of 500 to 599",
    HRSP_OTHER "hrsp_other" "MCP" "responses with another status",
    HANAFAIL "hanafail" "MCP" "failures that observed traffic showed",
    REQ_RATE "req_rate" "MRP" "requests in the last second",
    REQ_RATE_MAX "req_rate_max" "MMP" "most requests in a second",
    REQ_TOT "req_tot" "MCP" "requests so far",
    CLI_ABRT "cli_abrt" "MCP" "transfers that the client aborted",
    SRV_ABRT "srv_abrt" "MCP" "transfers that the server aborted",
    COMP_IN "comp_in" "MCP" "bytes given to the compressor",
    COMP_OUT "comp_out" "MCP" "bytes that the compressor gave",
    COMP_BYP "comp_byp" "MCP" "bytes that went around the compressor",
    COMP_RSP "comp_rsp" "MCP" "responses that were compressed",
    LASTSESS "lastsess" "MAP" "seconds since the last session, -1 for never",
    LAST_CHK "last_chk" "MOP" "what the last check found, in words of the server or the system",
    LAST_AGT "last_agt" "MOP" "what the last agent check found, in words of the agent or the system",
    QTIME "qtime" "MaP" "mean milliseconds in the queue",
    CTIME "ctime" "MaP" "mean milliseconds until connected",
    RTIME "rtime" "MaP" "mean milliseconds until the response",
    TTIME "ttime" "MaP" "mean milliseconds in all",
    AGENT_STATUS "agent_status" "MOP" "how the last agent check ended",
    AGENT_CODE "agent_code" "MOP" "code that the last agent check got",
    AGENT_DURATION "agent_duration" "MDP" "milliseconds that the last agent check took",
    CHECK_DESC "check_desc" "MOP" "check_status in words",
    AGENT_DESC "agent_desc" "MOP" "agent_status in words",
    CHECK_RISE "check_rise" "CGS" "successes that bring the server up",
    CHECK_FALL "check_fall" "CGS" "failures that take the server down",
    CHECK_HEALTH "check_health" "CGS" "where the server stands between 0 and rise + fall - 1",
    AGENT_RISE "agent_rise" "CGS" "agent successes that bring the server up",
    AGENT_FALL "agent_fall" "CGS" "agent failures that take the server down",
    AGENT_HEALTH "agent_health" "CGS" "where the agent stands between 0 and rise + fall - 1",
    ADDR "addr" "CGS" "address and port, or unix",
    COOKIE "cookie" "CNS" "the server's cookie value or the backend's cookie name",
    MODE "mode" "CGS" "mode of the proxy",
    ALGO "algo" "CGS" "how the backend balances",
    CONN_RATE "conn_rate" "MRP" "connections in the last second",
    CONN_RATE_MAX "conn_rate_max" "MMP" "most connections in a second",
    CONN_TOT "conn_tot" "MCP" "connections so far",
    INTERCEPTED "intercepted" "MCP" "requests that the proxy answered itself",
    DCON "dcon" "MCP" "connections denied",
    DSES "dses" "MCP" "sessions denied",
    WREW "wrew" "MCP" "header edits that failed",
    CONNECT "connect" "MCP" "connections to servers tried",
    REUSE "reuse" "MCP" "connections to servers used again",
    CACHE_LOOKUPS "cache_lookups" "MCP" "requests looked up in the cache",
    CACHE_HITS "cache_hits" "MCP" "requests answered from the cache",
    SRV_ICUR "srv_icur" "MGP" "idle connections that may be used again",
    SRC_ILIM "src_ilim" "CLP" "limit of idle connections",
    QTIME_MAX "qtime_max" "MMP" "most milliseconds in the queue",
    CTIME_MAX "ctime_max" "MMP" "most milliseconds until connected",
    RTIME_MAX "rtime_max" "MMP" "most milliseconds until the response",
    TTIME_MAX "ttime_max" "MMP" "most milliseconds in all",
    EINT "eint" "MCP" "internal errors",
    IDLE_CONN_CUR "idle_conn_cur" "MGP" "idle connections that only some requests may use",
    SAFE_CONN_CUR "safe_conn_cur" "MGP" "idle connections that any request may use",
    USED_CONN_CUR "used_conn_cur" "MGP" "connections in use",
    NEED_CONN_EST "need_conn_est" "MGP" "connections that are thought to be needed",
    UWEIGHT "uweight" "MaP" "weight that the user set, of a backend the sum over its usable servers",
    AGG_SERVER_STATUS "agg_server_status" "MGP" "servers of the backend in a state",
    AGG_SERVER_CHECK_STATUS "agg_server_check_status" "MGP" "servers of the backend in a checked state",
    AGG_CHECK_STATUS "agg_check_status" "MGP" "servers of the backend with a check result",
}

/// The tags of a column in a row of that kind: those of [`COLUMNS`] but for the few that a backend has otherwise.
#[must_use]
pub fn tags(column: usize, backend: bool) -> &'static str {
    match column {
        ACT | BCK | RATE | RATE_MAX if backend => "MGP",
        _ => COLUMNS[column].tags,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_where_the_management_guide_numbers_them() {
        assert_eq!(COLUMNS[0].name, "pxname");
        assert_eq!((STATUS, TYPE, LASTSESS, ADDR, UWEIGHT), (17, 32, 55, 73, 99));
        assert_eq!(COLUMNS[UWEIGHT].name, "uweight");
        assert_eq!(COUNT, 103);
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = COLUMNS.iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COUNT);
    }
}
