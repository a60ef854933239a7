//! What `fit`, `predict`, `evaluate` and `show` promise when all goes well.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, houses};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The flowers that come with the repository.
fn iris() -> String {
    std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/iris.csv")).unwrap()
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!(
        (value - expected).abs() <= 1e-12 * expected.abs(),
        "{value}, not {expected}"
    );
}

#[test]
fn names_from_a_table_do_no_harm_to_pictures() {
    let folder = Folder::new();
    let rows: String = (0..20)
        .map(|i| {
            format!(
                "{i},{},{}\n",
                ["<b>", "a & \"b\""][i % 2].replace('"', "'"),
                ["x<y", "x&y"][i / 10]
            )
        })
        .collect();
    folder.write("t.csv", format!("size <cm>,kind & co,relation\n{rows}"));
    folder
        .run(&[
            "fit",
            "t.csv",
            "--target",
            "relation",
            "--epochs",
            "2",
            "--picture",
            "loss.svg",
        ])
        .done();
    folder
        .run(&["show", "model.safetensors", "--picture", "network.svg"])
        .done();
    for name in ["loss.svg", "network.svg"] {
        let text = folder.text(name);
        let svg = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(svg.root_element().tag_name().name(), "svg");
    }
}

/// The keys of an object, in alphabetical order.
fn keys(object: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

#[test]
fn fit_and_evaluate_print_one_json_object() {
    let folder = Folder::new();
    folder.write("t.csv", houses(50));
    for (target, figures) in [
        ("size", &["accuracy", "balanced_accuracy", "f1_macro", "log_loss"][..]),
        ("price", &["mae", "r2", "rmse"]),
    ] {
        let fitted = folder
            .run(&["fit", "t.csv", "--target", target, "--epochs", "3", "--json"])
            .done();
        let judged = folder.run(&["evaluate", "model.safetensors", "t.csv", "--json"]).done();
        for (ran, test) in [(fitted, 10), (judged, 50)] {
            let object = ran.json();
            let mut expected = vec![
                "alarms",
                "answers",
                "baseline",
                "calibration",
                "classes",
                "columns",
                "comparison",
                "confusion",
                "coverage",
                "curves",
                "epochs",
                "format",
                "importance",
                "model",
                "model_kind",
                "models",
                "notices",
                "rows",
                "seconds",
                "stopped",
                "task",
                "test",
                "warnings",
            ];
            let of_classes = ["calibration", "classes", "confusion", "curves"];
            expected.retain(|key| !of_classes.contains(key) || target == "size");
            expected.retain(|key| *key != "answers" || target == "price");
            let of_fit = [
                "columns",
                "comparison",
                "format",
                "importance",
                "model_kind",
                "models",
                "stopped",
            ];
            expected.retain(|key| !of_fit.contains(key) || test == 10);
            assert_eq!(keys(&object), expected);
            assert_eq!(
                object["task"],
                if target == "size" {
                    "classification"
                } else {
                    "regression"
                }
            );
            assert_eq!(
                object["rows"],
                json!({"train": 32, "validation": 8, "compared": 0, "test": test})
            );
            assert_eq!(
                (keys(&object["test"]), keys(&object["baseline"])),
                (figures.to_vec(), figures.to_vec())
            );
            assert!(object["test"].as_object().unwrap().values().all(Value::is_f64));
            assert_eq!(object["epochs"], 3);
            assert!(object["seconds"].as_f64().unwrap() >= 0.0);
            assert_eq!(object["model"], "model.safetensors");
            let seen = match test {
                10 => "the figures are of 10 rows only and would differ much on others",
                _ => "this looks like the table the model was trained on: the figures are of rows it has seen",
            };
            // The price follows from x alone: that is said as well.
            let leaked = target == "price" && test == 10;
            let alarms = object["alarms"].as_array().unwrap();
            assert_eq!(alarms.len(), 1 + usize::from(leaked), "{alarms:?}");
            assert_eq!(alarms[0]["code"] == "leak", leaked);
            let last = alarms.last().unwrap();
            assert_eq!(keys(last), ["advice", "code", "seen"]);
            assert_eq!(last["seen"], seen);
            let sentences = object["warnings"].as_array().unwrap();
            assert_eq!(sentences.len(), alarms.len());
            assert!(sentences.last().unwrap().as_str().unwrap().starts_with(seen));
            if test == 10 {
                let models = object["models"].as_array().unwrap();
                let names: Vec<&str> = models.iter().map(|model| model["name"].as_str().unwrap()).collect();
                assert_eq!(names, ["baseline", "linear", "network"]);
                for model in models {
                    assert_eq!(keys(model), ["cross_validation", "kind", "name", "test"]);
                    assert_eq!(keys(&model["test"]), figures);
                    assert_eq!(keys(&model["cross_validation"]), figures);
                    for figure in figures {
                        let folds = &model["cross_validation"][figure];
                        assert_eq!(keys(folds), ["folds", "mean", "standard_deviation"]);
                        let values: Vec<f64> = folds["folds"]
                            .as_array()
                            .unwrap()
                            .iter()
                            .map(|x| x.as_f64().unwrap())
                            .collect();
                        assert_eq!(values.len(), 5);
                        let mean = values.iter().sum::<f64>() / 5.0;
                        assert!((folds["mean"].as_f64().unwrap() - mean).abs() <= 1e-12 * mean.abs());
                    }
                }
                assert_eq!(models[2]["test"], object["test"]);
                assert_eq!(models[0]["test"], object["baseline"]);
                let comparison = &object["comparison"];
                assert_eq!(
                    keys(comparison),
                    [
                        "advice",
                        "differences",
                        "kept",
                        "scheme",
                        "score",
                        "verdict",
                        "worth_having"
                    ]
                );
                assert_eq!(
                    keys(&comparison["differences"][0]),
                    ["mean", "noise", "of", "p", "standard_error", "to"]
                );
            }
            if target == "size" {
                let confusion = &object["confusion"];
                assert_eq!(keys(confusion), ["classes", "counts"]);
                assert_eq!(confusion["classes"], json!(["large", "small"]));
                let counts = confusion["counts"].as_array().unwrap().iter();
                let sum: u64 = counts
                    .flat_map(|row| row.as_array().unwrap())
                    .map(|n| n.as_u64().unwrap())
                    .sum();
                assert_eq!(sum, test);
            }
        }
    }
}

#[test]
fn iris_is_learned_with_every_seed() {
    let folder = Folder::new();
    folder.write("iris.csv", iris());
    for seed in 0..10 {
        let seed = seed.to_string();
        let ran = folder
            .run(&[
                "fit", "iris.csv", "--target", "species", "--seed", &seed, "--folds", "0", "--json",
            ])
            .done();
        let judged = ran.json();
        let accuracy = judged["test"]["accuracy"].as_f64().unwrap();
        assert!(accuracy >= 0.93, "seed {seed}: {judged}");
        near(&judged["baseline"]["accuracy"], 1.0 / 3.0);
        assert_eq!(
            judged["rows"],
            json!({"train": 96, "validation": 24, "compared": 0, "test": 30})
        );
    }
}

#[test]
fn the_same_seed_gives_the_same_files_and_another_seed_others() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    let fit = |seed: &str, name: &str, target: &str| {
        let (out, picture) = (format!("{name}.safetensors"), format!("{name}.svg"));
        let places = ["--out", &out, "--picture", &picture];
        folder
            .run(
                &[
                    &["fit", "t.csv", "--target", target, "--epochs", "4", "--seed", seed][..],
                    &places,
                ]
                .concat(),
            )
            .done();
        (folder.read(&out), folder.read(&picture))
    };
    for target in ["size", "price"] {
        let first = fit("7", "first", target);
        assert!(first == fit("7", "again", target), "{target}");
        let other = fit("8", "other", target);
        assert!(first.0 != other.0 && first.1 != other.1, "{target}");
    }
}

