//! The invariants of ARCHITECTURE.md, held against the tree.
#![allow(clippy::unwrap_used)]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file below a folder, with its path from there and its lines without comments.
fn sources(folder: &str) -> BTreeMap<String, Vec<String>> {
    let (mut found, base) = (BTreeMap::new(), root().join(folder));
    let mut open = vec![base.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(&base).unwrap().to_string_lossy().replace('\\', "/");
                let text = fs::read_to_string(&path).unwrap();
                let code = text
                    .lines()
                    .map(|line| line.split("//").next().unwrap_or_default().to_string());
                found.insert(name, code.collect());
            }
        }
    }
    assert!(!found.is_empty(), "no sources in {folder}");
    found
}

/// The name of each crate and its folder.
fn crates() -> Vec<(String, String)> {
    let folders = fs::read_dir(root().join("crates")).unwrap();
    let mut found: Vec<(String, String)> = folders
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .map(|name| (name.clone(), format!("crates/{name}")))
        .collect();
    found.sort();
    assert!(found.len() >= 5);
    found.push(("chainrule-benches".to_string(), "benches".to_string()));
    found.push(("chainrule-fuzz-targets".to_string(), "fuzz/targets".to_string()));
    found
}

/// Whether a line has a word, not as a part of a longer one.
fn has_word(line: &str, word: &str) -> bool {
    // A hyphen joins words of a text; in code it stands between spaces.
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    line.split(|c| !part(c)).any(|token| token == word)
}

/// The names in the `[dependencies]` of a manifest.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap_or_default();
    let lines = section.lines().take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .filter(|name| !name.is_empty())
        .map(String::from)
        .collect()
}

#[test]
fn only_the_kernel_is_unsafe() {
    for (name, folder) in crates() {
        for (file, lines) in sources(&format!("{folder}/src")) {
            let kernel = name == "chainrule" && file.starts_with("kernel/");
            // A WebAssembly module names its functions by an attribute that is called unsafe.
            let door = name == "chainrule-site" && file == "door.rs";
            for (i, line) in lines.iter().enumerate() {
                assert!(
                    kernel || door && !line.contains('{') || !has_word(line, "unsafe"),
                    "{folder}/src/{file}:{}: {line}",
                    i + 1
                );
            }
        }
        let door = ["lib.rs", "main.rs"].map(|file| root().join(format!("{folder}/src/{file}")));
        let door = door.iter().find(|path| path.exists()).unwrap();
        let rule = match name.as_str() {
            "chainrule" | "chainrule-site" => "#![deny(unsafe_code)]",
            _ => "#![forbid(unsafe_code)]",
        };
        assert!(fs::read_to_string(door).unwrap().contains(rule), "{name} lacks {rule}");
        let manifest = read(format!("{folder}/Cargo.toml"));
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{name} does not take over the workspace's lints"
        );
    }
    assert!(read("Cargo.toml").contains("missing_docs = \"deny\""));
}

#[test]
fn the_engine_reads_no_file_no_clock_and_no_environment_and_threads_live_in_one_place() {
    for (file, lines) in sources("crates/chainrule/src") {
        for (i, line) in lines.iter().enumerate() {
            for module in ["fs", "io", "net", "time", "env", "process", "thread"] {
                let pool = module == "thread" && file.starts_with("kernel/threads");
                let named = line.contains(&format!("std::{module}"));
                assert!(pool || !named, "{file}:{}: {line}", i + 1);
            }
            // A pool that is imported as `std::{.., thread}` is one as well.
            assert!(
                file.starts_with("kernel/threads") || !line.contains("thread::"),
                "{file}:{}: {line}",
                i + 1
            );
            for word in ["Instant", "SystemTime", "println", "eprintln", "include_bytes"] {
                assert!(!has_word(line, word), "{file}:{}: {line}", i + 1);
            }
        }
    }
}

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let drawn = read("ARCHITECTURE.md");
    for (name, folder) in crates() {
        let row = drawn.lines().find(|line| line.starts_with(&format!("| `{name}` |")));
        let allowed = row
            .unwrap_or_else(|| panic!("{name} is not drawn"))
            .rsplit('|')
            .nth(1)
            .unwrap()
            .to_string();
        for dependency in dependencies(&read(format!("{folder}/Cargo.toml"))) {
            let ours = dependency.starts_with("chainrule");
            let all = allowed.contains("all of these");
            assert!(
                !ours || all || allowed.contains(&format!("`{dependency}`")),
                "{name} uses {dependency}"
            );
        }
    }
}

