//! Weights and limits as administrators and agents write them, and what is wrong with others, in the original's words.

use haproxy_cfg::model::{Balance, Proxy};

/// The most that a weight can be.
const WEIGHT_MAX: u64 = 256;

/// What is wrong with a weight or a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault(&'static str);

impl Fault {
    /// The words, with the end of line that some of them have.
    #[must_use]
    pub fn whole(self) -> &'static str {
        self.0
    }
}

/// The weight that `text` means for a server of `proxy` to which the file gives `initial`: a number up to 256, or a percentage
/// of what the file gives.
///
/// # Errors
/// When it is neither, or not one that the backend's algorithm can take at run time.
pub fn weight(proxy: &Proxy, initial: u32, text: &[u8]) -> Result<u32, Fault> {
    if text.is_empty() {
        return Err(Fault("Require <weight> or <weight%>.\n"));
    }
    let new = match leading_number(text) {
        None => return Err(Fault("Empty weight string empty or preceded by garbage")),
        Some((n, b"%")) => match u64::try_from(n) {
            Ok(n) => (u64::from(initial).saturating_mul(n) / 100).min(WEIGHT_MAX),
            Err(_) => return Err(Fault("Relative weight must be positive.\n")),
        },
        Some((n, b"")) => match u64::try_from(n).ok().filter(|n| *n <= WEIGHT_MAX) {
            Some(n) => n,
            None => {
                return Err(Fault(
                    "Absolute weight can only be between 0 and 256 inclusive.\n",
                ));
            }
        },
        Some(_) => return Err(Fault("Trailing garbage in weight string")),
    };
    // It is no more than 256.
    let new = new as u32;
    let fixed = match proxy.balance {
        Balance::StaticRr => true,
        Balance::Hash(_) => !proxy.hash_type.consistent,
        _ => false,
    };
    if fixed && new != 0 && new != initial {
        return Err(Fault(
            "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n",
        ));
    }
    Ok(new)
}

/// The `maxconn` that `text` means. Of a larger number, or one below 0, the original keeps what fits into its field.
///
/// # Errors
/// When it is no number.
pub fn maxconn(text: &[u8]) -> Result<u32, Fault> {
    if text.is_empty() {
        return Err(Fault("Require <maxconn>.\n"));
    }
    match leading_number(text) {
        None => Err(Fault("maxconn string empty or preceded by garbage")),
        Some((_, rest)) if !rest.is_empty() => Err(Fault("Trailing garbage in maxconn string")),
        Some((n, _)) => Ok(n as u32),
    }
}

/// The number that a text begins with, and what follows it.
fn leading_number(text: &[u8]) -> Option<(i64, &[u8])> {
    let sign = usize::from(text.starts_with(b"-") || text.starts_with(b"+"));
    let digits = text[sign..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let (number, rest) = text.split_at(sign + digits);
    let number = std::str::from_utf8(number).ok()?;
    // Digits beyond what fits can only be too much.
    let n = number.parse().unwrap_or(if number.starts_with('-') {
        i64::MIN
    } else {
        i64::MAX
    });
    Some((n, rest))
}

#[cfg(test)]
mod tests {
    use super::maxconn;

    #[test]
    fn a_limit_keeps_what_fits() {
        // As haproxy 2.6 shows them.
        assert_eq!(maxconn(b"-1"), Ok(4_294_967_295));
        assert_eq!(maxconn(b"99999999999"), Ok(1_215_752_191));
        assert_eq!(maxconn(b"+5"), Ok(5));
    }
}
