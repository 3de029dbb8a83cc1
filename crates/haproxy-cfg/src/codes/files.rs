//! Codes about files, lines and words.

use super::{CodeRow, code};

pub(super) const ROWS: &[CodeRow] = &[
    code(
        "bad-variable",
        "A reference to an environment variable that cannot be read",
        "A name is made of letters, digits and underscores, and a brace that is opened must be closed.",
        "global\n    description \"${HOST\n",
        "global\n    description \"${HOST}\"\n",
    ),
    code(
        "byte-order-mark",
        "The file begins with a byte order mark",
        "Some editors put these three bytes in front of a text. haproxy takes them for a part of the first word; here they are read over.",
        "\u{feff}global\n    maxconn 100\n",
        "global\n    maxconn 100\n",
    ),
    code(
        "cannot-open",
        "A file of the command line cannot be opened",
        "Look at its name and at the rights of the user who reads it.",
        "",
        "",
    ),
    code(
        "carriage-return",
        "A carriage return inside a line",
        "haproxy ends a line there, so that what stands behind it is not read. Files with CRLF at the end of each line are fine.",
        "global\n    maxconn 100\r 200\n",
        "global\n    maxconn 100\n",
    ),
    code(
        "else-twice",
        "A second .else for one .if",
        "Each condition has one .else, behind all of its .elif.",
        ".if defined(A)\n.else\n.else\n.endif\n",
        ".if defined(A)\n.else\n.endif\n",
    )
    .help("remove it, or add the '.if' that it belongs to"),
    code(
        "empty-folder",
        "A folder without files to read",
        "Of a folder, the files whose names end in .cfg and do not begin with a dot are read.",
        "",
        "",
    ),
    code(
        "empty-word",
        "A word that is empty",
        "An empty word, of quotes with nothing in them or of a variable that is not set, ends the arguments of its line: what stands behind it is not read. haproxy since 3.3 refuses the line.",
        "global\n    maxconn 100 \"\" 200\n",
        "global\n    maxconn 100\n",
    ),
    code(
        "errors-found",
        "The sum at the end of a file with errors",
        "It stands behind all that was found in a file, in haproxy's words, as scripts look for it.",
        "",
        "",
    ),
    code(
        "file-too-large",
        "A file of more than a gigabyte",
        "Split it into several, which -f reads one after the other.",
        "",
        "",
    ),
    code(
        "if-too-deep",
        "Too many .if inside one another",
        "haproxy allows a limited depth. Join conditions with && and ||.",
        "",
        "",
    )
    .help("join conditions with && and ||"),
    code(
        "late-global",
        "A global section behind others",
        "Some of its settings count only for what follows them. Put it first. Told with -dD.",
        "defaults\n    timeout client 1s\nglobal\n    maxconn 100\n",
        "global\n    maxconn 100\ndefaults\n    timeout client 1s\n",
    ),
    code(
        "line-too-long",
        "A line that is longer than haproxy reads",
        "Lines have a limit of 2048 bytes. Spread lists over several lines, or put them into a file.",
        "",
        "",
    ),
    code(
        "lone-directive",
        ".elif, .else or .endif without its .if",
        "The directive stands outside of any condition.",
        ".endif\n",
        ".if defined(A)\n.endif\n",
    )
    .help("remove it, or add the '.if' that it belongs to"),
    code(
        "missing-final-newline",
        "The last line has no end",
        "haproxy refuses such a file since 2.3, as it may have been cut off. Here the line is read, with this warning.",
        "global\n    maxconn 100",
        "global\n    maxconn 100\n",
    ),
    code(
        "nul-byte",
        "A zero byte in a line",
        "haproxy ends the line there. The file is probably damaged or no text.",
        "global\n    maxconn 100\0 200\n",
        "global\n    maxconn 100\n",
    ),
    code(
        "spoken",
        "What .notice, .warning and .alert say",
        "The file itself asks for this message; an .alert makes it invalid.",
        ".alert \"not on this machine\"\n",
        "",
    )
    .help("the file itself asks for this"),
    code(
        "unclosed-if",
        "A .if without its .endif",
        "The condition goes on to the end of the file.",
        ".if defined(A)\nglobal\n    maxconn 100\n",
        ".if defined(A)\nglobal\n    maxconn 100\n.endif\n",
    ),
    code(
        "unknown-directive",
        "A word that begins with a dot and is no directive",
        "The directives are .if, .elif, .else, .endif, .notice, .warning, .alert and .diag.",
        ".iff defined(A)\n",
        ".if defined(A)\n.endif\n",
    )
    .help("see the manual for what may stand here"),
];
