//! A mistake in a formula is pointed at, and exits with 2.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::Folder;

#[test]
fn a_formula_that_is_none() {
    let folder = Folder::new();
    let refusal = |formula: &str| folder.refuses(&["expr", "--", formula, "x=1"], 2);
    let empty = refusal("");
    assert!(empty.starts_with("error: expression: the formula is empty"), "{empty}");
    expect![[r#"
        error: expression: expected a number, a name or '(', but the formula ends, at character 4
          x +
             ^
    "#]]
    .assert_eq(&refusal("x +"));
    expect![[r#"
        error: expression: this '(' is never closed, at character 1: add a ')'
          (x
          ^
    "#]]
    .assert_eq(&refusal("(x"));
    expect![[r#"
        error: expression: there is no '(' for this ')', at character 2: remove it, or open one before
          x)
           ^
    "#]]
    .assert_eq(&refusal("x)"));
    expect![[r#"
        error: expression: expected an operator, got 'x', at character 2: write * for a product: 2*x, not 2x
          2x
           ^
    "#]]
    .assert_eq(&refusal("2x"));
    expect![[r#"
        error: expression: expected a value, got '*', at character 3: write ^ for a power: x^2, not x**2
          x**2
            ^
    "#]]
    .assert_eq(&refusal("x**2"));
    expect![[r#"
        error: expression: a formula has no '=', at character 3: give values after it, as in: 'a*b' a=2 b=3
          x = 2
            ^
    "#]]
    .assert_eq(&refusal("x = 2"));
    expect![[r#"
        error: expression: 'tanh' takes 1 argument, got 2, at character 1: give 1
          tanh(x, 2)
          ^
    "#]]
    .assert_eq(&refusal("tanh(x, 2)"));
    expect![[r#"
        error: expression: the slope of 'leaky_relu' must be a plain number, at character 1
          leaky_relu(x, x)
          ^
    "#]]
    .assert_eq(&refusal("leaky_relu(x, x)"));
    expect![[r#"
        error: expression: '1.2.3' is not a number, at character 1: write numbers as 2, 0.5 or 1e-3
          1.2.3 * x
          ^
    "#]]
    .assert_eq(&refusal("1.2.3 * x"));
    expect![[r#"
        error: expression: '1e999' is not a number, at character 5: write numbers as 2, 0.5 or 1e-3
          x * 1e999
              ^
    "#]]
    .assert_eq(&refusal("x * 1e999"));
    expect![[r#"
        error: expression: expected a number, a name or '(', got '$', at character 5
          é + $
              ^
    "#]]
    .assert_eq(&refusal("é + $"));
    expect![[r#"
        error: expression: there is no function 'sine', at character 1: choose one of neg, abs, sign, exp, ln, ln_1p, sqrt, square, recip, sin, cos, tanh, sigmoid, relu, leaky_relu, elu, normal_cdf, gelu, gelu_tanh, silu, softplus, step, clamp, between, powf, add, sub, mul, div, pow, maximum, minimum, greater, equal, select, bce_with_logits
          sine(x)
          ^
    "#]].assert_eq(&refusal("sine(x)"));
}

#[test]
fn values_that_a_formula_lacks() {
    let folder = Folder::new();
    let refusal = |arguments: &[&str]| folder.refuses(&[&["expr"], arguments].concat(), 2);
    expect![[r#"
        error: no value for `a`, `c`; give one for each name, as in: a=1 c=1
    "#]]
    .assert_eq(&refusal(&["a*b + c", "b=2"]));
    expect![[r#"
        error: invalid value 'b' for '[NAME=VALUE]...': `b` gives no value; write NAME=VALUE, such as x=2 (and quote a formula)

        For more information, try '--help'.
    "#]].assert_eq(&refusal(&["a*b", "a=1", "b"]));
    expect![[r#"
        error: invalid value 'a=' for '[NAME=VALUE]...': `` is not a number; write it as 2, 0.5 or 1e-3

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal(&["a", "a="]));
    expect![[r#"
        error: invalid value 'a=two' for '[NAME=VALUE]...': `two` is not a number; write it as 2, 0.5 or 1e-3

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal(&["a", "a=two"]));
    expect![[r#"
        error: invalid value 'a=nan' for '[NAME=VALUE]...': `nan` is not a number; write it as 2, 0.5 or 1e-3

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal(&["a", "a=nan"]));
    expect![[r#"
        error: invalid value 'a=1e999' for '[NAME=VALUE]...': `1e999` is not a number; write it as 2, 0.5 or 1e-3

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal(&["a", "a=1e999"]));
    expect![[r#"
        error: `a` has two values; give one
    "#]]
    .assert_eq(&refusal(&["a", "a=1", "a=2"]));
    expect![[r#"
        error: there is no name `b` to differentiate by; the names are a
    "#]]
    .assert_eq(&refusal(&["a", "a=1", "--wrt", "b"]));
    expect![[r#"
        error: there is no name `b` to differentiate by; the names are a
    "#]]
    .assert_eq(&refusal(&["a", "a=1", "--explain", "b"]));
    expect![[r#"
        error: the argument '--dot' cannot be used with '--json'

        Usage: chainrule expr --dot <EXPRESSION> <NAME=VALUE>...

        For more information, try '--help'.
    "#]]
    .assert_eq(&refusal(&["a", "a=1", "--dot", "--json"]));
}

#[test]
fn a_value_without_a_name_is_refused() {
    let ran = Folder::new().run(&["expr", "a", "a=1", "=3"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.stderr);
}

#[test]
fn a_place_for_the_drawing_that_cannot_be() {
    let folder = Folder::new();
    for place in ["none/graph.svg", "."] {
        let ran = folder.run(&["expr", "a", "a=1", "--svg", place]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        assert!(ran.stderr.starts_with(&format!("error: {place} ")), "{}", ran.stderr);
        assert!(folder.content().is_empty());
    }
}
