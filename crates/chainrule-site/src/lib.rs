#![deny(unsafe_code)]
//! The studio's pages as a site of plain files: each page is a document, and what makes it live runs in the browser.
//!
//! The pages are those of [`chainrule_studio`], compiled to WebAssembly. A worker of the browser stands where the server
//! stands otherwise: it opens the page of its address ([`Visit::open`]), answers the same messages ([`Visit::told`]), and
//! lets the page go on in between ([`Visit::advance`]). `cargo site FOLDER` writes the files.
//!
//! ```
//! use chainrule_site::Visit;
//!
//! let mut visit = Visit::open("/lessons/geometry/one-neuron", "/chainrule/").ok_or("no such page")?;
//! let reply = visit.told(r#"[["w", "1.5"]]"#);
//! assert!(reply.contains("1.5x") && reply.contains(r#"href=\"/chainrule/lessons/geometry"#));
//! # Ok::<(), &str>(())
//! ```

#[cfg(target_arch = "wasm32")]
mod door;
mod visit;

pub use visit::{Visit, rooted};
