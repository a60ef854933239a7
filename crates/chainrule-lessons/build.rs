//! Makes every file in the folder `exercises` part of the library: a new exercise is a new file and nothing else.

use std::{env, fmt::Write, fs, io, path::PathBuf};

fn main() -> io::Result<()> {
    let variable = |name| {
        env::var_os(name)
            .map(PathBuf::from)
            .ok_or_else(|| io::Error::other(name))
    };
    let folder = variable("CARGO_MANIFEST_DIR")?.join("exercises");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = vec![];
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            files.push(path);
        }
    }
    files.sort();
    let mut code = String::from("const FILES: &[(&str, &str)] = &[\n");
    for path in files {
        let name = path.file_stem().unwrap_or_default();
        let _ = writeln!(code, "    ({name:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    fs::write(variable("OUT_DIR")?.join("exercises.rs"), code)
}
