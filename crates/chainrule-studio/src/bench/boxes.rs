//! What is drawn: values, and groups that are closed.

use chainrule_picture::graph::{Card, Moment, Stage, State};
use std::collections::{BTreeSet, BinaryHeap};

use super::{
    Groups, Step, Walk,
    rule::{rule, told},
};

/// So many boxes are legible; more are closed, unless asked for.
const LEGIBLE: usize = 80;
/// Pixels to the right that move a leaf by one hundredth of a unit.
const PER_PIXEL: f64 = 0.02;

/// What a box stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Shown {
    /// The value at this place.
    Value(usize),
    /// The group of this number.
    Group(usize),
}

/// The boxes of a graph, laid out.
#[derive(Clone, Debug)]
pub(crate) struct Boxes {
    pub(crate) stage: Stage,
    /// What each card of the stage stands for.
    shown: Vec<Shown>,
    /// The card of each value.
    card: Vec<usize>,
    /// For each card, the values it stands for, and the one that others use if it is the only one.
    members: Vec<Vec<usize>>,
    results: Vec<Option<usize>>,
    /// What there is to say about each value, whatever its numbers are.
    heads: Vec<String>,
}

/// The level at which a graph is legible: groups below it are open.
pub(crate) fn legible_level(groups: &Groups) -> usize {
    let boxes = |level: usize| {
        let outermost = |around: &Vec<usize>| around.iter().find(|group| groups.list[**group].level >= level).copied();
        let mut closed = BTreeSet::new();
        let values = groups.around.iter().filter(|around| match outermost(around) {
            Some(group) => closed.insert(group),
            None => true,
        });
        values.count()
    };
    (0..=groups.levels())
        .rev()
        .find(|level| boxes(*level) <= LEGIBLE)
        .unwrap_or(0)
}

impl Boxes {
    /// Groups of levels below `level` are open, and those in `turned` the other way round.
    pub(crate) fn new(
        title: &str,
        walk: &Walk,
        groups: &Groups,
        level: Option<usize>,
        turned: &BTreeSet<String>,
    ) -> Boxes {
        let level = level.unwrap_or_else(|| legible_level(groups));
        let open = |group: &usize| {
            let group = &groups.list[*group];
            (group.level < level) != turned.contains(&group.id)
        };
        let shown_of: Vec<Shown> = (0..walk.values.len())
            .map(|place| match groups.around[place].iter().find(|group| !open(group)) {
                Some(group) => Shown::Group(*group),
                None => Shown::Value(place),
            })
            .collect();
        let shown = in_order(walk, &shown_of);
        let card_of = |what: &Shown| shown.iter().position(|other| other == what).unwrap_or(0);
        let card: Vec<usize> = shown_of.iter().map(card_of).collect();
        let mut members = vec![vec![]; shown.len()];
        let mut used = vec![false; walk.values.len()];
        for (place, value) in walk.values.iter().enumerate() {
            members[card[place]].push(place);
            for &argument in &value.arguments {
                used[argument] |= card[argument] != card[place];
            }
        }
        if let Some(result) = used.last_mut() {
            *result = true;
        }
        let results: Vec<Option<usize>> = members
            .iter()
            .map(|members| {
                let mut results = members.iter().filter(|place| used[**place]);
                results.next().filter(|_| results.next().is_none()).copied()
            })
            .collect();
        let cards = shown.iter().enumerate().map(|(number, what)| {
            let outside = members[number].iter().flat_map(|place| &walk.values[*place].arguments);
            let mut arguments: Vec<usize> = outside.map(|argument| card[*argument]).collect();
            arguments.retain(|argument| *argument != number);
            match what {
                Shown::Value(place) => {
                    let value = &walk.values[*place];
                    Card {
                        pick: format!("paths:{}", value.id),
                        name: value.name.clone(),
                        tag: value
                            .op
                            .as_ref()
                            .filter(|_| value.name.is_none())
                            .map(|_| format!("#{}", value.id)),
                        op: value.op.as_ref().map(|(_, label)| label.clone()),
                        constant: !value.differentiable,
                        many: None,
                        largest: false,
                        arguments,
                        drag: value
                            .slot
                            .and(value.name.as_ref())
                            .map(|name| format!(".{name}:x:{PER_PIXEL}")),
                    }
                }
                Shown::Group(group) => {
                    arguments.sort_unstable();
                    arguments.dedup();
                    Card {
                        pick: format!("open:{}", toggled(turned, &groups.list[*group].id)),
                        name: Some(groups.list[*group].name.clone()),
                        largest: results[number].is_none(),
                        many: Some(super::groups::counted(members[number].len(), members[number].len())),
                        arguments,
                        ..Card::default()
                    }
                }
            }
        });
        Boxes {
            stage: Stage::new(title, cards.collect()),
            card,
            members,
            results,
            shown,
            heads: (0..walk.values.len()).map(|place| head(walk, place)).collect(),
        }
    }