#[test]
fn a_table_with_everything_in_it_needs_only_a_target() {
    // The price depends on the area, the district and the day; half the rest is missing or says nothing.
    let mut csv = String::from("id,area,district,garden,sold,note,empty,price\n");
    for i in 0..200u32 {
        let area = 40 + (i * 37) % 100;
        let district = ["north", "south", "east"][(i * 7 % 3) as usize];
        let garden = i % 4 == 0;
        let day = 1 + i % 28;
        let price = 1000.0 * f64::from(area)
            + if district == "south" { 30_000.0 } else { 0.0 }
            + if garden { 20_000.0 } else { 0.0 }
            + 100.0 * f64::from(day);
        let cell = |missing: bool, text: String| if missing { String::new() } else { text };
        csv.push_str(&format!(
            "house-{i},{},{},{},2024-03-{day:02},{},,{}\n",
            cell(i % 17 == 5, format!("{area}.5")),
            cell(i % 13 == 2, district.to_string()),
            ["false", "true"][usize::from(garden)],
            cell(i % 3 != 0, format!("\"seen, {i} times\"")),
            cell(i % 50 == 9, format!("{price}")),
        ));
    }
    let folder = Folder::new();
    folder.write("houses.csv", &csv);
    let ran = folder
        .run(&["fit", "houses.csv", "--target", "price", "--epochs", "60", "--json"])
        .done();
    let judged = ran.json();
    assert_eq!(ran.stderr, "");
    assert_eq!(judged["task"], "regression");
    let figure = |of: &str, name: &str| judged[of][name].as_f64().unwrap();
    assert!(figure("test", "r2") > 0.7, "{judged}");
    assert!(figure("test", "rmse") < 0.6 * figure("baseline", "rmse"), "{judged}");
    assert!(figure("test", "mae") < 0.6 * figure("baseline", "mae"), "{judged}");
    let notices = judged["notices"].to_string();
    for name in ["`price`", "`id`", "`note`", "`empty`"] {
        assert!(notices.contains(name), "{name} in {notices}");
    }
    let predicted = folder
        .run(&["predict", "model.safetensors", "houses.csv"])
        .done()
        .stdout;
    assert_eq!(predicted.lines().count(), 201);
}

