//! The scenario text as a tree with positions: parsing with several syntax errors at once, `--set` overrides, key paths by position,
//! and removal of what could not be read so that the rest can still be checked. Knows no scenario key.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A parsed TOML tree.
pub(super) type Root<'i> = Spanned<DeTable<'i>>;

/// A mistake in the syntax of the text or of a `--set`.
pub(super) struct Mistake {
    /// What is wrong.
    pub message: String,
    /// Where.
    pub span: Range<usize>,
}

/// Reads a document as far as it can be read.
pub(super) fn parse(text: &str) -> (Root<'_>, Vec<Mistake>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    let mistakes = errors.iter().map(|e| Mistake { message: e.message().to_string(), span: e.span().unwrap_or(0..0) }).collect();
    (root, mistakes)
}

/// How a `--set` reads as TOML: as written, or with its value taken as text. `vm[0]`, as messages name it, is `vm.0`.
pub(super) fn set_as_toml(set: &str) -> Result<String, String> {
    let Some((key, value)) = set.split_once('=') else {
        return Err(format!("`{set}` has no `=`"));
    };
    let key = key.trim().replace('[', ".").replace(']', "");
    let plain = format!("{key} = {}", value.trim());
    if DeTable::parse(&plain).is_ok() {
        return Ok(plain);
    }
    let quoted = format!("{key} = {:?}", value.trim());
    match DeTable::parse(&quoted) {
        Ok(_) => Ok(quoted),
        Err(error) => Err(format!("`{set}` is not `key = value`: {}", error.message())),
    }
}

/// Lays the value of a `--set` over the tree. `text` is the padded TOML of the set, so that its positions are unlike the file's.
pub(super) fn overlay<'i>(root: &mut Root<'i>, set: Root<'i>, depth: usize) -> Result<(), Mistake> {
    merge(root.get_mut(), set.into_inner(), depth)
}

/// How many keys deep the left side of a `--set` goes.
pub(super) fn depth(set: &str) -> usize {
    let key = set.split_once('=').map(|(key, _)| key).unwrap_or_default();
    let probe = format!("{} = 0", key.trim());
    let Ok(table) = DeTable::parse(&probe) else { return 0 };
    let mut depth = 1;
    let mut level = table.into_inner();
    while let Some((_, DeValue::Table(inner))) = level.into_iter().next().map(|(k, v)| (k, v.into_inner())) {
        depth += 1;
        level = inner;
    }
    depth
}

fn merge<'i>(into: &mut DeTable<'i>, from: DeTable<'i>, depth: usize) -> Result<(), Mistake> {
    for (key, value) in from {
        if depth <= 1 {
            into.remove(key.get_ref().as_ref());
            into.insert(key, value);
            continue;
        }
        let (span, DeValue::Table(inner)) = (value.span(), value.into_inner()) else { continue };
        match into.get_mut(key.get_ref().as_ref()).map(Spanned::get_mut) {
            Some(DeValue::Table(table)) => merge(table, inner, depth - 1)?,
            Some(DeValue::Array(elements)) => {
                for (which, value) in inner {
                    let name = which.get_ref().as_ref();
                    let Some(element) = elements.iter_mut().enumerate().find(|(i, e)| is_named(e.get_ref(), name, *i)).map(|(_, e)| e) else {
                        let message = format!("`{}` has no element `{name}`\nname it by its `name` or by its number, counted from 0", key.get_ref());
                        return Err(Mistake { message, span: which.span() });
                    };
                    if depth <= 2 {
                        *element = value;
                    } else if let (DeValue::Table(table), DeValue::Table(inner)) = (element.get_mut(), value.into_inner()) {
                        merge(table, inner, depth - 2)?;
                    }
                }
            }
            _ => {
                // No key of a scenario is a number, so a list was meant.
                if let Some(which) = inner.keys().find(|which| which.get_ref().parse::<usize>().is_ok()) {
                    let list = key.get_ref();
                    let message =
                        format!("there is no list `{list}` here, so it has no element `{}`\nset the whole list: `{list}=[{{ … }}]`", which.get_ref());
                    return Err(Mistake { message, span: which.span() });
                }
                into.remove(key.get_ref().as_ref());
                into.insert(key, Spanned::new(span, DeValue::Table(inner)));
            }
        }
    }
    Ok(())
}

/// Whether an array element goes by this name, or this number.
fn is_named(element: &DeValue<'_>, name: &str, index: usize) -> bool {
    element_name(element) == Some(name) || name.parse() == Ok(index)
}

