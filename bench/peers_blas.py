"""The library that the products of NumPy and PyTorch are from."""

import ctypes
import os
import sys


def files():
    """The BLAS libraries that are loaded."""
    try:
        with open("/proc/self/maps") as maps:
            return sorted({line.split()[-1] for line in maps if "blas" in line})
    except OSError:
        return []


def core():
    """The processor whose kernels OpenBLAS has chosen, or None."""
    for file in files():
        try:
            name = ctypes.CDLL(file).openblas_get_corename
        except (OSError, AttributeError):
            continue
        name.restype = ctypes.c_char_p
        return name().decode()
    return None


def name():
    """What the products are from: "OpenBLAS for SkylakeX"."""
    chosen = core()
    return f"OpenBLAS for {chosen}" if chosen else " ".join(files()) or "unknown BLAS"


def flags():
    """What the processor can do."""
    try:
        with open("/proc/cpuinfo") as info:
            return next((line.split(":")[1].split() for line in info if line.startswith("flags")), [])
    except OSError:
        return []


def insist():
    """Starts this program again, with the kernels that the processor has, if OpenBLAS
    does not know it: an older release takes those of an SSE processor for a newer one,
    and is five times slower. Call it when the library is loaded."""
    has = flags()
    best = "SkylakeX" if {"avx512f", "avx512vl", "avx512bw", "avx512dq"} <= set(has) else "Haswell" if "avx2" in has else None
    if best and core() in ("Prescott", "Core2", "Generic") and "OPENBLAS_CORETYPE" not in os.environ:
        os.environ["OPENBLAS_CORETYPE"] = best
        os.execv(sys.executable, [sys.executable, *sys.argv])
