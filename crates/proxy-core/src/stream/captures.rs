//! What is captured of a request and of its response for the log (manual, `capture request header` and its kin).

use std::cell::RefCell;

use haproxy_cfg::model;

use crate::http1::Headers;

/// Captured values by slot, as the frontend's `capture` and `declare capture` lines number them. Rules and converters fill them
/// while samples are looked at.
#[derive(Clone, Debug, Default)]
pub struct Captures {
    request: RefCell<Vec<Value>>,
    response: RefCell<Vec<Value>>,
    /// Cookies of the request and of the response, as `name=value`.
    cookies: [Vec<u8>; 2],
}

/// A slot's value. Its memory outlives it.
#[derive(Clone, Debug, Default)]
struct Value {
    is_set: bool,
    bytes: Vec<u8>,
}

impl Captures {
    fn side(&self, request: bool) -> &RefCell<Vec<Value>> {
        if request { &self.request } else { &self.response }
    }

    /// Shows `see` the value in a slot, if there is one.
    pub fn get<T>(&self, request: bool, slot: usize, see: impl FnOnce(&[u8]) -> T) -> Option<T> {
        let values = self.side(request).borrow();
        let value = values.get(slot).filter(|value| value.is_set)?;
        Some(see(&value.bytes))
    }

    /// Puts a value into a slot, cut to `max` bytes.
    pub fn set(&self, request: bool, slot: usize, value: &[u8], max: usize) {
        let mut values = self.side(request).borrow_mut();
        if values.len() <= slot {
            values.resize_with(slot + 1, Value::default);
        }
        let place = &mut values[slot];
        place.is_set = true;
        place.bytes.clear();
        place.bytes.extend_from_slice(&value[..value.len().min(max)]);
    }

    /// Captures the headers that slots ask for: the last line of each name.
    pub fn take_headers(&self, request: bool, slots: &[model::CaptureSlot], headers: Headers<'_>) {
        for (at, slot) in slots.iter().enumerate() {
            let name = slot.header.as_ref();
            if let Some(value) = name.and_then(|name| headers.get(name).last()) {
                self.set(request, at, value, slot.len);
            }
        }
    }

    /// Captures the first cookie of the message whose text begins with `name`.
    pub fn take_cookie(&mut self, request: bool, (name, max): (&[u8], usize), headers: Headers<'_>) {
        let header: &[u8] = if request { b"cookie" } else { b"set-cookie" };
        let texts = headers.get(header).flat_map(|line| {
            // A response's line has one cookie, and its attributes behind that.
            let most = if request { usize::MAX } else { 1 };
            line.split(|byte| *byte == b';').take(most)
        });
        let found = texts.map(<[u8]>::trim_ascii).find(|text| text.starts_with(name));
        if let Some(text) = found {
            let cookie = &mut self.cookies[usize::from(!request)];
            cookie.clear();
            cookie.extend_from_slice(&text[..text.len().min(max)]);
        }
    }

    /// The captured cookie of the request, or of the response.
    #[must_use]
    pub fn cookie(&self, request: bool) -> Option<&[u8]> {
        Some(&self.cookies[usize::from(!request)][..]).filter(|cookie| !cookie.is_empty())
    }

    /// Forgets all; memory is kept.
    pub fn clear(&mut self) {
        for side in [&mut self.request, &mut self.response] {
            side.get_mut().iter_mut().for_each(|value| value.is_set = false);
        }
        self.cookies.iter_mut().for_each(Vec::clear);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_cut_and_forgotten() {
        let mut captures = Captures::default();
        captures.set(true, 1, b"abcdef", 4);
        assert_eq!(captures.get(true, 1, <[u8]>::to_vec), Some(b"abcd".to_vec()));
        assert_eq!(captures.get(true, 0, <[u8]>::to_vec), None);
        assert_eq!(captures.get(false, 1, <[u8]>::to_vec), None);
        captures.clear();
        assert_eq!(captures.get(true, 1, <[u8]>::to_vec), None);
    }
}
