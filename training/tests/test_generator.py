"""The generators' promises: same seed same picture, true labels, true corners."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from plateglass_training import calibrate, degrade, detectordata, detectornet, detectortrain, export, finds, issuerdata, issuernet, mine, pipeline, plates, readerdata, readernet, readertrain, scenes, strokefont, unfold  # noqa: E402
from plateglass_training.texts import random_text  # noqa: E402


def test_same_seed_same_samples():
    a = readerdata.synthetic(np.random.default_rng(5), 12)
    b = readerdata.synthetic(np.random.default_rng(5), 12)
    assert (a[0] == b[0]).all() and (a[1] == b[1]).all()
    c = readerdata.synthetic(np.random.default_rng(6), 12)
    assert (a[0] != c[0]).any()


def test_texts_are_in_the_alphabet_once_marks_are_gone():
    rng = np.random.default_rng(1)
    for family in ("us", "eu", "br", "other"):
        for _ in range(300):
            t = random_text(rng, family).replace("-", "").replace("s", "")
            assert set(t) <= set(readernet.ALPHABET), t
            assert len(t) <= 16


def test_labels_round_trip_and_refuse_what_does_not_fit():
    y = readerdata.encode("A0Z9")
    assert "".join(readernet.ALPHABET[k - 1] for k in y if k) == "A0Z9"
    assert list(y[4:]) == [0] * 6
    for bad in ("", "ABCDEFGHIJK"):
        with pytest.raises(ValueError):
            readerdata.encode(bad)


def test_stacked_letters_and_separators_are_not_read():
    p = plates.draw_plate(np.random.default_rng(2), "us", text="sAB-12s")
    assert p.text == "AB12"


def test_every_glyph_draws_something_inside_its_box():
    for seed in range(20):
        st = strokefont.random_style(np.random.default_rng(seed))
        for ch in readernet.ALPHABET:
            m = np.zeros((120, 100), np.uint8)
            strokefont.draw(m, ch, st, 30, 20, 40, 80)
            ys, xs = np.nonzero(m > 127)
            assert len(ys) > 100, ch
            assert ys.min() >= 15 and ys.max() <= 112, ch  # Q's tail hangs out a little
            assert xs.min() >= 14 and xs.max() <= 86, ch   # serifs stand out a little


def test_reader_sample_is_grey_of_the_net_size():
    p = plates.draw_plate(np.random.default_rng(3))
    rng = np.random.default_rng(4)
    grey, quad = degrade.surround(rng, degrade.to_grey(rng, p.image))
    s = degrade.sample(rng, grey, quad, 2.0)
    assert s.shape == (readernet.HEIGHT, readernet.WIDTH) and s.dtype == np.uint8
    with pytest.raises(AssertionError):  # a grey picture taken for a colour one
        degrade.to_grey(rng, grey)


def test_pasted_corners_are_where_the_plate_is():
    """A white plate on black: the bright region's corners are the quad's."""
    rng = np.random.default_rng(9)
    for _ in range(20):
        img = np.zeros((320, 320, 3), np.uint8)
        q = detectordata.random_quad(rng, 160, 160, 120, 2.0, .3)
        detectordata.paste(np.random.default_rng(0), img, np.full((144, 288, 3), 255, np.uint8), q, match=False)
        want = np.zeros((320, 320), np.uint8)
        cv2.fillPoly(want, [np.round(q).astype(np.int32)], 1)
        got = (img.max(2) > 60).astype(np.uint8)
        both, either = (want & got).sum(), (want | got).sum()
        assert both / either > .9


def test_targets_give_back_the_corners():
    """Reading heat and offsets at the peak returns the quad exactly."""
    q = detectordata.random_quad(np.random.default_rng(1), 150, 90, 80, 2.0, .2)
    quads = np.zeros((1, 6, 8), np.float32)
    quads[0, 0] = q.reshape(8)
    w = np.zeros((1, 6), np.float32)
    w[0, 0] = 1
    heat, mask, cells, offs, size, wts = detectortrain.targets(quads, w, np.zeros((1, 12, 4)), 40)
    assert heat.max() == 1 and mask.min() == 1
    for (b, y, x), o in zip(cells.tolist(), offs.numpy()):
        centre = (np.array([x, y]) + .5) * detectornet.STRIDE
        assert np.allclose(o.reshape(4, 2) + centre, q, atol=1e-3)
    assert wts.sum() == pytest.approx(1, abs=1e-4)


def test_ignored_boxes_are_masked():
    ign = np.zeros((1, 12, 4), np.float32)
    ign[0, 0] = (80, 80, 40, 40)
    _, mask, *_ = detectortrain.targets(np.zeros((1, 6, 8), np.float32), np.zeros((1, 6), np.float32), ign, 40)
    assert mask[0, 12, 12] == 0 and mask[0, 2, 2] == 1


def test_scene_corners_hold_the_plate():
    """Rectified by its corners, a drawn scene's plate looks like the plate drawn."""
    im, truth = scenes.scene(11, 960, 540, time="day", cars_wanted=1, plate_px=(90, 110), family="us")
    again, truth2 = scenes.scene(11, 960, 540, time="day", cars_wanted=1, plate_px=(90, 110), family="us")
    assert (im == again).all() and truth == truth2 and len(truth) == 1
    q = np.float32(truth[0]["corners"])
    side = q[1] - q[0]
    assert 60 < np.linalg.norm(side) < 130
    assert (q[1] - q[0])[0] > 0 and (q[3] - q[0])[1] > 0  # top-left first, clockwise


