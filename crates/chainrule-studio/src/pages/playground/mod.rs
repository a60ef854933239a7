//! The playground: a training one plays, scrubs, forks, and changes by hand.

mod branches;
mod code;
mod controls;
mod drawn;
mod facts;
mod formula;
mod looks;
mod moves;
mod panels;
mod stage;
mod surface;
mod wiring;

use chainrule_learn::{Reader, Table};
use chainrule_playground::{OWN, Setup};
use maud::html;
use std::sync::Arc;

use crate::{
    page::{File, Next, Page},
    part::Part,
};
use controls::Refused;
use looks::Look;
use stage::Stage;

/// How fast it plays: what it is called, and how many steps there are between two pictures; none as many as there is time for.
const SPEEDS: [(&str, &str, Option<usize>); 5] = [
    ("step", "step by step", Some(0)),
    ("slow", "30 steps a second", Some(1)),
    ("quick", "300 steps a second", Some(10)),
    ("quicker", "3,000 steps a second", Some(100)),
    ("full", "as fast as it can", None),
];
/// At the slowest speed, so many pictures pass from one step to the next.
const FRAMES_PER_STEP: usize = 10;
/// After so many slices that nobody has looked at, it waits until somebody does.
const UNSEEN: usize = 500;
/// The most columns of a table that is dropped, and the most bytes of its text, which may come packed.
const MOST_COLUMNS: usize = 1000;
const LONGEST_TEXT: u64 = 16 << 20;
/// The playground as it stands.
pub(super) struct Playground {
    /// What was chosen for the beginning of the run.
    setup: Setup,
    own: Option<Arc<Table>>,
    stage: Option<Stage>,
    /// Values that came in and have not been looked at.
    pending: Vec<(String, String)>,
    /// Whether the next values are those of an address, not moves of a hand.
    first: bool,
    refused: Refused,
    /// What the address said, until the table comes that it speaks of.
    awaited: Option<Vec<(String, String)>>,
    playing: bool,
    speed: usize,
    look: Look,
    /// Steps that may be done before the next picture, and pictures that have passed.
    left: usize,
    frames: usize,
    /// Slices of work since the last picture was sent.
    unseen: usize,
    /// Whether the browser waits for a picture, and whether there is one that it has not got.
    wanted: bool,
    unsent: bool,
    /// Whether a hand has moved something that is not drawn yet.
    asked: bool,
}

impl Playground {
    pub(super) fn new() -> Playground {
        Playground {
            setup: Setup::default(),
            own: None,
            stage: None,
            pending: vec![],
            first: true,
            refused: None,
            awaited: None,
            playing: false,
            speed: 1,
            look: Look::default(),
            left: 0,
            frames: 0,
            unseen: 0,
            wanted: true,
            unsent: false,
            asked: false,
        }
    }

    /// Begins another run with what is chosen now. The one before stays where that cannot be.
    fn begin(&mut self, setup: Setup, about: &str) {
        match Stage::open(&setup, self.own.as_deref(), self.stage.as_ref()) {
            Ok(stage) => {
                self.setup = setup;
                self.stage = Some(stage);
                self.refused = None;
            }
            Err(error) => {
                self.playing = false;
                self.refused = Some((about.to_string(), error));
            }
        }
        self.left = 0;
    }

    /// How many steps may be done before the next picture; none any number.
    fn allowed(&self) -> Option<usize> {
        SPEEDS.get(self.speed).map_or(Some(1), |(.., steps)| *steps)
    }
}

impl Page for Playground {
    fn title(&self) -> String {
        "Playground · chainrule studio".to_string()
    }

    fn set(&mut self, name: &str, value: &str) {
        self.pending.push((name.to_string(), value.to_string()));
    }

    fn settle(&mut self) {
        let values = std::mem::take(&mut self.pending);
        if std::mem::take(&mut self.first) {
            self.restore(&values);
        } else {
            for (name, value) in &values {
                self.act(name, value);
            }
        }
        self.unseen = 0;
        // Whatever is on its way: a hand waits for what it has done.
        (self.wanted, self.asked) = (true, true);
    }

    fn take(&mut self, name: &str, bytes: Vec<u8>) {
        self.settle();
        match Reader::new()
            .at_most(MOST_COLUMNS, LONGEST_TEXT)
            .read_from(name, bytes.as_slice())
        {
            Ok(table) => {
                self.own = Some(Arc::new(table));
                if let Some(values) = self.awaited.take() {
                    // Everything goes on from where it stood when the file was here last.
                    self.refused = None;
                    return self.restore(&values);
                }
                let mut setup = self.setup.clone();
                for (other, value) in [
                    ("data", OWN),
                    ("target", ""),
                    ("inputs", ""),
                    ("task", "auto"),
                    ("loss", "auto"),
                ] {
                    let _ = setup.set(other, value);
                }
                self.begin(setup, "data");
            }
            Err(error) => self.refused = Some(("data".to_string(), error.to_string())),
        }
    }

