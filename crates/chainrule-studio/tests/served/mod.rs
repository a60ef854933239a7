//! A studio of a test's own, on a port of its own.

use chainrule_studio::{Site, Studio};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A studio that runs until it is stopped or dropped.
pub struct Served {
    /// Such as `127.0.0.1:40123`.
    pub host: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Served {
    /// Serves these pages on any free port.
    pub fn new(site: impl Site) -> Served {
        Served::on(0, site)
    }

    /// Serves these pages on this port.
    pub fn on(port: u16, site: impl Site) -> Served {
        let studio = Studio::bind("127.0.0.1".parse().unwrap(), port).unwrap();
        let host = studio
            .address()
            .trim_start_matches("http://")
            .trim_end_matches('/')
            .to_string();
        let (stop, stopped) = oneshot::channel();
        let end = async { stopped.await.unwrap_or_default() };
        let thread = std::thread::spawn(move || studio.run_until(site, end).unwrap());
        Served {
            host,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    #[allow(dead_code, reason = "not every test asks for it")]
    pub fn port(&self) -> u16 {
        self.host.rsplit(':').next().unwrap().parse().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
