//! `cargo xtask test training`: two minutes of training must reduce the loss.

use anyhow::{Result, bail};

use crate::run::{Heard, Program};
use crate::surroundings::root;

/// Runs the training's own smoke test.
pub fn smoke() -> Result<Heard> {
    let training = root().join("training");
    let python = ["python3", "python"]
        .into_iter()
        .find(|name| Program::new(name, &["-c", "import torch, numpy"]).within(&training).works());
    let Some(python) = python else {
        bail!(
            "training needs Python with PyTorch, which is large and not installed from here:\n\n    \
             python3 -m venv .venv && . .venv/bin/activate && pip install -r training/requirements.txt"
        );
    };
    Program::new(python, &["-m", "plateglass_training", "smoke"]).within(&training).hear()
}
