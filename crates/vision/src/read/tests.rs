use super::*;

const MANIFEST: &str = include_str!("../../models/reader.toml");

/// A reader that answers the same whatever it sees: best texts written out as two heads.
struct Says {
    ctc: &'static str,
    slots: &'static str,
    classes: usize,
}

impl Model for Says {
    fn input_shape(&self) -> Vec<Option<usize>> {
        vec![None, Some(1), Some(64), Some(128)]
    }

    fn run(
        &self,
        input: &[f32],
        shape: [usize; 4],
        _: &OneThread,
    ) -> Result<Vec<Tensor>, InferError> {
        let [plates, _, height, width] = shape;
        assert_eq!(input.len(), plates * height * width);
        let class = |letter: char| usize::from(class_of(letter));
        let row = |best: usize| {
            let rest = 0.01 / (self.classes - 1) as f32;
            (0..self.classes).map(move |at| if at == best { 0.99 } else { rest })
        };
        let spaced = self.ctc.chars().flat_map(|letter| [class(letter), 0]).chain([0; 32]).take(32);
        let placed = self.slots.chars().map(class).chain([0; 10]).take(10);
        let ctc: Vec<f32> = spaced.flat_map(row).map(f32::ln).collect();
        let slots: Vec<f32> = placed.flat_map(row).collect();
        Ok(vec![
            Tensor { shape: vec![plates, 10, self.classes], data: slots.repeat(plates) },
            Tensor { shape: vec![plates, 32, self.classes], data: ctc.repeat(plates) },
        ])
    }
}

fn class_of(letter: char) -> u8 {
    let alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    1 + alphabet.find(letter).unwrap() as u8
}

fn reader(says: Says) -> Result<Reader, ModelError> {
    let manifest = ReaderManifest::parse("reader.toml", MANIFEST).unwrap();
    Reader::new(manifest, Box::new(says), &OneThread::start())
}

fn blank() -> Rectified {
    let manifest = ReaderManifest::parse("reader.toml", MANIFEST).unwrap();
    Rectified { form: manifest.input.upright(), planes: vec![9.0; 128 * 64] }
}

fn read_one(says: Says) -> Option<Reading> {
    let plates = [blank(), blank()];
    let mut readings = reader(says).unwrap().read(&plates, &OneThread::start()).unwrap();
    assert_eq!(readings.len(), 2);
    readings.remove(0)
}

#[test]
fn agreeing_heads_give_their_text() {
    let reading = read_one(Says { ctc: "7ABC823", slots: "7ABC823", classes: 37 }).unwrap();
    assert_eq!(reading.text.expose().as_ref(), "7ABC823");
    assert_eq!(reading.characters.len(), 7);
    // Raw, each is 0.99; what the calibration makes of it is still one and the same for all.
    assert!(reading.characters.iter().all(|p| (p - reading.characters[0]).abs() < 1e-5));
    assert!(reading.confidence > 0.8);
    assert!(reading.characters[0] > reading.confidence);
    assert_eq!(reading.alternatives.len(), ALTERNATIVES_MAX);
    assert_eq!(reading.alternatives[0].text.expose().as_ref(), "7ABC823");
    let total: f32 = reading.alternatives.iter().map(|text| text.probability).sum();
    assert!(total <= 1.0 + 1e-4);
}

#[test]
fn heads_that_differ_are_less_sure() {
    let agreed = read_one(Says { ctc: "ABC123", slots: "ABC123", classes: 37 }).unwrap();
    let differ = read_one(Says { ctc: "ABC123", slots: "ABC128", classes: 37 }).unwrap();
    assert!(differ.confidence < agreed.confidence);
    let texts: Vec<String> =
        differ.alternatives.iter().take(2).map(|a| a.text.expose().as_ref().to_owned()).collect();
    assert!(texts.contains(&"ABC123".to_owned()) && texts.contains(&"ABC128".to_owned()));
}

#[test]
fn heads_that_spell_one_die_differently_agree() {
    let agreed = read_one(Says { ctc: "AB0", slots: "AB0", classes: 37 }).unwrap();
    let spelt = read_one(Says { ctc: "ABO", slots: "AB0", classes: 37 }).unwrap();
    assert_eq!(spelt.text.expose().as_ref(), "AB0");
    assert!((spelt.confidence - agreed.confidence).abs() < 1e-4);
    let letters = read_one(Says { ctc: "ABO", slots: "ABO", classes: 37 }).unwrap();
    assert_eq!(letters.text.expose().as_ref(), "ABO");
    let mut folded: Vec<String> = letters
        .alternatives
        .iter()
        .map(|other| other.text.expose().replace('O', "0").replace('I', "1"))
        .collect();
    folded.sort();
    folded.dedup();
    assert_eq!(folded.len(), letters.alternatives.len());
}

#[test]
fn repeated_characters_stay_two() {
    let reading = read_one(Says { ctc: "AA11", slots: "AA11", classes: 37 }).unwrap();
    assert_eq!(reading.text.expose().as_ref(), "AA11");
}

#[test]
fn another_alphabets_model_is_refused_at_load() {
    let refused = reader(Says { ctc: "A", slots: "A", classes: 38 }).err().unwrap();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    let shapes = "output `slots` should have shape [1, 10, 37], not [1, 10, 38]";
    assert!(cause.ends_with(shapes), "{cause}");
}
