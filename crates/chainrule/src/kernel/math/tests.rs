use super::{double, single};
use crate::kernel::instructions::InstructionSet;
use std::f64::consts::FRAC_1_SQRT_2;

/// Arguments and the nearest f64 to the true value there; how they were made: `elementary.py` beside the file.
const EXACT: &str = include_str!("../../../tests/golden/elementary.txt");

type Function = fn(f64) -> f64;

const DOUBLE: [(&str, Function); 5] = [
    ("exp", double::exp),
    ("ln", double::ln),
    ("tanh", double::tanh),
    ("exp_m1", double::exp_m1),
    ("ln_1p", double::ln_1p),
];

const SINGLE: [fn(f32) -> f32; 5] = [single::exp, single::ln, single::tanh, single::exp_m1, single::ln_1p];

#[test]
fn nearly_every_result_is_the_number_nearest_to_the_true_one() {
    for (name, f) in DOUBLE {
        let (mut count, mut wrong) = (0usize, 0usize);
        for line in EXACT.lines() {
            let [function, x, exact] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
            if function != name {
                continue;
            }
            let (x, exact): (f64, f64) = (x.parse().unwrap(), exact.parse().unwrap());
            let y = f(x);
            count += 1;
            wrong += usize::from(y != exact);
            let distance = y.to_bits().abs_diff(exact.to_bits());
            assert!(distance <= 1, "{name}({x}) = {y}, not {exact}");
        }
        assert!(
            count >= 500 && wrong <= count.div_ceil(1000),
            "{name}: {wrong} of {count}"
        );
    }
    // The neuron of the notebooks: arsinh 1, whose tanh is √½.
    assert_eq!(double::tanh(6.881373587019543 - 6.0), FRAC_1_SQRT_2);
}

#[test]
fn in_f32_nearly_every_result_is_the_number_nearest_to_the_true_one() {
    for ((name, wide), narrow) in DOUBLE.into_iter().zip(SINGLE) {
        let (mut count, mut wrong) = (0usize, 0usize);
        for bits in (0..=u32::MAX).step_by(40_009) {
            let x = f32::from_bits(bits);
            let (y, exact) = (narrow(x), wide(x.into()) as f32);
            if exact.is_nan() {
                assert!(y.is_nan(), "{name}({x}) = {y}");
                continue;
            }
            count += 1;
            wrong += usize::from(y != exact);
            assert_eq!(y.is_sign_negative(), exact.is_sign_negative(), "{name}({x}) = {y}");
            let distance = y.to_bits().abs_diff(exact.to_bits());
            assert!(distance <= 1, "{name}({x}) = {y}, not {exact}");
        }
        assert!(count >= 50_000 && wrong * 2000 <= count, "{name}: {wrong} of {count}");
    }
}

#[test]
fn limits_and_zeros_are_those_of_the_functions() {
    const INFINITY: f64 = f64::INFINITY;
    let smallest = f64::from_bits(1);
    type Points<'a> = &'a [(f64, f64)];
    let cases: [(&str, Function, Points); 5] = [
        (
            "exp",
            double::exp,
            &[
                (0.0, 1.0),
                (-0.0, 1.0),
                (1.0, std::f64::consts::E),
                (INFINITY, INFINITY),
                (-INFINITY, 0.0),
                (709.782712893384, 1.7976931348622732e308),
                (709.782712893385, INFINITY),
                (1e300, INFINITY),
                (-745.1, smallest),
                (-745.2, 0.0),
                (-1e300, 0.0),
                (1e-300, 1.0),
            ],
        ),
        (
            "ln",
            double::ln,
            &[
                (1.0, 0.0),
                (0.0, -INFINITY),
                (-0.0, -INFINITY),
                (INFINITY, INFINITY),
                (-1.0, f64::NAN),
                (-INFINITY, f64::NAN),
                (smallest, -744.4400719213812),
                (f64::MAX, 709.782712893384),
            ],
        ),
        (
            "tanh",
            double::tanh,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INFINITY, 1.0),
                (-INFINITY, -1.0),
                (19.9, 1.0),
                (1e-300, 1e-300),
                (-smallest, -smallest),
            ],
        ),
        (
            "exp_m1",
            double::exp_m1,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (INFINITY, INFINITY),
                (-INFINITY, -1.0),
                (-1e9, -1.0),
                (710.0, INFINITY),
                (smallest, smallest),
            ],
        ),
        (
            "ln_1p",
            double::ln_1p,
            &[
                (0.0, 0.0),
                (-0.0, -0.0),
                (-1.0, -INFINITY),
                (-1.5, f64::NAN),
                (INFINITY, INFINITY),
                (-INFINITY, f64::NAN),
                (-smallest, -smallest),
                (f64::MAX, 709.782712893384),
            ],
        ),
    ];
    for (name, f, points) in cases {
        for &(x, exact) in points {
            let y = f(x);
            let same = y.to_bits() == exact.to_bits() || (y.is_nan() && exact.is_nan());
            assert!(same, "{name}({x}) = {y:?}, not {exact:?}");
        }
        assert!(f(f64::NAN).is_nan() && f(-f64::NAN).is_nan(), "{name}");
    }
}

/// Every exponent and both signs, with a few digits each: subnormals, infinities and NaN included.
fn of_all_sizes() -> Vec<f64> {
    let all = (0..4096u64).flat_map(|top| (0..8u64).map(move |low| (top, low)));
    all.map(|(top, low)| f64::from_bits((top << 52) + low.wrapping_mul(0x2_5edc_9f13_7b65) % (1 << 52)))
        .collect()
}

#[test]
fn every_instruction_set_gives_the_same_bits_for_one_number_and_for_many() {
    let mut x = of_all_sizes();
    x.extend((-4000..4000).map(|i| i as f64 / 128.0));
    let narrow: Vec<f32> = x.iter().map(|&x| x as f32).collect();
    let mut compared = 0;
    macro_rules! compare {
        ($($module:ident::$f:ident on $x:expr),*) => {$({
            let one_by_one: Vec<_> = $x.iter().map(|&x| $module::$f(std::hint::black_box(x)).to_bits()).collect();
            for set in InstructionSet::available() {
                let mut y = $x.clone();
                set.run(
                    #[inline(always)]
                    || y.iter_mut().for_each(|y| *y = $module::$f(*y)),
                );
                for ((x, y), expected) in $x.iter().zip(&y).zip(&one_by_one) {
                    let same = y.to_bits() == *expected;
                    assert!(same, "{} on {}: {x:?} gives {y:?}", stringify!($f), set.name());
                    compared += 1;
                }
            }
        })*};
    }
    compare!(
        double::exp on x, double::ln on x, double::tanh on x, double::exp_m1 on x, double::ln_1p on x,
        single::exp on narrow, single::ln on narrow, single::tanh on narrow, single::exp_m1 on narrow,
        single::ln_1p on narrow
    );
    assert!(compared >= 10 * x.len());
}
