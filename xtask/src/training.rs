//! `cargo xtask test training`: the generators keep their promises, and two minutes of training reduce the loss.

use anyhow::{Result, bail};

use crate::run::{Heard, Program};
use crate::surroundings::root;

/// Runs the training's own tests, then its smoke run.
pub fn check() -> Result<Heard> {
    let training = root().join("training");
    let python = ["python3", "python"].into_iter().find(|name| {
        Program::new(name, &["-c", "import torch, cv2, onnx, pytest"]).within(&training).works()
    });
    let Some(python) = python else {
        bail!(
            "training needs Python with PyTorch and more, which is large and not installed from here:\n\n    \
             python3 -m venv .venv && . .venv/bin/activate && pip install -r training/requirements.txt\n\n\
             and once, for the fonts that plates are drawn with:\n\n    \
             (cd training && python -m plateglass_training fonts)"
        );
    };
    let mut heard =
        Program::new(python, &["-m", "pytest", "-q", "tests"]).within(&training).hear()?;
    let smoke =
        Program::new(python, &["-m", "plateglass_training", "smoke"]).within(&training).hear()?;
    // The smoke run is one test more; it counts nothing itself.
    heard.lines.push(if smoke.ended_well { "1 passed" } else { "1 failed" }.to_owned());
    heard.ended_well &= smoke.ended_well;
    Ok(heard)
}
