//! What the worker's script calls: the only names that a WebAssembly module can give are those of functions, and it takes and
//! gives numbers only. A text goes in through [`room`], and comes out where [`answer`] says.
#![allow(unsafe_code)]

use std::cell::RefCell;

use crate::Visit;
use chainrule_studio::Next;

/// The page of this worker, the text that comes in, and the one that goes out.
struct Door {
    visit: Option<Visit>,
    given: Vec<u8>,
    answer: Vec<u8>,
}

thread_local! {
    static DOOR: RefCell<Door> = const {
        RefCell::new(Door { visit: None, given: Vec::new(), answer: Vec::new() })
    };
}

impl Door {
    /// What came in, as texts: they are divided by a zero.
    fn texts(&mut self) -> (String, String) {
        let text = String::from_utf8_lossy(&std::mem::take(&mut self.given)).into_owned();
        match text.split_once('\0') {
            Some((one, other)) => (one.to_string(), other.to_string()),
            None => (text, String::new()),
        }
    }

    /// Has the page say something; nothing where none is open.
    fn say(&mut self, say: impl FnOnce(&mut Visit) -> String) {
        self.answer = self.visit.as_mut().map(say).unwrap_or_default().into_bytes();
    }
}

fn at_door<T>(act: impl FnOnce(&mut Door) -> T) -> T {
    DOOR.with_borrow_mut(act)
}

/// Makes room for so many bytes to come in, and says where.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize) -> *mut u8 {
    at_door(|door| {
        door.given.clear();
        door.given.resize(bytes, 0);
        door.given.as_mut_ptr()
    })
}

/// Where the last answer stands.
#[unsafe(no_mangle)]
extern "C" fn answer() -> *const u8 {
    at_door(|door| door.answer.as_ptr())
}

/// How many bytes it has.
#[unsafe(no_mangle)]
extern "C" fn answer_length() -> usize {
    at_door(|door| door.answer.len())
}

/// Opens the page of a path, below a root; whether there is one.
#[unsafe(no_mangle)]
extern "C" fn open() -> bool {
    at_door(|door| {
        let (path, root) = door.texts();
        door.visit = Visit::open(&path, &root);
        door.visit.is_some()
    })
}

/// A message of the page's script.
#[unsafe(no_mangle)]
extern "C" fn told() {
    at_door(|door| {
        let message = String::from_utf8_lossy(&std::mem::take(&mut door.given)).into_owned();
        door.say(|visit| visit.told(&message));
    });
}

/// A file that was dropped on the page: its name, a zero, and what stands in it.
#[unsafe(no_mangle)]
extern "C" fn take() {
    at_door(|door| {
        let given = std::mem::take(&mut door.given);
        let end = given.iter().position(|byte| *byte == 0).unwrap_or(given.len());
        let (name, bytes) = given.split_at(end);
        let (name, bytes) = (
            String::from_utf8_lossy(name).into_owned(),
            bytes.get(1..).unwrap_or_default().to_vec(),
        );
        door.say(|visit| visit.take(&name, bytes));
    });
}

/// Lets the page go on; 0 when it rests, 1 when it wants to be shown, 2 when it goes on at once.
#[unsafe(no_mangle)]
extern "C" fn advance(times: u32) -> u32 {
    at_door(|door| match door.visit.as_mut().map(|visit| visit.advance(times)) {
        None | Some(Next::Rest) => 0,
        Some(Next::Frame) => 1,
        Some(Next::More) => 2,
    })
}

/// What has changed although nobody asked.
#[unsafe(no_mangle)]
extern "C" fn frame() {
    at_door(|door| door.say(Visit::frame));
}

/// A file of the page: its name, a zero, its media type, a zero, and what stands in it; nothing where there is none.
#[unsafe(no_mangle)]
extern "C" fn file() {
    at_door(|door| {
        let (name, _) = door.texts();
        let file = door.visit.as_mut().and_then(|visit| visit.file(&name));
        door.answer = file.map_or_else(Vec::new, |file| {
            [
                file.name.as_bytes(),
                &[0],
                file.media_type.as_bytes(),
                &[0],
                &file.bytes,
            ]
            .concat()
        });
    });
}
