//! Options that cannot be are refused before anything is done.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};

#[test]
fn a_task_that_the_target_does_not_allow() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    expect![[r#"
        error: t.csv, line 2, column `size`: the target is not a number (`small`), so regression cannot predict it; correct the cell, or train with --task classification
    "#]].assert_eq(&folder.refuses(&["fit", "t.csv", "--target", "size", "--task", "regression"], 1));
    expect![[r#"
        error: invalid value 'guess' for '--task <TASK>'
          [possible values: regression, classification]

        For more information, try '--help'.
    "#]]
    .assert_eq(&folder.refuses(&["fit", "t.csv", "--target", "size", "--task", "guess"], 2));
}

#[test]
fn options_out_of_range() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    let refusal = |option: &str| folder.refuses(&["fit", "t.csv", "--target", "size", option], 2);
    expect![[r#"
        error: a hidden layer of width 0: choose between 1 and 65536
    "#]]
    .assert_eq(&refusal("--hidden=0"));
    expect![[r#"
        error: invalid value '16,-1' for '--hidden <WIDTHS>': `-1` is not a width; write widths as 16,16

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--hidden=16,-1"));
    expect![[r#"
        error: a hidden layer of width 1000000000: choose between 1 and 65536
    "#]]
    .assert_eq(&refusal("--hidden=1000000000"));
    expect![[r#"
        error: invalid value '1e9' for '--hidden <WIDTHS>': `1e9` is not a width; write widths as 16,16

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--hidden=1e9"));
    expect![[r#"
        error: invalid value '99999999999999999999999' for '--hidden <WIDTHS>': `99999999999999999999999` is not a width; write widths as 16,16

        For more information, try '--help'.
    "#]].assert_eq(&refusal("--hidden=99999999999999999999999"));
    expect![[r#"
        error: a batch of 0 rows: choose at least 1
    "#]]
    .assert_eq(&refusal("--batch-size=0"));
    expect![[r#"
        error: invalid value 'many' for '--batch-size <ROWS>': write a whole number from 0 on

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--batch-size=many"));
    expect![[r#"
        error: 0 epochs: choose at least 1
    "#]]
    .assert_eq(&refusal("--epochs=0"));
    expect![[r#"
        error: invalid value '1.5' for '--epochs <COUNT>': write a whole number from 0 on

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--epochs=1.5"));
    expect![[r#"
        error: a learning rate of -1: choose a number above 0, such as 0.01
    "#]]
    .assert_eq(&refusal("--learning-rate=-1"));
    expect![[r#"
        error: a learning rate of 0: choose a number above 0, such as 0.01
    "#]]
    .assert_eq(&refusal("--learning-rate=0"));
    expect![[r#"
        error: a learning rate of NaN: choose a number above 0, such as 0.01
    "#]]
    .assert_eq(&refusal("--learning-rate=nan"));
    expect![[r#"
        error: a learning rate of inf: choose a number above 0, such as 0.01
    "#]]
    .assert_eq(&refusal("--learning-rate=inf"));
    expect![[r#"
        error: invalid value 'fast' for '--learning-rate <RATE>': write a number, such as 0.01

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--learning-rate=fast"));
    expect![[r#"
        error: invalid value 'tahn' for '--activation <NAME>'
          [possible values: sin, tanh, sigmoid, relu, leaky_relu, elu, gelu, gelu_tanh, silu, softplus, identity]

          tip: a similar value exists: 'tanh'

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--activation=tahn"));
    expect![[r#"
        error: invalid value 'adm' for '--optimizer <NAME>'
          [possible values: sgd, rmsprop, adagrad, adam, adamw]

          tip: a similar value exists: 'adam'

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--optimizer=adm"));
    expect![[r#"
        error: invalid value '-1' for '--seed <SEED>': write a whole number from 0 on

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--seed=-1"));
    expect![[r#"
        error: a dropout of 1: choose a share from 0 to below 1, such as 0.2
    "#]]
    .assert_eq(&refusal("--dropout=1"));
    expect![[r#"
        error: an L1 penalty of -1: choose 0 for none, or a number above 0, such as 0.001
    "#]]
    .assert_eq(&refusal("--l1=-1"));
    expect![[r#"
        error: an L2 penalty of NaN: choose 0 for none, or a number above 0, such as 0.001
    "#]]
    .assert_eq(&refusal("--l2=nan"));
    expect![[r#"
        error: gradients clipped to a norm of 0: choose a number above 0, such as 1
    "#]]
    .assert_eq(&refusal("--clip=0"));
    expect![[r#"
        error: 1 fold leaves nothing to learn from; choose at least 2, or 0 for no cross-validation
    "#]]
    .assert_eq(&refusal("--folds=1"));
    expect![[r#"
        error: a search of 100000 configurations: choose at most 10000
    "#]]
    .assert_eq(&refusal("--search=100000"));
    expect![[r#"
        error: t.csv has no column `colour`: did you mean `color`? Its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&refusal("--group=colour"));
    expect![[r#"
        error: unexpected argument '--sede' found

          tip: a similar argument exists: '--seed'

        Usage: chainrule fit --target <COLUMN> --seed <SEED> <DATA>

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--sede=1"));
}

/// 34 GB of weights. Should the program try, it gets no more than 4 GB here.
#[cfg(unix)]
#[test]
fn a_network_that_no_memory_holds() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    let output = std::process::Command::new("sh")
        .args([
            "-c",
            "ulimit -v 4000000; exec \"$0\" \"$@\"",
            env!("CARGO_BIN_EXE_chainrule"),
        ])
        .args([
            "fit",
            "t.csv",
            "--target",
            "size",
            "--epochs",
            "1",
            "--hidden",
            "65536,65536",
        ])
        .current_dir(folder.path(""))
        .output()
        .unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert!(message.starts_with("error: ") && message.contains("65536"), "{message}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_learning_rate_that_is_far_too_high_gives_an_error_or_a_sound_model() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let rates = [
        ("sgd", "1e3"),
        ("sgd", "1e200"),
        ("adam", "1e3"),
        ("adam", "1e300"),
        ("rmsprop", "1e308"),
    ];
    for (target, figures) in [("size", 4), ("price", 3)] {
        for ((optimizer, rate), activation) in rates.into_iter().flat_map(|rate| [(rate, "tanh"), (rate, "relu")]) {
            let before = folder.content();
            let options = format!(
                "fit t.csv --target {target} --optimizer {optimizer} --learning-rate {rate} --activation {activation} --epochs 8 --json"
            );
            let ran = folder.run(&options.split(' ').collect::<Vec<_>>());
            let what = format!("{options}: {}", ran.stderr);
            if ran.code == Some(0) {
                // A sound model can be judged: every figure is there, and is a number.
                let judged = ran.json();
                let test = judged["test"].as_object().unwrap();
                assert!(
                    test.len() == figures && test.values().all(|figure| figure.is_f64()),
                    "{what}{judged}"
                );
                let answers = folder.run(&["predict", "model.safetensors", "t.csv"]).done().stdout;
                assert!(!answers.contains("NaN") && !answers.contains("inf"), "{what}{answers}");
                folder.run(&["show", "model.safetensors"]).done();
                for name in ["model.safetensors", "report.html"] {
                    std::fs::remove_file(folder.path(name)).unwrap();
                }
            } else {
                assert_eq!(ran.code, Some(1), "{what}");
                assert!(
                    ran.stderr.starts_with("error: ") && ran.stderr.contains("--learning-rate"),
                    "{what}"
                );
                assert!(folder.content() == before, "{what}");
            }
        }
    }
}

#[test]
fn a_place_for_the_model_or_the_picture_that_cannot_be_is_refused_before_training() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    std::fs::create_dir(folder.path("folder")).unwrap();
    for option in [
        "--out=none/m",
        "--picture=none/p.svg",
        "--out=folder",
        "--picture=folder",
        "--out=t.csv/m",
    ] {
        let before = folder.content();
        let ran = folder.run(&["fit", "t.csv", "--target", "size", "--epochs", "2", option]);
        let place = option.split_once('=').unwrap().1;
        assert_eq!((ran.stdout.as_str(), ran.code.unwrap() > 0), ("", true), "{option}");
        assert!(
            ran.stderr.starts_with("error: ") && ran.stderr.contains(place),
            "{option}: {}",
            ran.stderr
        );
        // The name of a temporary file is nobody's business, and would be another one each time.
        assert!(!ran.stderr.contains(".chainrule-"), "{option}: {}", ran.stderr);
        assert!(folder.content() == before, "{option} left a file behind");
    }
}

#[test]
fn no_file_is_written_over_another_of_the_same_run() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    let fit = ["fit", "t.csv", "--target", "size", "--epochs", "2"];
    for options in [
        ["--out", "same", "--picture", "same"],
        ["--out", "same", "--picture", "./same"],
    ] {
        let ran = folder.run(&[&fit[..], &options[..]].concat());
        assert_eq!(ran.code, Some(2), "{options:?} {}", ran.stderr);
        assert!(!folder.path("same").exists());
    }
    for option in ["--out=t.csv", "--picture=t.csv", "--out=./t.csv"] {
        let ran = folder.run(&[&fit[..], &[option]].concat());
        assert_eq!(ran.code, Some(2), "{option} {}", ran.stderr);
        assert_eq!(folder.text("t.csv"), houses(20), "{option}: the table is gone");
    }
}

#[test]
fn commands_that_are_none() {
    let folder = Folder::new();
    expect![[r#"
        error: unrecognized subcommand 'train'

        Usage: chainrule [OPTIONS] <COMMAND>

        For more information, try '--help'.
    "#]]
    .assert_eq(&folder.refuses(&["train"], 2));
    folder.write("t.csv", houses(20));
    expect![[r#"
        error: say with --target which column to predict; t.csv has `x` (integer), `color` (category), `size` (category), `price` (integer)
    "#]]
    .assert_eq(&folder.refuses(&["fit", "t.csv"], 2));
}

/// Renaming a file over `/dev/null` would take it from every program of the machine.
#[cfg(unix)]
#[test]
fn a_place_that_is_no_plain_file_is_not_replaced() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    std::os::unix::fs::symlink("/dev/null", folder.path("sink")).unwrap();
    folder.run(&["fit", "t.csv", "--target", "size", "--epochs", "2", "--picture", "sink"]);
    let sink = std::fs::symlink_metadata(folder.path("sink")).unwrap();
    assert!(sink.file_type().is_symlink(), "the link to /dev/null was replaced");
}
