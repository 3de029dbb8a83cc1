//! `del-headers-bin`: how names may be matched.

use crate::parse::Reading;
use crate::signature::{Argument, Subject, Value};

/// A list that is known only at run time holds no regular expressions.
pub(crate) fn no_expression(
    reading: &mut Reading<'_>,
    arguments: &mut [Argument],
    subject: &Subject<'_>,
) -> Option<()> {
    let regular = arguments.iter().find(|argument| match &argument.value {
        Value::Option("-m", values) => values.iter().any(|method| method.value.word() == Some("reg")),
        _ => false,
    });
    let Some(regular) = regular else {
        return Some(());
    };
    let message = "-m reg is unsupported with del-headers-bin due to performance reasons";
    let help = "write -m beg, end, sub or str";
    subject.alert(reading, "unknown-option", regular.span, message, help);
    None
}
