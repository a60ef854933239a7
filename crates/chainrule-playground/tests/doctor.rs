//! The doctor finds what is wrong, its change mends it, and it leaves healthy runs alone.
#![allow(clippy::unwrap_used)]

use chainrule_playground::{Change, Code, Data, Finding, Run, Setup, Weight, Worked, doctor};

/// The choices, without the noise that moons and circles have unless told otherwise: it is learned by heart in time, which would be
/// a finding of its own.
fn setup(pairs: &[(&str, &str)]) -> Setup {
    let noisy = pairs
        .iter()
        .any(|(name, value)| *name == "data" && ["moons", "circles"].contains(value));
    let quiet = noisy.then_some(("noise", "0"));
    Setup::from_pairs(quiet.into_iter().chain(pairs.iter().copied())).unwrap()
}

/// The run of a setup after so many steps, or where it stopped by itself.
fn run(setup: &Setup, steps: usize) -> Run {
    let data = Data::open(setup, None).unwrap();
    let mut run = Run::new(setup.clone(), data).unwrap();
    run.seek(steps);
    while run.work(&mut || false).unwrap() == Worked::More {}
    run
}

fn codes(findings: &[Finding]) -> Vec<Code> {
    findings.iter().map(|finding| finding.code).collect()
}

/// Whatever is found must be found for the beginnings and divisions of each of these, and for the data made with them.
const SEEDS: [&str; 5] = ["0", "1", "2", "3", "4"];

/// The choices with a seed.
fn seeded(pairs: &[(&str, &str)], seed: &str) -> Setup {
    let mut setup = setup(pairs);
    for name in ["seed", "data_seed"] {
        setup.set(name, seed).unwrap();
    }
    setup
}

/// The findings of some choices with each seed, once the change of each was seen to mend it.
fn found_and_mended(pairs: &[(&str, &str)], steps: usize, code: Code) -> Vec<Finding> {
    named_and_mended(pairs, steps, &[code])
}

/// The same where it shows in one of several ways, depending on the seed.
fn named_and_mended(pairs: &[(&str, &str)], steps: usize, ways: &[Code]) -> Vec<Finding> {
    let (mut found, mut wrong) = (vec![], vec![]);
    for seed in SEEDS {
        let mut setup = seeded(pairs, seed);
        let findings = doctor(&run(&setup, steps)).unwrap();
        let Some(finding) = findings.iter().find(|finding| ways.contains(&finding.code)) else {
            wrong.push(format!("seed {seed}: none of {ways:?} is among {findings:#?}"));
            continue;
        };
        assert!(finding.found.chars().any(|c| c.is_ascii_digit()), "{}", finding.found);
        let (name, value) = finding.change.clone().unwrap();
        setup.set(name, &value).unwrap();
        let after = doctor(&run(&setup, steps)).unwrap();
        if codes(&after).iter().any(|code| ways.contains(code)) {
            wrong.push(format!(
                "seed {seed}: {name} = {value} after {finding:#?} gives {after:#?}"
            ));
        }
        found.push(finding.clone());
    }
    assert!(wrong.is_empty(), "{pairs:?}: {}", wrong.join("\n"));
    found
}

#[test]
fn a_rate_that_breaks_everything() {
    let pairs = [("data", "sine"), ("activation", "relu"), ("rate", "1000")];
    for finding in found_and_mended(&pairs, 1000, Code::NotFinite) {
        assert!(
            finding.grave && finding.found.contains("the operation"),
            "{}",
            finding.found
        );
    }
    // Before it happened there is nothing to find.
    let mut before = run(&setup(&pairs), 1000);
    before.seek(0);
    before.work(&mut || false).unwrap();
    assert!(!codes(&doctor(&before).unwrap()).contains(&Code::NotFinite));
}

#[test]
fn inputs_that_were_not_scaled() {
    for finding in found_and_mended(&[("data", "wine"), ("scaling", "off")], 200, Code::UnscaledInputs) {
        assert!(finding.found.contains("proline"), "{}", finding.found);
    }
}

