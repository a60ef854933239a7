//! Several targets: one model, one split, every target judged by itself, and none of them told the model of another.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule::Tensor;
use chainrule_learn::{
    Checkpoint, Code, Fitted, LinearRegression, METRICS, Model, ModelKind, NetworkOptions, Options, Prediction, Ridge,
    Table, fit_with_checkpoint,
};
use serde_json::Value;
use std::{ops::ControlFlow, time::Duration};
use tables::{Cells, bits, both, fit, flats, short, weights};

fn linear(targets: &[&str]) -> Options {
    Options {
        targets: targets.iter().map(ToString::to_string).collect(),
        model: Some(ModelKind::Linear),
        ..both()
    }
}

/// A model of one target that does not see the other column.
fn alone(cells: &Cells, options: &Options, target: &str, other: &str) -> Fitted {
    let place = cells.header.iter().position(|name| name == other).unwrap();
    let mut cells = cells.clone();
    cells.header.remove(place);
    cells.rows.iter_mut().for_each(|row| drop(row.remove(place)));
    let options = Options {
        targets: vec![target.to_string()],
        ..options.clone()
    };
    fit(&cells.table(), &options).unwrap()
}

fn columns(model: &Model, table: &Table) -> Vec<Vec<f64>> {
    match model.predict(table).unwrap() {
        Prediction::Numbers(columns) => columns,
        other => panic!("{other:?}"),
    }
}

#[test]
fn least_squares_learn_what_scikit_learn_learns() {
    let golden: Value = serde_json::from_str(include_str!("golden/several_targets.json")).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let numbers = |value: &Value| {
        let all = value.as_array().unwrap().iter();
        all.map(|x| x.as_f64().unwrap()).collect::<Vec<f64>>()
    };
    let targets: Vec<String> = golden["targets"].as_array().unwrap().iter().map(text).collect();
    let table = chainrule_learn::open("diabetes", &Default::default()).unwrap();
    let column = |name: &str| {
        let place = table.position(name).unwrap();
        (0..table.rows())
            .map(|row| table.text(row, place).parse().unwrap())
            .collect::<Vec<f64>>()
    };
    let names = table.columns().iter().map(|column| column.name.clone());
    let features: Vec<Vec<f64>> = names
        .filter(|name| !targets.contains(name))
        .map(|name| column(&name))
        .collect();
    let x = Tensor::from_fn([table.rows(), features.len()], |i| {
        features[i % features.len()][i / features.len()]
    });
    let y: Vec<Vec<f64>> = targets.iter().map(|name| column(name)).collect();
    for case in golden["cases"].as_array().unwrap() {
        let models = match case["model"].as_str() {
            Some("Ridge") => Ridge {
                alpha: 2.5,
                intercept: true,
            }
            .fit_several(&x, &y)
            .unwrap(),
            _ => LinearRegression::default().fit_several(&x, &y).unwrap(),
        };
        let r2: Vec<f64> = models
            .iter()
            .zip(&y)
            .map(|(model, y)| model.r2(&x, y).unwrap())
            .collect();
        let close = |own: &[f64], expected: &[f64]| {
            assert_eq!(own.len(), expected.len());
            for (own, expected) in own.iter().zip(expected) {
                assert!(
                    (own - expected).abs() <= 1e-9 * expected.abs().max(1.0),
                    "{own}, not {expected}"
                );
            }
        };
        for (model, expected) in models.iter().zip(case["coefficients"].as_array().unwrap()) {
            close(&model.coefficients, &numbers(expected));
        }
        close(
            &models.iter().map(|model| model.intercept).collect::<Vec<_>>(),
            &numbers(&case["intercepts"]),
        );
        close(&r2, &numbers(&case["r2"]));
        close(&[(r2[0] + r2[1]) / 2.0], &[case["mean_r2"].as_f64().unwrap()]);
    }
}

#[test]
fn several_right_hand_sides_are_each_by_itself_however_they_are_solved() {
    // 5000 rows take the normal equations, 50 the triangle.
    for rows in [50, 5000] {
        let x = Tensor::from_fn([rows, 7], |i| ((i * 7919) % 1009) as f64 / 1009.0 - 0.4);
        let y: Vec<Vec<f64>> = (0..9)
            .map(|k| (0..rows).map(|i| ((i * (31 + k)) % 101) as f64 + k as f64).collect())
            .collect();
        let together = LinearRegression::default().fit_several(&x, &y).unwrap();
        for (y, model) in y.iter().zip(&together) {
            let alone = LinearRegression::default().fit(&x, y).unwrap();
            for (a, b) in alone.coefficients.iter().zip(&model.coefficients) {
                assert!((a - b).abs() < 1e-10, "{rows} rows: {a} and {b}");
            }
            assert!((alone.intercept - model.intercept).abs() < 1e-10);
        }
    }
    assert_eq!(
        LinearRegression::default()
            .fit_several(&Tensor::from([[1.0]]), &[[0.0; 1]; 0])
            .unwrap(),
        []
    );
}

