"""A graph as boxes and lines that fit into a card: what repeats or is long is one box, what is too much is grouped.

The lines come from top to bottom. Nothing here is needed to run a file, and nothing of it is exact: the table of
operators has all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from ..entities import OnnxGraph, OnnxNode
from ._graph import inner_graphs

if TYPE_CHECKING:
    from onnx import GraphProto, ModelProto, NodeProto

MOST_BOXES = 60
"""With more of them nobody sees the wood; then each kind of operator is one box."""

_LONGEST_ROW = 4
"""So many operators one after the other are drawn; of more, the middle is one box."""

_MOST_NAMES = 3
_SWEEPS = 4


@dataclass(frozen=True)
class _Box:
    """A node of the drawing before it has a place; `feeds` are the boxes that take what it gives."""

    label: str
    kind: Literal["input", "step", "output"] = "step"
    operators: tuple[str, ...] = ()
    count: int = 1
    feeds: frozenset[int] = field(default_factory=frozenset)


_Boxes = dict[int, _Box]
"""By number; a box feeds only boxes with higher numbers, unless kinds of operators were grouped."""


def drawing_of(proto: ModelProto) -> OnnxGraph:
    """Return a graph as it is drawn."""
    graph = proto.graph
    whole = _folded(_alike_merged(_boxes_of(graph)))
    grouped = len(whole) > MOST_BOXES
    boxes = _by_operator(_boxes_of(graph)) if grouped else whole
    layers = _layers(boxes)
    places = _places(boxes, layers)
    numbers = {old: new for new, old in enumerate(boxes)}
    return OnnxGraph(
        nodes=tuple(
            OnnxNode(
                label=box.label,
                kind=box.kind,
                operators=box.operators,
                count=box.count,
                layer=layers[number],
                place=places[number],
            )
            for number, box in boxes.items()
        ),
        links=tuple((numbers[a], numbers[b]) for a, box in boxes.items() for b in sorted(box.feeds) if b in numbers),
        total=len(graph.node),
        grouped=grouped,
    )


def _boxes_of(graph: GraphProto) -> _Boxes:
    """Return a box for each input, operator and output; constants are no boxes."""
    constants = {tensor.name for tensor in graph.initializer}
    inputs = [value.name for value in graph.input if value.name not in constants]
    first = len(inputs)
    makers = {name: number for number, name in enumerate(inputs)}
    feeds: dict[int, set[int]] = defaultdict(set)
    for number, node in enumerate(graph.node, first):
        for name in _taken(node):
            if name in makers:
                feeds[makers[name]].add(number)
        makers |= dict.fromkeys(filter(None, node.output), number)
    last = first + len(graph.node)
    for number, output in enumerate(graph.output, last):
        if output.name in makers:
            feeds[makers[output.name]].add(number)
    made = [_Box(name, "input") for name in inputs]
    made += [_Box(node.op_type, operators=(node.op_type,)) for node in graph.node]
    made += [_Box(output.name, "output") for output in graph.output]
    return {number: replace(box, feeds=frozenset(feeds[number])) for number, box in enumerate(made)}


def _taken(node: NodeProto) -> Iterable[str]:
    """Yield the names that a node takes, and those that graphs inside of it take from around."""
    yield from node.input
    for graph in inner_graphs(node):
        for each in graph.node:
            yield from _taken(each)


def _alike_merged(boxes: _Boxes) -> _Boxes:
    """Return the boxes with those as one that say the same and feed the same, from the outputs up."""
    kept: _Boxes = {}
    stands_for: dict[int, int] = {}
    known: dict[tuple[str, str, frozenset[int]], int] = {}
    for number in sorted(boxes, reverse=True):
        box = boxes[number]
        feeds = frozenset(stands_for[each] for each in box.feeds)
        key = (box.kind, "" if box.kind == "input" else box.label, feeds)
        same = known.setdefault(key, number)
        stands_for[number] = same
        merged = kept.get(same, replace(box, count=0))
        kept[same] = replace(merged, label=box.label, feeds=feeds, count=merged.count + 1)
    # A box takes the highest number of those that it stands for, and feeds nothing lower.
    return dict(sorted(kept.items()))


def _folded(boxes: _Boxes) -> _Boxes:
    """Return the boxes with the middle of each long row as one."""
    givers: dict[int, list[int]] = defaultdict(list)
    for number, box in boxes.items():
        for fed in box.feeds:
            givers[fed].append(number)
    folded = dict(boxes)
    seen: set[int] = set()
    for number in boxes:
        row = _row(number, boxes, givers) if number not in seen else []
        seen.update(row)
        if len(row) > _LONGEST_ROW:
            middle, last = row[1:-1], row[-1]
            parts = [boxes[each] for each in middle]
            operators = tuple(dict.fromkeys(part.label for part in parts))
            more = "…" if len(operators) > _MOST_NAMES else ""
            count = sum(part.count for part in parts)
            folded[middle[0]] = _Box(
                ", ".join(operators[:_MOST_NAMES]) + more, operators=operators, count=count, feeds=frozenset({last})
            )
            for gone in middle[1:]:
                del folded[gone]
    return folded


def _row(number: int, boxes: _Boxes, givers: dict[int, list[int]]) -> list[int]:
    """Return the steps from this one on that follow each other and nothing else."""
    row = []
    while boxes[number].kind == "step":
        row.append(number)
        (*others, following) = sorted(boxes[number].feeds) or [number]
        if others or following == number or givers[following] != [number]:
            break
        number = following
    return row


def _by_operator(boxes: _Boxes) -> _Boxes:
    """Return one box for each kind of operator, one for the inputs, and the outputs."""
    first: dict[tuple[str, str], int] = {}
    stands_for = {
        number: first.setdefault((box.kind, "" if box.kind == "input" else box.label), number)
        for number, box in boxes.items()
    }
    kept: _Boxes = {}
    for number, box in boxes.items():
        same = stands_for[number]
        feeds = frozenset(stands_for[each] for each in box.feeds) - {same}
        before = kept.get(same, replace(box, feeds=frozenset(), count=0))
        kept[same] = replace(before, feeds=before.feeds | feeds, count=before.count + 1)
    return kept


def _layers(boxes: _Boxes) -> dict[int, int]:
    """Return each box's line: below all that feed it, where that is possible; the outputs stand on the last."""
    layers = dict.fromkeys(boxes, 0)
    for number, box in boxes.items():
        for fed in box.feeds:
            if fed > number:  # kinds of operators may feed each other in a circle
                layers[fed] = max(layers[fed], layers[number] + 1)
    last = max(layers.values(), default=0)
    return {number: last if boxes[number].kind == "output" else layer for number, layer in layers.items()}


def _places(boxes: _Boxes, layers: dict[int, int]) -> dict[int, float]:
    """Return how far right of the middle each box is: near those that it is linked with, so that few lines cross."""
    lines: dict[int, list[int]] = defaultdict(list)
    linked: dict[int, set[int]] = defaultdict(set)
    for number, box in boxes.items():
        lines[layers[number]].append(number)
        for fed in box.feeds:
            linked[number].add(fed)
            linked[fed].add(number)
    places: dict[int, float] = {}
    for line in lines.values():
        places |= _spread(line)
    for sweep in range(_SWEEPS):
        for layer in sorted(lines, reverse=bool(sweep % 2)):
            near = {each: _mean([places[other] for other in linked[each]], places[each]) for each in lines[layer]}
            places |= _spread(sorted(lines[layer], key=near.__getitem__))
    return places


def _spread(line: list[int]) -> dict[int, float]:
    return {number: place - (len(line) - 1) / 2 for place, number in enumerate(line)}


def _mean(values: list[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
