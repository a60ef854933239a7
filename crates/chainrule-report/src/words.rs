//! Numbers and shares as a sentence has them.

use chainrule_picture::number::count;

/// A share as percent with up to one decimal: `93.3 %`, `50 %`.
pub(crate) fn percent(share: f64) -> String {
    let rounded = (share * 1000.0).round() / 10.0;
    match rounded.fract() == 0.0 {
        true => format!("{rounded:.0} %"),
        false => format!("{rounded:.1} %"),
    }
}

/// So many things.
pub(crate) fn many(number: usize, one: &str, several: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { several })
}

/// Between which shares the true one lies with 95 % confidence, when `hits` of `rows` were seen.
///
/// Source: Wilson, Probable Inference, the Law of Succession, and Statistical Inference (1927).
pub(crate) fn confidence(hits: f64, rows: usize) -> Option<(f64, f64)> {
    const Z: f64 = 1.959963984540054;
    if rows == 0 {
        return None;
    }
    let (n, share) = (rows as f64, hits / rows as f64);
    let center = share + Z * Z / (2.0 * n);
    let spread = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).max(0.0).sqrt();
    let scale = 1.0 + Z * Z / n;
    Some((
        ((center - spread) / scale).max(0.0),
        ((center + spread) / scale).min(1.0),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_read_as_percent() {
        let read = [0.5, 0.9333, 1.0, 0.0, 0.0004].map(percent);
        assert_eq!(read, ["50 %", "93.3 %", "100 %", "0 %", "0 %"]);
    }

    // From scipy 1.17: binomtest(28, 30).proportion_ci(method="wilson"), and of 0 of 10.
    #[test]
    fn the_interval_is_wilsons() {
        let (low, high) = confidence(28.0, 30).unwrap();
        assert!((low - 0.7867654163738308).abs() < 1e-15, "{low}");
        assert!((high - 0.9815229762087296).abs() < 1e-15, "{high}");
        let (low, high) = confidence(0.0, 10).unwrap();
        assert!(low == 0.0 && (high - 0.2775327998628892).abs() < 1e-15, "{high}");
        assert_eq!(confidence(0.0, 0), None);
    }
}
