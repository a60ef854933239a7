//! What a judgement says is what scikit-learn's metrics say of the same probabilities (golden/make.py), and what it promises
//! holds.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

use chainrule_learn::{Choices, Dataset, METRICS, ModelKind, Options, Table, Task};
mod tables;

use chainrule_learn::judgement::{Calibration, ClassCurves, ClassFigures, PrecisionRecall, Roc, thinned};
use serde_json::Value;
use tables::fit;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

fn points(value: &Value) -> Vec<[f64; 2]> {
    let pair = |pair: &Value| <[f64; 2]>::try_from(numbers(pair)).unwrap();
    value.as_array().unwrap().iter().map(pair).collect()
}

#[track_caller]
fn near(ours: f64, theirs: &Value, what: &str) {
    let theirs = theirs.as_f64().unwrap();
    assert!((ours - theirs).abs() <= 1e-12, "{what}: {ours}, not {theirs}");
}

#[track_caller]
fn same_points(ours: &[[f64; 2]], theirs: &[[f64; 2]], what: &str) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (a, b) in ours.iter().zip(theirs) {
        assert!(
            (a[0] - b[0]).abs() <= 1e-12 && (a[1] - b[1]).abs() <= 1e-12,
            "{what}: {a:?}, not {b:?}"
        );
    }
}

struct Case {
    name: String,
    names: Vec<String>,
    probabilities: Vec<f64>,
    truth: Vec<usize>,
    golden: Value,
}

fn cases() -> Vec<Case> {
    let file: Value = serde_json::from_str(include_str!("golden/judgement.json")).unwrap();
    assert!(file["made_with"]["scikit-learn"].is_string());
    let case = |golden: &Value| Case {
        name: golden["name"].as_str().unwrap().to_string(),
        names: (0..golden["count"].as_u64().unwrap())
            .map(|k| format!("c{k}"))
            .collect(),
        probabilities: numbers(&golden["probabilities"]),
        truth: numbers(&golden["truth"])
            .into_iter()
            .map(|class| class as usize)
            .collect(),
        golden: golden.clone(),
    };
    let cases: Vec<Case> = file["cases"].as_array().unwrap().iter().map(case).collect();
    assert_eq!(cases.len(), 6);
    cases
}

#[test]
fn figures_of_all_classes_together() {
    for case in cases() {
        for name in ["accuracy", "balanced_accuracy", "f1_macro", "log_loss"] {
            let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
            let ours = metric
                .of_classes(&case.probabilities, case.names.len(), &case.truth)
                .unwrap();
            near(ours, &case.golden[name], &format!("{}: {name}", case.name));
        }
    }
}

#[test]
fn figures_of_each_class() {
    for case in cases() {
        let figures = ClassFigures::of(&case.names, &case.probabilities, &case.truth);
        for (ours, theirs) in figures.iter().zip(case.golden["classes"].as_array().unwrap()) {
            let what = format!("{}: {}", case.name, ours.class);
            assert_eq!(ours.rows as u64, theirs["rows"].as_u64().unwrap(), "{what}");
            near(ours.precision, &theirs["precision"], &what);
            near(ours.recall, &theirs["recall"], &what);
            near(ours.f1, &theirs["f1"], &what);
            assert_eq!(ours.roc_auc.is_some(), theirs["roc_auc"].is_number(), "{what}");
            assert_eq!(
                ours.average_precision.is_some(),
                theirs["average_precision"].is_number(),
                "{what}"
            );
            if let Some(area) = ours.roc_auc {
                near(area, &theirs["roc_auc"], &what);
            }
            if let Some(area) = ours.average_precision {
                near(area, &theirs["average_precision"], &what);
            }
        }
    }
}

/// scikit-learn stops the curve where all rows of the class are found; ours goes on until all rows are taken for it.
#[test]
fn curves_of_each_class() {
    for case in cases() {
        for (class, theirs) in case.golden["classes"].as_array().unwrap().iter().enumerate() {
            let scores: Vec<f64> = case
                .probabilities
                .chunks(case.names.len())
                .map(|row| row[class])
                .collect();
            let positive: Vec<bool> = case.truth.iter().map(|own| *own == class).collect();
            let what = format!("{}: {}", case.name, case.names[class]);
            if theirs["roc"].is_array() {
                let roc = Roc::new(&scores, &positive).unwrap();
                same_points(&roc.points, &points(&theirs["roc"]), &what);
                let curve = PrecisionRecall::new(&scores, &positive).unwrap();
                same_points(&curve.points, &points(&theirs["precision_recall"]), &what);
            } else {
                assert_eq!(Roc::new(&scores, &positive), None);
            }
        }
    }
}

#[test]
fn calibration_and_brier_score() {
    for case in cases() {
        let ours = Calibration::of(&case.names, &case.probabilities, &case.truth).unwrap();
        let bins: Vec<[f64; 2]> = ours.bins.iter().map(|bin| [bin.predicted, bin.observed]).collect();
        same_points(&bins, &points(&case.golden["calibration"]), &case.name);
        near(ours.brier, &case.golden["brier"], &case.name);
        assert_eq!(ours.bins.iter().map(|bin| bin.rows).sum::<usize>(), case.truth.len());
        let weighted: f64 = ours
            .bins
            .iter()
            .map(|bin| (bin.observed - bin.predicted).abs() * bin.rows as f64)
            .sum();
        assert!((ours.expected_error - weighted / case.truth.len() as f64).abs() < 1e-15);
        assert_eq!(ours.class.is_some(), case.names.len() == 2);
    }
}

