//! The playground in a real browser.

use chainrule_studio::Lessons;

use super::{
    UNREADABLE, address, clean,
    devtools::{Browser, Tab},
    middle,
    served::Served,
    slide,
};

/// A small run, so that the tests are quick also where the engine is not optimized.
const SMALL: &str = "/playground?rows=40&widths=3&rate=0.1&noise=0.1";

/// Waits until nothing is asked and what was done is drawn.
fn at(tab: &mut Tab, step: usize) {
    tab.until(&format!(
        "!busy && !waiting.size && document.querySelector('#looked').childElementCount > 0 && \
         document.querySelector('.facts small').textContent === 'step {step}'"
    ));
}

fn press(tab: &mut Tab, what: &str) {
    tab.value(&format!("document.querySelector('{what}').click()"));
}

/// What is drawn: the network and the surface.
const DRAWN: &str = "document.querySelector('#network').innerHTML + document.querySelector('#output').innerHTML";

const STEP: &str = "[data-add=do_steps]";
const EPOCH: &str = "[data-add=do_epochs]";
/// How many steps are done.
pub const STEPS: &str = "+document.querySelector('.facts small').textContent.replace(/\\D/g, '')";

#[test]
fn it_trains_pauses_and_goes_back_in_time() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, SMALL));
    at(&mut tab, 0);
    let losses = "document.querySelector('#loss-chart').innerHTML";
    tab.value(&format!("window.first = {DRAWN}; window.losses = {losses}"));
    press(&mut tab, ".run");
    tab.until(&format!(
        "{STEPS} > 5 && {DRAWN} !== window.first && {losses} !== window.losses"
    ));
    assert_eq!(tab.text("document.querySelector('.run').ariaLabel"), "Pause");
    press(&mut tab, ".run");
    tab.until("document.querySelector('.run').ariaLabel === 'Train' && !busy");
    tab.value("new Promise(done => setTimeout(done, 300))");
    let stopped = tab.number(STEPS) as usize;
    tab.value("new Promise(done => setTimeout(done, 300))");
    assert_eq!(tab.number(STEPS) as usize, stopped, "paused is paused");
    press(&mut tab, STEP);
    at(&mut tab, stopped + 1);
    tab.value(&format!("window.there = {DRAWN}"));
    press(&mut tab, EPOCH);
    tab.until(&format!("{STEPS} > {stopped} + 1 && {STEPS} % 3 === 0"));
    // Back to the step before, and to the beginning: the very same pictures.
    slide(&mut tab, "at", &(stopped + 1).to_string());
    at(&mut tab, stopped + 1);
    assert_eq!(tab.value(&format!("{DRAWN} === window.there")), true);
    slide(&mut tab, "at", "0");
    at(&mut tab, 0);
    assert_eq!(tab.value(&format!("{DRAWN} === window.first")), true);
    slide(&mut tab, "at", &(stopped + 1).to_string());
    at(&mut tab, stopped + 1);
    press(&mut tab, "[data-send=\"reset=1\"]");
    at(&mut tab, 0);
    assert_eq!(
        tab.value("document.querySelector('#p-at').disabled"),
        true,
        "a new run has no past"
    );
    clean(&mut tab, &served);
}

#[test]
fn a_weight_is_dragged_and_a_neuron_tells_its_formula() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, SMALL));
    press(&mut tab, EPOCH);
    at(&mut tab, 3);
    let surface = "document.querySelector('#output image').getAttribute('href')";
    tab.value(&format!("window.before = {surface}"));
    let edge = "#network g.cr-edge[data-drag^=\"w.1.0.0:\"]";
    let number = format!("+document.querySelector('{}').dataset.value", edge.replace('"', "\\\""));
    let before = tab.number(&number);
    let (x, y) = middle(&mut tab, edge);
    tab.drag((x, y), (x, y - 60.0));
    tab.until(&format!(
        "!busy && !waiting.size && {number} > {before} + 0.1 && {surface} !== window.before"
    ));
    tab.until("location.search.includes('events=3%3Aw.1.0.0')");
    // A neuron, by the keyboard alone.
    tab.value("document.querySelector('#network g[data-send=\"chosen=2.0\"]').focus()");
    tab.key("Enter");
    tab.until("document.querySelector('#formula [data-set=\"w.1.0.0\"]')");
    let shown = tab.number("+document.querySelector('#formula [data-set=\"w.1.0.0\"]').value");
    assert!((shown - tab.number(&number)).abs() < 1e-3);
    tab.value(&format!("window.before = {surface}"));
    tab.value(
        "(() => { const input = document.querySelector('#formula [data-set=\"b.1.0\"]'); input.value = '-1.5'; \
         input.dispatchEvent(new Event('change', { bubbles: true })); })()",
    );
    tab.until(&format!("!busy && {surface} !== window.before"));
    clean(&mut tab, &served);
}

