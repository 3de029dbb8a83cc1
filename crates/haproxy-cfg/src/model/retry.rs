//! What is tried again (manual, `retry-on`).

/// Failures on which a request is sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryOn {
    /// No connection: nothing was sent.
    pub conn_failure: bool,
    /// The server closed without a response, or inside its head.
    pub empty_response: bool,
    /// What the server sent is no response.
    pub junk_response: bool,
    /// `timeout server` while the response was awaited.
    pub response_timeout: bool,
    /// Responses with these statuses.
    pub statuses: Vec<u16>,
}

impl Default for RetryOn {
    fn default() -> Self {
        Self {
            conn_failure: true,
            ..Self::none()
        }
    }
}

impl RetryOn {
    /// Nothing is tried again.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            conn_failure: false,
            empty_response: false,
            junk_response: false,
            response_timeout: false,
            statuses: Vec::new(),
        }
    }

    /// Adds what a word of `retry-on` stands for. One that names what never happens here adds nothing.
    pub fn add(&mut self, word: &str) {
        match word {
            "conn-failure" => self.conn_failure = true,
            "empty-response" => self.empty_response = true,
            "junk-response" => self.junk_response = true,
            "response-timeout" => self.response_timeout = true,
            "all-retryable-errors" => {
                self.conn_failure = true;
                self.empty_response = true;
                self.junk_response = true;
                self.response_timeout = true;
                self.statuses.extend([500, 502, 503, 504]);
            }
            other => self.statuses.extend(other.parse::<u16>()),
        }
    }

    /// Whether anything is tried again once the request was sent, which must be kept for that.
    #[must_use]
    pub fn after_sending(&self) -> bool {
        self.empty_response || self.junk_response || self.response_timeout || !self.statuses.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_connections_are_tried_again_unless_more_is_asked_for() {
        assert!(RetryOn::default().conn_failure && !RetryOn::default().after_sending());
        let mut given = RetryOn::none();
        given.add("0rtt-rejected");
        assert_eq!(given, RetryOn::none());
        given.add("503");
        assert!(given.after_sending() && !given.conn_failure);
    }

    #[test]
    fn all_retryable_errors_are_failures_and_four_statuses() {
        let mut given = RetryOn::none();
        given.add("all-retryable-errors");
        assert!(given.conn_failure && given.empty_response && given.junk_response && given.response_timeout);
        assert_eq!(given.statuses, [500, 502, 503, 504]);
    }
}
