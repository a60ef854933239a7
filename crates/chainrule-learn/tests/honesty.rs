//! The judgement is honest: nothing is learned from the rows that it is made on, and its figures are what they say.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule_learn::{Code, Fitted, Model, Options, Prediction, Table, Target, Task};
use std::{collections::BTreeMap, ops::ControlFlow};
use tables::{Cells, bits, fit, houses, short, small, weights};

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Train,
    Validation,
    Test,
}

/// Which part a row is in, by what changes when its area becomes absurd: the encoding or the training loss, the
/// validation loss, or the judgement only.
fn part(cells: &Cells, row: usize, options: &Options, base: &Fitted) -> (Part, Fitted) {
    let outlier = fit(&cells.with(row, "area", "-31536000").table(), options).unwrap();
    let losses = |of: &Fitted| {
        let history = &of.model.record().history;
        (history[0].train_loss, history[0].validation_loss)
    };
    let ((train, validation), (base_train, base_validation)) = (losses(&outlier), losses(base));
    let part = if outlier.model.encoder() != base.model.encoder() || train != base_train {
        Part::Train
    } else if validation != base_validation {
        Part::Validation
    } else {
        assert_ne!(outlier.judgement.test, base.judgement.test, "row {row} is in no part");
        Part::Test
    };
    (part, outlier)
}

/// The rows of each part.
fn parts(cells: &Cells, options: &Options, base: &Fitted) -> BTreeMap<String, Vec<usize>> {
    let mut parts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in 0..cells.rows.len() {
        let (part, _) = part(cells, row, options, base);
        parts.entry(format!("{part:?}")).or_default().push(row);
    }
    parts
}

/// The figures of the three models in each fold.
fn in_folds(fitted: &Fitted) -> Vec<Vec<BTreeMap<String, f64>>> {
    let comparison = fitted.model.record().comparison.as_ref().unwrap();
    let folds: Vec<_> = comparison.models.iter().map(|scores| scores.folds.clone()).collect();
    assert!(folds.len() == 3 && folds.iter().all(|folds| folds.len() == 5));
    folds
}

#[track_caller]
fn learned_the_same(a: &Model, b: &Model) {
    assert_eq!(weights(a), weights(b));
    assert_eq!(a.target(), b.target());
    assert_eq!(a.record().history, b.record().history);
    assert_eq!(a.encoder().inputs(), b.encoder().inputs());
}

#[test]
fn an_absurd_number_in_a_test_row_changes_nothing_that_was_learned() {
    let cells = houses(40);
    for target in ["price", "size"] {
        for seed in [0, 1] {
            let options = Options { seed, ..short(target) };
            let base = fit(&cells.table(), &options).unwrap();
            let mut counts = [0; 3];
            for row in 0..cells.rows.len() {
                let (part, outlier) = part(&cells, row, &options, &base);
                counts[part as usize] += 1;
                if part == Part::Test {
                    assert_eq!(outlier.model.encoder(), base.model.encoder());
                    learned_the_same(&outlier.model, &base.model);
                    assert_eq!(in_folds(&outlier), in_folds(&base));
                }
            }
            let rows = base.judgement.rows;
            assert_eq!(
                counts,
                [rows.train, rows.validation, rows.test],
                "{target}, seed {seed}"
            );
            assert_eq!(counts, [26, 6, 8], "{target}, seed {seed}");
        }
    }
}

#[test]
fn a_new_category_in_a_test_row_changes_nothing_that_was_learned() {
    let cells = houses(40);
    let options = short("price");
    let base = fit(&cells.table(), &options).unwrap();
    for row in &parts(&cells, &options, &base)["Test"] {
        let other = fit(&cells.with(*row, "district", "atlantis").table(), &options).unwrap();
        learned_the_same(&other.model, &base.model);
        assert!(
            other.judgement.notices.iter().any(|notice| notice.contains("atlantis")),
            "{:?}",
            other.judgement.notices
        );
    }
}

