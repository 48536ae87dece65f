//! Models on rten: pure Rust, nothing to install.

use super::{InferError, Model, ModelError, OneThread, Tensor};
use rten::{Dimension, NodeId, RunOptions, Value, ValueView};
use rten_tensor::Layout;

/// An ONNX model with one input and so many outputs.
pub struct RtenModel<const OUTPUTS: usize = 2> {
    name: String,
    model: rten::Model,
    input: NodeId,
    outputs: [NodeId; OUTPUTS],
}

impl<const OUTPUTS: usize> RtenModel<OUTPUTS> {
    /// Loads the bytes of an ONNX file and finds its nodes by name.
    pub fn load(
        file: &str,
        name: &str,
        onnx: Vec<u8>,
        input: &str,
        outputs: [&str; OUTPUTS],
    ) -> Result<Self, ModelError> {
        let failed = |reason: String| ModelError::Load { file: file.to_owned(), reason };
        let model = rten::Model::load(onnx).map_err(|err| failed(err.to_string()))?;
        let node = |node: &str, what: &str, among: &[NodeId]| {
            let found = model.find_node(node).filter(|id| among.contains(id));
            found.ok_or_else(|| failed(format!("it has no {what} `{node}`")))
        };
        let input = node(input, "input", model.input_ids())?;
        let mut nodes = [input; OUTPUTS];
        for (place, output) in nodes.iter_mut().zip(outputs) {
            *place = node(output, "output", model.output_ids())?;
        }
        Ok(Self { name: name.to_owned(), model, input, outputs: nodes })
    }

    fn failed(&self, shape: [usize; 4], reason: impl std::fmt::Display) -> InferError {
        InferError::Run { name: self.name.clone(), shape, reason: reason.to_string() }
    }
}

impl<const OUTPUTS: usize> Model<OUTPUTS> for RtenModel<OUTPUTS> {
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
    ) -> Result<[Tensor; OUTPUTS], InferError> {
        let view = ValueView::from_shape(shape, input).map_err(|err| self.failed(shape, err))?;
        let mut options = RunOptions::default();
        options.thread_pool = Some(on.0.clone());
        let outputs = self
            .model
            .run_n(vec![(self.input, view.into())], self.outputs, Some(options))
            .map_err(|err| self.failed(shape, err))?;
        let mut tensors = std::array::from_fn(|_| Tensor { shape: Vec::new(), data: Vec::new() });
        for (place, output) in tensors.iter_mut().zip(outputs) {
            *place = tensor(output).map_err(|err| self.failed(shape, err))?;
        }
        Ok(tensors)
    }
}

fn tensor(value: Value) -> Result<Tensor, &'static str> {
    let numbers = value.into_tensor::<f32>().ok_or("an output is not of 32-bit floats")?;
    Ok(Tensor { shape: numbers.shape().to_vec(), data: numbers.into_data() })
}
