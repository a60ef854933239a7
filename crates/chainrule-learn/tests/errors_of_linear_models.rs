//! Linear models refuse what they cannot learn from, and say why.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule::Tensor;
use chainrule_learn::{LinearModel, LinearRegression, LogisticRegression, Ridge};
use expect_test::{Expect, expect};

fn matrix(rows: &[Vec<f64>]) -> Tensor {
    Tensor::new(rows.concat(), [rows.len(), rows[0].len()]).unwrap()
}

#[track_caller]
fn refused<T>(result: chainrule_learn::Result<T>, expected: Expect) {
    match result {
        Ok(_) => panic!("it was fitted"),
        Err(error) => expected.assert_eq(&error.to_string()),
    }
}

#[test]
fn what_cannot_be_learned_from_is_said() {
    let fit = |x: &Tensor, y: &[f64]| -> chainrule_learn::Result<LinearModel> { LinearRegression::default().fit(x, y) };
    let good = matrix(&[vec![0.0, 1.0], vec![1.0, 3.0], vec![2.0, 0.0]]);
    let y = [1.0, 2.0, 3.0];
    refused(
        fit(&Tensor::full([0, 2], 0.0), &[]),
        expect!["x has shape [0, 2], so it holds no numbers; give at least one row and one feature"],
    );
    refused(
        fit(&Tensor::full([2, 0], 0.0), &[1.0, 2.0]),
        expect!["x has shape [2, 0], so it holds no numbers; give at least one row and one feature"],
    );
    refused(
        fit(&Tensor::from([1.0, 2.0]), &[1.0, 2.0]),
        expect!["x has shape [2]; give it as [rows, features], one row for each answer"],
    );
    refused(
        fit(&good, &y[..2]),
        expect!["x has 3 rows, but there are 2 numbers in y; give one for each row"],
    );
    refused(
        fit(&good, &[1.0, f64::NAN, 3.0]),
        expect!["y is NaN in row 1 (counted from 0); correct it, or leave the row out"],
    );
    refused(
        fit(&matrix(&[vec![0.0, 1.0], vec![f64::INFINITY, 3.0]]), &y[..2]),
        expect!["x is inf in row 1, column 0 (counted from 0); correct it, or leave the row out"],
    );
    refused(
        fit(&matrix(&[vec![1e200], vec![2e200], vec![-1e200]]), &y),
        expect!["the numbers are too large for their squares; divide the columns by a power of ten"],
    );
    refused(
        fit(&matrix(&[vec![1e308], vec![1.7e308], vec![-1.7e308]]), &y),
        expect!["the numbers are too large for their squares; divide the columns by a power of ten"],
    );
    let ridge = |alpha: f64| {
        Ridge {
            alpha,
            ..Ridge::default()
        }
        .fit(&good, &y)
    };
    refused(
        ridge(-1.0),
        expect!["an alpha of -1: choose 0 for no penalty, or a number above 0, such as 1"],
    );
    refused(
        ridge(f64::NAN),
        expect!["an alpha of NaN: choose 0 for no penalty, or a number above 0, such as 1"],
    );
    let model = fit(&good, &y).unwrap();
    refused(
        model.predict(&matrix(&[vec![1.0]])),
        expect!["x has 1 features, but the model was fitted on 2; give the same ones in the same order"],
    );
    refused(
        model.r2(&good, &y[..1]),
        expect!["x has 3 rows, but there are 1 numbers in y; give one for each row"],
    );

    let logistic = |x: &Tensor, classes: &[usize]| LogisticRegression::default().fit(x, classes);
    refused(
        logistic(&good, &[0, 0, 0]),
        expect!["every row has class 0: there is nothing to tell apart; give rows of at least two classes"],
    );
    refused(
        logistic(&good, &[0, 2, 2]),
        expect!["no row has class 1, though there is a class 2; number the classes 0, 1, 2, … without gaps"],
    );
    refused(
        logistic(&good, &[0, 1, usize::MAX]),
        expect![
            "no row has class 2, though there is a class 18446744073709551615; number the classes 0, 1, 2, … without gaps"
        ],
    );
    refused(
        logistic(&good, &[0, 1]),
        expect!["x has 3 rows, but there are 2 classes; give one for each row"],
    );
    refused(
        logistic(&matrix(&[vec![1e200], vec![-1e200]]), &[0, 1]),
        expect!["column 0 of x (counted from 0) has numbers too large for their squares; divide it by a power of ten"],
    );
    let negative = LogisticRegression {
        alpha: -0.5,
        ..LogisticRegression::default()
    };
    refused(
        negative.fit(&good, &[0, 1, 0]),
        expect!["an alpha of -0.5: choose 0 for no penalty, or a number above 0, such as 1"],
    );
    refused(
        logistic(&good, &[0, 1, 0])
            .unwrap()
            .probabilities(&matrix(&[vec![1.0]])),
        expect!["x has 1 features, but the model was fitted on 2; give the same ones in the same order"],
    );
}
