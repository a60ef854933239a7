//! What every lesson promises, whatever it teaches.
#![allow(clippy::unwrap_used)]

use chainrule_lessons::{Controls, Figure, LESSONS, Scene, Value, lesson};

/// Every scene with the name of its lesson.
fn scenes() -> impl Iterator<Item = (String, &'static Scene)> {
    LESSONS.iter().flat_map(|lesson| {
        let scenes = lesson.scenes.iter();
        scenes.map(|scene| (format!("{} {}", lesson.name, scene.name), scene))
    })
}

fn figures(scene: &Scene) -> Vec<Figure> {
    scene.figures(&scene.controls()).unwrap()
}

#[test]
fn names_are_unique_and_can_be_typed() {
    let check = |kind: &str, names: Vec<&str>| {
        for (i, name) in names.iter().enumerate() {
            assert!(!name.is_empty(), "{kind} without a name");
            assert!(!names[..i].contains(name), "{kind}: two are called {name}");
        }
    };
    let typed = |name: &str| {
        name.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    check("lessons", LESSONS.iter().map(|lesson| lesson.name).collect());
    for lesson in &LESSONS {
        check(lesson.name, lesson.scenes.iter().map(|scene| scene.name).collect());
        assert!(lesson.scenes.iter().all(|scene| typed(scene.name)), "{}", lesson.name);
    }
    for (name, scene) in scenes() {
        let figures = figures(scene);
        check(&name, figures.iter().map(|figure| figure.name.as_str()).collect());
        check(
            &name,
            scene.controls().iter().map(|(control, _)| control.name).collect(),
        );
    }
}

#[test]
fn controls_start_within_their_range_and_every_picture_follows_each() {
    for (name, scene) in scenes() {
        let start = scene.controls();
        let drawn = |controls: &Controls| -> Vec<String> {
            let pictures = scene.pictures(controls).unwrap();
            pictures.iter().map(|picture| picture.svg().to_string()).collect()
        };
        let at_start = drawn(&start);
        assert_eq!(at_start, drawn(&start), "{name}: the same controls give other pictures");
        for (control, value) in start.iter() {
            assert!(
                (control.from..=control.to).contains(&value) && control.step > 0.0,
                "{name}: {}",
                control.name
            );
            assert!(!control.doc.is_empty(), "{name}: {}", control.name);
            let mut differ = false;
            for value in [control.from, control.to, value + control.step] {
                let mut controls = start.clone();
                if controls.set(control.name, value).is_ok() {
                    differ |= drawn(&controls) != at_start;
                    scene.figures(&controls).unwrap();
                }
            }
            assert!(differ, "{name}: no picture follows {}", control.name);
        }
    }
}

#[test]
fn every_name_in_the_prose_has_its_number() {
    for (name, scene) in scenes() {
        let prose = scene.prose(&scene.controls(), &figures(scene));
        assert!(prose.chars().count() > 200, "{name} is hardly told");
        assert!(
            !prose.contains('{') && !prose.contains('}'),
            "{name}: a name without a number in\n{prose}"
        );
        for line in prose.lines() {
            assert!(line.chars().count() <= 160, "{name}: a long line\n{line}");
        }
    }
}

#[test]
fn one_of_a_thing_is_told_as_one() {
    let several = [
        "steps", "epochs", "calls", "walks", "neurons", "samples", "rows", "points", "weights",
    ];
    for (name, scene) in scenes() {
        for (control, _) in scene.controls().iter().filter(|(control, _)| control.from == 1.0) {
            let mut controls = scene.controls();
            controls.set(control.name, 1.0).unwrap();
            let prose = scene.prose(&controls, &scene.figures(&controls).unwrap());
            let words: Vec<&str> = prose.split_whitespace().collect();
            for pair in words.windows(2) {
                // A layer of `4, 4 and 1 neurons` is a list.
                let alone = !prose.contains(&format!("and {} {}", pair[0], pair[1]));
                let thing = pair[1].trim_end_matches(['.', ',', ':']);
                assert!(
                    pair[0] != "1" || !alone || !several.contains(&thing),
                    "{name}: {pair:?}"
                );
            }
        }
    }
}

/// Whether a number, written with as many digits as the printed text, reads the same.
fn agrees(printed: &str, value: &Value) -> bool {
    let shown = value.to_string();
    let Value::Number(number) = value else {
        return shown == printed;
    };
    let Ok(read) = printed.parse::<f64>() else {
        return shown == printed;
    };
    let decimals = printed
        .split('.')
        .nth(1)
        .map_or(0, |part| part.chars().take_while(char::is_ascii_digit).count());
    shown == printed || (!printed.contains('e') && (number - read).abs() <= 0.5000001 * 10f64.powi(-(decimals as i32)))
}

#[test]
fn what_a_notebook_prints_is_reproduced_or_the_difference_is_explained() {
    let mut printed = 0;
    for (name, scene) in scenes() {
        for figure in figures(scene) {
            if let Some(text) = &figure.as_printed {
                printed += 1;
                assert!(
                    agrees(text, &figure.computed) || figure.why.is_some(),
                    "{name}, {}: printed {text}, computed {}, and nobody says why",
                    figure.name,
                    figure.computed
                );
            }
            if let Some(right) = &figure.corrected {
                assert!(
                    figure.why.is_some(),
                    "{name}, {}: corrected without a reason",
                    figure.name
                );
                let wrong = figure.as_printed.clone().unwrap_or(figure.computed.to_string());
                assert!(
                    right.to_string() != wrong,
                    "{name}, {}: nothing is corrected",
                    figure.name
                );
            }
            if let Value::Number(number) = figure.computed {
                assert!(
                    number.is_finite() || figure.corrected.is_some(),
                    "{name}, {}: {number}",
                    figure.name
                );
            }
        }
    }
    assert!(printed > 0);
}

#[test]
fn unknown_names_are_told_the_nearest() {
    let message = |result: chainrule_lessons::Result<()>| {
        let error = result.unwrap_err();
        assert!(error.is_request());
        error.to_string()
    };
    expect_test::expect!["there is no lesson `geomtry`; did you mean `geometry`? choose one of geometry, neuron, autograd, model-loss-optimizer, by-hand"]
        .assert_eq(&message(lesson("geomtry").map(drop)));
    let geometry = lesson("geometry").unwrap();
    assert!(
        message(geometry.scene("one-neuro").map(drop)).starts_with(
            "there is no scene of geometry `one-neuro`; did you mean `one-neuron`? choose one of one-neuron"
        )
    );
    let mut controls = geometry.scene("one-neuron").unwrap().controls();
    expect_test::expect!["there is no control `weight`; did you mean `w`? choose one of w, b"]
        .assert_eq(&message(controls.set("weight", 1.0)));
    expect_test::expect!["w = 11 is out of its range; choose a number from -10 to 10"]
        .assert_eq(&message(controls.set("w", 11.0)));
    assert!(controls.set("w", f64::NAN).is_err());
    let mut net = geometry.scene("train-a-net").unwrap().controls();
    expect_test::expect!["hidden = 2.6 is no whole number; choose 2 or 3"].assert_eq(&message(net.set("hidden", 2.6)));
}
