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
        _ if width > WIDEST => {
            let scrolled = frame.with("class", "large").with("tabindex", "0");
            scrolled.with("role", "group").with("aria-label", drawn.title())
        }
        _ if width < NARROWEST => frame.with("class", "small"),
        _ => frame,
    };
    frame.part(picture(&format!("picture-{number}"), drawn))
}

/// The picture as an `<svg>` of which each element is kept where it has not changed.
pub(super) fn picture(id: &str, picture: &Picture) -> Part {
    let taken_apart = picture.in_page();
    let (width, height) = (taken_apart.width, taken_apart.height);
    let words = format!("{id}-words");
    // What stands within an image is no part of the page to a screen reader: a picture with buttons in it is a group.
    let buttons = taken_apart.pieces.iter().any(|piece| piece.contains("role=\"button\""));
    let svg = Part::new("svg", id)
        .with("class", taken_apart.class)
        .with("role", if buttons { "group" } else { "img" })
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
