//! What is wrong with a scenario: findings with positions, several at a time, rendered the way a compiler would.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

/// A text that a scenario came from: the file, or a `--set`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Source {
    /// File as given, or `--set`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// First position that belongs to it.
    pub base: usize,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostic {
    /// Key path: `link.forward.internet.bandwidth`; empty where no key is concerned.
    pub key: String,
    /// What is wrong, naming what was found.
    pub problem: String,
    /// What is expected, or what to write instead; may be empty.
    pub advice: String,
    /// The text it is in, and where in it \[bytes\].
    place: Option<(usize, Range<usize>)>,
}

/// All mistakes of one scenario, in the order of the text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics {
    sources: Vec<Source>,
    list: Vec<Diagnostic>,
}

/// A mistake while it is being collected: positions run through all sources.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Finding {
    pub span: Option<Range<usize>>,
    pub problem: String,
    pub advice: String,
    /// Whether it may only follow from something that was already reported and taken out.
    pub follows: bool,
    /// The key it is about, where no position says so.
    pub about: &'static str,
}

impl Finding {
    /// A mistake at a position.
    pub(super) fn at(span: &Range<usize>, problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Finding { span: Some(span.clone()), problem: problem.into(), advice: advice.into(), follows: false, about: "" }
    }
}

impl Diagnostics {
    /// One mistake that has no position.
    pub(super) fn whole(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        let list = vec![Diagnostic { key: String::new(), problem: problem.into(), advice: advice.into(), place: None }];
        Diagnostics { sources: Vec::new(), list }
    }

    /// From findings; `key` names the key that a finding is about.
    pub(super) fn new(sources: Vec<Source>, mut findings: Vec<Finding>, key: impl Fn(&Finding) -> String) -> Self {
        let start = |finding: &Finding| finding.span.as_ref().map(|span| (span.start, span.end));
        findings.sort_by(|a, b| start(a).cmp(&start(b)).then_with(|| (a.about != "vm", &a.problem).cmp(&(b.about != "vm", &b.problem))));
        findings.dedup();
        let findings = shorten(findings);
        let list = findings.into_iter().map(|finding| {
            let place = finding.span.as_ref().and_then(|span| place(&sources, span));
            let key = key(&finding);
            Diagnostic { key, problem: finding.problem, advice: finding.advice, place }
        });
        let list = list.collect();
        Diagnostics { sources, list }
    }

    /// The mistakes, in the order of the text.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.list.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// File, line and column (both counted from 1) of a mistake.
    pub fn position(&self, diagnostic: &Diagnostic) -> Option<(&str, usize, usize)> {
        let (index, span) = diagnostic.place.as_ref()?;
        let source = self.sources.get(*index)?;
        let before = source.text.get(..span.start)?;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Some((&source.name, before.matches('\n').count() + 1, before.get(line_start..)?.chars().count() + 1))
    }

    /// The mistakes as a compiler would show them; `styled` adds ANSI colours.
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let shown: Vec<String> = self.list.iter().map(|diagnostic| self.render_one(&renderer, diagnostic)).collect();
        shown.join("\n\n")
    }

    fn render_one(&self, renderer: &Renderer, diagnostic: &Diagnostic) -> String {
        let title = match diagnostic.key.as_str() {
            "" => diagnostic.problem.clone(),
            key => format!("{key}: {}", diagnostic.problem),
        };
        let place = diagnostic.place.as_ref().and_then(|(index, span)| Some((self.sources.get(*index)?, span.clone())));
        let Some((source, span)) = place else {
            let group = Group::with_title(Level::ERROR.primary_title(title));
            let group = if diagnostic.advice.is_empty() { group } else { group.element(Level::HELP.message(diagnostic.advice.as_str())) };
            return renderer.render(&[group]);
        };
        let annotation = AnnotationKind::Primary.span(span);
        let annotation = if diagnostic.advice.is_empty() { annotation } else { annotation.label(diagnostic.advice.as_str()) };
        let snippet = Snippet::source(source.text.as_str()).path(source.name.as_str()).annotation(annotation);
        renderer.render(&[Level::ERROR.primary_title(title).element(snippet)])
    }
}

/// Where many things are wrong at one place (each machine of a count, say), the first few and how many more.
fn shorten(findings: Vec<Finding>) -> Vec<Finding> {
    const MOST: usize = 3;
    let mut short: Vec<Finding> = Vec::new();
    let mut here = 0;
    for finding in findings {
        let same = finding.span.is_some() && short.last().is_some_and(|last| last.span == finding.span);
        here = if same { here + 1 } else { 1 };
        if here <= MOST {
            short.push(finding);
        } else if let Some(last) = short.last_mut() {
            let kept = last.advice.split(" (and ").next().unwrap_or_default();
            last.advice = format!("{kept} (and {} more mistakes here)", here - MOST);
        }
    }
    short
}

/// The source that a position belongs to, and the position within it (on one line where it spans several, so that the caret stays readable).
fn place(sources: &[Source], span: &Range<usize>) -> Option<(usize, Range<usize>)> {
    let index = sources.iter().rposition(|source| source.base <= span.start)?;
    let source = sources.get(index)?;
    let start = (span.start - source.base).min(source.text.len());
    let end = (span.end.max(span.start) - source.base).min(source.text.len());
    let line_end = source.text.get(start..end).and_then(|text| text.find('\n')).map_or(end, |newline| start + newline);
    Some((index, start..line_end))
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}
