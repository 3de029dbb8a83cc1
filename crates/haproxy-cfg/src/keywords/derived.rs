//! Keywords that only ACLs have: each is a fetch with a match method.

use super::sample::DerivedRow;
use crate::model::MatchKind as M;

/// A derived keyword of a match that is not acted on has none.
pub(super) const ROWS: &[DerivedRow] = &[
    DerivedRow {
        name: "base",
        fetch: "base",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "base_beg",
        fetch: "base",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "base_dir",
        fetch: "base",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "base_dom",
        fetch: "base",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "base_end",
        fetch: "base",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "base_len",
        fetch: "base",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "base_reg",
        fetch: "base",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "base_sub",
        fetch: "base",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "cook",
        fetch: "req.cook",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "cook_beg",
        fetch: "req.cook",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "cook_dir",
        fetch: "req.cook",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "cook_dom",
        fetch: "req.cook",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "cook_end",
        fetch: "req.cook",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "cook_len",
        fetch: "req.cook",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "cook_reg",
        fetch: "req.cook",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "cook_sub",
        fetch: "req.cook",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "hdr",
        fetch: "req.hdr",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "hdr_beg",
        fetch: "req.hdr",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "hdr_dir",
        fetch: "req.hdr",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "hdr_dom",
        fetch: "req.hdr",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "hdr_end",
        fetch: "req.hdr",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "hdr_len",
        fetch: "req.hdr",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "hdr_reg",
        fetch: "req.hdr",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "hdr_sub",
        fetch: "req.hdr",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "http_auth_group",
        fetch: "http_auth_group",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "method",
        fetch: "method",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "path",
        fetch: "path",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "path_beg",
        fetch: "path",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "path_dir",
        fetch: "path",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "path_dom",
        fetch: "path",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "path_end",
        fetch: "path",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "path_len",
        fetch: "path",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "path_reg",
        fetch: "path",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "path_sub",
        fetch: "path",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "payload",
        fetch: "req.payload",
        matcher: None,
    },
    DerivedRow {
        name: "payload_lv",
        fetch: "req.payload_lv",
        matcher: None,
    },
    DerivedRow {
        name: "req.ssl_ver",
        fetch: "req.ssl_ver",
        matcher: Some(M::Int),
    },
    DerivedRow {
        name: "req_rdp_cookie",
        fetch: "req.rdp_cookie",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "req_rdp_cookie_cnt",
        fetch: "req.rdp_cookie_cnt",
        matcher: Some(M::Int),
    },
    DerivedRow {
        name: "req_ssl_sni",
        fetch: "req.ssl_sni",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "req_ssl_ver",
        fetch: "req.ssl_ver",
        matcher: Some(M::Int),
    },
    DerivedRow {
        name: "req_ver",
        fetch: "req.ver",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "resp_ver",
        fetch: "res.ver",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "scook",
        fetch: "res.cook",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "scook_beg",
        fetch: "res.cook",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "scook_dir",
        fetch: "res.cook",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "scook_dom",
        fetch: "res.cook",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "scook_end",
        fetch: "res.cook",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "scook_len",
        fetch: "res.cook",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "scook_reg",
        fetch: "res.cook",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "scook_sub",
        fetch: "res.cook",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "shdr",
        fetch: "res.hdr",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "shdr_beg",
        fetch: "res.hdr",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "shdr_dir",
        fetch: "res.hdr",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "shdr_dom",
        fetch: "res.hdr",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "shdr_end",
        fetch: "res.hdr",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "shdr_len",
        fetch: "res.hdr",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "shdr_reg",
        fetch: "res.hdr",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "shdr_sub",
        fetch: "res.hdr",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "ssl_fc_sni_end",
        fetch: "ssl_fc_sni",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "ssl_fc_sni_reg",
        fetch: "ssl_fc_sni",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "url",
        fetch: "url",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "url_beg",
        fetch: "url",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "url_dir",
        fetch: "url",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "url_dom",
        fetch: "url",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "url_end",
        fetch: "url",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "url_len",
        fetch: "url",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "url_reg",
        fetch: "url",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "url_sub",
        fetch: "url",
        matcher: Some(M::Sub),
    },
    DerivedRow {
        name: "urlp",
        fetch: "urlp",
        matcher: Some(M::Str),
    },
    DerivedRow {
        name: "urlp_beg",
        fetch: "urlp",
        matcher: Some(M::Beg),
    },
    DerivedRow {
        name: "urlp_dir",
        fetch: "urlp",
        matcher: Some(M::Dir),
    },
    DerivedRow {
        name: "urlp_dom",
        fetch: "urlp",
        matcher: Some(M::Dom),
    },
    DerivedRow {
        name: "urlp_end",
        fetch: "urlp",
        matcher: Some(M::End),
    },
    DerivedRow {
        name: "urlp_len",
        fetch: "urlp",
        matcher: Some(M::Len),
    },
    DerivedRow {
        name: "urlp_reg",
        fetch: "urlp",
        matcher: Some(M::Reg),
    },
    DerivedRow {
        name: "urlp_sub",
        fetch: "urlp",
        matcher: Some(M::Sub),
    },
];