#[test]
fn predict_keeps_the_cells_as_they_were_written() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    folder
        .run(&["fit", "t.csv", "--target", "size", "--epochs", "2"])
        .done();
    // Other columns, another order, and numbers that a program would write otherwise.
    folder.write(
        "new.csv",
        "note,price,color,x\n\"a, \"\"b\"\"\",1e2,red,007.50\n\"two\nlines\",+105,blue,1.10\nlast, 99 ,,3\n",
    );
    let ran = folder.run(&["predict", "model.safetensors", "new.csv"]).done();
    assert_eq!(
        ran.stderr,
        "note: column `color`: 1 cell is missing (line 5), but none was in training; it counts as the most frequent, `blue`\n"
    );
    let header = "note,price,color,x,predicted_size,probability_large,probability_small,set_size\n";
    let rest = ran.stdout.strip_prefix(header).unwrap();
    let kept = [
        "\"a, \"\"b\"\"\",1e2,red,007.50,",
        "\"two\nlines\",+105,blue,1.10,",
        "last, 99 ,,3,",
    ];
    let mut rest = rest;
    for start in kept {
        let after = rest
            .strip_prefix(start)
            .unwrap_or_else(|| panic!("no {start} at the start of {rest}"));
        let (answers, next) = after.split_once('\n').unwrap();
        let [class, large, small, set] = answers.split(',').collect::<Vec<_>>()[..] else {
            panic!("{answers}")
        };
        let (large, small): (f64, f64) = (large.parse().unwrap(), small.parse().unwrap());
        assert!((large + small - 1.0).abs() < 1e-12);
        assert_eq!(class, if large >= small { "large" } else { "small" });
        // A set may be empty; otherwise the most likely class is in it.
        assert!(set == "large | small" || set == class || set.is_empty(), "{set}");
        rest = next;
    }
    assert_eq!(rest, "");

    let written = folder
        .run(&["predict", "model.safetensors", "new.csv", "--out", "answers.csv"])
        .done();
    assert_eq!(
        (written.stdout.as_str(), written.stderr.as_str()),
        ("", format!("{}wrote 3 rows to answers.csv\n", ran.stderr).as_str())
    );
    assert_eq!(folder.text("answers.csv"), ran.stdout);
}

