//! The people of the lesson.

/// Someone with a weight and a height.
#[derive(Clone, Copy)]
pub(super) struct Person {
    pub name: &'static str,
    /// In pounds.
    pub weight: f64,
    /// In inches.
    pub height: f64,
    /// 1 for female, 0 for male.
    pub gender: f64,
}

const fn person(name: &'static str, weight: f64, height: f64, gender: f64) -> Person {
    Person {
        name,
        weight,
        height,
        gender,
    }
}

/// The four whose gender the network learns.
pub(super) const PEOPLE: [Person; 4] = [
    person("Alice", 133.0, 65.0, 1.0),
    person("Bob", 160.0, 72.0, 0.0),
    person("Charlie", 152.0, 70.0, 0.0),
    person("Diana", 120.0, 60.0, 1.0),
];
/// The two whose gender it is asked for afterwards.
pub(super) const NEW_PEOPLE: [Person; 2] = [person("Emily", 128.0, 63.0, 1.0), person("Frank", 155.0, 68.0, 0.0)];

/// What the notebook takes away from each weight and each height.
pub(super) const SHIFT: [f64; 2] = [135.0, 66.0];

/// What a network is shown: two inputs and the right answer.
#[derive(Clone, Copy)]
pub(super) struct Sample {
    pub x: [f64; 2],
    pub y: f64,
}

impl Person {
    pub(super) fn shifted_by(&self, shift: [f64; 2]) -> Sample {
        Sample {
            x: [self.weight - shift[0], self.height - shift[1]],
            y: self.gender,
        }
    }
}

/// The four people as the notebook shows them to its network.
pub(super) fn samples() -> [Sample; 4] {
    PEOPLE.map(|person| person.shifted_by(SHIFT))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chainrule_learn::{Choices, Dataset};

    #[test]
    fn the_four_are_those_of_the_data_set() {
        let rows = PEOPLE.map(|person| {
            let gender = if person.gender == 1.0 { "female" } else { "male" };
            format!("{},{},{},{gender}\n", person.name, person.weight, person.height)
        });
        let csv = Dataset::named("people").unwrap().csv(&Choices::default()).unwrap();
        assert_eq!(csv, format!("name,weight,height,gender\n{}", rows.concat()));
    }
}