#[test]
fn a_long_curve_is_kept_in_200_points_and_keeps_its_shape() {
    let scores: Vec<f64> = (0..5000).map(|i| ((i * 7919) % 5003) as f64).collect();
    let positive: Vec<bool> = (0..5000)
        .map(|i| scores[i] + ((i * 104_729) % 4001) as f64 > 4000.0)
        .collect();
    let roc = Roc::new(&scores, &positive).unwrap();
    assert!(roc.points.len() > 2000);
    let thin = thinned(&roc.points, 200);
    assert!((100..=200).contains(&thin.len()), "{}", thin.len());
    assert_eq!((thin[0], thin[thin.len() - 1]), ([0.0, 0.0], [1.0, 1.0]));
    let area: f64 = thin
        .windows(2)
        .map(|p| (p[1][0] - p[0][0]) * (p[1][1] + p[0][1]) / 2.0)
        .sum();
    assert!((area - roc.area).abs() < 1e-3, "{area} {}", roc.area);
    // A step has two corners only, however many rows made it.
    let step: Vec<[f64; 2]> = (0..=500)
        .map(|i| [0.0, f64::from(i) / 500.0])
        .chain((1..=500).map(|i| [f64::from(i) / 500.0, 1.0]))
        .collect();
    assert_eq!(thinned(&step, 200), [[0.0, 0.0], [0.0, 1.0], [1.0, 1.0]]);
}

#[test]
fn of_two_classes_there_is_one_curve_and_of_many_there_are_20() {
    for (count, curves) in [(2, 1), (3, 3), (30, 20)] {
        let names: Vec<String> = (0..count).map(|k| k.to_string()).collect();
        let truth: Vec<usize> = (0..count * 3).map(|i| i % count).collect();
        let probability = |(i, class): (usize, &usize)| {
            let mut row = vec![0.5 / count as f64; count];
            row[(class + i % 2) % count] += 0.5;
            row
        };
        let probabilities: Vec<f64> = truth.iter().enumerate().flat_map(probability).collect();
        assert_eq!(ClassCurves::of(&names, &probabilities, &truth).len(), curves);
    }
}

#[test]
fn columns_that_matter_are_told_from_those_that_do_not() {
    let friedman = Dataset::named("friedman1").unwrap();
    let choices = Choices {
        samples: Some(400),
        ..Choices::default()
    };
    let table = friedman.table(&choices).unwrap();
    let options = Options {
        model: Some(ModelKind::Linear),
        folds: Some(0),
        ..Options::new("y")
    };
    let importance = |options: &Options| fit(&table, options).unwrap().judgement.importance.unwrap();
    let first = importance(&options);
    assert_eq!((first.figure.as_str(), first.rows, first.repeats), ("r2", 80, 10));
    // To a linear model x4 is worth most (10 x4), then x1 and x2, then x5; x3 is even, and the rest is noise.
    let order: Vec<&str> = first.columns.iter().map(|column| column.column.as_str()).collect();
    assert_eq!(order.len(), 10);
    assert_eq!(order[0], "x4");
    for column in &first.columns {
        let matters = ["x1", "x2", "x4", "x5"].contains(&column.column.as_str());
        assert_eq!(column.mean > 0.05, matters, "{column:?}");
        assert!(column.spread > 0.0 && column.spread < 0.2, "{column:?}");
    }
    assert_eq!(importance(&options), first);
}

/// A column of many inputs is one column: its cells change places, and no more.
#[test]
fn a_category_matters_as_a_whole() {
    let row = |i: usize| {
        format!(
            "{},{},{}\n",
            ["a", "b", "c", "d"][i * 7 % 4],
            i % 5,
            10 * (i * 7 % 4) + i % 5
        )
    };
    let rows: String = (0..200).map(row).collect();
    let table = Table::from_csv("t.csv", format!("kind,part,y\n{rows}").as_bytes()).unwrap();
    let options = Options {
        model: Some(ModelKind::Linear),
        folds: Some(0),
        task: Some(Task::Regression),
        ..Options::new("y")
    };
    let judgement = fit(&table, &options).unwrap().judgement;
    assert!(judgement.test["r2"] > 0.999);
    let importance = judgement.importance.unwrap();
    let mean = |k: usize| (importance.columns[k].column.as_str(), importance.columns[k].mean);
    // A shuffled column loses about twice its share of the variance, which is 125 of 127 and 2 of 127.
    let ((first, most), (second, least)) = (mean(0), mean(1));
    assert_eq!((first, second), ("kind", "part"));
    assert!(
        (1.6..2.4).contains(&most) && (0.015..0.06).contains(&least),
        "{most} {least}"
    );
}

#[test]
fn every_judgement_has_its_pictures() {
    for (name, model, titles) in [
        (
            "iris",
            ModelKind::Logistic,
            &[
                "Confusion matrix",
                "ROC",
                "Precision and recall",
                "Calibration",
                "What the model needs",
            ][..],
        ),
        (
            "diabetes",
            ModelKind::Ridge,
            &["Predicted and actual", "Residuals", "What the model needs"],
        ),
    ] {
        let dataset = Dataset::named(name).unwrap();
        let options = Options {
            model: Some(model),
            folds: Some(0),
            ..Options::new(dataset.target)
        };
        let judgement = fit(&dataset.table(&Choices::default()).unwrap(), &options)
            .unwrap()
            .judgement;
        let pictures = judgement.pictures();
        assert_eq!(pictures.len(), titles.len(), "{name}");
        for (picture, title) in pictures.iter().zip(titles) {
            assert!(picture.title().starts_with(title), "{} is not {title}", picture.title());
            assert!(!picture.svg().contains("no points to show") && !picture.svg().contains("NaN"));
        }
    }
}
