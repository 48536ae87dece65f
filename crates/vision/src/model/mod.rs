//! Models behind one small seam, and the manifests that say how to use them.

mod manifest;
#[cfg(feature = "onnx-runtime")]
mod onnx_runtime;
mod rten;

pub use self::rten::RtenModel;
pub use manifest::{
    Axes, BoxRow, CtcForm, DetectorForm, DetectorInput, DetectorManifest, DetectorOutput, Glance,
    IssuerManifest, IssuerOutput, Normalise, Nothing, PlateInput, ReaderManifest, ReaderOutput,
};
#[cfg(feature = "onnx-runtime")]
pub use onnx_runtime::OnnxRuntime;

use std::path::Path;
use std::sync::Arc;

/// Numbers in rows: `data` holds the product of `shape`, last axis fastest.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Length of each axis.
    pub shape: Vec<usize>,
    /// The numbers.
    pub data: Vec<f32>,
}

/// The thread that one call computes on.
///
/// A model of half a million weights gains nothing from a second thread that a second camera would not gain more
/// from, and a fixed cost per frame lets an operator count cameras per core.
#[derive(Debug, Clone)]
pub struct OneThread(Arc<::rten::ThreadPool>);

impl OneThread {
    /// Starts the thread.
    pub fn start() -> OneThread {
        OneThread(Arc::new(::rten::ThreadPool::with_num_threads(1)))
    }

    /// Does something on it: models that are run meanwhile find themselves there already and wake nobody.
    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        self.0.run(work)
    }
}

/// What the pipeline asks of a model. Tests answer with arithmetic, so they need no weights.
pub trait Model: Send + Sync {
    /// Length of each axis of the input as the model's file declares it; `None` where any length goes.
    fn input_shape(&self) -> Vec<Option<usize>>;

    /// Computes the outputs that were asked for when it was loaded, in that order, from one input.
    fn run(
        &self,
        input: &[f32],
        shape: [usize; 4],
        on: &OneThread,
    ) -> Result<Vec<Tensor>, InferError>;
}

/// What computes models.
#[derive(Debug, Clone, Default)]
pub enum Runtime {
    /// rten, built into the program.
    #[default]
    Rten,
    /// ONNX Runtime, a library of the operator's.
    #[cfg(feature = "onnx-runtime")]
    OnnxRuntime(OnnxRuntime),
}

impl Runtime {
    /// The runtime that an operator asks for: ONNX Runtime where its library is named, rten otherwise.
    pub fn of(library: Option<&Path>) -> Result<Runtime, ModelError> {
        let Some(library) = library else { return Ok(Runtime::Rten) };
        #[cfg(feature = "onnx-runtime")]
        return Ok(Runtime::OnnxRuntime(OnnxRuntime::open(library)?));
        #[cfg(not(feature = "onnx-runtime"))]
        Err(ModelError::Load {
            file: library.display().to_string(),
            reason: "this program was built without ONNX Runtime (cargo's feature `onnx-runtime`)"
                .to_owned(),
        })
    }

    /// Loads the bytes of an ONNX file; `input` and `outputs` are names in it.
    pub fn load(
        &self,
        file: &str,
        name: &str,
        onnx: Vec<u8>,
        input: &str,
        outputs: &[&str],
    ) -> Result<Box<dyn Model>, ModelError> {
        match self {
            Runtime::Rten => Ok(Box::new(RtenModel::load(file, name, onnx, input, outputs)?)),
            #[cfg(feature = "onnx-runtime")]
            Runtime::OnnxRuntime(runtime) => Ok(Box::new(onnx_runtime::OnnxRuntimeModel::load(
                runtime, file, name, onnx, input, outputs,
            )?)),
        }
    }
}

/// A model that was loaded did not compute.
#[derive(Debug, thiserror::Error)]
pub enum InferError {
    /// The runtime refused or failed.
    #[error("model {name} failed on an input of shape {shape:?}: {reason}")]
    Run {
        /// The model's name from its manifest.
        name: String,
        /// Shape of the input.
        shape: [usize; 4],
        /// What the runtime said.
        reason: String,
    },
    /// An output has another shape than the manifest promises.
    #[error("model {name}: output `{output}` should have shape {expected:?}, not {found:?}")]
    Shape {
        /// The model's name from its manifest.
        name: String,
        /// The output's name.
        output: String,
        /// What the manifest promises.
        expected: Vec<usize>,
        /// What came.
        found: Vec<usize>,
    },
    /// Another number of outputs came than was asked for.
    #[error("model {name} gave {found} outputs instead of {expected}")]
    Outputs {
        /// The model's name from its manifest.
        name: String,
        /// How many were asked for.
        expected: usize,
        /// How many came.
        found: usize,
    },
}

