//! Measures a piece of work and says so in one line of JSON.

use rustix::time::{ClockId, clock_gettime};
use std::{hint::black_box, time::Instant};

use crate::Result;

/// How a workload is run, and under which name it is told.
pub struct Meter {
    mode: Mode,
    workload: &'static str,
    who: &'static str,
    /// What was computed, in [`Mode::Check`]: workload, who, check value.
    pub checks: Vec<(&'static str, &'static str, f64)>,
}

/// What is done with the work.
#[derive(Clone, Copy)]
pub enum Mode {
    /// Measure it for about so many seconds.
    Seconds(f64),
    /// Only run it so often, so that instructions can be counted.
    Times(u64),
    /// Only keep its check value.
    Check,
}

/// CPU seconds of this process so far, over all its threads.
pub fn cpu_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

impl Meter {
    /// One that does this with every workload.
    pub fn new(mode: Mode) -> Meter {
        Meter {
            mode,
            workload: "",
            who: "",
            checks: vec![],
        }
    }

    /// Names what is measured next.
    pub fn start(&mut self, workload: &'static str, who: &'static str) {
        (self.workload, self.who) = (workload, who);
    }

    /// Measures `work`, one call of which is so many `units`; `check` is what it computes, which all programs must agree
    /// on.
    ///
    /// # Errors
    /// Those of the work.
    pub fn measure<R>(&mut self, check: f64, units: f64, mut work: impl FnMut() -> Result<R>) -> Result<()> {
        let seconds = match self.mode {
            Mode::Seconds(seconds) => seconds,
            Mode::Times(times) => {
                for _ in 0..times {
                    black_box(work()?);
                }
                return Ok(());
            }
            Mode::Check => {
                self.checks.push((self.workload, self.who, check));
                return Ok(());
            }
        };
        // A call says how many make a sample: long enough for the clock, short enough to fall between interruptions.
        let (mut walls, mut cpus) = (vec![], vec![]);
        black_box(work()?);
        let (wall, cpu) = (Instant::now(), cpu_seconds());
        black_box(work()?);
        let once = (cpu_seconds() - cpu).max(1e-8);
        let calls = (0.002 / once).ceil().max(1.0);
        let samples = (seconds / (once * calls)).clamp(1.0, 200.0) as usize;
        if calls == 1.0 {
            cpus.push(once / units);
            walls.push(wall.elapsed().as_secs_f64() / units);
        }
        for _ in 0..samples {
            let (wall, cpu) = (Instant::now(), cpu_seconds());
            for _ in 0..calls as u64 {
                black_box(work()?);
            }
            cpus.push((cpu_seconds() - cpu) / (calls * units));
            walls.push(wall.elapsed().as_secs_f64() / (calls * units));
        }
        let ((wall_min, wall_median), (cpu_min, cpu_median)) = (least_and_middle(walls), least_and_middle(cpus));
        println!(
            "{{\"workload\": \"{}\", \"who\": \"{}\", \"cpu_min\": {cpu_min:.4e}, \"cpu_median\": {cpu_median:.4e}, \
             \"wall_min\": {wall_min:.4e}, \"wall_median\": {wall_median:.4e}, \"check\": {check:e}}}",
            self.workload, self.who
        );
        Ok(())
    }

    /// Tells a result that is no time.
    pub fn tell(&self, what: &str, value: impl std::fmt::Display) {
        let Meter { workload, who, .. } = self;
        println!("{{\"workload\": \"{workload}\", \"who\": \"{who}\", \"what\": \"{what}\", \"value\": \"{value}\"}}");
    }
}

fn least_and_middle(mut numbers: Vec<f64>) -> (f64, f64) {
    numbers.sort_by(f64::total_cmp);
    let pick = |place: usize| numbers.get(place).copied().unwrap_or(f64::NAN);
    (pick(0), pick(numbers.len() / 2))
}
