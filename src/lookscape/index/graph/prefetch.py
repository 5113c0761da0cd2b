"""One processor hint the compiled loops need: start loading a row of an array before it is used."""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numpy.typing import NDArray

READ, KEEP, DATA = 0, 3, 1
"""Arguments of LLVM's prefetch: for reading, keep in every cache level, data rather than instructions."""


def _prefetch(typingctx: Any, array_MD: Any, row: Any, byte: Any) -> Any:

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        stride = cgutils.unpack_tuple(builder, array.strides, 2)[0]
        row64 = context.cast(builder, arguments[1], signature.args[1], types.intp)
        byte64 = context.cast(builder, arguments[2], signature.args[2], types.intp)
        offset = builder.add(builder.mul(row64, stride), byte64)
        base = builder.bitcast(array.data, ir.IntType(8).as_pointer())
        address = builder.gep(base, [offset])
        kind, flag = ir.FunctionType(ir.VoidType(), [address.type, *[ir.IntType(32)] * 3]), ir.IntType(32)
        hint = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(hint, [address, flag(READ), flag(KEEP), flag(DATA)])
        return context.get_dummy_value()

    return types.void(array_MD, row, byte), codegen


prefetch: Callable[[NDArray[Any], Any, int], None] = intrinsic(_prefetch)
"""Hint that the cache line `byte` bytes into row `row` of a C-contiguous 2-D array is wanted soon."""
