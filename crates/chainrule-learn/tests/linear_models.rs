//! Linear models learn what scikit-learn's estimators learn from the same rows (golden/make.py).

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule::{
    Graph, Linear, Rng, Tensor,
    loss::mse,
    optim::{Lbfgs, Optimizer, Sgd},
};
use chainrule_learn::{
    Choices, ColumnType, Dataset, DivideBy, LinearOptions, LinearRegression, LogisticRegression, Model, ModelKind,
    Options, Ridge, Table, fit,
};
use chainrule_numpy::{RandomState, Regression};
use chainrule_table::Values;
use serde_json::Value;
use std::ops::ControlFlow;

fn numbers(value: &Value) -> Vec<f64> {
    let all = value.as_array().unwrap().iter();
    all.map(|x| x.as_f64().unwrap()).collect()
}

fn matrix(rows: &[Vec<f64>]) -> Tensor {
    Tensor::new(rows.concat(), [rows.len(), rows[0].len()]).unwrap()
}

/// The features of a data set, and its answers: classes as their position among the names in alphabetical order.
fn table(name: &str) -> (Vec<Vec<f64>>, Vec<f64>) {
    let dataset = Dataset::named(name).unwrap();
    let table = dataset.table(&Choices::default()).unwrap();
    let column = |name: &str| match &table.column(name).unwrap().values {
        Values::Numbers { values, .. } => values.clone(),
        Values::Categories { names, codes } => {
            let mut sorted = names.clone();
            sorted.sort();
            let place = |code: &u32| sorted.iter().position(|name| *name == names[*code as usize]);
            codes.iter().map(|code| place(code).unwrap() as f64).collect()
        }
        other => panic!("{name} holds {other:?}"),
    };
    let features = table.columns().iter().map(|column| column.name.as_str());
    let features: Vec<Vec<f64>> = features.filter(|name| *name != dataset.target).map(column).collect();
    let row = |row: usize| features.iter().map(|column| column[row]).collect();
    ((0..table.rows()).map(row).collect(), column(dataset.target))
}

