//! One open page, without sockets and clocks: values come in, what has changed goes out.

use serde_json::{Value, json};

use crate::{page::Page, part::Part};

/// Values in one message, or in one address.
pub(crate) const MOST_VALUES: usize = 100;

/// A page, and what the browser shows of it; nobody knows that until the first answer.
pub struct OpenPage {
    page: Box<dyn Page>,
    shown: Option<Part>,
}

/// What the page's script says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// Controls were moved: `[["w", "1.5"], …]`.
    Values(Vec<(String, String)>),
    /// The last picture that nobody asked for is on the screen: `"shown"`.
    Shown,
}

impl OpenPage {
    /// A page of which the browser shows nothing that is known.
    pub fn new(page: Box<dyn Page>) -> OpenPage {
        OpenPage { page, shown: None }
    }

    /// The page itself.
    pub fn page(&mut self) -> &mut dyn Page {
        &mut *self.page
    }

    /// Moves the controls and says what has changed.
    pub fn answer(&mut self, values: &[(String, String)]) -> Value {
        for (name, value) in values {
            self.page.set(name, value);
        }
        self.page.settle();
        let changes = self.changes();
        self.told(changes)
    }

    /// Takes a file that was dropped on the page, and says what has changed.
    pub fn take(&mut self, name: &str, bytes: Vec<u8>) -> Option<String> {
        self.page.take(name, bytes);
        self.page.settle();
        self.frame()
    }

    /// What has changed although nobody asked; none where nothing has.
    pub fn frame(&mut self) -> Option<String> {
        let changes = self.changes();
        if changes.is_empty() {
            return None;
        }
        let mut told = self.told(changes);
        told["frame"] = Value::Bool(true);
        Some(told.to_string())
    }

    fn changes(&mut self) -> Vec<Value> {
        let view = self.page.view();
        debug_assert!(unique(&view.ids()), "two parts have the same id");
        let changes = match &self.shown {
            Some(shown) => view.changes(shown),
            None => view.whole(),
        };
        self.shown = Some(view);
        changes
    }

    fn told(&self, changes: Vec<Value>) -> Value {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(self.page.moved());
        json!({"changes": changes, "title": self.page.title(), "query": query.finish()})
    }
}

fn unique(ids: &[&str]) -> bool {
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted.windows(2).all(|pair| pair[0] != pair[1])
}

impl Said {
    /// Reads a message, which may come from anywhere.
    ///
    /// # Errors
    /// When it is no such message, or has too many values.
    pub fn read(text: &str) -> Result<Said, String> {
        let unread = || "a message is a list of pairs of texts: [[\"w\", \"1.5\"]]".to_string();
        let pairs = match serde_json::from_str(text) {
            Ok(Value::Array(pairs)) => pairs,
            Ok(Value::String(word)) if word == "shown" => return Ok(Said::Shown),
            _ => return Err(unread()),
        };
        if pairs.len() > MOST_VALUES {
            return Err(format!("{} values in one message; at most {MOST_VALUES}", pairs.len()));
        }
        let pair = |pair: &Value| match pair.as_array().map(Vec::as_slice) {
            Some([Value::String(name), Value::String(value)]) => Ok((name.clone(), value.clone())),
            _ => Err(unread()),
        };
        pairs.iter().map(pair).collect::<Result<_, _>>().map(Said::Values)
    }
}
