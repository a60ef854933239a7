//! A picture of `chainrule-picture` as a part of a page.

use chainrule_picture::Picture;
use maud::html;

use crate::part::Part;

/// Wider than this a picture would become illegible beside the text: it keeps its size, and is moved under its frame.
const WIDEST: f64 = 900.0;
/// Narrower than this it would become coarse: it keeps its size, too.
const NARROWEST: f64 = 420.0;

/// The picture in a frame of its own.
pub(super) fn framed(number: usize, drawn: &Picture) -> Part {
    let frame = Part::new("figure", format!("figure-{number}"));
    let width: f64 = drawn.in_page().width.parse().unwrap_or(NARROWEST);
    let frame = match width {
        _ if width > WIDEST => frame.with("class", "large"),
        _ if width < NARROWEST => frame.with("class", "small"),
        _ => frame,
    };
    // What may be moved under its frame can be moved by keyboard, too; on a phone that is every drawing of boxes.
    let boxes = ["cr-graph", "cr-network"]
        .iter()
        .any(|kind| drawn.in_page().class.contains(kind));
    let frame = match width > WIDEST || boxes {
        true => frame
            .with("tabindex", "0")
            .with("role", "group")
            .with("aria-label", drawn.title()),
        false => frame,
    };
    frame.part(picture(&format!("picture-{number}"), drawn))
}

/// The picture as an `<svg>` of which each element is kept where it has not changed.
pub(super) fn picture(id: &str, picture: &Picture) -> Part {
    let taken_apart = picture.in_page();
    let (width, height) = (taken_apart.width, taken_apart.height);
    let words = format!("{id}-words");
    // Inside an image nothing is there for a screen reader: what can be pressed would be lost.
    let reached = taken_apart.pieces.iter().any(|piece| piece.contains("tabindex="));
    let svg = Part::new("svg", id)
        .with("class", taken_apart.class)
        .with("role", if reached { "group" } else { "img" })
        .with("aria-label", picture.title())
        .with("aria-describedby", &words)
        .with("viewBox", format!("0 0 {width} {height}"))
        .with("width", width)
        .with("height", height)
        .html(html! { desc id=(words) { (picture.description()) } });
    taken_apart
        .pieces
        .iter()
        .fold(svg, |svg, piece| svg.text((*piece).to_string()))
}
