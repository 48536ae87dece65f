//! Models on ONNX Runtime: faster than rten, but a library that the operator installs.

use super::{InferError, Model, ModelError, OneThread, Tensor};
use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::TensorElementType;
use ort::value::{TensorRef, ValueType};
use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// A loaded ONNX Runtime. There is one in a process.
#[derive(Debug, Clone)]
pub struct OnnxRuntime(Arc<Environment>);

impl OnnxRuntime {
    /// Loads the library: `libonnxruntime.so`, version 1.24 or later.
    pub fn open(library: &Path) -> Result<OnnxRuntime, ModelError> {
        let failed = |err: &dyn std::fmt::Display| ModelError::Load {
            file: library.display().to_string(),
            reason: err.to_string(),
        };
        let builder = ort::init_from(library).map_err(|err| failed(&err))?;
        let environment = builder.with_name("plateglass").with_telemetry(false).build();
        Ok(OnnxRuntime(Arc::new(environment.map_err(|err| failed(&err))?)))
    }

    fn session(&self, onnx: &[u8]) -> Result<Session, String> {
        let said = |err: &dyn std::fmt::Display| err.to_string();
        let builder = Session::builder(&self.0).map_err(|err| said(&err))?;
        let builder = builder.with_intra_threads(1).map_err(|err| said(&err))?;
        let mut builder = builder.with_inter_threads(1).map_err(|err| said(&err))?;
        builder.commit_from_memory(onnx).map_err(|err| said(&err))
    }
}

/// An ONNX model with one input.
pub(super) struct OnnxRuntimeModel {
    runtime: OnnxRuntime,
    onnx: Vec<u8>,
    name: String,
    input: String,
    outputs: Vec<String>,
    shape: Vec<Option<usize>>,
    /// Whether the input is declared to be of bytes.
    bytes: bool,
    /// Idle sessions, as many as calls ever ran at once: a session serves one call at a time.
    idle: Mutex<Vec<Session>>,
}

impl OnnxRuntimeModel {
    /// Loads the bytes of an ONNX file and finds its nodes by name.
    pub(super) fn load(
        runtime: &OnnxRuntime,
        file: &str,
        name: &str,
        onnx: Vec<u8>,
        input: &str,
        outputs: &[&str],
    ) -> Result<OnnxRuntimeModel, ModelError> {
        let failed = |reason: String| ModelError::Load { file: file.to_owned(), reason };
        let session = runtime.session(&onnx).map_err(failed)?;
        let declared = session.inputs().iter().find(|it| it.name() == input);
        let declared = declared.ok_or_else(|| failed(format!("it has no input `{input}`")))?;
        let ValueType::Tensor { ty, shape, .. } = declared.dtype() else {
            return Err(failed(format!("its input `{input}` is no tensor")));
        };
        let (bytes, shape) = (
            *ty == TensorElementType::Uint8,
            shape.iter().map(|len| usize::try_from(*len).ok()).collect(),
        );
        for output in outputs {
            if !session.outputs().iter().any(|it| it.name() == *output) {
                return Err(failed(format!("it has no output `{output}`")));
            }
        }
        Ok(OnnxRuntimeModel {
            runtime: runtime.clone(),
            onnx,
            name: name.to_owned(),
            input: input.to_owned(),
            outputs: outputs.iter().map(|output| (*output).to_owned()).collect(),
            shape,
            bytes,
            idle: Mutex::new(vec![session]),
        })
    }

    fn compute(
        &self,
        session: &mut Session,
        input: &[f32],
        shape: [usize; 4],
    ) -> Result<Vec<Tensor>, String> {
        let said = |err: ort::Error| err.to_string();
        let bytes: Vec<u8>;
        let value: SessionInputValue<'_> = if self.bytes {
            // A float becomes the nearest byte: casting saturates.
            bytes = input.iter().map(|value| value.round() as u8).collect();
            TensorRef::from_array_view((shape, bytes.as_slice())).map_err(said)?.into()
        } else {
            TensorRef::from_array_view((shape, input)).map_err(said)?.into()
        };
        let answers = session.run(vec![(Cow::from(&self.input), value)]).map_err(said)?;
        let tensor = |output: &String| {
            let answer = answers.get(output).ok_or_else(|| format!("no output `{output}` came"))?;
            let (shape, data) = answer.try_extract_tensor::<f32>().map_err(said)?;
            let shape = shape.iter().map(|len| usize::try_from(*len).unwrap_or(0)).collect();
            Ok(Tensor { shape, data: data.to_vec() })
        };
        self.outputs.iter().map(tensor).collect()
    }
}

impl Model for OnnxRuntimeModel {
    fn input_shape(&self) -> Vec<Option<usize>> {
        self.shape.clone()
    }

    /// On the calling thread: a session of one thread has none of its own.
    fn run(
        &self,
        input: &[f32],
        shape: [usize; 4],
        _: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let failed = |reason: String| InferError::Run { name: self.name.clone(), shape, reason };
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let session = idle.map_or_else(|| self.runtime.session(&self.onnx), Ok);
        let mut session = session.map_err(failed)?;
        let answer = self.compute(&mut session, input, shape);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        answer.map_err(failed)
    }
}
