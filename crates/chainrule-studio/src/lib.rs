#![forbid(unsafe_code)]
//! The studio: the lessons as pages to read and to play with, served on this machine.
//!
//! A page is plain state: [`Page::set`] moves a control, [`Page::view`] says what the page looks like then. Both are free of
//! sockets and clocks, so a page is tested by calling them. Around the pages stands a server ([`Studio`]) that sends a whole
//! document when a page is opened, and afterwards, over one WebSocket, only those elements whose text has changed
//! ([`Part::changes`]). A page that goes on by itself ([`Page::advance`]) does so between the messages. Nothing is fetched from
//! elsewhere.
//!
//! ```
//! use chainrule_studio::{Lessons, Page, Site};
//!
//! let mut page = Lessons.open("/lessons/geometry/one-neuron").ok_or("no such page")?;
//! let before = page.view();
//! page.set("w", "1.5");
//! let changes = page.view().changes(&before);
//! assert!(changes.iter().any(|change| change.to_string().contains("1.5x")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod assets;
mod bench;
#[cfg(feature = "server")]
mod browser;
mod document;
mod formula;
mod open_page;
mod page;
mod pages;
mod part;
mod patch;
mod prose;
#[cfg(feature = "server")]
mod server;
mod typeset;

#[cfg(feature = "server")]
pub use browser::open_browser;
pub use document::document;
pub use open_page::{OpenPage, Said};
pub use page::{File, Next, Page, Site, file_address};
pub use pages::{Lessons, OpenModel};
pub use part::{Child, Part};
#[cfg(feature = "server")]
pub use server::{Error, Studio};