#[test]
fn a_linear_model_of_two_is_that_of_each_on_the_same_split() {
    let (cells, options) = (flats(150), linear(&["rent", "price"]));
    let table = cells.table();
    for model in [ModelKind::Linear, ModelKind::Ridge] {
        let options = Options {
            model: Some(model),
            ..options.clone()
        };
        let joint = fit(&table, &options).unwrap();
        let found = columns(&joint.model, &table);
        for (place, (target, other)) in [("rent", "price"), ("price", "rent")].into_iter().enumerate() {
            let single = alone(&cells, &options, target, other);
            let own = &joint.judgement.targets[place];
            assert_eq!(own.name, target);
            // The same test rows in the same order.
            let truth = |answers: &[[f64; 2]]| answers.iter().map(|pair| pair[1]).collect::<Vec<f64>>();
            assert_eq!(truth(&own.answers), truth(&single.judgement.answers));
            for (name, figure) in &single.judgement.test {
                assert!(
                    (own.test[name] - figure).abs() < 1e-9 * figure.abs().max(1.0),
                    "{target}, {name}"
                );
            }
            assert_eq!(own.baseline, single.judgement.baseline);
            for (a, b) in found[place].iter().zip(&columns(&single.model, &table)[0]) {
                assert!((a - b).abs() < 1e-9 * b.abs().max(1.0), "{a} and {b}");
            }
            let (a, b) = (own.coverage.unwrap(), single.judgement.coverage.unwrap());
            assert!((a.size - b.size).abs() < 1e-9 && a.observed == b.observed);
        }
    }
}

#[test]
fn rows_count_by_their_weights_for_each_target() {
    let mut cells = flats(120);
    cells.header.push("w".to_string());
    cells
        .rows
        .iter_mut()
        .enumerate()
        .for_each(|(i, row)| row.push((1 + i % 4).to_string()));
    let options = Options {
        weights: Some("w".to_string()),
        ..linear(&["rent", "price"])
    };
    let joint = fit(&cells.table(), &options).unwrap();
    for (place, (target, other)) in [("rent", "price"), ("price", "rent")].into_iter().enumerate() {
        let single = alone(&cells, &options, target, other).model.coefficients().unwrap();
        let joint = joint.model.coefficients().unwrap();
        assert_eq!(joint.outputs[place], target);
        for (a, b) in joint.weights[place].iter().zip(&single.weights[0]) {
            assert!((a - b).abs() < 1e-9, "{a} and {b}");
        }
        assert!((joint.intercepts[place] - single.intercepts[0]).abs() < 1e-9);
    }
}

#[test]
fn the_mean_r2_decides_and_each_target_has_its_own_figures() {
    let fitted = fit(
        &flats(150).table(),
        &Options {
            network: NetworkOptions {
                epochs: 60,
                ..NetworkOptions::default()
            },
            ..both()
        },
    )
    .unwrap();
    let judgement = &fitted.judgement;
    let r2 = judgement.targets.iter().map(|target| target.test["r2"]).sum::<f64>() / 2.0;
    assert_eq!(judgement.test.keys().collect::<Vec<_>>(), ["r2"]);
    assert!((judgement.test["r2"] - r2).abs() < 1e-12);
    assert!(r2 > 0.5, "{r2}");
    assert!(judgement.answers.is_empty() && judgement.coverage.is_none());
    for target in &judgement.targets {
        // Figures anew, from the pairs that are kept: all, for so few rows.
        let (predicted, truth): (Vec<f64>, Vec<f64>) = target.answers.iter().map(|pair| (pair[0], pair[1])).unzip();
        assert_eq!(predicted.len(), judgement.rows.test);
        for name in ["r2", "rmse", "mae"] {
            let metric = METRICS.iter().find(|metric| metric.name == name).unwrap();
            assert_eq!(metric.of_numbers(&predicted, &truth), Some(target.test[name]));
        }
        assert_eq!(target.pictures().len(), 2);
        assert!(target.pictures()[0].svg().contains(&target.name));
    }
    assert_eq!(judgement.pictures().len(), 5);
    let importance = judgement.importance.as_ref().unwrap();
    assert_eq!(
        (importance.figure.as_str(), importance.columns[0].column.as_str()),
        ("r2", "area")
    );

    let comparison = fitted.model.record().comparison.as_ref().unwrap();
    assert_eq!(
        (comparison.score.as_str(), comparison.score_name().as_str()),
        ("r2", "mean r2")
    );
    assert!(comparison.because.contains("the mean r2 of"), "{}", comparison.because);
    for scores in &comparison.models {
        let names: Vec<&str> = scores.targets.iter().map(|target| target.name.as_str()).collect();
        assert_eq!(names, ["rent", "price"]);
        assert_eq!(scores.folds.len(), 5);
        for (fold, whole) in scores.in_folds("r2").into_iter().enumerate() {
            let mean = scores
                .targets
                .iter()
                .map(|target| target.in_folds("r2")[fold])
                .sum::<f64>()
                / 2.0;
            assert!((mean - whole).abs() < 1e-12);
        }
    }
}

