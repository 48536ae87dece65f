//! Heat and corner maps to plates.

use super::{Cells, Detection};
use crate::geometry::{Point, Quad};

/// Plates of one frame that are followed up. A frame across a car park shows a dozen; a hundred is a fence or text,
/// and each costs a reading.
const PLATES_MAX: usize = 24;
/// Finds looked at before overlaps are dropped: a bound on the work that a noisy map can cause.
pub(super) const FINDS_MAX: usize = 200;
/// Two quads that share more than this are the same plate. Plates do not cover each other; two on one car (a plate
/// and its frame's slogan) share less.
const OVERLAP_MAX: f32 = 0.3;
/// Narrower than this in the detector's input, a "plate" is a speck: no character of it is a pixel wide.
const WIDTH_MIN_PX: f32 = 8.0;

/// Plates in input pixels, surest first.
///
/// `heat` is rows × columns, `corners` 8 × rows × columns.
pub(super) fn find(heat: &[f32], corners: &[f32], cells: Cells, score_min: f32) -> Vec<Detection> {
    let mut peaks = peaks(heat, cells, score_min);
    peaks.sort_by(|a, b| b.score.total_cmp(&a.score));
    let found = peaks.iter().filter_map(|peak| {
        Some(Detection { corners: quad_at(corners, cells, peak)?, score: peak.score })
    });
    apart(found.take(FINDS_MAX))
}

/// Of finds, surest first, the plausible ones that do not cover a surer one.
pub(super) fn apart(finds: impl Iterator<Item = Detection>) -> Vec<Detection> {
    let mut kept: Vec<Detection> = Vec::new();
    for find in finds {
        let bounds = find.corners.bounds();
        let plausible = find.corners.is_convex() && find.corners.width() >= WIDTH_MIN_PX;
        let known = kept.iter().any(|other| other.corners.bounds().overlap(&bounds) > OVERLAP_MAX);
        if plausible && !known {
            kept.push(find);
        }
        if kept.len() == PLATES_MAX {
            break;
        }
    }
    kept
}

struct Peak {
    row: usize,
    column: usize,
    score: f32,
}

/// Cells that no neighbour exceeds. Of equal neighbours each is a peak: the overlap rule keeps one.
fn peaks(heat: &[f32], cells: Cells, score_min: f32) -> Vec<Peak> {
    let hot = heat.iter().enumerate().filter(|(_, score)| **score >= score_min);
    hot.filter_map(|(at, &score)| {
        let (row, column) = (at / cells.columns, at % cells.columns);
        let highest = neighbours(row, column, cells)
            .all(|near| heat.get(near).is_none_or(|other| *other <= score));
        highest.then_some(Peak { row, column, score })
    })
    .collect()
}

/// Indices of the up to nine cells around a cell.
fn neighbours(row: usize, column: usize, cells: Cells) -> impl Iterator<Item = usize> {
    let rows = row.saturating_sub(1)..(row + 2).min(cells.rows);
    let columns = column.saturating_sub(1)..(column + 2).min(cells.columns);
    rows.flat_map(move |r| columns.clone().map(move |c| r * cells.columns + c))
}

/// The corners that a cell points at.
fn quad_at(corners: &[f32], cells: Cells, peak: &Peak) -> Option<Quad> {
    let plane = cells.rows * cells.columns;
    let at = peak.row * cells.columns + peak.column;
    let centre = |cell: usize| (cell as f32 + 0.5) * cells.stride;
    let corner = |which: usize| {
        Some(Point {
            x: centre(peak.column) + corners.get(2 * which * plane + at)?,
            y: centre(peak.row) + corners.get((2 * which + 1) * plane + at)?,
        })
    };
    Some(Quad::from_points([corner(0)?, corner(1)?, corner(2)?, corner(3)?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELLS: Cells = Cells { rows: 6, columns: 10, stride: 8.0 };

    /// Maps that say "a plate of 40×16 around the centre" wherever they are asked.
    fn corner_maps() -> Vec<f32> {
        let offsets = [-20.0, -8.0, 20.0, -8.0, 20.0, 8.0, -20.0, 8.0];
        offsets.iter().flat_map(|offset| vec![*offset; 60]).collect()
    }

    fn heat(hot: &[(usize, usize, f32)]) -> Vec<f32> {
        let mut heat = vec![0.01; 60];
        for (row, column, score) in hot {
            heat[row * 10 + column] = *score;
        }
        heat
    }

    #[test]
    fn a_peak_becomes_a_quad_around_the_cells_centre() {
        let found = find(&heat(&[(3, 4, 0.9), (3, 5, 0.6)]), &corner_maps(), CELLS, 0.3);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].score, 0.9);
        assert_eq!(found[0].corners.centre(), Point { x: 36.0, y: 28.0 });
        assert_eq!((found[0].corners.width(), found[0].corners.height()), (40.0, 16.0));
    }

    #[test]
    fn two_plates_stay_two_and_surest_comes_first() {
        let found = find(&heat(&[(1, 1, 0.5), (4, 7, 0.8)]), &corner_maps(), CELLS, 0.3);
        let scores: Vec<f32> = found.iter().map(|plate| plate.score).collect();
        assert_eq!(scores, [0.8, 0.5]);
    }

    #[test]
    fn overlapping_peaks_are_one_plate() {
        let found = find(&heat(&[(3, 3, 0.9), (3, 5, 0.8)]), &corner_maps(), CELLS, 0.3);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn equal_neighbours_are_one_plate() {
        let found = find(&heat(&[(3, 3, 0.9), (3, 4, 0.9)]), &corner_maps(), CELLS, 0.3);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn weak_specks_and_crossed_corners_are_none() {
        assert!(find(&heat(&[(3, 3, 0.29)]), &corner_maps(), CELLS, 0.3).is_empty());
        let specks: Vec<f32> = corner_maps().iter().map(|offset| offset / 10.0).collect();
        assert!(find(&heat(&[(3, 3, 0.9)]), &specks, CELLS, 0.3).is_empty());
        let sides = [20.0, -8.0, -20.0, -8.0, -20.0, 8.0, 20.0, 8.0];
        let mirrored: Vec<f32> = sides.iter().flat_map(|offset| vec![*offset; 60]).collect();
        assert!(find(&heat(&[(3, 3, 0.9)]), &mirrored, CELLS, 0.3).is_empty());
        let endless = vec![f32::NAN; 480];
        assert!(find(&heat(&[(3, 3, 0.9)]), &endless, CELLS, 0.3).is_empty());
    }

    #[test]
    fn a_map_hot_everywhere_is_bounded() {
        let tiny: Vec<f32> = corner_maps().iter().map(|offset| offset / 4.0).collect();
        let many = Cells { rows: 100, columns: 100, stride: 8.0 };
        let maps: Vec<f32> = tiny.iter().step_by(60).flat_map(|o| vec![*o; 10_000]).collect();
        assert_eq!(find(&[0.9; 10_000], &maps, many, 0.3).len(), PLATES_MAX);
    }
}
