//! Any person's table: what the columns hold is found out, said, saved, and can be said otherwise.

// Helpers of tests may unwrap like the tests themselves.
#![allow(clippy::unwrap_used)]

mod program;

use expect_test::expect;
use program::{Folder, houses};
use serde_json::{Value, json};

/// Shops with everything in it: the turnover depends on the size, the day, the kind and the parking.
fn shops(rows: usize) -> String {
    let mut csv = String::from("number,opened,size,kind,parking,zip,note,turnover\n");
    for i in 0..rows {
        let missing = ["", "NA", "null", "?", "NaN"];
        let size = match i % 9 {
            4 => missing[i / 9 % 5].to_string(),
            _ => format!("{}.5", 20 + i * 37 % 50),
        };
        let kind = ["food", "books", "clothes"][i * 7 % 3];
        let parking = i % 4 == 0;
        let turnover = 10 * (i * 37 % 50) + i * 5 % 3 + if parking { 100 } else { 0 };
        csv.push_str(&format!(
            "{},2024-{:02}-{:02},{size},{kind},{parking},{:05},seen in room {i} at {i} o'clock,{turnover}\n",
            i + 1,
            1 + i % 12,
            1 + i * 5 % 28,
            [1010, 2020, 8010][i % 3]
        ));
    }
    csv
}

fn unindented(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_start())).collect()
}

fn run(folder: &Folder, arguments: &str) -> program::Ran {
    folder.run(&arguments.split(' ').collect::<Vec<_>>())
}

