//! What values do to the playground: those of an address, and those of a hand.

use chainrule_playground::{Choice, OWN, Setup};

use super::{Playground, SPEEDS, looks::Look, stage::Stage};

/// The longest text of events that an address may have.
const LONGEST: usize = 30_000;

/// What is said until a table comes.
const AWAITED: &str =
    "this address speaks of a table of your own: drop that file on the page, and everything goes on from there";

/// Choices that make another run when they change, also where a run could go on with them.
const ANEW: [&str; 2] = ["seed", "activation"];

impl Playground {
    /// What an address says: the beginning, what was done since, and where it stands.
    pub(super) fn restore(&mut self, values: &[(String, String)]) {
        let mut setup = Setup::default();
        for (name, value) in values.iter().filter(|(name, _)| Choice::named(name).is_some()) {
            if let Err(error) = setup.set(name, value) {
                self.refused = Some((name.clone(), error));
            }
        }
        let refused = self.refused.take();
        let given = |name: &str| {
            values
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.as_str())
        };
        if let Some(speed) = given("speed") {
            self.set_speed(speed);
        }
        self.look = given("look").and_then(Look::named).unwrap_or_default();
        self.playing = given("play") == Some("on");
        self.begin(setup.clone(), "data");
        let own = setup.get("data").is_ok_and(|data| data == OWN);
        if own && self.own.is_none() {
            // How wide the window is belongs to no address.
            self.awaited = Some(values.iter().filter(|(name, _)| name != "narrow").cloned().collect());
            self.refused = Some(("data".to_string(), AWAITED.to_string()));
            self.stage = Stage::open(&Setup::default(), None, None).ok();
            if let (Some(stage), Some(narrow)) = (&mut self.stage, given("narrow")) {
                stage.set_narrow(narrow == "on");
            }
            return;
        }
        if self.stage.is_none() {
            // The page must stand somewhere; what is wrong is said beside the choice.
            self.setup = setup;
            let wrong = self.refused.take();
            if let Ok(stage) = Stage::open(&Setup::default(), None, None) {
                self.stage = Some(stage);
            }
            self.refused = wrong;
        }
        if let Some(stage) = &mut self.stage {
            if let Some(narrow) = given("narrow") {
                stage.set_narrow(narrow == "on");
            }
            let short = |name: &str| given(name).filter(|text| text.len() <= LONGEST);
            let number = |name: &str| given(name).and_then(|text| text.parse().ok());
            let said = stage.replay(
                short("events"),
                short("other"),
                [number("to"), number("step").or(number("at")), number("other_to")],
            );
            if let Err(error) = said {
                self.refused = Some(("events".to_string(), error));
            }
            for name in ["chosen", "x", "y"] {
                if let Some(value) = given(name) {
                    stage.choose(name, value);
                }
            }
        }
        self.refused = refused.or(self.refused.take());
    }

    /// What a hand does.
    pub(super) fn act(&mut self, name: &str, value: &str) {
        self.awaited = None;
        if let Some(choice) = Choice::named(name) {
            return self.choose(choice, value);
        }
        match name {
            "speed" => return self.set_speed(value),
            "look" => {
                self.look = Look::named(value).unwrap_or(self.look);
                if let Some(stage) = &mut self.stage {
                    stage.look_again();
                }
                return;
            }
            "narrow" => {
                if let Some(stage) = &mut self.stage {
                    stage.set_narrow(value == "on");
                }
                return;
            }
            "peek" => {
                if let Some(stage) = &mut self.stage {
                    stage.peek(value);
                }
                return;
            }
            "play" => {
                self.playing = value == "on" && self.stage.is_some();
                self.left = 0;
                return;
            }
            "reset" => {
                self.playing = false;
                let now = self
                    .stage
                    .as_ref()
                    .map_or(self.setup.clone(), |stage| stage.run().choices().clone());
                return self.begin(now, "data");
            }
            _ => {}
        }
        let Some(stage) = &mut self.stage else { return };
        let told = match name {
            "step" | "at" => {
                self.playing = false;
                value.parse().map(|step| stage.seek(step)).map_err(|_| String::new())
            }
            "do_steps" | "do_epochs" => {
                self.playing = false;
                let count = value.parse::<usize>().unwrap_or(0).min(100);
                stage.go_on(count, name == "do_epochs");
                Ok(())
            }
            "fork" => stage.fork(value),
            "branch" => {
                stage.swap();
                Ok(())
            }
            "unfork" => {
                stage.drop_other();
                Ok(())
            }
            _ if name.starts_with("w.") || name.starts_with("b.") => {
                self.playing = false;
                stage.set_weight(name, value)
            }
            _ => {
                stage.choose(name, value);
                Ok(())
            }
        };
        self.refused = told
            .err()
            .filter(|error| !error.is_empty())
            .map(|error| ("events".to_string(), error));
    }

    /// A choice made in the page: an event of the run where it can go on with it, otherwise another run.
    fn choose(&mut self, choice: &'static Choice, value: &str) {
        let name = choice.name;
        if name == "data" && value == OWN && self.own.is_none() {
            self.refused = Some((
                name.to_string(),
                "drop a file on the page first, or choose one below".to_string(),
            ));
            return;
        }
        let (begun, now) = match &self.stage {
            Some(stage) => (stage.run().at() > 0, stage.run().choices().clone()),
            None => (false, self.setup.clone()),
        };
        if now.get(name).is_ok_and(|known| known == value.trim()) {
            self.refused = None;
            return;
        }
        if begun && choice.while_running && !ANEW.contains(&name) {
            let told = self.stage.as_mut().map_or(Ok(()), |stage| stage.change(name, value));
            self.refused = told.err().map(|error| (name.to_string(), error));
            return;
        }
        let mut setup = now;
        if let Err(error) = setup.set(name, value) {
            self.refused = Some((name.to_string(), error));
            return;
        }
        if name == "data" {
            // Another table has other columns.
            for (other, usual) in [("target", ""), ("inputs", ""), ("task", "auto"), ("loss", "auto")] {
                let _ = setup.set(other, usual);
            }
        }
        self.begin(setup, name);
    }

    fn set_speed(&mut self, name: &str) {
        self.speed = SPEEDS
            .iter()
            .position(|(known, ..)| *known == name)
            .unwrap_or(self.speed);
    }
}
