//! What the bench promises, without a browser.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::bench::Step;

/// The training loss of the third lesson's network, as the address of its example says it.
fn training_loss() -> Bench {
    let mut bench = Bench::new();
    for (name, value) in [
        ("build", "network"),
        ("widths", "3,4,4,1"),
        ("loss", "sum of squares"),
        ("samples", "4"),
        ("inputs", "anew"),
    ] {
        bench.set(name, value);
    }
    assert_eq!(bench.trouble, None);
    bench
}

fn formula(text: &str, numbers: &[(&str, &str)]) -> Bench {
    let mut bench = Bench::new();
    bench.set("formula", text);
    for (name, value) in numbers {
        bench.set(name, value);
    }
    bench
}

/// The card of a name, in what is drawn: data and gradient as they stand there.
fn card(bench: &Bench, name: &str) -> String {
    let pieces = bench.boxes().stage.pieces(&bench.moment());
    let label = format!(">{name}</text>");
    pieces.into_iter().find(|piece| piece.contains(&label)).unwrap()
}

#[test]
fn the_first_graph_is_the_neuron_with_its_gradients() {
    let bench = Bench::new();
    let result = card(&bench, "L");
    assert!(result.contains(">0.7071<") && result.contains(">1.0000<"), "{result}");
    assert!(card(&bench, "w1").contains(">1.0000<"), "{}", card(&bench, "w1"));
    assert!(card(&bench, "x1").contains(">−1.5000<"), "{}", card(&bench, "x1"));
    assert_eq!(bench.moved(), []);
}

#[test]
fn each_step_computes_one_value_or_hands_one_gradient_on() {
    let mut bench = formula("(a*b + c)*f", &[(".c", "10"), (".f", "-2"), ("step", "0")]);
    let steps = bench.made().walk.steps();
    assert_eq!(steps, 3 + 1 + 3);
    let known = |bench: &Bench| {
        let moment = bench.moment();
        let count =
            |of: fn(&chainrule_picture::graph::State) -> bool| moment.states.iter().filter(|state| of(state)).count();
        (
            count(|state| state.data.is_some()),
            count(|state| state.gradient.is_some_and(|gradient| gradient != 0.0)),
        )
    };
    let mut seen = vec![known(&bench)];
    for step in 1..=steps {
        let before = bench.view();
        bench.set("step", &step.to_string());
        seen.push(known(&bench));
        assert_ne!(bench.view(), before, "step {step} shows");
    }
    assert_eq!(seen, [(4, 0), (5, 0), (6, 0), (7, 0), (7, 1), (7, 3), (7, 5), (7, 7)]);
    assert_eq!(bench.position, None, "the last step is the end");
}

#[test]
fn the_gradients_are_the_engines() {
    for (text, numbers) in [
        ("tanh(x1*w1 + x2*w2 + b)", vec![(".x1", "0.3")]),
        ("(a*b)*(a + b) + a^2/b - ln(a)", vec![(".a", "0.7"), (".b", "-1.3")]),
        ("sigmoid(a)^3 * maximum(a, b) / exp(c) + softplus(a)", vec![]),
        ("a + a", vec![]),
    ] {
        let bench = formula(text, &numbers);
        let made = bench.made();
        let values: Vec<f64> = made.leaves.iter().map(|leaf| leaf.value).collect();
        let walked = made.walk.gradients(made.walk.steps());
        for (place, value) in made
            .walk
            .values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.differentiable)
        {
            let told = bench.source.explain(&values, value.id).unwrap();
            let (walked, told) = (walked[place].unwrap(), told.gradient);
            assert!(
                (walked - told).abs() <= 1e-12 * told.abs().max(1.0),
                "{text}: {walked} {told}"
            );
        }
    }
}

