//! A page that is open in a browser, answered by the browser itself.

use chainrule_studio::{File, Lessons, Next, OpenPage, Said, Site};
use serde_json::json;

/// An open page; the site it belongs to stands below `root`, such as `/` or `/chainrule/`.
pub struct Visit {
    open: OpenPage,
    root: String,
}

impl Visit {
    /// Opens the page at this path, such as `/lessons/geometry`; none where there is no page.
    pub fn open(path: &str, root: &str) -> Option<Visit> {
        Some(Visit {
            open: OpenPage::new(Lessons.open(path)?),
            root: root.to_string(),
        })
    }

    /// Answers a message of the page's script, as the studio's server does; nothing where nothing is to be answered.
    pub fn told(&mut self, message: &str) -> String {
        match Said::read(message) {
            Ok(Said::Values(values)) => {
                let reply = self.open.answer(&values).to_string();
                self.below_root(reply)
            }
            Ok(Said::Shown) => String::new(),
            Err(error) => json!({"error": error}).to_string(),
        }
    }

    /// Takes a file that was dropped on the page; the answer is empty where it changes nothing.
    pub fn take(&mut self, name: &str, bytes: Vec<u8>) -> String {
        let reply = self.open.take(name, bytes).unwrap_or_default();
        self.below_root(reply)
    }

    /// Lets the page go on by itself, until it has asked so many times whether that is enough.
    pub fn advance(&mut self, times: u32) -> Next {
        let mut left = times;
        self.open.page().advance(&mut || {
            left = left.saturating_sub(1);
            left == 0
        })
    }

    /// What has changed although nobody asked, empty where nothing has; the page may begin the next picture.
    pub fn frame(&mut self) -> String {
        let frame = self.open.frame().unwrap_or_default();
        self.open.page().shown();
        self.below_root(frame)
    }

    /// A file of the page, such as a picture to keep.
    pub fn file(&mut self, name: &str) -> Option<File> {
        self.open.page().file(name)
    }

    fn below_root(&self, reply: String) -> String {
        rooted(&reply, &self.root)
    }
}

/// A document, or HTML within JSON, of a site below `root`: what leads to `/` leads there.
pub fn rooted(text: &str, root: &str) -> String {
    if root == "/" {
        return text.to_string();
    }
    let mut text = text.to_string();
    for attribute in ["href", "src"] {
        for quote in ["\"", "\\\""] {
            text = text.replace(&format!("{attribute}={quote}/"), &format!("{attribute}={quote}{root}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::Value;

    #[test]
    fn messages_are_answered_as_by_the_server() {
        assert!(Visit::open("/no such page", "/").is_none());
        let mut visit = Visit::open("/lessons/geometry/one-neuron", "/").unwrap();
        let first: Value = serde_json::from_str(&visit.told("[]")).unwrap();
        assert_eq!(first["changes"][0][0], "in");
        let moved: Value = serde_json::from_str(&visit.told(r#"[["w", "1.5"]]"#)).unwrap();
        assert_eq!(moved["query"], "w=1.5");
        assert_eq!(visit.told("\"shown\""), "");
        for wrong in ["", "7", "[[1, 2]]", "{", "[[\"w\"]]"] {
            assert!(visit.told(wrong).contains("error"), "{wrong}");
        }
        assert_eq!(visit.advance(1), Next::Rest);
        assert!(visit.file("no such file").is_none());
    }

    #[test]
    fn links_lead_below_the_root() {
        let text = r#"<a href="/lessons"> <img src="/a.svg"> {"x": "<a href=\"/b\">"} <a href="https://example.org/">"#;
        let expected =
            r#"<a href="/r/lessons"> <img src="/r/a.svg"> {"x": "<a href=\"/r/b\">"} <a href="https://example.org/">"#;
        assert_eq!(rooted(text, "/r/"), expected);
        assert_eq!(rooted(text, "/"), text);
    }
}
