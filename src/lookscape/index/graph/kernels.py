"""The compiled inner loops of the graph: walk to the nearest codes, link a new node, compare exactly.

A best-first walk keeps its beam as sorted 64-bit keys, squared code distance << 32 | node << 1 | visited, so that
one comparison orders by distance and then by node, and one move shifts an entry. Links are chosen by the rule of
Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs" (2018, algorithm 4),
relaxed by the factor alpha of Subramanya et al., "DiskANN" (2019). One level suffices, since walks start at
the nearest of many spread entry nodes.

Letters in names: M nodes, D dimensions of a row, C of a code (a multiple of LINE), L links of a node, E entries.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numba
import numpy as np
from numpy.typing import NDArray

from lookscape.index.graph.prefetch import prefetch

Codes = NDArray[np.uint8]
Links = NDArray[np.int32]
Keys = NDArray[np.int64]
Floats = NDArray[np.float32]
Function = TypeVar("Function", bound=Callable[..., Any])

Integer: TypeAlias = Any
Real: TypeAlias = Any
"""Scalars of whatever width the compiler finds."""

LINE = 64
"""Bytes of a cache line; code sizes are multiples of it."""

NONE = -1
"""No link; no hit."""

L1, L2, COSINE = 0, 1, 2
"""The metrics a search can end with."""


def compiled(function: Function) -> Function:
    """Compile on first call and keep the machine code on disk. Sums may be reordered; infinities stay infinities."""
    reordered = {"reassoc", "contract", "arcp", "nsz"}
    compiler: Any = numba.njit(nogil=True, cache=True, error_model="numpy", fastmath=reordered)
    result: Function = compiler(function)
    return result


class Walkable(NamedTuple):
    """What a walk reads: links and codes by node, and the nodes a walk may start at with their codes."""

    links_ML: Links
    codes_MC: Codes
    entries_E: Links
    entry_codes_EC: Codes


class Marks(NamedTuple):
    """Which nodes a walk has met: those whose mark is the walk's number, kept in `turn`; cleared every 255 walks."""

    met_M: NDArray[np.uint8]
    turn: NDArray[np.uint8]


@compiled
def _code_distance(codes_MC: Codes, node: Integer, code_C: Codes) -> Integer:
    # One plain loop, 32-bit at every step: this is the form the compiler turns into wide integer instructions.
    total = np.int32(0)
    for dim in range(code_C.shape[0]):
        difference = np.int32(codes_MC[node, dim]) - np.int32(code_C[dim])
        total = np.int32(total + np.int32(difference * difference))
    return total


@compiled
def _key(distance: Integer, node: Integer) -> Integer:
    return (np.int64(distance) << 32) | (np.int64(node) << 1)


@compiled
def _node(key: Integer) -> Integer:
    return (key & 0xFFFFFFFF) >> 1


@compiled
def _next_turn(marks: Marks) -> Integer:
    if marks.turn[0] == 255:
        marks.met_M[:] = 0
        marks.turn[0] = 0
    marks.turn[0] += 1
    return marks.turn[0]


@compiled
def _start(graph: Walkable, code_C: Codes) -> Integer:
    """The key of the entry node nearest to a code."""
    best = _key(_code_distance(graph.entry_codes_EC, 0, code_C), graph.entries_E[0])
    for entry in range(1, graph.entries_E.shape[0]):
        best = min(best, _key(_code_distance(graph.entry_codes_EC, entry, code_C), graph.entries_E[entry]))
    return best


@compiled
def _sink(beam: Keys, length: Integer, width: Integer, key: Integer) -> Integer:
    """Put a key in its place among `length` sorted ones, the last falling off a full beam; return the place."""
    place = min(length, width - 1)
    while place > 0 and beam[place - 1] > key:
        beam[place] = beam[place - 1]
        place -= 1
    beam[place] = key
    return place


@compiled
def _walk(graph: Walkable, code_C: Codes, marks: Marks, beam: Keys, fresh: Links) -> Integer:
    """Fill the beam with the nearest nodes found, nearest first, and return how many."""
    links_ML, codes_MC, met_M = graph.links_ML, graph.codes_MC, marks.met_M
    turn, width = _next_turn(marks), beam.shape[0]
    beam[0] = _start(graph, code_C)
    met_M[_node(beam[0])] = turn
    length, at = 1, 0
    while at < length:
        if beam[at] & 1:
            at += 1
            continue
        beam[at] |= 1
        node = _node(beam[at])
        # Gather first, compare after: the loads of the codes then overlap.
        num_fresh = 0
        for slot in range(links_ML.shape[1]):
            other = links_ML[node, slot]
            if other == NONE:
                break
            fresh[num_fresh] = other
            if met_M[other] != turn:
                met_M[other] = turn
                num_fresh += 1
                for byte in range(0, codes_MC.shape[1], LINE):
                    prefetch(codes_MC, other, byte)
        lowest = length
        for slot in range(num_fresh):
            key = _key(_code_distance(codes_MC, fresh[slot], code_C), fresh[slot])
            if length < width or key < beam[length - 1]:
                lowest = min(lowest, _sink(beam, length, width, key))
                length = min(length + 1, width)
        at = min(at + 1, lowest)
    return length


