"""A rule as text: the way back from stored data to what a treaty file says."""

from __future__ import annotations

from collections.abc import Mapping

import yaml

from notifications.clauses.vocabulary import CLAUSE_KEYS


def rule_text(rule: Mapping[str, object]) -> str:
    """A stored rule (``Clause.as_data()``) as YAML, in the order in which files write the keys."""
    order = {key: place for place, key in enumerate(CLAUSE_KEYS)}
    keys = sorted(rule, key=lambda key: order.get(key, len(order)))
    return yaml.dump(
        {key: rule[key] for key in keys},
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=96,
    )


class _Dumper(yaml.SafeDumper):
    """PyYAML's own, without the anchors that our reader refuses."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        """Write out what stands twice."""
        return True
