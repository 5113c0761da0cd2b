"""Numbers as people read them in sentences."""


def percent(share: float) -> str:
    """0.0345 -> 3.5 %, 0.345 -> 34 %, 0 -> 0 %; what is not nothing is not called 0 %."""
    value = 100 * share
    if 0 < value < 0.1:
        return "under 0.1\u202f%"
    return f"{value:.1f}\u202f%" if 0 < value < 10 else f"{value:.0f}\u202f%"


def counted(number: int, noun: str) -> str:
    """`1 photo`, `5,797 photos`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
