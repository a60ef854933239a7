//! The README's pictures of bench and playground: `README_SHOTS=1 cargo test -p chainrule-studio --test browser readme` takes them
//! anew, into `docs`.

use chainrule_studio::Lessons;
use std::{env, path::Path};

use super::{address, clean, devtools::Browser, playground, served::Served};

#[test]
fn pictures_for_the_readme() {
    if env::var_os("README_SHOTS").is_none() {
        println!("SKIPPED: README_SHOTS does not ask for them");
        return;
    }
    let Some(mut browser) = Browser::start() else { return };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let served = Served::new(Lessons);
    let mut tab = browser.open(&address(&served, "/bench?step=9"));
    tab.scheme("light");
    tab.size(1240, 960);
    tab.until("!busy && document.querySelector('#c-step').value === '9'");
    tab.photograph_top(&folder.join("bench.png"), 1240.0, 960.0);
    tab.go(&address(&served, "/playground?rate=0.1&step=700&chosen=2.1"));
    tab.size(1360, 800);
    playground::at(&mut tab, 700);
    tab.until("document.querySelectorAll('#network image').length === 4 && document.querySelector('#formula input')");
    tab.photograph_top(&folder.join("playground.png"), 1360.0, 800.0);
    clean(&mut tab, &served);
}
