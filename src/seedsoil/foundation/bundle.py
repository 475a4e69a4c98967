"""A bundle of arrays, handed from kernel to kernel as one pointer instead of array by array.

To Numba a named tuple of arrays is a value: thirty arrays are two hundred arguments of every function that they are handed to,
which cost most of the time of compilation, and in every call that is not inlined a push each. A bundle is unpacked once,
where it comes from Python; from there on its address travels, and of an array no more than what is read is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

from seedsoil.foundation import compiled  # isort: skip  # noqa: F401  (it settles Numba before that is imported)

from numba.core import cgutils, types
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    models,
    register_model,
    typeof_impl,
    unbox,
)

__all__ = ["bundle", "typed_once"]

Function = TypeVar("Function", bound=Callable[..., object])


class Bundle(types.Type):  # type: ignore[misc]
    """Numba's type of a named tuple of contiguous arrays that travels by its address."""

    def __init__(self, made_by: type, fields: dict[str, types.Array]) -> None:
        self.fields = fields
        super().__init__(f"{made_by.__qualname__}({', '.join(f'{name}: {array}' for name, array in fields.items())})")

    def layout(self, context: Any) -> Any:
        """What its address leads to: of each array the first number's address, and the shape."""
        parts: list[types.Type] = []
        for array in self.fields.values():
            parts += [types.CPointer(array.dtype), types.UniTuple(types.intp, array.ndim)]
        return context.get_value_type(types.Tuple(parts))


register_model(Bundle)(models.OpaqueModel)


def bundle(made_by: type[NamedTuple]) -> None:
    """Let leaves take and hand on this kind of named tuple, all of whose fields are arrays, as one pointer.

    They may read its fields, and write in the arrays; they cannot make one. Arrays that are not contiguous are
    handed over in Numba's own way.
    """
    typeof_impl.register(made_by)(_type_of)


def typed_once(entry: Function) -> Function:
    """Return a leaf's entry that asks for the types of its arguments only where one is not the very object of the call before.

    To find out what seventy arrays are costs five times what handing them over does. Of numbers, only a ``float`` may follow
    another.
    """
    known: tuple[tuple[object, ...], Callable[..., object]] = ((), entry)

    def call(*given: object) -> object:
        nonlocal known
        before, through = known
        if len(given) == len(before) and all(map(_is_alike, given, before)):
            return through(*given)
        found = entry(*given)
        versions = list(getattr(entry, "overloads", {}).values())
        if len(versions) == 1:  # so it was this one that was called
            known = given, versions[0].entry_point
        return found

    return cast("Function", call)


def _is_alike(new: object, old: object) -> bool:
    return new is old or (type(new) is float and type(old) is float)


def _type_of(value: Any, context: Any) -> types.Type:
    fields = {name: typeof_impl(array, context) for name, array in value._asdict().items()}
    if all(isinstance(array, types.Array) and array.layout == "C" and array.ndim for array in fields.values()):
        return Bundle(type(value), fields)
    return types.NamedTuple(list(fields.values()), type(value))


@unbox(Bundle)
def _unpack(kind: Bundle, value: Any, c: Any) -> NativeValue:
    """Note where the arrays of a named tuple lie, in the frame of the entry from Python, which outlives the call."""
    if c.context.enable_nrt:
        raise NotImplementedError(f"{kind}: only leaves take a bundle, for nothing counts references to its arrays")
    builder, layout = c.builder, kind.layout(c.context)
    place = cgutils.alloca_once(builder, layout)
    failed = cgutils.false_bit
    for index, array in enumerate(kind.fields.values()):
        native = c.unbox(array, c.pyapi.tuple_getitem(value, index))
        failed = builder.or_(failed, native.is_error)
        made = c.context.make_array(array)(c.context, builder, native.value)
        for part, content in enumerate((made.data, made.shape)):
            builder.store(content, cgutils.gep_inbounds(builder, place, 0, 2 * index + part))
    return NativeValue(builder.bitcast(place, cgutils.voidptr_t), is_error=failed)


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = Bundle

    def generic_resolve(self, kind: Bundle, name: str) -> types.Array | None:  # type: ignore[override]
        return kind.fields.get(name)


@lower_getattr_generic(Bundle)
def _read(context: Any, builder: Any, kind: Bundle, address: Any, name: str) -> Any:
    """Load one array: its strides follow from its shape."""
    array, index = kind.fields[name], list(kind.fields).index(name)
    place = builder.bitcast(address, kind.layout(context).as_pointer())

    def load(*path: int) -> Any:
        content = builder.load(cgutils.gep_inbounds(builder, place, 0, *path))
        # Nobody writes there after the entry, which no compiler could know that sees numbers written to arrays.
        content.set_metadata("invariant.load", builder.module.add_metadata([]))
        return content

    shape = [load(2 * index + 1, axis) for axis in range(array.ndim)]
    itemsize = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(array.dtype)))
    strides, items = [itemsize], shape[0]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length, flags=["nsw"]))
        items = builder.mul(items, length, flags=["nsw"])
    size = itemsize.type
    parts = {
        "data": load(2 * index), "itemsize": itemsize, "nitems": items,
        "shape": cgutils.pack_array(builder, shape, size), "strides": cgutils.pack_array(builder, strides, size),
    }  # fmt: skip
    model = context.data_model_manager[array]
    whole = context.get_constant_null(array)  # without an owner
    for part, content in parts.items():
        whole = builder.insert_value(whole, content, model.get_field_position(part))
    return whole
