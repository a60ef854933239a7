//! Models are compared on the same folds of the training rows, and what divides or weighs rows does so.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule_learn::{
    Code, ColumnType, Comparison, DATASETS, DivideBy, Fitted, ModelKind, Noise, Options, Prediction, Result,
    ScheduleName, Stage, Table, Task, judgement::Source,
};
use std::ops::ControlFlow;
use tables::{fit, houses, short, small, weights};

fn table(csv: &str) -> Table {
    Table::from_csv("t.csv", csv.as_bytes()).unwrap()
}

fn iris() -> Table {
    let iris = DATASETS.iter().find(|dataset| dataset.name == "iris").unwrap();
    iris.table(&chainrule_learn::Choices::default()).unwrap()
}

fn comparison(fitted: &Fitted) -> &Comparison {
    fitted.model.record().comparison.as_ref().unwrap()
}

/// The mean of a figure over the folds: of the baseline, the linear model and the network.
fn means(comparison: &Comparison, figure: &str) -> Vec<f64> {
    let mean = |scores: &chainrule_learn::Scores| scores.mean_and_deviation(figure).unwrap().0;
    comparison.models.iter().map(mean).collect()
}

#[track_caller]
fn message(result: Result<Fitted>) -> String {
    result.unwrap_err().to_string()
}

/// A number that looks random.
fn noise(i: usize) -> f64 {
    ((i as f64 + 1.0) * 78.233)
        .sin()
        .mul_add(43758.5453, 0.0)
        .rem_euclid(1.0)
        - 0.5
}

#[test]
fn three_models_are_judged_on_the_same_folds_and_the_same_test_rows() {
    let fitted = fit(&iris(), &small("species", &[16], 60)).unwrap();
    let comparison = comparison(&fitted);
    let names: Vec<(&str, &str)> = comparison.models.iter().map(|m| (&m.name[..], &m.kind[..])).collect();
    assert_eq!(
        names,
        [("baseline", "shares"), ("linear", "logistic"), ("network", "mlp")]
    );
    assert_eq!(
        (&comparison.score[..], comparison.models[0].folds.len()),
        ("accuracy", 5)
    );
    assert_eq!(
        comparison.scheme,
        "5 folds of the 120 training rows, classes in equal shares"
    );
    // Eight of 24 rows of each fold are of one class.
    assert_eq!(comparison.models[0].in_folds("accuracy"), [1.0 / 3.0; 5]);
    let means = means(comparison, "accuracy");
    assert!(means[1] > 0.9 && means[2] > 0.9, "{means:?}");
    // What was kept is the network, and its figures are those of the judgement.
    assert_eq!(comparison.models[2].test, fitted.judgement.test);
    assert_eq!(comparison.models[0].test, fitted.judgement.baseline);
    assert_eq!(comparison.worth_having.as_deref(), Some("linear"));
    assert!(
        comparison.sentences().starts_with("The linear model is enough: "),
        "{}",
        comparison.sentences()
    );
    assert_eq!(
        comparison.kept_sentence().unwrap(),
        "Kept is the network all the same, as --model says; --model auto keeps the linear model."
    );
    let pairs: Vec<(&str, &str)> = comparison.differences.iter().map(|d| (&d.of[..], &d.to[..])).collect();
    assert_eq!(
        pairs,
        [("linear", "baseline"), ("network", "baseline"), ("network", "linear")]
    );
    assert!(comparison.differences[0].is_clear() && comparison.differences[1].is_clear());

    // Asked for the linear model, the folds are the same ones.
    let options = Options {
        model: Some(ModelKind::Logistic),
        ..small("species", &[16], 60)
    };
    let linear = fit(&iris(), &options).unwrap();
    assert_eq!(self::comparison(&linear).models[1], comparison.models[1]);
    assert_eq!(self::comparison(&linear).models[2], comparison.models[2]);
    assert_eq!(self::comparison(&linear).models[1].test, linear.judgement.test);
}