/// Why a model could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A file could not be read.
    #[error("failed to read {path}")]
    Read {
        /// Which file.
        path: String,
        /// What the system said.
        #[source]
        err: std::io::Error,
    },
    /// The manifest does not say what a manifest must.
    #[error("manifest {file} is not right: {reason}")]
    Manifest {
        /// Which manifest.
        file: String,
        /// What is wrong, and where.
        reason: String,
    },
    /// The model's bytes are not those that the manifest names.
    #[error("{file} has SHA-256 {found}, its manifest names {expected}")]
    Digest {
        /// Which model file.
        file: String,
        /// The manifest's digest, in hexadecimal.
        expected: String,
        /// The digest of the bytes that came.
        found: String,
    },
    /// The runtime cannot use the file.
    #[error("failed to load {file}: {reason}")]
    Load {
        /// Which model file.
        file: String,
        /// What the runtime said.
        reason: String,
    },
    /// The model's input differs from its manifest.
    #[error("{file}: input `{input}` should have shape {expected}, the model declares {found}")]
    Input {
        /// Which model file.
        file: String,
        /// The input's name.
        input: String,
        /// What the manifest asks for.
        expected: String,
        /// What the file declares.
        found: String,
    },
    /// A trial on an empty picture failed, or gave outputs of another shape than the manifest promises.
    #[error("a trial run failed")]
    Trial(#[source] InferError),
}

/// The outputs of a model that should have so many.
pub(crate) fn exactly<const N: usize>(
    name: &str,
    outputs: Vec<Tensor>,
) -> Result<[Tensor; N], InferError> {
    let came = outputs.len();
    outputs.try_into().map_err(|_| InferError::Outputs {
        name: name.to_owned(),
        expected: N,
        found: came,
    })
}

/// Refuses an output of another shape than the manifest promises.
pub(crate) fn check_shape(
    name: &str,
    output: &str,
    tensor: &Tensor,
    expected: &[usize],
) -> Result<(), InferError> {
    if tensor.shape == expected {
        return Ok(());
    }
    Err(InferError::Shape {
        name: name.to_owned(),
        output: output.to_owned(),
        expected: expected.to_vec(),
        found: tensor.shape.clone(),
    })
}

/// Refuses a model whose declared input cannot take `expected`; `None` stands for any length.
pub(crate) fn check_input(
    file: &str,
    input: &str,
    model: &dyn Model,
    expected: [Option<usize>; 4],
) -> Result<(), ModelError> {
    let declared = model.input_shape();
    let fits = declared.len() == expected.len()
        && declared.iter().zip(expected).all(|(declared, wanted)| match (declared, wanted) {
            (None, _) => true,
            (Some(declared), wanted) => Some(*declared) == wanted,
        });
    if fits {
        return Ok(());
    }
    Err(ModelError::Input {
        file: file.to_owned(),
        input: input.to_owned(),
        expected: shape_words(&expected),
        found: shape_words(&declared),
    })
}

fn shape_words(shape: &[Option<usize>]) -> String {
    let axes: Vec<String> =
        shape.iter().map(|axis| axis.map_or("any".to_owned(), |len| len.to_string())).collect();
    axes.join("×")
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Declares(Vec<Option<usize>>);

    impl Model for Declares {
        fn input_shape(&self) -> Vec<Option<usize>> {
            self.0.clone()
        }
        fn run(&self, _: &[f32], _: [usize; 4], _: &OneThread) -> Result<Vec<Tensor>, InferError> {
            unreachable!("only the declared shape is asked")
        }
    }

    #[test]
    fn a_model_may_be_freer_than_asked_but_not_other() {
        let expected = [None, Some(1), Some(64), Some(128)];
        let free = Declares(vec![None, Some(1), None, Some(128)]);
        assert!(check_input("reader.onnx", "plate", &free, expected).is_ok());
        for other in [vec![None, Some(3), Some(64), Some(128)], vec![None], vec![Some(1); 4]] {
            let refused = check_input("reader.onnx", "plate", &Declares(other), expected);
            assert!(refused.is_err());
        }
        let other = Declares(vec![None, Some(3), Some(64), Some(128)]);
        let refused = check_input("reader.onnx", "plate", &other, expected).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "reader.onnx: input `plate` should have shape any×1×64×128, the model declares any×3×64×128"
        );
    }
}
