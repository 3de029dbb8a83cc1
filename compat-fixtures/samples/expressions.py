"""The expressions that record.py asks the original for: every fetch, with easy arguments where it takes some, and every
converter on inputs of all types. What a version does not know, or refuses where it would stand, is left out of its record."""

import packets

# Every fetch but those of TLS, devices and Lua. `rest` of a name after a space are its arguments, one expression each.
PLAIN = """
act_conn always_false always_true base base32 base32+src baseq bc.timer.connect bc_be_queue bc_dst bc_dst_port bc_err
bc_err_name bc_err_str bc_glitches bc_http_major bc_nb_streams bc_reused bc_rtt bc_rttvar bc_settings_streams_limit bc_src
bc_src_port bc_srv_queue be_connect_timeout be_id be_max_retries be_name be_queue_timeout be_server_timeout be_tarpit_timeout
be_tunnel_timeout bs.aborted bs.debug_str bs.id bs.rst_code bytes_in bytes_out capture.req.method capture.req.uri
capture.req.ver capture.res.ver cook cook_cnt cook_val cookie cpu_calls cpu_ns_avg cpu_ns_tot cpu_usage_grp cpu_usage_proc
cpu_usage_thr cur_client_timeout cur_connect_timeout cur_max_retries cur_queue_timeout cur_server_timeout cur_tarpit_timeout
cur_tunnel_timeout date_us dst dst_conn dst_is_local dst_port fc.timer.handshake fc.timer.total fc_dst
fc_dst_is_local fc_dst_port fc_err fc_err_name fc_err_str fc_fackets fc_glitches fc_http_major fc_lost fc_nb_streams
fc_pp_authority fc_pp_unique_id fc_rcvd_proxy fc_reordering fc_retrans fc_rtt fc_rttvar fc_sacked fc_saved_syn
fc_settings_streams_limit fc_src fc_src_is_local fc_src_port fc_unacked fcgi.docroot fcgi.index fe_client_timeout fe_defbe
fe_id fe_name fe_tarpit_timeout fs.aborted fs.debug_str fs.id fs.rst_code hdr hdr_cnt hdr_ip hdr_val hostname http_auth_bearer
http_auth_pass http_auth_type http_auth_user http_first_req internal.htx.data internal.htx.free internal.htx.free_data
internal.htx.has_eom internal.htx.nbblks internal.htx.size internal.htx.used internal.strm.is_htx last_entity last_rule_file
last_rule_line lat_ns_avg lat_ns_tot method nbproc path pathq pid prio_class prio_offset proc query quic_enabled rand
rdp_cookie rdp_cookie_cnt rep_ssl_hello_type req.body req.body_len req.body_param req.body_size req.bytes_in req.bytes_out
req.cook req.cook_cnt req.cook_names req.cook_val req.fhdr req.fhdr_cnt req.hdr req.hdr_cnt req.hdr_ip req.hdr_names
req.hdr_val req.hdrs req.hdrs_bin req.len req.proto_http req.rdp_cookie req.rdp_cookie_cnt req.ssl_alpn req.ssl_cipherlist
req.ssl_ec_ext req.ssl_hello_type req.ssl_keyshare_groups req.ssl_sigalgs req.ssl_sni req.ssl_st_ext req.ssl_supported_groups
req.ssl_ver req.timer.hdr req.timer.idle req.timer.queue req.timer.tq req.ver req_len req_proto_http req_ssl_hello_type
req_ssl_sni req_ssl_ver req_ver request_date res.body res.body_len res.body_size res.bytes_in res.bytes_out res.cache_hit
res.cache_name res.comp res.comp_algo res.cook res.cook_cnt res.cook_names res.cook_val res.fhdr res.fhdr_cnt res.hdr
res.hdr_cnt res.hdr_ip res.hdr_names res.hdr_val res.hdrs res.hdrs_bin res.len res.ssl_hello_type res.timer.data res.timer.hdr
res.ver resp_ver scook scook_cnt scook_val server_status shdr shdr_cnt shdr_ip shdr_val so_id so_name spoe.engine-id src
src_is_local src_port srv_id srv_name status stopping term_events tgroup thread txn.conn_retries txn.id32 txn.redispatched
txn.sess_term_state txn.status txn.timer.total txn.timer.user unique-id uptime url url32 url32+src url_ip url_param url_port
urlp urlp_val uuid wait_end waiting_entity accept_date date
sc0_key sc1_key sc2_key
""".split()

