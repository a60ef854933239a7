//! Labels, contrast, order: axe-core looks at the pages. It is no part of the tree: `AXE_CORE` names its `axe.min.js`.

use super::{Browser, Lessons, Served, Tab, address};
use chainrule_lessons::{LESSONS, exercises};
use std::{env, fs};

/// axe-core's text; none, said aloud, where it is not at hand.
fn axe() -> Option<String> {
    let Some(place) = env::var_os("AXE_CORE") else {
        println!("SKIPPED: AXE_CORE does not name axe-core's axe.min.js (`npm pack axe-core` gets it)");
        return None;
    };
    Some(fs::read_to_string(place).unwrap())
}

/// What axe-core finds wrong with a page: the rule, how many places, and the first of them.
fn found(tab: &mut Tab, axe: &str) -> Vec<String> {
    tab.value(&format!("{axe}; 0"));
    let all = tab.value(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => \
         violations.map(({ id, nodes }) => `${id} (${nodes.length}): ${nodes[0].target} ${nodes[0].any.map(({ message }) => message).join('; ')}`))",
    );
    let all = all.as_array().unwrap().iter();
    all.map(|each| each.as_str().unwrap().to_string()).collect()
}

/// One page of each kind, wide and light, narrow and dark.
fn pages() -> Vec<String> {
    let first_scenes = LESSONS
        .iter()
        .map(|lesson| format!("/lessons/{}/{}", lesson.name, lesson.scenes[0].name));
    let exercise = exercises().unwrap().remove(0).name;
    let others = ["/", "/lessons/geometry", "/bench", "/playground"].map(String::from);
    first_scenes
        .chain(others)
        .chain([format!("/exercises/{exercise}")])
        .collect()
}

fn check(pages: &[String]) {
    let (Some(axe), Some(mut browser)) = (axe(), Browser::start()) else {
        return;
    };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    let mut wrong = vec![];
    for (scheme, width, height) in [("light", 1280, 900), ("dark", 390, 844)] {
        tab.scheme(scheme);
        tab.size(width, height);
        for page in pages {
            tab.go(&address(&served, page));
            // Also what is drawn after the page has come.
            tab.until("!document.querySelector('main[data-live]') || !busy && !waiting.size && (!document.querySelector('#network') || document.querySelector('#looked')?.childElementCount > 0)");
            wrong.extend(
                found(&mut tab, &axe)
                    .iter()
                    .map(|found| format!("{page}, {scheme}: {found}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pages_of_every_kind_pass_axe() {
    check(&pages());
}

/// `cargo test --release -p chainrule-studio --test browser -- --ignored every_page_passes_axe`
#[test]
#[ignore = "minutes"]
fn every_page_passes_axe() {
    let scenes = LESSONS.iter().flat_map(|lesson| {
        lesson
            .scenes
            .iter()
            .map(|scene| format!("/lessons/{}/{}", lesson.name, scene.name))
    });
    check(&scenes.collect::<Vec<_>>());
}
