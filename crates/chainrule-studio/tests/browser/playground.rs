//! The playground in a real browser.

use chainrule_learn::Model;
use chainrule_picture::number::brief;
use chainrule_playground::{Data, Setup};
use chainrule_studio::Lessons;

use super::{
    PHONE, UNREADABLE, address, clean,
    devtools::{Browser, Tab, kept},
    middle,
    served::Served,
    slide,
};

/// A small run, so that the tests are quick also where the engine is not optimized.
pub const SMALL: &str = "/playground?rows=40&widths=3&rate=0.1&noise=0.1";

/// Waits until nothing is asked and what was done is drawn.
pub fn at(tab: &mut Tab, step: usize) {
    tab.until(&format!(
        "!busy && !waiting.size && document.querySelector('#looked').childElementCount > 0 && \
         document.querySelector('.facts small').textContent === 'step {step}'"
    ));
}

/// Waits until a training that was paused is drawn where it stands, and says at which step that is.
pub fn rested(tab: &mut Tab) -> usize {
    tab.until(&format!(
        "!busy && !waiting.size && {STEPS} === +document.querySelector('#p-at').value"
    ));
    tab.number(STEPS) as usize
}

fn press(tab: &mut Tab, what: &str) {
    tab.value(&format!("document.querySelector('{what}').click()"));
}

/// What is drawn: the network and the surface.
const DRAWN: &str = "document.querySelector('#network').innerHTML + document.querySelector('#output').innerHTML";

pub const STEP: &str = "[data-add=do_steps]";
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
    let stopped = rested(&mut tab);
    tab.value("new Promise(done => setTimeout(done, 300))");
    assert_eq!(tab.number(STEPS) as usize, stopped, "paused is paused");
    press(&mut tab, STEP);
    at(&mut tab, stopped + 1);
    tab.value(&format!("window.there = {DRAWN}"));
    press(&mut tab, EPOCH);
    tab.until(&format!("{STEPS} > {stopped} + 1 && {STEPS} % 3 === 0"));
    // Back to the step before, and to the beginning: the very same pictures.
    slide(&mut tab, "step", &(stopped + 1).to_string());
    at(&mut tab, stopped + 1);
    assert_eq!(tab.value(&format!("{DRAWN} === window.there")), true);
    slide(&mut tab, "step", "0");
    at(&mut tab, 0);
    assert_eq!(tab.value(&format!("{DRAWN} === window.first")), true);
    slide(&mut tab, "step", &(stopped + 1).to_string());
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
fn a_neuron_under_the_pointer_is_shown_large() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, &format!("{SMALL}&step=9")));
    at(&mut tab, 9);
    let surface = "document.querySelector('#output image').getAttribute('href')";
    tab.value(&format!("window.before = {surface}"));
    let neuron = middle(&mut tab, "#network [data-peek=\"peek=1.1\"]");
    tab.point(neuron);
    tab.until("document.querySelector('#output figcaption').textContent.startsWith('h1.2 = tanh(')");
    assert_eq!(tab.value(&format!("{surface} === window.before")), false);
    // It stays while the training goes on, and changes with it.
    tab.value(&format!("window.there = {surface}"));
    press(&mut tab, ".run");
    tab.until(&format!("{STEPS} > 15 && {surface} !== window.there"));
    press(&mut tab, ".run");
    tab.until("!busy && document.querySelector('.run').ariaLabel === 'Train'");
    assert!(
        tab.text("document.querySelector('#output figcaption').textContent")
            .starts_with("h1.2 = ")
    );
    // Elsewhere, the output is back.
    tab.point((3.0, 3.0));
    tab.until("document.querySelector('#output figcaption').textContent.startsWith('Full points')");
    clean(&mut tab, &served);
}

