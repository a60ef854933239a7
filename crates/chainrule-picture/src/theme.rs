//! Colors and type, light and dark, as CSS variables that a page around the picture may override.

use std::fmt::Write;

/// A color for a series of a [`Chart`](crate::Chart): eight that stay apart for color-blind eyes.
///
/// They follow the palette of Okabe and Ito (2008), darkened on white and lightened on black where a thin line
/// would be too faint. A page overrides one by its CSS variable, such as `--chainrule-blue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Color {
    /// The first series.
    Blue,
    /// The second series.
    Orange,
    /// The third series.
    Green,
    /// The fourth series.
    Purple,
    /// The fifth series.
    Sky,
    /// The sixth series.
    Vermilion,
    /// The seventh series.
    Olive,
    /// The eighth series, and everything that should stand back.
    Gray,
}

impl Color {
    /// All colors, in the order in which series take them.
    pub const ALL: [Color; 8] = [
        Color::Blue,
        Color::Orange,
        Color::Green,
        Color::Purple,
        Color::Sky,
        Color::Vermilion,
        Color::Olive,
        Color::Gray,
    ];

    /// The colors of classes: the first two are those of the two sides of a diverging scale.
    pub const CLASSES: [Color; 8] = [
        Color::Orange,
        Color::Blue,
        Color::Green,
        Color::Purple,
        Color::Olive,
        Color::Vermilion,
        Color::Sky,
        Color::Gray,
    ];

    /// Red, green and blue halfway between the light and the dark theme: for bitmaps, which know neither.
    pub(crate) fn on_any_ground(self) -> [u8; 3] {
        let name = &self.class()[3..];
        let row = COLORS.iter().find(|row| row.0 == name);
        let (light, dark) = row.map_or(("#000000", "#ffffff"), |row| (row.1, row.2));
        let part = |text: &str, place: usize| {
            let digits = text.get(1 + 2 * place..3 + 2 * place).unwrap_or_default();
            u16::from_str_radix(digits, 16).unwrap_or(0)
        };
        [0, 1, 2].map(|place| ((part(light, place) + part(dark, place)) / 2) as u8)
    }

    /// The class that colors a line (`stroke`) or text and marks (`fill`).
    pub(crate) fn class(self) -> &'static str {
        match self {
            Color::Blue => "cr-blue",
            Color::Orange => "cr-orange",
            Color::Green => "cr-green",
            Color::Purple => "cr-purple",
            Color::Sky => "cr-sky",
            Color::Vermilion => "cr-vermilion",
            Color::Olive => "cr-olive",
            Color::Gray => "cr-gray",
        }
    }
}

/// Every color of every picture: its name, on a light page, on a dark page.
const COLORS: [(&str, &str, &str); 18] = [
    ("ground", "#ffffff", "#11161d"),
    ("ink", "#1c2530", "#e6ebf0"),
    ("muted", "#5b6673", "#9aa6b3"),
    ("grid", "#e9edf1", "#232b35"),
    ("axis", "#a3adb8", "#4f5b68"),
    ("edge", "#8e9aa7", "#6c7987"),
    ("card", "#f8fafb", "#1a212b"),
    ("positive", "#0072b2", "#56b4e9"),
    ("negative", "#c96a00", "#f0a23c"),
    ("fault", "#c2183c", "#ff7088"),
    ("blue", "#0072b2", "#56b4e9"),
    ("orange", "#d97a00", "#f2a53f"),
    ("green", "#00845f", "#34c79a"),
    ("purple", "#b0578f", "#df94c0"),
    ("sky", "#3d9bd4", "#9bd6f8"),
    ("vermilion", "#c84a00", "#ff8a55"),
    ("olive", "#857a00", "#d8cd4a"),
    ("gray", "#6b7683", "#aab4bf"),
];

