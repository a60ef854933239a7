//! A run that is killed, or stopped, goes on to the same model.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, Ran, houses};
use std::{
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

/// Search, folds, dropout, a schedule that remembers, batches of two sizes: everything that must go on.
const FIT: &str = "fit t.csv --target size --hidden 12,8 --dropout 0.1 --schedule plateau --patience 30 --epochs 40 --folds 3 \
                   --search 3 --batch-size 30 --checkpoint 0.02";

fn fit<'a>(more: &[&'a str]) -> Vec<&'a str> {
    FIT.split(' ').chain(more.iter().copied()).collect()
}

fn start(folder: &Folder, arguments: &[&str]) -> Child {
    let mut command = folder.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn ended(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Waits until a file is there, unless the run ends before.
fn wait_for(folder: &Folder, name: &str, child: &mut Child) {
    while !folder.path(name).exists() && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(2));
    }
}

/// Kills a run so many times, each at another moment, and lets it end; every model must have the bytes of one that nobody
/// killed. Gives how often it was killed while there was a checkpoint to go on from.
fn kill(times: u64) -> usize {
    let folder = Folder::new();
    folder.write("t.csv", houses(230));
    let begun = Instant::now();
    folder.run(&fit(&["--out", "whole.safetensors"])).done();
    let whole = begun.elapsed();
    let expected = folder.read("whole.safetensors");
    let mut went_on = 0;
    // Moments that are spread over a whole run, in no order.
    for moment in (0..times).map(|i| whole.mul_f64((i as f64 * 0.618_033_988).fract())) {
        let threads = if went_on % 2 == 0 { "1" } else { "2" };
        let mut child = start(&folder, &fit(&["--resume", "--threads", threads]));
        sleep(moment);
        child.kill().unwrap();
        let killed = ended(child);
        if killed.code.is_some() {
            continue; // it was faster than we
        }
        let there_is = folder.path("model.safetensors.checkpoint").exists();
        // Another number of threads goes on with what the first one left.
        let ran = folder.run(&fit(&["--resume", "--threads", "2"])).done();
        assert_eq!(
            ran.stderr.contains("note: goes on from model.safetensors.checkpoint, "),
            there_is,
            "{}",
            ran.stderr
        );
        went_on += usize::from(there_is);
        assert!(folder.read("model.safetensors") == expected, "{moment:?}");
        assert!(!folder.path("model.safetensors.checkpoint").exists());
        // What a killed run left under a temporary name is no half of anything.
        for name in ["model.safetensors", "model.safetensors.toml", "report.html"] {
            std::fs::remove_file(folder.path(name)).unwrap();
        }
    }
    went_on
}

#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_to_the_same_bytes() {
    let went_on = kill(10);
    assert!(went_on >= 3, "{went_on} of 10 had a checkpoint");
}

