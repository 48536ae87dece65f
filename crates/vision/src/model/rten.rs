//! Models on rten: pure Rust, nothing to install.

use super::{InferError, Model, ModelError, OneThread, Tensor};
use rten::{Dimension, NodeId, RunOptions, Value, ValueView};
use rten_tensor::Layout;

/// An ONNX model with one input and two outputs.
pub struct RtenModel {
    name: String,
    model: rten::Model,
    input: NodeId,
    outputs: [NodeId; 2],
}

impl RtenModel {
    /// Loads the bytes of an ONNX file and finds its nodes by name.
    pub fn load(
        file: &str,
        name: &str,
        onnx: Vec<u8>,
        input: &str,
        outputs: [&str; 2],
    ) -> Result<RtenModel, ModelError> {
        let failed = |reason: String| ModelError::Load { file: file.to_owned(), reason };
        let model = rten::Model::load(onnx).map_err(|err| failed(err.to_string()))?;
        let node = |node: &str, what: &str, among: &[NodeId]| {
            let found = model.find_node(node).filter(|id| among.contains(id));
            found.ok_or_else(|| failed(format!("it has no {what} `{node}`")))
        };
        let [first, second] = outputs;
        let input = node(input, "input", model.input_ids())?;
        let outputs = [
            node(first, "output", model.output_ids())?,
            node(second, "output", model.output_ids())?,
        ];
        Ok(RtenModel { name: name.to_owned(), model, input, outputs })
    }

    fn failed(&self, shape: [usize; 4], reason: impl std::fmt::Display) -> InferError {
        InferError::Run { name: self.name.clone(), shape, reason: reason.to_string() }
    }
}

impl Model for RtenModel {
    fn input_shape(&self) -> Vec<Option<usize>> {
        let shape = self.model.node_info(self.input).and_then(|node| node.shape());
        let axis = |dimension: Dimension| match dimension {
            Dimension::Fixed(len) => Some(len),
            Dimension::Symbolic(_) => None,
        };
        shape.unwrap_or_default().into_iter().map(axis).collect()
    }

    fn run(
        &self,
        input: &[f32],
        shape: [usize; 4],
        on: &OneThread,
    ) -> Result<[Tensor; 2], InferError> {
        let view = ValueView::from_shape(shape, input).map_err(|err| self.failed(shape, err))?;
        let mut options = RunOptions::default();
        options.thread_pool = Some(on.0.clone());
        let outputs = self
            .model
            .run_n(vec![(self.input, view.into())], self.outputs, Some(options))
            .map_err(|err| self.failed(shape, err))?;
        let [first, second] = outputs.map(tensor);
        Ok([
            first.map_err(|err| self.failed(shape, err))?,
            second.map_err(|err| self.failed(shape, err))?,
        ])
    }
}

fn tensor(value: Value) -> Result<Tensor, &'static str> {
    let numbers = value.into_tensor::<f32>().ok_or("an output is not of 32-bit floats")?;
    Ok(Tensor { shape: numbers.shape().to_vec(), data: numbers.into_data() })
}