const BASE: &str = "\
.chainrule-picture{max-width:100%;height:auto;font:12px/1.3 system-ui,-apple-system,\"Segoe UI\",Roboto,\"Helvetica Neue\",Arial,sans-serif;font-variant-numeric:tabular-nums}
.chainrule-picture text{fill:$ink}
.chainrule-picture .cr-ground{fill:$ground}
.chainrule-picture .cr-title{font-size:15px;font-weight:600}
.chainrule-picture .cr-muted{fill:$muted}
.chainrule-picture .cr-small{font-size:11px}
.chainrule-picture .cr-end{text-anchor:end}
.chainrule-picture .cr-middle{text-anchor:middle}
.chainrule-picture .cr-halo{paint-order:stroke;stroke:$ground;stroke-width:4px;stroke-linejoin:round}
.chainrule-picture .cr-wrong{fill:$fault}
";

/// The whole `<style>` of a picture: variables, what all pictures share, and the rules of this kind.
pub(crate) fn style(rules: &str) -> String {
    let mut text = String::new();
    variables(&mut text, "", |color| color.1);
    text.push_str("@media (prefers-color-scheme:dark){\n");
    variables(&mut text, "", |color| color.2);
    text.push_str("}\n");
    text.push_str(&with_fallbacks(BASE));
    text.push_str(&with_fallbacks(rules));
    text
}

/// The style of every kind of picture, for a page that shows them without their own (see [`Picture::in_page`]).
///
/// Pictures are light or dark as the reader's system is, unless the page's root says otherwise: `data-theme="light"` or
/// `data-theme="dark"`. Handles, which only pages show, have their rules here too.
///
/// [`Picture::in_page`]: crate::Picture::in_page
pub fn stylesheet() -> String {
    let mut text = String::new();
    variables(&mut text, "", |color| color.1);
    text.push_str("@media (prefers-color-scheme:dark){\n");
    variables(&mut text, ":root:not([data-theme=light]) ", |color| color.2);
    text.push_str("}\n");
    variables(&mut text, ":root[data-theme=dark] ", |color| color.2);
    text.push_str(&with_fallbacks(BASE));
    for rules in crate::rules() {
        text.push_str(&with_fallbacks(&rules));
    }
    text
}

/// The rules that give the eight series colors to lines and marks.
pub(crate) fn series_rules() -> String {
    let mut text = String::new();
    for color in Color::ALL {
        let class = color.class();
        let name = &class[3..];
        let _ = writeln!(text, ".cr-chart .cr-stroke.{class}{{stroke:${name}}}");
        let _ = writeln!(text, ".cr-chart .cr-fill.{class}{{fill:${name}}}");
    }
    text
}

// Two layers of variables: the picture sets the short name from the host's long one, so a page that sets
// `--chainrule-ink` anywhere above wins in both modes and over the defaults.
fn variables(text: &mut String, indent: &str, pick: impl Fn(&(&str, &'static str, &'static str)) -> &'static str) {
    let _ = write!(text, "{indent}.chainrule-picture{{");
    for color in &COLORS {
        let name = color.0;
        let _ = write!(text, "--{name}:var(--chainrule-{name},{});", pick(color));
    }
    text.pop();
    text.push_str("}\n");
}

/// Replaces `property:$name` by `property:#rrggbb;property:var(--name)`: renderers without CSS variables
/// (Inkscape, librsvg) ignore the second and show the light colors.
fn with_fallbacks(rules: &str) -> String {
    let mut text = String::with_capacity(rules.len() * 2);
    let mut rest = rules;
    while let Some(dollar) = rest.find('$') {
        let (before, after) = rest.split_at(dollar);
        let name_end = after[1..]
            .find(|c: char| !c.is_ascii_lowercase())
            .map_or(after.len(), |end| end + 1);
        let name = &after[1..name_end];
        let property = before.rsplit(['{', ';']).next().unwrap_or_default();
        let light = COLORS
            .iter()
            .find(|color| color.0 == name)
            .map_or("#000000", |color| color.1);
        let _ = write!(text, "{before}{light};{property}var(--{name})");
        rest = &after[name_end..];
    }
    text.push_str(rest);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_color_has_a_fallback_and_a_variable() {
        assert_eq!(
            with_fallbacks(".a{x:1;fill:$ink;stroke:$grid}"),
            ".a{x:1;fill:#1c2530;fill:var(--ink);stroke:#e9edf1;stroke:var(--grid)}"
        );
    }

    #[test]
    fn every_series_color_is_in_the_table() {
        for color in Color::ALL {
            assert!(COLORS.iter().any(|row| row.0 == &color.class()[3..]));
        }
    }
}