#[test]
fn what_predict_wrote_can_be_judged() {
    let folder = Folder::new();
    folder.write("iris.csv", iris());
    folder
        .run(&["fit", "iris.csv", "--target", "species", "--epochs", "30"])
        .done();
    folder
        .run(&["predict", "model.safetensors", "iris.csv", "--out", "answers.csv"])
        .done();
    let judged = folder
        .run(&["evaluate", "model.safetensors", "iris.csv", "--json"])
        .done()
        .json();
    let answers = folder.text("answers.csv");
    let right = answers.lines().skip(1).filter(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        cells[4] == cells[5]
    });
    near(&judged["test"]["accuracy"], right.count() as f64 / 150.0);
    let again = folder
        .run(&["evaluate", "model.safetensors", "answers.csv", "--json"])
        .done()
        .json();
    assert_eq!(again["test"], judged["test"]);
}

#[test]
fn classes_that_look_like_numbers_or_truth_values_are_the_same_however_they_are_written() {
    let folder = Folder::new();
    let table = |name: &str, words: [&str; 2], more: &str| {
        let rows: String = (0..60)
            .map(|i| format!("{i},{}\n", words[usize::from(i >= 30)]))
            .collect();
        folder.write(name, format!("x,y\n{rows}{more}"));
    };
    table("t.csv", ["0", "1"], "");
    table("later.csv", ["0.0", "1.00"], "");
    folder.run(&["fit", "t.csv", "--target", "y", "--epochs", "2"]).done();
    folder.run(&["evaluate", "model.safetensors", "later.csv"]).done();

    table("t.csv", ["False", "True"], "");
    table("later.csv", ["FALSE", "true"], "7,maybe\n");
    folder.run(&["fit", "t.csv", "--target", "y", "--epochs", "2"]).done();
    folder.run(&["evaluate", "model.safetensors", "t.csv"]).done();
    let ran = folder.run(&["evaluate", "model.safetensors", "later.csv"]);
    assert!(
        ran.stderr.contains("`maybe`") && ran.stderr.contains("line 62"),
        "{}",
        ran.stderr
    );
}

