//! One way to write a table in the page: columns of words or of figures, everything escaped.

use maud::{Markup, html};

/// A column.
#[derive(Clone, Copy)]
pub enum Column<'a> {
    /// Words, to the left.
    Words(&'a str),
    /// Figures, to the right.
    Figures(&'a str),
    /// A key or path, in fixed-width letters.
    Key(&'a str),
}

impl Column<'_> {
    fn title(&self) -> &str {
        match self {
            Column::Words(title) | Column::Figures(title) | Column::Key(title) => title,
        }
    }

    fn class(&self) -> Option<&'static str> {
        match self {
            Column::Words(_) => None,
            Column::Figures(_) => Some("n"),
            Column::Key(_) => Some("key"),
        }
    }
}

/// A table with a caption; nothing if there are no rows.
pub fn table(caption: &str, columns: &[Column<'_>], rows: &[Vec<String>]) -> Markup {
    html! {
        @if !rows.is_empty() {
            div.scroll {
                table.narrow[columns.len() <= 3] {
                    @if !caption.is_empty() { caption { (caption) } }
                    thead { tr { @for column in columns { th class=[column.class()] scope="col" { (column.title()) } } } }
                    tbody {
                        @for row in rows {
                            tr { @for (column, cell) in columns.iter().zip(row) { td class=[column.class()] { (cell) } } }
                        }
                    }
                }
            }
        }
    }
}
