//! What a page is to the server.

use crate::part::Part;

/// A page: plain state, and what it looks like.
///
/// It knows no clock, no threads, no files and no sockets. A page that goes on by itself, such as a training, does so in
/// slices that the server asks for ([`Page::advance`]), and is shown whenever the browser has taken what it was sent last.
pub trait Page: Send {
    /// What the window is called.
    fn title(&self) -> String;

    /// Moves a control, named as in the `data-set` of its element. What the page does not know, or what makes no sense, is
    /// left as it was: the value comes from outside.
    fn set(&mut self, name: &str, value: &str);

    /// All values that came together have been set: what depends on several of them is computed once.
    fn settle(&mut self) {}

    /// The page's `<main>`, a function of the state alone.
    fn view(&self) -> Part;

    /// The controls that do not stand where they stood at first, as (name, value): what the address says of the page.
    fn moved(&self) -> Vec<(String, String)> {
        vec![]
    }

    /// Goes on by itself until `enough` is true, which it asks every now and then (a millisecond of work is a good while). After
    /// a control has moved it says [`Next::Frame`] as soon as it shows what that has done, and is shown at once.
    fn advance(&mut self, enough: &mut dyn FnMut() -> bool) -> Next {
        let _ = enough;
        Next::Rest
    }

    /// The view has been sent, at most 30 times a second: a page that goes on by frames begins the next one.
    fn shown(&mut self) {}

    /// Takes a file that was dropped on the page: its name, and what stands in it. Both come from outside.
    fn take(&mut self, name: &str, bytes: Vec<u8>) {
        let _ = (name, bytes);
    }

    /// A file to keep, such as `graph.svg`, of the page as it stands now; none where the page has no file of this name. It is
    /// asked for at [`file_address`].
    fn file(&self, _name: &str) -> Option<File> {
        None
    }
}

/// What a page does after a slice of its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Nothing, until a control moves; it looks as it did when it was asked.
    Rest,
    /// It wants to be shown, and goes on after that.
    Frame,
    /// It goes on at once.
    More,
}

/// A file that a page gives to whoever wants to keep it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// What it is called where it is kept, such as `graph.svg`.
    pub name: String,
    /// What it is, such as `image/svg+xml`.
    pub media_type: &'static str,
    /// What stands in it.
    pub bytes: Vec<u8>,
}

/// Where a file of a page is to be had: the link for `<a download>`. The address says all of the page, as the page's own does,
/// so nothing need be kept for it.
///
/// ```
/// let stands = [("formula".to_string(), "a*b".to_string())];
/// assert_eq!(chainrule_studio::file_address("graph.svg", "/bench", &stands), "/files/graph.svg/bench?formula=a*b");
/// ```
pub fn file_address(name: &str, path: &str, moved: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(moved);
    match query.finish() {
        none if none.is_empty() => format!("/files/{name}{path}"),
        query => format!("/files/{name}{path}?{query}"),
    }
}

/// All pages there are.
pub trait Site: Send + Sync + 'static {
    /// The page at this path, such as `/lessons/geometry`, as it is at first; none where there is no page.
    fn open(&self, path: &str) -> Option<Box<dyn Page>>;
}
