//! What the system knows of the way to a peer (`TCP_INFO`): times and counts of a connection's segments.

use nix::sys::socket::getsockopt;
use nix::{getsockopt_impl, libc, sockopt_impl};
use proxy_core::sample::TcpFacts;
use tokio::net::TcpStream;

sockopt_impl!(
    /// The kernel's figures of a TCP connection.
    TcpInfo,
    GetOnly,
    libc::IPPROTO_TCP,
    libc::TCP_INFO,
    libc::tcp_info
);

/// The figures of a connection now; none when the system does not tell.
pub(crate) fn facts(stream: &TcpStream) -> Option<TcpFacts> {
    let info = getsockopt(stream, TcpInfo).ok()?;
    Some(TcpFacts {
        rtt_us: info.tcpi_rtt,
        rtt_variance_us: info.tcpi_rttvar,
        unacked: info.tcpi_unacked,
        sacked: info.tcpi_sacked,
        lost: info.tcpi_lost,
        retransmitted: info.tcpi_retrans,
        forward_acked: info.tcpi_fackets,
        reordering: info.tcpi_reordering,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_connection_on_this_host_has_a_short_way_and_has_lost_nothing() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stream = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let facts = facts(&stream).unwrap();
        assert!((1..1_000_000).contains(&facts.rtt_us), "{facts:?}");
        assert_eq!((facts.lost, facts.retransmitted), (0, 0));
    }
}