#[test]
fn a_model_that_is_saved_gives_the_answers_of_the_page() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = tempfile::TempDir::new().unwrap();
    browser.keep_in(folder.path());
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(
        &served,
        "/playground?data=iris&widths=3&rate=0.1&step=60&look=code",
    ));
    at(&mut tab, 60);
    // As it stands now, not as the address had it when the page was opened.
    press(&mut tab, EPOCH);
    at(&mut tab, 66);
    press(&mut tab, "[data-save=model]");
    let bytes = kept(&folder.path().join("model.safetensors"));
    let model = Model::from_bytes("model.safetensors", &bytes).unwrap();

    // The page's figures of the validation rows, from the file's own answers.
    let mut setup = Setup::default();
    setup.set("data", "iris").unwrap();
    let data = Data::open(&setup, None).unwrap();
    let answers = model.predict(data.trainable().table()).unwrap();
    let (rows, truths) = (&data.validation().rows, data.validation_targets());
    let each = || rows.iter().zip(truths.iter().map(|truth| *truth as usize));
    let right = each()
        .filter(|(row, truth)| answers.text(**row) == data.classes()[*truth])
        .count();
    let loss = each()
        .map(|(row, truth)| -answers.probabilities(*row).unwrap()[truth].ln())
        .sum::<f64>()
        / rows.len() as f64;
    let fact = |place: usize| format!("document.querySelectorAll('.facts dd')[{place}].textContent.trim()");
    assert_eq!(tab.text(&fact(2)), brief(loss));
    let accuracy = format!("{:.1} %", 100.0 * right as f64 / rows.len() as f64);
    let shown = tab.text(&fact(3));
    assert!(shown.starts_with(&accuracy), "{shown}, but {accuracy}");
    clean(&mut tab, &served);
}

#[test]
fn branches_and_the_doctor() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, &format!("{SMALL}&step=12")));
    at(&mut tab, 12);
    slide(&mut tab, "step", "6");
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
        "/playground?noise=0.2&activation=relu&rate=3&seed=3&step=200",
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
    let mut tab = browser.open(&address(&served, &format!("{SMALL}&step=9&chosen=1.1")));
    at(&mut tab, 9);
    for scheme in ["light", "dark"] {
        tab.scheme(scheme);
        // Colors of buttons change gently.
        tab.value("new Promise(done => setTimeout(done, 400))");
        let found = tab.value(UNREADABLE);
        assert_eq!(found, serde_json::json!([]), "{scheme}: {found:#}");
    }
    tab.size(PHONE, 844);
    // The network is as wide as the window, and its neurons can be seen and touched.
    tab.go(&address(&served, &format!("{SMALL}&widths=4,4,4&step=9")));
    at(&mut tab, 9);
    tab.until("document.querySelectorAll('#network [data-peek]').length === 16");
    let hidden = "(() => { const { scrollWidth, clientWidth } = document.querySelector('#network'); return scrollWidth - clientWidth; })()";
    assert!(tab.number(hidden) <= 0.0, "the network is moved under its frame");
    let map = tab.number("document.querySelector('#network .cr-rim').getBoundingClientRect().width");
    assert!(map >= 32.0, "a neuron is {map} pixels wide");
    // One that is too deep for that says so, and is reached by the keyboard.
    tab.go(&address(&served, &format!("{SMALL}&widths=2,2,2,2,2,2,2,2&step=9")));
    at(&mut tab, 9);
    tab.until("document.querySelector('#network.deep')?.tabIndex === 0");
    assert!(tab.number(hidden) > 0.0);
    tab.go(&address(&served, &format!("{SMALL}&step=9")));
    at(&mut tab, 9);
    for look in ["loss", "rows", "spread", "landscape", "code"] {
        press(&mut tab, &format!("[data-send=\"look={look}\"]"));
        tab.until(&format!(
            "!busy && document.querySelector('[data-send=\"look={look}\"]').ariaSelected === 'true'"
        ));
        let wide = tab.number("document.documentElement.scrollWidth");
        assert!(wide <= f64::from(PHONE), "{look} is {wide} wide on a phone of {PHONE}");
    }
    clean(&mut tab, &served);
}
