//! The few pieces of SVG that pictures are made of. Everything from outside is escaped here.

use crate::number;

/// Text made safe for XML: markup escaped, characters that XML 1.0 forbids replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            '\t' | '\n' => safe.push(character),
            '\r' => safe.push(' '),
            // Most of C0 is forbidden in XML, C1 is discouraged, the last two are not characters.
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            _ => safe.push(character),
        }
    }
    safe
}

/// One line of at most `length` characters; what is cut is marked by an ellipsis.
pub(crate) fn shorten(text: &str, length: usize) -> String {
    let line: Vec<char> = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(length + 1)
        .collect();
    if line.len() <= length {
        return line.into_iter().collect();
    }
    let kept: String = line[..length.saturating_sub(1)].iter().collect();
    format!("{}…", kept.trim_end())
}

/// About how wide a text is, in pixels at `size` pixels per em.
///
/// The reader's font is unknown, so this errs on the wide side (DejaVu Sans, the widest of the usual ones).
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    let ems: f64 = text
        .chars()
        .map(|character| match character {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 0.33,
            'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '-' | '/' | '·' => 0.41,
            'm' | 'w' | 'M' | 'W' | '@' | '%' | '…' => 0.97,
            '+' | '=' | '×' | '\u{2212}' | '<' | '>' | '~' | '→' => 0.84,
            '⁰'..='⁹' | '¹' | '²' | '³' | '⁻' => 0.45,
            'A'..='Z' => 0.7,
            '\u{1100}'.. => 1.0,
            _ => 0.62,
        })
        .sum();
    ems * size
}

/// An SVG body under construction.
#[derive(Default)]
pub(crate) struct Svg {
    text: String,
}

impl Svg {
    pub(crate) fn new() -> Svg {
        Svg::default()
    }

    /// Starts an element; it is written as attributes are added and must be finished by one of
    /// [`end`](Element::end), [`text`](Element::text), [`tip`](Element::tip) or [`open`](Element::open).
    pub(crate) fn element(&mut self, tag: &'static str) -> Element<'_> {
        self.text.push('<');
        self.text.push_str(tag);
        Element { svg: self, tag }
    }

    /// A native tooltip for the element that is open.
    pub(crate) fn tooltip(&mut self, text: &str) {
        self.element("title").text(text);
    }

    /// Closes a group.
    pub(crate) fn close(&mut self) {
        self.text.push_str("</g>\n");
    }

    /// A line of text whose baseline starts at (x, y).
    pub(crate) fn label(&mut self, class: &str, x: f64, y: f64, text: &str) {
        self.element("text")
            .class(class)
            .number("x", x)
            .number("y", y)
            .text(text);
    }

    /// A straight line.
    pub(crate) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let mut path = Path::new();
        path.move_to(from);
        path.line_to(to);
        self.element("path").class(class).path(&path).end();
    }

    pub(crate) fn finish(self) -> String {
        self.text
    }
}

/// An element whose attributes are being written.
#[must_use]
pub(crate) struct Element<'a> {
    svg: &'a mut Svg,
    tag: &'static str,
}

impl Element<'_> {
    pub(crate) fn attribute(self, name: &str, value: &str) -> Self {
        self.raw(name, &escape(value))
    }

    pub(crate) fn class(self, class: &str) -> Self {
        if class.is_empty() {
            self
        } else {
            self.attribute("class", class)
        }
    }

    pub(crate) fn number(self, name: &str, value: f64) -> Self {
        self.raw(name, &number::coordinate(value))
    }

    pub(crate) fn ratio(self, name: &str, value: f64) -> Self {
        self.raw(name, &number::ratio(value))
    }

    pub(crate) fn path(self, path: &Path) -> Self {
        self.raw("d", &path.text)
    }

    fn raw(self, name: &str, value: &str) -> Self {
        let text = &mut self.svg.text;
        text.push(' ');
        text.push_str(name);
        text.push_str("=\"");
        text.push_str(value);
        text.push('"');
        self
    }

    /// Finishes an element without content.
    pub(crate) fn end(self) {
        self.svg.text.push_str("/>\n");
    }

    /// Finishes an element that holds text.
    pub(crate) fn text(self, text: &str) {
        self.svg.text.push('>');
        self.svg.text.push_str(&escape(text));
        self.svg.text.push_str("</");
        self.svg.text.push_str(self.tag);
        self.svg.text.push_str(">\n");
    }

    /// Finishes an element that holds only a tooltip.
    pub(crate) fn tip(self, tooltip: &str) {
        self.svg.text.push_str("><title>");
        self.svg.text.push_str(&escape(tooltip));
        self.svg.text.push_str("</title></");
        self.svg.text.push_str(self.tag);
        self.svg.text.push_str(">\n");
    }

    /// Leaves the element open, for a `g`.
    pub(crate) fn open(self) {
        self.svg.text.push_str(">\n");
    }
}

/// The `d` of a path.
#[derive(Default)]
pub(crate) struct Path {
    text: String,
}

impl Path {
    pub(crate) fn new() -> Path {
        Path::default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn move_to(&mut self, to: (f64, f64)) {
        self.command('M', &[to]);
    }

    pub(crate) fn line_to(&mut self, to: (f64, f64)) {
        self.command('L', &[to]);
    }

    pub(crate) fn curve_to(&mut self, first: (f64, f64), second: (f64, f64), to: (f64, f64)) {
        self.command('C', &[first, second, to]);
    }

    pub(crate) fn close(&mut self) {
        self.text.push('Z');
    }

    /// A line of no length: with round caps it is a dot as wide as the stroke.
    pub(crate) fn dot(&mut self, at: (f64, f64)) {
        self.move_to(at);
        self.text.push_str("h0");
    }

    /// A closed polygon.
    pub(crate) fn polygon(&mut self, corners: &[(f64, f64)]) {
        for (place, corner) in corners.iter().enumerate() {
            if place == 0 {
                self.move_to(*corner);
            } else {
                self.line_to(*corner);
            }
        }
        self.close();
    }

    /// An arrowhead that points right, its tip at `tip`.
    pub(crate) fn arrowhead(&mut self, tip: (f64, f64)) {
        let (x, y) = tip;
        self.polygon(&[(x, y), (x - 7.0, y - 3.5), (x - 5.5, y), (x - 7.0, y + 3.5)]);
    }

    fn command(&mut self, command: char, points: &[(f64, f64)]) {
        self.text.push(command);
        for (place, (x, y)) in points.iter().enumerate() {
            if place > 0 {
                self.text.push(' ');
            }
            self.text.push_str(&number::coordinate(*x));
            self.text.push(' ');
            self.text.push_str(&number::coordinate(*y));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_cannot_become_markup() {
        assert_eq!(
            escape("<a href=\"x\">&'\u{0}\u{b}</a>"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;\u{fffd}\u{fffd}&lt;/a&gt;"
        );
    }

    #[test]
    fn long_text_is_cut_by_characters_not_bytes() {
        assert_eq!(shorten("ééééé", 5), "ééééé");
        assert_eq!(shorten("éééééé", 5), "éééé…");
        assert_eq!(shorten("a\nb", 5), "a b");
    }
}
