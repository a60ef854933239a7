//! The report holds what it promises, whatever the table is named and holds, and is a page that stands alone.

#![allow(clippy::unwrap_used)]

use std::{fmt::Write, ops::ControlFlow};

use chainrule_learn::{Model, ModelKind, NetworkOptions, Options, Table, fit};
use chainrule_report::{Origin, report};

/// A model of a small table, trained briefly.
fn model(name: &str, csv: &str, target: &str, kind: Option<ModelKind>) -> Model {
    let table = Table::from_csv(name, csv.as_bytes()).unwrap();
    let network = NetworkOptions {
        hidden: vec![6],
        epochs: 30,
        ..NetworkOptions::default()
    };
    let options = Options {
        model: kind,
        network,
        ..Options::new(target)
    };
    fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model
}

fn fruit() -> String {
    let mut csv = "weight,color,picked,fruit\n".to_string();
    for i in 0..90 {
        let (weight, color, fruit) = match i % 3 {
            0 => (120 + i % 17, "red", "apple"),
            1 => (8 + i % 5, "red", "cherry"),
            _ => (150 + i % 13, "yellow", "pear"),
        };
        let weight = if i % 20 == 7 { String::new() } else { weight.to_string() };
        writeln!(csv, "{weight},{color},2024-{:02}-11,{fruit}", 1 + i % 12).unwrap();
    }
    csv
}

fn prices() -> String {
    let mut csv = "size,age,price\n".to_string();
    for i in 0..120 {
        let (size, age) = (40 + 7 * i % 90, i * i % 31);
        writeln!(csv, "{size},{age},{}", 3 * size - 2 * age + i % 5).unwrap();
    }
    csv
}

/// Everything between `<` and `>` in the page is one of ours; attributes hold no script and no foreign address.
fn stands_alone(page: &str) {
    let lower = page.to_lowercase();
    for foreign in [
        "<script",
        "javascript:",
        "<iframe",
        "<link",
        "<object",
        " onload",
        " onclick",
        " onerror",
        "src=\"http",
        "href=\"http",
        "@import",
        "url(http",
    ] {
        assert!(!lower.contains(foreign), "{foreign}");
    }
    assert!(lower.contains("content-security-policy"));
}

#[test]
fn a_classification_is_told_from_the_answer_to_the_command() {
    let model = model("data/fruit.csv", &fruit(), "fruit", Some(ModelKind::Mlp));
    let origin = Origin {
        model: Some("my fruit.safetensors".to_string()),
        command: Some("chainrule fit data/fruit.csv --target fruit".to_string()),
    };
    let page = report(&model, &origin);
    stands_alone(&page);
    let record = model.record();
    let accuracy = record.judgement.test["accuracy"];
    let comparison = record.comparison.as_ref().unwrap();
    let (short, why) = (&comparison.verdict, &comparison.because.replace('<', "&lt;"));
    let kept = &comparison.kept_sentence().unwrap();
    assert!(kept.contains("--model auto keeps the linear model"), "{kept}");
    for expected in [
        "<title>Predicting fruit from fruit.csv</title>",
        "apple",
        "always saying the most frequent class",
        short,
        why,
        kept,
        "worth having",
        "network over linear",
        "average precision",
        "chainrule predict 'my fruit.safetensors'",
        "chainrule fit data/fruit.csv --target fruit",
        "What became of each",
        "picked",
    ] {
        let found = page.to_lowercase().contains(&expected.to_lowercase());
        assert!(found, "{expected:?} is not in the report (accuracy {accuracy})");
    }
    // Losses, confusion, network and more.
    assert!(page.matches("<svg").count() >= 6, "{}", page.matches("<svg").count());
    assert_eq!(page, report(&model, &origin), "the same model, the same bytes");
}

#[test]
fn a_regression_is_told_in_the_targets_unit() {
    for kind in [ModelKind::Mlp, ModelKind::Ridge] {
        let model = model("prices.csv", &prices(), "price", Some(kind));
        let page = report(&model, &Origin::default());
        stands_alone(&page);
        for expected in [
            "by always saying the mean",
            "of the differences between rows are explained",
            "standard deviation",
        ] {
            assert!(page.contains(expected), "{expected:?} ({kind:?})");
        }
        assert_eq!(page.contains("A linear model has no epochs"), kind == ModelKind::Ridge);
    }
}

#[test]
fn names_from_a_table_are_text_and_never_markup() {
    let evil = "<script>alert(1)</script>";
    let csv = fruit()
        .replace("color", "\"\"\"><img src=x onerror=alert(2)>\"")
        .replace("cherry", evil)
        .replace("apple", "a&b");
    let model = model("<b>x</b>.csv", &csv, "fruit", Some(ModelKind::Mlp));
    let origin = Origin {
        model: Some("</code><script>".to_string()),
        command: Some("chainrule fit '<script>'".to_string()),
    };
    let page = report(&model, &origin);
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && page.contains("a&amp;b"));
}

#[test]
fn ids_are_there_once_and_links_lead_somewhere() {
    let page = report(
        &model("fruit.csv", &fruit(), "fruit", Some(ModelKind::Mlp)),
        &Origin::default(),
    );
    let of = |attribute: &str| -> Vec<String> {
        let start = format!(" {attribute}=\"");
        let parts = page.split(start.as_str()).skip(1);
        parts
            .filter_map(|rest| Some(rest.split_once('"')?.0.to_string()))
            .collect()
    };
    let ids = of("id");
    for (k, id) in ids.iter().enumerate() {
        assert!(!ids[..k].contains(id), "{id} is there twice");
    }
    for link in of("href") {
        assert!(ids.iter().any(|id| link == format!("#{id}")), "{link} leads nowhere");
    }
    for label in of("aria-labelledby") {
        for id in label.split(' ') {
            assert!(ids.iter().any(|other| other == id), "nothing is called {id}");
        }
    }
}

#[test]
fn several_targets_have_a_line_and_pictures_each() {
    let mut csv = String::new();
    for line in prices().lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let heat = match cells[0].parse::<f64>() {
            Ok(size) => (2.0 * size + 9.0).to_string(),
            Err(_) => "heat <b>".to_string(),
        };
        writeln!(csv, "{line},{heat}").unwrap();
    }
    let table = Table::from_csv("flats.csv", csv.as_bytes()).unwrap();
    let options = Options {
        network: NetworkOptions {
            hidden: vec![6],
            epochs: 30,
            ..NetworkOptions::default()
        },
        ..Options::of(["price", "heat <b>"])
    };
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    let page = report(&model, &Origin::default());
    stands_alone(&page);
    for text in [
        "Predicting <em>price, heat &lt;b&gt;</em>",
        "(mean r2 of 2 targets)",
        "Target by target",
        "r2 of price",
        "r2 of heat &lt;b&gt;",
        "Predicted and actual price",
        "Residuals of heat &lt;b&gt;",
        "How far mean r2 falls",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("<b>"));
}
