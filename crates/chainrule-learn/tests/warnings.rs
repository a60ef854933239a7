//! What may be wrong is said when it is wrong, and only then.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod tables;

use chainrule::Rng;
use chainrule_learn::{Choices, Code, DATASETS, Dataset, ModelKind, NetworkOptions, Options, Table};
use chainrule_table::ColumnType;
use std::collections::BTreeMap;
use tables::{Cells, fit, small};

/// A table of the program as cells.
fn cells(name: &str) -> Cells {
    let table = Dataset::named(name).unwrap().table(&Choices::default()).unwrap();
    let columns = table.columns().len();
    Cells {
        header: table.columns().iter().map(|column| column.name.clone()).collect(),
        rows: (0..table.rows())
            .map(|row| (0..columns).map(|column| table.text(row, column)).collect())
            .collect(),
    }
}

/// The cells with one more column at the front.
fn planted(cells: &Cells, name: &str, cell: impl Fn(usize, &Vec<String>) -> String) -> Cells {
    let mut more = cells.clone();
    more.header.insert(0, name.to_string());
    for (number, row) in more.rows.iter_mut().enumerate() {
        let cell = cell(number, row);
        row.insert(0, cell);
    }
    more
}

fn few_epochs(target: &str) -> Options {
    Options {
        folds: Some(0),
        ..small(target, &[8], 15)
    }
}

/// The codes of the warnings of a fit, but for those that a short training on few rows brings.
#[track_caller]
fn codes(table: &Table, options: &Options) -> Vec<(Code, String)> {
    let fitted = fit(table, options).unwrap();
    let of_training = [Code::FewTestRows, Code::NoBetterThanBaseline, Code::UntestedClass];
    let warnings = fitted.judgement.warnings.iter();
    let told = warnings.filter(|warning| !of_training.contains(&warning.code));
    told.map(|warning| (warning.code, warning.to_string())).collect()
}

#[track_caller]
fn only(code: Code, part: &str, warnings: &[(Code, String)]) {
    let [(found, text)] = warnings else {
        panic!("{code:?} alone, not {warnings:?}");
    };
    assert!(
        *found == code && text.contains(part),
        "{code:?} with {part}, not {text}"
    );
}

fn target(name: &str) -> &'static str {
    Dataset::named(name).unwrap().target
}

#[test]
fn a_column_that_gives_the_target_away() {
    let iris = cells("iris");
    let of_class = |row: &Vec<String>| row[4].clone();
    let number = |row: &Vec<String>| {
        ["setosa", "versicolor", "virginica"]
            .iter()
            .position(|n| *n == row[4])
            .unwrap()
    };
    let diabetes = cells("diabetes");
    let answer = |row: &Vec<String>| row[10].parse::<f64>().unwrap();
    type Cell<'a> = Box<dyn Fn(usize, &Vec<String>) -> String + 'a>;
    let of_iris: [(&str, Cell); 4] = [
        ("a copy", Box::new(move |_, row| of_class(row))),
        (
            "other names",
            Box::new(move |_, row| format!("kind {}", 7 - number(row))),
        ),
        ("a code", Box::new(move |_, row| [4, 1, 9][number(row)].to_string())),
        (
            "several names for one",
            Box::new(move |i, row| format!("{}{}", number(row), i % 4)),
        ),
    ];
    for (what, cell) in of_iris {
        let warnings = codes(&planted(&iris, "leaked", cell).table(), &few_epochs("species"));
        only(Code::Leak, "--drop leaked", &warnings);
        assert!(warnings[0].1.contains("96 training rows"), "{what}: {warnings:?}");
    }
    // The class is what lies above a threshold, and nothing lies far from it.
    let cancer = planted(&cells("breast_cancer"), "leaked", |i, row| {
        let above = f64::from(u8::from(row[30] == "malignant"));
        format!("{:.4}", above + (i as f64 * 0.618).fract())
    });
    let warnings = codes(&cancer.table(), &few_epochs("diagnosis"));
    only(
        Code::Leak,
        "parts the classes by one threshold, right for 364 of 364",
        &warnings,
    );
    let of_diabetes: [(&str, Cell); 5] = [
        ("a copy", Box::new(|_, row| row[10].clone())),
        (
            "another unit",
            Box::new(move |_, row| (answer(row) * 1.8 + 32.0).to_string()),
        ),
        ("a curve", Box::new(move |_, row| answer(row).ln().to_string())),
        ("falling", Box::new(move |_, row| (1e5 / answer(row)).to_string())),
        (
            "a little noise",
            Box::new(move |i, row| (answer(row) + (i as f64 * 0.618).fract()).to_string()),
        ),
    ];
    for (what, cell) in of_diabetes {
        let warnings = codes(&planted(&diabetes, "leaked", cell).table(), &few_epochs("progression"));
        only(Code::Leak, "--drop leaked", &warnings);
        assert!(warnings[0].1.contains("283 training rows"), "{what}: {warnings:?}");
    }
}

