//! Which values belong together: the neurons and layers of a network, parts of a long formula.

use super::{Walk, rule::told, source::Stretch};

/// A part of a formula is closed once it has so many values.
const PART: usize = 12;
/// Formulas with fewer values are not divided.
const SMALL: usize = 80;

/// Values that can be shown as one box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Group {
    /// What it is called in the address, such as `s1.l2.n3`.
    pub(crate) id: String,
    pub(crate) name: String,
    /// How deep it lies in others, from 0.
    pub(crate) level: usize,
}

/// All groups, and for each value those around it, the outermost first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Groups {
    pub(crate) list: Vec<Group>,
    pub(crate) around: Vec<Vec<usize>>,
}

impl Groups {
    pub(super) fn of_stretches(walk: &Walk, stretches: Vec<Stretch>) -> Groups {
        let level = |stretch: &Stretch| {
            let holds = |other: &&Stretch| stretch.id.starts_with(&format!("{}.", other.id));
            stretches.iter().filter(holds).count()
        };
        let mut order: Vec<(usize, &Stretch)> = stretches.iter().map(|stretch| (level(stretch), stretch)).collect();
        order.sort_by_key(|(level, _)| *level);
        let list = order.iter().map(|(level, stretch)| Group {
            id: stretch.id.clone(),
            name: stretch.name.clone(),
            level: *level,
        });
        let around = walk.values.iter().map(|value| {
            let holds =
                |(_, (_, stretch)): &(usize, &(usize, &Stretch))| (stretch.from..stretch.to).contains(&value.id);
            order.iter().enumerate().filter(holds).map(|(group, _)| group).collect()
        });
        Groups {
            list: list.collect(),
            around: around.collect(),
        }
    }

    /// Parts with one result each: a value with all that nothing else uses, closed once it is large enough.
    pub(super) fn of_formula(walk: &Walk) -> Groups {
        let values = &walk.values;
        let mut groups = Groups {
            list: vec![],
            around: vec![vec![]; values.len()],
        };
        if values.len() <= SMALL {
            return groups;
        }
        let mut users = vec![0; values.len()];
        for argument in values.iter().flat_map(|value| &value.arguments) {
            users[*argument] += 1;
        }
        // What hangs below each value and belongs to nobody yet.
        let mut open: Vec<Vec<usize>> = vec![vec![]; values.len()];
        for (place, value) in values.iter().enumerate() {
            if value.op.is_none() && value.slot.is_some() {
                continue; // leaves to move stay to be seen
            }
            let mut own = vec![place];
            for &argument in &value.arguments {
                own.append(&mut open[argument]);
            }
            let last = place + 1 == values.len();
            if own.len() >= PART && !last {
                for &member in &own {
                    groups.around[member].push(groups.list.len());
                }
                groups.list.push(Group {
                    id: format!("v{}", value.id),
                    name: format!("… {}", value.called()),
                    level: 0,
                });
            } else if users[place] == 1 {
                open[place] = own;
            }
        }
        groups
    }

    /// The names of the levels there are, as one chooses them, with the last for every value.
    pub(crate) fn levels(&self) -> usize {
        self.list.iter().map(|group| group.level + 1).max().unwrap_or(0)
    }
}

/// How many values a box stands for, in words.
pub(super) fn counted(done: usize, all: usize) -> String {
    match done == all {
        true => format!("{} values", told(all as f64)),
        false => format!("{done} of {all} values"),
    }
}
