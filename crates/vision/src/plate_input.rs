//! Rectified plates to what a model takes.

use crate::model::{
    Axes, InferError, Model, ModelError, Normalise, OneThread, PlateInput, Tensor, check_input,
};
use crate::rectify::Rectified;

/// A model that takes plates, with how it wants them.
pub(crate) struct PlateModel {
    input: PlateInput,
    model: Box<dyn Model>,
    /// Whether the file allows one plate at a time only.
    singly: bool,
}

impl PlateModel {
    /// Joins them, refusing a model whose declared input is another.
    pub(crate) fn new(
        file: &str,
        input: &PlateInput,
        model: Box<dyn Model>,
    ) -> Result<PlateModel, ModelError> {
        let singly = model.input_shape().first() == Some(&Some(1));
        let [_, rest @ ..] = shape(input, 1).map(Some);
        let [a, b, c] = rest;
        check_input(file, &input.name, model.as_ref(), [singly.then_some(1), a, b, c])?;
        Ok(PlateModel { input: input.clone(), model, singly })
    }

    /// The model's outputs for plates of the right form: one list of tensors for each run that it took, in order.
    pub(crate) fn run(
        &self,
        plates: &[Rectified],
        on: &OneThread,
    ) -> Result<Vec<(usize, Vec<Tensor>)>, InferError> {
        let at_once = if self.singly { 1 } else { plates.len().max(1) };
        let runs = plates.chunks(at_once).map(|plates| {
            let input: Vec<f32> = plates.iter().flat_map(|plate| self.values(plate)).collect();
            let outputs = self.model.run(&input, shape(&self.input, plates.len()), on)?;
            Ok((plates.len(), outputs))
        });
        runs.collect()
    }

    /// Runs it once on a plate of one grey, so that outputs of a wrong shape are told at load.
    pub(crate) fn trial(&self, on: &OneThread) -> Result<Vec<Tensor>, InferError> {
        let shape = shape(&self.input, 1);
        self.model.run(&vec![0.0; shape.iter().product()], shape, on)
    }

    fn values(&self, plate: &Rectified) -> Vec<f32> {
        let planes: Vec<f32> = match self.input.normalise {
            Normalise::PerImage => normalised(&plate.planes).collect(),
            Normalise::Bytes => plate.planes.clone(),
        };
        match self.input.axes {
            Axes::Nchw => planes,
            Axes::Nhwc => interleaved(&planes, self.input.colours.channels()),
        }
    }
}

fn shape(input: &PlateInput, plates: usize) -> [usize; 4] {
    let channels = input.colours.channels();
    let (height, width) = (input.height_px as usize, input.width_px as usize);
    match input.axes {
        Axes::Nchw => [plates, channels, height, width],
        Axes::Nhwc => [plates, height, width, channels],
    }
}

/// Planes to pixels.
fn interleaved(planes: &[f32], channels: usize) -> Vec<f32> {
    let len = planes.len() / channels.max(1);
    let pixels = (0..len).flat_map(|at| planes.iter().skip(at).step_by(len.max(1)));
    pixels.copied().collect()
}

/// (value − mean) ÷ deviation over one picture: no model learns how bright the night was.
fn normalised(values: &[f32]) -> impl Iterator<Item = f32> {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f32>() / count;
    // A picture of one grey has no deviation: it stays zero instead of becoming noise.
    let scale = 1.0 / variance.sqrt().max(1e-3);
    values.iter().map(move |v| (v - mean) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalising_takes_out_brightness_and_contrast() {
        let dark: Vec<f32> = normalised(&[10.0, 20.0, 30.0]).collect();
        let bright: Vec<f32> = normalised(&[110.0, 160.0, 210.0]).collect();
        for (a, b) in dark.iter().zip(&bright) {
            assert!((a - b).abs() < 1e-5);
        }
        assert!(normalised(&[7.0; 4]).all(|v| v == 0.0));
    }

    #[test]
    fn planes_become_pixels() {
        assert_eq!(interleaved(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 3), [1.0, 3.0, 5.0, 2.0, 4.0, 6.0]);
    }
}
