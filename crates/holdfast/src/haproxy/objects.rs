//! `-dL`: the files that the running program was loaded from, so that they can be kept together with a core dump.

use std::io::{self, Write as _};

/// Prints them, the program first.
///
/// # Errors
/// When the system does not tell.
pub(super) fn print() -> io::Result<()> {
    let program = std::env::current_exe()?.display().to_string();
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    let mut out = format!("{program}\n");
    for object in objects(&maps, &program) {
        out.push_str(object);
        out.push('\n');
    }
    // Whoever does not read it to its end has seen enough. It is printed even where nothing else is (`-q`).
    let _ = io::stdout().write_all(out.as_bytes());
    Ok(())
}

/// The files beside the program that code is mapped from, in the order of their addresses.
fn objects<'a>(maps: &'a str, program: &str) -> Vec<&'a str> {
    let mut objects = Vec::new();
    for line in maps.lines() {
        // Address, permissions, offset, device, inode, and the path, which may hold blanks.
        let Some(path) = line.find('/').map(|at| &line[at..]) else {
            continue;
        };
        let executable = line
            .split(' ')
            .nth(1)
            .is_some_and(|permissions| permissions.contains('x'));
        if executable && path != program && !objects.contains(&path) {
            objects.push(path);
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_with_code_are_listed_once() {
        let maps = "55d0-55d1 r--p 00000000 fe:00 11 /usr/sbin/haproxy\n\
                    55d1-55d2 r-xp 00001000 fe:00 11 /usr/sbin/haproxy\n\
                    7f00-7f01 r-xp 00000000 fe:00 12 /lib/a b.so\n\
                    7f01-7f02 r-xp 00001000 fe:00 12 /lib/a b.so\n\
                    7f03-7f04 r--p 00000000 fe:00 13 /usr/lib/locale/C.utf8\n\
                    7fff-7fff r-xp 00000000 00:00 0 [vdso]\n";
        assert_eq!(objects(maps, "/usr/sbin/haproxy"), ["/lib/a b.so"]);
    }
}
