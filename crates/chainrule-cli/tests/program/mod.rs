//! The program in an empty folder of its own, and what it says.

// Helpers of tests may unwrap like the tests themselves; no test uses all of them.
#![allow(clippy::unwrap_used, dead_code)]

use serde_json::Value;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What a run of the program gave.
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Its work was done.
    #[track_caller]
    pub fn done(self) -> Ran {
        assert_eq!(self.code, Some(0), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as the one JSON object that it must be.
    #[track_caller]
    pub fn json(&self) -> Value {
        let value: Value =
            serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.stdout));
        assert!(value.is_object(), "{value}");
        assert!(self.stdout.ends_with("}\n"));
        value
    }
}

/// A folder of its own for a test, gone afterwards.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// The program, ready to be started in the folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_chainrule"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE")
            .env_remove("CHAINRULE_THREADS")
            .env_remove("CHAINRULE_INSTRUCTIONS");
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Every file with its content, hidden ones too; a folder has none.
    pub fn content(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        fn add(folder: &Path, found: &mut BTreeMap<PathBuf, Option<Vec<u8>>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    add(&path, found);
                }
                found.insert(path.clone(), path.is_file().then(|| fs::read(&path).unwrap()));
            }
        }
        let mut found = BTreeMap::new();
        add(self.0.path(), &mut found);
        found
    }

    /// Runs what must fail, and gives the message: with this exit code, nothing on standard output, and nothing written.
    #[track_caller]
    pub fn refuses(&self, arguments: &[&str], code: i32) -> String {
        let before = self.content();
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        assert_eq!(ran.stdout, "", "{arguments:?}");
        let after = self.content();
        let names = |content: &BTreeMap<PathBuf, _>| content.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after), "{arguments:?}");
        assert!(before == after, "{arguments:?} changed a file");
        ran.stderr
    }
}

/// A table of `rows` rows that is easily learned: `size` is small below the middle, `price` grows with `x`.
pub fn houses(rows: usize) -> String {
    let mut csv = String::from("x,color,size,price\n");
    for i in 0..rows {
        let color = ["red", "green", "blue"][i % 3];
        let size = if i < rows / 2 { "small" } else { "large" };
        csv.push_str(&format!("{i},{color},{size},{}\n", 100 + 3 * i));
    }
    csv
}
