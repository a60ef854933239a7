//! A model file that was cut short or altered is refused, or gives the very same answers; never a panic, and never
//! other answers without a word.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use chainrule_learn::{Model, NetworkOptions, Options, Table, fit};
use program::Folder;
use std::ops::ControlFlow;

/// Tables with a class and a number to predict, and the bytes of a small model of each.
fn models() -> Vec<(Table, Vec<u8>)> {
    let csv = |rows: usize| {
        let row = |i: usize| {
            format!(
                "{},{},{},{}\n",
                if i % 7 == 3 { String::new() } else { i.to_string() },
                ["red", "green", "blue \"sky\""][i % 3].replace('"', "'"),
                ["dry", "wet"][usize::from(i > rows / 2)],
                i * i
            )
        };
        format!("x,color,state,area\n{}", (0..rows).map(row).collect::<String>())
    };
    let table = Table::from_csv("small.csv", csv(20).as_bytes()).unwrap();
    ["state", "area"]
        .map(|target| {
            let options = Options {
                network: NetworkOptions {
                    hidden: vec![2],
                    epochs: 2,
                    ..NetworkOptions::default()
                },
                folds: Some(2),
                ..Options::new(target)
            };
            let fitted = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap();
            (table.clone(), fitted.model.to_bytes().unwrap())
        })
        .into()
}

/// An error of one line that names the file, or the answers of the whole model.
#[track_caller]
fn refused_or_the_same(whole: &Model, table: &Table, bytes: &[u8], what: &str) -> bool {
    match Model::from_bytes("m.safetensors", bytes) {
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("m.safetensors "), "{what}: {message}");
            assert!(!error.is_request(), "{what}: {message}");
            true
        }
        Ok(model) => {
            assert_eq!(
                model.predict(table).unwrap(),
                whole.predict(table).unwrap(),
                "{what} changed the answers"
            );
            assert_eq!(model.record(), whole.record(), "{what} changed the record");
            false
        }
    }
}

#[test]
fn cut_short_at_every_byte() {
    for (_, bytes) in models() {
        for length in 0..bytes.len() {
            let error = Model::from_bytes("m.safetensors", &bytes[..length])
                .unwrap_err()
                .to_string();
            assert!(error.starts_with("m.safetensors "), "{length}: {error}");
        }
    }
}

#[test]
fn longer_than_it_was() {
    for (_, bytes) in models() {
        for more in [&[0u8][..], b"\n", &[0; 64], &bytes] {
            assert!(Model::from_bytes("m.safetensors", &[&bytes[..], more].concat()).is_err());
        }
    }
}

#[test]
fn a_bit_flipped_in_every_byte() {
    for (table, bytes) in models() {
        let whole = Model::from_bytes("m.safetensors", &bytes).unwrap();
        let mut refused = 0;
        for position in 0..bytes.len() {
            let (mut altered, bit) = (bytes.clone(), position * 5 % 8);
            altered[position] ^= 1 << bit;
            let what = format!("bit {bit} of byte {position}");
            refused += usize::from(refused_or_the_same(&whole, &table, &altered, &what));
        }
        // Hardly a bit says nothing.
        assert!(refused * 100 >= bytes.len() * 99, "{refused} of {}", bytes.len());
    }
}

#[test]
fn bytes_swapped_doubled_and_left_out() {
    for (table, bytes) in models() {
        let whole = Model::from_bytes("m.safetensors", &bytes).unwrap();
        for position in (0..bytes.len() - 8).step_by(5) {
            let mut swapped = bytes.clone();
            swapped.swap(position, position + 1);
            let mut doubled = bytes.clone();
            doubled.insert(position, bytes[position]);
            let mut shorter = bytes.clone();
            shorter.remove(position);
            let mut zeroed = bytes.clone();
            zeroed[position..position + 8].fill(0);
            for (what, altered) in [
                ("swapped", swapped),
                ("doubled", doubled),
                ("left out", shorter),
                ("zeroed", zeroed),
            ] {
                refused_or_the_same(&whole, &table, &altered, &format!("byte {position} {what}"));
            }
        }
    }
}

#[test]
fn the_program_refuses_what_the_library_refuses() {
    let folder = Folder::new();
    folder.write("new.csv", "x,color,area\n3,red,9\n");
    let (_, bytes) = models().swap_remove(0);
    folder.write("whole", &bytes);
    let answers = folder.run(&["predict", "whole", "new.csv"]).done().stdout;
    for step in 0..20 {
        let position = step * bytes.len() / 20;
        let mut altered = bytes.clone();
        altered[position] ^= 4;
        for (name, bytes) in [("short", &bytes[..position]), ("altered", &altered)] {
            folder.write(name, bytes);
            let before = folder.content();
            for command in [
                &["predict", name, "new.csv"][..],
                &["show", name],
                &["evaluate", name, "new.csv"],
            ] {
                let ran = folder.run(command);
                let what = format!("{command:?} at byte {position}: {}", ran.stderr);
                if command[0] == "predict" && ran.code == Some(0) {
                    assert_eq!(ran.stdout, answers, "{what}");
                    continue;
                }
                assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""), "{what}");
                assert!(ran.stderr.starts_with(&format!("error: {name} ")), "{what}");
            }
            assert!(folder.content() == before);
        }
    }
}