@compiled
def choose(codes_MC: Codes, keys: Keys, chosen: Links, alpha: Real) -> Integer:
    """Pick links among sorted keys: each nearer to the node than, by alpha, to any link already chosen.

    At most a quarter of the links may lead to equal codes, so that many equal photos stay joined to the others.
    """
    num, num_equal = 0, 0
    for key in keys:
        distance, other = key >> 32, _node(key)
        if distance == 0 and num_equal >= chosen.shape[0] // 4:
            continue
        useful = True
        for rank in range(num):
            if alpha * _code_distance(codes_MC, chosen[rank], codes_MC[other]) < distance:
                useful = False
                break
        if useful:
            chosen[num] = other
            num += 1
            num_equal += distance == 0
        if num == chosen.shape[0]:
            break
    return num


@compiled
def _link_back(graph: Walkable, node: Integer, other: Integer, alpha: Real, chosen: Links) -> None:
    """Add the link node -> other; where there is no room, choose among all of them again."""
    num_links = graph.links_ML.shape[1]
    for slot in range(num_links):
        if graph.links_ML[node, slot] == NONE:
            graph.links_ML[node, slot] = other
            return
    code_C = graph.codes_MC[node]
    keys = np.empty(num_links + 1, dtype=np.int64)
    for slot in range(num_links):
        neighbour = graph.links_ML[node, slot]
        keys[slot] = _key(_code_distance(graph.codes_MC, neighbour, code_C), neighbour)
    keys[num_links] = _key(_code_distance(graph.codes_MC, other, code_C), other)
    keys.sort()
    num = choose(graph.codes_MC, keys, chosen, alpha)
    graph.links_ML[node, :num] = chosen[:num]
    graph.links_ML[node, num:] = NONE


@compiled
def link_entries(graph: Walkable, alpha: Real) -> None:
    """Link every entry to others, chosen among all."""
    num_entries = graph.entries_E.shape[0]
    keys, chosen = np.empty(num_entries, dtype=np.int64), np.empty(graph.links_ML.shape[1], dtype=np.int32)
    for entry in range(num_entries):
        for other in range(num_entries):
            distance = _code_distance(graph.entry_codes_EC, other, graph.entry_codes_EC[entry])
            keys[other] = _key(distance, graph.entries_E[other])
        keys[entry] = np.iinfo(np.int64).max
        keys.sort()
        num = choose(graph.codes_MC, keys[: num_entries - 1], chosen, alpha)
        graph.links_ML[graph.entries_E[entry], :num] = chosen[:num]


@compiled
def insert(graph: Walkable, nodes: Keys, marks: Marks, width: Integer, alpha: Real) -> None:
    """Link new nodes one after the other, in the order given; those that have links already stay as they are."""
    num_links = graph.links_ML.shape[1]
    beam, fresh = np.empty(width, dtype=np.int64), np.empty(num_links, dtype=np.int32)
    chosen, spare = np.empty(num_links, dtype=np.int32), np.empty(num_links, dtype=np.int32)
    for node in nodes:
        if graph.links_ML[node, 0] != NONE:
            continue
        length = _walk(graph, graph.codes_MC[node], marks, beam, fresh)
        num = choose(graph.codes_MC, beam[:length], chosen, alpha)
        graph.links_ML[node, :num] = chosen[:num]
        for rank in range(num):
            _link_back(graph, chosen[rank], node, alpha, spare)


@compiled
def _row_distance(rows_MD: Floats, row: Integer, query_D: Floats, is_l1: bool) -> Real:  # noqa: FBT001
    """Squared l2, or l1. Giving up early on far rows was slower: it breaks up the loop and the prefetching."""
    total = np.float32(0)
    if is_l1:
        for dim in range(query_D.shape[0]):
            total += abs(rows_MD[row, dim] - query_D[dim])
    else:
        for dim in range(query_D.shape[0]):
            difference = rows_MD[row, dim] - query_D[dim]
            total += difference * difference
    return total


class Encoding(NamedTuple):
    """How a row becomes a code; `_projection` explains. The last code dimension stands for what is left out."""

    centre_D: Floats
    axes_CD: Floats
    offset_C: Floats
    scale: np.float32
    alignment: np.float32


