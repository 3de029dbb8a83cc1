//! Lines of `crt-store` (manual, section 12.7).

use syntax::Diagnostic;

use super::super::line::Line;
use super::super::reading::Reading;
use super::given;

/// `load crt FILE …`: the certificate must be named.
pub(crate) fn load(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    if given.option("crt").is_none() {
        let message = "'load' expects 'crt' with the file of a certificate.";
        let told = Diagnostic::alert("missing-argument", message).at(line.span());
        reading.tell(told.help("write: load crt FILE"));
    }
}