#[test]
fn a_target_is_no_feature_of_another() {
    let cells = flats(100);
    let fitted = fit(&cells.table(), &both()).unwrap();
    let encoder = fitted.model.encoder();
    let used: Vec<&str> = encoder.features().iter().map(|feature| feature.name.as_str()).collect();
    assert_eq!(used, ["area", "district"]);
    assert!(encoder.left_out().is_empty());
    // A table without them is predicted; with nonsense in them to the same bits.
    let without = Cells {
        header: cells.header[..2].to_vec(),
        rows: cells.rows.iter().map(|row| row[..2].to_vec()).collect(),
    };
    let mut nonsense = cells.clone();
    nonsense.rows.iter_mut().for_each(|row| row[2] = "999999".to_string());
    let expected = bits(&fitted.model.predict(&cells.table()).unwrap());
    for table in [without.table(), nonsense.table()] {
        assert_eq!(bits(&fitted.model.predict(&table).unwrap()), expected);
    }
    // What the test rows answer teaches nothing, of either target.
    let truth = |target: usize| fitted.judgement.targets[target].answers[0][1];
    for (place, column) in ["rent", "price"].into_iter().enumerate() {
        let row = cells
            .rows
            .iter()
            .position(|row| row[2 + place] == format!("{:.2}", truth(place)))
            .unwrap();
        let other = fit(&cells.with(row, column, "54321").table(), &both()).unwrap();
        assert_eq!(weights(&other.model), weights(&fitted.model));
        assert_eq!(other.model.target(), fitted.model.target());
        assert_ne!(
            other.judgement.targets[place].test,
            fitted.judgement.targets[place].test
        );
        assert_eq!(
            other.judgement.targets[1 - place].test,
            fitted.judgement.targets[1 - place].test
        );
    }
}

#[test]
fn rows_that_lack_one_target_are_left_out_and_said() {
    let mut cells = flats(100);
    (0..7).for_each(|row| cells.rows[row][2].clear());
    (5..9).for_each(|row| cells.rows[row][3].clear());
    let fitted = fit(&cells.table(), &both()).unwrap();
    let rows = fitted.judgement.rows;
    assert_eq!(rows.train + rows.validation + rows.test, 91);
    let said = "9 rows without a value of every target left out: `rent` is missing in 7, `price` is missing in 4";
    assert!(
        fitted.judgement.notices.iter().any(|notice| notice == said),
        "{:?}",
        fitted.judgement.notices
    );
    let judged = fitted.model.evaluate(&cells.table()).unwrap();
    assert_eq!(judged.rows.test, 91);
    assert!(judged.notices.iter().any(|notice| notice == said));
}

