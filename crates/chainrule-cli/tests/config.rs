//! Flags in a file: what a run wrote does the same again, and what is wrong is said with its line.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use program::{Folder, houses};

fn words(line: &str) -> Vec<&str> {
    line.split(' ').collect()
}

#[test]
fn the_file_that_a_run_wrote_gives_the_same_model() {
    for (place, line) in [
        "fit t.csv --target size --epochs 3 --folds 2",
        "fit t.csv --target price --hidden 5,4 --drop color --l2 0.001 --schedule cosine --seed 18446744073709551615 --folds 0 \
         --no-report",
        "fit t.csv --target price --model ridge --alpha 1e-3 --numeric x --categorical color --categorical size --folds 0",
        "fit --group color --epochs 2 --folds 0 --target=size t.csv --class-weights balanced --report r.html",
    ]
    .into_iter()
    .enumerate()
    {
        let folder = Folder::new();
        folder.write("t.csv", houses(60));
        let mut first = words(line);
        let hidden_none = ["--hidden", ""];
        if place == 0 {
            first.extend(hidden_none);
        }
        let ran = folder.run(&first).done();
        assert!(ran.stdout.contains("model.safetensors.toml"), "{}", ran.stdout);
        let model = folder.read("model.safetensors");
        let written = folder.text("model.safetensors.toml");
        // Once with the file alone, which stays as it is …
        folder.run(&words("fit --config model.safetensors.toml")).done();
        assert!(folder.read("model.safetensors") == model, "{line}\n{written}");
        assert_eq!(folder.text("model.safetensors.toml"), written);
        // … and once with a flag that wins.
        folder.run(&words("fit --config model.safetensors.toml --out b.safetensors --write-config b.toml")).done();
        assert!(folder.read("b.safetensors") == model, "{line}\n{written}");
        assert_eq!(folder.text("b.toml"), written.replace("out = \"model.safetensors\"", "out = \"b.safetensors\""));
        folder.run(&words("fit --config b.toml --seed 5")).done();
        assert!(folder.read("b.safetensors") != model, "{line}");
    }
}

#[test]
fn values_have_their_types() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    folder
        .run(&words(
            "fit t.csv --target size --hidden 5,4 --epochs 2 --folds 0 --drop color --learning-rate 0.01",
        ))
        .done();
    let written = folder.text("model.safetensors.toml");
    for line in [
        "data = \"t.csv\"",
        "target = \"size\"",
        "hidden = [5, 4]",
        "epochs = 2",
        "learning-rate = 0.01",
        "drop = [\"color\"]",
        "seed = 0",
    ] {
        assert!(written.lines().any(|written| written == line), "{line} in\n{written}");
    }
    // What changes nothing of what comes out is not in it.
    for key in ["json", "quiet", "resume", "config", "threads", "checkpoint"] {
        assert!(!written.contains(&format!("\n{key}")), "{written}");
    }
}

#[test]
fn the_command_line_wins_also_where_it_excludes_what_the_file_says() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    folder.write(
        "a.toml",
        "data = \"t.csv\"\ntarget = \"size\"\ngroup = \"color\"\nepochs = 1\nfolds = 0\nquiet = true\n",
    );
    let ran = folder.run(&words("fit --config a.toml --time x --target price")).done();
    assert_eq!((&ran.stdout[..], &ran.stderr[..]), ("", ""));
    let shown = folder.run(&words("show model.safetensors --json")).done().json();
    assert_eq!(shown["record"]["options"]["division"]["time"], "x");
    // Of two that exclude each other in the file, both are read.
    folder.write(
        "a.toml",
        "data = \"t.csv\"\ntarget = \"size\"\ngroup = \"color\"\ntime = \"x\"\n",
    );
    let refused = folder.refuses(&words("fit --config a.toml"), 2);
    assert!(
        refused.contains("'--group <COLUMN>' cannot be used with '--time <COLUMN>'"),
        "{refused}"
    );
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    for (text, message) in [
        ("\nepoch = 3", "line 2: there is no `epoch`; did you mean `epochs`?"),
        (
            "batch_size = 3",
            "line 1: there is no `batch_size`; did you mean `batch-size`?",
        ),
        (
            "zzzzzzzzz = 3",
            "line 1: there is no `zzzzzzzzz`; `chainrule fit --help` lists what there is",
        ),
        ("config = \"a.toml\"", "line 1: there is no `config`; "),
        (
            "seed = 1\nepochs = \"many\"",
            "line 2: invalid value 'many' for '--epochs <COUNT>'",
        ),
        ("epochs = -1", "line 1: invalid value '-1' for '--epochs <COUNT>'"),
        (
            "epochs = [1, 2]",
            "line 1: `epochs` cannot be of the type array; write a text or a number",
        ),
        (
            "epochs = 2024-01-01",
            "line 1: `epochs` cannot be of the type datetime; write a text or a number",
        ),
        (
            "hidden = [16, 1.5]",
            "line 1: invalid value '16,1.5' for '--hidden <WIDTHS>': `1.5` is not a width",
        ),
        (
            "json = \"yes\"",
            "line 1: `json` is true or false, not of the type string",
        ),
        ("[network]\nhidden = 3", "line 1: there is no `network`"),
        ("seed = 1\nseed = 2", "line 2: duplicate key"),
        ("seed = ", "line 1: "),
        (
            "model = \"forest\"",
            "line 1: invalid value 'forest' for '--model <MODEL>'",
        ),
    ] {
        folder.write("a.toml", text);
        let refused = folder.refuses(&words("fit t.csv --target size --config a.toml"), 2);
        assert!(
            refused.starts_with(&format!("error: a.toml, {message}")),
            "{text}: {refused}"
        );
        assert_eq!(refused.lines().count(), 1, "{refused}");
    }
    let refused = folder.refuses(&words("fit t.csv --target size --config none.toml"), 1);
    assert_eq!(
        refused,
        "error: none.toml could not be read: there is no such file; check the name and the folder\n"
    );
    folder.write("a.toml", "seed = 1\n");
    let refused = folder.refuses(
        &words("fit t.csv --target size --config a.toml --write-config a.toml"),
        2,
    );
    assert!(
        refused.contains("the configuration would replace the configuration"),
        "{refused}"
    );
    // What the command line lacks, and the file as well, is missed as ever.
    let refused = folder.refuses(&words("fit t.csv --config a.toml"), 2);
    assert_eq!(
        refused,
        "error: say with --target which column to predict; t.csv has `x` (integer), `color` (category), `size` (category), \
         `price` (integer)\n"
    );
}

