"""What tokens cost: a table that the user edits, since prices change and differ by contract."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from app.settings import SettingsInvalid


@dataclass(frozen=True)
class Prices:
    per_million: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    """Model name -> (input, output), in USD per million tokens."""

    def usd(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """None for a model that is not in the table: unknown is not free."""
        if model not in self.per_million:
            return None
        price_in, price_out = self.per_million[model]
        return (input_tokens * price_in + output_tokens * price_out) / 1e6

    def may_know(self, model: str) -> bool:
        """Also under the longer name, with a date behind it, that a provider may answer with."""
        return any(name.startswith(model) for name in self.per_million)


def read_prices(file: Path | None) -> Prices:
    if file is None:
        return Prices()
    try:
        table: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        return Prices({name: (float(row["input"]), float(row["output"])) for name, row in table.items()})
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise SettingsInvalid(f"AUTOIOT_PRICES: {file} is not a table `model: {{input: ..., output: ...}}`") from error
