"""How fast Score-CAM is beside torch-cam's, and whether heat maps show what a classifier goes by.

    python benchmarks/explain.py --catalogue DIR --name CLASSIFIER [--timed 3] [--photos 60] [--pixels]

torch-cam (pip install --no-deps torchcam) explains the same photos with the same network, layer and batch size, by all
channels, as the paper says; ours asks the 128 channels that differ most over the photo, and is timed by all of them
too. Both are in float32 with as many threads as torch takes. Then maps of test photos are judged by deletion (low is
good), insertion and ROAD against a random map and against a bell in the middle of the photo; differences are paired by
photo, intervals (95 %) redraw photos. Deletion and insertion go by regions, with --pixels by pixels.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lookscape.classifiers.explaining import heat_map
from lookscape.classifiers.explaining.faithfulness import REGION, Faithfulness, centre_gaussian, evaluate_map
from lookscape.classifiers.saliency import score_cam
from lookscape.classifiers.trained import TrainedClassifier
from lookscape.engine import Engine
from lookscape.representation.metrics.intervals import bootstrap_mean
from lookscape.representation.spaces.preprocess import decode, square
from lookscape.services.classification.classifiers import open_predictions

METHODS = ("grad_cam", "layer_cam", "score_cam")
FIGURES = ("deletion", "insertion", "road")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--catalogue", type=Path, required=True)
    parser.add_argument("--name", default="")
    parser.add_argument("--timed", type=int, default=3)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--pixels", action="store_true")
    options = parser.parse_args()
    engine = Engine.open(options.catalogue)
    classifier = engine.classifier(options.name)
    ids = open_predictions(engine, classifier, part="test").photo_ids
    chosen = np.random.default_rng(0).choice(len(ids), max(options.timed, options.photos), replace=False)
    photos = [
        square(decode(engine.catalogue.read_photo(ids[row]), side=classifier.side), side=classifier.side)
        for row in chosen
    ]
    layer = heat_map.layers(classifier.network, side=classifier.side)[-1]
    if options.timed:
        _time(classifier, photos[: options.timed], layer)
    if options.photos:
        _judge(classifier, photos[: options.photos], layer, region=0 if options.pixels else REGION)


def _unit(photo: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(photo)).permute(2, 0, 1)[None].float() / 255


class _Logits(nn.Module):
    """The classifier as torch-cam wants it: a module whose forward gives logits."""

    def __init__(self, classifier: TrainedClassifier) -> None:
        super().__init__()
        self.network = classifier.network

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """B x classes."""
        return self.network.logits(x_BCHW)


def _time(classifier: TrainedClassifier, photos: list[NDArray[np.uint8]], layer: str) -> None:
    from torchcam.methods import ScoreCAM

    model = _Logits(classifier).eval()
    theirs = ScoreCAM(model, target_layer=f"network.backbone.{layer}", batch_size=score_cam.BATCH)
    seconds: dict[str, list[float]] = {"torch-cam": [], "128 channels": [], "all channels": []}
    alike = []
    for photo in photos:
        x_BCHW = _unit(photo)
        began = time.perf_counter()
        scores_BK = model(x_BCHW)
        code = int(scores_BK.argmax(1))
        their_map = theirs(code, scores_BK)[0]
        seconds["torch-cam"].append(time.perf_counter() - began)
        maps = {}
        for name, count in (("128 channels", score_cam.NUM_CHANNELS), ("all channels", 100_000)):
            began = time.perf_counter()
            maps[name] = _ours(classifier, x_BCHW, code, layer, num_channels=count)
            seconds[name].append(time.perf_counter() - began)
        pair = np.stack(
            [maps["128 channels"].ravel(), np.asarray(their_map).reshape(maps["128 channels"].shape).ravel()]
        )
        alike.append(float(np.corrcoef(pair)[0, 1]))
    theirs.remove_hooks()
    for name, taken in seconds.items():
        ratio = np.median(seconds["torch-cam"]) / np.median(taken)
        print(f"Score-CAM, {name}: {np.median(taken):.2f} s a photo, {ratio:.1f} times as fast as torch-cam")
    print(f"correlation of the map by 128 channels with torch-cam's: {np.median(alike):.3f} (median of {len(alike)})")


def _ours(
    classifier: TrainedClassifier, x_BCHW: Tensor, code: int, layer: str, *, num_channels: int
) -> NDArray[np.float32]:
    network = classifier.network
    kept: list[Tensor] = []
    module = dict(network.backbone.named_modules())[layer]
    hook = module.register_forward_hook(lambda _module, _given, output: kept.append(output))
    with torch.inference_mode():
        logits_BK = network.logits(x_BCHW)
    hook.remove()
    target_B = torch.tensor([code])
    inputs = heat_map.SaliencyInput(
        x_BCHW=x_BCHW, target_B=target_B, maps_BCHW=kept[0], score_B=logits_BK[:, code], logits=network.logits
    )
    found: NDArray[np.float32] = score_cam.scored(inputs, num_channels=num_channels)[0].numpy()
    return found


def _judge(classifier: TrainedClassifier, photos: list[NDArray[np.uint8]], layer: str, *, region: float) -> None:
    judged: dict[str, list[Faithfulness]] = {name: [] for name in (*METHODS, "random", "centre")}
    side = classifier.side
    for number, photo in enumerate(photos):
        code = int(classifier.chances([photo])[0].argmax())
        target_B = torch.tensor([code])
        maps = {
            method: heat_map.heat_maps(classifier.network, _unit(photo), target_B, method=method, layer=layer)[
                0
            ].numpy()
            for method in METHODS
        }
        maps |= {"random": np.zeros((side, side), np.float32), "centre": centre_gaussian(side, side)}

        def chance(photos_NHWC: NDArray[np.float32], code: int = code) -> NDArray[np.float64]:
            return classifier.chances(np.rint(photos_NHWC * 255).astype(np.uint8))[:, code]

        for name, map_HW in maps.items():
            photo_HWC = (photo / np.float32(255)).astype(np.float32)
            judged[name].append(evaluate_map(photo_HWC, map_HW, chance, region=region, seed=number))
    print(f"{len(photos)} test photos, {side} px, layer {layer}, by {'regions' if region else 'pixels'}")
    for name, found in judged.items():
        print(f"  {name}: " + ", ".join(f"{figure} {_mean(found, figure):.3f}" for figure in FIGURES))
    for method in METHODS:
        for against in ("random", "centre"):
            for figure in FIGURES:
                difference_N = _values(judged[method], figure) - _values(judged[against], figure)
                one = bootstrap_mean(difference_N)
                print(f"  {method} less {against}, {figure}: {one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})")


def _values(found: list[Faithfulness], figure: str) -> NDArray[np.float64]:
    return np.array([getattr(one, figure) for one in found])


def _mean(found: list[Faithfulness], figure: str) -> float:
    return float(_values(found, figure).mean())


if __name__ == "__main__":
    main()
