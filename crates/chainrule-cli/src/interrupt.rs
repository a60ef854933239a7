//! Ctrl-C: the first one asks to stop, the second one ends the program at once.

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

/// Whether somebody asked to stop.
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// From now on the first Ctrl-C, or the first polite request to end (SIGTERM), only asks to stop; the second one ends
    /// the program as it would have without this, which a shell calls exit code 130 or 143.
    pub fn watch() -> Interrupt {
        let asked = Arc::new(AtomicBool::new(false));
        for signal in [SIGINT, SIGTERM] {
            // Where a signal cannot be caught, it ends the program at once, as ever.
            if flag::register_conditional_default(signal, asked.clone()).is_ok() {
                let _ = flag::register(signal, asked.clone());
            }
        }
        Interrupt(asked)
    }

    /// Whether somebody asked to stop.
    pub fn is_asked(&self) -> bool {
        self.0.load(Relaxed)
    }
}