#[test]
fn every_command_explains_itself_with_an_example() {
    let folder = Folder::new();
    let help = folder.run(&["--help"]).done().stdout;
    let commands = ["fit", "predict", "evaluate", "show", "expr"];
    for command in commands {
        assert!(
            help.lines().any(|line| line.trim_start().starts_with(command)),
            "{command}"
        );
        let help = folder.run(&[command, "--help"]).done().stdout;
        let (_, examples) = help.split_once("Example").unwrap_or_else(|| panic!("{help}"));
        assert!(examples.contains(&format!("chainrule {command} ")), "{help}");
        assert!(help.contains("Usage: chainrule"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    assert_eq!(
        folder.run(&["help", "fit"]).done().stdout,
        folder.run(&["fit", "--help"]).done().stdout
    );
    let version = folder.run(&["--version"]).done().stdout;
    assert_eq!(version, format!("chainrule {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn show_tells_what_is_inside() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    folder
        .run(&[
            "fit",
            "t.csv",
            "--target",
            "size",
            "--epochs",
            "3",
            "--hidden",
            "5,4",
            "--activation",
            "relu",
        ])
        .done();
    let text = folder.run(&["show", "model.safetensors"]).done().stdout;
    assert!(!text.contains('\u{1b}'), "there is no terminal to color");
    for expected in [
        "layers.0.weight",
        "layers.1.bias",
        "layers.2.weight",
        "relu",
        "color",
        "one of large",
        "epoch",
        "t.csv",
        "seed 0",
    ] {
        assert!(text.contains(expected), "no {expected} in:\n{text}");
    }
    let object = folder
        .run(&["show", "model.safetensors", "--json", "--picture", "network.svg"])
        .done()
        .json();
    let shapes: Vec<(String, Value)> = object["parameters"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["name"].as_str().unwrap().to_string(), p["shape"].clone()))
        .collect();
    let biases = |shapes: &[(String, Value)]| shapes.iter().filter(|(name, _)| name.ends_with("bias")).count();
    assert_eq!((shapes.len(), biases(&shapes)), (6, 3));
    assert_eq!(object["record"]["history"].as_array().unwrap().len(), 3);
    assert!(roxmltree::Document::parse(&folder.text("network.svg")).is_ok());
}

#[test]
fn the_model_file_is_plain_safetensors() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    folder
        .run(&["fit", "t.csv", "--target", "size", "--epochs", "3", "--hidden", "7"])
        .done();
    // Read by nothing but the format's description: 8 bytes of length, a JSON header, the numbers.
    let bytes = folder.read("model.safetensors");
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    assert_eq!(bytes[8], b'{');
    let header: BTreeMap<String, Value> = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let data = &bytes[8 + length..];
    let metadata = header["__metadata__"].as_object().unwrap();
    assert!(metadata.values().all(Value::is_string));
    let mut covered = vec![false; data.len()];
    let mut found = BTreeMap::new();
    for (name, tensor) in header.iter().filter(|(name, _)| *name != "__metadata__") {
        assert_eq!(keys(tensor), ["data_offsets", "dtype", "shape"]);
        assert_eq!(tensor["dtype"], "F64");
        let shape: Vec<usize> = serde_json::from_value(tensor["shape"].clone()).unwrap();
        let [start, end]: [usize; 2] = serde_json::from_value(tensor["data_offsets"].clone()).unwrap();
        assert_eq!(end - start, 8 * shape.iter().product::<usize>(), "{name}");
        for cell in &mut covered[start..end] {
            assert!(!std::mem::replace(cell, true), "{name} overlaps another");
        }
        for number in data[start..end].chunks_exact(8) {
            assert!(f64::from_le_bytes(number.try_into().unwrap()).is_finite());
        }
        found.insert(name.as_str(), shape);
    }
    assert!(covered.iter().all(|cell| *cell));
    // x, three colors and the price go in; two classes come out.
    let names: Vec<&str> = found.keys().copied().collect();
    assert_eq!(
        names,
        ["layers.0.bias", "layers.0.weight", "layers.1.bias", "layers.1.weight"]
    );
    let sizes = |name: &str| found[name].iter().product::<usize>();
    assert_eq!((sizes("layers.0.weight"), sizes("layers.0.bias")), (5 * 7, 7));
    assert_eq!((sizes("layers.1.weight"), sizes("layers.1.bias")), (7 * 2, 2));
}

#[test]
fn data_sets_are_listed_written_and_taken_by_name() {
    let folder = Folder::new();
    let listed = folder.run(&["data"]).done().stdout;
    for dataset in chainrule_learn::DATASETS {
        assert!(listed.contains(&format!("  {} ", dataset.name)), "{}", dataset.name);
    }
    // The first row that scikit-learn 1.9.1 makes of make_moons(4, noise=0.1, random_state=7).
    let moons = [
        "data",
        "moons",
        "--samples",
        "4",
        "--noise",
        "0.1",
        "--random-state",
        "7",
    ];
    let written = folder.run(&moons).done().stdout;
    assert_eq!(
        written.lines().nth(1),
        Some("-0.1880222580603877,0.45650218674098986,1")
    );
    folder.run(&[&moons[..], &["--out", "moons.csv"]].concat()).done();
    assert_eq!(folder.read("moons.csv"), written.as_bytes());

    folder
        .run(&["fit", "wine", "--target", "cultivar", "--epochs", "2"])
        .done();
    let predicted = folder.run(&["predict", "model.safetensors", "wine"]).done().stdout;
    assert_eq!(predicted.lines().count(), 179);
    // A file of the same name comes first.
    folder.write("iris", "x,y\n1,2\n");
    let message = folder.run(&["fit", "iris", "--target", "y"]).stderr;
    assert!(message.contains("iris has 1 row"), "{message}");
    let refused = folder.run(&["data", "moon"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (Some(2), ""));
    assert!(
        refused
            .stderr
            .starts_with("error: there is no data set `moon`; did you mean `moons`? choose one of iris, wine"),
        "{}",
        refused.stderr
    );
}