WITH_ARGUMENTS = """
accept_date(ms) accept_date(us) acl(is_post) acl(is_post,!is_post) avg_queue(same) be_conn(same) be_conn_free(same)
be_sess_rate(same) bc_rtt(ms) bc_rttvar(us) bin(00ff41) bool(true) bool(0) bs.debug_str(0) capture.req.hdr(0)
capture.req.hdr(1) capture.res.hdr(0) connslots(same) cook(a) cook_cnt(a) cook_val(a) cookie(b) date(-3600) date(0,ms)
date(60,us) distcc_body(ARGV) distcc_param(DIST) dump_all_vars(sess,told) dump_all_vars(proc,nu) dump_all_vars(txn,none) dump_all_vars(proc,to,;) dump_all_vars(,numb) env(SAMPLE_TOLD) env(SAMPLE_UNTOLD) fc_fackets(us)
fc_lost(us) fc_pp_tlv(0xE0) fc_reordering(us) fc_retrans(us) fc_rtt(ms) fc_rtt(us) fc_rttvar(ms) fc_sacked(us) fc_unacked(us)
fe_conn(front_own) fe_req_rate(front_own) fe_sess_rate(front_own) hdr(x-num) hdr(x-list,1) hdr(x-list,-1) hdr(none)
hdr_cnt(x-list) hdr_ip(x-forwarded-for) hdr_ip(x-forwarded-for,-1) hdr_val(x-num) http_auth(people) http_auth_bearer(x-bearer)
http_auth_group(people) int(-5) internal.htx_blk.data(first) internal.htx_blk.hdrname(first) internal.htx_blk.hdrname(1)
internal.htx_blk.hdrval(2) internal.htx_blk.size(head) internal.htx_blk.start_line(head) internal.htx_blk.type(head)
internal.htx_blk.type(tail) ipv4(1.2.3.4) ipv6(::1) meth(POST) nbsrv(same) payload(0,4) payload(2,0) payload_lv(0,1)
payload_lv(0,1,2) query(with_qm) queue(same) rand(1) rdp_cookie(mstshash) rdp_cookie_cnt(mstshash) req.body_param(k2)
req.body_param(K2,i) req.body_param(n) req.cook(b) req.cook_cnt(a) req.cook_names(:) req.cook_val(a) req.fhdr(x-list)
req.fhdr(x-list,-1) req.fhdr_cnt(x-list) req.hdr(host) req.hdr(x-list,2) req.hdr(x-list,-3) req.hdr_cnt(x-list)
req.hdr_ip(x-forwarded-for,2) req.hdr_names(|) req.hdr_val(x-num,1) req.payload(0,3) req.payload(100000,3) req.payload_lv(0,1)
req.rdp_cookie(mstshash) req.rdp_cookie_cnt(mstshash) request_date(ms) request_date(us) res.cook(s) res.cook_cnt(s)
res.cook_names(;) res.cook_val(s) res.fhdr(x-r) res.fhdr_cnt(x-r) res.hdr(x-r) res.hdr(x-r,1) res.hdr_cnt(x-r) res.hdr_ip(x-ip)
res.hdr_names(-) res.hdr_val(content-length) res.payload(0,3) res.payload(1,0) res.payload_lv(0,1) scook(t) scook_cnt(t)
scook_val(t) shdr(x-r) shdr(x-r,-1) shdr_cnt(x-r) shdr_ip(x-ip) shdr_val(content-length) srv_conn(same/s) srv_conn_free(same/s)
srv_is_up(same/s) res.hdr(x-r),capture-res(0) srv_iweight(same/s) srv_queue(same/s) srv_sess_rate(same/s) srv_uweight(same/s) srv_weight(same/s) str(a b)
str('a,b') table_avl(olds) table_cnt(olds) url_param(q) url_param(b) url_param(empty) url_param(c) url_param(Q,&,i)
url_param(none) urlp(b) urlp(q,;) urlp_val(q) uuid(4) uuid(7) var(txn.none) var(txn.none,dflt) var(proc.told) var(sess.told)
table_cnt(news)
""".replace("str(a b)", "str(a\x00b)").split()