#[test]
fn the_number_of_folds_is_as_asked_or_as_suits_the_rows() {
    let folds = |rows: usize, asked: Option<usize>| {
        let options = Options {
            folds: asked,
            ..short("price")
        };
        let fitted = fit(&houses(rows).table(), &options)?;
        let comparison = fitted.model.record().comparison.as_ref();
        Ok(comparison.map(|comparison| comparison.models[0].folds.len()))
    };
    assert_eq!(folds(40, None).unwrap(), Some(5));
    assert_eq!(folds(40, Some(3)).unwrap(), Some(3));
    assert_eq!(folds(40, Some(16)).unwrap(), Some(16));
    assert_eq!(folds(40, Some(0)).unwrap(), None);
    assert_eq!(folds(10, None).unwrap(), Some(4));
    let refused = |rows, asked| -> String {
        let result: Result<_> = folds(rows, asked);
        result.unwrap_err().to_string()
    };
    assert_eq!(
        refused(40, Some(1)),
        "1 fold leaves nothing to learn from; choose at least 2, or 0 for no cross-validation"
    );
    assert_eq!(
        refused(40, Some(17)),
        "17 folds of 32 training rows have fewer than 2 each; choose at most 16"
    );
}

#[test]
fn many_rows_are_looked_at_once() {
    let rows: String = (0..25_100)
        .map(|i| format!("{},{}\n", noise(i), 3.0 * noise(i) + noise(7 * i)))
        .collect();
    let fitted = fit(&table(&format!("x,y\n{rows}")), &small("y", &[2], 1)).unwrap();
    let comparison = comparison(&fitted);
    assert_eq!(
        comparison.scheme,
        "one look at 2008 rows kept apart for it, as 20080 training rows are many"
    );
    assert!(comparison.models.iter().all(|scores| scores.folds.len() == 1));
    let rows = fitted.judgement.rows;
    assert_eq!(
        (rows.train, rows.validation, rows.compared, rows.test),
        (16_064, 2008, 2008, 5020)
    );
    assert!(
        comparison
            .differences
            .iter()
            .all(|difference| difference.noise == Noise::Rows)
    );
    assert!(comparison.differences[0].is_clear(), "{:?}", comparison.differences);
    assert!(
        comparison.because.contains("the noise of the rows (standard error"),
        "{}",
        comparison.because
    );
    // Intervals are promised by the rows that no training stopped by.
    assert_eq!(fitted.model.conformal()[0].rows, 2008);
    assert_eq!(fitted.model.conformal()[0].source, Source::Compared);
}

#[test]
fn in_many_rows_of_noise_no_model_is_worth_having() {
    let rows: String = (0..26_000)
        .map(|i| {
            let class = ["a", "b", "c"][((noise(3 * i + 40_000) + 0.5) * 3.0) as usize];
            format!("{},{},{},{class}\n", noise(i), noise(7 * i + 11), noise(5 * i + 90_000))
        })
        .collect();
    let table = table(&format!("x,z,y,class\n{rows}"));
    for seed in 0..4 {
        for (target, other) in [("y", "class"), ("class", "y")] {
            let options = Options {
                model: None,
                seed,
                columns: [(other.to_string(), ColumnType::Dropped)].into(),
                ..small(target, &[8], 4)
            };
            let fitted = fit(&table, &options).unwrap();
            let comparison = comparison(&fitted);
            let worth = comparison.worth_having.as_deref();
            assert_eq!(worth, Some("baseline"), "seed {seed}: {}", comparison.because);
            // Nothing is kept that costs more than it gives, and it is not called well.
            assert!(fitted.model.record().kind.is_linear());
            assert_eq!(comparison.kept, "linear");
            let warned = |warning: &chainrule_learn::Warning| warning.code == Code::NoBetterThanBaseline;
            assert!(fitted.judgement.warnings.iter().any(warned), "seed {seed}, {target}");
        }
    }
}

