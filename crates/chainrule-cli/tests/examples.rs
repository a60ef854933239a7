//! The programs in `examples`: each prints what the file beside it says.
#![allow(clippy::unwrap_used)]

use expect_test::expect_file;
use std::{env, path::PathBuf, process::Command};

/// Where `cargo test` puts the examples that it builds: beside the folder of the tests.
fn program(name: &str) -> PathBuf {
    let tests = env::current_exe().unwrap();
    let folder = tests.parent().unwrap().parent().unwrap().join("examples");
    let program = folder.join(name).with_extension(env::consts::EXE_EXTENSION);
    assert!(
        program.exists(),
        "{} is missing: run `cargo build -p chainrule-cli --examples`, as `cargo test` does by itself",
        program.display()
    );
    program
}

/// What the program prints when it is asked to draw into a folder, and the names of its pictures.
fn run(name: &str) -> (String, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program(name)).arg(folder.path()).output().unwrap();
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut pictures = vec![];
    for entry in folder.path().read_dir().unwrap() {
        let entry = entry.unwrap();
        let svg = std::fs::read_to_string(entry.path()).unwrap();
        roxmltree::Document::parse(&svg).unwrap();
        pictures.push(entry.file_name().into_string().unwrap());
    }
    pictures.sort();
    (String::from_utf8(output.stdout).unwrap(), pictures)
}

#[test]
fn geometry() {
    let (printed, pictures) = run("geometry");
    expect_file!["../../../examples/geometry.txt"].assert_eq(&printed);
    assert_eq!(pictures, ["geometry.svg"]);
}

#[test]
fn neuron() {
    let (printed, pictures) = run("neuron");
    expect_file!["../../../examples/neuron.txt"].assert_eq(&printed);
    assert_eq!(pictures, ["loss.svg"]);
}

#[test]
fn autograd() {
    let (printed, pictures) = run("autograd");
    expect_file!["../../../examples/autograd.txt"].assert_eq(&printed);
    assert_eq!(pictures, ["expression.svg", "neuron.svg", "quadratic.svg"]);
}

#[test]
fn model_loss_optimizer() {
    let (printed, pictures) = run("model_loss_optimizer");
    expect_file!["../../../examples/model_loss_optimizer.txt"].assert_eq(&printed);
    assert_eq!(pictures, ["network.svg"]);
}

#[test]
fn by_hand() {
    let (printed, pictures) = run("by_hand");
    expect_file!["../../../examples/by_hand.txt"].assert_eq(&printed);
    assert_eq!(pictures, ["by_hand.svg"]);
}

#[test]
fn without_a_folder_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(program("by_hand"))
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_made_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let output = Command::new(program("neuron"))
        .arg(file.join("pictures"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(!String::from_utf8(output.stderr).unwrap().contains("panicked"));
}