def test_rectify_is_the_inverse_of_pasting():
    rng = np.random.default_rng(3)
    p = plates.draw_plate(rng, "us", text="ABC-1234").image
    img = np.full((480, 640, 3), 90, np.uint8)
    q = detectordata.random_quad(rng, 320, 240, 200, 2.0, .1)
    detectordata.paste(np.random.default_rng(5), img, p, q, match=False)
    got = pipeline.rectify(cv2.cvtColor(img, cv2.COLOR_RGB2GRAY), q, 0.0).astype(np.float32)
    want = cv2.resize(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (128, 64), interpolation=cv2.INTER_AREA).astype(np.float32)
    assert np.corrcoef(got[6:-6, 6:-6].ravel(), want[6:-6, 6:-6].ravel())[0, 1] > .85


def test_decoding():
    a = " " + readernet.ALPHABET
    logp = np.full((32, 37), -9.0, np.float32)
    for col, k in enumerate([0, 11, 11, 0, 11, 2, 0]):  # A, A, 1
        logp[col, k] = -0.01
    logp[7:, 0] = -0.01
    assert pipeline.decode_ctc(logp, a)[0] == "AA1"
    p = np.full((10, 37), .001)
    p[0, 11] = p[1, 2] = p[2, 0] = .95
    text, conf = pipeline.decode_slots(p, a)
    assert text == "A1" and conf == pytest.approx(.95 ** 3)


def test_issuer_samples_are_the_same_for_the_same_seed_and_labelled():
    a = issuerdata.samples(np.random.default_rng(3), [], 9)
    b = issuerdata.samples(np.random.default_rng(3), [], 9)
    assert (a[0] == b[0]).all() and (a[1] == b[1]).all()
    assert a[1].max() < len(issuernet.ISSUERS)
    assert issuerdata.issuer("us_crops", {"region": "us-tx"}) == issuernet.INDEX["US-TX"]
    assert issuerdata.issuer("us_state_plates", {"state": "GU"}) == issuernet.INDEX["US-GU"]
    assert issuerdata.issuer("us_state_plates", {}) is None


def test_a_calibration_curve_rises_and_puts_confidence_right():
    rng = np.random.default_rng(4)
    raw = rng.random(2000)
    pairs = [(float(r), bool(rng.random() < r ** .5)) for r in raw]  # too modest, as ours is
    curve = calibrate.rising(pairs)
    assert all(a < c and b <= d for (a, b), (c, d) in zip(curve, curve[1:]))
    assert calibrate.error(pairs) > .1 > .04 > calibrate.error(calibrate.crossed(pairs))