#[test]
fn a_good_column_is_no_leak() {
    // Right for nine of ten rows, and four of five of the variance.
    let iris = planted(&cells("iris"), "hint", |i, row| match i % 10 {
        3 => "?!".to_string(),
        _ => row[4].clone(),
    });
    assert_eq!(codes(&iris.table(), &few_epochs("species")), []);
    let diabetes = planted(&cells("diabetes"), "hint", |i, row| {
        (row[10].parse::<f64>().unwrap() + 120.0 * (i as f64 * 0.618).fract()).to_string()
    });
    assert_eq!(codes(&diabetes.table(), &few_epochs("progression")), []);
}

#[test]
fn a_column_that_names_the_rows() {
    let numbered = planted(&cells("diabetes"), "id", |i, _| (i + 1).to_string());
    let warnings = codes(&numbered.table(), &few_epochs("progression"));
    only(
        Code::Identifier,
        "`id` seems to name the rows and was left out",
        &warnings,
    );
    // Asked for all the same, or in another order under another name, so that nothing else notices.
    let asked = Options {
        columns: BTreeMap::from([("id".to_string(), ColumnType::Number)]),
        ..few_epochs("progression")
    };
    only(
        Code::Identifier,
        "`id` is used as a number",
        &codes(&numbered.table(), &asked),
    );
    let shuffled = planted(&cells("diabetes"), "patient", |i, _| (1000 + i * 101 % 442).to_string());
    let warnings = codes(&shuffled.table(), &few_epochs("progression"));
    only(Code::Identifier, "`patient` is used as a number", &warnings);
}

#[test]
fn test_rows_that_were_learned_from() {
    for (name, row) in [("diabetes", 7), ("wine", 100), ("breast_cancer", 300)] {
        // As many copies as it takes for one to be on the other side: which rows are tested, nobody says.
        let mut doubled = cells(name);
        for _ in 0..6 {
            doubled.rows.push(doubled.rows[row].clone());
        }
        let warnings = codes(&doubled.table(), &few_epochs(target(name)));
        only(Code::Duplicates, "in training as well", &warnings);
    }
    // In iris, with its few coarse columns, one pair may be chance (it has one), but not thirty.
    let mut doubled = cells("iris");
    doubled.rows.extend_from_within(40..70);
    let warnings = codes(&doubled.table(), &few_epochs("species"));
    only(Code::Duplicates, "in training as well", &warnings);
    // One pair is enough when it lies on both sides.
    let alarms = (0..20).filter(|seed| {
        let mut doubled = cells("wine");
        doubled.rows.push(doubled.rows[50].clone());
        let options = Options {
            seed: *seed,
            ..few_epochs("cultivar")
        };
        !codes(&doubled.table(), &options).is_empty()
    });
    // 2 · 0.2 · 0.8 of the splits part the two.
    let count = alarms.count();
    assert!((2..=12).contains(&count), "{count} of 20");
}

#[test]
fn rows_that_are_alike_by_chance_are_not_copies() {
    let rng = &mut Rng::new(5);
    let rows = (0..400).map(|_| {
        let [a, b, c] = [4, 3, 5].map(|bound| rng.below(bound));
        let answer = usize::from(a + b + rng.below(3) > 4);
        vec![
            format!("a{a}"),
            format!("b{b}"),
            c.to_string(),
            ["no", "yes"][answer].to_string(),
        ]
    });
    let coarse = Cells {
        header: ["a", "b", "c", "y"].map(String::from).into(),
        rows: rows.collect(),
    };
    assert_eq!(codes(&coarse.table(), &few_epochs("y")), []);
}

#[test]
fn a_class_that_is_hardly_there() {
    let mut cancer = cells("breast_cancer");
    let mut kept = 0;
    cancer.rows.retain(|row| {
        kept += usize::from(row[30] == "malignant");
        row[30] == "benign" || kept <= 6
    });
    let warnings = codes(&cancer.table(), &few_epochs("diagnosis"));
    only(
        Code::Imbalance,
        "the class `malignant` has 4 of 232 training rows (1.72 %)",
        &warnings,
    );
}

