#![allow(clippy::unwrap_used)]
use super::*;
use crate::{formula::with_numbers, prose::live};
use chainrule_lessons::{LESSONS, exercises};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};
use std::sync::LazyLock;

/// What stands as code in a text: whether in lines of its own, and as what it was written.
struct Found {
    own_lines: bool,
    written: Written,
    text: String,
}

fn found(text: &str, written: Written, numbers: &[(&str, f64)]) -> Vec<Found> {
    let (mut all, mut block) = (vec![], None::<String>);
    for event in Parser::new(text) {
        match (event, &mut block) {
            (Event::Start(Tag::CodeBlock(_)), _) => block = Some(String::new()),
            (Event::Text(text), Some(block)) => block.push_str(&text),
            (Event::End(TagEnd::CodeBlock), _) => {
                let text = with_numbers(&block.take().unwrap(), numbers, '\u{e000}');
                all.push(Found {
                    own_lines: true,
                    written,
                    text,
                });
            }
            (Event::Code(text), _) => all.push(Found {
                own_lines: false,
                written,
                text: text.to_string(),
            }),
            _ => {}
        }
    }
    all
}

/// All formulas and programs of the lessons, the exercises and the rules of the bench.
fn everything() -> &'static [Found] {
    static ALL: LazyLock<Vec<Found>> = LazyLock::new(gathered);
    &ALL
}

fn gathered() -> Vec<Found> {
    let mut all = vec![];
    for scene in LESSONS.iter().flat_map(|lesson| lesson.scenes) {
        let controls = scene.controls();
        let numbers: Vec<(&str, f64)> = controls.iter().map(|(control, value)| (control.name, value)).collect();
        let text = scene.prose_with(&controls, &scene.figures(&controls).unwrap(), live);
        all.extend(found(&text, Written::Printed, &numbers));
    }
    for exercise in exercises().unwrap() {
        all.extend(found(&exercise.question, Written::Typed, &[]));
    }
    for row in chainrule::ops::rows::<f64>() {
        let rule = crate::bench::rule(row.op.name(), &row.op.label()).unwrap();
        let texts = (0..rule.arguments.len()).filter_map(|turn| rule.derivative(turn).map(String::from));
        let texts = texts.chain([rule.formula.clone()]).filter(|text| !text.is_empty());
        all.extend(texts.map(|text| Found {
            own_lines: false,
            written: Written::Typed,
            text,
        }));
    }
    all
}

fn set(found: &Found) -> Option<String> {
    match found.own_lines {
        true => lines(&found.text, found.written),
        false => in_text(&found.text, found.written),
    }
}

/// What a formula says, without its elements and what is only heard.
fn said(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<').skip(1) {
        text.push_str(piece.split_once('>').unwrap().1);
    }
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
        .replace('-', "−");
    text.chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '\u{2061}')
        .collect()
}

/// What a formula must say: what is raised and lowered on the line, marks behind their letters.
fn meant(found: &Found) -> String {
    let typed = found.written == Written::Typed;
    let small = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ᵃᵇⁿᵖˢˣᶻ₀₁₂ₙ".chars().zip("0123456789+−abnpsxz012n".chars());
    let small: Vec<(char, char)> = small.collect();
    let one = |sign: char| match sign {
        'ŷ' => "y^".to_string(),
        'ȳ' => "y¯".to_string(),
        '\u{304}' => "¯".to_string(),
        'Σ' => "∑".to_string(),
        '*' if typed => "·".to_string(),
        // What was computed has minus signs as programs print them.
        '-' => "−".to_string(),
        sign => small
            .iter()
            .find(|(from, _)| *from == sign)
            .map_or(sign, |(_, to)| *to)
            .to_string(),
    };
    let shown = found
        .text
        .chars()
        .filter(|sign| !sign.is_whitespace() && !('\u{e000}'..='\u{e001}').contains(sign));
    shown.map(one).collect()
}

#[test]
fn no_formula_loses_a_sign_that_means_something() {
    let mut checked = 0;
    for found in everything() {
        let Some(html) = set(found) else { continue };
        let said = said(&html);
        let mut rest = said.chars().peekable();
        let mut left_out = String::new();
        // In another order, for its pieces stand in columns.
        let columns = html.matches("<mtr>").count() > 1 && found.text.trim().contains("   ");
        if columns {
            let sorted = |text: &str| {
                let mut signs: Vec<char> = text.chars().filter(|sign| !"/^_()".contains(*sign)).collect();
                signs.sort_unstable();
                signs
            };
            // In a remark a letter keeps its hat.
            assert_eq!(sorted(&said.replace('ŷ', "y")), sorted(&meant(found)), "{}", found.text);
        } else {
            for sign in meant(found).chars() {
                match rest.next_if_eq(&sign) {
                    Some(_) => {}
                    None => left_out.push(sign),
                }
            }
            assert_eq!(rest.next(), None, "{} became {said}", found.text);
            let count = |sign: char| left_out.chars().filter(|left| *left == sign).count();
            assert!(
                left_out.chars().all(|sign| "/^_()√".contains(sign)),
                "{}: {left_out} is lost in {said}",
                found.text
            );
            assert_eq!(count('/'), html.matches("<mfrac>").count(), "{}", found.text);
            assert_eq!(count('('), count(')'), "{}", found.text);
            assert_eq!(count('√'), html.matches("<msqrt>").count(), "{}", found.text);
            assert!(count('^') <= html.matches("<msup>").count(), "{}", found.text);
        }
        checked += 1;
    }
    assert!(checked > 250, "{checked}");
}

