#![forbid(unsafe_code)]
//! `cargo site FOLDER [--root PATH]`: writes the studio as a site of plain files.

use chainrule_site::rooted;
use chainrule_studio::{Lessons, Next, Site, assets, document};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

const USAGE: &str = "usage: cargo site FOLDER [--root PATH]

Writes the studio as files that any web server can show, for instance
    cargo site ../site && python3 -m http.server --directory ../site
A site that does not stand at the top of its host needs its path: --root /chainrule/
Needs the target once: rustup target add wasm32-unknown-unknown";

/// What the pages may do: the server says so in a head of its answers, a file in its own.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; \
                      img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'";

/// So many slices of work are done for the pictures that come with a file.
const FIRST: usize = 200;

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let (folder, root) = match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [folder] if !folder.starts_with('-') => (*folder, "/"),
        [folder, "--root", root] if root.starts_with('/') && root.ends_with('/') => (*folder, *root),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match write(Path::new(folder), root) {
        Ok(pages) => {
            println!("{pages} pages in {folder}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes all files, and says how many pages they are.
fn write(folder: &Path, root: &str) -> Result<usize, String> {
    let program = program()?;
    put(&folder.join("assets/studio.wasm"), &program)?;
    for (name, text) in [
        ("studio.js", assets::SCRIPT),
        ("studio.css", &assets::style()),
        ("icon.svg", assets::ICON),
        ("site.js", include_str!("../assets/site.js")),
        ("worker.js", include_str!("../assets/worker.js")),
    ] {
        put(&folder.join("assets").join(name), text.as_bytes())?;
    }
    let pages = pages();
    for (path, text) in &pages {
        let place = folder.join(path.trim_start_matches('/')).join("index.html");
        put(&place, as_file(text, root).as_bytes())?;
    }
    Ok(pages.len())
}

/// The pages with their documents: all that can be reached from the first one.
fn pages() -> Vec<(String, String)> {
    let (mut known, mut open, mut pages) = (BTreeSet::new(), vec!["/".to_string()], vec![]);
    while let Some(path) = open.pop() {
        if !known.insert(path.clone()) {
            continue;
        }
        let Some(mut page) = Lessons.open(&path) else {
            continue;
        };
        page.settle();
        // What takes long is drawn when the page is open; the first pictures come with the file.
        for _ in 0..FIRST {
            let mut asked = 0;
            let enough = &mut || {
                asked += 1;
                asked > 1
            };
            if page.advance(enough) != Next::More {
                break;
            }
        }
        let text = document(&*page);
        let links = text
            .split("href=\"/")
            .skip(1)
            .filter_map(|rest| rest.split(['"', '?', '#']).next());
        open.extend(links.map(|link| format!("/{link}")));
        pages.push((path, text));
    }
    pages
}

/// A document of the studio as a file of the site.
fn as_file(document: &str, root: &str) -> String {
    let policy = format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">");
    let script = "<script src=\"/assets/studio.js\">";
    let line = format!("{policy}<script src=\"/assets/site.js\"></script>{script}");
    rooted(&document.replacen(script, &line, 1), root)
}

/// The pages' program, compiled for browsers.
fn program() -> Result<Vec<u8>, String> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = Command::new(cargo)
        .current_dir(home)
        .args([
            "rustc",
            "--profile",
            "site",
            "--lib",
            "--crate-type",
            "cdylib",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--no-default-features", "--message-format", "json-render-diagnostics"])
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !built.status.success() {
        let said = String::from_utf8_lossy(&built.stderr);
        return Err(format!(
            "the pages could not be compiled for browsers; `rustup target add wasm32-unknown-unknown` gets what is needed\n{said}"
        ));
    }
    let said = String::from_utf8_lossy(&built.stdout);
    let file = said
        .split('"')
        .find(|word| word.ends_with("chainrule_site.wasm"))
        .ok_or("cargo did not say where the compiled pages are")?;
    fs::read(file).map_err(|error| format!("{file}: {error}"))
}

/// Writes a file as a whole, or not at all.
fn put(place: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", place.display());
    let unfinished = PathBuf::from(format!("{}.part", place.display()));
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).map_err(told)?;
    }
    fs::write(&unfinished, bytes).map_err(told)?;
    fs::rename(&unfinished, place).map_err(told)
}