#[test]
fn the_rooms_of_the_engine_use_each_other_as_drawn() {
    let drawn = read("ARCHITECTURE.md");
    // "| `a.rs`, `b/` | … | c, d |" says that a and b may use c and d.
    let mut allowed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let section = drawn
        .split("## The rooms of the engine")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    for row in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let uses: Vec<String> = cells[3].split(',').map(|room| room.trim().to_string()).collect();
        for room in cells[1].split(',') {
            let room = room
                .trim()
                .trim_matches('`')
                .trim_end_matches('/')
                .trim_end_matches(".rs");
            allowed.insert(room.to_string(), uses.clone());
        }
    }
    let rooms: Vec<String> = allowed.keys().cloned().collect();
    assert!(rooms.len() >= 12, "{rooms:?}");
    for (file, lines) in sources("crates/chainrule/src") {
        let room = file.split('/').next().unwrap().trim_end_matches(".rs").to_string();
        if room == "lib" {
            continue;
        }
        let may = allowed.get(&room).unwrap_or_else(|| panic!("{room} is not drawn"));
        let code = lines.join("\n");
        for other in rooms.iter().filter(|other| **other != room) {
            let direct = code.contains(&format!("crate::{other}::"));
            let grouped = code.split("use crate::{").skip(1).any(|list| {
                let list = list.split("};").next().unwrap_or_default();
                list.contains(&format!("{other}::"))
            });
            assert!(
                !(direct || grouped) || may.contains(other),
                "{file} uses {other}, which is not drawn"
            );
        }
    }
}

#[test]
fn every_dependency_has_its_line_in_the_design() {
    let (manifest, design) = (read("Cargo.toml"), read("DESIGN.md"));
    let section = manifest
        .split("[workspace.dependencies]")
        .nth(1)
        .unwrap()
        .split("\n[")
        .next()
        .unwrap();
    let names: Vec<&str> = section
        .lines()
        .filter(|line| line.contains('=') && !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| !name.starts_with("chainrule"))
        .collect();
    assert!(names.len() >= 10, "{names:?}");
    for name in names {
        let row = design
            .lines()
            .any(|line| line.starts_with("| `") && line.split('|').nth(1).unwrap().contains(&format!("`{name}`")));
        assert!(row, "{name} has no line in DESIGN.md");
    }
}

#[test]
fn the_page_stays_a_page_and_the_readme_has_its_two_commands() {
    assert!(read("ARCHITECTURE.md").lines().count() <= 200);
    let readme = read("README.md");
    assert!(readme.contains("\ncargo run --release -- fit data/iris.csv --target species\n"));
    assert_eq!(readme.lines().filter(|line| line.starts_with("cargo test")).count(), 1);
    assert!(read(".ci/run").contains("grep -m 1 '^cargo test' README.md"));
}

#[test]
fn the_readme_lists_the_commands_as_the_help_does() {
    let help = std::process::Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .arg("--help")
        .output()
        .unwrap();
    let (help, readme) = (String::from_utf8(help.stdout).unwrap(), read("README.md"));
    let commands = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut count = 0;
    for line in commands.lines() {
        let (name, about) = line.trim().split_once(' ').unwrap();
        if name != "help" {
            let about = about.trim();
            let about = format!("| {}{} |", about[..1].to_lowercase(), &about[1..]);
            let row = readme
                .lines()
                .find(|row| row.starts_with(&format!("| `chainrule {name} ")));
            assert!(
                row.is_some_and(|row| row.ends_with(&about)),
                "{name}: no row that ends with {about}"
            );
            count += 1;
        }
    }
    assert_eq!(
        readme.lines().filter(|row| row.starts_with("| `chainrule ")).count(),
        count
    );
}
