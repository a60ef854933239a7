//! The graph bench in a real browser.

use chainrule_studio::Lessons;

use super::{
    PHONE, UNREADABLE, address, clean,
    devtools::{Browser, Tab},
    fits_a_phone, middle,
    served::Served,
    slide,
};

/// The training loss of the third lesson, 394 values.
pub const LARGE: &str = "/bench?build=network&widths=3,4,4,1&loss=sum+of+squares&samples=4&inputs=anew";

fn settled(tab: &mut Tab) {
    tab.until("!busy && !waiting.size");
}

/// The numbers of the box of this name: its data and its gradient.
fn numbers(tab: &mut Tab, name: &str) -> Vec<String> {
    let found = tab.value(&format!(
        "(() => {{ const box = [...document.querySelectorAll('#graph g[data-pick]')].find(g => g.querySelector('.cr-name')?.textContent === '{name}'); \
         return [...box.querySelectorAll('text.cr-end:not(.cr-tag)')].map(text => text.textContent); }})()"
    ));
    let found = found.as_array().unwrap().iter();
    found.map(|text| text.as_str().unwrap().to_string()).collect()
}

/// Types into the field for formulas, all at once.
fn type_formula(tab: &mut Tab, text: &str) {
    tab.value(&format!(
        "(() => {{ const input = document.querySelector('#c-formula'); input.value = '{text}'; \
         input.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
    ));
    settled(tab);
}

#[test]
fn a_step_moves_the_picture_and_the_rule() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench"));
    assert_eq!(numbers(&mut tab, "L"), ["0.7071", "1.0000"]);
    tab.value("document.querySelector('[aria-label=\"to the start\"]').click()");
    settled(&mut tab);
    assert_eq!(numbers(&mut tab, "L"), ["–", "–"]);
    assert_eq!(numbers(&mut tab, "w1"), ["−3.0000", "–"]);
    // The arrow keys, while the position has the focus.
    tab.value("document.querySelector('#c-step').focus()");
    for step in 1..=11 {
        tab.value(
            "window.before = document.querySelector('#graph').innerHTML + document.querySelector('#now').innerHTML",
        );
        tab.key("ArrowRight");
        tab.until(
            "document.querySelector('#graph').innerHTML + document.querySelector('#now').innerHTML !== window.before",
        );
        settled(&mut tab);
        assert_eq!(tab.number("+document.querySelector('#c-step').value"), f64::from(step));
    }
    // One of six forward, the seed, and five backward: the last product is still to come.
    assert_eq!(tab.number("+document.querySelector('#c-step').max"), 11.0);
    assert_eq!(numbers(&mut tab, "x1"), ["2.0000", "−1.5000"]);
    tab.key("ArrowLeft");
    settled(&mut tab);
    assert_eq!(numbers(&mut tab, "x1"), ["2.0000", "0.0000"]);
    let now = tab.text("document.querySelector('#now').textContent");
    assert!(now.contains("Backward: ×#6") && now.contains("g·b"), "{now}");
    clean(&mut tab, &served);
}

#[test]
fn paths_sum_to_the_gradient_by_keyboard_alone() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench?formula=(a*b)*(a%2Bb)&.a=-2&.b=3"));
    let found = (0..60).any(|_| {
        tab.key("Tab");
        tab.value(
            "document.activeElement.matches('#graph [data-pick]') && document.activeElement.ariaLabel.startsWith('a,')",
        ) == true
    });
    assert!(found, "Tab never comes to the leaf");
    tab.until("document.querySelector('#look').textContent.includes('A leaf')");
    tab.key("Enter");
    tab.until("document.querySelector('#paths [data-sum]')");
    let products = tab.value("[...document.querySelectorAll('#paths [data-product]')].map(e => +e.dataset.product)");
    let products: Vec<f64> = products
        .as_array()
        .unwrap()
        .iter()
        .map(|x| x.as_f64().unwrap())
        .collect();
    assert_eq!(products.len(), 2, "{products:?}");
    assert_eq!(products.iter().sum::<f64>(), -3.0);
    assert_eq!(
        tab.number("+document.querySelector('#paths [data-sum]').dataset.sum"),
        -3.0
    );
    assert_eq!(numbers(&mut tab, "a")[1], "−3.0000");
    assert_ne!(
        tab.text("document.querySelector('#graph .cr-way').getAttribute('d')"),
        ""
    );
    assert_eq!(
        tab.value("document.activeElement.matches('#graph [data-pick]')"),
        true,
        "the focus stays"
    );
    tab.until("location.search.includes('paths=')");
    clean(&mut tab, &served);
}

#[test]
fn a_leaf_is_dragged_and_everything_follows() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench?formula=a*b&.a=2&.b=3"));
    assert_eq!(numbers(&mut tab, "L")[0], "6.0000");
    let (x, y) = middle(&mut tab, "#graph .cr-knob");
    tab.drag((x, y), (x + 50.0, y));
    settled(&mut tab);
    let a = tab.number("+document.querySelector('input[type=number][data-set=\".a\"]').value");
    assert!((a - 3.0).abs() < 0.05, "{a}");
    assert_eq!(numbers(&mut tab, "L")[0], format!("{:.4}", 3.0 * a));
    slide(&mut tab, ".b", "-1");
    settled(&mut tab);
    assert_eq!(numbers(&mut tab, "a")[1], "−1.0000");
    clean(&mut tab, &served);
}

