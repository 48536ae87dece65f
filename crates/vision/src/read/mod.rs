//! A rectified plate to its text, with a probability for each character and the ten likeliest texts.

mod alike;
mod calibrate;
mod ctc;
mod slots;
mod weigh;

use crate::error::VisionError;
use crate::model::{
    CtcForm, InferError, Model, ModelError, Nothing, OneThread, ReaderManifest, Tensor, check_shape,
};
use crate::plate_input::PlateModel;
use crate::rectify::Rectified;
use alike::{Alike, Letters};
use calibrate::Calibration;
use ctc::{Columns, Labels};
use plate::PlateText;
use slots::Slots;
use weigh::Look;

/// Texts kept beside the best. The right text is among the ten likeliest 97 times of 100
/// (the recognisers' comparison), and a tolerant search can ask for no more.
pub const ALTERNATIVES_MAX: usize = 10;

/// What one plate says.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The likeliest text.
    pub text: PlateText,
    /// How likely it is right but for O and 0, I and 1, 0–1: the geometric mean of the probabilities that every head gives
    /// it at every look, put right by the manifest's calibration. Which of such a pair it is, is half a guess: the dies are
    /// the same in many states.
    pub confidence: f32,
    /// The same before it was put right: what the models themselves believe, which does not change when it is measured
    /// anew how far to believe them.
    pub raw_confidence: f32,
    /// How likely each of its characters is right, 0–1, in order; O and 0, I and 1 count as one.
    pub characters: Vec<f32>,
    /// The likeliest texts, likeliest first, `text` among them; no two differ in nothing but O and 0, I and 1.
    pub alternatives: Vec<Alternative>,
}

/// A text that a plate may bear.
#[derive(Debug, Clone)]
pub struct Alternative {
    /// The text.
    pub text: PlateText,
    /// How likely it is right, 0–1.
    pub probability: f32,
}

/// Reads rectified plates.
pub struct Reader {
    manifest: ReaderManifest,
    model: PlateModel,
    calibration: Calibration,
    alike: Alike,
}

/// What a reader answered to one rectangle; several of one plate are decided together. Class 0 is nothing.
#[derive(Debug, Clone)]
pub struct Sighting {
    /// Log-probabilities: columns × classes. Empty where the reader has no such head.
    columns: Vec<f32>,
    /// Probabilities: places × classes.
    places: Vec<f32>,
    /// What of `places` was O and I, which count as 0 and 1 in both.
    letters: Letters,
}

impl Reader {
    /// Joins a model and its manifest, refusing a pair that does not fit.
    pub fn new(
        manifest: ReaderManifest,
        model: Box<dyn Model>,
        on: &OneThread,
    ) -> Result<Reader, ModelError> {
        let model = PlateModel::new(&manifest.file, &manifest.input, model)?;
        let calibration = Calibration::new(&manifest.calibration);
        let alike = Alike::of(&manifest.alphabet);
        let reader = Reader { manifest, model, calibration, alike };
        let answer = reader.model.trial(on).and_then(|outputs| reader.check(1, &outputs));
        answer.map_err(ModelError::Trial)?;
        Ok(reader)
    }

    /// How it wants its input.
    pub fn manifest(&self) -> &ReaderManifest {
        &self.manifest
    }

    /// Reads plates, one answer each, in order; `None` where no text can be made out.
    ///
    /// `plates` are of the manifest's size.
    pub fn read(
        &self,
        plates: &[Rectified],
        on: &OneThread,
    ) -> Result<Vec<Option<Reading>>, VisionError> {
        let sightings = self.look(plates, on)?;
        Ok(sightings.iter().map(|sighting| self.decide(std::slice::from_ref(sighting))).collect())
    }

    /// The first half of reading: the model's answers, for all plates in one run.
    pub fn look(&self, plates: &[Rectified], on: &OneThread) -> Result<Vec<Sighting>, VisionError> {
        if plates.is_empty() {
            return Ok(Vec::new());
        }
        let mut sightings = Vec::with_capacity(plates.len());
        for (plates, outputs) in self.model.run(plates, on)? {
            self.check(plates, &outputs)?;
            sightings.extend((0..plates).map(|plate| self.sighting(&outputs, plate, plates)));
        }
        Ok(sightings)
    }

    /// One plate's part of outputs that were checked.
    fn sighting(&self, outputs: &[Tensor], plate: usize, plates: usize) -> Sighting {
        let part = |output: usize| {
            let data = outputs.get(output).map_or([].as_slice(), |tensor| &tensor.data);
            let len = data.len() / plates.max(1);
            let mut part = data.get(plate * len..(plate + 1) * len).unwrap_or_default().to_vec();
            if self.manifest.output.nothing == Nothing::Last {
                part.chunks_exact_mut(self.manifest.classes()).for_each(|row| row.rotate_right(1));
            }
            part
        };
        let (mut places, mut columns) = (part(0), part(1));
        if self.manifest.output.ctc_form == CtcForm::Prob {
            columns.iter_mut().for_each(|p| *p = p.ln());
        }
        let classes = self.manifest.classes();
        self.alike.join_columns(&mut columns, classes);
        let letters = self.alike.join_places(&mut places, classes);
        Sighting { columns, places, letters }
    }

