"""Lists of words written as one text."""


def words(text: str) -> frozenset[str]:
    """The words of a text, which white space parts."""
    return frozenset(text.split())