#[test]
fn groups_that_were_held_out_whole_count_as_one() {
    // Twelve groups of many rows, whose answers are their own: rows say the same over and over.
    let rows: String = (0..26_000)
        .map(|i| {
            let group = i % 12;
            format!("g{group},{},{}\n", noise(group) + 0.01 * noise(i), noise(50 + group))
        })
        .collect();
    let options = Options {
        division: DivideBy::Group("g".to_string()),
        ..small("y", &[2], 1)
    };
    let fitted = fit(&table(&format!("g,x,y\n{rows}")), &options).unwrap();
    let differences = &comparison(&fitted).differences;
    assert!(
        differences.iter().all(|difference| difference.noise == Noise::Groups),
        "{differences:?}"
    );
    assert!(
        !differences.iter().any(|difference| difference.is_clear()),
        "{differences:?}"
    );
}

/// A table in the order of its answer, whose rows are numbered, and which says nothing else.
fn sorted(rows: usize) -> Table {
    let row = |i: usize| format!("{},{},{}\n", i + 1, noise(i), 3 * i);
    table(&("nummer,x,y\n".to_string() + &(0..rows).map(row).collect::<String>()))
}

#[test]
fn folds_do_not_learn_from_what_the_fit_left_out() {
    let fitted = fit(&sorted(400), &small("y", &[8], 30)).unwrap();
    assert_eq!(fitted.model.encoder().inputs(), ["x"]);
    assert_eq!(comparison(&fitted).worth_having.as_deref(), Some("baseline"));
    let [own, crossed] = [fitted.judgement.test["rmse"], means(comparison(&fitted), "rmse")[2]];
    assert!(
        (0.8..1.25).contains(&(crossed / own)),
        "{crossed} in folds, {own} on test rows"
    );
    let coverage = fitted.judgement.coverage.unwrap();
    assert!(coverage.observed > 0.8, "{coverage:?}");
    // What a warning says of a column is said once.
    let about = |text: &String| text.contains("`nummer`");
    let warnings: Vec<String> = fitted.judgement.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.iter().filter(|text| about(text)).count(), 1, "{warnings:?}");
    assert!(
        !fitted.judgement.notices.iter().any(about),
        "{:?}",
        fitted.judgement.notices
    );
    // 53 rows are enough to find a counter, the 42 of a fold are not.
    let few = fit(&sorted(66), &small("y", &[8], 30)).unwrap();
    assert_eq!(few.model.encoder().inputs(), ["x"]);
    assert_eq!(comparison(&few).worth_having.as_deref(), Some("baseline"));
}

#[test]
fn folds_that_differ_by_the_same_do_not_prove_anything() {
    let options = Options {
        model: Some(ModelKind::Logistic),
        ..short("kind")
    };
    let few = (0..12).map(|i| format!("{},{}\n", 4.0 * (i % 2) as f64 + noise(i), ["no", "yes"][i % 2]));
    let fitted = fit(&table(&format!("x,kind\n{}", few.collect::<String>())), &options).unwrap();
    let linear = &comparison(&fitted).differences[0];
    assert_eq!(linear.noise, Noise::Rows, "{linear:?}");
    assert!(linear.mean > 0.4 && linear.p.unwrap() > 0.05, "{linear:?}");
}

#[test]
fn the_threads_change_no_byte() {
    let options = |target: &str| {
        let mut options = short(target);
        options.network.search = 3;
        options.network.dropout = 0.2;
        options
    };
    let table = houses(40).table();
    for target in ["price", "size"] {
        let bytes = |threads| {
            chainrule::set_threads(threads);
            fit(&table, &options(target)).unwrap().model.to_bytes().unwrap()
        };
        let one = bytes(1);
        assert!(one == bytes(2) && one == bytes(5), "{target}");
    }
    chainrule::set_threads(0);
}

