//! What a page is to the server.

use crate::part::Part;

/// A page: plain state, and what it looks like.
pub trait Page: Send {
    /// What the window is called.
    fn title(&self) -> String;

    /// Moves a control, named as in the `data-set` of its element. What the page does not know, or what makes no sense, is
    /// left as it was: the value comes from outside.
    fn set(&mut self, name: &str, value: &str);

    /// The page's `<main>`, a function of the state alone.
    fn view(&self) -> Part;

    /// The controls that do not stand where they stood at first, as (name, value): what the address says of the page.
    fn moved(&self) -> Vec<(String, String)> {
        vec![]
    }
}

/// All pages there are.
pub trait Site: Send + Sync + 'static {
    /// The page at this path, such as `/lessons/geometry`, as it is at first; none where there is no page.
    fn open(&self, path: &str) -> Option<Box<dyn Page>>;
}