COUNTERS = """
bytes_in_rate bytes_out_rate conn_cnt conn_cur conn_rate get_gpc0 get_gpc1 get_gpt0 glitch_cnt glitch_rate gpc0_rate gpc1_rate
http_err_cnt http_err_rate http_fail_cnt http_fail_rate http_req_cnt http_req_rate inc_gpc0 inc_gpc1 clr_gpc0 clr_gpc1 kbytes_in
kbytes_out sess_cnt sess_rate tracked trackers
""".split()


def of_tables():
    """Fetches of stick tables: what `sc_`, `sc0_` and their kin, and `src_` give of each counter."""
    given = []
    for counter in COUNTERS:
        for number in "012":
            given.append(f"sc{number}_{counter}")
        given += [f"sc0_{counter}(news)", f"sc_{counter}(0)", f"sc_{counter}(1)", f"sc_{counter}(1,news)", f"sc_{counter}(2)"]
        if counter not in ("tracked", "trackers"):
            given += [f"src_{counter}(olds)", f"src_{counter}(news)"]
    given += ["src_updt_conn_cnt(olds)", "sc_key(0)", "sc_key(2)"]
    for counter in ["get_gpc", "get_gpt", "gpc_rate", "inc_gpc", "clr_gpc"]:
        given += [f"sc_{counter}(1,0)", f"sc_{counter}(2,1)", f"sc_{counter}(2,0,news)", f"src_{counter}(2,news)"]
    given += ["sc1_clr_gpc(2)"]
    return given


FETCHES = PLAIN + [text.replace("\x00", " ") for text in WITH_ARGUMENTS] + of_tables()

INPUTS = [
    "str()",
    "str(abc)",
    "str('Hello, World/a.b;q=1&c=%41+x')",
    "str('  12 ')",
    "str(3628800)",
    "str(1.2.3.4)",
    "int(0)",
    "int(-1)",
    "int(1700000000)",
    "int(9223372036854775807)",
    "bool(true)",
    "bin(00ff10415a7f80)",
    "ipv4(10.20.30.40)",
    "ipv6(2001:db8::ff00:42:8329)",
    "method",
    "var(txn.none)",
]

