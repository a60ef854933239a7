//! `fit --model`: every kind of model, from a table to its coefficients, and what it refuses.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};
use serde_json::Value;

/// Fits one model alone, unless the arguments say how it is compared with others.
fn fit(folder: &Folder, arguments: &str) -> Value {
    let folds = if arguments.contains("--folds") {
        ""
    } else {
        " --folds 0"
    };
    let arguments = format!("fit {arguments}{folds} --json");
    folder.run(&arguments.split(' ').collect::<Vec<_>>()).done().json()
}

#[test]
fn every_kind_of_model_is_fitted_and_judged() {
    for (arguments, kind, figure, least) in [
        ("iris --target species --model logistic", "logistic", "accuracy", 0.9),
        (
            "wine --target cultivar --model logistic --alpha 0.1",
            "logistic",
            "accuracy",
            0.9,
        ),
        (
            "breast_cancer --target diagnosis --model logistic",
            "logistic",
            "accuracy",
            0.95,
        ),
        ("diabetes --target progression --model linear", "linear", "r2", 0.3),
        (
            "diabetes --target progression --model ridge --alpha 10",
            "ridge",
            "r2",
            0.3,
        ),
        ("iris --target sepal_length --model linear", "linear", "r2", 0.7),
        ("iris --target species --model mlp", "mlp", "accuracy", 0.9),
        ("iris --target species", "mlp", "accuracy", 0.9),
        (
            "iris --target species --model auto --folds 2 --epochs 20",
            "logistic",
            "accuracy",
            0.9,
        ),
    ] {
        let folder = Folder::new();
        let judged = fit(&folder, arguments);
        assert_eq!(judged["model_kind"], kind);
        assert!(
            judged["test"][figure].as_f64().unwrap() > least,
            "{arguments}: {judged}"
        );
        let linear = kind != "mlp";
        let keys = ["coefficients", "intercept"].map(|key| judged.get(key).is_some());
        assert_eq!(keys, [linear, linear], "{arguments}");
        assert_eq!(judged["rows"]["validation"] == 0, linear);
        let shown = folder.run(&["show", "model.safetensors", "--json"]).done().json();
        assert_eq!(shown["model_kind"], kind);
        assert_eq!(shown["coefficients"], judged["coefficients"]);
        assert!(folder.run(&["show", "model.safetensors"]).done().stdout.contains(kind) || !linear);
        assert!(folder.path("report.html").exists());
    }
}

/// Coefficients and intercept, applied to the cells of the table, are the model's answers: for numbers, for 0/1 columns
/// of categories, and for the logits of classes.
#[test]
fn the_coefficients_are_in_the_units_of_the_table() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let judged = fit(&folder, "t.csv --target price --model ridge --alpha 0.5");
    let weight = |name: &str| judged["coefficients"][name].as_f64().unwrap();
    let names: Vec<&String> = judged["coefficients"].as_object().unwrap().keys().collect();
    assert_eq!(
        names,
        [
            "color=blue",
            "color=green",
            "color=red",
            "size=large",
            "size=small",
            "x"
        ]
    );
    let answers = folder.run(&["predict", "model.safetensors", "t.csv"]).done().stdout;
    for line in answers.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let x: f64 = cells[0].parse().unwrap();
        let answer = judged["intercept"].as_f64().unwrap()
            + x * weight("x")
            + weight(&format!("color={}", cells[1]))
            + weight(&format!("size={}", cells[2]));
        let predicted: f64 = cells[4].parse().unwrap();
        assert!((answer - predicted).abs() < 1e-9, "{answer}, not {predicted}");
    }

    let judged = fit(&folder, "iris --target species --model logistic");
    folder.run(&["data", "iris", "--out", "iris.csv"]).done();
    let answers = folder.run(&["predict", "model.safetensors", "iris.csv"]).done().stdout;
    let columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"];
    for line in answers.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let logit = |class: &str| {
            let weights = columns.iter().zip(&cells).map(|(column, cell)| {
                judged["coefficients"][class][column].as_f64().unwrap() * cell.parse::<f64>().unwrap()
            });
            judged["intercept"][class].as_f64().unwrap() + weights.sum::<f64>()
        };
        let shares = ["setosa", "versicolor", "virginica"].map(|class| logit(class).exp());
        for (share, cell) in shares.iter().zip(&cells[6..]) {
            let probability: f64 = cell.parse().unwrap();
            assert!((share / shares.iter().sum::<f64>() - probability).abs() < 1e-9);
        }
    }
}