#[test]
fn every_element_has_the_children_it_needs() {
    for found in everything() {
        let Some(html) = set(found) else { continue };
        let mut open: Vec<(&str, usize)> = vec![];
        for piece in html.split('<').skip(1) {
            let tag = piece.split_once('>').unwrap().0;
            if let Some(name) = tag.strip_prefix('/') {
                let (opened, children) = open.pop().unwrap();
                assert_eq!(opened, name, "{html}");
                match name {
                    "mfrac" | "msup" | "msub" | "mover" => assert_eq!(children, 2, "{name} in {html}"),
                    "mi" | "mn" | "mo" => assert_eq!(children, 0, "{name} in {html}"),
                    _ => {}
                }
            } else {
                if let Some((_, children)) = open.last_mut() {
                    *children += 1;
                }
                open.push((tag.split(' ').next().unwrap(), 0));
            }
        }
        assert!(open.is_empty(), "{html}");
    }
}

#[test]
fn programs_words_and_tables_stay_text() {
    let first = |found: &Found| {
        found
            .text
            .trim()
            .lines()
            .next()
            .unwrap_or_default()
            .replace(['\u{e000}', '\u{e001}'], "")
    };
    let mut left: Vec<String> = everything()
        .iter()
        .filter(|found| set(found).is_none())
        .map(first)
        .collect();
    left.sort();
    left.dedup();
    let expected = [
        "(a − b)·(a/b) + tanh(a**b)",
        "*",
        "+=",
        "19, 16, 15, 26, 4, 12, 37, 27, 39, 6, 25, 9, 13, 31",
        "2 * a     TypeError: unsupported operand type(s) for *: 'int' and 'Value'",
        "2 ** a",
        "=",
        "Alice (−2.0, −1.0)   Bob (25.0, 6.0)",
        "L = bce_with_logits(z, y)",
        "L | data −8.0000 | grad 1.0000",
        "Mlp(3 → 4 tanh → 4 tanh → 1 identity), 41 parameters",
        "RMSE of the network                      102.496",
        "RandomState(seed).normal()",
        "__rmul__",
        "_backward",
        "a * 2",
        "a ** b",
        "a | data 2.0000 | grad 6.0000",
        "a ÷ b = a × b**(−1)",
        "after one row    105.283",
        "by-hand",
        "b·a**(b−1)",
        "class Net",
        "easy-problem",
        "epoch 0:    0.144434, 0.28988, 0.523838",
        "epochs",
        "error",
        "for each fold:  train on all other folds, judge on this one",
        "forward-pass",
        "hidden",
        "if",
        "make_regression(n_features=2, n_informative=1, noise=100, random_state=42)",
        "mean_squared_error(…, squared=False)",
        "name      weight, lb   height, in   gender",
        "nan",
        "nn::scalar::Mlp",
        "np.prod",
        "np.product",
        "np.random.seed(42)",
        "per sample:  12 inputs, since each of the 4 neurons wraps its 3 numbers anew",
        "random_state=42",
        "rate",
        "root_mean_squared_error",
        "seeds",
        "share of the printed drop that is the mistake: 94 %",
        "sum(errors, Value(0))",
        "sum(products, self.b)",
        "tanhNeuron(2)",
        "train_test_split",
        "training",
        "x1*w1",
        "x1*w1 + x2*w2",
        "x1, w1, x1*w1, x2, w2, x2*w2, x1*w1 + x2*w2, b, n, o",
        "x1, x2, w1, w2, b, x1*w1, x2*w2, x1*w1 + x2*w2, n, o",
        "x2*w2",
        "y = −1, 0 or 1",
    ];
    assert_eq!(left, expected);
}

fn printed(text: &str) -> String {
    in_text(text, Written::Printed).unwrap()
}

fn apart(text: &str) -> String {
    let html = lines(text, Written::Printed).unwrap();
    let start = html.find("<mtable").unwrap();
    let end = html.find("</mtable>").unwrap();
    html[start..end].split_once('>').unwrap().1.to_string()
}

#[test]
fn names_have_their_digits_below_and_their_hats_above() {
    assert_eq!(printed("w1"), "<math><msub><mi>w</mi><mn>1</mn></msub></math>");
    assert_eq!(printed("w₁"), printed("w1"));
    assert_eq!(printed("b_out"), "<math><msub><mi>b</mi><mi>out</mi></msub></math>");
    assert_eq!(
        printed("ŷ"),
        "<math><mover accent=\"true\"><mi>y</mi><mo stretchy=\"false\">^</mo></mover></math>"
    );
}

