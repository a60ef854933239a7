//! A model from the inside in a real browser.

use chainrule_learn::{ModelKind, Options, Reader, fit, open};
use chainrule_studio::OpenModel;
use std::ops::ControlFlow;

use super::{UNREADABLE, address, clean, devtools::Browser, fits_a_phone, served::Served, slide};

/// A small network for the wine table, on its rows.
pub fn site() -> OpenModel {
    let table = open("wine", &Reader::new()).unwrap();
    let mut options = Options::new("cultivar");
    options.model = Some(ModelKind::Mlp);
    options.folds = Some(0);
    options.network.hidden = vec![12, 6];
    options.network.epochs = 10;
    let model = fit(&table, &options, |_| ControlFlow::Continue(())).unwrap().model;
    OpenModel::new(model, Some(table)).unwrap()
}

#[test]
fn an_input_moves_the_answer_and_a_wrong_row_and_a_neuron_are_pressed() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(site());
    let mut tab = browser.open(&address(&served, "/"));
    tab.value("document.querySelector('a[href=\"/model\"]').click()");
    tab.until("location.pathname === '/model' && document.documentElement.dataset.live === ''");
    let answer = "+document.querySelector('[data-answer]').dataset.answer";
    let before = tab.number(answer);
    slide(&mut tab, "cell12", "300");
    tab.until(&format!("{answer} !== {before}"));
    tab.until("location.search.includes('cell12=300')");
    // Another row, as the table has it.
    tab.value("document.querySelector('#worst button').click()");
    tab.until("document.querySelector('#worst button').getAttribute('aria-current') === 'true'");
    assert_eq!(
        tab.text("document.querySelector('#c-row').value"),
        tab.text("document.querySelector('#worst button').textContent")
    );
    tab.until("!location.search.includes('cell12')");
    // A neuron, by keyboard: its drawing ends in the number that the layer shows.
    tab.value("document.querySelector('[data-pick=\"neuron:1.3\"]').focus()");
    tab.key("Enter");
    tab.until("document.querySelector('#neuron h2').textContent === 'Neuron 4 of layer 2'");
    let drawn = tab.number(
        "(() => { const box = [...document.querySelectorAll('#neuron .cr-value')].find(g => g.querySelector('.cr-name')?.textContent === 'neuron 2.4'); \
         return +box.querySelector('.cr-end').textContent.replace('−', '-'); })()",
    );
    let shown = tab.number("+document.querySelector('[data-pick=\"neuron:1.3\"]').textContent.replace('−', '-')");
    assert!((drawn - shown).abs() < 0.006, "{drawn} {shown}");
    clean(&mut tab, &served);
}

#[test]
fn the_page_of_a_model_is_usable_on_a_phone_and_can_be_read() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(site());
    let mut tab = browser.open(&address(&served, "/model"));
    fits_a_phone(&mut tab, &served, "/model?row=7");
    tab.size(1280, 900);
    for scheme in ["light", "dark"] {
        tab.scheme(scheme);
        tab.go(&address(&served, "/model"));
        let found = tab.value(UNREADABLE);
        assert_eq!(found, serde_json::json!([]), "{scheme}: {found:#}");
    }
    clean(&mut tab, &served);
}

#[test]
fn a_restarted_server_shows_the_same_row_and_neuron() {
    let Some(mut browser) = Browser::start() else { return };
    let site = site();
    let served = Served::new(site.clone());
    let mut tab = browser.open(&address(&served, "/model?row=3"));
    slide(&mut tab, "cell12", "300");
    tab.until("location.search.includes('cell12=300')");
    tab.value("document.querySelector('[data-pick=\"neuron:1.3\"]').focus()");
    tab.key("Enter");
    tab.until("!busy && document.querySelector('#neuron h2').textContent === 'Neuron 4 of layer 2'");
    let shown = "document.querySelector('#page').innerHTML";
    tab.value(&format!("window.before = {shown}"));
    let port = served.port();
    drop(served);
    tab.until("busy");
    let served = Served::on(port, site);
    tab.until(&format!(
        "!busy && document.querySelector('#status').textContent === '' && {shown} === window.before"
    ));
    let mut copy = browser.open(&tab.text("location.href"));
    copy.until("document.querySelector('#neuron h2').textContent === 'Neuron 4 of layer 2'");
    clean(&mut copy, &served);
}
