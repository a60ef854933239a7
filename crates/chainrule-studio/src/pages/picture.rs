//! A picture of `chainrule-picture` as a part of a page.

use chainrule_picture::Picture;
use maud::html;

use crate::part::Part;

/// The picture as an `<svg>` of which each element is kept where it has not changed.
pub(super) fn picture(id: &str, picture: &Picture) -> Part {
    let taken_apart = picture.in_page();
    let (width, height) = (taken_apart.width, taken_apart.height);
    let words = format!("{id}-words");
    let svg = Part::new("svg", id)
        .with("class", taken_apart.class)
        .with("role", "img")
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
