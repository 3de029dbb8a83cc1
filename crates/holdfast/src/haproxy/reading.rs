//! Reading what is to run: files to a configuration, its certificates and its plan, with all that is to be told about them.

use std::io::Write as _;
use std::sync::Arc;

use haproxy_cfg::model::Config;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proxy::listen::ListenFault;
use proxy::tls::{PLACE_MARK, TlsConfigs, TlsPlace};
use proxy_core::plan::Plan;
use syntax::render::HaproxyShape;
use syntax::{Context, Diagnostic, Severity, SourceMap, Span};

use super::arguments::Options;
use super::console::{Console, Grade};
use super::environment::variables;
use super::{FAILED, NO_LISTENER, keywords, objects};
use crate::host::SystemHost;

/// A configuration that can be run.
#[derive(Debug)]
pub(crate) struct Read {
    /// The configuration.
    pub(crate) config: Arc<Config>,
    /// Its plan.
    pub(crate) plan: Plan,
    /// What TLS of its binds and servers needs.
    pub(crate) tls: TlsConfigs,
    /// Its files.
    pub(crate) sources: SourceMap,
}

/// Reads and checks. The exit status when the process is to end here.
pub(crate) fn read(options: &Options, console: &mut Console) -> Result<Read, u8> {
    let dialect = dialect(options, console)?;
    let inputs: Vec<Input> = options.files.iter().cloned().map(Input::Path).collect();
    let load_options = LoadOptions {
        ignore_unresolved: options.ignore_unresolved,
        local_peer: options.local_peer.clone(),
        diagnostics: options.diagnose,
        dump: options.dump,
        lines: false,
        variables: variables(options.master_worker && !options.check),
        master_worker: options.master_worker,
    };
    let mut loaded = load(&inputs, dialect, &SystemHost, load_options);
    console.quiet = (options.quiet || loaded.config.global.quiet) && !options.verbose;

    let before = loaded.diagnostics.clone();
    let (tls, messages) = proxy::tls::configs(&loaded.config, &|span| place(&loaded.sources, span));
    for message in messages {
        // What the grammar has refused is told already, with what to write instead.
        let told = |diagnostic: &Diagnostic| {
            diagnostic.severity == Severity::Alert
                && diagnostic
                    .span
                    .is_some_and(|span| place(&loaded.sources, span) == place(&loaded.sources, message.span))
        };
        if message.fatal && before.iter().any(told) {
            continue;
        }
        let text = message
            .text
            .replace(PLACE_MARK, &place(&loaded.sources, message.span));
        let finding = match message.fatal {
            true => Diagnostic::alert("tls", text),
            false => Diagnostic::warning("tls", text),
        };
        let context = match message.place {
            TlsPlace::Line => Context::Parsing,
            TlsPlace::Whole => Context::Whole,
        };
        loaded.diagnostics.push(finding.at(message.span).context(context));
    }
    let mut config = std::mem::take(&mut loaded.config);
    for proxy in config.proxies.iter_mut().filter(|proxy| proxy.kind.is_frontend()) {
        proxy.maxconn = proxy
            .maxconn
            .or(options.proxy_maxconn.filter(|maxconn| *maxconn > 0));
    }
    config.global.nosplice |= options.no_splice;
    if let Some(maxconn) = options.maxconn.filter(|maxconn| *maxconn > 0) {
        config.global.maxconn = Some(maxconn);
    }
    // A stats socket is a listener too: backends alone are checked and watched through it.
    // So are the sockets between a master and its worker, as the original counts.
    let has_listener = options.master_worker
        || config.global.master_worker
        || !config.global.stats_sockets.is_empty()
        || config.other_listeners
        || config
            .sections
            .log_forwards
            .iter()
            .any(|section| !section.binds.is_empty() || !section.datagrams.is_empty())
        || config
            .proxies
            .iter()
            .any(|proxy| !proxy.disabled && !proxy.binds.is_empty());
    let config = Arc::new(config);
    // Who only checks needs no plan, which is a good part of a large file's cost.
    let compiled = if options.check {
        Plan::check(&config).map(|()| None)
    } else {
        Plan::compile(Arc::clone(&config)).map(Some)
    };
    let plan = match compiled {
        Ok(plan) => plan,
        Err(errors) => {
            for (proxy, error) in errors {
                let proxy = config.proxy(proxy);
                let text = format!("proxy '{}': {error}", proxy.name);
                loaded.diagnostics.push(
                    Diagnostic::alert("acl", text)
                        .at(error.span)
                        .context(Context::Place),
                );
            }
            None
        }
    };

    let shape = HaproxyShape {
        pid: std::process::id(),
        hints: true,
    };
    console.put_report(loaded.report(shape).as_bytes());
    if options.dump.is_some() {
        // Whoever does not read it to its end has seen enough. It is printed even where nothing else is (`-q`).
        let _ = std::io::stdout().write_all(&loaded.dump);
    }
    if loaded.has_errors() {
        return Err(FAILED);
    }
    if options.master_socket.is_some() && !(options.master_worker || config.global.master_worker) {
        console.tell(
            Grade::Warning,
            "config : a master CLI socket was defined, but master-worker mode (-W) is not enabled.",
        );
    }
    let warned = loaded.has_warnings() || console.has_warned();
    if warned && (options.zero_warning || config.global.zero_warning) {
        console.tell(
            Grade::Alert,
            "config : Some warnings were found and 'zero-warning' is set. Aborting.",
        );
        return Err(FAILED);
    }
    if options.list_objects
        && let Err(error) = objects::print()
    {
        console.tell(
            Grade::Warning,
            &format!("-dL: the loaded files cannot be told ({error})."),
        );
    }
    if let Some(classes) = &options.list_keywords {
        keywords::print(classes, dialect);
    }
    if options.check {
        if warned {
            console.say("Warnings were found.\n");
        }
        let status = if has_listener {
            console.say("Configuration file is valid\n");
            0
        } else {
            console.say("Configuration file has no error but will not start (no listener) => exit(2).\n");
            NO_LISTENER
        };
        // The process ends here. The system takes its memory back at once; piece by piece, as dropping would give it back,
        // it takes a tenth of a large file's check.
        std::mem::forget((loaded, config, plan, tls));
        return Err(status);
    }
    if !has_listener {
        console.alert_main("No enabled listener found (check for 'bind' directives) ! Exiting.");
        return Err(FAILED);
    }
    // It was made: there are no errors, and this is no check.
    let plan = plan.ok_or(FAILED)?;
    Ok(Read {
        config,
        plan,
        tls,
        sources: loaded.sources,
    })
}

/// The dialect of the command line, or of the environment.
pub(super) fn dialect(options: &Options, console: &mut Console) -> Result<Dialect, u8> {
    if let Some(dialect) = options.dialect {
        return Ok(dialect);
    }
    match std::env::var("HOLDFAST_DIALECT") {
        Ok(text) if !text.is_empty() => text.parse().map_err(|error| {
            console.tell(Grade::Alert, &format!("HOLDFAST_DIALECT: {error}"));
            FAILED
        }),
        _ => Ok(Dialect::default()),
    }
}

fn place(sources: &SourceMap, span: Span) -> String {
    let (file, at) = sources.locate(span);
    format!("{file}:{}", at.line)
}

/// Tells what went wrong while binding.
pub(crate) fn tell_listen_fault(fault: &ListenFault, sources: &SourceMap, console: &mut Console) {
    let grade = if fault.fatal { Grade::Alert } else { Grade::Warning };
    let place = place(sources, fault.span);
    console.tell(
        grade,
        &format!("Binding [{place}] for {}: {}", fault.owner, fault.message),
    );
}