CONVERTERS = """
add(3) add(-1) add(proc.number) add_item(:,proc.word) add_item(:,proc.none) and(12) b64dec base2 base64 be2dec(:,2) be2dec(,1,1) be2hex(:,2) be2hex(_,3,1)
be2hex bool bytes(1) bytes(0,2) bytes(2,3) bytes(9) capture-req(1) concat(<,proc.word,>) concat(x) concat(,sess.told) cpl crc32
crc32(1) crc32c crc32c(1) cut_crlf date debug(mark) digest(SHA-256) digest(md5) div(2) div(-3) div(0) djb2 djb2(1) even
fe_exists field(1,/) field(2,' ') field(-1,/) field(1,/,0) field(2,abc,2) fix_is_valid fix_tag_value(35) has_ctl(0x1fffffdff) hex hex2i hmac(sha1,a2V5)
host_only htonl http_date http_date(10) http_date(0,ms) http_date(-1,us) iif(yes,no) in_table(olds) ipmask(24) ipmask(255.0.255.0,64)
ipmask(32,128) json json(ascii) json(utf8s) json(utf8p) json(utf8ps) json_query('$.a') jwt_header_query('$.alg') jwt_payload_query('$.iss')
jwt_verify(\"HS256\",\"key\") language('en;fr') language('en;fr',de) le2dec(.,2) le2dec(-,3,1) length lower ltime(%Y-%m-%d) ltime(%H:%M:%S,60) ltrim(' a') map({map},none) map({map}) map_beg({map},none)
map_dir({map},none) map_dom({map},none) map_end({map},none) map_int({ints},none) map_int_int({ints_n},7) map_ip({ips},none)
map_ip_ip({ips_a}) map_ip_int({ips_n},3) map_reg({map},none) map_regm({map},none) map_str({map},none) map_str_int({map_n},5) map_str_ip({map_a},9.9.9.9) map_str_key({map})
map_sub({map},none) map_int_ip({ints_a}) map_int_key({ints}) map_ip_key({ips}) map_beg_int({map_n},1) map_end_int({map_n},2) map_sub_int({map_n},3)
map_dir_int({map_n},4) map_dom_int({map_n},5) map_reg_int({map_n},6) map_beg_ip({map_a}) map_end_ip({map_a}) map_sub_ip({map_a}) map_dir_ip({map_a}) map_dom_ip({map_a})
map_reg_ip({map_a}) map_beg_key({map}) map_end_key({map}) map_sub_key({map}) map_dir_key({map}) map_dom_key({map}) map_reg_key({map})
mod(7) mod(-7) mod(0) mqtt_field_value(connect,protocol_name) mqtt_is_valid ms_ltime(%FT%T) ms_utime(%s.%N) ms_utime(%c) mul(2) mul(-4611686018427387905)
nbsrv neg not odd or(256) param(q,&) param(c) param(Hello) port_only protobuf(1) protobuf(1.2,int32) regsub('[a-c]',X) regsub('([a-z]+)','<\\\\1>',g)
regsub('O','0',gi) regsub('^','-') reverse reverse_dom rfc7239_field(for) rfc7239_is_valid rfc7239_n2nn rfc7239_n2np rfc7239_nn rfc7239_np rtrim(bc) sdbm sdbm(1)
secure_memcmp(proc.word) set-var(txn.x) set-var(txn.y,ifset) sha1 sha2 sha2(224) sha2(384) sha2(512) srv_is_up srv_queue strcmp(proc.word) sub(1) sub(-9)
ub64dec ub64enc ungrpc(1) unset-var(txn.x) upper url_dec url_dec(1) url_enc url_enc(query) us_ltime(%A) us_utime(%j,3600) utime(%Y%m%d)
utime(%D-%R,-86400) utime(%e) when(toapplet) when(normal) word(1,/) word(2,' ') word(-2,/.) word(1,b,0) wt6 wt6(1) x509_v_err_str xor(255) xor(-1)
xxh3 xxh3(5) xxh32 xxh32(3) xxh64 xxh64(9)
jwt_decrypt_secret(proc.word) aes_gcm_dec(128,proc.word,proc.word,txn.tag)
table_bytes_in_rate(olds) table_bytes_out_rate(olds) table_clr_gpc(0,news) table_clr_gpc0(olds) table_clr_gpc1(olds) table_conn_cnt(olds)
table_conn_cur(olds) table_conn_rate(olds) table_expire(olds) table_expire(olds,8) table_glitch_cnt(third) table_glitch_rate(third) table_gpc(0,news)
table_gpc0(olds) table_gpc0_rate(olds) table_gpc1(olds) table_gpc1_rate(olds) table_gpc_rate(0,news) table_gpt(0,news) table_gpt0(olds) table_http_err_cnt(olds)
table_http_err_rate(olds) table_http_fail_cnt(olds) table_http_fail_rate(olds) table_http_req_cnt(olds) table_http_req_rate(olds) table_idle(olds)
table_idle(olds,9) table_inc_gpc(0,news) table_inc_gpc0(olds) table_inc_gpc1(olds) table_kbytes_in(olds) table_kbytes_out(olds) table_server_id(olds) table_sess_cnt(olds)
table_sess_rate(olds) table_trackers(olds)
""".split("\n")


def split_outside_quotes(line):
    """Words of a line; spaces between apostrophes belong to a word."""
    words, word, quoted = [], "", False
    for char in line:
        if char == "'":
            quoted = not quoted
        if char == " " and not quoted:
            if word:
                words.append(word)
            word = ""
        else:
            word += char
    if word:
        words.append(word)
    return words


CONVERTED = packets.expressions() + [
    f"{given},{converter}"
    for line in CONVERTERS
    for converter in split_outside_quotes(line)
    for given in INPUTS
]