#[test]
fn a_saved_model_predicts_and_judges_the_same() {
    let cells = flats(120);
    let fitted = fit(&cells.table(), &both()).unwrap();
    let bytes = fitted.model.to_bytes().unwrap();
    let loaded = Model::from_bytes("m", &bytes).unwrap();
    assert_eq!(loaded.to_bytes().unwrap(), bytes);
    assert_eq!(loaded.targets(), ["rent", "price"]);
    assert_eq!(
        (loaded.conformal().len(), loaded.conformal()),
        (2, fitted.model.conformal())
    );
    assert_eq!(loaded.record(), fitted.model.record());
    let table = loaded.predict(&cells.table()).unwrap();
    assert_eq!(bits(&table), bits(&fitted.model.predict(&cells.table()).unwrap()));
    let judged = loaded.evaluate(&cells.table()).unwrap();
    assert_eq!(judged.targets.len(), 2);
    assert!(judged.targets.iter().all(|target| target.coverage.is_some()));
    let (low, high) = loaded.conformal()[1].interval(0.0);
    assert_eq!(high - low, fitted.judgement.targets[1].coverage.unwrap().size);
    let picture = loaded.network_picture();
    assert!(picture.svg().contains("rent") && picture.svg().contains("price"));

    // A table without one of them cannot be judged by.
    let mut other = cells.clone();
    other.header[3] = "cost".to_string();
    let refused = loaded.evaluate(&other.table()).unwrap_err();
    assert!(refused.to_string().contains("no column `price`"), "{refused}");

    // Only several targets need the newer layout of the file.
    let one = alone(&cells, &short("rent"), "rent", "price").model.to_bytes().unwrap();
    let format = |bytes: &[u8], format: &str| String::from_utf8_lossy(bytes).contains(format);
    assert!(format(&one, r#"\"format\":3,"#) && format(&bytes, r#"\"format\":4,"#));
    assert!(format(&one, r#"\"target\":\"rent\""#) && format(&bytes, r#"\"target\":[\"rent\",\"price\"]"#));
}

#[test]
fn a_training_that_was_stopped_goes_on_to_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let table = flats(120).table();
    let options = Options {
        network: NetworkOptions {
            epochs: 30,
            dropout: 0.2,
            search: 2,
            ..both().network
        },
        folds: Some(2),
        ..both()
    };
    let whole = fit(&table, &options).unwrap().model.to_bytes().unwrap();
    for after in [3, 40, 90] {
        let checkpoint = Checkpoint::new(folder.path().join("c"), Duration::ZERO);
        let mut seen = 0;
        let stopped = fit_with_checkpoint(&table, &options, Some(&checkpoint), |_| {
            seen += 1;
            if seen >= after {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(stopped.unwrap().stopped, "after {after}");
        let checkpoint = checkpoint.resume();
        let resumed = fit_with_checkpoint(&table, &options, Some(&checkpoint), |_| ControlFlow::Continue(())).unwrap();
        assert!(resumed.model.to_bytes().unwrap() == whole, "after {after}");
        checkpoint.remove().unwrap();
    }
}

#[test]
fn a_column_that_gives_one_of_them_away_is_named_with_it() {
    let mut cells = flats(150);
    cells.header.push("copy".to_string());
    cells.rows.iter_mut().for_each(|row| row.push(row[3].clone()));
    let fitted = fit(&cells.table(), &both()).unwrap();
    let leaks: Vec<&str> = (fitted.judgement.warnings.iter())
        .filter(|warning| warning.code == Code::Leak)
        .map(|warning| warning.seen.as_str())
        .collect();
    let expected =
        "column `copy` gives the target `price` away: it is the same as the target in all of 96 training rows";
    assert_eq!(leaks, [expected]);
    let healthy = fit(&flats(150).table(), &both()).unwrap();
    assert!(
        healthy
            .judgement
            .warnings
            .iter()
            .all(|warning| warning.code != Code::Leak)
    );
}

#[test]
fn a_target_that_cannot_be_told_is_named() {
    let mut cells = flats(150);
    cells.header.push("luck".to_string());
    let luck = |i: usize| (i * i * 7919 + i * 104_729) % 1009;
    cells
        .rows
        .iter_mut()
        .enumerate()
        .for_each(|(i, row)| row.push(luck(i).to_string()));
    let fitted = fit(&cells.table(), &linear(&["rent", "price", "luck"])).unwrap();
    let warnings = &fitted.judgement.warnings;
    let found = warnings
        .iter()
        .find(|warning| warning.code == Code::NoBetterThanBaseline);
    let said = "for 1 of 3 targets the model is not better than the baseline, and its answers are worth no more than guessing: \
                `luck`";
    assert_eq!(
        found.map(|warning| warning.seen.as_str()),
        Some(said),
        "{:?}",
        fitted.judgement.targets[2].test
    );
}

#[test]
fn what_cannot_be_several_targets_is_refused() {
    let mut cells = flats(100);
    cells.header.push("ill".to_string());
    cells
        .rows
        .iter_mut()
        .enumerate()
        .for_each(|(i, row)| row.push((i % 2).to_string()));
    cells.header.push("same".to_string());
    cells.rows.iter_mut().for_each(|row| row.push("7.5".to_string()));
    let refused = |change: &dyn Fn(&mut Options)| {
        let mut options = both();
        change(&mut options);
        let error = fit(&cells.table(), &options).unwrap_err();
        format!("{}: {error}", if error.is_request() { "request" } else { "data" })
    };
    let targets = |names: &'static [&str]| {
        move |options: &mut Options| options.targets = names.iter().map(ToString::to_string).collect()
    };
    let price = || "price".to_string();
    let all = [
        refused(&targets(&["rent", "price", "rent"])),
        refused(&targets(&[])),
        refused(&targets(&["rent", "prices"])),
        refused(&targets(&["rent", "district"])),
        refused(&targets(&["rent", "ill"])),
        refused(&targets(&["rent", "same"])),
        refused(&targets(&["area", "rent", "price", "ill", "same", "district"])),
        refused(&|options| options.task = Some(chainrule_learn::Task::Classification)),
        refused(&|options| options.balanced = true),
        refused(&|options| options.model = Some(ModelKind::Logistic)),
        refused(&|options| options.weights = Some(price())),
        refused(&|options| options.division = chainrule_learn::DivideBy::Group(price())),
        refused(&|options| options.division = chainrule_learn::DivideBy::Time(price())),
        refused(&|options| {
            options
                .columns
                .extend([(price(), chainrule_learn::ColumnType::Dropped)])
        }),
        refused(&|options| {
            options
                .columns
                .extend([(price(), chainrule_learn::ColumnType::Category)])
        }),
    ];
    expect_test::expect![[r#"
        request: the target `rent` is named twice; name each target once
        request: there is no target; name the column to predict with --target
        request: t.csv has no column `prices`: did you mean `price`? Its columns are `area`, `district`, `rent`, `price`, `ill`, `same`
        request: several targets must all be numbers: the target `district` holds classes; fit `district` by itself
        request: several targets must all be numbers: the target `ill` holds 2 different integers in 100 rows, so it is taken as classes; --task regression takes it as a number, or fit `ill` by itself
        data: t.csv: every row has the same target, `same` = 7.5: there is nothing to predict; choose another target
        request: several targets must all be numbers: the target `ill` holds 2 different integers in 100 rows, so it is taken as classes; --task regression takes it as a number, or fit `ill` by itself
        request: several targets must all be numbers; leave out --task classification, or fit the targets one by one
        request: numbers have no classes to balance; leave out --class-weights
        request: the targets `rent`, `price` are numbers, and the model logistic predicts classes; use --model linear, ridge or mlp
        request: the column `price` cannot be the weight of the rows and a target; choose another column
        request: the column `price` cannot be what rows are grouped by and a target; choose another column
        request: the column `price` cannot be the time of the rows and a target; choose another column
        request: the target `price` cannot be dropped; drop another column, or choose another target
        request: several targets must all be numbers: the target `price` holds classes; fit `price` by itself"#]].assert_eq(&all.join("\n"));
    // As numbers two values will do.
    let mut options = both();
    options.targets[1] = "ill".to_string();
    options.task = Some(chainrule_learn::Task::Regression);
    assert_eq!(fit(&cells.table(), &options).unwrap().model.targets(), ["rent", "ill"]);
}

#[test]
fn two_hundred_targets() {
    let mut cells = flats(80);
    cells.header.truncate(2);
    cells.rows.iter_mut().for_each(|row| row.truncate(2));
    for target in 0..200 {
        cells.header.push(format!("y{target}"));
        for (i, row) in cells.rows.iter_mut().enumerate() {
            let area: f64 = row[0].parse().unwrap();
            row.push(format!(
                "{}",
                area * (1 + target) as f64 + ((i * (target + 3)) % 11) as f64
            ));
        }
    }
    let options = Options {
        targets: (0..200).map(|target| format!("y{target}")).collect(),
        folds: Some(2),
        ..short("y0")
    };
    for model in [ModelKind::Mlp, ModelKind::Ridge] {
        let fitted = fit(
            &cells.table(),
            &Options {
                model: Some(model),
                ..options.clone()
            },
        )
        .unwrap();
        assert_eq!(fitted.judgement.targets.len(), 200);
        assert_eq!(columns(&fitted.model, &cells.table()).len(), 200);
        assert_eq!(fitted.model.network().widths().last(), Some(&200));
        let loaded = Model::from_bytes("m", &fitted.model.to_bytes().unwrap()).unwrap();
        assert_eq!(
            loaded.record().options.target_names(),
            "y0, y1, y2, y3, y4, y5, y6, y7 and 192 more"
        );
    }
}