    /// The graph at a position of the walk.
    pub(crate) fn moment(&self, walk: &Walk, groups: &Groups, position: usize, chosen: Option<usize>) -> Moment {
        let gradients = walk.gradients(position);
        let step = walk.step(position);
        let now = match step {
            Step::Forward(place) => Some(place),
            Step::Backward(pass) => Some(pass.place),
            Step::Seed => walk.values.len().checked_sub(1),
            Step::Start => None,
        };
        let state = |(number, members): (usize, &Vec<usize>)| {
            let computed = || members.iter().copied().filter(|place| walk.has(*place, position));
            let done = computed().count();
            let (data, gradient) = match self.results[number] {
                Some(place) => (
                    walk.has(place, position).then_some(walk.values[place].data),
                    gradients[place],
                ),
                None => (
                    largest(computed().map(|place| walk.values[place].data)),
                    largest(members.iter().filter_map(|place| gradients[*place])),
                ),
            };
            State {
                data,
                gradient,
                waiting: done == 0,
                now: now.is_some_and(|place| self.card[place] == number),
                chosen: chosen.is_some_and(|place| self.card[place] == number),
                told: match self.shown[number] {
                    Shown::Value(place) => told_of(&self.heads[place], data, gradient),
                    Shown::Group(group) => {
                        let group = &groups.list[group].name;
                        format!(
                            "{group}, {}\nclick to open",
                            super::groups::counted(done, members.len())
                        )
                    }
                },
            }
        };
        let edges = |pairs: Vec<(usize, usize)>| {
            let mut edges: Vec<(usize, usize)> = pairs.iter().map(|(a, b)| (self.card[*a], self.card[*b])).collect();
            edges.retain(|(argument, user)| argument != user);
            edges
        };
        let flow = match step {
            Step::Forward(place) => walk.values[place]
                .arguments
                .iter()
                .map(|argument| (*argument, place))
                .collect(),
            Step::Backward(pass) => pass.shares.iter().map(|share| (share.place, pass.place)).collect(),
            Step::Seed | Step::Start => vec![],
        };
        Moment {
            states: self.members.iter().enumerate().map(state).collect(),
            flow: edges(flow),
            backward: matches!(step, Step::Backward(_) | Step::Seed),
            way: vec![],
            largest: walk.largest(),
        }
    }

    /// Edges between values as edges between boxes.
    pub(crate) fn edges(&self, walk: &Walk, ids: &[(usize, usize)]) -> Vec<(usize, usize)> {
        let place = |id: usize| walk.values.binary_search_by_key(&id, |value| value.id).ok();
        let card = |id: usize| place(id).map(|place| self.card[place]);
        let mut edges: Vec<(usize, usize)> = ids
            .iter()
            .filter_map(|(argument, user)| Some((card(*argument)?, card(*user)?)))
            .filter(|(argument, user)| argument != user)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// What each card stands for.
    #[cfg(test)]
    pub(crate) fn shown(&self) -> &[Shown] {
        &self.shown
    }
}

/// The number of the largest size.
fn largest(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    numbers.max_by(|a, b| a.abs().total_cmp(&b.abs()))
}

/// The list of turned groups with one more, or one less.
pub(crate) fn toggled(turned: &BTreeSet<String>, id: &str) -> String {
    let mut turned: BTreeSet<&str> = turned.iter().map(String::as_str).collect();
    if !turned.remove(id) {
        turned.insert(id);
    }
    turned.into_iter().collect::<Vec<&str>>().join(",")
}

/// The boxes in an order in which arguments come first; the earliest that is ready comes next.
fn in_order(walk: &Walk, shown_of: &[Shown]) -> Vec<Shown> {
    let mut all: Vec<Shown> = shown_of.to_vec();
    all.sort_unstable();
    all.dedup();
    let number = |what: &Shown| all.binary_search(what).unwrap_or(0);
    let mut first = vec![usize::MAX; all.len()];
    let (mut users, mut waiting) = (vec![vec![]; all.len()], vec![0_usize; all.len()]);
    for (place, value) in walk.values.iter().enumerate() {
        let own = number(&shown_of[place]);
        first[own] = first[own].min(place);
        for &argument in &value.arguments {
            let other = number(&shown_of[argument]);
            if other != own {
                users[other].push(own);
                waiting[own] += 1;
            }
        }
    }
    let ready = |number: usize| std::cmp::Reverse((first[number], number));
    let mut heap: BinaryHeap<_> = (0..all.len()).filter(|&n| waiting[n] == 0).map(ready).collect();
    let mut order = vec![];
    let mut placed = vec![false; all.len()];
    loop {
        let next = match heap.pop() {
            Some(std::cmp::Reverse((_, next))) => next,
            // Groups that use each other: the earliest goes first, and one edge is left out.
            None => match (0..all.len()).filter(|&n| !placed[n]).min_by_key(|&n| first[n]) {
                Some(next) => next,
                None => break,
            },
        };
        if std::mem::replace(&mut placed[next], true) {
            continue;
        }
        order.push(all[next]);
        for &user in &users[next] {
            waiting[user] = waiting[user].saturating_sub(1);
            if waiting[user] == 0 {
                heap.push(ready(user));
            }
        }
    }
    order
}

/// A value with its rule and its inputs.
fn head(walk: &Walk, place: usize) -> String {
    let value = &walk.values[place];
    let mut text = value.called();
    match &value.op {
        None if value.differentiable => text.push_str(", a leaf"),
        None => text.push_str(", a constant"),
        Some((name, label)) => {
            let inputs: Vec<String> = value
                .arguments
                .iter()
                .map(|place| walk.values[*place].called())
                .collect();
            text.push_str(&format!(" = {label} of {}", inputs.join(" and ")));
            if let Some(rule) = rule(name, label) {
                text.push_str(&format!("\nrule {}", rule.formula));
            }
        }
    }
    text
}

/// The same with its numbers.
fn told_of(head: &str, data: Option<f64>, gradient: Option<f64>) -> String {
    let mut text = head.to_string();
    if let Some(data) = data {
        text.push_str(&format!("\ndata {}", told(data)));
    }
    if let Some(gradient) = gradient {
        text.push_str(&format!("\ngradient {}", told(gradient)));
    }
    text
}