#[test]
fn every_decision_is_printed_saved_and_shown() {
    let folder = Folder::new();
    folder.write("shops.csv", shops(120));
    let ran = run(&folder, "fit shops.csv --target turnover --epochs 2").done();
    let columns = ran.stdout.split("\n\n").nth(1).unwrap();
    expect![[r#"
        opened   a date, in days since 1970-01-01, less 19909.1, divided by 108.882; its month, one of 12, as 0 or 1 each; its weekday, one of 7, as 0 or 1 each
        size     a number, less 42.1029, divided by 14.6289; and whether it is missing
        kind     one of `books`, `clothes`, `food`, as 0 or 1 each
        parking  one of `false`, `true`, as 0 or 1 each
        zip      one of `01010`, `02020`, `08010`, as 0 or 1 each
        number   left out: it counts the rows from 1, so it is an identifier; --numeric number keeps it
        note     left out: 77 of its 77 training values are different, so it is free text
    "#]].assert_eq(&unindented(columns));
    expect![[r#"
        note: column `number` was left out: it counts the rows from 1, so it is an identifier; --numeric number keeps it
        note: column `note` was left out: 77 of its 77 training values are different, so it is free text
        warning: column `number` seems to name the rows and was left out: its 77 training values are whole numbers from 1 to 119, all different; if it was measured, keep it with --numeric number
    "#]]
    .assert_eq(&ran.stderr);
    let shown = run(&folder, "show model.safetensors").done().stdout;
    let shown = shown
        .split("what goes in")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    for line in columns.lines().map(|line| line.split("  ").last().unwrap()) {
        let what = line.trim().trim_start_matches("left out: ");
        assert!(shown.contains(what), "{what} in {shown}");
    }
    let json = run(&folder, "fit shops.csv --target turnover --epochs 2 --json")
        .done()
        .json();
    let kinds: Vec<String> = json["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| format!("{} {}", c["name"], c["kind"]))
        .collect();
    expect![[r#"
        opened date
        size number
        kind category
        parking boolean
        zip category
        number left out
        note left out"#]]
    .assert_eq(&kinds.join("\n").replace('"', ""));
    assert_eq!(
        json["format"],
        "CSV with commas between the cells, a header line, UTF-8"
    );
}

#[test]
fn what_a_person_says_of_a_column_goes_before_its_looks() {
    let folder = Folder::new();
    folder.write("shops.csv", shops(120));
    let said =
        "fit shops.csv --target turnover --epochs 2 --drop note,opened --drop size --categorical number --numeric zip";
    let ran = run(&folder, said).done();
    expect![[r#"
        number   one of `1`, `2`, `3`, `4`, `5`, `7`, `8`, `9` and 69 more, as 0 or 1 each, as asked
        kind     one of `books`, `clothes`, `food`, as 0 or 1 each
        parking  one of `false`, `true`, as 0 or 1 each
        zip      a number, less 3675.32, divided by 3121.89, as asked
        note     left out: as was asked
        opened   left out: as was asked
        size     left out: as was asked
    "#]]
    .assert_eq(&unindented(ran.stdout.split("\n\n").nth(1).unwrap()));
    let shown = run(&folder, "show model.safetensors --json").done().json();
    assert_eq!(
        shown["record"]["options"]["columns"],
        json!({"note": "dropped", "opened": "dropped", "size": "dropped", "number": "category", "zip": "number"})
    );
    // What was dropped need not be there later, and zip is read as it was.
    folder.write(
        "new.csv",
        "number,kind,parking,zip\n1,food,true,01010\n2,food,false,somewhere\n",
    );
    let predicted = run(&folder, "predict model.safetensors new.csv").done();
    assert_eq!(predicted.stdout.lines().count(), 3);
    expect![[r#"
        note: column `zip`: 1 cell is no number and counts as missing, such as `somewhere` in line 3
        note: column `zip`: 1 cell is missing (line 3), but none was in training; it counts as the mean, 3675.32
    "#]]
    .assert_eq(&predicted.stderr);
}

#[test]
fn a_target_may_be_said_to_be_classes_or_a_number() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|i| format!("{i},{}\n", i / 20 * 10)).collect();
    folder.write("t.csv", format!("x,y\n{rows}"));
    let fit = |options: &str| run(&folder, &format!("fit t.csv --target y --epochs 2 --json {options}"));
    assert_eq!(fit("--categorical y").done().json()["task"], "classification");
    let rows: String = (0..60)
        .map(|i| format!("{i},{}\n", if i == 7 { "none".to_string() } else { i.to_string() }))
        .collect();
    folder.write("t.csv", format!("x,y\n{rows}"));
    let fitted = fit("--numeric y").done().json();
    assert_eq!(fitted["task"], "regression");
    expect!["column `y`: 1 cell is no number and counts as missing, such as `none` in line 9"]
        .assert_eq(fitted["notices"][0].as_str().unwrap());
    let judged = run(&folder, "evaluate model.safetensors t.csv --json").done().json();
    assert_eq!(judged["rows"]["test"], 59);
}

#[test]
fn what_cannot_be_said_of_a_column() {
    let folder = Folder::new();
    folder.write("t.csv", houses(40));
    let refused = |options: &str| {
        let arguments = format!("fit t.csv --target price {options}");
        folder.refuses(&arguments.split(' ').collect::<Vec<_>>(), 2)
    };
    expect![[r#"
        error: t.csv has no column `colour`: did you mean `color`? Its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&refused("--drop colour"));
    expect![[r#"
        error: t.csv has no column `weight`; its columns are `x`, `color`, `size`, `price`
    "#]]
    .assert_eq(&refused("--numeric weight"));
    expect![[r#"
        error: t.csv, column `size`: no cell is a number, such as `small` in line 2; leave the column as it is, or say otherwise what it holds
    "#]].assert_eq(&refused("--numeric size"));
    expect![[r#"
        error: t.csv, column `color`: no cell is a date, such as `red` in line 2; leave the column as it is, or say otherwise what it holds
    "#]].assert_eq(&refused("--date color"));
    expect![[r#"
        error: the column `x` is named by --drop and by --categorical; say one of them
    "#]]
    .assert_eq(&refused("--drop x --categorical x"));
    expect![[r#"
        error: the target `price` cannot be dropped; drop another column, or choose another target
    "#]]
    .assert_eq(&refused("--drop price"));
    expect![[r#"
        error: t.csv, column `price`: no cell is a date, such as `100` in line 2; leave the column as it is, or say otherwise what it holds
    "#]].assert_eq(&refused("--date price"));
    expect![[r#"
        error: the target `price` cannot be categorical and a number to predict; leave out --categorical price, or use --task classification
    "#]].assert_eq(&refused("--categorical price --task regression"));
    // Then nothing is left.
    expect![[r#"
        error: t.csv has no column beside the target `price` to learn from
    "#]]
    .assert_eq(&folder.refuses(&["fit", "t.csv", "--target", "price", "--drop", "x,color,size"], 1));
}

#[test]
fn a_few_words_among_numbers_are_settled_by_a_word() {
    let folder = Folder::new();
    let rows: String = (0..40)
        .map(|i| format!("{},{}\n", if i == 5 { "none".into() } else { format!("{i}.5") }, 3 * i))
        .collect();
    folder.write("t.csv", format!("x,y\n{rows}"));
    expect![[r#"
        error: t.csv, line 7, column `x`: the column holds numbers but for 1 cell, `none`; empty the cell if the value is missing, or correct it; `--numeric x` takes it as missing, `--categorical x` takes all cells as names
    "#]].assert_eq(&folder.refuses(&["fit", "t.csv", "--target", "y"], 1));
    let ran = run(&folder, "fit t.csv --target y --epochs 2 --numeric x").done();
    assert!(
        ran.stderr
            .starts_with("note: column `x`: 1 cell is no number and counts as missing, such as `none` in line 7\n")
    );
    let ran = run(&folder, "fit t.csv --target y --epochs 2 --categorical x").done();
    assert!(ran.stdout.contains("\n  x  one of `0.5`, `1.5`, "), "{}", ran.stdout);
}

#[test]
fn what_training_did_not_have_is_counted_when_a_model_is_used() {
    let folder = Folder::new();
    folder.write("t.csv", houses(60));
    run(&folder, "fit t.csv --target price --epochs 2 --hidden 16,16").done();
    let header = "x,color,size,price\n";
    folder.write(
        "new.csv",
        format!("{header}1,red,small,103\n2,Blue,small,106\n,green,,109\n3,pink,small,\n"),
    );
    let predicted = run(&folder, "predict model.safetensors new.csv").done();
    assert_eq!(predicted.stdout.lines().count(), 5);
    expect![[r#"
        note: column `x`: 1 cell is missing (line 4), but none was in training; it counts as the mean, 28.4737
        note: column `color`: 2 cells have a category that no training row has, such as `Blue` in line 3 (`blue`, perhaps); they count as none of the categories
        note: column `size`: 1 cell is missing (line 4), but none was in training; it counts as the most frequent, `small`
    "#]].assert_eq(&predicted.stderr);
    let judged = run(&folder, "evaluate model.safetensors new.csv").done();
    expect![[r#"
        note: 1 row without a value of the target `price` left out
        note: column `x`: 1 cell is missing (line 4), but none was in training; it counts as the mean, 28.4737
        note: column `color`: 1 cell has a category that no training row has, `Blue` in line 3 (`blue`, perhaps); it counts as none of the categories
        note: column `size`: 1 cell is missing (line 4), but none was in training; it counts as the most frequent, `small`
        warning: the figures are of 3 rows only and would differ much on others; judge on more rows, with `chainrule evaluate` on later ones
    "#]].assert_eq(&judged.stderr);
    // Each has a line of its own in JSON, too.
    let judged = run(&folder, "evaluate model.safetensors new.csv --json").done().json();
    let notices = judged["notices"].as_array().unwrap();
    assert!(
        notices
            .iter()
            .any(|notice| notice.as_str().unwrap().contains("`Blue` in line 3"))
    );
}

#[test]
fn files_are_taken_as_they_come() {
    let folder = Folder::new();
    let rows: String = (0..60).map(|i| format!("{i},5;Zürich;{}\n", 2 * i)).collect();
    let text = format!("Größe;Ort;Preis\n{rows}");
    let latin: Vec<u8> = text
        .chars()
        .map(|letter| u8::try_from(u32::from(letter)).unwrap())
        .collect();
    folder.write("orte.csv", latin);
    let ran = run(&folder, "fit orte.csv --target Preis --model linear --folds 0").done();
    let head = ran.stdout.split("\n\n").next().unwrap();
    expect![[r#"
        orte.csv
          CSV with semicolons between the cells and decimal commas, a header line, Windows-1252 (Latin-1)
          60 rows, target Preis (regression)
          48 to train, 12 to test (seed 0)
          Mlp(1 → 1), 2 parameters
          linear (closed form)"#]]
    .assert_eq(head);
    expect![[r#"
        note: the file is not UTF-8 and was read as Windows-1252 (Latin-1); check letters such as é
        note: column `Ort` was left out: every training row has `Zürich`
        warning: the figures are of 12 rows only and would differ much on others; judge on more rows, with `chainrule evaluate` on later ones
    "#]]
    .assert_eq(&ran.stderr);
    let predicted = run(&folder, "predict model.safetensors orte.csv").done();
    expect![[r#"
        Größe;Ort;Preis;predicted_Preis;low_Preis;high_Preis
        0,5;Zürich;0;7,105427357601002e-15;0;1,4210854715202004e-14"#]]
    .assert_eq(&predicted.stdout.lines().take(2).collect::<Vec<_>>().join("\n"));
    // The answers can be judged, though they are in UTF-8 now.
    folder.write("answers.csv", &predicted.stdout);
    let judged = run(&folder, "evaluate model.safetensors answers.csv --json")
        .done()
        .json();
    assert!(judged["test"]["r2"].as_f64().unwrap() > 0.999, "{judged}");
}

#[test]
fn a_model_of_an_older_program_is_refused() {
    let folder = Folder::new();
    folder.write("t.csv", houses(20));
    run(&folder, "fit t.csv --target size --epochs 1").done();
    let bytes = folder.read("model.safetensors");
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let mut header: Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
    let envelope: Value = serde_json::from_str(header["__metadata__"]["chainrule"].as_str().unwrap()).unwrap();
    for (format, file) in [(1, "old"), (99, "new")] {
        // The names of tensors and their numbers are part of the checksum.
        let model = json!({"format": format}).to_string();
        let mut hasher = crc32fast::Hasher::new();
        hasher.update(model.as_bytes());
        let tensors = header.as_object().unwrap().clone();
        let mut names: Vec<&String> = tensors.keys().filter(|name| *name != "__metadata__").collect();
        names.sort();
        for name in names {
            let [start, end]: [usize; 2] = serde_json::from_value(tensors[name]["data_offsets"].clone()).unwrap();
            hasher.update(name.as_bytes());
            hasher.update(&bytes[8 + length + start..8 + length + end]);
        }
        assert!(envelope["checksum"].is_u64());
        let text = format!("{{\"checksum\":{},\"model\":{model}}}", hasher.finalize());
        header["__metadata__"]["chainrule"] = json!(text);
        let text = header.to_string();
        folder.write(
            file,
            [
                &(text.len() as u64).to_le_bytes()[..],
                text.as_bytes(),
                &bytes[8 + length..],
            ]
            .concat(),
        );
    }
    expect![[r#"
        error: old was written by an older chainrule (format 1, this one reads 3 and 4); train the model again
    "#]]
    .assert_eq(&folder.refuses(&["show", "old"], 1));
    expect![[r#"
        error: new was written by a newer chainrule (format 99, this one reads 3 and 4); update chainrule
    "#]]
    .assert_eq(&folder.refuses(&["show", "new"], 1));
}

#[test]
fn nothing_is_left_out_of_the_tables_that_come_with_the_program() {
    use chainrule_learn::{Choices, DATASETS, Options};
    for dataset in DATASETS {
        let table = dataset.table(&Choices::default()).unwrap();
        assert_eq!(table.notices(), Vec::<String>::new(), "{}", dataset.name);
        if table.rows() < 20 {
            continue;
        }
        let mut options = Options::new(dataset.target);
        options.folds = Some(0);
        options.network.epochs = 1;
        options.network.hidden = vec![2];
        let fitted = chainrule_learn::fit(&table, &options, |_| std::ops::ControlFlow::Continue(())).unwrap();
        let encoder = fitted.model.encoder();
        // Some pixels of the digits are always dark; nothing else says nothing.
        let constant = encoder
            .left_out()
            .iter()
            .filter(|column| column.why.starts_with("every training row has"));
        assert_eq!(
            constant.count(),
            encoder.left_out().len(),
            "{}: {:?}",
            dataset.name,
            encoder.left_out()
        );
        assert!(
            dataset.name == "digits" || encoder.left_out().is_empty(),
            "{}",
            dataset.name
        );
        assert_eq!(encoder.notes().len(), encoder.left_out().len(), "{}", dataset.name);
    }
}
