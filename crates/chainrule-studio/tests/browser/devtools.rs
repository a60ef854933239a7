//! A real browser, driven by its DevTools protocol.

use serde_json::{Value, json};
use std::{
    env, fs,
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tungstenite::{Message, WebSocket, stream::MaybeTlsStream};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A browser without a window, with a profile of its own.
pub struct Browser {
    process: Child,
    control: Wire,
    port: u16,
    _profile: TempDir,
}

/// A page in a browser.
pub struct Tab {
    wire: Wire,
    /// Everything that went wrong: console errors, exceptions, what the policy forbade.
    pub errors: Vec<String>,
    /// Every address that was asked for.
    pub requests: Vec<String>,
}

struct Wire {
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    last: u64,
}

impl Wire {
    fn open(address: &str) -> Wire {
        let (socket, _) = tungstenite::connect(address).unwrap();
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        Wire { socket, last: 0 }
    }

    /// Calls a method; what the browser reports meanwhile goes to `report`.
    fn call(&mut self, method: &str, parameters: Value, mut report: impl FnMut(&Value)) -> Value {
        self.last += 1;
        let message = json!({"id": self.last, "method": method, "params": parameters});
        self.socket.send(Message::text(message.to_string())).unwrap();
        loop {
            let Message::Text(text) = self.socket.read().unwrap_or_else(|error| panic!("{method}: {error}")) else {
                continue;
            };
            let answer: Value = serde_json::from_str(&text).unwrap();
            if answer["id"] != self.last {
                report(&answer);
                continue;
            }
            assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
            return answer["result"].clone();
        }
    }
}

impl Browser {
    /// Starts the browser of this machine; none, said aloud, where there is none.
    pub fn start() -> Option<Browser> {
        let Some(program) = installed() else {
            println!("SKIPPED: no Chromium or Chrome on this machine (CHROME names one that is elsewhere)");
            return None;
        };
        let profile = TempDir::new().unwrap();
        let process = Command::new(program)
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
            ])
            .args([
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ])
            .args([
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let said = profile.path().join("DevToolsActivePort");
        let started = Instant::now();
        let (port, path) = loop {
            let text = fs::read_to_string(&said).unwrap_or_default();
            if let Some((port, path)) = text.split_once('\n').filter(|(_, path)| !path.is_empty()) {
                break (port.parse().unwrap(), path.trim().to_string());
            }
            assert!(started.elapsed() < PATIENCE, "the browser does not start");
            sleep(Duration::from_millis(20));
        };
        Some(Browser {
            process,
            control: Wire::open(&format!("ws://127.0.0.1:{port}{path}")),
            port,
            _profile: profile,
        })
    }

    /// What a page gives to keep is kept in this folder from now on.
    pub fn keep_in(&mut self, folder: &Path) {
        let parameters = json!({"behavior": "allow", "downloadPath": folder});
        self.control.call("Browser.setDownloadBehavior", parameters, |_| {});
    }

    /// Opens a page of 1280 by 900 pixels.
    pub fn open(&mut self, address: &str) -> Tab {
        let target = self
            .control
            .call("Target.createTarget", json!({"url": "about:blank"}), |_| {});
        let id = target["targetId"].as_str().unwrap();
        let wire = Wire::open(&format!("ws://127.0.0.1:{}/devtools/page/{id}", self.port));
        let mut tab = Tab {
            wire,
            errors: vec![],
            requests: vec![],
        };
        for domain in ["Page", "Runtime", "Log", "Network"] {
            tab.call(&format!("{domain}.enable"), json!({}));
        }
        tab.size(1280, 900);
        tab.go(address);
        tab
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn installed() -> Option<PathBuf> {
    if let Some(named) = env::var_os("CHROME") {
        return Some(named.into());
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let paths = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&paths).collect();
    let places = names
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    places.into_iter().find(|place| place.is_file())
}

impl Tab {
    pub fn call(&mut self, method: &str, parameters: Value) -> Value {
        let Tab { wire, errors, requests } = self;
        wire.call(method, parameters, |event| {
            let told = &event["params"];
            match event["method"].as_str().unwrap_or_default() {
                "Runtime.exceptionThrown" => errors.push(told["exceptionDetails"].to_string()),
                "Runtime.consoleAPICalled" if told["type"] == "error" => errors.push(told["args"].to_string()),
                "Log.entryAdded" if told["entry"]["level"] == "error" => errors.push(told["entry"].to_string()),
                "Network.requestWillBeSent" => requests.push(told["request"]["url"].as_str().unwrap().to_string()),
                "Network.webSocketCreated" => requests.push(told["url"].as_str().unwrap().to_string()),
                _ => {}
            }
        })
    }

    /// The value of a JavaScript expression, awaited if it is a promise.
    pub fn value(&mut self, expression: &str) -> Value {
        let parameters = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let result = self.call("Runtime.evaluate", parameters);
        assert!(
            result["exceptionDetails"].is_null(),
            "{expression}: {}",
            result["exceptionDetails"]
        );
        result["result"]["value"].clone()
    }

    pub fn number(&mut self, expression: &str) -> f64 {
        self.value(expression)
            .as_f64()
            .unwrap_or_else(|| panic!("no number: {expression}"))
    }

    pub fn text(&mut self, expression: &str) -> String {
        self.value(expression)
            .as_str()
            .unwrap_or_else(|| panic!("no text: {expression}"))
            .to_string()
    }

    /// Waits until this is true.
    pub fn until(&mut self, condition: &str) {
        let started = Instant::now();
        // While a page is exchanged for another one nothing can be asked of it.
        let asked = json!({"expression": format!("!!({condition})"), "returnByValue": true});
        while self.call("Runtime.evaluate", asked.clone())["result"]["value"] != true {
            assert!(started.elapsed() < PATIENCE, "it never came to be: {condition}");
            sleep(Duration::from_millis(15));
        }
    }

    /// Opens an address here and waits until the page is live.
    pub fn go(&mut self, address: &str) {
        self.value("window.left = true");
        self.call("Page.navigate", json!({"url": address}));
        self.until(
            "!window.left && document.readyState === 'complete' && \
                    (document.documentElement.dataset.live === '' || !document.querySelector('main[data-live]'))",
        );
    }

    pub fn size(&mut self, width: u32, height: u32) {
        let mobile = width < 600;
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Makes the reader's system light or dark.
    pub fn scheme(&mut self, scheme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", features);
    }

    /// Presses a key, such as `Tab`, `ArrowRight`, `Enter` or `n`.
    pub fn key(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowUp" => 38,
            "ArrowRight" => 39,
            "ArrowDown" => 40,
            letter => i64::from(letter.to_uppercase().as_bytes()[0]),
        };
        let text = match key {
            "Enter" => "\r",
            letter if letter.len() == 1 => letter,
            _ => "",
        };
        let down = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code, "text": text});
        self.call("Input.dispatchKeyEvent", down);
        self.call(
            "Input.dispatchKeyEvent",
            json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code}),
        );
    }

    /// The mouse at a place of the window: `mousePressed`, `mouseMoved` or `mouseReleased`.
    pub fn mouse(&mut self, kind: &str, (x, y): (f64, f64)) {
        let buttons = if kind == "mouseReleased" { 0 } else { 1 };
        let event = json!({"type": kind, "x": x, "y": y, "button": "left", "buttons": buttons, "clickCount": 1});
        self.call("Input.dispatchMouseEvent", event);
    }

    /// The mouse at a place of the window, with no button pressed.
    pub fn point(&mut self, (x, y): (f64, f64)) {
        self.call(
            "Input.dispatchMouseEvent",
            json!({"type": "mouseMoved", "x": x, "y": y, "button": "none"}),
        );
    }

    /// Drags from one place to another, step by step, and lets go.
    pub fn drag(&mut self, from: (f64, f64), to: (f64, f64)) {
        self.mouse("mousePressed", from);
        for step in 1..=8 {
            let share = f64::from(step) / 8.0;
            let between = |a: f64, b: f64| a + share * (b - a);
            self.mouse("mouseMoved", (between(from.0, to.0), between(from.1, to.1)));
        }
        self.mouse("mouseReleased", to);
    }

    /// Writes what the page looks like, all of it, as PNG.
    pub fn photograph(&mut self, file: &Path) {
        // What stays in the window while one scrolls stands where it belongs, not over what one would scroll to.
        self.value(
            "for (const e of document.querySelectorAll('main *')) if (getComputedStyle(e).position === 'sticky') \
             e.style.setProperty('position', 'static', 'important')",
        );
        let size = self.call("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let side = |name: &str| size[name].as_f64().unwrap();
        self.photograph_top(file, side("width"), side("height"));
    }

    /// Writes the top of the page, so wide and so high, as PNG.
    pub fn photograph_top(&mut self, file: &Path, width: f64, height: f64) {
        let clip = json!({"x": 0, "y": 0, "width": width, "height": height, "scale": 1});
        let shot = self.call(
            "Page.captureScreenshot",
            json!({"format": "png", "captureBeyondViewport": true, "clip": clip}),
        );
        fs::write(file, decoded(shot["data"].as_str().unwrap())).unwrap();
    }
}

/// A file that a page has given to keep, as soon as all of it is there.
pub fn kept(file: &Path) -> Vec<u8> {
    let started = Instant::now();
    loop {
        // A browser gives a file its name when it is whole.
        if let Ok(bytes) = fs::read(file) {
            return bytes;
        }
        assert!(started.elapsed() < PATIENCE, "{} never came", file.display());
        sleep(Duration::from_millis(20));
    }
}

/// Base64 as bytes.
fn decoded(text: &str) -> Vec<u8> {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bytes, mut bits, mut held) = (vec![], 0_u32, 0);
    for digit in text
        .bytes()
        .filter_map(|byte| DIGITS.iter().position(|digit| *digit == byte))
    {
        bits = (bits << 6) | digit as u32;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}