    fn advance(&mut self, enough: &mut dyn FnMut() -> bool) -> Next {
        let (allowed, look) = (self.allowed(), self.look);
        // Step by step there is time for all of it.
        let quick = self.playing && allowed != Some(0);
        let Some(stage) = &mut self.stage else {
            return Next::Rest;
        };
        loop {
            // Steps that were asked for one by one, or a place in time.
            if stage.is_seeking() {
                match stage.work(enough) {
                    Ok(true) => return Next::More,
                    Ok(false) => {}
                    Err(error) => self.refused = Some(("events".to_string(), error)),
                }
            }
            if self.wanted && stage.is_behind(quick) {
                if !stage.draw(look, quick, enough) {
                    return Next::More;
                }
                (self.wanted, self.unsent) = (false, true);
                if std::mem::take(&mut self.asked) {
                    return Next::Frame;
                }
            }
            if !self.playing {
                return match std::mem::take(&mut self.unsent) {
                    true => Next::Frame,
                    // Behind, and not wanted: the picture before this one is on its way.
                    false if stage.is_behind(self.playing) => Next::Frame,
                    false => Next::Rest,
                };
            }
            self.unseen += 1;
            if self.unseen > UNSEEN || (allowed.is_some() && self.left == 0) {
                return Next::Frame;
            }
            let before = stage.run().at();
            match stage.play(allowed.map(|_| self.left), enough) {
                Ok(goes_on) => self.playing = goes_on,
                Err(error) => {
                    self.playing = false;
                    self.refused = Some(("events".to_string(), error));
                }
            }
            self.left = self.left.saturating_sub(stage.run().at() - before);
            if enough() {
                return Next::More;
            }
        }
    }

    fn shown(&mut self) {
        (self.wanted, self.unsent, self.unseen) = (true, false, 0);
        self.frames += 1;
        self.left = match self.allowed() {
            Some(0) => usize::from(self.frames.is_multiple_of(FRAMES_PER_STEP)),
            Some(steps) => steps,
            None => 0,
        };
    }

    fn moved(&self) -> Vec<(String, String)> {
        if let Some(awaited) = &self.awaited {
            return awaited.clone();
        }
        let mut moved: Vec<(String, String)> = self
            .setup
            .pairs()
            .into_iter()
            .map(|(name, value)| (name.to_string(), value))
            .collect();
        let mut put = |name: &str, value: String| moved.push((name.to_string(), value));
        if let Some(stage) = &self.stage {
            stage.moved(&mut put);
        }
        if self.speed != 1 {
            put(
                "speed",
                SPEEDS.get(self.speed).map_or("", |(name, ..)| name).to_string(),
            );
        }
        if self.look != Look::default() {
            put("look", self.look.name().to_string());
        }
        if self.playing {
            put("play", "on".to_string());
        }
        moved
    }

    fn file(&self, name: &str) -> Option<File> {
        self.stage.as_ref()?.file(name)
    }

    fn view(&self) -> Part {
        // What jumps may move there gently, but not with every picture of a film.
        let film = self.playing && self.speed > 0;
        let page = Part::new("main", "page")
            .with("class", if film { "playground film" } else { "playground" })
            .with("data-live", "")
            .with("data-narrow", "");
        let head = html! {
            header.head {
                h1 { "Playground" }
                p { "Train a network and look inside while it learns. Drag a weight, go back in time, take another way." }
            }
        };
        let Some(stage) = &self.stage else {
            return page
                .html(head)
                .html(html! { p.notice { "There is nothing to show yet." } });
        };
        let now = stage.run().choices();
        let sections = Part::new("div", "trainer")
            .with("class", "trainer")
            .part(self.data_panel(stage))
            .part(self.network_panel(stage))
            .part(
                Part::new("section", "answer")
                    .with("class", "answer")
                    .html(html! { h2 { "Output" } })
                    .part(stage.drawn().surface.clone()),
            );
        let training = html! { div.trained { (controls::choices(now, &controls::TRAINING, &self.refused)) } };
        page.html(head)
            .part(facts::transport(self.playing, self.speed, stage))
            .part(facts::time(stage))
            .html(facts::refused(&self.refused))
            .html(training)
            .html(panels::examples())
            .part(sections)
            .part(looks::closer(self.look, stage))
            .part(facts::heard(stage, self.playing))
    }
}

#[cfg(test)]
mod tests;
