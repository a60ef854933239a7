//! temporary
use chainrule::*;
fn main() {
    let nodes: usize = std::env::args().nth(1).map_or(100_000, |n| n.parse().unwrap());
    let reps: usize = std::env::args().nth(2).map_or(20, |n| n.parse().unwrap());
    let mut g = Graph::new();
    let mut best = f64::INFINITY;
    let mut check = 0.0;
    for _ in 0..reps {
        g.clear();
        let start = std::time::Instant::now();
        let a = g.leaf(0.5);
        let b = g.leaf(0.25);
        let mut x = a;
        for _ in 0..nodes / 4 {
            x = x * a + b;
            x = (x - b) * b;
        }
        check = x.backward().unwrap()[a];
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{:.1} ns per node, check {check}", best / nodes as f64 * 1e9);
}