#[test]
fn a_mistake_is_marked_and_the_last_graph_stays() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench"));
    type_formula(&mut tab, "a*b + c");
    assert_eq!(numbers(&mut tab, "L").len(), 2);
    let drawn = tab.text("document.querySelector('#graph').innerHTML");
    type_formula(&mut tab, "a*b + * c");
    let told = tab.text("document.querySelector('#trouble pre').textContent");
    assert!(told.contains("at character 7") && told.ends_with('^'), "{told}");
    assert_eq!(
        tab.text("document.querySelector('#c-formula').getAttribute('aria-invalid')"),
        "true"
    );
    assert_eq!(tab.text("document.querySelector('#graph').innerHTML"), drawn);
    assert_eq!(tab.text("document.querySelector('#c-formula').value"), "a*b + * c");
    type_formula(&mut tab, "a*b - c");
    assert_eq!(
        tab.value("document.querySelector('#trouble pre')"),
        serde_json::Value::Null
    );
    clean(&mut tab, &served);
}

#[test]
fn what_is_kept_is_what_is_shown() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench?formula=a*b&.a=2&.b=3"));
    let kept = |tab: &mut Tab, name: &str| {
        tab.text(&format!(
            "(async () => {{ const answer = await fetch(document.querySelector('[download=\"{name}\"]').href); \
             return answer.headers.get('content-disposition') + '\\n' + answer.headers.get('content-type') + '\\n' + await answer.text(); }})()"
        ))
    };
    let dot = kept(&mut tab, "graph.dot");
    assert!(
        dot.starts_with("attachment; filename=\"graph.dot\"\ntext/vnd.graphviz\ndigraph"),
        "{dot}"
    );
    assert!(dot.contains("{ a | data 2.0000 | grad 3.0000 }"), "{dot}");
    slide(&mut tab, ".a", "-1");
    settled(&mut tab);
    let svg = kept(&mut tab, "graph.svg");
    let (head, text) = svg.split_once("<svg").unwrap();
    assert!(
        head.contains("image/svg+xml") && text.contains("−3.0000") && text.contains("<style>"),
        "{svg}"
    );
    // As a picture of its own it can be read and drawn.
    let drawn = tab.value(
        "(async () => { const image = new Image(); image.src = 'data:image/svg+xml,' + encodeURIComponent(await (await \
         fetch(document.querySelector('[download=\"graph.svg\"]').href)).text()); await image.decode(); return image.naturalWidth; })()",
    );
    assert!(drawn.as_f64().unwrap() > 300.0, "{drawn}");
    tab.requests.retain(|request| !request.starts_with("data:"));
    clean(&mut tab, &served);
}

#[test]
fn a_large_graph_opens_neuron_by_neuron_and_runs_as_a_film() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, LARGE));
    let boxes = "document.querySelectorAll('#graph [data-pick]').length";
    let before = tab.number(boxes);
    assert!((50.0..=80.0).contains(&before), "{before}");
    tab.value("document.querySelector('#graph .cr-many').focus()");
    tab.key("Enter");
    tab.until(&format!("{boxes} > {before}"));
    tab.until("location.search.includes('open=')");
    tab.value("document.querySelector('[aria-label=\"to the start\"]').click()");
    settled(&mut tab);
    tab.value("document.querySelector('[data-play]').click()");
    tab.until("+document.querySelector('#c-step').value > 20");
    tab.value("document.querySelector('[data-play]').click()");
    settled(&mut tab);
    let stopped = tab.number("+document.querySelector('#c-step').value");
    tab.value("document.querySelector('[aria-label=\"one step back\"]').click()");
    settled(&mut tab);
    assert_eq!(tab.number("+document.querySelector('#c-step').value"), stopped - 1.0);
    // More leaves than fit into one message have arrived all the same.
    tab.go(&address(&served, "/bench?build=network&widths=8,8,4&.w1.1.1=0.5"));
    assert!(tab.number("document.querySelectorAll('#leaves input').length") > 100.0);
    settled(&mut tab);
    assert_eq!(tab.text("document.querySelector('#status').textContent"), "");
    assert_eq!(
        tab.number("+document.querySelector('[data-set=\".w1.1.1\"]').value"),
        0.5
    );
    tab.until("location.search.endsWith('.w1.1.1=0.5')");
    clean(&mut tab, &served);
}

#[test]
fn a_restarted_server_shows_the_same_bench() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench"));
    type_formula(&mut tab, "a*b + c");
    slide(&mut tab, ".a", "4");
    slide(&mut tab, "step", "1");
    settled(&mut tab);
    let drawn = tab.text("document.querySelector('#graph').innerHTML");
    let port = served.port();
    drop(served);
    tab.until("busy");
    let served = Served::on(port, Lessons);
    settled(&mut tab);
    assert_eq!(tab.text("document.querySelector('#graph').innerHTML"), drawn);
    assert_eq!(tab.text("document.querySelector('#c-formula').value"), "a*b + c");
    let _ = served;
}

#[test]
fn the_bench_is_usable_on_a_phone_and_can_be_read() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench"));
    for path in ["/bench?paths=1&step=9", LARGE, "/bench?formula=a*"] {
        fits_a_phone(&mut tab, &served, path);
        for (width, height) in [(PHONE, 720), (1280, 900)] {
            tab.size(width, height);
            tab.go(&address(&served, path));
            let covered = tab.number(
                "document.querySelector('#player').getBoundingClientRect().bottom - document.querySelector('#graph').parentElement.getBoundingClientRect().top",
            );
            assert!(
                covered <= 0.0,
                "{path}: the player covers {covered} pixels of the graph"
            );
        }
        tab.size(1280, 900);
        for scheme in ["light", "dark"] {
            tab.scheme(scheme);
            tab.go(&address(&served, path));
            tab.value("document.querySelectorAll('details').forEach(details => { details.open = true; })");
            let found = tab.value(UNREADABLE);
            assert_eq!(found, serde_json::json!([]), "{path} {scheme}: {found:#}");
        }
    }
    clean(&mut tab, &served);
}
