//! One axis of a chart: its range, its ticks and where a value falls.

use crate::number;

/// A labelled place on an axis; a minor tick has an empty label.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    /// Where it stands, 0 at the start of the axis and 1 at its end.
    pub(crate) fraction: f64,
    pub(crate) label: String,
}

/// A range of values along one side of the chart, straight or logarithmic.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    // Both ends are kept as they are drawn: logarithms on a logarithmic axis.
    low: f64,
    high: f64,
    reversed: bool,
    logarithmic: bool,
}

impl Axis {
    /// An axis for values between `data.0` and `data.1`, or for the range asked for where that makes sense.
    ///
    /// `padding` is the share of the range left free at either end when the data decide.
    pub(crate) fn new(data: Option<(f64, f64)>, asked: Option<(f64, f64)>, logarithmic: bool, padding: f64) -> Axis {
        let usable = |value: f64| value.is_finite() && (!logarithmic || value >= f64::MIN_POSITIVE);
        let scale = |value: f64| if logarithmic { value.log10() } else { value };
        let asked = asked.filter(|(from, to)| usable(*from) && usable(*to) && from != to);
        if let Some((from, to)) = asked {
            let (low, high) = widened(scale(from.min(to)), scale(from.max(to)), logarithmic);
            return Axis {
                low,
                high,
                reversed: from > to,
                logarithmic,
            };
        }
        let data = data.filter(|(low, high)| usable(*low) && usable(*high) && low <= high);
        let (low, high) = match data {
            Some((low, high)) => (scale(low), scale(high)),
            None if logarithmic => (-1.0, 1.0),
            None => (0.0, 1.0),
        };
        let (from, to) = widened(low, high, logarithmic);
        let pad = (to / 2.0 - from / 2.0) * 2.0_f64.min(padding * 2.0);
        let mut padded = ((from - pad).max(-f64::MAX), (to + pad).min(f64::MAX));
        // Losses, counts and the like: a padding that dips below zero would only raise questions.
        if !logarithmic && low >= 0.0 && padded.0 < 0.0 && low < high {
            padded.0 = 0.0;
        }
        if logarithmic {
            padded.1 = padded.1.min(308.2547);
        }
        Axis {
            low: padded.0,
            high: padded.1,
            reversed: false,
            logarithmic,
        }
    }

    /// How many units there are from the start of the axis to its end; none on a logarithmic axis, where they are not alike.
    pub(crate) fn span(&self) -> Option<f64> {
        let length = self.high - self.low;
        let signed = if self.reversed { -length } else { length };
        (!self.logarithmic && length.is_finite()).then_some(signed)
    }

    /// Where a value stands along the axis: 0 at its start, 1 at its end, beyond these outside the range.
    /// None for values that have no place: not finite, or not positive on a logarithmic axis.
    pub(crate) fn fraction(&self, value: f64) -> Option<f64> {
        if !value.is_finite() || (self.logarithmic && value < f64::MIN_POSITIVE) {
            return None;
        }
        Some(self.place(if self.logarithmic { value.log10() } else { value }))
    }

    fn place(&self, value: f64) -> f64 {
        // Halves, because high - low overflows between -1e308 and 1e308.
        let along = (value / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0);
        let along = along.clamp(-1e6, 1e6);
        if self.reversed { 1.0 - along } else { along }
    }

    /// Ticks at round values (1, 2 or 5 times a power of ten), about `target` of them.
    pub(crate) fn ticks(&self, target: usize) -> Vec<Tick> {
        let target = target.max(2);
        if self.logarithmic {
            self.logarithmic_ticks(target)
        } else {
            self.linear_ticks(target)
        }
    }

    fn linear_ticks(&self, target: usize) -> Vec<Tick> {
        let (values, exponent) = round_values(self.low, self.high, target);
        let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
        values
            .iter()
            .map(|value| Tick {
                fraction: self.place(*value),
                label: number::tick(*value, exponent, largest),
            })
            .collect()
    }

    fn logarithmic_ticks(&self, target: usize) -> Vec<Tick> {
        let decades = self.high - self.low;
        if decades < 0.5 {
            // Hardly curved: round values as on a straight axis, at their logarithmic places.
            let (values, exponent) = round_values(10f64.powf(self.low), 10f64.powf(self.high), target);
            let largest = values.last().copied().unwrap_or_default();
            return values
                .iter()
                .filter_map(|value| {
                    let fraction = self.fraction(*value)?;
                    Some(Tick {
                        fraction,
                        label: number::tick(*value, exponent, largest),
                    })
                })
                .collect();
        }
        let first = (self.low - 1e-9).ceil() as i32;
        let last = (self.high + 1e-9).floor() as i32;
        let stride = [1, 2, 5, 10, 20, 50, 100, 200, 500]
            .into_iter()
            .find(|stride| (last - first) / stride < target.max(3) as i32)
            .unwrap_or(500);
        // With one or two powers in sight a reader could not interpolate: 2 and 5 are labelled as well.
        let few = last - first < 2;
        let mut ticks = Vec::new();
        for power in first - 1..=last {
            if power >= first && power.rem_euclid(stride) == 0 {
                ticks.push(Tick {
                    fraction: self.place(f64::from(power)),
                    label: number::power_of_ten(power),
                });
            }
            if stride > 1 {
                continue;
            }
            for digit in 2..=9 {
                let value = f64::from(power) + f64::from(digit).log10();
                if value < self.low || value > self.high {
                    continue;
                }
                let labelled = few && (digit == 2 || digit == 5);
                let label = if labelled {
                    let value = f64::from(digit) * 10f64.powi(power);
                    number::tick(value, power, value)
                } else {
                    String::new()
                };
                ticks.push(Tick {
                    fraction: self.place(value),
                    label,
                });
            }
        }
        ticks
    }
}

