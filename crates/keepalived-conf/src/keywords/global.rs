//! Keywords of `global_defs`.

use syntax::Arity;
use syntax::table::kw;

use super::place::GLOBAL;
use super::{Act, Row};
use crate::parse::{
    done_by_lines, dump, endpoint, fifo, firewall, garp, global, interface, lvs, process, protocol,
    scheduling, snmp, track_process, vmac,
};

/// Keywords of `global_defs`.
pub(super) const ROWS: &[Row] = &[
    kw(
        "bfd_cpu_affinity",
        GLOBAL,
        Arity::at_least(1),
        "CPUs of the process",
    )
    .checked(Act::Line(scheduling::other_processors)),
    kw(
        "bfd_no_swap",
        GLOBAL,
        Arity::exactly(0),
        "keep the process in memory",
    ),
    kw(
        "bfd_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of the process",
    )
    .checked(Act::Line(scheduling::other_priority)),
    kw(
        "bfd_process_name",
        GLOBAL,
        Arity::exactly(1),
        "name of the BFD process",
    ),
    kw(
        "bfd_rlimit_rtime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .checked(Act::Line(scheduling::other_real_time_limit)),
    kw(
        "bfd_rlimit_rttime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .checked(Act::Line(scheduling::other_real_time_limit)),
    kw(
        "bfd_rt_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of the process in real time",
    )
    .checked(Act::Line(scheduling::other_real_time_priority)),
    kw(
        "checker_cpu_affinity",
        GLOBAL,
        Arity::at_least(1),
        "CPUs of the process",
    )
    .checked(Act::Line(scheduling::other_processors)),
    kw(
        "checker_log_all_failures",
        GLOBAL,
        Arity::between(0, 1),
        "log every failed check",
    )
    .checked(Act::Line(lvs::global::log_all_failures)),
    kw(
        "checker_no_swap",
        GLOBAL,
        Arity::exactly(0),
        "keep the process in memory",
    ),
    kw(
        "checker_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of the process",
    )
    .checked(Act::Line(scheduling::other_priority)),
    kw(
        "checker_process_name",
        GLOBAL,
        Arity::exactly(1),
        "name of the process that checks servers",
    ),
    kw(
        "checker_rlimit_rtime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .checked(Act::Line(scheduling::other_real_time_limit)),
    kw(
        "checker_rlimit_rttime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .checked(Act::Line(scheduling::other_real_time_limit)),
    kw(
        "checker_rt_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of the process in real time",
    )
    .checked(Act::Line(scheduling::other_real_time_priority)),
    kw(
        "config_save_dir",
        GLOBAL,
        Arity::exactly(1),
        "where configurations are kept for debugging",
    )
    .acts(Act::Line(process::save_folder)),
    kw(
        "data_use_instance",
        GLOBAL,
        Arity::between(0, 1),
        "the instance's name goes into the names of dumps",
    )
    .acts(Act::Line(dump::use_instance)),
    kw(
        "dbus_no_interface_name",
        GLOBAL,
        Arity::exactly(1),
        "name for an instance without an interface on D-Bus",
    )
    .since(2, 3)
    .acts(Act::Line(endpoint::dbus_no_interface)),
    kw("dbus_service_name", GLOBAL, Arity::exactly(1), "name on D-Bus")
        .acts(Act::Line(endpoint::dbus_service)),
    kw(
        "default_interface",
        GLOBAL,
        Arity::exactly(1),
        "the interface of addresses that name none",
    )
    .acts(Act::Line(global::default_interface)),
    kw(
        "disable_local_igmp",
        GLOBAL,
        Arity::exactly(0),
        "no IGMP reports for local groups",
    )
    .acts(Act::Line(protocol::disable_local_igmp)),
    kw(
        "dynamic_interfaces",
        GLOBAL,
        Arity::between(0, 1),
        "interfaces may come and go",
    )
    .acts(Act::Line(global::dynamic_interfaces)),
    kw("enable_dbus", GLOBAL, Arity::exactly(0), "serve D-Bus").acts(Act::Line(endpoint::dbus)),
    kw(
        "enable_script_security",
        GLOBAL,
        Arity::exactly(0),
        "run nothing as root that others may change",
    )
    .acts(Act::Line(global::script_security)),
    kw(
        "enable_snmp_checker",
        GLOBAL,
        Arity::exactly(0),
        "serve the LVS part of the MIB",
    ),
    kw(
        "enable_snmp_keepalived",
        GLOBAL,
        Arity::exactly(0),
        "serve the VRRP part of the MIB",
    )
    .instead("enable_snmp_vrrp")
    .acts(Act::Line(snmp::enable_own)),
    kw(
        "enable_snmp_rfcv2",
        GLOBAL,
        Arity::exactly(0),
        "serve the MIB of RFC 2787",
    )
    .acts(Act::Line(snmp::enable_rfc)),
    kw(
        "enable_snmp_rfcv3",
        GLOBAL,
        Arity::exactly(0),
        "serve the MIB of RFC 6527",
    )
    .acts(Act::Line(snmp::enable_rfc)),
    kw(
        "enable_snmp_rfc",
        GLOBAL,
        Arity::exactly(0),
        "serve both RFC MIBs",
    )
    .acts(Act::Line(snmp::enable_rfc)),
    kw(
        "enable_snmp_vrrp",
        GLOBAL,
        Arity::exactly(0),
        "serve the VRRP part of the MIB",
    )
    .acts(Act::Line(snmp::enable_own)),
    kw("enable_traps", GLOBAL, Arity::exactly(0), "send SNMP traps").acts(Act::Line(snmp::enable_traps)),
    kw(
        "fifo_write_vrrp_states_on_reload",
        GLOBAL,
        Arity::exactly(0),
        "write all states on reload",
    )
    .acts(Act::Line(fifo::states_on_reload)),
    kw(
        "include_check",
        GLOBAL,
        Arity::ANY,
        "which missing included files are errors",
    )
    .acts(Act::Line(done_by_lines)),
    kw(
        "iproute_etc_dir",
        GLOBAL,
        Arity::exactly(1),
        "where iproute keeps its names",
    )
    .acts(Act::Line(global::iproute_folder))
    .since(2, 3),
    kw(
        "iproute_usr_dir",
        GLOBAL,
        Arity::exactly(1),
        "where iproute keeps its names",
    )
    .acts(Act::Line(global::iproute_folder))
    .since(2, 3),
    kw(
        "json_dump_file",
        GLOBAL,
        Arity::exactly(1),
        "where JSON is dumped",
    )
    .since(2, 3)
    .acts(Act::Line(dump::file)),
    kw(
        "json_version",
        GLOBAL,
        Arity::exactly(1),
        "shape of the JSON dump",
    )
    .since(2, 3)
    .acts(Act::Line(dump::json_version)),
    kw(
        "log_unknown_vrids",
        GLOBAL,
        Arity::exactly(0),
        "log adverts of unknown virtual routers",
    )
    .acts(Act::Line(global::log_unknown_vrids)),
    kw(
        "lvs_flush_on_stop",
        GLOBAL,
        Arity::between(0, 1),
        "clear the LVS tables at the end",
    )
    .checked(Act::Line(lvs::global::flush_on_stop)),
    kw(
        "lvs_flush_onstop",
        GLOBAL,
        Arity::between(0, 1),
        "clear the LVS tables at the end",
    )
    .checked(Act::Line(lvs::global::flush_on_stop)),
    kw(
        "lvs_flush",
        GLOBAL,
        Arity::exactly(0),
        "clear the LVS tables at start",
    ),
    kw(
        "lvs_netlink_cmd_rcv_bufs_force",
        GLOBAL,
        Arity::between(0, 1),
        "beyond the system's limit",
    )
    .checked(Act::Line(lvs::global::global_switch)),
    kw(
        "lvs_netlink_cmd_rcv_bufs",
        GLOBAL,
        Arity::exactly(1),
        "size of a socket's buffer",
    )
    .checked(Act::Line(lvs::global::buffers)),
    kw(
        "lvs_netlink_monitor_rcv_bufs_force",
        GLOBAL,
        Arity::between(0, 1),
        "beyond the system's limit",
    )
    .checked(Act::Line(lvs::global::global_switch)),
    kw(
        "lvs_netlink_monitor_rcv_bufs",
        GLOBAL,
        Arity::exactly(1),
        "size of a socket's buffer",
    )
    .checked(Act::Line(lvs::global::buffers)),
    kw(
        "lvs_notify_fifo_script",
        GLOBAL,
        Arity::between(1, 3),
        "what reads it",
    )
    .checked(Act::Line(lvs::global::fifo)),
    kw(
        "lvs_notify_fifo",
        GLOBAL,
        Arity::between(1, 3),
        "FIFO that changes of servers are written to",
    )
    .checked(Act::Line(lvs::global::fifo)),
    kw(
        "lvs_process_name",
        GLOBAL,
        Arity::exactly(1),
        "name of the process that checks servers",
    ),
    kw(
        "lvs_sync_daemon",
        GLOBAL,
        Arity::between(1, 14),
        "share the connections of the LVS part",
    )
    .checked(Act::Line(lvs::global::sync_daemon)),
    kw(
        "lvs_timeouts",
        GLOBAL,
        Arity::between(2, 6),
        "how long connections of the LVS part are kept",
    )
    .checked(Act::Line(lvs::global::timeouts)),
    kw(
        "max_auto_priority",
        GLOBAL,
        Arity::between(0, 1),
        "how far the process may raise its own priority",
    )
    .acts(Act::Line(scheduling::max_auto_priority)),
    kw(
        "min_auto_priority_delay",
        GLOBAL,
        Arity::between(0, 1),
        "how late it must be to do so",
    )
    .acts(Act::Line(scheduling::min_auto_priority_delay)),
    kw("nftables_counters", GLOBAL, Arity::exactly(0), "rules that count")
        .acts(Act::Line(firewall::counters)),
    kw(
        "nftables_ifindex",
        GLOBAL,
        Arity::exactly(0),
        "sets by the number of the interface",
    )
    .acts(Act::Line(firewall::ifindex)),
    kw(
        "nftables_ipvs_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of its chains",
    )
    .checked(Act::Line(lvs::global::chain_priority)),
    kw(
        "nftables_ipvs_start_fwmark",
        GLOBAL,
        Arity::exactly(1),
        "first mark of the LVS part",
    )
    .checked(Act::Line(lvs::global::first_mark)),
    kw(
        "nftables_ipvs",
        GLOBAL,
        Arity::between(0, 1),
        "nftables table of the LVS part",
    ),
    kw(
        "nftables_priority",
        GLOBAL,
        Arity::exactly(1),
        "priority of its chains",
    )
    .acts(Act::Line(firewall::priority)),
    kw(
        "nftables",
        GLOBAL,
        Arity::between(0, 1),
        "nftables table for no_accept",
    )
    .acts(Act::Line(firewall::table)),
    kw(
        "no_checker_emails",
        GLOBAL,
        Arity::exactly(0),
        "no mails of checks",
    ),
    kw(
        "no_email_faults",
        GLOBAL,
        Arity::exactly(0),
        "no mails of changes to FAULT",
    )
    .acts(Act::Line(global::no_email_faults)),
    kw(
        "notification_email_from",
        GLOBAL,
        Arity::exactly(1),
        "sender of mails",
    )
    .acts(Act::Line(global::notification_email_from)),
    kw(
        "notification_email",
        GLOBAL,
        Arity::exactly(0),
        "receivers of mails",
    )
    .acts(Act::List {
        begin: |_, _| true,
        entry: global::notification_email,
        end: global::notification_email_end,
    }),
    kw(
        "notify_fifo_script",
        GLOBAL,
        Arity::between(1, 3),
        "what reads it",
    )
    .acts(Act::Line(fifo::script)),
    kw(
        "notify_fifo",
        GLOBAL,
        Arity::between(1, 3),
        "FIFO that changes are written to",
    )
    .acts(Act::Line(fifo::path)),
    kw(
        "process_monitor_rcv_bufs_force",
        GLOBAL,
        Arity::between(0, 1),
        "beyond the system's limit",
    )
    .acts(Act::Line(track_process::monitor_force)),
    kw(
        "process_monitor_rcv_bufs",
        GLOBAL,
        Arity::exactly(1),
        "size of a socket's buffer",
    )
    .acts(Act::Line(track_process::monitor_buffer)),
    kw(
        "process_names",
        GLOBAL,
        Arity::exactly(0),
        "give the processes their own names",
    )
    .acts(Act::Line(process::names)),
    kw(
        "process_name",
        GLOBAL,
        Arity::exactly(1),
        "name of the parent process",
    )
    .acts(Act::Line(process::name)),
    kw(
        "random_seed",
        GLOBAL,
        Arity::exactly(1),
        "where the random numbers of the file start",
    )
    .acts(Act::Line(done_by_lines)),
    kw(
        "reload_check_config",
        GLOBAL,
        Arity::between(0, 1),
        "test a file before it is reloaded",
    )
    .acts(Act::Line(process::reload_file)),
    kw(
        "reload_file",
        GLOBAL,
        Arity::between(0, 1),
        "a file that is there while files are read",
    )
    .acts(Act::Line(process::reload_file)),
    kw(
        "reload_repeat",
        GLOBAL,
        Arity::exactly(0),
        "reload at that time every day",
    )
    .acts(Act::Line(process::reload_repeat)),
    kw(
        "reload_time_file",
        GLOBAL,
        Arity::exactly(1),
        "a file that says when to reload",
    )
    .acts(Act::Line(process::reload_time_file)),
    kw(
        "router_id",
        GLOBAL,
        Arity::exactly(1),
        "the machine's name in mails",
    )
    .acts(Act::Line(global::router_id)),
    kw(
        "rs_init_notifies",
        GLOBAL,
        Arity::exactly(0),
        "notify of servers at start",
    ),
    kw(
        "script_user",
        GLOBAL,
        Arity::between(1, 2),
        "user and group of scripts",
    )
    .acts(Act::Line(global::script_user)),
    kw(
        "set_supplementary_groups",
        GLOBAL,
        Arity::between(0, 1),
        "give scripts all groups of their user",
    )
    .since(2, 3)
    .acts(Act::Line(process::groups)),
    kw(
        "shutdown_script_timeout",
        GLOBAL,
        Arity::exactly(1),
        "seconds that it may take",
    )
    .acts(Act::Line(process::timeout)),
    kw("shutdown_script", GLOBAL, Arity::between(1, 3), "run at the end").acts(Act::Line(process::script)),
    kw(
        "smtp_alert_checker",
        GLOBAL,
        Arity::between(0, 1),
        "the same for checks of servers",
    )
    .checked(Act::Line(lvs::global::global_switch)),
    kw(
        "smtp_alert_vrrp",
        GLOBAL,
        Arity::between(0, 1),
        "the same for VRRP alone",
    )
    .acts(Act::Line(global::smtp_alert_vrrp)),
    kw(
        "smtp_alert",
        GLOBAL,
        Arity::between(0, 1),
        "whether mails are sent, unless something nearer says otherwise",
    )
    .acts(Act::Line(global::smtp_alert)),
    kw(
        "smtp_connect_timeout",
        GLOBAL,
        Arity::exactly(1),
        "seconds to wait for the mail server",
    )
    .acts(Act::Line(global::smtp_connect_timeout)),
    kw(
        "smtp_helo_name",
        GLOBAL,
        Arity::exactly(1),
        "name to greet the mail server with",
    )
    .acts(Act::Line(global::smtp_helo_name)),
    kw(
        "smtp_server",
        GLOBAL,
        Arity::between(1, 2),
        "mail server with its port",
    )
    .acts(Act::Line(global::smtp_server)),
    kw(
        "snmp_rs_stats_update_interval",
        GLOBAL,
        Arity::exactly(1),
        "how old figures may be",
    )
    .since(2, 3),
    kw(
        "snmp_socket",
        GLOBAL,
        Arity::between(0, 1),
        "where the SNMP master agent listens",
    )
    .acts(Act::Line(snmp::socket)),
    kw(
        "snmp_vs_stats_update_interval",
        GLOBAL,
        Arity::exactly(1),
        "how old figures may be",
    )
    .since(2, 3),
    kw(
        "startup_script_timeout",
        GLOBAL,
        Arity::exactly(1),
        "seconds that it may take",
    )
    .acts(Act::Line(process::timeout)),
    kw(
        "startup_script",
        GLOBAL,
        Arity::between(1, 3),
        "run before anything else",
    )
    .acts(Act::Line(process::script)),
    kw(
        "state_dump_file",
        GLOBAL,
        Arity::exactly(1),
        "where the state is dumped",
    )
    .since(2, 3)
    .acts(Act::Line(dump::file)),
    kw(
        "stats_dump_file",
        GLOBAL,
        Arity::exactly(1),
        "where the counters are dumped",
    )
    .since(2, 3)
    .acts(Act::Line(dump::file)),
    kw(
        "tmp_config_directory",
        GLOBAL,
        Arity::exactly(1),
        "where a copy of the configuration is kept; none is made",
    )
    .acts(Act::Line(done_by_lines)),
    kw("umask", GLOBAL, Arity::exactly(1), "umask of files").acts(Act::Line(process::umask)),
    kw(
        "use_symlink_paths",
        GLOBAL,
        Arity::between(0, 1),
        "name scripts by their links",
    )
    .since(2, 3)
    .acts(Act::Line(process::symlinks)),
    kw(
        "v3_checksum_as_v2",
        GLOBAL,
        Arity::between(0, 1),
        "leave the pseudo header out of checksums",
    )
    .acts(Act::Line(protocol::all_checksums_as_v2))
    .since(2, 3),
    kw(
        "vmac_addr_prefix",
        GLOBAL,
        Arity::exactly(1),
        "names of virtual MAC interfaces of addresses",
    )
    .acts(Act::Line(vmac::prefix)),
    kw(
        "vmac_prefix",
        GLOBAL,
        Arity::exactly(1),
        "names of virtual MAC interfaces",
    )
    .acts(Act::Line(vmac::prefix)),
    kw(
        "vrrp_check_unicast_src",
        GLOBAL,
        Arity::exactly(0),
        "adverts must come from a unicast peer",
    )
    .acts(Act::Line(global::check_unicast_src)),
    kw("vrrp_cpu_affinity", GLOBAL, Arity::ANY, "CPUs of the process")
        .acts(Act::Line(scheduling::processors)),
    kw(
        "vrrp_delay_after_boot",
        GLOBAL,
        Arity::exactly(1),
        "seconds after the boot that nothing is done",
    )
    .acts(Act::Line(protocol::delay_after_boot))
    .since(2, 4),
    kw(
        "vrrp_down_timer_adverts",
        GLOBAL,
        Arity::exactly(1),
        "adverts that must be missed",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_extra_if",
        GLOBAL,
        Arity::between(0, 2),
        "gratuitous ARP on other interfaces",
    )
    .acts(Act::Line(protocol::all_extra_garp)),
    kw(
        "vrrp_garp_interval",
        GLOBAL,
        Arity::exactly(1),
        "seconds from one gratuitous ARP to the next",
    )
    .acts(Act::Line(garp::interval)),
    kw(
        "vrrp_garp_lower_prio_delay",
        GLOBAL,
        Arity::exactly(1),
        "seconds until the second burst after an advert of lower priority",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_lower_prio_repeat",
        GLOBAL,
        Arity::exactly(1),
        "messages of that burst",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_master_delay",
        GLOBAL,
        Arity::exactly(1),
        "seconds until the second burst of gratuitous ARP",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_master_refresh_repeat",
        GLOBAL,
        Arity::exactly(1),
        "messages of a refresh",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_master_refresh",
        GLOBAL,
        Arity::exactly(1),
        "seconds from one refresh to the next while MASTER",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_garp_master_repeat",
        GLOBAL,
        Arity::exactly(1),
        "messages of a burst",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_gna_interval",
        GLOBAL,
        Arity::exactly(1),
        "seconds from one neighbour advertisement to the next",
    )
    .acts(Act::Line(garp::interval)),
    kw(
        "vrrp_higher_prio_send_advert",
        GLOBAL,
        Arity::between(0, 1),
        "one more advert when giving way",
    )
    .acts(Act::Line(garp::global_line)),
    kw("vrrp_ipsets", GLOBAL, Arity::between(0, 5), "names of ipsets"),
    kw(
        "vrrp_iptables",
        GLOBAL,
        Arity::between(0, 2),
        "iptables chains for no_accept; nftables is used",
    )
    .acts(Act::Line(firewall::iptables)),
    kw(
        "vrrp_lower_prio_no_advert",
        GLOBAL,
        Arity::between(0, 1),
        "no advert in answer to one of lower priority",
    )
    .acts(Act::Line(garp::global_line)),
    kw(
        "vrrp_mcast_group4",
        GLOBAL,
        Arity::exactly(1),
        "multicast group of IPv4 adverts",
    )
    .acts(Act::Line(global::mcast_group4)),
    kw(
        "vrrp_mcast_group6",
        GLOBAL,
        Arity::exactly(1),
        "multicast group of IPv6 adverts",
    )
    .acts(Act::Line(global::mcast_group6)),
    kw(
        "vrrp_min_garp",
        GLOBAL,
        Arity::between(0, 1),
        "one gratuitous ARP, once",
    )
    .acts(Act::Line(garp::min_garp)),
    kw(
        "vrrp_netlink_cmd_rcv_bufs_force",
        GLOBAL,
        Arity::between(0, 1),
        "beyond the system's limit",
    )
    .acts(Act::Line(interface::netlink_buffer)),
    kw(
        "vrrp_netlink_cmd_rcv_bufs",
        GLOBAL,
        Arity::exactly(1),
        "size of a socket's buffer",
    )
    .acts(Act::Line(interface::netlink_buffer)),
    kw(
        "vrrp_netlink_monitor_rcv_bufs_force",
        GLOBAL,
        Arity::between(0, 1),
        "beyond the system's limit",
    )
    .acts(Act::Line(interface::netlink_buffer)),
    kw(
        "vrrp_netlink_monitor_rcv_bufs",
        GLOBAL,
        Arity::exactly(1),
        "size of a socket's buffer",
    )
    .acts(Act::Line(interface::netlink_buffer)),
    kw(
        "vrrp_no_swap",
        GLOBAL,
        Arity::exactly(0),
        "keep the process in memory",
    )
    .acts(Act::Line(scheduling::no_swap)),
    kw(
        "vrrp_notify_fifo_script",
        GLOBAL,
        Arity::between(1, 3),
        "what reads it",
    )
    .acts(Act::Line(fifo::script)),
    kw(
        "vrrp_notify_fifo",
        GLOBAL,
        Arity::between(1, 3),
        "FIFO that changes of VRRP are written to",
    )
    .acts(Act::Line(fifo::path)),
    kw(
        "vrrp_notify_priority_changes",
        GLOBAL,
        Arity::between(0, 1),
        "write changes of priorities too",
    )
    .acts(Act::Line(protocol::notify_all_priority_changes)),
    kw(
        "vrrp_owner_ignore_adverts",
        GLOBAL,
        Arity::between(0, 1),
        "an owner takes no adverts",
    )
    .acts(Act::Line(protocol::owners_ignore_adverts))
    .since(2, 3),
    kw(
        "vrrp_priority",
        GLOBAL,
        Arity::between(0, 1),
        "priority of the process",
    )
    .acts(Act::Line(scheduling::priority)),
    kw(
        "vrrp_process_name",
        GLOBAL,
        Arity::exactly(1),
        "name of the VRRP process",
    )
    .acts(Act::Line(process::name)),
    kw(
        "vrrp_rlimit_rtime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .acts(Act::Line(scheduling::real_time_limit)),
    kw(
        "vrrp_rlimit_rttime",
        GLOBAL,
        Arity::exactly(1),
        "CPU time between waits",
    )
    .acts(Act::Line(scheduling::real_time_limit)),
    kw(
        "vrrp_rt_priority",
        GLOBAL,
        Arity::between(0, 1),
        "priority of the process in real time",
    )
    .acts(Act::Line(scheduling::real_time_priority)),
    kw(
        "vrrp_rx_bufs_multiplier",
        GLOBAL,
        Arity::between(0, 1),
        "how many adverts fit",
    )
    .acts(Act::Line(protocol::buffer_multiplier)),
    kw(
        "vrrp_rx_bufs_policy",
        GLOBAL,
        Arity::between(0, 1),
        "size of the adverts' buffers",
    )
    .acts(Act::Line(protocol::buffer_policy)),
    kw(
        "vrrp_skip_check_adv_addr",
        GLOBAL,
        Arity::between(0, 1),
        "do not compare the addresses in adverts of the same master again",
    )
    .acts(Act::Line(global::skip_check_adv_addr)),
    kw(
        "vrrp_startup_delay",
        GLOBAL,
        Arity::exactly(1),
        "seconds that nothing is done at start",
    )
    .acts(Act::Line(global::startup_delay)),
    kw("vrrp_strict", GLOBAL, Arity::between(0, 1), "hold to the RFC").acts(Act::Line(global::strict)),
    kw(
        "vrrp_version",
        GLOBAL,
        Arity::exactly(1),
        "version of the protocol",
    )
    .acts(Act::Line(global::version)),
    kw(
        "vrrp_vmac_garp_intvl",
        GLOBAL,
        Arity::between(0, 2),
        "gratuitous ARP on other interfaces",
    )
    .acts(Act::Line(protocol::all_extra_garp)),
];