#[test]
fn values_without_a_name_have_their_operation_and_position() {
    let typed = |text: &str| in_text(text, Written::Typed);
    assert_eq!(typed("×#5").unwrap(), "<math><mi>×#5</mi></math>");
    assert_eq!(said(&typed("∂+#7/∂x²#5 = −1").unwrap()), "∂+#7/∂x²#5=−1");
    assert_eq!(typed("<#5"), None);
    assert_eq!(in_text("×#5", Written::Printed), None);
}

#[test]
fn a_slash_takes_what_its_spaces_say() {
    let of = |over: &str, under: &str| format!("<mfrac>{over}{under}</mfrac>");
    let (a, b, c) = ("<mi>a</mi>", "<mi>b</mi>", "<mi>c</mi>");
    let dot = "<mo lspace=\"0.1em\" rspace=\"0.1em\">·</mo>";
    let cell = |inner: &str| format!("<mtr><mtd>{inner}</mtd></mtr>");
    assert_eq!(apart("a·b/c"), cell(&format!("{a}{dot}{}", of(b, c))));
    assert_eq!(apart("a·b / c"), cell(&of(&format!("<mrow>{a}{dot}{b}</mrow>"), c)));
    assert_eq!(apart("a / (b·c)"), cell(&of(a, &format!("<mrow>{b}{dot}{c}</mrow>"))));
    let d = |name: &str| format!("<mrow><mi>d</mi><mi>{name}</mi></mrow>");
    assert_eq!(apart("dL/dw"), cell(&of(&d("L"), &d("w"))));
    // Within text the line keeps its height.
    assert!(!printed("1 / (1 + e⁻ˣ)").contains("mfrac"));
}

#[test]
fn what_belongs_below_each_other_stands_below_each_other() {
    let three = apart(&format!("y = w·x\n  = {}·x\n", live("0.5")));
    assert_eq!(three.matches("<mtr><mtd class=\"left\">").count(), 2, "{three}");
    assert!(
        three.contains("<mtd class=\"left\"></mtd><mtd><mo>=</mo><mn class=\"live\">0.5</mn>"),
        "{three}"
    );
    // Wide space before a second `=` gives it a column.
    assert_eq!(apart("a = b  = 1\nc = d + e = 2\n").matches("<mtd>").count(), 4);
    assert_eq!(apart("a = b = 1\nc = d + e = 2\n").matches("<mtd>").count(), 2);
    assert!(
        apart("l = a − y      (the error)")
            .contains("<mtd class=\"apart\"><mtext class=\"remark\"><span>(the error)</span></mtext></mtd>")
    );
    // What is too wide for one line stands in several.
    let long = "∂L/∂a = −2 · Σ (y − ŷ) · (a·x1 + b·x2)";
    assert_eq!(apart(&format!("{long}   {long}")).matches("<mtr>").count(), 2);
}

#[test]
fn long_formulas_within_text_may_go_on_in_the_next_line() {
    assert_eq!(printed("y = w·x + b").matches("<math>").count(), 1);
    let long = printed("w2·(w1·x + b1) + b2 = (w2·w1)·x + (w2·b1 + b2)");
    assert_eq!(long.matches("<math>").count(), 4);
    assert!(long.contains("<math><mo form=\"infix\">+</mo>"), "{long}");
    let text = "= tanh(0.5 · x1 − 0.25 · x2 + 0.125 · x3 − 0.5)";
    let neuron = printed(text);
    assert_eq!(neuron.matches("<math>").count(), 6);
    assert_eq!(said(&neuron), text.replace(' ', ""));
}

#[test]
fn names_from_outside_stay_text() {
    for hostile in [
        "<script>alert(1)</script>",
        "a\" onload=\"b",
        "a&b",
        "x\u{e000}<b>\u{e001}",
        "&lt;",
    ] {
        for written in [Written::Printed, Written::Typed] {
            assert_eq!(in_text(hostile, written), None, "{hostile}");
            assert_eq!(lines(hostile, written), None, "{hostile}");
        }
        let PreEscaped(named) = name(hostile);
        let PreEscaped(told) = formula(hostile);
        for html in [named, told] {
            assert!(!html.contains("<script") && !html.contains("onload=\"b"), "{html}");
        }
    }
    assert!(printed("a<b").contains("&lt;"));
    let remark = lines("y = x   (<i>no</i>)", Written::Printed).unwrap();
    assert!(remark.contains("&lt;i&gt;"), "{remark}");
}

#[test]
fn however_deep_a_formula_is_it_does_not_fill_the_stack() {
    for sign in ["(", "−", "f(", "√", "a^", "Σ", "|", "ln ", "∂"] {
        assert_eq!(in_text(&sign.repeat(100_000), Written::Typed), None, "{sign}");
        assert_eq!(in_text(&(sign.repeat(1000) + "x"), Written::Typed), None, "{sign}");
    }
    let many = vec!["a·b"; 5000].join(" + ");
    assert!(in_text(&many, Written::Typed).is_some());
}
