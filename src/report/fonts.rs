//! The Korean font, cut down to the glyphs a document uses.
//!
//! Comes in: a whole font and the characters used. Goes out: a small font that keeps its Unicode map, so that text can
//! be searched and copied out of the PDF.
//! Refuses: fonts that cannot be parsed.

use std::collections::BTreeSet;

use allsorts::binary::read::ReadScope;
use allsorts::font::{Font, MatchingPresentation};
use allsorts::font_data::FontData as AllsortsData;
use allsorts::subset::{CmapTarget, SubsetProfile, subset};
use genpdf::fonts::{FontData, FontFamily};

use super::{ReportError, Resources};

/// Fonts that hold the characters of `text` and printable ASCII.
pub(super) fn family(resources: &Resources, text: &str) -> Result<FontFamily<FontData>, ReportError> {
    let mut used: BTreeSet<char> = text.chars().filter(|c| !c.is_control()).collect();
    used.extend((' '..='~').chain("년월일건원행점개–·…■●▲△※".chars()));
    let load = |bytes: &[u8]| -> Result<FontData, ReportError> {
        FontData::new(cut(bytes, &used)?, None).map_err(ReportError::from)
    };
    let (regular, bold) = (load(&resources.regular)?, load(&resources.bold)?);
    Ok(FontFamily { italic: regular.clone(), bold_italic: bold.clone(), regular, bold })
}

fn cut(bytes: &[u8], used: &BTreeSet<char>) -> Result<Vec<u8>, ReportError> {
    let broken = |error: &dyn std::fmt::Display| ReportError::Font(error.to_string());
    let data = ReadScope::new(bytes).read::<AllsortsData<'_>>().map_err(|e| broken(&e))?;
    let provider = data.table_provider(0).map_err(|e| broken(&e))?;
    let mut font = Font::new(provider).map_err(|e| broken(&e))?;
    let mut glyphs: BTreeSet<u16> = BTreeSet::from([0]);
    for &c in used {
        glyphs.insert(font.lookup_glyph_index(c, MatchingPresentation::NotRequired, None).0);
    }
    let glyphs: Vec<u16> = glyphs.into_iter().collect();
    subset(&font.font_table_provider, &glyphs, &SubsetProfile::Minimal, CmapTarget::Unicode)
        .map_err(|e| broken(&e))
}

/// Whether the font draws Hangul.
pub(super) fn has_hangul(bytes: &[u8]) -> bool {
    let Ok(data) = ReadScope::new(bytes).read::<AllsortsData<'_>>() else { return false };
    let Ok(provider) = data.table_provider(0) else { return false };
    let Ok(mut font) = Font::new(provider) else { return false };
    "가힣".chars().all(|c| font.lookup_glyph_index(c, MatchingPresentation::NotRequired, None).0 != 0)
}
