//! What every page needs beside its text.

/// The page's only script.
pub const SCRIPT: &str = include_str!("../assets/studio.js");

/// The sign of the studio, as SVG.
pub const ICON: &str = include_str!("../assets/icon.svg");

/// The style of pages and pictures.
pub fn style() -> String {
    [
        include_str!("../assets/studio.css"),
        include_str!("../assets/playground.css"),
        &chainrule_picture::stylesheet(),
    ]
    .concat()
}