#[test]
fn the_answers_of_test_rows_change_the_judgement_only() {
    let cells = houses(40);
    let options = short("price");
    let base = fit(&cells.table(), &options).unwrap();
    let mut others = cells.clone();
    for row in &parts(&cells, &options, &base)["Test"] {
        others = others.with(*row, "price", "123456789");
    }
    let other = fit(&others.table(), &options).unwrap();
    learned_the_same(&other.model, &base.model);
    assert_eq!(other.model.encoder(), base.model.encoder());
    assert_ne!(other.judgement.test, base.judgement.test);
    // The baseline's answer is the mean of the training rows; only what it is compared with has changed.
    let Target::Numbers(scales) = base.model.target() else {
        panic!()
    };
    assert!((other.judgement.baseline["mae"] - (123456789.0 - scales[0].mean)).abs() < 1.0);
}

/// Figures computed anew from the definitions, for numbers.
fn figures_of_numbers(predicted: &[f64], truth: &[f64]) -> BTreeMap<String, f64> {
    let count = truth.len() as f64;
    let mean = truth.iter().sum::<f64>() / count;
    let squares: f64 = truth.iter().zip(predicted).map(|(y, p)| (y - p) * (y - p)).sum();
    let spread: f64 = truth.iter().map(|y| (y - mean) * (y - mean)).sum();
    let absolute: f64 = truth.iter().zip(predicted).map(|(y, p)| (y - p).abs()).sum();
    let figures = [
        ("r2", 1.0 - squares / spread),
        ("rmse", (squares / count).sqrt()),
        ("mae", absolute / count),
    ];
    figures.map(|(name, figure)| (name.to_string(), figure)).into()
}

/// Figures computed anew from the definitions, for classes.
fn figures_of_classes(names: &[String], probabilities: &[f64], truth: &[String]) -> BTreeMap<String, f64> {
    let (mut right, mut loss) = (0.0, 0.0);
    for (row, class) in probabilities.chunks(names.len()).zip(truth) {
        let own = row[names.iter().position(|name| name == class).unwrap()];
        let largest = row.iter().copied().fold(0.0, f64::max);
        right += f64::from(u8::from(own == largest));
        loss -= own.ln();
    }
    let count = truth.len() as f64;
    let given = |row: &[f64]| {
        row.iter()
            .position(|p| *p == row.iter().copied().fold(0.0, f64::max))
            .unwrap()
    };
    let given: Vec<&String> = probabilities
        .chunks(names.len())
        .map(|row| &names[given(row)])
        .collect();
    let (mut recalls, mut f1) = (vec![], vec![]);
    for name in names {
        let own = truth.iter().filter(|class| *class == name).count() as f64;
        let taken = given.iter().filter(|class| **class == name).count() as f64;
        let both = truth
            .iter()
            .zip(&given)
            .filter(|(a, b)| *a == name && **b == name)
            .count() as f64;
        recalls.extend((own > 0.0).then_some(both / own));
        f1.extend((own + taken > 0.0).then_some(2.0 * both / (own + taken)));
    }
    let mean = |figures: &[f64]| figures.iter().sum::<f64>() / figures.len() as f64;
    let figures = [
        ("accuracy", right / count),
        ("balanced_accuracy", mean(&recalls)),
        ("f1_macro", mean(&f1)),
        ("log_loss", loss / count),
    ];
    figures.map(|(name, figure)| (name.to_string(), figure)).into()
}

#[track_caller]
fn near(a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>) {
    assert!(a.keys().eq(b.keys()), "{a:?} {b:?}");
    for (name, x) in a {
        assert!(
            (x - b[name]).abs() <= 1e-12 * x.abs().max(1e-3),
            "{name}: {x}, not {}",
            b[name]
        );
    }
}

