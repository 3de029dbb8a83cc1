//! The world as converters of log lines see it (`balance log-hash`): the process's clocks, and no client.

use std::cell::RefCell;
use std::ffi::OsStr;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::sync::atomic::Ordering::Relaxed;

use proxy_core::logline::{DateText, LocalTime};
use proxy_core::sample::{
    CertificateVerdict, Effort, PacketField, SampleContext, TcpFacts, Tls, Workers, World,
};

use crate::thread::Shared;

/// What is at hand while a line is on its way.
pub(super) struct Bystander<'a> {
    pub(super) shared: &'a Shared,
    /// Microseconds since the epoch.
    pub(super) now_us: u64,
    pub(super) dates: RefCell<&'a mut DateText>,
    pub(super) random: u64,
}

impl std::fmt::Debug for Bystander<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bystander")
    }
}

impl World for Bystander<'_> {
    fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    fn epoch_us(&self) -> u64 {
        self.now_us
    }

    fn epoch_us_at(&self, clock_ms: u64) -> u64 {
        let ago_us = self.now_ms().saturating_sub(clock_ms) * 1000;
        self.now_us.saturating_sub(ago_us)
    }

    fn random(&self) -> u64 {
        self.random
    }

    fn thread(&self) -> usize {
        0
    }

    fn pid(&self) -> u32 {
        std::process::id()
    }

    fn hostname(&self) -> &[u8] {
        &self.shared.process.hostname
    }

    fn proves_password(&self, hash: &[u8], password: &[u8]) -> bool {
        crate::passwords::proves(hash, password)
    }

    fn is_stopping(&self) -> bool {
        self.shared.is_stopping()
    }

    fn variable(&self, name: &[u8]) -> Option<Box<[u8]>> {
        let value = std::env::var_os(OsStr::from_bytes(name))?;
        Some(value.into_vec().into())
    }

    fn connected_to(&self) -> Option<SocketAddr> {
        None
    }

    fn client_tcp(&self) -> Option<TcpFacts> {
        None
    }

    fn saved_syn(&self) -> Option<Box<[u8]>> {
        None
    }

    fn cpu_usage(&self, _: Workers) -> u8 {
        0
    }

    fn is_local(&self, address: IpAddr) -> bool {
        // Only what is the host's own can be bound.
        UdpSocket::bind((address, 0)).is_ok()
    }

    fn tls(&self) -> Option<Tls<'_>> {
        None
    }

    fn client_certificate(&self, _: usize) -> Option<&[u8]> {
        None
    }

    fn client_verdict(&self) -> CertificateVerdict {
        CertificateVerdict::default()
    }

    fn own_certificate(&self) -> Option<&[u8]> {
        None
    }

    fn effort(&self) -> Option<Effort> {
        None
    }

    fn set_nice(&self, _: i64) {}

    fn set_on_packets(&self, _: PacketField, _: u32) {}

    fn log(&self, _: &SampleContext<'_>, _: &'static str, _: Option<&[u8]>) {}

    fn note(&self, sink: &[u8], message: &[u8]) {
        let mut text = Vec::with_capacity(message.len() + 64);
        let mut dates = self.dates.borrow_mut();
        if !self
            .shared
            .logs
            .note(&mut text, sink, self.now_us, &mut dates, message)
        {
            self.shared.runtime.dropped_logs.fetch_add(1, Relaxed);
        }
    }

    fn local(&self, epoch: i64) -> LocalTime {
        self.dates.borrow().local_at(epoch)
    }
}
