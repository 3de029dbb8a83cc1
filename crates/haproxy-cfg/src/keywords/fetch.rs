//! Sample fetches: what each needs, its arguments and what it gives.

use super::argument::ArgType::*;
use super::argument::{CASE_OPTIONS, NONE, QUERY_OPTIONS, RTT_UNITS, TIME_UNITS};
use super::sample::Source as S;
use super::sample::{Before, FetchRow, Output::*, fetch};

pub(super) const ROWS: &[FetchRow] = &[
    fetch("accept_date", S::ClientAddress, 0, &[OneOf(TIME_UNITS)], Sint)
        .acts()
        .since(2, 9),
    fetch("acl", S::Constant, 1, &[AclName; 12], Bool)
        .since(2, 9)
        .acts(),
    fetch("act_conn", S::Constant, 0, NONE, Sint).acts().since(2, 9),
    fetch("always_false", S::Constant, 0, NONE, Bool).acts(),
    fetch("always_true", S::Constant, 0, NONE, Bool).acts(),
    fetch("avg_queue", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("base", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("base32", S::RequestHeaders, 0, NONE, Sint).acts(),
    fetch("base32+src", S::RequestHeaders, 0, NONE, Bin).acts(),
    fetch("baseq", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("bc.timer.connect", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("bc_be_queue", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("bc_dst", S::ServerAddress, 0, NONE, Addr)
        .before(2, 7, Before::Gives(Sint))
        .acts(),
    fetch("bc_dst_port", S::ServerAddress, 0, NONE, Sint).acts(),
    fetch("bc_err", S::ServerAddress, 0, NONE, Sint).acts(),
    fetch("bc_err_name", S::ServerAddress, 0, NONE, Str)
        .acts()
        .since(3, 0),
    fetch("bc_err_str", S::ServerAddress, 0, NONE, Str).acts(),
    fetch("bc_glitches", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("bc_http_major", S::ServerAddress, 0, NONE, Sint).acts(),
    fetch("bc_nb_streams", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("bc_reused", S::ServerAddress, 0, NONE, Bool)
        .since(3, 2)
        .acts(),
    fetch("bc_rtt", S::ClientAddress, 0, &[OneOf(RTT_UNITS)], Sint)
        .acts()
        .since(2, 8),
    fetch("bc_rttvar", S::ClientAddress, 0, &[OneOf(RTT_UNITS)], Sint)
        .acts()
        .since(2, 8),
    fetch("bc_settings_streams_limit", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 2),
    fetch("bc_src", S::ServerAddress, 0, NONE, Addr)
        .before(2, 7, Before::Gives(Sint))
        .acts(),
    fetch("bc_src_port", S::ServerAddress, 0, NONE, Sint).acts(),
    fetch("bc_srv_queue", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("be_conn", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("be_conn_free", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("be_connect_timeout", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("be_id", S::Backend, 0, NONE, Sint).acts(),
    fetch("be_max_retries", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 5),
    fetch("be_name", S::Backend, 0, NONE, Str).acts(),
    fetch("be_queue_timeout", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("be_server_timeout", S::Backend, 0, NONE, Sint).acts(),
    fetch("be_sess_rate", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("be_tarpit_timeout", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("be_tunnel_timeout", S::Backend, 0, NONE, Sint).acts(),
    fetch("bin", S::Constant, 1, &[Hex], Bin).acts(),
    fetch("bool", S::Constant, 1, &[Boolean], Bool).acts(),
    fetch("bs.aborted", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("bs.debug_str", S::ServerAddress, 0, &[Integer], Str)
        .acts()
        .since(3, 0),
    fetch("bs.id", S::ServerAddress, 0, NONE, Sint).acts().since(2, 9),
    fetch("bs.rst_code", S::ServerAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("bytes_in", S::HttpRequest, 0, NONE, Sint)
        .acts()
        .before(3, 2, Before::Source(S::InternalState))
        .since(2, 9),
    fetch("bytes_out", S::SentBytes, 0, NONE, Sint)
        .acts()
        .before(3, 2, Before::Source(S::InternalState))
        .since(2, 9),
    fetch("capture.req.hdr", S::HttpRequest, 1, &[Integer], Str).acts(),
    fetch("capture.req.method", S::HttpRequest, 0, NONE, Str).acts(),
    fetch("capture.req.uri", S::HttpRequest, 0, NONE, Str).acts(),
    fetch("capture.req.ver", S::HttpRequest, 0, NONE, Str).acts(),
    fetch("capture.res.hdr", S::HttpResponse, 1, &[Integer], Str).acts(),
    fetch("capture.res.ver", S::HttpRequest, 0, NONE, Str).acts(),
    fetch("connslots", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("cook", S::RequestHeaders, 0, &[CookieName], Str).acts(),
    fetch("cook_cnt", S::RequestHeaders, 0, &[CookieName], Sint).acts(),
    fetch("cook_val", S::RequestHeaders, 0, &[CookieName], Sint).acts(),
    fetch("cookie", S::EitherHeaders, 0, &[CookieName], Str).acts(),
    fetch("cpu_calls", S::InternalState, 0, NONE, Sint).acts(),
    fetch("cpu_ns_avg", S::InternalState, 0, NONE, Sint).acts(),
    fetch("cpu_ns_tot", S::InternalState, 0, NONE, Sint).acts(),
    fetch("cpu_usage_grp", S::InternalState, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cpu_usage_proc", S::InternalState, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cpu_usage_thr", S::InternalState, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cur_client_timeout", S::Frontend, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("cur_connect_timeout", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cur_max_retries", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 5),
    fetch("cur_queue_timeout", S::Backend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cur_server_timeout", S::Backend, 0, NONE, Sint).acts(),
    fetch("cur_tarpit_timeout", S::ClientAddress, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("cur_tunnel_timeout", S::Backend, 0, NONE, Sint).acts(),
    fetch("date", S::Constant, 0, &[Integer, OneOf(TIME_UNITS)], Sint).acts(),
    fetch("date_us", S::Constant, 0, NONE, Sint).acts(),
    fetch("distcc_body", S::EitherBuffer, 1, &[Token4, Integer], Bin).acts(),
    fetch("distcc_param", S::EitherBuffer, 1, &[Token4, Integer], Sint).acts(),
    fetch("dst", S::ClientAddress, 0, NONE, Addr).acts(),
    fetch("dst_conn", S::Frontend, 0, NONE, Sint).acts(),
    fetch("dst_is_local", S::ClientAddress, 0, NONE, Bool).acts(),
    fetch("dst_port", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("dump_all_vars", S::Constant, 0, &[Scope, Text, Text], Str)
        .acts()
        .since(3, 4),
    fetch("env", S::Constant, 1, &[EnvName], Str).acts(),
    fetch("fc.timer.handshake", S::ClientAddress, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("fc.timer.total", S::Frontend, 0, NONE, Sint)
        .before(3, 2, Before::Source(S::End))
        .acts()
        .since(2, 9),
    fetch("fc_dst", S::ClientAddress, 0, NONE, Addr).acts(),
    fetch("fc_dst_is_local", S::ClientAddress, 0, NONE, Bool).acts(),
    fetch("fc_dst_port", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("fc_err", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("fc_err_name", S::ClientAddress, 0, NONE, Str)
        .acts()
        .since(3, 0),
    fetch("fc_err_str", S::ClientAddress, 0, NONE, Str).acts(),
    fetch("fc_fackets", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fc_glitches", S::ClientAddress, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("fc_http_major", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("fc_lost", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fc_nb_streams", S::ClientAddress, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("fc_pp_authority", S::ClientAddress, 0, NONE, Str).acts(),
    fetch("fc_pp_tlv", S::ClientConnection, 1, &[TlvType], Str)
        .since(2, 9)
        .acts(),
    fetch("fc_pp_unique_id", S::ClientAddress, 0, NONE, Str).acts(),
    fetch("fc_rcvd_proxy", S::ClientAddress, 0, NONE, Bool).acts(),
    fetch("fc_reordering", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fc_retrans", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fc_rtt", S::ClientAddress, 0, &[OneOf(RTT_UNITS)], Sint).acts(),
    fetch("fc_rttvar", S::ClientAddress, 0, &[OneOf(RTT_UNITS)], Sint).acts(),
    fetch("fc_sacked", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fc_saved_syn", S::ClientAddress, 0, NONE, Bin)
        .acts()
        .since(3, 4),
    fetch("fc_settings_streams_limit", S::ClientConnection, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("fc_src", S::ClientAddress, 0, NONE, Addr).acts(),
    fetch("fc_src_is_local", S::ClientAddress, 0, NONE, Bool).acts(),
    fetch("fc_src_port", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("fc_unacked", S::ClientAddress, 0, &[Unused], Sint).acts(),
    fetch("fcgi.docroot", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("fcgi.index", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("fe_client_timeout", S::Frontend, 0, NONE, Sint).acts(),
    fetch("fe_conn", S::InternalState, 1, &[Frontend], Sint).acts(),
    fetch("fe_defbe", S::Frontend, 0, NONE, Str).acts(),
    fetch("fe_id", S::Frontend, 0, NONE, Sint).acts(),
    fetch("fe_name", S::Frontend, 0, NONE, Str).acts(),
    fetch("fe_req_rate", S::InternalState, 1, &[Frontend], Sint).acts(),
    fetch("fe_sess_rate", S::InternalState, 1, &[Frontend], Sint).acts(),
    fetch("fe_tarpit_timeout", S::Frontend, 0, NONE, Sint)
        .acts()
        .since(3, 4),
    fetch("fs.aborted", S::ClientConnection, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("fs.debug_str", S::ClientConnection, 0, &[Integer], Str)
        .acts()
        .since(3, 0),
    fetch("fs.id", S::ClientConnection, 0, NONE, Str)
        .acts()
        .since(2, 9),
    fetch("fs.rst_code", S::ClientConnection, 0, NONE, Sint)
        .acts()
        .since(3, 0),
    fetch("hdr", S::EitherHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("hdr_cnt", S::RequestHeaders, 0, &[HeaderName], Sint).acts(),
    fetch("hdr_ip", S::RequestHeaders, 0, &[HeaderName, Occurrence], Addr).acts(),
    fetch("hdr_val", S::RequestHeaders, 0, &[HeaderName, Occurrence], Sint).acts(),
    fetch("hostname", S::Constant, 0, NONE, Str).acts(),
    fetch("http_auth", S::RequestHeaders, 1, &[Userlist], Bool).acts(),
    fetch("http_auth_bearer", S::RequestHeaders, 0, &[HeaderName], Str).acts(),
    fetch("http_auth_group", S::RequestHeaders, 1, &[Userlist], Str).acts(),
    fetch("http_auth_pass", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("http_auth_type", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("http_auth_user", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("http_first_req", S::HttpRequest, 0, NONE, Bool).acts(),
    fetch("int", S::Constant, 1, &[Integer], Sint).acts(),
    fetch("internal.htx.data", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx.free", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx.free_data", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx.has_eom", S::EitherHeaders, 0, NONE, Bool).acts(),
    fetch("internal.htx.nbblks", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx.size", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx.used", S::EitherHeaders, 0, NONE, Sint).acts(),
    fetch("internal.htx_blk.data", S::EitherHeaders, 1, &[Block], Bin).acts(),
    fetch("internal.htx_blk.hdrname", S::EitherHeaders, 1, &[Block], Str).acts(),
    fetch("internal.htx_blk.hdrval", S::EitherHeaders, 1, &[Block], Str).acts(),
    fetch("internal.htx_blk.size", S::EitherHeaders, 1, &[Block], Sint).acts(),
    fetch("internal.htx_blk.start_line", S::EitherHeaders, 1, &[Block], Str).acts(),
    fetch("internal.htx_blk.type", S::EitherHeaders, 1, &[Block], Str).acts(),
    fetch("internal.strm.is_htx", S::InternalState, 0, NONE, Bool).acts(),
    fetch("ipv4", S::Constant, 1, &[Ipv4Address], Ipv4).acts(),
    fetch("ipv6", S::Constant, 1, &[Ipv6Address], Ipv6).acts(),
    fetch("last_entity", S::InternalState, 0, NONE, Str)
        .acts()
        .since(3, 1),
    fetch("last_rule_file", S::InternalState, 0, NONE, Str).acts(),
    fetch("last_rule_line", S::InternalState, 0, NONE, Sint).acts(),
    fetch("lat_ns_avg", S::InternalState, 0, NONE, Sint).acts(),
    fetch("lat_ns_tot", S::InternalState, 0, NONE, Sint).acts(),
    fetch("meth", S::Constant, 1, &[Method], Meth).acts(),
    fetch("method", S::HttpRequest, 0, NONE, Meth).acts(),
    fetch("nbproc", S::Constant, 0, NONE, Sint).acts(),
    fetch("nbsrv", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("path", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("pathq", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("payload", S::EitherBuffer, 2, &[Integer, Integer], Bin).acts(),
    fetch(
        "payload_lv",
        S::EitherBuffer,
        2,
        &[NonNegative, Positive, SignedOffset],
        Bin,
    )
    .acts(),
    fetch("pid", S::Constant, 0, NONE, Sint).acts().since(2, 9),
    fetch("prio_class", S::InternalState, 0, NONE, Sint).acts(),
    fetch("prio_offset", S::InternalState, 0, NONE, Sint).acts(),
    fetch("proc", S::Constant, 0, NONE, Sint).acts(),
    fetch("query", S::RequestHeaders, 0, &[OneOf(QUERY_OPTIONS)], Str)
        .acts()
        .before(3, 2, Before::AtMost(0)),
    fetch("queue", S::InternalState, 1, &[Backend], Sint).acts(),
    fetch("quic_enabled", S::Constant, 0, NONE, Bool)
        .acts()
        .since(2, 7),
    fetch("rand", S::Constant, 0, &[Integer], Sint).acts(),
    fetch("rdp_cookie", S::RequestBuffer, 0, &[Text], Str).acts(),
    fetch("rdp_cookie_cnt", S::RequestBuffer, 0, &[Text], Sint).acts(),
    fetch("rep_ssl_hello_type", S::ResponseBuffer, 0, NONE, Sint).acts(),
    fetch("req.body", S::RequestHeaders, 0, NONE, Bin).acts(),
    fetch("req.body_len", S::RequestHeaders, 0, NONE, Sint).acts(),
    fetch(
        "req.body_param",
        S::RequestHeaders,
        0,
        &[Text, OneOf(CASE_OPTIONS)],
        Bin,
    )
    .acts()
    .before(2, 7, Before::AtMost(1)),
    fetch("req.body_size", S::RequestHeaders, 0, NONE, Sint).acts(),
    fetch("req.bytes_in", S::HttpRequest, 0, NONE, Sint)
        .acts()
        .since(3, 3),
    fetch("req.bytes_out", S::HttpRequest, 0, NONE, Sint)
        .acts()
        .since(3, 3),
    fetch("req.cook", S::RequestHeaders, 0, &[CookieName], Str).acts(),
    fetch("req.cook_cnt", S::RequestHeaders, 0, &[CookieName], Sint).acts(),
    fetch("req.cook_names", S::RequestHeaders, 0, &[Text], Str)
        .acts()
        .since(2, 9),
    fetch("req.cook_val", S::RequestHeaders, 0, &[CookieName], Sint).acts(),
    fetch("req.fhdr", S::RequestHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("req.fhdr_cnt", S::RequestHeaders, 0, &[HeaderName], Sint).acts(),
    fetch("req.hdr", S::RequestHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("req.hdr_cnt", S::RequestHeaders, 0, &[HeaderName], Sint).acts(),
    fetch(
        "req.hdr_ip",
        S::RequestHeaders,
        0,
        &[HeaderName, Occurrence],
        Addr,
    )
    .acts(),
    fetch("req.hdr_names", S::RequestHeaders, 0, &[Text], Str).acts(),
    fetch(
        "req.hdr_val",
        S::RequestHeaders,
        0,
        &[HeaderName, Occurrence],
        Sint,
    )
    .acts(),
    fetch("req.hdrs", S::RequestHeaders, 0, NONE, Bin).acts(),
    fetch("req.hdrs_bin", S::RequestHeaders, 0, NONE, Bin).acts(),
    fetch("req.len", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req.payload", S::RequestBuffer, 2, &[Integer, Integer], Bin).acts(),
    fetch(
        "req.payload_lv",
        S::RequestBuffer,
        2,
        &[NonNegative, Positive, SignedOffset],
        Bin,
    )
    .acts(),
    fetch("req.proto_http", S::HttpRequest, 0, NONE, Bool).acts(),
    fetch("req.rdp_cookie", S::RequestBuffer, 0, &[Text], Str).acts(),
    fetch("req.rdp_cookie_cnt", S::RequestBuffer, 0, &[Text], Sint).acts(),
    fetch("req.ssl_alpn", S::RequestBuffer, 0, NONE, Str).acts(),
    fetch("req.ssl_cipherlist", S::ClientAddress, 0, NONE, Bin)
        .acts()
        .since(3, 2),
    fetch("req.ssl_ec_ext", S::RequestBuffer, 0, NONE, Bool).acts(),
    fetch("req.ssl_hello_type", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req.ssl_keyshare_groups", S::ClientAddress, 0, NONE, Bin)
        .acts()
        .since(3, 2),
    fetch("req.ssl_sigalgs", S::ClientAddress, 0, NONE, Bin)
        .acts()
        .since(3, 2),
    fetch("req.ssl_sni", S::RequestBuffer, 0, NONE, Str).acts(),
    fetch("req.ssl_st_ext", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req.ssl_supported_groups", S::ClientAddress, 0, NONE, Bin)
        .acts()
        .since(3, 2),
    fetch("req.ssl_ver", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req.timer.hdr", S::RequestHeaders, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("req.timer.idle", S::RequestHeaders, 0, NONE, Sint)
        .since(2, 9)
        .acts(),
    fetch("req.timer.queue", S::HttpResponse, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("req.timer.tq", S::RequestHeaders, 0, NONE, Sint)
        .since(2, 9)
        .acts(),
    fetch("req.ver", S::HttpRequest, 0, NONE, Str)
        .acts()
        .before(3, 3, Before::Source(S::RequestHeaders)),
    fetch("req_len", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req_proto_http", S::HttpRequest, 0, NONE, Bool).acts(),
    fetch("req_ssl_hello_type", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req_ssl_sni", S::RequestBuffer, 0, NONE, Str).acts(),
    fetch("req_ssl_ver", S::RequestBuffer, 0, NONE, Sint).acts(),
    fetch("req_ver", S::HttpRequest, 0, NONE, Str)
        .acts()
        .before(3, 3, Before::Source(S::RequestHeaders)),
    fetch("request_date", S::HttpRequest, 0, &[OneOf(TIME_UNITS)], Sint)
        .acts()
        .since(2, 9),
    fetch("res.body", S::ResponseHeaders, 0, NONE, Bin).acts(),
    fetch("res.body_len", S::ResponseHeaders, 0, NONE, Sint).acts(),
    fetch("res.body_size", S::ResponseHeaders, 0, NONE, Sint).acts(),
    fetch("res.bytes_in", S::SentBytes, 0, NONE, Sint)
        .acts()
        .since(3, 3),
    fetch("res.bytes_out", S::SentBytes, 0, NONE, Sint)
        .acts()
        .since(3, 3),
    fetch("res.cache_hit", S::CachedResponse, 0, NONE, Bool).acts(),
    fetch("res.cache_name", S::CachedResponse, 0, NONE, Str).acts(),
    fetch("res.comp", S::HttpResponse, 0, NONE, Bool).acts(),
    fetch("res.comp_algo", S::HttpResponse, 0, NONE, Str).acts(),
    fetch("res.cook", S::ResponseHeaders, 0, &[CookieName], Str).acts(),
    fetch("res.cook_cnt", S::ResponseHeaders, 0, &[CookieName], Sint).acts(),
    fetch("res.cook_names", S::ResponseHeaders, 0, &[Text], Str)
        .acts()
        .since(2, 9),
    fetch("res.cook_val", S::ResponseHeaders, 0, &[CookieName], Sint).acts(),
    fetch("res.fhdr", S::ResponseHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("res.fhdr_cnt", S::ResponseHeaders, 0, &[HeaderName], Sint).acts(),
    fetch("res.hdr", S::ResponseHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("res.hdr_cnt", S::ResponseHeaders, 0, &[HeaderName], Sint).acts(),
    fetch(
        "res.hdr_ip",
        S::ResponseHeaders,
        0,
        &[HeaderName, Occurrence],
        Addr,
    )
    .acts(),
    fetch("res.hdr_names", S::ResponseHeaders, 0, &[Text], Str).acts(),
    fetch(
        "res.hdr_val",
        S::ResponseHeaders,
        0,
        &[HeaderName, Occurrence],
        Sint,
    )
    .acts(),
    fetch("res.hdrs", S::ResponseHeaders, 0, NONE, Bin).acts(),
    fetch("res.hdrs_bin", S::ResponseHeaders, 0, NONE, Bin).acts(),
    fetch("res.len", S::ResponseBuffer, 0, NONE, Sint).acts(),
    fetch("res.payload", S::ResponseBuffer, 2, &[Integer, Integer], Bin).acts(),
    fetch(
        "res.payload_lv",
        S::ResponseBuffer,
        2,
        &[NonNegative, Positive, SignedOffset],
        Bin,
    )
    .acts(),
    fetch("res.ssl_hello_type", S::ResponseBuffer, 0, NONE, Sint).acts(),
    fetch("res.timer.data", S::SentBytes, 0, NONE, Sint)
        .before(3, 2, Before::Source(S::End))
        .acts()
        .since(2, 9),
    fetch("res.timer.hdr", S::ResponseHeaders, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("res.ver", S::HttpResponse, 0, NONE, Str)
        .acts()
        .before(3, 3, Before::Source(S::ResponseHeaders)),
    fetch("resp_ver", S::HttpResponse, 0, NONE, Str)
        .acts()
        .before(3, 3, Before::Source(S::ResponseHeaders)),
    fetch("sc0_bytes_in_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_bytes_out_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_clr_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_clr_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_conn_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_conn_cur", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_conn_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_get_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_get_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_get_gpt0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_glitch_cnt", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc0_glitch_rate", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc0_gpc0_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_gpc1_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_err_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_err_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_fail_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_fail_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_req_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_http_req_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_inc_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_inc_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_kbytes_in", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc0_kbytes_out", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc0_key", S::InternalState, 0, NONE, Any)
        .since(3, 2)
        .acts(),
    fetch("sc0_sess_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_sess_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc0_tracked", S::InternalState, 0, &[Table], Bool).acts(),
    fetch("sc0_trackers", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_bytes_in_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_bytes_out_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_clr_gpc", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc1_clr_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_clr_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_conn_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_conn_cur", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_conn_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_get_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_get_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_get_gpt0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_glitch_cnt", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc1_glitch_rate", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc1_gpc0_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_gpc1_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_err_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_err_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_fail_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_fail_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_req_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_http_req_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_inc_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_inc_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_kbytes_in", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc1_kbytes_out", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc1_key", S::InternalState, 0, NONE, Any)
        .since(3, 2)
        .acts(),
    fetch("sc1_sess_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_sess_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc1_tracked", S::InternalState, 0, &[Table], Bool).acts(),
    fetch("sc1_trackers", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_bytes_in_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_bytes_out_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_clr_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_clr_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_conn_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_conn_cur", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_conn_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_get_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_get_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_get_gpt0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_glitch_cnt", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc2_glitch_rate", S::InternalState, 0, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc2_gpc0_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_gpc1_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_err_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_err_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_fail_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_fail_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_req_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_http_req_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_inc_gpc0", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_inc_gpc1", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_kbytes_in", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc2_kbytes_out", S::ClientAddress, 0, &[Table], Sint).acts(),
    fetch("sc2_key", S::InternalState, 0, NONE, Any)
        .since(3, 2)
        .acts(),
    fetch("sc2_sess_cnt", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_sess_rate", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc2_tracked", S::InternalState, 0, &[Table], Bool).acts(),
    fetch("sc2_trackers", S::InternalState, 0, &[Table], Sint).acts(),
    fetch("sc_bytes_in_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_bytes_out_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch(
        "sc_clr_gpc",
        S::InternalState,
        2,
        &[Integer, Integer, Table],
        Sint,
    )
    .acts(),
    fetch("sc_clr_gpc0", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_clr_gpc1", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_conn_cnt", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_conn_cur", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_conn_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch(
        "sc_get_gpc",
        S::InternalState,
        2,
        &[Integer, Integer, Table],
        Sint,
    )
    .acts(),
    fetch("sc_get_gpc0", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_get_gpc1", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch(
        "sc_get_gpt",
        S::InternalState,
        2,
        &[Integer, Integer, Table],
        Sint,
    )
    .acts(),
    fetch("sc_get_gpt0", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_glitch_cnt", S::InternalState, 1, &[Integer, Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc_glitch_rate", S::InternalState, 1, &[Integer, Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("sc_gpc0_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_gpc1_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch(
        "sc_gpc_rate",
        S::InternalState,
        2,
        &[Integer, Integer, Table],
        Sint,
    )
    .acts(),
    fetch("sc_http_err_cnt", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_http_err_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_http_fail_cnt", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_http_fail_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_http_req_cnt", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_http_req_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch(
        "sc_inc_gpc",
        S::InternalState,
        2,
        &[Integer, Integer, Table],
        Sint,
    )
    .acts(),
    fetch("sc_inc_gpc0", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_inc_gpc1", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_kbytes_in", S::ClientAddress, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_kbytes_out", S::ClientAddress, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_key", S::InternalState, 1, &[Integer], Any)
        .since(3, 2)
        .acts(),
    fetch("sc_sess_cnt", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_sess_rate", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("sc_tracked", S::InternalState, 1, &[Integer, Table], Bool).acts(),
    fetch("sc_trackers", S::InternalState, 1, &[Integer, Table], Sint).acts(),
    fetch("scook", S::ResponseHeaders, 0, &[CookieName], Str).acts(),
    fetch("scook_cnt", S::ResponseHeaders, 0, &[CookieName], Sint).acts(),
    fetch("scook_val", S::ResponseHeaders, 0, &[CookieName], Sint).acts(),
    fetch("server_status", S::HttpResponse, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("shdr", S::ResponseHeaders, 0, &[HeaderName, Occurrence], Str).acts(),
    fetch("shdr_cnt", S::ResponseHeaders, 0, &[HeaderName], Sint).acts(),
    fetch("shdr_ip", S::ResponseHeaders, 0, &[HeaderName, Occurrence], Addr).acts(),
    fetch("shdr_val", S::ResponseHeaders, 0, &[HeaderName, Occurrence], Sint).acts(),
    fetch("so_id", S::Frontend, 0, NONE, Sint).acts(),
    fetch("so_name", S::Frontend, 0, NONE, Str).acts(),
    fetch("spoe.engine-id", S::InternalState, 0, NONE, Str)
        .acts()
        .since(3, 2),
    fetch("src", S::ClientAddress, 0, NONE, Addr).acts(),
    fetch("src_bytes_in_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_bytes_out_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_clr_gpc", S::ClientAddress, 2, &[Integer, Table], Sint).acts(),
    fetch("src_clr_gpc0", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_clr_gpc1", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_conn_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_conn_cur", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_conn_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_get_gpc", S::ClientAddress, 2, &[Integer, Table], Sint).acts(),
    fetch("src_get_gpc0", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_get_gpc1", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_get_gpt", S::ClientAddress, 2, &[Integer, Table], Sint).acts(),
    fetch("src_get_gpt0", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_glitch_cnt", S::ClientAddress, 1, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("src_glitch_rate", S::ClientAddress, 1, &[Table], Sint)
        .since(3, 0)
        .acts(),
    fetch("src_gpc0_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_gpc1_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_gpc_rate", S::ClientAddress, 2, &[Integer, Table], Sint).acts(),
    fetch("src_http_err_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_http_err_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_http_fail_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_http_fail_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_http_req_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_http_req_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_inc_gpc", S::ClientAddress, 2, &[Integer, Table], Sint).acts(),
    fetch("src_inc_gpc0", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_inc_gpc1", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_is_local", S::ClientAddress, 0, NONE, Bool).acts(),
    fetch("src_kbytes_in", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_kbytes_out", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_port", S::ClientAddress, 0, NONE, Sint).acts(),
    fetch("src_sess_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_sess_rate", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("src_updt_conn_cnt", S::ClientAddress, 1, &[Table], Sint).acts(),
    fetch("srv_conn", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_conn_free", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_id", S::Server, 0, NONE, Sint).acts(),
    fetch("srv_is_up", S::InternalState, 1, &[Server], Bool).acts(),
    fetch("srv_iweight", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_name", S::Server, 0, NONE, Str).acts(),
    fetch("srv_queue", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_sess_rate", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_uweight", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("srv_weight", S::InternalState, 1, &[Server], Sint).acts(),
    fetch("ssl_bc", S::ServerConnection, 0, NONE, Bool).acts(),
    fetch("ssl_bc_alg_keysize", S::ServerConnection, 0, NONE, Sint).acts(),
    fetch("ssl_bc_alpn", S::ServerConnection, 0, NONE, Str).acts(),
    fetch("ssl_bc_cipher", S::ServerConnection, 0, NONE, Str).acts(),
    fetch(
        "ssl_bc_client_early_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .since(3, 0),
    fetch(
        "ssl_bc_client_handshake_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .since(3, 0),
    fetch("ssl_bc_client_random", S::ServerConnection, 0, NONE, Bin),
    fetch(
        "ssl_bc_client_traffic_secret_0",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .since(3, 0),
    fetch("ssl_bc_curve", S::ServerConnection, 0, NONE, Str)
        .acts()
        .since(2, 9),
    fetch("ssl_bc_early_exporter_secret", S::ClientConnection, 0, NONE, Str).since(3, 0),
    fetch("ssl_bc_err", S::ServerConnection, 0, NONE, Sint).acts(),
    fetch("ssl_bc_err_str", S::ServerConnection, 0, NONE, Str).acts(),
    fetch("ssl_bc_exporter_secret", S::ClientConnection, 0, NONE, Str).since(3, 0),
    fetch("ssl_bc_is_resumed", S::ServerConnection, 0, NONE, Bool).acts(),
    fetch("ssl_bc_npn", S::ServerConnection, 0, NONE, Str).acts(),
    fetch("ssl_bc_protocol", S::ServerConnection, 0, NONE, Str).acts(),
    fetch(
        "ssl_bc_server_handshake_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .since(3, 0),
    fetch("ssl_bc_server_random", S::ServerConnection, 0, NONE, Bin),
    fetch(
        "ssl_bc_server_traffic_secret_0",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .since(3, 0),
    fetch("ssl_bc_session_id", S::ServerConnection, 0, NONE, Bin),
    fetch("ssl_bc_session_key", S::ServerConnection, 0, NONE, Bin),
    fetch("ssl_bc_sni", S::ServerConnection, 0, NONE, Str)
        .acts()
        .since(3, 2),
    fetch("ssl_bc_unique_id", S::ServerConnection, 0, NONE, Bin),
    fetch("ssl_bc_use_keysize", S::ServerConnection, 0, NONE, Sint).acts(),
    fetch("ssl_c_ca_err", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_c_ca_err_depth", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_c_chain_der", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_c_der", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_c_err", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch(
        "ssl_c_i_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_c_key_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_c_notafter", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_c_notbefore", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_c_policies", S::ClientConnection, 0, &[Text], Str).since(3, 5),
    fetch(
        "ssl_c_r_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .since(2, 8),
    fetch(
        "ssl_c_s_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_c_san", S::ClientConnection, 0, NONE, Str)
        .acts()
        .since(3, 2),
    fetch("ssl_c_serial", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_c_sha1", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_c_sig_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_c_used", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_c_verify", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_c_version", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_f_der", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch(
        "ssl_f_i_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_f_key_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_f_notafter", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_f_notbefore", S::ClientConnection, 0, NONE, Str).acts(),
    fetch(
        "ssl_f_s_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_f_serial", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_f_sha1", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_f_sig_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_f_version", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_fc", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_fc_alg_keysize", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_fc_alpn", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_cipher", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_cipherlist_bin", S::ClientConnection, 0, &[Integer], Str).acts(),
    fetch("ssl_fc_cipherlist_hex", S::ClientConnection, 0, &[Integer], Bin).acts(),
    fetch("ssl_fc_cipherlist_str", S::ClientConnection, 0, &[Integer], Str).acts(),
    fetch("ssl_fc_cipherlist_xxh", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch(
        "ssl_fc_client_early_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    ),
    fetch(
        "ssl_fc_client_handshake_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .acts(),
    fetch("ssl_fc_client_random", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch(
        "ssl_fc_client_traffic_secret_0",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .acts(),
    fetch("ssl_fc_crtname", S::ClientConnection, 0, NONE, Str).since(3, 4),
    fetch("ssl_fc_curve", S::ClientConnection, 0, NONE, Str)
        .acts()
        .since(2, 9),
    fetch("ssl_fc_early_exporter_secret", S::ClientConnection, 0, NONE, Str),
    fetch("ssl_fc_early_rcvd", S::ClientConnection, 0, NONE, Bool)
        .acts()
        .since(3, 2),
    fetch("ssl_fc_ecformats_bin", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_eclist_bin", S::ClientConnection, 0, &[Integer], Str).acts(),
    fetch("ssl_fc_err", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_fc_err_str", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_exporter_secret", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_extlist_bin", S::ClientConnection, 0, &[Integer], Str).acts(),
    fetch("ssl_fc_has_crt", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_fc_has_early", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_fc_has_sni", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_fc_is_resumed", S::ClientConnection, 0, NONE, Bool).acts(),
    fetch("ssl_fc_npn", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_protocol", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_fc_protocol_hello_id", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch(
        "ssl_fc_server_handshake_traffic_secret",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .acts(),
    fetch("ssl_fc_server_random", S::ClientConnection, 0, NONE, Bin),
    fetch(
        "ssl_fc_server_traffic_secret_0",
        S::ClientConnection,
        0,
        NONE,
        Str,
    )
    .acts(),
    fetch("ssl_fc_session_id", S::ClientConnection, 0, NONE, Bin),
    fetch("ssl_fc_session_key", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_fc_sigalgs_bin", S::ClientConnection, 0, &[Integer], Bin)
        .acts()
        .since(3, 1),
    fetch("ssl_fc_sni", S::ClientConnection, 0, NONE, Str).acts(),
    fetch(
        "ssl_fc_supported_versions_bin",
        S::ClientConnection,
        0,
        &[Integer],
        Bin,
    )
    .acts()
    .since(3, 1),
    fetch("ssl_fc_unique_id", S::ClientConnection, 0, NONE, Bin),
    fetch("ssl_fc_use_keysize", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("ssl_s_chain_der", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_s_der", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch(
        "ssl_s_i_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_s_key_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_s_notafter", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_s_notbefore", S::ClientConnection, 0, NONE, Str).acts(),
    fetch(
        "ssl_s_s_dn",
        S::ClientConnection,
        0,
        &[Text, Integer, DnFormat],
        Str,
    )
    .acts(),
    fetch("ssl_s_serial", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_s_sha1", S::ClientConnection, 0, NONE, Bin).acts(),
    fetch("ssl_s_sig_alg", S::ClientConnection, 0, NONE, Str).acts(),
    fetch("ssl_s_version", S::ClientConnection, 0, NONE, Sint).acts(),
    fetch("status", S::HttpResponse, 0, NONE, Sint).acts(),
    fetch("stopping", S::InternalState, 0, NONE, Bool).acts(),
    fetch("str", S::Constant, 1, &[Text], Str).acts(),
    fetch("table_avl", S::InternalState, 1, &[Table], Sint).acts(),
    fetch("table_cnt", S::InternalState, 1, &[Table], Sint).acts(),
    fetch("term_events", S::InternalState, 0, NONE, Str).since(3, 2),
    fetch("tgroup", S::Constant, 0, NONE, Sint).acts().since(3, 4),
    fetch("thread", S::Constant, 0, NONE, Sint).acts(),
    fetch("txn.conn_retries", S::HttpResponse, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("txn.id32", S::InternalState, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("txn.redispatched", S::HttpResponse, 0, NONE, Bool)
        .acts()
        .since(3, 0),
    fetch("txn.sess_term_state", S::InternalState, 0, NONE, Str)
        .acts()
        .since(2, 9),
    fetch("txn.status", S::HttpResponse, 0, NONE, Sint)
        .acts()
        .since(2, 9),
    fetch("txn.timer.total", S::HttpRequest, 0, NONE, Sint)
        .before(3, 2, Before::Source(S::End))
        .acts()
        .since(2, 9),
    fetch("txn.timer.user", S::HttpRequest, 0, NONE, Sint)
        .before(3, 2, Before::Source(S::End))
        .since(2, 9)
        .acts(),
    fetch("unique-id", S::Constant, 0, NONE, Str).acts(),
    fetch("uptime", S::Constant, 0, NONE, Sint).acts().since(3, 0),
    fetch("url", S::RequestHeaders, 0, NONE, Str).acts(),
    fetch("url32", S::RequestHeaders, 0, NONE, Sint).acts(),
    fetch("url32+src", S::RequestHeaders, 0, NONE, Bin).acts(),
    fetch("url_ip", S::RequestHeaders, 0, NONE, Ipv4).acts(),
    fetch(
        "url_param",
        S::RequestHeaders,
        0,
        &[Text, Text, OneOf(CASE_OPTIONS)],
        Str,
    )
    .acts()
    .before(2, 7, Before::AtMost(2)),
    fetch("url_port", S::RequestHeaders, 0, NONE, Sint).acts(),
    fetch(
        "urlp",
        S::RequestHeaders,
        0,
        &[Text, Text, OneOf(CASE_OPTIONS)],
        Str,
    )
    .acts()
    .before(2, 7, Before::AtMost(2)),
    fetch(
        "urlp_val",
        S::RequestHeaders,
        0,
        &[Text, Text, OneOf(CASE_OPTIONS)],
        Sint,
    )
    .acts()
    .before(2, 7, Before::AtMost(2)),
    fetch("uuid", S::Constant, 0, &[UuidVersion], Str).acts(),
    fetch("var", S::Constant, 1, &[Variable, Text], Any).acts(),
    fetch("wait_end", S::InternalState, 0, NONE, Bool).acts(),
    fetch("waiting_entity", S::InternalState, 0, NONE, Str)
        .acts()
        .since(3, 1),
];
