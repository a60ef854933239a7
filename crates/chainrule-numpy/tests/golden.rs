//! Every golden case, made by `golden/make.py` with numpy, scikit-learn and Python, bit for bit.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;

use cases::{Case, read};

fn check(text: &str) -> usize {
    let cases = read(text);
    let mut wrong = Vec::new();
    for case in &cases {
        let result = case.run();
        if result != case.expected() {
            wrong.push(format!("{}", case.json));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases differ:\n{}",
        wrong.len(),
        cases.len(),
        wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n")
    );
    cases.len()
}

#[test]
fn every_case_of_the_tree_is_equal_bit_for_bit() {
    let count = check(include_str!("golden/golden.json"));
    assert!(count >= 200, "only {count} cases");
}

#[test]
fn every_function_has_cases() {
    let cases = read(include_str!("golden/golden.json"));
    for function in [
        "numpy_stream",
        "python_stream",
        "linspace",
        "linspace_half_open",
        "arange",
        "make_regression",
        "make_moons",
        "make_circles",
        "make_blobs",
        "make_classification",
        "make_friedman1",
        "make_swiss_roll",
        "train_test_split",
        "KFold",
        "StratifiedKFold",
        "ShuffleSplit",
        "StratifiedShuffleSplit",
    ] {
        let count = cases.iter().filter(|case: &&Case| case.function() == function).count();
        assert!(count >= 8, "{function} has only {count} cases");
    }
}

/// Cases beyond those of the tree: `make.py --seed 5 --out FILE`, then this with `CHAINRULE_NUMPY_GOLDEN=FILE`.
#[test]
fn cases_of_another_file_are_equal_bit_for_bit() {
    if let Some(path) = std::env::var_os("CHAINRULE_NUMPY_GOLDEN") {
        let count = check(&std::fs::read_to_string(path).expect("a readable file of cases"));
        println!("{count} cases");
    }
}
