//! A finished picture.

use std::fmt;
use std::sync::OnceLock;

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
#[derive(Clone, Debug)]
pub struct Picture {
    title: String,
    description: String,
    kind: &'static str,
    width: String,
    height: String,
    rules: String,
    body: String,
    handles: String,
    /// The document, once somebody asked for it: a page takes the pieces alone.
    svg: OnceLock<String>,
}

impl PartialEq for Picture {
    fn eq(&self, other: &Picture) -> bool {
        fn parts(picture: &Picture) -> [&str; 8] {
            [
                &picture.title,
                &picture.description,
                picture.kind,
                &picture.width,
                &picture.height,
                &picture.rules,
                &picture.body,
                &picture.handles,
            ]
        }
        parts(self) == parts(other)
    }
}

impl Eq for Picture {}

impl Picture {
    /// `kind` becomes a class of the root, so that the rules of one kind of picture never reach another on the same page.
    pub(crate) fn new(
        kind: &'static str,
        title: &str,
        description: &str,
        size: (f64, f64),
        rules: &str,
        body: &str,
    ) -> Picture {
        Picture {
            title: title.to_string(),
            description: description.to_string(),
            kind,
            width: number::coordinate(size.0),
            height: number::coordinate(size.1),
            rules: rules.to_string(),
            body: body.to_string(),
            handles: String::new(),
            svg: OnceLock::new(),
        }
    }

    /// With handles over it, which only a page shows.
    pub(crate) fn with_handles(mut self, handles: String) -> Picture {
        self.handles = handles;
        self
    }

    /// The picture as a complete SVG document, which is also valid inside an HTML page.
    pub fn svg(&self) -> &str {
        self.svg.get_or_init(|| {
            let Picture {
                title,
                description,
                kind,
                width,
                height,
                rules,
                body,
                ..
            } = self;
            let hash = fingerprint(&[title, description, body]);
            format!(
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
            )
        })
    }

    /// What the picture is called.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the picture shows, in words: the text alternative, also its `<desc>`.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What an `<svg>` element of a page is made of that shows this picture with the rules of [`stylesheet`](crate::stylesheet)
    /// and keeps it up to date piece by piece. An element has a piece of its own, so that those that are the same in two
    /// pictures can be found and kept.
    pub fn in_page(&self) -> InPage<'_> {
        let mut pieces = elements(&self.body);
        pieces.extend(elements(&self.handles));
        InPage {
            class: format!("chainrule-picture cr-{}", self.kind),
            width: &self.width,
            height: &self.height,
            pieces,
        }
    }

    /// Shows the picture when it is the last expression of a Rust notebook cell (the evcxr kernel calls this).
    pub fn evcxr_display(&self) {
        println!("EVCXR_BEGIN_CONTENT text/html\n{}\nEVCXR_END_CONTENT", self.svg());
    }
}

/// A picture taken apart; see [`Picture::in_page`].
#[derive(Clone, Debug, PartialEq)]
pub struct InPage<'a> {
    /// The classes of the `<svg>` element.
    pub class: String,
    /// Its width in pixels, which are also the units of its `viewBox`.
    pub width: &'a str,
    /// Its height in pixels.
    pub height: &'a str,
    /// What stands in it, from back to front: each is the text of one element.
    pub pieces: Vec<&'a str>,
}

/// Cuts a drawing into its outermost elements. They are our own: each tag is closed and no `<` or `>` stands in a value.
fn elements(drawing: &str) -> Vec<&str> {
    let (mut found, mut start, mut depth) = (vec![], 0, 0_usize);
    let mut at = 0;
    while let Some(open) = drawing[at..].find('<').map(|found| found + at) {
        let Some(end) = drawing[open..].find('>').map(|found| found + open + 1) else {
            break;
        };
        let tag = &drawing[open..end];
        if depth == 0 {
            start = open;
        }
        match (tag.starts_with("</"), tag.ends_with("/>")) {
            (true, _) => depth = depth.saturating_sub(1),
            (false, true) => {}
            (false, false) => depth += 1,
        }
        if depth == 0 {
            found.push(&drawing[start..end]);
        }
        at = end;
    }
    found
}

impl fmt::Display for Picture {
    /// Writes the SVG.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.svg())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_cut_between_its_outermost_elements() {
        let drawing = "<rect/>\n<g a=\"1\">\n<text>a &lt; b</text>\n<g><path d=\"M0 0\"/></g>\n</g>\n<text>x</text>\n";
        let pieces = [
            "<rect/>",
            "<g a=\"1\">\n<text>a &lt; b</text>\n<g><path d=\"M0 0\"/></g>\n</g>",
            "<text>x</text>",
        ];
        assert_eq!(elements(drawing), pieces);
        assert_eq!(elements(""), Vec::<&str>::new());
    }
}