#[test]
fn a_rate_that_is_too_large() {
    for (data, rate, says) in [
        ("sine", "0.7", "has been"),
        ("sine", "0.8", "jumps up"),
        ("moons", "0.6", "who only guesses"),
    ] {
        let pairs = [("data", data), ("optimizer", "adam"), ("rate", rate)];
        // A network that such steps have saturated may stand still.
        let findings = named_and_mended(&pairs, 1000, &[Code::RateTooLarge, Code::SaturatedNeurons]);
        assert!(findings[0].found.contains(says), "{}", findings[0].found);
        for finding in findings {
            assert_eq!(
                finding.change.as_ref().map(|(name, _)| *name),
                Some("rate"),
                "{finding:#?}"
            );
        }
    }
}

#[test]
fn a_rate_that_is_too_small() {
    for finding in found_and_mended(&[("data", "moons"), ("rate", "0.0005")], 1000, Code::RateTooSmall) {
        assert_eq!(finding.change, Some(("rate", "0.005".to_string())));
    }
    found_and_mended(
        &[("data", "sine"), ("optimizer", "adam"), ("rate", "0.00003")],
        1000,
        Code::RateTooSmall,
    );
}

/// What does not learn, what changes that, and a word of why.
fn learns_nothing(pairs: &[(&str, &str)], steps: usize, change: Option<(&'static str, &str)>, why: &str) {
    for finding in found_and_mended(pairs, steps, Code::NoLearning) {
        if let Some((name, value)) = change {
            assert_eq!(finding.change, Some((name, value.to_string())));
        }
        assert!(finding.found.contains(why), "{}", finding.found);
    }
}

#[test]
fn nothing_is_learned_by_a_line() {
    // A straight line between the two classes does not help.
    let linear = [("data", "circles"), ("widths", ""), ("rate", "0.2")];
    learns_nothing(&linear, 1000, Some(("widths", "8")), "linear model");
    let identity = [("data", "xor"), ("activation", "identity"), ("rate", "0.2")];
    learns_nothing(&identity, 3000, Some(("activation", "tanh")), "linear model");
}

#[test]
fn nothing_is_learned_where_weights_are_held() {
    learns_nothing(&[("data", "moons"), ("l2", "1")], 1000, Some(("l2", "0")), "penalty");
}

#[test]
fn nothing_is_learned_where_gradients_vanish() {
    let deep = [("widths", "6,6,6,6,6,6"), ("activation", "sigmoid"), ("rate", "0.2")];
    learns_nothing(&deep, 2000, None, "vanish");
}

#[test]
fn neurons_that_learn_nothing_any_more() {
    // Biases far below 0 kill ReLUs.
    let setup = setup(&[("activation", "relu")]);
    let mut dead = run(&setup, 100);
    for to in [0, 2, 3] {
        let which = Weight {
            layer: 0,
            from: None,
            to,
        };
        dead.change(Change::weight(which, -50.0).unwrap()).unwrap();
    }
    let mut steps = 0;
    dead.work(&mut || {
        steps += 1;
        steps == 200
    })
    .unwrap();
    let findings = doctor(&dead).unwrap();
    let finding = findings
        .iter()
        .find(|finding| finding.code == Code::DeadNeurons)
        .unwrap();
    assert!(finding.grave);
    for neuron in [(0, 0), (0, 2), (0, 3)] {
        assert!(finding.neurons.contains(&neuron), "{finding:?}");
    }
    let (name, value) = finding.change.clone().unwrap();
    let mut mended = dead.fork(dead.at(), &[(name, value.as_str())]).unwrap();
    mended.seek(dead.at() + 1000);
    mended.work(&mut || false).unwrap();
    assert!(!codes(&doctor(&mended).unwrap()).contains(&Code::DeadNeurons));
}

#[test]
fn neurons_that_are_saturated() {
    let pairs = [("data", "wine"), ("scaling", "off"), ("rate", "0.01")];
    for finding in found_and_mended(&pairs, 300, Code::SaturatedNeurons) {
        assert_eq!(finding.change, Some(("scaling", "on".to_string())));
        assert!(finding.grave && finding.neurons.len() > 1 && finding.neurons.iter().any(|(layer, _)| *layer == 0));
    }
}

#[test]
fn long_steps_that_saturate_neurons() {
    let pairs = [("data", "friedman1"), ("optimizer", "adam"), ("rate", "0.3")];
    for finding in found_and_mended(&pairs, 1000, Code::SaturatedNeurons) {
        assert!(finding.neurons.len() >= 4, "{finding:?}");
        assert_eq!(finding.change, Some(("rate", "0.003".to_string())));
    }
}

#[test]
fn noise_that_is_learned_by_heart() {
    let pairs = [
        ("data", "moons"),
        ("rows", "60"),
        ("noise", "0.5"),
        ("widths", "16,16"),
        ("optimizer", "adam"),
        ("rate", "0.02"),
        ("validation", "0.5"),
    ];
    for finding in found_and_mended(&pairs, 1200, Code::Overfitting) {
        assert!(
            finding.found.contains("while the training loss fell"),
            "{}",
            finding.found
        );
    }
}

#[test]
fn healthy_runs_are_left_alone() {
    let healthy: &[&[(&str, &str)]] = &[
        &[("data", "moons")],
        &[("data", "moons"), ("rate", "0.2")],
        &[("data", "moons"), ("optimizer", "adam"), ("activation", "silu")],
        &[
            ("data", "moons"),
            ("activation", "leaky_relu"),
            ("batch", "1000"),
            ("rate", "0.3"),
        ],
        &[
            ("data", "sine"),
            ("activation", "gelu"),
            ("batch", "3"),
            ("rate", "0.02"),
        ],
        &[("data", "circles"), ("rate", "0.1")],
        &[
            ("data", "circles"),
            ("optimizer", "adam"),
            ("rate", "0.01"),
            ("widths", "8"),
        ],
        &[("data", "blobs")],
        &[("data", "blobs"), ("widths", "")],
        &[("data", "xor"), ("rate", "0.2"), ("momentum", "0.5")],
        &[
            ("data", "spiral"),
            ("widths", "8,8"),
            ("optimizer", "adam"),
            ("rate", "0.01"),
        ],
        &[("data", "sine"), ("rate", "0.1")],
        &[("data", "sine"), ("optimizer", "rmsprop"), ("widths", "8")],
        &[("data", "friedman1"), ("rows", "500")],
        &[
            ("data", "swiss_roll"),
            ("optimizer", "adam"),
            ("rate", "0.01"),
            ("widths", "8,8"),
        ],
        &[
            ("data", "regression"),
            ("rows", "1000"),
            ("widths", ""),
            ("rate", "0.005"),
        ],
        &[("data", "classification"), ("rows", "1000"), ("l2", "0.003")],
        &[("data", "iris")],
        &[("data", "wine"), ("rate", "0.02")],
        &[("data", "breast_cancer"), ("l2", "0.001"), ("rate", "0.02")],
    ];
    let mut alarms = vec![];
    let mut examined = 0;
    for (pairs, seed) in healthy.iter().flat_map(|pairs| SEEDS.map(|seed| (pairs, seed))) {
        let mut healthy = run(&seeded(pairs, seed), 0);
        let steps: &[usize] = match cfg!(debug_assertions) {
            true => &[150, 400],
            false => &[0, 60, 100, 150, 250, 400, 700, 1000, 4000],
        };
        for steps in steps {
            healthy.seek(*steps);
            healthy.work(&mut || false).unwrap();
            let findings = doctor(&healthy).unwrap();
            let told = |finding: &Finding| {
                format!(
                    "{pairs:?} with seed {seed} after {steps} steps: {:?} {}",
                    finding.code, finding.found
                )
            };
            alarms.extend(findings.iter().map(told));
            examined += 1;
        }
    }
    assert!(
        alarms.is_empty(),
        "{} of {examined}:\n{}",
        alarms.len(),
        alarms.join("\n")
    );
}