#[test]
fn a_search_sees_training_rows_only_and_keeps_the_best() {
    let cells = houses(40);
    let mut options = small("price", &[4], 9);
    options.network.search = 9;
    options.folds = Some(0);
    let base = fit(&cells.table(), &options).unwrap();
    let tried = &base.model.record().search;
    assert_eq!(tried.len(), 9);
    // One had all epochs, three a third and six a ninth of them, unless they stopped before.
    let epochs: Vec<usize> = tried.iter().map(|tried| tried.epochs).collect();
    assert_eq!(epochs, [9, 3, 3, 1, 1, 1, 1, 1, 1]);
    assert_eq!(tried[0].network.hidden, base.model.record().options.network.hidden);
    assert_eq!(
        tried[0].network.activation,
        base.model.record().options.network.activation
    );
    // The configuration that was asked for is among them.
    assert!(
        tried
            .iter()
            .any(|tried| tried.network.hidden == [4] && tried.network.dropout == 0.0)
    );
    assert!(base.judgement.notices.iter().any(|text| text.contains("the best of 9")));
    // A linear model says quickly which rows are for the test.
    let linear = Options {
        model: Some(ModelKind::Ridge),
        folds: Some(0),
        ..Options::new("price")
    };
    let learned = |cells: &tables::Cells| weights(&fit(&cells.table(), &linear).unwrap().model);
    let odd = |row: usize| cells.with(row, "area", "-31536000");
    let for_the_test: Vec<bool> = (0..40).map(|row| learned(&odd(row)) == learned(&cells)).collect();
    assert_eq!(for_the_test.iter().filter(|test| **test).count(), 8);
    for test in [true, false] {
        for row in (0..40).filter(|row| for_the_test[*row] == test).take(3) {
            let other = fit(&odd(row).table(), &options).unwrap();
            assert_eq!(other.model.record().search == *tried, test, "row {row}");
        }
    }
}

/// Patients with a fingerprint and an answer that has nothing to do with it: visits of one patient give it away.
fn patients() -> Table {
    let mut csv = String::from("patient,finger,print,y\n");
    for visit in 0..240 {
        let patient = visit % 30;
        let (finger, print) = (noise(patient), noise(100 + patient));
        csv.push_str(&format!(
            "P{patient},{},{},{}\n",
            finger + 0.001 * noise(visit),
            print + 0.001 * noise(500 + visit),
            noise(1000 + patient) + 0.01 * noise(2000 + visit)
        ));
    }
    table(&csv)
}

#[test]
fn rows_of_a_group_do_not_give_each_other_away() {
    let mut options = small("y", &[32], 150);
    options.network.learning_rate = Some(0.02);
    options
        .columns
        .insert("patient".to_string(), chainrule_learn::ColumnType::Dropped);
    let by_chance = fit(&patients(), &options).unwrap();
    options.columns.clear();
    options.division = DivideBy::Group("patient".to_string());
    let by_group = fit(&patients(), &options).unwrap();
    let (chance, group) = (means(comparison(&by_chance), "r2"), means(comparison(&by_group), "r2"));
    assert!(chance[2] > 0.5 && group[2] < 0.1, "{chance:?} {group:?}");
    assert!(by_chance.judgement.test["r2"] > by_group.judgement.test["r2"] + 0.3);
    assert_eq!(
        comparison(&by_group).scheme,
        "5 folds of the 192 training rows, whole groups of `patient`"
    );
    // The group itself is not learned from, and not needed later.
    assert_eq!(by_group.model.encoder().inputs(), ["finger", "print"]);
}