#[test]
fn the_training_loss_has_394_values_and_is_drawn_as_neurons() {
    let mut bench = training_loss();
    assert_eq!(bench.made().walk.values.len(), 394);
    let boxes = bench.shown().len();
    assert!((50..=80).contains(&boxes), "{boxes}");
    // Python's random.seed(0) and the notebook's arithmetic: what the lesson's scene prints for its loss.
    let scene = chainrule_lessons::lesson("autograd")
        .unwrap()
        .scene("training")
        .unwrap();
    let figures = scene.figures(&scene.controls().with_seed(0)).unwrap();
    let first = figures.iter().find(|figure| figure.name == "loss before").unwrap();
    let loss = bench.made().walk.values.last().unwrap().data;
    assert_eq!(first.computed.to_string(), loss.to_string());
    // Opened, a neuron shows its values; every value can be shown.
    let closed = bench
        .shown()
        .iter()
        .position(|shown| matches!(shown, crate::bench::Shown::Group(_)))
        .unwrap();
    let pick = bench.boxes().stage.cards()[closed].pick.clone();
    let (name, value) = pick.split_once(':').unwrap();
    bench.set(name, value);
    assert!(bench.shown().len() > boxes, "{}", bench.shown().len());
    bench.set("detail", "3");
    bench.set("open", "");
    assert_eq!(bench.shown().len(), 394);
}

#[test]
fn a_step_of_the_large_graph_sends_few_elements() {
    let mut bench = training_loss();
    bench.set("detail", "3");
    let mut largest = 0;
    for step in [5, 150, 299, 303, 304, 450, 600] {
        bench.set("step", &step.to_string());
        let before = bench.view();
        bench.set("step", &(step + 1).to_string());
        let after = bench.view();
        let sent: usize = after
            .changes(&before)
            .iter()
            .map(|change| change.to_string().len())
            .sum();
        // The step at which all gradients become 0 shows in every value.
        if bench.made().walk.step(step + 1) != Step::Seed {
            largest = largest.max(sent);
        }
    }
    let whole = bench.view().content().len();
    assert!(largest * 15 < whole, "{largest} of {whole}");
}

#[test]
fn paths_add_up_to_the_gradient_and_are_drawn() {
    let mut bench = formula("(a*b)*(a + b)", &[(".a", "-2"), (".b", "3")]);
    let id = bench
        .made()
        .walk
        .values
        .iter()
        .find(|value| value.name.as_deref() == Some("a"))
        .unwrap()
        .id;
    assert!(bench.moment().way.is_empty());
    bench.set("paths", &id.to_string());
    let told = bench.made().explanation.as_ref().unwrap().as_ref().unwrap();
    let sum: f64 = told.paths.iter().map(|path| path.product).sum();
    assert_eq!((told.paths.len(), told.gradient, sum), (2, -3.0, -3.0));
    assert_eq!(bench.moment().way.len(), 4);
    let view = bench.view().content();
    assert!(
        view.contains("∂L/∂a") && view.contains("which is the gradient"),
        "{view}"
    );
    bench.set("formula", "a*b");
    assert_eq!(bench.paths, None, "it was chosen in another graph");
}

#[test]
fn a_formula_that_makes_no_sense_is_marked_and_the_last_good_one_stays() {
    let mut bench = formula("a*b + c", &[]);
    let drawn = bench.boxes().stage.clone();
    bench.set("formula", "a*b + * c");
    let view = bench.view().content();
    assert!(view.contains("expected a number, a name or"), "{view}");
    assert!(
        view.contains("\n        ^") && view.contains("aria-invalid=\"true\""),
        "{view}"
    );
    assert_eq!(bench.boxes().stage, drawn);
    assert_eq!(bench.moved(), [("formula".to_string(), "a*b + * c".to_string())]);
    bench.set("formula", "a*b + 2*c");
    assert_eq!(bench.trouble, None);
    assert_ne!(bench.boxes().stage, drawn);
}

#[test]
fn a_moved_leaf_moves_what_follows_from_it_and_stands_in_the_address() {
    let mut bench = Bench::new();
    let before = bench.view();
    bench.set(".b", "0");
    assert_eq!(bench.moved(), [(".b".to_string(), "0".to_string())]);
    assert!(!bench.view().changes(&before).is_empty());
    let mut again = Bench::new();
    for (name, value) in bench.moved() {
        again.set(&name, &value);
    }
    assert_eq!(again.view(), bench.view());
    bench.set(".b", &FIRST_NUMBERS[4].1.to_string());
    assert_eq!(bench.moved(), []);
}

