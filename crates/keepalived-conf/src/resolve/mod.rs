//! The as-written model to the resolved one: defaults filled in, programs found, names settled, and what only the whole can
//! show told.

mod global;
mod ground;
mod instance;
mod interface;
mod program;
mod services;
mod statics;
mod strict;
mod sync;
mod track;

use syntax::Diagnostic;

use crate::model::Config;
use crate::reading::Reading;

/// Settles all of it.
pub(crate) fn resolve(reading: &mut Reading<'_>) -> Config {
    let mut global = global::resolve(reading);
    let mut programs = program::Programs::default();
    let (scripts, places) = program::scripts(reading, &mut programs);
    let (things, files, processes, sessions) = track::things(reading);
    let without_weights = sync::without_weights(reading);
    let written = std::mem::take(&mut reading.written.instances);
    let mut instances = Vec::new();
    for instance in written {
        instances.extend(instance::resolve(
            reading,
            instance,
            &global,
            (&places, &scripts, &things),
            &without_weights,
            &mut programs,
        ));
    }
    global.fifos = program::fifos(reading, &mut programs);
    program::of_process(reading, &mut global, &mut programs);
    let groups = sync::resolve(
        reading,
        &mut instances,
        &global,
        (&places, &scripts, &things),
        &mut programs,
    );
    let statics = statics::resolve(reading, &mut instances, &global);
    let garp_groups = interface::garp_groups(reading);
    let delays = interface::delays(reading, &instances);
    let linkbeat = std::mem::take(&mut reading.written.linkbeat);
    instance::shared_router_ids(reading, &instances);
    program::security(reading, &programs);
    let mut programs = program::Programs::default();
    services::resolve(reading, &mut programs);
    program::security_of_checks(reading, &programs);
    if let Some(span) = reading.missing_interface {
        reading.outcome.missing_interface = true;
        reading.fault(
            Diagnostic::alert(
                "missing-interface",
                "Non-existent interface specified in configuration",
            )
            .at(span),
        );
    }
    Config {
        global,
        scripts,
        files,
        processes,
        sessions,
        instances: instances.into_iter().map(|(instance, _)| instance).collect(),
        groups,
        statics,
        garp_groups,
        delays,
        linkbeat,
    }
}
