//! PNG from the very same SVG, with the embedded font, so that no font of the machine is needed or can change a pixel.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::report::ReportError;

static REGULAR: &[u8] = include_bytes!("../../../assets/DejaVuSans-subset.ttf");
static BOLD: &[u8] = include_bytes!("../../../assets/DejaVuSans-Bold-subset.ttf");

/// The embedded fonts.
pub fn fonts() -> Arc<fontdb::Database> {
    let mut database = fontdb::Database::new();
    database.load_font_source(fontdb::Source::Binary(Arc::new(REGULAR)));
    database.load_font_source(fontdb::Source::Binary(Arc::new(BOLD)));
    database.set_sans_serif_family("DejaVu Sans");
    Arc::new(database)
}

/// The picture as PNG, at its own size.
///
/// # Errors
/// If the SVG cannot be read back, which would be a defect of the plots.
pub fn png(name: &str, svg: &str, fonts: &Arc<fontdb::Database>) -> Result<Vec<u8>, ReportError> {
    let defect = |reason: String| ReportError::Render { what: name.to_owned(), reason };
    let options = Options { fontdb: Arc::clone(fonts), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| defect(error.to_string()))?;
    let size = tree.size().to_int_size();
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| defect("its size is zero or too large".to_owned()))?;
    resvg::render(&tree, Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| defect(error.to_string()))
}
