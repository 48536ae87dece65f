//! A list of boxes to plates, for models whose answer is one.

use super::{Detection, peaks};
use crate::geometry::{Point, Quad};
use crate::model::{BoxRow, InferError, Tensor};

/// Plates in input pixels, surest first. A box's corners are its own: such a model does not say how a plate is turned.
pub(super) fn find(
    (name, output): (&str, &str),
    boxes: &Tensor,
    row: BoxRow,
    score_min: f32,
) -> Result<Vec<Detection>, InferError> {
    let len = row.len();
    let (rows, wanted) = match boxes.shape.as_slice() {
        [rows, n] if *n == len => (*rows, vec![*rows, len]),
        [1, rows, n] if *n == len => (*rows, vec![1, *rows, len]),
        _ => (0, vec![1, len]),
    };
    crate::model::check_shape(name, output, boxes, &wanted)?;
    let mut found: Vec<Detection> =
        boxes.data.chunks_exact(len).take(rows).filter_map(|numbers| row.plate(numbers)).collect();
    // A number that is none is no score either.
    found.retain(|plate| plate.score >= score_min);
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(peaks::apart(found.into_iter().take(peaks::FINDS_MAX)))
}

impl BoxRow {
    fn len(self) -> usize {
        match self {
            BoxRow::BatchBoxClassScore => 7,
            BoxRow::BoxScoreClass => 6,
        }
    }

    fn plate(self, numbers: &[f32]) -> Option<Detection> {
        let (left, top, right, bottom, score) = match (self, numbers) {
            (BoxRow::BatchBoxClassScore, [_, l, t, r, b, _, score]) => (*l, *t, *r, *b, *score),
            (BoxRow::BoxScoreClass, [l, t, r, b, score, _]) => (*l, *t, *r, *b, *score),
            _ => return None,
        };
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        let corners = Quad::from_points(corners.map(|(x, y)| Point { x, y }));
        Some(Detection { corners, score: score.clamp(0.0, 1.0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: [f32; 7] = [0.0, 10.0, 20.0, 110.0, 60.0, 0.0, 0.8];
    const B: [f32; 7] = [0.0, 200.0, 20.0, 300.0, 60.0, 0.0, 0.9];

    fn found(shape: &[usize], data: &[f32], row: BoxRow) -> Result<Vec<Detection>, InferError> {
        let boxes = Tensor { shape: shape.to_vec(), data: data.to_vec() };
        find(("a test's", "boxes"), &boxes, row, 0.5)
    }

    #[test]
    fn boxes_come_surest_first_and_doubtful_ones_not_at_all() {
        let [mut unsure, mut nothing] = [A, A];
        unsure[6] = 0.3;
        nothing[6] = f32::NAN;
        let data = [A, unsure, B, A, nothing].concat();
        let plates = found(&[5, 7], &data, BoxRow::BatchBoxClassScore).unwrap();
        let scores: Vec<f32> = plates.iter().map(|plate| plate.score).collect();
        assert_eq!(scores, [0.9, 0.8], "the same box twice is one plate");
        assert_eq!(plates[1].corners.points()[2], Point { x: 110.0, y: 60.0 });
    }

    #[test]
    fn both_rows_say_the_same() {
        let short = [10.0, 20.0, 110.0, 60.0, 0.8, 0.0];
        let plates = found(&[1, 1, 6], &short, BoxRow::BoxScoreClass).unwrap();
        assert_eq!(plates, found(&[1, 7], &A, BoxRow::BatchBoxClassScore).unwrap());
    }

    #[test]
    fn another_shape_is_refused_and_none_found_is_no_error() {
        assert!(found(&[0, 7], &[], BoxRow::BatchBoxClassScore).unwrap().is_empty());
        let refused = found(&[1, 7], &A, BoxRow::BoxScoreClass).unwrap_err().to_string();
        assert!(refused.contains("`boxes` should have shape"), "{refused}");
    }
}
