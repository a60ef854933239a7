//! The studio in a real browser. Without one on the machine these tests say so and are skipped.
//!
//! `STUDIO_SHOTS=FOLDER cargo test -p chainrule-studio --test browser photographs` writes pictures of every page, light and
//! dark, at the size of a desktop and of a phone; `.ci/run` keeps them in `shots` under the target folder.
#![allow(clippy::unwrap_used)]

mod accessibility;
mod bench;
mod devtools;
mod keyboard;
mod latency;
mod model;
mod photographs;
mod playground;
mod readme;
#[path = "../served/mod.rs"]
mod served;

use chainrule_lessons::LESSONS;
use chainrule_studio::Lessons;
use devtools::{Browser, Tab};
use served::Served;

fn address(served: &Served, path: &str) -> String {
    format!("http://{}{path}", served.host)
}

/// Moves a slider as a hand would.
fn slide(tab: &mut Tab, name: &str, value: &str) {
    tab.value(&format!(
        "(() => {{ const input = document.querySelector('input[type=range][data-set=\"{name}\"]'); input.value = '{value}'; \
         input.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
    ));
}

/// Nothing went wrong in the page, and nothing was asked of another host.
fn clean(tab: &mut Tab, served: &Served) {
    tab.value("0");
    assert!(tab.errors.is_empty(), "{:#?}", tab.errors);
    assert!(!tab.requests.is_empty());
    let own = [format!("http://{}/", served.host), format!("ws://{}/", served.host)];
    for request in &tab.requests {
        assert!(
            request.starts_with("data:") || own.iter().any(|own| request.starts_with(own)),
            "{request}"
        );
    }
}

/// The middle of an element, in the window.
fn middle(tab: &mut Tab, selector: &str) -> (f64, f64) {
    let mut at = |axis: &str, size: &str| {
        tab.number(&format!(
            "(() => {{ const box = document.querySelector('{selector}').getBoundingClientRect(); return box.{axis} + box.{size} / 2; }})()"
        ))
    };
    (at("x", "width"), at("y", "height"))
}

fn near(found: (f64, f64), expected: (f64, f64), distance: f64) {
    let far = (found.0 - expected.0).hypot(found.1 - expected.1);
    assert!(far <= distance, "{found:?} is {far} from {expected:?}");
}

/// The width of a small phone.
const PHONE: u32 = 375;

/// Opens a page on a phone: it is no wider than the phone, and what is pressed with a finger is inside and large enough for one.
/// A browser on a phone makes its window as wide as the page, so the window says nothing.
fn fits_a_phone(tab: &mut Tab, served: &Served, path: &str) {
    tab.size(PHONE, 720);
    tab.go(&address(served, path));
    let wide = tab.number("document.documentElement.scrollWidth");
    assert!(wide <= f64::from(PHONE), "{path} is {wide} wide on a phone of {PHONE}");
    let small = tab.text(&format!(
        "[...document.querySelectorAll('input, button, select')].filter(e => {{ const b = e.getBoundingClientRect(); \
         return b.width && (b.height < 22 || b.left < 0 || b.right > {PHONE}); }}).map(e => e.outerHTML).join('\\n')"
    ));
    assert_eq!(small, "", "{path}");
}

#[test]
fn every_control_of_every_scene_changes_its_picture() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    let mut count = 0;
    for lesson in &LESSONS {
        for scene in lesson.scenes {
            tab.go(&address(&served, &format!("/lessons/{}/{}", lesson.name, scene.name)));
            for (control, _) in scene.controls().iter() {
                let (name, drawn) = (control.name, "document.querySelector('.pictures').innerHTML");
                tab.value(&format!("window.before = {drawn}"));
                // One end may look like the start: then the other one must not.
                let moved = [control.to, control.from].iter().any(|end| {
                    slide(&mut tab, name, &end.to_string());
                    tab.until("!busy && !waiting.size");
                    tab.value(&format!("window.before !== {drawn}")) == true
                });
                assert!(moved, "{} {}: {name}", lesson.name, scene.name);
                count += 1;
            }
        }
    }
    assert!(count > 100, "{count}");
    println!("{count} controls moved their pictures");
    clean(&mut tab, &served);
}

