//! Intervals and sets hold the truth as often as was promised.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule_learn::judgement::{Coverage, Source};
use chainrule_learn::{Choices, Dataset, LinearOptions, ModelKind, Options, Prediction, Table};
use tables::{fit, houses, short, small};

/// How often the test rows of 100 random splits are covered, on the average.
fn over_100_splits(table: &Table, options: &Options) -> Vec<Coverage> {
    let one = |seed| {
        let options = Options {
            seed,
            ..options.clone()
        };
        fit(table, &options).unwrap().judgement.coverage.unwrap()
    };
    (0..100).map(one).collect()
}

fn mean(coverages: &[Coverage], of: fn(&Coverage) -> f64) -> f64 {
    coverages.iter().map(of).sum::<f64>() / coverages.len() as f64
}

fn options(name: &str, model: ModelKind) -> (Table, Options) {
    let dataset = Dataset::named(name).unwrap();
    let options = Options {
        model: Some(model),
        // Of classes, so that a hundred times six models are found in few steps.
        linear: LinearOptions {
            alpha: (model == ModelKind::Logistic).then_some(30.0),
        },
        folds: Some(3),
        // The network that it is compared with shall take no time.
        network: small(dataset.target, &[], 1).network,
        ..Options::new(dataset.target)
    };
    (dataset.table(&Choices::default()).unwrap(), options)
}

#[track_caller]
fn holds(name: &str, model: ModelKind) {
    let (table, options) = options(name, model);
    let coverages = over_100_splits(&table, &options);
    let observed = mean(&coverages, |coverage| coverage.observed);
    assert!((0.87..=0.93).contains(&observed), "{name}: {observed}");
    assert!(
        coverages
            .iter()
            .all(|coverage| coverage.promised == 0.9 && coverage.size > 0.0)
    );
}

#[test]
fn intervals_of_diabetes_cover_90_of_100() {
    holds("diabetes", ModelKind::Linear);
}

#[test]
fn intervals_of_friedman1_cover_90_of_100() {
    holds("friedman1", ModelKind::Ridge);
}

#[test]
fn sets_of_iris_cover_90_of_100() {
    holds("iris", ModelKind::Logistic);
}

#[test]
fn a_larger_promise_makes_larger_intervals() {
    let (table, options) = options("diabetes", ModelKind::Ridge);
    let sizes = [0.5, 0.8, 0.9, 0.95, 0.99].map(|coverage| {
        let options = Options {
            coverage,
            ..options.clone()
        };
        let fitted = fit(&table, &options).unwrap();
        let kept = fitted.judgement.coverage.unwrap();
        let [conformal] = fitted.model.conformal() else {
            panic!()
        };
        assert_eq!(
            (conformal.coverage, conformal.source, conformal.rows),
            (coverage, Source::Folds, 354)
        );
        assert!((kept.observed - coverage).abs() < 0.12, "{kept:?}");
        let Prediction::Numbers(predicted) = fitted.model.predict(&table).unwrap() else {
            panic!()
        };
        let (low, high) = conformal.interval(predicted[0][0]);
        assert!(low < predicted[0][0] && predicted[0][0] < high);
        kept.size
    });
    assert!(sizes.is_sorted() && sizes[0] < sizes[4] / 2.0, "{sizes:?}");
}

#[test]
fn a_network_promises_by_folds_or_by_its_validation_rows() {
    let options = Options {
        folds: Some(0),
        ..short("price")
    };
    for (options, source, rows) in [(&options, Source::Validation, 16), (&short("price"), Source::Folds, 80)] {
        let fitted = fit(&houses(100).table(), options).unwrap();
        let [conformal] = fitted.model.conformal() else {
            panic!()
        };
        assert_eq!((conformal.source, conformal.rows), (source, rows));
    }
    let fitted = fit(&houses(100).table(), &options).unwrap();
    let loaded = chainrule_learn::Model::from_bytes("m", &fitted.model.to_bytes().unwrap()).unwrap();
    assert_eq!(loaded.conformal(), fitted.model.conformal());
}

#[test]
fn what_cannot_be_promised() {
    let no_folds = Options {
        folds: Some(0),
        ..short("price")
    };
    let fitted = fit(&houses(40).table(), &no_folds).unwrap();
    assert_eq!(fitted.model.conformal(), []);
    assert_eq!(fitted.judgement.coverage, None);
    let said = "6 rows beside those learned from are too few to promise intervals or sets that hold the truth with a \
                probability of 0.9: that takes at least 9";
    assert!(
        fitted.judgement.notices.iter().any(|notice| notice == said),
        "{:?}",
        fitted.judgement.notices
    );
    for coverage in [0.0, 1.0, -0.5, 1.5, f64::NAN] {
        let options = Options {
            coverage,
            ..short("price")
        };
        let error = fit(&houses(40).table(), &options).unwrap_err();
        assert!(
            error.is_request() && error.to_string().contains("between 0 and 1"),
            "{error}"
        );
    }
}
