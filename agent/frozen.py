"""Values. Frozen dataclasses that cost less at the start of a process.

`dataclass(frozen=True, slots=True)` writes and compiles six methods for every class: 0.4 ms each, 40 ms for all classes
of a pass, at every start. `frozen` has the same fields, and one set of methods for all classes. What works with
dataclasses (`fields`, `replace`, `asdict`, `match`) works with these values too.

Only the device has passes that start every few minutes, so that only `agent` uses `frozen`. Everywhere else a frozen
value is a `dataclass(frozen=True, slots=True)`.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable


class _InspectWhenUsed(ModuleType):
    """Stands for the module `inspect`, which is read from disk when an attribute of it is used for the first time."""

    def __getattr__(self, attribute: str) -> object:
        if sys.modules.get(self.__name__) is self:
            sys.modules.pop(self.__name__, None)
        import inspect

        return getattr(inspect, attribute)

    def get_annotations(self, annotated: object, **options: Any) -> dict[str, Any]:
        """The annotations of a class, which the dataclasses of Python 3.13 ask for; of anything else, by `inspect`."""
        if isinstance(annotated, type) and not options:
            return dict(vars(annotated).get("__annotations__", {}))
        real = self.__getattr__("get_annotations")
        return cast("Callable[..., dict[str, Any]]", real)(annotated, **options)


# dataclasses imports it to make docstrings, which every class here has. Reading it is 2 % of a first pass's work.
sys.modules.setdefault("inspect", _InspectWhenUsed("inspect"))

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields  # noqa: E402

FrozenClass = TypeVar("FrozenClass", bound=type)

_set = object.__setattr__


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: FrozenClass) -> FrozenClass:
    """The class as a frozen dataclass with slots; methods that the class defines itself are kept."""
    own = vars(cls).keys()
    cls.__doc__ = cls.__doc__ or cls.__name__  # Otherwise dataclass computes a signature, which takes 3 ms.
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    for name, method in _SHARED.items():
        if name not in own:
            setattr(made, name, method)
    return cast("FrozenClass", made)


class _Shared:
    """The methods of every value. They are copied to the value's class: nothing is inherited."""

    __match_args__: tuple[str, ...]

    def __init__(self, *given: object, **named: object) -> None:
        """Takes the fields in their order or by name; raises TypeError for a missing, repeated or unknown field."""
        names = self.__match_args__
        if len(given) > len(names):
            raise TypeError(f"{type(self).__name__} takes {len(names)} values, not {len(given)}")
        for name, content in zip(names, given, strict=False):
            _set(self, name, content)
        if len(given) < len(names) or named:
            _fill(self, names[len(given) :], named)
        if after := getattr(self, "__post_init__", None):
            after()

    def __repr__(self) -> str:
        shown = ", ".join(f"{one.name}={getattr(self, one.name)!r}" for one in _fields(self) if one.repr)
        return f"{type(self).__qualname__}({shown})"

    def __eq__(self, other: object) -> bool:
        return _contents(self) == _contents(other) if other.__class__ is self.__class__ else NotImplemented

    def __hash__(self) -> int:
        return hash(_contents(self))

    def __setattr__(self, name: str, _: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to {name} of {type(self).__name__}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete {name} of {type(self).__name__}")

    def __reduce__(self) -> tuple[type, tuple[object, ...]]:
        return type(self), _contents(self)


_SHARED = {
    name: vars(_Shared)[name]
    for name in ("__init__", "__repr__", "__eq__", "__hash__", "__setattr__", "__delattr__", "__reduce__")
}


def _fields(one: Any) -> Any:
    return fields(one)


def _contents(one: Any) -> tuple[object, ...]:
    return tuple(getattr(one, name) for name in one.__match_args__)


def _fill(one: Any, names: tuple[str, ...], named: dict[str, object]) -> None:
    known = one.__dataclass_fields__
    for name in names:
        if name in named:
            _set(one, name, named.pop(name))
        elif known[name].default is not MISSING:
            _set(one, name, known[name].default)
        elif known[name].default_factory is not MISSING:
            _set(one, name, known[name].default_factory())
        else:
            raise TypeError(f"{type(one).__name__} needs {name}")
    if named:
        raise TypeError(f"{type(one).__name__} does not take {', '.join(named)}, or has it already")