#[test]
fn all_of_the_page_stands_in_its_address() {
    let mut bench = training_loss();
    for (name, value) in [
        ("seed", "3"),
        (".w1.1.1", "0.5"),
        ("step", "17"),
        ("detail", "1"),
        ("size", "fit"),
        ("open", "s1"),
    ] {
        bench.set(name, value);
    }
    let id = bench
        .made()
        .walk
        .values
        .iter()
        .find(|value| value.differentiable)
        .unwrap()
        .id;
    bench.set("paths", &id.to_string());
    let mut again = Bench::new();
    for (name, value) in bench.moved() {
        again.set(&name, &value);
    }
    assert_eq!(again.moved(), bench.moved());
    assert_eq!(again.boxes().stage, bench.boxes().stage);
    assert_eq!(again.moment(), bench.moment());
}

#[test]
fn files_hold_what_is_shown() {
    let mut bench = training_loss();
    let dot = String::from_utf8(bench.file("graph.dot").unwrap().bytes).unwrap();
    assert_eq!(dot.matches("shape=record").count(), 394);
    let svg = String::from_utf8(bench.file("graph.svg").unwrap().bytes).unwrap();
    assert!(
        svg.starts_with("<svg xmlns") && svg.contains("prefers-color-scheme:dark"),
        "{}",
        &svg[..200]
    );
    assert!(svg.contains(">loss</text>") && !svg.contains("data-pick"));
    bench.set("step", "0");
    let before = String::from_utf8(bench.file("graph.dot").unwrap().bytes).unwrap();
    assert!(
        before.contains("{ loss | data –") && !dot.contains("{ loss | data –"),
        "{before}"
    );
    assert_eq!(bench.file("other"), None);
}

#[test]
fn hostile_values_leave_a_page_that_can_be_shown() {
    let long = "x+".repeat(5000);
    let deep = "(".repeat(3000);
    let names = [
        "build",
        "formula",
        "widths",
        "activation",
        "loss",
        "seed",
        "samples",
        "inputs",
        "step",
        "detail",
        "open",
        "paths",
        "look",
        "size",
        ".a",
        ".",
        ".x\u{0}",
        "none",
        "",
    ];
    let values = [
        "",
        "network",
        "formula",
        "-1",
        "NaN",
        "1e308",
        "-1e308",
        "99999999999999999999999",
        "<script>alert(1)</script>",
        "\"'&",
        "3,4,4,1",
        "16,16,16,16,16,16",
        "0,0",
        "1,1",
        "cross_entropy",
        "s1,s2,p,v3",
        "a/0",
        "ln(-a)",
        "2",
        "a",
        "a-a",
        "identity",
        &long,
        &deep,
        "\u{202e}é漢",
        ",,,,",
    ];
    let mut bench = Bench::new();
    for name in names {
        for value in values {
            bench.set(name, value);
            let view = bench.view();
            let mut ids = view.ids();
            ids.sort_unstable();
            assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{name} {value}");
            assert!(!view.content().contains("<script>"), "{name}");
            bench.set("build", "formula");
        }
    }
    assert!(bench.numbers.len() <= MOST_NUMBERS);
    bench.file("graph.svg").unwrap();
    bench.file("graph.dot").unwrap();
}

#[test]
fn a_graph_too_large_is_refused_with_its_size() {
    let mut bench = Bench::new();
    bench.set("formula", &vec!["x"; 1001].join("+"));
    assert!(
        bench.trouble.as_ref().unwrap().contains("at most 2000"),
        "{:?}",
        bench.trouble
    );
    bench.set("formula", &vec!["1"; 1000].join("+"));
    assert_eq!(bench.trouble, None);
    assert!(bench.made().walk.values.len() <= crate::bench::MOST_VALUES);
    assert!(!bench.view().content().is_empty());
    bench.set("build", "network");
    bench.set("widths", "16,16,16,16");
    bench.set("samples", "8");
    let trouble = bench.trouble.clone().unwrap();
    assert!(
        trouble.contains("at most 2000") && trouble.contains("narrower"),
        "{trouble}"
    );
    bench.set("widths", "8,8,1");
    assert_eq!(bench.trouble, None);
    assert!(bench.made().walk.values.len() <= crate::bench::MOST_VALUES);
}

#[test]
fn a_long_formula_is_drawn_in_parts() {
    let bench = formula(&vec!["tanh(a*b + 1)"; 40].join(" + "), &[]);
    let (values, boxes) = (bench.made().walk.values.len(), bench.shown().len());
    assert!(values > 150 && boxes <= 80, "{values} values in {boxes} boxes");
}
