"""exp and log as polynomials for Numba, since LLVM turns loops with calls of the C library into scalar code."""

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core.typing import Signature
from numba.extending import intrinsic

f32, i32 = np.float32, np.int32

# No order of operations is given up in here: the rounding trick of `exp` lives from it.
EXACT = {"nnan", "ninf", "nsz", "contract"}
FAST = EXACT | {"reassoc", "arcp", "afn"}

LOG2_E, LN_2 = f32(1.4426950408889634), f32(0.6931471805599453)
ROUNDER = f32(1.5 * 2**23)  # added and taken off again, it rounds to the nearest whole number
HALF_ROOT = i32(0x3F3504F3)  # the bits of the square root of 1/2

# Chebyshev interpolants: 2^r for |r| <= 1/2, relative error 1.0e-7; log1p(m) / m for 1 + m from sqrt(1/2) to sqrt(2),
# where log1p(m) is off by less than 2e-9.
E0, E1, E2, E3, E4, E5 = map(f32, (1.0000000755, 0.693147188, 0.2402210749, 0.0555035711, 0.0096760319, 0.0013390863))
L0, L1, L2, L3, L4 = map(f32, (0.9999999994, -0.499999885, 0.3333334535, -0.250015791, 0.2000093894))
L5, L6, L7, L8, L9 = map(f32, (-0.1660836941, 0.1419965009, -0.1326603138, 0.1280661051, -0.0745118627))


@intrinsic
def float_of_bits(_context, _bits):
    def generate(_context, builder, _signature: Signature, arguments):
        return builder.bitcast(arguments[0], ir.FloatType())

    return types.float32(types.int32), generate


@intrinsic
def bits_of_float(_context, _value):
    def generate(_context, builder, _signature: Signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(32))

    return types.int32(types.float32), generate


@njit(fastmath=EXACT)
def exp(x):
    t = max(min(x * LOG2_E, f32(126)), f32(-126))
    rounded = t + ROUNDER
    r = t - (rounded - ROUNDER)
    power = E0 + r * (E1 + r * (E2 + r * (E3 + r * (E4 + r * E5))))
    return power * float_of_bits((bits_of_float(rounded) + i32(127)) << i32(23))


@njit(fastmath=EXACT)
def log(x):
    """For positive normal numbers."""
    bits = bits_of_float(x) - HALF_ROOT
    m = float_of_bits((bits & i32(0x7FFFFF)) + HALF_ROOT) - f32(1)
    high = L5 + m * (L6 + m * (L7 + m * (L8 + m * L9)))
    p = L0 + m * (L1 + m * (L2 + m * (L3 + m * (L4 + m * high))))
    return m * p + f32(bits >> i32(23)) * LN_2
