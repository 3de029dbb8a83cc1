//! Converters: their arguments, what they take and what they give.

use super::argument::ArgType::*;
use super::argument::{NONE, RFC7239_FIELDS, SET_VAR_CONDITIONS, TIME_UNITS, WHEN_CONDITIONS};
use super::sample::{Before, ConverterRow, Output::*, converter};

pub(super) const ROWS: &[ConverterRow] = &[
    converter("add", 1, &[Operand], Sint, Sint).acts(),
    converter("add_item", 2, &[Text, OptionalVariable, Text], Str, Str).acts(),
    converter(
        "aes_cbc_dec",
        3,
        &[KeyBits, Secret("nonce"), Secret("key"), Secret("aad")],
        Bin,
        Bin,
    )
    .since(3, 4)
    .acts(),
    converter(
        "aes_cbc_enc",
        3,
        &[KeyBits, Secret("nonce"), Secret("key"), Secret("aad")],
        Bin,
        Bin,
    )
    .since(3, 4)
    .acts(),
    converter(
        "aes_gcm_dec",
        4,
        &[
            KeyBits,
            Secret("nonce"),
            Secret("key"),
            TagVariable,
            Secret("aad"),
        ],
        Bin,
        Bin,
    )
    .before(3, 3, Before::AtMost(4))
    .acts(),
    converter(
        "aes_gcm_enc",
        4,
        &[
            KeyBits,
            Secret("nonce"),
            Secret("key"),
            TagVariable,
            Secret("aad"),
        ],
        Bin,
        Bin,
    )
    .since(3, 0)
    .before(3, 3, Before::AtMost(4))
    .acts(),
    converter("and", 1, &[Operand], Sint, Sint).acts(),
    converter("b64dec", 0, NONE, Str, Bin).acts(),
    converter("base2", 0, NONE, Bin, Str).since(3, 2).acts(),
    converter("base64", 0, NONE, Bin, Str).acts(),
    converter("be2dec", 1, &[Text, ChunkOf8, Truncate], Bin, Str).acts(),
    converter("be2hex", 1, &[Text, Chunk, Truncate], Bin, Str).acts(),
    converter("bool", 0, NONE, Sint, Bool).acts(),
    converter("bytes", 1, &[Offset, Length], Bin, Bin)
        .before(2, 7, Before::Integers)
        .acts(),
    converter("capture-req", 1, &[Integer], Str, Str).acts(),
    converter("capture-res", 1, &[Integer], Str, Str).acts(),
    converter("concat", 1, &[Text, OptionalVariable, Text], Str, Str).acts(),
    converter("cpl", 0, NONE, Sint, Sint).acts(),
    converter("crc32", 0, &[Integer], Bin, Sint).acts(),
    converter("crc32c", 0, &[Integer], Bin, Sint).acts(),
    converter("cut_crlf", 0, NONE, Str, Str).acts(),
    converter("date", 0, NONE, Str, Sint).since(3, 2).acts(),
    converter("debug", 0, &[Text, Sink], Any, Same)
        .before(2, 7, Before::Gives(Any))
        .acts(),
    converter("digest", 1, &[Digest], Bin, Bin).acts(),
    converter("div", 1, &[Operand], Sint, Sint).acts(),
    converter("djb2", 0, &[Integer], Bin, Sint).acts(),
    converter("eth.data", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("eth.dst", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("eth.hdr", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("eth.proto", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("eth.src", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("eth.vlan", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("even", 0, NONE, Sint, Bool).acts(),
    converter("fe_exists", 0, NONE, Str, Bool).since(3, 4).acts(),
    converter("field", 2, &[Index, Separators, Integer], Str, Str).acts(),
    converter("fix_is_valid", 0, NONE, Bin, Bool).acts(),
    converter("fix_tag_value", 1, &[FixTag], Bin, Bin).acts(),
    converter("has_ctl", 0, &[Text], Bin, Bool).acts().since(3, 2),
    converter("hex", 0, NONE, Bin, Str).acts(),
    converter("hex2i", 0, NONE, Str, Sint).acts(),
    converter("hmac", 2, &[Digest, Secret("key")], Bin, Bin).acts(),
    converter("host_only", 0, NONE, Str, Str).acts(),
    converter("htonl", 0, NONE, Sint, Bin).acts(),
    converter("http_date", 0, &[Integer, OneOf(TIME_UNITS)], Sint, Str).acts(),
    converter("iif", 2, &[Text, Text], Bool, Str).acts(),
    converter("in_table", 1, &[Table], Any, Bool).acts(),
    converter("ip.data", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("ip.df", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ip.dst", 0, NONE, Bin, Addr).since(3, 4).acts(),
    converter("ip.fp", 0, &[Integer], Bin, Bin).since(3, 4).acts(),
    converter("ip.hdr", 0, NONE, Bin, Bin).since(3, 4).acts(),
    converter("ip.proto", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ip.src", 0, NONE, Bin, Addr).since(3, 4).acts(),
    converter("ip.tos", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ip.ttl", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ip.ver", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ipmask", 1, &[Mask4, Mask6], Addr, Addr)
        .before(2, 7, Before::Gives(Ipv4))
        .acts(),
    converter("json", 1, &[JsonCode], Str, Str).acts(),
    converter("json_query", 1, &[JsonPath, JsonOutput], Str, Any).acts(),
    converter("jwt_decrypt_cert", 1, &[KeyFile], Bin, Bin)
        .since(3, 4)
        .acts(),
    converter("jwt_decrypt_jwk", 1, &[TextOrVariable], Bin, Bin)
        .since(3, 4)
        .acts(),
    converter("jwt_decrypt_secret", 1, &[Secret("secret")], Bin, Bin)
        .since(3, 4)
        .acts(),
    converter("jwt_header_query", 0, &[Text, JsonOutput], Bin, Any).acts(),
    converter("jwt_payload_query", 0, &[Text, JsonOutput], Bin, Any).acts(),
    converter("jwt_verify", 2, &[JwtAlgorithm, KeyFile], Bin, Sint).acts(),
    converter("jwt_verify_cert", 2, &[JwtAlgorithm, File], Bin, Sint)
        .since(3, 3)
        .acts(),
    converter("language", 1, &[Text, Text], Str, Str).acts(),
    converter("le2dec", 1, &[Text, ChunkOf8, Truncate], Bin, Str)
        .since(3, 2)
        .acts(),
    converter("length", 0, NONE, Str, Sint).acts(),
    converter("lower", 0, NONE, Str, Str).acts(),
    converter("ltime", 1, &[Text, Integer], Sint, Str).acts(),
    converter("ltrim", 1, &[Text], Str, Str).acts(),
    converter("map", 1, &[Map, Text], Str, Str).acts(),
    converter("map_beg", 1, &[Map, Text], Str, Str).acts(),
    converter("map_beg_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_beg_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_beg_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_dir", 1, &[Map, Text], Str, Str).acts(),
    converter("map_dir_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_dir_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_dir_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_dom", 1, &[Map, Text], Str, Str).acts(),
    converter("map_dom_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_dom_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_dom_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_end", 1, &[Map, Text], Str, Str).acts(),
    converter("map_end_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_end_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_end_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_int", 1, &[Map, Text], Sint, Str).acts(),
    converter("map_int_int", 1, &[Map, Integer], Sint, Sint).acts(),
    converter("map_int_ip", 1, &[Map, Text], Sint, Addr).acts(),
    converter("map_int_key", 1, &[Map], Sint, Str).since(3, 0).acts(),
    converter("map_ip", 1, &[Map, Text], Addr, Str).acts(),
    converter("map_ip_int", 1, &[Map, Integer], Addr, Sint).acts(),
    converter("map_ip_ip", 1, &[Map, Text], Addr, Addr).acts(),
    converter("map_ip_key", 1, &[Map], Addr, Str).since(3, 0).acts(),
    converter("map_reg", 1, &[Map, Text], Str, Str).acts(),
    converter("map_reg_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_reg_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_reg_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_regm", 1, &[Map, Text], Str, Str).acts(),
    converter("map_str", 1, &[Map, Text], Str, Str).acts(),
    converter("map_str_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_str_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_str_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("map_sub", 1, &[Map, Text], Str, Str).acts(),
    converter("map_sub_int", 1, &[Map, Integer], Str, Sint).acts(),
    converter("map_sub_ip", 1, &[Map, Text], Str, Addr).acts(),
    converter("map_sub_key", 1, &[Map], Str, Str).since(3, 0).acts(),
    converter("mod", 1, &[Operand], Sint, Sint).acts(),
    converter("mqtt_field_value", 2, &[MqttType, MqttField], Bin, Str).acts(),
    converter("mqtt_is_valid", 0, NONE, Bin, Bool).acts(),
    converter("ms_ltime", 1, &[Text, Integer], Sint, Str)
        .since(2, 9)
        .acts(),
    converter("ms_utime", 1, &[Text, Integer], Sint, Str)
        .since(2, 9)
        .acts(),
    converter("mul", 1, &[Operand], Sint, Sint).acts(),
    converter("nbsrv", 0, NONE, Str, Sint).acts(),
    converter("neg", 0, NONE, Sint, Sint).acts(),
    converter("not", 0, NONE, Sint, Bool).acts(),
    converter("odd", 0, NONE, Sint, Bool).acts(),
    converter("or", 1, &[Operand], Sint, Sint).acts(),
    converter("param", 1, &[Text, Text], Str, Str).since(2, 8).acts(),
    converter("port_only", 0, NONE, Str, Sint).acts(),
    converter("protobuf", 1, &[Field, ProtobufType], Bin, Bin).acts(),
    converter("regsub", 2, &[Regex, Text, RegexFlags], Str, Str).acts(),
    converter("reverse", 0, NONE, Str, Str).since(3, 4).acts(),
    converter("reverse_dom", 0, NONE, Str, Str).since(3, 4).acts(),
    converter("rfc7239_field", 1, &[OneOf(RFC7239_FIELDS)], Str, Str)
        .since(2, 8)
        .acts(),
    converter("rfc7239_is_valid", 0, NONE, Str, Bool)
        .since(2, 8)
        .acts(),
    converter("rfc7239_n2nn", 0, NONE, Str, Any).since(2, 8).acts(),
    converter("rfc7239_n2np", 0, NONE, Str, Any).since(2, 8).acts(),
    converter("rfc7239_nn", 0, NONE, Any, Str).since(3, 1).acts(),
    converter("rfc7239_np", 0, NONE, Any, Str).since(3, 1).acts(),
    converter("rtrim", 1, &[Text], Str, Str).acts(),
    converter("sdbm", 0, &[Integer], Bin, Sint).acts(),
    converter("secure_memcmp", 1, &[RequiredVariable], Bin, Bool).acts(),
    converter(
        "set-var",
        1,
        &[
            Variable,
            OneOf(SET_VAR_CONDITIONS),
            OneOf(SET_VAR_CONDITIONS),
            OneOf(SET_VAR_CONDITIONS),
            OneOf(SET_VAR_CONDITIONS),
        ],
        Any,
        Any,
    )
    .acts(),
    converter("sha1", 0, NONE, Bin, Bin).acts(),
    converter("sha2", 0, &[Sha2Bits], Bin, Bin).acts(),
    converter("srv_is_up", 0, NONE, Str, Bool).since(3, 2).acts(),
    converter("srv_queue", 0, NONE, Str, Sint).acts(),
    converter("strcmp", 1, &[RequiredVariable], Str, Sint).acts(),
    converter("sub", 1, &[Operand], Sint, Sint).acts(),
    converter("table_bytes_in_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_bytes_out_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_clr_gpc", 2, &[Integer, Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_clr_gpc0", 1, &[Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_clr_gpc1", 1, &[Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_conn_cnt", 1, &[Table], Any, Sint).acts(),
    converter("table_conn_cur", 1, &[Table], Any, Sint).acts(),
    converter("table_conn_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_expire", 1, &[Table, Integer], Any, Sint).acts(),
    converter("table_glitch_cnt", 1, &[Table], Any, Sint)
        .since(3, 0)
        .acts(),
    converter("table_glitch_rate", 1, &[Table], Any, Sint)
        .since(3, 0)
        .acts(),
    converter("table_gpc", 2, &[Integer, Table], Any, Sint).acts(),
    converter("table_gpc0", 1, &[Table], Any, Sint).acts(),
    converter("table_gpc0_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_gpc1", 1, &[Table], Any, Sint).acts(),
    converter("table_gpc1_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_gpc_rate", 2, &[Integer, Table], Any, Sint).acts(),
    converter("table_gpt", 2, &[Integer, Table], Any, Sint).acts(),
    converter("table_gpt0", 1, &[Table], Any, Sint).acts(),
    converter("table_http_err_cnt", 1, &[Table], Any, Sint).acts(),
    converter("table_http_err_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_http_fail_cnt", 1, &[Table], Any, Sint).acts(),
    converter("table_http_fail_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_http_req_cnt", 1, &[Table], Any, Sint).acts(),
    converter("table_http_req_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_idle", 1, &[Table, Integer], Any, Sint).acts(),
    converter("table_inc_gpc", 2, &[Integer, Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_inc_gpc0", 1, &[Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_inc_gpc1", 1, &[Table], Any, Sint)
        .since(3, 2)
        .acts(),
    converter("table_kbytes_in", 1, &[Table], Any, Sint).acts(),
    converter("table_kbytes_out", 1, &[Table], Any, Sint).acts(),
    converter("table_server_id", 1, &[Table], Any, Sint).acts(),
    converter("table_sess_cnt", 1, &[Table], Any, Sint).acts(),
    converter("table_sess_rate", 1, &[Table], Any, Sint).acts(),
    converter("table_trackers", 1, &[Table], Any, Sint).acts(),
    converter("tcp.dst", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("tcp.flags", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("tcp.options.mss", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options.sack", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options.tsopt", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options.tsval", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options.wscale", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options.wsopt", 0, NONE, Bin, Sint)
        .since(3, 4)
        .acts(),
    converter("tcp.options_list", 0, NONE, Bin, Bin)
        .since(3, 4)
        .acts(),
    converter("tcp.seq", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("tcp.src", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("tcp.win", 0, NONE, Bin, Sint).since(3, 4).acts(),
    converter("ub64dec", 0, NONE, Str, Bin).acts(),
    converter("ub64enc", 0, NONE, Bin, Str).acts(),
    converter("ungrpc", 1, &[Field, ProtobufType], Bin, Bin).acts(),
    converter("unset-var", 1, &[Variable], Any, Any).acts(),
    converter("upper", 0, NONE, Str, Str).acts(),
    converter("url_dec", 0, &[Integer], Str, Str).acts(),
    converter("url_enc", 1, &[UrlEncoding], Str, Str).acts(),
    converter("us_ltime", 1, &[Text, Integer], Sint, Str)
        .since(2, 9)
        .acts(),
    converter("us_utime", 1, &[Text, Integer], Sint, Str)
        .since(2, 9)
        .acts(),
    converter("utime", 1, &[Text, Integer], Sint, Str).acts(),
    converter("when", 1, &[OneOf(WHEN_CONDITIONS), Text, Text], Any, Any)
        .acts()
        .since(3, 0),
    converter("word", 2, &[Index, Separators, Integer], Str, Str).acts(),
    converter("wt6", 0, &[Integer], Bin, Sint).acts(),
    converter("x509_v_err_str", 0, NONE, Sint, Str).since(2, 7).acts(),
    converter("xor", 1, &[Operand], Sint, Sint).acts(),
    converter("xxh3", 0, &[Integer], Bin, Sint).acts(),
    converter("xxh32", 0, &[Integer], Bin, Sint).acts(),
    converter("xxh64", 0, &[Integer], Bin, Sint).acts(),
];
