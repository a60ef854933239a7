//! Where an answer is tried: points drawn at random, and small whole numbers for the smallest counter-example.

use chainrule::Rng;

use super::derivative::Input;

/// The seed of the points; the same answer always gets the same verdict.
const SEED: u64 = 2;

/// `count` points, each name uniform in its range.
pub(super) fn random(inputs: &[Input], count: usize) -> Vec<Vec<f64>> {
    let rng = &mut Rng::new(SEED);
    let point = |_| inputs.iter().map(|input| rng.uniform(input.low, input.high)).collect();
    (0..count).map(point).collect()
}

/// Points of small whole numbers, the smallest first: few that are not 0, then small ones, then positive ones.
pub(super) fn small(inputs: &[Input], count: usize) -> Vec<Vec<f64>> {
    let choices: Vec<Vec<f64>> = inputs.iter().map(whole_numbers).collect();
    let largest: usize = choices.iter().map(|numbers| numbers.len().saturating_sub(1)).sum();
    let mut points = vec![];
    for size in 0..=largest {
        extend(&choices, size, &mut vec![], &mut points, count);
        if points.len() >= count {
            break;
        }
    }
    points
}

/// The whole numbers from −3 to 3 in the range, the nearest to the start first; halves too where only one is whole, for
/// what is wrong with a learning rate does not show at 1; or its middle when it has none.
fn whole_numbers(input: &Input) -> Vec<f64> {
    let in_range = |x: &f64| (input.low..=input.high).contains(x);
    let mut numbers: Vec<f64> = (-3..=3).map(f64::from).filter(in_range).collect();
    if numbers.len() == 1 {
        numbers = (-6..=6).map(|x| f64::from(x) / 2.0).filter(in_range).collect();
    }
    if numbers.is_empty() {
        let middle = input.low + (input.high - input.low) / 2.0;
        return vec![(middle * 100.0).round() / 100.0];
    }
    numbers.sort_by_key(|x| ((x - input.home).abs() as u8, *x < input.home));
    numbers
}

/// Adds the points that begin as `start` and whose places in the lists of choices add up to `size`.
fn extend(choices: &[Vec<f64>], size: usize, start: &mut Vec<f64>, points: &mut Vec<Vec<f64>>, count: usize) {
    if points.len() >= count {
        return;
    }
    let Some(numbers) = choices.get(start.len()) else {
        if size == 0 {
            points.push(start.clone());
        }
        return;
    };
    for (place, &x) in numbers.iter().enumerate().take(size + 1) {
        start.push(x);
        extend(choices, size - place, start, points, count);
        start.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_points_come_first() {
        let input = |low, high, home| Input {
            name: "x".into(),
            low,
            high,
            home,
        };
        let points = small(&[input(-3.0, 3.0, 0.0), input(0.5, 2.0, 1.0), input(0.1, 0.3, 0.0)], 5);
        let expected = [
            [0.0, 1.0, 0.2],
            [0.0, 2.0, 0.2],
            [1.0, 1.0, 0.2],
            [1.0, 2.0, 0.2],
            [-1.0, 1.0, 0.2],
        ];
        assert_eq!(points, expected);
    }
}
