//! What both heads say together.

use super::ctc::{Columns, Labels, log_sum};
use super::slots::Slots;

/// Beginnings followed in each head: twice the alternatives shown, since the heads' lists differ.
const BEAM_WIDTH: usize = 20;
/// Characters that a plate may bear: what `PlateText` holds.
const CHARACTERS_MAX: usize = 10;

/// Texts weighed by both heads.
pub(super) struct Weighed {
    /// Texts with their probabilities, which sum to at most 1, likeliest first.
    pub texts: Vec<(Labels, f32)>,
    /// How sure each character of the first text is, 0–1.
    pub characters: Vec<f32>,
}

/// Weighs every text that either head proposes by what both give it: the geometric mean of its two probabilities,
/// so a text that one head finds absurd loses, whichever head proposed it.
pub(super) fn both(columns: Columns<'_>, slots: Slots<'_>) -> Weighed {
    let proposed = columns.beam(BEAM_WIDTH).into_iter().chain(slots.beam(BEAM_WIDTH));
    let mut labels: Vec<Labels> = proposed
        .map(|(labels, _)| labels)
        .filter(|labels| (1..=CHARACTERS_MAX).contains(&labels.len()))
        .collect();
    labels.sort();
    labels.dedup();
    let scored = labels.into_iter().map(|text| {
        let score = (columns.log_probability(&text) + slots.log_probability(&text)) / 2.0;
        (text, score)
    });
    let mut texts: Vec<(Labels, f32)> = scored.filter(|(_, score)| score.is_finite()).collect();
    texts.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    let total = texts.iter().map(|(_, score)| *score).fold(f32::NEG_INFINITY, log_sum);
    for (_, score) in &mut texts {
        *score = (*score - total).exp();
    }
    let characters = texts.first().map_or(Vec::new(), |(text, _)| certainty(columns, slots, text));
    Weighed { texts, characters }
}

/// For each character the geometric mean of what the heads give it.
fn certainty(columns: Columns<'_>, slots: Slots<'_>, text: &[u8]) -> Vec<f32> {
    let (by_column, by_place) = (columns.characters(text), slots.characters(text));
    by_column.iter().zip(&by_place).map(|(a, b)| (a * b).sqrt()).collect()
}
