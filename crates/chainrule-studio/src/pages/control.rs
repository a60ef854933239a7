//! Controls: a slider, its number, and what moves it.

use chainrule_lessons::{Control, Controls};
use maud::{Markup, html};

use crate::part::Part;

/// From so many places on, a control that counts can be played like a film.
const PLAYED: f64 = 9.0;

/// The panel with all controls of a scene, its seed where one is asked for, and the way back to where all stood at first.
pub(super) fn panel(controls: &Controls, seed: bool) -> Part {
    let mut panel = Part::new("div", "controls")
        .with("class", "controls")
        .with("role", "group")
        .with("aria-label", "Controls");
    for (control, value) in controls.iter() {
        panel = panel.html(row(control, value));
    }
    let moved = controls.seed != Controls::SEED || controls.iter().any(|(control, value)| value != control.start);
    panel.html(html! {
        div.foot {
            @if seed {
                label for="c-seed" { b { "seed" } span { "of everything random here" } }
                input #c-seed type="number" inputmode="numeric" min="0" max=(u32::MAX) step="1" data-set="seed"
                    data-start=(Controls::SEED) value=(controls.seed);
                button type="button" data-roll="seed" title="Draw again with another seed" { "draw again" }
            }
            button.back type="button" data-reset="" disabled[!moved] { "back to the start" }
        }
    })
}

/// A control: a slider to drag, a number to type, and, where it counts, a button that lets it run.
pub(super) fn row(control: &Control, value: f64) -> Markup {
    let Control {
        name,
        doc,
        from,
        to,
        step,
        start,
    } = *control;
    let id = format!("c-{name}");
    html! {
        div.control {
            label for=(id) { b { (name) } span { (doc) } }
            input id=(id) type="range" min=(from) max=(to) step=(step) data-set=(name) data-start=(start) value=(value);
            input.number type="number" aria-label=(format!("{name} as a number")) min=(from) max=(to) step=(step)
                data-set=(name) data-start=(start) value=(value);
            @if control.is_whole() && (to - from) / step >= PLAYED {
                button.play type="button" data-play=(id) aria-pressed="false" aria-label=(format!("let {name} run"))
                    title=(format!("let {name} run")) {}
            }
        }
    }
}

/// Moves a control to the nearest place it can stand at; what is no number leaves it where it is.
pub(super) fn set(controls: &mut Controls, name: &str, value: &str) {
    if name == "seed" {
        if let Ok(seed) = value.parse() {
            *controls = controls.clone().with_seed(seed);
        }
        return;
    }
    let Some((control, _)) = controls.iter().find(|(control, _)| control.name == name) else {
        return;
    };
    let Some(number) = value.parse::<f64>().ok().filter(|number| number.is_finite()) else {
        return;
    };
    let number = number.clamp(control.from, control.to);
    let number = if control.is_whole() { number.round() } else { number };
    // Within its range and whole where it must be, a value is not refused; if it were, the control would stay.
    let _ = controls.set(name, number);
}

/// The controls that have been moved, as (name, value).
pub(super) fn moved(controls: &Controls) -> Vec<(String, String)> {
    let mut moved: Vec<(String, String)> = controls
        .iter()
        .filter(|(control, value)| *value != control.start)
        .map(|(control, value)| (control.name.to_string(), value.to_string()))
        .collect();
    if controls.seed != Controls::SEED {
        moved.push(("seed".to_string(), controls.seed.to_string()));
    }
    moved
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn controls() -> Controls {
        let lesson = chainrule_lessons::lesson("geometry").unwrap();
        lesson.scene("gradient-descent").unwrap().controls()
    }

    #[test]
    fn values_from_outside_end_up_where_a_control_can_stand() {
        for (value, expected) in [
            ("12.6", 13.0),
            ("1e9", 100.0),
            ("-5", 0.0),
            ("NaN", 30.0),
            ("inf", 30.0),
            ("", 30.0),
            ("<script>", 30.0),
        ] {
            let mut controls = controls();
            set(&mut controls, "steps", value);
            let steps = controls.iter().find(|(control, _)| control.name == "steps").unwrap().1;
            assert_eq!(steps, expected, "{value}");
        }
        let mut controls = controls();
        set(&mut controls, "no such control", "1");
        set(&mut controls, "seed", "-1");
        assert_eq!(controls, self::controls());
        set(&mut controls, "seed", "7");
        assert_eq!(moved(&controls), [("seed".to_string(), "7".to_string())]);
    }
}
