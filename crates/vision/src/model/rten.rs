//! Models on rten: pure Rust, nothing to install.

use super::{InferError, Model, ModelError, OneThread, Tensor};
use rten::{DataType, Dimension, NodeId, RunOptions, Value, ValueOrView, ValueType, ValueView};
use rten_tensor::Layout;

/// An ONNX model with one input.
pub struct RtenModel {
    name: String,
    model: rten::Model,
    input: NodeId,
    outputs: Vec<NodeId>,
    /// Whether the input is declared to be of bytes.
    bytes: bool,
}

impl RtenModel {
    /// Loads the bytes of an ONNX file and finds its nodes by name.
    pub fn load(
        file: &str,
        name: &str,
        onnx: Vec<u8>,
        input: &str,
        outputs: &[&str],
    ) -> Result<Self, ModelError> {
        let failed = |reason: String| ModelError::Load { file: file.to_owned(), reason };
        let model = rten::Model::load(onnx).map_err(|err| failed(err.to_string()))?;
        let node = |node: &str, what: &str, among: &[NodeId]| {
            let found = model.find_node(node).filter(|id| among.contains(id));
            found.ok_or_else(|| failed(format!("it has no {what} `{node}`")))
        };
        let input = node(input, "input", model.input_ids())?;
        let outputs: Result<Vec<NodeId>, ModelError> =
            outputs.iter().map(|output| node(output, "output", model.output_ids())).collect();
        let declared = model.node_info(input).and_then(|node| node.dtype());
        let bytes = declared == Some(ValueType::Tensor(DataType::UInt8));
        Ok(Self { name: name.to_owned(), outputs: outputs?, model, input, bytes })
    }

    fn failed(&self, shape: [usize; 4], reason: impl std::fmt::Display) -> InferError {
        InferError::Run { name: self.name.clone(), shape, reason: reason.to_string() }
    }

    fn compute(
        &self,
        input: ValueOrView<'_>,
        shape: [usize; 4],
        on: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let mut options = RunOptions::default();
        options.thread_pool = Some(on.0.clone());
        let outputs = self
            .model
            .run(vec![(self.input, input)], &self.outputs, Some(options))
            .map_err(|err| self.failed(shape, err))?;
        let tensors = outputs.into_iter().map(tensor).collect::<Result<Vec<_>, _>>();
        tensors.map_err(|err| self.failed(shape, err))
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
    ) -> Result<Vec<Tensor>, InferError> {
        if self.bytes {
            // A float becomes the nearest byte: casting saturates.
            let bytes: Vec<u8> = input.iter().map(|value| value.round() as u8).collect();
            let view = ValueView::from_shape(shape, &bytes);
            let view = view.map_err(|err| self.failed(shape, err))?;
            return self.compute(view.into(), shape, on);
        }
        let view = ValueView::from_shape(shape, input).map_err(|err| self.failed(shape, err))?;
        self.compute(view.into(), shape, on)
    }
}

fn tensor(value: Value) -> Result<Tensor, &'static str> {
    let numbers = value.into_tensor::<f32>().ok_or("an output is not of 32-bit floats")?;
    Ok(Tensor { shape: numbers.shape().to_vec(), data: numbers.into_data() })
}
