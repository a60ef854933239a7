//! What the program writes to pipes, terminals and files is fit for them.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, houses};
use std::{
    io::{BufRead, BufReader, Read},
    process::Stdio,
};

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    let folder = Folder::new();
    let rows: String = (0..20_000).map(|i| format!("{i},red,{i}\n")).collect();
    folder.write("t.csv", houses(20));
    folder.write("many.csv", format!("x,color,price\n{rows}"));
    folder
        .run(&["fit", "t.csv", "--target", "size", "--epochs", "2", "--hidden", ""])
        .done();
    let mut child = folder
        .command(&["predict", "model.safetensors", "many.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::with_capacity(16, child.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.starts_with("x,color,price,predicted_size"));
    // The pipe is closed now.
    let mut complaint = String::new();
    child.stderr.take().unwrap().read_to_string(&mut complaint).unwrap();
    assert_eq!((child.wait().unwrap().code(), complaint.as_str()), (Some(0), ""));
}

#[test]
fn nobody_reading_the_messages_is_no_error() {
    let folder = Folder::new();
    let rows: String = (0..20).map(|i| format!("{i},,{}\n", ["a", "b"][i % 2])).collect();
    folder.write("t.csv", format!("x,empty,y\n{rows}"));
    let mut child = folder
        .command(&["fit", "t.csv", "--target", "y", "--epochs", "2"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn files_are_as_private_as_the_user_wants_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    for (mask, mode) in [("077", 0o600), ("022", 0o644), ("002", 0o664)] {
        let command = format!("umask {mask}; exec \"$0\" fit t.csv --target size --epochs 1");
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", &command, env!("CARGO_BIN_EXE_chainrule")])
            .current_dir(folder.path(""));
        assert!(shell.output().unwrap().status.success());
        for name in ["model.safetensors", "loss.svg"] {
            let permissions = std::fs::metadata(folder.path(name)).unwrap().permissions();
            assert_eq!(permissions.mode() & 0o777, mode, "{name} with umask {mask}");
            std::fs::remove_file(folder.path(name)).unwrap();
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_finds_no_room_is_an_error() {
    let folder = Folder::new();
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    let output = folder.command(&["expr", "x", "x=1"]).stdout(full).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        message.starts_with("error: the output could not be written: "),
        "{message}"
    );
}

/// A table from elsewhere must not be able to color, move or rename somebody's terminal.
#[test]
fn control_characters_of_a_table_do_not_reach_the_terminal() {
    let folder = Folder::new();
    let rows: String = (0..20).map(|i| format!("{i},\u{1b}[31mred{}\n", i / 10)).collect();
    folder.write("t.csv", format!("x\u{7},y\n{rows}"));
    let later = "x\u{7},y\n3,\u{1b}]0;title\u{7}\n";
    folder.write("later.csv", later);
    for arguments in [
        "fit t.csv --target y --epochs 1",
        "show model.safetensors",
        "evaluate model.safetensors t.csv",
        "evaluate model.safetensors later.csv",
        "fit t.csv --target z",
    ] {
        let ran = folder.run(&arguments.split(' ').collect::<Vec<_>>());
        let control = |text: &str| text.chars().any(|c| c.is_control() && c != '\n');
        assert!(
            !control(&ran.stdout) && !control(&ran.stderr),
            "{arguments}: {:?} {:?}",
            ran.stdout,
            ran.stderr
        );
    }
}
