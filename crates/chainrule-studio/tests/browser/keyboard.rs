//! The playground by the keyboard alone.

use chainrule_studio::Lessons;

use super::{
    address, clean,
    devtools::{Browser, Tab},
    playground::{SMALL, STEP, STEPS, at, rested},
    served::Served,
};

/// Goes from one place to the next until this one is reached.
fn reach(tab: &mut Tab, what: &str) {
    let found = (0..150).any(|_| {
        tab.key("Tab");
        tab.value(&format!("document.activeElement.matches('{what}')")) == true
    });
    assert!(found, "Tab never comes to {what}");
}

/// Everything that a mouse does to a training, in one go and without one.
#[test]
fn a_training_by_the_keyboard_alone() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, SMALL));
    at(&mut tab, 0);
    // Another set, by the first letter of its name.
    reach(&mut tab, "#p-data");
    tab.key("x");
    tab.until("!busy && location.search.includes('data=xor')");
    // Play and pause.
    reach(&mut tab, ".run");
    tab.key(" ");
    tab.until(&format!("{STEPS} > 5 && document.activeElement.ariaLabel === 'Pause'"));
    tab.key(" ");
    tab.until("document.activeElement.ariaLabel === 'Train' && !busy && !waiting.size");
    let stopped = rested(&mut tab);
    // One step more.
    reach(&mut tab, STEP);
    tab.key("Enter");
    at(&mut tab, stopped + 1);
    // Back in time, step by step and to the beginning, and to the end.
    reach(&mut tab, "#p-at");
    tab.key("ArrowLeft");
    at(&mut tab, stopped);
    tab.key("Home");
    at(&mut tab, 0);
    tab.key("End");
    at(&mut tab, stopped + 1);
    // To a neuron: one stop for all of them, arrows from one to the next. What it answers is shown, and its formula opened.
    reach(&mut tab, "#network [data-peek]");
    assert_eq!(tab.text("document.activeElement.dataset.peek"), "peek=0.0");
    tab.key("ArrowRight");
    tab.key("ArrowDown");
    let second = tab.text("document.activeElement.dataset.peek");
    assert!(second.starts_with("peek=1.") && second != "peek=1.0", "{second}");
    let called = second.replace("peek=1.", "");
    let called = format!("h1.{}", called.parse::<usize>().unwrap() + 1);
    tab.until(&format!(
        "document.querySelector('#output figcaption').textContent.includes('{called} = ')"
    ));
    tab.key("Enter");
    tab.until("document.querySelector('#formula [data-set^=\"w.0.\"]')");
    // Its weight.
    reach(&mut tab, "#formula [data-set^=\"w.0.\"]");
    tab.until("!document.querySelector('#output figcaption').textContent.includes(' = ')");
    let before = tab.number("+document.activeElement.value");
    tab.key("ArrowUp");
    tab.until(&format!(
        "!busy && location.search.includes('events={}%3Aw.0.')",
        stopped + 1
    ));
    assert!((tab.number("+document.activeElement.value") - before).abs() > 1e-6);
    // Another way from here.
    reach(&mut tab, "#fork [data-send^=\"fork=\"]");
    tab.key("Enter");
    tab.until("document.querySelector('#fork').textContent.includes('the other one has done')");
    // Everything anew.
    reach(&mut tab, "[data-send=\"reset=1\"]");
    tab.key("Enter");
    at(&mut tab, 0);
    clean(&mut tab, &served);
}
