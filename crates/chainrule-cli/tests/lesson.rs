//! `chainrule lesson`, as a person and as a program meet it.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::Folder;
use serde_json::Value;
use std::collections::BTreeSet;

fn figures(arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["lesson"], arguments, &["--json"]].concat();
    let told = Folder::new().run(&arguments).done().json();
    assert_eq!(told["lesson"], arguments[1]);
    told["figures"].as_array().unwrap().clone()
}

#[test]
fn the_notebooks_numbers_come_out_to_the_last_digit() {
    let figures = figures(&["by-hand"]);
    for printed in [
        "0.4144461358278726",
        "101.32961290191164",
        "132.0854176645698",
        "131.80677685986092",
        "129.8450062254458",
        "123.33196509825842",
        "111.44619152943271",
        "104.25314828273383",
        "102.76034914846261",
        "105.2827433708648",
        "0.0003058349135338318",
        "5.040642635748519e-09",
        "1.2706912599150398e-13",
    ] {
        let figure = figures.iter().find(|figure| figure["as_printed"] == printed);
        let computed = figure.unwrap_or_else(|| panic!("{printed} is nowhere"))["computed"].as_f64();
        assert_eq!(computed, printed.parse().ok(), "{printed}");
    }
    let json = Folder::new().run(&["lesson", "by-hand", "--json"]).stdout;
    assert!(
        json.contains("\"computed\": 5.040642635748519e-09,"),
        "numbers are shown as Python shows them"
    );
}

#[test]
fn all_five_lessons_have_their_figures_and_put_mistakes_right() {
    let (mut count, mut mistakes) = (0, 0);
    for lesson in ["geometry", "neuron", "autograd", "model-loss-optimizer", "by-hand"] {
        let figures = figures(&[lesson]);
        for figure in &figures {
            let keys: BTreeSet<&str> = figure.as_object().unwrap().keys().map(String::as_str).collect();
            assert_eq!(
                keys,
                BTreeSet::from(["scene", "name", "as_printed", "computed", "corrected", "why"])
            );
            let corrected = !figure["corrected"].is_null();
            assert!(!corrected || figure["why"].is_string(), "{figure}");
            mistakes += usize::from(corrected);
        }
        count += figures.len();
        assert!(!figures.is_empty(), "{lesson}");
    }
    assert!(count >= 500 && mistakes >= 80, "{count} figures, {mistakes} put right");
}

#[test]
fn another_seed_trains_another_network() {
    let emily = |seed: &str| {
        let figures = figures(&["neuron", "training", "--seed", seed]);
        let figure = figures.iter().find(|figure| figure["name"] == "Emily").unwrap();
        assert_eq!(
            figures
                .iter()
                .filter(|f| f["name"].as_str().unwrap().starts_with("loss@"))
                .count(),
            100
        );
        figure["computed"].as_f64().unwrap()
    };
    // numpy 2.4.6: RandomState(seed).normal() for w1…w6, b1…b3, then 1000 epochs of the notebook's formulas.
    assert!((emily("0") - 0.9461602289784368).abs() < 1e-12, "{}", emily("0"));
    assert!((emily("7") - 0.9483377239949877).abs() < 1e-12, "{}", emily("7"));
}

#[test]
fn a_scene_is_told_with_its_numbers_controls_and_reasons() {
    let folder = Folder::new();
    let set = ["--set", "w=2", "--set", "b=-1"];
    let text = folder
        .run(&[&["lesson", "geometry", "one-neuron"][..], &set].concat())
        .done()
        .stdout;
    for part in [
        "y = -11.0 at the left edge",
        "--set w=2",
        "--set b=-1",
        "y(5)",
        "### Try",
        "### Answer",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let listed = folder.run(&["lesson"]).done().stdout;
    assert!(listed.contains("one-neuron") && listed.contains("easy-problem"));
}

#[test]
fn pictures_go_into_a_folder_and_are_whole() {
    let folder = Folder::new();
    let ran = folder.run(&["lesson", "geometry", "--svg", "new/pictures"]).done();
    assert!(ran.stderr.starts_with("wrote "), "{}", ran.stderr);
    let files = folder.content();
    let pictures: Vec<_> = files
        .iter()
        .filter_map(|(path, content)| Some((path, content.as_ref()?)))
        .collect();
    assert!(pictures.len() >= 11);
    assert!(folder.path("new/pictures/geometry-one-neuron.svg").exists());
    for (path, content) in pictures {
        let text = std::str::from_utf8(content).unwrap();
        roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
}

#[test]
fn wrong_words_are_refused_and_the_nearest_right_one_is_named() {
    let folder = Folder::new();
    expect![[r#"
        error: there is no lesson `geometri`; did you mean `geometry`? choose one of geometry, neuron, autograd, model-loss-optimizer, by-hand
    "#]].assert_eq(&folder.refuses(&["lesson", "geometri"], 2));
    expect![[r#"
        error: there is no scene of by-hand `trainig`; did you mean `training`? choose one of data, least-squares, weights, products, forward-pass, partial-derivatives, training, first-drop, two-coefficients, easy-problem
    "#]].assert_eq(&folder.refuses(&["lesson", "by-hand", "trainig"], 2));
    expect![[r#"
        error: there is no control `v`; choose one of w, b
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "geometry", "one-neuron", "--set", "v=1"], 2));
    expect![[r#"
        error: w = 11 is out of its range; choose a number from -10 to 10
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "geometry", "one-neuron", "--set", "w=11"], 2));
    expect![[r#"
        error: the following required arguments were not provided:
          <SCENE>

        Usage: chainrule lesson --set <NAME=VALUE> <LESSON> <SCENE>

        For more information, try '--help'.
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "geometry", "--set", "w=1"], 2));
    expect![[r#"
        error: the following required arguments were not provided:
          <LESSON>

        Usage: chainrule lesson --json <LESSON> [SCENE]

        For more information, try '--help'.
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "--json"], 2));
    expect![[r#"
        error: invalid value '-1' for '--seed <SEED>': -1 is not in 0..=4294967295

        For more information, try '--help'.
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "neuron", "--seed", "-1"], 2));
    folder.write("taken", "");
    expect![[r#"
        error: the folder taken cannot be made: File exists (os error 17); name another one
    "#]]
    .assert_eq(&folder.refuses(&["lesson", "geometry", "--svg", "taken"], 1));
}

#[test]
fn a_reason_that_many_figures_share_is_told_once() {
    let told = Folder::new().run(&["lesson", "neuron", "training"]).done().stdout;
    let reason = "  loss@0 … Frank (48 figures): the notebook's run has no seed\n";
    assert!(told.ends_with(&format!("\n{reason}\n")), "{told}");
    assert_eq!(told.matches("the notebook's run has no seed").count(), 1);
}