#[test]
fn the_line_follows_the_mouse() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/lessons/geometry/one-neuron"));
    let line = "#picture-0 path.cr-stroke";
    let (x, y) = middle(&mut tab, line);
    // Take the line away from its middle, where nothing lies over it, and raise it.
    tab.drag((x + 60.0, y), (x + 60.0, y - 120.0));
    tab.until("!busy && !waiting.size");
    near(middle(&mut tab, line), (x, y - 120.0), 2.0);
    assert!(tab.number("+document.querySelector('[data-set=b]').value") > 1.5);
    // Turn it at its right end.
    let end = "#picture-0 g.cr-handle:last-of-type";
    let (x, y) = middle(&mut tab, end);
    tab.drag((x, y), (x, y + 90.0));
    tab.until("!busy && !waiting.size");
    near(middle(&mut tab, end), (x, y + 90.0), 3.0);
    assert!(tab.number("+document.querySelector('[data-set=w]').value") < -0.2);
    // The hinge of a neuron goes where the mouse goes, both ways.
    tab.go(&address(&served, "/lessons/geometry/one-relu-neuron"));
    let hinge = "#picture-0 g.cr-handle";
    let (x, y) = middle(&mut tab, hinge);
    tab.drag((x, y), (x + 100.0, y - 60.0));
    tab.until("!busy && !waiting.size");
    near(middle(&mut tab, hinge), (x + 100.0, y - 60.0), 3.0);
    assert_eq!(tab.value("document.querySelectorAll('.dragging').length"), 0);
    clean(&mut tab, &served);
}

#[test]
fn the_keyboard_alone_is_enough() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/lessons/geometry/one-neuron"));
    let reach = |tab: &mut Tab, what: &str| {
        let found = (0..80).any(|_| {
            tab.key("Tab");
            tab.value(&format!("document.activeElement.matches('{what}')")) == true
        });
        assert!(found, "Tab never comes to {what}");
    };
    reach(&mut tab, "input[type=range][data-set=w]");
    for _ in 0..5 {
        tab.key("ArrowRight");
    }
    tab.until("document.querySelector('#picture-0').textContent.includes('0.5x + 0')");
    assert_eq!(tab.value("document.activeElement.dataset.set"), "w", "the focus stays");
    tab.key("n");
    tab.until("location.pathname === '/lessons/geometry/fit-by-hand' && document.readyState === 'complete'");
    tab.key("p");
    tab.until("location.pathname === '/lessons/geometry/one-neuron' && document.documentElement.dataset.live === ''");
    reach(&mut tab, "details summary");
    tab.key("Enter");
    tab.until("document.activeElement.parentElement.open");
    slide(&mut tab, "w", "2");
    tab.until("document.querySelector('#picture-0').textContent.includes('2x + 0')");
    assert_eq!(
        tab.value("document.activeElement.parentElement.open"),
        true,
        "what was opened stays open"
    );
    reach(&mut tab, "a[rel=next]");
    // An exercise.
    tab.go(&address(&served, "/exercises/multiply"));
    reach(&mut tab, "#answer");
    for letter in ["g", "*", "b", ",", "a"] {
        tab.call("Input.insertText", serde_json::json!({"text": letter}));
    }
    tab.key("Enter");
    tab.until("document.querySelector('#verdict').textContent.includes('forgot the incoming gradient')");
    assert_eq!(tab.value("document.activeElement.id"), "answer", "the focus stays");
    for letter in ["*", "g"] {
        tab.call("Input.insertText", serde_json::json!({"text": letter}));
    }
    tab.key("Enter");
    tab.until("document.querySelector('#verdict').textContent.includes('Right.')");
    clean(&mut tab, &served);
}

#[test]
fn a_restarted_server_loses_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/lessons/geometry/one-neuron"));
    slide(&mut tab, "w", "1.5");
    tab.until("document.querySelector('#picture-0').textContent.includes('1.5x + 0')");
    let port = served.port();
    drop(served);
    tab.until("busy");
    slide(&mut tab, "b", "-3");
    tab.until("document.querySelector('#status').textContent.includes('does not answer')");
    let served = Served::on(port, Lessons);
    tab.until("document.querySelector('#picture-0').textContent.includes('1.5x − 3')");
    tab.until("document.querySelector('#status').textContent === ''");
    // The address says it all: the same page, opened anew, stands where this one stands.
    tab.until("location.search === '?w=1.5&b=-3'");
    let again = tab.text("location.href");
    let mut copy = browser.open(&again);
    copy.until("document.querySelector('#picture-0').textContent.includes('1.5x − 3')");
    assert_eq!(copy.text("document.querySelector('#c-w').value"), "1.5");
    clean(&mut copy, &served);
}

#[test]
fn two_tabs_do_not_disturb_each_other() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let path = address(&served, "/lessons/geometry/one-neuron");
    let (mut one, mut other) = (browser.open(&path), browser.open(&path));
    slide(&mut one, "w", "3");
    slide(&mut other, "w", "-2");
    slide(&mut one, "b", "1");
    one.until("document.querySelector('#picture-0').textContent.includes('3x + 1')");
    other.until("document.querySelector('#picture-0').textContent.includes('-2x + 0')");
    clean(&mut one, &served);
    clean(&mut other, &served);
}