#[test]
fn the_latest_rows_are_judged_by() {
    // In a mixed order; a day is wrong in one row after the other.
    let csv = |odd: Option<usize>| {
        let row = |i: usize| {
            let day = i * 37 % 60;
            let x = if odd == Some(day) { 1e6 } else { day as f64 + noise(day) };
            format!("2024-{:02}-{:02},{x},{}\n", 1 + day / 28, 1 + day % 28, 3 * day)
        };
        "day,x,y\n".to_string() + &(0..60).map(row).collect::<String>()
    };
    let options = Options {
        division: DivideBy::Time("day".to_string()),
        model: Some(ModelKind::Ridge),
        folds: Some(4),
        ..small("y", &[2], 1)
    };
    let base = fit(&table(&csv(None)), &options).unwrap();
    assert_eq!(
        comparison(&base).scheme,
        "4 folds of the 48 training rows, forward in time by `day`"
    );
    let untouched =
        |day: &usize| weights(&fit(&table(&csv(Some(*day))), &options).unwrap().model) == weights(&base.model);
    assert_eq!(
        (0..60).filter(untouched).collect::<Vec<_>>(),
        (48..60).collect::<Vec<_>>()
    );
    // What comes later does not count in the folds before.
    let late = fit(&table(&csv(Some(47))), &options).unwrap();
    let (late, base) = (&comparison(&late).models[1].folds, &comparison(&base).models[1].folds);
    assert_eq!(late[..3], base[..3]);
    assert_ne!(late[3], base[3]);
}

#[test]
fn what_cannot_divide_or_weigh_is_refused() {
    let cells = houses(40);
    let refusal = |change: fn(&mut Options)| {
        let mut options = short("price");
        change(&mut options);
        message(fit(&cells.table(), &options))
    };
    assert_eq!(
        refusal(|options| options.division = DivideBy::Time("size".to_string())),
        "the column `size` holds neither dates nor numbers, so rows cannot be ordered by it; --date size takes its cells as \
         dates, or choose another column"
    );
    assert_eq!(
        refusal(|options| options.division = DivideBy::Group("price".to_string())),
        "the column `price` cannot be what rows are grouped by and the target; choose another column"
    );
    assert_eq!(
        refusal(|options| options.weights = Some("district".to_string())),
        "the column `district` does not hold numbers, so it cannot be the weight of the rows; choose another column"
    );
    assert!(refusal(|options| options.weights = Some("area".to_string())).contains("the weight of the row is missing"));
    assert!(refusal(|options| options.weights = Some("are".to_string())).contains("did you mean `area`"));
    assert_eq!(
        refusal(|options| options.balanced = true),
        "`price` is a number and has no classes to balance; leave out --class-weights"
    );
    // A class that comes up in the end only is refused before anything is learned.
    let rows: String = (0..50)
        .map(|i| format!("{i},{}\n", ["old", "older", "new"][if i < 42 { i % 2 } else { 2 }]))
        .collect();
    let mut options = short("kind");
    options.division = DivideBy::Time("t".to_string());
    let mut epochs = 0;
    let refused = message(chainrule_learn::fit(
        &table(&format!("t,kind\n{rows}")),
        &options,
        |_| {
            epochs += 1;
            ControlFlow::Continue(())
        },
    ));
    assert_eq!(epochs, 0);
    assert!(
        refused.contains("the class `new` is in rows to judge by, but in none to learn from"),
        "{refused}"
    );
}

#[test]
fn rows_of_weight_0_teach_nothing() {
    let row = |i: usize| match i % 4 {
        0 => format!("{i}.5,{},0\n", 9000 - i * i),
        _ => format!("{i}.5,{},{}\n", 3.0 * (i as f64 + 0.5) + 7.0, 1 + i % 3),
    };
    let table = table(&("x,y,w\n".to_string() + &(0..80).map(row).collect::<String>()));
    for kind in [ModelKind::Linear, ModelKind::Ridge] {
        let options = Options {
            weights: Some("w".to_string()),
            model: Some(kind),
            linear: chainrule_learn::LinearOptions {
                alpha: (kind == ModelKind::Ridge).then_some(1e-9),
            },
            folds: Some(0),
            ..Options::new("y")
        };
        let learned = fit(&table, &options).unwrap().model.coefficients().unwrap();
        assert_eq!(learned.inputs, ["x"]);
        assert!(
            (learned.weights[0][0] - 3.0).abs() < 1e-6 && (learned.intercepts[0] - 7.0).abs() < 1e-5,
            "{learned:?}"
        );
    }
    let options = Options {
        weights: Some("w".to_string()),
        folds: Some(0),
        ..small("y", &[], 500)
    };
    let learned = fit(&table, &options).unwrap().model.coefficients().unwrap();
    assert!((learned.weights[0][0] - 3.0).abs() < 0.1, "{learned:?}");
}

