//! What makes a picture valid, and hostile input to try it with.

use chainrule_picture::Picture;
use proptest::prelude::*;

/// Checks a picture and returns how many coordinates it looked at.
pub fn check(picture: &Picture) -> usize {
    let document =
        roxmltree::Document::parse(picture.svg()).unwrap_or_else(|error| panic!("{error}\n{}", picture.svg()));
    let root = document.root_element();
    let number = |node: &roxmltree::Node, name: &str| -> Option<f64> {
        let text = node.attribute(name)?;
        let value: f64 = text.parse().unwrap_or_else(|_| panic!("{name}={text:?} is no number"));
        assert!(value.is_finite(), "{name}={text:?}");
        Some(value)
    };
    let (width, height) = (number(&root, "width").unwrap(), number(&root, "height").unwrap());
    assert!(width > 0.0 && height > 0.0);
    let labelled: Vec<&str> = root.attribute("aria-labelledby").unwrap().split(' ').collect();
    for (id, tag) in labelled.iter().zip(["title", "desc"]) {
        assert!(
            root.children()
                .any(|child| child.has_tag_name(tag_name(tag)) && child.attribute("id") == Some(id)),
            "{id}"
        );
    }

    let mut seen = 0;
    let mut inside = |x: f64, y: f64, what: &str| {
        seen += 1;
        assert!(
            (-0.1..=width + 0.1).contains(&x) && (-0.1..=height + 0.1).contains(&y),
            "({x}, {y}) of {what} outside {width} by {height}"
        );
    };
    for node in root.descendants().filter(roxmltree::Node::is_element) {
        let tag = node.tag_name().name().to_string();
        for name in ["stroke-width", "stroke-opacity", "fill-opacity", "rx"] {
            number(&node, name);
        }
        match tag.as_str() {
            "text" => inside(number(&node, "x").unwrap(), number(&node, "y").unwrap(), "a text"),
            "circle" => {
                let (x, y, r) = (
                    number(&node, "cx").unwrap(),
                    number(&node, "cy").unwrap(),
                    number(&node, "r").unwrap(),
                );
                inside(x - r, y - r, "a circle");
                inside(x + r, y + r, "a circle");
            }
            "rect" => {
                let (x, y) = (number(&node, "x").unwrap_or(0.0), number(&node, "y").unwrap_or(0.0));
                inside(x, y, "a rectangle");
                inside(
                    x + number(&node, "width").unwrap(),
                    y + number(&node, "height").unwrap(),
                    "a rectangle",
                );
            }
            "path" => {
                let path = node.attribute("d").unwrap().replace("h0", "").replace('Z', "");
                assert!(path.starts_with('M'), "{path}");
                let numbers: Vec<f64> = path
                    .split(['M', 'L', 'C', ' '])
                    .filter(|text| !text.is_empty())
                    .map(|text| text.parse().unwrap_or_else(|_| panic!("{text:?} in {path:?}")))
                    .collect();
                assert!(numbers.len().is_multiple_of(2) && numbers.iter().all(|number| number.is_finite()));
                for pair in numbers.chunks(2) {
                    inside(pair[0], pair[1], "a path");
                }
            }
            "svg" | "g" | "title" | "desc" | "style" => {}
            other => panic!("an element nobody expects: {other}"),
        }
    }
    seen
}

fn tag_name(tag: &str) -> (&'static str, &str) {
    ("http://www.w3.org/2000/svg", tag)
}

/// Numbers as hostile data has them.
pub fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        5 => -10.0..10.0f64,
        2 => any::<f64>(),
        1 => prop::sample::select(vec![0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300, 1e-300, 5e-324, f64::MAX, -f64::MAX]),
    ]
}

/// Text with everything that means something to XML or DOT.
pub fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{0,6}",
        "[<>&\"'{}|\\\\\u{0}-\u{1f}é…\u{202e}\u{fffe}]{0,12}",
        "\\PC{0,80}"
    ]
}
