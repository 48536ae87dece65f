//! Who issued a rectified plate: a probability for each state, province and country that the model knows.

use crate::error::VisionError;
use crate::model::{
    InferError, IssuerManifest, Model, ModelError, OneThread, Tensor, check_shape, exactly,
};
use crate::plate_input::PlateModel;
use crate::rectify::Rectified;
use plate::Jurisdiction;

/// What the manifest calls whoever has no class of their own.
const OTHER: &str = "other";

/// Who probably issued a plate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IssuerGuess {
    /// The jurisdiction.
    pub jurisdiction: Jurisdiction,
    /// How likely that is right, 0–1.
    pub probability: f32,
}

/// Tells who issued plates.
pub struct Issuer {
    manifest: IssuerManifest,
    model: PlateModel,
    classes: Vec<Option<Jurisdiction>>,
}

/// What the model says of one rectangle; several of one plate are decided together.
#[derive(Debug, Clone)]
pub struct IssuerSighting(Vec<f32>);

impl Issuer {
    /// Joins a model and its manifest, refusing a pair that does not fit.
    pub fn new(
        manifest: IssuerManifest,
        model: Box<dyn Model>,
        on: &OneThread,
    ) -> Result<Issuer, ModelError> {
        let model = PlateModel::new(&manifest.file, &manifest.input, model)?;
        let class = |code: &String| match code.as_str() {
            OTHER => Ok(None),
            code => Jurisdiction::from_code(code).map(Some).map_err(|err| ModelError::Manifest {
                file: manifest.file.clone(),
                reason: format!("issuers: {err}"),
            }),
        };
        let classes = manifest.issuers.iter().map(class).collect::<Result<Vec<_>, _>>()?;
        let issuer = Issuer { manifest, model, classes };
        let answer = issuer.model.trial(on).and_then(|outputs| issuer.rows(1, outputs));
        answer.map_err(ModelError::Trial)?;
        Ok(issuer)
    }

    /// How it wants its input.
    pub fn manifest(&self) -> &IssuerManifest {
        &self.manifest
    }

    /// Looks at plates that were rectified as its manifest says, one answer each, in order.
    pub fn look(
        &self,
        plates: &[Rectified],
        on: &OneThread,
    ) -> Result<Vec<IssuerSighting>, VisionError> {
        let mut sightings = Vec::with_capacity(plates.len());
        for (plates, outputs) in self.model.run(plates, on)? {
            let rows = self.rows(plates, outputs)?;
            let each = rows.chunks_exact(self.classes.len().max(1));
            sightings.extend(each.map(|row| IssuerSighting(row.to_vec())));
        }
        Ok(sightings)
    }

    /// What sightings of one plate say together; `None` where the likeliest is no one's class, or too unlikely to be told.
    pub fn decide<'a>(
        &self,
        sightings: impl IntoIterator<Item = &'a IssuerSighting>,
    ) -> Option<IssuerGuess> {
        let guess = self.likeliest(sightings)?;
        (guess.probability >= self.manifest.output.sure_min).then_some(guess)
    }

    /// The same however unlikely it is.
    pub fn likeliest<'a>(
        &self,
        sightings: impl IntoIterator<Item = &'a IssuerSighting>,
    ) -> Option<IssuerGuess> {
        let (sum, n) = sightings.into_iter().fold(
            (vec![0.0; self.classes.len()], 0_u16),
            |(mut sum, n), IssuerSighting(row)| {
                sum.iter_mut().zip(row).for_each(|(sum, p)| *sum += p);
                (sum, n + 1)
            },
        );
        let likeliest = sum.iter().zip(&self.classes).max_by(|(a, _), (b, _)| a.total_cmp(b));
        let (sum, jurisdiction) = likeliest?;
        let probability = (sum / f32::from(n.max(1))).min(1.0);
        Some(IssuerGuess { jurisdiction: (*jurisdiction)?, probability })
    }

    /// The model's answer, held to the manifest.
    fn rows(&self, plates: usize, outputs: Vec<Tensor>) -> Result<Vec<f32>, InferError> {
        let IssuerManifest { name, output, .. } = &self.manifest;
        let [answer] = exactly(name, outputs)?;
        check_shape(name, &output.issuer, &answer, &[plates, self.classes.len()])?;
        Ok(answer.data)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    const MANIFEST: &str = r#"
        kind = "issuer"
        name = "a test's"
        file = "issuer.onnx"
        sha256 = ""
        issuers = ["US-TX", "US-CA", "other"]
        [input]
        name = "plate"
        height_px = 64
        width_px = 128
        colours = "rgb"
        normalise = "per-image"
        padding = 0.06
        [output]
        issuer = "issuer"
        sure_min = 0.6
    "#;

    /// Says the same of every plate.
    struct Says([f32; 3]);

    impl Model for Says {
        fn input_shape(&self) -> Vec<Option<usize>> {
            vec![None, Some(3), Some(64), Some(128)]
        }

        fn run(
            &self,
            _: &[f32],
            [plates, ..]: [usize; 4],
            _: &OneThread,
        ) -> Result<Vec<Tensor>, InferError> {
            Ok(vec![Tensor { shape: vec![plates, 3], data: self.0.repeat(plates) }])
        }
    }

    fn issuer(says: [f32; 3]) -> Result<Issuer, ModelError> {
        let manifest = IssuerManifest::parse("issuer.toml", MANIFEST)?;
        Issuer::new(manifest, Box::new(Says(says)), &OneThread::start())
    }

    fn told(says: [f32; 3]) -> Option<(&'static str, f32)> {
        let issuer = issuer(says).unwrap();
        let form = issuer.manifest().input.upright();
        let plate = Rectified { form, planes: vec![9.0; 3 * 128 * 64] };
        let seen = issuer.look(&[plate.clone(), plate], &OneThread::start()).unwrap();
        assert_eq!(seen.len(), 2);
        issuer.decide(&seen).map(|guess| (guess.jurisdiction.code(), guess.probability))
    }

    #[test]
    fn the_likeliest_is_told_where_it_is_sure_and_someone() {
        assert_eq!(told([0.1, 0.8, 0.1]), Some(("US-CA", 0.8)));
        assert_eq!(told([0.3, 0.5, 0.2]), None);
        assert_eq!(told([0.1, 0.1, 0.8]), None);
    }

    #[test]
    fn a_manifest_that_lies_is_refused_by_its_rule() {
        let refused = |from: &str, to: &str| {
            assert!(MANIFEST.contains(from));
            let text = MANIFEST.replace(from, to);
            let manifest = IssuerManifest::parse("issuer.toml", &text);
            let made = manifest
                .and_then(|it| Issuer::new(it, Box::new(Says([0.0; 3])), &OneThread::start()));
            made.map(drop).unwrap_err().to_string()
        };
        assert!(refused("0.06", "0.6").contains("padding must be 0 to 0.5"));
        assert!(refused("\"rgb\"", "\"grey\"").contains("should have shape any×1×64×128"));
        assert!(refused("US-TX", "Texas").contains("is no jurisdiction"));
        assert!(refused("\"US-CA\", ", "").contains("trial"));
        assert!(refused("sure_min = 0.6", "sure_min = 6").contains("sure_min"));
    }
}