#[test]
fn small_windows_and_dark_ones_are_usable() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    for path in [
        "/",
        "/lessons/geometry/two-relu-neurons",
        "/lessons/autograd/exercise-rules",
        "/lessons/autograd",
        "/exercises/multiply",
    ] {
        fits_a_phone(&mut tab, &served, path);
    }
    tab.size(1280, 900);
    let ground = "getComputedStyle(document.documentElement).backgroundColor";
    let drawn = "getComputedStyle(document.querySelector('.cr-title')).fill";
    tab.go(&address(&served, "/lessons/geometry/one-neuron"));
    let mut looks = |scheme: &str| {
        tab.scheme(scheme);
        (tab.text(ground), tab.text(drawn))
    };
    let (light, dark) = (looks("light"), looks("dark"));
    assert_eq!(light.0, "rgb(255, 255, 255)");
    assert!(light.0 != dark.0 && light.1 != dark.1, "{light:?} {dark:?}");
    // The switch wins over the system, and is remembered.
    tab.value("document.querySelector('#theme').click()");
    assert_eq!((tab.text(ground), tab.text(drawn)), light);
    tab.go(&address(&served, "/lessons/geometry/kink"));
    assert_eq!(tab.text(ground), light.0);
    clean(&mut tab, &served);
}

#[test]
fn controls_run_as_films_and_go_back() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/lessons/geometry/gradient-descent"));
    let steps = "document.querySelector('#c-steps').value";
    tab.value("document.querySelector('[data-play=c-steps]').click()");
    tab.until(&format!("+{steps} > 35"));
    assert_eq!(
        tab.value("document.querySelector('[data-play=c-steps]').getAttribute('aria-pressed')"),
        "true"
    );
    tab.value("document.querySelector('[data-play=c-steps]').click()");
    let stopped = tab.number(&format!("+{steps}"));
    slide(&mut tab, "w", "-2");
    tab.until("!busy && !waiting.size");
    assert_eq!(
        tab.number(&format!("+{steps}")),
        stopped,
        "a film that is stopped stays where it is"
    );
    // Other noise, and then everything as it was.
    let drawn = "document.querySelector('.pictures').innerHTML";
    tab.go(&address(&served, "/lessons/geometry/gradient-descent"));
    tab.value(&format!("window.before = {drawn}"));
    tab.value("document.querySelector('[data-roll=seed]').click()");
    tab.until(&format!("{drawn} !== window.before"));
    slide(&mut tab, "w", "3");
    tab.until("!busy && !waiting.size");
    tab.value("document.querySelector('[data-reset]').click()");
    tab.until(&format!("!busy && !waiting.size && {drawn} === window.before"));
    clean(&mut tab, &served);
}

/// Texts that stand out too little from their ground (WCAG 2: 4.5 to 1, large ones 3 to 1), and what has no name.
const UNREADABLE: &str = "(() => {
    const channels = color => color.match(/[\\d.]+/g).map(Number);
    const light = color => channels(color).slice(0, 3).map(c => c / 255).map(c => c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
    const ground = e => { while (e) { const c = getComputedStyle(e).backgroundColor; if ((channels(c)[3] ?? 1) > .5) return c; e = e.parentElement; } return 'rgb(255,255,255)'; };
    const found = [];
    for (const e of document.body.querySelectorAll('*')) {
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        if (e.closest('svg') || !box.width || e.disabled) continue;
        if (e.matches('a, button, input, summary')) {
            const name = e.getAttribute('aria-label') || e.textContent.trim() || [...(e.labels ?? [])].map(l => l.textContent).join('').trim();
            if (!name) found.push('no name: ' + e.outerHTML);
        }
        if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
        const [a, b] = [light(style.color), light(ground(e))].sort((a, b) => b - a), contrast = (a + .05) / (b + .05);
        const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
        if (contrast < (large ? 3 : 4.5)) found.push(contrast.toFixed(2) + ': ' + e.textContent.slice(0, 40));
    }
    for (const svg of document.querySelectorAll('main svg')) {
        if (!svg.getAttribute('aria-label') || !document.getElementById(svg.getAttribute('aria-describedby'))?.textContent) found.push('no words: ' + svg.id);
    }
    const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
    return [...found, ...ids.filter((id, i) => ids.indexOf(id) !== i)];
})()";

#[test]
fn texts_can_be_read_and_everything_has_a_name() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    for path in [
        "/",
        "/lessons/geometry",
        "/lessons/geometry/two-relu-neurons",
        "/lessons/autograd/exercise-rules",
        "/exercises/multiply?answer=g*b,a",
    ] {
        for scheme in ["light", "dark"] {
            tab.scheme(scheme);
            tab.go(&address(&served, path));
            tab.value("document.querySelectorAll('details').forEach(details => { details.open = true; })");
            let found = tab.value(UNREADABLE);
            assert_eq!(found, serde_json::json!([]), "{path} {scheme}: {found:#}");
        }
    }
    // The check does find what it looks for.
    tab.value("document.body.append(Object.assign(document.createElement('button')), Object.assign(document.createElement('p'), { textContent: 'faint' }))");
    tab.value("document.body.lastChild.style.color = getComputedStyle(document.documentElement).backgroundColor");
    assert_eq!(tab.value(&format!("{UNREADABLE}.length")), 2);
}
