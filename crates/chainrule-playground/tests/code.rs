//! A run as code: the line that the command line takes, and a program that gives the same weights, to the bit.
//!
//! The programs lie in `programs`, as `rust_program` writes them; `UPDATE_EXPECT=1 cargo test` writes them anew.
#![allow(clippy::unwrap_used)]

use chainrule_playground::{Change, Data, Run, Setup, Weight, command_line, rust_program};
use expect_test::{expect, expect_file};

#[allow(dead_code)]
#[rustfmt::skip] // the texts are those of `rust_program`
#[path = "programs/by_hand.rs"]
mod by_hand;
#[allow(dead_code)]
#[rustfmt::skip] // the texts are those of `rust_program`
#[path = "programs/inputs.rs"]
mod inputs;
#[allow(dead_code)]
#[rustfmt::skip] // the texts are those of `rust_program`
#[path = "programs/wine.rs"]
mod wine;

fn run(pairs: &[(&str, &str)], step: usize) -> Run {
    let setup = Setup::from_pairs(pairs.iter().copied()).unwrap();
    let data = Data::open(&setup, None).unwrap();
    let mut run = Run::new(setup, data).unwrap();
    go(&mut run, step);
    run
}

fn go(run: &mut Run, step: usize) {
    run.seek(step);
    run.work(&mut || false).unwrap();
}

fn weights(network: &chainrule::Mlp) -> Vec<u64> {
    let params = network.layers.iter().flat_map(|layer| [&layer.weight, &layer.bias]);
    params
        .flat_map(|param| param.value.data().iter().map(|x| x.to_bits()))
        .collect()
}

fn by_hand_run() -> Run {
    let mut run = run(&[("data", "moons"), ("noise", "0.3"), ("momentum", "0.8")], 150);
    let which = Weight {
        layer: 1,
        from: Some(2),
        to: 3,
    };
    run.change(Change::weight(which, -0.5).unwrap()).unwrap();
    run.change(Change::choice("rate", "0.01").unwrap()).unwrap();
    go(&mut run, 300);
    let bias = Weight {
        layer: 0,
        from: None,
        to: 1,
    };
    run.change(Change::weight(bias, 2.0).unwrap()).unwrap();
    run
}

fn wine_run() -> Run {
    let pairs = [
        ("data", "wine"),
        ("inputs", "alcohol,ash,hue,proline"),
        ("optimizer", "rmsprop"),
        ("l1", "0.001"),
        ("l2", "0.002"),
        ("seed", "3"),
        ("batch", "32"),
        ("scaling", "off"),
    ];
    run(&pairs, 100)
}

fn inputs_run() -> Run {
    let pairs = [
        ("data", "friedman1"),
        ("inputs", "x1,x2,x1*x2,x3^2,sin(x4)"),
        ("optimizer", "adam"),
        ("loss", "huber"),
        ("activation", "relu"),
        ("widths", "8"),
    ];
    run(&pairs, 77)
}

#[test]
fn the_programs_are_those_of_the_runs() {
    expect_file!["programs/by_hand.rs"].assert_eq(&rust_program(&by_hand_run()));
    expect_file!["programs/wine.rs"].assert_eq(&rust_program(&wine_run()));
    expect_file!["programs/inputs.rs"].assert_eq(&rust_program(&inputs_run()));
}

#[test]
fn the_programs_give_the_same_weights() {
    let by_program = by_hand::train(&by_hand::rows().unwrap()).unwrap();
    assert_eq!(weights(&by_program), weights(by_hand_run().network()));
    let by_program = wine::train(&wine::rows().unwrap()).unwrap();
    assert_eq!(weights(&by_program), weights(wine_run().network()));
    let by_program = inputs::train(&inputs::rows().unwrap()).unwrap();
    assert_eq!(weights(&by_program), weights(inputs_run().network()));
}