/// A range that is wide enough to draw: a single value, or values that agree in nine digits, get some room.
fn widened(low: f64, high: f64, logarithmic: bool) -> (f64, f64) {
    let middle = low / 2.0 + high / 2.0;
    let half = high / 2.0 - low / 2.0;
    // A difference of logarithms already is a ratio.
    let (least, room) = if logarithmic {
        (1e-9, 0.1)
    } else {
        (middle.abs() * 1e-10, middle.abs() * 0.1)
    };
    if half > least && half > 1e-307 {
        return (low, high);
    }
    let room = if room > 1e-300 { room } else { 1.0 };
    // The largest f64 is 10^308.2547: a logarithmic axis ends there too.
    let most = if logarithmic { 308.2547 } else { f64::MAX };
    ((middle - room).max(-f64::MAX), (middle + room).min(most))
}

/// Multiples of 1, 2 or 5 times `10^exponent` between `low` and `high`, about `target` of them, and the exponent.
fn round_values(low: f64, high: f64, target: usize) -> (Vec<f64>, i32) {
    let rough = (high / 2.0 - low / 2.0) / target as f64 * 2.0;
    let exponent = rough.log10().floor();
    if !exponent.is_finite() {
        return (Vec::new(), 0);
    }
    let mantissa = rough / 10f64.powf(exponent);
    // The thresholds are the geometric means of neighbors: the nearest round step by ratio.
    let (digit, exponent) = match mantissa {
        m if m < 2f64.sqrt() => (1.0, exponent),
        m if m < 10f64.sqrt() => (2.0, exponent),
        m if m < 50f64.sqrt() => (5.0, exponent),
        _ => (1.0, exponent + 1.0),
    };
    let step = digit * 10f64.powf(exponent);
    let first = (low / step - 1e-9).ceil();
    let mut values = Vec::new();
    for place in 0..40 {
        let multiple = (first + f64::from(place)) * digit;
        // Dividing by a whole power of ten keeps 0.3 from becoming 0.30000000000000004.
        let value = if (-300.0..0.0).contains(&exponent) {
            multiple / 10f64.powf(-exponent)
        } else {
            multiple * 10f64.powf(exponent)
        };
        if !value.is_finite() || value > high + step * 1e-9 {
            break;
        }
        values.push(value + 0.0); // turns -0 into 0
    }
    (values, exponent as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(axis: &Axis, target: usize) -> Vec<String> {
        axis.ticks(target)
            .into_iter()
            .map(|tick| tick.label)
            .filter(|label| !label.is_empty())
            .collect()
    }

    #[test]
    fn steps_are_one_two_or_five() {
        let axis = |low, high| Axis::new(None, Some((low, high)), false, 0.0);
        assert_eq!(labels(&axis(0.0, 1.0), 5), ["0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&axis(-1.0, 1.0), 4), ["−1.0", "−0.5", "0", "0.5", "1.0"]);
        assert_eq!(labels(&axis(0.0, 30_000.0), 3), ["0", "10,000", "20,000", "30,000"]);
        assert_eq!(labels(&axis(0.0, 3e-9), 3), ["0", "1×10⁻⁹", "2×10⁻⁹", "3×10⁻⁹"]);
    }

    #[test]
    fn logarithmic_ticks_are_powers_of_ten() {
        let axis = |low, high| Axis::new(None, Some((low, high)), true, 0.0);
        assert_eq!(labels(&axis(1e-3, 10.0), 6), ["0.001", "0.01", "0.1", "1", "10"]);
        assert_eq!(labels(&axis(1.0, 20.0), 6), ["1", "2", "5", "10", "20"]);
        assert_eq!(labels(&axis(1e-300, 1e300), 6), ["10⁻²⁰⁰", "1", "10²⁰⁰"]);
        assert_eq!(labels(&axis(1.0, 1.5), 5), ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5"]);
    }

    #[test]
    fn every_range_gives_places_and_a_few_ticks() {
        let ends = [
            0.0,
            5e-324,
            1e-300,
            1.0,
            1.0 + 1e-15,
            1e15,
            1e300,
            f64::MAX,
            -f64::MAX,
            -1.0,
            f64::NAN,
            f64::INFINITY,
        ];
        for a in ends {
            for b in ends {
                for logarithmic in [false, true] {
                    for asked in [None, Some((a, b))] {
                        let axis = Axis::new(Some((a, b)), asked, logarithmic, 0.05);
                        assert!(
                            axis.low < axis.high && axis.low.is_finite() && axis.high.is_finite(),
                            "{a} {b} {axis:?}"
                        );
                        let ticks = axis.ticks(6);
                        assert!(!ticks.is_empty() && ticks.len() < 80, "{a} {b} {axis:?} {ticks:?}");
                        assert!(
                            ticks.iter().all(|tick| (-1e-6..=1.0 + 1e-6).contains(&tick.fraction)),
                            "{axis:?} {ticks:?}"
                        );
                        assert!(axis.fraction(a).is_none_or(f64::is_finite));
                    }
                }
            }
        }
    }

    #[test]
    fn a_reversed_range_runs_backwards() {
        let axis = Axis::new(None, Some((10.0, 0.0)), false, 0.0);
        assert_eq!(axis.fraction(10.0), Some(0.0));
        assert_eq!(axis.fraction(0.0), Some(1.0));
    }
}
