//! What the server takes and gives, as OpenAPI 3.1, made from the model's columns.

use chainrule_learn::{Model, Target};
use chainrule_table::{DateOrder, Encoding, Feature, MISSING_WORDS};
use serde_json::{Map, Value, json};

use crate::answer::by_target;
use crate::limits::Limits;

/// So many categories are named as examples.
const EXAMPLES: usize = 20;

/// The description of the server.
pub(crate) fn openapi(model: &Model, limits: &Limits) -> Value {
    let record = model.record();
    let target = record.options.target_names();
    let features = model.encoder().features();
    let properties: Map<String, Value> = (features.iter())
        .map(|feature| (feature.name.clone(), property(feature)))
        .collect();
    let required: Vec<&String> = features.iter().map(|feature| &feature.name).collect();
    let missing = MISSING_WORDS.join(", ");
    let problem = json!({"description": "what is wrong, with row and column where it is a cell",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}});
    let mut responses = json!({
        "200": {"description": "an answer for each row, in their order",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answers"}}}},
    });
    for status in ["400", "408", "413", "415", "422", "503"] {
        responses[status] = problem.clone();
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("Predictions of {target}"),
            "version": record.version,
            "description": format!(
                "A model of {}, trained on {} to predict {target} ({}). Rows have a value for each column below; others are \
                 ignored. Missing values are null, in CSV empty or one of {missing}. At most {} rows and {} bytes at a time.",
                record.kind.name(), record.data, model.target().task().name(), limits.rows, limits.body
            ),
        },
        "paths": {
            "/predict": {"post": {
                "summary": "The model's answers for rows",
                "requestBody": {"required": true, "content": {
                    "application/json": {"schema": {"oneOf": [
                        {"$ref": "#/components/schemas/Row"},
                        {"type": "array", "maxItems": limits.rows, "items": {"$ref": "#/components/schemas/Row"}},
                    ]}},
                    "text/csv": {"schema": {"type": "string", "description": "a header line with the columns, and rows"}},
                }},
                "responses": responses,
            }},
            "/health": {"get": {"summary": "Whether the server is there", "responses": {"200": {"description": "it is"}}}},
            "/schema": {"get": {"summary": "This description", "responses": {"200": {"description": "OpenAPI 3.1"}}}},
        },
        "components": {"schemas": {
            "Row": {"type": "object", "properties": properties, "required": required},
            "Answers": {
                "type": "object",
                "required": ["predictions", "notes"],
                "properties": {
                    "predictions": {"type": "array", "items": prediction(model)},
                    "notes": {"type": "array", "items": {"$ref": "#/components/schemas/Note"}},
                },
            },
            "Note": {
                "type": "object",
                "description": "cells that hold what no training row had, or were read as something else, and what they count as",
                "required": ["column", "cells", "what", "counts_as"],
                "properties": {
                    "column": {"type": "string"},
                    "cells": {"type": "integer"},
                    "what": {"type": "string"},
                    "counts_as": {"type": "string", "description": "missing, a category, a number, …; of the first of them"},
                    "row": {"type": "integer", "description": "the first of them, from 1; line in CSV"},
                    "value": {"type": "string"},
                    "perhaps": {"type": "string", "description": "the category that is most like it"},
                },
            },
            "Problem": {
                "type": "object",
                "required": ["type", "title", "status", "detail"],
                "properties": {
                    "type": {"type": "string"},
                    "title": {"type": "string"},
                    "status": {"type": "integer"},
                    "detail": {"type": "string"},
                    "errors": {"type": "array", "items": {"type": "object", "properties": {
                        "row": {"type": "integer"},
                        "line": {"type": "integer"},
                        "column": {"type": "string"},
                        "message": {"type": "string"},
                    }}},
                },
            },
        }},
    })
}

/// A column as a row has it.
fn property(feature: &Feature) -> Value {
    match &feature.encoding {
        Encoding::Number { scale, .. } => json!({
            "type": ["number", "string", "null"],
            "description": match feature.asked {
                None => format!("{}; a text must be a number", feature.encoding.kind()),
                Some(_) => format!("{}; signs are read past, a text that is no number is missing", feature.encoding.kind()),
            },
            "examples": [scale.mean],
        }),
        Encoding::Date { order, .. } => json!({
            "type": ["string", "null"],
            "description": match order {
                DateOrder::Plain => "a date, alone or with a time",
                DateOrder::DayFirst => "a date, alone or with a time; 03/04/2024 is the third of April",
                DateOrder::MonthFirst => "a date, alone or with a time; 03/04/2024 is the fourth of March",
            },
            "examples": ["2024-01-31", "2024-01-31 18:30"],
        }),
        Encoding::Category { names, .. } => json!({
            "type": ["string", "number", "boolean", "null"],
            "description": format!("{}; what is none of those of training is counted in the notes", feature.encoding.kind()),
            "examples": names.iter().take(EXAMPLES).collect::<Vec<_>>(),
        }),
    }
}

/// The answer for a row, with what holds the truth as often as was promised where the model knows it.
fn prediction(model: &Model) -> Value {
    let promised = model
        .conformal()
        .first()
        .map(|conformal| format!("holds the truth with a probability of {}", conformal.coverage));
    let mut answer = match model.target() {
        Target::Numbers(_) => json!({
            "type": "object",
            "required": ["prediction"],
            "properties": {"prediction": each_target(model, &json!({"type": "number"}))},
        }),
        Target::Classes { names, .. } => {
            let probability = json!({"type": "number", "minimum": 0, "maximum": 1});
            let each: Map<String, Value> = names.iter().map(|name| (name.clone(), probability.clone())).collect();
            json!({
                "type": "object",
                "required": ["label", "probabilities"],
                "properties": {
                    "label": {"type": "string", "enum": names},
                    "probabilities": {"type": "object", "properties": each, "required": names},
                },
            })
        }
    };
    if let Some(promised) = promised {
        let (name, schema) = match model.target() {
            Target::Numbers(_) => {
                let ends = json!({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2,
                    "description": promised});
                ("interval", each_target(model, &ends))
            }
            Target::Classes { names, .. } => (
                "set",
                json!({"type": "array", "items": {"type": "string", "enum": names}, "description": promised}),
            ),
        };
        answer["properties"][name] = schema;
    }
    answer
}

/// What each target has: of one that itself, of several an object by name.
fn each_target(model: &Model, schema: &Value) -> Value {
    let targets = model.targets();
    let each = by_target(targets, targets.iter().map(|_| schema.clone()));
    match targets {
        [_] => each,
        _ => json!({"type": "object", "properties": each, "required": targets}),
    }
}
