"""The rules for names and labels: those of the service, so that what passes here is not refused there."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import ConfigError, InvalidLabelError, InvalidMetricError, InvalidNameError

MAX_NAME_CHARACTERS = 512
MAX_VALUE_CHARACTERS = 4096
MAX_HELP_CHARACTERS = 4096
MAX_UNIT_CHARACTERS = 512
MAX_ID_CHARACTERS = 256
MAX_LABELS = 61
"""A series has up to 64: the service adds the metric's name, the service and the instance."""

LabelPairs = tuple[tuple[str, str], ...]
"""Labels in the order of their names, without empty values."""


def check_name(name: object) -> str:
    """The metric's name, or an error."""
    if not isinstance(name, str):
        raise InvalidNameError(f"a metric's name is a text, not {name!r}")
    if not 1 <= characters(name) <= MAX_NAME_CHARACTERS:
        raise InvalidNameError(f"a metric's name has 1 to {MAX_NAME_CHARACTERS} characters, not {characters(name)}")
    if not is_utf8(name):
        raise InvalidNameError(f"the metric's name {name!r} holds half a surrogate pair")
    return name


def check_labels(metric: str, labels: object, shared: int) -> LabelPairs:
    """The labels of a series of `metric`, or an error; `shared` labels are added to each series."""
    if labels is None:
        return ()
    if not isinstance(labels, Mapping):
        raise InvalidLabelError(f"{metric}: labels are a mapping of names to texts, not {labels!r}")
    for name, value in labels.items():
        _check_label(metric, name, value)
    pairs = tuple(sorted((str(name), str(value)) for name, value in labels.items() if value != ""))
    if len(pairs) + shared > MAX_LABELS:
        of_these = f", {shared} of them shared by all metrics" if shared else ""
        raise InvalidLabelError(
            f"{metric}: a series has up to {MAX_LABELS} labels, not {len(pairs) + shared}{of_these}", "too_many_labels"
        )
    return pairs


def _check_label(metric: str, name: object, value: object) -> None:
    if not isinstance(name, str):
        raise InvalidLabelError(f"{metric}: a label's name is a text, not {name!r}")
    if not 1 <= characters(name) <= MAX_NAME_CHARACTERS:
        raise InvalidLabelError(
            f"{metric}: a label's name has 1 to {MAX_NAME_CHARACTERS} characters, not {characters(name)}"
        )
    if name.startswith("__"):
        raise InvalidLabelError(f"{metric}: label {name!r}: two underscores in front are reserved", "reserved_label")
    if not isinstance(value, str):
        raise InvalidLabelError(f"{metric}: label {name!r}: a value is a text, not {value!r}", "invalid_label_value")
    if characters(value) > MAX_VALUE_CHARACTERS:
        raise InvalidLabelError(
            f"{metric}: label {name!r}: a value has up to {MAX_VALUE_CHARACTERS} characters, not {characters(value)}",
            "label_too_long",
        )
    if not (is_utf8(name) and is_utf8(value)):
        raise InvalidLabelError(f"{metric}: label {name!r} holds half a surrogate pair", "invalid_label_value")


def check_description(metric: str, help_text: object, unit: object) -> None:
    """An error where the service would not take the help or the unit of a metric; None is neither."""
    for what, text, most in (("help", help_text, MAX_HELP_CHARACTERS), ("unit", unit, MAX_UNIT_CHARACTERS)):
        if text is None:
            continue
        if not isinstance(text, str) or not is_utf8(text):
            raise InvalidMetricError(f"{metric}: {what} is a text, not {text!r}")
        if characters(text) > most:
            raise InvalidMetricError(
                f"{metric}: {what} has up to {most} characters, not {characters(text)}", "text_too_long"
            )


def check_correlation_id(correlation_id: object) -> None:
    """An error where the service would not take it."""
    if not isinstance(correlation_id, str) or not 1 <= characters(correlation_id) <= MAX_ID_CHARACTERS:
        raise ConfigError(f"correlation_id: is a text of 1 to {MAX_ID_CHARACTERS} characters, not {correlation_id!r}")
    if not is_utf8(correlation_id):
        raise ConfigError(f"correlation_id: {correlation_id!r} holds half a surrogate pair")


def characters(text: str) -> int:
    """How many the service counts: one beyond U+FFFF, such as an emoji, is two."""
    return len(text) if text.isascii() else len(text) + sum(one > "\uffff" for one in text)


def is_utf8(text: str) -> bool:
    """False where it holds half a surrogate pair, which no event can carry."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