#[test]
#[ignore = "takes minutes"]
fn a_run_that_is_killed_at_fifty_moments_goes_on_to_the_same_bytes() {
    let went_on = kill(50);
    println!("{went_on} of 50 runs were killed with a checkpoint");
    assert!(went_on >= 20, "{went_on} of 50 had a checkpoint");
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_all_the_same() {
    let folder = Folder::new();
    folder.write("t.csv", houses(230));
    folder.run(&fit(&["--out", "whole.safetensors"])).done();
    let mut killed = 0;
    for _ in 0..12 {
        let checkpoint = folder.path("model.safetensors.checkpoint");
        let written = || std::fs::metadata(&checkpoint).and_then(|about| about.modified()).ok();
        let mut child = start(&folder, &fit(&["--resume"]));
        // Each run gets a little further than the one before.
        for _ in 0..4 {
            let before = written();
            while written() == before && child.try_wait().unwrap().is_none() {
                sleep(Duration::from_millis(1));
            }
        }
        child.kill().unwrap();
        killed += usize::from(ended(child).code.is_none());
    }
    folder.run(&fit(&["--resume"])).done();
    assert!(killed >= 3, "{killed}");
    assert!(folder.read("model.safetensors") == folder.read("whole.safetensors"));
}

#[test]
fn other_options_and_other_tables_are_refused_with_what_differs() {
    let folder = Folder::new();
    folder.write("t.csv", houses(230));
    let mut child = start(&folder, &fit(&[]));
    wait_for(&folder, "model.safetensors.checkpoint", &mut child);
    child.kill().unwrap();
    assert_eq!(ended(child).code, None);
    let refused = folder.refuses(&fit(&["--resume", "--seed", "4", "--l2", "0.5"]), 2);
    assert_eq!(
        refused.lines().last(),
        Some(
            "error: model.safetensors.checkpoint is of another run: `l2` was 0.0 and is 0.5, `seed` was 0 and is 4; ask for the \
             same again, or start anew without --resume"
        )
    );
    folder.write("t.csv", houses(231));
    let refused = folder.refuses(&fit(&["--resume"]), 2);
    assert!(refused.contains("the number of rows was 230 and is 231"), "{refused}");
    folder.write(
        "t.csv",
        houses(230)
            .replace("\n7,blue", "\n7,green")
            .replace("\n7,green,", "\n7,red,"),
    );
    let refused = folder.refuses(&fit(&["--resume"]), 2);
    assert!(
        refused.contains("some cells of the table have other values"),
        "{refused}"
    );
    // A damaged one says so, and nothing is written.
    folder.write("t.csv", houses(230));
    let checkpoint = folder.read("model.safetensors.checkpoint");
    folder.write("model.safetensors.checkpoint", &checkpoint[..checkpoint.len() / 2]);
    let refused = folder.refuses(&fit(&["--resume"]), 1);
    assert!(
        refused.contains("model.safetensors.checkpoint is not a whole checkpoint ("),
        "{refused}"
    );
    // Something else is never written over.
    folder.write("model.safetensors.checkpoint", "my diary");
    for more in [&[][..], &["--resume"]] {
        let refused = folder.refuses(&fit(more), 1);
        assert!(
            refused.contains("model.safetensors.checkpoint is in the way of a checkpoint, but is none"),
            "{refused}"
        );
    }
    folder.write("model.safetensors.checkpoint", &checkpoint);
    let short = "fit t.csv --target size --epochs 1 --folds 0"
        .split(' ')
        .collect::<Vec<_>>();
    let ran = folder.run(&short).done();
    assert!(
        ran.stderr
            .contains("note: model.safetensors.checkpoint of an unfinished run, "),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains(
            " old, is kept as model.safetensors.checkpoint.old; --resume would have gone on from it, and does so once \
                       it has its name again\n"
        ),
        "{}",
        ran.stderr
    );
    assert!(!folder.path("model.safetensors.checkpoint").exists());
    let old = folder.path("model.safetensors.checkpoint.old");
    assert!(std::fs::read(&old).unwrap() == checkpoint);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    for wrong in ["--checkpoint=-1", "--checkpoint=nan", "--checkpoint=inf"] {
        let refused = folder.refuses(&["fit", "t.csv", "--target", "size", wrong], 2);
        assert!(refused.contains("choose 0 for none, or a number above 0"), "{refused}");
    }
    folder.refuses(
        &["fit", "t.csv", "--target", "size", "--checkpoint", "0", "--resume"],
        2,
    );
    let fit = "fit t.csv --target size --epochs 2 --folds 0 --resume"
        .split(' ')
        .collect::<Vec<_>>();
    let ran = folder.run(&fit).done();
    let note = "note: there is no checkpoint model.safetensors.checkpoint, so this starts from the beginning\n";
    assert!(ran.stderr.contains(note), "{}", ran.stderr);
}

#[cfg(unix)]
fn signal(child: &Child, name: &str) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -{name} {}", child.id())])
        .status()
        .unwrap();
    assert!(sent.success());
}

#[cfg(unix)]
#[test]
fn ctrl_c_saves_what_was_reached_and_the_run_can_go_on() {
    let folder = Folder::new();
    folder.write("t.csv", houses(230));
    folder.run(&fit(&["--out", "whole.safetensors"])).done();
    for name in ["INT", "TERM"] {
        let mut child = start(&folder, &fit(&["--json"]));
        wait_for(&folder, "model.safetensors.checkpoint", &mut child);
        signal(&child, name);
        let ran = ended(child).done();
        assert_eq!(ran.json()["stopped"], true, "{}", ran.stdout);
        let note =
            "note: training was stopped; the same command with --resume goes on from model.safetensors.checkpoint\n";
        assert!(ran.stderr.contains(note), "{}", ran.stderr);
        // It is a model like any other.
        folder.run(&["evaluate", "model.safetensors", "t.csv"]).done();
        assert!(folder.read("model.safetensors") != folder.read("whole.safetensors"));
        let ran = folder.run(&fit(&["--json", "--resume"])).done();
        assert_eq!(ran.json()["stopped"], false);
        assert!(
            folder.read("model.safetensors") == folder.read("whole.safetensors"),
            "{name}"
        );
        assert!(!folder.path("model.safetensors.checkpoint").exists());
    }
}

#[cfg(unix)]
#[test]
fn a_second_ctrl_c_ends_the_run_at_once() {
    use std::os::unix::process::ExitStatusExt;
    let folder = Folder::new();
    // One epoch takes longer than the second Ctrl-C.
    folder.write("t.csv", houses(60_000));
    let fit = "fit t.csv --target price --hidden 400,400 --folds 0 --batch-size 8 --epochs 2 --checkpoint 0.05";
    let mut child = start(&folder, &fit.split(' ').collect::<Vec<_>>());
    wait_for(&folder, "model.safetensors.checkpoint", &mut child);
    signal(&child, "INT");
    sleep(Duration::from_millis(100));
    assert!(child.try_wait().unwrap().is_none(), "the epoch goes on");
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.signal(), Some(2));
    assert!(folder.path("model.safetensors.checkpoint").exists() && !folder.path("model.safetensors").exists());
}