#[test]
fn branches_and_the_doctor() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, &format!("{SMALL}&at=12")));
    at(&mut tab, 12);
    slide(&mut tab, "at", "6");
    at(&mut tab, 6);
    press(&mut tab, "[data-send^=\"fork=rate\"]");
    tab.until("document.querySelector('#fork').textContent.includes('the other one has done 12 steps')");
    press(&mut tab, EPOCH);
    at(&mut tab, 9);
    tab.until("document.querySelector('#loss-chart').textContent.includes('the other branch, training')");
    press(&mut tab, "[data-send=\"branch=1\"]");
    // The other one stands where it was left.
    at(&mut tab, 6);
    // A rate that is far too large, and the change that the doctor proposes.
    tab.go(&address(
        &served,
        "/playground?noise=0.2&activation=relu&rate=3&seed=3&at=200",
    ));
    tab.until("document.querySelector('#findings [data-send^=\"rate=\"]')");
    press(&mut tab, "#findings [data-send^=\"rate=\"]");
    tab.until("!busy && +document.querySelector('#p-rate').value < 3 && location.search.includes('events=200%3Arate')");
    clean(&mut tab, &served);
}

#[test]
fn a_table_that_is_dropped_trains_and_survives_a_restart() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, SMALL));
    at(&mut tab, 0);
    tab.value(
        "(() => { let csv = 'width,height,<kind>\\n'; \
         for (let i = 0; i < 60; i++) csv += `${i % 10},${i * 7 % 11},${['red', 'green', 'blue'][i % 3]}\\n`; \
         const data = new DataTransfer(); data.items.add(new File([csv], 'mine.csv')); \
         dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true })); })()",
    );
    tab.until("!busy && document.querySelector('.drop b')?.textContent === 'mine.csv'");
    tab.until("document.querySelector('#output').textContent.includes('<kind>')");
    press(&mut tab, EPOCH);
    at(&mut tab, 5);
    press(&mut tab, "[data-send=\"look=rows\"]");
    tab.until("['red', 'green', 'blue'].every(name => document.querySelector('#matrix')?.textContent.includes(name))");
    tab.until("location.search.includes('data=own')");
    tab.value(&format!("window.before = {DRAWN}"));
    // Another server, which knows nothing: the page sends its file, and everything goes on from the same step.
    let port = served.port();
    drop(served);
    tab.until("busy");
    let served = Served::on(port, Lessons);
    tab.until(&format!(
        "document.documentElement.dataset.live === '' && !busy && {DRAWN} === window.before"
    ));
    at(&mut tab, 5);
    press(&mut tab, STEP);
    at(&mut tab, 6);
    clean(&mut tab, &served);
}

#[test]
fn a_restarted_server_goes_on_from_the_same_step() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let path = address(&served, SMALL);
    let (mut tab, mut other) = (browser.open(&path), browser.open(&path));
    press(&mut tab, EPOCH);
    at(&mut tab, 3);
    press(&mut tab, STEP);
    at(&mut tab, 4);
    press(&mut tab, "[data-send=\"look=spread\"]");
    tab.until("document.querySelector('#spread')");
    assert_eq!(other.number(STEPS), 0.0, "two tabs do not disturb each other");
    tab.until("!busy");
    tab.value(&format!("window.before = {DRAWN}"));
    let port = served.port();
    drop(served);
    tab.until("busy");
    let served = Served::on(port, Lessons);
    tab.until(&format!(
        "!busy && document.querySelector('#status').textContent === '' && {DRAWN} === window.before"
    ));
    press(&mut tab, STEP);
    at(&mut tab, 5);
    clean(&mut tab, &served);
}

#[test]
fn the_playground_is_usable_everywhere() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, &format!("{SMALL}&at=9&chosen=1.1")));
    at(&mut tab, 9);
    for scheme in ["light", "dark"] {
        tab.scheme(scheme);
        // Colors of buttons change gently.
        tab.value("new Promise(done => setTimeout(done, 400))");
        let found = tab.value(UNREADABLE);
        assert_eq!(found, serde_json::json!([]), "{scheme}: {found:#}");
    }
    tab.size(375, 720);
    tab.go(&address(&served, &format!("{SMALL}&at=9")));
    at(&mut tab, 9);
    for look in ["loss", "rows", "spread", "landscape", "code"] {
        press(&mut tab, &format!("[data-send=\"look={look}\"]"));
        tab.until(&format!(
            "!busy && document.querySelector('[data-send=\"look={look}\"]').ariaSelected === 'true'"
        ));
        let (wide, window) = (
            tab.number("document.documentElement.scrollWidth"),
            tab.number("innerWidth"),
        );
        assert!(wide <= window, "{look} is {wide} wide in a window of {window}");
    }
    clean(&mut tab, &served);
}
