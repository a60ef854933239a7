//! How long the page takes to follow a hand, measured in the page: figures to read, not tests of time.
//!
//! `cargo test --release -p chainrule-studio --test browser -- --ignored --nocapture from_` prints them all: the event of a
//! control to the change in the page, as (least, median, 95th percentile) in milliseconds.

use chainrule_lessons::LESSONS;
use chainrule_studio::Lessons;
use serde_json::{Value, json};

use super::{
    address,
    bench::LARGE,
    devtools::{Browser, Tab},
    playground::STEPS,
    served::Served,
};

/// From what a hand does to the page that shows it, up to COUNT times or for three seconds: how long each took. `ACT` does
/// something in round `i`, `SHOWN` says whether the page shows it; only what changes below `STAGE` is looked at.
const LATENCY: &str = "(async () => {
    const stage = document.querySelector('STAGE'), times = [], end = performance.now() + 3000;
    for (let i = 0; i < COUNT && performance.now() < end; i++) {
        while (busy || waiting.size) await new Promise(done => setTimeout(done, 1));
        await new Promise(done => setTimeout(done, 16 + i % 7));
        const changed = new Promise(done => {
            const ended = time => { watch.disconnect(); clearTimeout(late); done(time); };
            const watch = new MutationObserver(() => { if (SHOWN) ended(performance.now()); });
            watch.observe(stage, { subtree: true, childList: true, attributes: true, characterData: true });
            const late = setTimeout(ended, 2000, Infinity);
        });
        const began = performance.now();
        ACT;
        times.push(await changed - began);
    }
    times.sort((a, b) => a - b);
    return [0, .5, .95].map(share => times[Math.floor(times.length * share)]).concat(times.length, times.filter(time => time < Infinity).length);
})()";

/// What was measured, in a line.
fn latency(tab: &mut Tab, stage: &str, act: &str, shown: &str, count: usize) -> String {
    let script = LATENCY.replace("STAGE", stage).replace("SHOWN", shown);
    let times = tab.value(&script.replace("COUNT", &count.to_string()).replace("ACT", act));
    // What never came is no number.
    let told = |place: usize| {
        times[place]
            .as_f64()
            .map_or("   –".to_string(), |time| format!("{time:6.1}"))
    };
    format!(
        "least {}   median {}   95th {} ms   {} of {} moves",
        told(0),
        told(1),
        told(2),
        times[4],
        times[3]
    )
}

/// A step of a slider: ten times up, ten times down, and the other way where it can go no farther.
fn moved(slider: &str) -> String {
    format!(
        "const input = document.querySelector('{slider}'), low = +input.value - input.step < +input.min; \
         const up = +input.value + +input.step <= +input.max && (i % 20 < 10 || low); \
         input.value = +input.value + (up ? 1 : -1) * input.step; input.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    )
}

#[test]
#[ignore = "figures to read: cargo test --release -p chainrule-studio --test browser -- --ignored --nocapture from_slider"]
fn from_slider_to_picture() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let only = std::env::var("STUDIO_SCENES").unwrap_or_default();
    let mut tab = browser.open(&address(&served, "/"));
    for lesson in &LESSONS {
        let scenes = lesson
            .scenes
            .iter()
            .filter(|scene| only.is_empty() || only.contains(scene.name));
        for scene in scenes.filter(|scene| scene.controls().iter().count() > 0) {
            tab.go(&address(&served, &format!("/lessons/{}/{}", lesson.name, scene.name)));
            let slider = moved("#controls input[type=range]");
            let told = latency(&mut tab, ".pictures", &slider, "true", 40);
            println!("{:22}{:28}{told}", lesson.name, scene.name);
        }
    }
}

