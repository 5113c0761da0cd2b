"""What stands out in a classifier's report, in sentences that need no knowledge of statistics."""

from collections.abc import Iterator

from lookscape.services.classification.records import Class, ClassifierReport, Share
from lookscape.services.words import counted, percent

HARD = 3
"""Values predicted worst that are named."""

FEWEST = 3
"""A value with fewer photos than this is not called hard: one photo more or less would change that."""

OFF = 0.05
"""Confidence that is further off than this on average is warned of."""

SURE = 0.9
"""Mistakes that are surer than this are counted."""


def in_short(result: ClassifierReport) -> list[str]:
    """At most about eight sentences."""
    parts = (_accuracy(result), _linear(result), _hard(result), _pairs(result), _sure(result), _learning(result))
    return [sentence for part in parts for sentence in part]


def interval(share: Share) -> str:
    """`82 % to 87 %`."""
    return f"{percent(share.low)} to {percent(share.high)}"


def _accuracy(result: ClassifierReport) -> Iterator[str]:
    yield (
        f"On {counted(result.photos, 'photo')} it was not trained on, {percent(result.accuracy.value)} of predictions "
        f"are correct; with other products it might be {interval(result.accuracy)}. Always predicting the most common "
        f"value gives {percent(result.majority)}."
    )
    if result.accuracy.value - result.macro_f1.value > OFF:
        yield (
            "It predicts common values better than rare ones: with every value weighted equally (macro F1), it "
            "reaches "
            f"{percent(result.macro_f1.value)}."
        )


def _linear(result: ClassifierReport) -> Iterator[str]:
    if result.gain is None or result.linear is None:
        yield "It was not compared with the linear head."
        return
    points = f"{100 * result.gain.low:+.1f} to {100 * result.gain.high:+.1f} points".replace("-", "−")
    against = f"the linear head on the same photos ({percent(result.linear.value)})"
    if result.gain.low > 0:
        yield f"It beats {against}: {points}."
    elif result.gain.high < 0:
        yield f"It is worse than {against}: {points}. Use the linear head, or train longer."
    else:
        yield f"It is not shown to beat {against}: {points}. More photos would settle it."


def _hard(result: ClassifierReport) -> Iterator[str]:
    known = [one for one in result.classes if one.support >= FEWEST]
    hard = [one for one in sorted(known, key=lambda one: (one.f1, one.value)) if one.f1 < result.macro_f1.value][:HARD]
    if len(known) > HARD and hard:
        yield f"Hardest values: {', '.join(_told(one) for one in hard)}."
    few = sum(0 < one.support < FEWEST for one in result.classes)
    if few:
        yield f"{counted(few, 'value')} had fewer than {FEWEST} test photos: their figures say little."


def _told(one: Class) -> str:
    """`Gazelle (F1 31 %, mostly mistaken for Samba)`."""
    taken = f", mostly mistaken for {one.most_confused_with}" if one.most_confused_with else ""
    return f"{one.value} (F1 {percent(one.f1)}{taken})"


def _pairs(result: ClassifierReport) -> Iterator[str]:
    wrong = [
        (photos, result.order[row], result.order[column])
        for row, counts in enumerate(result.confusion)
        for column, photos in enumerate(counts)
        if row != column and photos
    ]
    total = sum(photos for photos, _, _ in wrong)
    if len(result.order) > 2 and total:
        photos, true, told = max(wrong)
        yield f"The most common mistake: {true} mistaken for {told}, {photos:,} of {counted(total, 'mistake')}."


def _sure(result: ClassifierReport) -> Iterator[str]:
    error = result.calibration_error
    if error > OFF:
        surer = sum(one.photos * (one.confidence - one.accuracy) for one in result.calibration) > 0
        yield (
            f"Its confidence is off by {100 * error:.0f} points on average: it is "
            f"{'over' if surer else 'under'}confident."
        )
    else:
        yield f"Its confidence is reliable: off by {100 * error:.1f} points on average."
    count = sum(one.confidence >= SURE for one in result.mistakes)
    if count:
        yield (
            f"{counted(count, 'listed mistake')} {'is' if count == 1 else 'are'} at least {percent(SURE)} "
            "confident: check the photos, some labels may be wrong."
        )


def _learning(result: ClassifierReport) -> Iterator[str]:
    if len(result.evaluations) < 2:
        return
    best = next(point for point in result.evaluations if point.kept)
    last = result.evaluations[-1]
    if best is last:
        yield "It was best on the validation photos at the very last evaluation: training longer may help."
    elif last.loss > 1.1 * min(point.loss for point in result.evaluations):
        yield f"It started overfitting after epoch {best.epoch:.0f}; the weights from that point are kept."
