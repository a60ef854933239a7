//! The playground without a browser: values in, text out.
#![allow(clippy::unwrap_used)]

use super::*;
use chainrule_playground::Choice;

/// Lets it go on until it rests, as a browser that takes each picture would.
fn rest(page: &mut Playground) {
    for _ in 0..100_000 {
        match page.advance(&mut || false) {
            Next::Rest => return,
            Next::Frame => page.shown(),
            Next::More => {}
        }
    }
    panic!("it never rests");
}

fn put(page: &mut Playground, values: &[(&str, &str)]) {
    for (name, value) in values {
        page.set(name, value);
    }
    page.settle();
    rest(page);
}

/// A page that was opened with these values in its address.
fn opened(values: &[(&str, &str)]) -> Playground {
    let mut page = Playground::new();
    put(&mut page, values);
    page
}

fn drawn(page: &Playground) -> [String; 2] {
    let drawn = page.stage.as_ref().unwrap().drawn();
    [drawn.network.content(), drawn.surface.content()]
}

fn at(page: &Playground) -> usize {
    page.stage.as_ref().unwrap().run().at()
}

fn address(page: &Playground) -> Vec<(String, String)> {
    page.moved()
}

#[test]
fn steps_epochs_and_the_way_back() {
    let mut page = opened(&[]);
    let first = drawn(&page);
    assert!(first[0].contains("data:image/png") && first[1].contains("data:image/png"));
    put(&mut page, &[("do_steps", "3")]);
    assert_eq!(at(&page), 3);
    let third = drawn(&page);
    assert!(third[0] != first[0] && third[1] != first[1]);
    put(&mut page, &[("do_epochs", "1")]);
    assert_eq!(at(&page), 14, "140 rows in batches of 10");
    put(&mut page, &[("do_epochs", "10")]);
    put(&mut page, &[("step", "3")]);
    assert_eq!(drawn(&page), third, "back in time, the same to the last pixel");
    assert!(
        page.view().content().contains("max=\"154\""),
        "the future is still known"
    );
    put(&mut page, &[("reset", "1")]);
    assert_eq!((at(&page), drawn(&page)), (0, first));
}

#[test]
fn it_plays_frame_by_frame_until_it_is_paused() {
    let mut page = opened(&[]);
    page.set("play", "on");
    page.set("speed", "quick");
    page.settle();
    let mut steps = vec![];
    for _ in 0..6 {
        while page.advance(&mut || false) == Next::More {}
        steps.push(at(&page));
        page.shown();
    }
    let strides: Vec<usize> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(strides, [10; 5], "ten steps a frame: {steps:?}");
    put(&mut page, &[("play", "off")]);
    let stopped = at(&page);
    rest(&mut page);
    assert_eq!(at(&page), stopped);
    // As fast as it can it never waits for frames, but not without end if nobody looks.
    page.set("play", "on");
    page.set("speed", "full");
    page.settle();
    // What the hand has done is shown first.
    while page.advance(&mut || true) == Next::More {}
    page.shown();
    let mut slices = 0;
    while page.advance(&mut || true) == Next::More {
        slices += 1;
        assert!(slices < 10_000, "it goes on although nobody looks");
    }
    assert!(at(&page) > stopped);
}

