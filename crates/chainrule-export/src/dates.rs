//! The parts of a date in a graph: the calendar as sums, products and floors, exact in 64 bits.

use crate::graph::{Graph, Op};

/// The names of a date's parts.
pub(crate) struct Parts {
    pub(crate) year: String,
    pub(crate) month: String,
    pub(crate) weekday: String,
    pub(crate) hour: String,
}

/// `⌊value / number⌋`.
fn floor_of(graph: &mut Graph, value: &str, number: f64) -> String {
    let quotient = graph.with(Op::Div, value, number);
    graph.add(Op::Floor, &[&quotient])
}

/// `value − number · times`.
fn less(graph: &mut Graph, value: &str, number: f64, times: &str) -> String {
    let product = graph.with(Op::Mul, times, number);
    graph.add(Op::Sub, &[value, &product])
}

/// The parts of days since 1970-01-01, as in the table's own calendar (H. Hinnant, chrono-compatible low-level date
/// algorithms, 2013): years start in March, 400 of them have the same length.
pub(crate) fn parts(graph: &mut Graph, days: &str) -> Parts {
    let day = graph.add(Op::Floor, &[days]);
    let time = graph.add(Op::Sub, &[days, &day]);
    let shifted = graph.with(Op::Add, &day, 719_468.0);
    let era = floor_of(graph, &shifted, 146_097.0);
    let day_of_era = less(graph, &shifted, 146_097.0, &era);
    let year_of_era = {
        let [a, b, c] = [1_460.0, 36_524.0, 146_096.0].map(|days| floor_of(graph, &day_of_era, days));
        let less_leap_days = graph.add(Op::Sub, &[&day_of_era, &a]);
        let with_centuries = graph.add(Op::Add, &[&less_leap_days, &b]);
        let numerator = graph.add(Op::Sub, &[&with_centuries, &c]);
        floor_of(graph, &numerator, 365.0)
    };
    let day_of_year = {
        let [fourths, hundredths] = [4.0, 100.0].map(|years| floor_of(graph, &year_of_era, years));
        let plain = less(graph, &day_of_era, 365.0, &year_of_era);
        let less_leap_days = graph.add(Op::Sub, &[&plain, &fourths]);
        graph.add(Op::Add, &[&less_leap_days, &hundredths])
    };
    let from_march = {
        let five = graph.with(Op::Mul, &day_of_year, 5.0);
        let two_more = graph.with(Op::Add, &five, 2.0);
        floor_of(graph, &two_more, 153.0)
    };
    let month = {
        let (later, sooner) = (
            graph.with(Op::Add, &from_march, 3.0),
            graph.with(Op::Sub, &from_march, 9.0),
        );
        let next_year = graph.with(Op::Greater, &from_march, 9.5);
        graph.add(Op::Where, &[&next_year, &sooner, &later])
    };
    let year = {
        let three = graph.number(3.0);
        let next_year = graph.add(Op::Greater, &[&three, &month]);
        let next_year = graph.add(Op::Cast(crate::graph::Kind::Double), &[&next_year]);
        let years = graph.with(Op::Mul, &era, 400.0);
        let years = graph.add(Op::Add, &[&years, &year_of_era]);
        graph.add(Op::Add, &[&years, &next_year])
    };
    let weekday = {
        let monday = graph.with(Op::Add, &day, 3.0);
        let weeks = floor_of(graph, &monday, 7.0);
        less(graph, &monday, 7.0, &weeks)
    };
    let hour = {
        let hours = graph.with(Op::Mul, &time, 24.0);
        // A few milliseconds more, because a time is not exact as a share of a day.
        let hours = graph.with(Op::Add, &hours, 1e-6);
        let hours = graph.add(Op::Floor, &[&hours]);
        graph.with(Op::Min, &hours, 23.0)
    };
    Parts {
        year,
        month,
        weekday,
        hour,
    }
}
