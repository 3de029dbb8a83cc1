//! Responses on their way into caches, beside their way to the client.

use crate::http::txn::Txn;

impl Txn {
    /// Keeps the last `new` bytes of those that are ready of the response's body, and all of it once it is whole.
    pub(super) fn fill_caches(&mut self, new: usize) {
        let Some(caching) = &mut self.stream.caching else {
            return;
        };
        if caching.filling.is_empty() {
            return;
        }
        let p = &self.progress;
        let ready = self
            .res
            .as_ref()
            .map_or(&[][..], |buffer| &buffer.data()[..p.res_ready]);
        let bytes = &ready[ready.len() - new..];
        caching.filling.retain_mut(|filling| filling.push(bytes));
        if p.is_body_received() {
            for filling in caching.filling.drain(..) {
                filling.finish();
            }
        }
    }
}
