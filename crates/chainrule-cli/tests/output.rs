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
        for name in ["model.safetensors", "report.html"] {
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

#[test]
fn predict_streams_files_and_pipes_in_the_order_of_their_rows() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    folder
        .run(&["fit", "t.csv", "--target", "size", "--model", "mlp", "--epochs", "2"])
        .done();
    // Several blocks of rows.
    let rows: String = (0..30_000)
        .map(|i| format!("{i},{},{}\n", ["red", "green", "pink"][i % 3], i % 100))
        .collect();
    let csv = format!("x,color,price\n{rows}");
    folder.write("many.csv", &csv);
    let out = ["predict", "model.safetensors", "many.csv", "--out", "answers.csv"];
    let written = folder.run(&out).done();
    assert_eq!(
        written.stderr,
        "note: column `color`: 10000 cells have a category that no training row has, such as `pink` in line 4; they count as \
         none of the categories\nwrote 30000 rows to answers.csv\n"
    );
    let answers = folder.text("answers.csv");
    assert_eq!(answers.lines().count(), 30_001);
    for (row, line) in answers.lines().skip(1).enumerate() {
        assert!(line.starts_with(&format!("{row},")), "{line}");
    }
    // The same bits as one block gives, and the library that reads all at once.
    let model = chainrule_learn::Model::load(folder.path("model.safetensors")).unwrap();
    let table = model.reader().read(folder.path("many.csv")).unwrap();
    let prediction = model.predict(&table).unwrap();
    for (row, line) in answers.lines().skip(1).enumerate().step_by(997) {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells[3], prediction.text(row));
        let probabilities: Vec<f64> = cells[4..6].iter().map(|cell| cell.parse().unwrap()).collect();
        assert_eq!(Some(&probabilities[..]), prediction.probabilities(row));
    }
    let piped = folder
        .command(&["predict", "model.safetensors", "-"])
        .stdin(std::fs::File::open(folder.path("many.csv")).unwrap())
        .output()
        .unwrap();
    assert_eq!(piped.status.code(), Some(0));
    assert!(piped.stdout == answers.as_bytes());

    // A bad row in a later block leaves nothing behind.
    folder.write("bad.csv", format!("{csv}1,red,many\n"));
    let before = folder.content();
    let ran = folder.run(&["predict", "model.safetensors", "bad.csv", "--out", "answers.csv"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
    assert_eq!(
        ran.stderr,
        "error: bad.csv, line 30002, column `price`: `many` is not a number, but the model was trained with numbers here; \
         correct the cell, or leave it empty if the value is missing\n"
    );
    assert!(folder.content() == before);
}
