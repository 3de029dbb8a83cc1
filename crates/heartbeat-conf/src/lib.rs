//! ha.cf, haresources and authkeys. Pure: files come in through traits.
