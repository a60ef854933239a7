//! Several targets from a person's point of view: how they are named, what is printed, written and refused.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::Folder;
use serde_json::json;

/// Two numbers that follow others; a few cells of them are missing.
fn flats(rent: &str) -> String {
    let mut csv = format!("area,district,{rent},price\n");
    for i in 0..120usize {
        let (area, district) = ((i * 37) % 101, i % 3);
        let cell = |number: usize, every: usize| {
            if i % every == 3 {
                String::new()
            } else {
                number.to_string()
            }
        };
        let (rent, price) = (
            10 * area + 50 * district + (i * 53) % 97,
            3000 * area + 900 * district + (i * 71) % 9973,
        );
        let district = ["north", "south", "east"][district];
        csv.push_str(&format!("{area},{district},{},{}\n", cell(rent, 40), cell(price, 60)));
    }
    csv
}

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("t.csv", flats("rent"));
    folder
}

const SHORT: [&str; 6] = ["--epochs", "40", "--folds", "2", "--hidden", "8"];

fn fit<'a>(words: &[&'a str]) -> Vec<&'a str> {
    ["fit", "t.csv"].iter().chain(words).chain(&SHORT).copied().collect()
}

#[test]
fn what_a_person_reads() {
    let folder = folder();
    let ran = folder.run(&fit(&["--target", "rent,price"])).done();
    let expected =
        "note: 4 rows without a value of every target left out: `rent` is missing in 3, `price` is missing in 2\n";
    assert!(ran.stderr.contains(expected), "{}", ran.stderr);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(
        lines[2].contains("120 rows, targets rent, price (regression)"),
        "{}",
        ran.stdout
    );
    let at = |start: &str| {
        lines
            .iter()
            .position(|line| line.starts_with(start))
            .unwrap_or_else(|| panic!("{start}: {}", ran.stdout))
    };
    assert!(lines[at("On 23 rows") + 1].starts_with("  mean r2  "));
    let each = at("Each target by itself");
    let heading: Vec<&str> = lines[each + 1].split_whitespace().collect();
    assert_eq!(
        heading,
        ["r2", "rmse", "baseline", "mae", "baseline", "interval", "held"]
    );
    assert!(lines[each + 2].starts_with("  rent ") && lines[each + 3].starts_with("  price "));
    assert_eq!(lines[each + 4], "Intervals should hold the truth for 90 % of rows");
    assert!(lines[at("How far mean r2 falls when") + 1].starts_with("  area"));
    let compared = at("mean r2 ");
    assert!(lines[compared + 4].starts_with("r2 ") && lines[compared + 5].starts_with("  rent "));
    assert!(ran.stdout.replace('\n', " ").contains("the mean r2 of the network is"));

    let told = folder.run(&["show", "model.safetensors"]).done().stdout;
    assert!(told.contains("\n  rent: a number, standardized") && told.contains("\n  price: a number, standardized"));
    let judged = folder.run(&["evaluate", "model.safetensors", "t.csv"]).done();
    assert!(judged.stdout.starts_with("On 116 rows") && judged.stdout.contains("Each target by itself"));
    assert!(judged.stderr.contains("rows it has seen"));

    let linear = folder
        .run(&fit(&["--target", "rent,price", "--model", "linear"])[..6])
        .done()
        .stdout;
    let coefficients = linear.split("What one unit more adds to each target\n").nth(1).unwrap();
    let heading: Vec<&str> = coefficients.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(heading, ["rent", "price"]);
}

#[test]
fn targets_are_named_at_once_one_by_one_or_in_a_file() {
    let folder = folder();
    folder
        .run(&fit(&[
            "--target",
            "rent,price",
            "--out",
            "a",
            "--write-config",
            "a.toml",
        ]))
        .done();
    folder
        .run(&fit(&[
            "--target",
            "rent",
            "--target",
            "price",
            "--out",
            "b",
            "--write-config",
            "b.toml",
        ]))
        .done();
    assert!(folder.text("a.toml").contains("target = \"rent,price\"\n"));
    assert!(folder.text("b.toml").contains("target = [\"rent\", \"price\"]\n"));
    folder.run(&["fit", "--config", "b.toml", "--out", "c"]).done();
    folder.run(&["fit", "--config", "a.toml", "--out", "d"]).done();
    let model = folder.read("a");
    assert!(["b", "c", "d"].iter().all(|name| folder.read(name) == model));
    // The command line wins as a whole.
    folder
        .run(&[
            "fit", "--config", "b.toml", "--out", "e", "--target", "price", "--drop", "rent",
        ])
        .done();
    let shown = folder.run(&["show", "e", "--json"]).done().json();
    assert_eq!(shown["record"]["options"]["target"], json!("price"));
}

