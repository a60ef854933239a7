//! The manual and the completions know every command and option.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

fn chainrule(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chainrule"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The commands that `--help` lists.
fn commands() -> Vec<String> {
    let help = String::from_utf8(chainrule(&["--help"]).stdout).unwrap();
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| !line.trim().is_empty());
    let names: Vec<String> = listed
        .filter_map(|line| line.strip_prefix("  ")?.split_whitespace().next().map(String::from))
        .filter(|name| name != "help")
        .collect();
    assert!(names.len() >= 10, "{help}");
    names
}

#[test]
fn there_is_a_page_for_each_command() {
    let folder = tempfile::tempdir().unwrap();
    let out = chainrule(&["man", "--out", folder.path().to_str().unwrap()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    for name in commands() {
        let page = std::fs::read_to_string(folder.path().join(format!("chainrule-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{name}");
    }
    let fit = std::fs::read_to_string(folder.path().join("chainrule-fit.1")).unwrap();
    assert!(fit.contains("learning\\-rate") && fit.contains("The column to predict"));
    let own = chainrule(&["man"]).stdout;
    assert_eq!(own, std::fs::read(folder.path().join("chainrule.1")).unwrap());
}

#[test]
fn shells_learn_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(chainrule(&["completions", shell]).stdout).unwrap();
        for name in commands() {
            assert!(script.contains(&name), "{shell}: {name}");
        }
        assert!(script.contains("learning-rate"), "{shell}");
    }
    assert_eq!(chainrule(&["completions", "cobol"]).status.code(), Some(2));
}
