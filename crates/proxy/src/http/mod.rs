//! HTTP/1 on a client's connection: request after request until one side has enough.

mod answer;
mod body;
mod cached;
mod compress;
mod count;
mod exchange;
mod failure;
mod forward;
mod outgoing;
mod request;
mod respond;
mod response_head;
mod rules;
mod session;
mod splice;
mod stats;
mod steering;
mod transaction;
mod txn;
mod wait;

pub(crate) use count::count_relayed;
pub(crate) use rules::is_inside;
pub(crate) use session::{serve, serve_stream};
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
        assert!(tcp <= 1096, "{tcp}");
    }

    /// Bytes of a request's future.
    fn size_of_request<'a, F: Future>(_: impl Fn(&'a mut Session, &'a mut super::Txn) -> F) -> usize {
        size_of::<F>()
    }

    #[test]
    fn the_future_of_a_request_is_of_a_size_that_the_allocator_has_at_hand() {
        // glibc keeps chunks of up to 1032 bytes for the thread; beyond that it searches and splits for each request.
        let size = size_of_request(super::transaction::run);
        assert!(size <= 1032, "{size}");
    }
}
