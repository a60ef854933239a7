//! What `chainrule exercise` promises: the list, the question, the verdict and its exit code.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::Folder;
use serde_json::json;

#[test]
fn the_list_names_every_exercise_under_its_lesson() {
    let list = Folder::new().run(&["exercise"]).done().stdout;
    let lesson = list.find("A graph that differentiates itself\n").unwrap();
    let exercise = list.find("\n  multiply ").unwrap();
    assert!(lesson < exercise, "{list}");
    let object = Folder::new().run(&["exercise", "--json"]).done().json();
    for exercise in object["exercises"].as_array().unwrap() {
        let name = exercise["exercise"].as_str().unwrap();
        assert!(list.contains(&format!("\n  {name} ")), "{name} in {list}");
    }
}

#[test]
fn the_question_says_how_to_answer() {
    let text = Folder::new().run(&["exercise", "multiply"]).done().stdout;
    expect![[r#"
        The backward rule of ×

        A node computes `y = a * b`, and `g` is the gradient that comes in: ∂L/∂y. Which gradients does the node hand to `a` and to `b`?
        You may use `a`, `b`, `y` and `g`.

        Answer with formulas for a, b, written with a, b, g, y.
        In this form:

          chainrule exercise multiply --answer 'a = 3*g + a, b = 3*g + b'
    "#]]
    .assert_eq(&text);
}

#[test]
fn a_right_answer_has_exit_code_0() {
    for (name, answer) in [
        ("multiply", "g*b, g*a"),
        ("negate", "-g"),
        ("last-gradients", "a=6, b=-4"),
    ] {
        let ran = Folder::new().run(&["exercise", name, "--answer", answer]).done();
        assert!(ran.stdout.starts_with("Right. "), "{}", ran.stdout);
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn a_wrong_answer_has_exit_code_1_and_is_explained_on_standard_output() {
    let ran = Folder::new().run(&["exercise", "subtract", "--answer", "g, g"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""));
    expect![[r#"
        Wrong, but a is right. Compared with finite differences at 40 random points, and at small whole numbers.
        b: wrong sign: when b grows, y gets smaller: its derivative by b is −1, not +1
          at a = 0, b = 0, g = 1: your rule for b gives 1, finite differences give -1
    "#]]
    .assert_eq(&ran.stdout);

    let ran = Folder::new().run(&["exercise", "subtract", "--answer", "g, g", "--json"]);
    assert_eq!(ran.code, Some(1));
    let object = ran.json();
    assert_eq!(object["passed"], json!(false));
    assert_eq!(object["parts"][0]["passed"], json!(true));
    assert_eq!(object["diagnosis"]["name"], json!("wrong sign"));
    let example = &object["diagnosis"]["counter_example"];
    assert_eq!(example["at"], json!({"a": 0.0, "b": 0.0, "g": 1.0}));
    assert_eq!(example["yours"], json!(1.0));
}

#[test]
fn an_answer_that_cannot_be_read_has_exit_code_2() {
    let folder = Folder::new();
    let cases = [
        (
            vec!["exercise", "multiplie"],
            "there is no exercise `multiplie`; did you mean `multiply`?",
        ),
        (vec!["exercise", "multiply", "--answer", ""], "the answer is empty"),
        (
            vec!["exercise", "multiply", "--answer", "g*b"],
            "2 formulas are needed, for a, b; b missing",
        ),
        (
            vec!["exercise", "multiply", "--answer", "g*b, g*q"],
            "the part for b: there is no name `q`; choose one of a, b, g, y",
        ),
        (
            vec!["exercise", "multiply", "--answer", "g*b, g*("],
            "the part for b: expression: expected a number",
        ),
        (vec!["exercise", "none.toml"], "the file none.toml cannot be read"),
        (vec!["exercise", "--answer", "g"], "required arguments"),
    ];
    for (arguments, message) in cases {
        let told = folder.refuses(&arguments, 2);
        assert!(told.contains(message), "{arguments:?}: {told}");
    }
}

#[test]
fn an_exercise_is_one_text_file() {
    let folder = Folder::new();
    folder.write(
        "sine.toml",
        r#"
            title = "The backward rule of the sine"
            lesson = "autograd"
            kind = "rule"
            question = "A node computes `y = sin(x)`. What does it hand to `x`?"
            graph = ["y = sin(x)"]
            asked = ["x"]
            answer = "g*cos(x)"
        "#,
    );
    folder.run(&["exercise", "sine.toml"]).done();
    folder.run(&["exercise", "sine.toml", "--answer", "cos(x)*g"]).done();
    let ran = folder.run(&["exercise", "sine.toml", "--answer", "-g*cos(x)"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("x: wrong sign: "), "{}", ran.stdout);
    folder.write("empty.toml", "title = 'x'");
    assert!(
        folder
            .refuses(&["exercise", "empty.toml"], 2)
            .contains("exercise empty: ")
    );
}
