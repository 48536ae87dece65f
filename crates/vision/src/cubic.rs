//! Values between pixels, without the blur that a straight line between two of them is.

use crate::geometry::Point;

/// The value at a place among width × height pixels, by Catmull and Rom's curve through the sixteen nearest; outside, the
/// nearest edge's. Pixels' centres lie at whole numbers.
///
/// Halfway between two pixels a wave five pixels long keeps 95 of 100 this way, and 81 on the straight line. Noise stays as
/// well, so it is for pictures that are joined with others.
pub(crate) fn value_at(
    (width, height): (usize, usize),
    place: Point,
    pixel: impl Fn(usize, usize) -> f32,
) -> f32 {
    let (last_x, last_y) = (width.saturating_sub(1), height.saturating_sub(1));
    let (x, y) = (place.x.clamp(0.0, last_x as f32), place.y.clamp(0.0, last_y as f32));
    let (left, top) = (x as usize, y as usize);
    let across = shares(x - left as f32);
    let row = |y: usize| -> f32 {
        let at = |by: usize| pixel((left + by).saturating_sub(1).min(last_x), y);
        across.iter().enumerate().map(|(by, share)| share * at(by)).sum()
    };
    let rows = shares(y - top as f32).into_iter().enumerate();
    rows.map(|(by, share)| share * row((top + by).saturating_sub(1).min(last_y))).sum()
}

/// What each of four pixels in a row gives to a place so far from the second to the third.
fn shares(t: f32) -> [f32; 4] {
    [
        ((-t + 2.0) * t - 1.0) * t / 2.0,
        ((3.0 * t - 5.0) * t * t + 2.0) / 2.0,
        ((-3.0 * t + 4.0) * t + 1.0) * t / 2.0,
        (t - 1.0) * t * t / 2.0,
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIZE: (usize, usize) = (9, 7);

    proptest! {
        #[test]
        fn planes_stay_planes_inside_and_edges_go_on_outside(
            x in -20.0_f32..30.0,
            y in -20.0_f32..30.0,
            right in -2.0_f32..2.0,
            down in -2.0_f32..2.0,
        ) {
            let plane = |x: f32, y: f32| 5.0 + right * x + down * y;
            let got = value_at(SIZE, Point { x, y }, |x, y| plane(x as f32, y as f32));
            let (at_x, at_y) = (x.clamp(0.0, 8.0), y.clamp(0.0, 6.0));
            // Beside an edge the row beyond it is missing, and the curve bends a little.
            let near_edge = !(1.0..=7.0).contains(&at_x) || !(1.0..=5.0).contains(&at_y);
            let off = (got - plane(at_x, at_y)).abs();
            prop_assert!(off < if near_edge { 0.5 } else { 1e-3 }, "{off}");
        }
    }

    #[test]
    fn fine_waves_stay_stronger_than_on_straight_lines() {
        // Ten strokes in a row of fifty pixels, seen halfway between them.
        let wave = |x: f32| (std::f32::consts::TAU * 0.2 * x).sin();
        let halfway: Vec<f32> = (10..40).map(|x| x as f32 + 0.5).collect();
        let cubic = |x: f32| value_at((50, 1), Point { x, y: 0.0 }, |x, _| wave(x as f32));
        let straight = |x: f32| f32::midpoint(wave(x - 0.5), wave(x + 0.5));
        let power =
            |of: &dyn Fn(f32) -> f32| halfway.iter().map(|x| of(*x).powi(2)).sum::<f32>().sqrt();
        let (cubic, straight, all) = (power(&cubic), power(&straight), power(&wave));
        assert!(straight < 0.82 * all && cubic > 0.94 * all, "{straight} {cubic} {all}");
    }

    #[test]
    fn one_pixel_is_itself_everywhere_and_no_number_is_some_pixel() {
        let one = |x, y| value_at((1, 1), Point { x, y }, |_, _| 3.0);
        assert_eq!((one(0.0, 0.0), one(-7.5, 900.0)), (3.0, 3.0));
        assert_eq!(one(f32::INFINITY, 0.0), 3.0);
    }
}