#[test]
fn what_a_program_does_not_do_it_says() {
    let mut run = run(&[], 100);
    run.change(Change::choice("batch", "30").unwrap()).unwrap();
    go(&mut run, 200);
    let program = rust_program(&run);
    assert!(program.starts_with("//! The network of the playground after 100 steps"));
    assert!(program.contains("//! Then batch = 30 was chosen anew"), "{program}");
}

#[test]
fn the_line_says_what_fit_does_otherwise() {
    expect![[r#"
        chainrule data moons --samples 200 --noise 0.3 --random-state 0 --out moons.csv
        chainrule fit moons.csv --target class \
          --task classification --model mlp --folds 0 --hidden 4,4 \
          --activation tanh --optimizer sgd --learning-rate 0.01 --batch-size 10 \
          --epochs 21 --patience 21 --seed 0
        # fit divides the rows 64 : 16 : 20 in its own way and keeps the best epoch, so its weights are others
        # fit has sgd without momentum
        # what was done by hand in the midst of the run is left out
    "#]]
    .assert_eq(&command_line(&by_hand_run()));
    expect![[r#"
        chainrule fit wine --target cultivar \
          --task classification --model mlp --folds 0 --hidden 4,4 \
          --activation tanh --optimizer rmsprop --learning-rate 0.005 --batch-size 32 \
          --l1 0.001 \
          --l2 0.002 \
          --epochs 25 --patience 25 --seed 3 \
          --drop alcalinity_of_ash \
          --drop color_intensity \
          --drop flavanoids \
          --drop magnesium \
          --drop malic_acid \
          --drop nonflavanoid_phenols \
          --drop od280_od315_of_diluted_wines \
          --drop proanthocyanins \
          --drop total_phenols
        # fit divides the rows 64 : 16 : 20 in its own way and keeps the best epoch, so its weights are others
        # fit always scales the inputs
    "#]]
    .assert_eq(&command_line(&wine_run()));
    expect![[r#"
        chainrule data friedman1 --samples 200 --random-state 0 --out friedman1.csv
        chainrule fit friedman1.csv --target y \
          --task regression --model mlp --folds 0 --hidden 8 \
          --activation relu --optimizer adam --learning-rate 0.003 --batch-size 10 \
          --epochs 5 --patience 5 --seed 0 \
          --drop x10 \
          --drop x3 \
          --drop x4 \
          --drop x5 \
          --drop x6 \
          --drop x7 \
          --drop x8 \
          --drop x9
        # fit divides the rows 64 : 16 : 20 in its own way and keeps the best epoch, so its weights are others
        # fit does not make inputs of others: x1^2 and the like must be columns of the file
        # fit has no loss huber: for numbers it takes mse
    "#]]
    .assert_eq(&command_line(&inputs_run()));
}

/// Names of columns are somebody's own, and may be made to harm who copies the line.
#[test]
fn names_stay_names() {
    let mut csv = "\"a,\nrm -rf x\",\"it's $(b)\",\"c\"\"; TABLE\",-d,y\n".to_string();
    for i in 0..30 {
        csv.push_str(&format!("{i},{},{},{},{}\n", i % 7, i % 5, i % 3, i * i));
    }
    let table = chainrule_learn::Table::from_csv("my table.csv", csv.as_bytes()).unwrap();
    let setup = Setup::from_pairs([("data", "own"), ("inputs", "-d")]).unwrap();
    let data = Data::open(&setup, Some(&table)).unwrap();
    let mut run = Run::new(setup, data).unwrap();
    go(&mut run, 3);
    let line = command_line(&run);
    assert!(
        line.starts_with("chainrule fit 'my table.csv' --target y \\\n"),
        "{line}"
    );
    assert!(line.contains(r"--drop 'it'\''s $(b)'"), "{line}");
    assert!(line.lines().all(|line| !line.starts_with("rm")), "{line}");
    let program = rust_program(&run);
    assert!(
        program.contains(r#"["a,\nrm -rf x", "c\"; TABLE", "it's $(b)"]"#),
        "{program}"
    );
}
