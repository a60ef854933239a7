//! `chainrule studio`: the lessons as pages in the browser.

use crate::{failure::Failure, output::say};
use chainrule_studio::{Lessons, Studio, open_browser};
use std::net::{IpAddr, Ipv4Addr};

/// Open the studio in the browser: lessons to read and to play with
///
/// The pages are served by this program, on this machine and for it alone; nothing is fetched from elsewhere. Ctrl-C ends it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule studio
  chainrule studio --port 9000 --no-open")]
pub struct Arguments {
    /// The port to serve on; 0 takes any that is free
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The address to serve on; 0.0.0.0 lets other machines in
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,
    /// Do not open the browser
    #[arg(long)]
    no_open: bool,
}

impl Arguments {
    pub fn run(self) -> Result<(), Failure> {
        let told = |error: chainrule_studio::Error| Failure::Work(error.to_string());
        let studio = Studio::bind(self.host, self.port).map_err(told)?;
        let address = studio.address();
        say(&format!("The studio is at {address} (Ctrl-C ends it)"));
        if !self.host.is_loopback() {
            say("Other machines that reach this one can read it, too: --host 127.0.0.1 keeps them out");
        }
        if !self.no_open && !open_browser(&address) {
            say("No browser could be opened; open the address yourself");
        }
        studio.run(Lessons).map_err(told)
    }
}
