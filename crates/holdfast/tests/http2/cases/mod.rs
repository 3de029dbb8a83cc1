//! The cases, in the order of the RFC's sections.

mod compression;
mod connection;
mod flow;
mod frames;
mod messages;
mod requests;
mod settings;
mod streams;

use crate::case::Case;

pub(crate) fn cases() -> Vec<Case> {
    let all = [
        connection::cases(),
        compression::cases(),
        streams::cases(),
        frames::cases(),
        settings::cases(),
        flow::cases(),
        messages::cases(),
        requests::cases(),
    ];
    all.into_iter().flatten().collect()
}