#[test]
fn balanced_classes_find_more_of_the_rare_one() {
    let row = |i: usize| {
        let rare = i.is_multiple_of(12);
        format!(
            "{},{},{}\n",
            noise(i) + if rare { 0.35 } else { 0.0 },
            noise(900 + i),
            if rare { "rare" } else { "usual" }
        )
    };
    let table = table(&("a,b,kind\n".to_string() + &(0..480).map(row).collect::<String>()));
    let found = |kind: ModelKind, balanced: bool| {
        let options = Options {
            model: Some(kind),
            balanced,
            folds: Some(0),
            ..small("kind", &[4], 60)
        };
        let model = fit(&table, &options).unwrap().model;
        let Prediction::Classes { names, .. } = model.predict(&table).unwrap() else {
            panic!()
        };
        assert_eq!(names, ["rare", "usual"]);
        let prediction = model.predict(&table).unwrap();
        (0..480)
            .step_by(12)
            .filter(|row| prediction.text(*row) == "rare")
            .count()
    };
    for kind in [ModelKind::Logistic, ModelKind::Mlp] {
        let (usual, balanced) = (found(kind, false), found(kind, true));
        assert!(usual <= 4 && balanced >= 20, "{kind:?}: {usual}, balanced {balanced}");
    }
}

#[test]
fn penalties_and_dropout_hold_weights_back_and_schedules_change_the_course() {
    let table = houses(60).table();
    let learned = |change: fn(&mut chainrule_learn::NetworkOptions)| {
        let mut options = small("price", &[8], 40);
        options.folds = Some(0);
        change(&mut options.network);
        let model = fit(&table, &options).unwrap().model;
        let numbers = model
            .parameters()
            .into_iter()
            .filter(|(name, _)| name.ends_with("weight"));
        let numbers: Vec<f64> = numbers.flat_map(|(_, value)| value.data().to_vec()).collect();
        (
            numbers.iter().map(|w| w.abs()).sum::<f64>(),
            numbers.iter().map(|w| w * w).sum::<f64>(),
            model.record().history.clone(),
        )
    };
    let plain = learned(|_| {});
    let (l1, l2) = (
        learned(|network| network.l1 = 0.05),
        learned(|network| network.l2 = 0.05),
    );
    assert!(
        l1.0 < 0.8 * plain.0 && l2.1 < 0.8 * plain.1,
        "{} {} {}; {} {} {}",
        plain.0,
        l1.0,
        l2.0,
        plain.1,
        l1.1,
        l2.1
    );
    let dropped = learned(|network| network.dropout = 0.5);
    assert_ne!(dropped.2, plain.2);
    assert!(dropped.2.last().unwrap().train_loss > plain.2.last().unwrap().train_loss);
    assert_ne!(learned(|network| network.clip = Some(0.01)).2, plain.2);
    assert_eq!(learned(|network| network.clip = Some(1e9)).2.len(), plain.2.len());
    for schedule in ScheduleName::ALL {
        let mut options = small("price", &[8], 40);
        options.folds = Some(0);
        options.network.schedule = schedule;
        let history = fit(&table, &options).unwrap().model.record().history.clone();
        let same = history == plain.2;
        assert_eq!(
            same,
            matches!(schedule, ScheduleName::Constant | ScheduleName::Plateau),
            "{schedule:?}"
        );
        // The last steps of a cosine are short.
        if schedule == ScheduleName::Cosine {
            let moved = |history: &[chainrule_learn::Epoch]| {
                let last: Vec<f64> = history
                    .iter()
                    .rev()
                    .take(2)
                    .map(|epoch| epoch.validation_loss)
                    .collect();
                (last[0] - last[1]).abs()
            };
            assert!(moved(&history) < 0.2 * moved(&plain.2));
        }
    }
}

