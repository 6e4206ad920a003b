//! The page and the plots: self-contained, escaped, well formed.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use failback::report;

use crate::fake;

/// The week's page and two of its plots, made once: drawing is slow in a debug build.
struct Written {
    page: String,
    points: String,
    pictures: Vec<Vec<u8>>,
    files: Vec<String>,
}

fn written() -> &'static Written {
    static WRITTEN: OnceLock<Written> = OnceLock::new();
    WRITTEN.get_or_init(|| {
        let room = tempfile::tempdir().unwrap();
        let folder = room.path().join("run");
        let written = report::write_all(&folder, fake::week()).unwrap();
        let name = |path: &PathBuf| path.strip_prefix(&folder).unwrap().display().to_string();
        Written {
            page: fs::read_to_string(&written.report).unwrap(),
            points: fs::read_to_string(folder.join("plots/points.svg")).unwrap(),
            pictures: written
                .files
                .iter()
                .filter(|path| path.extension().is_some_and(|kind| kind == "png"))
                .map(|path| fs::read(path).unwrap())
                .collect(),
            files: written.files.iter().map(name).collect(),
        }
    })
}

#[test]
fn the_page_refers_to_nothing_outside_its_folder() {
    let page = &written().page;
    for forbidden in ["http:", "https:", "//cdn", "src=", "@import", "url(", "<script", "<link", "<iframe", "<object", "<embed", "xlink"] {
        assert!(!page.contains(forbidden), "the page contains {forbidden}");
    }
    for reference in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        match reference.strip_prefix('#') {
            Some(anchor) => assert!(page.contains(&format!("id=\"{anchor}\"")), "no place {anchor}"),
            None => assert!(written().files.iter().any(|file| file == reference), "no file {reference}"),
        }
    }
}

#[test]
fn a_source_with_an_address_stays_plain_text() {
    let mut output = fake::week().clone();
    output.results.assumptions[0].source = "https://learn.microsoft.com/<b>page</b>".to_owned();
    let room = tempfile::tempdir().unwrap();
    let written = report::write_all(&room.path().join("run"), &output).unwrap();
    let page = fs::read_to_string(written.report).unwrap();
    assert_eq!(page.matches("https:").count(), 1);
    assert!(page.contains("https://learn.microsoft.com/&lt;b&gt;page&lt;/b&gt;"));
    assert!(!page.contains("href=\"https:"));
}

#[test]
fn names_are_escaped_in_the_page_and_in_the_plots() {
    let page = &written().page;
    assert!(!page.contains("mail <1>"), "a raw name in the page");
    assert!(page.contains("mail &lt;1&gt; &amp; &quot;co&quot;"));
    let svg = &written().points;
    assert!(svg.contains("mail &lt;1&gt; &amp;"), "the name is missing from the plot");
    assert!(!svg.contains("mail <1>"));
}

#[test]
fn the_page_says_what_it_rests_on() {
    let page = &written().page;
    let output = fake::week();
    for assumption in &output.results.assumptions {
        assert!(page.contains(&format!("<td class=\"key\">{}</td>", assumption.key)), "{} is missing", assumption.key);
    }
    for needed in [
        "5f3c9a0e7d1b2c4486aa0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a",
        "vmware-classic-2021",
        "13 rows out of order were sorted",
        "cannot resolve a lag under",
        "lower bound",
        "Only the forward path",
        "3.1e-13",
    ] {
        assert!(page.contains(needed), "{needed} is missing");
    }
}

#[test]
fn pictures_are_png_of_twice_the_logical_size() {
    let pictures = &written().pictures;
    assert_eq!(pictures.len(), 4);
    for png in pictures {
        assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
        assert_eq!(u32::from_be_bytes([png[16], png[17], png[18], png[19]]), 2000);
    }
}