#[test]
fn a_name_with_a_comma_is_a_name_where_a_column_has_it() {
    let folder = Folder::new();
    folder.write("t.csv", flats("\"rent, cold\""));
    let targets = |words: &[&str]| {
        folder.run(&fit(words)).done();
        folder.run(&["show", "model.safetensors", "--json"]).done().json()["record"]["options"]["target"].clone()
    };
    assert_eq!(
        targets(&["--target", "rent, cold", "--drop", "price"]),
        json!("rent, cold")
    );
    assert_eq!(
        targets(&["--target", "rent, cold", "--target", "price"]),
        json!(["rent, cold", "price"])
    );
    assert_eq!(targets(&["--target", "price, area"]), json!(["price", "area"]));
}

#[test]
fn predictions_have_a_column_and_an_interval_for_each() {
    let folder = folder();
    let json = folder.run(&fit(&["--target", "rent,price", "--json"])).done().json();
    let names: Vec<&str> = json["targets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|target| target["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["rent", "price"]);
    folder.write("new.csv", "area,district\n50,north\n7,west\n");
    let table = folder.run(&["predict", "model.safetensors", "new.csv"]).done().stdout;
    let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split(',').collect()).collect();
    let header = [
        "area",
        "district",
        "predicted_rent",
        "low_rent",
        "high_rent",
        "predicted_price",
        "low_price",
        "high_price",
    ];
    assert_eq!(lines[0], header);
    assert_eq!(lines.len(), 3);
    for line in &lines[1..] {
        for (place, target) in [(2, 0), (5, 1)] {
            let number = |column: usize| line[column].parse::<f64>().unwrap();
            let width = json["targets"][target]["coverage"]["size"].as_f64().unwrap();
            assert!(
                number(place + 1) < number(place) && number(place) < number(place + 2),
                "{line:?}"
            );
            assert!((number(place + 2) - number(place + 1) - width).abs() < 1e-6 * width);
        }
    }
    folder.write("taken.csv", "area,district,low_price\n50,north,1\n");
    let refused = folder.refuses(&["predict", "model.safetensors", "taken.csv"], 1);
    assert!(refused.contains("there is a column `low_price` already"), "{refused}");
}

#[test]
fn what_cannot_be() {
    let folder = folder();
    for (words, expected) in [
        (
            &["--target", "rent,rent"][..],
            "the target `rent` is named twice; name each target once",
        ),
        (&["--target", "rent,", "--target", "price"], "t.csv has no column ``"),
        (
            &["--target", "rent,prize"],
            "t.csv has no column `prize`: did you mean `price`?",
        ),
        (
            &["--target", "rent,district"],
            "the target `district` holds classes; fit `district` by itself",
        ),
        (
            &["--target", "rent,price", "--drop", "price"],
            "the target `price` cannot be dropped",
        ),
        (
            &["--target", "rent,price", "--group", "price"],
            "cannot be what rows are grouped by and a target",
        ),
        (
            &["--target", "rent,price", "--weights", "rent"],
            "cannot be the weight of the rows and a target",
        ),
        (
            &["--target", "rent,price", "--task", "classification"],
            "leave out --task classification",
        ),
        (
            &["--target", "rent,price,area,district", "--task", "regression"],
            "is not a number",
        ),
    ] {
        let refused = folder.run(&fit(words));
        assert_ne!(refused.code, Some(0), "{words:?}");
        assert!(refused.stderr.contains(expected), "{words:?}: {}", refused.stderr);
        assert_eq!(refused.stdout, "");
    }
    assert!(!folder.path("model.safetensors").exists());
}
