//! The tree's files as the rules see them: paths relative to the top and contents, without what git ignores.

use std::path::{Path, PathBuf};

use anyhow::Context;
use ignore::WalkBuilder;

/// One file.
#[derive(Debug)]
pub(super) struct File {
    /// Relative to the tree's top.
    pub(super) path: PathBuf,
    /// Its contents; bytes that are not UTF-8 are replaced.
    pub(super) text: String,
}

impl File {
    /// Whether it is Rust source.
    pub(super) fn is_rust(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "rs")
    }
}

/// All files of a tree.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) files: Vec<File>,
}

impl Tree {
    /// Reads every file below `root` that git would not ignore, in the order of their paths.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .parents(false)
            .git_global(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        for entry in walk {
            let entry = entry.with_context(|| format!("cannot walk {}", root.display()))?;
            if !entry.file_type().is_some_and(|kind| kind.is_file()) {
                continue;
            }
            let bytes = std::fs::read(entry.path())
                .with_context(|| format!("cannot read {}", entry.path().display()))?;
            let path = entry
                .path()
                .strip_prefix(root)
                .unwrap_or(entry.path())
                .to_path_buf();
            files.push(File {
                path,
                text: String::from_utf8_lossy(&bytes).into_owned(),
            });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(Self { files })
    }

    /// The Rust sources.
    pub(super) fn rust(&self) -> impl Iterator<Item = &File> {
        self.files.iter().filter(|file| file.is_rust())
    }
}

/// A tree on disk from (path, contents) pairs, read back: what the rules' tests look at.
#[cfg(test)]
pub(super) fn tree_of(files: &[(&str, &str)]) -> Tree {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    Tree::read(folder.path()).expect("a tree")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_hidden_folders_and_leaves_out_what_git_ignores() {
        let tree = tree_of(&[
            (".gitignore", "/target\n"),
            (".ci/run", "echo\n"),
            (".git/config", ""),
            ("target/debug/build.rs", ""),
            ("crates/a/src/lib.rs", "//! a\n"),
        ]);
        let paths: Vec<_> = tree
            .files
            .iter()
            .map(|file| file.path.display().to_string())
            .collect();
        assert_eq!(paths, [".ci/run", ".gitignore", "crates/a/src/lib.rs"]);
        assert_eq!(tree.rust().count(), 1);
    }
}
