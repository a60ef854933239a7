use super::*;
use crate::kernel::placed::Placed;
use proptest::{collection::vec, prelude::*};

/// Layers whose weights and biases end where their memory does.
struct Net<T> {
    /// Weights, biases, and whether there is a nonlinearity.
    layers: Vec<(Placed<T>, Placed<T>, bool)>,
}

impl<T: Kernels + PartialOrd> Layers<T> for Net<T> {
    fn layer(&self, place: usize) -> Layer<'_, T> {
        let (weight, bias, bent) = &self.layers[place];
        Layer {
            weight: weight.numbers(),
            bias: bias.numbers(),
            bent: *bent,
        }
    }

    fn bend(&self, _: usize, x: &[T], y: &mut [T]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y = if x > T::default() { x } else { T::default() };
        }
    }
}

/// What a network is made of: the widths, which layers have a nonlinearity, and how many other numbers lie before each list.
#[derive(Clone, Debug)]
struct Plan {
    widths: Vec<usize>,
    bent: Vec<bool>,
    before: [usize; 4],
}

impl Plan {
    /// Numbers of a list, no two lists alike.
    fn numbers(count: usize, list: usize) -> Vec<f64> {
        let number = |i: usize| ((i * 7919 + list * 104_729) % 2003) as f64 / 701.0 - 1.4;
        (0..count).map(number).collect()
    }

    fn extent(&self, rows: usize) -> Extent {
        let (widths, last) = (&self.widths, self.widths.len() - 1);
        Extent {
            rows,
            layers: last,
            inputs: widths[0],
            outputs: widths[last],
            widest: *widths[1..].iter().max().unwrap(),
            weights: widths.windows(2).map(|pair| pair[0] * pair[1]).sum(),
        }
    }
}

macro_rules! compare {
    ($name:ident, $T:ident) => {
        /// Compares every instruction set with the definition, to the bit: chains of fused multiply-adds from 0, then the
        /// bias, then the nonlinearity.
        fn $name(plan: &Plan, rows: usize) {
            let numbers = |count, list, before: usize| {
                let numbers: Vec<$T> = Plan::numbers(count, list).into_iter().map(|x| x as $T).collect();
                Placed::new(&numbers, before, $T::NAN)
            };
            let layers = plan.widths.windows(2).enumerate().map(|(place, pair)| {
                let weight = numbers(pair[0] * pair[1], 2 * place, plan.before[0]);
                (
                    weight,
                    numbers(pair[1], 2 * place + 1, plan.before[1]),
                    plan.bent[place],
                )
            });
            let net = Net {
                layers: layers.collect(),
            };
            let extent = plan.extent(rows);
            let x = numbers(rows * extent.inputs, 99, plan.before[2]);
            let mut expected = x.numbers().to_vec();
            for (place, pair) in plan.widths.windows(2).enumerate() {
                let (layer, mut sums) = (net.layer(place), vec![]);
                for x in expected.chunks_exact(pair[0]) {
                    for j in 0..pair[1] {
                        let inputs = x.iter().enumerate();
                        let sum = inputs.fold(0.0, |sum, (i, x)| x.mul_add(layer.weight[i * pair[1] + j], sum));
                        sums.push(layer.bias[j] + sum);
                    }
                }
                expected = sums.clone();
                if layer.bent {
                    net.bend(place, &sums, &mut expected);
                }
            }
            for set in InstructionSet::available() {
                let mut result = Placed::new(&vec![$T::NAN; expected.len()], plan.before[3], 7.5);
                predict(set, &net, &extent, x.numbers(), result.numbers_mut());
                let same = result
                    .numbers()
                    .iter()
                    .zip(&expected)
                    .all(|(x, y)| x.to_bits() == y.to_bits());
                assert!(same, "{plan:?}, {rows} rows, {}", set.name());
                assert!(
                    result.before().iter().all(|&x| x == 7.5),
                    "{plan:?}, {rows} rows, {}",
                    set.name()
                );
            }
        }
    };
}
compare!(compare_f64, f64);
compare!(compare_f32, f32);

fn any_plan() -> impl Strategy<Value = Plan> {
    let width = prop_oneof![8 => 1usize..20, 4 => 20usize..70, 1 => 120usize..150];
    let bent = vec(any::<bool>(), 4);
    (
        vec(width, 2..=5),
        bent,
        [0usize..18, 0usize..18, 0usize..18, 0usize..18],
    )
        .prop_map(|(widths, bent, before)| Plan { widths, bent, before })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 2 } else { 60 }))]

    #[test]
    fn any_network_is_what_it_says_and_touches_nothing_else(
        plan in any_plan(), rows in prop_oneof![2 => Just(1usize), 3 => 2usize..20, 1 => 20usize..150],
    ) {
        let (mut plan, mut rows) = (plan, rows);
        if cfg!(miri) {
            plan.widths.iter_mut().for_each(|width| *width = 1 + *width % 9);
            rows = rows.min(3);
        }
        compare_f64(&plan, rows);
        compare_f32(&plan, rows);
    }
}

/// One that is too large for the near cache, so that its rows are taken as products of matrices.
#[test]
#[cfg_attr(miri, ignore)]
fn a_large_network_is_what_it_says_and_touches_nothing_else() {
    let plan = Plan {
        widths: vec![66, 520, 3],
        bent: vec![true, false],
        before: [0, 3, 1, 0],
    };
    for rows in [1, 2, 129] {
        compare_f64(&plan, rows);
        compare_f32(&plan, rows);
    }
}
