//! What the exercises promise: right answers pass in any form, wrong ones are told why, unreadable ones how to write them.
#![allow(clippy::unwrap_used)]

use chainrule_lessons::{Exercise, Verdict, exercise, exercises};
use expect_test::expect;
use proptest::prelude::*;

fn check(name: &str, answer: &str) -> Verdict {
    exercise(name)
        .unwrap()
        .check(answer)
        .unwrap_or_else(|error| panic!("{name} `{answer}`: {error}"))
}

#[test]
fn every_file_is_sound() {
    let all = exercises().unwrap();
    assert!(all.len() >= 25, "{}", all.len());
    for exercise in all {
        let name = &exercise.name;
        for right in exercise.right_answers() {
            let verdict = exercise
                .check(right)
                .unwrap_or_else(|error| panic!("{name} `{right}`: {error}"));
            assert!(verdict.passed, "{name} `{right}`: {verdict}");
        }
        let example = exercise.example_answer();
        let verdict = exercise
            .check(&example)
            .unwrap_or_else(|error| panic!("{name} `{example}`: {error}"));
        assert!(!verdict.passed, "{name}: the example of the form gives the answer away");
        for (wrong, mistake) in exercise.listed_mistakes() {
            let verdict = exercise.check(wrong).unwrap();
            let diagnosis = verdict
                .diagnosis
                .as_ref()
                .unwrap_or_else(|| panic!("{name}: `{wrong}` is right"));
            assert_eq!(diagnosis.name, mistake, "{name} `{wrong}`");
            assert!(!diagnosis.because.is_empty());
        }
        assert!(
            exercise.question.ends_with('\n') && exercise.how_to_answer().starts_with("Answer with "),
            "{name}"
        );
    }
}

/// The lines of a table of answers, cell by cell.
fn table<const N: usize>(text: &'static str) -> Vec<[&'static str; N]> {
    let rows = text.lines().filter(|line| !line.starts_with('#'));
    rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>().try_into().unwrap())
        .collect()
}

