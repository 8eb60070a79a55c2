"""XML as a stream: single elements of a large document, each with the elements that it is in.

No document type is taken, and with it no entity but the five of XML itself. Names are without their namespace.
"""

from collections import deque
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from services.integrations.formats.faults import unreadable

_CHUNK = 64 * 1024
_DEEPEST = 100
_MOST_NODES = 20_000  # of one element that is asked for
_MOST_ATTRIBUTES = 200
_LONGEST_TEXT = 8_000  # characters of one element's text; the rest is not kept
_LONGEST_VALUE = 8_000


@dataclass(slots=True)
class Node:
    """An element: its name, attributes, the beginning of its own text, and what is in it."""

    name: str
    attributes: Mapping[str, str]
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)

    def all(self, name: str) -> Iterator["Node"]:
        return (child for child in self.children if child.name == name)

    def first(self, name: str) -> "Node | None":
        return next(self.all(name), None)


@dataclass(frozen=True, slots=True)
class Element:
    """An element that was asked for, and those it is in, the outermost first, with nothing but their attributes."""

    within: tuple[Node, ...]
    node: Node


def elements(file: IO[bytes], names: Collection[str]) -> Iterator[Element]:
    """The elements of these names, in the order in which they end. `ResultFileUnreadable` names line and column."""
    file.seek(0)
    reader = _Reader(frozenset(names))
    while chunk := file.read(_CHUNK):
        reader.feed(chunk, last=False)
        yield from reader.found()
    reader.feed(b"", last=True)
    yield from reader.found()


def root_of(file: IO[bytes]) -> str:
    """The name of the outermost element."""
    file.seek(0)
    reader = _Reader(frozenset())
    while not reader.root and (chunk := file.read(_CHUNK)):
        reader.feed(chunk, last=False)
    if not reader.root:
        reader.feed(b"", last=True)
    return reader.root


class _Reader:
    def __init__(self, names: frozenset[str]) -> None:
        self.root = ""
        self._names = names
        self._found: deque[Element] = deque()
        self._outside: list[Node] = []  # the elements we are in that nobody asked for
        self._inside: list[Node] = []  # the one that was asked for, and those we are in below it
        self._nodes = 0
        self._parser = parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, *, last: bool) -> None:
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            what = f"this is no XML: {expat.ErrorString(error.code)}"
            raise unreadable(f"line {error.lineno}, column {error.offset + 1}", what) from error
        except (ValueError, LookupError) as error:  # an encoding that there is none of
            raise unreadable(self._place(), "the encoding is not known") from error

    def found(self) -> Iterator[Element]:
        while self._found:
            yield self._found.popleft()

    def _place(self) -> str:
        return f"line {self._parser.CurrentLineNumber}, column {self._parser.CurrentColumnNumber + 1}"

    def _doctype(self, *_: object) -> None:
        raise unreadable(self._place(), "a document type is not taken")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        self.root = self.root or local
        if len(self._outside) + len(self._inside) >= _DEEPEST:
            raise unreadable(self._place(), f"elements are nested over {_DEEPEST} deep")
        if len(attributes) > _MOST_ATTRIBUTES:
            raise unreadable(self._place(), f"an element has over {_MOST_ATTRIBUTES} attributes")
        short = {key.rpartition(" ")[2]: value[:_LONGEST_VALUE] for key, value in attributes.items()}
        node = Node(local, short)
        if self._inside:
            self._nodes += 1
            if self._nodes > _MOST_NODES:
                raise unreadable(self._place(), f"`{self._inside[0].name}` has over {_MOST_NODES:,} elements in it")
            self._inside[-1].children.append(node)
            self._inside.append(node)
        elif local in self._names:
            self._nodes = 1
            self._inside.append(node)
        else:
            self._outside.append(node)

    def _end(self, _name: str) -> None:
        if not self._inside:
            self._outside.pop()
            return
        node = self._inside.pop()
        if not self._inside:
            self._found.append(Element(tuple(self._outside), node))

    def _text(self, data: str) -> None:
        if self._inside and len(self._inside[-1].text) < _LONGEST_TEXT:
            self._inside[-1].text = (self._inside[-1].text + data)[:_LONGEST_TEXT]
