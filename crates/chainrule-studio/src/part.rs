//! What a page is made of, and what has changed in it.

use maud::{Markup, PreEscaped, Render};
use serde_json::{Value, json};

use crate::patch::{Difference, differences};

/// An element with an id that keeps its place in the page while what stands in it changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    tag: &'static str,
    id: String,
    attributes: Vec<(&'static str, String)>,
    children: Vec<Child>,
}

/// What stands in a part.
#[derive(Clone, Debug, PartialEq)]
pub enum Child {
    /// The text of exactly one element.
    Html(String),
    /// A part of its own.
    Part(Part),
}

impl Part {
    /// An empty element; the id must be the only one of its name in the page.
    pub fn new(tag: &'static str, id: impl Into<String>) -> Part {
        Part {
            tag,
            id: id.into(),
            attributes: vec![],
            children: vec![],
        }
    }

    /// Gives it an attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Part {
        self.attributes.push((name, value.into()));
        self
    }

    /// Puts another part in it, after what is there.
    #[must_use]
    pub fn part(mut self, part: Part) -> Part {
        self.children.push(Child::Part(part));
        self
    }

    /// Puts one element in it, after what is there.
    #[must_use]
    pub fn html(self, html: Markup) -> Part {
        self.text(html.into_string())
    }

    /// Puts one element in it that is text already.
    #[must_use]
    pub fn text(mut self, html: String) -> Part {
        debug_assert!(html.starts_with('<') && html.ends_with('>'), "no element: {html}");
        self.children.push(Child::Html(html));
        self
    }

    /// What stands in it, as text.
    pub fn content(&self) -> String {
        let mut text = String::new();
        self.write_content(&mut text);
        text
    }

    fn write_content(&self, text: &mut String) {
        for child in &self.children {
            match child {
                Child::Html(html) => text.push_str(html),
                Child::Part(part) => part.write(text),
            }
        }
    }

    fn write(&self, text: &mut String) {
        text.push_str(&format!("<{} id=\"{}\"", self.tag, escape(&self.id)));
        for (name, value) in &self.attributes {
            text.push_str(&format!(" {name}=\"{}\"", escape(value)));
        }
        text.push('>');
        self.write_content(text);
        text.push_str(&format!("</{}>", self.tag));
    }

    /// What must be done to a page that shows `before` for it to show this: only elements whose own text is another.
    ///
    /// - `["at", id, [number, …], html]`: the children of these numbers are now these elements, one after the other;
    /// - `["set", id, [[[number, …], name, value], …]]`: in a drawing the element that is this child, or this child of that child
    ///   and so on, has this attribute now; with an empty name this is the text in it;
    /// - `["attribute", id, name, value]`: the attribute is now this; gone if null;
    /// - `["in", id, html]`: all that stands in it is now this.
    pub fn changes(&self, before: &Part) -> Vec<Value> {
        let mut changes = vec![];
        self.find_changes(before, &mut changes);
        changes
    }

    /// Everything that stands in it, as one change: for a page of which nobody knows what it shows.
    pub fn whole(&self) -> Vec<Value> {
        vec![json!(["in", self.id, self.content()])]
    }

    fn find_changes(&self, before: &Part, changes: &mut Vec<Value>) {
        let has = |part: &Part, name: &str| part.attributes.iter().any(|(known, _)| *known == name);
        for (name, value) in &self.attributes {
            if !before.attributes.contains(&(name, value.clone())) {
                changes.push(json!(["attribute", self.id, name, value]));
            }
        }
        for (name, _) in before.attributes.iter().filter(|(name, _)| !has(self, name)) {
            changes.push(json!(["attribute", self.id, name, null]));
        }
        let pairs = || self.children.iter().zip(&before.children);
        if self.children.len() != before.children.len() || !pairs().all(|(now, then)| now.takes_the_place_of(then)) {
            changes.push(json!(["in", self.id, self.content()]));
            return;
        }
        let (mut numbers, mut texts, mut set) = (vec![], String::new(), vec![]);
        // Controls are more than their attributes; what is drawn is not.
        let is_drawn = self.tag == "svg";
        for (number, pair) in pairs().enumerate() {
            match pair {
                (Child::Html(now), Child::Html(then)) if now != then => {
                    match is_drawn.then(|| differences(then, now)).flatten() {
                        Some(found) => set.extend(found.into_iter().map(|difference| told(number, difference))),
                        None => {
                            numbers.push(number);
                            texts.push_str(now);
                        }
                    }
                }
                (Child::Part(now), Child::Part(then)) => now.find_changes(then, changes),
                _ => {}
            }
        }
        if !set.is_empty() {
            changes.push(json!(["set", self.id, set]));
        }
        if !numbers.is_empty() {
            changes.push(json!(["at", self.id, numbers, texts]));
        }
    }

    /// Every id of a part in it, its own first.
    pub fn ids(&self) -> Vec<&str> {
        let inner = self.children.iter().flat_map(|child| match child {
            Child::Part(part) => part.ids(),
            Child::Html(_) => vec![],
        });
        [self.id.as_str()].into_iter().chain(inner).collect()
    }
}

