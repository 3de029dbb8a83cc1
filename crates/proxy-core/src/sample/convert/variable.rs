//! Converters that set and forget variables and captures on the way.

use haproxy_cfg::model::ArgValue;

use super::{Convert, Row, of_text, row, with};
use crate::sample::Sample;
use crate::sample::variable::{self, Condition, Named};

pub(super) const ROWS: &[Row] = &[
    row(&["set-var"], |_, converter| {
        let Some(name) = converter.variable(0).map(Named::new) else {
            return with(|_, _| None);
        };
        let words = converter.args.iter().skip(1).filter_map(|arg| match &arg.value {
            ArgValue::Text(word) if !word.is_empty() => Some(word.as_slice()),
            _ => None,
        });
        let conditions = words.map(Condition::new).collect::<Result<Vec<_>, _>>()?;
        with(move |context, sample| {
            let holds = conditions
                .iter()
                .all(|condition| condition.holds(context, &name, sample));
            (holds && variable::set(context, &name, sample)).then_some(sample)
        })
    }),
    row(&["capture-req"], |_, converter| capture(converter, true)),
    row(&["capture-res"], |_, converter| capture(converter, false)),
    row(&["unset-var"], |_, converter| {
        let name = converter.variable(0).map(Named::new);
        with(move |context, sample| variable::unset(context, name.as_ref()?).then_some(sample))
    }),
];

/// Puts the text into a slot of the frontend and passes it on; there is none where there is no such slot.
fn capture(converter: &haproxy_cfg::model::Converter, request: bool) -> Result<Box<dyn Convert>, String> {
    let slot = converter.integer(0).and_then(|slot| usize::try_from(slot).ok());
    of_text(move |context, text| {
        let slots = context
            .config
            .proxy(context.client.frontend)
            .capture_slots(request);
        let max = slots.get(slot?)?.len;
        context.stream?.captures.set(request, slot?, text, max);
        Some(Sample::Str(text))
    })
}