#[test]
fn the_line_that_made_the_prices_is_found() {
    let folder = Folder::new();
    let rows: String = (0..50)
        .map(|i| format!("{},{}\n", 2 * i, 97 + 6 * i + [0, 4, 5, 7, 1][i % 5]))
        .collect();
    folder.write("t.csv", format!("x,price\n{rows}"));
    let ran = folder
        .run(&[
            "fit", "t.csv", "--target", "price", "--model", "ridge", "--alpha", "0.25", "--folds", "0",
        ])
        .done();
    let text = ran.stdout.split("Saved").next().unwrap();
    expect![[r#"
        t.csv
          CSV with commas between the cells, a header line, UTF-8
          50 rows, target price (regression)
          40 to train, 10 to test (seed 0)
          Mlp(1 → 1), 2 parameters
          ridge with alpha 0.25 (closed form)

          x  a number, less 47.4, divided by 29.3162

        On 10 rows  model  baseline
          r2        0.999   -0.0792  1 − Σ(y − p)² / Σ(y − mean)²: share of the variance explained; more is better
          rmse       3.04      82.1  √ mean (y − p)², in the target's unit; less is better
          mae        2.86        64  mean |y − p|, in the target's unit; less is better

        How far r2 falls when the cells of a column change places (10 rows, 10 times)
          x  1.886  ± 0.567

        What one unit more adds to price
                     coefficient
          x                 2.98
          intercept          102

    "#]]
    .assert_eq(text);
    assert!(folder.path("report.html").exists());
    let shown = folder.run(&["show", "model.safetensors"]).done().stdout;
    let (head, rest) = shown.split_once("\nparameter ").unwrap();
    expect![[r#"
        Mlp(1 → 1), 2 parameters
          trained on t.csv by chainrule 0.1.0, seed 0, ridge with alpha 0.25 (closed form)
    "#]]
    .assert_eq(head);
    // Figures and coefficients are as `fit` printed them, and nothing is told of a history.
    let (_, after) = rest.split_once("What one unit more adds").unwrap();
    let parts: Vec<&str> = text.split("\n\n").map(str::trim_end).collect();
    assert!(
        after.contains(parts[2]) && parts[4].ends_with(after.split("\n\n").next().unwrap()),
        "{shown}"
    );
    assert!(
        !shown.contains("history") && after.contains("after training on 40\n"),
        "{shown}"
    );
}

#[test]
fn three_models_stand_beside_each_other() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let ran = folder
        .run(&["fit", "t.csv", "--target", "price", "--folds", "3", "--epochs", "4"])
        .done();
    let (_, compared) = ran.stdout.split_once("Three models").unwrap();
    expect![[r#"
        , by 3 folds of the 48 training rows
        rmse               mean  ± deviation  on 12 test rows
          baseline (mean)  57.9         8.65             48.7
          linear (ridge)   3.27        0.307             2.56  worth having
          network (mlp)    43.7         2.02             40.4
        The linear model is enough: the rmse of the network is 40.5 above that of the linear model, more
        than the noise of the folds (standard error 1.95, p = 0.002). Against guessing, the rmse of the
        linear model is 54.6 below that of the trivial baseline, more than the noise of the folds (standard
        error 7.84, p = 0.02).
        Kept is the network all the same, as --model says; --model auto keeps the linear model.
    "#]]
    .assert_eq(compared.split("\nSaved").next().unwrap());
    let shown = folder.run(&["show", "model.safetensors"]).done().stdout;
    assert!(
        shown.contains(compared.split("\nSaved").next().unwrap().trim_end()),
        "{shown}"
    );
    // A model that stands alone says nothing of others.
    let ran = folder
        .run(&["fit", "t.csv", "--target", "price", "--folds", "0", "--epochs", "4"])
        .done();
    assert!(!ran.stdout.contains("Three models"), "{}", ran.stdout);
    let ran = folder
        .run(&[
            "fit", "t.csv", "--target", "price", "--search", "3", "--folds", "0", "--epochs", "4",
        ])
        .done();
    let (_, tried) = ran.stdout.split_once("The best of 3 configurations\n").unwrap();
    assert_eq!(tried.lines().take_while(|line| !line.is_empty()).count(), 4, "{tried}");
}

#[test]
fn the_same_table_gives_the_same_model_file() {
    let folder = Folder::new();
    for (name, arguments) in [
        ("ridge", "diabetes --target progression"),
        ("logistic", "wine --target cultivar"),
    ] {
        for out in ["a", "b"] {
            fit(&folder, &format!("{arguments} --model {name} --seed 3 --out {out}"));
        }
        assert!(folder.read("a") == folder.read("b"), "{name}");
        let again = folder
            .run(&["evaluate", "a", arguments.split(' ').next().unwrap(), "--json"])
            .done();
        assert_eq!(again.json()["rows"]["validation"], 0);
    }
}

#[test]
fn many_inputs_are_not_printed() {
    let folder = Folder::new();
    let ran = folder
        .run(&["fit", "regression", "--target", "y", "--model", "ridge", "--folds", "0"])
        .done();
    assert!(ran.stdout.contains("The coefficients are many"), "{}", ran.stdout);
    let shown = folder.run(&["show", "model.safetensors", "--json"]).done().json();
    assert_eq!(shown["coefficients"].as_object().unwrap().len(), 100);
}

#[test]
fn what_does_not_apply_is_refused() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    let refusal = |arguments: &str| {
        let arguments = format!("fit t.csv {arguments}");
        folder.refuses(&arguments.split(' ').collect::<Vec<_>>(), 2)
    };
    expect![[r#"
        error: the target `size` is a class, and the model ridge predicts numbers; use --model logistic or mlp
    "#]]
    .assert_eq(&refusal("--target size --model ridge"));
    expect![[r#"
        error: the target `size` is a class, and the model linear predicts numbers; use --model logistic or mlp
    "#]]
    .assert_eq(&refusal("--target size --model linear"));
    expect![[r#"
        error: the target `price` is a number, and the model logistic predicts classes; use --model linear, ridge or mlp
    "#]]
    .assert_eq(&refusal("--target price --model logistic"));
    // Integers of few kinds may be either.
    folder.write("t.csv", "x,rooms\n".to_string() + &"1,2\n2,3\n".repeat(60));
    expect![[r#"
        error: the target `rooms` is a class, and the model linear predicts numbers; use --model logistic or mlp, or --task regression if that is what it is
    "#]].assert_eq(&refusal("--target rooms --model linear"));
    folder.write("t.csv", houses(40));
    expect![[r#"
        error: an alpha of -1: choose 0 for no penalty, or a number above 0, such as 1
    "#]]
    .assert_eq(&refusal("--target price --model ridge --alpha -1"));
    expect![[r#"
        error: an alpha of NaN: choose 0 for no penalty, or a number above 0, such as 1
    "#]]
    .assert_eq(&refusal("--target price --model ridge --alpha nan"));
    expect![[r#"
        error: an alpha of 2, but the model linear has no penalty; leave it out, or choose the model ridge or logistic
    "#]]
    .assert_eq(&refusal("--target price --model linear --alpha 2"));
    expect![[r#"
        error: an alpha of 2, but the model mlp has no penalty; leave it out, or choose the model ridge or logistic
    "#]]
    .assert_eq(&refusal("--target price --alpha 2"));
    expect![[r#"
        error: invalid value 'lasso' for '--model <MODEL>'
          [possible values: linear, ridge, logistic, mlp, auto]

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal("--target price --model lasso"));
    for option in [
        "--hidden=8",
        "--activation=relu",
        "--optimizer=sgd",
        "--learning-rate=0.1",
        "--batch-size=8",
        "--epochs=5",
        "--patience=5",
        "--schedule=cosine",
        "--l1=0.1",
        "--l2=0.1",
        "--dropout=0.1",
        "--clip=1",
        "--search=3",
        "--picture=p.svg",
    ] {
        let message = refusal(&format!("--target price --model linear {option}"));
        let name = option.split('=').next().unwrap();
        assert_eq!(
            message,
            format!("error: {name} is for networks; leave it out with --model linear, or use --model mlp\n")
        );
    }
}