#[test]
fn the_judgement_is_that_of_the_test_rows() {
    let cells = houses(60);
    let table = cells.table();
    for (target, column) in [("price", 2), ("size", 3)] {
        let options = small(target, &[4], 20);
        let fitted = fit(&table, &options).unwrap();
        let parts = parts(&cells, &options, &fitted);
        let test = table.take(&parts["Test"]);
        let truth: Vec<String> = (0..test.rows()).map(|row| test.text(row, column)).collect();
        let train: Vec<String> = parts["Train"].iter().map(|row| table.text(*row, column)).collect();
        let (recomputed, baseline) = match fitted.model.predict(&test).unwrap() {
            Prediction::Numbers(predicted) => {
                let numbers = |texts: &[String]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<f64>>();
                let (truth, train) = (numbers(&truth), numbers(&train));
                let mean = train.iter().sum::<f64>() / train.len() as f64;
                (
                    figures_of_numbers(&predicted[0], &truth),
                    figures_of_numbers(&vec![mean; truth.len()], &truth),
                )
            }
            Prediction::Classes { names, probabilities } => {
                let share = |name| train.iter().filter(|class| *class == name).count() as f64 / train.len() as f64;
                let shares: Vec<f64> = names.iter().map(share).collect();
                (
                    figures_of_classes(&names, &probabilities, &truth),
                    figures_of_classes(&names, &shares.repeat(truth.len()), &truth),
                )
            }
        };
        near(&fitted.judgement.test, &recomputed);
        near(&fitted.judgement.baseline, &baseline);
        let judged = fitted.model.evaluate(&test).unwrap();
        near(&fitted.judgement.test, &judged.test);
        near(&fitted.judgement.baseline, &judged.baseline);
        assert_eq!(fitted.judgement.confusion, judged.confusion);
        assert_eq!(fitted.judgement.rows, judged.rows);
        assert_eq!(&fitted.judgement, &fitted.model.record().judgement);
    }
}

#[test]
fn the_confusion_counts_every_test_row_once() {
    let fitted = fit(&houses(60).table(), &short("size")).unwrap();
    let confusion = fitted.judgement.confusion.unwrap();
    assert_eq!(confusion.classes, ["large", "small"]);
    let all: usize = confusion.counts.iter().flatten().sum();
    let right = confusion.counts[0][0] + confusion.counts[1][1];
    assert_eq!(all, fitted.judgement.rows.test);
    assert_eq!(fitted.judgement.test["accuracy"], right as f64 / all as f64);
}

#[test]
fn a_loaded_model_answers_bit_for_bit_like_the_one_that_was_saved() {
    let folder = tempfile::tempdir().unwrap();
    let table = houses(60).table();
    for target in ["price", "size"] {
        let model = fit(&table, &short(target)).unwrap().model;
        let path = folder.path().join("model.safetensors");
        model.save(&path).unwrap();
        let loaded = Model::load(&path).unwrap();
        assert_eq!(
            bits(&model.predict(&table).unwrap()),
            bits(&loaded.predict(&table).unwrap())
        );
        assert_eq!(weights(&model), weights(&loaded));
        assert_eq!((model.encoder(), model.target()), (loaded.encoder(), loaded.target()));
        assert_eq!(model.record(), loaded.record());
        assert_eq!(model.evaluate(&table).unwrap(), loaded.evaluate(&table).unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), loaded.to_bytes().unwrap());
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let table = houses(40).table();
    for target in ["price", "size"] {
        let bytes = |seed| {
            fit(&table, &Options { seed, ..short(target) })
                .unwrap()
                .model
                .to_bytes()
                .unwrap()
        };
        assert!(bytes(3) == bytes(3), "{target}");
        assert!(bytes(3) != bytes(4), "{target}");
    }
}

#[test]
fn one_row_after_the_other_gives_the_answers_of_all_at_once() {
    let table = houses(40).table();
    let model = fit(&table, &short("price")).unwrap().model;
    let all = bits(&model.predict(&table).unwrap());
    for row in 0..table.rows() {
        assert_eq!(bits(&model.predict(&table.take(&[row])).unwrap()), all[row..=row]);
    }
}

#[test]
fn a_column_that_says_nothing_changes_nothing_that_was_learned() {
    let cells = houses(40);
    let base = fit(&cells.table(), &short("price")).unwrap();
    for cell in ["7", "same", "", "2024-01-01", "true"] {
        let mut more = cells.clone();
        more.header.push("constant".to_string());
        more.rows.iter_mut().for_each(|row| row.push(cell.to_string()));
        let other = fit(&more.table(), &short("price")).unwrap();
        learned_the_same(&other.model, &base.model);
        assert!(
            other
                .judgement
                .notices
                .iter()
                .any(|notice| notice.contains("`constant`")),
            "{cell}"
        );
        // It is not needed later, either.
        assert!(other.model.predict(&cells.table()).is_ok());
    }
}

#[test]
fn a_class_that_the_model_does_not_know_cannot_be_judged() {
    let cells = houses(40);
    let model = fit(&cells.table(), &short("size")).unwrap().model;
    let error = model.evaluate(&cells.with(5, "size", "huge").table()).unwrap_err();
    assert!(!error.is_request());
    let message = error.to_string();
    assert!(
        message.starts_with("t.csv, line 7, column `size`") && message.contains("`huge`"),
        "{message}"
    );
}

