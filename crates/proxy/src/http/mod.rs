//! HTTP/1 on a client's connection: request after request until one side has enough.

mod answer;
mod body;
mod count;
mod exchange;
mod failure;
mod forward;
mod outgoing;
mod request;
mod respond;
mod rules;
mod session;
mod splice;
mod stats;
mod steering;
mod transaction;
mod txn;
mod wait;

pub(crate) use rules::is_inside;
pub(crate) use session::serve;
pub(crate) use txn::Txn;

/// Most headers of a head. The original counts the end of the head among those that `tune.http.maxhdr` allows.
fn most_headers(tune: &haproxy_cfg::model::Tune) -> usize {
    tune.http_maxhdr.saturating_sub(1) as usize
}

#[cfg(test)]
mod tests {
    use crate::session::Session;

    /// Bytes of the task's future.
    fn size_of_future<F: Future>(_: fn(Session) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn an_idle_connection_costs_a_small_task() {
        let http = size_of_future(super::serve);
        let tcp = size_of_future(crate::tcp::serve);
        assert!(http <= 384, "{http}");
        assert!(tcp <= 1100, "{tcp}");
    }
}
