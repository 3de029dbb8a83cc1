//! BFD packets from the network: nothing panics, one that is read is written as it was, and a session survives whatever it
//! hears and always has a way on.
#![no_main]

use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use vrrp_proto::Time;
use vrrp_proto::bfd::{Output, Packet, Session, SessionConfig, State};

fuzz_target!(|data: &[u8]| {
    let [choice, data @ ..] = data else { return };
    let config = SessionConfig {
        multiplier: 1 + (choice & 7),
        passive: choice & 8 != 0,
        min_tx: Duration::from_millis(1 + u64::from(choice >> 4)),
        ..SessionConfig::default()
    };
    let mut now = Time::ZERO;
    let mut session = Session::new(now, config, 7, u64::from(*choice));
    let mut sent = 0_u32;
    // A byte of time and 24 of a packet each.
    for input in data.chunks_exact(25) {
        now += Duration::from_millis(u64::from(input[0]) * 3);
        // What is due by then, but not more packets than such a time has room for.
        for _ in 0..2000 {
            match session.poll_timeout() {
                Some(at) if at <= now => session.handle_timeout(at),
                _ => break,
            }
        }
        let mut bytes = [0; 24];
        bytes.copy_from_slice(&input[1..]);
        if input[0] & 1 != 0 {
            // Put right, so that what is behind the checks is reached as well.
            bytes[0] = 0x20 | bytes[0] & 0x1f;
            bytes[1] &= !5;
            bytes[3] = 24;
        }
        if let Ok(packet) = Packet::decode(&bytes) {
            assert_eq!(packet.encode(), bytes, "it is what was read");
            session.handle_packet(now, &packet);
            if packet.state == State::AdminDown {
                assert_ne!(session.state(), State::Up);
            }
        }
        while let Some(output) = session.poll_output() {
            if let Output::Send(packet) = output {
                sent += 1;
                assert_eq!(Packet::decode(&packet.encode()), Ok(packet));
                assert!(!(packet.poll && packet.is_final), "never both");
            }
        }
        if !config.passive && session.remote_discriminator() == 0 {
            assert!(session.poll_timeout().is_some(), "it goes on asking");
        }
    }
    assert!(sent < 1_000_000);
});
