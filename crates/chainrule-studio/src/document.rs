//! The frame around every page.

use chainrule_lessons::LESSONS;
use maud::{DOCTYPE, html};

use crate::page::Page;

/// A page as a whole HTML document. Style and script come from this server; nothing is inline, which the pages' policy forbids.
pub fn document(page: &dyn Page) -> String {
    let document = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title()) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/studio.css";
                script src="/assets/studio.js" {}
            }
            body {
                a.skip href="#page" { "Skip to the page" }
                header.top {
                    a.brand href="/" { "chainrule " em { "studio" } }
                    nav aria-label="All pages" {
                        @for lesson in &LESSONS {
                            a href=(format!("/lessons/{}", lesson.name)) title=(lesson.title) { (short(lesson.name)) }
                        }
                        a.tool href="/bench" { "Bench" }
                        a.tool href="/playground" { "Playground" }
                    }
                    button #theme type="button" aria-label="Switch between light and dark" title="Light or dark" {}
                }
                (page.view())
                noscript {
                    p.notice { "Without JavaScript the pages can be read, but nothing moves." }
                }
                p #status role="status" aria-live="polite" {}
            }
        }
    };
    document.into_string()
}

/// A lesson's name for the bar at the top: `By hand`.
fn short(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str().replace('-', " "))
}
