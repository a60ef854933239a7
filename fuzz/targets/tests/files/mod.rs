//! The files beside the targets.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A place in the folder of the fuzzer.
pub fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)
}

/// The files of a target's corpus by name.
pub fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(place("corpus").join(target)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let name = |path: &Path| path.file_name().unwrap().to_string_lossy().into_owned();
    let mut files: Vec<(String, Vec<u8>)> = paths.map(|path| (name(&path), fs::read(path).unwrap())).collect();
    files.sort();
    files
}
