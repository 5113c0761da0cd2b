"""What tools of this group say about checks and findings, and in which words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from lookscape import parts
from lookscape.catalogue.checking import CHECKS, Check, every_check, find_check
from lookscape.catalogue.findings import FindingState, Fix, Found
from lookscape.engine import Engine
from lookscape.errors import UnknownNameError
from lookscape.services.records import MACHINES_ONLY, Record

LONGEST_NAME = 200
"""Characters of a person's name."""


def _several(given: Any) -> Any:
    """One name or number is a list of one."""
    return (given,) if isinstance(given, (str, int)) else given


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
Numbers = Annotated[tuple[int, ...], BeforeValidator(_several)]


class CheckInfo(Record):
    """A check and what became of its findings."""

    name: str
    title: str = Field(json_schema_extra=MACHINES_ONLY)
    what: str
    review_from: float = Field(description="confidence from which findings are shown by default")
    judged: int = Field(description="photos it has checked")
    due: int = Field(description="photos it has not checked yet")
    open: int = Field(description="findings from that confidence on that are undecided")
    accepted: int
    rejected: int


class FindingInfo(Record):
    """One finding: what is wrong with which photo, and what accepting it does."""

    id: int
    check: str
    says: str
    confidence: float = Field(description="0 to 1")
    state: str = Field(description="open, accepted or rejected")
    effect: str = Field(description="what accepting it does to the photo")
    name: str = Field(description="the product's name")
    product_id: str = Field(description="the product it belongs to; empty when the photo is put aside")
    photo_id: str = Field(json_schema_extra=MACHINES_ONLY)
    other_id: str | None = Field(
        description="the photo it duplicates or should be compared with", json_schema_extra=MACHINES_ONLY
    )
    removes: bool = Field(description="accepting puts the photo aside", json_schema_extra=MACHINES_ONLY)
    fixes: bool = Field(
        description="accepting changes the picture when it is standardised", json_schema_extra=MACHINES_ONLY
    )
    by: str = Field(description="who decided")
    at: datetime | None = Field(description="when", json_schema_extra=MACHINES_ONLY)
    act: int | None = Field(description="in which act", json_schema_extra=MACHINES_ONLY)
    image_url: str = Field(description="URL of the photo as ingested", json_schema_extra=MACHINES_ONLY)
    why_url: str = Field(description="URL of a picture that shows why", json_schema_extra=MACHINES_ONLY)
    fixed_url: str = Field(description="URL of the photo as it would be once accepted", json_schema_extra=MACHINES_ONLY)


def chosen(names: Sequence[str]) -> list[Check]:
    """The checks of these names, all without any. Raises UnknownNameError."""
    if not names:
        return every_check()
    there = parts.names(CHECKS)
    for name in names:
        if name.replace("-", "_") not in there:
            raise UnknownNameError("check", name, [known.replace("_", "-") for known in there])
    return [find_check(name) for name in dict.fromkeys(names)]


def thresholds(checks: Sequence[Check], least: float | None) -> dict[str, float]:
    """From which confidence each check's findings count."""
    return {check.name: check.review_from if least is None else least for check in checks}


def counted(engine: Engine, checks: Sequence[Check], least: float | None = None) -> list[CheckInfo]:
    """Checks with the counts of their findings."""
    versions = {check.name: check.version for check in checks}
    found = engine.catalogue.finding_counts(versions, least_of=thresholds(checks, least))
    return [
        CheckInfo(
            name=check.name,
            title=check.title,
            what=check.what,
            review_from=check.review_from,
            judged=counts.judged,
            due=counts.due,
            open=counts.open,
            accepted=counts.accepted,
            rejected=counts.rejected,
        )
        for check, counts in zip(checks, found, strict=True)
    ]


def told(engine: Engine, items: Sequence[Found]) -> list[FindingInfo]:
    """Findings as tools answer them."""
    owners = engine.catalogue.products_of_photos(item.finding.photo_id for item in items)
    products = engine.catalogue.products({ids[0] for ids in owners.values()})
    names = {photo_id: products[ids[0]].name for photo_id, ids in owners.items() if ids[0] in products}
    return [_told(item, owners, names) for item in items]


def _told(item: Found, owners: Mapping[str, Sequence[str]], names: Mapping[str, str]) -> FindingInfo:
    finding = item.finding
    owner = owners.get(finding.photo_id, ())
    url = f"/findings/{item.id}"
    return FindingInfo(
        id=item.id,
        check=item.check,
        says=finding.says,
        confidence=finding.confidence,
        state=item.state.value,
        effect=effect(finding.fix),
        name=names.get(finding.photo_id, ""),
        product_id=owner[0] if owner else "",
        photo_id=finding.photo_id,
        other_id=finding.other_id,
        removes=finding.fix.remove,
        fixes=not (finding.fix.is_empty or finding.fix.remove),
        by=item.by if item.state is not FindingState.OPEN else "",
        at=item.at,
        act=item.act_id,
        image_url=f"{url}/photo.jpg",
        why_url=f"{url}/why.jpg",
        fixed_url=f"{url}/fixed.jpg",
    )


def effect(fix: Fix) -> str:
    """What accepting does, in words: `crops and mirrors it`."""
    if fix.remove:
        return "puts the photo aside"
    done = ["makes the background white"] if fix.cut_out else []
    done += ["crops"] if fix.crop else []
    done += [f"turns by {abs(fix.rotate):.1f}° to the {'left' if fix.rotate > 0 else 'right'}"] if fix.rotate else []
    done += ["mirrors"] if fix.mirror else []
    return f"{', then '.join(done)}" if done else "only records it, the photo stays as it is"
