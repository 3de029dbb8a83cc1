//! What holds for all, with its defaults.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use crate::model::{DBus, Firewall, Garp, GlobalDefs, Program, Smtp};
use crate::reading::Reading;
use crate::written::WrittenGarp;

/// How long a script at the start or the end may take when nothing is said.
const SCRIPT_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) fn resolve(reading: &mut Reading<'_>) -> GlobalDefs {
    let hostname = reading.host.hostname();
    let global = &reading.written.global;
    let mut written = global.garp;
    if global.min_garp {
        // One message and no second burst, where nothing else is asked for.
        written.master_delay = written.master_delay.or(Some(Duration::ZERO));
        written.master_repeat = written.master_repeat.or(Some(1));
        written.master_refresh_repeat = written.master_refresh_repeat.or(Some(0));
    }
    let base = Garp {
        master_delay: Duration::from_secs(5),
        master_repeat: 5,
        master_refresh: Duration::ZERO,
        master_refresh_repeat: 1,
        lower_prio_delay: Duration::from_secs(5),
        lower_prio_repeat: 5,
        lower_prio_no_advert: false,
        higher_prio_send_advert: false,
        down_timer_adverts: 3,
    };
    let mut garp = filled(&written, &base);
    // Without a word of their own these follow those of the change to MASTER.
    garp.lower_prio_delay = written.lower_prio_delay.unwrap_or(garp.master_delay);
    garp.lower_prio_repeat = written.lower_prio_repeat.unwrap_or(garp.master_repeat);
    GlobalDefs {
        router_id: global.router_id.clone().unwrap_or_else(|| hostname.clone()),
        smtp: Smtp {
            server: global.smtp_server,
            helo_name: global.smtp_helo_name.clone().unwrap_or_else(|| hostname.clone()),
            connect_timeout: global.smtp_connect_timeout.unwrap_or(Duration::from_secs(30)),
            from: global
                .email_from
                .clone()
                .unwrap_or_else(|| format!("keepalived@{hostname}")),
            to: global.email_to.clone(),
        },
        smtp_alert: global.smtp_alert,
        smtp_alert_vrrp: global.smtp_alert_vrrp,
        no_email_faults: global.no_email_faults,
        default_interface: global
            .default_interface
            .clone()
            .unwrap_or_else(|| "eth0".to_owned()),
        mcast_group4: global.mcast_group4.unwrap_or(Ipv4Addr::new(224, 0, 0, 18)),
        mcast_group6: global
            .mcast_group6
            .unwrap_or(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12)),
        garp,
        garp_interval: global.garp_interval,
        gna_interval: global.gna_interval,
        version: global.version.unwrap_or_default(),
        script_user: global.script_user,
        script_security: global.script_security,
        dynamic_interfaces: global.dynamic_interfaces,
        startup_delay: global.startup_delay,
        child_wait_time: global.child_wait_time.unwrap_or(Duration::from_secs(5)),
        instance: global.instance.clone(),
        net_namespace: global.net_namespace.clone(),
        use_pid_dir: global.use_pid_dir,
        command_buffer: global.command_buffer,
        monitor_buffer: global.monitor_buffer,
        log_unknown_vrids: global.log_unknown_vrids,
        process: global.process.clone(),
        buffer_policy: global.buffer_policy,
        buffer_multiplier: global.buffer_multiplier.unwrap_or(3),
        disable_local_igmp: global.disable_local_igmp,
        delay_after_boot: global.delay_after_boot,
        vmac_addr_prefix: global
            .vmac_addr_prefix
            .clone()
            .or_else(|| global.vmac_prefix.clone())
            .unwrap_or_else(|| "vrrp".to_owned()),
        vmac_prefix: global.vmac_prefix.clone().unwrap_or_else(|| "vrrp".to_owned()),
        firewall: Firewall {
            table: global
                .firewall
                .table
                .clone()
                .unwrap_or_else(|| "keepalived".to_owned()),
            asked_for: global.firewall.table.is_some(),
            priority: global.firewall.priority.unwrap_or(-1),
            counters: global.firewall.counters,
            ifindex: global.firewall.ifindex,
        },
        process_monitor_buffer: global.process_monitor_buffer,
        process_monitor_force: global.process_monitor_force.unwrap_or(false),
        // Their scripts are looked for with all others.
        fifos: Vec::new(),
        program: Program {
            // Theirs are looked for with all others.
            startup: None,
            shutdown: None,
            startup_timeout: global.program.startup_timeout.unwrap_or(SCRIPT_TIMEOUT),
            shutdown_timeout: global.program.shutdown_timeout.unwrap_or(SCRIPT_TIMEOUT),
            umask: global.program.umask,
            parent_name: global.program.parent_name.clone(),
            vrrp_name: global.program.vrrp_name.clone(),
            own_names: global.program.own_names,
            save_folder: global.program.save_folder.clone(),
            reload: global.program.reload.clone(),
        },
        dumps: global.dumps.clone(),
        dbus: global.dbus.then(|| DBus {
            service: global
                .dbus_service
                .clone()
                .unwrap_or_else(|| "org.keepalived.Vrrp1".to_owned()),
            no_interface: global
                .dbus_no_interface
                .clone()
                .unwrap_or_else(|| "none".to_owned()),
        }),
        snmp: global.snmp.clone(),
        http: global.http.clone(),
        states_on_reload: global.fifos.states_on_reload,
    }
}

/// What is written, and what `base` has where nothing is.
pub(super) fn filled(written: &WrittenGarp, base: &Garp) -> Garp {
    Garp {
        master_delay: written.master_delay.unwrap_or(base.master_delay),
        master_repeat: written.master_repeat.unwrap_or(base.master_repeat),
        master_refresh: written.master_refresh.unwrap_or(base.master_refresh),
        master_refresh_repeat: written
            .master_refresh_repeat
            .unwrap_or(base.master_refresh_repeat),
        lower_prio_delay: written.lower_prio_delay.unwrap_or(base.lower_prio_delay),
        lower_prio_repeat: written.lower_prio_repeat.unwrap_or(base.lower_prio_repeat),
        lower_prio_no_advert: written.lower_prio_no_advert.unwrap_or(base.lower_prio_no_advert),
        higher_prio_send_advert: written
            .higher_prio_send_advert
            .unwrap_or(base.higher_prio_send_advert),
        down_timer_adverts: written.down_timer_adverts.unwrap_or(base.down_timer_adverts),
    }
}