#[test]
fn wrong_answers_get_the_right_diagnosis() {
    let rows = table(include_str!("wrong.txt"));
    assert!(rows.len() >= 60);
    let mut failed = vec![];
    for [name, answer, mistake] in rows {
        let verdict = check(name, answer);
        let told = verdict
            .diagnosis
            .as_ref()
            .map_or("none: it passed", |diagnosis| &diagnosis.name);
        if told != mistake {
            failed.push(format!("{name} `{answer}`: {mistake} expected, got {verdict}"));
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn right_answers_pass_in_any_form() {
    let rows = table(include_str!("right.txt"));
    assert!(rows.len() >= 60);
    let mut failed = vec![];
    for [name, answer] in rows {
        let verdict = check(name, &answer.replace('⏎', "\n"));
        if !verdict.passed || verdict.diagnosis.is_some() || verdict.parts.iter().any(|part| !part.passed) {
            failed.push(format!("{name} `{answer}`: {verdict}"));
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn counter_examples_are_the_smallest() {
    let cases = [
        (
            "multiply",
            "g*b, a",
            "at a = 1, b = 0, g = 2: your rule for b gives 1, finite differences give 2",
        ),
        (
            "multiply",
            "g*a, g*b",
            "at a = 0, b = 1, g = 1: your rule for a gives 0, finite differences give 1",
        ),
        (
            "subtract",
            "g, g",
            "at a = 0, b = 0, g = 1: your rule for b gives 1, finite differences give -1",
        ),
        (
            "divide",
            "g/b, -g*a/b",
            "at a = 1, b = -1, g = 1: your rule for b gives 1, finite differences give -1",
        ),
        (
            "divide",
            "g/b, 0/a - g*a/b^2",
            "at a = 0, b = 1, g = 1: your rule for b gives no finite number, finite differences give 0",
        ),
        (
            "tanh",
            "g",
            "at x = 1, g = 1: your rule for x gives 1, finite differences give 0.419974",
        ),
        (
            "power",
            "g*a^(n-1)",
            "at a = 1, n = 0, g = 1: your rule for a gives 1, finite differences give 0",
        ),
        (
            "descent-step",
            "x - (2*x + 3)",
            "at x = 0, rate = 0.5: your rule for x gives -3, finite differences give -1.5",
        ),
        (
            "double",
            "g",
            "at a = 0, g = 1: your rule for a gives 1, finite differences give 2",
        ),
        (
            "last-gradients",
            "6, 4",
            "your value for b is 4, finite differences give -4",
        ),
        (
            "neuron-gradients",
            "0.5, -1.5, 2, 0.5, 0",
            "your value for w1 is 2, finite differences give 1",
        ),
        (
            "two-samples",
            "-2*x*(y - w*x + v - w*u)",
            "at y = 0, w = 0, x = 0, v = 1, u = 1: your rule for w gives 0, finite differences give -2",
        ),
    ];
    for (name, answer, expected) in cases {
        let verdict = check(name, answer);
        assert_eq!(
            verdict.diagnosis.unwrap().counter_example.unwrap().to_string(),
            expected,
            "{name} `{answer}`"
        );
    }
}

#[test]
fn a_rule_that_is_right_but_not_everywhere_is_told_where() {
    let verdict = check("multiply", "g*y/a, g*y/b");
    expect![[r#"
        Wrong. Compared with finite differences at 40 random points, and at small whole numbers.
        a, b: not everywhere: it is right at most points, but not where it divides by zero or leaves its domain
          at a = 0, b = 0, g = 1: your rule for a gives no finite number, finite differences give 0
    "#]]
    .assert_eq(&verdict.to_string());
}

#[test]
fn answers_that_cannot_be_read_say_what_is_there() {
    let long = "g+".repeat(2000);
    let cases = [
        (
            "multiply",
            "",
            "the answer is empty; write one formula or value for each part",
        ),
        ("multiply", "g*b", "2 formulas are needed, for a, b; b missing"),
        ("multiply", "g*b, g*a, g", "2 formulas are needed, for a, b; got 3"),
        (
            "multiply",
            "a = g*b, g*a",
            "some parts have a label and some have none; label all of them, as in a = …, b = …",
        ),
        (
            "multiply",
            "a = g*b, a = g*a",
            "a is answered twice; give one formula for it",
        ),
        (
            "multiply",
            "a = g*b, c = g*a",
            "there is no part `c`; choose one of a, b",
        ),
        (
            "multiply",
            "g*b, g*z",
            "the part for b: there is no name `z`; choose one of a, b, g, y",
        ),
        (
            "multiply",
            &long,
            "the answer has 4000 characters, more than 2000; simplify it",
        ),
        ("quadratic-fit", "hidden=8", "epochs is missing; write it as epochs=10"),
        (
            "quadratic-fit",
            "hidden=0, rate=1, epochs=1",
            "hidden=0 cannot be tried; give a whole number from 1 to 128",
        ),
        (
            "quadratic-fit",
            "hidden=1, rate=-1, epochs=1",
            "rate=-1 is no learning rate; give a number above 0, at most 1000",
        ),
        (
            "quadratic-fit",
            "hiden=1, rate=1, epochs=1",
            "there is no setting `hiden`; did you mean `hidden`? choose one of hidden, rate, epochs, activation",
        ),
        (
            "quadratic-fit",
            "hidden=128, rate=1, epochs=20000",
            "hidden × epochs is 2560000, more than 400000; fewer neurons or fewer epochs will do",
        ),
    ];
    for (name, answer, expected) in cases {
        let error = exercise(name).unwrap().check(answer).unwrap_err();
        assert!(error.is_request());
        assert_eq!(error.to_string(), expected, "{name} `{answer}`");
    }
    let error = exercise("multipl").unwrap_err().to_string();
    assert!(
        error.starts_with("there is no exercise `multipl`; did you mean `multiply`? choose one of "),
        "{error}"
    );
}

/// A file that is right, to be broken in one place.
const FILE: &str = r#"
title = "T"
lesson = "autograd"
kind = "rule"
question = "Q"
graph = ["y = a*b"]
asked = ["a", "b"]
answer = "g*b, g*a"
"#;

#[test]
fn a_broken_file_says_what_is_broken() {
    assert!(Exercise::parse("mine", FILE).unwrap().check("g*b, g*a").unwrap().passed);
    let cases = [
        ("title = \"T\"", "", "missing field `title`"),
        ("title", "titel", "unknown field `titel`"),
        ("\"T\"", "\" \"", "exercise mine: its title is empty"),
        (
            "\"autograd\"",
            "\"autogra\"",
            "exercise mine: there is no lesson `autogra`; did you mean `autograd`?",
        ),
        ("\"rule\"", "\"rules\"", "unknown variant `rules`"),
        (
            "[\"y = a*b\"]",
            "[]",
            "exercise mine: it has no graph; give graph = [\"y = …\"]",
        ),
        (
            "y = a*b",
            "a*b",
            "exercise mine: the graph has `a*b`; write it as `name = formula`",
        ),
        (
            "y = a*b",
            "y = a*",
            "exercise mine: graph: expression: expected a number",
        ),
        (
            "y = a*b",
            "y = a*g",
            "exercise mine: g has a meaning of its own here; call it otherwise in the graph",
        ),
        (
            "y = a*b",
            "y = a*y",
            "exercise mine: y is used in the graph before it is defined",
        ),
        (
            "[\"a\", \"b\"]",
            "[]",
            "exercise mine: it asks for nothing; give asked = [\"…\"]",
        ),
        (
            "[\"a\", \"b\"]",
            "[\"a\", \"c\"]",
            "exercise mine: there is no name `c`; choose one of a, b, g, y",
        ),
        (
            "[\"a\", \"b\"]",
            "[\"a\", \"a\"]",
            "exercise mine: a is asked for twice",
        ),
        (
            "g*b, g*a\"",
            "g*b\"",
            "exercise mine: 2 formulas are needed, for a, b; b missing",
        ),
        (
            "g*a\"",
            "g*a\"\n[range]\nc = [0, 1]",
            "exercise mine: c has numbers but the graph does not use it; it uses a, b",
        ),
        (
            "g*a\"",
            "g*a\"\n[range]\na = [1, 1]",
            "exercise mine: the range of a is [1, 1]; give two numbers, the smaller one first",
        ),
        (
            "g*a\"",
            "g*a\"\n[at]\na = 1",
            "exercise mine: only the kind gradients has a table [at]",
        ),
        (
            "\"rule\"",
            "\"gradients\"",
            "exercise mine: a has no value; give one in [at]",
        ),
        (
            "\"rule\"",
            "\"fit\"",
            "exercise mine: an exercise of the kind fit needs a table [fit]",
        ),
        (
            "\"rule\"",
            "\"rule\"\nrate = \"r\"",
            "exercise mine: only the kind formula has a rate",
        ),
    ];
    for (old, new, expected) in cases {
        assert!(FILE.contains(old));
        let error = Exercise::parse("mine", &FILE.replacen(old, new, 1))
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{old} → {new}: {error}");
    }
    let nowhere = FILE
        .replace("y = a*b", "y = ln(a)*b")
        .replace("g*a\"", "g*a\"\n[range]\na = [-2, -1]");
    let error = Exercise::parse("mine", &nowhere)
        .unwrap()
        .check("g, g")
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the derivatives asked for exist at only 0 of 40 points of a in [-2, -1]"),
        "{error}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_gets_a_verdict_or_a_message(text in "\\PC{0,60}", formula in "[-gabxty0-9.+*/^()<>=,; ]{0,40}") {
        for name in ["multiply", "tanh", "last-gradients", "simultaneous-step", "quadratic-fit"] {
            let exercise = exercise(name).unwrap();
            for answer in [&text, &formula] {
                if let Err(error) = exercise.check(answer) {
                    prop_assert!(!error.to_string().is_empty());
                }
            }
        }
    }

    #[test]
    fn any_file_is_an_exercise_or_a_message(key in "title|kind|graph|asked|answer|rate|range|at|fit|wrong", value in "\\PC{0,30}") {
        let quoted = format!("{key} = '{}'", value.replace('\'', ""));
        let replaced: Vec<&str> = FILE.lines().filter(|line| !line.starts_with(&key)).collect();
        for text in [value.clone(), format!("{}\n{quoted}", replaced.join("\n")), format!("{FILE}{value}")] {
            if let Err(error) = Exercise::parse("mine", &text) {
                prop_assert!(error.to_string().starts_with("exercise mine: "));
            }
        }
    }
}