/// A difference in the child of this number.
fn told(number: usize, difference: Difference) -> Value {
    let Difference {
        place,
        attribute,
        value,
    } = difference;
    let place: Vec<usize> = [number].into_iter().chain(place).collect();
    json!([place, attribute.unwrap_or_default(), value])
}

impl Child {
    fn takes_the_place_of(&self, other: &Child) -> bool {
        match (self, other) {
            (Child::Html(_), Child::Html(_)) => true,
            (Child::Part(now), Child::Part(then)) => now.id == then.id && now.tag == then.tag,
            _ => false,
        }
    }
}

impl Render for Part {
    fn render_to(&self, text: &mut String) {
        self.write(text);
    }
}

/// Text made safe for an attribute.
fn escape(text: &str) -> String {
    let PreEscaped(safe) = maud::html! { (text) };
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::html;

    fn page(number: usize, rows: usize) -> Part {
        let list = (0..rows).fold(Part::new("ul", "list"), |list, row| list.html(html! { li { (row) } }));
        let head = Part::new("h1", "head").with("class", format!("c{}", number / 10));
        Part::new("main", "page")
            .part(head.html(html! { b { "fixed" } }).html(html! { i { (number) } }))
            .part(list)
    }

    #[test]
    fn only_what_changed_is_sent() {
        let before = page(1, 3);
        assert_eq!(page(1, 3).changes(&before), Vec::<Value>::new());
        assert_eq!(page(2, 3).changes(&before), [json!(["at", "head", [1], "<i>2</i>"])]);
        let more = [json!(["in", "list", "<li>0</li><li>1</li><li>2</li><li>3</li>"])];
        assert_eq!(page(1, 4).changes(&before), more);
        let both = [
            json!(["attribute", "head", "class", "c1"]),
            json!(["at", "head", [1], "<i>10</i>"]),
        ];
        assert_eq!(page(10, 3).changes(&before), both);
    }

    #[test]
    fn of_a_drawing_only_attributes_and_texts_are_sent() {
        let drawn = |x: u32, extra: bool| {
            let svg = Part::new("svg", "drawn").html(html! { g { text x=(x) { "at " (x) } } });
            svg.html(html! { g { @if extra { rect x=(x) {} } } })
        };
        let set = [json!(["set", "drawn", [[[0, 0], "x", "2"], [[0, 0], "", "at 2"]]])];
        assert_eq!(drawn(2, false).changes(&drawn(1, false)), set);
        let new = [json!(["at", "drawn", [1], "<g><rect x=\"1\"></rect></g>"])];
        assert_eq!(drawn(1, true).changes(&drawn(1, false)), new);
    }

    #[test]
    fn attributes_come_and_go_and_another_part_replaces_all() {
        let (plain, hidden) = (Part::new("p", "a"), Part::new("p", "a").with("hidden", ""));
        assert_eq!(plain.changes(&hidden), [json!(["attribute", "a", "hidden", null])]);
        assert_eq!(hidden.changes(&plain), [json!(["attribute", "a", "hidden", ""])]);
        let around = |inner: Part| Part::new("div", "d").part(inner);
        let other = around(Part::new("p", "b")).changes(&around(plain));
        assert_eq!(other, [json!(["in", "d", "<p id=\"b\"></p>"])]);
    }

    #[test]
    fn values_from_outside_stay_text() {
        let part = Part::new("p", "a")
            .with("title", "\"><script>")
            .html(html! { b { "<&" } });
        let PreEscaped(text) = html! { (part) };
        assert_eq!(
            text,
            "<p id=\"a\" title=\"&quot;&gt;&lt;script&gt;\"><b>&lt;&amp;</b></p>"
        );
    }
}
