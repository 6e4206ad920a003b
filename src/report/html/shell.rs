//! What all pages have around their content: the document, its head and style, and how a picture stands in it.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::report::plot::Plot;

/// How all pages look.
const STYLE: &str = include_str!("style.css");

/// A whole page: `head` is what stands under its heading, `main` its content with the footer.
pub fn page(title: &str, heading: &str, head: &Markup, main: &Markup) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header.page { div {
                    h1 { (heading) }
                    (head)
                } }
                main { (main) }
            }
        }
    };
    markup.into_string()
}

/// What was set besides the file, if anything.
pub fn set(label: &str, sets: &[String]) -> Markup {
    html! {
        @if !sets.is_empty() {
            p.set { (label) ": " @for (place, set) in sets.iter().enumerate() { @if place > 0 { ", " } code { (set) } } }
        }
    }
}

/// A picture with its caption and where it lies as a file.
pub fn picture(plot: &Plot, caption: &str) -> Markup {
    html! {
        figure id={ "plot-" (plot.name) } {
            (PreEscaped(inline(&plot.svg)))
            figcaption {
                (caption) " As a file: "
                a href={ "plots/" (plot.name) ".svg" } { "SVG" } ", "
                a href={ "plots/" (plot.name) ".png" } { "PNG" } "."
            }
        }
    }
}

/// The picture without its XML namespace, which HTML implies and which would look like an address.
fn inline(svg: &str) -> String {
    svg.replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
}
