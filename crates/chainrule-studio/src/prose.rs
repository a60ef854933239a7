//! Text in Markdown as HTML, block by block.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd, html};

use crate::{
    formula::with_numbers,
    typeset::{self, Written},
};

/// These two characters, which no text has, stand around numbers that follow the controls.
pub(crate) const LIVE: [char; 2] = ['\u{e000}', '\u{e001}'];

/// A number that follows the controls, for text that becomes HTML here.
pub(crate) fn live(number: &str) -> String {
    format!("{}{}{}", LIVE[0], number.replacen('-', "−", 1), LIVE[1])
}

/// A text that is HTML already, with its numbers that follow the controls marked.
pub(crate) fn shown(html: &str) -> String {
    html.replace(LIVE[0], "<b class=\"live\">").replace(LIVE[1], "</b>")
}

/// A section of a text: what follows a heading, up to the next one.
pub(crate) struct Section {
    /// The heading; empty before the first one.
    pub(crate) heading: String,
    /// Its blocks, each the text of one element.
    pub(crate) blocks: Vec<String>,
}

/// The sections of a Markdown text. What stands in it as code and can be read as a formula is set as one, and below a formula
/// stands the same with the numbers of the controls in it.
pub(crate) fn sections(text: &str, written: Written, controls: &[(&str, f64)]) -> Vec<Section> {
    let mut sections = vec![Section {
        heading: String::new(),
        blocks: vec![],
    }];
    let (mut block, mut depth) = (vec![], 0_usize);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        // Text may come from a file of the reader's own; markup in it is shown, not used.
        let event = match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            event => event,
        };
        block.push(event);
        if depth > 0 {
            continue;
        }
        let events = std::mem::take(&mut block);
        if matches!(events.first(), Some(Event::Start(Tag::Heading { .. }))) {
            let heading = events.iter().filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(text.as_ref()),
                _ => None,
            });
            sections.push(Section {
                heading: heading.collect(),
                blocks: vec![],
            });
        } else if let Some(section) = sections.last_mut() {
            let html = as_html(events, written, controls);
            if html.starts_with('<') {
                section.blocks.push(html);
            }
        }
    }
    sections
}

/// One block as one element.
fn as_html(mut events: Vec<Event>, written: Written, controls: &[(&str, f64)]) -> String {
    let is_code = matches!(
        events.first(),
        Some(Event::Start(Tag::CodeBlock(
            CodeBlockKind::Indented | CodeBlockKind::Fenced(_)
        )))
    );
    if is_code {
        let lines: String = events.iter().filter_map(text_of).collect();
        let lines = with_numbers(&lines, controls, LIVE[0]);
        if let Some(formulas) = typeset::lines(&lines, written) {
            return formulas;
        }
        events.retain(|event| !matches!(event, Event::Text(_)));
        events.insert(1, Event::Text(lines.into()));
    }
    for event in &mut events {
        if let Some(formula) = text_of_code(event).and_then(|text| typeset::in_text(text, written)) {
            *event = Event::InlineHtml(formula.into());
        }
    }
    let is_table = matches!(events.last(), Some(Event::End(TagEnd::Table)));
    let mut text = String::new();
    html::push_html(&mut text, events.into_iter());
    let text = text.trim_end();
    let text = match is_table {
        // Wide tables scroll by themselves.
        true => format!("<div class=\"wide\" tabindex=\"0\">{text}</div>"),
        false => text.to_string(),
    };
    // So do long lines of code, for who has no mouse, too.
    shown(&text.replacen("<pre>", "<pre tabindex=\"0\">", 1))
}

fn text_of<'a>(event: &'a Event) -> Option<&'a str> {
    match event {
        Event::Text(text) => Some(text),
        _ => None,
    }
}

fn text_of_code<'a>(event: &'a Event) -> Option<&'a str> {
    match event {
        Event::Code(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_sections_of_blocks() {
        let text = format!(
            "One\ntwo.\n\n    y = w·x\n\nNow {}.\n\n### Try\n\n- a\n- b\n",
            live("-3")
        );
        let found = sections(&text, Written::Printed, &[("w", 0.5)]);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].blocks[0], "<p>One\ntwo.</p>");
        assert!(
            found[0].blocks[1].starts_with("<div class=\"math\"")
                && found[0].blocks[1].contains("<mn class=\"live\">0.5</mn>"),
            "{:?}",
            found[0].blocks[1]
        );
        assert_eq!(found[0].blocks[2], "<p>Now <b class=\"live\">−3</b>.</p>");
        assert_eq!(found[1].heading, "Try");
        assert_eq!(found[1].blocks, ["<ul>\n<li>a</li>\n<li>b</li>\n</ul>"]);
    }

    #[test]
    fn programs_and_tables_stay_as_they_are_written() {
        let text = format!("Call `step(x)`, not `a * 2`.\n\n    after one row   {}\n", live("3"));
        let found = sections(&text, Written::Printed, &[]);
        assert!(found[0].blocks[0].contains("<mi>step</mi>") && found[0].blocks[0].contains("<code>a * 2</code>"));
        assert_eq!(
            found[0].blocks[1],
            "<pre tabindex=\"0\"><code>after one row   <b class=\"live\">3</b>\n</code></pre>"
        );
    }

    #[test]
    fn markup_in_a_text_is_shown_not_used() {
        let found = sections(
            "a <img src=x onerror=alert(1)> b\n\n<script>alert(1)</script>\n",
            Written::Printed,
            &[],
        );
        let all = found[0].blocks.concat();
        assert!(!all.contains("<img") && !all.contains("<script"), "{all}");
        assert!(all.contains("&lt;img"), "{all}");
    }
}