#[test]
fn an_address_says_all_of_a_page() {
    let mut page = opened(&[("data", "iris"), ("widths", "3"), ("rate", "0.1")]);
    put(&mut page, &[("do_steps", "25")]);
    put(&mut page, &[("w.0.1.2", "0.75"), ("chosen", "1.2")]);
    put(&mut page, &[("do_steps", "10")]);
    put(&mut page, &[("rate", "0.02")]);
    put(&mut page, &[("do_steps", "10"), ("x", "2"), ("y", "3")]);
    put(&mut page, &[("step", "40")]);
    let said = address(&page);
    let get = |name: &str| {
        said.iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(get("events"), Some("25:w.0.1.2=0.75;35:rate=0.02"));
    assert_eq!(
        (get("step"), get("to"), get("chosen"), get("rate")),
        (Some("40"), Some("45"), Some("1.2"), Some("0.1"))
    );
    let pairs: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let again = opened(&pairs);
    assert_eq!(drawn(&again), drawn(&page));
    assert_eq!(again.view(), page.view());
    assert_eq!(address(&again), said);
    // Addresses of before said it in another word.
    assert_eq!(at(&opened(&[("widths", "3"), ("at", "7")])), 7);
}

#[test]
fn a_weight_moved_by_hand_moves_the_answer() {
    let mut page = opened(&[]);
    put(&mut page, &[("do_steps", "50")]);
    let before = drawn(&page);
    put(&mut page, &[("w.1.0.1", "3.5"), ("chosen", "2.1")]);
    let after = drawn(&page);
    assert!(before[0] != after[0] && before[1] != after[1]);
    assert!(
        page.view().content().contains("value=\"3.5\" data-set=\"w.1.0.1\""),
        "its box says so"
    );
    put(&mut page, &[("w.9.9.9", "1")]);
    assert!(page.view().content().contains("there is no such weight"));
    assert_eq!(drawn(&page), after);
}

#[test]
fn a_neuron_that_is_looked_at_stands_in_the_place_of_the_output() {
    let mut page = opened(&[("widths", "3"), ("step", "20")]);
    let (before, said) = (drawn(&page), address(&page));
    // What it answers is known already: the answer to the message holds the picture.
    page.set("peek", "1.2");
    page.settle();
    let looked = drawn(&page);
    assert!(looked[0] == before[0] && looked[1] != before[1]);
    assert!(looked[1].contains("h1.3, as the next layer sees it") && looked[1].contains("h1.3 = tanh("));
    assert_eq!(address(&page), said, "looking is no part of the address");
    put(&mut page, &[("do_steps", "1")]);
    assert!(drawn(&page)[1].contains("h1.3 = tanh(") && drawn(&page)[1] != looked[1]);
    put(&mut page, &[("step", "20"), ("peek", "")]);
    assert_eq!(drawn(&page), before);
    for nothing in ["9.9", "x", "1", "1.-1", ""] {
        put(&mut page, &[("peek", nothing)]);
        assert_eq!(drawn(&page), before, "{nothing}");
    }
    // An output is a probability, an input what it is; curves where there is one column.
    put(&mut page, &[("peek", "2.1")]);
    assert!(drawn(&page)[1].contains("1 = "), "{}", drawn(&page)[1]);
    put(&mut page, &[("peek", "0.0")]);
    assert!(drawn(&page)[1].contains("x1 is an input"));
    let mut curve = opened(&[("data", "sine"), ("widths", "3"), ("peek", "")]);
    put(&mut curve, &[("peek", "1.0")]);
    assert!(drawn(&curve)[1].contains("h1.1, as the next layer sees it"));
}

#[test]
fn a_narrow_window_gets_a_narrow_network() {
    let width = |page: &Playground| {
        let text = page.stage.as_ref().unwrap().drawn().network.content();
        let number = text
            .split(" width=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_string();
        number.parse::<f64>().unwrap()
    };
    let mut page = opened(&[("narrow", "on")]);
    assert!(width(&page) < 380.0);
    assert!(address(&page).iter().all(|(name, _)| name != "narrow"));
    put(&mut page, &[("widths", "4,4,4")]);
    assert!(width(&page) < 380.0, "also another run");
    put(&mut page, &[("narrow", "off")]);
    assert!(width(&page) > 500.0);
}

#[test]
fn weights_that_are_too_many_for_a_box_each_have_one_after_the_other() {
    let mut page = opened(&[("widths", "30"), ("chosen", "2.1")]);
    assert!(page.view().content().contains("data-set=\"w.1.0.1\""));
    put(&mut page, &[("source", "29")]);
    assert!(page.view().content().contains("data-set=\"w.1.29.1\""));
    let before = drawn(&page);
    put(&mut page, &[("w.1.29.1", "4")]);
    assert_ne!(drawn(&page), before);
    put(&mut page, &[("source", "999"), ("source", "x")]);
    assert!(
        page.view().content().contains("data-set=\"w.1.29.1\""),
        "the last one there is"
    );
}

#[test]
fn the_loss_surface_follows_a_training() {
    let mut page = opened(&[("rows", "40"), ("widths", "2"), ("look", "landscape"), ("step", "30")]);
    let looked = |page: &Playground| page.stage.as_ref().unwrap().drawn().look.content();
    let fine = looked(&page);
    page.set("play", "on");
    page.settle();
    let mut seen = vec![];
    for _ in 0..40 {
        while page.advance(&mut || false) == Next::More {}
        page.shown();
        if seen.last() != Some(&looked(&page)) {
            seen.push(looked(&page));
        }
    }
    assert!(
        (3..=8).contains(&seen.len()),
        "it is drawn anew every so often, not each time: {}",
        seen.len()
    );
    assert!(seen.last().unwrap().contains("While the training goes"));
    put(&mut page, &[("play", "off")]);
    let rested = looked(&page);
    assert!(
        rested.len() > 1000 && !rested.contains("While the training goes"),
        "{rested}"
    );
    put(&mut page, &[("step", "30")]);
    assert_eq!(looked(&page), fine);
}

#[test]
fn two_branches_stand_side_by_side() {
    let mut page = opened(&[]);
    put(&mut page, &[("do_steps", "100")]);
    put(&mut page, &[("step", "60")]);
    let there = drawn(&page);
    put(&mut page, &[("fork", "rate:1")]);
    assert_eq!(drawn(&page), there, "the same past");
    put(&mut page, &[("do_steps", "40")]);
    let looked = page.stage.as_ref().unwrap().drawn().look.content();
    assert!(looked.contains("the other branch, training"), "{looked}");
    let fork = drawn(&page);
    put(&mut page, &[("branch", "1")]);
    assert_eq!(
        drawn(&page),
        there,
        "the other branch still stands at the step of the fork"
    );
    put(&mut page, &[("step", "100")]);
    assert_ne!(drawn(&page), fork, "another rate, another net");
    let said = address(&page);
    let pairs: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut again = opened(&pairs);
    assert_eq!(drawn(&again), drawn(&page));
    put(&mut again, &[("branch", "1")]);
    assert_eq!(drawn(&again), fork);
}

#[test]
fn a_table_of_ones_own_is_learned_from() {
    let mut page = opened(&[]);
    let rows = (0..60).map(|row| format!("{},{},{}\n", row % 10, row % 7, ["red", "green", "blue"][row % 3]));
    let csv = "a,b,<color>\n".to_string() + &rows.collect::<String>();
    page.take("mine.csv", csv.into_bytes());
    page.settle();
    rest(&mut page);
    let text = page.view().content();
    assert!(text.contains("mine.csv") && text.contains("&lt;color&gt;") && !text.contains("<color>"));
    put(&mut page, &[("do_epochs", "2")]);
    assert!(at(&page) > 0);
    put(&mut page, &[("look", "rows")]);
    let looked = page.stage.as_ref().unwrap().drawn().look.content();
    assert!(
        ["red", "green", "blue"].iter().all(|class| looked.contains(class)),
        "{looked}"
    );
    // What cannot be read is said, and the table before it stays.
    page.take("broken.csv", b"a,b\n1\n".to_vec());
    page.settle();
    rest(&mut page);
    let text = page.view().content();
    assert!(text.contains("role=\"alert\"") && text.contains("mine.csv"), "{text}");
}

#[test]
fn a_page_that_waits_for_its_table_goes_on_from_where_it_stood() {
    let rows: String = (0..30).map(|row| format!("{},{}\n", row, 3 * row % 7)).collect();
    let csv = format!("a,b\n{rows}").into_bytes();
    let mut page = opened(&[("widths", "2")]);
    page.take("mine.csv", csv.clone());
    page.settle();
    rest(&mut page);
    put(&mut page, &[("do_steps", "4")]);
    let said = address(&page);
    let pairs: Vec<(&str, &str)> = said
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut again = opened(&pairs);
    assert!(again.view().content().contains("drop that file on the page"));
    assert_eq!(address(&again), said, "nothing is forgotten meanwhile");
    again.take("mine.csv", csv);
    again.settle();
    rest(&mut again);
    assert_eq!((at(&again), drawn(&again)), (4, drawn(&page)));
}

#[test]
fn every_data_set_is_drawn() {
    let Some(choice) = Choice::named("data") else {
        panic!("no data")
    };
    let chainrule_playground::Kind::OneOf(words) = choice.kind else {
        panic!("no words")
    };
    for data in words().into_iter().filter(|data| *data != OWN) {
        let mut page = opened(&[("data", data)]);
        put(&mut page, &[("do_steps", "2")]);
        assert_eq!((at(&page), page.refused.clone()), (2, None), "{data}");
        assert!(drawn(&page)[1].contains("<svg"), "{data}");
        let looks: &[&str] = match data {
            "moons" | "sine" | "iris" => &["rows", "spread", "landscape", "code"],
            _ => &[],
        };
        for look in looks {
            put(&mut page, &[("look", look)]);
            let looked = page.stage.as_ref().unwrap().drawn().look.content();
            assert!(looked.len() > 200, "{data} {look}: {looked}");
        }
    }
}

#[test]
fn values_from_outside_do_no_harm() {
    let names = [
        "data",
        "rows",
        "widths",
        "rate",
        "inputs",
        "target",
        "at",
        "to",
        "do_steps",
        "do_epochs",
        "fork",
        "branch",
        "unfork",
        "chosen",
        "x",
        "y",
        "look",
        "speed",
        "events",
        "other",
        "other_to",
        "w.0.0.0",
        "b.0.0",
        "w.",
        "play",
        "",
        "stop",
        "step",
        "peek",
        "narrow",
        "source",
    ];
    let values = [
        "",
        "-1",
        "1e308",
        "NaN",
        "99999999999999999999",
        "<script>",
        "own",
        "0.0",
        "9999999.9",
        ";;;",
        "1:w.0.0.0=1e400",
        "rate:x",
        "rate:1e-9,seed:1",
        "4,4,4,4,4,4,4,4,4,4,4,4,4",
        "off",
    ];
    let small = [("rows", "20"), ("widths", "2")];
    for name in names {
        let mut page = opened(&small);
        for value in values {
            put(&mut page, &[(name, value)]);
            assert!(!page.view().content().contains("<script>"), "{name}={value}");
        }
    }
    for value in values {
        for name in names.iter().filter(|name| !["to", "other_to"].contains(name)) {
            opened(&[small[0], small[1], (name, value)]).view();
        }
    }
}
