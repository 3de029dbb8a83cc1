//! What is printed for a command line that cannot be run.

/// The options, each with what it does here.
pub(crate) const USAGE: &str = "\
Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vdVD ] [ -n <maxconn> ] [ -N <maxpconn> ]
        [ -p <pidfile> ] [ -m <max megs> ] [ -C <dir> ] [-- <cfgfile>*]
        -v prints the version ; -vv also how it was built ; -vq the number alone.
        -f reads a file, or the *.cfg files of a folder ; -- takes all that follows as files.
        -c reads and checks the files, then exits.
        -cc evaluates a condition, then exits (0: it holds, 1: it does not, 2: it cannot be read).
        -C changes to a folder before any file is read.
        -d stays in the foreground and is talkative ; -db only stays in the foreground.
        -D goes into the background.
        -W runs a master that watches over a worker ; -Ws also tells systemd when it is ready.
        -S <bind>[,<options>...] gives the master a socket for commands.
        -q prints no messages ; -V prints them whatever the files say.
        -n limits the connections of the process ; -N those of each proxy.
        -m limits the memory (in MB).
        -L names this node among its peers (the host's name otherwise).
        -p writes the process numbers to a file.
        -x <socket> asks a running process for its listening sockets.
        -sf/-st [pid ]* lets old processes finish/ends them once this one listens.
        -dC[key][,line] prints what was read: conditions decided, variables put in, comments gone ; with a key
            without names, addresses and secrets ; with line numbers.
        -dD also warns of what is merely suspicious.
        -dK<class[,class]*> lists the keywords that are known (-dKhelp lists the classes).
        -dL lists the files that the program is loaded from.
        -dR does not set SO_REUSEPORT.
        -dr starts although a server's name cannot be resolved.
        -dW refuses to start when there is any warning.
        -de -dp -dS -dG -dV -dM are taken and change nothing.
        --dialect <version> reads the files exactly as that version does (1.3 to 3.5).
";