#[test]
fn names_with_commas_are_named_by_quotes_and_in_lists() {
    let folder = Folder::new();
    let rows: String = (0..40)
        .map(|i| format!("{i},{},{},{}\n", i % 7, i % 5, 3 * i))
        .collect();
    folder.write("t.csv", format!("\"price, net\",\"a \"\"b\"\"\",id,y\n{rows}"));
    let fit = [
        "fit", "t.csv", "--target", "y", "--model", "linear", "--folds", "0", "--quiet", "--json",
    ];
    let left_out = |options: &[&str]| {
        let ran = folder.run(&[&fit[..], options].concat()).done().json();
        let columns = ran["columns"].as_array().unwrap();
        let asked = columns.iter().filter(|column| column["because"] == "as was asked");
        asked
            .map(|column| column["name"].as_str().unwrap().to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(left_out(&["--drop", "\"price, net\",id"]), ["id", "price, net"]);
    // What was written says the same.
    let written = folder.text("model.safetensors.toml");
    assert!(written.contains("drop = [\"price, net\", \"id\"]"), "{written}");
    folder.write("written.toml", &written);
    assert_eq!(left_out(&["--config", "written.toml"]), ["id", "price, net"]);
    for (text, names) in [
        ("drop = [\"price, net\"]", &["price, net"][..]),
        ("drop = ['a \"b\"', \"id\"]", &["a \"b\"", "id"]),
        ("drop = \"id\"", &["id"]),
        ("drop = '\"price, net\",id'", &["id", "price, net"]),
    ] {
        folder.write("a.toml", text);
        assert_eq!(left_out(&["--config", "a.toml"]), names, "{text}");
    }
    // The options for one column take its name as it is.
    let ran = folder
        .run(&[&fit[..], &["--categorical", "price, net"]].concat())
        .done()
        .json();
    assert_eq!(ran["columns"][0]["asked"], "category");
    let refused = folder.refuses(&[&fit[..], &["--drop", "price, net"]].concat(), 2);
    assert_eq!(
        refused,
        "error: t.csv has no column `net`; its columns are `price, net`, `a \"b\"`, `id`, `y`; if a column's name holds a \
         comma, quote it: --drop '\"price, net\"'\n"
    );
}

/// Random bytes from a seed.
struct Bytes(u64);

impl Bytes {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }
}

#[test]
fn damaged_files_never_make_it_panic() {
    let folder = Folder::new();
    let whole =
        "data = \"t.csv\"\ntarget = \"size\"\nhidden = [5, 4]\ndrop = [\"a\", 'b']\nl2 = 1e-3\njson = true\nseed = 7\n";
    let random = &mut Bytes(1);
    for _ in 0..60 {
        let mut bytes = whole.as_bytes().to_vec();
        for _ in 0..1 + random.below(4) {
            let place = random.below(bytes.len());
            match random.below(3) {
                0 => bytes[place] = b"\0\"'[]{}=.#\n-\xff9"[random.below(14)],
                1 => drop(bytes.remove(place)),
                _ => bytes.insert(place, b"\"'[]{}=.,\n1x"[random.below(12)]),
            }
        }
        folder.write("a.toml", &bytes);
        // There is no table, so whatever the file says the run is refused, with a code of its own.
        let ran = folder.run(&["fit", "--config", "a.toml"]);
        assert!(
            matches!(ran.code, Some(1 | 2)),
            "{:?}: {}",
            String::from_utf8_lossy(&bytes),
            ran.stderr
        );
        assert!(ran.stderr.starts_with("error: "), "{}", ran.stderr);
    }
}

#[test]
fn quiet_says_errors_only() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    let fit = words("fit t.csv --target size --epochs 2 --folds 0 --quiet");
    let ran = folder.run(&fit).done();
    assert_eq!((&ran.stdout[..], &ran.stderr[..]), ("", ""));
    let ran = folder.run(&[&fit[..], &["--json"]].concat()).done();
    assert_eq!(ran.json()["epochs"], 2);
    assert_eq!(ran.stderr, "");
    let ran = folder
        .run(&words("predict model.safetensors t.csv --out p.csv --quiet"))
        .done();
    assert_eq!((&ran.stdout[..], &ran.stderr[..]), ("", ""));
    // What was asked for is no talk.
    let loud = folder.run(&words("evaluate model.safetensors t.csv")).done();
    let quiet = folder.run(&words("--quiet evaluate model.safetensors t.csv")).done();
    assert!(loud.stderr.contains("warning: ") && quiet.stderr.is_empty());
    assert_eq!(loud.stdout, quiet.stdout);
    let refused = folder.refuses(&words("evaluate --quiet none.safetensors t.csv"), 1);
    assert!(
        refused.starts_with("error: none.safetensors could not be read"),
        "{refused}"
    );
}