#[test]
fn too_few_rows_for_the_parameters() {
    let wine = cells("wine");
    let wide = Options {
        folds: Some(0),
        ..small("cultivar", &[100, 300], 5)
    };
    only(
        Code::FewRows,
        "32603 parameters and 114 rows",
        &codes(&wine.table(), &wide),
    );
    let regression = cells("regression");
    let linear = Options {
        model: Some(ModelKind::Linear),
        ..few_epochs("y")
    };
    only(
        Code::FewRows,
        "101 parameters and 80 rows",
        &codes(&regression.table(), &linear),
    );
    let ridge = Options {
        model: Some(ModelKind::Ridge),
        ..few_epochs("y")
    };
    assert_eq!(codes(&regression.table(), &ridge), []);
}

#[test]
fn a_few_huge_values() {
    let huge = planted(&cells("diabetes"), "amount", |i, _| match i % 100 {
        7 => "1e9".to_string(),
        _ => format!("{:.2}", (i as f64 * 0.618).fract() * 1000.0),
    });
    let warnings = codes(&huge.table(), &few_epochs("progression"));
    only(Code::HeavyTail, "`amount` has a few huge values", &warnings);
    // Different units are no reason to worry.
    let units = planted(&cells("diabetes"), "amount", |i, _| {
        (1e9 * (i as f64 * 0.618).fract()).to_string()
    });
    assert_eq!(codes(&units.table(), &few_epochs("progression")), []);
}

#[test]
fn rates_that_are_too_large_and_too_small() {
    let iris = cells("iris");
    let with = |rate: f64, activation: &str, optimizer: &str| Options {
        network: NetworkOptions {
            learning_rate: Some(rate),
            activation: activation.to_string(),
            optimizer: optimizer.to_string(),
            epochs: 30,
            ..few_epochs("species").network
        },
        ..few_epochs("species")
    };
    let small = codes(&iris.table(), &with(1e-5, "tanh", "adam"));
    only(Code::RateTooSmall, "try a larger --learning-rate than 0.00001", &small);
    let large = codes(&iris.table(), &with(3.0, "tanh", "adam"));
    assert!(large.iter().any(|(code, _)| *code == Code::RateTooLarge), "{large:?}");
    assert!(large.iter().any(|(code, _)| *code == Code::SaturatedUnits), "{large:?}");
    assert_eq!(codes(&iris.table(), &with(0.01, "relu", "adam")), []);
}

/// Tables with nothing wrong: numbers, categories, missing cells, noise, in many shapes.
#[test]
fn healthy_tables_are_left_alone() {
    for seed in 0..20 {
        let rng = &mut Rng::new(seed);
        let (rows, numbers) = (60 + 37 * seed as usize, 2 + seed as usize % 7);
        let weights: Vec<f64> = (0..numbers).map(|_| rng.normal(0.0, 1.0)).collect();
        let mut cells = Cells {
            header: (1..=numbers)
                .map(|k| format!("x{k}"))
                .chain(["kind", "count", "y"].map(String::from))
                .collect(),
            rows: vec![],
        };
        for _ in 0..rows {
            let x: Vec<f64> = (0..numbers).map(|_| rng.normal(0.0, 1.0)).collect();
            let (kind, count) = (rng.below(4), rng.below(12));
            let sum: f64 = x.iter().zip(&weights).map(|(x, w)| w * x).sum();
            let y = sum + (x[0] * x[1]).tanh() + 0.4 * kind as f64 + 0.1 * count as f64 + rng.normal(0.0, 0.7);
            let scale = |(k, x): (usize, &f64)| match (k % 3, rng.below(20)) {
                (_, 0) => String::new(),
                (0, _) => format!("{:.3}", 1e6 * x),
                (1, _) => format!("{:.2}", x.exp()),
                _ => format!("{x:.1}"),
            };
            let mut row: Vec<String> = x.iter().enumerate().map(scale).collect();
            row.extend([format!("k{kind}"), count.to_string()]);
            row.push(match seed % 2 {
                0 => format!("{y:.2}"),
                _ => ["low", "middle", "high"][usize::from(y > 0.0) + usize::from(y > 1.5)].to_string(),
            });
            cells.rows.push(row);
        }
        let options = Options {
            folds: Some(0),
            seed,
            ..small("y", &[16], 40)
        };
        assert_eq!(codes(&cells.table(), &options), [], "table {seed}");
    }
}

#[test]
fn tables_that_come_with_the_program_are_left_alone() {
    for dataset in DATASETS.iter().filter(|dataset| dataset.name != "people") {
        let table = dataset.table(&Choices::default()).unwrap();
        for seed in 0..3 {
            let options = Options {
                seed,
                ..few_epochs(dataset.target)
            };
            assert_eq!(codes(&table, &options), [], "{} with seed {seed}", dataset.name);
        }
    }
}