#[test]
fn rows_count_by_their_weights_as_in_scikit_learn() {
    let golden: Value = serde_json::from_str(include_str!("golden/weighted_rows.json")).unwrap();
    let rows: Vec<&str> = golden["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row.as_str().unwrap())
        .collect();
    let table = Table::from_csv("t.csv", format!("t,a,b,y,kind,w\n{}\n", rows.join("\n")).as_bytes()).unwrap();
    for case in golden["cases"].as_array().unwrap() {
        for (name, model, target, other) in [
            ("ridge", ModelKind::Ridge, "y", "kind"),
            ("logistic", ModelKind::Logistic, "kind", "y"),
            ("balanced", ModelKind::Logistic, "kind", "y"),
        ] {
            let options = Options {
                model: Some(model),
                weights: Some("w".to_string()),
                balanced: name == "balanced",
                division: DivideBy::Time("t".to_string()),
                linear: LinearOptions {
                    alpha: case["alpha"].as_f64(),
                },
                columns: [(other.to_string(), ColumnType::Dropped)].into(),
                folds: Some(0),
                ..Options::new(target)
            };
            let fitted = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap();
            let ours = fitted.model.coefficients().unwrap();
            assert_eq!(ours.inputs, ["t", "a", "b"]);
            let theirs = match model {
                ModelKind::Ridge => vec![numbers(&case[name])],
                _ => case[name].as_array().unwrap().iter().map(numbers).collect(),
            };
            for (ours, theirs) in ours.weights.concat().iter().zip(theirs.concat()) {
                assert!(
                    (ours - theirs).abs() < 1e-6,
                    "{name} with {}: {ours}, not {theirs}",
                    case["alpha"]
                );
            }
        }
    }
}

/// Each column less its mean, divided by its standard deviation.
fn standardized(mut rows: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for column in 0..rows[0].len() {
        let count = rows.len() as f64;
        let mean = rows.iter().map(|row| row[column]).sum::<f64>() / count;
        let variance = rows.iter().map(|row| (row[column] - mean).powi(2)).sum::<f64>() / count;
        for row in &mut rows {
            row[column] = (row[column] - mean) / variance.sqrt();
        }
    }
    rows
}

/// The rows of a case, and its answers.
fn rows(case: &Value) -> (Vec<Vec<f64>>, Vec<f64>) {
    match case["data"].as_str() {
        Some(name) => table(name),
        None => {
            let answers = if case["y"].is_array() {
                &case["y"]
            } else {
                &case["classes"]
            };
            (
                case["x"].as_array().unwrap().iter().map(numbers).collect(),
                numbers(answers),
            )
        }
    }
}

/// The largest difference, relative to the number; to `floor` where that is larger.
fn difference(ours: &[f64], theirs: &[f64], floor: f64) -> f64 {
    assert_eq!(ours.len(), theirs.len());
    let each = ours.iter().zip(theirs).map(|(a, b)| (a - b).abs() / b.abs().max(floor));
    each.fold(0.0, f64::max)
}

/// The cases of numbers or of classes.
fn cases(of_classes: bool) -> Vec<Value> {
    let file: Value = serde_json::from_str(include_str!("golden/linear_models.json")).unwrap();
    assert!(file["made_with"]["scikit-learn"].is_string());
    let all = file["cases"].as_array().unwrap().iter();
    let found: Vec<Value> = all
        .filter(|case| case["intercepts"].is_array() == of_classes)
        .cloned()
        .collect();
    assert!(found.len() >= 10);
    found
}

#[test]
fn least_squares_and_ridge_are_scikit_learns_to_nine_digits() {
    let mut worst = (0.0, String::new());
    for case in cases(false) {
        let (x, y) = rows(&case);
        let x = matrix(&x);
        let intercept = case["intercept"].as_bool().unwrap();
        let model = match case["alpha"].as_f64() {
            None => LinearRegression { intercept }.fit(&x, &y),
            Some(alpha) => Ridge { alpha, intercept }.fit(&x, &y),
        };
        let model = model.unwrap();
        let expected = numbers(&case["coefficients"]);
        let what = format!("{}, alpha {}, intercept {intercept}", case["name"], case["alpha"]);
        // A coefficient that should be 0 is the rounding of others: a millionth of the largest is as small as it gets.
        let floor = 1e-6 * expected.iter().fold(0.0f64, |largest, c| largest.max(c.abs()));
        let spread = y.iter().fold(0.0f64, |largest, y| largest.max(y.abs()));
        let predictions = &model.predict(&x).unwrap()[..numbers(&case["predictions"]).len()];
        for (part, off) in [
            ("coefficients", difference(&model.coefficients, &expected, floor)),
            (
                "intercept",
                difference(&[model.intercept], &[case["b"].as_f64().unwrap()], 1e-6 * spread),
            ),
            (
                "predictions",
                difference(predictions, &numbers(&case["predictions"]), 1e-6 * spread),
            ),
            ("r2", (model.r2(&x, &y).unwrap() - case["r2"].as_f64().unwrap()).abs()),
            (
                "rmse",
                (model.rmse(&x, &y).unwrap() - case["rmse"].as_f64().unwrap()).abs() / spread,
            ),
        ] {
            assert!(off <= 1e-9, "{what}: {part} off by {off:e}");
            if off > worst.0 {
                worst = (off, format!("{part} of {what}"));
            }
        }
    }
    println!("largest relative difference {:.1e}: {}", worst.0, worst.1);
}

#[test]
fn logistic_and_softmax_regression_are_scikit_learns_to_six_digits() {
    let mut worst = (0.0, String::new());
    for case in cases(true) {
        let (x, y) = rows(&case);
        let x = match case["scaled"].as_bool().unwrap() {
            true => matrix(&standardized(x)),
            false => matrix(&x),
        };
        let classes: Vec<usize> = y.iter().map(|class| *class as usize).collect();
        let intercept = case["intercept"].as_bool().unwrap();
        let alpha = case["alpha"].as_f64().unwrap();
        let model = LogisticRegression { alpha, intercept }.fit(&x, &classes).unwrap();
        let what = format!("{}, alpha {alpha}, intercept {intercept}", case["name"]);
        assert!(model.converged, "{what}: stopped after {} steps", model.iterations);

        let expected: Vec<f64> = case["coefficients"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(numbers)
            .collect();
        let floor = 0.1 * expected.iter().fold(0.0f64, |largest, c| largest.max(c.abs()));
        let probabilities = model.probabilities(&x).unwrap();
        let count = probabilities.shape().size(1);
        let tenth: Vec<f64> = probabilities
            .data()
            .chunks(count)
            .step_by(10)
            .flatten()
            .copied()
            .collect();
        let expected_probabilities: Vec<f64> = case["probabilities"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(numbers)
            .collect();
        for (part, off) in [
            (
                "coefficients",
                difference(&model.coefficients.concat(), &expected, floor),
            ),
            (
                "intercepts",
                difference(&model.intercepts, &numbers(&case["intercepts"]), floor),
            ),
            ("probabilities", difference(&tenth, &expected_probabilities, 1.0)),
        ] {
            assert!(off <= 1e-6, "{what}: {part} off by {off:e}");
            if off > worst.0 {
                worst = (off, format!("{part} of {what}"));
            }
        }
    }
    println!("largest difference {:.1e}: {}", worst.0, worst.1);
}

#[test]
fn the_line_through_noise_has_scikit_learns_digits() {
    let regression = Regression {
        features: 2,
        informative: Some(1),
        noise: 100.0,
        ..Regression::default()
    };
    let data = regression.make(&mut RandomState::new(42)).unwrap();
    let (x, y) = (
        Tensor::new(data.features, [data.rows, data.columns]).unwrap(),
        data.target,
    );
    let model = LinearRegression::default().fit(&x, &y).unwrap();
    assert_eq!(model.r2(&x, &y).unwrap(), 0.4144461358278726);
    assert_eq!(model.rmse(&x, &y).unwrap(), 101.32961290191164);
    let through_zero = LinearRegression { intercept: false }.fit(&x, &y).unwrap();
    assert_eq!(through_zero.rmse(&x, &y).unwrap(), 102.3299937054465);
}

/// Rows that are folded in many parts: no row may be lost, none counted twice.
#[test]
fn many_rows_give_the_coefficients_they_were_made_with() {
    let random = &mut RandomState::new(3);
    let (x, noise) = (random.randn(5000 * 3), random.randn(5000));
    let y: Vec<f64> = x
        .chunks(3)
        .zip(&noise)
        .map(|(row, noise)| 4.0 + row[0] - 2.0 * row[1] + 3.0 * row[2] + 0.0 * noise)
        .collect();
    let x = Tensor::new(x, [5000, 3]).unwrap();
    let model = LinearRegression::default().fit(&x, &y).unwrap();
    assert!(difference(&model.coefficients, &[1.0, -2.0, 3.0], 1.0) < 1e-13);
    assert!((model.intercept - 4.0).abs() < 1e-13);
    // With noise, what is left is orthogonal to every column and to the column of ones.
    let noisy: Vec<f64> = y.iter().zip(&noise).map(|(y, noise)| y + noise).collect();
    let model = LinearRegression::default().fit(&x, &noisy).unwrap();
    let answers = model.predict(&x).unwrap();
    let left: Vec<f64> = noisy.iter().zip(answers).map(|(y, p)| y - p).collect();
    assert!(left.iter().sum::<f64>().abs() < 1e-9);
    for column in 0..3 {
        let product: f64 = x
            .data()
            .iter()
            .skip(column)
            .step_by(3)
            .zip(&left)
            .map(|(x, r)| x * r)
            .sum();
        assert!(product.abs() < 1e-9, "column {column}: {product}");
    }
}

#[test]
fn ridge_without_penalty_is_least_squares() {
    let (x, y) = table("diabetes");
    let x = matrix(&x);
    for intercept in [true, false] {
        let free = LinearRegression { intercept }.fit(&x, &y).unwrap();
        assert_eq!(Ridge { alpha: 0.0, intercept }.fit(&x, &y).unwrap(), free);
    }
}

#[test]
fn constant_answers_and_constant_columns_have_no_slope() {
    let x = matrix(&[vec![1.0, 7.0], vec![2.0, 7.0], vec![4.0, 7.0]]);
    let model = LinearRegression::default().fit(&x, &[5.0, 5.0, 5.0]).unwrap();
    assert_eq!((model.coefficients, model.intercept), (vec![0.0, 0.0], 5.0));
    let one = LinearRegression::default()
        .fit(&matrix(&[vec![3.0, 1.0]]), &[2.0])
        .unwrap();
    assert_eq!((one.coefficients, one.intercept), (vec![0.0, 0.0], 2.0));
    // Without a penalty nothing moves the weight of a column that says nothing.
    let free = LogisticRegression {
        alpha: 0.0,
        ..LogisticRegression::default()
    };
    let x = matrix(&[vec![1.0, 7.0], vec![2.0, 7.0], vec![4.0, 7.0], vec![3.0, 7.0]]);
    let model = free.fit(&x, &[0, 1, 0, 1]).unwrap();
    assert!(model.converged && model.coefficients[0][1] == 0.0);
}

#[test]
fn two_classes_are_one_logit_and_its_probabilities_sum_to_one() {
    let x = matrix(&[vec![0.0], vec![1.0], vec![2.0], vec![3.0]]);
    let model = LogisticRegression::default().fit(&x, &[0, 0, 1, 1]).unwrap();
    assert_eq!((model.coefficients.len(), model.intercepts.len()), (1, 1));
    // The rows lie alike on both sides of 1.5.
    assert!((model.intercepts[0] + 1.5 * model.coefficients[0][0]).abs() < 1e-9);
    let probabilities = model.probabilities(&x).unwrap();
    for (row, x) in probabilities.data().chunks(2).zip(x.data()) {
        let z = model.coefficients[0][0] * x + model.intercepts[0];
        assert!((row[1] - 1.0 / (1.0 + (-z).exp())).abs() < 1e-15 && (row[0] + row[1] - 1.0).abs() < 1e-15);
    }
    assert_eq!(model.predict(&x).unwrap(), [0, 0, 1, 1]);
}

#[test]
fn separable_classes_without_a_penalty_have_no_minimum() {
    let x = matrix(&[vec![0.0], vec![1.0], vec![2.0], vec![3.0]]);
    let free = LogisticRegression {
        alpha: 0.0,
        ..LogisticRegression::default()
    };
    let model = free.fit(&x, &[0, 0, 1, 1]).unwrap();
    assert!(model.coefficients[0][0] > 10.0 && model.coefficients[0][0].is_finite());
    assert_eq!(model.predict(&x).unwrap(), [0, 0, 1, 1]);
}

/// The loss is so small there that a further step would be shorter than any weight can move.
#[test]
fn a_minimum_at_the_last_digit_ends_the_steps() {
    let random = RandomState::new(12345).randn(480);
    let rows: Vec<Vec<f64>> = random
        .chunks(4)
        .map(|row| row.iter().map(|x| 5.0 * x).collect())
        .collect();
    let class = |row: &Vec<f64>| usize::from(row[0] > -2.5) + usize::from(row[0] > 2.5);
    let classes: Vec<usize> = rows.iter().map(class).collect();
    for alpha in [1e-3, 1e-4, 1e-5, 1e-6] {
        let weak = LogisticRegression {
            alpha,
            ..LogisticRegression::default()
        };
        let model = weak.fit(&matrix(&rows), &classes).unwrap();
        assert!(model.iterations < 1000, "α = {alpha}: {} steps", model.iterations);
        assert_eq!(model.predict(&matrix(&rows)).unwrap(), classes);
    }
}

/// Least squares as model, loss and optimizer: the same weights as in closed form.
#[test]
fn lbfgs_reaches_the_closed_form() {
    let (x, y) = table("diabetes");
    let (x, rows) = (matrix(&standardized(x)), y.len());
    let closed = LinearRegression::default().fit(&x, &y).unwrap();
    let answers = Tensor::new(y, [rows, 1]).unwrap();
    let off = |layer: &Linear| {
        let largest = closed
            .coefficients
            .iter()
            .fold(0.0f64, |largest, c| largest.max(c.abs()));
        difference(layer.weight.value.data(), &closed.coefficients, largest).max(difference(
            layer.bias.value.data(),
            &[closed.intercept],
            largest,
        ))
    };

    let mut layer = Linear::new(10, 1, &mut Rng::new(1));
    let minimum = Lbfgs::default()
        .minimize(&mut layer, |layer, g| {
            mse(layer.forward(g.constant(&x)), g.constant(&answers))
        })
        .unwrap();
    assert!(
        minimum.converged && off(&layer) < 1e-7,
        "{} after {minimum:?}",
        off(&layer)
    );
    let rmse = closed.rmse(&x, answers.data()).unwrap();
    assert!(
        (minimum.loss.sqrt() - rmse).abs() < 1e-9,
        "{} and {rmse}",
        minimum.loss.sqrt()
    );
}

#[test]
fn gradient_descent_reaches_the_closed_form() {
    let regression = Regression {
        features: 5,
        noise: 10.0,
        ..Regression::default()
    };
    let data = regression.make(&mut RandomState::new(1)).unwrap();
    let x = Tensor::new(data.features, [100, 5]).unwrap();
    let closed = LinearRegression::default().fit(&x, &data.target).unwrap();
    let y = Tensor::new(data.target, [100, 1]).unwrap();
    let mut layer = Linear::new(5, 1, &mut Rng::new(1));
    let mut sgd = Sgd::new(0.1);
    for _ in 0..400 {
        let g = Graph::new();
        let loss = mse(layer.forward(g.constant(&x)), g.constant(&y));
        sgd.step(&mut layer, &loss.backward().unwrap());
    }
    assert!(difference(layer.weight.value.data(), &closed.coefficients, 1.0) < 1e-9);
    assert!(difference(layer.bias.value.data(), &[closed.intercept], 1.0) < 1e-9);
}

/// What a linear model of a table learned, as bits; its predictions come back from the saved file.
fn learned(kind: ModelKind, target: &str, csv: &str) -> (Vec<u64>, chainrule_learn::Rows) {
    let table = Table::from_csv("t.csv", csv.as_bytes()).unwrap();
    let options = Options {
        model: Some(kind),
        folds: Some(0),
        ..Options::new(target)
    };
    let fitted = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap();
    let loaded = Model::from_bytes("model", &fitted.model.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.predict(&table).unwrap(), fitted.model.predict(&table).unwrap());
    assert_eq!(
        (loaded.record(), loaded.coefficients()),
        (fitted.model.record(), fitted.model.coefficients())
    );
    let weights = fitted
        .model
        .parameters()
        .into_iter()
        .flat_map(|(_, value)| value.into_data());
    (weights.map(f64::to_bits).collect(), fitted.judgement.rows)
}

#[test]
fn rows_that_judge_teach_nothing_and_all_others_do() {
    for (kind, target) in [
        (ModelKind::Linear, "price"),
        (ModelKind::Ridge, "price"),
        (ModelKind::Logistic, "size"),
    ] {
        let csv = |odd: Option<usize>| {
            let row = |i: usize| {
                let area = if odd == Some(i) { 5000 } else { (i * 37) % 101 };
                format!(
                    "{area},{},{},{}\n",
                    i % 7,
                    100 * i + (i * i) % 13,
                    ["small", "large"][i / 20]
                )
            };
            "area,rooms,price,size\n".to_string() + &(0..40).map(row).collect::<String>()
        };
        let (base, rows) = learned(kind, target, &csv(None));
        assert_eq!((rows.train, rows.validation, rows.test), (32, 0, 8));
        let untouched = (0..40).filter(|&row| learned(kind, target, &csv(Some(row))).0 == base);
        assert_eq!(untouched.count(), 8, "{kind:?}");
    }
}