#[test]
#[ignore = "figures to read: cargo test --release -p chainrule-studio --test browser -- --ignored --nocapture from_step"]
fn from_step_to_picture() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench"));
    for (name, path) in [
        ("a neuron", "/bench?step=0".to_string()),
        ("394 values as neurons", format!("{LARGE}&step=0")),
        ("394 values, each drawn", format!("{LARGE}&detail=3&step=0")),
    ] {
        tab.go(&address(&served, &path));
        let steps = tab.number("+document.querySelector('#c-step').max").min(120.0) as usize;
        let forward = "const input = document.querySelector('#c-step'); input.value = +input.value + 1; \
                       input.dispatchEvent(new Event('input', { bubbles: true }))";
        let told = latency(&mut tab, "#frame", forward, "true", steps);
        // A film of two seconds, as the button plays it.
        tab.value("document.querySelector('[aria-label=\"to the start\"]').click()");
        tab.until("!busy && !waiting.size");
        let film = tab.number(
            "(async () => { const button = document.querySelector('[data-play]'), from = performance.now(); button.click(); \
             await new Promise(done => setTimeout(done, 2000)); const at = +document.querySelector('#c-step').value; \
             const time = performance.now() - from; button.click(); return at / time * 1000; })()",
        );
        println!("{name:24}{told}   film {film:.0} steps a second");
    }
}

/// What a hand does in the playground: how it is told, what is done, and when the page shows it.
const MOVES: [(&str, &str, &str); 3] = [
    (
        "a control",
        "pressed = document.querySelector(`[role=tab][data-send='look=${['rows', 'loss'][i % 2]}']`); pressed.click()",
        "pressed.ariaSelected === 'true'",
    ),
    (
        "a picture",
        "pressed = document.querySelector(`#network [data-send='chosen=1.${i % 2}']`); \
         pressed.dispatchEvent(new MouseEvent('click', { bubbles: true }))",
        "pressed.matches('.cr-chosen')",
    ),
    (
        "a slider",
        "pressed = document.querySelector('#p-validation'); pressed.value = [0.3, 0.35][i % 2]; \
         pressed.dispatchEvent(new Event('input', { bubbles: true }))",
        "pressed.nextElementSibling.textContent === pressed.value",
    ),
];

#[test]
#[ignore = "figures to read: cargo test --release -p chainrule-studio --test browser -- --ignored --nocapture while_it_trains"]
fn from_control_to_page_while_it_trains() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    for path in [
        "/playground?noise=0.2&speed=full",
        "/playground?noise=0.2&widths=16,16&speed=full",
    ] {
        tab.go(&address(&served, path));
        tab.value("window.pressed = null");
        for state in ["at rest", "training"] {
            if state == "training" {
                tab.value("document.querySelector('.run').click()");
                tab.until(&format!("{STEPS} > 100"));
            }
            for (what, act, shown) in MOVES {
                let told = latency(&mut tab, "#page", act, shown, 80);
                println!("{path}, {state}: {what:10} {told}");
            }
        }
        println!("{path}: {}", film(&mut tab));
        tab.value("document.querySelector('.run').click()");
    }
}

/// How fast it trains and is shown for three seconds that nobody disturbs, and what a picture costs the page.
fn film(tab: &mut Tab) -> String {
    let worked = |tab: &mut Tab| -> [f64; 5] {
        let found = tab.call("Performance.getMetrics", json!({}))["metrics"].clone();
        let named = |name: &str| {
            let mut all = found.as_array().into_iter().flatten();
            all.find(|metric| metric["name"] == name)
                .and_then(|metric| metric["value"].as_f64())
        };
        [
            "TaskDuration",
            "ScriptDuration",
            "RecalcStyleDuration",
            "LayoutDuration",
            "Timestamp",
        ]
        .map(|name| named(name).unwrap_or(f64::NAN))
    };
    tab.call("Performance.enable", json!({}));
    let (steps, before) = (tab.number(STEPS), worked(tab));
    let pictures: Value = tab.value(
        "(async () => { let pictures = 0, size = 0; const own = socket.onmessage; \
         socket.onmessage = event => { pictures++; size += event.data.length; return own(event); }; \
         await new Promise(done => setTimeout(done, 3000)); socket.onmessage = own; return [pictures, size]; })()",
    );
    let (steps, after) = (tab.number(STEPS) - steps, worked(tab));
    let [all, script, style, layout, time] = [0, 1, 2, 3, 4].map(|place| after[place] - before[place]);
    let count = pictures[0].as_f64().unwrap_or(f64::NAN).max(1.0);
    let each = |seconds: f64| seconds / count * 1e3;
    format!(
        "{:.0} steps and {:.1} pictures a second; a picture is {:.0} KB and costs the page {:.1} ms (script {:.1}, style {:.1}, layout {:.1})",
        steps / time,
        count / time,
        pictures[1].as_f64().unwrap_or(f64::NAN) / count / 1024.0,
        each(all),
        each(script),
        each(style),
        each(layout)
    )
}
