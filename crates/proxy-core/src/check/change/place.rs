//! A server's address and port, as name servers and the socket change them.

use std::net::IpAddr;

use haproxy_cfg::model::LogLevel;

use super::super::Event;
use super::{Change, Passed, PlaceChange};
use crate::state::{Admin, Place};

impl Change<'_> {
    /// Carries out what a name server's answer means for the server.
    pub(super) fn moves(&mut self, change: &PlaceChange<'_>) {
        let state = self.state();
        let server = &self.config.servers[self.server];
        let mut place = state.place().unwrap_or_else(|| Place::at_start(server));
        match change {
            PlaceChange::Address { ip, by } => {
                self.readdress(&mut place, *ip, by);
                if self.resolves_again(&place) {
                    self.say(
                        LogLevel::Notice,
                        &[b" administratively READY thanks to valid DNS answer."],
                    );
                }
            }
            PlaceChange::Lost(cause) => {
                place.ip = None;
                state.set_place(place);
                self.enter_maintenance(Admin::UNRESOLVED, &[b" (", cause.as_bytes(), b")"].concat());
            }
            PlaceChange::Removed => {
                state.set_place(Place::default());
                self.enter_maintenance(Admin::UNRESOLVED, b" (entry removed from SRV record)");
            }
            PlaceChange::Assigned { host, port, ip } => {
                if let Some(ip) = ip {
                    self.readdress(&mut place, *ip, b"DNS additional record");
                }
                self.note(
                    b" changed its FQDN from (null) to ",
                    host,
                    b" by 'SRV record'",
                    false,
                );
                place.host = Some((*host).clone());
                place.port = Some(*port);
                state.set_place(place.clone());
                state.set_admin(Admin(state.admin().0 | Admin::RENAMED));
                if ip.is_some() {
                    self.resolves_again(&place);
                }
            }
        }
        // Balancers look at what servers can do, and hashes at where they are.
        self.proxy.touch_servers();
    }

    pub(super) fn readdress(&mut self, place: &mut Place, ip: IpAddr, by: &[u8]) {
        if place.ip != Some(ip) {
            let before = place.ip.map_or("(none)".to_owned(), |ip| ip.to_string());
            let words = format!(" changed its IP from {before} to {ip} by ");
            self.note(words.as_bytes(), by, b".", true);
        }
        place.ip = Some(ip);
        self.state().set_place(place.clone());
    }

    /// Ends maintenance for want of an address. Gives whether there was one that ends.
    pub(super) fn resolves_again(&mut self, place: &Place) -> bool {
        let admin = self.state().admin();
        if !admin.is_unresolved() {
            return false;
        }
        let left = Admin(admin.0 & !Admin::UNRESOLVED);
        if left.is_maint() {
            self.state().set_admin(left);
            return false;
        }
        self.serve_again(left);
        self.passed.push(Passed::Maintenance(false));
        let host = place.host.as_ref().map_or(&b""[..], |host| host.as_slice());
        self.say(
            LogLevel::Notice,
            &[b" ('", host, b"') is UP/READY (resolves again)."],
        );
        if !left.is_drain() {
            self.end_backup_sessions();
        }
        true
    }

    /// Says something of the server by its bare name.
    pub(super) fn note(&mut self, words: &[u8], what: &[u8], end: &[u8], aloud: bool) {
        let server = &self.config.servers[self.server];
        let text = [self.config.name.as_slice(), b"/", &server.name, words, what, end].concat();
        let event = Event::of_server(self.id, self.server, LogLevel::Notice, text);
        self.events
            .push(if aloud { event } else { event.for_the_log_alone() });
    }
}