    /// The second half: what sightings of one plate say together; `None` where no text can be made out.
    pub fn decide(&self, sightings: &[Sighting]) -> Option<Reading> {
        let classes = self.manifest.classes();
        let looks: Vec<Look<'_>> = sightings
            .iter()
            .map(|sighting| Look {
                columns: (!sighting.columns.is_empty())
                    .then(|| Columns::new(&sighting.columns, classes)),
                slots: Slots::new(&sighting.places, classes),
            })
            .collect();
        let weighed = weigh::all(&looks);
        let (labels, raw) = weighed.texts.first()?;
        let (confidence, power) = (self.calibration.share(*raw), self.calibration.power(*raw));
        // The others share what the first leaves, in the proportions they had.
        let left = (1.0 - confidence) / (1.0 - raw).max(f32::EPSILON);
        let texts = weighed.texts.iter().enumerate().filter_map(|(at, (labels, raw))| {
            let probability = if at == 0 { confidence } else { (raw * left).min(confidence) };
            Some(Alternative { text: self.text(labels, sightings)?, probability })
        });
        Some(Reading {
            text: self.text(labels, sightings)?,
            confidence,
            raw_confidence: *raw,
            characters: weighed.characters.iter().map(|sure| sure.powf(power)).collect(),
            alternatives: texts.take(ALTERNATIVES_MAX).collect(),
        })
    }

    /// Holds outputs to the manifest.
    fn check(&self, plates: usize, outputs: &[Tensor]) -> Result<(), InferError> {
        let ReaderManifest { name, output, .. } = &self.manifest;
        let names = output.names();
        if names.len() != outputs.len() {
            let (name, expected) = (name.clone(), names.len());
            return Err(InferError::Outputs { name, expected, found: outputs.len() });
        }
        names.into_iter().zip(outputs).try_for_each(|(called, tensor)| {
            // How many columns or places there are is the model's own affair, as long as there are some.
            let steps = tensor.shape.get(1).copied().unwrap_or(0).max(1);
            check_shape(name, called, tensor, &[plates, steps, self.manifest.classes()])
        })
    }

    /// A text as the sightings spell it.
    fn text(&self, labels: &Labels, sightings: &[Sighting]) -> Option<PlateText> {
        let alphabet = self.manifest.alphabet.as_bytes();
        let places: Vec<_> =
            sightings.iter().map(|seen| (seen.places.as_slice(), &seen.letters)).collect();
        let labels = self.alike.spell(labels, &places, self.manifest.classes());
        let letter = |label: &u8| alphabet.get(usize::from(*label).checked_sub(1)?).copied();
        let letters: Option<Vec<u8>> = labels.iter().map(letter).collect();
        PlateText::parse(std::str::from_utf8(&letters?).ok()?).ok()
    }
}

#[cfg(test)]
impl Sighting {
    /// The answer of a reader with the shipped one's alphabet that reads `text` and gives each character the
    /// probability `sure`, the rest of it to the character of `other` in the same place.
    pub(crate) fn of(text: &str, other: &str, sure: f32) -> Sighting {
        const CLASSES: usize = 37;
        let class = |c: u8| if c.is_ascii_digit() { c - b'0' + 1 } else { c - b'A' + 11 };
        let row = |a: usize, b: usize| {
            let mut row = vec![1e-6_f32; CLASSES];
            row[b] = 1.0 - sure;
            row[a] = sure;
            row
        };
        let pair = |at: usize| {
            let class = |text: &str| text.as_bytes().get(at).map_or(0, |c| usize::from(class(*c)));
            row(class(text), class(other))
        };
        let sure_nothing = || row(0, 0).into_iter().map(|p| if p > 0.1 { 1.0 } else { p });
        // Each character in a column of its own with blanks between.
        let columns = (0..32).flat_map(|at| match at % 3 {
            1 if at / 3 < text.len() => pair(at / 3),
            _ => sure_nothing().collect(),
        });
        let places = (0..10)
            .flat_map(|at| if at < text.len() { pair(at) } else { sure_nothing().collect() });
        let (mut columns, mut places): (Vec<f32>, Vec<f32>) =
            (columns.map(f32::ln).collect(), places.collect());
        let alike = Alike::of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        alike.join_columns(&mut columns, CLASSES);
        let letters = alike.join_places(&mut places, CLASSES);
        Sighting { columns, places, letters }
    }
}

#[cfg(test)]
mod tests;