def test_mining_takes_corners_that_agree_and_remembers_what_misled():
    quad = np.float32([[102, 51], [198, 55], [197, 101], [101, 98]])

    def detector(_rgb, _score_min, side):
        far = np.float32([[300, 300], [340, 300], [340, 320], [300, 320]])
        return [pipeline.Detection(.9, quad), pipeline.Detection(.5, far)] if side == mine.LOOKS[0] else []

    row = {"plates": [{"box": [100, 50, 100, 52]}, {"box": [500, 50, 60, 30]}], "ignore": []}
    found = mine.look(detector, np.zeros((400, 640, 3), np.uint8), row)
    assert list(found["corners"]) == ["0"] and np.allclose(found["corners"]["0"], quad)
    assert found["false"] == [[300, 300, 40, 20]]
    row["ignore"] = [[290, 290, 60, 40]]
    assert mine.look(detector, np.zeros((400, 640, 3), np.uint8), row)["false"] == []


def test_a_missing_file_of_finds_is_no_finds(tmp_path):
    nothing = finds.load(tmp_path / "finds.json").get("oi_scenes", "a.jpg")
    assert nothing == {"corners": {}, "false": []}


def test_the_committed_detector_unfolds_to_a_net_that_answers_alike():
    rng = np.random.default_rng(6)
    crops = detectordata.crops(rng, detectordata.Sources(None), detectordata.PlatePool([]), 8)
    example = detectortrain.to_input(torch.from_numpy(np.stack([c.image for c in crops])))
    net = detectornet.DetectorNet()
    model = Path(__file__).resolve().parents[2] / "crates" / "vision" / "models" / "detector.onnx"
    unfold.unfold(net, model, example)
    assert export.check(model, detectornet.DetectorExport(net).eval(), [example[:2]]) < 1e-4
    # Trained on, it would begin where the committed one ended: the crops' own statistics are those it was given.
    net.train()
    heat, _ = net(example)
    with torch.no_grad():
        assert abs(heat - net.eval()(example)[0]).mean() < .2


def test_the_committed_reader_unfolds_to_a_net_that_answers_alike():
    models = Path(__file__).resolve().parents[2] / "crates" / "vision" / "models"
    net, worst = unfold.reader(models, np.random.default_rng(6))
    assert worst < 1e-4
    plates, _ = readerdata.synthetic(np.random.default_rng(7), 64)
    plates = readertrain.normalise(torch.from_numpy(plates))
    net.train()
    with torch.no_grad():
        trained, still = net(plates)[0], net.eval()(plates)[0]
    assert (trained.argmax(-1) == still.argmax(-1)).float().mean() > .9


def test_laid_frames_are_softer_and_less_noisy_than_one():
    rng = np.random.default_rng(4)
    plate = plates.draw_plate(rng, "us")
    grey, quad = degrade.surround(rng, degrade.to_grey(rng, plate.image))
    many = [degrade.laid(np.random.default_rng(n), grey, quad, 2.0, 0.0) for n in range(24)]
    assert all(x.shape == (readernet.HEIGHT, readernet.WIDTH) and x.dtype == np.uint8 and x.std() > 10 for x in many)
    assert (degrade.laid(np.random.default_rng(3), grey, quad, 2.0, 0.0) == many[3]).all()
    # The same plate under another smear and noise is still the same picture.
    alike = [np.corrcoef(many[0].ravel(), x.ravel())[0, 1] for x in many[1:]]
    assert np.median(alike) > .6
    one = [degrade.frame(np.random.default_rng(n), grey, quad, 2.0, 0.0) for n in range(24)]
    assert all(x.shape == many[0].shape and x.dtype == np.uint8 for x in one)
    assert np.median([np.corrcoef(many[0].ravel(), x.ravel())[0, 1] for x in one]) > .6
    # Noise, seen where no motion smears it: from row to row.
    noise = [np.median([np.abs(np.diff(x / x.std(), n=2, axis=0)).mean() for x in xs]) for xs in (one, many)]
    assert noise[0] > 1.05 * noise[1]


def test_plates_of_two_rows_may_be_wide():
    rng = np.random.default_rng(8)
    shapes = [plates.draw_plate(rng, "square").image.shape for _ in range(60)]
    wide = [w / h for h, w, _ in shapes if w / h > 1.8]
    assert 10 < len(wide) < 40 and max(wide) < 3.4


def test_glare_lights_a_part_and_not_the_whole():
    plate = np.full((60, 120, 3), 40, np.float32)
    detectordata.glare(np.random.default_rng(2), plate)
    assert plate.max() > 150 and np.median(plate) < 60 and plate.max() <= 255