#[test]
fn rows_without_an_answer_are_left_out_and_said() {
    let cells = houses(40);
    let fewer = cells.with(3, "price", "").with(8, "price", "NA");
    let fitted = fit(&fewer.table(), &short("price")).unwrap();
    let rows = fitted.judgement.rows;
    assert_eq!(rows.train + rows.validation + rows.test, 38);
    let said = |notices: &[String]| notices.iter().any(|text| text.starts_with("2 rows without a value"));
    assert!(said(&fitted.judgement.notices), "{:?}", fitted.judgement.notices);
    let judged = fitted.model.evaluate(&fewer.table()).unwrap();
    assert_eq!(judged.rows.test, 38);
    assert!(said(&judged.notices));
    // Answers can be had for them, of course.
    assert_eq!(fitted.model.predict(&fewer.table()).unwrap().rows(), 40);
}

#[test]
fn whoever_watches_may_stop_the_training() {
    let table = houses(40).table();
    let mut seen = vec![];
    let fitted = chainrule_learn::fit(&table, &Options::new("price"), |progress| {
        seen.push(progress.epoch);
        if seen.len() == 4 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let record = fitted.unwrap().model.record().clone();
    assert_eq!(record.history, seen);
    assert_eq!(seen.iter().map(|epoch| epoch.number).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn the_kept_weights_are_those_of_the_best_epoch() {
    let table = houses(60).table();
    let mut options = small("price", &[4], 25);
    options.network.learning_rate = Some(0.3);
    options.network.patience = 6;
    let model = fit(&table, &options).unwrap().model;
    let record = model.record();
    let smallest = record
        .history
        .iter()
        .min_by(|a, b| a.validation_loss.total_cmp(&b.validation_loss))
        .unwrap();
    assert_eq!(record.best_epoch, smallest.number);
    options.network.epochs = record.best_epoch;
    assert_eq!(weights(&model), weights(&fit(&table, &options).unwrap().model));
}

#[test]
fn an_answer_that_is_constant_in_the_training_rows_is_refused_whatever_the_constant() {
    for (rows, other_row) in [(30, 4), (40, 7), (50, 11)] {
        for seed in 0..3 {
            let refused = |usual: &str, other: &str| {
                let cell = |row| if row == other_row { other } else { usual };
                let rows: String = (0..rows).map(|row| format!("{row},{}\n", cell(row))).collect();
                let table = Table::from_csv("t.csv", format!("x,y\n{rows}").as_bytes()).unwrap();
                let options = Options {
                    task: Some(Task::Regression),
                    seed,
                    ..short("y")
                };
                fit(&table, &options).is_err()
            };
            // The mean of many ones is one; that of many tenths is not quite a tenth.
            assert_eq!(
                refused("1", "2"),
                refused("0.1", "0.2"),
                "row {other_row} of {rows}, seed {seed}"
            );
        }
    }
}

#[test]
fn r2_of_a_constant_truth_is_0_or_1_whatever_the_constant() {
    let table = houses(40).table();
    let model = fit(&table, &short("price")).unwrap().model;
    for constant in ["1", "0.1", "0.7", "1e6"] {
        let rows = format!("1.5,north,small,{constant}\n").repeat(7);
        let table = Table::from_csv("t.csv", format!("area,district,size,price\n{rows}").as_bytes()).unwrap();
        let judged = model.evaluate(&table).unwrap();
        assert_eq!(judged.test["r2"], 0.0, "{constant}");
        assert_eq!(judged.baseline["r2"], 0.0, "{constant}");
    }
}

#[test]
fn training_that_diverges_after_a_good_start_is_said() {
    let mut options = small("price", &[], 1000);
    options.network.optimizer = "sgd".to_string();
    options.network.learning_rate = Some(30.0);
    options.network.patience = 1000;
    match fit(&houses(60).table(), &options) {
        Err(error) => assert!(error.to_string().contains("diverged"), "{error}"),
        Ok(fitted) => {
            assert!(fitted.model.record().history.len() < 1000, "it did not diverge");
            let warnings = &fitted.judgement.warnings;
            assert!(
                warnings.iter().any(|warning| warning.code == Code::Diverged),
                "{warnings:?}"
            );
        }
    }
}
