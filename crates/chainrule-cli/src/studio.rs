//! `chainrule studio`: the lessons, the bench and a model as pages in the browser.

use crate::{failure::Failure, output::say};
use chainrule_learn::{Model, open};
use chainrule_studio::{Lessons, OpenModel, Studio, open_browser};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::PathBuf,
};

/// Open the studio in the browser: lessons to play with, graphs and models taken apart
///
/// With a model, the browser opens on a page that tells what it does with a row, layer by layer and neuron by neuron; with a
/// table besides, which of its rows the model gets most wrong. The pages are served by this program, on this machine and for
/// it alone; nothing is fetched from elsewhere, and no page can open a file. Ctrl-C ends it.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  chainrule studio
  chainrule studio model.safetensors houses.csv
  chainrule studio --port 9000 --no-open")]
pub struct Arguments {
    /// A model that `chainrule fit` saved, to look into
    model: Option<PathBuf>,
    /// Rows to see it on: a table with the columns the model was trained with, or the name of a data set
    data: Option<PathBuf>,
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
        // What is asked for is read before a port is opened: a page never reads anything.
        let inside = match &self.model {
            None => None,
            Some(path) => {
                let model = Model::load(path)?;
                let data = self.data.as_ref();
                let table = data
                    .map(|data| open(data, &model.reader().without_text()))
                    .transpose()?;
                Some(OpenModel::new(model, table)?)
            }
        };
        let studio = Studio::bind(self.host, self.port).map_err(told)?;
        let address = match inside {
            None => studio.address(),
            Some(_) => studio.address() + "model",
        };
        say(&format!("The studio is at {address} (Ctrl-C ends it)"));
        if !self.host.is_loopback() {
            say("Other machines that reach this one can read it, too: --host 127.0.0.1 keeps them out");
        }
        if !self.no_open && !open_browser(&address) {
            say("No browser could be opened; open the address yourself");
        }
        match inside {
            None => studio.run(Lessons),
            Some(site) => studio.run(site),
        }
        .map_err(told)
    }
}
