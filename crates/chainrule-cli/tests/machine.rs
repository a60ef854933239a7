//! No byte of a result depends on the machine: not on its vector instructions, not on its number of threads.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, Ran, houses};

/// The program with variables of the environment.
fn run(folder: &Folder, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    let output = folder
        .command(arguments)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The vector instructions that this machine has, as the program's own message names them.
fn instructions(folder: &Folder) -> Vec<String> {
    let refused = run(folder, &["data"], &[("CHAINRULE_INSTRUCTIONS", "sse9")]);
    assert_eq!(refused.code, Some(2));
    let names = refused
        .stderr
        .trim_end()
        .strip_prefix("error: CHAINRULE_INSTRUCTIONS is `sse9`; this machine has ")
        .unwrap_or_else(|| panic!("{}", refused.stderr));
    names.split(", ").map(String::from).collect()
}

#[test]
fn a_model_file_has_the_same_bytes_whatever_the_instructions_and_the_number_of_threads() {
    let folder = Folder::new();
    folder.write("t.csv", houses(700));
    let sets = instructions(&folder);
    assert_eq!(sets[0], "portable");
    // A step has products of 448 · 150 · 126 multiply-adds, for which sleeping threads are woken.
    let fit = "fit t.csv --target size --hidden 150,126 --batch-size 448 --epochs 1 --folds 2 --json";
    let fit: Vec<&str> = fit.split(' ').collect();
    let mut models = vec![];
    for set in &sets {
        for threads in ["1", "2"] {
            let variables = [("CHAINRULE_INSTRUCTIONS", &set[..]), ("CHAINRULE_THREADS", threads)];
            run(&folder, &fit, &variables).done();
            models.push((format!("{set}, {threads} threads"), folder.read("model.safetensors")));
        }
    }
    for (name, model) in &models {
        assert!(*model == models[0].1, "{name} differs from {}", models[0].0);
    }
}

#[test]
fn threads_are_a_number_from_1_on() {
    let folder = Folder::new();
    for wrong in ["0", "-1", "two", "1.5", "1025", "99999999999999999999"] {
        let refused = run(&folder, &["data"], &[("CHAINRULE_THREADS", wrong)]);
        assert_eq!((refused.code, &refused.stdout[..]), (Some(2), ""));
        let message = format!("error: CHAINRULE_THREADS is `{wrong}`; write a whole number from 1 to 1024\n");
        assert_eq!(refused.stderr, message);
        let message = folder.refuses(&["data", &format!("--threads={wrong}")], 2);
        assert!(
            message.contains("--threads <COUNT>") && message.contains(wrong),
            "{message}"
        );
    }
    for right in ["1", "2", "1024"] {
        run(&folder, &["data"], &[("CHAINRULE_THREADS", right)]).done();
        folder.run(&["data", "--threads", right]).done();
        folder.run(&["--threads", right, "data"]).done();
    }
    // Nothing is said by an empty variable.
    run(
        &folder,
        &["data"],
        &[("CHAINRULE_THREADS", ""), ("CHAINRULE_INSTRUCTIONS", "")],
    )
    .done();
}
