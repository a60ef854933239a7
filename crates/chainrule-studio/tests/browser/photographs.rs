//! What every page looks like, for people to look at.

use chainrule_lessons::{LESSONS, exercises};
use chainrule_studio::Lessons;

use super::{
    address, clean,
    devtools::{Browser, Tab},
    model,
    served::Served,
};

/// The name of a photograph, and the page.
type Shown = (String, String);

/// Every lesson and scene, and the other pages in different states.
fn pages() -> Vec<Shown> {
    let own = |name: &str, path: &str| (name.to_string(), path.to_string());
    let mut pages = vec![
        own("home", "/"),
        own("playground", "/playground?noise=0.2&rate=0.1&at=300&chosen=1.2"),
        own("playground-classes", "/playground?data=iris&rate=0.05&at=300&look=rows"),
        own(
            "playground-regression",
            "/playground?data=sine&rate=0.05&at=300&look=landscape",
        ),
        own("playground-code", "/playground?at=30&look=code"),
        own(
            "playground-doctor",
            "/playground?noise=0.2&activation=relu&rate=3&seed=3&at=200",
        ),
        own("bench-neuron", "/bench?paths=1"),
        own("bench-backward", "/bench?step=9"),
        own("bench-mistake", "/bench?formula=a*b%2B*c"),
        own(
            "bench-large",
            "/bench?build=network&widths=3,4,4,1&loss=sum+of+squares&samples=4&inputs=anew&step=400",
        ),
    ];
    for lesson in &LESSONS {
        pages.push((lesson.name.to_string(), format!("/lessons/{}", lesson.name)));
        let scene = |name: &str| format!("/lessons/{}/{name}", lesson.name);
        let scenes = lesson.scenes.iter();
        pages.extend(scenes.map(|shown| (format!("{}-{}", lesson.name, shown.name), scene(shown.name))));
    }
    let exercises = exercises().unwrap().into_iter().take(2);
    pages.extend(exercises.map(|exercise| {
        (
            format!("exercise-{}", exercise.name),
            format!("/exercises/{}?answer=g", exercise.name),
        )
    }));
    pages
}

/// Photographs pages at the size of a desktop and of a phone, light and dark.
fn photograph(tab: &mut Tab, served: &Served, pages: &[Shown]) {
    let Some(folder) = std::env::var_os("STUDIO_SHOTS").map(std::path::PathBuf::from) else {
        println!("SKIPPED: STUDIO_SHOTS names no folder to put photographs into");
        return;
    };
    std::fs::create_dir_all(&folder).unwrap();
    let only = std::env::var("STUDIO_SHOTS_OF").unwrap_or_default();
    for (name, path) in pages.iter().filter(|(name, _)| name.contains(&only)) {
        for (size, width, height) in [("wide", 1400, 900), ("narrow", 390, 800)] {
            tab.size(width, height);
            for scheme in ["light", "dark"] {
                tab.scheme(scheme);
                tab.go(&address(served, path));
                // A training comes to where its address says, and what follows the computation has followed it.
                tab.until("!document.querySelector('main[data-live]') || !busy && !waiting.size && !followTimer");
                let at = path
                    .split('&')
                    .find_map(|pair| pair.rsplit_once("at="))
                    .map(|(_, step)| step);
                if let Some(step) = at {
                    tab.until(&format!(
                        "document.querySelector('.facts small').textContent.replace(',', '') === 'step {step}' && \
                         document.querySelector('#looked').childElementCount > 0 && document.querySelector('#output image, #output svg')"
                    ));
                }
                tab.photograph(&folder.join(format!("{name}-{size}-{scheme}.png")));
            }
        }
    }
    clean(tab, served);
}

#[test]
fn photographs() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/"));
    photograph(&mut tab, &served, &pages());
}

#[test]
fn photographs_of_a_model() {
    let Some(mut browser) = Browser::start() else { return };
    let served = Served::new(model::site());
    let mut tab = browser.open(&address(&served, "/"));
    let own = |name: &str, path: &str| (name.to_string(), path.to_string());
    let pages = [
        own("model", "/model?row=7"),
        own("model-home", "/"),
        own("model-neuron", "/model?row=7&neuron=1.3&cell12=300"),
    ];
    photograph(&mut tab, &served, &pages);
}