#[test]
fn the_better_model_is_chosen() {
    let chosen = |csv: &str, target: &str, epochs: usize| {
        let options = Options {
            model: None,
            ..small(target, &[16], epochs)
        };
        let fitted = fit(&table(csv), &options).unwrap();
        let record = fitted.model.record();
        assert_eq!(record.kind.is_linear(), record.history.is_empty());
        (record.kind, comparison(&fitted).worth_having.clone().unwrap())
    };
    let line: String = (0..80)
        .map(|i| format!("{i}.5,{}\n", 3.0 * i as f64 + 10.0 * noise(i)))
        .collect();
    assert_eq!(
        chosen(&format!("x,y\n{line}"), "y", 30),
        (ModelKind::Ridge, "linear".to_string())
    );
    let bow: String = (0..120)
        .map(|i| format!("{},{}\n", i as f64 / 60.0 - 1.0, (i as f64 / 60.0 - 1.0).powi(2)))
        .collect();
    assert_eq!(
        chosen(&format!("x,y\n{bow}"), "y", 200),
        (ModelKind::Mlp, "network".to_string())
    );
    let chance: String = (0..120)
        .map(|i| format!("{},{}\n", noise(i), noise(5000 + i)))
        .collect();
    assert_eq!(
        chosen(&format!("x,y\n{chance}"), "y", 30),
        (ModelKind::Ridge, "baseline".to_string())
    );
    let options = Options {
        model: None,
        folds: Some(0),
        ..short("price")
    };
    assert_eq!(
        message(fit(&houses(40).table(), &options)),
        "0 folds compare nothing, so the better model cannot be chosen; choose at least 2 folds, or the model"
    );
}

#[test]
fn progress_covers_all_trainings_and_a_stop_leaves_a_model() {
    let table = houses(40).table();
    let mut options = small("price", &[4], 6);
    options.network.search = 4;
    let (mut stages, mut last) = (vec![], 0.0);
    let whole = chainrule_learn::fit(&table, &options, |progress| {
        assert!(progress.done >= last && progress.done <= 1.0, "{progress:?}");
        last = progress.done;
        stages.push(progress.stage);
        ControlFlow::Continue(())
    });
    assert!(last > 0.99, "{last}");
    for stage in [
        Stage::Search(1),
        Stage::Search(4),
        Stage::Network,
        Stage::Fold(1),
        Stage::Fold(5),
    ] {
        assert!(stages.contains(&stage), "{stage:?}");
    }
    let mut after = 0;
    let stopped = chainrule_learn::fit(&table, &options, |progress| match progress.stage {
        Stage::Fold(_) => {
            after += 1;
            ControlFlow::Break(())
        }
        _ => ControlFlow::Continue(()),
    })
    .unwrap();
    assert_eq!(after, 1);
    assert_eq!(weights(&stopped.model), weights(&whole.unwrap().model));
    assert_eq!(comparison(&stopped).worth_having, None);
    assert!(
        stopped
            .judgement
            .notices
            .iter()
            .any(|text| text.contains("stopped before models were compared"))
    );
}

#[test]
fn a_class_with_two_rows_is_compared_as_well() {
    // One of the two is tested or trained on; in no fold is it a class that was never seen.
    let row = |i: usize| {
        format!(
            "{i},{}\n",
            if i < 2 {
                "seldom"
            } else {
                ["a", "b"][usize::from(i > 30)]
            }
        )
    };
    let table = table(&("x,kind\n".to_string() + &(0..60).map(row).collect::<String>()));
    for seed in 0..6 {
        let options = Options {
            seed,
            task: Some(Task::Classification),
            ..short("kind")
        };
        let fitted = fit(&table, &options).unwrap();
        assert_eq!(
            comparison(&fitted).models[2].folds.len(),
            5,
            "{:?}",
            fitted.judgement.notices
        );
    }
}
