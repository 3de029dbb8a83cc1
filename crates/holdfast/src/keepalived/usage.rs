//! What `-h` prints.

/// The options, each with what it does here. `{PROGRAM}` is the name that the program was started under.
pub(crate) const USAGE: &str = "\
Usage: {PROGRAM} [OPTION...]
  -f, --use-file=FILE          Read this configuration file
                                (/etc/keepalived/keepalived.conf otherwise)
  -P, --vrrp                   Run VRRP alone
  -C, --check                  Run checks of servers alone
  -B, --no_bfd                 Do not run BFD
      --all                    Run every part, with or without configuration
  -l, --log-console            Log to the console
  -D, --log-detail             Log more
  -S, --log-facility=([0-7]|local[0-7]|user|daemon)
                               Facility of log lines in syslog (daemon otherwise)
  -g, --log-file=FILE          Log to a file as well
      --flush-log-file         Write each line to it at once
  -G, --no-syslog              Do not log to syslog
  -u, --umask=MASK             Mask of the permissions of files (a number)
  -X, --release-vips           Give up addresses at a change that a signal asks for
  -V, --dont-release-vrrp      Leave addresses and routes where they are at the end
  -I, --dont-release-ipvs      Leave the LVS tables as they are at the end
  -R, --dont-respawn           Leave children that die dead
  -n, --dont-fork              Stay in the foreground
  -d, --dump-conf              Log the configuration
  -p, --pid=FILE               Pid file of the parent process
  -r, --vrrp_pid=FILE          Pid file of the VRRP process
  -c, --checkers_pid=FILE      Pid file of the process that checks servers
  -b, --bfd_pid=FILE           Pid file of the BFD process
  -a, --address-monitoring     Log every change of addresses
  -x, --snmp                   Tell the SNMP agent all that it can be told
  -A, --snmp-agent-socket=FILE Where the SNMP master agent listens
  -s, --namespace=NAME         Run in this network namespace
  -m, --core-dump              Let a crash leave a core file
  -M, --core-dump-pattern=PATN Likewise; its name is the system's to give
  -e, --all-config             A configuration file that is missing is an error
  -i, --config-id id           Lines that begin with '@' count when they are for this id
                                (the host's name up to its first dot otherwise)
      --signum=SIGFUNC         Print the number of the signal for STOP, RELOAD, DATA, STATS, STATS_CLEAR or JSON
  -t, --config-test[=LOG_FILE] Read and check the configuration, and say what is wrong with it
                                on standard error, or in the file
      --dialect=VERSION        Read the file exactly as that version does (1.2 to 2.4)
      --http=PLACE             Tell metrics and state at unix:/PATH, or at an address of loopback with a port
  -v, --version                Print the version
  -h, --help                   Print this
";
