//! A finished picture.

use std::fmt;

use crate::number;
use crate::svg::escape;
use crate::theme;

/// A finished picture: SVG text with a title and a description for readers who do not see it.
///
/// The SVG stands alone (no script, no network, no fonts to load), so the same text goes into a file, a report, a web
/// page or a notebook cell. Its colors are CSS variables with light defaults and dark ones under
/// `prefers-color-scheme`; a page around it overrides them by setting `--chainrule-ground`, `--chainrule-ink`,
/// `--chainrule-muted`, `--chainrule-grid`, `--chainrule-positive`, `--chainrule-negative` and so on.
///
/// Ids inside begin with a hash of the content: two different pictures never clash in one page, and the same input
/// gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    title: String,
    description: String,
    svg: String,
}

impl Picture {
    /// `kind` becomes a class of the root, so that the rules of one kind of picture never reach another on the same page.
    pub(crate) fn new(
        kind: &str,
        title: &str,
        description: &str,
        size: (f64, f64),
        rules: &str,
        body: &str,
    ) -> Picture {
        let hash = fingerprint(&[title, description, body]);
        let (width, height) = (number::coordinate(size.0), number::coordinate(size.1));
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"chainrule-picture cr-{kind}\" role=\"img\" \
             aria-labelledby=\"cr-{hash}-title cr-{hash}-text\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\">\n\
             <title id=\"cr-{hash}-title\">{}</title>\n\
             <desc id=\"cr-{hash}-text\">{}</desc>\n\
             <style>\n{}</style>\n\
             <rect class=\"cr-ground\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n\
             {body}</svg>\n",
            escape(title),
            escape(description),
            theme::style(rules),
        );
        Picture {
            title: title.to_string(),
            description: description.to_string(),
            svg,
        }
    }

    /// The picture as a complete SVG document, which is also valid inside an HTML page.
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// What the picture is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the picture shows, in words: the text alternative, also its `<desc>`.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Shows the picture when it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\n{}\nEVCXR_END_CONTENT", self.svg);
    }
}

impl fmt::Display for Picture {
    /// Writes the SVG.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.svg)
    }
}

/// Eight hexadecimal digits of FNV-1a: the same on every machine and in every release of Rust.
fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for part in parts {
        for byte in part.bytes().chain([0xff]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{:08x}", (hash >> 32) ^ (hash & 0xffff_ffff))
}