/// The name of an array element: its `name`, else the template that it is made from.
fn element_name<'a>(element: &'a DeValue<'_>) -> Option<&'a str> {
    let text = |key: &str| element.as_table().and_then(|table| table.get(key)).and_then(|value| value.get_ref().as_str());
    text("name").or_else(|| text("template"))
}

/// Whether what was written at `span` is a table that says more than the read-again one did: it lost entries that were reported already.
pub(super) fn lost_entries(root: &Root<'_>, span: &Range<usize>, key: Option<&str>) -> bool {
    let mut lost = false;
    find_table(root.get_ref(), span, &mut |table| lost |= key.map_or(!table.is_empty(), |key| table.contains_key(key)));
    lost
}

fn find_table(table: &DeTable<'_>, span: &Range<usize>, found: &mut dyn FnMut(&DeTable<'_>)) {
    for (_, value) in table {
        find_in(value, span, found);
    }
}

fn find_in(value: &Spanned<DeValue<'_>>, span: &Range<usize>, found: &mut dyn FnMut(&DeTable<'_>)) {
    match value.get_ref() {
        DeValue::Table(table) => {
            if value.span() == *span {
                found(table);
            }
            find_table(table, span, found);
        }
        DeValue::Array(elements) => elements.iter().for_each(|element| find_in(element, span, found)),
        _ => {}
    }
}

/// The key path of the value or key at `span`: `vm.erp-db.disks[0].size`. The smallest enclosing value if none is exactly there.
pub(super) fn path_at(root: &Root<'_>, span: &Range<usize>) -> String {
    let mut best: Option<(usize, String)> = None;
    visit(root.get_ref(), "", &mut |key_span, value_span, path| {
        let mut offer = |distance: usize| {
            // Of equals the deeper one: a header stands for its table and for the list it opens.
            if best.as_ref().is_none_or(|(least, _)| distance <= *least) {
                best = Some((distance, path.to_string()));
            }
        };
        if value_span == span || key_span == Some(span) {
            offer(0);
        } else if value_span.start <= span.start && span.end <= value_span.end {
            offer(value_span.len());
        }
    });
    best.map(|(_, path)| path).unwrap_or_default()
}

type Seen<'f> = dyn FnMut(Option<&Range<usize>>, &Range<usize>, &str) + 'f;

fn visit(table: &DeTable<'_>, prefix: &str, seen: &mut Seen<'_>) {
    for (key, value) in table {
        let path = if prefix.is_empty() { key.get_ref().to_string() } else { format!("{prefix}.{}", key.get_ref()) };
        seen(Some(&key.span()), &value.span(), &path);
        visit_value(value.get_ref(), &path, seen);
    }
}

fn visit_value(value: &DeValue<'_>, path: &str, seen: &mut Seen<'_>) {
    match value {
        DeValue::Table(table) => visit(table, path, seen),
        DeValue::Array(elements) => {
            for (index, element) in elements.iter().enumerate() {
                let path = match element_name(element.get_ref()) {
                    Some(name) => format!("{path}.{name}"),
                    None => format!("{path}[{index}]"),
                };
                seen(None, &element.span(), &path);
                visit_value(element.get_ref(), &path, seen);
            }
        }
        _ => {}
    }
}

/// Takes the entry out whose key or value stands at `span`; whether there was one.
pub(super) fn remove_at<'i>(table: &mut DeTable<'i>, span: &Range<usize>) -> bool {
    let hit = table.iter().find(|(key, value)| key.span() == *span || value.span() == *span).map(|(key, _)| key.get_ref().to_string());
    if let Some(key) = hit {
        return table.remove(key.as_str()).is_some();
    }
    let keys: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).collect();
    keys.iter().any(|key| table.get_mut(key.as_str()).is_some_and(|value| remove_in(value.get_mut(), span)))
}

fn remove_in<'i>(value: &mut DeValue<'i>, span: &Range<usize>) -> bool {
    match value {
        DeValue::Table(table) => remove_at(table, span),
        DeValue::Array(elements) => match elements.iter().position(|element| element.span() == *span) {
            Some(index) => {
                let mut kept: DeArray<'i> = DeArray::new();
                for (_, element) in elements.iter().enumerate().filter(|(i, _)| *i != index) {
                    kept.push(element.clone());
                }
                *elements = kept;
                true
            }
            None => elements.iter_mut().any(|element| remove_in(element.get_mut(), span)),
        },
        _ => false,
    }
}