@compiled
def _dot(a_D: Floats, b_D: Floats) -> Real:
    total = np.float32(0)
    for dim in range(a_D.shape[0]):
        total += a_D[dim] * b_D[dim]
    return total


@compiled
def _encode(encoding: Encoding, query_D: Floats, centred_D: Floats, code_C: Codes) -> None:
    """Project, measure what is left out, round to a byte; `centred_D` is room to work in."""
    for dim in range(query_D.shape[0]):
        centred_D[dim] = query_D[dim] - encoding.centre_D[dim]
    left_out = _dot(centred_D, centred_D)
    last = code_C.shape[0] - 1
    for dim in range(last):
        value = _dot(encoding.axes_CD[dim], centred_D)
        left_out -= value * value
        code_C[dim] = _byte((value - encoding.offset_C[dim]) * encoding.scale)
    length = encoding.alignment * np.sqrt(max(left_out, np.float32(0)))
    code_C[last] = _byte((length - encoding.offset_C[last]) * encoding.scale)


@compiled
def _byte(value: Real) -> np.uint8:
    return np.uint8(min(max(np.rint(value), np.float32(0)), np.float32(255)))


@compiled
def encode(encoding: Encoding, rows_ND: Floats, codes_NC: Codes) -> None:
    """Encode rows one by one."""
    centred_D = np.empty(rows_ND.shape[1], dtype=np.float32)
    for row in range(rows_ND.shape[0]):
        _encode(encoding, rows_ND[row], centred_D, codes_NC[row])


class Searchable(NamedTuple):
    """All a search reads: what it walks, how queries become codes, and the rows it compares exactly, and how.

    `metric` is one of L1, L2 and COSINE (then rows and queries are of length 1).
    """

    graph: Walkable
    encoding: Encoding
    vectors_MD: Floats
    alive_M: NDArray[np.bool_]
    metric: int


class Hits(NamedTuple):
    """N x K: what a search fills, nearest first; positions are NONE where none was found."""

    distances_NK: Floats
    positions_NK: Keys


@compiled
def _keep(distances_K: Floats, positions_K: Keys, num: Integer, position: Integer, distance: Real) -> Integer:
    """Put a hit in its place among the `num` found so far and return how many there are now."""
    most = positions_K.shape[0]
    place = min(num, most - 1)
    while place > 0 and distances_K[place - 1] > distance:
        distances_K[place] = distances_K[place - 1]
        positions_K[place] = positions_K[place - 1]
        place -= 1
    distances_K[place] = distance
    positions_K[place] = position
    return min(num + 1, most)


@compiled
def _finish(distances_K: Floats, num: Integer, metric: Integer) -> bool:
    """Turn what was summed into the metric's distance; True if two neighbours in rank are equally far."""
    tied = False
    for rank in range(num):
        if metric == L2:
            distances_K[rank] = np.sqrt(distances_K[rank])
        elif metric == COSINE:
            distances_K[rank] *= np.float32(0.5)
        tied |= rank > 0 and distances_K[rank] == distances_K[rank - 1]
    return tied


@compiled
def search(target: Searchable, queries_ND: Floats, marks: Marks, hits: Hits, width: Integer) -> bool:
    """Walk with a beam of `width`, compare every node in it exactly, keep the nearest; True if any were equally far."""
    graph, encoding, rows_MD, alive_M, metric = target
    beam, fresh = np.empty(width, dtype=np.int64), np.empty(graph.links_ML.shape[1], dtype=np.int32)
    code_C = np.empty(graph.codes_MC.shape[1], dtype=np.uint8)
    centred_D = np.empty(queries_ND.shape[1], dtype=np.float32)
    is_l1, tied = metric == L1, False
    for query in range(queries_ND.shape[0]):
        query_D = queries_ND[query]
        distances_K, positions_K = hits.distances_NK[query], hits.positions_NK[query]
        _encode(encoding, query_D, centred_D, code_C)
        # A zero vector has no direction to walk in; it finds nothing here, and the caller scans.
        lost = metric == COSINE and _dot(query_D, query_D) == 0
        length = 0 if lost else _walk(graph, code_C, marks, beam, fresh)
        for rank in range(length):
            prefetch(rows_MD, _node(beam[rank]), 0)
        num = 0
        for rank in range(length):
            position = _node(beam[rank])
            if alive_M[position]:
                distance = _row_distance(rows_MD, position, query_D, is_l1)
                if num < positions_K.shape[0] or distance < distances_K[num - 1]:
                    num = _keep(distances_K, positions_K, num, position, distance)
        positions_K[num:] = NONE
        distances_K[num:] = np.inf
        tied |= _finish(distances_K, num, metric)
    return tied
