"""What is there twice: files that are the same byte for byte, and what the check `duplicate` has found."""

from collections.abc import Mapping, Sequence

from lookscape.catalogue.checking import find_check
from lookscape.catalogue.findings import Finding, FindingState, Wanted
from lookscape.catalogue.records import SourceFile
from lookscape.engine import Engine
from lookscape.services.survey.figures import Copies, Copy, Repeat

CHECK = "duplicate"
SHOWN = 12
PATHS = 5
PART = 500
"""Products whose files are read at a time."""


def files_of(engine: Engine, photo_ids: Sequence[str]) -> dict[str, list[SourceFile]]:
    """The files that each photo came in."""
    owners = engine.catalogue.products_of_photos(photo_ids)
    product_ids = sorted({one for ids in owners.values() for one in ids})
    found: dict[str, dict[tuple[str, str], SourceFile]] = {photo_id: {} for photo_id in photo_ids}
    for start in range(0, len(product_ids), PART):
        for file in engine.catalogue.sources(product_ids[start : start + PART]):
            if file.photo_id in found:
                found[file.photo_id][file.source, file.path] = file
    return {photo_id: list(files.values()) for photo_id, files in found.items()}


def copies(engine: Engine, files: Mapping[str, Sequence[SourceFile]]) -> Copies:
    """Both kinds; open findings from the confidence on that the check shows for review."""
    repeated = {photo_id: held for photo_id, held in files.items() if len(held) > 1}
    ranked = sorted(repeated.items(), key=lambda item: (-len(item[1]), item[0]))
    check = find_check(CHECK)
    [counts] = engine.catalogue.finding_counts({check.name: check.version}, least_of={check.name: check.review_from})
    wanted = Wanted(checks=(check.name,), state=FindingState.OPEN, least=check.review_from)
    page = engine.catalogue.find_findings(wanted, limit=SHOWN)
    return Copies(
        repeated=len(repeated),
        repeats=[
            Repeat(photo_id=photo_id, files=len(held), paths=[file.path for file in held[:PATHS]])
            for photo_id, held in ranked[:SHOWN]
        ],
        judged=counts.judged,
        due=counts.due,
        open=page.total,
        accepted=counts.accepted,
        copies=[_copy(one.finding) for one in page.items],
    )


def _copy(finding: Finding) -> Copy:
    return Copy(
        photo_id=finding.photo_id, other_id=finding.other_id or "", says=finding.says, confidence=finding.confidence
    )
