//! Diagnostics as text: the sentence, the Python line with a caret, where types came from, what to do.

use crate::error::Sources;
use annotate_snippets::{Level, Renderer, Snippet};
use zouk_dialects::diagnostic::{Diagnostic, Span};

/// A stretch of source that an annotation points into.
struct Excerpt {
    text: String,
    first_line: usize,
}

pub fn render(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let excerpt = diagnostic.span.as_ref().and_then(|span| excerpt(span, sources));
    let excerpts: Vec<_> = diagnostic.notes.iter().map(|(span, _)| span.as_ref().and_then(|s| self::excerpt(s, sources))).collect();
    let title = format!("{} [{}]", diagnostic.message, diagnostic.code);
    let mut message = Level::Error.title(&title);
    let origin = |span: &Span| format!("{}:{}:{}", span.file, span.line, span.column);
    if let (Some(span), Some(excerpt)) = (&diagnostic.span, &excerpt) {
        message = message.snippet(
            Snippet::source(&excerpt.text).line_start(excerpt.first_line).origin(&span.file).fold(true).annotation(Level::Error.span(range(span, excerpt))),
        );
    }
    for ((span, text), excerpt) in diagnostic.notes.iter().zip(&excerpts) {
        match (span, excerpt) {
            (Some(span), Some(excerpt)) => {
                message = message.snippet(
                    Snippet::source(&excerpt.text)
                        .line_start(excerpt.first_line)
                        .origin(&span.file)
                        .fold(true)
                        .annotation(Level::Note.span(range(span, excerpt)).label(text)),
                )
            }
            _ => message = message.footer(Level::Note.title(text)),
        }
    }
    let place = match (&diagnostic.span, &excerpt) {
        (Some(span), None) => Some(format!("at {}", origin(span))),
        _ => None,
    };
    if let Some(place) = &place {
        message = message.footer(Level::Note.title(place));
    }
    if let Some(help) = &diagnostic.help {
        message = message.footer(Level::Help.title(help));
    }
    Renderer::plain().render(message).to_string()
}

/// The lines of a span, from the sources of this compilation, else from the file.
fn excerpt(span: &Span, sources: &Sources) -> Option<Excerpt> {
    let lines = |text: &str, first: usize| -> Option<Excerpt> {
        let skip = span.line.checked_sub(first)?;
        let count = span.end_line.max(span.line) - span.line + 1;
        let picked: Vec<&str> = text.lines().skip(skip).take(count).collect();
        (!picked.is_empty()).then(|| Excerpt { text: picked.join("\n"), first_line: span.line })
    };
    let known = sources.get(&span.file).into_iter().flatten().find_map(|s| lines(&s.text, s.first_line));
    let known = known.or_else(|| lines(crate::library::text(&span.file)?, 1));
    known.or_else(|| lines(&std::fs::read_to_string(&span.file).ok()?, 1))
}

/// The span as a range of bytes of the excerpt.
fn range(span: &Span, excerpt: &Excerpt) -> std::ops::Range<usize> {
    let offset = |line: usize, column: usize| {
        let mut at = 0;
        for (i, text) in excerpt.text.split_inclusive('\n').enumerate() {
            if excerpt.first_line + i == line {
                return at + text.char_indices().nth(column.saturating_sub(1)).map_or(text.trim_end_matches('\n').len(), |(byte, _)| byte);
            }
            at += text.len();
        }
        excerpt.text.len()
    };
    let start = offset(span.line, span.column);
    let end = offset(span.end_line.max(span.line), span.end_column);
    start..end.max(start)
}
